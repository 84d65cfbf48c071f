"""The rule language: what an expression means, the same in Python, in pandas and in a spreadsheet.

1. The fine points of its meaning: blanks, wrong types, white space, chained comparisons, days.
2. How each is written as a formula.
"""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.fields.rows import SelfCheckBook, breaches
from tests.libreoffice import requires_libreoffice
from tjxl.fields.loading import load_spec
from tjxl.fields.scalar import check_values
from tjxl.fields.spec import Spec
from tjxl.fields.text import condensed, is_phone_like
from tjxl.resources import schema_toml
from tjxl.settings import load_settings

# expression · values · does it hold? (as of 2022-06-30)
TABLE: list[tuple[str, dict[str, Any], bool]] = [
    ("percent_complete < 1", {}, False),
    ("percent_complete != 1", {}, False),
    ("not (percent_complete < 1)", {}, True),
    ("percent_complete < 1", {"percent_complete": "约八成"}, False),
    ("percent_complete == 0.3", {"percent_complete": 0.1 + 0.2}, True),
    ("percent_complete > 0.3", {"percent_complete": 0.1 + 0.2}, False),
    ("percent_complete == 0", {"percent_complete": 0}, True),
    ("filled(percent_complete)", {"percent_complete": 0}, True),
    ("typed(percent_complete)", {}, False),
    ("percent_complete < last_percent", {"percent_complete": 0.1}, False),
    ("last_percent <= percent_complete", {"percent_complete": 0.1}, False),
    ("filled(last_percent)", {}, False),
    ("filled(last_percent)", {"last_percent": 0}, True),
    ("status != behind", {}, False),
    ("not (status == behind)", {}, True),
    ("status != behind", {"status": "差不多了"}, True),
    ("status in (behind, completed)", {"status": "已完成"}, True),
    ("role == lead and goal == complete", {"role": "lead", "goal": "complete"}, True),
    ("goal == complete", {}, False),
    ("completion_date <= as_of", {"completion_date": dt.datetime(2022, 6, 30, 23, 59)}, True),
    ("completion_date == as_of", {"completion_date": dt.datetime(2022, 6, 30, 8, 0)}, True),
    ("completion_date > as_of", {"completion_date": "9月"}, False),
    ("completion_date >= date(year + 1, 1, 1)", {"completion_date": dt.date(2023, 1, 1)}, True),
    ("deadline < as_of", {"deadline": dt.date(2022, 6, 29)}, True),
    ("deadline < as_of", {}, False),
    ("0 < length(problems) <= 4", {"problems": "征 地　补\u00a0偿\t\r\n"}, True),
    ("length(problems) == 0", {}, True),
    ("blank(problems)", {"problems": " 　\u00a0\t\n"}, True),
    ("length(problems) == 5", {"problems": 12345}, True),
    ("same(problems, last_text)", {"problems": "征 地", "last_text": "征地\n"}, True),
    ("same(problems, last_text)", {"problems": "Abc", "last_text": "abc"}, False),
    ("same(problems, last_text)", {}, False),
    ("phone_like(problems)", {"problems": "+86 (022) 1234-5678"}, True),
    ("phone_like(problems)", {"problems": "1.38E10"}, False),
    ("phone_like(problems)", {"problems": "123456"}, False),
    ("phone_like(problems)", {}, False),
    ("filled(next_steps) or not filled(problems) and status == behind", {"status": "滞后"}, True),
    ('blank(evidence)', {"evidence": '"引号"'}, False),
]  # fmt: skip


def spec_that_demands(expression: str) -> Spec:
    """The shipped sheet with one rule: 进展情况 is marked unless the expression holds."""
    data = copy.deepcopy(schema_toml("report.toml"))
    rule = next(r for r in data["rule"] if r["code"] == "F030")
    data["rule"] = [rule | {"when": "", "must": expression}]
    return load_spec(load_settings(), data)


@pytest.mark.parametrize(("expression", "values", "holds"), TABLE)
def test_what_an_expression_means(expression: str, values: dict[str, Any], holds: bool) -> None:
    spec = spec_that_demands(expression)
    assert (check_values(values, spec, spec.as_of) == []) is holds
    assert (breaches(spec, [values]) == [[]]) is holds


@requires_libreoffice
def test_what_it_means_in_a_spreadsheet(tmp_path: Path) -> None:
    specs = [spec_that_demands(expression) for expression, _, _ in TABLE]
    # A row that nobody has started is 未填 whatever the rules say: so each row holds something.
    rows = [{"evidence": None if "blank(evidence)" in e else "甲"} | values for e, values, _ in TABLE]
    said = SelfCheckBook(specs[0]).add_rows(rows, specs).recalculated(tmp_path)
    for text, (expression, values, holds) in zip(said, TABLE, strict=True):
        assert text == ("✓" if holds else "未填写进展情况。"), (expression, values)


@pytest.mark.parametrize(
    ("text", "is_phone"),
    [
        ("1234567", True),
        ("123456", False),
        ("12345678901234567890", True),
        ("123456789012345678901", False),
        ("（022）1234 5678", True),
        ("１３８００００００００", False),
        ("022-12345678转801", False),
        ("", False),
    ],
)
def test_what_looks_like_a_phone_number(text: str, is_phone: bool) -> None:
    assert is_phone_like(text) is is_phone


def test_white_space_is_taken_out_anywhere() -> None:
    assert condensed(" 甲 乙　丙\u00a0丁\t戊\r\n") == "甲乙丙丁戊"
