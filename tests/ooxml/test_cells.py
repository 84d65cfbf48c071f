"""Cells as stored: kinds, formulas, texts, number formats, dates."""

from __future__ import annotations

import datetime as dt
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ooxml.examples import MAIN, book, worksheet
from tjxl.errors import PackageError
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import RawCell, from_serial, read_shared_strings, read_sheet, to_serial
from tjxl.ooxml.looks import read_number_classes
from tjxl.ooxml.refs import Range


def one(cell: str, strings: list[str] | None = None) -> RawCell | None:
    """The only cell of a sheet, A1."""
    return read_sheet(worksheet(f'<row r="1">{cell}</row>'), strings or []).cells.get((1, 1))


# ---- kinds ----


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        ('<c r="A1" s="3"><v>0.8</v></c>', RawCell(0.8, "number", 3, None)),
        ('<c r="A1" t="n"><v>1E-3</v></c>', RawCell(0.001, "number", 0, None)),
        ('<c r="A1" t="s"><v>1</v></c>', RawCell("乙", "text", 0, None)),
        ('<c r="A1" t="b"><v>1</v></c>', RawCell(True, "bool", 0, None)),
        ('<c r="A1" t="b"><v>0</v></c>', RawCell(False, "bool", 0, None)),
        ('<c r="A1" t="e"><v>#DIV/0!</v></c>', RawCell("#DIV/0!", "error", 0, None)),
        ('<c r="A1" t="d"><v>2022-06-30</v></c>', RawCell(44742.0, "date", 0, None)),
        ('<c r="A1" t="d"><v>六月</v></c>', RawCell("六月", "text", 0, None)),
        ('<c r="A1" t="str"><v>文</v></c>', RawCell("文", "text", 0, None)),
        ('<c r="A1" t="inlineStr"><is><t> 内 </t></is></c>', RawCell(" 内 ", "text", 0, None)),
        ('<c r="A1"><f>1+1</f><v>2</v></c>', RawCell(2.0, "number", 0, "1+1")),
        ('<c r="A1" t="str"><f>"a"</f><v>a</v></c>', RawCell("a", "text", 0, '"a"')),
        ('<c r="A1" t="e"><f>1/0</f><v>#DIV/0!</v></c>', RawCell("#DIV/0!", "error", 0, "1/0")),
        ('<c r="A1" t="b"><f>1=1</f><v>1</v></c>', RawCell(True, "bool", 0, "1=1")),
    ],
)
def test_kinds(xml: str, expected: RawCell) -> None:
    assert one(xml, ["甲", "乙"]) == expected


@pytest.mark.parametrize(
    "xml",
    ['<c r="A1"/>', '<c r="A1" s="3"/>', '<c r="A1" t="s"/>', '<c r="A1"><v/></c>', '<c r="A1" t="str"><v/></c>'],
)
def test_empty_cells_are_not_there(xml: str) -> None:
    assert one(xml) is None


@pytest.mark.parametrize(
    ("xml", "value"),
    [
        ('<c r="A1"><f>B1</f></c>', None),  # a script wrote it, nothing has calculated it
        ('<c r="A1"><f>B1</f><v></v></c>', None),  # as openpyxl writes it
        ('<c r="A1" t="str"><f>B1</f></c>', None),
        ('<c r="A1" t="str"><f>B1</f><v></v></c>', ""),  # calculated: an empty text
    ],
)
def test_a_formula_without_value_differs_from_one_that_gives_an_empty_text(xml: str, value: str | None) -> None:
    cell = one(xml)
    assert cell is not None
    assert (cell.value, cell.formula) == (value, "B1")


@pytest.mark.parametrize(
    "xml",
    [
        '<c r="A1" t="s"><v>2</v></c>',
        '<c r="A1" t="s"><v>-1</v></c>',
        '<c r="A1" t="s"><v>x</v></c>',
        '<c r="A1"><v>八</v></c>',
        '<c r="A1"><v>NaN</v></c>',
        '<c r="A1"><v>1e999</v></c>',
    ],
)
def test_values_that_cannot_be(xml: str) -> None:
    with pytest.raises(PackageError) as caught:
        one(xml, ["甲", "乙"])
    assert caught.value.code == "E303"


# ---- texts ----


def strings(*items: str) -> list[str]:
    return read_shared_strings(f'<sst xmlns="{MAIN}">{"".join(f"<si>{i}</si>" for i in items)}</sst>'.encode())


def test_runs_are_joined_and_phonetic_hints_left_out() -> None:
    assert strings(
        "<t>普通</t>",
        '<r><rPr><b/></rPr><t>粗</t></r><r><t xml:space="preserve"> 细</t></r>'
        '<rPh sb="0" eb="1"><t>cu</t></rPh><phoneticPr fontId="1"/>',
        '<t>東京</t><rPh sb="0" eb="2"><t>トウキョウ</t></rPh>',
        "<t/>",
        "",
    ) == ["普通", "粗 细", "東京", "", ""]


def test_inline_runs_are_joined() -> None:
    cell = one(
        '<c r="A1" t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r><rPh sb="0" eb="1"><t>x</t></rPh></is></c>'
    )
    assert cell == RawCell("甲乙", "text", 0, None)


@pytest.mark.parametrize(
    ("stored", "text"),
    [
        ("a_x000D_b", "a\rb"),
        ("_x000a_", "\n"),
        ("_x005F_x000D_", "_x000D_"),
        ("_x005F_x005F_", "_x005F_"),
        ("_x00D_", "_x00D_"),
        ("_x00GG_", "_x00GG_"),
        ("_x000D", "_x000D"),
        ("__x0041__", "_A_"),
        ("_xD83D__xDE00_", "😀"),
        ("a_xD83D_b", "a\ufffdb"),  # half a character would break whatever prints it
    ],
)
def test_escaped_characters(stored: str, text: str) -> None:
    assert strings(f"<t>{stored}</t>") == [text]
    assert one(f'<c r="A1" t="str"><v>{stored}</v></c>') == RawCell(text, "text", 0, None)


def test_a_text_full_of_escapes_costs_no_more_than_another() -> None:
    """Copying the rest at each of them would take minutes."""
    assert strings(f"<t>{'_x0041_' * 400_000}</t>") == ["A" * 400_000]


# ---- formulas ----


def test_shared_formulas_as_excel_stores_them() -> None:
    sheet = read_sheet(
        worksheet(
            '<row r="2"><c r="C2"><f t="shared" ref="C2:D3" si="0">IF($A2="",B2*B$1,任务台账!A2)</f><v>1</v></c>'
            '<c r="D2"><f t="shared" si="0"/><v>2</v></c></row>'
            '<row r="3"><c r="C3"><f t="shared" si="0"/><v>3</v></c>'
            '<c r="E3"><f t="shared" si="9"/><v>4</v></c></row>'
        ),
        [],
    )
    assert sheet.formula(2, 3) == 'IF($A2="",B2*B$1,任务台账!A2)'
    assert sheet.formula(2, 4) == 'IF($A2="",C2*C$1,任务台账!B2)'
    assert sheet.formula(3, 3) == 'IF($A3="",B3*B$1,任务台账!A3)'
    assert sheet.formula(3, 5) is None  # follows a formula that the sheet does not have
    assert sheet.cells[3, 5].formula == ""  # and still is known to be one
    assert sheet.formula(9, 9) is None


def test_array_and_plain_formulas() -> None:
    sheet = read_sheet(
        worksheet(
            '<row r="1"><c r="A1"><f t="array" ref="A1:A2">SUM(B1:B2*2)</f><v>1</v></c><c r="B1"><v>5</v></c></row>'
        ),
        [],
    )
    assert (sheet.formula(1, 1), sheet.formula(1, 2)) == ("SUM(B1:B2*2)", None)


# ---- the sheet ----


def test_addresses_may_be_left_out() -> None:
    sheet = read_sheet(
        worksheet(
            "<row><c><v>1</v></c><c/><c><v>3</v></c></row>"
            '<row r="5"><c r="B5"><v>4</v></c><c><v>5</v></c></row><row><c><v>6</v></c></row>'
        ),
        [],
    )
    assert {place: cell.value for place, cell in sheet.cells.items()} == {
        (1, 1): 1, (1, 3): 3, (5, 2): 4, (5, 3): 5, (6, 1): 6
    }  # fmt: skip


def test_strict_namespace_prefix_and_none() -> None:
    cell = '<{0}row r="1"><{0}c r="A1"><{0}v>7</{0}v></{0}c></{0}row>'
    strict = "http://purl.oclc.org/ooxml/spreadsheetml/main"
    expected = {(1, 1): RawCell(7.0, "number", 0, None)}
    assert read_sheet(worksheet(cell.format(""), namespace=strict), []).cells == expected
    assert read_sheet(worksheet(cell.format("x:"), prefix="x"), []).cells == expected
    assert read_sheet(worksheet(cell.format("")).replace(f' xmlns="{MAIN}"'.encode(), b""), []).cells == expected


def test_comments_do_not_move_cells() -> None:
    sheet = worksheet("<row><c><v>1</v></c><!-- x --><c><v>2</v></c></row><!-- y --><row><c><v>3</v></c></row>")
    assert {p: c.value for p, c in read_sheet(sheet, []).cells.items()} == {(1, 1): 1, (1, 2): 2, (2, 1): 3}


def test_chosen_columns_alone() -> None:
    sheet = worksheet('<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c><c r="C1"><v>3</v></c></row>')
    assert list(read_sheet(sheet, [], frozenset({1, 3})).cells) == [(1, 1), (1, 3)]


def test_merged_and_hidden() -> None:
    rows = '<row r="2" hidden="1"/><row r="3" hidden="0"/><row r="4" hidden="true"><c r="A4"><v>1</v></c></row>'
    sheet = read_sheet(
        worksheet(rows, after='<mergeCells><mergeCell ref="A1:C1"/><mergeCell ref="B3:B4"/></mergeCells>'), []
    )
    assert sheet.merged == [Range(1, 1, 1, 3), Range(3, 2, 4, 2)]
    assert sheet.hidden_rows == [2, 4]
    with pytest.raises(PackageError) as caught:
        read_sheet(worksheet("", after='<mergeCells><mergeCell ref="?"/></mergeCells>'), [])
    assert caught.value.code == "E303"


@pytest.mark.parametrize("dimension", ["A1", "A1:A1", "A1:XFD1048576", "", "nonsense"])
def test_declared_dimension_is_not_believed(dimension: str) -> None:
    """WPS writes A1 for a full sheet; others declare the whole sheet for two cells."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="67"><c r="Q67"><v>2</v></c></row>'
    sheet = read_sheet(worksheet(rows, before=f'<dimension ref="{dimension}"/>'), [])
    assert list(sheet.cells) == [(1, 1), (67, 17)]
    assert sheet.bounds == (67, 17)


def test_a_stray_cell_in_the_far_corner_costs_nothing() -> None:
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>2</v></c></row>'
    content = book(worksheet(rows, before='<dimension ref="A1:XFD1048576"/>'))
    tracemalloc.start()
    began = time.perf_counter()
    sheet = Book(content).cells("表")
    assert time.perf_counter() - began < 0.5
    assert tracemalloc.get_traced_memory()[1] < 1_000_000
    tracemalloc.stop()
    assert sheet.bounds == (1_048_576, 16_384)
    assert len(sheet.cells) == 2


def test_no_sheet_data_is_an_empty_sheet() -> None:
    sheet = read_sheet(f'<worksheet xmlns="{MAIN}"/>'.encode(), [])
    assert (sheet.cells, sheet.bounds) == ({}, (0, 0))


# ---- number formats ----


def number_class(code: str) -> str:
    escaped = code.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")
    xml = (
        f'<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164" formatCode="{escaped}"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs><xf numFmtId="164"/></cellXfs></styleSheet>'
    )
    (found,) = read_number_classes(xml.encode())
    return found


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("General", "general"),
        ('General"项"', "general"),
        ("G/通用格式", "general"),  # what Chinese spreadsheet programs may call General
        ("0%", "percent"),
        ("0.00%;[Red]-0.00%", "percent"),
        ("0\\%", "number"),  # a percent sign for show
        ('0"%"', "number"),
        ("0", "number"),
        ("[Red]0", "number"),
        ('"百分比"0', "number"),
        ('"month"0', "number"),
        ("#,##0.00", "number"),
        ("#,##0.00_);(#,##0.00)", "number"),
        ('_ * #,##0.00_ ;_ * \\-#,##0.00_ ;_ * "-"??_ ;_ @_ ', "number"),
        ("[$¥-804]#,##0.00", "number"),
        ("0.00E+00", "number"),
        ('0"年"', "number"),
        ("0_d", "number"),  # a gap as wide as a d
        ('[=1]"是";[=0]"否"', "number"),
        ("@", "text"),
        ("yyyy-mm-dd", "date"),
        ("YYYY/M/D", "date"),
        ('yyyy"年"m"月"d"日"', "date"),
        ("yyyy年m月d日", "date"),
        ("[$-804]yyyy年m月", "date"),
        ('[DBNum1][$-804]yyyy"年"m"月"d"日";@', "date"),
        ("m月d日", "date"),
        ("yyyy.m.d;@", "date"),
        ("h:mm:ss", "date"),
        ("[h]:mm", "date"),
        ("[h]", "date"),
    ],
)
def test_number_classes(code: str, expected: str) -> None:
    assert number_class(code) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [(0, "general"), (1, "number"), (4, "number"), (9, "percent"), (10, "percent"), (14, "date"), (22, "date"),
     (31, "date"), (36, "date"), (37, "number"), (45, "date"), (48, "number"), (49, "text"), (57, "date"),
     (58, "date")],
)  # fmt: skip
def test_built_in_formats(number: int, expected: str) -> None:
    """27 to 36 and 50 to 58 are the dates of Chinese Excel (ECMA-376 part 1, 18.8.30)."""
    xml = f'<styleSheet xmlns="{MAIN}"><cellXfs><xf/><xf numFmtId="{number}"/></cellXfs></styleSheet>'.encode()
    assert read_number_classes(xml) == ("general", expected)


# ---- dates ----


@pytest.mark.parametrize(
    ("serial", "date"),
    [
        (1, dt.datetime(1900, 1, 1)),
        (59, dt.datetime(1900, 2, 28)),
        (61, dt.datetime(1900, 3, 1)),
        (44742, dt.datetime(2022, 6, 30)),
        (44742.75, dt.datetime(2022, 6, 30, 18)),
        (2_958_465, dt.datetime(9999, 12, 31)),
    ],
)
def test_serials_from_1900(serial: float, date: dt.datetime) -> None:
    assert from_serial(serial) == date
    assert to_serial(date) == serial


def test_the_29_february_1900_that_never_was() -> None:
    assert from_serial(60) == dt.datetime(1900, 2, 28)


def test_serials_from_1904() -> None:
    assert from_serial(0, date1904=True) == dt.datetime(1904, 1, 1)
    assert from_serial(43280, date1904=True) == dt.datetime(2022, 6, 30)
    assert to_serial(dt.date(2022, 6, 30), date1904=True) == 43280


@pytest.mark.parametrize("serial", [-1, -0.001, 2_958_466, 1e300, float("inf"), float("nan"), 2_958_465.9999999])
def test_what_is_no_date(serial: float) -> None:
    assert from_serial(serial) is None


@pytest.mark.parametrize("serial", [2_957_004, 2_958_465])
def test_beyond_9999_counted_from_1904(serial: float) -> None:
    assert from_serial(serial, date1904=True) is None


def test_whole_days_are_integers() -> None:
    assert isinstance(to_serial(dt.date(2022, 6, 30)), int)
    assert isinstance(to_serial(dt.datetime(2022, 6, 30)), int)


@given(st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(9999, 12, 31)), st.booleans())
def test_moments_come_back_to_the_second(moment: dt.datetime, date1904: bool) -> None:
    moment = moment.replace(microsecond=0)
    if not date1904 or moment.year >= 1904:
        assert from_serial(to_serial(moment, date1904), date1904) == moment


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1"><c r="B1"><v>1</v></c><c r="B1"><v>2</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v></c><c r="B1"/></row>',
        '<row r="1"><c r="B2"><v>1</v></c></row>',
        '<row r="1"><c r="B"><v>1</v></c></row>',
        '<row r="2"/><row r="1"><c r="B1"><v>1</v></c></row>',
        '<row r="1048577"><c r="B1048577"><v>1</v></c></row>',
        '<row r="1"><c r="B1"><v>1</v><v>2</v></c></row>',
        '<row r="1"><c r="B1"><v>1<x/></v></c></row>',
        '<row r="1"><c r="B1" t="inlineStr"><is><t>1</t></is><is><t>2</t></is></c></row>',
        '<row r="1"><c r="B1" t="inlineStr"><is><t>1</t><t>2</t></is></c></row>',
    ],
)
def test_what_readers_would_disagree_on_is_refused(rows: str) -> None:
    with pytest.raises(PackageError) as caught:
        read_sheet(worksheet(rows), [])
    assert caught.value.code == "E303"


def test_cells_out_of_order_are_read_where_they_say_they_stand() -> None:
    cells = read_sheet(worksheet('<row r="1"><c r="C1"><v>3</v></c><c r="B1"><v>2</v></c></row>'), []).cells
    assert {place: cell.value for place, cell in cells.items()} == {(1, 2): 2, (1, 3): 3}
