"""A batch as a CSV file: who got it, who did not, and why.

In two flavours: one that a spreadsheet opens as it is meant, and one for programs, in which
nothing is changed.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from smsdesk.desk.batches import Batches
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
# What a spreadsheet takes for a formula, or loses at the beginning of a cell (OWASP: CSV
# injection; ASVS 5.0, 1.2.10).
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


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
    count = 0
    # With a mark at its beginning Excel reads it as UTF-8; a program might stumble over it.
    encoding = "utf-8" if flavour is Flavour.RAW else "utf-8-sig"
    with _whole(path, encoding) as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for page in batches.messages(batch_id):
            for message in page:
                cells = _cells(message, tell(message))
                if flavour is Flavour.SPREADSHEET:
                    cells = [
                        harmless(_without_plus(cell) if name in _NUMBERS else cell)
                        for name, cell in zip(COLUMNS, cells, strict=True)
                    ]
                writer.writerow(cells)
            count += len(page)
    return count


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


def _without_plus(cell: str) -> str:
    """A number as a spreadsheet shows it: with a plus it would be taken for a formula."""
    return cell[1:] if cell[:1] == "+" and cell[1:].isdecimal() else cell


def harmless(text: str) -> str:
    """Text that a spreadsheet takes for text."""
    return f"'{text}" if text.startswith(_FORMULA) else text


@contextmanager
def _whole(path: Path, encoding: str) -> Iterator[io.TextIOBase]:
    """A file that takes its name only when it is complete and on the disk."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    except OSError:
        raise BatchExportError("not_writable", path) from None
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        raise BatchExportError("not_writable", path) from None
    finally:
        unfinished.unlink(missing_ok=True)
