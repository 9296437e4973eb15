"""The sentences around saving what somebody has sent along."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from smsdesk.desk.attachments import LARGEST_FILE, NotSavedError, Offer
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.wording import cause_sentence
from smsdesk.desk.wording_channels import attachment_sentence
from smsdesk.desk.wording_tables import N_, WRITING_SENTENCES
from smsdesk.sms.channels.received import Attachment
from smsdesk.system.i18n import _, grouped

_MEGABYTE = 1_000_000

NOT_SAVED_SENTENCES: Mapping[str, str] = {
    "malformed": N_("Its address is not one that can be asked. Nothing was saved."),
    "not_https": N_(
        "Its address does not begin with https://, so that anybody on the way could exchange it. "
        "Nothing was saved."
    ),
    "has_password": N_(
        "There is a name or a password in its address, which looks like a trick. Nothing was "
        "saved."
    ),
    "private_host": N_(
        "Its address leads into a network of your own, where no stranger's file can be. Nothing "
        "was saved."
    ),
    "many_redirects": N_("Its address leads from one to the next. Nothing was saved."),
    "gone": N_(
        "It is no longer there: Vonage keeps a file for 48 hours. Ask for it once more."
    ),
    "refused": N_(
        "The server does not give it to us ({detail}). It may want the key of the application it "
        "came in for; check the account in Settings."
    ),
    "answered": N_("The server answered {detail} in place of the file. Try again later."),
    "too_large": N_("It is larger than {most} MB. Nothing was saved."),
    "other_kind": N_(
        "What came is not what was announced, but perhaps a page that asks to sign in. Nothing "
        "was saved."
    ),
    "cancelled": N_("Stopped. Nothing was saved."),
    "account": N_("The account's settings do not allow it; check them in Settings."),
}


def offer_sentence(offer: Offer) -> str:
    """What will happen, before it does."""
    told = _(
        "It is fetched from {host}, once, and at most {most} MB of it. SMS Desk does not open it; "
        "what somebody sends may do harm when you do."
    )
    return told.replace("{host}", offer.host).replace("{most}", _most())


def program_sentence() -> str:
    """What is said of a name that may be a program's."""
    return _(
        "By its name this may be a program. Save it only if you know who sent it, and why."
    )


def suggested_name(attachment: Attachment, offer: Offer, *, at: datetime) -> str:
    """What the file may be called: as its sender did, or by what it is and when it came."""
    if offer.name:
        return offer.name
    what = attachment_sentence(Attachment(attachment.kind, ""))
    return f"{what} {at.astimezone():%Y-%m-%d %H.%M}{offer.ending}"


def progress_sentence(done: int, of: int | None) -> str:
    """How much has come."""
    if not done:
        return _("Asking for it…")
    if of is None:
        return _("{size} so far").replace("{size}", size_of(done))
    told = _("{size} of {all}").replace("{size}", size_of(done))
    return told.replace("{all}", size_of(of))


def size_of(count: int) -> str:
    """A size as people say it."""
    if count < _MEGABYTE:
        return _("{size} kB").replace("{size}", grouped(max(1, round(count / 1000))))
    return _("{size} MB").replace("{size}", grouped(round(count / _MEGABYTE)))


def saved_sentence(path: Path) -> str:
    """What came of it."""
    return _("Saved as {path}.").replace("{path}", str(path))


def not_saved_sentence(error: Exception) -> str | None:
    """Why nothing was saved; None for what nobody foresaw."""
    if isinstance(error, SheetError):
        return _(WRITING_SENTENCES[error.code]).replace("{path}", str(error.path))
    if not isinstance(error, NotSavedError):
        return None
    if error.code == "transport":
        return _("{why}. Nothing was saved; try again.").replace("{why}", _why(error.detail))
    told = _(NOT_SAVED_SENTENCES[error.code]).replace("{detail}", error.detail)
    return told.replace("{most}", _most())


def problem_sentence(offer: Offer) -> str:
    """Why it is not even asked for; "" where it may be."""
    return _(NOT_SAVED_SENTENCES[offer.problem]) if offer.problem else ""


def _why(cause: str) -> str:
    """What broke, for something that is fetched and not sent."""
    if cause == "certificate":
        return _("The server's certificate is not trusted")
    if cause in ("deadline", "timeout"):
        return _("The server is too slow")
    return cause_sentence(cause).rstrip(".")


def _most() -> str:
    return grouped(LARGEST_FILE // _MEGABYTE)
