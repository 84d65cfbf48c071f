"""By which day a report is due, by the office's settings. Pure; what one unit was granted stands in 报送情况."""

from __future__ import annotations

import calendar
import datetime as dt

from tjxl.periods import Period
from tjxl.settings import Settings
from tjxl.stages import SINGLE


def due_date(period: Period, settings: Settings, stage: str = SINGLE) -> dt.date:
    """The day by which a period's report is due: its own, where the settings name one, else the set day of the month.

    The month is the period's last (鄂温克旗 2022：每月25日前) or the one after it (武汉 武政办〔2022〕1号：每个季度
    第1个月的20日前报上季度), see shared/domain/practice.md. A month that lacks the day ends on its last one.

    Args:
        stage: of a period with two stages, which of them; cooperating units are due earlier.
    """
    reporting = settings.reporting
    own = set_day(period, settings, stage)
    if own is not None:
        return own
    year, month = period.year, period.last_month + (reporting.due_month == "next")
    year, month = (year, month) if month <= 12 else (year + 1, 1)
    day = reporting.cooperating_due_day if stage == "cooperating" else settings.due_day
    return dt.date(year, month, min(day, calendar.monthrange(year, month)[1]))


def set_day(period: Period, settings: Settings, stage: str = SINGLE) -> dt.date | None:
    """The day that the settings name for this one period; None where the rule holds."""
    reporting = settings.reporting
    days = reporting.cooperating_due_dates if stage == "cooperating" else reporting.due_dates
    return days.get(period.code)
