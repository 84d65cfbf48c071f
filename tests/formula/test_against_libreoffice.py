"""Formulas have the value that is written beside them, and LibreOffice computes the same.

1. Every line of the table holds for the evaluator.
2. Every line that Excel and LibreOffice agree upon holds for LibreOffice.
3. LibreOffice and the evaluator agree on random compositions of the same functions.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl
import pytest

from tests.formula.cases import CASES, EXCEL_ONLY
from tests.formula.compositions import Composer
from tests.formula.sample import grid, write
from tests.libreoffice import recalculate, requires_libreoffice
from tjxl.formula import Evaluator, Value

TABLE = CASES + EXCEL_ONLY
TABLE_GRID = grid([text for text, _ in TABLE])


def agree(a: object, b: object) -> bool:
    """Equal; numbers to 12 digits; truth values only with truth values; a file keeps empty text as nothing."""
    if isinstance(a, bool) or isinstance(b, bool):
        return a is b
    if isinstance(a, (int, float)) and isinstance(b, (int, float)):
        return a == pytest.approx(b, rel=1e-12, abs=1e-12)
    return (a or "") == (b or "") if not isinstance(a, (int, float)) and not isinstance(b, (int, float)) else False


def as_serial(value: object) -> object:
    """openpyxl reads a number in a date format as a date; give back the number."""
    return (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1) if isinstance(value, dt.datetime) else value


@pytest.mark.parametrize(("row", "text", "expected"), [(i, *case) for i, case in enumerate(TABLE, 1)])
def test_value(row: int, text: str, expected: Value) -> None:
    found = Evaluator(TABLE_GRID).cell("公式", row, 1)
    assert agree(found, expected), f"={text} is {found!r}"
    assert type(found) is type(expected) or isinstance(found, (int, float))


def computed_by_libreoffice(folder: Path, formulas: list[str]) -> list[object]:
    write(folder / "in.xlsx", formulas)
    recalculate(folder / "in.xlsx", folder / "out.xlsx")
    sheet = openpyxl.load_workbook(folder / "out.xlsx", data_only=True)["公式"]
    return [as_serial(sheet.cell(row, 1).value) for row in range(1, len(formulas) + 1)]


@requires_libreoffice
def test_libreoffice_agrees(tmp_path: Path) -> None:
    composer = Composer(seed=2022)
    random_formulas = [composer.formula() for _ in range(400)]
    own = Evaluator(grid(random_formulas))
    cases = CASES + [(text, own.cell("公式", row, 1)) for row, text in enumerate(random_formulas, 1)]
    theirs = computed_by_libreoffice(tmp_path, [text for text, _ in cases])
    different = {t: (ours, lo) for (t, ours), lo in zip(cases, theirs, strict=True) if not agree(ours, lo)}
    assert different == {}
    assert sum(lo is not None for lo in theirs) > 600, "LibreOffice left the formulas uncomputed"
