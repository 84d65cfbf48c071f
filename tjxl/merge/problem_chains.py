"""问题清单: what units report as stuck (存在问题), as chains over the periods. Pure.

One problem is what one unit reports of one task in reports that follow each other, whatever its wording: a text that
changes is the same problem described anew. It ends where the unit reports the task without a problem; what is
reported later is another. A period for which the unit has not reported at all does not end it. Where the office has
closed the row (办结日期 and 办结原因), what the unit reports in later periods is a new problem.

Nothing here closes a problem: one that the unit says no more of stays on the list.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tjxl.intake.values import squeeze
from tjxl.merge.projection import Entry, Key
from tjxl.sheets.rows import TableRow

_SHOWN = 2
"""How many other places of the same text are named; of more their number is told."""
_ENDINGS = "。.，,；;！!、：: "


@dataclass(slots=True)
class Chain:
    """A problem: reported first and last in which periods, in how many reports, and its latest report."""

    task: str
    unit: str
    first: str
    last: str
    reports: int
    entry: Entry
    previous: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """Whose problem it is: task and unit."""
        return self.task, self.unit

    @property
    def text(self) -> str:
        """The latest wording, as it is compared with others."""
        return squeeze(str(self.entry["problems"]))


def is_problem(text: object, none_words: frozenset[str]) -> bool:
    """Whether 存在问题 names a problem; 「无」 and the like name none."""
    said = squeeze(str(text or "")).rstrip(_ENDINGS)
    return bool(said) and said.casefold() not in none_words


def chains_of(
    reports: Mapping[Key, Entry], none_words: Iterable[str], cuts: Mapping[tuple[str, str], Sequence[str]]
) -> tuple[list[Chain], dict[tuple[str, str], str]]:
    """The problems of all reports that count, by first period, task and unit; and up to when each unit has reported.

    Args:
        reports: period, task, unit → the row of 填报流水 that counts.
        cuts: task and unit → periods up to which the office has closed their problems.
    """
    nothing = frozenset(squeeze(word).rstrip(_ENDINGS).casefold() for word in none_words)
    out: list[Chain] = []
    running: dict[tuple[str, str], Chain | None] = {}
    told: dict[tuple[str, str], str] = {}
    for (period, task, unit), entry in sorted(reports.items(), key=lambda item: item[0]):
        place = (task, unit)
        told[place] = period
        if not is_problem(entry["problems"], nothing):
            running[place] = None
            continue
        chain = running.get(place)
        if chain is None or any(chain.last <= cut < period for cut in cuts.get(place, ())):
            chain = running[place] = Chain(task, unit, period, period, 1, entry)
            out.append(chain)
        else:
            chain.previous, chain.entry, chain.last = chain.text, entry, period
            chain.reports += 1
    return out, told


def repetitions(chains: Sequence[Chain]) -> dict[int, str]:
    """Number of a chain → where else its text stands: in the report before, at other tasks or units.

    Compared without white space, full and half width alike; among the reports of one period.
    """
    alike: dict[tuple[str, str], list[Chain]] = {}
    for chain in chains:
        alike.setdefault((chain.last, chain.text), []).append(chain)
    out = {}
    for number, chain in enumerate(chains):
        said = ["与上期相同"] if chain.previous == chain.text else []
        others = [other for other in alike[chain.last, chain.text] if other is not chain]
        if others:
            named = "、".join(_named(other, chain) for other in others[:_SHOWN])
            more = f"等{len(others)}处" if len(others) > _SHOWN else ""
            said.append(f"与{named}{more}相同")
        if said:
            out[number] = "；".join(said)
    return out


def _named(other: Chain, beside: Chain) -> str:
    """The other place: its task, its unit, or both, as far as they differ."""
    unit = str(other.entry["unit"])
    if other.unit == beside.unit:
        return other.task
    return unit if other.task == beside.task else f"{other.task}{unit}"


def matched(chains: Sequence[Chain], rows: Sequence[TableRow], first: Mapping[str, str]) -> dict[int, TableRow]:
    """Number of a chain → its row of 问题清单, where it has one.

    Chains and rows of one task and unit are taken in the order of their periods. A row is a chain's where their
    periods overlap, or where the row had first been listed for a period that the chain covers (`first`, by number).
    """
    open_rows: dict[tuple[str, str], list[TableRow]] = {}
    for row in sorted(rows, key=lambda r: (first.get(str(r["problem_no"]), ""), str(r["problem_no"]))):
        open_rows.setdefault((str(row["task_code"]), str(row["unit_code"])), []).append(row)
    out = {}
    for number, chain in enumerate(chains):
        own = open_rows.get(chain.place, [])
        for row in own:
            if _overlaps(chain, row, first.get(str(row["problem_no"]))):
                out[number] = row
                own.remove(row)
                break
    return out


def _overlaps(chain: Chain, row: TableRow, listed: str | None) -> bool:
    since, until = row["first_period"], row["last_period"]
    if since is not None and until is not None and str(since) <= chain.last and chain.first <= str(until):
        return True
    return listed is not None and chain.first <= listed <= chain.last


def is_solved(row: TableRow) -> bool:
    """Whether the office has closed the row: a date and a reason."""
    return isinstance(row.values.get("solved_on"), dt.date) and bool(
        str(row.values.get("solved_reason") or "").strip()
    )


def cuts_of(rows: Iterable[TableRow]) -> dict[tuple[str, str], list[str]]:
    """Where the office's closings end chains.

    A closing speaks of what stood on the list when it was made: the row's 最近期次 then, which 办结时期次 keeps.
    """
    out: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        until = closed_at(row)
        if until is not None:
            place = (str(row["task_code"]), str(row["unit_code"]))
            out.setdefault(place, []).append(until)
    return out


def closed_at(row: TableRow) -> str | None:
    """The period up to which a closing holds; None where the row is open."""
    if not is_solved(row):
        return None
    period = row["solved_at_period"] or row["last_period"]
    return str(period) if period else None


def values_of(chain: Chain, told: Mapping[tuple[str, str], str], repeated: str | None) -> dict[str, Any]:
    """What a row of 问题清单 says of a chain (the office's and the register's columns are not among them)."""
    return {
        "task_code": chain.task,
        "unit_code": chain.unit,
        "unit": chain.entry["unit"],
        "role": chain.entry["role"],
        "problems": chain.entry["problems"],
        "next_steps": chain.entry["next_steps"],
        "first_period": chain.first,
        "last_period": chain.last,
        "reported_to": told[chain.place],
        "periods_open": chain.reports,
        "repeated": repeated,
    }


def numbers(given: Iterable[str]) -> Iterator[str]:
    """Numbers for new problems: on from the highest ever given."""
    taken = [int(n[1:]) for n in given if n[:1] == "P" and n[1:].isascii() and n[1:].isdecimal()]
    number = max(taken, default=0)
    while True:
        number += 1
        yield f"P{number:03d}"
