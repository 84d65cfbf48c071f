"""Changing a row by the beginnings of its cells must give, byte for byte, what taking all its cells apart gives.

1. Rows written in every way that XML allows, changed in every way, come out the same both ways, or are refused both.
2. So do rows after a typing error, as long as they are XML.
3. A row as spreadsheet programs write it is not taken apart cell by cell.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from tests.ooxml.examples import spliced_sheet, worksheet
from tjxl.errors import PackageError
from tjxl.ooxml import splice
from tjxl.ooxml.edits import Change, NewRow, Put, PutFormula, Recalculated, Remove, Reworded
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.sheet_text import SheetText

ROW, COLUMNS = 12, 8
MODEL = '<row r="2" ht="9"><c r="A2" s="3"/><c r="D2" s="4"/></row>'
PLAIN = [
    '<c r="{}"/>',
    '<c r="{}" s="2"/>',
    '<c r="{}" s="2" t="s"><v>7</v></c>',
    '<c r="{}" cm="1" s="1" t="str"><f t="array" ref="A1:c3">N(&lt;)</f><v>a:c b</v></c>',
    '<c r="{}" t="b"><f>1=1</f></c>',
    '<c r="{}" t="inlineStr"><is><t xml:space="preserve"> 内容 </t></is></c>',
]
ODD = [
    "<c><v>1</v></c>",
    "<c/>",
    '<c s="2" r="{}"/>',
    '<c r="{}" ><v>1</v></c >',
    "<c\nr='{}' s='2' t='n'><v>1</v></c>",
    '<c  r="{}"/>\n ',
    '<c r="{}"><is><r><rPr><color rgb="0"/></rPr><t>色</t></r></is></c>',
    '<c r="{}"><v>1</v><extLst><ext uri="x"/></extLst></c><extLst/>',
]
EDITS: list[Change] = [
    Put("新<值>"), Put(2.5), Put(""), Put(True, 9), PutFormula("A1&B1", "是"), PutFormula("A1", None, valued=False),
    Recalculated("新"), Recalculated(None), Recalculated(3), Reworded("A9<1"), Reworded("A9", Recalculated(1)),
    Remove(),
]  # fmt: skip


def changed(sheet: bytes, edits: dict[int, Change], **more: object) -> bytes | str:
    """The changed sheet, or the code of its refusal."""
    try:
        return spliced_sheet(sheet, {(ROW, column): edit for column, edit in edits.items()}, **more)
    except PackageError as error:
        return error.code


def assert_same_both_ways(sheet: bytes, edits: dict[int, Change], **more: object) -> None:
    as_is = changed(sheet, edits, **more)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(splice, "plain_row", lambda *_: None)
        assert as_is == changed(sheet, edits, **more)


def row_of(cells: str) -> str:
    return f'{MODEL}<row r="{ROW}" spans="1:9" ht="30">{cells}</row><row r="30"/>'


@st.composite
def rows(draw: st.DrawFn) -> str:
    """Mostly plain cells, mostly in order."""
    columns = sorted(draw(st.sets(st.integers(1, COLUMNS))))
    if draw(st.integers(0, 9)) == 0:
        columns = draw(st.permutations(columns))
    odd = draw(st.booleans())
    written = [draw(st.sampled_from(PLAIN + ODD if odd else PLAIN)) for _ in columns]
    return "".join(cell.format(cell_ref(ROW, column)) for cell, column in zip(written, columns, strict=True)) + draw(
        st.sampled_from(["", "", "", "\n"])
    )


@pytest.mark.parametrize(
    "cells",
    [
        '<c r="A12"/><c s="2" r="C12"/>',
        "<c r='A12'/>" + '<c r="C12"/>',
        '<c><v>1</v></c><c r="C12"/>',
        '<c r="A12"/><c/><c r="D12"/>',
        '<c r="C12"/><c r="B12"/>',
        '<c r="B12"/><c r="B12"/>',
        '<c r="B12"/><c r=\'A12\'/><c r="C12"/>',
        '<c r="b12"/><c r="C12"/>',
        '<c r="B7"/><c r="C12"/>',
        '<c r="B12"/>\n<c r="D12"><v>1</v></c>\n',
        ' <c r="B12"/>',
        'c r="B12"/>',
        '<c r="B12"/><x:c xmlns:x="y" r="C12"/>',
        "",
    ],
)
def test_each_cell_of_oddly_written_rows_changes_the_same_both_ways(cells: str) -> None:
    for column in range(1, 6):
        for edit in EDITS:
            assert_same_both_ways(worksheet(row_of(cells)), {column: edit})


changes = st.dictionaries(st.integers(1, COLUMNS + 2), st.sampled_from(EDITS), max_size=5)


@given(rows(), changes, st.booleans())
def test_rows_of_every_kind_change_the_same_both_ways(cells: str, edits: dict[int, Change], modelled: bool) -> None:
    assert_same_both_ways(worksheet(row_of(cells)), edits, new_rows={ROW: NewRow(2)} if modelled else {})


@given(rows(), changes, st.data())
def test_rows_with_a_typing_error_change_the_same_both_ways(
    cells: str, edits: dict[int, Change], data: st.DataObject
) -> None:
    at = data.draw(st.integers(0, len(cells)))
    typed = data.draw(st.sampled_from(["", "<", ">", "/", '"', "'", " ", "c", "1", "A", "<c", ' r="A12"', "<v/>"]))
    sheet = worksheet(row_of(cells[:at] + typed + cells[at + data.draw(st.integers(0, 2)) :]))
    try:
        etree.fromstring(sheet)
    except etree.XMLSyntaxError:
        return
    assert_same_both_ways(sheet, edits)


def test_a_plainly_written_row_is_not_taken_apart_cell_by_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    sheet = worksheet('<row r="12" spans="2:4"><c r="B12" s="1" t="s"><v>0</v></c><c r="D12"><f>1</f></c></row>')

    def refused(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(SheetText, "cells", refused)
    edits: dict[int, Change] = {1: Put(1), 2: Put("改"), 3: Put(None), 4: Recalculated(5), 5: Put(6)}
    written = changed(sheet, edits)
    assert isinstance(written, bytes)
    assert (
        '<row r="12"><c r="A12"><v>1</v></c>'
        '<c r="B12" s="1" t="inlineStr"><is><t xml:space="preserve">改</t></is></c>'
        '<c r="D12"><f>1</f><v>5</v></c><c r="E12"><v>6</v></c></row>'
    ).encode() in written
