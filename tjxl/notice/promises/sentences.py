"""A sentence prepared for reading its promises: names masked, cut into clauses, each with its day. Pure.

Numbers within quotation marks are names (“1+3”行动, 《…26条》). A day is no number (「6月底前」) but says by when the
clause holds. Brackets around a number stand apart from the clause that they interrupt.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass

from tjxl.notice.dates import DatePhrase, Seasons, find_dates
from tjxl.notice.words import Folded, fold_in_place, notice_data

_SENTENCE = re.compile(r"[^。；;！？!?\n]+")
_CLAUSE = re.compile(r"(?:[^,:]|(?<=[0-9]),(?=[0-9]{3}))+")
_BREAK = re.compile(r"(?<![0-9])[,:]|[,:](?![0-9]{3})")
_QUOTES = {"“": "”", "‘": "’", "《": "》", "〈": "〉", "「": "」", "『": "』", '"': '"'}
_MARKED = re.compile(r"[“‘《〈「『\"”’》〉」』()]")
_DIGITS = re.compile(r"[0-9]")
_QUOTED = 400  # characters
_NAME = "\ue000"  # stands for a digit of a name: no quantity, but keeps its place


@dataclass(frozen=True, slots=True)
class Clause:
    """A stretch of a sentence between commas.

    Attributes:
        start, end: in the sentence's `masked` text.
        outer: where the printed clause stands, its day and brackets included.
        due: its day; None where the sentence gives it none.
        aside: it stands in brackets.
        part: it stands after 「其中」.
    """

    start: int
    end: int
    outer: tuple[int, int]
    due: dt.date | None
    aside: bool
    part: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """A folded sentence; `masked` is its text with names and days blanked, place for place."""

    folded: Folded
    masked: str
    clauses: tuple[Clause, ...]

    def print(self, span: tuple[int, int]) -> str:
        """What is printed for a span of `masked`."""
        return self.folded.print(*span)

    def quoted(self, clause: Clause) -> str:
        """The clause as printed; where that is endless, what was read of it."""
        start, end = clause.outer
        if end - start > _QUOTED:
            start, end = clause.start, min(clause.end, clause.start + _QUOTED)
        return self.print((start, end))


def read_sentences(text: str, year: int, seasons: Seasons, wanted: re.Pattern[str]) -> Iterator[Sentence]:
    """The sentences of a printed text in which `wanted` occurs."""
    for printed in _SENTENCE.findall(text):
        if wanted.search(printed):
            yield _prepared(fold_in_place(printed), year, seasons)


def _prepared(folded: Folded, year: int, seasons: Seasons) -> Sentence:
    text = folded.text
    dates = find_dates(text, year, seasons)
    quoted, bracketed = _enclosed(text)
    chars = list(text)
    for start, end in quoted:
        chars[start:end] = _DIGITS.sub(_NAME, text[start:end])
    asides = [(a, b) for a, b in bracketed if _DIGITS.search("".join(chars[a:b]))]
    for a, b in asides:
        chars[a] = chars[b - 1] = ","
    for date in dates:
        chars[date.start : date.end] = "," * (date.end - date.start)
    masked = "".join(chars)
    return Sentence(folded, masked, tuple(_clauses(text, masked, dates, asides)))


def _enclosed(text: str) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The outermost spans in quotation marks and in brackets; one that never closes is none."""
    quoted: list[tuple[int, int]] = []
    bracketed: list[tuple[int, int]] = []
    closing, opened, bracket = "", 0, -1
    for match in _MARKED.finditer(text):
        mark = match[0]
        if closing:
            if mark == closing:
                quoted.append((opened, match.end()))
                closing = ""
        elif mark in _QUOTES:
            closing, opened = _QUOTES[mark], match.start()
        elif mark == "(" and bracket < 0:
            bracket = match.start()
        elif mark == ")" and bracket >= 0:
            bracketed.append((bracket, match.end()))
            bracket = -1
    return quoted, bracketed


def _clauses(text: str, masked: str, dates: list[DatePhrase], asides: list[tuple[int, int]]) -> Iterator[Clause]:
    breaks = [match.start() for match in _BREAK.finditer(text)]
    days = [date.start for date in dates]
    openings = [a for a, _ in asides]
    parts = [at for mark in notice_data("deadlines")["part_marks"] if (at := masked.find(mark)) >= 0]
    part = min(parts, default=len(masked))
    for match in _CLAUSE.finditer(masked):
        start, end = match.span()
        before = bisect_right(breaks, start) - 1
        after = bisect_left(breaks, end)
        outer = (breaks[before] + 1 if before >= 0 else 0, breaks[after] if after < len(breaks) else len(masked))
        nearest = bisect_right(openings, start) - 1
        aside = nearest >= 0 and start < asides[nearest][1]
        last = bisect_left(days, outer[1]) - 1
        own = last >= 0 and days[last] >= outer[0]
        due = dates[last].date if own else _day_of_the_sentence(dates, days, end)
        yield Clause(start, end, outer, due, aside, end > part)


def _day_of_the_sentence(dates: list[DatePhrase], days: list[int], end: int) -> dt.date | None:
    """The day of a clause without one: the next that is named, else the last one."""
    if not dates:
        return None
    return dates[min(bisect_left(days, end), len(dates) - 1)].date
