"""层层分解 under a level whose periods have two stages: a form of one stage says nothing of the other stage's tasks.

In the small project 市乙局 leads T002 and cooperates in T001: 配合 asks it for T001, 牵头 for T002.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest

from tests.office import JUNE, MAY, Office
from tests.small import set_report, small_project, split_project
from tests.supervise.levels import SIGNED, Level, report, type_in, with_cells
from tjxl import flows, recovery
from tjxl.project import Project
from tjxl.resources import sample_notice
from tjxl.simulate import simulate

UNIT = "市乙局"
COOPERATING, LEAD = "配合", "牵头"
TASKS = {COOPERATING: "T001", LEAD: "T002"}
BUREAU, SECTIONS, CENTRE = "市教委", ("综合处", "基教处", "高教处"), "市教育督导中心"
TWO_STAGES = "two_stages = true"


def both_issued(city: Office, period: str) -> None:
    """The forms of both stages of a period."""
    set_report(city.project, TWO_STAGES)
    for stage in ("cooperating", "lead"):
        flows.issue(city.project, period, stage=stage)


def test_a_form_of_one_stage_says_nothing_of_the_others_tasks(tmp_path: Path) -> None:
    """A register begun from a whole form, under a level that goes over to two stages."""
    city = small_project(tmp_path / "市", MAY)
    bureau = Level(tmp_path / "乙局", city, UNIT)
    for task in ("T001", "T002"):
        bureau.split(task, lead_unit="业务科")
    bureau.issue(JUNE)
    both_issued(city, JUNE)
    for stage, task in TASKS.items():
        up = bureau.report_up(JUNE, stage)
        assert [r["task"] for r in up["rows"]] == [task]
        assert (up["added"], up["removed"], [f["code"] for f in up["findings"]]) == ([], [], ["H121"])
        before = bureau.master
        taken = bureau.take_over(JUNE, stage)
        assert [taken[n] for n in ("added", "removed", "changed", "decisions", "findings")] == [[]] * 5
        assert bureau.master == before


@pytest.mark.parametrize(("first", "then"), [(COOPERATING, LEAD), (LEAD, COOPERATING)])
def test_the_other_stages_form_adds_its_tasks(tmp_path: Path, first: str, then: str) -> None:
    city = split_project(tmp_path / "市")
    both_issued(city, MAY)
    bureau = Level(tmp_path / "乙局", city, UNIT, stage=first)
    bureau.split(TASKS[first], lead_unit="综合科")
    bureau.issue()
    taken = bureau.take_over(stage=then)
    assert (taken["added"], taken["removed"], taken["changed"], taken["findings"]) == ([TASKS[then]], [], [], [])
    type_in(bureau, "splits", {"given_code": TASKS[then]}, {"lead_unit": "业务科"})
    assert bureau.issue() == ({"综合科": 1, "业务科": 1}, ["D603"])
    report(bureau, 综合科={"K7": 0.6}, 业务科={"K7": 0.3})
    for stage in (first, then):
        assert bureau.take_over(stage=stage)["added"] == []
        up = bureau.report_up(stage=stage)
        assert (up["removed"], up["findings"]) == ([], [])
        assert [(r["task"], "status" in r["filled"]) for r in up["rows"]] == [(TASKS[stage], True)]


def test_a_task_that_its_own_stage_asks_for_no_more_is_told(tmp_path: Path) -> None:
    """市乙局 cooperates in T003 instead of T001."""
    city = small_project(tmp_path / "市", MAY)
    bureau = Level(tmp_path / "乙局", city, UNIT)
    type_in(city, "assignments", {"task_code": "T001", "unit": UNIT}, {"task_code": "T003", "serial_no": 3})
    both_issued(city, JUNE)
    taken = bureau.take_over(JUNE, COOPERATING)
    assert (taken["added"], taken["removed"]) == (["T003"], ["T001"])
    (said,) = taken["findings"]
    assert (said["code"], "第 1 项配合任务" in said["message"]) == ("H131", True)
    assert bureau.take_over(JUNE, LEAD)["removed"] == []


def test_three_levels_in_two_stages_on_the_notices_tasks(tmp_path: Path) -> None:
    """City, bureau, centre; the bureau's own periods have two stages too."""
    flows.init(tmp_path / "市", Path(str(sample_notice())), 2022, macros=False)
    city = Office(Project(tmp_path / "市"))
    set_report(city.project, TWO_STAGES)
    flows.issue(city.project, MAY)
    bureau = Level(tmp_path / "教委", city, BUREAU, stage=COOPERATING)
    set_report(bureau.project, TWO_STAGES)
    codes = [s["task_code"] for s in bureau.table("splits")]
    assert (len(codes), {s["role"] for s in bureau.table("splits")}) == (12, {COOPERATING})
    for number, code in enumerate(codes):
        bureau.split(code, lead_unit=SECTIONS[number % 3], cooperating_units=SECTIONS[(number + 1) % 3])
    bureau.add_split(serial_no=9, item="督导各区落实。", lead_unit=CENTRE)
    bureau.issue()
    simulate(bureau.project, MAY, 4)
    bureau.merge()

    flows.issue(bureau.project, MAY, stage="lead")
    centre = Level(tmp_path / "中心", bureau, CENTRE, stage=LEAD)
    centre.split("T009-2", lead_unit="党政办公室")
    centre.issue()
    visited = "已督导十六个区，发现问题十八条。"
    report(centre, 党政办公室={"L7": visited})
    assert centre.send_up(stage=LEAD)["findings"] == []
    simulate(bureau.project, MAY, 4, units=SECTIONS)
    bureau.merge()
    assert_accepted(bureau, city, COOPERATING, dt.date(2022, 5, 20))

    flows.issue(city.project, MAY, stage="lead")
    taken = bureau.take_over(stage=LEAD)
    assert (taken["added"], taken["removed"], taken["findings"]) == (["T118", "T119", "T120"], [], [])
    assert [t["target_code"] for t in bureau.table("targets")] == ["T118-K1"]
    for code in taken["added"]:
        type_in(bureau, "splits", {"given_code": code}, {"lead_unit": SECTIONS[0]})
    flows.issue(bureau.project, MAY, stage="lead")
    simulate(bureau.project, MAY, 5, units=SECTIONS)
    bureau.merge()
    assert_accepted(bureau, city, LEAD, dt.date(2022, 5, 25))

    reported = city.table("assignments", unit=BUREAU)
    assert [r["task_code"] for r in reported if not r["status"]] == []
    assert visited in json.dumps(flows.history(city.project, "T009", BUREAU), ensure_ascii=False)
    for level in (city, bureau, centre):
        assert recovery.rebuild(level.project, check=True)["differences"] == []


def assert_accepted(bureau: Level, city: Office, stage: str, day: dt.date) -> None:
    """The form of a stage goes up, with a person's word where the rules left a status open, and is merged above."""
    up = bureau.send_up(day=day, stage=stage)
    assert (up["added"], up["removed"], up["changed"]) == ([], [], [])
    column = "K" if stage == LEAD else "J"
    open_rows = [r for r, row in enumerate(up["rows"], 7) if "status" not in row["filled"]]
    cells = SIGNED | {"M4": day} | {f"{column}{r}": "正常推进" for r in open_rows}
    city.send(f"{BUREAU}.xlsx", with_cells(Path(up["file"]).read_bytes(), cells))
    assert city.merge()["merged"] == [f"{BUREAU}.xlsx"]
