"""What a function of the subset is: its parameters, how they are read, and what computes it."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from tjxl.formula.arrays import Array, Operand
from tjxl.formula.coercion import to_bool, to_integer, to_number, to_text
from tjxl.formula.grid import Area
from tjxl.formula.ranges import Ranges
from tjxl.formula.values import ExcelError, Raised, Value


class Context(Protocol):
    """What the functions that work on ranges or on the formula's own place may ask for."""

    row: int
    column: int
    ranges: Ranges

    def single(self, operand: Operand) -> Value:
        """One value: of a reference that in the formula's own row or column (implicit intersection)."""
        ...


Code: TypeAlias = Callable[[Any], Any]
"""A part of a formula put together: called with a `Context` it gives the part's value there, an `Operand`."""


def _plain(value: Value) -> Value:
    if isinstance(value, ExcelError):
        raise Raised(value)
    return value


READERS: dict[str, Callable[[Value], Any] | None] = {
    "n": to_number,
    "i": to_integer,
    "t": to_text,
    "b": to_bool,
    "v": _plain,
    "e": None,
}
"""How a parameter is read: number, integer, text, boolean, any value but an error, any value as it is."""

RANGES = frozenset("ram")
"""Parameters passed unread: r reference or array; a the same, its operators working on whole ranges; m a
reference or an array in its own right (Excel and LibreOffice disagree on operators there)."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function: `parameters` has a letter each (`READERS`, `RANGES`), `repeated` those that may follow again.

    `run` takes the read arguments, the `Context` before them where `context` is set. A function with parameters
    read as single values is spread over arrays unless `spreads` is False. `many` says that the result may be a
    reference or an array, `placed` with how many arguments it depends on the formula's own cell. Of `lazy` functions
    `run` puts together the code of a call from that of its arguments.
    """

    run: Callable[..., Any]
    parameters: str = ""
    repeated: str = ""
    least: int | None = None
    context: bool = False
    spreads: bool = True
    many: bool = False
    placed: Container[int] = ()
    lazy: bool = False

    def accepts(self, count: int) -> bool:
        """Whether it may be called with so many arguments."""
        least = len(self.parameters) if self.least is None else self.least
        if count < least:
            return False
        beyond = count - len(self.parameters)
        return beyond <= 0 or (bool(self.repeated) and beyond % len(self.repeated) == 0)

    def letters(self, count: int) -> str:
        """The letter of each of *count* arguments."""
        beyond = max(0, count - len(self.parameters))
        return (self.parameters + self.repeated * beyond)[:count]


def numbers(context: Context, operands: Sequence[Operand]) -> list[float]:
    """The numbers in the arguments of SUM and its like, in no certain order. The list may be shared.

    In ranges and arrays only numbers count; an argument given as a value is read as a number. Errors are raised.
    """
    if len(operands) == 1 and isinstance(operands[0], Area):
        return context.ranges.numbers(operands[0])
    found: list[float] = []
    for operand in operands:
        if isinstance(operand, (Area, Array)):
            for value in values(context, operand):
                if isinstance(value, ExcelError):
                    raise Raised(value)
                if isinstance(value, (int, float)) and not isinstance(value, bool):
                    found.append(value)
        else:
            found.append(to_number(operand))
    return found


def values(context: Context, operand: Operand) -> Sequence[Value]:
    """All values of an argument, row by row; of whole columns those in use."""
    if isinstance(operand, Area):
        return context.ranges.flat(operand, context.ranges.rows(operand))
    return operand.cells if isinstance(operand, Array) else [operand]


def as_array(context: Context, operand: Operand) -> Array:
    """An argument as an array, a single value as one of one element."""
    if isinstance(operand, Area):
        return context.ranges.array(operand)
    return operand if isinstance(operand, Array) else Array([operand], 1, 1)
