"""Damaged files end in a `PackageError` or are read: nothing else comes out of them, and nothing hangs."""

from __future__ import annotations

import contextlib
import struct

from hypothesis import given
from hypothesis import strategies as st

from tests.formats.biff import record, text, xls
from tests.formats.test_ods import PACKED
from tests.office import zipped
from tjxl.errors import PackageError
from tjxl.formats.opening import open_workbook

_CELLS = (
    record(0xFD, struct.pack("<3HL", 0, 0, 0, 0))
    + record(0x0204, struct.pack("<3H", 1, 0, 0) + text("文字"))
    + record(0xBD, struct.pack("<2H", 2, 0) + bytes(12) + b"\x01\x00")
    + record(0x06, struct.pack("<3H", 3, 0, 0) + b"\x00" * 6 + b"\xff\xff" + bytes(8))
    + record(0x0207, text("结果"))
    + record(0xE5, struct.pack("<5H", 1, 0, 1, 0, 0))
    + record(0x5D, struct.pack("<3H", 0x15, 0x12, 8) + bytes(16))
)
_BOOK = (
    record(0x041E, struct.pack("<H", 164) + text("0%"))
    + record(0xE0, bytes(20))
    + record(0xFC, struct.pack("<2L", 2, 2) + text("甲"))
    + record(0x3C, text("乙"))
)
XLS = xls({"表": _CELLS, "附表": _CELLS}, _BOOK)
CONTENT = PACKED["content.xml"]

# Where to, how many bytes are replaced, by what.
_CHANGE = st.tuples(
    st.floats(0, 1), st.integers(0, 6), st.binary(max_size=6) | st.sampled_from([b"\xff" * 4, b"\0" * 4])
)
_CHANGES = st.lists(_CHANGE, min_size=1, max_size=4)


def changed(content: bytes, changes: list[tuple[float, int, bytes]]) -> bytes:
    for share, size, by in changes:
        at = int(share * len(content))
        content = content[:at] + by + content[at + size :]
    return content


def read_all(content: bytes) -> None:
    with contextlib.suppress(PackageError):
        book = open_workbook(content)
        for sheet in book.sheets:
            book.cells(sheet)
            book.attachments(sheet)
        assert isinstance(book.number_classes, tuple)


def test_the_undamaged_file_is_read() -> None:
    book = open_workbook(XLS)
    assert [c.value for c in book.cells("表").cells.values()] == ["甲", "文字", 0.0, 0.0, "结果"]


@given(_CHANGES)
def test_damaged_xls(changes: list[tuple[float, int, bytes]]) -> None:
    read_all(changed(XLS, changes))


@given(st.integers(0, len(XLS)))
def test_xls_cut_short(length: int) -> None:
    read_all(XLS[:length])


@given(_CHANGES)
def test_damaged_ods(changes: list[tuple[float, int, bytes]]) -> None:
    read_all(zipped(PACKED | {"content.xml": changed(CONTENT, changes)}))
