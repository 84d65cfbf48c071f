"""Random tables on random sheets, with random neighbours, grown and shrunk step by step: always what a model says.

The model is a list of rows. After each step openpyxl and python-calamine read the model's rows in the table, what
stands beside it is as it was, the package is sound, and every range that followed ends with the table.
"""

from __future__ import annotations

import io
import random
import re
from dataclasses import dataclass, field
from typing import Any

import openpyxl
import pytest
import python_calamine
import xlsxwriter

from tests.ooxml.consistency import problems_of
from tests.ooxml.random_sheets import TEXTS
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import Package
from tjxl.ooxml.refs import Range, cell_ref, column_letters

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported")
NAMES = ("台账", "A&B 's 表", "2022年", "流水(旧)")


@dataclass
class Model:
    """What the table must hold, and where it stands."""

    sheet: str
    top: int
    left: int
    titles: list[str]
    rows: list[dict[str, Any]] = field(default_factory=list)
    beside: dict[tuple[int, int], float] = field(default_factory=dict)
    other_end: int = 0  # where a range ends that does not end with the table

    @property
    def area(self) -> Range:
        bottom = self.top + max(len(self.rows), 1)
        return Range(self.top, self.left, bottom, self.left + len(self.titles) - 1)


def random_row(model: Model, rng: random.Random) -> dict[str, Any]:
    values = (*(t for t in TEXTS if "_x" not in t and t.strip() and t[0] != "#"), 0, 1.5, -3, 10**9)
    row = {title: rng.choice(values) for title in model.titles if rng.random() < 0.8}
    return row or {model.titles[0]: "行"}


def random_book(rng: random.Random) -> tuple[bytes, Model]:
    """A table somewhere, made by XlsxWriter; half of the time saved by openpyxl then."""
    titles = [f"列{i}" for i in range(rng.randrange(1, 6))]
    model = Model(rng.choice(NAMES), rng.randrange(1, 6), rng.randrange(1, 5), titles)
    model.rows = [random_row(model, rng) for _ in range(rng.randrange(0, 5))]
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    sheet, other = book.add_worksheet(model.sheet), book.add_worksheet("别处")
    area = model.area
    sheet.add_table(*_zero(area), {"name": "流水", "columns": [{"header": t} for t in titles]})
    for i, row in enumerate(model.rows, area.top):
        for title, value in row.items():
            sheet.write(i, area.left - 1 + titles.index(title), value)
    for row in range(area.top, area.bottom + 1):  # the office's notes, right of the table
        model.beside[row, area.right + 2] = row / 8
        sheet.write_number(row - 1, area.right + 1, row / 8)
    column = rng.randrange(area.left, area.right + 1)
    column_range = Range(area.top + 1, column, area.bottom, column)
    sheet.conditional_format(*_zero(column_range), {"type": "no_blanks", "format": book.add_format({"bold": True})})
    sheet.data_validation(*_zero(column_range), {"validate": "length", "criteria": "<", "value": 99999})
    sheet.print_area(0, 0, area.bottom - 1, area.right)
    quoted = "'" + model.sheet.replace("'", "''") + "'"
    letters = column_letters(column)
    book.define_name("全列", f"={quoted}!${letters}${area.top + 1}:${letters}${area.bottom}")
    other.write_formula(0, 0, f"COUNTA({quoted}!{letters}{area.top + 1}:{letters}{area.bottom})", None, 0)
    model.other_end = area.bottom + 50
    other.write_formula(1, 0, f"COUNTA({quoted}!{letters}{area.top + 1}:{letters}{model.other_end})", None, 0)
    book.close()
    content = out.getvalue()
    if rng.random() < 0.5:
        resaved = io.BytesIO()
        openpyxl.load_workbook(io.BytesIO(content)).save(resaved)
        content = resaved.getvalue()
    return content, model


def _zero(area: Range) -> tuple[int, int, int, int]:
    return area.top - 1, area.left - 1, area.bottom - 1, area.right - 1


def assert_holds(content: bytes, model: Model) -> None:
    assert problems_of(content) == []
    area = model.area
    expected = [[row.get(title) for title in model.titles] for row in model.rows or [{}]]
    sheet = openpyxl.load_workbook(io.BytesIO(content))[model.sheet]
    read = [[cell.value for cell in row] for row in sheet.iter_rows(area.top + 1, area.bottom, area.left, area.right)]
    assert read == expected
    assert sheet.tables["流水"].ref == sheet.tables["流水"].autoFilter.ref == area.ref
    outside = {
        (cell.row, cell.column): cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
        and not (area.top <= cell.row <= area.bottom and area.left <= cell.column <= area.right)
    }
    assert outside == model.beside
    rows = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_name(model.sheet)
    shown = rows.to_python(skip_empty_area=False)[area.top : area.bottom]
    assert [
        [None if v == "" else v for v in (row + [""] * 20)[area.left - 1 : area.right]] for row in shown
    ] == expected[: len(shown)]
    assert_followed(content, model)


def assert_followed(content: bytes, model: Model) -> None:
    """Colours, validation, name, print area and the formula of 别处 end with the table; the other formula stays."""
    book, area = Book(content), model.area
    xml = book.package.read(book.sheets[model.sheet].part).decode()
    rules = re.findall(r'<(?:conditionalFormatting|dataValidation)\b[^>]*sqref="([^"]*)"', xml)
    (_, whole), cells = book.names["全列"], book.cells("别处")
    assert whole._replace(left=1, right=1) == Range(area.top + 1, 1, area.bottom, 1)
    assert len(rules) == 2
    assert all(ref.partition(":")[2] in ("", cell_ref(area.bottom, whole.left)) for ref in rules)
    assert f"${area.bottom}</definedName>" in Package(content).read("xl/workbook.xml").decode()
    letters = column_letters(whole.left)
    assert str(cells.formula(1, 1)).endswith(f"!{letters}{area.top + 1}:{letters}{area.bottom})")
    assert str(cells.formula(2, 1)).endswith(f":{letters}{model.other_end})")


@pytest.mark.parametrize("seed", range(60))
def test_any_sequence_of_steps(seed: int) -> None:
    rng = random.Random(seed)
    content, model = random_book(rng)
    for _ in range(4):
        editor = BookEditor(content)
        if model.rows and rng.random() < 0.4:
            gone = rng.randrange(1, len(model.rows) + 1)
            editor.shrink_table("流水", gone)
            del model.rows[len(model.rows) - gone :]
        for _ in range(rng.randrange(0, 3)):
            added = [random_row(model, rng) for _ in range(rng.randrange(1, 4))]
            first = model.top + len(model.rows) + 1
            assert editor.append_rows("流水", added) == list(range(first, first + len(added)))
            model.rows += added
        content = editor.save()
        assert_holds(content, model)
