"""核定状态 counts instead of what was reported, everywhere; and what the office types stays, whatever command runs.

1. Every figure of 看板, every light, every point of a chart and `tjxl status` says of a task whose 核定状态 is X what
   it would say had X been reported. Only 亮灯依据 says whose word it is.
2. A unit that reported 已完成 gets the row blank, and is told, when the office has verified something else.
3. Every office column of every table, and columns of the office's own, keep values and styles through issue,
   collect, merge, a correction and decisions.
"""

from __future__ import annotations

import datetime as dt
import itertools
from pathlib import Path
from typing import Any

import pytest
from openpyxl.styles import PatternFill

from tests.conftest import copy_of
from tests.decisions.conftest import Master
from tests.office import JUNE, MAY, Office, filled, layouts, opened, saved
from tests.small import UNITS, small_project
from tjxl import flows
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import local_name
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import find_table, iter_rows

STATUSES = ("未启动", "正常推进", "滞后", "已完成", "申请调整")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The small project. Not to be written to."""
    return small_project(tmp_path_factory.mktemp("小项目") / "项目")


@pytest.fixture
def mine(small: Office, tmp_path: Path) -> Office:
    """One of one's own."""
    return copy_of(small, tmp_path / "项目")


# ---- 1


def with_statuses(office: Office, statuses: dict[str, dict[str, str]]) -> Office:
    """The master with words typed in, computed as Excel would."""
    master = Master(office.master)
    for code, words in statuses.items():
        master = master.type("tasks", code, **words)
    editor = BookEditor(master.content)
    refresh(editor)
    office.project.master.write_bytes(editor.save())
    return office


def figures(office: Office) -> dict[str, Any]:
    """All that is computed, whoever has said so: formulas of every sheet, the points of the charts, `tjxl status`."""
    book = Book(office.master)
    cells = {
        (sheet, place): str(cell.value).replace("办公厅核定", "单位报") if cell.kind == "text" else cell.value
        for sheet in book.sheets
        for place, cell in book.cells(sheet).cells.items()
        if cell.formula is not None
    }
    charts = {
        name: [e.text for e in book.package.xml(name).iter() if local_name(e) == "v"]
        for name in book.package.names
        if name.startswith("xl/charts/chart")
    }
    status = flows.status(office.project)
    return {"cells": cells, "charts": charts, "status": status["by_status"]}


@pytest.mark.parametrize(("reported", "verified"), list(itertools.permutations(STATUSES, 2)))
def test_every_figure_says_of_a_verified_status_what_it_says_of_a_reported_one(
    small: Office, tmp_path: Path, reported: str, verified: str
) -> None:
    first = with_statuses(
        copy_of(small, tmp_path / "所报"), {"T001": {"status": reported}, "T003": {"status": reported}}
    )
    overridden = with_statuses(copy_of(first, tmp_path / "核定"), {"T001": {"verified_status": verified}})
    plain = with_statuses(copy_of(first, tmp_path / "直接所报"), {"T001": {"status": verified}})
    assert figures(overridden) == figures(plain)
    assert figures(overridden) != figures(first)


def test_a_verified_status_counts_where_nothing_was_reported(small: Office, tmp_path: Path) -> None:
    verified = with_statuses(copy_of(small, tmp_path / "核定"), {"T002": {"verified_status": "滞后"}})
    plain = with_statuses(copy_of(small, tmp_path / "直接所报"), {"T002": {"status": "滞后"}})
    assert figures(verified) == figures(plain)
    assert figures(plain)["status"] == {"滞后": 1, "尚无报送": 2}


# ---- 2


def test_a_task_that_the_office_does_not_hold_for_completed_is_asked_for_again(mine: Office) -> None:
    done = {"J7": "已完成", "K7": 1.0, "O7": dt.date(2022, 5, 10)}
    mine.send("甲.xlsx", filled(mine.form(UNITS[0]), **done))
    mine.merge()
    flows.issue(mine.project, JUNE)
    assert last_and_status(mine) == ("【已完成 100%】已完成方案论证和立项批复，各参与单位按计划推进。", "已完成")
    with_statuses(mine, {"T001": {"verified_status": "滞后"}})
    flows.issue(mine.project, JUNE)
    assert last_and_status(mine) == (
        "【已完成 100%，办公厅核定：滞后】已完成方案论证和立项批复，各参与单位按计划推进。",
        None,
    )
    with_statuses(mine, {"T001": {"verified_status": "已完成"}})
    flows.issue(mine.project, JUNE)
    assert last_and_status(mine)[1] == "已完成"


def last_and_status(office: Office) -> tuple[object, object]:
    """上期进展 and 进展状态 of the first row of the lead's form."""
    sheet = opened(office.form(UNITS[0], JUNE))["填报"]
    return sheet["I7"].value, sheet["J7"].value


# ---- 3

OWN = "联络员"


def type_everywhere(office: Office) -> dict[tuple[str, str, str], str]:
    """The office fills its columns in every row of every table, and adds a column beside; what stands where."""
    book, typed = opened(office.master), {}
    for layout in layouts().values():
        table = find_table(Book(office.master), layout)
        sheet = book[table.sheet]
        for row in iter_rows(Book(office.master), layout, (layout.columns[0].name,)):
            for column in layout.columns:
                if column.owner == "office" and column.name not in ("verified_status", "decision"):
                    cell = sheet.cell(row.number, table.columns[column.title])
                    cell.value = f"{layout.title}{row.number}{column.title}"
                    cell.fill = PatternFill("solid", fgColor="0000FFFF")
            beside = sheet.cell(row.number, max(table.columns.values()) + 1)
            beside.value, beside.fill = f"{OWN}{row.number}", PatternFill("solid", fgColor="00FF00FF")
    office.project.master.write_bytes(saved(book))
    return typed | said_by_the_office(office)


def said_by_the_office(office: Office) -> dict[tuple[str, str, str], str]:
    """Sheet, cell, colour → what the office has typed."""
    return {
        (sheet.title, cell.coordinate, str(cell.fill.fgColor.rgb)): str(cell.value)
        for sheet in opened(office.master).worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.fill.fgColor.rgb in ("0000FFFF", "00FF00FF") and cell.value is not None
    }


def test_no_command_touches_what_the_office_typed(mine: Office) -> None:
    mine.send("甲.xlsx", filled(mine.form(UNITS[0]), K7="1"))
    mine.send("乙.xlsx", filled(mine.form(UNITS[1])))
    mine.merge()
    typed = type_everywhere(mine)
    tables = {layout.title for layout in layouts().values()}
    filled_tables = {find_table(Book(mine.master), la).sheet for la in layouts().values() if _rows(mine, la)}
    assert {sheet for sheet, _, _ in typed} == filled_tables <= tables
    question = mine.table("questions")[-1]
    answered = Master(mine.master).answer(**{question["question_no"]: question["choices"].split("、")[0]})
    mine.project.master.write_bytes(answered.content)
    mine.send("丙.xlsx", filled(mine.form(UNITS[2]), J7="差不多了"))
    mine.send("乙更正.xlsx", filled(mine.form(UNITS[1]), M4=dt.date(2022, 5, 24), K7=0.6))
    for command in (
        mine.collect,
        mine.merge,
        lambda: mine.send("丙.xlsx", filled(mine.form(UNITS[2]), M4=dt.date(2022, 5, 25))),
        mine.merge,
        lambda: flows.issue(mine.project, JUNE),
        lambda: mine.send("六月.xlsx", filled(mine.form(UNITS[0], JUNE), M4=dt.date(2022, 6, 20))),
        mine.merge,
    ):
        before = mine.master
        command()  # type: ignore[operator]
        now = said_by_the_office(mine)
        assert {place: now.get(place) for place in typed} == typed
        assert set(now) == set(typed), before != mine.master
    assert len(mine.table("ledger")) == 9
    assert mine.table("submissions", period=MAY, unit=UNITS[2])[0]["state"] == "已报"


def _rows(office: Office, layout: Any) -> bool:
    return any(True for _ in iter_rows(Book(office.master), layout, (layout.columns[0].name,)))
