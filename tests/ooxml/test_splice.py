"""The splice: chosen cells rewritten, all else left byte for byte.

1. Random sheets of three writers, randomly edited, read the same by openpyxl, python-calamine and tjxl.
2. What is not edited keeps value, style and bytes; rows and cells stay in order.
3. Text is always text.
4. Every way of writing a sheet that XML allows is either changed rightly or refused (E305).
5. Formulas that share one text survive the loss of the cell that holds it.
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
from tests.ooxml.examples import MAIN, SHEET, book, worksheet
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
from tjxl.errors import PackageError
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import RawCell, read_sheet, to_serial
from tjxl.ooxml.package import Package
from tjxl.ooxml.refs import Range, parse_cell
from tjxl.ooxml.splice import Growth, NewRow, Put, PutFormula, Recalculated, splice_sheet

pytestmark = pytest.mark.filterwarnings("ignore:Cell .* is marked as a date")
_ROW = re.compile(rb'<row r="(\d+)"[^>]*?(?:/>|>.*?</row>)', re.DOTALL)


def spliced(content: bytes, change: Change) -> bytes:
    package = Package(content)
    sheet = splice_sheet(
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
    assert splice_sheet(sheet, {}) == sheet


def test_the_same_edit_again_changes_nothing() -> None:
    edits = {(1, 1): Put("甲"), (4, 2): Put(0.5), (5, 1): PutFormula("B4*2", 1)}
    once = splice_sheet(worksheet('<row r="4"><c r="B4" s="3"/></row>'), edits)
    assert splice_sheet(once, edits) == once


# ---- text ----


@given(st.text(max_size=40))
def test_any_text_comes_back(text: str) -> None:
    """Line ends become those of a cell, what XML cannot hold is dropped, all else comes back."""
    content = book(splice_sheet(worksheet(""), {(2, 2): Put(text)}))
    storable = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if _in_xml(c))
    expected = {(2, 2): RawCell(storable, "text", 0, None)} if text else {}
    assert Book(content).cells("表").cells == expected


def _in_xml(char: str) -> bool:
    code = ord(char)
    return code in (9, 10) or (0x20 <= code < 0xD800) or (0xE000 <= code < 0xFFFE) or code >= 0x10000


def test_text_that_looks_like_a_formula_is_text() -> None:
    content = book(splice_sheet(worksheet(""), {(1, 1): Put("=cmd|' /C calc'!A0")}))
    cell = openpyxl.load_workbook(io.BytesIO(content)).active["A1"]
    assert (cell.value, cell.data_type) == ("=cmd|' /C calc'!A0", "s")
    assert b"<f" not in Package(content).read(SHEET)


def test_text_longer_than_a_cell_holds_is_refused() -> None:
    """Excel counts a character outside the basic plane as two."""
    splice_sheet(worksheet(""), {(1, 1): Put("字" * 32_767)})
    for text in ("字" * 32_768, "𠮷" * 16_384):
        with pytest.raises(ValueError, match="in a cell"):
            splice_sheet(worksheet(""), {(1, 1): Put(text)})


@pytest.mark.parametrize("number", [0, -7, 2**53, -(10**17), 0.1, 1e-300, 1.5e300, -1e15, 123456789012345.6])
def test_any_number_comes_back(number: float) -> None:
    content = book(splice_sheet(worksheet(""), {(1, 1): Put(number), (1, 2): PutFormula("A1", number)}))
    assert [cell.value for cell in Book(content).cells("表").cells.values()] == [number, number]
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True).active
    assert [cell.value for cell in sheet[1]] == [number, number]


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(number: float) -> None:
    with pytest.raises(ValueError, match="in a cell"):
        splice_sheet(worksheet(""), {(1, 1): Put(number)})


# ---- ways of writing a sheet ----


def rows_of(sheet: bytes) -> str:
    """What stands in ``sheetData``."""
    return re.search(r"sheetData>(.*)</(?:\w+:)?sheetData>", sheet.decode(), re.DOTALL)[1]


def test_prefixed_elements() -> None:
    sheet = worksheet('<x:row r="2"><x:c r="B2"><x:v>1</x:v></x:c></x:row>', prefix="x")
    sheet = splice_sheet(sheet, {(2, 1): Put("甲"), (2, 2): Put(2), (3, 1): PutFormula("B2", 2)})
    assert rows_of(sheet) == (
        '<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t xml:space="preserve">甲</x:t></x:is></x:c>'
        '<x:c r="B2"><x:v>2</x:v></x:c></x:row><x:row r="3"><x:c r="A3"><x:f>B2</x:f><x:v>2</x:v></x:c></x:row>'
    )


@pytest.mark.parametrize("empty", ["<sheetData/>", "<sheetData />", "<sheetData></sheetData>"])
def test_empty_sheet(empty: str) -> None:
    sheet = f'<worksheet xmlns="{MAIN}">{empty}<pageMargins left="1"/></worksheet>'.encode()
    changed = splice_sheet(sheet, {(2, 1): Put(True)})
    assert changed.startswith(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
    assert rows_of(changed) == '<row r="2"><c r="A2" t="b"><v>1</v></c></row>'
    assert changed.endswith(b'</sheetData><pageMargins left="1"/></worksheet>')


def test_rows_and_cells_without_address_count_from_the_one_before() -> None:
    sheet = worksheet(
        '<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c r="C5"><v>3</v></c><c/><c><v>5</v></c></row><row/>'
    )
    changed = splice_sheet(sheet, {(1, 2): Put(20), (5, 5): Put(50), (6, 1): Put(6), (3, 1): Put(30)})
    assert {p: c.value for p, c in read_sheet(changed, []).cells.items()} == {
        (1, 1): 1, (1, 2): 20, (3, 1): 30, (5, 3): 3, (5, 5): 50, (6, 1): 6
    }  # fmt: skip


def test_rows_without_number_cannot_be_dropped() -> None:
    with pytest.raises(PackageError) as caught:
        splice_sheet(worksheet("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>"), {}, dropped=frozenset({1}))
    assert caught.value.code == "E305"


def test_self_closed_row_keeps_its_attributes() -> None:
    changed = splice_sheet(worksheet('<row r="3" ht="30" customHeight="1" />'), {(3, 2): Put(1)})
    assert rows_of(changed) == '<row r="3" ht="30" customHeight="1"><c r="B3"><v>1</v></c></row>'


@pytest.mark.parametrize("column", [1, 3, 5])
def test_spans_goes_when_a_cell_is_added(column: int) -> None:
    sheet = worksheet('<row r="1" spans="2:4" ht="30"><c r="B1"/><c r="D1"/></row>')
    assert "spans" not in rows_of(splice_sheet(sheet, {(1, column): Put(1)}))
    assert 'spans="2:4"' in rows_of(splice_sheet(sheet, {(1, 2): Put(1)}))


def test_single_quotes_white_space_and_unknown_insides() -> None:
    sheet = worksheet("\n <row\n r='1'\ts='2' >\n  <c r='A1' s='4' ><v>1</v></c >\n  <c r='B1'/>\n </row >\n")
    assert rows_of(splice_sheet(sheet, {(1, 1): Put(2)})) == (
        "\n <row\n r='1'\ts='2' >\n  <c r=\"A1\" s=\"4\"><v>2</v></c>\n  <c r='B1'/>\n </row>\n"
    )


@pytest.mark.parametrize(
    ("dimension", "edit", "expected"),
    [
        ("A1", (3, 4), "A1:D3"),
        ("B2:C3", (1, 1), "A1:C3"),
        ("B2:C3", (3, 3), "B2:C3"),
        ("nonsense", (3, 3), "nonsense"),
    ],
)
def test_dimension_holds_the_edited_cells(dimension: str, edit: Place, expected: str) -> None:
    changed = splice_sheet(worksheet("", before=f'<dimension ref="{dimension}"/>'), {edit: Put(1)})
    assert f'<dimension ref="{expected}"/>'.encode() in changed


def test_new_cell_looks_like_its_model_or_row_or_column() -> None:
    columns = '<cols><col min="2" max="3" width="9" style="7"/></cols>'
    rows = '<row r="1" s="5" customFormat="1"><c r="A1" s="1"/></row><row r="2" s="5"><c r="A2" s="1"/></row>'
    edits = {(1, 2): Put(1), (2, 2): Put(2), (3, 1): Put(3), (3, 2): Put(4), (3, 4): Put(5)}
    changed = splice_sheet(worksheet(rows, before=columns), edits, new_rows={3: NewRow(2)})
    assert {p: c.style for p, c in read_sheet(changed, []).cells.items()} == {
        (1, 2): 5, (2, 2): 7, (3, 1): 1, (3, 2): 7, (3, 4): 0
    }  # fmt: skip


def test_new_row_takes_the_models_looks_and_not_its_content() -> None:
    tag = '<row r="2" spans="1:2" ht="40" customHeight="1" hidden="1">'
    rows = f'{tag}<c r="A2" s="1"><v>9</v></c><c r="B2" s="3"/></row>'
    changed = splice_sheet(worksheet(rows), {(3, 1): Put(1)}, new_rows={3: NewRow(2), 4: NewRow(2, 15.5)})
    assert rows_of(changed) == (
        f'{rows}<row r="3" ht="40" customHeight="1"><c r="A3" s="1"><v>1</v></c><c r="B3" s="3"/></row>'
        '<row r="4" ht="15.5" customHeight="1"><c r="A4" s="1"/><c r="B4" s="3"/></row>'
    )


def test_emptied_cell_keeps_its_style_and_an_absent_one_is_not_made() -> None:
    changed = splice_sheet(
        worksheet('<row r="1"><c r="A1" s="2" t="s"><v>0</v></c></row>'), {(1, 1): Put(None), (1, 2): Put("")}
    )
    assert rows_of(changed) == '<row r="1"><c r="A1" s="2"/></row>'


def test_recalculated_changes_the_value_alone() -> None:
    sheet = worksheet(
        '<row r="1"><c r="A1" s="2" t="str" cm="1"><f t="array" ref="A1">X(&lt;)</f><v>a</v></c>'
        '<c r="B1"><v>1</v></c></row>'
    )
    changed = splice_sheet(sheet, {(1, 1): Recalculated(3), (1, 2): Recalculated(3), (1, 3): Recalculated(3)})
    assert rows_of(changed) == (
        '<row r="1"><c r="A1" s="2" cm="1"><f t="array" ref="A1">X(&lt;)</f><v>3</v></c><c r="B1"><v>1</v></c></row>'
    )


@pytest.mark.parametrize(
    "sheet",
    [
        worksheet('<row r="1"><!-- <c r="A1"/> --></row>'),
        worksheet('<row r="1"><c r="A1" t="str"><v><![CDATA[<row r="2">]]></v></c></row>'),
        f'<worksheet xmlns="{MAIN}"><!-- <sheetData></sheetData> --><sheetData/></worksheet>'.encode(),
        worksheet('<row r="1"/>').decode().encode("utf-16"),
        worksheet('<row r="1"/>').replace(b'encoding="UTF-8"', b'encoding="GBK"'),
        worksheet('<row r="1"/>') + b"\x00",
        worksheet('<row r="2"/><row r="1"/>'),
        worksheet('<row r="1"/><row r="1"/>'),
        worksheet('<row r="x"/>'),
        worksheet('<row r="1"><c r="B1"/><c r="A1"/></row>'),
        worksheet('<row r="1"><c r="A1"/>'),
        worksheet('<row r="1"/>').replace(b"</sheetData>", b""),
        b"<worksheet/>",
        b"",
    ],
    ids=["comment", "cdata", "sheetData in a comment", "utf-16", "gbk", "nul", "rows out of order", "row twice",
         "row number", "cells out of order", "open row", "open sheetData", "no sheetData", "empty"],
)  # fmt: skip
def test_what_cannot_be_changed_safely_is_refused(sheet: bytes) -> None:
    with pytest.raises(PackageError) as caught:
        splice_sheet(sheet, {(1, 1): Put(1)})
    assert caught.value.code == "E305"


def test_byte_order_mark_and_comment_in_the_head_do_no_harm() -> None:
    sheet = b"\xef\xbb\xbf" + worksheet("", before="<!-- made by hand -->")
    assert splice_sheet(sheet, {(1, 1): Put(1)}) == b"\xef\xbb\xbf" + worksheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>', before="<!-- made by hand -->"
    )


# ---- formulas that share one text ----

SHARED = (
    '<row r="2"><c r="D2"><f t="shared" ref="D2:D4" si="0">A2&amp;$B$1</f><v>1</v></c></row>'
    '<row r="3"><c r="D3" s="2"><f t="shared" si="0"/><v>2</v></c></row>'
    '<row r="4"><c r="D4"><f t="shared" si="0"/><v>3</v></c>'
    '<c r="E4"><f t="shared" ref="E4:E5" si="1">A4</f><v>4</v></c></row>'
    '<row r="5"><c r="E5"><f t="shared" si="1"/><v>5</v></c></row>'
)


def formulas(sheet: bytes) -> dict[Place, str | None]:
    read = read_sheet(sheet, [])
    return {place: read.formula(*place) for place in read.cells}


def test_overwriting_the_first_of_shared_formulas_gives_the_others_their_own_text() -> None:
    changed = splice_sheet(worksheet(SHARED), {(2, 4): Put("改"), (4, 4): PutFormula("1", 1)})
    assert formulas(changed) == {(2, 4): None, (3, 4): "A3&$B$1", (4, 4): "1", (4, 5): "A4", (5, 5): "A5"}
    assert '<row r="3"><c r="D3" s="2"><f>A3&amp;$B$1</f><v>2</v></c></row>' in rows_of(changed)


def test_dropping_the_row_of_the_first_gives_the_others_their_own_text() -> None:
    changed = splice_sheet(worksheet(SHARED), {}, dropped=frozenset({2}))
    assert formulas(changed) == {(3, 4): "A3&$B$1", (4, 4): "A4&$B$1", (4, 5): "A4", (5, 5): "A5"}


def test_recalculating_or_overwriting_a_follower_leaves_the_shared_text() -> None:
    changed = splice_sheet(worksheet(SHARED), {(2, 4): Recalculated(9), (3, 4): Put(None)})
    assert formulas(changed) == {(2, 4): "A2&$B$1", (4, 4): "A4&$B$1", (4, 5): "A4", (5, 5): "A5"}
    assert changed.count(b't="shared"') == 4


# ---- growth ----


def test_rules_on_the_last_row_follow_a_longer_range() -> None:
    after = (
        '<autoFilter ref="A1:C9"/><conditionalFormatting sqref="B2:B9 C2:C8 A9"/>'
        '<dataValidations><dataValidation type="list" sqref="A2:A9"/></dataValidations>'
        "<extLst><x14:conditionalFormatting><xm:sqref>C2:C9</xm:sqref></x14:conditionalFormatting></extLst>"
    )
    grown = splice_sheet(worksheet("", after=after), {}, growth=[Growth(Range(1, 1, 9, 3), 12)])
    assert grown == worksheet(
        "",
        after=(
            '<autoFilter ref="A1:C12"/><conditionalFormatting sqref="B2:B12 C2:C8 A9:A12"/>'
            '<dataValidations><dataValidation type="list" sqref="A2:A12"/></dataValidations>'
            "<extLst><x14:conditionalFormatting><xm:sqref>C2:C12</xm:sqref></x14:conditionalFormatting></extLst>"
        ),
    )
