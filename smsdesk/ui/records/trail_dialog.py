"""What persons did here: the trail, filtered, checked, and written to a file."""

from datetime import datetime, timedelta
from pathlib import Path

from PySide6.QtCore import QDate, QModelIndex, QSignalBlocker, SignalInstance
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from smsdesk.desk import wording_trail
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.trail import Act, AuditTrail, Strayed, TrailError, TrailFilter, Verdict
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.background import Worker
from smsdesk.ui.controls import ClippedDelegate, ComboBox, DateEdit, push_button
from smsdesk.ui.list_dialog import ListDialog, ListTable
from smsdesk.ui.records.trail_model import ACT, WHEN, WHO, TrailModel
from smsdesk.ui.theme import GRID

_SIZE = (860, 560)
_BETWEEN = -1
_NOTED_WITH = (ChangeKind.MESSAGES, ChangeKind.OPT_OUTS)


class TrailDialog(ListDialog[TrailModel]):
    """The trail of one profile. The newest entry is on top."""

    def __init__(
        self,
        trail: AuditTrail,
        *,
        worker: Worker,
        news: SignalInstance,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            _("Audit trail"),
            "trail",
            model=TrailModel(trail, worker=worker),
            table=ListTable("trail.table", _("What persons did")),
            export=_("&Export…"),
            worker=worker,
            follows=ChangeKind.TRAIL,
            parent=parent,
        )
        self._trail = trail
        self._kept: int | None = None
        self.table.setFrameShape(QFrame.Shape.NoFrame)
        self.table.setProperty("rows", True)
        self.table.setItemDelegate(ClippedDelegate(self.table))
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_columns(
            (WHEN, "Yesterday 00:00"), (WHO, "maximiliane.mu"), (ACT, "Rule of two changed")
        )
        self.kind = ComboBox()
        self.kind.setObjectName("trail.kind")
        self.kind.setAccessibleName(_("Which acts are shown"))
        self.span = ComboBox()
        self.span.setObjectName("trail.span")
        self.span.setAccessibleName(_("From which time"))
        self.since = _date("trail.since", _("From this day on"))
        self.until = _date("trail.until", _("Up to and with this day"))
        self.check_button = push_button(_("C&heck the chain"), "trail.check")
        self._fill()
        self._arrange()
        self._connect(news)
        self._show_search()

    def _fill(self) -> None:
        self.kind.addItem(_("All acts"), None)
        for act in Act:
            self.kind.addItem(wording_trail.act_name(act), act.value)
        for title, days in (
            (_("At any time"), 0),
            (_("In the last 7 days"), 7),
            (_("In the last 30 days"), 30),
            (_("In the last 12 months"), 365),
            (_("Between two days"), _BETWEEN),
        ):
            self.span.addItem(title, days)

    def _arrange(self) -> None:
        explained = plain.label(
            _(
                "Each entry is sealed with the one before, so that a change shows. Persons appear "
                "as digests, and no text is kept here."
            ),
            tone="muted",
            wraps=True,
        )
        top = QHBoxLayout()
        top.setSpacing(GRID)
        for part in (self.kind, self.span, self.since, self.until):
            top.addWidget(part)
        top.addStretch()
        top.addWidget(self.count)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        for button in (self.check_button, self.export_button):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self.close_button)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(plain.heading(_("Audit trail")))
        layout.addWidget(explained)
        layout.addLayout(top)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.said)
        layout.addLayout(buttons)
        self.since.hide()
        self.until.hide()
        self.open_at(*_SIZE)
        self.kind.setFocus()

    def _connect(self, news: SignalInstance) -> None:
        super()._connect(news)
        self.kind.currentIndexChanged.connect(lambda _index: self._show_search())
        self.span.currentIndexChanged.connect(lambda _index: self._choose_span())
        self.since.dateChanged.connect(lambda _date: self._show_search())
        self.until.dateChanged.connect(lambda _date: self._show_search())
        self.check_button.clicked.connect(self.check)

    # which entries

    def _choose_span(self) -> None:
        is_between = self.span.currentData() == _BETWEEN
        for field in (self.since, self.until):
            field.setVisible(is_between)
        self._show_search()

    def _show_search(self) -> None:
        self.model.show(self._filter())

    def _filter(self) -> TrailFilter:
        days = self.span.currentData()
        since = until = None
        if days == _BETWEEN:
            since = _midnight(self.since.date())
            until = _midnight(self.until.date().addDays(1))
        elif days:
            since = datetime.now().astimezone() - timedelta(days=days)
        return TrailFilter(what=self.kind.currentData(), since=since, until=until)

    def show_kind(self, act: Act) -> None:
        """Show one kind alone."""
        self.kind.setCurrentIndex(self.kind.findData(act.value))

    def _start_search(self) -> None:
        self.kind.setFocus()

    def _remember_chosen(self) -> None:
        entry = self.model.entry(self.table.currentIndex().row())
        self._kept = None if entry is None else entry.id

    def _row_of_chosen(self) -> int | None:
        return None if self._kept is None else self.model.row_of(self._kept)

    def _note_chosen(self, *_indexes: QModelIndex) -> None:
        """Nothing is done to an entry."""

    def _count_sentence(self, count: int) -> str:
        return wording_trail.count_sentence(count)

    def _say_empty(self) -> None:
        if self.model.search:
            self.empty.say(
                "search-x", _("Nothing found"), _("Nobody did anything of this kind then.")
            )
        else:
            self.empty.say(
                "notebook-text",
                _("Nothing has been noted yet"),
                _(
                    "What is sent, settled, cancelled, exported, changed or erased appears here."
                ),
            )

    def _follow(self, change: Change) -> None:
        """What is done to messages and opt-outs notes itself with them."""
        if change.kind in _NOTED_WITH:
            change = Change(ChangeKind.TRAIL)
        super()._follow(change)

    # checking

    def check(self) -> None:
        """Go through the whole chain, and hold it against the copies."""
        self.check_button.setEnabled(False)
        self._say(_("Checking every entry…"), "muted")

        def verify() -> tuple[Verdict, list[Strayed]]:
            return self._trail.verify(), self._trail.strayed()

        self._worker.run(verify, lambda found: self._show_verdict(*found), self._not_checked)

    def _show_verdict(self, verdict: Verdict, strayed: list[Strayed]) -> None:
        self.check_button.setEnabled(True)
        sentence, is_whole = wording_trail.verdict_sentence(verdict, strayed)
        self._say(sentence, "good" if is_whole else "bad")

    def _not_checked(self, error: Exception) -> None:
        self.check_button.setEnabled(True)
        self._tell_trouble(error)

    # a file

    def _browse_export(self) -> None:
        path = self._ask_target(
            _("Export the audit trail"),
            "audit-trail.csv",
            _("CSV files (*.csv);;All files (*)"),
        )
        if path is not None:
            self.export_file(path)

    def export_file(self, path: Path) -> None:
        """Write what is shown."""
        self._say(_("Writing {path}…").replace("{path}", str(path)), "muted")
        which = self.model.which
        self._write(
            lambda: self._trail.write_file(which, path),
            lambda count: wording_trail.written_sentence(count, str(path)),
        )

    def _explain(self, error: Exception) -> str | None:
        return wording_trail.error_sentence(error) if isinstance(error, TrailError) else None


def _date(name: str, accessible: str) -> DateEdit:
    field = DateEdit(QDate.currentDate())
    with QSignalBlocker(field):
        field.setObjectName(name)
        field.setAccessibleName(accessible)
        field.setCalendarPopup(True)
        field.setDisplayFormat("yyyy-MM-dd")
    return field


def _midnight(day: QDate) -> datetime:
    """When a day begins by the clock of this computer."""
    return datetime(day.year(), day.month(), day.day()).astimezone()
