"""Which channel a message goes out on: a list that greys what will not do, and says why.

What keeps somebody from a channel is known to the desk.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QStandardItem, QStandardItemModel

from smsdesk.desk import wording_channels
from smsdesk.sms.channels import find_channel
from smsdesk.sms.channels.short_message import SMS
from smsdesk.system.i18n import _
from smsdesk.ui import icons, plain, theme
from smsdesk.ui.controls import ComboBox
from smsdesk.ui.room import scaled

if TYPE_CHECKING:
    from smsdesk.desk.channels import Choice
    from smsdesk.sms.channels import Channel

_NAME = int(Qt.ItemDataRole.UserRole) + 1
"""The item role of Vonage's name."""
_REASON = _NAME + 1
"""The item role of what keeps these recipients from a channel; "" for nothing."""
_WIDEST = 460
_SIGN = 16


class ChannelField(ComboBox):
    """Looks anew at what is possible whenever somebody comes to choose."""

    # Emitted with the channel that the person has chosen.
    chosen = Signal(object)
    # Emitted with why a channel that the person wanted cannot be taken.
    refused = Signal(str)

    def __init__(self, choices: Callable[[], Sequence[Choice]]) -> None:
        super().__init__()
        self.setObjectName("compose.channel")
        self.setAccessibleName(_("Channel"))
        self._ask = choices
        self._channel = SMS
        self._items = QStandardItemModel(self)
        self.setModel(self._items)
        self.setSizeAdjustPolicy(
            ComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.setMinimumContentsLength(len("Messenger"))
        self.activated.connect(self._take)

    @property
    def channel(self) -> Channel:
        return self._channel

    def set_channel(self, channel: Channel) -> None:
        """Show this one as chosen; nothing is emitted."""
        self._channel = channel
        self.look_again()

    def look_again(self) -> None:
        """Fill the list with what is possible now. What is chosen already is never greyed."""
        self._items.clear()
        for choice in self._ask():
            is_chosen = choice.channel == self._channel
            reason = "" if is_chosen else wording_channels.obstacle_sentence(choice)
            self._items.appendRow(_item(choice.channel, reason))
        self.setCurrentIndex(max(0, self._place_of(self._channel)))

    def showPopup(self) -> None:
        """In the open list the keyboard, and with it a screen reader, comes to what is greyed
        too: it is there that the reason is read."""
        self.look_again()
        self._let_greyed_be_reached(True)
        view = self.view()
        view.setMinimumWidth(min(scaled(_WIDEST), view.sizeHintForColumn(0) + 24 + _SIGN))
        super().showPopup()

    def hidePopup(self) -> None:
        super().hidePopup()
        self._let_greyed_be_reached(False)

    def _let_greyed_be_reached(self, may_be: bool) -> None:
        for item in map(self._items.item, range(self._items.rowCount())):
            item.setEnabled(may_be or not item.data(_REASON))

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The arrow keys choose without opening the list."""
        if not self.view().isVisible():
            self.look_again()
        super().focusInEvent(event)

    def _place_of(self, channel: Channel) -> int:
        return self.findData(channel.name, _NAME)

    def _take(self, place: int) -> None:
        item = self._items.item(place)
        channel = find_channel(item.data(_NAME))
        if item.data(_REASON):
            self.setCurrentIndex(max(0, self._place_of(self._channel)))
            self.refused.emit(item.text())
        elif channel is not None and channel != self._channel:
            self._channel = channel
            self.chosen.emit(channel)


def _item(channel: Channel, reason: str) -> QStandardItem:
    title = channel.title
    item = QStandardItem(f"{title}: {plain.one_line(reason)}" if reason else title)
    item.setData(channel.name, _NAME)
    item.setData(reason, _REASON)
    item.setEnabled(not reason)
    if reason:
        # Greyed, but no fainter than what is to be read: it says what would have to be done.
        item.setIcon(icons.icon("ban", theme.current().muted, _SIGN))
        item.setForeground(QColor(theme.current().muted))
    item.setToolTip(plain.tip(reason))
    return item
