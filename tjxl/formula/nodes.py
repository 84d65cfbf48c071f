"""The tree of a parsed formula."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from tjxl.formula.values import Value


class Literal(NamedTuple):
    """A number, text, boolean or error value as written."""

    value: Value


class Missing(NamedTuple):
    """An argument left empty, as the second in ``IF(A1,,1)``."""


class Reference(NamedTuple):
    """A cell or range; a whole column has no rows bound (1 to the last), a sheet of None is the formula's own."""

    sheet: str | None
    top: int
    left: int
    bottom: int
    right: int


class Structured(NamedTuple):
    """A reference into a table: which parts (``#data``, ``#headers``, ``#all``, ``#this row``), which columns."""

    table: str
    parts: frozenset[str]
    first: str | None
    last: str | None


class Name(NamedTuple):
    """A defined name, or a table's name standing for its data."""

    name: str


class Signed(NamedTuple):
    """Signs before an operand, at least one of them a minus."""

    negative: bool
    operand: Node


class Percent(NamedTuple):
    """``operand%``"""

    operand: Node


class Chain(NamedTuple):
    """Operators of one rank in a row, from left to right; flat, so that a long sum is not a deep tree."""

    first: Node
    rest: tuple[tuple[str, Node], ...]


class Call(NamedTuple):
    """A function call; the name in upper case without ``_xlfn.``"""

    name: str
    arguments: tuple[Node, ...]


Node: TypeAlias = Literal | Missing | Reference | Structured | Name | Signed | Percent | Chain | Call


class Parsed(NamedTuple):
    """A formula's tree and how deep its expressions nest."""

    node: Node
    depth: int
