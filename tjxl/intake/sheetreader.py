"""Reads one sheet of rows of a return: which rows are whose, and what the unit has filled in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from tjxl.errors import PackageError
from tjxl.fields.spec import Field, Spec
from tjxl.findings import Finding, finding
from tjxl.formats.workbook import Workbook
from tjxl.intake.cellreader import CellReader, ReadCell
from tjxl.intake.context import ExpectedRow
from tjxl.intake.formhead import FormHead, ReadHead
from tjxl.intake.guard import most_rows
from tjxl.intake.headers import Header, read_columns
from tjxl.intake.readform import NONE, NOTHING, ReadRow, ReadSheet, RowCells, shared
from tjxl.intake.rowkeys import RowKeys, is_signature, is_totals
from tjxl.intake.surroundings import Surroundings, cell_text, is_filled, shortened
from tjxl.ooxml.cells import RawCell
from tjxl.ooxml.refs import cell_ref, column_letters
from tjxl.register import task_of
from tjxl.sheets.form_places import END_MARK
from tjxl.sheets.layout import answer_words


class SheetReader:
    """Reads one sheet of rows."""

    def __init__(
        self,
        book: Workbook,
        spec: Spec,
        header: Header,
        reader: CellReader,
        *,
        titles: Mapping[str, Field],
        expected: Mapping[str, ExpectedRow],
    ) -> None:
        self.book, self.spec, self.reader, self.expected = book, spec, reader, expected
        self.header, self.sheet, self.header_row = header, header.sheet, header.row
        above: dict[tuple[int, int], RawCell] = {}
        self.rows: dict[int, dict[int, RawCell]] = {}
        for (row, column), cell in book.cells(header.sheet).cells.items():
            if row > self.header_row:
                self.rows.setdefault(row, {})[column] = cell
            elif row < self.header_row:
                above[row, column] = cell
        self.head = FormHead(header.sheet, spec.head, above)
        untitled = ((c, cell) for line in self.rows.values() for c, cell in line.items() if c not in header.texts)
        filled = {column for column, cell in untitled if is_filled(cell)}
        found, self.findings = read_columns(header, self.spec, titles, filled)
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
        return self.head.shown("unit")

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

    def read_head(self) -> ReadHead:
        """The head above the rows; what is wrong with it is among the findings."""
        head, findings = self.head.read(self.reader, self.expected)
        self.findings += findings
        return head

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
        return shared(tuple((name, column_letters(column)) for name, column, _, _ in self._fields))

    @cached_property
    def _lost(self) -> frozenset[str]:
        """Fields to fill without a column: said once, of the header, and not again row by row."""
        return frozenset(f.name for f in self.spec.unit_fields if f.name not in self.columns) or NONE

    def _read_row(self, code: str, row: int, cells: Mapping[int, RawCell], conflict: str | None = None) -> ReadRow:
        values: dict[str, Any] = {}
        unread: dict[str, Any] = {}
        unreadable = []
        issued = self.expected.get(code)
        printed = issued.locked if issued is not None else NOTHING
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
        return ReadRow(code, task, row, values, cells_of_row, unread or NOTHING, lost, conflict)


def _joined(cells: Mapping[int, RawCell]) -> str:
    return "；".join(map(cell_text, cells.values()))
