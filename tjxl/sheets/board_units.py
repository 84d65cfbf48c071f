"""The units: on 看板附表 a line for each, on 看板 those that lag most and those that have done best.

The lines of 看板附表 are written at the start of the year; `follow_units` keeps them true to the register afterwards,
in the lines kept free for units that come later.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

from tjxl.formula import Formula
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.register import ROLE_TITLES, Register, Role
from tjxl.sheets.board import FIRST_COLUMN, Board, address, beside, number_of_line
from tjxl.sheets.board_tables import STATUS_ORDER
from tjxl.sheets.figures import (
    LIGHTS,
    UNIT_LINES,
    UNIT_NAMES,
    Statuses,
    count,
    plain_criterion,
    tasks_with_status,
    tasks_without_status,
    text,
)

_NAME_SPAN = 8
_SPAN = 2
_KEYS = ("lead", *STATUS_ORDER, "no_report", "rate", "red", "yellow", "cooperating")
_RANKED = {"attention": ("lead", "behind", "red", "rate"), "leading": ("lead", "completed", "behind", "rate")}
"""What 看板 shows of a unit, by the section it is listed in."""
_RANKED_NAME_SPAN = 6
PRINTED_NAMES = 6
"""Under how many printed names a unit may lead (市外办, 市外办（市港澳办） …): columns beside the lines."""

BESIDE_UNITS = PRINTED_NAMES + len(_RANKED)
"""Columns beside the lines of 看板附表 that these need themselves."""


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What a line of the table shows: a unit, and the printed forms under which it leads tasks.

    牵头单位 keeps the notice's wording: 市外办 also leads as 市外办（市港澳办）, and a district as 各区人民政府.
    """

    name: str
    printed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class UnitTable:
    """Where the lines of 看板附表 stand; `ranks` are the columns beside them that 看板 sorts by."""

    board: Board
    first: int
    last: int
    ranks: Mapping[str, int]

    def column(self, column: int) -> str:
        """The address of a column of the lines, as 看板 writes it."""
        area = f"{address(self.first, column, absolute=True)}:{address(self.last, column, absolute=True)}"
        return self.board.abroad(area)


def unit_table(board: Board, register: Register, statuses: Statuses) -> UnitTable:
    """A line for each unit that reports, and some free ones; the formulas of all lines are the same."""
    spec = board.spec["section"]["units"]
    lines = _lines(register)
    heading = board.heighten("section")
    header = board.heighten("header")
    first, last = header + 1, header + len(lines) + spec["spare"]
    board.section(heading, "units", note=Formula(_note(spec, first, last)))
    titles = board.spec["metric"]
    board.put(header, 0, "责任单位", "board_header", _NAME_SPAN)
    for place, key in enumerate(_KEYS):
        title = statuses.names[key][0] if key in STATUS_ORDER else titles[key]
        board.put(header, _NAME_SPAN + place * _SPAN, _two_lines(title), "board_header", _SPAN)
    ranks = {section: board.helper_column + PRINTED_NAMES + i for i, section in enumerate(_RANKED)}
    figures = _figures(board, header, last, statuses)
    sorted_by = _ranks(header, last)
    for number in range(last - header):
        row = board.heighten("line")
        line = lines[number] if number < len(lines) else None
        board.put(row, 0, line.name if line else None, "board_line+name+shrink", _NAME_SPAN)
        for place, key in enumerate(_KEYS):
            style = "rate" if key == "rate" else "count"
            board.formula(row, _NAME_SPAN + place * _SPAN, figures[key], f"board_line+{style}", _SPAN)
        for offset, criterion in enumerate(_criteria(line)):
            board.helper(row, offset, criterion)
        for section, column in ranks.items():
            board.helper(row, column - board.helper_column, Formula(sorted_by[section]))
    board.heighten("gap")
    board.sheet.names[UNIT_LINES] = (first, FIRST_COLUMN, last, FIRST_COLUMN)
    board.sheet.names[UNIT_NAMES] = (first, board.helper_column, last, board.helper_column + PRINTED_NAMES - 1)
    return UnitTable(board, first, last, ranks)


RANKED_WIDTH = _RANKED_NAME_SPAN + _SPAN * 4
"""Grid columns of a ranking."""


def ranking(board: Board, at: tuple[int, int], section: str, units: UnitTable, statuses: Statuses) -> int:
    """The units that rank first by *section* (`attention`, `leading`) on 看板; returns the row below.

    Args:
        at: row and grid column.
    """
    top, left = at
    spec = board.spec["section"][section]
    header, last = top + 1, top + 1 + int(spec["lines"])
    board.section(top, section, left, RANKED_WIDTH)
    board.put(header, left, "牵头单位", "board_header", _RANKED_NAME_SPAN)
    ranks, offset = units.column(units.ranks[section]), list(_RANKED).index(section)
    n = number_of_line(header)
    best = f"LARGE({ranks},{n})"
    which = Formula(f'IF(IF(ROWS({ranks})<{n},0,{best})=0,"",MATCH({best},{ranks},0))')
    found = beside(header, last, board.helper_column + offset)
    blank = f'IF({n}=1,{text(spec["none"])},"")'
    name = f'IF({found}="",{blank},INDEX({units.column(FIRST_COLUMN)},{found}))'
    for row in range(header + 1, last + 1):
        board.helper(row, offset, which)
        board.formula(row, left, name, "board_line+name+shrink", _RANKED_NAME_SPAN)
    for place, key in enumerate(_RANKED[section]):
        title = statuses.names[key][0] if key in STATUS_ORDER else board.spec["metric"][key]
        column = left + _RANKED_NAME_SPAN + place * _SPAN
        board.put(header, column, board.short(title), "board_header+shrink", _SPAN)
        value = f'IF({found}="","",INDEX({units.column(FIRST_COLUMN + _offset(key))},{found}))'
        style = "rate" if key == "rate" else "count"
        accent = "+alert" if key in ("behind", "red") else ""
        for row in range(header + 1, last + 1):
            board.formula(row, column, value, f"board_line+shrink+{style}{accent}", _SPAN)
    return last + 1


def _ranks(header: int, last: int) -> dict[str, str]:
    """By what a line is sorted: red lights, then tasks behind; the rate of completion, then completed tasks.

    Whole numbers, and no two lines alike, so that MATCH finds each.
    """
    red, behind, completed, rate = (
        beside(header, last, FIRST_COLUMN + _offset(key)) for key in ("red", "behind", "completed", "rate")
    )
    upper = f"(1000-({number_of_line(header)}))"
    named = beside(header, last, FIRST_COLUMN)
    return {
        "attention": f'IF({named}="",0,IF({red}+{behind}=0,0,({red}*1000+{behind})*1000+{upper}))',
        "leading": f'IF({named}="",0,IF({completed}=0,0,(ROUND({rate}*1000,0)*1000+{completed})*1000+{upper}))',
    }


def _offset(key: str) -> int:
    """From the column of the unit's name to that of a metric."""
    return _NAME_SPAN + _KEYS.index(key) * _SPAN


def _lines(register: Register) -> list[UnitLine]:
    tasks = {task.code: task for task in register.tasks}
    printed: dict[str, dict[str, None]] = {}
    for assignment in register.assignments:
        if assignment.role == "lead":
            printed.setdefault(assignment.unit_code, {})[tasks[assignment.task_code].lead_unit] = None
    return [UnitLine(unit.name, tuple(printed.get(unit.code, ()))) for unit in register.reporting_units]


def _note(spec: Mapping[str, str], first: int, last: int) -> str:
    """What the figures are; where more units have tasks than there are lines, how many are left out."""
    listed = f"COUNTA({address(first, FIRST_COLUMN)}:{address(last, FIRST_COLUMN)})"
    active = "SUMPRODUCT(--(责任单位[牵头任务数]+责任单位[配合任务数]>0))"
    over = f"({active}-{listed})"
    return f'IF({over}>0,"另有 "&{over}&" {spec["unlisted"]}","{spec["note"]}")'


def _two_lines(heading: str) -> str:
    """A heading of four characters or more broken in the middle: the columns are narrow."""
    half = (len(heading) + 1) // 2
    return f"{heading[:half]}\n{heading[half:]}" if len(heading) > 3 else heading


def _figures(board: Board, header: int, last: int, statuses: Statuses) -> dict[str, str]:
    """The formulas of a line, by metric; a line without a unit shows nothing."""
    name = beside(header, last, FIRST_COLUMN)
    names = [beside(header, last, board.helper_column + offset) for offset in range(PRINTED_NAMES)]

    def over(figure: Callable[[tuple[str, str]], str]) -> str:
        """Over the names that there are: most units have one."""
        more = ""
        for one in reversed(names):
            otherwise = f'IF({name}="","",0)' if one == names[0] else "0"
            more = f'+IF({one}="",{otherwise},{figure(("任务台账[牵头单位]", one))}{more})'
        return more[1:]

    def role(role: Role) -> str:
        counted = count(("责任分工[单位]", name), ("责任分工[职责]", text(ROLE_TITLES[role])))
        return f'IF({name}="","",{counted})'

    total, done = (beside(header, last, FIRST_COLUMN + _offset(key)) for key in ("lead", "completed"))
    return {
        "lead": role("lead"),
        **{m: over(partial(tasks_with_status, statuses, m)) for m in STATUS_ORDER},
        "no_report": over(partial(tasks_without_status, statuses)),
        "rate": f'IF(N({total})=0,"",{done}/{total})',
        **{light: over(partial(count, ("任务台账[亮灯]", text(LIGHTS[light])))) for light in ("red", "yellow")},
        "cooperating": role("cooperating"),
    }


def _criteria(line: UnitLine | None) -> list[str | None]:
    """What stands beside a line: the printed names under which its unit leads, as criteria."""
    found: list[str | None] = [plain_criterion(name) for name in line.printed] if line else []
    return (found + [None] * PRINTED_NAMES)[:PRINTED_NAMES]


def follow_units(editor: BookEditor, before: Mapping[str, UnitLine], after: Mapping[str, UnitLine]) -> None:
    """Bring the table's lines to the register: unit code → line, as it was and as it is.

    Lines that stay the same are not touched. Without a free line a unit is left out, and the section's note says so;
    a deleted table is left alone.
    """
    if UNIT_LINES not in editor.book.names or UNIT_NAMES not in editor.book.names:
        return
    sheet, area = editor.book.names[UNIT_LINES]
    names = editor.book.names[UNIT_NAMES]
    cells = editor.book.cells(sheet).cells
    places = {}
    free = []
    for row in range(area.top, area.bottom + 1):
        cell = cells.get((row, area.left))
        if cell is None or cell.value in (None, ""):
            free.append(row)
        else:
            places[str(cell.value)] = row
    changed = [code for code in dict.fromkeys((*before, *after)) if before.get(code) != after.get(code)]
    for code in sorted(changed, key=lambda code: code in after):  # lines that go make room first
        old, new = before.get(code), after.get(code)
        place = places.get(old.name) if old else None
        if new is not None:
            place = place or places.get(new.name) or (free.pop(0) if free else None)
        if place is not None:
            editor.edit(sheet, place, area.left, Put(new.name if new else None))
            for offset, criterion in enumerate(_criteria(new)):
                editor.edit(names[0], place, names[1].left + offset, Put(criterion))
            if new is None:
                free.append(place)
