"""The last merge taken back: its ledger rows, what the register shows because of them, 报送情况, open requests.

Pure. What is planned is an inverse of the merge on the master as it stands, so that whatever the office typed,
sorted, added or decorated since stays. Of the rows taken out of a ledger, those at its end leave the table; others
are emptied, not moved: nothing beside them shifts.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tjxl.errors import ProjectError
from tjxl.fields.spec import Part
from tjxl.findings import finding
from tjxl.intake.timeliness import timely
from tjxl.merge.agreement import agreements
from tjxl.merge.changes import Change, Lives, differing, logged
from tjxl.merge.derived import follow
from tjxl.merge.plan import adjustment_key
from tjxl.merge.projection import Key, project, register_of
from tjxl.merge.recall import recall
from tjxl.ooxml.editor import BookEditor
from tjxl.settings import Settings
from tjxl.sheets.batches import remember_undone, undone_batch
from tjxl.sheets.layout import answer_words, master_layout, state_titles
from tjxl.sheets.master_edit import append_fitted, set_row_values, take_out
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow, holds_table
from tjxl.sheets.state import MasterState, batch_of, in_order, sender_of
from tjxl.sheets.volumes import ArchivedRow, place_of

SUBMITTED = (
    "state",
    "reported_on",
    "first_reported_on",
    "days_late",
    "prepared_by",
    "phone",
    "reviewed_by",
    "file",
    "file_time",
    "sha256",
    "merged_at",
)
"""What a merge writes into a unit's row of 报送情况."""


Effective = dict[Part, dict[Key, TableRow]]
"""Sheet of the form → (period, row code, unit) → the ledger row that counts."""


@dataclass(frozen=True, slots=True)
class UndoneFile:
    """A file that the merge took in: its content, the name and time that it had in 收件."""

    sha256: str
    file: str
    time: dt.datetime | None


@dataclass(slots=True)
class Undoing:
    """What undoing a merge will do.

    Attributes:
        batch: 合并批次, None where the merge added no row to a ledger; merged_at: when it was.
        removed: sheet of the form → the ledger rows to take out.
        updates: table → sheet row → column name → new value.
        changes: what the merge had changed, the other way round: for people and for 变更记录.
        kept: (table, sheet row, column name) of cells that people have typed over since: these stay.
        files: to go back into 收件.
        periods: that the merge was about.
        derived: units whose row of 报送情况 follows from the ledgers alone, no backup being a witness.
        withdrawn: numbers of the questions that are closed.
        recalled: the volumes that hold rows of this merge; what is left of them comes back to the master.
    """

    batch: int | None
    merged_at: dt.datetime
    removed: dict[Part, list[TableRow]] = field(default_factory=dict)
    updates: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    kept: list[tuple[str, int, str]] = field(default_factory=list)
    files: list[UndoneFile] = field(default_factory=list)
    periods: list[str] = field(default_factory=list)
    derived: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    recalled: list[str] = field(default_factory=list)

    @property
    def rows(self) -> int:
        """How many ledger rows are taken out."""
        return sum(map(len, self.removed.values()))

    def update(self, table: str, number: int, new: Mapping[str, Any]) -> None:
        """Plan to set these values."""
        if new:
            self.updates.setdefault(table, {}).setdefault(number, {}).update(new)


def moments(state: MasterState) -> list[dt.datetime]:
    """When something was merged, oldest first: one moment for each command (入账时间)."""
    rows = [row for ledger in state.ledgers.values() for row in ledger] + state.submissions
    return sorted({at for row in rows if isinstance(at := row["merged_at"], dt.datetime)})


def is_witness(backup: MasterState, state: MasterState) -> bool:
    """Whether a backup shows this master as it was before its last merge.

    It may know of more merges than are left to see: of one that added no row, a later one overwrites 入账时间.
    """
    if not (merged := moments(state)) or backup.meta["master_id"] != state.meta["master_id"]:
        return False
    known = moments(backup)
    return set(merged[:-1]) <= set(known) and all(at < merged[-1] for at in known)


def plan_undo(state: MasterState, witness: MasterState | None, settings: Settings) -> Undoing:
    """What undoing the last merge changes.

    Args:
        witness: a backup for which `is_witness` holds; without one 报送情况 follows from what is left in the ledgers.

    Raises:
        ProjectError: E260 nothing was ever merged; E261 a request that it brought was agreed to; E262 the ledgers do
            not tell which rows it brought.
    """
    at = moments(state)
    if not at:
        raise ProjectError("E260")
    last = at[-1]
    _refuse_typed_over(state)
    removed = {part: [r for r in rows if r["merged_at"] == last] for part, rows in state.ledgers.items()}
    archived = {r.volume for rows in removed.values() for r in rows if isinstance(r, ArchivedRow)}
    batches = [n for rows in removed.values() for r in rows if (n := batch_of(r))]
    plan = Undoing(max(batches, default=None), last, removed, recalled=sorted(archived))
    _project(plan, state)
    _agree(plan, state, settings)
    plan.changes = list(_changes(removed, _left(state, removed)))
    _withdraw(plan, state, settings.status_named("adjustment_requested"))
    merged = [row for row in state.submissions if row["merged_at"] == last]
    plan.periods = sorted(
        {str(r["period"]) for r in (*merged, *(r for rows in removed.values() for r in rows))},
    )
    _take_back_files(plan, state, merged)
    _restore_submissions(plan, state, merged, witness, settings)
    return plan


def _refuse_typed_over(state: MasterState) -> None:
    """入账时间 and 合并批次 say what belongs to a merge: where they disagree, nobody can tell.

    Raises:
        ProjectError: E262.
    """
    pairs = {
        (batch_of(row), row["merged_at"]) for ledger in state.ledgers.values() for row in ledger if batch_of(row)
    }
    if len({batch for batch, _ in pairs}) < len(pairs) or len({moment for _, moment in pairs}) < len(pairs):
        raise ProjectError("E262")


def _left(state: MasterState, removed: Mapping[Part, Sequence[TableRow]]) -> Effective:
    """The ledger rows that count without those taken out."""
    gone = {part: {place_of(r) for r in rows} for part, rows in removed.items()}
    return {
        part: {
            (str(r["period"]), str(r[PART_TABLES[part].key]), str(r["unit_code"])): r
            for r in in_order(rows)
            if place_of(r) not in gone[part]
        }
        for part, rows in state.ledgers.items()
    }


def _project(plan: Undoing, state: MasterState) -> None:
    """Of the register only what showed a row that is taken out: what people typed elsewhere is not this merge's."""
    register = register_of(state)
    now = project(register, state.effective)
    then = project(register, _left(state, plan.removed))
    for shown, left in zip(now, then, strict=True):
        if shown.entry is None or shown.entry is left.entry:
            continue
        new = {name: v for name, v in left.differing.items() if left.row[name] == shown.values[name]}
        plan.kept += [(left.table, left.row.number, name) for name in left.differing if name not in new]
        plan.update(left.table, left.row.number, new)


def _agree(plan: Undoing, state: MasterState, settings: Settings) -> None:
    """与牵头口径 as it follows from what is left."""
    left = _left(state, plan.removed)["report"]
    said = agreements(state.assignments, state.leads, left, state.split_periods, settings)
    for row in state.assignments:
        if row["agreement"] != said.get(row.number):
            plan.update("assignments", row.number, {"agreement": said.get(row.number)})


def _changes(removed: Mapping[Part, Sequence[TableRow]], left: Effective) -> Iterator[Change]:
    """What the rows that are taken out had changed, the other way round."""
    for part, rows in removed.items():
        lives, tables = Lives(left[part]), PART_TABLES[part]
        counted = {(str(r["period"]), str(r[tables.key]), str(r["unit_code"])): r for r in in_order(list(rows))}
        for key, row in counted.items():
            _, before = lives.replaced(key)
            for name, old, new in differing(part, row, before):
                yield Change(
                    period=key[0],
                    task=str(row["task_code"]),
                    code=key[1],
                    unit=str(row["unit"]),
                    table=tables.ledger,
                    field=name,
                    old=new,
                    new=old,
                    kind="undone",
                    file=str(row["file"]),
                    sha256=str(row["sha256"]),
                    sheet=str(row["sheet"]),
                    cell=None,
                )


def _withdraw(plan: Undoing, state: MasterState, adjustment_status: str) -> None:
    """Close the requests that only this merge brought (申请调整).

    Raises:
        ProjectError: E261, the office has agreed to one, or has answered and no command has carried it out yet.
    """
    left = _requests(_left(state, plan.removed)["report"].values(), adjustment_status)
    keys = _requests(plan.removed["report"], adjustment_status) - left
    agreed = []
    questions = {str(q["question_no"]): q for q in state.questions}
    for number, row in state.decided.items():
        question = questions.get(number)
        if row["key"] not in keys:
            continue
        done = json.loads(row["obeyed"]) if row["obeyed"] else {}
        said = str((question.values.get("decision") if question else None) or "").strip()
        if done.get("choice") == answer_words()["agree"] or said != (done.get("answer") or ""):
            agreed.append(number)
        elif not done and question is not None:
            plan.withdrawn.append(number)
            closed = f"{state_titles()['decided_question']}：" + finding("M510").message
            plan.update("questions", question.number, {"state": closed})
    if agreed:
        raise ProjectError("E261", questions="、".join(agreed), disagree=answer_words()["disagree"])


def _requests(entries: Any, adjustment_status: str) -> set[str]:
    return {adjustment_key(entry) for entry in entries if entry["status"] == adjustment_status}


def _take_back_files(plan: Undoing, state: MasterState, merged: Sequence[TableRow]) -> None:
    """The files that nothing that is left names; the others were merged before and are found in 归档."""
    left = {
        str(r["sha256"])
        for part, rows in state.ledgers.items()
        for r in rows
        if r not in plan.removed[part] and r["sha256"]
    }
    left |= {str(r["sha256"]) for r in state.submissions if r["merged_at"] not in (None, plan.merged_at)}
    files: dict[str, UndoneFile] = {}
    for row in (*merged, *(r for rows in plan.removed.values() for r in rows)):
        sha256 = str(row["sha256"] or "")
        if sha256 and sha256 not in left and sha256 not in files:
            time = row.values.get("file_time")
            known = time if isinstance(time, dt.datetime) else None
            files[sha256] = UndoneFile(sha256, str(row["file"] or ""), known)
    plan.files = list(files.values())


def _restore_submissions(
    plan: Undoing,
    state: MasterState,
    merged: Sequence[TableRow],
    witness: MasterState | None,
    settings: Settings,
) -> None:
    """报送情况 of this merge's returns as it was: as the witness shows it, else as the ledgers that are left say.

    Without a witness the head of the report before (填报人 …) is not known and stays empty.
    """
    before = {(r["period"], *sender_of(r)): r for r in witness.submissions} if witness else {}
    newest: dict[tuple[Any, ...], TableRow] = {}
    for rows in _left(state, plan.removed).values():
        for row in rows.values():
            report: tuple[Any, ...] = state.reporter_of(row)
            if report not in newest or batch_of(row) > batch_of(newest[report]):
                newest[report] = row
    titles = state_titles()
    for row in merged:
        report = (row["period"], *sender_of(row))
        if report in before:
            new = {name: before[report][name] for name in SUBMITTED}
        else:
            plan.derived.append(str(row["unit"]))
            new = dict.fromkeys(SUBMITTED) | {"state": titles["missing"]}
            if report in newest:
                new |= {name: newest[report][name] for name in ("file", "sha256", "merged_at")}
                new["state"] = titles["reported"]
        new = timely(row, settings, new, _first_day(row, new))
        plan.update("submissions", row.number, {n: v for n, v in new.items() if row[n] != v})


def _first_day(row: TableRow, new: Mapping[str, Any]) -> Any:
    """首次填报日期 after the undo: as it was; a day before that of the report taken back is another's, and stays."""
    first, taken_back = row["first_reported_on"], row["reported_on"]
    if isinstance(first, dt.date) and isinstance(taken_back, dt.date) and first < taken_back:
        return first
    return new["first_reported_on"] or new["reported_on"]


def apply_undo(state: MasterState, plan: Undoing, settings: Settings, now: dt.datetime) -> BookEditor:
    """The edits of the master, formulas' values and chart points refreshed; 变更记录 (where there is one) goes on."""
    editor = BookEditor(state.book)
    layouts = master_layout()
    for part, rows in plan.removed.items():
        own = {row.number for row in rows if not isinstance(row, ArchivedRow)}
        take_out(editor, layouts[PART_TABLES[part].ledger], own)
    recall(state, editor, {PART_TABLES[p].ledger: {place_of(r): None for r in plan.removed[p]} for p in plan.removed})
    for name, updates in plan.updates.items():
        for number, values in updates.items():
            set_row_values(editor, layouts[name], number, values)
    if plan.batch is not None:
        remember_undone(editor, max(plan.batch, undone_batch(state.meta)))
    if plan.changes and holds_table(state.book, layouts["changes"]):
        append_fitted(editor, layouts["changes"], logged(plan.changes, plan.batch, now))
    follow(state, editor, _left(state, plan.removed), settings)
    refresh(editor)
    return editor
