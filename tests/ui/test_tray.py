"""The tray's icon: told apart by form at every size and on every panel, and said in words."""

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QColor, QIcon, QImage, QPainter
from PySide6.QtWidgets import QApplication, QSystemTrayIcon, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.ui import tray as tray_module
from smsdesk.ui.tray import SIDES, Mark, Tray, picture, tray_icon

PANELS = ("#f2f2f2", "#1b1b1f")


@pytest.fixture
def tray(qapp: QApplication) -> Iterator[Tray]:
    owner = QWidget()
    yield Tray(owner)
    owner.deleteLater()


def on_panel(mark: Mark, side: int, panel: str) -> QImage:
    drawn = QImage(side, side, QImage.Format.Format_RGB32)
    drawn.fill(QColor(panel))
    painter = QPainter(drawn)
    painter.drawPixmap(0, 0, picture(mark, side))
    painter.end()
    return drawn


def without_colour(image: QImage) -> QImage:
    return image.convertToFormat(QImage.Format.Format_Grayscale8)


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("side", SIDES)
def test_every_mark_is_another_picture_even_without_colour(side: int, panel: str) -> None:
    seen = [without_colour(on_panel(mark, side, panel)) for mark in Mark]

    for number, one in enumerate(seen):
        for other in seen[number + 1 :]:
            differing = sum(
                abs(one.pixelColor(x, y).lightness() - other.pixelColor(x, y).lightness()) > 40
                for x in range(side)
                for y in range(side)
            )
            assert differing >= side * side / 25


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("panel", PANELS)
@pytest.mark.parametrize("mark", [mark for mark in Mark if mark is not Mark.READY])
def test_a_mark_is_set_off_from_any_panel(mark: Mark, panel: str) -> None:
    """Its ground differs from the panel by 3 to 1 at least, or the sign in it does."""
    drawn = on_panel(mark, 64, panel)

    corner = [drawn.pixelColor(x, y) for x in range(30, 62) for y in range(30, 62)]

    assert max(contrast(colour, QColor(panel)) for colour in corner) >= 3


def contrast(one: QColor, other: QColor) -> float:
    def light(colour: QColor) -> float:
        parts = (colour.redF(), colour.greenF(), colour.blueF())
        linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    low, high = sorted((light(one), light(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.usefixtures("qapp")
def test_the_icon_holds_every_size_a_panel_asks_for() -> None:
    sizes = {size.width() for size in tray_icon(Mark.READY).availableSizes()}

    assert {16, 22, 32} <= sizes


def test_the_state_is_said_in_words_that_cannot_be_markup(tray: Tray) -> None:
    tray.show_state(Mark.REVIEW, ("2 messages need review", "\u202eReady"), is_held=False)

    assert tray.icon.toolTip() == "SMS Desk\n2 messages need review\n⟨202E⟩Ready"


def test_pausing_and_resuming_share_a_place_in_the_menu(tray: Tray) -> None:
    tray.show_state(Mark.HELD, (), is_held=True)
    assert tray.pause_action.text() == "&Resume sending"

    tray.show_state(Mark.READY, (), is_held=False)
    assert tray.pause_action.text() == "&Pause sending"


def test_no_two_entries_of_the_menu_share_a_letter(tray: Tray) -> None:
    for is_held in (False, True):
        tray.show_state(Mark.READY, (), is_held=is_held)
        titles = [action.text() for action in tray.menu.actions() if action.text()]
        letters = [title[title.index("&") + 1].lower() for title in titles]
        assert len(letters) == len(set(letters)) == 3


def test_a_click_and_the_menu_ask(tray: Tray, qtbot: QtBot) -> None:
    reasons = QSystemTrayIcon.ActivationReason
    with qtbot.waitSignal(tray.show_asked):
        tray.icon.activated.emit(reasons.Trigger)
    with qtbot.assertNotEmitted(tray.show_asked):
        tray.icon.activated.emit(reasons.Context)
    for action, asked in (
        (tray.show_action, tray.show_asked),
        (tray.pause_action, tray.pause_asked),
        (tray.quit_action, tray.quit_asked),
    ):
        with qtbot.waitSignal(asked):
            action.trigger()


def test_the_same_state_is_not_drawn_again(tray: Tray, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[Mark] = []
    draw = tray_icon

    def note(mark: Mark) -> QIcon:
        drawn.append(mark)
        return draw(mark)

    monkeypatch.setattr(tray_module, "tray_icon", note)

    for _ in range(3):
        tray.show_state(Mark.UNREAD, ("1 unread reply",), is_held=False)

    assert drawn == [Mark.UNREAD]
