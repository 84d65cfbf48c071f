"""Findings that only the office can settle, as questions of 待裁决. Pure.

The key says what an answer decides, and one cause has one key; `tjxl.decisions` carries the answers out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tjxl.findings import Finding
from tjxl.notice.words import notice_data
from tjxl.register import Question

ALL_TASKS = "*"
"""In place of a task code: the answer holds for every task of the notice."""


def asked(
    finding: Finding, key: str, data: Mapping[str, Any], choices: Sequence[str] = (), unit: str | None = None
) -> Question:
    """The question that a finding puts to the office."""
    return Question(finding.message, tuple(choices), finding.task, unit, key=key, data=data)


def ask_deadline(finding: Finding, printed: str, due: dt.date | None, year: int) -> Question:
    """By when a task is due. Proposed are the day that was read and the end of the year.

    Args:
        finding: its `task` is None where the question concerns every task of the notice.
        printed: 完成时限 as the notice prints it.
        due: what was read from it, if anything.
    """
    year_end = dt.date(year, 12, 31)
    proposed = [day.isoformat() for day in (due, year_end) if day]
    choices = proposed if due else [*proposed, notice_data("answers")["no_deadline"]]
    task = finding.task or ALL_TASKS
    return asked(finding, f"deadline:{task}", {"task": task, "printed": printed}, tuple(dict.fromkeys(choices)))
