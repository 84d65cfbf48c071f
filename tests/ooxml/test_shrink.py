"""Rows taken out of the bottom of a table.

1. Appending rows and taking as many out gives every part back as it was.
2. What ended with the table follows back; what stands beside it and the rows above stay.
3. A table keeps a data row; rows may be appended again; what cannot be done is said.
"""

from __future__ import annotations

import re

import pytest

from tests.ooxml.consistency import problems_of
from tests.ooxml.examples import SHEET, decorated
from tests.ooxml.test_editor import NEW, TABLE, appended, with_chain
from tjxl.errors import PackageError
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import Package
from tjxl.ooxml.refs import Range
from tjxl.ooxml.splice import Put, PutFormula


def shrunk(content: bytes, rows: int) -> bytes:
    editor = BookEditor(content)
    editor.shrink_table("流水", rows)
    return editor.save()


def test_rows_appended_and_taken_out_leave_everything_as_it_was() -> None:
    old = decorated(rows=3)
    again = shrunk(appended(old, NEW, NEW), 2)
    before, after = Package(old), Package(again)
    assert {name: after.read(name) for name in after.names} == {name: before.read(name) for name in before.names}
    assert problems_of(again) == []


def test_what_ended_with_the_table_follows_back_and_nothing_else() -> None:
    result = Package(shrunk(decorated(rows=6), 2))
    assert result.read(TABLE).count(b'ref="A3:D7"') == 2
    sheet = result.read(SHEET).decode()
    assert re.findall(r'<row r="(\d+)"', sheet) == ["1", "3", "4", "5", "6", "7"]
    assert re.findall(r'sqref="([^"]*)"', sheet) == ["C4:C7", "G4:G9", "C4:C7"]
    assert re.findall(r"<xm:sqref>([^<]*)", sheet) == ["C4:C7"]
    assert '<dimension ref="A1:G7"' in sheet
    names = dict(re.findall(r'<definedName name="([^"]*)"[^>]*>([^<]*)', result.read("xl/workbook.xml").decode()))
    assert (names["编码列"], names["别处"]) == ("台账!$A$4:$A$7", "台账!$G$4:$G$9")
    assert names["_xlnm.Print_Area"] == "台账!$A$1:$D$7"


def test_what_stands_beside_the_table_stays() -> None:
    editor = BookEditor(decorated(rows=3))
    editor.edit("台账", 6, 9, Put("旁注"))
    result = Book(shrunk(editor.save(), 2))
    assert {p: c.value for p, c in result.cells("台账").cells.items() if p[0] > 4} == {(6, 9): "旁注"}
    assert b'<row r="5"' not in result.package.read(SHEET)


def test_the_first_row_is_emptied_and_stays() -> None:
    editor = BookEditor(decorated(rows=3))
    editor.shrink_table("流水", 3)
    assert editor.last_row("流水") == 4
    result = Book(editor.save())
    assert result.tables["流水"].range == Range(3, 1, 4, 4)
    assert b'<c r="C4" s="3"/>' in result.package.read(SHEET)
    assert {p for p, c in result.cells("台账").cells.items() if p[0] > 3} == set()


def test_rows_are_appended_again_with_their_looks() -> None:
    editor = BookEditor(decorated(rows=3))
    editor.shrink_table("流水", 2)
    assert editor.append_rows("流水", [{"编码": "T9"}, NEW, NEW]) == [5, 6, 7]
    result = Book(editor.save())
    assert result.tables["流水"].range == Range(3, 1, 7, 4)
    cells = result.cells("台账").cells
    assert [cells.get((5, c)) and cells[5, c].value for c in range(1, 5)] == ["T9", None, None, None]
    assert b'<c r="C5" s="3"/>' in result.package.read(SHEET)
    assert [cells[7, c].style for c in range(1, 5)] == [2, 2, 3, 4]
    emptied = BookEditor(decorated(rows=3))
    emptied.shrink_table("流水", 3)
    assert emptied.append_rows("流水", [NEW]) == [4]


def test_formulas_taken_out_leave_the_calculation_chain() -> None:
    editor = BookEditor(decorated(rows=3))
    editor.edit("台账", 6, 3, PutFormula("1+1", 2))
    editor = BookEditor(with_chain(editor.save()))
    editor.shrink_table("流水", 1)
    assert "xl/calcChain.xml" not in Package(editor.save())


def test_no_rows_is_no_change() -> None:
    editor = BookEditor(decorated(rows=3))
    editor.shrink_table("流水", 0)
    assert not editor.changed


def test_what_cannot_be_done() -> None:
    with pytest.raises(PackageError) as caught:
        shrunk(decorated(rows=3, totals=True), 1)
    assert (caught.value.code, caught.value.facts) == ("E311", {"sheet": "台账"})
    editor = BookEditor(decorated(rows=3))
    with pytest.raises(ValueError, match="4 rows"):
        editor.shrink_table("流水", 4)
    editor.append_rows("流水", [NEW])
    with pytest.raises(ValueError, match="1 rows"):
        editor.shrink_table("流水", 1)
