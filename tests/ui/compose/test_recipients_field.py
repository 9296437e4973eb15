"""Recipients: typed, pasted, walked through, removed, counted."""

from collections.abc import Iterator
from functools import partial

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.sms.recipients import read_recipients
from smsdesk.ui.compose.chip import Chip
from smsdesk.ui.compose.recipients_dialog import RecipientsDialog
from smsdesk.ui.compose.recipients_field import LONGEST_PASTE, MOST_CHIPS, RecipientsField


@pytest.fixture
def field(qtbot: QtBot) -> Iterator[RecipientsField]:
    field = RecipientsField(default_region="GB")
    qtbot.addWidget(field)
    field.resize(500, 40)
    field.show()
    field.setFocus()
    yield field
    field.close()


def chips(field: RecipientsField) -> list[Chip]:
    return [chip for chip in field.findChildren(Chip) if chip.isVisible()]


def paste(text: str) -> None:
    data = QMimeData()
    data.setText(text)
    QApplication.clipboard().setMimeData(data)


@pytest.mark.parametrize("end", [",", ";", "\r"])
def test_a_separator_or_enter_makes_a_chip(field: RecipientsField, end: str) -> None:
    QTest.keyClicks(field, "07700 900123")
    assert chips(field) == []

    QTest.keyClicks(field, end)

    assert [chip.accessibleName() for chip in chips(field)] == [
        "+44 7700 900123, United Kingdom"
    ]
    assert field.text() == "07700 900123"


def test_a_chip_says_what_is_wrong(field: RecipientsField) -> None:
    field.set_text("4.47701E+11\n+447700900123\n+447700900123")

    wrong, _right, again = chips(field)
    assert "spreadsheet" in wrong.accessibleName()
    assert "spreadsheet" in wrong.toolTip()
    assert again.accessibleName() != "+44 7700 900123, United Kingdom"


def test_what_is_still_typed_belongs_to_the_text(field: RecipientsField) -> None:
    field.set_text("+447700900123")
    QTest.keyClicks(field, "0770")

    assert field.text() == "+447700900123\n0770"


def test_pasted_lines_become_chips(field: RecipientsField) -> None:
    paste("+447700900001\n+447700900002\r\n+447700900003; +447700900004")

    QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    assert len(chips(field)) == 4


def test_backspace_and_arrows_reach_the_chips_and_delete_removes(
    field: RecipientsField, qtbot: QtBot
) -> None:
    field.set_text("+447700900001\n+447700900002\n+447700900003")
    first, second, third = chips(field)

    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert third.hasFocus()
    QTest.keyClick(third, Qt.Key.Key_Left)
    assert second.hasFocus()
    QTest.keyClick(second, Qt.Key.Key_Delete)
    assert field.text() == "+447700900001\n+447700900003"
    assert chips(field)[1].hasFocus()

    QTest.keyClick(chips(field)[1], Qt.Key.Key_Backspace)
    assert first.hasFocus()
    QTest.keyClick(first, Qt.Key.Key_Right)
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.objectName() == "compose.to.entry"


def test_the_cross_removes_by_mouse(field: RecipientsField) -> None:
    field.set_text("+447700900001\n+447700900002")
    chip = chips(field)[0]

    QTest.mouseClick(
        chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 12, chip.height() // 2)
    )

    assert field.text() == "+447700900002"


def test_enter_on_a_chip_lets_it_be_typed_anew(field: RecipientsField) -> None:
    field.set_text("+447700900001\nabc")
    wrong = chips(field)[1]
    wrong.setFocus()

    QTest.keyClick(wrong, Qt.Key.Key_Return)
    QTest.keyClicks(field, "+447700900002,")

    assert field.text() == "+447700900001\n+447700900002"


def test_many_recipients_are_a_count_that_opens_a_list(field: RecipientsField) -> None:
    numbers = [f"+4477009{number:05d}" for number in range(500)]

    field.set_text("\n".join([*numbers, "abc"]))

    summary = field.findChild(QPushButton, "compose.to.summary")
    assert isinstance(summary, QPushButton)
    assert summary.isVisible()
    assert summary.text() == "501 recipients, 1 is wrong"
    assert chips(field) == []
    assert field.height() < 60
    assert len(field.entries()) == 501 > MOST_CHIPS


def test_the_list_puts_the_wrong_first_and_removes_them(
    field: RecipientsField, qtbot: QtBot
) -> None:
    field.set_text("+447700900001\nabc\n<b>x</b>")
    dialog = RecipientsDialog(field.entries(), field)
    qtbot.addWidget(dialog)
    shown = [dialog._model.index(row, 0).data() for row in range(3)]
    assert "abc" in shown[0]

    dialog._remove_wrong()

    assert [entry.input for entry in dialog.entries()] == ["+447700900001"]


@pytest.mark.case("T29")
def test_too_much_is_refused_and_said(field: RecipientsField, qtbot: QtBot) -> None:
    paste("1" * (LONGEST_PASTE + 1))

    with qtbot.waitSignal(field.refused) as refused:
        QTest.keyClick(field, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)

    assert "200,001" in refused.args[0]
    assert field.text() == ""


def test_another_country_reads_national_numbers_anew(field: RecipientsField) -> None:
    field.set_text("0151 23456789")

    field.set_reader(partial(read_recipients, default_region="DE"))

    assert chips(field)[0].accessibleName() == "+49 1512 3456789, Germany"


def test_markup_in_a_recipient_is_shown_as_it_is(field: RecipientsField) -> None:
    field.set_text("<img src=x>&amp;")

    assert "&lt;img" in chips(field)[0].toolTip()
    assert not chips(field)[0].grab().isNull()


def test_while_storing_nothing_can_be_removed(field: RecipientsField) -> None:
    field.set_text("+447700900001")
    field.set_read_only(True)
    chip = chips(field)[0]

    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(chip.width() - 12, 10))

    assert field.text() == "+447700900001"
