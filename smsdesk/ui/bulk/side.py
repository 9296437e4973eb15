"""Opens the page that sends to a list, and keeps the list that was sent to as long as it may yet be
taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance
from PySide6.QtWidgets import QWidget

from smsdesk.desk import wording

if TYPE_CHECKING:
    from smsdesk.desk.bulk import BulkQueued
    from smsdesk.desk.desk import Desk
    from smsdesk.ui.background import Worker
    from smsdesk.ui.bulk.dialog import BulkDialog, Job
    from smsdesk.ui.compose.pane import ComposePane


class ListSide(QObject):
    """One page at a time; the window goes on behind it."""

    # Emitted with a sentence for the status bar.
    said = Signal(str)

    def __init__(
        self,
        desk: Desk,
        compose: ComposePane,
        *,
        worker: Worker,
        news: SignalInstance,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._desk = desk
        self._compose = compose
        self._worker = worker
        self._news = news
        self._window = window
        self._is_closing = False
        self._job: Job | None = None
        self.page: BulkDialog | None = None
        """The one that is open."""
        compose.list_taken_back.connect(self._reopen)
        compose.list_left.connect(self._let_go)

    def open(self) -> BulkDialog:
        """One text to a list; it begins with the text that is being written."""
        if self.page is None:
            from smsdesk.ui.bulk.dialog import BulkDialog  # start-up time
            from smsdesk.ui.bulk.text_page import Written

            draft = self._compose.draft()
            text = draft.text.replace("{", "{{").replace("}", "}}")
            self.page = BulkDialog(
                self._desk.bulk,
                self._desk.compose,
                self._desk.settings,
                worker=self._worker,
                news=self._news,
                written=Written(
                    sender=draft.sender,
                    text=text,
                    entity_id=draft.entity_id,
                    content_id=draft.content_id,
                    channel=draft.channel,
                    failover=draft.failover,
                ),
                parent=self._window,
            )
            self.page.queued.connect(self._tell_queued)
            self.page.finished.connect(self._forget)
            self.page.open()
        return self.page

    def give_up(self) -> bool:
        """Ask whether what has been begun may go; False when the person would rather stay."""
        return self.page is None or self.page.give_up()

    def close(self) -> None:
        """Nothing is opened again."""
        self._is_closing = True

    def _tell_queued(self, queued: BulkQueued, job: Job) -> None:
        from smsdesk.desk import wording_list  # start-up time

        count = len(queued.ids)
        sentence = wording_list.queued_sentence(
            count,
            gone=queued.left_out,
            when=queued.plan.when,
            now=self._desk.compose.timing.now_here(),
        )
        tone = "good"
        if queued.needs_confirmation:
            sentence, tone = wording.needs_confirmation_sentence(count), "warn"
        batches, batch_id = self._desk.batches, queued.batch_id
        self._compose.tell_list_queued(
            count,
            sentence,
            tone,
            until=queued.undo_until,
            take_back=lambda: batches.take_back(batch_id),
        )
        self._job = job
        if queued.undo_until is None:
            self._let_go()
        self.said.emit(sentence)

    def _reopen(self) -> None:
        """It was taken back: the list and the text are there again."""
        if self._job is None or self.page is not None or self._is_closing:
            self._let_go()
            return
        job, self._job = self._job, None
        page = self.open()
        # the page is painted first; both in one go would hold the window up
        QTimer.singleShot(0, page, lambda: page.show_job(job))

    def _let_go(self) -> None:
        """The list that was sent to will not be seen again."""
        from smsdesk.ui.beside import let_go  # start-up time

        if self._job is not None:
            let_go(self._worker, [self._job])
            self._job = None
            self._tidy_up()

    def _forget(self) -> None:
        page, self.page = self.page, None
        if page is not None:
            self._worker.run(lambda: None, lambda _none: page.deleteLater())
        self._tidy_up()

    def _tidy_up(self) -> None:
        """Once no list is held any more, what came about with it is looked through again."""
        from smsdesk.ui.beside import look_for_cycles  # start-up time

        def look(_none: None) -> None:
            if self.page is None and self._job is None:
                look_for_cycles()

        # behind what lets go of a list, which itself waits for what runs now to return
        QTimer.singleShot(0, lambda: self._worker.run(lambda: None, look))
