"""What is measured: programs in a step, at a size, in cold or warm processes, and the goals that were set."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench.processes import Cost

START_UP, COLLECT = "start-up", "collect + merge"
_ONE = {START_UP: "python -c pass"}


@dataclass(frozen=True)
class Case:
    """A row of the table. `process` is "cold" (started for it) or "warm" (has done the same before)."""

    step: str
    returns: int | None
    process: str
    program: str

    @property
    def one(self) -> Case:
        """The row that this one is set against."""
        return Case(self.step, self.returns, self.process, _ONE.get(self.step, "tjxl"))


Measured = dict[Case, list[Cost]]
Work = Callable[[], Cost]


def by_turns(works: Mapping[Case, Work], rounds: int, measured: Measured, done: Callable[[], None]) -> None:
    """Run each work once in each round, one after the other.

    Costs are added to `measured` as they come; `done` is called after each.
    """
    for _ in range(rounds):
        for case, work in works.items():
            cost = work()
            measured.setdefault(case, []).append(cost)
            done()


@dataclass(frozen=True)
class Goal:
    """What a row should reach: the ratio at least, or seconds, or MB at most."""

    case: Case
    ratio: float | None = None
    seconds: float | None = None
    peak: float | None = None

    def __str__(self) -> str:
        if self.ratio is not None:
            return f"≥ {self.ratio:g} ×"
        return f"< {self.seconds:g} s" if self.seconds is not None else f"< {self.peak:g} MB"

    def reached(self, figures: Figures) -> bool:
        """Whether the figures of its row are as they should be; what was not measured is not."""
        if self.ratio is not None:
            return figures.ratio is not None and figures.ratio >= self.ratio
        if self.seconds is not None:
            return figures.wall < self.seconds
        return figures.peak is not None and self.peak is not None and figures.peak < self.peak


@dataclass(frozen=True)
class Figures:
    """Medians over the rounds. `ratio`, `cpu_ratio`: seconds over those of the row that this one is set against."""

    wall: float
    cpu: float | None
    peak: float | None
    ratio: float | None
    cpu_ratio: float | None


def figures(case: Case, measured: Mapping[Case, Sequence[Cost]]) -> Figures:
    """Of a row that was measured."""
    costs = measured[case]
    wall, cpu = median(cost.wall for cost in costs), _median([cost.cpu for cost in costs])
    peak = _median([cost.peak for cost in costs])
    if not (one := measured.get(case.one)):
        return Figures(wall, cpu, peak, None, None)
    of_one = _median([cost.cpu for cost in one])
    cpu_ratio = cpu / of_one if cpu is not None and of_one else None
    return Figures(wall, cpu, peak, wall / median(cost.wall for cost in one), cpu_ratio)


def grouped(cases: Iterable[Case]) -> list[Case]:
    """The cases in the order given, but those that are set against the same row together."""
    given = list(cases)
    order = list(dict.fromkeys(case.one for case in given))
    return sorted(given, key=lambda case: order.index(case.one))


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return median(known) if known else None


def goals() -> list[Goal]:
    """All that stand in goals.toml."""
    entries = tomllib.loads(Path(__file__).with_name("goals.toml").read_text(encoding="utf-8"))["goal"]
    out = []
    for entry in entries:
        limits = {name: entry.pop(name) for name in ("ratio", "seconds", "peak") if name in entry}
        out.append(Goal(Case(entry["step"], entry.get("returns"), entry["process"], entry["program"]), **limits))
    return out
