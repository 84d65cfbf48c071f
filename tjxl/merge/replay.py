"""The archived files read again, each as it was read when it was merged: by the form that its unit then had in hand,
and with the answers of the office as they were carried out. Pure but for what `content_of` reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tjxl.errors import PackageError
from tjxl.intake.context import Context
from tjxl.intake.decided import to_be_read_again
from tjxl.intake.expected import intake_context
from tjxl.intake.guard import open_book
from tjxl.intake.identify import read_identity
from tjxl.intake.readform import ReadForm
from tjxl.intake.returns import Return, judge, read_return
from tjxl.intake.sources import Source
from tjxl.merge.plan import AcceptedReturn
from tjxl.merge.run import accepted_return
from tjxl.ooxml.refs import parse_cell
from tjxl.periods import Period, parse_period
from tjxl.settings import Settings
from tjxl.sheets.form_places import IDENTITY_SHEET
from tjxl.sheets.state import MasterState
from tjxl.stages import SINGLE, Sender

Archived = Callable[[str], bytes | None]
"""sha256 → the content that 归档 holds under it, None where it does not or the content is another."""

_DECIDED = "V426"
"""The note that a value is the office's word."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """A file of 归档 as it reads today.

    Attributes:
        accepted: what of it would be merged today; None where nothing would.
        verdict: of today, under the answers carried out.
        stage: of the period, where it has two.
        undecided: (sheet, row) of the rows whose decision is carried out but not merged yet.
    """

    sha256: str
    period: str
    unit_code: str
    unit: str
    form: ReadForm
    accepted: AcceptedReturn | None
    verdict: str
    undecided: frozenset[tuple[str | None, int]]
    decided: frozenset[tuple[str | None, int]] = frozenset()
    stage: str = SINGLE


def replay(state: MasterState, settings: Settings, archived: Archived, wanted: Sequence[str]) -> dict[str, Replayed]:
    """The files by sha256; one that 归档 lacks, or that is no form of this project, is left out."""
    by_period: dict[str, list[Source]] = {}
    for sha256 in wanted:
        content = archived(sha256)
        period = _period(content) if content is not None else None
        if content is not None and period is not None:
            source = Source(f"{sha256}.xlsx", content, dt.datetime.min, Path(sha256), digest=sha256)
            by_period.setdefault(period.code, []).append(source)
    out: dict[str, Replayed] = {}
    for code, sources in by_period.items():
        context = intake_context(state, parse_period(code), settings)
        context = replace(context, merged={}, merged_files=frozenset(), set_aside={})
        pending = set(to_be_read_again(state, code))
        for r in _judged_apart(sources, context):
            if r.form is not None and r.identity is not None:
                out[r.source.sha256] = _replayed(r, r.form, pending)
    return out


def _period(content: bytes) -> Period | None:
    """The period that a form says it is of."""
    try:
        book = open_book(content)
        identity = read_identity(book.cells(IDENTITY_SHEET)) if IDENTITY_SHEET in book.sheets else None
        return parse_period(identity.period) if identity else None
    except (PackageError, ValueError):
        return None


def _judged_apart(sources: Sequence[Source], context: Context) -> list[Return]:
    """Judged so that no two of one unit meet: each was once the one that counted."""
    rounds: list[dict[Sender, Return]] = []
    for source in sources:
        r = read_return(source, context)
        sender = r.identity.sender if r.identity else (source.sha256, SINGLE)
        free = next((one for one in rounds if sender not in one), None)
        if free is None:
            rounds.append(free := {})
        free[sender] = r
    return [judged for one in rounds for judged in judge(list(one.values()), context)]


def _replayed(r: Return, form: ReadForm, pending: set[str]) -> Replayed:
    assert r.identity is not None
    decided = frozenset(
        (f.sheet, parse_cell(f.cell)[0]) for f in r.findings if f.code == _DECIDED and f.cell is not None
    )
    return Replayed(
        sha256=r.source.sha256,
        period=r.identity.period,
        unit_code=r.identity.unit_code,
        unit=r.identity.unit,
        form=form,
        accepted=accepted_return(r),
        verdict=r.verdict,
        undecided=decided if r.source.sha256 in pending else frozenset(),
        decided=decided,
        stage=r.identity.stage,
    )


def named_files(state: MasterState) -> Mapping[str, None]:
    """sha256 of every file that ledgers and 报送情况 say was merged, in the order of the ledgers."""
    rows = [row for ledger in state.ledgers.values() for row in ledger]
    rows += [row for row in state.submissions if row["merged_at"] is not None]
    return dict.fromkeys(str(row["sha256"]) for row in rows if row["sha256"])
