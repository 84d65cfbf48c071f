"""The office's edits of the rows of 责任单位, followed: names, rows added or lost.

What was last carried out stands in the hidden table 单位登记; what differs from it is an edit.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace

from tjxl.decisions.cells import cell_of
from tjxl.decisions.draft import Draft
from tjxl.decisions.unit_names import TypedNames
from tjxl.findings import Finding, finding
from tjxl.notice.names import one_name, unit_kind
from tjxl.notice.words import fold
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

    A name that belongs to another row changes nothing: the row has its former name again, a new one is left aside.

    Returns:
        Unit code → its sheet row of 责任单位, and what is to be said.
    """
    rows, new = _sorted_out(state, before)
    places = {code: row.number for code, row in rows.items()}
    said = [*_read_names(draft, state, rows, before), *_restored(draft, before)]
    known = {code: old.name for code, old in before.items() if code in draft.units}
    typed = TypedNames(dict(draft.units), known, [unit_of(row).name for row in new])
    for row in new:
        unit = unit_of(row)
        wrong = typed.against_registering(unit.name)
        if wrong is not None:
            said.append(wrong.at(value=row["unit"], **cell_of(state, "units", row.number, "unit")))
            continue
        unit = draft.adopt(unit)
        places[unit.code] = row.number
        said.append(finding("D602", unit=unit.name, unit_code=unit.code))
    for code, old in known.items():
        unit = draft.units[code]
        if unit.name == old:
            continue
        wrong = typed.against_renaming(unit)
        if wrong is None:
            draft.rename(unit, old)
            said.append(finding("D630", old=old, unit=unit.name, unit_code=code))
        else:
            draft.set_unit(replace(unit, name=old))
            said.append(wrong.at(value=rows[code]["unit"], **cell_of(state, "units", places[code], "unit")))
    return places, said + [f.at(**cell_of(state, "units", places[code], "unit")) for code, f in _named_twice(draft)]


def _sorted_out(state: MasterState, before: Mapping[str, Registered]) -> tuple[dict[str, TableRow], list[TableRow]]:
    """The row of each unit, by code, and the rows of units that have none yet.

    Of several rows with one code, a row having been copied to make another of it, the one with the unit's name is the
    unit's. A row whose code was emptied is known by its name.
    """
    rows: dict[str, TableRow] = {}
    for row in state.units:
        code = str(row["unit_code"] or "")
        if code and (
            code not in rows or _keeps_name(row, before.get(code)) > _keeps_name(rows[code], before.get(code))
        ):
            rows[code] = row
    lost = {fold(old.name): code for code, old in before.items() if code not in rows}
    new: list[TableRow] = []
    for row in state.units:
        name = _typed_name(row)
        if not name or row is rows.get(str(row["unit_code"])):
            continue
        if not row["unit_code"] and (code := lost.pop(fold(name), "")):
            rows[code] = row
        else:
            new.append(row)
    return rows, new


def _keeps_name(row: TableRow, old: Registered | None) -> bool:
    return old is not None and _typed_name(row) == one_name(old.name)


def _typed_name(row: TableRow) -> str:
    return one_name(str(row["unit"] or ""))


def _read_names(
    draft: Draft, state: MasterState, rows: Mapping[str, TableRow], before: Mapping[str, Registered]
) -> list[Finding]:
    """The units as their rows say; a name that was emptied, or only spaced out, is the former one."""
    said = []
    for code, row in rows.items():
        unit, old = replace(unit_of(row), code=code), before.get(code)
        if old is not None and not unit.name:
            place = cell_of(state, "units", row.number, "unit")
            said.append(finding("D633", unit=old.name, unit_code=code).at(**place))
            unit = replace(unit_of(TableRow(row.number, {**row.values, "unit": old.name})), code=code)
        if old is not None and _keeps_name(row, old):
            unit = replace(unit, name=old.name)
        if unit.name:
            draft.set_unit(unit)
    return said


def _restored(draft: Draft, before: Mapping[str, Registered]) -> list[Finding]:
    """Units whose row is gone while they have tasks."""
    said = []
    for code, old in before.items():
        if code not in draft.units and any(assigned == code for _, assigned in draft.roles):
            draft.set_unit(Unit(code, old.name, unit_kind(old.name), members=old.members))
            said.append(finding("D634", unit=old.name))
    return said


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
