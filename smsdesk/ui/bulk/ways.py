"""How a list goes out: on which channel, and what is tried after it.

With SMS alone it is not there. Which channels a list of numbers can go out on is the desk's to
say; From follows the channel.
"""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from smsdesk.desk.channels import Choice
from smsdesk.desk.compose import Compose
from smsdesk.sms.channels import Channel, find_channel
from smsdesk.sms.channels.channel import Address
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Draft, DraftLeg
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.compose.channel_field import ChannelField
from smsdesk.ui.compose.failover_button import FailoverButton
from smsdesk.ui.compose.sender_field import SenderField
from smsdesk.ui.flow import flowing
from smsdesk.ui.theme import GRID


class BulkWays(QWidget):
    """One line above From."""

    # Emitted when the person has chosen another channel, or others after it.
    changed = Signal()

    def __init__(self, compose: Compose, sender: SenderField) -> None:
        super().__init__()
        self._compose = compose
        self._channels = compose.channels
        self._sender = sender
        self._senders: dict[str, str] = {}
        self.channel_field = ChannelField(self._choices)
        self.channel_field.setObjectName("bulk.channel")
        self.failover_button = FailoverButton(self._choices)
        self.failover_button.setObjectName("bulk.failover")
        self.failover_button.setAutoDefault(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID + GRID // 2)
        self.title = plain.field_label(_("C&hannel"), self.channel_field)
        row.addWidget(self.title)
        row.addWidget(flowing((self.channel_field, self.failover_button), gap=GRID), 1)
        self.setVisible(not self._channels.is_only_sms)
        self.channel_field.chosen.connect(self._switch)
        self.failover_button.changed.connect(self.changed)
        self._show_channel(self._usable(SMS.name))

    @property
    def channel(self) -> Channel:
        return self.channel_field.channel

    @property
    def failover(self) -> tuple[DraftLeg, ...]:
        """What is tried after the channel, each from what is known for it."""
        return tuple(
            DraftLeg(one.name, self._channels.sender_of(one.name))
            for one in self.failover_button.channels
        )

    def show_ways(self, channel: str, failover: Sequence[DraftLeg]) -> None:
        """Begin with these, as far as a list can go out on them."""
        found = self._usable(channel)
        self._show_channel(found)
        legs = [find_channel(leg.channel) for leg in failover]
        kept = [leg for leg in legs if leg is not None and self._takes_lists(leg)]
        self.failover_button.set_channels(found, kept)

    def _usable(self, name: str) -> Channel:
        channel = find_channel(name)
        if channel is not None and self._takes_lists(channel):
            return channel
        return next((one for one in self._channels.on if self._takes_lists(one)), SMS)

    def _takes_lists(self, channel: Channel) -> bool:
        return channel in self._channels.on and channel.recipient is Address.NUMBER

    def _choices(self) -> Sequence[Choice]:
        draft = Draft(sender=self._sender.text(), channel=self.channel.name)
        return self._compose.choices_for_lists(draft)

    def _switch(self, channel: Channel) -> None:
        self._senders[self._shown.name] = self._sender.text()
        others = self.failover_button.channels
        self._show_channel(channel)
        self.failover_button.set_channels(channel, others)
        known = self._senders.get(channel.name) or self._channels.sender_of(channel.name)
        self._sender.set_text(known)
        self.changed.emit()

    def _show_channel(self, channel: Channel) -> None:
        self._shown = channel
        self.channel_field.set_channel(channel)
        self._sender.offer(self._compose, channel)
