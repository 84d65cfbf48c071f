"""The lists of the boards: red tasks, tasks soon due, units that have not reported. A fixed number of lines each.

The row that a line shows is computed once, beside 看板附表, which has the long lists; a line of either board looks it
up there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tjxl.formula import Formula
from tjxl.sheets.board import FIRST_COLUMN, Board, beside, number_of_line
from tjxl.sheets.board_units import BESIDE_UNITS, UnitTable
from tjxl.sheets.figures import (
    CURRENT_PERIOD,
    LIGHTS,
    Statuses,
    count,
    deadline_of,
    due_soon,
    nth_due_soon,
    nth_row,
    text,
)
from tjxl.sheets.layout import state_titles

_OFFSET = BESIDE_UNITS
_OWING = _OFFSET + 3
"""Column beside the lines of units: its number, where the unit owes a report."""
_BESIDE_LISTS = 4
"""Column beside the lines of a list: the row in 任务台账 that each shows."""
_SECTIONS = ("all_red", "all_due", "all_missing")


@dataclass(frozen=True, slots=True)
class Found:
    """What a list shows, computed beside the lines of 看板附表.

    Attributes:
        counter: the cell that counts all.
        rows: the range that gives, for the first, the second …, its row in its table; blank beyond the last.
    """

    counter: str
    rows: str


def found_red(annex: Board, header: int) -> Found:
    """Red tasks in the order of 任务台账, found beside the lines below the row *header* of 看板附表."""
    red = text(LIGHTS["red"])
    nth = nth_row("任务台账", "任务编码", f"(任务台账[亮灯]={red})", number_of_line(header))
    return _found(annex, header, "all_red", f"COUNTIFS(任务台账[亮灯],{red})", nth)


def found_due(annex: Board, header: int, statuses: Statuses) -> Found:
    """Tasks soon due, the earliest deadline first."""
    nth = nth_due_soon(statuses, number_of_line(header))
    return _found(annex, header, "all_due", f"SUMPRODUCT({due_soon(statuses)})", nth)


def found_missing(annex: Board, units: UnitTable) -> Found:
    """Units that have not reported, or whose return was sent back: the lines of 看板附表 that they stand in."""
    header = units.first - 1
    name = beside(header, units.last, FIRST_COLUMN)
    owing = f'IF({name}="",0,{reports("missing", "returned", unit=name)})'
    which = Formula(f'IF({owing}=0,"",{number_of_line(header)})')
    cells = [annex.helper(row, _OWING, which) for row in range(units.first, units.last + 1)]
    nth = f"SMALL({cells[0]}:{cells[-1]},{number_of_line(header)})"
    # each unit once, however many reports it owes
    return _found(annex, header, "all_missing", f"COUNT({cells[0]}:{cells[-1]})", f'IFERROR({nth},"")')


def _found(annex: Board, header: int, section: str, number: str, nth: str) -> Found:
    offset = _OFFSET + list(_SECTIONS).index(section)
    counter = annex.helper(header, offset, Formula(number))
    lines = annex.spec["section"][section]["lines"]
    which = Formula(f'IF({counter}<{number_of_line(header)},"",{nth})')
    cells = [annex.helper(header + n, offset, which) for n in range(1, lines + 1)]
    return Found(annex.abroad(counter), annex.abroad(f"{cells[0]}:{cells[-1]}"))


def missing_list(board: Board, top: int, section: str, found: Found, units: UnitTable) -> int:
    """本期未报单位 on a board, its heading in row *top*; returns the row below."""
    spec = board.spec["section"][section]
    _list_section(board, (top, 0, board.columns), section, found.counter, spec["lines"])
    in_a_row: int = spec["in_a_row"]
    edges = [board.columns * place // in_a_row for place in range(in_a_row + 1)]
    last = top + -(-int(spec["lines"]) // in_a_row)
    for place, left in enumerate(edges[:-1]):
        n = f"({number_of_line(top)}-1)*{in_a_row}+{place + 1}"
        row = f"INDEX({found.rows},{n})"
        name = f"INDEX({units.column(FIRST_COLUMN)},{row})"
        sent_back = f'IF({reports("returned", unit=name)}=0,"","（{state_titles()["returned"]}）")'
        none = text(board.spec["list"]["none"])
        content = f'IF({row}="",IF({n}=1,{none},""),{name}&{sent_back})'
        for line in range(top + 1, last + 1):
            board.formula(line, left, content, "board_line+name+shrink", edges[place + 1] - left)
    return last + 1


def task_list(
    board: Board,
    place: tuple[int, int],
    section: str,
    found: Found,
    statuses: Statuses,
    *,
    lines: int | None = None,
    short: bool = True,
) -> int:
    """A list of tasks on a board; returns the row below.

    Args:
        place: row and grid column.
        lines: how many, if not as many as the data say.
        short: with texts of one line, as on 看板.
    """
    top, left = place
    which = 0 if short else 1
    columns: list[dict[str, Any]] = board.spec["list_column"]
    lines = lines or int(board.spec["section"][section]["lines"])
    _list_section(board, (top, left, sum(c["span"][which] for c in columns)), section, found.counter, lines)
    header, last = top + 1, top + 1 + lines
    number = number_of_line(header)
    place_of_line = Formula(f"INDEX({found.rows},{number})")
    for line in range(header + 1, last + 1):
        board.helper(line, _BESIDE_LISTS, place_of_line)
    row = beside(header, last, board.helper_column + _BESIDE_LISTS)
    for column in columns:
        span = column["span"][which]
        board.put(header, left, column["title"], "board_header", span)
        content, style = _list_cell(column["key"], row, column.get("longest", (0, 0))[which], statuses)
        none = text(board.spec["list"]["none"])
        blank = f'IF({number}=1,{none},"")' if column["key"] == "task" else '""'
        style = f"board_line+{style}" + ("+shrink" if short else "")
        for line in range(header + 1, last + 1):
            board.formula(line, left, f'IF({row}="",{blank},{content})', style, span)
        left += span
    return last + 1


def _list_section(board: Board, place: tuple[int, int, int], section: str, counter: str, lines: int) -> None:
    """The heading with 「共 N 项」, at a row and a grid column, and so many of these wide."""
    top, left, width = place
    unit = board.spec["section"][section]["unit"]
    more = board.spec["list"]["more"].format(lines=lines, unit=unit)
    said = Formula(f'"共 "&{counter}&" {unit}"&IF({counter}>{lines},"{more}","")')
    board.section(top, section, left, width, said)


def reports(*states: str, unit: str | None = None) -> str:
    """Number of the current period's reports (of a unit) in one of these states; of all without one named.

    The criterion of the period has a wildcard: `2022-06` alone would be read as a date.
    """
    own = [("报送情况[期次]", f'{CURRENT_PERIOD}&"*"'), *([("报送情况[单位]", unit)] if unit else [])]
    counted = [count(*own, ("报送情况[报送状态]", text(state_titles()[state]))) for state in states] or [count(*own)]
    return f'IF({CURRENT_PERIOD}="",0,{"+".join(counted)})'


def counted_in() -> str:
    """What reports of the current period are counted in: units, or where it has two stages, forms."""
    stages = count(("报送情况[期次]", f'{CURRENT_PERIOD}&"*"'), ("报送情况[阶段]", '"?*"'))
    return f'IF({CURRENT_PERIOD}="","个单位",IF({stages}=0,"个单位","个（配合、牵头分别计）"))'


def _list_cell(key: str, row: str, longest: int, statuses: Statuses) -> tuple[str, str]:
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
            return f'IF({statuses.is_one(of("核定状态"))},{of("核定状态")},{of("进展状态")}&"")', "text+plain"
    raise KeyError(key)
