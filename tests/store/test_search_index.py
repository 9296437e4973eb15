"""The search index finds what reading everything would find, and keeps no byte of what went."""

import random
from datetime import timedelta

import pytest

from smsdesk.sms.contact import ContactEntry, folded
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.message import Message
from smsdesk.sms.state import State
from smsdesk.store import search, search_index
from smsdesk.store.contacts import ContactBook
from smsdesk.store.database import Database, integrity_check
from smsdesk.store.history import HistoryFilter
from smsdesk.store.retention import KeptDays, Retention
from smsdesk.store.search_index import SearchIndex, index_follows, read_blocks
from tests.support import NOW, Log, make_heard, minutes, new_message, reply

WORDS = [
    *("van", "depot", "engineer", "900", "noon", "parcel", "Zwetschgenkuchen", "at", "on"),
    *("M\u00fcller", "Stra\u00dfe", "\u00e9t\u00e9", "\u0645\u0648\u0639\u062f", "\u2764"),
]


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a short log has blocks of both sizes and a rest that has none."""
    monkeypatch.setattr(search_index, "SMALL", 8)
    monkeypatch.setattr(search_index, "LARGE", 32)


@pytest.fixture
def index(database: Database) -> SearchIndex:
    return SearchIndex(database)


def fill(log: Log, count: int, *, seed: int = 1) -> None:
    """One batch of messages, of different people, texts, senders and times."""
    rng = random.Random(seed)
    for number in range(count):
        log.queue(
            to=f"+4477009{rng.randrange(100_000):05}",
            text=" ".join(rng.choices(WORDS, k=rng.randrange(1, 6))),
            sender=rng.choice(["ACME", "Depot", "+447700900001"]),
            ref=rng.choice([None, "T-17", "\u00c9t\u00e9"]),
            at=NOW + minutes(number),
        )


def make_all(index: SearchIndex) -> None:
    while index.step():
        pass


def fits_plainly(message: Message, words: list[str]) -> bool:
    fields = [message.text, message.to, message.sender, message.ref or ""]
    return all(
        any(folded(word) in folded(field) for field in fields)
        or (word.isdecimal() and len(word) > 2 and word.lstrip("0") in message.to)
        for word in words
    )


SEARCHES = [
    "van",
    "mull",
    "strasse",
    "ETE",
    "900",
    "07700",
    "T-17",
    "a",
    "zw",
    "\u2764",
    "dep van",
]


def test_it_finds_what_reading_everything_finds(log: Log, index: SearchIndex) -> None:
    fill(log, 75)
    everything = log.view.page(HistoryFilter(), limit=1_000)
    half: list[list[int]] = []
    whole: list[list[int]] = []
    for searched in (half, whole):
        for typed in SEARCHES:
            expected = [m.seq for m in everything if fits_plainly(m, typed.split())]
            searched.append(
                [m.seq for m in log.view.page(HistoryFilter(search=typed), limit=1_000)]
            )
            assert searched[-1] == expected, typed
        index.step()  # nothing is indexed in the first round, and part of it in the second
    make_all(index)
    connection = log.database.connection
    assert {block.size for block in read_blocks(connection)} == {8, 32}
    assert index.progress().is_complete

    for typed, expected in zip(SEARCHES, whole, strict=True):
        found = log.view.page(HistoryFilter(search=typed), limit=1_000)
        assert [message.seq for message in found] == expected, typed


@pytest.mark.parametrize("typed", ["van", "900", "a", "no such"])
def test_pages_of_a_search_follow_each_other_both_ways(
    log: Log, index: SearchIndex, typed: str
) -> None:
    fill(log, 75)
    make_all(index)
    which = HistoryFilter(search=typed)
    expected = [message.seq for message in log.view.page(which, limit=1_000)]

    down: list[int] = []
    while page := log.view.page(which, before_seq=down[-1] if down else None, limit=7):
        down += [message.seq for message in page]
    up: list[int] = []
    while page := log.view.page(which, after_seq=up[0] if up else 0, limit=7):
        up[:0] = [message.seq for message in page]

    assert down == up == expected


def test_a_search_goes_with_every_filter(log: Log, index: SearchIndex) -> None:
    fill(log, 70)
    make_all(index)
    for message in log.view.page(HistoryFilter(), limit=1_000)[::3]:
        log.log.cancel(message.id, at=NOW)
    everything = log.view.page(HistoryFilter(search="van"), limit=1_000)

    for which in (
        HistoryFilter(search="van", states=frozenset({State.CANCELLED})),
        HistoryFilter(search="van", states=frozenset({State.CANCELLED, State.QUEUED})),
        HistoryFilter(search="van", sender="Depot"),
        HistoryFilter(search="van", since=NOW + minutes(20), until=NOW + minutes(40)),
        HistoryFilter(search="van", to=everything[0].to),
        HistoryFilter(search="van", batch=everything[0].batch_id),
        HistoryFilter(search="van", channel="viber"),
    ):
        found = log.view.page(which, limit=1_000)
        assert [m.seq for m in found] == [m.seq for m in everything if which.fits(m)]
        assert log.view.count_fitting(which, at_most=1_000) == len(found)


def test_dates_are_right_whatever_the_clock_said(log: Log, index: SearchIndex) -> None:
    for number in range(60):
        wrong = timedelta(days=-400) if number % 20 == 7 else timedelta(0)
        log.queue(at=NOW + minutes(number) + wrong)
    make_all(index)
    everything = log.view.page(HistoryFilter(), limit=1_000)

    for which in (
        HistoryFilter(since=NOW + minutes(10), until=NOW + minutes(20)),
        HistoryFilter(until=NOW),
        HistoryFilter(since=NOW + minutes(50)),
        HistoryFilter(since=NOW + minutes(500)),
    ):
        found = log.view.page(which, limit=1_000)
        assert [m.seq for m in found] == [m.seq for m in everything if which.fits(m)]
        assert log.view.count_fitting(which, at_most=1_000) == len(found)


def test_a_text_that_changes_is_found_by_what_it_says_now(log: Log, index: SearchIndex) -> None:
    fill(log, 40)
    make_all(index)
    with log.database.transaction() as connection:
        connection.execute("UPDATE message SET text = 'quinquereme' WHERE seq = 5")
        with index_follows(connection, [6, 39]):
            connection.execute("UPDATE message SET text = 'trireme' WHERE seq IN (6, 39)")

    def found(typed: str) -> list[int]:
        return [message.seq for message in log.view.page(HistoryFilter(search=typed))]

    assert (found("quinq"), found("trire")) == ([5], [39, 6])
    make_all(index)  # what nobody told the index of is noticed by a trigger
    assert (found("quinq"), found("trire")) == ([5], [39, 6])
    rows = log.database.connection.execute("SELECT count(*) FROM search_stale").fetchone()
    assert rows[0] == 0


def test_a_message_that_changes_while_its_block_is_made_is_read_again(
    log: Log, index: SearchIndex
) -> None:
    fill(log, 40)
    other = Database(log.database.path)
    looks: list[int] = []

    def change() -> bool:
        if not looks:
            looks.append(1)
            with other.transaction() as connection:
                connection.execute("UPDATE message SET text = 'quinquereme'")
        return True

    index.step(change)
    other.close_thread()
    make_all(index)

    assert len(log.view.page(HistoryFilter(search="quinquereme"))) == 40
    stranger = log.database.connection.execute(
        "SELECT count(*) FROM search_gram WHERE gram = 'van'"
    ).fetchone()
    assert stranger[0] == 0


def split_grams(log: Log) -> set[str]:
    rows = log.database.connection.execute(
        "SELECT gram FROM search_gram WHERE substr(places, 1, 1) = x'02'"
    )
    return {row[0] for row in rows}


def test_phrases_of_letters_that_are_everywhere_are_found_through_every_change(
    log: Log, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any part of a text, against reading everything: before, between and after changes."""
    monkeypatch.setattr(search_index, "_FEW", 3)
    rng = random.Random(7)
    words = ["on", "noon", "no", "o", "of office", "front", "way"]

    def text() -> str:
        return " ".join(rng.choices(words, k=rng.randrange(1, 9)))

    for number in range(70):
        # A note is the end of what is searched, where a gram may not be continued.
        ref = rng.choice([None, "on o", "noon o"])
        log.queue(text=text(), ref=ref, at=NOW + minutes(number))
    make_all(index)
    assert {"on ", "\1on o"} <= split_grams(log)

    for _round in range(6):
        everything = log.view.page(HistoryFilter(), limit=1_000)
        for _search in range(25):
            source = rng.choice(everything).text or text()
            start = rng.randrange(len(source))
            phrase = folded(source[start : start + rng.randrange(1, 20)]) or "o o"
            found = log.view.page(HistoryFilter(search=f'"{phrase}"'), limit=1_000)
            expected = [
                m.seq
                for m in everything
                if phrase in folded(m.text) or phrase in folded(m.ref or "")
            ]
            assert [m.seq for m in found] == expected, phrase
        for number, message in enumerate(rng.sample(everything, 9)):
            with (
                log.database.transaction() as connection,
                index_follows(connection, [message.seq]),
            ):
                if number:
                    query = "UPDATE message SET text = ? WHERE seq = ?"
                    connection.execute(query, (rng.choice([text(), text(), ""]), message.seq))
                else:
                    connection.execute("DELETE FROM message WHERE seq = ?", (message.seq,))


def test_of_a_text_that_is_taken_out_no_longer_gram_is_left(
    log: Log, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search_index, "_FEW", 3)
    log.queue(text="at noon on Monday")
    for _number in range(40):
        log.queue(text="no van on Monday")
    make_all(index)
    phrase = "SELECT count(*) FROM search_gram WHERE gram IN (char(1) || 'on o', 'oon')"
    assert log.database.connection.execute(phrase).fetchone()[0] == 2

    with log.database.transaction() as connection, index_follows(connection, [1]):
        connection.execute("UPDATE message SET text = '' WHERE seq = 1")

    assert log.database.connection.execute(phrase).fetchone()[0] == 0


def bytes_with(log: Log, letters: str) -> int:
    """How often the letters stand in the bytes of the file and of its write-ahead log."""
    assert log.database.empty_wal()
    log.database.close_thread()
    path = log.database.path
    files = (path, path.with_name(path.name + "-wal"))
    return sum(file.read_bytes().count(letters.encode()) for file in files if file.exists())


def grams_left(log: Log, letters: str) -> int:
    return sum(bytes_with(log, letters[start : start + 3]) for start in range(len(letters) - 2))


@pytest.mark.case("T22")
def test_no_byte_of_a_removed_text_is_left_in_the_index(log: Log, index: SearchIndex) -> None:
    """Letters of which no other text has three side by side."""
    letters = "XQJZVKWXZQ"
    fill(log, 30)
    claim = log.accepted("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee", text=f"A {letters} for you")
    log.database.connection.execute(
        "UPDATE message SET state = 'delivered' WHERE id = ?", (claim.id,)
    )
    fill(log, 50, seed=2)
    make_all(index)
    assert grams_left(log, folded(letters)) >= 8

    later = NOW + timedelta(days=91)
    retention = Retention(log.database, log.news.append)
    assert retention.run(KeptDays(90, 396, 396), at=later, go_on=lambda: True)
    assert grams_left(log, folded(letters)) == 0
    assert log.database.connection.execute("SELECT * FROM search_stale").fetchall() == []
    integrity_check(log.database)
    assert log.view.page(HistoryFilter(search=letters)) == []


def test_a_person_can_be_taken_out_of_the_index(log: Log, index: SearchIndex) -> None:
    fill(log, 40)
    (message_id,) = log.queue(text="XQJZVKW")
    fill(log, 40, seed=2)
    make_all(index)
    assert grams_left(log, "xqjzvkw") > 0
    (seq,) = [message.seq for message in log.view.get_many([message_id])]

    with log.database.transaction() as connection, index_follows(connection, [seq]):
        connection.execute("DELETE FROM message WHERE seq = ?", (seq,))

    assert grams_left(log, "xqjzvkw") == 0


def test_a_small_log_needs_no_index(log: Log, index: SearchIndex) -> None:
    fill(log, 6)

    assert not index.step()
    assert index.progress().is_complete
    assert len(log.view.page(HistoryFilter(search="4477009"))) == 6


def test_it_comes_to_all_of_a_log_that_had_none_and_can_be_stopped_anywhere(
    log: Log, index: SearchIndex
) -> None:
    fill(log, 100)
    done = [index.progress().done]
    turns = iter([True, False] * 100)
    while index.step(lambda: next(turns)):
        done.append(index.progress().done)

    assert done[0] == 0
    assert done == sorted(done)
    assert index.progress().is_complete


def test_queueing_writes_nothing_into_the_index(log: Log) -> None:
    log.queue(20)

    for table in ("search_block", "search_gram", "search_stale"):
        rows = log.database.connection.execute(f"SELECT count(*) FROM {table}").fetchone()
        assert rows[0] == 0


def test_whole_groups_of_old_messages_go_and_the_index_with_them(
    log: Log, index: SearchIndex
) -> None:
    fill(log, 70)
    make_all(index)
    with log.database.transaction() as connection:
        seqs = list(range(1, 41))
        with index_follows(connection, seqs):
            for table in ("attempt", "event"):
                connection.execute(f"DELETE FROM {table}")
            connection.execute("DELETE FROM message WHERE seq <= 40")
    make_all(index)

    found = log.view.page(HistoryFilter(search="900"), limit=1_000)
    assert all(message.seq > 40 for message in found)
    extent = log.view.extent(HistoryFilter())
    assert extent is not None
    assert (extent.oldest_seq, extent.newest_seq) == (41, 70)
    assert index.progress().is_complete


def test_senders_and_channels_are_told_without_reading_all(log: Log) -> None:
    log.queue(sender="ACME")
    log.queue(sender="Depot")
    log.log.add_batch("B", [new_message(sender="ACME", channel="viber")], at=NOW)

    assert log.view.senders() == ["ACME", "Depot"]
    assert log.view.channels() == ["sms", "viber"]


def test_names_failures_and_references_are_found_beside_letters(
    log: Log, index: SearchIndex
) -> None:
    """What no letters of a message say: who is called so, why it failed, what it is known by."""
    fill(log, 20)
    ContactBook(log.database, lambda: None).merge(
        [ContactEntry("Zo\u00eb Quimby", "+33612345678")], replaces=True
    )
    (named,) = log.queue(to="+33612345678", text="The parcel is here")
    answer = reply("Thanks", sender="+33612345678")
    make_heard(log.database, log).take([answer])
    failed = log.sending()
    log.finish(failed, State.FAILED, failure=FailureReason("1210", "Anti-Spam Rejection", ""))
    uuid = "0c1f99aa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
    accepted = log.accepted(uuid)
    fill(log, 40, seed=2)
    by_id = {message.id: message.seq for message in log.view.page(HistoryFilter(), limit=500)}

    def found(typed: str) -> list[int]:
        return [message.seq for message in log.view.page(HistoryFilter(search=typed))]

    for _round in range(2):  # read as it stands, and then by the index
        assert found("zoe parcel") == [by_id[named]]
        assert found("quim") == [by_id[named] + 1, by_id[named]]
        assert found("1210") == found("anti-spam") == [by_id[failed.id]]
        assert found("0C1F99") == found(uuid) == [by_id[accepted.id]]
        assert found(failed.client_ref[:24]) == found(failed.id) == [by_id[failed.id]]
        assert found("0c1f9") == []
        make_all(index)


def test_however_many_are_called_alike_all_of_them_are_searched(
    log: Log, index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To them and from them, in what is read as it stands, in short blocks and in long ones."""
    book = ContactBook(log.database, lambda: None)
    book.merge([ContactEntry("Anna M", f"+3361234{n:04}") for n in range(40)], replaces=True)
    heard = make_heard(log.database, log)
    for number in range(30):
        log.queue(to=f"+3361234{number:04}", text="to her")
        log.queue(to="+447700900001", text="to somebody")
        heard.take([reply("from her", sender=f"+3361234{39 - number:04}")])
    everything = log.view.page(HistoryFilter(), limit=500)
    expected = [m.seq for m in everything if m.text.endswith("her")]

    for many in (500, 3):
        monkeypatch.setattr(search, "_MANY_CALLED", many)
        monkeypatch.setattr(search, "SMALL", 8)
        for _round in range(4):
            found = log.view.page(HistoryFilter(search="anna"), limit=500)
            assert [message.seq for message in found] == expected
            index.step()
        with log.database.transaction() as connection:
            connection.execute("DELETE FROM search_gram")
            connection.execute("DELETE FROM search_block")
    found = log.view.page(HistoryFilter(search="anna her"), limit=500)
    assert [message.seq for message in found] == expected


def test_of_ids_that_begin_alike_every_message_is_found(log: Log, index: SearchIndex) -> None:
    """Ids begin with their time: one of a long list says little with its first letters."""
    ids = log.queue(70)
    make_all(index)
    common = ids[0][:6]

    assert all(one.startswith(common) for one in ids)
    assert len(log.view.page(HistoryFilter(search=common), limit=500)) == 70
    assert [m.id for m in log.view.page(HistoryFilter(search=ids[33]))] == [ids[33]]
