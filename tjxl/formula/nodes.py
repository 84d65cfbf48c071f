"""The tree of a parsed formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from tjxl.formula.values import Value


@dataclass(frozen=True, slots=True)
class Literal:
    """A number, text, boolean or error value as written."""

    value: Value


@dataclass(frozen=True, slots=True)
class Missing:
    """An argument left empty, as the second in ``IF(A1,,1)``."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A cell or range; a whole column has no rows bound (1 to the last), a sheet of None is the formula's own."""

    sheet: str | None
    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Structured:
    """A reference into a table: which parts (``#data``, ``#headers``, ``#all``, ``#this row``), which columns."""

    table: str
    parts: frozenset[str]
    first: str | None
    last: str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A defined name, or a table's name standing for its data."""

    name: str


@dataclass(frozen=True, slots=True)
class Signed:
    """Signs before an operand, at least one of them a minus."""

    negative: bool
    operand: Node


@dataclass(frozen=True, slots=True)
class Percent:
    """``operand%``"""

    operand: Node


@dataclass(frozen=True, slots=True)
class Chain:
    """Operators of one rank in a row, from left to right; flat, so that a long sum is not a deep tree."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function call; the name in upper case without ``_xlfn.``"""

    name: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Literal | Missing | Reference | Structured | Name | Signed | Percent | Chain | Call


@dataclass(frozen=True, slots=True)
class Parsed:
    """A formula's tree and how deep its expressions nest."""

    node: Node
    depth: int
