"""Rows of files → rows of 核查: new, changed, or there already; by what the finding is about, never by its place."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from tjxl.findings import Finding, finding
from tjxl.intake.values import squeeze
from tjxl.merge.comparison import Grounds, settled
from tjxl.sheets.layout import conclusion_words
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState
from tjxl.supervise.verification.reading import FoundRow

_KEY = ("source", "period", "task", "target", "unit", "matter")
"""What makes two rows the same finding; another value for it is an update."""


@dataclass(frozen=True)
class FileOfFindings:
    """A file to be imported."""

    path: Path
    content: bytes

    @cached_property
    def sha256(self) -> str:
        """The content's identity."""
        return hashlib.sha256(self.content).hexdigest()


class Importer:
    """What files change in 核查. Nothing is written here.

    Attributes:
        added: rows for 核查; remembered: the same for 核查依据.
        rewritten: row of 核查, row of 核查依据, new values, new data.
        files: of each file how many rows it has and what became of them.
        updated: findings with another value than before: number, task, matter, old and new.
    """

    def __init__(self, state: MasterState, grounds: Grounds, now: dt.datetime) -> None:
        self._grounds, self._now, self._state = grounds, now, state
        self._shown = {str(row["verification_no"]): row for row in state.verification}
        self._known = {str(r["key"]): n for n, r in state.verified.items() if n in self._shown}
        numbers = (*state.verified, *self._shown)  # the office may have deleted rows: no number is given twice
        self._last = max((int(n[1:]) for n in numbers if n[:1] == "V" and n[1:].isdecimal()), default=0)
        self._met: dict[str, tuple[FoundRow, str]] = {}
        self.added: list[dict[str, Any]] = []
        self.remembered: list[dict[str, Any]] = []
        self.rewritten: list[tuple[TableRow, TableRow, dict[str, Any], str]] = []
        self.files: list[dict[str, Any]] = []
        self.updated: list[dict[str, Any]] = []

    def take(self, file: FileOfFindings, rows: Sequence[FoundRow]) -> list[Finding]:
        """Take in the rows of a file; what is to be said of them."""
        said: list[Finding] = []
        counts = {"added": 0, "updated": 0, "unchanged": 0}
        for row in rows:
            key, data = _key(row), json.dumps(dict(row.said), ensure_ascii=False)
            if key in self._met:
                first, before = self._met[key]
                code = "Q119" if before == data else "Q118"
                said.append(_at(row, finding(code, where=f"「{first.sheet}」表第 {first.row} 行")))
                continue
            self._met[key] = row, data
            place = {"file": file.path.name, "sha256": file.sha256, "row": row.row, "imported_at": self._now}
            outcome, found = self._put(key, data, place)
            counts[outcome] += 1
            said += [_at(row, f) for f in found]
        self.files.append({"file": file.path.name, "sha256": file.sha256, "rows": len(rows)} | counts)
        return said

    def _put(self, key: str, data: str, place: dict[str, Any]) -> tuple[str, list[Finding]]:
        """Plan a finding; what becomes of it, and what is to be said."""
        number = self._known.get(key)
        if number is None:
            self._last += 1
            number = f"V{self._last:03d}"
            values = {"verification_no": number} | settled(data, None, self._grounds) | place
            self.added.append(values)
            self.remembered.append({"verification_no": number, "key": key, "data": data})
            return "added", list(_open(number, values))
        old, remembered = self._shown[number], self._state.verified[number]
        if remembered["data"] == data:
            return "unchanged", []
        values = settled(data, old.values.get("assigned"), self._grounds) | place
        self.rewritten.append((old, remembered, values, data))
        self.updated.append(
            {
                "verification_no": number,
                "task_code": values["task_code"],
                "matter": values["matter"],
                "old": old["found"],
                "new": values["found"],
                "old_conclusion": old["conclusion"],
                "conclusion": values["conclusion"],
            }
        )
        note = finding("Q121", number=number, old=old["found"], new=values["found"])
        return "updated", [note, *_open(number, values)]


def _key(row: FoundRow) -> str:
    return "|".join(squeeze(row.said.get(name, "")) for name in _KEY)


def _at(row: FoundRow, said: Finding) -> Finding:
    return said.at(sheet=row.sheet, cell=row.cell)


def _open(number: str, values: dict[str, Any]) -> Iterator[Finding]:
    """What a row that is kept needs of a person."""
    words = conclusion_words()
    code = {words["unmatched"]: "Q122", words["not_comparable"]: "Q123"}.get(values["conclusion"])
    if code is not None:
        yield finding(code, number=number, reason=values["difference"], task=values["task_code"])
