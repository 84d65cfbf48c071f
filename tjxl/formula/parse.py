"""From the text of a formula to its tree. Anything outside the subset raises `Unsupported`."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from tjxl.formula.errors import Unsupported
from tjxl.formula.grid import LAST_COLUMN, LAST_ROW
from tjxl.formula.nodes import Call, Chain, Literal, Missing, Name, Node, Parsed, Percent, Reference, Signed
from tjxl.formula.structured import structured_reference
from tjxl.formula.values import ERRORS

MAX_DEPTH = 128
"""Nested expressions; Excel itself allows 64 nested calls."""
MAX_LENGTH = 8192
"""Characters of a formula, Excel's own limit."""

_CELL = r"\$?[A-Za-z]{1,3}\$?[1-9][0-9]{0,6}"
_ENDS = r"(?![\w.(!\[\\?])"
# The commonest first where the order is free.
_TOKEN = re.compile(
    rf"""(?P<mark><>|<=|>=|[-+*/^&=<>%(),])
    |(?P<text>"(?:[^"]|"")*")
    |(?P<call>[A-Za-z_][\w.]*(?=\())
    |(?P<table>[^\W\d][\w.]*(?=\[))
    |(?P<space>[ \t\r\n]+)
    |(?P<error>\#(?:DIV/0!|N/A|VALUE!|REF!|NAME\?|NUM!|NULL!))
    |(?P<sheet>'(?:[^'\[\]]|'')+'!|[^\W\d][\w.]*!)
    |(?P<cells>{_CELL}(?::{_CELL})?{_ENDS})
    |(?P<columns>\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}{_ENDS})
    |(?P<rows>\$?[1-9][0-9]*:\$?[1-9][0-9]*{_ENDS})
    |(?P<number>(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
    |(?P<name>[^\W\d][\w.]*)
    """,
    re.VERBOSE,  # not IGNORECASE: it would let the Kelvin sign pass for a K
)

_RANK = {"=": 0, "<>": 0, "<": 0, "<=": 0, ">": 0, ">=": 0, "&": 1, "+": 2, "-": 2, "*": 3, "/": 3, "^": 4}


class _Token(NamedTuple):
    kind: str
    text: str
    node: Node | None = None


_END = _Token("end", "")


@lru_cache(maxsize=32768)
def parse(formula: str) -> Parsed:
    """The tree of *formula* (with or without the leading ``=``)."""
    if len(formula) > MAX_LENGTH:
        raise Unsupported("formula too long")
    return _Parser(_tokens(formula.strip().removeprefix("="))).parsed()


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    position = 0
    while position < len(text):
        m = _TOKEN.match(text, position)
        if m is None:
            raise Unsupported(f"{text[position : position + 20]!r} in a formula")
        position = m.end()
        kind = str(m.lastgroup)
        if kind == "table":
            node, position = structured_reference(m[0], text, position)
            tokens.append(_Token("structured", m[0], node))
        elif kind != "space":
            tokens.append(_Token(kind, m[0]))
    return [*tokens, _END]


class _Parser:
    """Precedence climbing over the tokens. Signs bind tighter than ``^``, and ``^`` groups to the left."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._marks = [token.text if token.kind == "mark" else "" for token in tokens]
        self._at = 0
        self._depth = 0
        self._deepest = 0

    def parsed(self) -> Parsed:
        node = self._expression(0)
        if self._peek() is not _END:
            raise Unsupported(f"{self._peek().text!r} in a formula")
        return Parsed(node, self._deepest)

    def _peek(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._tokens[self._at]
        if token is not _END:
            self._at += 1
        return token

    def _mark(self) -> str:
        return self._marks[self._at]

    def _expect(self, mark: str) -> None:
        if self._mark() != mark:
            raise Unsupported(f"{self._peek().text!r} where {mark!r} should be")
        self._at += 1

    def _expression(self, lowest: int) -> Node:
        self._depth += 1
        self._deepest = max(self._deepest, self._depth)
        if self._depth > MAX_DEPTH:
            raise Unsupported("formula nested too deep")
        left = self._operand()
        while (rank := _RANK.get(self._mark(), -1)) >= lowest:
            rest = []
            while _RANK.get(self._mark(), -1) == rank:
                rest.append((self._take().text, self._expression(rank + 1)))
            left = Chain(left, tuple(rest))
        self._depth -= 1
        return left

    def _operand(self) -> Node:
        signs = ""
        while (mark := self._mark()) in ("+", "-"):
            signs += mark
            self._at += 1
        node = self._primary()
        if "-" in signs:
            node = Signed(signs.count("-") % 2 == 1, node)
        percents = 0
        while self._mark() == "%":
            percents += 1
            self._at += 1
        if percents > 2:
            raise Unsupported("percent of percent of percent")
        for _ in range(percents):
            node = Percent(node)
        return node

    def _primary(self) -> Node:
        token = self._take()
        match token.kind:
            case "number":
                return Literal(_number(token.text))
            case "text":
                return Literal(token.text[1:-1].replace('""', '"'))
            case "error":
                return Literal(ERRORS[token.text.upper()])
            case "cells" | "columns" | "rows":
                return _reference(None, token)
            case "sheet":
                return self._on_sheet(token.text[:-1])
            case "structured" if token.node is not None:
                return token.node
            case "call":
                return self._call(token.text)
            case "name":
                truth = {"TRUE": True, "FALSE": False}.get(token.text.upper())
                return Name(token.text) if truth is None else Literal(truth)
            case "mark" if token.text == "(":
                node = self._expression(0)
                self._expect(")")
                return node
        raise Unsupported(f"{token.text!r} in a formula")

    def _on_sheet(self, sheet: str) -> Node:
        token = self._take()
        if token.kind == "error" and token.text.upper() == "#REF!":
            return Literal(ERRORS["#REF!"])
        if token.kind not in ("cells", "columns", "rows"):
            raise Unsupported(f"{token.text!r} on a sheet")
        return _reference(sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet, token)

    def _call(self, name: str) -> Node:
        self._expect("(")
        arguments: list[Node] = []
        while self._mark() != ")" or arguments:
            arguments.append(Missing() if self._mark() in (",", ")") else self._expression(0))
            if self._mark() == ")":
                break
            self._expect(",")
        self._expect(")")
        upper = name.upper().removeprefix("_XLFN.")
        if not arguments and upper in ("TRUE", "FALSE"):
            return Literal(upper == "TRUE")
        if upper in ("ROW", "COLUMN") and len(arguments) == 1 and isinstance(cell := arguments[0], Reference):
            rows, columns = {cell.top, cell.bottom}, {cell.left, cell.right}
            if len(rows) == len(columns) == 1:  # of one cell it is known, whatever the cell holds
                return Literal(cell.top if upper == "ROW" else cell.left)
        return Call(upper, tuple(arguments))


def _number(text: str) -> int | float:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else float(text)


_PIECE = re.compile(r"([A-Za-z]*)([0-9]*)")


def _reference(sheet: str | None, token: _Token) -> Reference:
    """Cells, whole columns or whole rows; the corners in any order."""
    corners = [_PIECE.fullmatch(piece) for piece in token.text.replace("$", "").split(":")]
    columns = [_column(m[1]) for m in corners if m and m[1]] or [1, LAST_COLUMN]
    rows = [int(m[2]) for m in corners if m and m[2]] or [1, LAST_ROW]
    if max(columns) > LAST_COLUMN or max(rows) > LAST_ROW:
        raise Unsupported(f"{token.text} is off the sheet")
    return Reference(sheet, min(rows), min(columns), max(rows), max(columns))


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
