"""Foreign text is shown as the characters it is."""

import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

from smsdesk.ui import plain

HOSTILE = (
    "<b>bold</b>",
    '<img src="file:///etc/passwd">',
    "<a href='https://example.com'>x</a>",
    "&lt;b&gt;",
    "\u202egnp.exe\u202c",
    "a\u2066b\u2069",
    "a\x00b\x07c\x1b[31m",
    "Z" + "\u0300" * 10_000,
    "Z" + "\u0489\u0335\u0300\ufe20" * 3_000,
    "\u0e01" + "\u0e47" * 3_000,
    "line\nline\r\nline\u2028line",
    "\ud800",
    "x" * 100_000,
)


@pytest.mark.case("T13")
@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_one_line_holds_no_break_no_control_and_no_heap_of_marks(text: str) -> None:
    line = plain.one_line(text)

    assert line.startswith(plain.ISOLATE)
    assert line.endswith(plain.POP_ISOLATE)
    inside = line[1:-1]
    assert inside.isprintable()
    assert len(inside) < 600
    assert not re.search("[\u0300\u0335\u0489\ufe20\u0e47]{5}", inside)


@pytest.mark.case("T13")
def test_controls_are_shown_as_symbols() -> None:
    assert plain.visible("a\x00b\tc\x7f\x85") == "a␀b␉c␡⟨0085⟩"
    assert plain.visible("a\u202eb") == "a⟨202E⟩b"
    assert plain.visible("one\ntwo") == "one\ntwo"


def test_ordinary_text_stays_as_it_is() -> None:
    text = "Grüße, Ω → 你好 مرحبا 👍🏽 é שָׁלוֹם مُحَمَّد ที่นี่"

    assert plain.visible(text) == text


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_a_tooltip_holds_no_markup_but_ours(text: str) -> None:
    inside = plain.tip(text).removeprefix('<p style="white-space: pre-wrap">')

    assert "<" not in inside.removesuffix("</p>")


def test_no_words_make_no_tooltip() -> None:
    assert plain.tip("") == ""


@pytest.mark.case("T12")
def test_labels_are_plain(qtbot: QtBot) -> None:
    made = plain.label("<b>A&B</b>", wraps=True)
    qtbot.addWidget(made)

    assert made.textFormat() is Qt.TextFormat.PlainText
    assert made.text() == "<b>A&B</b>"


@pytest.mark.case("F89")
def test_an_ampersand_on_a_button_is_doubled(qtbot: QtBot) -> None:
    button = QPushButton(plain.typed("A&B"))
    qtbot.addWidget(button)

    assert button.text() == "A&&B"
    assert button.shortcut().isEmpty()


def test_the_label_of_a_field_has_room_for_all_of_its_text(qtbot: QtBot) -> None:
    field = QLabel()
    made = plain.field_label("&To", field)
    qtbot.addWidget(made)

    assert made.buddy() is field
    assert made.minimumWidth() > made.fontMetrics().horizontalAdvance("To")


def test_an_elided_label_gives_way(qtbot: QtBot) -> None:
    made = plain.ElidedLabel("a long sentence " * 20)
    qtbot.addWidget(made)
    made.resize(50, 20)
    made.show()

    assert made.minimumSizeHint().width() < 50
    assert not made.grab().isNull()
