"""`smsdesk configure`: puts an account into the system's keyring, secrets from standard input.

It can also make the application, with a key made here, link a number and set the webhook
addresses. Each step that is done is printed, so that a failure half-way leaves no riddle.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from getpass import getpass
from pathlib import Path

from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.desk.account import AccountForm
from smsdesk.desk.channels import SANDBOX_ORIGIN
from smsdesk.desk.connecting import MadeKey
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_channels import SANDBOX_SENTENCE
from smsdesk.sms.channels import CHANNELS
from smsdesk.system.i18n import _


def run(options: argparse.Namespace) -> int:
    """Check what is given, make what is asked for, and store it."""
    _check_combination(options)
    secrets = _read_secrets(options.stdin_secrets)
    form = AccountForm(
        application_id=options.application_id,
        private_key_path=options.private_key,
        passphrase=secrets.get("passphrase"),
        api_key=options.api_key,
        api_secret=secrets.get("api_secret"),
        signature_secret=secrets.get("signature_secret"),
        sender=options.sender,
        api_url=SANDBOX_ORIGIN if options.sandbox else options.api_url,
        default_region=options.region,
    )
    channels = _read_channels(options)
    is_about_account = form != AccountForm() or _asks_vonage(options)
    if options.demo and (is_about_account or channels is None):
        raise CliError(_("The demo has an account of its own; there is nothing to configure."))
    if not is_about_account and channels is None:
        raise CliError(_("Say what to store; smsdesk configure --help lists the options."))
    with opened(options) as session:
        desk = session.desk
        if is_about_account:
            _configure(desk, form, options)
        if channels is not None:
            desk.compose.channels.switch_on(channels)
        if channels is not None or options.sandbox:
            titles = ", ".join(channel.title for channel in desk.compose.channels.on)
            _tell(_("Channels in use: {channels}"), channels=titles)
        if options.sandbox:
            print(_(SANDBOX_SENTENCE))
    return Exit.OK


def _configure(desk: Desk, form: AccountForm, options: argparse.Namespace) -> None:
    stored = desk.account.load()
    if options.create_application is not None:
        form = _create_application(desk, form, options)
    elif not (form.application_id or stored.application_id):
        raise CliError(_("Give --application-id; none is stored yet."))
    if not (form.private_key_path or stored.private_key_path):
        raise CliError(_("Give --private-key; none is stored yet."))
    desk.account.save(form)
    _tell(_("Stored in {keyring}."), keyring=stored.keyring)
    application_id = desk.account.load().application_id
    if options.link_number is not None:
        number = desk.connecting.link_number(options.link_number, application_id)
        _tell(_("Number linked: {number}"), number=number.e164)
    if options.create_application is None and options.inbound_url is not None:
        desk.connecting.write_webhooks(
            application_id, inbound_url=options.inbound_url, status_url=options.status_url
        )
        _tell(_("Webhook addresses written: {url}"), url=options.status_url)
    print(_("Try it with: smsdesk doctor --online"))


def _create_application(
    desk: Desk, form: AccountForm, options: argparse.Namespace
) -> AccountForm:
    """Make key and application; the form then names both.

    All that can be checked beforehand is, so that nothing is made in vain.
    """
    desk.account.check(form)
    desk.connecting.check_webhooks(options.inbound_url, options.status_url, form)
    if Path(options.private_key_out).expanduser().exists():
        sentence = _("{path} exists already, and is never overwritten. Choose another name.")
        raise CliError(sentence.replace("{path}", options.private_key_out))
    desk.connecting.check_account(form)
    if options.link_number is not None:
        desk.connecting.check_number(options.link_number, form)
    key = desk.connecting.make_key(options.private_key_out, form.passphrase)
    _tell_key(key)
    made = desk.connecting.create_application(
        options.create_application,
        key,
        form,
        inbound_url=options.inbound_url or "",
        status_url=options.status_url or "",
    )
    _tell(_("Application made: {id}"), id=made.id)
    return replace(form, application_id=made.id, private_key_path=str(key.path))


def _tell_key(key: MadeKey) -> None:
    _tell(_("Private key written: {path}"), path=str(key.path))
    if key.is_in_sync_folder:
        sentence = _("{path} is in a folder that other computers get copies of. Move the key.")
        print(f"smsdesk: {sentence.replace('{path}', str(key.path))}", file=sys.stderr)


def _tell(sentence: str, **values: str) -> None:
    """One step that is done; it stays done whatever comes after."""
    for name, value in values.items():
        sentence = sentence.replace(f"{{{name}}}", value)
    print(sentence, flush=True)


def _read_channels(options: argparse.Namespace) -> list[str] | None:
    """The channels that were named; None where nothing is to be changed."""
    if options.channels is None:
        return None
    names = [name.strip() for name in options.channels.split(",") if name.strip()]
    unknown = [name for name in names if name not in CHANNELS]
    if unknown or not names:
        sentence = _("--channels: name one or more of {channels}.")
        raise CliError(sentence.replace("{channels}", ", ".join(CHANNELS)))
    return names


def _asks_vonage(options: argparse.Namespace) -> bool:
    asked = (options.create_application, options.link_number, options.inbound_url)
    return any(value is not None for value in asked)


def _check_combination(options: argparse.Namespace) -> None:
    """Options that belong together, or exclude each other."""
    if options.sandbox and options.api_url is not None:
        raise CliError(_("--sandbox is an address of its own; do not give --api-url as well."))
    if (options.create_application is None) != (options.private_key_out is None):
        raise CliError(_("--create-application and --private-key-out go together."))
    if (options.inbound_url is None) != (options.status_url is None):
        raise CliError(_("--inbound-url and --status-url go together."))
    is_given = options.application_id is not None or options.private_key is not None
    if options.create_application is not None:
        if is_given:
            raise CliError(
                _("--create-application makes an ID and a key; do not give them as well.")
            )
        if not options.create_application.strip():
            raise CliError(_("Give the application a name."))


def _read_secrets(names: list[str]) -> dict[str, str]:
    """One line of standard input for each, in the order of the options.

    At a terminal each is asked for by name, and what is typed is not shown.
    """
    secrets: dict[str, str] = {}
    for name in names:
        called = name.replace("_", " ")
        line = getpass(f"{called}: ") if sys.stdin.isatty() else sys.stdin.readline()
        if not line.strip():
            sentence = _("Standard input has no line for {name}.")
            raise CliError(sentence.replace("{name}", called))
        secrets[name] = line.rstrip("\r\n")
    return secrets
