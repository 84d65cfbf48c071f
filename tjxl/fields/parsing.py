"""From the text of a rule to its tree: Python's own parser, then only what the rule language knows.

    percent_complete == 1 or (blank(percent_complete) and role == cooperating)
    status in (behind, adjustment_requested)
    进展状态 == 滞后 and 未填(存在问题)
    date(year - years_back, 1, 1) <= completion_date

Nothing is ever evaluated as Python.
"""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from tjxl.errors import SpecError
from tjxl.fields.expressions import (
    Always,
    And,
    AsOf,
    Compare,
    Comparison,
    DateOf,
    DigitRun,
    EmailLike,
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
    Phrase,
    Same,
    Typed,
    Whole,
    Year,
)
from tjxl.fields.text import bare_phrase

CHINESE_WORDS: Mapping[str, str] = {
    "已填": "filled",
    "未填": "blank",
    "类型正确": "typed",
    "字数": "length",
    "相同": "same",
    "是电话": "phone_like",
    "是邮箱": "email_like",
    "整数": "whole",
    "连续数字": "digit_run",
    "套话": "phrase",
    "日期": "date",
    "期末": "as_of",
    "本年": "year",
}
"""The language's own words as an office may write them."""

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
        phrases: lists of set phrases that have a name.
        synonyms: other ways of writing all these words: titles of fields, names of statuses, answers.
    """

    names: Mapping[str, Kind]
    symbols: Mapping[str, Kind]
    limits: Mapping[str, float]
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: Mapping[str, str] = field(default_factory=dict)

    def word(self, written: str) -> str:
        """The word that is meant."""
        return CHINESE_WORDS.get(written) or self.synonyms.get(written, written)


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

    def _call(self, written: str, node: ast.Call) -> Node:
        name = self.words.word(written)
        if node.keywords or len(node.args) != (2 if name in ("same", "digit_run", "phrase") else 1):
            raise self._no_meaning(node)
        of = self._name(node.args[0])
        if name in ("same", "phone_like", "email_like", "digit_run", "phrase") and of.kind != "text":
            raise self._mismatch(node)
        if name == "typed" and of.kind not in ("number", "date"):
            raise self._mismatch(node)
        if name == "whole" and of.kind != "number":
            raise self._mismatch(node)
        match name:
            case "filled":
                return Filled(of)
            case "blank":
                return Not(Filled(of))
            case "typed":
                return Typed(of)
            case "phone_like":
                return PhoneLike(of)
            case "email_like":
                return EmailLike(of)
            case "whole":
                return Whole(of)
            case "same":
                return self._same(of, node)
            case "digit_run":
                return self._digit_run(of, node)
            case "phrase":
                return self._phrase(of, node.args[1])
        raise self._unknown(written)

    def _same(self, of: Name, node: ast.Call) -> Same:
        other = self._name(node.args[1])
        if other.kind != "text":
            raise self._mismatch(node)
        return Same(of, other)

    def _digit_run(self, of: Name, node: ast.Call) -> DigitRun:
        least = self._number(node.args[1])
        if not 1 <= least <= 100 or least != int(least):
            raise self._no_meaning(node)
        return DigitRun(of, int(least))

    def _phrase(self, of: Name, node: ast.expr) -> Phrase:
        if not isinstance(node, ast.Name):
            raise self._no_meaning(node)
        if self.words.word(node.id) not in self.words.phrases:
            raise self._unknown(node.id)
        return Phrase(of, tuple(bare_phrase(p) for p in self.words.phrases[self.words.word(node.id)]))

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
        if isinstance(right, ast.Name) and self.words.word(right.id) in self.words.symbols:
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
            meaning = self.words.word(symbol.id)
            if meaning not in self.words.symbols:
                raise self._unknown(symbol.id)
            if self.words.symbols[meaning] != of.kind:
                raise self._mismatch(node)
            found.append(meaning)
        return Member(of, tuple(found))

    def _operand(self, node: ast.expr) -> Operand:
        match node:
            case ast.Name() if self.words.word(node.id) == "as_of":
                return AsOf()
            case ast.Name() if node.id not in self.words.limits:
                return self._name(node)
            case ast.Name() | ast.Constant():
                return Number(self._number(node))
            case ast.Call(func=ast.Name(id=word), args=[text], keywords=[]) if self.words.word(word) == "length":
                of = self._name(text)
                if of.kind != "text":
                    raise self._mismatch(node)
                return Length(of)
            case ast.Call(func=ast.Name(id=word), args=[year, month, day], keywords=[]) if self._is_date(word):
                return self._date(node, year, month, day)
        raise self._no_meaning(node)

    def _is_date(self, word: str) -> bool:
        return self.words.word(word) == "date"

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
            case ast.Name(id=name) if self.words.word(name) == "year":
                return Year()
            case ast.BinOp(left=ast.Name(id=name), op=ast.Add()) if self.words.word(name) == "year":
                return Year(int(self._number(node.right)))
            case ast.BinOp(left=ast.Name(id=name), op=ast.Sub()) if self.words.word(name) == "year":
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
        name = self.words.word(node.id)
        if name not in self.words.names:
            raise self._unknown(node.id)
        return Name(name, self.words.names[name])

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
