"""What the tests of problems, closures and findings share: a small project, reports of it, the office typing."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.office import MAY, Office, filled
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import read_rows

BEHIND: dict[str, Any] = {
    "J7": "滞后",
    "K7": 0.2,
    "L7": "已完成方案论证，正在办理用地手续。",
    "N7": "七月底前完成用地审批，八月开工。",
    "O7": dt.date(2022, 11, 30),
}
DONE: dict[str, Any] = {
    "J7": "已完成",
    "K7": 1.0,
    "L7": "各项工作已全部完成，并通过验收。",
    "O7": dt.date(2022, 5, 10),
    "P7": "验收报告",
}


def send(office: Office, unit: str, period: str = MAY, when: str = "2022-05-20 10:00", **cells: Any) -> None:
    """A unit's return for a period into 收件; `M7="…"` is 存在问题 of its first row."""
    office.send(f"{unit}-{period}-{when[5:10]}.xlsx", filled(office.form(unit, period), **cells), when)


def reported(office: Office, unit: str, period: str = MAY, **cells: Any) -> dict[str, Any]:
    """The same, merged."""
    send(office, unit, period, **cells)
    return office.merge(period)


def type_into(office: Office, table: str, key: str, **values: Any) -> None:
    """The office types into the row of a table whose first column is *key*."""
    layout = master_layout()[table]
    editor = BookEditor(office.master)
    place = editor.book.tables[layout.title]
    (number,) = (r.number for r in read_rows(editor.book, layout) if r[layout.columns[0].name] == key)
    for name, value in values.items():
        editor.edit(place.sheet, number, place.columns[layout.column(name).title], Put(value))
    office.project.master.write_bytes(editor.save())


def shown(office: Office, table: str, *names: str) -> list[tuple[Any, ...]]:
    """These columns of a table's rows."""
    return [tuple(row[n] for n in names) for row in office.table(table)]
