"""`smsdesk history`, on a log that the test has filled."""

import csv
import io
import sqlite3
from dataclasses import fields
from datetime import timedelta

import pytest

from smsdesk.cli import opening
from smsdesk.cli.arguments import GROUPS, build_parser
from smsdesk.cli.documents import MESSAGE_FIELDS
from smsdesk.desk.history import FILTER_GROUPS
from smsdesk.sms.failure import FailureReason
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.store import migrations, search_index
from smsdesk.store.history import HistoryFilter
from smsdesk.store.saved_searches import SavedSearchShelf
from smsdesk.store.search_index import SearchIndex
from tests.cli.conftest import Run
from tests.support import NOW, TO, Log, make_heard, new_message, reply

UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


@pytest.fixture
def ids(log: Log) -> dict[str, str]:
    """Three messages, an hour apart: accepted, failed, in doubt."""
    hour = timedelta(hours=1)
    accepted = log.accepted(UUID, at=NOW, text="Your parcel")
    failed = log.sending(at=NOW + hour, to="+447400123456", text="100% = all", ref="order 7")
    log.finish(failed, State.FAILED)
    doubt = log.unknown(at=NOW + 2 * hour, to="+33612345678", text="Ça va ?")
    return {"accepted": accepted.id, "failed": failed.id, "unknown": doubt.id}


def test_an_empty_log_says_so(run: Run) -> None:
    answer = run("history")

    assert (answer.code, answer.out, answer.err) == (0, "No messages.\n", "")
    assert run("history", "--format", "json").json == []


def test_messages_come_newest_first_with_every_key(run: Run, ids: dict[str, str]) -> None:
    found = run("history", "--format", "json").json

    assert [message["id"] for message in found] == list(reversed(ids.values()))
    assert all(tuple(message) == MESSAGE_FIELDS for message in found)
    assert found[2]["message_uuid"] == UUID
    assert found[2]["attempts"] == 1
    assert len(found[2]["client_refs"]) == 1


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["--state", "unknown"], ["unknown"]),
        (["--state", "ACCEPTED"], ["accepted"]),
        (["--search", "parcel"], ["accepted"]),
        (["--search", "100%"], ["failed"]),
        (["--search", "order 7"], ["failed"]),
        (["--search", UUID], ["accepted"]),
        (["--search", "\udcff"], []),
        (["--to", "+44 7400 123456"], ["failed"]),
        (["--to", "\udcff"], []),
        (["--direction", "in"], []),
        (["--direction", "out"], ["unknown", "failed", "accepted"]),
        (["--since", "2026-03-02T10:00Z"], ["unknown", "failed"]),
        (["--until", "2026-03-02T10:00Z"], ["accepted"]),
        (["--since", "2026-03-02T10:00Z", "--until", "2026-03-02T11:00Z"], ["failed"]),
        (["--limit", "1"], ["unknown"]),
        (["--limit", "2", "--state", "failed"], ["failed"]),
    ],
)
def test_filters_leave_what_fits(
    run: Run, ids: dict[str, str], arguments: list[str], expected: list[str]
) -> None:
    found = run("history", "--format", "json", *arguments).json

    assert [message["id"] for message in found] == [ids[name] for name in expected]


def test_one_message_comes_with_its_life(run: Run, ids: dict[str, str]) -> None:
    (message,) = run("history", "--id", ids["accepted"], "--format", "json").json

    assert tuple(message) == (*MESSAGE_FIELDS, "events")
    assert [event["status"] for event in message["events"]] == ["queued", "sending", "accepted"]
    assert all(
        set(event) == {"at", "source", "status", "detail"} for event in message["events"]
    )


def test_one_message_is_told_in_words(run: Run, ids: dict[str, str]) -> None:
    answer = run("history", "--id", ids["unknown"])

    assert answer.code == 0
    assert "Needs review" in answer.out
    assert "may or may not have been sent" in answer.out


def test_a_table_shows_what_matters(run: Run, ids: dict[str, str]) -> None:
    lines = run("history").out.splitlines()

    assert len(lines) == len(ids)
    assert TO in lines[2]
    assert "Your parcel" in lines[2]


def test_a_spreadsheet_gets_one_row_a_message(run: Run, ids: dict[str, str]) -> None:
    answer = run("history", "--format", "csv")

    rows = list(csv.DictReader(io.StringIO(answer.out)))
    assert [row["id"] for row in rows] == list(reversed(ids.values()))
    assert rows[2]["to"] == TO.removeprefix("+")


def test_every_filter_of_the_window_is_an_option_and_they_agree(
    run: Run, log: Log, ids: dict[str, str]
) -> None:
    log.log.add_batch("B", [new_message(sender="ACME", channel="viber")], at=NOW)
    make_heard(log.database, log).take([reply("Thanks", sender=TO)])
    refused = log.sending(sender="+447700900009")
    log.finish(refused, State.FAILED, failure=FailureReason("1210", "Too many", ""))
    cases: list[tuple[list[str], HistoryFilter]] = [
        (["--search", "parcel"], HistoryFilter(search="parcel")),
        (["--group", "failed"], HistoryFilter(states=FILTER_GROUPS["failed"])),
        (["--to", "+447400123456"], HistoryFilter(to="+447400123456")),
        (["--direction", "in"], HistoryFilter(direction=Direction.INBOUND)),
        (["--since", "2026-03-02T10:00Z"], HistoryFilter(since=NOW + timedelta(hours=1))),
        (["--until", "2026-03-02T10:00Z"], HistoryFilter(until=NOW + timedelta(hours=1))),
        (["--batch", "B"], HistoryFilter(batch="B")),
        (["--failure", "1210"], HistoryFilter(failure="1210")),
        (["--sender", "ACME"], HistoryFilter(sender="ACME")),
        (["--sender", "0044 7700 900009"], HistoryFilter(sender="+447700900009")),
        (["--channel", "viber"], HistoryFilter(channel="viber")),
    ]
    assert {name for _told, which in cases for name in asked_for(which)} == {
        field.name for field in fields(HistoryFilter)
    }

    for told, which in cases:
        expected = [message.id for message in log.view.page(which)]
        found = run("history", *told, "--format", "json").json
        assert [message["id"] for message in found] == expected != [], told


def asked_for(which: HistoryFilter) -> set[str]:
    nothing = HistoryFilter()
    return {
        field.name
        for field in fields(which)
        if getattr(which, field.name) != getattr(nothing, field.name)
    }


def test_every_option_that_narrows_is_a_filter_of_the_window() -> None:
    options = vars(build_parser().parse_args(["history"]))
    others = {"id", "saved", "limit", "format", "export_file", "overwrite"}
    everywhere = vars(build_parser().parse_args(["doctor"])).keys() - {
        "online",
        "json",
        "bundle",
    }

    narrowing = {"states" if name in ("state", "group") else name for name in options}
    assert narrowing - others - everywhere == {field.name for field in fields(HistoryFilter)}


def test_a_saved_search_is_asked_for_by_name_and_may_be_narrowed(
    run: Run, log: Log, ids: dict[str, str]
) -> None:
    answer = run("history", "--saved", "doubts")
    assert (answer.code, answer.out) == (2, "")
    assert "no saved search" in answer.err
    SavedSearchShelf(log.database).put(
        "Doubts", HistoryFilter(states=frozenset({State.UNKNOWN, State.FAILED}))
    )

    found = run("history", "--saved", "doubts", "--format", "json").json
    assert [message["id"] for message in found] == [ids["unknown"], ids["failed"]]
    found = run("history", "--saved", "doubts", "--search", "order", "--format", "json").json
    assert [message["id"] for message in found] == [ids["failed"]]
    assert "Doubts" in run("history", "--saved", "others").err


def test_the_groups_are_those_of_the_window() -> None:
    assert tuple(FILTER_GROUPS) == GROUPS


def test_a_long_update_is_told_on_standard_error_alone(
    run: Run, log: Log, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_more(connection: sqlite3.Connection) -> None:
        connection.execute("CREATE TABLE more (n INTEGER) STRICT")

    monkeypatch.setattr(opening, "PATIENCE_S", 0.0)
    monkeypatch.setattr(migrations, "NEWEST", migrations.NEWEST + 1)
    steps = (*migrations.MIGRATIONS, one_more)
    monkeypatch.setattr(migrations.migrate, "__kwdefaults__", {"steps": steps})
    answer = run("history", "--format", "json")

    assert len(answer.json) == 3
    assert answer.err.count("earlier version") == 1
    assert run("history").err == ""


def test_what_no_index_holds_yet_is_found_as_well(
    run: Run, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no window was ever open: nothing, half of it, all of it is indexed."""
    monkeypatch.setattr(search_index, "SMALL", 8)
    monkeypatch.setattr(search_index, "LARGE", 32)
    ids = [log.queue(text=f"Parcel {number} for you")[0] for number in range(30)]
    index = SearchIndex(log.database)
    for _step in range(4):
        found = run("history", "--search", '"or you"', "--format", "json").json
        assert [message["id"] for message in found] == ids[::-1]
        index.step()
