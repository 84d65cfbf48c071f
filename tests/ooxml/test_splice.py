"""The splice: chosen cells rewritten, all else left byte for byte.

1. Random sheets of three writers, randomly edited, read the same by openpyxl, python-calamine and tjxl.
2. What is not edited keeps value, style and bytes; rows and cells stay in order.
3. Text is always text.
"""

from __future__ import annotations

import io
import math
import random
import re
from pathlib import Path

import openpyxl
import pytest
import python_calamine
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.libreoffice import recalculate, requires_libreoffice
from tests.ooxml.examples import MAIN, SHEET, book, spliced_sheet, worksheet
from tests.ooxml.random_sheets import (
    Change,
    Content,
    Formula,
    Place,
    by_openpyxl,
    by_xlsxwriter,
    random_change,
    random_content,
    stored_value,
)
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import RawCell, to_serial
from tjxl.ooxml.package import Package
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put, PutFormula

pytestmark = pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")
_ROW = re.compile(rb'<row r="(\d+)"[^>]*?(?:/>|>.*?</row>)', re.DOTALL)


def spliced(content: bytes, change: Change) -> bytes:
    package = Package(content)
    sheet = spliced_sheet(
        package.read(SHEET),
        change.edits,
        new_rows=change.new_rows,
        dropped=change.dropped,
        date1904=Book(content).date1904,
    )
    return package.rewritten({SHEET: sheet})


def read_by_tjxl(content: bytes) -> dict[Place, tuple[object, str | None]]:
    """Value and formula of each cell."""
    read = Book(content).cells("表")
    return {place: (cell.value, read.formula(*place)) for place, cell in read.cells.items()}


def read_by_openpyxl(content: bytes) -> dict[Place, object]:
    """Values; formulas as ``Formula`` without a value."""
    sheet = openpyxl.load_workbook(io.BytesIO(content)).active
    return {
        (cell.row, cell.column): Formula(cell.value[1:], None) if cell.data_type == "f" else cell.value
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def read_by_calamine(content: bytes) -> dict[Place, object]:
    """Values."""
    rows = python_calamine.load_workbook(io.BytesIO(content)).get_sheet_by_index(0).to_python(skip_empty_area=False)
    return {(r, c): value for r, row in enumerate(rows, 1) for c, value in enumerate(row, 1) if value != ""}


def assert_same(read: dict[Place, object], expected: dict[Place, object], date1904: bool) -> None:
    """Equal; where a reader makes a date of a number, to its microsecond.

    What a reader shows for a number before the calendar (-1) in a date's format is its own affair; so is what
    openpyxl makes of `_x000D_` and its like: it treats inline and shared strings differently.
    """
    assert read.keys() == expected.keys()
    for place, value in expected.items():
        got = read[place]
        if isinstance(value, float) and type(got) not in (int, float):
            assert value < 61 or math.isclose(to_serial(got, date1904), value, abs_tol=2e-8), place
        elif not any(isinstance(text, str) and "_x" in text for text in (got, value)):
            assert got == value, place


def styles(content: bytes) -> dict[Place, str]:
    """The style of every stored cell, empty ones too."""
    root = etree.fromstring(Package(content).read(SHEET))
    return {parse_cell(c.get("r", "")): c.get("s", "0") for c in root.iter(f"{{{MAIN}}}c")}


def assert_splice_is_right(content: bytes, rng: random.Random) -> None:
    """Edit the sheet at random; three readers must find what was there, but for the edits."""
    date1904 = Book(content).date1904
    before: Content = {
        place: value if formula is None else Formula(formula, value)
        for place, (value, formula) in read_by_tjxl(content).items()
    }
    change = random_change(before, rng)
    result = spliced(content, change)
    plain = {
        place: value if isinstance(value, Formula) else stored_value(value, date1904)
        for place, value in change.after.items()
    }

    assert read_by_tjxl(result) == {
        place: (value.cached, value.text) if isinstance(value, Formula) else (value, None)
        for place, value in plain.items()
    }
    assert_same(
        read_by_openpyxl(result),
        {place: Formula(v.text, None) if isinstance(v, Formula) else v for place, v in plain.items()},
        date1904,
    )
    cells = Book(result).cells("表").cells  # blanks, empty texts and errors are the same to calamine
    shown = {p: c.value for p, c in cells.items() if c.value not in ("", None) and c.kind != "error"}
    assert_same(read_by_calamine(result), shown, date1904)
    assert_rest_untouched(content, result, change)


def assert_rest_untouched(content: bytes, result: bytes, change: Change) -> None:
    old, new = Package(content).read(SHEET), Package(result).read(SHEET)
    old_rows = {int(m[1]): m[0] for m in _ROW.finditer(old)}
    new_rows = {int(m[1]): m[0] for m in _ROW.finditer(new)}
    assert {r: x for r, x in new_rows.items() if r not in change.rows} == {
        r: x for r, x in old_rows.items() if r not in change.rows
    }
    head, tail = (
        re.compile(rb"^.*?<sheetData\b", re.DOTALL),
        re.compile(rb"</sheetData>(.*)$|<sheetData/>(.*)$", re.DOTALL),
    )
    dimension = re.compile(rb'<dimension ref="[^"]*"/>')
    assert dimension.sub(b"", head.findall(new)[0]) == dimension.sub(b"", head.findall(old)[0])
    assert b"".join(tail.findall(new)[0]) == b"".join(tail.findall(old)[0])

    assert list(new_rows) == sorted(new_rows)
    places = list(styles(result))
    assert places == sorted(places)
    before, after = styles(content), styles(result)
    assert {p: s for p, s in before.items() if p[0] not in change.dropped} == {
        p: s for p, s in after.items() if p in before
    }
    for row, spec in change.new_rows.items():
        assert {c: s for (r, c), s in after.items() if r == row and c != 2} == {
            c: s for (r, c), s in before.items() if r == spec.like and c != 2
        }
        assert after[row, 2] == before.get((spec.like, 2), "0")


WRITERS = {"openpyxl": by_openpyxl, "xlsxwriter": by_xlsxwriter}


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("writer", WRITERS)
def test_random_edits_of_random_sheets(writer: str, seed: int) -> None:
    rng = random.Random(f"{writer} {seed}")
    assert_splice_is_right(WRITERS[writer](random_content(rng), rng, date1904=seed % 4 == 0), rng)


@requires_libreoffice
@pytest.mark.parametrize("date1904", [False, True])
def test_random_edits_of_sheets_saved_by_libreoffice(date1904: bool, tmp_path: Path) -> None:
    rng = random.Random(f"LibreOffice {date1904}")
    (tmp_path / "in.xlsx").write_bytes(by_xlsxwriter(random_content(rng), rng, date1904))
    content = recalculate(tmp_path / "in.xlsx", tmp_path / "out.xlsx").read_bytes()
    for _ in range(10):
        assert_splice_is_right(content, rng)


def test_no_edit_changes_no_byte() -> None:
    sheet = Package(by_xlsxwriter({(1, 1): "甲", (3, 2): 1.5}, random.Random(1), False)).read(SHEET)
    assert spliced_sheet(sheet, {}) == sheet


def test_the_same_edit_again_changes_nothing() -> None:
    edits = {(1, 1): Put("甲"), (4, 2): Put(0.5), (5, 1): PutFormula("B4*2", 1)}
    once = spliced_sheet(worksheet('<row r="4"><c r="B4" s="3"/></row>'), edits)
    assert spliced_sheet(once, edits) == once


# ---- text ----


@given(st.text(max_size=40))
def test_any_text_comes_back(text: str) -> None:
    """Line ends become those of a cell, what XML cannot hold is dropped, all else comes back."""
    content = book(spliced_sheet(worksheet(""), {(2, 2): Put(text)}))
    storable = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if _in_xml(c))
    expected = {(2, 2): RawCell(storable, "text", 0, None)} if text else {}
    assert Book(content).cells("表").cells == expected


def test_line_ends_are_stored_as_those_of_a_cell() -> None:
    sheet = spliced_sheet(worksheet(""), {(1, 1): Put("一\r\n二\r三\n四")})
    assert '<t xml:space="preserve">一\n二\n三\n四</t>'.encode() in sheet


def _in_xml(char: str) -> bool:
    code = ord(char)
    return code in (9, 10) or (0x20 <= code < 0xD800) or (0xE000 <= code < 0xFFFE) or code >= 0x10000


def test_text_that_looks_like_a_formula_is_text() -> None:
    content = book(spliced_sheet(worksheet(""), {(1, 1): Put("=cmd|' /C calc'!A0")}))
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A1"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")
    assert b"<f" not in Package(content).read(SHEET)


def test_text_longer_than_a_cell_holds_is_refused() -> None:
    """Excel counts a character outside the basic plane as two."""
    spliced_sheet(worksheet(""), {(1, 1): Put("字" * 32_767)})
    for text in ("字" * 32_768, "𠮷" * 16_384):
        with pytest.raises(ValueError, match="in a cell"):
            spliced_sheet(worksheet(""), {(1, 1): Put(text)})


@pytest.mark.parametrize("number", [0, -7, 2**53, -(10**17), 0.1, 1e-300, 1.5e300, -1e15, 123456789012345.6])
def test_any_number_comes_back(number: float) -> None:
    content = book(spliced_sheet(worksheet(""), {(1, 1): Put(number), (1, 2): PutFormula("A1", number)}))
    assert [cell.value for cell in Book(content).cells("表").cells.values()] == [number, number]
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
    assert [cell.value for cell in sheet[1]] == [number, number]


@pytest.mark.parametrize(
    ("number", "stored"), [(2.0, "2"), (-0.0, "0"), (1.5e300, "1.5e+300"), (0.1, "0.1"), (True, "1")]
)
def test_numbers_are_stored_as_short_as_they_are_exact(number: float, stored: str) -> None:
    assert f"<v>{stored}</v>".encode() in spliced_sheet(worksheet(""), {(1, 1): Put(number)})


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="in a cell"):
        spliced_sheet(worksheet(""), {(1, 1): Put(number)})
