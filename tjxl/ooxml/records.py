"""Rows that are to be added to a table: the names of their columns once, and a tuple for each row.

A first merge of a large collection adds them by the hundred thousand; a mapping each would be most of its memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tjxl.ooxml.cells import CellValue


class Records(NamedTuple):
    """Rows by column: every tuple has a value for each of the names."""

    names: tuple[str, ...]
    rows: Sequence[tuple[CellValue, ...]]


def as_records(rows: Sequence[Mapping[str, CellValue]] | Records) -> Records:
    """Rows given one by one, which may name different columns; what a row does not name is blank."""
    if isinstance(rows, Records):
        return rows
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    return Records(names, [tuple(map(row.get, names)) for row in rows])
