"""Whether a report is late, and by how many days: one definition for collect, merge, undo and rebuild. Pure.

The first report that could be accepted decides: a correction of a report that was in time is not late, and a report
that came late stays late however it is corrected. It is measured by 填报日期 against 延期至 where the office has
granted one, else 应报日期.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from tjxl.duedates import set_day
from tjxl.periods import parse_period
from tjxl.settings import Settings
from tjxl.sheets.layout import state_titles
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import sender_of


def due_on(row: TableRow, settings: Settings) -> dt.date | None:
    """应报日期 of a row of 报送情况: as issued, or the period's own day where the settings name one since."""
    own = set_day(parse_period(str(row["period"])), settings, sender_of(row)[1])
    return own or _day(row["due_on"])


def last_day(row: TableRow, settings: Settings) -> dt.date | None:
    """The day after which a report is late: 延期至 where it lies behind 应报日期, else 应报日期."""
    due, extended = due_on(row, settings), _day(row.values.get("extended_to"))
    return extended if extended is not None and (due is None or extended > due) else due


def first_report(row: TableRow, dates: Iterable[dt.date | None] = ()) -> dt.date | None:
    """首次填报日期: the earliest of what is noted and of these dates.

    A master of an earlier version has noted none: then it is the date of the report that is merged. It is noted also
    of a report that gave way to one that is not merged (yet, or not any more): it came all the same.
    """
    noted = row["first_reported_on"] or (row["reported_on"] if row["merged_at"] is not None else None)
    return min((d for d in (_day(noted), *dates) if d is not None), default=None)


def timely(row: TableRow, settings: Settings, new: Mapping[str, Any], first: dt.date | None) -> dict[str, Any]:
    """The values of a row of 报送情况 with what follows from when its first report came.

    Args:
        new: what else is to stand in the row, by column name.
    """
    out = {**new, "first_reported_on": first, "days_late": None}
    if (due := due_on(row, settings)) is not None:
        out["due_on"] = due
    last, titles = last_day(row, settings), state_titles()
    late = first is not None and last is not None and first > last
    merged = new.get("merged_at", row["merged_at"]) is not None
    if merged and late and first is not None and last is not None:
        out["days_late"] = (first - last).days
    if merged and new.get("state", row["state"]) in (titles["reported"], titles["late"]):
        out["state"] = titles["late" if late else "reported"]
    return out


def followed_dates(row: TableRow, settings: Settings, dates: Iterable[dt.date | None] = ()) -> dict[str, Any]:
    """What changes in a row that no return changes: an extension, another due date, an older report come to light."""
    new = timely(row, settings, {}, first_report(row, dates))
    return {name: value for name, value in new.items() if row[name] != value}


def _day(value: object) -> dt.date | None:
    return value if isinstance(value, dt.date) else None
