"""Lists that something has gone wrong with: cut, doubled, reversed bytes, and worse."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

from smsdesk.desk.desk import Desk
from smsdesk.desk.history import HistoryFilter
from smsdesk.desk.sheets.reading import ReadingOptions
from smsdesk.desk.sheets.table import SheetError

SEEDS = (
    b"Name,Mobile,Depot\nAnna,+447400123456,B\nBen,07400 123457,C\nCy,+4915123456789,B\n",
    "\ufeffName;Handy\r\n\"Jörg, 'J'\";0151-23456789\r\nZoë;4.47701E+11\r\n".encode(),
    "Имя\tТелефон\nАнна\t+7 912 345-67-89\nБорис\t8 (912) 345-67-80\n".encode("utf-16"),
    b'sep=|\nNote|Mobile\n"a\nb"|+447400123456\n"c ""d"""|+447400123457 x 12\n',
    "Prénom;Portable\nZoé;06 12 34 56 78\nLéo;+33612345679\n".encode("cp1252"),
    b"+447400123456\n07400123457\n00447400123458\n4474001234590\n",
)
_SPICES = (
    *(
        b"\0",
        b'"',
        b"'",
        b",",
        b";",
        b"\t",
        b"|",
        b"\n",
        b"\r",
        b"\xff",
        b"\x81",
        b"\xef\xbb\xbf",
    ),
    *(b"=1+1", b"{name}", b"{{", b"}}", b"E+11", b"+", b"00", b"\xe2\x80\xae", b"\xed\xa0\x80"),
    *(b"sep=;\n", b"x" * 140_000, b"," * 300, b"PK\x03\x04", b"\xff\xfe"),
)


def mutated(count: int, *, seed: int) -> Iterator[bytes]:
    """So many files, each of them a sound one to which a few things were done."""
    chance = random.Random(seed)
    for _ in range(count):
        yield spoil(chance.choice(SEEDS), chance)


def spoil(data: bytes, chance: random.Random) -> bytes:
    """The same bytes, after a few things were done to them."""
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(_DEEDS)(data, chance)
    return data


def _insert(data: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(data) + 1)
    return data[:place] + chance.choice(_SPICES) + data[place:]


def _cut(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.randrange(30) :]


def _change(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return data
    place = chance.randrange(len(data))
    return data[:place] + bytes([chance.randrange(256)]) + data[place + 1 :]


def _double(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data) + 1)
    piece = data[start : start + chance.randrange(60)]
    return data[:start] + piece * chance.randint(2, 5) + data[start:]


def _swap_lines(data: bytes, chance: random.Random) -> bytes:
    lines = data.split(b"\n")
    chance.shuffle(lines)
    return b"\n".join(lines)


_DEEDS: tuple[Callable[[bytes, random.Random], bytes], ...] = (
    *(_insert, _insert, _cut, _change, _double, _swap_lines),
)


def send_to(desk: Desk, file: Path, text: str) -> str:
    """Read the file, queue what is shown, and hold the log against it; says what it came to."""
    try:
        sheet = desk.bulk.read(file, ReadingOptions(default_region="GB"))
    except SheetError as error:
        return error.code
    plan = desk.bulk.plan(sheet, text, "ACME", allow_blank=True)
    rows = len(plan.messages) + len(plan.row_problems) + len(plan.duplicates)
    if sheet.table.number_column is not None and not any(
        problem.field == "text" and not problem.is_warning for problem in plan.problems
    ):
        assert rows == len(sheet.table.rows), "a row is neither sent to nor told of"
    if not plan.can_queue:
        return "not sendable"
    shown = [(one.number.e164, one.text) for one in plan.messages]
    newest = max((one.seq for one in desk.history.page(HistoryFilter(), limit=1)), default=0)
    queued = desk.bulk.queue(plan)
    log = desk.history.page(HistoryFilter(), limit=len(shown) + 1)
    added = sorted((one for one in log if one.seq > newest), key=lambda one: one.seq)
    assert [(one.to, one.text) for one in added] == shown, "a row was queued that was not shown"
    assert [one.id for one in added] == list(queued.ids)
    return "queued"
