"""The conversation view: whose messages these are, the messages, and a line about answering.

Who is shown, and what an answer does to the message being written, is `side`'s.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from smsdesk.system.i18n import _
from smsdesk.ui import icons, names, plain
from smsdesk.ui.conversation.channel_box import ChannelBox
from smsdesk.ui.conversation.list import ConversationList
from smsdesk.ui.conversation.model import ConversationModel
from smsdesk.ui.room import scaled, set_margins, with_wrapped
from smsdesk.ui.theme import GRID

if TYPE_CHECKING:
    from smsdesk.desk.conversations import Conversations
    from smsdesk.desk.history import History
    from smsdesk.ui.background import Worker

_SEEN_AFTER_MS = 800
"""What is in sight for so long counts as read."""
_SIZE = (400, 300)


class ConversationView(QFrame):
    """One person's messages, both ways; what is seen here is read."""

    # Emitted when the person at the desk closes it.
    closed = Signal()
    # Emitted when the messages of another channel are shown.
    channel_changed = Signal()
    # Emitted when an answer is to be written.
    reply_asked = Signal()
    # Emitted with the id of a message whose details are wanted.
    details_asked = Signal(str)
    # Emitted with the number of the person, of whom nothing is to be left.
    erase_asked = Signal(str)
    # Emitted with a message, and the Attachment of it that is to be saved.
    save_asked = Signal(object, object)

    def __init__(
        self, conversations: Conversations, history: History, *, worker: Worker
    ) -> None:
        super().__init__()
        self.setObjectName("conversation.view")
        self.setAccessibleName(_("Conversation"))
        self.setProperty("ground", "base")
        self._conversations = conversations
        self._worker = worker
        self._is_left_unread = False

        self.model = ConversationModel(conversations, history, self)
        self.list = ConversationList(self.model)
        self._who = plain.heading("", points=1.0)
        self._who.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.channel_box = ChannelBox()
        self._close = QToolButton()
        self._close.setObjectName("conversation.close")
        self._close.setAccessibleName(_("Close the conversation"))
        plain.set_tip(self._close, _("Close (Esc)"))
        icons.dress(self._close, "x", "muted")
        self.line = plain.label(tone="muted", name="conversation.line", wraps=True)
        self.reply_button = QPushButton(_("Rep&ly"))
        self.reply_button.setObjectName("conversation.reply")
        self.reply_button.setAccessibleName(_("Reply"))
        self.reply_button.setProperty("small", True)
        plain.set_tip(self.reply_button, _("Reply (Ctrl+R)"))
        self._seen_timer = QTimer(self)
        self._seen_timer.setSingleShot(True)
        self._seen_timer.setInterval(_SEEN_AFTER_MS)
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        set_margins(head, 2 * GRID, GRID, GRID, 0)
        head.addWidget(self._who)
        head.addStretch()
        head.addWidget(self.channel_box)
        head.addWidget(self._close)
        foot = QHBoxLayout()
        foot.setContentsMargins(2 * GRID, 0, 2 * GRID, GRID)
        foot.setSpacing(GRID)
        foot.addWidget(self.line, 1)
        foot.addWidget(self.reply_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(GRID // 2)
        layout.addLayout(head)
        layout.addWidget(self.list, 1)
        layout.addLayout(foot)
        QWidget.setTabOrder(self.channel_box, self._close)
        QWidget.setTabOrder(self._close, self.list)
        QWidget.setTabOrder(self.list, self.reply_button)
        self.line.hide()
        self.reply_button.hide()
        self.list.setMinimumHeight(3 * self.fontMetrics().height())

    def _connect(self) -> None:
        self._close.clicked.connect(self.closed)
        self.channel_box.chosen.connect(self._show_channel)
        self.reply_button.clicked.connect(self.reply_asked)
        self.list.opened.connect(self.details_asked)
        self.list.save_asked.connect(self.save_asked)
        self.list.erase_action.triggered.connect(lambda: self.erase_asked.emit(self.peer))
        self.list.unread_asked.connect(self._leave_unread)
        self.list.came_to_end.connect(self._look)
        self._seen_timer.timeout.connect(self._note_seen)

    def minimumSizeHint(self) -> QSize:
        return with_wrapped(self, super().minimumSizeHint())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.updateGeometry()  # at this width the line below may be higher

    def sizeHint(self) -> QSize:
        return QSize(scaled(_SIZE[0]), scaled(_SIZE[1]))

    # what is shown

    @property
    def peer(self) -> str:
        """Whose messages are shown."""
        return self.model.peer

    def show_person(self, peer: str) -> bool:
        """Show the messages of one person; False if there are none."""
        self._is_left_unread = False
        self.model.load(peer)
        self.channel_box.offer(self.model)
        self._name()
        self.list.go_to_end()
        self._look()
        return self.model.rowCount() > 0

    def touch(self, ids: frozenset[str] | None) -> None:
        """These messages moved on, or are new."""
        self.list.keep_place(lambda: self.model.touch(ids))
        self.channel_box.offer(self.model)
        self._look()

    def _show_channel(self, channel: str | None) -> None:
        """Only the messages of one channel, or again those of all."""
        self.model.load(self.peer, channel=channel)
        self.list.go_to_end()
        self.channel_changed.emit()

    def say(self, sentence: str, *, can_reply: bool) -> None:
        """The line below the messages, and whether Reply is offered beside it."""
        self.line.setText(sentence)
        self.line.setVisible(bool(sentence))
        self.reply_button.setVisible(can_reply)

    def show_again(self) -> None:
        """After a change of colours, or of how numbers are shown."""
        self._name()
        self.list.viewport().update()

    def _name(self) -> None:
        who = plain.one_line(names.show_person(self.peer)) if self.peer else ""
        self._who.setText(who)
        plain.set_tip(self._who, names.show_both(self.peer) if self.peer else "")
        self.setAccessibleDescription(who)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    # what has been seen

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._look()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._seen_timer.stop()

    def event(self, event: QEvent) -> bool:
        """The window has become the active one: this much Qt tells the widgets inside too."""
        if event.type() == QEvent.Type.WindowActivate:
            self._look()
        return super().event(event)

    def _is_seen(self) -> bool:
        """Somebody is looking at replies that count as unread still."""
        return (
            self.isVisible()
            and self.isActiveWindow()
            and not self._is_left_unread
            and self.list.is_at_end
            and self.model.has_unread
        )

    def _look(self) -> None:
        if not self._is_seen():
            self._seen_timer.stop()
        elif not self._seen_timer.isActive():
            self._seen_timer.start()

    def _note_seen(self) -> None:
        if self._is_seen():
            peer = self.peer
            self._worker.run(lambda: self._conversations.mark_read(peer))

    def _leave_unread(self, message_id: str) -> None:
        """Until the conversation is opened again it stays so, though it is in sight."""
        self._is_left_unread = True
        self._worker.run(lambda: self._conversations.mark_unread([message_id]))
