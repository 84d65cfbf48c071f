"""Comments of a sheet: notes of any age and the threads that Excel writes since 2018."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from lxml import etree

from tjxl.ooxml.package import Package, local_name
from tjxl.ooxml.refs import parse_cell

Place = tuple[int, int]


class CellComment(NamedTuple):
    """What somebody has written beside a cell; answers in a thread follow on lines of their own."""

    text: str
    author: str


def read_comments(package: Package, sheet_part: str) -> dict[Place, CellComment]:
    """The comments of a sheet by (row, column).

    A thread stands in the file twice: in full, and as a note for older programs that only tells of it.

    Raises:
        PackageError: a part cannot be parsed.
    """
    notes: dict[Place, CellComment] = {}
    threads: dict[Place, CellComment] = {}
    for target, kind in package.relations(sheet_part).values():
        if target not in package:
            continue
        if kind.endswith("/comments"):
            _read(package.xml(target), "comment", _author_of(package.xml(target)), notes)
        elif kind.endswith("/threadedComment"):
            _read(package.xml(target), "threadedComment", lambda _: "", threads)
    return notes | threads


def _author_of(root: etree._Element) -> Callable[[etree._Element], str]:
    names = [a.text or "" for part in root if local_name(part) == "authors" for a in part]

    def author(comment: etree._Element) -> str:
        number = comment.get("authorId", "")
        return names[int(number)] if number.isdecimal() and int(number) < len(names) else ""

    return author


def _read(
    root: etree._Element, tag: str, author: Callable[[etree._Element], str], out: dict[Place, CellComment]
) -> None:
    for element in root.iter():
        if local_name(element) != tag:
            continue
        try:
            place = parse_cell(element.get("ref", ""))
        except ValueError:
            continue  # a comment without a cell is shown nowhere
        text = "".join(t.text or "" for t in element.iter() if local_name(t) in ("t", "text") and t.text).strip()
        if text:
            before = out[place].text + "\n" if place in out else ""
            out[place] = CellComment(before + text, author(element))
