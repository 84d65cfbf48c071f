"""Which column of a table is what, by the text of its title and the aliases of `schemas/notice.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tjxl.notice.words import fold, notice_data

_LONGEST_TITLE = 20
_BRACKET = re.compile(r"\([^()]{0,20}\)$")  # 「完成时限（月底前）」


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands. `unread` are the positions whose title is not known."""

    index: Mapping[str, int]
    unread: tuple[int, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Titles of the columns without which no task can be read."""
        absent = [f for f in ("serial_no", "task") if f not in self.index]
        if "units" not in self.index and "lead_unit" not in self.index:
            absent.append("units")
        return tuple(column_title(f) for f in absent)


def column_title(field: str) -> str:
    """How messages call the column of a field: 责任单位."""
    return str(notice_data("columns")[field][0])


def recognise(titles: Sequence[str]) -> Columns | None:
    """The columns, when these cells are the header of a task table; None when they are not.

    A header names its tasks and at least one column more. Where no title means the task itself, a 「主要任务」
    column holds it.
    """
    folded = [_BRACKET.sub("", fold(t)) if len(t) <= _LONGEST_TITLE * 2 else "" for t in titles]
    index: dict[str, int] = {}
    for field, aliases in notice_data("columns").items():
        ranks = {fold(alias): rank for rank, alias in enumerate(aliases)}
        found = [(ranks[title], i) for i, title in enumerate(folded) if title in ranks]
        if found:
            index[field] = min(found)[1]
    if "task" not in index and "theme" in index:
        index["task"] = index.pop("theme")
    if "task" not in index or len(index) < 2:
        return None
    used = set(index.values())
    return Columns(index, tuple(i for i in range(len(titles)) if i not in used))
