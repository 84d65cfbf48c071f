"""What an OpenDocument workbook holds: cells as the file tells them, and what is refused."""

from __future__ import annotations

import pytest

from tests.office import zipped
from tjxl.errors import PackageError
from tjxl.formats.ods import OdsBook
from tjxl.formats.opening import open_workbook
from tjxl.ooxml.cells import RawCell, class_of
from tjxl.ooxml.refs import Range

_SPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("draw", "drawing"),
    )
)
_EXTENDED = 'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'


def content(body: str, styles: str = "", before: str = "") -> bytes:
    """A content part."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>{before}<office:document-content {_SPACES} {_EXTENDED}>'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>{body}"
        "</office:spreadsheet></office:body></office:document-content>"
    ).encode()


def sheet(rows: str, name: str = "表") -> str:
    return f'<table:table table:name="{name}">{rows}</table:table>'


def row(cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{cells}</table:table-row>"


def text(value: str) -> str:
    return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'


def book(rows: str) -> OdsBook:
    return OdsBook(content(sheet(rows)))


@pytest.mark.parametrize(
    ("cell", "expected", "shown"),
    [
        ('office:value-type="float" office:value="0.8"', RawCell(0.8, "number", 0, None), "general"),
        ('office:value-type="percentage" office:value="1"', RawCell(1.0, "number", 1, None), "percent"),
        ('office:value-type="currency" office:value="5"', RawCell(5.0, "number", 3, None), "number"),
        ('office:value-type="date" office:date-value="2022-06-30"', RawCell(44742.0, "date", 2, None), "date"),
        (
            'office:value-type="date" office:date-value="2022-06-30T06:00:00"',
            RawCell(44742.25, "date", 2, None),
            "date",
        ),
        (
            'office:value-type="date" office:date-value="1788-06-30"',
            RawCell("1788-06-30", "text", 0, None),
            "general",
        ),
        ('office:value-type="time" office:time-value="PT18H00M00S"', RawCell(0.75, "number", 2, None), "date"),
        ('office:value-type="boolean" office:boolean-value="true"', RawCell(True, "bool", 0, None), "general"),
        ('office:value-type="string" office:string-value="文"', RawCell("文", "text", 0, None), "general"),
        (
            'table:formula="of:=1+1" office:value-type="float" office:value="2"',
            RawCell(2.0, "number", 0, "1+1"),
            "general",
        ),
        ('table:formula="of:=TODAY()"', RawCell(None, "number", 0, "TODAY()"), "general"),
    ],
)
def test_cells(cell: str, expected: RawCell, shown: str) -> None:
    opened = book(row(f"<table:table-cell {cell}/>"))
    found = opened.cells("表").cells[1, 1]
    assert (found, class_of(found, opened.number_classes)) == (expected, shown)


def test_an_error_value_is_told_by_the_text_that_shows_it() -> None:
    cell = '<table:table-cell table:formula="of:=1/0" office:value-type="string" calcext:value-type="error">'
    found = book(row(f"{cell}<text:p>#DIV/0!</text:p></table:table-cell>")).cells("表").cells
    assert found == {(1, 1): RawCell("#DIV/0!", "error", 0, "1/0")}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("甲</text:p><text:p>乙", "甲\n乙"),
        ("甲</text:p><text:p/><text:p>乙", "甲\n\n乙"),
        ('甲<text:s text:c="3"/>乙<text:tab/>丙<text:line-break/>丁<text:s/>', "甲   乙\t丙\n丁 "),
        ("甲\n   乙<text:span>丙</text:span>", "甲 乙丙"),
        ("=cmd|' /C calc'!A0", "=cmd|' /C calc'!A0"),
    ],
)
def test_texts(written: str, read: str) -> None:
    assert book(row(text(written))).cells("表").cells == {(1, 1): RawCell(read, "text", 0, None)}


def test_repeated_cells_and_rows_stand_where_they_are_shown() -> None:
    blank = '<table:table-cell table:number-columns-repeated="2"/>'
    twice = text("甲").replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="2"')
    rows = row(blank, 'table:number-rows-repeated="3"') + row(
        blank + twice + text("乙"), 'table:number-rows-repeated="2"'
    )
    cells = book(rows + row('<table:table-cell table:number-columns-repeated="16384"/>')).cells("表").cells
    assert {place: c.value for place, c in cells.items()} == {
        (r, c): value for r in (4, 5) for c, value in ((3, "甲"), (4, "甲"), (5, "乙"))
    }


def test_merged_areas_and_hidden_rows() -> None:
    spanned = text("甲").replace("<table:table-cell", '<table:table-cell table:number-rows-spanned="3"')
    cells = book(row(spanned) + row(text("乙"), 'table:visibility="filter"')).cells("表")
    assert (cells.merged, cells.hidden_rows) == ([Range(1, 1, 3, 1)], [2])


def test_what_is_no_content_of_a_cell() -> None:
    note = "<office:annotation><text:p>批注</text:p></office:annotation>"
    picture = "<draw:frame><draw:image/></draw:frame>"
    embedded = "<draw:frame><draw:object/><draw:image/></draw:frame>"
    chart = '<draw:frame><draw:object draw:notify-on-update-of-ranges="a"/><draw:image/></draw:frame>'
    box = "<draw:frame><draw:text-box><text:p>框</text:p></draw:text-box></draw:frame>"
    start = '<table:table-cell office:value-type="string">'
    cell = f"{start}{note}{picture}{embedded}<text:p>甲</text:p></table:table-cell>"
    opened = book(f"<table:shapes>{chart}{box}{picture}</table:shapes>" + row(cell))
    assert opened.cells("表").cells == {(1, 1): RawCell("甲", "text", 0, None)}
    assert opened.attachments("表") == 3


def test_sheets_that_nobody_sees_and_sheets_of_other_files() -> None:
    properties = '<style:table-properties table:display="false"/>'
    hidden = f'<style:style style:name="t" style:family="table">{properties}</style:style>'
    own = sheet(row(text("甲"))).replace("<table:table ", '<table:table table:style-name="t" ')
    foreign = sheet('<table:table-source table:mode="copy-results-only"/>' + row(text("乙")), "'file:///a.ods'#$表")
    opened = OdsBook(content(own + foreign, hidden))
    assert [(s.name, s.state) for s in opened.sheets.values()] == [("表", "hidden")]
    assert opened.has_links


@pytest.mark.parametrize(
    "formula", ["of:=['file:///c:/a.ods'#$Sheet1.A1]", "of:=DDE(&quot;cmd&quot;;&quot;/C calc&quot;;&quot;&quot;)"]
)
def test_formulas_that_reach_into_other_files_or_programs(formula: str) -> None:
    cell = f'<table:table-cell table:formula="{formula}" office:value-type="float" office:value="1"/>'
    assert book(row(cell)).has_links


PACKED = {
    "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
    "content.xml": content(sheet(row(text("甲")))),
}


def test_a_package_and_a_single_file_read_alike() -> None:
    flat = (
        PACKED["content.xml"]
        .replace(b"document-content", b"document")
        .replace(
            b"<office:document ",
            b'<office:document office:mimetype="application/vnd.oasis.opendocument.spreadsheet" ',
        )
    )
    for file in (zipped(PACKED), flat):
        assert open_workbook(file).cells("表").cells == {(1, 1): RawCell("甲", "text", 0, None)}


def absurd(times: int) -> bytes:
    return content(sheet(row(text("甲"), f'table:number-rows-repeated="{times}"')))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"content.xml": b"<a"}, "E303"),
        ({"content.xml": content("", before='<!DOCTYPE a [<!ENTITY b "c">]>')}, "E303"),
        ({"content.xml": absurd(1_000_000)}, "E304"),
        (
            {"content.xml": content(sheet(row(text("<text:s text:c='32000'/>" * 2000))))},
            "E304",
        ),
        (
            {"content.xml": content(sheet(row('<table:table-cell office:value-type="float" office:value="x"/>')))},
            "E302",
        ),
        ({"content.xml": content(sheet(row(text("甲"), 'table:number-rows-repeated="x"')))}, "E302"),
        ({"content.xml": content(sheet(row("", 'table:number-rows-repeated="1048576"') + row(text("甲"))))}, "E302"),
        ({"META-INF/manifest.xml": b"<m><encryption-data/></m>"}, "E307"),
        ({"Basic/Standard/Module1.xml": b"<m/>"}, "E308"),
        ({"mimetype": b"application/vnd.oasis.opendocument.text"}, "E309"),
    ],
)
def test_what_is_refused(changes: dict[str, bytes], code: str) -> None:
    with pytest.raises(PackageError) as caught:
        open_workbook(zipped(PACKED | changes))
    assert caught.value.code == code
