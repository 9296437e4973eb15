"""By which channel a message went or came, in words."""

from __future__ import annotations

from datetime import datetime

from smsdesk.desk import wording_channels
from smsdesk.desk.history import History, StoreError
from smsdesk.sms.channels import title_of
from smsdesk.sms.message import Message

_MOST_KEPT = 1000


class Vias:
    """Remembers what it has looked up: rows are painted again and again."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._known: dict[tuple[str, datetime], str] = {}

    def of(self, message: Message) -> str:
        """The channel by which it has arrived; before that, all that are tried."""
        if not message.legs:
            return title_of(message.channel)
        key = (message.id, message.updated_at)
        if key not in self._known:
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[key] = self._look_up(message)
        return self._known[key]

    def _look_up(self, message: Message) -> str:
        try:
            legs = self._history.legs(message)
        except StoreError:
            return title_of(message.channel)
        arrived = [one.leg.channel for one in legs if one.has_arrived]
        tried = arrived[:1] or [one.leg.channel for one in legs]
        return wording_channels.order_sentence(tried)
