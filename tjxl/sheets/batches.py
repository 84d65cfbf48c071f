"""Numbers of merges (合并批次) that were undone: 变更记录 goes on naming them, so that none is given again."""

from __future__ import annotations

from collections.abc import Mapping

from tjxl.ooxml.editor import BookEditor
from tjxl.sheets.pairs import put_pairs

_KEY = "undone_batch"


def undone_batch(meta: Mapping[str, str]) -> int:
    """The highest number of a merge that was undone; 0 where none was.

    Args:
        meta: the pairs of `_tjxl`.
    """
    said = meta.get(_KEY, "")
    return int(said) if said.isdecimal() else 0


def remember_undone(editor: BookEditor, batch: int) -> None:
    """Note the highest number of a merge that was undone."""
    put_pairs(editor, [(_KEY, str(batch))])
