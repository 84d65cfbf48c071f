"""The splice: rewriting chosen cells of a worksheet part, every other byte of it left as it was.

Works on the XML text itself. Only the rows that change are taken apart; what stands before, between and after
them is copied. What else follows a longer table is the business of `tjxl.ooxml.follow`.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence, Set

from tjxl.errors import PackageError
from tjxl.ooxml.cell_text import CellWriter, Slot
from tjxl.ooxml.cells import SharedFormula, shifted_formula
from tjxl.ooxml.edits import Change, Edit, Growth, NewRow, Put, PutFormula, Recalculated, Remove, Reworded, Shared
from tjxl.ooxml.follow import follow_frame
from tjxl.ooxml.refs import Range, parse_range
from tjxl.ooxml.sheet_text import FORMULA, SHARED_KIND, SheetText, attributes_of

__all__ = [
    "Edit", "Growth", "NewRow", "Put", "PutFormula", "Recalculated", "Remove", "Reworded", "Shared", "splice_sheet",
]  # fmt: skip

_DIMENSION = re.compile(rb'(<(?:[\w.-]+:)?dimension\b[^>]*?\bref=")([^"]*)(")')
Look = tuple[dict[bytes, bytes], dict[int, bytes]]
"""Attributes of a row and styles of its cells by column."""


def splice_sheet(
    sheet: bytes | SheetText,
    edits: Mapping[tuple[int, int], Change],
    *,
    new_rows: Mapping[int, NewRow] | None = None,
    dropped: frozenset[int] = frozenset(),
    growth: Sequence[Growth] = (),
    date1904: bool = False,
) -> bytes:
    """The worksheet part with these cells set.

    Args:
        edits: (row, column) → edit.
        new_rows: row number → model row, for rows that the sheet may not have.
        dropped: rows to take out (a template's model rows).
        growth: ranges that became longer or shorter: conditional formats, validations and filters on them follow.

    Raises:
        PackageError: E305, the part is written in a way that cannot be changed safely.
    """
    text = SheetText(sheet) if isinstance(sheet, bytes) else sheet
    rows = _Rows(text, date1904)
    body = rows.spliced(edits, new_rows or {}, dropped)
    bottom = rows.bottom if dropped or any(isinstance(e, Remove) for e in edits.values()) else None
    head = _dimension(text.head, edits, bottom)
    parts = (follow_frame(head, growth), body, follow_frame(text.tail, growth))
    if parts == (text.head, text.body, text.tail):
        return text.xml  # also where the sheet has no rows, and says so in the short form
    return b"".join(parts)


class _Rows:
    """Changes the rows of one sheet."""

    def __init__(self, sheet: SheetText, date1904: bool) -> None:
        self.sheet, self.body, self.prefix = sheet, sheet.body, sheet.prefix
        self.spans, self.writer = sheet.spans, CellWriter(sheet.prefix, date1904)
        self._slots: dict[tuple[int, frozenset[int]], list[Slot]] = {}
        self.bottom = 1  # the last row that is left of those that were there, once they are spliced

    def spliced(
        self, edits: Mapping[tuple[int, int], Change], new: Mapping[int, NewRow], dropped: frozenset[int]
    ) -> bytes:
        by_row: dict[int, dict[int, Change]] = {r: {} for r in new}
        for wanted in (edits, self._orphans(edits, dropped)):
            for (row, column), edit in wanted.items():
                by_row.setdefault(row, {})[column] = edit
        models = {like: self.sheet.model(like) for like in {n.like for n in new.values()}}
        out: list[bytes] = []
        position = 0
        order = list(self.spans)
        gone: set[int] = set()
        for row in sorted({*by_row, *(r for r in dropped if r in self.spans)}):
            look = models[new[row].like] if row in new else ({}, {})
            if row in self.spans:
                at, _, after = self.spans[row]
                change = b"" if row in dropped else self._changed_row(row, by_row[row], look[1])
            else:
                following = bisect_left(order, row)
                at = after = self.spans[order[following]][0] if following < len(order) else len(self.body)
                change = self._new_row(row, by_row[row], new.get(row), look)
            if not change:
                gone.add(row)
            out += [self.body[position:at], change]
            position = after
        if not gone.isdisjoint(self.spans) and self.sheet.unnumbered:  # such rows count from the one before
            raise PackageError("E305")
        self.bottom = next((row for row in reversed(order) if row not in gone), 1)
        return b"".join([*out, self.body[position:]])

    def _orphans(self, edits: Mapping[tuple[int, int], Change], dropped: Set[int]) -> dict[tuple[int, int], Change]:
        """The cells that follow a shared formula whose text stands in a cell that is overwritten or dropped."""
        lost: dict[bytes, SharedFormula | None] = {}
        out: dict[tuple[int, int], Change] = {}
        for row in self.sheet.rows_with(SHARED_KIND):
            for column, m in self.sheet.cells(row):
                f = FORMULA.search(m[2] or b"")
                attributes = attributes_of(f[1]) if f else {}
                if f is None or attributes.get(b"t") != b"shared":
                    continue
                edit = edits.get((row, column))
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
        attributes, styles = look
        if spec is not None and spec.height is not None:
            height = {b"ht": f"{spec.height:g}".encode(), b"customHeight": b"0" if spec.grows else b"1"}
            attributes = attributes | height
        kind = (spec.like if spec is not None else 0, frozenset(edits.keys() - styles.keys()))
        slots = self._slots.get(kind)
        if slots is None:
            slots = self._slots[kind] = [
                self.writer.slot(c, styles.get(c) or self._default_style(attributes, c))
                for c in sorted({*edits, *styles})
            ]
        cells = self.writer.new_cells(row, edits, slots)
        if spec is None and not cells:
            return b""
        tag = b"".join(b' %s="%s"' % pair for pair in attributes.items())
        return b'<%srow r="%d"%s>%s</%srow>' % (self.prefix, row, tag, cells, self.prefix)

    def _changed_row(self, row: int, edits: Mapping[int, Change], styles: Mapping[int, bytes]) -> bytes:
        """`styles` are those of a model row, for cells that the row does not have."""
        start, tag_end, _ = self.spans[row]
        tag = self.body[start:tag_end]
        inner, out, position = self.sheet.inner(row), [], 0
        own = attributes_of(tag)
        left = dict(sorted(edits.items()))

        def added(column: int) -> bytes:
            style = styles.get(column) or self._default_style(own, column)
            return self.writer.new(row, column, left.pop(column), style)

        last, widened, stays = 0, False, False
        for column, m in self.sheet.cells(row):
            if column <= last:
                raise PackageError("E305")
            last = column
            out.append(inner[position : m.start()])
            while left and (first := next(iter(left))) < column:
                cell = added(first)
                widened |= bool(cell)
                out.append(cell)
            cell = self._edited(row, column, m, left.pop(column)) if column in left else m[0]
            stays |= bool(cell)
            out.append(cell)
            position = m.end()
        after = [added(c) for c in list(left)]
        if not (stays or widened or any(after)) and Remove() in edits.values():
            return b""
        out += [*after, inner[position:]]
        if widened or any(after):  # `spans` is a hint that may no longer hold
            tag = re.sub(rb'\s+spans="[^"]*"', b"", tag)
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        return tag + b"".join(out) + b"</" + self.prefix + b"row>"

    def _edited(self, row: int, column: int, m: re.Match[bytes], edit: Change) -> bytes:
        if isinstance(edit, Remove):
            return b""
        attributes = attributes_of(m[1])
        if isinstance(edit, Put | PutFormula):
            return self.writer.cell(row, column, edit, attributes.get(b"s"))
        formula = FORMULA.search(m[2] or b"")
        if formula is None:
            return m[0]
        p, written = self.prefix, formula[0]
        if isinstance(edit, Reworded):
            kind = b"" if SHARED_KIND.search(formula[1]) else formula[1].rstrip()
            written = b"<%sf%s>%s</%sf>" % (p, kind, html.escape(edit.text, quote=False).encode(), p)
            if edit.value is None:
                return m[0].replace(formula[0], written, 1)
            edit = edit.value
        kept = b"".join(b' %s="%s"' % (k, v) for k, v in attributes.items() if k != b"t")
        return self.writer.valued(b"<%sc%s" % (p, kept), written, edit.cached)


def _dimension(head: bytes, edits: Mapping[tuple[int, int], Change], bottom: int | None) -> bytes:
    """The declared dimension, widened to hold the edits; `bottom` is the last row kept where rows went."""
    m = _DIMENSION.search(head)
    filled = [
        place
        for place, e in edits.items()
        if isinstance(e, PutFormula) or (isinstance(e, Put) and e.value not in (None, ""))
    ]
    if m is None or not (filled or bottom):
        return head
    try:
        old = parse_range(m[2].decode())
    except ValueError:
        return head
    rows, columns = {r for r, _ in filled} or {old.top}, {c for _, c in filled} or {old.left}
    new = Range(
        min(old.top, *rows),
        min(old.left, *columns),
        max(old.bottom if bottom is None else bottom, *rows),
        max(old.right, *columns),
    )
    return head if new == old else head[: m.start(2)] + new.ref.encode() + head[m.end(2) :]
