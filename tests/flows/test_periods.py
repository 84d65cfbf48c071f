"""Periods: when reports are due, who is late, and what an earlier period leaves open.

1. Due dates: the last month or the one after it, single periods with a day of their own; nonsense is refused.
2. Late or not is decided by the first report that could be accepted, in whatever order files come.
3. 延期至 and a whole period's new day count at once, also for what is merged already; undo and rebuild agree.
4. Issuing says what the period before left open, and takes periods in any order.
5. A report of another period waits in 收件 until that period is collected, unless it has been reported already.
6. A quarterly year works like a monthly one.
7. Several periods are named together.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.merge.test_hand_edits import type_over
from tests.office import JUNE, MAY, Office, filled, generated
from tests.small import UNITS, set_report, small_project, unissued_project
from tjxl import flows, recovery
from tjxl.duedates import due_date
from tjxl.errors import SpecError
from tjxl.periods import parse_period, titles_of
from tjxl.settings import load_settings
from tjxl.simulate import simulate

A, B, C = UNITS
DUE = dt.date(2022, 5, 25)
IN_TIME, LATE, LATER = dt.date(2022, 5, 24), dt.date(2022, 5, 27), dt.date(2022, 5, 30)


@pytest.fixture(scope="module")
def issued(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The small project, 2022-05 issued. Not to be written to."""
    return small_project(tmp_path_factory.mktemp("期次") / "项目")


@pytest.fixture
def small(issued: Office, tmp_path: Path) -> Office:
    return copy_of(issued, tmp_path / "项目")


def send(office: Office, day: dt.date, unit: str = A, period: str = MAY, **cells: Any) -> None:
    """A unit's report of that day; its text says which it is, so that no two are alike."""
    text = f"{day:%m月%d日}报：已完成方案论证和立项批复，按计划推进。"
    content = filled(office.form(unit, period), M4=day, L7=text, **cells)
    office.send(f"{unit}_{period}_{day:%m%d}.xlsx", content, f"{day.isoformat()} 10:00")


def submission(office: Office, unit: str = A, period: str = MAY) -> tuple[Any, ...]:
    """报送状态, 填报日期, 首次填报日期, 迟报天数."""
    (row,) = office.table("submissions", unit=unit, period=period)
    return row["state"], row["reported_on"], row["first_reported_on"], row["days_late"]


def clean(office: Office) -> bool:
    return recovery.rebuild(office.project, check=True)["differences"] == []


# ---- 1. due dates


@pytest.mark.parametrize(
    ("report", "period", "due"),
    [
        ("", "2022-02", dt.date(2022, 2, 25)),
        ("due_day = 31", "2022-02", dt.date(2022, 2, 28)),
        ('due_month = "next"\ndue_day = 20', "2022-05", dt.date(2022, 6, 20)),
        ('due_month = "next"\ndue_day = 20', "2022-12", dt.date(2023, 1, 20)),
        ('cadence = "quarterly"\ndue_month = "next"\ndue_day = 20', "2022-Q1", dt.date(2022, 4, 20)),
        ('cadence = "quarterly"\ndue_month = "next"\ndue_day = 20', "2022-Q4", dt.date(2023, 1, 20)),
        ('[report.due_dates]\n"2022-01" = "2022-02-10"', "2022-01", dt.date(2022, 2, 10)),
        ('[report.due_dates]\n"2022-01" = 2022-02-10', "2022-01", dt.date(2022, 2, 10)),
        ('[report.due_dates]\n"2022-01" = "2022-02-10"', "2022-02", dt.date(2022, 2, 25)),
    ],
)
def test_the_day_by_which_a_report_is_due(tmp_path: Path, report: str, period: str, due: dt.date) -> None:
    file = tmp_path / "tjxl.toml"
    file.write_text(f"[report]\n{report}\n", encoding="utf-8")
    assert due_date(parse_period(period), load_settings(file)) == due


def test_cooperating_units_are_due_earlier(tmp_path: Path) -> None:
    file = tmp_path / "tjxl.toml"
    file.write_text('[report]\n[report.cooperating_due_dates]\n"2022-06" = "2022-06-12"\n', encoding="utf-8")
    settings = load_settings(file)
    assert due_date(parse_period(MAY), settings, "cooperating") == dt.date(2022, 5, 20)
    assert due_date(parse_period(JUNE), settings, "cooperating") == dt.date(2022, 6, 12)
    assert due_date(parse_period(JUNE), settings, "lead") == dt.date(2022, 6, 25)


@pytest.mark.parametrize(
    ("report", "key"),
    [
        ('due_month = "later"', "report.due_month"),
        ("two_stages = 1", "report.two_stages"),
        ("cooperating_due_day = 0", "report.cooperating_due_day"),
        ("two_stages = true\ncooperating_due_day = 25", "report.cooperating_due_day"),
        ("percent_gap = 30", "report.percent_gap"),
        ('due_dates = "2022-02-10"', "report.due_dates"),
        ('[report.due_dates]\n"2022-13" = "2022-02-10"', "report.due_dates.2022-13"),
        ('[report.due_dates]\n"2022-Q1" = "2022-02-10"', "report.due_dates.2022-Q1"),
        ('[report.due_dates]\n"2022-01" = "2月10日"', "report.due_dates.2022-01"),
        ('[report.due_dates]\n"2022-01" = "2021-12-31"', "report.due_dates.2022-01"),
        ('[report.due_dates]\n"2022-01" = "2032-02-10"', "report.due_dates.2022-01"),
    ],
)
def test_settings_that_mean_nothing_are_refused(tmp_path: Path, report: str, key: str) -> None:
    file = tmp_path / "tjxl.toml"
    file.write_text(f"[report]\n{report}\n", encoding="utf-8")
    with pytest.raises(SpecError) as refused:
        load_settings(file)
    assert refused.value.code == "E211"
    assert key in str(refused.value)


# ---- 2. late or not


def test_a_unit_that_reports_late_is_late_by_so_many_days(small: Office) -> None:
    send(small, LATE)
    small.merge()
    assert submission(small) == ("迟报", LATE, LATE, 2)
    assert submission(small, B) == ("未报", None, None, None)
    assert clean(small)


def sent(office: Office, days: Sequence[dt.date], together: bool) -> None:
    for day in days:
        send(office, day)
        if not together:
            office.collect()
            office.merge()
    if together:
        office.collect()
        office.merge()


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("order", [(IN_TIME, LATE, LATER), (LATE, IN_TIME, LATER), (LATER, LATE, IN_TIME)])
def test_a_correction_of_a_report_in_time_is_not_late_in_any_order(
    small: Office, order: tuple[dt.date, ...], together: bool
) -> None:
    sent(small, order, together)
    assert submission(small) == ("已报", LATER, IN_TIME, None)
    assert small.inbox() == []
    assert clean(small)


def test_a_late_report_stays_late_when_it_is_corrected(small: Office) -> None:
    for order in itertools.permutations((LATE, LATER)):
        office = copy_of(small, small.project.root.with_name(f"项目{order[0].day}"))
        sent(office, order, False)
        assert submission(office) == ("迟报", LATER, LATE, 2)


def test_a_report_that_went_back_is_no_report(small: Office) -> None:
    send(small, IN_TIME, J7=None)  # no status: it goes back
    small.collect()
    send(small, LATE)
    small.merge()
    assert submission(small)[:3] == ("迟报", LATE, LATE)


def test_the_note_about_lateness_is_not_for_corrections(small: Office) -> None:
    send(small, IN_TIME)
    small.merge()
    send(small, LATE)
    assert small.collect() == {f"{A}_{MAY}_0527.xlsx": ("accepted", [])}


def test_undoing_the_correction_leaves_the_report_in_time(small: Office) -> None:
    send(small, IN_TIME)
    small.merge()
    before = generated(small)
    send(small, LATE)
    small.merge()
    recovery.undo(small.project)
    assert generated(small) == before
    assert clean(small)


def test_an_earlier_report_is_not_forgotten_when_the_newer_one_is_undone(small: Office) -> None:
    send(small, LATE)
    small.merge()
    send(small, IN_TIME)
    small.merge()
    recovery.undo(small.project)
    assert submission(small) == ("未报", None, IN_TIME, None)
    assert clean(small)
    small.merge()
    assert submission(small) == ("已报", LATE, IN_TIME, None)


# ---- 3. extensions


def extend(office: Office, day: Any, unit: str = A) -> None:
    type_over(office, "submissions", "extended_to", day, unit=unit, period=MAY)


def test_an_extension_granted_before_the_report_counts(small: Office) -> None:
    extend(small, LATE)
    send(small, LATE)
    assert small.collect() == {f"{A}_{MAY}_0527.xlsx": ("accepted", [])}
    small.merge()
    assert submission(small) == ("已报", LATE, LATE, None)
    assert clean(small)


@pytest.mark.parametrize("command", ["collect", "merge"])
def test_an_extension_granted_afterwards_counts_too(small: Office, command: str) -> None:
    send(small, LATER)
    small.merge()
    assert submission(small) == ("迟报", LATER, LATER, 5)
    extend(small, LATE)
    getattr(small, command)()
    assert submission(small) == ("迟报", LATER, LATER, 3)
    extend(small, LATER)
    getattr(small, command)()
    assert submission(small) == ("已报", LATER, LATER, None)
    assert clean(small)
    before = small.master
    getattr(small, command)()
    assert small.master == before


def test_an_extension_that_is_none_is_said_and_changes_nothing(small: Office) -> None:
    for typed, code in (("月底前", "B040"), (dt.date(2022, 5, 20), "P102")):
        extend(small, typed)
        said = [f["code"] for d in flows.collect(small.project)["decisions"] for f in d["findings"]]
        assert said == [code]
        send(small, LATE)
        small.merge()
        assert submission(small) == ("迟报", LATE, LATE, 2)


def test_a_whole_period_put_off_in_the_settings_counts_for_everybody(small: Office) -> None:
    send(small, LATE)
    small.merge()
    set_report(small.project, '[report.due_dates]\n"2022-05" = "2022-05-27"')
    assert not clean(small)
    small.collect()
    assert submission(small) == ("已报", LATE, LATE, None)
    assert {row["due_on"] for row in small.table("submissions")} == {LATE}
    assert clean(small)


# ---- 4. the next period


def codes(result: dict[str, Any]) -> list[str]:
    return [f["code"] for f in result["findings"]]


def test_issuing_says_who_was_missing_before(small: Office) -> None:
    send(small, IN_TIME)
    small.merge()
    result = flows.issue(small.project, JUNE)
    assert (codes(result), result["missing_before"]) == (["P110"], [B, C])
    assert f"2022年5月）尚有 2 个单位未报：{B}、{C}" in result["findings"][0]["message"]


def test_a_complete_period_is_followed_without_a_word(small: Office) -> None:
    for unit in UNITS:
        send(small, IN_TIME, unit)
    small.merge()
    result = flows.issue(small.project, JUNE)
    assert (codes(result), result["missing_before"]) == ([], [])


def test_open_questions_are_said(small: Office) -> None:
    send(small, IN_TIME, J7="申请调整", M7="征地拆迁比原计划慢，需要延后半年。", O7=dt.date(2023, 6, 30))
    for unit in (B, C):
        send(small, IN_TIME, unit)
    small.merge()
    assert codes(flows.issue(small.project, JUNE)) == ["P111"]


def test_the_same_period_again_is_said_and_notes_nothing_twice(small: Office) -> None:
    before = small.table("submissions")
    result = flows.issue(small.project, MAY, [A])
    assert codes(result) == ["P113"]
    assert small.table("submissions") == before


def test_an_earlier_period_afterwards_leaves_the_newer_one_current(small: Office) -> None:
    send(small, IN_TIME)
    small.merge()
    result = flows.issue(small.project, "2022-04")
    assert codes(result) == ["P112"]
    assert flows.status(small.project)["period"] == MAY
    send(small, dt.date(2022, 4, 20), period="2022-04")
    assert small.merge("2022-04")["rows"] == 2
    (task,) = small.table("tasks", task_code="T001")
    assert (task["period"], submission(small, period="2022-04")[0]) == (MAY, "已报")
    assert clean(small)


def test_a_period_left_out_is_said(small: Office) -> None:
    result = flows.issue(small.project, "2022-08")
    assert codes(result) == ["P114", "P110"]
    assert "2022年6月、2022年7月" in result["findings"][0]["message"]


# ---- 5. reports of a past period


@pytest.fixture
def three(small: Office) -> Office:
    """June and August issued too; of May nothing has come."""
    flows.issue(small.project, JUNE)
    flows.issue(small.project, "2022-08")
    return small


def test_a_late_report_waits_for_a_collection_of_its_own(three: Office) -> None:
    send(three, dt.date(2022, 6, 20), period=JUNE)
    send(three, dt.date(2022, 8, 20), period="2022-08")
    result = flows.collect(three.project)
    assert {r["file"]: r["verdict"] for r in result["returns"]} == {
        f"{A}_{JUNE}_0620.xlsx": "ignored",
        f"{A}_2022-08_0820.xlsx": "accepted",
    }
    assert codes(result) == ["P118"]
    assert "tjxl collect --period 2022-06" in result["findings"][0]["message"]
    assert not three.project.returned("2022-08").exists()
    merged = three.merge()
    assert (merged["merged"], codes(merged)) == ([f"{A}_2022-08_0820.xlsx"], ["P118"])
    assert three.inbox() == [f"{A}_{JUNE}_0620.xlsx"]
    assert submission(three, period=JUNE)[0] == "未报"
    assert three.merge(JUNE)["merged"] == [f"{A}_{JUNE}_0620.xlsx"]
    assert (submission(three, period=JUNE)[0], three.inbox()) == ("已报", [])


def test_what_came_for_a_later_period_waits_while_an_earlier_one_is_collected(three: Office) -> None:
    for day in (20, 21):  # one is merged, the other corrects it
        send(three, dt.date(2022, 8, day), period="2022-08")
        result = flows.collect(three.project, period_code=JUNE)
        assert ([r["verdict"] for r in result["returns"]], codes(result)) == (["ignored"], ["P118"])
        three.merge()
    assert submission(three, period="2022-08")[1] == dt.date(2022, 8, 21)


def test_a_form_of_a_period_that_was_reported_goes_back_and_the_office_is_told(three: Office) -> None:
    send(three, dt.date(2022, 6, 20), period=JUNE)
    three.merge(JUNE)
    send(three, dt.date(2022, 6, 21), period=JUNE)
    result = flows.collect(three.project)
    assert ([r["verdict"] for r in result["returns"]], codes(result)) == (["returned"], ["P119"])
    assert three.merge(JUNE)["rows"] == 1


def test_a_late_report_leaves_alone_what_its_unit_was_sent_back(three: Office) -> None:
    send(three, dt.date(2022, 8, 20), period="2022-08", J7=None)  # no status: it goes back
    three.collect()
    letters = sorted(three.project.returned("2022-08").glob(f"{A}_*"))
    for path in three.project.inbox.iterdir():
        path.unlink()
    send(three, dt.date(2022, 6, 20), period=JUNE)
    three.collect()
    assert sorted(three.project.returned("2022-08").glob(f"{A}_*")) == letters != []


# ---- 6. quarters


def test_a_quarterly_year(tmp_path: Path) -> None:
    office = unissued_project(tmp_path / "项目", 'cadence = "quarterly"\ndue_month = "next"\ndue_day = 20')
    for quarter, due in (("2022-Q1", dt.date(2022, 4, 20)), ("2022-Q2", dt.date(2022, 7, 20))):
        result = flows.issue(office.project, quarter)
        assert "P110" not in codes(result)
        assert {row["due_on"] for row in office.table("submissions", period=quarter)} == {due}
        simulate(office.project, quarter, seed=3)
        assert office.merge()["rows"] == 6
        assert {row["period"] for row in office.table("tasks")} == {quarter}
    assert clean(office)
    recovery.undo(office.project)
    assert {row["period"] for row in office.table("tasks")} == {"2022-Q1"}


def test_a_quarter_in_two_stages(tmp_path: Path) -> None:
    office = unissued_project(tmp_path / "项目", 'cadence = "quarterly"\ntwo_stages = true')
    for stage, rows in ((None, 3), ("lead", 3)):
        flows.issue(office.project, "2022-Q2", stage=stage)
        simulate(office.project, "2022-Q2", seed=3)
        assert office.merge()["rows"] == rows
    dues = {(row["stage"], row["due_on"]) for row in office.table("submissions")}
    assert dues == {("配合", dt.date(2022, 6, 20)), ("牵头", dt.date(2022, 6, 25))}
    assert clean(office)


# ---- 7. several periods in words


@pytest.mark.parametrize(
    ("codes", "said"),
    [
        (["2022-01"], "2022年1月"),
        (["2022-03", "2022-01", "2022-02", "2022-02"], "2022年1月至3月"),
        (["2022-01", "2022-02", "2022-04"], "2022年1月至2月、4月"),
        (["2022-11", "2022-12", "2023-01"], "2022年11月至2023年1月"),
        (["2022-Q1", "2022-Q2", "2022-Q4"], "2022年第一季度至第二季度、第四季度"),
    ],
)
def test_several_periods_in_words(codes: list[str], said: str) -> None:
    assert titles_of(parse_period(code) for code in codes) == said
