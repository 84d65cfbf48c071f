"""The tables of 看板 of tasks by theme and by leader in charge, each by effective status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tjxl.formula import Formula
from tjxl.register import Register
from tjxl.resources import layout_toml
from tjxl.settings import MEANINGS
from tjxl.sheets.board import FIRST_COLUMN, Board, address
from tjxl.sheets.figures import (
    LIGHTS,
    Statuses,
    count,
    criterion,
    member_patterns,
    tasks_with_status,
    tasks_without_status,
    text,
)

# Columns in the order of urgency of reading; the chart by theme stacks the statuses in this order too.
STATUS_ORDER = ("completed", "in_progress", "behind", "adjustment_requested", "not_started")
_NAME_SPAN = 6
_METRIC_SPAN = 2


@dataclass(frozen=True, slots=True)
class Block:
    """Where a table's lines stand, and in which sheet column each of its metrics."""

    first: int
    last: int
    name_column: int
    header: int
    columns: Mapping[str, int]


def theme_table(board: Board, register: Register, statuses: Statuses) -> Block:
    """A line per theme, and their sum."""
    themes = list(dict.fromkeys(task.theme for task in register.tasks))
    names = short_names(themes)
    block = _begin(board, statuses, "themes", len(themes))
    for theme in themes:
        _line(board, names[theme], _metrics(statuses, ("任务台账[主要任务]", criterion(theme))), block)
    sums = {
        key: f"SUM({address(block.first, column)}:{address(block.last, column)})"
        for key, column in block.columns.items()
        if key != "rate"
    }
    _line(board, board.spec["metric"]["sum"], sums, block, "+total")
    board.next_row("gap")
    return block


def leader_table(board: Board, register: Register, statuses: Statuses) -> Block:
    """A line per leader in charge; a task of two leaders counts for each."""
    leaders = list(dict.fromkeys(leader for task in register.tasks for leader in task.leaders))
    block = _begin(board, statuses, "leaders", len(leaders))
    for leader in leaders:
        patterns = member_patterns(address(board.row, FIRST_COLUMN), layout_toml("master.toml")["words"]["separator"])
        cells = [board.helper(i, Formula(pattern)) for i, pattern in enumerate(patterns)]
        _line(board, leader, _metrics(statuses, ("任务台账[分管领导]", f"{cells[0]}:{cells[-1]}")), block)
    return block


def _metrics(statuses: Statuses, where: tuple[str, str]) -> dict[str, str]:
    """The figures of the tasks that meet *where*; of all its criteria together where it names a range of them."""
    figures = {
        "total": count(where),
        **{m: tasks_with_status(statuses.names[m], where) for m in MEANINGS},
        "no_report": tasks_without_status(where),
        "red": count(where, ("任务台账[亮灯]", text(LIGHTS["red"]))),
    }
    return {key: f"SUMPRODUCT({figure})" for key, figure in figures.items()} if ":" in where[1] else figures


def _begin(board: Board, statuses: Statuses, section: str, lines: int) -> Block:
    board.section(section)
    titles = board.spec["metric"]
    headings = {
        "total": titles["total"],
        **{m: statuses.names[m][0] for m in STATUS_ORDER},
        "no_report": titles["no_report"],
        "rate": titles["rate"],
        "red": titles["red"],
    }
    board.put(0, board.spec["section"][section]["title"].removeprefix("按"), "header+small", _NAME_SPAN)
    columns = {}
    for place, (key, heading) in enumerate(headings.items()):
        at = _NAME_SPAN + place * _METRIC_SPAN
        board.put(at, heading, "header+small", _METRIC_SPAN)
        columns[key] = FIRST_COLUMN + at
    board.next_row("header")
    return Block(board.row, board.row + lines - 1, FIRST_COLUMN, board.row - 1, columns)


def _line(board: Board, name: str, metrics: Mapping[str, str], block: Block, extra: str = "") -> None:
    board.put(0, name, f"body+line+name+small+shrink{extra}", _NAME_SPAN)
    total, done = (address(board.row, block.columns[key]) for key in ("total", "completed"))
    complete = {**metrics, "rate": f"IF({total}=0,0,{done}/{total})"}
    for key, column in block.columns.items():
        style = "rate" if key == "rate" else "count"
        board.formula(column - FIRST_COLUMN, complete[key], f"body+{style}+small{extra}", _METRIC_SPAN)
    board.next_row("line")


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Each name up to its first comma, as long as that still tells all of them apart."""
    short = {name: name.split("，", 1)[0] for name in names}
    return short if len(set(short.values())) == len(names) else {name: name for name in names}
