"""Files of opt-outs: a list from elsewhere is read line by line, and ours is written whole.

Nothing is stored here.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from smsdesk.desk.opt_outs import OptOutEntryError, OptOuts, read_sender
from smsdesk.sms.phone import PhoneNumberError, PhoneProblem, parse_phone
from smsdesk.sms.suppression import Suppression, SuppressionReason

LARGEST_FILE_BYTES = 20_000_000
COLUMNS = ("number", "sender", "since", "reason", "detail")
REST = 500
"""As many lines are read between two looks at whether it is still wanted."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


class OptOutFileError(Exception):
    """A file of opt-outs cannot be read or written; `code` is for wording."""

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(f"{code}: {path}")
        self.code = code
        self.path = path


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a file that was left out."""

    line: int
    text: str
    problem: PhoneProblem | str


@dataclass(frozen=True, slots=True)
class OptOutFile:
    """What a file would bring in, before anything is stored."""

    entries: tuple[Suppression, ...]
    bad: tuple[BadLine, ...]
    repeated: int
    """Lines that say what an earlier one says."""


Progress = Callable[[int, int], None]
"""Told how many of how many lines have been read; what it raises ends the reading."""


def read_file(
    path: Path,
    *,
    now: datetime,
    default_region: str | None,
    progress: Progress = lambda _read, _all: None,
) -> OptOutFile:
    """What a file would bring in: one number a line, or CSV with a column of numbers.

    A file that this program wrote comes back as it was. Slow for a large one. Raises
    OptOutFileError.
    """
    try:
        if path.stat().st_size > LARGEST_FILE_BYTES:
            raise OptOutFileError("too_large", path)
        text = _decode(path.read_bytes())
    except OSError:
        raise OptOutFileError("unreadable", path) from None
    if text is None:
        raise OptOutFileError("not_text", path)
    rows = _watched(_rows(text), progress, lines=text.count("\n") + 1)
    return _read_lines(rows, now=now, default_region=default_region)


def write_file(opt_outs: OptOuts, path: Path) -> int:
    """Write the whole list as CSV, readable by this user only; returns how many entries.

    The file is there whole or not at all. Raises OptOutFileError, or OptOutStoreError
    when the list cannot be read.
    """
    with _whole(path) as file:
        return _write_rows(opt_outs, file)


def write_bad_lines(
    bad: Sequence[BadLine], path: Path, *, tell: Callable[[BadLine], str]
) -> None:
    """Write what was left out of a list as CSV, with what `tell` says about each.

    The file is there whole or not at all. Raises OptOutFileError.
    """
    with _whole(path) as file:
        writer = csv.writer(file)
        writer.writerow(("line", "text", "problem"))
        for one in bad:
            writer.writerow((one.line, _harmless(one.text), _harmless(tell(one))))


@contextmanager
def _whole(path: Path) -> Iterator[io.TextIOBase]:
    """A file that takes its name only when it is complete and on the disk."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    except OSError:
        raise OptOutFileError("not_writable", path) from None
    unfinished = Path(name)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError:
        raise OptOutFileError("not_writable", path) from None
    finally:
        unfinished.unlink(missing_ok=True)


def _watched(
    rows: Iterable[tuple[int, Sequence[str]]], progress: Progress, *, lines: int
) -> Iterator[tuple[int, Sequence[str]]]:
    for place, (line, row) in enumerate(rows):
        if place % REST == 0:
            progress(min(line, lines), lines)
        yield line, row


def _write_rows(opt_outs: OptOuts, file: io.TextIOBase) -> int:
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    count = 0
    after: Suppression | None = None
    while entries := opt_outs.page(after=after, limit=500):
        for entry in entries:
            writer.writerow(as_cells(entry))
        count += len(entries)
        after = entries[-1]
    return count


def as_cells(entry: Suppression) -> tuple[str, ...]:
    """An entry as a row below `COLUMNS`; `read_file` reads it back."""
    return (
        entry.number,  # a plus and digits: no spreadsheet makes a formula of it
        entry.sender,  # a number like that, or letters and digits
        entry.since.isoformat(timespec="seconds"),
        entry.reason.value,
        _harmless(entry.detail),
    )


def _harmless(text: str) -> str:
    """Text that a spreadsheet takes for text (OWASP: CSV injection)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _decode(data: bytes) -> str | None:
    """By its byte order mark, as UTF-8, or as what Windows in the west wrote."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


def _rows(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    head = text[:2000]
    delimiter = max((",", ";", "\t"), key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield reader.line_num, ("",)
            continue
        if any(cell.strip() for cell in row):
            yield reader.line_num, row


def _read_lines(
    rows: Iterable[tuple[int, Sequence[str]]], *, now: datetime, default_region: str | None
) -> OptOutFile:
    entries: dict[tuple[str, str], Suppression] = {}
    bad: list[BadLine] = []
    columns: dict[str, int] = {"number": 0}
    repeated = 0
    for place, (line, row) in enumerate(rows):
        if place == 0 and (named := _header(row)):
            columns = named
            continue
        typed = _cell(row, columns, "number")
        try:
            number = parse_phone(typed, default_region=default_region).e164
            sender = read_sender(_cell(row, columns, "sender"), default_region)
        except PhoneNumberError as error:
            bad.append(BadLine(line, typed[:100], error.problem))
            continue
        except OptOutEntryError as error:
            bad.append(BadLine(line, _cell(row, columns, "sender")[:100], error.code))
            continue
        if (number, sender) in entries:
            repeated += 1
            continue
        entries[number, sender] = Suppression(
            number,
            sender,
            _moment(_cell(row, columns, "since"), now),
            SuppressionReason.IMPORT,
            _cell(row, columns, "detail").removeprefix("'")[:200],
        )
    return OptOutFile(tuple(entries.values()), tuple(bad), repeated)


def _header(row: Sequence[str]) -> dict[str, int]:
    """Where the columns are, if the first line names them."""
    names = [cell.strip().casefold() for cell in row]
    known = {name: names.index(name) for name in COLUMNS if name in names}
    if "number" in known:
        return known
    if any(character.isdecimal() for cell in row for character in cell):
        return {}
    for other in ("phone", "mobile", "telephone", "msisdn", "recipient", "to"):
        if other in names:
            return {**known, "number": names.index(other)}
    return {"number": 0}


def _cell(row: Sequence[str], columns: dict[str, int], name: str) -> str:
    place = columns.get(name)
    return row[place].strip() if place is not None and place < len(row) else ""


def _moment(text: str, now: datetime) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return now
    return moment if moment.tzinfo is not None and moment < now else now
