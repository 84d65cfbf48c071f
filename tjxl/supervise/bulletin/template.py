"""The template of a bulletin: text that an office edits, with places for figures, conditions, lists, tables, charts.

Its language is described at the head of `workbook/bulletin.txt`. A template is parsed once and checked whole: every
mistake is said, with its line, before anything is written.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeAlias

from tjxl.errors import SpecError
from tjxl.messages import message

Kind = Literal[
    "title", "recipients", "signature", "annex_note", "annex", "text", "heading", "items", "table", "chart"
]

_FIELDS: Mapping[str, Kind] = {
    "标题": "title",
    "主送": "recipients",
    "署名": "signature",
    "附件说明": "annex_note",
    "附件": "annex",
}
_FIELD = re.compile(rf"({'|'.join(_FIELDS)})[：:](.*)", re.DOTALL)
_DIRECTIVE = re.compile(r"【(逐项|表|图)\s*([^】：:]*)(?:[：:]([^】]*))?】(.*)", re.DOTALL)
_HEADINGS = (
    re.compile(r"[一二三四五六七八九十]+、"),
    re.compile(r"（[一二三四五六七八九十]+）"),
    re.compile(r"\d+[.．]"),
)
_OPEN, _CLOSE = "〔", "〕"
_CONDITION = re.compile(r"(有|无)([^：:〔〕{}]+)[：:]")
_PLACE = re.compile(r"\{([^{}]*)\}")
_SEPARATORS = re.compile(r"[、，,]")
COMMENT = "#"
_FEW = 20
"""Names that a sentence lists in full."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text with places to fill: `{任务总数}`."""

    text: str


@dataclass(frozen=True, slots=True)
class When:
    """Text that is said only if one of `names` is there (`wanted`), or only if none of them is."""

    wanted: bool
    names: tuple[str, ...]
    parts: Parts


Parts: TypeAlias = "tuple[Words | When, ...]"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the template.

    Attributes:
        kind: what it makes. A line all within one condition is of the kind of what stands in it.
        name: of `items`, `table`, `chart`: the list; `columns` of a table are fields of that list.
        level: of a heading, 0 to 2; its own number is left out of `parts`: headings are numbered as they come.
        conditions: under which the line is there.
        parts: its text.
    """

    number: int
    kind: Kind
    parts: Parts
    name: str = ""
    columns: tuple[str, ...] = ()
    level: int = 0
    conditions: tuple[When, ...] = ()


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What a template may name: figures, lists with their fields, charts."""

    figures: Collection[str]
    lists: Mapping[str, Collection[str]]
    charts: Collection[str]


Template: TypeAlias = tuple[Line, ...]


def parsed(text: str, file: str, vocabulary: Vocabulary) -> Template:
    """The lines of a template.

    Raises:
        SpecError: W101, with everything that is wrong in it.
    """
    lines, wrong = [], []
    for number, raw in enumerate(text.splitlines(), 1):
        source = raw.strip().strip("\ufeff")
        if not source or source.startswith(COMMENT):
            continue
        try:
            line = _line(number, source)
        except _MistakeError as mistake:
            wrong.append((number, str(mistake)))
            continue
        wrong += [(number, said) for said in _unknown(line, vocabulary)]
        lines.append(line)
    if not wrong and not any(line.kind == "title" for line in lines):
        wrong.append((1, message("W108").say()))
    if wrong:
        said = "；".join(f"第{number}行{sentence}" for number, sentence in wrong)
        raise SpecError("W101", file=file, mistakes=said)
    return tuple(lines)


class _MistakeError(Exception):
    """A line that cannot be read; the sentence says why."""


def _line(number: int, source: str) -> Line:
    parts = _parts(source)
    conditions: list[When] = []
    while len(parts) == 1 and isinstance(parts[0], When):
        conditions.append(parts[0])
        parts = parts[0].parts
    first = parts[0].text if parts and isinstance(parts[0], Words) else ""
    rest = parts[1:]
    if match := _FIELD.fullmatch(first):
        return Line(number, _FIELDS[match[1]], _joined(match[2], rest), conditions=tuple(conditions))
    if match := _DIRECTIVE.fullmatch(first):
        kind: Kind = {"逐项": "items", "表": "table", "图": "chart"}[match[1]]  # type: ignore[assignment]
        columns = tuple(c.strip() for c in _SEPARATORS.split(match[3] or "") if c.strip())
        text = _joined(match[4], rest)
        return Line(number, kind, text, match[2].strip(), columns, conditions=tuple(conditions))
    if first.startswith("【"):
        raise _MistakeError(message("W107").say())
    for level, heading in enumerate(_HEADINGS):
        if match := heading.match(first):
            text = _joined(first[match.end() :], rest)
            return Line(number, "heading", text, level=level, conditions=tuple(conditions))
    return Line(number, "text", parts, conditions=tuple(conditions))


def _joined(text: str, rest: Parts) -> Parts:
    text = text.lstrip()
    return ((Words(text),) if text else ()) + rest


def _parts(source: str) -> Parts:
    parts, end = _sequence(source, 0, 0)
    if end != len(source):
        raise _MistakeError(message("W105").say())
    return parts


def _sequence(source: str, at: int, depth: int) -> tuple[Parts, int]:
    """The parts from a place up to the bracket that closes this depth."""
    parts: list[Words | When] = []
    start = at
    while at < len(source):
        mark = source[at]
        if mark == _OPEN:
            parts += _words(source[start:at])
            condition = _CONDITION.match(source, at + 1)
            if condition is None:
                raise _MistakeError(message("W106").say(text=source[at : at + 12]))
            inner, at = _sequence(source, condition.end(), depth + 1)
            if at >= len(source):
                raise _MistakeError(message("W105").say())
            names = tuple(name.strip() for name in condition[2].split("或"))
            parts.append(When(condition[1] == "有", names, inner))
            start = at = at + 1
        elif mark == _CLOSE and depth:
            break
        elif mark == _CLOSE:
            raise _MistakeError(message("W105").say())
        else:
            at += 1
    parts += _words(source[start:at])
    return tuple(parts), at


def _words(text: str) -> list[Words]:
    bare = _PLACE.sub("", text)
    if "{" in bare or "}" in bare:
        raise _MistakeError(message("W104").say())
    return [Words(text)] if text else []


def _unknown(line: Line, vocabulary: Vocabulary) -> Iterator[str]:
    """What the line names and nobody knows."""
    fields: Collection[str] = ()
    if line.kind == "chart" and line.name not in vocabulary.charts:
        yield message("W103").say(name=line.name, known="、".join(vocabulary.charts))
    if line.kind in ("items", "table"):
        if line.name not in vocabulary.lists:
            yield message("W103").say(name=line.name, known="、".join(vocabulary.lists))
            return
        fields = vocabulary.lists[line.name]
        wrong = [c for c in line.columns if c not in fields]
        yield from (_no_such(column, fields) for column in wrong)
        if line.kind == "table" and not line.columns:
            yield message("W109").say(known="、".join(fields))
    everywhere = {*vocabulary.figures, *vocabulary.lists}
    known = {*vocabulary.figures, *fields} if line.kind == "items" else set(vocabulary.figures)
    shown = fields if line.kind == "items" else vocabulary.figures
    asked = [*line.conditions, *line.parts] if line.kind != "items" else line.parts
    inside = everywhere | set(fields) if line.kind == "items" else everywhere
    wrong_names = [name for name in _conditions(asked) if name not in inside]
    if line.kind == "items":
        # a condition around the whole line is asked once, not of each entry
        wrong_names += [n for c in line.conditions for n in c.names if n not in everywhere]
    for name in wrong_names:
        yield _no_such(name, (*vocabulary.lists, *vocabulary.figures))
    for name in places(line.parts):
        if name not in known:
            yield _no_such(name, shown)


def _no_such(name: str, known: Collection[str]) -> str:
    """That a name means nothing here, with the names that were perhaps meant."""
    near = list(known) if len(known) <= _FEW else get_close_matches(name, known, n=4, cutoff=0.4)
    return message("W102" if near else "W117").say(name=name, known="、".join(near))


def _conditions(parts: Sequence[Words | When]) -> Iterator[str]:
    for part in parts:
        if isinstance(part, When):
            yield from part.names
            yield from _conditions(part.parts)


def places(parts: Sequence[Words | When]) -> Iterator[str]:
    """The names of the places to fill."""
    for part in parts:
        if isinstance(part, When):
            yield from places(part.parts)
        else:
            yield from (name.strip() for name in _PLACE.findall(part.text))


def filled(parts: Sequence[Words | When], values: Mapping[str, str], there: Mapping[str, bool]) -> str:
    """The text: conditions decided by what is there, places filled with values."""
    out = []
    for part in parts:
        if isinstance(part, Words):
            out.append(_PLACE.sub(lambda m: values[m[1].strip()], part.text))
        elif holds(part, there):
            out.append(filled(part.parts, values, there))
    return "".join(out)


def holds(condition: When, there: Mapping[str, bool]) -> bool:
    """Whether what it asks is so."""
    return any(there[name] for name in condition.names) is condition.wanted
