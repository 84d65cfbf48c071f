"""Bytes → text: the encodings that Chinese offices meet; anything else is refused."""

from __future__ import annotations

import codecs

from tjxl.errors import NoticeError
from tjxl.notice.files.kinds import has_controls

_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


def decode(data: bytes, file: str) -> str:
    """The text, lines ended by `\\n`. `file` is the name that messages show.

    Raises:
        NoticeError: E102 empty, E104 no text.
    """
    text = text_of(data)
    if text is None:
        raise NoticeError("E104", file=file)
    if not text.strip("\ufeff\x1a \t\r\n\f\v\u3000"):
        raise NoticeError("E102", file=file)
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\x1a")


def text_of(data: bytes) -> str | None:
    """The bytes as UTF-8, UTF-16 with a mark, or GB18030 (which holds GBK and GB2312); None where they are none."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            # A UTF-32 mark begins like UTF-16's: the NULs that then remain are refused.
            text = _strict(data[len(bom) :], encoding)
            return None if text is None or "\0" in text else text
    if has_controls(data):
        return None
    # GB18030 reads nearly every byte pair, UTF-8 hardly any by chance: the strict one is asked first.
    text = _strict(data, "utf-8")
    return _strict(data, "gb18030") if text is None else text


def _strict(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None
