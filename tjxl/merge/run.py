"""A merge from judged returns to disk: which rows go in, the plan, the commit, and taking the files out of 收件."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from tjxl.errors import ProjectError
from tjxl.findings import Finding, finding
from tjxl.intake.context import Context
from tjxl.intake.readform import head_date
from tjxl.intake.record import followed
from tjxl.intake.returns import Return
from tjxl.intake.sources import content_of
from tjxl.masters.door import Master
from tjxl.merge.changes import Change, logged
from tjxl.merge.commit import archive_files
from tjxl.merge.derived import not_listed
from tjxl.merge.hand_edits import edits_of, not_recorded, standing
from tjxl.merge.into_file import apply_plan
from tjxl.merge.plan import AcceptedReturn, AcceptedRow, AcceptedSheet, Plan, Present, plan_merge
from tjxl.merge.projection import project as projected
from tjxl.merge.projection import register_of
from tjxl.merge.undo import moments
from tjxl.ooxml.book import Book
from tjxl.ooxml.refs import parse_cell
from tjxl.project import Project
from tjxl.sheets.batches import undone_batch
from tjxl.sheets.filling import has_room, nearly_full, reported_periods
from tjxl.sheets.layout import master_layout, state_titles
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import holds_table
from tjxl.sheets.state import MasterState, batch_of, sender_of
from tjxl.stages import Sender

_MERGED = ("accepted", "accepted_with_notes", "needs_decision")
_ARCHIVED_AT_ONCE = 64

# A question about a row that has no task code leaves the rows that have one as they are.
_STRAY_ROW = "R305"
# A form of another period waits in 收件, whatever of its sender is merged now.
_OF_ANOTHER_PERIOD = "I237"
# A wish for another deadline or another unit does not speak of progress: nothing waits for it.
_WISH = "R330"


def accepted_return(r: Return) -> AcceptedReturn | None:
    """What of a return may be merged: every row that no question concerns; None where nothing may.

    A question about the file as a whole (which of two counts, when it was made) holds the whole file.
    """
    if r.verdict not in _MERGED or r.form is None or r.identity is None:
        return None
    questions = [f for f in r.findings if f.severity == "question" and f.code != _WISH]
    if any(f.task is None and f.code != _STRAY_ROW for f in questions):
        return None
    waiting = {(f.sheet, _row_of(f.cell)) for f in questions}
    sheets = {
        part: AcceptedSheet(
            sheet.title,
            tuple(
                AcceptedRow(row.code, row.task_code, row.row, {f: row.values.get(f) for f in fields}, row.cells)
                for row in sheet.rows
                if (sheet.title, row.row) not in waiting and not row.waits
            ),
        )
        for part, sheet in r.form.sheets.items()
        for fields in (PART_TABLES[part].fields,)
    }
    return AcceptedReturn(
        file=r.source.file,
        sha256=r.source.sha256,
        period=r.identity.period,
        unit_code=r.identity.unit_code,
        unit=r.identity.unit,
        reported_on=head_date(r.form),
        file_time=r.source.time,
        head=r.form.head,
        sheets=sheets,
        complete=not questions,
        stage=r.identity.stage,
        first_on=r.first_on,
    )


def _row_of(cell: str | None) -> int | None:
    return parse_cell(cell)[0] if cell else None


def merge_returns(
    master: Master,
    state: MasterState,
    returns: Sequence[Return],
    context: Context,
    now: dt.datetime,
) -> dict[str, Any]:
    """Plan, archive, back up, write, clear 收件; what `tjxl merge` reports.

    Questions are put into 待裁决 as a collection does, whether or not one came before. Call while holding the
    project's lock.

    Args:
        now: the time of the command (`merge_time`); what it merges, of however many periods, is one batch.

    Raises:
        ProjectError: E212 something cannot be written; E217 a file, E240 the master has changed meanwhile.
        PackageError: the master cannot be changed safely.
    """
    project = master.project
    accepted = [a for r in returns if (a := accepted_return(r)) is not None]
    present = _present(state, context)
    noted = followed(state, context, returns, ("needs_decision",))
    batch = _batch(state, now)
    plan = plan_merge(accepted, present, noted, batch=batch, now=now)
    edits = [e for stood, kind in plan.hand_edits for e in edits_of(stood, kind, state.book, project.master.name)]
    recorded, said = _to_be_recorded(state, [*plan.changes, *edits])
    said += _not_followed(state) if plan.merged else []
    editor = apply_plan(state, plan, context.settings, logged(recorded, batch, now))
    settled: set[Sender] = {
        sender_of(r) for r in state.submissions if r["period"] == context.period.code and r["merged_at"]
    }
    leaving = _leaving(returns, {a.sha256 for a in accepted if a.complete}, settled)
    archive_returns(project, [*leaving, *(r for r in returns if r.source.sha256 in plan.merged)])
    backup: Path | None = None
    book = state.book
    if editor is not None:
        backup = master.backup(now)
        book = Book(master.write(editor))
    reported = reported_periods(state) | {a.period for a in accepted}
    said += nearly_full(book, len(state.issued_periods), len(reported), state.volumes)
    _clear_inbox(project, returns, leaving)
    return {
        "merged": [a.file for a in accepted],
        "rows": sum(map(len, plan.ledgers.values())),
        "changes": [c.to_json() for c in plan.changes],
        "hand_edits": [e.to_json() for e in edits],
        "skipped": _skipped(returns, plan),
        "questions": len(plan.questions),
        "backup": backup.relative_to(project.root).as_posix() if backup else None,
        "findings": [f.to_json() for f in said],
    }


def _present(state: MasterState, context: Context) -> Present:
    """What a merge is planned against."""
    return Present(
        tasks=state.tasks,
        assignments=state.assignments,
        promises=register_of(state).promises,
        leads=state.leads,
        due={code: due.deadline for code, due in state.due.items()},
        ledgers=state.effective,
        submissions=state.submissions,
        asked={str(row["key"]) for row in state.decided.values()},
        settings=context.settings,
        withdrawn=_withdrawn(state),
    )


def _not_followed(state: MasterState) -> list[Finding]:
    """The derived tables that the master, of an earlier version, does not have."""
    figures = master_layout()["period_figures"]
    counted = [] if holds_table(state.book, figures) else [finding("G101", table=figures.title)]
    return not_listed(state) + counted


def merge_time(state: MasterState, clock: dt.datetime) -> dt.datetime:
    """The time of a merge command: later than any before it, whatever the clock says: it tells which was last."""
    now, before = clock.replace(microsecond=0), moments(state)
    return max(now, before[-1] + dt.timedelta(seconds=1)) if before else now


def _batch(state: MasterState, now: dt.datetime) -> int:
    """合并批次: that of the command's rows so far, else the next one that no merge has had, undone or not."""
    rows = [r for ledger in state.ledgers.values() for r in ledger if batch_of(r)]
    own = [batch_of(r) for r in rows if r["merged_at"] == now]
    return own[0] if own else max(undone_batch(state.meta), *(batch_of(r) for r in rows), 0) + 1


def _withdrawn(state: MasterState) -> dict[str, int]:
    """Requests that were closed without an answer: their key → their sheet row of 待裁决."""
    closed = state_titles()["decided_question"]
    keys = {n: str(r["key"]) for n, r in state.decided.items() if not r["obeyed"]}
    return {
        keys[number]: row.number
        for row in state.questions
        if (number := str(row["question_no"])) in keys and str(row["state"] or "").startswith(closed)
    }


def _to_be_recorded(state: MasterState, changes: Sequence[Change]) -> tuple[list[Change], list[Finding]]:
    """The changes that 变更记录 does not have yet; where there is no such table, or no room in it, none, and that is
    said."""
    if not changes:
        return [], []
    layout = master_layout()["changes"]
    if not holds_table(state.book, layout):
        return [], [finding("M503", table=layout.title)]
    reported = [change for change in changes if change.kind not in ("hand", "overwritten")]
    edits = [change for change in changes if change.kind in ("hand", "overwritten")]
    recorded = reported + (not_recorded(edits, state.changes) if edits else [])
    if not has_room(state.book, "changes", len(recorded), state.volumes):  # the ledgers hold all of it
        return [], [finding("M504", table=layout.title, count=len(recorded))]
    return recorded, []


def present_edits(state: MasterState, master: str) -> list[Change]:
    """The cells of the register that hold something else than what was reported, as the master stands now."""
    stood = standing(projected(register_of(state), state.effective), state.effective)
    return [edit for row in stood if row.edits for edit in edits_of(row, "hand", state.book, master)]


def _leaving(returns: Sequence[Return], complete: set[str], settled: set[Sender]) -> list[Return]:
    """Returns that are done with: merged whole now or before, or put aside for one that was.

    Args:
        complete: sha256 of the returns merged whole now.
        settled: the senders of which something was merged before.
    """
    senders = {r.identity.sender for r in returns if r.identity and r.source.sha256 in complete}
    # older than what is merged: whatever gave way to it is older still, or the same once more
    senders |= {r.identity.sender for r in returns if r.identity and any(f.code == "I209" for f in r.findings)}
    done = []
    for r in returns:
        codes = {f.code for f in r.findings}
        older = r.verdict == "ignored" and r.identity is not None and r.identity.sender in senders
        older &= _OF_ANOTHER_PERIOD not in codes
        known = r.verdict == "ignored" and bool(codes & {"I208", "I209"})
        known |= "I223" in codes and r.identity is not None and r.identity.sender in settled
        if r.source.sha256 in complete or older or known:
            done.append(r)
    return done


def is_kept(r: Return) -> bool:
    """Whether a return is archived when it is collected: it names the unit whose form it is.

    One that goes back is kept too: 报送情况 counts it, and whoever clears 收件 by hand must not lose it. What names
    no unit (a picture, somebody's own workbook) says nothing about anybody.
    """
    return r.identity is not None and bool(r.source.digest)


def archive_returns(project: Project, returns: Sequence[Return]) -> None:
    """Store the files of returns in 归档, by content; those already there cost nothing.

    Raises:
        ProjectError: E212 something cannot be written; E217 a file changed since it was read.
    """
    files: dict[str, tuple[str, bytes]] = {}
    present = {p.stem for p in project.archive.iterdir()} if project.archive.is_dir() else set()
    for r in returns:
        sha256 = r.source.sha256
        if sha256 in present:
            continue
        content = content_of(r.source, project.inbox)
        if content is None:
            raise ProjectError("E217", file=r.source.file)
        files[sha256] = (PurePosixPath(r.source.file).suffix.lower() or ".xlsx", content)
        present.add(sha256)
        if len(files) == _ARCHIVED_AT_ONCE:  # a thousand returns are not held in memory together
            archive_files(project, files)
            files = {}
    archive_files(project, files)


def _clear_inbox(project: Project, returns: Sequence[Return], leaving: Sequence[Return]) -> None:
    """Take out of 收件 what is done with and archived, a zip only as a whole. A file in use stays for next time."""
    gone = {(r.source.container, r.source.file) for r in leaving}
    by_container: dict[Path, list[Return]] = {}
    for r in returns:
        by_container.setdefault(r.source.container, []).append(r)
    for path, members in by_container.items():
        if path.is_relative_to(project.inbox) and all((path, m.source.file) in gone for m in members):
            try:
                path.unlink(missing_ok=True)
            except OSError:
                continue  # open in another program: merged all the same, and known by its digest next time
            _drop_empty(path.parent, project.inbox)


def _drop_empty(folder: Path, inbox: Path) -> None:
    """Remove the sub-folders of 收件 that a file has left empty."""
    while folder != inbox and folder.is_relative_to(inbox) and not any(folder.iterdir()):
        with contextlib.suppress(OSError):  # somebody looks into it: an empty folder does no harm
            folder.rmdir()
        if folder.exists():
            return
        folder = folder.parent


def _skipped(returns: Sequence[Return], plan: Plan) -> list[dict[str, Any]]:
    """Returns of which nothing was merged, and those of which rows still wait for a decision."""
    taken = set(plan.merged)
    return [
        {"file": r.source.file, "unit": r.identity.unit if r.identity else None, "verdict": r.verdict}
        for r in returns
        if r.source.sha256 not in taken or r.verdict in ("ignored", "needs_decision")
    ]
