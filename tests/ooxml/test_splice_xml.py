"""The splice on hand-written XML.

1. Every way of writing a sheet that XML allows is either changed rightly or refused (E305).
2. Formulas that share one text survive the loss of the cell that holds it.
3. Rules on the last row of a range follow it.
"""

from __future__ import annotations

import re

import pytest

from tests.ooxml.examples import MAIN, spliced_sheet, worksheet
from tjxl.errors import PackageError
from tjxl.ooxml.cells import read_sheet
from tjxl.ooxml.refs import Range
from tjxl.ooxml.splice import Growth, NewRow, Put, PutFormula, Recalculated

Place = tuple[int, int]


def rows_of(sheet: bytes) -> str:
    """What stands in ``sheetData``."""
    return re.search(r"sheetData>(.*)</(?:\w+:)?sheetData>", sheet.decode(), re.DOTALL)[1]


def test_prefixed_elements() -> None:
    sheet = worksheet('<x:row r="2"><x:c r="B2"><x:v>1</x:v></x:c></x:row>', prefix="x")
    sheet = spliced_sheet(sheet, {(2, 1): Put("甲"), (2, 2): Put(2), (3, 1): PutFormula("B2", 2)})
    assert rows_of(sheet) == (
        '<x:row r="2"><x:c r="A2" t="inlineStr"><x:is><x:t xml:space="preserve">甲</x:t></x:is></x:c>'
        '<x:c r="B2"><x:v>2</x:v></x:c></x:row><x:row r="3"><x:c r="A3"><x:f>B2</x:f><x:v>2</x:v></x:c></x:row>'
    )


@pytest.mark.parametrize("empty", ["<sheetData/>", "<sheetData />", "<sheetData></sheetData>"])
def test_empty_sheet(empty: str) -> None:
    sheet = f'<worksheet xmlns="{MAIN}">{empty}<pageMargins left="1"/></worksheet>'.encode()
    changed = spliced_sheet(sheet, {(2, 1): Put(True)})
    assert changed.startswith(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
    assert rows_of(changed) == '<row r="2"><c r="A2" t="b"><v>1</v></c></row>'
    assert changed.endswith(b'</sheetData><pageMargins left="1"/></worksheet>')


def test_rows_and_cells_without_address_count_from_the_one_before() -> None:
    sheet = worksheet(
        '<row><c><v>1</v></c><c><v>2</v></c></row><row r="5"><c r="C5"><v>3</v></c><c/><c><v>5</v></c></row><row/>'
    )
    changed = spliced_sheet(sheet, {(1, 2): Put(20), (5, 5): Put(50), (6, 1): Put(6), (3, 1): Put(30)})
    assert {p: c.value for p, c in read_sheet(changed, []).cells.items()} == {
        (1, 1): 1, (1, 2): 20, (3, 1): 30, (5, 3): 3, (5, 5): 50, (6, 1): 6
    }  # fmt: skip


def test_rows_without_number_cannot_be_dropped() -> None:
    with pytest.raises(PackageError) as caught:
        spliced_sheet(worksheet("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>"), {}, dropped=frozenset({1}))
    assert caught.value.code == "E305"


def test_self_closed_row_keeps_its_attributes() -> None:
    changed = spliced_sheet(worksheet('<row r="3" ht="30" customHeight="1" />'), {(3, 2): Put(1)})
    assert rows_of(changed) == '<row r="3" ht="30" customHeight="1"><c r="B3"><v>1</v></c></row>'


@pytest.mark.parametrize("column", [1, 3, 5])
def test_spans_goes_when_a_cell_is_added(column: int) -> None:
    sheet = worksheet('<row r="1" spans="2:4" ht="30"><c r="B1"/><c r="D1"/></row>')
    assert "spans" not in rows_of(spliced_sheet(sheet, {(1, column): Put(1)}))
    assert 'spans="2:4"' in rows_of(spliced_sheet(sheet, {(1, 2): Put(1)}))


def test_single_quotes_white_space_and_unknown_insides() -> None:
    sheet = worksheet("\n <row\n r='1'\ts='2' >\n  <c r='A1' s='4' ><v>1</v></c >\n  <c r='B1'/>\n </row >\n")
    assert rows_of(spliced_sheet(sheet, {(1, 1): Put(2)})) == (
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
    changed = spliced_sheet(worksheet("", before=f'<dimension ref="{dimension}"/>'), {edit: Put(1)})
    assert f'<dimension ref="{expected}"/>'.encode() in changed


def test_new_cell_looks_like_its_model_or_row_or_column() -> None:
    columns = '<cols><col min="2" max="3" width="9" style="7"/></cols>'
    rows = '<row r="1" s="5" customFormat="1"><c r="A1" s="1"/></row><row r="2" s="5"><c r="A2" s="1"/></row>'
    edits = {(1, 2): Put(1), (2, 2): Put(2), (3, 1): Put(3), (3, 2): Put(4), (3, 4): Put(5)}
    changed = spliced_sheet(worksheet(rows, before=columns), edits, new_rows={3: NewRow(2)})
    assert {p: c.style for p, c in read_sheet(changed, []).cells.items()} == {
        (1, 2): 5, (2, 2): 7, (3, 1): 1, (3, 2): 7, (3, 4): 0
    }  # fmt: skip


def test_new_row_takes_the_models_looks_and_not_its_content() -> None:
    tag = '<row r="2" spans="1:2" ht="40" customHeight="1" hidden="1">'
    rows = f'{tag}<c r="A2" s="1"><v>9</v></c><c r="B2" s="3"/></row>'
    new = {3: NewRow(2), 4: NewRow(2, 15.5), 5: NewRow(2, 144, grows=True)}
    changed = spliced_sheet(worksheet(rows), {(3, 1): Put(1)}, new_rows=new)
    assert rows_of(changed) == (
        f'{rows}<row r="3" ht="40" customHeight="1"><c r="A3" s="1"><v>1</v></c><c r="B3" s="3"/></row>'
        '<row r="4" ht="15.5" customHeight="1"><c r="A4" s="1"/><c r="B4" s="3"/></row>'
        '<row r="5" ht="144" customHeight="0"><c r="A5" s="1"/><c r="B5" s="3"/></row>'
    )


def test_emptied_cell_keeps_its_style_and_an_absent_one_is_not_made() -> None:
    changed = spliced_sheet(
        worksheet('<row r="1"><c r="A1" s="2" t="s"><v>0</v></c></row>'), {(1, 1): Put(None), (1, 2): Put("")}
    )
    assert rows_of(changed) == '<row r="1"><c r="A1" s="2"/></row>'


def test_recalculated_changes_the_value_alone() -> None:
    sheet = worksheet(
        '<row r="1"><c r="A1" s="2" t="str" cm="1"><f t="array" ref="A1">X(&lt;)</f><v>a</v></c>'
        '<c r="B1"><v>1</v></c></row>'
    )
    changed = spliced_sheet(sheet, {(1, 1): Recalculated(3), (1, 2): Recalculated(3), (1, 3): Recalculated(3)})
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
        spliced_sheet(sheet, {(1, 1): Put(1)})
    assert caught.value.code == "E305"


def test_byte_order_mark_and_comment_in_the_head_do_no_harm() -> None:
    sheet = b"\xef\xbb\xbf" + worksheet("", before="<!-- made by hand -->")
    assert spliced_sheet(sheet, {(1, 1): Put(1)}) == b"\xef\xbb\xbf" + worksheet(
        '<row r="1"><c r="A1"><v>1</v></c></row>', before="<!-- made by hand -->"
    )


def test_rich_text_phonetic_hints_and_marks_of_other_cells_stay() -> None:
    others = (
        '<c r="A1" t="inlineStr"><is><r><rPr><b/></rPr><t>加</t></r><r><t xml:space="preserve"> 粗</t></r>'
        '<rPh sb="0" eb="1"><t>ka</t></rPh><phoneticPr fontId="1"/></is></c>'
        '<c r="B1" s="1" t="s" ph="1"><v>0</v></c><c r="C1" t="e" vm="1"><v>#VALUE!</v></c>'
        '<c r="D1" cm="1" t="str"><f t="array" ref="D1">LET(a,1,a)</f><v>一</v><extLst><ext uri="{x}"/></extLst></c>'
    )
    changed = spliced_sheet(
        worksheet(f'<row r="1">{others}<c r="E1" cm="1" vm="2" s="3"><v>1</v></c></row>'), {(1, 5): Put(2)}
    )
    # the cell that is set is a plain value from now on
    assert rows_of(changed) == f'<row r="1">{others}<c r="E1" s="3"><v>2</v></c></row>'


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
    changed = spliced_sheet(worksheet(SHARED), {(2, 4): Put("改"), (4, 4): PutFormula("1", 1)})
    assert formulas(changed) == {(2, 4): None, (3, 4): "A3&$B$1", (4, 4): "1", (4, 5): "A4", (5, 5): "A5"}
    assert '<row r="3"><c r="D3" s="2"><f>A3&amp;$B$1</f><v>2</v></c></row>' in rows_of(changed)


def test_dropping_the_row_of_the_first_gives_the_others_their_own_text() -> None:
    changed = spliced_sheet(worksheet(SHARED), {}, dropped=frozenset({2}))
    assert formulas(changed) == {(3, 4): "A3&$B$1", (4, 4): "A4&$B$1", (4, 5): "A4", (5, 5): "A5"}


def test_recalculating_or_overwriting_a_follower_leaves_the_shared_text() -> None:
    changed = spliced_sheet(worksheet(SHARED), {(2, 4): Recalculated(9), (3, 4): Put(None)})
    assert formulas(changed) == {(2, 4): "A2&$B$1", (4, 4): "A4&$B$1", (4, 5): "A4", (5, 5): "A5"}
    assert changed.count(b't="shared"') == 4


def test_a_cell_that_follows_a_lost_formula_and_gets_a_new_value() -> None:
    changed = spliced_sheet(worksheet(SHARED), {(2, 4): Put("改"), (3, 4): Recalculated(9)})
    assert '<row r="3"><c r="D3" s="2"><f>A3&amp;$B$1</f><v>9</v></c></row>' in rows_of(changed)


# ---- growth ----


def test_rules_on_the_last_row_follow_a_longer_range() -> None:
    after = (
        '<autoFilter ref="A1:C9"/><conditionalFormatting sqref="B2:B9 C2:C8 A9"/>'
        '<dataValidations><dataValidation type="list" sqref="A2:A9"/></dataValidations>'
        "<extLst><x14:conditionalFormatting><xm:sqref>C2:C9</xm:sqref></x14:conditionalFormatting></extLst>"
    )
    grown = spliced_sheet(worksheet("", after=after), {}, growth=[Growth(Range(1, 1, 9, 3), 12)])
    assert grown == worksheet(
        "",
        after=(
            '<autoFilter ref="A1:C12"/><conditionalFormatting sqref="B2:B12 C2:C8 A9:A12"/>'
            '<dataValidations><dataValidation type="list" sqref="A2:A12"/></dataValidations>'
            "<extLst><x14:conditionalFormatting><xm:sqref>C2:C12</xm:sqref></x14:conditionalFormatting></extLst>"
        ),
    )


def test_attributes_in_single_quotes_follow_too() -> None:
    after = "<autoFilter ref='A1:C9'/><conditionalFormatting sqref='B2:B9'/>"
    grown = spliced_sheet(worksheet("", after=after), {}, growth=[Growth(Range(1, 1, 9, 3), 12)])
    assert grown == worksheet("", after=after.replace("9", "12"))
