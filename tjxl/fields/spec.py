"""What a sheet of the form asks and what must hold there; `tjxl.fields.loading` makes it from the rule files.

The form has up to three sheets of rows: 填报 (`report.toml`), 节点 (`milestones.toml`), 指标 (`targets.toml`). Every
face (pandera, Excel, 自检, guide) is made from a `Spec` and from nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from tjxl.fields.expressions import Kind, Node
from tjxl.fields.text import condensed
from tjxl.findings import Finding
from tjxl.register import GOAL_TITLES, MEASURE_TITLES, ROLE_TITLES

Part = Literal["report", "milestones", "targets", "office"]
FieldKind = Literal["key", "register", "status", "choice", "percent", "number", "text", "date", "phone", "check"]
Look = Literal["given_text", "text", "int", "date"]
Owner = Literal["locked", "unit", "check", "office"]
Scope = Literal["row", "head"]
RuleSeverity = Literal["error", "warning"]

PARTS: tuple[Part, ...] = ("report", "milestones", "targets")
"""The sheets of rows of a form, in their order: 填报, 节点, 指标. The fourth rule file, `office`, describes what the
office fills in on the master."""

HEAD = "表头"
"""What people call the head of 填报, above its rows."""

TITLE_LIMIT = 32
MESSAGE_LIMIT = 255
"""Excel's limits of the title and the text of an input message."""

LENGTH_MARK = "\ue002"
"""Stands for the length of a text in a message; nobody types it."""

VALUE_KINDS: Mapping[str, Kind] = {
    "status": "status",
    "choice": "choice",
    "percent": "number",
    "number": "number",
    "text": "text",
    "phone": "text",
    "date": "date",
}
"""The kind of value that stands in a field the unit fills in."""

FACT_KINDS: tuple[Kind, ...] = ("text", "number", "date", "status", "choice", "role", "goal", "measure")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a field with a fixed list: its name in the workbook, its meaning in rules, what units write.

    One that is not `offered` is known, but stands in no dropdown: tjxl alone gives it.
    """

    name: str
    meaning: str
    aliases: tuple[str, ...] = ()
    offered: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the sheet or one value of its head.

    Attributes:
        name: in the code; title: in the workbook; aliases: other header texts that units use.
        kind: of its values; owner: locked (written by tjxl), unit or office (to fill in) or check (自检).
        width: of the column, in characters.
        guide: what to write, a sentence of 填报说明 and of the message shown when the cell is selected.
        input_title, input_message: of that message, where not `title` and `guide`; the rules in force follow.
        look: of a locked column: how its values are printed (`theme.toml`).
        choices: of a field of kind choice: the answers, in the order of the dropdown.
    """

    name: str
    title: str
    kind: FieldKind
    owner: Owner
    width: float
    aliases: tuple[str, ...] = ()
    input_title: str = ""
    input_message: str = ""
    guide: str = ""
    look: Look = "given_text"
    choices: tuple[Choice, ...] = ()

    @property
    def filled_in(self) -> bool:
        """Whether a person fills it in."""
        return self.owner in ("unit", "office")


@dataclass(frozen=True, slots=True)
class Rule:
    """Where `when` holds, `must` has to hold; otherwise the cell of `field` is marked.

    Attributes:
        message: what is wrong (shown in 自检); remedy: how to mend it; guide: the sentence of 填报说明.
        gate: a value that breaks this rule cannot be used; other rules that read it keep silent.
        good, bad: example values by name, as a row of the frame would hold them.
        mentions: every field and fact the rule reads, and the field it marks.
        counted: the message with `LENGTH_MARK` for how long the text is, of a rule that bounds the length of its
            field and no more; else empty.
        file: where the rule stands, or where the office changed it.
    """

    code: str
    scope: Scope
    field: str
    severity: RuleSeverity
    when: Node
    must: Node
    message: str
    remedy: str
    guide: str
    gate: bool
    good: tuple[Mapping[str, Any], ...]
    bad: tuple[Mapping[str, Any], ...]
    mentions: frozenset[str]
    file: str
    counted: str = ""


@dataclass(frozen=True, slots=True)
class SelfCheckTexts:
    """What a 自检 cell says when it does not name a mistake, and where an input message sends for more."""

    fine: str
    counted: str
    unfilled: str
    warning_prefix: str
    unreadable: str
    see_guide: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A worked example of the guide: a row written well or poorly, and why.

    `breaks` names the rules, as they are shipped, that it breaks; none where it is written well.
    """

    title: str
    why: str
    values: Mapping[str, Any]
    breaks: tuple[str, ...]


@dataclass(frozen=True)
class Spec:
    """A sheet's fields, head and rules.

    Attributes:
        name: which sheet of the form, or the office's columns of the master; `<name>.toml` describes it.
        sheet: the sheet's title.
        rules: gates first, then errors, then warnings, each in the order of the file: the order that counts.
        facts: what tjxl knows of a row beside the fields, with kinds.
        statuses: the configured names of each meaning.
        as_of: the day the examples speak of.
    """

    name: Part
    sheet: str
    fields: tuple[Field, ...]
    head: tuple[Field, ...]
    rules: tuple[Rule, ...]
    facts: Mapping[str, Kind]
    statuses: Mapping[str, tuple[str, ...]]
    self_check: SelfCheckTexts
    samples: tuple[Sample, ...]
    as_of: dt.date

    @cached_property
    def key(self) -> Field:
        """The hidden column that says which row this is."""
        return next(f for f in self.fields if f.kind == "key")

    @cached_property
    def unit_fields(self) -> tuple[Field, ...]:
        """The columns that the unit fills in."""
        return tuple(f for f in self.fields if f.owner == "unit")

    def field(self, name: str) -> Field:
        """The field called `name`, of the rows or of the head."""
        return self._by_name[name]

    @cached_property
    def _by_name(self) -> Mapping[str, Field]:
        return {f.name: f for f in (*self.head, *self.fields)}

    def rules_of(self, scope: Scope) -> tuple[Rule, ...]:
        """The rules of the rows or of the head, in the order that counts."""
        return self._of_scope[scope][0]

    def values(self, scope: Scope) -> Mapping[str, Kind]:
        """The names whose values rules may read, with kinds: what the unit fills in, then the row's facts."""
        return self._of_scope[scope][1]

    @cached_property
    def _of_scope(self) -> Mapping[Scope, tuple[tuple[Rule, ...], Mapping[str, Kind]]]:
        rules: dict[Scope, tuple[Rule, ...]] = {
            "row": tuple(r for r in self.rules if r.scope == "row"),
            "head": tuple(r for r in self.rules if r.scope == "head"),
        }
        row, head = ({f.name: VALUE_KINDS[f.kind] for f in own if f.filled_in} for own in (self.fields, self.head))
        return {"row": (rules["row"], row | dict(self.facts)), "head": (rules["head"], head)}

    def codes_of(self, symbol: str) -> tuple[str, ...]:
        """How the frame spells a status, choice, role, goal or measure of this meaning."""
        codes = self._codes.get(symbol)
        if codes is None:
            codes = self._codes[symbol] = self._named(symbol) or (symbol,)
        return codes

    @cached_property
    def _codes(self) -> dict[str, tuple[str, ...]]:
        """Filled as codes are asked for: a rule asks for the same ones in every row."""
        return {}

    def titles_of(self, symbol: str) -> tuple[str, ...]:
        """How a workbook spells it: 滞后, 是, 牵头, 取得明显进展, 年内新增."""
        return self._named(symbol) or (_TITLES[symbol],)

    def _named(self, symbol: str) -> tuple[str, ...]:
        """The names of a status or a choice: those are spelled alike in the frame and in the workbook."""
        chosen = tuple(c.name for f in (*self.fields, *self.head) for c in f.choices if c.meaning == symbol)
        return self.statuses.get(symbol) or chosen


_TITLES = {str(k): v for k, v in (*ROLE_TITLES.items(), *GOAL_TITLES.items(), *MEASURE_TITLES.items())}


def message_of(rule: Rule, value: Any) -> str:
    """What is wrong with the value that breaks the rule: 进展情况不足10个字（现有6个字）。"""
    return rule.counted.replace(LENGTH_MARK, str(len(condensed(str(value or ""))))) or rule.message


def rule_finding(
    rule: Rule, *, sheet: str | None, cell: str | None, task: str | None = None, read: Any = None, value: Any = None
) -> Finding:
    """The finding of a broken rule at its cell: 「填报」表 H12：状态为“滞后”，但未填写存在问题。请说明…

    Args:
        read: the field's value as the rule saw it; value: what stood in the cell.
    """
    message = message_of(rule, read) + rule.remedy
    return Finding(rule.code, rule.severity, message, sheet, cell, rule.field, task, value)
