"""The members that the office types into the groups of 责任单位, followed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tjxl.decisions.answers import AnswerError, unit_names
from tjxl.decisions.cells import cell_of
from tjxl.decisions.draft import Draft
from tjxl.decisions.registry import Registered
from tjxl.findings import Finding, finding
from tjxl.notice.words import number_ranges, quote, say_ranges
from tjxl.register import Unit
from tjxl.sheets.state import MasterState

_ASKED = ("D611", "D619")
"""What is said in an answer's own words: the name is short for several units, or for none."""


@dataclass(slots=True)
class _Members:
    """The members of a group as they are typed.

    Attributes:
        names: each in full; what is no unit as typed.
        units: by name in full, those that are units.
        new: those of them that nobody has met before.
    """

    names: list[str] = field(default_factory=list)
    units: dict[str, Unit] = field(default_factory=dict)
    new: list[Unit] = field(default_factory=list)


def follow_members(
    draft: Draft, state: MasterState, before: Mapping[str, Registered], places: Mapping[str, int]
) -> tuple[dict[str, tuple[str, ...]], list[Finding]]:
    """Who was added to a group takes part in the tasks that name it. Who left it keeps its part, and that is said:
    it may have reported, and what units reported is not thrown away by a change of a list.

    Returns:
        Code of a group whose members changed → those that take part, for 单位登记; and what is to be said.
    """
    carried_out: dict[str, tuple[str, ...]] = {}
    said: list[Finding] = []
    for group in [unit for unit in draft.units.values() if unit.kind == "group"]:
        known = before.get(group.code, Registered("")).members
        if group.members == known:
            continue
        members = _read_members(draft, group)
        draft.set_unit(replace(group, members=tuple(dict.fromkeys(members.names))))
        carried_out[group.code] = tuple(members.units)
        if members.new:
            said.append(_about_new(state, group, members.new, places))
        past = [unit for name in known if (unit := draft.registry.find(name))]
        said += _follow(draft, group, past, tuple(members.units.values()))
    return carried_out, said


def _follow(draft: Draft, group: Unit, past: Sequence[Unit], present: Sequence[Unit]) -> list[Finding]:
    """The assignments of who has come to a group, and what is to be said of them and of who has left it."""
    said: list[Finding] = []
    tasks = draft.tasks_naming(group)
    for unit in present:
        if all(unit.code != old.code for old in past):
            serials = [task.serial_no for task in tasks if draft.cooperate(task.code, [unit])]
            said += _about(unit, group, serials, "D632")
    for unit in past:
        if all(unit.code != new.code for new in present):
            left = [t.serial_no for t in tasks if (t.code, unit.code) in draft.roles and not draft.names(t, unit)]
            said += _about(unit, group, left, "D631")
    return said


def _read_members(draft: Draft, group: Unit) -> _Members:
    """The members of a group, new units registered; what is no unit is left out."""
    read = _Members()
    for name in group.members:
        full = _member(draft, group, name)
        if isinstance(full, Finding):
            read.names.append(name)
            continue
        unit = draft.registry.find(full)
        if unit is None:
            unit = draft.register(full)
            read.new.append(unit)
        read.names.append(full)
        read.units[full] = unit
    return read


def _member(draft: Draft, group: Unit, name: str) -> str | Finding:
    """The name in full of a member, understood as in an answer in 待裁决; else why it cannot be one."""
    unit = draft.registry.find(name)
    if unit is not None and unit.kind != "group":
        return name
    if unit is None:
        try:
            return unit_names(name, draft)[0]
        except AnswerError as error:
            if error.finding.code in _ASKED:
                return error.finding
    return finding("D635", group=group.name, value=quote(name))


def odd_members(draft: Draft, state: MasterState, places: Mapping[str, int]) -> list[Finding]:
    """What stands among the members of groups and is no unit, said until it is mended."""
    said = []
    for group in (unit for unit in draft.units.values() if unit.kind == "group" and unit.code in places):
        for name in group.members:
            wrong = _member(draft, group, name)
            if isinstance(wrong, Finding):
                place = cell_of(state, "units", places[group.code], "members")
                said.append(wrong.at(value=name, **place))
    return said


def _about_new(state: MasterState, group: Unit, new: Sequence[Unit], places: Mapping[str, int]) -> Finding:
    units = "、".join(f"{unit.name}（{unit.code}）" for unit in new)
    said = finding("D648", group=group.name, units=units)
    place = cell_of(state, "units", places[group.code], "members") if group.code in places else {}
    return said.at(value="、".join(group.members), **place)


def _about(unit: Unit, group: Unit, serials: list[int], code: str) -> list[Finding]:
    if not serials:
        return []
    return [finding(code, unit=unit.name, group=group.name, serials=say_ranges(number_ranges(serials)))]
