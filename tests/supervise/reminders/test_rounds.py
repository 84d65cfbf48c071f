"""How reminders go on: rounds, levels, what settles them.

1. A matter is repeated a level higher, after its answer is overdue; the last level stays, and asks for a person.
2. What has come settles its row; what comes up anew starts again; of several tasks those left stay open.
3. 越级: the office chooses the next level.
4. On one day nothing is reminded of twice, whatever else happens; killed before the master, nothing is lost.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.office import Office, filled
from tests.supervise.reminders.conftest import files, found, log, reminded, set_submission, settings, typed, verify
from tjxl import recovery
from tjxl.masters.closed import ClosedMaster
from tjxl.supervise.reminders.remind import remind

FIRST = "2022-05-26"


@pytest.fixture
def one(small: Office) -> Office:
    """Only 市丙局 has not reported."""
    set_submission(small, "市甲局", "市乙局", state="已报")
    return small


def test_rounds_go_up_when_the_answer_is_overdue(one: Office) -> None:
    rounds = []
    for day in range(25):
        today = dt.date(2022, 5, 26) + dt.timedelta(days=day)
        rounds += [(today.day, *r[2:5]) for r in reminded(one, today.isoformat())]
    assert rounds == [
        (26, 1, "提醒", "2022-05-31"),
        (1, 2, "催办", "2022-06-04"),
        (5, 3, "督办", "2022-06-08"),
        (9, 4, "约谈", "2022-06-11"),
        (12, 5, "约谈", "2022-06-14"),
        (15, 6, "约谈", "2022-06-17"),
        (18, 7, "约谈", "2022-06-20"),
    ]
    assert log(one, "reminder_no", "round", "level", "settled") == [
        (f"R{n:03d}", n, level, "否")
        for n, level in enumerate(["提醒", "催办", "督办", "约谈", "约谈", "约谈", "约谈"], 1)
    ]


def test_the_strongest_level_asks_for_a_person(one: Office) -> None:
    settings(one, level='[{ name = "提醒", days = 1 }, { name = "约谈", days = 1, person = true }]')
    assert found(one, FIRST) == []
    assert found(one, "2022-05-29") == ["M605"]
    assert found(one, "2022-05-29") == ["M605"], "said again: it is still so"


def test_days_between_rounds_are_kept_though_the_answer_is_overdue(one: Office) -> None:
    settings(one, days_between="10")
    assert len(reminded(one, FIRST)) == 1
    assert reminded(one, "2022-06-04") == []
    assert [r[2:4] for r in reminded(one, "2022-06-05")] == [(2, "催办")]


def test_what_has_come_settles_its_rows(one: Office) -> None:
    reminded(one, FIRST)
    reminded(one, "2022-06-01")
    one.send("丙.xlsx", filled(one.form("市丙局"), M4=dt.date(2022, 6, 2)))
    one.merge()
    result = remind(one.project, today=dt.date(2022, 6, 3))
    assert (result["reminders"], result["settled"]) == ([], ["R001", "R002"])
    assert log(one, "settled", "settled_on") == [("是", dt.date(2022, 6, 3))] * 2
    assert remind(one.project, today=dt.date(2022, 6, 4))["settled"] == []


def test_of_several_tasks_those_left_stay_open_and_have_rounds_of_their_own(office: Office) -> None:
    """市发展改革委 leads T001, T003 and T007."""
    set_submission(office, state="已报")

    def behind(day: str) -> list[tuple[Any, ...]]:
        said = reminded(office, day, days=0, units=["市发展改革委"])
        return [(r[2], r[3], r[5]) for r in said if r[1] == "behind"]

    verify(office, T001="滞后", T003="滞后")
    assert behind("2022-06-01") == [(1, "提醒", ["T001", "T003"])]
    verify(office, T001="正常推进", T007="滞后")
    assert behind("2022-06-07") == [(2, "催办", ["T003"]), (1, "提醒", ["T007"])]
    assert log(office, "tasks", "open_tasks", "settled") == [
        ("T001、T003", "T003", "否"),
        ("T003", "T003", "否"),
        ("T007", "T007", "否"),
    ]
    verify(office, T001="滞后", T003="已完成", T007="已完成")
    assert behind("2022-06-08") == [(1, "提醒", ["T001"])], "anew, from the first"
    assert log(office, "settled") == [("是",), ("是",), ("是",), ("否",)]


def test_due_soon_is_said_once_and_stays_open_until_done(one: Office) -> None:
    set_submission(one, "市丙局", state="已报")
    verify(one, T001="已完成", T002="已完成")
    assert [r[:3] for r in reminded(one, "2022-12-05")] == [("市丙局", "due_soon", 1)]
    assert reminded(one, "2022-12-20") == []
    assert log(one, "open_tasks", "settled") == [("T003", "否")]
    verify(one, T003="已完成")
    assert remind(one.project, today=dt.date(2022, 12, 21))["settled"] == ["R001"]


def test_the_office_raises_the_next_level(one: Office) -> None:
    reminded(one, FIRST)
    typed(one, "reminders", "R001", raise_to="督办")
    assert reminded(one, FIRST) == [], "not twice on one day"
    assert [r[2:5] for r in reminded(one, "2022-05-27")] == [(2, "督办", "2022-05-30")], "at once, the next day"
    assert [r[2:4] for r in reminded(one, "2022-05-31")] == [(3, "约谈")], "and on from there"


def test_a_level_that_does_not_exist_is_said(one: Office) -> None:
    reminded(one, FIRST)
    typed(one, "reminders", "R001", raise_to="通报批评")
    result = remind(one.project, today=dt.date(2022, 6, 1))
    assert [(f["code"], f["message"]) for f in result["findings"]] == [
        (
            "M606",
            "“催办”R001 的“越级”写的是“通报批评”，没有这一级力度，按轮次逐级加重。"
            "请改为：提醒、催办、督办、约谈，或清空。",
        )
    ]
    assert [(r["round"], r["level"]) for r in result["reminders"]] == [(2, "催办")]


def test_what_the_office_writes_stays(one: Office) -> None:
    reminded(one, FIRST)
    typed(one, "reminders", "R001", contact_log="电话，王明接", received_at="2022-05-26 15:00", remarks="已答应")
    reminded(one, "2022-06-01")
    assert log(one, "contact_log", "received_at", "remarks")[0] == ("电话，王明接", "2022-05-26 15:00", "已答应")


def test_the_same_day_again_changes_nothing(small: Office) -> None:
    first = remind(small.project, today=dt.date(2022, 5, 26))
    master, made = small.master, files(small)
    again = remind(small.project, today=dt.date(2022, 5, 26))
    assert small.master == master
    assert files(small) == made
    assert len(made) == 6
    assert [r | {"new": True} for r in again["reminders"]] == first["reminders"]
    assert not any(r["new"] for r in again["reminders"])


def test_what_comes_up_later_that_day_gets_a_notice_of_its_own(one: Office) -> None:
    reminded(one, FIRST)
    made = files(one)
    verify(one, T003="滞后")
    (row,) = remind(one.project, today=dt.date(2022, 5, 26))["reminders"][1:]
    assert (row["matter"], row["notice"]) == ("behind", "催办/2022-05/2022-05-26/市丙局-2.docx")
    assert {name: files(one)[name] for name in made} == made


def test_killed_before_the_master_is_written_the_next_run_does_the_whole(
    small: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: Any) -> bytes:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(ClosedMaster, "write", killed)
        with pytest.raises(KeyboardInterrupt):
            remind(small.project, today=dt.date(2022, 5, 26))
    assert log(small, "reminder_no") == []
    assert len(files(small)) == 6
    result = remind(small.project, today=dt.date(2022, 5, 26))
    assert len(files(small)) == 6
    assert log(small, "notice_file") == [(r["notice"],) for r in result["reminders"]]
    assert len(result["reminders"]) == 3


def test_going_back_leaves_the_log_alone(small: Office) -> None:
    reminded(small, FIRST)
    small.send("丙.xlsx", filled(small.form("市丙局")))
    small.merge()
    assert remind(small.project, today=dt.date(2022, 5, 27))["settled"] == ["R003"]
    rows = small.table("reminders")
    recovery.undo(small.project)
    assert small.table("reminders") == rows
    assert recovery.rebuild(small.project)["differences"] == []
    assert small.table("reminders") == rows
    (small.project.inbox / "丙.xlsx").unlink()
    assert ("市丙局", "not_reported", 1, "提醒", "2022-06-06", []) in reminded(small, "2022-06-01")
