"""From the rule files in `schemas/` and the office's settings to a `Spec`, every complaint with file and key."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from tjxl.errors import SpecError
from tjxl.fields.entries import Reader
from tjxl.fields.expressions import Compare, Kind, Length, Node, Number, names_in
from tjxl.fields.office import RuleEntry, limits_of, phrases_of, rule_entries
from tjxl.fields.parsing import Vocabulary, parse
from tjxl.fields.scalar import breaks_rule
from tjxl.fields.spec import (
    FACT_KINDS,
    LENGTH_MARK,
    MESSAGE_LIMIT,
    PARTS,
    TITLE_LIMIT,
    VALUE_KINDS,
    Choice,
    Field,
    FieldKind,
    Look,
    Owner,
    Part,
    Rule,
    Sample,
    SelfCheckTexts,
    Spec,
)
from tjxl.register import GOAL_TITLES, MEASURE_TITLES, ROLE_TITLES
from tjxl.resources import schema_toml
from tjxl.settings import MEANINGS, Settings

_KEYS = {
    "file": (
        "sheet", "rules_of_the_form", "inherit", "limits", "phrases", "facts", "fact_titles", "self_check",
        "example_defaults", "field", "head", "rule", "sample",
    ),
    "field": (
        "name", "title", "kind", "owner", "width", "aliases", "input_title", "input_message", "guide", "look",
        "choices",
    ),
    "choice": ("name", "meaning", "aliases", "offered"),
    "rule": (
        "code", "sheet", "scope", "field", "severity", "off", "when", "must", "message", "remedy", "guide", "gate",
        "good", "bad",
    ),
    "sample": ("title", "why", "values", "breaks"),
}  # fmt: skip
"""What may stand in a rule file and in its entries."""

_CODES = {title: str(code) for titles in (ROLE_TITLES, GOAL_TITLES, MEASURE_TITLES) for code, title in titles.items()}
"""Titles of roles, goals and measures, as an office writes them in a rule."""


def load_specs(settings: Settings) -> dict[Part, Spec]:
    """All sheets of rows of a form, in their order."""
    return {part: load_spec(settings, part=part) for part in PARTS}


def load_spec(settings: Settings, data: Mapping[str, Any] | None = None, *, part: Part = "report") -> Spec:
    """The sheet described by `schemas/<part>.toml`, or by `data` (parsed TOML) in its place.

    A file that names another one under `inherit` takes over that one's limits, self-check texts and example
    defaults, as far as it has none of its own. What the office changes (`Settings.rules`) is laid over it.

    Raises:
        SpecError: E220 something is missing; E221 a value is not one of the allowed ones; E222-E224 an
            expression has no meaning; E225 a name or code twice; E227 an example of the office does
            not fit its rule; E228 a change of an unknown rule; E229 an unknown key. Each names the file and the key.
    """
    file = f"{part}.toml"
    return _Loader(settings, schema_toml(file) if data is None else data, file).spec(part)


def _inherited(data: Mapping[str, Any]) -> Mapping[str, Any]:
    if "inherit" not in data:
        return data
    base = schema_toml(data["inherit"])
    shared = {
        k: {**base.get(k, {}), **data.get(k, {})} for k in ("limits", "phrases", "self_check", "example_defaults")
    }
    return {**data, **shared}


def load_office_spec(settings: Settings) -> Spec:
    """What the office fills in on the master (`schemas/office.toml`), all of it as head: a cell is judged by itself.

    Rules that the form has for the same value are taken over from there with the office's changes, those that it
    switched off left out.

    Raises:
        SpecError: as `load_spec`.
    """
    own, form = load_spec(settings, part="office"), load_spec(settings)
    shared = schema_toml("office.toml")["rules_of_the_form"]
    taken = [
        replace(r, scope="head") for r in form.rules if r.code in shared and r.mentions <= own.values("head").keys()
    ]
    return replace(own, rules=(*taken, *own.rules))


class _Loader:
    """Builds a Spec from parsed TOML; every complaint names the key."""

    def __init__(self, settings: Settings, data: Mapping[str, Any], file: str) -> None:
        self.data, self.file, self.office = _inherited(data), file, settings.rules
        self.reader = Reader(file, {})
        self.statuses = {
            m: tuple(s.name for s in settings.statuses if s.meaning == m) for m in MEANINGS
        }  # every meaning has a name: tjxl.settings sees to it
        self.limits = limits_of(self.data, file, self.office)
        self.phrases = phrases_of(self.data, file, self.office)
        self.facts = self._facts()
        words: dict[str, object] = {
            **{k: f"{v:g}" for k, v in self.limits.items()},
            **{m: names[0] for m, names in self.statuses.items()},
            "statuses": "、".join(s.name for s in settings.statuses),
            "length": LENGTH_MARK,
        }
        self.reader.known(self.data, _KEYS["file"], "最外层")
        texts = self.reader.need(self.data, "self_check", "[self_check]")
        self.reader.known(texts, SelfCheckTexts.__slots__, "[self_check]")
        self.self_check = SelfCheckTexts(
            *(self.reader.need(texts, k, "[self_check]") for k in SelfCheckTexts.__slots__)
        )
        words |= {k: getattr(self.self_check, k) for k in SelfCheckTexts.__slots__}
        self.reader = Reader(file, words)
        defaults = dict(self.reader.need(self.data, "example_defaults", "[example_defaults]"))
        self.as_of = cast(dt.date, self.reader.need(defaults, "as_of", "[example_defaults]"))
        self.defaults = {k: v for k, v in defaults.items() if k != "as_of"}

    def spec(self, part: Part) -> Spec:
        fields = tuple(self._field(f, f"[[field]] {i}") for i, f in enumerate(self.data.get("field", ()), 1))
        head = tuple(self._field(f, f"[[head]] {i}") for i, f in enumerate(self.data.get("head", ()), 1))
        self.reader.once([(f.name, "[[field]]") for f in fields] + [(f.name, "[[head]]") for f in head])
        self.spelled = {m: names[0] for m, names in self.statuses.items()}
        self.spelled |= {c.meaning: c.name for f in (*fields, *head) for c in f.choices}
        vocabularies = {"row": self._vocabulary(fields, self.facts), "head": self._vocabulary(head, {})}
        entries = rule_entries(self.data, part, self.office)
        rules = [self._rule(e, vocabularies) for e in entries]
        self.reader.once((r.code, "[[rule]]") for r in rules)
        rules.sort(key=lambda r: (not r.gate, r.severity != "error"))
        samples = enumerate(self.data.get("sample", ()), 1)
        spec = Spec(
            name=part,
            sheet=self.reader.need(self.data, "sheet", "sheet"),
            fields=fields,
            head=head,
            rules=tuple(rules),
            facts=self.facts,
            statuses=self.statuses,
            self_check=self.self_check,
            samples=tuple(self._sample(s, i, vocabularies["row"]) for i, s in samples),
            as_of=self.as_of,
        )
        _prove_examples(spec, entries)
        return spec

    def _facts(self) -> dict[str, Kind]:
        facts = dict(self.data.get("facts", {}))
        for name, kind in facts.items():
            self.reader.one_of(kind, FACT_KINDS, f"[facts] {name}")
        return facts

    def _field(self, entry: Mapping[str, Any], key: str) -> Field:
        name = self.reader.need(entry, "name", key)
        key = f"{key.partition(' ')[0]} {name}"
        self.reader.known(entry, _KEYS["field"], key)
        for choice in entry.get("choices", ()):
            self.reader.known(choice, _KEYS["choice"], f"{key} choices")
        owner = self.reader.one_of(self.reader.need(entry, "owner", key), Owner.__args__, f"{key} owner")  # type: ignore[attr-defined]
        field = Field(
            name=name,
            title=self.reader.need(entry, "title", key),
            kind=self.reader.one_of(self.reader.need(entry, "kind", key), FieldKind.__args__, f"{key} kind"),  # type: ignore[attr-defined]
            owner=owner,
            width=float(entry.get("width", 0) if owner == "office" else self.reader.need(entry, "width", key)),
            aliases=tuple(entry.get("aliases", ())),
            input_title=self.reader.text(entry, "input_title", key, TITLE_LIMIT),
            input_message=self.reader.text(entry, "input_message", key, MESSAGE_LIMIT),
            guide=self.reader.text(entry, "guide", key),
            look=self.reader.one_of(entry.get("look", "given_text"), Look.__args__, f"{key} look"),  # type: ignore[attr-defined]
            choices=tuple(
                Choice(
                    self.reader.need(c, "name", key),
                    self.reader.need(c, "meaning", key),
                    tuple(c.get("aliases", ())),
                    self.reader.truth(c.get("offered", True), f"{key} offered"),
                )
                for c in entry.get("choices", ())
            ),
        )
        if field.kind == "choice":
            names = ",".join(c["name"] for c in self.reader.need(entry, "choices", key))
            if len(names) > MESSAGE_LIMIT:
                raise self.reader.wrong(f"{key} choices", names, f"各项合计超过 {MESSAGE_LIMIT} 个字")
        if field.filled_in:
            if field.kind not in VALUE_KINDS:
                raise self.reader.wrong(f"{key} kind", field.kind, "需要填写的项不能是这种类型")
            self.reader.need(entry, "guide" if owner == "unit" else "input_message", key)
        return field

    def _vocabulary(self, fields: tuple[Field, ...], facts: Mapping[str, Kind]) -> Vocabulary:
        names = {f.name: VALUE_KINDS[f.kind] for f in fields if f.filled_in} | dict(facts)
        symbols: dict[str, Kind] = dict.fromkeys(MEANINGS, "status")
        symbols |= dict.fromkeys(ROLE_TITLES, "role")
        symbols |= dict.fromkeys(GOAL_TITLES, "goal")
        symbols |= dict.fromkeys(MEASURE_TITLES, "measure")
        symbols |= {c.meaning: "choice" for f in fields for c in f.choices}
        return Vocabulary(names, symbols, self.limits, self.phrases, self._synonyms(fields, names))

    def _synonyms(self, fields: tuple[Field, ...], names: Mapping[str, Kind]) -> dict[str, str]:
        """What an office may write in a rule instead of identifiers: titles, names of statuses and answers."""
        out = dict(_CODES)
        out |= {c.name: c.meaning for f in fields for c in f.choices}
        out |= {name: meaning for meaning, found in self.statuses.items() for name in found}
        out |= {word: f.name for f in fields for word in (*f.aliases, f.title)}
        titles = self.data.get("fact_titles", {})
        return out | {titles[name]: name for name in names if name in titles}

    def _rule(self, entry: RuleEntry, vocabularies: Mapping[str, Vocabulary]) -> Rule:
        values, key, file = entry.values, entry.key, entry.file
        reader = replace(self.reader, file=file)
        reader.known(values, _KEYS["rule"], key)
        scope = reader.one_of(reader.need(values, "scope", key), ("row", "head"), f"{key} scope")
        words = vocabularies[scope]
        written = reader.need(values, "field", key)
        marked = words.word(written)
        if marked not in words.names or marked in self.facts:
            raise SpecError("E223", file=file, key=f"{key} field", name=written)
        when = parse(str(values.get("when", "")), words, file=file, key=f"{key} when")
        must = parse(str(reader.need(values, "must", key)), words, file=file, key=f"{key} must")
        mentions = {n.name for n in (*names_in(when), *names_in(must))} | {marked}
        gate = values.get("gate", False)
        if gate and mentions != {marked}:
            raise reader.wrong(f"{key} gate", "true", f"gate 规则只能涉及“{marked}”本身")
        remedy = reader.text(values, "remedy", key, required=True)
        message = reader.text(values, "message", key, MESSAGE_LIMIT, required=True)
        return Rule(
            code=reader.need(values, "code", key),
            scope=scope,
            field=marked,
            severity=reader.one_of(reader.need(values, "severity", key), ("error", "warning"), f"{key} severity"),
            when=when,
            must=must,
            message=message,
            remedy=remedy,
            guide=reader.text(values, "guide", key) if "guide" in values else remedy,
            gate=gate,
            good=self._examples(entry, "good", words),
            bad=self._examples(entry, "bad", words),
            mentions=frozenset(mentions),
            file=file,
            counted=self._counted(message) if _bounds_length(must, marked) else "",
        )

    def _counted(self, message: str) -> str:
        count = self.reader.text({"text": self.self_check.counted}, "text", "[self_check] counted")
        return f"{message.removesuffix('。')}{count}。"

    def _examples(self, entry: RuleEntry, which: str, words: Vocabulary) -> tuple[Mapping[str, Any], ...]:
        examples = entry.values.get(which, ())
        if not examples and entry.file == self.file:
            raise SpecError("E220", file=self.file, key=entry.key, name=which)
        key = f"{entry.key} {which}"
        if isinstance(examples, str | Mapping) or not all(isinstance(e, Mapping) for e in examples):
            raise SpecError("E221", file=entry.file, key=key, value=examples, reason="应为例子的列表")
        defaults = {k: v for k, v in self.defaults.items() if k in words.names}
        return tuple(defaults | self._values(e, key, words, entry.file) for e in examples)

    def _sample(self, entry: Mapping[str, Any], number: int, words: Vocabulary) -> Sample:
        key = f"[[sample]] {number}"
        self.reader.known(entry, _KEYS["sample"], key)
        values = self._values(self.reader.need(entry, "values", key), key, words, self.file)
        why = self.reader.text(entry, "why", key, required=True)
        facts = {k: v for k, v in self.defaults.items() if k in words.names}
        return Sample(self.reader.need(entry, "title", key), why, facts | values, tuple(entry.get("breaks", ())))

    def _values(self, values: Mapping[str, Any], key: str, words: Vocabulary, file: str) -> dict[str, Any]:
        """Example values: a meaning becomes the status's or choice's name, {repeat, times} a long text."""
        out = {}
        for written, value in values.items():
            name = words.word(written)
            if name not in words.names:
                raise SpecError("E223", file=file, key=key, name=written)
            if isinstance(value, Mapping):
                out[name] = str(value["repeat"]) * int(value["times"])
            elif words.names[name] in ("status", "choice") and value in self.spelled:
                out[name] = self.spelled[value]
            elif words.names[name] in ("role", "goal", "measure"):
                out[name] = _CODES.get(value, value)
            else:
                out[name] = value
        return out


def _bounds_length(must: Node, field: str) -> bool:
    match must:
        case Compare(_, Length(of), Number()):
            return of.name == field
    return False


def _prove_examples(spec: Spec, entries: list[RuleEntry]) -> None:
    """The office's examples show whether a rule says what the office means by it (E227)."""
    proven = {e.values["code"]: e for e in entries if e.proven}
    for rule in (r for r in spec.rules if r.code in proven):
        entry = proven[rule.code]
        for which, examples, broken in (("good", rule.good, False), ("bad", rule.bad, True)):
            if which not in entry.values:
                continue
            for number, example in enumerate(examples, 1):
                if breaks_rule(rule, example, spec, spec.as_of) is not broken:
                    facts = {"key": entry.key, "which": which, "number": number, "as_of": spec.as_of.isoformat()}
                    raise SpecError("E227", file=entry.file, **facts)
