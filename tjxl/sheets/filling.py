"""How near the master's tables are to the last row of a sheet. Pure.

What is counted is rows of the sheet: those of the ledgers that are blank again are filled first, and count as free.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tjxl.findings import Finding, finding
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.refs import MAX_ROW
from tjxl.resources import layout_toml
from tjxl.sheets.layout import master_layout
from tjxl.sheets.state import MasterState
from tjxl.sheets.volumes import MOVABLE, Volume

_GROWING = (
    *MOVABLE, "submissions", "period_figures", "questions", "problems", "closings", "reminders", "verification",
    "bulletin", "run_log",
)  # fmt: skip
"""The tables that get more rows with every period."""

_AT_ISSUE = ("submissions", "period_figures")
"""Those of them that get a period's rows when its forms are issued, before anybody reports."""


@dataclass(frozen=True, slots=True)
class Filling:
    """A table that grows.

    Attributes:
        sheet: that it stands on.
        used: rows of the sheet that are taken, those above the table included.
        pace: rows that a period adds, by the periods so far; those moved to volumes are among them.
    """

    table: str
    sheet: str
    used: int
    pace: int

    def left(self, limit: int) -> int:
        """How many more periods fit, at this pace."""
        return max(limit - self.used, 0) // self.pace

    def is_full(self, limit: int) -> bool:
        """Whether it has to be said."""
        spec = layout_toml("volumes.toml")["filling"]
        return bool(self.used >= spec["share"] * limit or self.left(limit) < spec["periods"])


def nearly_full(
    book: Book, issued: int, reported: int, volumes: Sequence[Volume], limit: int = MAX_ROW
) -> list[Finding]:
    """A warning for each table that fills up: much of its sheet is used, or few more periods fit (`[filling]`).

    Args:
        issued: how many periods forms were issued for.
        reported: for how many of them something was merged.
        volumes: those registered.
        limit: rows that a sheet has.
    """
    out = []
    for name in _GROWING:
        table = book.tables.get(master_layout()[name].title)
        if table is None:
            continue
        moved = sum(volume.rows.get(name, 0) for volume in volumes)
        periods = max(issued if name in _AT_ISSUE else reported, 1)
        found = _filling(name, table, periods, moved, 0)
        if moved and found.is_full(limit):  # only then is it worth while to look for blank rows
            blank = book.text(table.sheet).blank_rows(table.first_row, table.last_row)
            found = _filling(name, table, periods, moved, len(blank))
        if found.is_full(limit):
            code = "M530" if name in MOVABLE else "M531"
            left = found.left(limit)
            said = finding(code, sheet=found.sheet, used=found.used, limit=limit, pace=found.pace, left=left)
            out.append(said)
    return out


def has_room(book: Book, name: str, rows: int, volumes: Sequence[Volume], limit: int = MAX_ROW) -> bool:
    """Whether so many rows more fit into one of the tables whose rows can be moved to volumes."""
    table = book.tables[master_layout()[name].title]
    free = limit - table.last_row
    if rows > free and volumes:
        free += len(book.text(table.sheet).blank_rows(table.first_row, table.last_row))
    return rows <= free


def _filling(name: str, table: Table, periods: int, moved: int, blank: int) -> Filling:
    rows = table.last_row - table.first_row + 1 - blank + moved
    return Filling(name, table.sheet, table.last_row - blank, max(-(-rows // periods), 1))


def filling_up(state: MasterState) -> list[Finding]:
    """As `nearly_full`, of a master as it stands."""
    return nearly_full(state.book, len(state.issued_periods), len(reported_periods(state)), state.volumes)


def reported_periods(state: MasterState) -> set[str]:
    """The codes of the periods for which something was merged."""
    return {str(row["period"]) for row in state.submissions if row["merged_at"]}
