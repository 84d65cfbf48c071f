"""Table → task rows: what each row says, still as printed; rows that cannot be read become findings. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tjxl.findings import Finding, finding
from tjxl.notice.cell_duties import read_duties
from tjxl.notice.columns import Columns, column_title
from tjxl.notice.names import split_names
from tjxl.notice.serials import number_rows, serial_number
from tjxl.notice.table import NoticeDocument, Row
from tjxl.notice.words import gaps, joined_lines, quote, say_ranges
from tjxl.register import task_code

_LONGEST_CELL = 32_767  # characters, Excel's limit: a longer text cannot stand in the register


@dataclass(frozen=True, slots=True)
class TaskRow:
    """One row of the task table.

    Attributes:
        line: where the row starts in the source.
        part: counts the tasks that share this 序号.
        theme: the cell's text, empty where the cell is.
        deadline: the cell's text.
        leads: the names of the column of leading units, or those that the cell of responsible units says lead; None
            where neither does.
        others: the names of the other columns of units, in printed order.
    """

    line: int
    serial_no: int
    theme: str
    text: str
    deadline: str
    leaders: tuple[str, ...]
    leads: tuple[str, ...] | None
    others: tuple[str, ...]
    part: int = 1

    @property
    def code(self) -> str:
        """The key of the task."""
        return task_code(self.serial_no, self.part)


def read_rows(document: NoticeDocument, columns: Columns) -> tuple[list[TaskRow], list[Finding]]:
    """The rows that can be read, in printed order: one per 序号, or several where it is merged over them.

    Findings: N106 unread columns, N107 text in no cell, N108, N109 numbers given by tjxl, N110–N114 and N116–N119
    rows and numbers, and the layout's own.
    """
    findings = [_unread_column(document.header.cells[i]) for i in columns.unread if document.header.cells[i].strip()]
    findings += [finding("N107", line=line, value=quote(text)) for line, text in document.stray]
    findings += document.findings
    shapely, misshapen, lost = _by_shape(document, columns)
    findings += misshapen
    numbered, number_findings = number_rows(shapely, columns)
    findings += number_findings
    rows: dict[str, TaskRow] = {}
    places: dict[int, list[int]] = {serial: [] for serial in lost}
    previous = 0
    for row, serial_no, part in numbered:
        if part == 1:
            places.setdefault(serial_no, []).append(row.line)
        if task_code(serial_no, part) in rows:
            continue
        if serial_no < previous:
            findings.append(finding("N116", line=row.line, serial_no=serial_no, previous=previous))
        previous = serial_no
        task = _task_row(row, serial_no, part, columns)
        rows[task.code] = task
        findings += _empty_cells(task, columns)
    findings += _numbering(places)
    if not rows:
        findings.append(finding("N117"))
    return list(rows.values()), findings


def _by_shape(document: NoticeDocument, columns: Columns) -> tuple[list[Row], list[Finding], list[int]]:
    """The rows with a cell for every column; findings about the others, and the numbers that those were to have."""
    shapely: list[Row] = []
    findings: list[Finding] = []
    lost: list[int] = []
    task = columns.index["task"]
    for row in document.rows:
        if problem := _misshapen(row, len(document.header.cells)):
            findings.append(problem)
            if serial := serial_number(row.cells[0]):  # named in the finding: not missing besides
                lost.append(serial)
        elif task in row.shared:
            if own := [text for i, text in enumerate(row.cells) if text and i not in row.shared]:
                findings.append(finding("N129", line=row.line, value=quote(own[0])))
        else:
            shapely.append(row)
    return shapely, findings, lost


def _task_row(row: Row, serial_no: int, part: int, columns: Columns) -> TaskRow:
    def cell(field: str) -> str:
        return row.cells[columns.index[field]] if field in columns.index else ""

    leads, others = read_duties(cell("units"))
    if "lead_unit" in columns.index:
        leads = split_names(cell("lead_unit"))
    return TaskRow(
        line=row.line,
        serial_no=serial_no,
        theme="".join(cell("theme").split("\n")),
        text=joined_lines(cell("task")),
        deadline=joined_lines(cell("deadline")),
        leaders=tuple(dict.fromkeys(split_names(cell("leader")))),
        leads=leads,
        others=others + split_names(cell("cooperating_units")),
        part=part,
    )


def _unread_column(title: str) -> Finding:
    return finding("N106", title=quote(title))


def _misshapen(row: Row, expected: int) -> Finding | None:
    """Why the cells of a row cannot be read at all, if so."""
    first = quote(row.cells[0])
    if len(row.cells) != expected:
        return finding("N110", line=row.line, value=first, cells=len(row.cells), expected=expected)
    longest = max(map(len, row.cells))
    if longest > _LONGEST_CELL:
        return finding("N119", line=row.line, value=first, length=longest, limit=_LONGEST_CELL)
    return None


def _empty_cells(row: TaskRow, columns: Columns) -> list[Finding]:
    def empty(code: str, field: str, title: str = "") -> Finding:
        return finding(code, field=field, task=row.code, serial_no=row.serial_no, line=row.line, title=title)

    out: list[Finding] = []
    if not row.text:
        out.append(empty("N111", "text", column_title("task")))
    if not (row.others if row.leads is None else row.leads):
        field = "units" if row.leads is None else "lead_unit"
        out.append(empty("N111", "lead_unit", column_title(field)))
    if "leader" in columns.index and not row.leaders:
        out.append(empty("N118", "leaders"))
    return out


def _numbering(places: dict[int, list[int]]) -> list[Finding]:
    out = [
        finding(
            "N113",
            field="serial_no",
            task=task_code(serial_no),
            serial_no=serial_no,
            lines="、".join(map(str, lines[:10])),
        )
        for serial_no, lines in places.items()
        if len(lines) > 1
    ]
    if missing := gaps(places):
        count = sum(last - first + 1 for first, last in missing)
        out.append(finding("N114", field="serial_no", serials=say_ranges(missing), count=count))
    return out


def check_count(stated: Sequence[int], rows: Sequence[TaskRow]) -> list[Finding]:
    """N115, when the text states how many tasks there are and none of its numbers is what was read.

    Tasks that share a 序号 may have been counted as one or as several.
    """
    numbers = sum(1 for row in rows if row.part == 1)
    if not stated or len(rows) in stated or numbers in stated:
        return []
    return [finding("N115", stated="、".join(map(str, stated)), count=len(rows))]
