"""What units write: a head, rows of 填报, 节点 and 指标 that keep the rules."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from typing import Any

from tjxl.duedates import due_date
from tjxl.fields.spec import Part, Spec
from tjxl.intake.context import ExpectedRow
from tjxl.periods import Period
from tjxl.settings import Settings, StatusMeaning
from tjxl.simulate.form import Form
from tjxl.stages import Stage

_COUNTED = 20
_DRAWN: tuple[StatusMeaning, ...] = ("in_progress", "behind", "completed", "adjustment_requested", "not_started")
_LATE: tuple[StatusMeaning, ...] = ("completed", "behind")


class Contents:
    """Makes up the returns of one period and stage."""

    def __init__(
        self,
        period: Period,
        stage: Stage,
        settings: Settings,
        specs: Mapping[Part, Spec],
        texts: Mapping[str, Any],
    ) -> None:
        self.period, self.stage, self.settings, self.specs, self.texts = period, stage, settings, specs, texts

    def report_day(self, rng: random.Random) -> dt.date:
        """Most report in the last days before the due date, some a little late."""
        due = due_date(self.period, self.settings, self.stage)
        return due + dt.timedelta(days=rng.choice((-4, -3, -2, -2, -1, -1, -1, 0, 0, 2)))

    def fill(self, form: Form, day: dt.date | None, rng: random.Random) -> dt.date:
        """Fill in the head and every row that did not come prefilled.

        Returns:
            填报日期: the day given, else one around the due date.
        """
        reported = self._fill_head(form, day, rng)
        fill = {"report": self._row_values, "milestones": self._milestone_values, "targets": self._target_values}
        for part, sheet in form.read.sheets.items():
            for row in sheet.rows:
                expected = form.expected.get(part, {}).get(row.code)
                if expected is None or expected.prefilled:
                    continue
                filled = fill[part](expected, rng)
                form.put(sheet, row, filled)
                form.values.setdefault(part, {})[row.code] = filled
        return reported

    def _fill_head(self, form: Form, day: dt.date | None, rng: random.Random) -> dt.date:
        person = rng.choice(self.texts["surnames"]) + rng.choice(self.texts["given"])
        reviewer = rng.choice(self.texts["surnames"]) + rng.choice(self.texts["given"])
        reported = day or self.report_day(rng)
        values = {
            "prepared_by": person,
            "phone": f"022-{rng.randint(23_000_000, 88_999_999)}",
            "reviewed_by": reviewer,
            "reported_on": reported,
        }
        for name, value in values.items():
            form.put_head(name, value)
        return reported

    def _milestone_values(self, row: ExpectedRow, rng: random.Random) -> dict[str, Any]:
        """What is due is mostly done; what is not due yet is now and then done early, else left blank."""
        due, as_of = row.facts["due"], self.period.last_day
        is_due = due is not None and due <= as_of
        if rng.random() < (0.8 if is_due else 0.1):
            (done,) = self.specs["milestones"].titles_of("yes")
            return {"done": done, "completed_on": as_of - dt.timedelta(days=rng.randint(0, 27))}
        if not is_due:
            return {}
        (not_done,) = self.specs["milestones"].titles_of("no")
        return {"done": not_done, "explanation": rng.choice(self.texts["milestone_late"])}

    def _target_values(self, row: ExpectedRow, rng: random.Random) -> dict[str, Any]:
        """Yearly flows grow with the months and never fall; the rest lies around the target. Some wait for data."""
        if rng.random() < 0.1 and row.facts["last_value"] is None:
            return {"explanation": rng.choice(self.texts["no_data"])}
        aim, last = row.facts["target_value"] or 1.0, row.facts["last_value"]
        share = self._share if row.facts["measure"] == "flow" else 1.0
        # things are counted: only a small figure, or one that the notice itself gives in fractions, has decimals
        digits = 0 if aim >= _COUNTED and float(aim).is_integer() else 2
        value = round(aim * share * rng.uniform(0.85, 1.15), digits)
        if row.facts["measure"] == "flow" and last is not None:
            value = max(value, last)
        return {"current_value": value, "data_date": self.period.last_day - dt.timedelta(days=rng.choice((0, 0, 1)))}

    def _row_values(self, row: ExpectedRow, rng: random.Random) -> dict[str, Any]:
        """A report that keeps the rules: progress by time with some scatter, never below last period's."""
        as_of, named, facts = self.period.last_day, self.settings.status_named, row.facts
        last_percent = facts["last_percent"] or 0.0
        meaning = self._drawn_status(row, rng)
        percent = min(0.99, max(last_percent, round(self._share + rng.uniform(-0.12, 0.08), 2)))
        words = {"period": self.period.title, "task": str(row.locked["task"]).split("，")[0].rstrip("。")[:24]}
        later = as_of + dt.timedelta(days=rng.randint(30, 180))
        texts: Mapping[str, list[str]] = self.texts
        written = [t.format(**words) for t in texts["completed" if meaning == "completed" else "progress"]]
        progress = rng.choice([t for t in written if t != facts["last_text"]])
        values: dict[str, Any] = {"status": named(meaning), "percent_complete": percent, "progress_text": progress}
        if meaning == "completed":
            done = as_of - dt.timedelta(days=rng.randint(0, 27))
            values |= {"percent_complete": 1, "completion_date": done, "evidence": rng.choice(texts["evidence"])}
        elif meaning == "behind":
            values |= {"problems": rng.choice(texts["problems"]), "next_steps": rng.choice(texts["next_steps"])}
            slow = max(last_percent, round(percent * 0.7, 2))
            values |= {"percent_complete": slow, "completion_date": later}
        elif meaning == "adjustment_requested":
            values |= {"problems": rng.choice(texts["adjustment"]), "completion_date": later}
        elif meaning == "not_started":
            values = {"status": named("not_started"), "percent_complete": 0}
        else:
            values["next_steps"] = rng.choice(["", *texts["next_steps"]])
        return values

    def _drawn_status(self, row: ExpectedRow, rng: random.Random) -> StatusMeaning:
        share, facts = self._share, row.facts
        weights = (70, 10, 6 + 20 * (share > 0.9), 2, 6 * (share < 0.4) * (facts["last_status"] is None))
        meaning = rng.choices(_DRAWN, weights)[0]
        overdue = facts["deadline"] is not None and facts["deadline"] < self.period.last_day
        if overdue and meaning in ("in_progress", "not_started"):
            return rng.choice(_LATE)
        return meaning

    @property
    def _share(self) -> float:
        """How much of the year has passed."""
        return self.period.last_month / 12
