"""How a cell is written in a worksheet: value, formula, style."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Mapping, Sequence

from tjxl.ooxml.cells import CellValue
from tjxl.ooxml.edits import Change, Put, PutFormula
from tjxl.ooxml.refs import column_letters
from tjxl.ooxml.stored import storable, stored, stored_text

ROW_HERE, VALUE_HERE = b"\0", b"\0\0"
"""Stand in the text of a `RowTemplate` for the row's number and for a value: no XML holds a NUL."""

_SHORT = 100
_MOST = 4096


class _Written(dict[CellValue, bytes]):
    """Value → what a cell's innermost element holds for it. What is equal is written alike, whatever its type.

    Rows of a ledger repeat names, files, digests and moments; those are kept, as far as they are short.
    """

    def __init__(self, date1904: bool) -> None:
        super().__init__()
        self.date1904 = date1904

    def __missing__(self, value: CellValue) -> bytes:
        written = stored_text(value).encode() if isinstance(value, str) else stored(value, self.date1904)[1]
        if len(written) <= _SHORT:
            if len(self) == _MOST:
                self.clear()
            self[value] = written
        return written


class RowTemplate:
    """A row to be filled in: what many rows of one kind have in common is put together once."""

    def __init__(self, text: bytes, places: Sequence[int], written: Mapping[CellValue, bytes]) -> None:
        """
        Args:
            text: the row, with `ROW_HERE` and `VALUE_HERE`.
            places: where the values that go in stand among those that a row is filled with.
        """
        self._text = text.replace(b"%", b"%%").replace(VALUE_HERE, b"%b")
        self._places = places
        self._written = written

    def filled(self, row: int, given: tuple[CellValue, ...]) -> bytes:
        """The row of this number with these values."""
        written = self._written
        values = tuple([written[given[place]] for place in self._places])
        return self._text.replace(ROW_HERE, b"%d" % row) % values


class CellWriter:
    """Writes the cells of one sheet. `prefix` is that of its elements (`x:`), empty for none.

    Attributes:
        written: value → what stands in its cell, see `template`.
    """

    def __init__(self, prefix: bytes, date1904: bool) -> None:
        self.prefix, self.date1904 = prefix, date1904
        self.written = _Written(date1904)
        p = prefix
        self._c, self._end, self._shut = b"<" + p + b'c r="', b"</" + p + b"v></" + p + b"c>", b'"/>'
        number = b'"><' + p + b"v>", self._end
        text = (
            b'" t="inlineStr"><' + p + b"is><" + p + b't xml:space="preserve">',
            b"</" + p + b"t></" + p + b"is></" + p + b"c>",
        )
        truth = b'" t="b"><' + p + b"v>", self._end
        self._around: dict[type, tuple[bytes, bytes]] = {str: text, bool: truth}
        self._around |= dict.fromkeys((int, float, dt.date), number)

    def template(self, column: int, kind: type | None, style: bytes | None) -> bytes:
        """A cell of a new row with a value of this type, None for none; styled by nothing, that need not exist.

        Marks stand for the row's number (`ROW_HERE`) and for what is `written` of a value (`VALUE_HERE`).
        """
        if kind is None:
            return self._head(ROW_HERE, column, style) + self._shut if style else b""
        return self._plain(self._head(ROW_HERE, column, style), kind, VALUE_HERE)

    def _plain(self, head: bytes, kind: type, written: bytes) -> bytes:
        """A cell with a value of this type, behind the beginning of its tag."""
        around = self._around.get(kind)
        if around is None:
            around = self._around[kind] = next(self._around[base] for base in kind.__mro__ if base in self._around)
        return head + around[0] + written + around[1]

    def new(self, row: int, column: int, edit: Change | None, style: bytes | None) -> bytes:
        """A cell that does not exist yet: it holds no formula to recalculate; empty and plain, it need not exist."""
        if edit is None:
            return self._head(b"%d" % row, column, style) + self._shut if style else b""
        if not isinstance(edit, (Put, PutFormula)):
            return b""
        if edit.style is None and not style and isinstance(edit, Put) and edit.value in (None, ""):
            return b""
        return self.cell(row, column, edit, style)

    def cell(self, row: int, column: int, edit: Put | PutFormula, style: bytes | None) -> bytes:
        """A cell with what it is to hold; `style` is its own, which the edit's overrides."""
        head = self._head(b"%d" % row, column, b"%d" % edit.style if edit.style is not None else style)
        if isinstance(edit, PutFormula):
            return self.formula(head + b'"', edit)
        value = edit.value
        if value is None or value == "":
            return head + self._shut
        return self._plain(head, type(value), self.written[value])

    def _head(self, row: bytes, column: int, style: bytes | None) -> bytes:
        head = self._c + column_letters(column).encode() + row
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
