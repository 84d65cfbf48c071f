"""What a lead says on 节点 and 指标: where it lands, what waits, what a second merge does (`tests.promises`)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.flows.test_issue import cached
from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import AUDIT, JUNE, MAY, PROGRESS, SPORTS, Office, filled, generated, opened, resaved, saved
from tests.promises import PETITIONS
from tjxl import flows
from tjxl.simulate import simulate

MAY_20, MAY_31 = dt.date(2022, 5, 20), dt.date(2022, 5, 31)
DONE = {"F5": "是", "G5": MAY_20, "H5": None}
UNTOUCHED = {f"{column}{row}": None for column in "FGH" for row in (6, 7)}
VALUES = {"G5": 12.5, "H5": MAY_31, "I5": None, "G6": "4.8%", "H6": MAY_31, "I6": None, "G7": 2.5e6, "H7": MAY_31}


def report(office: Office, period: str = MAY, **head: Any) -> bytes:
    """市体育局: one milestone reported done, the others left blank, three values."""
    return filled(office.form(SPORTS, period), DONE | UNTOUCHED, VALUES, **head)


def promise(office: Office, table: str, code: str) -> dict[str, Any]:
    """A row of 节点 or 指标."""
    key = "milestone_code" if table == "milestones" else "target_code"
    (row,) = office.table(table, **{key: code})
    return row


def outcomes(office: Office) -> dict[str, str]:
    """完成情况 and 达标情况 by code."""
    out = {r["milestone_code"]: r["outcome"] for r in office.table("milestones")}
    return out | {r["target_code"]: r["attainment"] for r in office.table("targets")}


def test_what_the_lead_reports_stands_in_the_sheets(promised: Office) -> None:
    assert outcomes(promised) == {
        "T130-M1": "临近", "T130-M2": "未到期", "T130-M3": "时限待定", "T107-M1": "逾期",
        "T130-K1": "尚无数据", "T130-K2": "尚无数据", "T130-K3": "尚无数据", "T137-K1": "尚无数据",
    }  # fmt: skip
    promised.send("a.xlsx", report(promised))
    promised.send("b.xlsx", filled(promised.form(AUDIT), targets={"G5": 5.2, "H5": MAY_20}))
    promised.send("c.xlsx", filled(promised.form(PETITIONS), {"F5": "是", "G5": MAY_20, "H5": None}))
    promised.merge()
    first = promise(promised, "milestones", "T130-M1")
    assert [first[n] for n in ("done", "completed_on", "explanation", "period")] == ["是", MAY_20, None, MAY]
    assert first["lead_unit"] == SPORTS
    growth = promise(promised, "targets", "T130-K2")
    assert [growth[n] for n in ("current_value", "data_date", "period")] == [4.8, MAY_31, MAY]
    assert promise(promised, "targets", "T130-K3")["explanation"] == "统计数据下月公布。"
    assert outcomes(promised) == {
        "T130-M1": "已完成", "T130-M2": "未到期", "T130-M3": "时限待定", "T107-M1": "逾期完成",
        "T130-K1": "未达标", "T130-K2": "未达标", "T130-K3": "未达标", "T137-K1": "待核定",
    }  # fmt: skip


def test_targets_met_by_more_or_by_less(promised: Office) -> None:
    values = VALUES | {"G5": 35, "G6": 5.5, "G7": 2e6}
    promised.send("a.xlsx", filled(promised.form(SPORTS), targets=values))
    promised.merge()
    assert [outcomes(promised)[f"T130-K{n}"] for n in (1, 2, 3)] == ["已达标"] * 3


def test_the_ledgers_say_where_each_row_came_from(promised: Office) -> None:
    book = opened(report(promised))
    book["节点"].insert_rows(1)
    book["节点"].title = "里程碑"
    promised.send("a.xlsx", saved(book))
    result = promised.merge()
    assert result["rows"] == 3 + 3 + 3, "tasks, milestones, targets"
    entry, *blank = promised.table("milestone_ledger")
    assert [(r["milestone_code"], r["done"], r["row"]) for r in blank] == [("T130-M2", None, 7), ("T130-M3", None, 8)]
    names = ("period", "task_code", "unit_code", "unit", "role", "milestone_code", "file", "sheet", "row", "batch")
    assert [entry[n] for n in names] == [
        MAY, "T130", "U031", SPORTS, "牵头", "T130-M1", "a.xlsx", "里程碑", 6, 1,
    ]  # fmt: skip
    rows = promised.table("target_ledger")
    assert [(r["target_code"], r["current_value"], r["row"], r["sheet"]) for r in rows] == [
        ("T130-K1", 12.5, 5, "指标"), ("T130-K2", 4.8, 6, "指标"), ("T130-K3", 2.5e6, 7, "指标"),
    ]  # fmt: skip


def test_changes_name_the_sheet_and_the_cell(promised: Office) -> None:
    promised.send("a.xlsx", report(promised))
    changes = promised.merge()["changes"]
    assert {(c["task"], c["field"], c["old"], c["new"], c["cell"]) for c in changes if c["sheet"] == "节点"} == {
        ("T130", "done", None, "是", "F5"),
        ("T130", "completed_on", None, "2022-05-20", "G5"),
    }
    values = [(c["field"], c["new"], c["cell"]) for c in changes if c["sheet"] == "指标"]
    assert ("current_value", 4.8, "G6") in values
    assert ("explanation", "统计数据下月公布。", "I7") in values


def test_a_correction_in_the_same_period(promised: Office) -> None:
    promised.send("a.xlsx", report(promised))
    promised.merge()
    later = filled(
        promised.form(SPORTS),
        {"F5": "否", "H5": "尚待批准，预计六月办结。"} | UNTOUCHED,
        VALUES | {"G5": 13},
        M4=dt.date(2022, 5, 24),
    )
    promised.send("b.xlsx", later)
    result = promised.merge()
    assert [(c["field"], c["old"], c["new"]) for c in result["changes"]] == [
        ("done", "是", "否"),
        ("completed_on", "2022-05-20", None),
        ("explanation", None, "尚待批准，预计六月办结。"),
        ("current_value", 12.5, 13),
    ]
    rows = promised.table("milestone_ledger", milestone_code="T130-M1")
    assert [(r["batch"], r["done"]) for r in rows] == [(1, "是"), (2, "否")]
    assert promise(promised, "milestones", "T130-M1")["completed_on"] is None
    assert outcomes(promised)["T130-M1"] == "临近"


def test_merging_again_changes_nothing(promised: Office) -> None:
    promised.send("a.xlsx", report(promised))
    promised.merge()
    before = promised.master
    assert (promised.merge()["rows"], promised.master == before) == (0, True)
    promised.send("a.xlsx", report(promised), "2022-06-01 10:00")
    assert (promised.merge()["rows"], promised.master == before) == (0, True)
    promised.send("b.xlsx", resaved(report(promised)), "2022-05-21 10:00")
    result = promised.merge()
    assert (result["rows"], result["changes"]) == (0, [])


def test_only_the_questioned_row_waits(promised: Office) -> None:
    content = filled(promised.form(SPORTS), DONE | UNTOUCHED, VALUES | {"G5": 125_000})
    promised.send("a.xlsx", content)
    result = promised.merge()
    assert (result["rows"], result["skipped"][0]["verdict"]) == (3 + 3 + 2, "needs_decision")
    assert promise(promised, "targets", "T130-K1")["current_value"] is None
    assert promise(promised, "targets", "T130-K2")["current_value"] == 4.8
    assert promised.table("tasks", task_code="T130")[0]["progress_text"] == PROGRESS, "the task is not questioned"
    promised.send("b.xlsx", report(promised, M4=dt.date(2022, 5, 23)))
    assert (promised.merge()["rows"], promised.inbox()) == (1, [])


def test_a_mistake_on_a_sheet_of_promises_holds_the_whole_return(promised: Office) -> None:
    promised.send("a.xlsx", filled(promised.form(SPORTS), {"F5": "基本完成"}))
    before = promised.master
    assert (promised.merge()["merged"], promised.master == before) == ([], True)


def test_a_later_period_outweighs_a_correction_of_an_earlier_one(promised: Office) -> None:
    flows.issue(promised.project, JUNE)
    june = VALUES | {"G5": 18, "H5": dt.date(2022, 6, 30)}
    promised.send("六月.xlsx", filled(promised.form(SPORTS, JUNE), targets=june, M4=dt.date(2022, 6, 20)))
    promised.merge()
    promised.send("五月.xlsx", report(promised, M4=dt.date(2022, 6, 21)))
    assert promised.merge(MAY)["rows"] == 9
    row = promise(promised, "targets", "T130-K1")
    assert (row["current_value"], row["period"]) == (18, JUNE)


def test_text_that_looks_like_a_formula_stays_text(promised: Office) -> None:
    attack = "=cmd|'/c calc'!A0"
    promised.send("a.xlsx", filled(promised.form(SPORTS), {"H5": attack}, {"I5": attack}))
    promised.merge()
    master = opened(promised.master)
    for title in ("节点", "指标", "节点流水", "指标流水"):
        cells = [c for row in master[title].iter_rows() for c in row if c.value == attack]
        assert [c.data_type for c in cells] == ["s"]


@pytest.mark.parametrize("order", [("a.xlsx", "b.xlsx", "c.xlsx"), ("c.xlsx", "b.xlsx", "a.xlsx")])
def test_returns_in_any_order_give_the_same_master(
    promised_project: Office, promised: Office, order: tuple[str, ...]
) -> None:
    files = {
        "a.xlsx": report(promised, M4=dt.date(2022, 5, 24)),
        "b.xlsx": filled(promised.form(SPORTS), {}, VALUES | {"G5": 3}, M4=dt.date(2022, 5, 2)),
        "c.xlsx": filled(promised.form(AUDIT), targets={"G5": 5.2, "H5": MAY_20}),
    }
    other = copy_of(promised_project, promised.project.root.parent / "逐份合并")
    for name, content in files.items():
        promised.send(name, content)
    promised.merge()
    for name in order:
        other.send(name, files[name])
        other.merge()
    assert generated(other) == generated(promised)


@requires_libreoffice
def test_libreoffice_agrees_after_two_periods(promised: Office, tmp_path: Path) -> None:
    for period in (MAY, JUNE):
        if period == JUNE:
            flows.issue(promised.project, JUNE)
        simulate(promised.project, period, seed=3, units=[SPORTS, AUDIT, PETITIONS])
        promised.merge()
    path = promised.project.master
    ours, theirs = cached(path), cached(recalculate(path, tmp_path / "重算.xlsx"))
    own = [place for place in ours if place[0] in ("节点", "指标")]
    assert len(own) == 2 * 4 + 4 * 4  # 牵头单位, 完成情况; 牵头单位, 达标情况, 序时应达值, 序时情况
    assert {p: ours[p] for p in own} == {p: theirs[p] for p in own}
    assert {ours[p] for p in own} >= {"已完成", "待核定", SPORTS}
