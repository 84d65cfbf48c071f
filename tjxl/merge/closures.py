"""销号: which tasks their leads report as completed, and since when. Pure.

A task is closed only after three things: the lead asks for it by reporting 已完成 (申请销号), the result is verified,
and the office says so. The first is here; the other two are the office's columns, and 状态 is a formula over all.
A lead that later reports anything else takes its request back; a row that the office has written in stays all the
same.

核定状态 of 任务台账 is the office's and is never written: a task that was sent back counts as completed in the
figures until the office has set it, so 状态 shows 退回办理 and `unsettled` names the task.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from tjxl.merge.projection import Entry, Key
from tjxl.register import ROLE_TITLES
from tjxl.sheets.layout import closing_states
from tjxl.sheets.rows import TableRow


def requests(
    reports: Mapping[Key, Entry], leads: Mapping[str, str], completed: Collection[str]
) -> dict[str, dict[str, Any]]:
    """Task code → what its row of 销号 says, of tasks whose lead's latest report is 已完成.

    申请期次 is the first of the reports up to the latest that say so without a break. As in 任务台账, a lead that has
    reported nothing so far leaves standing what was reported by whoever led before it.

    Args:
        reports: period, task, unit → the row of 填报流水 that counts.
        leads: task code → code of the unit that leads it.
        completed: the statuses that mean completed.
    """
    own: dict[str, list[tuple[str, Entry]]] = {}
    former: dict[str, list[tuple[str, Entry]]] = {}
    for (period, task, unit), entry in sorted(reports.items(), key=lambda item: item[0]):
        if leads.get(task) == unit:
            own.setdefault(task, []).append((period, entry))
        elif entry["role"] == ROLE_TITLES["lead"]:
            former.setdefault(task, []).append((period, entry))
    out = {}
    for task in sorted(leads):
        since: str | None = None
        latest: Entry | None = None
        for period, entry in own.get(task) or former.get(task, []):
            done = entry["status"] in completed
            since, latest = ((since or period) if done else None), entry
        if since is not None and latest is not None:
            out[task] = {
                "period": since,
                "completion_date": latest["completion_date"],
                "evidence": latest["evidence"],
            }
    return out


def unsettled(closings: Collection[TableRow], tasks: Collection[TableRow], completed: Collection[str]) -> list[str]:
    """Codes of the tasks that were sent back and still count as completed: 核定状态 is to be set."""
    counted = {str(t["task_code"]) for t in tasks if (t["verified_status"] or t["status"]) in completed}
    back = closing_states()["sent_back"]
    return [str(c["task_code"]) for c in closings if c["state"] == back and str(c["task_code"]) in counted]
