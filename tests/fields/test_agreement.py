"""The faces agree on rows and heads nobody thought of.

1. Scalar and pandera find the same rules broken, on generated rows and heads.
2. 自检 of an issued form of thousands of rows, recalculated by LibreOffice, says the first of them.
3. The checks of the head, recalculated by LibreOffice, say the first of theirs, on generated heads.
4. tjxl's own evaluator, which gives the cells their cached values, says the same.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.fields.forms import filled_in, issued_form, self_checks
from tests.fields.rows import CHOICES, CHOICES_OF, SelfCheckBook, breaches, expected_texts, random_rows
from tests.libreoffice import requires_libreoffice
from tjxl.fields.loading import load_specs
from tjxl.fields.scalar import check_values
from tjxl.fields.spec import PARTS, Part, Spec
from tjxl.settings import load_settings

SETTINGS = load_settings()
SPECS = load_specs(SETTINGS)
SPEC = SPECS["report"]

_TEXT = st.text(alphabet="已完成立项a1 　\u00a0\t\n\r", max_size=25)


def _numbers(least: float, most: float) -> st.SearchStrategy[float]:
    """Numbers as people type them, of at most 12 digits: beyond some 14, spreadsheets take near ones for equal."""
    decimals = 12 - len(str(int(most)))
    return st.floats(least, most).map(lambda value: round(value, decimals))


_GENERATED: dict[str, st.SearchStrategy[Any]] = {
    "percent_complete": _numbers(-1, 2) | st.integers(-1, 101),
    "progress_text": _TEXT,
    "problems": _TEXT,
    "next_steps": _TEXT,
    "last_text": _TEXT,
    "completion_date": st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)) | st.datetimes(dt.datetime(2021, 1, 1)),
    "deadline": st.dates(dt.date(2022, 1, 1), dt.date(2022, 12, 31)),
    "last_percent": _numbers(0, 1),
    "explanation": _TEXT,
    "completed_on": st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)) | st.datetimes(dt.datetime(2021, 1, 1)),
    "data_date": st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)) | st.datetimes(dt.datetime(2021, 1, 1)),
    "due": st.dates(dt.date(2022, 1, 1), dt.date(2022, 12, 31)),
    "current_value": _numbers(-1e9, 1e9) | st.integers(-5, 50),
    "last_value": _numbers(-1e9, 1e9),
}


HEADS = st.fixed_dictionaries(
    {
        "prepared_by": st.none() | st.text(alphabet="张明 　\u00a0\n", max_size=4),
        "phone": st.none()
        | st.text(alphabet="0123456789+-()（） 　转１a", max_size=26)
        | st.from_regex(r"0[0-9]{2,3}-[0-9]{7,8}|1[0-9]{10}", fullmatch=True)
        | st.integers(0, 10**15 - 1),  # a number in a cell that lost its text format
        "reviewed_by": st.none() | st.text(alphabet="李华 　\t", max_size=4),
        "reported_on": st.none()
        | st.dates(dt.date(2018, 1, 1), dt.date(2030, 1, 1))
        | st.datetimes(dt.datetime(2020, 12, 30), dt.datetime(2028, 1, 2))
        | st.sampled_from(["七月初", "2022.7.5", dt.date(2020, 12, 31), dt.date(2021, 1, 1), dt.date(2028, 1, 1)]),
    }
)
"""Heads of 填报: 填报人, 联系电话, 审核人, 填报日期."""


def generated(values: st.SearchStrategy[Any], count: int) -> list[Any]:
    """So many values of a strategy, the same in every run: judged together, because each LibreOffice run costs."""
    out: list[Any] = []

    @settings(max_examples=count, phases=[Phase.generate], database=None, derandomize=True, deadline=None)
    @given(values)
    def collect(value: Any) -> None:
        out.append(value)

    collect()
    return out


def row_of(part: Part) -> st.SearchStrategy[dict[str, Any]]:
    """A row of a sheet: what the rules distinguish, and anything else of the kind."""
    return st.fixed_dictionaries({
        name: st.sampled_from(values) | _GENERATED[name] if name in _GENERATED else st.sampled_from(values)
        for name, values in CHOICES_OF[part].items()
    })  # fmt: skip


def generated_rows(part: Part, count: int) -> list[dict[str, Any]]:
    """Generated rows of a sheet."""
    return generated(row_of(part), count)


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_scalar_and_pandera_agree(part: Part, data: st.DataObject) -> None:
    spec, rows = SPECS[part], data.draw(st.lists(row_of(part), min_size=1, max_size=12))
    assert breaches(spec, rows) == [check_values(row, spec, spec.as_of) for row in rows]


@settings(max_examples=100, deadline=None)
@given(heads=st.lists(HEADS, min_size=1, max_size=12))
def test_scalar_and_pandera_agree_on_heads(heads: list[dict[str, Any]]) -> None:
    found = breaches(SPEC, heads, "head")
    assert found == [check_values(head, SPEC, SPEC.as_of, scope="head") for head in heads]


@requires_libreoffice
def test_self_check_of_an_issued_form_agrees_on_thousands_of_rows(tmp_path: Path) -> None:
    rows: dict[Part, list[dict[str, Any]]] = {
        "report": [*random_rows(1500, seed=20220630), *likely_rows(2000, seed=7), *generated_rows("report", 1000)],
        "milestones": [*random_rows(1000, seed=1, part="milestones"), *generated_rows("milestones", 1000)],
        "targets": [*random_rows(1000, seed=2, part="targets"), *generated_rows("targets", 1000)],
    }
    form = filled_in(issued_form(SETTINGS, rows), SETTINGS, rows)
    expected = {part: self_check_of(rows[part], SPECS[part]) for part in PARTS}
    assert self_checks(form, SETTINGS, tmp_path) == expected
    for part, spec in SPECS.items():  # the rows reach every kind of verdict and every rule
        assert {text[:3] for text in expected[part]} >= {spec.self_check.fine, "未填", "提示："}
        texts = {re.sub("（现有[0-9]+个字）", "", text.removeprefix("提示：")) for text in expected[part]}
        assert texts >= {r.message for r in spec.rules_of("row")}


@requires_libreoffice
def test_the_checks_of_the_head_agree_on_a_thousand_heads(tmp_path: Path) -> None:
    heads = generated(HEADS, 1000)
    book, expected = SelfCheckBook(SPEC), []
    found = breaches(SPEC, heads, "head")
    for field in (f for f in SPEC.head if f.owner == "unit"):
        book.add_heads(field.name, heads)
        for rules in found:
            expected.append(next((r.message for r in rules if r.field == field.name), SPEC.self_check.fine))
    assert book.recalculated(tmp_path) == expected
    assert {r.message for r in SPEC.rules_of("head")} < set(expected)


def test_the_cached_values_agree_on_promises() -> None:
    for part in ("milestones", "targets"):
        rows = random_rows(300, seed=20220630, part=part)
        assert SelfCheckBook(SPECS[part]).add_rows(rows).evaluated() == self_check_of(rows, SPECS[part])


def test_the_cached_values_agree_on_random_rows() -> None:
    rows = [{}, *random_rows(60, seed=5), *likely_rows(60, seed=6)]
    assert SelfCheckBook(SPEC).add_rows(rows).evaluated() == self_check_of(rows)


def self_check_of(rows: list[dict[str, Any]], spec: Spec = SPEC) -> list[str]:
    """What 自检 has to say, from what the pandera face finds."""
    return [expected_texts(spec, row, rules) for row, rules in zip(rows, breaches(spec, rows), strict=True)]


def likely_rows(count: int, seed: int) -> list[dict[str, Any]]:
    """Rows a careful unit would write, with one value of `CHOICES` put in: they reach the later rules."""
    careful = {
        "滞后": {"problems": TEXT, "next_steps": TEXT, "completion_date": dt.date(2022, 9, 30)},
        "已完成": {"percent_complete": 1, "completion_date": dt.date(2022, 6, 1), "evidence": "验收报告"},
        "正常推进": {},
    }
    rows = []
    for i, changed in enumerate(random_rows(count, seed)):
        status = list(careful)[i % 3]
        row = {"status": status, "percent_complete": 0.5, "progress_text": TEXT, "role": "lead", "goal": "complete"}
        name = list(CHOICES)[i % len(CHOICES)]
        rows.append({**row, **careful[status], name: changed[name]})
    return rows


TEXT = "已完成立项批复和施工图审查。"
