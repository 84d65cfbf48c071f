"""Files that a person names."""

from __future__ import annotations

from pathlib import Path

from tjxl.errors import ProjectError


def refuse_no_file(path: Path) -> None:
    """
    Raises:
        ProjectError: E209 there is nothing; E216 it is a folder.
    """
    if path.is_dir():
        raise ProjectError("E216", file=path)
    if not path.exists():
        raise ProjectError("E209", file=path)
