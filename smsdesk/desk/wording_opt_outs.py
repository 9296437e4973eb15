"""The sentences of the opt-out list: why somebody is on it, and what came of changing it."""

from __future__ import annotations

from collections.abc import Mapping

from smsdesk.desk.opt_out_files import BadLine, OptOutFile, OptOutFileError
from smsdesk.desk.opt_outs import Added, Entered, OptOutEntryError, OptOutStoreError
from smsdesk.desk.wording import problem_sentence
from smsdesk.desk.wording_evidence import change_sentence
from smsdesk.desk.wording_tables import N_, NN_, WRITING_SENTENCES
from smsdesk.sms.message import Problem
from smsdesk.sms.phone import PhoneProblem
from smsdesk.sms.suppression import ALL_SENDERS, Suppression, SuppressionReason
from smsdesk.system.i18n import _, grouped, ngettext

REASON_SENTENCES: Mapping[SuppressionReason, str] = {
    SuppressionReason.STOP: N_("They wrote STOP"),
    SuppressionReason.VONAGE: N_("Vonage says so: they opted out there (1240)"),
    SuppressionReason.PERSON: N_("Entered here"),
    SuppressionReason.IMPORT: N_("Imported"),
}

_ENTRY_SENTENCES: Mapping[tuple[str, str], str] = {
    ("number", "empty"): N_("Enter the number that has opted out."),
    ("why", "empty"): N_("Say why; it is noted with the entry."),
    ("remove", "empty"): N_("Say why they may be written to again; it is noted."),
}

_FILE_SENTENCES: Mapping[str, str] = {
    "unreadable": N_("{path} cannot be read. Nothing was changed."),
    "too_large": N_("{path} is larger than 20 MB. Divide it, and import the parts."),
    "quotes": N_(
        "{path}: the quotation marks do not match. Save the file as CSV again. Nothing was "
        "changed."
    ),
    "field_too_long": N_(
        "{path}: a cell has more than 131,072 characters; perhaps a quotation mark is missing. "
        "Nothing was changed."
    ),
    "not_text": N_(
        "{path} is not a text file. Save the list as CSV (in a spreadsheet: Save as) and import "
        "that."
    ),
    **WRITING_SENTENCES,
}


def sender_word(sender: str) -> str:
    """For whom an entry is."""
    return _("All senders") if sender == ALL_SENDERS else sender


def reason_sentence(entry: Suppression) -> str:
    """Why somebody is on the list, with their words, or those of whoever entered them."""
    told = _(REASON_SENTENCES[entry.reason])
    if entry.reason is SuppressionReason.VONAGE or not entry.detail:
        return told
    if entry.reason is SuppressionReason.STOP:
        return _("They wrote “{words}”").replace("{words}", entry.detail)
    return f"{told}: {entry.detail}"


def entry_sentence(error: OptOutEntryError, typed: str) -> str:
    """What is wrong with a field of an entry."""
    known = _ENTRY_SENTENCES.get((error.field, str(error.code)))
    if known is not None:
        return _(known)
    field = {"number": "to", "sender": "from"}.get(error.field, error.field)
    return problem_sentence(Problem(field, typed, error.code))


def remove_needs_reason() -> str:
    """Nobody is taken off without one."""
    sentence = _ENTRY_SENTENCES["remove", "empty"]
    return _(sentence)


def erased_sentence(count: int) -> str:
    """How many more there are of persons who were erased; "" for none."""
    told = ngettext("{count} more of an erased person", "{count} more of erased persons", count)
    return told.replace("{count}", grouped(count)) if count else ""


def count_sentence(count: int, *, searched: bool) -> str:
    """How long the list is, or how many of it fit."""
    if searched:
        told = ngettext("{count} entry found", "{count} entries found", count)
    else:
        told = ngettext("{count} entry", "{count} entries", count)
    return told.replace("{count}", grouped(count))


def added_sentence(added: Added, *, shown: str) -> str:
    """What came of entering a number; `shown` is how it is written."""
    if not added.is_new:
        told = _("{number} is on the list already.").replace("{number}", shown)
    else:
        told = _("{number} is not written to any more.").replace("{number}", shown)
    return " ".join(filter(None, (told, failed_sentence(added.failed))))


def removed_sentence(*, shown: str, was_there: bool) -> str:
    """What came of taking a number off."""
    if not was_there:
        return _("{number} is not on the list any more.").replace("{number}", shown)
    return _("{number} may be written to again. Your reason is noted.").replace(
        "{number}", shown
    )


def failed_sentence(failed: int) -> str:
    """What became of messages that were waiting; "" when none was."""
    if not failed:
        return ""
    return ngettext(
        "{count} message that was waiting for them will not be sent.",
        "{count} messages that were waiting for them will not be sent.",
        failed,
    ).replace("{count}", grouped(failed))


def preview_sentences(found: OptOutFile, *, known: int) -> list[str]:
    """What a file would bring in, a line for each thing worth knowing."""
    new = len(found.entries) - known
    told = [
        ngettext("{count} entry is new.", "{count} entries are new.", new).replace(
            "{count}", grouped(new)
        )
    ]
    for count, forms in (
        (
            known,
            NN_(
                "{count} is on the list already, and stays as it is.",
                "{count} are on the list already, and stay as they are.",
            ),
        ),
        (
            found.repeated,
            NN_("{count} line repeats an earlier one.", "{count} lines repeat earlier ones."),
        ),
        (
            len(found.bad),
            NN_(
                "{count} line cannot be read, and is left out:",
                "{count} lines cannot be read, and are left out:",
            ),
        ),
    ):
        if count:
            told.append(ngettext(*forms, count).replace("{count}", grouped(count)))
    return told


def scope_sentence(found: OptOutFile) -> str:
    """For which senders a file's entries are."""
    for_all = sum(entry.sender == ALL_SENDERS for entry in found.entries)
    if for_all == len(found.entries):
        return _("They are for all senders.")
    if not for_all:
        return _("Each is for the sender that the file names.")
    return ngettext(
        "{count} is for all senders, the others for the sender that the file names.",
        "{count} are for all senders, the others for the sender that the file names.",
        for_all,
    ).replace("{count}", grouped(for_all))


def bad_line_sentence(bad: BadLine) -> str:
    """What is wrong with a line of a file."""
    field = "to" if isinstance(bad.problem, PhoneProblem) else "from"
    if not bad.text.strip() and field == "to":
        return _("There is no number in it.")
    return problem_sentence(Problem(field, bad.text, bad.problem))


def brought_in_sentence(entered: Entered) -> str:
    """What came of bringing a file in."""
    told = ngettext(
        "{count} entry was brought in.", "{count} entries were brought in.", entered.new
    ).replace("{count}", grouped(entered.new))
    return " ".join(filter(None, (told, failed_sentence(entered.failed))))


def written_sentence(count: int, path: str) -> str:
    """What came of writing the list to a file."""
    return (
        ngettext(
            "{count} entry was written to {path}.",
            "{count} entries were written to {path}.",
            count,
        )
        .replace("{count}", grouped(count))
        .replace("{path}", path)
    )


def trouble_sentence(error: Exception) -> str | None:
    """What went wrong with a file or with the disk; None for what nobody foresaw."""
    if isinstance(error, OptOutFileError):
        told = _(_FILE_SENTENCES[error.code])
        if error.line is not None:
            told = told.replace("{path}:", _("{path}, line {line}:"), 1)
            told = told.replace("{line}", grouped(error.line))
        return told.replace("{path}", str(error.path))
    if isinstance(error, OptOutStoreError):
        return change_sentence(error.code)
    return None
