"""A batch as a file: for a spreadsheet, and for programs."""

import csv
import errno
from pathlib import Path

import pytest

from smsdesk.desk.batch_export import COLUMNS, BatchExportError, Flavour, write_batch
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording import state_sentence
from smsdesk.sms.message import Draft, Message

PAYLOADS = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\nx", "＝1", 'a "quoted", b', "plain")


def send(desk: Desk, text: str = "Hi", *, sender: str = "+447400123400", ref: str = "") -> str:
    to = "+447400123456\n+4915123456789"
    result = desk.compose.send(Draft(sender, to, text, ref))
    assert result.batch_id is not None
    return result.batch_id


def read(path: Path, encoding: str) -> list[dict[str, str]]:
    with path.open(encoding=encoding, newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("text", PAYLOADS)
def test_no_cell_is_a_formula_in_a_spreadsheet(desk: Desk, tmp_path: Path, text: str) -> None:
    path = tmp_path / "batch.csv"
    batch_id = send(desk, text, ref="=ref")
    tell = state_sentence

    assert (
        write_batch(desk.batches, batch_id, path, flavour=Flavour.SPREADSHEET, tell=tell) == 2
    )
    rows = read(path, "utf-8-sig")
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert [row["number"] for row in rows] == ["447400123456", "4915123456789"]
    assert {row["sender"] for row in rows} == {"447400123400"}
    assert {row["text"].removeprefix("'") for row in rows} == {text}
    for row in rows:
        assert not any(cell[:1] in "=+-@\t\r\n＝" and cell for cell in row.values())


@pytest.mark.parametrize("text", PAYLOADS)
def test_nothing_is_changed_for_programs(desk: Desk, tmp_path: Path, text: str) -> None:
    path = tmp_path / "batch.csv"
    batch_id = send(desk, text)
    write_batch(desk.batches, batch_id, path, flavour=Flavour.RAW, tell=state_sentence)

    rows = read(path, "utf-8")
    assert tuple(rows[0]) == COLUMNS
    assert [(row["number"], row["text"], row["state"]) for row in rows] == [
        ("+447400123456", text, "queued"),
        ("+4915123456789", text, "queued"),
    ]


def test_the_file_is_there_whole_or_not_at_all(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "batch.csv"
    path.write_text("what was there")
    batch_id = send(desk)

    def full(_message: Message) -> str:
        raise OSError(errno.ENOSPC, "full")

    with pytest.raises(BatchExportError):
        write_batch(desk.batches, batch_id, path, flavour=Flavour.RAW, tell=full)

    assert path.read_text() == "what was there"
    assert list(tmp_path.glob("batch.csv*")) == [path]


def test_a_folder_that_takes_no_file_is_said(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(BatchExportError) as caught:
        write_batch(
            desk.batches,
            send(desk),
            tmp_path / "nowhere" / "batch.csv",
            flavour=Flavour.RAW,
            tell=state_sentence,
        )
    assert caught.value.code == "not_writable"
