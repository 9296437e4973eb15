"""`smsdesk configure`: puts an account into the system's keyring, secrets from standard input."""

from __future__ import annotations

import argparse
import sys

from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.desk.account import AccountForm
from smsdesk.system.i18n import _


def run(options: argparse.Namespace) -> int:
    """Check what is given, and store it."""
    if options.demo:
        raise CliError(_("The demo has an account of its own; there is nothing to configure."))
    secrets = _read_secrets(options.stdin_secrets)
    form = AccountForm(
        application_id=options.application_id,
        private_key_path=options.private_key,
        passphrase=secrets.get("passphrase"),
        api_key=options.api_key,
        api_secret=secrets.get("api_secret"),
        signature_secret=secrets.get("signature_secret"),
        sender=options.sender,
        api_url=options.api_url,
        default_region=options.region,
    )
    if form == AccountForm():
        raise CliError(_("Say what to store; smsdesk configure --help lists the options."))
    with opened(options) as session:
        account = session.desk.account
        stored = account.load()
        if not (form.application_id or stored.application_id):
            raise CliError(_("Give --application-id; none is stored yet."))
        if not (form.private_key_path or stored.private_key_path):
            raise CliError(_("Give --private-key; none is stored yet."))
        account.save(form)
        told = _("Stored in {keyring}. Try it with: smsdesk doctor --online")
        print(told.replace("{keyring}", stored.keyring))
    return Exit.OK


def _read_secrets(names: list[str]) -> dict[str, str]:
    """One line of standard input for each, in the order of the options."""
    secrets: dict[str, str] = {}
    for name in names:
        line = sys.stdin.readline()
        if not line.strip():
            sentence = _("Standard input has no line for {name}.")
            raise CliError(sentence.replace("{name}", name.replace("_", " ")))
        secrets[name] = line.rstrip("\r\n")
    return secrets
