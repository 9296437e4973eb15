"""Spreadsheets as the tests need them, made with openpyxl or written by hand."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from typing import Any

import openpyxl

Rows = Sequence[Sequence[Any]]


def xlsx(rows: Rows, *, title: str = "Staff", **more: Rows) -> bytes:
    """A workbook; each further argument is another sheet. A sheet named hidden is hidden."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for name, others in more.items():
        added = book.create_sheet(name)
        for row in others:
            added.append(list(row))
        if name == "hidden":
            added.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xlsx_far_cell() -> bytes:
    """A workbook of a few bytes with a cell in its last corner."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet["A1"] = "Mobile"
    sheet["A2"] = "+447400123456"
    sheet["XFD1048576"] = 1
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


_ODS = """<?xml version="1.0" encoding="UTF-8"?>
<office:document-content
  xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
  xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
  xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>
</office:document-content>"""


def ods(tables: str, *, manifest: str = "<manifest/>", content: str | None = None) -> bytes:
    """An OpenDocument spreadsheet with these tables."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        package.writestr("META-INF/manifest.xml", manifest)
        package.writestr("content.xml", content or _ODS.replace("{tables}", tables))
    return out.getvalue()


def ods_table(*rows: str, name: str = "Staff") -> str:
    """A table of rows; the many empty ones that programs write come last."""
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    empty = (
        '<table:table-row table:number-rows-repeated="1048000">'
        '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    return f'<table:table table:name="{name}">{body}{empty}</table:table>'


def ods_text(text: str, more: str = "") -> str:
    return (
        f'<table:table-cell office:value-type="string"{more}>'
        f"<text:p>{text}</text:p></table:table-cell>"
    )


def ods_number(value: str, shown: str) -> str:
    return (
        f'<table:table-cell office:value-type="float" office:value="{value}">'
        f"<text:p>{shown}</text:p></table:table-cell>"
    )


def package(**members: bytes) -> bytes:
    """A ZIP file; a name's two underscores are a slash."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return out.getvalue()
