"""Text functions. Lengths and positions count characters."""

from __future__ import annotations

import re

from tjxl.formula.coercion import to_number
from tjxl.formula.criteria import wildcard_pattern
from tjxl.formula.errors import Unsupported
from tjxl.formula.formats import formatted
from tjxl.formula.numerals import number_from_text
from tjxl.formula.registry import Function
from tjxl.formula.values import VALUE, ExcelError, Raised, Value

LONGEST = 32767
"""Characters a cell can hold."""


def _natural(number: int, least: int = 0) -> int:
    if number < least:
        raise Raised(VALUE)
    return number


def _right(text: str, count: int = 1) -> str:
    return text[max(0, len(text) - _natural(count)) :]


def _mid(text: str, start: int, count: int) -> str:
    return text[_natural(start, 1) - 1 :][: _natural(count)]


def _trim(text: str) -> str:
    """Only U+0020 counts as a space, as in Excel."""
    return re.sub(" {2,}", " ", text.strip(" "))


def _substitute(text: str, old: str, new: str, which: int | None = None) -> str:
    if which is None:
        return text.replace(old, new) if old else text
    _natural(which, 1)
    if not old:
        return text
    pieces = text.split(old)
    if which >= len(pieces):
        return text
    return old.join(pieces[:which]) + new + old.join(pieces[which:])


def _find(wanted: str, text: str, start: int = 1) -> int:
    position = text.find(wanted, _natural(start, 1) - 1)
    if position < 0:
        raise Raised(VALUE)
    return position + 1


def _search(wanted: str, text: str, start: int = 1) -> int:
    _natural(start, 1)
    found = wildcard_pattern(wanted).search(text, start - 1) if start - 1 <= len(text) else None
    if found is None:
        raise Raised(VALUE)
    return found.start() + 1


def _repeat(text: str, times: int) -> str:
    if len(text) * _natural(times) > LONGEST:
        raise Raised(VALUE)
    return text * times


def _char(code: int) -> str:
    if not 1 <= code <= 255:
        raise Raised(VALUE)
    if code > 127:
        raise Unsupported("CHAR beyond ASCII depends on the computer's code page")
    return chr(code)


def _code(text: str) -> int:
    if not text:
        raise Raised(VALUE)
    if not text[0].isascii():
        raise Unsupported("CODE beyond ASCII depends on the computer's code page")
    return ord(text[0])


def _value(value: Value) -> float:
    if isinstance(value, bool):
        raise Raised(VALUE)
    return to_number(value)


def _text(value: Value, number_format: str) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str) and not isinstance(value, ExcelError):
        number = number_from_text(value)
        return value if number is None else formatted(number, number_format)
    return formatted(to_number(value), number_format)


FUNCTIONS = {
    "LEN": Function(len, "t"),
    "TRIM": Function(_trim, "t"),
    "CLEAN": Function(lambda text: re.sub(r"[\x00-\x1f]", "", text), "t"),
    "SUBSTITUTE": Function(_substitute, "ttti", least=3),
    "LEFT": Function(lambda text, count=1: text[: _natural(count)], "ti", least=1),
    "RIGHT": Function(_right, "ti", least=1),
    "MID": Function(_mid, "tii"),
    "FIND": Function(_find, "tti", least=2),
    "SEARCH": Function(_search, "tti", least=2),
    "REPT": Function(_repeat, "ti"),
    "UPPER": Function(str.upper, "t"),
    "LOWER": Function(str.lower, "t"),
    "EXACT": Function(lambda a, b: a == b, "tt"),
    "CONCATENATE": Function(lambda *texts: "".join(texts), "t", repeated="t"),
    "CHAR": Function(_char, "i"),
    "CODE": Function(_code, "t"),
    "VALUE": Function(_value, "v"),
    "TEXT": Function(_text, "vt"),
    "HYPERLINK": Function(lambda url, friendly=None: url if friendly is None else friendly, "tv", least=1),
}
