"""The opt-out list in the window: seen, searched, changed, brought in and handed on."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QListView, QTableView, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.delivery.heard import Heard
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.desk import Desk
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.state import State
from smsdesk.sms.suppression import Suppression, SuppressionReason
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.opt_outs.dialog import OptOutsDialog
from smsdesk.ui.opt_outs.entry_dialogs import AddDialog, RemoveDialog
from smsdesk.ui.opt_outs.import_dialog import ImportDialog
from tests.ui.conftest import Book

ANNA, SAM = "+447700900123", "+447700900124"

Open = Callable[[], OptOutsDialog]


@pytest.fixture
def open_list(window: MainWindow, qtbot: QtBot) -> Open:
    def open_it() -> OptOutsDialog:
        window.opt_outs_action.trigger()
        dialog = window.books.opt_outs
        assert dialog is not None
        qtbot.waitUntil(lambda: bool(dialog.count.text()))
        return dialog

    return open_it


@pytest.fixture
def two(desk: Desk) -> None:
    now = datetime.now(UTC)
    desk.opt_outs.bring_in(
        [
            Suppression(ANNA, "ACME", now, SuppressionReason.STOP, "Stop please!"),
            Suppression(SAM, "", now, SuppressionReason.PERSON, "rang up"),
        ]
    )


def shown(dialog: OptOutsDialog) -> list[str]:
    rows = [dialog.model.entry(row) for row in range(dialog.model.rowCount())]
    return [entry.number for entry in rows if entry is not None]


def find(dialog: QWidget, kind: type[AddDialog | RemoveDialog]) -> AddDialog | RemoveDialog:
    (found,) = [one for one in dialog.findChildren(kind) if one.isVisible()]
    return found


def test_an_empty_list_says_what_it_is_for(open_list: Open) -> None:
    dialog = open_list()

    assert dialog.pages.currentWidget() is dialog.empty
    assert dialog.empty.heading.text() == "Nobody has opted out"
    assert not dialog.remove_button.isEnabled()
    assert not dialog.export_button.isEnabled()


def test_the_list_is_searched_as_one_types(two: None, open_list: Open, qtbot: QtBot) -> None:
    dialog = open_list()
    assert shown(dialog) == [ANNA, SAM]

    QTest.keyClicks(dialog.search, "07700 900124")
    qtbot.waitUntil(lambda: shown(dialog) == [SAM])
    assert dialog.count.text() == "1 entry found"

    dialog.search.setText("nobody")
    qtbot.waitUntil(lambda: dialog.pages.currentWidget() is dialog.empty)
    assert "nobody" in dialog.empty.sentence.text()


def test_a_stop_that_comes_in_appears_and_the_choice_stays(
    two: None, open_list: Open, desk: Desk, qtbot: QtBot
) -> None:
    dialog = open_list()
    dialog.table.selectRow(1)

    desk.opt_outs.bring_in(
        [Suppression("+447700900001", "", datetime.now(UTC), SuppressionReason.STOP, "STOP")]
    )

    qtbot.waitUntil(lambda: len(shown(dialog)) == 3)
    chosen = dialog.chosen()
    assert chosen is not None
    assert chosen.number == SAM


def test_a_reply_that_says_stop_is_seen_while_the_list_is_open(
    open_list: Open, book: Book, desk: Desk, qtbot: QtBot
) -> None:
    dialog = open_list()
    heard = Heard(
        database=book.database,
        on_change=desk.changes.announce_messages,
        on_list=lambda: desk.changes.announce(Change(ChangeKind.OPT_OUTS)),
        clock=desk.opt_outs._clock,
    )

    heard.take([reply("Stop please!")])

    qtbot.waitUntil(lambda: shown(dialog) == [ANNA])
    assert dialog.pages.currentWidget() is dialog.table


def reply(text: str) -> InboundMessage:
    return InboundMessage(
        message_uuid="aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
        sender=ANNA,
        to="+447700900001",
        text=text,
        provider_time=None,
        source="webhook",
        raw=text,
    )


def test_adding_asks_for_a_reason_and_says_what_failed(
    open_list: Open, desk: Desk, book: Book, qtbot: QtBot
) -> None:
    book.add(State.QUEUED, to=ANNA)
    dialog = open_list()
    dialog.add_button.click()
    add = find(dialog, AddDialog)
    assert isinstance(add, AddDialog)
    add.number.setText("07700 900123")

    add.act.click()
    qtbot.waitUntil(add.problems["why"].isVisible)
    assert add.why.hasFocus()
    QTest.keyClicks(add.why, "rang up")
    assert not add.problems["why"].isVisible()
    QTest.keyClick(add.why, Qt.Key.Key_Return)

    qtbot.waitUntil(lambda: shown(dialog) == [ANNA])
    assert "1 message that was waiting" in dialog.said.text()
    assert desk.history.counts()["waiting"] == 0


@pytest.mark.parametrize("typed", ["", "nobody", "4.47701E+11", "07700"])
def test_a_number_that_is_none_is_named_beside_the_field(
    open_list: Open, desk: Desk, qtbot: QtBot, typed: str
) -> None:
    dialog = open_list()
    dialog.open_add(typed)
    add = find(dialog, AddDialog)
    assert isinstance(add, AddDialog)
    add.why.setText("rang up")

    add.act.click()

    qtbot.waitUntil(add.problems["number"].isVisible)
    assert add.number.text() == typed
    assert add.number.accessibleDescription() == add.problems["number"].text()
    assert add.layout().totalHeightForWidth(add.width()) <= add.height()  # type: ignore[union-attr]
    assert desk.opt_outs.count() == 0


def test_an_entry_can_be_for_the_sender_in_use_alone(
    open_list: Open, desk: Desk, qtbot: QtBot
) -> None:
    dialog = open_list()
    dialog.open_add(ANNA)
    add = find(dialog, AddDialog)
    assert isinstance(add, AddDialog)
    add.why.setText("rang up")
    add.scope.setCurrentIndex(1)
    assert "ACME" in add.scope.currentText()

    add.act.click()

    qtbot.waitUntil(lambda: shown(dialog) == [ANNA])
    assert desk.opt_outs.page()[0].sender == "ACME"


def test_nobody_is_taken_off_without_a_reason(
    two: None, open_list: Open, desk: Desk, qtbot: QtBot
) -> None:
    dialog = open_list()
    dialog.table.selectRow(0)
    dialog.remove_button.click()
    remove = find(dialog, RemoveDialog)
    assert isinstance(remove, RemoveDialog)
    assert any("noted" in label.text() for label in remove.findChildren(QLabel))

    remove.act.click()
    qtbot.waitUntil(remove.problem.isVisible)
    assert desk.opt_outs.count() == 2
    QTest.keyClicks(remove.why, "asked for it")
    remove.act.click()

    qtbot.waitUntil(lambda: shown(dialog) == [SAM])
    assert "may be written to again" in dialog.said.text()


def test_a_file_is_looked_at_before_anything_is_stored(
    two: None, open_list: Open, desk: Desk, book: Book, tmp_path: Path, qtbot: QtBot
) -> None:
    book.add(State.QUEUED, to="+447700900200")
    file = tmp_path / "left.csv"
    file.write_text(f"number\n{SAM}\n07700 900200\n+447700900200\n12\n", "utf-8")
    dialog = open_list()

    dialog.import_file(file)
    reading = dialog._import
    assert reading is not None
    qtbot.waitUntil(reading.facts.isVisible)

    for line in ("1 entry is new.", "1 is on the list already", "1 line repeats", "1 line can"):
        assert line in reading.facts.text()
    assert "Line 5" in reading.bad.index(0, 0).data()
    assert desk.opt_outs.count() == 2
    reading.act.click()
    qtbot.waitUntil(lambda: len(shown(dialog)) == 3)
    assert dialog.said.text() == (
        "1 entry was brought in. 1 message that was waiting for them will not be sent."
    )


def test_the_bad_lines_are_saved(open_list: Open, tmp_path: Path, qtbot: QtBot) -> None:
    file, bad = tmp_path / "left.csv", tmp_path / "bad.csv"
    file.write_text("12\n", "utf-8")
    dialog = open_list()
    dialog.import_file(file)
    reading = dialog._import
    assert reading is not None
    qtbot.waitUntil(reading.save_bad.isVisible)
    assert not reading.act.isEnabled()

    reading.write_bad(bad)

    qtbot.waitUntil(reading.said.isVisible)
    assert "too short" in bad.read_text("utf-8-sig")


def test_a_file_that_is_no_list_is_named(open_list: Open, tmp_path: Path, qtbot: QtBot) -> None:
    file = tmp_path / "list.xlsx"
    file.write_bytes(b"PK\0\0\1")
    dialog = open_list()

    dialog.import_file(file)

    reading = dialog._import
    assert reading is not None
    qtbot.waitUntil(reading.said.isVisible)
    assert "Save the list as CSV" in reading.said.text()
    assert not reading.act.isVisible()


def test_closing_ends_the_reading(open_list: Open, tmp_path: Path, desk: Desk) -> None:
    file = tmp_path / "left.csv"
    file.write_text("".join(f"+4477009{place:05d}\n" for place in range(20_000)), "utf-8")
    dialog = open_list()
    dialog.import_file(file)

    dialog.reject()

    assert not dialog.isVisible()
    assert desk.opt_outs.count() == 0


def test_the_whole_list_is_exported_whatever_is_searched_for(
    two: None, open_list: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    dialog = open_list()
    dialog.search.setText("900124")
    qtbot.waitUntil(lambda: shown(dialog) == [SAM])

    dialog.export_file(tmp_path / "list.csv")

    qtbot.waitUntil(lambda: "2 entries were written" in dialog.said.text())
    assert ANNA in (tmp_path / "list.csv").read_text("utf-8-sig")
    dialog.export_file(tmp_path / "missing" / "list.csv")
    qtbot.waitUntil(lambda: "cannot be written" in dialog.said.text())
    assert dialog.export_button.isEnabled()


def test_the_details_of_a_message_lead_to_adding_its_person(
    window: MainWindow, book: Book, qtbot: QtBot
) -> None:
    message = book.add(State.ACCEPTED, to=ANNA)
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)
    window.history.table.selectRow(0)

    button = window.history.details.findChild(QAbstractButton, "history.details.opt_out")
    assert button is not None
    button.click()

    assert window.books.opt_outs is not None
    add = find(window.books.opt_outs, AddDialog)
    assert isinstance(add, AddDialog)
    assert add.number.text() == message.to
    assert add.focusWidget() is add.why


def test_who_opted_out_is_said_beside_the_draft(
    window: MainWindow, desk: Desk, qtbot: QtBot
) -> None:
    window.compose.add_recipient(ANNA)
    window.compose.text.setFocus()

    desk.opt_outs.add(ANNA, sender="", why="rang up", default_region=None)

    qtbot.waitUntil(
        lambda: any(
            "opted out" in label.text() and label.isVisible()
            for label in window.compose.findChildren(QLabel)
        )
    )


def test_it_is_opened_once_and_anew(window: MainWindow, open_list: Open) -> None:
    first = open_list()
    assert open_list() is first

    QTest.keyClick(first.search, Qt.Key.Key_Escape)
    assert window.books.opt_outs is None
    assert open_list() is not first


def test_every_control_has_a_name_and_no_mnemonic_twice(
    two: None, open_list: Open, tmp_path: Path, qtbot: QtBot
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("07700 900999\n12\n", "utf-8")
    dialog = open_list()
    dialog.open_add()
    dialog.table.selectRow(0)
    dialog.open_remove()
    dialog.import_file(file)
    assert dialog._import is not None
    qtbot.waitUntil(dialog._import.facts.isVisible)

    asked = (AddDialog, RemoveDialog, ImportDialog)
    for one in (dialog, *(child for kind in asked for child in dialog.findChildren(kind))):
        own = [
            control
            for control in one.findChildren(QWidget)
            if control.isVisible()
            and control.window() is one
            and not isinstance(control.parent(), QLineEdit)  # the picture in a field
        ]
        titles = [
            control.text()
            for control in own
            if isinstance(control, QAbstractButton)
            or (isinstance(control, QLabel) and control.buddy() is not None)
        ]
        for control in own:
            if isinstance(control, QAbstractButton | QLineEdit | QTableView | QListView):
                assert control.objectName(), control
                assert control.accessibleName(), control.objectName()
        keys = [title[title.index("&") + 1].lower() for title in titles if "&" in title]
        assert keys
        assert len(keys) == len(set(keys)), keys
