"""Levels below the city, each with a register of its own: what people type into 分解, and the form that goes up."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from tests.conftest import copy_of
from tests.office import MAY, Office, filled
from tjxl import flows
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import find_table, iter_rows
from tjxl.supervise.superior.report_up import report_up
from tjxl.supervise.superior.take_over import take_over

SIGNED: dict[str, Any] = {"F4": "张明", "H4": "022-23456789", "J4": "李华", "M4": dt.date(2022, 5, 20)}


class Level(Office):
    """A level below: a project begun from the form that the one above issued to it."""

    def __init__(self, root: Path, above: Office, unit: str, period: str = MAY, stage: str | None = None) -> None:
        self.above, self.unit = above, unit
        self.begun = flows.init_from_form(root, self.received(period, stage), macros=False)
        super().__init__(Project(root))

    @classmethod
    def copied(cls, level: Level, root: Path) -> Level:
        """The same level, and the one above it, in folders of their own."""
        copy = cls.__new__(cls)
        copy.above, copy.unit, copy.begun = copy_of(level.above, root / "上级"), level.unit, level.begun
        Office.__init__(copy, copy_of(level, root / "本级").project)
        return copy

    def received(self, period: str = MAY, stage: str | None = None) -> Path:
        """The form that the level above issued to this one; of one of two stages (配合, 牵头) where it is named."""
        return self.above.project.issued(period, stage) / f"{self.unit}.xlsx"

    def split(self, task: str, **values: Any) -> None:
        """Type into a row of 分解 (`lead_unit="教育科"`)."""
        type_in(self, "splits", {"task_code": task}, values)

    def add_split(self, **values: Any) -> None:
        """Another row at the end of 分解."""
        layout, editor = master_layout()["splits"], BookEditor(Book(self.master))
        editor.append_rows(layout.title, [{layout.column(n).title: v for n, v in values.items()}])
        self.project.master.write_bytes(editor.save())

    def issue(self, period: str = MAY) -> tuple[dict[str, int], list[str]]:
        """`tjxl issue`: unit → rows, and the codes of what is said."""
        result = flows.issue(self.project, period)
        said = [f["code"] for d in result["decisions"] for f in d["findings"]]
        return {i["unit"]: i["rows"] for i in result["issued"]}, said

    def report_up(self, period: str = MAY, stage: str | None = None) -> dict[str, Any]:
        """`tjxl report-up` with the form of the period."""
        return report_up(self.project, self.received(period, stage))

    def take_over(self, period: str = MAY, stage: str | None = None) -> dict[str, Any]:
        """`tjxl take-over` with the form of the period."""
        return take_over(self.project, self.received(period, stage))

    def send_up(self, period: str = MAY, day: dt.date = SIGNED["M4"], stage: str | None = None) -> dict[str, Any]:
        """The same as `report_up`, signed by a person and sent to the level above."""
        result = self.report_up(period, stage)
        self.above.send(f"{self.unit}.xlsx", with_cells(Path(result["file"]).read_bytes(), SIGNED | {"M4": day}))
        return result


def report(level: Level, period: str = MAY, day: dt.date = SIGNED["M4"], **units: dict[str, Any]) -> None:
    """Returns of departments, cells by unit, merged."""
    for unit, cells in units.items():
        level.send(f"{unit}.xlsx", filled(level.form(unit, period), M4=day, **cells))
    merged = level.merge()
    assert [s for s in merged["skipped"] if s["verdict"] != "ignored"] == []


def type_in(office: Office, table: str, where: dict[str, Any], values: dict[str, Any]) -> None:
    """What a person types into the rows of a table, and saves."""
    layout, book = master_layout()[table], Book(office.master)
    found, editor = find_table(book, layout), BookEditor(book)
    rows = [r for r in iter_rows(book, layout, list(where)) if all(r[k] == v for k, v in where.items())]
    assert rows, where
    for row in rows:
        for name, value in values.items():
            editor.edit(found.sheet, row.number, found.columns[layout.column(name).title], Put(value))
    office.project.master.write_bytes(editor.save())


def with_cells(form: bytes, cells: dict[str, Any], sheet: str = "填报") -> bytes:
    """A form with these cells typed in."""
    editor = BookEditor(Book(form))
    for cell, value in cells.items():
        editor.edit(sheet, *parse_cell(cell), Put(value))
    return editor.save()
