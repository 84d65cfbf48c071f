"""Reader of a table whose cells stand one below the other, parted by blank lines: what some web pages leave of it.

Nothing marks where a row begins or which column a text belongs to, so each text must show it by itself: a row begins
with the next number; a date expression is a deadline; what looks like a unit is one; any other text is a task. A text
that could be two things, or stands where its kind cannot, makes the whole table unreadable, and its line is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from tjxl.errors import NoticeError
from tjxl.notice.columns import Columns, Titles
from tjxl.notice.dates import names_a_day
from tjxl.notice.names import looks_like_group, looks_odd
from tjxl.notice.table import NoticeDocument, Row
from tjxl.notice.words import fold, is_furniture, is_note, notice_data, quote

_FEWEST, _MOST = 3, 8  # columns
_LONGEST_TITLE = 20
_LONGEST_DEADLINE = 30


@dataclass(slots=True)
class _Entry:
    """One row under construction: what stands in each field, and the fields that it has from the row above."""

    line: int
    texts: dict[str, list[str]] = field(default_factory=dict)
    shared: frozenset[str] = frozenset()


def read_stacked(text: str, titles: Titles, file: str) -> NoticeDocument | None:
    """The document, or None when no run of lines, parted by blank ones, is a header that begins with 序号.

    Raises:
        NoticeError: E113, a text of the table cannot be told to be of one column.
    """
    lines = [(n, line.strip()) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    found = _header(lines, titles)
    if found is None:
        return None
    start, header, columns = found
    reading = _Reading(columns, file)
    body = lines[start + len(header.cells) :]
    end = next((i for i, (_, line) in enumerate(body) if is_note(line) or is_furniture(line)), len(body))
    for number, line in body[:end]:
        reading.take(number, line)
    return NoticeDocument(
        tuple(line for _, line in lines[:start]),
        header,
        reading.rows(),
        tuple(line for _, line in body[end:] if not is_furniture(line)),
    )


def _header(lines: Sequence[tuple[int, str]], titles: Titles) -> tuple[int, Row, Columns] | None:
    """Consecutive lines that are all titles, the first of them 序号; at least three, each field once."""
    for i, (number, line) in enumerate(lines):
        if titles.field_of(line) != "serial_no":
            continue
        run: list[str] = []
        for _, other in lines[i : i + _MOST]:
            if len(other) > _LONGEST_TITLE or titles.field_of(other) is None:
                break
            run.append(other)
        columns = titles.recognise(run)
        if len(run) >= _FEWEST and columns and not columns.unread and not columns.missing:
            return i, Row(number, tuple(run)), columns
    return None


class _Reading:
    """Gives each text to a row and a field."""

    def __init__(self, columns: Columns, file: str) -> None:
        self.columns, self.file = columns, file
        self.order = sorted(columns.index, key=lambda f: columns.index[f])
        self.unit_fields = [f for f in self.order if f in ("units", "lead_unit", "cooperating_units")]
        self.entries: list[_Entry] = []

    def take(self, number: int, line: str) -> None:
        """
        Raises:
            NoticeError: E113.
        """
        folded = fold(line)
        expected = self._last_number() + 1
        if folded.rstrip(".、") == str(expected):
            self.entries.append(_Entry(number, {"serial_no": [line]}))
            return
        if not self.entries:
            raise NoticeError("E113", file=self.file, line=number, value=quote(line))
        entry = self.entries[-1]
        possible = self._kinds(line) & self._due(entry)
        if len(possible) != 1:
            raise NoticeError("E113", file=self.file, line=number, value=quote(line))
        kind = possible.pop()
        if kind in entry.texts and kind == "task":
            entry = self._next_of_same_number(number, entry)
        entry.texts.setdefault(kind, []).append(line)

    def _last_number(self) -> int:
        return int(fold(self.entries[-1].texts["serial_no"][0]).rstrip(".、")) if self.entries else 0

    def _kinds(self, line: str) -> set[str]:
        """The fields that a text could be of by its own looks."""
        if len(self.unit_fields) == 1 and _looks_like_unit(line):
            return {self.unit_fields[0]}
        kinds = {"task"}
        if "deadline" in self.order and len(line) <= _LONGEST_DEADLINE and names_a_day(fold(line)):
            kinds.add("deadline")
        return kinds

    def _due(self, entry: _Entry) -> set[str]:
        """The fields that may come next: columns keep their order, only units take several lines.

        Behind the last column another task may follow under the same number.
        """
        if "task" not in entry.texts:
            return {"task"}
        if self.order[-1] in entry.texts and self.order[-1] not in self.unit_fields:
            return {"task"}
        reached = max(self.order.index(f) for f in entry.texts)
        again = {self.order[reached]} & set(self.unit_fields)
        return set(self.order[reached + 1 :]) | again

    def _next_of_same_number(self, line: int, above: _Entry) -> _Entry:
        entry = _Entry(line, {"serial_no": above.texts["serial_no"]}, frozenset({"serial_no"}))
        self.entries.append(entry)
        return entry

    def rows(self) -> tuple[Row, ...]:
        """The rows; a task under the number above has its units too where it names none of its own.

        Raises:
            NoticeError: E113, a row lacks its task or its deadline.
        """
        out: list[Row] = []
        for i, entry in enumerate(self.entries):
            shared = set(entry.shared)
            for name in self.unit_fields:
                if name not in entry.texts and entry.shared:
                    entry.texts[name] = self.entries[i - 1].texts.get(name, [])
                    shared.add(name)
            absent = [f for f in self.order if f not in entry.texts]
            if absent:
                value = quote(" ".join(t for f in self.order for t in entry.texts.get(f, ())))
                raise NoticeError("E113", file=self.file, line=entry.line, value=value)
            cells = tuple("\n".join(entry.texts[f]) for f in self.order)
            places = frozenset(self.order.index(f) for f in shared)
            out.append(Row(entry.line, cells, places))
        return tuple(out)


def _looks_like_unit(line: str) -> bool:
    """A short name that begins or ends as units' names do, without a sentence's marks."""
    words = notice_data("units")
    if looks_odd(line) or any(mark in line for mark in "。，,；;"):
        return False
    ends = line.endswith(tuple(words["unit_ends"]))
    return ends or looks_like_group(line)
