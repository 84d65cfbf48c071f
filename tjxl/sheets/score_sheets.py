"""The appraisal's tables 考核, 考核明细 and 考核任务: empty in a new master, filled when `tjxl score` first runs.

Their thousands of formulas cost every merge 0.4 s (138 tasks, measured), which an office that does not appraise need
not pay; once there, every command keeps them right like any other formula.

Keys, names, roles and the notice's texts are values, which follow 责任分工 and 责任单位; all the rest is formulas.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.register import ROLE_TITLES, Register, Role, UnitKind
from tjxl.settings import Settings
from tjxl.sheets.figures import Statuses
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append_fitted, set_row_values, take_out
from tjxl.sheets.model import Sheet
from tjxl.sheets.rows import holds_table, read_rows
from tjxl.sheets.score_formulas import item_formulas, task_formulas, unit_formulas
from tjxl.sheets.tables import Row, table_sheet

_NOTHING: Row = {}
TABLES = ("scores", "score_items", "score_tasks")
SCORED: tuple[UnitKind, ...] = ("department", "district", "other")
"""Kinds of units that are appraised: a group is its members, a merged name is another unit."""


@dataclass(frozen=True, slots=True)
class Scored:
    """Who is to be appraised, and for what.

    Attributes:
        units: code → name of each unit, those without tasks too.
        tasks: task code → 序号 and 重点工作.
        roles: task and unit of each assignment → the unit's role.
    """

    units: Mapping[str, str]
    tasks: Mapping[str, tuple[int, str]]
    roles: Mapping[tuple[str, str], Role]


def score_sheets(register: Register, settings: Settings) -> tuple[Sheet, Sheet, Sheet]:
    """考核, 考核明细, 考核任务, each with the one blank row that a table must have; it holds the formulas."""
    formulas = {
        "scores": unit_formulas(),
        "score_items": item_formulas(),
        "score_tasks": task_formulas(Statuses.of(settings)),
    }
    scores, items, tasks = (table_sheet(name, [{}], register.year, settings, formulas[name]) for name in TABLES)
    return scores, items, tasks


def is_filled(book: Book) -> bool:
    """Whether the appraisal has begun: the tables have rows."""
    layout = master_layout()["scores"]
    return holds_table(book, layout) and bool(read_rows(book, layout))


def _rows(scored: Scored) -> dict[str, list[Row]]:
    return {
        "scores": [{"unit_code": code, "unit": name} for code, name in scored.units.items()],
        "score_items": [
            {
                "task_code": task,
                "serial_no": scored.tasks[task][0],
                "task": scored.tasks[task][1],
                "unit_code": unit,
                "unit": scored.units.get(unit),
                "role": ROLE_TITLES[role],
            }
            for (task, unit), role in scored.roles.items()
            if task in scored.tasks
        ],
        "score_tasks": [
            {"task_code": code, "serial_no": serial_no, "task": text}
            for code, (serial_no, text) in scored.tasks.items()
        ],
    }


def follow_scored(editor: BookEditor, scored: Scored) -> dict[str, int]:
    """Give the appraisal's tables the rows that they lack, and take those out that nothing stands for any more.

    Rows are known by their keys; those in which the office has written stay, and score nothing. A master without
    these tables (of an earlier version) is left alone.

    Returns:
        How many rows each table gained, by layout name.
    """
    added = {}
    for name, rows in _rows(scored).items():
        layout = master_layout()[name]
        if not holds_table(editor.book, layout):
            continue
        keys = [c.name for c in layout.columns if c.owner == "key"]
        wanted = {_key(row, keys): row for row in rows}
        present = {_key(row.values, keys): row for row in read_rows(editor.book, layout)}
        gone = [row for key, row in present.items() if key not in wanted]
        empty = [row.number for row in gone if not _noted(row.values, name)]
        if empty:
            take_out(editor, layout, empty)
        for row in gone if name == "score_items" else ():
            if row.number not in empty and row["role"] is not None:
                set_row_values(editor, layout, row.number, {"role": None})
        for key, row in present.items():
            changed = {n: v for n, v in wanted.get(key, _NOTHING).items() if row[n] != v}
            set_row_values(editor, layout, row.number, changed)
        new = [row for key, row in wanted.items() if key not in present]
        append_fitted(editor, layout, new)
        added[name] = len(new)
    return added


def _key(values: Mapping[str, object], keys: Iterable[str]) -> tuple[str, ...]:
    return tuple(str(values[key]) for key in keys)


def _noted(values: Mapping[str, object], name: str) -> bool:
    """Whether the office has written into a row."""
    return any(values.get(c.name) not in (None, "") for c in master_layout()[name].columns if c.owner == "office")
