"""The rules as formula text, for 自检 cells and conditional formats.

Only functions of Excel 2010 (AND OR NOT IF LEN EXACT FIND SUBSTITUTE ISNUMBER INT DATE
YEAR CHAR), so that the text
means the same in Excel, WPS and LibreOffice. Comparisons of text use EXACT, because `=` ignores case; U+3000 and
U+00A0 stand in the formula as they are, because CHAR depends on the code page of the computer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tjxl.fields.expressions import (
    Always,
    And,
    AsOf,
    Compare,
    DateOf,
    DigitRun,
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
)
from tjxl.fields.spec import Rule, Spec
from tjxl.fields.text import PHONE_DIGITS, PHONE_PUNCTUATION, PHRASE_PUNCTUATION, WHITE_SPACE

_EXCEL_OPERATORS = {"==": "=", "!=": "<>"}


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
        parts = [*self._parts(rule.when), self._opposite(rule.must)]
        return _all(parts)

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
            case Member(of, symbols):
                names = [name for s in symbols for name in self.spec.titles_of(s)]
                tests = [f"EXACT({self._place(of)},{quoted(name)})" for name in names]
                return tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"
            case Same(left, right):
                a, b = (without(self._place(n), WHITE_SPACE) for n in (left, right))
                return f"AND({self._mass(left)}>0,EXACT({a},{b}))"
            case PhoneLike(of):
                return self._phone_like(self._place(of))
            case DigitRun(of, least):
                text = self._place(of)
                for digit in "123456789":
                    text = f'SUBSTITUTE({text},"{digit}","0")'
                return f"ISNUMBER(FIND({quoted('0' * least)},{text}))"
            case Phrase(of, phrases):
                # "|" is taken out of the text, so that only a whole phrase is found between two of them.
                bare = without(self._place(of), WHITE_SPACE + PHRASE_PUNCTUATION)
                return f'ISNUMBER(FIND("|"&{bare}&"|",{quoted("|" + "|".join(phrases) + "|")}))'
            case Compare():
                return self._compare(node)

    def _parts(self, node: Node) -> list[str]:
        """The conditions that all have to hold."""
        match node:
            case Always():
                return []
            case And(parts):
                return [text for p in parts for text in self._parts(p)]
        return [self.truth(node)]

    def _opposite(self, node: Node) -> str:
        match node:
            case Filled(of):
                return f"{self._mass(of)}=0" if self._is_text(of) else f'{self._place(of)}=""'
            case Not(of):
                return self.truth(of)
        return f"NOT({self.truth(node)})"

    def _compare(self, node: Compare) -> str:
        """A number compared with a text is no error in a spreadsheet but INT of a text is: hence IF for dates."""
        op = _EXCEL_OPERATORS.get(node.op, node.op)
        test = f"{self._operand(node.left)}{op}{self._operand(node.right)}"
        names = [n for n in (node.left, node.right) if isinstance(n, Name)]
        guards = [text for n in names for text in self._guards(n)]
        if any(self._has_time(n) for n in names):
            return f"IF({_all(guards)},{test},FALSE)"
        return _all([*guards, test])

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
        digits = without(place, WHITE_SPACE + PHONE_PUNCTUATION)
        fewest, most = PHONE_DIGITS
        rest = without(digits, "0123456789")
        return f"AND(LEN({digits})>={fewest},LEN({digits})<={most},LEN({rest})=0)"

    def _mass(self, of: Name) -> str:
        """The length without white space."""
        return f"LEN({without(self._place(of), WHITE_SPACE)})"

    def _place(self, of: Name) -> str:
        return self.places[of.name]

    def _is_text(self, of: Name) -> bool:
        return of.kind == "text" and of.name not in self.spec.facts

    def _has_time(self, of: Name) -> bool:
        """A date that a person typed may carry a time of day; tjxl's own facts are whole days."""
        return of.kind == "date" and of.name not in self.spec.facts


def without(text: str, characters: str) -> str:
    """Formula text that takes the characters out of `text`."""
    for character in characters:
        code = quoted(character) if character.isprintable() or character > "\x7f" else f"CHAR({ord(character)})"
        text = f'SUBSTITUTE({text},{code},"")'
    return text


def quoted(text: str) -> str:
    """A text as a literal of a formula."""
    return '"' + text.replace('"', '""') + '"'


def depth_of(formula: str) -> int:
    """How deep the functions of a formula are nested (parentheses outside of texts)."""
    depth = deepest = 0
    for i, piece in enumerate(formula.split('"')):
        if i % 2 == 0:
            for character in piece:
                depth += (character == "(") - (character == ")")
                deepest = max(deepest, depth)
    return deepest


def _all(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"AND({','.join(parts)})"
