"""Where problems, closures and findings stand, and what the office has left open in them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.merge.closures import unsettled
from tjxl.settings import Settings
from tjxl.sheets.layout import closing_states, conclusion_words
from tjxl.sheets.state import MasterState


def oversight(state: MasterState, settings: Settings) -> dict[str, Any]:
    """Counts of 问题清单, 销号 and 核查 by state and conclusion, and findings about 销号.

    Returns:
        `{problems: {状态: n}, closings: {状态: n}, verification: {结论: n}, findings: […]}`.
    """
    return {
        "problems": dict(Counter(str(row["state"]) for row in state.problems)),
        "closings": dict(Counter(str(row["state"]) for row in state.closings)),
        "verification": dict(Counter(str(row["conclusion"]) for row in state.verification)),
        "findings": [f.to_json() for f in closure_findings(state, settings)],
    }


def closure_findings(state: MasterState, settings: Settings) -> list[Finding]:
    """What does not go together in 销号, 任务台账 and 核查: a task sent back that counts as completed, one closed
    that is reported as open again, one closed in spite of a disagreement.
    """
    completed = [status.name for status in settings.statuses if status.meaning == "completed"]
    codes = unsettled(state.closings, state.tasks, completed)
    found = [finding("C110", task=code).at(sheet="销号", task=code) for code in codes]
    states, differs = closing_states(), conclusion_words()["differs"]
    for row in state.closings:
        code = str(row["task_code"])
        if row["state"] == states["lapsed"] and row.values.get("closing_opinion") and row.values.get("closing_date"):
            found.append(finding("C111", task=code).at(sheet="销号", task=code))
        if row["state"] == states["closed"] and str(row["verified"] or "").startswith(differs):
            found.append(finding("C112", task=code, verified=row["verified"]).at(sheet="销号", task=code))
    return found
