"""Commands for people who read and type Chinese: usage pages, whose headings typer writes in English, and figures."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from tjxl.commands.typed import with_plain_figures

_WORDS: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^Usage: ", re.M), "用法："),
    (re.compile(r"^Arguments:$", re.M), "参数："),
    (re.compile(r"^Options:$", re.M), "选项："),
    (re.compile(r"^Commands:$", re.M), "命令："),
    (re.compile(r"\[OPTIONS\]"), "[选项]"),
    (re.compile(r"COMMAND \[ARGS\]\.\.\."), "命令 [参数]..."),
    (re.compile(r"Show this message and exit\."), "显示用法。"),
    (re.compile(r" <(?:path|text|integer)>(?=\s)"), ""),  # what it takes is said in the help of each
    (re.compile(r"([\d.]+)<=x<=([\d.]+)"), r"\1 至 \2"),
    (re.compile(r"\bx>=([\d.]+)"), r"不小于 \1"),
    (re.compile(r"\[default:\s+"), "[缺省："),
    (re.compile(r"(?:\[|; )required\]"), lambda found: ("[" if found[0][0] == "[" else "；") + "必填]"),
    (re.compile(r"(\[缺省：\S+); "), r"\1；"),
)


def in_chinese(page: str) -> str:
    """A usage page with typer's own words said in Chinese."""
    for english, chinese in _WORDS:
        page = english.sub(chinese, page)
    return page


class _Command(TyperCommand):
    def get_help(self, ctx: Any) -> str:
        return in_chinese(super().get_help(ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, with_plain_figures(args, self.params))


class Group(TyperGroup):
    """The program itself."""

    def get_help(self, ctx: Any) -> str:
        """Its usage page."""
        return in_chinese(super().get_help(ctx))


def in_chinese_hands(app: typer.Typer) -> None:
    """Every command that the program has so far gets its usage page in Chinese, and takes full-width figures."""
    for command in app.registered_commands:
        command.cls = _Command
