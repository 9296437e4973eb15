"""The address book through its own window: found, entered, changed, grouped, erased, exchanged."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.sms.contact import ContactEntry
from smsdesk.ui import dialogs, numbers
from smsdesk.ui.background import Worker
from smsdesk.ui.bridge import Bridge
from smsdesk.ui.contacts.contact_dialog import ContactDialog
from smsdesk.ui.contacts.dialog import MOST_AT_ONCE, ContactsDialog
from smsdesk.ui.contacts.import_dialog import ImportDialog
from smsdesk.ui.name_dialog import NameDialog

PEOPLE = [
    ContactEntry("Anna Meyer", "+447700900123", "Depot B", ("Drivers",)),
    ContactEntry("Bob", "+447700900124", "", ("Drivers", "Night")),
    ContactEntry("<b>Zoë</b>", "+4915123456789"),
]
Open = Callable[[], ContactsDialog]


@pytest.fixture
def open_book(qtbot: QtBot, desk: Desk, worker: Worker) -> Iterator[Open]:
    numbers.warm()
    bridge = Bridge(desk.changes)

    def open_one() -> ContactsDialog:
        dialog = ContactsDialog(
            desk.contacts,
            conversations=desk.conversations,
            worker=worker,
            news=bridge.changed,
            default_region=lambda: "GB",
        )
        qtbot.addWidget(dialog)
        with qtbot.waitSignal(dialog.model.loaded):
            dialog.open()
        qtbot.waitUntil(lambda: dialog.side.count() > 0)
        return dialog

    yield open_one
    bridge.close()


@pytest.fixture
def book(open_book: Open, desk: Desk) -> ContactsDialog:
    desk.contacts.bring_in(PEOPLE, replaces=False)
    return open_book()


def names(book: ContactsDialog) -> list[str]:
    model = book.model
    return [
        str(model.index(row, 0).data()).strip("\u2068\u2069") for row in range(model.rowCount())
    ]


def side(book: ContactsDialog) -> list[str]:
    return [book.side.item(row).text() for row in range(book.side.count())]


def contact_dialog(book: ContactsDialog, qtbot: QtBot) -> ContactDialog:
    found = [one for one in book.findChildren(ContactDialog) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def agree(monkeypatch: pytest.MonkeyPatch, answer: bool = True) -> list[str]:
    asked: list[str] = []

    def ask(_parent: object, heading: str, _text: str, *, act: str) -> bool:
        asked.append(heading)
        return answer

    monkeypatch.setattr(dialogs, "ask", ask)
    return asked


def test_everybody_is_there_by_name_with_the_groups_at_the_side(book: ContactsDialog) -> None:
    assert names(book) == ["<b>Zoë</b>", "Anna Meyer", "Bob"]
    assert book.model.index(1, 1).data() == "\u2068+44 7700 900123\u2069"
    assert book.model.index(1, 2).data() == "\u2068Depot B\u2069"
    assert side(book) == ["All contacts", "\u2068Drivers\u2069  2", "\u2068Night\u2069  1"]
    assert book.count.text() == "3 contacts"


def test_an_empty_book_says_what_to_do_first(open_book: Open, qtbot: QtBot) -> None:
    book = open_book()
    assert book.empty.isVisible()
    assert book.empty.heading.text() == "No contacts yet"
    assert not book.export_button.isEnabled()

    book.empty.button.click()

    assert contact_dialog(book, qtbot).name.text() == ""


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("zo", ["<b>Zoë</b>"]),
        ("me an", ["Anna Meyer"]),
        ("0124", ["Bob"]),
        ("%", []),
        ("zzz", []),
    ],
)
def test_people_are_searched(
    book: ContactsDialog, qtbot: QtBot, typed: str, found: list[str]
) -> None:
    with qtbot.waitSignal(book.model.loaded):
        book.search.setText(typed)

    assert names(book) == found
    assert book.empty.isVisible() is not bool(found)


def test_a_group_shows_its_members_only(book: ContactsDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(book.model.loaded):
        book.side.setCurrentRow(2)

    assert names(book) == ["Bob"]
    assert book.write_button.text() == "&Write to group"


def test_somebody_new_is_entered_and_shown(
    book: ContactsDialog, qtbot: QtBot, desk: Desk
) -> None:
    with qtbot.waitSignal(book.model.loaded):
        book.side.setCurrentRow(1)
    book.add_button.click()
    dialog = contact_dialog(book, qtbot)
    qtbot.waitUntil(lambda: len(dialog.boxes) == 2)
    assert [name for name, box in dialog.boxes.items() if box.isChecked()] == ["Drivers"]
    QTest.keyClicks(dialog.name, "Carla")
    QTest.keyClicks(dialog.number, "07700 900125")
    dialog.boxes["Night"].setChecked(True)
    QTest.keyClick(dialog.number, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: "Carla" in names(book))
    carla = desk.contacts.find("+447700900125")
    assert carla is not None
    assert desk.contacts.groups_of(carla) == ("Drivers", "Night")
    qtbot.waitUntil(lambda: side(book)[1].endswith("3"))


def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    book: ContactsDialog, qtbot: QtBot
) -> None:
    book.add_button.click()
    dialog = contact_dialog(book, qtbot)
    dialog.number.setText("07700 900123")
    dialog.save.click()
    name, number = (
        dialog.findChild(QLabel, f"contact.{field}.problem") for field in ("name", "number")
    )
    assert isinstance(name, QLabel)
    assert isinstance(number, QLabel)
    qtbot.waitUntil(name.isVisible)
    assert name.text() == "Enter a name."

    dialog.name.setText("Somebody else")
    dialog.save.click()

    qtbot.waitUntil(number.isVisible)
    assert number.text() == "This number belongs to Anna Meyer already."
    assert not name.isVisible()
    assert dialog.name.text() == "Somebody else"
    assert dialog.isVisible()


def test_enter_opens_somebody_to_be_changed(
    book: ContactsDialog, qtbot: QtBot, desk: Desk
) -> None:
    book.table.selectRow(2)
    QTest.keyClick(book.table, Qt.Key.Key_Return)
    dialog = contact_dialog(book, qtbot)
    qtbot.waitUntil(lambda: len(dialog.boxes) == 2)
    assert dialog.boxes["Night"].isChecked()
    assert dialog.number.text() == "+44 7700 900124"
    dialog.name.setText("Robert")
    dialog.boxes["Night"].setChecked(False)
    dialog.save.click()

    qtbot.waitUntil(lambda: "Robert" in names(book))
    bob = desk.contacts.find("+447700900124")
    assert bob is not None
    assert desk.contacts.groups_of(bob) == ("Drivers",)
    assert book.said.text() == "Robert is saved."


def test_who_is_erased_is_gone_after_a_question(
    book: ContactsDialog, qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.table.selectRow(1)
    asked = agree(monkeypatch, answer=False)
    book.remove_button.click()
    assert len(asked) == 1
    assert desk.contacts.find("+447700900123") is not None

    agree(monkeypatch)
    QTest.keyClick(book.table, Qt.Key.Key_Delete)

    qtbot.waitUntil(lambda: names(book) == ["<b>Zoë</b>", "Bob"])
    assert desk.contacts.find("+447700900123") is None


def test_several_are_put_into_groups_and_taken_out(
    book: ContactsDialog, qtbot: QtBot, desk: Desk
) -> None:
    book.table.selectAll()
    book._fill_group_menu()
    put = next(one for one in book.group_button.drop.actions() if "Night" in one.text())
    put.trigger()
    qtbot.waitUntil(lambda: side(book)[2].endswith("3"))

    with qtbot.waitSignal(book.model.loaded):
        book.side.setCurrentRow(2)
    book.table.selectRow(0)
    book._fill_group_menu()
    take = next(one for one in book.group_button.drop.actions() if "Take" in one.text())
    take.trigger()

    qtbot.waitUntil(lambda: side(book)[2].endswith("2"))
    assert len(desk.contacts.page()) == 3


def test_groups_are_made_renamed_and_removed(
    book: ContactsDialog, qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def name_it(name: str) -> NameDialog:
        dialog = next(one for one in book.findChildren(NameDialog) if one.isVisible())
        dialog.line.setText(name)
        dialog.act.click()
        return dialog

    book.new_group.click()
    dialog = name_it("drivers")
    qtbot.waitUntil(dialog.problem.isVisible)
    with qtbot.waitSignal(dialog.saved):
        name_it("Office")
    qtbot.waitUntil(lambda: len(side(book)) == 4)

    book.side.setCurrentRow(3)
    book.rename_group.click()
    name_it("Head & office")
    qtbot.waitUntil(lambda: any("Head & office" in title for title in side(book)))

    agree(monkeypatch)
    book.remove_group.click()
    qtbot.waitUntil(lambda: len(side(book)) == 3)
    assert book.group() is None
    qtbot.waitUntil(lambda: len(names(book)) == 3)


def test_who_is_chosen_is_written_to(book: ContactsDialog, qtbot: QtBot) -> None:
    book.table.selectRow(1)

    with qtbot.waitSignal(book.written_to) as signal:
        book.write_button.click()

    assert [one.name for one in signal.args[0]] == ["Anna Meyer"]
    assert not book.isVisible()


def test_a_group_is_written_to_as_a_whole(book: ContactsDialog, qtbot: QtBot) -> None:
    with qtbot.waitSignal(book.model.loaded):
        book.side.setCurrentRow(1)

    with qtbot.waitSignal(book.written_to) as signal:
        book.write_button.click()

    assert [one.name for one in signal.args[0]] == ["Anna Meyer", "Bob"]


def test_a_file_is_looked_at_before_it_comes_in(
    book: ContactsDialog, qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "<b>list.csv"
    path.write_text(
        "name,number\nAnn Meyer,07700 900123\nNew,07700 900200\nBad,12\n,07700 900201\n",
        "utf-8",
    )
    book.import_file(path)
    (dialog,) = book.findChildren(ImportDialog)
    qtbot.waitUntil(dialog.act.isEnabled)

    assert "<b>list.csv" in dialog.heading.text()
    assert dialog.facts.text().splitlines() == [
        "1 contact is new.",
        "1 is here with another name or note.",
    ]
    assert "Ann Meyer, here Anna Meyer" in str(dialog.entries.index(0).data())
    assert dialog.bad.rowCount() == 2
    assert "Line 4" in str(dialog.bad.index(0).data())
    assert len(desk.contacts.page()) == 3
    dialog.replace.setChecked(True)
    with qtbot.waitSignal(dialog.brought_in):
        dialog.act.click()

    qtbot.waitUntil(lambda: names(book) == ["<b>Zoë</b>", "Ann Meyer", "Bob", "New"])
    assert book.said.text() == "1 contact added. 1 changed."
    QTest.keyClick(book, Qt.Key.Key_Escape)
    assert not book.isVisible()


def test_an_import_that_is_closed_changes_nothing(
    book: ContactsDialog, qtbot: QtBot, desk: Desk, tmp_path: Path
) -> None:
    path = tmp_path / "list.csv"
    path.write_text("name,number\nNew,07700 900200\n", "utf-8")
    book.import_file(path)
    (dialog,) = book.findChildren(ImportDialog)
    dialog.reject()

    qtbot.waitUntil(lambda: not book.findChildren(ImportDialog))
    book.close_button.click()
    assert len(desk.contacts.page()) == 3


def test_a_file_that_is_no_list_is_said(
    book: ContactsDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(b"\x89PNG\0")
    book.import_file(path)
    (dialog,) = book.findChildren(ImportDialog)

    qtbot.waitUntil(dialog.said.isVisible)
    assert "is no list of contacts" in dialog.said.text()
    assert not dialog.act.isEnabled()


def test_what_is_shown_is_written_to_a_file(
    book: ContactsDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    book.export_file(tmp_path / "all.vcf")
    qtbot.waitUntil(lambda: "3 contacts written" in book.said.text())
    with qtbot.waitSignal(book.model.loaded):
        book.side.setCurrentRow(2)
    book.export_file(tmp_path / "night.csv")
    qtbot.waitUntil(lambda: "1 contact written" in book.said.text())
    book.export_file(tmp_path / "nowhere" / "x.csv")
    qtbot.waitUntil(lambda: "cannot be written" in book.said.text())

    assert (tmp_path / "all.vcf").read_text("utf-8").count("BEGIN:VCARD") == 3


def test_very_many_are_not_acted_upon_one_by_one(
    open_book: Open, qtbot: QtBot, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.contacts.bring_in(
        [ContactEntry(f"P{n}", f"+4477009{n:05d}") for n in range(MOST_AT_ONCE + 5)],
        replaces=False,
    )
    book = open_book()
    asked = agree(monkeypatch)
    book.table.selectAll()

    book.remove_button.click()

    assert asked == []
    assert "At most 1,000" in book.said.text()
    assert book.model.rowCount() == MOST_AT_ONCE + 5


def test_every_control_has_a_name_and_a_mnemonic_of_its_own(book: ContactsDialog) -> None:
    book.add_button.click()
    controls = [
        one
        for one in book.findChildren(QAbstractButton) + book.findChildren(QLineEdit)
        if one.isVisible() and one.objectName() and not one.objectName().startswith("qt_")
    ]
    assert [one for one in controls if not (one.accessibleName() or one.text())] == []
    keys = [
        one.text().replace("&&", "")[one.text().replace("&&", "").index("&") + 1].casefold()
        for one in controls
        if isinstance(one, QAbstractButton)
        and one.window() is book
        and "&" in one.text().replace("&&", "")
    ]
    assert len(keys) == len(set(keys))
    assert len(keys) >= 8
