"""A desk that judges returns without touching a disk: content in, verdict and findings out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.office import MAY, Office, Place, filled, outcome
from tjxl.intake.context import Context
from tjxl.intake.expected import intake_context
from tjxl.intake.returns import judge, read_return
from tjxl.intake.sources import Source
from tjxl.periods import parse_period


class Desk:
    """Judges what units of the sample send for a period."""

    def __init__(self, office: Office, period: str) -> None:
        self.office, self.period = office, period
        self.messages: dict[str, list[str]] = {}
        self.context: Context = intake_context(office.state, parse_period(period), office.project.settings())

    def form(self, unit: str) -> bytes:
        """The form as issued."""
        return self.office.form(unit, self.period)

    def judge(self, content: bytes) -> tuple[str, list[Place]]:
        """Verdict and findings of one file."""
        return self.judge_all({"a.xlsx": content})["a.xlsx"]

    def judge_all(
        self, files: Mapping[str, bytes], times: Mapping[str, str] | None = None
    ) -> dict[str, tuple[str, list[Place]]]:
        """Several files judged together; each file's time is ten o'clock unless given."""
        noon = "2022-05-20T10:00:00"
        sources = [
            Source(name, content, dt.datetime.fromisoformat((times or {}).get(name, noon)), Path(name))
            for name, content in files.items()
        ]
        returns = judge([read_return(s, self.context) for s in sources], self.context)
        self.messages = {r.source.file: [f.message for f in r.findings] for r in returns}
        return {r.source.file: outcome(r.to_json()) for r in returns}

    def message(self, content: bytes) -> str:
        """The first sentence that a file gets."""
        self.judge(content)
        return self.messages["a.xlsx"][0]

    def filled(self, unit: str, **cells: object) -> bytes:
        """A unit's form without a mistake but for these cells."""
        return filled(self.form(unit), **cells)


@pytest.fixture(scope="session")
def desk(issued_project: Office) -> Desk:
    """The first period, nothing merged yet."""
    return Desk(issued_project, MAY)
