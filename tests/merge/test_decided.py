"""Doubts about returned values, decided by the office in 待裁决 and obeyed by the next merge.

1. A question lands in 待裁决 once, with its readings to choose from, whether `collect` or `merge` meets it first.
2. The value decided on is merged as if it had been typed so; the ledger names the cell, 裁决依据 the decision.
3. What is unanswered waits, the other rows do not; the file is found in 收件 or in 归档.
4. An answer that is no choice says why, and decides nothing.
5. An answer reaches the content it was asked of and no other; a corrected return closes the question.
6. Of two files of one moment the office chooses one, and may change its mind.
7. A request to move a deadline: agreed, declined, from a unit that does not lead.
8. In whatever order and batches questions are answered, the master is the same in the end.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.decisions.conftest import Master
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, changed, filled, generated
from tjxl import flows
from tjxl.project import Project

DOUBTED = "1"
"""完成进度 without a sign: 1 % or 100 %?"""


def answer(office: Office, **answers: str | None) -> None:
    """Type into 处理意见."""
    office.project.master.write_bytes(Master(office.master).answer(**answers).content)


def questions(office: Office) -> dict[str, dict[str, Any]]:
    """The questions about returns, by number."""
    return {str(q["question_no"]): q for q in office.table("questions") if q["period"]}


def only_question(office: Office) -> str:
    """The number of the one question about returns."""
    (number,) = questions(office)
    return number


def state_of(office: Office, number: str) -> str:
    return str(questions(office)[number]["state"])


def report(office: Office, task: str = "T130", period: str = MAY) -> dict[str, Any] | None:
    """The ledger row that counts."""
    rows = [r for r in office.table("ledger", task_code=task) if r["period"] == period]
    return max(rows, key=lambda r: r["batch"]) if rows else None


# 1


@pytest.mark.parametrize("first", ["collect", "merge"])
def test_a_question_stands_there_once_with_its_readings(office: Office, first: str) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    for command in (first, "collect", "merge", "collect"):
        getattr(office, command)()
    asked = questions(office)[only_question(office)]
    assert (asked["period"], asked["unit"], asked["task_code"], asked["state"]) == (MAY, SPORTS, "T130", "待处理")
    assert asked["choices"] == "按100%计、按1%计、退回单位核实"
    assert asked["question"].startswith("「填报」表 K7：完成进度填为“1”")


def test_collecting_before_the_merge_makes_no_difference(issued_project: Office, office: Office) -> None:
    def deliver(to: Office) -> None:
        to.send("a.xlsx", filled(to.form(SPORTS), K7=DOUBTED, O8="06-07-22"))
        to.send(
            "b.xlsx", filled(to.form(AUDIT), J7="申请调整", M7="上级政策调整，需重新论证", O7=dt.date(2022, 12, 31))
        )
        to.send("c.xlsx", filled(to.form("市信访办")))
        to.send("d.xlsx", filled(to.form("市信访办"), L7="另一种说法，内容与前一份不同。"))

    other = copy_of(issued_project, office.project.root.parent / "先收后并")
    deliver(office)
    deliver(other)
    office.merge()
    other.collect()
    other.merge()
    assert generated(office) == generated(other)
    assert office.table("questions") == other.table("questions")
    assert [dict(r.values) for r in office.state.decided.values()] == [
        dict(r.values) for r in other.state.decided.values()
    ]


def test_two_doubts_of_one_task_are_two_questions(promised: Office) -> None:
    """The targets of one task share field and unit; their codes keep them apart."""
    day = dt.date(2022, 5, 20)
    doubted = {"G5": 350_000, "H5": day, "G6": 0.048, "H6": day}
    promised.send("a.xlsx", filled(promised.form(SPORTS), targets=doubted))
    promised.merge()
    assert [q["choices"] for q in questions(promised).values()] == [
        "按350000万人计、按35万人计、退回单位核实",
        "按0.048%计、按4.8%计、退回单位核实",
    ]
    first, second = questions(promised)
    answer(promised, **{first: "按35万人计", second: "按4.8%计"})
    promised.merge()
    rows = promised.table("targets", task_code="T130")
    assert [r["current_value"] for r in rows] == [35.0, 4.8, None]


# 2


def test_the_value_decided_on_is_merged_as_if_it_had_been_typed_so(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.collect()
    number = only_question(office)
    answer(office, **{number: "按1%计"})
    said = [("V426", "填报", "K7", "1"), ("F026", "填报", "K7", "1")]
    assert office.collect() == {"a.xlsx": ("accepted_with_notes", said)}
    result = office.merge()
    assert (result["merged"], result["rows"], result["skipped"], office.inbox()) == (["a.xlsx"], 3, [], [])
    row = report(office)
    assert row is not None
    assert (row["percent_complete"], row["file"], row["sheet"], row["row"]) == (0.01, "a.xlsx", "填报", 7)
    assert ("percent_complete", 0.01, "K7") in [(c["field"], c["new"], c["cell"]) for c in result["changes"]]
    assert state_of(office, number) == "已处理"
    kept = office.state.decided[number]
    assert json.loads(kept["obeyed"])["choice"] == "按1%计"
    assert json.loads(kept["data"])["sha256"] == row["sha256"]
    assert office.table("submissions", unit=SPORTS)[0]["state"] == "已报"


def test_merging_again_changes_nothing(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.merge()
    answer(office, **{only_question(office): "按1%计"})
    office.merge()
    before = office.master
    result = office.merge()
    assert (result["merged"], result["rows"], result["backup"], office.master == before) == ([], 0, None, True)


def test_rules_judge_what_was_decided(office: Office) -> None:
    """100 % does not go with 「未启动」: the return goes back, as it would have with 100 % typed."""
    office.send("a.xlsx", filled(office.form(SPORTS), J7="未启动", K7=DOUBTED))
    office.collect()
    answer(office, **{only_question(office): "按100%计"})
    assert office.collect() == {
        "a.xlsx": ("returned", [("V426", "填报", "K7", "1"), ("F021", "填报", "K7", "1")])
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cells", "said", "column", "value"),
    [
        ({"O7": "06-07-22"}, "按2022-07-06计", "completion_date", dt.date(2022, 7, 6)),
        ({"O7": "06-07-22"}, "2022年7月6日", "completion_date", dt.date(2022, 7, 6)),
        ({"O7": "06-07-22"}, "44748", "completion_date", dt.date(2022, 7, 6)),  # a day that Excel made a number of
        ({"K7": DOUBTED}, "1%", "percent_complete", 0.01),
        ({"K7": DOUBTED}, " 按 １％ 计 ", "percent_complete", 0.01),
    ],
)
def test_an_answer_may_be_worded_otherwise(
    office: Office, cells: dict[str, Any], said: str, column: str, value: object
) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), **cells))
    office.merge()
    answer(office, **{only_question(office): said})
    office.merge()
    row = report(office)
    assert row is not None
    assert row[column] == value


def test_a_date_of_the_head_holds_the_file_until_it_is_decided(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), M4="05-06-22"))
    assert office.merge()["merged"] == []
    answer(office, **{only_question(office): "按2022-05-06计"})
    assert office.merge()["merged"] == ["a.xlsx"]
    assert office.table("submissions", unit=AUDIT)[0]["reported_on"] == dt.date(2022, 5, 6)


def with_stray_row(office: Office) -> bytes:
    def add(sheet: Any) -> None:
        sheet.insert_rows(8)
        sheet["L8"] = "另：本月新增一项工作。"

    return changed(filled(office.form(SPORTS)), add)


def test_words_without_a_task_are_left_out_once_the_office_says_so(office: Office) -> None:
    office.send("a.xlsx", with_stray_row(office))
    office.merge()
    number = only_question(office)
    assert questions(office)[number]["choices"] == "作为备注，不并入、退回单位核实"
    answer(office, **{number: "作为备注，不并入"})
    result = office.merge()
    assert (result["rows"], result["skipped"], office.inbox()) == (0, [], [])
    assert office.table("submissions", unit=SPORTS)[0]["state"] == "已报"


# 3


def test_what_is_unanswered_waits_and_the_rest_does_not(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED, O8="06-07-22"))
    assert office.merge()["rows"] == 1
    percent, date = questions(office)
    answer(office, **{date: "按2022-06-07计"})
    assert office.merge()["rows"] == 1
    assert (report(office), office.inbox()) == (None, ["a.xlsx"])
    assert office.table("submissions", unit=SPORTS)[0]["state"] == "待裁决"
    answer(office, **{percent: "按1%计"})
    assert (office.merge()["rows"], office.inbox()) == (1, [])


def test_a_file_that_somebody_has_taken_out_of_the_inbox_is_found_in_the_archive(office: Office) -> None:
    path = office.send("区县/a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.merge()
    path.unlink()
    answer(office, **{only_question(office): "按1%计"})
    result = office.merge()
    assert (result["merged"], result["rows"]) == (["区县/a.xlsx"], 1)
    row = report(office)
    assert row is not None
    assert (row["percent_complete"], row["file"]) == (0.01, "区县/a.xlsx")
    before = office.master
    assert (office.merge()["merged"], office.master == before) == ([], True)


def test_an_answer_given_in_the_next_period_still_reaches_the_last_one(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.merge()
    flows.issue(Project(office.project.root), JUNE)
    answer(office, **{only_question(office): "按1%计"})
    office.merge()
    row = report(office)
    assert row is not None
    assert (row["period"], row["percent_complete"]) == (MAY, 0.01)
    assert office.table("submissions", unit=SPORTS, period=MAY)[0]["state"] == "已报"


def test_another_answer_later_corrects_what_was_merged(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.merge()
    number = only_question(office)
    answer(office, **{number: "按1%计"})
    office.merge()
    answer(office, **{number: "按100%计"})
    office.merge()
    row = report(office)
    assert row is not None
    assert (row["percent_complete"], len(office.table("ledger", task_code="T130"))) == (1.0, 2)
    answer(office, **{number: None})  # emptied: what was decided stays, and the question says so
    office.merge()
    assert report(office) == row
    assert state_of(office, number).startswith("已处理：处理意见已清空")


def test_a_question_may_go_back_to_the_unit(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.merge()
    answer(office, **{only_question(office): "退回单位核实"})
    returned = flows.collect(office.project)["returns"][0]
    assert (returned["verdict"], [f["code"] for f in returned["findings"]]) == ("returned", ["V404"])
    assert (office.project.root / returned["annotated"]).is_file()
    row = office.table("submissions", unit=SPORTS)[0]
    assert (row["state"], row["returned_times"]) == ("退回", 1)
    before = office.master
    office.collect()
    assert (office.merge()["merged"], office.master == before) == ([], True)
    office.send("b.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 23)))
    assert (office.merge()["rows"], office.inbox()) == (1, [])


# 4


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("看着办", "“看着办”不是可选项（按100%计、按1%计、退回单位核实）。请从下拉列表中选择一项。"),
        # 100% typed into a cell without a format
        ("1", "“1”不是可选项（按100%计、按1%计、退回单位核实）。请从下拉列表中选择一项。"),
    ],
)
def test_an_answer_that_is_no_choice(office: Office, said: str, why: str) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.collect()
    number = only_question(office)
    answer(office, **{number: said})
    result = office.merge()
    assert state_of(office, number) == f"待处理：{why}"
    assert (result["rows"], report(office)) == (2, None)
    open_now = flows.status(office.project)["open_questions"]
    answer(office, **{number: "按1%计"})
    assert office.merge()["rows"] == 1
    assert (state_of(office, number), flows.status(office.project)["open_questions"]) == ("已处理", open_now - 1)


# 5


def test_a_corrected_return_closes_the_question(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.merge()
    number = only_question(office)
    office.send("b.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 23), K7=0.5))
    office.merge()
    assert state_of(office, number) == "已处理：单位重新报送的表中已无此问题，不需再裁决。"
    answer(office, **{number: "按100%计"})  # too late: it was asked of the first file
    assert office.merge()["rows"] == 0
    row = report(office)
    assert row is not None
    assert row["percent_complete"] == 0.5


def test_the_same_doubt_in_another_file_is_asked_again(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED))
    office.merge()
    first = only_question(office)
    answer(office, **{first: "按100%计"})
    office.send("b.xlsx", filled(office.form(SPORTS), M4=dt.date(2022, 5, 23), K7=DOUBTED))
    office.merge()
    assert report(office) is None
    assert [q["state"] for q in questions(office).values()] == ["已处理", "待处理"]


# 6


def two_of_one_moment(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.send("b.xlsx", filled(office.form(SPORTS), K7=0.6))


def test_the_office_chooses_one_of_two_files(office: Office) -> None:
    two_of_one_moment(office)
    office.collect()
    number = only_question(office)
    asked = questions(office)[number]
    assert (asked["choices"], asked["task_code"]) == ("a.xlsx、b.xlsx", None)
    answer(office, **{number: "b.xlsx"})
    assert office.collect() == {"a.xlsx": ("ignored", [("I223", None, None, None)]), "b.xlsx": ("accepted", [])}
    assert (office.merge()["merged"], office.inbox()) == (["b.xlsx"], [])
    row = report(office)
    assert row is not None
    assert row["percent_complete"] == 0.6
    office.send("又一次.xlsx", filled(office.form(SPORTS)))
    assert office.collect() == {"又一次.xlsx": ("ignored", [("I223", None, None, None)])}
    assert (office.merge()["rows"], office.inbox()) == (0, [])


def test_the_office_may_change_its_mind_about_the_file(office: Office) -> None:
    two_of_one_moment(office)
    office.merge()
    number = only_question(office)
    seen = []
    for said in ("b.xlsx", "a.xlsx", "b.xlsx"):
        answer(office, **{number: said})
        office.merge()
        row = report(office)
        assert row is not None
        seen.append((row["percent_complete"], office.table("submissions", unit=SPORTS)[0]["file"], office.inbox()))
    assert seen == [(0.6, "b.xlsx", []), (0.4, "a.xlsx", []), (0.6, "b.xlsx", [])]
    before = office.master
    assert (office.merge()["rows"], office.master == before) == (0, True)


def test_a_file_of_the_moment_of_the_merged_one(office: Office) -> None:
    office.send("报表.xlsx", filled(office.form(SPORTS)))
    office.merge()
    office.send("报表.xlsx", filled(office.form(SPORTS), K7=0.6))
    office.merge()
    number = only_question(office)
    assert questions(office)[number]["choices"] == "报表.xlsx（已入账）、报表.xlsx"
    answer(office, **{number: "报表.xlsx"})
    assert (office.merge()["rows"], office.inbox()) == (1, [])
    answer(office, **{number: "报表.xlsx（已入账）"})
    assert (office.merge()["rows"], office.inbox()) == (1, [])
    row = report(office)
    assert row is not None
    assert row["percent_complete"] == 0.4


def test_taking_one_of_the_files_away_answers_it_too(office: Office) -> None:
    two_of_one_moment(office)
    office.collect()
    (office.project.inbox / "a.xlsx").unlink()
    assert office.merge()["merged"] == ["b.xlsx"]
    assert state_of(office, only_question(office)).startswith("已处理：")


# 7

REQUEST = {"J7": "申请调整", "M7": "上级政策调整，需重新论证", "O7": dt.date(2023, 3, 31)}


def deadline(office: Office, task: str) -> tuple[str, dt.date | None]:
    (row,) = office.table("tasks", task_code=task)
    return str(row["deadline"]), office.state.due[task].deadline


def test_a_request_that_is_agreed_to_moves_the_deadline(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), **REQUEST))
    office.merge()
    before = deadline(office, "T137")
    number = only_question(office)
    answer(office, **{number: "同意"})
    assert [f["code"] for d in office.merge()["decisions"] for f in d["findings"]] == ["D650"]
    moved = (f"{before[0]}（同意调整至2023年3月31日前）", dt.date(2023, 3, 31))
    assert (deadline(office, "T137"), state_of(office, number)) == (moved, "已处理")
    answer(office, **{number: "不同意"})
    office.merge()
    assert (deadline(office, "T137"), state_of(office, number)) == (before, "已处理")


def test_the_same_request_made_again_asks_nothing_again(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), **REQUEST))
    office.merge()
    office.send("b.xlsx", filled(office.form(AUDIT), **REQUEST, K7=0.5, M4=dt.date(2022, 5, 23)))
    assert office.merge()["rows"] == 1
    assert len(questions(office)) == 1
    later = REQUEST | {"O7": dt.date(2023, 6, 30)}
    office.send("c.xlsx", filled(office.form(AUDIT), **later, M4=dt.date(2022, 5, 24)))
    office.merge()
    assert len(questions(office)) == 2


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_of_two_requests_agreed_to_the_newer_holds(office: Office, order: tuple[int, int]) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT), **REQUEST))
    office.merge()
    later = REQUEST | {"O7": dt.date(2023, 6, 30), "M4": dt.date(2022, 5, 24)}
    office.send("c.xlsx", filled(office.form(AUDIT), **later))
    office.merge()
    numbers = list(questions(office))
    for i in order:
        answer(office, **{numbers[i]: "同意"})
        office.merge()
    assert deadline(office, "T137")[1] == dt.date(2023, 6, 30)


def test_a_request_of_a_unit_that_does_not_lead_is_recorded(office: Office) -> None:
    request = {f"{column[0]}8": value for column, value in REQUEST.items()}
    office.send("a.xlsx", filled(office.form(SPORTS), **request))
    office.merge()
    before = deadline(office, "T035")
    number = only_question(office)
    answer(office, **{number: "同意"})
    office.merge()
    assert deadline(office, "T035") == before
    assert state_of(office, number).startswith("已处理：已记录同意意见；申请单位不是牵头单位")


# 8


def deliver(office: Office) -> None:
    office.send("a.xlsx", filled(office.form(SPORTS), K7=DOUBTED, O8="06-07-22"))
    office.send("b.xlsx", filled(office.form(AUDIT), **REQUEST))
    office.send("c.xlsx", filled(office.form("市信访办")))
    office.send("d.xlsx", filled(office.form("市信访办"), L7="另一种说法，内容与前一份不同。"))
    office.merge()


def answers_to(office: Office) -> dict[str, str]:
    wanted = {"percent": "按1%计", "date": "按2022-07-06计", "adjustment": "同意", "file": "d.xlsx"}
    kinds = {}
    for number in questions(office):
        key = str(office.state.decided[number]["key"])
        kinds[number] = next(k for k in ("percent", "date", "adjustment", "file") if k in key)
    assert sorted(kinds.values()) == sorted(wanted)
    return {number: wanted[kind] for number, kind in kinds.items()}


@pytest.mark.parametrize("seed", range(3))
def test_in_whatever_order_questions_are_answered(issued_project: Office, office: Office, seed: int) -> None:
    deliver(office)
    answer(office, **answers_to(office))
    office.merge()
    other = copy_of(issued_project, office.project.root.parent / "逐条裁决")
    deliver(other)
    luck = random.Random(seed)
    left = sorted(answers_to(other).items())
    luck.shuffle(left)
    while left:
        batch = [left.pop() for _ in range(luck.randint(1, len(left)))]
        answer(other, **dict(batch))
        if luck.random() < 0.5:
            other.collect()
        other.merge()
    assert generated(other) == generated(office)
    assert other.table("questions") == office.table("questions")
    assert (office.inbox(), other.inbox()) == ([], [])
