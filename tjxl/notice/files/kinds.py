"""What kind of file a notice is, by its content: names prove nothing."""

from __future__ import annotations

import re
from typing import Literal

from tjxl.resources import schema_toml

Reader = Literal["word", "excel", "old_excel", "web_archive", "web_page"]

_HEAD = 4096
_TEXT_CONTROLS = b"\t\n\r\f\v\x1a"  # 0x1A: the end mark that old DOS editors leave
_CONTROLS = bytes(set(range(0x20)) - set(_TEXT_CONTROLS))
_TAG = re.compile(rb"<(?:!doctype\s+html|html|head|body|meta|table|div|p)\b", re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")


def known_kind(data: bytes) -> tuple[str, Reader | None] | None:
    """The Chinese name of a kind of file that is no plain text, and what reads it (None: nothing does).

    None for anything else.
    """
    for kind in schema_toml("notice.toml")["kind"]:
        wide = kind.get("contains_utf16", "")
        if (
            data.startswith(bytes.fromhex(kind["magic"]))
            and kind.get("contains", "").encode() in data
            and wide.encode("utf-16-le") in data
            and (not kind.get("binary") or has_controls(data))
        ):
            return str(kind["name"]), kind.get("reader")
    return _web_kind(data)


def _web_kind(data: bytes) -> tuple[str, Reader | None] | None:
    """A web page begins with a tag; one saved whole (.mht) with the head of a mail."""
    head = data[:_HEAD]
    for mark in _MARKS:
        head = head.removeprefix(mark)
    if data.startswith(_MARKS[1:]):
        head = head.decode("utf-16-le" if data.startswith(_MARKS[1]) else "utf-16-be", "ignore").encode()
    if head.lstrip().startswith(b"<") and _TAG.search(head):
        return "网页", "web_page"
    if re.match(rb"(?:From|MIME-Version|Subject|Content-Type):", head.lstrip()) and b"multipart/related" in head:
        return "网页档案（.mht）", "web_archive"
    return None


def has_controls(data: bytes) -> bool:
    """Whether bytes stand in the data that no text holds."""
    return len(data.translate(None, _CONTROLS)) != len(data)
