"""The whole step, from the returned forms to the master: tjxl, and everything people use instead, in turns.

Each program runs in a process started for it (cold, as whoever presses a button sees it), and in one that has done
the same for another, small project before (warm).
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.bench import datamaps
from tests.bench.cases import COLLECT, Case, Work
from tests.bench.processes import ASKS, HERE, Cost, ProgramError, one_after_the_other, run, script, tjxl

WARM_UP_UNITS = 20


@dataclass(frozen=True)
class Rival:
    """A script beside this file that reads the forms in a folder and writes one workbook.

    `most` is the largest size at which it ends in a few minutes.
    """

    name: str
    script: str
    options: tuple[str, ...] = ()
    most: int | None = None


RIVALS = (
    Rival("pandas", "by_pandas.py"),
    Rival("openpyxl", "by_openpyxl.py", most=1_000),
    Rival("openpyxl read-only", "by_openpyxl.py", ("--read-only",)),
    Rival("floor", "floor.py"),
)
DATAMAPS, DATAMAPS_MOST = "datamaps", 1_000
COMMANDS = "tjxl two commands"


@dataclass(frozen=True)
class Projects:
    """A project with its returns in 收件, and the small one for warming up. Neither is written to."""

    timed: Path
    warm_up: Path


def collect_works(units: int, projects: Projects, rivals: Sequence[Rival]) -> dict[Case, Work]:
    """What is to be run at this size, by turns."""
    works: dict[Case, Work] = {
        Case(COLLECT, units, "cold", "tjxl"): lambda: _tjxl_cold(projects.timed),
        Case(COLLECT, units, "cold", COMMANDS): lambda: _commands(projects.timed),
        **{Case(COLLECT, units, "cold", r.name): partial(_rival_cold, r, projects.timed) for r in rivals},
        Case(COLLECT, units, "warm", "tjxl"): lambda: _tjxl_warm(projects),
        **{Case(COLLECT, units, "warm", r.name): partial(_rival_warm, r, projects) for r in rivals},
    }
    return works


def datamaps_work(units: int, projects: Projects, cache: Path) -> dict[Case, Work]:
    """The same by `datamaps`, only cold. What it is given is made beforehand and kept beside the project."""
    folder = projects.timed.with_name(f"{projects.timed.name}-datamaps")
    forms = datamaps.prepared(inbox(projects.timed), folder, cache)
    return {Case(COLLECT, units, "cold", DATAMAPS): lambda: _datamaps(forms, cache)}


def inbox(project: Path) -> Path:
    """Where returned forms lie."""
    return project / "收件"


@contextmanager
def _copies(*projects: Path) -> Iterator[list[Path]]:
    """Copies that a run may use up, on the disk of the originals.

    What copying has left to be written does not weigh on the run.
    """
    with tempfile.TemporaryDirectory(dir=projects[0].parent) as folder:
        copies = [Path(shutil.copytree(p, Path(folder) / str(i))) for i, p in enumerate(projects)]
        if hasattr(os, "sync"):
            os.sync()
        yield copies


def _tjxl_cold(project: Path) -> Cost:
    with _copies(project) as (copy,):
        return run(script("by_tjxl.py", copy))[0]


def _commands(project: Path) -> Cost:
    with _copies(project) as (copy,):
        costs = [run(tjxl(word, copy, "--json"), most_status=ASKS)[0] for word in ("collect", "merge")]
    return one_after_the_other(costs)


def _tjxl_warm(projects: Projects) -> Cost:
    with _copies(projects.warm_up, projects.timed) as (first, second):
        return _second_run("by_tjxl.py", [str(first)], [str(second)])


def _arguments(rival: Rival, project: Path, folder: str) -> list[str]:
    return [str(inbox(project)), str(Path(folder) / "all.xlsx"), *rival.options]


def _rival_cold(rival: Rival, project: Path) -> Cost:
    with tempfile.TemporaryDirectory(dir=project.parent) as folder:
        return run(script(rival.script, *_arguments(rival, project, folder)))[0]


def _rival_warm(rival: Rival, projects: Projects) -> Cost:
    with tempfile.TemporaryDirectory(dir=projects.timed.parent) as folder:
        first, second = (_arguments(rival, project, folder) for project in (projects.warm_up, projects.timed))
        return _second_run(rival.script, first, second)


def _second_run(name: str, first: list[str], second: list[str]) -> Cost:
    _, printed = run(script("warm.py", HERE / name, json.dumps(first), json.dumps(second)))
    wall, cpu = json.loads(printed)
    return Cost(wall, cpu)


def _datamaps(forms: Path, cache: Path) -> Cost:
    with tempfile.TemporaryDirectory() as home:
        cost, printed = run(datamaps.command(forms, cache), home=Path(home))
        if not datamaps.master(Path(home)).exists():  # it ends without an error status all the same
            raise ProgramError(f"datamaps has made no master\n{printed}")
        return cost
