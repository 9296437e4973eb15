"""`smsdesk audit`: what persons did, as a table, JSON or CSV."""

from __future__ import annotations

import argparse
import csv
import io
import json
import sys
from collections.abc import Iterator

from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.cli.times import parse_moment
from smsdesk.desk import wording_trail
from smsdesk.desk.trail import COLUMNS, Act, Entry, TrailError, TrailFilter, as_rows
from smsdesk.system.i18n import _


def run(options: argparse.Namespace) -> int:
    """Print what fits as it is read, the oldest first."""
    which = TrailFilter(
        what=_act(options.act),
        since=None if options.since is None else parse_moment(options.since).at,
        until=None if options.until is None else parse_moment(options.until).at,
    )
    with opened(options) as session:
        entries = session.desk.trail.entries(which)
        try:
            {"json": _print_json, "csv": _print_csv, "table": _print_table}[options.format](
                entries
            )
        except TrailError as error:
            raise CliError(wording_trail.error_sentence(error), Exit.REFUSED) from error
    return Exit.OK


def _act(text: str | None) -> Act | None:
    try:
        return None if text is None else Act(text)
    except ValueError:
        sentence = _("--act: one of these is expected: {acts}.")
        raise CliError(sentence.replace("{acts}", ", ".join(Act))) from None


def _print_json(entries: Iterator[Entry]) -> None:
    """One document, an object a line, so that a long trail is not held in memory."""
    before = "["
    for row in _rows(entries):
        document = dict(zip(COLUMNS, row, strict=True))
        written = json.dumps({**document, "id": int(row[0])}, ensure_ascii=False)
        sys.stdout.write(f"{before}{written}")
        before = ",\n"
    print("]" if before != "[" else "[]")


def _rows(entries: Iterator[Entry]) -> Iterator[tuple[str, ...]]:
    """The rows without their titles."""
    rows = as_rows(entries)
    next(rows)
    return (tuple(row) for row in rows)


def _print_csv(entries: Iterator[Entry]) -> None:
    for row in as_rows(entries):
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerow(row)
        sys.stdout.write(out.getvalue())


def _print_table(entries: Iterator[Entry]) -> None:
    is_empty = True
    for one in entries:
        is_empty = False
        at = one.at.astimezone().strftime("%Y-%m-%d %H:%M:%S")
        told = f"{at}  {one.who:<12}  {wording_trail.act_name(one.what):<20}  "
        told += wording_trail.detail_sentence(one)
        print("".join(c if c.isprintable() else " " for c in told).rstrip())
    if is_empty:
        print(_("Nothing has been noted."))
