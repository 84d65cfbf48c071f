"""The code of operators and of function calls, put together from that of their operands."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from tjxl.formula.arrays import Array, Operand, spread
from tjxl.formula.coercion import to_integer, to_text
from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Area
from tjxl.formula.operators import OPERATORS
from tjxl.formula.place import Place
from tjxl.formula.products import combined
from tjxl.formula.registry import RANGES, READERS, Code, Function
from tjxl.formula.values import NUM, REF, VALUE, Raised, Value

Steps = Sequence[tuple[str, Code]]
"""Operators and the code of what stands right of each."""


def single_chain(first: Code, steps: Steps) -> Code:
    """Operators from left to right, on single values."""
    if all(operator == "&" for operator, _ in steps):
        return _joined([first, *(operand for _, operand in steps)])
    operations = [(OPERATORS[operator], operand) for operator, operand in steps]
    if len(operations) == 1:
        operation, right = operations[0]
        return lambda place: operation(first(place), right(place))

    def code(place: Place) -> Value:
        value: Value = first(place)
        for operation, operand in operations:
            value = operation(value, operand(place))
        return value

    return code


def element_chain(first: Code, steps: Steps) -> Code:
    """Operators from left to right, on all elements."""

    def code(place: Place) -> Value | Array:
        left: Value | Array = first(place)
        for operator, operand in steps:
            right = operand(place)
            if isinstance(left, Array) or isinstance(right, Array):
                left = combined(operator, left, right)
            else:
                left = OPERATORS[operator](left, right)
        return left

    return code


def is_text(left: Code, text: str, equal: bool) -> Code:
    """``left = "text"``, or ``<>``, on single values."""
    lowered, otherwise, blank = text.lower(), OPERATORS["=" if equal else "<>"], (text == "") is equal

    def code(place: Place) -> Value:
        value = left(place)
        if type(value) is str:
            return (value.lower() == lowered) is equal
        return blank if value is None else otherwise(value, text)

    return code


def found_in(area: Area, wanted: Code) -> Code:
    """``column = wanted`` for all elements, answered from an index where a text is wanted."""
    height, equal = area.height, OPERATORS["="]

    def code(place: Place) -> Value | Array:
        value = wanted(place)
        if type(value) is str and value and place.ranges.rows(area) == height:
            return place.ranges.equal_to(area, value)
        return spread(equal, place.elements(area), value)

    return code


def in_column(area: Area, number: Code) -> Code:
    """``INDEX(column,number)`` as a single value."""
    sheet, top, left, bottom, _right = area
    height = bottom - top + 1

    def code(place: Place) -> Value:
        try:
            row = to_integer(number(place))
        except Raised as raised:
            return raised.error
        except OverflowError:
            return NUM
        if 1 <= row <= height:
            return place.read(sheet, top + row - 1, left)
        if row == 0:
            return place.single(area)
        return REF if row > height else VALUE

    return code


def _joined(parts: Sequence[Code]) -> Code:
    def code(place: Place) -> Value:
        values = [part(place) for part in parts]
        try:
            return "".join([to_text(value) for value in values])
        except Raised as raised:
            return raised.error

    return code


def plain_call(function: Function, letters: str, codes: Sequence[Code]) -> Code:
    """A call whose parameters for single values get single values."""
    run = function.run
    readers = _readers(letters)
    if len(codes) == 1 and not function.context:
        argument, read = codes[0], readers[0] or _as_it_is

        def call_one(place: Place) -> Any:
            value = argument(place)
            try:
                return run(read(value))
            except Raised as raised:
                return raised.error
            except OverflowError:  # beyond what a cell can hold
                return NUM

        return call_one
    if any(readers):
        return lambda place: _run(function, readers, place, [code(place) for code in codes])
    return lambda place: _result(function, place, [code(place) for code in codes])


def spread_call(function: Function, letters: str, codes: Sequence[Code]) -> Code:
    """A call, once per element where a parameter for a single value gets an array."""
    readers = _readers(letters)
    spreading = [i for i, letter in enumerate(letters) if letter not in RANGES]

    def code(place: Place) -> Operand:
        arguments = [code(place) for code in codes]
        if not any(isinstance(arguments[i], Array) for i in spreading):
            return _run(function, readers, place, arguments)
        if not function.spreads:
            raise Unsupported("a function over an array that works on single values only")

        def once(*elements: Value) -> Value:
            filled = list(arguments)
            for i, element in zip(spreading, elements, strict=True):
                filled[i] = element
            return place.single(_run(function, readers, place, filled))

        return spread(once, *(arguments[i] for i in spreading))

    return code


_Reader = Callable[[Value], Any]


def _readers(letters: str) -> list[_Reader | None]:
    """How each argument is read; None where it is passed as it is."""
    return [None if letter in RANGES else READERS[letter] for letter in letters]


def _as_it_is(value: Value) -> Value:
    return value


def _run(function: Function, readers: Sequence[_Reader | None], place: Place, arguments: Sequence[Any]) -> Operand:
    """Run a function on its arguments, each read in the way of its parameter."""
    try:
        read = [a if reader is None else reader(a) for a, reader in zip(arguments, readers, strict=True)]
    except Raised as raised:
        return raised.error
    except OverflowError:
        return NUM
    return _result(function, place, read)


def _result(function: Function, place: Place, read: Sequence[Any]) -> Operand:
    result: Operand
    try:
        result = function.run(place, *read) if function.context else function.run(*read)
    except Raised as raised:
        return raised.error
    except OverflowError:  # beyond what a cell can hold
        return NUM
    return result
