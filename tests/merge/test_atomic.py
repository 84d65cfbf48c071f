"""A merge that is killed, lacks space, or meets another: the master is the old one or the new one, never a third."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.office import AUDIT, MAY, SPORTS, Office, filled, opened, zipped
from tjxl import flows
from tjxl.errors import ProjectError
from tjxl.merge import run

NOW = dt.datetime(2022, 5, 26, 9, 0)
KILLED = 9


@pytest.fixture(autouse=True)
def _clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of the merge is the only thing in which two merges of the same files differ."""
    real: Callable[..., object] = run.merge_returns
    monkeypatch.setattr(run, "merge_returns", lambda *args: real(*args[:-1], NOW))


@pytest.fixture
def ready(office: Office) -> Office:
    """Two returns lie in 收件."""
    office.send("甲.xlsx", filled(office.form(SPORTS)))
    office.send("区县/乙.xlsx", filled(office.form(AUDIT)))
    return office


def kept(office: Office) -> set[bytes]:
    """The content of every file in 收件 and 归档."""
    folders = (office.project.inbox, office.project.archive)
    return {p.read_bytes() for folder in folders for p in folder.rglob("*.xlsx") if not p.name.startswith(".")}


def killed_at(office: Office, step: int, work: Callable[[Office], object] = Office.merge) -> bool:
    """Work in a process that dies right before its file operation number `step`; False when it had fewer."""
    child = os.fork()
    if child == 0:
        try:
            _die_before(step, str(office.project.root))
            work(office)
        except BaseException:  # whatever happens, this process must not go on with the tests
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, KILLED)
    return code == KILLED


def _die_before(step: int, root: str) -> None:
    """End this process at its n-th write, rename or removal below `root`: as in a power cut, nothing is tidied up."""
    count = 0

    def hook(event: str, args: tuple[Any, ...]) -> None:
        nonlocal count
        written = event == "open" and isinstance(args[1], str) and set(args[1]) & set("wax+")
        if (written or event in ("os.rename", "os.remove")) and str(args[0]).startswith(root):
            count += 1
            if count == step:
                os._exit(KILLED)

    sys.addaudithook(hook)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed that is a copy of this one")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_any_instant_the_master_is_the_old_one_or_the_new_one(ready: Office, tmp_path: Path) -> None:
    old, sent = ready.master, kept(ready)
    whole = copy_of(ready, tmp_path / "不受打扰")
    whole.merge()
    new = whole.master
    seen = set()
    for step in range(1, 60):
        office = copy_of(ready, tmp_path / f"第{step}步")
        if not killed_at(office, step):
            break
        seen.add(office.master == new)
        assert office.master in (old, new)
        assert sent <= kept(office)  # nothing accepted is lost
        office.merge()
        assert office.master == new
        assert (office.inbox(), kept(office)) == ([], sent)
        assert list(office.project.root.rglob(".tjxl-*.tmp")) == []
    assert step > 10
    assert seen == {False, True}


@pytest.fixture
def faulty(office: Office) -> Office:
    """Two returns lie in 收件 that go back, one with a question, and one that is right."""
    office.send("甲.xlsx", filled(office.form(SPORTS), J7="差不多了"))
    office.send("乙.zip", zipped({"b.xlsx": filled(office.form(AUDIT), J7=None)}))
    office.send("丙.xlsx", filled(office.form("市信访办"), K7="1"))
    office.send("丁.xlsx", filled(office.form("市水务局")))
    return office


def sent_back(office: Office) -> dict[str, object]:
    """What lies in 退回, without what is hidden: texts, and what the copies say."""
    folder = office.project.returned(MAY)
    files = [p for p in folder.glob("*") if not p.name.startswith(".")]
    return {p.name: cells_of(p) if p.suffix == ".xlsx" else p.read_bytes() for p in files}


def cells_of(path: Path) -> dict[str, list[list[object]]]:
    return {s.title: [[c.value for c in row] for row in s.iter_rows()] for s in opened(path).worksheets}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed that is a copy of this one")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_collection_killed_at_any_instant_is_done_or_not_and_the_next_one_does_it(
    faulty: Office, tmp_path: Path
) -> None:
    old, inbox = faulty.master, faulty.inbox()
    whole = copy_of(faulty, tmp_path / "不受打扰")
    whole.collect()
    new, back = whole.master, sent_back(whole)
    archived = {p.name: p.read_bytes() for p in whole.project.archive.iterdir()}
    assert (len(back), len(archived)) == (6, 4)
    seen = set()
    for step in range(1, 60):
        office = copy_of(faulty, tmp_path / f"第{step}步")
        if not killed_at(office, step, Office.collect):
            break
        seen.add(office.master == new)
        assert (office.master in (old, new), office.inbox()) == (True, inbox)
        half = sent_back(office)  # opening them proves that none is half a file
        assert half == {name: back[name] for name in half}
        office.collect()
        assert (office.master, sent_back(office)) == (new, back)
        assert {p.name: p.read_bytes() for p in office.project.archive.iterdir()} == archived
        assert list(office.project.root.rglob(".tjxl-*.tmp")) == []
    assert step > 10
    assert seen == {False, True}


def test_a_collection_without_space_says_so_and_changes_nothing(
    faulty: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open
    for fails in ("归档", f"退回/{MAY}", ""):
        office = copy_of(faulty, tmp_path / f"满{fails[:2]}")
        before = office.master
        folder = office.project.root / fails

        def full(path: Path, mode: str = "r", *args: Any, folder: Path = folder, **more: Any) -> Any:
            if "w" in mode and path.parent == folder and path.suffix == ".tmp":
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            return real(path, mode, *args, **more)

        monkeypatch.setattr(Path, "open", full)
        with pytest.raises(ProjectError) as error:
            office.collect()
        monkeypatch.setattr(Path, "open", real)
        assert (error.value.code, "磁盘空间不足" in str(error.value)) == ("E212", True)
        assert office.master == before
        assert office.collect().keys() == {"甲.xlsx", "乙.zip/b.xlsx", "丙.xlsx", "丁.xlsx"}


def test_without_space_nothing_changes_and_one_sentence_says_so(
    ready: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.open
    for fails in ("归档", "备份", ""):
        office = copy_of(ready, tmp_path / f"满{fails}")
        before, sent = office.master, kept(office)
        folder = office.project.root / fails

        def full(path: Path, mode: str = "r", *args: Any, folder: Path = folder, **more: Any) -> Any:
            if "w" in mode and path.parent == folder and path.suffix == ".tmp":
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
            return real(path, mode, *args, **more)

        monkeypatch.setattr(Path, "open", full)
        with pytest.raises(ProjectError) as error:
            office.merge()
        monkeypatch.setattr(Path, "open", real)
        assert error.value.code == "E212"
        assert "磁盘空间不足" in str(error.value)
        assert (office.master == before, office.inbox(), sent <= kept(office)) == (True, ready.inbox(), True)
        assert office.merge()["rows"] == 4


@pytest.fixture
def small_disk(tmp_path: Path) -> Any:
    """A real disk of 8 MB, where this process may mount one."""
    folder = tmp_path / "小盘"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, check=False).returncode == 0
    except OSError:
        mounted = False
    if not mounted:
        pytest.skip("a small disk cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_real_disk_that_is_full(ready: Office, small_disk: Path) -> None:
    office = copy_of(ready, small_disk / "项目")
    before, inbox = office.master, office.inbox()
    filler = small_disk / "占位"
    fill_up(filler)
    done = command("merge", office.project.root)
    assert (done.returncode, done.stdout) == (2, "")
    assert "磁盘空间不足" in done.stderr
    assert done.stderr.count("\n") == 1
    assert (office.master == before, office.inbox() == inbox) == (True, True)
    filler.unlink()
    assert office.merge()["rows"] == 4


def fill_up(path: Path) -> None:
    """Write until the disk takes no more."""
    with path.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while file.write(bytes(4096)):
            continue


def command(*args: object) -> subprocess.CompletedProcess[str]:
    """The command line in a process of its own."""
    line = [sys.executable, "-P", "-c", "from tjxl.cli import main; main()", *map(str, args)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", check=False, timeout=60)


# ---- only one at a time


def test_a_second_command_says_within_seconds_who_holds_the_project(ready: Office) -> None:
    before = ready.master
    with ready.project.locked("merge"):
        started = dt.datetime.now()
        done = command("collect", ready.project.root)
        waited = (dt.datetime.now() - started).total_seconds()
    assert (done.returncode, done.stdout, ready.master == before) == (2, "", True)
    assert "项目正被占用" in done.stderr
    assert "（merge，" in done.stderr
    assert f"进程 {os.getpid()}" in done.stderr
    assert done.stderr.count("\n") == 1
    assert waited < 20


def test_what_a_killed_command_left_behind_holds_nobody_up(ready: Office) -> None:
    (ready.project.root / ".tjxl-lock").touch()
    (ready.project.root / ".tjxl-lock-holder.txt").write_text("已经结束的程序", encoding="utf-8")
    (ready.project.root / ".tjxl-总台账.xlsx.tmp").write_bytes(b"half")
    assert ready.merge()["rows"] == 4
    assert not (ready.project.root / ".tjxl-总台账.xlsx.tmp").exists()


@pytest.mark.parametrize("sign", ["~$总台账.xlsx", ".~lock.总台账.xlsx#"])
@pytest.mark.parametrize(
    "work",
    [
        flows.merge,
        flows.collect,
        lambda project: flows.issue(project, "2022-06"),
    ],
)
def test_a_master_that_is_open_is_not_touched(ready: Office, sign: str, work: Callable[[Any], object]) -> None:
    (ready.project.root / sign).write_bytes(b"")
    before = ready.master
    with pytest.raises(ProjectError) as error:
        work(ready.project)
    assert (error.value.code, ready.master == before, len(ready.inbox())) == ("E205", True, 2)
    (ready.project.root / sign).unlink()
    work(ready.project)


def test_a_file_that_is_open_elsewhere_is_merged_and_stays(ready: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows an open file cannot be deleted."""
    real = Path.unlink

    def held(path: Path, missing_ok: bool = False) -> None:
        if path.name == "甲.xlsx":
            raise PermissionError(errno.EACCES, "in use", str(path))
        real(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", held)
    assert (ready.merge()["rows"], ready.inbox()) == (4, ["甲.xlsx"])
    monkeypatch.setattr(Path, "unlink", real)
    before = ready.master
    assert (ready.merge()["rows"], ready.inbox(), ready.master == before) == (0, [], True)
