"""One message's life as a line from top to bottom: a sign, what happened, and when.

What happened is told by the desk; each receipt can be looked at as it came, as plain text.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QColor, QFontDatabase, QPainter, QPaintEvent, QPen, QTextOption
from PySide6.QtWidgets import (
    QApplication,
    QGridLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_history
from smsdesk.desk.history import Step
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.history.look import look_of_event
from smsdesk.ui.history.when import short_time, whole_time
from smsdesk.ui.room import scaled
from smsdesk.ui.theme import GRID

MOST_STEPS = 100
_SIGN = 16
_MOST_LINES = 8


class Timeline(QWidget):
    """Built anew only when there is something new to tell."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.details.story")
        self.setAccessibleName(_("What became of it"))
        self._steps: list[Step] = []
        self._opened: set[int] = set()
        self._day = ""

    def show_steps(self, steps: Sequence[Step], *, is_other: bool) -> None:
        """`is_other`: they are of another message than those before."""
        now = datetime.now(UTC)
        day = f"{now.astimezone():%x}"
        if is_other:
            self._opened.clear()
        if not is_other and list(steps) == self._steps and day == self._day:
            return
        self._steps, self._day = list(steps), day
        self._build(now)

    def show_again(self) -> None:
        """After a change of colours."""
        self._build(datetime.now(UTC))

    def _build(self, now: datetime) -> None:
        old = self.layout()
        if old is not None:
            QWidget().setLayout(old)  # the only way to be rid of a layout and its widgets
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(1, 1)
        shown = self._steps[-MOST_STEPS:]
        for row, step in enumerate(shown):
            look = look_of_event(step.event)
            sign = _Sign(look.icon, look.tone, is_first=row == 0, is_last=row == len(shown) - 1)
            at = plain.label(short_time(step.event.at, now=now), tone="muted")
            plain.set_tip(at, whole_time(step.event.at))
            grid.addWidget(sign, row, 0)
            grid.addLayout(self._tell(step), row, 1)
            grid.addWidget(at, row, 2, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignRight)

    def _tell(self, step: Step) -> QVBoxLayout:
        words = QVBoxLayout()
        words.setContentsMargins(0, 0, 0, GRID)
        words.setSpacing(2)
        told = plain.label(plain.sentence(wording.event_sentence(step.event)), wraps=True)
        told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.addWidget(told)
        for line in wording_history.step_lines(step):
            words.addWidget(_selectable(line))
        receipt = step.receipt
        if receipt is not None and receipt.raw:
            raw = _Raw(receipt.raw)
            if receipt.id not in self._opened:
                raw.hide()
            words.addWidget(self._opener(receipt.id, raw), 0, Qt.AlignmentFlag.AlignLeft)
            words.addWidget(raw)
        words.addStretch()
        return words

    def _opener(self, receipt_id: int, raw: QWidget) -> QPushButton:
        button = QPushButton(_("As it came"))
        button.setObjectName("history.details.raw")
        button.setAccessibleName(_("Show the receipt as it came"))
        button.setProperty("quiet", True)
        button.setCheckable(True)
        button.setChecked(receipt_id in self._opened)

        def show(is_wanted: bool) -> None:
            raw.setVisible(is_wanted)
            (self._opened.add if is_wanted else self._opened.discard)(receipt_id)

        button.toggled.connect(show)
        return button


class _Sign(QWidget):
    """The icon, and the line that joins it with its neighbours."""

    def __init__(self, icon: str, tone: str, *, is_first: bool, is_last: bool) -> None:
        super().__init__()
        self._icon, self._tone = icon, tone
        self._is_first, self._is_last = is_first, is_last
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(scaled(_SIGN) + 2, scaled(_SIGN) + 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = theme.current()
        painter = QPainter(self)
        painter.setPen(QPen(QColor(colours.line), 2))
        middle, top, side = self.width() // 2, self._icon_top, scaled(_SIGN)
        if not self._is_first:
            painter.drawLine(middle, 0, middle, top - 2)
        if not self._is_last:
            painter.drawLine(middle, top + side + 2, middle, self.height())
        colour = getattr(colours, self._tone)
        drawn = icons.picture(self._icon, colour, side, self.devicePixelRatioF())
        painter.drawPixmap(middle - side // 2, top, drawn)

    @property
    def _icon_top(self) -> int:
        return max(0, (self.fontMetrics().height() - scaled(_SIGN)) // 2)


class _Raw(QWidget):
    """A text as it came, to be read and copied."""

    def __init__(self, raw: str) -> None:
        super().__init__()
        text = QPlainTextEdit(plain.visible(raw))
        text.setObjectName("history.details.raw.text")
        text.setAccessibleName(_("The receipt as it came"))
        text.setReadOnly(True)
        text.setTabChangesFocus(True)
        text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        text.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        lines = min(_MOST_LINES, 1 + len(raw) // 60 + raw.count("\n"))
        text.setFixedHeight(text.fontMetrics().lineSpacing() * lines + 3 * GRID)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(text, 1)
        row.addWidget(
            copy_button(lambda: raw, _("Copy the receipt")), 0, Qt.AlignmentFlag.AlignTop
        )


def copy_button(read: Callable[[], str], title: str) -> QPushButton:
    """Puts what `read` gives onto the clipboard, as it is."""
    button = QPushButton()
    button.setAccessibleName(title)
    plain.set_tip(button, title)
    button.setProperty("flat", True)
    icons.dress(button, "copy", "muted", 14)
    button.clicked.connect(lambda: QApplication.clipboard().setText(read()))
    return button


def _selectable(text: str) -> QWidget:
    made = plain.label(plain.visible(text), tone="muted", wraps=True)
    made.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return made
