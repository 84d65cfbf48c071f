"""考核: the appraisal's rows brought up to date, its scores read, and what a person should know about them.

The scores themselves are formulas of the master (`tjxl.sheets.score_formulas`): here nothing is computed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tjxl.errors import ProjectError
from tjxl.findings import Finding, finding
from tjxl.masters.door import Master
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import cell_ref
from tjxl.project import Project
from tjxl.session import entered, obeyed
from tjxl.sheets.layout import master_layout, state_titles
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow, find_table, holds_table, read_rows
from tjxl.sheets.score_formulas import words
from tjxl.sheets.score_settings import missing_names, parameters_of
from tjxl.sheets.score_sheets import SCORED, TABLES, Scored, follow_scored
from tjxl.sheets.state import MasterState, role_of

_PARTS = (
    "standard", "earned", "completion", "load_factor", "task_score", "reporting_penalty", "verification_penalty",
    "bonus", "computed", "leader_score", "adjustment",
)  # fmt: skip
_TIMES = ("late_times", "missing_times", "returned_times", "differing")
_ITEM = ("weight", "share", "standard", "situation", "result", "earned", "bonus", "verified_result")


def score(project: Project, units: Sequence[str] = (), master: Master | None = None) -> dict[str, Any]:
    """Bring 考核, 考核明细 and 考核任务 up to date with 责任分工 and 责任单位; the ranking, best first.

    What the office typed stays; rows that nothing stands for any more go, unless the office has written in them.

    Args:
        units: only these units are reported, by whatever of their names.

    Returns:
        `scores` (of each unit: rank, total, parts, times, items), `parameters` as the cells of 考核参数 have them,
        `added` (rows by table), `findings`, `decisions`. `state` of a unit is scored, not_scored (不参评),
        no_data or error; then rank and total are None.

    Raises:
        ProjectError: S101, the master was made by a version without these sheets; S102, no such unit is appraised.
    """
    with project.locked("score"):
        master, state = entered(project, master)
        state, decisions = obeyed(master, state, project.settings())
        _refuse_without_sheets(state.book)
        editor = BookEditor(state.book)
        added = follow_scored(editor, _scored(state))
        refresh(editor)
        if editor.changed:
            state = state.later(master.write(editor))
    rows, items, tasks = (read_rows(state.book, master_layout()[name]) for name in TABLES)
    scores = [_score(row, items) for row in rows]
    found = [*_findings(state, tasks)]
    return {
        "scores": sorted(_of_units(scores, units, state), key=_by_rank),
        "parameters": parameters_of(state.book),
        "added": added,
        "findings": [f.to_json() for f in found],
        "decisions": decisions,
    }


def _refuse_without_sheets(book: Book) -> None:
    missing = [layout.title for name in TABLES if not holds_table(book, layout := master_layout()[name])]
    if missing:
        raise ProjectError("S101", tables="、".join(missing))


def _scored(state: MasterState) -> Scored:
    """Whom the appraisal is about, as the master stands."""
    return Scored(
        {unit.code: unit.name for unit in state.registry.units if unit.kind in SCORED},
        {str(row["task_code"]): (row["serial_no"], str(row["task"] or "")) for row in state.tasks},
        {(str(a["task_code"]), str(a["unit_code"])): role_of(a["role"]) for a in state.assignments},
    )


def _score(row: TableRow, items: Sequence[TableRow]) -> dict[str, Any]:
    said = words()
    total, scored = row["total"], isinstance(row["total"], float)
    return {
        "unit_code": row["unit_code"],
        "unit": row["unit"],
        "kind": row["kind"],
        "state": "scored"
        if scored
        else {said["not_scored"]: "not_scored", said["no_data"]: "no_data"}.get(total, "error"),
        "rank": row["rank"] if scored else None,
        "rank_in_kind": row["rank_in_kind"] if scored else None,
        "total": total if scored else None,
        "tasks": {"lead": row["lead_tasks"], "cooperating": row["cooperating_tasks"]},
        "parts": {name: _number(row.values.get(name)) for name in _PARTS},
        "times": {name: row[name] for name in _TIMES},
        "items": [_item(item) for item in items if item["unit_code"] == row["unit_code"]],
    }


def _item(item: TableRow) -> dict[str, Any]:
    out: dict[str, Any] = {"task": item["task_code"], "serial_no": item["serial_no"], "role": item["role"]}
    return out | {n: item.values.get(n) if n == "situation" else _number(item.values.get(n)) for n in _ITEM}


def _number(value: Any) -> float | None:
    """A number of the sheet; / and the like are none."""
    return value if isinstance(value, float | int) else None


def _of_units(scores: Sequence[dict[str, Any]], units: Sequence[str], state: MasterState) -> Sequence[dict[str, Any]]:
    """The scores of the units named.

    Raises:
        ProjectError: S102, a name that no unit of 考核 has.
    """
    if not units:
        return scores
    present = {s["unit_code"] for s in scores}
    found = {name: unit.code if (unit := state.registry.find(name)) else "" for name in units}
    if unknown := [name for name, code in found.items() if code not in present]:
        raise ProjectError("S102", units="、".join(unknown))
    return [s for s in scores if s["unit_code"] in found.values()]


def _by_rank(scored: Mapping[str, Any]) -> tuple[float, str]:
    rank = scored["rank"]
    return (rank if isinstance(rank, int | float) else float("inf"), str(scored["unit_code"]))


def _findings(state: MasterState, tasks: Sequence[TableRow]) -> Iterator[Finding]:
    """What a person should know before using the scores."""
    if gone := missing_names(state.book):
        yield finding("S110", names="、".join(gone))
    yield from _errors(state.book)
    ungraded = sum(row.values.get("importance") is None or row.values.get("difficulty") is None for row in tasks)
    if ungraded:
        grade = parameters_of(state.book).get("default_grade")
        yield finding("S112", count=ungraded, grade=grade)
    if state.issued_periods:
        period = state.issued_periods[-1]
        titles = {state_titles()["missing"], state_titles()["returned"]}
        late = {r["unit_code"] for r in state.submissions if r["period"] == period.code and r["state"] in titles}
        if late:
            yield finding("S113", period=period.title, count=len(late))


def _errors(book: Book) -> Iterator[Finding]:
    """The cells that show an error, in the first of the tables that has any: those after it only pass it on."""
    for name in reversed(TABLES):
        layout = master_layout()[name]
        table = find_table(book, layout)
        cells = book.cells(table.sheet).cells
        bad = [
            (row, column)
            for row in range(table.first_row, table.last_row + 1)
            for column in layout.columns
            if (cell := cells.get((row, table.columns.get(column.title, 0)))) and cell.kind == "error"
        ]
        for row, column in bad:
            at = table.columns[column.title]
            said = finding("S111", title=column.title, shown=cells[row, at].value)
            yield said.at(sheet=table.sheet, cell=cell_ref(row, at), field=column.name, value=cells[row, at].value)
        if bad:
            return
