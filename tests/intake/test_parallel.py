"""Many files read by several processes: the same verdicts in the same order, and no file lost with a process."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.office import AUDIT, MAY, SPORTS, Office, filled, zipped
from tjxl.intake import gather, parallel
from tjxl.intake.context import Context
from tjxl.intake.expected import intake_context
from tjxl.intake.gather import gather_returns
from tjxl.intake.returns import Return
from tjxl.periods import parse_period


@pytest.fixture(scope="module")
def inbox(issued_project: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Thirty files good and bad, one of them a zip archive. Not to be written to."""
    office = copy_of(issued_project, tmp_path_factory.mktemp("多份") / "项目")
    sports, audit = office.form(SPORTS), office.form(AUDIT)
    for i in range(28):
        form = filled(sports, K7=(i + 1) / 100) if i % 2 else filled(audit, J7=None)
        office.send(f"{i:02}/报表.xlsx", form[: 999 if i % 7 == 0 else None], f"2022-05-20 10:00:{i:02}")
    office.send("包.zip", zipped({"a.xlsx": filled(sports), "b.pdf": b"%PDF"}))
    office.send("~$锁.xlsx", b"")
    return office


def read(office: Office, workers: int, files: Sequence[Path] = ()) -> list[Return]:
    gather._READINGS = gather._Readings()
    return gather_returns(office.project.inbox, context(office), files, workers=workers)


def context(office: Office) -> Context:
    return intake_context(office.state, parse_period(MAY), office.project.settings())


def test_two_processes_find_what_one_finds(inbox: Office) -> None:
    assert read(inbox, 2) == read(inbox, 1)


def test_the_order_is_that_of_the_input_whatever_it_is(inbox: Office) -> None:
    paths = sorted(inbox.project.inbox.rglob("*.xlsx"))
    random.Random(3).shuffle(paths)
    assert [r.source.container for r in read(inbox, 2, paths)] == paths


def test_every_file_is_counted(inbox: Office) -> None:
    steps: list[tuple[int, int]] = []
    gather._READINGS = gather._Readings()
    gather_returns(
        inbox.project.inbox, context(inbox), progress=lambda done, total: steps.append((done, total)), workers=2
    )
    assert steps == [(i, 30) for i in range(1, 31)]


def test_what_was_just_read_in_parallel_is_not_read_again(inbox: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    read(inbox, 2)
    monkeypatch.setattr(gather, "read_in_parallel", None)
    monkeypatch.setattr(parallel, "THRESHOLD", 1)
    assert len(gather_returns(inbox.project.inbox, context(inbox))) == 31


class Deadly:
    """Stands for a file that ends the process that reads it: unpickled there, it exits."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[int]]:
        return os._exit, (3,)

    def is_relative_to(self, other: Path) -> bool:
        return self.path.is_relative_to(other)

    def relative_to(self, other: Path) -> Path:
        return self.path.relative_to(other)


def test_a_file_that_ends_its_process_is_named_and_the_others_are_read(inbox: Office) -> None:
    paths: list[Path] = sorted(inbox.project.inbox.rglob("*.xlsx"))[:6]
    deadly = Deadly(paths[2])
    mixed = [*paths[:2], deadly, *paths[3:]]
    readings = parallel.read_in_parallel(mixed, inbox.project.inbox, context(inbox), 2, lambda: None)  # type: ignore[arg-type]
    assert [r.source.container for reading in readings for r in reading] == mixed
    assert [f.code for f in readings[2][0].findings] == ["I228"]
    serial = [parallel.read_path(path, inbox.project.inbox, context(inbox)) for path in paths]
    assert readings[:2] + readings[3:] == serial[:2] + serial[3:]


@pytest.mark.parametrize("workers", [1, 2])
def test_few_files_are_read_here_and_many_by_all_processors(monkeypatch: pytest.MonkeyPatch, workers: int) -> None:
    monkeypatch.setattr(os, "cpu_count", lambda: workers)
    assert parallel.workers_for(parallel.THRESHOLD - 1) == 1
    assert parallel.workers_for(parallel.THRESHOLD) == workers


_COLLECT = """
import os, signal, sys, threading
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background, deaf to it
from tjxl.intake import gather, parallel
gather.workers_for = lambda files: 2
reached = parallel._Pool.{moment}
presses = [threading.Timer({seconds} + again, os.killpg, (0, signal.SIGINT)) for again in {presses}]
def interrupted(self, *args):
    while presses:
        presses.pop().start()
    return reached(self, *args)
parallel._Pool.{moment} = interrupted
sys.argv = ["tjxl", "collect", sys.argv[1]]
from tjxl.__main__ import main
main()
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups that share Ctrl-C in this way")
@pytest.mark.parametrize("presses", [(0,), (0, 0.01, 0.02, 0.04, 0.08)], ids=["once", "again and again"])
@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("begin", 0),
        ("begin", 0.002),
        ("begin", 0.005),
        ("starts", 0),
        ("starts", 0.2),
        ("submit", 0),
        ("submit", 0.05),
    ],
)
def test_ctrl_c_in_the_middle_is_one_calm_sentence_and_leaves_no_process(
    issued_project: Office, tmp_path: Path, moment: str, seconds: float, presses: Sequence[float]
) -> None:
    """Sent to the whole group, as a terminal does: also to processes that are only just starting."""
    office = copy_of(issued_project, tmp_path / "项目")
    form = filled(office.form(SPORTS))
    for i in range(200):
        office.send(f"{i:03}.xlsx", form, f"2022-05-20 10:{i % 60:02}")
    before, inbox = office.master, office.inbox()
    code = _COLLECT.format(moment=moment, seconds=seconds, presses=presses)
    done = subprocess.run(  # ends when no process holds standard error any more
        [sys.executable, "-P", "-c", code, str(office.project.root)],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
        start_new_session=True,
    )
    assert (done.returncode, done.stdout, done.stderr) == (
        2,
        "",
        "已中断。总台账是完整的：这一步要么已经写入，要么没有写入；再运行一次即可。\n",
    )
    assert (office.master == before, office.inbox() == inbox) == (True, True)
    assert list(office.project.root.glob(".tjxl-*.tmp")) == []


def test_where_no_process_starts_the_files_are_read_here(inbox: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel._Pool, "starts", lambda _: False)
    assert read(inbox, 2) == read(inbox, 1)
