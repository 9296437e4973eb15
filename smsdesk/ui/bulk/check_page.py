"""The third part: the whole of it, once more, before anything is stored; and above a number that
is set, the question how many messages it is.
"""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_bulk, wording_channels, wording_list
from smsdesk.sms.phone import show_e164
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.bulk.models import CountriesModel
from smsdesk.ui.bulk.outlook import Outlook
from smsdesk.ui.bulk.parts import Rows, button
from smsdesk.ui.bulk.when import WhenPart
from smsdesk.ui.room import scaled
from smsdesk.ui.scroll import DownScroll
from smsdesk.ui.theme import GRID

_DIGITS = 9
_SIGN = 16
_MOST_ROWS = 6


class CheckPage(QWidget):
    """What would happen on Send, and what is worth a second thought."""

    # Emitted when the person wants to see who gets no message.
    show_asked = Signal()
    # Emitted when the rows that need mending are to be written to a file.
    save_asked = Signal()
    # Emitted when Enter is pressed behind the number.
    send_asked = Signal()

    def __init__(self, when: WhenPart) -> None:
        super().__init__()
        self.setObjectName("bulk.check")
        self._when = when
        self._count = 0
        self._is_asking = False
        self.heading = plain.heading("", points=4.0)
        self.heading.setObjectName("bulk.check.heading")
        self.summary = plain.label(name="bulk.check.summary", wraps=True)
        self.sender_line = plain.label(tone="muted", name="bulk.check.from")
        self.text = plain.ElidedLabel(tone="muted")
        self.text.setObjectName("bulk.check.text")
        self.countries = CountriesModel()
        self.table = Rows(self.countries, "bulk.check.countries", _("Countries and prices"))
        self.total = plain.label(tone="muted", name="bulk.check.total", wraps=True)
        self.left_out = plain.label(name="bulk.check.left_out", wraps=True)
        self.show_button = button(_("S&how them"), "bulk.check.show", small=True)
        self.save = button(_("Sa&ve the problems…"), "bulk.check.save", small=True)
        self.warnings = _Warnings()
        self.ask = plain.label(wraps=False)
        self.typed = QLineEdit()
        self.typed.setObjectName("bulk.check.typed")
        self.typed.setAccessibleName(_("Number of messages, to be sure"))
        self.typed.setMaxLength(_DIGITS)
        self.typed.setFixedWidth(
            self.typed.fontMetrics().horizontalAdvance("0" * _DIGITS) + 3 * GRID
        )
        self.said = plain.label(tone="bad", name="bulk.check.said", wraps=True)
        self._asking = QWidget()
        self._arrange()
        self.show_button.clicked.connect(self.show_asked)
        self.save.clicked.connect(self.save_asked)
        self.typed.returnPressed.connect(self.send_asked)
        self.typed.textEdited.connect(lambda _text: self.say(""))

    def _arrange(self) -> None:
        out = QHBoxLayout()
        out.setSpacing(GRID)
        out.addWidget(self.left_out, 1)
        out.addWidget(self.show_button)
        out.addWidget(self.save)
        asking = QHBoxLayout(self._asking)
        asking.setContentsMargins(0, 0, 0, 0)
        asking.setSpacing(GRID)
        self.ask.setText(wording_list.confirm_sentence())
        self.ask.setBuddy(self.typed)
        asking.addWidget(self.ask)
        asking.addWidget(self.typed)
        asking.addStretch()
        inside = QWidget()
        whole = QVBoxLayout(inside)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GRID)
        whole.addWidget(self.heading)
        whole.addWidget(self.summary)
        whole.addWidget(self.sender_line)
        whole.addWidget(self.text)
        whole.addSpacing(GRID // 2)
        whole.addWidget(self._when)
        whole.addSpacing(GRID)
        whole.addWidget(self.table)
        whole.addWidget(self.total)
        whole.addSpacing(GRID)
        whole.addLayout(out)
        whole.addWidget(self.warnings)
        whole.addStretch()
        scroll = DownScroll(inside)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID)
        layout.addWidget(scroll, 1)
        layout.addWidget(self._asking)
        layout.addWidget(self.said)
        self.said.hide()
        for before, after in (
            (self._when.rows, self.table),
            (self.table, self.show_button),
            (self.show_button, self.save),
            (self.save, self.typed),
        ):
            QWidget.setTabOrder(before, after)
        columns = self.table.horizontalHeader()
        columns.setStretchLastSection(False)
        columns.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.set_widths("", "100,000 mm", "100,000 mm", "€0.12345, old", "≈ €100,000.00")

    def show_outlook(self, outlook: Outlook, *, ask_above: int) -> None:
        plan = outlook.plan
        if outlook.count != self._count:
            self.typed.clear()
        self._count = outlook.count
        self._is_asking = outlook.count > ask_above
        self.heading.setText(wording_list.messages_words(outlook.count))
        self.summary.setText(wording_list.size_sentence(plan))
        sender = "" if plan.sender is None else plan.sender.value
        shown = show_e164(sender) if sender.startswith("+") else sender
        told = _("From {sender}").replace("{sender}", plain.one_line(shown))
        order = wording_channels.order_sentence(one.name for one, _sender in plan.ways)
        self.sender_line.setText(f"{order} · {told}" if order else told)
        for column in _PAID_BY_PART:
            self.table.setColumnHidden(column, not plan.channel.goes_by_country)
        self.sender_line.setVisible(bool(sender))
        self.text.setText(plain.one_line(plan.text))
        plain.set_tip(self.text, plan.text)
        self.countries.show(plan.countries)
        self.table.setVisible(bool(plan.countries))
        rows = min(len(plan.countries), _MOST_ROWS)
        head = self.table.horizontalHeader().sizeHint().height()
        height = head + rows * self.table.verticalHeader().defaultSectionSize() + 4
        self.table.setFixedHeight(height)
        self.total.setText(wording_list.total_sentence(plan))
        self.total.setVisible(bool(plan.countries))
        left = wording_bulk.left_out_sentence(plan)
        told = _("Without a message: {rows}").replace("{rows}", left)
        self.left_out.setText(told if left else _("Every row of the list gets its message."))
        plain.set_tone(self.left_out, "" if left else "good")
        self.show_button.setVisible(bool(left))
        self.save.setVisible(bool(plan.row_problems))
        self.warnings.show_sentences(
            [wording_bulk.bulk_problem_sentence(one) for one in plan.problems if one.is_warning]
        )
        self._asking.setVisible(self._is_asking and plan.can_queue)
        self.say("")

    @property
    def is_sure(self) -> bool:
        """Nothing is asked, or the answer is right."""
        if not self._is_asking:
            return True
        typed = self.typed.text().translate({ord(sign): None for sign in " ,.'’\u00a0\u202f"})
        return typed.isdecimal() and int(typed) == self._count

    def ask_again(self) -> None:
        """The number has not been typed, or is another."""
        self.say(
            _("That is not the number of messages.")
            if self.typed.text().strip()
            else _("Type the number of messages first. Nothing has been stored.")
        )
        self.typed.setFocus()
        self.typed.selectAll()

    def say(self, sentence: str) -> None:
        self.said.setText(plain.sentence(sentence))
        self.said.setVisible(bool(sentence))
        plain.set_style_property(self.typed, "wrong", bool(sentence) and not self.is_sure)
        self.typed.setAccessibleDescription(sentence)

    def take_focus(self) -> None:
        (self.typed if self._asking.isVisible() else self.table).setFocus()


_PAID_BY_PART = (2, 3, 4)
"""The columns of parts, their price and the sum."""


class _Warnings(QFrame):
    """What keeps nothing from being sent, but is worth a second thought."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bulk.check.warnings")
        self.setAccessibleName(_("Worth a second thought"))
        self.setProperty("ground", "warn")
        self._rows = QVBoxLayout(self)
        self._rows.setContentsMargins(GRID + GRID // 2, GRID, GRID + GRID // 2, GRID)
        self._rows.setSpacing(GRID // 2)
        self._shown: list[QWidget] = []
        self.hide()

    def show_sentences(self, sentences: list[str]) -> None:
        for old in self._shown:
            self._rows.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._shown = [_warning(sentence) for sentence in dict.fromkeys(sentences)]
        for new in self._shown:
            self._rows.addWidget(new)
        self.setVisible(bool(sentences))


def _warning(sentence: str) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    sign = QLabel()
    sign.setPixmap(
        icons.picture(
            "triangle-alert", theme.current().warn, scaled(_SIGN), row.devicePixelRatioF()
        )
    )
    sign.setFixedSize(QSize(scaled(_SIGN), scaled(_SIGN) + 2))
    layout.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(plain.label(plain.sentence(sentence), wraps=True), 1)
    return row
