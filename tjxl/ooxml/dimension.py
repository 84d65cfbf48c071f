"""The declared dimension of a sheet: the area in which its cells are, by which some programs size what they read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from tjxl.ooxml.edits import Change, Put, PutFormula
from tjxl.ooxml.pending import AppendedRow
from tjxl.ooxml.refs import Range, parse_range

_DIMENSION = re.compile(rb'(<(?:[\w.-]+:)?dimension\b[^>]*?\bref=")([^"]*)(")')
Edits = Mapping[int, Mapping[int, Change]]
"""Row → column → edit."""


def widened(head: bytes, edits: Edits, bottom: int | None) -> bytes:
    """What stands before the rows, its dimension widened to hold the edits.

    Args:
        bottom: the last row kept where rows went.
    """
    m = _DIMENSION.search(head)
    if m is None:
        return head
    try:
        old = parse_range(m[2].decode())
    except ValueError:
        return head
    numbers = sorted(edits)
    first, last = _first_filled(edits, numbers), _first_filled(edits, reversed(numbers))
    if not (last or bottom):
        return head
    beside = set(_filled_beside(edits, old.left, old.right))
    new = Range(
        min(old.top, first or old.top),
        min(old.left, *beside, old.left),
        max(old.bottom if bottom is None else bottom, last or old.top),
        max(old.right, *beside, old.right),
    )
    return head if new == old else head[: m.start(2)] + new.ref.encode() + head[m.end(2) :]


def _first_filled(edits: Edits, numbers: Iterable[int]) -> int | None:
    return next((number for number in numbers if any(True for _ in _filled(edits[number]))), None)


def _filled_beside(edits: Edits, left: int, right: int) -> Iterator[int]:
    """The columns filled left or right of an area; hardly any row has one."""

    @cache
    def reach_beyond(columns: tuple[int, ...]) -> bool:
        return any(not left <= column <= right for column in columns)

    for cells in edits.values():
        if isinstance(cells, AppendedRow):
            beyond = reach_beyond(cells.columns)
        else:
            beyond = bool(cells) and not (left <= min(cells) and max(cells) <= right)
        if beyond:
            yield from (column for column in _filled(cells) if not left <= column <= right)


def _filled(cells: Mapping[int, Change]) -> Iterator[int]:
    """The columns of a row in which something will stand that did not."""
    if isinstance(cells, AppendedRow):
        return iter(cells)
    return (column for column, edit in cells.items() if _fills(edit))


def _fills(edit: Change) -> bool:
    return type(edit) is PutFormula or (type(edit) is Put and edit.value not in (None, ""))
