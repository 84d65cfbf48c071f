"""Settings of a project: the shipped defaults (`schemas/defaults.toml`) with the office's `tjxl.toml` over them."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tjxl.errors import SpecError
from tjxl.resources import schema_toml

StatusMeaning = Literal["not_started", "in_progress", "behind", "completed", "adjustment_requested"]
MEANINGS: tuple[str, ...] = ("not_started", "in_progress", "behind", "completed", "adjustment_requested")


@dataclass(frozen=True, slots=True)
class Status:
    """A progress status (进展状态): its name, what it means to the rules, and other ways of writing it.

    `near` are words that say almost the same: read as this status, with a warning.
    """

    name: str
    meaning: StatusMeaning
    aliases: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """A name in the notice that stands for several units."""

    name: str
    members: tuple[str, ...] = ()
    open: bool = False
    aliases: tuple[str, ...] = ()
    candidates: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class OfficeRules:
    """What the office changes in the field rules, as its file says it; `tjxl.fields.office` gives it a meaning.

    Attributes:
        file: whose words these are.
        limits, phrases: `[limits]` and `[phrases]`: numbers and lists of set phrases that the rules name.
        changes: `[rules.F031]`: by the code of a shipped rule, the keys that replace its own.
        own: `[[own_rule]]`: rules of the office.
    """

    file: str = "tjxl.toml"
    limits: Mapping[str, Any] = field(default_factory=dict)
    phrases: Mapping[str, Any] = field(default_factory=dict)
    changes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    own: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """What an office may change.

    Attributes:
        cadence: monthly or quarterly.
        due_day: day of the month by which a period's report is due.
        contact: whom the units may ask, as it is printed in 退回说明; empty for nobody.
        due_soon_days: how many days before its deadline a task counts as near due.
        statuses: in the order of the dropdown.
        groups, aliases: of units; see `schemas/defaults.toml`.
        columns: the usual title of a notice's column → what the office's notices call it.
        seasons: the (month, day) that a season in a deadline stands for: 主汛期 → (7, 15).
        rules: changes of the field rules and rules of the office's own.
    """

    cadence: Literal["monthly", "quarterly"]
    due_day: int
    contact: str
    due_soon_days: int
    statuses: tuple[Status, ...]
    groups: tuple[Group, ...]
    aliases: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, tuple[str, ...]]
    seasons: Mapping[str, tuple[int, int]]
    rules: OfficeRules = field(default_factory=OfficeRules)

    def status_named(self, meaning: StatusMeaning) -> str:
        """The name of the (first) status with this meaning."""
        return next(s.name for s in self.statuses if s.meaning == meaning)


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
            raise SpecError("E210", file=name, reason=str(error)) from error
        for key, value in own.items():
            if key not in merged:
                raise SpecError("E219", file=name, key=key)
            if isinstance(value, dict) is not isinstance(merged[key], dict):
                raise SpecError("E211", file=name, key=key, value=value)
            merged[key] = {**merged[key], **value} if isinstance(value, dict) else value
    return _settings(merged, name)


def _settings(data: Mapping[str, Any], name: str) -> Settings:
    most_days: int = schema_toml("office.toml")["limits"]["most_days"]
    cadence = _expect(data, name, "report.cadence", lambda v: v in ("monthly", "quarterly"))
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
        due_day=_expect(data, name, "report.due_day", lambda v: type(v) is int and 1 <= v <= 31),
        contact=_expect(data, name, "report.contact", lambda v: isinstance(v, str)).strip(),
        due_soon_days=_expect(data, name, "lights.due_soon_days", lambda v: type(v) is int and 0 <= v <= most_days),
        statuses=statuses,
        groups=groups,
        aliases={k: tuple(v) for k, v in data["aliases"].items()},
        columns={k: (v,) if isinstance(v, str) else tuple(v) for k, v in data["columns"].items()},
        seasons={word: _month_day(word, day, name) for word, day in data["seasons"].items()},
        rules=_office_rules(data, name),
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


def _expect(data: Mapping[str, Any], name: str, key: str, fits: Any) -> Any:
    table, leaf = key.split(".")
    value = data[table].get(leaf) if isinstance(data[table], dict) else None
    if not fits(value):
        raise SpecError("E211", file=name, key=key, value=value)
    return value
