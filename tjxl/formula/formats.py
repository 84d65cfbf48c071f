"""TEXT: numbers through the few number formats that tjxl uses (``0``, ``0.0%``, ``#,##0``, ``yyyy年m月d日`` …)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from tjxl.formula.dates import date_of
from tjxl.formula.errors import Unsupported
from tjxl.formula.numerals import text_from_number
from tjxl.formula.values import VALUE, Raised

_NUMBER = re.compile(r"(#,##)?(0+)(?:\.(0+))?(%?)")
_DATE = re.compile(r"(yyyy|yy|mm|m|dd|d)|([年月日\-/. ])|\"([^\"]*)\"|\\(.)", re.IGNORECASE)


def formatted(number: float, number_format: str) -> str:
    """*number* in *number_format*. Raises `Unsupported` for any other format."""
    if number_format.lower() in ("general", "@"):
        return text_from_number(number)
    if m := _NUMBER.fullmatch(number_format):
        return _number(number, bool(m[1]), len(m[2]), len(m[3] or ""), m[4])
    if re.fullmatch(f"(?:{_DATE.pattern})+", number_format, re.IGNORECASE):
        return _date(number, number_format)
    raise Unsupported(f"number format {number_format}")


def rounded(number: float, places: int, mode: str = ROUND_HALF_UP) -> Decimal:
    """*number*, taken at its 15 significant digits, rounded to *places* after (or before) the point."""
    exact = Decimal(f"{number:.15g}")
    if places >= -int(exact.as_tuple().exponent):
        return exact
    return exact.quantize(Decimal(1).scaleb(-places), mode) if places >= -330 else Decimal(0)


def _number(number: float, grouped: bool, least: int, places: int, percent: str) -> str:
    value = rounded(number * 100 if percent else number, places)
    text = f"{abs(value):{',' if grouped else ''}.{places}f}"
    whole, point, fraction = text.partition(".")
    text = whole.rjust(least, "0") + point + fraction
    return ("-" if value < 0 else "") + text + percent


def _date(serial: float, number_format: str) -> str:
    if serial < 0:
        raise Raised(VALUE)
    year, month, day = date_of(serial)
    known = {
        "yyyy": f"{year:04d}", "yy": f"{year % 100:02d}",
        "mm": f"{month:02d}", "m": str(month), "dd": f"{day:02d}", "d": str(day),
    }  # fmt: skip
    parts = []
    for m in _DATE.finditer(number_format):
        parts.append(known[m[1].lower()] if m[1] else m[2] or m[3] or m[4] or "")
    return "".join(parts)
