"""What an .xls holds, record by record; a reader of long standing (xlrd) is the judge of what LibreOffice writes."""

from __future__ import annotations

import struct

import pytest

from tests.formats.biff import BOF_BOOK, EOF, compound, record, stream, text, xls
from tjxl.errors import PackageError
from tjxl.formats.opening import open_workbook
from tjxl.formats.xls import XlsBook
from tjxl.ooxml.cells import RawCell, class_of
from tjxl.ooxml.refs import Range

A1 = struct.pack("<3H", 0, 0, 0)


def one(records: bytes, book: bytes = b"") -> RawCell | None:
    """The cell A1 of a sheet of these records."""
    return XlsBook(xls({"表": records}, book)).cells("表").cells.get((1, 1))


def rk(value: int) -> bytes:
    return struct.pack("<L", value & 0xFFFF_FFFF)


def formula(result: bytes) -> bytes:
    return record(0x06, A1 + result + bytes(6) + struct.pack("<H", 3) + b"\x1e\x01\x00")


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        (record(0x0203, A1 + struct.pack("<d", 0.8)), RawCell(0.8, "number", 0, None)),
        (record(0x027E, A1 + rk(80 << 2 | 2)), RawCell(80.0, "number", 0, None)),
        (record(0x027E, A1 + rk(-80 << 2 | 2)), RawCell(-80.0, "number", 0, None)),
        (record(0x027E, A1 + rk(1234 << 2 | 3)), RawCell(12.34, "number", 0, None)),
        (record(0x027E, A1 + rk(0x3FF8_0000)), RawCell(1.5, "number", 0, None)),
        (record(0x0204, A1 + text("文 字\n二")), RawCell("文 字\n二", "text", 0, None)),
        (record(0x0204, A1 + b"\x03\x00\x00abc"), RawCell("abc", "text", 0, None)),
        (record(0x0205, A1 + b"\x01\x00"), RawCell(True, "bool", 0, None)),
        (record(0x0205, A1 + b"\x2a\x01"), RawCell("#N/A", "error", 0, None)),
        (record(0x0201, A1), None),
        (formula(struct.pack("<d", 2.0)), RawCell(2.0, "number", 0, "")),
        (formula(b"\x01\x00\x01\x00\x00\x00\xff\xff"), RawCell(True, "bool", 0, "")),
        (formula(b"\x02\x00\x17\x00\x00\x00\xff\xff"), RawCell("#REF!", "error", 0, "")),
        (formula(b"\x03\x00\x00\x00\x00\x00\xff\xff"), RawCell("", "text", 0, "")),
        (formula(b"\x00\x00\x00\x00\x00\x00\xff\xff") + record(0x0207, text("文")), RawCell("文", "text", 0, "")),
        (formula(b"\x00\x00\x00\x00\x00\x00\xff\xff"), RawCell(None, "text", 0, "")),  # its text never came
    ],
)
def test_cells(records: bytes, expected: RawCell | None) -> None:
    assert one(records) == expected


def test_several_numbers_in_one_record() -> None:
    data = struct.pack("<2H", 4, 1) + b"".join(struct.pack("<H", 0) + rk(n << 2 | 2) for n in (7, 8)) + b"\x02\x00"
    cells = XlsBook(xls({"表": record(0xBD, data)})).cells("表").cells
    assert {place: c.value for place, c in cells.items()} == {(5, 2): 7.0, (5, 3): 8.0}


def test_a_number_is_what_its_format_says() -> None:
    formats = record(0x041E, struct.pack("<H", 164) + text("yyyy/m/d"))
    styles = b"".join(record(0xE0, struct.pack("<2H", 0, n) + bytes(16)) for n in (0, 9, 164, 14))
    book = XlsBook(xls({"表": b""}, formats + styles))
    assert book.number_classes == ("general", "percent", "date", "date")


def test_merged_areas_hidden_rows_and_sheets_nobody_sees() -> None:
    row = record(0x0208, struct.pack("<6H", 6, 0, 0, 0, 0, 0) + struct.pack("<L", 0x20))
    merged = record(0xE5, struct.pack("<H4H", 1, 6, 8, 11, 11))
    cells = XlsBook(xls({"表": row + merged})).cells("表")
    assert (cells.hidden_rows, cells.merged) == ([7], [Range(7, 12, 9, 12)])


def test_days_counted_from_1904() -> None:
    assert XlsBook(xls({"表": b""}, record(0x22, b"\x01\x00"))).date1904


def test_a_shared_text_that_runs_over_two_records_and_changes_its_width() -> None:
    begun = struct.pack("<2L", 2, 2) + struct.pack("<HB", 5, 0) + b"ab"
    going_on = b"\x01" + "文字二".encode("utf-16-le") + struct.pack("<HB", 1, 0) + b"z"
    book = record(0xFC, begun) + record(0x3C, going_on)
    for number, expected in enumerate(("ab文字二", "z")):
        cell = one(record(0xFD, A1 + struct.pack("<L", number)), book)
        assert cell == RawCell(expected, "text", 0, None)


def test_a_shared_text_with_formatted_runs_and_a_phonetic_hint() -> None:
    rich = struct.pack("<HBHL", 1, 1 | 8 | 4, 1, 6) + "甲".encode("utf-16-le") + bytes(4) + bytes(6)
    book = record(0xFC, struct.pack("<2L", 2, 2) + rich + text("乙"))
    assert one(record(0xFD, A1 + struct.pack("<L", 1)), book) == RawCell("乙", "text", 0, None)


def test_cells_of_a_chart_on_the_sheet_are_not_the_sheets() -> None:
    chart = record(0x0809, struct.pack("<2H", 0x0600, 0x20) + bytes(12)) + record(0x0203, A1 + bytes(8)) + EOF
    after = record(0x0203, struct.pack("<3Hd", 1, 0, 0, 5.0))
    assert list(XlsBook(xls({"表": chart + after})).cells("表").cells) == [(2, 1)]


def test_pictures_are_counted_and_other_shapes_are_not() -> None:
    shapes = b"".join(
        record(0x5D, struct.pack("<3H", 0x15, 0x12, kind) + bytes(16)) for kind in (8, 8, 0x19, 0x14, 5)
    )
    assert XlsBook(xls({"表": shapes})).attachments("表") == 2


def test_links_to_other_files() -> None:
    assert XlsBook(xls({"表": b""}, record(0x01AE, struct.pack("<2H", 1, 6) + b"\x01a.xls"))).has_links
    assert not XlsBook(xls({"表": b""}, record(0x01AE, struct.pack("<H", 1) + b"\x01\x04"))).has_links


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (xls({"表": b""}, record(0x2F, bytes(54))), "E307"),
        (compound({"EncryptedPackage": b"?", "EncryptionInfo": b"?"}), "E307"),
        (xls({"表": b""}, storages=["_VBA_PROJECT_CUR"]), "E308"),
        (xls({"宏": b""}, kind=1), "E308"),
        (compound({"WordDocument": b"?"}), "E309"),
        (compound({"Book": b"?"}), "E309"),
        (compound({"Workbook": BOF_BOOK.replace(b"\x00\x06", b"\x00\x05") + EOF}), "E309"),
        (compound({"Workbook": b""}), "E302"),
        (compound({"Workbook": BOF_BOOK}), "E302"),
        (compound({"Workbook": stream({"表": b""})})[:700], "E302"),
        (xls({"表": b""}, record(0xFC, struct.pack("<2L", 9, 9) + text("甲"))), "E302"),
        (xls({"表": b""}, record(0xFC, struct.pack("<2L", 2**31, 2**31))), "E304"),
    ],
)
def test_what_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(PackageError) as caught:
        open_workbook(content)
    assert caught.value.code == code


def test_a_sheet_with_absurdly_many_cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tjxl.formats.xls.MAX_CELLS", 3)
    cells = b"".join(record(0x0203, struct.pack("<3Hd", r, 0, 0, 1.0)) for r in range(4))
    with pytest.raises(PackageError) as caught:
        XlsBook(xls({"表": cells})).cells("表")
    assert caught.value.code == "E304"


def test_absurdly_many_records(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tjxl.formats.records.MAX_RECORDS", 99)
    with pytest.raises(PackageError) as caught:
        XlsBook(xls({"表": b""}, record(0x01) * 100))
    assert caught.value.code == "E304"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_damage(value: float) -> None:
    with pytest.raises(PackageError):
        one(record(0x0203, A1 + struct.pack("<d", value)))


def test_a_chain_that_bites_its_tail() -> None:
    content = bytearray(xls({"表": b""}))
    fat = 512
    content[fat + 8 : fat + 12] = struct.pack("<L", 2)  # the third sector follows itself
    with pytest.raises(PackageError):
        open_workbook(bytes(content))


def test_class_of_a_style_that_is_not_there() -> None:
    cell = one(record(0x0203, struct.pack("<3Hd", 0, 0, 99, 1.0)))
    assert cell is not None
    assert class_of(cell, ()) == "general"
