"""From a returned workbook to rows of typed values: found by key and header text, never by position."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from tjxl.errors import PackageError
from tjxl.fields.spec import PARTS, Field, Part, Spec
from tjxl.findings import Finding, finding
from tjxl.formats.workbook import Workbook
from tjxl.intake.cellreader import CellReader, ReadCell
from tjxl.intake.context import Expected
from tjxl.intake.guard import most_rows
from tjxl.intake.headers import Header, HeaderFinder, read_columns, title_index
from tjxl.intake.rowkeys import RowKeys, is_signature, is_totals
from tjxl.intake.surroundings import Surroundings, cell_text, is_filled, shortened
from tjxl.intake.values import BLANK, squeeze
from tjxl.ooxml.cells import RawCell, SheetCells
from tjxl.ooxml.refs import cell_ref, column_letters
from tjxl.register import task_of
from tjxl.settings import Settings
from tjxl.sheets.form_places import END_MARK
from tjxl.sheets.layout import answer_words

# How many cells right of a label of the head its value may stand.
_HEAD_REACH = 3


class RowCells(Mapping[str, str]):
    """The cell address of each field of a row; all rows of a sheet share the letters of its columns."""

    __slots__ = ("_letters", "_row")

    def __init__(self, letters: Mapping[str, str], row: int) -> None:
        self._letters, self._row = letters, row

    def __getitem__(self, name: str) -> str:
        return f"{self._letters[name]}{self._row}"

    def __iter__(self) -> Iterator[str]:
        return iter(self._letters)

    def __len__(self) -> int:
        return len(self._letters)


@dataclass(frozen=True, slots=True)
class ReadRow:
    """One row as the unit filled it in.

    Attributes:
        code: the row's key: `T010`, `T010-M1`, `T005-K1`; task_code: the task it belongs to.
        row: the true sheet row.
        values: typed value by field name; blank and unreadable fields are not in it.
        cells: cell address by field name.
        unread: by field name, what stood in cells whose value is another, or none: ask `original`.
        unreadable: fields that are filled but gave no value, or whose column is lost.
        conflict: the code that 序号 and text name instead; None where they do not speak against `code`.
        waits: a question concerns the row although its cell stands in another one.
    """

    code: str
    task_code: str
    row: int
    values: Mapping[str, Any]
    cells: Mapping[str, str]
    unread: Mapping[str, Any]
    unreadable: frozenset[str]
    conflict: str | None = None
    waits: bool = False

    def original(self, name: str) -> Any:
        """What stood in a field's cell, a date as a date; None for a blank one."""
        return self.unread[name] if name in self.unread else self.values.get(name)

    def only(self, names: Collection[str]) -> ReadRow:
        """The row with the values of these fields alone."""
        kept = {n: v for n, v in self.values.items() if n in names}
        unread = {n: v for n, v in self.unread.items() if n in names} if self.unread else _NOTHING
        own = (self.code, self.task_code, self.row, kept, self.cells, unread or _NOTHING)
        return ReadRow(*own, self.unreadable, self.conflict, self.waits)


_NOTHING: Mapping[str, Any] = {}
_NONE: frozenset[str] = frozenset()


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


class FormReader:
    """Reads the sheets of rows of one workbook: 填报, and 节点 and 指标 where the unit owes such rows.

    `without` names sheets that forms of this age did not have.
    """

    def __init__(
        self,
        book: Workbook,
        specs: Mapping[Part, Spec],
        settings: Settings,
        year: int,
        expected: Expected,
        *,
        without: frozenset[Part] = frozenset(),
        as_of: dt.date | None = None,
    ) -> None:
        self.book, self.expected = book, expected
        self.specs = {part: specs[part] for part in PARTS if part == "report" or expected.get(part)}
        self.headers, self.without = HeaderFinder(book, self.specs), without
        self.cells = CellReader(book, settings, year, as_of)

    def read(self) -> ReadForm:
        """The form's head and rows, with every finding of structure and value.

        Raises:
            PackageError: E306, E314, a sheet is too large to be read.
        """
        sheets: dict[Part, ReadSheet] = {}
        findings: list[Finding] = []
        head: tuple[dict[str, Any], Mapping[str, str], frozenset[str]] = ({}, {}, frozenset())
        for part, spec in self.specs.items():
            readers = [_SheetReader(self, part, header) for header in self.headers.find(part)]
            if not readers:
                sheets[part] = ReadSheet(spec.sheet, (), False)
                findings += [] if part in self.without else [self._lost_sheet(part)]
                continue
            reader, doubt = _chosen(readers, spec)
            if part == "report":
                head = reader.read_head()
            sheets[part] = reader.read()
            findings += [*doubt, *reader.findings]
        return ReadForm(sheets, *head, tuple(findings))

    def _lost_sheet(self, part: Part) -> Finding:
        title = self.specs[part].sheet
        if part == "report":
            return finding("R301", title=title)
        return finding("R313", title=title, count=len(self.expected[part]))


def _chosen(readers: Sequence[_SheetReader], spec: Spec) -> tuple[_SheetReader, list[Finding]]:
    """Which of several sheets is the one (failure modes 30 and 41).

    A sheet that nobody has filled in is a copy kept aside, and so is one that says the same. Another unit's sheet
    cannot be proven here: its identity is not in this workbook.
    """
    first = readers[0]
    if len(readers) == 1:
        return first, first.hidden_sheet()
    units = {r.sheet: r.shown_unit() for r in readers}
    names = "、".join(f"「{r.sheet}」" for r in readers)
    if len({u for u in units.values() if u}) > 1:
        shown = "、".join(f"「{sheet}」{unit}" for sheet, unit in units.items() if unit)
        return first, [finding("I236", sheets=shown)]
    said = [(r, content) for r in readers if (content := r.unit_content())]
    if len(said) > 1 and any(content != said[0][1] for _, content in said):
        return first, [finding("R333", title=spec.sheet, sheets=names, value=names)]
    best = said[0][0] if said else first
    return best, [*best.hidden_sheet(), finding("R334", sheets=names, chosen=best.sheet, sheet=best.sheet)]


class _SheetReader:
    """Reads one sheet of rows."""

    def __init__(self, form: FormReader, part: Part, header: Header) -> None:
        self.spec, self.reader = form.specs[part], form.cells
        self.book, self.expected = form.book, form.expected.get(part, {})
        self.header, self.sheet, self.header_row = header, header.sheet, header.row
        self.cells: SheetCells = form.book.cells(header.sheet)
        self.above: dict[tuple[int, int], RawCell] = {}
        self.rows: dict[int, dict[int, RawCell]] = {}
        for (row, column), cell in self.cells.cells.items():
            if row > self.header_row:
                self.rows.setdefault(row, {})[column] = cell
            elif row < self.header_row:
                self.above[row, column] = cell
        untitled = ((c, cell) for line in self.rows.values() for c, cell in line.items() if c not in header.texts)
        filled = {column for column, cell in untitled if is_filled(cell)}
        found, self.findings = read_columns(header, self.spec, form.headers.titles[part], filled)
        self.columns, self.added, self.spoken_for = dict(found.at), found.added, found.spoken_for
        self.keys = RowKeys(self.spec, self.columns, self.expected)
        if self.spec.key.name not in self.columns and (place := self.keys.key_column(self.rows)) is not None:
            self.columns[self.spec.key.name] = place

    def read(self) -> ReadSheet:
        """The sheet's rows, and what stands around them that is not taken over."""
        rows, keyed = self._read_rows()
        known = {*self.columns.values(), *self.spoken_for}
        look = Surroundings(self.book, self.header, self.unit_columns, self.added, frozenset(known))
        rows = look.settle_merged(rows)
        self.findings += look.findings(rows, self._body_rows)
        return ReadSheet(self.sheet, rows, keyed)

    def hidden_sheet(self) -> list[Finding]:
        """A sheet that is hidden is read all the same; somebody may have meant otherwise."""
        if self.book.sheets[self.sheet].state == "visible":
            return []
        return [finding("R332", sheet=self.sheet)]

    def shown_unit(self) -> str:
        """填报单位 as it stands on the sheet."""
        place = self._head_places().get("unit")
        cell = self.cells.cells.get(place) if place else None
        return squeeze(str(cell.value or "")) if cell else ""

    def unit_content(self) -> Mapping[str, Mapping[str, Any]]:
        """What the unit has filled in, by row code and field: all of it, as it stands."""
        out: dict[str, dict[str, Any]] = {}
        for row in self._body_rows.values():
            code = self.keys.code_of(row) or self.keys.proven(row) or ""
            filled = {f.name: row[c].value for c, f in self.unit_columns.items() if c in row and is_filled(row[c])}
            if filled:
                out.setdefault(code, {}).update(filled)
        return out

    @cached_property
    def unit_columns(self) -> dict[int, Field]:
        """The columns that the unit fills in."""
        return {self.columns[f.name]: f for f in self.spec.unit_fields if f.name in self.columns}

    @cached_property
    def _body_rows(self) -> dict[int, dict[int, RawCell]]:
        """The rows between the header and the signature line, in their order."""
        key_column = self.columns.get(self.spec.key.name)
        out: dict[int, dict[int, RawCell]] = {}
        most = most_rows(len(self.expected))
        for number in sorted(self.rows):
            row = self.rows[number]
            key = row.get(key_column) if key_column else None
            if key is not None and key.value == END_MARK:
                break
            if not self.keys.code_of(row) and is_signature(row, self.spec):
                break
            if len(out) == most:
                raise PackageError("E314", sheet=self.sheet, count=most)
            out[number] = row
        return out

    def read_head(self) -> tuple[dict[str, Any], Mapping[str, str], frozenset[str]]:
        """The values of the head, their cells, and the fields that gave none."""
        places = self._head_places()
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
            cell = self.above.get((row, column))
            reading = self.reader.of(field, self.expected)(cell, "") if cell is not None else BLANK
            head[field.name] = reading.value
            if reading.finding is not None:
                place = {"sheet": self.sheet, "cell": addresses[field.name], "field": field.name}
                self.findings.append(reading.finding.at(**place))
            if reading.unreadable:
                unreadable.add(field.name)
        return head, _shared(tuple(addresses.items())), frozenset(unreadable) or _NONE

    def _head_places(self) -> dict[str, tuple[int, int]]:
        """Each label's value stands in the cell to its right, or further off where a column was inserted."""
        labels = title_index(self.spec.head)
        places: dict[str, tuple[int, int]] = {}
        for (row, column), cell in self.above.items():
            if isinstance(cell.value, str):
                field = labels.get(squeeze(cell.value).rstrip(":"))
                if field is not None:
                    places.setdefault(field.name, (row, self._value_column(row, column, labels)))
        return places

    def _value_column(self, row: int, label: int, labels: Mapping[str, Field]) -> int:
        """The first filled cell right of a label and before the next one; where all are blank, the nearest."""
        for column in range(label + 1, label + 1 + _HEAD_REACH):
            cell = self.above.get((row, column))
            if cell is not None and isinstance(cell.value, str) and squeeze(cell.value).rstrip(":") in labels:
                break
            if cell is not None and (cell.value is not None or cell.formula is not None):
                return column
        return label + 1

    def _read_rows(self) -> tuple[tuple[ReadRow, ...], bool]:
        """The rows, and whether each row with something in it could be told apart."""
        keyed = self.spec.key.name in self.columns
        out: list[ReadRow] = []
        proven_rows, strays = [], []
        for number, row in self._body_rows.items():
            code = self.keys.code_of(row)
            proven = None if code and self.keys.is_as_issued(code, row) else self.keys.proven(row)
            if code or proven:
                conflict = proven if code and proven and proven != code else None
                out.append(self._read_row(code or str(proven), number, row, conflict))
                proven_rows += [] if code else [out[-1]]
            elif content := self._content(row):
                if is_totals(content):
                    self._say(number, "R322", text=_joined(content), value=_joined(content))
                else:
                    strays.append((number, _joined(content)))
        if not keyed and (strays or not proven_rows):
            self.findings.append(
                finding("R302", column=self.spec.key.title, sheet=self.sheet, field=self.spec.key.name)
            )
            return tuple(out), False
        for number, text in strays:
            self._say(number, "R305", row=number, key=self.spec.key.title, text=shortened(text), value=text)
            self.findings[-1] = self.findings[-1].offering([(answer_words()["as_remark"], None)])
        if not keyed:
            title = self.spec.key.title
            self.findings.append(finding("R323", column=title, count=len(out), sheet=self.sheet))
            return tuple(out), True
        for read in proven_rows:
            self._say(read.row, "R321", key=self.spec.key.title, task=read.task_code)
        return tuple(out), True

    def _say(self, number: int, code: str, **facts: Any) -> None:
        """A finding about a row as a whole, at the first column that people see."""
        column = self.columns.get("serial_no", min(self.columns.values(), default=1))
        self.findings.append(finding(code, sheet=self.sheet, cell=cell_ref(number, column), **facts))

    def _content(self, row: Mapping[int, RawCell]) -> dict[int, RawCell]:
        """What a person wrote in the titled columns of a row without key."""
        titled = {*self.columns.values(), *self.added} - {self.columns.get("self_check")}
        return {c: row[c] for c in sorted(titled & row.keys()) if is_filled(row[c])}

    @cached_property
    def _fields(self) -> list[tuple[str, int, ReadCell, bool]]:
        """Name, column and way of reading of each field that has a column, and whether the unit fills it in."""
        return [
            (f.name, self.columns[f.name], self.reader.of(f, self.expected), f.owner == "unit")
            for f in self.spec.fields
            if f.name in self.columns and f.owner != "check"
        ]

    @cached_property
    def _letters(self) -> Mapping[str, str]:
        return _shared(tuple((name, column_letters(column)) for name, column, _, _ in self._fields))

    @cached_property
    def _lost(self) -> frozenset[str]:
        """Fields to fill without a column: said once, of the header, and not again row by row."""
        return frozenset(f.name for f in self.spec.unit_fields if f.name not in self.columns) or _NONE

    def _read_row(self, code: str, row: int, cells: Mapping[int, RawCell], conflict: str | None = None) -> ReadRow:
        values: dict[str, Any] = {}
        unread: dict[str, Any] = {}
        unreadable = []
        issued = self.expected.get(code)
        printed = issued.locked if issued is not None else _NOTHING
        task = issued.task_code if issued is not None else task_of(code)
        for name, column, read, of_unit in self._fields:
            cell = cells.get(column)
            if cell is None:
                continue
            if isinstance(cell.value, str) and cell.value == printed.get(name) and cell.kind == "text":
                values[name] = cell.value
                continue
            value, said = reading = read(cell, code)
            if value is not None:
                values[name] = value
            shown = cell.value if cell.value is value else self.reader.shown(cell)
            if shown is not None and (shown != value or type(shown) is not type(value)):
                unread[name] = shown
            if said is not None and of_unit:
                place = {"cell": cell_ref(row, column), "field": name, "task": task}
                self.findings.append(said.at(sheet=self.sheet, **place))
                unreadable += [name] if reading.unreadable else []
        lost = self._lost.union(unreadable) if unreadable else self._lost
        cells_of_row = RowCells(self._letters, row)
        return ReadRow(code, task, row, values, cells_of_row, unread or _NOTHING, lost, conflict)


@lru_cache(maxsize=64)
def _shared(places: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Columns or cells by field name, as one object for all forms where they are the same: most of a period."""
    return dict(places)


def _joined(cells: Mapping[int, RawCell]) -> str:
    return "；".join(map(cell_text, cells.values()))


def head_date(form: ReadForm) -> dt.date | None:
    """填报日期, where it was read."""
    value = form.head.get("reported_on")
    return value if isinstance(value, dt.date) else None
