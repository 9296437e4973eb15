"""Light and dark: readable, switched at once, and without a platform's help."""

import re
from dataclasses import fields

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from smsdesk.desk.wording import state_word
from smsdesk.sms.state import State
from smsdesk.ui import icons, theme
from smsdesk.ui.history.look import LOOKS
from smsdesk.ui.theme import DARK, LIGHT, Choice, Colours, Theme, _style_sheet

GROUNDS = ("window", "base", "selected", "raised", "warn_ground", "bad_ground")
MAY_BE_FAINT = r"disabled|Status|Splitter|conversation|HeaderView|separator"
"""What divides, and what cannot be used just now."""


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, "relative luminance")."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    seen = QColor(colour)
    return (
        0.2126 * linear(seen.redF())
        + 0.7152 * linear(seen.greenF())
        + 0.0722 * linear(seen.blueF())
    )


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("tone", ["text", "muted", "accent", "good", "bad", "warn"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_words_can_be_read_on_every_ground(colours: Colours, tone: str, ground: str) -> None:
    assert contrast(getattr(colours, tone), getattr(colours, ground)) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_can_be_read_on_the_coloured_grounds(colours: Colours) -> None:
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.on_accent, colours.accent_strong) >= 4.5
    assert contrast(colours.warn, colours.warn_ground) >= 4.5
    assert contrast(colours.bad, colours.bad_ground) >= 4.5
    assert contrast(colours.text, colours.warn_ground) >= 4.5
    assert contrast(colours.text, colours.mark) >= 4.5


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_edges_icons_and_the_focus_can_be_seen(colours: Colours, ground: str) -> None:
    assert contrast(colours.field_line, getattr(colours, ground)) >= 3.0
    assert contrast(colours.accent, getattr(colours, ground)) >= 3.0


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_no_control_has_an_edge_that_only_divides(colours: Colours) -> None:
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", _style_sheet(colours))
    faint = [
        selector.strip()
        for selector, rule in rules
        if colours.line in rule and not re.search(MAY_BE_FAINT, selector)
    ]

    assert faint == []


def test_states_of_one_colour_have_signs_of_their_own() -> None:
    """Who sees no colours still tells them apart: by the icon, or by the word beside it."""
    assert len({(look.icon, state_word(state)) for state, look in LOOKS.items()}) == len(LOOKS)


def test_each_state_has_an_icon_and_a_colour(qapp: QApplication) -> None:
    names = {field.name for field in fields(Colours)}

    assert set(LOOKS) == set(State)
    for look in LOOKS.values():
        assert look.tone in names
        assert not icons.picture(look.icon, "#000000", 16, 1.0).isNull()


def test_dark_works_where_the_platform_knows_no_scheme(
    theme: Theme, qapp: QApplication, qtbot: QtBot
) -> None:
    with qtbot.waitSignal(theme.changed):
        theme.choose(Choice.DARK)

    assert qapp.palette().color(QPalette.ColorRole.Window) == QColor(DARK.window)
    assert theme.colours is DARK
    theme.choose(Choice.LIGHT)
    assert theme.colours is LIGHT


def test_the_same_scheme_again_changes_nothing(theme: Theme, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(theme.changed):
        theme.choose(Choice.LIGHT)


def test_a_window_built_without_its_style_sheet_looks_like_one_built_with_it(
    theme: Theme, qtbot: QtBot
) -> None:
    def build() -> QWidget:
        window = QWidget()
        qtbot.addWidget(window)
        lines = QVBoxLayout(window)
        lines.addWidget(QLineEdit("One"))
        lines.addWidget(QPushButton("Two"))
        window.ensurePolished()
        return window

    at_once = build()
    with theme.put_on_at_the_end():
        at_the_end = build()

    assert at_the_end.sizeHint() == at_once.sizeHint()
    assert at_the_end.grab().toImage() == at_once.grab().toImage()


def test_icons_follow_the_scheme(theme: Theme, qtbot: QtBot) -> None:
    button = QPushButton("Send")
    qtbot.addWidget(button)
    icons.dress(button, "send")
    light = button.icon().pixmap(20, 16).toImage()

    theme.choose(Choice.DARK)
    icons.dress_again()

    assert button.icon().pixmap(20, 16).toImage() != light


def test_the_colours_in_use_are_those_of_the_palette(qapp: QApplication, qtbot: QtBot) -> None:
    made = Theme(qapp, Choice.DARK)
    assert theme.current() is DARK
    made.choose(Choice.LIGHT)
    assert theme.current() is LIGHT
    made.deleteLater()
