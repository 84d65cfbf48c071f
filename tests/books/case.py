"""What a case is, and judging its files as `tjxl collect` does."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.office import Office, Place, outcome
from tjxl.intake.expected import intake_context
from tjxl.intake.gather import gather_returns

Files = Mapping[str, bytes]
Outcome = tuple[str, list[Place]]
Stage = Literal["may", "june", "promised"]
"""The project that a case plays in: the first period of the sample, its second with the first merged, or the project
of `tests.promises` with 节点 and 指标."""

NOON = "2022-05-20 12:00"


@dataclass(frozen=True, slots=True)
class Case:
    """Files that arrive together, and what becomes of each.

    Attributes:
        mode: the number of the failure mode (1 to 50).
        how: what was done to the file, in one Chinese clause for the table of the docs.
        make: the files, by their name in 收件 (`a/b.xlsx` for a sub-folder), from a project whose forms are issued.
        expected: by file (a member of a zip as `a.zip/b.xlsx`): verdict, and findings as code, sheet, cell and
            original value, all of them in order.
        stage: the project it plays in.
        times: the time of a file, where it matters; noon of 2022-05-20 else.
        libreoffice: made with the help of LibreOffice.
    """

    mode: int
    how: str
    make: Callable[[Office], Files] = field(repr=False)
    expected: Mapping[str, Outcome]
    stage: Stage = "may"
    times: Mapping[str, str] = field(default_factory=dict)
    libreoffice: bool = False

    @property
    def name(self) -> str:
        """How tests call it."""
        return f"{self.mode:02}-{self.how}"

    def write(self, office: Office, folder: Path) -> None:
        """Write the files to a folder, with their times."""
        for name, content in self.make(office).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            moment = dt.datetime.fromisoformat(self.times.get(name, NOON)).timestamp()
            os.utime(path, (moment, moment))


def judged(office: Office, inbox: Path) -> dict[str, Outcome]:
    """Verdict and findings of every file below a folder."""
    return {returned["file"]: outcome(returned) for returned in judged_in_full(office, inbox)}


def judged_in_full(office: Office, inbox: Path) -> list[dict[str, Any]]:
    """The same as `tjxl collect` reports it, judged for the newest period issued; nothing is written."""
    state = office.state
    context = intake_context(state, state.issued_periods[-1], office.project.settings())
    return [r.to_json() for r in gather_returns(inbox, context, ())]
