"""Zip archives whose members are copied as they are stored."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tjxl.ooxml.rawzip import Member, deflate, read_members, write_members


def archive(flavour: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", flavour) as z:
        for name, content in (("xl/a.xml", b"<a/>" * 999), ("媒体/图.png", b"\x89PNG"), ("empty", b"")):
            info = zipfile.ZipInfo(name, (2022, 6, 30, 12, 34, 56))
            info.compress_type, info.external_attr = flavour, 0o644 << 16
            z.writestr(info, content)
    return out.getvalue()


@pytest.mark.parametrize("flavour", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_a_copied_archive_is_the_same_to_the_standard_library(flavour: int) -> None:
    old, new = archive(flavour), write_members(read_members(archive(flavour)))
    with zipfile.ZipFile(io.BytesIO(old)) as a, zipfile.ZipFile(io.BytesIO(new)) as b:
        assert b.testzip() is None
        for x, y in zip(a.infolist(), b.infolist(), strict=True):
            assert (x.filename, x.date_time, x.external_attr, x.compress_type, x.CRC) == (
                y.filename, y.date_time, y.external_attr, y.compress_type, y.CRC
            )  # fmt: skip
            assert a.read(x) == b.read(y)


def test_members_are_not_packed_again() -> None:
    members = read_members(archive())
    assert read_members(write_members(members)) == members
    assert all(m.data in archive() for m in members)


def test_the_same_content_gives_the_same_bytes() -> None:
    made = [write_members([deflate("a", b"1" * 99), deflate("b", b"2")]) for _ in range(2)]
    assert made[0] == made[1]


def test_a_streamed_archive_loses_its_data_descriptors() -> None:
    """Archives written to a pipe give sizes after the data; the sizes of the directory are used."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

    out = Pipe()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("a", b"content" * 100)
    with zipfile.ZipFile(io.BytesIO(write_members(read_members(out.getvalue())))) as z:
        assert z.read("a") == b"content" * 100
        assert z.getinfo("a").flag_bits == 0


def test_text_before_the_archive_is_passed_over() -> None:
    assert read_members(b"#!/bin/sh\n" + archive()) == read_members(archive())


@given(st.binary(max_size=2000), st.integers(0, 9))
def test_deflated_members_inflate(content: bytes, level: int) -> None:
    with zipfile.ZipFile(io.BytesIO(write_members([deflate("部件.xml", content, level)]))) as z:
        assert z.read("部件.xml") == content


def test_deflate_keeps_date_and_attributes_of_the_member_replaced() -> None:
    old = Member("a", 0, 0, 0, b"", (2022, 6, 30, 1, 2, 4), 7)
    new = deflate("a", b"x", like=old)
    assert (new.date_time, new.external_attr) == (old.date_time, 7)


def test_an_encrypted_member_is_refused() -> None:
    """Its bytes are of no use, and copied without the flag they would be a broken part."""
    content = bytearray(archive())
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    with pytest.raises(zipfile.BadZipFile):
        read_members(bytes(content))


def test_a_member_that_is_not_all_there_is_refused() -> None:
    """Copied unread, it would take the bytes of its neighbours along."""
    content = bytearray(archive())
    central = content.index(b"PK\x01\x02")
    struct.pack_into("<L", content, central + 20, len(content))
    with pytest.raises(zipfile.BadZipFile):
        read_members(bytes(content))


def test_an_archive_over_4_gib_is_refused() -> None:
    huge = deflate("a", b"")

    class Long(bytes):
        def __len__(self) -> int:
            return 0xFFFF_FFF0

    with pytest.raises(ValueError, match="4 GiB"):
        write_members([Member("a", 0, 0, 0, Long()), huge])


@settings(deadline=None)  # megabytes are packed
@given(st.lists(st.binary(max_size=50) | st.just(b"0" * 600_000), max_size=8))
def test_a_part_given_in_pieces_is_the_part(pieces: list[bytes]) -> None:
    whole = deflate("a.xml", b"".join(pieces))
    packed = deflate("a.xml", pieces)
    assert (packed.crc, packed.size) == (whole.crc, whole.size)
    with zipfile.ZipFile(io.BytesIO(write_members([packed]))) as z:
        assert z.read("a.xml") == b"".join(pieces)
