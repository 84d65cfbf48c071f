"""How words of a notice are compared and shown: folding, set phrases, numbers in a row. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tjxl.resources import schema_toml

_QUOTE_LENGTH = 60
_RANGES_SHOWN = 20
_SENTENCE_ENDS = tuple("。；！？.;!?")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
"""Characters without width that come along when text is copied from a web page or a chat."""
DROPPED = dict.fromkeys(map(ord, INVISIBLE))
"""For `str.translate`: a text without them."""


def notice_data(section: str) -> dict[str, Any]:
    """One table of `schemas/notice.toml`. Treat the result as read-only."""
    data: dict[str, Any] = schema_toml("notice.toml")[section]
    return data


def fold(text: str) -> str:
    """The text as it is compared: NFKC, no white space (full-width 「１２月」 and spaced 「序 号」 match)."""
    return "".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text that remembers where each of its characters stands in print.

    Unlike `fold`, one printed character never becomes several or another number (㎡ stays, ① is no 1), so that every
    stretch of `text` has its printed form.
    """

    text: str
    printed: str
    places: tuple[int, ...]

    def print(self, start: int, end: int) -> str:
        """What is printed for `text[start:end]`, on one line."""
        if start >= end:
            return ""
        return "".join(self.printed[self.places[start] : self.places[end - 1] + 1].split())


def fold_in_place(printed: str) -> Folded:
    """The text folded character by character."""
    places = tuple(i for i, char in enumerate(printed) if not char.isspace())
    return Folded("".join(_fold_char(printed[i]) for i in places), printed, places)


@lru_cache(maxsize=8192)
def _fold_char(char: str) -> str:
    folded = unicodedata.normalize("NFKC", char)
    kept = len(folded) != 1 or folded.isspace() or unicodedata.category(char) == "No"
    return char if kept else folded


def quote(text: str) -> str:
    """The text as a message quotes it: on one line, cut when long."""
    line = " ".join(text[: _QUOTE_LENGTH * 4].split())
    return line if len(line) <= _QUOTE_LENGTH else line[:_QUOTE_LENGTH] + "……"


def is_note(line: str) -> bool:
    """Whether the line begins a note below the table (注：…)."""
    mark, colon, _ = fold(line[:20]).partition(":")
    return bool(colon) and mark in notice_data("phrases")["notes"]


def is_furniture(line: str) -> bool:
    """Whether the line belongs to the web page around a notice (分享到：, 打印本页), not to the notice."""
    folded = fold(line[:40]).strip("[]()|:.")
    return any(folded.startswith(word) for word in notice_data("phrases")["furniture"])


def joined_lines(text: str) -> str:
    """A cell's printed lines as one text: a wrapped line is joined, a line that ends a sentence ends a paragraph."""
    out = ""
    for line in filter(None, map(str.strip, text.split("\n"))):
        out += f"\n{line}" if out.endswith(_SENTENCE_ENDS) else line
    return out


def number_ranges(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """Runs of consecutive numbers, ascending: 3, 5, 6, 7 → (3, 3), (5, 7)."""
    runs: list[tuple[int, int]] = []
    for n in sorted(set(numbers)):
        if runs and n == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], n)
        else:
            runs.append((n, n))
    return runs


def gaps(numbers: Iterable[int]) -> list[tuple[int, int]]:
    """The runs missing from 1 to the largest number; costs nothing for a huge gap."""
    missing: list[tuple[int, int]] = []
    expected = 1
    for first, last in number_ranges(numbers):
        if first > expected:
            missing.append((expected, first - 1))
        expected = last + 1
    return missing


def say_ranges(runs: Sequence[tuple[int, int]]) -> str:
    """Runs as people write them: 3、5—7 (cut when there are many)."""
    shown = "、".join(str(a) if a == b else f"{a}—{b}" for a, b in runs[:_RANGES_SHOWN])
    return shown if len(runs) <= _RANGES_SHOWN else shown + " 等"
