"""The sentences of files of contacts: what one would bring in, what was left out, and why."""

from __future__ import annotations

from collections.abc import Mapping

from smsdesk.desk import wording_contacts
from smsdesk.desk.contact_files import BadEntry, ContactFile, ContactFileError
from smsdesk.desk.contacts import Comparison, Merged
from smsdesk.desk.wording import problem_sentence
from smsdesk.desk.wording_contacts import CONTACT_SENTENCES
from smsdesk.desk.wording_tables import N_, NN_, WRITING_SENTENCES
from smsdesk.sms.message import Problem
from smsdesk.system.i18n import _, grouped, ngettext

_FILE_SENTENCES: Mapping[str, str] = {
    "unreadable": N_("{path} cannot be read. Nothing was changed."),
    "too_large": N_("{path} is larger than 20 MB. Divide it, and import the parts."),
    "quotes": N_(
        "{path}, line {line}: the quotation marks do not match. Mend this line, or save the file "
        "as CSV again. Nothing was changed."
    ),
    "field_too_long": N_(
        "{path}, line {line}: a cell has more than 131,072 characters; perhaps a quotation mark "
        "is missing. Nothing was changed."
    ),
    "not_text": N_(
        "{path} is no list of contacts. Save it as CSV (in a spreadsheet: Save as) or as vCard, "
        "and import that."
    ),
    **WRITING_SENTENCES,
}


def bad_entry_sentence(bad: BadEntry) -> str:
    """Where an entry of a file stands, and why it was left out."""
    known = CONTACT_SENTENCES.get((bad.field, bad.code))
    if (bad.field, bad.code) == ("name", "empty"):
        told = _("“{input}” has no name.")
    elif known is not None:
        told = _(known)
    else:
        told = problem_sentence(Problem("to", bad.text, bad.code))
    told = told.replace("{input}", bad.text)
    return (
        _("Line {line}: {problem}")
        .replace("{line}", grouped(bad.line))
        .replace("{problem}", told)
    )


def file_sentences(found: ContactFile, compared: Comparison) -> tuple[str, ...]:
    """What a file would bring in; the first sentence is the sum of it."""
    said = [
        ngettext("{count} contact is new.", "{count} contacts are new.", compared.new).replace(
            "{count}", grouped(compared.new)
        )
    ]
    for count, forms in (
        (
            len(compared.changed),
            NN_(
                "{count} is here with another name or note.",
                "{count} are here with another name or note.",
            ),
        ),
        (compared.same, NN_("{count} is here already.", "{count} are here already.")),
        (
            found.several,
            NN_(
                "{count} person has several numbers, and comes in once for each.",
                "{count} people have several numbers, and come in once for each.",
            ),
        ),
        (
            found.repeated,
            NN_(
                "{count} number is there twice; the first name counts.",
                "{count} numbers are there twice; the first name counts.",
            ),
        ),
        (
            found.without_number,
            NN_(
                "{count} entry has no number, and is left out.",
                "{count} entries have no number, and are left out.",
            ),
        ),
    ):
        if count:
            said.append(ngettext(*forms, count).replace("{count}", grouped(count)))
    return tuple(said)


def bad_sentence(count: int) -> str:
    """How many are left out; the list of them follows."""
    return ngettext(
        "{count} entry is left out, because something is wrong with it:",
        "{count} entries are left out, because something is wrong with them:",
        count,
    ).replace("{count}", grouped(count))


def merged_sentence(merged: Merged) -> str:
    """What came of an import."""
    said = [
        ngettext("{count} contact added.", "{count} contacts added.", merged.added).replace(
            "{count}", grouped(merged.added)
        )
    ]
    if merged.changed:
        said.append(_("{count} changed.").replace("{count}", grouped(merged.changed)))
    if merged.left:
        said.append(_("{count} stayed as they were.").replace("{count}", grouped(merged.left)))
    return " ".join(said)


def written_sentence(count: int, path: str) -> str:
    """What came of an export."""
    told = ngettext(
        "{count} contact written to {path}.", "{count} contacts written to {path}.", count
    )
    return told.replace("{count}", grouped(count)).replace("{path}", path)


def trouble_sentence(error: Exception) -> str | None:
    """What kept a file or the log from being read or written; None for what nobody foresaw."""
    if isinstance(error, ContactFileError):
        told = _(_FILE_SENTENCES[error.code]).replace("{line}", grouped(error.line or 1))
        return told.replace("{path}", str(error.path))
    return wording_contacts.trouble_sentence(error)
