"""Writing files whole or not at all, and saying plainly when the system refuses."""

from __future__ import annotations

import contextlib
import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path

from tjxl.errors import ProjectError, plain_reason
from tjxl.project import TEMPORARY_PREFIX

# Windows: access denied, sharing violation, lock violation. What holds a file for longer is a program at work.
_HELD = (5, 32, 33)
_PAUSES = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Seconds between attempts."""

# Some network file systems cannot force a folder to disk; the content of the files has been.
_NO_SUCH_CALL = (errno.EINVAL, errno.ENOTSUP, errno.ENOSYS)
_NO_FOLDER = (errno.EEXIST, errno.ENOTDIR)


class ChangedMeanwhileError(Exception):
    """A file that was to be replaced holds something else than what its new content was made from."""


@contextlib.contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into one clear sentence.

    Raises:
        ProjectError: E212 with the file and the reason; E255, a file stands where a folder is wanted.
    """
    try:
        yield
    except OSError as error:
        if error.errno in _NO_FOLDER and (file := next((p for p in (path, *path.parents) if p.is_file()), None)):
            raise ProjectError("E255", file=file.name) from error
        raise ProjectError("E212", file=path.name, reason=plain_reason(error)) from error


def write_durably(path: Path, content: bytes, *, in_place_of: bytes | None = None) -> None:
    """Write a file so that after this call its content is on disk under its name, or nothing has changed.

    Raises:
        ChangedMeanwhileError: the file does not hold `in_place_of` (any more).
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content, in_place_of=in_place_of)
    sync_folder(path.parent)


def refuse_changes(path: Path) -> None:
    """Mark a file read-only, as far as its file system can: programs then say so before somebody saves over it."""
    with contextlib.suppress(OSError):  # a courtesy
        path.chmod(path.stat().st_mode & ~0o222)


def write_whole(path: Path, content: bytes, *, in_place_of: bytes | None = None) -> None:
    """Write a file so that at any instant it is the old one or the new one: beside it, forced to disk, then renamed.

    The folder's entry is not yet forced to disk: for many files that is done once.

    Args:
        in_place_of: what the file must hold at the last moment before it is replaced.

    Raises:
        ChangedMeanwhileError: it holds something else. It is left as it is.
    """
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if in_place_of is not None and not _holds(path, in_place_of):
            raise ChangedMeanwhileError(path)
        _replace(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):  # of two troubles the first is said; the next command clears up
            temporary.unlink(missing_ok=True)
        raise


def _holds(path: Path, content: bytes) -> bool:
    try:
        return path.read_bytes() == content
    except FileNotFoundError:
        return False


def _replace(temporary: Path, path: Path) -> None:
    """Rename over what is there. On Windows a virus scanner or an indexer may hold a file for a moment."""
    for pause in _PAUSES:
        try:
            temporary.replace(path)
            return
        except PermissionError as error:
            if getattr(error, "winerror", None) not in _HELD:
                raise
            time.sleep(pause)
    temporary.replace(path)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk. Windows has no such call and does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise
    finally:
        os.close(handle)
