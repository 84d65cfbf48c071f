"""The office's edits of 责任单位, followed: names, members of groups, rows added or lost.

What was last carried out stands in the hidden table 单位登记; what differs from it is an edit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tjxl.decisions.cells import cell_of
from tjxl.decisions.draft import Draft
from tjxl.findings import Finding, finding
from tjxl.notice.names import looks_like_group, looks_odd, unit_kind
from tjxl.notice.words import fold, number_ranges, quote, say_ranges
from tjxl.register import Unit
from tjxl.sheets.registry import unit_of
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState


@dataclass(frozen=True, slots=True)
class Registered:
    """A row of 单位登记: a unit as it stood when the last command ended."""

    name: str
    members: tuple[str, ...] = ()


def registered_before(state: MasterState) -> dict[str, Registered]:
    """单位登记, by unit code."""
    return {
        code: Registered(str(row["unit"]), tuple(json.loads(row["members"] or "[]")))
        for code, row in state.registered.items()
    }


def follow_rows(
    draft: Draft, state: MasterState, before: Mapping[str, Registered]
) -> tuple[dict[str, int], list[Finding]]:
    """Rows added without a code get one, names lost are restored, names changed hold from now on.

    Returns:
        Unit code → its sheet row of 责任单位, and what is to be said.
    """
    places: dict[str, int] = {}
    said: list[Finding] = []
    for row in state.units:
        code = str(row["unit_code"] or "")
        name_cell = cell_of(state, "units", row.number, "unit")
        if not code and _no_name(str(row["unit"])):
            said.append(finding("D639", value=quote(str(row["unit"]))).at(value=row["unit"], **name_cell))
            continue
        if not code:
            unit = draft.adopt(unit_of(row))
            said.append(finding("D602", unit=unit.name, unit_code=unit.code))
            code = unit.code
        elif row["unit"] is None and code in before:
            name = before[code].name
            draft.set_unit(unit_of(TableRow(row.number, {**row.values, "unit": name})))
            said.append(finding("D633", unit=name, unit_code=code).at(**name_cell))
        places.setdefault(code, row.number)
    for code, old in before.items():
        present = draft.units.get(code)
        if present is None and any(assigned == code for _, assigned in draft.roles):
            draft.set_unit(Unit(code, old.name, unit_kind(old.name), members=old.members))
            said.append(finding("D634", unit=old.name))
        elif present is not None and present.name != old.name and _no_name(present.name):
            draft.set_unit(replace(present, name=old.name))
            place = cell_of(state, "units", places[code], "unit")
            restored = finding("D638", value=quote(present.name), unit=old.name)
            said.append(restored.at(value=present.name, **place))
        elif present is not None and present.name != old.name:
            draft.rename(present, old.name)
            said.append(finding("D630", old=old.name, unit=present.name, unit_code=code))
    twice = [f.at(**cell_of(state, "units", places[code], "unit")) for code, f in _named_twice(draft)]
    return places, said + twice


def _no_name(name: str) -> bool:
    """Whether a text cannot be the name of a unit: a sentence, far too long, or without a Chinese character."""
    return looks_odd(name) or not any("\u4e00" <= character <= "\u9fff" for character in name)


def _named_twice(draft: Draft) -> list[tuple[str, Finding]]:
    """The second unit of each name."""
    codes: dict[str, list[Unit]] = {}
    for unit in draft.units.values():
        if unit.kind != "merged":
            codes.setdefault(fold(unit.name), []).append(unit)
    return [
        (units[1].code, finding("D636", unit=units[0].name, unit_codes="、".join(unit.code for unit in units)))
        for units in codes.values()
        if len(units) > 1
    ]


def follow_members(draft: Draft, before: Mapping[str, Registered]) -> list[Finding]:
    """Who was added to a group takes part in the tasks that name it. Who left it keeps its part, and that is said:
    it may have reported, and what units reported is not thrown away by a change of a list.
    """
    said: list[Finding] = []
    for group in [unit for unit in draft.units.values() if unit.kind == "group"]:
        known = before.get(group.code, Registered("")).members
        if group.members == known:
            continue
        present, new = _units_of(draft, group)
        said += new
        past = [unit for name in known if (unit := draft.registry.find(name))]
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


def _units_of(draft: Draft, group: Unit) -> tuple[list[Unit], list[Finding]]:
    """The members of a group as units, new ones registered; what is no unit is left out."""
    units, said = [], []
    for name in group.members:
        unit = draft.registry.find(name)
        if _no_member(name, unit):
            continue
        if unit is None:
            unit = draft.register(name)
            said.append(finding("D602", unit=unit.name, unit_code=unit.code))
        units.append(unit)
    return units, said


def _no_member(name: str, unit: Unit | None) -> bool:
    """Whether what stands among a group's members cannot be one."""
    return unit.kind == "group" if unit else _no_name(name) or looks_like_group(name)


def odd_members(draft: Draft, state: MasterState, places: Mapping[str, int]) -> list[Finding]:
    """What stands among the members of groups and is no unit, said until it is mended."""
    said = []
    for group in (unit for unit in draft.units.values() if unit.kind == "group" and unit.code in places):
        for name in group.members:
            if _no_member(name, draft.registry.find(name)):
                place = cell_of(state, "units", places[group.code], "members")
                said.append(finding("D635", group=group.name, value=quote(name)).at(value=name, **place))
    return said


def _about(unit: Unit, group: Unit, serials: list[int], code: str) -> list[Finding]:
    if not serials:
        return []
    return [finding(code, unit=unit.name, group=group.name, serials=say_ranges(number_ranges(serials)))]
