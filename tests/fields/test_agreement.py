"""The faces agree on rows nobody thought of.

1. Scalar and pandera find the same rules broken, on generated rows.
2. 自检, recalculated by LibreOffice, says the first of them, on seeded random rows.
3. tjxl's own evaluator, which gives the cells their cached values, says the same.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fields.rows import CHOICES, CHOICES_OF, SelfCheckBook, breaches, expected_texts, random_rows
from tests.libreoffice import requires_libreoffice
from tjxl.fields.loading import load_specs
from tjxl.fields.scalar import check_values
from tjxl.fields.spec import PARTS, Part, Spec
from tjxl.settings import load_settings

SPECS = load_specs(load_settings())
SPEC = SPECS["report"]

_TEXT = st.text(alphabet="已完成立项a1 　\u00a0\t\n\r", max_size=25)
_GENERATED: dict[str, st.SearchStrategy[Any]] = {
    "percent_complete": st.floats(-1, 2) | st.integers(-1, 101),
    "progress_text": _TEXT,
    "problems": _TEXT,
    "next_steps": _TEXT,
    "last_text": _TEXT,
    "completion_date": st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)) | st.datetimes(dt.datetime(2021, 1, 1)),
    "deadline": st.dates(dt.date(2022, 1, 1), dt.date(2022, 12, 31)),
    "last_percent": st.floats(0, 1),
    "explanation": _TEXT,
    "completed_on": st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)) | st.datetimes(dt.datetime(2021, 1, 1)),
    "data_date": st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)) | st.datetimes(dt.datetime(2021, 1, 1)),
    "due": st.dates(dt.date(2022, 1, 1), dt.date(2022, 12, 31)),
    "current_value": st.floats(-1e9, 1e9) | st.integers(-5, 50),
    "last_value": st.floats(-1e9, 1e9),
}


def rows_of(part: Part) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Rows of a sheet: what the rules distinguish, and anything else of the kind."""
    columns = {
        name: st.sampled_from(values) | _GENERATED[name] if name in _GENERATED else st.sampled_from(values)
        for name, values in CHOICES_OF[part].items()
    }
    return st.lists(st.fixed_dictionaries(columns), min_size=1, max_size=12)


@pytest.mark.parametrize("part", PARTS)
@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_scalar_and_pandera_agree(part: Part, data: st.DataObject) -> None:
    spec, rows = SPECS[part], data.draw(rows_of(part))
    assert breaches(spec, rows) == [check_values(row, spec, spec.as_of) for row in rows]


@requires_libreoffice
@pytest.mark.parametrize("part", ["milestones", "targets"])
def test_self_check_of_promises_agrees_on_random_rows(part: Part, tmp_path: Path) -> None:
    rows = [{"due": dt.date(2022, 6, 30), "measure": "flow"}, {}, *random_rows(1500, seed=20220630, part=part)]
    expected = self_check_of(rows, SPECS[part])
    book = SelfCheckBook(SPECS[part]).add_rows(rows)
    assert (book.recalculated(tmp_path), book.evaluated()) == (expected, expected)
    texts = {text[:3] for text in expected}
    assert texts > {"✓", "未填", "提示："}
    assert len(texts) > 5


@requires_libreoffice
def test_self_check_agrees_on_random_rows(tmp_path: Path) -> None:
    rows = random_rows(500, seed=20220630) + likely_rows(500, seed=7)
    expected = self_check_of(rows)
    assert SelfCheckBook(SPEC).add_rows(rows).recalculated(tmp_path) == expected
    kinds = {text if text == "✓" else text[:3] == "提示：" for text in expected}
    assert kinds == {"✓", True, False}  # the sample reaches fine rows, warnings and errors


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
