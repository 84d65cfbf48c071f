"""Reporting periods (期次): `2022-06` a month, `2022-Q2` a quarter. Pure; a period never asks the clock."""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import total_ordering

from tjxl.errors import TjxlError

_MONTH = re.compile(r"(\d{4})-(\d{2})")
_QUARTER = re.compile(r"(\d{4})-Q([1-4])")


@total_ordering
@dataclass(frozen=True, slots=True)
class Period:
    """A month or quarter. Ordered by its last day, so that a year of either cadence sorts."""

    code: str
    year: int
    last_month: int
    months: int

    @property
    def last_day(self) -> dt.date:
        """The day as of which the period's report speaks."""
        return dt.date(self.year, self.last_month, calendar.monthrange(self.year, self.last_month)[1])

    @property
    def title(self) -> str:
        """How people say it: 2022年6月, 2022年第二季度."""
        if self.months == 1:
            return f"{self.year}年{self.last_month}月"
        return f"{self.year}年第{'一二三四'[self.last_month // 3 - 1]}季度"

    @property
    def previous(self) -> Period:
        """The period before, across the new year too."""
        month = self.last_month - self.months
        year, month = (self.year, month) if month > 0 else (self.year - 1, month + 12)
        return parse_period(f"{year}-{month:02d}" if self.months == 1 else f"{year}-Q{month // 3}")

    def __lt__(self, other: Period) -> bool:
        return (self.last_day, self.months) < (other.last_day, other.months)


def parse_period(code: str) -> Period:
    """The period written as `2022-06` or `2022-Q2`.

    Raises:
        TjxlError: E201, the text is no period.
    """
    if (m := _MONTH.fullmatch(code.strip())) and 1 <= int(m[2]) <= 12 and int(m[1]) >= 1900:
        return Period(m[0], int(m[1]), int(m[2]), 1)
    if (m := _QUARTER.fullmatch(code.strip().upper())) and int(m[1]) >= 1900:
        return Period(m[0], int(m[1]), int(m[2]) * 3, 3)
    raise TjxlError("E201", period=code)


def titles_of(periods: Iterable[Period]) -> str:
    """Several periods as people say them, those that follow one another together: 2022年1月至3月、5月."""
    runs: list[list[Period]] = []
    for period in sorted(set(periods)):
        if runs and runs[-1][-1] == period.previous:
            runs[-1].append(period)
        else:
            runs.append([period])
    said: list[str] = []
    year = 0
    for run in runs:
        words = []
        for period in (run[0], run[-1]) if len(run) > 1 else run:
            words.append(period.title.removeprefix(f"{period.year}年") if period.year == year else period.title)
            year = period.year
        said.append("至".join(words))
    return "、".join(said)


def next_period(issued: Sequence[Period], year: int, months: int, today: dt.date) -> Period | None:
    """The period that is to be issued next: the one after the newest; None when the year is over.

    Of a new register it is the one that the day lies in, or of the register's year the nearest to it.

    Args:
        months: how many months a period has, 1 or 3.
    """
    if issued:
        last = max(issued).last_month + months
        return _of_month(year, last, months) if last <= 12 else None
    month = 1 if today.year < year else today.month if today.year == year else 12
    return _of_month(year, month, months)


def _of_month(year: int, month: int, months: int) -> Period:
    """The period that a month lies in."""
    return parse_period(f"{year}-{month:02}" if months == 1 else f"{year}-Q{(month + 2) // 3}")
