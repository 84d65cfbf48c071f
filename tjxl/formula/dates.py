"""Serial day numbers of Excel's 1900 date system and calendar dates.

Excel counts a 29 February 1900 that never was (serial 60), so serials below 61 are one day off from LibreOffice's.
The rule of Excel is followed here. Source: ECMA-376 Part 1, 18.17.4.1.
"""

from __future__ import annotations

import calendar
import datetime as dt

from tjxl.formula.values import NUM, Raised

_EPOCH = dt.date(1899, 12, 30).toordinal()
LAST_SERIAL = 2958465
"""31 December 9999."""


def serial_of(year: int, month: int, day: int) -> int:
    """The serial of a date; month and day may run over or under as in DATE(2022, 14, 0).

    Years below 1900 count from 1900, as in Excel. Raises #NUM! outside 1900–9999.
    """
    if 0 <= year < 1900:
        year += 1900
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    if not 1900 <= year <= 9999:
        raise Raised(NUM)
    serial = dt.date(year, month, 1).toordinal() - _EPOCH
    if serial < 61:
        serial -= 1
    serial += day - 1
    if not 0 <= serial <= LAST_SERIAL:
        raise Raised(NUM)
    return serial


def date_of(serial: float) -> tuple[int, int, int]:
    """Year, month and day of a serial (its time of day is dropped). Raises #NUM! outside the calendar."""
    days = int(serial // 1)
    if not 0 <= days <= LAST_SERIAL:
        raise Raised(NUM)
    if days == 0:
        return 1900, 1, 0
    if days == 60:
        return 1900, 2, 29
    date = dt.date.fromordinal(_EPOCH + days + (1 if days < 60 else 0))
    return date.year, date.month, date.day


def add_months(serial: float, months: int, *, month_end: bool) -> int:
    """The same day *months* later, held back to that month's end; or that month's last day."""
    year, month, day = date_of(serial)
    year, month = year + (month - 1 + months) // 12, (month - 1 + months) % 12 + 1
    if not 1900 <= year <= 9999:
        raise Raised(NUM)
    last = calendar.monthrange(year, month)[1]
    return serial_of(year, month, last if month_end else min(day, last))
