"""Messages as files: what the history shows, some that were picked, or a whole batch.

They are read some at a time and written at once, so that a million of them take no more room than
a page. What a row looks like is known to `export_columns`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from smsdesk.desk.batches import Batches
from smsdesk.desk.contacts import Contacts
from smsdesk.desk.conversations import peer_of
from smsdesk.desk.documents import write_message
from smsdesk.desk.export_columns import (
    RAW_COLUMNS,
    harmless_row,
    heads,
    row_for_people,
    row_for_programs,
)
from smsdesk.desk.history import NO_END, History, HistoryFilter
from smsdesk.desk.sheets.workbook_writing import workbook_into
from smsdesk.desk.sheets.writing import MARKED, PLAIN, csv_into, whole_file
from smsdesk.sms.message import Message
from smsdesk.system.i18n import _

AT_ONCE = 500


class Form(StrEnum):
    """What kind of file; the values are those of `smsdesk history --format`."""

    WORKBOOK = "xlsx"
    SPREADSHEET = "csv"
    RAW = "csv-raw"
    LINES = "jsonl"

    @property
    def ending(self) -> str:
        """How such a file's name ends."""
        return ".csv" if self is Form.RAW else f".{self.value}"


@dataclass(frozen=True, slots=True)
class Picked:
    """These messages and no others."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WholeBatch:
    """All messages of one Send, in its order."""

    batch_id: str


Chosen = HistoryFilter | Picked | WholeBatch

_Page = Sequence[Message]


class ExportStoppedError(Exception):
    """Somebody did not want to wait for the rest; no file was written."""


class Exports:
    """Counts what would be exported, and writes it."""

    def __init__(
        self,
        *,
        history: History,
        batches: Batches,
        contacts: Contacts,
        on_exported: Callable[[Chosen, int], None] = lambda _chosen, _count: None,
    ) -> None:
        """`on_exported` is told of every file that has been written: by what its messages were
        chosen, and how many they are."""
        self._history = history
        self._batches = batches
        self._contacts = contacts
        self._on_exported = on_exported

    def count(self, chosen: Chosen) -> int:
        """How many messages those are. Slow for a search in a large log. Raises StoreError."""
        match chosen:
            case Picked(ids):
                return len(ids)
            case WholeBatch(batch_id):
                which = HistoryFilter(batch=batch_id)
            case _:
                which = chosen
        return self._history.count_fitting(which, at_most=NO_END)

    def write(
        self,
        chosen: Chosen,
        path: Path,
        *,
        form: Form,
        may_replace: bool = False,
        most: int | None = None,
        tell: Callable[[int], None] = lambda _count: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> int:
        """Write the messages, the newest `most` of them if that is given; returns how many.

        Readable by this user only, and there whole or not at all. `tell` is given how many have
        been read so far, `stop` is asked whether to end. Raises SheetError, ExportStoppedError
        or StoreError.
        """
        with whole_file(path, may_replace=may_replace) as file:
            count = self.write_into(file, chosen, form=form, most=most, tell=tell, stop=stop)
        self._on_exported(chosen, count)
        return count

    def write_into(
        self,
        file: BinaryIO,
        chosen: Chosen,
        *,
        form: Form,
        most: int | None = None,
        tell: Callable[[int], None] = lambda _count: None,
        stop: Callable[[], bool] = lambda: False,
    ) -> int:
        """The same into a file that is open already; a workbook wants one that can seek."""
        pages = _watched(_cut(self._pages(chosen), most), tell, stop)
        match form:
            case Form.WORKBOOK:
                return workbook_into(
                    file, heads(), self._rows_for_people(pages), title=_("Messages")
                )
            case Form.SPREADSHEET:
                return csv_into(file, self._rows_for_spreadsheet(pages), encoding=MARKED) - 1
            case Form.RAW:
                return csv_into(file, self._rows_for_programs(pages), encoding=PLAIN) - 1
            case Form.LINES:
                return _lines_into(file, self._documents(pages))

    # Which messages ---------------------------------------------------------------

    def _pages(self, chosen: Chosen) -> Iterator[_Page]:
        match chosen:
            case Picked(ids):
                return self._picked(ids)
            case WholeBatch(batch_id):
                return self._batches.messages(batch_id)
        return self._shown(chosen)

    def _shown(self, which: HistoryFilter) -> Iterator[_Page]:
        """What fits, newest first, and nothing that came after the beginning.

        Each page is a statement of its own, and the next one begins below its last key. So no
        message comes twice, whatever moves on meanwhile, and each is as it was when its page was
        read. One read transaction around all would show the log of one moment; but while one is
        open, SQLite can take nothing that was written since out of the write-ahead log
        (https://www.sqlite.org/wal.html#avoiding_excessively_large_wal_files): it would grow for
        as long as a slow disk or a paused process takes, and texts that are erased meanwhile
        would stay in it.
        """
        before = self._history.newest_seq() + 1
        while page := self._history.page(which, before_seq=before, limit=AT_ONCE):
            yield page
            before = page[-1].seq

    def _picked(self, ids: Sequence[str]) -> Iterator[_Page]:
        """In the order of the log, newest first, in whatever order they were picked."""
        places = [
            (message.seq, message.id)
            for start in range(0, len(ids), AT_ONCE)
            for message in self._history.get_many(ids[start : start + AT_ONCE])
        ]
        places.sort(reverse=True)
        for start in range(0, len(places), AT_ONCE):
            some = [message_id for _seq, message_id in places[start : start + AT_ONCE]]
            yield self._history.get_many(some)[::-1]

    # How each looks ---------------------------------------------------------------

    def _rows_for_people(self, pages: Iterable[_Page]) -> Iterator[list[str]]:
        for page in pages:
            names = self._names(page)
            for message in page:
                yield row_for_people(message, names.get(peer_of(message), ""))

    def _rows_for_spreadsheet(self, pages: Iterable[_Page]) -> Iterator[list[str]]:
        yield [head.title for head in heads()]
        yield from map(harmless_row, self._rows_for_people(pages))

    def _rows_for_programs(self, pages: Iterable[_Page]) -> Iterator[Sequence[str]]:
        yield RAW_COLUMNS
        for page in pages:
            names, refs = self._names(page), self._history.client_refs(page)
            for message in page:
                document = write_message(message, refs[message.seq])
                yield row_for_programs(document, names.get(peer_of(message), ""))

    def _documents(self, pages: Iterable[_Page]) -> Iterator[dict[str, object]]:
        for page in pages:
            refs = self._history.client_refs(page)
            for message in page:
                legs = self._history.legs(message)
                yield write_message(message, refs[message.seq], legs=legs)

    def _names(self, page: _Page) -> dict[str, str]:
        return self._contacts.names_of(map(peer_of, page))


def _cut(pages: Iterable[_Page], most: int | None) -> Iterator[_Page]:
    """The pages up to so many messages."""
    left = most
    for page in pages:
        if left is not None:
            page = page[:left]
            left -= len(page)
        yield page
        if left == 0:
            return


def _watched(
    pages: Iterable[_Page], tell: Callable[[int], None], stop: Callable[[], bool]
) -> Iterator[_Page]:
    count = 0
    for page in pages:
        if stop():
            raise ExportStoppedError
        yield page
        count += len(page)
        tell(count)


def _lines_into(file: BinaryIO, documents: Iterable[dict[str, object]]) -> int:
    """JSON Lines (https://jsonlines.org): one object a line, in UTF-8."""
    count = 0
    for document in documents:
        file.write(json.dumps(document, ensure_ascii=False).encode() + b"\n")
        count += 1
    return count
