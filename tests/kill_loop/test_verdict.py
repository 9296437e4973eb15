"""The judge itself: a sound run passes, and each way to break a promise is named."""

from dataclasses import replace

import pytest

from tests.kill_loop.verdict import Attempt, Log, Received, Row, judge

ID, UUID = "01MESSAGE", "aaaaaaaa-0000-4000-8000-000000000001"
ACCEPTED = Row(ID, "accepted", UUID)


def ref(n: int) -> str:
    return f"TAG-{ID}-0{n}"


def received(n: int = 1, *, status: int | None = 202, uuid: str | None = UUID) -> Received:
    return Received(ref(n), "hash", status, uuid)


def attempt(n: int = 1, outcome: str | None = "accepted") -> Attempt:
    return Attempt(ID, n, ref(n), "hash", outcome)


def broken(
    *requests: Received,
    row: Row | None = ACCEPTED,
    attempts: tuple[Attempt, ...] | None = None,
    doubts_at_most: int = 0,
    integrity: str = "ok",
) -> set[str]:
    """The promises that a run with one message broke."""
    tried = (attempt(),) if attempts is None else attempts
    log = Log(() if row is None else (row,), tried, integrity)
    found = judge(queued=[ID], ledger=requests, log=log, doubts_at_most=doubts_at_most)
    return {breach.promise for breach in found}


def test_a_message_that_was_sent_and_accepted_breaks_no_promise() -> None:
    assert broken(received()) == set()


def test_a_message_that_waits_for_a_later_day_breaks_no_promise() -> None:
    assert broken(row=Row(ID, "scheduled"), attempts=()) == set()


@pytest.mark.parametrize("status", [401, 422, 429])
def test_a_message_may_go_again_after_a_refusal(status: int) -> None:
    attempts = (attempt(1, "too_many"), attempt(2))

    assert (
        broken(received(1, status=status, uuid=None), received(2), attempts=attempts) == set()
    )


def test_a_message_may_go_again_when_the_first_try_never_arrived() -> None:
    assert broken(received(2), attempts=(attempt(1, "not_sent"), attempt(2))) == set()


def test_a_queued_message_that_is_in_no_log_is_lost() -> None:
    assert broken(row=None, attempts=()) == {"lost"}


def test_a_reference_that_arrived_twice_was_sent_twice() -> None:
    assert broken(received(), received()) == {"sent twice"}


@pytest.mark.parametrize("status", [None, 202, 408, 500, 503])
def test_a_message_that_arrived_again_without_a_refusal_was_sent_twice(
    status: int | None,
) -> None:
    attempts = (attempt(1, "not_sent"), attempt(2))

    found = broken(received(1, status=status, uuid=None), received(2), attempts=attempts)

    assert found == {"sent twice"}


@pytest.mark.parametrize("outcome", ["interrupted", "unknown", "accepted", None])
def test_another_attempt_after_doubt_is_a_breach_even_if_it_did_no_harm(
    outcome: str | None,
) -> None:
    attempts = (attempt(1, outcome), attempt(2))

    assert "tried again in doubt" in broken(received(2), attempts=attempts, doubts_at_most=1)


def test_a_request_that_no_attempt_announced_was_sent_without_intent() -> None:
    row = Row(ID, "accepted", UUID)

    assert broken(received(), row=row, attempts=()) == {"sent without intent"}


def test_other_bytes_than_those_intended_are_noticed() -> None:
    assert broken(replace(received(), body_sha256="other")) == {"sent something else"}


@pytest.mark.parametrize("state", ["failed", "cancelled", "scheduled"])
def test_a_message_that_was_taken_cannot_be_called_unsent(state: str) -> None:
    assert broken(received(), row=Row(ID, state)) == {"denied"}


def test_an_id_that_the_provider_never_gave_is_made_up() -> None:
    assert broken(received(), row=Row(ID, "accepted", "another")) == {"made up"}


@pytest.mark.parametrize("state", ["accepted", "delivered", "rejected"])
def test_accepted_without_an_id_is_a_breach(state: str) -> None:
    assert broken(received(), row=Row(ID, state)) == {"accepted without id"}


@pytest.mark.parametrize("state", ["queued", "held", "sending"])
def test_a_message_still_under_way_at_the_end_was_left_open(state: str) -> None:
    row = Row(ID, state)

    assert broken(row=row, attempts=()) == {"left open"}


def test_doubt_that_a_look_up_could_end_was_left_open() -> None:
    row = Row(ID, "unknown")

    found = broken(received(), row=row, attempts=(attempt(1, "unknown"),), doubts_at_most=1)

    assert found == {"left open"}


def test_doubt_about_what_never_arrived_may_stay() -> None:
    row = Row(ID, "unknown")

    assert broken(row=row, attempts=(attempt(1, "interrupted"),), doubts_at_most=1) == set()


def test_more_doubts_than_reasons_for_doubt_are_too_many() -> None:
    row = Row(ID, "unknown")

    assert broken(row=row, attempts=(attempt(1, "interrupted"),)) == {"doubted too much"}


def test_a_damaged_file_is_a_breach() -> None:
    assert broken(received(), integrity="row 3 missing from index") == {"damaged"}


def test_an_alarm_is_a_breach() -> None:
    row = Row(ID, "delivered", UUID, alarm="two_sends")

    assert broken(received(), row=row) == {"alarm"}


@pytest.mark.parametrize("state", ["submitted", "unknown", "rejected"])
def test_what_arrived_and_is_not_delivered_any_more_was_undone(state: str) -> None:
    row = Row(ID, state, UUID, heard=frozenset({"submitted", "delivered"}))

    assert "undone" in broken(received(), row=row)
