"""What each command loads: a heavy library only where it is used, so that nobody waits for it elsewhere.

One test a command, in a process of its own, on a small project whose first period is issued and has one return.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.office import MAY, Office, filled
from tests.small import small_project, write_notice

HEAVY = (
    "distributed", "docx", "lxml", "numpy", "openpyxl", "pandas", "pandera", "pyopenvba", "rich", "xlsxwriter",
    "xlwings",
)  # fmt: skip
JUDGING = {"numpy", "pandas", "pandera"}
"""Rules are checked by pandera on pandas: in a process beside, where there is a processor for it."""

_RUN = f"""
import os, sys
os.cpu_count = lambda: int(os.environ.get("PROCESSORS", "2"))
sys.modules["hypothesis"] = sys.modules["pyarrow"] = None  # pandera and pandas load them where they find them
from tjxl import cli
try:
    cli.main()
except SystemExit as ended:
    status = ended.code
print("loaded", status, *sorted(m for m in {HEAVY} if sys.modules.get(m)), file=sys.stderr)
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    root = tmp_path_factory.mktemp("装载")
    made = small_project(root / "项目")
    write_notice(root)
    unit = next(iter(sorted(p.stem for p in made.project.issued(MAY).glob("*.xlsx"))))
    made.send("表.xlsx", filled(made.form(unit)))
    return made


def loaded(*args: str | Path) -> set[str]:
    """The heavy libraries that a command has loaded; it must have done its work."""
    line = [sys.executable, "-P", "-c", _RUN, *map(str, args)]
    done = subprocess.run(line, capture_output=True, text=True, encoding="utf-8", check=False, env=_quiet())
    last = done.stderr.splitlines()[-1].split()
    assert last[0] == "loaded", done.stderr
    assert last[1] in ("0", "1"), done.stderr
    return set(last[2:])


def _quiet() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}


def test_help_loads_none() -> None:
    assert loaded("--help") == set()


@pytest.mark.parametrize(
    ("command", "libraries"),
    [
        (("status",), {"lxml"}),
        (("history", "--task", "1"), {"lxml"}),
        (("issue", "--period", "2022-06"), {"lxml", "xlsxwriter"}),
        (("collect",), {"lxml", "xlsxwriter"}),
        (("merge",), {"lxml"}),
        (("rebuild", "--check"), {"lxml"}),
        (("archive-period",), {"lxml"}),
        (("remind", "--today", "2022-06-01"), {"lxml", "docx", "xlsxwriter"}),
        (("score",), {"lxml"}),
        (("bulletin", "--date", "2022-06-01"), {"lxml", "docx", "xlsxwriter"}),
        (("verify",), {"lxml"}),
        (("doctor",), {"lxml", "pyopenvba"}),
        (("launcher",), set()),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else "",
)
def test_a_command_loads_what_it_uses(
    office: Office, tmp_path: Path, command: tuple[str, ...], libraries: set[str]
) -> None:
    project = copy_of(office, tmp_path / "项目").project
    assert loaded(command[0], project.root, *command[1:], "--json") == libraries


@pytest.mark.parametrize("command", ["collect", "merge"])
def test_a_single_processor_judges_returns_itself(
    office: Office, tmp_path: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROCESSORS", "1")
    project = copy_of(office, tmp_path / "项目").project
    assert loaded(command, project.root, "--json") >= JUDGING


def test_reading_a_notice_loads_no_library_for_workbooks(office: Office) -> None:
    assert loaded("tasks", office.project.root.parent / "通知.txt", "--year", "2022", "--json") <= {"lxml"}


def test_a_process_that_reads_returns_loads_no_library_that_judges_them() -> None:
    code = f"import sys, tjxl.intake.parallel; print(*sorted(m for m in {HEAVY} if m in sys.modules))"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, check=True, env=_quiet()
    )
    assert done.stdout.split() == ["lxml"]


def test_export_loads_parquet_only_for_parquet(office: Office, tmp_path: Path) -> None:
    csv = loaded("export", office.project.root, "--out", tmp_path, "--format", "csv", "--json")
    assert csv == {"lxml"}


def test_the_heavy_libraries_are_those_that_are_installed() -> None:
    """A name misspelt above would never be found loaded."""
    assert [name for name in HEAVY if importlib.util.find_spec(name) is None] == []
