"""期次统计: what each period's line says, counted once more by other means (lights: `tests.sheets.light_rules`).

1. After four periods with faults, and reports that come late, each line is what the ledgers say of its period.
2. An undo brings the lines back; a rebuild changes nothing, and restores what somebody has typed over them.
3. The order in which returns are merged does not matter; merging nothing changes nothing.
4. 核定状态 counts in the newest period at once, and stays with the period when the next is issued.
5. A master made before there was such a table is merged into all the same, and that is said.
6. LibreOffice computes the same.
7. The newest period's line is live, all others are numbers, in whatever order they stand and whoever saved the file.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.decisions.conftest import Master
from tests.libreoffice import requires_libreoffice, saved_as
from tests.office import JUNE, MAY, NOTHING, Office, filled
from tests.sheets.light_rules import SEVERITY, Known, Reckoning, light
from tests.small import UNITS, small_project
from tjxl import flows, recovery
from tjxl.notice.read import read_notice
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.register import ROLE_TITLES, Register
from tjxl.resources import sample_notice
from tjxl.settings import load_settings
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState
from tjxl.simulate import simulate

PERIODS = ("2022-05", "2022-06", "2022-07", "2022-08")
STATUSES = ("未启动", "正常推进", "滞后", "已完成", "申请调整")


def lines(office: Office) -> dict[str, dict[str, Any]]:
    """期次统计: period → column → value."""
    return {row.pop("period"): row for row in office.table("period_figures")}


def counted(
    office: Office, register: Register, period: str, verified: Mapping[str, str] | None = None
) -> dict[str, int | None]:
    """The line of a period, counted from the notice, the ledgers and 报送情况 with the rules of `light_rules`.

    Args:
        register: what the notice says: tasks, milestones, targets.
        verified: task code → 核定状态 at the end of the period.
    """
    word = dict(
        zip(("not_started", "in_progress", "behind", "completed", "adjustment_requested"), STATUSES, strict=True)
    )
    state, told = office.state, verified or {}
    year, month = map(int, period.split("-"))
    at = Reckoning(dt.date(year + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1), period)
    reports = latest(state, state.ledger, "task_code", period)
    milestones = latest(state, state.ledgers["milestones"], "milestone_code", period)
    targets = latest(state, state.ledgers["targets"], "target_code", period)
    known = []
    for task in register.tasks:
        report = reports.get(task.code, NOTHING)
        one = Known(
            task, report.get("status"), told.get(task.code), report.get("percent_complete"), report.get("period")
        )
        one.milestones = [
            (m.scope, m.due, milestones.get(m.code, NOTHING).get("done") == "是")
            for m in register.milestones
            if m.task_code == task.code
        ]
        one.targets = [
            (t, targets.get(t.code, NOTHING).get("current_value"), targets.get(t.code, NOTHING).get("data_date"))
            for t in register.targets
            if t.task_code == task.code
        ]
        known.append(one)
    by_status = Counter(one.verified or one.status for one in known)
    lights = Counter(light(one, at)[0] for one in known)
    sent = Counter(r["state"] for r in state.submissions if r["period"] == period)
    return {
        "total": len(register.tasks),
        **{name: by_status[status] for name, status in word.items()},
        "no_report": by_status[None],
        **{name: lights[sign] for name, sign in zip(("red", "yellow", "blue", "green"), SEVERITY, strict=True)},
        "expected": sum(sent.values()),
        "reported": sent["已报"] + sent["迟报"] + sent["待裁决"],
        "late": sent["迟报"],
        "missing": sent["未报"] + sent["退回"],
        "remarks": None,
    }


def latest(state: MasterState, ledger: list[TableRow], key: str, period: str) -> dict[str, Mapping[str, Any]]:
    """Task, milestone or target → the last that its lead reported of it up to a period."""
    out: dict[str, Mapping[str, Any]] = {}
    for row in ledger:
        if row["role"] != ROLE_TITLES["lead"] or state.leads.get(row["task_code"]) != row["unit_code"]:
            continue
        before = out.get(row[key], {"period": "", "batch": 0})
        if (before["period"], before["batch"]) < (row["period"], row["batch"]) and row["period"] <= period:
            out[row[key]] = row.values
    return out


@cache
def register_of(notice: Path) -> Register:
    """What a notice says."""
    return read_notice(notice, 2022, load_settings(None))


def small_register(office: Office) -> Register:
    """What the notice of a small project says."""
    return register_of(office.project.root.parent / "通知.txt")


SAMPLE = Path(str(sample_notice()))


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Four periods of the 138 tasks with faults; the returns of the last are merged twice, a few at first."""
    root = tmp_path_factory.mktemp("四期") / "2022年重点工作"
    flows.init(root, SAMPLE, 2022, macros=False)
    office = Office(Project(root))
    for seed, period in enumerate(PERIODS):
        flows.issue(office.project, period)
        simulate(office.project, period, seed=seed, faults=0.2)
        if period != PERIODS[-1]:
            office.merge()
        for left in office.project.inbox.rglob("*.xlsx") if period != PERIODS[-1] else ():
            left.unlink()  # what went back does not come again
    held = sorted(office.project.inbox.glob("*.xlsx"))[::2]
    contents = {path.name: path.read_bytes() for path in held}
    for path in held:
        path.unlink()
    office.merge()
    for name, content in contents.items():
        office.send(name, content, "2022-08-20 10:00")
    return office


@pytest.fixture
def mine(year: Office, tmp_path: Path) -> Office:
    """The same, of one's own: half of August is merged, the other half lies in 收件."""
    return copy_of(year, tmp_path / "2022年重点工作")


# 1, 2


def test_each_line_is_what_the_ledgers_say_of_its_period(mine: Office) -> None:
    before = lines(mine)
    assert before == {period: counted(mine, register_of(SAMPLE), period) for period in PERIODS}
    mine.merge()
    merged = lines(mine)
    assert merged == {period: counted(mine, register_of(SAMPLE), period) for period in PERIODS}
    assert merged["2022-08"] != before["2022-08"]
    assert len({row["completed"] for row in merged.values()}) == 4
    recovery.undo(mine.project)
    assert lines(mine) == before


def test_a_rebuild_changes_nothing_and_restores_what_is_typed_over(mine: Office) -> None:
    assert recovery.rebuild(mine.project, check=True)["differences"] == []
    right = lines(mine)
    master = Master(mine.master).type("period_figures", "2022-05", behind=99).type("period_figures", "2022-08", red=1)
    mine.project.master.write_bytes(master.content)
    told = recovery.rebuild(mine.project)["differences"]
    assert [(d["row"], d["column"], d["found"], d["reason"]) for d in told] == [
        (3, "滞后", 99, "手工改动"),
        (6, "红灯", 1, "公式被改动或删除"),
    ]
    assert lines(mine) == right


def test_the_charts_of_the_board_follow(mine: Office) -> None:
    points = [
        [e.text for e in Book(mine.master).package.xml(f"xl/charts/chart{n}.xml").iter() if e.tag.endswith("}v")]
        for n in (1, 2)
    ]
    behind = [str(row["behind"]) for row in lines(mine).values()]
    start = points[0].index("滞后")
    values = points[0][start + 1 + 13 : start + 1 + 26]
    assert values[5:9] == behind
    assert "red" not in points[1]
    assert [str(row["red"]) for row in lines(mine).values()] == points[1][1 + 13 :][5:9]


# 3


def test_reports_that_come_late_change_their_period_and_later_ones(tmp_path: Path) -> None:
    """May's return of 市甲局 (T001) comes after June's of all: the order makes no difference."""
    late = {
        "J7": "滞后",
        "M7": "资金尚未到位，影响施工。",
        "N7": "请市财政局尽快拨付资金。",
        "O7": dt.date(2022, 12, 1),
    }
    outcomes = []
    for n, order in enumerate((((UNITS[0], MAY), (UNITS[0], JUNE)), ((UNITS[0], JUNE), (UNITS[0], MAY)))):
        (tmp_path / str(n)).mkdir()
        office = small_project(tmp_path / str(n) / "项目", MAY, JUNE)
        for unit, period in order:
            cells = late if period == MAY else {"M4": dt.date(2022, 6, 20)}
            office.send(f"{period}.xlsx", filled(office.form(unit, period), **cells))
            office.merge(period)
        outcomes.append(lines(office))
        assert lines(office) == {period: counted(office, small_register(office), period) for period in (MAY, JUNE)}
        before = office.master
        office.merge()
        assert office.master == before
    assert outcomes[0] == outcomes[1]
    assert (outcomes[0][MAY]["behind"], outcomes[0][JUNE]["behind"]) == (1, 0)


# 4


def test_a_verified_status_stays_with_its_period(tmp_path: Path) -> None:
    office = small_project(tmp_path / "项目", MAY)
    office.send("a.xlsx", filled(office.form(UNITS[0])))
    office.merge()
    office.project.master.write_bytes(Master(office.master).type("tasks", "T001", verified_status="滞后").content)
    flows.issue(office.project, JUNE)
    assert lines(office)[MAY] == counted(office, small_register(office), MAY, {"T001": "滞后"})
    office.project.master.write_bytes(Master(office.master).type("tasks", "T001", verified_status=None).content)
    office.send("b.xlsx", filled(office.form(UNITS[2], JUNE), M4=dt.date(2022, 6, 20)))
    office.merge()
    assert lines(office) == {
        MAY: counted(office, small_register(office), MAY, {"T001": "滞后"}),
        JUNE: counted(office, small_register(office), JUNE),
    }
    assert recovery.rebuild(office.project, check=True)["differences"] == []


# 5


def test_a_master_without_the_table_is_merged_into_all_the_same(tmp_path: Path) -> None:
    office = small_project(tmp_path / "项目", MAY)
    book = Book(office.master)
    editor = BookEditor(book)
    table = book.tables["期次统计"]
    editor.edit(table.sheet, table.range.top, table.range.left, Put("期"))
    part = book.package.read(table.part).replace('name="期次"'.encode(), 'name="期"'.encode())
    editor.set_part(table.part, part)
    office.project.master.write_bytes(editor.save())
    office.send("a.xlsx", filled(office.form(UNITS[0])))
    told = office.merge()
    assert (told["rows"], [f["code"] for f in told["findings"]]) == (2, ["G101"])


# 6


@requires_libreoffice
def test_libreoffice_agrees(mine: Office, tmp_path: Path) -> None:
    from tests.sheets.test_dashboard import differences

    mine.merge()
    number, wrong = differences(mine.master, tmp_path)
    assert (number > 2400, wrong) == (True, [])


# 7


def live(office: Office) -> dict[str, int]:
    """Period → how many cells of its line are formulas; 4 count reports, in every line."""
    book = Book(office.master)
    table = book.tables["期次统计"]
    cells = book.cells(table.sheet)
    numbers = range(table.first_row, table.last_row + 1)
    at = table.columns["期次"]
    return {
        str(cells.cells[row, at].value): sum(
            cells.formula(row, column) is not None for column in table.columns.values()
        )
        for row in numbers
    }


def without_column_formulas(content: bytes) -> bytes:
    """A master whose table 期次统计 does not say what its columns hold, as LibreOffice saves it."""
    editor = BookEditor(content)
    part = editor.book.tables["期次统计"].part
    kept = re.sub(rb"<calculatedColumnFormula.*?</calculatedColumnFormula>", b"", editor.book.package.read(part))
    editor.set_part(part, kept)
    return editor.save()


def check_of_four(office: Office) -> None:
    """Two more periods after May, October and September, the middle one issued late."""
    flows.issue(office.project, "2022-11")
    simulate(office.project, "2022-11", seed=2)
    office.merge()
    flows.issue(office.project, "2022-12")
    issued = (MAY, "2022-10", "2022-09", "2022-11", "2022-12")
    assert live(office) == dict.fromkeys(issued, 4) | {"2022-12": 15}
    assert lines(office) == {period: counted(office, small_register(office), period) for period in issued}
    assert recovery.rebuild(office.project, check=True)["differences"] == []


@pytest.fixture
def late(tmp_path: Path) -> Office:
    """October is issued before September, whose line is the last."""
    office = small_project(tmp_path / "项目", MAY)
    simulate(office.project, MAY, seed=1)
    office.merge()
    flows.issue(office.project, "2022-10")
    flows.issue(office.project, "2022-09")
    return office


def test_the_newest_line_is_live_where_a_late_period_is_the_last(late: Office) -> None:
    late.project.master.write_bytes(without_column_formulas(late.master))
    check_of_four(late)


@requires_libreoffice
def test_a_master_that_libreoffice_has_saved_goes_on(late: Office) -> None:
    late.project.master.write_bytes(saved_as(late.master, "xlsx", late.project.master.suffix[1:]))
    check_of_four(late)


def test_a_line_that_lost_its_formulas_is_noticed_and_mended(late: Office) -> None:
    right = lines(late)
    columns = ("total", "behind", "red")
    master = Master(without_column_formulas(late.master))
    master = master.type("period_figures", "2022-10", **dict.fromkeys(columns, 0))
    late.project.master.write_bytes(master.content)
    told = recovery.rebuild(late.project, check=True)["differences"]
    assert [(d["column"], d["reason"]) for d in told] == [
        (c, "公式被改动或删除") for c in ("任务总数", "滞后", "红灯")
    ]
    recovery.rebuild(late.project)
    assert lines(late) == right
    assert live(late)["2022-10"] == 15
