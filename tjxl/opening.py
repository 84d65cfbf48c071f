"""What is said when the forms of a period are issued: what earlier periods left open. Nothing is refused for it."""

from __future__ import annotations

from tjxl.findings import Finding, finding
from tjxl.grouping import first_names
from tjxl.periods import Period
from tjxl.sheets.layout import state_titles
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, sender_of
from tjxl.stages import SINGLE, Stage


def lead_stage_waiting(state: MasterState) -> Period | None:
    """The newest period, where its first stage is issued and its second is not yet: what is to be issued next."""
    newest = max(state.issued_periods, default=None)
    split = newest is not None and state.stages_issued[newest.code] == ("cooperating",)
    return newest if split else None


def missing_before(state: MasterState, period: Period) -> list[str]:
    """The units of which nothing was merged in the newest issued period before this one, each once."""
    before = _before(state, period)
    rows = [row for row in state.submissions if before is not None and row["period"] == before.code]
    return list(dict.fromkeys(str(row["unit"]) for row in rows if row["merged_at"] is None))


def open_questions(state: MasterState) -> int:
    """How many questions of 待裁决 wait for the office."""
    return sum(map(is_open, state.questions))


def is_open(question: TableRow) -> bool:
    """Whether a question of 待裁决 waits for the office: no answer yet, or one that could not be carried out."""
    titles = state_titles()
    said = str(question["state"] or "")
    if said.startswith(titles["decided_question"]):
        return False
    return not question["decision"] or said.startswith(titles["open_question"] + "：")


def opening_findings(
    state: MasterState, period: Period, stage: Stage, *, two_stages: bool, forms: int
) -> list[Finding]:
    """What the office should know before it sends these forms out.

    Args:
        two_stages: the setting, which a period that has been issued may differ from.
        forms: how many are issued.
    """
    issued = state.stages_issued.get(period.code)
    out = [*_order(state, period)] if issued is None else []
    if issued is not None and (SINGLE not in issued) is not two_stages:
        out.append(finding("P116" if two_stages else "P117", period=period.title))
    if issued is not None and stage in issued:
        out.append(finding("P113", period=period.title, count=forms))
    before, missing = _before(state, period), missing_before(state, period)
    if before is not None and missing and stage != "lead":
        out.append(finding("P110", period=before.title, count=len(missing), units=first_names(missing)))
    if stage == "lead":
        waiting = [
            str(row["unit"])
            for row in state.submissions
            if row["period"] == period.code and sender_of(row)[1] == "cooperating" and row["merged_at"] is None
        ]
        if waiting:
            out.append(finding("P115", count=len(waiting), units=first_names(waiting)))
    if count := open_questions(state):
        out.append(finding("P111", count=count))
    return out


def _before(state: MasterState, period: Period) -> Period | None:
    return max((p for p in state.issued_periods if p < period), default=None)


def _order(state: MasterState, period: Period) -> list[Finding]:
    """A period issued after a later one, or before an earlier one."""
    later = [p for p in state.issued_periods if p > period]
    if later:
        return [finding("P112", period=period.title, later=max(later).title, own=period.code)]
    before, between = _before(state, period), []
    step = period.previous
    while before is not None and step > before:
        between.append(step.title)
        step = step.previous
    skipped = "、".join(reversed(between))
    return [finding("P114", period=period.title, skipped=skipped, own=period.code)] if between else []
