"""The sentences about the support bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from smsdesk.system.i18n import _, grouped, ngettext

if TYPE_CHECKING:
    from smsdesk.desk.support import BundleError, BundlePart


def contents_text() -> str:
    """What the bundle says about itself."""
    return (
        _(
            "This is a support bundle of SMS Desk. It says how the program is set up and what went "
            "wrong in it, for somebody who helps."
        )
        + "\n\n"
        + _(
            "In it: what the doctor found, versions, settings, how many rows each table has, and "
            "the program's log."
        )
        + "\n\n"
        + _(
            "Not in it: keys, secrets, account numbers, phone numbers, names, texts of messages, "
            "and what errors quoted of them. Settings that may name somebody are only told to be "
            "set."
        )
        + "\n"
    )


def before_saving_sentence() -> str:
    """What a person is asked to do while the contents are shown."""
    return _(
        "This is all that would be in the file. No secret, number, name or text of a message is "
        "meant to be in it; look through it before you pass it on."
    )


def part_sentence(part: BundlePart) -> str:
    """One file of the bundle, in a list."""
    lines = len(part.text.splitlines())
    told = ngettext("{name}: {count} line", "{name}: {count} lines", lines)
    return told.replace("{count}", grouped(lines)).replace("{name}", part.name)


def saved_sentence(path: str) -> str:
    """After it has been written."""
    return _("The support bundle was saved as {path}.").replace("{path}", path)


def look_sentence() -> str:
    """What to do with it, on the command line."""
    return _("Look through it before you pass it on; --bundle - shows what is in it.")


def bundle_trouble_sentence(error: BundleError) -> str:
    """Why there is no bundle."""
    if error.code == "exists":
        told = _("{path} exists already. Name a file that does not exist yet.")
        return told.replace("{path}", str(error.path))
    return _(
        "The support bundle could not be saved as {path}. Choose a folder that you may write to, "
        "on a disk that has room."
    ).replace("{path}", str(error.path))


def not_gathered_sentence() -> str:
    """Something nobody foresaw kept it from being made."""
    return _("The support bundle could not be made. Close this, and try again.")
