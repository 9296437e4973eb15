"""`smsdesk opt-outs`: who wants no more messages, shown and changed."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from smsdesk.cli.documents import write_time
from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.desk import wording_opt_outs
from smsdesk.desk.desk import Desk
from smsdesk.desk.opt_out_files import (
    COLUMNS,
    OptOutFileError,
    as_cells,
    read_file,
    write_file,
)
from smsdesk.desk.opt_outs import OptOutEntryError, OptOutStoreError
from smsdesk.sms.phone import show_e164
from smsdesk.sms.suppression import Suppression
from smsdesk.system.clock import Clock
from smsdesk.system.i18n import _, grouped, ngettext

PAGE = 500
BAD_LINES_TOLD = 20


def run(options: argparse.Namespace) -> int:
    """Do the one thing asked for; without any, print the list."""
    _check(options)
    with opened(options) as session:
        desk = session.desk
        try:
            if options.add is not None:
                return _add(desk, options)
            if options.remove is not None:
                return _remove(desk, options)
            if options.import_file is not None:
                return _import(desk, options.import_file)
            if options.export_file is not None:
                return _export(desk, options.export_file)
            return _print(desk, options.search, options.format)
        except (OptOutFileError, OptOutStoreError) as error:
            code = Exit.USAGE if isinstance(error, OptOutFileError) else Exit.REFUSED
            raise CliError(wording_opt_outs.trouble_sentence(error) or "", code) from error


def _check(options: argparse.Namespace) -> None:
    is_change = options.add is not None or options.remove is not None
    if is_change and not (options.why or "").strip():
        raise CliError(_("--why: a reason is expected; it is noted with the change."))
    if not is_change and (options.sender is not None or options.why is not None):
        raise CliError(_("--from and --why belong to --add or --remove."))


def _add(desk: Desk, options: argparse.Namespace) -> int:
    sender = options.sender or ""
    try:
        added = desk.opt_outs.add(
            options.add,
            sender=sender,
            why=options.why,
            default_region=desk.compose.default_region,
        )
    except OptOutEntryError as error:
        raise _refusal(error, "--add", options.add, sender) from error
    print(wording_opt_outs.added_sentence(added, shown=show_e164(added.entry.number)))
    return Exit.OK


def _remove(desk: Desk, options: argparse.Namespace) -> int:
    sender = options.sender or ""
    try:
        entry = desk.opt_outs.matching(
            options.remove, sender=sender, default_region=desk.compose.default_region
        )
    except OptOutEntryError as error:
        raise _refusal(error, "--remove", options.remove, sender) from error
    if entry is None:
        raise CliError(_not_there(desk, options.remove, sender))
    desk.opt_outs.remove(entry, why=options.why)
    print(wording_opt_outs.removed_sentence(shown=show_e164(entry.number), was_there=True))
    return Exit.OK


def _refusal(error: OptOutEntryError, option: str, number: str, sender: str) -> CliError:
    option, typed = ("--from", sender) if error.field == "sender" else (option, number)
    return CliError(f"{option}: {wording_opt_outs.entry_sentence(error, typed)}")


def _not_there(desk: Desk, number: str, sender: str) -> str:
    """That an entry does not exist, and which ones of that number do."""
    others = [
        wording_opt_outs.sender_word(entry.sender)
        for entry in desk.opt_outs.page(search=number, limit=10)
    ]
    told = _("{number} is not on the list for {sender}.")
    told = told.replace("{sender}", sender or _("all senders"))
    told = told.replace("{number}", number)
    if not others:
        return told
    more = _("It is for: {senders}. Name one with --from; without it, all senders are meant.")
    return f"{told} {more.replace('{senders}', ', '.join(others))}"


def _import(desk: Desk, path: Path) -> int:
    """Bring in every line that can be read, all or none; the others are named."""
    found = read_file(path, now=Clock().now(), default_region=desk.compose.default_region)
    for bad in found.bad[:BAD_LINES_TOLD]:
        told = _("{path}, line {line}: {problem}")
        told = told.replace("{problem}", wording_opt_outs.bad_line_sentence(bad))
        told = told.replace("{line}", str(bad.line)).replace("{path}", str(path))
        print(f"smsdesk: {told}", file=sys.stderr)
    more = len(found.bad) - BAD_LINES_TOLD
    if more > 0:
        told = ngettext("and {count} more line.", "and {count} more lines.", more)
        print(f"smsdesk: {told.replace('{count}', grouped(more))}", file=sys.stderr)
    if not found.entries:
        sentence = _("{path}: no number was found in it. Nothing was changed.")
        raise CliError(sentence.replace("{path}", str(path)))
    entered = desk.opt_outs.bring_in(found.entries)
    print(wording_opt_outs.brought_in_sentence(entered))
    return Exit.REFUSED if found.bad else Exit.OK


def _export(desk: Desk, path: Path) -> int:
    count = write_file(desk.opt_outs, path)
    print(wording_opt_outs.written_sentence(count, str(path)))
    return Exit.OK


# Printing -----------------------------------------------------------------------------


def _print(desk: Desk, search: str, form: str) -> int:
    if form == "json":
        documents = [_document(entry) for page in _pages(desk, search) for entry in page]
        print(json.dumps(documents, ensure_ascii=False))
    elif form == "csv":
        sys.stdout.write(_csv([COLUMNS]))
        for page in _pages(desk, search):
            sys.stdout.write(_csv([as_cells(entry) for entry in page]))
    else:
        _print_table(desk, search)
    return Exit.OK


def _pages(desk: Desk, search: str) -> Iterator[list[Suppression]]:
    after: Suppression | None = None
    while page := desk.opt_outs.page(search=search, after=after, limit=PAGE):
        yield page
        after = page[-1]


def _csv(rows: Sequence[Sequence[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _document(entry: Suppression) -> dict[str, str | None]:
    return {
        "number": entry.number,
        "sender": entry.sender or None,
        "since": write_time(entry.since),
        "reason": entry.reason.value,
        "detail": entry.detail,
    }


def _print_table(desk: Desk, search: str) -> None:
    is_empty = True
    for page in _pages(desk, search):
        is_empty = False
        for entry in page:
            since = entry.since.astimezone().strftime("%Y-%m-%d %H:%M")
            sender = wording_opt_outs.sender_word(entry.sender)
            reason = wording_opt_outs.reason_sentence(entry)
            shown = "".join(c if c.isprintable() else " " for c in reason)
            print(f"{entry.number:<16}  {sender:<16}  {since}  {shown}")
    if is_empty:
        print(_("No opt-outs."))
