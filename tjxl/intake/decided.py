"""What the office has decided about returns, as 裁决依据 keeps it: answers to questions, files set aside."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tjxl.intake.context import Chosen
from tjxl.intake.questions import FILE, VALUE
from tjxl.intake.sources import Source
from tjxl.sheets.layout import answer_words, state_titles
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, sender_of
from tjxl.stages import SINGLE


@dataclass(frozen=True, slots=True)
class _Answer:
    """A question about a return whose answer has been carried out."""

    key: str
    choice: str
    data: Mapping[str, Any]

    @property
    def kind(self) -> str:
        return self.key.partition(":")[0]

    @property
    def report(self) -> tuple[str, str, str]:
        """Period, unit code and stage."""
        return str(self.data["period"]), str(self.data["unit_code"]), str(self.data.get("stage", SINGLE))


def answers_about_returns(state: MasterState) -> dict[str, str]:
    """Key of a question about a value → the choice."""
    return {a.key: a.choice for a in _answers(state) if a.kind == VALUE}


def files_set_aside(state: MasterState) -> dict[str, Chosen]:
    """sha256 of a file that does not count → the one that the office chose in its place."""
    out: dict[str, Chosen] = {}
    for answer in _answers(state):
        if answer.kind == FILE:
            chosen = _chosen(answer)
            others = {sha256 for sha256, _ in answer.data["values"].values()} - {chosen.sha256}
            out |= dict.fromkeys(others, chosen)
    return out


def _chosen(answer: _Answer) -> Chosen:
    return Chosen(*answer.data["values"][answer.choice])


def _answers(state: MasterState) -> Iterator[_Answer]:
    for row in state.decided.values():
        key = str(row["key"] or "")
        if row["obeyed"] and key.partition(":")[0] in (VALUE, FILE):
            choice = json.loads(row["obeyed"]).get("choice")
            data = json.loads(row["data"] or "{}")
            if choice in data.get("values", ()):
                yield _Answer(key, choice, data)


def to_be_read_again(state: MasterState, period: str) -> dict[str, tuple[str, dt.datetime]]:
    """Files of a period, already archived, whose questions were answered since: sha256 → their name and time.

    Only the file that counts for its unit, and only while the master does not hold what was decided.
    """
    submissions: dict[tuple[str, str, str], TableRow] = {
        (period, *sender_of(r)): r for r in state.submissions if r["period"] == period and r["merged_at"] is not None
    }
    out: dict[str, tuple[str, dt.datetime]] = {}
    for answer in _answers(state):
        submission = submissions.get(answer.report)
        if submission is None:
            continue
        wanted = (
            _wanted_value(answer, submission, state) if answer.kind == VALUE else _wanted_file(answer, submission)
        )
        if wanted is not None:
            out[wanted.sha256] = (wanted.file, dt.datetime.fromisoformat(str(answer.data["time"])))
    return out


def _wanted_value(answer: _Answer, submission: TableRow, state: MasterState) -> Chosen | None:
    data = answer.data
    if submission["sha256"] != data["sha256"] or answer.choice == answer_words()["send_back"]:
        return None
    file = Chosen(str(data["sha256"]), str(data["file"]))
    if submission["state"] == state_titles()["awaiting_decision"]:
        return file
    value, field, part = data["values"][answer.choice], data["field"], data["part"]
    if value is None or part not in PART_TABLES or field not in PART_TABLES[part].fields:
        return None
    row = state.effective[part].get((str(data["period"]), str(data["row_code"]), str(data["unit_code"])))
    merged = row[field] if row is not None else None
    return None if (merged.isoformat() if isinstance(merged, dt.date) else merged) == value else file


def _wanted_file(answer: _Answer, submission: TableRow) -> Chosen | None:
    files = {sha256 for sha256, _ in answer.data["values"].values()}
    chosen = _chosen(answer)
    return chosen if submission["sha256"] in files - {chosen.sha256} else None


def archived_sources(archive: Path, wanted: Mapping[str, tuple[str, dt.datetime]]) -> list[Source]:
    """These files as they came, from 归档/; one that is not there (it is still in 收件) is left out."""
    found = []
    for sha256, (file, time) in sorted(wanted.items()):
        for path in archive.glob(f"{sha256}.*"):
            found.append(Source(file, path.read_bytes(), time, path))
    return found
