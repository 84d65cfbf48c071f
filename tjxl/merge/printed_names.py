"""牵头单位 and 配合单位 of 任务台账 against 责任分工: whom a task names, and whose it is. Pure.

责任分工 says by code who leads, and whose word the register shows: the lead's printed name follows from it. Of the
cooperating units it does not tell which printed name stands for whom: a name is noted only where a unit that has no
part in the task is named and one that has a part is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from typing import Any

from tjxl.merge.differences import UNLIKE_DUTIES, Notes
from tjxl.notice.names import plain_name, split_names
from tjxl.ooxml.editor import BookEditor
from tjxl.register import Unit
from tjxl.sheets.board_units import UnitLine, follow_units
from tjxl.sheets.registry import Registry
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState


def check_printed_names(state: MasterState, notes: Notes) -> None:
    """Note the printed names that disagree with 责任分工, and plan to mend those of leads."""
    names = PrintedNames(state)
    parts: dict[str, set[str]] = {}
    for row in state.assignments:
        parts.setdefault(str(row["task_code"]), set()).add(str(row["unit_code"]))
    for row in state.tasks:
        code = str(row["task_code"])
        notes.differ("tasks", row, {"lead_unit": names.lead_of(row)}, UNLIKE_DUTIES)
        named = [names.meant(name) for name in split_names(str(row["cooperating_units"] or ""))]
        if _misses(named, parts.get(code, set()), state.leads.get(code, "")):
            notes.unproven_cell("tasks", row, "cooperating_units", UNLIKE_DUTIES)


def _misses(named: Sequence[Unit | None], parts: Set[str], leader: str) -> bool:
    """Whether other cooperating units are named than have a part; for whom a group stands only 责任分工 tells."""
    if any(unit is None or unit.kind == "group" for unit in named):
        return False
    codes = {unit.code for unit in named if unit is not None}
    return bool(codes - parts) and bool(parts - codes - {leader})


def follow_printed_names(state: MasterState, editor: BookEditor, updates: Mapping[int, Mapping[str, Any]]) -> None:
    """看板附表 counts by the printed names of leads: it follows those that are restored.

    Args:
        updates: sheet row of 任务台账 → what is restored in it.
    """
    if not any("lead_unit" in values for values in updates.values()):
        return
    names = PrintedNames(state).present
    shown: dict[str, list[str]] = {}
    restored: dict[str, list[str]] = {}
    for row in state.tasks:
        leader = state.leads.get(str(row["task_code"]), "")
        if leader in names:
            lead = str(row["lead_unit"] or "")
            shown.setdefault(leader, []).append(lead)
            restored.setdefault(leader, []).append(updates.get(row.number, {}).get("lead_unit", lead))
    before, after = (
        {code: UnitLine(names[code], tuple(dict.fromkeys(forms))) for code, forms in led.items()}
        for led in (shown, restored)
    )
    follow_units(editor, before, after)


class PrintedNames:
    """Whose a printed name is. A name typed in 责任单位 holds from the next command on: until then both do.

    Attributes:
        present: unit code → its name as the last command left it.
    """

    def __init__(self, state: MasterState) -> None:
        registered = {code: str(row["unit"]) for code, row in state.registered.items()}
        self.present = {u.code: registered.get(u.code, u.name) for u in state.registry.units}
        self._leads, self._typed = state.leads, state.registry
        self._settled = Registry(replace(unit, name=self.present[unit.code]) for unit in self._typed.units)

    def meant(self, printed: str) -> Unit | None:
        """The unit or group that a printed name stands for, with or without its bracket."""
        forms = dict.fromkeys((printed, plain_name(printed)))
        return next((u for r in (self._settled, self._typed) for f in forms if (u := r.find(f))), None)

    def lead_of(self, row: TableRow) -> Any:
        """What 牵头单位 of a task is to say: what stands there, where it names the unit that leads."""
        leader, found = self._leads.get(str(row["task_code"]), ""), self.meant(str(row["lead_unit"] or ""))
        right = leader not in self.present or (found is not None and found.code == leader)
        return row["lead_unit"] if right else self.present[leader]
