"""The field a message is written in: it keeps each character as typed or pasted, and underlines
those that GSM-7 has not.

Qt's editors hand out a text in which a no-break space is a space and a line separator a newline;
here the text counted, stored and sent is the one that was put in. What it costs is for the meter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QMimeData, QSize, Signal
from PySide6.QtGui import QColor, QFocusEvent, QShowEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from smsdesk.system.i18n import _, grouped
from smsdesk.ui import theme
from smsdesk.ui.controls import STILL_THERE
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.sms.encoding import ForeignCharacter

LONGEST_PASTE = 20_000
_PARAGRAPH = "\u2029"
_LINES_ASKED = 3


class MessageField(QPlainTextEdit):
    """A plain text editor whose `text()` is exactly what was put in."""

    # Emitted when the person leaves the field.
    left = Signal()
    # Emitted with a sentence when something pasted was refused.
    refused = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compose.text")
        self.setAccessibleName(_("Message"))
        self.setPlaceholderText(_("Write a message"))
        self.setTabChangesFocus(True)
        self._marks: list[tuple[QTextCursor, bool]] = []

    def sizeHint(self) -> QSize:
        """It takes all the room there is, but asks for a few lines only."""
        height = _LINES_ASKED * self.fontMetrics().lineSpacing() + 2 * GRID
        return QSize(super().sizeHint().width(), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), self.sizeHint().height())

    def text(self) -> str:
        """What was put in. A paragraph's end is a line feed; Qt's own way of handing out
        the text would also change no-break spaces and line separators."""
        return self.document().toRawText().replace(_PARAGRAPH, "\n")

    def set_text(self, text: str) -> None:
        self.setPlainText(text)
        self.moveCursor(QTextCursor.MoveOperation.End)

    def underline(self, characters: Sequence[ForeignCharacter], *, text: str) -> None:
        """Mark the characters of `text`, which is what `text()` gave; louder where something
        could stand in their place."""
        wanted = [
            (start, end, foreign.suggestion is not None)
            for foreign, (start, end) in zip(characters, _places(characters, text), strict=True)
        ]
        # Marks move with the text as it is edited; most keys leave nothing to do.
        if wanted == [(c.selectionStart(), c.selectionEnd(), loud) for c, loud in self._marks]:
            return
        self._marks = [(self._select(start, end), loud) for start, end, loud in wanted]
        self.dress()

    def dress(self) -> None:
        """Paint the marks in the colours of the scheme."""
        quiet = QTextCharFormat()
        quiet.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        quiet.setUnderlineColor(QColor(theme.current().warn))
        loud = QTextCharFormat(quiet)
        loud.setBackground(QColor(theme.current().warn_ground))
        selections = []
        for cursor, is_loud in self._marks:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = cursor
            selection.format = loud if is_loud else quiet
            selections.append(selection)
        self.setExtraSelections(selections)

    def replace(self, characters: Sequence[ForeignCharacter]) -> None:
        """Put each character's suggestion in its place, as one step that can be undone."""
        places = list(_places(characters, self.text()))
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        for foreign, (start, end) in zip(reversed(characters), reversed(places), strict=True):
            if foreign.suggestion is not None:
                self._select(start, end).insertText(foreign.suggestion)
        edit.endEditBlock()

    def replace_all(self, text: str) -> None:
        """Put `text` in place of all there is, as one step that can be undone."""
        edit = QTextCursor(self.document())
        edit.select(QTextCursor.SelectionType.Document)
        edit.insertText(text)

    def put_in(self, text: str) -> tuple[int, int]:
        """Write `text` where the cursor is, in place of what is selected, as one step that can
        be undone; returns where it begins and ends, counted in characters."""
        cursor = self.textCursor()
        start = len(_characters(self.text(), cursor.selectionStart()))
        cursor.insertText(text)
        self.ensureCursorVisible()
        return start, start + len(text)

    def select(self, start: int, end: int) -> None:
        """Select characters, so that typing takes their place."""
        text = self.text()
        first = _units(text[:start])
        self.setTextCursor(self._select(first, first + _units(text[start:end])))
        self.ensureCursorVisible()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Plain text only, and no more than anybody could mean."""
        if not source.hasText():
            return
        text = source.text()
        if len(text) > LONGEST_PASTE:
            self.refused.emit(
                _("That is too long to paste here: {count} characters.").format(
                    count=grouped(len(text))
                )
            )
            return
        self.textCursor().insertText(text.replace("\r\n", "\n"))
        self.ensureCursorVisible()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._hide_ground()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._hide_ground()

    def _hide_ground(self) -> None:
        """A style sheet has the frame paint the ground, and with it each key painted frame,
        panes and window behind the text anew."""
        self.viewport().setAutoFillBackground(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in STILL_THERE:
            self.left.emit()

    def _select(self, start: int, end: int) -> QTextCursor:
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        return cursor


def _places(characters: Sequence[ForeignCharacter], text: str) -> Iterator[tuple[int, int]]:
    """Where each character, in the order of the text, begins and ends for Qt, which counts
    UTF-16 units where Python counts code points."""
    index = units = 0
    for foreign in characters:
        units += _units(text[index : foreign.index])
        index = foreign.index
        yield units, units + _units(foreign.char)


def _characters(text: str, units: int) -> str:
    """The beginning of a text that Qt says is so long."""
    encoded = text.encode("utf-16-le", "surrogatepass")
    return encoded[: 2 * units].decode("utf-16-le", "surrogatepass")


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
