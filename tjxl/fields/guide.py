"""The rules in words: the sentences of the sheet 填报说明."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from tjxl.fields.expressions import Always, Filled, Name, Or
from tjxl.fields.spec import Field, Scope, Spec

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
    """A row written well or poorly: (title, value) in the order of the sheet, and why it is so.

    `complaints` is what 自检 and the check say about it; none for a row written well.
    """

    title: str
    why: str
    cells: tuple[tuple[str, Any], ...]
    complaints: tuple[str, ...]


def guide_items(spec: Spec, scope: Scope = "row") -> list[GuideItem]:
    """An item for every field that the unit fills in, and for 自检, in the order of the sheet."""
    fields = spec.fields if scope == "row" else spec.head
    return [_item(spec, f) for f in fields if f.owner != "locked"]


def guide_samples(spec: Spec) -> list[GuideSample]:
    """The worked examples, judged by the rules as a row of a lead unit is."""
    from tjxl.fields.scalar import check_values

    samples = []
    for sample in spec.samples:
        cells = tuple((f.title, sample.values.get(f.name)) for f in spec.unit_fields)
        values = {"role": "lead", "goal": "complete", **sample.values}
        complaints = tuple(r.message + r.remedy for r in check_values(values, spec, spec.as_of))
        samples.append(GuideSample(sample.title, sample.why, cells, complaints))
    return samples


def _item(spec: Spec, field: Field) -> GuideItem:
    rules = [r for r in spec.rules if r.field == field.name]
    prefix = {"error": "", "warning": spec.self_check.warning_prefix}
    sentences = tuple(dict.fromkeys(prefix[r.severity] + r.guide for r in rules if r.guide))
    return GuideItem(field.title, _necessity(spec, field), field.guide, sentences)


def _necessity(spec: Spec, field: Field) -> Necessity:
    """必填 where a rule demands it whatever the rest; one of several that a rule demands is 视情况必填."""
    if field.owner == "check":
        return "自动"
    filled = Filled(Name(field.name, (spec.values("row") | spec.values("head"))[field.name]))
    errors = [r for r in spec.rules if r.severity == "error"]
    if any(isinstance(r.when, Always) and r.must == filled for r in errors):
        return "必填"
    demanded = any(r.must == filled or (isinstance(r.must, Or) and filled in r.must.parts) for r in errors)
    return "视情况必填" if demanded else "选填"
