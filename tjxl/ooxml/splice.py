"""The splice: rewriting chosen cells of a worksheet part, every other byte of it left as it was.

Works on the XML text itself. Only the rows that change are taken apart; what stands before, between and after
them is copied. Rows beyond the last one, ranges that end with a table, and the cached value of a formula are
the three things a plain "set a cell" would not do.
"""

from __future__ import annotations

import html
import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from tjxl.errors import PackageError
from tjxl.ooxml.cells import CellValue, SharedFormula, shifted_formula
from tjxl.ooxml.outline import is_utf8
from tjxl.ooxml.refs import Range, cell_ref, column_number, grow, parse_range
from tjxl.ooxml.stored import storable, stored, stored_text

_PREFIX = rb"(?:[A-Za-z_][\w.-]*:)?"
_SHEET_DATA = re.compile(rb"<(" + _PREFIX + rb")sheetData\b[^>]*?(/?)>")
_COLUMN = re.compile(rb"<" + _PREFIX + rb"col\b([^>]*?)/?>")
_CELL = re.compile(rb"<" + _PREFIX + rb"c(?=[\s/>])([^>]*?)(?:/>|>(.*?)</" + _PREFIX + rb"c\s*>)", re.DOTALL)
_FORMULA = re.compile(rb"<" + _PREFIX + rb"f(?=[\s/>])([^>]*?)(?:/>|>([^<]*)</" + _PREFIX + rb"f\s*>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REF = re.compile(rb"""(?:^|\s)r\s*=\s*["']\s*([A-Za-z]*)([0-9]*)""")
_SQREF = re.compile(rb'(<(?:[\w.-]+:)?(?:conditionalFormatting|dataValidation)\b[^>]*?\bsqref=")([^"]*)(")')
_EXT_SQREF = re.compile(rb"(<(?:[\w.-]+:)?sqref>)([^<]*)(</)")
_FILTER_REF = re.compile(rb'(<(?:[\w.-]+:)?autoFilter\b[^>]*?\bref=")([^"]*)(")')
_DIMENSION = re.compile(rb'(<(?:[\w.-]+:)?dimension\b[^>]*?\bref=")([^"]*)(")')


@dataclass(frozen=True, slots=True)
class Put:
    """Set a cell to a value; None empties it. Text stays text, also when it begins with `=`.

    `style` None keeps the cell's own style; a new cell takes the model row's, else its row's or column's.
    """

    value: CellValue
    style: int | None = None


@dataclass(frozen=True, slots=True)
class Shared:
    """A formula stored once for a block of cells, as Excel does when one is filled down.

    `index` names it on its sheet (no other formula of the sheet may have it). The block's first cell gives the
    `area`; the others give none and store no text.
    """

    index: int
    area: Range | None = None


@dataclass(frozen=True, slots=True)
class PutFormula:
    """Set a cell to a formula (without `=`) and the value it has; `shared` where a block of cells has the same."""

    text: str
    cached: CellValue
    style: int | None = None
    shared: Shared | None = None


@dataclass(frozen=True, slots=True)
class Recalculated:
    """The new cached value of the formula that stands in the cell; a cell without formula is left alone."""

    cached: CellValue


Edit = Put | PutFormula | Recalculated


@dataclass(frozen=True, slots=True)
class _Restated:
    """The cell followed a shared formula whose text is lost: it gets its own text and keeps its value."""

    text: str


@dataclass(frozen=True, slots=True)
class NewRow:
    """A row that may not exist yet: styles, height and attributes come from the row `like`.

    With `grows`, the height is what the row starts with: spreadsheet programs fit it to what is typed later.
    """

    like: int
    height: float | None = None
    grows: bool = False


@dataclass(frozen=True, slots=True)
class Growth:
    """A range of rows (a table, a list) whose last row moves to `bottom`; rules on its last row follow."""

    area: Range
    bottom: int


def splice_sheet(
    xml: bytes,
    edits: Mapping[tuple[int, int], Edit],
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
        growth: ranges that became longer: conditional formats, validations and filters on them follow.

    Raises:
        PackageError: E305, the part is written in a way that cannot be changed safely.
    """
    prefix, head, body, tail = split_sheet(xml)
    rows = _Rows(body, prefix, date1904, _column_styles(head))
    body = rows.spliced(edits, new_rows or {}, dropped)
    bottom = max((r for r in rows.spans if r not in dropped), default=1) if dropped else None
    return _grown(_dimension(head, edits, bottom), growth) + body + _grown(tail, growth)


def split_sheet(xml: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """A worksheet part taken apart: prefix of its elements, text up to its rows, its rows, text behind them.

    Raises:
        PackageError: E305, the part is written in a way that cannot be changed safely.
    """
    start = _SHEET_DATA.search(xml)
    if (
        start is None
        or not is_utf8(xml)
        or xml.rfind(b"<!--", 0, start.start()) > xml.rfind(b"-->", 0, start.start())
    ):
        raise PackageError("E305")
    prefix = start[1]
    if start[2]:
        head, tail = xml[: start.start()] + b"<" + prefix + b"sheetData>", xml[start.end() :]
        return prefix, head, b"", b"</" + prefix + b"sheetData>" + tail
    end = xml.find(b"</" + prefix + b"sheetData", start.end())
    if end < 0:
        raise PackageError("E305")
    body = xml[start.end() : end]
    if b"<!--" in body or b"<![CDATA[" in body:
        raise PackageError("E305")
    return prefix, xml[: start.end()], body, xml[end:]


def _column_styles(head: bytes) -> list[tuple[int, int, bytes]]:
    """First column, last column, style: what a cell that does not exist yet looks like."""
    columns = [_attributes(m[1]) for m in _COLUMN.finditer(head)]
    return [(int(c[b"min"]), int(c[b"max"]), c[b"style"]) for c in columns if {b"min", b"max", b"style"} <= c.keys()]


class _Rows:
    """The rows of one `sheetData`, indexed by their place in the text."""

    def __init__(self, body: bytes, prefix: bytes, date1904: bool, columns: list[tuple[int, int, bytes]]) -> None:
        self.body, self.prefix, self.date1904, self.columns = body, prefix, date1904, columns
        self.spans: dict[int, tuple[int, int, int]] = {}  # row → start of tag, end of tag, end of row
        self.unnumbered = False
        number = 0
        close = b"</" + prefix + b"row"
        for m in re.finditer(b"<" + re.escape(prefix) + rb"row(?=[\s/>])([^>]*?)(/?)>", body):
            ref = _REF.search(m[1])
            r = ref[1] + ref[2] if ref else b""
            previous, number = number, int(r) if r.isdigit() else number + 1
            self.unnumbered |= not r
            at = m.end() if m[2] else body.find(close, m.end())
            stop = m.end() if m[2] else body.find(b">", at) + 1
            if at < 0 or stop == 0 or number <= previous or (r and not r.isdigit()):
                raise PackageError("E305")
            self.spans[number] = (m.start(), m.end(), stop)

    def spliced(
        self, edits: Mapping[tuple[int, int], Edit], new: Mapping[int, NewRow], dropped: frozenset[int]
    ) -> bytes:
        if self.unnumbered and dropped:  # rows without a number count from the one before
            raise PackageError("E305")
        by_row: dict[int, dict[int, Edit | _Restated]] = {r: {} for r in new}
        for (row, column), edit in {**edits, **self._orphans(edits, dropped)}.items():
            by_row.setdefault(row, {})[column] = edit
        models = {like: self._model(like) for like in {n.like for n in new.values()}}
        out: list[bytes] = []
        position = 0
        order = list(self.spans)
        for row in sorted({*by_row, *(r for r in dropped if r in self.spans)}):
            if row in self.spans:
                at, _, after = self.spans[row]
                change = b"" if row in dropped else self._changed_row(row, by_row[row], _model_of(row, new, models))
            else:
                following = bisect_left(order, row)
                at = after = self.spans[order[following]][0] if following < len(order) else len(self.body)
                change = self._new_row(row, by_row[row], new, models)
            out += [self.body[position:at], change]
            position = after
        return b"".join([*out, self.body[position:]])

    def _orphans(self, edits: Mapping[tuple[int, int], Edit], dropped: Set[int]) -> dict[tuple[int, int], _Restated]:
        """The cells that follow a shared formula whose text stands in a cell that is overwritten or dropped."""
        if b'"shared"' not in self.body:
            return {}
        overwritten = {place for place, edit in edits.items() if not isinstance(edit, Recalculated)}
        lost: dict[bytes, SharedFormula | None] = {}
        out = {}
        for row, (start, _, end) in self.spans.items():
            if self.body.find(b'"shared"', start, end) < 0:
                continue
            for column, m in self._cells(row):
                f = _FORMULA.search(m[2] or b"")
                attributes = _attributes(f[1]) if f else {}
                if f is None or attributes.get(b"t") != b"shared":
                    continue
                gone = row in dropped or (row, column) in overwritten
                group = attributes.get(b"si", b"")
                if f[2]:
                    lost[group] = SharedFormula(html.unescape(f[2].decode()), row, column) if gone else None
                elif not gone and (origin := lost.get(group)):
                    out[row, column] = _Restated(shifted_formula(origin, row, column))
        return out

    def _default_style(self, row: Mapping[bytes, bytes], column: int) -> bytes | None:
        """The style of a cell that its row (attributes) does not hold yet."""
        if row.get(b"customFormat") in (b"1", b"true") and b"s" in row:
            return row[b"s"]
        return next((style for first, last, style in self.columns if first <= column <= last), None)

    def _inner(self, row: int) -> bytes:
        _, tag_end, end = self.spans[row]
        return b"" if tag_end == end else self.body[tag_end : self.body.rfind(b"</", tag_end, end)]

    def _cells(self, row: int) -> Iterator[tuple[int, re.Match[bytes]]]:
        """Column and text of each cell; its attributes (group 1) are taken apart only where they are needed."""
        column = 0
        for m in _CELL.finditer(self._inner(row)):
            ref = _REF.search(m[1])
            column = column_number(ref[1].decode()) if ref and ref[1] else column + 1
            yield column, m

    def _model(self, row: int) -> tuple[dict[bytes, bytes], dict[int, bytes]]:
        """Row attributes and cell styles of a model row."""
        if row not in self.spans:
            return {}, {}
        start, tag_end, _ = self.spans[row]
        attributes = _attributes(self.body[start:tag_end])
        for name in (b"r", b"spans", b"hidden"):
            attributes.pop(name, None)
        styles = ((c, _attributes(m[1]).get(b"s")) for c, m in self._cells(row))
        return attributes, {column: style for column, style in styles if style is not None}

    def _new_row(
        self,
        row: int,
        edits: Mapping[int, Edit | _Restated],
        new: Mapping[int, NewRow],
        models: Mapping[int, tuple[dict[bytes, bytes], dict[int, bytes]]],
    ) -> bytes:
        attributes, styles = _model_of(row, new, models)
        attributes = dict(attributes)
        spec = new.get(row)
        if spec is not None and spec.height is not None:
            attributes |= {b"ht": f"{spec.height:g}".encode(), b"customHeight": b"0" if spec.grows else b"1"}
        cells = [
            self._new_cell(row, c, edits.get(c, Put(None)), styles.get(c) or self._default_style(attributes, c))
            for c in sorted({*edits, *styles})
        ]
        if spec is None and not any(cells):
            return b""
        tag = b"".join(b' %s="%s"' % pair for pair in attributes.items())
        return b'<%srow r="%d"%s>%s</%srow>' % (self.prefix, row, tag, b"".join(cells), self.prefix)

    def _changed_row(
        self, row: int, edits: Mapping[int, Edit | _Restated], model: tuple[dict[bytes, bytes], dict[int, bytes]]
    ) -> bytes:
        start, tag_end, _ = self.spans[row]
        tag = self.body[start:tag_end]
        inner, out, position = self._inner(row), [], 0
        own = _attributes(tag)
        left = dict(sorted(edits.items()))

        def added(column: int) -> bytes:
            style = model[1].get(column) or self._default_style(own, column)
            return self._new_cell(row, column, left.pop(column), style)

        last, widened = 0, False
        for column, m in self._cells(row):
            if column <= last:
                raise PackageError("E305")
            last = column
            out.append(inner[position : m.start()])
            while left and (first := next(iter(left))) < column:
                cell = added(first)
                widened |= bool(cell)
                out.append(cell)
            out.append(self._edited(row, column, m, left.pop(column)) if column in left else m[0])
            position = m.end()
        after = [added(c) for c in list(left)]
        out += [*after, inner[position:]]
        if widened or any(after):  # `spans` is a hint that may no longer hold
            tag = re.sub(rb'\s+spans="[^"]*"', b"", tag)
        if tag.endswith(b"/>"):
            tag = tag[:-2].rstrip() + b">"
        return tag + b"".join(out) + b"</" + self.prefix + b"row>"

    def _edited(self, row: int, column: int, m: re.Match[bytes], edit: Edit | _Restated) -> bytes:
        attributes = _attributes(m[1])
        if isinstance(edit, Put | PutFormula):
            return self._cell(row, column, edit, attributes.get(b"s"))
        formula = _FORMULA.search(m[2] or b"")
        if formula is None:
            return m[0]
        if isinstance(edit, _Restated):
            text = html.escape(edit.text, quote=False).encode()
            return m[0].replace(formula[0], b"<%sf>%s</%sf>" % (self.prefix, text, self.prefix), 1)
        kind, value = stored(edit.cached, self.date1904)
        kept = b"".join(b' %s="%s"' % (k, v) for k, v in attributes.items() if k != b"t")
        t = b' t="%s"' % kind if kind else b""
        p = self.prefix
        return b"<%sc%s%s>%s<%sv>%s</%sv></%sc>" % (p, kept, t, formula[0], p, value, p, p)

    def _new_cell(self, row: int, column: int, edit: Edit | _Restated, style: bytes | None) -> bytes:
        """A cell that does not exist yet: it holds no formula to recalculate; empty and plain, it need not exist."""
        if not isinstance(edit, Put | PutFormula):
            return b""
        if isinstance(edit, Put) and edit.value in (None, "") and edit.style is None and not style:
            return b""
        return self._cell(row, column, edit, style)

    def _formula(self, edit: PutFormula) -> bytes:
        p, shared = self.prefix, edit.shared
        if shared is not None and shared.area is None:
            return b'<%sf t="shared" si="%d"/>' % (p, shared.index)
        kind = b""
        if shared is not None and shared.area is not None:
            kind = b' t="shared" ref="%s" si="%d"' % (shared.area.ref.encode(), shared.index)
        text = html.escape(storable(edit.text), quote=False).encode()
        return b"<%sf%s>%s</%sf>" % (p, kind, text, p)

    def _cell(self, row: int, column: int, edit: Put | PutFormula, style: bytes | None) -> bytes:
        p = self.prefix
        s = str(edit.style).encode() if edit.style is not None else style
        head = b'<%sc r="%s"%s' % (p, cell_ref(row, column).encode(), b' s="%s"' % s if s else b"")
        if isinstance(edit, PutFormula):
            kind, value = stored(edit.cached, self.date1904)
            t = b' t="%s"' % kind if kind else b""
            return b"%s%s>%s<%sv>%s</%sv></%sc>" % (head, t, self._formula(edit), p, value, p, p)
        if edit.value is None or edit.value == "":
            return head + b"/>"
        if isinstance(edit.value, str):
            text = stored_text(edit.value).encode()
            return b'%s t="inlineStr"><%sis><%st xml:space="preserve">%s</%st></%sis></%sc>' % (
                (head, p, p, text, p, p, p)
            )
        kind, value = stored(edit.value, self.date1904)
        return b"%s%s><%sv>%s</%sv></%sc>" % (head, b' t="%s"' % kind if kind else b"", p, value, p, p)


def _model_of(
    row: int, new: Mapping[int, NewRow], models: Mapping[int, tuple[dict[bytes, bytes], dict[int, bytes]]]
) -> tuple[dict[bytes, bytes], dict[int, bytes]]:
    return models[new[row].like] if row in new else ({}, {})


def _attributes(tag: bytes) -> dict[bytes, bytes]:
    return {m[1]: m[2] if m[2] is not None else m[3] for m in _ATTRIBUTE.finditer(tag)}


def _dimension(head: bytes, edits: Mapping[tuple[int, int], Edit], bottom: int | None) -> bytes:
    """The declared dimension, widened to hold the edits; `bottom` is the last row kept where rows were dropped."""
    m = _DIMENSION.search(head)
    cells = {p: e for p, e in edits.items() if not isinstance(e, Recalculated)}
    filled = [p for p, e in cells.items() if isinstance(e, PutFormula) or e.value not in (None, "")]
    if m is None or not filled:
        return head
    try:
        old = parse_range(m[2].decode())
    except ValueError:
        return head
    rows, columns = {r for r, _ in filled}, {c for _, c in filled}
    new = Range(
        min(old.top, *rows),
        min(old.left, *columns),
        max(old.bottom if bottom is None else bottom, *rows),
        max(old.right, *columns),
    )
    return head if new == old else head[: m.start(2)] + new.ref.encode() + head[m.end(2) :]


def _grown(part: bytes, growth: Sequence[Growth]) -> bytes:
    for g in growth:

        def longer(m: re.Match[bytes], g: Growth = g) -> bytes:
            return m[1] + grow(m[2].decode(), g.area, g.bottom).encode() + m[3]

        for pattern in (_SQREF, _EXT_SQREF, _FILTER_REF):
            part = pattern.sub(longer, part)
    return part
