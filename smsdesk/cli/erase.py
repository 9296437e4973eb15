"""`smsdesk erase`: shows what is kept of one person, and erases it."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict

from smsdesk.cli.exits import CliError, Exit
from smsdesk.cli.opening import opened
from smsdesk.desk import wording_copies
from smsdesk.desk.erasing import Erased, ErasingError, Preview
from smsdesk.sms.phone import show_e164
from smsdesk.system.i18n import _


def run(options: argparse.Namespace) -> int:
    """Without --yes only tell how much there is. 0 when nothing is left, 1 when something is."""
    with opened(options) as session:
        desk = session.desk
        try:
            preview = desk.erasing.look(
                options.number, default_region=desk.compose.default_region
            )
            if not options.yes:
                return _tell(preview, as_json=options.json)
            erased = desk.erasing.erase(preview.number)
        except ErasingError as error:
            sentence = wording_copies.erasing_sentence(error)
            code = Exit.UNKNOWN if error.code == "in_doubt" else Exit.USAGE
            raise CliError(sentence, code) from error
    return _report(preview, erased, as_json=options.json)


def _tell(preview: Preview, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(asdict(preview)))
        return Exit.OK
    lines = wording_copies.holding_lines(preview.held)
    shown = show_e164(preview.number)
    if lines:
        print(_("Kept of {number}:").replace("{number}", shown))
    else:
        print(_("Nothing is kept of {number}.").replace("{number}", shown))
    for line in lines:
        print(f"  {line}")
    for note in wording_copies.preview_notes(preview):
        print(note)
    if preview.held.in_doubt:
        print(wording_copies.in_doubt_sentence(preview.held.in_doubt))
    else:
        print(_("Nothing was changed. Add --yes to erase it."))
    return Exit.OK


def _report(preview: Preview, erased: Erased, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps({"number": preview.number, **asdict(erased)}))
    else:
        print(wording_copies.erased_sentence(preview.number, erased))
    is_proved = erased.searched and not erased.found_in
    return Exit.OK if is_proved else Exit.REFUSED
