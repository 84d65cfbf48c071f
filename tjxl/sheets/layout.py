"""The layout of the master's tables, from `workbook/master.toml`: which columns, in which order, whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from tjxl.resources import layout_toml

Owner = Literal["key", "generated", "office", "shared"]
"""Who may write a column. A shared one is filled in by tjxl, and what the office makes of it holds."""

Kind = Literal[
    "text",
    "long",
    "entry",
    "line",
    "digest",
    "int",
    "number",
    "points",
    "score",
    "percent",
    "rate",
    "date",
    "datetime",
]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` in the code, `title` in the workbook, `owner` who may write it, `width` in characters.

    `entry` names the field of `schemas/office.toml` that says what people fill in. Masters of earlier versions have
    no column that is `later`: it reads as empty there, and nothing is written to it.
    `entry` names the field of `schemas/office.toml` that says what people fill in; `group` is the heading that it
    shares with the columns beside it.
    """

    name: str
    title: str
    kind: Kind
    owner: Owner
    width: float
    entry: str | None = None
    later: bool = False
    group: str | None = None


@dataclass(frozen=True)
class SheetLayout:
    """A sheet that holds one Excel table of the same name; `header_row` is where it stands in a new master."""

    name: str
    title: str
    columns: tuple[Column, ...]
    header_row: int = 2

    @property
    def first_row(self) -> int:
        """The first row of the table's data in a new master."""
        return self.header_row + 1

    @property
    def titles(self) -> tuple[str, ...]:
        """Column titles in order."""
        return tuple(c.title for c in self.columns)

    def column(self, name: str) -> Column:
        """The column called `name` in the code."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> dict[str, Column]:
        return {c.name: c for c in self.columns}

    def position(self, name: str) -> int:
        """Its place, from 0."""
        return next(i for i, c in enumerate(self.columns) if c.name == name)


@cache
def state_titles() -> Mapping[str, str]:
    """What 报送情况[报送状态] and 待裁决[状态] say, by name: reported, late, missing, returned …"""
    return _words("states")


@cache
def answer_words() -> Mapping[str, str]:
    """What 待裁决 offers beside values, by name: send_back, agree, disagree …"""
    return _words("answers")


@cache
def change_words() -> Mapping[str, str]:
    """What 变更记录[类型] says, by name: first, update, correction, late, hand, overwritten."""
    return _words("changes")


@cache
def agreement_words() -> Mapping[str, str]:
    """What 责任分工[与牵头口径] says, by name: agrees, differs, lead_missing."""
    return _words("agreements")


@cache
def split_words() -> Mapping[str, str]:
    """What 分解[状态] says, by name (done, open), and the other words of a register begun from a form."""
    return _words("splits")


@cache
def conclusion_words() -> Mapping[str, str]:
    """What 核查[结论] says, by name: agrees, differs, not_comparable, unmatched."""
    return _words("conclusions")


@cache
def problem_states() -> Mapping[str, str]:
    """What 问题清单[状态] says, by name: open, not_mentioned, solved, withdrawn."""
    return _words("problem_states")


@cache
def closing_states() -> Mapping[str, str]:
    """What 销号[状态] says, by name: to_verify, to_close, closed, sent_back, lapsed."""
    return _words("closing_states")


@cache
def matter_words() -> Mapping[str, str]:
    """What 催办[事由] says, by name: not_reported, returned, overdue, milestone_overdue, behind, due_soon …"""
    return _words("matters")


def _words(section: str) -> Mapping[str, str]:
    return {str(name): str(word) for name, word in layout_toml("master.toml")[section].items()}


@cache
def yes_no() -> Mapping[bool, str]:
    """是 and 否."""
    words = layout_toml("master.toml")["yes_no"]
    return {True: str(words["yes"]), False: str(words["no"])}


@cache
def master_layout() -> dict[str, SheetLayout]:
    """The master's tables by their name in the code (tasks, assignments, milestones …), in their sheets' order."""
    return _layouts("sheet")


@cache
def hidden_layout() -> dict[str, SheetLayout]:
    """The tables of the very hidden sheet: deadlines, decided, options, registered, since_issue …"""
    return _layouts("hidden")


def _layouts(section: str) -> dict[str, SheetLayout]:
    return {
        name: SheetLayout(
            name, sheet["title"], tuple(Column(**c) for c in sheet["columns"]), 4 if "explained" in sheet else 2
        )
        for name, sheet in layout_toml("master.toml")[section].items()
    }
