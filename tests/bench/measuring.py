"""One run of all measurements that were asked for, with progress on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.progress import Progress, TaskID

from tests.bench import datamaps
from tests.bench.cases import Case, Measured, Work, by_turns
from tests.bench.collecting import (
    DATAMAPS,
    DATAMAPS_MOST,
    RIVALS,
    WARM_UP_UNITS,
    Projects,
    collect_works,
    datamaps_work,
)
from tests.bench.processes import Cost, ProgramError, module, run
from tests.bench.startup import start_up_works

SAMPLE_UNITS = 67
ON_THE_SAMPLE = {"issue": "issue", "annotate": "annotate", "decorated": "merge, decorated"}
"""Steps of `inside` that work on the sample's forms, and what the table calls them."""

STEPS = ("start-up", *ON_THE_SAMPLE, "read", "collect")
PROGRAMS = (*(rival.name for rival in RIVALS), DATAMAPS)


@dataclass(frozen=True)
class Wanted:
    """What is to be measured.

    Attributes:
        sizes: numbers of returns for `read` and `collect`.
        steps: some of STEPS; programs: some of PROGRAMS, which `collect` is compared with.
        beyond: programs are also run at sizes where they take very long.
        reuse: projects that an earlier state of the program has made will do.
    """

    sizes: Sequence[int]
    rounds: int
    steps: Sequence[str]
    programs: Sequence[str]
    beyond: bool
    reuse: bool
    cache: Path

    def takes(self, units: int, program: str, most: int | None) -> bool:
        """Whether a program is run at a size."""
        return program in self.programs and (self.beyond or most is None or units <= most)


class Run:
    """Measures; what it has so far is in `measured`, even when it is broken off."""

    def __init__(self, wanted: Wanted, progress: Progress) -> None:
        self.measured: Measured = {}
        self._wanted, self._progress = wanted, progress

    def measure(self) -> None:
        """Everything that is wanted, the quick things first.

        Raises:
            ProgramError: a program has ended with an error.
        """
        steps = self._wanted.steps
        if "start-up" in steps:
            self._by_turns("start-up", start_up_works(self._project(SAMPLE_UNITS)))
        for step, title in ON_THE_SAMPLE.items():
            if step in steps:
                self._inside(step, title, SAMPLE_UNITS, self._project(SAMPLE_UNITS, unissued=step == "issue"))
        for units in self._wanted.sizes:
            if "read" in steps:
                self._inside("read", "read", units, self._project(units))
        for units in self._wanted.sizes:
            if "collect" in steps:
                self._by_turns(f"collect + merge, {units:,} returns", self._collect_works(units))

    def _project(self, units: int, *, unissued: bool = False) -> Path:
        options = [*(["--unissued"] if unissued else []), *(["--reuse"] if self._wanted.reuse else [])]
        with self._task(f"a project with {units:,} units"):
            return Path(run(module("projects", self._wanted.cache, units, *options))[1].strip())

    def _collect_works(self, units: int) -> dict[Case, Work]:
        projects = Projects(self._project(units), self._project(WARM_UP_UNITS))
        wanted = self._wanted
        rivals = [r for r in RIVALS if wanted.takes(units, r.name, r.most)]
        works = collect_works(units, projects, rivals)
        if wanted.takes(units, DATAMAPS, DATAMAPS_MOST):
            with self._task(f"{DATAMAPS}, {units:,} returns"):
                try:
                    datamaps.install(wanted.cache)
                    works |= datamaps_work(units, projects, wanted.cache)
                except ProgramError as error:
                    self._progress.console.print(f"Left out: {DATAMAPS} cannot be installed.\n{error}", markup=False)
        return works

    def _by_turns(self, title: str, works: Mapping[Case, Work]) -> None:
        with self._task(title, total=len(works) * self._wanted.rounds) as task:
            by_turns(works, self._wanted.rounds, self.measured, partial(self._progress.advance, task))

    def _inside(self, step: str, title: str, units: int, project: Path) -> None:
        with self._task(f"{title}, {units:,} forms"):
            _, printed = run(module("inside", step, project, self._wanted.rounds))
        for program, seconds in json.loads(printed).items():
            self.measured[Case(title, units, "warm", program)] = [Cost(wall, cpu) for wall, cpu in seconds]

    @contextmanager
    def _task(self, title: str, total: float | None = None) -> Iterator[TaskID]:
        if not self._progress.console.is_terminal:
            self._progress.console.print(title, highlight=False)
        task = self._progress.add_task(title, total=total)
        yield task
        if total is None:
            self._progress.remove_task(task)
