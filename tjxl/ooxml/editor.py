"""Changing a workbook package: cells by sheet and address, rows by table and column title.

Collects edits, then writes one new package in which only the touched parts differ.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence

from tjxl.errors import PackageError
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.cells import CellValue
from tjxl.ooxml.parts import PackageEditor
from tjxl.ooxml.refs import Range, grow
from tjxl.ooxml.splice import Edit, Growth, NewRow, Put, PutFormula, splice_sheet

_CALC_PR = re.compile(rb"<((?:[\w.-]+:)?)calcPr\b([^>]*?)(\s*/?)>")
_INSERT_ROW = re.compile(rb'\s+insertRow(?:Shift)?="[^"]*"')
_DEFINED_NAME = re.compile(rb"(<(?:[\w.-]+:)?definedName\b[^>]*>)([^<]*)(</)")


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

    @property
    def changed(self) -> bool:
        """True when `save` would write something different."""
        return any(self._edits.values()) or bool(self._parts or self._bottom or self._dropped or self._grown)

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

        Titles that the table does not have are an error of the caller; columns not named stay empty. Blank rows
        at the table's end are used first: an empty table has one.

        Returns:
            The sheet rows written.

        Raises:
            PackageError: E311 the table has a totals row; E310 something else stands below it.
        """
        table = self.table(name)
        if not rows:
            return []
        if table.totals_rows:
            raise PackageError("E311", sheet=table.sheet)
        start = self._free.setdefault(name, self._first_free_row(table))
        numbers = list(range(start, start + len(rows)))
        self._refuse_occupied(table, numbers)
        edits = self._edits.setdefault(table.sheet, {})
        new_rows = self._new_rows.setdefault(table.sheet, {})
        for number, row in zip(numbers, rows, strict=True):
            if number > table.last_row:
                new_rows[number] = NewRow(table.last_row)
            for title, value in row.items():
                if value is not None and value != "":
                    edits[number, table.columns[title]] = Put(value)
        self._free[name] = start + len(rows)
        self._bottom[name] = max(self.last_row(name), start + len(rows) - 1)
        return numbers

    def _first_free_row(self, table: Table) -> int:
        filled = [r for (r, c), cell in self.book.cells(table.sheet).cells.items() if _in(table, r, c, cell.value)]
        return max(filled, default=table.first_row - 1) + 1

    def _refuse_occupied(self, table: Table, numbers: Sequence[int]) -> None:
        wanted = {n for n in numbers if n > table.last_row}
        if not wanted:
            return
        for (row, column), cell in sorted(self.book.cells(table.sheet).cells.items()):
            inside = table.range.left <= column <= table.range.right
            if row in wanted and inside and (cell.value is not None or cell.formula is not None):
                raise PackageError("E310", sheet=table.sheet, row=row)

    def save(self, level: int = 6) -> bytes:
        """The changed package, its changed parts deflated at this level.

        Raises:
            PackageError: E305, a part cannot be changed safely.
        """
        changes: dict[str, bytes | None] = dict(self._parts)
        grown: dict[str, list[Growth]] = {sheet: list(growths) for sheet, growths in self._grown.items()}
        for name, bottom in self._bottom.items():
            table = self.table(name)
            if bottom > table.last_row:
                grown.setdefault(table.sheet, []).append(Growth(table.range, bottom))
            changes[table.part] = _filled_table(self.book.package.read(table.part), table, bottom)
        overwritten = False
        for sheet in dict.fromkeys([*self._edits, *self._new_rows, *self._dropped, *grown]):
            edits, dropped = self.edits(sheet), self._dropped.get(sheet, frozenset())
            part = self.book.sheets[sheet].part
            overwritten |= self._overwrites_formula(sheet, edits, dropped)
            changes[part] = splice_sheet(
                self.book.package.read(part),
                edits,
                new_rows=self._new_rows.get(sheet),
                dropped=dropped,
                growth=grown.get(sheet, ()),
                date1904=self.book.date1904,
            )
        read = self.book.package.read
        changes = {n: c for n, c in changes.items() if c is None or n not in self.book.package or read(n) != c}
        if changes:
            changes = self._workbook_part(grown) | changes
        if overwritten:
            changes |= self._without_calculation_chain()
        return self.book.package.rewritten(changes, level)

    def _overwrites_formula(self, sheet: str, edits: Mapping[tuple[int, int], Edit], dropped: frozenset[int]) -> bool:
        cells = self.book.cells(sheet).cells
        replaced = [place for place, edit in edits.items() if isinstance(edit, Put | PutFormula)]
        replaced += [place for place in cells if place[0] in dropped]
        return any(place in cells and cells[place].formula is not None for place in replaced)

    def _workbook_part(self, grown: Mapping[str, Sequence[Growth]]) -> dict[str, bytes | None]:
        """Names that end with a grown table follow it; other people's formulas recalculate on opening."""
        name = self.book.package.workbook_part
        old = self.book.package.read(name)

        def longer(m: re.Match[bytes]) -> bytes:
            sheet, bang, refs = m[2].decode().rpartition("!")
            plain = html.unescape(sheet)
            plain = plain[1:-1].replace("''", "'") if plain.startswith("'") else plain
            for g in grown.get(plain, ()):
                refs = grow(refs, g.area, g.bottom)
            return m[1] + (sheet + bang + refs).encode() + m[3]

        new = _DEFINED_NAME.sub(longer, old) if grown else old
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


def _in(table: Table, row: int, column: int, value: object) -> bool:
    inside = table.first_row <= row <= table.last_row and table.range.left <= column <= table.range.right
    return inside and value is not None and value != ""


def _filled_table(xml: bytes, table: Table, bottom: int) -> bytes:
    """The table part with rows down to `bottom`; Excel marks an empty table's blank row, which is now a row."""
    xml = _INSERT_ROW.sub(b"", xml)
    if bottom <= table.last_row:
        return xml
    old = table.range
    new = Range(old.top, old.left, bottom, old.right)
    was = f'ref="{old.ref}"'.encode()
    if was not in xml:
        raise PackageError("E305")
    return xml.replace(was, f'ref="{new.ref}"'.encode())


def _recalculating(m: re.Match[bytes]) -> bytes:
    attributes = re.sub(rb'\s+fullCalcOnLoad="[^"]*"', b"", m[2])
    return b"<" + m[1] + b"calcPr" + attributes + b' fullCalcOnLoad="1"' + m[3] + b">"
