"""Finding returned files in 收件: sub-folders, zip archives, real type by content. Never raises at a bad file."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from tjxl.findings import Finding, finding

MAX_FILE = 50 * 1024 * 1024
MAX_ZIP_MEMBERS = 2_000
MAX_ZIP_TOTAL = 500 * 1024 * 1024
MAX_ZIP_DEPTH = 2

# Left by operating systems, never sent on purpose.
_SYSTEM_NAMES = {"thumbs.db", "desktop.ini", ".ds_store"}
_SYSTEM_FOLDERS = {"__macosx"}

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
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


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
        return replace(self, content=b"", digest=self.sha256)


def find_sources(inbox: Path, files: Sequence[Path] = ()) -> list[Path]:
    """The files on disk to look at, in the order of their names; with `files`, just those."""
    if files:
        return [_below(inbox, path) for path in files]
    return sorted(p for p in inbox.rglob("*") if p.is_file() and not _of_the_system(p.relative_to(inbox)))


def _below(inbox: Path, path: Path) -> Path:
    """A path that a person typed, spelled like those found in 收件 where it lies there."""
    real, root = path.resolve(), inbox.resolve()
    return inbox / real.relative_to(root) if real.is_relative_to(root) else path


def _of_the_system(path: Path | PurePosixPath) -> bool:
    folders = {part.lower() for part in path.parts[:-1]}
    name = path.name.lower()
    return name in _SYSTEM_NAMES or bool(folders & _SYSTEM_FOLDERS) or (name.startswith(".") and name != ".")


def open_source(path: Path, inbox: Path) -> Iterator[Source]:
    """The source at `path`, or those inside it when it is a zip archive."""
    label = path.relative_to(inbox).as_posix() if path.is_relative_to(inbox) else path.name
    try:
        stat = path.stat()
        time = dt.datetime.fromtimestamp(stat.st_mtime)
        if path.name.startswith("~$"):
            yield Source(label, b"", time, path, finding("I215"))
            return
        if stat.st_size > MAX_FILE:
            yield Source(label, b"", time, path, finding("I216", size=stat.st_size // 1024 // 1024))
            return
        content = path.read_bytes()
    except OSError as error:
        yield Source(label, b"", dt.datetime.min, path, finding("I217", reason=error.strerror or "读取失败"))
        return
    if content.startswith(b"PK") and not _is_package(content):
        yield from _members(label, content, path, time, 1)
    else:
        yield Source(label, content, time, path)


def single_source(path: Path, folder: Path) -> Source:
    """The one file at `path`, or in the zip there; a zip of several is said to be one."""
    sources = list(open_source(path, folder))
    if len(sources) == 1:
        return sources[0]
    return replace(sources[0], file=path.name, content=b"", finding=finding("I214", kind="含多个文件的压缩包"))


def _is_package(content: bytes) -> bool:
    """True for a zip that is a document (Office, OpenDocument), not a folder of files."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as z:
            names = z.namelist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError):
        return True  # broken: judged as the document it claims to be
    return "[Content_Types].xml" in names or "mimetype" in names or any(n.startswith("xl/") for n in names)


def _members(label: str, content: bytes, container: Path, time: dt.datetime, depth: int) -> Iterator[Source]:
    with zipfile.ZipFile(io.BytesIO(content)) as z:
        infos = [i for i in z.infolist() if not i.is_dir()]
        if len(infos) > MAX_ZIP_MEMBERS or sum(i.file_size for i in infos) > MAX_ZIP_TOTAL or depth > MAX_ZIP_DEPTH:
            yield Source(label, b"", time, container, finding("I218"))
            return
        if not infos:
            yield Source(label, b"", time, container, finding("I214", kind="空的压缩包"))
            return
        for info in sorted(infos, key=_member_name):
            name = _member_name(info)
            if _of_the_system(PurePosixPath(name)):
                continue
            file, moment = f"{label}/{name}", _member_time(info, time)
            if PurePosixPath(name).name.startswith("~$"):
                yield Source(file, b"", moment, container, finding("I215"))
                continue
            if info.file_size > MAX_FILE:
                yield Source(file, b"", moment, container, finding("I216", size=info.file_size // 1024 // 1024))
                continue
            if info.flag_bits & 1:
                yield Source(file, b"", moment, container, finding("I213"))
                continue
            try:
                with z.open(info) as member:
                    inner = member.read(MAX_FILE + 1)
            except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
                yield Source(file, b"", moment, container, finding("I212"))
                continue
            if inner.startswith(b"PK") and not _is_package(inner):
                yield from _members(file, inner, container, moment, depth + 1)
            else:
                yield Source(file, inner, moment, container)


def _member_name(info: zipfile.ZipInfo) -> str:
    """The member's name; archives made on Chinese Windows hold GBK names without saying so."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return info.filename


def _member_time(info: zipfile.ZipInfo, default: dt.datetime) -> dt.datetime:
    try:
        return dt.datetime(*info.date_time)
    except ValueError:
        return default


def content_of(source: Source, inbox: Path) -> bytes | None:
    """The content of a source read earlier, read again; None when it is no longer what it was."""
    if source.content:
        return source.content
    for again in open_source(source.container, inbox):
        if again.file == source.file and again.content:
            return again.content if again.sha256 == source.sha256 else None
    return None


def foreign_kind(content: bytes) -> Finding | None:
    """Why content can be no report form, by its first bytes; None when it may be a workbook."""
    if not content:
        return finding("I211")
    if content.startswith(_OLE):
        # Both the old .xls and an encrypted .xlsx are OLE files; stream names stand there in UTF-16.
        if "EncryptedPackage".encode("utf-16-le") in content:
            return finding("I213")
        workbook = any(n.encode("utf-16-le") in content for n in ("Workbook", "Book"))
        return finding("I214", kind="旧版 .xls 工作簿" if workbook else "旧版文档（.doc、.wps 等）")
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return finding("I214", kind=kind)
    if not content.startswith(b"PK"):
        head = content[:512].lstrip().lower()
        if head.startswith((b"<!doctype html", b"<html", b"<table", b"<?xml")):
            return finding("I214", kind="网页或 XML 文件")
        return finding("I214", kind="文本文件（.csv、.txt 等）") if _is_text(content) else finding("I212")
    if b"mimetypeapplication/vnd.oasis.opendocument" in content[:128]:
        return finding("I214", kind="OpenDocument 文件（.ods、.odt 等）")
    return None


def _is_text(content: bytes) -> bool:
    """True for content that reads as text in one of the encodings in use."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    if b"\x00" in content:
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return all(c.isprintable() or c in "\r\n\t\f\ufeff" for c in text)
    return False
