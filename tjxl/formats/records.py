"""The records of a BIFF8 stream (.xls), and texts that run over several of them. After [MS-XLS]."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from tjxl.errors import PackageError
from tjxl.formats.bounds import MAX_CHARACTERS, MAX_RECORDS

BOF, EOF, CONTINUE = 0x0809, 0x000A, 0x003C
_HEAD = struct.Struct("<2H")
_WIDE, _PHONETIC, _RICH = 0x01, 0x04, 0x08


class Records:
    """Walks a stream, with one count for all walks: how many records and characters have been read in all."""

    def __init__(self, stream: bytes) -> None:
        self._stream = stream
        self._records_left, self._characters_left = MAX_RECORDS, MAX_CHARACTERS

    def walk(self, start: int) -> Iterator[tuple[int, bytes, int]]:
        """Kind, data and place of each record of a substream, from its BOF to its EOF; those of charts are left out.

        Raises:
            PackageError: E302 the stream breaks off; E304 there are too many records.
        """
        at, depth = start, 0
        while True:
            kind, data, following = self.record(at)
            if kind == BOF:
                depth += 1
            if depth == 0:
                raise PackageError("E302")
            if depth == 1:
                yield kind, data, at
            if kind == EOF:
                depth -= 1
                if depth == 0:
                    return
            at = following

    def record(self, at: int) -> tuple[int, bytes, int]:
        """The record at a place: kind, data, place of the next."""
        self._records_left -= 1
        if self._records_left < 0:
            raise PackageError("E304")
        try:
            kind, size = _HEAD.unpack_from(self._stream, at)
        except struct.error as error:
            raise PackageError("E302") from error
        end = at + _HEAD.size + size
        if end > len(self._stream):
            raise PackageError("E302")
        return kind, self._stream[at + _HEAD.size : end], end

    def texts_at(self, at: int, skip: int) -> Texts:
        """The texts that begin `skip` bytes into the record at a place and run on into its CONTINUE records."""
        _, data, following = self.record(at)
        chunks = [data]
        while following < len(self._stream):
            kind, data, following = self.record(following)
            if kind != CONTINUE:
                break
            chunks.append(data)
        return Texts(self, chunks, skip)

    def count_characters(self, number: int) -> None:
        """Raises: PackageError: E304, too much text in all."""
        self._characters_left -= number
        if self._characters_left < 0:
            raise PackageError("E304")


class Texts:
    """Reads text after text from a record and its continuations."""

    def __init__(self, records: Records, chunks: list[bytes], skip: int) -> None:
        self._records, self._chunks, self._chunk, self._at = records, chunks, 0, skip

    def text(self) -> str:
        """The next text, without its formatting and phonetic hints.

        Raises:
            struct.error, IndexError: it breaks off.
        """
        if self._at >= len(self._chunks[self._chunk]):
            self._next_chunk()
        length, options = struct.unpack("<HB", self._raw(3))
        runs = struct.unpack("<H", self._raw(2))[0] if options & _RICH else 0
        extra = struct.unpack("<L", self._raw(4))[0] if options & _PHONETIC else 0
        self._records.count_characters(length)
        text = self._characters(length, bool(options & _WIDE))
        self._skip(4 * runs + extra)
        return text

    def _characters(self, length: int, wide: bool) -> str:
        """Where a text runs into the next record, a byte there says anew how wide its characters are."""
        parts = []
        while True:
            chunk = self._chunks[self._chunk]
            taken = min(length, (len(chunk) - self._at) // (1 + wide))
            part = chunk[self._at : self._at + taken * (1 + wide)]
            parts.append(part if wide else part.decode("latin-1").encode("utf-16-le"))
            self._at += len(part)
            length -= taken
            if length == 0:
                return b"".join(parts).decode("utf-16-le", "replace")
            self._next_chunk()
            wide = bool(self._raw(1)[0] & _WIDE)

    def _next_chunk(self) -> None:
        self._chunk += 1
        self._at = 0
        if self._chunk >= len(self._chunks):
            raise IndexError("text breaks off")

    def _raw(self, size: int) -> bytes:
        data = self._chunks[self._chunk][self._at : self._at + size]
        self._at += size
        return data

    def _skip(self, size: int) -> None:
        while size > (here := len(self._chunks[self._chunk]) - self._at):
            size -= max(0, here)
            self._next_chunk()
        self._at += size
