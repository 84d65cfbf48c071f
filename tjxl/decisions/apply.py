"""What a draft changes in the master, as edits: generated and shared cells, new rows, 看板."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tjxl.decisions.draft import Draft
from tjxl.findings import Finding
from tjxl.ooxml.editor import BookEditor
from tjxl.register import ROLE_TITLES, UNIT_KIND_TITLES
from tjxl.resources import layout_toml
from tjxl.sheets.board_units import UnitLine, follow_units
from tjxl.sheets.layout import SheetLayout, hidden_layout, master_layout, state_titles
from tjxl.sheets.master_edit import append, append_fitted, set_row_values
from tjxl.sheets.promise_tables import target_row
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow
from tjxl.sheets.score_sheets import SCORED, Scored, follow_scored, is_filled
from tjxl.sheets.state import MasterState

_WORTH_SAYING = ("D602",)
"""Notes that 状态 repeats: a new unit may be a slip of the pen."""


@dataclass(frozen=True, slots=True)
class Answered:
    """A question after its answer was looked at.

    Attributes:
        obeyed: whether it has been carried out.
        units: codes of the units that it names; None where what was carried out stays as noted.
        choice: the choice that it is, of a question with choices.
    """

    question_no: str
    answer: str
    obeyed: bool
    findings: tuple[Finding, ...]
    units: tuple[str, ...] | None = ()
    choice: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """A draft to be written.

    Attributes:
        old: the draft before anything was decided.
        unit_rows: unit code → sheet row of 责任单位.
        members: code of a group whose members changed → those that are units.
        answered: sheet row of 待裁决 → answer.
        splits: sheet row of 分解 → what its generated and shared columns are to say.
    """

    draft: Draft
    old: Draft
    unit_rows: Mapping[str, int]
    members: Mapping[str, tuple[str, ...]]
    answered: Mapping[int, Answered]
    splits: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)


def apply_outcome(state: MasterState, outcome: Outcome) -> BookEditor | None:
    """The edits of the master, formulas' values and chart points refreshed; None where nothing differs."""
    editor = BookEditor(state.book)
    old, draft = outcome.old, outcome.draft
    _write_units(editor, state, outcome)
    _write_tasks(editor, state, old, draft)
    _write_assignments(editor, state, draft)
    _write_promises(editor, state, old, draft)
    _write_submissions(editor, state, draft)
    _note_since_issue(editor, old, draft)
    if (old.units, old.roles) != (draft.units, draft.roles) and is_filled(state.book):
        follow_scored(editor, _scored(state, draft))
    _write_answers(editor, state, outcome)
    for row in state.splits:
        _set(editor, master_layout()["splits"], row, outcome.splits.get(row.number, {}))
    if not editor.changed:
        return None
    follow_units(editor, _lines(old, state), _lines(draft))
    refresh(editor)
    return editor


def _set(editor: BookEditor, layout: SheetLayout, row: TableRow, new: Mapping[str, Any]) -> None:
    """Write what differs; an empty text and no value are the same."""
    changed = {name: value for name, value in new.items() if (row[name] or None) != (value or None)}
    set_row_values(editor, layout, row.number, changed)


def _joined(names: tuple[str, ...]) -> str | None:
    separator: str = layout_toml("master.toml")["words"]["separator"]
    return separator.join(names) or None


def _write_units(editor: BookEditor, state: MasterState, outcome: Outcome) -> None:
    """责任单位 and 单位登记. A cell that says the same in other words (other separators) stays as typed."""
    layout = master_layout()["units"]
    rows = {row.number: row for row in state.units}
    as_typed = {unit.code: unit for unit in state.registry.units}
    new_rows = []
    for code, unit in outcome.draft.units.items():
        values: dict[str, Any] = {"unit_code": code, "unit": unit.name, "kind": UNIT_KIND_TITLES[unit.kind]}
        lists = {"aliases": unit.aliases, "members": unit.members}
        row = rows.get(outcome.unit_rows.get(code, 0))
        if row is None:
            new_rows.append(values | {name: _joined(names) for name, names in lists.items()})
            continue
        typed: Any = as_typed.get(code)
        values |= {n: _joined(names) for n, names in lists.items() if typed is None or getattr(typed, n) != names}
        _set(editor, layout, row, values)
    append_fitted(editor, layout, new_rows)
    mirror, hidden = state.registered, hidden_layout()["registered"]
    added = []
    for code, unit in outcome.draft.units.items():
        carried_out = outcome.members.get(code, unit.members)
        members = json.dumps(carried_out, ensure_ascii=False) if carried_out else None
        if code in mirror:
            _set(editor, hidden, mirror[code], {"unit": unit.name, "members": members})
        else:
            added.append({"unit_code": code, "unit": unit.name, "members": members})
    append(editor, hidden, added)


def _write_tasks(editor: BookEditor, state: MasterState, old: Draft, draft: Draft) -> None:
    layout, hidden = master_layout()["tasks"], hidden_layout()["deadlines"]
    due_rows = {str(row["task_code"]): row for row in state.deadlines}
    for row in state.tasks:
        code = str(row["task_code"])
        before, task = old.tasks[code], draft.tasks[code]
        new: dict[str, Any] = {}
        if task.lead != before.lead:
            new["lead_unit"] = task.lead
        if task.cooperating != before.cooperating:
            new["cooperating_units"] = _joined(task.cooperating)
        if task.deadline_text != before.deadline_text:
            new["deadline"] = task.deadline_text
        if draft.texts[code] != old.texts[code]:
            new["task"] = draft.texts[code]
        set_row_values(editor, layout, row.number, new)
        if task.due != before.due and code in due_rows:
            set_row_values(editor, hidden, due_rows[code].number, {"deadline": task.due})
    append_fitted(editor, layout, [_new_task(draft, code) for code in draft.new_tasks])
    due = [{"task_code": c, "deadline": draft.tasks[c].due, "goal": new.goal} for c, new in draft.new_tasks.items()]
    append(editor, hidden, due)


def _new_task(draft: Draft, code: str) -> dict[str, Any]:
    """A row of 任务台账."""
    task, new = draft.tasks[code], draft.new_tasks[code]
    return {
        "task_code": code,
        "serial_no": task.serial_no,
        "theme": new.theme,
        "task": draft.texts[code],
        "deadline": task.deadline_text,
        "leaders": new.leaders or None,
        "lead_unit": task.lead,
        "cooperating_units": _joined(task.cooperating),
    }


def _write_promises(editor: BookEditor, state: MasterState, old: Draft, draft: Draft) -> None:
    """节点 and 指标: days that were decided, targets that were accepted; a target due with its task stays so."""
    layouts = master_layout()
    for row in state.milestones:
        _set(editor, layouts["milestones"], row, {"due": draft.milestones[str(row["milestone_code"])]})
    # a task that is new here was due on the day given from above
    before = {code: given.deadline for code, given in state.given.items()}
    before |= {code: task.due for code, task in old.tasks.items()}
    for row in state.targets:
        code = str(row["task_code"])
        if code in draft.tasks and row["due"] == before.get(code):
            _set(editor, layouts["targets"], row, {"due": draft.tasks[code].due})
    rows = [target_row(target, draft.tasks[target.task_code].serial_no) for target in draft.targets.values()]
    append_fitted(editor, layouts["targets"], rows)


def _write_assignments(editor: BookEditor, state: MasterState, draft: Draft) -> None:
    """责任分工. A row whose unit was merged into another is handed to it, or emptied where it has one already."""
    layout = master_layout()["assignments"]
    left = dict(draft.roles)
    orphans = []
    for row in state.assignments:
        pair = (str(row["task_code"]), str(row["unit_code"]))
        if pair in left:
            _set(editor, layout, row, {"unit": draft.units[pair[1]].name} if pair[1] in draft.units else {})
            _set(editor, layout, row, {"role": ROLE_TITLES[left.pop(pair)], "task": draft.texts[pair[0]]})
        elif pair not in draft.roles:
            orphans.append((pair, row))
    for (task, code), row in orphans:
        heir = draft.registry.find(draft.units[code].name)
        pair = (task, heir.code if heir else "")
        if heir is not None and pair in left:
            new = {"unit_code": heir.code, "unit": heir.name, "role": ROLE_TITLES[left.pop(pair)]}
            set_row_values(editor, layout, row.number, new)
        else:
            emptied = {c.name: None for c in layout.columns if c.owner != "office"}
            set_row_values(editor, layout, row.number, emptied)
    rows = [
        {
            "task_code": task,
            "serial_no": draft.tasks[task].serial_no,
            "task": draft.texts[task],
            "unit_code": code,
            "unit": draft.units[code].name,
            "role": ROLE_TITLES[role],
        }
        for (task, code), role in sorted(left.items())
    ]
    append_fitted(editor, layout, rows)


def _scored(state: MasterState, draft: Draft) -> Scored:
    """Whom 考核 is about after the decisions."""
    texts = {str(row["task_code"]): str(row["task"] or "") for row in state.tasks}
    units = {code: unit.name for code, unit in draft.units.items() if unit.kind in SCORED}
    return Scored(units, {code: (t.serial_no, texts[code]) for code, t in draft.tasks.items()}, draft.roles)


def _write_submissions(editor: BookEditor, state: MasterState, draft: Draft) -> None:
    """报送情况 shows units by the name that they have now."""
    for row in state.submissions:
        if unit := draft.units.get(str(row["unit_code"])):
            _set(editor, master_layout()["submissions"], row, {"unit": unit.name})


def _note_since_issue(editor: BookEditor, old: Draft, draft: Draft) -> None:
    """下发后变更: what stood in the forms that units have in hand, where it has changed."""
    rows = [
        {
            "task_code": task,
            "unit_code": code,
            "period": draft.issued[code],
            "before": _role_title(old, task, code),
        }
        for (task, code) in sorted({*old.roles, *draft.roles})
        if code in draft.issued and old.roles.get((task, code)) != draft.roles.get((task, code))
    ]
    newest = max(draft.issued.values(), default=None)
    if newest:
        rows += [
            {"task_code": code, "period": newest, "before": before.due.isoformat() if before.due else None}
            for code, before in old.tasks.items()
            if before != draft.tasks[code]
        ]
        rows += [
            {"task_code": code, "period": newest, "before": due.isoformat() if due else None}
            for code, due in old.milestones.items()
            if due != draft.milestones[code]
        ]
        rows += [{"task_code": code, "period": newest} for code in draft.targets]
    append(editor, hidden_layout()["since_issue"], rows)


def _role_title(draft: Draft, task: str, unit: str) -> str | None:
    role = draft.roles.get((task, unit))
    return ROLE_TITLES[role] if role else None


def _write_answers(editor: BookEditor, state: MasterState, outcome: Outcome) -> None:
    """状态 of the questions, and what was carried out of their answers."""
    titles = state_titles()
    questions = {row.number: row for row in state.questions}
    for number, answered in outcome.answered.items():
        title = titles["decided_question" if answered.obeyed else "open_question"]
        worth = [f.message for f in answered.findings if f.severity != "note" or f.code in _WORTH_SAYING]
        said = f"{title}：{''.join(worth)}" if worth else title
        _set(editor, master_layout()["questions"], questions[number], {"state": said})
        if answered.obeyed and answered.units is not None:
            carried_out = {"answer": answered.answer, "units": answered.units, "choice": answered.choice}
            done = json.dumps({k: v for k, v in carried_out.items() if v is not None}, ensure_ascii=False)
            row = state.decided[answered.question_no]
            _set(editor, hidden_layout()["decided"], row, {"obeyed": done})


def _lines(draft: Draft, shown: MasterState | None = None) -> dict[str, UnitLine]:
    """What 看板 shows, or is to show, of each unit that has tasks.

    Args:
        shown: the master whose 责任分工 still has the names that 看板 shows; the registry may have new ones.
    """
    names = {code: unit.name for code, unit in draft.units.items()}
    if shown is not None:
        names |= {str(row["unit_code"]): str(row["unit"]) for row in shown.assignments}
    printed: dict[str, dict[str, None]] = {}
    for (task, code), role in draft.roles.items():
        forms = printed.setdefault(code, {})
        if role == "lead" and task in draft.tasks:
            forms[draft.tasks[task].lead] = None
    order = [*draft.units, *(code for code in printed if code not in draft.units)]
    return {code: UnitLine(names[code], tuple(printed[code])) for code in order if code in printed and code in names}
