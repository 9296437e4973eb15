"""One person's messages as a Qt model: the oldest first, read page by page from the newest up.

How a row looks is `bubble`; what the log holds, the desk's.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
)

from smsdesk.desk import wording, wording_channels
from smsdesk.desk.conversations import peer_of
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Direction
from smsdesk.system.i18n import _
from smsdesk.ui import plain
from smsdesk.ui.history.via import Vias
from smsdesk.ui.history.when import short_time, whole_time
from smsdesk.ui.numbers import show_number

if TYPE_CHECKING:
    from smsdesk.desk.conversations import Answer, Conversations
    from smsdesk.desk.history import History
    from smsdesk.sms.message import Message

PAGE = 60
MOST_TOUCHED = 400
"""When more messages than this move on at once, the rows are read anew instead."""
MESSAGE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
DAY_ROLE = MESSAGE_ROLE + 1
"""True for the first message of a day, which carries the day's name above it."""
TEXT_ROLE = DAY_ROLE + 1
"""What the bubble says: the text, below what it answers."""
VIA_ROLE = TEXT_ROLE + 1
"""By which channel it went; "" where SMS is all there is."""
_LONGEST_SPOKEN = 2000

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class ConversationModel(QAbstractListModel):
    """Holds the rows seen so far. A page is read by key in a fraction of a millisecond, so it
    is read at once."""

    def __init__(
        self, conversations: Conversations, history: History, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._conversations = conversations
        self._history = history
        self._peer = ""
        self._channel: str | None = None
        self._addresses: frozenset[str] = frozenset()
        self._messages: list[Message] = []
        self._has_more = False
        self._vias = Vias(history)

    # what the view asks

    @property
    def peer(self) -> str:
        """Whose messages these are; "" before the first."""
        return self._peer

    @property
    def has_more(self) -> bool:
        """There are older ones, not read yet."""
        return self._has_more

    @property
    def answer(self) -> Answer:
        """Where an answer goes, on which channel and from what."""
        return self._conversations.answer(self._peer, self._messages[::-1])

    @property
    def channel(self) -> str | None:
        """The only channel whose messages are shown; None for all."""
        return self._channel

    @property
    def channels(self) -> tuple[str, ...]:
        """The channels of the messages that are here."""
        return tuple(dict.fromkeys(message.channel for message in self._messages))

    def is_with(self, address: str) -> bool:
        """Whether an address is that of the person, or joined to them."""
        return bool(address) and address in self._addresses

    @property
    def is_outdated(self) -> bool:
        """Others belong to the person now than when their messages were read."""
        now = self._conversations.addresses_of(self._peer) if self._peer else ()
        return frozenset(now) != self._addresses

    @property
    def has_unread(self) -> bool:
        return any(message.is_unread for message in self._messages)

    def message(self, row: int) -> Message | None:
        return self._messages[row] if 0 <= row < len(self._messages) else None

    def row_of(self, message_id: str) -> int | None:
        return next(
            (row for row, message in enumerate(self._messages) if message.id == message_id),
            None,
        )

    def load(self, peer: str, *, channel: str | None = None, limit: int = PAGE) -> None:
        """Read the newest messages of one person; with `channel`, only those on it."""
        found = self._conversations.load(peer, channel=channel, limit=limit)
        self.beginResetModel()
        self._peer = peer
        self._channel = channel
        self._addresses = frozenset(found.addresses)
        self._messages = list(found.messages)
        self._has_more = found.has_more
        self.endResetModel()

    def load_older(self) -> None:
        """Read the page before the oldest message that is shown."""
        if not self._has_more:
            return
        before = self._messages[0].seq
        found = self._conversations.older(
            self._peer, before_seq=before, channel=self._channel, limit=PAGE
        )
        self._has_more = len(found) == PAGE
        if found:
            self.beginInsertRows(_ROOT, 0, len(found) - 1)
            self._messages[:0] = found
            self.endInsertRows()
            self._tell(len(found))  # it may no longer be the first of its day

    def touch(self, ids: frozenset[str] | None) -> None:
        """These messages have changed, or are new; None: look at everything again."""
        if ids is None or len(ids) > MOST_TOUCHED:
            shown = max(PAGE, len(self._messages))
            self.load(self._peer, channel=self._channel, limit=shown)
        else:
            self._take(self._history.get_many(ids))

    # what Qt asks

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._messages)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        message = self.message(index.row())
        if message is None:
            return None
        if role == MESSAGE_ROLE:
            return message
        if role == DAY_ROLE:
            return self._begins_day(index.row())
        if role == TEXT_ROLE:
            return self._text(message)
        if role == VIA_ROLE:
            return self._via(message)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _spoken(message, self._text(message), self._via(message))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(_hover(message))
        return None

    # rows

    def _text(self, message: Message) -> str:
        text = wording.message_text(message)
        received = message.received
        if received is None or not received.reply_to or message.text_kept_days is not None:
            return text
        quoted = next(
            (one for one in self._messages if one.message_uuid == received.reply_to), None
        )
        quote = "" if quoted is None else wording.message_text(quoted)
        return f"{wording_channels.quote_sentence(quote)}\n{text}"

    def _via(self, message: Message) -> str:
        """The channel, where there is anything but SMS."""
        is_only_sms = not message.legs and self.channels == (SMS.name,)
        return "" if is_only_sms else self._vias.of(message)

    def _begins_day(self, row: int) -> bool:
        if row == 0:
            return True
        before, this = self._messages[row - 1], self._messages[row]
        return before.created_at.astimezone().date() != this.created_at.astimezone().date()

    def _take(self, messages: Iterable[Message]) -> None:
        rows = {message.id: row for row, message in enumerate(self._messages)}
        for message in messages:
            if peer_of(message) not in self._addresses:
                continue
            if self._channel not in (None, message.channel):
                continue
            row = rows.get(message.id)
            if row is None:
                self._insert(message)
                rows = {message.id: row for row, message in enumerate(self._messages)}
            else:
                self._messages[row] = message
                self._tell(row)

    def _insert(self, message: Message) -> None:
        """Put it where its place in the log is; above the oldest page read, it is not yet due."""
        row = len(self._messages)
        while row and self._messages[row - 1].seq > message.seq:
            row -= 1
        if row == 0 and self._has_more:
            return
        self.beginInsertRows(_ROOT, row, row)
        self._messages.insert(row, message)
        self.endInsertRows()
        self._tell(row + 1)

    def _tell(self, row: int) -> None:
        if row < len(self._messages):
            index = self.index(row, 0)
            self.dataChanged.emit(index, index)


def _spoken(message: Message, text: str, via: str) -> str:
    """The row in one sentence, for a screen reader."""
    said = _("{state} {time}: {text}").format(
        state=wording.message_word(message),
        time=short_time(message.created_at, now=datetime.now(UTC)),
        text=plain.visible(text[:_LONGEST_SPOKEN]),
    )
    said = f"{via}, {said}" if via else said
    return _("Unread. {sentence}").format(sentence=said) if message.is_unread else said


def _hover(message: Message) -> str:
    whole = whole_time(message.created_at)
    if message.direction is Direction.INBOUND:
        said = [whole, _("To {number}").format(number=show_number(message.to))]
        if message.received is not None and message.received.profile:
            said.append(wording_channels.profile_sentence(message.received.profile))
        return "\n".join(said)
    said = [wording.state_sentence(message), whole]
    if message.sender:
        said.append(_("From {sender}").format(sender=show_number(message.sender)))
    return "\n".join(said)
