"""`tjxl snapshot` and `tjxl status --period`: the register as it stood at the end of a past period.

市甲局 leads T001: 2022-05 正常推进 40 % (corrected in July to 30 %), 2022-06 滞后 60 %. 市乙局 reported
on 2022-05 alone.

1. A past period shows its own reports and lights, and nothing of later ones.
2. Corrections merged later count, unless a day is named.
3. The file can only be looked at: no formula, no identity, no place among the project's files.
4. The sample's 138 tasks.
"""

from __future__ import annotations

import datetime as dt
import time
from pathlib import Path
from typing import Any

import pytest
from openpyxl.workbook.workbook import Workbook

from tests.conftest import copy_of
from tests.office import JUNE, MAY, Office, filled, opened
from tests.small import UNITS, small_project
from tjxl import flows
from tjxl.errors import ProjectError, TjxlError
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.sheets.layout import master_layout
from tjxl.snapshot import snapshot

A, B, C = UNITS
TROUBLE = {"M7": "场地尚未移交，施工无法按期展开。", "N7": "与有关单位协商，下月底前移交。"}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = small_project(tmp_path_factory.mktemp("快照") / "项目")
    for unit in (A, B):
        office.send(f"{unit}.xlsx", filled(office.form(unit)))
    office.merge()
    _merged_on(office, dt.datetime(2022, 5, 26, 9))
    flows.issue(office.project, JUNE)
    behind = {"J7": "滞后", "K7": 0.6, "O7": dt.date(2022, 12, 1), **TROUBLE}
    office.send("甲6.xlsx", filled(office.form(A, JUNE), M4=dt.date(2022, 6, 24), **behind), "2022-06-24 10:00")
    office.merge()
    late = filled(office.form(A), M4=dt.date(2022, 7, 4), K7=0.3)
    office.send("甲更正.xlsx", late, "2022-07-04 10:00")
    office.merge(MAY)
    return office


def _merged_on(office: Office, moment: dt.datetime) -> None:
    """As if this had been merged then."""
    editor = BookEditor(office.master)
    for name in ("ledger", "submissions"):
        table = editor.book.tables[master_layout()[name].title]
        for row in getattr(office.state, name):
            if row["merged_at"]:
                editor.edit(table.sheet, row.number, table.columns["入账时间"], Put(moment))
    office.project.master.write_bytes(editor.save())


def shown(result: dict[str, Any]) -> Workbook:
    return opened(Path(result["file"]))


def column(book: Workbook, sheet: str, title: str) -> dict[Any, Any]:
    """The column's values by the first column of the sheet."""
    rows = list(book[sheet].iter_rows(min_row=2, values_only=True))
    at = rows[0].index(title)
    return {row[0]: row[at] for row in rows[1:]}


# ---- 1. and 2. what it shows


def test_a_past_period_without_what_came_later(year: Office) -> None:
    result = snapshot(year.project, MAY)
    assert result["by_status"] == {"正常推进": 2, "尚无报送": 1}
    assert result["reports"] == {"已报": 2, "未报": 1}
    book = shown(result)
    assert column(book, "任务台账", "进展状态") == {"T001": "正常推进", "T002": "正常推进", "T003": None}
    assert column(book, "任务台账", "完成进度")["T001"] == 0.3  # as corrected in July
    assert set(column(book, "任务台账", "数据期次").values()) == {MAY, None}
    assert list(column(book, "报送情况", "期次").values()) == [MAY]
    assert "截至2022年5月（2022-05-31）" in str(book["任务台账"]["A1"].value)
    assert "含此后入账的更正和补报" in [row[0].value for row in book["概况"].iter_rows(max_row=4)]


def test_the_newest_period_is_the_register_of_today(year: Office) -> None:
    book = shown(snapshot(year.project, JUNE))
    for title, name in (("进展状态", "status"), ("完成进度", "percent_complete"), ("亮灯", "light")):
        assert column(book, "任务台账", title) == {t["task_code"]: t[name] for t in year.table("tasks")}


def test_only_what_was_merged_by_a_day(year: Office) -> None:
    result = snapshot(year.project, MAY, as_merged="2022-05-31")
    assert column(shown(result), "任务台账", "完成进度")["T001"] == 0.4
    before = snapshot(year.project, MAY, as_merged="2022-05-25")
    assert (before["by_status"], before["reports"]) == ({"尚无报送": 3}, {"未报": 3})
    assert (result["as_merged"], Path(result["file"]).name) == (
        "2022-05-31",
        "2022年重点工作_截至2022-05_2022-05-31入账.xlsx",
    )


def test_status_of_a_past_period(year: Office) -> None:
    assert flows.status(year.project)["by_status"] == {"滞后": 1, "正常推进": 1, "尚无报送": 1}
    may = flows.status(year.project, MAY)
    assert (may["period"], may["by_status"]) == (MAY, {"正常推进": 2, "尚无报送": 1})
    assert may["reports"] == {"已报": 2, "未报": 1}
    with pytest.raises(ProjectError) as refused:
        flows.status(year.project, "2022-04")
    assert refused.value.code == "E215"


# ---- 3. what it is not


def test_it_is_no_master_and_the_master_is_left_alone(year: Office, tmp_path: Path) -> None:
    before = year.master
    result = snapshot(year.project, MAY, tmp_path / "五月.xlsx")
    assert year.master == before
    book = shown(result)
    assert book.sheetnames == ["概况", "任务台账", "责任分工", "节点", "指标", "报送情况"]
    assert all(sheet.protection.sheet for sheet in book.worksheets)
    assert not any(cell.data_type == "f" for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    assert "领导批示" not in [cell.value for cell in book["任务台账"][2]]
    office = copy_of(year, tmp_path / "项目")
    office.project.master.write_bytes(Path(result["file"]).read_bytes())
    with pytest.raises(TjxlError) as refused:
        flows.issue(office.project, "2022-07")
    assert refused.value.code == "E312"


@pytest.mark.parametrize("name", ["总台账.xlsm", "tjxl.toml", "收件/五月.xlsx", "下发/2022-05/市甲局.xlsx"])
def test_no_file_of_the_project_is_written_over(year: Office, name: str) -> None:
    path = year.project.root / name
    before = path.read_bytes() if path.exists() else None
    with pytest.raises(ProjectError) as refused:
        snapshot(year.project, MAY, path)
    assert refused.value.code == "E275"
    assert (path.read_bytes() if path.exists() else None) == before


def test_a_day_that_is_none(year: Office) -> None:
    with pytest.raises(ProjectError) as refused:
        snapshot(year.project, MAY, as_merged="7月5日")
    assert refused.value.code == "E274"


# ---- 4. the sample


def test_the_138_tasks(second_period: Office, tmp_path: Path) -> None:
    start = time.perf_counter()
    result = snapshot(second_period.project, MAY, tmp_path / "五月.xlsx")
    assert time.perf_counter() - start < 10
    assert (result["tasks"], sum(result["by_status"].values()), sum(result["reports"].values())) == (138, 138, 67)
    book = shown(result)
    tasks = second_period.table("tasks")
    assert column(book, "任务台账", "进展状态") == {t["task_code"]: t["status"] for t in tasks}
    counted = {str(k): n for g, k, n in book["概况"].iter_rows(min_row=6, values_only=True) if g == "亮灯"}
    lights = [t["light"] or "未亮灯" for t in tasks]
    assert counted.keys() <= {*lights, "未亮灯"} | set(result["lights"])
    assert sum(counted.values()) == 138
