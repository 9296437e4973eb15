"""Messages as files: which, in what order, and how they look in each form."""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest

from smsdesk.desk import exports as exports_module
from smsdesk.desk import wording_export
from smsdesk.desk.desk import Desk
from smsdesk.desk.documents import MESSAGE_FIELDS
from smsdesk.desk.export_columns import RAW_COLUMNS, heads
from smsdesk.desk.exports import (
    Chosen,
    Exports,
    ExportStoppedError,
    Form,
    Picked,
    WholeBatch,
)
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.sheets.writing import UNFINISHED
from smsdesk.sms.contact import ContactEntry
from smsdesk.sms.message import Draft, DraftLeg
from smsdesk.sms.state import State
from smsdesk.store.errors import DatabaseBusyError
from smsdesk.store.trail import Act, TrailFilter
from tests.desk.office import Office
from tests.desk.sheets.spreadsheet import HOSTILE, is_formula, open_csv, unescape
from tests.store.small_disk import small_disk
from tests.support import NOW, Log, minutes

EVERYTHING = HistoryFilter()
UUID = "aaaaaaaa-bbbb-4ccc-8ddd-0123456789ab"


@pytest.fixture
def exports(desk: Desk) -> Exports:
    return desk.exports


@pytest.fixture
def log(office: Office, desk: Desk) -> Iterator[Log]:
    log = office.log()
    yield log
    log.database.close_thread()


@pytest.fixture
def three(log: Log) -> list[str]:
    """Accepted, failed, in doubt: the newest last."""
    accepted = log.accepted(UUID, at=NOW, text="Your parcel", to="+447400123456")
    failed = log.sending(at=NOW + minutes(60), text="-1 is a number", ref="=order")
    log.finish(failed, State.FAILED)
    doubt = log.unknown(at=NOW + minutes(120), text="Ça va ?\n=1+1")
    return [accepted.id, failed.id, doubt.id]


@pytest.fixture
def in_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """This computer's clock is two hours ahead of UTC."""
    monkeypatch.setenv("TZ", "XXX-2")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


def read_lines(path: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def read_raw(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(exports: Exports, chosen: Chosen, path: Path, form: Form) -> int:
    return exports.write(chosen, path, form=form)


# Which messages ---------------------------------------------------------------------


def ids_of(exports: Exports, chosen: Chosen, path: Path) -> list[object]:
    count = write(exports, chosen, path, Form.LINES)
    found = [message["id"] for message in read_lines(path)]
    assert len(found) == count
    return found


def test_what_is_shown_is_written_newest_first(
    exports: Exports, three: list[str], tmp_path: Path
) -> None:
    assert ids_of(exports, EVERYTHING, tmp_path / "all.jsonl") == three[::-1]


@pytest.mark.parametrize(
    ("which", "expected"),
    [
        (EVERYTHING, [2, 1, 0]),
        (HistoryFilter(states=frozenset({State.FAILED})), [1]),
        (HistoryFilter(states=frozenset({State.FAILED, State.ACCEPTED})), [1, 0]),
        (HistoryFilter(search="parcel"), [0]),
        (HistoryFilter(search="parcel", states=frozenset({State.FAILED})), []),
        (HistoryFilter(since=NOW + minutes(1), until=NOW + minutes(61)), [1]),
    ],
)
def test_a_filter_counts_and_writes_the_same(
    exports: Exports,
    three: list[str],
    tmp_path: Path,
    which: HistoryFilter,
    expected: list[int],
) -> None:
    assert exports.count(which) == len(expected)
    assert ids_of(exports, which, tmp_path / "some.jsonl") == [three[n] for n in expected]


def test_picked_ones_come_newest_first_in_whatever_order_they_were_picked(
    exports: Exports, three: list[str], tmp_path: Path
) -> None:
    picked = Picked((three[0], "gone", three[2]))

    assert exports.count(picked) == 3
    assert ids_of(exports, picked, tmp_path / "some.jsonl") == [three[2], three[0]]


def test_a_batch_is_written_in_its_order(
    exports: Exports, desk: Desk, three: list[str], tmp_path: Path
) -> None:
    sent = desk.compose.send(Draft("ACME", "+447400123456\n+4915123456789", "Hi"))
    assert sent.batch_id is not None
    batch = WholeBatch(sent.batch_id)

    assert exports.count(batch) == 2
    ids = ids_of(exports, batch, tmp_path / "batch.jsonl")
    assert ids == [message.id for message in desk.history.batch(sent.batch_id)]


def test_the_newest_so_many_may_be_asked_for(
    exports: Exports, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports_module, "AT_ONCE", 3)
    ids = log.queue(10)
    for most, expected in ((1, 1), (3, 3), (4, 4), (10, 10), (11, 10)):
        path = tmp_path / f"{most}.jsonl"
        assert exports.write(EVERYTHING, path, form=Form.LINES, most=most) == expected
        assert [one["id"] for one in read_lines(path)] == ids[::-1][:expected]


def test_what_comes_or_moves_on_meanwhile_is_there_once_or_not_at_all(
    exports: Exports, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports_module, "AT_ONCE", 2)
    ids = log.queue(6)

    def meddle(count: int) -> None:
        log.queue(1)
        if count == 2:
            assert log.claim(ids[0]) is not None

    exports.write(EVERYTHING, tmp_path / "all.jsonl", form=Form.LINES, tell=meddle)

    found = read_lines(tmp_path / "all.jsonl")
    assert [one["id"] for one in found] == ids[::-1]
    assert [one["state"] for one in found] == ["queued"] * 5 + ["sending"]


def test_an_export_keeps_nothing_in_the_write_ahead_log(
    exports: Exports, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While it runs, what is written can still be moved out of the log, and so be erased."""
    monkeypatch.setattr(exports_module, "AT_ONCE", 2)
    log.queue(6)
    emptied = []

    def empty(_count: int) -> None:
        log.queue(1)
        emptied.append(log.database.empty_wal())

    exports.write(EVERYTHING, tmp_path / "all.csv", form=Form.SPREADSHEET, tell=empty)

    assert emptied == [True] * 3


# How they look ----------------------------------------------------------------------


def test_lines_are_the_documents_of_the_command_line(
    exports: Exports, three: list[str], tmp_path: Path
) -> None:
    write(exports, EVERYTHING, tmp_path / "all.jsonl", Form.LINES)

    found = read_lines(tmp_path / "all.jsonl")
    assert all(tuple(message) == MESSAGE_FIELDS for message in found)
    assert found[0]["text"] == "Ça va ?\n=1+1"
    assert found[2]["message_uuid"] == UUID
    assert found[2]["created_at"] == "2026-03-02T09:00:00.000Z"
    assert len(found[2]["client_refs"]) == 1  # type: ignore[arg-type]


def test_programs_get_every_value_as_it_is(
    exports: Exports, desk: Desk, three: list[str], tmp_path: Path
) -> None:
    desk.contacts.bring_in([ContactEntry("=Anna", "+447400123456", "", ())], replaces=False)

    write(exports, EVERYTHING, tmp_path / "all.csv", Form.RAW)

    rows = read_raw(tmp_path / "all.csv")
    assert tuple(rows[0]) == RAW_COLUMNS == (*MESSAGE_FIELDS, "name")
    assert [row["text"] for row in rows] == ["Ça va ?\n=1+1", "-1 is a number", "Your parcel"]
    assert [row["to"] for row in rows][2] == "+447400123456"
    assert [row["name"] for row in rows] == ["", "", "=Anna"]
    assert rows[1]["ref"] == "=order"
    assert rows[2]["created_at"] == "2026-03-02T09:00:00.000Z"


@pytest.mark.usefixtures("in_utc")
def test_people_get_words_and_times_by_their_clock_and_in_utc(
    exports: Exports, desk: Desk, three: list[str], tmp_path: Path
) -> None:
    desk.contacts.bring_in([ContactEntry("Anna", "+447400123456", "", ())], replaces=False)
    path = tmp_path / "all.xlsx"

    write(exports, EVERYTHING, path, Form.WORKBOOK)

    titles, *rows = openpyxl.load_workbook(path, read_only=True)["Messages"].values
    row = dict(zip(titles, rows[2], strict=True))
    assert list(titles) == [head.title for head in heads()]
    assert (row["Time"], row["Time (UTC)"]) == ("2026-03-02 11:00:00", "2026-03-02 09:00:00")
    assert (row["Name"], row["To"], row["From"]) == (
        "Anna",
        "+447400123456",
        "+447700900001",
    )
    assert (row["Direction"], row["State"], row["Text"]) == ("Out", "Accepted", "Your parcel")
    assert "Vonage" in row["What happened"]
    assert row["Vonage’s id"] == UUID


def test_a_spreadsheet_gets_numbers_as_digits_and_the_same_columns(
    exports: Exports, three: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "all.csv"

    write(exports, EVERYTHING, path, Form.SPREADSHEET)

    titles, *rows = open_csv(path)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert titles == [head.title for head in heads()]
    row = dict(zip(titles, rows[2], strict=True))
    assert (row["To"], row["From"]) == ("447400123456", "447700900001")
    assert [dict(zip(titles, row, strict=True))["Text"] for row in rows] == [
        "Ça va ?\n=1+1",
        "'-1 is a number",
        "Your parcel",
    ]
    assert dict(zip(titles, rows[1], strict=True))["Your reference"] == "'=order"


def test_a_line_has_every_channel_that_a_message_tries(
    desk: Desk, exports: Exports, tmp_path: Path
) -> None:
    desk.compose.channels.switch_on(("sms", "whatsapp"))
    ours = "+447400000001"
    draft = Draft(ours, "+447400123456", "Hello", channel="whatsapp")
    desk.compose.send(replace(draft, failover=(DraftLeg("sms", ours),)))

    assert write(exports, EVERYTHING, tmp_path / "all.jsonl", Form.LINES) == 1
    assert write(exports, EVERYTHING, tmp_path / "all.csv", Form.RAW) == 1

    (line,) = read_lines(tmp_path / "all.jsonl")
    assert isinstance(line["legs"], list)
    assert [leg["channel"] for leg in line["legs"]] == ["whatsapp", "sms"]
    (row,) = read_raw(tmp_path / "all.csv")
    assert row["channel"] == "whatsapp"


def test_a_text_that_was_removed_is_said_to_people_and_missing_for_programs(
    exports: Exports, log: Log, tmp_path: Path
) -> None:
    log.queue()
    with log.database.transaction() as connection:
        connection.execute("UPDATE message SET text = '', text_kept_days = 90")
    for form in Form:
        write(exports, EVERYTHING, tmp_path / form.value, form)

    assert read_lines(tmp_path / "jsonl")[0]["text"] is None
    assert read_raw(tmp_path / "csv-raw")[0]["text"] == ""
    assert "Text removed after 90 days" in open_csv(tmp_path / "csv")[1]


def put_hostile(log: Log, desk: Desk) -> None:
    """Every hostile text as a text, a reference, a name and a writer."""
    log.queue(len(HOSTILE))
    with log.database.transaction() as connection:
        for seq, text in enumerate(HOSTILE, start=1):
            connection.execute(
                "UPDATE message SET text = ?, ref = ?, sender = ?, network = ?, price = ?, "
                "recipient = ? WHERE seq = ?",
                (text, text, text, text, text, f"+4474001{seq:05}", seq),
            )
    desk.contacts.bring_in(
        [
            ContactEntry(text, f"+4474001{seq:05}", "", ())
            for seq, text in enumerate(HOSTILE, start=1)
        ],
        replaces=False,
    )


@pytest.mark.case("T15", "F86")
@pytest.mark.parametrize("delimiters", [",", ",;\t"])
def test_no_cell_of_a_spreadsheet_is_a_formula(
    exports: Exports, desk: Desk, log: Log, tmp_path: Path, delimiters: str
) -> None:
    put_hostile(log, desk)
    path = tmp_path / "all.csv"

    write(exports, EVERYTHING, path, Form.SPREADSHEET)

    rows = open_csv(path, delimiters=delimiters)
    assert len(rows) == len(HOSTILE) + 1
    assert {len(row) for row in rows} == {len(heads())}
    assert not [cell for row in rows for cell in row if is_formula(cell)]


def test_a_workbook_holds_every_text_as_it_is(
    exports: Exports, desk: Desk, log: Log, tmp_path: Path
) -> None:
    put_hostile(log, desk)
    path = tmp_path / "all.xlsx"

    write(exports, EVERYTHING, path, Form.WORKBOOK)

    titles, *rows = openpyxl.load_workbook(path)["Messages"].iter_rows()
    place = [cell.value for cell in titles].index("Text")
    assert [unescape(row[place].value) for row in rows] == list(HOSTILE)[::-1]
    assert {cell.data_type for row in rows for cell in row if cell.value is not None} == {"s"}


def test_programs_get_every_hostile_text_unchanged(
    exports: Exports, desk: Desk, log: Log, tmp_path: Path
) -> None:
    put_hostile(log, desk)
    write(exports, EVERYTHING, tmp_path / "all.csv", Form.RAW)
    write(exports, EVERYTHING, tmp_path / "all.jsonl", Form.LINES)

    texts = list(HOSTILE)[::-1]
    assert [row["text"] for row in read_raw(tmp_path / "all.csv")] == texts
    lines = (tmp_path / "all.jsonl").read_bytes().split(b"\n")
    assert [json.loads(line)["text"] for line in lines if line] == texts


# Whole or not at all ------------------------------------------------------------------


@pytest.mark.parametrize("form", Form)
def test_one_that_is_stopped_leaves_nothing(
    exports: Exports, log: Log, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: Form
) -> None:
    monkeypatch.setattr(exports_module, "AT_ONCE", 2)
    log.queue(6)
    folder = tmp_path / "out"
    folder.mkdir()
    told: list[int] = []

    with pytest.raises(ExportStoppedError):
        exports.write(
            EVERYTHING,
            folder / "all",
            form=form,
            tell=told.append,
            stop=lambda: len(told) == 2,
        )

    assert told == [2, 4]
    assert list(folder.iterdir()) == []


@pytest.mark.case("T24", "F87")
@pytest.mark.parametrize("form", Form)
def test_on_a_full_disk_there_is_no_half_file(
    exports: Exports, log: Log, tmp_path: Path, form: Form
) -> None:
    log.queue(400, text="x" * 1600)
    with log.database.transaction() as connection:  # so that no packing makes it small
        connection.execute("UPDATE message SET text = hex(randomblob(1500))")
    with small_disk(tmp_path / "disk", size="128k") as folder:
        (folder / "all").write_text("what was there")

        with pytest.raises(SheetError) as caught:
            exports.write(EVERYTHING, folder / "all", form=form, may_replace=True)

        assert caught.value.code == "disk_full"
        assert [one.read_text() for one in folder.iterdir()] == ["what was there"]


KILLED = """
import os, signal, sys
from pathlib import Path
from smsdesk.desk.exports import Form
from smsdesk.desk.history import HistoryFilter
from smsdesk.session import Profile, open_session

data, path, form, at = Path(sys.argv[1]), Path(sys.argv[2]), Form(sys.argv[3]), int(sys.argv[4])

def watch(count):
    if count >= at:
        os.kill(os.getpid(), signal.SIGKILL)

with open_session(Profile(data_dir=data)) as session:
    session.desk.exports.write(HistoryFilter(), path, form=form, tell=watch)
"""


@pytest.mark.case("T24", "F87")
@pytest.mark.skipif(os.name != "posix", reason="SIGKILL is POSIX's")
@pytest.mark.parametrize("form", Form)
def test_one_that_is_killed_leaves_no_file_of_that_name(
    office: Office, log: Log, tmp_path: Path, form: Form
) -> None:
    log.queue(1500)
    folder = tmp_path / "out"
    folder.mkdir()
    arguments = [str(office.folder), str(folder / "all"), form.value, "1000"]

    told = subprocess.run([sys.executable, "-c", KILLED, *arguments], capture_output=True)

    assert told.returncode == -9
    (left,) = folder.iterdir()
    assert left.name.endswith(UNFINISHED)


def test_another_file_is_replaced_only_when_that_was_said(
    exports: Exports, three: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "all.jsonl"
    path.write_text("what was there")

    with pytest.raises(SheetError) as caught:
        write(exports, EVERYTHING, path, Form.LINES)
    assert (caught.value.code, path.read_text()) == ("exists", "what was there")

    assert exports.write(EVERYTHING, path, form=Form.LINES, may_replace=True) == 3
    assert len(read_lines(path)) == 3


def test_every_file_is_noted_in_the_trail_and_nothing_else(
    desk: Desk, exports: Exports, three: list[str], tmp_path: Path
) -> None:
    (first, *_others) = desk.history.get_many(three)
    assert first.batch_id is not None

    write(exports, EVERYTHING, tmp_path / "all.csv", Form.RAW)
    with pytest.raises(SheetError):
        write(exports, EVERYTHING, tmp_path / "all.csv", Form.RAW)
    write(exports, WholeBatch(first.batch_id), tmp_path / "batch.jsonl", Form.LINES)
    desk.trail.close()

    noted = [entry.details() for entry in desk.trail.entries(TrailFilter(what=Act.EXPORTED))]
    in_batch = desk.history.count_fitting(HistoryFilter(batch=first.batch_id))
    assert sorted(noted, key=lambda detail: str(detail["kind"])) == [
        {"kind": "batch", "messages": in_batch, "batch": first.batch_id},
        {"kind": "messages", "messages": 3},
    ]


# In words -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chosen", "count", "told"),
    [
        (EVERYTHING, 1, "1 message: the whole log."),
        (EVERYTHING, 1234, "1,234 messages: the whole log."),
        (HistoryFilter(search="x"), 2, "2 messages: what the list shows now."),
        (Picked(("a", "b")), 2, "2 messages, chosen by you."),
        (WholeBatch("b"), 3000, "3,000 messages: the whole batch."),
        (EVERYTHING, 0, "There is no message to write."),
    ],
)
def test_it_is_said_how_many_and_which(chosen: Chosen, count: int, told: str) -> None:
    assert wording_export.count_sentence(chosen, count) == told


@pytest.mark.parametrize(
    ("error", "part"),
    [
        (SheetError("exists", Path("a.csv")), "a.csv exists already"),
        (SheetError("disk_full", Path("a.csv")), "no room for a.csv"),
        (SheetError("not_writable", Path("a.csv")), "a.csv cannot be written"),
        (DatabaseBusyError("busy"), "no file was written"),
    ],
)
def test_every_trouble_has_a_sentence(error: Exception, part: str) -> None:
    assert part in (wording_export.trouble_sentence(error) or "")


def test_what_nobody_foresaw_has_none() -> None:
    assert wording_export.trouble_sentence(ZeroDivisionError()) is None


def test_forms_and_progress_are_told() -> None:
    for form in Form:
        assert wording_export.form_word(form)
        assert wording_export.form_sentence(form).endswith(".")
    assert wording_export.progress_sentence(12_000, 1_000_000) == "12,000 of 1,000,000"
    assert wording_export.progress_sentence(5, 5) == "Finishing the file…"
    assert wording_export.written_sentence(1, Path("a")) == "Wrote 1 message to a."
    assert "no password" in wording_export.protection_sentence()
