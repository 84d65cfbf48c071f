"""Rules checked by a process beside this one: the same answers, and none of them lost with the process.

1. The process finds what is found here, for rows with facts and unreadable cells and for heads.
2. A process that dies, or cannot be started, is not noticed: what it does not answer is checked here.
3. Whatever is printed while it starts or loads does not come between.
4. It is begun only where something is gained by it, and once.
5. It ends with the work, and when nobody is left to ask it.
"""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fields.rows import random_rows
from tjxl.fields import beside
from tjxl.fields.beside import Lines, broken_rules, checked_beside
from tjxl.fields.loading import load_spec
from tjxl.settings import load_settings

SPEC = load_spec(load_settings())
ROWS = Lines(random_rows(60, seed=5), SPEC, SPEC.as_of, unreadable={3: {"status"}, 7: {"percent_complete"}})
HEADS = Lines(
    [{"prepared_by": "张明", "phone": "找小王"}, {"reported_on": dt.date(2022, 6, 30)}], SPEC, SPEC.as_of, "head"
)


@pytest.fixture
def unloaded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[beside._Beside]]:
    """As a command begins: pandera not loaded, a second processor. Gives the processes that are begun."""
    begun: list[beside._Beside] = []

    class Noted(beside._Beside):
        def __init__(self) -> None:
            super().__init__()
            begun.append(self)

    monkeypatch.setattr(beside, "_Beside", Noted)
    monkeypatch.setattr(Noted, "begun_before", False)
    monkeypatch.setattr(beside, "_loaded", lambda: False)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    yield begun
    for one in begun:
        one.end()


def here(lines: Lines) -> list[tuple[int, str]]:
    return beside._checked(lines)


def said(lines: Lines) -> list[tuple[int, str]]:
    return [(place, rule.code) for place, rule in broken_rules(lines)]


@pytest.mark.usefixtures("unloaded")
def test_the_process_beside_finds_what_is_found_here(monkeypatch: pytest.MonkeyPatch) -> None:
    with checked_beside():
        monkeypatch.setattr(beside, "_checked", None)  # nothing is checked here
        found = [said(ROWS), said(HEADS), said(ROWS)]
    monkeypatch.undo()
    assert found == [here(ROWS), here(HEADS), here(ROWS)]
    assert {"F010", "F020"} <= {code for _, code in found[0]}


def test_a_process_that_dies_costs_no_finding(unloaded: list[beside._Beside]) -> None:
    with checked_beside():
        first = said(HEADS)
        (begun,) = unloaded
        assert begun._process is not None
        begun._process.kill()
        begun._process.wait()
        assert said(ROWS) == here(ROWS)
        assert said(HEADS) == first == here(HEADS)


@pytest.mark.usefixtures("unloaded")
def test_without_another_process_rules_are_checked_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(subprocess, "Popen", refused)
    with checked_beside():
        assert said(ROWS) == here(ROWS)


@pytest.mark.parametrize("printed", ["Info: profile loaded", "coverage on\nx", "].", "N."])
@pytest.mark.usefixtures("unloaded")
def test_what_the_machine_prints_does_not_come_between(
    printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "sitecustomize.py"
    site.write_text(f"import os, sys\nsys.stdout.write({printed!r})\nsys.stdout.flush()\nos.write(1, b'C')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with checked_beside():
        monkeypatch.setattr(beside, "_checked", None)
        found = [said(HEADS), said(ROWS)]
    monkeypatch.undo()
    assert found == [here(HEADS), here(ROWS)]


def test_an_answer_that_is_none_is_not_believed(
    unloaded: list[beside._Beside], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        beside,
        "_CHILD",
        "import sys; sys.stdin.buffer.read(1); print('tjxl: rules are checked here'); print('coverage on')",
    )
    with checked_beside():
        assert said(ROWS) == here(ROWS)
        assert unloaded[0]._process is None


@pytest.mark.parametrize("hosts", ["pandera", "one processor", "another program", "second time", "nothing to check"])
def test_no_process_is_begun_where_it_gains_nothing(
    unloaded: list[beside._Beside], monkeypatch: pytest.MonkeyPatch, hosts: str
) -> None:
    if hosts == "pandera":
        monkeypatch.setattr(beside, "_loaded", lambda: True)
    elif hosts == "one processor":
        monkeypatch.setattr(os, "cpu_count", lambda: 1)
    elif hosts == "second time":
        with checked_beside():
            pass
        unloaded.clear()
    elif hosts == "another program":
        monkeypatch.setattr(sys, "executable", "/usr/lib/libreoffice/program/soffice.bin")
    with checked_beside(worth_it=hosts != "nothing to check"):
        assert unloaded == []


def test_work_within_work_shares_the_process(unloaded: list[beside._Beside]) -> None:
    with checked_beside():
        with checked_beside():
            assert said(HEADS) == here(HEADS)
        assert said(HEADS) == here(HEADS)
    assert len(unloaded) == 1


def test_the_process_ends_with_the_work(unloaded: list[beside._Beside]) -> None:
    with checked_beside():
        process = unloaded[0]._process
        assert process is not None
    assert process.poll() is not None


def test_a_process_that_nobody_can_ask_any_more_ends_by_itself(unloaded: list[beside._Beside]) -> None:
    with checked_beside():
        process = unloaded[0]._process
        assert process is not None
        assert process.stdin is not None
        process.stdin.close()  # what the system does when the first process is killed
        assert process.wait(60) == 0
