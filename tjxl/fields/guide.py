"""The rules in words: the sentences of the sheet 填报说明."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from tjxl.fields.expressions import Always, Filled, Name, Or
from tjxl.fields.spec import MESSAGE_LIMIT, Field, Rule, RuleSeverity, Scope, Spec, message_of

Necessity = Literal["必填", "视情况必填", "选填", "自动"]


@dataclass(frozen=True, slots=True)
class GuideItem:
    """What the guide says of one field.

    Attributes:
        title: as in the sheet; necessity: whether it has to be filled in.
        what: what to write; rules: one sentence for each rule, in the order of the file.
    """

    title: str
    necessity: Necessity
    what: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class GuideSample:
    """A row written well or poorly: (title, text as the cell shows it) in the order of the sheet, and why it is so.

    `complaints` is what 自检 and the check say about it; none for a row written well.
    """

    title: str
    why: str
    cells: tuple[tuple[str, str], ...]
    complaints: tuple[str, ...]


def guide_items(spec: Spec, scope: Scope = "row") -> list[GuideItem]:
    """An item for every field that the unit fills in, and for 自检, in the order of the sheet."""
    fields = spec.fields if scope == "row" else spec.head
    return [_item(spec, f) for f in fields if f.owner != "locked"]


def guide_samples(spec: Spec) -> list[GuideSample]:
    """The worked examples, judged by the rules in force."""
    from tjxl.fields.scalar import check_values

    samples, prefix = [], _prefixes(spec)
    for sample in spec.samples:
        cells = tuple((f.title, _shown(f, sample.values.get(f.name))) for f in spec.unit_fields)
        broken = check_values(sample.values, spec, spec.as_of)
        complaints = tuple(prefix[r.severity] + message_of(r, sample.values.get(r.field)) + r.remedy for r in broken)
        samples.append(GuideSample(sample.title, sample.why, cells, complaints))
    return samples


def _shown(field: Field, value: Any) -> str:
    if isinstance(value, int | float):
        return f"{value:.0%}" if field.kind == "percent" else f"{value:.12g}"
    return "" if value is None else str(value)


def input_message(spec: Spec, field: Field) -> str:
    """What the cell says when it is selected: what to write, then a sentence for each rule in force.

    What finds no room in Excel's 255 characters is left out by whole sentences, with a word on where it stands.
    """
    sentences = [r.guide for r in _rules_of(spec, field) if r.guide]
    return fitted([field.input_message or field.guide, *sentences], spec.self_check.see_guide)


def fitted(sentences: Iterable[str], rest: str = "") -> str:
    """As many whole sentences, each once and on a line of its own, as a message of Excel holds.

    Args:
        rest: said in place of the sentences that found no room.
    """
    lines = list(dict.fromkeys(sentences))
    text = "\n".join(lines)
    while _units(text) > MESSAGE_LIMIT and len(lines) > 1:
        lines.pop()
        text = "\n".join([*lines, rest]) if rest else "\n".join(lines)
    while _units(text) > MESSAGE_LIMIT:
        text = text[:-1]
    return text


def _units(text: str) -> int:
    """The length as Excel counts: a character outside the basic plane is two."""
    return len(text.encode("utf-16-le")) // 2


def _rules_of(spec: Spec, field: Field) -> list[Rule]:
    return [r for r in spec.rules if r.field == field.name]


def _item(spec: Spec, field: Field) -> GuideItem:
    prefix = _prefixes(spec)
    sentences = tuple(dict.fromkeys(prefix[r.severity] + r.guide for r in _rules_of(spec, field) if r.guide))
    return GuideItem(field.title, _necessity(spec, field), field.guide, sentences)


def _prefixes(spec: Spec) -> dict[RuleSeverity, str]:
    return {"error": "", "warning": spec.self_check.warning_prefix}


def _necessity(spec: Spec, field: Field) -> Necessity:
    """必填 where a rule demands it whatever the rest; one of several that a rule demands is 视情况必填."""
    if field.owner == "check":
        return "自动"
    filled = Filled(Name(field.name, {**spec.values("row"), **spec.values("head")}[field.name]))
    errors = [r for r in spec.rules if r.severity == "error"]
    if any(isinstance(r.when, Always) and r.must == filled for r in errors):
        return "必填"
    demanded = any(r.must == filled or (isinstance(r.must, Or) and filled in r.must.parts) for r in errors)
    return "视情况必填" if demanded else "选填"
