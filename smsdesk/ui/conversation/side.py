"""The right half of the window: the conversation with one person above the message being written.

Whose conversation it is, and whether an answer may be filled in, is decided here. A draft that
somebody has begun is never changed without their word.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QApplication, QSplitter, QWidget

from smsdesk.desk import wording_channels
from smsdesk.sms.channels.short_message import SMS
from smsdesk.system.i18n import _
from smsdesk.ui import names, plain
from smsdesk.ui.dialogs import MessageDialog

if TYPE_CHECKING:
    from smsdesk.desk.conversations import Answer, Conversations
    from smsdesk.desk.history import History
    from smsdesk.sms.message import Message
    from smsdesk.ui.background import Worker
    from smsdesk.ui.compose.pane import ComposePane
    from smsdesk.ui.conversation.view import ConversationView

_SHARES = (550, 450)
_SHARE_OF_FIELDS = 0.64


class RightSide(QSplitter):
    """Shows the person chosen in history, else the only one in the To field."""

    # Emitted with the id of a message whose details are wanted.
    details_asked = Signal(str)
    # Emitted with the number of somebody of whom nothing is to be left.
    erase_asked = Signal(str)
    # Emitted with a message, and the Attachment of it that is to be saved.
    save_asked = Signal(object, object)

    def __init__(
        self,
        conversations: Conversations,
        history: History,
        *,
        compose: ComposePane,
        worker: Worker,
    ) -> None:
        super().__init__(Qt.Orientation.Vertical)
        self.setObjectName("window.side")
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        self._compose = compose
        self._chosen = ""
        self._closed = ""
        self._sole = ""
        self._answering = ""
        self._came_from: QWidget | None = None
        self._conversation: ConversationView | None = None
        self._conversations, self._history, self._worker = conversations, history, worker
        self._before: list[int] = []
        """How high both parts were before the more fields came."""

        self._place = QWidget()  # of the conversation, until there is one
        self.addWidget(self._place)
        self.addWidget(compose)
        self.setStretchFactor(1, 1)
        self.setSizes(_SHARES)
        self._place.hide()
        self.reply_action = QAction(_("Rep&ly"), self)
        self.reply_action.setShortcut(QKeySequence("Ctrl+R"))
        self.go_action = QAction(_("Go to the &conversation, and back"), self)
        self.go_action.setShortcut(QKeySequence("F6"))
        self._look_timer = QTimer(self)
        self._look_timer.setSingleShot(True)
        self._look_timer.setInterval(0)
        self._connect()
        self._set_actions()

    @property
    def conversation(self) -> ConversationView:
        """Built when somebody is first shown, or asked for sooner."""
        if self._conversation is None:
            self._conversation = self._make_conversation()
        return self._conversation

    def _make_conversation(self) -> ConversationView:
        from smsdesk.ui.conversation.view import ConversationView  # start-up time

        view = ConversationView(self._conversations, self._history, worker=self._worker)
        view.closed.connect(self._close)
        view.reply_asked.connect(self.reply)
        view.channel_changed.connect(self._note_channel)
        view.details_asked.connect(self.details_asked)
        view.erase_asked.connect(self.erase_asked)
        view.save_asked.connect(self.save_asked)
        view.hide()
        self.replaceWidget(0, view)
        self.setStretchFactor(0, 3)
        self._place.deleteLater()
        return view

    @property
    def _is_shown(self) -> bool:
        return self._conversation is not None and not self._conversation.isHidden()

    def _connect(self) -> None:
        self.reply_action.triggered.connect(self.reply)
        self.go_action.triggered.connect(self._go)
        self._compose.recipients.changed.connect(self._look_timer.start)
        self._compose.sender_field.changed.connect(self._look_timer.start)
        self._compose.text.textChanged.connect(self._look_timer.start)
        self._compose.stored.connect(self._note_stored)
        self._compose.ways.more_button.toggled.connect(self._give_room)
        self._look_timer.timeout.connect(self._look)

    # what the window tells

    def choose(self, peer: str) -> None:
        """A message of this person was chosen in history."""
        self._chosen, self._closed = peer, ""
        self._sole = self._sole_recipient()
        self._show(peer)
        self._offer()

    def leave(self) -> None:
        """What was chosen in history has been closed there."""
        self._chosen = ""
        self._compose.offer.withdraw()
        self._show(self._sole_recipient())

    def touch(self, ids: frozenset[str] | None) -> None:
        """These messages moved on, or are new."""
        if not self._is_shown:
            if self._sole and self._sole != self._closed:
                self._show(self._sole)
        else:
            self.conversation.touch(ids)
            self._say()
        self._compose.ways.look_again()

    def show_people(self) -> None:
        """The address book is another now: somebody may be known by more, or by less."""
        if self.conversation.isHidden() or self.conversation.model.is_outdated:
            self.touch(None)

    def show_again(self) -> None:
        """After a change of colours, or of how numbers are shown."""
        if self._conversation is not None:
            self._conversation.show_again()
        self._say()

    @property
    def shown_peer(self) -> str | None:
        """Whose messages are in sight."""
        return self.conversation.peer if self._is_shown else None

    # whose conversation it is

    def _sole_recipient(self) -> str:
        """The one number or ID in the To field, or ""."""
        entries = self._compose.recipients.entries()
        return (entries[0].address or "") if len(entries) == 1 else ""

    def _look(self) -> None:
        """The draft has changed: it may be to somebody else now."""
        sole = self._sole_recipient()
        if sole != self._sole:
            self._sole = sole
            self._closed = ""
            if sole != self._answering:
                self._answering = ""
            if sole and sole != self._chosen:
                self._chosen = ""
            self._show(self._chosen or sole)
        self._say()

    def _show(self, peer: str) -> None:
        """Show one person's messages; nothing where there are none, or for ""."""
        if not (self._is_shown and self.conversation.model.is_with(peer)):
            has_messages = bool(peer) and self.conversation.show_person(peer)
            self._set_shown(has_messages)
        self._say()

    def _set_shown(self, is_shown: bool) -> None:
        if self._is_shown != is_shown:
            self.conversation.setVisible(is_shown)
            self._set_actions()

    def _give_room(self, is_wanted: bool) -> None:
        """More fields need more room than an answer does, as long as they are there."""
        height = sum(self.sizes())
        if not self._is_shown or not height:
            return
        if is_wanted:
            self._before = self.sizes()
            compose = max(self._before[1], round(_SHARE_OF_FIELDS * height))
            self.setSizes([height - compose, compose])
        elif self._before:
            self.setSizes(self._before)
            self._before = []

    def _set_actions(self) -> None:
        self.go_action.setEnabled(self._is_shown)
        self.reply_action.setEnabled(
            self._is_shown and self.conversation.model.answer.is_possible
        )

    def _close(self) -> None:
        """Closed by hand; it comes back when somebody is chosen again."""
        had_focus = self.conversation.isAncestorOf(self.focusWidget() or self)
        self._closed, self._chosen = self.conversation.peer, ""
        self._compose.offer.withdraw()
        self._set_shown(False)
        if had_focus:
            self._go_back()

    # answering

    def _note_channel(self) -> None:
        """An answer goes by the channel that is looked at."""
        self._compose.offer.withdraw()
        self._offer()

    def _offer(self) -> None:
        """Fill in an answer where nothing is written yet. The keyboard stays where it is."""
        answer = self.conversation.model.answer
        if answer.is_possible and self._compose.answer(
            answer.to, answer.sender, answer.channel
        ):
            self._answering = self._sole = answer.to
        self._say()

    def reply(self) -> None:
        """Write to the person shown; a draft for others is only changed after a question."""
        if not self._is_shown:
            return
        answer = self.conversation.model.answer
        if not answer.is_possible:
            return
        if self._sole_recipient() != answer.to and not self._make_room(answer):
            return
        self._offer()
        self._answering = answer.to
        self._compose.text.setFocus()

    def _make_room(self, answer: Answer) -> bool:
        """Whether the draft may be that answer now."""
        offer = self._compose.offer
        if offer.is_possible:
            return True
        if self._compose.text.text():
            asked = _ask_about_draft(self, answer.to)
            if not asked:
                return False
            text = self._compose.text.text() if asked == _KEEP else ""
        else:
            text = ""
        self._compose.answer_instead(answer.to, answer.sender, text, answer.channel)
        return True

    def _note_stored(self, messages: Sequence[Message]) -> None:
        """Sent to one person: what becomes of it is shown; an answer may be followed by more."""
        from smsdesk.desk.conversations import peer_of  # start-up time

        peer = peer_of(messages[0]) if len(messages) == 1 else ""
        was_answer = bool(peer) and peer == self._answering
        self._answering = self._sole = ""
        if not peer:
            return
        self._chosen, self._closed = peer, ""
        self._show(peer)
        if was_answer:
            self._offer()
            self._compose.text.setFocus()

    def _say(self) -> None:
        """One line about answering, where there is something to say."""
        if not self._is_shown:
            return
        view = self.conversation
        answer = view.model.answer
        peer = answer.to
        is_to_them = view.model.is_with(self._sole_recipient())
        sender = self._compose.sender_field.text() if is_to_them else answer.sender
        by_name = self._compose.ways.channel == SMS
        if not answer.is_possible and answer.channel != SMS.name:
            said = wording_channels.off_sentence(answer.channel)
        elif not answer.is_possible:
            said = _("{person} is a name, not a number: it cannot be answered.").format(
                person=plain.one_line(peer)
            )
        elif not is_to_them and not self._compose.offer.is_possible:
            said = _("The message below is not to {person}.").format(
                person=plain.one_line(names.show_person(peer))
            )
        elif by_name and sender.isascii() and any(letter.isalpha() for letter in sender):
            said = _("You write as {sender}: they can read that, but not answer it.").format(
                sender=plain.one_line(sender)
            )
        else:
            said = ""
        view.say(said, can_reply=answer.is_possible and not is_to_them)

    # the keyboard

    def _go(self) -> None:
        """To the conversation, and from there back to where the keyboard was."""
        focus = QApplication.focusWidget()
        if not self._is_shown:
            return
        if focus is not None and self.conversation.isAncestorOf(focus):
            self._go_back()
        else:
            self._came_from = focus
            self.conversation.list.enter()

    def _go_back(self) -> None:
        back, self._came_from = self._came_from, None
        if back is None or not back.isVisible():
            back = self._compose.text
        back.setFocus(Qt.FocusReason.ShortcutFocusReason)


_KEEP = 1


def _ask_about_draft(parent: QWidget, peer: str) -> int:
    """1: its text is for `peer` now; 2: it is dropped; 0: all stays as it is."""
    pressed = MessageDialog(
        _("A message is being written"),
        _("Its text may be kept for an answer to {person}, or dropped.").format(
            person=names.show_person(peer)
        ),
        buttons=(_("&Keep the text"), _("&Drop the text"), _("Cancel")),
        default=3,
        parent=parent,
    ).exec()
    return pressed if pressed in (_KEEP, 2) else 0
