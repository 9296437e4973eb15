"""An export from the window: asked for, written beside it, stopped, and closed over."""

import csv
import io
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QRadioButton
from pytestqt.qtbot import QtBot

from smsdesk.desk import exports as exports_module
from smsdesk.desk.desk import Desk
from smsdesk.desk.exports import Exports, Form, Picked
from smsdesk.desk.history import HistoryFilter
from smsdesk.sms.message import Draft
from smsdesk.sms.state import State
from smsdesk.store.errors import DatabaseIOError
from smsdesk.store.history import HistoryView
from smsdesk.ui import dialogs
from smsdesk.ui.export.dialog import ExportDialog
from smsdesk.ui.main_window import MainWindow
from tests.ui.conftest import Book

Open = Callable[[HistoryFilter | Picked], ExportDialog]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setattr(Path, "home", lambda: home)
    return home


@pytest.fixture
def open_dialog(window: MainWindow, home: Path, qtbot: QtBot) -> Open:
    def open_one(chosen: HistoryFilter | Picked) -> ExportDialog:
        dialog = window.open_export(chosen)
        qtbot.waitUntil(lambda: dialog._count is not None)
        return dialog

    return open_one


@dataclass
class Held:
    """An export that stands still after its first page until it is let go."""

    is_there: threading.Event = field(default_factory=threading.Event)
    may_go: threading.Event = field(default_factory=threading.Event)


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    held, write = Held(), Exports.write

    def write_slowly(self: Exports, *arguments: object, **options: object) -> int:
        tell = options.pop("tell")

        def tell_and_wait(count: int) -> None:
            tell(count)  # type: ignore[operator]
            held.is_there.set()
            held.may_go.wait(20)

        return write(self, *arguments, tell=tell_and_wait, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(exports_module, "AT_ONCE", 2)
    monkeypatch.setattr(Exports, "write", write_slowly)
    yield held
    held.may_go.set()


def form_button(dialog: ExportDialog, form: Form) -> QRadioButton:
    button = dialog.findChild(QRadioButton, f"export.form.{form.value}")
    assert isinstance(button, QRadioButton)
    return button


def answer(monkeypatch: pytest.MonkeyPatch, says_yes: bool) -> list[str]:
    """Answer every question alike; what was asked."""
    asked: list[str] = []

    def ask(_parent: object, heading: str, _text: str, *, act: str) -> bool:
        asked.append(heading)
        return says_yes

    monkeypatch.setattr(dialogs, "ask", ask)
    return asked


def test_what_the_list_shows_is_written_by_keyboard_alone(
    window: MainWindow, book: Book, home: Path, qtbot: QtBot
) -> None:
    failed = book.add(State.FAILED, text="=1+1")
    book.add(State.ACCEPTED)
    window.history.show_group("failed")

    QTest.keyClick(
        window,
        Qt.Key.Key_E,
        Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier,
    )
    assert window.exports is not None
    dialog = window.exports.dialog
    assert dialog is not None
    qtbot.waitUntil(dialog.write_button.isEnabled)
    assert dialog.facts.text() == "1 message: what the list shows now."
    form_button(dialog, Form.WORKBOOK).setFocus()
    QTest.keyClick(form_button(dialog, Form.WORKBOOK), Qt.Key.Key_Down)
    assert dialog.form is Form.SPREADSHEET
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Wrote 1 message to "))

    (path,) = home.iterdir()
    assert path.name.startswith("messages-")
    assert path.suffix == ".csv"
    assert str(path) in dialog.said.text()
    (row,) = csv.DictReader(io.StringIO(path.read_text("utf-8-sig")))
    assert (row["Id"], row["Text"]) == (failed.id, "'=1+1")
    assert window.status._said.text() == dialog.said.text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_the_button_beside_the_search_asks_for_the_same(
    window: MainWindow, book: Book, home: Path, qtbot: QtBot
) -> None:
    book.add()
    button = window.findChild(type(window.history.export_button), "history.export")
    assert button is window.history.export_button

    button.click()

    assert window.exports is not None
    dialog = window.exports.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.facts.text() == "1 message: the whole log.")
    assert "no password" in dialog.protection.text()


@pytest.mark.parametrize("form", Form)
def test_every_form_is_written(
    open_dialog: Open, book: Book, home: Path, qtbot: QtBot, form: Form
) -> None:
    book.add(text="Grüße")
    dialog = open_dialog(HistoryFilter())
    form_button(dialog, form).setChecked(True)

    dialog.write_button.click()
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Wrote"))

    (path,) = home.iterdir()
    assert path.name.endswith(form.ending)
    if form is Form.WORKBOOK:
        cells = [
            cell for row in openpyxl.load_workbook(path)["Messages"].values for cell in row
        ]
        assert "Grüße" in cells
    elif form is Form.LINES:
        assert json.loads(path.read_text("utf-8"))["text"] == "Grüße"
    else:
        assert "Grüße" in path.read_text("utf-8")


def test_picked_messages_are_written_and_no_others(
    open_dialog: Open, book: Book, home: Path, qtbot: QtBot
) -> None:
    ids = [book.add(text=text).id for text in ("one", "two", "three")]
    dialog = open_dialog(Picked((ids[0], ids[2])))
    assert dialog.facts.text() == "2 messages, chosen by you."
    form_button(dialog, Form.LINES).setChecked(True)

    dialog.write()
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Wrote 2"))

    (path,) = home.iterdir()
    texts = [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    assert texts == ["three", "one"]


def test_a_batch_is_written_from_its_page(
    window: MainWindow, desk: Desk, home: Path, qtbot: QtBot
) -> None:
    sent = desk.compose.send(Draft("ACME", "+447400123456\n+447400123457", "Hello"))
    assert window.batches is not None
    window.batches.open_batch(sent.batch_id or "")
    page = window.batches.page
    qtbot.waitUntil(lambda: page.report is not None)

    page.export_button.click()

    assert window.exports is not None
    dialog = window.exports.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.facts.text() == "2 messages: the whole batch.")
    dialog.write()
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Wrote 2"))


def test_without_a_message_nothing_can_be_written(open_dialog: Open) -> None:
    dialog = open_dialog(HistoryFilter())

    assert dialog.facts.text() == "There is no message to write."
    assert not dialog.write_button.isEnabled()


def test_a_name_ends_as_the_form_asks_and_may_be_typed(
    open_dialog: Open, book: Book, home: Path
) -> None:
    book.add()
    dialog = open_dialog(HistoryFilter())
    for typed, form, target in (
        ("a.xlsx", Form.LINES, "a.jsonl"),
        ("a.xlsx", Form.RAW, "a.csv"),
        ("~/a.b.XLSX", Form.SPREADSHEET, "a.b.csv"),
        ("a.txt", Form.SPREADSHEET, "a.txt"),
        ("a", Form.RAW, "a.csv"),
    ):
        form_button(dialog, Form.WORKBOOK).setChecked(True)
        dialog.path.setText(typed)
        form_button(dialog, form).setChecked(True)
        assert dialog.target == home / target

    dialog.path.setText(" ")
    assert not dialog.write_button.isEnabled()


def test_the_dialog_of_the_system_may_give_the_name(
    open_dialog: Open, book: Book, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book.add()
    dialog = open_dialog(HistoryFilter())
    chosen = iter([("", ""), (str(tmp_path / "chosen"), "")])
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: next(chosen))
    before = dialog.target

    dialog.choose_button.click()
    assert dialog.target == before
    dialog.choose_button.click()
    assert dialog.target == tmp_path / "chosen.xlsx"


@pytest.mark.parametrize("says_yes", [False, True])
def test_a_file_that_is_there_is_replaced_only_if_the_person_says_so(
    open_dialog: Open,
    book: Book,
    home: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    says_yes: bool,
) -> None:
    book.add()
    asked = answer(monkeypatch, says_yes)
    dialog = open_dialog(HistoryFilter())
    dialog.target.write_text("what was there")

    dialog.write()
    qtbot.waitUntil(lambda: bool(asked) and not dialog.is_writing)

    assert asked == ["Replace the file?"]
    (path,) = home.iterdir()
    assert (path.read_bytes() == b"what was there") is not says_yes
    assert dialog.said.text().startswith("Wrote 1") is says_yes


def test_what_cannot_be_written_is_said_and_may_be_mended(
    open_dialog: Open, book: Book, home: Path, qtbot: QtBot
) -> None:
    book.add()
    dialog = open_dialog(HistoryFilter())
    dialog.path.setText(str(home / "nowhere" / "a.csv"))

    dialog.write()
    qtbot.waitUntil(lambda: "cannot be written" in dialog.said.text())
    assert dialog.write_button.isEnabled()

    dialog.path.setText("a.csv")
    dialog.write()
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Wrote"))
    assert dialog.write_button.isHidden()
    dialog.path.setText("b.csv")
    assert not dialog.write_button.isHidden()


def test_a_log_that_does_not_answer_is_said(
    window: MainWindow, home: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object, at_most: int) -> int:
        raise DatabaseIOError("no")

    monkeypatch.setattr(HistoryView, "count_fitting", fail)
    dialog = window.open_export(HistoryFilter())

    qtbot.waitUntil(lambda: "cannot be read just now" in dialog.said.text())
    assert not dialog.write_button.isEnabled()


def test_esc_stops_what_is_being_written_and_then_closes(
    open_dialog: Open, book: Book, home: Path, qtbot: QtBot, held: Held
) -> None:
    book.add_doubts(6)
    dialog = open_dialog(HistoryFilter())
    dialog.write()
    assert held.is_there.wait(20)
    qtbot.waitUntil(lambda: dialog.said.text() == "2 of 6")
    assert (dialog.bar.maximum(), dialog.bar.value()) == (6, 2)
    assert not dialog.path.isEnabled()

    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert dialog.isVisible()
    held.may_go.set()
    qtbot.waitUntil(lambda: dialog.said.text() == "Stopped. No file was written.")

    assert list(home.iterdir()) == []
    assert dialog.write_button.isEnabled()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_while_one_is_written_the_window_works_and_another_has_to_wait(
    window: MainWindow, open_dialog: Open, book: Book, desk: Desk, qtbot: QtBot, held: Held
) -> None:
    book.add_doubts(6)
    dialog = open_dialog(HistoryFilter())
    dialog.write()
    assert held.is_there.wait(20)

    assert window.open_export(HistoryFilter(search="x")) is dialog
    window.history.show_group("waiting")
    queued = book.add()
    qtbot.waitUntil(lambda: window.history.model.row_of(queued.id) is not None)

    held.may_go.set()
    qtbot.waitUntil(lambda: dialog.said.text().startswith("Wrote 6"))


def test_the_next_one_begins_where_and_how_the_last_one_was(
    open_dialog: Open, book: Book, tmp_path: Path
) -> None:
    book.add()
    dialog = open_dialog(HistoryFilter())
    form_button(dialog, Form.LINES).setChecked(True)
    dialog.path.setText(str(tmp_path / "other.jsonl"))
    dialog.reject()

    again = open_dialog(HistoryFilter())

    assert again is not dialog
    assert again.form is Form.LINES
    assert again.target.parent == tmp_path


def test_closing_the_window_over_an_export_is_asked_for(
    window: MainWindow,
    open_dialog: Open,
    book: Book,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    held: Held,
) -> None:
    book.add_doubts(6)
    dialog = open_dialog(HistoryFilter())
    dialog.write()
    assert held.is_there.wait(20)

    asked = answer(monkeypatch, False)
    window.close()
    assert (asked, window.isVisible()) == (["Stop the export?"], True)

    answer(monkeypatch, True)
    held.may_go.set()
    dialog.stop()
    window.close()
    assert not window.isVisible()
    assert list(home.iterdir()) == []


def test_closing_the_window_over_an_open_dialog_is_not(
    window: MainWindow, open_dialog: Open, book: Book
) -> None:
    book.add()
    dialog = open_dialog(HistoryFilter())

    window.close()

    assert not window.isVisible()
    assert not dialog.isVisible()
