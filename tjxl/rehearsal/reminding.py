"""Reminders of a rehearsed year: on the day after the due date, and once more where a quarter ends."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from tjxl.rehearsal.year import Turn, Year, due_on, ends_quarter
from tjxl.supervise.reminders.remind import remind

_AFTER_THE_PERIOD = 3


def remind_after_due(play: Year, turn: Turn) -> str:
    """On the day after the due date, before late returns come."""
    return _remind(play, turn, due_on(play, turn) + dt.timedelta(days=1))


def remind_again(play: Year, turn: Turn) -> str | None:
    """Some days after the end of a quarter, when what was due by its last day is overdue."""
    if not ends_quarter(play, turn.period):
        return None
    return _remind(play, turn, turn.period.last_day + dt.timedelta(days=_AFTER_THE_PERIOD))


def _remind(play: Year, turn: Turn, today: dt.date) -> str:
    result = remind(play.project, turn.period.code, today=today)
    made = [r for r in result["reminders"] if r["new"]]
    play.reminded.append(
        {
            "step": len(play.steps),
            "period": turn.period.code,
            "today": today.isoformat(),
            "days": result["days"],
            "made": len(made),
            "settled": len(result["settled"]),
        }
    )
    matters = Counter(str(r["matter_title"]) for r in made)
    said = "，".join(f"{title} {number}" for title, number in matters.items())
    return f"{len({r['unit'] for r in made})} 个单位" + (f"（{said}）" if said else "")
