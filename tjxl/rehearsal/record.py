"""What was done to a project in a year, told by what units sent: what its master is to say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tjxl.rehearsal.year import Turn, Year, conducts_of, due_on
from tjxl.sheets.layout import state_titles
from tjxl.stages import stage_title


def reports_of(play: Year) -> list[dict[str, Any]]:
    """Every value that was to be taken over, in the order in which it was reported."""
    return [
        {"period": e.period, "stage": stage_title(e.stage), "step": e.step, "unit": e.sent.unit}
        | {"sheet": part, "code": code, "values": values}
        for e in play.events
        if e.outcome == "accepted"
        for part, rows in e.sent.values.items()
        for code, values in rows.items()
    ]


def stage_of(play: Year, turn: Turn) -> dict[str, Any]:
    """A stage of a period: when its reports were due, and what 报送情况 is to say of each unit."""
    return {
        "stage": stage_title(turn.stage),
        "due_on": due_on(play, turn).isoformat(),
        "units": _units_of(play, turn),
    }


def _units_of(play: Year, turn: Turn) -> dict[str, dict[str, Any]]:
    titles, due = state_titles(), due_on(play, turn)
    out = {}
    for conduct in sorted(conducts_of(play, turn), key=lambda c: c.unit):
        events = [e for e in play.sent_in(turn) if e.sent.unit == conduct.unit]
        counted = [e.sent.reported_on for e in events if e.outcome == "accepted"]
        returned = sum(e.outcome == "returned" for e in events)
        late = bool(counted) and counted[0] > (conduct.extended_to or due)
        state = "late" if late else "reported" if counted else "returned" if returned else "missing"
        out[conduct.unit] = {
            "state": titles[state],
            "reported_on": counted[-1].isoformat() if counted else None,
            "extended_to": conduct.extended_to.isoformat() if conduct.extended_to else None,
            "returned_times": returned,
            "corrected": any(e.correction for e in events),
            "fault": next((e.sent.fault for e in events if e.sent.fault), None),
        }
    return out


def tasks_of(play: Year) -> dict[str, dict[str, Any]]:
    """Task → what its lead reported last, and in which period."""
    state = play.state()
    names = {code: unit.name for code, unit in state.registry.by_code.items()}
    status: dict[tuple[str, str], Mapping[str, Any]] = {}
    newest: dict[str, str] = {}
    for e in (e for e in play.events if e.outcome == "accepted"):
        if e.stage != "cooperating":
            newest[e.sent.unit] = max(e.period, newest.get(e.sent.unit, ""))
        for code, values in e.sent.values.get("report", {}).items():
            status[code, e.sent.unit] = values
    out = {}
    for code, lead in state.leads.items():
        values = status.get((code, names[lead]), {})
        out[code] = {
            "lead": names[lead],
            "status": values.get("status"),
            "percent_complete": values.get("percent_complete"),
            "period": newest.get(names[lead]) if values else None,
        }
    return out
