"""Lists are written as CSV in which a spreadsheet finds no formula, and loses no digit.

A file is there whole or not at all, and readable by this user only.
"""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from smsdesk.desk.sheets.table import FORMULA_STARTS, SheetError


def harmless(text: str) -> str:
    """Text that a spreadsheet takes for text (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def write_csv(path: Path, rows: Iterable[Sequence[str]]) -> int:
    """Write rows (RFC 4180); returns how many. Raises SheetError, and whatever `rows` does."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    except OSError:
        raise SheetError("not_writable", path) from None
    unfinished = Path(name)
    count = 0
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            for row in rows:
                writer.writerow(row)
                count += 1
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        raise SheetError("not_writable", path) from None
    finally:
        unfinished.unlink(missing_ok=True)
    return count
