"""Reading a sheet's cells with what tells apart a value, a formula, an error and a number format.

python-calamine reads faster still, but shows neither number formats nor formulas without a value, gives `''` for
an error, and can be brought down by one stray cell at the sheet's far corner. Returned forms need all of these.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Literal, NamedTuple

from lxml import etree

from tjxl.errors import PackageError
from tjxl.ooxml.looks import NumberClass, whole
from tjxl.ooxml.package import KEPT_PART, Limits, Workload, local_name, parse_xml, stream_xml
from tjxl.ooxml.plain import NotPlainError, PlainCell, PlainSheet, plain_sheet, read_plain_strings
from tjxl.ooxml.refs import MAX_COLUMN, MAX_ROW, Range, cell_ref, parse_cell, parse_range

CellKind = Literal["number", "text", "bool", "error", "date"]
CellValue = None | bool | int | float | str | dt.date | dt.datetime
_Written = tuple[int, str, str | None, str | None]
"""A plain cell without formula: style, kind, value, inline text."""
_KNOWN = 4096
"""Cells that are kept to be used again where others say the same."""

_EPOCH_1900 = dt.datetime(1899, 12, 30)
_EPOCH_1904 = dt.datetime(1904, 1, 1)


class RawCell(NamedTuple):
    """A cell as stored. `value` of a formula cell is its cached value, None where it has none.

    A number of kind "date" is a serial number that the file itself calls a date, whatever the style.
    """

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
    """All non-empty cells of a sheet by (row, column), its merged ranges, hidden rows and hidden columns.

    `shared` tells, for a cell whose formula text is empty, the shared formula that it follows.
    """

    cells: dict[tuple[int, int], RawCell]
    merged: list[Range]
    hidden_rows: list[int]
    shared: dict[tuple[int, int], SharedFormula]
    hidden_columns: tuple[tuple[int, int], ...] = ()
    """First and last column of each hidden stretch."""

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


def is_picture(cell: RawCell) -> bool:
    """A cell in which WPS shows a picture: a formula of its own, `_xlfn.DISPIMG("ID_…",1)`, of no use as a value."""
    return cell.formula is not None and "DISPIMG(" in cell.formula.upper()


def read_shared_strings(xml: bytes, most: int | None = None) -> list[str]:
    """The shared strings; phonetic hints are left out, runs joined.

    Raises:
        PackageError: E303, the part cannot be parsed; E304, there are more than `most`.
    """
    plain = read_plain_strings(xml, most)
    if plain is not None and not len(parse_xml(plain.frame)):
        return [_unescape(text) for text in plain.texts]
    out: list[str] = []
    for item in stream_xml(xml, "si"):
        if len(out) == most:
            raise PackageError("E304")
        out.append(_rich_text(item))
    return out


def _rich_text(item: etree._Element) -> str:
    parts = []
    plain = 0
    for child in item:
        name = local_name(child)
        if name == "t":
            plain += 1
            if len(child):
                raise PackageError("E303", reason="text")
            parts.append(child.text or "")
        elif name == "r":
            parts += [t.text or "" for t in child if local_name(t) == "t"]
    if plain and len(parts) > 1:  # two texts in one: readers disagree on which counts
        raise PackageError("E303", reason="text")
    return _unescape("".join(parts))


_ESCAPED = re.compile("_x([0-9a-fA-F]{4})_")


def _unescape(text: str) -> str:
    """`_x000D_` and its like stand for a character that XML cannot hold; `_x005F_` protects such a text."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda m: chr(int(m[1], 16)), text)
    # half of a surrogate pair cannot be printed or stored; two halves make their character
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def class_of(cell: RawCell, classes: Sequence[NumberClass]) -> NumberClass:
    """What kind of number a cell shows, by the classes of the workbook's styles."""
    if cell.kind == "date":
        return "date"
    return classes[cell.style] if cell.style < len(classes) else "general"


def read_sheet(
    xml: bytes,
    strings: Sequence[str],
    columns: frozenset[int] | None = None,
    date1904: bool = False,
    workload: Workload | None = None,
) -> SheetCells:
    """The cells of a worksheet part; with `columns`, only those columns (1-based).

    A sheet's declared `<dimension>` is never believed; only cells that are stored cost anything.

    Raises:
        PackageError: E303, the part cannot be parsed, or two of its cells stand in one place; E304, it is larger
            than the limits of `workload` allow.
    """
    workload = workload or Workload(Limits())
    new_reader = partial(_Reader, strings, columns, date1904, workload.limits.cells)
    plain = plain_sheet(xml)
    found = None if plain is None else _read_plainly(plain, new_reader(), workload)
    return found or _read_generally(xml, new_reader(), workload)


def _read_plainly(sheet: PlainSheet, reader: _Reader, workload: Workload) -> SheetCells | None:
    """The cells of a sheet that seems plain; None where it is not."""
    try:
        reader.read_plain(sheet)
    except NotPlainError:
        return None
    workload.tree(len(sheet.frame))
    frame = (_kept_frame if len(sheet.frame) <= KEPT_PART else _read_frame)(sheet.frame, reader.most)
    return reader.done(frame) if frame.has_cells else SheetCells({}, list(frame.merged), [], {}, frame.hidden_columns)


def _read_generally(xml: bytes, reader: _Reader, workload: Workload) -> SheetCells:
    """The cells of whatever sheet."""
    workload.tree(len(xml))
    root = parse_xml(xml)
    frame = _frame_of(root, reader.most)
    prefix = _prefix(root)
    if (data := root.find(f"{prefix}sheetData")) is not None:
        reader.read_tree(data, prefix)
    return reader.done(frame)


class _Frame(NamedTuple):
    """What a sheet says around its cells, and whether these stand where cells belong."""

    has_cells: bool
    merged: tuple[Range, ...]
    hidden_columns: tuple[tuple[int, int], ...]


def _prefix(root: etree._Element) -> str:
    return root.tag[: root.tag.index("}") + 1] if root.tag.startswith("{") else ""


def _read_frame(xml: bytes, most: int) -> _Frame:
    return _frame_of(parse_xml(xml), most)


_kept_frame = lru_cache(maxsize=64)(_read_frame)


def _frame_of(root: etree._Element, most: int) -> _Frame:
    prefix = _prefix(root)
    merged = []
    if (merges := root.find(f"{prefix}mergeCells")) is not None:
        if len(merges) > most:
            raise PackageError("E304")
        for m in merges:
            try:
                merged.append(parse_range(m.get("ref", "")))
            except ValueError as error:
                raise PackageError("E303", reason="mergeCell") from error
    columns = root.iterfind(f"{prefix}cols/{prefix}col")
    hidden = (c for c in columns if c.get("hidden") in ("1", "true"))
    stretches = tuple((whole(c.get("min"), 0), whole(c.get("max"), 0)) for c in hidden)
    return _Frame(root.find(f"{prefix}sheetData") is not None, tuple(merged), stretches)


class _Reader:
    """Collects the cells of one sheet, from its tree or from its plain text."""

    def __init__(self, strings: Sequence[str], columns: frozenset[int] | None, date1904: bool, most: int) -> None:
        self.strings, self.columns, self.date1904, self.most = strings, columns, date1904, most
        self.cells: dict[tuple[int, int], RawCell] = {}
        self.hidden: list[int] = []
        self.shared: dict[tuple[int, int], SharedFormula] = {}
        self._groups: dict[str, SharedFormula] = {}

    def _add(self, row: int, column: int, cell: RawCell | None, group: str | None) -> None:
        if cell is None:
            return
        if not (0 < row <= MAX_ROW and 0 < column <= MAX_COLUMN):
            raise PackageError("E303", reason="cell")
        if len(self.cells) == self.most:
            raise PackageError("E304")
        if cell.kind == "date":
            cell = _dated(cell, self.date1904)
        self.cells[row, column] = cell
        if group and cell.formula is not None:
            if cell.formula:
                self._groups[group] = SharedFormula(cell.formula, row, column)
            elif group in self._groups:
                self.shared[row, column] = self._groups[group]

    def done(self, frame: _Frame) -> SheetCells:
        """What was read, within its frame."""
        return SheetCells(self.cells, list(frame.merged), self.hidden, self.shared, frame.hidden_columns)

    def read_plain(self, sheet: PlainSheet) -> None:
        """
        Raises:
            NotPlainError: it is to be read in the general way.
        """
        self.hidden = sheet.hidden_rows
        known: dict[_Written, RawCell | None] = {}
        count = 0
        for cells in sheet.stretches():
            count += len(cells)
            if count > self.most:
                raise PackageError("E304")
            if len(known) > _KNOWN:
                known.clear()
            self._take(cells, known)

    def _take(self, cells: list[PlainCell], known: dict[_Written, RawCell | None]) -> None:
        """Add cells of a plain sheet; those that say the same are one object."""
        taken, columns, within = self.cells, self.columns, not cells or cells[-1][0] <= MAX_ROW
        for row, column, style, kind, formula, group, value, inline in cells:
            if columns is not None and column not in columns:
                continue
            if formula is not None:
                self._add(row, column, self._plain(style, kind, value, inline, formula), group)
                continue
            written = style, kind, value, inline
            cell = known.get(written)
            if cell is None:
                cell = known[written] = self._plain(style, kind, value, inline)
            if cell is not None and kind != "d" and within and column <= MAX_COLUMN:
                taken[row, column] = cell
            else:
                self._add(row, column, cell, group)

    def _plain(
        self, style: int, kind: str, value: str | None, inline: str | None, formula: str | None = None
    ) -> RawCell | None:
        if inline is not None and kind == "inlineStr":
            return RawCell(_unescape(inline) if "_x" in inline else inline, "text", style, formula)
        text = value or ("" if kind == "str" and value is not None else None)
        return _raw(kind, text, style, formula, self.strings)

    def read_tree(self, data: etree._Element, prefix: str) -> None:
        names = (f"{prefix}v", f"{prefix}f", f"{prefix}is")
        row_number = 0
        for row in data:
            row_number = _row(row.get("r"), row_number)
            if row.get("hidden") in ("1", "true"):
                self.hidden.append(row_number)
            column = 0
            taken: set[int] = set()
            for c in row:
                ref = c.get("r")
                column = _column(ref, row_number) if ref else column + 1
                if column in taken:  # readers disagree on which of two cells in one place counts, a blank one too
                    raise PackageError("E303", reason="cell")
                taken.add(column)
                if len(c) and (self.columns is None or column in self.columns):
                    self._add(row_number, column, _cell(c, names, self.strings), _shared_group(c, names[1]))


def _row(number: str | None, above: int) -> int:
    """The number of a row, the next one where it says none. Rows stand in their order."""
    own = whole(number, 0) if number else above + 1
    if own <= above:
        raise PackageError("E303", reason="row")
    return own


def _column(ref: str, row: int) -> int:
    """The column of a cell by its own address, which must be one in the row that it stands in."""
    try:
        own, column = parse_cell(ref)
    except ValueError as error:
        raise PackageError("E303", reason="cell") from error
    if own != row:
        raise PackageError("E303", reason="cell")
    return column


def _shared_group(c: etree._Element, tag: str) -> str | None:
    formula = c.find(tag)
    return formula.get("si") if formula is not None and formula.get("t") == "shared" else None


def _cell(c: etree._Element, names: tuple[str, str, str], strings: Sequence[str]) -> RawCell | None:
    kind = c.get("t", "n")
    text = formula = None
    inline: etree._Element | None = None
    tags = [child.tag for child in c]
    # what Excel does not open and readers disagree on: which of two counts, what something within a value means
    if any(tags.count(name) > 1 for name in names) or any(len(child) and child.tag != names[2] for child in c):
        raise PackageError("E303", reason="cell")
    for child in c:
        tag = child.tag
        if tag == names[0]:
            # `<v></v>` of a text is an empty text; of anything else (openpyxl's formulas) it is no value yet
            text = child.text or ("" if kind == "str" else None)
        elif tag == names[1]:
            formula = child.text or ""
        elif tag == names[2]:
            inline = child
    style = whole(c.get("s"), 0)
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


def _dated(cell: RawCell, date1904: bool) -> RawCell:
    """A date that is written out (Strict OOXML) as the serial number that all others are."""
    serial = iso_serial(str(cell.value), date1904)
    return cell._replace(kind="text") if serial is None else cell._replace(value=serial)


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


def iso_serial(text: str, date1904: bool = False) -> float | None:
    """The serial number of a date or moment in ISO form; None where it is none, or before the first serial."""
    try:
        serial = float(to_serial(dt.datetime.fromisoformat(text.strip()), date1904))
    except ValueError:
        return None
    return serial if serial >= 0 else None


def to_serial(value: dt.date | dt.datetime, date1904: bool = False) -> int | float:
    """The serial number of a date or moment; whole days as int."""
    moment = value if isinstance(value, dt.datetime) else dt.datetime(value.year, value.month, value.day)
    epoch = _EPOCH_1904 if date1904 else _EPOCH_1900
    seconds = (moment.replace(tzinfo=None) - epoch).total_seconds()
    if not date1904 and seconds < 61 * 86_400:  # as in `from_serial`
        seconds -= 86_400
    days, rest = divmod(seconds, 86_400)
    return int(days) if rest == 0 else seconds / 86_400
