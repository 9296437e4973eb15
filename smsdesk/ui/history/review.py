"""The messages of which nobody knows whether they were sent, and a person's three choices.

What has been found out about each is the desk's evidence; nothing here is ever decided by itself.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.desk import wording
from smsdesk.desk.history import History
from smsdesk.sms.message import Message
from smsdesk.system.i18n import _, ngettext
from smsdesk.ui import dialogs, icons, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.history.when import short_time
from smsdesk.ui.numbers import show_number
from smsdesk.ui.theme import GRID

MOST_SHOWN = 50


class ReviewPage(QWidget):
    """A card for each unknown message, the oldest first."""

    # Emitted when nothing is left to be settled, or the person wants back.
    closed = Signal()

    def __init__(self, history: History, *, worker: Worker) -> None:
        super().__init__()
        self.setObjectName("history.review")
        self.setAccessibleName(_("Messages that need review"))
        self._history = history
        self._worker = worker
        self._left: set[str] = set()
        self._cards: list[ReviewCard] = []
        self._unknown: list[Message] = []

        self._heading = plain.heading("")
        why = plain.label(
            _(
                "These messages may or may not have been sent. SMS Desk never sends them again "
                "by itself; as soon as Vonage tells what became of one, it leaves this list."
            ),
            tone="muted",
            wraps=True,
        )
        back = QToolButton()
        back.setObjectName("history.review.close")
        back.setAccessibleName(_("Back to the list"))
        plain.set_tip(back, _("Back to the list (Esc)"))
        icons.dress(back, "x", "muted")
        self._all_sent = QPushButton()
        self._all_sent.setObjectName("history.review.all_sent")
        self._all_again = QPushButton()
        self._all_again.setObjectName("history.review.all_again")
        self._more = plain.label(tone="muted")

        head = QHBoxLayout()
        head.addWidget(self._heading, 1)
        head.addWidget(back)
        whole = QHBoxLayout()
        whole.setSpacing(GRID)
        for button in (self._all_sent, self._all_again):
            button.setProperty("small", True)
            whole.addWidget(button)
        whole.addStretch()
        inside = QWidget()
        self._list = QVBoxLayout(inside)
        self._list.setContentsMargins(0, 0, GRID, 0)
        self._list.setSpacing(GRID)
        self._list.addWidget(self._more)
        self._list.addStretch()
        scroll = QScrollArea()
        scroll.setWidget(inside)
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * GRID, GRID, GRID, GRID)
        layout.setSpacing(GRID)
        layout.addLayout(head)
        layout.addWidget(why)
        layout.addLayout(whole)
        layout.addWidget(scroll, 1)

        back.clicked.connect(self.closed)
        self._all_sent.clicked.connect(lambda: self._treat_as_sent(self._unknown))
        self._all_again.clicked.connect(lambda: self._send_again(self._unknown))

    def open(self) -> None:
        """Show what is unknown now, also what was left alone before."""
        self._left.clear()
        self.refresh()
        if self._cards:
            self._cards[0].sent.setFocus()

    def refresh(self) -> None:
        """Read the list anew; cards of messages that are still unknown stay where they are."""
        unknown = self._history.review(limit=MOST_SHOWN + 1)
        self._unknown = [m for m in unknown if m.id not in self._left][:MOST_SHOWN]
        ids = [message.id for message in self._unknown]
        for card in [card for card in self._cards if card.message.id not in ids]:
            self._cards.remove(card)
            card.hide()
            card.deleteLater()
        known = {card.message.id: card for card in self._cards}
        for place, message in enumerate(self._unknown):
            evidence = wording.evidence_sentence(self._history.evidence(message.id))
            if message.id in known:
                known[message.id].say_known(evidence)
            else:
                card = ReviewCard(message, evidence=evidence)
                card.sent.clicked.connect(lambda _=False, m=message: self._treat_as_sent([m]))
                card.again.clicked.connect(lambda _=False, m=message: self._send_again([m]))
                card.leave.clicked.connect(lambda _=False, m=message: self._leave(m))
                self._cards.insert(place, card)
                self._list.insertWidget(place, card)
                card.show()
        self._say_count(has_more=len(unknown) > MOST_SHOWN)
        if not self._cards and self.isVisible():
            self.closed.emit()

    def _say_count(self, *, has_more: bool) -> None:
        count = len(self._unknown)
        self._heading.setText(
            ngettext(
                "{count} message needs review", "{count} messages need review", count
            ).format(count=f"{count}+" if has_more else count)
        )
        self._all_sent.setText(_("Treat all {count} as sent").format(count=count))
        self._all_again.setText(_("Send all {count} again…").format(count=count))
        for button in (self._all_sent, self._all_again):
            button.setAccessibleName(button.text())
            button.setVisible(count > 1)
        self._more.setText(_("More will be shown when some of these are settled."))
        self._more.setVisible(has_more)

    def _treat_as_sent(self, messages: Sequence[Message]) -> None:
        self._settle(self._history.settle_as_sent, messages)

    def _send_again(self, messages: Sequence[Message]) -> None:
        count = len(messages)
        if dialogs.ask(
            self,
            _("Send again?"),
            ngettext(
                "This could reach {count} person twice: the first try may have been sent.",
                "This could reach {count} people twice: the first tries may have been sent.",
                count,
            ).format(count=count),
            act=ngettext(
                "Send again to {count} person who may already have it",
                "Send again to {count} people who may already have it",
                count,
            ).format(count=count),
        ):
            self._settle(self._history.settle_and_send_again, messages)

    def _settle(self, settle: Callable[[str], None], messages: Sequence[Message]) -> None:
        """One call a message: where a receipt was quicker than the person, the rest goes on."""
        for message in messages:
            self._worker.run(partial(settle, message.id), failed=lambda _error: self.refresh())

    def _leave(self, message: Message) -> None:
        self._left.add(message.id)
        self._worker.run(lambda: self._history.leave(message.id))
        self.refresh()


class ReviewCard(QFrame):
    """One unknown message: to whom, what, why unknown, what is known, and the choices."""

    def __init__(self, message: Message, *, evidence: str) -> None:
        super().__init__()
        self.message = message
        self.setProperty("ground", "raised")
        number = plain.one_line(show_number(message.to))
        who = plain.heading(number, points=0.0)
        when = plain.label(short_time(message.created_at, now=datetime.now(UTC)), tone="muted")
        text = plain.ElidedLabel(plain.one_line(message.text), tone="muted")
        why = plain.label(
            plain.visible(wording.unknown_sentence(message.unknown_reason or "")), wraps=True
        )
        self._known = plain.label(plain.visible(evidence), tone="warn", wraps=True)
        self.sent = QPushButton(_("Treat as sent"))
        self.again = QPushButton(_("Send again…"))
        self.leave = QPushButton(_("Leave"))
        head = QHBoxLayout()
        head.addWidget(who, 1)
        head.addWidget(when)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        for name, button in (("sent", self.sent), ("again", self.again), ("leave", self.leave)):
            button.setObjectName(f"history.review.{name}")
            button.setAccessibleName(f"{button.text()}: {number}")
            button.setProperty("small", True)
            row.addWidget(button)
        row.addStretch()
        plain.set_tip(self.again, _("Sending again could reach them twice."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(GRID + GRID // 2, GRID, GRID + GRID // 2, GRID + GRID // 2)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        for part in (text, why, self._known):
            layout.addWidget(part)
        layout.addSpacing(GRID // 2)
        layout.addLayout(row)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)

    def say_known(self, evidence: str) -> None:
        """Vonage has been asked once more."""
        self._known.setText(plain.visible(evidence))
