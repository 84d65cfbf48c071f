"""Milestones and targets written as one line each, for tests to compare."""

from __future__ import annotations

import datetime as dt

from tjxl.notice.dates import Seasons
from tjxl.notice.deadlines import read_deadline
from tjxl.notice.promises.milestones import read_milestones
from tjxl.notice.promises.targets import TaskTargets, read_targets
from tjxl.register import Milestone, Target, Task

YEAR_END = dt.date(2022, 12, 31)


def task_of(text: str, deadline: str, seasons: Seasons, year: int = 2022) -> Task:
    """A task with these two texts, its deadline read the way a notice's is."""
    found = read_deadline(deadline, year, seasons)
    return Task("T001", 1, "", text, deadline, found.due, found.goal, (), "", ())


def targets_of(text: str, seasons: Seasons, deadline: str = "年底前完成") -> list[str]:
    """The targets of a text, the proposed ones marked with 「?」, by their codes."""
    found = read_targets(task_of(text, deadline, seasons), 2022, seasons)
    return lines(found)


def milestones_of(deadline: str, seasons: Seasons) -> list[str]:
    """The milestones of a deadline text."""
    return [say_milestone(m) for m in read_milestones(task_of("做好一件事。", deadline, seasons), 2022, seasons)]


def lines(found: TaskTargets) -> list[str]:
    """Targets and proposals in the order of their codes."""
    numbered = [(t.code, say_target(t)) for t in found.targets]
    numbered += [(t.code, f"? {say_target(t)}") for t in found.proposed]
    return [line for _, line in sorted(numbered, key=lambda pair: int(pair[0].rpartition("K")[2]))]


def say_target(target: Target) -> str:
    """「城镇新增就业 >= 35 万人 · flow · higher」; the day only where it is not the year's last."""
    value = f"{target.value:.12g}" + (f" to {target.upper:.12g}" if target.upper is not None else "")
    due = "" if target.due == YEAR_END else f" · {target.due}"
    meaning = f"{target.measure} · {target.direction}"
    return f"{target.subject} {target.comparator} {value} {target.unit} · {meaning}{due}"


def say_milestone(milestone: Milestone) -> str:
    """「津石高速天津东段 · opened · 2022-01-31」; 「?」 behind a day that the office is asked to confirm."""
    due = milestone.due.isoformat() if milestone.due else ""
    return f"{milestone.scope} · {milestone.kind} · {due}{'?' if milestone.needs_confirmation else ''}"
