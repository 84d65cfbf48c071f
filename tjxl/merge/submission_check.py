"""报送情况 against the archived files and the ledgers as they should be. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Set
from typing import Any

from tjxl.fields.spec import Part
from tjxl.intake.readform import head_date
from tjxl.intake.timeliness import timely
from tjxl.merge.differences import Notes, without_file
from tjxl.merge.projection import Key
from tjxl.merge.replay import Replayed
from tjxl.settings import Settings
from tjxl.sheets.layout import state_titles
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, batch_of, sender_of

_HEAD = ("prepared_by", "phone", "reviewed_by")

Effective = Mapping[Part, Mapping[Key, Mapping[str, Any]]]
Report = tuple[str, ...]
"""Period and sender."""


def check_submissions(
    state: MasterState,
    files: Mapping[str, Replayed],
    kept: Set[str],
    effective: Effective,
    *,
    settings: Settings,
    notes: Notes,
) -> None:
    """Note what differs in 报送情况.

    Args:
        files: those of 归档 that the master names (`replay`).
        kept: sha256 of all that 归档 holds unchanged.
        effective: the ledger rows that count, as they should be.
    """
    newest = _newest(state, effective)
    for row in state.submissions:
        report = (str(row["period"]), *sender_of(row))
        file, entry = files.get(str(row["sha256"])), newest.get(report)
        expected: dict[str, Any] = {}
        if entry is not None and (file is None or (file.period, file.unit_code, file.stage) != report):
            file = files.get(str(entry["sha256"]))
            expected = {"sha256": entry["sha256"], "file": entry["file"]} if file else {}
        if entry is not None and row["merged_at"] is None:
            expected["merged_at"] = entry["merged_at"]
        if file is None or (row["merged_at"] is None and entry is None):
            if row["merged_at"] is not None:
                notes.unproven("submissions", row, without_file(row["sha256"], kept))
            elif row["state"] in (state_titles()["missing"], state_titles()["returned"]):
                nothing = dict.fromkeys(("reported_on", "days_late", *_HEAD))
                notes.differ("submissions", row, nothing)  # nothing was merged
            continue
        if entry is not None and entry["sha256"] == file.sha256:
            expected["file"] = entry["file"]
        submitted = _submitted(file)
        first = _first_day(files, report, row, submitted["reported_on"])
        merged = {"merged_at": expected.get("merged_at", row["merged_at"])}
        dated = timely(row, settings, merged | submitted, first)
        notes.differ("submissions", row, expected | {n: v for n, v in dated.items() if n != "merged_at"})


def _newest(state: MasterState, effective: Effective) -> dict[Report, Mapping[str, Any]]:
    """Of each report the ledger row merged last."""
    newest: dict[Report, Mapping[str, Any]] = {}
    for rows in effective.values():
        for one in rows.values():
            report: Report = state.reporter_of(one)
            if report not in newest or batch_of(one) > batch_of(newest[report]):
                newest[report] = one
    return newest


def _submitted(file: Replayed) -> dict[str, Any]:
    """报送情况 of a merged file. A file that would go back today proves no state."""
    out: dict[str, Any] = {"reported_on": head_date(file.form)}
    out |= {name: file.form.head.get(name) for name in _HEAD if name not in file.form.head_unreadable}
    if file.accepted is not None and not file.undecided:
        out["state"] = state_titles()["reported" if file.accepted.complete else "awaiting_decision"]
    return out


def _first_day(
    files: Mapping[str, Replayed], report: Report, row: TableRow, reported: dt.date | None
) -> dt.date | None:
    """首次填报日期, by the files that were merged.

    An earlier day stays: that of a file that gave way to a newer one unmerged is told by nothing else.
    """
    merged = (f for f in files.values() if (f.period, f.unit_code, f.stage) == report and f.accepted)
    days = [day for f in merged if (day := head_date(f.form)) is not None]
    noted = row["first_reported_on"]
    days += [day for day in (noted, reported) if isinstance(day, dt.date)]
    return min(days, default=None)
