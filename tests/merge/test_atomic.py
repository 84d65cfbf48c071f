"""A merge that is killed, lacks space, or meets another: the master is the old one or the new one, never a third."""

from __future__ import annotations

import contextlib
import datetime as dt
import errno
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.decisions.conftest import Master
from tests.merge.faults import (
    CTRL_C,
    DONE,
    INTERRUPTED,
    KILL,
    KILLED,
    REFUSALS,
    REFUSED,
    UNKNOWN,
    Fault,
    Operation,
    run,
)
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, filled, resaved, zipped
from tests.small import UNITS, small_project
from tjxl import archiving, durable, flows
from tjxl.durable import ChangedMeanwhileError, write_whole
from tjxl.errors import ProjectError
from tjxl.flows import forms, returns
from tjxl.merge import run as merge_run
from tjxl.project import Project

NOW = dt.datetime(2022, 5, 26, 9, 0)


@pytest.fixture(autouse=True)
def _clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of the merge is the only thing in which two merges of the same files differ."""
    real: Callable[..., object] = merge_run.merge_returns
    monkeypatch.setattr(merge_run, "merge_returns", lambda *args: real(*args[:-1], NOW))


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


# ---- any operation goes wrong


@dataclass(frozen=True)
class Scene:
    """A command that writes the master, the project before it, and what it comes to when nothing goes wrong."""

    office: Office
    work: Callable[[Office], object]
    states: tuple[bytes, ...]
    operations: tuple[Operation, ...]

    @property
    def sent(self) -> set[bytes]:
        return kept(self.office)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The small project. Not to be written to."""
    return small_project(tmp_path_factory.mktemp("小项目") / "项目")


def ready_to_merge(office: Office) -> None:
    for folder, unit in zip(("", "区/", "区/"), UNITS, strict=True):
        office.send(f"{folder}{unit}.xlsx", filled(office.form(unit)))


def ready_to_merge_what_was_decided(office: Office) -> None:
    office.send("甲.xlsx", filled(office.form(UNITS[0]), K7="1"))
    office.merge()
    question = office.table("questions")[-1]
    answered = Master(office.master).answer(**{question["question_no"]: question["choices"].split("、")[0]})
    office.project.master.write_bytes(answered.content)
    office.send("乙.xlsx", filled(office.form(UNITS[1])))


def ready_to_collect(office: Office) -> None:
    office.send("乙.zip", zipped({"b.xlsx": filled(office.form(UNITS[1]), J7=None)}))
    office.send("丙.xlsx", filled(office.form(UNITS[2]), K7="1"))


def issue_june(office: Office) -> None:
    flows.issue(office.project, JUNE)


def ready_to_move(office: Office) -> None:
    ready_to_merge(office)
    office.merge()
    flows.issue(office.project, JUNE)


def move_may(office: Office) -> None:
    archiving.archive_period(office.project, MAY)


SCENES: dict[str, tuple[Callable[[Office], None], Callable[[Office], object]]] = {
    "合并": (ready_to_merge, Office.merge),
    "合并已裁决": (ready_to_merge_what_was_decided, Office.merge),
    "收集": (ready_to_collect, Office.collect),
    "下发": (ready_to_merge, issue_june),
    "移出往期": (ready_to_move, move_may),
}


@pytest.fixture
def scene(request: pytest.FixtureRequest, small: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Scene:
    for module in (returns, forms, archiving):
        monkeypatch.setattr(module, "dt", SimpleNamespace(datetime=_StandingClock, date=dt.date))
    prepare, work = SCENES[request.param]
    office = copy_of(small, tmp_path / "原样")
    prepare(office)
    whole = copy_of(office, tmp_path / "不受打扰")
    code, operations = run(whole.project.root, lambda: work(whole))
    assert code == DONE
    replaced = [n for n, o in enumerate(operations, 1) if (o.kind, o.path) == ("os.rename", "总台账.xlsm")]
    states = []
    for n in replaced[1:]:  # the decisions are carried out in a step of their own
        between = copy_of(office, tmp_path / f"其间{n}")
        assert run(between.project.root, lambda o=between: work(o), n)[0] == KILLED  # type: ignore[misc]
        states.append(between.master)
    return Scene(office, work, (office.master, *states, whole.master), tuple(operations))


class _StandingClock(dt.datetime):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> _StandingClock:
        del tz
        return cls(2022, 5, 26, 9, 0)


needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed that is a copy of this one")
quiet_fork = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")


@needs_fork
@quiet_fork
@pytest.mark.parametrize("scene", SCENES, indirect=True)
@pytest.mark.parametrize("faults", [(KILL,), (*REFUSALS, CTRL_C)], ids=["killed", "refused or interrupted"])
def test_whatever_operation_goes_wrong_the_master_is_whole_and_the_next_run_mends_the_rest(
    scene: Scene, faults: tuple[Fault, ...], tmp_path: Path
) -> None:
    """At each single step: the master old or new, nothing lost, the next run ends as an undisturbed one.

    What does not kill takes turns: no space, no permission, a disk that fails, Ctrl-C.
    """
    old, new, seen = scene.states[0], scene.states[-1], set()
    expected = everything(tmp_path / "不受打扰")
    for step, operation in enumerate(scene.operations, 1):
        fault = faults[step % len(faults)]
        office = copy_of(scene.office, tmp_path / f"第{step}步")
        code, _ = run(office.project.root, lambda o=office: scene.work(o), step, fault)  # type: ignore[misc]
        told = f"{fault} at {step}, {operation}"
        assert code in {KILL: (KILLED,), CTRL_C: (INTERRUPTED,)}.get(fault, (DONE, REFUSED)), told
        assert office.master in scene.states, told
        assert (code, office.master == new) != (DONE, False), told
        assert scene.sent <= kept(office), told
        assert all(is_workbook(p) for p in visible(office.project.root)), told
        seen.add(office.master)
        scene.work(office)
        assert everything(office.project.root) == expected, told
        shutil.rmtree(office.project.root)
    assert seen == set(scene.states)
    assert old != new


def visible(root: Path) -> list[Path]:
    """Every workbook of a project that people see."""
    return [p for p in root.rglob("*.xlsx") if not p.name.startswith(".")]


def is_workbook(path: Path) -> bool:
    """Whether a file is whole: a zip archive all of whose members are."""
    try:
        with zipfile.ZipFile(path) as package:
            return package.testzip() is None
    except zipfile.BadZipFile:
        return False


def everything(root: Path) -> dict[str, object]:
    """All files of a project but the lock and the backups, of which an interrupted run may leave one more.

    Of a form, its parts without the one that says when the file was made.
    """
    files = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if p.is_file()}
    return {
        name: parts_of(p) if name.startswith("下发/") else p.read_bytes()
        for name, p in files.items()
        if not name.startswith(("备份/", ".tjxl-lock"))
    }


def parts_of(form: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(form) as package:
        return {name: package.read(name) for name in package.namelist() if name != "docProps/core.xml"}


@needs_fork
@quiet_fork
@pytest.mark.parametrize("scene", ["合并"], indirect=True)
@pytest.mark.parametrize("fault", [*REFUSALS, CTRL_C], ids=["no space", "no permission", "disk fails", "ctrl-c"])
def test_each_refusal_at_each_write_of_a_merge_ends_it_tidily(scene: Scene, fault: Fault, tmp_path: Path) -> None:
    """Nothing half-written is left, and nothing lost."""
    for step, operation in enumerate(scene.operations, 1):
        if operation.kind in ("open", "write", "fsync", "os.rename"):
            office = copy_of(scene.office, tmp_path / f"第{step}步")
            code, _ = run(office.project.root, lambda o=office: scene.work(o), step, fault)  # type: ignore[misc]
            courtesy = operation.path == ".tjxl-lock-holder.txt"
            held = operation.path == ".tjxl-lock" and fault == errno.EACCES  # filelock may try again
            ended = INTERRUPTED if fault == CTRL_C else DONE if courtesy else REFUSED
            assert code in ({DONE, REFUSED} if held else {ended}), operation
            assert (office.master in scene.states, scene.sent <= kept(office)) == (True, True), operation
            assert list(office.project.root.rglob(".tjxl-*.tmp")) == [], operation
            shutil.rmtree(office.project.root)


@needs_fork
@quiet_fork
@pytest.mark.parametrize("scene", ["合并"], indirect=True)
def test_everything_is_forced_to_disk_before_what_relies_on_it(scene: Scene) -> None:
    """A power cut loses what was not forced: first archive and backup, then the master, then 收件 is cleared."""
    operations = scene.operations

    def place(kind: str, path: str) -> int:
        return operations.index(Operation(kind, path))

    for rename in [n for n, o in enumerate(operations) if o.kind == "os.rename"]:
        folder, _, name = operations[rename].path.rpartition("/")
        temporary = f"{folder}/.tjxl-{name}.tmp".lstrip("/")
        steps = [o.kind for o in operations[:rename] if o.path == temporary]
        assert steps == ["open", "write", "fsync"]
    master = place("os.rename", "总台账.xlsm")
    for folder in ("归档", "备份"):
        renamed = [n for n, o in enumerate(operations) if o.kind == "os.rename" and o.path.startswith(folder)]
        assert renamed
        assert max(renamed) < place("fsync", folder) < master
    cleared = [n for n, o in enumerate(operations) if o.kind == "os.remove" and o.path.startswith("收件/")]
    assert len(cleared) == 3
    assert master < place("fsync", ".") < min(cleared)


@needs_fork
@quiet_fork
@pytest.mark.parametrize("scene", ["移出往期"], indirect=True)
def test_volumes_are_on_disk_before_the_master_names_them(scene: Scene) -> None:
    operations = scene.operations
    (volume,) = [n for n, o in enumerate(operations) if o == Operation("os.rename", "往期流水/2022-05.xlsx")]
    entered = operations.index(Operation("fsync", "."))  # the new folder's own entry
    forced = operations.index(Operation("fsync", "往期流水"))
    copied = operations.index(Operation("fsync", "备份/往期流水"))
    backup = max(n for n, o in enumerate(operations) if o == Operation("fsync", "备份"))
    assert entered < volume < forced < copied < backup < operations.index(Operation("os.rename", "总台账.xlsm"))


@needs_fork
@quiet_fork
@pytest.mark.parametrize(
    "work",
    [
        lambda root: os.link(root / "a", root / "b"),
        lambda root: (root / "b").symlink_to(root / "a"),
        lambda root: os.truncate(root / "a", 1),
        lambda root: shutil.copyfile(root / "a", root / "b"),
        lambda root: os.close(os.open(root / "b", os.O_CREAT | os.O_WRONLY)),
        lambda root: subprocess.run(["true"], cwd=root, check=False),
    ],
)
def test_an_operation_that_these_tests_do_not_know_would_be_noticed(
    tmp_path: Path, work: Callable[[Path], object]
) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    assert run(tmp_path, lambda: work(tmp_path))[0] == UNKNOWN


@pytest.mark.parametrize("held", [1, 3])
def test_a_file_that_a_virus_scanner_holds_for_a_moment_is_replaced_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, held: int
) -> None:
    waits, target = held_on_windows(monkeypatch, held), tmp_path / "a"
    target.write_bytes(b"old")
    write_whole(target, b"new")
    assert (target.read_bytes(), len(waits)) == (b"new", held)


def test_a_master_that_another_program_holds_is_said_in_one_sentence(
    ready: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ready.master
    with monkeypatch.context() as windows:
        waits = held_on_windows(windows, 99, "总台账.xlsm")
        with pytest.raises(ProjectError) as error:
            ready.merge()
    assert str(error.value) == (
        "文件“总台账.xlsm”无法写入：没有权限或文件被占用。请检查磁盘空间、写入权限，以及该文件是否正被打开。"
    )
    assert (ready.master == before, sum(waits) < 3, list(ready.project.root.glob(".*.tmp"))) == (True, True, [])
    assert ready.merge()["rows"] == 4


def test_a_folder_without_permission_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waits = held_on_windows(monkeypatch, 99, winerror=None)
    with pytest.raises(PermissionError):
        write_whole(tmp_path / "a", b"new")
    assert (waits, list(tmp_path.iterdir())) == ([], [])


def held_on_windows(
    monkeypatch: pytest.MonkeyPatch, times: int, name: str = "a", winerror: int | None = 32
) -> list[float]:
    """As on Windows while another program has a file open: so many attempts to replace it fail. The waits between."""
    real, waits, left = Path.replace, [], [times]  # type: ignore[var-annotated]

    def replace(path: Path, target: Path) -> Path:
        if target.name == name and left[0]:
            left[0] -= 1
            error = PermissionError(errno.EACCES, "in use", str(target))
            error.winerror = winerror  # type: ignore[attr-defined]
            raise error
        return real(path, target)

    monkeypatch.setattr(Path, "replace", replace)
    monkeypatch.setattr(durable.time, "sleep", waits.append)
    return waits


# ---- a real disk


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


# ---- the master that somebody saved meanwhile


@pytest.mark.parametrize("command", ["merge", "collect", "issue"])
def test_what_somebody_saves_meanwhile_is_not_written_over(
    small: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    """As from a second computer, where neither the lock nor the `~$` file of Excel need be seen."""
    office = copy_of(small, tmp_path / "项目")
    (ready_to_collect if command == "collect" else ready_to_merge)(office)
    inbox = office.inbox()
    theirs = resaved(office.master)
    real = Path.replace

    def replace(path: Path, target: Path) -> Path:
        if target.parent.name in ("归档", MAY, JUNE):  # the master has been read by now
            office.project.master.write_bytes(theirs)
        return real(path, target)

    work = {"merge": Office.merge, "collect": Office.collect, "issue": issue_june}[command]
    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(ProjectError) as error:
        work(office)
    monkeypatch.undo()
    assert str(error.value) == (
        "“总台账.xlsm”在本次操作期间被另外保存过，为不覆盖其内容，本次没有写入总台账。"
        "请确认无人正在编辑总台账后，再运行一次。"
    )
    assert (office.master == theirs, office.inbox() == inbox) == (True, True)
    work(office)
    assert office.master != theirs


def test_a_master_that_is_gone_meanwhile_is_not_made_anew(tmp_path: Path) -> None:
    with pytest.raises(ChangedMeanwhileError):
        write_whole(tmp_path / "总台账.xlsm", b"new", in_place_of=b"old")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "name",
    [
        "总台账 (冲突副本 王处 2022-05-26).xlsx",
        "总台账(冲突文件).xlsx",
        "总台账 (WANG's conflicted copy 2022-05-26).xlsx",
        "总台账.sync-conflict-20220526-090000-ABCDEFG.xlsx",
    ],
)
def test_two_versions_kept_by_a_synchronising_program_are_for_a_person(ready: Office, name: str) -> None:
    before = ready.master
    (ready.project.root / name).write_bytes(before)
    with pytest.raises(ProjectError) as error:
        ready.merge()
    assert (error.value.code, name in str(error.value), ready.master == before) == ("E242", True, True)
    (ready.project.root / name).rename(ready.project.root / "总台账 - 备查.xlsx")  # a copy of the office's own
    assert ready.merge()["rows"] == 4


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


def test_of_two_merges_at_once_one_waits_and_finds_nothing_left_to_do(ready: Office) -> None:
    """Really at once, in two processes: every row is merged once, whoever comes first."""
    line = [
        sys.executable,
        "-P",
        "-c",
        "from tjxl.cli import main; main()",
        "merge",
        str(ready.project.root),
        "--json",
    ]
    both = [subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8") for _ in "12"]
    said = [(*process.communicate(timeout=120), process.returncode) for process in both]
    done = [json.loads(out)["rows"] for out, _, code in said if code == 0]
    refused = [err for _, err, code in said if code == 2]
    assert sorted(done) in ([0, 4], [4])  # on a slow machine the second may give up waiting
    assert all("项目正被占用" in err for err in refused)
    assert len(done) + len(refused) == 2
    assert (len(ready.table("ledger")), ready.inbox()) == (4, [])


def test_where_somebody_watches_a_command_says_for_whom_it_waits_and_goes_on(
    ready: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tjxl.project._BRIEFLY", 0.05)
    said: list[str] = []
    first = ready.project.locked("collect")
    first.__enter__()

    def waiting(holder: str) -> None:
        said.append(holder)
        first.__exit__(None, None, None)  # done at last

    assert flows.merge(Project(ready.project.root, waiting))["rows"] == 4
    assert len(said) == 1
    assert "（collect，" in said[0]


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe\xff"])
def test_a_holder_that_cannot_be_read_is_another_program(
    ready: Office, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    monkeypatch.setattr("tjxl.project._BRIEFLY", 0.05)
    holder = ready.project.root / ".tjxl-lock-holder.txt"
    with ready.project.locked("collect"):
        holder.unlink()
        if content is not None:
            holder.write_bytes(content)
        with pytest.raises(ProjectError) as error:
            ready.merge()
    assert str(error.value) == "项目正被占用：另一个程序。请等其结束后重试。"


@pytest.mark.parametrize("number", [errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK])
def test_a_disk_without_locks_is_said_and_nothing_is_written(
    ready: Office, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    fcntl = pytest.importorskip("fcntl")

    def flock(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    before = ready.master
    monkeypatch.setattr(fcntl, "flock", flock)
    with pytest.raises(ProjectError) as error:
        ready.merge()
    monkeypatch.undo()
    assert (error.value.code, ready.master == before) == ("E241", True)
    assert ready.merge()["rows"] == 4  # no file that says "locked" was left behind


def test_what_a_killed_command_left_behind_holds_nobody_up(ready: Office) -> None:
    (ready.project.root / ".tjxl-lock").touch()
    (ready.project.root / ".tjxl-lock-holder.txt").write_text("已经结束的程序", encoding="utf-8")
    (ready.project.root / ".tjxl-总台账.xlsm.tmp").write_bytes(b"half")
    assert ready.merge()["rows"] == 4
    assert not (ready.project.root / ".tjxl-总台账.xlsm.tmp").exists()


@pytest.mark.parametrize("sign", ["~$总台账.xlsm", ".~lock.总台账.xlsm#"])
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
