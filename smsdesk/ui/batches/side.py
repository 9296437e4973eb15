"""Everything of batches in the history pane: the lines above the list, the page of one batch, and
the list of all; and when they are counted anew.

Counting a batch of a hundred thousand takes tenths of a second, so it happens on the worker, at
most once a second, and the less often the longer it takes.
"""

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from smsdesk.desk import wording_batches
from smsdesk.desk.batches import Batches, BatchPhase, Progress
from smsdesk.desk.other_accounts import Waiting
from smsdesk.sms.state import State
from smsdesk.ui.background import Worker
from smsdesk.ui.batches.list_page import BatchListPage
from smsdesk.ui.batches.page import BatchPage, Report, read_report
from smsdesk.ui.batches.strip import MOST, BatchStrip
from smsdesk.ui.history.pane import HistoryPane

EVERY_MS = 1000
FIRST_LOOK_ELSEWHERE_MS = 3_000
LOOK_ELSEWHERE_MS = 60_000
_OFFERED = 100
SHARE = 10
"""Counting may take a tenth of the worker's time."""
_COUNTED = 2 * MOST
"""Some of those that are counted may have been dismissed."""


class BatchSide(QObject):
    """Joins the pane and the batches."""

    # Emitted with a sentence for the status bar.
    said = Signal(str)
    # Emitted with what waits for a second person in other accounts, in words; "" for nothing.
    waits_elsewhere = Signal(str)
    # Emitted after what is shown has been counted anew.
    counted = Signal()
    # Emitted with the id of the batch that is to be written to a file.
    export_asked = Signal(str)

    def __init__(self, batches: Batches, pane: HistoryPane, *, worker: Worker) -> None:
        super().__init__(pane)
        self._batches = batches
        self._pane = pane
        self._worker = worker
        self._is_asking = False
        self._is_stale = False
        self._is_closed = False
        self.strip = BatchStrip()
        self.page = BatchPage(batches, worker=worker)
        self.list_page = BatchListPage(batches, worker=worker)
        pane.add_batches(self.strip, self.page, self.list_page)
        pane.recent_batches = self._recent
        pane.pages.currentChanged.connect(lambda _index: self._cover())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._count)
        self.strip.opened.connect(self.open_batch)
        self.page.closed.connect(pane.show_list)
        self.page.said.connect(self.said)
        self.page.acted.connect(self.hear)
        self.page.open_asked.connect(self.open_batch)
        self.page.list_asked.connect(self._list)
        self.page.export_asked.connect(self.export_asked)
        self.list_page.closed.connect(pane.show_list)
        self.list_page.opened.connect(self.open_batch)
        self.list_page.said.connect(self.said)
        self.list_page.confirmed_elsewhere.connect(self._look_elsewhere)
        self._elsewhere_timer = QTimer(self)
        self._elsewhere_timer.setSingleShot(True)
        self._elsewhere_timer.timeout.connect(self._look_elsewhere)
        self._elsewhere_timer.start(FIRST_LOOK_ELSEWHERE_MS)
        self._count()

    def hear(self) -> None:
        """Messages moved on: count anew, but not more often than once a second."""
        self._is_stale = True
        if not self._is_asking and not self._timer.isActive():
            self._timer.start(EVERY_MS)

    def open_batch(self, batch_id: str) -> None:
        """Show the page of one batch."""
        self._pane.show_page(self.page)
        self.page.open(batch_id)

    def open_list(self) -> None:
        """Show all batches."""
        self._pane.show_page(self.list_page)
        self.list_page.open()

    def _cover(self) -> None:
        """The page of a batch tells more than the lines do, and needs their room."""
        self.strip.cover(self._pane.pages.currentWidget() in (self.page, self.list_page))

    def show_again(self) -> None:
        """After a change of colours."""
        self.strip.update()
        self.page.update()

    def close(self) -> None:
        """The window is closing: count no more."""
        self._is_closed = True
        self._timer.stop()
        self._elsewhere_timer.stop()

    def _recent(self) -> list[tuple[str, str]]:
        """The newest batches, for the filters of the list."""
        found = self._batches.page(limit=_OFFERED)
        return [(batch.id, wording_batches.batch_name(batch)) for batch in found]

    def _list(
        self, batch_id: str, what: str, states: frozenset[State], failure: str | None
    ) -> None:
        report = self.page.report
        if report is None or report.progress.batch.id != batch_id:
            return
        name = wording_batches.batch_name(report.progress.batch)
        self._pane.show_batch(batch_id, name, what=what, states=states, failure=failure)

    def _count(self) -> None:
        if self._is_asking or self._is_closed:
            return
        self._is_asking, self._is_stale = True, False
        batches = self._batches
        batch_id = self.page.batch_id if self.page.isVisible() else ""

        def read() -> tuple[list[Progress], Report | None, float]:
            began = time.monotonic()
            found = batches.current(limit=_COUNTED)
            report = read_report(batches, batch_id) if batch_id else None
            return found, report, time.monotonic() - began

        self._worker.run(read, self._show, self._not_read)

    def _show(self, answer: tuple[Sequence[Progress], Report | None, float]) -> None:
        found, report, took_s = answer
        self._is_asking = False
        if self._is_closed:
            return
        self.strip.show_progress(found)
        if report is not None:
            self.page.show_report(report)
        is_running = any(one.phase is BatchPhase.SENDING for one in found)
        if self._is_stale or is_running:
            self._timer.start(max(EVERY_MS, round(SHARE * 1000 * took_s)))
        self.counted.emit()

    def _look_elsewhere(self) -> None:
        """The other accounts' logs are other files; nobody tells when something waits there."""
        elsewhere = self._batches.elsewhere

        def tell(found: Sequence[Waiting]) -> None:
            if not self._is_closed:
                self.waits_elsewhere.emit(wording_batches.waits_elsewhere_sentence(found))
                self._elsewhere_timer.start(LOOK_ELSEWHERE_MS)

        self._worker.run(elsewhere.waiting, tell)

    def _not_read(self, error: Exception) -> None:
        """A busy log is read the next time; what is shown stays."""
        self._is_asking = False
        if wording_batches.trouble_sentence(error) is None:
            raise error
