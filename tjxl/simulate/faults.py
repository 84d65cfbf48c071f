"""Faults of returns: which one a unit's return has, and how a filled form is spoilt by it."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping, Sequence
from typing import Any

from tjxl.fields.spec import Part
from tjxl.periods import Period
from tjxl.settings import Settings
from tjxl.simulate.form import Form

INSTEAD = ("no_report", "untouched", "not_a_workbook", "wrong_period")
"""Faults of units that send something else than their form filled in, or nothing."""

_READ_AS = ("text_percent", "status_synonym")
"""Faults that are read all the same, as a row in progress."""


class Faults:
    """Draws and plants the faults of one period.

    `units` are the names of all units that owe a return.
    """

    def __init__(self, period: Period, settings: Settings, units: Sequence[str], texts: Mapping[str, Any]) -> None:
        self.period, self.settings, self.units, self.texts = period, settings, units, texts

    def drawn(self, form: Form, share: float, rng: random.Random, *, earlier: bool) -> str | None:
        """A fault that this unit's return can have.

        Args:
            earlier: the unit also has a form of the period before.
        """
        kinds = dict(self.texts["faults"])
        for part, more in self.texts["part_faults"].items():
            if part in form.expected:
                kinds |= more
        fault = rng.choices(list(kinds), list(kinds.values()))[0] if rng.random() < share else None
        if fault == "wrong_period" and not earlier:
            return "missing_status"
        return "missing_status" if fault == "row_twice" and len(form.read.report.rows) == 1 else fault

    def possible(self, fault: str | None, form: Form) -> str | None:
        """A fault that is read needs a row in progress; where there is none, two versions are sent instead."""
        return "two_versions" if fault in _READ_AS and not self.in_progress(form) else fault

    def in_progress(self, form: Form) -> list[str]:
        """The tasks that the return says are in progress."""
        return form.with_status(self.settings.status_named("in_progress"))

    def spoil(self, form: Form, fault: str, rng: random.Random) -> None:
        """Plant a fault that stands in cells."""
        for part, kinds in self.texts["part_faults"].items():
            if fault in kinds:
                self._spoil_part(form, part, fault, rng)
                return
        report = form.read.report
        rows = report.rows
        if fault in _READ_AS:
            progressing = self.in_progress(form)
            rows = tuple(r for r in rows if r.code in progressing)
        row = rng.choice(rows)
        last_percent = form.expected["report"][row.code].facts["last_percent"] or 0
        form.put(report, row, self._spoilt(fault, last_percent))
        if fault in _READ_AS:
            meant = {"text_percent": max(50, int(last_percent * 100)) / 100, "status_synonym": max(0.5, last_percent)}
            form.values["report"][row.code] |= {"percent_complete": meant[fault]}
        elif fault == "missing_head":
            form.put_head(rng.choice(("prepared_by", "phone", "reviewed_by")), None)
        elif fault == "wrong_unit":
            form.put_head("unit", rng.choice([u for u in self.units if u != form.unit]))
        elif fault == "row_deleted":
            form.put(report, row, dict.fromkeys(row.cells))
        elif fault == "row_twice":
            form.put(report, row, {"task_code": rng.choice([r for r in rows if r is not row]).code})

    def _spoilt(self, fault: str, last_percent: float) -> dict[str, Any]:
        """What a fault of one row of 填报 puts into its cells; nothing for faults of another kind."""
        named = self.settings.status_named
        spoilt: dict[str, dict[str, Any]] = {
            "missing_status": {"status": None},
            "missing_progress": {"status": named("in_progress"), "percent_complete": 0.5, "progress_text": None},
            "contradiction": {"status": named("completed"), "percent_complete": 0.6},
            "behind_without_reason": {"status": named("behind"), "problems": None, "next_steps": None},
            "percent_out_of_range": {"percent_complete": 1.8},
            "unknown_status": {"status": "差不多了"},
            "bad_date": {"completion_date": "年底前后"},
            "text_percent": {"percent_complete": f"{max(50, int(last_percent * 100))}％"},
            "status_synonym": {"status": "推进中", "percent_complete": max(0.5, last_percent)},
        }
        return spoilt.get(fault, {})

    def _spoil_part(self, form: Form, part: Part, fault: str, rng: random.Random) -> None:
        """A fault on 节点 or 指标."""
        sheet = form.read.sheets[part]
        as_of = self.period.last_day
        spoilt: dict[str, dict[str, Any]] = {
            "milestone_without_date": {"done": "是", "completed_on": None},
            "milestone_almost_done": {"done": "基本完成", "completed_on": None},
            "milestone_done_tomorrow": {"done": "是", "completed_on": as_of + dt.timedelta(days=1)},
            "target_in_another_unit": {"current_value": "35.2分", "data_date": as_of},
            "target_without_date": {"current_value": 1, "data_date": None},
            "target_silent": {"current_value": None, "data_date": None, "explanation": None},
        }
        form.put(sheet, rng.choice(sheet.rows), spoilt[fault])
