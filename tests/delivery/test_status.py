"""One moment of the sender in one value."""

from datetime import timedelta
from typing import Any

import pytest

from smsdesk.delivery.status import Closed, SenderPhase, SenderStatus, describe
from smsdesk.sms.state import HeldReason
from tests.support import NOW


def described(**facts: Any) -> SenderStatus:
    good: dict[str, Any] = {
        "is_stopping": False,
        "hold": None,
        "closed": None,
        "cause": "",
        "queued": 0,
        "held": 0,
        "in_flight": 0,
        "interrupted": 0,
        "now": 100.0,
        "wall": NOW,
    }
    return describe(**{**good, **facts})


@pytest.mark.parametrize(
    ("facts", "phase"),
    [
        ({}, SenderPhase.READY),
        ({"held": 3}, SenderPhase.READY),
        ({"queued": 1}, SenderPhase.SENDING),
        ({"in_flight": 1}, SenderPhase.SENDING),
        ({"closed": (Closed.NETWORK, 110.0)}, SenderPhase.READY),
        ({"closed": (Closed.NETWORK, 110.0), "queued": 1}, SenderPhase.WAITING),
        ({"hold": HeldReason.AUTH, "queued": 1}, SenderPhase.HELD),
        (
            {"hold": HeldReason.AUTH, "closed": (Closed.PACE, 110.0), "queued": 1},
            SenderPhase.HELD,
        ),
        ({"is_stopping": True, "in_flight": 1}, SenderPhase.STOPPING),
    ],
    ids=str,
)
def test_the_gravest_fact_names_the_phase(facts: dict[str, Any], phase: SenderPhase) -> None:
    assert described(**facts).phase is phase


def test_a_waiting_sender_says_why_and_until_when() -> None:
    status = described(closed=(Closed.PACE, 107.4), queued=2, held=3, cause="too_many")

    assert status.closed is Closed.PACE
    assert status.retry_at == NOW + timedelta(seconds=7)
    assert (status.waiting, status.cause, status.hold) == (5, "too_many", None)


def test_the_next_try_does_not_move_while_time_passes() -> None:
    moments = {
        described(
            closed=(Closed.PACE, 107.4),
            queued=1,
            now=100.0 + tenth / 10,
            wall=NOW + timedelta(seconds=tenth / 10),
        ).retry_at
        for tenth in range(60)
    }

    assert len(moments) == 1


def test_a_held_sender_says_for_what() -> None:
    status = described(hold=HeldReason.BALANCE, cause="low_balance", queued=1, interrupted=2)

    assert (status.hold, status.cause) == (HeldReason.BALANCE, "low_balance")
    assert (status.closed, status.retry_at, status.interrupted) == (None, None, 2)
