"""Lists are written as CSV in which a spreadsheet finds no formula, and loses no digit.

A file, of whatever form, is there whole or not at all, and readable by this user only.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from smsdesk.desk.sheets.table import FORMULA_STARTS, SheetError

MARKED = "utf-8-sig"
"""By the mark at the beginning a spreadsheet knows UTF-8; a program might stumble over it."""
PLAIN = "utf-8"


def harmless(text: str) -> str:
    """Text that a spreadsheet takes for text (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(path: Path, rows: Iterable[Sequence[str]], *, encoding: str = MARKED) -> int:
    """Write rows (RFC 4180); returns how many. Raises SheetError, and whatever `rows` does."""
    count = 0
    with whole_file(path, encoding=encoding) as file:
        writer = csv.writer(file)
        for row in rows:
            writer.writerow(row)
            count += 1
    return count


@contextmanager
def whole_file(path: Path, *, encoding: str) -> Iterator[TextIO]:
    """A file that takes its name only when it is complete and on the disk. Raises SheetError."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    except OSError:
        raise SheetError("not_writable", path) from None
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding=encoding, newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        raise SheetError("not_writable", path) from None
    finally:
        unfinished.unlink(missing_ok=True)
