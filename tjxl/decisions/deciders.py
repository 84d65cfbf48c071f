"""What each kind of answer does to the draft. One function for each kind of key; `DECIDERS` says in which order.

The order is that of the kinds, not of the answers: names are settled before they are assigned. Each function gives
the units that the answer names and what is to be said of it, or raises `AnswerError` and has changed nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tjxl.decisions.answers import AnswerError, chosen, day_in, units_in
from tjxl.decisions.draft import Draft, TaskDraft
from tjxl.findings import Finding, finding
from tjxl.intake.values import as_choice
from tjxl.notice.promises.targets import ACCEPT, DECLINE, say_target, target_from
from tjxl.notice.questions import ALL_TASKS
from tjxl.notice.words import fold, notice_data, quote
from tjxl.register import Unit, serial_of, task_of, unit_number
from tjxl.sheets.layout import answer_words


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of 待裁决 with its answer.

    Attributes:
        key, data, choices: what the answer decides (`tjxl.register.Question`).
        answer: 处理意见 as typed, trimmed; empty where there is none.
        before: the answer that was carried out last, None where none was.
        units_before: codes of the units that it named.
        choice_before: the choice that it was, of a question with choices.
    """

    question_no: str
    key: str
    data: Mapping[str, Any]
    choices: tuple[str, ...]
    answer: str
    before: str | None = None
    units_before: tuple[str, ...] = ()
    choice_before: str | None = None

    @property
    def kind(self) -> str:
        """The part of the key that says what sort of decision this is."""
        return self.key.partition(":")[0]


@dataclass(slots=True)
class Done:
    """What an answer came to: the units that it names, sentences for people, the choice where one was to be made."""

    units: list[Unit] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    choice: str | None = None


Decider = Callable[[Draft, Asked], Done]


def same_unit(draft: Draft, asked: Asked) -> Done:
    """`same-unit:A:B`: one unit of two names, or two units. The older code stays; its unit takes the tasks over."""
    answers = notice_data("answers")
    name, other = str(asked.data["unit"]), str(asked.data["other"])
    if chosen(asked.answer, (answers["one_unit"], answers["two_units"])) == answers["two_units"]:
        undo = [finding("D621", unit=name, other=other)] if asked.before == answers["one_unit"] else []
        return Done(findings=undo or [finding("D607", unit=name, other=other)])
    unit, twin = draft.registry.find(name), draft.registry.find(other)
    if unit is None:
        raise AnswerError(finding("D617", value=name))
    full = other if fold(other).endswith(fold(name)) else None  # 市国土房管局 rather than 国土房管局
    if twin is None:
        draft.set_unit(replace(unit, name=other, aliases=(*(a for a in unit.aliases if a != other), unit.name)))
        return Done(findings=[finding("D630", old=name, unit=other, unit_code=unit.code)])
    if unit.code == twin.code:
        return Done()
    kept, gone = sorted((unit, twin), key=lambda u: unit_number(u.code))
    if gone.code in draft.issued:
        raise AnswerError(finding("D616", value=gone.name, unit=kept.name))
    draft.merge(gone, kept, full or kept.name)
    return Done(findings=[finding("D606", unit=full or kept.name, unit_code=kept.code, other=gone.name)])


def group_members(draft: Draft, asked: Asked) -> Done:
    """`group-members:各街道`: who belongs to a group, in every task that names it; the assignments follow."""
    group = draft.registry.find(str(asked.data["group"]))
    if group is None:
        raise AnswerError(finding("D617", value=asked.data["group"]))
    units = units_in(asked.answer, draft)
    codes = {unit.code for unit in units}
    present = {m.code: name for name in group.members if (m := draft.registry.find(name))}
    kept = [name for code, name in present.items() if code in codes or code not in asked.units_before]
    new = [unit.name for unit in units if unit.code not in present]
    draft.set_unit(replace(group, kind="group", members=(*kept, *new), open_group=False))
    said = finding("D609", group=group.name, units="、".join(unit.name for unit in units))
    return Done(units, [said])


def open_group(draft: Draft, asked: Asked) -> Done:
    """`open-group:T009:相关区人民政府`: which units a group stands for in one task."""
    task = _task(draft, asked)
    units = units_in(asked.answer, draft, asked.choices)
    printed = str(asked.data["group"])
    shown = f"{printed}（{'、'.join(unit.name for unit in units)}）"
    names = tuple(
        shown if fold(n) == fold(printed) or fold(n).startswith(f"{fold(printed)}(") else n for n in task.cooperating
    )
    draft.set_task(replace(task, cooperating=names))
    return _assigned(draft, asked, task, units)


def more_units(draft: Draft, asked: Asked) -> Done:
    """`more-units:T006`: who else belongs to a list that ends with 「等」."""
    task = _task(draft, asked)
    none = fold(asked.answer) == fold(notice_data("answers")["no_others"])
    units = [] if none else units_in(asked.answer, draft)
    gone = set(asked.units_before) - {unit.code for unit in units}
    names = [n for n in task.cooperating if (u := draft.registry.find(n)) is None or u.code not in gone]
    named = {u.code for n in (task.lead, *names) if (u := draft.registry.find(n))}
    new = (unit.name for unit in units if unit.code not in named)
    draft.set_task(replace(task, cooperating=(*names, *new)))
    done = _assigned(draft, asked, task, units)
    if none and not done.findings:
        done.findings.append(finding("D608", serial_no=task.serial_no))
    return done


def _assigned(draft: Draft, asked: Asked, task: TaskDraft, units: Sequence[Unit]) -> Done:
    """Units with a part in a task; those that an earlier answer gave one keep it, and that is said."""
    new = draft.cooperate(task.code, units)
    findings = []
    if new:
        findings.append(finding("D601", task=task.code, serial_no=task.serial_no, units=_joined(new)))
    codes = {unit.code for unit in units}
    left = [draft.units[c] for c in asked.units_before if c not in codes and (task.code, c) in draft.roles]
    if left:
        findings.append(finding("D620", task=task.code, serial_no=task.serial_no, units=_joined(left)))
    return Done(list(units), findings)


def lead(draft: Draft, asked: Asked) -> Done:
    """`lead:T012`: who leads a task."""
    task = _task(draft, asked)
    units = units_in(asked.answer, draft, asked.choices)
    if len(units) > 1:
        raise AnswerError(finding("D618", value=quote(asked.answer)))
    draft.lead(task.code, units[0])
    return Done(units, [finding("D603", task=task.code, serial_no=task.serial_no, unit=units[0].name)])


def deadline(draft: Draft, asked: Asked) -> Done:
    """`deadline:T087`, `deadline:*`: by which day a task, or every task, is due.

    The day is written behind the printed text, so that units see by which day they are measured.
    """
    every = asked.data["task"] == ALL_TASKS
    tasks = list(draft.tasks.values()) if every else [_task(draft, asked)]
    due = day_in(asked.answer, draft)
    printed = str(asked.data["printed"])
    day = f"{due.year}年{due.month}月{due.day}日前" if due else ""
    text = f"{printed}（{day}）" if printed and day else printed or day
    for task in tasks:
        draft.set_task(replace(task, due=due, deadline_text=text))
    which = "各项任务" if every else f"第 {tasks[0].serial_no} 项"
    return Done(findings=[finding("D604" if due else "D605", tasks=which, due=due)])


def milestone_due(draft: Draft, asked: Asked) -> Done:
    """`milestone-due:T087-M1`: by which day a milestone is due."""
    code = asked.key.partition(":")[2]
    if code not in draft.milestones:
        raise AnswerError(finding("D617", value=code))
    due = day_in(asked.answer, draft)
    draft.milestones[code] = due
    which = f"第 {serial_of(task_of(code))} 项的节点"
    return Done(findings=[finding("D604" if due else "D605", tasks=which, due=due)])


def target(draft: Draft, asked: Asked) -> Done:
    """`target:T120-K1`: whether a number of the notice is a target."""
    proposed = target_from(asked.data)
    said = say_target(proposed)
    if chosen(asked.answer, (ACCEPT, DECLINE)) == DECLINE:
        listed = proposed.code in draft.listed
        return Done(findings=[finding("D641" if listed else "D642", value=said)])
    if proposed.code not in draft.listed:
        draft.targets[proposed.code] = proposed
    return Done(findings=[finding("D640", value=said)])


def adjustment(draft: Draft, asked: Asked) -> Done:
    """`adjustment:2022-05:U031:T130:…`: whether a task's deadline moves to the day that its lead has asked for.

    Of several requests for one task the newest that is agreed to holds, whatever the order of the answers; where none
    is left the printed deadline does.
    """
    task, words, requests = _task(draft, asked), answer_words(), draft.requests[str(asked.data["task"])]
    agreed = chosen(asked.answer, (words["agree"], words["disagree"])) == words["agree"]
    choice = words["agree" if agreed else "disagree"]
    movable = bool(asked.data["date"] and asked.data["leads"])
    before = requests.present()
    requests.agreed = {n: d for n, d in requests.agreed.items() if n != asked.question_no}
    if agreed and movable:
        requests.agreed[asked.question_no] = dt.date.fromisoformat(asked.data["date"])
    if requests.present() != before:
        due = requests.present()
        text = requests.printed
        if due and requests.agreed:
            text = f"{text}（同意调整至{due.year}年{due.month}月{due.day}日前）"
        draft.set_task(replace(task, due=due, deadline_text=text))
    code = "D651" if not agreed else "D650" if movable else "D652"
    return Done(findings=[finding(code, serial_no=task.serial_no, due=requests.present())], choice=choice)


def of_return(draft: Draft, asked: Asked) -> Done:
    """`value:…`, `file:…`: what a cell of a return means, which of several returns counts. Intake carries it out."""
    choice = chosen(_as_offered(draft, asked), asked.choices)
    return Done(findings=[finding("D660", choice=choice)], choice=choice)


def _as_offered(draft: Draft, asked: Asked) -> str:
    """An answer in the words of a choice: 「1%」 for 「按1%计」, and a day however it was typed."""
    if any(fold(choice) == fold(asked.answer) for choice in asked.choices):
        return asked.answer
    for choice in asked.choices:
        if fold(choice) == fold(as_choice(asked.answer)):
            return choice
    try:
        day = day_in(asked.answer, draft)
    except AnswerError:
        return asked.answer
    return next((c for c, value in asked.data["values"].items() if day and value == day.isoformat()), asked.answer)


def _task(draft: Draft, asked: Asked) -> TaskDraft:
    code = str(asked.data["task"])
    task = draft.tasks.get(code)
    if task is None:
        raise AnswerError(finding("D617", value=code))
    return task


def _joined(units: Sequence[Unit]) -> str:
    return "、".join(unit.name for unit in units)


DECIDERS: Mapping[str, Decider] = {
    "same-unit": same_unit,
    "group-members": group_members,
    "open-group": open_group,
    "more-units": more_units,
    "lead": lead,
    "deadline": deadline,
    "milestone-due": milestone_due,
    "target": target,
    "adjustment": adjustment,
    "value": of_return,
    "file": of_return,
}
"""Kind of key → what an answer does, in the order in which answers are carried out. Other questions wait for people
or for another command."""

BEFORE_GROUPS = ("same-unit", "group-members")
"""Kinds that say who is who: carried out before the assignments of groups follow."""
