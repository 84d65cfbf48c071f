"""Files read by a dask cluster: a real scheduler and two worker processes.

1. The same readings in the same order as in one process; every file counted once.
2. A worker killed in the middle: every file still gets exactly one verdict, those it was reading too.
3. All workers killed, or the scheduler: the rest is read here, and nothing of it is shown.
4. No scheduler, no workers, a worker with another tjxl: one clear sentence, nothing read.
5. `tjxl collect --scheduler` and `tjxl merge --scheduler` do what they do without.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.office import AUDIT, MAY, SPORTS, Office, filled, zipped
from tjxl import flows
from tjxl.errors import ProjectError
from tjxl.intake import cluster, gather
from tjxl.intake.context import Context
from tjxl.intake.expected import intake_context
from tjxl.intake.gather import gather_returns
from tjxl.intake.returns import Return
from tjxl.periods import parse_period

pytest.importorskip("distributed")

FILES = 96


class Cluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, folder: Path) -> None:
        self.workers: list[subprocess.Popen[bytes]] = []
        self._told = folder / "scheduler.json"
        self._scheduler = self._start("dask_scheduler", "--port", "0", "--host", "127.0.0.1", "--no-dashboard")
        self._await(self._told.exists)
        self.address = str(json.loads(self._told.read_text("utf-8"))["address"])

    def add_worker(self) -> None:
        """One more worker, and wait until the scheduler knows it."""
        before = len(self.known())
        self.workers.append(self._start("dask_worker", "--no-nanny", "--no-dashboard", "--nthreads", "1"))
        self._await(lambda: len(self.known()) > before)

    def known(self) -> list[str]:
        """Addresses of the workers that the scheduler knows."""
        from distributed import Client

        with Client(self.address, timeout=20, set_as_default=False) as client:  # type: ignore[no-untyped-call]
            return list(client.scheduler_info()["workers"])

    def kill(self, number: int) -> None:
        """End a worker as a power cut does; -1 the scheduler."""
        process = self._scheduler if number == -1 else self.workers[number]
        process.kill()
        process.wait()

    def close(self) -> None:
        """End all processes."""
        for process in (*self.workers, self._scheduler):
            process.kill()
            process.wait()

    def _start(self, module: str, *options: str) -> subprocess.Popen[bytes]:
        line = [
            sys.executable,
            "-P",
            "-m",
            f"distributed.cli.{module}",
            "--scheduler-file",
            str(self._told),
            *options,
        ]
        return subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    @staticmethod
    def _await(ready: Callable[[], bool]) -> None:
        ends = time.monotonic() + 60
        while not ready():
            assert time.monotonic() < ends, "the cluster does not start"
            time.sleep(0.05)


@pytest.fixture
def two_workers(tmp_path: Path) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path)
    try:
        cluster.add_worker()
        cluster.add_worker()
        yield cluster
    finally:
        cluster.close()


@pytest.fixture(scope="module")
def inbox(issued_project: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Files good and bad, one of them a zip archive. Not to be written to."""
    office = copy_of(issued_project, tmp_path_factory.mktemp("集群") / "项目")
    sports, audit = office.form(SPORTS), office.form(AUDIT)
    for i in range(FILES - 2):
        form = filled(sports, K7=(i + 1) / 200) if i % 2 else filled(audit, J7=None)
        office.send(f"{i:02}/报表.xlsx", form[: 999 if i % 7 == 0 else None], "2022-05-20 10:00")
    office.send("包.zip", zipped({"a.xlsx": filled(sports), "b.pdf": b"%PDF"}))
    office.send("~$锁.xlsx", b"")
    return office


def context(office: Office) -> Context:
    return intake_context(office.state, parse_period(MAY), office.project.settings())


def read(office: Office, scheduler: str | None, step: Callable[[int, int], None] | None = None) -> list[Return]:
    gather._READINGS = gather._Readings()
    return gather_returns(office.project.inbox, context(office), progress=step, workers=1, scheduler=scheduler)


# 1


def test_a_cluster_finds_what_one_process_finds(inbox: Office, two_workers: Cluster) -> None:
    steps: list[tuple[int, int]] = []
    found = read(inbox, two_workers.address, lambda *counted: steps.append(counted))
    assert found == read(inbox, None)
    assert steps == [(i, FILES) for i in range(1, FILES + 1)]


# 2, 3


@pytest.mark.parametrize("killed", [[0], [0, 1], [-1]], ids=["one of two", "both", "the scheduler"])
def test_what_is_killed_in_the_middle_costs_no_verdict(
    inbox: Office, two_workers: Cluster, killed: list[int], capfd: pytest.CaptureFixture[str]
) -> None:
    steps: list[int] = []

    def step(done: int, _: int) -> None:
        if not steps:
            for number in killed:
                two_workers.kill(number)
        steps.append(done)

    found = read(inbox, two_workers.address, step)
    assert steps == list(range(1, FILES + 1))
    assert found == read(inbox, None)
    assert capfd.readouterr() == ("", "")


# 4


def test_no_scheduler(inbox: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "_CONNECTING", 1)
    for address in ("tcp://127.0.0.1:9", "哪里"):
        with pytest.raises(ProjectError) as raised:
            read(inbox, address)
        assert raised.value.code == "E246"
        assert str(raised.value).startswith(f"连接不上调度程序“{address}”。")


def test_a_scheduler_without_workers(inbox: Office, tmp_path: Path) -> None:
    alone = Cluster(tmp_path)
    try:
        with pytest.raises(ProjectError) as raised:
            read(inbox, alone.address)
    finally:
        alone.close()
    assert raised.value.code == "E247"


def test_a_worker_with_another_version(inbox: Office, two_workers: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "__version__", "9.9")
    with pytest.raises(ProjectError) as raised:
        read(inbox, two_workers.address)
    assert raised.value.code == "E248"
    assert "与本机的“9.9”不同" in str(raised.value)


# 5


def test_the_commands(issued_project: Office, two_workers: Cluster, tmp_path: Path) -> None:
    office = copy_of(issued_project, tmp_path / "项目")
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.send("b.xlsx", filled(office.form(AUDIT)))
    here = copy_of(office, tmp_path / "另一个")
    results = []
    for each, scheduler in ((office, two_workers.address), (here, None)):
        gather._READINGS = gather._Readings()
        collected = flows.collect(each.project, scheduler=scheduler)
        gather._READINGS = gather._Readings()
        merged = flows.merge(each.project, scheduler=scheduler)
        results.append((collected["returns"], merged["merged"], merged["rows"], merged["changes"]))
    assert results[0] == results[1]
    assert results[0][1] == ["a.xlsx", "b.xlsx"]


def test_ctrl_c_is_answered_as_without_a_cluster(inbox: Office, two_workers: Cluster) -> None:
    def interrupted(*_: int) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            read(inbox, two_workers.address, interrupted)
    finally:
        signal.signal(signal.SIGINT, before)
    assert len(two_workers.known()) == 2
