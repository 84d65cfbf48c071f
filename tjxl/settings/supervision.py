"""The tables of the year's supervision: reporting, lights, reminders, appraisal, documents."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from tjxl.errors import SpecError, TjxlError
from tjxl.periods import parse_period
from tjxl.resources import layout_toml, schema_toml
from tjxl.settings.checks import expect, is_number, known_keys
from tjxl.settings.values import (
    LIGHT_CODES,
    BulletinSettings,
    DocumentSettings,
    Lights,
    ReminderLevel,
    ReminderRules,
    Reporting,
    Scoring,
    Tolerances,
)

_MONTHS = {"monthly": 1, "quarterly": 3}
_LONGEST_DELAY = 366
"""Days after a period's end that its report may be due: more is a slip of the pen."""


def reporting(data: Mapping[str, Any], name: str) -> Reporting:
    """`[report]`: due dates and stages. Raises E211, as all of this module do."""

    def day(value: object) -> bool:
        return type(value) is int and 1 <= value <= 31

    two_stages = expect(data, name, "report.two_stages", lambda v: isinstance(v, bool))
    first, last = data["report"].get("cooperating_due_day"), data["report"].get("due_day")
    if two_stages and day(first) and day(last) and first >= last:  # the leads could not wait for anybody
        raise SpecError("E211", file=name, key="report.cooperating_due_day", value=first)
    return Reporting(
        due_month=expect(data, name, "report.due_month", lambda v: v in ("same", "next")),
        due_dates=_due_dates(data, name, "due_dates"),
        two_stages=two_stages,
        cooperating_due_day=expect(data, name, "report.cooperating_due_day", day),
        cooperating_due_dates=_due_dates(data, name, "cooperating_due_dates"),
        percent_gap=float(
            expect(data, name, "report.percent_gap", lambda v: type(v) in (int, float) and 0 < float(v) <= 1)
        ),
    )


def _due_dates(data: Mapping[str, Any], name: str, table: str) -> dict[str, dt.date]:
    """The periods with a day of their own: the code of a period of the cadence → a day not long after it began."""
    days = expect(data, name, f"report.{table}", lambda v: isinstance(v, dict))
    out = {}
    for code, given in days.items():
        try:
            period = parse_period(str(code))
            day = given if type(given) is dt.date else dt.date.fromisoformat(str(given))
        except (TjxlError, ValueError) as error:
            raise SpecError("E211", file=name, key=f"report.{table}.{code}", value=given) from error
        first = dt.date(period.year, period.last_month - period.months + 1, 1)
        fits = first <= day <= period.last_day + dt.timedelta(days=_LONGEST_DELAY)
        if period.months != _MONTHS[data["report"]["cadence"]] or not fits:
            raise SpecError("E211", file=name, key=f"report.{table}.{code}", value=given)
        out[period.code] = day
    return out


def lights(data: Mapping[str, Any], name: str) -> Lights:
    """`[lights]`."""
    rules = [rule["name"] for rule in schema_toml("lights.toml")["rule"] if "fixed" not in rule]
    known = {"due_soon_days", "schedule", "yellow_gap", "red_gap", *rules}
    known_keys(data, name, "lights", known)
    gaps = [expect(data, name, f"lights.{key}", lambda v: is_number(v, 100)) for key in ("yellow_gap", "red_gap")]
    if gaps[0] > gaps[1]:
        raise SpecError("E211", file=name, key="lights.yellow_gap", value=gaps[0])
    return Lights(
        schedule=expect(data, name, "lights.schedule", lambda v: v in ("elapsed", "milestones", "auto")),
        yellow_gap=gaps[0],
        red_gap=gaps[1],
        of={rule: expect(data, name, f"lights.{rule}", lambda v: v in LIGHT_CODES) for rule in rules},
    )


def tolerances(data: Mapping[str, Any], name: str) -> Tolerances:
    """`[targets]`."""
    known_keys(data, name, "targets", {"tolerance_percent", "tolerance_points"})
    percent, points = (
        expect(data, name, f"targets.tolerance_{key}", lambda v: v is None or is_number(v, 100))
        for key in ("percent", "points")
    )
    return Tolerances(percent, points)


_LONGEST_LIST = 250
"""Characters of a list that stands in a validation itself, commas included (Excel takes 255)."""


def reminder_rules(data: Mapping[str, Any], name: str) -> ReminderRules:
    """`[reminders]`."""

    def days(value: Any) -> bool:
        return type(value) is int and 0 <= value <= 366

    levels = expect(data, name, "reminders.level", lambda v: isinstance(v, list) and v)
    for level in levels:
        if (
            not isinstance(level, dict)
            or set(level) - {"name", "colour", "days", "person"}
            or not (isinstance(level.get("name"), str) and level["name"].strip())
            or not isinstance(level.get("colour", ""), str)
            or not days(level.get("days"))
            or not isinstance(level.get("person", False), bool)
        ):
            raise SpecError("E211", file=name, key="reminders.level", value=level)
    names = [level["name"].strip() for level in levels]
    if len(set(names)) < len(names) or len(",".join(names)) > _LONGEST_LIST or any("," in n for n in names):
        raise SpecError("E211", file=name, key="reminders.level", value="、".join(names))
    matters = layout_toml("master.toml")["matters"]
    most = expect(
        data,
        name,
        "reminders.most_rounds",
        lambda v: isinstance(v, dict) and all(k in matters and type(n) is int and n >= 1 for k, n in v.items()),
    )
    return ReminderRules(
        levels=tuple(
            ReminderLevel(n, level.get("colour", ""), level["days"], level.get("person", False))
            for n, level in zip(names, levels, strict=True)
        ),
        days_between=expect(data, name, "reminders.days_between", lambda v: days(v) and v >= 1),
        tell_cooperating=expect(data, name, "reminders.tell_cooperating", lambda v: isinstance(v, bool)),
        most_rounds=dict(most),
        issuer=expect(data, name, "reminders.issuer", lambda v: isinstance(v, str) and v.strip()).strip(),
        sender=expect(data, name, "reminders.sender", _is_address).strip(),
    )


def _is_address(value: Any) -> bool:
    """Nothing, or one plain e-mail address."""
    plain = r"\s*|\s*[\w.+-]+@[\w-]+(\.[\w-]+)+\s*"
    return isinstance(value, str) and re.fullmatch(plain, value, re.ASCII) is not None


def scoring(data: Mapping[str, Any], name: str) -> Scoring:
    """The appraisal's initial values: each is one that its cell in 考核参数 would take."""
    lines, outcomes = layout_toml("scoring.toml")["line"], layout_toml("scoring.toml")["results"]
    grades = _offered("grade")
    known = {"scoring": [line["key"] for line in lines], "scoring_weights": grades, "scoring_results": outcomes}
    for table, keys in known.items():
        for key in data[table]:
            if key not in keys:
                raise SpecError("E219", file=name, key=f"{table}.{key}")
    values: dict[str, float | str] = {}
    for line in lines:
        key, value = f"scoring.{line['key']}", data["scoring"][line["key"]]
        if choices := _offered(line["entry"]):
            values[line["key"]] = expect(data, name, key, lambda v, among=choices: v in among)
        else:
            values[line["key"]] = _within(value, line["entry"], name, key)
    weights = []
    for grade in grades:
        key, row = f"scoring_weights.{grade}", data["scoring_weights"][grade]
        if not isinstance(row, list) or len(row) != len(grades):
            raise SpecError("E211", file=name, key=key, value=row)
        weights.append(tuple(_within(value, "score_weight", name, key) for value in row))
    results = {
        key: _within(data["scoring_results"][key], "score_result", name, f"scoring_results.{key}") for key in outcomes
    }
    return Scoring(values, tuple(weights), results)


def _offered(field: str) -> list[str]:
    """What the dropdown of a field of office.toml offers; nothing where it is a number."""
    entry = next(f for f in schema_toml("office.toml")["head"] if f["name"] == field)
    return [choice["name"] for choice in entry.get("choices", ())]


def _within(value: Any, field: str, name: str, key: str) -> float:
    """A number between the limits that office.toml sets for a field."""
    limits = schema_toml("office.toml")["limits"]
    least, most = (limits.get(f"{bound}_{field}", 0) for bound in ("least", "most"))
    whole = field == "score_months"
    if type(value) not in (int, float) or not least <= value <= most or (whole and value != int(value)):
        raise SpecError("E211", file=name, key=key, value=value)
    return float(value)


def document_settings(data: Mapping[str, Any], name: str) -> DocumentSettings:
    """`[documents]`."""
    title, body = (
        expect(data, name, f"documents.{key}", lambda v: isinstance(v, str) and v.strip() != "").strip()
        for key in ("title_font", "body_font")
    )
    return DocumentSettings(title, body)


def bulletin_settings(data: Mapping[str, Any], name: str) -> BulletinSettings:
    """`[bulletin]`."""
    masthead, issuer, recipients = (
        expect(data, name, f"bulletin.{key}", lambda v: isinstance(v, str)).strip()
        for key in ("masthead", "issuer", "recipients")
    )
    words, periods, most = (
        expect(data, name, f"bulletin.{key}", lambda v: type(v) is int and v > 0)
        for key in ("task_words", "open_periods", "most_problems")
    )
    return BulletinSettings(masthead, issuer, recipients, words, periods, most)
