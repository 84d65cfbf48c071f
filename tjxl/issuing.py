"""What each unit's form holds in a period: its tasks, last period's report, its identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from tjxl.intake.expected import expected_rows, last_reports
from tjxl.intake.identify import Identity
from tjxl.merge.plan import ROW_FIELDS
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.form import FormContent, FormRow
from tjxl.sheets.form_places import FACTS, FORM_VERSION
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState

_GIVEN = ("serial_no", "task", "role", "deadline", "leaders", "lead_unit", "cooperating_units")


def form_contents(state: MasterState, period: Period, settings: Settings, now: dt.datetime) -> dict[str, FormContent]:
    """Unit code → content, in register order: lead tasks first, then cooperating, each by 序号.

    A task that the unit has reported as completed comes prefilled with that report; every other task's cells are
    empty and last period's report stands beside them.
    """
    tasks = {str(t["task_code"]): t for t in state.tasks}
    names = {str(u["unit_code"]): str(u["unit"]) for u in state.units}
    last = last_reports(state, period)
    out = {}
    for unit, expected in expected_rows(state, period, settings, issuing=True).items():
        ordered = sorted(expected.values(), key=lambda e: (e.role != "lead", e.serial_no))
        rows = []
        for row in ordered:
            before = last.get((row.task_code, unit))
            task = tasks[row.task_code]
            given = {name: task.values.get(name) for name in _GIVEN} | {
                "task_code": row.task_code,
                "role": row.locked["role"],
                "last_report": last_report_text(before),
            }
            known = {name: getattr(row, name) for name in FACTS}
            filled = {n: v for n in ROW_FIELDS if (v := before[n]) is not None} if before and row.prefilled else {}
            rows.append(FormRow(given, filled, known))
        identity = Identity(
            form_version=FORM_VERSION,
            master_id=state.meta["master_id"],
            unit_code=unit,
            unit=names[unit],
            period=period.code,
            stage="1",
            issued_at=now.isoformat(timespec="seconds"),
        ).signed(state.meta["key"])
        out[unit] = FormContent(names[unit], identity.as_dict(), tuple(rows))
    return out


def last_report_text(before: TableRow | Mapping[str, Any] | None) -> str:
    """上期进展 as one text: 【正常推进 55%】…; cut where it would fill the page."""
    words = layout_toml("form.toml")
    if before is None:
        return str(words["last_report"]["none"])
    percent = before["percent_complete"]
    shown = f" {percent:.0%}" if isinstance(percent, int | float) else ""
    text = str(before["progress_text"] or "")
    limit = words["report"]["widest_text"]
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return str(words["last_report"]["line"]).format(status=before["status"] or "", percent=shown, text=text)
