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
