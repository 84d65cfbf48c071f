"""What is said once of many: findings of one cause with all their cells (「填报」表 H12、H15：…), names of units."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tjxl.findings import Finding

_SHOWN = 10
_LONGEST_VALUE = 12
_NAMED = 20
"""Units that a sentence names; the JSON has all of them."""


@dataclass(frozen=True, slots=True)
class Group:
    """Findings of one cause on one sheet, in the order in which they were found; never empty."""

    findings: tuple[Finding, ...]

    @property
    def sentence(self) -> str:
        """Where and what. Where only the quoted values differ they stand beside their cells."""
        first = self.findings[0]
        if len(self.findings) == 1:
            return first.sentence
        alike = len({f.message for f in self.findings}) == 1
        message = first.message if alike else _without_value(first)
        places = [f.cell if alike else f"{f.cell}“{_short(str(f.value))}”" for f in self.findings if f.cell]
        if not places:
            return first.sentence
        shown = "、".join(str(p) for p in places[:_SHOWN])
        more = f"等 {len(places)} 处" if len(places) > _SHOWN else ""
        return f"「{first.sheet}」表 {shown}{more}：{message}"


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The findings by cause and sheet, in the order in which each cause came first.

    One cause: the same code, and the same sentence apart from the value that it quotes.
    """
    groups: dict[tuple[str | None, ...], list[Finding]] = {}
    for number, f in enumerate(findings):
        alone = None if f.sheet and f.cell else str(number)
        groups.setdefault((f.severity, f.code, f.sheet, _without_value(f), alone), []).append(f)
    return [Group(tuple(group)) for group in groups.values()]


def _without_value(found: Finding) -> str:
    """The sentence without the value that it quotes."""
    return found.message.replace(f"“{found.value}”", "") if found.value is not None else found.message


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def first_names(units: Sequence[str]) -> str:
    """Units as a sentence names them; of many only the first."""
    shown = "、".join(units[:_NAMED])
    return shown if len(units) <= _NAMED else f"{shown}等"
