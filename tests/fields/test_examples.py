"""The examples that stand beside each rule of the three sheets run through every face.

1. A bad example breaks its rule, a good one does not: in the pandera face and in the scalar face.
2. 自检, recalculated by LibreOffice, names the first rule that the check finds broken: an error for an error,
   提示 for a warning, ✓ for nothing. So no warning is ever shown as an error, and no error is missed.
3. Of the worked examples of the guide, the good ones break no rule and the poor ones just those that they name.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fields.rows import SelfCheckBook, breaches, expected_texts
from tests.libreoffice import requires_libreoffice
from tjxl.fields.loading import load_specs
from tjxl.fields.scalar import check_values
from tjxl.fields.spec import PARTS, Part, Rule, Spec
from tjxl.settings import load_settings

SPECS = load_specs(load_settings())
SPEC = SPECS["report"]
RULES = [pytest.param(spec, rule, id=rule.code) for spec in SPECS.values() for rule in spec.rules]


@pytest.mark.parametrize(("spec", "rule"), RULES)
def test_bad_examples_break_the_rule_and_good_ones_do_not(spec: Spec, rule: Rule) -> None:
    for examples, is_bad in ((rule.good, False), (rule.bad, True)):
        for example, found in zip(examples, breaches(spec, examples, rule.scope), strict=True):
            assert (rule in found) is is_bad, example
            assert check_values(example, spec, spec.as_of, scope=rule.scope) == found, example


@requires_libreoffice
@pytest.mark.parametrize("part", PARTS)
def test_self_check_agrees_on_every_example(part: Part, tmp_path: Path) -> None:
    spec = SPECS[part]
    rows = [e for r in spec.rules_of("row") for e in (*r.good, *r.bad)]
    said = SelfCheckBook(spec).add_rows(rows).recalculated(tmp_path)
    assert said == [expected_texts(spec, row, found) for row, found in zip(rows, breaches(spec, rows), strict=True)]


@pytest.mark.parametrize("part", PARTS)
def test_worked_examples_are_as_good_or_poor_as_they_say(part: Part) -> None:
    spec = SPECS[part]
    samples = [sample.values for sample in spec.samples]
    found = [tuple(r.code for r in rules) for rules in breaches(spec, samples)]
    assert found == [sample.breaks for sample in spec.samples]
    assert [bool(codes) for codes in found] == [False, True]
    assert all(sample.why for sample in spec.samples)


def test_codes_of_rules_are_told_apart_across_the_sheets() -> None:
    codes = [rule.code for spec in SPECS.values() for rule in spec.rules]
    assert len(codes) == len(set(codes))


@requires_libreoffice
@pytest.mark.parametrize("field", ["prepared_by", "phone", "reviewed_by", "reported_on"])
def test_the_head_agrees_on_every_example(field: str, tmp_path: Path) -> None:
    rules = [r for r in SPEC.rules_of("head") if r.field == field]
    heads = [e for r in rules for e in (*r.good, *r.bad)]
    expected = [
        next((r.message for r in found if r.field == field), SPEC.self_check.fine)
        for found in breaches(SPEC, heads, "head")
    ]
    assert SelfCheckBook(SPEC).add_heads(field, heads).recalculated(tmp_path) == expected
