"""What a collection leaves behind in the master: states in 报送情况, questions in 待裁决."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from tjxl.findings import Verdict, finding
from tjxl.intake.context import Context
from tjxl.intake.questions import FILE, VALUE, asked_by
from tjxl.intake.returns import Return
from tjxl.intake.timeliness import followed_dates
from tjxl.ooxml.editor import BookEditor
from tjxl.register import Question
from tjxl.sheets.layout import master_layout, state_titles
from tjxl.sheets.master_edit import add_questions, set_row_values
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, sender_of
from tjxl.stages import SINGLE, Sender

_COUNTING = ("accepted", "accepted_with_notes", "needs_decision")


def note_verdicts(state: MasterState, context: Context, returns: Sequence[Return]) -> BookEditor | None:
    """The edits that bring 报送情况 and 待裁决 up to the verdicts; None where nothing changes.

    Collecting the same files again changes nothing: a return counts once, by its digest.
    """
    editor = BookEditor(state.book)
    layouts = master_layout()
    noted = followed(state, context, returns, ("returned", "needs_decision"))
    for table, rows in noted.updates.items():
        for number, values in rows.items():
            set_row_values(editor, layouts[table], number, values)
    add_questions(editor, state, noted.questions)
    if not editor.changed:
        return None
    refresh(editor)
    return editor


@dataclass(slots=True)
class Noted:
    """What returns change in the master although nothing of them is merged.

    Attributes:
        updates: table (submissions, questions) → sheet row → column name → new value.
        questions: to add to 待裁决, unless they are there.
    """

    updates: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)


def followed(state: MasterState, context: Context, returns: Sequence[Return], verdicts: Sequence[Verdict]) -> Noted:
    """报送情况 of the units with one of these verdicts, and the questions: new ones, and those that are settled.

    Due dates, and who is late, follow in every row what the office has granted or set since.
    """
    period = context.period
    noted = Noted(questions=asked_by(returns))
    by_sender = {r.identity.sender: r for r in returns if r.identity and r.verdict in verdicts}
    accepted = {r.identity.sender for r in returns if r.identity and r.verdict in ("accepted", "accepted_with_notes")}
    older: dict[Sender, list[dt.date]] = {}
    for r in returns:
        if r.settled and r.identity is not None and r.first_on is not None:
            older.setdefault(r.identity.sender, []).append(r.first_on)
    for row in state.submissions:
        sender, new = sender_of(row), {}
        if row["period"] == period.code:
            new = followed_dates(row, context.settings, older.get(sender, ()))
            if sender in by_sender and sender not in accepted:
                new |= _submission(row, by_sender[sender])
        else:
            new = followed_dates(row, context.settings)
        if new:
            noted.updates.setdefault("submissions", {})[row.number] = new
    states = _question_states(state, period.code, returns, {q.key for q in noted.questions})
    if states:
        noted.updates["questions"] = states
    return noted


def _submission(row: TableRow, r: Return) -> dict[str, Any]:
    """What a return that is not merged, or not whole, changes in its unit's row of 报送情况."""
    titles = state_titles()
    returned, known = r.verdict == "returned", row["sha256"] == r.source.sha256
    if row["merged_at"] is not None:
        # a file of which some rows are merged is noted again only where the office has sent it back
        sent_back = returned and known and row["state"] == titles["awaiting_decision"]
        return (
            {"state": titles["returned"], "returned_times": int(row["returned_times"] or 0) + 1} if sent_back else {}
        )
    state = titles["returned" if returned else "awaiting_decision"]
    if known and row["state"] == state:
        return {}
    return {
        "state": state,
        "returned_times": int(row["returned_times"] or 0) + returned,
        "file": r.source.file,
        "sha256": r.source.sha256,
        "file_time": r.source.time.replace(microsecond=0),
    }


def _question_states(
    state: MasterState, period: str, returns: Sequence[Return], asked: Collection[str]
) -> dict[int, dict[str, Any]]:
    """状态 of unanswered questions: closed where the unit's return does not raise them any more, else open."""
    titles = state_titles()
    no_longer_asked = finding("M502").message
    closed = f"{titles['decided_question']}：{no_longer_asked}"
    counting = {r.identity.sender for r in returns if r.identity and r.verdict in _COUNTING}
    out: dict[int, dict[str, Any]] = {}
    for question in state.questions:
        row = state.decided.get(str(question["question_no"]))
        kind, _, about = str(row["key"] or "").partition(":") if row is not None else ("", "", "")
        if row is None or kind not in (VALUE, FILE) or row["obeyed"]:
            continue
        said, of_period, unit = str(question["state"] or ""), *about.split(":")[:2]
        stage = json.loads(row["data"] or "{}").get("stage", SINGLE)
        done = said.startswith(titles["decided_question"])
        if row["key"] in asked and done:
            out[question.number] = {"state": titles["open_question"]}
        elif row["key"] not in asked and not done and of_period == period and (unit, stage) in counting:
            out[question.number] = {"state": closed}
    return out
