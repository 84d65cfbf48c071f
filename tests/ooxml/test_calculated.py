"""Calculated columns: a new row of a table gets their formulas, as when a person types under it.

1. What the table declares, what stands in its last row, what a person typed over.
2. References move along, as Excel moves them; those to a whole column follow the table.
3. A value that the caller gives stands instead of the formula; a blank row keeps the formula it has.
"""

from __future__ import annotations

import openpyxl
import pytest

from tests.ooxml.examples import SHEET, decorated
from tests.ooxml.test_editor import TABLE
from tests.ooxml.test_follow import with_formulas, with_part
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import Package
from tjxl.ooxml.splice import Put, PutFormula

NEW = {"编码": "T900", "进度": 0.5}


def formulas(content: bytes, *rows: dict[str, object], column: int = 4) -> list[str | None]:
    """The formulas of the column in the rows that are added."""
    editor = BookEditor(content)
    numbers = editor.append_rows("流水", rows)
    cells = Book(editor.save()).cells("台账")
    return [cells.formula(row, column) for row in numbers]


def declared(content: bytes, formula: str, extra: str = "") -> bytes:
    return with_part(
        content,
        TABLE,
        (
            '<tableColumn id="4" name="日期"/>',
            f'<tableColumn id="4" name="日期"><calculatedColumnFormula{extra}>{formula}</calculatedColumnFormula>'
            "</tableColumn>",
        ),
    )


def column_of(text: str, rows: range = range(4, 7)) -> dict[tuple[str, int, int], str]:
    return {("台账", row, 4): text.format(row=row) for row in rows}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("流水[[#This Row],[进度]]*100", ["流水[[#This Row],[进度]]*100"] * 2),
        ("C{row}*100", ["C7*100", "C8*100"]),
        ("C{row}/SUM($C$4:$C$6)", ["C7/SUM($C$4:$C$8)", "C8/SUM($C$4:$C$8)"]),
        ("SUM(C$4:C{row})", ["SUM(C$4:C7)", "SUM(C$4:C8)"]),
        ('TEXT($G$1,"C6")', ['TEXT($G$1,"C6")'] * 2),
    ],
)
def test_the_formula_of_the_last_row_goes_on(formula: str, expected: list[str]) -> None:
    content = with_formulas(decorated(rows=3), column_of(formula))
    assert formulas(content, NEW, NEW) == expected
    assert formulas(declared(content, "流水[[#This Row],[进度]]"), NEW, NEW) == expected


def test_all_rows_above_follow_too() -> None:
    content = with_formulas(decorated(rows=3), column_of("C{row}/SUM($C$4:$C$6)"))
    editor = BookEditor(content)
    editor.append_rows("流水", [NEW])
    cells = Book(editor.save()).cells("台账")
    assert [cells.formula(row, 4) for row in range(4, 8)] == [f"C{row}/SUM($C$4:$C$7)" for row in range(4, 8)]


def test_a_shared_formula_goes_on() -> None:
    content = with_part(
        with_formulas(decorated(rows=3), column_of("C{row}*2")),
        SHEET,
        ("<f>C4*2</f>", '<f t="shared" ref="D4:D6" si="0">C4*2</f>'),
        ("<f>C5*2</f>", '<f t="shared" si="0"/>'),
        ("<f>C6*2</f>", '<f t="shared" si="0"/>'),
    )
    assert formulas(content, NEW) == ["C7*2"]


def test_what_a_person_typed_over_the_last_formula_does_not_end_a_declared_column() -> None:
    content = with_formulas(decorated(rows=3), column_of("C{row}*100", range(4, 6)))
    assert formulas(content, NEW) == [None]  # not declared: the last row says what the column is
    assert formulas(declared(content, "C4*100"), NEW) == ["C7*100"]


def test_a_declared_formula_without_any_cell() -> None:
    """Where it names cells, nobody says for which row; then the column stays empty."""
    assert formulas(declared(decorated(rows=3), "流水[[#This Row],[进度]]&lt;1"), NEW) == [
        "流水[[#This Row],[进度]]<1"
    ]
    assert formulas(declared(decorated(rows=3), "C4*100"), NEW) == [None]
    assert formulas(declared(decorated(rows=3), "SUM(流水[进度])", ' array="1"'), NEW) == [None]


def test_a_given_value_stands_instead() -> None:
    content = with_formulas(decorated(rows=3), column_of("C{row}*100"))
    assert formulas(content, NEW | {"日期": 5}, NEW) == [None, "C8*100"]


def test_values_are_left_to_whoever_can_compute_them() -> None:
    editor = BookEditor(with_formulas(decorated(rows=3), column_of("C{row}*100")))
    editor.append_rows("流水", [NEW, NEW])
    assert editor.unvalued() == [("台账", 7, 4), ("台账", 8, 4)]
    sheet = Package(editor.save()).read(SHEET).decode()
    assert '<c r="D7" s="4"><f>C7*100</f></c>' in sheet


def test_whoever_computes_them_sees_the_formula_as_it_will_stand_there() -> None:
    editor = BookEditor(with_formulas(decorated(rows=3), column_of("C{row}/SUM($C$4:$C$6)")))
    editor.append_rows("流水", [NEW])
    editor.append_rows("流水", [NEW])
    editor.unvalued()
    assert editor.edits("台账")[7, 4] == PutFormula("C7/SUM($C$4:$C$8)", None, valued=False)
    assert editor.following()("附表", 1, "SUM(台账!C4:C6)") == "SUM(台账!C4:C8)"
    editor.append_rows("流水", [NEW])
    editor.unvalued()
    assert editor.edits("台账")[7, 4] == PutFormula("C7/SUM($C$4:$C$9)", None, valued=False)


def test_a_blank_row_keeps_its_formula_and_counts_as_blank() -> None:
    editor = BookEditor(with_formulas(decorated(rows=4), column_of("C{row}*100", range(4, 8))))
    for column in (1, 2, 3):
        editor.edit("台账", 7, column, Put(None))
    content = editor.save()
    assert formulas(content, NEW, NEW) == ["C7*100", "C8*100"]
    assert Book(content).tables["流水"].last_row == 7


@pytest.mark.filterwarnings("ignore:.* extension is not supported")
def test_openpyxl_reads_them() -> None:
    import io

    editor = BookEditor(with_formulas(decorated(rows=3), column_of("C{row}*100")))
    editor.append_rows("流水", [NEW])
    assert openpyxl.load_workbook(io.BytesIO(editor.save()))["台账"]["D7"].value == "=C7*100"
