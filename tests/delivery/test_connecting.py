"""How delivery hears that there is nothing to connect with."""

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.sms.state import HeldReason


def test_the_error_says_for_what_the_queue_waits_and_why() -> None:
    error = NotConnectableError(HeldReason.KEY_LOCKED, "key_missing")

    assert (error.hold, error.cause, str(error)) == (
        HeldReason.KEY_LOCKED,
        "key_missing",
        "key_missing",
    )
