"""Who in a workbook reads a table: formulas, rules, names, links, charts and pivot tables that speak of it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from tjxl.ooxml.anchored import HYPERLINK
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.package import local_name
from tjxl.ooxml.refs import cell_ref, parse_range
from tjxl.ooxml.sheet_text import FORMULA, SheetText, attributes_of

_ELEMENT = re.compile(rb"<(?:[\w.-]+:)?(?:f|formula[12]?)(?=[\s>])[^>]*>([^<]*)<")
_AREA = re.compile(r"(?<![\w.$!])\$?[A-Za-z]{1,3}\$?([0-9]*):\$?[A-Za-z]{1,3}\$?([0-9]*)(?![\w.(])")
"""A range on the formula's own sheet, with its first and last row; none for whole columns."""
_BUILT_IN = "_xlnm."
"""Print areas, repeated rows and filters, which say where their own sheet stands."""


def readers_of(book: Book, tables: Sequence[Table]) -> list[str]:
    """Where something reads these tables, in words: 分析!C5, 名称“本月”, 图表（chart3.xml）.

    Formulas in rows of the tables themselves that read their own row alone are not counted: they stand and go with
    it. Others there are named by their column.
    """
    if not tables:
        return []
    names = sorted({name for table in tables for name in (table.name, table.sheet)})
    titles = "|".join(map(re.escape, names))
    speaks = re.compile(rf"'(?:{titles})'!|(?<![\w.])(?:{titles})[\[!]")
    out: list[str] = []
    for sheet in book.sheets:
        out += _in_sheet(sheet, book.text(sheet), tables, speaks)
        book.let_go(sheet)
    out += _names(book, speaks)
    out += _parts(book, names, speaks)
    return out


def _in_sheet(sheet: str, text: SheetText, tables: Sequence[Table], speaks: re.Pattern[str]) -> Iterator[str]:
    own = [table for table in tables if table.sheet == sheet]
    columns: set[int] = set()
    for row in text.rows_with(FORMULA) if text.has_formulas else ():
        for column, m in text.cells(row):
            formula = FORMULA.search(m[2] or b"")
            if formula is None:
                continue
            around = next((table for table in own if _holds(table, row, column)), None)
            if around is not None:
                if column not in columns and _reads_more(_words(formula[2]), around, tables):
                    columns.add(column)
                    yield f"{sheet}“{_title(around, column)}”列"
            elif own or speaks.search(_words(formula[2])):
                yield f"{sheet}!{cell_ref(row, column)}"
    yield from _links(sheet, text, () if own else tables)
    if not own and any(speaks.search(_words(m[1])) for m in _ELEMENT.finditer(text.head + text.tail)):
        yield f"{sheet}的条件格式或数据有效性"


def _holds(table: Table, row: int, column: int) -> bool:
    return table.first_row <= row <= table.last_row and table.range.left <= column <= table.range.right


def _title(table: Table, column: int) -> str:
    return next(title for title, place in table.columns.items() if place == column)


def _reads_more(formula: str, own: Table, tables: Sequence[Table]) -> bool:
    """Whether a formula in a row of a table reads other rows of it, or one of the other tables."""
    text = formula.replace(f"'{own.sheet}'!", "").replace(f"{own.sheet}!", "")
    titles = "|".join(re.escape(name) for table in tables for name in (table.name, table.sheet))
    if re.search(rf"'(?:{titles})'!|(?<![\w.])(?:{titles})(?:!|\[(?!@|\[?#(?:This Row|Headers)))", text):
        return True
    return any(m[1] != m[2] or not m[1] for m in _AREA.finditer(text))


def _links(sheet: str, text: SheetText, tables: Sequence[Table]) -> Iterator[str]:
    """Links to a place in the rows of a table; one to the sheet's head goes on being right."""
    for m in HYPERLINK.finditer(text.tail):
        said = attributes_of(m[1])
        target, _, place = _words(said.get(b"location")).lstrip("#").rpartition("!")
        try:
            row = parse_range(place.replace("$", "")).bottom
        except ValueError:
            continue  # a name or a whole column
        at = target.strip("'").replace("''", "'")
        if any(table.sheet == at and table.first_row <= row <= table.last_row for table in tables):
            yield f"{sheet}!{said.get(b'ref', b'').decode()}的链接"


def _words(formula: bytes | None) -> str:
    return html.unescape((formula or b"").decode("utf-8", "replace"))


def _names(book: Book, speaks: re.Pattern[str]) -> Iterator[str]:
    for part in book.package.xml(book.package.workbook_part):
        for entry in part if local_name(part) == "definedNames" else ():
            name = entry.get("name", "")
            if not name.startswith(_BUILT_IN) and speaks.search(entry.text or ""):
                yield f"名称“{name}”"


def _parts(book: Book, names: Sequence[str], speaks: re.Pattern[str]) -> Iterator[str]:
    for part in book.package.names:
        folder, _, file = part.rpartition("/")
        if folder.endswith("/charts") and file.endswith(".xml"):
            if any(speaks.search(_words(m[1])) for m in _ELEMENT.finditer(book.package.read(part))):
                yield f"图表（{file}）"
        elif file.startswith("pivotCacheDefinition") and file.endswith(".xml"):
            sources = (e for e in book.package.xml(part).iter() if local_name(e) == "worksheetSource")
            if any(e.get("name") in names or e.get("sheet") in names for e in sources):
                yield f"数据透视表（{file}）"
