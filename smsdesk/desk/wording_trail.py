"""The sentences of the audit trail: what somebody did, and whether the chain holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from smsdesk.desk.trail import Act, Entry, Strayed, TrailError, Verdict, code_of
from smsdesk.desk.wording_tables import N_
from smsdesk.system.i18n import _, grouped, ngettext

ACT_NAMES: Mapping[Act, str] = {
    Act.SENT: N_("Sent"),
    Act.SENT_LIST: N_("Sent to a list"),
    Act.CANCELLED: N_("Cancelled"),
    Act.SETTLED: N_("Doubt settled"),
    Act.RESCHEDULED: N_("Time changed"),
    Act.LET_THROUGH: N_("Sent in quiet hours"),
    Act.BATCH_PAUSED: N_("Batch paused"),
    Act.BATCH_RESUMED: N_("Batch resumed"),
    Act.BATCH_CONFIRMED: N_("Batch confirmed"),
    Act.CONFIRMED_ELSEWHERE: N_("Confirmed elsewhere"),
    Act.BATCH_CANCELLED: N_("Batch cancelled"),
    Act.BATCH_WRONG_PIN: N_("Wrong PIN"),
    Act.CONFIRMATION_RULE: N_("Rule of two changed"),
    Act.OPTED_OUT: N_("Opted out"),
    Act.ALLOWED_AGAIN: N_("Allowed again"),
    Act.EXPORTED: N_("Exported"),
    Act.FILE_SAVED: N_("File saved"),
    Act.SETTING_CHANGED: N_("Setting changed"),
    Act.ACCOUNT_CHANGED: N_("Account changed"),
    Act.KEY_CHANGED: N_("Key exchanged"),
    Act.PROFILE_REMOVED: N_("Profile removed"),
    Act.ERASED: N_("Person erased"),
    Act.ERASURE_CHECKED: N_("Erasure checked"),
    Act.BACKED_UP: N_("Backed up"),
    Act.RESTORED: N_("Restored"),
    Act.OLD_REMOVED: N_("Old data removed"),
}

_NAMES: Mapping[str, str] = {
    "also": N_("known besides as {value}"),
    "batch": N_("batch {value}"),
    "by": N_("by {value}"),
    "copy": N_("{value}"),
    "from": N_("from {value}"),
    "kind": N_("{value}"),
    "message": N_("message {value}"),
    "person": N_("person {value}"),
    "profile": N_("profile {value}"),
    "rule": N_("{value}"),
    "sender": N_("for {value}"),
    "setting": N_("{value}"),
    "step": N_("step {value}"),
    "to": N_("to {value}"),
}
_ORDER = (
    *("setting", "from", "to", "messages", "sent", "people", "replies", "events", "texts"),
    *("files", "found", "how", "kind"),
)
"""What comes first in a line; the rest follows by name, and ids last."""
_IDS = ("message", "batch", "person")

_HOW: Mapping[str, str] = {
    "treated_as_sent": N_("count as sent"),
    "sent_again": N_("sent again"),
    "left_as_unknown": N_("left in doubt"),
}

_KINDS: Mapping[str, str] = {
    "batch": N_("from a batch"),
    "contacts": N_("from the address book"),
    "messages": N_("from the history"),
    "opt_outs": N_("from the opt-outs"),
    "trail": N_("from the audit trail"),
    "image": N_("Picture"),
    "audio": N_("Sound"),
    "video": N_("Video"),
    "file": N_("File"),
    "vcard": N_("Contact card"),
    "sticker": N_("Sticker"),
}

_DOCTOR: Mapping[str, str] = {
    "trail_empty": N_("Nothing has been noted yet."),
    "trail_whole": N_("Whole, {count} entries. Keep this hash elsewhere: {hash}"),
    "trail_missing": N_(
        "Broken: entries before number {id} ({time}) are missing. Somebody has taken them out. "
        "The backups hold the trail as it was."
    ),
    "trail_link": N_(
        "Broken: entry {id} ({time}) does not follow from the one before. Somebody has changed "
        "the trail. The backups hold it as it was."
    ),
    "trail_content": N_(
        "Broken: entry {id} ({time}) is not what was written. Somebody has changed it. The "
        "backups hold the trail as it was."
    ),
    "trail_strayed": N_(
        "The copy {copy} remembers a trail that is not this one: it was written anew or cut off, "
        "or the log was replaced by an older one by hand."
    ),
}

_ERRORS: Mapping[str, str] = {
    "busy": N_("Another program is using the message log. Try again."),
    "io_error": N_("The disk reports an error."),
    "damaged": N_("The message log is damaged. Close SMS Desk and open it again."),
    "not_writable": N_("The file cannot be written. Choose another folder."),
    "disk_full": N_("The disk is full. Free some space and try again."),
}


def act_name(what: str) -> str:
    """What kind of act it was; the word itself for one that a newer version knows."""
    try:
        return _(ACT_NAMES[Act(what)])
    except ValueError:
        return what


def detail_sentence(entry: Entry) -> str:
    """What more is known: counts first, then ids. No number and no text is among it."""
    details = entry.details()
    ordered = [name for name in _ORDER if name in details]
    rest = sorted(name for name in details if name not in (*_ORDER, *_IDS))
    ids = [name for name in _IDS if name in details]
    return ", ".join(_part(name, details[name]) for name in (*ordered, *rest, *ids))


def whole_entry(entry: Entry) -> str:
    """Everything about an entry, for a closer look."""
    told = _("Number {id}, in the profile {profile}\n{detail}\nSealed with {hash}")
    return (
        told.replace("{id}", grouped(entry.id))
        .replace("{profile}", entry.profile or "–")
        .replace("{detail}", entry.detail)
        .replace("{hash}", entry.hash)
    )


def verdict_sentence(verdict: Verdict, strayed: Sequence[Strayed]) -> tuple[str, bool]:
    """Whether the chain is whole and the copies remember the same one, in words and as yes or
    no."""
    code, value = code_of(verdict, strayed)
    return finding_sentence(code, value) or code, code in ("trail_empty", "trail_whole")


def count_sentence(count: int) -> str:
    """How many entries are shown."""
    told = ngettext("{count} entry", "{count} entries", count)
    return told.replace("{count}", grouped(count))


def written_sentence(count: int, path: str) -> str:
    """What was written into a file."""
    told = ngettext("Wrote {count} entry to {path}.", "Wrote {count} entries to {path}.", count)
    return told.replace("{count}", grouped(count)).replace("{path}", path)


def error_sentence(error: TrailError) -> str:
    """Why the trail could not be read or written."""
    return _(_ERRORS.get(error.code, _ERRORS["io_error"]))


def finding_sentence(code: str, value: str) -> str | None:
    """What the doctor found of the trail; None for what is not about it."""
    sentence = _DOCTOR.get(code)
    if sentence is None:
        return None
    first, _space, rest = value.partition(" ")
    told = _(sentence).replace("{copy}", value).replace("{id}", first)
    count = grouped(int(first)) if first.isdecimal() else first
    return told.replace("{count}", count).replace("{time}", rest).replace("{hash}", rest)


def _part(name: str, value: object) -> str:
    if name == "how" and str(value) in _HOW:
        return _(_HOW[str(value)])
    if name == "kind" and str(value) in _KINDS:
        return _(_KINDS[str(value)])
    if name in ("from", "to") and value == "":
        return _("from nothing") if name == "from" else _("to nothing")
    if name == "continued":
        return _("the trail goes on") if value else _("the trail does not go on")
    if isinstance(value, int) and name not in _NAMES:
        counted = _counted(name, value)
        if counted:
            return counted.replace("{count}", grouped(value))
    if isinstance(value, bool):
        value = _("yes") if value else _("no")
    elif isinstance(value, int):
        value = grouped(value)
    elif name == "sender" and not value:
        value = _("all senders")
    return _(_NAMES.get(name, name + " {value}")).replace("{value}", str(value))


def _counted(name: str, n: int) -> str:
    """How many of what; "" for what is not counted here."""
    match name:
        case "messages" | "sent":
            return ngettext("{count} message", "{count} messages", n)
        case "people":
            return ngettext("{count} person", "{count} people", n)
        case "replies":
            return ngettext("{count} reply", "{count} replies", n)
        case "events":
            return ngettext("{count} receipt", "{count} receipts", n)
        case "texts":
            return ngettext("{count} text", "{count} texts", n)
        case "contacts":
            return ngettext("{count} contact", "{count} contacts", n)
        case "drafts":
            return ngettext("{count} draft", "{count} drafts", n)
        case "names":
            return ngettext("{count} name of a list", "{count} names of lists", n)
        case "searches":
            return ngettext("{count} saved search", "{count} saved searches", n)
        case "opt_outs":
            return ngettext("{count} opt-out", "{count} opt-outs", n)
        case "entries":
            return ngettext("{count} entry", "{count} entries", n)
        case "waiting":
            return ngettext("{count} was waiting", "{count} were waiting", n)
        case "rewritten":
            return ngettext("{count} copy written anew", "{count} copies written anew", n)
        case "deleted":
            return ngettext("{count} copy deleted", "{count} copies deleted", n)
        case "erased_again":
            return ngettext("{count} erased again", "{count} erased again", n)
        case "files":
            return ngettext("{count} file searched", "{count} files searched", n)
        case "bytes":
            return ngettext("{count} byte", "{count} bytes", n)
        case "found":
            return ngettext("something left in {count}", "something left in {count}", n)
        case _:
            return ""
