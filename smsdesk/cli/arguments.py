"""The grammar of the command line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from smsdesk import __version__
from smsdesk.cli.exits import CliError
from smsdesk.session import Profile
from smsdesk.sms.channels import CHANNELS
from smsdesk.system.autostart import BACKGROUND
from smsdesk.system.byte_search import VERB as SEARCH_BYTES
from smsdesk.system.i18n import _
from smsdesk.system.paths import DEFAULT_PROFILE

VERBS = (
    "send",
    "batch",
    "check",
    "history",
    "overview",
    "opt-outs",
    "erase",
    "audit",
    "backup",
    "restore",
    "configure",
    "doctor",
    "receive",
    "simulator",
)


GROUPS = ("all", "replies", "waiting", "sent", "delivered", "failed", "review")
"""Of `desk.history`, which is imported only once a verb needs it."""


class _SecretOrder(argparse.Action):
    """Notes which secrets follow on standard input, in the order of the options."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        namespace.stdin_secrets = [*(namespace.stdin_secrets or []), self.const]


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence, instead of printing its whole grammar."""

    def error(self, message: str) -> NoReturn:
        help_line = _("{program} --help says what is understood.")
        told = f"{message[:1].upper()}{message[1:]}".rstrip(".")
        raise CliError(f"{told}. {help_line.replace('{program}', self.prog)}")


def build_parser() -> argparse.ArgumentParser:
    """The parser of all verbs; `verb` is None when none is given. It raises CliError."""
    parser = _Parser(
        prog="smsdesk",
        description=_(
            "Write an SMS, send it through Vonage, and know what became of it. "
            "Without a verb the window opens."
        ),
        epilog=_(
            "For the window alone: {option} opens it in the tray, or minimised where there is none."
        ).replace("{option}", BACKGROUND),
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"smsdesk {__version__}")
    _add_global_options(parser, is_top=True)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB")
    for verb, add in (
        ("send", _add_send),
        ("batch", _add_batch),
        ("check", _add_check),
        ("history", _add_history),
        ("overview", _add_overview),
        ("opt-outs", _add_opt_outs),
        ("erase", _add_erase),
        ("audit", _add_audit),
        ("backup", _add_backup),
        ("restore", _add_restore),
        ("configure", _add_configure),
        ("doctor", _add_doctor),
        ("receive", _add_receive),
        ("simulator", _add_simulator),
    ):
        add(verbs, verb)
    verbs.add_parser(SEARCH_BYTES, add_help=False)  # the program asks it of itself
    return parser


def profile_of(options: argparse.Namespace) -> Profile:
    """The profile that the global options name."""
    return Profile(options.profile, options.data_dir, options.demo)


def find_profile(arguments: Sequence[str]) -> Profile:
    """The profile that is meant, whatever else the arguments say: its language is the one in
    which they are understood and refused."""
    parser = _Parser(add_help=False, allow_abbrev=False, exit_on_error=False)
    _add_global_options(parser, is_top=True)
    try:
        options, _rest = parser.parse_known_args(arguments)
    except (CliError, argparse.ArgumentError):
        return Profile()
    return profile_of(options)


def parse_window_options(arguments: Sequence[str]) -> argparse.Namespace:
    """What `smsdesk` without a verb understands: the global options and one sms: address."""
    parser = build_window_parser()
    return parser.parse_args(arguments)


def build_window_parser() -> argparse.ArgumentParser:
    """The parser for the window alone."""
    parser = argparse.ArgumentParser(prog="smsdesk", allow_abbrev=False)
    _add_global_options(parser, is_top=True)
    parser.add_argument(
        BACKGROUND,
        action="store_true",
        help=argparse.SUPPRESS,  # told by the help of all verbs
    )
    parser.add_argument("address", nargs="?", default="", metavar="sms:NUMBER?body=TEXT")
    return parser


def _add_global_options(parser: argparse.ArgumentParser, *, is_top: bool) -> None:
    # Given after the verb too; there the default must not overwrite what stood before it.
    unset = argparse.SUPPRESS
    parser.add_argument(
        "--data-dir",
        type=Path,
        metavar="DIR",
        default=None if is_top else unset,
        help=_("keep everything the program writes below DIR"),
    )
    parser.add_argument(
        "--profile",
        metavar="NAME",
        default=DEFAULT_PROFILE if is_top else unset,
        help=_("a named account with its own credentials and log (default: default)"),
    )
    parser.add_argument(
        "--demo",
        action="store_true",
        default=False if is_top else unset,
        help=_("use the built-in simulator: no account, no network, no keyring"),
    )


def _verb(
    verbs: argparse._SubParsersAction[_Parser], name: str, help_text: str
) -> argparse.ArgumentParser:
    parser = verbs.add_parser(name, help=help_text, description=help_text, allow_abbrev=False)
    _add_global_options(parser, is_top=False)
    return parser


def _add_send(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("queue a message and send it"))
    parser.add_argument("--to", action="append", default=[], metavar="N", help=_("a recipient"))
    parser.add_argument("--from", dest="sender", metavar="S", help=_("your number or name"))
    text = parser.add_mutually_exclusive_group()
    text.add_argument("--text", metavar="T", help=_("the message"))
    text.add_argument(
        "--text-file",
        metavar="FILE",
        help=_("read the message from a UTF-8 file, or - for input"),
    )
    _add_channels(parser)
    _add_notes(parser)
    _add_times(parser)
    parser.add_argument(
        "--wait",
        type=float,
        default=60.0,
        metavar="S",
        help=_("seconds to wait for the outcome (default: 60)"),
    )
    parser.add_argument(
        "--until",
        choices=["accepted", "delivered"],
        default="accepted",
        help=_(
            "what to wait for; delivered asks Vonage for receipts meanwhile (default: accepted)"
        ),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    parser.add_argument("--resume", action="store_true", help=_("send what is queued already"))
    parser.add_argument(
        "--overdue",
        choices=["send", "cancel"],
        help=_(
            "with --resume: what becomes of scheduled messages whose time was missed by more than "
            "half an hour (otherwise they stay on hold)"
        ),
    )
    parser.add_argument("--json", action="store_true", help=_("print one JSON document"))


def _add_channels(parser: argparse.ArgumentParser) -> None:
    """What a message may be besides a plain SMS."""
    _add_ways(parser)
    parser.add_argument("--image", metavar="URL", help=_("a picture, by its public address"))
    parser.add_argument(
        "--caption",
        metavar="T",
        help=_("what stands below the picture (default: what --text says)"),
    )
    parser.add_argument(
        "--template", metavar="NAME", help=_("WhatsApp: the name of an approved template")
    )
    parser.add_argument(
        "--template-locale",
        default="en",
        metavar="L",
        help=_("the language it was approved in (default: en)"),
    )
    parser.add_argument(
        "--template-parameter",
        action="append",
        default=[],
        metavar="T",
        help=_("what goes into its next gap"),
    )
    parser.add_argument(
        "--category",
        default="",
        metavar="C",
        help=_("Viber, Messenger and RCS: what kind of message it is"),
    )
    parser.add_argument(
        "--tag", default="", metavar="TAG", help=_("Messenger: why it is sent unasked")
    )
    parser.add_argument(
        "--ttl",
        type=int,
        metavar="S",
        help=_("seconds after which it is not delivered any more"),
    )


def _add_ways(parser: argparse.ArgumentParser) -> None:
    """Which channel, and which ones after it."""
    parser.add_argument(
        "--channel",
        choices=list(CHANNELS),
        help=_("how it is sent (default: the first that is switched on)"),
    )
    parser.add_argument(
        "--failover",
        action="append",
        default=[],
        metavar="CHANNEL[:SENDER]",
        help=_("try this next where it is rejected; may be given several times"),
    )


def _add_notes(parser: argparse.ArgumentParser) -> None:
    """What `send` and `batch` take besides text and recipients."""
    parser.add_argument("--ref", default="", metavar="NOTE", help=_("a note of your own"))
    parser.add_argument(
        "--entity-id",
        default="",
        metavar="ID",
        help=_("to India: the ID of your registration with its operators (DLT)"),
    )
    parser.add_argument(
        "--content-id", default="", metavar="ID", help=_("to India: the ID of your template")
    )
    parser.add_argument("--region", metavar="GB", help=_("country of numbers without a code"))


def _add_times(parser: argparse.ArgumentParser) -> None:
    """When `send` and `batch` send."""
    parser.add_argument("--at", metavar="TIME", help=_("send then, such as 2027-01-31T09:00"))
    parser.add_argument(
        "--recipient-time",
        action="store_true",
        help=_("--at is by each recipient's clock, and not by this computer's"),
    )
    parser.add_argument(
        "--anyway",
        action="store_true",
        help=_("do not wait for the recipients' quiet hours to end; for what is urgent"),
    )


def _add_batch(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(
        verbs, name, _("send a text of its own to each row of a CSV, Excel or ODS list")
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=_("the list"))
    text = parser.add_mutually_exclusive_group()
    text.add_argument(
        "--text",
        metavar="TEMPLATE",
        help=_("the message; {name} in it stands for the column of that name"),
    )
    text.add_argument(
        "--text-file",
        metavar="FILE",
        help=_("read the message from a UTF-8 file, or - for input"),
    )
    parser.add_argument(
        "--number-column",
        metavar="C",
        help=_("the column of the numbers: its header, or its number from 1"),
    )
    parser.add_argument("--sheet", metavar="NAME", help=_("which sheet of a spreadsheet"))
    parser.add_argument(
        "--no-header",
        dest="has_header",
        action="store_false",
        default=None,
        help=_("the first row is one like the others"),
    )
    parser.add_argument("--from", dest="sender", metavar="S", help=_("your number or name"))
    _add_ways(parser)
    _add_notes(parser)
    _add_times(parser)
    parser.add_argument(
        "--replace",
        action="store_true",
        help=_("replace characters, such as curly quotes, that make a message dearer"),
    )
    parser.add_argument(
        "--allow-blank", action="store_true", help=_("an empty cell is nothing, not a problem")
    )
    parser.add_argument(
        "--strict", action="store_true", help=_("queue nothing if any row has a problem")
    )
    parser.add_argument(
        "--problems-to", type=Path, metavar="FILE", help=_("write the rows to mend as CSV")
    )
    parser.add_argument(
        "--wait",
        type=float,
        default=60.0,
        metavar="S",
        help=_("seconds to wait for the outcomes (default: 60)"),
    )
    parser.add_argument("--dry-run", action="store_true", help=_("only say what would happen"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON document"))
    parser.set_defaults(until="accepted")


def _add_check(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("say how numbers read and how a text is divided; off line"))
    parser.add_argument("--to", action="append", default=[], metavar="N")
    parser.add_argument("--text", default="", metavar="T")
    parser.add_argument(
        "--channel",
        choices=list(CHANNELS),
        default="sms",
        help=_("as whose message it is measured (default: sms)"),
    )
    parser.add_argument("--region", metavar="GB", help=_("country of numbers without a code"))
    parser.add_argument("--json", action="store_true")


def _add_history(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("show the log, newest first"))
    parser.add_argument("--id", metavar="ID", help=_("one message, with its life"))
    parser.add_argument(
        "--search", metavar="Q", help=_("words, names, numbers or references, all to be found")
    )
    states = parser.add_mutually_exclusive_group()
    states.add_argument("--state", metavar="S")
    states.add_argument("--group", choices=GROUPS, help=_("states, as the window groups them"))
    parser.add_argument("--to", metavar="N")
    parser.add_argument(
        "--sender", metavar="S", help=_("who it went out as, or our number it came to")
    )
    parser.add_argument("--direction", choices=["in", "out"])
    parser.add_argument(
        "--channel", metavar="C", help=_("sms, or another that messages went by")
    )
    parser.add_argument("--batch", metavar="ID", help=_("the messages of one Send"))
    parser.add_argument("--failure", metavar="CODE", help=_("those that failed for one reason"))
    parser.add_argument("--since", metavar="T", help=_("a date or a time, such as 2027-01-31"))
    parser.add_argument("--until", metavar="T")
    parser.add_argument(
        "--saved",
        metavar="NAME",
        help=_("a search saved in the window; what else is given wins"),
    )
    parser.add_argument(
        "--limit",
        type=int,
        metavar="N",
        help=_("the newest N (default: 50; all of them with --export)"),
    )
    parser.add_argument(
        "--format",
        choices=["table", "json", "csv", "csv-raw", "jsonl", "xlsx"],
        help=_(
            "csv is safe in a spreadsheet, csv-raw and jsonl (one JSON object a line) are for "
            "programs, xlsx needs --export (default: table)"
        ),
    )
    parser.add_argument(
        "--export",
        dest="export_file",
        type=Path,
        metavar="FILE",
        help=_("write all that fits into a file, whole or not at all"),
    )
    parser.add_argument(
        "--overwrite", action="store_true", help=_("--export may replace a file that is there")
    )


def _add_overview(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("add up what became of the messages of some days"))
    parser.add_argument(
        "--since",
        metavar="DAY",
        help=_("the first day, such as 2027-01-31 (default: 29 days before the last)"),
    )
    parser.add_argument("--until", metavar="DAY", help=_("the last day (default: today)"))
    parser.add_argument("--sender", metavar="S", help=_("the messages of this sender alone"))
    parser.add_argument("--json", action="store_true", help=_("print one JSON document"))


def _add_opt_outs(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("show who wants no more messages, and change the list"))
    parser.add_argument("--search", default="", metavar="Q", help=_("any part of a number"))
    parser.add_argument("--format", choices=["table", "json", "csv"], default="table")
    change = parser.add_mutually_exclusive_group()
    change.add_argument("--add", metavar="N", help=_("write to this number no more"))
    change.add_argument("--remove", metavar="N", help=_("take this number off the list"))
    change.add_argument(
        "--import",
        dest="import_file",
        type=Path,
        metavar="FILE",
        help=_("add the numbers of a CSV file, or of one with a number a line"),
    )
    change.add_argument(
        "--export", dest="export_file", type=Path, metavar="FILE", help=_("write all as CSV")
    )
    parser.add_argument(
        "--from", dest="sender", metavar="S", help=_("for this sender alone (default: for all)")
    )
    parser.add_argument(
        "--why", metavar="T", help=_("the reason, which is noted; for --add and --remove")
    )


def _add_erase(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(
        verbs,
        name,
        _(
            "erase one person from the log, the address book and all copies, and search the files "
            "for what may be left"
        ),
    )
    parser.add_argument("--number", required=True, metavar="N", help=_("whose; shows how much"))
    parser.add_argument(
        "--yes", action="store_true", help=_("erase; without it nothing is changed")
    )
    parser.add_argument("--json", action="store_true")


def _add_audit(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("show what persons did, the oldest first"))
    parser.add_argument("--since", metavar="T", help=_("a date, or a time with its zone"))
    parser.add_argument("--until", metavar="T", help=_("before this date or time"))
    parser.add_argument("--act", metavar="A", help=_("only this kind, such as sent or erased"))
    parser.add_argument("--format", choices=["table", "json", "csv"], default="table")


def _add_backup(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("make a checked copy of the log now, or show the copies"))
    parser.add_argument(
        "--list", action="store_true", help=_("check the copies, and show what is in them")
    )


def _add_restore(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(
        verbs,
        name,
        _(
            "put a copy in the place of the log, which is set aside; what waits comes back on hold"
        ),
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=_("see: smsdesk backup --list"))


def _add_configure(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(
        verbs,
        name,
        _(
            "store an account in the system's keyring; secrets are read from standard input, one "
            "a line, in the order of the options"
        ),
    )
    parser.set_defaults(stdin_secrets=[])
    parser.add_argument("--application-id", metavar="ID")
    parser.add_argument("--private-key", metavar="FILE")
    parser.add_argument(
        "--create-application",
        metavar="NAME",
        help=_("make a key pair here and an application that knows its public half"),
    )
    parser.add_argument(
        "--private-key-out", metavar="FILE", help=_("where the new private key is written")
    )
    parser.add_argument(
        "--link-number", metavar="N", help=_("link a number of the account to the application")
    )
    parser.add_argument(
        "--inbound-url", metavar="URL", help=_("where Vonage brings replies; with --status-url")
    )
    parser.add_argument("--status-url", metavar="URL", help=_("where it brings receipts"))
    for option, secret in (
        ("--passphrase-stdin", "passphrase"),
        ("--api-secret-stdin", "api_secret"),
        ("--signature-secret-stdin", "signature_secret"),
    ):
        parser.add_argument(
            option, action=_SecretOrder, nargs=0, const=secret, dest="stdin_secrets"
        )
    parser.add_argument("--from", dest="sender", metavar="S", help=_("the usual sender"))
    parser.add_argument("--api-key", metavar="K")
    parser.add_argument("--api-url", metavar="URL")
    parser.add_argument(
        "--sandbox",
        action="store_true",
        help=_(
            "use Vonage's Messages sandbox: WhatsApp, Viber and Messenger, to people who have "
            "joined it"
        ),
    )
    parser.add_argument(
        "--channels",
        metavar="A,B",
        help=_("the channels to use, such as sms,whatsapp (default: sms alone)"),
    )
    parser.add_argument("--region", metavar="GB", help=_("country of numbers without a code"))


def _add_doctor(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("check everything that sending needs, and say what to do"))
    parser.add_argument(
        "--online", action="store_true", help=_("also ask Vonage; sends nothing")
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true")
    form.add_argument(
        "--bundle",
        metavar="FILE",
        help=_(
            "write what somebody who helps needs to know as a ZIP file, with no secret and no "
            "customer in it; - shows what would be in it"
        ),
    )


def _add_receive(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(
        verbs,
        name,
        _("listen for Vonage's webhooks without the window, and print their addresses"),
    )
    parser.add_argument(
        "--port", type=int, metavar="P", help=_("on this computer; 0 takes any that is free")
    )


def _add_simulator(verbs: argparse._SubParsersAction[_Parser], name: str) -> None:
    parser = _verb(verbs, name, _("run the pretend Vonage by itself"))
    parser.add_argument("--host", default="127.0.0.1", metavar="H")
    parser.add_argument("--port", type=int, default=0, metavar="P")
    parser.add_argument("--public-key", type=Path, metavar="FILE")
    parser.add_argument("--application-id", metavar="ID")
    parser.add_argument("--scenario", type=Path, metavar="FILE")
    parser.add_argument("--ledger", type=Path, metavar="FILE")
    parser.add_argument("--api-key", default="demo", metavar="K")
    parser.add_argument("--api-secret", default="demo", metavar="S")
    parser.add_argument("--signature-secret", metavar="S")
    parser.add_argument("--status-url", metavar="URL")
    parser.add_argument("--inbound-url", metavar="URL")
