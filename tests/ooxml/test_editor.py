"""Changing a workbook that an office has made its own.

1. Rows are added to a table; what ends with the table follows; what stands in the way stops the change.
2. Parts that are not touched are the same bytes as before.
3. Excel is told to recalculate; a calculation chain that no longer holds is dropped.
4. Every reader opens the result.
"""

from __future__ import annotations

import datetime as dt
import io
import re
from pathlib import Path

import openpyxl
import pytest
import python_calamine
import xlsxwriter

from tests.libreoffice import recalculate, requires_libreoffice
from tests.ooxml.examples import LEDGER_TITLES, MAIN, SHEET, book, decorated, parts_of_book, worksheet, zipped
from tjxl.errors import PackageError
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import Package
from tjxl.ooxml.refs import Range
from tjxl.ooxml.splice import NewRow, Put, PutFormula, Recalculated

TABLE = "xl/tables/table1.xml"
NEW = {"编码": "T900", "事项": "=1+1", "进度": 0.5, "日期": dt.date(2022, 6, 30)}


def appended(content: bytes, *rows: dict[str, object]) -> bytes:
    editor = BookEditor(content)
    editor.append_rows("流水", rows)
    return editor.save()


def refused(code: str, content: bytes, table: str = "流水") -> dict[str, object]:
    """The facts of the error that adding a row ends with."""
    with pytest.raises(PackageError) as caught:
        BookEditor(content).append_rows(table, [NEW])
    assert caught.value.code == code
    return caught.value.facts


def differing(old: bytes, new: bytes) -> set[str]:
    """Parts whose stored bytes differ, or that one of the two does not have."""
    a, b = Package(old), Package(new)
    assert [n for n in a.names if n in b] == [n for n in b.names if n in a]
    return {n for n in {*a.names, *b.names} if n not in a or n not in b or a.member(n) != b.member(n)}


# ---- 1. tables ----


def test_rows_are_added_under_the_table_with_its_looks() -> None:
    editor = BookEditor(decorated(rows=3))
    assert editor.append_rows("流水", [NEW, NEW]) == [7, 8]
    assert editor.append_rows("流水", [NEW]) == [9]
    assert editor.last_row("流水") == 9
    result = Book(editor.save())
    cells, styles = result.cells("台账").cells, [2, 2, 3, 4]
    for row in (7, 8, 9):
        assert [cells[row, c].value for c in range(1, 5)] == ["T900", "=1+1", 0.5, 44742.0]
        assert [cells[row, c].style for c in range(1, 5)] == styles == [cells[6, c].style for c in range(1, 5)]
        assert cells[row, 2].formula is None
        assert f'<row r="{row}" ht="33" customHeight="1"'.encode() in result.package.read(SHEET)
    assert result.tables["流水"] == Table(
        "流水", TABLE, "台账", Range(3, 1, 9, 4), {t: i for i, t in enumerate(LEDGER_TITLES, 1)}, 1, 0
    )


def test_what_ends_with_the_table_follows_and_nothing_else() -> None:
    old, new = decorated(rows=3), appended(decorated(rows=3), NEW, NEW)
    assert Package(new).read(TABLE) == Package(old).read(TABLE).replace(b'ref="A3:D6"', b'ref="A3:D8"')
    assert Package(new).read(TABLE).count(b'ref="A3:D8"') == 2  # the table and its filter
    sheet = Package(new).read(SHEET).decode()
    assert re.findall(r'sqref="([^"]*)"', sheet) == ["C4:C8", "G4:G6", "C4:C8"]
    assert re.findall(r"<xm:sqref>([^<]*)", sheet) == ["C4:C8"]
    names = dict(
        re.findall(r'<definedName name="([^"]*)"[^>]*>([^<]*)', Package(new).read("xl/workbook.xml").decode())
    )
    assert names == {
        "_xlnm._FilterDatabase": "附表!$A$2:$C$9",
        "_xlnm.Print_Area": "台账!$A$1:$D$8",
        "编码列": "台账!$A$4:$A$8",
        "别处": "台账!$G$4:$G$6",
    }


def test_names_of_a_sheet_whose_name_needs_quotes_follow() -> None:
    parts = Package(decorated())
    xml = parts.read("xl/workbook.xml").decode()
    xml = xml.replace('name="台账"', 'name="A&amp;B\'s 台账"').replace("台账!", "'A&amp;B''s 台账'!")
    result = appended(parts.rewritten({"xl/workbook.xml": xml.encode()}), NEW)
    assert Book(result).names["编码列"] == ("A&B's 台账", Range(4, 1, 7, 1))


def test_the_blank_row_of_an_empty_table_is_used_first() -> None:
    editor = BookEditor(decorated(rows=0))
    assert editor.append_rows("流水", [NEW]) == [4]
    assert differing(decorated(rows=0), editor.save()) == {SHEET}
    assert editor.append_rows("流水", [NEW]) == [5]
    result = Book(editor.save())
    assert result.tables["流水"].range == Range(3, 1, 5, 4)
    assert [result.cells("台账").cells[r, 4].style for r in (4, 5)] == [4, 4]


def test_excels_mark_of_an_empty_table_goes() -> None:
    """Excel marks the blank row of an empty table (insertRow); filled, it is a row like any other."""
    package = Package(decorated(rows=0))
    marked = package.read(TABLE).replace(b' totalsRowShown="0"', b' insertRow="1" totalsRowShown="0"')
    result = appended(package.rewritten({TABLE: marked}), NEW)
    assert Package(result).read(TABLE) == package.read(TABLE)


def test_blank_rows_at_the_end_are_used_but_not_those_between() -> None:
    editor = BookEditor(decorated(rows=4))
    for row, column in [(5, c) for c in range(1, 5)] + [(7, c) for c in range(1, 5)]:
        editor.edit("台账", row, column, Put(None))
    assert BookEditor(editor.save()).append_rows("流水", [NEW, NEW]) == [7, 8]


def test_empty_values_and_rows() -> None:
    editor = BookEditor(decorated(rows=3))
    assert editor.append_rows("流水", []) == []
    assert not editor.changed
    assert editor.append_rows("流水", [{"编码": "", "进度": None}, {}]) == [7, 8]
    assert editor.changed
    result = Book(editor.save())
    assert result.tables["流水"].last_row == 8
    assert result.cells("台账").bounds[0] == 6
    assert b'<row r="8"' in result.package.read(SHEET)


def test_something_below_the_table_stops_the_change() -> None:
    content = decorated(rows=3, below="合计")
    assert refused("E310", appended(content, NEW, NEW)) == {"sheet": "台账", "row": 9}
    with pytest.raises(PackageError, match="第 9 行"):
        appended(content, NEW, NEW, NEW)


def test_a_formula_without_value_below_the_table_stops_the_change() -> None:
    package = Package(decorated(rows=3))
    sheet = package.read(SHEET).replace(
        b"</sheetData>", b'<row r="7"><c r="C7"><f>SUM(C4:C6)</f></c></row></sheetData>'
    )
    assert refused("E310", package.rewritten({SHEET: sheet})) == {"sheet": "台账", "row": 7}


def test_content_beside_and_empty_cells_below_do_not_stop_it() -> None:
    editor = BookEditor(decorated(rows=3))
    editor.edit("台账", 7, 9, Put("旁注"))
    editor.edit("台账", 7, 2, Put(None, style=2))
    result = Book(appended(editor.save(), NEW))
    assert [result.cells("台账").cells[7, c].value for c in (1, 2, 9)] == ["T900", "=1+1", "旁注"]


def test_totals_row_stops_the_change() -> None:
    assert refused("E311", decorated(totals=True)) == {"sheet": "台账"}
    assert appended(decorated(totals=True)) is not None  # no row, no trouble


def test_missing_table() -> None:
    assert refused("E312", decorated(), "没有") == {"table": "没有"}


def test_unknown_title_is_an_error_of_the_program() -> None:
    with pytest.raises(KeyError):
        appended(decorated(), {"没有此列": 1})


def test_a_table_is_found_where_a_person_moved_it() -> None:
    """Rows above the header, columns to the left, the sheet renamed: titles still lead to the cells."""
    sheet = worksheet(
        '<row r="9"><c r="C9" t="inlineStr"><is><t>甲</t></is></c>'
        '<c r="D9" t="inlineStr"><is><t>乙</t></is></c></row>'
        '<row r="10"><c r="C10"><v>1</v></c></row>',
        after='<tableParts count="1"><tablePart xmlns:r="x" r:id="rId1"/></tableParts>',
    )
    parts = parts_of_book(sheet)
    parts["xl/tables/table1.xml"] = (
        f'<table xmlns="{MAIN}" id="1" name="n" displayName="流水" ref="C9:D10"><tableColumns count="2">'
        '<tableColumn id="1" name="乙"/><tableColumn id="2" name="甲"/></tableColumns></table>'
    ).encode()
    parts["xl/worksheets/_rels/sheet1.xml.rels"] = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        b'<Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/table" '
        b'Target="../tables/table1.xml"/></Relationships>'
    )
    result = Book(appended(zipped(parts), {"甲": 2, "乙": 3}))
    assert {p: c.value for p, c in result.cells("表").cells.items() if p[0] == 11} == {(11, 3): 3, (11, 4): 2}
    assert result.tables["流水"].range == Range(9, 3, 11, 4)


def test_the_last_rows_are_looked_for_from_below() -> None:
    """Appending to a long table takes apart its last row, not all that stands above."""
    editor = BookEditor(decorated(rows=300))
    looked_at: list[int] = []
    text = editor.book.text("台账")
    cells = text.cells
    text.cells = lambda row: looked_at.append(row) or cells(row)  # type: ignore[method-assign]
    assert editor.append_rows("流水", [NEW]) == [304]
    editor.save()
    assert set(looked_at) == {303}


def test_sheets_in_any_order_hidden_or_charts() -> None:
    """A sheet is found by its name, whatever its part is called, whatever stands before it, and hidden too."""
    import xlsxwriter

    out = io.BytesIO()
    wb = xlsxwriter.Workbook(out, {"in_memory": True})
    chart, other, ws = wb.add_chart({"type": "bar"}), wb.add_worksheet("先"), wb.add_worksheet("台账")
    ws.add_table("B2:C3", {"name": "流水", "columns": [{"header": "编码"}, {"header": "事项"}]})
    ws.print_area("A1:C3")
    other.write_formula("A1", "SUM(台账!B3:B3)")
    chart.add_series({"values": "=台账!$B$3:$B$3"})
    wb.add_chartsheet("图").set_chart(chart)
    ws.very_hidden()
    wb.close()
    package = Package(out.getvalue())
    workbook = package.read("xl/workbook.xml").decode()
    sheets = re.findall(r"<sheet [^>]*/>", workbook)
    turned = workbook.replace("".join(sheets), "".join(reversed(sheets)))
    new = appended(package.rewritten({"xl/workbook.xml": turned.encode()}), {"编码": "T1"}, {"编码": "T2"})
    book = Book(new)
    assert list(book.sheets) == ["台账", "先"]
    assert book.sheets["台账"].state == "veryHidden"
    assert book.tables["流水"].range == Range(2, 2, 4, 3)
    assert "台账!$A$1:$C$4" in book.package.read("xl/workbook.xml").decode()
    assert book.cells("先").formula(1, 1) == "SUM(台账!B3:B4)"
    assert differing(package.rewritten({}), new) == {
        "xl/workbook.xml", "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml", TABLE
    }  # fmt: skip


# ---- 2. the rest ----


def test_no_edit_leaves_every_part_as_it_was() -> None:
    editor = BookEditor(decorated())
    assert not editor.changed
    assert differing(decorated(), editor.save()) == set()


def test_an_edit_that_says_what_stands_there_leaves_every_part_as_it_was() -> None:
    """However the parts were packed, and without an order to recalculate."""
    content = with_chain(decorated())
    package = Package(content)
    content = package.rewritten({name: package.read(name) for name in package.names}, level=1)
    editor = BookEditor(content)
    editor.edit("附表", 2, 1, Recalculated(2))
    editor.edit("附表", 3, 3, Put(None))
    assert differing(content, editor.save()) == set()


def test_only_the_parts_of_the_edited_sheet_differ() -> None:
    old = decorated()
    editor = BookEditor(old)
    editor.edit("附表", 3, 1, Put("改"))
    assert editor.changed
    assert differing(old, editor.save()) == {"xl/worksheets/sheet2.xml"}
    assert differing(old, appended(old, NEW)) == {SHEET, TABLE, "xl/workbook.xml"}


def test_the_same_edits_again_give_the_same_bytes() -> None:
    def edited(content: bytes) -> bytes:
        editor = BookEditor(content)
        editor.edit("台账", 4, 3, Put(0.9))
        editor.edit("附表", 5, 5, PutFormula("A2*2", 4))
        editor.edit("台账", 1, 7, Recalculated(1.4))
        return editor.save()

    once = edited(decorated())
    assert once == edited(decorated())
    assert edited(once) == once


def test_a_part_can_be_replaced_whole() -> None:
    editor = BookEditor(decorated())
    chart = editor.book.package.read("xl/charts/chart1.xml")
    editor.set_part("xl/charts/chart1.xml", chart.replace(b"$C$6", b"$C$7"))
    assert editor.changed
    result = editor.save()
    assert differing(decorated(), result) == {"xl/charts/chart1.xml"}
    assert b"$C$7" in Package(result).read("xl/charts/chart1.xml")


def test_rows_by_model_and_growth_for_a_list_that_is_no_table() -> None:
    """A form: one model row, filled rows after its pattern, the model taken out."""
    sheet = worksheet(
        '<row r="1"><c r="A1" s="0" t="inlineStr"><is><t>标题</t></is></c></row>'
        '<row r="2" ht="30"><c r="A2" s="0"/></row>',
        after='<conditionalFormatting sqref="A2"><cfRule type="blank" priority="1"/></conditionalFormatting>',
    )
    editor = BookEditor(book(sheet))
    for row in (3, 4):
        editor.new_row("表", row, NewRow(2, 45))
        editor.edit("表", row, 1, Put(row))
    editor.drop_rows("表", frozenset({2}))
    editor.grow("表", Range(2, 1, 2, 1), 4)
    text = Package(editor.save()).read(SHEET).decode()
    assert re.findall(r'<row r="(\d)"', text) == ["1", "3", "4"]
    assert 'sqref="A2:A4"' in text
    assert text.count(' ht="45" customHeight="1"') == 2


# ---- 3. calculation ----


def with_chain(content: bytes, calculation: bytes = b'<calcPr calcId="191029"/>') -> bytes:
    """The workbook as Excel saves it: with a calculation chain and without the order to recalculate."""
    package = Package(content)
    chain = f'<calcChain xmlns="{MAIN}"><c r="A2" i="2"/><c r="G1" i="1"/></calcChain>'.encode()
    relation = (
        b'<Relationship Id="rId99" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain" '
        b'Target="calcChain.xml"/></Relationships>'
    )
    kind = (
        b'<Override PartName="/xl/calcChain.xml" ContentType='
        b'"application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"/></Types>'
    )
    rels, types = "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
    return package.rewritten(
        {
            "xl/calcChain.xml": chain,
            rels: package.read(rels).replace(b"</Relationships>", relation),
            types: package.read(types).replace(b"</Types>", kind),
            "xl/workbook.xml": re.sub(rb"<calcPr[^>]*/>", calculation, package.read("xl/workbook.xml")),
        }
    )


@pytest.mark.parametrize("edit", [Put(5), Put(None), PutFormula("2+2", 4)])
def test_overwriting_a_formula_drops_the_calculation_chain(edit: Put | PutFormula) -> None:
    editor = BookEditor(with_chain(decorated()))
    editor.edit("附表", 2, 1, edit)
    package = Package(editor.save())
    assert "xl/calcChain.xml" not in package
    original = Package(decorated())
    for part in ("xl/_rels/workbook.xml.rels", "[Content_Types].xml"):
        assert package.read(part) == original.read(part)


def test_dropping_a_formulas_row_drops_the_calculation_chain() -> None:
    editor = BookEditor(with_chain(decorated()))
    editor.drop_rows("附表", frozenset({2}))
    assert "xl/calcChain.xml" not in Package(editor.save())


def test_values_beside_formulas_and_new_results_keep_the_chain() -> None:
    content = with_chain(decorated())
    editor = BookEditor(content)
    editor.edit("附表", 2, 1, Recalculated(3))
    editor.edit("附表", 3, 1, Put(3))
    assert differing(content, editor.save()) == {"xl/worksheets/sheet2.xml", "xl/workbook.xml"}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('<calcPr calcId="191029"/>', '<calcPr calcId="191029" fullCalcOnLoad="1"/>'),
        (
            '<calcPr calcId="191029" fullCalcOnLoad="0" iterate="1"/>',
            '<calcPr calcId="191029" iterate="1" fullCalcOnLoad="1"/>',
        ),
        ("<calcPr></calcPr>", '<calcPr fullCalcOnLoad="1"></calcPr>'),
    ],
)
def test_excel_is_told_to_recalculate(before: str, after: str) -> None:
    content = with_chain(decorated(), before.encode())
    assert before.encode() in Package(content).read("xl/workbook.xml")
    assert after.encode() in Package(appended(content, NEW)).read("xl/workbook.xml")


# ---- 4. readers ----


@pytest.mark.filterwarnings("ignore:.* extension is not supported")
def test_openpyxl_opens_the_result() -> None:
    wb = openpyxl.load_workbook(io.BytesIO(appended(decorated(), NEW)))
    sheet = wb["台账"]
    assert [cell.value for cell in sheet[7]][:4] == ["T900", "=1+1", 0.5, dt.datetime(2022, 6, 30)]
    assert sheet["B7"].data_type == "s"
    assert sheet.tables["流水"].ref == "A3:D7"
    assert sheet.print_area == "'台账'!$A$1:$D$7"
    assert sheet["A4"].comment.text == "请核实"
    assert len(sheet._charts) == 1
    assert [str(area.sqref) for area in sheet.conditional_formatting] == ["C4:C7", "G4:G6"]
    assert wb["附表"].merged_cells.ranges == {openpyxl.worksheet.cell_range.CellRange("A1:C1")}


def test_calamine_opens_the_result() -> None:
    wb = python_calamine.load_workbook(io.BytesIO(appended(decorated(), NEW)))
    rows = wb.get_sheet_by_name("台账").to_python(skip_empty_area=False)
    assert rows[6][:4] == ["T900", "=1+1", 0.5, dt.date(2022, 6, 30)]
    assert wb.get_sheet_by_name("附表").to_python()[1][0] == 2


@requires_libreoffice
def test_libreoffice_opens_the_result_and_counts_the_new_rows(tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(appended(decorated(rows=3), NEW, NEW))
    result = Book(recalculate(tmp_path / "in.xlsx", tmp_path / "out.xlsx").read_bytes())
    cells = result.cells("台账").cells
    assert cells[1, 7].value == 3 * 0.25 + 2 * 0.5  # =SUM(流水[进度])
    assert [cells[8, c].value for c in range(1, 5)] == ["T900", "=1+1", 0.5, 44742]
    assert result.tables["流水"].range == Range(3, 1, 8, 4)


def test_appended_rows_are_edits_like_others_until_they_are_written() -> None:
    editor = BookEditor(decorated())
    editor.append_rows("流水", [{"编码": "T4", "事项": "", "进度": None}, {"编码": "T5", "进度": 0.5}])
    editor.edit("台账", 8, 2, Put("后来填写"))
    edits = editor.edits("台账")
    assert dict(edits) == {(7, 1): Put("T4"), (8, 1): Put("T5"), (8, 3): Put(0.5), (8, 2): Put("后来填写")}
    assert (edits.get((7, 2)), edits.get((9, 1)), edits.bounds) == (None, None, (8, 3))
    cells = Book(editor.save()).cells("台账").cells
    assert [cells[8, column].value for column in (1, 2, 3)] == ["T5", "后来填写", 0.5]


def test_rows_are_added_to_tables_side_by_side() -> None:
    out = io.BytesIO()
    workbook = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = workbook.add_worksheet("表")
    for name, at in (("左", 0), ("右", 3)):
        sheet.add_table(0, at, 1, at + 1, {"name": name, "columns": [{"header": "键"}, {"header": "值"}]})
    workbook.close()
    editor = BookEditor(out.getvalue())
    editor.append_rows("左", [{"键": "甲", "值": 1}, {"键": "乙"}, {"键": "丙"}])
    editor.append_rows("右", [{"键": "子"}, {"键": "丑", "值": 2}])
    rows = openpyxl.load_workbook(io.BytesIO(editor.save()))["表"].iter_rows(min_row=2, values_only=True)
    assert list(rows) == [("甲", 1, None, "子", None), ("乙", None, None, "丑", 2), ("丙", None, None, None, None)]


@pytest.mark.parametrize(
    "row",
    ['<row r="1" ht="86.25" customHeight="1" x="1">{}</row>', "<row r='1' customHeight='0'  ht='9' x='1' >{}</row>"],
)
def test_a_row_that_is_there_takes_a_height_and_nothing_else(row: str) -> None:
    editor = BookEditor(book(worksheet(row.format('<c r="A1"><v>1</v></c>') + '<row r="2" ht="30"/>')))
    editor.new_row("表", 1, NewRow(2, 45))
    assert editor.height("表", 1) == 45
    saved = Package(editor.save()).read(SHEET)
    (tag,) = re.findall(rb"<row r=.1.[^>]*>", saved)
    assert dict(re.findall(rb"""(\w+)=["']([^"']*)""", tag)) == {
        b"r": b"1",
        b"x": b"1",
        b"ht": b"45",
        b"customHeight": b"1",
    }
    assert b'<c r="A1"><v>1</v></c>' in saved


@pytest.mark.parametrize(
    ("pane", "opened"),
    [
        ('<pane xSplit="4" ySplit="2" topLeftCell="E3" state="frozen"/>', b"E9"),
        ('<pane xSplit="4" topLeftCell="E1" state="frozen"/>', b"E1"),  # its heading is not held in view
        ('<pane ySplit="900" topLeftCell="A5"/>', b"A5"),
    ],
)
def test_a_sheet_is_shown_from_a_row_below_those_that_stay_in_view(pane: str, opened: bytes) -> None:
    view = f'<sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews>'
    editor = BookEditor(book(worksheet("", before=view)))
    editor.show_from("表", 9)
    assert re.findall(rb'topLeftCell="(\w+)"', Package(editor.save()).read(SHEET)) == [opened]
