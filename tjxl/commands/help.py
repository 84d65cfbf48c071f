"""The usage pages in Chinese: typer writes its headings in English, whatever the language of the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

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


class Group(TyperGroup):
    """The program itself."""

    def get_help(self, ctx: Any) -> str:
        """Its usage page."""
        return in_chinese(super().get_help(ctx))


def with_chinese_pages(app: typer.Typer) -> None:
    """Give every command that the program has so far its usage page in Chinese."""
    for command in app.registered_commands:
        command.cls = _Command
