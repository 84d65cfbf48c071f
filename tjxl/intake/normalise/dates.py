"""Dates, typed, picked or written out (failure modes 16 and 17), between year − 1 and year + 5.

A form that names one day is a note; one that names it vaguely (a month, a quarter, 年底, 中旬, 明年) is read as the
last day on which it still holds, as everywhere in official documents, with a warning; one that fits several days is
a question.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from tjxl.findings import finding
from tjxl.intake.normalise.numerals import digits_in_a_row
from tjxl.intake.values import BLANK, Reading, as_typed, fold, in_doubt, unusable
from tjxl.notice.dates import find_dates, number
from tjxl.ooxml.cells import RawCell, from_serial
from tjxl.ooxml.looks import NumberClass

_DOTS = str.maketrans("。·—–―−_\\,、", "..----./..")
_WEEKDAYS = "一二三四五六日"
_WEEKDAY = re.compile(r"\s?\(?(?:星期|周|礼拜)([一二三四五六日天])\)?\s?")
_TIME = re.compile(
    r"(?:[T\s]\s?|(?<=[日号]))(?:上午|下午)?[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?Z?$",
)
_BEFORE = re.compile(r"(?<=[日号0-9])(?:以前|之前|前|止)$")
_CHINESE_YEAR = re.compile(r"[零〇○一二三四五六七八九]{4}(?=年)")
_CHINESE_PART = re.compile(r"[一二三四五六七八九十]{1,3}(?=[月日号])")
_SEPARATOR = r"\s?[-/.年月\s]\s?"
_FULL = re.compile(rf"(\d{{4}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{1,2}})\s?[日号]?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_SHORT_COMPACT = re.compile(r"(\d{2})(\d{2})(\d{2})", re.ASCII)
_SHORT_YEAR = re.compile(r"(\d{2})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?[日号]?", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})", re.ASCII)
_ALL_SHORT = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{1,2})", re.ASCII)
_MONTH_END = re.compile(r"(?:(\d{4})\s?年)?\s?(\d{1,2})\s?月\s?(?:底前?|末前?)", re.ASCII)
_MONTH_DAY = re.compile(r"(\d{1,2})\s?月\s?(\d{1,2})\s?[日号]?", re.ASCII)
_MONTH_AND_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:\s?[-/.年]\s?(\d{1,2})\s?月?份?|(\d{2}))", re.ASCII)
_RELATIVE = re.compile(r"(本|这个|下个?|上个?)(月|季度)|(去|上)年")
_EXACT, _NO_YEAR, _VAGUE = "V407", "V414", "V417"
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Calendar:
    """What a date is read by: the project's year, and the period's last day for words like 下月底 (None: no such)."""

    year: int
    as_of: dt.date | None = None

    @property
    def first(self) -> int:
        """The earliest year that counts."""
        return self.year - 1

    @property
    def last(self) -> int:
        """The latest year that counts."""
        return self.year + 5

    def holds(self, day: dt.date | None) -> bool:
        """Whether a day is there and in the years that count."""
        return day is not None and self.first <= day.year <= self.last


def read_date(
    cell: RawCell | None, number: NumberClass, year: int, date1904: bool = False, as_of: dt.date | None = None
) -> Reading:
    """The day that a cell names; a time of day beside it is dropped.

    Args:
        year: the project's, for days without one.
        as_of: the last day of the period reported on, from which 本月 and 下季度 count.
    """
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    value, by = cell.value, Calendar(year, as_of)
    if isinstance(value, float) and not isinstance(value, bool):
        return _number_date(value, number, by, date1904)
    original = as_typed(value)
    text = fold(original)
    if not text:
        return BLANK
    return _text_date(text, original, by)


def _number_date(value: float, number: NumberClass, by: Calendar, date1904: bool) -> Reading:
    """A serial number, or digits that stand for a day: 20220630, 202206, 6.3 (which may have been 6.30)."""
    moment, shown = from_serial(value, date1904), as_typed(value)
    day = moment.date() if moment else None
    if day is not None and by.holds(day):
        return _dated(day, shown, by, None if number == "date" else _EXACT)
    if m := _MONTH_AND_DAY.fullmatch(shown):
        days = (m[2], f"{m[2]}0") if len(m[2]) == 1 else (m[2],)
        return _one_of((_date(by.year, m[1], d) for d in days), shown, by, _NO_YEAR)
    if (m := _MONTH.fullmatch(shown)) and "." in shown:
        months = (m[2], f"{m[2]}0") if len(m[2]) == 1 else (m[2],)
        return _one_of((_month_end(int(m[1]), int(month)) for month in months), shown, by, _VAGUE)
    if _COMPACT.fullmatch(shown) or _SHORT_COMPACT.fullmatch(shown):
        return _compact(shown, shown, by)
    if number == "date" and day is not None:
        return _dated(day, shown, by)
    return _no_date(shown)


def _text_date(text: str, original: str, by: Calendar) -> Reading:
    text, weekday = _without_weekday(text)
    text = _BEFORE.sub("", _in_digits(_TIME.sub("", text).translate(_DOTS).strip(". ")))
    reading = _exact(text, original, by) or _vague(text, original, by)
    if weekday is not None and isinstance(reading.value, dt.date) and reading.value.weekday() != weekday:
        return Reading(None, finding("V419", value=original, normalised=reading.value.isoformat()))
    return reading


def _without_weekday(text: str) -> tuple[str, int | None]:
    """The text without its day of the week, and that day from Monday = 0."""
    match = _WEEKDAY.search(text)
    if match is None:
        return text, None
    before, behind = text[: match.start()], text[match.end() :]
    return f"{before} {behind}".strip(), _WEEKDAYS.index(match[1].replace("天", "日"))


def _in_digits(text: str) -> str:
    """二〇二二年六月三十日 → 2022年6月30日."""
    text = _CHINESE_YEAR.sub(lambda m: digits_in_a_row(m[0]) or m[0], text)
    return _CHINESE_PART.sub(lambda m: str(number(m[0])), text)


def _exact(text: str, original: str, by: Calendar) -> Reading | None:
    """The reading of a text that has the form of one day, or of a month's end; None for any other text."""
    century = by.year // 100 * 100
    if m := _FULL.fullmatch(text):
        return _dated(_date(m[1], m[2], m[3]), original, by, _EXACT)
    if _COMPACT.fullmatch(text) or _SHORT_COMPACT.fullmatch(text):
        return _compact(text, original, by)
    if m := _SHORT_YEAR.fullmatch(text):
        return _dated(_date(century + int(m[1]), m[2], m[3]), original, by, _EXACT)
    if m := _MONTH_END.fullmatch(text):
        return _dated(_month_end(int(m[1] or by.year), int(m[2])), original, by, _EXACT if m[1] else _NO_YEAR)
    if m := _MONTH_DAY.fullmatch(text):
        return _dated(_date(by.year, m[1], m[2]), original, by, _NO_YEAR)
    if m := _MONTH_AND_DAY.fullmatch(text):
        return _one_of((_date(by.year, m[1], m[2]), _date(by.year, m[2], m[1])), original, by, _NO_YEAR)
    if m := _YEAR_LAST.fullmatch(text):
        return _one_of((_date(m[3], m[1], m[2]), _date(m[3], m[2], m[1])), original, by, _EXACT)
    if m := _ALL_SHORT.fullmatch(text):  # 06-07-22: year first, or last with day or month first
        a, b, c = m[1], m[2], m[3]
        tries = (_date(century + int(a), b, c), _date(century + int(c), a, b), _date(century + int(c), b, a))
        return _one_of(tries, original, by, _EXACT)
    return None


def _compact(text: str, original: str, by: Calendar) -> Reading:
    """20220630, 220630, 202206."""
    if m := _COMPACT.fullmatch(text):
        return _dated(_date(m[1], m[2], m[3]), original, by, _EXACT)
    m = _SHORT_COMPACT.fullmatch(text)
    assert m is not None
    month = _month_end(int(m[1] + m[2]), int(m[3]))
    if by.holds(month):
        return _dated(month, original, by, _VAGUE)
    return _dated(_date(by.year // 100 * 100 + int(m[1]), m[2], m[3]), original, by, _EXACT)


def _vague(text: str, original: str, by: Calendar) -> Reading:
    """A month, part of a month, a quarter, half a year, a year: its last day."""
    if m := _MONTH.fullmatch(text):
        return _dated(_month_end(int(m[1]), int(m[2] or m[3])), original, by, _VAGUE)
    said = _absolute(text, by)
    if said is not None:
        phrases = find_dates(said, by.year, {})
        if len(phrases) == 1 and (phrases[0].start, phrases[0].end) == (0, len(said)):
            return _dated(phrases[0].date, original, by, _VAGUE)
    return _no_date(original)


def _absolute(text: str, by: Calendar) -> str | None:
    """下月底 → 2022年7月底, 本季度末 → 2022年二季度末; None where nothing says from when they count."""
    text = "".join(text.split())
    match = _RELATIVE.match(text)
    if match is None:
        return text
    if match[3]:
        return f"{by.year - 1}年{text[match.end() :]}"
    if by.as_of is None:
        return None
    step = {"下": 1, "上": -1}.get(match[1][0], 0)
    months = by.as_of.year * _MONTHS_OF_A_YEAR + by.as_of.month - 1
    if match[2] == "月":
        year, month = divmod(months + step, _MONTHS_OF_A_YEAR)
        return f"{year}年{month + 1}月{text[match.end() :]}"
    year, quarter = divmod(months // 3 + step, 4)
    return f"{year}年{quarter + 1}季度{text[match.end() :]}"


def _one_of(tries: Iterable[dt.date | None], original: str, by: Calendar, note: str) -> Reading:
    """The one plausible day of several readings; none is an error, more are a question."""
    plausible = sorted({day for day in tries if day is not None and by.holds(day)})
    if len(plausible) == 1:
        return _dated(plausible[0], original, by, note)
    if plausible:
        readings = [(day.isoformat(), day) for day in plausible]
        return in_doubt("V408", readings, value=original, readings="、".join(said for said, _ in readings))
    return _no_date(original)


def _date(year: int | str, month: int | str, day: int | str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month_end(year: int, month: int) -> dt.date | None:
    if not (1 <= month <= _MONTHS_OF_A_YEAR and dt.MINYEAR <= year <= dt.MAXYEAR):
        return None
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def _dated(value: dt.date | None, original: str, by: Calendar, note: str | None = None) -> Reading:
    if value is None:
        return _no_date(original)
    if not by.holds(value):
        return Reading(None, finding("V409", value=original, first=by.first, last=by.last))
    return Reading(value, finding(note, value=original, normalised=value.isoformat()) if note else None)


def _no_date(original: str) -> Reading:
    return Reading(None, finding("V410", value=original))
