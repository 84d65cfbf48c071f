"""The ledgers against the archived files that they name: what each row should say, which rows are missing. Pure."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from typing import Any

from tjxl.fields.spec import Part
from tjxl.intake.readform import ReadRow
from tjxl.merge.differences import NOT_IN_FILE, Notes, without_file
from tjxl.merge.plan import AcceptedRow, outweighs
from tjxl.merge.projection import Key
from tjxl.merge.replay import Replayed
from tjxl.register import ROLE_TITLES
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, batch_of
from tjxl.sheets.volumes import place_of
from tjxl.stages import stage_title

Ledgers = dict[Part, list[dict[str, Any]]]
"""The rows as they should be, each with its `number` where it stands in the master or a volume."""


def check_ledgers(state: MasterState, files: Mapping[str, Replayed], kept: Set[str], notes: Notes) -> Ledgers:
    """The ledgers as they should be, in the order in which their rows were written; what differs is noted.

    Args:
        files: those of 归档 that the master names (`replay`).
        kept: sha256 of all that 归档 holds unchanged.
    """
    return _Ledgers(state, files, kept, notes).check()


class _Ledgers:
    """Compares the ledgers of one master with its files."""

    def __init__(self, state: MasterState, files: Mapping[str, Replayed], kept: Set[str], notes: Notes) -> None:
        self.state, self.files, self.kept, self.notes = state, files, kept, notes
        rows = [row for ledger in state.ledgers.values() for row in ledger]
        self._usual = _usual(rows)
        self._batches = {(str(row["sha256"]), row["batch"]) for row in rows}
        self.ledgers: Ledgers = {}

    def check(self) -> Ledgers:
        for part in PART_TABLES:
            self.ledgers[part] = self._present_rows(part)
        for part in PART_TABLES:
            self._missing_rows(part)
        return self.ledgers

    # ---- rows that are there

    def _present_rows(self, part: Part) -> list[dict[str, Any]]:
        table, key = PART_TABLES[part].ledger, PART_TABLES[part].key
        rows = sorted(self.state.ledgers[part], key=_written)
        last = {(r["sha256"], r[key]): place_of(r) for r in rows}
        seen: set[tuple[Any, ...]] = set()
        out: list[dict[str, Any]] = []
        for row in rows:
            file = self.files.get(str(row["sha256"])) or self._real_source(part, row)
            line = _line(file, part, row) if file else None
            if file is None or line is None:
                reason = NOT_IN_FILE if file else without_file(row["sha256"], self.kept)
                self.notes.unproven(table, row, reason)
                out.append(dict(row.values) | {"number": row.number})
                continue
            again = (file.sha256, line.code, row["batch"])
            if again in seen:
                self.notes.extra(table, row)
                continue
            seen.add(again)
            superseded = last.get((row["sha256"], row[key]), place_of(row)) != place_of(row)
            expected = self._expected(part, row, file, line, superseded)
            self.notes.differ(table, row, expected)
            out.append(dict(row.values) | expected | {"number": row.number})
        return out

    def _expected(self, part: Part, row: TableRow, file: Replayed, line: ReadRow, superseded: bool) -> dict[str, Any]:
        """What a file proves of the ledger row that came from one of its rows."""
        expected = _place_of(file, part, line) | self._usual(row)
        if file.sha256 != str(row["sha256"]):
            expected["sha256"] = file.sha256
        if row["role"] not in ROLE_TITLES.values():
            role = stage_title(file.stage) or self._roles.get((line.task_code, file.unit_code))
            expected |= {"role": role} if role else {}
        if not superseded and (file.form.sheets[part].title, line.row) not in file.undecided:
            fields = (f for f in _fields(part) if f not in line.unreadable)
            expected |= {name: line.values.get(name) for name in fields}
        return expected

    @cached_property
    def _roles(self) -> dict[tuple[str, str], str]:
        return {(str(a["task_code"]), str(a["unit_code"])): str(a["role"]) for a in self.state.assignments}

    def _real_source(self, part: Part, row: TableRow) -> Replayed | None:
        """The file that says just what this row says, where its sha256 names none."""
        found = []
        for file in self.files.values():
            if (file.period, file.unit_code) == (row["period"], row["unit_code"]) and (
                line := _line(file, part, row)
            ):
                said = {**_place_of(file, part, line), **line.values}
                if all(row[name] == said.get(name) for name in (*_place_of(file, part, line), *_fields(part))):
                    found.append(file)
        if len(found) > 1:  # a report and its correction: which of them was merged in this batch
            found = [file for file in found if (file.sha256, row["batch"]) in self._batches]
        return found[0] if len(found) == 1 else None

    # ---- rows that are not

    def _missing_rows(self, part: Part) -> None:
        """Rows that the files say and the ledger does not hold, file by file in the order of the merges."""
        tables = PART_TABLES[part]
        rows = {(r["sha256"], r[tables.key]): r for r in self.ledgers[part]}
        held = {_key(part, r): r["role"] for r in self.ledgers[part]}
        known: dict[Key, Mapping[str, Any]] = {}
        for file, batch in self._in_order():
            if file.accepted is None:  # it would go back today: what was merged of it the ledger tells
                merged = (r for (sha256, _), r in rows.items() if sha256 == file.sha256)
                known |= {_key(part, r): {f: r[f] for f in tables.fields} for r in merged}
            sheet = file.accepted.sheets.get(part) if file.accepted else None
            if sheet is None:
                continue
            for line in sheet.rows:
                key = (file.period, line.code, file.unit_code)
                values = {f: line.values.get(f) for f in tables.fields}
                present, place = rows.get((file.sha256, line.code)), (sheet.title, line.row)
                if present is None and key in held and place in file.decided:
                    continue  # decided when another file counted already: never merged
                if present is None and outweighs(held.get(key), file.stage):
                    continue
                if present is not None:
                    known[key] = {f: present[f] for f in tables.fields}
                elif known.get(key) != values and place not in file.undecided:
                    known[key] = values
                    role = stage_title(file.stage) or self._roles.get((line.task_code, file.unit_code))
                    entry = _place_of(file, part, line) | {"role": role} | values | batch
                    self.notes.missing(part, entry)
                    self.ledgers[part].append(entry)

    def _in_order(self) -> Iterator[tuple[Replayed, dict[str, Any]]]:
        """The files in the order of their merges, with what the ledger says of each one's merge.

        Of a file whose rows are all gone 报送情况 still tells when it was merged.
        """
        told: dict[str, dict[str, Any]] = {}
        batches: dict[Any, Any] = {}
        for rows in self.ledgers.values():
            for row in rows:
                batches[row["merged_at"]] = row["batch"]
                sha256, names = str(row["sha256"]), ("file", "sha256", "batch", "merged_at")
                if sha256 not in told or batch_of(row) < batch_of(told[sha256]):
                    told[sha256] = {name: row[name] for name in names}
        for noted in self.state.submissions:
            sha256 = str(noted["sha256"])
            if sha256 not in told and isinstance(at := noted["merged_at"], dt.datetime):
                told[sha256] = {name: noted[name] for name in ("file", "sha256", "merged_at")}
                earlier = [b for time, b in batches.items() if isinstance(time, dt.datetime) and time < at and b]
                told[sha256]["batch"] = batches.get(at) or max(earlier, default=0) + 1
        for sha256 in sorted(told, key=lambda s: (batch_of(told[s]), s)):
            if sha256 in self.files:
                yield self.files[sha256], told[sha256]


def _written(row: TableRow) -> tuple[int, int]:
    return (batch_of(row), row.number)


def _key(part: Part, row: Mapping[str, Any]) -> Key:
    return str(row["period"]), str(row[PART_TABLES[part].key]), str(row["unit_code"])


def _usual(rows: Sequence[TableRow]) -> Callable[[TableRow], dict[str, Any]]:
    """What most rows of a file say of its name, and most of a batch of its time: a cell that no file proves."""
    files: dict[Any, Counter[Any]] = {}
    times: dict[Any, Counter[Any]] = {}
    batches: dict[Any, Counter[Any]] = {}
    for row in rows:
        files.setdefault(row["sha256"], Counter())[row["file"]] += 1
        times.setdefault(row["batch"], Counter())[row["merged_at"]] += 1
        batches.setdefault(row["merged_at"], Counter())[row["batch"]] += 1

    def usual(row: TableRow) -> dict[str, Any]:
        said = {"file": files[row["sha256"]], "merged_at": times[row["batch"]], "batch": batches[row["merged_at"]]}
        out = {}
        for name, counts in said.items():
            (value, most), others = counts.most_common(1)[0], counts[row[name]]
            if most > others:
                out[name] = value
        return out

    return usual


def _fields(part: Part) -> tuple[str, ...]:
    return PART_TABLES[part].fields


def _line(file: Replayed, part: Part, row: TableRow) -> ReadRow | None:
    """The file's row that a ledger row came from: by its code, by its place, or the one that fits better."""
    sheet = file.form.sheets.get(part)
    if sheet is None:
        return None
    key = PART_TABLES[part].key
    fitting = [line for line in sheet.rows if line.code == row[key] or line.row == row["row"]]

    def alike(line: ReadRow) -> int:
        fits = [line.code == row[key], line.row == row["row"]]
        fits += [line.values.get(f) == row[f] for f in _fields(part)]
        return sum(map(bool, fits))

    return max(fitting, key=alike, default=None)


def _place_of(file: Replayed, part: Part, line: ReadRow | AcceptedRow) -> dict[str, Any]:
    return {
        "period": file.period,
        "task_code": line.task_code,
        "unit_code": file.unit_code,
        "unit": file.unit,
        PART_TABLES[part].key: line.code,
        "sheet": file.form.sheets[part].title,
        "row": line.row,
    }
