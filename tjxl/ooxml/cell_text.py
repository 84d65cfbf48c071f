"""How a cell is written in a worksheet: value, formula, style."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Iterable, Mapping
from functools import lru_cache

from tjxl.ooxml.cells import CellValue
from tjxl.ooxml.edits import Change, Put, PutFormula
from tjxl.ooxml.pending import AppendedRow
from tjxl.ooxml.refs import cell_ref, column_letters
from tjxl.ooxml.stored import storable, stored, stored_text

_WHOLE = 10**15  # as in `stored`
Slot = tuple[int, bytes | None, bytes, bytes]
"""Column, style, and how its cells begin: up to the row's number, and behind it."""


def _text(text: str) -> bytes:
    return stored_text(text).encode()


_SHORT = 100
_short_text = lru_cache(maxsize=4096)(_text)
"""Rows of a ledger repeat names, files and digests."""


class CellWriter:
    """Writes the cells of one sheet. `prefix` is that of its elements (`x:`), empty for none."""

    def __init__(self, prefix: bytes, date1904: bool) -> None:
        self.prefix, self.date1904 = prefix, date1904
        self._dates: dict[dt.date, tuple[bytes, bytes]] = {}
        self._places: dict[tuple[int, ...], dict[int, int]] = {}
        p = prefix
        self._c, self._end, self._shut = b"<" + p + b'c r="', b"</" + p + b"v></" + p + b"c>", b'"/>'
        self._value = b'"><' + p + b"v>"
        self._text = b'" t="inlineStr"><' + p + b"is><" + p + b't xml:space="preserve">'
        self._text_end = b"</" + p + b"t></" + p + b"is></" + p + b"c>"

    def slot(self, column: int, style: bytes | None) -> Slot:
        """What all new cells of a column have in common, where many rows are written after one model."""
        start = self._c + column_letters(column).encode()
        return column, style, start, b'" s="' + style if style else b""

    def appended_cells(self, row: int, appended: AppendedRow, slots: Iterable[Slot]) -> bytes:
        """The cells of an appended row. As `new` one by one, but faster: they come by the hundred thousand."""
        number, out, places = b"%d" % row, [], self._places_of(appended.columns)
        text, text_end, begin, end, shut = self._text, self._text_end, self._value, self._end, self._shut
        values = (*appended.given, None)
        for column, style, start, styled in slots:
            value = values[places.get(column, -1)]
            if value is None or value == "":
                if style:
                    out.append(start + number + styled + shut)
            elif type(value) is str:
                written = (_short_text if len(value) <= _SHORT else _text)(value)
                out.append(start + number + styled + text + written + text_end)
            elif type(value) is int and -_WHOLE < value < _WHOLE:
                out.append(start + number + styled + begin + b"%d" % value + end)
            else:
                out.append(self.new(row, column, Put(value), style))
        return b"".join(out)

    def _dated(self, value: dt.date) -> tuple[bytes, bytes]:
        """As `stored`: a column of dates says few days, one of moments that of the command."""
        found = self._dates.get(value)
        if found is None:
            found = self._dates[value] = stored(value, self.date1904)
        return found

    def _places_of(self, columns: tuple[int, ...]) -> dict[int, int]:
        """Column → its place among the values of an appended row."""
        found = self._places.get(columns)
        if found is None:
            found = self._places[columns] = {column: at for at, column in enumerate(columns)}
        return found

    def new_cells(self, row: int, edits: Mapping[int, Change], slots: Iterable[Slot]) -> bytes:
        """The cells of a new row."""
        return b"".join(self.new(row, column, edits.get(column), style) for column, style, _, _ in slots)

    def new(self, row: int, column: int, edit: Change | None, style: bytes | None) -> bytes:
        """A cell that does not exist yet: it holds no formula to recalculate; empty and plain, it need not exist."""
        if edit is None:
            return self._head(row, column, style) + self._shut if style else b""
        if not isinstance(edit, Put | PutFormula):
            return b""
        if edit.style is None and not style and isinstance(edit, Put) and edit.value in (None, ""):
            return b""
        return self.cell(row, column, edit, style)

    def cell(self, row: int, column: int, edit: Put | PutFormula, style: bytes | None) -> bytes:
        """A cell with what it is to hold; `style` is its own, which the edit's overrides."""
        head = self._head(row, column, b"%d" % edit.style if edit.style is not None else style)
        if isinstance(edit, PutFormula):
            return self.formula(head + b'"', edit)
        value = edit.value
        if value is None or value == "":
            return head + self._shut
        if isinstance(value, str):
            return head + self._text + stored_text(value).encode() + self._text_end
        kind, text = self._dated(value) if isinstance(value, dt.date) else stored(value, self.date1904)
        if kind:
            head += b'" t="' + kind
        return head + self._value + text + self._end

    def _head(self, row: int, column: int, style: bytes | None) -> bytes:
        head = self._c + cell_ref(row, column).encode()
        return head + b'" s="' + style if style else head

    def formula(self, head: bytes, edit: PutFormula) -> bytes:
        """A formula cell behind the attributes `head`."""
        if not edit.valued:
            return b"%s>%s</%sc>" % (head, self._formula(edit), self.prefix)
        return self.valued(head, self._formula(edit), edit.cached)

    def valued(self, head: bytes, formula: bytes, cached: CellValue) -> bytes:
        """A cell with a formula element and the value that it has."""
        kind, value = stored(cached, self.date1904)
        t = b' t="%s"' % kind if kind else b""
        return b"%s%s>%s<%sv>%s%s" % (head, t, formula, self.prefix, value, self._end)

    def _formula(self, edit: PutFormula) -> bytes:
        p, shared = self.prefix, edit.shared
        if shared is not None and shared.area is None:
            return b'<%sf t="shared" si="%d"/>' % (p, shared.index)
        kind = b""
        if shared is not None and shared.area is not None:
            kind = b' t="shared" ref="%s" si="%d"' % (shared.area.ref.encode(), shared.index)
        return b"<%sf%s>%s</%sf>" % (p, kind, html.escape(storable(edit.text), quote=False).encode(), p)
