"""Every step a message may take, and what a receipt may change."""

import pytest

from smsdesk.sms.state import (
    FINAL,
    MOVES,
    NEVER_SENT,
    RANK,
    REPORTED,
    WAITING,
    State,
    is_contradiction,
    may_move,
    receipt_moves,
)

ORDINARY_STEPS = """
draft: queued scheduled
scheduled: queued held cancelled failed
queued: sending held cancelled failed
held: queued scheduled cancelled failed
sending: accepted queued held failed unknown
unknown: accepted submitted delivered read undeliverable rejected queued
accepted: submitted delivered read undeliverable rejected
submitted: delivered read undeliverable rejected
delivered: read
"""


def test_the_ordinary_steps_are_these_and_no_others() -> None:
    expected = {
        (State(old), State(new))
        for old, news in (line.split(":") for line in ORDINARY_STEPS.strip().splitlines())
        for new in news.split()
    }

    allowed = {(old, new) for old in State for new in State if may_move(old, new)}

    assert allowed == expected


def test_every_state_has_its_steps_and_its_rank() -> None:
    assert set(MOVES) == set(State)
    assert set(RANK) == set(State)


def test_nothing_is_ever_sent_but_what_was_queued() -> None:
    assert [old for old in State if may_move(old, State.SENDING)] == [State.QUEUED]


def test_only_what_surely_did_not_leave_or_a_person_released_returns_to_the_queue() -> None:
    back = {old for old in State if may_move(old, State.QUEUED)}

    assert back == {State.DRAFT, State.SCHEDULED, State.HELD, State.SENDING, State.UNKNOWN}


def test_a_message_can_be_cancelled_exactly_while_it_waits() -> None:
    assert {old for old in State if may_move(old, State.CANCELLED)} == WAITING


def test_final_states_say_so() -> None:
    assert {state for state in State if state.is_final} == FINAL
    assert not State.UNKNOWN.is_final
    assert not State.ACCEPTED.is_final


def test_a_state_never_moves_to_itself() -> None:
    assert not any(may_move(state, state) or receipt_moves(state, state) for state in State)


def test_a_receipt_never_lowers_what_is_known() -> None:
    for old in State:
        for new in State:
            if receipt_moves(old, new):
                assert RANK[new] >= RANK[old]


def test_a_late_submitted_does_not_undo_delivered() -> None:
    assert not receipt_moves(State.DELIVERED, State.SUBMITTED)


def test_another_outcome_may_replace_an_outcome() -> None:
    assert receipt_moves(State.DELIVERED, State.REJECTED)
    assert receipt_moves(State.REJECTED, State.DELIVERED)
    assert receipt_moves(State.UNDELIVERABLE, State.READ)
    assert not receipt_moves(State.READ, State.DELIVERED)


@pytest.mark.parametrize("old", sorted({State.SENDING, State.UNKNOWN, *NEVER_SENT}))
@pytest.mark.parametrize("new", sorted(REPORTED))
def test_a_receipt_is_evidence_whatever_we_believed(old: State, new: State) -> None:
    assert receipt_moves(old, new)


@pytest.mark.parametrize("new", sorted(set(State) - REPORTED))
def test_no_receipt_brings_a_state_of_our_own(new: State) -> None:
    assert not any(receipt_moves(old, new) for old in State)
    assert not any(is_contradiction(old, new) for old in State)


def test_an_inbound_message_has_no_receipts() -> None:
    assert not any(receipt_moves(State.RECEIVED, new) for new in State)


@pytest.mark.parametrize("old", sorted(NEVER_SENT))
def test_a_receipt_for_a_message_never_sent_is_a_contradiction(old: State) -> None:
    assert all(is_contradiction(old, new) for new in REPORTED)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (State.DELIVERED, State.REJECTED, True),
        (State.UNDELIVERABLE, State.DELIVERED, True),
        (State.REJECTED, State.READ, True),
        (State.READ, State.UNDELIVERABLE, True),
        (State.DELIVERED, State.READ, False),
        (State.UNDELIVERABLE, State.REJECTED, False),
        (State.DELIVERED, State.SUBMITTED, False),
        (State.SUBMITTED, State.DELIVERED, False),
        (State.SENDING, State.DELIVERED, False),
        (State.UNKNOWN, State.REJECTED, False),
    ],
)
def test_receipts_contradict_each_other_about_arrival_only(
    old: State, new: State, expected: bool
) -> None:
    assert is_contradiction(old, new) is expected
