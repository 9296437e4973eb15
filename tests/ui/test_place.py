"""Where the window is on the screens, and that it is always seen whole."""

import pytest
from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from smsdesk.ui import place

LEFT, RIGHT = QRect(0, 0, 1920, 1040), QRect(1920, 0, 1280, 984)
FIRST = QSize(500, 300)


@pytest.mark.parametrize(
    ("frame", "fitted"),
    [
        ((100, 100, 1120, 720), (100, 100, 1120, 720)),
        ((2000, 100, 1120, 720), (2000, 100, 1120, 720)),
        ((1500, 900, 1000, 600), (920, 440, 1000, 600)),
        ((1700, 100, 1000, 600), (1920, 100, 1000, 600)),
        ((-700, -50, 800, 600), (0, 0, 800, 600)),
        ((4000, 3000, 800, 600), (1120, 440, 800, 600)),
        ((2000, 0, 1600, 1200), (1920, 0, 1280, 984)),
    ],
    ids=["whole", "whole on the other", "low", "between", "above", "beside all", "too large"],
)
def test_a_window_is_moved_and_made_smaller_only_as_far_as_it_takes(
    frame: tuple[int, int, int, int], fitted: tuple[int, int, int, int]
) -> None:
    assert place.fit(QRect(*frame), [LEFT, RIGHT]) == QRect(*fitted)


def test_each_set_up_of_screens_has_its_own_place(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    kept: dict[str, str] = {}
    for setup, size in (("two", QSize(600, 400)), ("alone", QSize(550, 350))):
        monkeypatch.setattr(place, "_setup", lambda setup=setup: setup)
        window.resize(size)
        kept = place.remembered(window, kept)

    def size_at(setup: str) -> QSize:
        monkeypatch.setattr(place, "_setup", lambda: setup)
        again = QWidget()
        qtbot.addWidget(again)
        place.restore(again, kept, first_size=FIRST)
        return again.size()

    assert size_at("two") == QSize(600, 400)
    assert size_at("alone") == QSize(550, 350)
    assert size_at("never seen") == QSize(550, 350), "as it was last"


def test_the_oldest_of_many_set_ups_is_forgotten(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    kept: dict[str, str] = {}
    for number in range(place.SETUPS_KEPT + 3):
        monkeypatch.setattr(place, "_setup", lambda number=number: f"{number}")
        kept = place.remembered(window, kept)

    assert len(kept) == place.SETUPS_KEPT + 1
    assert "window at 2" not in kept
    assert "window at 3" in kept


def test_what_lies_beside_all_screens_comes_back(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(FIRST)
    window.show()
    window.move(QPoint(5000, 5000))

    place.keep_on_screen(window)

    assert window.screen().availableGeometry().contains(window.frameGeometry())


@pytest.mark.parametrize("nonsense", ["", "nonsense", "€"])
def test_a_damaged_memory_gives_the_first_size(qtbot: QtBot, nonsense: str) -> None:
    window = QWidget()
    qtbot.addWidget(window)

    place.restore(window, {"window": nonsense}, first_size=FIRST)

    assert window.size() == FIRST
