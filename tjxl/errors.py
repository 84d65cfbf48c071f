"""What stops the program: an error holds facts, its sentence comes from the message catalogue."""

from __future__ import annotations

import errno
import re

from tjxl.messages import message

_REASONS = {
    errno.ENOSPC: "磁盘空间不足",
    errno.EDQUOT: "磁盘空间不足",
    errno.EACCES: "没有权限或文件被占用",
    errno.EPERM: "没有权限或文件被占用",
    errno.EROFS: "磁盘是只读的",
    errno.ENOENT: "文件已不存在",
    errno.ELOOP: "链接兜圈，没有指向任何文件",
    errno.EIO: "磁盘读写出错",
}


def plain_reason(error: OSError) -> str:
    """Why the operating system refused, in Chinese where it is one of the usual reasons."""
    return _REASONS.get(error.errno or 0, error.strerror or "读写失败")


def toml_reason(error: ValueError) -> str:
    """Why a file of settings or wording cannot be read, in Chinese: `tomllib` speaks English."""
    if isinstance(error, UnicodeDecodeError):
        return "不是 UTF-8 编码"
    if place := re.search(r"line (\d+), column (\d+)", str(error)):
        return f"第 {place[1]} 行第 {place[2]} 个字符处写法不对"
    return "文件末尾处写法不完整，引号、括号须成对"


class TjxlError(Exception):
    """The command could not be done (exit status 2). `code` names the catalogue entry, `facts` fill it in."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        return message(self.code).say(**self.facts)


class NoticeError(TjxlError):
    """The notice cannot be read as a task table."""


class ProjectError(TjxlError):
    """The project folder, its settings or its master is missing or not usable."""


class PackageError(TjxlError):
    """A workbook's package (zip, XML parts) is broken, dangerous, or cannot be changed safely."""


class SpecError(TjxlError):
    """A data file of tjxl or of the office (TOML) says something that has no meaning; names file and key."""
