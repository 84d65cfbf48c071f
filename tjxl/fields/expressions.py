"""The rule language as a small typed tree. `parsing` makes it from text; each face walks it.

What every face must keep to:

* A comparison, `same`, `phone_like`, `digit_run` and `phrase` with a blank operand are false. So is a comparison
  with a value of the wrong type (a text in a number cell): such a value is filled, but it is no number.
* `status != behind` is "filled, and not behind"; `not (status == behind)` also holds for a blank status.
* Text is measured and compared without white space (`tjxl.fields.text`).
* Dates are whole days; a time of day is dropped.
"""

from __future__ import annotations

import datetime as dt
import operator
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Kind = Literal["text", "number", "date", "status", "choice", "role", "goal", "measure"]
Comparison = Literal["==", "!=", "<", "<=", ">", ">="]


COMPARE: Mapping[Comparison, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
"""The comparisons between two plain values."""


@dataclass(frozen=True, slots=True)
class Name:
    """A field or a fact of the row."""

    name: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Number:
    """A number written in a rule, or a limit of the file."""

    value: float


@dataclass(frozen=True, slots=True)
class AsOf:
    """The period's last day."""


@dataclass(frozen=True, slots=True)
class Year:
    """The year of the period's last day, moved by `offset` years."""

    offset: int = 0


@dataclass(frozen=True, slots=True)
class DateOf:
    """A date whose year follows the period: `date(year - 1, 1, 1)`."""

    year: Year
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class Length:
    """How many characters a text has, white space not counted."""

    of: Name


Constant = Number | AsOf | DateOf
Operand = Name | Number | AsOf | DateOf | Length


@dataclass(frozen=True, slots=True)
class Always:
    """A rule without a condition."""


@dataclass(frozen=True, slots=True)
class Filled:
    """Something stands in the cell."""

    of: Name


@dataclass(frozen=True, slots=True)
class Typed:
    """The value is of its field's kind: a number, a date. False for a blank."""

    of: Name


@dataclass(frozen=True, slots=True)
class Member:
    """The value is one of these; `symbols` are meanings of statuses, choices, roles, goals or measures."""

    of: Name
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Same:
    """Two texts are equal, white space not counted."""

    left: Name
    right: Name


@dataclass(frozen=True, slots=True)
class PhoneLike:
    """The text looks like a phone number."""

    of: Name


@dataclass(frozen=True, slots=True)
class EmailLike:
    """The text looks like one e-mail address."""

    of: Name


@dataclass(frozen=True, slots=True)
class Whole:
    """The cell holds a whole number."""

    of: Name


@dataclass(frozen=True, slots=True)
class DigitRun:
    """The text holds at least so many digits one after the other."""

    of: Name
    least: int


@dataclass(frozen=True, slots=True)
class Phrase:
    """The text is one of these set phrases and nothing more; the phrases are bare (`tjxl.fields.text`)."""

    of: Name
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Compare:
    """Two numbers or two dates."""

    op: Comparison
    left: Operand
    right: Operand


@dataclass(frozen=True, slots=True)
class Not:
    """The opposite."""

    of: Node


@dataclass(frozen=True, slots=True)
class And:
    """All of them."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Any of them."""

    parts: tuple[Node, ...]


Node = (
    Always
    | Filled
    | Typed
    | Whole
    | Member
    | Same
    | PhoneLike
    | EmailLike
    | DigitRun
    | Phrase
    | Compare
    | Not
    | And
    | Or
)


def names_in(node: Node | Operand) -> Iterator[Name]:
    """Every field and fact that the expression reads."""
    match node:
        case Name():
            yield node
        case Length(of) | Filled(of) | Typed(of) | Whole(of) | PhoneLike(of) | EmailLike(of) | Not(of):
            yield from names_in(of)
        case Member(of, _) | DigitRun(of, _) | Phrase(of, _):
            yield from names_in(of)
        case Same(left, right) | Compare(_, left, right):
            yield from names_in(left)
            yield from names_in(right)
        case And(parts) | Or(parts):
            for part in parts:
                yield from names_in(part)


def where_blank(node: Node, blank: frozenset[str]) -> Node | bool:
    """What an expression says where these fields are blank: a truth, or an expression over the other names."""
    match node:
        case Always():
            return True
        case Filled() | Typed() | Whole() | Member() | Same() | PhoneLike() | EmailLike() | DigitRun() | Phrase():
            return node if blank.isdisjoint(n.name for n in names_in(node)) else False
        case Compare(op, left, right):
            sides = [Number(0) if isinstance(s, Length) and s.of.name in blank else s for s in (left, right)]
            if any(isinstance(s, Name) and s.name in blank for s in sides):
                return False
            if isinstance(sides[0], Number) and isinstance(sides[1], Number):
                return COMPARE[op](sides[0].value, sides[1].value)
            return Compare(op, sides[0], sides[1])
        case Not(of):
            rest = where_blank(of, blank)
            return not rest if isinstance(rest, bool) else Not(rest)
        case And(parts) | Or(parts):
            left_over = [where_blank(p, blank) for p in parts]
            deciding = isinstance(node, Or)
            if deciding in left_over:
                return deciding
            open_parts = tuple(p for p in left_over if not isinstance(p, bool))
            return type(node)(open_parts) if open_parts else not deciding


def date_of(constant: AsOf | DateOf, as_of: dt.date) -> dt.date:
    """The day a constant stands for in the period that ends on `as_of`."""
    if isinstance(constant, AsOf):
        return as_of
    return dt.date(as_of.year + constant.year.offset, constant.month, constant.day)
