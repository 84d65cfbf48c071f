"""序号: which number each row has, as printed where that is possible. Pure.

* A number merged over several rows is shared by several tasks.
* Where every chapter counts from 1 again, or no column numbers the rows, tjxl numbers them through and says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from tjxl.findings import Finding, finding
from tjxl.notice.columns import Columns
from tjxl.notice.table import Row
from tjxl.notice.words import fold, number_ranges, quote, say_ranges

_LONGEST_NUMBER = 6  # digits
_LONGEST_TEXT = 20

Numbered = tuple[Row, int, int]
"""A row, its 序号, and its place among the rows that share it (from 1)."""


def serial_number(text: str) -> int | None:
    """序号: 「10」, 「１０」, 「10.」, 「10、」, 「（10）」; None for anything else."""
    digits = fold(text[:_LONGEST_TEXT]).strip("()").rstrip(".、,")
    if not digits.isdecimal() or len(digits) > _LONGEST_NUMBER or len(text) > _LONGEST_TEXT:
        return None
    return int(digits) or None


def number_rows(rows: Sequence[Row], columns: Columns) -> tuple[list[Numbered], list[Finding]]:
    """Each row with its number; rows without one are left out and named.

    Findings: N112 no number, N108 numbers that begin anew in each chapter, N109 no column of numbers.
    """
    at = columns.index.get("serial_no")
    if at is None:
        numbered = [(row, number, 1) for number, row in enumerate(rows, 1)]
        return numbered, [finding("N109", field="serial_no", count=len(rows))] if rows else []
    out: list[Numbered] = []
    findings: list[Finding] = []
    for row in rows:
        printed = row.cells[at]
        serial_no = serial_number(printed)
        if serial_no is None:
            findings.append(finding("N112", line=row.line, value=quote(printed), field="serial_no"))
        elif at in row.shared and out:
            out.append((row, serial_no, out[-1][2] + 1))
        else:
            out.append((row, serial_no, 1))
    starts = _chapters(out, columns)
    return (_through(out), [*findings, _renumbered(out, starts)]) if starts else (out, findings)


def _chapters(rows: Sequence[Numbered], columns: Columns) -> list[int]:
    """Where numbers begin anew, when they do so in several chapters, each counted from 1 without a gap; else none.

    Anything less regular is a fault of the numbers, to be named as such.
    """
    theme = columns.index.get("theme")
    starts: list[int] = []
    previous = 0
    for i, (row, serial_no, part) in enumerate(rows):
        if part > 1:
            continue
        if serial_no == 1 and previous:
            if theme is None or (row.cells[theme] and row.cells[theme] == rows[i - 1][0].cells[theme]):
                return []
            starts.append(i)
        elif serial_no != previous + 1:
            return []
        previous = serial_no
    return [0, *starts] if starts else []


def _through(rows: Sequence[Numbered]) -> list[Numbered]:
    out: list[Numbered] = []
    count = 0
    for row, _, part in rows:
        count += part == 1
        out.append((row, count, part))
    return out


def _renumbered(rows: Sequence[Numbered], starts: Sequence[int]) -> Finding:
    through = _through(rows)
    firsts = number_ranges(through[i][1] for i in starts)
    return finding("N108", field="serial_no", count=through[-1][1], chapters=len(starts), firsts=say_ranges(firsts))
