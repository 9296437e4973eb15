"""The sentences of backups, of putting one back, and of erasing a person."""

from __future__ import annotations

from collections.abc import Mapping

from smsdesk.desk.copies import CopiesError, Copy, Inside, Restored
from smsdesk.desk.erasing import Erased, ErasingError, Holding, Preview
from smsdesk.desk.wording_tables import N_
from smsdesk.sms.phone import show_e164
from smsdesk.system.i18n import _, grouped, ngettext

WHY: Mapping[str, str] = {
    "daily": N_("Daily backup"),
    "by-hand": N_("Made by hand"),
    "before-migration": N_("Before an update"),
    "replaced": N_("Replaced by a restore"),
    "damaged": N_("Set aside, damaged"),
}

_TROUBLES: Mapping[str, str] = {
    "busy": N_("Another program is using the message log. Try again. Nothing was changed."),
    "copies_busy": N_(
        "A backup is being made or changed just now. Try again in a moment. Nothing was changed."
    ),
    "sender_busy": N_(
        "Messages of this profile are being sent just now. Close SMS Desk, or wait for the command "
        "that sends, and try again. Nothing was changed."
    ),
    "window_open": N_(
        "The window of this profile is open. Close it, or restore from its File menu. Nothing was "
        "changed."
    ),
    "not_there": N_("There is no such file. Nothing was changed."),
    "erasure_unfinished": N_(
        "Somebody is being erased, and that has not come to its end. Open SMS Desk for a minute, "
        "then restore. Nothing was changed."
    ),
    "is_the_log": N_("This file is the log itself. Nothing was changed."),
    "no_room": N_(
        "The disk is nearly full: there must be room for the copy twice. Free some space and try "
        "again. Nothing was changed."
    ),
    "disk_full": N_("The disk is full. Free some space and try again. Nothing was changed."),
    "read_only": N_("The folder cannot be written. Nothing was changed."),
    "io_error": N_("The disk reports an error, or a file is in use. Nothing was changed."),
    "damaged": N_("This copy is damaged. Choose another. Nothing was changed."),
    "foreign": N_("This file is no message log of SMS Desk. Nothing was changed."),
    "newer": N_(
        "This copy was made by a newer version of SMS Desk. Install that version. Nothing was "
        "changed."
    ),
    "other_key": N_(
        "This copy and the log know erased persons who opted out by different keys. To put it "
        "back could send to somebody who does not want it. Nothing was changed."
    ),
    "in_doubt": N_("Nothing was erased."),
}


_UNFIT: Mapping[str, str] = {
    "damaged": N_("Damaged"),
    "foreign": N_("No message log"),
    "newer": N_("Of a newer version"),
    "io_error": N_("Cannot be read"),
}


def copy_name(copy: Copy) -> str:
    """Why a copy was made."""
    return _(WHY[copy.why]) if copy.why in WHY else copy.why


def size_words(size: int) -> str:
    """How large a file is."""
    megabytes = size / 1_000_000
    return f"{grouped(megabytes, places=1 if megabytes < 100 else 0)} MB"


def inside_sentence(inside: Inside) -> str:
    """That a copy is sound, and what is in it."""
    told = ngettext("Sound, {count} message", "Sound, {count} messages", inside.messages)
    return told.replace("{count}", grouped(inside.messages))


def copies_sentence(error: CopiesError) -> str:
    """Why a copy could not be made, read or put back."""
    return _(_TROUBLES.get(error.code, _TROUBLES["io_error"]))


def unfit_sentence(error: CopiesError) -> str:
    """The same in few words, in a list of copies."""
    return _(_UNFIT.get(error.code, _UNFIT["io_error"]))


def backed_up_sentence(copy: Copy) -> str:
    """Where a backup is that was just made and checked."""
    told = _("Backed up and checked: {name}, {size}.")
    return told.replace("{name}", copy.path.name).replace("{size}", size_words(copy.size))


def before_restore_sentence() -> str:
    """What putting a copy back means, before it is done."""
    return _(
        "The log becomes what it was when the copy was made. The present one is set aside beside "
        "it, and can be put back in the same way; nothing is deleted.\n\n"
        "Messages that wait in the copy may have been sent since. They come back on hold, and none "
        "of them leaves before you say so.\n\n"
        "Who has opted out or was erased since stays so, and the audit trail goes on."
    )


def restored_sentence(restored: Restored) -> str:
    """What came of putting a copy back."""
    told = ngettext(
        "The copy is in place, with {count} message.",
        "The copy is in place, with {count} messages.",
        restored.messages,
    ).replace("{count}", grouped(restored.messages))
    parts = [told, _("What waited in it is on hold until you let it go.")]
    if not restored.is_continued:
        parts.append(_("The audit trail of the log before could not be taken along."))
    if not restored.has_opt_outs:
        parts.append(
            _(
                "Who opted out since the copy was made is not known: look through the opt-outs "
                "before you send."
            )
        )
    if restored.erased_again:
        parts.append(
            ngettext(
                "{count} person who was erased since is erased from it too.",
                "{count} persons who were erased since are erased from it too.",
                restored.erased_again,
            ).replace("{count}", grouped(restored.erased_again))
        )
    return " ".join(parts)


# Erasing ----------------------------------------------------------------------------------


def erasing_sentence(error: ErasingError) -> str:
    """Why nobody was erased."""
    if error.code == "in_doubt":
        return in_doubt_sentence(error.count)
    if error.code in _TROUBLES:
        return _(_TROUBLES[error.code]).replace(
            _("Nothing was changed."), _("It goes on when SMS Desk is started again.")
        )
    return _(
        "This is not a phone number. Write it with its country code, as in +44 7700 900123."
    )


def in_doubt_sentence(count: int) -> str:
    """That doubt must be settled first."""
    told = ngettext(
        "{count} message to this person is on its way out or in doubt. Settle it under “Needs "
        "review” first; nothing was erased.",
        "{count} messages to this person are on their way out or in doubt. Settle them under "
        "“Needs review” first; nothing was erased.",
        count,
    )
    return told.replace("{count}", grouped(count))


def holding_lines(held: Holding) -> list[str]:
    """What there is of a person, one thing a line."""
    counts = (
        (held.sent, ngettext("{count} message to them", "{count} messages to them", held.sent)),
        (
            held.replies,
            ngettext("{count} reply from them", "{count} replies from them", held.replies),
        ),
        (
            held.events,
            ngettext(
                "{count} receipt as it came", "{count} receipts as they came", held.events
            ),
        ),
        (held.contacts, _("their contact, with name, note and groups")),
        (held.drafts, _("the draft, which names them")),
        (
            held.searches,
            ngettext("{count} saved search", "{count} saved searches", held.searches),
        ),
        (
            held.names,
            ngettext(
                "the number in the name of {count} list",
                "the number in the names of {count} lists",
                held.names,
            ),
        ),
    )
    return [told.replace("{count}", grouped(count)) for count, told in counts if count]


def preview_notes(preview: Preview) -> list[str]:
    """What else happens, and what stays."""
    held = preview.held
    notes = []
    if held.waiting:
        notes.append(
            ngettext(
                "{count} message that is waiting will not be sent.",
                "{count} messages that are waiting will not be sent.",
                held.waiting,
            ).replace("{count}", grouped(held.waiting))
        )
    if held.opt_outs:
        notes.append(
            _(
                "They have opted out and stay so: in place of the number a keyed digest is kept, "
                "by which nobody is written to again."
            )
        )
    if preview.ids:
        told = _("What went under their IDs goes as well: {ids}.")
        notes.append(told.replace("{ids}", ", ".join(preview.ids)))
    if preview.copies:
        notes.append(
            ngettext(
                "{count} backup is looked through, and written anew where they are in it.",
                "{count} backups are looked through, and written anew where they are in them.",
                preview.copies,
            ).replace("{count}", grouped(preview.copies))
        )
    if preview.mentions:
        notes.append(
            ngettext(
                "The number also stands in {count} text or note of others. It stays there.",
                "The number also stands in {count} texts or notes of others. It stays there.",
                preview.mentions,
            ).replace("{count}", grouped(preview.mentions))
        )
    return notes


def erased_sentence(number: str, erased: Erased) -> str:
    """What was erased, and what a search of all files found afterwards."""
    lines = holding_lines(erased.held)
    told = _("Erased {number}: {what}.") if lines else _("Nothing was kept of {number}.")
    parts = [told.replace("{number}", show_e164(number)).replace("{what}", ", ".join(lines))]
    if erased.rewritten:
        parts.append(
            ngettext(
                "{count} copy was written anew.",
                "{count} copies were written anew.",
                erased.rewritten,
            ).replace("{count}", grouped(erased.rewritten))
        )
    if erased.deleted:
        parts.append(
            ngettext(
                "{count} copy could not be read and was deleted.",
                "{count} copies could not be read and were deleted.",
                erased.deleted,
            ).replace("{count}", grouped(erased.deleted))
        )
    return " ".join((*parts, proof_sentence(erased)))


def proof_sentence(erased: Erased) -> str:
    """What a search of the bytes of all files found."""
    if not erased.searched:
        return _("The files could not be searched for what may be left.")
    searched = ngettext(
        "Searched {count} file byte by byte:",
        "Searched {count} files byte by byte:",
        erased.searched,
    ).replace("{count}", grouped(erased.searched))
    if not erased.found_in:
        return f"{searched} {_('nothing of them is left.')}"
    found = _(
        "something is left in {names}. Most likely a text or note of somebody else names them."
    )
    return f"{searched} {found.replace('{names}', ', '.join(erased.found_in))}"
