"""Whatever happens in whatever order, a project whose periods are moved out says what one says that keeps them."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive.test_same_answers import histories, tables
from tests.conftest import copy_of
from tests.flows.test_rebuild import damage
from tests.office import Office, filled
from tests.small import UNITS, small_project
from tjxl import recovery
from tjxl.archiving import archive_period
from tjxl.errors import ProjectError

PERIODS = ("2022-05", "2022-06", "2022-07")
Step = tuple[str, Any]

STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("report"), st.tuples(st.sampled_from(PERIODS), st.sampled_from(UNITS), st.integers(1, 9))),
    st.tuples(st.just("move"), st.sampled_from(PERIODS[:2])),
    st.tuples(st.just("undo"), st.none()),
    st.tuples(st.just("damage"), st.integers(0, 20)),
    st.tuples(st.just("rebuild"), st.none()),
)


@pytest.fixture(scope="module")
def three_months(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Three periods issued, nothing reported. Not to be written to."""
    return small_project(tmp_path_factory.mktemp("三个月") / "项目", *PERIODS)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=3, max_size=8))
def test_moving_periods_out_changes_nothing_that_is_said(three_months: Office, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        plain = copy_of(three_months, Path(folder) / "原")
        moved = copy_of(three_months, Path(folder) / "移出")
        for day, (kind, what) in enumerate([*steps, ("rebuild", None)], 1):
            if kind == "move":
                archive_period(moved.project, what)
            elif kind == "damage":
                damaged(plain, moved, what)
            else:
                assert carried_out(plain, kind, what, day) == carried_out(moved, kind, what, day)
            assert tables(plain, times=False) == tables(moved, times=False)
            assert histories(plain, times=False) == histories(moved, times=False)
        assert recovery.rebuild(moved.project, check=True)["differences"] == []


def carried_out(office: Office, kind: str, what: Any, day: int) -> object:
    """A step, and what the command says of it."""
    if kind == "report":
        period, unit, tenths = what
        form = office.form(unit, period)
        office.send(f"{day}.xlsx", filled(form, K7=tenths / 10, M4=dt.date(2022, 7, day)), f"2022-07-{day:02d} 10:00")
        return office.merge(period)["rows"]
    if kind == "undo":
        try:
            rows = recovery.undo(office.project)["rows"]
        except ProjectError as refused:
            return refused.code
        for path in office.project.inbox.iterdir():
            path.unlink()
        return rows
    return recovery.rebuild(office.project)["restored"]


def damaged(plain: Office, moved: Office, place: int) -> None:
    """Type over a cell of a ledger row that still stands in both masters; it may be moved like this."""
    rows = moved.table("ledger")
    if rows:
        row = rows[place % len(rows)]
        where = {name: row[name] for name in ("period", "task_code", "unit_code", "batch")}
        for office in (plain, moved):
            damage(office, "ledger", "progress_text", f"手工改写{place}", **where)
