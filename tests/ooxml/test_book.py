"""Sheets, tables and names of a workbook, found by name."""

from __future__ import annotations

import pytest

from tests.ooxml.examples import MAIN, book, decorated, worksheet
from tjxl.errors import PackageError
from tjxl.ooxml.book import Book
from tjxl.ooxml.package import Package
from tjxl.ooxml.refs import Range

TABLE = "xl/tables/table1.xml"


def test_sheets_tables_and_names() -> None:
    opened = Book(decorated())
    assert [(s.name, s.state) for s in opened.sheets.values()] == [("台账", "visible"), ("附表", "visible")]
    table = opened.tables["流水"]
    assert (table.first_row, table.last_row, table.columns["进度"]) == (4, 6, 3)
    assert opened.names == {"编码列": ("台账", Range(4, 1, 6, 1)), "别处": ("台账", Range(4, 7, 6, 7))}
    assert not opened.date1904


def test_totals_row_is_no_data_row() -> None:
    table = Book(decorated(rows=3, totals=True)).tables["流水"]
    assert (table.range, table.last_row, table.totals_rows) == (Range(3, 1, 7, 4), 6, 1)


def test_names_that_are_no_plain_range_are_left_out() -> None:
    names = (
        '<definedNames><definedName name="常数">42</definedName><definedName name="公式">SUM(表!A1:A2)</definedName>'
        '<definedName name="别处">[1]外部!$A$1</definedName><definedName name="失效">#REF!</definedName>'
        '<definedName name="本表" localSheetId="0">表!$A$1</definedName>'
        "<definedName name=\"格\">'表'!$B$2</definedName>"
        "</definedNames>"
    )
    assert Book(book(worksheet(""), workbook=names)).names == {"格": ("表", Range(2, 2, 2, 2))}


@pytest.mark.parametrize("attribute", ['ref="?"', 'ref="A1:B2" headerRowCount="x"', ""])
def test_a_table_that_cannot_be(attribute: str) -> None:
    package = Package(decorated())
    table = f'<table xmlns="{MAIN}" displayName="流水" {attribute}/>'.encode()
    with pytest.raises(PackageError) as caught:
        _ = Book(package.rewritten({TABLE: table})).tables
    assert caught.value.code == "E303"


@pytest.mark.parametrize("length", [1, 60, 10_000])
def test_a_long_sheet_read_stretch_by_stretch_holds_the_same_cells(
    monkeypatch: pytest.MonkeyPatch, length: int
) -> None:
    """Also where some rows say no number, and count from the one before wherever a stretch begins."""
    monkeypatch.setattr("tjxl.ooxml.sheet_text._STRETCH", length)
    rows = '<row><c><v>1</v></c></row><row r="4"><c r="B4" t="inlineStr"><is><t>甲</t></is></c></row>'
    rows += '<row><c r="C5"><f>B4</f><v>2</v></c></row><row r="6"/><row r="9" ht="20"><c><v>9</v></c></row><row/>'
    content = book(worksheet(rows, after='<mergeCells count="1"><mergeCell ref="A1:B1"/></mergeCells>'))
    stretches = list(Book(content).stretches("表"))
    whole = Book(content).cells("表").cells
    assert {place: cell for cells in stretches for place, cell in cells.items()} == whole
    assert len(whole) == 4
    assert (len(stretches) > 1) is (length < 10_000)


def test_a_sheet_that_cannot_be_taken_apart_is_read_whole() -> None:
    content = book(
        worksheet('<row r="1"><c r="A1"><v>1</v></c></row><!-- 备注 --><row r="2"><c r="A2"><v>2</v></c></row>')
    )
    (cells,) = Book(content).stretches("表")
    assert {place: cell.value for place, cell in cells.items()} == {(1, 1): 1.0, (2, 1): 2.0}
