"""Which column of a table is what, by the text of its title.

The aliases of `schemas/notice.toml` name the usual titles; an office may name its own (`--map`, or `[columns]` in
tjxl.toml), and those come first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tjxl.errors import NoticeError
from tjxl.notice.words import fold, notice_data

_LONGEST_TITLE = 40
_BRACKET = re.compile(r"\([^()]{0,20}\)$")  # 「完成时限（月底前）」
_NEEDED = ("task", "units")


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each field stands. `unread` are the positions whose title is not known."""

    index: Mapping[str, int]
    unread: tuple[int, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """Titles of the columns without which no task can be read."""
        absent = [f for f in _NEEDED if f not in self.index]
        if "lead_unit" in self.index and "units" in absent:
            absent.remove("units")
        return tuple(column_title(f) for f in absent)


def column_title(field: str) -> str:
    """How messages call the column of a field: 责任单位."""
    return str(notice_data("columns")[field][0])


class Titles:
    """The titles that are known: those of `schemas/notice.toml`, and the office's own."""

    def __init__(self, own: Mapping[str, Sequence[str]] | None = None) -> None:
        """
        Args:
            own: a usual title (「重点工作」) → titles that this notice uses for it (「工作内容」).

        Raises:
            NoticeError: E111, the left side is no title that tjxl knows.
        """
        self._known = {
            fold(alias): (field, rank)
            for field, aliases in notice_data("columns").items()
            for rank, alias in enumerate(aliases)
        }
        usual = dict(self._known)
        for title, theirs in (own or {}).items():
            if fold(title) not in usual:
                known = "、".join(map(column_title, notice_data("columns")))
                raise NoticeError("E111", title=title, known=known)
            for rank, other in enumerate(theirs):
                self._known[fold(other)] = (usual[fold(title)][0], rank - len(theirs))

    def field_of(self, title: str) -> str | None:
        """The field that a title means, None where it is not known."""
        meant = self._meaning(title)
        return meant[0] if meant else None

    def spellings(self, field: str) -> tuple[str, ...]:
        """Every known title of a field, folded."""
        return tuple(title for title, (meant, _) in self._known.items() if meant == field)

    def _meaning(self, title: str) -> tuple[str, int] | None:
        if len(title) > _LONGEST_TITLE:
            return None
        folded = fold(title)
        return self._known.get(folded) or self._known.get(_BRACKET.sub("", folded))

    def columns_of(self, titles: Sequence[str]) -> Columns:
        """The columns of a header that is known to be one.

        Raises:
            ValueError: it is none: a fault of the program.
        """
        columns = self.recognise(titles)
        if columns is None:
            raise ValueError(f"no header of tasks: {titles}")
        return columns

    def recognise(self, titles: Sequence[str]) -> Columns | None:
        """The columns, when these cells are the header of a task table; None when they are not.

        A header names its tasks and at least one column more. Where no title means the task itself, a 「主要任务」
        column holds it.
        """
        best: dict[str, tuple[int, int]] = {}
        for i, title in enumerate(titles):
            if meant := self._meaning(title):
                field, rank = meant
                best[field] = min(best.get(field, (rank, i)), (rank, i))
        index = {field: i for field, (_, i) in best.items()}
        if "task" not in index and "theme" in index:
            index["task"] = index.pop("theme")
        if "task" not in index or len(index) < 2:
            return None
        used = set(index.values())
        return Columns(index, tuple(i for i in range(len(titles)) if i not in used))
