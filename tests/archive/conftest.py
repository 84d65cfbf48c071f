"""Five months of three tasks in two stages, with milestones, targets, faults, late returns and corrections."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.office import Office
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.rehearsal.run import rehearse_year
from tjxl.rehearsal.year import Rates

NOTICE = """2022年市政府重点工作责任分解表

序号\t主要任务\t重点工作\t完成时限\t分管领导\t责任单位
1\t一、推动发展\t新增就业35万人，完善配套措施。\t3月底前完成方案编制，年底前完成\t王卫东\t市甲局、市乙局
2\t一、推动发展\t办好第二件实事，完善配套措施。\t年底前取得明显进展\t王卫东\t市乙局、市甲局、市丙局
3\t二、改善民生\t办好第三件实事，完善配套措施。\t4月底前完成方案编制，年底前完成\t孙文魁\t市丙局
"""
PERIODS = ("2022-01", "2022-02", "2022-03", "2022-04", "2022-05")
JUNE = "2022-06"


@pytest.fixture(scope="session")
def five_months(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Not to be written to."""
    folder = tmp_path_factory.mktemp("五个月")
    notice = folder / "通知.txt"
    notice.write_text(NOTICE, encoding="utf-8")
    rates = Rates(faults=0.5, late=0.25, missing=0.15, corrections=0.4)
    rehearse_year(folder / "项目", seed=3, rates=rates, notice=notice, periods=len(PERIODS), macros=False)
    return Office(Project(folder / "项目"))


@pytest.fixture
def months(five_months: Office, tmp_path: Path) -> Office:
    """The same, of one's own."""
    return copy_of(five_months, tmp_path / "项目")


def correction(office: Office, period: str, task: str, percent: float) -> bytes:
    """What the lead of a task reported for a period, once more with another 完成进度, a month later."""
    (row, *_) = [r for r in office.state.ledger if (r["period"], r["task_code"], r["role"]) == (period, task, "牵头")]
    content = (office.project.archive / f"{row['sha256']}.xlsx").read_bytes()
    cells = Book(content).cells("填报").cells
    at = {str(cell.value): place for place, cell in cells.items() if isinstance(cell.value, str)}
    editor = BookEditor(content)
    editor.edit("填报", row["row"], at["完成进度"][1], Put(percent))
    head_row, head_column = at["填报日期"]
    editor.edit("填报", head_row, head_column + 1, Put(dt.date(2022, 6, 28)))
    return editor.save()
