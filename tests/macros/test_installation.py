"""The doctor on machines of every kind, the master's interpreter written, the package for an office offline."""

from __future__ import annotations

import datetime as dt
import subprocess
import zipfile
from pathlib import Path
from typing import Any, ClassVar

import pytest

from tests.conftest import copy_of
from tests.office import Office
from tjxl import flows
from tjxl.errors import ProjectError
from tjxl.installation.doctor import doctor
from tjxl.installation.launcher import make_launcher
from tjxl.installation.machine import Machine
from tjxl.installation.menu import menu
from tjxl.installation.offline import pack_offline
from tjxl.installation.upgrade import upgrade_master
from tjxl.ooxml.book import Book
from tjxl.ooxml.package import Package
from tjxl.periods import next_period, parse_period
from tjxl.project import Project
from tjxl.resources import sample_notice
from tjxl.sheets.conf import windowless

_PYTHON = "C:\\Python\\python.exe"
_USER = "Software\\Microsoft\\Office\\16.0\\Excel\\Security"
_POLICY = "Software\\Policies\\Microsoft\\Office\\16.0\\Excel\\Security"
_EXCEL = "SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\App Paths\\excel.exe"


def windows(registry: dict[str, Any] | None = None, **more: Any) -> Machine:
    """A Windows with Excel and pywin32; `registry` by key."""
    known = {_EXCEL: "C:\\Office\\EXCEL.EXE"} | (registry or {})
    facts = {"python": _PYTHON, "has_module": lambda _: True} | more
    return Machine("win32", registry=lambda _root, key, _name: known.get(key), **facts)


def codes(project: Project | None, machine: Machine, *, fix: bool = False) -> list[str]:
    """What is not as it should be."""
    checks = doctor(project, fix=fix, machine=machine)["checks"]
    return [c["code"] for c in checks if c["severity"] != "note"]


def conf(project: Project) -> dict[str, object]:
    cells = Book(project.master.read_bytes()).cells("xlwings.conf").cells
    return {str(c.value): cells[r, 2].value if (r, 2) in cells else None for (r, k), c in cells.items() if k == 1}


def test_a_machine_that_has_everything() -> None:
    assert codes(None, windows()) == []


@pytest.mark.parametrize(
    ("machine", "found"),
    [
        (windows({_EXCEL: None}), ["B715"]),
        (windows(has_module=lambda name: name != "win32com"), ["B717"]),
        (windows({_USER: 2}), []),
        (windows({_USER: 3}), ["B719"]),
        (windows({_USER: 4}), ["B720"]),
        (windows({_USER: 1, _POLICY: 4}), ["B720"]),
        (Machine("linux"), ["B713"]),
    ],
    ids=["no Excel", "no pywin32", "asks", "only signed macros", "no macros", "the policy outweighs", "Linux"],
)
def test_what_a_machine_lacks(machine: Machine, found: list[str]) -> None:
    assert codes(None, machine) == found


def test_a_mac_that_excel_cannot_call_python_on(tmp_path: Path) -> None:
    mac = Machine("darwin", python="/usr/bin/python3", has_module=lambda _: False, home=tmp_path)
    assert set(codes(None, mac)) >= {"B722", "B724"}


def test_the_interpreter_is_written_into_the_master_and_nothing_else_changes(office: Office) -> None:
    project = office.project
    assert codes(project, windows()) == ["B733"]
    before = Package(project.master.read_bytes())
    assert codes(project, windows(), fix=True) == []
    assert conf(project)["INTERPRETER_WIN"] == _PYTHON
    after = Package(project.master.read_bytes())
    part = Book(project.master.read_bytes()).sheets["xlwings.conf"].part
    changed = {n for n in after.names if before.read(n) != after.read(n)}
    assert before.names == after.names
    assert part in changed
    assert changed <= {part, before.workbook_part}


def test_a_python_in_a_persons_own_folder_is_named_for_others_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LOCALAPPDATA", "C:\\Users\\甲\\AppData\\Local")
    monkeypatch.setenv("USERPROFILE", "C:\\Users\\甲")
    names = {
        "c:\\users\\甲\\appdata\\local\\Python311\\python.exe": "%LOCALAPPDATA%\\Python311\\python.exe",
        "C:\\Users\\甲\\venv\\Scripts\\python.exe": "%USERPROFILE%\\venv\\Scripts\\python.exe",
        "D:\\Python311\\python.exe": "D:\\Python311\\python.exe",
    }
    assert {python: windowless(Path(python)) for python in names} == names


def test_an_interpreter_of_another_machine_is_found(office: Office) -> None:
    codes(office.project, windows(), fix=True)
    assert codes(office.project, windows(python="D:\\py\\python.exe")) == ["B734"]


def test_an_open_master_is_not_written_to(office: Office) -> None:
    (office.project.root / "~$总台账.xlsm").write_bytes(b"")
    with pytest.raises(ProjectError, match="总台账"):
        doctor(office.project, fix=True, machine=windows())


def test_a_workbook_without_macros_is_upgraded_and_kept(tmp_path: Path) -> None:
    flows.init(tmp_path, Path(str(sample_notice())), 2022, macros=False)
    project = Project(tmp_path)
    assert "B726" in codes(project, windows())
    plain = project.master.read_bytes()
    result = upgrade_master(project)
    assert [p.name for p in tmp_path.glob("总台账*")] == ["总台账.xlsm"]
    assert Path(result["backup"]).read_bytes() == plain
    assert upgrade_master(project)["updated"] == []
    assert codes(project, windows(), fix=True) == []


def test_a_form_that_was_issued_before_is_merged_after_an_upgrade(office: Office, tmp_path: Path) -> None:
    from tests.office import SPORTS, filled

    copy = copy_of(office, tmp_path / "升级")
    upgrade_master(copy.project)
    copy.send("甲.xlsx", filled(copy.form(SPORTS)))
    assert flows.merge(copy.project)["rows"] == 3


class FakePip:
    """pip that fetches made-up wheels: tjxl needs one, which needs another on Windows alone."""

    NEEDS: ClassVar = {
        "tjxl": ["xlwings>=0.30", "pytest; extra == 'test'"],
        "xlwings": ['pywin32>=224; sys_platform == "win32"', 'appscript; sys_platform == "darwin"'],
        "pywin32": [],
    }

    def __init__(self, fails: bool = False) -> None:
        self.calls: list[list[str]] = []
        self.fails = fails

    def __call__(self, arguments: list[str]) -> tuple[int, str]:
        self.calls.append(arguments)
        if self.fails:
            return 1, "WARNING: retrying\nERROR: No matching distribution found for xlwings\n"
        folder = Path(arguments[arguments.index("-d" if "-d" in arguments else "-w") + 1])
        if arguments[0] == "wheel":
            self._make(folder, "tjxl")
            return 0, ""
        for name in ["tjxl", "xlwings", *(a.partition(">")[0] for a in arguments if a.startswith("pywin32"))]:
            self._make(folder, name)
        return 0, ""

    def _make(self, folder: Path, name: str) -> None:
        said = "".join(f"Requires-Dist: {need}\n" for need in self.NEEDS[name])
        with zipfile.ZipFile(folder / f"{name}-1.0-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{name}-1.0.dist-info/METADATA", f"Metadata-Version: 2.1\nName: {name}\n{said}")


def test_an_office_offline_gets_what_windows_alone_needs(tmp_path: Path) -> None:
    result = pack_offline(tmp_path / "离线", "3.12", FakePip())
    assert result["wheels"] == [f"{n}-1.0-py3-none-any.whl" for n in ("pywin32", "tjxl", "xlwings")]
    install = (tmp_path / "离线" / "install.bat").read_bytes()
    assert b"py -3.12 -m venv" in install
    assert b"\r\n" in install
    assert "没有找到 64 位 Python 3.12" in install.decode("gb18030")
    assert "3.12" in (tmp_path / "离线" / "安装说明.txt").read_text("utf-8-sig")


def test_without_a_network_one_sentence_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="无法取得（No matching distribution found for xlwings）"):
        pack_offline(tmp_path / "离线", "3.11", FakePip(fails=True))


class TestLauncher:
    """A file to double-click, and the menu behind it."""

    def test_on_windows_it_names_the_interpreter_and_its_own_folder(self, office: Office) -> None:
        path = Path(make_launcher(office.project, "win32", "C:\\用户\\100%\\python.exe")["launcher"])
        assert path.name == "督查台账.bat"
        assert path.read_bytes().decode("gb18030") == (
            '@echo off\r\n"C:\\用户\\100%%\\python.exe" -m tjxl menu "%~dp0."\r\n'
        )

    def test_on_linux_and_mac_it_runs(self, office: Office) -> None:
        """A path with a space, Chinese and signs that shells read: the menu starts, and is left at once."""
        root = office.project.root.with_name("2022年 重点=工作 $a'b")
        office.project.root.rename(root)
        path = Path(make_launcher(Project(root), "darwin")["launcher"])
        done = subprocess.run([path], input="0\n", capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert "  2  收集校验" in done.stdout

    def test_a_desktop_entry_quotes_what_has_a_meaning(self, office: Office) -> None:
        root = office.project.root.with_name('a $b "c" 50%')
        office.project.root.rename(root)
        text = Path(make_launcher(Project(root), "linux", "/usr/bin/python3")["launcher"]).read_text("utf-8")
        assert text.endswith(f'Exec="/usr/bin/python3" -m tjxl menu "{root.parent}/a \\\\$b \\\\"c\\\\" 50%%"\n')

    def test_the_menu_runs_the_commands(self, office: Office) -> None:
        answers = iter(["1", "", "2", "9", "4", "n", "4", "y", "6", "'/tmp/a b.xlsx'", "6", "", "0"])
        ran: list[list[str]] = []

        def run(arguments: Any) -> int:
            ran.append(list(arguments))
            return 0

        menu(office.project, lambda _: next(answers), run)
        folder = str(office.project.root)
        assert ran == [
            ["issue", folder, "--period", "2022-06"],
            ["collect", folder],
            ["undo", folder],
            ["check", "/tmp/a b.xlsx", "--project", folder],
        ]


def test_the_next_period_follows_the_newest_and_ends_with_the_year() -> None:
    day = dt.date(2022, 5, 10)
    codes_of = {
        (("2022-05",), 1): "2022-06",
        (("2022-Q1", "2022-Q3"), 3): "2022-Q4",
        (("2022-12",), 1): None,
        ((), 3): "2022-Q2",
        ((), 1): "2022-05",
    }
    for (issued, months), expected in codes_of.items():
        found = next_period([parse_period(c) for c in issued], 2022, months, day)
        assert (found.code if found else None) == expected
    assert [p.code for d in (dt.date(2021, 9, 1), dt.date(2023, 2, 1)) if (p := next_period([], 2022, 1, d))] == [
        "2022-01",
        "2022-12",
    ]
