"""Anything in any order, by the whole core: people, sender, network, Vonage, receipts, crashes.

Vonage's own ledger is the witness (I1 to I8). `make model-run` looks longer: 20,000 steps.
"""

import json
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from smsdesk.desk.history import SENDABLE_AGAIN
from smsdesk.desk.not_stored import NotStoredError
from smsdesk.sms.message import Draft
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.state import RANK, State
from smsdesk.store.errors import IllegalMoveError, SuppressedError
from smsdesk.vonage.webhook_payloads import read_status
from tests.desk.rehearsal import PEOPLE, US, WAYS, Rehearsal, Request, new_log
from tests.kill_loop.worker import Bug, plant
from tests.support import reply

MOST_MESSAGES = 12
"""Few, so that much happens to each."""
HAS_AN_ID = {"accepted", "submitted", "delivered", "undeliverable", "rejected", "read"}
ON_ITS_WAY = {"queued", "held", "scheduled", "sending"}
NOT_TAKEN = {"not_sent", "too_many", "refused", "refused_all"}
"""What an attempt has come to when another may follow without a person's word."""
STATUSES = ["submitted", "delivered", "rejected", "undeliverable", "read"]
SOON = st.sampled_from([0.1, 1.0, 11.0])
CONTRADICTING = {"delivered", "rejected", "undeliverable", "read"}
STRANGER = Request("NOBODY", PEOPLE[0], "", "bbbbbbbb-bbbb-4ccc-8ddd-000000000000")


@dataclass
class Said:
    """What people have said of one message."""

    may_reach: int = 1
    """How often it may reach the recipient."""
    is_vouched_for: bool = False
    heard: set[str] = field(default_factory=set)


class CoreMachine(RuleBasedStateMachine):
    """The real core takes steps, and the ledger is looked at after each."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(prefix="smsdesk-model-")
        self.stage = Rehearsal(Path(self.folder.name), new_log())
        self.said: dict[str, Said] = {}
        self.batches: dict[str, int] = {}

    # The way of most messages

    @precondition(lambda self: len(self.said) < MOST_MESSAGES)
    @rule(
        people=st.lists(st.sampled_from(PEOPLE), min_size=1, max_size=3, unique=True),
        wait=st.sampled_from(["now", "now", "undo", "later"]),
    )
    def send(self, people: list[str], wait: str) -> None:
        sent = self.stage.desk.compose.send(
            Draft(US, ", ".join(people), "The van is here."),
            undo=timedelta(seconds=10 if wait == "undo" else 0),
            due_at=self.stage.clock.now() + timedelta(minutes=20) if wait == "later" else None,
        )
        if self.stage.rules.opted_out.intersection(people):
            assert not sent.messages, "queued for somebody who has opted out"
        self.said |= {one.id: Said() for one in sent.messages}
        if sent.batch_id is not None:
            self.batches[sent.batch_id] = len(sent.messages)

    @precondition(lambda self: self.in_state(*ON_ITS_WAY))
    @rule(ways=st.lists(st.sampled_from(sorted(WAYS)), max_size=4), seconds=SOON)
    def go_on(self, ways: list[str], seconds: float) -> None:
        """The sender works, and some requests end in these ways, one after another."""
        for way in ways or ["accepted"]:
            self.stage.clock.tick(seconds)
            self.stage.work()
            for line in self.stage.on_the_wire()[:1]:
                self.stage.answer(line, way)

    @precondition(lambda self: self.in_state("queued"))
    @rule(seconds=SOON)
    def leave(self, seconds: float) -> None:
        """Requests leave, and nobody answers yet."""
        self.stage.clock.tick(seconds)
        self.stage.work()

    @precondition(lambda self: self.stage.on_the_wire())
    @rule(which=st.integers(0, 1), way=st.sampled_from([None, *sorted(WAYS)]))
    def answer(self, which: int, way: str | None) -> None:
        """A request ends, or is taken by Vonage while its answer is still to come."""
        line = self.stage.on_the_wire()[which % len(self.stage.on_the_wire())]
        if way is None:
            self.stage.reach(line)
        else:
            self.stage.answer(line, way)

    @precondition(lambda self: self.stage.is_held)
    @rule()
    def resume(self) -> None:
        """A person has seen to it that all is well, and says: go on."""
        self.stage.vonage.unreachable, self.stage.vonage.is_well = None, True
        self.stage.desk.sender.resume()
        self.stage.rules.is_paused = False
        self.stage.work()

    # A person

    @precondition(lambda self: self.batches)
    @rule(data=st.data(), how=st.sampled_from(["undo", "pause", "resume", "resume", "cancel"]))
    def act_on_a_batch(self, data: st.DataObject, how: str) -> None:
        batch = data.draw(st.sampled_from(list(self.batches)))
        desk, paused = self.stage.desk, self.stage.rules.paused_batches
        if how == "undo":
            desk.compose.undo(batch)
        elif how == "pause":
            desk.batches.pause(batch)
            paused.add(batch)
        elif how == "resume":
            desk.batches.resume(batch)
            paused.discard(batch)
        else:
            desk.batches.cancel(batch)
            paused.add(batch)

    @precondition(lambda self: self.said)
    @rule(data=st.data(), how=st.sampled_from(["cancel", "send again", "settle", "as sent"]))
    def act_on_a_message(self, data: st.DataObject, how: str) -> None:
        one = data.draw(st.sampled_from(list(self.said)))
        before, history = self.state_of(one), self.stage.desk.history
        if how == "cancel":
            assert history.cancel(one) == (before in ("queued", "held", "scheduled"))
        elif how == "send again" and before in SENDABLE_AGAIN:
            with suppress(NotStoredError):  # opted out, or there is no room
                self.said[history.send_again(one).id] = Said()
        elif before != "unknown":
            with pytest.raises(IllegalMoveError):
                history.settle_and_send_again(one)
        elif how == "as sent":
            history.settle_as_sent(one)
            self.said[one].is_vouched_for = True
        else:
            with suppress(SuppressedError):
                history.settle_and_send_again(one)
                self.said[one].may_reach += 1

    # The recipient, and Vonage

    @precondition(lambda self: self.said)
    @rule(
        who=st.sampled_from(PEOPLE), how=st.sampled_from(["STOP", "START", "Hi", "on", "off"])
    )
    def want_no_more(self, who: str, how: str) -> None:
        """Somebody writes back, or a person puts them on the list or takes them off."""
        opt_outs = self.stage.desk.opt_outs
        if how == "on":
            opt_outs.add(who, sender=US, why="by phone", default_region=None)
        elif how == "off":
            for entry in opt_outs.page(search=who):
                opt_outs.remove(entry, why="by phone")
        else:
            message = reply(how, sender=who, to=US)
            for _ in range(2):  # Vonage may tell everything twice
                self.stage.heard.take([message])
        if how in ("STOP", "on"):
            self.stage.rules.opted_out.add(who)
        elif how in ("START", "off"):
            self.stage.rules.opted_out.discard(who)

    @precondition(lambda self: self.stage.vonage.taken)
    @rule(
        data=st.data(),
        statuses=st.lists(st.sampled_from(STATUSES), min_size=1, max_size=3),
        second=st.integers(0, 9),
    )
    def tell(self, data: st.DataObject, statuses: list[str], second: int) -> None:
        """Receipts of one message, in some order; the first one is repeated."""
        request = data.draw(st.sampled_from(self.stage.vonage.taken))
        for status in [*statuses, statuses[0]]:
            self.hear(request, status, second)
            self.stage.heard.take([news_of(STRANGER, status, second)])

    # Trouble

    @precondition(lambda self: self.said)
    @rule(
        kind=st.sampled_from(["pause", "crash", "lost", "crash at", "disk", "net", "time"]),
        data=st.data(),
    )
    def trouble(self, kind: str, data: st.DataObject) -> None:
        stage = self.stage
        if kind == "pause":
            stage.desk.sender.pause()
            stage.rules.is_paused = True
            stage.step()
        elif kind in ("crash", "lost"):
            stage.die(arrives=kind == "crash")
        elif kind == "crash at":
            points = ["T1.before", "T1.after", "T2.before", "T2.after"]
            stage.dies_at = data.draw(st.sampled_from(points))
        elif kind == "disk":
            stage.disk_fails = data.draw(st.sampled_from(["before", "after"]))
        elif kind == "net":
            stage.vonage.unreachable = data.draw(st.sampled_from([None, "dns", "tls"]))
            stage.vonage.is_well = data.draw(st.booleans())
        else:
            how = data.draw(st.sampled_from([stage.clock.tick, stage.clock.sleep]))
            how(data.draw(st.sampled_from([61.0, 1300.0, 8 * 3600.0])))
            stage.clock.set(data.draw(st.sampled_from([0.0, 0.0, -7200.0, 400.0])))

    # What always holds

    @invariant()
    def all_promises_are_kept(self) -> None:
        stage = self.stage
        assert not stage.breaches
        requests = stage.vonage.ledger
        refs = Counter(request.ref for request in requests)
        assert all(count == 1 for count in refs.values()), "I1: a request arrived twice"
        attempts = stage.attempts()
        message_of = {attempt["client_ref"]: attempt["id"] for attempt in attempts}
        assert refs.keys() <= message_of.keys(), "I6: a request without an attempt"
        taken = Counter(message_of[request.ref] for request in stage.vonage.taken)
        for one, count in taken.items():
            assert count <= self.said[one].may_reach, "I2: it was taken twice"
        self._tried_again_only_when_it_may_be(attempts)
        self._rows_are_sound(taken)

    def _tried_again_only_when_it_may_be(self, attempts: list[dict[str, object]]) -> None:
        doubts: Counter[object] = Counter()
        for attempt in attempts:
            doubts[attempt["id"]] += attempt["outcome"] not in NOT_TAKEN
        for one, count in doubts.items():
            assert count <= self.said[str(one)].may_reach, "I2: tried again in doubt"

    def _rows_are_sound(self, taken: Counter[str]) -> None:
        rows = self.stage.rows()
        assert {row["id"] for row in rows} == self.said.keys(), "I3: a row is lost or made up"
        sizes = Counter(row["batch_id"] for row in rows)
        assert all(sizes[batch] == size for batch, size in self.batches.items()), "I3"
        uuids = {request.uuid for request in self.stage.vonage.taken}
        for row in rows:
            said = self.said[row["id"]]
            if row["state"] in HAS_AN_ID:
                assert row["message_uuid"] or said.is_vouched_for, "I4: no id"
            assert row["message_uuid"] is None or row["message_uuid"] in uuids, "made up"
            assert row["alarm"] != "two_sends"
            if row["alarm"]:
                assert said.may_reach > 1 or len(said.heard & CONTRADICTING) > 1
            if row["state"] in ("failed", "cancelled"):
                self.stage.rules.ended.add(row["id"])
                assert said.may_reach > 1 or not taken[row["id"]], "Vonage has it"

    # The end

    def teardown(self) -> None:
        try:
            if self.said:
                self._let_it_end()
                self.all_promises_are_kept()
        finally:
            self.stage.close()
            self.folder.cleanup()

    def _let_it_end(self) -> None:
        """All is well again: everything ends, and receipts settle what Vonage has."""
        stage = self.stage
        stage.dies_at = stage.disk_fails = stage.vonage.unreachable = None
        stage.vonage.is_well = True
        for batch in sorted(stage.rules.paused_batches):
            stage.desk.batches.resume(batch)
            stage.rules.paused_batches.discard(batch)
        stage.rules.is_paused = False
        for _round in range(40):
            stage.desk.sender.resume()
            stage.work()
            for line in stage.on_the_wire():
                stage.answer(line, "accepted")
            if not self.in_state(*ON_ITS_WAY):
                break
            stage.clock.tick(1300.0 if self.in_state("scheduled") else 5.0)
        assert not self.in_state(*ON_ITS_WAY), "it waits for ever"
        for request in stage.vonage.taken:
            self.hear(request, "delivered", 10)
        refs = {attempt["client_ref"]: attempt["id"] for attempt in stage.attempts()}
        for request in stage.vonage.taken:
            assert self.state_of(refs[request.ref]) in ("delivered", "read")

    # Small words

    def state_of(self, message_id: str) -> str:
        (state,) = (row["state"] for row in self.stage.rows() if row["id"] == message_id)
        return str(state)

    def in_state(self, *states: str) -> list[str]:
        return [row["id"] for row in self.stage.rows() if row["state"] in states]

    def hear(self, request: Request, status: str, second: int) -> None:
        refs = {attempt["client_ref"]: attempt["id"] for attempt in self.stage.attempts()}
        one = refs[request.ref]
        before = RANK[State(self.state_of(one))]
        self.stage.heard.take([news_of(request, status, second)])
        self.said[one].heard.add(status)
        self.stage.rules.ended.discard(one)
        assert RANK[State(self.state_of(one))] >= before, "I5: a receipt lowered the rank"


def news_of(request: Request, status: str, second: int) -> DeliveryReceipt:
    body = {
        "message_uuid": request.uuid,
        "client_ref": request.ref,
        "status": status,
        "timestamp": f"2026-03-02T09:00:{second:02}Z",
        "channel": "sms",
    }
    return read_status(json.dumps(body).encode())


CoreMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
TestCore = pytest.mark.case("G6")(CoreMachine.TestCase)


class LongMachine(CoreMachine):
    """The same for longer."""


LongMachine.TestCase.settings = settings(max_examples=500, stateful_step_count=40)
TestCoreForLong = pytest.mark.long(LongMachine.TestCase)


@pytest.mark.case("G2")
@pytest.mark.parametrize("bug", [bug for bug in Bug if bug is not Bug.NONE])
def test_a_naive_sender_is_found_out(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    plant(bug, monkeypatch.setattr)
    look = settings(
        max_examples=100,
        stateful_step_count=40,
        phases=[Phase.generate],
        database=None,
        derandomize=True,
        report_multiple_bugs=False,
        print_blob=False,
    )

    with pytest.raises(AssertionError):
        run_state_machine_as_test(CoreMachine, settings=look)
