"""Steps of tjxl against the same by hand, by turns in one process that has loaded the libraries of both sides.

python inside.py STEP PROJECT ROUNDS

prints, as JSON, seconds by the clock and of the processor for each program and round. PROJECT is not written to; it
has a return of every unit in 收件, or for `issue` none. The steps:

- `issue`: the forms against openpyxl's, form by form (`forms_by_openpyxl`);
- `read`: from the files in 收件 to typed rows, not yet judged, against the floor;
- `annotate`: copies of returns, a finding in every row, against an openpyxl script;
- `decorated`: a merge of all returns applied to the decorated master, against openpyxl's load and save of it.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench import decorated_merge
from tests.bench.annotated_by_openpyxl import annotate as annotated_by_openpyxl
from tests.bench.floor import read_all
from tests.bench.forms_by_openpyxl import build, plan_of
from tests.bench.projects import PERIOD
from tests.bench.warm import processor_seconds
from tjxl import flows
from tjxl.findings import Finding, finding
from tjxl.intake.context import Context
from tjxl.intake.expected import intake_context
from tjxl.intake.parallel import read_path
from tjxl.intake.returns import Return
from tjxl.intake.sources import find_sources
from tjxl.issuing import form_contents
from tjxl.ooxml.book import Book
from tjxl.periods import parse_period
from tjxl.project import Project
from tjxl.sheets.annotate import annotated
from tjxl.sheets.form import form_template
from tjxl.sheets.state import MasterState

Work = Callable[[Path], Any]
"""What is timed. It is given the project, or a fresh copy if it is one of WRITES."""

WRITES = ("tjxl forms written",)

Annotate = Callable[[bytes, Sequence[Finding]], bytes]


def by_turns(works: Mapping[str, Work], original: Path, rounds: int) -> dict[str, list[tuple[float, float]]]:
    """Seconds of each work in each round, one after the other; each runs once before that."""
    seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for turn in range(rounds + 1):
        for name, work in works.items():
            with tempfile.TemporaryDirectory(dir=original.parent) as folder:
                project = copied(original, Path(folder)) if name in WRITES else original
                clock, processor = time.perf_counter(), processor_seconds()
                work(project)
                took = (time.perf_counter() - clock, processor_seconds() - processor)
            if turn:
                seconds[name].append(took)
    return seconds


def copied(project: Path, folder: Path) -> Path:
    """A copy of a project in a folder."""
    return Path(shutil.copytree(project, folder / "project"))


def forms_in_memory(folder: Path) -> list[bytes]:
    """Template and all forms, nothing written."""
    project = Project(folder)
    settings, period = project.settings(), parse_period(PERIOD)
    state = MasterState(project.master.read_bytes())
    contents = form_contents(state, period, settings, dt.datetime(2022, 6, 1))
    template = form_template(settings, period, "2022")
    return [template.filled(content) for content in contents.values()]


def issue_works(folder: Path) -> dict[str, Work]:
    """What openpyxl's script has to write is worked out beforehand."""
    plans = [plan_of(form) for form in forms_in_memory(folder)]
    return {
        "tjxl": forms_in_memory,
        "tjxl forms written": lambda project: flows.issue(Project(project), PERIOD),
        "openpyxl": lambda _: [build(plan) for plan in plans],
        "openpyxl thrifty": lambda _: [build(plan, thrifty=True) for plan in plans],
    }


def reading_context(project: Project) -> Context:
    """All that reading needs to know, taken from the master."""
    state = MasterState(project.master.read_bytes())
    return intake_context(state, parse_period(PERIOD), project.settings())


def returns_read(inbox: Path, context: Context) -> list[Return]:
    """Every return as typed rows, read in this process."""
    return [r for path in find_sources(inbox, ()) for r in read_path(path, inbox, context)]


def read_works(folder: Path) -> dict[str, Work]:
    """What the master says is worked out beforehand."""
    context = reading_context(Project(folder))
    return {
        "tjxl": lambda project: returns_read(Project(project).inbox, context),
        "floor": lambda project: read_all(Project(project).inbox),
    }


def returns_with_findings(folder: Path) -> list[tuple[bytes, list[Finding]]]:
    """The returns of a project, with something wrong in every row of 填报."""
    out = []
    for path in sorted(Project(folder).inbox.rglob("*.xlsx")):
        content = path.read_bytes()
        cells = Book(content).cells("填报").cells
        rows = [row for (row, column), c in cells.items() if column == 1 and str(c.value).startswith("T")]
        found = [finding("V405", value=f"{row}成", sheet="填报", cell=f"K{row}", task="T001") for row in rows]
        out.append((content, found))
    return out


def annotated_by_tjxl(content: bytes, findings: Sequence[Finding]) -> bytes:
    """A copy as `tjxl collect` makes it."""
    return annotated(content, findings, "校验")


def annotate_works(folder: Path) -> dict[str, Work]:
    """What is wrong where is worked out beforehand."""
    returns = returns_with_findings(folder)
    ways: dict[str, Annotate] = {"tjxl": annotated_by_tjxl, "openpyxl": annotated_by_openpyxl}
    return {
        name: lambda _, way=way: [way(content, found) for content, found in returns] for name, way in ways.items()
    }


def decorated_works(folder: Path) -> dict[str, Work]:
    """What is to be merged is worked out beforehand."""
    with tempfile.TemporaryDirectory() as place:
        merge = decorated_merge.planned_merge(Project(copied(folder, Path(place))))
    return {
        "tjxl": lambda _: decorated_merge.by_tjxl(merge),
        "openpyxl": lambda _: decorated_merge.by_openpyxl(merge),
    }


STEPS: dict[str, Callable[[Path], dict[str, Work]]] = {
    "issue": issue_works, "read": read_works, "annotate": annotate_works, "decorated": decorated_works,
}  # fmt: skip


def main(step: str, project: str, rounds: str) -> None:
    """Time a step, print the figures."""
    json.dump(by_turns(STEPS[step](Path(project)), Path(project), int(rounds)), sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
