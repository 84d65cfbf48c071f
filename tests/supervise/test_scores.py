"""`tjxl score` and the sheets 考核, 考核明细, 考核任务, 考核参数, on three tasks of three units (`tests/small.py`).

Each unit carries 1.5 here (one task led, one shared), so that every 负荷系数 is 1 unless a test says otherwise:

    T001  by the year's end            市甲局 leads, 市乙局 cooperates
    T002  clear progress               市乙局 leads, 市甲局 and 市丙局 cooperate
    T003  by the year's end            市丙局 leads

1. What became of a task, and what part of its points it earns.
2. Weights and shares; 核定结果; 核定状态 counts before what was reported.
3. Late, missing and returned reports; findings of 核查; early and over-fulfilled; caps and floors.
4. 领导评价, 调整分, ranks with ties, 不参评 and /.
5. Modes and 负荷系数.
6. The command: rows follow the register, what the office typed stays; findings; JSON; old masters.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.office import MAY, Office, opened, with_part
from tests.small import UNITS, small_project
from tests.supervise.office_hand import Hand
from tjxl import flows
from tjxl.errors import ProjectError, SpecError
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put, PutFormula
from tjxl.project import Project
from tjxl.settings import load_settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append
from tjxl.supervise.scores import score

A, B, C = UNITS
CODES = {A: "U001", B: "U002", C: "U003"}
YEAR_END = dt.date(2022, 12, 31)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The project, 2022-05 issued, scored once. Not to be written to."""
    office = small_project(tmp_path_factory.mktemp("考核") / "项目")
    assert score(office.project)["added"] == {"scores": 3, "score_items": 6, "score_tasks": 3}
    return office


@pytest.fixture(scope="module")
def fine(made: Office) -> Hand:
    """Every unit has reported 2022-05 in time, and every task is 正常推进."""
    hand = Hand(made.master)
    for code in CODES.values():
        hand = hand.type("submissions", (MAY, code), state="已报")
    for task in ("T001", "T002", "T003"):
        hand = hand.type("tasks", task, status="正常推进", percent_complete=0.4)
    return hand


def totals(hand: Hand) -> list[Any]:
    return [hand.scores[unit]["total"] for unit in UNITS]


def situation(hand: Hand, task: str = "T001") -> tuple[Any, Any]:
    row = hand.rows("score_tasks", "task_code")[task]
    return row["situation"], row["result"]


def test_the_first_unit_stands_in_a_row_like_the_others(made: Office) -> None:
    for title in ("考核", "考核明细"):
        sheet = opened(made.master)[title]
        assert len({sheet.row_dimensions[row].height for row in (5, 6, 7)}) == 1


# 1


def test_work_in_progress_earns_nine_tenths(fine: Hand) -> None:
    assert totals(fine) == [90, 90, 90]
    assert situation(fine) == ("正常推进", 0.9)
    items = fine.rows("score_items", "task_code", "unit_code")
    shown = ("role", "weight", "share", "standard", "result", "earned")
    assert {key: tuple(item[n] for n in shown) for key, item in items.items()} == {
        "T001/U001": ("牵头", 1, 1, 1, 0.9, 0.9), "T001/U002": ("配合", 1, 0.5, 0.5, 0.9, 0.45),
        "T002/U002": ("牵头", 1, 1, 1, 0.9, 0.9), "T002/U001": ("配合", 1, 0.5, 0.5, 0.9, 0.45),
        "T002/U003": ("配合", 1, 0.5, 0.5, 0.9, 0.45), "T003/U003": ("牵头", 1, 1, 1, 0.9, 0.9),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("status", "done", "as_of", "expected"),
    [
        ("已完成", dt.date(2022, 12, 20), YEAR_END, ("按时完成", 1)),
        ("已完成", YEAR_END, YEAR_END, ("按时完成", 1)),
        ("已完成", dt.date(2023, 1, 5), dt.date(2023, 1, 31), ("逾期完成", 0.8)),
        ("已完成", None, YEAR_END, ("按时完成", 1)),
        ("正常推进", None, dt.date(2022, 12, 30), ("正常推进", 0.9)),
        ("正常推进", None, YEAR_END, ("到期未完成", 0.3)),
        ("滞后", dt.date(2023, 3, 1), dt.date(2022, 11, 30), ("滞后", 0.5)),
        ("滞后", dt.date(2023, 3, 1), dt.date(2023, 1, 31), ("到期未完成", 0.3)),
        ("申请调整", None, dt.date(2022, 11, 30), ("申请调整", 0.7)),
        ("未启动", None, dt.date(2022, 11, 30), ("未启动", 0)),
        (None, None, dt.date(2022, 11, 30), ("尚无报送", 0)),
        (None, None, None, ("/", "/")),
        ("已完成", dt.date(2022, 5, 1), None, ("/", "/")),
    ],
)
def test_what_became_of_a_task(fine: Hand, status: Any, done: Any, as_of: Any, expected: Any) -> None:
    assert situation(fine.type("tasks", "T001", status=status, completion_date=done).as_of(as_of)) == expected


def test_a_task_of_which_progress_is_asked_is_not_overdue_on_its_last_day(fine: Hand) -> None:
    assert situation(fine.as_of(YEAR_END), "T002") == ("正常推进", 0.9)
    assert situation(fine.as_of(dt.date(2023, 1, 31)), "T002") == ("到期未完成", 0.3)


def test_completed_with_a_target_missed(fine: Hand) -> None:
    done = fine.type("tasks", "T001", status="已完成", completion_date=dt.date(2022, 5, 20))
    for value, expected in ((34.9, "完成但指标未达标"), (35, "按时完成"), (None, "按时完成")):
        assert situation(done.add("targets", **TARGET | {"current_value": value}))[0] == expected


def test_what_was_verified_counts_before_what_was_reported(fine: Hand) -> None:
    behind = fine.type("tasks", "T001", status="已完成", completion_date=dt.date(2022, 5, 9), verified_status="滞后")
    assert situation(behind) == ("滞后", 0.5)
    done = fine.type("tasks", "T001", status="滞后", completion_date=dt.date(2022, 5, 9), verified_status="已完成")
    assert situation(done) == ("按时完成", 1)
    row = done.rows("score_tasks", "task_code")["T001"]
    assert (row["completed_on"], row["early"], row["bonus"]) == (None, None, 0), (
        "the day was one expected, not reported"
    )


# 2


def test_weight_by_importance_and_difficulty(fine: Hand) -> None:
    def weight(**grades: str) -> float:
        return float(fine.type("score_tasks", "T001", **grades).rows("score_tasks", "task_code")["T001"]["weight"])

    assert weight() == 1
    assert weight(importance="高") == 1.08
    assert weight(importance="低", difficulty="低") == 0.89
    assert weight(importance="高", difficulty="低") == 1
    assert weight(importance="特高") == 1, "no grade: the default, and a finding"


def test_a_heavier_task_counts_more_in_the_mean(fine: Hand) -> None:
    hand = fine.type("score_tasks", "T001", importance="高", difficulty="高").type("tasks", "T001", status="滞后")
    row = hand.scores[A]
    # (1.08×0.5 + 0.5×0.9) / (1.08 + 0.5)
    assert (row["standard"], row["earned"], row["completion"]) == (1.58, pytest.approx(0.99), 0.626582)
    assert row["total"] == 62.66


def test_a_verified_result_is_an_exception_for_one_unit(fine: Hand) -> None:
    done = fine.type("tasks", "T001", status="已完成", completion_date=dt.date(2022, 5, 20))
    hand = done.type("score_items", ("T001", "U001"), verified_result=0.6)
    # 市甲局: (0.6 + 0.45) / 1.5, no bonus beside it; 市乙局: (0.5 + 0.9) / 1.5
    assert totals(hand)[:2] == [70, 93.33]
    assert totals(done)[:2] == [97.17, 93.33]


def test_shares_are_a_setting(fine: Hand) -> None:
    hand = fine.type("tasks", "T001", status="滞后").set(cooperating_share=0.6)
    # (0.5 + 0.6×0.9) / 1.6
    assert hand.scores[A]["total"] == 65


# 3


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([{"state": "迟报"}], (1, 0, 0, 1)),
        ([{"state": "未报"}], (0, 1, 0, 10)),
        ([{"state": "退回", "returned_times": 1}], (0, 1, 1, 12)),
        ([{"state": "已报", "returned_times": 2}], (0, 0, 2, 4)),
        ([{"state": "未报"}, {"state": "迟报", "returned_times": 1}], (1, 1, 1, 13)),
        ([{"state": "未报"}] * 4, (0, 4, 0, 30)),
    ],
)
def test_reports(fine: Hand, rows: list[dict[str, Any]], expected: Any) -> None:
    hand = fine.type("submissions", (MAY, "U001"), **rows[0])
    for number, row in enumerate(rows[1:], 6):
        hand = hand.add("submissions", period=f"2022-{number:02d}", unit_code="U001", unit=A, **row)
    found = hand.scores[A]
    names = ("late_times", "missing_times", "returned_times", "reporting_penalty")
    assert tuple(found[n] for n in names) == expected
    assert found["total"] == 90 - expected[3]
    assert hand.scores[B]["total"] == 90


def test_findings_of_verification(fine: Hand) -> None:
    found = {"unit_code": "U001", "unit": A, "source": "统计"}
    hand = fine
    for number, (conclusion, counted) in enumerate(
        (("不一致", None), ("不一致", "是"), ("不一致", "否"), ("一致", None), ("待对应", None)), 1
    ):
        hand = hand.add(
            "verification", verification_no=f"V{number:03d}", conclusion=conclusion, counted=counted, **found
        )
    row = hand.scores[A]
    assert (row["differing"], row["verification_penalty"], row["total"]) == (2, 4, 86)
    assert hand.set(differs_unmarked="否").scores[A]["total"] == 88
    assert hand.scores[B]["total"] == 90


TARGET: dict[str, Any] = {
    "target_code": "T001-K1", "task_code": "T001", "serial_no": 1, "subject": "新增", "target": "≥35",
    "target_value": 35, "measured_in": "万人", "comparator": "≥", "measure": "年内新增（越高越好）",
}  # fmt: skip
LOWER = {"comparator": "≤", "measure": "价格（越低越好）"}
RANGE = {"comparator": "区间", "upper": 40}


@pytest.mark.parametrize(
    ("target", "value", "over"),
    [
        ({}, 38.5, True),
        ({}, 38.4, False),
        ({"comparator": "＞"}, 39, True),
        (LOWER, 31.5, True),
        (LOWER, 31.6, False),
        (RANGE, 44, True),
        (RANGE, 43.9, False),
        (RANGE | {"measure": "价格（越低越好）"}, 31.5, True),
        (RANGE | {"measure": "价格（越低越好）"}, 36, False),
        ({"comparator": "≈"}, 60, False),
        ({"comparator": "＝"}, 35, False),
        ({"target_value": 0}, 5, False),
        ({"target_value": -3}, -2, False),
        ({}, None, False),
    ],
)
def test_over_fulfilled(fine: Hand, target: dict[str, Any], value: Any, over: bool) -> None:
    done = fine.type("tasks", "T001", status="已完成", completion_date=dt.date(2022, 12, 20))
    hand = done.add("targets", **TARGET | target | {"current_value": value})
    row = hand.rows("score_tasks", "task_code")["T001"]
    assert (row["situation"], row["over"], row["bonus"]) == ("按时完成", "是" if over else None, 1 if over else 0)


def test_one_target_missed_leaves_no_bonus_for_another(fine: Hand) -> None:
    done = fine.type("tasks", "T001", status="已完成", completion_date=dt.date(2022, 5, 20))
    hand = done.add("targets", **TARGET | {"current_value": 60})
    hand = hand.add("targets", **TARGET | {"target_code": "T001-K2", "current_value": 3})
    row = hand.rows("score_tasks", "task_code")["T001"]
    assert (row["situation"], row["early"], row["over"], row["bonus"]) == ("完成但指标未达标", None, None, 0)


@pytest.mark.parametrize(("day", "early"), [((2022, 11, 30), "是"), ((2022, 12, 1), None)])
def test_early_by_a_month(fine: Hand, day: tuple[int, int, int], early: str | None) -> None:
    hand = fine.type("tasks", "T001", status="已完成", completion_date=dt.date(*day)).as_of(YEAR_END)
    row = hand.rows("score_tasks", "task_code")["T001"]
    assert (row["early"], row["bonus"]) == (early, 0.5 if early else 0)


def test_early_and_over_give_the_higher_of_the_two_and_to_the_lead_alone(fine: Hand) -> None:
    done = fine.type("tasks", "T001", status="已完成", completion_date=dt.date(2022, 5, 20))
    hand = done.add("targets", **TARGET | {"current_value": 60})
    assert [hand.scores[u]["bonus"] for u in UNITS] == [1, 0, 0]
    shared = hand.set(cooperating_bonus=0.5)
    assert [shared.scores[u]["bonus"] for u in UNITS] == [1, 0.5, 0]
    assert [hand.set(bonus_most=0.3).scores[u]["bonus"] for u in UNITS] == [0.3, 0, 0]


def test_cap_and_floor(fine: Hand) -> None:
    high = fine.type("scores", "U001", adjustment=30, adjustment_reason="批示").type("scores", "U002", adjustment=-95)
    assert totals(high) == [100, 0, 90]
    assert totals(high.set(highest=110, lowest=10)) == [110, 10, 90]


# 4


def test_the_leaders_mark_and_the_adjustment(fine: Hand) -> None:
    hand = fine.type("scores", "U001", leader_score=60).type("scores", "U002", leader_score=100, adjustment=-1.5)
    assert totals(hand) == [84, 90.5, 90]
    assert hand.set(leader_share=0.5).scores[A]["total"] == 75


def test_ties_share_a_rank(fine: Hand) -> None:
    hand = fine.type("scores", "U002", adjustment=2)
    assert [(hand.scores[u]["rank"], hand.scores[u]["rank_in_kind"]) for u in UNITS] == [(2, 2), (1, 1), (2, 2)]


def test_ranks_within_the_kind(fine: Hand) -> None:
    hand = fine.type("scores", "U002", adjustment=2).type("units", "U003", kind="区")
    ranks = {u: (hand.scores[u]["kind"], hand.scores[u]["rank"], hand.scores[u]["rank_in_kind"]) for u in UNITS}
    assert ranks == {A: ("部门", 2, 2), B: ("部门", 1, 1), C: ("区", 2, 1)}


def test_nothing_to_score_before_the_first_period(fine: Hand) -> None:
    hand = fine.as_of(None)
    assert [(hand.scores[u]["total"], hand.scores[u]["rank"]) for u in UNITS] == [("/", "/")] * 3


def test_a_unit_without_tasks_is_not_appraised(fine: Hand) -> None:
    hand = fine.add("units", unit_code="U004", unit="市丁局", kind="部门").add(
        "scores", unit_code="U004", unit="市丁局"
    )
    row = hand.scores["市丁局"]
    assert (row["total"], row["rank"], row["rank_in_kind"]) == ("不参评", "不参评", "不参评")
    assert hand.scores[C]["rank"] == 1


# 5


def test_points_summed_task_by_task(fine: Hand) -> None:
    hand = fine.type("tasks", "T001", status="已完成", completion_date=dt.date(2022, 12, 20)).set(mode="累加")
    # 80 + 2×(1 + 0.45), 80 + 2×(0.5 + 0.9), 80 + 2×(0.45 + 0.9)
    assert totals(hand) == [82.9, 82.8, 82.7]
    overdue = hand.type("tasks", "T003", status="正常推进").as_of(YEAR_END).set(scoring_results__overdue=-2.5)
    assert overdue.scores[C]["total"] == 75.9  # 80 + 2×(-2.5 + 0.45): 每项-5


def test_load_factor(fine: Hand) -> None:
    heavy = fine.type("score_tasks", "T001", importance="高", difficulty="高").set(cooperating_share=0)
    # loads 1.08, 1, 1: the mean is 1.0267
    assert [heavy.scores[u]["load_factor"] for u in UNITS] == [1, 0.95, 0.95]
    assert totals(heavy) == [90, 85.5, 85.5]
    assert [heavy.set(load_middle_from=0.99).scores[u]["load_factor"] for u in UNITS] == [1, 0.9, 0.9]
    assert totals(heavy.set(load_middle=1)) == [90, 90, 90]


# 6


@pytest.fixture
def office(made: Office, tmp_path: Path) -> Office:
    return copy_of(made, tmp_path / "项目")


def written(office: Office, hand: Hand) -> Office:
    office.project.master.write_bytes(hand.content)
    return office


def test_the_ranking_as_the_command_gives_it(office: Office, fine: Hand) -> None:
    result = score(written(office, fine.type("tasks", "T001", status="已完成")).project)
    assert [(s["unit"], s["rank"], s["total"], s["state"]) for s in result["scores"]] == [
        (A, 1, 96.67, "scored"), (B, 2, 93.33, "scored"), (C, 3, 90, "scored"),
    ]  # fmt: skip
    first = result["scores"][0]
    assert first["tasks"] == {"lead": 1, "cooperating": 1}
    assert first["items"][0] == {
        "task": "T001", "serial_no": 1, "role": "牵头", "weight": 1, "share": 1, "standard": 1,
        "situation": "按时完成", "result": 1, "earned": 1, "bonus": 0, "verified_result": None,
    }  # fmt: skip
    assert (result["parameters"]["late"], result["parameters"]["scoring_results.overdue"]) == (1, 0.3)
    assert [f["code"] for f in result["findings"]] == ["S112"]
    assert result["added"] == {"scores": 0, "score_items": 0, "score_tasks": 0}
    json.dumps(result, ensure_ascii=False)
    again = office.master
    assert score(office.project) == result
    assert office.master == again, "nothing to do: nothing is written"


def test_one_unit_by_any_of_its_names(office: Office, fine: Hand) -> None:
    project = written(office, fine).project
    assert [s["unit"] for s in score(project, [B])["scores"]] == [B]
    with pytest.raises(ProjectError, match="“考核”中没有这些单位：市戊局"):
        score(project, ["市戊局"])


def test_missing_reports_of_the_present_period_are_pointed_out(office: Office) -> None:
    found = {f["code"]: f["message"] for f in score(office.project)["findings"]}
    assert found["S113"] == "2022年5月尚有 3 个单位未报或退回后未重报，已计未报扣分；报来并入后即消除。"


def test_rows_follow_the_registry_and_what_the_office_typed_stays(office: Office, fine: Hand) -> None:
    hand = fine.type("scores", "U001", adjustment=-2, adjustment_reason="通报批评")
    hand = hand.type("score_tasks", "T001", importance="高", difficulty="高")
    written(office, hand.add("units", unit="市丁局", kind="部门"))
    result = score(office.project)
    assert [s["unit"] for s in result["scores"]] == [B, A, C, "市丁局"]
    assert result["scores"][-1] | {"times": 0, "parts": 0} == {
        "unit_code": "U004", "unit": "市丁局", "kind": "部门", "state": "not_scored", "rank": None,
        "rank_in_kind": None, "total": None, "tasks": {"lead": 0, "cooperating": 0}, "items": [], "times": 0,
        "parts": 0,
    }  # fmt: skip
    (row,) = office.table("scores", unit=A)
    assert (row["adjustment"], row["adjustment_reason"], row["total"]) == (-2, "通报批评", 88)
    assert office.table("score_tasks", task_code="T001")[0]["weight"] == 1.08


def test_a_unit_that_no_longer_has_a_task_and_one_that_gets_it(office: Office, fine: Hand) -> None:
    hand = fine.type("score_items", ("T002", "U003"), remarks="年初已协商")
    editor = BookEditor(hand.content)
    layout = master_layout()["assignments"]
    append(editor, layout, [{"task_code": "T003", "serial_no": 3, "task": "办好第三件实事", "unit_code": "U001",
                             "unit": A, "role": "配合"}])  # fmt: skip
    place = editor.book.tables[layout.title]
    for row in office.state.assignments:
        if (row["task_code"], row["unit_code"]) in (("T001", "U002"), ("T002", "U003")):
            for column in place.columns.values():
                editor.edit(place.sheet, row.number, column, Put(None))
    office.project.master.write_bytes(editor.save())
    result = score(office.project)
    items = {s["unit"]: [(i["task"], i["role"], i["standard"]) for i in s["items"]] for s in result["scores"]}
    assert items[A] == [("T001", "牵头", 1), ("T002", "配合", 0.5), ("T003", "配合", 0.5)]
    assert items[B] == [("T002", "牵头", 1)]
    assert items[C] == [("T002", None, 0), ("T003", "牵头", 1)], "a row with a note stays, and counts for nothing"
    assert result["added"]["score_items"] == 1


def test_a_decision_that_changes_who_has_a_task_is_in_the_scores_at_once(office: Office, fine: Hand) -> None:
    written(office, fine.type("units", "U003", unit="市丙委"))
    flows.collect(office.project)
    assert {r["unit"] for r in office.table("score_items", unit_code="U003")} == {"市丙委"}
    assert office.table("scores", unit_code="U003")[0]["unit"] == "市丙委"


def test_what_cannot_be_used_is_said_with_its_cell(office: Office, fine: Hand) -> None:
    hand = fine.type("score_tasks", "T001", importance="特高", difficulty="高").set(
        late="一分", missing=-3, highest=None
    )
    hand = hand.type("scores", "U001", adjustment=3).type("score_items", ("T001", "U001"), verified_result=9)
    result = score(written(office, hand).project)
    said = [(f["sheet"], f["cell"], f["code"]) for d in result["decisions"] for f in d["findings"]]
    assert said == [
        ("考核", "U5", "B066"), ("考核明细", "N5", "B062"), ("考核任务", "E5", "B060"), ("考核参数", "B7", "B074"),
        ("考核参数", "B19", "B072"), ("考核参数", "B20", "B073"),
    ]  # fmt: skip


def test_a_score_that_is_an_error_is_pointed_out(office: Office, fine: Hand) -> None:
    editor = BookEditor(fine.content)
    place = editor.book.tables["考核任务"]
    editor.edit(place.sheet, 5, place.columns["权重"], PutFormula("1/0", None))
    office.project.master.write_bytes(editor.save())
    result = score(office.project)
    found = [(f["sheet"], f["cell"], f["value"]) for f in result["findings"] if f["code"] == "S111"]
    assert found == [("考核任务", "G5", "#DIV/0!")], "where it comes from, not all that it spoils"
    assert result["scores"][0]["total"] is None
    assert office.table("scores", unit=A)[0]["total"] == "#DIV/0!"


def test_a_master_without_these_sheets_says_what_to_do(office: Office) -> None:
    part = Book(office.master).tables["考核明细"].part
    old = with_part(office.master, part, lambda xml: xml.replace("考核明细".encode(), "旧明细".encode()))
    office.project.master.write_bytes(old)
    with pytest.raises(ProjectError, match="没有“考核明细”表，不能考核计分"):
        score(office.project)


def test_settings_give_a_new_masters_parameters(tmp_path: Path) -> None:
    root = tmp_path / "项目"
    root.mkdir(parents=True)
    (root / "tjxl.toml").write_text(
        "[scoring]\nlate = 3\nmode = '累加'\n"
        '[scoring_weights]\n"高" = [2, 1.5, 1]\n[scoring_results]\noverdue = -2.5\n',
        encoding="utf-8",
    )
    office = small_project(root)
    assert office.table("scores") == [], "filled when it is first asked for"
    found = score(Project(root))["parameters"]
    names = ("late", "mode", "missing", "scoring_weights.高.2", "scoring_weights.中.2", "scoring_results.overdue")
    assert [found[n] for n in names] == [3, "累加", 10, 1.5, 1, -2.5]
    assert office.table("scores")[0]["total"] == 70  # 起评80，未报-10


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[scoring]\nlate = -1", "scoring.late"),
        ("[scoring]\nmode = '随便'", "scoring.mode"),
        ("[scoring]\nlead_share = true", "scoring.lead_share"),
        ("[scoring]\nearly_months = 1.5", "scoring.early_months"),
        ("[scoring]\nlates = 1", "scoring.lates"),
        ('[scoring_weights]\n"高" = [1, 2]', "scoring_weights.高"),
        ("[scoring_results]\noverdue = 3", "scoring_results.overdue"),
    ],
)
def test_settings_that_mean_nothing(tmp_path: Path, text: str, key: str) -> None:
    path = tmp_path / "tjxl.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=key):
        load_settings(path)
