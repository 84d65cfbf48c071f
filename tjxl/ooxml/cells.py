"""Reading a sheet's cells with what tells apart a value, a formula, an error and a number format.

python-calamine reads faster still, but shows neither number formats nor formulas without a value, gives `''` for
an error, and can be brought down by one stray cell at the sheet's far corner. Returned forms need all of these.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, NamedTuple

from lxml import etree

from tjxl.errors import PackageError
from tjxl.ooxml.package import local_name, parse_xml
from tjxl.ooxml.plain import PlainSheet, read_plain
from tjxl.ooxml.refs import Range, cell_ref, column_number, parse_range

CellKind = Literal["number", "text", "bool", "error", "date"]
NumberClass = Literal["general", "number", "percent", "date", "text"]
CellValue = None | bool | int | float | str | dt.date | dt.datetime

_BRACKETED = re.compile(r"\[([^\]]*)\]")
_DATE_IDS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}
_EPOCH_1900 = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)


class RawCell(NamedTuple):
    """A cell as stored. `value` of a formula cell is its cached value, None where it has none."""

    value: bool | float | str | None
    kind: CellKind
    style: int
    formula: str | None


class SharedFormula(NamedTuple):
    """A formula that Excel stored once for a block of cells, and the cell for which its text is written."""

    text: str
    row: int
    column: int


def shifted_formula(origin: SharedFormula, row: int, column: int) -> str:
    """The text of a shared formula as the cell (row, column) means it: relative references move along."""
    from openpyxl.formula.translate import Translator

    start = cell_ref(origin.row, origin.column)
    return str(Translator(f"={origin.text}", start).translate_formula(cell_ref(row, column)))[1:]


class SheetCells(NamedTuple):
    """All non-empty cells of a sheet by (row, column), its merged ranges and hidden rows.

    `shared` tells, for a cell whose formula text is empty, the shared formula that it follows.
    """

    cells: dict[tuple[int, int], RawCell]
    merged: list[Range]
    hidden_rows: list[int]
    shared: dict[tuple[int, int], SharedFormula]

    def formula(self, row: int, column: int) -> str | None:
        """The formula text of a cell without `=`, a shared one shifted to the cell; None where there is none."""
        cell = self.cells.get((row, column))
        if cell is None or cell.formula is None:
            return None
        origin = self.shared.get((row, column))
        if origin is None or cell.formula:
            return cell.formula or None
        return shifted_formula(origin, row, column)

    @property
    def bounds(self) -> tuple[int, int]:
        """Last used row and column."""
        return max((r for r, _ in self.cells), default=0), max((c for _, c in self.cells), default=0)


def read_shared_strings(xml: bytes) -> list[str]:
    """The shared strings; phonetic hints are left out, runs joined."""
    root = parse_xml(xml)
    return [_rich_text(item) for item in root if local_name(item) == "si"]


def _rich_text(item: etree._Element) -> str:
    parts = []
    for child in item:
        name = local_name(child)
        if name == "t":
            parts.append(child.text or "")
        elif name == "r":
            parts += [t.text or "" for t in child if local_name(t) == "t"]
    return _unescape("".join(parts))


def _unescape(text: str) -> str:
    """`_x000D_` and its like stand for a character that XML cannot hold; `_x005F_` protects such a text."""
    if "_x" not in text:
        return text
    out, rest = [], text
    while (at := rest.find("_x")) >= 0:
        code = rest[at + 2 : at + 6]
        if rest[at + 6 : at + 7] == "_" and all(c in "0123456789abcdefABCDEF" for c in code) and len(code) == 4:
            out += [rest[:at], chr(int(code, 16))]
            rest = rest[at + 7 :]
        else:
            out.append(rest[: at + 2])
            rest = rest[at + 2 :]
    # half of a surrogate pair cannot be printed or stored; two halves make their character
    return "".join([*out, rest]).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


@lru_cache(maxsize=64)
def read_number_classes(styles_xml: bytes) -> tuple[NumberClass, ...]:
    """What kind of number each cell style shows. Issued forms share their styles part: parsed once."""
    root = parse_xml(styles_xml)
    custom: dict[int, str] = {}
    out: list[NumberClass] = []
    for part in root:
        if local_name(part) == "numFmts":
            custom = {_int(f.get("numFmtId"), 0): f.get("formatCode", "") for f in part}
    for part in root:
        if local_name(part) == "cellXfs":
            for xf in part:
                out.append(_number_class(_int(xf.get("numFmtId"), 0), custom))
    return tuple(out)


def _number_class(number: int, custom: dict[int, str]) -> NumberClass:
    if number in (9, 10):
        return "percent"
    if number == 49:
        return "text"
    code = custom.get(number)
    if code is None:
        return "date" if number in _DATE_IDS else "general" if number == 0 else "number"
    bare, quoted, skip = [], False, False
    for char in code:
        if skip:
            skip = False
        elif char in "\\_*" and not quoted:  # a literal, a gap as wide as, a filling of the next character
            skip = True
        elif char == '"':
            quoted = not quoted
        elif not quoted:
            bare.append(char.lower())
    shown = "".join(bare)
    shown = _BRACKETED.sub(lambda m: m[1] if m[1] and set(m[1]) <= set("hms") else "", shown)  # [h] counts hours
    if "%" in shown:
        return "percent"
    if shown.strip() == "@":
        return "text"
    if "general" in shown or "通用格式" in shown:
        return "general"
    return "date" if any(c in shown for c in "ymdhs年月日") else "number"


def read_sheet(xml: bytes, strings: Sequence[str], columns: frozenset[int] | None = None) -> SheetCells:
    """The cells of a worksheet part; with `columns`, only those columns (1-based).

    A sheet's declared `<dimension>` is never believed; only cells that are stored cost anything.

    Raises:
        PackageError: E303, the part cannot be parsed.
    """
    plain = read_plain(xml)
    root = parse_xml(xml if plain is None else plain.frame)
    prefix = root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""
    data = root.find(f"{prefix}sheetData")
    reader = _Reader(strings, columns)
    if plain is not None and data is not None:
        reader.read_plain(plain)
    elif data is not None:
        reader.read_tree(data, prefix)
    merged = []
    if (merges := root.find(f"{prefix}mergeCells")) is not None:
        for m in merges:
            try:
                merged.append(parse_range(m.get("ref", "")))
            except ValueError as error:
                raise PackageError("E303", reason="mergeCell") from error
    return SheetCells(reader.cells, merged, reader.hidden, reader.shared)


class _Reader:
    """Collects the cells of one sheet, from its tree or from its plain text."""

    def __init__(self, strings: Sequence[str], columns: frozenset[int] | None) -> None:
        self.strings, self.columns = strings, columns
        self.cells: dict[tuple[int, int], RawCell] = {}
        self.hidden: list[int] = []
        self.shared: dict[tuple[int, int], SharedFormula] = {}
        self._groups: dict[str, SharedFormula] = {}

    def _add(self, row: int, column: int, cell: RawCell | None, group: str | None) -> None:
        if cell is None:
            return
        self.cells[row, column] = cell
        if group and cell.formula is not None:
            if cell.formula:
                self._groups[group] = SharedFormula(cell.formula, row, column)
            elif group in self._groups:
                self.shared[row, column] = self._groups[group]

    def read_plain(self, sheet: PlainSheet) -> None:
        self.hidden = sheet.hidden_rows
        for row, letters, style, kind, formula, group, value, inline in sheet.cells:
            column = column_number(letters)
            if self.columns is not None and column not in self.columns:
                continue
            if inline is not None and kind == "inlineStr":
                cell: RawCell | None = RawCell(_unescape(inline), "text", style, formula)
            else:
                text = value or ("" if kind == "str" and value is not None else None)
                cell = _raw(kind, text, style, formula, self.strings)
            self._add(row, column, cell, group)

    def read_tree(self, data: etree._Element, prefix: str) -> None:
        names = (f"{prefix}v", f"{prefix}f", f"{prefix}is")
        row_number = 0
        for row in data:
            row_number = _int(row.get("r"), row_number + 1)
            if row.get("hidden") in ("1", "true"):
                self.hidden.append(row_number)
            column = 0
            for c in row:
                ref = c.get("r")
                column = column_number(ref.rstrip("0123456789")) if ref else column + 1
                if len(c) and (self.columns is None or column in self.columns):
                    self._add(row_number, column, _cell(c, names, self.strings), _shared_group(c, names[1]))


def _int(text: str | None, default: int) -> int:
    return int(text) if text and text.isdecimal() else default


def _shared_group(c: etree._Element, tag: str) -> str | None:
    formula = c.find(tag)
    return formula.get("si") if formula is not None and formula.get("t") == "shared" else None


def _cell(c: etree._Element, names: tuple[str, str, str], strings: Sequence[str]) -> RawCell | None:
    kind = c.get("t", "n")
    text = formula = None
    inline: etree._Element | None = None
    for child in c:
        tag = child.tag
        if tag == names[0]:
            # `<v></v>` of a text is an empty text; of anything else (openpyxl's formulas) it is no value yet
            text = child.text or ("" if kind == "str" else None)
        elif tag == names[1]:
            formula = child.text or ""
        elif tag == names[2]:
            inline = child
    style = _int(c.get("s"), 0)
    if inline is not None and kind == "inlineStr":
        return RawCell(_rich_text(inline), "text", style, formula)
    return _raw(kind, text, style, formula, strings)


def _raw(kind: str, text: str | None, style: int, formula: str | None, strings: Sequence[str]) -> RawCell | None:
    """A cell of what stands in its `v` (an empty one of a number is none)."""
    if not text and formula is None:
        return None
    if text is None:
        return RawCell(None, "text" if kind == "str" else "number", style, formula)
    try:
        if kind == "s":
            return RawCell(_string(text, strings), "text", style, formula)
        if kind == "n":
            return RawCell(_number(text), "number", style, formula)
    except (ValueError, IndexError) as error:
        raise PackageError("E303", reason="cell") from error
    if kind == "b":
        return RawCell(text.strip() in ("1", "true"), "bool", style, formula)
    if kind == "e":
        return RawCell(text, "error", style, formula)
    if kind == "d":
        return RawCell(text, "date", style, formula)
    return RawCell(_unescape(text), "text", style, formula)


def _number(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _string(text: str, strings: Sequence[str]) -> str:
    at = int(text)
    if at < 0:
        raise IndexError(text)
    return strings[at]


def from_serial(number: float, date1904: bool = False) -> dt.datetime | None:
    """The moment of a spreadsheet serial number; None where it is no date (negative, beyond 9999).

    Seconds are rounded: a serial holds a day's fraction in binary.
    """
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    if not 0 <= number < 2_958_466:
        return None
    if not date1904 and number < 60:  # before the 29 February 1900 that never was, serials run one day late
        number += 1
    try:
        return epoch + dt.timedelta(seconds=round(number * 86_400))
    except OverflowError:  # the last days of 9999, rounded up or counted from 1904
        return None


def to_serial(value: dt.date | dt.datetime, date1904: bool = False) -> int | float:
    """The serial number of a date or moment; whole days as int."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    seconds = (moment.replace(tzinfo=None) - epoch).total_seconds()
    if not date1904 and seconds < 61 * 86_400:  # as in `from_serial`
        seconds -= 86_400
    days, rest = divmod(seconds, 86_400)
    return int(days) if rest == 0 else seconds / 86_400
