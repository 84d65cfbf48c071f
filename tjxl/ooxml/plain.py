"""Reading sheets written the plain way some 1.6 times as fast as the general way.

Excel, WPS, LibreOffice, openpyxl and tjxl write a cell as `<c r="A1" s="2" t="s"><v>5</v></c>` and nothing else. One
pass of a pattern over such text gives all cells without building a tree of elements. The pattern must account for
every character between `<sheetData>` and its end; where it does not, and wherever the XML is not of the simplest
kind, the answer is None and `tjxl.ooxml.cells` reads the sheet the general way. The tests hold the two ways together.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from tjxl.errors import PackageError

_START, _END = "<sheetData>", "</sheetData>"
_DECLARATION = re.compile(r"""<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?[^<>]*\?>""")
# What XML 1.0 forbids, and what a parser would turn into something else.
_CONTROL = bytes(c for c in range(32) if c not in b"\t\n")
_REFERENCES = ("&amp;", "&lt;", "&gt;", "&quot;", "&apos;")
_MANY = 4
_TEXT = r"([^<]*)"
_PIECE = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,6})")?(?: t="([A-Za-z]{1,9})")?'
    r"(?:/>|>"
    rf"(?:<f((?: [a-z0-9]+=\"[^<>\"]*\")*)(?:/>|>{_TEXT}</f>))?"
    rf"(?:<v>{_TEXT}</v>)?"
    rf'(?:<is><t(?: xml:space="preserve")?>{_TEXT}</t></is>)?'
    r"</c>)"
    r'|<row((?: [A-Za-z0-9:]+="[^<>"]*")*)(/?)>'
    r"|(</row>)"
)
_ROW_NUMBER = re.compile(r' r="([1-9][0-9]{0,6})"')
_HIDDEN = re.compile(r' hidden="(?:1|true)"')
_NAME = re.compile(r" ([A-Za-z0-9:]+)=")
_SHARED = re.compile(r' t="shared"')
_GROUP = re.compile(r' si="([^"]*)"')


class PlainCell(NamedTuple):
    """A cell as written. `group` names the shared formula that it belongs to; texts are unescaped."""

    row: int
    column: str
    style: int
    kind: str
    formula: str | None
    group: str | None
    value: str | None
    inline: str | None


class PlainSheet(NamedTuple):
    """What stands in a plainly written sheet: its filled cells, its hidden rows, and the XML around `sheetData`."""

    cells: list[PlainCell]
    hidden_rows: list[int]
    frame: bytes


def read_plain(xml: bytes, most: int | None = None) -> PlainSheet | None:
    """The cells of a worksheet part that is written the plain way; None where it is not.

    Raises:
        PackageError: E304, there are more than `most` filled cells.
    """
    if b"<!" in xml or b"]]>" in xml or b"\r" in xml or len(xml.translate(None, _CONTROL)) != len(xml):
        return None
    try:
        text = xml.decode()
    except UnicodeDecodeError:
        return None
    start, end = text.find(_START), text.rfind(_END)
    if start < 0 or end < 0:
        return None
    references = text.count("&", start, end)  # those around the cells are read the general way
    if references > _MANY * text.count("<c ", start, end):  # long formulas full of `&lt;`: that way is faster
        return None
    if references != sum(text.count(r, start, end) for r in _REFERENCES):
        return None
    if text.find("<?", 5) >= 0 or "\ufffe" in text or "\uffff" in text:
        return None
    declared = _DECLARATION.match(text) if text.startswith("<?") else text.startswith("<")
    if not declared:
        return None
    found = _pieces(text, start + len(_START), end, most)
    if found is None:
        return None
    return PlainSheet(*found, (text[: start + len(_START)] + text[end:]).encode())


def _pieces(text: str, position: int, end: int, most: int | None) -> tuple[list[PlainCell], list[int]] | None:
    """Every cell and hidden row up to `end`; None as soon as something else stands between two pieces."""
    cells: list[PlainCell] = []
    hidden: list[int] = []
    row, last, left = 0, 0, (0, "")
    for m in _PIECE.finditer(text, position, end):
        if m.start() != position:
            return None
        position = m.end()
        letters, number, style, kind, attributes, formula, value, inline, row_tag, empty, closed = m.groups()
        if letters is not None:
            place = (len(letters), letters)
            if row == 0 or int(number) != row or place <= left:  # a blank one too may stand where another stands
                return None
            left = place
            if value is None and inline is None and attributes is None:
                continue
            if len(cells) == most:
                raise PackageError("E304")
            group = None
            if attributes and _repeated(attributes):
                return None
            if attributes is not None:  # a formula; one that follows a shared one has no text of its own
                formula = _unescaped(formula or "")
                group = _group(attributes)
            style = int(style) if style else 0
            value, inline = value and _unescaped(value), inline and _unescaped(inline)
            cells.append(PlainCell(row, letters, style, kind or "n", formula, group, value, inline))
        elif closed:
            if row == 0:
                return None
            row = 0
        else:
            numbered = _ROW_NUMBER.search(row_tag)
            if row or _repeated(row_tag) or numbered is None or int(numbered[1]) <= last:
                return None
            last, left = int(numbered[1]), (0, "")
            row = 0 if empty else last
            if _HIDDEN.search(row_tag):
                hidden.append(last)
    return (cells, hidden) if position == end and row == 0 else None


def _repeated(attributes: str) -> bool:
    """Whether an attribute seems to stand twice, which XML forbids."""
    names = _NAME.findall(attributes)
    return len(set(names)) < len(names)


def _group(attributes: str) -> str | None:
    named = _GROUP.search(attributes) if _SHARED.search(attributes) else None
    return named[1] if named else None


def _unescaped(text: str) -> str:
    if "&" not in text:
        return text
    for escaped, char in (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&")):
        text = text.replace(escaped, char)
    return text
