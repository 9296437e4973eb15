"""Measures follow the letters, and places the direction of reading."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.sms.recipients import read_recipients
from smsdesk.ui import plain, room
from smsdesk.ui.compose.chip import Chip
from smsdesk.ui.controls import ComboBox
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.overview.columns import Column, Columns
from smsdesk.ui.picture import Series
from smsdesk.ui.theme import Theme
from tests.ui.access.guises import Guise, wear

SCREEN = QSize(1280, 800)
LONG = "What is to be said here needs some lines, the more of them the narrower the dialog is."


def larger(times: float) -> AbstractContextManager[None]:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return wear(Guise(SCREEN, letters=times), app)


@pytest.fixture
def from_right(qapp: QApplication) -> Iterator[None]:
    with wear(Guise(SCREEN, is_mirrored=True), qapp):
        yield


def test_a_measure_grows_with_the_letters_and_never_shrinks(qapp: QApplication) -> None:
    with larger(1):
        usual = room.scaled(100)
    with larger(2):
        assert room.scaled(100) == pytest.approx(2 * usual, abs=8)
    with larger(0.5):
        assert room.scaled(100) == 100


def test_a_window_grows_with_the_letters_as_far_as_the_screen_goes(qapp: QApplication) -> None:
    with larger(2):
        size = room.on_screen(1000, 300)

    assert SCREEN.width() * 0.9 < size.width() < SCREEN.width()
    assert 500 < size.height() < SCREEN.height()


@pytest.mark.parametrize("times", [1, 2])
def test_a_dialog_is_never_lower_than_what_is_in_it(
    theme: Theme, qtbot: QtBot, times: float
) -> None:
    with larger(times) if times > 1 else nullcontext():
        dialog = Dialog("Said", None)
        qtbot.addWidget(dialog)
        label = plain.label(LONG, wraps=True)
        QVBoxLayout(dialog).addWidget(label)
        dialog.be_at_least(120)
        dialog.show()

        dialog.resize(0, 0)
        qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))

        label.setText(3 * LONG)
        qtbot.waitUntil(lambda: label.height() >= label.heightForWidth(label.width()))


@pytest.mark.usefixtures("from_right")
def test_a_line_begins_at_the_right(qtbot: QtBot) -> None:
    around = QWidget()
    qtbot.addWidget(around)
    around.resize(200, 100)
    line = FlowLayout(around, gap=10)
    line.setContentsMargins(0, 0, 0, 0)
    first, second = QLabel("One"), QLabel("Two")
    line.addWidget(first)
    line.addWidget(second)
    around.show()

    assert first.geometry().right() == 199
    assert second.geometry().right() == first.geometry().left() - 11


@pytest.mark.usefixtures("from_right")
def test_margins_are_turned() -> None:
    label = QLabel()

    room.set_margins(label, 1, 2, 3, 4)

    margins = label.contentsMargins()
    assert (margins.left(), margins.top(), margins.right(), margins.bottom()) == (3, 2, 1, 4)


@pytest.mark.usefixtures("from_right")
def test_a_number_begins_where_the_words_do_and_keeps_its_order(qtbot: QtBot) -> None:
    label = plain.label("227")

    assert label.alignment() & Qt.AlignmentFlag.AlignRight
    assert plain.sentence("x +44 7400 123456.") == "x \u2068+44 7400 123456\u2069."


def test_from_the_left_a_sentence_is_as_it_was(qtbot: QtBot) -> None:
    assert plain.sentence("x +44 7400 123456.") == "x +44 7400 123456."


@pytest.mark.usefixtures("from_right")
def test_the_cross_of_a_chip_is_at_its_end(qtbot: QtBot) -> None:
    (entry,) = read_recipients("+447400123456", default_region="GB")
    around = QWidget()
    qtbot.addWidget(around)
    chip = Chip(entry, around)
    chip.resize(chip.sizeHint())
    gone: list[bool] = []
    walked: list[int] = []
    chip.removed.connect(gone.append)
    chip.walked.connect(walked.append)

    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 12, 10))
    assert gone == []
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(12, 10))
    assert gone == [True]

    QTest.keyClick(chip, Qt.Key.Key_Left)
    QTest.keyClick(chip, Qt.Key.Key_Right)
    assert walked == [+1, -1]


@pytest.mark.usefixtures("from_right")
def test_time_goes_the_way_one_reads(qtbot: QtBot) -> None:
    bars = Columns("bars", "Bars", [Series("good")], height=100)
    qtbot.addWidget(bars)
    bars.resize(400, 100)
    bars.show_columns([Column(str(n), [n + 1], lambda _piece: "") for n in range(3)])

    first, last = bars.piece_area(0, 0), bars.piece_area(2, 0)
    assert first.left() > last.right()
    assert bars.place_at(first.center()) == (0, 0)

    bars.choose((0, None))
    QTest.keyClick(bars, Qt.Key.Key_Left)
    assert bars.chosen == (1, None)


@pytest.mark.usefixtures("from_right")
def test_what_is_typed_into_a_combo_box_stays_clear_of_its_arrow(
    theme: Theme, qtbot: QtBot
) -> None:
    combo = ComboBox()
    combo.setEditable(True)
    qtbot.addWidget(combo)
    combo.resize(200, 30)
    combo.show()

    line = combo.lineEdit()
    assert line is not None
    assert QRect(28, 0, 170, 30).contains(line.geometry())
