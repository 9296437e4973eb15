"""The page of the overview: a row of key figures, and below it the bars they are made of.

It shows what has been counted; counting, and what a press leads to, is for the dialog.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from smsdesk.desk import wording_overview as wording
from smsdesk.desk.batches import OUTCOMES
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.overview_figures import (
    Cost,
    Day,
    Figures,
    Outcome,
    Period,
    SenderFigures,
    by_outcome,
    fold,
)
from smsdesk.desk.wording_batches import reason_sentence
from smsdesk.sms.message import Direction
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import plain, theme
from smsdesk.ui.numbers import show_number
from smsdesk.ui.overview.columns import Column, Columns
from smsdesk.ui.overview.rows import Row, Rows
from smsdesk.ui.overview.section import Section, Tile
from smsdesk.ui.picture import OUTCOME_SERIES, Series
from smsdesk.ui.theme import GRID

MOST_ROWS = 8
_TALL, _SHORT = 210, 130
_WIDE, _MIDDLE = 720, 480
"""From these widths on there is room for two pictures, and for three key figures, in a line."""
_SCALE = 2
"""A saved picture has so many pixels to each on the screen."""
_PLAIN = (Series("accent"),)
_STOPS = (Series("accent"), Series("field_line", Qt.BrushStyle.HorPattern))
_KEYS = ("written", "delivered", "open", "time", "cost", "replies")


class OverviewPage(QWidget):
    """All that is shown of a period."""

    # Emitted with a `HistoryFilter` and what it lets through in words.
    asked = Signal(object, str)
    # Emitted when the list of the opt-outs is wanted.
    opt_outs_asked = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("overview.page")
        self._figures: Figures | None = None
        self._bars: Sequence[Day] = ()
        self._listed: Sequence[SenderFigures] = ()
        self.title = plain.heading("")
        self.title.setWordWrap(True)
        self.note = plain.label(tone="muted", wraps=True)
        self.tiles = {name: Tile(name) for name in _KEYS}
        name = _("Messages by day, and what became of them")
        series = [OUTCOME_SERIES[outcome] for outcome in Outcome]
        self.days = Section(Columns("overview.days", name, series, height=_TALL))
        name = _("Why messages did not arrive")
        self.failures = Section(Rows("overview.failures", name, [Series("bad")]))
        name = _("Messages by sender")
        self.senders = Section(Rows("overview.senders", name, series))
        name = _("Cost by country")
        self.countries = Section(Rows("overview.countries", name, _PLAIN))
        name = _("Cost by sender")
        self.costs = Section(Rows("overview.costs", name, _PLAIN))
        name = _("Replies")
        self.replies = Section(Columns("overview.replies", name, _PLAIN, height=_SHORT))
        name = _("Opt-outs")
        self.opt_outs = Section(Columns("overview.opt_outs", name, _STOPS, height=_SHORT))
        self.senders.set_note(wording.senders_note())
        self.opt_outs.set_note(wording.opt_outs_note())
        self.opt_outs.show_legend(list(zip(_STOPS, wording.stops_words(), strict=True)))
        self._halves = (
            *(self.failures, self.senders, self.countries, self.costs),
            *(self.replies, self.opt_outs),
        )
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self._keys = QGridLayout()
        self._keys.setHorizontalSpacing(3 * GRID)
        self._keys.setVerticalSpacing(2 * GRID)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(4 * GRID)
        self._grid.setVerticalSpacing(3 * GRID)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, 2 * GRID, 2 * GRID, 2 * GRID)
        layout.setSpacing(GRID)
        layout.addWidget(self.title)
        layout.addWidget(self.note)
        layout.addSpacing(GRID)
        layout.addLayout(self._keys)
        layout.addSpacing(2 * GRID)
        layout.addWidget(self.days)
        layout.addSpacing(2 * GRID)
        layout.addLayout(self._grid)
        layout.addStretch(1)
        self._place()

    def _connect(self) -> None:
        self.days.picture.picked.connect(self._ask_states)
        self.replies.picture.picked.connect(self._ask_replies)
        self.failures.picture.picked.connect(self._ask_failure)
        self.senders.picture.picked.connect(self._ask_sender)
        self.opt_outs.picture.picked.connect(lambda _n, _piece: self.opt_outs_asked.emit())

    # the room there is

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Set the parts in as many columns as there is room for."""
        halves = 2 if self.width() >= _WIDE else 1
        keys = len(_KEYS) if self.width() >= _WIDE else 3 if self.width() >= _MIDDLE else 2
        _set_out(self._grid, self._halves, halves)
        _set_out(self._keys, tuple(self.tiles.values()), keys)

    # what is shown

    def show_figures(self, figures: Figures, *, counted_at: datetime) -> None:
        self._figures = figures
        self._bars = fold(figures.days)
        sender = plain.one_line(show_number(figures.sender or ""))
        self.title.setText(wording.title_words(figures, sender=sender))
        counted = _("Counted {time}").replace(
            "{time}", f"{counted_at.astimezone():%Y-%m-%d %H:%M}"
        )
        self.note.setText(" · ".join(filter(None, (counted, wording.begins_sentence(figures)))))
        for figure in wording.key_figures(figures):
            self.tiles[figure.name].show_figure(figure)
        self._show_days(figures)
        self._show_failures(figures)
        self._show_senders(figures)
        self._show_costs(figures)
        self._show_people(figures)

    def _show_days(self, figures: Figures) -> None:
        columns = [
            Column(
                wording.short_day(bar),
                [bar.outcomes.get(outcome, 0) for outcome in Outcome],
                partial(_tell_states, bar),
            )
            for bar in self._bars
        ]
        _show_columns(self.days, columns, _("No messages in this period."))
        self.days.set_note(wording.width_words(figures.period))
        self.days.show_legend(
            [
                (OUTCOME_SERIES[outcome], wording.outcome_word(outcome))
                for outcome in Outcome
                if outcome in figures.outcomes
            ]
        )

    def _show_failures(self, figures: Figures) -> None:
        rows = [
            Row(reason_sentence(reason), [reason.count], grouped(reason.count), is_link=True)
            for reason in figures.failures
        ]
        _show_rows(self.failures, _with_rest(rows), _("No message has failed."))

    def _show_senders(self, figures: Figures) -> None:
        self._listed = figures.shown_senders
        rows = [
            Row(
                show_number(one.sender),
                [by_outcome(one.states).get(outcome, 0) for outcome in Outcome],
                wording.sender_sentence(one),
                is_link=True,
            )
            for one in self._listed
        ]
        _show_rows(self.senders, _with_rest(rows), _("No messages in this period."))

    def _show_costs(self, figures: Figures) -> None:
        countries = [
            (wording.country_words(one.destination), one.cost) for one in figures.countries
        ]
        senders = [
            (show_number(one.sender), cost)
            for one in figures.shown_senders
            for cost in one.costs
        ]
        several = wording.currencies_note() if len(figures.costs) > 1 else ""
        for section, costs in ((self.countries, countries), (self.costs, senders)):
            section.set_note(several)
            _show_rows(section, _cost_rows(costs), _("No message has a price."))

    def _show_people(self, figures: Figures) -> None:
        replies = [
            Column(
                wording.short_day(bar),
                [bar.replies],
                partial(_tell_whole, wording.replies_sentence, bar),
            )
            for bar in self._bars
        ]
        _show_columns(self.replies, replies, _("No replies in this period."))
        stops = [
            Column(
                wording.short_day(bar),
                [bar.stops, bar.entered],
                partial(_tell_whole, wording.stops_sentence, bar),
            )
            for bar in self._bars
        ]
        _show_columns(self.opt_outs, stops, _("Nobody opted out in this period."))

    # what a press leads to

    def _ask_states(self, number: int, piece: int | None) -> None:
        bar = self._bars[number]
        outcome = None if piece is None else list(Outcome)[piece]
        words = wording.day_words(bar)
        if outcome is not None:
            words = f"{words} · {wording.outcome_word(outcome)}"
        self._ask(words, bar=bar, states=_states_of(outcome))

    def _ask_failure(self, number: int, _piece: object) -> None:
        if self._figures is not None:
            reason = self._figures.failures[number]
            self._ask(
                reason_sentence(reason),
                states=frozenset({reason.state}),
                failure=reason.code or "",
            )

    def _ask_sender(self, number: int, _piece: object) -> None:
        sender = self._listed[number].sender
        self._ask(show_number(sender), sender=sender)

    def _ask_replies(self, number: int, _piece: object) -> None:
        if self._figures is None:
            return
        bar = self._bars[number]
        days = Period(bar.first, bar.last)
        wanted = HistoryFilter(
            states=frozenset({State.RECEIVED}),
            to=self._figures.sender,
            since=days.since,
            until=days.until,
        )
        self.asked.emit(wanted, f"{wording.day_words(bar)} · {_('Replies')}")

    def _ask(
        self,
        words: str,
        *,
        bar: Day | None = None,
        states: frozenset[State] = frozenset(),
        failure: str | None = None,
        sender: str | None = None,
    ) -> None:
        """Exactly the messages that a bar counts."""
        if self._figures is None:
            return
        period = self._figures.period
        days = period if bar is None else Period(bar.first, bar.last)
        wanted = HistoryFilter(
            states=states,
            direction=Direction.OUTBOUND,
            since=days.since,
            until=days.until,
            failure=failure,
            sender=self._figures.sender if sender is None else sender,
        )
        if bar is None:
            words = f"{words} · {wording.period_words(period)}"
        self.asked.emit(wanted, words)

    # a picture of it all

    def picture(self) -> QImage:
        """The whole page as it is seen, however far it has been scrolled."""
        for section in (self.days, *self._halves):
            section.picture.choose(None)
        image = QImage(self.size() * _SCALE, QImage.Format.Format_RGB32)
        image.setDevicePixelRatio(_SCALE)
        image.fill(QColor(theme.current().window))
        painter = QPainter(image)
        self.render(painter, QPoint(), renderFlags=QWidget.RenderFlag.DrawChildren)
        painter.end()
        return image


def _show_columns(section: Section[Columns], columns: list[Column], nothing: str) -> None:
    is_empty = not any(sum(column.counts) for column in columns)
    section.say_nothing(nothing if is_empty else "")
    section.picture.show_columns(columns)


def _show_rows(section: Section[Rows], rows: list[Row], nothing: str) -> None:
    section.say_nothing("" if rows else nothing)
    section.picture.show_rows(rows)


def _set_out(grid: QGridLayout, widgets: Sequence[QWidget], columns: int) -> None:
    """Line by line, every column as wide as the others."""
    if grid.property("columns") == columns:
        return
    grid.setProperty("columns", columns)
    for place, widget in enumerate(widgets):
        grid.addWidget(widget, place // columns, place % columns)
    for column in range(len(widgets)):
        grid.setColumnStretch(column, 1 if column < columns else 0)


def _tell_states(bar: Day, piece: int | None) -> str:
    return wording.states_sentence(bar, None if piece is None else list(Outcome)[piece])


def _tell_whole(sentence: Callable[[Day], str], bar: Day, _piece: int | None) -> str:
    return sentence(bar)


def _states_of(outcome: Outcome | None) -> frozenset[State]:
    """The states of a group; none, which lets all through, for all groups."""
    if outcome is None:
        return frozenset()
    return frozenset(state for state, group in OUTCOMES.items() if group is outcome)


def _with_rest(rows: list[Row]) -> list[Row]:
    """The first ones, and the others together in one that leads nowhere."""
    shown, rest = rows[:MOST_ROWS], rows[MOST_ROWS:]
    if len(rest) < 2:
        return rows
    amounts = [sum(column) for column in zip(*(row.amounts for row in rest), strict=True)]
    return [*shown, Row(wording.rest_words(len(rest)), amounts, grouped(sum(amounts)))]


def _cost_rows(costs: Sequence[tuple[str, Cost]]) -> list[Row]:
    """The dearest first; each currency by itself, on a scale of its own."""
    rows = []
    for currency in sorted({cost.currency for _name, cost in costs}):
        same = [one for one in costs if one[1].currency == currency]
        same.sort(key=lambda one: -one[1].total)
        rest = [cost for _name, cost in same[MOST_ROWS:]]
        if len(rest) > 1:
            total = sum((cost.total for cost in rest), Decimal())
            together = Cost(currency, total, sum(cost.count for cost in rest))
            same[MOST_ROWS:] = [(wording.rest_words(len(rest)), together)]
        most = max(cost.total for _name, cost in same) or Decimal(1)
        rows += [
            Row(name, [float(cost.total / most)], wording.cost_sentence(cost))
            for name, cost in same
        ]
    return rows
