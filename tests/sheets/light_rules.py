"""The rules of the lights once more, in plain Python, from the practice notes: what the formulas are held against.

Nothing here reads `schemas/lights.toml` or a formula. Of the rules that hold the most severe light counts, and among
equals the earlier one.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from tjxl.register import Target, Task

SEVERITY = ["红", "黄", "蓝", "绿"]


def rounded(number: Fraction, places: int) -> Decimal:
    """Half away from zero, as spreadsheets do."""
    return (Decimal(number.numerator) / Decimal(number.denominator)).quantize(
        Decimal(1).scaleb(-places), ROUND_HALF_UP
    )


def shown(number: Fraction | Decimal | float) -> str:
    """A number without superfluous zeros."""
    text = f"{float(number):.6f}".rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def months(day: dt.date, year: int) -> Fraction:
    """Months from the beginning of the year to the end of a day."""
    length = calendar.monthrange(day.year, day.month)[1]
    return Fraction((day.year - year) * 12 + day.month - 1) + Fraction(day.day, length)


def elapsed(day: dt.date, due: dt.date, year: int = 2022) -> Fraction:
    """The share of the time up to *due* that has gone by."""
    span = months(due, year)
    return Fraction(1) if span <= 0 else max(Fraction(0), min(Fraction(1), months(day, year) / span))


@dataclass
class Known:
    """What is known of a task on a day."""

    task: Task
    status: str | None = None
    verified: str | None = None
    percent: float | None = None
    period: str | None = None
    milestones: Sequence[tuple[str, dt.date | None, bool]] = ()
    """(content, day, done)."""
    targets: Sequence[tuple[Target, float | None, dt.date | None]] = ()
    """(target, value, day of the data)."""


@dataclass
class Reckoning:
    """The day, the settings."""

    as_of: dt.date
    current: str
    schedule: str = "自动"
    yellow: float = 10
    red: float = 30
    near: int = 30
    lights: dict[str, str] = field(default_factory=dict)


FIRST_LIGHTS = {
    "逾期未完成": "红", "严重滞后": "红", "状态为滞后": "红", "指标未达标": "红",
    "节点逾期": "黄", "状态为申请调整": "黄", "慢于序时": "黄", "指标未达序时": "黄",
    "本期未报": "不亮灯", "临近时限": "蓝", "略低于序时": "绿",
    "已完成": "绿", "达到序时进度": "绿", "其他": "绿",
}  # fmt: skip


def expected(known: Known, at: Reckoning) -> Decimal | None:
    """应达进度, to a tenth of a point."""
    task = known.task
    if task.goal != "complete" or task.deadline is None:
        return None
    days = [day for _, day, _ in known.milestones if day]
    by_milestones = {"按节点": bool(days), "按时间": False, "自动": any(d < task.deadline for d in days)}[at.schedule]
    if by_milestones:
        ends = [*days, task.deadline] if max(days) < task.deadline else days
        return rounded(Fraction(sum(day <= at.as_of for day in ends), len(ends)), 3)
    return None if at.schedule == "按节点" else rounded(elapsed(at.as_of, task.deadline), 3)


def standing(target: Target, value: float | None, day: dt.date | None, as_of: dt.date) -> str:
    """序时情况 of a target without tolerance."""
    if value is None:
        return ""
    worse_is_more = target.direction == "lower"
    met = {
        ">=": value >= target.value,
        ">": value > target.value,
        "<=": value <= target.value,
        "<": value < target.value,
        "=": value == target.value,
        "range": value <= (target.upper or 0) if worse_is_more else value >= target.value,
        "~": False,
    }[target.comparator]
    if met:
        return "达序时"
    over = target.due is not None and (as_of > target.due or (day is not None and day >= target.due))
    if over or (target.measure == "flow" and worse_is_more):
        return "待核定" if target.comparator == "~" else "未达标"
    if target.measure == "flow" and target.due is not None:
        return "达序时" if value >= scheduled(target, day, as_of) else "未达序时"
    if target.measure == "growth" or worse_is_more:
        return "待核定" if target.comparator == "~" else "未达序时"
    return "未到期"


def scheduled(target: Target, day: dt.date | None, as_of: dt.date) -> float:
    """What a yearly flow should have come to."""
    assert target.due is not None
    return float(rounded(Fraction(str(target.value)) * elapsed(day or as_of, target.due), 6))


def light(known: Known, at: Reckoning) -> tuple[str, str]:
    """亮灯 and 亮灯依据."""
    lights = FIRST_LIGHTS | at.lights
    found = [(lights[name], words) for name, words in _holding(known, at, lights) if lights[name] in SEVERITY]
    status = known.verified or known.status
    if not found:
        return "", "按设置不亮灯" if status else "尚无报送"
    best, words = min(found, key=lambda one: SEVERITY.index(one[0]))
    stale = not known.verified and known.status and known.period and known.period != at.current
    return best, words + (f"（据{known.period}报送）" if stale else "")


def _holding(known: Known, at: Reckoning, lights: dict[str, str]) -> list[tuple[str, str]]:
    task, status = known.task, known.verified or known.status
    said = f"{'办公厅核定' if known.verified else '单位报'}“{status}”"
    working = status is not None and status != "已完成"
    days = (task.deadline - at.as_of).days if task.deadline else None
    aim = expected(known, at)
    percent: Decimal | None = None
    if status == "未启动":
        percent = Decimal(0)
    elif not known.verified and known.percent is not None:
        percent = Decimal(str(known.percent))
    gap = rounded(Fraction(aim - percent) * 100, 1) if working and aim is not None and percent is not None else None
    numbers = f"完成进度{shown((percent or 0) * 100)}%，应达{shown((aim or 0) * 100)}%，"
    low = f"{numbers}低{shown(gap or 0)}个百分点"
    late = [scope for scope, day, done in known.milestones if day and day < at.as_of and not done]
    states = [(t, v, d, standing(t, v, d, at.as_of)) for t, v, d in known.targets]
    rules = [
        ("逾期未完成", working and days is not None and days < 0, f"逾期{-(days or 0)}天未完成"),
        ("严重滞后", gap is not None and gap > 0 and gap > Decimal(str(at.red)),
         f"{low}（超过{shown(at.red)}个百分点亮{lights['严重滞后']}灯）"),
        ("状态为滞后", status == "滞后", said),
        ("指标未达标", working and any(s == "未达标" for *_, s in states), _target(states, "未达标", at)),
        ("节点逾期", working and bool(late), f"节点“{_cut(late[0])}”逾期" if late else ""),
        ("状态为申请调整", status == "申请调整", said),
        ("慢于序时", gap is not None and gap > 0 and gap >= Decimal(str(at.yellow)),
         f"{low}（达到{shown(at.yellow)}个百分点亮{lights['慢于序时']}灯）"),
        ("指标未达序时", working and any(s == "未达序时" for *_, s in states), _target(states, "未达序时", at)),
        ("本期未报", status != "已完成" and not known.verified
         and (status is None or bool(known.period and known.period != at.current)), "本期未报"),
        ("临近时限", working and task.goal == "complete" and days is not None and 0 <= days <= at.near,
         f"距完成时限{days}天"),
        ("略低于序时", gap is not None and gap > 0, f"{low}（不足{shown(at.yellow)}个百分点）"),
        ("已完成", status == "已完成", said),
        ("达到序时进度", gap is not None and gap <= 0, f"{numbers}达到序时进度"),
        ("其他", status is not None, said),
    ]  # fmt: skip
    return [(name, words) for name, holds, words in rules if holds]


def _target(states: Sequence[tuple[Target, float | None, dt.date | None, str]], wanted: str, at: Reckoning) -> str:
    """The first target in this state, in words."""
    for target, value, day, state in states:
        if state == wanted:
            sign = {">=": "≥", ">": "＞", "<=": "≤", "<": "＜", "=": "＝", "~": "≈"}.get(target.comparator, "")
            aim = f"{sign}{target.value:.12g}"
            if target.comparator == "range":
                aim = f"{target.value:.12g}–{target.upper:.12g}"
            unit, name = target.unit, _cut(target.subject)
            if wanted == "未达标":
                return f"指标“{name}”到期完成{shown(value or 0)}{unit}，目标{aim}{unit}"
            done = f"指标“{name}”完成{shown(value or 0)}{unit}"
            if target.measure == "flow":
                by_now = rounded(Fraction(str(scheduled(target, day, at.as_of))), 2)
                return f"{done}，序时应达{shown(by_now)}{unit}"
            return f"{done}，目标{aim}{unit}"
    return ""


def _cut(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"
