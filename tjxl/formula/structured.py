"""Structured references as files store them: ``表[列]``, ``表[[#This Row],[列]]``, ``表[[甲]:[乙]]``.

In a column title the characters ``[ ] # '`` are escaped by an apostrophe. Source: ECMA-376 Part 1, 18.17.2.
"""

from __future__ import annotations

import re

from tjxl.formula.errors import Unsupported
from tjxl.formula.nodes import Structured

# `[title]` without anything escaped: nearly every reference of a dashboard.
_TITLE = re.compile(r"\[([^\[\]#'@ ][^\[\]#']*)\]")
_PARTS = {"#data", "#headers", "#all", "#this row"}


def structured_reference(table: str, text: str, start: int) -> tuple[Structured, int]:
    """Read the brackets after *table*, which open at ``text[start]``; return the reference and the end."""
    if m := _TITLE.match(text, start):
        return _build(table, [], [m[1]]), m.end()
    inner = _skip(text, start + 1)
    if text[inner : inner + 1] == "]":
        return Structured(table, frozenset({"#data"}), None, None), inner + 1
    if text[inner : inner + 1] != "[":
        title, part, end = _item(text, start + 1)
        return _build(table, [part] if part else [], [] if part else [title]), end
    return _listed(table, text, inner)


def _listed(table: str, text: str, position: int) -> tuple[Structured, int]:
    """``[#part],[#part],[first]:[last]`` up to the closing bracket."""
    parts: list[str] = []
    titles: list[str] = []
    separator = ","
    while True:
        if text[position : position + 1] != "[":
            raise Unsupported(f"structured reference {text}")
        title, part, position = _item(text, position + 1)
        if (separator == ":") != bool(titles and not part):
            raise Unsupported(f"structured reference {text}")
        (parts if part else titles).append(part or title)
        position = _skip(text, position)
        separator = text[position : position + 1]
        if separator == "]":
            return _build(table, parts, titles), position + 1
        if separator not in (",", ":") or (separator == ":" and part):
            raise Unsupported(f"structured reference {text}")
        position = _skip(text, position + 1)


def _build(table: str, parts: list[str], titles: list[str]) -> Structured:
    chosen = frozenset(parts) or frozenset({"#data"})
    if not chosen <= _PARTS or len(titles) > 2 or ("#this row" in chosen and len(chosen) > 1):
        raise Unsupported(f"structured reference to {table}: {parts} {titles}")
    return Structured(table, chosen, titles[0] if titles else None, titles[-1] if titles else None)


def _item(text: str, position: int) -> tuple[str, str, int]:
    """A title, or the part it names, and the position after its closing bracket."""
    start = position
    title: list[str] = []
    while position < len(text):
        mark = text[position]
        if mark == "'":
            title.append(text[position + 1 : position + 2])
            position += 2
        elif mark == "]":
            word = "".join(title)
            if not word or text[start] == "@":
                break
            return word, word.lower() if text[start] == "#" else "", position + 1
        elif mark == "[":
            break
        else:
            title.append(mark)
            position += 1
    raise Unsupported(f"structured reference {text}")


def _skip(text: str, position: int) -> int:
    while text[position : position + 1] == " ":
        position += 1
    return position
