"""Which of a person's channels is looked at: all of them, or one.

Where all messages came and went on the same one, there is nothing to choose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from smsdesk.sms.channels import title_of
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.controls import ComboBox

if TYPE_CHECKING:
    from smsdesk.ui.conversation.model import ConversationModel


class ChannelBox(ComboBox):
    """Offers the channels of the messages that are here."""

    # Emitted with the channel that alone is to be shown; None for all.
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("conversation.channel")
        self.setAccessibleName(_("Channel of the conversation"))
        self.setSizeAdjustPolicy(ComboBox.SizeAdjustPolicy.AdjustToContents)
        self.activated.connect(lambda place: self.chosen.emit(self.itemData(place)))
        self.hide()

    def offer(self, model: ConversationModel) -> None:
        """Have what the model has; one that is looked at alone leaves the others as they were."""
        if model.channel is not None:
            return
        names = model.channels
        if [self.itemData(place) for place in range(1, self.count())] != list(names):
            self.clear()
            self.addItem(_("All channels"), None)
            for name in names:
                self.addItem(plain.one_line(title_of(name)), name)
        self.setCurrentIndex(0)
        self.setVisible(len(names) > 1)
