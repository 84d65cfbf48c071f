"""What stops the program: an error holds facts, its sentence comes from the message catalogue."""

from __future__ import annotations

import errno
import re

from tjxl.messages import message

_REASONS: dict[str, tuple[int, ...]] = {
    "磁盘空间不足": (errno.ENOSPC, errno.EDQUOT),
    "没有权限或文件被占用": (errno.EACCES, errno.EPERM),
    "文件正被其他程序使用": (errno.EBUSY, errno.ETXTBSY, errno.EAGAIN, errno.EDEADLK, errno.ENOLCK),
    "磁盘是只读的": (errno.EROFS,),
    "文件已不存在": (errno.ENOENT,),
    "已有同名的文件或文件夹，请换一个名称": (errno.EEXIST,),
    "路径中应为文件夹的一处是文件，请核对": (errno.ENOTDIR,),
    "这是一个文件夹": (errno.EISDIR,),
    "文件夹不是空的": (errno.ENOTEMPTY,),
    "名称或路径太长，请缩短": (errno.ENAMETOOLONG,),
    "名称中有系统不接受的字符，或磁盘不接受这项操作": (errno.EINVAL, errno.EILSEQ),
    "磁盘不支持这项操作": (errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EXDEV, errno.EMLINK),
    "文件太大": (errno.EFBIG, errno.EOVERFLOW),
    "链接兜圈，没有指向任何文件": (errno.ELOOP,),
    "磁盘读写出错": (errno.EIO,),
    "磁盘或设备已断开": (errno.ENODEV, errno.ENXIO),
    "网络或网络磁盘没有响应": (
        errno.ECONNABORTED,
        errno.ECONNREFUSED,
        errno.ECONNRESET,
        errno.EHOSTUNREACH,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.ENOTCONN,
        errno.ESTALE,
        errno.ETIMEDOUT,
    ),
    "打开的文件过多，请关闭其他程序": (errno.EMFILE, errno.ENFILE),
    "内存不足，请关闭其他程序": (errno.ENOMEM,),
    "接收输出的程序已经结束": (errno.EPIPE,),
}
_REASON_OF = {number: reason for reason, numbers in _REASONS.items() for number in numbers}


def plain_reason(error: OSError) -> str:
    """Why the operating system refused, in Chinese; what is none of the usual reasons is given by its number."""
    if reason := _REASON_OF.get(error.errno or 0):
        return reason
    number = getattr(error, "winerror", None) or error.errno  # what Windows itself says is more exact
    return f"读写失败（系统错误 {number}）" if number else "读写失败"


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
