"""The quantitative promises of a text: which numbers promise something, of what, and how much. Pure.

Precision matters more than recall. A number is a promise only where the wording says so:

* a relation stands directly before it (达到, 突破, 控制在, 增长) or a hedge behind it (以上, 以内, 左右), and a
  subject before;
* a promise verb governs it: 「新增3至5家…」, 「新建5G基站1万个」; the items of a list share its verb;
* what a work verb governs (推进, 实施) is one where number and unit close the phrase, or where a measured amount of
  work is to be completed (「推进…503公里燃气管网改造」, 完成);
* 「全覆盖」 is 100 %, 「动态清零」 is 0;
* what 「其中」 breaks down is one where the parts add up to a number before.

What reads like a promise without being one for certain is marked `sure=False`. Everything else is no promise:
names (see `quantities`, `sentences`), attributes (「15万元的贷款」), numbers of listed things (「…等8个专业」),
policies, the past.
"""

from __future__ import annotations

import re
from dataclasses import replace

from tjxl.notice.dates import Seasons
from tjxl.notice.promises.clauses import ClauseReader, Promise, Read
from tjxl.notice.promises.items import find_items
from tjxl.notice.promises.sentences import Sentence, read_sentences
from tjxl.notice.promises.wording import has_any, words
from tjxl.register import Goal

_WANTED = re.compile(r"\d|全覆盖|清零")


def read_promises(text: str, year: int, goal: Goal, seasons: Seasons) -> list[Promise]:
    """The promises of a task or deadline text, in printed order.

    Args:
        text: as printed.
        year: the notice's year; a day in another year makes a promise unsure.
        goal: of the task; a measured amount under a work verb is a promise where the task is to be completed.
        seasons: from the settings.
    """
    out: list[Promise] = []
    for sentence in read_sentences(text, year, seasons, _WANTED):
        if not has_any(sentence.masked, words()["policy_words"]):
            out += [p for p in _of_sentence(sentence, goal) if p.due is None or p.due.year >= year]
    return [p if p.due is None or p.due.year == year else replace(p, sure=False) for p in out]


def _of_sentence(sentence: Sentence, goal: Goal) -> list[Promise]:
    read = Read([], [])
    for clause in sentence.clauses:
        text = sentence.masked[clause.start : clause.end]
        if has_any(text, words()["past_words"]):
            continue
        read.verb = ""
        items = find_items(sentence.masked, clause)
        reader = ClauseReader(sentence, clause, goal, read)
        i = 0
        while i < len(items):
            i += reader.take(items, i)
        reader.take_whole(items)
    return read.promises + _settled_parts(read)


def _settled_parts(read: Read) -> list[Promise]:
    """What 「其中」 breaks down: sure where the parts add up to a number before (quantities.tsv: sum check)."""
    if not read.parts:
        return []
    total = sum(part.value for part in read.parts)
    unit = read.parts[0].unit
    wholes = [p for p in read.promises if p.unit == unit and p.upper is None]
    exact = [p for p in wholes if abs(p.value - total) < 1e-9 * max(1.0, total)]
    whole = exact[-1] if exact else wholes[-1] if wholes else None
    if whole is None or any(part.unit != unit for part in read.parts):
        return []
    return [
        replace(
            part,
            subject=f"{whole.subject}（{part.subject}）",
            comparator=whole.comparator if part.comparator == ">=" else part.comparator,
            measure=whole.measure,
            sure=part.sure and whole.sure and bool(exact),
        )
        for part in read.parts
    ]
