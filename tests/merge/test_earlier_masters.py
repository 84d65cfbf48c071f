"""A master that an earlier version made goes on: new columns and tables are missing, nothing else is.

`earlier/总台账.xlsm` is the small project's master (`tests.small`), made before tjxl knew 亮灯依据,
应达进度, 与牵头口径, the two stages and 核查; its 亮灯 is a formula of its own.
"""

from __future__ import annotations

import datetime as dt
import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import MAY, Office, filled
from tjxl import flows, recovery
from tjxl.archiving import archive_period
from tjxl.installation.doctor import doctor
from tjxl.project import Project

MASTER = Path(__file__).parent / "earlier" / "总台账.xlsm"


@pytest.fixture
def earlier(tmp_path: Path) -> Office:
    """A project folder with that master, the forms of May issued by this version."""
    root = tmp_path / "2022"
    root.mkdir()
    shutil.copy(MASTER, root)
    (root / "tjxl.toml").write_text("", encoding="utf-8")
    flows.issue(Project(root), MAY)
    return Office(Project(root))


BEHIND = {
    "J7": "滞后", "K7": 0.2, "M7": "资金尚未落实到位，影响开工。", "N7": "协调财政部门，7月底前落实资金。",
    "O7": dt.date(2022, 7, 31),
}  # fmt: skip


def merged(office: Office) -> None:
    """The reports of May: one behind, one on its way, one missing."""
    office.send("甲.xlsx", filled(office.form("市甲局"), **BEHIND))
    office.send("丙.xlsx", filled(office.form("市丙局")))
    office.merge()


def test_reports_are_merged_and_lights_are_those_of_the_old_formula(earlier: Office) -> None:
    merged(earlier)
    shown = [(r["status"], r["light"], r["light_reason"], r["expected_progress"]) for r in earlier.table("tasks")]
    assert shown == [("滞后", "红", None, None), (None, None, None, None), ("正常推进", "绿", None, None)]


def test_it_can_be_undone_and_checked(earlier: Office) -> None:
    merged(earlier)
    assert recovery.rebuild(earlier.project, check=True)["differences"] == []
    recovery.undo(earlier.project)
    assert [r["status"] for r in earlier.table("tasks")] == [None, None, None]


def test_doctor_says_what_it_lacks(earlier: Office) -> None:
    said = [c["message"] for c in doctor(earlier.project)["checks"] if c["code"] == "L101"]
    assert [text.partition("；")[0] for text in said] == [
        "总台账由较早版本建立，「任务台账」没有“亮灯依据、应达进度”列",
        "总台账由较早版本建立，「责任分工」没有“与牵头口径”列",
        "总台账由较早版本建立，「指标」没有“序时应达值、序时情况”列",
        "总台账由较早版本建立，「报送情况」没有“阶段、首次填报日期、迟报天数”列",
    ]


@requires_libreoffice
def test_libreoffice_agrees_with_its_lights(earlier: Office, tmp_path: Path) -> None:
    merged(earlier)
    again = recalculate(earlier.project.master, tmp_path / "again.xlsx")
    lights = [openpyxl.load_workbook(again, data_only=True)["任务台账"].cell(row, 15).value for row in (3, 4, 5)]
    assert [light or None for light in lights] == ["红", None, "绿"]


def test_rows_of_a_past_period_can_move_to_a_volume(earlier: Office) -> None:
    merged(earlier)
    told = flows.history(earlier.project, "T001")["entries"]
    flows.issue(earlier.project, "2022-06")
    (volume,) = archive_period(earlier.project, MAY)["moved"]
    assert (volume["file"], earlier.table("ledger")) == ("往期流水/2022-05.xlsx", [])
    assert [e | {"volume": None} for e in flows.history(earlier.project, "T001")["entries"]] == told
    assert recovery.rebuild(earlier.project, check=True)["differences"] == []
