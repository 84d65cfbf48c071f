"""What the office types into the master: answers, extensions, 核定状态, 销号, 办结 of problems, grades.

Each is typed into an office column as a person types it, into the closed master, and noted in `Year.typed`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from tjxl.masters.closed import ClosedMaster
from tjxl.notice.words import notice_data
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.rehearsal.year import Turn, Year
from tjxl.sheets.layout import closing_states, conclusion_words, master_layout, problem_states, state_titles
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow, find_table, read_rows
from tjxl.sheets.state import MasterState, read_master, sender_of
from tjxl.stages import stage_title

Entry = tuple[str, TableRow, Mapping[str, Any]]
"""Table, its row, and what is typed there by column name."""

# How often the office does what (chosen for training: each kind occurs in every few periods of a real register).
_VERIFIED = 0.04  # tasks whose 核定状态 is filled in, of those with a report
_CLEARED = 0.15  # of those filled in earlier, whose 核定状态 is taken out again
_CLOSED = 0.5  # requests for closing that are taken up
_SENT_BACK = 0.2  # of these, sent back
_SOLVED = 0.7  # problems that the unit says no more of, closed with a reason
_SOLVED_OPEN = 0.08  # problems still reported, closed all the same
_COUNTED = 0.4  # disagreements of which the office says whether they count
_GRADED = 0.4  # tasks whose importance and difficulty are graded
_LED = 0.1  # units with a mark of the leaders


class _Desk:
    """The master, closed, under the office's hand.

    Attributes:
        state: what stands in it.
    """

    def __init__(self, play: Year) -> None:
        self._play, self._master = play, ClosedMaster(play.project)
        self.state = read_master(play.project, self._master.read())

    def type(self, entries: Sequence[Entry]) -> None:
        """Type these in, and note it."""
        if not entries:
            return
        editor, play = BookEditor(self.state.book), self._play
        for name, row, values in entries:
            layout = master_layout()[name]
            table = find_table(self.state.book, layout)
            key = [row[column.name] for column in layout.columns if column.owner == "key"]
            for column, value in values.items():
                editor.edit(table.sheet, row.number, table.columns[layout.column(column).title], Put(value))
            play.typed.append({"step": len(play.steps), "table": name, "key": key, "values": dict(values)})
        refresh(editor)  # as the spreadsheet program does
        self._master.write(editor)


@contextmanager
def _at_the_desk(play: Year) -> Iterator[_Desk]:
    with play.project.locked("simulate-year"):
        yield _Desk(play)


def answer_questions(play: Year, turn: Turn) -> str:
    """The office answers what waits in 待裁决."""
    with _at_the_desk(play) as desk:
        state = desk.state
        entries: list[Entry] = []
        for question in state.questions:
            row = state.decided.get(str(question["question_no"]))
            if question["decision"] or row is None or question["state"] != state_titles()["open_question"]:
                continue
            answer = _answer(play, str(row["key"]), tuple(json.loads(row["choices"] or "[]")))
            if answer:
                entries.append(("questions", question, {"decision": answer}))
                play.answers.append(
                    {"period": turn.period.code, "step": len(play.steps), "question_no": question["question_no"]}
                    | {"key": row["key"], "answer": answer}
                )
        desk.type(entries)
    return f"答复 {len(entries)} 条"


def _answer(play: Year, key: str, choices: Sequence[str]) -> str:
    """An answer that the question can have; nothing where only a person would know one."""
    rng, kind = play.rng("answer", key), key.partition(":")[0]
    if kind == "open-group":
        return "、".join(sorted(rng.sample(choices, min(3, len(choices)))))
    if kind == "more-units":
        return str(notice_data("answers")["no_others"])
    return rng.choice(choices) if choices else ""


def grant_extensions(play: Year, turn: Turn) -> str | None:
    """Some of the units that are going to be late have asked for another day."""
    granted = {c.unit: c.extended_to for c in play.conducts if c.extended_to is not None}
    if not granted:
        return None
    with _at_the_desk(play) as desk:
        state = desk.state
        entries: list[Entry] = [
            ("submissions", row, {"extended_to": granted[str(row["unit"])]})
            for row in state.submissions
            if row["period"] == turn.period.code and sender_of(row)[1] == turn.stage and row["unit"] in granted
        ]
        desk.type(entries)
    stage = stage_title(turn.stage)
    return f"{len(entries)} 个单位" + (f"（{stage}）" if stage else "")


def close_and_verify(play: Year, turn: Turn) -> str | None:
    """核定状态 of some tasks; requests for closing and problems that the office is done with."""
    with _at_the_desk(play) as desk:
        state = desk.state
        closings = list(_closings(play, turn, state))
        back = {str(row["task_code"]) for name, row, v in closings if v["closing_opinion"] == "退回继续办理"}
        verified = list(_verified(play, turn, state, back))
        problems = list(_problems(play, turn, state))
        counted = list(_counted(play, state))
        desk.type([*closings, *verified, *problems, *counted])
    said = {"核定": len(verified), "销号审核": len(closings), "问题办结": len(problems), "核查计分": len(counted)}
    return "，".join(f"{title} {number} 项" for title, number in said.items() if number) or None


def _closings(play: Year, turn: Turn, state: MasterState) -> Iterator[Entry]:
    day = turn.period.last_day
    for row in state.closings:
        rng = play.rng("closing", turn.period.code, row["task_code"])
        if row["state"] != closing_states()["to_verify"] or rng.random() >= _CLOSED:
            continue
        passed = rng.random() >= _SENT_BACK
        yield (
            "closings",
            row,
            {
                "verification_result": "通过" if passed else "不通过",
                "closing_opinion": "同意销号" if passed else "退回继续办理",
                "closing_date": day,
                "closing_basis": "现场核查，资料齐全。" if passed else "佐证材料不足，请补充后再申请。",
            },
        )


def _verified(play: Year, turn: Turn, state: MasterState, back: set[str]) -> Iterator[Entry]:
    """What was sent back is in progress; of others the office knows better now and then."""
    settings = play.project.settings()
    progress, behind = settings.status_named("in_progress"), settings.status_named("behind")
    for row in state.tasks:
        rng = play.rng("verified", turn.period.code, row["task_code"])
        if row["task_code"] in back:
            yield "tasks", row, {"verified_status": progress}
        elif row["verified_status"]:
            if rng.random() < _CLEARED:
                yield "tasks", row, {"verified_status": None}
        elif row["status"] and rng.random() < _VERIFIED:
            yield "tasks", row, {"verified_status": progress if row["status"] == behind else behind}


def _problems(play: Year, turn: Turn, state: MasterState) -> Iterator[Entry]:
    shares = {problem_states()["not_mentioned"]: _SOLVED, problem_states()["open"]: _SOLVED_OPEN}
    for row in state.problems:
        rng = play.rng("problem", turn.period.code, row["problem_no"])
        if rng.random() < shares.get(str(row["state"]), 0):
            yield "problems", row, {"solved_on": turn.period.last_day, "solved_reason": "经核实，要素保障已到位。"}


def _counted(play: Year, state: MasterState) -> Iterator[Entry]:
    for row in state.verification:
        rng = play.rng("counted", row["verification_no"])
        if row["conclusion"] == conclusion_words()["differs"] and not row["counted"] and rng.random() < _COUNTED:
            yield "verification", row, {"counted": rng.choice(("是", "否"))}


def grade(play: Year) -> None:
    """Importance and difficulty of some tasks, marks of the leaders for some units."""
    with _at_the_desk(play) as desk:
        state = desk.state
        desk.type([*_grades(play, state), *_marks(play, state)])


def _grades(play: Year, state: MasterState) -> Iterator[Entry]:
    for row in read_rows(state.book, master_layout()["score_tasks"]):
        rng = play.rng("grade", row["task_code"])
        if rng.random() < _GRADED:
            yield "score_tasks", row, {name: rng.choice("高中低") for name in ("importance", "difficulty")}


def _marks(play: Year, state: MasterState) -> Iterator[Entry]:
    for row in read_rows(state.book, master_layout()["scores"]):
        rng = play.rng("mark", row["unit_code"])
        if rng.random() < _LED:
            yield "scores", row, {"leader_score": rng.randint(70, 98)}
