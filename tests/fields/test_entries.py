"""What people type and pick, in the cells of an issued form: how each face reads it.

What Excel stores for keys typed into a cell of format 0% (automatic percent entry, Microsoft KB 215203): 80 and 80%
give 0.8; .8 gives 0.8; 0.8 gives 0.008; 1 gives 0.01. With that option switched off 80 gives 80, 0.8 gives 0.8.
LibreOffice adds the sign while one types: 0.8 gives 0.008.

1. Cells of text have the text format, dates and percents theirs; lists stand in a hidden range.
2. A percent is read right, or it draws a question, a warning or an error: never silently wrong.
3. A date typed or picked is a date; one that was pasted as text is asked about in 自检 and read by the check.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.fields.forms import filled_in, issued_form, self_checks
from tests.fields.rows import random_rows
from tests.libreoffice import requires_libreoffice
from tests.office import AUDIT, Office, filled, opened, without_format
from tjxl.fields.spec import PARTS
from tjxl.settings import load_settings

SETTINGS = load_settings()

FORMATS = {"J": "@", "K": "0%", "L": "@", "M": "@", "N": "@", "O": "yyyy\\-mm\\-dd", "P": "@"}


def test_cells_have_the_format_of_their_kind_and_lists_are_hidden(issued_project: Office) -> None:
    book = opened(issued_project.form(AUDIT))
    sheet = book["填报"]
    assert {c: sheet[f"{c}7"].number_format.replace("yyyy-mm-dd", "yyyy\\-mm\\-dd") for c in FORMATS} == FORMATS
    assert [sheet[c].number_format for c in ("F4", "H4", "J4")] == ["@", "@", "@"]  # a phone keeps its first 0
    lists = [v for v in sheet.data_validations.dataValidation if v.type == "list"]
    assert [v.formula1 for v in lists] == ["状态列表"]
    assert book.defined_names["状态列表"].attr_text == "_lists!$A$2:$A$6"
    assert book["_lists"].sheet_state == "veryHidden"


ROW: dict[str, Any] = {
    "status": "正常推进", "progress_text": "已完成立项批复和施工图审查。", "role": "cooperating", "goal": "complete",
}  # fmt: skip

TYPED = [
    ("80、80%、.8", 0.8, "✓", 0.8, None),
    ("0.8", 0.008, "提示：完成进度不超过1%。", 0.008, "F026"),
    ("1", 0.01, "提示：完成进度不超过1%。", 0.01, "F026"),
    ("80, automatic percent entry switched off", 80, "完成进度应在0%至100%之间。", None, "F020"),
    ("0", 0, "✓", 0, None),
    ("80% as text", "80%", "完成进度不是数字。", 0.8, "V403"),
    ("百分之八十", "百分之八十", "完成进度不是数字。", 0.8, "V403"),
]
"""What was typed, what stands in the cell, what 自检 says, how the check reads it and what it says."""


@requires_libreoffice
def test_what_self_check_says_of_percents(tmp_path: Path) -> None:
    rows = {p: random_rows(1, 1, p) for p in PARTS}
    rows["report"] = [ROW | {"percent_complete": stored} for _, stored, _, _, _ in TYPED]
    form = filled_in(issued_form(SETTINGS, rows), SETTINGS, rows)
    assert self_checks(form, SETTINGS, tmp_path)["report"] == [said for _, _, said, _, _ in TYPED]


@pytest.mark.parametrize("case", TYPED, ids=[t for t, *_ in TYPED])
def test_how_the_check_reads_percents(case: tuple[str, Any, str, Any, str | None], office: Office) -> None:
    _, stored, _, _, code = case
    office.send("审计.xlsx", filled(office.form(AUDIT), K7=stored))
    found = office.collect()["审计.xlsx"][1]
    assert [f[0] for f in found if f[2] == "K7"] == ([code] if code else [])


@pytest.mark.parametrize(("stored", "code"), [(0.8, "V403"), (80, "V403"), (1, "V404")])
def test_a_percent_pasted_with_another_format_is_told(stored: float, code: str, office: Office) -> None:
    office.send("审计.xlsx", without_format(filled(office.form(AUDIT)), K7=stored))
    found = office.collect()["审计.xlsx"][1]
    assert code in [f[0] for f in found if f[2] == "K7"]


@requires_libreoffice
def test_a_date_typed_or_picked_is_a_date_and_a_text_is_asked_about(tmp_path: Path) -> None:
    dates = [dt.date(2022, 9, 30), dt.datetime(2022, 9, 30, 8, 30), "2022-09-30", "9月底"]
    rows = {p: random_rows(1, 1, p) for p in PARTS}
    rows["report"] = [ROW | {"completion_date": day} for day in dates]
    form = filled_in(issued_form(SETTINGS, rows), SETTINGS, rows)
    assert self_checks(form, SETTINGS, tmp_path)["report"] == ["✓", "✓", "完成日期不是日期。", "完成日期不是日期。"]
