"""How fast tjxl is beside what people use instead: one table of ratios, everything measured in one run, by turns.

docs/SPEED.md says how to read it. Projects are made once for each size and kept in .bench/, like the environment of
datamaps. Ctrl-C ends the run with a table of what has been measured.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from tests.bench import datamaps, table
from tests.bench.cases import goals
from tests.bench.measuring import PROGRAMS, SAMPLE_UNITS, STEPS, Run, Wanted
from tests.bench.processes import ProgramError


def wanted(arguments: list[str]) -> tuple[Wanted, Path | None]:
    """What the command line asks for, and where the figures shall go as JSON."""
    parser = argparse.ArgumentParser(
        "python -m tests.bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=_numbers, default=[67, 1_000], help="numbers of returns, by commas (67,1000)")
    parser.add_argument("--rounds", type=int, default=5, help="each figure is the median of so many (5)")
    parser.add_argument("--only", type=_names, default=[], help=f"some of: {', '.join((*STEPS, *PROGRAMS))}")
    parser.add_argument("--quick", action="store_true", help="67 returns only, three rounds")
    parser.add_argument("--all", action="store_true", help="slow programs at large sizes too")
    parser.add_argument("--reuse", action="store_true", help="projects made by an earlier state of tjxl will do")
    parser.add_argument("--json", type=Path, metavar="FILE", help="the figures of every round")
    options = parser.parse_args(arguments)
    programs = [name for name in options.only if name in PROGRAMS]
    steps = [name for name in options.only if name in STEPS] or (["collect"] if programs else STEPS)
    sizes, rounds = ([SAMPLE_UNITS], 3) if options.quick else (options.sizes, options.rounds)
    chosen = Wanted(sizes, rounds, steps, programs or PROGRAMS, options.all, options.reuse, datamaps.CACHE)
    return chosen, options.json


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def _names(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",")]
    if unknown := [name for name in names if name not in (*STEPS, *PROGRAMS)]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}")
    return names


def main(arguments: list[str]) -> int:
    """Measure, print the table; 2 where something failed, 130 where the run was broken off."""
    what, file = wanted(arguments)
    console, status = Console(stderr=True), 0
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, refresh_per_second=2) as progress:
        run = Run(what, progress)
        try:
            run.measure()
        except KeyboardInterrupt:
            status = 130
        except ProgramError as error:
            console.print(error, markup=False)
            status = 2
    table.show(run.measured, goals(), Console())
    if file is not None:
        text = json.dumps(table.as_json(run.measured, goals()), ensure_ascii=False, indent=1)
        file.write_text(text, encoding="utf-8")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
