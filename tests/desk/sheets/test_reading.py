"""A file becomes a table: columns, names, what a person may say, and how much there may be."""

import os
import tracemalloc
from hashlib import sha256
from pathlib import Path

import pytest

from smsdesk.desk.sheets import reading, table
from smsdesk.desk.sheets.reading import ReadingOptions, choose_number_column, read_table
from smsdesk.desk.sheets.table import SheetError, Table
from smsdesk.desk.sheets.writing import write_csv
from tests.desk.sheets.books import xlsx

A, B = "+447400123456", "+447400123457"


def write(tmp_path: Path, content: str | bytes) -> Path:
    file = tmp_path / "list.csv"
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def test_columns_are_named_by_their_headers_each_once(tmp_path: Path) -> None:
    file = write(tmp_path, f"First Name,first-name,,Mobile,ÉTAT!\nAnna,A.,x,{A},ok\n")

    found = read_table(file)

    assert [column.name for column in found.columns] == [
        *("first_name", "first_name_2", "column_3", "mobile", "état")
    ]
    assert found.placeholders == ("first_name", "first_name_2", "column_3", "état")
    assert [column.header for column in found.columns][:2] == ["First Name", "first-name"]


def test_without_a_header_columns_are_counted(tmp_path: Path) -> None:
    found = read_table(write(tmp_path, f"Anna,{A}\nBen,{B},x\n"))

    assert [column.name for column in found.columns] == ["column_1", "column_2", "column_3"]
    assert (found.has_header, found.number_column, len(found.rows)) == (False, 1, 2)


def test_a_person_may_know_better(tmp_path: Path) -> None:
    file = write(tmp_path, f"Home,Mobile\n{B},{A}\n")

    assert read_table(file).number_column == 1
    for wanted in ("Home", "home", "1"):
        assert read_table(file, ReadingOptions(number_column=wanted)).number_column == 0
    found = read_table(file, ReadingOptions(has_header=False))
    assert len(found.rows) == 2
    assert choose_number_column(found, "column_1").number_column == 0
    with pytest.raises(SheetError, match="no_such_column"):
        read_table(file, ReadingOptions(number_column="3"))


def test_a_sheet_may_be_chosen(tmp_path: Path) -> None:
    file = write(tmp_path, xlsx([["Mobile"], [A]], Night=[["Mobile"], [B]]))

    assert read_table(file).sheets == ("Staff", "Night")
    assert read_table(file).sheet == "Staff"
    found = read_table(file, ReadingOptions(sheet="Night"))
    assert found.rows[0].cells == (B,)
    with pytest.raises(SheetError, match="no_such_sheet"):
        read_table(file, ReadingOptions(sheet="Day"))


def test_the_first_rows_come_before_the_rest(tmp_path: Path) -> None:
    file = write(tmp_path, "Mobile\n" + f"{A}\n" * 300)
    heads: list[Table] = []

    found = read_table(file, on_head=heads.append)

    (head,) = heads
    assert (len(head.rows), head.rows, head.columns) == (50, found.rows[:50], found.columns)
    assert len(found.rows) == 300
    assert found.sha256 == sha256(file.read_bytes()).hexdigest()


@pytest.mark.parametrize("kind", ["missing", "folder", "fifo"])
def test_what_is_no_file_is_named(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)

    with pytest.raises(SheetError) as caught:
        read_table(path)

    assert caught.value.code == ("missing" if kind == "missing" else "not_a_file")


@pytest.mark.case("F84")
def test_too_large_a_file_is_refused_before_it_is_read(tmp_path: Path) -> None:
    file = write(tmp_path, "")
    os.truncate(file, 1_000_000_000)  # it takes no room on the disk

    tracemalloc.start()
    with pytest.raises(SheetError) as caught:
        read_table(file)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert caught.value.code == "too_large"
    assert peak < 300_000_000


def test_too_many_rows_are_refused_with_their_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(table, "MOST_ROWS", 10)
    monkeypatch.setattr(reading, "MOST_ROWS", 10)
    assert len(read_table(write(tmp_path, "Mobile\n" + f"{A}\n" * 10)).rows) == 10

    for content, place in (("Mobile\n" + f"{A}\n" * 11, 12), (f"{A}\n" * 11, 11)):
        with pytest.raises(SheetError) as caught:
            read_table(write(tmp_path, content))
        assert (caught.value.code, caught.value.place) == ("too_many_rows", place)


def test_too_much_text_and_too_many_columns_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SheetError) as caught:
        read_table(write(tmp_path, "a," * 200 + "b\n"))
    assert caught.value.code == "too_many_columns"

    monkeypatch.setattr(table, "MOST_CHARACTERS", 100)
    with pytest.raises(SheetError) as caught:
        read_table(write(tmp_path, f"Mobile,x\n{A},a\n{B},{'b' * 100}\n"))
    assert (caught.value.code, caught.value.place) == ("too_large", 3)


def test_what_is_written_is_private_whole_or_absent(tmp_path: Path) -> None:
    file = tmp_path / "out.csv"

    assert write_csv(file, [("a", "b"), ("1", "2")]) == 2
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(ZeroDivisionError):
        write_csv(file, (str(1 // n) for n in (1, 0)))
    assert file.read_text("utf-8-sig").splitlines() == ['"a","b"', '"1","2"']
    with pytest.raises(SheetError, match="not_writable"):
        write_csv(tmp_path / "none" / "out.csv", [])
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_the_encoding_and_the_separator_may_be_said(tmp_path: Path) -> None:
    file = write(tmp_path, f"Mobile;Name\n{A};Иван\n".encode("cp1251"))

    found = read_table(file, ReadingOptions(encoding="cp1251", delimiter=";"))
    assert found.rows[0].cells == (A, "Иван")
    assert (found.encoding, found.delimiter) == ("cp1251", ";")

    one_column = read_table(file, ReadingOptions(encoding="cp1251", delimiter="|"))
    assert [column.header for column in one_column.columns] == ["Mobile;Name"]


def test_a_file_that_is_not_in_the_encoding_said_is_refused_with_its_line(
    tmp_path: Path,
) -> None:
    file = write(tmp_path, f"Mobile,Name\n{A},Zoë\n".encode("latin-1"))
    with pytest.raises(SheetError) as caught:
        read_table(file, ReadingOptions(encoding="utf-8-sig"))
    assert (caught.value.code, caught.value.place) == ("not_text", 2)
