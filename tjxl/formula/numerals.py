"""Numbers in text and text for numbers, in the way of the General format."""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from tjxl.formula.dates import serial_of

# ASCII digits only: full-width digits are text to Excel.
_NUMBER = re.compile(r"([+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(%?)")
_GROUPED = re.compile(r"([+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?)(%?)")
_DATE = re.compile(r"([0-9]{4})([-/])([0-9]{1,2})\2([0-9]{1,2})")


@lru_cache(maxsize=65536)
def number_from_text(text: str) -> float | None:
    """The number a text stands for (12, -1.5e3, 80%, 1,234, 2022-06-30, 2022/6/30), or None.

    Readings that depend on a locale (6/30, 6月底) are none.
    """
    text = text.strip(" ")
    if m := _NUMBER.fullmatch(text) or _GROUPED.fullmatch(text):
        number = float(m[1].replace(",", ""))
        return number / 100 if m[2] else number
    return _date(m) if (m := _DATE.fullmatch(text)) else None


def _date(m: re.Match[str]) -> float | None:
    """The serial of year-month-day, or None for a day that the calendar lacks."""
    year, month, day = int(m[1]), int(m[3]), int(m[4])
    try:
        dt.date(year, month, day)
    except ValueError:
        return None
    return serial_of(year, month, day) if year >= 1900 else None


def tidy(number: float) -> float:
    """The number rounded to the 15 significant digits that Excel keeps."""
    return float(f"{number:.15g}")


def text_from_number(number: float) -> str:
    """A number as the General format spells it: 3, 0.25, 1E+15."""
    if isinstance(number, int) and abs(number) < 10**15:
        return str(number)
    text = f"{number:.15g}"
    if "e" not in text:
        return "0" if text == "-0" else text
    mantissa, exponent = text.split("e")
    if -10 < int(exponent) < 0:
        return _plain(mantissa, int(exponent))
    return f"{mantissa}E{exponent[0]}{exponent[1:].lstrip('0').zfill(2)}"


def _plain(mantissa: str, exponent: int) -> str:
    """1.5, -7 → 0.00000015"""
    sign = "-" if mantissa.startswith("-") else ""
    return f"{sign}0.{'0' * (-exponent - 1)}{mantissa.lstrip('-').replace('.', '')}"
