"""The rules as formula text, for 自检 cells and conditional formats.

Only functions of Excel 2010 (AND OR NOT IF LEN EXACT FIND SUBSTITUTE ISNUMBER INT DATE
YEAR CLEAN), so that the text
means the same in Excel, WPS and LibreOffice. Comparisons of text use EXACT, because `=` ignores case; U+3000 and
U+00A0 stand in the formula as they are, because CHAR depends on the code page of the computer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tjxl.errors import SpecError
from tjxl.fields.expressions import (
    Always,
    And,
    AsOf,
    Compare,
    DateOf,
    DigitRun,
    EmailLike,
    Filled,
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
)
from tjxl.fields.spec import Rule, Spec
from tjxl.fields.text import EMAIL_REFUSED, PHONE_DIGITS, PHONE_PUNCTUATION, PHRASE_PUNCTUATION, SPACES

LENGTH_LIMIT = 8_192
DEPTH_LIMIT = 64
"""Excel's limits of a formula in a cell or a conditional format."""

_EXCEL_OPERATORS = {"==": "=", "!=": "<>"}
_OPPOSITES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}


@dataclass(frozen=True, slots=True)
class FormulaWriter:
    """Writes expressions over the given places.

    Attributes:
        places: formula text of every field and fact that is at hand: `$H8`, `VLOOKUP($A8,…)`. Facts give a
            Chinese title for a role, goal or status (牵头, 取得明显进展), a number, a date serial, or text; blank
            as an empty cell or "".
        as_of: formula text of the period's last day.
    """

    spec: Spec
    places: Mapping[str, str]
    as_of: str

    def broken(self, rule: Rule) -> str:
        """True where the rule is broken."""
        when, must = rule.when, rule.must
        match must:
            case Compare("<=", Length(of), Number(most)) if most >= 0:
                when = _without_part(when, Filled(of))  # a text that is too long is filled in
        parts = [*self._parts(when), *(self._parts(must.of) if isinstance(must, Not) else [self._opposite(must)])]
        return _all(list(dict.fromkeys(parts)))

    def length(self, name: str) -> str:
        """How long the text of a field is; white space does not count."""
        return self._mass(Name(name, "text"))

    def can_write(self, rule: Rule) -> bool:
        """Whether everything the rule mentions is at hand."""
        return rule.mentions <= set(self.places)

    def truth(self, node: Node) -> str:
        """The formula text of a truth."""
        match node:
            case Always():
                return "TRUE"
            case And():
                return _all(self._parts(node))
            case Or(parts):
                return f"OR({','.join(self.truth(p) for p in parts)})"
            case Not(of):
                return self._opposite(of)
            case Filled(of):
                return f"{self._mass(of)}>0" if self._is_text(of) else f'{self._place(of)}<>""'
            case Typed(of):
                return f"ISNUMBER({self._place(of)})"
            case Whole(of):
                return f"IF(ISNUMBER({self._place(of)}),INT({self._place(of)})={self._place(of)},FALSE)"
            case Member(of, symbols):
                names = [name for s in symbols for name in self.spec.titles_of(s)]
                tests = [f"EXACT({self._place(of)},{quoted(name)})" for name in names]
                return tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
            case Same() | Compare():
                return _all(self._parts(node))
            case PhoneLike(of):
                return self._phone_like(self._place(of))
            case EmailLike(of):
                return self._email_like(self._place(of))
            case DigitRun(of, least):
                text = self._place(of)
                for digit in "123456789":
                    text = f'SUBSTITUTE({text},"{digit}","0")'
                return f"ISNUMBER(FIND({quoted('0' * least)},{text}))"
            case Phrase(of, phrases):
                # "|" is taken out of the text, so that only a whole phrase is found between two of them.
                bare = without(condensed_text(self._place(of)), PHRASE_PUNCTUATION)
                return f'ISNUMBER(FIND("|"&{bare}&"|",{quoted("|" + "|".join(phrases) + "|")}))'

    def _parts(self, node: Node) -> list[str]:
        """The conditions that all have to hold."""
        match node:
            case Always():
                return []
            case And(parts):
                return [text for p in parts for text in self._parts(p)]
            case Compare():
                return self._compare(node)
            case Same(left, right):
                a, b = (condensed_text(self._place(n)) for n in (left, right))
                return [f"{self._mass(left)}>0", f"EXACT({a},{b})"]
        return [self.truth(node)]

    def _opposite(self, node: Node) -> str:
        match node:
            case Filled(of):
                return f"{self._mass(of)}=0" if self._is_text(of) else f'{self._place(of)}=""'
            case Not(of):
                return self.truth(of)
            case Compare(op, Length(), Number()) if op in _OPPOSITES:
                # a length is always a number; other values may be blank or of the wrong type, and no comparison holds
                return f"{self._operand(node.left)}{_OPPOSITES[op]}{self._operand(node.right)}"
        return f"NOT({self.truth(node)})"

    def _compare(self, node: Compare) -> list[str]:
        """A number compared with a text is no error in a spreadsheet but INT of a text is: hence IF for dates."""
        op = _EXCEL_OPERATORS.get(node.op, node.op)
        test = f"{self._operand(node.left)}{op}{self._operand(node.right)}"
        names = [n for n in (node.left, node.right) if isinstance(n, Name)]
        guards = [text for n in names for text in self._guards(n)]
        if any(self._has_time(n) for n in names):
            return [f"IF({_all(guards)},{test},FALSE)"]
        return [*guards, test]

    def _guards(self, name: Name) -> list[str]:
        place = self._place(name)
        # An empty cell found by VLOOKUP counts as the number 0 in some programs; only <>"" tells it apart.
        blank = [f'{place}<>""'] if name.name in self.spec.facts else []
        return [*blank, f"ISNUMBER({place})"]

    def _operand(self, node: Operand) -> str:
        match node:
            case Number(value):
                return format(value, ".15g")
            case AsOf():
                return self.as_of
            case DateOf(year, month, day):
                offset = format(year.offset, "+d") if year.offset else ""
                return f"DATE(YEAR({self.as_of}){offset},{month},{day})"
            case Length(of):
                return self._mass(of)
            case Name():
                return f"INT({self._place(node)})" if self._has_time(node) else self._place(node)

    def _phone_like(self, place: str) -> str:
        digits = without(condensed_text(place), PHONE_PUNCTUATION)
        fewest, most = PHONE_DIGITS
        rest = without(digits, "0123456789")
        return f"AND(LEN({digits})>={fewest},LEN({digits})<={most},LEN({rest})=0)"

    def _email_like(self, place: str) -> str:
        text = condensed_text(place)
        one_at = f"LEN({text})-LEN({without(text, '@')})=1"
        dot = f'ISNUMBER(FIND(".",{text},FIND("@",{text})+2))'
        plain = f"LEN({without(text, EMAIL_REFUSED)})=LEN({text})"
        return f'AND({one_at},LEFT({text},1)<>"@",{dot},RIGHT({text},1)<>".",{plain})'

    def _mass(self, of: Name) -> str:
        """The length without white space."""
        return f"LEN({condensed_text(self._place(of))})"

    def _place(self, of: Name) -> str:
        return self.places[of.name]

    def _is_text(self, of: Name) -> bool:
        return of.kind == "text" and of.name not in self.spec.facts

    def _has_time(self, of: Name) -> bool:
        """A date that a person typed may carry a time of day; tjxl's own facts are whole days."""
        return of.kind == "date" and of.name not in self.spec.facts


def condensed_text(text: str) -> str:
    """Formula text for `tjxl.fields.text.condensed`."""
    return without(f"CLEAN({text})", SPACES)


def without(text: str, characters: str) -> str:
    """Formula text that takes the characters out of `text`."""
    for character in characters:
        text = f'SUBSTITUTE({text},{quoted(character)},"")'
    return text


def quoted(text: str) -> str:
    """A text as a literal of a formula."""
    return '"' + text.replace('"', '""') + '"'


def within_limits(spec: Spec, formula: str, where: str, *, limit: int = LENGTH_LIMIT) -> str:
    """The formula, where Excel takes it.

    Args:
        where: which formula this is, for the complaint: 自检公式.
        limit: the most characters, where less than Excel's own limit is left.

    Raises:
        SpecError: E226 the rules of the sheet make a formula that is too long or too deep.
    """
    depth = depth_of(formula)
    if len(formula) > limit or depth > DEPTH_LIMIT:
        shipped = f"{spec.name}.toml"
        file = next((r.file for r in spec.rules if r.file != shipped), shipped)  # the office's, where it has a part
        facts = {"sheet": spec.sheet, "where": where, "length": len(formula), "depth": depth, "limit": limit}
        raise SpecError("E226", file=file, **facts)
    return formula


def depth_of(formula: str) -> int:
    """How deep the functions of a formula are nested (parentheses outside of texts)."""
    depth = deepest = 0
    for i, piece in enumerate(formula.split('"')):
        if i % 2 == 0:
            for character in piece:
                depth += (character == "(") - (character == ")")
                deepest = max(deepest, depth)
    return deepest


def _without_part(node: Node, part: Node) -> Node:
    """A condition without one of the conditions that it joins."""
    if node == part:
        return Always()
    return And(tuple(p for p in node.parts if p != part)) if isinstance(node, And) else node


def _all(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"
