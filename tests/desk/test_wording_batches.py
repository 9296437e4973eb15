"""Batches in words."""

from dataclasses import replace
from datetime import timedelta

import pytest

from smsdesk.desk import wording_batches as words
from smsdesk.desk.batches import Batch, Deed, Missed, Outcome, Progress, Reason, make_bars
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.second_person import PinError
from smsdesk.sms.state import State
from smsdesk.store.batches import Step
from smsdesk.store.errors import DiskFullError
from tests.support import NOW

BATCH = Batch("B", NOW, 3000, None, "Depot B\nis closed.", "ACME", None, False, None)


def progress(batch: Batch = BATCH, *, left: timedelta | None = None, **counts: int) -> Progress:
    return Progress(batch, {State(name): n for name, n in counts.items()}, (), None, left)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            progress(
                delivered=1204,
                accepted=1000,
                failed=12,
                unknown=3,
                queued=781,
                left=timedelta(minutes=4),
            ),
            "1,204 of 3,000 delivered · 12 failed · 3 need review · about 4 min left",
        ),
        (progress(delivered=2, read=1), "3 of 3 delivered"),
        (progress(cancelled=2, unknown=1), "0 of 3 delivered · 2 cancelled · 1 needs review"),
        (
            progress(queued=1, left=timedelta(seconds=9)),
            "0 of 1 delivered · less than a minute left",
        ),
        (progress(queued=1, left=timedelta(hours=3)), "0 of 1 delivered · about 3 h left"),
        (progress(scheduled=2), "0 of 2 delivered · 2 waiting for their time"),
        (progress(held=2), "0 of 2 delivered · 2 on hold"),
        (progress(replace(BATCH, paused_at=NOW), held=2), "0 of 2 delivered · paused, 2 left"),
        (
            progress(replace(BATCH, needs_confirmation=True), held=2),
            "0 of 2 delivered · waits for a second person",
        ),
    ],
)
def test_how_far_a_batch_is(found: Progress, told: str) -> None:
    assert words.progress_sentence(found) == told


def test_a_batch_is_called_by_its_name_or_its_first_words() -> None:
    assert words.batch_name(BATCH) == "Depot B is closed."
    assert words.batch_name(replace(BATCH, name="Depot")) == "Depot"
    assert words.batch_name(replace(BATCH, text="")) == "Batch without a text"
    assert len(words.batch_name(replace(BATCH, text="x" * 500))) == 120


def test_what_is_sent_again_is_called_so_once() -> None:
    again = replace(BATCH, name=words.again_name(BATCH))

    assert words.again_name(again) == again.name == "Depot B is closed. (again)"


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (Reason(State.CANCELLED, None, "", 1), "Cancelled"),
        (Reason(State.FAILED, "expired", "", 1), "Waited longer than it was allowed to"),
        (Reason(State.FAILED, "opted_out", "", 1), "Opted out while the message waited"),
        (Reason(State.REJECTED, "9999", "<b>Odd</b>", 1), "<b>Odd</b> (9999)"),
        (Reason(State.REJECTED, "9999", "", 1), "Refused (9999)"),
    ],
)
def test_why_somebody_did_not_get_it(reason: Reason, told: str) -> None:
    assert words.reason_sentence(reason) == told


@pytest.mark.parametrize("outcome", list(Outcome))
def test_every_group_has_a_word(outcome: Outcome) -> None:
    assert words.outcome_word(outcome)


def test_the_picture_in_words() -> None:
    bars = make_bars(NOW, [Step(0, State.DELIVERED, 1200), Step(0, State.FAILED, 2)])

    assert words.bars_sentence(bars, times=["09:00"]) == (
        "09:00: Delivered 1,200, Did not get it 2"
    )
    assert words.width_words(bars.width) == "Each bar is 1 second"
    assert words.width_words(timedelta(minutes=5)) == "Each bar is 5 minutes"


def test_what_persons_did() -> None:
    deed = Deed(NOW, "person", "batch_confirmed", 3000, "Kim Li")

    assert words.deed_sentence(deed, time="09:00") == (
        "09:00  Confirmed by Kim Li (3,000 messages)"
    )


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (PinError("wrong", 1), "1 more try."),
        (PinError("wait", 30), "Wait 30 seconds"),
        (PinError("nobody"), "Say who you are"),
        (PinError("short", 4), "at least 4 characters"),
        (PinError("missing", 4), "at least 4 characters"),
        (NotStoredError(DiskFullError.code), "disk"),
        (OSError(), "disk"),
    ],
)
def test_every_trouble_has_a_sentence(error: Exception, part: str) -> None:
    assert part in (words.trouble_sentence(error) or "")
    assert words.trouble_sentence(KeyError()) is None


def test_questions_name_the_number() -> None:
    missed = Missed((), opted_out=2, sent_anew=1)

    assert "2 are left out: they opted out." in words.missed_question(missed)
    assert "1 is left out: it has been sent" in words.missed_question(missed)
    assert "opted out" in words.nobody_missed(missed)
    assert "sure" in words.nobody_missed(Missed((), 0, 0))
    assert words.missed_act(1300) == "Send to 1,300 people"
    assert words.cancel_act(progress(held=1)) == "Cancel 1 message"
    assert "50 messages" in words.rule_sentence(50)
    assert words.rule_sentence(0).startswith("Off")
    for what in ("pause", "resume", "cancel", "confirm", "again"):
        assert "2,000" in words.done_sentence(what, 2000)
