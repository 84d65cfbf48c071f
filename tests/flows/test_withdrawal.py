"""A period issued by mistake: the master as it was, a way back, and what becomes of its forms.

1. Withdrawn, everything but its formulas' order is as before the issue, for the newest and for a period issued late.
2. The right period is issued then, and the year goes on.
3. Where something has come in it is refused.
4. Each issue leaves a backup.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.decisions.conftest import Master
from tests.office import JUNE, MAY, Office, filled, layouts
from tests.small import UNITS, small_project, split_project, unissued_project
from tjxl import flows, recovery
from tjxl.errors import ProjectError
from tjxl.ooxml.editor import BookEditor
from tjxl.sheets.layout import hidden_layout
from tjxl.sheets.master_edit import append
from tjxl.sheets.rows import read_rows
from tjxl.simulate import simulate

A, B, C = UNITS
JULY, AUGUST = "2022-07", "2022-08"


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """May is merged, and the office has verified that T003 is completed. Not to be written to."""
    office = small_project(tmp_path_factory.mktemp("撤回") / "项目")
    office.project.master.write_bytes(Master(office.master).type("tasks", "T003", verified_status="已完成").content)
    simulate(office.project, MAY, seed=1)
    office.merge()
    return office


@pytest.fixture
def small(begun: Office, tmp_path: Path) -> Office:
    return copy_of(begun, tmp_path / "项目")


def everything(office: Office) -> dict[str, Any]:
    """What stands in all tables, hidden ones too, and what is current."""
    state = office.state
    shown = {name: office.table(name) for name in layouts() if name != "forms"}
    hidden = {
        name: [dict(r.values) for r in read_rows(state.book, hidden_layout()[name])]
        for name in ("verified_at_close", "since_issue")
    }
    return shown | hidden | {"status": flows.status(office.project)}


def clean(office: Office) -> bool:
    return recovery.rebuild(office.project, check=True)["differences"] == []


# 1


def test_withdrawn_the_newest_is_as_if_it_had_not_been_issued(small: Office) -> None:
    before = everything(small)
    flows.issue(small.project, AUGUST)
    result = flows.withdraw(small.project, AUGUST)
    assert (result["withdrawn"], result["current"]) == (3, MAY)
    assert everything(small) == before
    assert clean(small)


def test_a_period_issued_late_is_withdrawn(small: Office) -> None:
    flows.issue(small.project, AUGUST)
    before = everything(small)
    flows.issue(small.project, JULY)
    assert flows.withdraw(small.project, JULY)["current"] == AUGUST
    assert everything(small) == before
    assert clean(small)


def test_the_first_of_all_is_withdrawn(tmp_path: Path) -> None:
    office = unissued_project(tmp_path / "项目")
    before = everything(office)
    flows.issue(office.project, JUNE)
    assert flows.withdraw(office.project, JUNE)["current"] is None
    assert everything(office) == before
    flows.issue(office.project, MAY)
    simulate(office.project, MAY, seed=1)
    office.merge()
    (line,) = office.table("period_figures")
    assert (line["period"], line["total"], line["missing"]) == (MAY, 3, 0)
    assert clean(office)


def test_one_stage_is_withdrawn(tmp_path: Path) -> None:
    office = split_project(tmp_path / "项目")
    simulate(office.project, MAY, seed=1)
    office.merge()
    before = everything(office)
    flows.issue(office.project, MAY, stage="lead")
    result = flows.withdraw(office.project, MAY, stage="lead")
    assert (result["stage"], result["current"]) == ("牵头", MAY)
    assert everything(office) == before


# 2


def test_the_year_goes_on_with_the_right_period(small: Office) -> None:
    flows.issue(small.project, AUGUST)
    sent = filled(small.form(A, AUGUST), M4=dt.date(2022, 8, 20))
    flows.withdraw(small.project, AUGUST)
    small.project.master.write_bytes(Master(small.master).type("tasks", "T003", verified_status=None).content)
    flows.issue(small.project, JUNE)
    assert "已完成" not in flows.status(small.project, MAY)["by_status"]  # what stands now that May ends counts
    small.send("误发.xlsx", sent)
    small.send("b.xlsx", filled(small.form(B, JUNE), M4=dt.date(2022, 6, 20)))
    told = {
        r["file"]: (r["verdict"], [f["code"] for f in r["findings"]]) for r in flows.collect(small.project)["returns"]
    }
    assert told["误发.xlsx"] == ("returned", ["I204"])
    assert small.merge()["merged"] == ["b.xlsx"]
    assert clean(small)


def test_what_was_decided_meanwhile_counts_from_the_forms_left(small: Office) -> None:
    """A deadline changed while August was the newest: the forms of May hold the old one, those of June the new."""
    flows.issue(small.project, AUGUST)
    layout = hidden_layout()["since_issue"]
    editor = BookEditor(small.master)
    append(editor, layout, [{"task_code": "T001", "period": AUGUST, "before": "2022-06-30"}])
    small.project.master.write_bytes(editor.save())
    flows.withdraw(small.project, AUGUST)
    (row,) = read_rows(small.state.book, layout)
    assert (row["period"], row["before"]) == (MAY, "2022-06-30")


# 3


def test_what_has_come_in_is_not_withdrawn(small: Office) -> None:
    flows.issue(small.project, JUNE)
    small.send("a.xlsx", filled(small.form(A, JUNE), M4=dt.date(2022, 6, 20)))
    small.merge()
    before = small.master
    with pytest.raises(ProjectError) as refused:
        flows.withdraw(small.project, JUNE)
    assert (refused.value.code, A in str(refused.value), small.master) == ("E253", True, before)
    recovery.undo(small.project)
    flows.withdraw(small.project, JUNE)
    assert flows.status(small.project)["period"] == MAY
    assert clean(small)


def test_a_period_that_was_not_issued_is_not_withdrawn(small: Office) -> None:
    for stage, code in ((None, "E215"), ("lead", "E271")):
        with pytest.raises(ProjectError) as refused:
            flows.withdraw(small.project, JUNE if stage is None else MAY, stage=stage)
        assert refused.value.code == code


# 4


def test_an_issue_leaves_a_backup_and_a_jump_says_how_to_go_back(small: Office) -> None:
    before = small.master
    result = flows.issue(small.project, AUGUST)
    assert (small.project.root / result["backup"]).read_bytes() == before
    (said,) = (f["message"] for f in result["findings"] if f["code"] == "P114")
    assert "tjxl issue --period 2022-08 --withdraw" in said
    json.dumps(flows.withdraw(small.project, AUGUST))
