"""Whom `tjxl remind` reminds of what.

1. Reports: missing after their day (or the extended one), gone back; not those that wait for the office.
2. Tasks and milestones: overdue, behind, due soon, of the unit that leads; 核定状态 counts.
3. A request for adjustment that the office has not answered is not held against the unit.
4. Cooperating units are told where the setting says so.
5. On the real 138 tasks, the same as a calculation of the test's own.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import pytest

from tests.office import MAY, Office, filled, opened, zipped
from tests.promises import promising_project
from tests.supervise.reminders.conftest import log, reminded, set_submission, settings, typed, verify
from tjxl.periods import parse_period
from tjxl.settings import load_settings
from tjxl.sheets.rows import TableRow
from tjxl.simulate import simulate
from tjxl.supervise.reminders.letters import Letters, SentBack
from tjxl.supervise.reminders.matters import Occasion, concerns_of, due_of
from tjxl.supervise.reminders.remind import remind
from tjxl.supervise.reminders.rounds import Reminder, plan_reminders
from tjxl.supervise.reminders.wording import load_wording

NEXT_DAY = "2022-05-26"


# 1


def test_reports_are_asked_for_after_their_day_and_not_before(small: Office) -> None:
    before = remind(small.project, today=dt.date(2022, 5, 25))
    assert before["reminders"] == []
    assert [(f["code"], f["message"]) for f in before["findings"]] == [
        ("M601", "2022-05 还有 3 个单位尚未报送，未到应报日期（2022-05-25），暂不催办。")
    ]
    assert reminded(small, NEXT_DAY) == [
        ("市甲局", "not_reported", 1, "提醒", "2022-05-31", []),
        ("市乙局", "not_reported", 1, "提醒", "2022-05-31", []),
        ("市丙局", "not_reported", 1, "提醒", "2022-05-31", []),
    ]


def test_who_reported_is_left_alone_and_what_went_back_is_asked_for_again(small: Office) -> None:
    small.send("甲.xlsx", filled(small.form("市甲局")))
    small.send("乙.xlsx", filled(small.form("市乙局"), K7="很快", L8="少"))
    small.collect()
    small.merge()
    result = remind(small.project, today=dt.date(2022, 5, 26))
    returned, missing = result["reminders"]
    assert (returned["unit"], returned["matter"], returned["faults"]) == ("市乙局", "returned", 2)
    assert (small.project.root / returned["annotated"]).is_file()
    text = (small.project.root / returned["text"]).read_text(encoding="utf-8-sig")
    assert "经校验退回（第1次），须改正2处，至今未收到改正后的填报表" in text
    assert returned["annotated"].rpartition("/")[2] in text
    assert (missing["unit"], missing["matter"]) == ("市丙局", "not_reported")
    assert log(small, "reminder_no", "unit", "matter", "content", "settled") == [
        ("R001", "市乙局", "退回未重报", returned["content"], "否"),
        (
            "R002",
            "市丙局",
            "未报送",
            "2022年5月填报表（2项任务）应于2022年5月25日前报送，至今未收到，已逾期1天。",
            "否",
        ),
    ]


def test_a_report_that_waits_for_the_office_is_the_offices_business(small: Office) -> None:
    small.send("甲.xlsx", filled(small.form("市甲局"), K7="1"))  # 1 or 100 %: a question
    small.collect()
    result = remind(small.project, today=dt.date(2022, 5, 26))
    assert [r["unit"] for r in result["reminders"]] == ["市乙局", "市丙局"]
    assert [f["message"] for f in result["findings"]] == [
        "1 个单位的报送待办公厅裁决，不催办单位：市甲局。请在总台账“待裁决”中填写处理意见。"
    ]


def test_what_lies_in_the_inbox_is_not_asked_for(small: Office) -> None:
    small.send("乙.xlsx", filled(small.form("市乙局"), K7="很快"), "2022-05-24 09:00")
    small.collect()
    small.send("甲.xlsx", filled(small.form("市甲局")))
    small.send(
        "包.zip", zipped({"乙改.xlsx": filled(small.form("市乙局"))})
    )  # of 2022-05-20: older than what is known
    small.send("图.pdf", b"%PDF-1.4")
    result = remind(small.project, today=dt.date(2022, 5, 26))
    assert [(r["unit"], r["matter"]) for r in result["reminders"]] == [
        ("市乙局", "returned"),
        ("市丙局", "not_reported"),
    ]
    assert [f["message"] for f in result["findings"]] == [
        "1 个单位的填报表在“收件”中，尚未入账，暂不催办其报送：市甲局。请先收集校验、合并入账，再运行一次。"
    ]
    small.send("乙改.xlsx", filled(small.form("市乙局"), K7="0.8"), "2022-05-26 09:00")
    assert "市甲局、市乙局" in remind(small.project, today=dt.date(2022, 6, 6))["findings"][0]["message"]


def test_an_extension_moves_the_day() -> None:
    row: dict[str, Any] = {"due_on": dt.date(2022, 5, 25)}
    assert due_of(TableRow(3, row)) == dt.date(2022, 5, 25)
    assert due_of(TableRow(3, row | {"extended_to": dt.date(2022, 6, 2)})) == dt.date(2022, 6, 2)
    assert due_of(TableRow(3, row | {"extended_to": "下周"})) == dt.date(2022, 5, 25)


def test_stages_are_asked_for_one_by_one_by_their_own_day(small: Office) -> None:
    """Rows of 报送情况 with a stage and with an extension."""
    state = small.state
    rows = [
        TableRow(row.number, {**row.values, "stage": stage, "extended_to": extended})
        for row in state.submissions
        if row["unit"] == "市乙局"
        for stage, extended in (("配合", None), ("牵头", dt.date(2022, 5, 30)))
    ]
    state.__dict__["submissions"] = rows
    default = load_settings()

    def reminders(day: dt.date) -> list[Reminder]:
        concerns = concerns_of(state, Occasion(parse_period(MAY), day, 0), default)
        return plan_reminders(concerns.all, [], day, default.reminders, None).reminders

    assert [(r.title, r.codes) for r in reminders(dt.date(2022, 5, 26))] == [("未报送（配合）", ())]
    both = reminders(dt.date(2022, 5, 31))
    assert [(r.title, r.items[0].item) for r in both] == [
        ("未报送（配合）", "2022-05·配合"),
        ("未报送（牵头）", "2022-05·牵头"),
    ]
    wording = load_wording(small.project.templates)
    letters = Letters(wording, default, parse_period(MAY), dt.date(2022, 5, 31), lambda _: SentBack())
    assert letters.section(both[1]).text == (
        "2022年5月（牵头阶段）填报表（2项任务）应于2022年5月30日前报送，至今未收到，已逾期1天。"
    )
    arrived = Occasion(parse_period(MAY), dt.date(2022, 5, 31), 0, {("U002", "配合")})
    assert [c.stage for c in concerns_of(state, arrived, default).all if c.now] == ["牵头"]


def test_units_named_are_reminded_alone_by_any_of_their_names(small: Office) -> None:
    typed(small, "units", small.state.registry.find("市乙局").code, aliases="乙局")  # type: ignore[union-attr]
    assert [r[0] for r in reminded(small, NEXT_DAY, units=["乙局"])] == ["市乙局"]
    assert [r[0] for r in reminded(small, NEXT_DAY)] == ["市甲局", "市丙局"]


# 2


@pytest.fixture
def quiet(small: Office) -> Office:
    """Everybody has reported: nothing but tasks to be reminded of."""
    set_submission(small, state="已报")
    return small


def test_tasks_due_soon_then_overdue(quiet: Office) -> None:
    assert reminded(quiet, "2022-11-30") == [], "31 days before the end of the year"
    assert reminded(quiet, "2022-12-01") == [
        ("市甲局", "due_soon", 1, "提醒", "2022-12-06", ["T001"]),
        ("市乙局", "due_soon", 1, "提醒", "2022-12-06", ["T002"]),
        ("市丙局", "due_soon", 1, "提醒", "2022-12-06", ["T003"]),
    ]
    verify(quiet, T001="已完成", T003="滞后")
    assert reminded(quiet, "2023-01-01") == [
        ("市乙局", "overdue", 1, "提醒", "2023-01-06", ["T002"]),
        ("市丙局", "overdue", 1, "提醒", "2023-01-06", ["T003"]),
    ], "behind and overdue is reminded of once"


def test_days_are_those_of_the_sheet_or_of_the_command(quiet: Office) -> None:
    assert [r[0] for r in reminded(quiet, "2022-10-01", days=91)] == ["市甲局", "市乙局", "市丙局"]


def test_behind_is_what_the_office_has_verified(quiet: Office) -> None:
    verify(quiet, T002="滞后")
    assert reminded(quiet, "2022-06-01") == [("市乙局", "behind", 1, "提醒", "2022-06-06", ["T002"])]


def test_milestones_are_due_and_overdue_by_their_own_day(tmp_path_factory: pytest.TempPathFactory) -> None:
    office = promising_project(tmp_path_factory.mktemp("节点") / "2022年重点工作")
    milestones = {str(m["milestone_code"]): m for m in office.state.milestones if isinstance(m["due"], dt.date)}
    first = min(milestones, key=lambda code: milestones[code]["due"])
    due = milestones[first]["due"]

    def of(matter: str, day: dt.date) -> list[str]:
        return [t for r in reminded(office, day.isoformat(), days=0) if r[1] == matter for t in r[5]]

    assert first in of("due_soon", due)
    assert first in of("milestone_overdue", due + dt.timedelta(days=1))


# 3


def test_a_request_for_adjustment_is_not_held_against_the_unit_until_it_is_answered(small: Office) -> None:
    asked = {"J7": "申请调整", "K7": 0.3, "M7": "用地手续尚未办完，须调整时限。", "O7": dt.date(2023, 3, 31)}
    small.send("甲.xlsx", filled(small.form("市甲局"), **asked))
    small.collect()
    small.merge()
    set_submission(small, "市乙局", "市丙局", state="已报")
    result = remind(small.project, today=dt.date(2023, 1, 4))
    assert [(r["unit"], r["tasks"]) for r in result["reminders"]] == [("市乙局", ["T002"]), ("市丙局", ["T003"])]
    assert [f["code"] for f in result["findings"]] == ["M603"]
    (number,) = [q["question_no"] for q in small.state.questions if "同意" in str(q["choices"])]
    typed(small, "questions", str(number), decision="不同意")
    assert [(r[0], r[1], r[5]) for r in reminded(small, "2023-01-05")] == [("市甲局", "overdue", ["T001"])]


# 4


def test_cooperating_units_are_told_once_where_the_office_wants_it(quiet: Office) -> None:
    settings(quiet, tell_cooperating="true")
    verify(quiet, T002="滞后")
    assert reminded(quiet, "2022-06-01") == [
        ("市甲局", "cooperating", 1, "提醒", "2022-06-06", ["T002"]),
        ("市乙局", "behind", 1, "提醒", "2022-06-06", ["T002"]),
        ("市丙局", "cooperating", 1, "提醒", "2022-06-06", ["T002"]),
    ]
    text = (quiet.project.reminded(MAY, dt.date(2022, 6, 1)) / "市丙局.txt").read_text(encoding="utf-8-sig")
    assert "牵头单位：市乙局" in text
    assert [r[:4] for r in reminded(quiet, "2022-06-07")] == [("市乙局", "behind", 2, "催办")]


# 5


def test_on_the_real_tasks_it_is_what_the_sheets_say(office: Office) -> None:
    simulate(office.project, MAY, seed=7, faults=0.1)
    for name in office.inbox()[::9]:
        (office.project.inbox / name).unlink()  # these do not report
    office.collect()
    office.merge()
    today = dt.date(2022, 6, 3)
    result = remind(office.project, today=today, days=220)
    said = {(r["unit"], r["matter"]): set(r["tasks"]) for r in result["reminders"]}
    assert len(said) == len(result["reminders"]) > 20
    expected = expected_reminders(office, today, 220)
    assert said == expected
    assert {matter for _, matter in expected} == {"not_reported", "returned", "behind", "due_soon"}
    late = dt.date(2023, 1, 9)
    result = remind(office.project, today=late, days=40)
    new = {(r["unit"], r["matter"]): set(r["tasks"]) for r in result["reminders"] if r["matter"] == "overdue"}
    assert new == {k: v for k, v in expected_reminders(office, late, 40).items() if k[1] == "overdue"}
    assert max(map(len, new.values())) > 15


def expected_reminders(office: Office, today: dt.date, days: int) -> dict[tuple[str, str], set[str]]:
    """The same, calculated from the cells as another program reads them."""
    book = opened(office.master)

    def table(sheet: str, name: str | None = None) -> list[dict[str, Any]]:
        ws = book[sheet]
        rows = [[c.value for c in row] for row in ws[ws.tables[name or sheet].ref]]
        return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]

    out: dict[tuple[str, str], set[str]] = defaultdict(set)
    for row in table("报送情况"):
        if row["报送状态"] == "未报" and row["应报日期"].date() < today:
            out[row["单位"], "not_reported"] = set()
        if row["报送状态"] == "退回":
            out[row["单位"], "returned"] = set()
    deadlines = {r["任务编码"]: r["截止日"] for r in table("_tjxl", "任务时限")}
    tasks = {r["任务编码"]: r for r in table("任务台账")}
    leads = [(r["单位"], r["任务编码"]) for r in table("责任分工") if r["职责"] == "牵头"]
    asked = {r["任务编码"] for r in table("待裁决") if "不同意" in str(r["可选项"]) and r["状态"] == "待处理"}

    def soon(day: dt.datetime) -> bool:
        return today <= day.date() <= today + dt.timedelta(days=days)

    for unit, code in leads:
        status = tasks[code]["核定状态"] or tasks[code]["进展状态"]
        if status == "已完成" or (status == "申请调整" and code in asked):
            continue
        if deadlines[code] and deadlines[code].date() < today:
            out[unit, "overdue"].add(code)
        elif status == "滞后":
            out[unit, "behind"].add(code)
        elif deadlines[code] and soon(deadlines[code]):
            out[unit, "due_soon"].add(code)
    for row in table("节点"):
        status = tasks[row["任务编码"]]["核定状态"] or tasks[row["任务编码"]]["进展状态"]
        if row["时限"] and row["是否完成"] != "是" and status != "已完成":
            for unit in [u for u, code in leads if code == row["任务编码"]]:
                if row["时限"].date() < today:
                    out[unit, "milestone_overdue"].add(row["节点编码"])
                elif soon(row["时限"]):
                    out[unit, "due_soon"].add(row["节点编码"])
    return dict(out)
