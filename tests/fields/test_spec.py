"""The rule file: one place for a rule, and clear words where the file is wrong.

1. A threshold changed in one place changes every face.
2. Statuses renamed in the settings are renamed in every face.
3. The fields are those of the form, in its order.
4. A mistake in the file is a SpecError that names the file and the key.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.fields.rows import breaches
from tjxl.errors import SpecError
from tjxl.fields.guide import guide_items, input_message
from tjxl.fields.loading import load_spec
from tjxl.fields.scalar import check_values
from tjxl.fields.selfcheck import row_formula
from tjxl.fields.spec import Spec
from tjxl.fields.validation import conditional_formats, data_validation
from tjxl.resources import schema_toml
from tjxl.settings import load_settings

SETTINGS = load_settings()


def edited(change: Callable[[dict[str, Any]], object]) -> Spec:
    """The spec of the shipped file with one change."""
    data = copy.deepcopy(schema_toml("report.toml"))
    change(data)
    return load_spec(SETTINGS, data)


def rule_of(data: dict[str, Any], code: str) -> dict[str, Any]:
    return next(r for r in data["rule"] if r["code"] == code)


def with_rule(code: str, /, **values: Any) -> Callable[[dict[str, Any]], object]:
    """A change of one rule of the file."""
    return lambda data: rule_of(data, code).update(values)


def with_field(name: str, /, **values: Any) -> Callable[[dict[str, Any]], object]:
    """A change of one field of the file."""
    return lambda data: next(f for f in data["field"] if f["name"] == name).update(values)


def with_limit(**limits: float) -> Callable[[dict[str, Any]], object]:
    """A change of the file's limits."""
    return lambda data: data["limits"].update(limits)


def formula(spec: Spec) -> str:
    columns = dict(zip([f.name for f in spec.fields if f.owner == "unit"], "JKLMNOP", strict=True))
    return row_formula(spec, columns, 8, dict.fromkeys(spec.facts, "$Z8") | {"as_of": "$Z$1"})


def test_a_threshold_changed_in_one_place_changes_every_face() -> None:
    row = {"status": "正常推进", "percent_complete": 0.5, "progress_text": "甲" * 12, "role": "lead"}
    for limit, broken in ((10, []), (15, ["F031"])):
        spec = edited(with_limit(min_text=limit))
        assert [r.code for r in check_values(row, spec, spec.as_of)] == broken
        assert [r.code for r in breaches(spec, [row])[0]] == broken
        assert f'\u00a0",""))<{limit}),"进展情况不足{limit}个字（现有"&LEN(' in formula(spec)
        (colour,) = [
            f
            for f in conditional_formats(spec, "problems", {"status": "$J8", "problems": "$M8"}, "0")
            if f.state == "error"
        ]
        assert f"<{limit})" in colour.formula
        assert f"\n不少于{limit}个字（空格不计）。\n" in input_message(spec, spec.field("progress_text"))
        assert f"不少于{limit}个字（空格不计）。" in next(i for i in guide_items(spec) if i.title == "进展情况").rules


def test_the_bounds_of_a_validation_follow_the_rule() -> None:
    def half(data: dict[str, Any]) -> None:
        rule_of(data, "F020")["must"] = "0 <= percent_complete <= 0.5"

    spec = edited(half)
    options = data_validation(
        spec, spec.field("percent_complete"), "K8", spec.as_of, status_source="=_lists!$A$1:$A$5"
    )
    assert (options["minimum"], options["maximum"]) == (0, 0.5)
    assert [
        r.code
        for r in check_values(
            {"status": "正常推进", "percent_complete": 0.6, "progress_text": "甲" * 12}, spec, spec.as_of
        )
    ] == ["F020"]


def test_renamed_statuses_are_renamed_everywhere() -> None:
    statuses = tuple(replace(s, name="推进缓慢") if s.meaning == "behind" else s for s in SETTINGS.statuses)
    spec = load_spec(replace(SETTINGS, statuses=statuses))
    found = check_values({"status": "推进缓慢", "role": "cooperating"}, spec, spec.as_of)
    assert "状态为“推进缓慢”，但未填写存在问题。" in [r.message for r in found]
    assert 'EXACT($J8,"推进缓慢")' in formula(spec)
    assert "滞后" not in formula(spec).replace("滞后原因", "")
    assert [r.code for r in check_values({"status": "滞后"}, spec, spec.as_of)] == ["F001"]


def test_two_statuses_may_share_a_meaning() -> None:
    twice = (*SETTINGS.statuses, replace(SETTINGS.statuses[2], name="严重滞后"))
    spec = load_spec(replace(SETTINGS, statuses=twice))
    for status in ("滞后", "严重滞后"):
        assert "F040" in [r.code for r in check_values({"status": status}, spec, spec.as_of)]
    assert 'OR(EXACT($J8,"滞后"),EXACT($J8,"严重滞后"))' in formula(spec)


def test_the_fields_are_those_of_the_form() -> None:
    spec = load_spec(SETTINGS)
    assert "·".join(f.title for f in spec.fields) == (
        "任务编码·序号·重点工作·职责·完成时限·分管领导·牵头单位·配合单位·上期进展·"
        "进展状态·完成进度·进展情况·存在问题·下一步措施·预计（实际）完成日期·佐证材料·自检"
    )
    assert [f.title for f in spec.head] == ["填报单位", "期次", "填报人", "联系电话", "审核人", "填报日期"]


def test_no_header_text_means_two_fields() -> None:
    spec = load_spec(SETTINGS)
    for fields in (spec.fields, spec.head):
        words = [w for f in fields for w in (f.title, *f.aliases)]
        assert len(words) == len(set(words))


def test_the_formula_keeps_within_excels_limits() -> None:
    text = formula(load_spec(SETTINGS))
    assert len(text) < 8192

    def endless(data: dict[str, Any]) -> None:
        for i in range(60):
            data["rule"].append(rule_of(data, "F040") | {"code": f"F9{i:02d}"})

    with pytest.raises(SpecError) as error:
        formula(edited(endless))
    assert error.value.code == "E226"


# what is wrong: the change, the code, words of the sentence
WRONG: dict[str, tuple[Callable[[dict[str, Any]], object], str, str]] = {
    "nothing that must hold": (with_rule("F040", must=""), "E220", "[[rule]] F040 缺少“must”"),
    "no bad example": (with_rule("F040", bad=[]), "E220", "[[rule]] F040 缺少“bad”"),
    "no title": (with_field("status", title=""), "E220", "[[field]] status 缺少“title”"),
    "a misspelt key": (with_rule("F040", gaurd=True), "E229", "[[rule]] F040 不认识“gaurd”"),
    "a misspelt key of a field": (with_field("status", widht=3), "E229", "[[field]] status 不认识“widht”"),
    "a misspelt table": (lambda d: d.update(rules=[]), "E229", "最外层 不认识“rules”"),
    "no remedy": (with_rule("F040", remedy=""), "E220", "[[rule]] F040 缺少“remedy”"),
    "no guide": (with_field("status", guide=""), "E220", "[[field]] status 缺少“guide”"),
    "an example that is no row": (with_rule("F040", bad="滞后"), "E221", "[[rule]] F040 bad"),
    "no such severity": (with_rule("F040", severity="fatal"), "E221", "[[rule]] F040 severity 的值“fatal”"),
    "no such kind": (with_field("status", kind="colour"), "E221", "[[field]] status kind 的值“colour”"),
    "too long for Excel": (with_field("status", input_message="字" * 256), "E221", "超过 255 个字"),
    "unknown in braces": (with_rule("F040", remedy="不少于{min_txt}个字"), "E221", "花括号中的“min_txt”不认识"),
    "a limit without number": (lambda d: d["limits"].update(min_text="十"), "E221", "[limits] min_text 的值“十”"),
    "a gate on two fields": (with_rule("F040", gate=True), "E221", "[[rule]] F040 gate"),
    "half an expression": (with_rule("F040", when="status =="), "E222", "[[rule]] F040 when 中，“status ==”"),
    "other Python": (with_rule("F040", must="__import__('os').system('x')"), "E222", "[[rule]] F040 must"),
    "arithmetic": (with_rule("F020", must="percent_complete * 2 > 1"), "E222", "“percent_complete * 2”"),
    "no such day": (with_rule("F060", must="completion_date > date(year, 2, 30)"), "E222", "“date(year, 2, 30)”"),
    "an unknown field": (with_rule("F040", must="filled(problem)"), "E223", "不认识的词“problem”"),
    "an unknown function": (with_rule("F040", must="full(problems)"), "E223", "不认识的词“full”"),
    "an unknown status": (with_rule("F040", when="status == late"), "E223", "不认识的词“late”"),
    "a fact to be marked": (with_rule("F040", field="role"), "E223", "[[rule]] F040 field"),
    "an unknown example value": (with_rule("F040", bad=[{"stauts": "behind"}]), "E223", "不认识的词“stauts”"),
    "a date and a number": (with_rule("F064", must="completion_date > 5"), "E224", "“completion_date > 5”"),
    "a role and a status": (with_rule("F040", when="role == behind"), "E224", "“role == behind”"),
    "a length of a number": (with_rule("F020", must="length(percent_complete) > 1"), "E224", "percent_complete)”"),
    "a code twice": (with_rule("F040", code="F041"), "E225", "“F041”重复出现"),
    "a field twice": (with_field("progress_text", name="status"), "E225", "“status”重复出现"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_mistake_in_the_file_is_named(case: str) -> None:
    change, code, words = WRONG[case]
    with pytest.raises(SpecError) as error:
        edited(change)
    assert error.value.code == code
    assert "report.toml" in str(error.value)
    assert words in str(error.value)
