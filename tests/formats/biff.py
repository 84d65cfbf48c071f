"""Writing small .xls files record by record, to show what LibreOffice does not write. After [MS-CFB] and [MS-XLS]."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_SECTOR = 512
_END, _FREE, _FAT = 0xFFFF_FFFE, 0xFFFF_FFFF, 0xFFFF_FFFD
_CUTOFF = 4096


def compound(streams: Mapping[str, bytes], storages: Sequence[str] = ()) -> bytes:
    """A compound file with these streams (none of them short) and empty storages in its root."""
    bodies = {name: content.ljust(_CUTOFF, b"\x00") for name, content in streams.items()}
    names = [*bodies, *storages]
    directory_sectors = -(-(len(names) + 1) * 128 // _SECTOR)
    data_sectors = sum(-(-len(c) // _SECTOR) for c in bodies.values())
    fat_sectors = 1
    while fat_sectors * 128 < fat_sectors + directory_sectors + data_sectors:
        fat_sectors += 1
    fat = [_FAT] * fat_sectors + _chain(fat_sectors, directory_sectors)
    rows = [_entry("Root Entry", 5, _END, 0, child=1 if names else _FREE)]
    content = b""
    for i, name in enumerate(names, 1):
        right = i + 1 if i < len(names) else _FREE
        if name in bodies:
            rows.append(_entry(name, 2, len(fat), len(bodies[name]), right=right))
            fat += _chain(len(fat), -(-len(bodies[name]) // _SECTOR))
            content += bodies[name].ljust(-(-len(bodies[name]) // _SECTOR) * _SECTOR, b"\x00")
        else:
            rows.append(_entry(name, 1, 0, 0, right=right))
    fat += [_FREE] * (fat_sectors * 128 - len(fat))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(10)
    header += struct.pack("<L", fat_sectors) + struct.pack("<L", fat_sectors) + bytes(4)
    header += struct.pack("<L", _CUTOFF) + struct.pack("<4L", _END, 0, _END, 0)
    header += struct.pack("<109L", *range(fat_sectors), *[_FREE] * (109 - fat_sectors))
    directory = b"".join(rows).ljust(directory_sectors * _SECTOR, b"\x00")
    return header + struct.pack(f"<{len(fat)}L", *fat) + directory + content


def _chain(start: int, count: int) -> list[int]:
    return [*range(start + 1, start + count), _END] if count else []


def _entry(name: str, kind: int, start: int, size: int, *, right: int = _FREE, child: int = _FREE) -> bytes:
    encoded = name.encode("utf-16-le")
    row = encoded.ljust(64, b"\x00") + struct.pack("<HBB3L", len(encoded) + 2, kind, 1, _FREE, right, child)
    return row + bytes(36) + struct.pack("<LQ", start, size)


def record(kind: int, data: bytes = b"") -> bytes:
    """One record."""
    return struct.pack("<2H", kind, len(data)) + data


def text(value: str) -> bytes:
    """A text with its length, in 16-bit characters."""
    return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")


BOF_BOOK = record(0x0809, struct.pack("<2H", 0x0600, 5) + bytes(12))
BOF_SHEET = record(0x0809, struct.pack("<2H", 0x0600, 0x10) + bytes(12))
EOF = record(0x0A)


def stream(sheets: Mapping[str, bytes], book: bytes = b"", kind: int = 0) -> bytes:
    """A workbook stream: records of the workbook, then each sheet's."""
    bound = [(name, struct.pack("<2BB", 0, kind, len(name)) + b"\x01" + name.encode("utf-16-le")) for name in sheets]
    place = len(BOF_BOOK) + len(book) + sum(8 + len(b) for _, b in bound) + len(EOF)
    out = BOF_BOOK + book
    for name, described in bound:
        out += record(0x85, struct.pack("<L", place) + described)
        place += len(BOF_SHEET) + len(sheets[name]) + len(EOF)
    out += EOF
    return out + b"".join(BOF_SHEET + records + EOF for records in sheets.values())


def xls(sheets: Mapping[str, bytes], book: bytes = b"", kind: int = 0, storages: Sequence[str] = ()) -> bytes:
    """An .xls file."""
    return compound({"Workbook": stream(sheets, book, kind)}, storages)
