"""A status, or an answer of a fixed list, by its name or by one of its synonyms (failure mode 19)."""

from __future__ import annotations

from tjxl.fields.spec import Choice
from tjxl.findings import finding
from tjxl.intake.values import BLANK, Reading, as_typed, squeeze, unusable
from tjxl.ooxml.cells import RawCell
from tjxl.settings import Settings

_ENDINGS = "。.，,；;！!、"


def read_status(cell: RawCell | None, settings: Settings) -> Reading:
    """A progress status; a word that says almost the same (「基本完成」) is read as that, with a warning."""
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    original = as_typed(cell.value)
    name = _compared(original)
    if not name:
        return BLANK
    choices = "、".join(s.name for s in settings.statuses)
    for status in settings.statuses:
        if name == status.name:
            return _named(original, name, "V401")
        if name in status.aliases:
            return Reading(status.name, finding("V401", value=original, normalised=status.name))
        if name in status.near:
            return Reading(status.name, finding("V418", value=original, normalised=status.name, choices=choices))
    return Reading(None, finding("V402", value=original, choices=choices))


def read_choice(cell: RawCell | None, choices: tuple[Choice, ...]) -> Reading:
    """An answer of a fixed list."""
    if (problem := unusable(cell)) is not None:
        return problem
    assert cell is not None
    original = str(cell.value).upper() if isinstance(cell.value, bool) else as_typed(cell.value)
    answer = _compared(original)
    if not answer:
        return BLANK
    for choice in choices:
        if answer == choice.name:
            return _named(original, answer, "V415")
        if answer.upper() in map(squeeze, choice.aliases):
            return Reading(choice.name, finding("V415", value=original, normalised=choice.name))
    return Reading(None, finding("V416", value=original, choices="、".join(c.name for c in choices)))


def _compared(original: str) -> str:
    """Folded, without white space and without the full stop of a sentence."""
    return squeeze(original).rstrip(_ENDINGS)


def _named(original: str, name: str, code: str) -> Reading:
    """The name itself; where width, spaces or a full stop were in the way, with a note."""
    return Reading(name, finding(code, value=original, normalised=name) if original != name else None)
