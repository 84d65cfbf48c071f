"""Random sequences of reports, merges, undos and damage: a rebuild always ends in the master before the damage."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import copy_of
from tests.flows.test_rebuild import damage, differences, written
from tests.flows.test_undo import everything, undo
from tests.merge.test_promises import report
from tests.office import AUDIT, Office, filled
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import read_rows

CELLS: list[tuple[str, str, Any]] = [
    ("tasks", "status", "已完成"),
    ("tasks", "percent_complete", 0.01),
    ("tasks", "light", "红"),
    ("assignments", "problems", "手工改写"),
    ("milestones", "explanation", "手工改写"),
    ("milestones", "lead_unit", "某单位"),
    ("targets", "current_value", 1234.5),
    ("ledger", "progress_text", "手工改写"),
    ("ledger", "percent_complete", None),
    ("ledger", "task_code", "T001"),
    ("target_ledger", "current_value", 1234.5),
    ("milestone_ledger", "done", "未知"),
    ("submissions", "prepared_by", "李四"),
]
Step = tuple[str, Any]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(st.just("report"), st.integers(1, 9)),
    st.tuples(st.just("audit"), st.integers(1, 9)),
    st.tuples(st.just("undo"), st.none()),
    st.tuples(st.just("damage"), st.lists(st.tuples(st.sampled_from(CELLS), st.integers(0, 400)), max_size=3)),
)


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=st.lists(STEPS, min_size=2, max_size=6))
def test_a_rebuild_after_any_damage_is_the_master_before_it(promised_project: Office, steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        office = copy_of(promised_project, Path(folder) / "项目")
        forms = {"report": report, "audit": lambda o, **cells: filled(o.form(AUDIT), **cells)}
        past = [everything(office)]
        for day, (kind, what) in enumerate(steps, 1):
            if kind in forms:
                content = forms[kind](office, K7=what / 10, M4=dt.date(2022, 5, day))
                office.send(f"{kind}-{day}.xlsx", content)
                before = everything(office)
                office.merge()
                if everything(office) != before:
                    past.append(everything(office))
            elif kind == "undo" and len(past) > 1:
                undo(office)
                past.pop()
                for path in office.project.inbox.glob("*"):
                    path.unlink()
                assert everything(office) == past[-1]
            elif kind == "damage":
                _damaged_and_rebuilt(office, what)
        assert differences(office) == []


def _damaged_and_rebuilt(office: Office, cells: list[tuple[tuple[str, str, Any], int]]) -> None:
    before = written(office)
    for (table, column, value), place in cells:
        rows = read_rows(office.state.book, master_layout()[table])
        if rows:
            values = rows[place % len(rows)].values
            keys = ("task_code", "unit_code", "period", "batch", "milestone_code", "target_code")
            damage(office, table, column, value, **{k: values[k] for k in keys if k in values})
    differences(office, check=False)
    assert written(office) == before
    assert differences(office) == []
