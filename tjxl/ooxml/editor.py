"""Changing a workbook package: cells by sheet and address, rows by table and column title.

Collects edits, then writes one new package in which only the touched parts differ.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from tjxl.errors import PackageError
from tjxl.ooxml.anchored import anchored_rows
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.calculated import calculated_columns, continued
from tjxl.ooxml.cells import CellValue, SharedFormula
from tjxl.ooxml.edits import Change, Edit, Growth, NewRow, Put, PutFormula, Recalculated, Remove
from tjxl.ooxml.follow import follow_cell, follow_cells, follow_names, follow_rules, follow_table
from tjxl.ooxml.formula_refs import Moves
from tjxl.ooxml.parts import PackageEditor
from tjxl.ooxml.pending import AppendedRow, Pending
from tjxl.ooxml.rawzip import Member, deflate
from tjxl.ooxml.records import Records, as_records
from tjxl.ooxml.refs import MAX_ROW, Range, cell_ref
from tjxl.ooxml.sheet_text import SheetText
from tjxl.ooxml.splice import Spliced, splice_sheet
from tjxl.ooxml.view import shown_from

_NONE: Pending[Edit] = Pending()
_CALC_PR = re.compile(rb"<((?:[\w.-]+:)?)calcPr\b([^>]*?)(\s*/?)>")
_INSERT_ROW = re.compile(rb'\s+insertRow(?:Shift)?="[^"]*"')


@dataclass(frozen=True, slots=True)
class Collected:
    """The edits of a `BookEditor` so far, for who applies them in another way than `save`.

    Attributes:
        cells: sheet → (row, column) → edit.
        refilled: table → rows inside it that were blank and have no looks of their own, where rows were appended.
        bottoms: table → its last row, where rows were appended.
        heights: sheet → row that the file has → the height in points that it is given.
        parts: names of whole parts that are replaced.
        template: whether rows are taken out or ranges made longer on their own, as in a template that is filled.
    """

    cells: Mapping[str, Mapping[tuple[int, int], Edit]]
    refilled: Mapping[str, Sequence[int]]
    bottoms: Mapping[str, int]
    heights: Mapping[str, Mapping[int, float]]
    parts: Set[str]
    template: bool


class BookEditor:
    """Edits of one workbook, applied together by `save`."""

    def __init__(self, content: bytes | Book) -> None:
        """A `Book` may be given where many files are made from one template: it is parsed once."""
        self.book = content if isinstance(content, Book) else Book(content)
        self._edits: dict[str, Pending[Edit]] = {}
        self._new_rows: dict[str, dict[int, NewRow]] = {}
        self._refilled: dict[str, list[int]] = {}
        self._models: dict[str, int] = {}
        self._bottom: dict[str, int] = {}
        self._free: dict[str, int] = {}
        self._shown_from: dict[str, int] = {}
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
        heights = {
            sheet: {r: new.height for r, new in rows.items() if new.height is not None and r in there}
            for sheet, rows in self._new_rows.items()
            for there in (self.book.text(sheet).spans,)
        }
        return Collected(self._edits, self._refilled, self._bottom, heights, self._parts.keys(), template)

    def edit(self, sheet: str, row: int, column: int, edit: Edit) -> None:
        """Set one cell (the last edit of a cell counts)."""
        self._of(sheet).row(row)[column] = edit

    def edits(self, sheet: str) -> Pending[Edit]:
        """The edits of a sheet so far."""
        return self._edits.get(sheet, _NONE)

    def _of(self, sheet: str) -> Pending[Edit]:
        found = self._edits.get(sheet)
        if found is None:
            found = self._edits[sheet] = Pending()
        return found

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

    def model_row(self, name: str) -> int:
        """The row of a table in the file whose looks new rows take: blank ones may have lost theirs."""
        if name not in self._models:
            table = self.table(name)
            self._models[name] = self.book.text(table.sheet).model_row(table.data)
        return self._models[name]

    def dressed(self, name: str, row: int) -> bool:
        """Whether a row of the file is one of a table's and has looks there."""
        table = self.table(name)
        return row <= table.last_row and self.book.text(table.sheet).has_cells(row, _columns(table))

    def new_row(self, sheet: str, row: int, like: NewRow) -> None:
        """Make a row that the sheet does not have, with the looks of a model row; fill it by `edit`.

        One that it has takes the height alone.
        """
        self._new_rows.setdefault(sheet, {})[row] = like

    def height(self, sheet: str, row: int) -> float:
        """The height of a row in points, as it was given here, or as the file says it; 0 where neither says one."""
        new = self._new_rows.get(sheet, {}).get(row)
        height = new.height if new is not None else None
        return self.book.text(sheet).height(row) if height is None else height

    def show_from(self, sheet: str, row: int) -> None:
        """Scroll a sheet to a row, below those that stay in view. An open workbook is scrolled by who looks at it."""
        self._shown_from[sheet] = row

    def drop_rows(self, sheet: str, rows: frozenset[int]) -> None:
        """Take rows out (a template's model rows). Rows below do not move up."""
        self._dropped[sheet] = rows

    def grow(self, sheet: str, area: Range, bottom: int) -> None:
        """A range becomes longer: colours, validations, filters and names that end with it follow."""
        self._grown.setdefault(sheet, []).append(Growth(area, bottom))

    def set_part(self, name: str, content: bytes) -> None:
        """Replace a whole part (for example a chart)."""
        self._parts[name] = content

    def append_rows(
        self,
        name: str,
        rows: Sequence[Mapping[str, CellValue]] | Records,
        titles: Mapping[str, str] | None = None,
        *,
        gaps: bool = False,
    ) -> list[int]:
        """Add rows (title → value) under the last filled row of a table; the table grows as needed.

        Titles that the table does not have are an error of the caller; columns not named stay empty, or get the
        formula of their calculated column, without a value (`unvalued`). Blank rows at the table's end are used
        first: an empty table has one. A row is blank in which nothing was entered, whatever its formulas show.

        Args:
            titles: the title behind each name that the rows use, where these are others; names without one are left
                out.
            gaps: rows above the last filled one in which nothing stands, from edge to edge of the sheet, are filled
                before all others, from above.

        Returns:
            The sheet rows written, ascending.

        Raises:
            PackageError: E311 the table has a totals row; E310 something else stands below it, E315 merged cells do;
                E316 the sheet has no more rows.
        """
        table, records = self.table(name), as_records(rows)
        count = len(records.rows)
        if not count:
            return []
        if table.totals_rows:
            raise PackageError("E311", sheet=table.sheet)
        if name not in self._free:
            filled = self.book.text(table.sheet).last_filled(table.data)
            self._free[name] = (filled or table.first_row - 1) + 1
            self._formulas[name] = calculated_columns(self.book, table)
        start = self._free[name]
        numbers = self._gaps(table, start)[:count] if gaps else []
        inside = len(numbers)
        numbers += range(start, start + count - inside)
        self._refuse_occupied(table, numbers[-1])
        self._put_rows(table, numbers, inside, _appended(records, table, titles))
        if self._formulas[name]:
            self._calculate(table, numbers)
        self._free[name] = start + count - inside
        self._bottom[name] = max(self.last_row(name), numbers[-1])
        return numbers

    def _put_rows(self, table: Table, numbers: Sequence[int], inside: int, rows: Sequence[AppendedRow]) -> None:
        """Make the edits of appended rows, the first `inside` of which fill gaps."""
        pending, new_rows = self._of(table.sheet), self._new_rows.setdefault(table.sheet, {})
        refilled = self._refilled.setdefault(table.name, [])
        like, there = NewRow(self.model_row(table.name)), self.book.text(table.sheet).spans
        for place, (number, row) in enumerate(zip(numbers, rows, strict=True)):
            bare = number > table.last_row or place < inside or not self.dressed(table.name, number)
            if bare:
                new_rows[number] = like
                if number <= table.last_row:
                    refilled.append(number)
            if bare and number not in there and number not in pending.rows:
                pending.append(number, row)
            else:  # cells that are lacking take the model row's looks; those that were taken out keep theirs
                edits, lacking = pending.row(number), Remove() if bare else None
                edits |= {column: Put(None) for column in _columns(table) if edits.get(column, lacking) == Remove()}
                edits |= row

    def _gaps(self, table: Table, start: int) -> list[int]:
        """The rows of a table above `start` in which nothing stands, is to be written, is commented on or linked."""
        found = self.book.text(table.sheet).blank_rows(table.first_row, start - 1)
        if not found:
            return []
        taken = {row for row, _ in self._edits.get(table.sheet, ())} | set(self._new_rows.get(table.sheet, ()))
        taken |= {row for row, _ in self.book.comments(table.sheet)} | anchored_rows(self.book, table)
        return [row for row in found if row not in taken]

    def _calculate(self, table: Table, numbers: Sequence[int]) -> None:
        """Fill calculated columns of appended rows; what was given or stands there as a formula stays."""
        pending, text = self._of(table.sheet), self.book.text(table.sheet)
        for column, origin in self._formulas[table.name].items():
            for row in numbers:
                kept = row <= table.last_row and text.formula(row, column) is not None
                edit = pending.get((row, column))
                if isinstance(edit, Put) and edit != Put(None):
                    continue
                if not kept or edit is not None:
                    formula = continued(origin, row, column)
                    pending.row(row)[column] = PutFormula(formula, None, valued=False)
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
            edits = self._of(sheet)
            for (row, column), formula in places.items():
                edit = edits.get((row, column))
                if isinstance(edit, PutFormula):
                    edits.row(row)[column] = replace(edit, text=follow_cell(formula, sheet, row, moves))

    def clear_rows(self, name: str, rows: Collection[int]) -> None:
        """Take all cells of some data rows out of a table, their looks too; the table keeps its size.

        The first data row keeps its looks: where all others go, it is the model of those to come.
        """
        table = self.table(name)
        pending = self._of(table.sheet)
        if table.first_row in rows:
            pending.row(table.first_row).update(dict.fromkeys(_columns(table), Put(None)))
        pending.share((r for r in rows if r != table.first_row), dict.fromkeys(_columns(table), Remove()))

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
        pending = self._of(table.sheet)
        bottom = last - rows
        calculated = calculated_columns(self.book, table)
        for row in range(max(bottom + 1, table.first_row + 1), last + 1):
            pending.row(row).update(dict.fromkeys(_columns(table), Remove()))
        if (
            bottom < table.first_row
        ):  # its formulas stay, as in a new table: some programs know a column by them alone
            first = table.first_row
            for column in _columns(table):
                origin = calculated.get(column)
                formula = None if origin is None else PutFormula(continued(origin, first, column), None)
                pending.row(first)[column] = formula or Put(None)
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
        changes: dict[str, bytes | Member | None] = dict(self._parts)
        package = self.book.package
        self.book.let_cells_go()
        self._settle()
        moves = self._moves()
        for name, bottom in self._bottom.items():
            table = self.table(name)
            changes[table.part] = _filled_table(package.read(table.part), Growth(table.range, bottom))
        overwritten = False
        touched = [*self._edits, *self._new_rows, *self._shown_from, *self._dropped, *moves]
        for sheet in dict.fromkeys([*touched, *(self.book.sheets if moves else ())]):
            own = sheet in touched
            try:
                text = self.book.text(sheet)
            except PackageError:
                if own:
                    raise
                continue  # a sheet that only might refer to a moved range
            spliced = self._spliced(sheet, text, moves)
            pieces = spliced.unlike(text)
            if pieces is not None:  # packed as it is made: a large master is never in memory twice
                part = self.book.sheets[sheet].part
                changes[part] = deflate(part, pieces, level, like=package.member(part))
            overwritten |= spliced.overwritten
            self.book.let_go(sheet)
        changes = {
            n: c for n, c in changes.items() if not isinstance(c, bytes) or n not in package or package.read(n) != c
        }
        if changes:
            self._refuse_unsafe()
            changes = {**self._workbook_part(moves), **changes}
        if overwritten:
            changes.update(self._without_calculation_chain())
        return package.rewritten(changes, level)

    def _spliced(self, sheet: str, text: SheetText, moves: Moves) -> Spliced:
        """The sheet with its edits and what follows moved ranges."""
        own = self._edits.get(sheet, _NONE)
        dropped = self._dropped.get(sheet, frozenset())
        edits: Pending[Change] = Pending()
        edits.rows.update(own.rows)
        for (row, column), reworded in follow_cells(text, sheet, moves).items():
            old = own.get((row, column))
            if old is None or isinstance(old, Recalculated):
                edits.rows[row] = {**edits.rows.get(row, {}), column: replace(reworded, value=old)}
        self._refuse_parts_of_blocks(sheet, text, own, dropped)
        spliced = splice_sheet(
            text,
            edits,
            new_rows=self._new_rows.get(sheet),
            dropped=dropped,
            growth=moves.get(sheet, ()),
            date1904=self.book.date1904,
        )
        head = shown_from(spliced.head, self._shown_from[sheet]) if sheet in self._shown_from else spliced.head
        return spliced._replace(head=head, tail=follow_rules(spliced.tail, sheet, moves))

    def _refuse_parts_of_blocks(
        self, sheet: str, text: SheetText, edits: Pending[Edit], dropped: frozenset[int]
    ) -> None:
        """An array formula goes whole or not at all."""
        if not edits.rows and not dropped:
            return
        for area in text.blocks:
            hit = {
                (row, column)
                for row in range(area.top, area.bottom + 1)
                for column in range(area.left, area.right + 1)
                if row in dropped or isinstance(edits.get((row, column)), Put | PutFormula | Remove)
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


def _appended(records: Records, table: Table, titles: Mapping[str, str] | None) -> list[AppendedRow]:
    """Rows to be added, by the columns of their table. A title that the table lacks is an error of the caller."""
    title_of = dict(zip(records.names, records.names, strict=True)) if titles is None else titles
    kept = [place for place, name in enumerate(records.names) if name in title_of]
    columns = tuple(table.columns[title_of[records.names[place]]] for place in kept)
    if len(kept) == len(records.names):
        return [AppendedRow(columns, row) for row in records.rows]
    return [AppendedRow(columns, tuple(row[place] for place in kept)) for row in records.rows]


def _columns(table: Table) -> range:
    return range(table.range.left, table.range.right + 1)


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
