"""Messages as JSON, CSV and a table."""

import csv
import io
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from smsdesk.cli.documents import (
    CSV_FIELDS,
    MESSAGE_FIELDS,
    write_csv,
    write_message,
    write_table,
    write_time,
)
from smsdesk.sms.message import Message
from tests.support import NOW, Log


@pytest.fixture
def message(log: Log) -> Message:
    (message_id,) = log.queue()
    found = log.view.get(message_id)
    assert found is not None
    return found


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


def cell(message: Message, **fields: Any) -> str:
    """How a value comes out of a CSV reader, the first of `fields` that is."""
    document = write_message(replace(message, **fields), [])
    name = {"sender": "from"}.get(next(iter(fields)), next(iter(fields)))
    return read_csv(write_csv([document]))[0][name]


def test_a_message_has_every_promised_key_in_order(message: Message) -> None:
    assert tuple(write_message(message, ["ref"])) == MESSAGE_FIELDS


def test_a_removed_text_is_not_an_empty_one(message: Message) -> None:
    removed = replace(message, text="", text_kept_days=90)

    assert write_message(removed, [])["text"] is None
    assert write_message(replace(message, text=""), [])["text"] == ""
    assert cell(message, text="", text_kept_days=90) == ""
    assert "Text removed after 90 days" in write_table([removed])


def test_its_events_come_last_when_asked_for(message: Message, log: Log) -> None:
    document = write_message(message, [], log.view.events(message.id))

    assert tuple(document) == (*MESSAGE_FIELDS, "events")
    assert document["events"] == [
        {"at": "2026-03-02T09:00:00.000Z", "source": "desk", "status": "queued", "detail": ""}
    ]


def test_times_are_utc_with_milliseconds() -> None:
    assert write_time(NOW) == "2026-03-02T09:00:00.000Z"
    assert write_time(datetime(2026, 1, 1, 0, 0, 0, 5999, tzinfo=UTC)).endswith(":00.005Z")


@pytest.mark.parametrize(
    "text",
    [
        *("=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "\0=1"),
        *("＝1", "＋1", "－1", "＠A"),
    ],
)
def test_no_cell_begins_like_a_formula(message: Message, text: str) -> None:
    assert cell(message, text=text) == f"'{text}"


@pytest.mark.parametrize(
    "text", ["", "hi", 'say "hi"', "one\ntwo", "a;b,c", "€ 🙂", "1+1=2", "'quoted'"]
)
def test_any_other_text_comes_back_from_the_spreadsheet_unchanged(
    message: Message, text: str
) -> None:
    assert cell(message, text=text) == text


def test_numbers_lose_the_plus_with_which_a_spreadsheet_would_calculate(
    message: Message,
) -> None:
    assert cell(message, to="+447700900000") == "447700900000"
    assert cell(message, sender="+447700900001") == "447700900001"


def test_a_number_that_is_none_is_not_trusted(message: Message) -> None:
    assert cell(message, to="+1+cmd|' /C calc'!A0") == "'+1+cmd|' /C calc'!A0"


def test_csv_rows_end_as_rfc_4180_says_and_have_the_columns_of_the_header(
    message: Message,
) -> None:
    text = write_csv([write_message(message, [])])

    assert text.split("\r\n")[0] == ",".join(CSV_FIELDS)
    assert text.endswith("\r\n")
    assert read_csv(text)[0]["text"] == "The van is here."


def test_a_table_obeys_no_control_character(message: Message) -> None:
    hostile = replace(message, text="\x1b[2Jgone\x07\nnext\u202eline")

    table = write_table([hostile])

    assert table.isprintable()
    assert "gone" in table


def test_a_long_text_is_cut_in_the_table(message: Message) -> None:
    table = write_table([replace(message, text="x" * 100)])

    assert table.endswith("x" * 59 + "…")
