"""Formulas put together as Python functions: each distinct text once, to be run at every cell that holds it.

Outside array arguments an operator applied to a range takes the cell in the formula's own row or column (implicit
intersection); inside them it works on all elements. This is the rule for formulas that are not array formulas.
What lies outside the subset becomes code that raises `Unsupported` when it is reached: a branch that is not taken may
hold anything.
"""

from __future__ import annotations

from collections.abc import Callable

from tjxl.formula.arrays import Array, Operand, spread
from tjxl.formula.calls import element_chain, found_in, in_column, is_text, plain_call, single_chain, spread_call
from tjxl.formula.errors import Unsupported
from tjxl.formula.functions import FUNCTIONS
from tjxl.formula.grid import Area, Grid, TableArea
from tjxl.formula.nodes import Call, Chain, Literal, Missing, Name, Node, Percent, Reference, Signed, Structured
from tjxl.formula.operators import negative, percent, positive
from tjxl.formula.parse import parse
from tjxl.formula.place import Place
from tjxl.formula.registry import RANGES, Code
from tjxl.formula.values import VALUE, ExcelError, Value

_DATA = frozenset({"#data"})
_THIS_ROW = "#this row"


class Program:
    """A formula on a sheet: how deep its expressions nest, and its code, put together when it is first asked for."""

    __slots__ = ("_code", "_formula", "_node", "depth")

    def __init__(self, text: str, grid: Grid, sheet: str) -> None:
        parsed = parse(text)
        self.depth = parsed.depth
        self._node, self._formula = parsed.node, _Formula(grid, sheet)
        self._code: Code | None = None

    def code(self) -> Code:
        """The formula's single value at a `Place`."""
        if self._code is None:
            self._code = self._formula.one(self._node)
        return self._code


class Compiler:
    """Puts the formulas of a workbook together; what its tables and names mean is settled then."""

    def __init__(self, grid: Grid) -> None:
        self._grid = grid
        self._programs: dict[tuple[str, str], Program] = {}

    def program(self, text: str, sheet: str) -> Program:
        """A formula on a sheet. Raises `Unsupported` where it cannot be read."""
        found = self._programs.get((sheet, text))
        if found is None:
            found = self._programs[(sheet, text)] = Program(text, self._grid, sheet)
        return found


class _Formula:
    """The code of one formula's parts, by what is asked of them: one value, all elements, or the operand itself."""

    def __init__(self, grid: Grid, sheet: str) -> None:
        self._grid, self._sheet = grid, sheet
        self._keeping = False

    def one(self, node: Node) -> Code:
        """The single value of *node*, outside array arguments."""
        try:
            match node:
                case Literal(value):
                    return lambda _place: value
                case Missing():
                    return lambda _place: None
                case Chain():
                    return self._chain(node)
                case Signed() | Percent():
                    operation, operand = _operation(node), self.one(node.operand)
                    return lambda place: operation(operand(place))
                case Call("ROW", ()):
                    return lambda place: place.row
                case Call():
                    return self._single_call(node)
                case Structured() if _depends_on_row(node):
                    return self._of_this_row(node)
            return _intersected(self._area(node))
        except Unsupported as unsupported:
            return _refusal(unsupported)

    def elements(self, node: Node) -> Code:
        """All elements of *node*, inside array arguments."""
        if not self._keeping and isinstance(node, Call | Chain | Signed | Percent) and _is_fixed(node):
            return self._kept(node)
        try:
            match node:
                case Chain():
                    return self._element_chain(node)
                case Signed() | Percent():
                    operation, operand = _operation(node), self.elements(node.operand)
                    return lambda place: spread(operation, operand(place))
                case Call():
                    code = self._call(node, True, self.elements)
                case _:
                    code = self._reference(node)
            return lambda place: place.elements(code(place))
        except Unsupported as unsupported:
            return _refusal(unsupported)

    def operand(self, node: Node, array: bool) -> Code:
        """*node* as it is: a reference stays one; *array* says whether operators in it work on all elements."""
        try:
            match node:
                case Chain() | Signed() | Percent():
                    return self.elements(node) if array else self.one(node)
                case Call():
                    return self._call(node, array, lambda part: self.operand(part, array))
            return self._reference(node)
        except Unsupported as unsupported:
            return _refusal(unsupported)

    def _kept(self, node: Node) -> Code:
        """An expression that gives the same wherever it stands, computed once."""
        self._keeping = True
        try:
            compute = self.elements(node)
        finally:
            self._keeping = False
        key = object()
        return lambda place: place.ranges.kept(key, lambda: compute(place))

    def _chain(self, chain: Chain) -> Code:
        """Operators on single values."""
        if len(chain.rest) == 1:
            operator, right = chain.rest[0]
            if operator in ("=", "<>") and isinstance(right, Literal) and type(right.value) is str:
                return is_text(self.one(chain.first), right.value, operator == "=")
        return single_chain(self.one(chain.first), [(operator, self.one(node)) for operator, node in chain.rest])

    def _element_chain(self, chain: Chain) -> Code:
        """Operators on all elements."""
        operator, second = chain.rest[0]
        if operator == "=" and len(chain.rest) == 1 and (area := self._column(chain.first)):
            return found_in(area, self.elements(second))
        return element_chain(self.elements(chain.first), [(op, self.elements(node)) for op, node in chain.rest])

    def _column(self, node: Node) -> Area | None:
        """The cells of a reference to several rows of one column, whatever row the formula is in."""
        if not isinstance(node, Reference | Structured | Name) or _depends_on_row(node):
            return None
        area = self._area(node)
        return area if area.width == 1 and area.height > 1 else None

    def _single_call(self, call: Call) -> Code:
        if call.name == "INDEX" and len(call.arguments) == 2 and (area := self._column(call.arguments[0])):
            return in_column(area, self.one(call.arguments[1]))
        code = self._call(call, False, self.one)
        return (lambda place: place.single(code(place))) if FUNCTIONS[call.name].many else code

    def _call(self, call: Call, array: bool, part: Callable[[Node], Code]) -> Code:
        """A function call, with *array* inside array arguments; *part* makes the code of a branch of IF."""
        function = FUNCTIONS.get(call.name)
        if function is None:
            raise Unsupported(f"function {call.name}")
        if not function.accepts(len(call.arguments)):
            raise Unsupported(f"{call.name} with {len(call.arguments)} arguments")
        if function.lazy:
            lazily: Callable[..., Code] = function.run
            condition = self._condition(call.arguments[0]) if array else self.one(call.arguments[0])
            return lazily(condition, *map(part, call.arguments[1:]))
        letters = function.letters(len(call.arguments))
        codes = [self._argument(letter, node, array) for letter, node in zip(letters, call.arguments, strict=True)]
        return spread_call(function, letters, codes) if array else plain_call(function, letters, codes)

    def _condition(self, node: Node) -> Code:
        """A condition. In array formulas Excel evaluates IF over arrays only after Ctrl+Shift+Enter."""
        operand = self.operand(node, True)

        def code(place: Place) -> Value:
            found = operand(place)
            if isinstance(found, (Area, Array)) and (found.height, found.width) != (1, 1):
                raise Unsupported("a condition over an array")
            return place.single(found)

        return code

    def _argument(self, letter: str, node: Node, array: bool) -> Code:
        if letter not in RANGES:
            return self.elements(node) if array else self.one(node)
        operand = self.operand(node, array or letter == "a")
        if letter != "m" or array:
            return operand

        def code(place: Place) -> Operand:
            found = operand(place)
            if not isinstance(found, (Area, Array, ExcelError)):
                raise Unsupported("an expression where a range is expected")
            return found

        return code

    def _reference(self, node: Node) -> Code:
        """The area, or the value, of what is no operator and no call."""
        if isinstance(node, Literal | Missing):
            return self.one(node)
        area = self._area(node)
        if not _depends_on_row(node):
            return lambda _place: area
        sheet, top, left, bottom, right = area

        def code(place: Place) -> Operand:
            row = place.row
            return Area(sheet, row, left, row, right) if top <= row <= bottom else VALUE  # beside the table

        return code

    def _of_this_row(self, node: Structured) -> Code:
        sheet, top, left, bottom, right = self._area(node)
        if left != right:
            operand = self._reference(node)
            return lambda place: place.single(operand(place))

        def code(place: Place) -> Value:
            row = place.row
            return place.read(sheet, row, left) if top <= row <= bottom else VALUE

        return code

    def _area(self, node: Node) -> Area:
        """The cells of a reference; with ``#This Row`` those of all the rows that it may stand in."""
        match node:
            case Reference():
                return Area(node.sheet or self._sheet, node.top, node.left, node.bottom, node.right)
            case Structured():
                return _columns(self._table(node.table), node.parts, node.first, node.last)
            case Name():
                area = self._grid.name(node.name)
                return area if area is not None else _columns(self._table(node.name), _DATA, None, None)
        raise AssertionError(node)

    def _table(self, name: str) -> TableArea:
        table = self._grid.table(name)
        if table is None:
            raise Unsupported(f"unknown name {name}")
        return table


def _refusal(unsupported: Unsupported) -> Code:
    reason = str(unsupported)

    def code(_place: Place) -> Operand:
        raise Unsupported(reason)

    return code


def _depends_on_row(node: Node) -> bool:
    return isinstance(node, Structured) and _THIS_ROW in node.parts


def _is_fixed(node: Node) -> bool:
    """Whether *node*, inside array arguments, gives the same wherever its formula stands."""
    match node:
        case Signed() | Percent():
            return _is_fixed(node.operand)
        case Chain():
            return _is_fixed(node.first) and all(_is_fixed(operand) for _, operand in node.rest)
        case Call():
            function = FUNCTIONS.get(node.name)
            if function is None or len(node.arguments) in function.placed:
                return False
            return all(map(_is_fixed, node.arguments))
    return not _depends_on_row(node)


def _operation(node: Signed | Percent) -> Callable[[Value], Value]:
    if isinstance(node, Percent):
        return percent
    return negative if node.negative else positive


def _intersected(area: Area) -> Code:
    sheet, top, left, bottom, right = area
    if top == bottom and left == right:
        return lambda place: place.read(sheet, top, left)
    return lambda place: place.single(area)


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
