"""Masters of notices written down in the test, and what the office types into them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.notice.conftest import HEAD, NOTE, row
from tjxl import flows
from tjxl.decisions.obey import Decision, obey
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.settings import load_settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.state import MasterState

SETTINGS = load_settings()


class Master:
    """A master in memory: what the office types into it, and what it then says."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    @property
    def state(self) -> MasterState:
        """The master as tjxl reads it."""
        return MasterState(self.content)

    def type(self, table: str, key: str, **values: Any) -> Master:
        """Type into the row of a table (`questions`, `units`) whose key is this, by column name."""
        editor = BookEditor(self.content)
        layout = master_layout()[table]
        place = editor.book.tables[layout.title]
        key_name = layout.columns[0].name
        (number,) = (r.number for r in getattr(self.state, table) if r[key_name] == key)
        for name, value in values.items():
            editor.edit(place.sheet, number, place.columns[layout.column(name).title], Put(value))
        return Master(editor.save())

    def answer(self, **answers: Any) -> Master:
        """Fill in 处理意见: number of the question → answer."""
        master = self
        for number, answer in answers.items():
            master = master.type("questions", number, decision=answer)
        return master

    def obeyed(self) -> tuple[Master, list[Decision]]:
        """The master after the next command, and what that command reports."""
        editor, decisions = obey(self.state, SETTINGS)
        return Master(editor.save() if editor is not None else self.content), decisions

    def carry_out(self) -> Master:
        """The master after the next command."""
        return self.obeyed()[0]

    def said(self) -> list[tuple[str | None, bool, list[str]]]:
        """What the next command would report: question, carried out or not, codes."""
        return [(d.question_no, d.obeyed, [f.code for f in d.findings]) for d in self.obeyed()[1]]

    def questions(self) -> dict[str, str]:
        """Number → 状态."""
        return {str(q["question_no"]): str(q["state"]) for q in self.state.questions}

    def duties(self, task: str = "T001") -> dict[str, str]:
        """责任分工 of a task: unit → role."""
        return {str(a["unit"]): str(a["role"]) for a in self.state.assignments if a["task_code"] == task}

    def task(self, code: str = "T001") -> tuple[Any, Any, Any]:
        """牵头单位, 配合单位, 完成时限 of a task."""
        (found,) = (t for t in self.state.tasks if t["task_code"] == code)
        return found["lead_unit"], found["cooperating_units"], found["deadline"]

    def units(self) -> dict[str, tuple[Any, ...]]:
        """责任单位: name → code, kind, aliases, members."""
        return {str(u["unit"]): (u["unit_code"], u["kind"], u["aliases"], u["members"]) for u in self.state.units}


Build = Callable[..., Master]


@pytest.fixture
def project_of(tmp_path: Path) -> Callable[..., Project]:
    """A project of a notice made of these rows, with the sample's head and note."""

    def project_of(*rows: str, head: str = HEAD, note: str = NOTE, **given: Any) -> Project:
        notice = tmp_path / "通知.txt"
        notice.write_text(head + "".join(rows) + note, encoding="utf-8")
        root = tmp_path / "2022年重点工作"
        flows.init(root, notice, 2022, **given)
        return Project(root)

    return project_of


@pytest.fixture
def build(project_of: Callable[..., Project]) -> Build:
    """The master of such a project."""

    def build(*rows: str, **given: Any) -> Master:
        return Master(project_of(*rows, **given).master.read_bytes())

    return build


def plain(master: Master) -> Mapping[str, Any]:
    """What decisions decide, apart from codes and the order of rows: for comparing masters."""
    state = master.state
    names = {str(u["unit_code"]): str(u["unit"]) for u in state.units}
    return {
        "duties": {(a["task_code"], names[str(a["unit_code"])], a["unit"], a["role"]) for a in state.assignments},
        "tasks": {
            (t["task_code"], t["lead_unit"], t["deadline"], frozenset(str(t["cooperating_units"] or "").split("、")))
            for t in state.tasks
        },
        "due": {code: due.deadline for code, due in state.due.items()},
        "units": {
            (u["unit"], u["kind"], frozenset(str(u["aliases"] or "").split("、")), u["members"]) for u in state.units
        },
        "questions": {(q["question_no"], q["decision"], q["state"]) for q in state.questions},
    }


__all__ = ["SETTINGS", "Build", "Master", "plain", "row"]
