"""完成进度 as 0 to 1 (failure modes 12 to 14): 80% · ８０％ · 80 · 0.8 · 百分之八十 · 八成五 · 约80%."""

from __future__ import annotations

import re
from decimal import Decimal

from tjxl.findings import finding
from tjxl.intake.normalise.numerals import whole_number, without_about
from tjxl.intake.values import BLANK, Reading, as_typed, fold, in_doubt, joined, unusable
from tjxl.ooxml.cells import RawCell
from tjxl.ooxml.looks import NumberClass

_TENTHS = re.compile(r"([0-9]{1,2}|[一二三四五六七八九十])成([0-9]|[一二三四五六七八九半])?")
_LEADING = re.compile(r"^(?:已完成|完成|已达到?|达到?)")


def read_percent(cell: RawCell | None, number: NumberClass) -> Reading:
    """The share that a cell says.

    A number in a percentage format is what it says. Without one, 0.8 and 80 are both read as 80 % with a note,
    and exactly 1 is a question. A share below 0 or above 1 is given as it is, for the rules to refuse.
    """
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    value = cell.value
    if isinstance(value, float) and not isinstance(value, bool):
        if number == "percent":
            return Reading(float(f"{value:.15g}"))
        return _bare(Decimal(repr(value)), value)
    original = as_typed(value)
    if not fold(original):
        return BLANK
    plain, about = without_about(_LEADING.sub("", joined(original) or ""))
    plain, more = without_about(plain)
    share = share_in(plain)
    if share is None:
        bare = whole_number(plain)
        if bare is None:
            return Reading(None, finding("V405", value=original))
        reading = _bare(bare, original, always_noted=True)
        if reading.value is None:
            return reading
        share = Decimal(repr(reading.value))
    result = float(share)
    if not 0 <= result <= 1:
        return Reading(result)
    code = "V406" if about or more else "V403"
    return Reading(result, finding(code, value=original, normalised=result, percent=say_percent(result)))


def share_in(text: str) -> Decimal | None:
    """What a squeezed text that says it is a percentage comes to, as a share; None for any other text."""
    if text.startswith("百分之"):
        number = Decimal(100) if text[3:] == "百" else whole_number(text[3:])
        return None if number is None else number / 100
    if text.endswith("%"):
        number = whole_number(text[:-1])
        return None if number is None else number / 100
    if m := _TENTHS.fullmatch(text):
        tenths, half = whole_number(m[1]), Decimal(5) if m[2] == "半" else whole_number(m[2]) if m[2] else Decimal(0)
        return None if tenths is None or half is None else tenths / 10 + half / 100
    return None


def _bare(value: Decimal, original: object, *, always_noted: bool = False) -> Reading:
    """A number that no format explains."""
    if value == 1:
        return in_doubt("V404", (("100%", 1.0), ("1%", 0.01)), value=original)
    if value == 0 and not always_noted:
        return Reading(0.0)
    if value < 0 or value > 100:
        return Reading(None, finding("V405", value=original))
    share = float(f"{value if value < 1 else value / 100:.15g}")
    return Reading(share, finding("V403", value=original, normalised=share, percent=say_percent(share)))


def say_percent(share: float) -> str:
    """0.8 → 80%."""
    return f"{share * 100:.10g}%"
