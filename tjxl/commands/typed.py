"""What Chinese input methods make of numbers, periods and dates: full-width digits and dashes count as plain ones."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

OF_FIGURES = frozenset({"年度", "期次", "期数", "期号", "日期", "天数", "比例", "种子", "版本"})
"""What options take, as their usage says it, where that is written in figures."""

_DASHES = re.compile("[‐‑‒–—―−-]+")


def plain(text: str) -> str:
    """The text in half width, every kind of dash a hyphen: ２０２２－０６ is 2022-06."""
    return _DASHES.sub("-", unicodedata.normalize("NFKC", text))


def with_plain_figures(arguments: Sequence[str], params: Sequence[Any]) -> list[str]:
    """A command's arguments, the values of its options `OF_FIGURES` made plain; names and places stay as typed."""
    names = {name for param in params if param.metavar in OF_FIGURES for name in param.opts}
    return list(_plain_after(names, arguments))


def _plain_after(names: set[str], arguments: Sequence[str]) -> Iterator[str]:
    value_follows = False
    for argument in arguments:
        name, equals, value = argument.partition("=")
        if value_follows:
            yield plain(argument)
        elif equals and name in names:
            yield f"{name}={plain(value)}"
        else:
            yield argument
        value_follows = not value_follows and argument in names
