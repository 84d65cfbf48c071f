"""What the office typed into 处理意见 → units, a day, one of the choices; else an `AnswerError`."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from tjxl.decisions.draft import Draft
from tjxl.decisions.unit_names import no_name
from tjxl.findings import Finding, finding
from tjxl.intake.normalise.dates import read_date
from tjxl.notice.dates import find_dates
from tjxl.notice.names import looks_like_group, split_names
from tjxl.notice.words import fold, notice_data, quote
from tjxl.ooxml.cells import RawCell
from tjxl.register import Unit

_SERIAL = re.compile(r"\d{5}(?:\.\d+)?", re.ASCII)
"""How a picked date reads in a cell of text: the day's serial number."""
_SHOWN = 3
_LEAST_NAME = 3
"""Characters of a unit's name; a shorter text that no unit is called by is hardly a new one."""


class AnswerError(Exception):
    """An answer that decides nothing; the finding says why."""

    def __init__(self, why: Finding) -> None:
        super().__init__(why.code)
        self.finding = why


def chosen(answer: str, choices: Sequence[str]) -> str:
    """The choice that an answer is.

    Raises:
        AnswerError: D614, it is none of them.
    """
    for choice in choices:
        if fold(choice) == fold(answer):
            return choice
    raise AnswerError(finding("D614", value=quote(answer), choices="、".join(choices)))


def day_in(answer: str, draft: Draft) -> dt.date | None:
    """The day that an answer names, in any usual form; None for 「不设时限」.

    Raises:
        AnswerError: D615 no day; V408, V409 two readings, or far from the year.
    """
    if fold(answer) == fold(notice_data("answers")["no_deadline"]):
        return None
    text = fold(answer)
    if _SERIAL.fullmatch(text):
        reading = read_date(RawCell(float(text), "number", 0, None), "date", draft.year, draft.date1904)
    else:
        reading = read_date(RawCell(answer, "text", 0, None), "text", draft.year, draft.date1904)
    if isinstance(reading.value, dt.date):
        return reading.value
    if reading.finding is not None and reading.finding.code in ("V408", "V409"):
        raise AnswerError(reading.finding)
    phrases = find_dates(text, draft.year, draft.seasons)
    if len(phrases) == 1 and (phrases[0].start, phrases[0].end) == (0, len(text)) and phrases[0].date:
        return phrases[0].date
    raise AnswerError(finding("D615", value=quote(answer)))


def units_in(answer: str, draft: Draft, choices: Sequence[str] = ()) -> list[Unit]:
    """The units that an answer names, each once.

    With *choices* only these can be meant, otherwise any unit; a name that no unit has is then registered as a new
    one. A district may go by its short form (和平区), a group with known members stands for them.

    Raises:
        AnswerError: D610–D613, D619, naming the first name that is none.
    """
    names = split_names(answer)
    if not names:
        raise AnswerError(finding("D613", value=quote(answer)))
    allowed = {unit.code for choice in choices if (unit := draft.registry.find(choice))}
    allowed_forms = {fold(choice) for choice in choices}
    meant: list[str] = []
    for name in names:  # nobody is registered before the whole answer is understood
        for form in unit_names(name, draft, choices):
            unit = draft.registry.find(form)
            if choices and fold(form) not in allowed_forms and (unit is None or unit.code not in allowed):
                raise AnswerError(finding("D610", value=quote(name)))
            meant.append(form)
    units = [draft.register(form) for form in meant]
    return list({unit.code: unit for unit in units}.values())


def unit_names(name: str, draft: Draft, choices: Sequence[str] = ()) -> Sequence[str]:
    """The units' names behind a name: itself, a group's members, or the unit of which it is the short form.

    Raises:
        AnswerError: D610–D613, D619.
    """
    unit = draft.registry.find(name)
    if unit is not None and unit.kind == "group":
        if not unit.members:
            raise AnswerError(finding("D612", value=quote(name)))
        return unit.members
    if unit is not None:
        return (unit.name,)
    pool = choices or [u.name for u in draft.units.values() if u.kind not in ("group", "merged")]
    if any(fold(name) == fold(choice) for choice in pool):
        return (name,)
    longer = _written_out(name, pool)
    if len(longer) > 1:
        shown = "、".join(longer[:_SHOWN]) + ("等" if len(longer) > _SHOWN else "")
        raise AnswerError(finding("D611", value=quote(name), units=shown))
    if longer:
        return longer
    if choices:
        raise AnswerError(finding("D610", value=quote(name)))
    if looks_like_group(name):
        raise AnswerError(finding("D612", value=quote(name)))
    if no_name(name) or len(name) < _LEAST_NAME:
        raise AnswerError(finding("D613", value=quote(name)))
    if _short_for_none(name, pool):
        raise AnswerError(finding("D619", value=quote(name)))
    return (name,)


def _written_out(name: str, pool: Sequence[str]) -> list[str]:
    """The names of which this is the short form: that of a district, without its 人民政府."""
    if not name.endswith(tuple(notice_data("units")["short_ends"])):
        return []
    return [full for full in pool if fold(name) in fold(full)]


def _short_for_none(name: str, pool: Sequence[str]) -> bool:
    """Whether a name reads as the short form of a district that is not there, while others of its kind are."""
    words = notice_data("units")
    full = tuple(end for end in words["district_ends"] if end[0] == name[-1])
    return name.endswith(tuple(words["short_ends"])) and any(known.endswith(full) for known in pool)
