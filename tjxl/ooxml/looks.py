"""What the styles of a workbook say of its cells: what kind of number each shows, and on which ground."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from lxml import etree

from tjxl.ooxml.package import local_name, parse_xml

NumberClass = Literal["general", "number", "percent", "date", "text"]

MAX_DIGITS = 10
"""Of a whole number in an attribute: no row, column or style has more."""

_MAX_FORMAT = 255  # characters of a number format: Excel's limit
_BRACKETED = re.compile(r"\[([^\]]*)\]")
_DATE_IDS = {*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)}


def read_number_classes(styles_xml: bytes) -> tuple[NumberClass, ...]:
    """What kind of number each cell style shows."""
    root = parse_xml(styles_xml)
    custom: dict[int, str] = {}
    out: list[NumberClass] = []
    for part in root:
        if local_name(part) == "numFmts":
            custom = {whole(f.get("numFmtId"), 0): f.get("formatCode", "")[:_MAX_FORMAT] for f in part}
    known: dict[int, NumberClass] = {}  # many styles share a format
    for part in root:
        if local_name(part) == "cellXfs":
            for xf in part:
                number = whole(xf.get("numFmtId"), 0)
                if number not in known:
                    known[number] = number_class(number, custom)
                out.append(known[number])
    return tuple(out)


def read_fills(styles_xml: bytes) -> tuple[str, ...]:
    """The ground colour of each cell style, as far as telling two apart; empty where a cell has none."""
    root = parse_xml(styles_xml)
    parts = {local_name(part): part for part in root}
    fills = [_fill(fill) for fill in parts["fills"]] if "fills" in parts else []
    numbers = [whole(xf.get("fillId"), 0) for xf in parts["cellXfs"]] if "cellXfs" in parts else []
    return tuple(fills[n] if n < len(fills) else "" for n in numbers)


def _fill(fill: etree._Element) -> str:
    for pattern in fill:
        colour = next((c for c in pattern if local_name(c) == "fgColor"), None)
        if pattern.get("patternType") == "solid" and colour is not None:
            return " ".join(f"{name}={colour.get(name)}" for name in ("rgb", "theme", "tint", "indexed", "auto"))
    return ""


def number_class(number: int, custom: Mapping[int, str]) -> NumberClass:
    """What kind of number a number format shows: a built-in one by its number, another by its code in `custom`."""
    if number in (9, 10):
        return "percent"
    if number == 49:
        return "text"
    code = custom.get(number)
    if code is None:
        return "date" if number in _DATE_IDS else "general" if number == 0 else "number"
    bare, quoted, skip = [], False, False
    for char in code:
        if skip:
            skip = False
        elif char in "\\_*" and not quoted:  # a literal, a gap as wide as, a filling of the next character
            skip = True
        elif char == '"':
            quoted = not quoted
        elif not quoted:
            bare.append(char.lower())
    shown = "".join(bare)
    shown = _BRACKETED.sub(lambda m: m[1] if m[1] and set(m[1]) <= set("hms") else "", shown)  # [h] counts hours
    if "%" in shown:
        return "percent"
    if shown.strip() == "@":
        return "text"
    if "general" in shown or "通用格式" in shown:
        return "general"
    return "date" if any(c in shown for c in "ymdhs年月日") else "number"


def whole(text: str | None, default: int) -> int:
    """A whole number of an attribute, or the default where there is none."""
    return int(text) if text and text.isdecimal() and len(text) < MAX_DIGITS else default
