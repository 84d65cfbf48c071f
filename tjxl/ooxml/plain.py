"""Reading sheets and shared texts written the plain way, twice to four times as fast as the general way.

Excel, WPS, LibreOffice, openpyxl and tjxl write a cell as `<c r="A1" s="2" t="s"><v>5</v></c>` and nothing else. One
pass of a pattern over such text gives all cells without building a tree of elements. The pattern must account for
every character between `<sheetData>` and its end; where it does not, and wherever the XML is not of the simplest
kind, the answer is None and `tjxl.ooxml.cells` reads the sheet the general way. So it is with `<si><t>…</t></si>`.
The tests hold the two ways together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from tjxl.errors import PackageError
from tjxl.ooxml.refs import column_number

_START, _END, _ROW_END = b"<sheetData>", b"</sheetData>", b"</row>"
_DECLARATION = re.compile(rb"""<\?xml version=["']1\.0["'](?: encoding=["'](?:UTF|utf)-8["'])?[^<>]*\?>""")
# What XML 1.0 forbids, and what a parser would turn into something else.
_CONTROL = bytes(c for c in range(32) if c not in b"\t\n")
_REFERENCES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
_TEXT = r"([^<]*)"
_PIECE = re.compile(
    r'<c r="([A-Z]{1,3})([0-9]{1,7})"(?: s="([0-9]{1,6})")?(?: t="([A-Za-z]{1,9})")?'
    r"(?:/>|>"
    rf"(?:<f((?: [a-z0-9]{{1,20}}=\"[^<>\"]{{0,99}}\"){{0,9}})(?:/>|>{_TEXT}</f>))?"
    rf"(?:<v>{_TEXT}</v>)?"
    rf'(?:<is><t(?: xml:space="preserve")?>{_TEXT}</t></is>)?'
    r"</c>)"
    r'|<row((?: [A-Za-z0-9:]{1,20}="[^<>"]{0,99}"){0,20})(/?)>'
    r"|(</row>)"
    r"|([\s\S])"  # whatever else stands there
)
_FIRST, _LAST = b"<si>", b"</sst>"
_ITEM = re.compile(
    rf'<si>(?:<t(?: xml:space="preserve")?(?:/>|>{_TEXT}</t>))?'
    r'(?:<phoneticPr fontId="[0-9]{1,6}"(?: type="[A-Za-z]{1,20}")?(?: alignment="[A-Za-z]{1,20}")?/>)?</si>'
    r"|([\s\S])"
)
_ROW_NUMBER = re.compile(r' r="([1-9][0-9]{0,6})"')
_HIDDEN = re.compile(r' hidden="(?:1|true)"')
_NAME = re.compile(r" ([A-Za-z0-9:]+)=")
_SHARED = re.compile(r' t="shared"')
_GROUP = re.compile(r' si="([^"]*)"')
_KEPT_FORMULA = 32 * 1024
_KEPT_FRAME = 64 * 1024
_STRETCH = 256 * 1024

PlainCell = tuple[int, int, int, str, str | None, str | None, str | None, str | None]
"""A cell as written: row, column, style, kind, formula, the shared formula that it belongs to, value, inline text;
texts are unescaped."""


class NotPlainError(Exception):
    """Something is written in a way that is left to a parser."""


class PlainSheet:
    """A worksheet part in a frame of the plain way. Whether its rows are plain too shows as they are read.

    Attributes:
        frame: the XML around the rows, to be read the general way by whoever asks: it must prove to be well-formed.
        hidden_rows: those of the rows read so far.
    """

    def __init__(self, xml: bytes, start: int, end: int) -> None:
        """
        Args:
            start, end: where the rows stand in `xml`.
        """
        self.frame = xml[:start] + xml[end:]
        self.hidden_rows: list[int] = []
        self._xml, self._start, self._end = xml, start, end

    def stretches(self) -> Iterator[list[PlainCell]]:
        """The filled cells, some rows at a time: a long sheet taken apart at once would take many times its size.

        Raises:
            NotPlainError: the rows are not written the plain way; nothing that was given before counts.
        """
        at, last = self._start, 0
        while at < self._end:
            following = self._xml.find(_ROW_END, at + _STRETCH, self._end)
            end = self._end if following < 0 else following + len(_ROW_END)
            cells, last = _pieces(_text_of(self._xml[at:end]), last, self.hidden_rows)
            yield cells
            at = end


def plain_sheet(xml: bytes) -> PlainSheet | None:
    """A worksheet part that seems to be written the plain way; None where it is not."""
    start, end = xml.find(_START), xml.rfind(_END)
    if start < 0 or end < 0:
        return None
    sheet = PlainSheet(xml, start + len(_START), end)
    return sheet if _simple(sheet.frame) else None


class PlainStrings(NamedTuple):
    """The texts that cells share, as they are written, and the XML around them: a root without children."""

    texts: list[str]
    frame: bytes


def read_plain_strings(xml: bytes, most: int | None = None) -> PlainStrings | None:
    """The texts of a part of shared strings that is written the plain way; None where it is not.

    Raises:
        PackageError: E304, there are more than `most`.
    """
    start, end = xml.find(_FIRST), len(xml) - len(_LAST)
    if start < 0 or not xml.endswith(_LAST) or not xml.startswith(b">", start - 1):
        return None
    frame = xml[:start] + _LAST
    if not _simple(frame):
        return None
    try:
        return PlainStrings(_items(_text_of(xml[start:end]), most), frame)
    except NotPlainError:
        return None


def _items(text: str, most: int | None) -> list[str]:
    """The shared texts.

    Raises:
        NotPlainError: something else stands between two of them.
        PackageError: E304, there are more than `most`.
    """
    texts: list[str] = []
    for m in _ITEM.finditer(text):
        item, stray = m.groups()
        if stray:
            raise NotPlainError
        if len(texts) == most:
            raise PackageError("E304")
        texts.append(_unescaped(item) if item else "")
    return texts


def _text_of(data: bytes) -> str:
    """What stands within a simple frame, as text.

    Raises:
        NotPlainError: only a parser can tell what it says.
    """
    if b"]]>" in data or len(data.translate(None, _CONTROL)) != len(data):
        raise NotPlainError
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise NotPlainError from error
    if "\ufffe" in text or "\uffff" in text:
        raise NotPlainError
    return text


def _simple(frame: bytes) -> bool:
    return (_kept_is_simple if len(frame) <= _KEPT_FRAME else _is_simple)(frame)


def _is_simple(frame: bytes) -> bool:
    """Whether the XML around cells or texts is in UTF-8 and holds no declarations, comments or instructions."""
    if b"<!" in frame or frame.find(b"<?", 5) >= 0:
        return False
    return bool(_DECLARATION.match(frame)) if frame.startswith(b"<?") else frame.startswith(b"<")


_kept_is_simple = lru_cache(maxsize=64)(_is_simple)


def _pieces(text: str, last: int, hidden: list[int]) -> tuple[list[PlainCell], int]:
    """The cells of some whole rows, and the number of the last one; hidden ones are added to `hidden`.

    Args:
        last: the number of the row before.

    Raises:
        NotPlainError: something else stands between two pieces.
    """
    cells: list[PlainCell] = []
    row, left, number = 0, 0, ""
    for m in _PIECE.finditer(text):
        letters, own, style, kind, attributes, formula, value, inline, row_tag, empty, closed, stray = m.groups()
        if letters is not None:
            column = column_number(letters)
            if own != number or column <= left:  # a blank one too may stand where another stands
                raise NotPlainError
            left = column
            if value is None and inline is None and attributes is None:
                continue
            group = None
            if attributes is not None:  # a formula; one that follows a shared one has no text of its own
                group = _formula_tag(attributes)
                formula = (_kept_formula if len(formula or "") <= _KEPT_FORMULA else _unescaped)(formula or "")
            if value is not None and "&" in value:
                value = _unescaped(value)
            if inline is not None and "&" in inline:
                inline = _unescaped(inline)
            cells.append((row, column, int(style) if style else 0, kind or "n", formula, group, value, inline))
        elif closed:
            if row == 0:
                raise NotPlainError
            row, number = 0, ""
        elif stray:
            raise NotPlainError
        else:
            own_row, is_hidden = _row_tag(row_tag)
            if row or own_row <= last:
                raise NotPlainError
            last, left = own_row, 0
            row, number = (0, "") if empty else (last, str(last))
            if is_hidden:
                hidden.append(last)
    if row:
        raise NotPlainError
    return cells, last


def _repeated(attributes: str) -> bool:
    """Whether an attribute seems to stand twice, which XML forbids."""
    names = _NAME.findall(attributes)
    return len(set(names)) < len(names)


def _unescaped(text: str) -> str:
    """
    Raises:
        NotPlainError: there is a `&` other than XML's own five references.
    """
    if "&" not in text:
        return text
    if text.count("&") != sum(text.count(escaped) for escaped, _ in _REFERENCES):
        raise NotPlainError
    for escaped, char in _REFERENCES:
        text = text.replace(escaped, char)
    return text


# The forms of a period hold the same long formulas, and their rows the same attributes.
_kept_formula = lru_cache(maxsize=64)(_unescaped)


@lru_cache(maxsize=1024)
def _row_tag(attributes: str) -> tuple[int, bool]:
    """The number of a row, and whether it is hidden; 0 where the general way has to say."""
    numbered = _ROW_NUMBER.search(attributes)
    if numbered is None or "&" in attributes or _repeated(attributes):
        return 0, False
    return int(numbered[1]), _HIDDEN.search(attributes) is not None


@lru_cache(maxsize=1024)
def _formula_tag(attributes: str) -> str | None:
    """The shared formula that a formula with these attributes belongs to.

    Raises:
        NotPlainError: they are not written soundly.
    """
    if "&" in attributes or _repeated(attributes):
        raise NotPlainError
    named = _GROUP.search(attributes) if _SHARED.search(attributes) else None
    return named[1] if named else None
