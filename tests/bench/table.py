"""The table: plain text that stands in Markdown as it is, ruled on a terminal; and the same as JSON."""

from __future__ import annotations

import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.bench.cases import Case, Goal, figures, grouped
from tests.bench.processes import Cost

HEADS = (
    "step",
    "returns",
    "process",
    "program",
    "seconds",
    "CPU s",
    "peak MB",
    "ms/return",
    "ratio",
    "by CPU",
    "goal",
)
_WORDS = 4
"""So many columns hold words, the others figures."""


def lines(measured: Mapping[Case, Sequence[Cost]], goals: Sequence[Goal]) -> list[tuple[str, ...]]:
    """A line of texts per case measured, as under HEADS."""
    return [_line(case, measured, [goal for goal in goals if goal.case == case]) for case in grouped(measured)]


def _line(case: Case, measured: Mapping[Case, Sequence[Cost]], goals: Sequence[Goal]) -> tuple[str, ...]:
    found = figures(case, measured)
    per_return = f"{found.wall / case.returns * 1000:.2f}" if case.returns else ""
    said = (f"{goal} {'reached' if goal.reached(found) else 'MISSED'}" for goal in goals)
    return (
        case.step,
        f"{case.returns:,}" if case.returns else "",
        case.process,
        case.program,
        f"{found.wall:.3f}",
        "" if found.cpu is None else f"{found.cpu:.3f}",
        "" if found.peak is None else f"{found.peak:.0f}",
        per_return,
        "" if found.ratio is None else f"{found.ratio:.2f} ×",
        "" if found.cpu_ratio is None else f"{found.cpu_ratio:.2f} ×",
        ", ".join(said),
    )


def show(measured: Mapping[Case, Sequence[Cost]], goals: Sequence[Goal], console: Console) -> None:
    """Print it, ruled where somebody looks on."""
    rows, cases = lines(measured, goals), grouped(measured)
    if console.is_terminal:
        table = Table(*HEADS)
        for column in table.columns[_WORDS:]:
            column.justify = "right"
        for row, case, following in zip(rows, cases, [*cases[1:], None], strict=True):
            table.add_row(*row, end_section=following is None or following.one != case.one)
        console.print(table)
    else:
        console.file.write(markdown(rows))
    console.file.write(f"\n{caption(measured)}\n")


def caption(measured: Mapping[Case, Sequence[Cost]]) -> str:
    """Of how many rounds the medians are, and where they were measured."""
    rounds = sorted({len(costs) for costs in measured.values()})
    machine = f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processors"
    return f"Rounds: {' or '.join(map(str, rounds)) or 'none'}; the figures are their medians. {machine}."


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """The lines as a table of Markdown, in columns of even width."""
    widths = [max(len(row[i]) for row in (HEADS, *rows)) for i in range(len(HEADS))]
    rule = ["-" * width if i < _WORDS else "-" * (width - 1) + ":" for i, width in enumerate(widths)]

    def ruled(row: Sequence[str]) -> str:
        fit = (
            text.ljust(w) if i < _WORDS else text.rjust(w)
            for i, (text, w) in enumerate(zip(row, widths, strict=True))
        )
        return f"| {' | '.join(fit)} |\n"

    return "".join(map(ruled, (HEADS, rule, *rows)))


def as_json(measured: Mapping[Case, Sequence[Cost]], goals: Sequence[Goal]) -> dict[str, Any]:
    """Every round of every row, what follows of them, and where they were measured."""
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "processors": os.cpu_count(),
        "rows": [
            {
                **asdict(case),
                "rounds": [asdict(cost) for cost in costs],
                "medians": asdict(found := figures(case, measured)),
                "goals": {str(goal): goal.reached(found) for goal in goals if goal.case == case},
            }
            for case, costs in measured.items()
        ],
    }
