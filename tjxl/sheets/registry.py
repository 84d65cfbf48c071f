"""The registry of units as the office keeps it in 责任单位: rows as plain values, looked up by any name."""

from __future__ import annotations

from collections.abc import Iterable

from tjxl.notice.names import looks_like_group, one_name, split_names, unit_kind
from tjxl.notice.words import fold
from tjxl.register import UNIT_KIND_TITLES, Unit, UnitKind
from tjxl.sheets.rows import TableRow

_KINDS: dict[str, UnitKind] = {title: kind for kind, title in UNIT_KIND_TITLES.items()}
OFFICE_COLUMNS = ("contact", "phone", "email", "remarks")
"""What the office notes of a unit; next year's master takes it over."""


class Registry:
    """Units by code and by any of their names; where two units share a name the first one counts."""

    def __init__(self, units: Iterable[Unit]) -> None:
        self.units = list(units)
        self.by_code = {unit.code: unit for unit in self.units}
        self._by_form: dict[str, Unit] = {}
        for form, unit in ((u.name, u) for u in sorted(self.units, key=lambda u: u.kind == "merged")):
            self._by_form.setdefault(fold(form), unit)
        for form, unit in ((alias, u) for u in self.units for alias in u.aliases):
            self._by_form.setdefault(fold(form), unit)

    def find(self, name: str) -> Unit | None:
        """The unit or group of this name or alias; a name that was merged into a unit gives that unit."""
        unit = self._by_form.get(fold(name))
        seen: set[str] = set()
        while unit is not None and unit.kind == "merged" and unit.code not in seen:
            seen.add(unit.code)
            unit = self._by_form.get(fold(unit.members[0])) if unit.members else None
        return unit


def unit_of(row: TableRow) -> Unit:
    """A row of 责任单位. A kind that is left out, or means nothing, is told by the name."""
    name = one_name(str(row["unit"] or ""))
    guessed: UnitKind = "group" if looks_like_group(name) else unit_kind(name)
    members = split_names(str(row["members"] or ""))
    kind = _KINDS.get(str(row["kind"] or ""), guessed)
    if kind == "merged" and not members:  # merged into nothing
        kind = guessed
    return Unit(
        code=str(row["unit_code"] or ""),
        name=name,
        kind=kind,
        aliases=split_names(str(row["aliases"] or "")),
        members=members,
        open_group=kind == "group" and not members,
        office={column: str(v) for column in OFFICE_COLUMNS if (v := row.values.get(column)) is not None},
    )
