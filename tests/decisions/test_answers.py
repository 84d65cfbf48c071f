"""Answers in 待裁决: what each kind decides, and what happens where one cannot be carried out.

1. An open group: the units named get the task, the printed group keeps its place.
2. Answers are taken in the ways people write them; what is no choice leaves the question open and says why.
3. Members of a group: every task that names it.
4. 「等」: the other units, new ones registered.
5. The lead: exactly one, of those possible.
6. One unit or two.
7. Days: chosen or written, for one task or for all.
8. A changed answer is carried out anew; what must be undone by hand is said.
9. Carrying out again changes nothing; the order of answering changes nothing.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.decisions.conftest import Build, Master, plain, row
from tjxl.ooxml.book import Book
from tjxl.sheets.layout import master_layout
from tjxl.sheets.textsize import lines_of

HEPING, HEDONG, HEXI, XINQU = "和平区人民政府", "河东区人民政府", "河西区人民政府", "滨海新区人民政府"
ALL = f"{HEPING}、{HEDONG}"

# 1


def test_the_units_named_get_the_task(build: Build) -> None:
    master = build(row(1, f"市教委\n{XINQU}\n相关区人民政府")).answer(Q001=f"{HEPING}、{XINQU}").carry_out()
    assert master.duties() == {"市教委": "牵头", XINQU: "配合", HEPING: "配合"}
    assert master.task()[:2] == ("市教委", f"{XINQU}、相关区人民政府（{HEPING}、{XINQU}）")
    assert master.questions() == {"Q001": "已处理"}


def test_a_question_is_known_by_its_number_wherever_it_stands(build: Build) -> None:
    """People sort the sheet, rows and their hidden counterparts then stand in different orders."""
    master = build(row(1, "市教委\n相关区人民政府"), row(2, "市教委\n相关区人民政府"))
    first, second = master.state.questions
    swapped = dict(first.values) | {"question_no": "Q002", "task_code": "T002"}
    other = dict(second.values) | {"question_no": "Q001", "task_code": "T001"}
    sorted_by_hand = master.type("questions", "Q001", question_no="Q00X").type("questions", "Q002", **other)
    sorted_by_hand = sorted_by_hand.type("questions", "Q00X", **swapped)
    after = sorted_by_hand.answer(Q002=HEDONG).carry_out()
    assert (HEDONG in after.duties("T001"), HEDONG in after.duties("T002")) == (False, True)


# 2


@pytest.mark.parametrize(
    "answer",
    [
        ALL,
        f"{HEPING}，{HEDONG}",
        f"{HEPING}；{HEDONG}",
        f"{HEPING}\n{HEDONG}",
        " 和平区、河东区 ",
        f"和平区/{HEDONG}。",
    ],
)
def test_ways_of_naming_units(build: Build, answer: str) -> None:
    master = build(row(1, "市教委\n相关区人民政府")).answer(Q001=answer).carry_out()
    assert master.duties() == {"市教委": "牵头", HEPING: "配合", HEDONG: "配合"}


def test_a_group_with_known_members_may_be_the_answer(build: Build) -> None:
    master = build(row(1, "市教委\n相关区人民政府"), row(2, "市教委\n各区人民政府")).answer(Q001="各区人民政府")
    assert len(master.carry_out().duties()) == 17


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("河东", "“河东”不是备选单位。请从“可选项”中填写。"),
        ("和平区、市水务局", "“市水务局”不是备选单位。请从“可选项”中填写。"),
        ("区", "“区”可以指几个单位（和平区人民政府、河东区人民政府、河西区人民政府等）。请写全称。"),
        ("、", "“、”不像单位名称。请写明单位，多个用顿号分隔。"),
        ("=1+1", "“=1+1”不是备选单位。请从“可选项”中填写。"),
        ("有关部门", "“有关部门”不是一个单位。请写明具体单位。"),
        (44_834, "“44834”不是备选单位。请从“可选项”中填写。"),
    ],
)
def test_an_answer_that_is_none_leaves_the_question_open(build: Build, answer: Any, reason: str) -> None:
    master = build(row(1, "市教委\n相关区人民政府\n有关部门\n市水务局")).answer(Q001=answer)
    after = master.carry_out()
    assert after.questions()["Q001"] == f"待处理：{reason}"
    assert after.duties() == {"市教委": "牵头", "市水务局": "配合"}


def test_one_bad_answer_does_not_hold_up_the_others(build: Build) -> None:
    master = build(row(1, "市教委\n相关区人民政府"), row(2, "市教委\n相关区人民政府")).answer(
        Q001="河东", Q002=HEDONG
    )
    assert master.said() == [("Q001", False, ["D610"]), ("Q002", True, ["D601"])]
    assert HEDONG in master.carry_out().duties("T002")


def test_the_complaint_goes_with_the_answer(build: Build) -> None:
    master = build(row(1, "市教委\n相关区人民政府")).answer(Q001="河东").carry_out().answer(Q001=None).carry_out()
    assert master.questions() == {"Q001": "待处理"}


# 3


def test_what_is_said_of_an_answer_can_be_read_whole(build: Build) -> None:
    master = build(row(1, "市教委\n市水务局等"), row(2, "市财政局\n市民政局等"))
    answered = master.answer(Q001="第一区人民政府、第二区人民政府、第三区人民政府", Q002="没有其他单位").carry_out()
    place = {str(q["question_no"]): q.number for q in master.state.questions}
    low, high = (Book(m.content).text("待裁决") for m in (master, answered))
    said, width = answered.questions()["Q001"], master_layout()["questions"].column("state").width
    assert low.height(place["Q001"]) < 16 * lines_of(said, width) <= high.height(place["Q001"]) <= 140
    assert high.height(place["Q002"]) == low.height(place["Q002"])


def test_members_of_a_group_take_part_wherever_it_is_named(build: Build) -> None:
    master = build(row(1, "市教委\n各街道"), row(2, "市教委\n市水务局"), row(3, "市水务局\n各街道"))
    assert list(master.questions()) == ["Q001"]
    after = master.answer(Q001="劝业场街道、小白楼街道").carry_out()
    assert after.units()["各街道"][3] == "劝业场街道、小白楼街道"
    assert after.duties("T001") == {"市教委": "牵头", "劝业场街道": "配合", "小白楼街道": "配合"}
    assert after.duties("T002") == {"市教委": "牵头", "市水务局": "配合"}
    assert after.duties("T003") == {"市水务局": "牵头", "劝业场街道": "配合", "小白楼街道": "配合"}
    assert after.task("T001")[1] == "各街道"
    assert after.questions()["Q001"] == "已处理：新登记单位“劝业场街道”（U004）。新登记单位“小白楼街道”（U005）。"


# 4


def test_the_other_units_of_an_unfinished_list(build: Build) -> None:
    master = build(row(1, "市教委\n市水务局等"), row(2, "市财政局")).answer(Q001="市财政局、市气象局").carry_out()
    assert master.duties() == {"市教委": "牵头", "市水务局": "配合", "市财政局": "配合", "市气象局": "配合"}
    assert master.task()[1] == "市水务局、市财政局、市气象局"
    assert master.units()["市气象局"][:2] == ("U004", "部门")
    assert master.questions() == {"Q001": "已处理：新登记单位“市气象局”（U004）。"}


def test_no_other_units(build: Build) -> None:
    master = build(row(1, "市教委\n市水务局等")).answer(Q001="没有其他单位").carry_out()
    assert (master.duties(), master.questions()["Q001"]) == ({"市教委": "牵头", "市水务局": "配合"}, "已处理")


# 5

LEADS = "关于2022年重点工作的通知\n序号\t重点工作\t完成时限\t牵头单位\t配合单位\n"


def test_which_of_several_leads(build: Build) -> None:
    master = build("1\t做事\t年底前\t市教委、市体育局\t市水务局\n", head=LEADS)
    after = master.answer(Q001="市体育局").carry_out()
    assert after.duties() == {"市体育局": "牵头", "市教委": "配合", "市水务局": "配合"}
    assert after.task()[:2] == ("市体育局", "市教委、市水务局")
    assert master.answer(Q001="市水务局").said() == [("Q001", False, ["D610"])]
    assert master.answer(Q001="市教委、市体育局").said() == [("Q001", False, ["D618"])]


def test_who_leads_where_a_group_stands_first(build: Build) -> None:
    master = build(row(1, "各区人民政府\n市教委"))
    (question,) = master.state.questions
    assert str(question["choices"]).startswith(f"市教委、{HEPING}、")
    after = master.answer(Q001="和平区").carry_out()
    assert (after.duties()[HEPING], after.duties()["市教委"]) == ("牵头", "配合")
    assert after.task()[:2] == (HEPING, "市教委、各区人民政府")


# 6


def test_two_names_of_one_unit(build: Build) -> None:
    master = build(row(1, "高新园\n市教委"), row(2, "高新园（邹区镇）\n高新园"), row(3, "市教委\n高新园（邹区镇）"))
    after = master.answer(Q001="是同一单位").carry_out()
    assert after.units()["高新园"] == ("U001", "其他单位", "高新园（邹区镇）", None)
    assert after.units()["高新园（邹区镇）"][1:] == ("已并入", None, "高新园")
    assert after.duties("T002") == {"高新园": "牵头"}
    assert after.duties("T003") == {"市教委": "牵头", "高新园": "配合"}
    assert after.task("T002")[0] == "高新园（邹区镇）"  # the printed form stays


def test_two_units_stay_two(build: Build) -> None:
    master = build(row(1, "高新园\n高新园（邹区镇）")).answer(Q001="是两个单位").carry_out()
    assert (len(master.duties()), master.questions()["Q001"]) == (2, "已处理")


def test_a_prefix_left_out(build: Build) -> None:
    """市发改委、国土房管局: the 市 of the first may belong to all (groups.tsv, 广州)."""
    master = build(row(1, "市教委\n国土房管局"), row(2, "市国土房管局"))
    assert [q["question"] for q in master.state.questions] == [
        "“国土房管局”与“市国土房管局”是否为同一单位，没有依据，暂按两个单位处理。请确定。"
    ]
    after = master.answer(Q001="是同一单位").carry_out()
    assert after.duties() == {"市教委": "牵头", "市国土房管局": "配合"}
    assert after.units()["市国土房管局"][2] == "国土房管局"


def test_a_prefix_left_out_of_a_known_unit(build: Build) -> None:
    after = build(row(1, "市教委\n人社局")).answer(Q001="是同一单位").carry_out()
    assert after.duties() == {"市教委": "牵头", "市人社局": "配合"}
    assert after.task()[1] == "人社局"


# 7


@pytest.mark.parametrize(
    ("answer", "due", "printed"),
    [
        ("2022-12-31", dt.date(2022, 12, 31), "适时完成（2022年12月31日前）"),
        ("2022.9.30", dt.date(2022, 9, 30), "适时完成（2022年9月30日前）"),
        ("9月底前", dt.date(2022, 9, 30), "适时完成（2022年9月30日前）"),
        ("９月３０日", dt.date(2022, 9, 30), "适时完成（2022年9月30日前）"),
        (dt.date(2022, 9, 30), dt.date(2022, 9, 30), "适时完成（2022年9月30日前）"),
        (44_834, dt.date(2022, 9, 30), "适时完成（2022年9月30日前）"),
        ("年底", dt.date(2022, 12, 31), "适时完成（2022年12月31日前）"),
        ("不设时限", None, "适时完成"),
    ],
)
def test_a_deadline_in_the_usual_forms(build: Build, answer: Any, due: dt.date | None, printed: str) -> None:
    master = build(row(1, "市教委", deadline="适时完成")).answer(Q001=answer).carry_out()
    assert (master.state.due["T001"].deadline, master.task()[2]) == (due, printed)
    assert master.questions() == {"Q001": "已处理"}


@pytest.mark.parametrize(
    ("answer", "code"), [("尽快", "D615"), ("2050-01-01", "V409"), ("22-06-23", "V408"), ("2022-02-30", "D615")]
)
def test_what_is_no_day(build: Build, answer: str, code: str) -> None:
    master = build(row(1, "市教委", deadline="")).answer(Q001=answer)
    assert master.said() == [("Q001", False, [code])]


def test_one_day_for_all_tasks(build: Build) -> None:
    head = "关于2022年重点工作的通知\n序号\t重点工作\t牵头单位\n"
    after = build("1\t做事\t市教委\n2\t办事\t市教委\n", head=head).answer(Q001="2022-11-30").carry_out()
    assert {d.deadline for d in after.state.due.values()} == {dt.date(2022, 11, 30)}
    assert after.task("T002")[2] == "2022年11月30日前"


# 8


def test_a_changed_answer(build: Build) -> None:
    master = build(row(1, "市教委\n相关区人民政府")).answer(Q001=ALL).carry_out().answer(Q001=f"{HEDONG}、{HEXI}")
    assert master.said() == [("Q001", True, ["D601", "D620"])]
    after = master.carry_out()
    assert after.task()[1] == f"相关区人民政府（{HEDONG}、{HEXI}）"
    assert set(after.duties()) == {"市教委", HEPING, HEDONG, HEXI}
    assert after.questions()["Q001"] == (
        "已处理：第 1 项按原意见加入的“和平区人民政府”仍保留。如不再承担，请在「责任分工」中删去该行。"
    )
    assert after.said() == []


def test_an_answer_taken_back(build: Build) -> None:
    master = build(row(1, "市教委\n相关区人民政府")).answer(Q001=ALL).carry_out().answer(Q001=None).carry_out()
    assert HEPING in master.duties()
    assert master.questions()["Q001"].startswith(f"已处理：处理意见已清空，按原意见“{ALL}”办理的结果仍保留。")


def test_a_bad_second_answer_and_the_first_one_again(build: Build) -> None:
    master = build(row(1, "市教委\n相关区人民政府")).answer(Q001=HEPING).carry_out().answer(Q001="河东").carry_out()
    assert master.questions()["Q001"] == "待处理：“河东”不是备选单位。请从“可选项”中填写。"
    assert master.answer(Q001=HEPING).carry_out().questions()["Q001"] == "已处理"


def test_another_lead_and_another_day(build: Build) -> None:
    rows = "1\t做事\t适时\t市教委、市体育局\t市水务局\n"
    master = build(rows, head=LEADS).answer(Q001="市体育局", Q002="2022-06-30").carry_out()
    after = master.answer(Q001="市教委", Q002="2022-09-30").carry_out()
    assert after.duties() == {"市体育局": "配合", "市教委": "牵头", "市水务局": "配合"}
    assert after.task() == ("市教委", "市体育局、市水务局", "适时（2022年9月30日前）")


# 9

SEASON = row(1, "市水务局", deadline="甲片区主汛期具备通水条件。乙片区年底完工")
CLUSTERS = row(2, "市教委", deadline="年底前取得明显进展", task="持续推动49个特色学科群建设。")


def test_the_day_of_a_milestone(build: Build) -> None:
    """主汛期 is proposed as 15 July; the office knows better."""
    master = build(SEASON, CLUSTERS)
    (number,) = (n for n, r in master.state.decided.items() if r["key"] == "milestone-due:T001-M1")
    assert {str(m["milestone_code"]): m["due"] for m in master.state.milestones} == {
        "T001-M1": dt.date(2022, 7, 15),
        "T001-M2": dt.date(2022, 12, 31),
    }
    after = master.answer(**{number: "2022-07-01"})
    (decision,) = after.obeyed()[1]
    assert [f.message for f in decision.findings] == ["第 1 项的节点的完成时限定为 2022-07-01。"]
    assert [m["due"] for m in after.carry_out().state.milestones] == [dt.date(2022, 7, 1), dt.date(2022, 12, 31)]


def test_a_number_becomes_a_target_when_the_office_says_so(build: Build) -> None:
    master = build(SEASON, CLUSTERS)
    (number,) = (n for n, r in master.state.decided.items() if r["key"] == "target:T002-K1")
    assert master.state.targets == []
    after = master.answer(**{number: "列为指标"}).carry_out()
    (target,) = after.state.targets
    assert {k: target[k] for k in ("target_code", "task_code", "serial_no", "subject", "target", "measured_in")} == {
        "target_code": "T002-K1", "task_code": "T002", "serial_no": 2,
        "subject": "特色学科群建设", "target": "≥49", "measured_in": "个",
    }  # fmt: skip
    assert (target["lead_unit"], target["attainment"]) == ("市教委", "尚无数据")
    assert master.answer(**{number: "不列为指标"}).carry_out().state.targets == []
    (changed,) = after.answer(**{number: "不列为指标"}).obeyed()[1]
    assert [f.message for f in changed.findings] == [
        "“特色学科群建设不低于49个”已按原意见列为指标。如不再作为指标，请在「指标」表中删去该行。"
    ]


def test_the_days_of_targets_follow_their_task(build: Build) -> None:
    master = build(row(1, "市教委", deadline="适时完成", task="新增学位3万个。"))
    (number,) = (n for n, r in master.state.decided.items() if r["key"] == "deadline:T001")
    after = master.answer(**{number: "2022-09-30"}).carry_out()
    assert [t["due"] for t in after.state.targets] == [dt.date(2022, 9, 30)]


DIFFICULT = (
    row(1, "市教委\n市水务局等\n相关区人民政府", deadline="适时完成"),
    row(2, "各区人民政府\n国土房管局\n市体育局"),
    row(3, "市国土房管局\n国土房管局\n各街道\n相关区人民政府"),
    row(4, "市体育局\n高新园\n高新园（邹区镇）", deadline=""),
    row(5, "市水务局", deadline="甲片区主汛期具备通水条件。乙片区年底完工"),
    row(6, "市教委", deadline="年底前取得明显进展", task="持续推动49个特色学科群建设。"),
)
ANSWERS = {
    "more-units:T001": "市体育局、市气象局、和平区人民政府",
    "open-group:T001:相关区人民政府": "和平区、河东区",
    "lead:T002": "河西区",
    "open-group:T003:相关区人民政府": "河东",  # is none
    "group-members:各街道": "甲街道、市气象局",
    "same-unit:国土房管局:市国土房管局": "是同一单位",
    "same-unit:高新园（邹区镇）:高新园": "是同一单位",
    "deadline:T001": "2022-09-30",
    "deadline:T004": "年底前",
    "milestone-due:T005-M1": "2022-07-01",
    "target:T006-K1": "列为指标",
}


@pytest.fixture
def difficult(build: Build) -> Master:
    """A master with a question of every kind."""
    return build(*DIFFICULT)


def test_every_question_of_the_notice_has_its_row(difficult: Master) -> None:
    assert {str(r["key"]) for r in difficult.state.decided.values()} == set(ANSWERS)
    assert set(difficult.questions()) == set(difficult.state.decided)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(sorted(ANSWERS)), cuts=st.sets(st.integers(1, len(ANSWERS) - 1)))
def test_the_order_of_answering_changes_nothing(difficult: Master, order: list[str], cuts: set[int]) -> None:
    """All at once, or some and then a command, and then others."""
    numbers = {str(r["key"]): number for number, r in difficult.state.decided.items()}
    at_once = difficult.answer(**{numbers[key]: ANSWERS[key] for key in ANSWERS}).carry_out()
    master = difficult
    for place, key in enumerate(order):
        if place in cuts:
            master = master.carry_out()
        master = master.answer(**{numbers[key]: ANSWERS[key]})
    master = master.carry_out()
    told = [{k: v for k, v in plain(m).items() if k != "questions"} for m in (master, at_once)]
    assert told[0] == told[1]
    assert master.obeyed()[0].content == master.content


def test_carrying_out_again_changes_nothing(difficult: Master) -> None:
    numbers = {str(r["key"]): number for number, r in difficult.state.decided.items()}
    master = difficult.answer(**{numbers[key]: answer for key, answer in ANSWERS.items()}).carry_out()
    assert master.said() == [(numbers["open-group:T003:相关区人民政府"], False, ["D610"])]
    assert master.carry_out().content == master.content


def test_without_answers_nothing_changes(difficult: Master) -> None:
    assert difficult.obeyed()[0].content == difficult.content
    assert difficult.said() == []


def test_other_questions_are_left_to_people(build: Build) -> None:
    """A master whose 待裁决 holds rows that people have added."""
    master = build(row(1, "市教委\n相关区人民政府")).type("questions", "Q001", question_no="办1", decision="x")
    assert master.said() == []
