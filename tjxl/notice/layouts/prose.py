"""Reader of notices that are prose: numbered items that say at their end, or in labelled lines, who is responsible.

An item is a numbered line with the lines below it up to the next number. It is a task when it states a
responsibility; a numbered line above tasks is their heading. Between tasks of one heading, a numbered item that
states none is a task with its responsibility missing, and is named as such: a part is never presented as the whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tjxl.findings import Finding, finding
from tjxl.notice.columns import Titles, column_title
from tjxl.notice.dates import number
from tjxl.notice.files.blocks import Line
from tjxl.notice.layouts.duty_text import DutyText, brackets, read_bracket, read_label, take_remark
from tjxl.notice.table import NoticeDocument, Row
from tjxl.notice.words import fold, is_furniture, notice_data, quote

_CHINESE = r"[一二三四五六七八九十]{1,3}"
# How numbers are written, from the outermost level inward (GB/T 9704: 一、（一）1.（1）).
_LEVELS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?:第({_CHINESE})[章节]\s|({_CHINESE})、)\s*",
        rf"[（(]\s*({_CHINESE})\s*[)）]\s*",
        r"(\d{1,4})\s*[.．、](?!\d)\s*",
        r"[（(]\s*(\d{1,4})\s*[)）]\s*",
    )
)
_FIELDS = ("serial_no", "theme", "task", "leader", "lead_unit", "units", "cooperating_units", "deadline")


@dataclass(slots=True)
class _Task:
    """A task under construction."""

    line: int
    text: str
    duty: DutyText
    shares_number: bool = False


@dataclass(slots=True)
class _Item:
    """A numbered line and what belongs to it. `level` counts from 0, the outermost; `path` are the numbers above."""

    line: int
    level: int
    number: int
    heading: str
    parent: _Item | None
    lines: list[Line] = field(default_factory=list)
    tasks: list[_Task] = field(default_factory=list)
    broken: Line | None = None


def read_prose(lines: Sequence[Line], titles: Titles) -> NoticeDocument | None:
    """The document, or None when no numbered item states a responsibility."""
    before, items = _items(lines)
    for item in items:
        _read_item(item, titles)
    if not any(item.tasks or item.broken for item in items):
        return None
    levels = {(item.level, id(item.parent)) for item in items if item.tasks or item.broken}
    members = [item for item in items if (item.level, id(item.parent)) in levels]
    remarks = [remark for item in items for task in item.tasks for remark in task.duty.remarks]
    chosen = set(map(id, members))
    rest = [line.text for item in items if item.tasks or id(item) not in chosen for line in item.lines]
    used = _used_fields(members)
    lead_for_all = "lead_unit" in used and any(_says(t, "without_lead") for t in (*remarks, *before, *rest))
    rows = [row for item in members for row in _rows(item, used, lead_for_all)]
    # behind the last task stands the notice's own end; text between two tasks may have belonged to one
    stray = [(line.number, line.text) for item in members[:-1] if item.tasks for line in item.lines]
    header = Row(members[0].line, tuple(map(column_title, used)))
    findings = tuple(f for item in members for f in _broken(item))
    after = (*rest, *remarks)
    return NoticeDocument(tuple(before), header, tuple(rows), after, tuple(stray), findings, headed=True)


def _items(lines: Iterable[Line]) -> tuple[list[str], list[_Item]]:
    """The lines before the first number, and the numbered items in order."""
    before: list[str] = []
    items: list[_Item] = []
    open_items: list[_Item] = []
    for line in lines:
        text = line.text.strip()
        if not text or is_furniture(text):
            continue
        found = _numbered(text)
        if found is None:
            if items:
                items[-1].lines.append(Line(line.number, text))
            else:
                before.append(text)
            continue
        level, count, rest = found
        while open_items and open_items[-1].level >= level:
            open_items.pop()
        item = _Item(line.number, level, count, text, open_items[-1] if open_items else None)
        item.lines.append(Line(line.number, rest))
        open_items.append(item)
        items.append(item)
    return before, items


def _numbered(text: str) -> tuple[int, int, str] | None:
    """Level, number and text of a numbered line."""
    for level, pattern in enumerate(_LEVELS):
        if match := pattern.match(text):
            count = next(filter(None, match.groups()))
            return level, number(count), text[match.end() :].strip()
    return None


def _read_item(item: _Item, titles: Titles) -> None:
    """Find the tasks of an item; `item.lines` keeps what stands behind the last of them."""
    gathered: list[Line] = []
    for line in item.lines:
        labels = _labels(line.text, titles)
        if labels:
            if gathered:
                start = item.tasks and gathered[0].number
                item.tasks.append(_Task(start or item.line, _joined(gathered), DutyText()))
                gathered = []
            if item.tasks:
                _fill(item.tasks[-1].duty, labels)
            continue
        rest = _take_brackets(item, line, gathered, titles)
        if rest.strip("。；;.") and not item.broken:
            gathered.append(Line(line.number, rest))
    if item.tasks:
        item.lines = gathered


def _labels(line: str, titles: Titles) -> list[tuple[str, str]]:
    """The labelled texts of a line (「责任领导：A；责任单位：B」); none when it does not begin with a label."""
    if not (first := read_label(line, titles)):
        return []
    labels: list[tuple[str, str]] = []
    for piece in re.split(r"[；;\s]", line):
        if found := read_label(piece, titles):
            labels.append(found)
        elif piece:
            name, value = labels[-1] if labels else first
            labels[-1:] = [(name, f"{value} {piece}")]
    return labels


def _fill(duty: DutyText, labels: Iterable[tuple[str, str]]) -> None:
    for name, value in labels:
        duty.fields[name] = take_remark(value, duty).rstrip("。.")


def _take_brackets(item: _Item, line: Line, gathered: list[Line], titles: Titles) -> str:
    """The part of the line behind its last responsibility; each one closes a task, with the lines gathered for it."""
    start = 0
    for opening, end, closed in brackets(line.text):
        duty = read_bracket(line.text[opening + 1 : end - 1 if closed else end], titles)
        if duty is None and (closed or not _begins_a_duty(line.text[opening + 1 :], titles)):
            continue
        if not closed:
            item.broken = line
            return ""
        if duty is not None:
            text = "\n".join([*(g.text for g in gathered), line.text[start:opening].strip()]).strip()
            item.tasks.append(_Task(line.number if item.tasks else item.line, text, duty))
            gathered.clear()
            start = end
    return line.text[start:].lstrip("。；; ") if start else line.text


def _begins_a_duty(inside: str, titles: Titles) -> bool:
    """Whether an unclosed bracket at the end of a text was going to say who is responsible."""
    return read_label(inside, titles) is not None


def _used_fields(items: Iterable[_Item]) -> list[str]:
    stated = {name for item in items for task in item.tasks for name, value in task.duty.fields.items() if value}
    leaders = any(_leader(item) for item in items)
    needed = {"serial_no", "theme", "task"} | stated | ({"leader"} if leaders else set())
    return [name for name in _FIELDS if name in needed]


def _rows(item: _Item, used: Sequence[str], lead_for_all: bool) -> Iterable[Row]:
    """A row for each task of an item; for one without responsibility a row that shows that it is missing."""
    own = item.tasks or ([] if item.broken else [_Task(item.line, _joined(item.lines), DutyText())])
    for i, task in enumerate(own):
        fields = dict(task.duty.fields)
        if lead_for_all and not fields.get("lead_unit") and fields.get("units"):
            fields["lead_unit"] = fields.pop("units")
        leader = _leader(item)
        fields |= {"serial_no": str(item.number), "task": task.text, "theme": "" if leader else _theme(item)}
        if leader:
            fields.setdefault("leader", leader)
        shared = frozenset({used.index("serial_no")}) if i else frozenset()
        yield Row(task.line, tuple(fields.get(name, "") for name in used), shared)


def _joined(lines: Sequence[Line]) -> str:
    return "\n".join(line.text for line in lines)


def _theme(item: _Item) -> str:
    """The heading above, up to its first sentence's end."""
    return item.parent.heading.partition("。")[0] if item.parent else ""


def _leader(item: _Item) -> str:
    """A heading that hands its tasks to a leader (「一、王纲市长主抓重点工作」) names no theme."""
    parent = item.parent
    if parent is None:
        return ""
    words = notice_data("prose")
    titles = "|".join(map(re.escape, words["leader_titles"]))
    verbs = "|".join(map(re.escape, words["leader_verbs"]))
    heading = _numbered(parent.heading)
    match = re.match(rf"(\w{{2,4}}?)(?:{titles})(?:{verbs})", heading[2] if heading else parent.heading)
    return match[1] if match else ""


def _broken(item: _Item) -> list[Finding]:
    if item.broken is None:
        return []
    return [finding("N139", line=item.broken.number, value=quote(item.broken.text[-40:]))]


def _says(text: str, name: str) -> bool:
    folded = fold(text)
    return any(word in folded for word in notice_data("prose")[name])
