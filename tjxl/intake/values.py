"""What reading a cell gives, and how its text is folded before anything is compared (failure mode 18)."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise
from typing import Any, NamedTuple

from tjxl.findings import Finding, finding
from tjxl.notice.words import DROPPED
from tjxl.ooxml.cells import RawCell, is_picture


class Reading(NamedTuple):
    """A typed value, or the finding that says why there is none (the two may stand together: a note)."""

    value: Any = None
    finding: Finding | None = None

    @property
    def unreadable(self) -> bool:
        """True where the cell is filled but gives no value: rules on it would only repeat the finding."""
        return self.finding is not None and self.finding.severity in ("error", "question")


BLANK = Reading()


def fold(text: str) -> str:
    """Text for comparison: compatibility forms folded (８０％ → 80%), invisible characters gone, edges trimmed."""
    return unicodedata.normalize("NFKC", text).translate(DROPPED).strip()


@lru_cache(maxsize=4096)  # titles and locked texts come again in every return
def squeeze(text: str) -> str:
    """Folded text without any white space: how titles and names are compared."""
    return "".join(fold(text).split())


def joined(text: str) -> str | None:
    """Squeezed text of a number; None where white space parts two digits: 「35 36」 is not 3536."""
    parts = fold(text).split()
    if any(a[-1].isdigit() and b[0].isdigit() for a, b in pairwise(parts)):
        return None
    return "".join(parts)


def unusable(cell: RawCell | None) -> Reading | None:
    """The reading of a cell that needs no parsing: blank, a picture, an error value, a formula never calculated."""
    if cell is None or is_picture(cell):  # pictures are counted for the sheet as a whole
        return BLANK
    if cell.kind == "error":
        return Reading(None, finding("V411", value=cell.value))
    if cell.value is None or cell.value == "":
        return Reading(None, finding("V412")) if cell.formula is not None and cell.value is None else BLANK
    return None


def as_typed(value: bool | float | str | None) -> str:
    """A cell's value as its text: a whole number without its point."""
    if isinstance(value, float) and not isinstance(value, bool):
        return f"{value:.15g}"
    return str(value)


def in_doubt(code: str, ways: Iterable[tuple[str, Any]], /, **facts: Any) -> Reading:
    """A question with its readings, as said and as typed value: the office may choose one of them.

    A choice is worded so that no spreadsheet program makes a number or a date of it when it is picked.
    """
    return Reading(None, finding(code, **facts).offering((as_choice(said), value) for said, value in ways))


def as_choice(said: str) -> str:
    """A reading as 待裁决 offers it: 100% → 按100%计."""
    return f"按{said}计"
