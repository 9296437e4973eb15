"""The field a message is written in: it keeps each character as typed or pasted, and underlines
those that GSM-7 has not.

Qt's editors hand out a text in which a no-break space is a space and a line separator a newline;
here the text counted, stored and sent is the one that was put in. What it costs is for the meter.
"""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QColor, QFocusEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from smsdesk.sms.encoding import ForeignCharacter
from smsdesk.system.i18n import _
from smsdesk.ui import theme
from smsdesk.ui.controls import STILL_THERE

LONGEST_PASTE = 20_000
_PARAGRAPH = "\u2029"


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
        if not characters:
            if self.extraSelections():
                self.setExtraSelections([])
            return
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(QColor(theme.current().warn))
        loud = QTextCharFormat(look)
        loud.setBackground(QColor(theme.current().warn_ground))
        marks = []
        for foreign in characters:
            cursor = self._select(foreign.index, foreign.char, text)
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format = look if foreign.suggestion is None else loud
            marks.append(mark)
        self.setExtraSelections(marks)

    def replace(self, characters: Sequence[ForeignCharacter]) -> None:
        """Put each character's suggestion in its place, as one step that can be undone."""
        text = self.text()
        edit = QTextCursor(self.document())
        edit.beginEditBlock()
        for foreign in reversed(characters):
            if foreign.suggestion is not None:
                self._select(foreign.index, foreign.char, text).insertText(foreign.suggestion)
        edit.endEditBlock()

    def replace_all(self, text: str) -> None:
        """Put `text` in place of all there is, as one step that can be undone."""
        edit = QTextCursor(self.document())
        edit.select(QTextCursor.SelectionType.Document)
        edit.insertText(text)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Plain text only, and no more than anybody could mean."""
        if not source.hasText():
            return
        text = source.text()
        if len(text) > LONGEST_PASTE:
            self.refused.emit(
                _("That is too long to paste here: {count:,} characters.").format(
                    count=len(text)
                )
            )
            return
        self.textCursor().insertText(text.replace("\r\n", "\n"))
        self.ensureCursorVisible()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in STILL_THERE:
            self.left.emit()

    def _select(self, index: int, char: str, text: str) -> QTextCursor:
        """A cursor over one character. Qt counts UTF-16 units, Python code points."""
        start = index + sum(other > "\uffff" for other in text[:index])
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(
            start + len(char) + sum(other > "\uffff" for other in char),
            QTextCursor.MoveMode.KeepAnchor,
        )
        return cursor
