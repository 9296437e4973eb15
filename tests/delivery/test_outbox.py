"""A checked draft becomes rows, all or none; an uncertain commit is asked about (F01, F44, F50)."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from smsdesk.delivery.outbox import Outbox
from smsdesk.sms.message import Draft, Preview, check_draft
from smsdesk.sms.state import State
from smsdesk.store.database import Database
from smsdesk.store.errors import DatabaseIOError, DiskFullError, StoreError, UnsureError
from smsdesk.store.history import HistoryFilter
from tests.support import NOW, Log, minutes

DAY = timedelta(hours=24)
THREE = Draft("SMSDesk", "+447700900000, +447700900001, +447700900002", "The van is here.")


def preview(draft: Draft = THREE) -> Preview:
    return check_draft(draft, default_region=None)


@pytest.fixture
def outbox(log: Log) -> Outbox:
    return Outbox(log.log)


def test_one_message_is_queued_for_each_recipient(log: Log, outbox: Outbox) -> None:
    queued = outbox.queue(preview(), ref="T-1", at=NOW, expires_after=DAY)
    messages = log.view.batch(queued.batch_id)

    assert tuple(message.id for message in messages) == queued.ids
    assert [message.to for message in messages] == [f"+44770090000{n}" for n in range(3)]
    assert {message.state for message in messages} == {State.QUEUED}
    assert {message.expires_at for message in messages} == {NOW + DAY}
    assert {(message.ref, message.sender) for message in messages} == {("T-1", "SMSDesk")}


def test_later_means_scheduled_and_expiry_counts_from_then(log: Log, outbox: Outbox) -> None:
    later = NOW + minutes(60)
    queued = outbox.queue(preview(), ref=None, at=NOW, expires_after=DAY, due_at=later)
    message = log.view.get(queued.ids[0])

    assert message is not None
    assert (message.state, message.due_at) == (State.SCHEDULED, later)
    assert message.expires_at == later + DAY


def test_a_preview_with_problems_is_never_queued(log: Log, outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="problems"):
        outbox.queue(preview(Draft("SMSDesk", "", "x")), ref=None, at=NOW, expires_after=DAY)

    assert log.view.page(HistoryFilter()) == []


def test_sent_again_is_a_new_message_linked_to_the_old(log: Log, outbox: Outbox) -> None:
    (old_id,) = log.queue(text="Grüße", ref="T-9")
    old = log.view.get(old_id)
    assert old is not None
    queued = outbox.queue_again(old, at=NOW, expires_after=DAY)
    copy = log.view.get(queued.ids[0])

    assert copy is not None
    assert (copy.text, copy.to, copy.sender, copy.ref) == (old.text, old.to, old.sender, "T-9")
    assert (copy.resend_of, copy.state, copy.attempts) == (old_id, State.QUEUED, 0)


class Unreliable(Database):
    """Commits, or does not, and then reports an error either way."""

    commits = True
    breaks = True

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        if not self.breaks:
            with super().transaction() as connection:
                yield connection
            return
        if not self.commits:
            raise DiskFullError("no room")
        with super().transaction() as connection:
            yield connection
        raise DatabaseIOError("the disk did not say whether it was written")


@pytest.fixture
def unreliable(database: Database) -> Iterator[Unreliable]:
    unreliable = Unreliable(database.path)
    yield unreliable
    unreliable.close_thread()


@pytest.mark.case("F50")
def test_a_commit_that_happened_in_spite_of_an_error_counts(
    log: Log, unreliable: Unreliable
) -> None:
    queued = Outbox(Log(unreliable).log).queue(preview(), ref=None, at=NOW, expires_after=DAY)

    assert [message.id for message in log.view.batch(queued.batch_id)] == list(queued.ids)
    assert len(log.view.page(HistoryFilter())) == 3, "nothing was queued twice"


@pytest.mark.case("F44")
def test_a_commit_that_did_not_happen_is_said_and_nothing_is_there(
    log: Log, unreliable: Unreliable
) -> None:
    unreliable.commits = False
    outbox = Outbox(Log(unreliable).log)
    with pytest.raises(DiskFullError):
        outbox.queue(preview(), ref=None, at=NOW, expires_after=DAY)

    assert log.view.page(HistoryFilter()) == []
    unreliable.breaks = False
    outbox.queue(preview(), ref=None, at=NOW, expires_after=DAY)
    assert len(log.view.page(HistoryFilter())) == 3


def test_an_error_is_a_store_error(unreliable: Unreliable) -> None:
    unreliable.commits = False
    with pytest.raises(StoreError):
        Outbox(Log(unreliable).log).queue(preview(), ref=None, at=NOW, expires_after=DAY)


def test_when_even_the_question_fails_nobody_claims_to_know(
    unreliable: Unreliable, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = Log(unreliable).log

    def fail(_batch_id: str) -> bool:
        raise DatabaseIOError("the disk is gone")

    monkeypatch.setattr(log, "has_batch", fail)
    with pytest.raises(UnsureError):
        Outbox(log).queue(preview(), ref=None, at=NOW, expires_after=DAY)


def test_the_ids_of_india_are_kept_with_the_messages_there_and_with_their_copies(
    log: Log,
) -> None:
    outbox = Outbox(log.log)
    to = "+447700900000\n+919876543210"
    draft = Draft(
        "ACMEIN", to, "Hi", entity_id="1201159100000001234", content_id="1707161234567"
    )

    queued = outbox.queue(preview(draft), ref=None, at=NOW, expires_after=DAY)
    british, indian = log.view.batch(queued.batch_id)
    copied = outbox.queue_again(indian, at=NOW, expires_after=DAY)

    assert (british.entity_id, british.content_id) == (None, None)
    assert (indian.entity_id, indian.content_id) == ("1201159100000001234", "1707161234567")
    (copy,) = log.view.batch(copied.batch_id)
    assert (copy.entity_id, copy.content_id) == (indian.entity_id, indian.content_id)
