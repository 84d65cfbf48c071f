"""The columns of a file of findings, by header text (`schemas/verification.toml`): any order, any row, aliases."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tjxl.intake.values import squeeze
from tjxl.resources import schema_toml

SEARCH_ROWS = 60
"""How far down a header is looked for."""
_SAYING = (("task", "target"), ("value", "word"))
"""Of each of these a header must hold one."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file: its name in the code, its title, what else people call it, how the template shows it."""

    name: str
    title: str
    aliases: tuple[str, ...]
    guide: str
    example: str
    width: float


@cache
def columns() -> tuple[Column, ...]:
    """All columns in the template's order."""
    return tuple(
        Column(c["name"], c["title"], tuple(c["aliases"]), c["guide"], c["example"], c["width"])
        for c in schema_toml("verification.toml")["column"]
    )


@cache
def _by_title() -> dict[str, str]:
    return {squeeze(title).casefold(): c.name for c in columns() for title in (c.title, *c.aliases)}


@dataclass(frozen=True, slots=True)
class Header:
    """Where the titles stand: their row, column by name, names that stand twice with their titles, unknown titles."""

    row: int
    at: Mapping[str, int]
    doubled: Mapping[str, tuple[str, ...]]
    unknown: tuple[str, ...]


def header_of(rows: Mapping[int, Mapping[int, str]]) -> Header | None:
    """The header among the first rows of a sheet: the one with the most known titles; None where none will do.

    「单位」 beside a column such as 责任单位 is the unit of measurement; alone it is the responsible unit.

    Args:
        rows: the texts by row and column.
    """
    found = [h for number in sorted(rows)[:SEARCH_ROWS] if (h := _header(number, rows[number])) is not None]
    return max(found, key=lambda h: (len(h.at) + len(h.doubled), -h.row), default=None)


def _header(number: int, texts: Mapping[int, str]) -> Header | None:
    known: dict[str, list[int]] = {}
    unknown = []
    for column, text in texts.items():
        name = _by_title().get(squeeze(text).casefold())
        if name is None:
            unknown.append(text.strip())
        else:
            known.setdefault(name, []).append(column)
    units = known.get("unit", [])
    bare = [column for column in units if squeeze(texts[column]) == "单位"]
    if len(units) > len(bare) == 1 and "measured_in" not in known:
        known["measured_in"] = bare
        known["unit"] = [column for column in units if column not in bare]
    if not all(any(name in known for name in one_of) for one_of in _SAYING):
        return None
    doubled = {n: tuple(texts[c].strip() for c in places) for n, places in known.items() if len(places) > 1}
    at = {n: places[0] for n, places in known.items() if len(places) == 1}
    return Header(number, at, doubled, tuple(unknown))


def title_of(name: str) -> str:
    """The template's title of a column."""
    return next(c.title for c in columns() if c.name == name)
