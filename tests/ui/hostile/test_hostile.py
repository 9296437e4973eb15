"""Words of strangers through every view: shown as they are, nothing fetched, nothing out of shape.

The strings stand in `strings.json`, each with how often it is repeated; what was once shown
wrongly is added there. `{bait}` and `{file}` in them become an address and a file that this test
watches.
"""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtGui import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QLabel,
    QListWidget,
    QMessageBox,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from smsdesk.desk.contacts import ContactError
from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.opt_outs import OptOutEntryError
from smsdesk.desk.templates import TemplateError
from smsdesk.sms.state import State
from smsdesk.ui import dialogs, plain
from smsdesk.ui.main_window import MainWindow
from smsdesk.ui.theme import Theme
from tests.ui.access.places import ANNA, PLACES, Stage
from tests.ui.conftest import OURS, Book

STRINGS = Path(__file__).with_name("strings.json")
TIP = '<p style="white-space: pre-wrap">'
HIGHEST_ROW = 200
MOST_ROWS = 400
VIEWS = (
    *("more filters", "review", "batches", "batch", "recipients", "saved searches"),
    *("contacts", "contact", "opt outs", "opt out removed", "templates", "overview", "trail"),
    *("backups", "erase", "support bundle", "export"),
)


@dataclass
class Bait:
    """An address and a file at which nobody may look."""

    listener: socket.socket
    file: Path

    @property
    def address(self) -> str:
        host, port = self.listener.getsockname()
        return f"{host}:{port}"

    def was_taken(self) -> bool:
        with suppress(BlockingIOError):
            self.listener.accept()
            return True
        return self.file.stat().st_atime != 0


@pytest.fixture
def bait(tmp_path: Path) -> Iterator[Bait]:
    file = tmp_path / "bait.png"
    file.write_bytes(b"not a picture")
    os.utime(file, (0, file.stat().st_mtime))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield Bait(listener, file)


@pytest.fixture
def stage(
    window: MainWindow, desk: Desk, book: Book, theme: Theme, tmp_path: Path, qtbot: QtBot
) -> Iterator[Stage]:
    stage = Stage(window, desk, book, theme, tmp_path, qtbot)
    stage.fill()
    yield stage
    stage.close()


@pytest.fixture
def strings(bait: Bait) -> list[str]:
    read = json.loads(STRINGS.read_text("utf-8"))
    return [
        text.replace("{bait}", bait.address).replace("{file}", str(bait.file)) * times
        for text, times in read
    ]


@pytest.mark.case("T12", "T13", "F88", "G9")
def test_words_of_strangers_are_shown_as_they_are(
    stage: Stage, strings: list[str], bait: Bait
) -> None:
    assert len(strings) >= 200
    heard = fill(stage, strings)
    wrong = dict[str, list[str]]()

    for place in VIEWS:
        shown = PLACES[place](stage)
        wrong[place] = look(shown.window())
        if shown.window() is not stage.window:
            shown.window().close()
    details = stage.window.history.details
    for text, message_id in zip(strings, heard, strict=True):
        details.show_message(stage.book.get(message_id))
        wrong[f"details of {text[:40]!r}"] = look(details)
    for some in (strings[start : start + 20] for start in range(0, len(strings), 20)):
        words = "\n".join(text[:200] for text in some)
        question = dialogs.MessageDialog(
            plain.one_line(words), words, buttons=("Go", "Cancel"), parent=stage.window
        )
        wrong[f"question {words[:40]!r}"] = look(question)
        question.deleteLater()
    wrong["window"] = look(stage.window)

    assert {place: found for place, found in wrong.items() if found} == {}
    assert not bait.was_taken()


def test_a_view_that_guesses_is_seen(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    QLabel("<b>bold</b>", place)
    QTextEdit(place)
    rows = QListWidget(place)
    rows.addItem("one")
    rows.item(0).setToolTip("<img src='x'>")
    place.setToolTip("<i>x</i>")

    assert len(look(place)) == 4


def fill(stage: Stage, strings: list[str]) -> list[str]:
    """Every string in everything that comes from outside; the ids of what was written to us."""
    desk, heard = stage.desk, []
    for database in (stage.book.database, desk.history._view._database):
        database.connection.execute("PRAGMA synchronous = OFF")  # a thousand commits to come
    for number, text in enumerate(strings):
        kept = text.encode("utf-8", "replace").decode()[:2000]
        person = f"+4474001{number:05}"
        heard.append(stage.book.reply(kept or "?", writer=person, to=OURS).id)
        with suppress(ContactError):
            desk.contacts.save(
                None,
                name=kept[:90],
                number=person,
                note=kept[:400],
                groups=(kept[:40],),
                default_region=None,
            )
        with suppress(TemplateError):
            desk.templates.save(None, name=kept[:90], text=kept)
        with suppress(OptOutEntryError):
            desk.opt_outs.add(person, sender="", why=kept[:200], default_region=None)
        with suppress(ValueError):
            desk.history.saved.save(kept[:50], HistoryFilter(search=kept[:50]))
    connection = stage.book.database.connection
    failed = stage.book.add(State.FAILED, to=ANNA)
    connection.executemany(
        "INSERT INTO message (id, direction, channel, state, recipient, sender, text, encoding, "
        "parts, created_ms, updated_ms, attempts, failure_code, failure_title, failure_detail, "
        "ref, network) SELECT ?, direction, channel, state, recipient, ?, ?, encoding, parts, "
        "created_ms, updated_ms, attempts, ?, ?, ?, ?, ? FROM message WHERE id = ?",
        [
            (
                f"hostile {number}",
                *[text.encode("utf-8", "replace").decode()[:300]] * 7,
                failed.id,
            )
            for number, text in enumerate(strings)
        ],
    )
    desk.changes.announce_messages(None)
    return heard


def look(place: QWidget) -> list[str]:
    """What is wrong with a place: words that Qt may take for markup, and rows out of shape."""
    wrong = []
    for widget in (place, *place.findChildren(QWidget)):
        if not is_plain_tip(widget.toolTip()):
            wrong.append(
                f"tooltip of {widget.objectName() or widget}: {widget.toolTip()[:60]!r}"
            )
        if isinstance(widget, QLabel) and widget.text() and widget.pixmap().isNull():
            if widget.textFormat() is not Qt.TextFormat.PlainText:
                wrong.append(f"label {widget.text()[:60]!r}")
        elif isinstance(widget, QMessageBox | QTextEdit):
            wrong.append(f"{type(widget).__name__} guesses markup")
        elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
            wrong += look_at_rows(widget)
    place.grab()
    QApplication.processEvents()
    return wrong


def look_at_rows(view: QAbstractItemView) -> Iterator[str]:
    model = view.model()
    for row in range(min(model.rowCount(view.rootIndex()), MOST_ROWS)):
        first = index = model.index(row, 0, view.rootIndex())
        while index.isValid():
            tip = index.data(Qt.ItemDataRole.ToolTipRole)
            if isinstance(tip, str) and not is_plain_tip(tip):
                yield f"tooltip in {view.objectName()}: {tip[:60]!r}"
            index = index.siblingAtColumn(index.column() + 1)
        height = view.visualRect(first).height()
        if height > HIGHEST_ROW:
            yield f"a row of {height} pixels in {view.objectName()}"


def is_plain_tip(tip: str) -> bool:
    """A tooltip is markup of our own around escaped words, or nothing that looks like markup."""
    if tip.startswith(TIP):
        return "<" not in tip.removeprefix(TIP).removesuffix("</p>")
    return not Qt.mightBeRichText(tip)
