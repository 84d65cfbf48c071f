"""The splice: rewriting chosen cells of a worksheet part, every other byte of it left as it was.

Works on the XML text itself. Only the rows that change are taken apart; what stands before, between and after
them is copied. What else follows a longer table is the business of `tjxl.ooxml.follow`.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence, Set
from itertools import chain
from typing import NamedTuple

from tjxl.errors import PackageError
from tjxl.ooxml.cell_text import ROW_HERE, CellWriter, RowTemplate
from tjxl.ooxml.cells import SharedFormula, shifted_formula
from tjxl.ooxml.dimension import widened
from tjxl.ooxml.edits import Change, Edit, Growth, NewRow, Put, PutFormula, Recalculated, Remove, Reworded, Shared
from tjxl.ooxml.follow import follow_frame
from tjxl.ooxml.pending import AppendedRow, Pending
from tjxl.ooxml.plain_row import CELL, Cell, plain_cell, plain_row, untyped
from tjxl.ooxml.sheet_text import FORMULA, SHARED_KIND, SheetText, attributes_of

__all__ = [
    "Edit", "Growth", "NewRow", "Put", "PutFormula", "Recalculated", "Remove", "Reworded", "Shared", "Spliced",
    "splice_sheet",
]  # fmt: skip

Look = tuple[dict[bytes, bytes], dict[int, bytes]]
"""Attributes of a row and styles of its cells by column."""

_MOST_TEMPLATES = 256
_OVERWRITES = (Put, PutFormula, Remove)
_HEIGHT = re.compile(rb"""\s+(?:ht|customHeight)\s*=\s*(?:"[^"]*"|'[^']*')""")


class Spliced(NamedTuple):
    """A worksheet part: the text up to its rows, the rows, the text behind them. Rows are made as they are taken."""

    head: bytes
    rows: Rows
    tail: bytes

    def unlike(self, text: SheetText) -> Iterator[bytes | memoryview] | None:
        """All of it in order, in pieces; None where the part says the same already.

        What is alike is made at once, the rest one by one: a long sheet is never in memory as a whole.
        """
        rows, alike = iter(self.rows), text.begin
        for piece in rows:
            if not text.body.startswith(piece, alike):
                break
            alike += len(piece)
        else:
            if (self.head, self.tail, alike) == (text.head, text.tail, text.end):
                return None
            piece = b""
        return chain((self.head, memoryview(text.body)[text.begin : alike], piece), rows, (self.tail,))

    @property
    def overwritten(self) -> bool:
        """Whether a formula went: known when all has been taken."""
        return self.rows.overwritten


def splice_sheet(
    text: SheetText,
    edits: Mapping[tuple[int, int], Change],
    *,
    new_rows: Mapping[int, NewRow] | None = None,
    dropped: frozenset[int] = frozenset(),
    growth: Sequence[Growth] = (),
    date1904: bool = False,
) -> Spliced:
    """The worksheet part with these cells set.

    Args:
        edits: (row, column) → edit.
        new_rows: row number → model row, for rows that the sheet may not have.
        dropped: rows to take out (a template's model rows).
        growth: ranges that became longer or shorter: conditional formats, validations and filters on them follow.

    Raises:
        PackageError: E305, the part is written in a way that cannot be changed safely; raised while its rows are
            taken, too.
    """
    pending = edits if isinstance(edits, Pending) else Pending(edits)
    rows = Rows(text, pending.rows, new_rows or {}, dropped, date1904=date1904)
    removed = any(type(e) is Remove for _, cells in pending.single for e in cells.values())
    head = widened(text.head, pending.rows, rows.made_at_once().bottom if dropped or removed else None)
    return Spliced(follow_frame(head, growth), rows, follow_frame(text.tail, growth))


class Rows:
    """The rows of one sheet with their changes, to be gone through once.

    Attributes:
        overwritten: whether a formula went. Known when all rows have been gone through.
        bottom: the last row that is left of those that were there; likewise.
    """

    def __init__(
        self,
        sheet: SheetText,
        edits: Mapping[int, Mapping[int, Change]],
        new: Mapping[int, NewRow],
        dropped: frozenset[int],
        *,
        date1904: bool,
    ) -> None:
        self.sheet, self.body, self.prefix = sheet, sheet.body, sheet.prefix
        self.spans, self.writer = sheet.spans, CellWriter(sheet.prefix, date1904)
        self._edits, self._new, self._dropped = edits, new, dropped
        self._kinds: dict[Hashable, list[tuple[int, bytes | None]]] = {}
        self._templates: dict[Hashable, RowTemplate] = {}
        self._made: Sequence[bytes | memoryview] | None = None
        self.overwritten = False
        self.bottom = 1

    def made_at_once(self) -> Rows:
        """Make all rows, where something else depends on them."""
        self._made = list(self)
        return self

    def __iter__(self) -> Iterator[bytes | memoryview]:
        """The rows, those that stay as they are in long pieces that are not copied."""
        return iter(self._made) if self._made is not None else self._spliced()

    def _spliced(self) -> Iterator[bytes | memoryview]:
        new, dropped = self._new, self._dropped
        by_row: dict[int, Mapping[int, Change]] = {r: {} for r in new} | dict(self._edits)
        for (row, column), edit in self._orphans(by_row, dropped).items():
            by_row[row] = {**by_row.get(row, {}), column: edit}
        models = {like: self.sheet.model(like) for like in {n.like for n in new.values()}}
        position, end, old = self.sheet.begin, self.sheet.end, memoryview(self.body)
        order = list(self.spans)
        gone: set[int] = set()
        for row in sorted({*by_row, *(r for r in dropped if r in self.spans)}):
            look = models[new[row].like] if row in new else ({}, {})
            if row in self.spans:
                at, _, after = self.spans[row]
                if row in dropped:
                    change = b""
                    self.overwritten |= bool(self.sheet.formula_columns(row))
                else:
                    change = self._changed_row(row, by_row[row], new.get(row), look[1])
            else:
                following = bisect_left(order, row)
                at = after = self.spans[order[following]][0] if following < len(order) else end
                change = self._new_row(row, by_row[row], new.get(row), look)
            if not change:
                gone.add(row)
            if position < at:
                yield old[position:at]
            yield change
            position = after
        if not gone.isdisjoint(self.spans) and self.sheet.unnumbered:  # such rows count from the one before
            raise PackageError("E305")
        self.bottom = next((row for row in reversed(order) if row not in gone), 1)
        yield old[position:end]

    def _orphans(self, edits: Mapping[int, Mapping[int, Change]], dropped: Set[int]) -> dict[tuple[int, int], Change]:
        """The cells that follow a shared formula whose text stands in a cell that is overwritten or dropped."""
        if self.body.find(b"shared", self.sheet.begin, self.sheet.end) < 0:
            return {}
        lost: dict[bytes, SharedFormula | None] = {}
        out: dict[tuple[int, int], Change] = {}
        for row in self.sheet.rows_with(SHARED_KIND):
            changed = edits.get(row, {})
            for column, m in self.sheet.cells(row):
                f = FORMULA.search(m[2] or b"")
                attributes = attributes_of(f[1]) if f else {}
                if f is None or attributes.get(b"t") != b"shared":
                    continue
                edit = changed.get(column)
                value = edit if isinstance(edit, Recalculated) else None
                gone = row in dropped or not (edit is None or value)
                group = attributes.get(b"si", b"")
                if f[2]:
                    lost[group] = SharedFormula(html.unescape(f[2].decode()), row, column) if gone else None
                elif not gone and (origin := lost.get(group)):
                    out[row, column] = Reworded(shifted_formula(origin, row, column), value)
        return out

    def _default_style(self, row: Mapping[bytes, bytes], column: int) -> bytes | None:
        """The style of a cell that its row (attributes) does not hold yet."""
        if row.get(b"customFormat") in (b"1", b"true") and b"s" in row:
            return row[b"s"]
        return next((style for first, last, style in self.sheet.column_styles if first <= column <= last), None)

    def _new_row(self, row: int, edits: Mapping[int, Change], spec: NewRow | None, look: Look) -> bytes:
        if isinstance(edits, AppendedRow):
            return self._appended_row(row, edits, spec, look)
        slots = self._slots(edits, spec, look)
        cells = b"".join([self.writer.new(row, column, edits.get(column), style) for column, style in slots])
        return self._framed(b"%d" % row, cells, spec, look)

    def _appended_row(self, row: int, appended: AppendedRow, spec: NewRow | None, look: Look) -> bytes:
        """As other new rows, but written after a template: they come by the hundred thousand and are of few kinds."""
        given = appended.given
        if "" in given:
            given = tuple([None if value == "" else value for value in given])
        kind = spec, appended.columns, tuple(map(type, given))
        template = self._templates.get(kind)
        if template is None:
            if len(self._templates) == _MOST_TEMPLATES:
                self._templates.clear()
            places = {column: at for at, column in enumerate(appended.columns) if given[at] is not None}
            cells = b"".join(
                self.writer.template(column, type(given[places[column]]) if column in places else None, style)
                for column, style in self._slots(appended.columns, spec, look)
            )
            text = self._framed(ROW_HERE, cells, spec, look)
            template = RowTemplate(text, [places[column] for column in sorted(places)], self.writer.written)
            self._templates[kind] = template
        return template.filled(row, given)

    def _framed(self, number: bytes, cells: bytes, spec: NewRow | None, look: Look) -> bytes:
        """A new row around its cells; without any, only where it was asked for."""
        if spec is None and not cells:
            return b""
        attributes = look[0] | _height(spec)
        tag = b"".join(b' %s="%s"' % pair for pair in attributes.items())
        return b'<%srow r="%s"%s>%s</%srow>' % (self.prefix, number, tag, cells, self.prefix)

    def _slots(self, columns: Collection[int], spec: NewRow | None, look: Look) -> list[tuple[int, bytes | None]]:
        """Column and style of the cells of a new row, those that its model has among them."""
        attributes, styles = look
        kind = spec.like if spec is not None else 0, frozenset(columns).difference(styles)
        slots = self._kinds.get(kind)
        if slots is None:
            slots = self._kinds[kind] = [
                (c, styles.get(c) or self._default_style(attributes, c)) for c in sorted({*columns, *styles})
            ]
        return slots

    def _changed_row(
        self, row: int, edits: Mapping[int, Change], spec: NewRow | None, styles: Mapping[int, bytes]
    ) -> bytes:
        """`styles` are those of a model row, for cells that the row does not have."""
        start, tag_end, _ = self.spans[row]
        tag = self.body[start:tag_end]

        def added(column: int) -> bytes:
            style = styles.get(column) or self._default_style(attributes_of(tag), column)
            return self.writer.new(row, column, edits[column], style)

        cells, widened = self._changed_plainly(row, edits, added) or self._changed_cells(row, edits, added)
        if cells is None:
            return b""
        if widened:  # `spans` is a hint that may no longer hold
            tag = re.sub(rb'\s+spans="[^"]*"', b"", tag)
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        if height := _height(spec):
            tag = _HEIGHT.sub(b"", tag[:-1]) + b"".join(b' %s="%s"' % pair for pair in height.items()) + b">"
        return b"%s%s</%srow>" % (tag, cells, self.prefix)

    def _changed_plainly(
        self, row: int, edits: Mapping[int, Change], added: Callable[[int], bytes]
    ) -> tuple[bytes, bool] | None:
        """As `_changed_cells`, where all cells are written the plain way and none goes; else None."""
        found = plain_row(row, self.sheet.inner(row))
        if found is None or any(isinstance(edit, Remove) for edit in edits.values()):
            return None
        pieces, places = found
        lacking = edits.keys() - places.keys()
        if lacking and plain_cell(pieces[-1]) is None:  # something else may stand behind the last cell
            return None
        for column, edit in edits.items():
            if column not in lacking:
                cell = plain_cell(pieces[places[column]])
                if cell is None:
                    return None
                pieces[places[column]] = self._edited(row, column, cell, edit).removeprefix(CELL)
        new = {column: added(column) for column in sorted(lacking)}
        for column, written in new.items():
            pieces[bisect_left(list(places), column)] += written
        return CELL.join(pieces), any(new.values())

    def _changed_cells(
        self, row: int, edits: Mapping[int, Change], added: Callable[[int], bytes]
    ) -> tuple[bytes | None, bool]:
        """What stands in the row, None where it is left without any cell; and whether a cell was added."""
        inner, out, position = self.sheet.inner(row), [], 0
        wanted, at = [*sorted(edits), 0], 0  # no column is 0: there is no further one
        last, end, widened, stays = 0, 0, False, False
        for column, m in self.sheet.cells(row):
            if column <= last:
                raise PackageError("E305")
            last, end = column, m.end()
            if not 0 < wanted[at] <= column:
                stays = True
                continue
            out.append(inner[position : m.start()])
            while 0 < wanted[at] < column:
                cell = added(wanted[at])
                widened |= bool(cell)
                out.append(cell)
                at += 1
            cell = m[0]
            if wanted[at] == column:
                cell = self._edited(row, column, self._cell(m), edits[column])
                at += 1
            stays |= bool(cell)
            out.append(cell)
            position = end
        after = [added(c) for c in wanted[at:-1]]
        widened |= any(after)
        if not (stays or widened) and Remove() in edits.values():
            return None, False
        return b"".join([*out, inner[position:end], *after, inner[end:]]), widened

    def _cell(self, m: re.Match[bytes]) -> Cell:
        attributes = attributes_of(m[1])
        return Cell(m[0], untyped(attributes, b"<%sc" % self.prefix), attributes.get(b"s"), m[2] or b"")

    def _edited(self, row: int, column: int, cell: Cell, edit: Change) -> bytes:
        if isinstance(edit, _OVERWRITES):
            self.overwritten = self.overwritten or FORMULA.search(cell.content) is not None
        if isinstance(edit, Remove):
            return b""
        if isinstance(edit, (Put, PutFormula)):
            return self.writer.cell(row, column, edit, cell.style)
        formula = FORMULA.search(cell.content)
        if formula is None:
            return cell.text
        p, written = self.prefix, formula[0]
        if isinstance(edit, Reworded):
            kind = b"" if SHARED_KIND.search(formula[1]) else formula[1].rstrip()
            written = b"<%sf%s>%s</%sf>" % (p, kind, html.escape(edit.text, quote=False).encode(), p)
            if edit.value is None:
                return cell.text.replace(formula[0], written, 1)
            edit = edit.value
        return self.writer.valued(cell.untyped, written, edit.cached)


def _height(spec: NewRow | None) -> dict[bytes, bytes]:
    """The attributes of a row that say the height that it is given."""
    if spec is None or spec.height is None:
        return {}
    return {b"ht": f"{spec.height:g}".encode(), b"customHeight": b"0" if spec.grows else b"1"}
