"""`tjxl rebuild`: the generated cells as the archived files say."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.flows.test_undo import answer, asking, everything
from tests.merge.test_promises import report
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, changed, filled, layouts
from tjxl import flows, recovery
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.splice import Put
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import find_table, read_rows
from tjxl.simulate import simulate

Said = tuple[str, str | None, Any, Any, bool]


def differences(office: Office, *, check: bool = True) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = recovery.rebuild(office.project, check=check)["differences"]
    return found


def said(found: list[dict[str, Any]]) -> list[Said]:
    """Table, column, what stands there, what should, whether that is proven."""
    return [(d["table"], d["column"], d["found"], d["expected"], d["proven"]) for d in found]


def damage(office: Office, table: str, column: str, value: Any, **where: Any) -> str:
    """Type over a generated cell; its address."""
    editor = BookEditor(office.master)
    layout = master_layout()[table]
    place = find_table(editor.book, layout)
    row = next(r for r in read_rows(editor.book, layout) if all(r[k] == v for k, v in where.items()))
    at = place.columns[layout.column(column).title]
    editor.edit(place.sheet, row.number, at, Put(value))
    office.project.master.write_bytes(editor.save())
    return cell_ref(row.number, at)


def written(office: Office) -> Any:
    """All tables, times and batches too."""
    return {name: office.table(name) for name in layouts()}


@pytest.fixture
def merged(promised: Office) -> Office:
    """市体育局 (tasks, milestones, targets) and 市审计局 merged, the first corrected once."""
    promised.send("体育局.xlsx", report(promised))
    promised.send("审计局.xlsx", filled(promised.form(AUDIT)))
    promised.merge()
    promised.send("更正.xlsx", report(promised, K7=0.6, M4=dt.date(2022, 5, 24)))
    promised.merge()
    return promised


def test_a_master_that_only_tjxl_wrote_has_no_difference(merged: Office, second_period: Office) -> None:
    for office in (merged, second_period):
        result = recovery.rebuild(office.project, check=True)
        assert (result["differences"], result["files_missing"], result["files_unreadable"]) == ([], [], [])


@pytest.fixture(scope="module")
def year(issued_project: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Four periods: faulty returns, mended ones, questions answered, a deadline moved, a unit renamed, a new lead."""
    office = copy_of(issued_project, tmp_path_factory.mktemp("一年") / "项目")
    for number, period in enumerate((MAY, JUNE, "2022-07", "2022-08")):
        if number:
            flows.issue(office.project, period)
        simulate(office.project, period, seed=number, faults=0.4)
        office.collect()
        office.merge()
        _answer_all(office)
        office.merge()
        for path in office.project.inbox.rglob("*"):
            if path.is_file():
                path.unlink()
        simulate(office.project, period, seed=10 + number)  # what went back comes again, mended
        office.merge()
        _rename(office, number)
    office.collect()
    return office


def _answer_all(office: Office) -> None:
    """The office takes the first choice of every question of a return, and agrees to every request."""
    state = office.state
    editor = BookEditor(state.book)
    layout = master_layout()["questions"]
    table = find_table(state.book, layout)
    at = table.columns[layout.column("decision").title]
    for row in state.questions:
        key = str(state.decided[str(row["question_no"])]["key"])
        if key.startswith(("value:", "file:", "adjustment:")) and not row["decision"]:
            editor.edit(table.sheet, row.number, at, Put(str(row["choices"]).split("、")[0]))
    if editor.changed:
        office.project.master.write_bytes(editor.save())


def _rename(office: Office, number: int) -> None:
    def write(sheet: Any) -> None:
        sheet.cell(5 + number, 2).value = f"{sheet.cell(5 + number, 2).value}（新）"

    office.project.master.write_bytes(changed(office.master, write, "责任单位"))


def test_nor_has_one_after_a_year_of_faults_answers_and_edits(year: Office) -> None:
    assert len(year.table("ledger")) > 500
    assert any(q["decision"] for q in year.table("questions"))
    assert said(differences(year)) == []


@pytest.mark.parametrize(
    ("table", "column", "value", "where"),
    [
        ("tasks", "status", "已完成", {"task_code": "T130"}),
        ("tasks", "percent_complete", 0.99, {"task_code": "T130"}),
        ("tasks", "period", None, {"task_code": "T130"}),
        ("tasks", "progress_text", "手工添写", {"task_code": "T001"}),
        ("tasks", "light", "红", {"task_code": "T130"}),
        ("assignments", "progress_text", "手工改写", {"task_code": "T035", "unit": SPORTS}),
        ("milestones", "done", "否", {"milestone_code": "T130-M1"}),
        ("milestones", "outcome", None, {"milestone_code": "T130-M1"}),
        ("targets", "current_value", 99.0, {"target_code": "T130-K2"}),
        ("targets", "attainment", "达标", {"target_code": "T130-K2"}),
        ("ledger", "percent_complete", 0.9, {"task_code": "T130", "batch": 2}),
        ("ledger", "task_code", "T001", {"task_code": "T035"}),
        ("ledger", "unit_code", "U001", {"task_code": "T035"}),
        ("ledger", "row", 99, {"task_code": "T035"}),
        ("ledger", "sheet", "别的表", {"task_code": "T035"}),
        ("ledger", "file", "别的.xlsx", {"task_code": "T035"}),
        ("ledger", "sha256", "0" * 64, {"task_code": "T035"}),
        ("milestone_ledger", "done", "否", {"milestone_code": "T130-M1"}),
        ("target_ledger", "current_value", None, {"target_code": "T130-K2"}),
        ("submissions", "state", "未报", {"unit": SPORTS}),
        ("submissions", "prepared_by", "李四", {"unit": AUDIT}),
        ("submissions", "merged_at", None, {"unit": AUDIT}),
        ("submissions", "sha256", None, {"unit": AUDIT}),
        ("units", "lead_tasks", 100, {"unit": AUDIT}),
    ],
)
def test_each_damaged_cell_is_found_and_restored(
    merged: Office, table: str, column: str, value: Any, where: dict[str, Any]
) -> None:
    before = written(merged)
    cell = damage(merged, table, column, value, **where)
    assert written(merged) != before
    found = differences(merged)
    title = master_layout()[table].column(column).title
    assert [(d["cell"], d["proven"]) for d in found if d["column"] == title and d["cell"] == cell] == [(cell, True)]
    assert found[0]["reason"] in ("手工改动", "公式被改动或删除")
    differences(merged, check=False)
    assert written(merged) == before
    assert differences(merged) == []


def test_a_ledger_row_that_was_deleted_comes_back(merged: Office) -> None:
    before = everything(merged)
    layout = master_layout()["ledger"]
    editor = BookEditor(merged.master)
    table = find_table(editor.book, layout)
    last = read_rows(editor.book, layout)[-1]
    for column in layout.columns:
        editor.edit(table.sheet, last.number, table.columns[column.title], Put(None))
    merged.project.master.write_bytes(editor.save())
    found = differences(merged)
    assert (found[0]["table"], found[0]["reason"], found[0]["proven"]) == ("填报流水", "流水缺行", True)
    differences(merged, check=False)
    assert everything(merged) == before
    assert merged.table("ledger")[-1]["batch"] == 2
    assert differences(merged) == []


def test_a_row_added_by_hand_is_named_and_left(merged: Office) -> None:
    def add(sheet: Any) -> None:
        row = max(c.row for c in sheet["A"] if c.value) + 1
        for column, value in enumerate((MAY, "T001", "U001", "某单位", "牵头", "已完成", 1), 1):
            sheet.cell(row, column).value = value
        sheet.tables["填报流水"].ref = f"A2:S{row}"

    merged.project.master.write_bytes(changed(merged.master, add, "填报流水"))
    found = [d for d in differences(merged, check=False) if not d["proven"]]
    assert [(d["table"], d["found"], d["reason"]) for d in found] == [("填报流水", "2022-05 T001 U001", "来源不明")]
    assert said(differences(merged)) == said(found)
    assert merged.table("ledger", task_code="T001")


def test_a_file_that_is_gone_or_not_what_it_was_proves_nothing(merged: Office) -> None:
    (sha256,) = {r["sha256"] for r in merged.table("ledger", unit=AUDIT)}
    (path,) = merged.project.archive.glob(f"{sha256}.*")
    path.write_bytes(b"?")
    result = recovery.rebuild(merged.project, check=True)
    assert result["files_missing"] == [sha256]
    assert {(d["table"], d["reason"], d["proven"]) for d in result["differences"]} == {
        (table, "归档缺失或内容已变", False) for table in ("填报流水", "指标流水", "报送情况")
    }
    before = merged.master
    recovery.rebuild(merged.project)
    assert merged.master == before


def test_what_the_office_typed_is_not_touched(merged: Office) -> None:
    damage(merged, "tasks", "verified_status", "滞后", task_code="T130")
    damage(merged, "tasks", "remarks", "办公厅备注", task_code="T130")
    damage(merged, "tasks", "status", "已完成", task_code="T130")
    recovery.rebuild(merged.project)
    (task,) = merged.table("tasks", task_code="T130")
    assert (task["verified_status"], task["remarks"], task["status"]) == ("滞后", "办公厅备注", "正常推进")


def test_an_agreed_request_changes_nothing_that_is_rebuilt(office: Office) -> None:
    office.send("a.xlsx", asking(office))
    office.merge()
    answer(office, "同意")
    office.collect()
    assert differences(office) == []


def test_printed_names_that_disagree_with_the_assignments(merged: Office) -> None:
    """The lead's follows from 责任分工 and is restored; another's is named and left."""
    led = merged.table("tasks", lead_unit=SPORTS)[0]["task_code"]
    (alone,) = (t["task_code"] for t in merged.table("tasks", cooperating_units="市人社局、市国资委"))
    lead = damage(merged, "tasks", "lead_unit", "市教委", task_code=led)
    damage(merged, "tasks", "cooperating_units", "市人社局、市民政局", task_code=alone)
    wrong = ("任务台账", "配合单位", "市人社局、市民政局", None, False)
    assert said(differences(merged)) == [wrong, ("任务台账", "牵头单位", "市教委", SPORTS, True)]
    restored = differences(merged, check=False)[1]
    assert (restored["cell"], restored["reason"]) == (lead, "与责任分工不符")
    assert merged.table("tasks", task_code=led)[0]["lead_unit"] == SPORTS
    assert said(differences(merged)) == [wrong]
