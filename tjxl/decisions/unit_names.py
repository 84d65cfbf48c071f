"""Which of the names typed in 责任单位 hold. Pure.

A name belongs to one unit. What takes a name from another, or may as well be a column that slipped or was sorted
alone, changes nothing: everything printed of a unit would follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from tjxl.findings import Finding, finding
from tjxl.notice.names import looks_odd
from tjxl.notice.words import fold, quote
from tjxl.register import Unit
from tjxl.sheets.registry import Registry


class TypedNames:
    """The names of all rows of 责任单位, judged together.

    Args:
        units: as typed, by code.
        names: code → the name of each unit when the last command ended.
        new: names of the rows that have no code yet.
    """

    def __init__(self, units: Mapping[str, Unit], names: Mapping[str, str], new: Iterable[str]) -> None:
        self._names = names
        self._settled = Registry(replace(u, name=names.get(u.code, u.name)) for u in units.values())
        self._typed: dict[str, list[str]] = {}
        for code, name in (*((u.code, u.name) for u in units.values()), *(("", name) for name in new)):
            self._typed.setdefault(fold(name), []).append(code)

    def against_renaming(self, unit: Unit) -> Finding | None:
        """Why a unit cannot have the name typed in its row; None where it can."""
        old = self._names[unit.code]
        if no_name(unit.name):
            return finding("D638", value=quote(unit.name), unit=old)
        owner = self._settled.find(unit.name)
        if owner is not None and owner.code != unit.code:
            about = {"owner": owner.name, "owner_code": owner.code, "unit": old, "unit_code": unit.code}
            return finding("D644", value=quote(unit.name), **about)
        if self._others(unit.name, unit.code) or self._others(old, unit.code):
            return finding("D645", value=quote(unit.name), unit=old, unit_code=unit.code)
        return None

    def against_registering(self, name: str) -> Finding | None:
        """Why the row of this name is no new unit; None where it is one."""
        if no_name(name):
            return finding("D639", value=quote(name))
        owner = self._settled.find(name)
        if owner is not None:
            return finding("D646", value=quote(name), owner=owner.name, owner_code=owner.code)
        return finding("D647", value=quote(name)) if len(self._typed[fold(name)]) > 1 else None

    def _others(self, name: str, own: str) -> list[str]:
        """The other rows that did not have a name before and have it now."""
        typed = self._typed.get(fold(name), ())
        return [code for code in typed if code != own and fold(self._names.get(code, "")) != fold(name)]


def no_name(name: str) -> bool:
    """Whether a text cannot be the name of a unit: a sentence, far too long, or without a Chinese character."""
    return looks_odd(name) or not any("\u4e00" <= character <= "\u9fff" for character in name)
