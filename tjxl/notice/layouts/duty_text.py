"""Responsibility as prose states it: 「（A、B负责）」「（A牵头，B配合）」「（牵头单位：A；责任单位：B）」. Pure.

The words are `[prose]` of `schemas/notice.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from tjxl.notice.columns import Titles
from tjxl.notice.words import fold, notice_data

_OPENING, _CLOSING = "（([【〔〈《", "）)]】〕〉》"
_ROUND = "（("
_CLAUSES = re.compile(r"[；;。]")
_LONGEST_LABEL = 14
_FIELDS = ("lead_unit", "units", "cooperating_units", "leader", "deadline")


@dataclass(slots=True)
class DutyText:
    """Who is responsible, as printed: the text of each field (`lead_unit`, `units`, `cooperating_units` …).

    `remarks` are clauses that say something of the whole notice (「排在第一位的部门为牵头部门，下同」).
    """

    fields: dict[str, str] = field(default_factory=dict)
    remarks: list[str] = field(default_factory=list)

    @property
    def names_units(self) -> bool:
        """Whether it says who is responsible at all."""
        return any(self.fields.get(name) for name in ("lead_unit", "units", "cooperating_units"))


def brackets(text: str) -> Iterator[tuple[int, int, bool]]:
    """The outermost round brackets of a text: start, end (behind the closing one), and whether it is closed."""
    depth, start = 0, -1
    for i, char in enumerate(text):
        if char in _OPENING:
            if depth == 0:
                start = i if char in _ROUND else -1
            depth += 1
        elif char in _CLOSING and depth:
            depth -= 1
            if depth == 0 and start >= 0:
                yield start, i + 1, True
                start = -1
    if depth and start >= 0:
        yield start, len(text), False


def read_bracket(inside: str, titles: Titles) -> DutyText | None:
    """What a bracket's text says of responsibility; None when it is about something else."""
    duty = DutyText()
    clauses = [clause.strip() for clause in _outside(inside, _CLAUSES) if clause.strip()]
    for clause in clauses:
        if labelled := read_label(clause, titles):
            name, value = labelled
            duty.fields[name] = _joined(duty.fields.get(name, ""), _without_remarks(value, duty))
        elif not _read_sentence(clause, duty):
            if not _is_remark(clause):
                return None
            duty.remarks.append(clause)
    return duty if duty.names_units else None


def read_label(line: str, titles: Titles) -> tuple[str, str] | None:
    """A labelled text (「牵头责任单位：市财政局。」) as field and value; None for any other."""
    head = line[: _LONGEST_LABEL + 1]
    at = next((i for i, char in enumerate(head) if char in "：:"), 0)
    name = titles.field_of(line[:at]) if at else None
    return (name, line[at + 1 :].strip()) if name in _FIELDS else None


def take_remark(value: str, duty: DutyText) -> str:
    """A labelled value without the bracket at its end that states a rule (「…（列第一位者为牵头单位，下同）」)."""
    for start, end, closed in brackets(value):
        inside = value[start + 1 : end - 1 if closed else end]
        if _is_remark(inside):
            duty.remarks.append(inside)
            return (value[:start] + value[end:]).strip()
    return value


def _read_sentence(clause: str, duty: DutyText) -> bool:
    """「A、B等有关部门按职责分工负责」 or 「A牵头，B、C配合」 into the fields; False when it is neither."""
    words = notice_data("prose")
    clause = clause.removeprefix("由")
    if clause.startswith(tuple(words["no_units"])):
        return False
    parts = [p for p in _outside(clause, re.compile(r"[，,]")) if p]
    ends = {name: tuple(words[name]) for name in ("lead_ends", "cooperating_ends", "duty_ends")}
    if not any(p.endswith(ends["lead_ends"] + ends["cooperating_ends"] + ends["duty_ends"]) for p in parts):
        return False
    has_lead = any(p.endswith(ends["lead_ends"]) for p in parts)
    waiting: list[str] = []
    for part in parts:
        if _is_remark(part):
            duty.remarks.append(part)
            continue
        for name, target in (
            ("lead_ends", "lead_unit"),
            ("cooperating_ends", "cooperating_units"),
            ("duty_ends", "cooperating_units" if has_lead else "units"),
        ):
            if end := next((e for e in _longest_first(name) if part.endswith(e)), ""):
                text = "、".join([*waiting, part.removesuffix(end)])
                duty.fields[target] = _joined(duty.fields.get(target, ""), _closed_list(text))
                waiting = []
                break
        else:
            waiting.append(part)
    return not waiting


@cache
def _longest_first(name: str) -> tuple[str, ...]:
    return tuple(sorted(notice_data("prose")[name], key=len, reverse=True))


def _closed_list(text: str) -> str:
    """「商务部等有关部门」 names a unit and an open group: 商务部、有关部门."""
    for word, group in notice_data("prose")["and_others"].items():
        if text.endswith(word) and len(text) > len(word):
            return f"{text.removesuffix(word)}、{group}"
    return text


def _without_remarks(value: str, duty: DutyText) -> str:
    """A labelled value up to the first of its parts that states a rule: 「市教委，下同」."""
    kept = []
    for part in _outside(value, re.compile(r"[，,]")):
        if _is_remark(part):
            duty.remarks.append(part)
        else:
            kept.append(part)
    return _closed_list("，".join(kept))


def _is_remark(text: str) -> bool:
    words = notice_data("phrases")
    folded = fold(text)
    if folded == "下同" or any(word in folded for word in notice_data("prose")["without_lead"]):
        return True
    return any(w in folded for w in words["lead_first"]) and any(w in folded for w in words["lead_word"])


def _joined(first: str, second: str) -> str:
    return f"{first}、{second}" if first and second else first or second


def _outside(text: str, marks: re.Pattern[str]) -> list[str]:
    """The text split at these marks where they stand outside every bracket."""
    parts, start, depth = [], 0, 0
    for i, char in enumerate(text):
        if char in _OPENING:
            depth += 1
        elif char in _CLOSING:
            depth = max(0, depth - 1)
        elif depth == 0 and marks.match(char):
            parts.append(text[start:i])
            start = i + 1
    parts.append(text[start:])
    return parts
