"""Free text and phone numbers. Free text is kept as it was written: no width or inner space of it is changed."""

from __future__ import annotations

import re

from tjxl.findings import finding
from tjxl.intake.values import Reading, as_typed, fold, unusable
from tjxl.notice.words import INVISIBLE
from tjxl.ooxml.cells import RawCell, from_serial
from tjxl.ooxml.looks import NumberClass

MAX_TEXT = 32_767
_DASHES = str.maketrans("‐‑‒–—―−", "-------")
_EXTENSION = re.compile(r"(?:转|分机号?|ext\.?|x)[:.]?(?=\d{1,6}$)", re.IGNORECASE)
_LANDLINE = re.compile(r"(?:10|2\d|[3-9]\d{2})[1-9]\d{6,7}")
_SERVICE = ("400", "800")
_LOST_ZERO = range(9, 12)
"""Digits of a landline number with its area code when the 0 in front is gone."""


def read_text(cell: RawCell | None, number: NumberClass = "general", date1904: bool = False) -> Reading:
    """Free text; a number or date that stands in a text cell is written out."""
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    value = cell.value
    if isinstance(value, bool):
        return Reading("是" if value else "否")
    if isinstance(value, float):
        moment = from_serial(value, date1904) if number == "date" else None
        if moment is not None:
            return Reading(moment.date().isoformat())
        return Reading(f"{value * 100:.10g}%" if number == "percent" else as_typed(value))
    text = str(value)
    text = _trimmed(text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text)
    if len(text) > MAX_TEXT:
        return Reading(None, finding("V413", value=text[:50] + "…", length=len(text)))
    return Reading(text or None)


def _trimmed(text: str) -> str:
    """The text without white space and invisible characters at its ends."""
    while text and (text[0] in INVISIBLE or text[-1] in INVISIBLE or text != text.strip()):
        text = text.strip().strip(INVISIBLE)
    return text


def read_phone(cell: RawCell | None) -> Reading:
    """A phone number: width and dashes folded, 「转801」 as an extension, the 0 that a number cell lost put back."""
    reading = read_text(cell)
    if not isinstance(reading.value, str) or cell is None:
        return reading
    if isinstance(cell.value, float) and not isinstance(cell.value, bool):
        return _typed_as_number(reading.value)
    phone = _EXTENSION.sub("-", fold(reading.value).translate(_DASHES))
    if phone == reading.value:
        return reading
    return Reading(phone, finding("V415", value=reading.value, normalised=phone))


def _typed_as_number(digits: str) -> Reading:
    """A landline number with area code begins with 0, which a number cannot: 2223456789 was 022-23456789.

    A mobile number (11 digits, 1 in front) and 400 and 800 numbers have no 0 to lose.
    """
    mobile = len(digits) == 11 and digits[0] == "1"
    lost = len(digits) in _LOST_ZERO and _LANDLINE.fullmatch(digits) is not None
    if mobile or digits.startswith(_SERVICE) or not lost:
        return Reading(digits)
    return Reading(f"0{digits}", finding("V425", value=digits, normalised=f"0{digits}"))
