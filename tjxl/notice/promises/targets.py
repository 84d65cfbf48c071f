"""The targets (指标) of a task, from its text and its deadline text. Pure.

A promise that both state is one target: the deadline's clause says by when (「其中新建高标准农田20万亩…，年底前
完成」). Else a target is due on the day that its own clause names, else with the task.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.notice.dates import Seasons
from tjxl.notice.promises.clauses import Promise
from tjxl.notice.promises.quantitative import read_promises
from tjxl.notice.promises.wording import words
from tjxl.notice.words import fold, quote
from tjxl.register import Comparator, Question, Target, Task, target_code

_LONGEST = 5000  # characters; the text of a task is a few sentences
ACCEPT, DECLINE = "列为指标", "不列为指标"

_SAID: dict[Comparator, str] = {
    ">=": "不低于{0}",
    ">": "超过{0}",
    "<=": "不超过{0}",
    "<": "低于{0}",
    "=": "{0}",
    "~": "{0}左右",
    "range": "{0}至{1}",
}


@dataclass(frozen=True, slots=True)
class TaskTargets:
    """What a task promises in numbers.

    Attributes:
        targets: asserted.
        proposed: for the office to accept or decline; their codes are taken from the same count.
        unstated: phrases that refer to a figure which the notice does not give (稳定增长).
    """

    targets: tuple[Target, ...]
    proposed: tuple[Target, ...]
    unstated: tuple[str, ...]


def read_targets(task: Task, year: int, seasons: Seasons) -> TaskTargets:
    """The targets of a task, in printed order; none of a text that is no task's (`ask_about_targets` says so)."""
    if _too_long(task):
        return TaskTargets((), (), ())
    promises = _distinct(
        read_promises(task.text, year, task.goal, seasons),
        read_promises(task.deadline_text, year, task.goal, seasons),
    )
    sure: list[Target] = []
    proposed: list[Target] = []
    for number, promise in enumerate(promises, 1):
        target = Target(
            code=target_code(task.code, number),
            task_code=task.code,
            subject=promise.subject,
            comparator=promise.comparator,
            value=promise.value,
            upper=promise.upper,
            unit=promise.unit,
            measure=promise.measure,
            direction=promise.direction,
            due=promise.due or task.deadline,
            text=promise.text,
        )
        (sure if promise.sure else proposed).append(target)
    folded = fold(task.text)
    unstated = tuple(phrase for phrase in words()["unstated"] if phrase in folded)
    return TaskTargets(tuple(sure), tuple(proposed), unstated)


def _too_long(task: Task) -> bool:
    return max(len(task.text), len(task.deadline_text)) > _LONGEST


def _distinct(text: Sequence[Promise], deadline: Sequence[Promise]) -> list[Promise]:
    """Every promise once; one stated in the deadline too takes its day from there, and is sure if either is."""
    by_key: dict[tuple[object, ...], Promise] = {}
    for promise in text:
        by_key.setdefault(_key(promise), promise)
    for promise in deadline:
        key = _key(promise)
        known = by_key.get(key)
        if known is None:
            by_key[key] = promise
        elif promise.due is not None:
            by_key[key] = replace(known, due=promise.due, sure=known.sure or promise.sure)
    return list(by_key.values())


def _key(promise: Promise) -> tuple[object, ...]:
    return (fold(promise.subject), promise.comparator, promise.value, promise.upper, promise.unit)


def ask_about_targets(task: Task, found: TaskTargets) -> tuple[list[Question], list[Finding]]:
    """A question for every proposed target, and a note on what has no figure.

    A question's key is `target:<code>`, its choices are `ACCEPT` and `DECLINE`, its data the whole target
    (`target_data`). Findings: N150 proposed, N151 no figure, N152 a text too long to be read.
    """
    if _too_long(task):
        return [], [finding("N152", field="text", task=task.code, serial_no=task.serial_no, limit=_LONGEST)]
    questions: list[Question] = []
    findings: list[Finding] = []
    for target in found.proposed:
        asked = finding(
            "N150",
            field="text",
            task=task.code,
            value=quote(target.text),
            serial_no=task.serial_no,
            target=say_target(target),
        )
        findings.append(asked)
        key = f"target:{target.code}"
        questions.append(Question(asked.message, (ACCEPT, DECLINE), task.code, key=key, data=target_data(target)))
    findings += [
        finding("N151", field="text", task=task.code, value=phrase, serial_no=task.serial_no)
        for phrase in found.unstated
    ]
    return questions, findings


def target_data(target: Target) -> dict[str, Any]:
    """The target as JSON-able values; the day in ISO form."""
    return {**asdict(target), "due": target.due.isoformat() if target.due else None}


def target_from(data: Mapping[str, Any]) -> Target:
    """The target of `target_data`."""
    return Target(**{**data, "due": dt.date.fromisoformat(data["due"]) if data["due"] else None})


def say_target(target: Target) -> str:
    """A target as a phrase: 城镇新增就业不低于35万人."""
    value = f"{_plain(target.value)}{target.unit if target.upper is None else ''}"
    upper = f"{_plain(target.upper)}{target.unit}" if target.upper is not None else ""
    return target.subject + _SAID[target.comparator].format(value, upper)


def _plain(value: float) -> str:
    return str(int(value)) if value.is_integer() else str(value)
