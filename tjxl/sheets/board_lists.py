"""The lists of 看板: red tasks, tasks soon due, units that have not reported. A fixed number of lines each.

The row that a line shows is computed once, beside the board; the line's cells look it up.
"""

from __future__ import annotations

from collections.abc import Callable

from tjxl.formula import Formula
from tjxl.sheets.board import Board
from tjxl.sheets.figures import CURRENT_PERIOD, LIGHTS, Statuses, deadline_of, due_soon, nth_due_soon, nth_row, text
from tjxl.sheets.layout import state_titles

_UNITS_IN_A_ROW = 4


def red_tasks(board: Board) -> None:
    """红灯任务, in the order of 任务台账."""
    condition = f'(任务台账[亮灯]="{LIGHTS["red"]}")'
    _task_list(
        board,
        "red",
        f'COUNTIFS(任务台账[亮灯],"{LIGHTS["red"]}")',
        lambda n: nth_row("任务台账", "任务编码", condition, n),
    )


def tasks_soon_due(board: Board, statuses: Statuses) -> None:
    """临近时限任务, the earliest deadline first."""
    _task_list(board, "due", f"SUMPRODUCT({due_soon(statuses)})", lambda n: nth_due_soon(statuses, n))


def missing_units(board: Board) -> None:
    """本期未报单位: those that have not reported, or whose return was sent back."""
    condition = missing_condition()
    counter = _section(board, "missing", f"SUMPRODUCT({condition})")
    returned = state_titles()["returned"]
    span = board.columns // _UNITS_IN_A_ROW
    lines: int = board.spec["section"]["missing"]["lines"]
    for first in range(1, lines + 1, _UNITS_IN_A_ROW):
        for place in range(_UNITS_IN_A_ROW):
            n = first + place
            found = nth_row("报送情况", "单位", condition, str(n))
            row = board.helper(place, Formula(f'IF({counter}<{n},"",{found})'))
            blank = board.spec["list"]["none"] if n == 1 else ""
            content = (
                f'IF({row}="",{text(blank)},INDEX(报送情况[单位],{row})'
                f'&IF(INDEX(报送情况[报送状态],{row})="{returned}","（{returned}）",""))'
            )
            board.formula(place * span, content, "body+line+name+small+shrink", span)
        board.next_row("line")
    board.next_row("gap")


def missing_condition() -> str:
    """An array over 报送情况: 1 for units that owe the current period's report."""
    return in_states("missing", "returned")


def in_states(*states: str) -> str:
    """An array over 报送情况: 1 in rows of the current period in one of these states, 0 elsewhere.

    The period is compared as text, not by COUNTIFS: its criterion `2022-06` would be read as a date.
    """
    titles = state_titles()
    among = "+".join(f"(报送情况[报送状态]={text(titles[state])})" for state in states)
    return f"(报送情况[期次]={CURRENT_PERIOD})*({among})"


def _task_list(board: Board, section: str, number: str, nth: Callable[[str], str]) -> None:
    """A list of tasks: *number* counts them, *nth* finds the row of the n-th."""
    counter = _section(board, section, number)
    place = 0
    for column in board.spec["list_column"]:
        board.put(place, column["title"], "header+small", column["span"])
        place += column["span"]
    board.next_row("header")
    for n in range(1, board.spec["section"][section]["lines"] + 1):
        row = board.helper(0, Formula(f'IF({counter}<{n},"",{nth(str(n))})'))
        place = 0
        for column in board.spec["list_column"]:
            content, style = _list_cell(column["key"], row, board.spec["list"]["longest"])
            blank = board.spec["list"]["none"] if n == 1 and column["key"] == "task" else ""
            board.formula(place, f'IF({row}="",{text(blank)},{content})', f"body+{style}+small", column["span"])
            place += column["span"]
        board.next_row("task_line")
    board.next_row("gap")


def _section(board: Board, section: str, number: str) -> str:
    """The heading with 「共 N 项」; returns the address of N."""
    spec = board.spec["section"][section]
    lines, unit = spec["lines"], spec["note"]
    counter = board.helper(0, Formula(number))
    more = board.spec["list"]["more"].format(lines=lines, unit=unit)
    board.section(section, Formula(f'"共 "&{counter}&" {unit}"&IF({counter}>{lines},"{more}","")'))
    return counter


def _list_cell(key: str, row: str, longest: int) -> tuple[str, str]:
    """Formula and style of one cell of a task list."""

    def of(title: str) -> str:
        return f"INDEX(任务台账[{title}],{row})"

    match key:
        case "serial_no":
            return of("序号"), "int"
        case "task":
            task = of("重点工作")
            return f'IF(LEN({task})>{longest},LEFT({task},{longest - 1})&"…",{task}&"")', "long"
        case "lead_unit":
            return of("牵头单位") + '&""', "text+plain"
        case "leaders":
            return of("分管领导") + '&""', "text+plain"
        case "deadline":
            due = deadline_of(of("任务编码"))
            return f'IF(IFERROR({due},0)=0,"",{due})', "date"
        case "status":
            return f'IF({of("核定状态")}="",{of("进展状态")}&"",{of("核定状态")})', "text+plain"
    raise KeyError(key)
