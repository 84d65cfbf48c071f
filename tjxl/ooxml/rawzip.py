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
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from typing import NamedTuple

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s4B4HL2L5H2L")
_END = struct.Struct("<4s4H2LH")
_ENTRY = b"PK\x01\x02"
_LOCATOR_64 = b"PK\x06\x07"
_NEWEST_VERSION = 63
_UTF8 = 0x800
_ENCRYPTED = 0x1
_LIMIT = 0xFFFF_FFFE
_SMALL = 512 * 1024
_AHEAD = 4
EPOCH = (1980, 1, 1, 0, 0, 0)


class Member(NamedTuple):
    """One archive member with its bytes as they are stored (deflated or plain)."""

    name: str
    method: int
    crc: int
    size: int
    data: bytes
    date_time: tuple[int, int, int, int, int, int] = EPOCH
    external_attr: int = 0


def deflate(
    name: str, content: bytes | Iterable[bytes | memoryview], level: int = 6, like: Member | None = None
) -> Member:
    """`content` as a deflated member; date and attributes as those of `like`.

    A large part may be given in pieces: it is never in memory as a whole, and packed while further pieces are made.
    """
    packing = _Packing(level)
    if isinstance(content, bytes):
        packing.take(content)
    else:
        _pack_beside(packing, _gathered(content))
    return Member(
        name,
        zipfile.ZIP_DEFLATED,
        packing.crc,
        packing.size,
        packing.done(),
        like.date_time if like else EPOCH,
        like.external_attr if like else 0,
    )


class _Packing:
    """A member that is being deflated piece by piece."""

    def __init__(self, level: int) -> None:
        self._packer = zlib.compressobj(level, zlib.DEFLATED, -15)
        self._packed: list[bytes] = []
        self.crc = self.size = 0

    def take(self, piece: bytes | memoryview) -> None:
        self._packed.append(self._packer.compress(piece))
        self.crc, self.size = zlib.crc32(piece, self.crc), self.size + len(piece)

    def done(self) -> bytes:
        return b"".join([*self._packed, self._packer.flush()])


def _pack_beside(packing: _Packing, pieces: Iterator[bytes | memoryview]) -> None:
    """Pack in a thread, which needs no Python, what this one makes; few pieces wait in between.

    Whatever ends the making (Ctrl-C too) ends the thread, once it has packed those.
    """
    first = next(pieces)
    second = next(pieces, None)
    if second is None:  # the part is small
        packing.take(first)
        return
    with ThreadPoolExecutor(1, "deflate") as thread:
        waiting = deque([thread.submit(packing.take, first)])
        for piece in chain((second,), pieces):
            if len(waiting) == _AHEAD:
                waiting.popleft().result()
            waiting.append(thread.submit(packing.take, piece))
        for packed in waiting:
            packed.result()


def _gathered(pieces: Iterable[bytes | memoryview]) -> Iterator[bytes | memoryview]:
    """Small pieces put together: packing one costs more than it holds. There is one at least."""
    small: list[bytes | memoryview] = []
    size = 0
    for piece in pieces:
        small.append(piece)
        size += len(piece)
        if size > _SMALL:
            yield piece if len(small) == 1 else b"".join(small)
            small, size = [], 0
    yield b"".join(small)


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


class Entry(NamedTuple):
    """What an archive's directory says of a member; `header` is where the member begins."""

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    header: int
    date_time: tuple[int, int, int, int, int, int]
    external_attr: int


def read_directory(archive: bytes) -> list[Entry]:
    """The directory of an archive, in its order.

    Raises:
        zipfile.BadZipFile, NotImplementedError, ValueError: it is broken, or of a kind that is not read.
    """
    plain = _plain_directory(archive)
    if plain is not None:
        return plain
    with zipfile.ZipFile(io.BytesIO(archive)) as z:
        return [
            Entry(
                i.filename,
                i.flag_bits,
                i.compress_type,
                i.CRC,
                i.compress_size,
                i.file_size,
                i.header_offset,
                i.date_time,
                i.external_attr,
            )
            for i in z.infolist()
        ]


def _plain_directory(archive: bytes) -> list[Entry] | None:
    """The directory where it is of the simplest kind, as Excel, WPS and tjxl write it; None where it is not.

    Some six times as fast as the standard library, which reads every other kind, and says what is wrong with it.
    """
    end = len(archive) - _END.size
    if end < 0 or archive[end - 20 : end - 16] == _LOCATOR_64:
        return None
    magic, disk, directory_disk, here, count, size, position, comment = _END.unpack_from(archive, end)
    if magic != b"PK\x05\x06" or disk or directory_disk or here != count or comment or position + size != end:
        return None
    entries = []
    while position < end:
        if position + _CENTRAL.size > end:
            return None
        magic, _, _, version, _, flags, method, time, date, crc, packed, unpacked, *rest = _CENTRAL.unpack_from(
            archive, position
        )
        named, extra, said, disk, _, attributes, header = rest
        position += _CENTRAL.size
        name = archive[position : position + named]
        position += named
        simple = magic == _ENTRY and version <= _NEWEST_VERSION and not (extra or said or disk)
        if not simple or position > end or not name.isascii() or b"\0" in name or b"\\" in name:
            return None
        if max(packed, unpacked, header) > _LIMIT:
            return None
        moment = (date >> 9) + 1980, date >> 5 & 0xF, date & 0x1F, time >> 11, time >> 5 & 0x3F, (time & 0x1F) * 2
        entries.append(Entry(name.decode(), flags, method, crc, packed, unpacked, header, moment, attributes))
    return entries


def read_members(archive: bytes, most: int = 10_000) -> list[Member]:
    """The members of an archive in its order, not inflated.

    Raises:
        ArchiveTooLargeError: there are more than `most`.
        zipfile.BadZipFile: the archive's directory or a member's header is broken, a member is encrypted, or members
            lie over each other.
    """
    check_directory(archive, most)
    entries = read_directory(archive)
    if sum(e.packed for e in entries) > len(archive):
        raise zipfile.BadZipFile  # members that lie over each other, each copied whole, would fill the memory
    members = []
    for e in entries:
        header = archive[e.header : e.header + 30]
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            raise zipfile.BadZipFile(e.name)
        name_size, extra_size = struct.unpack("<2H", header[26:30])
        start = e.header + 30 + name_size + extra_size
        data = archive[start : start + e.packed]
        if len(data) != e.packed or e.flags & _ENCRYPTED:
            raise zipfile.BadZipFile(e.name)
        members.append(Member(e.name, e.method, e.crc, e.size, data, e.date_time, e.external_attr))
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
