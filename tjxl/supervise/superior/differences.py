"""A form from above against the register that was begun from an earlier one."""

from __future__ import annotations

from typing import Any

from tjxl.errors import ProjectError
from tjxl.findings import Finding, finding
from tjxl.register import ROLE_TITLES, Given
from tjxl.sheets.state import MasterState
from tjxl.supervise.superior.received import Received


def refuse_foreign(received: Received, state: MasterState) -> None:
    """
    Raises:
        ProjectError: H106, the form is another unit's or another master's, or of another year.
    """
    identity, meta = received.identity, state.meta
    same = (identity.master_id, identity.unit_code) == (meta["superior_master_id"], meta["superior_unit_code"])
    if not same or str(received.period.year) != meta["year"]:
        raise ProjectError("H106", file=received.file, unit=identity.unit, own=meta["superior_unit"])


class Differences:
    """What has changed above since this level's register was begun, or since a form was last taken over.

    Attributes:
        lists: added and removed (codes), changed (task, field, old, new).
    """

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.lists: dict[str, list[Any]] = {"added": [], "removed": [], "changed": []}

    def changed(self, given: Given, field: str, title: str, old: str, new: str) -> None:
        """A task is not what it was."""
        said = finding("H132", task=given.code, serial_no=given.serial_no, title=title, old=old, new=new)
        self.findings.append(said)
        self.lists["changed"].append({"task": given.code, "field": field, "old": old, "new": new})


def differences_of(received: Received, state: MasterState) -> Differences:
    """What a form gives otherwise than 上级任务 has it; of what it does not ask for, only what it could have."""
    out, before = Differences(), state.given
    now = {given.code: given for given in received.given}
    titles = {f.name: f.title for f in received.specs["report"].fields}
    for code, given in now.items():
        if code not in before:
            out.lists["added"].append(code)
            out.findings.append(finding("H130", serial_no=given.serial_no, task=code))
            continue
        old = before[code]
        if old.role != given.role:
            out.changed(given, "role", titles["role"], ROLE_TITLES[old.role], ROLE_TITLES[given.role])
        if (old.deadline, old.deadline_text) != (given.deadline, given.deadline_text):
            out.changed(given, "deadline", titles["deadline"], old.deadline_text, given.deadline_text)
        if old.text != given.text:
            out.changed(given, "task", titles["task"], old.text, given.text)
    for code, old in before.items():
        if code not in now and received.asks_for(old.role):
            out.lists["removed"].append(code)
            out.findings.append(finding("H131", serial_no=old.serial_no, role=ROLE_TITLES[old.role], task=code))
    return out
