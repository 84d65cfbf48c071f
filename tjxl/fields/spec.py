"""What a sheet of the form asks and what must hold there, loaded from its file in `schemas/` and checked.

The form has up to three sheets of rows: 填报 (`report.toml`), 节点 (`milestones.toml`), 指标 (`targets.toml`). Every
face (pandera, Excel, 自检, guide) is made from a `Spec` and from nothing else.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, cast

from tjxl.errors import SpecError
from tjxl.fields.expressions import Kind, Node, names_in
from tjxl.fields.parsing import Vocabulary, parse
from tjxl.findings import Finding
from tjxl.register import GOAL_TITLES, MEASURE_TITLES, ROLE_TITLES
from tjxl.resources import schema_toml
from tjxl.settings import MEANINGS, Settings

Part = Literal["report", "milestones", "targets"]
FieldKind = Literal["key", "register", "status", "choice", "percent", "number", "text", "date", "phone", "check"]
Look = Literal["given_text", "text", "int", "date"]
Owner = Literal["locked", "unit", "check"]
Scope = Literal["row", "head"]
RuleSeverity = Literal["error", "warning"]

PARTS: tuple[Part, ...] = ("report", "milestones", "targets")
"""The sheets of rows of a form, in their order: 填报, 节点, 指标."""

TITLE_LIMIT = 32
MESSAGE_LIMIT = 255
"""Excel's limits of the title and the text of an input message."""

_VALUE_KINDS: dict[str, Kind] = {
    "status": "status",
    "choice": "choice",
    "percent": "number",
    "number": "number",
    "text": "text",
    "phone": "text",
    "date": "date",
}
_FACT_KINDS: tuple[Kind, ...] = ("text", "number", "date", "status", "choice", "role", "goal", "measure")


@dataclass(frozen=True, slots=True)
class Choice:
    """One answer of a field with a fixed list: its name in the workbook, its meaning in rules, what units write."""

    name: str
    meaning: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One column of the sheet or one value of its head.

    Attributes:
        name: in the code; title: in the workbook; aliases: other header texts that units use.
        kind: of its values; owner: locked (written by tjxl), unit (to fill in) or check (自检).
        width: of the column, in characters.
        input_title, input_message: shown when the cell is selected.
        guide: what to write, a sentence of 填报说明.
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


@dataclass(frozen=True, slots=True)
class Rule:
    """Where `when` holds, `must` has to hold; otherwise the cell of `field` is marked.

    Attributes:
        message: what is wrong (shown in 自检); remedy: how to mend it; guide: the sentence of 填报说明.
        gate: a value that breaks this rule cannot be used; other rules that read it keep silent.
        good, bad: example values by name, as a row of the frame would hold them.
        mentions: every field and fact the rule reads, and the field it marks.
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


@dataclass(frozen=True, slots=True)
class SelfCheckTexts:
    """What a 自检 cell says when it does not name a mistake."""

    fine: str
    unfilled: str
    warning_prefix: str
    unreadable: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A worked example of the guide: a row written well or poorly, and why."""

    title: str
    why: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Spec:
    """A sheet's fields, head and rules.

    Attributes:
        name: which sheet of the form; `<name>.toml` describes it.
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

    @property
    def key(self) -> Field:
        """The hidden column that says which row this is."""
        return next(f for f in self.fields if f.kind == "key")

    @property
    def unit_fields(self) -> tuple[Field, ...]:
        """The columns that the unit fills in."""
        return tuple(f for f in self.fields if f.owner == "unit")

    def field(self, name: str) -> Field:
        """The field called `name`, of the rows or of the head."""
        return next(f for f in (*self.fields, *self.head) if f.name == name)

    def rules_of(self, scope: Scope) -> tuple[Rule, ...]:
        """The rules of the rows or of the head, in the order that counts."""
        return tuple(r for r in self.rules if r.scope == scope)

    def values(self, scope: Scope) -> dict[str, Kind]:
        """The names whose values rules may read, with kinds: what the unit fills in, then the row's facts."""
        fields = self.fields if scope == "row" else self.head
        own = {f.name: _VALUE_KINDS[f.kind] for f in fields if f.owner == "unit"}
        return own | dict(self.facts) if scope == "row" else own

    def codes_of(self, symbol: str) -> tuple[str, ...]:
        """How the frame spells a status, choice, role, goal or measure of this meaning."""
        return self._named(symbol) or (symbol,)

    def titles_of(self, symbol: str) -> tuple[str, ...]:
        """How a workbook spells it: 滞后, 是, 牵头, 取得明显进展, 年内新增."""
        return self._named(symbol) or (_TITLES[symbol],)

    def _named(self, symbol: str) -> tuple[str, ...]:
        """The names of a status or a choice: those are spelled alike in the frame and in the workbook."""
        chosen = tuple(c.name for f in self.fields for c in f.choices if c.meaning == symbol)
        return self.statuses.get(symbol) or chosen


_TITLES = {str(k): v for k, v in (*ROLE_TITLES.items(), *GOAL_TITLES.items(), *MEASURE_TITLES.items())}


def rule_finding(
    rule: Rule, *, sheet: str | None, cell: str | None, task: str | None = None, value: Any = None
) -> Finding:
    """The finding of a broken rule at its cell: 「填报」表 H12：状态为“滞后”，但未填写存在问题。请说明…"""
    return Finding(rule.code, rule.severity, rule.message + rule.remedy, sheet, cell, rule.field, task, value)


def load_specs(settings: Settings) -> dict[Part, Spec]:
    """All sheets of rows of a form, in their order."""
    return {part: load_spec(settings, part=part) for part in PARTS}


def load_spec(settings: Settings, data: Mapping[str, Any] | None = None, *, part: Part = "report") -> Spec:
    """The sheet described by `schemas/<part>.toml`, or by `data` (parsed TOML) in its place.

    A file that names another one under `inherit` takes over that one's limits, self-check texts and example
    defaults, as far as it has none of its own.

    Raises:
        SpecError: E220 something is missing; E221 a value is not one of the allowed ones; E222-E224 an
            expression has no meaning; E225 a name or code twice. Each names the file and the key.
    """
    file = f"{part}.toml"
    return _Loader(settings, schema_toml(file) if data is None else data, file).spec(part)


def _inherited(data: Mapping[str, Any]) -> Mapping[str, Any]:
    if "inherit" not in data:
        return data
    base = schema_toml(data["inherit"])
    shared = {k: {**base.get(k, {}), **data.get(k, {})} for k in ("limits", "self_check", "example_defaults")}
    return {**data, **shared}


class _Loader:
    """Builds a Spec from parsed TOML; every complaint names the key."""

    def __init__(self, settings: Settings, data: Mapping[str, Any], file: str) -> None:
        self.data, self.file = _inherited(data), file
        self.statuses = {
            m: tuple(s.name for s in settings.statuses if s.meaning == m) for m in MEANINGS
        }  # every meaning has a name: tjxl.settings sees to it
        self.limits = self._limits()
        self.facts = self._facts()
        self.words: dict[str, object] = {
            **{k: f"{v:g}" for k, v in self.limits.items()},
            **{m: names[0] for m, names in self.statuses.items()},
            "statuses": "、".join(s.name for s in settings.statuses),
        }
        texts = self._need(self.data, "self_check", "[self_check]")
        self.self_check = SelfCheckTexts(*(self._need(texts, k, "[self_check]") for k in SelfCheckTexts.__slots__))
        self.words |= {k: getattr(self.self_check, k) for k in SelfCheckTexts.__slots__}
        defaults = dict(self._need(self.data, "example_defaults", "[example_defaults]"))
        self.as_of = cast(dt.date, self._need(defaults, "as_of", "[example_defaults]"))
        self.defaults = {k: v for k, v in defaults.items() if k != "as_of"}

    def spec(self, part: Part) -> Spec:
        fields = tuple(self._field(f, f"[[field]] {i}") for i, f in enumerate(self.data.get("field", ()), 1))
        head = tuple(self._field(f, f"[[head]] {i}") for i, f in enumerate(self.data.get("head", ()), 1))
        self._once([(f.name, "[[field]]") for f in fields] + [(f.name, "[[head]]") for f in head])
        self.spelled = {m: names[0] for m, names in self.statuses.items()}
        self.spelled |= {c.meaning: c.name for f in fields for c in f.choices}
        vocabularies = {"row": self._vocabulary(fields, self.facts), "head": self._vocabulary(head, {})}
        rules = [
            self._rule(r, f"[[rule]] {r.get('code', i)}", vocabularies)
            for i, r in enumerate(self.data.get("rule", ()), 1)
        ]
        self._once([(r.code, "[[rule]]") for r in rules])
        rules.sort(key=lambda r: (not r.gate, r.severity != "error"))
        names = vocabularies["row"].names
        return Spec(
            name=part,
            sheet=self._need(self.data, "sheet", "sheet"),
            fields=fields,
            head=head,
            rules=tuple(rules),
            facts=self.facts,
            statuses=self.statuses,
            self_check=self.self_check,
            samples=tuple(self._sample(s, i, names) for i, s in enumerate(self.data.get("sample", ()), 1)),
            as_of=self.as_of,
        )

    def _limits(self) -> dict[str, float]:
        limits = dict(self.data.get("limits", {}))
        for name, value in limits.items():
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise self._wrong(f"[limits] {name}", value, "应为数字")
        return limits

    def _facts(self) -> dict[str, Kind]:
        facts = dict(self.data.get("facts", {}))
        for name, kind in facts.items():
            self._one_of(kind, _FACT_KINDS, f"[facts] {name}")
        return facts

    def _field(self, entry: Mapping[str, Any], key: str) -> Field:
        name = self._need(entry, "name", key)
        key = f"{key.partition(' ')[0]} {name}"
        field = Field(
            name=name,
            title=self._need(entry, "title", key),
            kind=self._one_of(self._need(entry, "kind", key), FieldKind.__args__, f"{key} kind"),  # type: ignore[attr-defined]
            owner=self._one_of(self._need(entry, "owner", key), Owner.__args__, f"{key} owner"),  # type: ignore[attr-defined]
            width=float(self._need(entry, "width", key)),
            aliases=tuple(entry.get("aliases", ())),
            input_title=self._text(entry, "input_title", key, TITLE_LIMIT),
            input_message=self._text(entry, "input_message", key, MESSAGE_LIMIT),
            guide=self._text(entry, "guide", key),
            look=self._one_of(entry.get("look", "given_text"), Look.__args__, f"{key} look"),  # type: ignore[attr-defined]
            choices=tuple(
                Choice(self._need(c, "name", key), self._need(c, "meaning", key), tuple(c.get("aliases", ())))
                for c in entry.get("choices", ())
            ),
        )
        if field.kind == "choice":
            self._need(entry, "choices", key)
        if field.owner == "unit":
            if field.kind not in _VALUE_KINDS:
                raise self._wrong(f"{key} kind", field.kind, "单位填写的项不能是这种类型")
            for needed in ("input_message", "guide"):
                self._need(entry, needed, key)
        return field

    def _vocabulary(self, fields: tuple[Field, ...], facts: Mapping[str, Kind]) -> Vocabulary:
        names = {f.name: _VALUE_KINDS[f.kind] for f in fields if f.owner == "unit"} | dict(facts)
        symbols: dict[str, Kind] = dict.fromkeys(MEANINGS, "status")
        symbols |= dict.fromkeys(ROLE_TITLES, "role")
        symbols |= dict.fromkeys(GOAL_TITLES, "goal")
        symbols |= dict.fromkeys(MEASURE_TITLES, "measure")
        symbols |= {c.meaning: "choice" for f in fields for c in f.choices}
        return Vocabulary(names, symbols, self.limits)

    def _rule(self, entry: Mapping[str, Any], key: str, vocabularies: Mapping[str, Vocabulary]) -> Rule:
        scope = self._one_of(self._need(entry, "scope", key), ("row", "head"), f"{key} scope")
        words = vocabularies[scope]
        marked = self._need(entry, "field", key)
        if marked not in words.names or marked in self.facts:
            raise SpecError("E223", file=self.file, key=f"{key} field", name=marked)
        when = parse(entry.get("when", ""), words, file=self.file, key=f"{key} when")
        must = parse(self._need(entry, "must", key), words, file=self.file, key=f"{key} must")
        remedy = self._text(entry, "remedy", key, required=True)
        mentions = {n.name for n in (*names_in(when), *names_in(must))} | {marked}
        gate = entry.get("gate", False)
        if gate and mentions != {marked}:
            raise self._wrong(f"{key} gate", "true", f"gate 规则只能涉及“{marked}”本身")
        return Rule(
            code=self._need(entry, "code", key),
            scope=scope,
            field=marked,
            severity=self._one_of(self._need(entry, "severity", key), ("error", "warning"), f"{key} severity"),
            when=when,
            must=must,
            message=self._text(entry, "message", key, MESSAGE_LIMIT, required=True),
            remedy=remedy,
            guide=self._text(entry, "guide", key) if "guide" in entry else remedy,
            gate=gate,
            good=self._examples(entry, "good", key, words),
            bad=self._examples(entry, "bad", key, words),
            mentions=frozenset(mentions),
        )

    def _examples(
        self, entry: Mapping[str, Any], which: str, key: str, words: Vocabulary
    ) -> tuple[Mapping[str, Any], ...]:
        examples = self._need(entry, which, key)
        if not examples:
            raise SpecError("E220", file=self.file, key=key, name=which)
        defaults = {k: v for k, v in self.defaults.items() if k in words.names}
        return tuple(defaults | self._values(e, f"{key} {which}", words.names) for e in examples)

    def _sample(self, entry: Mapping[str, Any], number: int, names: Mapping[str, Kind]) -> Sample:
        key = f"[[sample]] {number}"
        values = self._values(self._need(entry, "values", key), key, names)
        why = self._text(entry, "why", key, required=True)
        return Sample(self._need(entry, "title", key), why, values)

    def _values(self, values: Mapping[str, Any], key: str, names: Mapping[str, Kind]) -> dict[str, Any]:
        """Example values: a meaning becomes the status's or choice's name, {repeat, times} a long text."""
        out = {}
        for name, value in values.items():
            if name not in names:
                raise SpecError("E223", file=self.file, key=key, name=name)
            if isinstance(value, Mapping):
                out[name] = str(value["repeat"]) * int(value["times"])
            elif names[name] in ("status", "choice") and value in self.spelled:
                out[name] = self.spelled[value]
            else:
                out[name] = value
        return out

    def _text(
        self, entry: Mapping[str, Any], name: str, key: str, limit: int = 32_767, *, required: bool = False
    ) -> str:
        """A text of the entry with limits and statuses filled in."""
        raw = self._need(entry, name, key) if required else entry.get(name, "")
        try:
            text = str(raw).format_map(self.words)
        except (KeyError, ValueError, IndexError) as error:
            raise self._wrong(f"{key} {name}", raw, f"花括号中的“{error.args[0]}”不认识") from error
        if len(text) > limit:
            raise self._wrong(f"{key} {name}", text, f"超过 {limit} 个字")
        return text

    def _need(self, entry: Mapping[str, Any], name: str, key: str) -> Any:
        if entry.get(name) in (None, ""):
            raise SpecError("E220", file=self.file, key=key, name=name)
        return entry[name]

    def _one_of(self, value: Any, allowed: tuple[str, ...], key: str) -> Any:
        if value not in allowed:
            raise self._wrong(key, value, f"应为 {'、'.join(allowed)} 之一")
        return value

    def _once(self, names: list[tuple[str, str]]) -> None:
        seen: set[str] = set()
        for name, key in names:
            if name in seen:
                raise SpecError("E225", file=self.file, key=key, name=name)
            seen.add(name)

    def _wrong(self, key: str, value: Any, reason: str) -> SpecError:
        return SpecError("E221", file=self.file, key=key, value=value, reason=reason)
