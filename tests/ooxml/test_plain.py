"""The fast way to read a plainly written sheet must say exactly what the general way says, or nothing.

1. Sheets of every writer, edited or not, read the same both ways; those of XlsxWriter and LibreOffice are plain.
2. Whatever is done to such a text, the fast way never accepts what the XML parser refuses, nor reads it differently.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.libreoffice import recalculate, requires_libreoffice
from tests.ooxml.examples import MAIN, SHEET, decorated, spliced_sheet, worksheet
from tests.ooxml.random_sheets import by_openpyxl, by_xlsxwriter, random_change, random_content
from tjxl.errors import PackageError
from tjxl.ooxml import cells, plain
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import SheetCells, read_shared_strings, read_sheet
from tjxl.ooxml.package import Package
from tjxl.ooxml.plain import NotPlainError, plain_sheet, read_plain_strings

STRINGS = [f"串{i}" for i in range(200)]


def both_ways(xml: bytes) -> tuple[SheetCells | str, SheetCells | str]:
    """What `read_sheet` gives, and what it gives when nothing counts as plain; an error by its code.

    A sheet that is read row by row, as a long one is in stretches, must read the same.
    """

    def read() -> SheetCells | str:
        try:
            return read_sheet(xml, STRINGS)
        except PackageError as error:
            return error.code

    with pytest.MonkeyPatch.context() as patch:
        as_is = read()
        patch.setattr(plain, "_STRETCH", 1)
        assert read() == as_is
        patch.setattr(cells, "plain_sheet", lambda _: None)
        return as_is, read()


def is_plain(xml: bytes) -> bool:
    sheet = plain_sheet(xml)
    if sheet is None:
        return False
    try:
        list(sheet.stretches())
    except NotPlainError:
        return False
    return True


def assert_plain_and_same(xml: bytes) -> None:
    assert is_plain(xml)
    fast, general = both_ways(xml)
    assert fast == general
    assert isinstance(fast, SheetCells)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("writer", [by_openpyxl, by_xlsxwriter])
def test_sheets_before_and_after_edits(writer: Callable[..., bytes], seed: int) -> None:
    rng = random.Random(seed)
    content = random_content(rng)
    sheet = Package(writer(content, rng, date1904=False)).read(SHEET)
    change = random_change(content, rng)
    edited = spliced_sheet(sheet, change.edits, new_rows=change.new_rows, dropped=change.dropped)
    for xml in (sheet, edited):
        fast, general = both_ways(xml)
        assert isinstance(fast, SheetCells)
        assert fast == general
    assert is_plain(edited) or writer is by_openpyxl  # which writes a formula without value as <v/>


@requires_libreoffice
def test_sheets_of_libreoffice(tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(decorated())
    saved = Book(recalculate(tmp_path / "in.xlsx", tmp_path / "out.xlsx").read_bytes())
    for sheet in saved.sheets.values():
        assert_plain_and_same(saved.package.read(sheet.part))


SHARED = worksheet(
    '<row r="1" hidden="1"><c r="A1" s="3" t="s"><v>1</v></c>'
    '<c r="B1"><f t="shared" ref="B1:B2" si="0">A1&amp;"&lt;"</f><v>2</v></c></row>'
    '<row r="2" hidden="0"/><row r="3"><c r="B3" t="str"><f t="shared" si="0"/><v></v></c>'
    '<c r="C3" t="inlineStr"><is><t xml:space="preserve"> 内&#10;_x000D_ </t></is></c>'
    '<c r="D3" t="b"><v>1</v></c></row>',
    after='<mergeCells count="1"><mergeCell ref="A1:A3"/></mergeCells>',
).replace(b"&#10;", b"\n")


def test_formulas_hidden_rows_and_merged_ranges() -> None:
    assert_plain_and_same(SHARED)


# Pieces of XML that mean something: put anywhere into a sheet, they are where two readers part ways.
PIECES = [
    "<", ">", "&", '"', "'", "/", "=", " ", "\n", "\r", "\t", "\x00", "\x0b", "]]>", "<![CDATA[x]]>", "<!--x-->",
    "<?x?>", "&amp;", "&#65;", "&x;", "<c/>", "<v>1</v>", "<row>", "</row>", '<row r="9">', '<c r="Z9"><v>1</v></c>',
    ' r="1"', ' t="s"', ' s="9"', ' hidden="1"', "<is><t>x</t></is>", "<r><t>x</t></r>", "</sheetData>",
    "<sheetData>", "<f/>", "<v/>", "１", "-", "_x0041_",
]  # fmt: skip


TEXTS = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    f'<sst xmlns="{MAIN}" count="4" uniqueCount="4"><si><t>完成 &amp; 推进</t></si><si></si>'
    '<si><t xml:space="preserve"> 内\n_x000D_ </t><phoneticPr fontId="1" type="noConversion"/></si>'
    "<si><t/></si></sst>"
)


def strings_both_ways(xml: bytes) -> tuple[list[str] | str, list[str] | str]:
    def read() -> list[str] | str:
        try:
            return read_shared_strings(xml)
        except PackageError as error:
            return error.code

    with pytest.MonkeyPatch.context() as patch:
        as_is = read()
        patch.setattr(plain, "_STRETCH", 1)
        assert read() == as_is
        patch.setattr(cells, "read_plain_strings", lambda *_: None)
        return as_is, read()


def test_shared_texts() -> None:
    plain = read_plain_strings(TEXTS.encode())
    assert plain is not None
    assert strings_both_ways(TEXTS.encode()) == (["完成 & 推进", "", " 内\n\r ", ""],) * 2


@pytest.mark.parametrize("piece", [*PIECES, "<si><t>x</t></si>", "<si>", "</si>", "</t>", "</sst>", "<t/>"])
def test_a_piece_of_xml_at_every_place_of_the_shared_texts(piece: str) -> None:
    for at in range(len(TEXTS)):
        fast, general = strings_both_ways((TEXTS[:at] + piece + TEXTS[at:]).encode())
        assert fast == general, TEXTS[:at] + f"⟨{piece}⟩" + TEXTS[at:]


@given(st.data())
def test_damaged_sheets(data: st.DataObject) -> None:
    text = SHARED.decode()
    for _ in range(data.draw(st.integers(1, 2))):
        at = data.draw(st.integers(0, len(text)))
        cut = data.draw(st.sampled_from([0, 0, 1, 2, 5]))
        text = text[:at] + data.draw(st.sampled_from(PIECES)) + text[at + cut :]
    fast, general = both_ways(text.encode())
    assert fast == general


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_of_xml_at_every_place(piece: str) -> None:
    text = SHARED.decode()
    for at in range(len(text)):
        fast, general = both_ways((text[:at] + piece + text[at:]).encode())
        assert fast == general, text[:at] + f"⟨{piece}⟩" + text[at:]
