"""Numbers with their units in a folded text: 「35万人以上」, 「3至5家」, 「5.5%」. Pure.

Only digits count: a Chinese numeral in official prose is nearly always a name (三年行动, 百村示范). A number that is
an ordinal or part of a name finds no unit behind it (4号线, 5A级, 第十三届, 1+3+8, A321) and is no quantity.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from tjxl.notice.words import notice_data
from tjxl.register import Comparator

UnitSort = Literal["rate", "amount", "count", "none"]

_NUMBER = r"[0-9]{1,12}(?:,[0-9]{3}){0,4}(?:\.[0-9]{1,6})?"
_SCALE = "[十百千万亿]{0,2}"
_SCALES = {"": 1, "十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_SIGNS: dict[str, Comparator] = {
    ">": ">=",
    "≥": ">=",
    "<": "<=",
    "≤": "<=",
}  # a printed 「>」 means 不低于 (quantities.tsv)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit.

    Attributes:
        start, end: where it stands, hedge and sign included.
        value, upper: in `unit`; `upper` only of a range.
        unit: with its 万 or 亿; empty where none is printed.
        sort: what the unit measures.
        comparator: what hedge or sign say (以上, 以内, 左右, ≥), None where there is neither.
        rough: 「余」 or 「多」 stands in it.
    """

    start: int
    end: int
    value: float
    upper: float | None
    unit: str
    sort: UnitSort
    comparator: Comparator | None
    rough: bool


def find_quantities(folded: str) -> Iterator[Quantity]:
    """The quantities of a folded text, in order, without overlaps. Linear in the length of the text."""
    for match in _pattern().finditer(folded):
        if not match["unit"] and not match["hedge"]:
            continue
        scale, unit = match["scale"] or "", match["unit"] or ""
        value, upper = _number(match["high"]), None
        if match["low"]:
            low = _rescaled(_number(match["low"]), match["low_scale"] or "", scale, value)
            if low >= value:
                continue  # 「30至20个」 is no range
            value, upper = low, value
        hedge = match["hedge"]
        yield Quantity(
            match.start(),
            match.end(),
            value,
            upper,
            scale + unit,
            _sorts().get(unit, "none"),
            "range" if upper is not None else _hedges()[hedge] if hedge else _SIGNS.get(match["sign"] or ""),
            bool(match["rough"]),
        )


def _number(text: str) -> float:
    return float(text.replace(",", ""))


def _rescaled(low: float, low_scale: str, scale: str, high: float) -> float:
    """The lower number in the scale of the upper: 「8000至1万」 → 0.8, 「3至5万」 → 3."""
    if low_scale == scale or (not low_scale and low < high):
        return low
    return low * _factor(low_scale) / _factor(scale)


def _factor(scale: str) -> float:
    product = 1.0
    for char in scale:
        product *= _SCALES[char]
    return product


@cache
def _sorts() -> dict[str, UnitSort]:
    data = notice_data("quantities")
    sorts: dict[str, UnitSort] = dict.fromkeys(data["count_units"], "count")
    sorts.update(dict.fromkeys(data["amount_units"], "amount"))
    sorts.update(dict.fromkeys(data["rate_units"], "rate"))
    return sorts


@cache
def _hedges() -> dict[str, Comparator]:
    return {word: entry["comparator"] for entry in notice_data("quantities")["hedge"] for word in entry["words"]}


@cache
def _pattern() -> re.Pattern[str]:
    """One pass, every part of bounded length."""
    data = notice_data("quantities")
    units = any_of(_sorts())
    return re.compile(
        rf"""
        (?P<sign>[><≥≤])?
        (?<![0-9A-Za-z.,+/\-{"".join(map(re.escape, data["not_after"]))}])
        (?:(?P<low>{_NUMBER})(?P<low_scale>{_SCALE})(?:{units})?(?:至|到|-|—|–|~){{1,2}})?
        (?P<high>{_NUMBER})(?P<scale>{_SCALE})(?P<rough>[余多])?
        (?P<unit>{units})?(?!{any_of(data["not_before"])})
        (?P<hedge>{any_of(_hedges())})?
        """,
        re.VERBOSE,
    )


def any_of(words: object) -> str:
    """Alternatives of a pattern, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))  # type: ignore[call-overload]
