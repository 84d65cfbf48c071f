"""Choices and tests. IF, IFERROR and CHOOSE evaluate only the branch they take.

AND and OR evaluate all their arguments, as Excel does: an error in any of them is the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tjxl.formula.arrays import Array, Operand
from tjxl.formula.coercion import to_bool, to_integer
from tjxl.formula.grid import Area
from tjxl.formula.registry import Code, Context, Function, values
from tjxl.formula.values import NA, VALUE, ExcelError, Raised, Value, is_number, is_text


def _if(condition: Code, yes: Code, no: Code = lambda _context: False) -> Code:
    def run(context: Context) -> Any:
        truth = condition(context)
        if truth is not True and truth is not False:
            try:
                truth = to_bool(truth)
            except Raised as raised:
                return raised.error
        return yes(context) if truth else no(context)

    return run


def _iferror(tried: Code, otherwise: Code) -> Code:
    def run(context: Context) -> Any:
        value = tried(context)
        return otherwise(context) if isinstance(value, ExcelError) else value

    return run


def _choose(which: Code, *choices: Code) -> Code:
    def run(context: Context) -> Any:
        try:
            number = to_integer(which(context))
        except Raised as raised:
            return raised.error
        return choices[number - 1](context) if 1 <= number <= len(choices) else VALUE

    return run


def _truths(context: Context, operands: Sequence[Operand]) -> list[bool]:
    """The truth values in the arguments; text and blanks in ranges do not count."""
    found: list[bool] = []
    for operand in operands:
        if operand is True or operand is False:
            found.append(operand)
            continue
        if not isinstance(operand, (Area, Array)):
            found.append(to_bool(operand))
            continue
        for value in values(context, operand):
            if isinstance(value, ExcelError):
                raise Raised(value)
            if isinstance(value, (bool, int, float)):
                found.append(bool(value))
    if not found:
        raise Raised(VALUE)
    return found


def _test(test: Callable[[Value], bool]) -> Function:
    return Function(test, "e")


def _n(value: Value) -> float:
    if isinstance(value, bool):
        return int(value)
    return value if isinstance(value, (int, float)) else 0


FUNCTIONS = {
    "IF": Function(_if, "eee", least=2, lazy=True),
    "IFERROR": Function(_iferror, "ee", lazy=True),
    "CHOOSE": Function(_choose, "ee", "e", lazy=True),
    "AND": Function(lambda context, *operands: all(_truths(context, operands)), "r", "r", context=True),
    "OR": Function(lambda context, *operands: any(_truths(context, operands)), "r", "r", context=True),
    "NOT": Function(lambda value: not value, "b"),
    "ISNUMBER": _test(is_number),
    "ISTEXT": _test(is_text),
    "ISBLANK": _test(lambda value: value is None),
    "ISERROR": _test(lambda value: isinstance(value, ExcelError)),
    "ISNA": _test(lambda value: value == NA and isinstance(value, ExcelError)),
    "N": Function(_n, "v", spreads=False),
    "T": Function(lambda value: value if is_text(value) else "", "v", spreads=False),
}
