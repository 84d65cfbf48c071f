"""Small projects in which something is to be reminded of, and what a reminding leaves behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.decisions.conftest import Master
from tests.office import Office
from tests.small import small_project
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.sheets.layout import master_layout
from tjxl.supervise.reminders.remind import remind


@pytest.fixture(scope="session")
def small_issued(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """`tests.small`, the forms of 2022-05 issued, due on 2022-05-25. Not to be written to."""
    return small_project(tmp_path_factory.mktemp("小项目") / "2022年重点工作")


@pytest.fixture
def small(small_issued: Office, tmp_path: Path) -> Office:
    """The same, of one's own."""
    return copy_of(small_issued, tmp_path / "2022年重点工作")


def reminded(office: Office, day: str, **options: Any) -> list[tuple[Any, ...]]:
    """`tjxl remind` on a day: unit, matter, round, level, answer by, tasks of each new reminder."""
    result = remind(office.project, today=dt.date.fromisoformat(day), **options)
    return [
        (r["unit"], r["matter"], r["round"], r["level"], r["due"], r["tasks"])
        for r in result["reminders"]
        if r["new"]
    ]


def found(office: Office, day: str, **options: Any) -> list[str]:
    """Codes of what `tjxl remind` has to say."""
    result = remind(office.project, today=dt.date.fromisoformat(day), **options)
    return [f["code"] for f in result["findings"]]


def verify(office: Office, **statuses: str) -> None:
    """The office fills in 核定状态: task code → status."""
    master = Master(office.master)
    for task, status in statuses.items():
        master = master.type("tasks", task, verified_status=status)
    office.project.master.write_bytes(master.content)


def typed(office: Office, table: str, key: str, **values: Any) -> None:
    """Type into the row of a table whose key is this."""
    office.project.master.write_bytes(Master(office.master).type(table, key, **values).content)


def set_submission(office: Office, *units: str, **values: Any) -> None:
    """What 报送情况 says of units (of all, where none is named), whatever led to it."""
    editor = BookEditor(office.master)
    layout = master_layout()["submissions"]
    place = editor.book.tables[layout.title]
    for row in office.state.submissions:
        if not units or row["unit"] in units:
            for name, value in values.items():
                editor.edit(place.sheet, row.number, place.columns[layout.column(name).title], Put(value))
    office.project.master.write_bytes(editor.save())


def settings(office: Office, **changes: str) -> None:
    """The office's tjxl.toml: only these keys of `[reminders]`, as TOML."""
    lines = ["[reminders]", *(f"{key} = {value}" for key, value in changes.items())]
    office.project.settings_file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def log(office: Office, *names: str) -> list[tuple[Any, ...]]:
    """These columns of 催办, row by row."""
    return [tuple(row[name] for name in names) for row in office.table("reminders")]


def files(office: Office) -> Mapping[str, bytes]:
    """What lies in 催办/."""
    root = office.project.root
    return {p.relative_to(root).as_posix(): p.read_bytes() for p in sorted((root / "催办").rglob("*")) if p.is_file()}
