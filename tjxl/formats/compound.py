"""A compound file (OLE2): the container of .xls, .et, .doc, .wps and of encrypted .xlsx files.

Only what the root storage holds is of interest: a workbook embedded in another one lies in a storage of its own and
must not be taken for it. After [MS-CFB].
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from tjxl.errors import PackageError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_DIFAT_IN_HEADER = 109
_ENTRY = 128
_LAST_SECTOR = 0xFFFF_FFFA  # what is above marks the end of a chain, a free sector, or the table itself
_NO_ENTRY = 0xFFFF_FFFF
_STORAGE, _STREAM, _ROOT = 1, 2, 5


class Entry(NamedTuple):
    """A stream or storage."""

    name: str
    is_storage: bool
    start: int
    size: int


class Compound:
    """The streams and storages below the root of a compound file, by name."""

    def __init__(self, content: bytes) -> None:
        """
        Raises:
            PackageError: E302, the container is damaged.
        """
        try:
            self._open(content)
        except (struct.error, IndexError, ValueError) as error:
            raise PackageError("E302") from error

    def _open(self, content: bytes) -> None:
        if not content.startswith(MAGIC):
            raise ValueError("magic")
        shift, mini_shift = struct.unpack_from("<2H", content, 30)
        if shift not in (9, 12) or mini_shift != 6:
            raise ValueError("sector size")
        self._content, self._size, self._mini_size = content, 1 << shift, 1 << mini_shift
        self._count = -(-len(content) // self._size) - 1  # behind the header; the last may be cut short
        (directory,) = struct.unpack_from("<L", content, 48)
        self._cutoff, mini_start, _, difat, _ = struct.unpack_from("<5L", content, 56)
        self._fat = self._table(self._fat_sectors(difat))
        self._mini_fat = self._table(self._chain(mini_start, self._fat, self._count))
        entries = self._entries(self._stream(directory, None))
        self._mini = self._stream(entries[0][0].start, entries[0][0].size)
        self.root = {e.name: e for e in self._children(entries)}
        """What lies directly in the root storage."""

    def __contains__(self, name: str) -> bool:
        return name in self.root

    def read(self, name: str) -> bytes:
        """The content of a stream of the root storage.

        Raises:
            PackageError: E302, it is absent or damaged.
        """
        entry = self.root.get(name)
        if entry is None or entry.is_storage:
            raise PackageError("E302")
        try:
            if entry.size >= self._cutoff:
                return self._stream(entry.start, entry.size)
            size = self._mini_size
            sectors = self._chain(entry.start, self._mini_fat, len(self._mini) // size + 1)
            content = b"".join(self._mini[s * size : (s + 1) * size] for s in sectors)
        except (struct.error, IndexError, ValueError) as error:
            raise PackageError("E302") from error
        return _whole(content, entry.size)

    def _fat_sectors(self, difat: int) -> list[int]:
        """The sectors of the allocation table: the first 109 are named in the header, more in a chain of lists."""
        sectors = list(struct.unpack_from(f"<{_DIFAT_IN_HEADER}L", self._content, 76))
        lists = 0
        while difat < _LAST_SECTOR:
            lists += 1
            if lists > self._count:
                raise ValueError("circular")
            *more, difat = struct.unpack(f"<{self._size // 4}L", self._sector(difat))
            sectors += more
        return [s for s in sectors if s < _LAST_SECTOR]

    def _table(self, sectors: list[int]) -> list[int]:
        if len(sectors) > self._count:
            raise ValueError("table")
        data = b"".join(map(self._sector, sectors))
        return list(struct.unpack(f"<{len(data) // 4}L", data))

    def _sector(self, number: int) -> bytes:
        if number >= self._count:
            raise ValueError("sector")
        start = (number + 1) * self._size  # the header fills the first
        return self._content[start : start + self._size].ljust(self._size, b"\x00")

    def _chain(self, start: int, table: list[int], most: int) -> list[int]:
        out: list[int] = []
        while start < _LAST_SECTOR:
            if len(out) >= most:
                raise ValueError("circular")
            out.append(start)
            start = table[start]
        return out

    def _stream(self, start: int, size: int | None) -> bytes:
        content = b"".join(map(self._sector, self._chain(start, self._fat, self._count)))
        return content if size is None else _whole(content, size)

    @staticmethod
    def _entries(directory: bytes) -> list[tuple[Entry, int, int, int, int]]:
        """Each entry with its type, left and right sibling and first child."""
        out = []
        for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
            (length, kind, _, left, right, child) = struct.unpack_from("<HBB3L", directory, at + 64)
            start, size = struct.unpack_from("<2L", directory, at + 116)  # a stream never reaches 4 GB here
            name = directory[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            out.append((Entry(name, kind == _STORAGE, start, size), kind, left, right, child))
        if not out or out[0][1] != _ROOT:
            raise ValueError("root")
        return out

    @staticmethod
    def _children(entries: list[tuple[Entry, int, int, int, int]]) -> list[Entry]:
        """The root's members: a binary tree of siblings."""
        out, seen, waiting = [], set(), [entries[0][4]]
        while waiting:
            number = waiting.pop()
            if number == _NO_ENTRY or number in seen:
                continue
            seen.add(number)
            entry, kind, left, right, _ = entries[number]
            if kind in (_STORAGE, _STREAM):
                out.append(entry)
            waiting += [left, right]
        return out


def _whole(content: bytes, size: int) -> bytes:
    if len(content) < size:
        raise PackageError("E302")
    return content[:size]
