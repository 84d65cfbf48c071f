"""The common form of what a file holds: lines of text and grids of cells, in their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tjxl.errors import NoticeError
from tjxl.notice.table import Row

MOST_CELLS = 500_000
"""Of one table; 138 tasks have 828."""
_WIDEST = 1_000  # columns that one cell may cover: as browsers do


@dataclass(frozen=True, slots=True)
class Line:
    """A paragraph. `number` is its place in the file, from 1."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Grid:
    """A table with its merged cells laid out: every row has the same number of cells.

    A cell merged with the one above repeats its text and is named in `Row.shared`; a cell merged with the one to the
    left is blank.
    """

    rows: tuple[Row, ...]


Block = Line | Grid


@dataclass(frozen=True, slots=True)
class SpannedCell:
    """A cell as a format stores it: its text, and how many columns and rows it covers."""

    text: str
    columns: int = 1
    rows: int = 1


def clean_cell(text: str) -> str:
    """A cell's printed lines, stripped, without blank ones."""
    return "\n".join(filter(None, map(str.strip, text.split("\n"))))


def lay_out(rows: Sequence[tuple[int, Sequence[SpannedCell]]], file: str) -> Grid:
    """A grid from rows of cells that may span columns and rows (the way HTML and Word store them).

    Args:
        rows: the number that people see, and the cells that begin in the row.

    Raises:
        NoticeError: E109, more cells than any task table has. `file` is the name that the message shows.
    """
    held: dict[int, tuple[int, str]] = {}
    laid: list[tuple[int, dict[int, str], frozenset[int]]] = []
    width, count = 0, 0
    for number, cells in rows:
        texts, shared, held = _lay_row(cells, held)
        laid.append((number, texts, shared))
        count += len(texts)
        width = max(width, max(texts, default=-1) + 1)
        refuse_too_many(max(count, width * len(laid)), file)
    return Grid(
        tuple(Row(number, tuple(texts.get(i, "") for i in range(width)), shared) for number, texts, shared in laid)
    )


def _lay_row(
    cells: Sequence[SpannedCell], held: Mapping[int, tuple[int, str]]
) -> tuple[dict[int, str], frozenset[int], dict[int, tuple[int, str]]]:
    """The texts of one row by column, which of them come from above, and what is held for the rows below.

    `held`: column → how many rows a cell above still covers, and its text. New cells go where nothing is held.
    """
    texts = {column: text for column, (_, text) in held.items()}
    below = {column: (rows - 1, text) for column, (rows, text) in held.items() if rows > 1}
    column = 0
    for cell in cells:
        while column in held:
            column += 1
        for at in range(column, column + min(max(1, cell.columns), _WIDEST)):
            if at in held:
                continue  # a cell from above keeps its place
            text = cell.text if at == column else ""
            texts[at] = text
            if cell.rows > 1:
                below[at] = (cell.rows - 1, text)
        column += min(max(1, cell.columns), _WIDEST)
    return texts, frozenset(held), below


def refuse_too_many(count: int, file: str) -> None:
    """
    Raises:
        NoticeError: E109.
    """
    if count > MOST_CELLS:
        raise NoticeError("E109", file=file, count=count)
