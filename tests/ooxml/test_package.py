"""Packages from strangers: broken, dangerous, or simply odd.

Whatever the bytes, the answer is a readable package or a ``PackageError``: E302 broken, E303 odd XML, E304 too large.
"""

from __future__ import annotations

import io
import struct
import tracemalloc
import warnings
import zipfile
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ooxml.examples import SHEET, book, decorated, parts_of_book, worksheet, zipped
from tjxl.errors import PackageError
from tjxl.ooxml.book import Book
from tjxl.ooxml.package import Limits, Package, parse_xml
from tjxl.ooxml.rawzip import Member, deflate, write_members


def code_of(content: bytes, part: str = "a") -> str:
    """The error's code that opening the package and reading a part of it ends with."""
    with pytest.raises(PackageError) as caught:
        Package(content).read(part)
    return caught.value.code


def read_everything(content: bytes) -> None:
    opened = Book(content)
    for sheet in opened.sheets:
        opened.cells(sheet)
    _ = opened.tables, opened.names, opened.number_classes, opened.date1904


# ---- too much ----


def bomb(size: int) -> Member:
    return deflate("a", b"\x00" * size, 9)


def test_a_bomb_is_refused_before_it_inflates() -> None:
    """Deflate packs blanks a thousand to one: 300 MB in 300 KB."""
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = b"".join(packed.compress(b" " * 1_000_000) for _ in range(300)) + packed.flush()
    content = write_members([Member("a", zipfile.ZIP_DEFLATED, 0, 300_000_000, data)])
    tracemalloc.start()
    assert code_of(content) == "E304"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_a_part_that_packs_well_is_not_taken_for_a_bomb() -> None:
    """10,000 rows all alike, at about 50 to 1."""
    rows = "".join(
        f'<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>正常推进</t></is></c></row>' for r in range(1, 10_001)
    )
    assert len(Book(book(worksheet(rows))).cells("表").cells) == 10_000
    assert len(Package(write_members([bomb(10_000_000)])).read("a")) == 10_000_000


@pytest.mark.parametrize(("said", "code"), [(5_000_000, "E302"), (99, "E302"), (0, "E302"), (14_000_000, "E304")])
def test_a_size_that_lies(said: int, code: str) -> None:
    """The directory's size is the sender's word: more than it says is never inflated, and it must be true."""
    member = bomb(1_000_000)
    lying = Member("a", member.method, member.crc, said, member.data)
    tracemalloc.start()
    assert code_of(write_members([lying])) == code
    assert tracemalloc.get_traced_memory()[1] < 3_000_000
    tracemalloc.stop()


@pytest.mark.parametrize(
    "limits", [Limits(members=19), Limits(total=199), Limits(part=9), Limits(work=9), Limits(members=20, total=0)]
)
def test_too_many_members_and_too_much_in_all(limits: Limits) -> None:
    few = write_members([deflate(f"{i}", b"0123456789") for i in range(20)])
    assert Package(few, Limits(members=20, total=200, part=10, work=10)).read("7") == b"0123456789"
    with pytest.raises(PackageError) as caught:
        Package(few, limits).read("7")
    assert caught.value.code == "E304"


def test_ten_thousand_and_one_members() -> None:
    assert code_of(write_members([deflate(f"{i}", b"") for i in range(10_001)])) == "E304"


# ---- broken ----


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"PK\x03\x04", b"\xd0\xcf\x11\xe0" * 200, b"PK\x05\x06" + b"\x00" * 17]
)
def test_no_zip(content: bytes) -> None:
    with pytest.raises(PackageError) as caught:
        read_everything(content)
    assert caught.value.code == "E302"


def test_an_empty_zip_is_no_workbook() -> None:
    with pytest.raises(PackageError) as caught:
        read_everything(zipped({}))
    assert caught.value.code == "E302"


def test_every_truncation_is_refused() -> None:
    content = decorated()
    for size in range(0, len(content), 97):
        with pytest.raises(PackageError) as caught:
            read_everything(content[:size])
        assert caught.value.code == "E302", size


@pytest.mark.parametrize("start", range(8))
def test_one_changed_byte_is_refused_or_does_no_harm(start: int) -> None:
    content = decorated()
    refused = 0
    for at in range(start, len(content), 8 * 13):
        broken = content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :]
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            try:
                read_everything(broken)
            except PackageError:  # any other error fails the test
                refused += 1
    # a checksum guards each part that is read; pictures are not read here, and some header bytes mean nothing
    assert refused > 0.25 * len(range(start, len(content), 8 * 13))


@given(st.binary(max_size=300))
def test_arbitrary_bytes_after_a_zip_signature(content: bytes) -> None:
    with pytest.raises(PackageError):
        read_everything(b"PK\x03\x04" + content)


def test_wrong_checksum() -> None:
    member = deflate("a", b"content")
    assert code_of(write_members([Member("a", member.method, member.crc ^ 1, member.size, member.data)])) == "E302"


def test_unknown_compression() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_BZIP2) as z:
        z.writestr("a", b"content")
    assert code_of(out.getvalue()) == "E302"


def test_no_deflate_stream() -> None:
    assert code_of(write_members([Member("a", zipfile.ZIP_DEFLATED, 0, 4, b"\xff\xff\xff\xff")])) == "E302"


def test_a_member_that_begins_elsewhere() -> None:
    content = bytearray(zipped({"a": b"content"}))
    central = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, central + 42, 3)
    assert code_of(bytes(content)) == "E302"


def test_two_parts_of_one_name_are_refused() -> None:
    """One reader takes the first, another the last: what was checked need not be what Excel shows."""
    assert code_of(write_members([deflate("a", b"1"), deflate("a", b"2")])) == "E302"


def test_an_absent_part() -> None:
    assert code_of(zipped({"b": b""})) == "E302"
    assert "b" in Package(zipped({"b": b""}))
    assert "a" not in Package(zipped({"b": b""}))


def test_no_workbook_part() -> None:
    parts = parts_of_book(worksheet(""))
    del parts["_rels/.rels"]
    with pytest.raises(PackageError) as caught:
        read_everything(zipped(parts))
    assert caught.value.code == "E302"


# ---- dangerous or odd XML ----

DOCTYPES = {
    "external entity": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>',
    "internal entity": '<!DOCTYPE a [<!ENTITY x "text">]><a b="&x;"/>',
    "a billion laughs": '<!DOCTYPE a [<!ENTITY x "ha"><!ENTITY y "&x;&x;"><!ENTITY z "&y;&y;">]><a>&z;</a>',
    "external subset": '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "doctype alone": "<!DOCTYPE a><a/>",
    "utf-16": '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE a [<!ENTITY x "text">]><a>&x;</a>',
}


@pytest.mark.parametrize("name", DOCTYPES)
def test_document_types_are_refused(name: str) -> None:
    with pytest.raises(PackageError) as caught:
        parse_xml(DOCTYPES[name].encode("utf-16" if name == "utf-16" else "utf-8"))
    assert caught.value.code == "E303"


@pytest.mark.parametrize(
    "xml",
    [b"", b"<a>", b"<a>\x00</a>", b"<a>&nbsp;</a>", b"<a/><b/>", b"\xff\xfe", b"<a>" * 300 + b"</a>" * 300, b"x"],
)
def test_no_xml(xml: bytes) -> None:
    with pytest.raises(PackageError) as caught:
        parse_xml(xml)
    assert caught.value.code == "E303"


def test_comments_and_instructions_are_passed_over() -> None:
    root = parse_xml(b"<a><!-- c --><?p i?><b>1<!-- 9 -->2</b></a>")
    assert [(child.tag, child.text) for child in root] == [("b", "12")]


# ---- relationships ----


def test_relationships_are_relative_absolute_or_external() -> None:
    rels = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="a" Type="t" Target="../media/1.png"/><Relationship Id="b" Type="t" Target="/xl/2.xml"/>'
        '<Relationship Id="c" Type="t" Target="3.xml"/>'
        '<Relationship Id="d" Type="t" Target="http://example.com/4" TargetMode="External"/></Relationships>'
    )
    package = Package(zipped({"xl/sheets/_rels/s.xml.rels": rels.encode()}))
    assert package.relations("xl/sheets/s.xml") == {
        "a": ("xl/media/1.png", "t"),
        "b": ("xl/2.xml", "t"),
        "c": ("xl/sheets/3.xml", "t"),
    }
    assert package.relations("xl/sheets/other.xml") == {}


def test_workbook_part_is_found_by_relationship() -> None:
    parts = parts_of_book(worksheet('<row r="1"><c r="A1"><v>7</v></c></row>'))
    parts["workbook.xml"] = parts.pop("xl/workbook.xml")
    parts["_rels/workbook.xml.rels"] = parts.pop("xl/_rels/workbook.xml.rels").replace(
        b"worksheets/", b"xl/worksheets/"
    )
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"xl/workbook.xml", b"workbook.xml")
    assert Book(zipped(parts)).cells("表").cells[1, 1].value == 7


# ---- rewriting ----


def test_rewritten_replaces_adds_and_removes() -> None:
    content = decorated()
    package = Package(content)
    result = Package(
        package.rewritten({SHEET: b"<a/>", "docProps/app.xml": None, "new.xml": b"<b/>", "absent": None})
    )
    assert result.names == [n for n in package.names if n != "docProps/app.xml"] + ["new.xml"]
    assert (result.read(SHEET), result.read("new.xml")) == (b"<a/>", b"<b/>")
    kept = [n for n in result.names if n not in (SHEET, "new.xml")]
    assert [result.member(n) for n in kept] == [package.member(n) for n in kept]
