"""What a person types over cells that tjxl writes is seen, kept and told; nothing else is taken for it.

1. A cell typed over stays, is told by every merge, by `collect` and by `status`, and stands once in 变更记录.
2. A newer report counts: the cell is written again, and what stood there is recorded.
3. Mended, it is told no more.
4. What follows from reports, decisions or the office's own columns is no hand edit.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.decisions.conftest import Master
from tests.notice.conftest import HEAD, NOTE, row
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, filled
from tjxl import flows
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import find_table, read_rows
from tjxl.simulate import simulate

AGAIN = dt.date(2022, 5, 24)


def type_over(office: Office, name: str, column: str, value: Any, **where: Any) -> str:
    """Type into a cell of the master; its address."""
    editor = BookEditor(office.master)
    layout = master_layout()[name]
    table = find_table(editor.book, layout)
    (row,) = [r for r in read_rows(editor.book, layout) if all(r[k] == v for k, v in where.items())]
    at = table.columns[layout.column(column).title]
    editor.edit(table.sheet, row.number, at, Put(value))
    office.project.master.write_bytes(editor.save())
    return cell_ref(row.number, at)


def told(result: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [(e["sheet"], e["cell"], e["field"], e["old"], e["new"], e["kind"]) for e in result["hand_edits"]]


def recorded(office: Office) -> list[tuple[Any, ...]]:
    names = ("kind", "sheet", "cell", "field", "old", "new", "unit", "file", "sha256")
    kinds = ("手工改动", "手工改动被覆盖")
    return [tuple(r[n] for n in names) for r in office.table("changes") if r["kind"] in kinds]


@pytest.fixture
def merged(office: Office) -> Office:
    """May as 市审计局 reported it."""
    office.send("a.xlsx", filled(office.form(AUDIT)))
    office.merge()
    return office


# ---- 1


def test_a_cell_typed_over_stays_is_told_each_time_and_recorded_once(merged: Office) -> None:
    cell = type_over(merged, "tasks", "percent_complete", 0.9, task_code="T137")
    edit = ("任务台账", cell, "percent_complete", 0.4, 0.9, "hand")
    assert told(flows.status(merged.project)) == [edit]
    assert told(flows.collect(merged.project)) == [edit]
    assert recorded(merged) == []
    assert told(merged.merge()) == [edit]
    assert recorded(merged) == [("手工改动", "任务台账", cell, "完成进度", "40%", "90%", AUDIT, "总台账.xlsm", None)]
    assert [r["batch"] for r in merged.table("changes")] == [1, 1, 1, None]  # of no merge: it brought no report
    before = merged.master
    assert told(merged.merge()) == [edit]
    assert merged.master == before
    assert merged.table("tasks", task_code="T137")[0]["percent_complete"] == 0.9


def test_reports_of_others_leave_it_alone(merged: Office) -> None:
    type_over(merged, "tasks", "status", "已完成", task_code="T137")
    merged.send("b.xlsx", filled(merged.form(SPORTS)))
    (edit,) = merged.merge()["hand_edits"]
    assert (edit["task"], edit["old"], edit["new"], edit["kind"]) == ("T137", "正常推进", "已完成", "hand")
    assert merged.table("tasks", task_code="T137")[0]["status"] == "已完成"


def test_a_value_typed_where_nothing_was_reported(office: Office) -> None:
    cell = type_over(office, "tasks", "status", "已完成", task_code="T137")
    assert told(office.merge()) == [("任务台账", cell, "status", None, "已完成", "hand")]
    assert recorded(office) == [
        ("手工改动", "任务台账", cell, "进展状态", None, "已完成", AUDIT, "总台账.xlsm", None)
    ]


def test_an_emptied_cell_is_an_edit_too(merged: Office) -> None:
    cell = type_over(merged, "assignments", "status", None, task_code="T137", unit=AUDIT)
    assert told(merged.merge()) == [("责任分工", cell, "status", "正常推进", None, "hand")]


def test_another_edit_of_the_same_cell_is_recorded_anew(merged: Office) -> None:
    for value in (0.9, 0.8, 0.8):
        type_over(merged, "tasks", "percent_complete", value, task_code="T137")
        merged.merge()
    assert [r[5] for r in recorded(merged)] == ["90%", "80%"]


# ---- 2


def test_a_newer_report_counts_and_what_it_overwrites_is_recorded(merged: Office) -> None:
    cell = type_over(merged, "tasks", "percent_complete", 0.9, task_code="T137")
    merged.merge()
    merged.send("b.xlsx", filled(merged.form(AUDIT), M4=AGAIN, K7=0.6))
    assert told(merged.merge()) == [("任务台账", cell, "percent_complete", 0.4, 0.9, "overwritten")]
    assert merged.table("tasks", task_code="T137")[0]["percent_complete"] == 0.6
    assert [r[0] for r in recorded(merged)] == ["手工改动", "手工改动被覆盖"]
    assert told(merged.merge()) == []


def test_a_report_that_says_what_was_typed_overwrites_nothing(merged: Office) -> None:
    type_over(merged, "tasks", "percent_complete", 0.6, task_code="T137")
    merged.send("b.xlsx", filled(merged.form(AUDIT), M4=AGAIN, K7=0.6))
    assert told(merged.merge()) == []


def test_the_whole_row_follows_the_newer_report(merged: Office) -> None:
    """The cell typed over is not the one that the correction changes: the report still counts, cell by cell."""
    type_over(merged, "tasks", "status", "已完成", task_code="T137")
    merged.send("b.xlsx", filled(merged.form(AUDIT), M4=AGAIN, K7=0.6))
    merged.merge()
    task = merged.table("tasks", task_code="T137")[0]
    assert (task["status"], task["percent_complete"]) == ("正常推进", 0.6)


# ---- 3


def test_mended_it_is_told_no_more(merged: Office) -> None:
    type_over(merged, "tasks", "percent_complete", 0.9, task_code="T137")
    merged.merge()
    type_over(merged, "tasks", "percent_complete", 0.4, task_code="T137")
    assert told(merged.merge()) == []


# ---- 4


def test_months_without_hand_edits_show_none(june: Office) -> None:
    """With faults, repeats and a correction of the month before."""
    simulate(june.project, JUNE, seed=3, faults=0.2)
    results = [june.merge()]
    flows.issue(june.project, "2022-07")
    simulate(june.project, "2022-07", seed=4)
    results += [flows.collect(june.project), june.merge(), flows.status(june.project), june.merge()]
    assert [told(r) for r in results] == [[]] * 5


def test_what_the_office_types_into_its_own_columns_is_none(merged: Office) -> None:
    type_over(merged, "tasks", "verified_status", "滞后", task_code="T137")
    type_over(merged, "tasks", "office_opinion", "请加快。", task_code="T137")
    assert told(merged.merge()) == []


def test_a_task_that_changed_hands_shows_its_new_lead_and_no_hand_edit(office: Office) -> None:
    """T035: 市商务局 leads, 市体育局 cooperates; then it is the other way round (as a decision makes it)."""
    office.send("a.xlsx", filled(office.form(SPORTS), K8=0.9))
    office.send("b.xlsx", filled(office.form("市商务局")))
    office.merge()
    type_over(office, "assignments", "role", "配合", task_code="T035", unit="市商务局")
    type_over(office, "assignments", "role", "牵头", task_code="T035", unit=SPORTS)
    assert told(flows.status(office.project)) == []
    assert told(office.merge()) == []
    assert office.table("tasks", task_code="T035")[0]["percent_complete"] == 0.9


def test_a_hand_edit_is_seen_also_when_the_task_has_changed_hands(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K8=0.9, L8="本单位配合事项已经办结，资料已报牵头单位。"))
    office.send("b.xlsx", filled(office.form("市商务局")))
    office.merge()
    cell = type_over(office, "tasks", "percent_complete", 0.5, task_code="T035")
    type_over(office, "assignments", "role", "配合", task_code="T035", unit="市商务局")
    type_over(office, "assignments", "role", "牵头", task_code="T035", unit=SPORTS)
    assert told(office.merge()) == [("任务台账", cell, "percent_complete", 0.4, 0.5, "overwritten")]
    assert office.table("tasks", task_code="T035")[0]["percent_complete"] == 0.9


def test_a_cell_typed_over_is_recorded_when_a_new_lead_overwrites_it(tmp_path: Path) -> None:
    """The office answers who leads; the new lead has reported already."""
    notice = tmp_path / "通知.txt"
    notice.write_text(HEAD + row(1, "各区人民政府\n市教委") + row(2, "市教委") + NOTE, encoding="utf-8")
    flows.init(tmp_path / "项目", notice, 2022)
    office = Office(Project(tmp_path / "项目"))
    flows.issue(office.project, MAY)
    simulate(office.project, MAY, seed=3)
    office.merge()
    cell = type_over(office, "tasks", "problems", "办公厅手工补充", task_code="T001")
    other = "市教委" if Master(office.master).duties().get("市教委") != "牵头" else "和平区"
    office.project.master.write_bytes(Master(office.master).answer(Q001=other).content)
    office.collect()
    (left,) = office.table("tasks", task_code="T001")
    assert left["problems"] != "办公厅手工补充"
    assert [(r["kind"], r["cell"], r["new"]) for r in office.table("changes") if r["cell"] == cell][-1] == (
        "手工改动被覆盖", cell, "办公厅手工补充",
    )  # fmt: skip
