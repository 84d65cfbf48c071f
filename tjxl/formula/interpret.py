"""Walk a formula's tree at one cell.

Outside array arguments an operator applied to a range takes the cell in the formula's own row or column (implicit
intersection); inside them it works on all elements. This is the rule for formulas that are not array formulas.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, cast

from tjxl.formula.arrays import Array, Operand, spread
from tjxl.formula.errors import Unsupported
from tjxl.formula.functions import FUNCTIONS
from tjxl.formula.grid import Area, Grid, TableArea
from tjxl.formula.nodes import Call, Chain, Literal, Missing, Name, Node, Percent, Reference, Signed, Structured
from tjxl.formula.operators import binary, negative, percent, positive
from tjxl.formula.ranges import Ranges
from tjxl.formula.registry import RANGES, READERS, Function
from tjxl.formula.values import NUM, VALUE, ExcelError, Raised, Value

_DATA = frozenset({"#data"})


class Interpreter:
    """One formula at one cell. *cell* reads other cells; it is the `Context` of the functions."""

    def __init__(
        self,
        grid: Grid,
        ranges: Ranges,
        cell: Callable[[str, int, int], Value],
        place: tuple[str, int, int],
    ) -> None:
        self._sheet, self.row, self.column = place
        self.ranges = ranges
        self._grid = grid
        self._cell = cell

    def evaluate(self, node: Node, array: bool) -> Operand:
        """The value of *node*: a value, an array or, where it is a reference, an area."""
        return _EVALUATED[type(node)](self, node, array)

    def single(self, operand: Operand) -> Value:
        """One value: the only one, that in the formula's row or column, else #VALUE!; of an array the first."""
        if isinstance(operand, Area):
            return self._intersection(operand)
        if isinstance(operand, Array):
            return operand.rows[0][0]
        return operand

    def _intersection(self, area: Area) -> Value:
        if area.height == 1 and area.width == 1:
            return self._cell(area.sheet, area.top, area.left)
        if area.width == 1 and area.top <= self.row <= area.bottom:
            return self._cell(area.sheet, self.row, area.left)
        if area.height == 1 and area.left <= self.column <= area.right:
            return self._cell(area.sheet, area.top, self.column)
        return VALUE

    def _value(self, operand: Operand, array: bool) -> Value | Array:
        """An operand as operators see it."""
        if not array or not isinstance(operand, (Area, Array)):
            return self.single(operand)
        if isinstance(operand, Area):
            operand = self.ranges.array(operand)
        if operand.height == 0:
            raise Unsupported("an empty range in an array expression")
        return operand.rows[0][0] if operand.height == operand.width == 1 and not operand.cut else operand

    def _unary(self, operation: Callable[[Value], Value], operand: Node, array: bool) -> Operand:
        return spread(operation, self._value(self.evaluate(operand, array), array))

    def _chain(self, first: Node, rest: Sequence[tuple[str, Node]], array: bool) -> Operand:
        left = self._value(self.evaluate(first, array), array)
        for operator, node in rest:
            right = self._value(self.evaluate(node, array), array)
            if isinstance(left, Array) or isinstance(right, Array):
                left = spread(_operation(operator), left, right)
            else:
                left = binary(operator, left, right)
        return left

    def _call(self, call: Call, array: bool) -> Operand:
        function = FUNCTIONS.get(call.name)
        if function is None:
            raise Unsupported(f"function {call.name}")
        if not function.accepts(len(call.arguments)):
            raise Unsupported(f"{call.name} with {len(call.arguments)} arguments")
        if function.lazy:
            try:
                return function.run(self, call.arguments, array)
            except Raised as raised:
                return raised.error
        letters = function.letters(len(call.arguments))
        arguments = [
            self._argument(letter, node, array) for letter, node in zip(letters, call.arguments, strict=True)
        ]
        return self._apply(function, letters, arguments)

    def _argument(self, letter: str, node: Node, array: bool) -> Operand:
        if letter not in RANGES:
            return self._value(self.evaluate(node, array), array)
        operand = self.evaluate(node, array or letter == "a")
        if letter == "m" and not array and not isinstance(operand, (Area, Array, ExcelError)):
            raise Unsupported("an expression where a range is expected")
        return operand

    def _apply(self, function: Function, letters: str, arguments: list[Operand]) -> Operand:
        """Run a function, once per element where a parameter for a single value got an array."""
        spreading = [i for i, letter in enumerate(letters) if letter not in RANGES]
        if not any(isinstance(arguments[i], Array) for i in spreading):
            return self._run(function, letters, arguments)
        if not function.spreads:
            raise Unsupported("a function over an array that works on single values only")

        def once(*elements: Value) -> Value:
            filled = list(arguments)
            for i, element in zip(spreading, elements, strict=True):
                filled[i] = element
            return self.single(self._run(function, letters, filled))

        return spread(once, *(cast("Value | Array", arguments[i]) for i in spreading))

    def _run(self, function: Function, letters: str, arguments: list[Operand]) -> Operand:
        try:
            read: list[Any] = [
                argument if letter in RANGES else READERS[letter](cast("Value", argument))
                for letter, argument in zip(letters, arguments, strict=True)
            ]
            return function.run(self, *read) if function.context else function.run(*read)
        except Raised as raised:
            return raised.error
        except OverflowError:  # beyond what a cell can hold
            return NUM

    def _named(self, name: str) -> Area:
        area = self._grid.name(name)
        return area if area is not None else _columns(self._table(name), _DATA, None, None)

    def _structured(self, node: Structured) -> Operand:
        area = self.ranges.structured.get(node)
        if area is None:
            area = _columns(self._table(node.table), node.parts, node.first, node.last)
            self.ranges.structured[node] = area
        if "#this row" not in node.parts:
            return area
        if not area.top <= self.row <= area.bottom:  # beside the table
            return VALUE
        return Area(area.sheet, self.row, area.left, self.row, area.right)

    def _table(self, name: str) -> TableArea:
        table = self._grid.table(name)
        if table is None:
            raise Unsupported(f"unknown name {name}")
        return table


def _operation(operator: str) -> Callable[[Value, Value], Value]:
    return lambda left, right: binary(operator, left, right)


def _columns(table: TableArea, parts: frozenset[str], first: str | None, last: str | None) -> Area:
    """The cells of a structured reference; for ``#This Row`` all the rows that it may stand in."""
    if first is None or last is None:
        left, right = min(table.columns.values()), max(table.columns.values())
    else:
        left, right = sorted((_column(table, first), _column(table, last)))
    top = table.header_row if parts & {"#headers", "#all"} else table.first_row
    bottom = table.header_row if parts == {"#headers"} else table.last_row
    return Area(table.sheet, top, left, bottom, right)


def _column(table: TableArea, title: str) -> int:
    if title in table.columns:
        return table.columns[title]
    for known, column in table.columns.items():
        if known.lower() == title.lower():
            return column
    raise Unsupported(f"unknown column {title}")


def _read_literal(_at: Interpreter, node: Literal, _array: bool) -> Operand:
    return node.value


def _read_reference(at: Interpreter, node: Reference, _array: bool) -> Operand:
    return Area(node.sheet or at._sheet, node.top, node.left, node.bottom, node.right)


_EVALUATED: dict[type[Node], Callable[[Interpreter, Any, bool], Operand]] = {
    Literal: _read_literal,
    Structured: lambda at, node, _array: at._structured(node),
    Call: lambda at, node, array: at._call(node, array),
    Chain: lambda at, node, array: at._chain(node.first, node.rest, array),
    Reference: _read_reference,
    Name: lambda at, node, _array: at._named(node.name),
    Missing: lambda _at, _node, _array: None,
    Signed: lambda at, node, array: at._unary(negative if node.negative else positive, node.operand, array),
    Percent: lambda at, node, array: at._unary(percent, node.operand, array),
}
