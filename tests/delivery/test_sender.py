"""The sender at work: every message at most once, and none lost (I1 to I8, F11 to F56)."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from smsdesk.delivery.connecting import NotConnectableError
from smsdesk.delivery.line_pool import LinePool
from smsdesk.delivery.lines import LineWorker
from smsdesk.delivery.sender import Sender
from smsdesk.delivery.status import Closed, SenderPhase
from smsdesk.simulator.account import OPENING_BALANCE
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.errors import (
    DatabaseBusyError,
    DatabaseDamagedError,
    DatabaseIOError,
    DiskFullError,
)
from smsdesk.store.message_log import AttemptResult, Claim, MessageLog
from smsdesk.vonage.client import Client
from smsdesk.vonage.payloads import write_message
from tests.delivery.station import Station
from tests.support import until

# The ordinary way


def test_what_is_queued_is_sent_once_and_accepted(station: Station) -> None:
    station.queue_batch(40)
    with station.running() as sender:
        station.until_states(accepted=40)
        until(lambda: sender.status.phase is SenderPhase.READY)

    assert len(station.submissions) == 40
    assert station.sent_per_reference() == [1]
    assert sender.status.phase is SenderPhase.STOPPED


@pytest.mark.case("F29")
def test_an_accepted_message_has_vonages_id_and_a_first_question(station: Station) -> None:
    (message_id,) = station.queue("447700900000")
    with station.running():
        station.until_states(accepted=1)

    (record,) = station.simulator.messages
    message = station.message(message_id)
    assert message.message_uuid == record.message_uuid
    (attempt,) = station.log.view.attempts(message_id)
    assert attempt.client_ref == record.client_ref == station.submissions[0].client_ref
    assert attempt.http_status == 202


def test_the_committed_hash_is_the_hash_of_the_bytes_on_the_wire(station: Station) -> None:
    station.queue("447700900000", text="Grüße 👋")
    with station.running():
        station.until_states(accepted=1)

    row = station.database.connection.execute("SELECT request_sha256 FROM attempt").fetchone()
    assert row[0] == station.submissions[0].body_sha256


def test_no_request_goes_out_without_a_committed_attempt(station: Station) -> None:
    """At the moment a request is on the wire, another connection sees its attempt (I6)."""
    station.play(("late", {}))
    seen: list[str | None] = []
    (message_id,) = station.queue("447700900000")
    with station.running():
        assert station.simulator.wait_for_requests(1)
        seen = [attempt.client_ref for attempt in station.log.view.attempts(message_id)]
        state = station.log.state(message_id)
        station.until_states(accepted=1)

    assert seen == [station.submissions[0].client_ref]
    assert state is State.SENDING


def test_messages_queued_while_it_runs_are_seen_on_a_nudge_or_by_itself(
    station: Station,
) -> None:
    with station.running() as sender:
        until(lambda: sender.status.phase is SenderPhase.READY)
        station.queue("447700900000")
        sender.wake()
        station.until_states(accepted=1)
        station.queue("447700900000")  # by another process: nobody wakes it
        station.until_states(accepted=2)


def test_as_many_lines_as_were_set_are_used(station: Station) -> None:
    station.settings = replace(station.settings, lines=3)
    station.play(("late", {}))
    station.queue_batch(9)
    with station.running():
        station.until_states(accepted=9)

    assert max(status.in_flight for status in station.statuses) <= 3
    assert len({entry.connection for entry in station.submissions}) == 3


@pytest.mark.case("G7")
def test_the_pace_is_kept(station: Station) -> None:
    station.settings = replace(station.settings, throughput_per_s=0.5)
    station.queue_batch(3)
    with station.running():
        for count in (1, 2, 3):
            until(lambda count=count: len(station.submissions) == count)  # type: ignore[misc]
            assert len(station.submissions) == count
            station.clock.turn(2.0)
        station.until_states(accepted=3)


# Only one sender


@pytest.mark.case("T25")
def test_a_second_sender_of_the_same_log_waits_its_turn(station: Station) -> None:
    first, second = station.running(), station.running()
    sender = first.__enter__()
    until(lambda: sender.status.phase is SenderPhase.READY)
    with second as waiting:
        until(lambda: waiting.status.phase is SenderPhase.ELSEWHERE)
        station.queue("447700900000")
        station.until_states(accepted=1)
        assert waiting.status.phase is SenderPhase.ELSEWHERE
        first.__exit__(None, None, None)
        until(lambda: waiting.status.phase is SenderPhase.READY)
        station.queue("447700900000")
        station.until_states(accepted=2)

    assert station.sent_per_reference() == [1]


def test_a_sender_that_never_got_the_role_ends_at_once(station: Station) -> None:
    with station.running() as first:
        until(lambda: first.status.phase is SenderPhase.READY)
        with station.running() as second:
            until(lambda: second.status.phase is SenderPhase.ELSEWHERE)


# Every outcome of the simulator


@pytest.mark.case("F21", "F22", "F30", "F31", "F40", "F42", "F43")
@pytest.mark.parametrize(
    ("outcome", "state", "cause"),
    [
        ("close", State.UNKNOWN, "closed"),
        ("reset", State.UNKNOWN, "reset"),
        ("lost-answer", State.UNKNOWN, "closed"),
        ("cut", State.UNKNOWN, "no_id"),
        ("html-202", State.UNKNOWN, "no_id"),
        ("empty-202", State.UNKNOWN, "no_id"),
        ("no-id", State.UNKNOWN, "no_id"),
        ("odd-299", State.UNKNOWN, "no_id"),
        ("portal", State.UNKNOWN, "no_id"),
        ("error-500", State.UNKNOWN, "status_500"),
        ("error-502", State.UNKNOWN, "status_502"),
        ("error-503", State.UNKNOWN, "status_503"),
        ("error-504", State.UNKNOWN, "status_504"),
        ("odd-599", State.UNKNOWN, "status_599"),
        ("odd-418", State.UNKNOWN, "status_418"),
        ("huge-error", State.UNKNOWN, "status_500"),
        ("deep-error", State.UNKNOWN, "status_500"),
        ("wrong-type", State.ACCEPTED, None),
        ("idle-close", State.ACCEPTED, None),
        ("bad-recipient", State.FAILED, None),
        ("bad-sender", State.FAILED, None),
    ],
)
def test_one_message_takes_its_way_and_the_next_one_goes_on(
    station: Station, outcome: str, state: State, cause: str | None
) -> None:
    station.play((outcome, {"to": "447700900123"}))
    bad, good = station.queue("447700900123", "447700900000")
    with station.running():
        until(lambda: station.log.state(bad) is state)
        until(lambda: station.log.state(good) is State.ACCEPTED)

    assert station.message(bad).unknown_reason == cause
    assert len(station.submissions) == 2
    assert station.sent_per_reference() == [1]


@pytest.mark.case("F31")
def test_a_refused_field_is_named(station: Station) -> None:
    (message_id,) = station.queue("447700900422")
    with station.running():
        station.until_states(failed=1)

    failure = station.message(message_id).failure
    assert failure is not None
    assert (failure.code, failure.detail) == ("invalid", "to: Is not a valid recipient")


@pytest.mark.case("F33", "F35", "F36", "F37", "F41")
@pytest.mark.parametrize(
    ("outcome", "reason", "cause"),
    [
        ("unauthorized", HeldReason.AUTH, "status_401"),
        ("unprovisioned", HeldReason.AUTH, "status_401"),
        ("forbidden", HeldReason.AUTH, "status_403"),
        ("low-balance", HeldReason.BALANCE, "low_balance"),
        ("not-found", HeldReason.CONFIG, "status_404"),
        ("redirect", HeldReason.CONFIG, "redirect"),
    ],
)
def test_what_refuses_all_holds_all_and_resume_goes_on_where_it_stopped(
    station: Station, outcome: str, reason: HeldReason, cause: str
) -> None:
    station.play(("delivered", {"first": 5}), outcome)
    ids = station.queue_batch(30)
    with station.running() as sender:
        station.until_held(reason, sender)
        station.until_states(accepted=5, held=25)
        assert sender.status.cause == cause
        tries = len(station.submissions)
        assert tries <= 5 + station.settings.lines
        station.play("delivered")
        sender.resume()
        station.until_states(accepted=30)

    assert {station.message(one).state for one in ids} == {State.ACCEPTED}
    assert len(station.simulator.messages) == 30


@pytest.mark.case("F35")
def test_low_balance_in_the_middle_fails_nothing_and_a_top_up_resumes_by_itself(
    station: Station,
) -> None:
    station.play("delivered")
    station.simulator.balance = station.simulator.balance * 0
    station.queue_batch(8)
    with station.running() as sender:
        station.until_states(held=8)
        tries = len(station.submissions)
        station.let_time_pass(lambda: len(station.questions) == 2, step_s=60)
        assert sender.status.hold is HeldReason.BALANCE
        assert len(station.submissions) == tries, "a message of a customer is no probe"
        station.simulator.balance = OPENING_BALANCE
        station.let_time_pass(lambda: station.states() == {State.ACCEPTED: 8}, step_s=60)


# Pace, network, breaker


@pytest.mark.case("F38")
def test_retry_after_is_waited_out_and_the_rate_is_halved(station: Station) -> None:
    station.settings = replace(station.settings, lines=1)
    station.play(("busy-2s", {"first": 1}), "delivered")
    station.queue_batch(3)
    with station.running() as sender:
        until(lambda: sender.status.closed is Closed.PACE)
        assert sender.status.phase is SenderPhase.WAITING
        assert len(station.submissions) == 1
        assert station.states() == {State.QUEUED: 3}
        station.clock.turn(2.0)
        station.until_states(accepted=3)

    assert station.sent_per_reference() == [1]


@pytest.mark.case("F39", "G7")
def test_many_refusals_for_pace_lose_nothing_and_double_nothing(station: Station) -> None:
    station.play(("busy", {"every": 2}), "delivered")
    station.queue_batch(10)
    with station.running():
        station.let_time_pass(lambda: station.states() == {State.ACCEPTED: 10}, step_s=0.5)

    taken = [record.client_ref for record in station.simulator.messages]
    assert len(taken) == len(set(taken)) == 10


@pytest.mark.case("F15")
def test_an_outage_costs_no_attempt_and_all_is_sent_afterwards(station: Station) -> None:
    """F14, F15: nothing is claimed before a line is open."""
    station.simulator.stop()
    ids = station.queue_batch(50)
    with station.running() as sender:
        until(lambda: sender.status.closed is Closed.NETWORK)
        for _ in range(20):
            station.clock.turn(300.0)
        assert station.states() == {State.QUEUED: 50}
        assert not any(station.log.view.attempts(one) for one in ids)
        station.simulator.start()
        station.let_time_pass(lambda: station.states() == {State.ACCEPTED: 50}, step_s=0.5)

    assert len(station.submissions) == 50


@pytest.mark.case("F40", "G3")
def test_three_doubts_open_the_breaker_and_the_rest_of_the_queue_is_spared(
    station: Station,
) -> None:
    station.play("error-503")
    station.queue_batch(100)
    with station.running() as sender:
        until(lambda: sender.status.closed is Closed.BREAKER)
        until(lambda: sender.status.in_flight == 0)

        assert station.states()[State.UNKNOWN] <= 3 + station.settings.lines
        assert State.FAILED not in station.states()


def test_the_breaker_is_probed_with_a_question_never_with_a_message(station: Station) -> None:
    station.play("error-503", ("error-503", {"path": "/account"}))
    station.queue_batch(50)
    with station.running() as sender:
        until(lambda: sender.status.closed is Closed.BREAKER)
        until(lambda: sender.status.in_flight == 0)
        spent = len(station.submissions)
        station.let_time_pass(lambda: len(station.questions) == 3, step_s=30)
        assert len(station.submissions) == spent

        station.play("delivered")
        end = {State.UNKNOWN: spent, State.ACCEPTED: 50 - spent}
        station.let_time_pass(lambda: station.states() == end, step_s=30)

    assert station.sent_per_reference() == [1]


def test_after_the_breaker_a_single_doubt_closes_the_way_again(station: Station) -> None:
    station.play("error-503", ("error-503", {"path": "/account"}))
    station.queue_batch(50)
    with station.running() as sender:
        until(lambda: sender.status.closed is Closed.BREAKER)
        until(lambda: sender.status.in_flight == 0)
        spent = len(station.submissions)
        station.play("error-503")  # the probe works, messages do not
        station.let_time_pass(lambda: len(station.submissions) > spent, step_s=30)
        until(lambda: sender.status.closed is Closed.BREAKER)

        assert len(station.submissions) == spent + 1


def test_without_an_api_secret_the_breaker_is_probed_by_a_connection(station: Station) -> None:
    station.secret = None
    station.play("error-503")
    station.queue_batch(20)
    with station.running() as sender:
        until(lambda: sender.status.closed is Closed.BREAKER)
        until(lambda: sender.status.in_flight == 0)
        spent = len(station.submissions)
        station.play("delivered")
        end = {State.UNKNOWN: spent, State.ACCEPTED: 20 - spent}
        station.let_time_pass(lambda: station.states() == end, step_s=10)


def test_two_successes_without_an_id_hold_everything(station: Station) -> None:
    station.play("no-id")
    station.settings = replace(station.settings, lines=1)
    station.queue_batch(10)
    with station.running() as sender:
        station.until_held(HeldReason.CONFIG, sender)
        station.until_states(unknown=2, held=8)


@pytest.mark.case("F25")
def test_connections_closed_while_idle_cost_no_message_anything(station: Station) -> None:
    """F25: a dead connection is noticed before a message is claimed for it."""
    station.play("idle-close")
    with station.running() as sender:
        for count in range(1, 41):
            station.queue("447700900000")
            sender.wake()
            station.until_states(accepted=count)
            until(lambda: not station.open_connections)

    assert len({entry.connection for entry in station.submissions}) == 40


# A batch of refusals


@pytest.mark.case("F32")
def test_twenty_refusals_in_a_row_hold_the_rest_of_the_batch_only(station: Station) -> None:
    station.play(("bad-recipient", {"to": "447700900123"}))
    station.settings = replace(station.settings, lines=1)
    bad = station.queue_batch(60, "447700900123")
    (good,) = station.queue("447700900000")
    with station.running() as sender:
        until(lambda: station.log.state(good) is State.ACCEPTED)
        held = [one for one in bad if station.log.state(one) is State.HELD]
        assert len(held) == 40
        assert station.message(held[0]).held_reason is HeldReason.BATCH_SUSPICIOUS
        station.play("delivered")
        sender.resume()
        station.until_states(failed=20, accepted=41)


# Credentials and clock


@pytest.mark.case("F34")
def test_a_clock_ten_minutes_wrong_is_corrected_once_and_sends(station: Station) -> None:
    """F34: refused because of our clock, told the right time, sent with a better token."""
    real = station.clock.epoch
    wrong = replace_epoch(station, lambda: real() + 600)
    station.connect = wrong
    station.queue_batch(6)
    with station.running() as sender:
        station.until_states(accepted=6)
        assert sender.status.hold is None

    refused = [entry for entry in station.submissions if entry.status == 401]
    assert 1 <= len(refused) <= station.settings.lines
    assert station.sent_per_reference() == [1]


@pytest.mark.case("F33")
def test_a_401_that_the_clock_does_not_explain_holds(station: Station) -> None:
    station.play("unauthorized")
    real = station.clock.epoch
    station.connect = replace_epoch(station, lambda: real() + 600)
    station.queue_batch(10)
    with station.running() as sender:
        station.until_held(HeldReason.AUTH, sender)
        station.until_states(held=10)

    assert len(station.submissions) <= 2 * station.settings.lines


def replace_epoch(station: Station, now: Callable[[], float]) -> Callable[[], Client]:
    """A client whose clock is another one than the simulator's."""

    def connect() -> Client:
        client = station.open_client()
        client.tokens._now = now
        return client

    return connect


@pytest.mark.case("F76")
def test_without_credentials_it_waits_and_new_ones_set_it_going(station: Station) -> None:
    connectable: list[bool] = []

    def connect() -> Client:
        if not connectable:
            raise NotConnectableError(HeldReason.KEY_LOCKED, "key_missing")
        return station.open_client()

    station.connect = connect
    station.queue_batch(3)
    with station.running() as sender:
        station.until_held(HeldReason.KEY_LOCKED, sender)
        assert sender.status.cause == "key_missing"
        station.until_states(held=3)
        sender.reload()
        station.until_held(HeldReason.KEY_LOCKED, sender)
        connectable.append(True)
        sender.reload()
        station.until_states(accepted=3)


@pytest.mark.case("F33")
def test_refused_credentials_that_are_replaced_send_all_that_waited(station: Station) -> None:
    """F33."""
    station.play("unauthorized")
    station.queue_batch(20)
    with station.running() as sender:
        station.until_states(held=20)
        station.play("delivered")
        sender.reload()
        station.until_states(accepted=20)


def test_a_new_pace_counts_at_once(station: Station) -> None:
    station.settings = replace(station.settings, throughput_per_s=0.01)
    station.queue_batch(10)
    with station.running() as sender:
        until(lambda: len(station.submissions) == 1)
        station.settings = replace(station.settings, throughput_per_s=100.0)
        sender.reload()
        station.until_states(accepted=10)


# Pause and resume


def test_a_pause_holds_across_a_restart_until_a_person_resumes(station: Station) -> None:
    with station.running() as sender:
        sender.pause()
        station.until_held(HeldReason.PAUSED, sender)
        station.queue_batch(3)
        station.until_states(held=3)
    with station.running() as sender:
        station.until_held(HeldReason.PAUSED, sender)
        station.until_states(held=3)
        sender.resume()
        station.until_states(accepted=3)
    assert len(station.submissions) == 3


def test_new_settings_do_not_end_a_pause(station: Station) -> None:
    with station.running() as sender:
        sender.pause()
        station.until_held(HeldReason.PAUSED, sender)
        station.queue_batch(3)
        sender.reload()
        station.until_states(held=3)
    assert station.submissions == []


def test_a_pause_in_the_last_moment_holds_at_the_next_start(station: Station) -> None:
    station.queue_batch(3)
    sender, stop = station.make(), threading.Event()
    stop.set()
    sender.pause()
    sender.run(stop)

    with station.running() as again:
        station.until_held(HeldReason.PAUSED, again)
        station.until_states(held=3)
    assert station.submissions == []


# Time


def test_what_waited_too_long_fails_and_is_never_sent(station: Station) -> None:
    station.simulator.stop()
    late, good = station.queue_batch(2)
    station.database.connection.execute(
        "UPDATE message SET expires_ms = updated_ms + 60000 WHERE id = ?", (late,)
    )
    with station.running() as sender:
        until(lambda: sender.status.closed is Closed.NETWORK)
        station.clock.turn(61)
        until(lambda: station.log.state(late) is State.FAILED)
        station.simulator.start()
        station.clock.turn(400)
        until(lambda: station.log.state(good) is State.ACCEPTED)

    assert len(station.submissions) == 1


def test_a_scheduled_message_goes_when_its_time_has_come(station: Station) -> None:
    due_at = station.clock.now() + timedelta(minutes=5)
    (message_id,) = station.queue("447700900000", state=State.SCHEDULED, due_at=due_at)
    with station.running() as sender:
        until(lambda: sender.status.phase is SenderPhase.READY)
        assert station.log.state(message_id) is State.SCHEDULED
        station.clock.turn(301)
        station.until_states(accepted=1)


@pytest.mark.case("F58")
def test_after_a_sleep_it_settles_and_what_is_far_too_late_waits_for_a_person(
    station: Station,
) -> None:
    due_at = station.clock.now() + timedelta(minutes=5)
    station.queue("447700900000", state=State.SCHEDULED, due_at=due_at)
    with station.running() as sender:
        until(lambda: sender.status.phase is SenderPhase.READY)
        station.clock.sleep(8 * 3600)
        station.until_states(held=1)
        station.queue("447700900000")
        until(lambda: sender.status.closed is Closed.SETTLING)
        assert station.submissions == []
        station.clock.turn(11)
        station.until_states(held=1, accepted=1)


@pytest.mark.case("F58")
def test_after_a_sleep_nothing_goes_over_a_connection_or_with_a_token_from_before(
    station: Station,
) -> None:
    clients: list[Client] = []
    open_client = station.open_client

    def connect() -> Client:
        clients.append(open_client())
        return clients[-1]

    station.connect = connect
    station.queue("447700900000")
    with station.running() as sender:
        station.until_states(accepted=1)
        station.clock.sleep(8 * 3600)
        station.queue("447700900000")
        sender.wake()  # at once, while the old connection would still count as good
        until(lambda: sender.status.closed is Closed.SETTLING)
        assert len(station.submissions) == 1
        station.clock.turn(11)
        station.until_states(accepted=2)

    before, after = (entry.connection for entry in station.submissions)
    assert before != after
    assert len(clients) == 2


@pytest.mark.case("F61")
def test_what_was_missed_by_days_still_waits_for_a_person_and_does_not_expire(
    station: Station,
) -> None:
    due_at = station.clock.now() + timedelta(minutes=5)
    station.queue(
        "447700900000",
        state=State.SCHEDULED,
        due_at=due_at,
        expires_at=due_at + timedelta(hours=24),
    )
    station.clock.turn(3 * 24 * 3600)
    with station.running() as sender:
        station.until_states(held=1)
        station.queue("447700900000")
        station.until_states(held=1, accepted=1)  # it has looked after the log meanwhile
        station.clock.turn(2)
        until(lambda: sender.status.phase is SenderPhase.READY)
        station.until_states(held=1, accepted=1)
        sender.resume()
        station.until_states(accepted=2)


@pytest.mark.case("F59")
def test_after_a_jump_vonage_is_asked_for_the_time_although_nothing_is_to_be_sent(
    station: Station,
) -> None:
    due_at = station.clock.now() + timedelta(hours=3)
    (message_id,) = station.queue("447700900000", state=State.SCHEDULED, due_at=due_at)
    with station.running() as sender:
        until(lambda: sender.status.phase is SenderPhase.READY)
        station.clock.set(3600)  # it was wrong before, and has been put right
        until(lambda: len(station.questions) == 1)
        station.until_states(scheduled=1)

    assert station.message(message_id).due_at == due_at.replace(
        microsecond=due_at.microsecond // 1000 * 1000
    )


@pytest.mark.case("F59")
def test_what_came_due_while_the_clock_was_in_doubt_is_looked_at_like_any_other(
    station: Station,
) -> None:
    due_at = station.clock.now() + timedelta(minutes=5)
    station.queue("447700900000", state=State.SCHEDULED, due_at=due_at)
    with station.running() as sender:
        until(lambda: sender.status.phase is SenderPhase.READY)
        station.clock.set(7200)
        until(lambda: len(station.questions) == 1)
        until(lambda: HeldReason.STALE in station.reasons())

    assert station.submissions == []


@pytest.mark.case("F59")
def test_what_is_written_after_a_jump_leaves_and_its_answer_ends_the_doubt(
    station: Station,
) -> None:
    """Without an API secret only the answer to a message tells the time."""
    station.secret = None
    due_at = station.clock.now() + timedelta(hours=3)
    station.queue("447700900000", state=State.SCHEDULED, due_at=due_at)
    with station.running() as sender:
        until(lambda: sender.status.phase is SenderPhase.READY)
        station.clock.set(3600)
        until(lambda: HeldReason.CLOCK in station.reasons())
        station.queue("447700900000", state=State.SCHEDULED, due_at=station.clock.now())
        station.until_states(accepted=1, scheduled=1)


@pytest.mark.case("F59")
def test_by_a_clock_that_jumped_nothing_is_given_up(station: Station) -> None:
    station.queue("447700900000", expires_at=station.clock.now() + timedelta(hours=24))
    with station.running() as sender:
        sender.pause()
        station.until_states(held=1)
        station.clock.set(3 * 24 * 3600)
        station.queue("447700900000", state=State.SCHEDULED, due_at=station.clock.now())
        until(lambda: HeldReason.CLOCK in station.reasons())
        station.clock.turn(5)
        until(lambda: sender.status.phase is SenderPhase.HELD)
        assert station.states() == {State.HELD: 2}


# Disk


@pytest.mark.case("F45")
def test_a_nearly_full_disk_holds_before_a_claim_and_goes_on_by_itself(
    station: Station,
) -> None:
    station.free_bytes = 1_000
    station.queue_batch(5)
    with station.running() as sender:
        station.until_held(HeldReason.DISK, sender)
        station.until_states(held=5)
        assert station.submissions == []
        station.free_bytes = 10**12
        station.clock.turn(1.0)
        station.until_states(accepted=5)


class Faulty:
    """A log whose commits fail as told: before they happen, or after."""

    is_meant: Callable[[Sequence[AttemptResult], Sequence[Claim]], bool]

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.before: list[Exception] = []
        self.after: list[Exception] = []
        self.failed = 0
        commit_step = MessageLog.commit_step

        def faulty(
            log: MessageLog,
            results: Sequence[AttemptResult],
            claims: Sequence[Claim],
            *,
            at: datetime,
        ) -> list[Claim]:
            is_meant = self.is_meant(results, claims)
            if self.before and is_meant:
                self.failed += 1
                raise self.before.pop()
            won = commit_step(log, results, claims, at=at)
            if self.after and is_meant:
                self.failed += 1
                raise self.after.pop()
            return won

        monkeypatch.setattr(MessageLog, "commit_step", faulty)


@pytest.fixture
def faulty(monkeypatch: pytest.MonkeyPatch) -> Faulty:
    return Faulty(monkeypatch)


ERRORS = [DiskFullError("full"), DatabaseBusyError("busy"), DatabaseIOError("fsync")]


def go_on(station: Station, sender: Sender) -> None:
    """A person looks at a sender that a disk error stopped."""
    until(lambda: sender.status.hold is not None)
    sender.resume()


@pytest.mark.case("F45", "F49", "F55")
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_failed_claim_sends_nothing_and_the_message_goes_later(
    station: Station, faulty: Faulty, error: Exception, moment: str
) -> None:
    """F45, F49, F55: whether the commit happened or not, the request did not go."""
    station.settings = replace(station.settings, lines=1)
    faulty.is_meant = lambda _results, claims: bool(claims)
    getattr(faulty, moment).append(error)
    (message_id,) = station.queue("447700900000")
    with station.running() as sender:
        until(lambda: faulty.failed == 1)
        if not isinstance(error, DatabaseBusyError):
            assert station.submissions == []
        if isinstance(error, DatabaseIOError):
            go_on(station, sender)
        station.clock.turn(2.0)
        until(lambda: station.log.state(message_id) is State.ACCEPTED)

    assert len(station.submissions) == 1
    assert station.message(message_id).attempts == (1 if moment == "before" else 2)


@pytest.mark.case("F46", "F49")
@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_failed_result_is_kept_and_written_later(
    station: Station, faulty: Faulty, error: Exception, moment: str
) -> None:
    """F46: the answer is not forgotten, and the message not sent again."""
    faulty.is_meant = lambda results, _claims: bool(results)
    getattr(faulty, moment).append(error)
    (message_id,) = station.queue("447700900000")
    with station.running():
        until(lambda: faulty.failed == 1)
        until(lambda: station.log.state(message_id) is State.ACCEPTED)

    assert len(station.submissions) == 1
    assert station.message(message_id).message_uuid is not None


@pytest.mark.case("F46")
def test_a_full_disk_gives_the_ballast_back(station: Station, faulty: Faulty) -> None:
    ballast = station.database.path.parent / "ballast"
    faulty.before += [DiskFullError("full")] * 3
    seen: list[bool] = []

    def watch(results: Sequence[AttemptResult], _claims: Sequence[Claim]) -> bool:
        seen.append(ballast.exists())
        return bool(results)

    faulty.is_meant = watch
    station.queue("447700900000")
    with station.running():
        station.until_states(accepted=1)

    assert seen[0]
    assert False in seen
    assert len(station.submissions) == 1


@pytest.mark.case("T20", "G11")
def test_from_a_damaged_log_nothing_is_sent_whatever_a_person_resumes(
    station: Station, faulty: Faulty
) -> None:
    faulty.before.append(DatabaseDamagedError("malformed"))
    faulty.is_meant = lambda _results, claims: bool(claims)
    station.queue_batch(3)
    with station.running() as sender:
        station.until_held(HeldReason.CONFIG, sender)
        for act in (sender.resume, sender.reload, sender.pause, sender.resume):
            act()
        station.queue_batch(2)
        station.until_states(held=5)
        until(lambda: sender.status.cause == DatabaseDamagedError.code)
        assert sender.status.hold is HeldReason.CONFIG

    assert station.submissions == []


def test_what_cannot_be_prepared_leaves_nothing_behind(
    station: Station, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The log was busy between the first message of a step and the second; nobody waits for
    the first one at the end."""
    station.settings = replace(station.settings, lines=2)
    first, second = station.queue_batch(2)
    written: list[str] = []

    def write_slowly(*arguments: Any, **options: Any) -> bytes:
        written.append("one")
        if len(written) == 2:
            station.log.log.cancel(first, at=station.clock.now())
            raise DatabaseBusyError("busy")
        return write_message(*arguments, **options)

    monkeypatch.setattr("smsdesk.delivery.sender.write_message", write_slowly)
    ready = LinePool.ready

    def both_or_none(pool: LinePool, now: float) -> list[LineWorker]:
        found = ready(pool, now)
        return found if written or len(found) == 2 else []

    monkeypatch.setattr(LinePool, "ready", both_or_none)
    station.play("late")
    with station.running() as sender:
        station.until_states(cancelled=1, accepted=1)
        until(lambda: sender.status.in_flight == 0)
    assert station.log.state(second) is State.ACCEPTED


# Crashes (F12), and the end (F11)


class SuddenError(Exception):
    pass


@pytest.mark.case("F12")
@pytest.mark.parametrize("point", ["T1.before", "T1.after", "T2.before", "T2.after"])
def test_an_error_nobody_foresaw_holds_and_leaves_no_message_in_limbo(
    station: Station, point: str, caplog: pytest.LogCaptureFixture
) -> None:
    station.settings = replace(station.settings, lines=1)

    def break_once() -> None:
        del station.checkpoints[point]
        raise SuddenError

    station.checkpoints[point] = break_once
    station.queue_batch(5)
    with station.running() as sender:
        station.until_held(HeldReason.CRASHED, sender)
        until(lambda: State.SENDING not in station.states())
        until(lambda: State.QUEUED not in station.states())
        doubtful = station.states().get(State.UNKNOWN, 0)
        assert doubtful <= 1
        sender.resume()
        station.until_states(accepted=5 - doubtful, **({"unknown": 1} if doubtful else {}))

    assert station.sent_per_reference() == [1]
    assert any("nobody foresaw" in record.message for record in caplog.records)


def test_a_result_already_heard_survives_an_unforeseen_error(station: Station) -> None:
    station.settings = replace(station.settings, lines=1)

    def break_once() -> None:
        del station.checkpoints["T2.before"]
        raise SuddenError

    station.checkpoints["T2.before"] = break_once
    (message_id,) = station.queue("447700900000")
    with station.running() as sender:
        station.until_held(HeldReason.CRASHED, sender)
        until(lambda: station.log.state(message_id) is State.ACCEPTED)


@pytest.mark.case("F11")
def test_stopping_waits_for_what_is_on_the_wire(station: Station) -> None:
    station.play("late")
    station.settings = replace(station.settings, lines=2)
    station.queue_batch(10)
    with station.running():
        assert station.simulator.wait_for_requests(2)

    assert set(station.states()) == {State.ACCEPTED, State.QUEUED}
    assert station.states()[State.ACCEPTED] == len(station.submissions)


def test_what_a_dead_run_left_on_the_wire_is_doubt_and_not_sent_again(
    station: Station,
) -> None:
    """F04 to F06: the process died between claim and result."""
    dead = station.log.sending(at=station.clock.now())
    station.queue("447700900000")
    with station.running() as sender:
        station.until_states(unknown=1, accepted=1)
        assert sender.status.interrupted == 1

    assert station.message(dead.id).unknown_reason == "crash"
    assert len(station.submissions) == 1


def test_sending_again_after_doubt_is_a_second_attempt_with_its_own_reference(
    station: Station,
) -> None:
    station.play(("lost-answer", {"first": 1}), "delivered")
    (message_id,) = station.queue("447700900000")
    with station.running() as sender:
        station.until_states(unknown=1)
        now = station.clock.now()
        station.log.log.send_again_after_doubt(message_id, at=now, expires_at=None)
        sender.wake()
        station.until_states(accepted=1)

    refs = [entry.client_ref for entry in station.submissions]
    assert len(refs) == len(set(refs)) == 2


def test_cancelled_messages_are_not_sent(station: Station) -> None:
    ids = station.queue_batch(10)
    for one in ids[::2]:
        station.log.log.cancel(one, at=station.clock.now())
    with station.running():
        station.until_states(accepted=5, cancelled=5)

    assert len(station.submissions) == 5


def test_an_older_log_is_held_and_only_a_person_lets_it_go(station: Station) -> None:
    (station.database.path.parent / "high-water.json").write_text('{"epoch": 7}')
    station.queue_batch(3)
    with station.running() as sender:
        station.until_states(held=3)
        station.queue("447700900000")
        station.until_states(held=3, accepted=1)
        sender.resume()
        station.until_states(accepted=4)


def test_what_waits_to_be_taken_back_leaves_when_its_seconds_are_over(station: Station) -> None:
    due_at = station.clock.now() + timedelta(seconds=60)
    (message_id,) = station.queue("447700900000", state=State.SCHEDULED, due_at=due_at)
    with station.running() as sender:
        until(lambda: sender.status.phase is SenderPhase.READY)
        assert station.log.state(message_id) is State.SCHEDULED
        station.clock.turn(60)
        station.until_states(accepted=1)


def test_what_was_sent_just_before_the_end_leaves_at_the_next_start(station: Station) -> None:
    due_at = station.clock.now() + timedelta(seconds=10)
    station.queue("447700900000", state=State.SCHEDULED, due_at=due_at)
    station.clock.turn(29 * 60)

    with station.running():
        station.until_states(accepted=1)


def test_the_ids_of_india_go_along(station: Station) -> None:
    station.queue("911000001480", entity_id="1201159100000001234", content_id="1707161234567")
    station.queue("447700900000")

    with station.running():
        station.until_states(accepted=2)

    sent = {
        record.to: (record.entity_id, record.content_id)
        for record in station.simulator.messages
    }
    assert sent == {
        "911000001480": ("1201159100000001234", "1707161234567"),
        "447700900000": (None, None),
    }
