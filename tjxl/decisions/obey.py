"""Carrying out what the office has decided since the last command: 待裁决, 责任单位 and 分解 → the new master."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tjxl.decisions.answers import AnswerError
from tjxl.decisions.apply import Answered, Outcome, apply_outcome
from tjxl.decisions.cells import bad_cells, cell_of
from tjxl.decisions.deciders import BEFORE_GROUPS, DECIDERS, Asked, Done
from tjxl.decisions.draft import Draft
from tjxl.decisions.members import follow_members, odd_members
from tjxl.decisions.registry import follow_rows, registered_before
from tjxl.decisions.splits import follow_splits
from tjxl.findings import Finding, finding
from tjxl.ooxml.editor import BookEditor
from tjxl.settings import Settings
from tjxl.sheets.layout import state_titles
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of the office and what came of it.

    Attributes:
        question_no: 编号 in 待裁决; None where the decision is an edit of 责任单位 or another cell of the office.
        obeyed: False where the answer could not be carried out, or a cell cannot be used; the findings say why.
    """

    question_no: str | None
    task: str | None
    answer: str | None
    obeyed: bool
    findings: tuple[Finding, ...]

    def to_json(self) -> dict[str, Any]:
        """The decision as commands report it."""
        return {
            "question": self.question_no,
            "task": self.task,
            "answer": self.answer,
            "obeyed": self.obeyed,
            "findings": [f.to_json() for f in self.findings],
        }


def obey(state: MasterState, settings: Settings) -> tuple[BookEditor | None, list[Decision]]:
    """The edits that carry out the office's decisions; None where there is nothing to carry out.

    An answer that cannot be understood leaves its question open and says why in 状态; the others are carried out
    all the same. An answer that was changed later is carried out anew; what the earlier one did and this one does
    not stays, and 状态 says what to undo by hand.
    """
    draft = Draft(state, settings)
    old = draft.copied()
    before = registered_before(state)
    places, said = follow_rows(draft, state, before)
    questions = {str(row["question_no"]): row for row in state.questions}
    waiting = _answered(state, questions)
    decided = _carried_out(draft, [a for a in waiting if a.kind in BEFORE_GROUPS])
    members, about_members = follow_members(draft, state, before, places)
    said += about_members
    decided += _carried_out(draft, [a for a in waiting if a.kind not in BEFORE_GROUPS])
    splits, about_splits = follow_splits(draft, state)
    said += [f for f in about_splits if f.severity == "note"]
    wrong = _unusable(draft, state, settings, places, about_splits)
    answered = [*decided, *_restated(state, questions)]
    outcome = Outcome(draft, old, places, members, {questions[a.question_no].number: a for a in answered}, splits)
    decisions = [Decision(None, None, None, True, (f,)) for f in said]
    for a in sorted(decided, key=lambda a: a.question_no):
        row = questions[a.question_no]
        place = cell_of(state, "questions", row.number, "decision")
        found = a.findings if a.obeyed else tuple(f.at(value=a.answer, **place) for f in a.findings)
        decisions.append(Decision(a.question_no, _text(row, "task_code"), a.answer, a.obeyed, found))
    return apply_outcome(state, outcome), [*decisions, *_to_mend(wrong)]


def unusable(state: MasterState, settings: Settings) -> list[Decision]:
    """What the office has typed and no command can use, as `obey` says it; nothing is carried out."""
    draft = Draft(state, settings)
    before = registered_before(state)
    places, _ = follow_rows(draft, state, before)
    follow_members(draft, state, before, places)
    _, about_splits = follow_splits(draft, state)
    return _to_mend(_unusable(draft, state, settings, places, about_splits))


def _unusable(
    draft: Draft, state: MasterState, settings: Settings, places: Mapping[str, int], about_splits: Sequence[Finding]
) -> list[Finding]:
    wrong = [f for f in about_splits if f.severity != "note"]
    return [*wrong, *odd_members(draft, state, places), *bad_cells(state, settings, draft.registry)]


def _to_mend(wrong: Sequence[Finding]) -> list[Decision]:
    return [Decision(None, f.task, None, False, (f,)) for f in wrong]


def _text(row: TableRow, name: str) -> str | None:
    value = row[name]
    return None if value is None else str(value).strip() or None


def _answered(state: MasterState, questions: Mapping[str, TableRow]) -> list[Asked]:
    """The questions whose answer has not been carried out yet, in the order in which they are to be."""
    order = list(DECIDERS)
    found = []
    for number, row in state.decided.items():
        question = questions.get(number)
        if question is None:
            continue
        done = json.loads(row["obeyed"]) if row["obeyed"] else {}
        asked = Asked(
            question_no=number,
            key=str(row["key"] or ""),
            data=json.loads(row["data"] or "{}"),
            choices=tuple(json.loads(row["choices"] or "[]")),
            answer=_text(question, "decision") or "",
            before=done.get("answer"),
            units_before=tuple(done.get("units", ())),
            choice_before=done.get("choice"),
        )
        if asked.kind in order and asked.answer != (asked.before or ""):
            found.append(asked)
    return sorted(found, key=lambda a: (order.index(a.kind), a.question_no))


def _carried_out(draft: Draft, questions: Sequence[Asked]) -> list[Answered]:
    out = []
    for asked in questions:
        if not asked.answer:
            kept = finding("D622", value=asked.before)
            out.append(Answered(asked.question_no, "", True, (kept,), asked.units_before, asked.choice_before))
            continue
        present = set(draft.units)
        try:
            done: Done = DECIDERS[asked.kind](draft, asked)
        except AnswerError as error:
            out.append(Answered(asked.question_no, asked.answer, False, (error.finding,)))
            continue
        new = [
            finding("D602", unit=unit.name, unit_code=code)
            for code, unit in draft.units.items()
            if code not in present and unit.name not in asked.choices  # those tjxl proposed itself
        ]
        units = tuple(unit.code for unit in done.units)
        out.append(Answered(asked.question_no, asked.answer, True, (*done.findings, *new), units, done.choice))
    return out


def _restated(state: MasterState, questions: Mapping[str, TableRow]) -> list[Answered]:
    """Questions whose answer is again the one carried out, or empty again, while 状态 still complains of another."""
    titles = state_titles()
    out = []
    for number, row in state.decided.items():
        question = questions.get(number)
        if question is None or str(row["key"] or "").partition(":")[0] not in DECIDERS:
            continue
        before = json.loads(row["obeyed"]).get("answer") if row["obeyed"] else None
        answer = _text(question, "decision") or ""
        complained = str(question["state"] or "").startswith(titles["open_question"] + "：")
        if complained and answer == (before or ""):
            out.append(Answered(number, answer, before is not None, (), None))
    return out
