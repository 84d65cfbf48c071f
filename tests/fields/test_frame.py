"""The pandera face: every finding of every row at once.

1. A value of the wrong type makes itself unusable and hides nothing.
2. Rules that read an unusable or unreadable value keep silent on that row, and only there.
3. A cell gets at most one finding, the first; a warning only where there is no error.
4. The frame's own index comes back. Wrong frames are refused.
5. Ten thousand rows take well under a second.
"""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.fields.rows import random_rows
from tjxl.fields.frame import check_head, check_rows, typed_frame
from tjxl.fields.loading import load_spec
from tjxl.fields.spec import rule_finding
from tjxl.settings import load_settings

SPEC = load_spec(load_settings())
FACTS = {"role": "lead", "goal": "complete"}


def codes(rows: list[dict[str, Any]], **options: Any) -> list[tuple[Any, str]]:
    """(row, code) of every breach."""
    frame = typed_frame([FACTS | row for row in rows], SPEC)
    return [(b.index, b.rule.code) for b in check_rows(frame, SPEC, SPEC.as_of, **options)]


def test_one_bad_value_hides_no_other_failure() -> None:
    rows: list[dict[str, Any]] = [
        {"status": "正常推进", "percent_complete": "约八成", "progress_text": "已完成立项批复和审查"},
        {"status": "未启动", "percent_complete": 0.3},
        {"status": "已完成", "percent_complete": 0.6, "progress_text": "太短", "completion_date": "9月"},
    ]
    assert codes(rows) == [
        (0, "F002"),
        (1, "F021"),
        (2, "F003"),
        (2, "F023"),
        (2, "F031"),
        (2, "F070"),
    ]


def test_an_unknown_status_is_the_only_finding_about_the_status() -> None:
    assert codes([{"status": "差不多了", "percent_complete": 1.5}]) == [(0, "F001"), (0, "F020")]


def test_rules_keep_silent_about_what_could_not_be_read() -> None:
    rows = [{"status": "滞后"}, {"status": "滞后"}]
    every = ["F022", "F030", "F040", "F050", "F063"]
    assert codes(rows) == [(i, code) for i in (0, 1) for code in every]
    # The second row's status stands in the file but could not be read; its percent likewise.
    assert codes(rows, unreadable={1: {"status"}}) == [(0, code) for code in every]
    assert codes(rows[:1], unreadable={0: {"percent_complete"}}) == [(0, code) for code in every[1:]]


def test_a_cell_has_one_finding_and_a_warning_only_without_an_error() -> None:
    low_and_wrong = {"status": "未启动", "percent_complete": 0.3, "last_percent": 0.5}
    low = {
        "status": "正常推进",
        "percent_complete": 0.3,
        "last_percent": 0.5,
        "progress_text": "已完成立项批复和审查",
    }
    assert codes([low_and_wrong, low]) == [(0, "F021"), (1, "F024")]


def test_the_index_of_the_caller_comes_back() -> None:
    frame = typed_frame([FACTS | {"status": "未启动"}, FACTS], SPEC, index=[("a.xlsx", 8), ("b.xlsx", 9)])
    assert [(b.index, b.rule.code) for b in check_rows(frame, SPEC, SPEC.as_of)] == [(("b.xlsx", 9), "F010")]
    assert check_rows(frame, SPEC, SPEC.as_of, {("b.xlsx", 9): {"status"}}) == []


def test_heads_of_many_returns_at_once() -> None:
    full: dict[str, Any] = {
        "prepared_by": "张明",
        "phone": "13800000000",
        "reviewed_by": "李华",
        "reported_on": SPEC.as_of,
    }
    heads: list[dict[str, Any]] = [full, full | {"phone": "找小王"}, {"phone": "022-12345678"}]
    found = check_head(typed_frame(heads, SPEC, scope="head"), SPEC, SPEC.as_of)
    assert [(b.index, b.rule.code) for b in found] == [(1, "F103"), (2, "F101"), (2, "F104"), (2, "F106")]


def test_a_frame_without_a_column_is_a_fault_of_the_program() -> None:
    frame = typed_frame([FACTS], SPEC).drop(columns="evidence")
    with pytest.raises(KeyError, match="evidence"):
        check_rows(frame, SPEC, SPEC.as_of)


def test_no_rows_no_findings() -> None:
    assert check_rows(typed_frame([], SPEC), SPEC, SPEC.as_of) == []


def test_a_breach_becomes_a_finding_at_its_cell() -> None:
    (breach,) = [
        b for b in check_rows(typed_frame([{"status": "滞后"}], SPEC), SPEC, SPEC.as_of) if b.rule.code == "F040"
    ]
    found = rule_finding(breach.rule, sheet="填报", cell="H12", task="T010")
    assert found.sentence == "「填报」表 H12：状态为“滞后”，但未填写存在问题。请说明滞后原因。"
    assert (found.code, found.severity, found.field, found.task) == ("F040", "error", "problems", "T010")


def test_ten_thousand_rows_take_well_under_a_second() -> None:
    frame = typed_frame(random_rows(500, seed=3) * 20, SPEC)
    check_rows(frame.head(1), SPEC, SPEC.as_of)  # pandera is imported here
    start = time.perf_counter()
    found = check_rows(frame, SPEC, SPEC.as_of)
    assert time.perf_counter() - start < 3  # about 0.3 s alone; the rest is for busy machines
    assert {b.rule.code for b in found} >= {"F001", "F002", "F003", "F010", "F011", "F020"}
