"""Settings from the shipped defaults (`schemas/defaults.toml`) with the office's `tjxl.toml` over them."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tjxl.errors import SpecError, toml_reason
from tjxl.resources import schema_toml
from tjxl.settings.checks import expect, not_negative, words
from tjxl.settings.supervision import (
    bulletin_settings,
    document_settings,
    lights,
    reminder_rules,
    reporting,
    scoring,
    tolerances,
)
from tjxl.settings.values import (
    MEANINGS,
    Group,
    OfficeRules,
    ProblemSettings,
    ReportUp,
    Settings,
    Status,
    VerificationSettings,
)

_OFFICE_TABLES: Mapping[str, Any] = {"limits": {}, "phrases": {}, "rules": {}, "own_rule": []}
"""Tables that have no defaults: the rules they change stand in the field rule files."""


def load_settings(path: Path | None = None) -> Settings:
    """The defaults, overlaid with the tables of the TOML file at `path` where it exists.

    A table given in the file (for example `[lights]`) replaces the keys it names; a list of tables
    (`[[status]]`, `[[group]]`) replaces the whole list of the defaults.

    Raises:
        SpecError: E210 the file is no TOML; E211 a value has no meaning; E219 a table is not one of the
            settings. All name the file.
    """
    merged: dict[str, Any] = {**_OFFICE_TABLES, **schema_toml("defaults.toml")}
    name = "defaults.toml"
    if path is not None and path.exists():
        name = path.name
        try:
            own = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise SpecError("E210", file=name, reason=toml_reason(error)) from error
        for key, value in own.items():
            if key not in merged:
                raise SpecError("E219", file=name, key=key)
            if isinstance(value, dict) is not isinstance(merged[key], dict):
                raise SpecError("E211", file=name, key=key, value=value)
            merged[key] = {**merged[key], **value} if isinstance(value, dict) else value
    return _settings(merged, name)


def _settings(data: Mapping[str, Any], name: str) -> Settings:
    most_days: int = schema_toml("office.toml")["limits"]["most_days"]
    cadence = expect(data, name, "report.cadence", lambda v: v in ("monthly", "quarterly"))
    statuses = tuple(
        Status(s.get("name", ""), s.get("meaning", ""), tuple(s.get("aliases", ())), tuple(s.get("near", ())))
        for s in data["status"]
    )
    missing = set(MEANINGS) - {s.meaning for s in statuses}
    unknown = {s.meaning for s in statuses} - set(MEANINGS)
    if missing or unknown or any(not s.name for s in statuses):
        raise SpecError("E211", file=name, key="status", value="、".join(sorted(map(str, missing | unknown))))
    groups = tuple(
        Group(
            g["name"],
            tuple(g.get("members", ())),
            bool(g.get("open", False)),
            tuple(g.get("aliases", ())),
            g.get("candidates"),
            g.get("authority"),
        )
        for g in data["group"]
    )
    return Settings(
        cadence=cadence,
        due_day=expect(data, name, "report.due_day", lambda v: type(v) is int and 1 <= v <= 31),
        contact=expect(data, name, "report.contact", lambda v: isinstance(v, str)).strip(),
        due_soon_days=expect(data, name, "lights.due_soon_days", lambda v: type(v) is int and 0 <= v <= most_days),
        lights=lights(data, name),
        tolerances=tolerances(data, name),
        statuses=statuses,
        groups=groups,
        aliases={k: tuple(v) for k, v in data["aliases"].items()},
        columns={k: (v,) if isinstance(v, str) else tuple(v) for k, v in data["columns"].items()},
        seasons={word: _month_day(word, day, name) for word, day in data["seasons"].items()},
        problems=ProblemSettings(words(data, name, "problems.none_words")),
        verification=VerificationSettings(
            words(data, name, "verification.sources"),
            expect(data, name, "verification.tolerance_points", not_negative),
            expect(data, name, "verification.tolerance_percent", not_negative),
        ),
        reporting=reporting(data, name),
        reminders=reminder_rules(data, name),
        documents=document_settings(data, name),
        bulletin=bulletin_settings(data, name),
        rules=_office_rules(data, name),
        scoring=scoring(data, name),
        report_up=ReportUp(
            *(expect(data, name, f"report_up.{n}", lambda v: isinstance(v, str)).strip() for n in ReportUp.__slots__)
        ),
    )


def _office_rules(data: Mapping[str, Any], name: str) -> OfficeRules:
    for key, change in data["rules"].items():
        if not isinstance(change, dict):
            raise SpecError("E211", file=name, key=f"rules.{key}", value=change)
    own = data["own_rule"]
    if not isinstance(own, list) or not all(isinstance(rule, dict) for rule in own):
        raise SpecError("E211", file=name, key="own_rule", value=own)
    return OfficeRules(name, data["limits"], data["phrases"], data["rules"], tuple(own))


def _month_day(word: str, text: Any, name: str) -> tuple[int, int]:
    """「07-15」 as month and day; only a day that every year has."""
    try:
        day = dt.datetime.strptime(f"2001-{text}", "%Y-%m-%d").date()
    except ValueError as error:
        raise SpecError("E211", file=name, key=f"seasons.{word}", value=text) from error
    return day.month, day.day
