"""本期完成值 of a target: from what stands in the cell to a number in the target's own unit.

「35.2」, 「35.2万人」, 「三十五万二千」 and 「352000人」 are the same for a target in 万人; 「2000万」 is
20,000,000 for one in 元. A target in % is stored as the number before the sign. What does not fit the unit is an
error; two plausible readings are a question.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from tjxl.findings import finding
from tjxl.intake.normalise.numerals import leading_number, without_about
from tjxl.intake.normalise.percents import say_percent, share_in
from tjxl.intake.values import BLANK, Reading, as_typed, fold, in_doubt, joined, unusable
from tjxl.ooxml.cells import RawCell
from tjxl.ooxml.looks import NumberClass
from tjxl.register import Measure

_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
_ALIKE = {"名": "人", "米2": "平方米", "m2": "平方米", "平米": "平方米", "公里": "千米", "km": "千米", "公斤": "千克"}
_COUNTED = frozenset("家所项处座条套部张件")
"""Counters of single things, for which people also write 个."""
# Words before the number that say what the target is about anyhow.
_LEADING: dict[Measure, tuple[str, ...]] = {
    "growth": ("同比增长", "增长"),
    "flow": ("累计新增", "累计完成", "累计", "新增", "已完成", "完成"),
    "stock": ("已达到", "达到", "已达", "达"),
    "share": ("已达到", "达到", "已达", "达"),
}
_DOUBTED, _PLAUSIBLE = 10.0, 4.0
"""A bare number is doubted where it is further than the first factor from the target, and within the second of it
when it is read in another unit. 0.4 % growth against 5 % is no misreading, 0.048 very likely is."""


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
    original = as_typed(value)
    if not fold(original):
        return BLANK
    text = joined(original)
    return _refused(original, measured) if text is None else _text(text, original, measured)


def _refused(original: str, measured: Measured) -> Reading:
    return Reading(None, finding("V420", value=original, unit=measured.unit))


def _number(value: float, number: NumberClass, measured: Measured) -> Reading:
    if number == "date":
        return _refused(as_typed(value), measured)
    if number != "percent":
        return _bare(_exactly(value), as_typed(value), measured, noted=False)
    shown = say_percent(value)
    if measured.unit == "%":
        return Reading(float(_exactly(value) * 100))
    # 35 % of the target, or 0.35 of its unit: only the unit knows
    readings = [(_said(value, measured), value)]
    if measured.aim is not None:
        part = float(_exactly(value) * _exactly(measured.aim))
        readings.insert(0, (f"{_said(part, measured)}（目标的 {shown}）", part))
    return _doubted(shown, readings)


def _exactly(value: float) -> Decimal:
    """The number that a person typed: without what binary fractions add to it."""
    return Decimal(f"{value:.15g}")


def _doubted(original: str, readings: list[tuple[str, float]]) -> Reading:
    return in_doubt("V424", readings, value=original, readings="，也可能是 ".join(said for said, _ in readings))


def _bare(number: Decimal, original: str, measured: Measured, *, noted: bool, about: bool = False) -> Reading:
    """A number without a unit is in the target's, unless only another reading comes anywhere near the target."""
    scale = Decimal("0.01") if measured.unit == "%" else _split(measured.unit)[0]
    value, other = float(number), float(number / scale)
    if scale != 1 and _near(other, measured.aim, _PLAUSIBLE) and not _near(value, measured.aim, _DOUBTED):
        return _doubted(original, [(_said(value, measured), value), (_said(other, measured), other)])
    return _said_so(value, original, measured, about) if noted else Reading(value)


def _near(value: float, aim: float | None, factor: float) -> bool:
    return bool(aim) and aim is not None and 1 / factor <= value / aim <= factor


def _text(text: str, original: str, measured: Measured) -> Reading:
    plain, about = without_about(text)
    for word in _LEADING.get(measured.measure, ()) if measured.measure else ():
        if plain.startswith(word):
            plain = plain.removeprefix(word)
            break
    plain, more = without_about(plain)
    about = about or more
    if measured.unit == "%" and (share := share_in(plain)) is not None:
        return _said_so(float(share * 100), original, measured, about)
    written = leading_number(plain)
    if written is None:
        return _refused(original, measured)
    rest = written.rest
    if rest[:1] in ("多", "余"):  # 300多家
        rest, about = rest[1:], True
    if any(c.isdigit() or c in "-~+/," for c in _ALIKE.get(rest, rest)):
        return _refused(original, measured)
    if not rest and not written.scaled:
        return _bare(written.value, original, measured, noted=True, about=about)
    factor = _factor(rest, measured.unit)
    if factor is None:
        return Reading(None, finding("V421", value=original, unit=measured.unit))
    return _said_so(float(written.value * factor), original, measured, about)


def _said_so(value: float, original: str, measured: Measured, about: bool) -> Reading:
    """A value with the note of how it was read."""
    code = "V423" if about else "V422"
    return Reading(value, finding(code, value=original, normalised=value, shown=_said(value, measured)))


def _factor(written: str, unit: str) -> Decimal | None:
    """What one of the written things is in the target's unit; None where they do not go together.

    Without a thing (「2000万」) the target's own are counted.
    """
    theirs, thing = _split(written)
    ours, own = _split(unit)
    if thing == "个" and own in _COUNTED:
        thing = own
    if thing != own and (thing or own in ("%", "百分点")):
        return None
    return theirs / ours


def _split(unit: str) -> tuple[Decimal, str]:
    """万人 → (10000, 人): scale and thing counted."""
    name = unicodedata.normalize("NFKC", unit)
    name = _ALIKE.get(name, name)
    scale = Decimal(1)
    while name[:1] in _SCALES and not name.startswith("百分"):
        scale *= _SCALES[name[0]]
        name = _ALIKE.get(name[1:], name[1:])
    return scale, name.removeprefix("个") if name == "个百分点" else name


def _said(value: float, measured: Measured) -> str:
    return f"{value:.12g}{measured.unit}"
