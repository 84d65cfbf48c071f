"""Which rows of a sheet carry something that is no value of theirs: it would stay where it is if the values went."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from tjxl.errors import PackageError
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.package import local_name
from tjxl.ooxml.refs import MAX_ROW, parse_range
from tjxl.ooxml.sheet_text import attributes_of

HYPERLINK = re.compile(rb"<(?:[\w.-]+:)?hyperlink(?=\s)([^>]*)>")
_CORNERS = ("from", "to")


def anchored_rows(book: Book, table: Table) -> set[int]:
    """The rows of a table in which a link, a merged cell, a picture or a shape stands, or beside which one does.

    Raises:
        PackageError: E303, E305 the sheet, or what is drawn on it, cannot be read.
    """
    out: set[int] = set()
    for top, bottom in (*_links_and_merged(book, table.sheet), *_drawn(book, table.sheet)):
        out.update(range(max(top, table.first_row), min(bottom, table.last_row) + 1))
    return out


def _links_and_merged(book: Book, sheet: str) -> Iterator[tuple[int, int]]:
    text = book.text(sheet)
    for area in text.merged:
        yield area.top, area.bottom
    for m in HYPERLINK.finditer(text.tail):
        try:
            area = parse_range(attributes_of(m[1]).get(b"ref", b"").decode())
        except ValueError as error:
            raise PackageError("E305") from error
        yield area.top, area.bottom


def _drawn(book: Book, sheet: str) -> Iterator[tuple[int, int]]:
    """First and last row of each picture, chart and shape that is fixed to cells."""
    for target, kind in book.package.relations(book.sheets[sheet].part).values():
        if kind.endswith("/drawing") and target in book.package:
            for anchor in book.package.xml(target):
                rows = [int(e.text or "0") + 1 for e in _corner_rows(anchor)]
                if rows:
                    yield min(rows), min(max(rows), MAX_ROW)


def _corner_rows(anchor: etree._Element) -> Iterator[etree._Element]:
    for corner in anchor:
        if local_name(corner) in _CORNERS:
            yield from (e for e in corner if local_name(e) == "row")
