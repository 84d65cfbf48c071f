"""From a returned workbook to rows of typed values: found by key and header text, never by position."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tjxl.fields.spec import Field, Spec
from tjxl.findings import Finding, finding
from tjxl.intake import values
from tjxl.intake.context import ExpectedRow
from tjxl.intake.values import Reading, squeeze
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import NumberClass, RawCell, SheetCells, from_serial
from tjxl.ooxml.refs import cell_ref
from tjxl.register import serial_of
from tjxl.settings import Settings
from tjxl.sheets.form_places import END_MARK

REPORT_SHEET = "填报"
_HEADER_SEARCH_ROWS = 60
_HEADER_MIN_TITLES = 5
# How many cells right of a label of the head its value may stand.
_HEAD_REACH = 3


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One task's row as the unit filled it in.

    Attributes:
        row: the true sheet row.
        values: typed value by field name (None blank or unreadable).
        cells: cell address by field name.
        originals: what stood in the cell, by field name, for fields that are filled; a date as a date.
        unreadable: fields that are filled but gave no value, or whose column is lost.
    """

    task_code: str
    row: int
    values: Mapping[str, Any]
    cells: Mapping[str, str]
    originals: Mapping[str, Any]
    unreadable: frozenset[str]


@dataclass(frozen=True, slots=True)
class ReadForm:
    """The sheet 填报 of one return. `head` and `head_cells` by head field name."""

    sheet: str
    head: Mapping[str, Any]
    head_cells: Mapping[str, str]
    head_unreadable: frozenset[str]
    rows: tuple[ReadRow, ...]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Header:
    row: int
    columns: dict[str, int]
    findings: tuple[Finding, ...]


class FormReader:
    """Reads the sheet 填报 of one workbook."""

    def __init__(self, book: Book, spec: Spec, settings: Settings, year: int) -> None:
        self.book, self.spec, self.settings, self.year = book, spec, settings, year
        self.sheet = ""
        self.cells: SheetCells = SheetCells({}, [], [], {})
        self.findings: list[Finding] = []

    def read(self) -> ReadForm:
        """The form's head and rows, with every finding of structure and value."""
        header = self._find_header()
        if header is None:
            self.findings.append(finding("R301", title=REPORT_SHEET, sheet=None))
            return ReadForm(REPORT_SHEET, {}, {}, frozenset(), (), tuple(self.findings))
        self.findings += header.findings
        head, head_cells, head_unreadable = self._read_head(header.row)
        rows = self._read_rows(header)
        return ReadForm(self.sheet, head, head_cells, head_unreadable, rows, tuple(self.findings))

    def _find_header(self) -> _Header | None:
        """The header row with the most known titles: in the sheet 填报, else in any other visible sheet."""
        candidates = sorted(
            (s for s in self.book.sheets.values() if not s.name.startswith("_")),
            key=lambda s: (s.name != REPORT_SHEET, s.state != "visible"),
        )
        titles = _title_index(self.spec.fields)
        for info in candidates:
            cells = self.book.cells(info.name)
            rows: dict[int, dict[int, str]] = {}
            for (row, column), cell in cells.cells.items():
                if row <= _HEADER_SEARCH_ROWS and isinstance(cell.value, str):
                    rows.setdefault(row, {})[column] = cell.value
            known = {r: sum(squeeze(t) in titles for t in texts.values()) for r, texts in rows.items()}
            best = max(known, key=lambda r: (known[r], -r), default=None)
            if best is not None and known[best] >= _HEADER_MIN_TITLES:
                self.sheet, self.cells = info.name, cells
                return self._header(best, rows[best], titles)
        return None

    def _header(self, row: int, texts: Mapping[int, str], titles: Mapping[str, Field]) -> _Header:
        columns: dict[str, int] = {}
        findings = []
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
        return _Header(row, columns, tuple(findings))

    def _read_head(self, header_row: int) -> tuple[dict[str, Any], dict[str, str], frozenset[str]]:
        """Each label's value stands in the cell to its right, or further off where a column was inserted."""
        labels = _title_index(self.spec.head)
        places: dict[str, tuple[int, int]] = {}
        for (row, column), cell in self.cells.cells.items():
            if row < header_row and isinstance(cell.value, str):
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

    def _read_rows(self, header: _Header) -> tuple[ReadRow, ...]:
        key_column = header.columns.get("task_code")
        if key_column is None:
            return ()
        by_row: dict[int, dict[int, RawCell]] = {}
        for (row, column), cell in self.cells.cells.items():
            if row > header.row:
                by_row.setdefault(row, {})[column] = cell
        out = []
        for row in sorted(by_row):
            key = by_row[row].get(key_column)
            code = squeeze(str(key.value)) if key is not None and key.value is not None else ""
            if code == END_MARK:
                break
            if code:
                out.append(self._read_row(code, row, by_row[row], header.columns))
            elif texts := self._unit_texts(by_row[row], header.columns):
                place = cell_ref(row, header.columns.get("serial_no", key_column))
                self.findings.append(
                    finding("R305", row=row, text="；".join(texts)[:80], sheet=self.sheet, cell=place)
                )
        return tuple(out)

    def _unit_texts(self, row: Mapping[int, RawCell], columns: Mapping[str, int]) -> list[str]:
        """What a person wrote in the columns to fill of a row without key."""
        unit = [columns[f.name] for f in self.spec.fields if f.owner == "unit" and f.name in columns]
        cells = (row[c] for c in sorted(unit) if c in row)
        return [str(c.value).strip() for c in cells if c.value is not None and str(c.value).strip()]

    def _read_row(self, code: str, row: int, cells: Mapping[int, RawCell], columns: Mapping[str, int]) -> ReadRow:
        typed: dict[str, Any] = {}
        addresses: dict[str, str] = {}
        originals: dict[str, Any] = {}
        unreadable = set()
        for field in self.spec.fields:
            column = columns.get(field.name)
            if column is None and field.owner == "unit":
                unreadable.add(field.name)  # said once, of the header: rules on it would repeat it row by row
            if column is None or field.owner == "check":
                continue
            cell = cells.get(column)
            addresses[field.name] = cell_ref(row, column)
            reading = self._reading(field, cell)
            typed[field.name] = reading.value
            if cell is not None and cell.value is not None:
                originals[field.name] = self._as_shown(cell)
            if field.owner != "unit":
                continue
            if reading.finding is not None:
                place = {"sheet": self.sheet, "cell": addresses[field.name], "field": field.name, "task": code}
                self.findings.append(reading.finding.at(**place))
            if reading.unreadable:
                unreadable.add(field.name)
        return ReadRow(code, row, typed, addresses, originals, frozenset(unreadable))

    def _reading(self, field: Field, cell: RawCell | None) -> Reading:
        number = self._number_class(cell)
        if field.kind == "status":
            return values.read_status(cell, self.settings)
        if field.kind == "percent":
            return values.read_percent(cell, number)
        if field.kind == "date":
            return values.read_date(cell, number, self.year, self.book.date1904)
        if field.kind == "phone":
            return values.read_phone(cell)
        return values.read_text(cell, number, self.book.date1904)

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


def check_rows_present(
    form: ReadForm, expected: Mapping[str, ExpectedRow], spec: Spec
) -> tuple[tuple[ReadRow, ...], list[Finding]]:
    """The rows that answer for the unit's tasks, and what is wrong with the set of rows.

    Rows are known by their task code alone. Missing, repeated and foreign tasks are errors; a changed locked cell
    is a warning and the register's word stands (failure modes 5, 9, 10).
    """
    findings: list[Finding] = []
    by_task: dict[str, list[ReadRow]] = {}
    for row in form.rows:
        by_task.setdefault(row.task_code, []).append(row)
    kept = []
    for code, rows in by_task.items():
        number = serial_of(code) or code
        places = [_number_cell(r) for r in rows]
        at = {"sheet": form.sheet, "field": "task_code", "task": code}
        if code not in expected:
            findings.append(finding("R308", cell=places[0], number=number, **at))
        elif len(rows) > 1:
            cells = "、".join(places)
            findings.append(finding("R306", cell=places[1], number=number, count=len(rows), cells=cells, **at))
        else:
            kept.append(rows[0])
            findings += _changed_locked(form.sheet, rows[0], expected[code], spec)
    missing = [e.serial_no for c, e in expected.items() if c not in by_task]
    unkeyed = any(f.code == "R301" or (f.code == "R302" and f.field == "task_code") for f in form.findings)
    if missing and not unkeyed:
        findings.append(finding("R307", sheet=form.sheet, tasks="、".join(map(str, sorted(missing)))))
    return tuple(kept), findings


def _number_cell(row: ReadRow) -> str:
    """Where the unit sees which task a row is about: the column of the code itself is hidden."""
    return row.cells.get("serial_no", row.cells["task_code"])


def _changed_locked(sheet: str, row: ReadRow, expected: ExpectedRow, spec: Spec) -> list[Finding]:
    out = []
    for name, text in expected.locked.items():
        shown = row.values.get(name)
        if name in row.cells and squeeze(str(shown or "")) != squeeze(text):
            out.append(
                finding(
                    "R309",
                    sheet=sheet,
                    cell=row.cells[name],
                    field=name,
                    task=row.task_code,
                    value=row.originals.get(name),
                    column=spec.field(name).title,
                )
            )
    return out


def is_unfilled(form: ReadForm, expected: Mapping[str, ExpectedRow], spec: Spec) -> bool:
    """True when the unit has filled in nothing (failure mode 49: sent back as issued).

    Rows of tasks already completed come prefilled; they prove nothing unless the unit has no others.
    """
    unit = [f.name for f in spec.fields if f.owner == "unit"]
    filled = {r.task_code for r in form.rows if any(name in r.originals for name in unit)}
    carried = {c for c, e in expected.items() if e.prefilled}
    own = {r.task_code for r in form.rows} - carried
    return bool(form.rows) and not (filled & own if own else filled)


def head_date(form: ReadForm) -> dt.date | None:
    """填报日期, where it was read."""
    value = form.head.get("reported_on")
    return value if isinstance(value, dt.date) else None


def with_rows(form: ReadForm, rows: tuple[ReadRow, ...], extra: list[Finding]) -> ReadForm:
    """The form with these rows and further findings."""
    return dataclasses.replace(form, rows=rows, findings=(*form.findings, *extra))
