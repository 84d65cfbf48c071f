"""From the text of a rule to its tree: Python's own parser, then only what the rule language knows.

    percent_complete == 1 or (blank(percent_complete) and role == cooperating)
    status in (behind, adjustment_requested)
    date(year - years_back, 1, 1) <= completion_date

Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tjxl.errors import SpecError
from tjxl.fields.expressions import (
    Always,
    And,
    AsOf,
    Compare,
    Comparison,
    DateOf,
    Filled,
    Kind,
    Length,
    Member,
    Name,
    Node,
    Not,
    Number,
    Operand,
    Or,
    PhoneLike,
    Same,
    Typed,
    Year,
)

_OPERATORS: dict[type[ast.cmpop], Comparison] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words an expression may use.

    Attributes:
        names: fields and facts of the row with their kinds.
        symbols: meanings of statuses, choices, roles, goals and measures, with the kind they belong to.
        limits: numbers of the file that have a name.
    """

    names: Mapping[str, Kind]
    symbols: Mapping[str, Kind]
    limits: Mapping[str, float]


def parse(source: str, words: Vocabulary, *, file: str, key: str) -> Node:
    """The tree of `source`; an empty text is `Always`.

    Raises:
        SpecError: E222 no expression of the rule language; E223 an unknown word; E224 kinds that do not go
            together. Each names `file` and `key`.
    """
    if not source.strip():
        return Always()
    try:
        tree = ast.parse(source.strip(), mode="eval")
    except SyntaxError as error:
        raise SpecError("E222", file=file, key=key, expression=source) from error
    return _Parser(words, file, key).truth(tree.body)


@dataclass(frozen=True, slots=True)
class _Parser:
    words: Vocabulary
    file: str
    key: str

    def truth(self, node: ast.expr) -> Node:
        match node:
            case ast.BoolOp(op=ast.And()):
                return And(tuple(self.truth(v) for v in node.values))
            case ast.BoolOp():
                return Or(tuple(self.truth(v) for v in node.values))
            case ast.UnaryOp(op=ast.Not()):
                return Not(self.truth(node.operand))
            case ast.Compare():
                return self._comparisons(node)
            case ast.Call(func=ast.Name(id=name)):
                return self._call(name, node)
        raise self._no_meaning(node)

    def _call(self, name: str, node: ast.Call) -> Node:
        one: dict[str, Callable[[Name], Node]] = {
            "filled": Filled,
            "blank": lambda of: Not(Filled(of)),
            "typed": Typed,
            "phone_like": PhoneLike,
        }
        if node.keywords or len(node.args) != (2 if name == "same" else 1):
            raise self._no_meaning(node)
        args = [self._name(a) for a in node.args]
        needs_text = name in ("same", "phone_like")
        if needs_text and any(a.kind != "text" for a in args):
            raise self._mismatch(node)
        if name == "typed" and args[0].kind not in ("number", "date"):
            raise self._mismatch(node)
        if name == "same":
            return Same(args[0], args[1])
        if name not in one:
            raise self._unknown(name)
        return one[name](args[0])

    def _comparisons(self, node: ast.Compare) -> Node:
        """A chain, `0 <= x <= 1`, holds where each of its comparisons holds."""
        sides = [node.left, *node.comparators]
        parts = tuple(
            self._comparison(ast.Compare(left, [op], [right]))
            for left, op, right in zip(sides, node.ops, sides[1:], strict=False)
        )
        return parts[0] if len(parts) == 1 else And(parts)

    def _comparison(self, node: ast.Compare) -> Node:
        left, op, right = node.left, node.ops[0], node.comparators[0]
        if isinstance(op, ast.In) and isinstance(right, ast.Tuple | ast.List) and right.elts:
            return self._member(node, left, right.elts)
        if type(op) not in _OPERATORS:
            raise self._no_meaning(node)
        if isinstance(right, ast.Name) and right.id in self.words.symbols:
            member = self._member(node, left, [right])
            if isinstance(op, ast.Eq):
                return member
            if isinstance(op, ast.NotEq):
                return And((Filled(member.of), Not(member)))
            raise self._mismatch(node)
        sides = self._operand(left), self._operand(right)
        kinds = {_kind(side) for side in sides}
        if len(kinds) != 1 or not kinds <= {"number", "date"}:
            raise self._mismatch(node)
        return Compare(_OPERATORS[type(op)], *sides)

    def _member(self, node: ast.expr, item: ast.expr, symbols: list[ast.expr]) -> Member:
        of = self._name(item)
        found = []
        for symbol in symbols:
            if not isinstance(symbol, ast.Name):
                raise self._no_meaning(node)
            if symbol.id not in self.words.symbols:
                raise self._unknown(symbol.id)
            if self.words.symbols[symbol.id] != of.kind:
                raise self._mismatch(node)
            found.append(symbol.id)
        return Member(of, tuple(found))

    def _operand(self, node: ast.expr) -> Operand:
        match node:
            case ast.Name(id="as_of"):
                return AsOf()
            case ast.Name() if node.id not in self.words.limits:
                return self._name(node)
            case ast.Name() | ast.Constant():
                return Number(self._number(node))
            case ast.Call(func=ast.Name(id="length"), args=[text], keywords=[]):
                of = self._name(text)
                if of.kind != "text":
                    raise self._mismatch(node)
                return Length(of)
            case ast.Call(func=ast.Name(id="date"), args=[year, month, day], keywords=[]):
                return self._date(node, year, month, day)
        raise self._no_meaning(node)

    def _date(self, node: ast.expr, year: ast.expr, month: ast.expr, day: ast.expr) -> DateOf:
        numbers = self._number(month), self._number(day)
        try:
            # Checked in a year that is no leap year: the day must exist in every year.
            dt.date(2023, int(numbers[0]), int(numbers[1]))
        except ValueError as error:
            raise self._no_meaning(node) from error
        return DateOf(self._year(year), int(numbers[0]), int(numbers[1]))

    def _year(self, node: ast.expr) -> Year:
        match node:
            case ast.Name(id="year"):
                return Year()
            case ast.BinOp(left=ast.Name(id="year"), op=ast.Add()):
                return Year(int(self._number(node.right)))
            case ast.BinOp(left=ast.Name(id="year"), op=ast.Sub()):
                return Year(-int(self._number(node.right)))
        raise self._no_meaning(node)

    def _number(self, node: ast.expr) -> float:
        match node:
            case ast.Constant(value=bool()):
                raise self._no_meaning(node)
            case ast.Constant(value=int() | float() as value):
                return value
            case ast.Name(id=name) if name in self.words.limits:
                return self.words.limits[name]
            case ast.Name(id=name):
                raise self._unknown(name)
        raise self._no_meaning(node)

    def _name(self, node: ast.expr) -> Name:
        if not isinstance(node, ast.Name):
            raise self._no_meaning(node)
        if node.id not in self.words.names:
            raise self._unknown(node.id)
        return Name(node.id, self.words.names[node.id])

    def _no_meaning(self, node: ast.expr) -> SpecError:
        return SpecError("E222", file=self.file, key=self.key, expression=ast.unparse(node))

    def _unknown(self, name: str) -> SpecError:
        return SpecError("E223", file=self.file, key=self.key, name=name)

    def _mismatch(self, node: ast.expr) -> SpecError:
        return SpecError("E224", file=self.file, key=self.key, expression=ast.unparse(node))


def _kind(operand: Operand) -> Kind:
    match operand:
        case Name(_, kind):
            return kind
        case Number() | Length():
            return "number"
    return "date"
