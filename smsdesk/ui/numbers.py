"""How a stored number is shown in the window.

Until `warm` has been called numbers are shown as they are stored: the library that groups them
must not be loaded before the window has been painted.
"""

from collections.abc import Callable

from smsdesk.sms.phone import show_e164

_show: Callable[[str], str] = str


def show_number(e164: str) -> str:
    return _show(e164)


def warm() -> None:
    """Load the library, and group numbers from now on. Any thread may do the loading."""
    global _show  # one process, one way of showing numbers
    show_e164("+447700900000")
    _show = show_e164
