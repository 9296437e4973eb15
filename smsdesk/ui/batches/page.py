"""The page of one batch: how far it is, when what came of it, who did not get it and why, and
what can be done about it.

It asks and shows; the desk counts and decides, on the worker.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_batches
from smsdesk.desk.batches import (
    Bars,
    Batches,
    BatchPhase,
    Deed,
    Missed,
    Outcome,
    Progress,
    Reason,
)
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, grouped
from smsdesk.ui import dialogs, icons, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.batches.bars import BarsPicture
from smsdesk.ui.batches.confirm_dialog import ConfirmDialog
from smsdesk.ui.batches.pictures import ShareBar, Swatch
from smsdesk.ui.controls import push_button
from smsdesk.ui.history.look import LOOKS
from smsdesk.ui.history.when import short_time
from smsdesk.ui.numbers import show_number
from smsdesk.ui.room import set_margins
from smsdesk.ui.scroll import DownScroll
from smsdesk.ui.theme import GRID

_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page shows, read in one go on the worker."""

    progress: Progress
    bars: Bars
    deeds: tuple[Deed, ...]


def read_report(batches: Batches, batch_id: str) -> Report | None:
    """Called on the worker; None when the batch is not in the log any more."""
    progress = batches.progress(batch_id)
    if progress is None:
        return None
    return Report(progress, batches.bars(progress.batch), tuple(batches.deeds(batch_id)))


class BatchPage(QWidget):
    """One batch, kept up to date while it is seen."""

    # Emitted when the person wants back to the list.
    closed = Signal()
    # Emitted with what came of an act, for the status bar.
    said = Signal(str)
    # Emitted when something was done, so that the counts are worth a look.
    acted = Signal()
    # Emitted with a batch's id and what of it is to be listed: a title, states, a failure code.
    list_asked = Signal(str, str, object, object)
    # Emitted with the id of a new batch, to be shown in place of this one.
    open_asked = Signal(str)
    # Emitted with the id of the batch that is to be written to a file.
    export_asked = Signal(str)

    def __init__(self, batches: Batches, *, worker: Worker) -> None:
        super().__init__()
        self.setObjectName("batch")
        self._batches = batches
        self._worker = worker
        self._batch_id = ""
        self.report: Report | None = None
        self._is_busy = False

        self._name = plain.heading("")
        self._name.setObjectName("batch.name")
        self._name.setWordWrap(True)
        self._back = QToolButton()
        self._back.setObjectName("batch.close")
        self._back.setAccessibleName(_("Back to the list"))
        plain.set_tip(self._back, _("Back to the list (Esc)"))
        icons.dress(self._back, "x", "muted")
        self._facts = plain.label(tone="muted", name="batch.facts", wraps=True)
        self._shares = ShareBar()
        self.sentence = plain.label(name="batch.sentence", wraps=True)
        self.phase = plain.label(tone="warn", name="batch.phase", wraps=True)
        self.confirm_button = push_button(_("C&onfirm…"), "batch.confirm", small=True)
        self.pause_button = push_button(_("P&ause"), "batch.pause", small=True)
        self.resume_button = push_button(_("R&esume"), "batch.resume", small=True)
        self.cancel_button = push_button(_("&Cancel the rest…"), "batch.cancel", small=True)
        self.result = plain.label(name="batch.result", wraps=True)
        self.result.hide()
        self._counts = QGridLayout()
        self.bars = BarsPicture()
        self._bar_words = plain.label(tone="muted", name="batch.bars.words")
        self._legend = QHBoxLayout()
        self._reasons_heading = plain.heading(_("Who did not get it, and why"), points=0.5)
        self._reasons = QVBoxLayout()
        self.again_button = push_button(
            _("Send to those who did not &get it…"), "batch.again", small=True
        )
        self.list_button = push_button(_("Show the &list"), "batch.list", small=True)
        self.export_button = push_button(_("E&xport…"), "batch.export", small=True)
        self._deeds = plain.label(tone="muted", name="batch.deeds", wraps=True)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.confirm_button.setProperty("primary", True)
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._back, 0, Qt.AlignmentFlag.AlignTop)
        acts = QHBoxLayout()
        acts.setSpacing(GRID)
        for button in (
            self.confirm_button,
            self.pause_button,
            self.resume_button,
            self.cancel_button,
        ):
            acts.addWidget(button)
        acts.addStretch()
        after = QHBoxLayout()
        after.setSpacing(GRID)
        for button in (self.list_button, self.export_button):
            after.addWidget(button)
        after.addStretch()
        self._legend.setSpacing(GRID)
        self._counts.setHorizontalSpacing(2 * GRID)
        self._counts.setVerticalSpacing(GRID // 2)
        self._reasons.setSpacing(GRID // 2)

        inside = QWidget()
        body = QVBoxLayout(inside)
        set_margins(body, 0, 0, GRID, GRID)
        body.setSpacing(GRID)
        body.addWidget(self._facts)
        body.addWidget(self._shares)
        body.addWidget(self.sentence)
        body.addWidget(self.phase)
        body.addLayout(acts)
        body.addWidget(self.result)
        body.addLayout(self._counts)
        body.addWidget(self.bars)
        body.addLayout(self._legend)
        body.addWidget(self._bar_words)
        body.addWidget(self._reasons_heading)
        body.addLayout(self._reasons)
        body.addWidget(self.again_button, 0, Qt.AlignmentFlag.AlignLeft)
        body.addLayout(after)
        body.addWidget(self._deeds)
        body.addStretch()
        scroll = DownScroll(inside)
        layout = QVBoxLayout(self)
        set_margins(layout, 2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(scroll, 1)

    def _connect(self) -> None:
        self._back.clicked.connect(self.closed)
        self.pause_button.clicked.connect(lambda: self._act("pause", self._batches.pause))
        self.resume_button.clicked.connect(lambda: self._act("resume", self._batches.resume))
        self.cancel_button.clicked.connect(self._ask_cancel)
        self.confirm_button.clicked.connect(self._ask_confirm)
        self.again_button.clicked.connect(self._find_missed)
        self.export_button.clicked.connect(lambda: self.export_asked.emit(self._batch_id))
        self.list_button.clicked.connect(
            lambda: self.list_asked.emit(self._batch_id, "", frozenset(), None)
        )
        self.bars.told.connect(self._tell_bar)

    # showing

    @property
    def batch_id(self) -> str:
        """Which batch is shown, or "" before any."""
        return self._batch_id

    def open(self, batch_id: str) -> None:
        """Show another batch as soon as it has been counted."""
        if batch_id != self._batch_id:
            self._batch_id = batch_id
            self.report = None
            self.result.hide()
        self.look_again()

    def look_again(self) -> None:
        """Count anew; the answer of an older question is dropped when another batch is shown."""
        batch_id, batches = self._batch_id, self._batches
        self._worker.run(
            lambda: read_report(batches, batch_id), self._shown, self._tell_trouble
        )

    def _shown(self, report: Report | None) -> None:
        if report is None:
            self.said.emit(_("That batch is not in the log any more."))
            self.closed.emit()
        else:
            self.show_report(report)

    def show_report(self, report: Report) -> None:
        if report.progress.batch.id != self._batch_id or report == self.report:
            return
        is_first, self.report = self.report is None, report
        progress = report.progress
        now = datetime.now(UTC)
        batch = progress.batch
        self._name.setText(plain.one_line(wording_batches.batch_name(batch)))
        facts = (
            wording_batches.size_words(batch),
            short_time(batch.created_at, now=now),
            _("from {sender}").replace("{sender}", plain.one_line(show_number(batch.sender))),
        )
        self._facts.setText(" · ".join(facts))
        self._shares.show_outcomes(progress.outcomes)
        said = (
            wording_batches.progress_sentence(progress),
            wording_batches.rate_sentence(progress),
        )
        self.sentence.setText(" · ".join(filter(None, said)))
        self._shares.setAccessibleName(self.sentence.text())
        phase = wording_batches.phase_sentence(progress)
        self.phase.setText(phase)
        self.phase.setVisible(bool(phase))
        self._show_acts(progress)
        self._show_counts(progress)
        self._show_bars(report.bars, progress, now)
        self._show_reasons(progress)
        self._show_deeds(report.deeds, now)
        if is_first:
            self._first_act().setFocus()

    def _first_act(self) -> QWidget:
        shown = (self.confirm_button, self.pause_button, self.resume_button, self.list_button)
        return next(button for button in shown if not button.isHidden())

    def _show_acts(self, progress: Progress) -> None:
        had_focus = self.focusWidget()
        phase = progress.phase
        is_moving = (
            phase in (BatchPhase.SENDING, BatchPhase.WAITING) and progress.can_cancel > 0
        )
        self.confirm_button.setVisible(phase is BatchPhase.UNCONFIRMED)
        self.pause_button.setVisible(is_moving)
        self.resume_button.setVisible(phase is BatchPhase.PAUSED)
        self.cancel_button.setVisible(progress.can_cancel > 0)
        is_whole = progress.can_cancel == progress.total
        title = _("&Cancel the batch…") if is_whole else _("&Cancel the rest…")
        self.cancel_button.setText(title)
        self.cancel_button.setAccessibleName(title.replace("&", "").rstrip("…"))
        failed = progress.outcomes.get(Outcome.FAILED, 0)
        self.again_button.setVisible(failed > 0)
        for button in self._buttons():
            button.setEnabled(not self._is_busy)
        if isinstance(had_focus, QPushButton) and had_focus.isHidden():
            self._first_act().setFocus()

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.confirm_button,
            self.pause_button,
            self.resume_button,
            self.cancel_button,
            self.again_button,
            self.export_button,
        )

    def _show_counts(self, progress: Progress) -> None:
        lines = wording_batches.count_lines(progress)
        names = [f"batch.count.{state}" for state, _word, _count in lines]
        titles = [f"{word}  {grouped(count)}" for _state, word, count in lines]
        if _renamed(self._counts, names, titles):
            return
        _empty(self._counts)
        before: QWidget = self.cancel_button
        for place, (state, _word, _count) in enumerate(lines):
            button = _quiet(titles[place], names[place])
            button.clicked.connect(lambda _checked=False, one=state: self._list_state(one))
            icons.dress(button, LOOKS[state].icon, LOOKS[state].tone)
            left = Qt.AlignmentFlag.AlignLeft
            self._counts.addWidget(button, place // _COLUMNS, place % _COLUMNS, left)
            QWidget.setTabOrder(before, button)
            before = button
        self._counts.setColumnStretch(_COLUMNS, 1)

    def _list_state(self, state: State) -> None:
        title = wording.state_word(state)
        self.list_asked.emit(self._batch_id, title, frozenset({state}), None)

    def _show_bars(self, bars: Bars, progress: Progress, now: datetime) -> None:
        has_bars = bool(bars.bars)
        self.bars.setVisible(has_bars)
        self._bar_words.setVisible(has_bars)
        _empty(self._legend)
        if not has_bars:
            return
        self.bars.show_bars(bars, now=now)
        self._tell_bar(self.bars.chosen_words)
        seen = {outcome for bar in bars.bars for outcome in bar}
        for outcome in (one for one in Outcome if one in seen):
            self._legend.addWidget(Swatch(outcome))
            self._legend.addWidget(
                plain.label(wording_batches.outcome_word(outcome), tone="muted")
            )
            self._legend.addSpacing(GRID)
        self._legend.addStretch()

    def _tell_bar(self, words: str) -> None:
        if words or self.report is None:
            self._bar_words.setText(words)
        else:
            self._bar_words.setText(wording_batches.width_words(self.report.bars.width))

    def _show_reasons(self, progress: Progress) -> None:
        self._reasons_heading.setVisible(bool(progress.reasons))
        names = [f"batch.reason.{one.state}.{one.code or 'none'}" for one in progress.reasons]
        titles = [
            f"{plain.one_line(wording_batches.reason_sentence(one))}  {grouped(one.count)}"
            for one in progress.reasons
        ]
        if _renamed(self._reasons, names, titles):
            return
        _empty(self._reasons)
        for place, reason in enumerate(progress.reasons):
            button = _quiet(titles[place], names[place])
            button.clicked.connect(lambda _checked=False, one=reason: self._list_reason(one))
            self._reasons.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)

    def _list_reason(self, reason: Reason) -> None:
        title = wording_batches.reason_sentence(reason)
        code = reason.code or ""
        self.list_asked.emit(self._batch_id, title, frozenset({reason.state}), code)

    def _show_deeds(self, deeds: tuple[Deed, ...], now: datetime) -> None:
        lines = [
            plain.visible(
                wording_batches.deed_sentence(deed, time=short_time(deed.at, now=now))
            )
            for deed in deeds
        ]
        self._deeds.setText("\n".join(lines))
        self._deeds.setVisible(bool(lines))

    # acts

    def _act(self, what: str, call: Callable[[str], int]) -> None:
        batch_id = self._batch_id
        self._set_busy(True)
        self._worker.run(
            lambda: call(batch_id), lambda count: self._done(what, count), self._failed
        )

    def _done(self, what: str, count: int) -> None:
        self._set_busy(False)
        self._say(wording_batches.done_sentence(what, count))
        self.acted.emit()
        self.look_again()

    def _failed(self, error: Exception) -> None:
        self._set_busy(False)
        self._tell_trouble(error)

    def _set_busy(self, is_busy: bool) -> None:
        self._is_busy = is_busy
        for button in self._buttons():
            button.setEnabled(not is_busy)

    def _say(self, sentence: str, tone: str = "") -> None:
        self.result.setText(plain.sentence(sentence))
        plain.set_tone(self.result, tone)
        self.result.show()
        if not tone:
            self.said.emit(sentence)

    def _tell_trouble(self, error: Exception) -> None:
        sentence = wording_batches.trouble_sentence(error)
        if sentence is None:
            raise error
        self._say(sentence, "bad")

    def _ask_cancel(self) -> None:
        if self.report is None:
            return
        progress = self.report.progress
        if dialogs.ask(
            self,
            _("Cancel what has not been sent?"),
            wording_batches.cancel_question(progress),
            act=wording_batches.cancel_act(progress),
        ):
            self._act("cancel", self._batches.cancel)

    def _ask_confirm(self) -> None:
        if self.report is None:
            return
        batches, progress = self._batches, self.report.progress
        batch_id = progress.batch.id
        dialog = ConfirmDialog(
            progress,
            lambda who, pin: batches.confirm(batch_id, by=who, pin=pin),
            worker=self._worker,
            parent=self,
        )
        dialog.confirmed.connect(lambda count: self._done("confirm", count))
        dialog.finished.connect(
            lambda _result: self._worker.run(lambda: None, lambda _none: dialog.deleteLater())
        )
        dialog.open()

    # who did not get it

    def _find_missed(self) -> None:
        batch_id = self._batch_id
        self._set_busy(True)
        self._worker.run(lambda: self._batches.missed(batch_id), self._ask_again, self._failed)

    def _ask_again(self, missed: Missed) -> None:
        self._set_busy(False)
        if self.report is None:
            return
        if not missed.messages:
            self._say(wording_batches.nobody_missed(missed), "warn")
            return
        if not dialogs.ask(
            self,
            _("Send to those who did not get it?"),
            wording_batches.missed_question(missed),
            act=wording_batches.missed_act(len(missed.messages)),
        ):
            return
        name = wording_batches.again_name(self.report.progress.batch)
        self._set_busy(True)
        self._worker.run(
            lambda: self._batches.send_again(missed, name=name),
            lambda new_id: self._sent_again(new_id, len(missed.messages)),
            self._failed,
        )

    def _sent_again(self, new_id: str, count: int) -> None:
        self._set_busy(False)
        self.acted.emit()
        self.open_asked.emit(new_id)
        self._say(wording_batches.done_sentence("again", count))


def _quiet(title: str, name: str) -> QPushButton:
    """A line of text that leads to the messages it counts."""
    button = QPushButton(plain.typed(title))
    button.setObjectName(name)
    button.setAccessibleName(title)
    button.setProperty("quiet", True)
    button.setAutoDefault(False)
    plain.set_tip(button, _("Show these messages"))
    return button


def _renamed(layout: QGridLayout | QVBoxLayout, names: list[str], titles: list[str]) -> bool:
    """Give the buttons new titles, if they are the same ones: so none loses the focus."""
    items = [layout.itemAt(place) for place in range(layout.count())]
    buttons = [item.widget() for item in items if item is not None]
    if [button.objectName() for button in buttons if button is not None] != names:
        return False
    for button, title in zip(buttons, titles, strict=True):
        if isinstance(button, QPushButton) and button.accessibleName() != title:
            button.setText(plain.typed(title))
            button.setAccessibleName(title)
    return True


def _empty(layout: QGridLayout | QHBoxLayout | QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if isinstance(widget, QPushButton | QLabel | Swatch):
            widget.hide()
            widget.deleteLater()
