"""Nothing is cut off, overlaps or lies outside of what it belongs to: in a language that is longer
and read from the right, and with letters of twice the size."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.ui import plain
from tests.ui.access.guises import Guise, wear
from tests.ui.access.places import PLACES, Opener, Stage
from tests.ui.access.room import faults, of_size

LAPTOP, DESKTOP = QSize(1280, 800), QSize(1920, 1200)
TURNS = 8
"""So many turns of the event loop, and every layout within a layout has done its part."""


@pytest.fixture
def guise(request: pytest.FixtureRequest, qapp: QApplication) -> Iterator[Guise]:
    """Asked for before the window, which is built in it."""
    with wear(request.param, qapp):
        yield request.param


@pytest.mark.parametrize(
    "guise",
    [
        pytest.param(Guise(LAPTOP, is_mirrored=True), id="longer_and_mirrored"),
        pytest.param(Guise(LAPTOP, letters=2), id="twice_as_large"),
        pytest.param(Guise(LAPTOP), id="as_it_is", marks=pytest.mark.long),
        pytest.param(
            Guise(LAPTOP, is_mirrored=True, letters=1.25),
            id="mirrored_and_larger",
            marks=pytest.mark.long,
        ),
        pytest.param(
            Guise(DESKTOP, is_mirrored=True, letters=2),
            id="mirrored_and_twice_as_large",
            marks=pytest.mark.long,
        ),
    ],
    indirect=True,
)
def test_every_place_has_room_for_what_is_in_it(guise: Guise, stage: Stage) -> None:
    found = {name: wrong_in(opener, stage, guise.screen) for name, opener in PLACES.items()}

    assert {name: what for name, what in found.items() if what} == {}


def wrong_in(opener: Opener, stage: Stage, screen: QSize) -> list[str]:
    """What is wrong in a place at the size it opens with, and at its smallest."""
    place = opener(stage)
    settle()
    first = place.size()
    found = faults(place, screen)
    place.resize(0, 0)
    settle()
    found += [f"at its smallest, {fault}" for fault in faults(place, screen)]
    place.resize(first)
    settle()
    stage.leave(place)
    return found


def settle() -> None:
    for _turn in range(TURNS):
        QApplication.processEvents()


def test_what_has_no_room_is_found(qtbot: QtBot) -> None:
    place = QWidget()
    qtbot.addWidget(place)
    place.resize(100, 100)
    for name, text, area in (
        ("narrow", "Much too long for this", QRect(0, 0, 40, 20)),
        ("flat", "Wrapped into more lines than there are", QRect(50, 0, 45, 30)),
        ("over", "", QRect(60, 10, 20, 10)),
        ("out", "", QRect(0, 90, 20, 20)),
    ):
        made: QLabel = plain.label(text, name=name, wraps=name == "flat")
        made.setParent(place)
        made.setGeometry(area)
    place.show()

    said = "\n".join(faults(place, LAPTOP))

    for fault in (
        "narrow",
        "flat in QWidget: 'Wrapped",
        "overlap",
        "out in QWidget lies outside",
    ):
        assert fault in said
    assert of_size(place.size()) == "100x100"
    assert "larger than the screen" in "\n".join(faults(place, QSize(90, 90)))
