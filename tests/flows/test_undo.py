"""`tjxl undo`: the master before the last merge, with everything that the office did since."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.merge.faults import DONE, run
from tests.merge.test_hand_edits import type_over
from tests.merge.test_promises import report
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, changed, filled, generated, zipped
from tjxl import flows, recovery
from tjxl.errors import ProjectError
from tjxl.sheets.layout import change_words
from tjxl.simulate import simulate

LEDGERS = ("ledger", "milestone_ledger", "target_ledger")
JUNE_1 = dt.date(2022, 6, 1)


def undo(office: Office) -> dict[str, Any]:
    return recovery.undo(office.project)


def everything(office: Office) -> dict[str, Any]:
    """All that tjxl wrote into the tables, apart from times and batches."""
    ledgers = {
        name: [{k: v for k, v in row.items() if k not in ("batch", "merged_at")} for row in office.table(name)]
        for name in LEDGERS
    }
    states = [(q["question_no"], q["state"]) for q in office.table("questions")]
    return generated(office) | ledgers | {"questions": states}


def test_the_register_is_as_before_and_the_files_lie_in_the_inbox_again(office: Office) -> None:
    before = everything(office)
    content = filled(office.form(SPORTS))
    office.send("区县/a.xlsx", content, "2022-05-21 08:30")
    office.merge()
    result = undo(office)
    assert everything(office) == before
    assert (office.inbox(), result["files"]) == (["区县/a.xlsx"], ["区县/a.xlsx"])
    assert (office.project.inbox / "区县/a.xlsx").read_bytes() == content
    assert (result["rows"], result["batch"], result["periods"]) == (3, 1, [MAY])
    assert {(c["task"], c["field"], c["old"], c["new"]) for c in result["changes"]} >= {
        ("T130", "status", "正常推进", None),
        ("T130", "percent_complete", 0.4, None),
    }


def test_merging_again_gives_the_same_master(promised: Office) -> None:
    promised.send("a.zip", zipped({"体育局.xlsx": report(promised), "审计局.xlsx": filled(promised.form(AUDIT))}))
    simulate(promised.project, MAY, seed=3)
    promised.merge()
    merged = everything(promised)
    undo(promised)
    assert promised.table("ledger") == []
    promised.merge()
    assert everything(promised) == merged
    assert promised.inbox() == []


def test_what_the_office_did_since_stays(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()

    def decorate(sheet: Any) -> None:
        (row,) = [c.row for c in sheet["A"] if c.value == "T130"]
        sheet.cell(row, 22).value = "请督查室跟进"
        sheet.cell(row + 1, 9).value = "手工填写"  # a generated cell of a task that this merge did not touch
        sheet.cell(row, 12).value = "手工补充的问题"  # and one of a task that it did
        sheet["Z1"] = "办公厅自用"

    office.project.master.write_bytes(changed(office.master, decorate, "任务台账"))
    assert undo(office)["hand_edits_kept"] == 1
    (task,) = office.table("tasks", task_code="T130")
    assert (task["status"], task["remarks"], task["problems"]) == (None, "请督查室跟进", "手工补充的问题")
    assert office.table("tasks", task_code="T131")[0]["status"] == "手工填写"
    assert changed_cell(office, "任务台账", "Z1") == "办公厅自用"


def changed_cell(office: Office, sheet: str, cell: str) -> object:
    found: list[object] = []
    changed(office.master, lambda s: found.append(s[cell].value), sheet)
    return found[0]


def test_a_correction_undone_shows_the_report_before_it_and_undo_again_that_before(office: Office) -> None:
    before = everything(office)
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    first = everything(office)
    office.send("b.xlsx", filled(office.form(SPORTS), K7=0.6, M4=dt.date(2022, 5, 24)))
    office.merge()
    result = undo(office)
    assert everything(office) == first
    assert [(c["field"], c["old"], c["new"]) for c in result["changes"]] == [("percent_complete", 0.6, 0.4)]
    assert office.table("submissions", unit=SPORTS)[0]["file"] == "a.xlsx"
    undo(office)
    assert everything(office) == before
    assert office.inbox() == ["a.xlsx", "b.xlsx"]
    with pytest.raises(ProjectError) as caught:
        undo(office)
    assert str(caught.value) == "总台账里没有已入账的报送，无可撤销。"


def test_a_ledger_that_the_office_sorted_loses_the_right_rows(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    office.send("b.xlsx", filled(office.form(AUDIT)))
    office.merge()

    def newest_first(sheet: Any) -> None:
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=3, max_row=6)]
        for number, values in enumerate(reversed(rows), 3):
            for column, value in enumerate(values, 1):
                sheet.cell(number, column).value = value
        sheet.cell(4, 19).value = "已核对"  # 备注 of a row that stays

    office.project.master.write_bytes(changed(office.master, newest_first, "填报流水"))
    left = [r for r in office.table("ledger") if r["unit"] == SPORTS]
    undo(office)
    assert office.table("ledger") == left
    assert [r["remarks"] for r in left] == ["已核对", None, None]
    office.merge()
    assert [r["unit"] for r in office.table("ledger")] == [SPORTS, SPORTS, SPORTS, AUDIT]


def test_without_a_backup_the_state_follows_from_the_ledgers_and_that_is_said(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    office.send("b.xlsx", filled(office.form(SPORTS), K7=0.6, M4=dt.date(2022, 5, 24)))
    office.send("c.xlsx", filled(office.form(AUDIT)))
    office.merge()
    for path in office.project.backups.iterdir():
        path.unlink()
    result = undo(office)
    assert (result["witness"], sorted(result["derived"])) == (None, [SPORTS, AUDIT])
    (row,) = office.table("submissions", unit=SPORTS)
    assert (row["state"], row["file"], row["prepared_by"]) == ("已报", "a.xlsx", None)
    assert office.table("submissions", unit=AUDIT)[0]["state"] == "未报"


def asking(office: Office) -> bytes:
    return filled(office.form(SPORTS), J7="申请调整", M7="场地移交滞后，需要推迟竣工。", O7=dt.date(2022, 12, 31))


def test_a_request_that_nobody_answered_is_closed_and_asked_again_by_the_next_merge(office: Office) -> None:
    office.send("a.xlsx", asking(office))
    office.merge()
    merged = everything(office)
    number = office.table("questions")[-1]["question_no"]
    assert undo(office)["questions_closed"] == [number]
    assert office.table("questions")[-1]["state"] == "已处理：有关的合并已撤销；重新并入后恢复为待处理。"
    office.merge()
    assert everything(office) == merged


def answer(office: Office, text: str) -> None:
    rows = office.state.questions

    def write(sheet: Any) -> None:
        sheet.cell(rows[-1].number, 7).value = text

    office.project.master.write_bytes(changed(office.master, write, "待裁决"))


def test_a_request_that_was_agreed_to_is_not_undone(office: Office) -> None:
    office.send("a.xlsx", asking(office))
    office.merge()
    answer(office, "同意")
    office.collect()
    before = office.master
    number = office.table("questions")[-1]["question_no"]
    with pytest.raises(ProjectError, match=f"调整申请 {number} 已有处理意见"):
        undo(office)
    assert office.master == before
    answer(office, "不同意")
    office.collect()
    undo(office)
    assert office.table("tasks", task_code="T130")[0]["status"] is None


def test_forms_issued_since_are_named(june: Office) -> None:
    assert undo(june)["forms_outdated"] == [JUNE]


def test_a_file_of_the_same_name_in_the_inbox_is_not_overwritten(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    other = office.send("a.xlsx", filled(office.form(AUDIT))).read_bytes()
    assert undo(office)["files"] == ["a-2.xlsx"]
    assert (office.project.inbox / "a.xlsx").read_bytes() == other


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_any_instant_the_next_command_is_right(office: Office, tmp_path: Any) -> None:
    before = everything(office)
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    merged = everything(office)
    seen = set()
    for step in range(1, 120):
        torn = copy_of(office, tmp_path / f"第{step}步")
        if run(torn.project.root, lambda torn=torn: undo(torn), step)[0] == DONE:
            break
        done = everything(torn) == before
        seen.add(done)
        assert done or everything(torn) == merged
        torn.merge()
        assert (everything(torn), torn.inbox()) == (merged, [])
    assert step > 5
    assert seen == {False, True}


def test_the_merge_time_is_later_than_any_before_whatever_the_clock_says(office: Office) -> None:
    """Two merges within one second, or after a clock was set back, are two: the second alone is undone."""
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    office.send("b.xlsx", filled(office.form(AUDIT)))
    office.merge()
    first, second = sorted({(r["batch"], r["merged_at"]) for r in office.table("ledger")})
    assert (first[0], second[0], first[1] < second[1]) == (1, 2, True)
    assert undo(office)["batch"] == 2
    assert {r["unit"] for r in office.table("ledger")} == {SPORTS}


def test_a_number_of_a_merge_is_not_given_to_another_one(office: Office) -> None:
    """变更记录 goes on naming a merge that was undone."""
    for name, unit in (("a.xlsx", SPORTS), ("b.xlsx", AUDIT)):
        office.send(name, filled(office.form(unit)))
        office.merge()
    assert [undo(office)["batch"], undo(office)["batch"]] == [2, 1]
    office.merge()
    assert {r["batch"] for r in office.table("ledger")} == {3}
    merges = {(r["batch"], r["changed_at"]) for r in office.table("changes") if r["kind"] != change_words()["undone"]}
    assert sorted(batch for batch, _ in merges) == [1, 2, 3]
    assert recovery.rebuild(office.project, check=True)["differences"] == []
    assert undo(office)["batch"] == 3


def test_where_time_and_batch_of_rows_disagree_nothing_is_undone(office: Office) -> None:
    """入账时间 typed over: the rows of the last merge cannot be told any more."""
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    type_over(office, "ledger", "merged_at", dt.datetime(2027, 1, 1), task_code="T130")
    before = office.master
    with pytest.raises(ProjectError) as caught:
        undo(office)
    assert (caught.value.code, office.master == before) == ("E262", True)
    recovery.rebuild(office.project)
    assert undo(office)["rows"] == 3


def test_a_batch_typed_over_with_text_stops_no_command_and_is_restored(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    type_over(office, "ledger", "batch", "第1批", task_code="T130")
    assert flows.status(office.project)["hand_edits"] == []
    found = recovery.rebuild(office.project)["differences"]
    assert [(d["column"], d["found"], d["expected"]) for d in found] == [("合并批次", "第1批", 1)]
    assert {r["batch"] for r in office.table("ledger")} == {1}


def test_a_merge_without_new_rows_in_between_does_not_mislead(office: Office) -> None:
    """The same content sent again with a newer date: 报送情况 is of that return, and is again after an undo."""
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    office.send("b.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 24)), "2022-05-24 10:00")
    assert office.merge()["rows"] == 0
    office.send("c.xlsx", filled(office.form(SPORTS), K7=0.7, M4=dt.date(2022, 5, 25)), "2022-05-25 10:00")
    before = office.table("submissions", unit=SPORTS)
    assert office.merge()["rows"] == 1
    undo(office)
    assert office.table("submissions", unit=SPORTS) == before
