"""What was put in is what comes out, and foreign characters can be seen and replaced."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QTextCursor
from pytestqt.qtbot import QtBot

from smsdesk.sms.encoding import foreign_characters
from smsdesk.ui.compose.message_field import LONGEST_PASTE, MessageField


@pytest.fixture
def field(qtbot: QtBot) -> MessageField:
    field = MessageField()
    qtbot.addWidget(field)
    return field


def paste(field: MessageField, text: str) -> None:
    data = QMimeData()
    data.setText(text)
    field.insertFromMimeData(data)


# Characters that end a paragraph in Qt become line feeds; U+FDD0 and U+FDD1 are Qt's own marks.
texts = st.text(
    st.characters(
        exclude_categories=["Cs"], exclude_characters="\r\u2029\ufdd0\ufdd1\ufffc\x00"
    ),
    max_size=60,
)


@pytest.mark.case("T14")
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts)
def test_the_text_is_what_was_pasted(field: MessageField, text: str) -> None:
    field.clear()

    paste(field, text)

    assert field.text() == text


@pytest.mark.parametrize("text", ["a\u00a0b", "a\u2028b", "a\u202fb\u00adc", "tab\tand\nline"])
def test_a_draft_is_shown_without_changing_it(field: MessageField, text: str) -> None:
    field.set_text(text)

    assert field.text() == text


def test_line_ends_of_other_systems_become_ours(field: MessageField) -> None:
    paste(field, "one\r\ntwo\u2029three")

    assert field.text() == "one\ntwo\nthree"


def test_rich_text_is_pasted_as_text(field: MessageField) -> None:
    data = QMimeData()
    data.setHtml("<b>bold</b>")
    data.setText("<b>bold</b>")

    field.insertFromMimeData(data)

    assert field.text() == "<b>bold</b>"


def test_a_picture_is_not_pasted(field: MessageField) -> None:
    data = QMimeData()
    data.setData("image/png", b"x")

    field.insertFromMimeData(data)

    assert field.text() == ""


@pytest.mark.case("T29")
def test_too_much_is_refused_and_said(field: MessageField, qtbot: QtBot) -> None:
    with qtbot.waitSignal(field.refused):
        paste(field, "a" * (LONGEST_PASTE + 1))

    assert field.text() == ""


def test_the_marks_sit_on_the_foreign_characters(field: MessageField) -> None:
    text = "👍 it’s “ok”"
    field.set_text(text)

    field.underline(foreign_characters(text), text=text)

    marked = [mark.cursor.selectedText() for mark in field.extraSelections()]
    assert marked == ["👍", "’", "“", "”"]
    field.underline([], text=text)
    assert field.extraSelections() == []


def test_replacing_is_one_step_that_can_be_undone(field: MessageField) -> None:
    text = "👍 it’s John’s"
    field.set_text(text)
    quotes = [found for found in foreign_characters(text) if found.char == "’"]

    field.replace(quotes)
    assert field.text() == "👍 it's John's"

    field.undo()
    assert field.text() == text


def test_replacing_all_can_be_undone_too(field: MessageField) -> None:
    field.set_text("a—b")
    field.moveCursor(QTextCursor.MoveOperation.Start)

    field.replace_all("a-b")
    assert field.text() == "a-b"

    field.undo()
    assert field.text() == "a—b"


def test_marks_stay_on_their_characters_while_the_text_around_them_changes(
    field: MessageField,
) -> None:
    field.set_text("a “quoted” 👍 word")
    field.underline(foreign_characters(field.text()), text=field.text())

    start = QTextCursor(field.document())
    start.insertText("👍👍 before ")
    field.underline(foreign_characters(field.text()), text=field.text())

    marked = [mark.cursor.selectedText() for mark in field.extraSelections()]
    assert marked == ["👍", "👍", "“", "”", "👍"]


def test_another_text_with_the_same_characters_is_marked_anew(field: MessageField) -> None:
    for text in ("one “ two", "“ three"):
        field.set_text(text)
        field.underline(foreign_characters(text), text=text)

        marked = [mark.cursor.selectedText() for mark in field.extraSelections()]
        assert marked == ["“"]
