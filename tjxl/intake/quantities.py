"""本期完成值 of a target: from what stands in the cell to a number in the target's own unit.

「35.2」, 「35.2万人」 and 「352000人」 are the same for a target in 万人; 「2000万」 is 20,000,000 for one in 元.
A target in % is stored as the number before the sign. What does not fit the unit is an error; two plausible readings
are a question.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from tjxl.findings import Finding, finding
from tjxl.intake.values import APPROXIMATE, BLANK, Reading, squeeze, unusable
from tjxl.ooxml.cells import NumberClass, RawCell
from tjxl.register import Measure

_QUANTITY = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3}){1,5}|\d{1,15})(?:\.\d{1,12})?)((?:[^\d.,+-]\S{0,19})?)")
_SCALES = (("万亿", 1e12), ("亿", 1e8), ("千万", 1e7), ("百万", 1e6), ("万", 1e4), ("千", 1e3), ("百", 1e2))
_UNSCALED = ("百分点", "个百分点")
_ALIKE = {"名": "人", "米2": "平方米", "m2": "平方米", "平米": "平方米", "公里": "千米", "km": "千米", "公斤": "千克"}
# Words before the number that say what the target is about anyhow.
_LEADING: dict[Measure, tuple[str, ...]] = {
    "growth": ("同比增长", "增长"),
    "flow": ("累计新增", "累计", "新增"),
    "stock": ("达到", "达"),
    "share": ("达到", "达"),
}
_DOUBTED, _PLAUSIBLE = 10.0, 4.0
"""A bare number is doubted where it is further than the first factor from the target, and within the second of it
when it is read in another unit. 0.4 % growth against 5 % is no misreading, 0.048 very likely is."""
_DIGITS = 10


@dataclass(frozen=True, slots=True)
class Measured:
    """What a value counts: the target's unit, the value aimed at, the kind of target. Blank where unknown."""

    unit: str
    aim: float | None = None
    measure: Measure | None = None


def read_quantity(cell: RawCell | None, number: NumberClass, measured: Measured) -> Reading:
    """The value in the target's unit (failure modes 12 to 15)."""
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    value = cell.value
    if isinstance(value, float) and not isinstance(value, bool):
        return _number(value, number, measured)
    text = squeeze(str(value))
    if not text:
        return BLANK
    return _text(text, str(value), measured)


def _number(value: float, number: NumberClass, measured: Measured) -> Reading:
    if number == "date":
        return Reading(None, finding("V420", value=f"{value:.15g}", unit=measured.unit))
    if number != "percent":
        return _bare(value, f"{value:.15g}", measured)
    shown = f"{value * 100:.10g}%"
    if measured.unit == "%":
        return Reading(round(value * 100, _DIGITS))
    # 35 % of the target, or 0.35 of its unit: only the unit knows
    readings = {"first": f"完成目标的 {shown}", "second": _said(value, measured)}
    return Reading(None, finding("V424", value=shown, **readings))


def _bare(value: float, original: str, measured: Measured, note: Finding | None = None) -> Reading:
    """A number without a unit is in the target's, unless only another reading comes anywhere near the target."""
    scale = 0.01 if measured.unit == "%" else _split(measured.unit)[0]
    other = round(value / scale, _DIGITS)
    if scale != 1 and _near(other, measured.aim, _PLAUSIBLE) and not _near(value, measured.aim, _DOUBTED):
        readings = {"first": _said(value, measured), "second": _said(other, measured)}
        return Reading(None, finding("V424", value=original, **readings))
    return Reading(round(value, _DIGITS), note)


def _near(value: float, aim: float | None, factor: float) -> bool:
    return bool(aim) and aim is not None and 1 / factor <= value / aim <= factor


def _text(text: str, original: str, measured: Measured) -> Reading:
    plain = APPROXIMATE.sub("", text)
    for word in _LEADING.get(measured.measure, ()) if measured.measure else ():
        if plain.startswith(word):
            plain = plain.removeprefix(word)
            break
    plain = APPROXIMATE.sub("", plain)
    match = _QUANTITY.fullmatch(plain)
    if match is None:
        return Reading(None, finding("V420", value=original, unit=measured.unit))
    number = float(match[1].replace(",", ""))
    if match[2]:
        factor = _factor(match[2], measured.unit)
        if factor is None:
            return Reading(None, finding("V421", value=original, unit=measured.unit))
        number = round(number * factor, _DIGITS)
    code = "V422" if APPROXIMATE.sub("", text) == text else "V423"
    note = finding(code, value=original, normalised=number, shown=_said(number, measured))
    return Reading(number, note) if match[2] else _bare(number, original, measured, note)


def _factor(written: str, unit: str) -> float | None:
    """What one of the written unit is in the target's; None where they do not go together.

    A scale alone (「2000万」) counts the target's own things.
    """
    theirs, thing = _split(written)
    ours, own = _split(unit)
    if thing not in ("", own) or (thing == "" and own == "%"):
        return None
    return theirs / ours


def _split(unit: str) -> tuple[float, str]:
    """万人 → (10000, 人): scale and thing counted."""
    name = unicodedata.normalize("NFKC", unit)
    name = _ALIKE.get(name, name)
    if name in _UNSCALED:
        return 1.0, "百分点"
    for word, scale in _SCALES:
        if name.startswith(word):
            rest = name[len(word) :]
            return scale, _ALIKE.get(rest, rest)
    return 1.0, name


def _said(value: float, measured: Measured) -> str:
    return f"{value:.12g}{measured.unit}"
