"""Arithmetic on single numbers, and sums, extremes and ranks over ranges."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from decimal import ROUND_DOWN, ROUND_UP

from tjxl.formula.arrays import Array, Operand, Sparse
from tjxl.formula.coercion import checked, same_number
from tjxl.formula.errors import Unsupported
from tjxl.formula.formats import rounded
from tjxl.formula.grid import Area
from tjxl.formula.numerals import tidy
from tjxl.formula.registry import Context, Function, numbers, values
from tjxl.formula.values import DIV0, NA, NUM, VALUE, ExcelError, Raised, Value, is_number


def _mod(number: float, divisor: float) -> float:
    if divisor == 0:
        raise Raised(DIV0)
    whole = divisor * math.floor(tidy(number / divisor))
    return 0 if same_number(number, whole) else number - whole


def total(terms: list[float]) -> float:
    """The sum, without the rounding that the order of terms would bring."""
    return checked(math.fsum(terms))


def average(terms: list[float]) -> float:
    """The mean; #DIV/0! where there is nothing."""
    if not terms:
        raise Raised(DIV0)
    return total(terms) / len(terms)


def _over_numbers(compute: Callable[[list[float]], float]) -> Function:
    return Function(lambda context, *operands: compute(numbers(context, operands)), "r", "r", context=True)


def _sumproduct(context: Context, *operands: Operand) -> float:
    shapes = {(o.height, o.width) if isinstance(o, (Area, Array)) else (1, 1) for o in operands}
    if len(shapes) > 1:
        raise Raised(VALUE)
    terms = []
    if len(operands) == 1 and isinstance(operands[0], Sparse):
        columns: list[Sequence[Value]] = [list(operands[0].few.values())]  # all others count as 0
    else:
        columns = [values(context, o) for o in operands]
    # Whole columns of several sheets may be in use to different rows; what is missing counts as 0.
    for factors in zip(*columns, strict=False):
        product = 1.0
        for factor in factors:
            if isinstance(factor, ExcelError):
                raise Raised(factor)
            product *= factor if isinstance(factor, (int, float)) and not isinstance(factor, bool) else 0
        terms.append(product)
    return total(terms)


def _nth(terms: list[float], k: float, largest: bool, zeros: int = 0) -> float:
    """The *k*-th largest or smallest of *terms* and so many zeros."""
    place = math.ceil(k)
    if not 1 <= place <= len(terms) + zeros:
        raise Raised(NUM)
    ordered = sorted(terms, reverse=largest)
    if zeros:
        first = sum(term > 0 if largest else term < 0 for term in terms)
        if place > first:
            return 0 if place <= first + zeros else ordered[place - zeros - 1]
    return ordered[place - 1]


def _nth_of(largest: bool) -> Callable[..., float]:
    """LARGE or SMALL; most elements of a sparse array are 0."""

    def run(context: Context, operand: Operand, k: float) -> float:
        if not isinstance(operand, Sparse):
            return _nth(numbers(context, [operand]), k, largest)
        few = Array(list(operand.few.values()), len(operand.few), 1)
        zeros = operand.height * operand.width - len(operand.few) if is_number(operand.rest) else 0
        return _nth(numbers(context, [few]), k, largest, zeros)

    return run


def _rank(context: Context, number: float, area: Operand, ascending: bool = False) -> int:
    if not isinstance(area, Area):
        raise Unsupported("RANK over something that is no range")
    terms = context.ranges.numbers(area)
    before, upto = bisect_left(terms, number), bisect_right(terms, number)
    if before == upto:
        raise Raised(NA)
    return 1 + (before if ascending else len(terms) - upto)


_AGGREGATES: dict[int, Callable[[list[float]], float]] = {
    1: average,
    4: lambda terms: max(terms, default=0),
    5: lambda terms: min(terms, default=0),
    9: total,
}


def _aggregate(context: Context, function: int, option: int, *operands: Operand) -> float:
    """AGGREGATE with option 6, which leaves errors out: 14 LARGE, 15 SMALL over arrays; 1, 4, 5, 9 over ranges.

    The other options also look at hidden rows, which a formula evaluator cannot see.
    """
    if option != 6:
        raise Unsupported(f"AGGREGATE with option {option}")
    if function in (14, 15):
        if len(operands) != 2:
            raise Raised(VALUE)
        k = context.single(operands[1])
        if isinstance(k, ExcelError):
            raise Raised(k)
        return _nth(_numbers_only(context, operands[0]), numbers(context, [k])[0], function == 14)
    if function not in _AGGREGATES or not all(isinstance(o, Area) for o in operands):
        raise Unsupported(f"AGGREGATE of function {function}")
    return _AGGREGATES[function]([n for operand in operands for n in _numbers_only(context, operand)])


def _numbers_only(context: Context, operand: Operand) -> list[float]:
    return [float(v) for v in values(context, operand) if is_number(v) and isinstance(v, (int, float))]


def _count(context: Context, *operands: Operand) -> int:
    def direct(value: Value) -> bool:
        try:
            return not isinstance(value, ExcelError) and bool(numbers(context, [value]))
        except Raised:
            return False

    return sum(
        sum(map(is_number, values(context, o))) if isinstance(o, (Area, Array)) else direct(o) for o in operands
    )


def _counta(context: Context, *operands: Operand) -> int:
    return sum(
        sum(v is not None for v in values(context, o)) if isinstance(o, (Area, Array)) else 1 for o in operands
    )


def _countblank(context: Context, area: Operand) -> int:
    if not isinstance(area, Area):
        raise Unsupported("COUNTBLANK of something that is no range")
    found = values(context, area)
    filled = sum(v is not None and (v != "" or isinstance(v, ExcelError)) for v in found)
    return area.height * area.width - filled


FUNCTIONS = {
    "ROUND": Function(lambda number, places: float(rounded(number, places)), "ni"),
    "ROUNDUP": Function(lambda number, places: float(rounded(number, places, ROUND_UP)), "ni"),
    "ROUNDDOWN": Function(lambda number, places: float(rounded(number, places, ROUND_DOWN)), "ni"),
    "INT": Function(lambda number: math.floor(tidy(number)), "n"),
    "MOD": Function(_mod, "nn"),
    "ABS": Function(abs, "n"),
    "SUM": _over_numbers(total),
    "AVERAGE": _over_numbers(average),
    "MAX": _over_numbers(lambda terms: max(terms, default=0)),
    "MIN": _over_numbers(lambda terms: min(terms, default=0)),
    "COUNT": Function(_count, "r", "r", context=True),
    "COUNTA": Function(_counta, "r", "r", context=True),
    "COUNTBLANK": Function(_countblank, "r", context=True),
    "SUMPRODUCT": Function(_sumproduct, "a", "a", context=True),
    "LARGE": Function(_nth_of(True), "mn", context=True),
    "SMALL": Function(_nth_of(False), "mn", context=True),
    "RANK": Function(_rank, "nrb", least=2, context=True),
    "AGGREGATE": Function(_aggregate, "iia", "a", context=True, spreads=False, placed=range(256)),
}
