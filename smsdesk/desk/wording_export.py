"""The sentences of an export: what it writes, where, what the file is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from smsdesk.desk.exports import Chosen, Form, Picked, WholeBatch
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.wording_tables import N_, WRITING_SENTENCES
from smsdesk.store.errors import StoreError
from smsdesk.system.i18n import _, grouped, ngettext

FORM_WORDS: Mapping[Form, str] = {
    Form.WORKBOOK: N_("Excel &workbook (.xlsx)"),
    Form.SPREADSHEET: N_("&CSV for a spreadsheet (.csv)"),
    Form.RAW: N_("CSV for &programs (.csv)"),
    Form.LINES: N_("&JSON Lines (.jsonl)"),
}
"""With the letter that leads to each."""

FORM_SENTENCES: Mapping[Form, str] = {
    Form.WORKBOOK: N_("Every cell is text: numbers stay whole, and nothing is a formula."),
    Form.SPREADSHEET: N_(
        "Numbers lose their plus; what looks like a formula begins with an apostrophe."
    ),
    Form.RAW: N_("Nothing is changed, times are in UTC. Do not open it in a spreadsheet."),
    Form.LINES: N_("For programs: one message a line, as smsdesk history gives it."),
}


def form_word(form: Form) -> str:
    """What a kind of file is called."""
    return _(FORM_WORDS[form])


def form_sentence(form: Form) -> str:
    """What to know of a kind of file."""
    return _(FORM_SENTENCES[form])


def count_sentence(chosen: Chosen, count: int) -> str:
    """How many messages would be written, and which."""
    if not count:
        return _("There is no message to write.")
    match chosen:
        case Picked():
            told = ngettext(
                "{n} message, chosen by you.", "{n} messages, chosen by you.", count
            )
        case WholeBatch():
            told = ngettext(
                "{n} message: the whole batch.", "{n} messages: the whole batch.", count
            )
        case _ if chosen == HistoryFilter():
            told = ngettext(
                "{n} message: the whole log.", "{n} messages: the whole log.", count
            )
        case _:
            told = ngettext(
                "{n} message: what the list shows now.",
                "{n} messages: what the list shows now.",
                count,
            )
    return told.replace("{n}", grouped(count))


def protection_sentence() -> str:
    """What leaves the log with the file."""
    return _(
        "The file holds phone numbers and texts for whoever gets it: it has no password, and the "
        "log’s clearing does not reach it. Delete it when it has served."
    )


def progress_sentence(done: int, of: int) -> str:
    """How far the writing is."""
    if done >= of:
        return _("Finishing the file…")
    return _("{n} of {all}").replace("{n}", grouped(done)).replace("{all}", grouped(of))


def written_sentence(count: int, path: Path) -> str:
    """What came of it."""
    told = ngettext("Wrote {n} message to {path}.", "Wrote {n} messages to {path}.", count)
    return told.replace("{n}", grouped(count)).replace("{path}", str(path))


def stopped_sentence() -> str:
    """It was not waited for."""
    return _("Stopped. No file was written.")


def replace_question(path: Path) -> str:
    """Asked before what lies there is lost."""
    told = _("{path} exists already. What is in it now would be lost.")
    return told.replace("{path}", str(path))


def trouble_sentence(error: Exception) -> str | None:
    """Why no file was written; None for what nobody foresaw."""
    if isinstance(error, SheetError):
        return _(WRITING_SENTENCES[error.code]).replace("{path}", str(error.path))
    if isinstance(error, StoreError):
        return _("The message log cannot be read just now, so no file was written. Try again.")
    return None
