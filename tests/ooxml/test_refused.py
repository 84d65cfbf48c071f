"""What the engine refuses rather than write a wrong file, and that the sentence says how to mend it.

1. Below the table. 2. Array formulas and data tables. 3. Signed, shared and locked workbooks, odd packages.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest

from tests.ooxml.examples import SHEET, decorated, zipped
from tests.ooxml.test_editor import NEW, TABLE, appended, differing, refused
from tests.ooxml.test_follow import OTHER, with_part
from tjxl.errors import PackageError
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import Package
from tjxl.ooxml.splice import Edit, Put, PutFormula, Recalculated, Remove

RELATION = "http://schemas.openxmlformats.org/{}"


def code_of(action: Callable[[], object]) -> str:
    with pytest.raises(PackageError) as caught:
        action()
    assert str(caught.value).strip()
    return caught.value.code


# ---- 1. below the table


def test_merged_cells_below_the_table() -> None:
    content = with_part(
        decorated(rows=3),
        SHEET,
        ("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="D8:F9"/></mergeCells>'),
    )
    assert Book(appended(content, NEW)).tables["流水"].last_row == 7
    with pytest.raises(PackageError) as caught:
        appended(content, NEW, NEW)
    assert (caught.value.code, caught.value.facts) == ("E315", {"sheet": "台账", "row": 8})


def test_merged_cells_beside_the_table_do_no_harm() -> None:
    content = with_part(
        decorated(rows=3),
        SHEET,
        ("</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="F5:G9"/></mergeCells>'),
    )
    assert b'<mergeCell ref="F5:G9"/>' in Package(appended(content, NEW, NEW)).read(SHEET)


def test_no_more_rows() -> None:
    package = Package(decorated(rows=3))
    table = package.read(TABLE).replace(b"A3:D6", b"A3:D1048576")
    sheet = package.read(SHEET).replace(
        b"</sheetData>", b'<row r="1048576"><c r="A1048576"><v>1</v></c></row></sheetData>'
    )
    assert refused("E316", package.rewritten({TABLE: table, SHEET: sheet})) == {"sheet": "台账"}


# ---- 2. formulas that fill several cells

BLOCKS = {
    "array": '<c r="A30"><f t="array" ref="A30:B31">ROW(A1:B2)</f><v>1</v></c>',
    "spilled": '<c r="A30" cm="1"><f t="array" ref="A30:B31">SEQUENCE(2,2)</f><v>1</v></c>',
    "data table": '<c r="A30"><f t="dataTable" ref="A30:B31" dt2D="1" dtr="1" r1="C1" r2="D1"/><v>1</v></c>',
}


def with_block(kind: str) -> bytes:
    rows = f'<row r="30">{BLOCKS[kind]}<c r="B30"><v>2</v></c></row><row r="31"><c r="A31"><v>3</v></c></row>'
    return with_part(decorated(rows=3), OTHER, ("</sheetData>", f"{rows}</sheetData>"))


@pytest.mark.parametrize("kind", BLOCKS)
@pytest.mark.parametrize("edit", [Put(1), Put(None), PutFormula("1", 1), Remove()])
@pytest.mark.parametrize("place", [(30, 1), (30, 2), (31, 2)])
def test_a_part_of_an_array_is_not_changed(kind: str, edit: Edit, place: tuple[int, int]) -> None:
    editor = BookEditor(with_block(kind))
    editor.edit("附表", *place, edit)
    with pytest.raises(PackageError) as caught:
        editor.save()
    assert caught.value.code == "E317"
    assert caught.value.facts == {"sheet": "附表", "cell": {(30, 1): "A30", (30, 2): "B30", (31, 2): "B31"}[place]}


@pytest.mark.parametrize("kind", BLOCKS)
def test_a_whole_array_is_replaced_and_its_value_refreshed(kind: str) -> None:
    editor = BookEditor(with_block(kind))
    for row in (30, 31):
        for column in (1, 2):
            editor.edit("附表", row, column, Put(row))
    cells = Book(editor.save()).cells("附表").cells
    assert [(cells[r, c].value, cells[r, c].formula) for r in (30, 31) for c in (1, 2)] == [
        (30, None), (30, None), (31, None), (31, None)
    ]  # fmt: skip
    editor = BookEditor(with_block(kind))
    editor.edit("附表", 30, 1, Recalculated(5))
    assert BLOCKS[kind].replace("<v>1</v>", "<v>5</v>").encode() in Package(editor.save()).read(OTHER)


def test_an_array_formula_of_one_cell_is_a_cell_like_any_other() -> None:
    content = with_part(
        decorated(rows=3),
        OTHER,
        ("</sheetData>", '<row r="30"><c r="A30"><f t="array" ref="A30">SUM(1,2)</f><v>3</v></c></row></sheetData>'),
    )
    editor = BookEditor(content)
    editor.edit("附表", 30, 1, Put("改"))
    assert Book(editor.save()).cells("附表").cells[30, 1].value == "改"


# ---- 3. packages


def related(content: bytes, rels: str, kind: str, target: str) -> bytes:
    return with_part(
        content,
        rels,
        ("</Relationships>", f'<Relationship Id="rId98" Type="{kind}" Target="{target}"/></Relationships>'),
    )


@pytest.mark.parametrize(
    ("code", "rels", "kind", "target"),
    [
        (
            "E318",
            "_rels/.rels",
            RELATION.format("package/2006/relationships/digital-signature/origin"),
            "_xmlsignatures/origin.sigs",
        ),
        (
            "E319",
            "xl/_rels/workbook.xml.rels",
            RELATION.format("officeDocument/2006/relationships/revisionHeaders"),
            "revisions/revisionHeaders.xml",
        ),
    ],
)
def test_signed_and_shared_workbooks(code: str, rels: str, kind: str, target: str) -> None:
    content = related(decorated(rows=3), rels, kind, target)
    assert code_of(lambda: appended(content, NEW)) == code
    assert differing(content, appended(content)) == set()  # reading, and writing nothing, is free


def test_a_locked_workbook_says_so() -> None:
    locked = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512) + "EncryptedPackage".encode("utf-16-le") + bytes(512)
    assert code_of(lambda: Book(locked)) == "E307"
    assert code_of(lambda: Book(locked.replace("Enc".encode("utf-16-le"), bytes(6)))) == "E302"


def test_two_parts_of_one_name() -> None:
    out = io.BytesIO(decorated())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as z:
        z.writestr(SHEET, b"<worksheet/>")
    assert code_of(lambda: BookEditor(out.getvalue())) == "E302"


def test_parts_in_utf_16_are_not_changed() -> None:
    package = Package(decorated(rows=3))
    text = package.read(SHEET).decode().replace("UTF-8", "UTF-16").encode("utf-16")
    content = package.rewritten({SHEET: text})
    assert code_of(lambda: appended(content, NEW)) == "E305"
    editor = BookEditor(content)
    editor.edit("附表", 3, 1, Put("改"))
    assert differing(content, editor.save()) == {OTHER}


def test_streamed_and_stored_packages_are_spliced() -> None:
    """Data descriptors (as streaming writers leave them), members that are not packed, odd levels: all the same."""
    package = Package(decorated(rows=3))
    parts = {name: package.read(name) for name in package.names}

    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def tell(self) -> int:
            raise OSError

    streamed = Stream()
    with zipfile.ZipFile(streamed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as z:
        for name, part in parts.items():
            z.writestr(name, part, zipfile.ZIP_STORED if name.endswith("png") else None)
    assert Package(appended(streamed.getvalue(), NEW)).read(SHEET) == Package(appended(zipped(parts), NEW)).read(
        SHEET
    )
