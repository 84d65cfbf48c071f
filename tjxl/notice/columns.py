"""Which column of a table is what, by the text of its title and the aliases of `schemas/notice.toml`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from tjxl.notice.words import fold, notice_data

_LONGEST_TITLE = 40
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


@cache
def _known_titles() -> dict[str, tuple[str, int]]:
    """Folded title → its field and its rank among the field's aliases."""
    return {
        fold(alias): (field, rank)
        for field, aliases in notice_data("columns").items()
        for rank, alias in enumerate(aliases)
    }


def recognise(titles: Sequence[str]) -> Columns | None:
    """The columns, when these cells are the header of a task table; None when they are not.

    A header names its tasks and at least one column more. Where no title means the task itself, a 「主要任务」
    column holds it.
    """
    known = _known_titles()
    best: dict[str, tuple[int, int]] = {}
    for i, title in enumerate(titles):
        if len(title) <= _LONGEST_TITLE and (meant := known.get(_BRACKET.sub("", fold(title)))):
            field, rank = meant
            best[field] = min(best.get(field, (rank, i)), (rank, i))
    index = {field: i for field, (_, i) in best.items()}
    if "task" not in index and "theme" in index:
        index["task"] = index.pop("theme")
    if "task" not in index or len(index) < 2:
        return None
    used = set(index.values())
    return Columns(index, tuple(i for i in range(len(titles)) if i not in used))
