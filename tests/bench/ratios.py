"""How much faster, in one table: tjxl against what people write by hand, run by turns on the same machine.

    python tests/bench/ratios.py [--sizes 67,250,1000] [--rounds 5]

1. `issue`: the forms of the sample notice against openpyxl, form by form (goal: 8 times).
2. `collect` + `merge`, in a fresh process, against a pandas script in a fresh process that reads, concatenates and
   writes without any check (goals: 67 returns not slower, 1,000 returns 6 times).
3. Annotated copies of returns, a finding in every row, against an openpyxl script.
4. A merge of 67 returns applied to the decorated master, against openpyxl's load and save of it (goal: 5 times).
5. Seconds per return and peak memory as the number of returns grows.

Each figure is the median of the rounds; only ratios mean anything on another machine.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
sys.path.append(str(ROOT))  # behind the installed package, whose data folders the checkout would hide

from tests.bench.annotated_by_openpyxl import annotate as annotated_by_openpyxl  # noqa: E402
from tests.bench.by_openpyxl import build, plan_of  # noqa: E402
from tests.bench.decorated import by_openpyxl, by_tjxl, planned_merge  # noqa: E402
from tests.bench.projects import PERIOD, SAMPLE_UNITS, new_project, project_with_returns  # noqa: E402
from tjxl import flows  # noqa: E402
from tjxl.findings import Finding, finding  # noqa: E402
from tjxl.issuing import form_contents  # noqa: E402
from tjxl.ooxml.book import Book  # noqa: E402
from tjxl.periods import parse_period  # noqa: E402
from tjxl.project import Project  # noqa: E402
from tjxl.sheets.annotate import annotated  # noqa: E402
from tjxl.sheets.form import form_template  # noqa: E402
from tjxl.sheets.state import MasterState  # noqa: E402

Work = Callable[[Path], Any]
Annotate = Callable[[bytes, Sequence[Finding]], bytes]


def by_turns(works: Mapping[str, Work], original: Path, rounds: int) -> dict[str, list[float]]:
    """Seconds of each work in each round, one after the other; each gets a fresh copy of the folder."""
    seconds: dict[str, list[float]] = {name: [] for name in works}
    for _ in range(rounds):
        for name, work in works.items():
            with tempfile.TemporaryDirectory() as folder:
                copy = Path(folder) / "project"
                shutil.copytree(original, copy)
                started = time.perf_counter()
                work(copy)
                seconds[name].append(time.perf_counter() - started)
    return seconds


def forms_in_memory(folder: Path) -> list[bytes]:
    """Template and all forms, nothing written."""
    project = Project(folder)
    settings, period = project.settings(), parse_period(PERIOD)
    state = MasterState(project.master.read_bytes())
    contents = form_contents(state, period, settings, dt.datetime(2022, 6, 1))
    template = form_template(settings, period, "2022")
    return [template.filled(content) for content in contents.values()]


def issue_works(folder: Path) -> dict[str, Work]:
    """What builds the sample's forms; what openpyxl's script has to write is worked out beforehand."""
    plans = [plan_of(form) for form in forms_in_memory(folder)]
    return {
        "openpyxl": lambda _: [build(plan) for plan in plans],
        "openpyxl, thrifty": lambda _: [build(plan, thrifty=True) for plan in plans],
        "tjxl forms": forms_in_memory,
        "tjxl issue": lambda copy: flows.issue(Project(copy), PERIOD),
    }


def run_script(name: str, *arguments: str) -> str:
    """One of the scripts beside this file, in a process of its own; what it prints."""
    command = [sys.executable, str(HERE / name), *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def run_commands(copy: Path) -> None:
    """`tjxl collect` and `tjxl merge`, a process each: an exit status of 2 would be a failure."""
    for command in ("collect", "merge"):
        call = [sys.executable, "-P", "-c", "from tjxl.cli import main; main()", command, str(copy), "--json"]
        if subprocess.run(call, check=False, capture_output=True).returncode > 1:
            raise SystemExit(f"tjxl {command} failed")


def measure_issue(rounds: int, folder: Path) -> None:
    """Figure 1."""
    root = folder / "issue"
    new_project(root, SAMPLE_UNITS)
    forms_in_memory(root)  # both sides have their libraries loaded
    seconds = {n: median(s) for n, s in by_turns(issue_works(root), root, rounds).items()}
    print(f"\nissue, {SAMPLE_UNITS} forms          seconds   openpyxl takes   thrifty openpyxl takes")
    for name, own in seconds.items():
        thrifty = seconds["openpyxl, thrifty"] / own
        print(f"  {name:22} {own:8.3f} {seconds['openpyxl'] / own:10.1f} ×     {thrifty:10.1f} ×")


def returns_with_findings(folder: Path) -> list[tuple[bytes, list[Finding]]]:
    """The returns of a project, with something wrong in every row of 填报."""
    out = []
    for path in sorted((folder / "收件").rglob("*.xlsx")):
        content = path.read_bytes()
        cells = Book(content).cells("填报").cells
        rows = [row for (row, column), c in cells.items() if column == 1 and str(c.value).startswith("T")]
        found = [finding("V405", value=f"{row}成", sheet="填报", cell=f"K{row}", task="T001") for row in rows]
        out.append((content, found))
    return out


def annotated_by_tjxl(content: bytes, findings: Sequence[Finding]) -> bytes:
    """A copy as `tjxl collect` makes it."""
    return annotated(content, findings, "校验")


def measure_annotated(rounds: int, folder: Path) -> None:
    """Figure 3."""
    root = folder / "annotated"
    project_with_returns(root, SAMPLE_UNITS)
    works = returns_with_findings(root)
    ways: dict[str, Annotate] = {"openpyxl": annotated_by_openpyxl, "tjxl": annotated_by_tjxl}
    runs = {
        name: lambda _, way=way: [way(content, findings) for content, findings in works] for name, way in ways.items()
    }
    seconds = {n: median(s) for n, s in by_turns(runs, root, rounds).items()}
    print(f"\nannotated copies, {len(works)} returns   seconds   openpyxl takes")
    for name, own in seconds.items():
        print(f"  {name:22} {own:18.3f} {seconds['openpyxl'] / own:10.1f} ×")


def measure_merge(rounds: int, folder: Path) -> None:
    """Figure 4."""
    root = folder / "decorated"
    merge = planned_merge(root, SAMPLE_UNITS)
    ways: dict[str, Work] = {"openpyxl": lambda _: by_openpyxl(merge), "tjxl": lambda _: by_tjxl(merge)}
    seconds = {n: median(s) for n, s in by_turns(ways, root, rounds).items()}
    print(f"\ndecorated master, {len(merge.plan.merged)} returns   seconds   openpyxl takes")
    for name, own in seconds.items():
        print(f"  {name:22} {own:18.3f} {seconds['openpyxl'] / own:10.1f} ×")


def measure_returns(sizes: list[int], rounds: int, folder: Path) -> None:
    """Figures 2 and 5."""
    print("\nreturns    pandas   collect+merge   pandas takes   two commands   pandas takes   ms/return   peak MB")
    for units in sizes:
        root = folder / f"returns-{units}"
        project_with_returns(root, units)
        peaks: list[float | None] = []

        def own(copy: Path, peaks: list[float | None] = peaks) -> None:
            peaks.append(json.loads(run_script("by_tjxl.py", str(copy)))["peak"])

        works: dict[str, Work] = {
            "pandas": lambda copy: run_script("by_pandas.py", str(copy / "收件"), str(copy / "all.xlsx")),
            "tjxl": own,
            "commands": run_commands,
        }
        # large sizes vary little between rounds, and take long
        times = by_turns(works, root, rounds if units <= 250 else max(1, rounds // 2))
        pandas, tjxl, commands = (median(times[n]) for n in works)
        peak = max((p for p in peaks if p is not None), default=float("nan"))
        print(
            f"{units:7} {pandas:9.2f} {tjxl:15.2f} {pandas / tjxl:12.2f} ×"
            f" {commands:14.2f} {pandas / commands:12.2f} × {tjxl / units * 1000:11.2f} {peak:9.0f}",
            flush=True,
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="67,250,1000", help="numbers of returns, by commas")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure_issue(options.rounds, Path(folder))
        measure_annotated(options.rounds, Path(folder))
        measure_merge(options.rounds, Path(folder))
        measure_returns([int(size) for size in options.sizes.split(",")], options.rounds, Path(folder))


if __name__ == "__main__":
    main()
