"""Whose name stands on a form and on its file. The identity is proven by `_tjxl`; names can only speak against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePosixPath

from tjxl.findings import Finding, finding
from tjxl.intake.context import Context
from tjxl.intake.identify import Identity
from tjxl.intake.readform import ReadForm
from tjxl.intake.values import squeeze

_LEAST_NAME = 3
"""Characters of a name that a file name may be searched for, and of a short form."""
_LONGEST_AREA = 4
"""Characters that a short form may leave out in front of a name, or a long one add: 市, 天津市."""


def check_shown_unit(form: ReadForm, identity: Identity, context: Context) -> list[Finding]:
    """填报单位 is locked; another unit's name there means that somebody used its form (failure modes 27 and 28).

    The unit's other names are as good, and so is the name that it had when the form was issued. A short form (人社局)
    is the unit's where no other unit may be meant by it.
    """
    shown = form.head.get("unit")
    code = identity.unit_code
    unit = context.unit_names[code]
    if not shown or squeeze(str(shown)) in map(squeeze, (unit, identity.unit)):
        return []
    place = {"sheet": form.report.title, "cell": form.head_cells["unit"], "field": "unit", "value": shown}
    meant = _meant(squeeze(str(shown)), context)
    if meant == [code]:
        return [finding("I232", normalised=unit, **place)]
    if len(meant) > 1 and code in meant:
        units = "、".join(context.unit_names[c] for c in meant)
        return [finding("I233", shown=shown, units=units, unit=unit, **place)]
    return [finding("I205", shown=shown, unit=unit, **place)]


def _meant(shown: str, context: Context) -> list[str]:
    """The units that a text may mean: by one of their names, else by what is left of one without its area."""
    names = [(code, name) for code in context.unit_names for name in _names(code, context)]
    exact = dict.fromkeys(code for code, name in names if name == shown)
    if exact or len(shown) < _LEAST_NAME:
        return list(exact)
    return list(dict.fromkeys(code for code, name in names if _ends_alike(shown, name)))


def _ends_alike(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return len(short) >= _LEAST_NAME and long.endswith(short) and len(long) - len(short) < _LONGEST_AREA


def _names(code: str, context: Context) -> Iterator[str]:
    yield squeeze(context.unit_names[code])
    yield from map(squeeze, context.unit_aliases.get(code, ()))


class FileNames:
    """What the names of the returned files say of the units that sent them."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self._codes: dict[str, str] = {}
        for code in dict.fromkeys(unit for unit, _ in context.expected):
            name = context.unit_names.get(code, "")
            if len(name) >= _LEAST_NAME:
                self._codes.setdefault(squeeze(name), code)
        self._order = {name: place for place, name in enumerate(self._codes)}
        self._lengths = sorted({len(name) for name in self._codes})

    def check(self, file: str, identity: Identity | None) -> list[Finding]:
        """A file called after another unit proves nothing, but is worth a look (failure modes 28 and 31)."""
        context = self.context
        if identity is None or identity.sender not in context.expected:
            return []
        stem = squeeze(PurePosixPath(file).stem)
        if squeeze(identity.unit) in stem or any(name in stem for name in _names(identity.unit_code, context)):
            return []
        parts = (stem[i : i + length] for length in self._lengths for i in range(len(stem) - length + 1))
        first = min((part for part in parts if part in self._order), key=self._order.__getitem__, default=None)
        if first is None:
            return []
        named = context.unit_names[self._codes[first]]
        return [finding("I235", named=named, unit=context.unit_names[identity.unit_code], value=named)]
