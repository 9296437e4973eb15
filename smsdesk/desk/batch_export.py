"""A batch as a CSV file: who got it, who did not, and why.

In two flavours: one that a spreadsheet opens as it is meant, and one for programs, in which
nothing is changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path

from smsdesk.desk.batches import Batches
from smsdesk.desk.sheets.table import SheetError
from smsdesk.desk.sheets.writing import MARKED, PLAIN, harmless, write_csv
from smsdesk.sms.message import Message

COLUMNS = (
    "number",
    "state",
    "what_happened",
    "code",
    "updated",
    "sender",
    "parts",
    "price",
    "currency",
    "ref",
    "text",
    "message_uuid",
    "id",
)
_NUMBERS = ("number", "sender")


class Flavour(StrEnum):
    """For whom the file is."""

    SPREADSHEET = "spreadsheet"
    RAW = "raw"


class BatchExportError(Exception):
    """The file cannot be written; `code` is for wording."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path


def write_batch(
    batches: Batches,
    batch_id: str,
    path: Path,
    *,
    flavour: Flavour,
    tell: Callable[[Message], str],
) -> int:
    """Write all messages of a batch, readable by this user only; returns how many.

    `tell` says in a sentence what happened to one. The messages are read some at a time, and
    the file is there whole or not at all. Raises BatchExportError, or StoreError.
    """
    rows = _rows(batches, batch_id, tell)
    try:
        if flavour is Flavour.RAW:
            return write_csv(path, rows, encoding=PLAIN) - 1
        return write_csv(path, map(_for_spreadsheet, rows), encoding=MARKED) - 1
    except SheetError as error:
        raise BatchExportError(error.code, path) from None


def _rows(
    batches: Batches, batch_id: str, tell: Callable[[Message], str]
) -> Iterator[Sequence[str]]:
    yield COLUMNS
    for page in batches.messages(batch_id):
        for message in page:
            yield _cells(message, tell(message))


def _cells(message: Message, sentence: str) -> list[str]:
    return [
        message.to,
        message.state.value,
        sentence,
        message.failure.code if message.failure is not None else "",
        message.updated_at.isoformat(timespec="seconds"),
        message.sender,
        str(message.parts),
        message.price or "",
        message.currency or "",
        message.ref or "",
        message.text,
        message.message_uuid or "",
        message.id,
    ]


def _for_spreadsheet(cells: Sequence[str]) -> Sequence[str]:
    return [
        harmless(_without_plus(cell) if name in _NUMBERS else cell)
        for name, cell in zip(COLUMNS, cells, strict=True)
    ]


def _without_plus(cell: str) -> str:
    """A number as a spreadsheet shows it: with a plus it would be taken for a formula."""
    return cell[1:] if cell[:1] == "+" and cell[1:].isdecimal() else cell
