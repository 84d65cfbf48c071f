"""The very hidden sheet `_tjxl`: whose master this is, and the dates behind the printed deadlines."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from tjxl.register import Register
from tjxl.sheets.figures import DEADLINES
from tjxl.sheets.form_places import FORM_VERSION, IDENTITY_SHEET
from tjxl.sheets.model import Sheet, Table, TableColumn


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
    """Key and value in A:B; from D1 the table 任务时限: 任务编码 · 截止日 (a date or blank) · 目标 (identifier)."""
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
    columns = (("任务编码", "line"), ("截止日", "date"), ("目标", "line"))
    for row, task in enumerate(register.tasks, 2):
        for offset, content in enumerate((task.code, task.deadline, task.goal)):
            sheet.put(row, 4 + offset, content, columns[offset][1])
    table_columns = tuple(TableColumn(title, "header", style) for title, style in columns)
    sheet.tables.append(Table(DEADLINES, 1, 4, len(register.tasks), table_columns))
    sheet.widths = {1: 14, 2: 40, 4: 10, 5: 12, 6: 22}
    return sheet
