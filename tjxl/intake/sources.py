"""Finding returned files in 收件: sub-folders, zip archives, real type by content. Never raises at a bad file."""

from __future__ import annotations

import codecs
import datetime as dt
import hashlib
import os
import stat
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any

from tjxl.errors import plain_reason
from tjxl.findings import Finding, finding
from tjxl.formats.opening import may_be_workbook
from tjxl.intake.archives import is_archive, unpack
from tjxl.intake.filenames import is_of_the_system, label_of
from tjxl.intake.guard import MAX_FILE

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文档"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"II*\x00", "图片"),
    (b"MM\x00*", "图片"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"{\\rtf", "RTF 文档"),
    (b"L\x00\x00\x00\x01\x14\x02\x00", "快捷方式，不含文件内容"),
)
_TEXT_HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be judged.

    Attributes:
        file: its place below 收件 with `/`; a member of a zip as `a.zip/b.xlsx`.
        content: its bytes; empty where it could not be read or need not be.
        time: the file's own time of last change (without time zone).
        container: the file on disk that holds it (itself, or the zip).
        finding: what already settles it (a temporary file, no access, too large), else None.
    """

    file: str
    content: bytes = field(repr=False)
    time: dt.datetime
    container: Path
    finding: Finding | None = None
    digest: str = ""

    @property
    def sha256(self) -> str:
        """The content's identity."""
        return self.digest or hashlib.sha256(self.content).hexdigest()

    def without_content(self) -> Source:
        """The same source, its content let go: thousands of returns must not pile up in memory."""
        return self if self.finding else replace(self, content=b"", digest=self.sha256)


def find_sources(inbox: Path, files: Sequence[Path] = ()) -> list[Path]:
    """What to look at on disk, in the order of the names; with `files`, just those.

    Links to folders and folders that cannot be opened are among them: what lies inside is not read, and that is said.
    """
    if files:
        return [_below(inbox, path) for path in files]
    found: list[Path] = []
    closed: list[OSError] = []
    for folder, folders, names in os.walk(inbox, onerror=closed.append):
        found += (Path(folder, name) for name in names)
        found += (path for name in folders if (path := Path(folder, name)).is_symlink())
    found += (Path(error.filename) for error in closed if Path(error.filename).exists())
    return sorted(p for p in found if not is_of_the_system(p.relative_to(inbox)))


def _below(inbox: Path, path: Path) -> Path:
    """A path that a person typed, spelled like those found in 收件 where it lies there."""
    real, root = path.resolve(), inbox.resolve()
    return inbox / real.relative_to(root) if real.is_relative_to(root) else path


def open_source(path: Path, inbox: Path, only: str | None = None) -> Iterator[Source]:
    """The source at `path`, or those inside it when it is a zip archive.

    Args:
        only: the one source wanted, by its `file`; the others need not be unpacked.
    """
    label = label_of(path, inbox)

    def settled(code: str, time: dt.datetime = dt.datetime.min, **facts: Any) -> Source:
        return Source(label, b"", time, path, finding(code, **facts))

    try:
        status = path.stat()
        time = _file_time(status.st_mtime)
        if path.name.startswith("~$"):
            yield settled("I215", time)
            return
        if stat.S_ISDIR(status.st_mode):
            yield _folder(path, settled)
            return
        if not stat.S_ISREG(status.st_mode):  # reading from a pipe or device might never end
            yield settled("I224", time)
            return
        if status.st_size > MAX_FILE:
            yield settled("I216", time, size=status.st_size // 1024 // 1024)
            return
        content = path.read_bytes()
    except FileNotFoundError:
        yield settled("I217", reason="链接所指的文件不存在" if path.is_symlink() else "文件已不存在")
        return
    except OSError as error:
        yield settled("I217", reason=plain_reason(error))
        return
    if not is_archive(content):
        yield _read(label, content, time, path)
        return
    wanted = only.removeprefix(f"{label}/") if only is not None else None
    for member in unpack(content, time, wanted):
        yield _read(f"{label}/{member.name}".rstrip("/"), member.content, member.time, path, member.finding)


def _read(label: str, content: bytes, time: dt.datetime, path: Path, found: Finding | None = None) -> Source:
    """A source with its digest, taken once."""
    return Source(label, content, time, path, found, hashlib.sha256(content).hexdigest())


def _file_time(seconds: float) -> dt.datetime:
    try:
        return dt.datetime.fromtimestamp(seconds)
    except (OverflowError, ValueError, OSError):  # a time that no calendar has
        return dt.datetime.min


def _folder(path: Path, settled: Callable[..., Source]) -> Source:
    """A folder in the place of a file: a link to one, or one that cannot be opened."""
    try:
        with os.scandir(path):
            return settled("I227")
    except OSError as error:
        return settled("I229", reason=plain_reason(error))


def single_source(path: Path, folder: Path) -> Source:
    """The one file at `path`, or in the zip there; a zip of several is said to be one."""
    sources = list(islice(open_source(path, folder), 2))
    if len(sources) == 1:
        return sources[0]
    return replace(
        sources[0],
        file=label_of(path, folder),
        content=b"",
        finding=finding("I214", kind="含多个文件的压缩包"),
    )


def content_of(source: Source, inbox: Path) -> bytes | None:
    """The content of a source read earlier, read again; None when it is no longer what it was."""
    if source.content:
        return source.content
    for again in open_source(source.container, inbox, only=source.file):
        if again.file == source.file and again.content:
            return again.content if again.sha256 == source.sha256 else None
    return None


def foreign_kind(content: bytes) -> Finding | None:
    """Why content can be no report form, by its first bytes; None when it may be a workbook."""
    if not content:
        return finding("I211")
    if may_be_workbook(content):
        return None
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return finding("I214", kind=kind)
    head = content[:2048].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return finding("I214", kind="“XML 表格 2003”文件")
    if head.startswith((b"<!doctype html", b"<html", b"<table", b"<meta", b"<?xml")):
        return finding("I214", kind="网页或 XML 文件")
    if head.startswith(b"mime-version:"):
        return finding("I214", kind="网页档案（.mht）")
    return finding("I214", kind="文本文件（.csv、.txt 等）") if _is_text(content) else finding("I212")


def _is_text(content: bytes) -> bool:
    """True for content that reads as text in one of the encodings in use."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    head = content[:_TEXT_HEAD]
    if b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            text = codecs.getincrementaldecoder(encoding)().decode(head, final=len(head) == len(content))
        except UnicodeDecodeError:
            continue
        return all(c.isprintable() or c in "\r\n\t\f\ufeff" for c in text)
    return False
