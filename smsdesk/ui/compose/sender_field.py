"""The From field: a number or a name, typed or chosen among those used lately."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget

from smsdesk.sms.channels.channel import Address
from smsdesk.system.i18n import _
from smsdesk.ui.controls import STILL_THERE, ComboBox

if TYPE_CHECKING:
    from smsdesk.desk.compose import Compose
    from smsdesk.sms.channels import Channel


class SenderField(ComboBox):
    """An editable combo box; what it may hold is checked by the desk."""

    # Emitted whenever the text has changed.
    changed = Signal()
    # Emitted when the person leaves the field.
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compose.from")
        self.setAccessibleName(_("From: number or name"))
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        line = QLineEdit()
        self.setLineEdit(line)
        self._line = line
        line.setAccessibleName(_("From: number or name"))
        line.setPlaceholderText(_("Number or name"))
        self.editTextChanged.connect(lambda _text: self.changed.emit())

    def text(self) -> str:
        return self.currentText().strip()

    @property
    def text_places(self) -> tuple[QWidget, ...]:
        """The places that take dropped text."""
        return (self, self._line)

    def offer(self, compose: Compose, channel: Channel) -> None:
        """Have what was sent from on a channel before, and say what may be entered."""
        self._line.setPlaceholderText(sender_hint(channel))
        if channel.goes_by_country:
            self.set_choices(compose.remembered_senders())
        else:
            sender = compose.channels.sender_of(channel.name)
            self.set_choices([sender] if sender else [])

    def set_text(self, text: str) -> None:
        self.setEditText(text)
        self._line.setCursorPosition(0)

    def set_choices(self, senders: list[str]) -> None:
        text = self.currentText()
        self.blockSignals(True)
        self.clear()
        self.addItems(senders)
        self.setEditText(text)
        self.blockSignals(False)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() not in STILL_THERE:
            self.left.emit()


def sender_hint(channel: Channel) -> str:
    """What may be entered as the sender on a channel, in a few words."""
    match channel.sender:
        case Address.SENDER_ID:
            return _("Number or name")
        case Address.NUMBER:
            return _("Number of yours")
        case Address.AGENT:
            return _("Name registered for RCS")
        case _:
            return _("Your ID on {channel}").replace("{channel}", channel.title)
