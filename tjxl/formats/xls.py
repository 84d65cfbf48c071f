"""An .xls workbook (BIFF8: Excel 97 to 2003, WPS .et) as sheets of cells, like `tjxl.ooxml.book.Book`.

A reader of our own, because what returns are judged by is not to be had elsewhere: xlrd keeps the number formats but
drops which cells are formulas, and builds whatever a file claims to hold before anybody can say stop; calamine shows
neither formats nor formulas. The tests hold it against xlrd.
"""

from __future__ import annotations

import struct
from functools import cached_property
from typing import Literal

from tjxl.errors import PackageError
from tjxl.formats.bounds import MAX_CELLS
from tjxl.formats.compound import Compound
from tjxl.formats.records import BOF, Records, Texts
from tjxl.formats.workbook import Sheet
from tjxl.ooxml.cells import RawCell, SheetCells
from tjxl.ooxml.comments import CellComment, Place
from tjxl.ooxml.looks import NumberClass, number_class
from tjxl.ooxml.refs import Range

_STREAM = "Workbook"
_BIFF8 = 0x0600
# Records of the workbook.
_FILEPASS, _DATEMODE, _BOUNDSHEET, _FORMAT, _XF, _SST, _SUPBOOK = 0x2F, 0x22, 0x85, 0x041E, 0xE0, 0xFC, 0x01AE
# Records of a sheet.
_FORMULA, _STRING, _NUMBER, _LABEL, _BOOLERR, _RK = 0x06, 0x0207, 0x0203, 0x0204, 0x0205, 0x027E
_MULRK, _RSTRING, _LABELSST, _ROW, _MERGED, _OBJ = 0xBD, 0xD6, 0xFD, 0x0208, 0xE5, 0x5D
_STATES = ("visible", "hidden", "veryHidden")
_WORKSHEET, _MACRO_SHEET = 0, 1
_ROW_HIDDEN = 0x20
_PICTURE = 8  # embedded objects are pictures too, with a storage of their own
_OWN_BOOK, _ADD_IN = b"\x01\x04", b"\x01\x3a"
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
_DAMAGE = (struct.error, IndexError, ValueError)


class XlsBook:
    """Read access to an .xls. The workbook's own records are read at once, a sheet's when first asked for."""

    format: Literal["xls"] = "xls"
    fills: tuple[str, ...] = ()

    def __init__(self, content: bytes | Compound) -> None:
        """
        Raises:
            PackageError: E302 damaged; E304 absurdly large; E307 a password; E309 no workbook, or one older than
                Excel 97.
        """
        container = content if isinstance(content, Compound) else Compound(content)
        if _STREAM not in container:
            kind = "Excel 95 或更早的工作簿" if "Book" in container else "旧版文档（.doc、.wps 等）"
            raise PackageError("E309", kind=kind)
        self.has_macros = "_VBA_PROJECT_CUR" in container
        self.has_links = False
        self.date1904 = False
        self.sheets: dict[str, Sheet] = {}
        self._records = Records(container.read(_STREAM))
        self._places: dict[str, int] = {}
        self._strings: list[str] = []
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        self._cells: dict[str, SheetCells] = {}
        self._cells_left = MAX_CELLS
        try:
            self._read_globals()
        except _DAMAGE as error:
            raise PackageError("E302") from error

    @cached_property
    def number_classes(self) -> tuple[NumberClass, ...]:
        """What kind of number each cell style shows."""
        return tuple(number_class(number, self._formats) for number in self._styles)

    def cells(self, sheet: str) -> SheetCells:
        """The cells of a sheet. A formula's text is not known: it is the empty text.

        Raises:
            PackageError: E302 damaged; E304 too many cells.
        """
        if sheet not in self._cells:
            reader = _SheetReader(self._records, self._strings, self._cells_left)
            try:
                reader.read(self._places[sheet])
            except _DAMAGE as error:
                raise PackageError("E302") from error
            self._cells_left -= len(reader.cells)
            self._cells[sheet] = SheetCells(reader.cells, reader.merged, reader.hidden, {})
        return self._cells[sheet]

    def comments(self, _sheet: str, /) -> dict[Place, CellComment]:
        """None: those of this format are not read."""
        return {}

    def attachments(self, sheet: str) -> int:
        """How many pictures and embedded objects lie on a sheet."""
        try:
            return sum(map(_is_picture, self._records.walk(self._places[sheet])))
        except _DAMAGE as error:
            raise PackageError("E302") from error

    def _read_globals(self) -> None:
        for kind, data, at in self._records.walk(0):
            if kind == BOF and struct.unpack_from("<H", data)[0] != _BIFF8:
                raise PackageError("E309", kind="Excel 95 或更早的工作簿")
            if kind == _FILEPASS:
                raise PackageError("E307")
            if kind == _DATEMODE:
                self.date1904 = data[:1] == b"\x01"
            elif kind == _BOUNDSHEET:
                self._bound_sheet(data)
            elif kind == _FORMAT:
                self._formats[struct.unpack_from("<H", data)[0]] = Texts(self._records, [data], 2).text()
            elif kind == _XF:
                self._styles.append(struct.unpack_from("<H", data, 2)[0])
            elif kind == _SST:
                self._shared_strings(data, at)
            elif kind == _SUPBOOK and data[2:4] not in (_OWN_BOOK, _ADD_IN):
                self.has_links = True

    def _bound_sheet(self, data: bytes) -> None:
        place, state, kind, length, wide = struct.unpack_from("<L4B", data)
        name = data[8:].decode("utf-16-le", "replace") if wide & 1 else data[8:].decode("latin-1")
        if kind == _MACRO_SHEET:
            self.has_macros = True
        if kind == _WORKSHEET:
            self.sheets[name[:length]] = Sheet(name[:length], _STATES[min(state & 3, 2)])
            self._places[name[:length]] = place

    def _shared_strings(self, data: bytes, at: int) -> None:
        (count,) = struct.unpack_from("<L", data, 4)
        if count > MAX_CELLS:
            raise PackageError("E304")
        texts = self._records.texts_at(at, 8)
        self._strings = [texts.text() for _ in range(count)]


class _SheetReader:
    """Collects the cells of one sheet."""

    def __init__(self, records: Records, strings: list[str], most: int) -> None:
        self._records, self._strings, self._most = records, strings, most
        self.cells: dict[tuple[int, int], RawCell] = {}
        self.merged: list[Range] = []
        self.hidden: list[int] = []

    def read(self, start: int) -> None:
        awaited: tuple[int, int, int] | None = None  # a formula whose text follows in a record of its own
        for kind, data, at in self._records.walk(start):
            if kind == _LABELSST:
                row, column, style, number = struct.unpack_from("<3HL", data)
                self._add(row, column, RawCell(self._strings[number], "text", style, None))
            elif kind == _NUMBER:
                row, column, style, value = struct.unpack_from("<3Hd", data)
                self._number(row, column, style, value)
            elif kind == _RK:
                row, column, style, packed = struct.unpack_from("<3HL", data)
                self._number(row, column, style, _unpacked(packed))
            elif kind == _MULRK:
                row, first = struct.unpack_from("<2H", data)
                for i, (style, packed) in enumerate(struct.iter_unpack("<HL", data[4:-2])):
                    self._number(row, first + i, style, _unpacked(packed))
            elif kind in (_LABEL, _RSTRING):
                row, column, style = struct.unpack_from("<3H", data)
                text = self._records.texts_at(at, 6).text()
                self._add(row, column, RawCell(text, "text", style, None))
            elif kind == _BOOLERR:
                row, column, style, value, is_error = struct.unpack_from("<3H2B", data)
                self._add(row, column, _truth_or_error(value, bool(is_error), style, None))
            elif kind == _FORMULA:
                awaited = self._formula(data)
            elif kind == _STRING and awaited is not None:
                row, column, style = awaited
                self._add(row, column, RawCell(self._records.texts_at(at, 0).text(), "text", style, ""))
                awaited = None
            else:
                self._other(kind, data)

    def _other(self, kind: int, data: bytes) -> None:
        if kind == _ROW:
            if struct.unpack_from("<H", data, 12)[0] & _ROW_HIDDEN:
                self.hidden.append(struct.unpack_from("<H", data)[0] + 1)
        elif kind == _MERGED:
            for top, bottom, left, right in struct.iter_unpack("<4H", data[2 : 2 + len(data[2:]) // 8 * 8]):
                self.merged.append(Range(top + 1, left + 1, bottom + 1, right + 1))

    def _formula(self, data: bytes) -> tuple[int, int, int] | None:
        """A formula with its value; where that is a text, the cell that awaits it."""
        row, column, style = struct.unpack_from("<3H", data)
        result = data[6:14]
        if result[6:8] != b"\xff\xff":
            (value,) = struct.unpack("<d", result)
            self._number(row, column, style, value, "")
            return None
        if result[0] == 0:
            self._add(row, column, RawCell(None, "text", style, ""))
            return row, column, style
        if result[0] in (1, 2):
            self._add(row, column, _truth_or_error(result[2], result[0] == 2, style, ""))
        else:
            self._add(row, column, RawCell("", "text", style, ""))
        return None

    def _number(self, row: int, column: int, style: int, value: float, formula: str | None = None) -> None:
        if value - value != 0:  # infinite or no number at all
            raise ValueError(value)
        self._add(row, column, RawCell(value, "number", style, formula))

    def _add(self, row: int, column: int, cell: RawCell) -> None:
        if len(self.cells) >= self._most:
            raise PackageError("E304")
        self.cells[row + 1, column + 1] = cell


def _is_picture(record: tuple[int, bytes, int]) -> bool:
    kind, data, _ = record
    return kind == _OBJ and struct.unpack_from("<3H", data)[2] == _PICTURE


def _truth_or_error(value: int, is_error: bool, style: int, formula: str | None) -> RawCell:
    if is_error:
        return RawCell(_ERRORS.get(value, "#N/A"), "error", style, formula)
    return RawCell(bool(value), "bool", style, formula)


def _unpacked(packed: int) -> float:
    """A number in four bytes: an integer or the upper half of a double, perhaps to be divided by 100."""
    if packed & 2:
        signed = packed - (1 << 32) if packed & 0x8000_0000 else packed
        value = float(signed >> 2)
    else:
        (value,) = struct.unpack("<d", struct.pack("<2L", 0, packed & 0xFFFF_FFFC))
    return value / 100 if packed & 1 else value
