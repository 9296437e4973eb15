"""The messages of which nobody knows whether they were sent, and a person's three choices.

What has been found out about each is the desk's evidence; nothing here is ever decided by itself.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording_evidence
from smsdesk.desk.compose import NotStoredError
from smsdesk.desk.history import SETTLED_AT_ONCE, History, Settle, Settled
from smsdesk.sms.message import Message
from smsdesk.sms.state import State
from smsdesk.system.i18n import _, grouped, ngettext
from smsdesk.ui import dialogs, icons, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.history.review_card import ReviewCard
from smsdesk.ui.room import set_margins
from smsdesk.ui.scroll import DownScroll
from smsdesk.ui.theme import GRID

__all__ = ["MOST_SHOWN", "ReviewCard", "ReviewPage"]

MOST_SHOWN = 50


@dataclass
class _Bulk:
    """Many that are being settled, some at a time."""

    how: Settle
    seqs: Sequence[int]
    done: int = 0
    moved: int = 0
    suppressed: int = 0
    is_stopped: bool = False


class ReviewPage(QWidget):
    """A card for each unknown message, the oldest first."""

    # Emitted when nothing is left to be settled, or the person wants back.
    closed = Signal()
    # Emitted with what came of a decision, for the status bar.
    said = Signal(str)

    def __init__(
        self,
        history: History,
        *,
        worker: Worker,
        via_of: Callable[[Message], str] = lambda _message: "",
    ) -> None:
        """`via_of` says by which channel a message went, where there is more than SMS."""
        super().__init__()
        self._via_of = via_of
        self.setObjectName("history.review")
        self.setAccessibleName(_("Messages that need review"))
        self._history = history
        self._worker = worker
        self._left: set[str] = set()
        self._cards: list[ReviewCard] = []
        self._bulk: _Bulk | None = None

        self._heading = plain.heading("")
        self._why = plain.label(
            _(
                "These messages may or may not have been sent. SMS Desk never sends them again "
                "by itself; as soon as Vonage tells what became of one, it leaves this list."
            ),
            tone="muted",
            wraps=True,
        )
        self._back = QToolButton()
        self._back.setObjectName("history.review.close")
        self._back.setAccessibleName(_("Back to the list"))
        plain.set_tip(self._back, _("Back to the list (Esc)"))
        icons.dress(self._back, "x", "muted")
        self._all_sent = _small("history.review.all_sent")
        self._all_again = _small("history.review.all_again")
        self._result = plain.label(name="history.review.result", wraps=True)
        self._result.hide()
        self._more = plain.label(tone="muted")
        self._progress = _Progress()
        self._progress.hide()
        self._arrange()

        self._back.clicked.connect(self.closed)
        self._all_sent.clicked.connect(lambda: self._settle_all(Settle.AS_SENT))
        self._all_again.clicked.connect(lambda: self._settle_all(Settle.SEND_AGAIN))
        self._progress.stop.clicked.connect(self._stop)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(self._back)
        whole = QHBoxLayout()
        whole.setSpacing(GRID)
        for button in (self._all_sent, self._all_again):
            whole.addWidget(button)
        whole.addStretch()
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        set_margins(self._list, 0, 0, GRID, 0)
        self._list.setSpacing(GRID)
        self._list.addWidget(self._why)
        self._list.addWidget(self._more)
        self._list.addStretch()
        self._scroll = DownScroll(inside)
        layout = QVBoxLayout(self)
        set_margins(layout, 2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addLayout(whole)
        layout.addWidget(self._result)
        layout.addWidget(self._progress)
        layout.addWidget(self._scroll, 1)

    def open(self) -> None:
        """Show what is unknown now, also what was left alone before."""
        self._left.clear()
        if self._bulk is None:
            self._say_result("")
        self.refresh()
        if self._cards:
            self._cards[0].sent.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Who goes elsewhere has read what came of it."""
        super().hideEvent(event)
        if self._bulk is None:
            self._say_result("")

    def refresh(self) -> None:
        """Read the list anew; cards of messages that are still unknown stay where they are."""
        if self._bulk is not None:
            return  # all of it is about to change; it is read once at the end
        had_focus = self._has_focus()
        self._forget_settled()
        count = self._history.count_in_doubt() - len(self._left)
        unknown = self._history.review(limit=MOST_SHOWN + len(self._left))
        shown = [m for m in unknown if m.id not in self._left][:MOST_SHOWN]
        ids = {message.id for message in shown}
        for card in [card for card in self._cards if card.message.id not in ids]:
            self._cards.remove(card)
            card.hide()
            card.deleteLater()
        known = {card.message.id: card for card in self._cards}
        for place, message in enumerate(shown):
            evidence = self._history.evidence(message.id)
            if message.id in known:
                known[message.id].say_known(evidence)
            else:
                self._insert(
                    place, ReviewCard(message, evidence=evidence, via=self._via_of(message))
                )
        self._say_count(count)
        if not self._cards and self.isVisible():
            self.closed.emit()
        elif self._cards and had_focus and not self._has_focus():
            self._cards[0].sent.setFocus()

    def _has_focus(self) -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and self.isAncestorOf(focus)

    def _forget_settled(self) -> None:
        """What was left alone, and has been settled by a receipt since, is not counted."""
        self._left = {
            message.id
            for message in self._history.get_many(self._left)
            if message.state is State.UNKNOWN
        }

    def _insert(self, place: int, card: ReviewCard) -> None:
        message = card.message
        card.sent.clicked.connect(lambda: self._settle(Settle.AS_SENT, [message.seq]))
        card.again.clicked.connect(lambda: self._send_again([message.seq]))
        card.leave.clicked.connect(lambda: self._leave(message))
        card.ask.clicked.connect(lambda: self._ask(message))
        self._cards.insert(place, card)
        self._list.insertWidget(place + 1, card)  # below what they have in common
        card.show()

    def _say_count(self, count: int) -> None:
        shown = grouped(count)
        self._heading.setText(
            ngettext(
                "{count} message needs review", "{count} messages need review", count
            ).format(count=shown)
        )
        self._all_sent.setText(_("Treat all {count} as sent").format(count=shown))
        self._all_again.setText(_("Send all {count} again…").format(count=shown))
        for button in (self._all_sent, self._all_again):
            button.setAccessibleName(button.text())
            button.setVisible(count > 1)
        self._more.setText(
            _("The oldest {shown} are shown; more follow when these are settled.").format(
                shown=len(self._cards)
            )
        )
        self._more.setVisible(count > len(self._cards))

    # one, or all

    def _settle_all(self, how: Settle) -> None:
        """All that are in doubt at this moment, but not those that were left alone."""
        left = {message.seq for message in self._history.get_many(self._left)}
        seqs = [seq for seq in self._history.all_in_doubt() if seq not in left]
        if how is Settle.SEND_AGAIN:
            self._send_again(seqs)
        else:
            self._settle(how, seqs)

    def _send_again(self, seqs: Sequence[int]) -> None:
        count = len(seqs)
        if dialogs.ask(
            self,
            _("Send again?"),
            ngettext(
                "This could reach {count} person twice: the first try may have been sent.",
                "This could reach {count} people twice: the first tries may have been sent.",
                count,
            ).format(count=grouped(count)),
            act=ngettext(
                "Send again to {count} person who may already have it",
                "Send again to {count} people who may already have it",
                count,
            ).format(count=grouped(count)),
        ):
            self._settle(Settle.SEND_AGAIN, seqs)

    def _settle(self, how: Settle, seqs: Sequence[int]) -> None:
        """Some at a time, so that others get their turn on the worker and at the log."""
        if self._bulk is not None or not seqs:
            return
        self._bulk = _Bulk(how, seqs)
        self._say_result("")
        if len(seqs) > SETTLED_AT_ONCE:
            self._progress.begin(wording_evidence.settling_sentence(how, len(seqs)), len(seqs))
            self._show_working(is_working=True)
        self._settle_next(self._bulk)

    def _settle_next(self, bulk: _Bulk) -> None:
        some = bulk.seqs[bulk.done : bulk.done + SETTLED_AT_ONCE]
        if not some or bulk.is_stopped:
            self._end(bulk)
            return

        def note(settled: Settled) -> None:
            bulk.done += len(some)
            bulk.moved += settled.moved
            bulk.suppressed += settled.suppressed
            self._progress.bar.setValue(bulk.done)
            self._settle_next(bulk)

        self._worker.run(
            lambda: self._history.settle_many(some, bulk.how),
            note,
            lambda error: self._end(bulk, error),
        )

    def _stop(self) -> None:
        """What is settled stays so; the rest stays in doubt."""
        if self._bulk is not None:
            self._bulk.is_stopped = True

    def _end(self, bulk: _Bulk, error: Exception | None = None) -> None:
        self._bulk = None
        had_focus = self._has_focus()
        self._show_working(is_working=False)
        if had_focus:
            self._back.setFocus()  # until there is a card to take it
        self._progress.hide()
        settled = Settled(bulk.moved, bulk.suppressed)
        told = wording_evidence.settled_sentence(bulk.how, settled)
        is_odd = bool(bulk.suppressed) or error is not None
        if isinstance(error, NotStoredError):
            failed = wording_evidence.change_sentence(error.code)
            told = f"{failed} {told}" if bulk.moved else failed
        if bulk.moved or is_odd:
            self.said.emit(told)
        if is_odd:
            self._say_result(told, "bad" if error is not None else "warn")
        self.refresh()
        if had_focus and self._cards:
            self._cards[0].sent.setFocus()
        if error is not None and not isinstance(error, NotStoredError):
            raise error

    def _show_working(self, *, is_working: bool) -> None:
        for part in (self._scroll, self._all_sent, self._all_again):
            part.setVisible(not is_working)
        if is_working:
            self._progress.stop.setFocus()

    def _say_result(self, told: str, tone: str = "") -> None:
        self._result.setText(plain.sentence(told))
        plain.set_tone(self._result, tone)
        self._result.setVisible(bool(told))

    def _leave(self, message: Message) -> None:
        self._left.add(message.id)
        self._worker.run(lambda: self._history.leave(message.id))
        self.refresh()

    def _ask(self, message: Message) -> None:
        self._worker.run(
            lambda: self._history.ask_now(message.id),
            lambda is_due: self.said.emit(
                _("Vonage is being asked about it.")
                if is_due
                else _("It has been settled meanwhile.")
            ),
            self._not_asked,
        )

    def _not_asked(self, error: Exception) -> None:
        if not isinstance(error, NotStoredError):
            raise error
        self._say_result(wording_evidence.change_sentence(error.code), "bad")


class _Progress(QWidget):
    """How far it has come, and a way to stop."""

    def __init__(self) -> None:
        super().__init__()
        self._words = plain.label(wraps=True)
        self.bar = QProgressBar()
        self.bar.setObjectName("history.review.progress")
        self.bar.setTextVisible(False)
        self.stop = _small("history.review.stop")
        self.stop.setText(_("Stop"))
        self.stop.setAccessibleName(_("Stop; what is settled stays so"))
        row = QHBoxLayout()
        row.addWidget(self._words, 1)
        row.addWidget(self.stop)
        layout = QVBoxLayout(self)
        set_margins(layout, 0, GRID, GRID, 0)
        layout.setSpacing(GRID)
        layout.addLayout(row)
        layout.addWidget(self.bar)
        layout.addStretch()

    def begin(self, words: str, count: int) -> None:
        self._words.setText(words)
        self.bar.setAccessibleName(words)
        self.bar.setMaximum(count)
        self.bar.setValue(0)
        self.show()


def _small(name: str) -> QPushButton:
    button = QPushButton()
    button.setObjectName(name)
    button.setProperty("small", True)
    return button
