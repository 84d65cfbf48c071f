"""What a past period was is one thing, whoever is asked: status, snapshot, bulletin and 期次统计 agree.

Half a year of three tasks. The office sets 核定状态: before June is issued that of T001 to 滞后; before July that of
T002 to 已完成, and none to T001; in September that of T003. In August a unit corrects its report of June.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.decisions.conftest import Master
from tests.office import Office, filled
from tests.small import UNITS, small_project
from tjxl import flows, recovery
from tjxl.report.status import show_status
from tjxl.simulate import simulate
from tjxl.snapshot import snapshot
from tjxl.supervise.bulletin.run import bulletin

PERIODS = ("2022-05", "2022-06", "2022-07", "2022-08", "2022-09", "2022-10")
TYPED: Mapping[str, Mapping[str, str | None]] = {
    "2022-05": {"T001": "滞后"},
    "2022-06": {"T001": None, "T002": "已完成"},
    "2022-09": {"T003": "申请调整"},
}
MEANINGS = {
    "not_started": "未启动", "in_progress": "正常推进", "behind": "滞后", "completed": "已完成",
    "adjustment_requested": "申请调整",
}  # fmt: skip
LIGHTS = {"red": "红", "yellow": "黄", "blue": "蓝", "green": "绿"}


@pytest.fixture(scope="module")
def half_year(tmp_path_factory: pytest.TempPathFactory) -> Office:
    office = small_project(tmp_path_factory.mktemp("半年") / "项目", PERIODS[0])
    for seed, period in enumerate(PERIODS):
        if period != PERIODS[0]:
            flows.issue(office.project, period)
        simulate(office.project, period, seed=seed)
        office.merge()
        if period == "2022-08":
            correction = filled(
                office.form(UNITS[0], "2022-06"), M4=dt.date(2022, 8, 30), J7="滞后", K7=0.1, O7=dt.date(2022, 12, 1),
                M7="场地尚未移交，施工无法按期展开。", N7="与有关单位协商，下月底前移交。",
            )  # fmt: skip
            office.send("更正.xlsx", correction, "2022-08-30 10:00")
            office.merge("2022-06")
        for task, status in TYPED.get(period, {}).items():
            office.project.master.write_bytes(
                Master(office.master).type("tasks", task, verified_status=status).content
            )
    return office


def told(office: Office, period: str) -> Iterator[tuple[str, dict[str, int], dict[str, int] | None]]:
    """Who says it, the tasks by status, and by light; nothing that is zero."""
    (line,) = office.table("period_figures", period=period)
    yield "期次统计", counts(line, MEANINGS | {"no_report": "尚无报送"}), counts(line, LIGHTS)
    yield "status", flows.status(office.project, period)["by_status"], None
    shown = snapshot(office.project, period)
    yield "snapshot", shown["by_status"], shown["lights"]
    said = bulletin(office.project, period, date=dt.date(2022, 12, 1))["counts"]
    names = MEANINGS | {"unreported": "尚无报送", "other": "其他"}
    yield "bulletin", counts(said["by_status"], names), counts(said["by_light"], LIGHTS)


def counts(found: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, int]:
    return {title: found[name] for name, title in names.items() if found[name]}


@pytest.mark.parametrize("period", PERIODS)
def test_all_agree_on_a_period(half_year: Office, period: str) -> None:
    answers = list(told(half_year, period))
    for who, by_status, lights in answers:
        assert by_status == answers[0][1], who
        assert lights in (None, answers[0][2]), who


def test_what_the_office_typed_counts_from_its_period_on(half_year: Office) -> None:
    """Worked out from the ledger and the typing above."""
    leads = half_year.state.leads
    verified: dict[str, str | None] = {}
    for period in PERIODS:
        verified |= TYPED.get(period, {})
        expected: dict[str, int] = {}
        for task, unit in leads.items():
            said = [
                (r["period"], r["batch"], r["status"])
                for r in half_year.table("ledger", task_code=task, unit_code=unit)
                if r["period"] <= period
            ]
            status = verified.get(task) or (max(said)[2] if said else "尚无报送")
            expected[status] = expected.get(status, 0) + 1
        assert flows.status(half_year.project, period)["by_status"] == expected, period


def test_status_of_a_past_period_marks_what_is_of_today(
    half_year: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    for period, past in (("2022-06", True), (PERIODS[-1], False), (None, False)):
        result = flows.status(half_year.project, period)
        show_status(result)
        shown = capsys.readouterr().out
        assert result["past"] is past
        assert (("待裁决（当前）" in shown), ("问题清单（当前）" in shown)) == (past, past)
        assert ("2022-06 期末任务" in shown) is past


def test_the_bulletin_compares_with_the_period_before_as_it_was(half_year: Office) -> None:
    before = bulletin(half_year.project, "2022-06", date=dt.date(2022, 12, 1))["counts"]
    previous = bulletin(half_year.project, "2022-07", date=dt.date(2022, 12, 1))["counts"]["previous"]
    assert previous == {name: before[name] for name in ("by_status", "by_light")}
    assert previous["by_status"]["completed"] >= 1


def test_the_files_still_prove_it(half_year: Office) -> None:
    assert recovery.rebuild(half_year.project, check=True)["differences"] == []


def test_a_master_that_remembers_no_verified_status_goes_without(tmp_path: Path) -> None:
    """期末核定 is taken out of it: past periods stand as reported, for all alike."""
    office = small_project(tmp_path / "项目", PERIODS[0])
    office.send("a.xlsx", filled(office.form(UNITS[0])))
    office.merge()
    office.project.master.write_bytes(Master(office.master).type("tasks", "T001", verified_status="滞后").content)
    master = office.master
    office.project.master.write_bytes(without_table(master, "期末核定"))
    flows.issue(office.project, PERIODS[1])
    answers = [by_status for _, by_status, _ in told(office, PERIODS[0])]
    assert answers == [{"正常推进": 1, "尚无报送": 2}] * 4
    assert flows.status(office.project)["by_status"] == {"滞后": 1, "尚无报送": 2}


def verify(office: Office, task: str, status: str | None) -> None:
    """The office sets, or takes back, 核定状态 of a task."""
    office.project.master.write_bytes(Master(office.master).type("tasks", task, verified_status=status).content)


def test_a_period_issued_late_counts_what_was_verified_when_the_later_one_was_issued(tmp_path: Path) -> None:
    """July is left out and issued late: in between, the office has verified something else."""
    office = small_project(tmp_path / "项目", "2022-06")
    simulate(office.project, "2022-06", seed=1)
    office.merge()
    verify(office, "T003", "滞后")
    flows.issue(office.project, "2022-08")
    verify(office, "T003", "已完成")
    flows.issue(office.project, "2022-07")
    answers = [by_status for _, by_status, _ in told(office, "2022-07")]
    assert answers == [answers[0]] * 4
    assert answers[0] == flows.status(office.project, "2022-06")["by_status"]
    assert answers[0]["滞后"] == 1
    simulate(office.project, "2022-07", seed=2)
    office.merge("2022-07")
    assert [by_status["滞后"] for _, by_status, _ in told(office, "2022-07")] == [1] * 4
    assert recovery.rebuild(office.project, check=True)["differences"] == []


def test_a_period_before_all_others_counts_the_first_word_that_is_known(tmp_path: Path) -> None:
    office = small_project(tmp_path / "项目", "2022-06")
    verify(office, "T003", "滞后")
    flows.issue(office.project, "2022-05")
    verify(office, "T003", "已完成")
    flows.issue(office.project, "2022-07")
    flows.issue(office.project, "2022-04")
    for period, expected in (("2022-04", "滞后"), ("2022-05", "滞后"), ("2022-06", "已完成")):
        assert [by_status for _, by_status, _ in told(office, period)] == [{expected: 1, "尚无报送": 2}] * 4, period


def without_table(master: bytes, title: str) -> bytes:
    """The master with this table called otherwise, so that there is none of the name."""
    from tests.office import with_part
    from tjxl.ooxml.book import Book

    part = Book(master).tables[title].part
    return with_part(master, part, lambda xml: xml.replace(title.encode(), b"other"))
