"""What this level's departments reported of one task from above, made into one report. Pure.

The rules (the office reviews what they propose before it goes up; none guesses):

* 进展状态: 核定状态 of a part where the office filled it in, else its lead's word. 已完成 where every part is;
  滞后 where any is; 未启动 where none has begun; else 正常推进. Blank where a part is not reported, where somebody
  asks for an adjustment (whether to ask above is for a person), where a cooperating department contradicts the lead.
* 完成进度: the parts' mean by weight, a completed part counting as 1 and one not begun as 0, rounded down to a
  hundredth, so that 100 % is said only of what is complete.
* texts: the parts' texts one below the other, each after the name of its department; one part alone as it stands.
* 日期: of a completed task the last day; else the latest day that a part still to be completed expects.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.settings import Settings, StatusMeaning

TEXTS = ("progress_text", "problems", "next_steps", "evidence")
_PERCENT_STEPS = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a task from above, as this level's master has it.

    Attributes:
        code: its task here; unit: the department that leads it.
        status: what it means, 核定状态 first; None where nothing is reported.
        verified: the office has verified the status.
        reported: of the period that goes up; what was completed before counts as reported.
        values: the lead's report, by field.
        others: what the cooperating departments say in this period: name → meaning of the status.
        silent: the cooperating departments that have said nothing in this period.
    """

    code: str
    unit: str
    weight: float
    status: StatusMeaning | None
    verified: bool
    reported: bool
    values: Mapping[str, Any]
    others: Mapping[str, StatusMeaning] = field(default_factory=dict)
    silent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Consolidated:
    """A row as it is proposed: values by field (blank ones left out), and what is doubtful of it."""

    values: Mapping[str, Any]
    findings: tuple[Finding, ...]


def consolidate(
    serial_no: int, pieces: Sequence[Piece], settings: Settings, limit: int, titles: Mapping[str, str]
) -> Consolidated:
    """One report of several.

    Args:
        limit: characters that a text may have.
        titles: the fields' titles.
    """
    if not pieces:
        return Consolidated({}, (finding("H120", serial_no=serial_no),))
    values, said = _texts(serial_no, pieces, limit, titles)
    silent = dict.fromkeys(unit for piece in pieces if piece.status != "completed" for unit in piece.silent)
    if silent:
        said.append(finding("H129", serial_no=serial_no, units="、".join(silent)))
    doubts = _doubts(serial_no, pieces)
    if doubts:
        return Consolidated(values, (*doubts, *said))
    status = _status(pieces)
    values["status"] = settings.status_named(status)
    percent, without = _percent(pieces)
    if without:
        said.append(finding("H124", serial_no=serial_no, units="、".join(without)))
    elif percent is not None:
        values["percent_complete"] = percent
    day = _day(pieces, status)
    if day is not None:
        values["completion_date"] = day
    return Consolidated(values, tuple(said))


def _doubts(serial_no: int, pieces: Sequence[Piece]) -> list[Finding]:
    """What keeps the parts from giving one status."""
    out = []
    silent = _names(p for p in pieces if not p.reported or p.status is None)
    if silent:
        out.append(finding("H121", serial_no=serial_no, units="、".join(silent)))
    asking = _names(p for p in pieces if p.status == "adjustment_requested")
    if asking:
        out.append(finding("H122", serial_no=serial_no, units="、".join(asking)))
    said = [f"{p.unit}与{'、'.join(others)}" for p in pieces if (others := _contradicting(p))]
    if said:
        out.append(finding("H123", serial_no=serial_no, said="；".join(said)))
    return out


def _contradicting(piece: Piece) -> list[str]:
    """The cooperating departments whose word cannot be true beside the lead's, where the office has not settled it.

    Completed, while somebody has not completed his part; not begun, while somebody has.
    """
    if piece.verified or piece.status not in ("completed", "not_started"):
        return []
    return [unit for unit, status in piece.others.items() if status != piece.status]


def _names(pieces: Any) -> list[str]:
    return list(dict.fromkeys(piece.unit for piece in pieces))


def _status(pieces: Sequence[Piece]) -> StatusMeaning:
    present = {piece.status for piece in pieces}
    if present == {"completed"}:
        return "completed"
    if "behind" in present:
        return "behind"
    return "not_started" if present == {"not_started"} else "in_progress"


def _percent(pieces: Sequence[Piece]) -> tuple[float | None, list[str]]:
    """The mean, and who gave no figure where others did; no mean and nobody where none gave one."""
    parts: list[float | None] = [
        1.0 if p.status == "completed" else 0.0 if p.status == "not_started" else _share(p) for p in pieces
    ]
    given = [part for part in parts if part is not None]
    without = _names(p for p, part in zip(pieces, parts, strict=True) if part is None)
    if without:
        return None, without if any(_share(p) is not None for p in pieces) else []
    total = math.fsum(p.weight for p in pieces)
    mean = math.fsum(p.weight * part for p, part in zip(pieces, given, strict=True)) / total
    # to nine digits first: 0.29 is not to become 0.28 by the way computers write fractions
    return math.floor(round(mean * _PERCENT_STEPS, 9)) / _PERCENT_STEPS, []


def _share(piece: Piece) -> float | None:
    value = piece.values.get("percent_complete")
    return float(value) if isinstance(value, int | float) else None


def _day(pieces: Sequence[Piece], status: StatusMeaning) -> dt.date | None:
    concerned = [p for p in pieces if status == "completed" or p.status != "completed"]
    days = [d for p in concerned if isinstance(d := p.values.get("completion_date"), dt.date)]
    return max(days, default=None)


def _texts(
    serial_no: int, pieces: Sequence[Piece], limit: int, titles: Mapping[str, str]
) -> tuple[dict[str, Any], list[Finding]]:
    """The texts joined; where they are too long together, each is cut to an equal part of the room."""
    values: dict[str, Any] = {}
    said = []
    for name in TEXTS:
        texts: dict[str, str] = {}
        for piece in pieces:
            text = str(piece.values.get(name) or "").strip()
            if text and text not in texts.get(piece.unit, ""):
                texts[piece.unit] = f"{texts[piece.unit]}\n{text}" if piece.unit in texts else text
        if not texts:
            continue
        if len(pieces) == 1:
            joined, cut = next(iter(texts.values()))[:limit], False
        else:
            joined, cut = _joined(texts, limit)
        values[name] = joined
        if cut:
            said.append(finding("H125", serial_no=serial_no, title=titles[name], limit=limit))
    return values, said


def _joined(texts: Mapping[str, str], limit: int) -> tuple[str, bool]:
    whole = "\n".join(f"{unit}：{text}" for unit, text in texts.items())
    if len(whole) <= limit:
        return whole, False
    room = max(1, (limit - sum(len(unit) + 2 for unit in texts)) // len(texts))
    short = {unit: text if len(text) <= room else text[: room - 1] + "…" for unit, text in texts.items()}
    return "\n".join(f"{unit}：{text}" for unit, text in short.items()), True
