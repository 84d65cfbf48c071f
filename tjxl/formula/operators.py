"""The operators on single values. Errors come back as values: that of the left side first."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import TypeAlias

from tjxl.formula.coercion import checked, compare, same_number, to_number, to_text
from tjxl.formula.values import DIV0, NUM, ExcelError, Raised, Value

Binary: TypeAlias = Callable[[Value, Value], Value]


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


def _failed(left: Value, right: Value, raised: Raised) -> ExcelError:
    """The error that an operator gives: one that it was given comes before one of its own."""
    if isinstance(left, ExcelError):
        return left
    return right if isinstance(right, ExcelError) else raised.error


def _arithmetic(compute: Callable[[float, float], float]) -> Binary:
    def operation(left: Value, right: Value) -> Value:
        try:
            return checked(compute(float(to_number(left)), float(to_number(right))))
        except Raised as raised:
            return _failed(left, right, raised)

    return operation


def _comparison(holds: Callable[[int], bool]) -> Binary:
    def operation(left: Value, right: Value) -> Value:
        if isinstance(left, ExcelError):
            return left
        if isinstance(right, ExcelError):
            return right
        return holds(compare(left, right))

    return operation


def _joined(left: Value, right: Value) -> Value:
    try:
        return to_text(left) + to_text(right)
    except Raised as raised:
        return raised.error


_ROOM = 10**15
"""Whole numbers below it are as exact as floats."""


def _whole_first(operation: Binary, compute: Callable[[int, int], int]) -> Binary:
    """The same *operation*, quicker for whole numbers: rows and days."""

    def quicker(left: Value, right: Value) -> Value:
        if type(left) is int and type(right) is int and -_ROOM < (result := compute(left, right)) < _ROOM:
            return result
        return operation(left, right)

    return quicker


OPERATORS: dict[str, Binary] = {
    "+": _whole_first(_arithmetic(_add), operator.add),
    "-": _whole_first(_arithmetic(lambda a, b: _add(a, -b)), operator.sub),
    "*": _arithmetic(lambda a, b: a * b),
    "/": _arithmetic(_divide),
    "^": _arithmetic(_power),
    "&": _joined,
    "=": _comparison(lambda order: order == 0),
    "<>": _comparison(lambda order: order != 0),
    "<": _comparison(lambda order: order < 0),
    "<=": _comparison(lambda order: order <= 0),
    ">": _comparison(lambda order: order > 0),
    ">=": _comparison(lambda order: order >= 0),
}
"""``left operator right`` by the operator."""


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
