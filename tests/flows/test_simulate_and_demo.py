"""Filling forms the way units do, and the whole cycle on the sample notice."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.office import JUNE, MAY, Office, opened
from tjxl import flows
from tjxl.demo import SILENT, run_demo
from tjxl.errors import TjxlError
from tjxl.project import Project
from tjxl.simulate import simulate


def inbox(office: Office) -> dict[str, tuple[bytes, float]]:
    """What lies in 收件/: content and time of each file."""
    root = office.project.inbox
    return {name: ((root / name).read_bytes(), (root / name).stat().st_mtime) for name in office.inbox()}


@pytest.mark.parametrize("faults", [0.0, 0.6])
def test_the_same_seed_gives_the_same_files(june: Office, tmp_path: Path, faults: float) -> None:
    again = copy_of(june, tmp_path / "另一处")
    first = simulate(june.project, JUNE, 5, faults)
    second = simulate(again.project, JUNE, 5, faults)
    assert first == second
    assert inbox(june) == inbox(again)
    assert first["files"]


def test_another_seed_gives_other_reports(office: Office, tmp_path: Path) -> None:
    other = copy_of(office, tmp_path / "另一处")
    simulate(office.project, MAY, 1)
    simulate(other.project, MAY, 2)
    assert {c for c, _ in inbox(office).values()}.isdisjoint({c for c, _ in inbox(other).values()})


def test_without_faults_every_return_is_accepted_without_a_word(june: Office) -> None:
    simulate(june.project, JUNE, seed=1)
    result = flows.collect(june.project)
    assert len(result["returns"]) == 67
    said = {(r["verdict"], tuple(f["code"] for f in r["findings"])) for r in result["returns"]}
    assert said == {("accepted", ()), ("accepted_with_notes", ("I234",))}  # some report late
    assert result["missing"] == []


def test_each_fault_gets_the_answer_it_deserves(june: Office) -> None:
    """A fault that can be read is a note, an older or equal copy is ignored, everything else goes back."""
    simulated = simulate(june.project, JUNE, 9, 1.0)
    verdicts: dict[str, set[str]] = {}
    returns = flows.collect(june.project)["returns"]
    assert sorted(r["file"] for r in returns) == sorted(simulated["files"])
    assert not [f for r in returns for f in r["findings"] if f["code"] == "I219"]  # the program's own faults
    for r in returns:
        verdicts.setdefault(r["unit"] or "", set()).add(r["verdict"])
    readable = {"text_percent", "status_synonym", "two_versions", "same_file_twice"}
    nameless = {"broken_file", "not_a_workbook", "no_report"}
    for fault in simulated["faults"]:
        seen = verdicts.get(fault["unit"], set())
        if fault["fault"] in nameless:
            assert seen == set(), fault
        elif fault["fault"] in readable:
            assert seen <= {"accepted", "accepted_with_notes", "ignored"}, fault
        else:
            assert seen == {"returned"}, fault
    assert len({f["fault"] for f in simulated["faults"]}) > 12


def test_forms_that_were_never_issued_cannot_be_filled(office: Office) -> None:
    with pytest.raises(TjxlError) as error:
        simulate(office.project, JUNE, 1)
    assert (error.value.code, office.inbox()) == ("E215", [])


# ---- demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The project that `tjxl demo` leaves."""
    folder = tmp_path_factory.mktemp("演示") / "演示"
    run_demo(folder, quiet=True)
    return Office(Project(folder))


SYNONYMS = {"推进中": "正常推进"}


def lead_reports(office: Office) -> dict[str, tuple[str, dict[str, Any]]]:
    """Task → period and report of its lead, from the archived files that were merged, read with openpyxl."""
    merged = {str(row["sha256"]) for row in office.table("ledger")}
    newest: dict[str, tuple[tuple[str, dt.date], dict[str, Any]]] = {}
    for path in office.project.archive.iterdir():
        if path.stem not in merged:  # sent back, and kept all the same
            continue
        book = opened(path)
        identity = {row[0]: row[1] for row in book["_tjxl"].iter_rows(values_only=True, max_col=2)}
        sheet = book["填报"]
        when = (str(identity["period"]), sheet["M4"].value.date())
        for row in sheet.iter_rows(min_row=7, max_col=16, values_only=True):
            if row[0] == "END":
                break
            if row[3] == "牵头" and (str(row[0]) not in newest or newest[str(row[0])][0] < when):
                newest[str(row[0])] = (when, as_typed(row[9:15]))
    return {task: (when[0], report) for task, (when, report) in newest.items()}


def as_typed(cells: tuple[Any, ...]) -> dict[str, Any]:
    status, percent, text, problems, steps, day = cells
    if isinstance(percent, str):
        percent = float(percent.rstrip("％")) / 100
    return {
        "status": SYNONYMS.get(status, status), "percent_complete": percent, "progress_text": text,
        "problems": problems, "next_steps": steps, "completion_date": day.date() if day else None,
    }  # fmt: skip


def test_every_reported_task_shows_what_its_lead_reported(demo: Office) -> None:
    expected = lead_reports(demo)
    shown = {
        str(t["task_code"]): (t["period"], {name: t[name] for name in next(iter(expected.values()))[1]})
        for t in demo.table("tasks")
        if t["period"] is not None
    }
    assert len(expected) > 120
    assert shown == expected


def test_the_demo_leaves_a_few_units_silent_and_nothing_in_between(demo: Office) -> None:
    status = flows.status(demo.project)
    assert status["periods"] == [MAY, JUNE]
    assert SILENT <= sum(status["reports"].get(s, 0) for s in ("未报", "退回")) <= SILENT + 2
    assert sum(status["by_status"].values()) == 138


def test_every_archived_file_is_named_by_its_content(demo: Office) -> None:
    import hashlib

    files = list(demo.project.archive.iterdir())
    assert [p.name for p in files if p.stem != hashlib.sha256(p.read_bytes()).hexdigest()] == []
    assert {r["sha256"] for r in demo.table("ledger")} <= {p.stem for p in files}


def test_the_demo_never_overwrites_a_project(demo: Office) -> None:
    before = demo.master
    with pytest.raises(TjxlError) as error:
        run_demo(demo.project.root, quiet=True)
    assert (error.value.code, demo.master == before) == ("E206", True)
