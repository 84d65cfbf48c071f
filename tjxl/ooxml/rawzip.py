"""Zip archives with members copied as compressed bytes.

The standard library can read a zip but cannot copy a member without inflating it. A package in which all but a
few parts stay byte for byte the same is written some ten times faster this way, and the parts provably are the
same. Written archives hold no timestamps of their own choosing: the same content gives the same bytes.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_ENTRY = b"PK\x01\x02"
_UTF8 = 0x800
_ENCRYPTED = 0x1
_LIMIT = 0xFFFF_FFFE
EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Member:
    """One archive member with its bytes as they are stored (deflated or plain)."""

    name: str
    method: int
    crc: int
    size: int
    data: bytes
    date_time: tuple[int, int, int, int, int, int] = EPOCH
    external_attr: int = 0


def deflate(name: str, content: bytes, level: int = 6, like: Member | None = None) -> Member:
    """`content` as a deflated member; date and attributes as those of `like`."""
    packer = zlib.compressobj(level, zlib.DEFLATED, -15)
    data = packer.compress(content) + packer.flush()
    return Member(
        name,
        zipfile.ZIP_DEFLATED,
        zlib.crc32(content),
        len(content),
        data,
        like.date_time if like else EPOCH,
        like.external_attr if like else 0,
    )


class ArchiveTooLargeError(ValueError):
    """An archive has more members than are read."""


def check_directory(archive: bytes, most: int) -> None:
    """Refuse an archive of more than `most` members before its directory is read.

    What the archive says of its own directory is the sender's word, so the entries themselves are counted: each
    begins with its signature. Those of an archive stored inside count too.

    Raises:
        ArchiveTooLargeError: there are more.
    """
    if archive.count(_ENTRY) > most:
        raise ArchiveTooLargeError


def read_members(archive: bytes, most: int = 10_000) -> list[Member]:
    """The members of an archive in its order, not inflated.

    Raises:
        ArchiveTooLargeError: there are more than `most`.
        zipfile.BadZipFile: the archive's directory or a member's header is broken, a member is encrypted, or members
            lie over each other.
    """
    check_directory(archive, most)
    members = []
    with zipfile.ZipFile(io.BytesIO(archive)) as z:
        if sum(info.compress_size for info in z.infolist()) > len(archive):
            raise zipfile.BadZipFile  # members that lie over each other, each copied whole, would fill the memory
        for info in z.infolist():
            start = info.header_offset
            header = archive[start : start + 30]
            if len(header) < 30 or header[:4] != b"PK\x03\x04":
                raise zipfile.BadZipFile(info.filename)
            name_size, extra_size = struct.unpack("<2H", header[26:30])
            start += 30 + name_size + extra_size
            data = archive[start : start + info.compress_size]
            if len(data) != info.compress_size or info.flag_bits & _ENCRYPTED:
                raise zipfile.BadZipFile(info.filename)
            members.append(
                Member(
                    info.filename,
                    info.compress_type,
                    info.CRC,
                    info.file_size,
                    data,
                    info.date_time,
                    info.external_attr,
                )
            )
    return members


def write_members(members: Iterable[Member]) -> bytes:
    """An archive of these members, in this order.

    Raises:
        ValueError: the archive would exceed 4 GiB.
    """
    out, directory, count, offset = [], [], 0, 0
    for m in members:
        if max(offset, m.size, len(m.data)) > _LIMIT:
            raise ValueError("archive over 4 GiB")
        name = m.name.encode()
        flag = 0 if name.isascii() else _UTF8
        year, month, day, hour, minute, second = m.date_time
        date = (max(year, 1980) - 1980) << 9 | month << 5 | day
        time = hour << 11 | minute << 5 | second // 2
        sizes = (m.crc, len(m.data), m.size)
        out += [
            _LOCAL.pack(b"PK\x03\x04", 20, flag, m.method, time, date, *sizes, len(name), 0),
            name,
            m.data,
        ]
        entry = (20, 0, 20, 0, flag, m.method, time, date, *sizes, len(name), 0, 0, 0, 0)
        directory += [_CENTRAL.pack(b"PK\x01\x02", *entry, m.external_attr, offset), name]
        offset += 30 + len(name) + len(m.data)
        count += 1
    tail = b"".join(directory)
    if offset + len(tail) > _LIMIT:
        raise ValueError("archive over 4 GiB")
    end = _END.pack(b"PK\x05\x06", 0, 0, count, count, len(tail), offset, 0)
    return b"".join([*out, tail, end])
