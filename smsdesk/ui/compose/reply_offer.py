"""An answer offered in the compose pane: To and From are filled in while nothing is written yet.

What was only offered is nobody's draft: it makes way for a recipient that the person enters, and
goes again without a trace. With the first letter of the text it is the person's own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from smsdesk.sms.message import Draft
    from smsdesk.ui.compose.message_field import MessageField
    from smsdesk.ui.compose.recipients_field import RecipientsField
    from smsdesk.ui.compose.sender_field import SenderField
    from smsdesk.ui.compose.ways import Ways


class ReplyOffer:
    """Fills the fields of the pane, and empties them again."""

    def __init__(
        self,
        ways: Ways,
        sender: SenderField,
        recipients: RecipientsField,
        text: MessageField,
    ) -> None:
        self._ways = ways
        self._sender = sender
        self._recipients = recipients
        self._text = text
        self._channel_before = ways.channel.name
        self._sender_before = ""
        self._sender_offered = ""

    @property
    def is_possible(self) -> bool:
        """Nothing is written, and nobody entered: there is no draft to be lost."""
        is_free = self._recipients.is_offered or not self._recipients.text()
        return is_free and not self._text.text()

    def make(self, peer: str, sender: str, channel: str) -> bool:
        """Offer to answer `peer` on a channel, from `sender` if that is known; False if there
        is a draft."""
        if not self.is_possible:
            return False
        self.withdraw()
        self._channel_before = self._ways.channel.name
        self._sender_before = self._sender.text()
        self._ways.take(channel)
        self._recipients.offer(peer)
        if sender:
            self._sender.set_text(sender)
        self._sender_offered = self._sender.text()
        return True

    def withdraw(self) -> None:
        """Nobody took the offer: all is as before."""
        if not self._recipients.is_offered or self._text.text():
            return
        self._recipients.set_text("")
        is_untouched = self._sender.text() == self._sender_offered
        self._ways.take(self._channel_before)
        if is_untouched:
            self._sender.set_text(self._sender_before)

    def take(self) -> None:
        """The person has begun to write: it is their draft now."""
        self._recipients.keep_offer()

    def own(self, draft: Draft) -> Draft:
        """The draft without what was only offered."""
        if not self._recipients.is_offered:
            return draft
        kept = self._sender.text() != self._sender_offered
        if kept:
            return replace(draft, recipients="")
        return replace(
            draft, channel=self._channel_before, sender=self._sender_before, recipients=""
        )
