"""The operators on single values. Errors come back as values: that of the left side first."""

from __future__ import annotations

from collections.abc import Callable

from tjxl.formula.coercion import checked, compare, same_number, to_number, to_text
from tjxl.formula.values import DIV0, NUM, ExcelError, Raised, Value


def _add(a: float, b: float) -> float:
    # A difference of nearly equal numbers is 0, not the rest of their binary fractions.
    return 0 if a != 0 and b != 0 and same_number(a, -b) else a + b


def _divide(a: float, b: float) -> float:
    if b == 0:
        raise Raised(DIV0)
    return a / b


def _power(a: float, b: float) -> float:
    if a == 0 and b == 0:
        raise Raised(NUM)
    if a == 0 and b < 0:
        raise Raised(DIV0)
    try:
        result: float | complex = float(a) ** b
    except OverflowError:
        raise Raised(NUM) from None
    if isinstance(result, complex):
        raise Raised(NUM)
    return result


_ARITHMETIC: dict[str, Callable[[float, float], float]] = {
    "+": _add,
    "-": lambda a, b: _add(a, -b),
    "*": lambda a, b: a * b,
    "/": _divide,
    "^": _power,
}

_COMPARISON: dict[str, Callable[[int], bool]] = {
    "=": lambda order: order == 0,
    "<>": lambda order: order != 0,
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}


def binary(operator: str, left: Value, right: Value) -> Value:
    """``left operator right``, for the operators ``+ - * / ^ & = <> < <= > >=``."""
    if isinstance(left, ExcelError):
        return left
    if isinstance(right, ExcelError):
        return right
    try:
        if (arithmetic := _ARITHMETIC.get(operator)) is not None:
            return checked(arithmetic(float(to_number(left)), float(to_number(right))))
        if operator == "&":
            return to_text(left) + to_text(right)
        return _COMPARISON[operator](compare(left, right))
    except Raised as raised:
        return raised.error


def negative(value: Value) -> Value:
    """``-value``"""
    return _number(value, lambda number: -number)


def positive(value: Value) -> Value:
    """``--value``: the value as a number."""
    return _number(value, lambda number: number)


def percent(value: Value) -> Value:
    """``value%``"""
    return _number(value, lambda number: number / 100)


def _number(value: Value, change: Callable[[float], float]) -> Value:
    try:
        return change(float(to_number(value)))
    except Raised as raised:
        return raised.error
