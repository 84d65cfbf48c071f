"""Bytes → text: encodings that offices meet; everything that is no text is named and refused."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import pytest

from tjxl.errors import NoticeError
from tjxl.notice import decode as module
from tjxl.notice.decode import decode, read_text

TEXT = "关于重点工作的通知\n\t序号\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_encodings(encoding: str) -> None:
    assert decode(TEXT.encode(encoding), "a.txt") == TEXT


def test_big_endian_utf16() -> None:
    assert decode(b"\xfe\xff" + TEXT.encode("utf-16-be"), "a.txt") == TEXT


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends_are_made_one(end: str) -> None:
    assert decode(TEXT.replace("\n", end).encode(), "a.txt") == TEXT


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
        (package("word/document.xml"), "Word 文档（.docx）"),
        (package("xl/workbook.xml"), "Excel 工作簿（.xlsx）"),
        (package("OFD.xml"), "OFD 版式文件"),
        (package("通知.txt"), "压缩包（zip）"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100), "旧版 Word、Excel 或 WPS 文件"),
        (b"{\\rtf1\\ansi", "RTF 文档"),
        (b"Rar!\x1a\x07\x01\0", "RAR 压缩包"),
    ],
)
def test_other_kinds_are_named(data: bytes, kind: str) -> None:
    with pytest.raises(NoticeError) as caught:
        decode(data, "通知.txt")
    assert (caught.value.code, caught.value.facts["kind"]) == ("E103", kind)
    assert str(caught.value).startswith(f"“通知.txt”是{kind}，不是文本文件")


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
        read_text(tmp_path / "没有.txt")
    with pytest.raises(NoticeError) as caught:
        read_text(tmp_path)
    assert caught.value.code == "E107"


def test_too_large_a_file_is_not_even_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SIZE_LIMIT", 2**20)
    path = tmp_path / "大.txt"
    path.write_bytes(b"a" * (2**20 + 1))
    with pytest.raises(NoticeError) as caught:
        read_text(path)
    assert str(caught.value) == "“大.txt”有 2 MB，超过 1 MB 的上限，未读取。请确认是否选错了文件。"
