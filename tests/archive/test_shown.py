"""What `tjxl archive-period` says to people, and with which exit status `tjxl status` speaks of a full table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.archive.conftest import PERIODS
from tests.office import Office, changed
from tests.small import small_project
from tjxl.archiving import archive_period
from tjxl.cli import main
from tjxl.ooxml.book import Book
from tjxl.report.archiving import show_archive_period
from tjxl.sheets import filling

TITLES = ("填报流水", "指标流水", "节点流水", "变更记录")


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def noted(office: Office, *periods: str) -> None:
    """Write beside every row of these periods."""
    for title in TITLES:
        table = Book(office.master).tables[title]
        column = table.columns["期次"]

        def write(sheet: Any, right: int = table.range.right, column: int = column) -> None:
            for row in sheet.iter_rows(min_row=3):
                if row[column - 1].value in periods:
                    sheet.cell(row[0].row, right + 2).value = "待查"

        office.project.master.write_bytes(changed(office.master, write, title))


def shown(office: Office, capsys: pytest.CaptureFixture[str], period: str | None = None, folder: str = ".") -> str:
    show_archive_period(archive_period(office.project, period), Path(folder))
    return capsys.readouterr().out


@pytest.mark.usefixtures("narrow")
def test_the_list_fits_into_eighty_columns(five_months: Office, capsys: pytest.CaptureFixture[str]) -> None:
    said = shown(five_months, capsys)
    assert "…" not in said
    (head,) = (line for line in said.splitlines() if "期次" in line)
    assert head.replace("┃", " ").split() == ["期次", *TITLES, "留在总台账"]
    line = archive_period(five_months.project)["movable"][0]
    (row,) = (text for text in said.splitlines() if PERIODS[0] in text)
    assert row.replace("│", " ").split() == [PERIODS[0], *(str(count) for count in line["rows"].values())]


@pytest.mark.parametrize(
    ("folder", "command"),
    [
        (".", "tjxl archive-period --period 2022-04"),
        ("/work/2022", "tjxl archive-period /work/2022 --period 2022-04"),
        ("王 秘书[甲]", "tjxl archive-period '王 秘书[甲]' --period 2022-04"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="cmd quotes otherwise")
def test_the_command_that_moves_names_the_folder_that_was_given(
    five_months: Office, capsys: pytest.CaptureFixture[str], folder: str, command: str
) -> None:
    assert shown(five_months, capsys, folder=folder).splitlines()[-1] == f"移出某期及以前各期：{command}"


def test_periods_whose_rows_all_stay_are_not_offered(months: Office, capsys: pytest.CaptureFixture[str]) -> None:
    noted(months, PERIODS[0], PERIODS[3])
    said = shown(months, capsys)
    assert [p for p in PERIODS if any(line.startswith(f"│ {p}") for line in said.splitlines())] == [*PERIODS[1:3]]
    assert f"移出某期及以前各期：tjxl archive-period --period {PERIODS[2]}\n" in said
    alone = shown(months, capsys, PERIODS[0]).splitlines()
    assert (alone[0], len(alone)) == ("没有可以移出的流水。", 2)
    assert alone[1].startswith("留在总台账的：变更记录 ")


def test_where_nothing_is_left_to_move_it_says_so(months: Office, capsys: pytest.CaptureFixture[str]) -> None:
    archive_period(months.project, PERIODS[3])
    assert shown(months, capsys) == "没有可以移出的流水：最近下发的一期不移出，更早各期没有流水或已经移出。\n"


@pytest.mark.parametrize("command", ["status", "collect", "merge"])
def test_a_table_that_fills_up_is_a_warning_and_no_reason_for_another_exit_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    office = small_project(tmp_path / "项目")
    used = Book(office.master).tables["报送情况"].last_row
    monkeypatch.setattr(filling.nearly_full, "__defaults__", (used + 1,))
    monkeypatch.setattr(sys, "argv", ["tjxl", command, str(office.project.root)])
    with pytest.raises(SystemExit) as stop:
        main()
    said = capsys.readouterr().out
    assert f"「报送情况」表：已用 {used} 行，工作表最多 {used + 1} 行" in said
    assert stop.value.code == 0
