"""What is past its time goes, from every byte of the files, and nothing else does (T22, T23)."""

import sqlite3
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from smsdesk.sms.inbound import InboundMessage, JoinedPart
from smsdesk.sms.message import Message
from smsdesk.sms.state import HeldReason, State
from smsdesk.store import retention as steps
from smsdesk.store.batches import BatchLog
from smsdesk.store.database import Database, integrity_check
from smsdesk.store.events import UNMATCHED_FOR, ReceiptBook
from smsdesk.store.inbound import HeardReply, InboundBook
from smsdesk.store.lookups import LookupTable
from smsdesk.store.retention import BATCH, EVERY, LONG_BREAK, KeptDays, Retention
from smsdesk.store.upkeep import back_up, backups, forget_copies, set_aside
from tests.support import FROM, NOW, TO, Log, new_message, receipt

WORD = "Zwetschgenkuchen"
KEPT = KeptDays(texts=90, messages=396, events=396)
TEXTS_LATER = NOW + timedelta(days=91)
MESSAGES_LATER = NOW + timedelta(days=425)
"""Fourteen months."""
UUID = "aaaaaaaa-bbbb-4ccc-8ddd-{:012d}"


@pytest.fixture
def retention(log: Log) -> Retention:
    return Retention(log.database, log.news.append)


def remove(retention: Retention, at: datetime, kept: KeptDays = KEPT) -> bool:
    return retention.run(kept, at=at, go_on=lambda: True)


def delivered(log: Log, number: int = 1, *, text: str = f"A {WORD} for you") -> str:
    claim = log.accepted(UUID.format(number), text=text)
    book = ReceiptBook(log.database, lambda _ids: None)
    book.record([receipt(State.DELIVERED, client_ref=claim.client_ref)], at=NOW)
    return claim.id


def reply(log: Log, *, ref: str | None = None, number: int = 1) -> None:
    """One reply, or one of two parts of one."""
    part = None if ref is None else JoinedPart(ref=ref, number=number, total=2)
    message = InboundMessage(
        message_uuid=UUID.format(1000 + number),
        sender=TO,
        to=FROM,
        text=f"{WORD}, please",
        provider_time=NOW,
        raw=f'{{"text": "{WORD}, please", "part": {number}}}',
        source="webhook",
        part=part,
    )
    ids = (f"REPLY{n}-{number}" for n in count())
    book = InboundBook(
        log.database, lambda _ids: None, on_list=lambda: None, make_id=lambda: next(ids)
    )
    book.record([HeardReply(message)], at=NOW)


def message(log: Log, message_id: str) -> Message:
    found = log.view.get(message_id)
    assert found is not None
    return found


def rows(log: Log, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in log.database.connection.execute(query)]


def words_left(log: Log) -> int:
    """How often the word is in the bytes of the file and of its write-ahead log."""
    path = log.database.path
    log.database.close_thread()
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.read_bytes().count(WORD.encode()) for file in files if file.exists())


@pytest.mark.case("T23")
def test_texts_go_after_their_days_and_say_so(log: Log, retention: Retention) -> None:
    message_id = delivered(log)
    reply(log)
    remove(retention, NOW + timedelta(days=89))
    assert message(log, message_id).text_kept_days is None
    remove(retention, TEXTS_LATER)

    assert rows(log, "SELECT DISTINCT text, text_kept_days FROM message") == [("", 90)]
    assert message(log, message_id).state is State.DELIVERED, "all else is as it was"
    assert message(log, message_id).text_kept_days == 90
    assert len(log.view.attempts(message_id)) == 1
    integrity_check(log.database)


@pytest.mark.case("T22")
def test_no_byte_of_a_removed_text_is_left(log: Log, retention: Retention) -> None:
    """Rows grow as they are accepted and delivered, so SQLite moves them about; yet no copy
    may lie forgotten in a page."""
    for number in range(120):
        delivered(log, number, text=f"{WORD} {number} " * (1 + number % 40 * 5))
    reply(log)
    reply(log, ref="7f", number=2)
    open_beside = sqlite3.connect(log.database.path)  # keeps the write-ahead log in being
    open_beside.execute("SELECT count(*) FROM message").fetchone()
    assert words_left(log) > 120

    assert remove(retention, TEXTS_LATER)
    assert words_left(log) == 0
    open_beside.close()


def test_the_parts_and_the_event_of_a_reply_lose_its_words(
    log: Log, retention: Retention
) -> None:
    reply(log, ref="7f", number=1)
    reply(log, ref="7f", number=2)
    remove(retention, TEXTS_LATER)

    assert rows(log, "SELECT DISTINCT text FROM inbound_part") == [("",)]
    assert rows(log, "SELECT DISTINCT raw FROM event") == [("",)]
    reply(log, ref="7f", number=2)
    assert rows(log, "SELECT count(*) FROM message") == [(1,)], "a repeat is still known"


def test_what_waits_or_is_in_doubt_keeps_everything(log: Log, retention: Retention) -> None:
    (queued,) = log.queue()
    (scheduled,) = log.queue(state=State.SCHEDULED, due_at=NOW + timedelta(days=5))
    unknown, sending = log.unknown(), log.sending()
    held = log.sending()
    log.finish(held, State.HELD, held_reason=HeldReason.AUTH)
    remove(retention, MESSAGES_LATER)

    for one in (queued, scheduled, unknown.id, sending.id, held.id):
        assert message(log, one).text == "The van is here."


def test_what_was_left_goes_once_it_has_ended(log: Log, retention: Retention) -> None:
    unknown = log.unknown()
    remove(retention, TEXTS_LATER)
    book = ReceiptBook(log.database, lambda _ids: None)
    book.record([receipt(State.DELIVERED, client_ref=unknown.client_ref)], at=TEXTS_LATER)
    remove(retention, TEXTS_LATER + EVERY)

    assert message(log, unknown.id).text == ""


def test_without_receipts_an_accepted_message_ends_by_silence(
    log: Log, retention: Retention
) -> None:
    claim = log.accepted(UUID.format(1))
    week = KeptDays(texts=7, messages=0, events=0)
    remove(retention, NOW + timedelta(days=8), week)
    assert message(log, claim.id).text
    remove(retention, NOW + timedelta(days=31), week)

    assert message(log, claim.id).text == ""


def test_a_message_is_as_old_as_the_moment_it_was_meant_for(
    log: Log, retention: Retention
) -> None:
    (message_id,) = log.queue(state=State.SCHEDULED, due_at=NOW + timedelta(days=60))
    log.log.cancel(message_id, at=NOW + timedelta(days=1))
    remove(retention, TEXTS_LATER)
    assert message(log, message_id).text
    remove(retention, NOW + timedelta(days=151))

    assert message(log, message_id).text == ""


@pytest.mark.case("T23")
def test_messages_go_with_all_that_belongs_to_them(log: Log, retention: Retention) -> None:
    message_id = delivered(log)
    seq = message(log, message_id).seq
    LookupTable(log.database).note_empty(seq, at=NOW, is_complete=True, control_found=True)
    (cancelled,) = log.queue()
    log.log.cancel(cancelled, at=NOW)
    reply(log, ref="7f")
    (queued,) = log.queue()
    remove(retention, MESSAGES_LATER)

    assert rows(log, "SELECT id FROM message") == [(queued,)]
    assert rows(log, "SELECT count(*) FROM batch") == [(1,)], "an empty batch goes too"
    for table in ("attempt", "event", "lookup", "inbound_part"):
        assert rows(log, f"SELECT count(*) FROM {table}") == [(0,)]
    assert rows(log, "SELECT message, what FROM audit") == [
        (None, "cancelled"),
    ]
    assert words_left(log) == 0
    integrity_check(log.database)


def test_every_table_that_belongs_to_a_message_is_thought_of(
    log: Log, retention: Retention
) -> None:
    """A table added later, which nobody told the removal of, would stop it."""
    (old,) = log.queue()
    log.log.cancel(old, at=NOW)
    seq = message(log, old).seq
    with log.database.transaction() as connection:
        for (table,) in rows(log, "SELECT name FROM sqlite_schema WHERE type = 'table'"):
            for key in connection.execute(f"PRAGMA foreign_key_list({table})").fetchall():
                if key["table"] == "message":
                    _insert_one(connection, str(table), key["from"], seq)
    remove(retention, MESSAGES_LATER)

    assert log.view.get(old) is None


def _insert_one(connection: sqlite3.Connection, table: str, key: str, seq: int) -> None:
    columns = connection.execute(f"PRAGMA table_info({table})").fetchall()
    values: dict[str, object] = {
        column["name"]: 1 if column["type"] == "INTEGER" else "x"
        for column in columns
        if column["notnull"]
    }
    values[key] = seq
    marks = ", ".join(f":{name}" for name in values)
    connection.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES ({marks})", values)


def test_receipts_go_before_their_messages_where_that_is_wished(
    log: Log, retention: Retention
) -> None:
    message_id = delivered(log)
    reply(log)
    remove(retention, NOW + timedelta(days=31), KeptDays(texts=0, messages=0, events=30))

    assert rows(log, "SELECT status, raw FROM event") == [("received", "")]
    assert message(log, message_id).state is State.DELIVERED


def test_receipts_without_a_message_keep_their_own_time(log: Log, retention: Retention) -> None:
    book = ReceiptBook(log.database, lambda _ids: None)
    book.record([receipt(State.DELIVERED, message_uuid=UUID.format(9))], at=NOW)
    forever = KeptDays(texts=0, messages=0, events=0)
    remove(retention, NOW + UNMATCHED_FOR - timedelta(hours=1), forever)
    assert rows(log, "SELECT count(*) FROM event") == [(1,)]
    remove(retention, NOW + UNMATCHED_FOR + timedelta(hours=1), forever)

    assert rows(log, "SELECT count(*) FROM event") == [(0,)]


def test_a_cancelled_batch_goes_without_a_trace_but_for_the_audit_trail(
    log: Log, retention: Retention
) -> None:
    (message_id, _other) = log.queue(2)
    batch_id = message(log, message_id).batch_id or ""
    BatchLog(log.database, log.news.append).cancel(batch_id, at=NOW)
    assert remove(retention, MESSAGES_LATER)

    assert rows(log, "SELECT 1 FROM batch") == []
    assert rows(log, "SELECT 1 FROM meta WHERE key LIKE 'batch%'") == []
    assert rows(log, "SELECT what FROM audit WHERE what LIKE 'batch%'") == [
        ("batch_cancelled",)
    ]


def test_zero_days_keep_everything(log: Log, retention: Retention) -> None:
    message_id = delivered(log)
    remove(retention, NOW + timedelta(days=40_000), KeptDays(texts=0, messages=0, events=0))

    assert message(log, message_id).text_kept_days is None
    assert rows(log, "SELECT count(*) FROM event") == [(1,)]
    assert rows(log, "SELECT count(*) FROM trail WHERE what = 'old_removed'") == [(0,)]


def test_a_run_that_removed_something_is_told_of_once_and_without_contents(
    log: Log, retention: Retention
) -> None:
    for number in range(3):
        delivered(log, number)
    log.news.clear()
    remove(retention, TEXTS_LATER)
    remove(retention, TEXTS_LATER + EVERY)

    assert rows(log, "SELECT detail FROM trail WHERE what = 'old_removed'") == [
        ('{"events":0,"messages":0,"texts":3}',)
    ]
    assert log.news == [None], "the window looks at everything again"


def test_a_run_that_is_broken_off_leaves_a_sound_log_and_is_taken_up(
    log: Log, retention: Retention
) -> None:
    """As by a kill between two commits: the next process knows only what is on disk."""
    add_ended(log, 3 * BATCH)
    asked = iter([True, False])
    assert not retention.run(KEPT, at=TEXTS_LATER, go_on=lambda: next(asked))
    log.database.close_thread()

    again = Log(Database(log.database.path))
    integrity_check(again.database)
    assert again.database.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert rows(again, "SELECT count(*) FROM message WHERE text = ''") == [(2 * BATCH,)]
    next_run = Retention(again.database, lambda _ids: None)
    assert next_run.is_due(at=TEXTS_LATER)
    assert remove(next_run, TEXTS_LATER)
    assert rows(again, "SELECT detail FROM trail WHERE what = 'old_removed'") == [
        (f'{{"events":0,"messages":0,"texts":{3 * BATCH}}}',)
    ]
    assert words_left(again) == 0


def add_ended(log: Log, number: int) -> None:
    """Messages that ended long ago, in batches of many."""
    for batch in range(number // BATCH):
        messages = [new_message(text=f"{WORD} {place}") for place in range(BATCH)]
        log.log.add_batch(str(batch), messages, at=NOW)
    with log.database.transaction() as connection:
        connection.execute("UPDATE message SET state = 'cancelled'")


class Commits:
    """Counts what another connection sees happen, commit by commit."""

    def __init__(self, path: Path) -> None:
        self.other = Database(path)
        self.removed: list[int] = []
        self.before = self._left()

    def look(self) -> bool:
        left = self._left()
        self.removed.append(self.before - left)
        self.before = left
        # The sender's turn: the write lock is free.
        with self.other.transaction() as connection:
            connection.execute("UPDATE batch SET size = size")
        return True

    def _left(self) -> int:
        connection = self.other.connection
        texts = connection.execute("SELECT count(*) FROM message WHERE text <> ''").fetchone()
        messages = connection.execute("SELECT count(*) FROM message").fetchone()
        return int(texts[0]) + int(messages[0])


@pytest.mark.parametrize("kept", [KeptDays(90, 0, 0), KeptDays(0, 90, 0)])
def test_a_large_log_is_worked_off_in_small_commits(
    log: Log, retention: Retention, kept: KeptDays
) -> None:
    add_ended(log, 20_000)
    log.database.close_thread()
    commits = Commits(log.database.path)
    assert retention.run(kept, at=TEXTS_LATER, go_on=commits.look)

    most = BATCH * (1 if kept.texts else 2)  # a whole message counts as row and as text
    assert commits.removed == [most] * (20_000 // BATCH)
    commits.other.close_thread()


@pytest.mark.parametrize(
    "query", ["_OLD_TEXTS", "_OLD_MESSAGES", "_OLD_EVENTS", "_OLD_UNMATCHED"]
)
def test_no_step_sorts_or_reads_the_whole_log(log: Log, query: str) -> None:
    names = ("limit", "quiet", "size", "created", "seq", "place", "oldest")
    plan = log.database.connection.execute(
        f"EXPLAIN QUERY PLAN {getattr(steps, query)}", dict.fromkeys(names, 1)
    ).fetchall()

    assert [row["detail"].split()[0] for row in plan] == ["SEARCH"]


def test_a_reader_that_stands_in_the_way_only_puts_the_end_off(
    log: Log, retention: Retention
) -> None:
    delivered(log)
    reader = Database(log.database.path)
    reader.connection.execute("BEGIN")
    reader.connection.execute("SELECT count(*) FROM message").fetchone()
    assert not remove(retention, TEXTS_LATER)
    assert retention.is_due(at=TEXTS_LATER)
    reader.connection.execute("COMMIT")

    assert remove(retention, TEXTS_LATER)
    assert words_left(log) == 0
    assert rows(log, "SELECT count(*) FROM trail WHERE what = 'old_removed'") == [(1,)]
    reader.close_thread()


def test_a_message_that_moves_on_meanwhile_is_looked_at_again(
    log: Log, retention: Retention, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between finding a row and the write lock a receipt may come."""
    claim = log.accepted(UUID.format(1))
    found = Retention._rows

    def find_and_wait(
        self: Retention, query: str, parameters: dict[str, int]
    ) -> list[sqlite3.Row]:
        rows = found(self, query, parameters)
        book = ReceiptBook(log.database, lambda _ids: None)
        book.record([receipt(State.SUBMITTED, client_ref=claim.client_ref)], at=TEXTS_LATER)
        return rows

    monkeypatch.setattr(Retention, "_rows", find_and_wait)
    remove(retention, TEXTS_LATER)

    assert message(log, claim.id).text


def test_it_is_due_once_a_day(log: Log, retention: Retention) -> None:
    assert retention.is_due(at=NOW), "a log that was never looked through"
    remove(retention, NOW)
    assert not retention.is_due(at=NOW + timedelta(hours=23))
    assert retention.is_due(at=NOW + timedelta(hours=25))
    assert retention.is_due(at=NOW - timedelta(hours=1)), "a clock that was ahead is forgotten"


def test_after_a_long_break_it_waits_a_day_for_the_date_to_be_believed(
    log: Log, retention: Retention
) -> None:
    remove(retention, NOW)
    wrong = NOW + timedelta(days=3650)
    assert not retention.is_due(at=wrong)
    assert not retention.is_due(at=wrong + timedelta(hours=23))
    assert retention.is_due(at=NOW + timedelta(days=1)), "the clock was put right"
    remove(retention, NOW + timedelta(days=1))
    back = NOW + LONG_BREAK + timedelta(days=2)
    assert not retention.is_due(at=back)
    assert retention.is_due(at=back + EVERY)


@pytest.fixture
def copies(log: Log, tmp_path: Path) -> Path:
    folder = tmp_path / "backups"
    for day in range(3):
        back_up(log.database, folder, at=NOW + timedelta(days=day), why="daily")
    return folder


def test_backups_go_when_they_are_old_but_for_the_newest(log: Log, copies: Path) -> None:
    newest, *_others = backups(copies)
    later = newest.stat().st_mtime + 1
    forget_copies(log.database.path, copies, backups_before=0, aside_before=0)
    assert len(backups(copies)) == 3
    forget_copies(log.database.path, copies, backups_before=later, aside_before=0)

    assert backups(copies) == [newest]


def test_a_damaged_log_set_aside_goes_when_all_in_it_is_old(log: Log, tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    for suffix in ("", "-wal"):
        path.with_name(path.name + suffix).write_text(WORD)
    set_aside(path, at=NOW)
    forget_copies(path, tmp_path / "backups", backups_before=0, aside_before=0)
    assert len(list(tmp_path.glob("other-damaged-*"))) == 2
    forget_copies(path, tmp_path / "backups", backups_before=0, aside_before=1e12)

    assert list(tmp_path.glob("other-damaged-*")) == []
    assert log.database.path.exists()


def test_the_log_itself_refuses_a_text_under_the_mark(log: Log) -> None:
    (message_id,) = log.queue()
    with (
        pytest.raises(sqlite3.IntegrityError, match="CHECK"),
        log.database.transaction() as connection,
    ):
        connection.execute("UPDATE message SET text_kept_days = 90")

    assert message(log, message_id).text_kept_days is None


def test_the_file_is_written_anew_a_week_apart_after_something_was_removed(
    log: Log, retention: Retention
) -> None:
    for number in range(60):
        delivered(log, number)
    assert not retention.is_worn(at=MESSAGES_LATER), "nothing was removed"
    assert remove(retention, MESSAGES_LATER)
    assert rows(log, "PRAGMA freelist_count") != [(0,)]
    assert retention.is_worn(at=MESSAGES_LATER)

    retention.write_anew(at=MESSAGES_LATER)

    assert rows(log, "PRAGMA freelist_count") == [(0,)]
    assert not retention.is_worn(at=MESSAGES_LATER + timedelta(days=30)), "nothing since"
    delivered(log, 61)
    later = MESSAGES_LATER + timedelta(days=1)
    assert remove(retention, later + timedelta(days=400))
    assert not retention.is_worn(at=later), "not a week has passed"
    assert retention.is_worn(at=MESSAGES_LATER + timedelta(days=7))


def test_the_file_is_not_written_anew_while_something_is_on_its_way(
    log: Log, retention: Retention
) -> None:
    delivered(log)
    assert remove(retention, MESSAGES_LATER)
    log.queue()

    assert not retention.is_worn(at=MESSAGES_LATER)
