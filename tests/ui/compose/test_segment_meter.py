"""The meter: parts first, and what would make them fewer."""

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.sms.encoding import replace_foreign
from smsdesk.ui.compose.segment_meter import SegmentMeter


@pytest.fixture
def meter(qtbot: QtBot) -> SegmentMeter:
    meter = SegmentMeter()
    qtbot.addWidget(meter)
    meter.show()
    return meter


def line(meter: SegmentMeter) -> QLabel:
    found = meter.findChild(QLabel, "compose.meter")
    assert isinstance(found, QLabel)
    return found


def buttons(meter: SegmentMeter) -> dict[str, QPushButton]:
    found = meter.findChildren(QPushButton)
    return {button.accessibleName(): button for button in found if not button.isHidden()}


def test_parts_come_first_and_the_line_is_quiet(meter: SegmentMeter) -> None:
    meter.show_text("a" * 161)

    assert line(meter).text().startswith("2 parts")
    assert "GSM-7" in line(meter).text()
    assert line(meter).property("tone") == "muted"
    assert buttons(meter) == {}


def test_a_foreign_character_is_named_with_its_remedy(
    meter: SegmentMeter, qtbot: QtBot
) -> None:
    meter.show_text("it’s")

    assert line(meter).property("tone") == "warn"
    assert list(buttons(meter)) == ["Replace ’ by '"]
    with qtbot.waitSignal(meter.replace_asked) as asked:
        buttons(meter)["Replace ’ by '"].click()
    assert [foreign.index for foreign in asked.args[0]] == [2]


def test_replacing_all_says_how_many_parts_are_saved(meter: SegmentMeter, qtbot: QtBot) -> None:
    text = "it’s — " + "a" * 100
    meter.show_text(text)

    assert "Replace all: saves 1 part" in buttons(meter)
    with qtbot.waitSignal(meter.replace_all_asked):
        buttons(meter)["Replace all: saves 1 part"].click()
    meter.show_text(replace_foreign(text))
    assert buttons(meter) == {}
    assert meter.foreign == []


def test_an_alphabet_that_needs_ucs2_is_no_fault(meter: SegmentMeter) -> None:
    meter.show_text("Привет, Анна")

    assert buttons(meter) == {}
    assert "This alphabet needs UCS-2." in [
        label.text() for label in meter.findChildren(QLabel)
    ]


def test_invisible_characters_are_named(meter: SegmentMeter) -> None:
    meter.show_text("a\u200bb")

    said = " ".join(label.text() for label in meter.findChildren(QLabel))
    assert "ZERO WIDTH SPACE" in said
    assert list(buttons(meter)) == ["Remove U+200B"]


def test_an_ampersand_as_suggestion_is_shown(meter: SegmentMeter) -> None:
    meter.show_text("a…b")

    assert list(buttons(meter)) == ["Replace … by ..."]


def test_a_text_in_another_alphabet_is_not_marked_letter_by_letter(
    meter: SegmentMeter,
) -> None:
    meter.show_text("Добрый день, мы уже едем к вам")

    assert meter.foreign == []

    meter.show_text("It’s here")

    assert [foreign.char for foreign in meter.foreign] == ["’"]
