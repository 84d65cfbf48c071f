"""What follows a table that grows, and what stays byte for byte. 流水 stands in 台账!A3:D6 and gains two rows.

1. The office's own formulas on any sheet; shared formulas; running totals.
2. Rules, validations, filters, sorting, protected ranges, ignored errors, sparklines.
3. Names: of one sheet, of several areas.
4. Charts, pivot tables and sheets that do not refer to the table stay.
5. Everything comes back when the rows are taken out again.
"""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from tests.libreoffice import recalculate, requires_libreoffice
from tests.ooxml.consistency import problems_of
from tests.ooxml.examples import SHEET, decorated, spliced_sheet
from tests.ooxml.test_editor import NEW, TABLE, appended, differing
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import Package
from tjxl.ooxml.splice import Put, PutFormula, Recalculated

OTHER = "xl/worksheets/sheet2.xml"
WORKBOOK = "xl/workbook.xml"


def with_part(content: bytes, name: str, *changes: tuple[str, str]) -> bytes:
    """The workbook with text of a part replaced; each piece must stand there once."""
    package = Package(content)
    text = package.read(name).decode()
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return package.rewritten({name: text.encode()})


def with_formulas(content: bytes, formulas: dict[tuple[str, int, int], str]) -> bytes:
    editor = BookEditor(content)
    for (sheet, row, column), text in formulas.items():
        editor.edit(sheet, row, column, PutFormula(text, 7))
    return editor.save()


# ---- 1. formulas


def test_the_offices_formulas_follow_on_any_sheet_and_keep_their_values() -> None:
    content = with_formulas(
        decorated(rows=3),
        {
            ("附表", 3, 1): 'COUNTIF(台账!C4:C6,"<0.5")',
            ("附表", 3, 2): "SUM(台账!C5:C6)",
            ("台账", 1, 9): "SUM($C$4:$C$6)",
            ("台账", 5, 9): "C5/SUM(C$4:C$6)",
        },
    )
    result = Book(appended(content, NEW, NEW))
    assert result.cells("附表").formula(3, 1) == 'COUNTIF(台账!C4:C8,"<0.5")'
    assert result.cells("附表").formula(3, 2) == "SUM(台账!C5:C6)"
    assert result.cells("台账").formula(1, 9) == "SUM($C$4:$C$8)"
    assert result.cells("台账").formula(5, 9) == "C5/SUM(C$4:C$8)"
    assert result.cells("附表").cells[3, 1].value == 7  # recalculated on opening
    assert b'fullCalcOnLoad="1"' in result.package.read(WORKBOOK)


def test_a_running_total_ends_in_its_own_row() -> None:
    """As many do it by hand: C$4:C4, C$4:C5 … The one in the last row ends there, with the table or without."""
    content = with_formulas(decorated(rows=3), {("台账", row, 9): f"SUM(C$4:C{row})" for row in (4, 5, 6)})
    cells = Book(appended(content, NEW, NEW)).cells("台账")
    assert [cells.formula(row, 9) for row in (4, 5, 6)] == ["SUM(C$4:C4)", "SUM(C$4:C5)", "SUM(C$4:C6)"]


def test_shared_formulas_follow_cell_by_cell() -> None:
    """Excel stores a formula that was filled to the right or down once, for its first cell."""
    content = with_part(
        decorated(rows=3),
        OTHER,
        (
            "</sheetData>",
            '<row r="20"><c r="A20"><f t="shared" ref="A20:C20" si="0">SUM(台账!A4:A6)</f><v>1</v></c>'
            '<c r="B20"><f t="shared" si="0"/><v>2</v></c><c r="C20"><f t="shared" si="0"/><v>3</v></c></row>'
            '<row r="21"><c r="A21"><f t="shared" ref="A21:A23" si="1">SUM(台账!C3:C5)</f><v>4</v></c></row>'
            '<row r="22"><c r="A22" s="1"><f t="shared" si="1"/><v>5</v></c></row>'
            '<row r="23"><c r="A23"><f t="shared" si="1"/><v>6</v></c></row></sheetData>',
        ),
    )
    cells = Book(appended(content, NEW, NEW)).cells("附表")
    assert [cells.formula(20, c) for c in (1, 2, 3)] == ["SUM(台账!A4:A8)", "SUM(台账!B4:B8)", "SUM(台账!C4:C8)"]
    # only the second one covers the column to its end
    assert [cells.formula(r, 1) for r in (21, 22, 23)] == ["SUM(台账!C3:C5)", "SUM(台账!C4:C8)", "SUM(台账!C5:C7)"]
    assert [cells.cells[r, 1].value for r in (20, 21, 22, 23)] == [1, 4, 5, 6]


def test_a_dynamic_array_keeps_its_marks() -> None:
    content = with_part(
        decorated(rows=3),
        OTHER,
        (
            "</sheetData>",
            '<row r="30"><c r="A30" cm="1" vm="2"><f t="array" ref="A30:A32" aca="1">台账!A4:A6&amp;""</f>'
            "<v>1</v></c></row></sheetData>",
        ),
    )
    sheet = Package(appended(content, NEW, NEW)).read(OTHER).decode()
    assert '<c r="A30" cm="1" vm="2"><f t="array" ref="A30:A32" aca="1">台账!A4:A8&amp;""</f><v>1</v></c>' in sheet


def test_a_formula_that_follows_and_a_new_value_of_it() -> None:
    editor = BookEditor(with_formulas(decorated(rows=3), {("附表", 3, 1): "SUM(台账!C4:C6)"}))
    editor.append_rows("流水", [NEW, NEW])
    editor.edit("附表", 3, 1, Recalculated(9))
    cells = Book(editor.save()).cells("附表")
    assert (cells.formula(3, 1), cells.cells[3, 1].value) == ("SUM(台账!C4:C8)", 9)


# ---- 2. around the rows


AROUND = [
    # what stands behind the rows, before and after
    ('<protectedRanges><protectedRange sqref="C4:C6" name="进度"/></protectedRanges>', ('"C4:C6"', '"C4:C8"')),
    ('<ignoredErrors><ignoredError sqref="A4:A6 G4:G6" numberStoredAsText="1"/></ignoredErrors>', ("A4:A6", "A4:A8")),
    (
        '<autoFilter ref="A3:D6"><sortState ref="A4:D6"><sortCondition ref="C4:C6"/></sortState></autoFilter>',
        ("6", "8"),
    ),
    (
        '<conditionalFormatting sqref="A4:A6"><cfRule type="expression" priority="9">'
        "<formula>COUNTIF($A$4:$A$6,A4)&gt;1</formula></cfRule></conditionalFormatting>",
        ("6", "8"),
    ),
    (
        '<dataValidations count="1"><dataValidation type="list" sqref="H1"><formula1>$A$4:$A$6</formula1>'
        "</dataValidation></dataValidations>",
        ("$A$6", "$A$8"),
    ),
    (
        '<extLst><ext><x14:dataValidations count="1"><x14:dataValidation type="list"><x14:formula1><xm:f>'
        "台账!$A$4:$A$6</xm:f></x14:formula1><xm:sqref>D4:D6</xm:sqref></x14:dataValidation>"
        "</x14:dataValidations></ext></extLst>",
        ("6", "8"),
    ),
    (
        "<extLst><ext><x14:sparklineGroups><x14:sparklineGroup><x14:sparklines><x14:sparkline>"
        "<xm:f>台账!C4:C6</xm:f><xm:sqref>C6</xm:sqref></x14:sparkline></x14:sparklines></x14:sparklineGroup>"
        "</x14:sparklineGroups></ext></extLst>",
        ("C4:C6", "C4:C8"),
    ),
    ('<mergeCells count="1"><mergeCell ref="F4:G6"/></mergeCells>', ("", "")),
    ('<hyperlinks><hyperlink ref="A6" location="附表!A1"/></hyperlinks>', ("", "")),
]


@pytest.mark.parametrize(("piece", "change"), AROUND, ids=[re.findall(r"\w+", p)[0] for p, _ in AROUND])
def test_around_the_rows(piece: str, change: tuple[str, str]) -> None:
    content = with_part(decorated(rows=3), SHEET, ("</worksheet>", f"{piece}</worksheet>"))
    sheet = Package(appended(content, NEW, NEW)).read(SHEET).decode()
    assert sheet.endswith(f"{piece.replace(*change)}</worksheet>")


def test_rules_and_lists_of_other_sheets_that_name_the_column() -> None:
    piece = (
        '<conditionalFormatting sqref="A4:A6"><cfRule type="expression" priority="9">'
        "<formula>COUNTIF(台账!$A$4:$A$6,A4)=0</formula></cfRule></conditionalFormatting>"
    )
    content = with_part(decorated(rows=3), OTHER, ("</worksheet>", f"{piece}</worksheet>"))
    sheet = Package(appended(content, NEW, NEW)).read(OTHER).decode()
    assert sheet.endswith(piece.replace("$A$6", "$A$8") + "</worksheet>")  # and its own A4:A6 stays


def test_a_sorted_and_filtered_table() -> None:
    """Rows that the filter hides stay hidden, new ones show; the sorting covers them."""
    content = with_part(
        decorated(rows=3),
        TABLE,
        (
            '<autoFilter ref="A3:D6"/>',
            '<autoFilter ref="A3:D6"><filterColumn colId="0"><filters><filter val="T001"/></filters></filterColumn>'
            '</autoFilter><sortState ref="A4:D6"><sortCondition descending="1" ref="C4:C6"/></sortState>',
        ),
    )
    content = with_part(content, SHEET, ('<row r="6" ', '<row r="6" hidden="1" '))
    result = Package(appended(content, NEW, NEW))
    assert re.findall(r'ref="([^"]*)"', result.read(TABLE).decode()) == ["A3:D8", "A3:D8", "A4:D8", "C4:C8"]
    assert re.findall(r'<row r="(\d)"[^>]*hidden', result.read(SHEET).decode()) == ["6"]


# ---- 3. names


def test_names_of_one_sheet_and_of_several_areas() -> None:
    names = {
        '<definedName name="_xlnm.Print_Area" localSheetId="0">台账!$A$1:$D$6</definedName>': (
            '<definedName name="_xlnm.Print_Area" localSheetId="0">台账!$A$1:$D$6,台账!$G$1:$H$9</definedName>'
        ),
        '<definedName name="编码列">台账!$A$4:$A$6</definedName>': (
            '<definedName name="编码列">台账!$A$4:$A$6</definedName>'
            '<definedName name="编码列" localSheetId="1">台账!$A$3:$A$6</definedName>'
            '<definedName name="末格">台账!$A$6</definedName><definedName name="整列">流水[编码]</definedName>'
        ),
    }
    content = decorated(rows=3)
    for old, new in names.items():
        content = with_part(content, WORKBOOK, (old, new))
    text = html.unescape(Package(appended(content, NEW, NEW)).read(WORKBOOK).decode())
    assert re.findall(r"<definedName [^>]*>([^<]*)", text) == [
        "附表!$A$2:$C$9", "台账!$A$1:$D$8,台账!$G$1:$H$9", "台账!$G$4:$G$6",
        "台账!$A$4:$A$8", "台账!$A$3:$A$8", "台账!$A$6", "流水[编码]",
    ]  # fmt: skip


# ---- 4. and 5.


def test_charts_and_sheets_that_do_not_refer_to_the_table_stay_byte_for_byte() -> None:
    content = decorated(rows=3)
    assert differing(content, appended(content, NEW, NEW)) == {SHEET, TABLE, WORKBOOK}


def test_a_sheet_without_rows_stays_byte_for_byte() -> None:
    sheet = b"<worksheet><sheetData/><drawing/></worksheet>"
    assert spliced_sheet(sheet, {}) == sheet


def test_everything_comes_back_when_the_rows_are_taken_out() -> None:
    content = with_formulas(decorated(rows=3), {("附表", 3, 1): "SUM(台账!C4:C6)", ("台账", 1, 9): "ROWS($A$3:$A$6)"})
    for piece, _ in AROUND[:4]:
        content = with_part(content, SHEET, ("</worksheet>", f"{piece}</worksheet>"))
    editor = BookEditor(appended(content, NEW, NEW, NEW))
    editor.shrink_table("流水", 3)
    before, after = Package(content), Package(editor.save())
    assert {name: after.read(name) for name in after.names} == {name: before.read(name) for name in before.names}


def test_a_sheet_that_cannot_be_rewritten_stops_only_what_must_change_it() -> None:
    content = with_part(decorated(rows=3), OTHER, ("</sheetData>", "<!-- 手工 --></sheetData>"))
    assert problems_of(appended(content, NEW)) == []


@requires_libreoffice
def test_libreoffice_computes_what_followed(tmp_path: Path) -> None:
    content = with_formulas(
        decorated(rows=3), {("附表", 3, 1): "SUM(台账!C4:C6)", ("附表", 3, 2): 'COUNTIF(台账!A4:A6,"T*")'}
    )
    (tmp_path / "in.xlsx").write_bytes(appended(content, NEW, NEW))
    cells = Book(recalculate(tmp_path / "in.xlsx", tmp_path / "out.xlsx").read_bytes()).cells("附表").cells
    assert [cells[3, c].value for c in (1, 2)] == [0.75 + 2 * 0.5, 5]


def test_an_edit_wins_over_what_would_follow() -> None:
    editor = BookEditor(with_formulas(decorated(rows=3), {("附表", 3, 1): "SUM(台账!C4:C6)"}))
    editor.append_rows("流水", [NEW])
    editor.edit("附表", 3, 1, Put("改"))
    assert Book(editor.save()).cells("附表").cells[3, 1].value == "改"
