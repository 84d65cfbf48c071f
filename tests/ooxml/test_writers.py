"""Workbooks as different programs write them: a table grows and shrinks in each of them alike.

1. Elements with a prefix (`x:`), Strict OOXML, absolute targets, parts under other names.
2. Saved by openpyxl and by LibreOffice.
3. WPS's wrong dimension, a macro workbook, Excel's blocks for newer and older programs.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from tests.libreoffice import recalculate, requires_libreoffice
from tests.ooxml.consistency import problems_of
from tests.ooxml.examples import MAIN, SHEET, decorated, zipped
from tests.ooxml.test_editor import NEW, TABLE, appended
from tests.ooxml.test_follow import with_formulas, with_part
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import Package
from tjxl.ooxml.refs import Range

pytestmark = pytest.mark.filterwarnings("ignore:.* extension is not supported")
Parts = dict[str, bytes]


def example() -> bytes:
    return with_formulas(decorated(rows=3), {("附表", 3, 1): "SUM(台账!C4:C6)"})


def rewritten(change: Callable[[Parts], Parts]) -> bytes:
    package = Package(example())
    return zipped(change({name: package.read(name) for name in package.names}))


def with_prefix(parts: Parts) -> Parts:
    for name in (SHEET, TABLE, "xl/workbook.xml", "xl/worksheets/sheet2.xml", "xl/styles.xml"):
        text = re.sub(r"<(/?)(?=[A-Za-z][\w.-]*[\s/>])", r"<\1x:", parts[name].decode())
        parts[name] = text.replace(f'xmlns="{MAIN}"', f'xmlns:x="{MAIN}"').encode()
    return parts


def strict(parts: Parts) -> Parts:
    words = {
        "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "http://purl.oclc.org/ooxml/spreadsheetml/main",
        "http://schemas.openxmlformats.org/officeDocument/2006/": "http://purl.oclc.org/ooxml/officeDocument/",
        "http://schemas.openxmlformats.org/drawingml/2006/": "http://purl.oclc.org/ooxml/drawingml/",
    }
    for name in [name for name in parts if name.endswith((".xml", ".rels"))]:
        for old, new in words.items():
            parts[name] = parts[name].replace(old.encode(), new.encode())
    return parts


def absolute_targets(parts: Parts) -> Parts:
    """And the sheet under another name, as some writers number their parts."""
    out = {
        re.sub(r"worksheets/(_rels/)?sheet1\.", r"worksheets/\1blatt.", name): part.replace(
            b"/sheet1.xml", b"/blatt.xml"
        )
        for name, part in parts.items()
    }
    rels = "xl/worksheets/_rels/blatt.xml.rels"
    out[rels] = out[rels].replace(b'"../', b'"/xl/')
    out["xl/_rels/workbook.xml.rels"] = re.sub(rb'Target="(?!/)', b'Target="/xl/', out["xl/_rels/workbook.xml.rels"])
    return out


def by_openpyxl() -> bytes:
    out = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(example())).save(out)
    return out.getvalue()


def plain(part: bytes) -> str:
    """Characters as themselves: openpyxl writes `&#21488;` for 台."""
    return html.unescape(part.decode(errors="replace"))


def assert_grows_and_shrinks(content: bytes) -> None:
    grown = appended(content, NEW, NEW)
    book = Book(grown)
    assert book.tables["流水"].range == Range(3, 1, 8, 4)
    cells = book.cells("台账").cells
    assert [cells[8, c].value for c in range(1, 5)] == ["T900", "=1+1", 0.5, 44742]
    assert [cells[8, c].style for c in range(1, 5)] == [cells[6, c].style for c in range(1, 5)]
    assert book.names["编码列"] == ("台账", Range(4, 1, 8, 1))
    assert book.names["别处"] == ("台账", Range(4, 7, 6, 7))
    assert re.sub(r"\$|'", "", str(book.cells("附表").formula(3, 1))) == "SUM(台账!C4:C8)"
    sheet = book.package.read(book.sheets["台账"].part).decode()
    ruled = re.findall(r'<(?:\w+:)?(?:conditionalFormatting|dataValidation)\b[^>]*sqref="(C[^"]*)"', sheet)
    assert set(ruled) == {"C4:C8"}
    editor = BookEditor(grown)
    editor.shrink_table("流水", 2)
    before, after = Package(content), Package(editor.save())
    for name in after.names:  # but for the order to recalculate, everything comes back
        if name != "xl/workbook.xml":
            assert plain(after.read(name)) == plain(before.read(name)), name


@pytest.mark.parametrize("change", [with_prefix, strict, absolute_targets])
def test_other_ways_of_writing(change: Callable[[Parts], Parts]) -> None:
    assert_grows_and_shrinks(rewritten(change))


def test_saved_by_openpyxl() -> None:
    content = by_openpyxl()
    assert_grows_and_shrinks(content)
    assert problems_of(appended(content, NEW)) == []


@requires_libreoffice
def test_saved_by_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(example())
    assert_grows_and_shrinks(recalculate(tmp_path / "in.xlsx", tmp_path / "out.xlsx").read_bytes())


@pytest.mark.parametrize("wrong", ["A1", "A1:XFD1048576"])
def test_a_wrong_dimension_is_not_believed(wrong: str) -> None:
    content = with_part(example(), SHEET, ('<dimension ref="A1:G6"/>', f'<dimension ref="{wrong}"/>'))
    assert Book(appended(content, NEW)).tables["流水"].last_row == 7


def test_macros_and_what_is_written_twice_for_older_programs_stay() -> None:
    block = (
        '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        '<mc:Choice Requires="x14"><controls><control shapeId="1025" r:id="rId9" name="按钮"/></controls></mc:Choice>'
        "</mc:AlternateContent>"
    )
    content = with_part(example(), SHEET, ("</worksheet>", f"{block}</worksheet>"))
    content = Package(content).rewritten({"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0" * 9})
    result = Package(appended(content, NEW))
    assert block in result.read(SHEET).decode()
    assert result.member("xl/vbaProject.bin") == Package(content).member("xl/vbaProject.bin")
