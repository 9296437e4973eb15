"""The sentences of the address book and of the templates."""

from __future__ import annotations

from collections.abc import Mapping

from smsdesk.desk.contact_files import BadEntry, ContactFile, ContactFileError
from smsdesk.desk.contacts import BookError, Comparison, ContactError, Merged
from smsdesk.desk.templates import TemplateError
from smsdesk.desk.wording import problem_sentence, store_sentence
from smsdesk.desk.wording_tables import N_
from smsdesk.sms.contact import ContactGroup
from smsdesk.sms.message import Problem
from smsdesk.system.i18n import _, ngettext

_CONTACT_SENTENCES: Mapping[tuple[str, str], str] = {
    ("name", "empty"): N_("Enter a name."),
    ("name", "too_long"): N_("The name is longer than 100 characters."),
    ("note", "too_long"): N_("The note is longer than 500 characters."),
    ("number", "empty"): N_("Enter a number."),
    ("number", "taken"): N_("This number belongs to {name} already."),
    ("number", "fax"): N_("“{input}” is a fax or a pager; no message arrives there."),
    ("group", "empty"): N_("Enter a name for the group."),
    ("group", "too_long"): N_("The name of a group is longer than 100 characters."),
    ("group", "taken"): N_("There is a group of this name already."),
    ("card", "unfinished"): N_("The card has no end; the file may have been cut off."),
}

_TEMPLATE_SENTENCES: Mapping[tuple[str, str], str] = {
    ("name", "empty"): N_("Enter a name, by which you will find the template again."),
    ("name", "too_long"): N_("The name is longer than 100 characters."),
    ("name", "taken"): N_("There is a template of this name already. Choose another name."),
    ("text", "empty"): N_("Write the text of the template."),
    ("text", "too_long"): N_("The text is longer than 20,000 characters."),
}

_FILE_SENTENCES: Mapping[str, str] = {
    "unreadable": N_("{path} cannot be read. Nothing was changed."),
    "too_large": N_("{path} is larger than 20 MB. Divide it, and import the parts."),
    "not_text": N_(
        "{path} is no list of contacts. Save it as CSV (in a spreadsheet: Save as) or as vCard, "
        "and import that."
    ),
    "not_writable": N_("{path} cannot be written. Choose another folder."),
}


def contact_sentence(error: ContactError, typed: str = "") -> str:
    """What is wrong with a field of a contact or a group."""
    known = _CONTACT_SENTENCES.get((error.field, str(error.code)))
    if known is None:
        return problem_sentence(Problem("to", typed, error.code))
    name = error.taken_by.name if error.taken_by is not None else ""
    return _(known).replace("{name}", name)


def template_sentence(error: TemplateError) -> str:
    """What is wrong with the name or the text of a template."""
    return _(_TEMPLATE_SENTENCES[error.field, error.code])


def bad_entry_sentence(bad: BadEntry) -> str:
    """Where an entry of a file stands, and why it was left out."""
    known = _CONTACT_SENTENCES.get((bad.field, bad.code))
    if (bad.field, bad.code) == ("name", "empty"):
        told = _("“{input}” has no name.")
    elif known is not None:
        told = _(known)
    else:
        told = problem_sentence(Problem("to", bad.text, bad.code))
    told = told.replace("{input}", bad.text)
    return (
        _("Line {line}: {problem}")
        .replace("{line}", f"{bad.line:,}")
        .replace("{problem}", told)
    )


def count_sentence(count: int, *, searched: bool) -> str:
    """How long the list is, or how many of it fit."""
    if searched:
        told = ngettext("{count} contact found", "{count} contacts found", count)
    else:
        told = ngettext("{count} contact", "{count} contacts", count)
    return told.replace("{count}", f"{count:,}")


def people_words(count: int) -> str:
    """How many are in a group."""
    return ngettext("{count} person", "{count} people", count).replace("{count}", f"{count:,}")


def file_sentences(found: ContactFile, compared: Comparison) -> tuple[str, ...]:
    """What a file would bring in; the first sentence is the sum of it."""
    said = [
        ngettext("{count} contact is new.", "{count} contacts are new.", compared.new).replace(
            "{count}", f"{compared.new:,}"
        )
    ]
    for count, one, many in (
        (
            len(compared.changed),
            N_("{count} is here with another name or note."),
            N_("{count} are here with another name or note."),
        ),
        (compared.same, N_("{count} is here already."), N_("{count} are here already.")),
        (
            found.several,
            N_("{count} person has several numbers, and comes in once for each."),
            N_("{count} people have several numbers, and come in once for each."),
        ),
        (
            found.repeated,
            N_("{count} number is there twice; the first name counts."),
            N_("{count} numbers are there twice; the first name counts."),
        ),
        (
            found.without_number,
            N_("{count} entry has no number, and is left out."),
            N_("{count} entries have no number, and are left out."),
        ),
        (
            len(found.bad),
            N_("{count} entry is left out, because something is wrong with it:"),
            N_("{count} entries are left out, because something is wrong with them:"),
        ),
    ):
        if count:
            said.append(ngettext(one, many, count).replace("{count}", f"{count:,}"))
    return tuple(said)


def merged_sentence(merged: Merged) -> str:
    """What came of an import."""
    said = [
        ngettext("{count} contact added.", "{count} contacts added.", merged.added).replace(
            "{count}", f"{merged.added:,}"
        )
    ]
    if merged.changed:
        said.append(_("{count} changed.").replace("{count}", f"{merged.changed:,}"))
    if merged.left:
        said.append(_("{count} stayed as they were.").replace("{count}", f"{merged.left:,}"))
    return " ".join(said)


def written_sentence(count: int, path: str) -> str:
    """What came of an export."""
    told = ngettext(
        "{count} contact written to {path}.", "{count} contacts written to {path}.", count
    )
    return told.replace("{count}", f"{count:,}").replace("{path}", path)


def erased_sentence(count: int, name: str) -> str:
    """Who is gone."""
    if count == 1:
        return _("{name} was removed.").replace("{name}", name)
    return ngettext(
        "{count} contact was removed.", "{count} contacts were removed.", count
    ).replace("{count}", f"{count:,}")


def joined_sentence(group: ContactGroup, *, added: int, known: int) -> str:
    """Who of a group has been put into the To field."""
    if not added and not known:
        return _("Nobody is in {group} yet.").replace("{group}", group.name)
    told = ngettext("{group}: {count} person added.", "{group}: {count} people added.", added)
    if known:
        told += " " + ngettext(
            "{known} was there already.", "{known} were there already.", known
        )
    # The name comes last: what stands in it is no place of ours.
    told = told.replace("{count}", f"{added:,}").replace("{known}", f"{known:,}")
    return told.replace("{group}", group.name)


def trouble_sentence(error: Exception) -> str | None:
    """What kept something from being read or written; None for what nobody foresaw."""
    if isinstance(error, ContactFileError):
        return _(_FILE_SENTENCES[error.code]).replace("{path}", str(error.path))
    if isinstance(error, BookError):
        return store_sentence(error.code)
    return None
