"""Finding dates in official Chinese: 「6月底前」「上半年」「2022年一季度」「10月20日前」. Pure.

Every expression names the last day on which it still holds: a month its last day, 「年内」 31 December.
Bounded patterns only, so that no text, however long or odd, takes more than linear time.
"""

from __future__ import annotations

import calendar
import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from tjxl.notice.words import fold, notice_data

_NUMBER = r"\d{1,2}|二?十[一二三四五六七八九]?|三十一?|[一二三四五六七八九]"
_EXPRESSION = re.compile(
    rf"""
    (?:(?P<relative>今年|本年|当年|明年|次年)度?)?
    (?:(?<!\d)(?P<year>\d{{4}})年度?)?
    (?:
        (?P<month>(?<![\d一二三四五六七八九十])(?:{_NUMBER}))月
        (?:(?P<day>{_NUMBER})[日号] | (?P<part>[上中下])旬 | [底末份])?
      | 第?(?P<quarter>[一二三四1-4])季度 (?:\((?P<bracket>{_NUMBER})月份?\))?
      | (?P<half>[上下])半年
      | (?P<end>(?<![去上])年度?[底末终内] | 全年)
      | (?P<bare>(?<=[年度])[底末终内])
    )
    (?:[底末])? (?:以前|之前|前)?
    """,
    re.VERBOSE,
)
_PLAIN_DATE = re.compile(r"(?<!\d)(?P<year>\d{4})[./-](?P<month>\d{1,2})[./-](?P<day>\d{1,2})(?!\d)(?:以前|之前|前)?")
_BARE_YEAR = re.compile(
    r"(?:到|至|力争)(?P<year>\d{4})年(?=$|[^\d一二三四五六七八九十年第上下底末终内度])(?:以前|之前|前)?"
)
# Words for a season and the month and day that they stand for.
Seasons = Mapping[str, tuple[int, int]]

_ANY_YEAR = 2000
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}


@dataclass(frozen=True, slots=True)
class DatePhrase:
    """A date found in a text.

    Attributes:
        start, end: where the expression stands in the folded text.
        date: its last day; None when the expression names no real day (2月30日, 13月).
        by_custom: the day is a custom or an inference (汛期前), for a person to confirm.
    """

    start: int
    end: int
    date: dt.date | None
    by_custom: bool = False


def find_dates(folded: str, year: int, seasons: Seasons) -> list[DatePhrase]:
    """The date expressions of a folded text, in order, without overlaps.

    Args:
        folded: the text.
        year: the notice's year.
        seasons: the month and day of each season, from the settings.
    """
    found = [
        *_expressed(folded, year),
        *(DatePhrase(m.start(), m.end(), _matched_day(m)) for m in _PLAIN_DATE.finditer(folded)),
        *(DatePhrase(m.start(), m.end(), _day(int(m["year"]), 12, 31)) for m in _BARE_YEAR.finditer(folded)),
        *_seasons(folded, year, seasons),
    ]
    kept: list[DatePhrase] = []
    for phrase in sorted(found, key=lambda p: (p.start, -p.end)):
        if not kept or phrase.start >= kept[-1].end:
            kept.append(phrase)
    return kept


def names_a_day(folded: str) -> bool:
    """Whether a text holds a date expression, whatever day it stands for."""
    seasons = [season["setting"] for season in notice_data("deadlines")["season"] if "setting" in season]
    return bool(find_dates(folded, _ANY_YEAR, dict.fromkeys(seasons, (1, 1))))


def _expressed(folded: str, year: int) -> Iterator[DatePhrase]:
    """What `_EXPRESSION` finds. A year stated holds for the months after it: 「2023年1月1日至12月31日」."""
    stated = year
    for match in _EXPRESSION.finditer(folded):
        if match["bare"] and not (match["year"] or match["relative"]):
            continue  # 「去年底」 is no date to come
        if match["year"]:
            stated = int(match["year"])
        elif match["relative"]:
            stated = year + (match["relative"] in ("明年", "次年"))
        elif match["end"]:
            stated = year  # 「年底」 alone is the notice's own
        if not folded.startswith("起", match.end()):  # a beginning is no deadline
            yield DatePhrase(match.start(), match.end(), _last_day(match, stated))


def _last_day(match: re.Match[str], year: int) -> dt.date | None:
    if match["month"]:
        month = number(match["month"])
        if match["day"]:
            return _day(year, month, number(match["day"]))
        if match["part"] in ("上", "中"):
            return _day(year, month, 10 if match["part"] == "上" else 20)
        return _month_end(year, month)
    if match["bracket"]:
        return _month_end(year, number(match["bracket"]))
    if match["quarter"]:
        return _month_end(year, 3 * number(match["quarter"]))
    return _month_end(year, 6 if match["half"] == "上" else 12)


def _matched_day(match: re.Match[str]) -> dt.date | None:
    return _day(int(match["year"]), int(match["month"]), int(match["day"]))


def number(text: str) -> int:
    """1 to 99 in digits or Chinese numerals: 十一 → 11."""
    if text.isdecimal():
        return int(text)
    tens, mark, ones = text.rpartition("十")
    return (10 * _DIGITS.get(tens, 1) if mark else 0) + _DIGITS.get(ones, 0)


def _seasons(folded: str, year: int, seasons: Seasons) -> Iterator[DatePhrase]:
    for word, month, day, confirm in _season_words(tuple(seasons.items())):
        at = folded.find(word)
        while at >= 0:
            yield DatePhrase(at, at + len(word), _day(year, month, day), confirm)
            at = folded.find(word, at + len(word))


@lru_cache(maxsize=16)
def _season_words(seasons: tuple[tuple[str, tuple[int, int]], ...]) -> list[tuple[str, int, int, bool]]:
    """Every word for a season with its month, day, and whether the office is asked to confirm it."""
    days = dict(seasons)
    known = notice_data("deadlines")["season"]
    own = [{"words": [word], "setting": word} for word in days if word not in {s.get("setting") for s in known}]
    out: list[tuple[str, int, int, bool]] = []
    for season in (*known, *own):
        if "day" in season:
            month, day = map(int, season["day"].split("-"))
        elif season["setting"] in days:
            month, day = days[season["setting"]]
        else:
            continue
        words = filter(None, map(fold, season["words"]))
        out += [(word, month, day, bool(season.get("confirm"))) for word in words]
    return out


def _day(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _month_end(year: int, month: int) -> dt.date | None:
    if not (1 <= month <= 12 and dt.MINYEAR <= year <= dt.MAXYEAR):
        return None
    return dt.date(year, month, calendar.monthrange(year, month)[1])
