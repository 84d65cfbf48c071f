"""The text of a worksheet part, taken apart as far as changing it needs: its rows by number, the cells of one row.

Only row tags are looked at when a sheet is opened; cells are taken apart in the rows that somebody asks for. So the
last rows of a long table cost the same as those of a short one.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from tjxl.errors import PackageError
from tjxl.ooxml.outline import is_utf8
from tjxl.ooxml.refs import Range, column_number, parse_range

_PREFIX = rb"(?:[A-Za-z_][\w.-]*:)?"
_SHEET_DATA = re.compile(rb"<(" + _PREFIX + rb")sheetData\b[^>]*?(/?)>")
_COLUMN = re.compile(rb"<" + _PREFIX + rb"col\b([^>]*?)/?>")
# Possessive (`*+`): a cell is passed over in two strides, and nothing is tried again.
_CELL = re.compile(
    rb"<" + _PREFIX + rb"c(?=[\s/>])([^>/]*+(?:/(?!>)[^>/]*+)*+)"
    rb"(?:/>|>((?:[^<]++|<(?!/" + _PREFIX + rb"c[\s>]))*+)</" + _PREFIX + rb"c\s*>)"
)
FORMULA = re.compile(rb"<" + _PREFIX + rb"f(?=[\s/>])([^>]*?)(?:/>|>([^<]*)</" + _PREFIX + rb"f\s*>)", re.DOTALL)
_ATTRIBUTE = re.compile(rb"""([\w:.-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_REF = re.compile(rb"""(?:^|\s)r\s*=\s*["']\s*([A-Za-z]*)([0-9]*)""")
_MERGED = re.compile(rb"<" + _PREFIX + rb"mergeCell\b[^>]*?\bref\s*=\s*[\"']([^\"']*)")
_HEIGHT = re.compile(rb"[0-9]{1,3}(?:\.[0-9]{1,15})?")
_STRETCH = 1024 * 1024
_SAYS_SOMETHING = re.compile(rb">\s*[^<\s]")
SHARED_KIND = re.compile(rb"""\st\s*=\s*["']shared["']""")
_BLOCK_KIND = re.compile(rb"""\st\s*=\s*["'](?:array|dataTable)["']""")


class SheetText:
    """A worksheet part, and where its rows stand in it. Of a long one there is no second copy.

    Attributes:
        prefix: that of its elements (`x:`), empty for none.
        head, tail: the text up to its rows, and behind them.
        body: the part; the rows stand from `begin` to `end`.
    """

    def __init__(self, xml: bytes) -> None:
        """
        Raises:
            PackageError: E305, the part is written in a way that cannot be changed safely.
        """
        split = split_sheet(xml)
        self.prefix, self.head, self.tail = split.prefix, split.head, split.tail
        self.body, self.begin, self.end = xml, split.begin, split.end

    @cached_property
    def spans(self) -> dict[int, tuple[int, int, int]]:
        """Row number → start of its tag, end of its tag, end of the row, in the text of the rows.

        Raises:
            PackageError: E305, rows out of order or without an end.
        """
        body, spans, number = self.body, {}, 0
        close = b"</" + self.prefix + b"row"
        tag = re.compile(b"<" + re.escape(self.prefix) + rb"row(?=[\s/>])([^>]*?)(/?)>")
        for m in self.found(tag):
            ref = _REF.search(m[1])
            r = ref[1] + ref[2] if ref else b""
            previous, number = number, int(r) if r.isdigit() else number + 1
            at = m.end() if m[2] else body.find(close, m.end(), self.end)
            stop = m.end() if m[2] else body.find(b">", at, self.end) + 1
            if at < 0 or stop == 0 or number <= previous or (r and not r.isdigit()):
                raise PackageError("E305")
            spans[number] = (m.start(), m.end(), stop)
        return spans

    def found(self, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
        """Where a pattern is found in the rows."""
        return pattern.finditer(self.body, self.begin, self.end)

    def holds(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether a pattern is found in the rows."""
        return pattern.search(self.body, self.begin, self.end) is not None

    def stretches(self) -> Iterator[bytes]:
        """The sheet as several, each with some of its rows and begun by a numbered one: a long one is read so.

        What stands below the rows (links, rules, merged areas) is left out.
        """
        body, at = self.body, self.begin
        tail = b"</" + self.prefix + b"sheetData>" + self.tail[self.tail.rfind(b"</") :]
        numbered = re.compile(b"<" + re.escape(self.prefix) + rb"row(?:\s[^<>]*)?\sr\s*=")
        while at < self.end:
            following = numbered.search(body, at + _STRETCH, self.end)
            end = self.end if following is None else following.start()
            yield b"".join((self.head, memoryview(body)[at:end], tail))
            at = end

    @cached_property
    def unnumbered(self) -> bool:
        """Whether some row says no number and counts from the one before."""
        return any(_REF.search(self.body[start:end]) is None for start, end, _ in self.spans.values())

    @cached_property
    def column_styles(self) -> list[tuple[int, int, bytes]]:
        """First column, last column, style: what a cell that does not exist yet looks like."""
        columns = [attributes_of(m[1]) for m in _COLUMN.finditer(self.head)]
        return [
            (int(c[b"min"]), int(c[b"max"]), c[b"style"]) for c in columns if {b"min", b"max", b"style"} <= c.keys()
        ]

    def rows_with(self, pattern: re.Pattern[bytes]) -> list[int]:
        """The rows in whose text a pattern is found, in order."""
        found = [m.start() for m in self.found(pattern)]
        numbers = list(self.spans) if found else []
        starts = [start for start, _, _ in self.spans.values()] if found else []
        return sorted({numbers[at - 1] for place in found if (at := bisect_right(starts, place)) > 0})

    def inner(self, row: int) -> bytes:
        """What stands between the tags of a row."""
        _, tag_end, end = self.spans[row]
        return b"" if tag_end == end else self.body[tag_end : self.body.rfind(b"</", tag_end, end)]

    def cells(self, row: int) -> Iterator[tuple[int, re.Match[bytes]]]:
        """Column of each cell of a row, its attributes (group 1, not taken apart) and what it holds (group 2)."""
        column = 0
        for m in _CELL.finditer(self.inner(row)):
            ref = _REF.search(m[1])
            column = column_number(ref[1].decode()) if ref and ref[1] else column + 1
            yield column, m

    def model(self, row: int) -> tuple[dict[bytes, bytes], dict[int, bytes]]:
        """Attributes of a row and styles of its cells, as far as they make a look."""
        if row not in self.spans:
            return {}, {}
        start, tag_end, _ = self.spans[row]
        attributes = attributes_of(self.body[start:tag_end])
        for name in (b"r", b"spans", b"hidden", b"collapsed"):
            attributes.pop(name, None)
        styles = ((c, attributes_of(m[1]).get(b"s")) for c, m in self.cells(row))
        return attributes, {column: style for column, style in styles if style is not None}

    def height(self, row: int) -> float:
        """The height of a row in points; 0 where the part does not say one."""
        if row not in self.spans:
            return 0.0
        start, tag_end, _ = self.spans[row]
        said = attributes_of(self.body[start:tag_end]).get(b"ht", b"")
        return float(said) if _HEIGHT.fullmatch(said) else 0.0

    def last_filled(self, area: Range) -> int | None:
        """The last row of an area in which something was entered, looked for from below; formulas are not entered."""
        for row in range(area.bottom, area.top - 1, -1):
            if row in self.spans and any(
                area.left <= column <= area.right and _entered(m[2] or b"") for column, m in self.cells(row)
            ):
                return row
        return None

    def used(self, row: int, left: int, right: int) -> bool:
        """Whether a row holds a value or formula in these columns."""
        return row in self.spans and any(
            left <= column <= right and m[2] and (FORMULA.search(m[2]) or _SAYS_SOMETHING.search(m[2]))
            for column, m in self.cells(row)
        )

    def has_cells(self, row: int, columns: range) -> bool:
        """Whether a row has cells in these columns, blank ones included: only then it has looks."""
        return row in self.spans and any(column in columns for column, _ in self.cells(row))

    def model_row(self, area: Range) -> int:
        """The row of an area whose looks new rows take: the lowest that has any, or the last where none has."""
        columns = range(area.left, area.right + 1)
        rows = range(area.bottom, area.top - 1, -1)
        return next((row for row in rows if self.has_cells(row, columns)), area.bottom)

    def last_used(self, area: Range) -> int | None:
        """The last row of an area that holds a value or formula."""
        rows = range(area.bottom, area.top - 1, -1)
        return next((row for row in rows if self.used(row, area.left, area.right)), None)

    def blank_rows(self, first: int, last: int) -> list[int]:
        """The rows from one to another in which nothing stands: neither value nor formula in any cell."""
        return [row for row in range(first, last + 1) if row not in self.spans or self._blank(*self.spans[row])]

    def _blank(self, _: int, tag_end: int, end: int) -> bool:
        something = _SAYS_SOMETHING.search(self.body, tag_end - 1, end)
        return something is None and FORMULA.search(self.body, tag_end, end) is None

    def formula_columns(self, row: int) -> set[int]:
        """The columns of a row in which formulas stand."""
        if row not in self.spans:
            return set()
        return {column for column, m in self.cells(row) if m[2] and FORMULA.search(m[2])}

    def formula(self, row: int, column: int) -> re.Match[bytes] | None:
        """The formula element of a cell: attributes (group 1) and text (group 2, None for none)."""
        if row not in self.spans:
            return None
        cell = next((m for c, m in self.cells(row) if c == column), None)
        return FORMULA.search(cell[2] or b"") if cell is not None else None

    def rows_between(self, first: int, last: int) -> list[int]:
        """The rows that are there from one to another."""
        numbers = list(self.spans)
        return numbers[bisect_left(numbers, first) : bisect_right(numbers, last)]

    @cached_property
    def merged(self) -> list[Range]:
        """Merged cells."""
        try:
            return [parse_range(m[1].decode()) for m in _MERGED.finditer(self.tail)]
        except ValueError as error:
            raise PackageError("E305") from error

    @cached_property
    def has_formulas(self) -> bool:
        """Whether any cell seems to hold a formula; only then is it worth while to look for them."""
        return self.holds(re.compile(b"<" + re.escape(self.prefix) + rb"f[\s/>]"))

    @cached_property
    def blocks(self) -> list[Range]:
        """The areas of array formulas, spilled ones and data tables that take more than one cell.

        One formula fills them: a part of such an area cannot be changed.
        """
        out = []
        for m in self.found(FORMULA) if self.has_formulas else ():
            if _BLOCK_KIND.search(m[1]):
                try:
                    area = parse_range(attributes_of(m[1]).get(b"ref", b"").decode())
                except ValueError as error:
                    raise PackageError("E305") from error
                if (area.top, area.left) != (area.bottom, area.right):
                    out.append(area)
        return out


def _entered(content: bytes) -> bool:
    return _SAYS_SOMETHING.search(content) is not None and FORMULA.search(content) is None


def attributes_of(tag: bytes) -> dict[bytes, bytes]:
    """The attributes of a tag, as written."""
    return {m[1]: m[2] if m[2] is not None else m[3] for m in _ATTRIBUTE.finditer(tag)}


class Split(NamedTuple):
    """A worksheet part taken apart: the text up to its rows and behind them, and where the rows stand."""

    prefix: bytes
    head: bytes
    begin: int
    end: int
    tail: bytes


def split_sheet(xml: bytes) -> Split:
    """
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
    prefix, begin = start[1], start.end()
    if start[2]:
        head, tail = xml[: start.start()] + b"<" + prefix + b"sheetData>", xml[begin:]
        return Split(prefix, head, begin, begin, b"</" + prefix + b"sheetData>" + tail)
    end = xml.find(b"</" + prefix + b"sheetData", begin)
    if end < 0 or xml.find(b"<!--", begin, end) >= 0 or xml.find(b"<![CDATA[", begin, end) >= 0:
        raise PackageError("E305")
    return Split(prefix, xml[:begin], begin, end, xml[end:])
