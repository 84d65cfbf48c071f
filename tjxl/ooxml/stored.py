"""How a cell's value is written in XML."""

from __future__ import annotations

import datetime as dt
import html
import math
import re

from tjxl.ooxml.cells import CellValue, to_serial

MAX_TEXT = 32_767

_UNSTORABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_AS_IT_STANDS = re.compile("[\x00-\x08\x0b-\x1f&<>\ud800-\udfff\ufffe\uffff]|_x")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def storable(text: str) -> str:
    """Text as XML 1.0 can hold it: what it cannot hold has no meaning in a cell and is dropped."""
    return _UNSTORABLE.sub("", text)


def protected(text: str) -> str:
    """Text as Excel stores it, before XML's own escapes: what looks like an escaped character stays what it is."""
    return _LOOKS_ESCAPED.sub("_x005F_", storable(text.replace("\r\n", "\n").replace("\r", "\n")))


def stored_text(text: str) -> str:
    """Text as XML of a cell.

    Raises:
        ValueError: it is longer than a cell can hold.
    """
    if 2 * len(text) <= MAX_TEXT and _NOT_AS_IT_STANDS.search(text) is None:
        return text  # most texts
    text = storable(text.replace("\r\n", "\n").replace("\r", "\n"))
    if len(text.encode("utf-16-le")) > 2 * MAX_TEXT:  # Excel counts a character beyond the BMP as two
        raise ValueError(f"text of {len(text)} characters in a cell")
    return html.escape(protected(text), quote=False)


def stored(value: CellValue, date1904: bool) -> tuple[bytes, bytes]:
    """Cell type and stored form of a value that is not shown as an inline string."""
    if value is None:
        return b"str", b""
    if isinstance(value, bool):
        return b"b", b"1" if value else b"0"
    if isinstance(value, dt.date):
        value = to_serial(value, date1904)
    if isinstance(value, int | float):
        if not math.isfinite(value):
            raise ValueError(f"{value} in a cell")
        return b"", (str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(float(value))).encode()
    if type(value) is not str and value.startswith("#"):  # an error value of the evaluator
        return b"e", value.encode()
    return b"str", stored_text(value).encode()
