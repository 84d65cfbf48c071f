"""Who leads, where one cell says it itself: 「牵头单位：A；配合单位：B、C」 or 「A（牵头）、B」. Pure."""

from __future__ import annotations

import re
from functools import cache

from tjxl.notice.names import split_names
from tjxl.notice.words import fold, notice_data

_PIECES = re.compile(r"[\n；;]")
_LONGEST_LABEL = 10
_MARK = re.compile(r"[（(]([^（()）]{2,8})[)）]$")


def read_duties(cell: str) -> tuple[tuple[str, ...] | None, tuple[str, ...]]:
    """The leading units and the others of a cell; no leading units (None) where the cell does not say who leads.

    A label holds for the lines below it, up to the next one.
    """
    if not _may_say(cell):
        return None, split_names(cell)
    leads: list[str] = []
    others: list[str] = []
    role = ""
    for piece in _PIECES.split(cell):
        label, text = _labelled(piece)
        role = label or role
        for printed in split_names(text):
            name, marked = _marked(printed)
            (leads if (marked or role) == "lead_unit" else others).append(name)
    return tuple(leads) or None, tuple(others)


def _may_say(cell: str) -> bool:
    return any(mark in cell for mark in "：:（(")


def _labelled(piece: str) -> tuple[str, str]:
    """Field of the label at the start of a piece (empty without one), and the text behind it."""
    head = piece[: _LONGEST_LABEL + 1]
    at = next((i for i, char in enumerate(head) if char in "：:"), -1)
    field = _roles().get(fold(piece[:at])) if at > 0 else None
    return (field, piece[at + 1 :]) if field else ("", piece)


def _marked(name: str) -> tuple[str, str]:
    """A name without its 「（牵头）」, and the field that this means; any other bracket belongs to the name."""
    mark = _MARK.search(name)
    field = _roles().get(fold(mark[1])) if mark else None
    return (name[: mark.start()], field) if mark and field else (name, "")


@cache
def _roles() -> dict[str, str]:
    """Folded label → field: the titles that the columns of leading, cooperating and responsible units go by."""
    columns = notice_data("columns")
    return {fold(title): name for name in ("units", "cooperating_units", "lead_unit") for title in columns[name]}
