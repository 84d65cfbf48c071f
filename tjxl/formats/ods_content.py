"""The content part of an OpenDocument workbook, taken in as a stream of XML events.

Nothing is built but the cells: a file that claims a million rows costs what is written in it, and one that repeats a
cell a million times is stopped at the limits of `bounds`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from functools import lru_cache

from tjxl.errors import PackageError
from tjxl.formats.bounds import MAX_CELLS, MAX_CHARACTERS, MAX_ELEMENTS
from tjxl.ooxml.cells import RawCell, iso_serial
from tjxl.ooxml.comments import CellComment, Place
from tjxl.ooxml.looks import NumberClass
from tjxl.ooxml.refs import Range

NUMBER_CLASSES: tuple[NumberClass, ...] = ("general", "percent", "date", "number")
"""What `RawCell.style` counts in: a cell itself says what kind of number it holds."""
_STYLES = {"float": 0, "percentage": 1, "date": 2, "time": 2, "currency": 3}

_PREFIXES = {
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style",
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": "draw",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calcext",
    "http://openoffice.org/2004/office": "ooo",
}
_CELLS = ("table:table-cell", "table:covered-table-cell")
# What stands in or beside the cells and is not their content: notes, drawings, earlier contents, other files' data.
_PASSED_OVER = {
    "office:annotation",
    "office:forms",
    "table:shapes",
    "table:tracked-changes",
    "table:dde-links",
    "table:content-validations",
    "draw:frame",
    "draw:g",
    "draw:a",
    "draw:control",
    "draw:custom-shape",
}
_MAX_ROW, _MAX_COLUMN = 1_048_576, 16_384
_MAX_TEXT = 32_768  # one more than a cell may hold: a longer text is refused whatever its length
_SPACE = re.compile(r"[ \t\r\n]+")
_DURATION = re.compile(r"(-?)PT(\d{1,6})H(\d{1,6})M(\d{1,6}(?:\.\d{1,9})?)S")
# Formulas that reach into another file or program.
_LINK = re.compile(r"'(?:file|https?|ftp)://|\bDDE\(", re.IGNORECASE)


class Table:
    """A sheet: its style, its cells, and where in it the reading is."""

    def __init__(self, style: str) -> None:
        self.style = style
        self.cells: dict[tuple[int, int], RawCell] = {}
        self.merged: list[Range] = []
        self.hidden_rows: list[int] = []
        self.comments: dict[Place, CellComment] = {}
        self.attachments = 0
        self.row, self.column = 1, 1
        self.in_row: list[tuple[int, int, RawCell]] = []
        """The filled cells of the current row: first column, in how many columns, the cell."""


@lru_cache(maxsize=1024)
def _short(name: str) -> str:
    """`{urn:…:table:1.0}table-row` as `table:table-row`; names of other namespaces as they are."""
    namespace, _, local = name[1:].partition("}")
    return f"{_PREFIXES[namespace]}:{local}" if namespace in _PREFIXES else name


def _shortened(given: Mapping[str, str]) -> dict[str, str]:
    return {_short(name): value for name, value in given.items()}


class Content:
    """The target of the parser. What matters is a small part of the elements; the others are passed over.

    Attributes:
        tables: sheets by name, in order.
        hidden_styles: names of the sheet styles that hide a sheet.
        has_links, has_macros: as `Workbook`'s.
    """

    def __init__(self) -> None:
        self.tables: dict[str, Table] = {}
        self.hidden_styles: set[str] = set()
        self.has_links = self.has_macros = False
        self._elements_left, self._characters_left, self._cells_left = MAX_ELEMENTS, MAX_CHARACTERS, MAX_CELLS
        self._style = ""
        self._name, self._table = "", Table("")
        self._row: Mapping[str, str] = {}
        self._cell: Mapping[str, str] | None = None
        self._text: list[str] = []
        self._length = 0
        self._in_paragraph = False
        self._passed_over = 0
        """How many elements are open in something that is passed over."""
        self._frame: str | None = None
        self._note: list[str] | None = None
        """The paragraphs of the comment that is being read."""
        self._in_note = False

    # ---- the parser's events

    def doctype(self, *_: object) -> None:
        """A document type is how entities come in: refused as in every other part."""
        raise PackageError("E303", reason="DOCTYPE")

    def comment(self, text: str) -> None:
        """Comments say nothing."""

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """An element begins."""
        self._elements_left -= 1
        if self._elements_left < 0:
            raise PackageError("E304")
        name = _short(tag)
        nested = self._cell is not None and name == "table:table"
        if self._passed_over or name in _PASSED_OVER or nested:
            self._passed_over += 1
            self._begin_passed_over(name, attrib)
        elif name in _CELLS:
            self._cell, self._text, self._length = _shortened(attrib), [], 0
        elif self._cell is not None:
            self._begin_in_cell(name, attrib)
        elif name == "table:table-row":
            self._row = _shortened(attrib)
        else:
            self._begin_around(name, _shortened(attrib))

    def end(self, tag: str) -> None:
        """An element ends."""
        name = _short(tag)
        if self._passed_over:
            self._passed_over -= 1
            self._end_passed_over(name)
        elif name in _CELLS:
            self._end_cell(self._cell or {})
        elif name == "text:p":
            self._in_paragraph = False
        elif name == "table:table-row":
            self._end_row()

    def data(self, data: str) -> None:
        """Text of the open element: white space counts once."""
        if self._in_note and self._note:
            self._spend(data)
            self._note[-1] += _SPACE.sub(" ", data)
        elif self._in_paragraph and not self._passed_over:
            self._write(_SPACE.sub(" ", data))

    def close(self) -> None:
        """The end of the file."""

    # ---- what they mean

    def _begin_around(self, name: str, given: Mapping[str, str]) -> None:
        if name == "style:style":
            self._style = given.get("style:name", "") if given.get("style:family") == "table" else ""
        elif name == "style:table-properties":
            if self._style and given.get("table:display") == "false":
                self.hidden_styles.add(self._style)
        elif name == "table:table":
            self._name = given.get("table:name", "")
            self._table = self.tables[self._name] = Table(given.get("table:style-name", ""))
        elif name == "table:table-source":  # this is no sheet but the copy of one in another file
            self.has_links = True
            self.tables.pop(self._name, None)
        elif name == "ooo:module":
            self.has_macros = True

    def _begin_passed_over(self, name: str, given: Mapping[str, str]) -> None:
        """Of drawings, pictures and embedded objects are counted; a chart is neither. Comments keep their text."""
        if name == "draw:frame":
            self._frame = None
        elif name == "draw:image":
            self._frame = self._frame or "picture"  # an embedded object has a picture of itself
        elif name == "draw:object":
            self._frame = "chart" if "draw:notify-on-update-of-ranges" in _shortened(given) else "object"
        elif name == "draw:object-ole":
            self._frame = "object"
        elif name == "table:dde-link":
            self.has_links = True
        elif name == "office:annotation" and self._cell is not None:
            self._note = []
        elif name == "text:p" and self._note is not None:
            self._note.append("")
            self._in_note = True

    def _end_passed_over(self, name: str) -> None:
        table = self._table
        if name == "draw:frame":
            table.attachments += self._frame in ("picture", "object")
        elif name == "text:p":
            self._in_note = False
        elif name == "office:annotation" and self._note is not None:
            if text := "\n".join(self._note).strip():
                table.comments[table.row, table.column] = CellComment(text, "")
            self._note = None

    def _begin_in_cell(self, name: str, given: Mapping[str, str]) -> None:
        if name == "text:p":
            if self._text:
                self._write("\n")
            self._in_paragraph = True
            self._write("")
        elif name == "text:s":
            self._write(" " * min(int(_shortened(given).get("text:c", "1")), _MAX_TEXT))
        elif name == "text:tab":
            self._write("\t")
        elif name == "text:line-break":
            self._write("\n")

    def _spend(self, text: str) -> None:
        self._characters_left -= len(text)
        if self._characters_left < 0:
            raise PackageError("E304")

    def _write(self, text: str) -> None:
        self._spend(text)
        if self._length < _MAX_TEXT:
            self._text.append(text)
            self._length += len(text)

    def _end_cell(self, cell: Mapping[str, str]) -> None:
        table = self._table
        repeated = int(cell.get("table:number-columns-repeated", "1"))
        raw = _raw(cell, "".join(self._text))
        if raw is not None:
            table.in_row.append((table.column, repeated, raw))
            self.has_links = self.has_links or bool(raw.formula and _LINK.search(raw.formula))
        rows, columns = (int(cell.get(f"table:number-{n}-spanned", "1")) for n in ("rows", "columns"))
        if rows > 1 or columns > 1:
            bottom, right = table.row + rows - 1, table.column + columns - 1
            table.merged.append(Range(table.row, table.column, min(bottom, _MAX_ROW), min(right, _MAX_COLUMN)))
        table.column += repeated
        self._cell = None

    def _end_row(self) -> None:
        table, row = self._table, self._row
        repeated = int(row.get("table:number-rows-repeated", "1"))
        if table.in_row:
            self._cells_left -= repeated * sum(count for _, count, _ in table.in_row)
            if self._cells_left < 0:
                raise PackageError("E304")
            rows = range(table.row, table.row + repeated)
            last_column = max(column + count - 1 for column, count, _ in table.in_row)
            if rows.stop - 1 > _MAX_ROW or last_column > _MAX_COLUMN:
                raise ValueError("beyond the sheet")
            for column, count, raw in table.in_row:
                table.cells.update(((r, c), raw) for r in rows for c in range(column, column + count))
            if row.get("table:visibility", "visible") != "visible":
                table.hidden_rows += rows
            table.in_row = []
        table.row += repeated
        table.column = 1


def _raw(cell: Mapping[str, str], text: str) -> RawCell | None:
    """A cell of its attributes and its text.

    Raises:
        ValueError: a number that is none.
    """
    kind = cell.get("office:value-type")
    formula = cell["table:formula"].partition("=")[2] if "table:formula" in cell else None
    style = _STYLES.get(kind or "", 0)
    if cell.get("calcext:value-type") == "error":
        return RawCell(text, "error", style, formula)
    if kind in ("float", "percentage", "currency"):
        number = float(cell.get("office:value", ""))
        if not math.isfinite(number):
            raise ValueError(number)
        return RawCell(number, "number", style, formula)
    if kind == "date":
        written = cell.get("office:date-value", "")
        serial = iso_serial(written)
        return RawCell(written, "text", 0, formula) if serial is None else RawCell(serial, "date", style, formula)
    if kind == "time" and (m := _DURATION.fullmatch(cell.get("office:time-value", ""))):
        seconds = int(m[2]) * 3600 + int(m[3]) * 60 + float(m[4])
        return RawCell((-seconds if m[1] else seconds) / 86_400, "number", style, formula)
    if kind == "boolean":
        return RawCell(cell.get("office:boolean-value") == "true", "bool", style, formula)
    text = cell.get("office:string-value", text)
    if kind is None and formula is not None and not text:
        return RawCell(None, "number", style, formula)
    return RawCell(text, "text", style, formula) if text or formula is not None else None
