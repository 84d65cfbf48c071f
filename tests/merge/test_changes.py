"""变更记录: what a merge changed, field by field.

1. Each changed field has a row: what it was, what it is, where the new value stands; `changes` says the same.
2. A report replaces that of the period before, a correction that of its own period, also when it is an older one.
3. What says the same changes nothing; merging again adds nothing; the order of the files changes nothing.
4. Values are texts, whole, and never formulas.
5. Without the table a merge goes on and says so.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any

from tests.conftest import copy_of
from tests.office import AUDIT, JUNE, MAY, PROGRESS, SPORTS, Office, changed, filled, opened, part_of, saved
from tjxl import flows
from tjxl.sheets.layout import master_layout
from tjxl.simulate import simulate

AGAIN = dt.date(2022, 5, 24)
LATER = dt.date(2022, 6, 21)


def record(office: Office, *names: str, **where: Any) -> list[tuple[Any, ...]]:
    return [tuple(row[n] for n in names) for row in office.table("changes", **where)]


# ---- 1


def test_each_changed_field_has_a_row_that_leads_to_its_cell(office: Office) -> None:
    content = filled(office.form(AUDIT))
    office.send("五月/审计局.xlsx", content)
    office.merge()
    assert record(office, "task_code", "row_code", "unit", "field", "old", "new", "cell") == [
        ("T137", None, AUDIT, "进展状态", None, "正常推进", "J7"),
        ("T137", None, AUDIT, "完成进度", None, "40%", "K7"),
        ("T137", None, AUDIT, "进展情况", None, PROGRESS, "L7"),
    ]
    sha256 = hashlib.sha256(content).hexdigest()
    same = ("period", "kind", "file", "sha256", "sheet", "batch")
    assert set(record(office, *same)) == {(MAY, "首次填报", "五月/审计局.xlsx", sha256, "填报", 1)}
    (moment,) = {row["changed_at"] for row in office.table("changes")}
    assert moment == office.table("ledger")[0]["merged_at"]


def test_the_table_and_what_merge_reports_are_the_same(june: Office) -> None:
    simulate(june.project, JUNE, seed=8)
    changes = june.merge()["changes"]
    titles = {
        c.name: c.title for t in ("ledger", "milestone_ledger", "target_ledger") for c in master_layout()[t].columns
    }
    rows = record(june, "period", "task_code", "unit", "field", "sha256", "sheet", "cell", period=JUNE)
    assert rows == [
        (c["period"], c["task"], c["unit"], titles[c["field"]], c["sha256"], c["sheet"], c["cell"]) for c in changes
    ]


def test_milestones_and_targets_go_by_their_codes(promised: Office) -> None:
    content = filled(promised.form(SPORTS), targets={"G5": 12.5, "H5": dt.date(2022, 5, 15), "I5": None})
    promised.send("a.xlsx", content)
    promised.merge()
    (target,) = {r["target_code"] for r in promised.table("target_ledger") if r["row"] == 5}
    assert record(promised, "field", "new", "sheet", "cell", row_code=target) == [
        ("本期完成值", "12.5", "指标", "G5"),
        ("数据截止日期", "2022-05-15", "指标", "H5"),
    ]


# ---- 2


def test_a_correction_shows_what_it_replaced(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT)))
    office.merge()
    office.send("b.xlsx", filled(office.form(AUDIT), M4=AGAIN, K7=0.6))
    office.merge()
    assert record(office, "period", "field", "old", "new", "kind", "file", batch=2) == [
        (MAY, "完成进度", "40%", "60%", "更正", "b.xlsx")
    ]


def test_a_correction_of_an_older_period_shows_too(june: Office) -> None:
    """The register shows June; what May's correction replaced is May's word."""
    june.send("六月.xlsx", filled(june.form(AUDIT, JUNE), M4=dt.date(2022, 6, 20), K7=0.95))
    june.merge()
    (may,) = june.table("ledger", task_code="T137", period=MAY)
    june.send("五月更正.xlsx", filled(june.form(AUDIT, MAY), M4=LATER, **as_merged(may), K7=0.5))
    changes = june.merge(MAY)["changes"]
    percent = {(c["period"], c["old"], c["new"], c["kind"]) for c in changes if c["field"] == "percent_complete"}
    assert percent == {(MAY, may["percent_complete"], 0.5, "correction")}
    assert june.table("tasks", task_code="T137")[0]["percent_complete"] == 0.95


def as_merged(row: dict[str, Any]) -> dict[str, Any]:
    return {"J7": row["status"], "L7": row["progress_text"], "M7": row["problems"], "N7": row["next_steps"]}


def test_a_new_period_replaces_the_one_before(june: Office) -> None:
    (may,) = june.table("ledger", task_code="T137")
    june.send("六月.xlsx", filled(june.form(AUDIT, JUNE), M4=dt.date(2022, 6, 20), K7=0.95))
    june.merge()
    (row,) = june.table("changes", period=JUNE, field="完成进度")
    old = f"{may['percent_complete'] * 100:.15g}%"
    assert (row["old"], row["new"], row["kind"]) == (old, "95%", "更新")


def test_a_period_reported_after_the_next_one_is_late(office: Office) -> None:
    flows.issue(office.project, JUNE)
    office.send("六月.xlsx", filled(office.form(AUDIT, JUNE), M4=dt.date(2022, 6, 20), K7=0.6))
    office.merge()
    office.send("五月.xlsx", filled(office.form(AUDIT), M4=LATER))
    office.merge(MAY)
    assert set(record(office, "period", "kind")) == {(JUNE, "首次填报"), (MAY, "补报")}


def test_what_was_said_before_and_is_not_now_is_a_change(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), P7="佐证一.pdf"))
    office.merge()
    office.send("b.xlsx", filled(office.form(AUDIT), M4=AGAIN))
    office.merge()
    assert record(office, "field", "old", "new", "cell", batch=2) == [("佐证材料", "佐证一.pdf", None, "P7")]


# ---- 3


def test_merging_again_and_saying_the_same_add_nothing(office: Office) -> None:
    simulate(office.project, MAY, seed=5)
    office.merge()
    rows = office.table("changes")
    office.merge()
    assert office.table("changes") == rows


def test_the_order_of_the_files_changes_nothing(issued_project: Office, office: Office) -> None:
    other = copy_of(issued_project, office.project.root.parent / "另一顺序")
    for one, names in ((office, (SPORTS, AUDIT)), (other, (AUDIT, SPORTS))):
        for name in names:
            one.send(f"{name}.xlsx", filled(one.form(name)))
            one.merge()
    names = ("period", "task_code", "unit", "field", "old", "new", "kind", "file", "sha256", "cell")
    assert sorted(record(office, *names), key=str) == sorted(record(other, *names), key=str)


# ---- 4


def test_values_are_whole_texts_and_never_formulas(office: Office) -> None:
    attack, long = "=cmd|'/c calc'!A0 请查看附件说明", "进展" * 999
    office.send("a.xlsx", filled(office.form(AUDIT), L7=attack))
    office.merge()
    office.send("b.xlsx", filled(office.form(AUDIT), M4=AGAIN, L7=long))
    office.merge()
    (row,) = office.table("changes", batch=2)
    assert (row["old"], row["new"]) == (attack, long)
    cells = [c for r in opened(office.master)["变更记录"].iter_rows() for c in r if c.value == attack]
    assert [c.data_type for c in cells] == ["s", "s"]


# ---- 5


def test_without_the_table_a_merge_goes_on_and_says_so(office: Office) -> None:
    book = opened(office.master)
    del book["变更记录"]
    office.project.master.write_bytes(saved(book))
    office.send("a.xlsx", filled(office.form(AUDIT)))
    result = office.merge()
    assert (result["rows"], len(result["changes"])) == (1, 3)
    assert [f["code"] for f in result["findings"]] == ["M503"]
    assert office.table("tasks", task_code="T137")[0]["percent_complete"] == 0.4


def test_a_sorted_table_with_deleted_rows_goes_on(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()

    def edit(sheet: Any) -> None:
        sheet.delete_rows(4, 1)
        sheet.tables["变更记录"].ref = sheet.tables["变更记录"].ref.replace("11", "10")

    before = len(office.table("changes"))
    office.project.master.write_bytes(changed(office.master, edit, "变更记录"))
    office.send("b.xlsx", filled(office.form(AUDIT)))
    office.merge()
    assert len(office.table("changes")) == before - 1 + 3
    assert part_of(office.master, "变更记录")
