"""The message log as a Qt model: newest first, as long as the log is, read where it is looked at.

Only an outline of the list is held (`outline`), and the pages around what is seen; both are kept
up to date as messages come and move on. What a row looks like is the delegate's; what the log
holds, the desk's.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from smsdesk.desk import wording
from smsdesk.desk.acting import Span
from smsdesk.desk.conversations import peer_of
from smsdesk.desk.history import NO_END, History, HistoryFilter, StoreError
from smsdesk.sms.channels.short_message import SMS
from smsdesk.sms.message import Direction, Message
from smsdesk.system.i18n import _
from smsdesk.ui import names, plain
from smsdesk.ui.background import Worker
from smsdesk.ui.history.outline import BLOCK, Outline
from smsdesk.ui.history.via import Vias
from smsdesk.ui.history.when import listed_time, short_time, whole_time
from smsdesk.ui.numbers import show_number

log = logging.getLogger(__name__)

MOST_TOUCHED = 400
"""When more messages than this move on at once, what is seen is read anew instead."""
PAGES_HELD = 16
KEYS_AT_ONCE = 20_000
"""As many keys are counted in one call on the worker; others get their turn in between."""
_FIRST_KEYS = 1_000
"""As many in the first one, so that something is said soon; then twice as many each time."""
MESSAGE_ROLE = int(Qt.ItemDataRole.UserRole) + 1
VIA_ROLE = MESSAGE_ROLE + 1
"""The channel a message went or came by, in words; "" where that is SMS and nothing else is."""

_FEW_BLOCKS, _MOST_BLOCKS = 4, 24
FIRST_PAUSE_MS, _LONGEST_PAUSE_MS = 1_000, 30_000
"""What could not be read is tried again after this long; then after twice as long each time."""
_MOST_UNREAD = 32
"""When more than this could not be read, the whole list is read anew instead."""
_REST_MS = 500
"""A list that changes all the time is not counted anew all the time."""
_EVERYTHING = HistoryFilter()
_Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Block:
    """What has been read again of one block: its messages if they are held, else their keys."""

    floor: int
    span: Span
    messages: list[Message] | None
    keys: list[int]


@dataclass(frozen=True, slots=True)
class _News:
    """Blocks that have been read again, and what has come in above."""

    blocks: list[_Block]
    messages: list[Message] | None
    """None if there are too many to be read at once."""
    keys: list[int]
    top: int
    """The newest key in the log; whatever is below it has been looked at."""


class HistoryModel(QAbstractTableModel):
    """Every message that fits has its row; one that has not been read yet is None for a moment.

    A page by key is read in a fraction of a millisecond, so it is read at once; a search may
    take longer and goes through the worker, as all counting does.
    """

    # Emitted when the rows of another filter are in: the first page of them.
    loaded = Signal()
    # Emitted when it is known how many messages fit, or when that is not known any more.
    counted = Signal()
    # Emitted with their number after new messages have come in at the top.
    arrived = Signal(int)
    # Emitted before the same list is read anew as a whole, and after; rows have moved.
    renewing = Signal()
    renewed = Signal()
    # Emitted when something could not be read, and when it could be after all; see `trouble`.
    troubled = Signal()

    def __init__(
        self, history: History, *, worker: Worker, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._history = history
        self._worker = worker
        self._wanted = HistoryFilter()
        self._shown = HistoryFilter()
        self._outline = Outline()
        self._outline.complete()
        self._pages: OrderedDict[int, list[Message]] = OrderedDict()
        self._asked = 0
        self._pending: set[int] = set()
        self._odd: set[int] = set()
        self._missed: set[int] = set()
        self._is_recounting = False
        self._is_reading = self._is_outdated = False
        self._recount_again = QTimer(self)
        self._recount_again.setSingleShot(True)
        self._recount_again.setInterval(_REST_MS)
        self._recount_again.timeout.connect(self._recount)
        self.trouble: StoreError | None = None
        """What keeps part of the list from being read; it is tried again by itself."""
        self._unread: list[Callable[[], None]] = []
        self._pause_ms = FIRST_PAUSE_MS
        self._retry = QTimer(self)
        self._retry.setSingleShot(True)
        self._retry.timeout.connect(self.try_again)
        self.kept_rows: Callable[[], Iterable[int]] = tuple
        """Says which rows must stay the same whatever comes and goes: they are not let go of."""
        self.names_channels: Callable[[], bool] = lambda: False
        """Says whether the account uses more than SMS."""
        self._vias = Vias(history)

    # what the pane asks

    @property
    def filter(self) -> HistoryFilter:
        return self._wanted

    @property
    def is_waiting(self) -> bool:
        """The rows are still those of another filter than is wanted."""
        return self._wanted != self._shown

    @property
    def is_counted(self) -> bool:
        """Every message that fits has its row; before that, there are more of them."""
        return self._outline.is_complete

    def show(self, wanted: HistoryFilter) -> None:
        """Read the first page of what `wanted` lets through."""
        self._wanted = wanted
        self.reload()

    def reload(self) -> None:
        """Begin from the top."""
        self._asked += 1
        self._forget_trouble()
        self._is_reading = True
        wanted, history = self._wanted, self._history
        self._run(
            wanted,
            lambda: (history.newest_seq(), history.page(wanted, limit=BLOCK)),
            lambda found: self._begin(wanted, *found),
        )

    def message(self, row: int) -> Message | None:
        """None for a row that there is not, or that has not been read yet."""
        if not 0 <= row < self._outline.count:
            return None
        block, offset = self._outline.place(row)
        page = self._page(block)
        return page[offset] if page is not None and offset < len(page) else None

    def row_of(self, message_id: str) -> int | None:
        """The row of a message; None if it is not in the list, or not within reach yet."""
        held = (one for page in self._pages.values() for one in page if one.id == message_id)
        message = next(held, None) or self._history.get(message_id)
        row = None if message is None else self.row_near(message.seq)
        found = None if row is None else self.message(row)
        return row if found is not None and found.id == message_id else None

    def row_near(self, seq: int) -> int | None:
        """The row of the message with this key, or of the next older one of its block."""
        block = self._outline.block_of(seq)
        page = None if block is None else self._page(block)
        if block is None or page is None:
            return None
        offset = next((n for n, one in enumerate(page) if one.seq <= seq), len(page) - 1)
        return self._outline.first_row(block) + max(
            0, min(offset, self._outline.size(block) - 1)
        )

    def held_key(self, row: int) -> int | None:
        """The key of the message in a row, if it is held; nothing is read for it now."""
        block, offset = self._outline.place(row)
        page = self._pages.get(self._outline.floor(block), ())
        return page[offset].seq if offset < len(page) else None

    def key_near(self, row: int) -> int:
        """The key of the message in a row; of one that has not been read, a key close by."""
        key = self.held_key(row)
        return self._outline.floor(self._outline.place(row)[0]) if key is None else key

    def moment_of(self, row: int) -> datetime | None:
        """When the message in a row was written, or one close by if it has not been read."""
        message = self.message(row) if _is_quick(self._shown) else None
        if message is None:
            near = self._history.page(_EVERYTHING, before_seq=self.key_near(row) + 1, limit=1)
            message = near[0] if near else None
        return None if message is None else message.created_at

    def touch(self, ids: frozenset[str] | None) -> None:
        """These messages have changed, or are new; None: look at everything again."""
        if self._is_reading:
            self._is_outdated = True  # the rows that come may have been read before that
        elif ids is None or len(ids) > MOST_TOUCHED:
            self.renew()
        else:
            self._look_at(self._history.get_many(ids))

    def renew(self) -> None:
        """Anything may have changed: read what is held once more, and count."""
        self._mend()
        outline = self._outline
        if outline.is_complete and len(outline) <= _FEW_BLOCKS:
            self._read_again(range(len(outline)), has_news=True)
            return
        if self._shown == _EVERYTHING:
            self._let_go(0)  # each row is the same message still, read again when it is seen
            self._tell_changed(0, outline.count - 1)
        held = [
            block for floor in self._pages if (block := outline.block_from(floor)) is not None
        ]
        self._read_again(held, has_news=True)
        self._recount()

    def stop_reading(self) -> None:
        """The window is closing: whatever is still being read is not wanted any more."""
        self._asked += 1
        self._recount_again.stop()
        self._retry.stop()

    # what Qt asks

    def rowCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else self._outline.count

    def columnCount(self, parent: _Index = _ROOT) -> int:
        return 0 if parent.isValid() else 1

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        message = self.message(index.row())
        if message is None:
            return None
        if role == MESSAGE_ROLE:
            return message
        if role == VIA_ROLE:
            return self.via_of(message)
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return _spoken(message, self.via_of(message))
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain.tip(_hover(message))
        return None

    def via_of(self, message: Message) -> str:
        """The channel in words; "" where that is SMS and nothing else is used."""
        is_plain = message.channel == SMS.name and not message.legs
        return "" if is_plain and not self.names_channels() else self._vias.of(message)

    # reading

    def _run(
        self, which: HistoryFilter, read: Callable[[], _T], show: Callable[[_T], None]
    ) -> None:
        """Read here and now what is found by key alone, and anything else on the worker. What
        was asked of a list that is not wanted any more is passed over."""
        if not _is_quick(which):
            self._run_beside(read, show)
            return
        try:
            found = read()
        except StoreError as error:
            self._try_later(error, read, show)
        else:
            show(found)

    def _run_beside(self, read: Callable[[], _T], show: Callable[[_T], None]) -> None:
        ticket = self._asked

        def read_if_wanted() -> _T | None:
            return read() if ticket == self._asked else None

        def show_if_wanted(found: _T | None) -> None:
            if found is not None and ticket == self._asked:
                show(found)

        def try_later(error: Exception) -> None:
            if not isinstance(error, StoreError):
                raise error
            if ticket == self._asked:
                self._try_later(error, read, show)

        self._worker.run(read_if_wanted, show_if_wanted, try_later)

    # what could not be read

    def _try_later(
        self, error: StoreError, read: Callable[[], _T], show: Callable[[_T], None]
    ) -> None:
        """A busy or damaged log: everything stays as if the read took longer, and is asked once
        more after a pause."""
        log.warning("messages could not be read", exc_info=error)

        def show_late(found: _T) -> None:
            show(found)
            self._tell_changed(0, self._outline.count - 1)

        self._unread.append(lambda: self._run_beside(read, show_late))
        self.trouble = error
        if not self._retry.isActive():
            self._retry.start(self._pause_ms)
        self.troubled.emit()

    def try_again(self) -> None:
        """Read now what could not be read."""
        self._retry.stop()
        self._pause_ms = min(2 * self._pause_ms, _LONGEST_PAUSE_MS)
        unread, self._unread = self._unread, []
        if len(unread) > _MOST_UNREAD:
            self.reload()
            return
        for read_again in unread:
            read_again()
        # The worker answers in order: when this comes back, it is known how they went.
        self._worker.run(lambda: None, lambda _none: self._look_whether_all_is_read())

    def _look_whether_all_is_read(self) -> None:
        if not self._unread:
            self._pause_ms = FIRST_PAUSE_MS
            self._forget_trouble()

    def _forget_trouble(self) -> None:
        self._retry.stop()
        self._unread.clear()
        if self.trouble is not None:
            self.trouble = None
            self.troubled.emit()

    def _begin(self, wanted: HistoryFilter, newest: int, messages: list[Message]) -> None:
        outline = Outline()
        outline.newest = newest
        outline.extend_down([message.seq for message in messages])
        if len(messages) < BLOCK:
            outline.complete()
        self._missed.clear()
        self._is_recounting = False
        is_outdated = self._is_outdated
        self._is_reading = self._is_outdated = False
        self._replace(wanted, outline, {outline.oldest: messages} if messages else {})
        self.loaded.emit()
        if outline.is_complete:
            self.counted.emit()
        else:
            self._count_on(_FIRST_KEYS)
        if is_outdated:
            self.renew()

    def _replace(
        self, shown: HistoryFilter, outline: Outline, pages: dict[int, list[Message]]
    ) -> None:
        for page in pages.values():
            names.ask(peer_of(message) for message in page)
        self.beginResetModel()
        self._shown = shown
        self._outline = outline
        self._pages = OrderedDict(pages)
        self._pending.clear()
        self._odd.clear()
        self.endResetModel()

    def _page(self, block: int) -> list[Message] | None:
        """The messages of a block, newest first; None if they are on their way."""
        floor = self._outline.floor(block)
        page = self._pages.get(floor)
        if page is not None:
            self._pages.move_to_end(floor)
        elif floor not in self._pending:
            shown, history, span = self._shown, self._history, self._outline.span(block)
            self._pending.add(floor)
            self._run(
                shown,
                lambda: _read_page(history, shown, span),
                lambda found: self._hold(floor, span, found),
            )
            page = self._pages.get(floor)
        return page

    def _hold(self, floor: int, span: Span, messages: list[Message]) -> None:
        """Keep a page that has been read; nothing may come or go while Qt is painting."""
        self._pending.discard(floor)
        block = self._outline.block_from(floor)
        if block is None or floor in self._pages or self._outline.span(block) != span:
            return  # it has been read otherwise, or is asked for again when it is looked at
        names.ask(peer_of(message) for message in messages)
        self._pages[floor] = messages
        self._let_go()
        first = self._outline.first_row(block)
        if len(messages) != self._outline.size(block):
            self._odd.add(floor)
            QTimer.singleShot(0, self, self._mend)
        if not _is_quick(self._shown):
            self._tell_changed(first, first + self._outline.size(block) - 1)

    def _let_go(self, most: int = PAGES_HELD) -> None:
        """Hold no more pages than so many, but those that must be."""
        if len(self._pages) <= most:
            return
        kept = {
            self._outline.floor(self._outline.place(row)[0])
            for row in self.kept_rows()
            if 0 <= row < self._outline.count
        }
        for floor in list(self._pages)[:-1]:
            if len(self._pages) <= most:
                break
            if floor not in kept:
                del self._pages[floor]

    def _mend(self) -> None:
        """Pages have turned out longer or shorter than they were counted: the log was quicker
        than its news."""
        odd, self._odd = self._odd, set()
        for floor in odd:
            block = self._outline.block_from(floor)
            page = self._pages.get(floor)
            if block is not None and page is not None:
                self._resize(block, [message.seq for message in page])

    # counting

    def _count_on(self, most: int) -> None:
        """The keys below what is known, some at a time."""
        shown, history, below = self._shown, self._history, self._outline.oldest

        def read() -> list[int] | int:
            if shown == _EVERYTHING and (oldest := _if_without_gaps(history)):
                return oldest
            return history.keys(shown, before_seq=below, limit=most)

        self._run_beside(read, lambda found: self._lengthen(found, most))

    def _lengthen(self, found: list[int] | int, most: int) -> None:
        outline = self._outline
        known = outline.count
        more = len(found) if isinstance(found, list) else max(0, outline.oldest - found)
        if more:
            self.beginInsertRows(_ROOT, known, known + more - 1)
        if isinstance(found, list):
            outline.extend_down(found)
        else:
            outline.fill_down(found)
        if more < most:
            outline.complete()
        if more:
            self.endInsertRows()
        self._catch_up()
        if outline.is_complete:
            self.counted.emit()
        else:
            self._count_on(min(2 * most, KEYS_AT_ONCE))

    def _recount(self) -> None:
        """Count the list from the top once more, beside what is shown, and then put it in the
        place of that if anything is different."""
        if not self._outline.is_complete:
            return  # it is being counted
        if self._is_recounting:
            self._recount_again.start()
            return
        self._is_recounting = True
        shown, history, ticket = self._shown, self._history, self._asked

        def read() -> Outline:
            outline = Outline()
            outline.newest = history.newest_seq()
            if shown == _EVERYTHING and (oldest := _if_without_gaps(history)):
                outline.fill_down(oldest)
            while not outline.is_complete and ticket == self._asked:
                keys = history.keys(shown, before_seq=outline.oldest, limit=KEYS_AT_ONCE)
                outline.extend_down(keys)
                if len(keys) < KEYS_AT_ONCE:
                    outline.complete()
            return outline

        self._run_beside(read, self._take_recount)

    def _take_recount(self, outline: Outline) -> None:
        """Put another outline in place of the one there is, with the pages that must be there
        for rows to be found again."""
        if self._shown == _EVERYTHING and outline.count == self._outline.count:
            self._is_recounting = False  # in the whole log nothing moves but what goes
            self._missed.clear()
            return
        keys = [self.key_near(row) for row in self.kept_rows() if row < self._outline.count]
        blocks = {block for key in keys if (block := outline.block_of(key)) is not None}
        asked = {outline.floor(block): outline.span(block) for block in blocks}
        shown, history = self._shown, self._history
        self._run(
            shown,
            lambda: {floor: _read_page(history, shown, span) for floor, span in asked.items()},
            lambda pages: self._swap(outline, pages),
        )

    def _swap(self, outline: Outline, pages: dict[int, list[Message]]) -> None:
        self._is_recounting = False
        self.renewing.emit()
        self._replace(self._shown, outline, pages)
        self._odd.update(
            floor
            for floor, page in pages.items()
            if (block := outline.block_from(floor)) is not None
            and len(page) != outline.size(block)
        )
        self.renewed.emit()
        self.counted.emit()
        self._mend()
        self._catch_up()
        self._read_again((), has_news=True)

    # following

    def _look_at(self, messages: Iterable[Message]) -> None:
        """These have changed, or are new."""
        self._mend()
        outline = self._outline
        has_news = False
        blocks: dict[int, list[Message]] = {}
        for message in messages:
            block = outline.block_of(message.seq)
            if message.seq > outline.newest:
                has_news = True
            elif block is not None:
                blocks.setdefault(block, []).append(message)
            if self._is_recounting or (block is None and not has_news):
                self._missed.add(message.seq)
        if self._shown == _EVERYTHING:
            for block, some in blocks.items():
                self._put_in_place(block, some)  # whatever becomes of it, it is in the log
            blocks.clear()
        self._read_again(blocks, has_news=has_news)

    def _catch_up(self) -> None:
        """What moved on while its place was not known."""
        missed, self._missed = self._missed, set()
        blocks = {self._outline.block_of(seq) for seq in missed} - {None}
        self._read_again([block for block in blocks if block is not None], has_news=False)

    def _put_in_place(self, block: int, messages: Sequence[Message]) -> None:
        page = self._pages.get(self._outline.floor(block))
        if page is None:
            return
        first = self._outline.first_row(block)
        offsets = {message.seq: offset for offset, message in enumerate(page)}
        for message in messages:
            offset = offsets.get(message.seq)
            if offset is not None:
                page[offset] = message
                self._tell_changed(first + offset, first + offset)

    def _read_again(self, blocks: Collection[int], *, has_news: bool) -> None:
        """Some of these blocks' messages may fit now, or not fit any more; and there may be new
        ones."""
        if len(blocks) > _MOST_BLOCKS:
            self._recount()
            blocks = ()
        if not blocks and not has_news:
            return
        shown, history, newest = self._shown, self._history, self._outline.newest
        asked = [
            (floor, self._outline.span(block), floor in self._pages)
            for block in blocks
            for floor in (self._outline.floor(block),)
        ]

        def read() -> _News:
            top = history.newest_seq()
            found = [_read_block(history, shown, *one) for one in asked]
            new = history.page(shown, after_seq=newest, limit=BLOCK) if has_news else []
            keys = [message.seq for message in new]
            if len(keys) == BLOCK:
                keys = history.keys(shown, after_seq=newest, limit=NO_END)
            return _News(found, new if len(new) == len(keys) else None, keys, top)

        def show(news: _News) -> None:
            for block in news.blocks:
                self._take(block)
            if has_news and self._outline.newest == newest:
                if news.keys:
                    self._take_new(news.messages, news.keys)
                self._outline.newest = max(self._outline.newest, news.top)

        self._run(shown, read, show)

    def _take(self, found: _Block) -> None:
        block = self._outline.block_from(found.floor)
        if block is None or self._outline.span(block) != found.span:
            near = self._outline.block_of(found.floor)  # it has been divided meanwhile
            self._read_again(() if near is None else (near,), has_news=False)
            return
        page = self._pages.get(found.floor)
        if page is not None and found.messages is not None:
            self._fit(block, page, found.messages)
        else:
            self._pages.pop(found.floor, None)
            self._resize(block, found.keys)
        if self._outline.size(block) > 2 * BLOCK:
            self._divide(block, found.keys)

    def _fit(self, block: int, held: list[Message], messages: list[Message]) -> None:
        """Make a page that is held into what it is now, row by row."""
        outline = self._outline
        there = {message.seq for message in messages}
        for offset in reversed(range(len(held))):
            if held[offset].seq not in there:
                row = outline.first_row(block) + offset
                self.beginRemoveRows(_ROOT, row, row)
                del held[offset]
                outline.change(block, -1)
                self.endRemoveRows()
        known = {message.seq for message in held}
        for offset, message in enumerate(messages):
            if message.seq not in known:
                row = outline.first_row(block) + offset
                self.beginInsertRows(_ROOT, row, row)
                held.insert(offset, message)
                outline.change(block, 1)
                self.endInsertRows()
        first = outline.first_row(block)
        for offset, message in enumerate(messages):
            if message != held[offset]:
                held[offset] = message
                self._tell_changed(first + offset, first + offset)

    def _resize(self, block: int, keys: Sequence[int]) -> None:
        """So many messages are in a block now; which, nobody has looked at."""
        outline = self._outline
        more = len(keys) - outline.size(block)
        end = outline.first_row(block) + outline.size(block)
        if more > 0:
            self.beginInsertRows(_ROOT, end, end + more - 1)
            outline.change(block, more)
            self.endInsertRows()
        elif more < 0:
            self.beginRemoveRows(_ROOT, end + more, end - 1)
            outline.change(block, more)
            self.endRemoveRows()

    def _divide(self, block: int, keys: Sequence[int]) -> None:
        page = self._pages.pop(self._outline.floor(block), [])
        before = len(self._outline)
        self._outline.divide(block, keys)
        for part in range(block, block + len(self._outline) - before + 1):
            span = self._outline.span(part)
            some = [one for one in page if span.oldest <= one.seq <= span.newest]
            if some:
                self._pages[self._outline.floor(part)] = some

    def _take_new(self, messages: list[Message] | None, keys: Sequence[int]) -> None:
        """New messages at the top; None if they are too many to be read at once."""
        outline = self._outline
        blocks = len(outline)
        top = self._pages.pop(outline.floor(blocks - 1), None) if blocks else []
        if messages is not None:
            names.ask(peer_of(message) for message in messages)
        self.beginInsertRows(_ROOT, 0, len(keys) - 1)
        outline.extend_up(keys)
        if messages is not None and top is not None:
            held = [*messages, *top]
            for block in range(max(0, blocks - 1), len(outline)):
                span = outline.span(block)
                some = [one for one in held if span.oldest <= one.seq <= span.newest]
                if some:
                    self._pages[outline.floor(block)] = some
        self.endInsertRows()
        self._let_go()
        self.arrived.emit(len(keys))

    def _tell_changed(self, first: int, last: int) -> None:
        if last >= first:
            self.dataChanged.emit(self.index(first, 0), self.index(last, 0))


def _is_quick(which: HistoryFilter) -> bool:
    """Whether an index leads straight to what fits, in the order of the list."""
    return replace(which, states=frozenset(), batch=None) == _EVERYTHING


def _if_without_gaps(history: History) -> int | None:
    """The key of the oldest message, if every key up to the newest has one; then the list need
    not be walked through to be counted."""
    size, extent = history.size(), history.extent(_EVERYTHING)
    if extent is None or extent.newest_seq - extent.oldest_seq + 1 != size:
        return None
    return extent.oldest_seq


def _read_page(history: History, which: HistoryFilter, span: Span) -> list[Message]:
    return history.page(
        which, before_seq=span.newest + 1, after_seq=span.oldest - 1, limit=NO_END
    )


def _read_block(
    history: History, which: HistoryFilter, floor: int, span: Span, is_held: bool
) -> _Block:
    if is_held:
        messages = _read_page(history, which, span)
        return _Block(floor, span, messages, [message.seq for message in messages])
    keys = history.keys(
        which, before_seq=span.newest + 1, after_seq=span.oldest - 1, limit=NO_END
    )
    return _Block(floor, span, None, keys)


def _spoken(message: Message, via: str) -> str:
    """The row in one sentence, for a screen reader."""
    return ", ".join(
        (
            *((_("Unread"),) if message.is_unread else ()),
            *((via,) if via else ()),
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
