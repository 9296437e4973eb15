"""Files that are there whole or not at all, and CSV in which a spreadsheet finds no formula.

A file, of whatever form, is readable by this user only.
"""

from __future__ import annotations

import codecs
import csv
import errno
import io
import os
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from smsdesk.desk.sheets.table import FORMULA_STARTS, SheetError

MARKED = "utf-8-sig"
"""By the mark at the beginning a spreadsheet knows UTF-8; a program might stumble over it."""
PLAIN = "utf-8"

UNFINISHED = ".smsdesk-unfinished"
"""How the name of a file ends while it is being written."""
LEFT_BEHIND_AFTER_S = 3600.0
"""Who writes a file touches it all the time; one that is this old has nobody any more."""
_STARTS = frozenset(FORMULA_STARTS)
_LONGEST_STEM = 40
_NO_ROOM = frozenset({errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)})
_AT_ONCE = 1 << 16


def harmless(text: str) -> str:
    """Text that a spreadsheet takes for text (OWASP: CSV injection)."""
    return f"'{text}" if text[:1] in _STARTS else text


def without_plus(number: str) -> str:
    """A number as CSV for a spreadsheet has it: with a plus it would be taken for a formula."""
    return number[1:] if number[:1] == "+" and number[1:].isdecimal() else number


def write_csv(path: Path, rows: Iterable[Sequence[str]], *, encoding: str = MARKED) -> int:
    """Write rows (RFC 4180); returns how many. Raises SheetError, and whatever `rows` does."""
    with whole_file(path) as file:
        return csv_into(file, rows, encoding=encoding)


def csv_into(file: BinaryIO, rows: Iterable[Sequence[str]], *, encoding: str = MARKED) -> int:
    """Write rows (RFC 4180) into an open file; returns how many.

    For a spreadsheet every cell is in quotes. Else one that reads semicolons or tabs as well,
    as LibreOffice does unless told otherwise, would divide a text at them, and what follows
    could be a formula after all.
    """
    is_for_spreadsheet = encoding == MARKED
    if is_for_spreadsheet:
        file.write(codecs.BOM_UTF8)
    some = io.StringIO(newline="")
    writer = csv.writer(
        some, quoting=csv.QUOTE_ALL if is_for_spreadsheet else csv.QUOTE_MINIMAL
    )
    count = 0
    for row in rows:
        writer.writerow(row)
        count += 1
        if some.tell() > _AT_ONCE:
            file.write(some.getvalue().encode())
            some.seek(0)
            some.truncate()
    file.write(some.getvalue().encode())
    return count


@contextmanager
def whole_file(path: Path, *, may_replace: bool = True) -> Iterator[BinaryIO]:
    """A file that takes its name only when it is complete and on the disk.

    Until then it lies beside that name under one that ends in `UNFINISHED`; what a killed
    process left of that kind in the folder is removed. Raises SheetError: exists, if it may not
    replace what has the name; disk_full; not_writable.
    """
    if path.is_dir():
        raise SheetError("not_writable", path)
    if not may_replace and os.path.lexists(path):
        raise SheetError("exists", path)
    _remove_left_behind(path.parent)
    try:
        descriptor, name = tempfile.mkstemp(
            dir=path.parent, prefix=f"{path.name[:_LONGEST_STEM]}.", suffix=UNFINISHED
        )
    except OSError as error:
        raise _told(error, path) from None
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if may_replace:
            unfinished.replace(path)
        else:
            _take_free_name(unfinished, path)
        _sync_folder(path.parent)
    except OSError as error:
        raise _told(error, path) from None
    finally:
        with suppress(OSError):  # the error under way says more
            unfinished.unlink(missing_ok=True)


def _take_free_name(unfinished: Path, path: Path) -> None:
    """Name the file, unless somebody has taken the name meanwhile."""
    try:
        path.hardlink_to(unfinished)  # a rename would replace what is there
    except FileExistsError:
        raise SheetError("exists", path) from None
    except OSError:  # a disk without hard links, such as FAT
        if os.path.lexists(path):
            raise SheetError("exists", path) from None
        unfinished.rename(path)


def _sync_folder(folder: Path) -> None:
    """The name is on the disk too. Windows has no such call."""
    if os.name != "posix":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove_left_behind(folder: Path) -> None:
    long_ago = time.time() - LEFT_BEHIND_AFTER_S
    with suppress(OSError):  # then they are removed another time
        for left in folder.glob(f"*{UNFINISHED}"):
            if left.lstat().st_mtime < long_ago:
                left.unlink()


def _told(error: OSError, path: Path) -> SheetError:
    return SheetError("disk_full" if error.errno in _NO_ROOM else "not_writable", path)
