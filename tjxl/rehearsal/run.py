"""A whole year of supervision rehearsed by one command: forms issued, filled, sent back, mended, corrected, merged;
units reminded, reports verified, tasks closed; scores, a bulletin, a look back.

Units and office behave as a seed says, so a year can be repeated. Beside the project stands what was done to it
(演练记录.json): each file that a unit sent with what is to come of it, each value that it reported, each finding,
each cell that the office typed, as known to whoever played them. What units sent was not read from the master, so
that the master can be held against it.
"""

from __future__ import annotations

import datetime as dt
import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import nullcontext
from importlib.resources import as_file
from pathlib import Path
from typing import Any

from tjxl import flows
from tjxl.durable import said_plainly, write_durably, write_whole
from tjxl.errors import ProjectError
from tjxl.periods import parse_period
from tjxl.project import Project
from tjxl.rehearsal.record import reports_of, stage_of, tasks_of
from tjxl.rehearsal.steps import AFTER, BEFORE, CLOSE, STAGE
from tjxl.rehearsal.year import Rates, Step, Turn, Year
from tjxl.resources import sample_notice
from tjxl.stages import SINGLE, STAGES, stage_title

RECORD = "演练记录.json"

Progress = Callable[[int, int, str], None]
"""Called with the steps done, the steps in all, and what is being done."""


def rehearse_year(
    folder: Path,
    *,
    seed: int,
    rates: Rates | None = None,
    notice: Path | None = None,
    year: int = 2022,
    periods: int = 12,
    two_stages: bool | None = None,
    macros: bool = True,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Make a project from a notice and play a year in it.

    A `tjxl.toml` that lies in the folder already is followed: a quarterly cadence has four periods.

    Args:
        notice: the sample notice where none is given.
        periods: at most this many, from the first of the year.
        two_stages: cooperating units report first; None for what a `tjxl.toml` that lies there says, else for yes.

    Returns:
        folder, master, record, seed, year, rates, two_stages, periods (code, rows, stages: stage, due_on, units: unit
        → state, reported_on, extended_to, returned_times, corrected, fault), tasks (code → lead, status,
        percent_complete, period), answers, reminded, findings, typed, ending (scores, bulletin, snapshot), steps,
        check (what `rebuild --check` found), seconds.

    Raises:
        ProjectError: E206, the folder holds a project already.
        TjxlError: as of `init`.
    """
    project = Project(folder.resolve())
    if project.master.exists():
        raise ProjectError("E206", folder=folder)
    started = time.perf_counter()
    if two_stages is None and not project.settings_file.exists():
        two_stages = True
    months = 1 if project.settings().cadence == "monthly" else 3
    codes = [f"{year}-{m:02d}" if months == 1 else f"{year}-Q{m // 3}" for m in range(months, 13, months)]
    play = Year(project, seed, rates or Rates(), tuple(map(parse_period, codes[:periods])))
    with as_file(sample_notice()) if notice is None else nullcontext(notice) as path:
        flows.init(project.root, path, year, macros=macros)
    if two_stages is not None:
        _set_stages(project, two_stages)
    play.stages = STAGES if project.settings().reporting.two_stages else (SINGLE,)
    course = list(_course(play))
    for done, (turn, step) in enumerate(course):
        stage = stage_title(turn.stage)
        if progress:
            progress(done, len(course), f"{turn.period.title}{stage or ''} {step.title}")
        since = time.perf_counter()
        said = step.work(play, turn)
        seconds = round(time.perf_counter() - since, 2)
        about = {"period": turn.period.code, "stage": stage, "step": step.title}
        play.steps.append(about | {"result": said, "seconds": seconds})
    return _result(play, year) | {"seconds": round(time.perf_counter() - started, 1)}


def _course(play: Year) -> Iterator[tuple[Turn, Step]]:
    """All steps of the year, in their order."""
    for period in play.periods:
        yield from ((Turn(period), step) for step in BEFORE)
        yield from ((Turn(period, stage), step) for stage in play.stages for step in STAGE)
        yield from ((Turn(period), step) for step in CLOSE)
    yield from ((Turn(play.periods[-1]), step) for step in AFTER)


def _set_stages(project: Project, two_stages: bool) -> None:
    """Write `two_stages` into `[report]` of tjxl.toml, as the office does before the first issue."""
    text = project.settings_file.read_text(encoding="utf-8-sig")
    line = f"two_stages = {str(two_stages).lower()}"
    changed, found = re.subn(r"(?m)^two_stages\s*=\s*\w+", line, text, count=1)
    if not found:
        changed, found = re.subn(r"(?m)^\[report\][^\n]*$", lambda m: f"{m[0]}\n{line}", text, count=1)
    with said_plainly(project.settings_file):
        write_durably(project.settings_file, (changed if found else f"{text}\n[report]\n{line}\n").encode())


def _result(play: Year, year: int) -> dict[str, Any]:
    shown = {
        "folder": str(play.project.root),
        "master": str(play.project.master),
        "record": str(play.project.root / RECORD),
        "seed": play.seed,
        "year": year,
        "rates": {name: getattr(play.rates, name) for name in Rates.__slots__},
        "two_stages": play.stages == STAGES,
        "periods": [
            {"period": p.code, "rows": play.rows[p.code]}
            | {"stages": [stage_of(play, Turn(p, stage)) for stage in play.stages]}
            for p in play.periods
        ],
        "tasks": tasks_of(play),
        "answers": play.answers,
        "reminded": play.reminded,
        "findings": play.findings,
        "typed": [entry | {"values": _plain(entry["values"])} for entry in play.typed],
        "ending": play.ending,
        "steps": play.steps,
        "check": play.check,
    }
    record = shown | {"events": [e.to_json() for e in play.events], "reports": reports_of(play)}
    path = play.project.root / RECORD
    with said_plainly(path):
        write_whole(path, json.dumps(record, ensure_ascii=False, indent=1, default=_iso).encode())
    return shown


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _iso(value) if isinstance(value, dt.date) else value for name, value in values.items()}


def _iso(value: object) -> str:
    if isinstance(value, dt.date):
        return value.isoformat()
    raise TypeError(type(value))
