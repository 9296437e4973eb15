"""One text to a list, in three parts on one page: the list, the text, and a last look.

The desk reads, counts and queues, each on the worker given, which is not the one that Send waits
for. Nothing is stored before the button that says how many messages it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, SignalInstance
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording, wording_bulk, wording_list, wording_times
from smsdesk.desk.bulk import Bulk, BulkQueued, PlanChangedError
from smsdesk.desk.bulk_plan import BulkPlan, RowPreview
from smsdesk.desk.bulk_times import DoubtfulTime
from smsdesk.desk.changes import Change, ChangeKind
from smsdesk.desk.compose import Compose, NotStoredError
from smsdesk.desk.sheets.reading import ReadingOptions
from smsdesk.desk.sheets.table import ReadingStoppedError, SheetError, Table
from smsdesk.desk.timing import Outlook as TimeOutlook
from smsdesk.desk.timing import PastError
from smsdesk.sms.message import Problem
from smsdesk.sms.template import TemplateError
from smsdesk.system.i18n import _, grouped
from smsdesk.system.settings import CONFIRM_COUNT_ABOVE, Settings
from smsdesk.ui import dialogs, icons, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.beside import beside_the_window, let_go
from smsdesk.ui.bulk.check_page import CheckPage
from smsdesk.ui.bulk.errand import Errand, Stop, Tell
from smsdesk.ui.bulk.list_page import ListPage, Wish
from smsdesk.ui.bulk.outlook import (
    Outlook,
    ReadList,
    look_at_head,
    look_at_plan,
    look_at_sheet,
)
from smsdesk.ui.bulk.parts import button, retitle, tabs
from smsdesk.ui.bulk.text_page import TextPage, Written
from smsdesk.ui.bulk.when import DoubtfulDialog, WhenPart
from smsdesk.ui.compose.later import Look
from smsdesk.ui.dialogs import Dialog
from smsdesk.ui.file_drop import FileDrop
from smsdesk.ui.theme import GRID

_SIZE = (960, 660)
_COUNT_AFTER_MS = 250
LIST, TEXT, CHECK = range(3)
_LARGEST_PASTE = 20_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """Where a list comes from: a file, or what was pasted under a name."""

    path: Path
    data: bytes | None
    options: ReadingOptions


@dataclass(frozen=True, slots=True)
class Job:
    """A list and what is written to it: enough to go on where somebody left off."""

    read: ReadList
    source: Source
    written: Written

    def groups(self) -> Iterable[Iterable[object]]:
        """The rows of its list, to be let go in pieces."""
        return self.read.groups()


class BulkDialog(Dialog):
    """`written` is what the page begins with."""

    # Emitted with what was queued, and the Job that it came from.
    queued = Signal(object, object)

    def __init__(
        self,
        bulk: Bulk,
        compose: Compose,
        settings: Settings,
        *,
        worker: Worker,
        news: SignalInstance,
        written: Written,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Send to a list"), parent)
        self.setObjectName("bulk")
        self._bulk = bulk
        self._compose = compose
        self._settings = settings
        self._worker = worker
        self._written_at_first = written
        self._source: Source | None = None
        self._read: ReadList | None = None
        self._outlook: Outlook | None = None
        self._shown: Outlook | None = None  # the last one, whether it holds still or not
        self._column_wish = ""
        self._is_storing = False
        self._says_empty = False
        self._reading = Errand(worker, self)
        self._planning = Errand(worker, self)
        self._looking = Errand(worker, self)
        """What the time means."""
        self._plan_timer = QTimer(self)
        self._plan_timer.setSingleShot(True)
        self._plan_timer.setInterval(_COUNT_AFTER_MS)

        self.tabs = tabs("bulk.parts", _("Parts of the page"))
        for title in (_("1  &List"), _("2  &Text"), _("3  &Check and send")):
            self.tabs.addTab(title)
        self.list = ListPage()
        self.text = TextPage(self._preview, compose)
        self.when = WhenPart(
            compose.timing, look=self._look_ahead, run=self._run_look, worker=worker
        )
        self.check = CheckPage(self.when)
        self.pages = QStackedWidget()
        for page in (self.list, self.text, self.check):
            self.pages.addWidget(page)
        self.summary = plain.ElidedLabel(tone="muted")
        self.summary.setObjectName("bulk.summary")
        self.said = plain.label(tone="bad", name="bulk.said", wraps=True)
        self.back = button(_("&Back"), "bulk.back")
        self.go_on = button(_("Next"), "bulk.next_part")
        self.send = button("", "bulk.send")
        for act in (self.go_on, self.send):
            act.setProperty("primary", True)
        retitle(self.send, _("&Send"))
        icons.dress(self.send, "send", "on_accent")
        self.drop = FileDrop(self)
        self._arrange()
        self._connect(news)
        self.text.show_written(written)
        self._show_part(LIST)

    def _arrange(self) -> None:
        line = QFrame()
        line.setFrameShape(QFrame.Shape.HLine)
        line.setFrameShadow(QFrame.Shadow.Plain)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addWidget(self.summary, 1)
        buttons.addWidget(self.back)
        buttons.addWidget(self.go_on)
        buttons.addWidget(self.send)
        layout = QVBoxLayout(self)
        layout.setSpacing(GRID + GRID // 2)
        layout.addWidget(self.tabs)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.said)
        layout.addLayout(buttons)
        self.said.hide()
        self.open_at(*_SIZE)

    def _connect(self, news: SignalInstance) -> None:
        self.tabs.currentChanged.connect(self._show_part)
        self.back.clicked.connect(lambda: self._go(self.pages.currentIndex() - 1))
        self.go_on.clicked.connect(lambda: self._go(self.pages.currentIndex() + 1))
        self.send.clicked.connect(self.send_all)
        self.list.browse_asked.connect(self._browse)
        self.list.paste_asked.connect(self.paste_table)
        self.list.cancel_asked.connect(self._cancel_reading)
        self.list.wished.connect(self._read_otherwise)
        self.list.save_asked.connect(self._browse_problems)
        self.check.save_asked.connect(self._browse_problems)
        self.check.show_asked.connect(self._show_problems)
        self.check.send_asked.connect(self.send_all)
        self.when.changed.connect(self._note_time)
        self.when.rows_asked.connect(self._find_doubtful)
        self.text.changed.connect(self._count_again)
        self._plan_timer.timeout.connect(self._plan)
        self._reading.told.connect(self._show_reading)
        self._planning.told.connect(self._show_counting)
        self.drop.watch(self, self.text.text.viewport())
        self.drop.dropped.connect(self.read_file)
        news.connect(self._follow)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._act)
        QShortcut(QKeySequence("Ctrl+Shift+L"), self.check, self.when.later.showMenu)
        QShortcut(
            QKeySequence(QKeySequence.StandardKey.Paste),
            self.list,
            self.paste_table,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )

    # from part to part

    def _go(self, part: int) -> None:
        self.tabs.setCurrentIndex(max(LIST, min(part, CHECK)))

    def _show_part(self, part: int) -> None:
        self.pages.setCurrentIndex(part)
        self.back.setVisible(part != LIST)
        self.go_on.setVisible(part != CHECK)
        self.send.setVisible(part == CHECK)
        retitle(self.go_on, _("&Go on to the text") if part == LIST else _("&Go on to check"))
        if part == CHECK:
            self._says_empty = True
        self._show_state()
        if part == TEXT:
            self.text.text.setFocus()
        elif part == CHECK:
            self.check.take_focus()
            self.when.look_again()

    def _act(self) -> None:
        """Ctrl+Enter: on to the next part, and in the last one Send."""
        if self.pages.currentIndex() == CHECK:
            self.send_all()
        else:
            self._go(self.pages.currentIndex() + 1)

    # the list

    def _browse(self) -> None:
        path, _filter = QFileDialog.getOpenFileName(
            self,
            _("Choose a list"),
            str(Path.home()),
            _("Lists (*.csv *.tsv *.txt *.xlsx *.xlsm *.ods);;All files (*)"),
        )
        if path:
            self.read_file(Path(path))

    def read_file(self, path: Path) -> None:
        """Read a list. The one before it stays until this one has been read."""
        self._begin(Source(path, None, self._options()))

    def paste_table(self) -> None:
        """Read a table that was copied in a spreadsheet."""
        self.paste_text(QGuiApplication.clipboard().text())

    def paste_text(self, text: str) -> None:
        """Read a table that is there as text: one row a line, the cells divided by tabs."""
        if not text.strip():
            self.list.say(
                _("There is no table to paste. Copy the rows in a spreadsheet first.")
            )
        elif len(text) > _LARGEST_PASTE:
            self.list.say(_("That is too much to paste. Save it as a file, and choose that."))
        else:
            data = text.encode("utf-8", "replace")
            options = replace(self._options(), encoding="utf-8-sig")
            self._begin(Source(Path(_("Pasted table")), data, options))

    def _options(self) -> ReadingOptions:
        """What the person said of the list before holds for the next one too."""
        region = None if self._read is None else self._read.sheet.region
        return ReadingOptions(default_region=region, number_column=self._column_wish or None)

    def _begin(self, source: Source) -> None:
        if self._is_storing:
            return
        self._go(LIST)
        self.list.say("")
        self.list.show_reading(wording_list.reading_sentence(_name(source.path), 0))
        self.list.cancel.setFocus()
        bulk, region = self._bulk, self._compose.default_region

        def read(stop: Stop, tell: Tell) -> ReadList:
            def on_head(table: Table) -> None:
                tell(look_at_head(table, source.options.default_region or region))

            def attempt(options: ReadingOptions) -> ReadList:
                sheet = bulk.read(
                    source.path,
                    options,
                    data=source.data,
                    on_head=on_head,
                    on_progress=_steps(tell),
                    stop=stop,
                )
                return look_at_sheet(sheet)

            try:
                return attempt(source.options)
            except SheetError as error:
                if error.code != "no_such_column":
                    raise
                return attempt(replace(source.options, number_column=None))

        self._reading.start(
            read, lambda found: self._take(found, source), lambda error: self._not_read(error)
        )
        self._show_state()

    def _read_otherwise(self, wish: Wish) -> None:
        """The column, the country, or how the file is taken apart."""
        if self._read is None or self._source is None:
            return
        sheet = self._read.sheet
        if wish.field in ("number_column", "default_region"):
            name = None
            if wish.field == "number_column" and isinstance(wish.value, int):
                name = sheet.table.columns[wish.value].name
                self._column_wish = name
            region = str(wish.value) if wish.field == "default_region" else None
            bulk, source = self._bulk, self._source
            self.list.say("")
            self.list.show_reading(wording_list.reading_sentence(_name(source.path), 0))
            self._reading.start(
                lambda stop, tell: look_at_sheet(
                    bulk.choose(
                        sheet,
                        number_column=name,
                        region=region,
                        on_progress=lambda count: tell((count, len(sheet.table.rows))),
                        stop=stop,
                    )
                ),
                lambda found: self._take(found, source),
                self._not_read,
            )
            self._show_state()
            return
        changed: dict[str, Any] = {wish.field: wish.value}
        options = replace(
            self._source.options,
            number_column=self._column_wish or None,
            default_region=sheet.region,
            **changed,
        )
        self._begin(replace(self._source, options=options))

    def _show_reading(self, told: object) -> None:
        if isinstance(told, ReadList):
            if self._read is None:  # never in place of a list that may yet stay
                self.list.show_list(told)
        elif isinstance(told, tuple):
            count, of = told
            if of:
                self.list.show_reading(
                    wording_list.numbers_sentence(count, of), done=count, of=of
                )
            elif self._reading.is_busy:
                self.list.show_reading(
                    _("{count} rows so far").replace("{count}", grouped(count))
                )

    def _take(self, read: ReadList, source: Source) -> None:
        if self._read is not None:
            let_go(self._worker, [self._read])
        self._read, self._source = read, source
        self.list.show_read()
        self.list.show_list(read)
        sheet = read.sheet
        if sheet.table.number_column is None:
            self.list.say(wording_bulk.bulk_problem_sentence(_NO_COLUMN))
        self.text.show_table(sheet.table, len(sheet.numbers.entries))
        self._count_again()
        self.go_on.setFocus()

    def _cancel_reading(self) -> None:
        self._reading.stop()
        self._back_to_list()
        self.list.say(_("Not read to its end."), "muted")
        self.list.browse.setFocus()

    def _not_read(self, error: Exception) -> None:
        self._back_to_list()
        if isinstance(error, ReadingStoppedError):
            return
        if not isinstance(error, SheetError):
            self.list.say(_("The list could not be read, because of an error inside SMS Desk."))
            raise error
        said = wording_bulk.sheet_sentence(error)
        if self._read is not None:
            said += " " + wording_list.kept_list_sentence(_name(self._read.sheet.table.path))
        self.list.say(said)
        self.list.browse.setFocus()

    def _back_to_list(self) -> None:
        """What was there before the reading is there still."""
        self.list.show_read()
        if self._read is None:
            self.list.show_nothing()
        else:
            self.list.show_list(self._read)
            if self._outlook is not None:
                self.list.show_outlook(self._outlook)
        self._show_state()

    def show_job(self, job: Job) -> None:
        """Go on with a list that was taken back."""
        self.text.show_written(job.written)
        self._take(job.read, job.source)
        self._go(TEXT)

    # counting

    def _preview(self, place: int) -> RowPreview | str:
        if self._read is None:
            return ""
        written = self.text.written()
        try:
            return self._bulk.preview_row(
                self._read.sheet,
                written.text,
                place,
                replace=written.replaces,
                allow_blank=written.allows_blank,
                channel=self.text.ways.channel,
            )
        except TemplateError as error:
            problem = Problem("text", "", error.code, value=error.place + 1)
            return wording_bulk.bulk_problem_sentence(problem)

    def _count_again(self) -> None:
        """Something is another; what was counted does not hold any more."""
        self._outlook = None
        self._planning.stop()
        self.said.hide()
        if self._read is not None:
            self._plan_timer.start()
        self._show_state()

    def _plan(self) -> None:
        if self._read is None or self._is_storing:
            return
        bulk, sheet, written = self._bulk, self._read.sheet, self.text.written()
        every = len(sheet.numbers.entries)

        def count(stop: Stop, tell: Tell) -> Outlook:
            plan = bulk.plan(
                sheet,
                written.text,
                written.sender,
                replace=written.replaces,
                allow_blank=written.allows_blank,
                entity_id=written.entity_id,
                content_id=written.content_id,
                channel=written.channel,
                failover=written.failover,
                on_progress=lambda done: tell((done, every)),
                stop=stop,
            )
            return look_at_plan(plan)

        self._planning.start(count, self._show_outlook, self._not_counted)
        self._show_state()

    def _show_counting(self, told: object) -> None:
        if isinstance(told, tuple):
            self.summary.setText(wording_list.counting_sentence(*told))

    def _show_outlook(self, outlook: Outlook) -> None:
        if self._shown is not None:
            let_go(self._worker, [self._shown])
        self._outlook = self._shown = outlook
        self.list.show_outlook(outlook)
        self.text.show_outlook(outlook)
        self.check.show_outlook(outlook, ask_above=self._settings.get(CONFIRM_COUNT_ABOVE))
        self.when.look_again()
        self._show_state()
        if self.pages.currentIndex() == CHECK and not self.text.isAncestorOf(
            self.focusWidget()
        ):
            self.check.take_focus()

    def _not_counted(self, error: Exception) -> None:
        self._show_state()
        if isinstance(error, ReadingStoppedError):
            return
        if isinstance(error, NotStoredError):
            self.summary.setText("")
            self._say(_("The message log does not answer, so nothing could be counted."))
            return
        self._say(_("Nothing could be counted, because of an error inside SMS Desk."))
        raise error

    def _follow(self, change: Change) -> None:
        """Somebody opted out, or a price has come."""
        if self._is_storing or self._outlook is None:
            return
        if change.kind is ChangeKind.OPT_OUTS:
            self._count_again()
        elif change.kind is ChangeKind.PRICES:
            bulk, plan = self._bulk, self._outlook.plan
            self._planning.start(
                lambda _stop, _tell: look_at_plan(bulk.priced(plan)),
                self._show_outlook,
                self._not_counted,
            )

    def _show_state(self) -> None:
        """What is known just now, in the line below and on the button."""
        outlook = self._outlook
        is_counting = self._plan_timer.isActive() or self._planning.is_busy
        has_list = self._read is not None
        if outlook is not None:
            told = outlook.summary if outlook.count else ""
        else:
            told = wording_list.counting_sentence(0, 0) if has_list and is_counting else ""
        self.summary.setText(told if self.pages.currentIndex() != CHECK else "")
        if outlook is not None:
            self.text.show_problems(outlook.plan.problems, with_empty=self._says_empty)
        is_later = self.when.plan is not None
        title = _("&Schedule") if is_later else _("&Send")
        if outlook is not None:
            say = wording_list.schedule_title if is_later else wording_list.send_title
            title = say(outlook.count)
        if outlook is None and is_counting:
            title = _("Counting…")
        retitle(self.send, title)
        is_waiting = self._reading.is_busy or (outlook is None and is_counting)
        self.send.setEnabled(not is_waiting and not self._is_storing)
        self.go_on.setEnabled(has_list and not self._reading.is_busy)

    # when it leaves

    def _look_ahead(self) -> Look | None:
        """A way to look at what a time means; none before there is anything to send."""
        outlook = self._outlook
        if outlook is None or self._is_storing or self.pages.currentIndex() != CHECK:
            return None
        bulk = self._bulk
        return lambda when: bulk.outlook(bulk.timed(outlook.plan, when))

    def _run_look(
        self, look: Callable[[], TimeOutlook], then: Callable[[TimeOutlook], None]
    ) -> None:
        self._looking.start(lambda _stop, _tell: look(), then, self._not_counted)

    def _note_time(self) -> None:
        self.said.hide()
        icons.dress(self.send, "send" if self.when.plan is None else "clock", "on_accent")
        self._show_state()

    def _find_doubtful(self) -> None:
        outlook, bulk = self._timed(), self._bulk
        if outlook is not None:
            self._looking.start(
                lambda _stop, _tell: bulk.doubtful_times(outlook.plan),
                self._show_doubtful,
                self._not_counted,
            )

    def _show_doubtful(self, rows: list[DoubtfulTime]) -> None:
        dialog = DoubtfulDialog(rows, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _timed(self) -> Outlook | None:
        """What was counted, for the time that is chosen."""
        if self._outlook is None:
            return None
        plan = self._bulk.timed(
            self._outlook.plan,
            self.when.plan,
            ignores_quiet_hours=self.when.line.ignores_quiet_hours,
        )
        return replace(self._outlook, plan=plan)

    # sending

    def send_all(self) -> None:
        """Queue all of it on the worker, and only then close. Says why when it cannot."""
        if self._is_storing or not self.send.isEnabled():
            return
        outlook = self._timed()
        if self._read is None or self._source is None or outlook is None:
            self._go(LIST)
            self.list.say(_("Choose a list first."))
            return
        if not outlook.plan.can_queue:
            self._refuse(outlook.plan)
            return
        if not self.check.is_sure:
            self._go(CHECK)
            self.check.ask_again()
            return
        self._set_storing(True)
        bulk, undo = self._bulk, self._compose.undo_time
        job = Job(self._read, self._source, self.text.written())

        def queue() -> BulkQueued:
            with beside_the_window():
                return bulk.queue(outlook.plan, undo=undo)

        self._worker.run(queue, lambda queued: self._stored(queued, job), self._not_stored)

    def _refuse(self, plan: BulkPlan) -> None:
        """Go where it is wrong, and say it there."""
        first = next((one for one in plan.problems if not one.is_warning), None)
        self._says_empty = True
        if first is None or first.field in ("to", "file"):
            self._go(LIST)
            self.list.say(
                wording_bulk.bulk_problem_sentence(first or Problem("to", "", "nobody"))
            )
            return
        self._go(TEXT)
        self.text.show_problems(plan.problems, with_empty=True)
        self.text.focus_on(first.field)

    def _stored(self, queued: BulkQueued, job: Job) -> None:
        self._set_storing(False)
        self._read = None  # the job has it now
        self._let_go()
        super().accept()
        self.queued.emit(queued, job)

    def _not_stored(self, error: Exception) -> None:
        self._set_storing(False)
        if isinstance(error, PlanChangedError):
            self._show_outlook(look_at_plan(error.plan))
            self._say(_("Everybody on the list has opted out meanwhile. Nothing was queued."))
        elif isinstance(error, NotStoredError):
            self._say(wording.store_sentence(error.code))
        elif isinstance(error, PastError):
            self._go(CHECK)
            self._say(wording_times.past_sentence(*self.when.past))
        else:
            self._say(
                _("Not stored, because of an error inside SMS Desk. All of it is still here.")
            )
            raise error

    def _set_storing(self, is_storing: bool) -> None:
        self._is_storing = is_storing
        self.said.hide()
        for part in (self.pages, self.tabs, self.back, self.send):
            part.setEnabled(not is_storing)
        if is_storing:
            retitle(self.send, _("Storing…"))
        else:
            self._show_state()

    def _say(self, sentence: str, tone: str = "bad") -> None:
        self.said.setText(plain.sentence(sentence))
        plain.set_tone(self.said, tone)
        self.said.show()

    # what is left out

    def _show_problems(self) -> None:
        self._go(LIST)
        self.list.show_problems()

    def _browse_problems(self) -> None:
        path, _filter = QFileDialog.getSaveFileName(
            self,
            _("Save the problems"),
            str(Path.home() / _("problems.csv")),
            _("CSV files (*.csv);;All files (*)"),
        )
        if path:
            self.save_problems(Path(path))

    def save_problems(self, path: Path) -> None:
        """Write the rows to mend, to be imported again when they are."""
        if self._outlook is None:
            return
        bulk, plan = self._bulk, self._outlook.plan
        self._worker.run(
            lambda: bulk.save_problems(plan, path, say=wording_bulk.row_reason),
            lambda _count: self._say(
                _("Saved as {path}. Mend the rows there, and send to that file.").replace(
                    "{path}", str(path)
                ),
                "good",
            ),
            self._not_saved,
        )

    def _not_saved(self, error: Exception) -> None:
        if not isinstance(error, SheetError):
            raise error
        self._say(wording_bulk.sheet_sentence(error))

    # the end

    def reject(self) -> None:
        """Not while it is being stored; and what was made is not thrown away unasked."""
        if self._may_close():
            self.finish()

    def finish(self) -> None:
        """Close without a question; nothing of it is kept."""
        self._let_go()
        super().reject()

    def give_up(self) -> bool:
        """The window is about to close; False if the person would rather stay."""
        self.reject()
        return not self.isVisible()

    def _may_close(self) -> bool:
        if self._is_storing:
            return False
        if not self._has_work():
            return True
        return dialogs.ask(
            self,
            _("Leave without sending?"),
            _("Nothing has been queued. The list and the text are not kept."),
            act=_("Leave"),
        )

    def _has_work(self) -> bool:
        return self._read is not None or self.text.written().text not in (
            "",
            self._written_at_first.text,
        )

    def _let_go(self) -> None:
        self._plan_timer.stop()
        self._reading.stop()
        self._planning.stop()
        self._looking.stop()
        large = [one for one in (self._read, self._shown) if one is not None]
        self._read = self._outlook = self._shown = None
        self.list.show_nothing()
        self.text.show_table(None, 0)
        let_go(self._worker, [*large])


_NO_COLUMN = Problem("to", "", "no_number_column")


def _steps(tell: Tell) -> Callable[[int], None]:
    """Tells how many rows have been read, and then how many of them have had their number read:
    the count begins again."""
    last = [0, 0]

    def on_progress(count: int) -> None:
        if count < last[0]:
            last[1] = last[0]
        last[0] = count
        tell((count, max(last[1], count) if last[1] else 0))

    return on_progress


def _name(path: Path) -> str:
    return plain.one_line(path.name)
