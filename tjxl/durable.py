"""Writing files whole or not at all, and saying plainly when the system refuses."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from tjxl.errors import ProjectError, plain_reason
from tjxl.project import TEMPORARY_PREFIX


@contextlib.contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """Turn the operating system's refusal to write into one clear sentence.

    Raises:
        ProjectError: E212 with the file and the reason.
    """
    try:
        yield
    except OSError as error:
        raise ProjectError("E212", file=path.name, reason=plain_reason(error)) from error


def write_durably(path: Path, content: bytes) -> None:
    """Write a file so that after this call its content is on disk under its name, or nothing has changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    sync_folder(path.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that at any instant it is the old one or the new one: beside it, forced to disk, then renamed.

    The folder's entry is not yet forced to disk: for many files that is done once.
    """
    temporary = path.with_name(f"{TEMPORARY_PREFIX}{path.name}.tmp")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Force a folder's entries to disk. Windows has no such call and does it by itself."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
