"""Numbers that Word draws before a paragraph without storing them: 1.、一、（一）.

A 序号 column is often numbered so; without this every such cell would be blank.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from tjxl.ooxml.package import local_name

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")
_CHINESE = {
    "chineseCounting",
    "chineseCountingThousand",
    "japaneseCounting",
    "taiwaneseCounting",
    "taiwaneseCountingThousand",
    "ideographDigital",
    "koreanCounting",
}


@dataclass(slots=True)
class _Level:
    """One level of a list: how its number is written and where it starts."""

    form: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class _List:
    """A list under way. Instances of one abstract list count on together, as Word does."""

    levels: dict[int, _Level]
    counts: dict[int, int] = field(default_factory=dict)


class AutomaticNumbers:
    """The labels of a document's paragraphs; ask for each paragraph once, in order."""

    def __init__(self, document: Any) -> None:
        self._lists: dict[str, _List] = {}
        self._styles: dict[str, tuple[str, int]] = {}
        part = next((r.target_part for r in document.part.rels.values() if r.reltype.endswith("/numbering")), None)
        if part is None:
            return
        root = part.element
        abstract = {e.get(f"{_W}abstractNumId", ""): e for e in root if local_name(e) == "abstractNum"}
        shared: dict[str, _List] = {}
        for number in (e for e in root if local_name(e) == "num"):
            source = _value(number, "abstractNumId")
            if source not in abstract:
                continue
            overrides = [e for e in number if local_name(e) == "lvlOverride"]
            made = _List(_levels(abstract[source], overrides))
            self._lists[number.get(f"{_W}numId", "")] = made if overrides else shared.setdefault(source, made)
        for style in document.styles.element:
            if local_name(style) == "style" and (place := _place(style)) is not None:
                self._styles[style.get(f"{_W}styleId", "")] = place

    def label(self, paragraph: Any) -> str:
        """The number drawn before this paragraph; empty where there is none, and for a bullet."""
        if not self._lists:
            return ""
        place = _place(paragraph)
        if place is None:
            style = paragraph.find(f"{_W}pPr/{_W}pStyle")
            place = self._styles.get(style.get(f"{_W}val", "")) if style is not None else None
        if place is None or place[0] not in self._lists:
            return ""
        under_way, level = self._lists[place[0]], place[1]
        spec = under_way.levels.get(level, _Level())
        under_way.counts[level] = under_way.counts.get(level, spec.start - 1) + 1
        for deeper in [lower for lower in under_way.counts if lower > level]:
            del under_way.counts[deeper]
        return _PLACE.sub(lambda m: _written(under_way, int(m[1]) - 1), spec.text)


def _written(under_way: _List, level: int) -> str:
    spec = under_way.levels.get(level, _Level())
    count = under_way.counts.get(level, spec.start)
    if spec.form in _CHINESE:
        return chinese_numeral(count)
    return "" if spec.form in ("bullet", "none") else str(count)


def chinese_numeral(number: int) -> str:
    """1 to 99 as in headings: 一, 十, 二十一; others in digits."""
    digits = " 一二三四五六七八九"
    tens, ones = divmod(number, 10)
    if not 1 <= number <= 99:
        return str(number)
    return ((digits[tens] if tens > 1 else "") + "十" if tens else "") + (digits[ones] if ones else "")


def _levels(abstract: Any, overrides: list[Any]) -> dict[int, _Level]:
    levels: dict[int, _Level] = {}
    for element in (e for e in abstract if local_name(e) == "lvl"):
        levels[_integer(element.get(f"{_W}ilvl", ""), 0)] = _level(element)
    for override in overrides:
        at = _integer(override.get(f"{_W}ilvl", ""), 0)
        own = next((e for e in override if local_name(e) == "lvl"), None)
        if own is not None:
            levels[at] = _level(own)
        if start := _value(override, "startOverride"):
            base = levels.get(at, _Level())
            levels[at] = _Level(base.form, base.text, _integer(start, 1))
    return levels


def _level(element: Any) -> _Level:
    form = _value(element, "numFmt") or "decimal"
    text = "" if form in ("bullet", "none") else _value(element, "lvlText")
    return _Level(form, text, _integer(_value(element, "start"), 1))


def _place(element: Any) -> tuple[str, int] | None:
    """Which list, and which level of it, an element's paragraph properties name; numId 0 takes a list away."""
    found = element.find(f"{_W}pPr/{_W}numPr")
    if found is None or not (number := _value(found, "numId")):
        return None
    return number, min(_integer(_value(found, "ilvl"), 0), _LEVELS - 1)


def _value(parent: Any, name: str) -> str:
    child = parent.find(f"{_W}{name}")
    return str(child.get(f"{_W}val", "")) if child is not None else ""


def _integer(text: str, default: int) -> int:
    return int(text) if text.isdecimal() and len(text) < 7 else default
