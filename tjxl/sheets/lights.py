"""亮灯, 亮灯依据 and 应达进度 of 任务台账: the rules of `schemas/lights.toml` as formulas.

One list of rules gives both the light and its reason. Each rule has a light in the sheet 设置, and so a weight in the
hidden table 亮灯规则: red above yellow above blue above green, and among equals the earlier rule. In the hidden table
亮灯计算 the weightiest rule that holds for a task is found once; its light and its words follow. So a change in 设置,
of a threshold or of a rule's light, shows at once.

Sources of the rules and of their first values: `schemas/defaults.toml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tjxl.formula import Formula
from tjxl.register import Register
from tjxl.resources import schema_toml
from tjxl.settings import Settings
from tjxl.sheets.figures import (
    DUE_SOON_DAYS,
    LIGHT_CHOICES,
    LIGHT_TITLES,
    LIGHTS,
    RED_GAP,
    YELLOW_GAP,
    Statuses,
    text,
)
from tjxl.sheets.layout import hidden_layout
from tjxl.sheets.light_facts import fact, fact_formulas, fact_text, filled_in, reported_in, words
from tjxl.sheets.model import Content

RULES, FACTS = "亮灯规则", "亮灯计算"
_LEAST = "0.5"
"""Below every weight: found nowhere."""


@dataclass(frozen=True, slots=True)
class LightRule:
    """A rule as `schemas/lights.toml` has it; `fixed` is the light that 设置 may not change."""

    name: str
    title: str
    note: str
    when: str
    reason: str
    fixed: str | None = None


@cache
def light_rules() -> tuple[LightRule, ...]:
    """The rules in their order."""
    return tuple(LightRule(**entry) for entry in schema_toml("lights.toml")["rule"])


def light_words() -> dict[str, str]:
    """What the column 亮灯 of 设置 may say: code → word."""
    return {**LIGHTS, "none": words()["none"]}


def task_formulas() -> dict[str, str]:
    """The calculated columns of 任务台账. A row that is no task of the register has no light."""
    layout = hidden_layout()["light_facts"]
    row = f"MATCH(任务台账[[#This Row],[任务编码]],{FACTS}[任务编码],0)"

    def of(name: str) -> str:
        return f'IFERROR(INDEX({FACTS}[{layout.column(name).title}],{row}),"")'

    return {"light": of("light"), "light_reason": of("reason"), "expected_progress": of("expected")}


def rule_rows() -> list[Mapping[str, Content]]:
    """The rows of 亮灯规则: each rule with the light that 设置 gives it, and its weight."""
    light = f"{RULES}[[#This Row],[亮灯]]"
    place = f"(ROW()-ROW({RULES}[[#Headers],[规则]]))"
    severities = list(reversed(LIGHTS.values()))  # green first
    severity = "0"
    for n, title in enumerate(severities, 1):
        severity = f"IF({light}={text(title)},{n}00-{place},{severity})"
    chosen = f'IFERROR(INDEX({LIGHT_CHOICES},MATCH({RULES}[[#This Row],[规则]],{LIGHT_TITLES},0))&"","")'
    return [{"rule": rule.title, "light": Formula(chosen), "weight": Formula(severity)} for rule in light_rules()]


def fact_rows(register: Register, settings: Settings) -> list[Mapping[str, Content]]:
    """The rows of 亮灯计算, one for each task."""
    formulas = {
        **fact_formulas(Statuses.of(settings), register.year),
        "rule": _rule(),
        "light": f'IF({fact("rule")}=0,"",INDEX({RULES}[亮灯],{fact("rule")}))',
        "reason": _reason(),
    }
    contents = {name: Formula(formula) for name, formula in formulas.items()}
    return [{"task_code": task.code, **contents} for task in register.tasks]


def _rule() -> str:
    """The number of the weightiest rule that holds; 0 where none does."""
    tests = [
        f"IF({_condition(rule)},INDEX({RULES}[权重],{number}),0)" for number, rule in enumerate(light_rules(), 1)
    ]
    return f"IFERROR(MATCH(MAX({_LEAST},{','.join(tests)}),{RULES}[权重],0),0)"


def _reason() -> str:
    """The words of that rule, and of what period the report is that it rests on."""
    reasons = [_worded(rule, number) for number, rule in enumerate(light_rules(), 1)]
    said = words()
    unlit = f'IF({fact("said")}="","",IF({fact("status")}="",{text(said["no_report"])},{text(said["unlit"])}))'
    return f"IF({fact('rule')}=0,{unlit},CHOOSE({fact('rule')},{','.join(reasons)})&{reported_in()})"


def _condition(rule: LightRule) -> str:
    """The condition with the expressions of the facts it names."""
    pieces = rule.when.replace("}", "{").split("{")
    return "".join(_named(piece) if n % 2 else piece for n, piece in enumerate(pieces))


def _worded(rule: LightRule, number: int) -> str:
    pieces = rule.reason.replace("}", "{").split("{")[1::2]
    light = {"light": f"INDEX({RULES}[亮灯],{number})"}
    return filled_in(rule.reason, {name: light.get(name) or _named(name) for name in pieces})


def _named(name: str) -> str:
    thresholds = {"yellow_gap": YELLOW_GAP, "red_gap": RED_GAP, "due_soon_days": DUE_SOON_DAYS}
    return f"N({thresholds[name]})" if name in thresholds else fact_text(name)


def first_lights(settings: Settings) -> dict[str, Any]:
    """Rule name → the word for its light, as the sheet 设置 begins."""
    said = light_words()
    return {rule.name: said[rule.fixed or settings.lights.of[rule.name]] for rule in light_rules()}
