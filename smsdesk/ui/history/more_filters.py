"""The panel with the conditions that are not needed every day: dates, people, batch and so on.

Each change narrows the list at once. What there is to choose from is read when the panel opens.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

from PySide6.QtCore import QDate, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QSizePolicy, QWidget

from smsdesk.desk import wording_history
from smsdesk.desk.history import HistoryFilter, read_recipient
from smsdesk.sms.channels import title_of
from smsdesk.sms.message import Direction
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.controls import ComboBox, DateEdit
from smsdesk.ui.history.narrowing import Narrowing
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import line_height
from smsdesk.ui.theme import GRID

_LONGEST = 60


@dataclass(frozen=True, slots=True)
class Choices:
    """What occurs in the log."""

    senders: Sequence[str] = ()
    channels: Sequence[str] = ()
    batches: Sequence[tuple[str, str]] = ()
    """Ids and names of the newest ones."""
    failures: Sequence[str] = ()
    region: str | None = None
    """The country of recipients written the national way."""


class FilterPanel(QFrame):
    """Shows a narrowing, and says what it is changed to."""

    # Emitted with the `Narrowing` that the person wants.
    changed = Signal(object)
    # Emitted when Esc is pressed.
    closed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("history.more")
        self.setAccessibleName(_("More filters"))
        self.setProperty("ground", "raised")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._narrowing = Narrowing()
        self._wants_days = False
        """Other days were asked for, even while they happen to be those of a shorter way."""
        self._channels: Sequence[str] = ()
        self._region: str | None = None
        self.dates = _combo("history.more.dates", _("Dates"))
        self.since = _date("history.more.since", _("First day"))
        self.until = _date("history.more.until", _("Last day"))
        self.direction = _combo("history.more.direction", _("Direction"))
        self.to = _line("history.more.to", _("Recipient's number"))
        self.senders = _combo("history.more.sender", _("Sender"))
        self.batch = _combo("history.more.batch", _("Batch"))
        self.failure = _combo("history.more.failure", _("Failure"))
        self.channel = _combo("history.more.channel", _("Channel"))
        for words, days in _presets(datetime.now().astimezone().date()):
            self.dates.addItem(words, days)
        self.dates.addItem(_("Other days…"), "other")
        self.direction.addItem(_("Both ways"), None)
        for way in Direction:
            self.direction.addItem(wording_history.direction_word(way), way.value)
        self._arrange()
        self._connect()
        self.offer(Choices())

    def _arrange(self) -> None:
        self._range = QWidget()
        days = QHBoxLayout(self._range)
        days.setContentsMargins(0, 0, 0, 0)
        days.setSpacing(GRID)
        days.addWidget(self.since, 1)
        days.addWidget(plain.label("–", tone="muted"))
        days.addWidget(self.until, 1)
        grid = QGridLayout(self)
        grid.setContentsMargins(GRID, GRID, GRID, GRID)
        grid.setSpacing(GRID)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        grid.addWidget(self.dates, 0, 0)
        grid.addWidget(self.direction, 0, 1)
        grid.addWidget(self._range, 1, 0, 1, 2)
        grid.addWidget(self.to, 2, 0)
        grid.addWidget(self.senders, 2, 1)
        grid.addWidget(self.batch, 3, 0, 1, 2)
        grid.addWidget(self.failure, 4, 0, 1, 2)
        grid.addWidget(self.channel, 5, 0, 1, 2)

    def _connect(self) -> None:
        self.dates.activated.connect(lambda _index: self._choose_dates())
        for day in (self.since, self.until):
            day.dateChanged.connect(lambda _day: self._choose_range())
        self.to.editingFinished.connect(self._choose_recipient)
        for combo, field in (
            (self.direction, "direction"),
            (self.senders, "sender"),
            (self.batch, "batch"),
            (self.failure, "failure"),
            (self.channel, "channel"),
        ):
            combo.activated.connect(
                lambda _index, combo=combo, field=field: self._choose(field, combo)
            )

    # what is shown

    def offer(self, choices: Choices) -> None:
        """What there is to choose from; what is chosen already stays, even if it is not there."""
        self._channels, self._region = choices.channels, choices.region
        _fill(
            self.senders, _("Any sender"), [(one, show_number(one)) for one in choices.senders]
        )
        _fill(self.batch, _("Any batch"), list(choices.batches))
        _fill(
            self.failure,
            _("With or without a failure"),
            [(one, wording_history.failure_words(one)) for one in choices.failures],
        )
        _fill(
            self.channel, _("Any channel"), [(title_of(one), one) for one in choices.channels]
        )
        self.show_narrowing(self._narrowing)

    def show_narrowing(self, narrowing: Narrowing) -> None:
        self._narrowing = narrowing
        which = narrowing.which
        _choose(self.direction, None if which.direction is None else which.direction.value, "")
        with QSignalBlocker(self.to):
            self.to.setText(show_number(which.to or ""))
        _choose(self.senders, which.sender, show_number(which.sender or ""))
        _choose(self.batch, which.batch, narrowing.batch_name)
        _choose(
            self.failure,
            which.failure,
            "" if which.failure is None else wording_history.failure_words(which.failure),
        )
        _choose(self.channel, which.channel, title_of(which.channel or ""))
        has_channels = len(self._channels) > 1 or which.channel is not None
        self.channel.setVisible(has_channels)
        self._show_dates(which)

    def _show_dates(self, which: HistoryFilter) -> None:
        days = _days(which)
        other = self.dates.count() - 1
        self._wants_days = self._wants_days and days is not None
        found = next((n for n in range(other) if self.dates.itemData(n) == days), other)
        found = other if self._wants_days else found
        with QSignalBlocker(self.dates):
            self.dates.setCurrentIndex(found)
        self._range.setVisible(found == other)
        if days is not None:
            first, last = days
            for field, day in ((self.since, first), (self.until, last)):
                if day is not None:
                    with QSignalBlocker(field):
                        field.setDate(QDate(day.year, day.month, day.day))

    # what the person does

    def _choose_dates(self) -> None:
        days = self.dates.currentData()
        self._wants_days = days == "other"
        if self._wants_days:
            self._range.show()
            self.since.setFocus()
            self._choose_range()
        else:
            self._narrow_to_days(*(days or (None, None)))

    def _choose_range(self) -> None:
        first, last = _python_day(self.since.date()), _python_day(self.until.date())
        self._narrow_to_days(min(first, last), max(first, last))

    def _narrow_to_days(self, first: date | None, last: date | None) -> None:
        which = replace(
            self._narrowing.which,
            since=None if first is None else _midnight(first),
            until=None if last is None else _midnight(last + timedelta(days=1)),
        )
        self._tell(replace(self._narrowing, which=which))

    def _choose_recipient(self) -> None:
        typed = self.to.text().strip()
        which = self._narrowing.which
        if typed == show_number(which.to or ""):
            return
        to = read_recipient(typed, default_region=self._region) if typed else None
        self._tell(replace(self._narrowing, which=replace(which, to=to)))

    def _choose(self, field: str, combo: ComboBox) -> None:
        value = combo.currentData()
        if field == "direction" and value is not None:
            value = Direction(value)
        narrowing = self._narrowing
        if field in ("batch", "failure"):
            narrowing = narrowing.without("batch") if narrowing.what else narrowing
        which = replace(narrowing.which, **{field: value})
        name = narrowing.batch_name
        if field == "batch":
            name = combo.currentText() if value is not None else ""
        self._tell(Narrowing(which, name))

    def _tell(self, narrowing: Narrowing) -> None:
        self._narrowing = narrowing
        self.changed.emit(narrowing)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)


def _combo(name: str, title: str) -> ComboBox:
    combo = ComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(title)
    plain.set_tip(combo, title)
    combo.setMinimumContentsLength(8)
    combo.setMinimumHeight(line_height(combo))
    combo.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return combo


def _line(name: str, title: str) -> QLineEdit:
    line = QLineEdit()
    line.setObjectName(name)
    line.setAccessibleName(title)
    plain.set_hint(line, title)
    line.setMinimumHeight(line_height(line))
    return line


def _date(name: str, title: str) -> DateEdit:
    field = DateEdit(QDate.currentDate())
    field.setObjectName(name)
    field.setAccessibleName(title)
    field.setCalendarPopup(True)
    field.setMinimumHeight(line_height(field))
    field.setDisplayFormat("d MMM yyyy")
    return field


def _fill(combo: ComboBox, every: str, choices: Sequence[tuple[str, str]]) -> None:
    with QSignalBlocker(combo):
        combo.clear()
        combo.addItem(every, None)
        for value, words in choices:
            combo.addItem(plain.one_line(words[:_LONGEST]), value)


def _choose(combo: ComboBox, value: str | None, words: str) -> None:
    with QSignalBlocker(combo):
        found = 0 if value is None else combo.findData(value)
        if found < 0:
            combo.addItem(plain.one_line((words or value or "")[:_LONGEST]), value)
            found = combo.count() - 1
        combo.setCurrentIndex(found)


def _presets(today: date) -> list[tuple[str, tuple[date, date] | None]]:
    return [
        (_("Any day"), None),
        (_("Today"), (today, today)),
        (_("Yesterday"), (today - timedelta(days=1), today - timedelta(days=1))),
        (_("Last 7 days"), (today - timedelta(days=6), today)),
        (_("Last 30 days"), (today - timedelta(days=29), today)),
        (_("This month"), (today.replace(day=1), today)),
    ]


def _days(which: HistoryFilter) -> tuple[date | None, date | None] | None:
    if which.since is None and which.until is None:
        return None
    last = None if which.until is None else which.until - timedelta(milliseconds=1)
    return (
        None if which.since is None else which.since.astimezone().date(),
        None if last is None else last.astimezone().date(),
    )


def _midnight(day: date) -> datetime:
    """The beginning of a day where we are."""
    return datetime.combine(day, time()).astimezone()


def _python_day(day: QDate) -> date:
    return date(day.year(), day.month(), day.day())
