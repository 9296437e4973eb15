"""How delivery hears that there is nothing to connect with."""

from __future__ import annotations

from smsdesk.sms.state import HeldReason


class NotConnectableError(Exception):
    """There are no usable credentials now; the queue waits for this reason.

    `cause` is a code for wording.
    """

    def __init__(self, hold: HeldReason, cause: str) -> None:
        super().__init__(cause)
        self.hold = hold
        self.cause = cause
