"""The very hidden sheet `_tjxl`: whose master this is, and what tjxl must remember of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tjxl.formula import Formula
from tjxl.register import Given, Register, Superior, Unit
from tjxl.settings import Settings
from tjxl.sheets.form_places import FORM_VERSION, IDENTITY_SHEET
from tjxl.sheets.layout import SheetLayout, hidden_layout
from tjxl.sheets.lights import fact_rows, rule_rows
from tjxl.sheets.model import Content, Sheet, Table, TableColumn
from tjxl.sheets.questions import OPTION_NAMES, decided_row, option_rows

Row = Mapping[str, Content]


@dataclass(frozen=True, slots=True)
class MasterMeta:
    """Identity of a master.

    Attributes:
        master_id: names this master in every form issued from it.
        key: secret with which the identity of forms is digested; it never leaves the master.
        created_at: local time, to the second.
        form_version: version of the forms that this master issues.
    """

    master_id: str
    key: str
    created_at: dt.datetime
    form_version: str = FORM_VERSION


def identity_sheet(register: Register, settings: Settings, meta: MasterMeta) -> Sheet:
    """Key and value in A:B; from D1, side by side, the tables of `hidden_layout`."""
    sheet = Sheet(IDENTITY_SHEET, visibility="very_hidden")
    pairs = {
        "master_id": meta.master_id,
        "key": meta.key,
        "form_version": meta.form_version,
        "created_at": meta.created_at.isoformat(timespec="seconds"),
        "year": str(register.year),
        "title": register.title,
    }
    if register.superior is not None:
        pairs |= superior_meta(register.owner, register.superior)
    for row, (key, value) in enumerate(pairs.items(), 1):
        sheet.put(row, 1, key, "line")
        sheet.put(row, 2, value, "line")
    sheet.widths = {1: 14, 2: 40}
    contents: dict[str, list[Row]] = {
        "deadlines": [{"task_code": t.code, "deadline": t.deadline, "goal": t.goal} for t in register.tasks],
        "decided": [decided_row(n, question) for n, question in enumerate(register.questions, 1)],
        "options": [row for n, question in enumerate(register.questions, 1) for row in option_rows(n, question)],
        "registered": [registered_row(unit) for unit in register.units],
        "light_rules": rule_rows(),
        "light_facts": fact_rows(register, settings),
    }
    if register.superior is not None:
        contents["superior"] = [given_row(given) for given in register.superior.tasks]
    left = 4
    for name, layout in hidden_layout().items():
        rows = contents.get(name) or [{}]
        _table(sheet, layout, left, rows)
        if name == "options":
            for column, defined in OPTION_NAMES.items():
                place = left + layout.position(column)
                sheet.names[defined] = (2, place, 1 + len(rows), place)
        left += len(layout.columns) + 1
    return sheet


def superior_meta(owner: str, superior: Superior) -> dict[str, str]:
    """The pairs of `_tjxl` that say whom a master answers to."""
    names = ("master_id", "unit_code", "unit", "period", "stage", "issued_at", "sha256")
    return {"owner": owner} | {f"superior_{name}": getattr(superior, name) for name in names}


def given_row(given: Given) -> Row:
    """A row of 上级任务."""
    return {
        "task_code": given.code,
        "serial_no": given.serial_no,
        "role": given.role,
        "deadline": given.deadline,
        "goal": given.goal,
        "deadline_text": given.deadline_text,
        "leaders": given.leaders,
        "text": given.text,
    }


def registered_row(unit: Unit) -> Row:
    """A row of 单位登记."""
    return {
        "unit_code": unit.code,
        "unit": unit.name,
        "members": json.dumps(unit.members, ensure_ascii=False) if unit.members else None,
    }


def _table(sheet: Sheet, layout: SheetLayout, left: int, rows: Sequence[Row]) -> None:
    formulas = {name: content.text for name, content in rows[0].items() if isinstance(content, Formula)}
    columns = tuple(TableColumn(c.title, "header", c.kind, formulas.get(c.name)) for c in layout.columns)
    for number, row in enumerate(rows, 2):
        for place, column in enumerate(layout.columns, left):
            sheet.put(number, place, row.get(column.name), column.kind)
    sheet.widths |= {left + i: c.width for i, c in enumerate(layout.columns)}
    sheet.tables.append(Table(layout.title, 1, left, len(rows), columns))
