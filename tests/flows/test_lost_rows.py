"""A row of 任务台账 that somebody has deleted while the task still stands in the other tables.

1. Every command that writes, or gives figures to others, says which task it is and what to do, and writes nothing.
2. `tjxl status` goes on, and says it.
3. The row put back as values, `tjxl rebuild` gives it its formulas again, and everything goes on.
4. A row of 责任分工 that names a task which there never was is said likewise, and so is a task added by hand.
5. So is a task whose lead's row of 责任分工 is gone; cooperating units' rows the office may delete.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.office import JUNE, MAY, Office, filled
from tests.small import small_project
from tjxl import flows, recovery
from tjxl.errors import ProjectError
from tjxl.ooxml.cells import CellValue
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.sheets.layout import master_layout
from tjxl.snapshot import snapshot
from tjxl.supervise.bulletin.run import bulletin
from tjxl.supervise.reminders.remind import remind
from tjxl.supervise.scores import score
from tjxl.supervise.verification.run import verify

COMMANDS: dict[str, Callable[[Project], Any]] = {
    "issue": lambda p: flows.issue(p, JUNE),
    "collect": flows.collect,
    "merge": flows.merge,
    "check": lambda p: flows.check(p.issued(MAY) / "市甲局.xlsx", p),
    "undo": recovery.undo,
    "rebuild": recovery.rebuild,
    "rebuild --check": lambda p: recovery.rebuild(p, check=True),
    "remind": remind,
    "score": score,
    "bulletin": bulletin,
    "verify": verify,
    "snapshot": lambda p: snapshot(p, MAY),
}


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A project in which 市甲局 has reported."""
    office = small_project(tmp_path / "项目", MAY)
    office.send("甲.xlsx", filled(office.form("市甲局")))
    office.merge()
    return office


def typed(office: Office, table: str, row: int, values: dict[str, CellValue]) -> None:
    """Type into cells of a row of the master, by column title."""
    editor = BookEditor(office.master)
    place = editor.book.tables[master_layout()[table].title]
    for title, value in values.items():
        editor.edit(place.sheet, row, place.columns[title], Put(value))
    office.project.master.write_bytes(editor.save())


def shown(office: Office, table: str, row: int) -> dict[str, CellValue]:
    """A row of the master as the sheet shows it, by column title."""
    book = office.state.book
    place = book.tables[master_layout()[table].title]
    cells = book.cells(place.sheet).cells
    return {title: cells[row, at].value if (row, at) in cells else None for title, at in place.columns.items()}


def deleted(office: Office, code: str) -> tuple[int, dict[str, CellValue]]:
    """Take a task out of 任务台账; its row, and what stood there."""
    (row,) = (r.number for r in office.state.tasks if r["task_code"] == code)
    values = shown(office, "tasks", row)
    typed(office, "tasks", row, dict.fromkeys(values))
    return row, values


# 1


@pytest.mark.parametrize("command", COMMANDS)
def test_a_task_without_its_row_is_named_and_nothing_is_written(office: Office, command: str) -> None:
    deleted(office, "T002")
    master = office.master
    with pytest.raises(ProjectError) as refused:
        COMMANDS[command](office.project)
    assert refused.value.code == "E277"
    sentence = str(refused.value)
    assert sentence.startswith("「任务台账」缺少T002（第2项“办好第二件实事，完善配套措施。”）的行，未作任何处理。")
    assert "备份" in sentence
    assert "撤销" in sentence
    assert office.master == master


# 2


def test_status_goes_on_without_the_task_and_says_so(office: Office) -> None:
    deleted(office, "T002")
    result = flows.status(office.project)
    assert (result["tasks"], sum(result["by_status"].values())) == (2, 2)
    assert [(f["code"], f["severity"]) for f in result["findings"]] == [("D670", "error")]
    assert "T002" in result["findings"][0]["message"]


# 3


def test_the_row_put_back_as_values_is_whole_again(office: Office) -> None:
    before = office.table("tasks")
    row, values = deleted(office, "T002")
    typed(office, "tasks", row, values)
    formulas = [d for d in recovery.rebuild(office.project)["differences"] if d["table"] == "任务台账"]
    assert {d["column"] for d in formulas} == {"亮灯", "亮灯依据", "应达进度"}
    assert office.table("tasks") == before
    assert flows.issue(office.project, JUNE)["issued"]


# 4


def test_a_row_of_duties_for_no_task_is_named(office: Office) -> None:
    row = office.state.assignments[0].number
    typed(office, "assignments", row, {"任务编码": "T999"})
    with pytest.raises(ProjectError) as refused:
        office.merge()
    assert (refused.value.code, f"第{row}行“T999”" in str(refused.value)) == ("E278", True)


def test_a_task_added_by_hand_is_named(office: Office) -> None:
    editor = BookEditor(office.master)
    editor.append_rows("任务台账", [{"任务编码": "T999", "序号": 99}])
    editor.append_rows("责任分工", [{"任务编码": "T999", "单位编码": "U001", "职责": "牵头"}])
    office.project.master.write_bytes(editor.save())
    with pytest.raises(ProjectError) as refused:
        office.merge()
    assert (refused.value.code, "T999" in str(refused.value)) == ("E279", True)


# 5


def lead_row(office: Office, code: str) -> int:
    """Where 责任分工 says who leads a task."""
    (row,) = (r.number for r in office.state.assignments if (r["task_code"], r["role"]) == (code, "牵头"))
    return row


@pytest.mark.parametrize("command", COMMANDS)
def test_a_task_without_its_leads_row_is_named_and_nothing_is_written(office: Office, command: str) -> None:
    row = lead_row(office, "T001")
    typed(office, "assignments", row, dict.fromkeys(shown(office, "assignments", row)))
    master = office.master
    with pytest.raises(ProjectError) as refused:
        COMMANDS[command](office.project)
    assert refused.value.code == "E285"
    assert str(refused.value).startswith(
        "「责任分工」缺少牵头单位的行：T001（市甲局），未作任何处理。请在 Excel 中撤销"
    )
    assert office.master == master


def test_a_lead_changed_to_cooperating_by_hand_is_named(office: Office) -> None:
    typed(office, "assignments", lead_row(office, "T001"), {"职责": "配合"})
    result = flows.status(office.project)
    assert [(f["code"], f["severity"]) for f in result["findings"]] == [("D671", "error")]
    assert "「责任分工」表：缺少牵头单位的行：T001（市甲局）" in result["findings"][0]["message"]


def test_the_leads_row_put_back_as_values_is_whole_again(office: Office) -> None:
    before, row = office.table("assignments"), lead_row(office, "T001")
    values = shown(office, "assignments", row)
    typed(office, "assignments", row, dict.fromkeys(values))
    typed(office, "assignments", row, values)
    recovery.rebuild(office.project)
    assert office.table("assignments") == before
    assert recovery.rebuild(office.project, check=True)["differences"] == []
    assert flows.issue(office.project, JUNE)["issued"]


def test_the_row_of_a_cooperating_unit_may_be_deleted(office: Office) -> None:
    row = next(r.number for r in office.state.assignments if r["role"] == "配合")
    typed(office, "assignments", row, dict.fromkeys(shown(office, "assignments", row)))
    assert flows.status(office.project)["findings"] == []
    assert flows.issue(office.project, JUNE)["issued"]
