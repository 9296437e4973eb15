"""Marks the words that were searched for in a text that is shown.

What fits is for `sms.search` to say. Places in a string are counted in characters there, and in
UTF-16 units by Qt.
"""

from collections.abc import Sequence
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QPainter,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from smsdesk.sms.search import Span, parse_search
from smsdesk.ui import theme

_BEFORE = 24
"""So many characters are left before the first mark where a text is cut for it."""


@lru_cache(maxsize=512)
def in_text(search: str, shown: str) -> tuple[Span, ...]:
    """The parts of a text that were searched for."""
    return tuple(parse_search(search).marks_in_text(shown)) if search else ()


@lru_cache(maxsize=512)
def in_number(search: str, shown: str) -> tuple[Span, ...]:
    """The parts of a number, however it is grouped."""
    return tuple(parse_search(search).marks_in_number(shown)) if search else ()


@lru_cache(maxsize=512)
def in_name(search: str, shown: str) -> tuple[Span, ...]:
    """The beginnings of words of a name."""
    return tuple(parse_search(search).marks_in_name(shown)) if search else ()


def excerpt(search: str, text: str, room: int) -> str:
    """The text from shortly before the first mark on, if that lies beyond so many characters."""
    marks = in_text(search, text)
    if not marks or marks[0][1] <= room:
        return text
    start = max(0, marks[0][0] - _BEFORE)
    blank = text.find(" ", start, marks[0][0])
    return "…" + text[start if blank < 0 else blank + 1 :]


def draw(
    painter: QPainter, area: QRect, text: str, spans: Sequence[Span], font: QFont, colour: str
) -> None:
    """One line, where its place begins and in its middle, with some parts marked."""
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    option.setTextDirection(Qt.LayoutDirection.LeftToRight)
    layout.setTextOption(option)
    layout.setFormats([_range(text, span) for span in spans])
    layout.beginLayout()
    line = layout.createLine()
    layout.endLayout()
    painter.setPen(QColor(colour))
    top = area.top() + (area.height() - line.height()) / 2
    left = float(area.left())
    if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        left = area.right() + 1 - line.naturalTextWidth()
    layout.draw(painter, QPointF(left, top))


def show_in(edit: QPlainTextEdit, search: str) -> None:
    """Mark what was searched for in a text that can be selected."""
    text = edit.toPlainText()
    marked = []
    for start, end in in_text(search, text):
        one = QTextEdit.ExtraSelection()
        cursor = QTextCursor(edit.document())
        cursor.setPosition(_units(text[:start]))
        cursor.setPosition(_units(text[:end]), QTextCursor.MoveMode.KeepAnchor)
        one.cursor, one.format = cursor, _format()
        marked.append(one)
    edit.setExtraSelections(marked)


def _range(text: str, span: Span) -> QTextLayout.FormatRange:
    made = QTextLayout.FormatRange()
    made.start = _units(text[: span[0]])
    made.length = _units(text[span[0] : span[1]])
    made.format = _format()
    return made


def _format() -> QTextCharFormat:
    colours = theme.current()
    made = QTextCharFormat()
    made.setBackground(QBrush(QColor(colours.mark)))
    made.setForeground(QBrush(QColor(colours.text)))
    return made


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
