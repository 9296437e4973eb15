"""The quiet line under the message: parts, encoding, what is left; and the one-click remedies.

How a text is counted is `sms.segments`; in which words, `desk.wording`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from smsdesk.desk import wording
from smsdesk.sms.encoding import (
    Encoding,
    foreign_characters,
    replace_foreign,
    stand_ins_of,
)
from smsdesk.sms.segments import MANY_PARTS, measure
from smsdesk.system.i18n import _, ngettext
from smsdesk.ui import plain
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.sms.encoding import ForeignCharacter
    from smsdesk.sms.segments import Measure

MOST_MARKS = 200
"""So many foreign characters are looked for; a text in another script has nothing to replace."""
_MOST_REMEDIES = 2
_MOST_NAMED = 4
_ENDLESS = 10_000


@dataclass(frozen=True, slots=True)
class _Remedy:
    """One character of the text, wherever it stands, and what may stand for it."""

    char: str
    suggestion: str


class SegmentMeter(QWidget):
    """Shows the measure of a text. Loud only when parts or encoding ask for it."""

    # Emitted with the foreign characters that the person wants replaced.
    replace_asked = Signal(list)
    # Emitted when the person wants everything replaced for which there is a suggestion.
    replace_all_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compose.encoding")
        self.foreign: list[ForeignCharacter] = []
        """Those worth a mark in the text: none when it is another alphabet's, where a mark under
        every letter would say nothing."""
        self._measure: tuple[Measure, str] | None = None
        self._shown: tuple[tuple[str, ...], bool, int] | None = None
        self._line = plain.label(tone="muted", name="compose.meter", wraps=True)
        self._place = _Place(self._line)
        self._line.setAccessibleName(_("Parts, encoding and what is left"))
        self._why = plain.label(tone="warn", wraps=True)
        self._buttons = QWidget()
        self._remedies = FlowLayout(self._buttons, gap=GRID // 2)
        self._remedies.setContentsMargins(0, 0, 0, 0)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addWidget(self._place)
        layout.addWidget(self._why)
        layout.addWidget(self._buttons)
        self._buttons.hide()
        self._why.hide()
        self.show_text("")

    def show_text(self, text: str, *, more: str = "") -> None:
        """The measure of an SMS; `more` is what is to be said of other channels behind it."""
        found = measure(text)
        if (found, more) != self._measure:
            self._measure = (found, more)
            is_loud = found.encoding is Encoding.UCS2 or found.parts > MANY_PARTS
            sentence = wording.meter_sentence(found)
            self._say(f"{sentence} · {more}" if more else sentence)
            plain.set_tone(self._line, "warn" if is_loud else "muted")
        stand_ins = stand_ins_of(text) if found.encoding is Encoding.UCS2 else {}
        is_of_script = len(stand_ins) > _MOST_NAMED and None in stand_ins.values()
        has_marks = bool(stand_ins) and not is_of_script
        self.foreign = foreign_characters(text, limit=MOST_MARKS) if has_marks else []
        self._show_remedies(text, found, is_of_script=is_of_script)

    def show_line(self, sentence: str, *, is_loud: bool) -> None:
        """The length on a channel that has no parts, and so nothing to be remedied."""
        self._measure = None
        self._say(sentence)
        plain.set_tone(self._line, "warn" if is_loud else "muted")
        self.foreign = []
        self._show_remedies("", measure(""), is_of_script=False)

    def _say(self, sentence: str) -> None:
        self._line.setText(sentence)
        self._place.fit()

    def _show_remedies(self, text: str, found: Measure, *, is_of_script: bool) -> None:
        """Rebuilt only when the set of foreign characters, or what a change saves, differs."""
        kinds = tuple(dict.fromkeys(foreign.char for foreign in self.foreign))
        has_remedy = any(foreign.suggestion is not None for foreign in self.foreign)
        cured = measure(replace_foreign(text)) if has_remedy else found
        saved = found.parts - cured.parts
        if self._shown == (kinds, is_of_script, saved):
            return
        self._shown = (kinds, is_of_script, saved)
        self._clear()
        self._why.setVisible(bool(kinds) or is_of_script)
        self._buttons.setVisible(has_remedy)
        if is_of_script:
            self._why.setText(_("This alphabet needs UCS-2."))
            plain.set_tone(self._why, "muted")
            return
        if not kinds:
            return
        names = {foreign.char: foreign.name for foreign in self.foreign}
        self._why.setText(_why(kinds, names))
        plain.set_tone(self._why, "warn")
        remedies = {
            foreign.char: _Remedy(foreign.char, foreign.suggestion)
            for foreign in self.foreign
            if foreign.suggestion is not None
        }
        for remedy in list(remedies.values())[:_MOST_REMEDIES]:
            button = self._add_button(_remedy_title(remedy), "compose.replace")
            button.clicked.connect(lambda _=False, char=remedy.char: self._ask_for(char))
        is_whole = len(remedies) == len(kinds)
        if len(remedies) > 1 or (remedies and saved > 0):
            button = self._add_button(
                _all_title(saved, is_whole=is_whole), "compose.replace_all"
            )
            button.clicked.connect(self.replace_all_asked)

    def _add_button(self, title: str, name: str) -> QPushButton:
        button = QPushButton(plain.typed(title))
        button.setObjectName(name)
        button.setAccessibleName(title)
        plain.set_style_property(button, "small", True)
        self._remedies.addWidget(button)
        button.show()
        return button

    def _ask_for(self, char: str) -> None:
        self.replace_asked.emit([found for found in self.foreign if found.char == char])

    def _clear(self) -> None:
        for button in self._buttons.findChildren(QPushButton):
            self._remedies.removeWidget(button)
            button.hide()
            button.deleteLater()


class _Place(QWidget):
    """Holds a line whose words change with every key. A label of a fixed size does not have
    the whole pane laid out anew each time; only where it needs another line, the pane is."""

    def __init__(self, line: QLabel) -> None:
        super().__init__()
        self._line = line
        line.setParent(self)
        self.setAutoFillBackground(True)
        self.fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        measure, words = self._line.fontMetrics(), self._line.text()
        height = measure.height()
        if measure.horizontalAdvance(words) > self.width():
            room = QRect(0, 0, self.width(), _ENDLESS)
            wrapped = measure.boundingRect(room, Qt.TextFlag.TextWordWrap, words)
            height = max(height, wrapped.height())
        if height != self.minimumHeight():
            self.setFixedHeight(height)
        self._line.setFixedSize(self.width(), height)


def _why(kinds: tuple[str, ...], names: dict[str, str]) -> str:
    shown = "  ".join(_shown(char, names[char]) for char in kinds[:_MOST_NAMED])
    if len(kinds) > _MOST_NAMED:
        shown = _("{chars}  and {count} more").format(
            chars=shown, count=len(kinds) - _MOST_NAMED
        )
    return ngettext(
        "{chars} is not in GSM-7 and makes the whole message UCS-2.",
        "{chars} are not in GSM-7 and make the whole message UCS-2.",
        len(kinds),
    ).format(chars=shown)


def _shown(char: str, name: str) -> str:
    """The character where it can be seen, its name where it cannot."""
    return char if char.isprintable() and not char.isspace() else name


def _remedy_title(remedy: _Remedy) -> str:
    char = remedy.char if remedy.char.isprintable() else f"U+{ord(remedy.char[0]):04X}"
    if remedy.suggestion == "":
        return _("Remove {char}").format(char=char)
    if remedy.suggestion == " ":
        return _("Replace {char} by a space").format(char=char)
    return _("Replace {char} by {other}").format(char=char, other=remedy.suggestion)


def _all_title(saved: int, *, is_whole: bool) -> str:
    title = _("Replace all") if is_whole else _("Replace what can be replaced")
    if saved > 0:
        title += ngettext(": saves {count} part", ": saves {count} parts", saved).format(
            count=saved
        )
    return title
