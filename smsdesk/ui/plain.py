"""Foreign text made safe to look at, and the only place where labels and tooltips are made.

Whatever came from outside (a number, a text, an answer of Vonage) is shown as the characters it
is: never as markup, never able to turn its neighbours round, never taller than its place. What
the text means is for others.
"""

import html
import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QScrollArea, QSizePolicy, QWidget

ISOLATE, POP_ISOLATE = "\u2068", "\u2069"
_LINE_LENGTH = 240
_MARKS_KEPT = 4

# Controls that turn text round or hide in it (Unicode TR 9, TR 36): shown as their number.
_BIDI = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ufff9-\ufffb]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARK = (
    "[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u0610-\u061a\u064b-\u065f\u0e34-\u0e3a\u0e47-\u0e4e"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
)
_MARKS = re.compile(f"({_MARK}{{{_MARKS_KEPT}}}){_MARK}+")
_NUMBER = re.compile(r"\+\d[\d ()./-]*\d|(?:[0-9a-f]{4} ){3,}[0-9a-f]{4}")
"""A phone number, or the fingerprint of a key."""
_BREAK = re.compile("[\n\r\x0b\x0c\x85\u2028\u2029]+")


def visible(text: str) -> str:
    """The text with every control shown as a symbol and heaps of combining marks cut short."""
    text = _CONTROL.sub(_control_picture, text)
    text = _BIDI.sub(lambda match: f"⟨{ord(match[0]):04X}⟩", text)
    text = _SURROGATE.sub("\ufffd", text)
    return _MARKS.sub(r"\1", text)


def sentence(text: str) -> str:
    """A sentence of ours, with what others wrote in it: visible, and its numbers in their order
    where one reads from the right."""
    return _NUMBER.sub(lambda number: in_order(number[0]), visible(text))


def in_order(text: str) -> str:
    """A number, a key or an id for words around it that may be read from the right."""
    if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        return f"{ISOLATE}{text}{POP_ISOLATE}"
    return text


def one_line(text: str) -> str:
    """The text for one line of a list: visible, short, and kept from turning others round."""
    line = _BREAK.sub(" ", text[: 2 * _LINE_LENGTH]).strip()
    if len(line) > _LINE_LENGTH:
        line = line[:_LINE_LENGTH] + "…"
    return f"{ISOLATE}{visible(line)}{POP_ISOLATE}"


def path(text: str) -> str:
    """A path for words that are wrapped: it may be broken where a folder ends."""
    return one_line(text.replace("/", "/\u200b").replace("\\", "\\\u200b"))


def typed(text: str) -> str:
    """The text for a button or menu, where a single `&` would vanish."""
    return text.replace("&", "&&")


def tip(text: str) -> str:
    """The text for a tooltip, which would otherwise take markup for markup."""
    return f'<p style="white-space: pre-wrap">{html.escape(visible(text))}</p>' if text else ""


def set_tip(widget: QWidget, text: str) -> None:
    widget.setToolTip(tip(text))


def set_hint(line: QLineEdit, text: str) -> None:
    """What stands in the line while it is empty; whole in its tooltip, where the line is short."""
    line.setPlaceholderText(text)
    set_tip(line, text)


def label(text: str = "", *, tone: str = "", name: str = "", wraps: bool = False) -> QLabel:
    """A label that shows its text as it is. `tone` is a colour of the style sheet."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setWordWrap(wraps)
    made.setAlignment(at_start(Qt.AlignmentFlag.AlignVCenter))
    if tone:
        made.setProperty("tone", tone)
    if name:
        made.setObjectName(name)
    return made


def at_start(vertical: Qt.AlignmentFlag) -> Qt.AlignmentFlag:
    """Where a line begins in the language of the program. Qt would have a label begin where its
    own text does: a number at the left, whatever stands around it."""
    if QGuiApplication.layoutDirection() is Qt.LayoutDirection.RightToLeft:
        return vertical | Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute
    return vertical | Qt.AlignmentFlag.AlignLeft


def heading(text: str, *, points: float = 2.0) -> QLabel:
    """A label that heads a page: bolder, and `points` larger than the text below it."""
    made = label(text)
    made.setFont(sized(made.font(), points, weight=QFont.Weight.DemiBold))
    return made


def field_label(text: str, buddy: QWidget) -> QLabel:
    """The label of a field; its mnemonic leads to the field.

    Qt measures such a text with kerning and draws it without, so that "&To" loses its edge:
    four pixels more make room.
    """
    made = label(text, tone="muted")
    made.setBuddy(buddy)
    made.setMinimumWidth(made.sizeHint().width() + 4)
    return made


def sized(font: QFont, points: float, *, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    changed = QFont(font)
    if font.pointSizeF() > 0:
        changed.setPointSizeF(font.pointSizeF() + points)
    changed.setWeight(weight)
    return changed


def set_tone(made: QWidget, tone: str) -> None:
    """Colour the widget's words; the style sheet knows the tones."""
    set_style_property(made, "tone", tone)


def set_style_property(widget: QWidget, name: str, value: str | bool) -> None:
    if widget.property(name) != value:
        widget.setProperty(name, value)
        if widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
            widget.update()


def see_through(scroll: QScrollArea) -> None:
    """Let what is behind a scroll area be seen through it; to be called before it has a widget.

    Its viewport is one that we have made. Of one that Qt made the binding would have to find out
    what it is, and it loads all widgets of Qt for that, which a start has no time for.
    """
    scroll.setViewport(QWidget())


class ElidedLabel(QLabel):
    """One line that ends in "…" where the room ends; the whole text is its tooltip."""

    def __init__(self, text: str = "", *, tone: str = "") -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        if tone:
            self.setProperty("tone", tone)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        area = self.contentsRect()
        line = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, area.width()
        )
        painter.drawText(area, int(self.alignment()), line)


def _control_picture(match: re.Match[str]) -> str:
    """U+2400 and on hold a picture for each of the C0 controls; the rest get their number."""
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"⟨{code:04X}⟩"
