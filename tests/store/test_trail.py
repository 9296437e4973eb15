"""The trail is only added to, and says where it was tampered with."""

import hashlib
import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from smsdesk.sms.state import State
from smsdesk.store.batches import BatchLog
from smsdesk.store.database import Actor, Database
from smsdesk.store.errors import StoreError
from smsdesk.store.trail import BEGINNING, Act, Entry, Trail, TrailFilter, read_head
from tests.support import NOW, Log, minutes, new_message

ALL = TrailFilter()


@pytest.fixture
def trail(database: Database) -> Trail:
    database.actor = Actor("tina", "shop")
    return Trail(database)


def fill(trail: Trail, count: int) -> None:
    for number in range(count):
        trail.note(Act.EXPORTED, {"messages": number}, at=NOW + minutes(number))


def acts(trail: Trail) -> list[tuple[str, dict[str, object]]]:
    return [(one.what, one.details()) for one in trail.entries(ALL)]


def tamper(database: Database, statement: str) -> None:
    """As somebody would who has the file, and no mind for its triggers."""
    database.close_thread()
    with closing(sqlite3.connect(database.path, isolation_level=None)) as connection:
        for trigger in ("trail_is_followed", "trail_is_not_changed", "trail_is_not_cut"):
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute(statement)


def test_each_entry_says_who_did_what_and_holds_the_hash_of_the_one_before(
    trail: Trail,
) -> None:
    fill(trail, 3)
    first, second, third = trail.entries(ALL)

    assert (first.id, first.who, first.profile, first.what) == (1, "tina", "shop", "exported")
    assert first.previous == BEGINNING
    assert second.previous == first.hash
    assert third.previous == second.hash
    assert trail.head() is not None
    assert trail.verify().first_break is None
    assert trail.verify().entries == 3


def test_the_hash_can_be_reckoned_by_anybody_from_what_is_written_down(trail: Trail) -> None:
    fill(trail, 1)
    (one,) = trail.entries(ALL)
    written = (
        f'[1,{int(NOW.timestamp() * 1000)},"tina","shop","exported",'
        f'{json.dumps(one.detail)},"{BEGINNING}"]'
    )

    assert one.hash == hashlib.sha256(written.encode()).hexdigest()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE trail SET who = 'nobody'",
        "DELETE FROM trail WHERE id = 2",
        "INSERT OR REPLACE INTO trail VALUES (2, 0, '', '', '', '', '', '')",
        "INSERT INTO trail VALUES (9, 0, '', '', '', '', '', '')",
    ],
)
def test_the_database_refuses_to_change_it(
    trail: Trail, database: Database, statement: str
) -> None:
    fill(trail, 3)
    with (
        pytest.raises(sqlite3.IntegrityError, match="only added to"),
        database.transaction() as connection,
    ):
        connection.execute(statement)

    assert trail.verify().entries == 3


@pytest.mark.parametrize(
    ("statement", "code", "entry"),
    [
        ("UPDATE trail SET who = 'nobody' WHERE id = 3", "content", 3),
        ("UPDATE trail SET detail = '{}' WHERE id = 5", "content", 5),
        ("DELETE FROM trail WHERE id = 2", "missing", 3),
        ("DELETE FROM trail WHERE id = 1", "missing", 2),
        ("UPDATE trail SET previous = hash WHERE id = 4", "link", 4),
        ("UPDATE trail SET hash = previous WHERE id = 2", "content", 2),
    ],
)
def test_the_first_break_is_named(
    trail: Trail, database: Database, statement: str, code: str, entry: int
) -> None:
    fill(trail, 5)
    tamper(database, statement)
    broken = trail.verify().first_break

    assert broken is not None
    assert (broken.code, broken.id) == (code, entry)
    assert broken.at == NOW + minutes(entry - 1)


def test_a_trail_is_paged_and_filtered_by_kind_and_time(trail: Trail) -> None:
    fill(trail, 5)
    trail.note(Act.BACKED_UP, {}, at=NOW + minutes(9))

    assert [one.id for one in trail.page(ALL, limit=2)] == [6, 5]
    assert [one.id for one in trail.page(ALL, before=5, limit=2)] == [4, 3]
    assert trail.outline(ALL, size=2).ends == (5, 3, 1)
    kind = replace(ALL, what="backed_up")
    assert [one.id for one in trail.page(kind)] == [6]
    assert trail.outline(kind).count == 1
    span = TrailFilter(since=NOW + minutes(1), until=NOW + minutes(3))
    assert [one.id for one in trail.entries(span)] == [2, 3]


def test_the_head_of_another_file_is_read_without_changing_it(
    trail: Trail, database: Database
) -> None:
    fill(trail, 2)

    assert read_head(database.path) == trail.head()


def test_a_send_to_many_is_one_entry_in_the_same_commit(log: Log, trail: Trail) -> None:
    log.queue(100)
    ((what, detail),) = acts(trail)

    assert (what, detail["messages"]) == ("sent", 100)


def test_an_act_that_fails_leaves_no_entry(log: Log, trail: Trail) -> None:
    with pytest.raises(StoreError):
        log.log.treat_as_sent("nothing", at=NOW)

    assert acts(trail) == []


def test_what_persons_do_to_messages_is_noted(log: Log, trail: Trail) -> None:
    (cancelled,) = log.queue()
    log.log.cancel(cancelled, at=NOW)
    claim = log.sending()
    log.finish(claim, State.UNKNOWN, outcome="unknown", unknown_reason="no_answer")
    log.log.send_again_after_doubt(claim.id, at=NOW, expires_at=NOW + timedelta(hours=1))

    assert acts(trail)[1] == ("cancelled", {"message": cancelled})
    assert acts(trail)[3] == ("settled", {"message": claim.id, "how": "sent_again"})
    assert trail.verify().first_break is None


def test_what_persons_do_to_batches_is_noted(log: Log, trail: Trail) -> None:
    log.queue(2)
    batch_id = str(acts(trail)[0][1]["batch"])
    batches = BatchLog(log.database, log.news.append)
    batches.pause(batch_id, at=NOW)
    batches.pause(batch_id, at=NOW)
    batches.resume(batch_id, at=NOW)
    batches.note_wrong_pin(batch_id, at=NOW)
    batches.cancel(batch_id, at=NOW)

    assert [what for what, _detail in acts(trail)] == [
        "sent",
        "batch_paused",
        "batch_resumed",
        "batch_wrong_pin",
        "batch_cancelled",
    ]


def test_an_entry_that_was_spoilt_can_still_be_shown(database: Database, trail: Trail) -> None:
    fill(trail, 1)
    tamper(database, "UPDATE trail SET detail = 'x', at_ms = 9000000000000000000")
    (entry,) = trail.entries(ALL)

    assert isinstance(entry, Entry)
    assert entry.details() == {}


def test_a_batch_that_is_confirmed_from_another_account_is_noted_in_both(
    log: Log, trail: Trail
) -> None:
    log.log.add_batch("B1", [new_message(), new_message()], at=NOW, needs_confirmation=True)
    batches = BatchLog(log.database, log.news.append)
    batches.confirm_whole("B1", by="Sam", at=NOW)
    batches.note_confirmed_elsewhere("shop", "B2", 7, at=NOW)

    assert acts(trail)[1:] == [
        ("batch_confirmed", {"batch": "B1", "by": "Sam"}),
        ("confirmed_elsewhere", {"profile": "shop", "batch": "B2", "messages": 7}),
    ]
