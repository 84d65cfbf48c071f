"""Tasks whose row of 任务台账 somebody has deleted, while other tables still hold them, or whose lead's row is gone.

All that a task is (its text, its units, what the office has written) stands in its row of 任务台账, so nothing can be
computed in its place. Without the lead's row of 责任分工 nobody would be asked for the task, and its last report
would stand. Commands that write, and those that give figures to others, refuse until the row is back.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tjxl.errors import ProjectError
from tjxl.findings import Finding, finding
from tjxl.notice.names import plain_name
from tjxl.sheets.layout import master_layout
from tjxl.sheets.state import MasterState

_NAMED = 10
"""Tasks that a sentence names."""
_LONGEST = 20


@dataclass(frozen=True, slots=True)
class LostTask:
    """A task without a row, as far as 责任分工 still tells."""

    code: str
    serial_no: object
    text: str

    def __str__(self) -> str:
        text = self.text if len(self.text) <= _LONGEST else f"{self.text[:_LONGEST]}…"
        told = "".join(([f"第{self.serial_no}项"] if self.serial_no else []) + ([f"“{text}”"] if text else []))
        return f"{self.code}（{told}）" if told else self.code


def lost_tasks(state: MasterState) -> list[LostTask]:
    """The tasks of the hidden 任务时限, of which no command ever takes one out, that 任务台账 does not have."""
    present = {str(row["task_code"]) for row in state.tasks}
    lost = [code for code in state.due if code not in present]
    told = {str(row["task_code"]): row for row in state.assignments} if lost else {}
    return [
        LostTask(code, row["serial_no"], str(row["task"] or ""))
        if (row := told.get(code))
        else LostTask(code, None, "")
        for code in lost
    ]


@dataclass(frozen=True, slots=True)
class LostLead:
    """A task of which 任务台账 names a unit as the lead, while no row of 责任分工 leads it."""

    code: str
    unit: str

    def __str__(self) -> str:
        return f"{self.code}（{self.unit}）"


def lost_leads(state: MasterState) -> list[LostLead]:
    """The tasks without a lead's row. A group leads nothing itself: who does is asked in 待裁决."""
    out = []
    for row in state.tasks:
        code, printed = str(row["task_code"]), str(row["lead_unit"] or "")
        if printed and code not in state.leads:
            unit = state.registry.find(printed) or state.registry.find(plain_name(printed))
            if unit is not None and unit.kind != "group":
                out.append(LostLead(code, unit.name))
    return out


def lost_row_findings(state: MasterState) -> list[Finding]:
    """The same as findings, for commands that go on."""
    out, layout = [], master_layout()
    if lost := lost_tasks(state):
        out.append(finding("D670", tasks=_said(lost)).at(sheet=layout["tasks"].title))
    if leaderless := lost_leads(state):
        out.append(finding("D671", tasks=_said(leaderless)).at(sheet=layout["assignments"].title))
    return out


def refuse_lost_rows(state: MasterState) -> None:
    """
    Raises:
        ProjectError: E277, tasks have lost their row in 任务台账; E278, 责任分工 names a task that there never was;
            E279, a task is not known to 任务时限: somebody has added it by hand, or changed the hidden sheet; E285,
            the lead's row of a task is missing in 责任分工.
    """
    if lost := lost_tasks(state):
        raise ProjectError("E277", tasks=_said(lost))
    if foreign := list(_foreign(state)):
        raise ProjectError("E278", rows="、".join(foreign[:_NAMED]))
    duties = dict.fromkeys(str(row["task_code"]) for row in state.assignments)
    if unknown := [code for code in duties if code not in state.due]:
        raise ProjectError("E279", tasks="、".join(unknown[:_NAMED]))
    if leaderless := lost_leads(state):
        raise ProjectError("E285", tasks=_said(leaderless))


def _said(lost: Sequence[LostTask | LostLead]) -> str:
    more = f"等{len(lost)}项" if len(lost) > _NAMED else ""
    return "、".join(map(str, lost[:_NAMED])) + more


def _foreign(state: MasterState) -> Iterator[str]:
    """The rows of 责任分工, typed by hand, whose code is none of a task."""
    present = {str(row["task_code"]) for row in state.tasks}
    for row in state.assignments:
        if str(row["task_code"]) not in present:
            yield f"第{row.number}行“{row['task_code'] or ''}”"
