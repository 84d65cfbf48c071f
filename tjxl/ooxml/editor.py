"""Changing a workbook package: cells by sheet and address, rows by table and column title.

Collects edits, then writes one new package in which only the touched parts differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from tjxl.errors import PackageError
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.calculated import calculated_columns, continued
from tjxl.ooxml.cells import CellValue, SharedFormula
from tjxl.ooxml.edits import Change, Edit, Growth, NewRow, Put, PutFormula, Recalculated, Remove
from tjxl.ooxml.follow import follow_cell, follow_cells, follow_names, follow_rules, follow_table
from tjxl.ooxml.formula_refs import Moves
from tjxl.ooxml.parts import PackageEditor
from tjxl.ooxml.refs import MAX_ROW, Range, cell_ref
from tjxl.ooxml.sheet_text import SheetText
from tjxl.ooxml.splice import splice_sheet

_CALC_PR = re.compile(rb"<((?:[\w.-]+:)?)calcPr\b([^>]*?)(\s*/?)>")
_INSERT_ROW = re.compile(rb'\s+insertRow(?:Shift)?="[^"]*"')


@dataclass(frozen=True, slots=True)
class Collected:
    """The edits of a `BookEditor` so far, for who applies them in another way than `save`.

    Attributes:
        cells: sheet → (row, column) → edit.
        new_rows: sheet → row → model row.
        bottoms: table → its last row, where rows were appended.
        parts: names of whole parts that are replaced.
        template: whether rows are taken out or ranges made longer on their own, as in a template that is filled.
    """

    cells: Mapping[str, Mapping[tuple[int, int], Edit]]
    new_rows: Mapping[str, Mapping[int, NewRow]]
    bottoms: Mapping[str, int]
    parts: Set[str]
    template: bool


class BookEditor:
    """Edits of one workbook, applied together by `save`."""

    def __init__(self, content: bytes | Book) -> None:
        """A `Book` may be given where many files are made from one template: it is parsed once."""
        self.book = content if isinstance(content, Book) else Book(content)
        self._edits: dict[str, dict[tuple[int, int], Edit]] = {}
        self._new_rows: dict[str, dict[int, NewRow]] = {}
        self._bottom: dict[str, int] = {}
        self._free: dict[str, int] = {}
        self._parts: dict[str, bytes | None] = {}
        self._dropped: dict[str, frozenset[int]] = {}
        self._grown: dict[str, list[Growth]] = {}
        self._formulas: dict[str, dict[int, SharedFormula]] = {}
        self._continued: dict[str, dict[tuple[int, int], str]] = {}

    @property
    def changed(self) -> bool:
        """True when `save` would write something different."""
        return any(self._edits.values()) or bool(self._parts or self._bottom or self._dropped or self._grown)

    @property
    def collected(self) -> Collected:
        """All edits so far."""
        template = bool(self._dropped or self._grown)
        return Collected(self._edits, self._new_rows, self._bottom, self._parts.keys(), template)

    def edit(self, sheet: str, row: int, column: int, edit: Edit) -> None:
        """Set one cell (the last edit of a cell counts)."""
        self._edits.setdefault(sheet, {})[row, column] = edit

    def edits(self, sheet: str) -> Mapping[tuple[int, int], Edit]:
        """The edits of a sheet so far."""
        return self._edits.get(sheet, {})

    def table(self, name: str) -> Table:
        """A table as it stands in the file.

        Raises:
            PackageError: E312, the workbook has no such table.
        """
        table = self.book.tables.get(name)
        if table is None:
            raise PackageError("E312", table=name)
        return table

    def last_row(self, name: str) -> int:
        """The last data row of a table, rows appended so far included."""
        return self._bottom.get(name, self.table(name).last_row)

    def new_row(self, sheet: str, row: int, like: NewRow) -> None:
        """Make a row that the sheet does not have, with the looks of a model row; fill it by `edit`."""
        self._new_rows.setdefault(sheet, {})[row] = like

    def drop_rows(self, sheet: str, rows: frozenset[int]) -> None:
        """Take rows out (a template's model rows). Rows below do not move up."""
        self._dropped[sheet] = rows

    def grow(self, sheet: str, area: Range, bottom: int) -> None:
        """A range becomes longer: colours, validations, filters and names that end with it follow."""
        self._grown.setdefault(sheet, []).append(Growth(area, bottom))

    def set_part(self, name: str, content: bytes) -> None:
        """Replace a whole part (for example a chart)."""
        self._parts[name] = content

    def append_rows(self, name: str, rows: Sequence[Mapping[str, CellValue]]) -> list[int]:
        """Add rows (title → value) under the last filled row of a table; the table grows as needed.

        Titles that the table does not have are an error of the caller; columns not named stay empty, or get the
        formula of their calculated column, without a value (`unvalued`). Blank rows at the table's end are used
        first: an empty table has one. A row is blank in which nothing was entered, whatever its formulas show.

        Returns:
            The sheet rows written.

        Raises:
            PackageError: E311 the table has a totals row; E310 something else stands below it, E315 merged cells do;
                E316 the sheet has no more rows.
        """
        table = self.table(name)
        if not rows:
            return []
        if table.totals_rows:
            raise PackageError("E311", sheet=table.sheet)
        if name not in self._free:
            filled = self.book.text(table.sheet).last_filled(_data_area(table))
            self._free[name] = (filled or table.first_row - 1) + 1
            self._formulas[name] = calculated_columns(self.book, table)
        start = self._free[name]
        numbers = list(range(start, start + len(rows)))
        self._refuse_occupied(table, numbers[-1])
        edits = self._edits.setdefault(table.sheet, {})
        new_rows = self._new_rows.setdefault(table.sheet, {})
        columns, like = table.columns, NewRow(table.last_row)
        for number, row in zip(numbers, rows, strict=True):
            if number > table.last_row:
                new_rows[number] = like
            else:  # a row that was taken out comes back with its looks
                edits.update({place: Put(None) for place in _row(table, number) if edits.get(place) == Remove()})
            for title, value in row.items():
                if value is not None and value != "":
                    edits[number, columns[title]] = Put(value)
        if self._formulas[name]:
            self._calculate(table, numbers)
        self._free[name] = start + len(rows)
        self._bottom[name] = max(self.last_row(name), start + len(rows) - 1)
        return numbers

    def _calculate(self, table: Table, numbers: Sequence[int]) -> None:
        """Fill calculated columns of appended rows; what was given or stands there as a formula stays."""
        edits, text = self._edits[table.sheet], self.book.text(table.sheet)
        for column, origin in self._formulas[table.name].items():
            for row in numbers:
                kept = row <= table.last_row and text.formula(row, column) is not None
                if isinstance(edits.get((row, column)), Put) and edits[row, column] != Put(None):
                    continue
                if not kept or (row, column) in edits:
                    formula = continued(origin, row, column)
                    edits[row, column] = PutFormula(formula, None, valued=False)
                    self._continued.setdefault(table.sheet, {})[row, column] = formula

    def unvalued(self) -> list[tuple[str, int, int]]:
        """Formulas to be written whose value nobody has computed yet: sheet, row, column."""
        self._settle()
        return [
            (sheet, *place)
            for sheet, places in self._continued.items()
            for place in sorted(places)
            if isinstance(edit := self._edits[sheet].get(place), PutFormula) and not edit.valued
        ]

    def following(self) -> Callable[[str, int, str], str]:
        """Sheet, row and text of a formula in the file → the text that will stand there after the edits so far."""
        moves = self._moves()
        last_rows = "|".join({str(g.area.bottom) for growths in moves.values() for g in growths})
        ends = re.compile(rf":\$?[A-Za-z]{{1,3}}\$?(?:{last_rows})(?![0-9])")

        def followed(sheet: str, row: int, formula: str) -> str:
            """Hardly any range ends on a row that moves: the others are not taken apart."""
            return follow_cell(formula, sheet, row, moves) if moves and ends.search(formula) else formula

        return followed

    def _moves(self) -> dict[str, list[Growth]]:
        """Sheet → the ranges on it whose last row moves."""
        moves = {sheet: list(growths) for sheet, growths in self._grown.items()}
        for name, bottom in self._bottom.items():
            table = self.table(name)
            if bottom != table.last_row:
                moves.setdefault(table.sheet, []).append(Growth(table.range, bottom))
        return moves

    def _settle(self) -> None:
        """Formulas of appended rows refer to the table as it is by now."""
        moves = self._moves()
        for sheet, places in self._continued.items():
            edits = self._edits[sheet]
            for place, formula in places.items():
                edit = edits.get(place)
                if isinstance(edit, PutFormula):
                    edits[place] = replace(edit, text=follow_cell(formula, sheet, place[0], moves))

    def shrink_table(self, name: str, rows: int) -> None:
        """Take the last `rows` data rows out of a table: the way back of `append_rows`.

        The table, its filter and whatever ends on its last row (colours, validations, names) follow back. Only the
        table's own cells go, whoever filled them in; what stands beside the table in these rows stays, and nothing
        below moves up. A table keeps at least one data row, as Excel asks: the first is emptied, but for the
        formulas of its calculated columns, and stays. Rows may be appended afterwards; before, they may not.

        Raises:
            PackageError: E311 the table has a totals row.
            ValueError: the table has fewer rows, or rows were appended: a fault of the caller.
        """
        table = self.table(name)
        last = self.last_row(name)
        if last > table.last_row or not 0 <= rows <= last - table.first_row + 1:
            raise ValueError(f"{rows} rows of {name}")
        if not rows:
            return
        if table.totals_rows:
            raise PackageError("E311", sheet=table.sheet)
        edits = self._edits.setdefault(table.sheet, {})
        bottom = last - rows
        calculated = calculated_columns(self.book, table)
        for row in range(max(bottom + 1, table.first_row + 1), last + 1):
            edits.update(dict.fromkeys(_row(table, row), Remove()))
        if (
            bottom < table.first_row
        ):  # its formulas stay, as in a new table: some programs know a column by them alone
            for place in _row(table, table.first_row):
                origin = calculated.get(place[1])
                edits[place] = Put(None) if origin is None else PutFormula(continued(origin, *place), None)
        self._free[name] = bottom + 1
        self._formulas[name] = calculated
        self._bottom[name] = max(bottom, table.first_row)

    def _refuse_occupied(self, table: Table, bottom: int) -> None:
        text = self.book.text(table.sheet)
        if bottom > MAX_ROW:
            raise PackageError("E316", sheet=table.sheet)
        left, right = table.range.left, table.range.right
        for row in text.rows_between(table.last_row + 1, bottom):
            if text.used(row, left, right):
                raise PackageError("E310", sheet=table.sheet, row=row)
        for area in text.merged if bottom > table.last_row else ():
            if table.last_row < area.bottom and area.top <= bottom and area.left <= right and left <= area.right:
                raise PackageError("E315", sheet=table.sheet, row=area.top)

    def save(self, level: int = 6) -> bytes:
        """The changed package, its changed parts deflated at this level.

        Raises:
            PackageError: E305, a part cannot be changed safely; E317, a cell to be changed is part of an array
                formula or data table; E318, the workbook is signed; E319, it is shared in the old way, with a list
                of changes.
        """
        changes: dict[str, bytes | None] = dict(self._parts)
        self._settle()
        moves = self._moves()
        for name, bottom in self._bottom.items():
            table = self.table(name)
            changes[table.part] = _filled_table(self.book.package.read(table.part), Growth(table.range, bottom))
        overwritten = False
        touched = [*self._edits, *self._new_rows, *self._dropped, *moves]
        for sheet in dict.fromkeys([*touched, *(self.book.sheets if moves else ())]):
            own = sheet in touched
            try:
                text = self.book.text(sheet)
            except PackageError:
                if own:
                    raise
                continue  # a sheet that only might refer to a moved range
            xml, replaced = self._spliced(sheet, text, moves)
            if own or xml != text.xml:
                changes[self.book.sheets[sheet].part] = xml
            overwritten |= replaced
        read = self.book.package.read
        changes = {n: c for n, c in changes.items() if c is None or n not in self.book.package or read(n) != c}
        if changes:
            self._refuse_unsafe()
            changes = self._workbook_part(moves) | changes
        if overwritten:
            changes |= self._without_calculation_chain()
        return self.book.package.rewritten(changes, level)

    def _spliced(self, sheet: str, text: SheetText, moves: Moves) -> tuple[bytes, bool]:
        """The sheet with its edits and what follows moved ranges; whether a formula went."""
        edits: dict[tuple[int, int], Change] = dict(self.edits(sheet))
        dropped = self._dropped.get(sheet, frozenset())
        for place, reworded in follow_cells(text, sheet, moves).items():
            old = edits.get(place)
            if old is None or isinstance(old, Recalculated):
                edits[place] = replace(reworded, value=old)
        gone = [p for p, e in edits.items() if isinstance(e, Put | PutFormula | Remove)] if text.has_formulas else []
        self._refuse_parts_of_blocks(sheet, text, gone, dropped)
        by_row: dict[int, set[int]] = {}
        for row, column in gone:
            by_row.setdefault(row, set()).add(column)
        overwritten = any(not columns.isdisjoint(text.formula_columns(row)) for row, columns in by_row.items())
        overwritten |= any(text.formula_columns(row) for row in dropped)
        xml = splice_sheet(
            text,
            edits,
            new_rows=self._new_rows.get(sheet),
            dropped=dropped,
            growth=moves.get(sheet, ()),
            date1904=self.book.date1904,
        )
        return follow_rules(xml, sheet, moves), overwritten

    def _refuse_parts_of_blocks(
        self, sheet: str, text: SheetText, gone: Sequence[tuple[int, int]], dropped: frozenset[int]
    ) -> None:
        """An array formula goes whole or not at all."""
        if not gone and not dropped:
            return
        places = set(gone)
        for area in text.blocks:
            hit = {
                (row, column)
                for row in range(area.top, area.bottom + 1)
                for column in range(area.left, area.right + 1)
                if row in dropped or (row, column) in places
            }
            if hit and len(hit) < (area.bottom - area.top + 1) * (area.right - area.left + 1):
                raise PackageError("E317", sheet=sheet, cell=cell_ref(*min(hit)))

    def _refuse_unsafe(self) -> None:
        package = self.book.package
        if any(kind.endswith("/digital-signature/origin") for _, kind in package.relations("").values()):
            raise PackageError("E318")
        if any(kind.endswith("/revisionHeaders") for _, kind in package.relations(package.workbook_part).values()):
            raise PackageError("E319")

    def _workbook_part(self, moves: Moves) -> dict[str, bytes | None]:
        """Names that end with a grown table follow it; other people's formulas recalculate on opening."""
        name = self.book.package.workbook_part
        old = self.book.package.read(name)
        new = follow_names(old, moves) if moves else old
        new = _CALC_PR.sub(_recalculating, new, count=1)
        return {name: new} if new != old else {}

    def _without_calculation_chain(self) -> dict[str, bytes | None]:
        """A chain that names a cell without formula makes Excel offer a repair; without a chain it builds one."""
        parts = PackageEditor(self.book.package)
        chain = parts.related(parts.workbook_part, "calcChain")
        if chain is not None:
            parts.unrelate(parts.workbook_part, chain[0])
            parts.remove(chain[1])
        return parts.changes


def _row(table: Table, row: int) -> list[tuple[int, int]]:
    return [(row, column) for column in range(table.range.left, table.range.right + 1)]


def _data_area(table: Table) -> Range:
    return Range(table.first_row, table.range.left, table.last_row, table.range.right)


def _filled_table(xml: bytes, growth: Growth) -> bytes:
    """The table part with rows to a new last one; Excel marks an empty table's blank row, which is now a row."""
    xml = _INSERT_ROW.sub(b"", xml)
    if growth.bottom == growth.area.bottom:
        return xml
    new = follow_table(xml, growth)
    if new == xml:
        raise PackageError("E305")
    return new


def _recalculating(m: re.Match[bytes]) -> bytes:
    attributes = re.sub(rb'\s+fullCalcOnLoad="[^"]*"', b"", m[2])
    return b"<" + m[1] + b"calcPr" + attributes + b' fullCalcOnLoad="1"' + m[3] + b">"
