"""The files inside a zip archive, within bounds: names made harmless, nothing written to disk or left out unsaid."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import stat
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import NamedTuple

from tjxl.findings import Finding, finding
from tjxl.intake.filenames import harmless, is_of_the_system
from tjxl.intake.guard import (
    MAX_FILE,
    MAX_ZIP_DEPTH,
    MAX_ZIP_ENTRIES,
    MAX_ZIP_MEMBERS,
    MAX_ZIP_TEXT,
    MAX_ZIP_TOTAL,
)
from tjxl.ooxml.rawzip import ArchiveTooLargeError, check_directory, read_directory

_BROKEN = (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError)
_UTF8, _ENCRYPTED = 0x800, 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_THREE_BYTES = "\u0800"
_XML = (".xml", ".rels")
_DOCUMENTS = ("[Content_Types].xml", "mimetype", "content.xml", "OFD.xml")


class Unpacked(NamedTuple):
    """A file in an archive: its place there, its content, its time, and what already settles it."""

    name: str
    content: bytes
    time: dt.datetime
    finding: Finding | None = None


@dataclass(slots=True)
class _Level:
    """An archive that is being unpacked, or one inside it: what is wanted of it, and what has been unpacked so far.

    Attributes:
        time: for members without one.
        only: the name of the one file that is wanted.
        size, text: bytes unpacked, and bytes of XML in the documents among them.
    """

    time: dt.datetime
    only: str | None
    depth: int = 1
    size: int = 0
    text: int = 0

    def wants(self, name: str) -> bool:
        return self.only is None or self.only == name or self.only.startswith(f"{name}/")

    def below(self, name: str, time: dt.datetime) -> _Level:
        only = self.only.removeprefix(f"{name}/") if self.only not in (None, name) else None
        return replace(self, time=time, only=only, depth=self.depth + 1)


def is_archive(content: bytes) -> bool:
    """True for a zip archive of files: not for a document (Office, OpenDocument), which is a zip too."""
    return content.startswith(b"PK") and _document_text(content) is None


def unpack(content: bytes, time: dt.datetime, only: str | None = None) -> Iterator[Unpacked]:
    """The files in an archive in the order of their names, `~$` and hidden ones settled or left out.

    Args:
        time: that of the archive, for members without one.
        only: the name of the one file that is wanted.
    """
    yield from _unpack(content, _Level(time, only))


def _unpack(content: bytes, level: _Level) -> Iterator[Unpacked]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        infos = [i for i in archive.infolist() if not i.is_dir()]
        level.size += sum(i.file_size for i in infos)
        if level.depth > MAX_ZIP_DEPTH or len(infos) > MAX_ZIP_MEMBERS or level.size > MAX_ZIP_TOTAL:
            yield Unpacked("", b"", level.time, finding("I218"))
            return
        if not infos:
            yield Unpacked("", b"", level.time, finding("I214", kind="空的压缩包"))
            return
        for name, info in _named(infos):
            if level.wants(name):
                yield from _member(archive, info, name, level)


def _member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, name: str, level: _Level) -> Iterator[Unpacked]:
    time = _time(info, level.time)
    settled = _settled(info, name)
    if settled is not None:
        yield Unpacked(name, b"", time, settled)
        return
    try:
        with archive.open(info) as file:
            content = file.read(MAX_FILE + 1)
    except _BROKEN:
        yield Unpacked(name, b"", time, finding("I212"))
        return
    text = _document_text(content) if content.startswith(b"PK") else 0
    if text is None:
        inner = level.below(name, time)
        for member in _unpack(content, inner):
            yield member._replace(name=f"{name}/{member.name}".rstrip("/"))
        level.size, level.text = inner.size, inner.text
        return
    level.text += text
    if level.text > MAX_ZIP_TEXT:
        yield Unpacked(name, b"", time, finding("I218"))
    else:
        yield Unpacked(name, content, time)


def _settled(info: zipfile.ZipInfo, name: str) -> Finding | None:
    """What can be said of a member without unpacking it."""
    if PurePosixPath(name).name.startswith("~$"):
        return finding("I215")
    if stat.S_ISLNK(info.external_attr >> 16):
        return finding("I214", kind="指向别处的链接")
    if info.file_size > MAX_FILE:
        return finding("I216", size=info.file_size // 1024 // 1024)
    if info.flag_bits & _ENCRYPTED:
        return finding("I226")
    if info.compress_type not in _METHODS:
        return finding("I225")
    return None


def _document_text(content: bytes) -> int | None:
    """The bytes of XML that a document unpacks to; None for an archive of files.

    What cannot be opened is judged as the document that it claims to be.
    """
    try:
        check_directory(content, MAX_ZIP_ENTRIES)
        entries = read_directory(content)
    except (*_BROKEN, ArchiveTooLargeError):
        return 0
    names = {e.name for e in entries}
    if any(n in names for n in _DOCUMENTS) or any(n.startswith("xl/") for n in names):
        return sum(e.size for e in entries if e.name.lower().endswith(_XML))
    return None


def _named(infos: list[zipfile.ZipInfo]) -> list[tuple[str, zipfile.ZipInfo]]:
    """The members in the order of their names, those of the system left out; of one name the second gets a number."""
    members = sorted(((_name(info), info) for info in infos), key=lambda member: member[0])
    members = [(name, info) for name, info in members if not is_of_the_system(PurePosixPath(name))]
    taken = {name for name, _ in members}
    seen: Counter[str] = Counter()
    out = []
    for name, info in members:
        seen[name] += 1
        own = name
        while seen[name] > 1 and own in taken:
            path = PurePosixPath(name)
            own = str(path.with_name(f"{path.stem} ({seen[name]}){path.suffix}"))
            seen[name] += own in taken
        taken.add(own)
        out.append((own, info))
    return out


def _name(info: zipfile.ZipInfo) -> str:
    name = info.orig_filename.partition("\0")[0]
    return harmless(name if info.flag_bits & _UTF8 else _unmarked(name))


def _unmarked(name: str) -> str:
    """A name that does not say how it is encoded: UTF-8 from Linux and macOS, GBK from Chinese Windows.

    A name in GBK is hardly ever valid UTF-8, unless it is short: each of its characters may then happen to read as a
    letter of two bytes (“一” as a Cyrillic one). Chinese takes three, which no usual characters of GBK look like. So
    UTF-8 is believed where it gives at least one such character.
    """
    raw = name.encode("cp437")  # as zipfile has read it
    with contextlib.suppress(UnicodeDecodeError):
        text = raw.decode("utf-8")
        if any(character >= _THREE_BYTES for character in text):
            return text
    with contextlib.suppress(UnicodeDecodeError):
        return raw.decode("gb18030")
    return name


def _time(info: zipfile.ZipInfo, default: dt.datetime) -> dt.datetime:
    try:
        return dt.datetime(*info.date_time)
    except ValueError:
        return default
