"""The very hidden sheet `_tjxl`: whose master this is, and what tjxl must remember of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tjxl.register import Question, Register, Unit
from tjxl.sheets.form_places import FORM_VERSION, IDENTITY_SHEET
from tjxl.sheets.layout import SheetLayout, hidden_layout
from tjxl.sheets.model import Content, Sheet, Table, TableColumn

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


def identity_sheet(register: Register, meta: MasterMeta) -> Sheet:
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
    for row, (key, value) in enumerate(pairs.items(), 1):
        sheet.put(row, 1, key, "line")
        sheet.put(row, 2, value, "line")
    sheet.widths = {1: 14, 2: 40}
    contents: dict[str, list[Row]] = {
        "deadlines": [{"task_code": t.code, "deadline": t.deadline, "goal": t.goal} for t in register.tasks],
        "decided": [decided_row(n, question) for n, question in enumerate(register.questions, 1)],
        "registered": [registered_row(unit) for unit in register.units],
    }
    left = 4
    for name, layout in hidden_layout().items():
        _table(sheet, layout, left, contents.get(name) or [{}])
        left += len(layout.columns) + 1
    return sheet


def decided_row(number: int, question: Question) -> Row:
    """A row of 裁决依据: what an answer to the question will decide."""
    return {
        "question_no": question_no(number),
        "key": question.key,
        "data": json.dumps(question.data, ensure_ascii=False),
        "choices": json.dumps(question.choices, ensure_ascii=False),
    }


def registered_row(unit: Unit) -> Row:
    """A row of 单位登记."""
    return {
        "unit_code": unit.code,
        "unit": unit.name,
        "members": json.dumps(unit.members, ensure_ascii=False) if unit.members else None,
    }


def question_no(number: int) -> str:
    """The key of a question: `Q001`."""
    return f"Q{number:03d}"


def _table(sheet: Sheet, layout: SheetLayout, left: int, rows: Sequence[Row]) -> None:
    columns = tuple(TableColumn(c.title, "header", c.kind) for c in layout.columns)
    for number, row in enumerate(rows, 2):
        for place, column in enumerate(layout.columns, left):
            sheet.put(number, place, row.get(column.name), column.kind)
    sheet.widths |= {left + i: c.width for i, c in enumerate(layout.columns)}
    sheet.tables.append(Table(layout.title, 1, left, len(rows), columns))
