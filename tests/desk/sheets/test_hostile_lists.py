"""A corpus of lists as people and programs write them: whom each reaches, and what it does not."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from smsdesk.desk.sheets.numbers import read_numbers
from smsdesk.desk.sheets.reading import ReadingOptions, read_table
from smsdesk.desk.sheets.table import SheetError
from tests.desk.sheets.books import (
    ods,
    ods_number,
    ods_table,
    ods_text,
    package,
    xlsx,
    xlsx_far_cell,
)

A, B, C = "+447400123456", "+447400123457", "+4915123456789"


@dataclass(frozen=True, slots=True)
class Case:
    """One file, read for Great Britain."""

    data: bytes
    accepted: tuple[str, ...] = ()
    rejected: tuple[tuple[int, str], ...] = ()
    """Place and code of each row that is left out."""
    merged: tuple[int, ...] = ()
    refused: tuple[str, int | None] | None = None
    """Code and place, if the file as a whole is refused."""


def text(content: str, encoding: str = "utf-8") -> bytes:
    return content.encode(encoding)


BOTH = (A, B)
CASES = {
    # Encodings.
    "plain": Case(text(f"Name,Mobile\nAnna,{A}\nJörg,{B}\n"), BOTH),
    "utf-8 with a mark": Case(b"\xef\xbb\xbf" + text(f"Mobile\n{A}\n{B}\n"), BOTH),
    "utf-16 little": Case(b"\xff\xfe" + text(f"Mobile\n{A}\n{B}\n", "utf-16-le"), BOTH),
    "utf-16 big": Case(b"\xfe\xff" + text(f"Mobile\n{A}\n{B}\n", "utf-16-be"), BOTH),
    "windows-1252": Case(text(f"Name;Mobile\nJörg “J”;{A}\nZoë;{B}\n", "cp1252"), BOTH),
    "a mark, then not utf-8": Case(
        b"\xef\xbb\xbfMobile\n\xff\n", refused=("not_text", 2)
    ),
    "neither utf-8 nor windows": Case(b"Mobile\n\x81\x8d\n", refused=("not_text", 2)),
    "half a utf-16 character": Case(
        b"\xff\xfe" + text(f"Mobile\n{A}\n", "utf-16-le") + b"\x41", refused=("not_text", 3)
    ),
    "utf-16 without a mark": Case(text(f"Mobile\n{A}\n", "utf-16-le"), refused=("nul", 1)),
    "utf-32": Case(text(f"Mobile\n{A}\n", "utf-32"), refused=("nul", 1)),
    # Separators.
    "semicolons": Case(text(f"Name;Mobile\nAnna, Dr.;{A}\nBen, jr.;{B}\n"), BOTH),
    "tabs": Case(text(f"Name\tMobile\nAnna\t{A}\nBen\t{B}\n"), BOTH),
    "bars": Case(text(f"Name|Mobile\nAnna|{A}\nBen|{B}\n"), BOTH),
    "it says so itself": Case(text(f"sep=;\r\nName;Mobile\r\nAnna;{A}\r\nBen;{B}\r\n"), BOTH),
    "one number a line": Case(text(f"{A}\n07400 123457\n"), BOTH),
    "commas in every name": Case(text(f"Name;Mobile\nA, B;{A}\nC, D;{B}\nE, F;x\n"), BOTH,
                                 ((4, "not_a_number"),)),
    # Lines and quotes.
    "carriage returns and line feeds": Case(text(f"Name,Mobile\r\nA,{A}\r\nB,{B}\r\n"), BOTH),
    "carriage returns alone": Case(text(f"Name,Mobile\rA,{A}\rB,{B}\r"), BOTH),
    "no last line break": Case(text(f"Mobile\n{A}\n{B}"), BOTH),
    "empty lines": Case(text(f"\n\nMobile\n\n{A}\n , \n{B}\n\n"), BOTH),
    "a line break in quotes": Case(text(f'Note,Mobile\n"a\nb",{A}\n"c, d",{B}\nx,12\n'), BOTH,
                                   ((5, "too_short"),)),
    "doubled quotes": Case(text(f'Name,Mobile\n"Anna ""A"" Meyer",{A}\nB,"{B}"\n'), BOTH),
    "a blank before a quote": Case(text(f'Name, Mobile\n"M, A", {A}\n"M, B", {B}\n'), BOTH),
    "an inch": Case(text(f'Size,Mobile\n5" pipe,{A}\n6" pipe,{B}\n'), BOTH),
    "a quote that never ends": Case(
        text(f'Name,Mobile\n"Anna,{A}\nBen,{B}\n'), refused=("quotes", 2)
    ),
    "a quote that ends too soon": Case(
        text(f'Name,Mobile\nBen,{B}\n"Anna" Meyer,{A}\n'), refused=("quotes", 3)
    ),
    "a field without end": Case(
        text(f"Name,Mobile\nAnna,{A}\n{'x' * 200_000},{B}\n"), refused=("field_too_long", 3)
    ),
    "a NUL": Case(text(f"Name,Mobile\nAnna,{A}\nB\0n,{B}\n"), refused=("nul", 3)),
    # Rows.
    "a row too short": Case(text(f"Mobile,Name\n{A}\n{B},Ben\n"), BOTH),
    "a row too long": Case(text(f"Mobile,Name\n{A},Meyer,Anna\n{B},Ben\n"), (B,),
                           ((2, "too_many_cells"),)),
    "empty cells too many": Case(text(f"Mobile,Name\n{A},Anna,,\n{B},Ben\n"), BOTH),
    "a slipped row": Case(text(f"Name,Mobile\nMeyer, Anna,{A}\nBen,{B}\n"), (B,),
                          ((2, "too_many_cells"),)),
    "the same three times": Case(
        text(f"Mobile\n{A}\n07400 123456\n{B}\n0044 7400 123456\n"), BOTH, merged=(3, 5)
    ),
    "no header": Case(text(f"Anna,{A}\nBen,{B}\n"), BOTH),
    "formulas": Case(text(f"Name,Mobile\n=1+1,{A}\n@SUM(A1),{B}\n"), BOTH),
    "apostrophes against formulas": Case(text(f"Mobile\n'{A}\n'07400123457\n"), BOTH),
    # Numbers.
    "a shortened number": Case(text(f"Mobile\n{A}\n4.47701E+11\n4,47701E+11\n447400123457.0\n"),
                               (A,), ((3, "spreadsheet"), (4, "spreadsheet"), (5, "spreadsheet"))),
    "a lost zero": Case(text("Mobile\n7400123456\n"), (A,)),
    "spaces, dashes, dots, brackets": Case(
        text("Mobile\n(07400) 123-456\n+44 (0)7400.123457\n"), BOTH
    ),
    "two zeros": Case(text("Mobile\n00447400123456\n"), (A,)),
    "an extension": Case(text(f"Mobile\n{A} ext. 12\n{B} x3\n"), (),
                         ((2, "has_extension"), (3, "has_extension"))),
    "letters": Case(text("Mobile\n1-800-FLOWERS\nO7400 I23456\nn/a\n07400 123456\n"), (A,),
                    ((2, "has_letters"), (3, "has_letters"), (4, "not_a_number"))),
    "marks of direction": Case(text(f"Mobile\n\u202a{A}\u202c\n\u200e{B}\n"), BOTH),
    "digits of other scripts": Case(text("Mobile\n٠٧٤٠٠١٢٣٤٥٦\n０７４００１２３４５７\n"), BOTH),
    "letters that look like digits": Case(text(f"Mobile\n{A}\n0740О 123457\n"), (A,),
                                          ((3, "has_letters"),)),
    "two numbers in a cell": Case(
        text(f'Mobile\n{A} / {B}\n"{A}, {B}"\n{A}{B}\n07400 123456 or 07400 123457\n{C}\n'),
        (C,), ((2, "two_numbers"), (3, "two_numbers"), (4, "two_numbers"), (5, "two_numbers")),
    ),
    "no number": Case(text(f"Name,Mobile\nAnna,\nBen,{B}\n"), (B,), ((2, "empty"),)),
    "too long, too short": Case(text(f"Mobile\n{A}99999\n+44 12\n{B}\n"), (B,),
                                ((2, "too_long"), (3, "too_short"))),
    "no such country": Case(text(f"Mobile\n+999 123456789\n{A}\n"), (A,),
                            ((2, "unknown_country"),)),
    # Files that are no lists.
    "nothing": Case(b"", refused=("empty", None)),
    "only blanks": Case(b"\n \n\t\n", refused=("empty", None)),
    "only separators": Case(b",,,\n,,\n", refused=("empty", None)),
    "a PDF": Case(b"%PDF-1.7\n%\xe2\xe3", refused=("not_a_table", None)),
    "rich text": Case(b"{\\rtf1 0}", refused=("not_a_table", None)),
    "an old Excel file": Case(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", refused=("old_excel", None)),
    "an archive of something else": Case(package(word__document_xml=b"<x/>"),
                                         refused=("not_a_table", None)),
    "half an archive": Case(xlsx([["Mobile"], [A]])[:900], refused=("damaged", None)),
    "a workbook without sheets": Case(package(xl__workbook_xml=b"<x/>"),
                                      refused=("damaged", None)),
    # Spreadsheets.
    "a workbook": Case(
        xlsx([["Name", "Mobile"], ["Anna", A], [None, None], ["Ben", 447400123457]]), BOTH
    ),
    "a workbook with bad cells": Case(
        xlsx([["Mobile"], [4.4774e20], [7400123456.5], [-447400123456], [True], ["#N/A"],
              [10**17], [A]]),
        (A,),
        ((2, "spreadsheet"), (3, "spreadsheet"), (4, "spreadsheet"), (5, "spreadsheet"),
         (6, "not_a_number"), (7, "spreadsheet")),
    ),
    "a workbook with an empty first sheet": Case(
        xlsx([], hidden=[["Mobile"], [C]], List=[["Mobile"], [A]]), (A,)
    ),
    "a cell in the last corner": Case(xlsx_far_cell(),
                                      refused=("too_many_columns", 1_048_576)),
    "an open document": Case(
        ods(ods_table(
            ods_text("Name") + ods_text("Mobile"),
            ods_text("Anna<text:line-break/>M") + ods_text(A),
            ods_text("Ben") + ods_number("447400123457", "4.47E+11"),
            ods_text("Cy") + ods_number("4.477E+20", "4.47E+20"),
        )),
        BOTH, ((4, "spreadsheet"),),
    ),
    "an open document with a password": Case(
        ods("", manifest="<manifest:encryption-data/>"), refused=("password", None)
    ),
    "an open document that breaks off": Case(ods("", content="<a><b>"),
                                             refused=("damaged", None)),
    "entities without end": Case(
        ods("", content='<!DOCTYPE a [<!ENTITY b "bb"><!ENTITY c "&b;&b;">]><a>&c;</a>'),
        refused=("empty", None),
    ),
    "a cell repeated a milliard times": Case(
        ods(ods_table(ods_text(A, ' table:number-columns-repeated="1000000000"'))),
        refused=("too_many_columns", 1),
    ),
    "a row repeated a milliard times": Case(
        ods('<table:table table:name="a"><table:table-row '
            f'table:number-rows-repeated="1000000000">{ods_text(A)}</table:table-row>'
            "</table:table>"),
        refused=("too_many_rows", 100_002),
    ),
    "a count that is none": Case(
        ods(ods_table(ods_text(A, ' table:number-columns-repeated="x"'))),
        refused=("damaged", 1),
    ),
}  # fmt: skip


@pytest.mark.case("T16", "F82", "F83", "F84", "F85")
@pytest.mark.parametrize("name", CASES)
def test_every_row_is_reached_or_told_of(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    file = tmp_path / "list.dat"
    file.write_bytes(case.data)

    if case.refused is not None:
        with pytest.raises(SheetError) as caught:
            read_table(file, ReadingOptions(default_region="GB"))
        assert (caught.value.code, caught.value.place) == case.refused
        return
    table = read_table(file, ReadingOptions(default_region="GB"))
    numbers = read_numbers(table, default_region="GB")

    assert tuple(entry.number.e164 for entry in numbers.entries) == case.accepted
    assert tuple((one.row.place, one.code) for one in numbers.problems) == case.rejected
    assert tuple(one.row.place for one in numbers.duplicates) == case.merged


def test_the_corpus_is_large() -> None:
    assert len(CASES) >= 40
