"""What goes wrong at the edges is said in Chinese too: reasons of the system, an early Ctrl-C, odd ways to type."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any, get_args, get_origin, get_type_hints

import pytest

from tests.cli.conftest import Tjxl, failed
from tests.small import small_project, write_notice
from tjxl import __version__
from tjxl.cli import app
from tjxl.commands.typed import OF_FIGURES
from tjxl.errors import plain_reason
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.report.values import cell_text


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a small project, 2022-05 issued."""
    return small_project(tmp_path / "2022年重点工作").project.root


# ---- the system's reasons


@pytest.mark.parametrize("number", sorted(errno.errorcode))
def test_no_reason_of_the_system_is_given_in_english(number: int) -> None:
    reason = plain_reason(OSError(number, os.strerror(number)))
    assert not any(c.isascii() and c.isalpha() for c in reason)


def test_an_unusual_reason_keeps_its_number() -> None:
    assert plain_reason(OSError(errno.ECHILD, "No child processes")) == f"读写失败（系统错误 {errno.ECHILD}）"
    assert plain_reason(OSError("gone")) == "读写失败"


def test_a_file_where_a_folder_is_wanted(tjxl: Tjxl, root: Path) -> None:
    master, notice = root / "总台账.xlsm", write_notice(root.parent)
    before = master.read_bytes()
    said = "“总台账.xlsm”是文件，不是文件夹"
    assert failed(tjxl("export", root, "--out", master), said)
    assert failed(tjxl("export", root, "--out", master / "导出"), said)
    assert failed(tjxl("init", master, "--notice", notice, "--year", 2022), said)
    assert master.read_bytes() == before


# ---- Ctrl-C


def test_a_break_while_the_program_is_being_loaded() -> None:
    """As Ctrl-C in the first instant: the interruption comes up from the middle of an import."""
    run = (
        "import sys\n"
        "class Break:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Break())\n"
        "from tjxl.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", run], capture_output=True, env=_environment(), check=False)
    said = done.stderr.decode("utf-8")
    assert (done.returncode, done.stdout, said.count("\n")) == (2, b"", 1)
    assert said.startswith("已中断。")


def test_a_break_when_all_is_done_changes_nothing() -> None:
    """Python takes a while to end; Ctrl-C in that while must not make a failure of what has succeeded."""
    run = (
        "import atexit, os, signal, sys\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "atexit.register(os.kill, os.getpid(), signal.SIGINT)\n"
        "sys.argv = ['tjxl', '--version']\n"
        "from tjxl.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-P", "-c", run], capture_output=True, env=_environment(), check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.strip().decode() == __version__


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p), "PYTHONIOENCODING": "ascii"}


# ---- full-width figures


def test_figures_in_full_width(tjxl: Tjxl, root: Path) -> None:
    """As a Chinese input method types them, dashes too."""
    notice = write_notice(root.parent)
    assert tjxl("tasks", notice, "--year", "２０２２", "--json").json["year"] == 2022
    for period in ("２０２２－０５", "２０２２—05", "2022——05"):
        assert tjxl("status", root, "--period", period, "--json").json["period"] == "2022-05"
        assert tjxl("status", root, f"--period={period}", "--json").json["period"] == "2022-05"
    reminded = tjxl("remind", root, "--days", "３０", "--today", "２０２２－０５－２６", "--json")
    assert reminded.json["today"] == "2022-05-26"
    assert failed(tjxl("tasks", notice, "--year", "３２０２２"), "--year 的值不可用，应为 1990 到 2200 的数")


def test_names_stay_as_they_are_typed(tjxl: Tjxl, tmp_path: Path) -> None:
    done = tjxl("init", tmp_path / "２０２２年", "--notice", write_notice(tmp_path), "--year=２０２２")
    assert (done.code in (0, 1), (tmp_path / "２０２２年" / "总台账.xlsm").is_file()) == (True, True)


def test_every_option_that_takes_a_number_takes_it_in_full_width() -> None:
    numeric = set()
    for command in app.registered_commands:
        assert command.callback
        for hint in get_type_hints(command.callback, include_extras=True).values():
            kind, *more = get_args(hint) if get_origin(hint) is Annotated else (hint,)
            if {int, float} & {kind, *get_args(kind)}:
                numeric.add(more[0].metavar)
    assert {"年度", "比例", "天数"} <= numeric <= OF_FIGURES


# ---- exit status


def test_a_folder_that_is_missing_needs_a_person_and_units_that_have_not_reported_do_not(
    tjxl: Tjxl, root: Path
) -> None:
    waited = tjxl("collect", root)
    assert (waited.code, "尚无有效报送的单位 3 个" in waited.out) == (0, True)
    (root / "收件").rmdir()
    missed = tjxl("collect", root)
    assert (missed.code, "【错误】 项目文件夹中没有“收件”文件夹" in missed.out) == (1, True)


# ---- what is shown says where and how much


def test_findings_of_several_files_stand_under_the_name_of_their_file(tjxl: Tjxl, root: Path) -> None:
    head = "来源,任务,重点工作,核查值\n"
    for name, rows in (("审计.csv", 1), ("统计.csv", 2)):
        (root / "核查" / name).write_text(head + "审计,1,1,滞后\n" * rows, encoding="utf-8")
    lines = tjxl("verify", root).out.splitlines()
    at = {name: lines.index(f"{name}：") for name in ("审计.csv", "统计.csv")}
    assert at["审计.csv"] < at["统计.csv"]
    assert all("【错误】" in lines[line + 1] for line in at.values())
    (root / "核查" / "统计.csv").unlink()
    assert "审计.csv：" not in tjxl("verify", root).out.splitlines()  # of a single file it need not be said


def test_a_notice_and_a_form_are_one_too_many(tjxl: Tjxl, root: Path, tmp_path: Path) -> None:
    notice, (form, *_) = write_notice(tmp_path), (root / "下发" / "2022-05").glob("*.xlsx")
    both = ("--notice", notice, "--from-form", form, "--year", 2022)
    assert failed(tjxl("init", tmp_path / "新", *both), "--notice 和 --from-form 只能用一个")
    assert failed(tjxl("init", tmp_path / "新"), "没有指明总台账从哪里来")


def test_rebuild_shows_values_as_the_sheet_does(tjxl: Tjxl, root: Path) -> None:
    master = root / "总台账.xlsm"
    editor = BookEditor(master.read_bytes())
    table = editor.book.tables["任务台账"]
    editor.edit(table.sheet, table.first_row, table.columns["完成进度"], Put(0.99))
    master.write_bytes(editor.save())
    rows = [line.replace("│", " ").split() for line in tjxl("rebuild", root, "--check").out.splitlines()]
    assert ["任务台账", "J3", "完成进度", "99%", "（空）", "手工改动"] in rows


@pytest.mark.parametrize(
    ("value", "table", "column", "said"),
    [
        (138.0, "期次统计", "任务总数", "138"),
        (0.99, "填报流水", "完成进度", "99%"),
        (0.125, "任务台账", "应达进度", "12.5%"),
        ("2022-06-30T10:00:00", "填报流水", "入账时间", "2022-06-30 10:00:00"),
        ("=1+1", "期次统计", "任务总数", "=1+1"),
        ("2022-05 T001 U001", "填报流水", None, "2022-05 T001 U001"),
        (None, "填报流水", "完成进度", "（空）"),
    ],
)
def test_a_value_is_said_as_its_column_shows_it(value: Any, table: str, column: str | None, said: str) -> None:
    assert cell_text(value, table, column) == said
