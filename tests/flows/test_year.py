"""A rehearsed year of one stage, held against what the units did: the master says what they sent, and nothing else.

What is to be in the master is worked out here from the record of what was sent (`events`, `reports` of 演练记录.json)
and from nothing that tjxl read back: dates, states, times returned, values, totals.
"""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.office import Office
from tests.small import UNITS, write_notice
from tjxl.cli import app
from tjxl.errors import TjxlError
from tjxl.project import Project
from tjxl.rehearsal.run import RECORD, rehearse_year
from tjxl.rehearsal.year import Rates
from tjxl.sheets.parts import PART_TABLES

RATES = Rates(faults=0.5, late=0.25, missing=0.15, corrections=0.4)


def year(root: Path, seed: int, notice: Path | None, periods: int, rates: Rates = RATES) -> dict[str, Any]:
    """A year and the record that it left."""
    result = rehearse_year(
        root, seed=seed, rates=rates, notice=notice, periods=periods, two_stages=False, macros=False
    )
    return {**json.loads((root / RECORD).read_text(encoding="utf-8")), "result": result}


@pytest.fixture(scope="module")
def small_year(tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, dict[str, Any]]:
    """Four periods of three tasks and three units."""
    folder = tmp_path_factory.mktemp("演练")
    record = year(folder / "小项目", 12, write_notice(folder), 4)
    return Office(Project(folder / "小项目")), record


def submissions_expected(record: Mapping[str, Any]) -> dict[tuple[str, str], tuple[str, str | None, int]]:
    """(period, unit) → 报送状态, 填报日期, 退回次数, from the files that were sent and the due dates alone.

    The first right return decides whether it is late, however it is corrected.
    """
    out = {}
    for period in record["periods"]:
        (stage,) = period["stages"]
        sent: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for event in (e for e in record["events"] if e["period"] == period["period"]):
            sent[event["unit"]].append(event)
        for unit, told in stage["units"].items():
            taken = [e["reported_on"] for e in sent[unit] if e["outcome"] == "accepted"]
            back = sum(e["outcome"] == "returned" for e in sent[unit])
            state = "已报" if taken else "退回" if back else "未报"
            if taken and taken[0] > (told["extended_to"] or stage["due_on"]):
                state = "迟报"
            out[period["period"], unit] = (state, taken[-1] if taken else None, back)
    return out


def values_expected(record: Mapping[str, Any]) -> dict[tuple[str, str, str], dict[str, Any]]:
    """(sheet, row code, unit) → what the unit reported of it last."""
    return {(r["sheet"], r["code"], r["unit"]): r["values"] for r in record["reports"]}


def plain(value: Any) -> Any:
    """A cell as the record writes it."""
    if value == "":
        return None
    return value.isoformat() if isinstance(value, dt.date) else value


def assert_the_master_says_it(office: Office, record: Mapping[str, Any]) -> None:
    expected = submissions_expected(record)
    rows = {
        (r["period"], r["unit"]): (r["state"], plain(r["reported_on"]), r["returned_times"] or 0)
        for r in office.table("submissions")
    }
    assert rows == expected
    told = {
        (p["period"], unit): (u["state"], u["reported_on"], u["returned_times"])
        for p in record["periods"]
        for unit, u in p["stages"][0]["units"].items()
    }
    assert told == expected

    values = values_expected(record)
    leads = {r["task_code"]: r["unit"] for r in office.table("assignments", role="牵头")}
    shown = 0
    for part, tables in PART_TABLES.items():
        for row in office.table(tables.register):
            said = values.get((part, row[tables.key], leads[row["task_code"]]), {})
            for name in tables.shown:
                assert plain(row[name]) == plain(said.get(name)), (part, row[tables.key], name)
                shown += row[name] is not None
    assert shown > 0
    by_status = Counter(values.get(("report", code, unit), {}).get("status") for code, unit in leads.items())
    assert Counter(t["status"] for t in record["tasks"].values()) == by_status
    for row in office.table("assignments"):
        said = values.get(("report", row["task_code"], row["unit"]), {})
        assert (row["status"], row["percent_complete"]) == (said.get("status"), said.get("percent_complete"))


def test_a_small_year_ends_in_the_master_as_it_was_played(small_year: tuple[Office, dict[str, Any]]) -> None:
    office, record = small_year
    assert [p["period"] for p in record["periods"]] == ["2022-01", "2022-02", "2022-03", "2022-04"]
    assert {tuple(p["stages"][0]["units"]) for p in record["periods"]} == {tuple(sorted(UNITS))}
    assert_the_master_says_it(office, record)


def test_the_ledgers_and_the_archive_agree(small_year: tuple[Office, dict[str, Any]]) -> None:
    office, record = small_year
    assert (record["check"]["differences"], record["check"]["files_missing"]) == ([], [])
    assert record["check"]["files"] == len({r["sha256"] for r in office.table("ledger")})
    assert office.inbox() == []


def test_a_correction_is_in_the_ledger_beside_what_it_corrects(small_year: tuple[Office, dict[str, Any]]) -> None:
    office, record = small_year
    event = next(e for e in record["events"] if e["correction"])
    rows = office.table("ledger", period=event["period"], unit=event["unit"])
    assert len({r["sha256"] for r in rows}) == 2
    changed = [c for c in office.table("changes", period=event["period"], unit=event["unit"]) if c["kind"] == "更正"]
    assert [c["field"] for c in changed] == ["佐证材料"]


def test_the_same_seed_plays_the_same_year(small_year: tuple[Office, dict[str, Any]], tmp_path: Path) -> None:
    _, record = small_year
    again = year(tmp_path / "小项目", 12, write_notice(tmp_path), 4)
    other = year(tmp_path / "另一年", 13, write_notice(tmp_path), 4)
    for name in ("events", "reports", "periods", "tasks", "answers", "findings", "typed"):
        assert again[name] == record[name]
    assert other["events"] != record["events"]


def test_units_that_do_everything_right(tmp_path: Path) -> None:
    notice = write_notice(tmp_path)
    record = year(tmp_path / "小项目", 1, notice, 2, Rates(0, 0, 0, 0))
    assert {u["state"] for p in record["periods"] for u in p["stages"][0]["units"].values()} == {"已报"}
    assert {e["outcome"] for e in record["events"]} == {"accepted"}


def test_a_quarterly_year_has_four_periods(tmp_path: Path) -> None:
    root = tmp_path / "小项目"
    root.mkdir()
    (root / "tjxl.toml").write_text('[report]\ncadence = "quarterly"\n', encoding="utf-8")
    record = year(root, 1, write_notice(tmp_path), 12)
    due = [(p["period"], p["stages"][0]["due_on"]) for p in record["periods"]]
    assert due == [
        ("2022-Q1", "2022-03-25"),
        ("2022-Q2", "2022-06-25"),
        ("2022-Q3", "2022-09-25"),
        ("2022-Q4", "2022-12-25"),
    ]
    assert_the_master_says_it(Office(Project(root)), record)


def test_a_folder_that_holds_a_project_is_left_alone(small_year: tuple[Office, dict[str, Any]]) -> None:
    office, _ = small_year
    before = office.master
    with pytest.raises(TjxlError) as error:
        rehearse_year(office.project.root, seed=1)
    assert (error.value.code, office.master) == ("E206", before)


def test_the_command_line(tmp_path: Path) -> None:
    """People see a line for each period; programs get the same in JSON."""
    run, words = CliRunner(), ["--notice", str(write_notice(tmp_path)), "--periods", "1", "--no-macros"]
    shown = run.invoke(app, ["simulate-year", str(tmp_path / "甲"), *words])
    assert (shown.exit_code, "与归档的填报表全部一致" in shown.stdout) == (0, True)
    told = run.invoke(app, ["simulate-year", str(tmp_path / "乙"), *words, "--json", "--faults", "0"])
    result = json.loads(told.stdout)
    assert (told.exit_code, [p["period"] for p in result["periods"]]) == (0, ["2022-01"])
    assert (result["rates"]["faults"], result["check"]["differences"]) == (0, [])
