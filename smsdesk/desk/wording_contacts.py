"""The sentences of the address book and of the templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from smsdesk.desk.contacts import BookError
from smsdesk.desk.wording import problem_sentence, store_sentence
from smsdesk.desk.wording_tables import N_
from smsdesk.sms.message import Problem
from smsdesk.system.i18n import _, grouped, ngettext

if TYPE_CHECKING:
    from smsdesk.desk.contacts import ContactError
    from smsdesk.desk.templates import TemplateError
    from smsdesk.sms.contact import ContactGroup

CONTACT_SENTENCES: Mapping[tuple[str, str], str] = {
    ("name", "empty"): N_("Enter a name."),
    ("name", "too_long"): N_("The name is longer than 100 characters."),
    ("note", "too_long"): N_("The note is longer than 500 characters."),
    ("number", "empty"): N_("Enter a number."),
    ("number", "taken"): N_("This number belongs to {name} already."),
    ("number", "fax"): N_("“{input}” is a fax or a pager; no message arrives there."),
    ("identity", "malformed"): N_("An ID has 1 to 50 characters, without spaces."),
    ("identity", "taken"): N_("This ID belongs to {name} already."),
    ("identity", "no_such_channel"): N_("This channel names people by their numbers."),
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


def contact_sentence(error: ContactError, typed: str = "") -> str:
    """What is wrong with a field of a contact or a group."""
    known = CONTACT_SENTENCES.get((error.field, str(error.code)))
    if known is None:
        return problem_sentence(Problem("to", typed, error.code))
    name = error.taken_by.name if error.taken_by is not None else ""
    return _(known).replace("{name}", name)


def template_sentence(error: TemplateError) -> str:
    """What is wrong with the name or the text of a template."""
    return _(_TEMPLATE_SENTENCES[error.field, error.code])


def count_sentence(count: int, *, searched: bool) -> str:
    """How long the list is, or how many of it fit."""
    if searched:
        told = ngettext("{count} contact found", "{count} contacts found", count)
    else:
        told = ngettext("{count} contact", "{count} contacts", count)
    return told.replace("{count}", grouped(count))


def people_words(count: int) -> str:
    """How many are in a group."""
    return ngettext("{count} person", "{count} people", count).replace(
        "{count}", grouped(count)
    )


def erased_sentence(count: int, name: str) -> str:
    """Who is gone."""
    if count == 1:
        return _("{name} was removed.").replace("{name}", name)
    return ngettext(
        "{count} contact was removed.", "{count} contacts were removed.", count
    ).replace("{count}", grouped(count))


def put_in_sentence(group: ContactGroup, count: int) -> str:
    """What came of putting people into a group."""
    told = ngettext(
        "{count} person is new in {group}.", "{count} people are new in {group}.", count
    )
    return told.replace("{count}", grouped(count)).replace("{group}", group.name)


def taken_out_sentence(group: ContactGroup, count: int) -> str:
    """What came of taking people out of a group."""
    told = ngettext(
        "{count} person is not in {group} any more.",
        "{count} people are not in {group} any more.",
        count,
    )
    return told.replace("{count}", grouped(count)).replace("{group}", group.name)


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
    told = told.replace("{count}", grouped(added)).replace("{known}", grouped(known))
    return told.replace("{group}", group.name)


def trouble_sentence(error: Exception) -> str | None:
    """What kept the log from being read or written; None for what nobody foresaw."""
    return store_sentence(error.code) if isinstance(error, BookError) else None
