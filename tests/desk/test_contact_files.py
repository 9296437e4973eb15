"""Lists from elsewhere are read entry by entry, and ours comes back as it was."""

import csv
import io
import stat
import sys
from pathlib import Path

import pytest

from smsdesk.desk.contact_files import (
    ContactFile,
    ContactFileError,
    NotWantedError,
    read_file,
    write_file,
)
from smsdesk.desk.desk import Desk
from smsdesk.desk.wording_contact_files import (
    bad_entry_sentence,
    file_sentences,
    merged_sentence,
    trouble_sentence,
    written_sentence,
)
from smsdesk.sms.contact import ContactEntry
from smsdesk.store.contacts import Merged

ENTRIES = [
    ContactEntry("Anna Meyer", "+447700900123", "Depot B, mornings", ("Drivers", "Night")),
    ContactEntry('=HYPERLINK("x")', "+447700900124", "+1", ("@evil",)),
    ContactEntry("'quoted", "+447700900125", 'a "b" c', ()),
    ContactEntry("⟨202E⟩ \u202eevil", "+447700900126", "-2+3", ()),
    ContactEntry("Zoë; Müller, <b>x</b>", "+4915123456789", "", ("Depot A, night",)),
]


def read(folder: Path, content: str | bytes, name: str = "list.csv") -> ContactFile:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return read_file(path, default_region="GB")


def pairs(found: ContactFile) -> list[tuple[str, str]]:
    return [(entry.name, entry.number) for entry in found.entries]


@pytest.mark.parametrize("name", ["book.csv", "book.vcf"])
def test_what_is_written_comes_back_as_it_was(desk: Desk, tmp_path: Path, name: str) -> None:
    desk.contacts.bring_in(ENTRIES, replaces=False)
    path = tmp_path / name

    assert write_file(desk.contacts, path) == len(ENTRIES)
    found = read_file(path, default_region=None)

    by_number = {entry.number: entry for entry in found.entries}
    assert by_number == {entry.number: entry for entry in ENTRIES}
    assert found.bad == ()
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [name]


@pytest.mark.case("T15", "F86")
def test_no_cell_of_an_export_is_a_formula(desk: Desk, tmp_path: Path) -> None:
    payloads = [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "＝1",
        "＋1",
        "－1",
        "＠x",
        "=cmd|' /C calc'!A0",
    ]
    desk.contacts.bring_in(
        [
            ContactEntry(text, f"+4477009001{n:02d}", text, (text,))
            for n, text in enumerate(payloads)
        ],
        replaces=False,
    )
    path = tmp_path / "book.csv"
    write_file(desk.contacts, path)

    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))[1:]
    assert len(rows) == len(payloads)
    for name, number, note, groups in rows:
        assert all(cell.startswith("'") for cell in (name, note, groups))
        assert number[1:].isdecimal()


def test_one_group_may_be_written_alone(desk: Desk, tmp_path: Path) -> None:
    desk.contacts.bring_in(ENTRIES, replaces=False)
    night = next(group for group in desk.contacts.groups() if group.name == "Night")

    assert write_file(desk.contacts, tmp_path / "night.csv", group=night.id) == 1


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ("name,number\nAnna,07700 900123\n", [("Anna", "+447700900123")]),
        ("Anna;07700 900123\n", [("Anna", "+447700900123")]),
        ("07700 900123\tAnna\n", [("Anna", "+447700900123")]),
        ("Anna|07700 900123\n", [("Anna", "+447700900123")]),
        ("sep=;\nname;number\nAnna;07700 900123\n", [("Anna", "+447700900123")]),
        ("\ufeffNumber,Name\r\n+447700900123,Anna\r\n", [("Anna", "+447700900123")]),
        (
            "First Name,Middle Name,Last Name,Phone 1 - Label,Phone 1 - Value,Phone 2 - Value\n"
            "Anna,,Meyer,Mobile,07700 900123 ::: 07700 900124,\n",
            [("Anna Meyer", "+447700900123"), ("Anna Meyer", "+447700900124")],
        ),
        (
            "Title,First Name,Last Name,Company,Home Phone,Mobile Phone\n,,,ACME,,07700 900123\n",
            [("ACME", "+447700900123")],
        ),
    ],
)
def test_tables_are_read_as_spreadsheets_and_address_books_write_them(
    tmp_path: Path, content: str, found: list[tuple[str, str]]
) -> None:
    assert pairs(read(tmp_path, content)) == found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_usual_encodings_are_known(tmp_path: Path, encoding: str) -> None:
    content = "name,number\nZoë Müller,07700 900123\n".encode(encoding)

    assert pairs(read(tmp_path, content)) == [("Zoë Müller", "+447700900123")]


def test_what_is_wrong_is_left_out_and_said_with_its_line(tmp_path: Path) -> None:
    found = read(
        tmp_path,
        "name,number,note\n"
        "Anna,4.47701E+11,\n"
        ",07700 900123,\n"
        f"{'x' * 200},07700 900124,\n"
        "Nobody,,\n"
        "Zoë,07700 900125,\n"
        "Zoë again,+44 7700 900125,\n",
    )

    assert pairs(found) == [("Zoë", "+447700900125")]
    assert (found.repeated, found.without_number, found.several) == (1, 1, 0)
    told = [bad_entry_sentence(bad) for bad in found.bad]
    assert told[0].startswith("Line 2: ")
    assert "spreadsheet" in told[0]
    assert told[1] == "Line 3: “07700 900123” has no name."
    assert "100 characters" in told[2]


def test_a_person_with_several_numbers_comes_in_for_each_and_a_fax_does_not(
    desk: Desk, tmp_path: Path
) -> None:
    found = read(
        tmp_path,
        "BEGIN:VCARD\nVERSION:3.0\nFN:Anna\nTEL;TYPE=CELL:07700 900123\n"
        "TEL;TYPE=WORK:07700 900124\nTEL;TYPE=FAX:07700 900125\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Only a fax\nTEL;TYPE=FAX:07700 900126\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Nobody\nEMAIL:a@example.org\nEND:VCARD\n"
        "BEGIN:VCARD\nVERSION:3.0\nFN:Cut",
        "cards.txt",
    )

    assert found.is_cards
    assert pairs(found) == [("Anna", "+447700900123"), ("Anna", "+447700900124")]
    assert (found.several, found.without_number) == (1, 1)
    told = [bad_entry_sentence(bad) for bad in found.bad]
    assert "fax or a pager" in told[0]
    assert told[-1] == "Line 18: The card has no end; the file may have been cut off."
    said = file_sentences(found, desk.contacts.compare(found.entries))
    assert said == (
        "2 contacts are new.",
        "1 person has several numbers, and comes in once for each.",
        "1 entry has no number, and is left out.",
    )


def test_a_name_of_ten_thousand_marks_is_refused_and_the_rest_read(tmp_path: Path) -> None:
    marks = "a" + "\u0301" * 10_000
    found = read(tmp_path, f"name,number\n{marks},07700 900123\nZoë,07700 900124\n")

    assert pairs(found) == [("Zoë", "+447700900124")]
    assert len(found.bad[0].text) <= 100


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01PNG", "not_text"),
        (b"\xff\xfea", "not_text"),
        (b"BEGIN:VCARD\nFN:Anna\nNOTE:\0\nEND:VCARD\n", "not_text"),
        (b"a" * 20_000_001, "too_large"),
    ],
)
def test_what_is_no_list_is_refused(tmp_path: Path, content: bytes, code: str) -> None:
    with pytest.raises(ContactFileError) as caught:
        read(tmp_path, content)

    assert caught.value.code == code
    assert "list.csv" in (trouble_sentence(caught.value) or "")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ('name,number\nAnna,07700 900123\n"Bob,07700 900124\nZoë,07700 900125\n', "quotes"),
        ('name,number\nAnna,07700 900123\n"Bob" B,07700 900124\n', "quotes"),
        (f"name,number\nAnna,07700 900123\n{'x' * 140_000},1\n", "field_too_long"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused_with_its_line(
    tmp_path: Path, content: str, code: str
) -> None:
    with pytest.raises(ContactFileError, match=code) as caught:
        read(tmp_path, content)

    assert caught.value.line == 3
    assert "list.csv, line 3: " in (trouble_sentence(caught.value) or "")


def test_what_cannot_be_read_or_written_is_said(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(ContactFileError, match="unreadable"):
        read_file(tmp_path / "nowhere.csv", default_region=None)
    with pytest.raises(ContactFileError, match="not_writable"):
        write_file(desk.contacts, tmp_path / "nowhere" / "book.csv")


def test_a_file_that_nobody_wants_any_more_is_put_down(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,number\nAnna,07700 900123\n", "utf-8")

    with pytest.raises(NotWantedError):
        read_file(path, default_region="GB", go_on=lambda: False)


def test_what_came_of_it_is_said() -> None:
    assert merged_sentence(Merged(1)) == "1 contact added."
    assert merged_sentence(Merged(1200, 3, 4)) == (
        "1,200 contacts added. 3 changed. 4 stayed as they were."
    )
    assert written_sentence(2, "/a") == "2 contacts written to /a."
