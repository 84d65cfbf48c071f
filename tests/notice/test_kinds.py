"""What a file is, by its content: text in the usual encodings; what cannot be read is named and refused."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from tjxl.errors import NoticeError
from tjxl.notice import documents
from tjxl.notice.columns import Titles
from tjxl.notice.documents import read_document
from tjxl.notice.files.kinds import known_kind
from tjxl.notice.files.text import decode

TEXT = "关于重点工作的通知\n\t序号\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), "a.txt") == TEXT


def test_big_endian_utf16() -> None:
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be"), "a.txt") == TEXT


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_are_made_one(end: str) -> None:
    assert decode(TEXT.replace("\n", end).encode(), "a.txt") == TEXT


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def package(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in names:
            package.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "PNG 图片"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF", "JPEG 图片"),
        (b"GIF89a\1\0", "GIF 图片"),
        (b"BM\x36\0\0\0", "BMP 图片"),
        (b"%PDF-1.7\n", "PDF 文档"),
        (package("ppt/presentation.xml"), "PowerPoint 文稿（.pptx）"),
        (package("OFD.xml"), "OFD 版式文件"),
        (package("通知.txt"), "压缩包（zip）"),
        (OLE + "WordDocument".encode("utf-16-le"), "旧版 Word 文档（.doc）或 WPS 文字"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "加了打开密码的 Office 文件"),
        (OLE + bytes(100), "旧版 Office 或 WPS 文件"),
        (b"{\\rtf1\\ansi", "RTF 文档"),
        (b"Rar!\x1a\x07\x01\0", "RAR 压缩包"),
    ],
)
def test_other_kinds_are_named(tmp_path: Path, data: bytes, kind: str) -> None:
    path = tmp_path / "通知.txt"
    path.write_bytes(data)
    with pytest.raises(NoticeError) as caught:
        read_document(path, Titles())
    assert (caught.value.code, caught.value.facts["kind"]) == ("E103", kind)
    assert str(caught.value).startswith(f"“通知.txt”是{kind}，不能直接读取。")


@pytest.mark.parametrize(
    ("data", "reader"),
    [
        (package("word/document.xml"), "word"),
        (package("xl/workbook.xml"), "excel"),
        (OLE + "Workbook".encode("utf-16-le"), "old_excel"),
        (b"<!DOCTYPE html><html>", "web_page"),
        (b"\xef\xbb\xbf <!-- saved from url=(0014)about:internet -->\r\n<HTML>", "web_page"),
        ("<html>".encode("utf-16"), "web_page"),
        (b"From: <Saved by WPS>\r\nContent-Type: multipart/related; boundary=x\r\n", "web_archive"),
    ],
)
def test_readable_kinds_are_known_by_content(data: bytes, reader: str) -> None:
    known = known_kind(data)
    assert known is not None
    assert known[1] == reader


@pytest.mark.parametrize("data", [TEXT.encode(), b"1 < 2, a <b", b"From: the office\n"])
def test_text_is_no_other_kind(data: bytes) -> None:
    assert known_kind(data) is None


def test_a_text_that_begins_like_a_bitmap_is_text() -> None:
    assert decode(b"BM, PK, RIFF", "a.txt") == "BM, PK, RIFF"


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b" \r\n\t\r\n", "\u3000\n".encode("gb18030")])
def test_empty(data: bytes) -> None:
    with pytest.raises(NoticeError) as caught:
        decode(data, "a.txt")
    assert str(caught.value) == "“a.txt”是空文件。请重新复制或导出通知全文后再试。"


@pytest.mark.parametrize(
    "data",
    [
        random.Random(7).randbytes(100_000),
        "序号\n".encode("utf-16-le"),  # no mark to tell the byte order by
        b"\xff\xfe\0\0" + "序号".encode("utf-32-le"),
        b"\xff\xfea",  # half a character
        "序号".encode() + b"\0",
        b"\x81",
    ],
)
def test_bytes_that_are_no_text(data: bytes) -> None:
    with pytest.raises(NoticeError) as caught:
        decode(data, "a.txt")
    assert caught.value.code == "E104"


def test_missing_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(NoticeError, match=r"无法打开通知文件“没有\.txt”：文件不存在。"):
        read_document(tmp_path / "没有.txt", Titles())
    with pytest.raises(NoticeError) as caught:
        read_document(tmp_path, Titles())
    assert caught.value.code == "E107"


def test_too_large_a_file_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(documents, "SIZE_LIMIT", 2**20)
    path = tmp_path / "大.txt"
    path.write_bytes(b"a" * (2**20 + 1))
    with pytest.raises(NoticeError) as caught:
        read_document(path, Titles())
    assert str(caught.value) == "“大.txt”有 2 MB，超过 1 MB 的上限，未读取。请确认是否选错了文件。"
