"""The overview: which period and sender it is of, the counting, and what is taken away from it.

The desk counts on the worker given; an answer that is not wanted any more is given up.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QDate,
    QIODevice,
    QSignalBlocker,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QGuiApplication, QImage, QImageWriter, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_overview as wording
from smsdesk.desk.overview import Overview, write_picture
from smsdesk.desk.overview_figures import Figures, Period
from smsdesk.desk.overview_table import figures_table
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.beside import short_turns
from smsdesk.ui.controls import ComboBox, DateEdit, push_button
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.flow import FlowLayout
from smsdesk.ui.numbers import show_number
from smsdesk.ui.overview.page import OverviewPage
from smsdesk.ui.scroll import DownScroll
from smsdesk.ui.theme import GRID

_SIZE = (1040, 760)
_AFTER_MS = 300
"""A date that is being typed is not counted from until it rests."""
_USUAL_DAYS = 30


class OverviewDialog(Dialog):
    """Counts when it is opened, and whenever something else is chosen."""

    # Emitted with a `HistoryFilter` and what it lets through in words, when the messages that a
    # bar counts are wanted; the dialog has closed by then.
    asked = Signal(object, str)
    # Emitted when the list of the opt-outs is wanted; the dialog has closed by then.
    opt_outs_asked = Signal()
    # Emitted with what came of something, for the status bar.
    said = Signal(str)
    # Emitted on the worker's thread with which counting it is, and how far.
    _progressed = Signal(int, float)

    def __init__(
        self, overview: Overview, *, worker: Worker, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Overview"), parent)
        self.setObjectName("overview")
        self._overview = overview
        self._worker = worker
        self._asked = 0
        self.figures: Figures | None = None
        self.period = ComboBox()
        self.first, self.last = DateEdit(), DateEdit()
        self.whose = ComboBox()
        self.counting = plain.label(tone="muted", name="overview.counting")
        self.page = OverviewPage()
        self.copy_button = push_button(_("&Copy figures"), "overview.copy")
        self.save_button = push_button(_("&Save picture…"), "overview.save")
        self.again_button = push_button(_("Count &again"), "overview.again")
        self.close_button = push_button(_("C&lose"), "overview.close")
        self.outcome = plain.label(name="overview.result", wraps=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_AFTER_MS)
        self._fill()
        self._arrange()
        self._connect()

    def _fill(self) -> None:
        self.period.setObjectName("overview.period")
        self.period.setAccessibleName(_("Period"))
        for title, days in (
            (_("7 days"), 7),
            (_("30 days"), _USUAL_DAYS),
            (_("90 days"), 90),
            (_("A year"), 365),
            (_("From … to …"), None),
        ):
            self.period.addItem(title, days)
        self.period.setCurrentIndex(self.period.findData(_USUAL_DAYS))
        usual = self._overview.latest(_USUAL_DAYS)
        for field, name, accessible, day, form in (
            (self.first, "overview.first", _("First day"), usual.first, _("'from' d MMM yyyy")),
            (self.last, "overview.last", _("Last day"), usual.last, _("'to' d MMM yyyy")),
        ):
            field.setDisplayFormat(form)
            field.setObjectName(name)
            field.setAccessibleName(accessible)
            field.setCalendarPopup(True)
            field.setFixedHeight(self.period.sizeHint().height())
            field.setMinimumDate(QDate(2000, 1, 1))
            field.setDate(QDate(day.year, day.month, day.day))
        self.whose.setObjectName("overview.sender")
        self.whose.setAccessibleName(_("Sender"))
        self.whose.addItem(_("All senders"), None)
        self.whose.setMinimumContentsLength(14)

    def _arrange(self) -> None:
        self.outcome.hide()
        fields = QWidget()
        flow = FlowLayout(fields, gap=GRID)
        flow.setContentsMargins(0, 0, 0, 0)
        for field in (self.period, self.first, self.last, self.whose):
            flow.addWidget(field)
        top = QHBoxLayout()
        top.setSpacing(GRID)
        top.addWidget(fields, 1)
        top.addWidget(self.counting)
        self._scroll = DownScroll(self.page)
        stays = self._scroll.sizePolicy()
        stays.setRetainSizeWhenHidden(True)
        self._scroll.setSizePolicy(stays)
        self._show_page(False)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.copy_button, self.save_button, self.again_button):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID)
        layout.addLayout(top)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self.outcome)
        layout.addLayout(buttons)
        self.open_at(*_SIZE)
        self._show_fields()

    def _connect(self) -> None:
        self.period.currentIndexChanged.connect(self._choose_period)
        self.first.dateChanged.connect(lambda _date: self._timer.start())
        self.last.dateChanged.connect(lambda _date: self._timer.start())
        self._timer.timeout.connect(self.count)
        self.whose.currentIndexChanged.connect(lambda _index: self.count())
        self._progressed.connect(self._show_progress, Qt.ConnectionType.QueuedConnection)
        self.page.asked.connect(self._leave_for)
        self.page.opt_outs_asked.connect(self._leave_for_opt_outs)
        self.copy_button.clicked.connect(self.copy_figures)
        self.save_button.clicked.connect(self._browse)
        self.again_button.clicked.connect(self.count)
        self.close_button.clicked.connect(self.reject)
        QShortcut(QKeySequence.StandardKey.Refresh, self, self.count)

    # what is counted

    def _choose_period(self) -> None:
        self._show_fields()
        self.count()

    def _show_fields(self) -> None:
        is_free = self.period.currentData() is None
        for field in (self.first, self.last):
            field.setVisible(is_free)

    def _wanted(self) -> Period:
        """The period that is chosen. Raises ValueError when it ends before it begins."""
        days: int | None = self.period.currentData()
        if days is not None:
            return self._overview.latest(days)
        return Period(_day(self.first), _day(self.last))

    def count(self) -> None:
        """Count anew, and give up what is being counted."""
        self._timer.stop()
        self._asked += 1
        self.outcome.hide()
        try:
            period = self._wanted()
        except ValueError:
            self.counting.setText("")
            self._say(wording.wrong_period_sentence(), "bad")
            return
        ticket, sender = self._asked, self.whose.currentData()
        self.counting.setText(wording.counting_words(0.0))

        def count() -> Figures | None:
            with short_turns():
                return self._overview.count(
                    period,
                    sender=sender,
                    is_wanted=lambda: ticket == self._asked,
                    on_progress=lambda share: self._progressed.emit(ticket, share),
                )

        self._worker.run(
            count,
            lambda figures: self._show(figures, ticket),
            lambda error: self._fail(error, ticket),
        )

    def _show_progress(self, ticket: int, share: float) -> None:
        if ticket == self._asked:
            self.counting.setText(wording.counting_words(share))

    def _show(self, figures: Figures | None, ticket: int) -> None:
        if figures is None or ticket != self._asked:
            return
        self._asked += 1  # what is still told of its progress is old
        self.figures = figures
        self.counting.setText("")
        self.page.show_figures(figures, counted_at=datetime.now(UTC))
        self._show_page(True)
        self._offer_senders(figures)

    def _show_page(self, is_counted: bool) -> None:
        """Before anything has been counted there is nothing to see, nor to take away."""
        self._scroll.setVisible(is_counted)
        for button in (self.copy_button, self.save_button):
            button.setEnabled(is_counted)

    def _offer_senders(self, figures: Figures) -> None:
        """Those of the period, and the chosen one even if it has no message there."""
        chosen = self.whose.currentData()
        senders = [one.sender for one in figures.senders]
        if chosen is not None and chosen not in senders:
            senders.append(chosen)
        with QSignalBlocker(self.whose):
            while self.whose.count() > 1:
                self.whose.removeItem(1)
            for sender in senders:
                self.whose.addItem(plain.one_line(show_number(sender)), sender)
            self.whose.setCurrentIndex(max(0, self.whose.findData(chosen)))

    def _fail(self, error: Exception, ticket: int) -> None:
        if ticket == self._asked:
            self.counting.setText("")
        self._tell_trouble(error)

    # what is taken away from it

    def _leave_for(self, wanted: object, words: str) -> None:
        self.accept()
        self.asked.emit(wanted, words)

    def _leave_for_opt_outs(self) -> None:
        self.accept()
        self.opt_outs_asked.emit()

    def copy_figures(self) -> None:
        """All figures as a table, for a spreadsheet."""
        if self.figures is not None:
            QGuiApplication.clipboard().setText(figures_table(self.figures))
            self._say(_("Copied. Paste it into a spreadsheet."))

    def _browse(self) -> None:
        if self.figures is None:
            return
        name = wording.picture_name(self.figures.period)
        path, _filter = QFileDialog.getSaveFileName(
            self, _("Save the picture"), str(Path.home() / name), _("Picture (*.png)")
        )
        if path:
            self.save_picture(Path(path))

    def save_picture(self, path: Path) -> None:
        """Write the whole page as it is seen, at twice its size."""
        image = self.page.picture()
        self._worker.run(
            lambda: write_picture(path, _png(image)),
            lambda _none: self._say(_("Saved.")),
            self._tell_trouble,
        )

    # what is said, and the end

    def _say(self, sentence: str, tone: str = "") -> None:
        self.outcome.setText(plain.sentence(sentence))
        plain.set_tone(self.outcome, tone)
        self.outcome.show()
        if not tone:
            self.said.emit(sentence)

    def _tell_trouble(self, error: Exception) -> None:
        sentence = wording.trouble_sentence(error)
        if sentence is None:
            raise error
        self._say(sentence, "bad")

    def done(self, result: int) -> None:
        """However it closes, nobody waits for the figures any more."""
        self._asked += 1
        self._timer.stop()
        super().done(result)


def _day(field: DateEdit) -> date:
    day = field.date()
    return date(day.year(), day.month(), day.day())


def _png(image: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())
