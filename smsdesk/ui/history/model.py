"""The message log as a Qt model: newest first, read page by page, kept up to date row by row.

What a row looks like is the delegate's; what the log holds, the desk's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from smsdesk.desk import wording
from smsdesk.desk.conversations import peer_of
from smsdesk.desk.history import History, HistoryFilter
from smsdesk.sms.message import Direction, Message
from smsdesk.system.i18n import _
from smsdesk.ui import names, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.history.when import listed_time, short_time, whole_time
from smsdesk.ui.numbers import show_number

PAGE = 100
MOST_TOUCHED = 400
"""When more messages than this move on at once, the first page is read anew instead."""
MESSAGE_ROLE = int(Qt.ItemDataRole.UserRole) + 1

_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()


class HistoryModel(QAbstractTableModel):
    """Holds the rows seen so far. The rest is asked for by `fetchMore` as the view scrolls.

    A page by key is read in a fraction of a millisecond, so it is read at once; a search may
    take longer and goes through the worker.
    """

    # Emitted when the rows of another filter, or the first page anew, are in.
    loaded = Signal()

    def __init__(
        self, history: History, *, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._history = history
        self._worker = worker
        self._filter = HistoryFilter()
        self._messages: list[Message] = []
        self._is_complete = True
        self._asked = 0
        self._is_fetching = False

    # what the pane asks

    @property
    def filter(self) -> HistoryFilter:
        return self._filter

    def show(self, wanted: HistoryFilter) -> None:
        """Read the first page of what `wanted` lets through."""
        self._filter = wanted
        self.reload()

    def reload(self) -> None:
        self._asked += 1
        self._ask(None)

    def message(self, row: int) -> Message | None:
        return self._messages[row] if 0 <= row < len(self._messages) else None

    def row_of(self, message_id: str) -> int | None:
        return next(
            (row for row, message in enumerate(self._messages) if message.id == message_id),
            None,
        )

    def touch(self, ids: frozenset[str] | None) -> None:
        """These messages have changed, or are new; None: look at everything again."""
        if ids is None or len(ids) > MOST_TOUCHED:
            self.reload()
            return
        self._take(self._history.get_many(ids))

    # what Qt asks

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._messages)

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else 1

    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and not self._is_complete and not self._is_fetching

    def fetchMore(self, parent: _Index) -> None:
        if self._messages and self.canFetchMore(parent):
            self._ask(self._messages[-1].seq)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        message = self.message(index.row())
        if message is None:
            return None
        if role == MESSAGE_ROLE:
            return message
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _spoken(message)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(_hover(message))
        return None

    # reading

    def _ask(self, before_seq: int | None) -> None:
        """Read one page: of a search on the worker, of anything else here and now."""
        wanted, ticket = self._filter, self._asked
        history = self._history

        def read() -> list[Message]:
            return history.page(wanted, before_seq=before_seq, limit=PAGE)

        def show(messages: Sequence[Message]) -> None:
            if ticket != self._asked:
                return  # the person has typed on; another answer is on its way
            names.ask(peer_of(message) for message in messages)
            if before_seq is None:
                self._replace(messages)
            else:
                self._append(messages)

        self._is_fetching = True
        if wanted.search:
            self._worker.run(read, show)
        else:
            show(read())

    def _replace(self, messages: Sequence[Message]) -> None:
        self.beginResetModel()
        self._messages = list(messages)
        self._note_end(messages)
        self.endResetModel()
        self.loaded.emit()

    def _append(self, messages: Sequence[Message]) -> None:
        self._note_end(messages)
        if messages:
            first = len(self._messages)
            self.beginInsertRows(_ROOT, first, first + len(messages) - 1)
            self._messages.extend(messages)
            self.endInsertRows()

    def _note_end(self, messages: Sequence[Message]) -> None:
        self._is_complete = len(messages) < PAGE
        self._is_fetching = False

    def _take(self, messages: Iterable[Message]) -> None:
        rows = {message.id: row for row, message in enumerate(self._messages)}
        gone: list[int] = []
        new: list[Message] = []
        for message in messages:
            row = rows.get(message.id)
            fits = self._filter.fits(message)
            if row is None:
                if fits:
                    new.append(message)
            elif fits:
                self._messages[row] = message
                index = self.index(row, 0)
                self.dataChanged.emit(index, index)
            else:
                gone.append(row)
        for row in sorted(gone, reverse=True):
            self.beginRemoveRows(_ROOT, row, row)
            del self._messages[row]
            self.endRemoveRows()
        if new and self._filter.search:
            self.reload()  # whether a new message fits a search is for the log to say
        else:
            self._insert(new)

    def _insert(self, new: list[Message]) -> None:
        """Put each where its place in the log is; below the last page read, it is not yet due."""
        top = self._messages[0].seq if self._messages else -1
        above = sorted((m for m in new if m.seq > top), key=lambda m: m.seq, reverse=True)
        if above:
            self.beginInsertRows(_ROOT, 0, len(above) - 1)
            self._messages[:0] = above
            self.endInsertRows()
        last = self._messages[-1].seq if self._messages else -1
        for message in new:
            if message.seq <= top and (message.seq > last or self._is_complete):
                row = next(
                    (r for r, m in enumerate(self._messages) if m.seq < message.seq),
                    len(self._messages),
                )
                self.beginInsertRows(_ROOT, row, row)
                self._messages.insert(row, message)
                self.endInsertRows()


def searching(filter_: HistoryFilter, text: str) -> HistoryFilter:
    return replace(filter_, search=text.strip())


def _spoken(message: Message) -> str:
    """The row in one sentence, for a screen reader."""
    return ", ".join(
        (
            *((_("Unread"),) if message.is_unread else ()),
            wording.message_word(message),
            plain.visible(names.show_person(peer_of(message))),
            plain.visible(wording.message_text(message)[:300]),
            short_time(listed_time(message), now=datetime.now(UTC)),
        )
    )


def _hover(message: Message) -> str:
    said = [wording.state_sentence(message), whole_time(message.created_at)]
    if names.name_of(peer_of(message)):
        said.append(show_number(peer_of(message)))
    if message.direction is Direction.INBOUND:
        said.append(_("To {number}").format(number=show_number(message.to)))
    elif message.sender:
        said.append(_("From {sender}").format(sender=show_number(message.sender)))
    return "\n".join(said)
