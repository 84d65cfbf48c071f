"""The period that a finding speaks of, as people write it: 2022-06, 2022年6月, 二季度, 上半年, 1-6月, 2022-06-30."""

from __future__ import annotations

import calendar
import datetime as dt
import re

from tjxl.errors import TjxlError
from tjxl.intake.values import squeeze
from tjxl.periods import parse_period
from tjxl.resources import schema_toml

_YEAR = re.compile(r"(\d{4})(?:年度|年)?[-./]?", re.ASCII)
_MONTH = re.compile(r"(?:(\d{1,2})月?[-—–~～至到])?(\d{1,2})(月(?:份|底|末)?)?", re.ASCII)
_DAY = re.compile(r"(\d{1,2})[-./月](\d{1,2})日?", re.ASCII)
_QUARTER = re.compile(r"Q([1-4])", re.ASCII | re.IGNORECASE)
_OF_A_QUARTER = 3


def period_code(text: str, year: int, months: int) -> str | None:
    """The code of the project's period that ends when the period named does; None where the text names none.

    A quarter in a project of months is the quarter's last month (二季度 is 2022-06): figures of both speak as of the
    same day. A month inside a quarter has no period in a project of quarters. The first of a month is what Excel
    makes of 2022-06, so that it stands for the month.

    Args:
        year: the project's, where the text names none.
        months: how many months a period of the project has, 1 or 3.
    """
    rest = squeeze(text)
    if match := _YEAR.match(rest):
        year, rest = int(match[1]), rest[match.end() :]
    month = _last_month(rest, year)
    if month is None or not 1 <= month <= 12:
        return None
    if months == 1:
        code = f"{year}-{month:02d}"
    elif month % _OF_A_QUARTER == 0:
        code = f"{year}-Q{month // _OF_A_QUARTER}"
    else:
        return None
    try:
        return parse_period(code).code
    except TjxlError:
        return None


def _last_month(rest: str, year: int) -> int | None:
    words: dict[str, int] = schema_toml("verification.toml")["period_words"]
    if rest in words:
        return words[rest]
    if match := _QUARTER.fullmatch(rest):
        return int(match[1]) * _OF_A_QUARTER
    if (match := _DAY.fullmatch(rest)) and (month := _month_of_day(year, int(match[1]), int(match[2]))):
        return month
    if (match := _MONTH.fullmatch(rest)) and (match[1] is None or match[3]):  # 1-6 may be a day, 1-6月 is not
        return int(match[2])
    return None


def _month_of_day(year: int, month: int, day: int) -> int | None:
    try:
        dt.date(year, month, day)
    except ValueError:
        return None
    return month if day in (1, calendar.monthrange(year, month)[1]) else None
