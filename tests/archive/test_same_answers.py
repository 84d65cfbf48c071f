"""Whether ledger rows stand in the master or in volumes: every command answers the same.

1. What is asked of the past: history, status, snapshot, export, rebuild --check.
2. What is done from then on: a further period, a late correction of a moved one, an undo, once more.
3. Going on moving, period by period, also what comes in late for a period that was moved before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.archive.conftest import JUNE, PERIODS, correction
from tests.conftest import copy_of
from tests.flows.test_undo import LEDGERS
from tests.office import Office, layouts
from tjxl import flows, recovery
from tjxl.archiving import archive_period
from tjxl.export import export
from tjxl.ooxml.book import Book
from tjxl.periods import parse_period
from tjxl.simulate import simulate
from tjxl.snapshot import snapshot
from tjxl.supervise.bulletin.run import bulletin
from tjxl.supervise.scores import score

MOVED = (*LEDGERS, "changes")
TASKS = ("T001", "T002", "T003")
_OF_THE_RUN = ("merged_at", "noted_at", "file_time", "sha256", "archived", "volume")
"""Forms say when they were issued, so that those of two projects have different digests."""


@pytest.fixture(scope="module")
def archived(five_months: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The project with everything up to April moved."""
    office = copy_of(five_months, tmp_path_factory.mktemp("移出") / "项目")
    archive_period(office.project, PERIODS[3])
    return office


def tables(office: Office, *, times: bool = True) -> dict[str, list[dict[str, Any]]]:
    """Every table of the master but those whose rows move."""
    names = [name for name in layouts() if name not in MOVED]
    return {name: [without(row, times=times) for row in office.table(name)] for name in names}


def without(row: dict[str, Any], *, times: bool) -> dict[str, Any]:
    """A row, or an entry, without where it stands, and without the moment of the run where that may differ."""
    return {k: v for k, v in row.items() if k not in (("volume",) if times else _OF_THE_RUN)}


def histories(office: Office, *, times: bool = True) -> dict[str, Any]:
    out = {}
    for task in TASKS:
        told = flows.history(office.project, task)
        lists = {n: [without(e, times=times) for e in told[n]] for n in ("entries", "hand_edits")}
        out[task] = told | lists
    return out


def answers(office: Office) -> Iterator[tuple[str, Any]]:
    """What the commands say that write nothing into the master."""
    yield "history", histories(office)
    for period in (None, *PERIODS):
        yield f"status {period}", flows.status(office.project, period) | {"master": None}
    for period in PERIODS:
        for day in (None, parse_period(period).last_day.isoformat()):
            shown = snapshot(office.project, period, as_merged=day)
            cells = Book(Path(shown["file"]).read_bytes())
            said = {sheet: {p: c.value for p, c in cells.cells(sheet).cells.items()} for sheet in cells.sheets}
            yield f"snapshot {period} {day}", (shown | {"file": None}, said)
    yield "rebuild", recovery.rebuild(office.project, check=True)
    out = office.project.root.parent / "导出"
    export(office.project, out, ("csv",))
    for path in sorted(out.iterdir()):
        yield path.name, path.read_text(encoding="utf-8-sig").splitlines()


# 1


def test_what_is_asked_of_the_past_is_answered_as_before(five_months: Office, archived: Office) -> None:
    before, after = dict(answers(five_months)), dict(answers(archived))
    assert before.keys() == after.keys()
    for name, said in before.items():
        assert after[name] == said, name
    assert before["rebuild"]["differences"] == []
    assert sum(len(archived.table(name)) for name in LEDGERS) < sum(len(five_months.table(n)) for n in LEDGERS)


def test_the_other_tables_do_not_change(five_months: Office, archived: Office) -> None:
    assert tables(archived) == tables(five_months)


def test_history_says_in_which_workbook_a_row_stands(archived: Office) -> None:
    told = flows.history(archived.project, "T001")["entries"]
    assert {e["period"] for e in told if e["volume"]} == set(PERIODS[:4])
    assert {e["period"] for e in told if not e["volume"]} == {PERIODS[4]}
    for entry in told:
        if place := entry["volume"]:
            sheet = Book((archived.project.root / place["file"]).read_bytes()).cells(place["sheet"])
            row = {column: cell.value for (number, column), cell in sheet.cells.items() if number == place["row"]}
            assert (row[1], place["file"]) == (entry["period"], f"往期流水/{entry['period']}.xlsx")
            assert entry["sha256"] in row.values()


def test_scores_and_bulletins_are_the_same(five_months: Office, archived: Office, tmp_path: Path) -> None:
    one, other = copy_of(five_months, tmp_path / "原"), copy_of(archived, tmp_path / "移出")

    def said(office: Office) -> Any:
        scores = score(office.project)
        counts = [bulletin(office.project, p, date=dt.date(2022, 6, 1))["counts"] for p in PERIODS]
        return scores["scores"], counts

    assert said(one) == said(other)


# 2


def go_on(office: Office) -> Iterator[Any]:
    """June in two stages, a correction of February, its undo, the same again; what each left."""
    flows.issue(office.project, JUNE)
    simulate(office.project, JUNE, seed=5, stage="cooperating")
    yield said(office.merge())
    flows.issue(office.project, JUNE, stage="lead")
    simulate(office.project, JUNE, seed=6, stage="lead")
    yield said(office.merge())
    office.send("补正.xlsx", correction(office, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    yield said(office.merge("2022-02"))
    yield state(office)
    yield said(recovery.undo(office.project))
    yield state(office)
    yield said(office.merge("2022-02"))
    yield state(office)


def said(result: dict[str, Any]) -> dict[str, Any]:
    """What a merge or an undo reports, without its time and places on disk."""
    changes = [without(change, times=False) for change in result["changes"]]
    told = {k: v for k, v in result.items() if k not in ("backup", "merged_at", "recalled", "witness")}
    return told | {"changes": changes}


def state(office: Office) -> Any:
    return tables(office, times=False), histories(office, times=False)


def test_what_is_done_from_then_on_comes_to_the_same(five_months: Office, archived: Office, tmp_path: Path) -> None:
    one, other = copy_of(five_months, tmp_path / "原"), copy_of(archived, tmp_path / "移出")
    steps = list(zip(go_on(one), go_on(other), strict=True))
    for step, (before, after) in enumerate(steps):
        assert after == before, step
    assert [step[0]["rows"] > 0 for step in steps if "rows" in step[0]] == [True] * 5
    assert recovery.rebuild(other.project, check=True)["differences"] == []


# 3


def test_period_by_period_and_what_comes_in_late(months: Office) -> None:
    for period in PERIODS[:3]:
        archive_period(months.project, period)
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    assert months.merge("2022-02")["rows"] > 0
    before = histories(months)
    result = archive_period(months.project, PERIODS[3])
    assert [v["file"] for v in result["moved"]] == ["往期流水/2022-02-2.xlsx", "往期流水/2022-04.xlsx"]
    assert histories(months) == before
    assert recovery.rebuild(months.project, check=True)["differences"] == []
    assert {row["period"] for name in LEDGERS for row in months.table(name)} == {PERIODS[4]}
