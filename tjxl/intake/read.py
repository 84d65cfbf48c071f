"""From a returned workbook to rows of typed values: found by key and header text, never by position."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tjxl.fields.spec import PARTS, Field, Part, Spec
from tjxl.findings import Finding, finding
from tjxl.intake import values
from tjxl.intake.context import Expected
from tjxl.intake.quantities import Measured, read_quantity
from tjxl.intake.values import Reading, squeeze
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import NumberClass, RawCell, SheetCells, from_serial
from tjxl.ooxml.refs import cell_ref
from tjxl.register import task_of
from tjxl.settings import Settings
from tjxl.sheets.form_places import END_MARK

_HEADER_SEARCH_ROWS = 60
_HEADER_MIN_TITLES = 5
# How many cells right of a label of the head its value may stand.
_HEAD_REACH = 3


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as the unit filled it in.

    Attributes:
        code: the row's key: `T010`, `T010-M1`, `T005-K1`; task_code: the task it belongs to.
        row: the true sheet row.
        values: typed value by field name (None blank or unreadable).
        cells: cell address by field name.
        originals: what stood in the cell, by field name, for fields that are filled; a date as a date.
        unreadable: fields that are filled but gave no value, or whose column is lost.
    """

    code: str
    task_code: str
    row: int
    values: Mapping[str, Any]
    cells: Mapping[str, str]
    originals: Mapping[str, Any]
    unreadable: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadSheet:
    """One sheet of rows of a return, under the title it has there. `keyed` where its column of codes was found."""

    title: str
    rows: tuple[ReadRow, ...]
    keyed: bool


@dataclass(frozen=True, slots=True)
class ReadForm:
    """A return's sheets of rows, and the head that stands on 填报 (by head field name)."""

    sheets: Mapping[Part, ReadSheet]
    head: Mapping[str, Any]
    head_cells: Mapping[str, str]
    head_unreadable: frozenset[str]
    findings: tuple[Finding, ...]

    @property
    def report(self) -> ReadSheet:
        """The sheet 填报."""
        return self.sheets["report"]

    def with_rows(self, rows: Mapping[Part, tuple[ReadRow, ...]]) -> ReadForm:
        """The form with these rows."""
        sheets = {part: dataclasses.replace(s, rows=rows.get(part, ())) for part, s in self.sheets.items()}
        return dataclasses.replace(self, sheets=sheets)


@dataclass(frozen=True, slots=True)
class _Header:
    sheet: str
    row: int
    texts: Mapping[int, str]
    known: int


class FormReader:
    """Reads the sheets of rows of one workbook: 填报, and 节点 and 指标 where the unit owes such rows."""

    def __init__(
        self, book: Book, specs: Mapping[Part, Spec], settings: Settings, year: int, expected: Expected
    ) -> None:
        self.book, self.settings, self.year, self.expected = book, settings, year, expected
        self.specs = {part: specs[part] for part in PARTS if part == "report" or expected.get(part)}
        self._titles = {part: _title_index(spec.fields) for part, spec in self.specs.items()}
        self._headers: dict[str, dict[Part, _Header]] = {}

    def read(self) -> ReadForm:
        """The form's head and rows, with every finding of structure and value."""
        sheets: dict[Part, ReadSheet] = {}
        findings: list[Finding] = []
        head: tuple[dict[str, Any], dict[str, str], frozenset[str]] = ({}, {}, frozenset())
        for part, spec in self.specs.items():
            header = self._find_header(part)
            if header is None:
                sheets[part] = ReadSheet(spec.sheet, (), False)
                findings.append(self._lost_sheet(part))
                continue
            reader = _SheetReader(self, part, header)
            if part == "report":
                head = reader.read_head()
            sheets[part] = reader.read()
            findings += reader.findings
        return ReadForm(sheets, *head, tuple(findings))

    def _lost_sheet(self, part: Part) -> Finding:
        title = self.specs[part].sheet
        if part == "report":
            return finding("R301", title=title)
        return finding("R313", title=title, count=len(self.expected[part]))

    def _find_header(self, part: Part) -> _Header | None:
        """The sheet's header row: on the sheet of its title, else on any other, visible ones first.

        Some titles stand on more than one sheet of the form: a sheet is taken for what most of its titles say.
        """
        title = self.specs[part].sheet
        candidates = sorted(
            (s for s in self.book.sheets.values() if not s.name.startswith("_")),
            key=lambda s: (s.name != title, s.state != "visible"),
        )
        for info in candidates:
            headers = self._headers_of(info.name)
            if part in headers and headers[part].known == max(h.known for h in headers.values()):
                return headers[part]
        return None

    def _headers_of(self, sheet: str) -> dict[Part, _Header]:
        """The row of a sheet with the most titles of each sheet of the form, where they are enough for a header."""
        if sheet not in self._headers:
            rows: dict[int, dict[int, str]] = {}
            for (row, column), cell in self.book.cells(sheet).cells.items():
                if row <= _HEADER_SEARCH_ROWS and isinstance(cell.value, str):
                    rows.setdefault(row, {})[column] = cell.value
            found = {}
            for part, titles in self._titles.items():
                known = {r: sum(squeeze(t) in titles for t in texts.values()) for r, texts in rows.items()}
                best = max(known, key=lambda r: (known[r], -r), default=None)
                if best is not None and known[best] >= _HEADER_MIN_TITLES:
                    found[part] = _Header(sheet, best, rows[best], known[best])
            self._headers[sheet] = found
        return self._headers[sheet]


class _SheetReader:
    """Reads one sheet of rows."""

    def __init__(self, form: FormReader, part: Part, header: _Header) -> None:
        self.spec, self.settings, self.year = form.specs[part], form.settings, form.year
        self.book, self.expected = form.book, form.expected.get(part, {})
        self.sheet, self.header_row = header.sheet, header.row
        self.cells: SheetCells = form.book.cells(header.sheet)
        self.findings: list[Finding] = []
        self.columns = self._columns(header, form._titles[part])

    def read(self) -> ReadSheet:
        """The sheet's rows."""
        return ReadSheet(self.sheet, self._read_rows(), self.spec.key.name in self.columns)

    def _columns(self, header: _Header, titles: Mapping[str, Field]) -> dict[str, int]:
        columns: dict[str, int] = {}
        findings: list[Finding] = []
        row, texts = header.row, header.texts
        twice: dict[str, list[int]] = {}
        for column, text in sorted(texts.items()):
            field = titles.get(squeeze(text))
            if field is None:
                if text.strip():
                    findings.append(
                        finding("R304", column=text.strip(), sheet=self.sheet, cell=cell_ref(row, column))
                    )
            elif field.name in columns:
                twice.setdefault(field.name, [columns[field.name]]).append(column)
            else:
                columns[field.name] = column
                if squeeze(text) != squeeze(field.title):
                    place = {"sheet": self.sheet, "cell": cell_ref(row, column), "field": field.name}
                    findings.append(finding("R312", value=text.strip(), normalised=field.title, **place))
        for name, places in twice.items():
            cells = "、".join(cell_ref(row, c) for c in places)
            title = self.spec.field(name).title
            findings.append(finding("R303", column=title, cells=cells, sheet=self.sheet, field=name))
        for field in self.spec.fields:
            if field.name not in columns and (field.kind == "key" or field.owner == "unit"):
                findings.append(finding("R302", column=field.title, sheet=self.sheet, field=field.name))
        self.findings += findings
        return columns

    def read_head(self) -> tuple[dict[str, Any], dict[str, str], frozenset[str]]:
        """Each label's value stands in the cell to its right, or further off where a column was inserted."""
        labels = _title_index(self.spec.head)
        places: dict[str, tuple[int, int]] = {}
        for (row, column), cell in self.cells.cells.items():
            if row < self.header_row and isinstance(cell.value, str):
                field = labels.get(squeeze(cell.value).rstrip(":"))
                if field is not None:
                    places.setdefault(field.name, (row, self._value_column(row, column, labels)))
        head: dict[str, Any] = {}
        addresses: dict[str, str] = {}
        unreadable = set()
        for field in self.spec.head:
            if field.name not in places:
                if field.owner == "unit":
                    self.findings.append(finding("R311", label=field.title, sheet=self.sheet, field=field.name))
                    unreadable.add(field.name)
                continue
            row, column = places[field.name]
            addresses[field.name] = cell_ref(row, column)
            reading = self._reading(field, self.cells.cells.get((row, column)))
            head[field.name] = reading.value
            if reading.finding is not None:
                place = {"sheet": self.sheet, "cell": addresses[field.name], "field": field.name}
                self.findings.append(reading.finding.at(**place))
            if reading.unreadable:
                unreadable.add(field.name)
        return head, addresses, frozenset(unreadable)

    def _value_column(self, row: int, label: int, labels: Mapping[str, Field]) -> int:
        """The first filled cell right of a label and before the next one; where all are blank, the nearest."""
        for column in range(label + 1, label + 1 + _HEAD_REACH):
            cell = self.cells.cells.get((row, column))
            if cell is not None and isinstance(cell.value, str) and squeeze(cell.value).rstrip(":") in labels:
                break
            if cell is not None and (cell.value is not None or cell.formula is not None):
                return column
        return label + 1

    def _read_rows(self) -> tuple[ReadRow, ...]:
        key_column = self.columns.get(self.spec.key.name)
        if key_column is None:
            return ()
        by_row: dict[int, dict[int, RawCell]] = {}
        for (row, column), cell in self.cells.cells.items():
            if row > self.header_row:
                by_row.setdefault(row, {})[column] = cell
        out = []
        for row in sorted(by_row):
            key = by_row[row].get(key_column)
            code = squeeze(str(key.value)) if key is not None and key.value is not None else ""
            if code == END_MARK:
                break
            if code:
                out.append(self._read_row(code, row, by_row[row]))
            elif texts := self._unit_texts(by_row[row]):
                place = {"sheet": self.sheet, "cell": cell_ref(row, self.columns.get("serial_no", key_column))}
                text = "；".join(texts)[:80]
                self.findings.append(finding("R305", row=row, key=self.spec.key.title, text=text, **place))
        return tuple(out)

    def _unit_texts(self, row: Mapping[int, RawCell]) -> list[str]:
        """What a person wrote in the columns to fill of a row without key."""
        unit = [self.columns[f.name] for f in self.spec.unit_fields if f.name in self.columns]
        cells = (row[c] for c in sorted(unit) if c in row)
        return [str(c.value).strip() for c in cells if c.value is not None and str(c.value).strip()]

    def _read_row(self, code: str, row: int, cells: Mapping[int, RawCell]) -> ReadRow:
        task = task_of(code)
        typed: dict[str, Any] = {}
        addresses: dict[str, str] = {}
        originals: dict[str, Any] = {}
        unreadable = set()
        for field in self.spec.fields:
            column = self.columns.get(field.name)
            if column is None and field.owner == "unit":
                unreadable.add(field.name)  # said once, of the header: rules on it would repeat it row by row
            if column is None or field.owner == "check":
                continue
            cell = cells.get(column)
            addresses[field.name] = cell_ref(row, column)
            reading = self._reading(field, cell, code)
            typed[field.name] = reading.value
            if cell is not None and cell.value is not None:
                originals[field.name] = self._as_shown(cell)
            if field.owner != "unit":
                continue
            if reading.finding is not None:
                place = {"sheet": self.sheet, "cell": addresses[field.name], "field": field.name, "task": task}
                self.findings.append(reading.finding.at(**place))
            if reading.unreadable:
                unreadable.add(field.name)
        return ReadRow(code, task, row, typed, addresses, originals, frozenset(unreadable))

    def _reading(self, field: Field, cell: RawCell | None, code: str = "") -> Reading:
        number = self._number_class(cell)
        if field.kind == "choice":
            return values.read_choice(cell, field.choices)
        if field.kind == "number":
            return read_quantity(cell, number, self._measured(code))
        if field.kind == "status":
            return values.read_status(cell, self.settings)
        if field.kind == "percent":
            return values.read_percent(cell, number)
        if field.kind == "date":
            return values.read_date(cell, number, self.year, self.book.date1904)
        if field.kind == "phone":
            return values.read_phone(cell)
        return values.read_text(cell, number, self.book.date1904)

    def _measured(self, code: str) -> Measured:
        """What a number of this row counts; nothing is known of a row that is not the unit's."""
        facts = self.expected[code].facts if code in self.expected else {}
        return Measured(
            str(facts.get("measured_in") or "").replace("％", "%"), facts.get("target_value"), facts.get("measure")
        )

    def _as_shown(self, cell: RawCell) -> Any:
        """A cell's value; a number in a date format as the date that a person sees."""
        moment = None
        if isinstance(cell.value, float) and self._number_class(cell) == "date":
            moment = from_serial(cell.value, self.book.date1904)
        return moment.date() if moment else cell.value

    def _number_class(self, cell: RawCell | None) -> NumberClass:
        if cell is None or not isinstance(cell.value, float):
            return "general"
        classes = self.book.number_classes
        return classes[cell.style] if cell.style < len(classes) else "general"


def _title_index(fields: tuple[Field, ...]) -> dict[str, Field]:
    """Squeezed title or alias → field; a title outranks an alias."""
    index = {squeeze(alias): f for f in fields for alias in f.aliases}
    return index | {squeeze(f.title): f for f in fields}


def head_date(form: ReadForm) -> dt.date | None:
    """填报日期, where it was read."""
    value = form.head.get("reported_on")
    return value if isinstance(value, dt.date) else None
