"""The deadline (完成时限) of a whole task: by which day, and what is due then. Pure.

Practice behind the rules (`schemas/notice.toml` names the words; sources: the sample and other notices):

* 「年底前取得明显进展」 is a goal of its own kind, never late on percent alone;
* what follows 「其中」 concerns a part: 「年底前取得明显进展。其中6月底前完成建设方案」 leaves the task at year end;
* where every sentence names its own part (「A主汛期具备通水条件。B年底完工」), the task is due with the last of them;
* of several dates (「一季度…；四季度…」) the last counts.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Literal

from tjxl.notice.dates import DatePhrase, Seasons, find_dates
from tjxl.notice.words import fold, notice_data
from tjxl.register import Goal

Doubt = Literal["blank", "unreadable", "recurring", "other_year", "by_custom"]

_SENTENCE = re.compile(r"[。\n]")
_CLAUSE = re.compile(r"[;；]")
_LEAD_IN = re.compile(r"(?:力争|确保|争取|原则上|计划|预计|于|在|到|至|每年|应|须|自|从|:|,){0,4}")
_LONGEST = 5000  # characters; a deadline cell is a sentence or two


@dataclass(frozen=True, slots=True)
class Deadline:
    """What a 完成时限 says of the whole task. `doubt` is why a person should look at it, None when it is clear."""

    due: dt.date | None
    goal: Goal
    doubt: Doubt | None = None


def read_deadline(text: str, year: int, seasons: Seasons) -> Deadline:
    """The deadline of the whole task from the printed text; `due` is None where the text gives no day."""
    words = notice_data("deadlines")
    if not text.strip():
        return Deadline(None, "complete", "blank")
    whole = [clause for sentence in _SENTENCE.split(text[:_LONGEST]) for clause in _of_the_whole(fold(sentence))]
    if not whole or len(text) > _LONGEST:
        return Deadline(None, "complete", "unreadable")
    if any(word in s for s in whole for word in words["recurring_words"]):
        return Deadline(None, _goal(whole[0], 0), "recurring")
    dated = [(sentence, find_dates(sentence, year, seasons)) for sentence in whole]
    if not any(phrases for _, phrases in dated):
        goal = _goal("".join(whole), 0)
        return Deadline(None, goal, None if goal == "continuing" else "unreadable")
    return _settled(dated, year)


def _of_the_whole(sentence: str) -> list[str]:
    """The clauses of a sentence up to 「其中」."""
    cuts = [at for mark in notice_data("deadlines")["part_marks"] if (at := sentence.find(mark)) >= 0]
    clauses = _CLAUSE.split(sentence[: min(cuts)] if cuts else sentence)
    return [clause for c in clauses if (clause := c.rstrip(",、"))]


def _settled(dated: list[tuple[str, list[DatePhrase]]], year: int) -> Deadline:
    """The last day named; of equal ones the clause that begins with its date, as it speaks of the whole."""
    leading = [(s, found) for s, found in dated if found and is_lead_in(s[: found[0].start])]
    if not leading and not all(found for _, found in dated):
        return Deadline(None, "complete", "unreadable")  # one of the parts has no day
    best: tuple[dt.date, str, DatePhrase] | None = None
    for clause, found in [*leading, *dated]:
        for phrase in found:
            if phrase.date is None:
                return Deadline(None, "complete", "unreadable")
            if best is None or phrase.date > best[0]:
                best = (phrase.date, clause, phrase)
    if best is None:
        return Deadline(None, "complete", "unreadable")
    due, clause, phrase = best
    doubt: Doubt | None = "by_custom" if phrase.by_custom else "other_year" if due.year != year else None
    return Deadline(due, _goal(clause, phrase.end), doubt)


def is_lead_in(text: str) -> bool:
    """Whether what stands before the date names no part: nothing, or words such as 「力争在」."""
    return _LEAD_IN.fullmatch(text) is not None


def _goal(sentence: str, start: int) -> Goal:
    words = notice_data("deadlines")
    rest = sentence[start:]
    if any(word in rest for word in words["progress_words"]):
        return "significant_progress"
    done = any(word in rest for word in words["complete_words"])
    if not done and any(word in rest for word in words["continuing_words"]):
        return "continuing"
    return "complete"
