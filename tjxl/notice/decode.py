"""Bytes → text.

A notice is text in one of the encodings that Chinese offices meet; anything else is named and refused.
"""

from __future__ import annotations

import codecs
from pathlib import Path

from tjxl.errors import NoticeError
from tjxl.resources import schema_toml

SIZE_LIMIT = 50 * 1024 * 1024  # as for returned files (design, section 7)

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_TEXT_CONTROLS = b"\t\n\r\f\v\x1a"  # 0x1A: the end mark that old DOS editors leave
_CONTROLS = bytes(set(range(0x20)) - set(_TEXT_CONTROLS))


def read_text(path: Path) -> str:
    """The text of the file, lines ended by `\\n`.

    Raises:
        NoticeError: E102 empty, E103 another kind of file (named), E104 no text, E105 too large, E107 cannot be
            opened.
    """
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise NoticeError("E105", file=path.name, size=-(-size // 2**20), limit=SIZE_LIMIT // 2**20)
        data = path.read_bytes()
    except OSError as error:
        raise NoticeError("E107", file=path.name, reason=_os_reason(error)) from error
    return decode(data, path.name)


def decode(data: bytes, file: str) -> str:
    """`read_text` for bytes at hand; `file` is the name that messages show."""
    if kind := file_kind(data):
        raise NoticeError("E103", file=file, kind=kind)
    text = _text(data)
    if text is None:
        raise NoticeError("E104", file=file)
    if not text.strip("\ufeff\x1a \t\r\n\f\v\u3000"):
        raise NoticeError("E102", file=file)
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")


def file_kind(data: bytes) -> str | None:
    """The Chinese name of a known kind of file that is no text (picture, office document, archive), else None."""
    for kind in schema_toml("notice.toml")["kind"]:
        if (
            data.startswith(bytes.fromhex(kind["magic"]))
            and kind.get("contains", "").encode() in data
            and (not kind.get("binary") or _has_controls(data))
        ):
            return str(kind["name"])
    return None


def _text(data: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            # A UTF-32 mark begins like UTF-16's: the NULs that then remain are refused.
            text = _strict(data[len(bom) :], encoding)
            return None if text is None or "\0" in text else text
    if _has_controls(data):
        return None
    # GB18030 reads nearly every byte pair, UTF-8 hardly any by chance: the strict one is asked first.
    text = _strict(data, "utf-8")
    return _strict(data, "gb18030") if text is None else text


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _has_controls(data: bytes) -> bool:
    return len(data.translate(None, _CONTROLS)) != len(data)


def _os_reason(error: OSError) -> str:
    match error:
        case FileNotFoundError():
            return "文件不存在"
        case IsADirectoryError():
            return "这是一个文件夹"
        case PermissionError():
            return "没有读取权限，或文件正被其他程序占用"
    return error.strerror or type(error).__name__
