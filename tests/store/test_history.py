"""History: pages by key, filters, search, counts, and the life of one message."""

from datetime import timedelta

import pytest

from smsdesk.delivery.identity import ulids
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.message import LONGEST_UNDO, Direction
from smsdesk.sms.state import HeldReason, State
from smsdesk.store.events import ReceiptBook
from smsdesk.store.history import HistoryFilter, HistoryView
from smsdesk.store.history_filter import Query
from smsdesk.store.inbound import InboundBook
from tests.support import FROM, NOW, TO, Log, make_heard, minutes, receipt, reply

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"


def ids_of(log: Log, **which: object) -> list[str]:
    found = log.view.page(HistoryFilter(**which))  # type: ignore[arg-type]
    return [message.id for message in found]


def plan_of(log: Log, which: HistoryFilter, *, is_rising: bool = False) -> list[str]:
    connection = log.database.connection
    query = Query.of(connection, which, before_seq=10)
    plan = connection.execute(
        f"EXPLAIN QUERY PLAN {query.page(is_rising=is_rising)}",
        {**query.parameters, "limit": 10},
    )
    return [row["detail"] for row in plan]


def test_pages_follow_each_other_without_gap_or_repeat(log: Log) -> None:
    ids = log.queue(25)
    seen: list[str] = []
    before: int | None = None
    while page := log.view.page(HistoryFilter(), before_seq=before, limit=10):
        seen += [message.id for message in page]
        before = page[-1].seq
        log.queue()  # what arrives meanwhile belongs above, not into the pages below

    assert seen == ids[::-1]


@pytest.mark.parametrize(
    "which",
    [
        HistoryFilter(),
        HistoryFilter(states=frozenset({State.UNKNOWN})),
        HistoryFilter(states=frozenset({State.QUEUED, State.HELD, State.SENDING})),
        HistoryFilter(to="+447700900000"),
        HistoryFilter(sender="ACME"),
        HistoryFilter(channel="viber"),
        HistoryFilter(failure="1210"),
        HistoryFilter(sender="ACME", states=frozenset({State.FAILED})),
        HistoryFilter(direction=Direction.INBOUND, since=NOW),
    ],
    ids=[
        "all",
        "one state",
        "three states",
        "one number",
        "one sender",
        "another channel",
        "one failure",
        "one sender and state",
        "replies of a time",
    ],
)
def test_a_page_is_found_by_key_and_never_sorted(log: Log, which: HistoryFilter) -> None:
    plan = plan_of(log, which)
    steps = [step for step in plan if "message" in step]

    assert steps
    assert all(step.startswith("SEARCH message") for step in steps), steps


def test_states_filter_and_keep_the_order(log: Log) -> None:
    queued, held = log.queue(2)
    log.log.cancel(queued, at=NOW)
    log.log.hold_queued(HeldReason.PAUSED, at=NOW)
    doubtful = log.unknown().id

    assert ids_of(log, states=frozenset({State.HELD, State.UNKNOWN})) == [doubtful, held]
    assert ids_of(log, states=frozenset({State.CANCELLED})) == [queued]
    assert ids_of(log, states=frozenset({State.READ})) == []


def test_number_direction_and_time_filter(log: Log) -> None:
    (first,) = log.queue(to="+447700900111", at=NOW)
    (second,) = log.queue(to="+447700900222", at=NOW + minutes(1))

    assert ids_of(log, to="+447700900111") == [first]
    assert ids_of(log, direction=Direction.OUTBOUND) == [second, first]
    assert ids_of(log, direction=Direction.INBOUND) == []
    assert ids_of(log, since=NOW + minutes(1)) == [second]
    assert ids_of(log, until=NOW + minutes(1)) == [first]


@pytest.mark.parametrize(
    "search",
    [
        "van",
        "VAN",
        " van ",
        "+447700900123",
        "07700 900123",
        "(07700) 900-123",
        "0044 7700 900123",
        "900123",
        "T-17",
        "SMSDesk",
    ],
)
def test_search_finds_texts_numbers_references_and_senders(log: Log, search: str) -> None:
    (wanted,) = log.queue(
        to="+447700900123", text="The van is here.", ref="T-17", sender="SMSDesk"
    )
    log.queue(to="+33612345678", text="Autre chose", sender="+33612345679")

    assert ids_of(log, search=search) == [wanted]


@pytest.mark.parametrize(
    "search", ["thanks", "+447700900123", "07700 900123", "900123", "+447700900001"]
)
def test_search_finds_replies_by_text_and_by_who_wrote(log: Log, search: str) -> None:
    make_heard(log.database, log).take([reply("Thanks!", sender="+447700900123")])
    log.queue(to="+33612345678", sender="ACME")

    (found,) = log.view.page(HistoryFilter(search=search))

    assert found.sender == "+447700900123"


def test_a_reply_is_unread_until_somebody_has_seen_it(log: Log) -> None:
    make_heard(log.database, log).take(
        [reply("one"), reply("two"), reply("three", sender="+447700900124")]
    )
    log.queue()
    book = InboundBook(log.database, log.news.append, on_list=lambda: None, make_id=ulids.make)

    def unread() -> list[str]:
        return [one.text for one in log.view.page(HistoryFilter()) if one.is_unread]

    assert unread() == ["three", "two", "one"]
    assert (log.view.unread(at_most=100), log.view.unread(at_most=2)) == (3, 2)
    book.mark_read("+447700900123", at=NOW)

    assert unread() == ["three"]
    assert log.view.unread(at_most=100) == 1


@pytest.mark.parametrize("search", ["%", "_", "\\", "no such text", "999999"])
def test_search_takes_signs_at_their_word(log: Log, search: str) -> None:
    log.queue()

    assert ids_of(log, search=search) == []
    (wanted,) = log.queue(text=f"100{search}")
    assert ids_of(log, search=search) == [wanted]


def test_search_finds_either_id(log: Log) -> None:
    claim = log.accepted(UUID)
    log.queue()

    assert ids_of(log, search=UUID) == [claim.id]
    assert ids_of(log, search=claim.id) == [claim.id]


def test_counts_stop_where_nobody_reads_on(log: Log) -> None:
    log.queue(30)
    log.unknown()

    assert log.view.count([State.QUEUED], at_most=1_000) == 30
    assert log.view.count([State.QUEUED], at_most=20) == 20
    assert log.view.count([State.UNKNOWN, State.HELD], at_most=20) == 1
    assert log.view.count([State.READ], at_most=20) == 0


def test_the_oldest_in_some_states_come_in_order(log: Log) -> None:
    first, second, third = log.queue(3)
    log.claim(second)

    found = log.view.in_states([State.SENDING, State.QUEUED], limit=2)
    assert [message.id for message in found] == [first, second]
    assert log.view.in_states([State.QUEUED], limit=9)[-1].id == third


def test_messages_are_found_by_id_and_unknown_ids_left_out(log: Log) -> None:
    first, second = log.queue(2)

    assert [one.id for one in log.view.get_many([second, "none", first])] == [first, second]
    assert log.view.get("none") is None
    assert log.view.events("none") == []
    assert log.view.attempts("none") == []


def test_what_fits_is_counted_as_it_is_paged(log: Log) -> None:
    first, *_rest = log.queue(5)
    claim = log.unknown(to="+447400123456", text="in doubt")
    batch = log.view.get_many([first])[0].batch_id
    waiting = frozenset({State.QUEUED, State.HELD})

    for which, count in (
        (HistoryFilter(), 6),
        (HistoryFilter(states=waiting), 5),
        (HistoryFilter(states=waiting | {State.UNKNOWN}), 6),
        (HistoryFilter(states=waiting, batch=batch), 5),
        (HistoryFilter(states=frozenset({State.UNKNOWN}), batch=batch), 0),
        (HistoryFilter(search="doubt"), 1),
        (HistoryFilter(to="+447400123456", failure=""), 1),
        (HistoryFilter(search="doubt", states=waiting), 0),
    ):
        assert log.view.count_fitting(which, at_most=1000) == count
        assert len(log.view.page(which, limit=1000)) == count
    assert log.view.client_refs([claim.seq, 1]) == {claim.seq: [claim.client_ref], 1: []}


def test_a_batch_keeps_its_order(log: Log) -> None:
    ids = log.queue(5)
    log.queue(2)
    message = log.view.get(ids[0])
    assert message is not None
    assert message.batch_id is not None

    assert [one.id for one in log.view.batch(message.batch_id)] == ids


def test_references_are_given_by_message(log: Log) -> None:
    claim = log.unknown()
    log.log.send_again_after_doubt(claim.id, at=NOW, expires_at=None)
    second = log.claim(claim.id)
    assert second is not None

    refs = log.view.client_refs([claim.seq])
    assert refs == {claim.seq: [claim.client_ref, second.client_ref]}


def test_the_life_of_a_message_is_told_in_order(log: Log) -> None:
    claim = log.sending(at=NOW)
    log.finish(
        claim, State.UNKNOWN, outcome="unknown", error_type="closed", at=NOW + minutes(1)
    )
    log.log.send_again_after_doubt(claim.id, at=NOW + minutes(2), expires_at=None)
    second = log.claim(claim.id, at=NOW + minutes(3))
    assert second is not None
    log.finish(
        second, State.ACCEPTED, outcome="accepted", message_uuid=UUID, at=NOW + minutes(4)
    )
    ReceiptBook(log.database, log.news.append).record(
        [receipt(State.DELIVERED, message_uuid=UUID)], at=NOW + minutes(5)
    )

    life = [
        (one.at - NOW, one.source, one.status, one.detail) for one in log.view.events(claim.id)
    ]
    assert life == [
        (timedelta(0), "desk", "queued", ""),
        (timedelta(0), "sender", "sending", claim.client_ref),
        (minutes(1), "sender", "unknown", "closed"),
        (minutes(2), "person", "sent_again", ""),
        (minutes(3), "sender", "sending", second.client_ref),
        (minutes(4), "sender", "accepted", UUID),
        (minutes(5), "webhook", "delivered", ""),
    ]


def test_hold_and_expiry_are_part_of_the_story(log: Log) -> None:
    held, expired = log.queue(2, expires_at=NOW + minutes(60))
    log.log.hold_queued(HeldReason.AUTH, at=NOW)
    (scheduled,) = log.queue(state=State.SCHEDULED, due_at=NOW + minutes(60))

    last = log.view.events(held)[-1]
    assert (last.status, last.detail) == ("held", "auth")
    log.log.expire(at=NOW + minutes(60))
    assert log.view.events(expired)[-1].status == "expired"
    assert log.view.events(scheduled)[0].status == "scheduled"


def test_a_view_reads_without_writing(log: Log) -> None:
    (message_id,) = log.queue()
    other = HistoryView(log.database)
    before = log.database.connection.total_changes
    other.page(HistoryFilter(search="van"))
    other.events(message_id)

    assert log.database.connection.total_changes == before


def test_unread_replies_are_counted_until_nobody_reads_on(log: Log) -> None:
    log.queue(3)
    assert log.view.unread(at_most=100) == 0
    ids = log.queue(5)
    make_inbound(log, ids)
    log.database.connection.execute("UPDATE message SET read_ms = 1 WHERE id = ?", (ids[0],))

    assert log.view.unread(at_most=100) == 4
    assert log.view.unread(at_most=3) == 3


def test_unread_replies_are_found_without_a_walk_through_the_log(log: Log) -> None:
    asked: list[str] = []
    log.database.connection.set_trace_callback(asked.append)
    log.view.unread(at_most=100)
    log.database.connection.set_trace_callback(None)

    plan = log.database.connection.execute(f"EXPLAIN QUERY PLAN {asked[-1]}")

    assert any("USING INDEX message_unread" in row["detail"] for row in plan)


def test_turns_are_those_of_the_named_messages_in_those_states(log: Log) -> None:
    others = log.queue(2)
    doubtful = log.unknown()
    read, unread = log.queue(2)
    make_inbound(log, [read, unread])
    log.database.connection.execute("UPDATE message SET read_ms = 1 WHERE id = ?", (read,))
    ids = [*others, doubtful.id, read, unread, "no such id"]

    turns = log.view.turns(ids, [State.UNKNOWN, State.RECEIVED])

    assert [turn.id for turn in turns] == [doubtful.id, unread]
    assert [turn.other for turn in turns] == [TO, FROM]
    assert [turn.unknown_reason for turn in turns] == ["closed", None]
    assert log.view.turns([], [State.UNKNOWN]) == []
    assert log.view.turns(others, [State.UNKNOWN]) == []


def test_turns_of_many_are_found_by_their_ids(log: Log) -> None:
    ids = log.queue(1_200)
    asked: list[str] = []
    log.database.connection.set_trace_callback(asked.append)

    turns = log.view.turns(ids, [State.QUEUED])

    log.database.connection.set_trace_callback(None)
    assert [turn.id for turn in turns] == ids
    assert len(asked) == 3
    plan = list(log.database.connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}"))
    assert [row["detail"] for row in plan if "(id=?)" not in row["detail"]] == []


def test_the_newest_place_is_known(log: Log) -> None:
    assert log.view.newest_seq() == 0
    log.queue(3)

    assert log.view.newest_seq() == 3


def make_inbound(log: Log, ids: list[str]) -> None:
    log.database.connection.executemany(
        "UPDATE message SET direction = 'inbound', state = 'received' WHERE id = ?",
        [(one,) for one in ids],
    )


def test_a_wait_that_is_only_for_taking_back_is_no_schedule(log: Log) -> None:
    (moment,) = log.queue(state=State.SCHEDULED, due_at=NOW + LONGEST_UNDO)
    (later,) = log.queue(state=State.SCHEDULED, due_at=NOW + minutes(2))

    assert [event.status for event in log.view.events(moment)] == ["queued"]
    assert [event.status for event in log.view.events(later)] == ["scheduled"]
    shown = {m.id: m.is_about_to_leave for m in log.view.get_many([moment, later])}
    assert shown == {moment: True, later: False}


def test_one_batch_is_listed_and_what_of_it_failed_for_one_reason(log: Log) -> None:
    ids = log.queue(4)
    log.queue(2)
    for message_id, code in zip(ids, ("1210", "1210", "1260"), strict=False):
        claim = log.claim(message_id)
        assert claim is not None
        log.finish(claim, State.FAILED, failure=FailureReason(code, "", ""))
    (first, *_rest) = log.view.get_many(ids)
    whole = HistoryFilter(batch=first.batch_id)
    failed = HistoryFilter(batch=first.batch_id, states=frozenset({State.FAILED}))
    refused = HistoryFilter(batch=first.batch_id, failure="1210")

    found = [[message.id for message in log.view.page(one)] for one in (whole, failed, refused)]

    assert found == [ids[::-1], ids[2::-1], ids[1::-1]]
    for one, expected in zip((whole, failed, refused), found, strict=True):
        everything = log.view.page(HistoryFilter())
        assert [message.id for message in everything if one.fits(message)] == expected


def test_a_batch_is_walked_by_its_own_index(log: Log) -> None:
    which = HistoryFilter(batch="B", states=frozenset({State.FAILED}))
    log.queue(3, state=State.FAILED)
    plan = " ".join(plan_of(log, which))

    assert "message_by_batch" in plan
    assert "message_by_state" not in plan
