"""COUNTIF(S), SUMIF(S), AVERAGEIF(S)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias, cast

from tjxl.formula.arrays import Operand
from tjxl.formula.criteria import Criterion, criterion
from tjxl.formula.errors import Unsupported
from tjxl.formula.fn_math import average, total
from tjxl.formula.grid import LAST_COLUMN, LAST_ROW, Area
from tjxl.formula.registry import Context, Function
from tjxl.formula.values import VALUE, ExcelError, Raised, Value


def _area(operand: Operand) -> Area:
    if isinstance(operand, ExcelError):
        raise Raised(operand)
    if not isinstance(operand, Area):
        raise Unsupported("a criterion over something that is no range")
    return operand


_Asked: TypeAlias = tuple[list[Area], list[Criterion]]
"""Ranges of one shape, and the criterion that each must meet."""


def _asked(arguments: Sequence[Operand], shape: Area | None = None) -> _Asked:
    """Ranges and criteria, which come by twos."""
    areas = []
    for operand in arguments[::2]:
        area = _area(operand)
        shape = shape or area
        if area.bottom - area.top != shape.bottom - shape.top or area.right - area.left != shape.right - shape.left:
            raise Raised(VALUE)
        areas.append(area)
    return areas, [criterion(cast("Value", wanted)) for wanted in arguments[1::2]]


def _countifs(context: Context, *arguments: Operand) -> int:
    positions, below = context.ranges.matching(*_asked(arguments))
    return len(positions) + below


def _chosen(context: Context, summed: Area, asked: _Asked) -> list[float]:
    """The numbers of *summed* where the criteria are met."""
    positions, _below = context.ranges.matching(*asked)
    if not positions:
        return []
    rows = max(context.ranges.rows(area) for area in (summed, *asked[0]))
    found = context.ranges.flat(summed, rows)
    numbers = []
    for position in positions:
        value = found[position]
        if isinstance(value, ExcelError):
            raise Raised(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            numbers.append(value)
    return numbers


def _ifs(context: Context, summed: Operand, *arguments: Operand) -> list[float]:
    area = _area(summed)
    return _chosen(context, area, _asked(arguments, area))


def _if(context: Context, tested: Operand, asked: Operand, summed: Operand = None) -> list[float]:
    """The summed range takes the shape of the tested one, from its own first cell."""
    area = _area(tested)
    if summed is None:
        return _chosen(context, area, _asked([area, asked]))
    first = _area(summed)
    bottom, right = first.top + area.height - 1, first.left + area.width - 1
    resized = Area(first.sheet, first.top, first.left, min(bottom, LAST_ROW), min(right, LAST_COLUMN))
    return _chosen(context, resized, _asked([area, asked]))


FUNCTIONS = {
    "COUNTIF": Function(_countifs, "re", context=True),
    "COUNTIFS": Function(_countifs, "re", "re", context=True),
    "SUMIF": Function(lambda *a: total(_if(*a)), "rer", least=2, context=True),
    "SUMIFS": Function(lambda *a: total(_ifs(*a)), "rre", "re", context=True),
    "AVERAGEIF": Function(lambda *a: average(_if(*a)), "rer", least=2, context=True),
    "AVERAGEIFS": Function(lambda *a: average(_ifs(*a)), "rre", "re", context=True),
}
