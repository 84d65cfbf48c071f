"""The appraisal computed a second time, in plain Python from the written rules: the master's formulas must agree.

Nothing here is taken from tjxl but the rows of the master's tables as values; the numbers are the sourced defaults,
written down once more.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import defaultdict
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from tjxl.sheets.state import MasterState

DEFAULTS: dict[str, Any] = {
    "mode": "平均", "full_score": 100, "base_score": 80, "task_points": 2, "highest": 100, "lowest": 0,
    "lead_share": 1, "cooperating_share": 0.5, "default_grade": "中", "load_full": 1, "load_middle": 0.95,
    "load_light": 0.9, "load_full_from": 1, "load_middle_from": 0.5, "late": 1, "missing": 10, "returned": 2,
    "reporting_most": 30, "differs": 2, "differs_unmarked": "是", "early_months": 1, "early": 0.5,
    "over_share": 0.1, "over": 1, "cooperating_bonus": 0, "bonus_most": 5, "leader_share": 0.2,
}  # fmt: skip
GRADES = {"高": {"高": 1.08, "中": 1.08, "低": 1}, "中": {"高": 1.08, "中": 1, "低": 0.89},
          "低": {"高": 1, "中": 0.89, "低": 0.89}}  # fmt: skip
RESULTS = {
    "按时完成": 1, "逾期完成": 0.8, "完成但指标未达标": 0.8, "正常推进": 0.9, "申请调整": 0.7, "滞后": 0.5,
    "未启动": 0, "到期未完成": 0.3, "尚无报送": 0,
}  # fmt: skip


def rounded(value: float, places: int) -> float:
    """Half away from zero, as spreadsheets do."""
    return float(Decimal(repr(round(value, 10))).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))


def months_before(day: dt.date, months: int) -> dt.date:
    """The same day so many months earlier, or that month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


class Appraisal:
    """All scores of a master by unit code, task by task."""

    def __init__(self, state: MasterState, as_of: dt.date | None, typed: Mapping[str, Any], **changed: Any) -> None:
        """`typed`: what the office typed, by (table, key): grades of tasks, 核定结果, 领导评价, 调整分."""
        self.state, self.as_of, self.typed = state, as_of, typed
        self.p = DEFAULTS | changed
        self.tasks = {str(row["task_code"]): self._task(row) for row in state.tasks}
        self.items = [self._item(row) for row in state.assignments]
        self.units = self._units()

    def _task(self, row: Any) -> dict[str, Any]:
        code = str(row["task_code"])
        due = self.state.due[code]
        status = row["verified_status"] or row["status"]
        done = row["completion_date"] if row["status"] == "已完成" and status == "已完成" else None
        outcomes = [o for t in self.state.targets if t["task_code"] == code if (o := self._outcome(t))]
        situation = self._situation(status, due.deadline, due.goal, done, outcomes)
        bonus = 0.0
        if situation == "按时完成":
            if done and due.deadline and done <= months_before(due.deadline, int(self.p["early_months"])):
                bonus = self.p["early"]
            if "over" in outcomes:
                bonus = max(bonus, self.p["over"])
        grades = self.typed.get(("score_tasks", code), {})
        importance, difficulty = (grades.get(n) or self.p["default_grade"] for n in ("importance", "difficulty"))
        return {"situation": situation, "bonus": bonus, "weight": GRADES[importance][difficulty]}

    def _situation(
        self, status: Any, deadline: dt.date | None, goal: str, done: dt.date | None, outcomes: list[str]
    ) -> str:
        if self.as_of is None:
            return "/"
        if not status:
            return "尚无报送"
        if status == "已完成":
            if "missed" in outcomes:
                return "完成但指标未达标"
            return "逾期完成" if done and deadline and done > deadline else "按时完成"
        if deadline and (deadline < self.as_of or (deadline == self.as_of and goal == "complete")):
            return "到期未完成"
        return str(status)

    def _outcome(self, target: Any) -> str | None:
        """missed, met or over; None for what has no data or is for the office to judge."""
        value, aim, upper = target["current_value"], target["target_value"], target["upper"]
        if not isinstance(value, int | float) or target["comparator"] == "≈":
            return None
        more, less = 1 + self.p["over_share"], 1 - self.p["over_share"]
        sign, lower = target["comparator"], "越低越好" in str(target["measure"])
        met = {"≥": value >= aim, "＞": value > aim, "≤": value <= aim, "＜": value < aim, "＝": value == aim}
        far = aim if sign != "区间" or lower else upper
        good = met[sign] if sign != "区间" else (value <= upper if lower else value >= aim)
        if not good:
            return "missed"
        down = sign in ("≤", "＜") or (sign == "区间" and lower)
        beyond = round(far * less, 9) >= value if down else value >= round(far * more, 9)
        return "over" if beyond and aim > 0 and sign != "＝" else "met"

    def _item(self, row: Any) -> dict[str, Any]:
        task, unit = str(row["task_code"]), str(row["unit_code"])
        share = self.p["lead_share"] if row["role"] == "牵头" else self.p["cooperating_share"]
        verified = self.typed.get(("score_items", task, unit), {}).get("verified_result")
        situation = self.tasks[task]["situation"]
        result = verified if verified is not None else RESULTS.get(situation)
        standard = 0.0 if result is None else self.tasks[task]["weight"] * share
        bonus = 0.0 if verified is not None else self.tasks[task]["bonus"]
        bonus *= 1 if row["role"] == "牵头" else self.p["cooperating_bonus"]
        earned = None if result is None else standard * result
        return {"task": task, "unit": unit, "role": row["role"], "standard": standard, "result": result,
                "earned": earned, "bonus": bonus, "situation": situation}  # fmt: skip

    def _units(self) -> dict[str, dict[str, Any]]:
        own: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in self.items:
            own[item["unit"]].append(item)
        units = {u.code: u for u in self.state.registry.units if u.kind in ("department", "district", "other")}
        loads = {code: sum(i["standard"] for i in own[code]) for code in units}
        carried = [load for load in loads.values() if load > 0]
        mean = sum(carried) / len(carried) if carried else 0.0
        out = {code: self._unit(code, own[code], loads[code], mean) for code in units}
        for code, unit in out.items():
            kind = [v["total"] for c, v in out.items() if units[c].kind == units[code].kind]
            for name, totals in (("rank", [v["total"] for v in out.values()]), ("rank_in_kind", kind)):
                numbers = [t for t in totals if not isinstance(t, str)]
                total = unit["total"]
                unit[name] = total if isinstance(total, str) else 1 + sum(t > total for t in numbers)
        return out

    def _unit(self, code: str, items: list[dict[str, Any]], load: float, mean: float) -> dict[str, Any]:
        p = self.p
        late, missing, returned = self._reports(code)
        reporting = min(p["reporting_most"], late * p["late"] + missing * p["missing"] + returned * p["returned"])
        differing = sum(
            row["conclusion"] == "不一致" and (row["counted"] or p["differs_unmarked"]) == "是"
            for row in self.state.verification
            if row["unit_code"] == code
        )
        bonus = min(p["bonus_most"], sum(i["bonus"] for i in items))
        out: dict[str, Any] = {"reporting_penalty": reporting, "verification_penalty": differing * p["differs"]}
        if not items:
            return out | {"total": "不参评"}
        if not load:
            return out | {"total": "/"}
        earned = sum(i["earned"] or 0 for i in items)
        completion = rounded(earned / load, 6)
        factor = p["load_light"]
        for name in ("load_middle", "load_full"):
            factor = p[name] if load - p[f"{name}_from"] * mean > -1e-7 else factor
        if p["mode"] == "累加":
            score = rounded(p["base_score"] + p["task_points"] * earned, 4)
        else:
            score = rounded(p["full_score"] * factor * completion, 4)
        computed = score - reporting - differing * p["differs"] + bonus
        office = self.typed.get(("scores", code), {})
        if (leader := office.get("leader_score")) is not None:
            computed = computed * (1 - p["leader_share"]) + leader * p["leader_share"]
        total = min(p["highest"], max(p["lowest"], computed + office.get("adjustment", 0)))
        return out | {"completion": completion, "load_factor": factor, "task_score": score, "bonus": bonus,
                      "standard": load, "earned": earned, "total": rounded(total, 2)}  # fmt: skip

    def _reports(self, code: str) -> tuple[int, int, float]:
        rows = [row for row in self.state.submissions if row["unit_code"] == code]
        states = [row["state"] for row in rows]
        missing = states.count("未报") + states.count("退回")
        return states.count("迟报"), missing, sum(row["returned_times"] or 0 for row in rows)
