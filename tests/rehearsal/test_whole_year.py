"""A rehearsed year of two stages, held against an independent calculation (`truth`): every sheet of supervision.

1. 报送情况: who reported when, late or not, extensions and corrections included; how often something went back.
2. 任务台账: what the leads reported last, the light of each task and its reason; 期次统计: the totals of each period.
3. 催办: who was reminded of what on which day, in which round.
4. 问题清单, 销号, 核查: what is open since when, what is closed, what disagrees.
5. 考核: the scores. 6. Ledgers and archive agree; snapshot and bulletin are there and say the same.

A small register plays twelve months, the 138 tasks three; `python -m tests.rehearsal FOLDER` checks any such year.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.office import Office
from tests.rehearsal.truth import Truth, last_day
from tests.small import write_notice
from tests.supervise.appraisal import Appraisal
from tests.supervise.test_scores_year import agrees
from tjxl.notice.read import read_notice
from tjxl.project import Project
from tjxl.rehearsal.run import RECORD, rehearse_year
from tjxl.rehearsal.year import Rates
from tjxl.resources import sample_notice

RATES = Rates(faults=0.5, late=0.25, missing=0.15, corrections=0.4)


def truth_of(root: Path, notice: Path) -> Truth:
    """A rehearsed year on disk, and what is to be in its master."""
    project = Project(root)
    record = json.loads((root / RECORD).read_text(encoding="utf-8"))
    return Truth(record, read_notice(notice, record["year"], project.settings()), Office(project))


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """Twelve months of three tasks and three units, in two stages, with much that goes wrong."""
    folder = tmp_path_factory.mktemp("演练")
    notice = write_notice(folder)
    rehearse_year(folder / "小项目", seed=3, rates=RATES, notice=notice, macros=False)
    return truth_of(folder / "小项目", notice)


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """Three months of the 138 tasks in two stages."""
    root = tmp_path_factory.mktemp("演练") / "2022年重点工作"
    rehearse_year(root, seed=5, rates=Rates(0.3, 0.15, 0.1, 0.1), periods=3, macros=False)
    return truth_of(root, Path(str(sample_notice())))


Check = Callable[[Truth], None]


def iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, dt.date) else value


def submissions(truth: Truth) -> None:
    rows = truth.office.table("submissions")
    found = {
        (r["period"], r["stage"], r["unit"]): (r["state"], iso(r["reported_on"]), int(r["returned_times"] or 0))
        for r in rows
    }
    assert found == truth.units()
    extended = {(r["period"], r["stage"], r["unit"]): iso(r["extended_to"]) for r in rows if r["extended_to"]}
    assert extended == truth.extended()


def register(truth: Truth) -> None:
    lights, known = truth.lights(), truth.known()
    for row in truth.office.table("tasks"):
        code = row["task_code"]
        told = known[code]
        assert (row["status"], row["verified_status"] or None) == (told.status, told.verified), code
        assert (row["percent_complete"], row["period"]) == (told.percent, told.period), code
        assert ((row["light"] or ""), row["light_reason"] or "") == lights[code], code


def totals(truth: Truth) -> None:
    found = {row.pop("period"): row for row in truth.office.table("period_figures")}
    expected = {period: truth.figures(period) | {"remarks": None} for period in truth.periods}
    for period in truth.periods:
        assert found[period] == expected[period], period
    assert found.keys() == expected.keys()


def reminders(truth: Truth) -> None:
    found = {
        (r["reminded_on"], r["unit"], r["matter"], r["round"], r["level"]): set(str(r["tasks"] or "").split("、"))
        - {""}
        for r in truth.office.table("reminders")
    }
    assert len(found) == len(truth.office.table("reminders"))
    assert found == truth.reminders()


def problems(truth: Truth) -> None:
    rows = truth.office.table("problems")
    places = {r["problem_no"]: (r["task_code"], r["unit"], r["first_period"]) for r in rows}
    found = [
        (r["task_code"], r["unit"], r["first_period"], r["last_period"], r["periods_open"], r["age_days"], r["state"])
        for r in rows
    ]
    assert Counter(found) == Counter(truth.problems(places))


def closings(truth: Truth) -> None:
    found = {r["task_code"]: (r["period"], r["state"]) for r in truth.office.table("closings")}
    assert found == truth.closings()


def findings(truth: Truth) -> None:
    names = ("period", "task_code", "row_code", "unit", "matter", "conclusion")
    assert Counter(tuple(r[n] for n in names) for r in truth.office.table("verification")) == truth.conclusions()


def scores(truth: Truth) -> None:
    typed: dict[tuple[str, ...], dict[str, Any]] = {
        (t["table"], *t["key"]): t["values"] for t in truth.record["typed"] if t["table"].startswith("score")
    }
    assert {table for table, *_ in typed} == {"score_tasks", "scores"} or len(truth.leads) < 10
    agrees(truth.office.master, Appraisal(truth.office.state, last_day(truth.periods[-1]), typed))


def ending(truth: Truth) -> None:
    record = truth.record
    assert (record["check"]["differences"], record["check"]["files_missing"]) == ([], [])
    assert truth.office.inbox() == []
    snapshot = record["ending"]["snapshot"]
    figures = truth.figures(snapshot["period"])
    assert (snapshot["by_status"].get("已完成", 0), snapshot["by_status"].get("尚无报送", 0)) == (
        figures["completed"],
        figures["no_report"],
    )
    assert Path(record["ending"]["bulletin"]).read_bytes()[:2] == b"PK"
    assert record["ending"]["bulletin"].endswith(".docx")


CHECKS: Mapping[str, Check] = {
    "报送情况": submissions,
    "任务台账": register,
    "期次统计": totals,
    "催办": reminders,
    "问题清单": problems,
    "销号": closings,
    "核查": findings,
    "考核": scores,
    "年末": ending,
}


@pytest.mark.parametrize("sheet", CHECKS)
@pytest.mark.parametrize("which", ["small", "real"])
def test_the_year_ends_as_an_independent_calculation_says(
    which: str, sheet: str, request: pytest.FixtureRequest
) -> None:
    CHECKS[sheet](request.getfixturevalue(which))
