"""What the pages of the Settings have in common: fields with names, room below each for what is
wrong with it, and numbers read back out of their lines.

What is chosen only lies here until the dialog stores it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk.account_values import StoredAccount
from smsdesk.system.settings import Setting, Settings
from smsdesk.ui import plain
from smsdesk.ui.controls import CheckBox, ComboBox
from smsdesk.ui.room import line_height, set_margins
from smsdesk.ui.scroll import DownScroll
from smsdesk.ui.theme import GRID

T = TypeVar("T")
_DIGITS = 10
_LONGEST_CHOICE = 40
_LONGEST = 2000
"""No setting takes a longer text."""
_WIDEST = 108
"""In letters: a sentence below a field that is wider than this is hard to read."""


@dataclass(frozen=True, slots=True)
class Choice(Generic[T]):
    """A value that was chosen for a setting, and found to be one that it takes."""

    setting: Setting[T]
    value: T

    def store(self, settings: Settings) -> None:
        """Called on the worker. What is as it was costs no write. Raises OSError."""
        if settings.get(self.setting) != self.value:
            settings.set(self.setting, self.value)


class Chosen(Protocol):
    """Something that was chosen on a page, and is stored with the rest."""

    def store(self, settings: Settings) -> None:
        """Called on the worker. Raises OSError."""
        ...


class WrongValueError(Exception):
    """What stands in a field is nothing that it takes."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(field)
        self.field = field
        self.sentence = sentence


class SettingsPage(DownScroll):
    """A form with headings, in one column of labels and one of fields."""

    def __init__(self, title: str) -> None:
        inside = QWidget()
        super().__init__(inside)
        self.title = title
        self.problems: dict[str, QLabel] = {}
        self._fields: dict[str, QWidget] = {}
        self.form = QFormLayout(inside)
        self.form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.form.setHorizontalSpacing(2 * GRID)
        self.form.setVerticalSpacing(GRID + GRID // 2)
        set_margins(self.form, 0, 0, GRID, GRID)
        inside.setMaximumWidth(_WIDEST * self.fontMetrics().averageCharWidth())
        self.form.addRow(plain.heading(title))

    # the labels stand before the fields, or above them where there is no room

    def minimumSizeHint(self) -> QSize:
        return QSize(max(self._widths()) + self._around, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        label, field = self._widths()
        beside = label + self.form.horizontalSpacing() + field + self._around
        policy = QFormLayout.RowWrapPolicy
        wraps = policy.WrapAllRows if self.width() < beside else policy.DontWrapRows
        self.form.setRowWrapPolicy(wraps)
        super().resizeEvent(event)

    def _widths(self) -> tuple[int, int]:
        """What the labels and the fields need, at least."""
        roles = QFormLayout.ItemRole
        return self._widest(roles.LabelRole), self._widest(roles.FieldRole, roles.SpanningRole)

    def _widest(self, *roles: QFormLayout.ItemRole) -> int:
        rows = range(self.form.rowCount())
        items = [self.form.itemAt(row, role) for role in roles for row in rows]
        widths = (item.minimumSize().width() for item in items if item is not None)
        return max(widths, default=0)

    @property
    def _around(self) -> int:
        margins = self.form.contentsMargins()
        bar = self.style().pixelMetric(QStyle.PixelMetric.PM_ScrollBarExtent, None, self)
        return margins.left() + margins.right() + bar

    # what the dialog asks

    def show_stored(self, stored: StoredAccount) -> None:
        """The keyring has been read: show what came of it."""

    def choices(self) -> Sequence[Chosen]:
        """What is chosen here. Raises WrongValueError."""
        return []

    def say_beside(self, name: str, sentence: str) -> None:
        """Say what is wrong with a field, below it, and take the person there."""
        problem, field = self.problems[name], self._fields[name]
        problem.setText(plain.sentence(sentence))
        problem.show()
        _mark(field, problem.text())
        field.setFocus()
        self.ensureWidgetVisible(problem)

    def clear_problems(self) -> None:
        for name, problem in self.problems.items():
            if not problem.isHidden():
                problem.hide()
                _mark(self._fields[name], "")

    # what a page is made of

    def add_field(
        self, title: str, field: QWidget, name: str, *, unit: str = "", note: str = ""
    ) -> None:
        """A row: the label, the field with its unit, what is to be known of it, and below it
        room for what is wrong with it."""
        side = plain.field_label(title, field)
        side.setAlignment(plain.at_start(Qt.AlignmentFlag.AlignVCenter))
        self._add_row(side, field, name, unit=unit, note=note)

    def add_checked_field(self, box: CheckBox, field: QWidget, name: str) -> None:
        """A row whose label is a box to tick."""
        self._add_row(box, field, name)

    def _add_row(
        self, side: QWidget, field: QWidget, name: str, *, unit: str = "", note: str = ""
    ) -> None:
        problem = plain.label(tone="bad", name=f"settings.{name}.problem", wraps=True)
        problem.hide()
        self.problems[name] = problem
        self._fields[name] = field
        below = _below(_with_unit(field, unit), note)
        below.addWidget(problem)
        side.setFixedHeight(line_height(side))
        self.form.addRow(side, below)

    def add_wide(self, part: QWidget, name: str = "") -> None:
        """A part over both columns; with a name, what is wrong with it is said below it."""
        self.form.addRow(part)
        if name:
            problem = plain.label(tone="bad", name=f"settings.{name}.problem", wraps=True)
            problem.hide()
            self.problems[name] = problem
            self._fields[name] = part
            self.form.addRow(problem)

    def add_beside(self, part: QWidget, *, note: str = "") -> None:
        """A part in the column of the fields that needs no label: a box to tick, a button."""
        self.form.addRow(plain.label(), _below(_with_unit(part, ""), note))

    def add_words(self, text: str) -> QLabel:
        words = plain.label(text, tone="muted", wraps=True)
        self.form.addRow(words)
        return words

    def add_heading(self, text: str) -> None:
        """The heading of a part of the page."""
        made = plain.heading(text, points=0.5)
        made.setContentsMargins(0, GRID, 0, 0)
        self.form.addRow(made)


# fields


def make_line(name: str, title: str, *, hint: str = "") -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(f"settings.{name}")
    line.setAccessibleName(title)
    plain.set_hint(line, hint)
    line.setMaxLength(_LONGEST)
    return line


def make_number(name: str, title: str) -> QLineEdit:
    """A line for a number, as wide as its digits."""
    line = make_line(name, title)
    width = line.fontMetrics().horizontalAdvance("0" * _DIGITS) + 2 * GRID
    line.setFixedWidth(width)
    return line


def make_combo(name: str, title: str, *choices: tuple[str, str]) -> ComboBox:
    """`choices` are what is stored, and what is shown for it."""
    combo = ComboBox()
    combo.setObjectName(f"settings.{name}")
    combo.setAccessibleName(title)
    for value, text in choices:
        combo.addItem(text, value)
    # a long choice must not make the page wider than it is
    combo.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    longest = max((len(text) for _value, text in choices), default=_DIGITS)
    combo.setMinimumContentsLength(min(max(longest, _DIGITS), _LONGEST_CHOICE))
    return combo


def make_check(name: str, title: str) -> CheckBox:
    check = CheckBox(title)
    check.setObjectName(f"settings.{name}")
    return check


def make_button(name: str, title: str) -> QPushButton:
    """A small button for what happens at once; Enter leaves it alone."""
    button = QPushButton(title)
    button.setObjectName(f"settings.{name}")
    button.setAccessibleName(title.replace("&", ""))
    button.setAutoDefault(False)
    plain.set_style_property(button, "small", True)
    return button


def choose(combo: ComboBox, value: str) -> None:
    combo.setCurrentIndex(max(0, combo.findData(value)))


def whole_number(line: QLineEdit, setting: Setting[int], field: str, sentence: str) -> int:
    """What stands in the line. Raises WrongValueError with the sentence."""
    try:
        return setting.check(int("".join(line.text().split())))
    except ValueError:
        raise WrongValueError(field, sentence) from None


def changed(text: str, stored: str) -> str | None:
    """What is to be stored; None where it is stored already."""
    return None if text.strip() == stored else text.strip()


def _with_unit(field: QWidget, unit: str) -> QHBoxLayout:
    """The field in its row. One that is as wide as its content leaves the rest empty."""
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(field)
    if unit:
        row.addWidget(plain.label(unit, tone="muted"))
    if unit or field.minimumWidth() == field.maximumWidth() or isinstance(field, QPushButton):
        row.addStretch()
    return row


def _below(row: QHBoxLayout, note: str) -> QVBoxLayout:
    below = QVBoxLayout()
    below.setSpacing(GRID // 2)
    below.addLayout(row)
    if note:
        below.addWidget(plain.label(note, tone="muted", wraps=True))
    return below


def _mark(field: QWidget, problem: str) -> None:
    """Show by its frame that the line is wrong, and tell a screen reader why."""
    line = field if isinstance(field, QLineEdit) else field.focusProxy()
    if isinstance(line, QLineEdit):
        plain.set_style_property(line, "wrong", bool(problem))
        line.setAccessibleDescription(problem)
