"""The seconds in which a Send can be taken back run down, and are then over."""

from datetime import timedelta

from pytestqt.qtbot import QtBot

from smsdesk.ui.compose.undo_line import UndoLine


def test_it_says_to_how_many_and_for_how_long(qtbot: QtBot) -> None:
    line = UndoLine()
    qtbot.addWidget(line)

    line.begin(3, lambda: timedelta(seconds=7.2))
    assert line.words.text() == "Sending to 3 people in 8 s"
    line.begin(1, lambda: timedelta(seconds=1))
    assert line.words.text() == "Sending to 1 person in 1 s"
    assert line.isVisible()
    line.stop()
    assert not line.isVisible()


def test_each_second_is_shown_once_until_it_is_over(qtbot: QtBot) -> None:
    line = UndoLine()
    qtbot.addWidget(line)
    left = iter([2.0, 0.999, 0.0])
    said = []

    def look() -> timedelta:
        said.append(line.words.text())
        return timedelta(seconds=next(left))

    with qtbot.waitSignal(line.over):
        line.begin(2, look)

    assert said == ["", "Sending to 2 people in 2 s", "Sending to 2 people in 1 s"]
    assert not line.isVisible()


def test_the_button_asks(qtbot: QtBot) -> None:
    line = UndoLine()
    qtbot.addWidget(line)
    line.begin(1, lambda: timedelta(seconds=9))

    with qtbot.waitSignal(line.asked):
        line.button.click()
