"""Workbooks for the tests of ``tjxl.ooxml``: hand-written ones, and one with everything an office adds."""

from __future__ import annotations

import datetime as dt
import io
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from tjxl.ooxml.edits import Change
from tjxl.ooxml.sheet_text import SheetText
from tjxl.ooxml.splice import splice_sheet

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
SHEET = "xl/worksheets/sheet1.xml"


def worksheet(rows: str, *, before: str = "", after: str = "", prefix: str = "", namespace: str = MAIN) -> bytes:
    """A worksheet part around the rows of its ``sheetData``."""
    p, declared = (f"{prefix}:", f"xmlns:{prefix}") if prefix else ("", "xmlns")
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<{p}worksheet {declared}="{namespace}">{before}'
        f"<{p}sheetData>{rows}</{p}sheetData>{after}</{p}worksheet>"
    ).encode()


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in parts.items():
            z.writestr(name, content)
    return out.getvalue()


def parts_of_book(sheet: bytes, *, strings: str = "", styles: str = "", workbook: str = "") -> dict[str, bytes]:
    """The parts of a one-sheet workbook; ``strings``, ``styles``, ``workbook`` are the insides of those parts."""
    kinds = [("worksheet", "worksheets/sheet1.xml")]
    kinds += [("sharedStrings", "sharedStrings.xml")] if strings else []
    kinds += [("styles", "styles.xml")] if styles else []
    relations = "".join(
        f'<Relationship Id="rId{i}" Type="{_RELATIONS}/{kind}" Target="{target}"/>'
        for i, (kind, target) in enumerate(kinds, 1)
    )
    spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = "".join(
        f'<Override PartName="/xl/{target}" ContentType="{spreadsheet}.{kind}+xml"/>' for kind, target in kinds
    )
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{spreadsheet}.sheet.main+xml"/>{overrides}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{_RELATIONS}">'
        f'<sheets><sheet name="表" sheetId="1" r:id="rId1"/></sheets>{workbook}</workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">{relations}</Relationships>',
    }
    if strings:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{strings}</sst>'
    if styles:
        parts["xl/styles.xml"] = f'<styleSheet xmlns="{MAIN}">{styles}</styleSheet>'
    return {SHEET: sheet} | {name: text.encode() for name, text in parts.items()}


def book(sheet: bytes, *, strings: str = "", styles: str = "", workbook: str = "") -> bytes:
    """A one-sheet workbook (see ``parts_of_book``); its sheet is called 表."""
    return zipped(parts_of_book(sheet, strings=strings, styles=styles, workbook=workbook))


def picture() -> bytes:
    """A PNG of 8 by 8 red dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">L", len(data)) + kind + data + struct.pack(">L", zlib.crc32(kind + data))

    dots = zlib.compress((b"\x00" + b"\xff\x00\x00" * 8) * 8)
    header = struct.pack(">2L5B", 8, 8, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", dots) + chunk(b"IEND", b"")


LEDGER_TITLES = ["编码", "事项", "进度", "日期"]


def decorated(rows: int = 3, *, totals: bool = False, below: str | None = None) -> bytes:
    """A workbook such as an office keeps.

    Sheet 台账 holds the table 流水 (A3:D…; ``rows`` data rows, at least a blank one) under a title row, with colours,
    validations, a print area and a name that end on its last row, a comment, a picture, a chart and a formula
    beside it; sheet 附表 holds a formula, a merged range and a filter of its own. ``below`` is typed under the table.
    """
    out = io.BytesIO()
    wb = xlsxwriter.Workbook(out, {"in_memory": True})
    wb.set_properties({"created": dt.datetime(2022, 1, 1)})  # the same bytes each time
    ws = wb.add_worksheet("台账")
    percent, date = wb.add_format({"num_format": "0%", "border": 1}), wb.add_format({"num_format": "yyyy-mm-dd"})
    text, red = wb.add_format({"text_wrap": True, "border": 1}), wb.add_format({"bg_color": "#FF0000"})
    last = 3 + max(rows, 1)  # as Excel counts
    ws.write("A1", "重点工作流水", wb.add_format({"bold": True, "font_size": 16}))
    for row in range(4, last + 1):
        ws.set_row(row - 1, 33)
        filled = row < 4 + rows
        ws.write(row - 1, 0, f"T{row - 3:03}" if filled else None, text)
        ws.write(row - 1, 1, f"事项{row - 3}" if filled else None, text)
        ws.write(row - 1, 2, 0.25 if filled else None, percent)
        ws.write(row - 1, 3, 44742 if filled else None, date)
    columns = [{"header": title} for title in LEDGER_TITLES]
    if totals:
        columns[2]["total_function"] = "sum"
    ws.add_table(2, 0, last if totals else last - 1, 3, {"name": "流水", "columns": columns, "total_row": totals})
    ws.conditional_format(f"C4:C{last}", {"type": "cell", "criteria": "<", "value": 0.5, "format": red})
    ws.conditional_format(f"G4:G{last}", {"type": "no_blanks", "format": red})
    ws.conditional_format(f"C4:C{last}", {"type": "data_bar", "data_bar_2010": True})
    ws.data_validation(f"C4:C{last}", {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1})
    ws.print_area(f"A1:D{last}")
    wb.define_name("编码列", f"=台账!$A$4:$A${last}")
    wb.define_name("别处", f"=台账!$G$4:$G${last}")
    ws.write_formula("G1", "=SUM(流水[进度])", None, 0.25 * rows)
    ws.write_comment("A4", "请核实")
    ws.insert_image("I2", "red.png", {"image_data": io.BytesIO(picture())})
    chart = wb.add_chart({"type": "column"})
    chart.add_series({"values": f"=台账!$C$4:$C${last}"})
    ws.insert_chart("I8", chart)
    if below is not None:
        ws.write(last + 2, 1, below)
    other = wb.add_worksheet("附表")
    other.merge_range("A1:C1", "合并", text)
    other.write_formula("A2", "=1+1", None, 2)
    other.autofilter("A2:C9")
    wb.close()
    return out.getvalue()


def spliced_sheet(sheet: bytes, edits: Mapping[tuple[int, int], Change], **more: Any) -> bytes:
    """A worksheet part with these cells set."""
    text = SheetText(sheet)
    pieces = splice_sheet(text, edits, **more).unlike(text)
    return sheet if pieces is None else b"".join(pieces)
