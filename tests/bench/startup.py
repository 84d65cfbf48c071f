"""How long one waits for the smallest commands, against an interpreter that does nothing."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.bench.cases import START_UP, Case, Work
from tests.bench.processes import ASKS, run, tjxl


def start_up_works(project: Path) -> dict[Case, Work]:
    """`tjxl status` looks at the project and writes nothing."""
    commands = {
        Case(START_UP, None, "cold", "python -c pass"): [sys.executable, "-c", "pass"],
        Case(START_UP, None, "cold", "tjxl --help"): tjxl("--help"),
        Case(START_UP, None, "cold", "tjxl status"): tjxl("status", project),
    }
    return {case: lambda command=command: run(command, most_status=ASKS)[0] for case, command in commands.items()}
