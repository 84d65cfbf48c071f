"""How high the rows of the master's tables are made for what tjxl writes into them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from tjxl.resources import layout_toml
from tjxl.sheets.layout import SheetLayout, master_layout
from tjxl.sheets.textsize import HIGHEST, row_height

_GLANCE = 200
"""Characters of a text that a row is measured by, where it need not be read to its end."""
_HIGHEST_IN_LOG = 70.0
"""Points: four lines, in a log that is looked through."""
_HIGHEST_IN_LIST = 200.0
"""Points: twelve lines."""


class Fit:
    """The heights of the rows of one table.

    Attributes:
        least: in points.
        widths: column → its width, of those whose texts wrap.
    """

    def __init__(self, layout: SheetLayout, *, whole: bool = False) -> None:
        """
        Args:
            whole: texts are to be seen whole, as they are where every row is read to its end.
        """
        spec = layout_toml("master.toml")["sheet"][layout.name]
        compact = bool(spec.get("compact"))
        wrapped = ("long",) if compact else ("text", "long", "entry")
        self.least = float(spec["least_height"])
        whole = whole or bool(spec.get("read"))
        self.widths = {column.name: column.width for column in layout.columns if column.kind in wrapped}
        self._most = HIGHEST if whole else _HIGHEST_IN_LOG if compact else _HIGHEST_IN_LIST
        self._measured = None if whole else _GLANCE

    def height(self, values: Iterable[tuple[str, Any]]) -> float:
        """The height in points that a new row with these values, by column name, is given."""
        return max(self.least, self.needed(values))

    def needed(self, values: Iterable[tuple[str, Any]]) -> float:
        """The height in points that the texts among these values need."""
        widths, measured = self.widths, self._measured
        texts = [(str(value)[:measured], widths[name]) for name, value in values if value and name in widths]
        return min(row_height(texts, 0), self._most) if texts else 0.0


@cache
def growing(name: str) -> Fit | None:
    """The heights of a table of the master whose rows are read to their end; None of any other."""
    spec = layout_toml("master.toml")["sheet"].get(name, {})
    return Fit(master_layout()[name]) if spec.get("read") else None
