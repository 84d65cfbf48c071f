"""One wording per theme (主要任务). Pure.

A theme is printed again after each page break, and not always in the same words: the sample has
「五、积极培育建设国际消费中心城市…」 and 「五、积极培育国际消费中心城市…」. The ordinal tells that they are one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from tjxl.findings import Finding, finding
from tjxl.notice.words import fold, number_ranges, quote, say_ranges

_ORDINAL = re.compile(r"(?:第?[一二三四五六七八九十]{1,3}|\([一二三四五六七八九十]{1,3}\)|\d{1,2})[、.,:章]?")
_ALIKE = 0.8  # of the characters, in order; the sample's pair has 0.97
_LONGEST_COMPARED = 200


def settle_themes(printed: Sequence[tuple[int, str]], *, compared: bool = True) -> tuple[list[str], list[Finding]]:
    """The theme of each task, from (序号, the cell's text); an empty cell continues the theme above.

    Headings of a prose text are printed once each and not `compared`: there one ordinal stands in every chapter, and
    a task above the first heading has none.

    Findings: N103 two wordings of one theme, N104 one ordinal on two themes, N105 no theme to continue.
    """
    if not compared:
        return [text for _, text in printed], []
    themes: list[str] = []
    first_of: dict[str, str] = {}
    kinds: dict[tuple[str, str], bool] = {}
    rows: dict[str, list[int]] = {}
    without: list[int] = []
    current = ""
    wording = ""
    for serial_no, text in printed:
        if text:
            wording = text
            first = first_of.setdefault(_ordinal(text), text)
            if fold(text) != fold(first) and (first, text) not in kinds:
                kinds[first, text] = _alike(first, text)
            current = first if kinds.get((first, text), True) else text
        if not wording:
            without.append(serial_no)
        rows.setdefault(wording, []).append(serial_no)
        themes.append(current)
    return themes, [*_wordings(kinds, rows), *_without(without)]


def _wordings(kinds: dict[tuple[str, str], bool], rows: dict[str, list[int]]) -> list[Finding]:
    return [
        finding(
            "N103" if same else "N104",
            field="theme",
            value=other,
            normalised=first if same else None,
            ordinal=_ordinal(first).rstrip("、.,:"),
            first=quote(first),
            other=quote(other),
            first_rows=say_ranges(number_ranges(rows[first])),
            other_rows=say_ranges(number_ranges(rows[other])),
        )
        for (first, other), same in kinds.items()
    ]


def _without(serials: list[int]) -> list[Finding]:
    if not serials:
        return []
    return [finding("N105", field="theme", serials=say_ranges(number_ranges(serials)))]


def _ordinal(text: str) -> str:
    """「五、」 of 「五、积极培育…」; the whole text where there is no ordinal."""
    folded = fold(text[:_LONGEST_COMPARED])
    match = _ORDINAL.match(folded)
    return match[0] if match and match[0][-1] in "、.,:章)" else folded


def _alike(first: str, other: str) -> bool:
    a, b = fold(first[:_LONGEST_COMPARED]), fold(other[:_LONGEST_COMPARED])
    return SequenceMatcher(None, a, b, autojunk=False).ratio() >= _ALIKE
