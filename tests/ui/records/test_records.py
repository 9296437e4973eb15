"""The trail, the copies and erasing somebody, in the window."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.trail import Act
from smsdesk.sms.message import Draft
from smsdesk.sms.state import State
from smsdesk.system.paths import Paths
from smsdesk.ui import dialogs
from smsdesk.ui.contacts.contact_dialog import ContactDialog
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.records.copies_dialog import CopiesDialog
from smsdesk.ui.records.erase_dialog import EraseDialog
from smsdesk.ui.records.trail_dialog import TrailDialog
from tests.ui.conftest import Book

ANNA, SAM = "+447700900123", "+447700900124"

Answer = Callable[[int], None]


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Answer:
    """Press a button of the next question, by its number."""

    def press(number: int) -> None:
        monkeypatch.setattr(dialogs.MessageDialog, "exec", lambda _dialog: number)

    return press


# The trail --------------------------------------------------------------------------------


@pytest.fixture
def trail(window: MainWindow, book: Book, desk: Desk, qtbot: QtBot) -> TrailDialog:
    book.add()
    desk.trail.note(Act.EXPORTED, kind="messages", messages=3)
    window.trail_action.trigger()
    dialog = window.records().open_trail()
    qtbot.waitUntil(lambda: dialog.model.rowCount() == 2)
    return dialog


def cells(dialog: TrailDialog) -> list[list[str]]:
    model = dialog.model
    return [
        [str(model.index(row, column).data()) for column in (2, 3)]
        for row in range(model.rowCount())
    ]


def test_the_newest_act_is_on_top_in_words(trail: TrailDialog) -> None:
    assert [one[0].strip("\u2068\u2069") for one in cells(trail)] == ["Exported", "Sent"]
    assert "3 messages, from the history" in cells(trail)[0][1]
    assert trail.count.text() == "2 entries"


def test_one_kind_is_shown_alone(trail: TrailDialog, qtbot: QtBot) -> None:
    trail.show_kind(Act.SENT)
    qtbot.waitUntil(lambda: trail.model.rowCount() == 1)
    trail.show_kind(Act.ERASED)
    qtbot.waitUntil(lambda: trail.model.rowCount() == 0)

    assert trail.pages.currentWidget() is trail.empty
    assert trail.empty.heading.text() == "Nothing found"


def test_a_span_of_days_is_shown_alone(trail: TrailDialog, qtbot: QtBot) -> None:
    trail.span.setCurrentIndex(trail.span.count() - 1)
    assert trail.since.isVisible()
    qtbot.waitUntil(lambda: trail.model.rowCount() == 2)
    with qtbot.waitSignal(trail.model.loaded):
        trail.until.setDate(trail.until.date().addDays(-1))

    assert trail.model.rowCount() == 0


def test_a_new_act_appears_by_itself(trail: TrailDialog, desk: Desk, qtbot: QtBot) -> None:
    desk.trail.note(Act.BACKED_UP, copy="x.db")

    qtbot.waitUntil(lambda: trail.model.rowCount() == 3)


def test_the_chain_is_checked(trail: TrailDialog, book: Book, qtbot: QtBot) -> None:
    trail.check_button.click()
    qtbot.waitUntil(lambda: trail.said.text().startswith("Whole, 2 entries"))
    connection = book.database.connection
    connection.execute("DROP TRIGGER trail_is_not_changed")
    connection.execute("UPDATE trail SET who = 'nobody' WHERE id = 2")
    trail.check_button.click()

    qtbot.waitUntil(lambda: "entry 2" in trail.said.text())


def test_what_is_shown_is_written_to_a_file(
    trail: TrailDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    trail.show_kind(Act.SENT)
    qtbot.waitUntil(lambda: trail.model.rowCount() == 1)
    trail.export_file(tmp_path / "trail.csv")
    qtbot.waitUntil(lambda: trail.said.text().startswith("Wrote 1 entry"))

    assert len((tmp_path / "trail.csv").read_text("utf-8-sig").splitlines()) == 2
    trail.export_file(tmp_path / "no" / "trail.csv")
    qtbot.waitUntil(lambda: "cannot be written" in trail.said.text())


# The copies -------------------------------------------------------------------------------


@pytest.fixture
def copies(window: MainWindow, book: Book, qtbot: QtBot) -> CopiesDialog:
    book.add()
    window.copies_action.trigger()
    dialog = window.records().open_copies()
    qtbot.waitUntil(dialog.empty.isVisible)
    return dialog


def in_cell(dialog: CopiesDialog, row: int, column: int) -> str:
    item = dialog.table.item(row, column)
    return "" if item is None else item.text()


def test_a_copy_is_made_and_checked(copies: CopiesDialog, qtbot: QtBot) -> None:
    assert not copies.restore_button.isEnabled()
    copies.make_button.click()
    qtbot.waitUntil(lambda: in_cell(copies, 0, 3) == "Sound, 1 message")

    assert in_cell(copies, 0, 1) == "Made by hand"
    assert copies.said.text().startswith("Backed up and checked")


def test_a_damaged_copy_says_so(copies: CopiesDialog, paths: Paths, qtbot: QtBot) -> None:
    paths.backups.mkdir(exist_ok=True)
    (paths.backups / "smsdesk-20260101T000000000000-daily.db").write_bytes(b"no" * 9000)
    copies.look()

    qtbot.waitUntil(lambda: in_cell(copies, 0, 3) == "Damaged")


@pytest.mark.case("T27")
def test_to_put_one_back_is_asked_for_after_a_question(
    copies: CopiesDialog, window: MainWindow, qtbot: QtBot, answer: Answer
) -> None:
    asked: list[Path] = []
    window.restore_asked.connect(asked.append)
    copies.make_button.click()
    qtbot.waitUntil(lambda: copies.table.rowCount() == 1)
    copies.table.selectRow(0)
    answer(2)
    copies.restore_button.click()
    assert asked == []
    answer(1)
    copies.restore_button.click()

    assert asked == [copies.chosen()]


# Erasing ----------------------------------------------------------------------------------


@pytest.fixture
def somebody(window: MainWindow, book: Book, desk: Desk) -> None:
    book.add(State.ACCEPTED, to=ANNA)
    book.add(State.ACCEPTED, to=SAM)
    book.reply(writer=ANNA)
    desk.contacts.save(None, name="Anna", number=ANNA, default_region=None)


def open_for(window: MainWindow, qtbot: QtBot, number: str = ANNA) -> EraseDialog:
    dialog = window.records().open_erase(number)
    qtbot.waitUntil(lambda: dialog.found.isVisible() or dialog.said.isVisible())
    return dialog


def test_it_is_told_what_goes_before_anything_goes(
    window: MainWindow, somebody: None, qtbot: QtBot
) -> None:
    dialog = open_for(window, qtbot)

    assert "1 message to them" in dialog.found.text()
    assert "1 reply from them" in dialog.found.text()
    assert "their contact" in dialog.found.text()
    assert not dialog.erase_button.isEnabled()
    assert dialog.again.hasFocus() or not dialog.isActiveWindow()


def test_the_details_of_a_message_and_a_contact_lead_there(
    window: MainWindow, somebody: None, desk: Desk, qtbot: QtBot
) -> None:
    window.history.show_message(desk.history.page(HistoryFilter(to=ANNA))[0].id)
    button = window.history.details.findChild(QPushButton, "history.details.erase")
    assert button is not None
    button.click()
    dialog = window.records().open_erase()
    assert dialog.number.text() == "+44 7700 900123"
    dialog.reject()

    window.books.edit_contact(ANNA)
    qtbot.waitUntil(lambda: bool(window.findChildren(ContactDialog)))
    window.findChildren(ContactDialog)[0].erase.click()

    assert not window.findChildren(ContactDialog)[0].isVisible()
    assert window.records().open_erase().number.text() == "+44 7700 900123"


@pytest.mark.case("T27")
@pytest.mark.parametrize("again", ["+44 7700 900123", "07700 900123", "447700900123"])
def test_the_number_must_be_typed_once_more(
    window: MainWindow, somebody: None, qtbot: QtBot, again: str
) -> None:
    dialog = open_for(window, qtbot)
    dialog.again.setText("07700 900124")
    assert not dialog.erase_button.isEnabled()
    dialog.again.setText(again)

    assert dialog.erase_button.isEnabled()


def test_the_person_is_gone_from_the_window_and_the_proof_is_told(
    window: MainWindow, somebody: None, desk: Desk, qtbot: QtBot
) -> None:
    window.compose.show_draft(Draft("ACME", f"{ANNA}, {SAM}", "Hello"))
    dialog = open_for(window, qtbot)
    dialog.again.setText(ANNA)
    dialog.erase_button.click()
    qtbot.waitUntil(lambda: "nothing of them is left" in dialog.said.text())
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 1)

    assert "Erased +44 7700 900123" in dialog.said.text()
    assert window.compose.draft().recipients == SAM
    assert desk.contacts.find(ANNA) is None
    assert not dialog.erase_button.isEnabled()


def test_with_a_message_in_doubt_nothing_can_be_erased(
    window: MainWindow, book: Book, qtbot: QtBot
) -> None:
    book.add(State.UNKNOWN, to=ANNA)
    dialog = open_for(window, qtbot)

    assert "in doubt" in dialog.said.text()
    assert not dialog.again.isVisible()


def test_what_is_no_number_is_said(window: MainWindow, qtbot: QtBot) -> None:
    window.erase_action.trigger()
    dialog = window.records().open_erase()
    dialog.number.setText("abc")

    qtbot.waitUntil(lambda: "not a phone number" in dialog.said.text())


def test_the_menus_of_messages_lead_to_it(
    window: MainWindow, somebody: None, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    menus: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, _place: menus.append(menu))
    qtbot.waitUntil(lambda: window.history.model.rowCount() == 3)
    index = window.history.model.index(0, 0)
    window.history._offer(window.history.table.visualRect(index).center())
    (action,) = [one for one in menus[0].actions() if "Erase" in one.text()]
    action.trigger()
    dialog = window.records().open_erase()
    qtbot.waitUntil(lambda: "1 message to them" in dialog.found.text())
    dialog.reject()
    window.side.choose(SAM)
    window.side.conversation.list.erase_action.trigger()

    assert window.records().open_erase().number.text() == "+44 7700 900124"


def test_a_closed_window_closes_them_all(
    window: MainWindow, somebody: None, qtbot: QtBot
) -> None:
    open_for(window, qtbot)
    window.records().open_trail()
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible())
