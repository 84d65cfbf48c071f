"""The words around a number: how it is meant and what it counts. Pure; words in `schemas/notice.toml`.

Everything here looks at a bounded stretch of text.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from tjxl.notice.promises.quantities import any_of
from tjxl.notice.words import notice_data
from tjxl.register import Comparator, Measure

_LOOK_BACK = 80  # characters before a number; a subject of more is none
_MOST_WORDS = 12  # set words in a row


@dataclass(frozen=True, slots=True)
class Relation:
    """A word that says how a number is meant: 达到, 突破, 增长.

    `keep`: it is part of the subject; `comparator`: what it says where no hedge does.
    """

    word: str
    comparator: Comparator
    measure: Measure | None
    keep: bool


@dataclass(frozen=True, slots=True)
class Lead:
    """What stands before a number, `text[start:end]` being left of it without the words named below.

    Attributes:
        relation: the word directly before the number; None where there is none.
        rough: 约, 近.
        spread: 均 (each) or 分别 (respectively) stands there.
        work: the governing work verb that was taken off (推进, 实施); empty where there was none.
    """

    start: int
    end: int
    relation: Relation | None
    rough: bool
    spread: str
    work: str


def words() -> dict[str, Any]:
    """The word lists of targets."""
    data: dict[str, Any] = notice_data("targets")["words"]
    return data


def read_lead(text: str, start: int, end: int) -> Lead | None:
    """The lead of a number at `end`; None where it is longer than any subject."""
    if end - start > _LOOK_BACK:
        return None
    relation, rough, spread = None, False, ""
    for _ in range(_MOST_WORDS):
        match = _trailing().search(text[start:end])
        if match is None or not match[0]:
            break
        word = match[0]
        found = _relations().get(word)
        if found is None:
            rough = rough or word in words()["roughly"]
            spread = (
                "each" if word in words()["each"] else "respectively" if word in words()["respectively"] else spread
            )
        elif relation is None:
            relation = found
        elif found.keep:
            break  # 「增长达到」: the growth belongs to the subject
        end -= len(word)
        if found is not None and found.keep:
            end += len(word)
            spread = spread or _spread_before(text[start : end - len(word)])
            break
    work = ""
    for _ in range(_MOST_WORDS):
        leading = _leading().match(text, start, end)
        if leading is None:
            break
        if not work and leading[0] in words()["work_verbs"]:
            work = leading[0]
        start = leading.end()
    return Lead(start, end, relation, rough, spread, work)


def _spread_before(text: str) -> str:
    data = words()
    if text.endswith(tuple(data["each"])):
        return "each"
    return "respectively" if text.endswith(tuple(data["respectively"])) else ""


def verb_at_end(text: str) -> bool:
    """Whether a promise verb governs what follows: 「…新建」."""
    return text.endswith(tuple(words()["verbs"]))


def verb_at_start(text: str) -> str:
    """The promise verb that a text begins with; empty where it does with none."""
    match = _verbs().match(text)
    return match[0] if match else ""


def split_subjects(text: str) -> list[str]:
    """The subjects of 「A、B和C均…」; the text whole where a part would be no name (和平区)."""
    parts = _joint().split(text)
    return parts if all(len(part) >= 3 for part in parts) else [text]


def leading_joint(text: str) -> int:
    """The length of the joints (、和及) that a text begins with."""
    if text.startswith(tuple(words()["no_joints"])):
        return 0
    match = _joints_at_start().match(text)
    return match.end() if match else 0


def last_joint(text: str) -> tuple[int, int] | None:
    """Where the last joint stands in a text of bounded length."""
    found = None
    for match in _joint().finditer(text):
        found = match.span()
    return found


def has_any(text: str, these: Sequence[str]) -> bool:
    return any(word in text for word in these)


@cache
def _relations() -> dict[str, Relation]:
    return {
        word: Relation(word, entry["comparator"], entry.get("measure"), entry.get("keep", False))
        for entry in notice_data("targets")["relation"]
        for word in entry["words"]
    }


@cache
def _trailing() -> re.Pattern[str]:
    data = words()
    small = [*data["fillers"], *data["roughly"], *data["each"], *data["respectively"]]
    return re.compile(rf"(?:{any_of([*_relations(), *small])})\Z")


@cache
def _leading() -> re.Pattern[str]:
    return re.compile(any_of([*words()["adverbs"], *words()["work_verbs"]]))


@cache
def _verbs() -> re.Pattern[str]:
    return re.compile(any_of(words()["verbs"]))


@cache
def _joint() -> re.Pattern[str]:
    return re.compile(any_of(words()["joints"]))


@cache
def _joints_at_start() -> re.Pattern[str]:
    return re.compile(rf"(?:{any_of(words()['joints'])}){{1,3}}")
