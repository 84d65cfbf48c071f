"""From what stands in a cell to a typed value: each reading that changes something is a note; two are a question.

Pure functions from a raw cell to `Reading`. A reading with an error or a question carries no value: nothing is
guessed. Full-width characters and spaces are folded before anything is compared (failure mode 18).
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from tjxl.fields.spec import Choice
from tjxl.findings import Finding, finding
from tjxl.ooxml.cells import NumberClass, RawCell, from_serial
from tjxl.settings import Settings

MAX_TEXT = 32_767
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))
APPROXIMATE = re.compile(r"^(?:大约|约|近|超|超过)|(?:左右|以上|上下)$")
_NUMBER = re.compile(r"[+-]?\d{1,9}(?:\.\d{1,12})?")
_FULL_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:\s+0?0:00(?::00)?)?")
_COMPACT_DATE = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_END = re.compile(r"(?:(\d{4})\s*年)?\s*(\d{1,2})\s*月\s*(?:底前?|末前?)")
_MONTH_DAY = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*日")
_MONTH_AND_DAY = re.compile(r"(\d{1,2})[-/.](\d{1,2})")
_SHORT_DATE = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{1,2})")
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


@dataclass(frozen=True, slots=True)
class Reading:
    """A typed value, or the finding that says why there is none (the two may stand together: a note)."""

    value: Any = None
    finding: Finding | None = None

    @property
    def unreadable(self) -> bool:
        """True where the cell is filled but gives no value: rules on it would only repeat the finding."""
        return self.finding is not None and self.finding.severity in ("error", "question")


BLANK = Reading()


def fold(text: str) -> str:
    """Text for comparison: compatibility forms folded (８０％ → 80%), invisible characters gone, edges trimmed."""
    return unicodedata.normalize("NFKC", text).translate(_INVISIBLE).strip()


@lru_cache(maxsize=4096)  # titles and locked texts come again in every return
def squeeze(text: str) -> str:
    """Folded text without any white space: how titles and names are compared."""
    return "".join(fold(text).split())


def read_text(cell: RawCell | None, number: NumberClass = "general", date1904: bool = False) -> Reading:
    """Free text; a number or date that stands in a text cell is written out."""
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    value = cell.value
    if isinstance(value, bool):
        return Reading("是" if value else "否")
    if isinstance(value, float):
        moment = from_serial(value, date1904) if number == "date" else None
        if moment is not None:
            return Reading(moment.date().isoformat())
        percent = number == "percent"
        shown = f"{value * 100:.10g}%" if percent else f"{value:.15g}"
        return Reading(shown)
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").translate(_INVISIBLE).strip()
    if len(text) > MAX_TEXT:
        return Reading(None, finding("V413", value=text[:50] + "…", length=len(text)))
    return Reading(text or None)


def read_status(cell: RawCell | None, settings: Settings) -> Reading:
    """A progress status, by name or by one of its synonyms (failure mode 19)."""
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    original = str(cell.value)
    name = squeeze(original)
    if not name:
        return BLANK
    for status in settings.statuses:
        if name == status.name:
            return Reading(status.name)
        if name in status.aliases:
            return Reading(status.name, finding("V401", value=original, normalised=status.name))
    choices = "、".join(s.name for s in settings.statuses)
    return Reading(None, finding("V402", value=original, choices=choices))


def read_choice(cell: RawCell | None, choices: tuple[Choice, ...]) -> Reading:
    """An answer of a fixed list, by name or by what else units write for it."""
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    original = str(cell.value).upper() if isinstance(cell.value, bool) else str(cell.value)
    answer = squeeze(original)
    if not answer:
        return BLANK
    for choice in choices:
        if answer == choice.name:
            return Reading(choice.name)
        if answer.upper() in map(squeeze, choice.aliases):
            return Reading(choice.name, finding("V415", value=original, normalised=choice.name))
    return Reading(None, finding("V416", value=original, choices="、".join(c.name for c in choices)))


def read_percent(cell: RawCell | None, number: NumberClass) -> Reading:
    """完成进度 as 0 to 1 (failure modes 12 to 14).

    A number in a percentage format is what it says. Without one, 0.8 and 80 are both read as 80 % with a note,
    and exactly 1 is a question.
    """
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    if isinstance(cell.value, float) and number == "percent":
        return Reading(round(cell.value, 10))
    if isinstance(cell.value, float):
        return _bare_percent(cell.value, cell.value)
    original = str(cell.value)
    text = squeeze(original)
    if not text:
        return BLANK
    plain = APPROXIMATE.sub("", text)
    value = _percent_text(plain)
    if value is None and _NUMBER.fullmatch(plain):
        reading = _bare_percent(float(plain), original)
        value = reading.value
        if value is None:
            return reading
    if value is None:
        return Reading(None, finding("V405", value=original))
    code = "V403" if plain == text else "V406"
    return Reading(value, finding(code, value=original, normalised=value, percent=_percent(value)))


def _bare_percent(value: float, original: object) -> Reading:
    """A number that no format explains."""
    if value == 1:
        return Reading(None, finding("V404", value=original))
    if value == 0:
        return Reading(0.0)
    if value < 0 or value > 100:
        return Reading(None, finding("V405", value=original))
    share = round(value if value < 1 else value / 100, 10)
    return Reading(share, finding("V403", value=original, normalised=share, percent=_percent(share)))


def _percent(share: float) -> str:
    return f"{share * 100:.10g}%"


def _percent_text(text: str) -> float | None:
    if text.startswith("百分之"):
        number = _chinese_number(text[3:])
        return None if number is None else number / 100
    if text.endswith("%") and _NUMBER.fullmatch(text[:-1]):
        return round(float(text[:-1]) / 100, 10)
    return None


def _chinese_number(text: str) -> int | None:
    """八十 → 80, 百 and 一百 → 100, 35 → 35; None for anything else. Whole numbers up to 199."""
    if text.isdecimal() and len(text) <= 3:
        return int(text)
    if text == "百":
        return 100
    hundreds, _, rest = text.rpartition("百")
    tens, ten, ones = rest.rpartition("十")
    parts = [_DIGITS.get(hundreds) if "百" in text else 0, (_DIGITS.get(tens) if tens else 1) if ten else 0]
    parts.append(_DIGITS.get(ones.removeprefix("零")) if ones.removeprefix("零") else 0)
    if not text or any(p is None for p in parts):
        return None
    return sum(p * w for p, w in zip((p or 0 for p in parts), (100, 10, 1), strict=True))


def read_date(cell: RawCell | None, number: NumberClass, year: int, date1904: bool = False) -> Reading:
    """A date, typed, picked or written out (failure modes 16 and 17). Between year − 1 and year + 5."""
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    value = cell.value
    if isinstance(value, float) and not isinstance(value, bool):
        return _number_date(value, number, year, date1904)
    original = str(value)
    text = fold(original)
    if not text:
        return BLANK
    if cell.kind == "date":
        return _iso_date(text, original, year)
    return _text_date(text, original, year)


def _number_date(value: float, number: NumberClass, year: int, date1904: bool) -> Reading:
    moment = from_serial(value, date1904)
    if number == "date":
        return _dated(moment.date() if moment else None, value, year)
    if m := _COMPACT_DATE.fullmatch(f"{value:.15g}"):
        return _dated(_date(m[1], m[2], m[3]), f"{value:.15g}", year, note="V407")
    if moment and year - 1 <= moment.year <= year + 5 and value == int(value):
        return _dated(moment.date(), f"{value:.15g}", year, note="V407")
    return Reading(None, finding("V410", value=f"{value:.15g}"))


def _iso_date(text: str, original: str, year: int) -> Reading:
    try:
        return _dated(dt.datetime.fromisoformat(text).date(), original, year)
    except ValueError:
        return Reading(None, finding("V410", value=original))


def _text_date(text: str, original: str, year: int) -> Reading:
    if m := _FULL_DATE.fullmatch(text) or _COMPACT_DATE.fullmatch(text):
        return _dated(_date(m[1], m[2], m[3]), original, year, note="V407")
    if m := _MONTH_END.fullmatch(text):
        last = _month_end(int(m[1] or year), int(m[2]))
        return _dated(last, original, year, note="V407" if m[1] else "V414")
    if m := _MONTH_DAY.fullmatch(text):
        return _dated(_date(year, m[1], m[2]), original, year, note="V414")
    if m := _MONTH_AND_DAY.fullmatch(text):
        return _one_of((_date(year, m[1], m[2]), _date(year, m[2], m[1])), original, year, note="V414")
    if m := _SHORT_DATE.fullmatch(text):
        return _short_date(m, original, year)
    return Reading(None, finding("V410", value=original))


def _short_date(m: re.Match[str], original: str, year: int) -> Reading:
    """06-07-22: year first, or last with day or month first. One plausible reading is a note, more a question."""
    a, b, c = m[1], m[2], m[3]
    century = year // 100 * 100
    tries = (_date(century + int(a), b, c), _date(century + int(c), a, b), _date(century + int(c), b, a))
    return _one_of(tries, original, year, note="V407")


def _one_of(tries: tuple[dt.date | None, ...], original: str, year: int, note: str) -> Reading:
    """The one plausible date of several readings; none is an error, more are a question."""
    plausible = sorted({d for d in tries if d is not None and year - 1 <= d.year <= year + 5})
    if len(plausible) == 1:
        return _dated(plausible[0], original, year, note)
    if plausible:
        readings = "、".join(d.isoformat() for d in plausible)
        return Reading(None, finding("V408", value=original, readings=readings))
    return Reading(None, finding("V410", value=original))


def _date(year: int | str, month: int | str, day: int | str) -> dt.date | None:
    try:
        return dt.date(int(year), int(month), int(day))
    except ValueError:
        return None


def _month_end(year: int, month: int) -> dt.date | None:
    first = _date(year + month // 12, month % 12 + 1, 1) if 1 <= month <= 12 else None
    return first - dt.timedelta(days=1) if first else None


def _dated(value: dt.date | None, original: object, year: int, note: str | None = None) -> Reading:
    if value is None:
        return Reading(None, finding("V410", value=original))
    if not year - 1 <= value.year <= year + 5:
        return Reading(None, finding("V409", value=str(original), first=year - 1, last=year + 5))
    return Reading(value, finding(note, value=original, normalised=value.isoformat()) if note else None)


def read_phone(cell: RawCell | None) -> Reading:
    """A phone number; one typed as a number is written out, full-width digits and dashes are folded."""
    reading = read_text(cell)
    if not isinstance(reading.value, str) or cell is None:
        return reading
    folded = fold(reading.value)
    changed = isinstance(cell.value, str) and folded != reading.value
    return Reading(folded, finding("V415", value=reading.value, normalised=folded) if changed else None)


def unusable(cell: RawCell | None) -> Reading | None:
    """The reading of a cell that needs no parsing: blank, an error value, a formula that was never calculated."""
    if cell is None:
        return BLANK
    if cell.kind == "error":
        return Reading(None, finding("V411", value=cell.value))
    if cell.value is None or cell.value == "":
        return Reading(None, finding("V412")) if cell.formula is not None and cell.value is None else BLANK
    return None
