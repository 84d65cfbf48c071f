"""One kind of value read as another, and two values compared, as Excel does it."""

from __future__ import annotations

import math

from tjxl.formula.numerals import number_from_text, text_from_number
from tjxl.formula.values import NUM, VALUE, ExcelError, Raised, Value


def to_number(value: Value) -> float:
    """A number: blank is 0, TRUE is 1, text by its reading. Raises #VALUE! for other text, and errors as they are."""
    if isinstance(value, (int, float)):
        return value
    if value is None:
        return 0
    if isinstance(value, ExcelError):
        raise Raised(value)
    number = number_from_text(value)
    if number is None:
        raise Raised(VALUE)
    return number


def to_integer(value: Value) -> int:
    """A number cut to its whole part."""
    return math.trunc(to_number(value))


def to_text(value: Value) -> str:
    """A text: blank is empty, numbers in the General format. Raises errors as they are."""
    if isinstance(value, ExcelError):
        raise Raised(value)
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return text_from_number(value)


def to_bool(value: Value) -> bool:
    """A truth value: any number but 0 is true. Raises #VALUE! for text other than TRUE and FALSE."""
    if isinstance(value, ExcelError):
        raise Raised(value)
    if isinstance(value, str):
        if value.upper() in ("TRUE", "FALSE"):
            return value.upper() == "TRUE"
        raise Raised(VALUE)
    return bool(value)


def checked(number: float) -> float:
    """The number, or #NUM! raised where it is infinite or none at all."""
    if math.isfinite(number):
        return number
    raise Raised(NUM)


# Two numbers this close show the same 15 digits. The bound is that of LibreOffice's rtl_math_approxEqual.
_CLOSE = 2.0**-48


def same_number(a: float, b: float) -> bool:
    """Equal up to the last bits that arithmetic on decimal fractions leaves behind."""
    if a == b:
        return True
    if a == 0 or b == 0 or (float(a).is_integer() and float(b).is_integer()):
        return False
    return abs(a - b) < min(abs(a), abs(b)) * _CLOSE


def compare(a: Value, b: Value) -> int:
    """-1, 0 or 1 for a < b, a = b, a > b: numbers before text before booleans, text without regard to case.

    A blank takes the kind of the other side. Neither side is an error value.
    """
    if type(a) is str and type(b) is str:  # the commonest case first
        x, y = a.lower(), b.lower()
        return (x > y) - (x < y)
    if type(a) in _NUMBERS and type(b) in _NUMBERS:
        return _order(a, b)  # type: ignore[arg-type]
    if a is None:
        a = _blank_like(b)
    if b is None:
        b = _blank_like(a)
    kind_a, kind_b = _kind(a), _kind(b)
    if kind_a != kind_b:
        return -1 if kind_a < kind_b else 1
    if isinstance(a, str) and isinstance(b, str):
        x, y = a.lower(), b.lower()
        return (x > y) - (x < y)
    return _order(to_number(a), to_number(b))


_NUMBERS = frozenset((int, float))


def _order(a: float, b: float) -> int:
    if a == b or (not (type(a) is int and type(b) is int) and same_number(a, b)):
        return 0
    return -1 if a < b else 1


def _blank_like(other: Value) -> Value:
    if isinstance(other, bool):
        return False
    return "" if isinstance(other, str) else 0


def _kind(value: Value) -> int:
    if isinstance(value, bool):
        return 2
    return 1 if isinstance(value, str) else 0
