"""An xlwings engine over LibreOffice: what tjxl asks of an open workbook, through xlwings' public interface.

It stands in for Excel in the tests. Texts are entered as if they were typed, as Excel does it too: `=1+1` becomes a
formula and `0012` a number unless something keeps them from it. Every call that changes a document is counted and may
be made to fail (`Calls`).
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import xlwings as xw
from xlwings import base_classes, utils

from tests.excel.program import uno

_EPOCH = dt.datetime(1899, 12, 30)
_DATES, _CONTENTS = 2, 1 | 2 | 4 | 16  # com.sun.star.sheet.CellFlags: dates; values, dates, texts, formulas
_LOGICAL = 1024  # com.sun.star.util.NumberFormat
_FILTERS = {".xlsx": "Calc MS Excel 2007 XML", ".xlsm": "Calc MS Excel 2007 VBA XML"}
_POINT = 35.2778  # hundredths of a millimetre


class Calls:
    """The changing calls made so far, by name; `fail_at` makes the n-th one from now on fail."""

    def __init__(self) -> None:
        self.made: list[str] = []
        self._left: int | None = None

    def fail_at(self, number: int | None) -> None:
        """Fail at the call of this number (from 1) and at none (None)."""
        self._left = number

    def count(self, name: str) -> None:
        """One more call; raises where it is the one to fail."""
        self.made.append(name)
        if self._left is not None:
            self._left -= 1
            if self._left == 0:
                self._left = None
                raise RuntimeError("0x800AC472: the cell is being edited")


def _property(name: str, value: Any) -> Any:
    made = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
    made.Name, made.Value = name, value
    return made


class Engine:
    """The engine: one program, one application."""

    name, type = "libreoffice", "desktop"

    def __init__(self, desktop: Any) -> None:
        self.desktop, self.calls = desktop, Calls()
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(x: Any, date_format: Any = None) -> Any:
        return "" if x is None else x

    @staticmethod
    def clean_value_data(
        data: Any, datetime_builder: Any, empty_as: Any, number_builder: Any, err_to_str: Any
    ) -> list[list[Any]]:
        return [[empty_as if v in (None, "") and not isinstance(v, bool) else v for v in row] for row in data]


class Apps(base_classes.Apps):
    def __init__(self, engine: Engine) -> None:
        self.engine, self._app = engine, App(self, engine)

    def keys(self) -> list[int]:
        return [1]

    def __iter__(self) -> Iterator[App]:
        return iter([self._app])

    def __len__(self) -> int:
        return 1

    def __getitem__(self, pid: int) -> App:
        return self._app


class App(base_classes.App):
    apps: Any = None
    engine: Any = None
    cut_copy_mode: Any = False
    pid, hwnd, version, selection, visible = 1, 0, "16.0", None, True

    def __init__(self, apps: Apps, engine: Engine) -> None:
        self.apps, self.engine, self.copied = apps, engine, None
        self._settings: dict[str, Any] = {
            "screen_updating": True, "display_alerts": True, "enable_events": True, "calculation": "automatic",
        }  # fmt: skip

    @property
    def api(self) -> Any:
        return self.engine.desktop

    @property
    def books(self) -> Books:
        return Books(self)

    def _set(self, name: str, value: Any) -> None:
        self.engine.calls.count(name)
        self._settings[name] = value

    screen_updating = property(lambda s: s._settings["screen_updating"], lambda s, v: s._set("screen_updating", v))
    display_alerts = property(lambda s: s._settings["display_alerts"], lambda s, v: s._set("display_alerts", v))
    enable_events = property(lambda s: s._settings["enable_events"], lambda s, v: s._set("enable_events", v))

    @property
    def calculation(self) -> Any:
        return self._settings["calculation"]

    @calculation.setter
    def calculation(self, value: str) -> None:
        self._set("calculation", value)
        for book in self.books:
            book.doc.enableAutomaticCalculation(value != "manual")
            if value != "manual":
                book.doc.calculate()

    def calculate(self) -> None:
        self.engine.calls.count("calculate")
        for book in self.books:
            book.doc.calculate()

    def activate(self, steal_focus: bool = False) -> None:
        return None


class Books(base_classes.Books):
    def __init__(self, app: App) -> None:
        self.app = app

    def _all(self) -> list[Book]:
        components, out = self.app.api.Components.createEnumeration(), []
        while components.hasMoreElements():
            document = components.nextElement()
            if document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                out.append(Book(self.app, document))
        return out

    def __iter__(self) -> Iterator[Book]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __call__(self, key: int | str) -> Book:
        if isinstance(key, int):
            return self._all()[key - 1]
        for book in self._all():
            if key.lower() in (book.name.lower(), book.fullname.lower()):
                return book
        raise KeyError(key)

    @property
    def active(self) -> Book:
        return self._all()[-1]

    def open(self, fullname: str, *args: Any, **more: Any) -> Book:
        url = uno.systemPathToFileUrl(str(Path(fullname).resolve()))
        hidden = (_property("Hidden", True),)
        document = self.app.api.loadComponentFromURL(url, "_blank", 0, hidden)
        document.calculateAll()  # what Excel does with tjxl's files, which ask for it
        return Book(self.app, document)


class Book(base_classes.Book):
    app: Any = None

    def __init__(self, app: App, doc: Any) -> None:
        self.app, self.doc = app, doc

    api = property(lambda s: s.doc)
    fullname = property(lambda s: uno.fileUrlToSystemPath(s.doc.URL))
    name = property(lambda s: Path(s.fullname).name)
    sheets = property(lambda s: Sheets(s))
    names = property(lambda s: Names(s))

    def activate(self) -> None:
        return None

    def close(self) -> None:
        self.doc.close(True)

    def save(self, path: Any = None, password: Any = None) -> None:
        self.app.engine.calls.count("save")
        suffix = os.path.splitext(self.fullname)[1].lower()  # noqa: PTH122
        self.doc.storeAsURL(self.doc.URL, (_property("FilterName", _FILTERS[suffix]),))


class Sheets(base_classes.Sheets):
    def __init__(self, book: Book) -> None:
        self.book, self.api = book, book.doc.Sheets

    api: Any = None

    def __len__(self) -> int:
        return int(self.api.Count)

    def __iter__(self) -> Iterator[Sheet]:
        return (Sheet(self.book, self.api.getByIndex(i)) for i in range(len(self)))

    def __call__(self, key: int | str) -> Sheet:
        return Sheet(self.book, self.api.getByIndex(key - 1) if isinstance(key, int) else self.api.getByName(key))


class Sheet(base_classes.Sheet):
    book: Any = None

    def __init__(self, book: Book, sheet: Any) -> None:
        self.book, self.sheet = book, sheet

    api = property(lambda s: s.sheet)
    name = property(lambda s: s.sheet.Name)
    index = property(lambda s: s.sheet.RangeAddress.Sheet + 1)
    tables = property(lambda s: Tables(s))

    def range(self, first: Any, second: Any = None) -> Range:
        if isinstance(first, str):
            area = self.sheet.getCellRangeByName(first.replace("$", "")).RangeAddress
            corners = [(area.StartRow, area.StartColumn), (area.EndRow, area.EndColumn)]
        else:
            corners = [_corner(c) for c in (first, second if second is not None else first)]
        rows, columns = sorted(r for r, _ in corners), sorted(c for _, c in corners)
        return Range(self, self.sheet.getCellRangeByPosition(columns[0], rows[0], columns[-1], rows[-1]))


def _corner(place: Any) -> tuple[int, int]:
    row, column = place if isinstance(place, tuple) else (place.row, place.column)
    return row - 1, column - 1


class Range(base_classes.Range):
    sheet: Any = None
    has_array = False
    max_cells_per_read = max_cells_per_write = None

    def __init__(self, sheet: Sheet, area: Any) -> None:
        self.sheet, self.area, self.options = sheet, area, {}

    api = property(lambda s: s.area)
    _at = property(lambda s: s.area.RangeAddress)
    row = property(lambda s: s._at.StartRow + 1)
    column = property(lambda s: s._at.StartColumn + 1)
    shape = property(lambda s: (s._at.EndRow - s._at.StartRow + 1, s._at.EndColumn - s._at.StartColumn + 1))
    coords = property(lambda s: (s.sheet.name, s.row, s.column, s.row + s.shape[0] - 1, s.column + s.shape[1] - 1))
    _document = property(lambda s: s.sheet.book.doc)
    _app = property(lambda s: s.sheet.book.app)

    def __len__(self) -> int:
        return int(self.shape[0] * self.shape[1])

    def __call__(self, *place: int) -> Range:
        row, column = (
            place if len(place) == 2 else ((place[0] - 1) // self.shape[1] + 1, (place[0] - 1) % self.shape[1] + 1)
        )
        found: Range = self.sheet.range((self.row + row - 1, self.column + column - 1))
        return found

    @property
    def address(self) -> str:
        def cell(row: int, column: int) -> str:
            return f"${utils.col_name(column + 1)}${row + 1}"

        a = self._at
        first = cell(a.StartRow, a.StartColumn)
        return first if len(self) == 1 else f"{first}:{cell(a.EndRow, a.EndColumn)}"

    @property
    def raw_value(self) -> Any:
        rows = [list(row) for row in self.area.getDataArray()]
        top, left = self._at.StartRow, self._at.StartColumn
        for a in self.area.queryContentCells(_DATES).RangeAddresses:
            for r in range(a.StartRow - top, a.EndRow - top + 1):
                for c in range(a.StartColumn - left, a.EndColumn - left + 1):
                    if isinstance(rows[r][c], float):
                        rows[r][c] = _EPOCH + dt.timedelta(seconds=round(rows[r][c] * 86_400))
        formats = self._document.NumberFormats
        for group in self.area.getUniqueCellFormatRanges():
            if formats.getByKey(group.getByIndex(0).NumberFormat).Type & _LOGICAL:
                for a in group.RangeAddresses:
                    for r in range(a.StartRow - top, a.EndRow - top + 1):
                        for c in range(a.StartColumn - left, a.EndColumn - left + 1):
                            rows[r][c] = bool(rows[r][c]) if isinstance(rows[r][c], float) else rows[r][c]
        return rows

    @raw_value.setter
    def raw_value(self, data: Any) -> None:
        self._app.engine.calls.count("value")
        rows = data if isinstance(data, list | tuple) else [[data]]
        self.area.setFormulaArray(tuple(tuple(_typed(v) for v in row) for row in rows))
        formats = self._document.NumberFormats
        for r, row in enumerate(rows):
            for c in (c for c, v in enumerate(row) if isinstance(v, bool)):
                cell = self.area.getCellByPosition(c, r)
                cell.NumberFormat = formats.getStandardFormat(
                    _LOGICAL, uno.createUnoStruct("com.sun.star.lang.Locale")
                )
                cell.Value = int(row[c])

    @property
    def formula(self) -> Any:
        rows = self.area.getFormulaArray()
        return rows[0][0] if len(self) == 1 else rows

    @formula.setter
    def formula(self, value: Any) -> None:
        self._app.engine.calls.count("formula")
        rows = [[value]] if isinstance(value, str) else value
        self.area.setFormulaArray(tuple(tuple(map(_native, row)) for row in rows))

    @property
    def row_height(self) -> float:
        return round(self.area.Rows.getByIndex(0).Height / _POINT, 1)

    @row_height.setter
    def row_height(self, points: float) -> None:
        self._app.engine.calls.count("row_height")
        self.area.Rows.Height = round(points * _POINT)

    def copy(self, destination: Any = None) -> None:
        self._app.copied = self

    def paste(
        self, paste: Any = None, operation: Any = None, skip_blanks: bool = False, transpose: bool = False
    ) -> None:
        """Formats, or dropdowns, of one row laid over all rows."""
        self._app.engine.calls.count(f"paste {paste}")
        model = self._app.copied
        if paste == "validation":
            for c in range(self.shape[1]):
                column = self.area.getCellRangeByPosition(c, 0, c, self.shape[0] - 1)
                column.Validation = model.area.getCellByPosition(c, 0).Validation
            return
        assert paste == "formats"
        contents, sheet = self.area.getFormulaArray(), self.sheet.sheet
        done = 0
        while done < self.shape[0]:  # each time as many rows as there are already
            rows = min(max(done, 1), self.shape[0] - done)
            source = self.area.getCellRangeByPosition(0, 0, self.shape[1] - 1, rows - 1) if done else model.area
            sheet.copyRange(self.area.getCellByPosition(0, done).CellAddress, source.RangeAddress)
            done += rows
        self.area.clearContents(_CONTENTS | 8)  # the comments that were copied too
        self.area.setFormulaArray(contents)


def _native(formula: str) -> str:
    """A formula as LibreOffice's interface takes it: semicolons between arguments (not within quoted texts)."""
    return '"'.join(t if i % 2 else t.replace(",", ";") for i, t in enumerate(formula.split('"')))


def _typed(value: Any) -> str:
    """What a person would type to enter the value."""
    return (
        ""
        if value is None or isinstance(value, bool)
        else repr(value)
        if isinstance(value, float | int)
        else str(value)
    )


class Tables(base_classes.Tables):
    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet

    def __call__(self, name: str) -> Table:
        return Table(self.sheet, name, self.sheet.book.doc.DatabaseRanges.getByName(name))


class Table(base_classes.Table):
    def __init__(self, sheet: Sheet, name: str, area: Any) -> None:
        self.sheet, self._name, self.area = sheet, name, area

    name = property(lambda s: s._name)

    @property
    def range(self) -> Range:
        a = self.area.DataArea
        return self.sheet.range((a.StartRow + 1, a.StartColumn + 1), (a.EndRow + 1, a.EndColumn + 1))

    def resize(self, area: xw.Range) -> None:
        self.sheet.book.app.engine.calls.count("resize")
        self.area.setDataArea(area.impl.area.RangeAddress)


class Names(base_classes.Names):
    def __init__(self, book: Book) -> None:
        self.book = book

    def contains(self, name: str) -> bool:
        return bool(self.book.doc.NamedRanges.hasByName(name))

    def __call__(self, name: str) -> Name:
        return Name(self.book, self.book.doc.NamedRanges.getByName(name))


class Name(base_classes.Name):
    def __init__(self, book: Book, named: Any) -> None:
        self.book, self.named = book, named

    @property
    def refers_to(self) -> str:
        return "=" + str(self.named.Content).removeprefix("$").replace(".$", "!$", 1)

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.book.app.engine.calls.count("refers_to")
        sheet, _, area = value.removeprefix("=").rpartition("!")
        self.named.Content = f"${sheet}.{area}"
