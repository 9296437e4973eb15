"""The list of a conversation: it begins at its newest row and stays there, walks by keys, and
reads older rows as it is scrolled up.

Which rows there are is the model's; how they look, `bubble`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSlider,
    QApplication,
    QFrame,
    QListView,
    QMenu,
)

from smsdesk.desk import wording
from smsdesk.desk.conversations import can_be_written_to
from smsdesk.sms.message import Direction
from smsdesk.system.i18n import _
from smsdesk.ui import attachments
from smsdesk.ui.conversation.bubble import BubbleDelegate

if TYPE_CHECKING:
    from smsdesk.sms.message import Message
    from smsdesk.ui.conversation.model import ConversationModel

_NEAR_TOP = 200
"""So many pixels from the top, the next older page is read."""
_AT_END = 4


class ConversationList(QListView):
    """Rows of different heights. Enter opens the details, Ctrl+C copies, Esc is for the view."""

    # Emitted with the id of a message whose details are wanted.
    opened = Signal(str)
    # Emitted with the id of a reply that is to count as not read.
    unread_asked = Signal(str)
    # Emitted with a message, and the Attachment of it that is to be saved.
    save_asked = Signal(object, object)
    # Emitted when the list has come to its newest row.
    came_to_end = Signal()

    def __init__(self, model: ConversationModel) -> None:
        super().__init__()
        self.setObjectName("conversation.list")
        self.setAccessibleName(_("Messages of the conversation"))
        self._model = model
        self._delegate = BubbleDelegate(self)
        self._is_at_end = True
        self._is_reading = False
        self.setItemDelegate(self._delegate)
        self.setModel(model)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setAutoScroll(True)
        self.copy_action = self._make_action(_("&Copy"), QKeySequence.StandardKey.Copy)
        self.details_action = self._make_action(_("&Details"), QKeySequence("Return"))
        self.unread_action = self._make_action(_("Mark as &unread"), QKeySequence("Ctrl+U"))
        self.erase_action = QAction(_("&Erase this person…"), self)
        self.copy_action.triggered.connect(self._copy)
        self.details_action.triggered.connect(self._open)
        self.unread_action.triggered.connect(self._ask_unread)
        self.doubleClicked.connect(lambda _index: self._open())
        model.dataChanged.connect(self.scheduleDelayedItemsLayout)  # a height may be another
        bar = self.verticalScrollBar()
        bar.rangeChanged.connect(self._stay)
        bar.valueChanged.connect(self._note_place)
        bar.setSingleStep(3 * self.fontMetrics().lineSpacing())

    def _make_action(
        self, title: str, keys: QKeySequence | QKeySequence.StandardKey
    ) -> QAction:
        action = QAction(title, self)
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self.addAction(action)
        return action

    # places

    @property
    def is_at_end(self) -> bool:
        """The newest row is in sight."""
        return self._is_at_end

    def go_to_end(self) -> None:
        self._is_at_end = True
        self.scrollToBottom()

    def _stay(self) -> None:
        if self._is_at_end:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _note_place(self, value: int) -> None:
        bar = self.verticalScrollBar()
        was_at_end, self._is_at_end = self._is_at_end, value >= bar.maximum() - _AT_END
        if self._is_at_end and not was_at_end:
            self.came_to_end.emit()
        if value < _NEAR_TOP and self._model.has_more and not self._is_reading:
            self.keep_place(self._model.load_older)

    def enter(self) -> None:
        """Take the keyboard, at the newest row if nowhere else."""
        if not self.currentIndex().isValid():
            self._stand_on(self._model.rowCount() - 1)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keep_place(self, change: Callable[[], None]) -> None:
        """Make a change to the rows; what is being read stays where it is, and so does the
        person."""
        self._is_reading = True
        bar, current = self.verticalScrollBar(), self.current()
        below = 0 if self._is_at_end else bar.maximum() - bar.value()
        change()
        self.doItemsLayout()
        bar.setValue(bar.maximum() - below)
        row = self._model.row_of(current.id) if current is not None else None
        if row is not None and row != self.currentIndex().row():
            self._stand_on(row)
        self._is_reading = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows are as wide as the list without its scroll bar, whether or not that shows."""
        if self._delegate.set_room(self.width() - self.verticalScrollBar().sizeHint().width()):
            self.scheduleDelayedItemsLayout()
        super().resizeEvent(event)
        self._stay()

    # keys and menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, is_plain = event.key(), not event.modifiers()
        if key in (Qt.Key.Key_Enter, Qt.Key.Key_Return) and is_plain:
            self._open()
        elif key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown) and is_plain:
            self._turn(down=key == Qt.Key.Key_PageDown)
        elif key == Qt.Key.Key_Escape:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _turn(self, *, down: bool) -> None:
        """By what is in sight, since one row may be higher than that; then stand in it."""
        action = QAbstractSlider.SliderAction
        bar = self.verticalScrollBar()
        place = bar.value()
        bar.triggerAction(action.SliderPageStepAdd if down else action.SliderPageStepSub)
        if bar.value() == place:
            row = self._model.rowCount() - 1 if down else 0
        else:
            edge = self.viewport().height() - 2 if down else 1
            row = self.indexAt(QPoint(self.viewport().width() // 2, edge)).row()
        self._stand_on(row)

    def _stand_on(self, row: int) -> None:
        """Make this row the current one, and leave in sight what is."""
        self.setAutoScroll(False)
        self.setCurrentIndex(self._model.index(row, 0))
        self.setAutoScroll(True)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        place = event.pos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            place = self.visualRect(self.currentIndex()).center()
        else:
            self.setCurrentIndex(self.indexAt(place))
        if self.current() is not None:
            menu = self.make_menu()
            menu.exec(self.viewport().mapToGlobal(place))
            menu.deleteLater()

    def make_menu(self) -> QMenu:
        """What can be done with the current message."""
        menu = QMenu(self)
        message = self.current()
        if message is not None and message.text_kept_days is None:
            menu.addAction(self.copy_action)
        menu.addAction(self.details_action)
        if message is not None and _can_be_unread(message):
            menu.addAction(self.unread_action)
        if message is not None and attachments.attachments_of(message):
            menu.addSeparator()
            attachments.add_actions(
                menu, message, lambda one: self.save_asked.emit(message, one)
            )
        peer = self._model.peer
        if message is not None and can_be_written_to(peer, message.channel):
            menu.addSeparator()
            menu.addAction(self.erase_action)
        return menu

    def current(self) -> Message | None:
        """The message that the person stands on."""
        return self._model.message(self.currentIndex().row())

    def _copy(self) -> None:
        message = self.current()
        if message is not None and message.text_kept_days is None:
            QApplication.clipboard().setText(wording.copied_text(message))

    def _open(self) -> None:
        message = self.current()
        if message is not None:
            self.opened.emit(message.id)

    def _ask_unread(self) -> None:
        message = self.current()
        if message is not None and _can_be_unread(message):
            self.unread_asked.emit(message.id)


def _can_be_unread(message: Message) -> bool:
    return message.direction is Direction.INBOUND and not message.is_unread
