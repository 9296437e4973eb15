"""`smsdesk history` into a file, and what it prints as it reads: forms for very many messages."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

from smsdesk.cli.exits import CliError
from smsdesk.desk import wording_export
from smsdesk.desk.exports import Chosen, Exports, Form
from smsdesk.desk.sheets.table import SheetError
from smsdesk.system.i18n import _

_AS_A_WHOLE = ("table", "json", "csv")
"""What is printed in one piece."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where messages go, and how they look there."""

    form: Form
    path: Path | None
    """None: to standard output, as they are read."""
    may_replace: bool

    def write(self, exports: Exports, chosen: Chosen, *, most: int | None = None) -> None:
        """Write the messages, the newest first. Raises CliError."""
        if self.path is None:
            exports.write_into(sys.stdout.buffer, chosen, form=self.form, most=most)
            return
        try:
            count = exports.write(
                chosen, self.path, form=self.form, may_replace=self.may_replace, most=most
            )
        except SheetError as error:
            sentence = wording_export.trouble_sentence(error) or str(error)
            if error.code == "exists":
                sentence += " " + _("With --overwrite it is replaced.")
            raise CliError(sentence) from None
        print(wording_export.written_sentence(count, self.path))


def read_target(options: argparse.Namespace) -> Target | None:
    """Where `history` is to write, and how; None for what it prints in one piece.

    Raises CliError.
    """
    path: Path | None = options.export_file
    if path is None and options.format in (None, *_AS_A_WHOLE):
        return None
    if path is None:
        if options.format == Form.WORKBOOK:
            raise CliError(
                _("--format: an Excel workbook needs a file; name it with --export.")
            )
        return Target(Form(options.format), None, may_replace=False)
    if options.format is None:
        known = {one.ending: one for one in (Form.SPREADSHEET, Form.LINES, Form.WORKBOOK)}
        form = known.get(path.suffix.casefold())
        if form is None:
            raise CliError(
                _("--export: a name in .csv, .jsonl or .xlsx is expected, or --format with it.")
            )
    elif options.format in set(Form):
        form = Form(options.format)
    else:
        raise CliError(_("--format: for a file csv, csv-raw, jsonl or xlsx is expected."))
    return Target(form, path, options.overwrite)
