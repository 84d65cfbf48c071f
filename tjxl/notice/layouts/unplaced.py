"""Tables that cannot be read as tasks: whose cell borders are lost, or whose titles are not known. Pure.

A text dump that runs the cells together must be refused, not guessed at; unknown titles are shown, for the office to
say what they mean.
"""

from __future__ import annotations

from collections.abc import Sequence

from tjxl.notice.columns import Titles
from tjxl.notice.files.blocks import Block, Grid
from tjxl.notice.words import fold

_RUN_TOGETHER = 4  # titles without anything between them are no accident
_LONGEST_RUN = 200
_LONGEST_TITLE = 20
_FEWEST_COLUMNS = 3


def lost_borders(blocks: Sequence[Block], titles: Titles) -> tuple[int, str] | None:
    """Where the titles of a task table stand run together (「序号项目名称主要内容牵头单位」): line and the titles."""
    starts = titles.spellings("serial_no")
    for block in blocks:
        if isinstance(block, Grid):
            continue
        for start in starts:
            at = block.text.find(start)
            while at >= 0:
                run = _titles_from(fold(block.text[at : at + _LONGEST_RUN]), titles)
                if len(run) >= _RUN_TOGETHER:
                    return block.number, "".join(run)
                at = block.text.find(start, at + len(start))
    return None


def _titles_from(text: str, titles: Titles) -> list[str]:
    run: list[str] = []
    at = 0
    while at < len(text):
        found = next((text[at:end] for end in range(at + 12, at + 1, -1) if titles.field_of(text[at:end])), "")
        if not found:
            break
        run.append(found)
        at += len(found)
    return run


def unknown_header(blocks: Sequence[Block]) -> tuple[int, tuple[str, ...]] | None:
    """The header of the largest thing that looks like a table: line and titles. None where nothing does."""
    best: tuple[int, int, tuple[str, ...]] | None = None
    for block in blocks:
        if isinstance(block, Grid):
            found = _grid_header(block)
            if found and (best is None or found[0] > best[0]):
                best = found
    return best[1:] if best else _text_header(blocks)


def _grid_header(grid: Grid) -> tuple[int, int, tuple[str, ...]] | None:
    """Size of the grid, line and cells of its first row of short, different texts."""
    for row in grid.rows:
        cells = [cell for cell in row.cells if cell]
        short = all(len(cell) <= _LONGEST_TITLE for cell in cells)
        if len(cells) >= _FEWEST_COLUMNS and short and len(set(cells)) == len(cells):
            below = len(grid.rows) - 1 - grid.rows.index(row)
            return (below * len(cells), row.line, row.cells) if below >= 1 else None
    return None


def _text_header(blocks: Sequence[Block]) -> tuple[int, tuple[str, ...]] | None:
    """Cells marked by tabs or `|`: a line of several, followed by another; or a run of lines with one each."""
    run: list[str] = []
    first = 0
    before: tuple[int, list[str]] | None = None
    for block in blocks:
        if isinstance(block, Grid):
            continue
        if block.text.startswith("\t") and "\t" not in block.text[1:] and "|" not in block.text:
            first = first or block.number
            run.append(block.text.strip())
            continue
        if _are_titles(run):
            return first, tuple(run)
        run, first = [], 0
        cells = _cells(block.text)
        if before and len(cells) >= _FEWEST_COLUMNS:
            return before[0], tuple(before[1])
        before = (block.number, cells) if _are_titles(cells) else None
    return (first, tuple(run)) if _are_titles(run) else None


def _cells(line: str) -> list[str]:
    mark = "|" if "|" in line else "\t"
    return [cell.strip() for cell in line.strip().strip(mark).split(mark)] if mark in line else []


def _are_titles(cells: Sequence[str]) -> bool:
    return (
        len(cells) >= _FEWEST_COLUMNS
        and all(0 < len(cell) <= _LONGEST_TITLE for cell in cells)
        and not any(fold(cell).isdecimal() for cell in cells)
    )
