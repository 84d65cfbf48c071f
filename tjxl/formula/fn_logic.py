"""Choices and tests. IF, IFERROR and CHOOSE evaluate only the branch they take.

AND and OR evaluate all their arguments, as Excel does: an error in any of them is the result.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tjxl.formula.arrays import Array, Operand
from tjxl.formula.coercion import to_bool, to_integer
from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import Area
from tjxl.formula.nodes import Node
from tjxl.formula.registry import Context, Function, values
from tjxl.formula.values import NA, VALUE, ExcelError, Raised, Value, is_number, is_text


def _one(context: Context, node: Node, array: bool) -> Value:
    """A condition. In array formulas Excel evaluates IF over arrays only after Ctrl+Shift+Enter."""
    operand = context.evaluate(node, array)
    if array and isinstance(operand, (Area, Array)) and (operand.height, operand.width) != (1, 1):
        raise Unsupported("a condition over an array")
    return context.single(operand)


def _if(context: Context, nodes: Sequence[Node], array: bool) -> Operand:
    truth = to_bool(_one(context, nodes[0], array))
    if truth:
        return context.evaluate(nodes[1], array)
    return context.evaluate(nodes[2], array) if len(nodes) > 2 else False


def _iferror(context: Context, nodes: Sequence[Node], array: bool) -> Operand:
    value = _one(context, nodes[0], array)
    return context.evaluate(nodes[1], array) if isinstance(value, ExcelError) else value


def _choose(context: Context, nodes: Sequence[Node], array: bool) -> Operand:
    which = to_integer(_one(context, nodes[0], array))
    if not 1 <= which < len(nodes):
        raise Raised(VALUE)
    return context.evaluate(nodes[which], array)


def _truths(context: Context, operands: Sequence[Operand]) -> list[bool]:
    """The truth values in the arguments; text and blanks in ranges do not count."""
    found: list[bool] = []
    for operand in operands:
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
