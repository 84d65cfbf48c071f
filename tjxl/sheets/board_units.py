"""The table of 看板 by unit: the tasks that a unit leads, by effective status, and those in which it cooperates.

Its lines are written at the start of the year; `follow_units` keeps them true to the register afterwards, in the
lines kept free for units that come later.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tjxl.formula import Formula
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put, PutFormula
from tjxl.register import ROLE_TITLES, Register
from tjxl.resources import layout_toml
from tjxl.sheets.board import FIRST_COLUMN, Board, address
from tjxl.sheets.board_tables import STATUS_ORDER
from tjxl.sheets.figures import UNIT_LINES, Statuses, count, criterion, tasks_with_status, tasks_without_status

_NAME_SPAN = 4
_METRICS = len(STATUS_ORDER) + 3


@dataclass(frozen=True, slots=True)
class UnitLine:
    """What a line of the table shows: a unit, and the printed forms under which it leads tasks.

    牵头单位 keeps the notice's wording: 市外办 also leads as 市外办（市港澳办）, and a district as 各区人民政府.
    """

    name: str
    printed: tuple[str, ...] = ()


def unit_table(board: Board, register: Register, statuses: Statuses) -> None:
    """The units that report, in two halves side by side, and some free lines."""
    spec = board.spec["section"]["units"]
    lines = _lines(register)
    filled = (len(lines) + 1) // 2
    rows = filled + spec["spare"] // 2
    half = board.columns // 2
    top = board.row + 2
    board.section("units", Formula(_note(spec, top, rows, half)))
    titles = board.spec["metric"]
    headings = [
        titles["lead"],
        *(statuses.names[m][0] for m in STATUS_ORDER),
        titles["no_report"],
        titles["cooperating"],
    ]
    for left in (0, half):
        board.put(left, "责任单位", "header+tiny", _NAME_SPAN)
        for offset, heading in enumerate(headings):
            board.put(left + _NAME_SPAN + offset, _two_lines(heading), "header+tiny")
    board.next_row("unit_header")
    shown = [line for part in (lines[:filled], lines[filled:]) for line in _padded(part, rows)]
    for number, line in enumerate(shown):
        left, row = (half if number >= rows else 0), top + number % rows
        style = "body+line+name+small+shrink" + ("+divider" if left else "")
        name = board.put(left, line.name if line else None, style, _NAME_SPAN, row)
        metrics = unit_metrics(name, line.printed, statuses) if line else [None] * _METRICS
        for offset, formula in enumerate(metrics):
            content = Formula(formula) if formula else None
            board.put(left + _NAME_SPAN + offset, content, "body+count+small", row=row)
    for _ in range(rows):
        board.next_row("unit_line")
    board.sheet.names[UNIT_LINES] = (top, FIRST_COLUMN, top + rows - 1, FIRST_COLUMN + board.columns - 1)


def _lines(register: Register) -> list[UnitLine]:
    tasks = {task.code: task for task in register.tasks}
    printed: dict[str, dict[str, None]] = {}
    for assignment in register.assignments:
        if assignment.role == "lead":
            printed.setdefault(assignment.unit_code, {})[tasks[assignment.task_code].lead_unit] = None
    return [UnitLine(unit.name, tuple(printed.get(unit.code, ()))) for unit in register.reporting_units]


def _padded(lines: Sequence[UnitLine], rows: int) -> list[UnitLine | None]:
    return [*lines, *[None] * (rows - len(lines))]


def _note(spec: Mapping[str, str], top: int, rows: int, half: int) -> str:
    """What the figures are; where more units have tasks than there are lines, how many are left out."""
    columns = (FIRST_COLUMN, FIRST_COLUMN + half)
    listed = "+".join(f"COUNTA({address(top, c)}:{address(top + rows - 1, c)})" for c in columns)
    active = "SUMPRODUCT(--(责任单位[牵头任务数]+责任单位[配合任务数]>0))"
    over = f"({active}-({listed}))"
    return f'IF({over}>0,"另有 "&{over}&" {spec["unlisted"]}","{spec["note"]}")'


def _two_lines(heading: str) -> str:
    """A heading of four characters or more broken in the middle: the columns are three characters wide."""
    half = (len(heading) + 1) // 2
    return f"{heading[:half]}\n{heading[half:]}" if len(heading) > 3 else heading


def unit_metrics(name: str, printed: Sequence[str], statuses: Statuses) -> list[str]:
    """The formulas of a line whose unit's name stands in the cell *name*."""
    leads = [("任务台账[牵头单位]", criterion(form)) for form in printed]

    def over(figure: Iterable[str]) -> str:
        return "+".join(figure) or "0"

    return [
        count(("责任分工[单位]", name), ("责任分工[职责]", f'"{ROLE_TITLES["lead"]}"')),
        *(over(tasks_with_status(statuses.names[m], where) for where in leads) for m in STATUS_ORDER),
        over(tasks_without_status(where) for where in leads),
        count(("责任分工[单位]", name), ("责任分工[职责]", f'"{ROLE_TITLES["cooperating"]}"')),
    ]


def follow_units(
    editor: BookEditor, before: Mapping[str, UnitLine], after: Mapping[str, UnitLine], statuses: Statuses
) -> None:
    """Bring the table's lines to the register: unit code → line, as it was and as it is.

    Lines that stay the same are not touched, so that what Excel made of their formulas stays. Without a free line a
    unit is left out, and the section's note says so; a deleted table is left alone.
    """
    if UNIT_LINES not in editor.book.names:
        return
    sheet, area = editor.book.names[UNIT_LINES]
    half: int = layout_toml("dashboard.toml")["grid"]["columns"] // 2
    cells = editor.book.cells(sheet).cells
    places = {}
    free = []
    for left in (area.left, area.left + half):
        for row in range(area.top, area.bottom + 1):
            cell = cells.get((row, left))
            if cell is None or cell.value in (None, ""):
                free.append((row, left))
            else:
                places[str(cell.value)] = (row, left)
    changed = [code for code in dict.fromkeys((*before, *after)) if before.get(code) != after.get(code)]
    for code in sorted(changed, key=lambda code: code in after):  # lines that go make room first
        old, new = before.get(code), after.get(code)
        place = places.get(old.name) if old else None
        if new is not None:
            place = place or places.get(new.name) or (free.pop(0) if free else None)
        if place is not None:
            _write(editor, sheet, place, new, statuses)
            if new is None:
                free.append(place)


def _write(editor: BookEditor, sheet: str, place: tuple[int, int], line: UnitLine | None, statuses: Statuses) -> None:
    row, left = place
    editor.edit(sheet, row, left, Put(line.name if line else None))
    metrics = unit_metrics(address(row, left), line.printed, statuses) if line else [None] * _METRICS
    for offset, formula in enumerate(metrics):
        edit = PutFormula(formula, 0) if formula else Put(None)
        editor.edit(sheet, row, left + _NAME_SPAN + offset, edit)
