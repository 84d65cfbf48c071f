"""Where results are printed: standard output, and the tables there."""

from __future__ import annotations

from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column, Table

LIGHT: dict[str, Any] = {"box": SIMPLE_HEAD, "pad_edge": False, "padding": (0, 1, 0, 0)}
"""The look of a table of many columns: no lines between them, so that there is more room."""


def console() -> Console:
    """Standard output; colours only where a person looks."""
    return Console(highlight=False, soft_wrap=True)


def table(*columns: str | Column, **look: Any) -> Table:
    """A table that loses nothing: what has no room in its column goes on in the next line of the cell.

    Left alone, rich cuts a word that is too long, what may not wrap, and at times a figure between Chinese words. The
    widest columns give way first, so that figures stay whole as long as there is any room.
    """
    folded = [Column(column) if isinstance(column, str) else column for column in columns]
    for column in folded:
        column.overflow = "fold"
    return Table(*folded, **look)


def figures(title: str, style: str = "") -> Column:
    """A column of numbers."""
    return Column(title, justify="right", style=style)
