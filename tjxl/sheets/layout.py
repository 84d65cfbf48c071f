"""The layout of the master's tables, from `workbook/master.toml`: which columns, in which order, whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal

from tjxl.resources import layout_toml

Owner = Literal["key", "generated", "office", "shared"]
"""Who may write a column. A shared one is filled in by tjxl, and what the office makes of it holds."""

Kind = Literal["text", "long", "entry", "line", "digest", "int", "number", "percent", "date", "datetime"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: `name` in the code, `title` in the workbook, `owner` who may write it, `width` in characters.

    `entry` names the field of `schemas/office.toml` that says what people fill in.
    """

    name: str
    title: str
    kind: Kind
    owner: Owner
    width: float
    entry: str | None = None


@dataclass(frozen=True)
class SheetLayout:
    """A sheet that holds one Excel table of the same name."""

    name: str
    title: str
    columns: tuple[Column, ...]

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
    return {str(name): str(title) for name, title in layout_toml("master.toml")["states"].items()}


@cache
def answer_words() -> Mapping[str, str]:
    """What 待裁决 offers beside values, by name: send_back, agree, disagree …"""
    return {str(name): str(word) for name, word in layout_toml("master.toml")["answers"].items()}


@cache
def change_words() -> Mapping[str, str]:
    """What 变更记录[类型] says, by name: first, update, correction, late, hand, overwritten."""
    return {str(name): str(word) for name, word in layout_toml("master.toml")["changes"].items()}


@cache
def master_layout() -> dict[str, SheetLayout]:
    """The master's tables by their name in the code (tasks, assignments, milestones …), in their sheets' order."""
    return _layouts("sheet")


@cache
def hidden_layout() -> dict[str, SheetLayout]:
    """The tables of the very hidden sheet: deadlines, decided, options, registered, since_issue."""
    return _layouts("hidden")


def _layouts(section: str) -> dict[str, SheetLayout]:
    return {
        name: SheetLayout(name, sheet["title"], tuple(Column(**c) for c in sheet["columns"]))
        for name, sheet in layout_toml("master.toml")[section].items()
    }
