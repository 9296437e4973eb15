"""What Vonage brings by itself becomes facts: receipts move messages, replies are kept.

Webhooks, reports and tests all come through here, so that repeats and any order end in the same
state. Whether a webhook is genuine was decided before; what a row becomes, `store` decides.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from smsdesk.delivery.identity import ulids
from smsdesk.sms.inbound import InboundMessage
from smsdesk.sms.opt_out import OptOut, read_opt_out
from smsdesk.sms.receipt import DeliveryReceipt
from smsdesk.sms.suppression import ALL_SENDERS
from smsdesk.store.database import Database
from smsdesk.store.events import ReceiptBook
from smsdesk.store.inbound import HeardReply, InboundBook
from smsdesk.store.message_log import OnChange
from smsdesk.system.clock import Clock

Event = DeliveryReceipt | InboundMessage


class Heard:
    """Takes what was heard. `stop_is_for_all` and `stop_words` are a person's settings.

    `on_list` is called when somebody has come onto the suppression list, or off it.
    """

    def __init__(
        self,
        *,
        database: Database,
        on_change: OnChange,
        on_list: Callable[[], None],
        clock: Clock,
        stop_is_for_all: Callable[[], bool] = lambda: False,
        stop_words: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._receipts = ReceiptBook(database, on_change, on_list=on_list)
        self._replies = InboundBook(database, on_change, on_list=on_list, make_id=ulids.make)
        self._clock = clock
        self._stop_is_for_all = stop_is_for_all
        self._stop_words = stop_words

    def take(self, events: Sequence[Event]) -> list[bool]:
        """Store events durably, in their order; False for each whose token was used before.

        Raises StoreError; some of the events may be stored then, and taking them again does no
        harm.
        """
        tokens: dict[str, str] = {}
        good = [self._is_fresh(event, tokens) for event in events]
        fresh = [event for event, is_good in zip(events, good, strict=True) if is_good]
        at = self._clock.now()
        receipts = [event for event in fresh if isinstance(event, DeliveryReceipt)]
        replies = [self._read(event) for event in fresh if isinstance(event, InboundMessage)]
        if receipts:
            self._receipts.record(receipts, at=at)
        if replies:
            self._replies.record(replies, at=at)
        return good

    def _is_fresh(self, event: Event, tokens: dict[str, str]) -> bool:
        """A token signs one body; with another one it is somebody's attempt to use it again."""
        if event.jti is None:
            return True
        if tokens.setdefault(event.jti, event.raw) != event.raw:
            return False
        return not self._receipts.is_replay(event.jti, event.raw)

    def _read(self, message: InboundMessage) -> HeardReply:
        asks = read_opt_out(
            message.text, keyword=message.keyword, more_words=tuple(self._stop_words())
        )
        is_for_all = asks is OptOut.STOP and self._stop_is_for_all()
        return HeardReply(message, asks, ALL_SENDERS if is_for_all else message.to)
