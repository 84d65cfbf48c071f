"""The criteria of COUNTIFS and its family: ``"滞后"``, ``"<>"``, ``">=0.8"``, ``"*委员会"``, ``""``.

A criterion that asks for one value has a key, and the cells equal to it have the same key; so it is answered from
an index. The others test each cell. Rules as in Excel, with wildcards on as in .xlsx files:

* text is compared without regard to case; ``*`` and ``?`` are wildcards, ``~`` takes their meaning away;
* a number, or text that reads as one, is met by equal numbers and by text that reads as an equal number;
* ``""`` is met by blank cells and empty text, ``"="`` by blank cells, ``"<>"`` by all but blank cells;
* ``"<>x"`` is met by every cell that ``"=x"`` is not; ``<``, ``>`` only by cells of the same kind.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache

from tjxl.formula.coercion import compare
from tjxl.formula.numerals import number_from_text, tidy
from tjxl.formula.values import ERRORS, ExcelError, Value, is_number, is_text


@dataclass(frozen=True, slots=True)
class Criterion:
    """What a cell must be. `key` equals `cell_key` of just the cells that meet it, or is None."""

    key: Hashable | None
    met_by: Callable[[Value], bool]


def cell_key(value: Value) -> Hashable:
    """Cells with equal keys are equal to a criterion: 80, 80.0 and "80"; "Abc" and "ABC"; blank and ""."""
    if value is None:
        return ""
    if isinstance(value, (bool, ExcelError)):
        return (type(value), value)
    if isinstance(value, str):
        number = number_from_text(value)
        return folded(value) if number is None else tidy(number)
    return value if isinstance(value, int) else tidy(value)


def folded(text: str) -> str:
    """The text without upper case; most have none and need no copy, of which indexes would keep thousands."""
    lowered = text.lower()
    return text if text == lowered else lowered


@lru_cache(maxsize=16384, typed=True)
def criterion(value: Value) -> Criterion:
    """The criterion that a function's argument stands for; a blank cell stands for 0."""
    if value is None:
        return _equal(0)
    if not is_text(value):
        return _equal(value)
    m = _OPERATOR.match(str(value))
    operator, rest = (m[1], m[2]) if m else ("", "")
    if not rest and operator != "":
        return _of_nothing(operator)
    operand = _operand(rest)
    if operator in ("", "="):
        return _equal(operand)
    if operator == "<>":
        equal = _equal(operand)
        return Criterion(None, lambda cell: not equal.met_by(cell))
    return _ordered(operator, operand)


_OPERATOR = re.compile(r"(<>|<=|>=|<|>|=|)(.*)", re.DOTALL)


def _operand(text: str) -> Value:
    """The number, boolean or error value that the text stands for, else the text."""
    if text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    if text.upper() in ERRORS:
        return ERRORS[text.upper()]
    number = number_from_text(text)
    return text if number is None else number


def _of_nothing(operator: str) -> Criterion:
    """An operator with nothing after it."""
    if operator == "=":
        return Criterion(None, lambda cell: cell is None)
    if operator == "<>":
        return Criterion(None, lambda cell: cell is not None)
    return Criterion(None, lambda _cell: False)


def _equal(operand: Value) -> Criterion:
    if is_text(operand) and has_wildcards(str(operand)):
        pattern = wildcard_pattern(str(operand))
        return Criterion(None, lambda cell: is_text(cell) and pattern.fullmatch(str(cell)) is not None)
    key = cell_key(operand)
    return Criterion(key, lambda cell: cell_key(cell) == key)


def _ordered(operator: str, operand: Value) -> Criterion:
    orders = {"<": (-1,), "<=": (-1, 0), ">": (1,), ">=": (0, 1)}[operator]
    same_kind: Callable[[Value], bool]
    if is_number(operand):
        same_kind = is_number
    elif is_text(operand):
        same_kind = is_text
    else:
        same_kind = lambda cell: type(cell) is type(operand)  # noqa: E731 - one of three
    return Criterion(None, lambda cell: same_kind(cell) and compare(cell, operand) in orders)


def has_wildcards(text: str) -> bool:
    """Whether ``*``, ``?`` or ``~`` occur."""
    return "*" in text or "?" in text or "~" in text


@lru_cache(maxsize=4096)
def wildcard_pattern(text: str) -> re.Pattern[str]:
    """A text with wildcards as a regular expression."""
    parts = []
    for m in re.finditer(r"~([*?~])|([*?])|(.)", text, re.DOTALL):
        if m[2]:
            parts.append(".*" if m[2] == "*" else ".")
        else:
            parts.append(re.escape(m[1] or m[3]))
    return re.compile("".join(parts), re.DOTALL | re.IGNORECASE)
