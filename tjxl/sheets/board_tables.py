"""The tables of 看板 of tasks by theme and by leader in charge, each by effective status."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from tjxl.formula import Formula
from tjxl.register import Register
from tjxl.resources import layout_toml
from tjxl.settings import MEANINGS
from tjxl.sheets.board import FIRST_COLUMN, Board, address, beside
from tjxl.sheets.figures import (
    LIGHTS,
    Statuses,
    count,
    member_patterns,
    plain_criterion,
    tasks_with_status,
    tasks_without_status,
    text,
)

# Columns in the order of urgency of reading; the chart of the trend stacks the statuses in this order too.
STATUS_ORDER = ("completed", "in_progress", "behind", "adjustment_requested", "not_started")
_KEYS = ("total", *STATUS_ORDER, "no_report", "rate", "red", "yellow")
_NAME_SPAN = 9
_SPAN = 2
WIDTH = _NAME_SPAN + _SPAN * len(_KEYS)
"""Grid columns of a table."""


def theme_table(board: Board, top: int, register: Register, statuses: Statuses) -> int:
    """A line per theme, and their sum, from row *top* on; returns the row below."""
    themes = list(dict.fromkeys(task.theme for task in register.tasks))
    names = short_names(themes)
    first = _begin(board, top, statuses, "themes")
    last = first + len(themes) - 1
    rate = _rate(first, last + 1)
    figures = _figures(statuses, "任务台账[主要任务]", [beside(first - 1, last, board.helper_column)]) | rate
    for row, theme in enumerate(themes, first):
        board.helper(row, 0, plain_criterion(theme))
        _line(board, row, names[theme], figures)
    sums = {key: f"SUM({_cell(first, key)}:{_cell(last, key)})" for key in _KEYS if key != "rate"}
    _line(board, last + 1, board.spec["metric"]["sum"], sums | rate, "+total")
    return last + 2


def leader_table(board: Board, top: int, register: Register, statuses: Statuses) -> int:
    """A line per leader in charge; a task of two leaders counts for each. Returns the row below."""
    leaders = list(dict.fromkeys(leader for task in register.tasks for leader in task.leaders))
    first = _begin(board, top, statuses, "leaders")
    last = first + len(leaders) - 1
    separator = layout_toml("master.toml")["words"]["separator"]
    patterns = member_patterns(beside(first - 1, last, FIRST_COLUMN), separator)
    cells = [beside(first - 1, last, board.helper_column + i) for i in range(len(patterns))]
    figures = _figures(statuses, "任务台账[分管领导]", cells) | _rate(first, last)
    for row, leader in enumerate(leaders, first):
        for i, pattern in enumerate(patterns):
            board.helper(row, i, Formula(pattern))
        _line(board, row, leader, figures)
    return last + 1


def _figures(statuses: Statuses, column: str, criteria: Sequence[str]) -> dict[str, str]:
    """The figures of the tasks whose *column* meets one of the *criteria*, which exclude each other."""

    def over(figure: Callable[[tuple[str, str]], str]) -> str:
        return "+".join(figure((column, one)) for one in criteria)

    return {
        "total": over(count),
        **{m: over(partial(tasks_with_status, statuses, m)) for m in MEANINGS},
        "no_report": over(partial(tasks_without_status, statuses)),
        **{light: over(partial(count, ("任务台账[亮灯]", text(LIGHTS[light])))) for light in ("red", "yellow")},
    }


def _rate(first: int, last: int) -> dict[str, str]:
    """完成率 of the lines from row to row."""
    total, done = (
        beside(first - 1, last, FIRST_COLUMN + _NAME_SPAN + _KEYS.index(key) * _SPAN)
        for key in ("total", "completed")
    )
    return {"rate": f"IF({total}=0,0,{done}/{total})"}


def _begin(board: Board, top: int, statuses: Statuses, section: str) -> int:
    """Heading and header; returns the first line's row."""
    board.section(top, section, 0, WIDTH)
    titles = board.spec["metric"]
    board.put(top + 1, 0, board.spec["section"][section]["title"].removeprefix("按"), "board_header", _NAME_SPAN)
    for place, key in enumerate(_KEYS):
        heading = statuses.names[key][0] if key in STATUS_ORDER else titles[key]
        board.put(top + 1, _NAME_SPAN + place * _SPAN, board.short(heading), "board_header+shrink", _SPAN)
    return top + 2


def _cell(row: int, key: str) -> str:
    return address(row, FIRST_COLUMN + _NAME_SPAN + _KEYS.index(key) * _SPAN)


def _line(board: Board, row: int, name: str, figures: Mapping[str, str], extra: str = "") -> None:
    board.put(row, 0, name, f"board_line+name+shrink{extra}", _NAME_SPAN)
    for place, key in enumerate(_KEYS):
        style = "rate" if key == "rate" else "count"
        accent = "+alert" if key in ("behind", "red") else ""
        board.formula(
            row, _NAME_SPAN + place * _SPAN, figures[key], f"board_line+shrink+{style}{accent}{extra}", _SPAN
        )


def short_names(names: Sequence[str]) -> dict[str, str]:
    """Each name up to its first comma, as long as that still tells all of them apart."""
    short = {name: name.split("，", 1)[0] for name in names}
    return short if len(set(short.values())) == len(names) else {name: name for name in names}
