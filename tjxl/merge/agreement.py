"""与牵头口径: whether a cooperating unit's latest report agrees with that of the task's lead in the same period.

Pure, and the one definition: merge, undo and rebuild write and compare what it says. Only periods that have two
stages are looked at; where there is one, nobody was asked for an answer to the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from typing import Any

from tjxl.intake.agreement import Agreement, reported
from tjxl.intake.context import Reported
from tjxl.merge.projection import Entry, Key
from tjxl.register import ROLE_TITLES
from tjxl.settings import Settings
from tjxl.sheets.layout import agreement_words
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import sender_of
from tjxl.stages import SINGLE


def split_periods(submissions: Iterable[TableRow]) -> frozenset[str]:
    """Codes of the periods that have two stages."""
    return frozenset(str(row["period"]) for row in submissions if sender_of(row)[1] != SINGLE)


def agreements(
    assignments: Sequence[TableRow],
    leads: Mapping[str, str],
    effective: Mapping[Key, Entry],
    split: Set[str],
    settings: Settings,
) -> dict[int, str]:
    """Sheet row of 责任分工 → 一致, 不一致 or 牵头未报; rows of leads and of units without a report are left out.

    Args:
        leads: task code → code of its lead.
        effective: the rows of 填报流水 that count.
        split: codes of the periods that have two stages.
    """
    if not split:
        return {}
    latest: dict[tuple[str, str], str] = {}
    of_leads: dict[tuple[str, str], Entry] = {}
    for (period, task, unit), entry in effective.items():
        if period > latest.get((task, unit), ""):
            latest[task, unit] = period
        if entry["role"] == ROLE_TITLES["lead"] and (leads.get(task) == unit or (period, task) not in of_leads):
            of_leads[period, task] = entry
    rules, words = Agreement(settings), agreement_words()
    out = {}
    for row in assignments:
        task, unit = str(row["task_code"]), str(row["unit_code"])
        newest = latest.get((task, unit), "")
        if row["role"] != ROLE_TITLES["cooperating"] or newest not in split:
            continue
        lead = of_leads.get((newest, task))
        if lead is None:
            out[row.number] = words["lead_missing"]
        else:
            differs = rules.contradictions(_said(lead), unit, _said(effective[newest, task, unit]))
            out[row.number] = words["differs" if differs else "agrees"]
    return out


def _said(entry: Entry) -> Reported:
    names: tuple[str, ...] = ("status", "percent_complete", "problems")
    values: dict[str, Any] = {name: entry[name] for name in names}
    return reported(values)
