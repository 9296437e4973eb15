"""The log against a model of sixty lines, over any order of events (I1 to I5).

`make model-run` looks longer: 20,000 steps.
"""

import tempfile
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    precondition,
    rule,
)

from smsdesk.delivery.recovery import recover
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.state import FINAL, RANK, HeldReason, State
from smsdesk.store import migrations
from smsdesk.store.database import Database
from smsdesk.store.events import ReceiptBook
from smsdesk.store.history import HistoryFilter
from smsdesk.store.message_log import Claim
from smsdesk.store.meta import Meta
from tests.support import NOW, Log, receipt

Q, H, S, U, A = State.QUEUED, State.HELD, State.SENDING, State.UNKNOWN, State.ACCEPTED
MOST_ROWS = 3
"""Few, so that much happens to each."""
OUTCOMES = {"accepted": A, "queued": Q, "failed": State.FAILED, "unknown": U}


@dataclass
class Row:
    """What the model knows of one message."""

    state: State = Q
    reason: HeldReason | None = None
    attempts: int = 0
    uuid: bool = False
    told_at: int = -1
    """The provider's time of the receipt that it believes."""
    doubts: int = 0
    """Attempts whose request may have left the machine, and nobody said they had not."""
    allowed: int = 1
    """Attempts that may have left, by the person's own choice."""
    open: Claim | None = None
    history: list[State] = field(default_factory=list)

    def hear(self, status: State, at: int) -> None:
        """A receipt: upward in rank only, and between equals the later one."""
        higher = RANK[status] > RANK[self.state]
        same = RANK[status] == RANK[self.state] and self.state in FINAL and status != self.state
        if higher or (same and at > self.told_at):
            self.state, self.reason, self.told_at = status, None, at


class LogMachine(RuleBasedStateMachine):
    """The real log and the model take the same steps."""

    ids = Bundle("ids")
    claims = Bundle("claims")

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name, "smsdesk.db")
        migrations.create(self.path)
        self.boot = 0
        self.rows: dict[str, Row] = {}
        self.start()

    def start(self) -> None:
        self.boot += 1
        self.log = Log(Database(self.path), boot_id=f"boot {self.boot}")
        self.book = ReceiptBook(self.log.database, self.log.news.append)

    def teardown(self) -> None:
        self.log.database.close_thread()
        self.folder.cleanup()

    # What the sender and a person do

    @precondition(lambda self: len(self.rows) < MOST_ROWS)
    @rule(target=ids, count=st.integers(1, 2))
    def enqueue(self, count: int) -> object:
        made = self.log.queue(count)
        self.rows |= {one: Row() for one in made}
        return multiple(*made)

    @rule(target=claims, message_id=ids)
    def claim(self, message_id: str) -> object:
        row = self.rows[message_id]
        claim = self.log.claim(message_id)
        assert (claim is not None) == (row.state is Q), "only what is queued is claimed"
        if claim is None:
            return multiple()
        row.state, row.open = S, claim
        row.attempts += 1
        row.doubts += 1  # from here on a request may be on the wire
        assert row.doubts <= row.allowed, "another attempt in spite of doubt (I2)"
        return claim

    @rule(claim=consumes(claims), outcome=st.sampled_from(sorted(OUTCOMES)))
    def finish(self, claim: Claim, outcome: str) -> None:
        row, state = self.rows[claim.id], OUTCOMES[outcome]
        is_current = row.attempts == claim.n
        self.log.finish(
            claim,
            state,
            message_uuid=uuid_of(claim) if state is A else None,
            failure=FailureReason("invalid", "", "") if state is State.FAILED else None,
            unknown_reason="closed" if state is U else None,
        )
        if state in (Q, State.FAILED) and row.open is claim:
            row.doubts -= 1  # Vonage itself said that it does not have it
        if is_current and (row.state is S or (row.state is U and state is A)):
            row.state = state
        row.uuid = row.uuid or state is A
        row.open = None if row.open is claim else row.open

    @rule(message_id=ids)
    def cancel(self, message_id: str) -> None:
        row = self.rows[message_id]
        assert self.log.log.cancel(message_id, at=NOW) == (row.state in (Q, H))
        if row.state in (Q, H):
            row.state, row.reason = State.CANCELLED, None

    @rule(message_id=ids, sent=st.booleans())
    def settle(self, message_id: str, sent: bool) -> None:
        row = self.rows[message_id]
        if row.state is not U:
            return
        if sent:
            self.log.log.treat_as_sent(message_id, at=NOW)
            row.state, row.uuid = A, True  # a person vouches for it in place of an id
        else:
            self.log.log.send_again_after_doubt(message_id, at=NOW, expires_at=None)
            row.state = Q
            row.allowed += 1

    @rule(reason=st.sampled_from([HeldReason.PAUSED, HeldReason.AUTH]))
    def hold(self, reason: HeldReason) -> None:
        self.log.log.hold_queued(reason, at=NOW)
        for row in self.rows.values():
            if row.state is Q:
                row.state, row.reason = H, reason

    @rule(reason=st.sampled_from([HeldReason.PAUSED, HeldReason.AUTH]))
    def release(self, reason: HeldReason) -> None:
        self.log.log.release([reason], at=NOW)
        self._release({reason})

    def _release(self, reasons: set[HeldReason]) -> None:
        for row in self.rows.values():
            if row.state is H and row.reason in reasons:
                row.state, row.reason = Q, None

    # What happens to them

    @precondition(lambda self: self.rows)
    @rule()
    def crash(self) -> None:
        """The process is gone; the next one recovers, and no open claim reports any more."""
        self.log.database.close_thread()
        self.start()
        high_water = self.path.with_name("high-water.json")
        recover(self.log.log, Meta(self.log.database), high_water=high_water, at=NOW)
        for row in self.rows.values():
            row.open = None
            if row.state is S:
                row.state = U
        self._release({HeldReason.AUTH})

    @rule(
        message_id=ids,
        attempt=st.integers(1, 3),
        status=st.sampled_from([State.SUBMITTED, State.DELIVERED, State.REJECTED, State.READ]),
        by_reference=st.booleans(),
        second=st.integers(0, 9),
    )
    def receive(
        self, message_id: str, attempt: int, status: State, by_reference: bool, second: int
    ) -> None:
        attempts = self.log.view.attempts(message_id)
        if not attempts:
            return
        ref = attempts[attempt % len(attempts)].client_ref
        message = self.log.view.get(message_id)
        assert message is not None
        uuid = message.message_uuid
        if not by_reference and uuid is None:
            return
        named = {"client_ref": ref} if by_reference else {"message_uuid": uuid}
        told = receipt(status, provider_time=NOW + timedelta(seconds=second), **named)
        before = RANK[message.state]
        for _ in range(2):  # Vonage may tell everything twice
            self.book.record([told], at=NOW)
        self.rows[message_id].hear(status, second)
        after = self.log.view.get(message_id)
        assert after is not None
        assert RANK[after.state] >= before, "a receipt lowered the rank (I5)"

    # What always holds

    @invariant()
    def the_log_is_the_model(self) -> None:
        """I3: no row is lost, none is in a state of its own."""
        found = {
            message.id: (message.state, message.held_reason, message.attempts)
            for message in self.log.view.page(HistoryFilter(), limit=10_000)
        }
        assert found == {
            one: (row.state, row.reason, row.attempts) for one, row in self.rows.items()
        }

    @invariant()
    def accepted_means_an_id_or_a_person_who_vouches(self) -> None:
        """I4."""
        assert all(row.uuid for row in self.rows.values() if row.state is A)

    @invariant()
    def every_claim_is_on_disk_with_a_reference_of_its_own(self) -> None:
        """I1 and I6: one reference a claim, and no message on its way without one."""
        refs = []
        for one, row in self.rows.items():
            attempts = self.log.view.attempts(one)
            assert len(attempts) == row.attempts
            refs += [attempt.client_ref for attempt in attempts]
        assert len(refs) == len(set(refs))


def uuid_of(claim: Claim) -> str:
    return f"aaaaaaaa-bbbb-4ccc-8ddd-{claim.seq:06}{claim.n:06}"


LogMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=50)
TestLog = pytest.mark.case("G6")(LogMachine.TestCase)


class LongMachine(LogMachine):
    """The same for longer."""


LongMachine.TestCase.settings = settings(max_examples=400, stateful_step_count=50)
TestLogForLong = pytest.mark.long(LongMachine.TestCase)
