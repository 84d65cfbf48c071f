"""The life of a task's fields, from the ledgers: every value that was ever merged and where it stands in which file.

The ledgers say which file, sheet and row; the exact cell is in 变更记录, and where its row is not there (nothing
changed, or the office has deleted it), the archived file is read again: its titles say which column it is.
"""

from __future__ import annotations

import datetime as dt
import difflib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from tjxl.errors import PackageError, ProjectError
from tjxl.fields.loading import load_specs
from tjxl.fields.spec import PARTS, Part, Spec
from tjxl.formats.opening import open_workbook
from tjxl.intake.headers import HeaderFinder, read_columns, title_index
from tjxl.merge.changes import LOGGED, Lives
from tjxl.merge.hand_edits import not_recorded
from tjxl.merge.run import present_edits
from tjxl.ooxml.refs import cell_ref, parse_cell
from tjxl.project import Project
from tjxl.sheets.layout import change_words, master_layout
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, batch_of
from tjxl.sheets.volumes import ArchivedRow

_NEAR = 3

_Columns = dict[tuple[Part, str], Mapping[str, int]]
"""Part and sheet of an archived file → field → column."""


def history_of(project: Project, state: MasterState, task: str, unit: str | None) -> dict[str, Any]:
    """What `tjxl history` reports; see `tjxl.flows.history`."""
    row = _task(state, task)
    code = str(row["task_code"])
    only = _unit(state, code, unit) if unit else None
    places = _Places(project, state)
    entries = [e for part in PARTS for e in _entries(state, part, code, only, places)]
    names = {only, _name_of(state, only)} if only else None
    edits = [e for e in _edits(project, state, code) if names is None or e["unit"] in names]
    order = {c: n for n, c in enumerate(dict.fromkeys([code, *(e["code"] for e in entries)]))}
    entries.sort(key=lambda e: (order[e["code"]], e["period"], e["unit"] or "", batch_of(e)))
    return {
        "task": code,
        "serial_no": row["serial_no"],
        "text": row["task"],
        "lead_unit": row["lead_unit"],
        "verified_status": row.values.get("verified_status"),
        "subjects": _subjects(state, code),
        "entries": entries,
        "hand_edits": edits,
        "decisions": _decisions(state, code),
    }


# ---- which task, which unit


def _task(state: MasterState, wanted: str) -> TableRow:
    """The task of a 序号 or a code."""
    text = unicodedata.normalize("NFKC", wanted).strip().upper()
    by_code = {str(row["task_code"]): row for row in state.tasks}
    if text in by_code:
        return by_code[text]
    if text.isascii() and text.isdecimal():
        same = [row for row in state.tasks if str(row["serial_no"]) == (text.lstrip("0") or "0")]
        if len(same) == 1:
            return same[0]
        if same:
            raise ProjectError("E252", task=wanted, codes="、".join(str(row["task_code"]) for row in same))
    near = difflib.get_close_matches(text if text[:1] == "T" else f"T{text:0>3}", by_code, _NEAR, 0.5)
    said = f"相近的有：{'、'.join(sorted(near))}。" if near else ""
    raise ProjectError("E250", task=wanted, near=said)


def _unit(state: MasterState, task: str, wanted: str) -> str:
    """The code of a unit that has, or had, a part in a task."""
    found = state.registry.find(wanted)
    code = found.code if found is not None else wanted.strip().upper()
    taking_part = {
        str(row["unit_code"]): str(row["unit"]) for row in state.ledger if str(row["task_code"]) == task
    } | {str(row["unit_code"]): str(row["unit"]) for row in state.assignments if str(row["task_code"]) == task}
    if code in taking_part:
        return code
    near = sorted(
        taking_part.values(), key=lambda name: -difflib.SequenceMatcher(None, wanted, name, autojunk=False).ratio()
    )
    raise ProjectError("E251", task=task, unit=wanted, units="、".join(near))


def _name_of(state: MasterState, code: str) -> str:
    return next((str(row["unit"]) for row in state.units if row["unit_code"] == code), code)


def _subjects(state: MasterState, task: str) -> dict[str, str]:
    """What the codes of a task's milestones and targets stand for."""
    milestones = {str(r["milestone_code"]): str(r["scope"]) for r in state.milestones if r["task_code"] == task}
    return milestones | {str(r["target_code"]): str(r["subject"]) for r in state.targets if r["task_code"] == task}


# ---- what was reported


def _entries(
    state: MasterState, part: Part, task: str, only: str | None, places: _Places
) -> Iterator[dict[str, Any]]:
    """Every value of the ledger rows about a task, in the order in which they were merged."""
    tables = PART_TABLES[part]
    layout = master_layout()[tables.ledger]
    lives: Lives[TableRow] = Lives({})
    rows = [r for r in state.ledgers[part] if str(r["task_code"]) == task and only in (None, r["unit_code"])]
    for row in sorted(rows, key=lambda r: (batch_of(r), r.number)):
        key = (str(row["period"]), str(row[tables.key]), str(row["unit_code"]))
        kind, replaced = lives.replaced(key)
        for name in tables.fields:
            old = replaced[name] if replaced is not None else None
            if row[name] is None and old is None:
                continue
            yield {
                "period": key[0],
                "code": key[1],
                "unit": row["unit"],
                "role": row["role"],
                "field": name,
                "title": layout.column(name).title,
                "value": _plain(row[name]),
                "replaced": _plain(old),
                "kind": "unchanged" if row[name] == old else kind,
                **places.of(part, row, name),
                "batch": row["batch"],
                "merged_at": _plain(row["merged_at"]),
            }
        lives.put(key, row)


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value.isoformat() if isinstance(value, dt.date) else value


class _Places:
    """Where the values of ledger rows stand."""

    def __init__(self, project: Project, state: MasterState) -> None:
        self._project, self._state = project, state
        self._read: dict[str, _Columns] = {}

    def of(self, part: Part, row: TableRow, field: str) -> dict[str, Any]:
        """File, digest, archived path (None where it is missing), sheet, row, and the cell where it can be told."""
        sha256 = str(row["sha256"] or "")
        archived = self._archived.get(sha256)
        title = master_layout()[PART_TABLES[part].ledger].column(field).title
        cell = self._recorded.get((row["batch"], sha256, row["sheet"], row["row"], title))
        if cell is None and archived is not None and isinstance(row["row"], int):
            columns = self._columns(sha256, archived)
            column = columns.get((part, str(row["sheet"])), {}).get(field)
            cell = cell_ref(row["row"], column) if column else None
        return {
            "file": row["file"],
            "sha256": sha256 or None,
            "archived": archived.relative_to(self._project.root).as_posix() if archived else None,
            "sheet": row["sheet"],
            "row": row["row"],
            "cell": cell,
            "volume": self._volume(part, row),
        }

    def _volume(self, part: Part, row: TableRow) -> dict[str, Any] | None:
        """Where the ledger's row stands if it has been moved out of the master; None for the master itself."""
        if not isinstance(row, ArchivedRow):
            return None
        title = master_layout()[PART_TABLES[part].ledger].title
        return {"file": f"{self._project.volumes.name}/{row.volume}", "sheet": title, "row": row.at}

    @cached_property
    def _archived(self) -> dict[str, Path]:
        folder = self._project.archive
        return {path.stem: path for path in sorted(folder.iterdir())} if folder.is_dir() else {}

    @cached_property
    def _recorded(self) -> dict[tuple[Any, ...], str]:
        """Batch, digest, sheet, row and title of a field → its cell, as far as 变更记录 has it."""
        out = {}
        for change in self._state.changes:
            cell = change["cell"]
            if change["sha256"] is None or not isinstance(cell, str):
                continue
            try:
                at = parse_cell(cell)[0]
            except ValueError:
                continue  # typed over by a person: the archived file knows
            out[change["batch"], change["sha256"], change["sheet"], at, change["field"]] = cell
        return out

    def _columns(self, sha256: str, path: Path) -> _Columns:
        """The columns of an archived file."""
        if sha256 not in self._read:
            self._read[sha256] = _columns_of(path, self._specs)
        return self._read[sha256]

    @cached_property
    def _specs(self) -> Mapping[Part, Spec]:
        return load_specs(self._project.settings())


def _columns_of(path: Path, specs: Mapping[Part, Spec]) -> _Columns:
    """The columns of an archived file; none where it cannot be read any more."""
    at: _Columns = {}
    try:
        finder = HeaderFinder(open_workbook(path.read_bytes()), specs)
        for part, spec in specs.items():
            for header in finder.find(part):
                columns, _ = read_columns(header, spec, title_index(spec.fields), frozenset())
                at[part, header.sheet] = columns.at
    except (OSError, PackageError):
        return {}
    return at


# ---- what people made of it


def _edits(project: Project, state: MasterState, task: str) -> list[dict[str, Any]]:
    """Cells typed over: those noted in 变更记录, and those that stand so now and are not noted yet."""
    kinds = {word: name for name, word in change_words().items() if name in ("hand", "overwritten")}
    noted = [_edit(row, kinds) for row in state.changes if row["task_code"] == task and row["kind"] in kinds]
    present = [e for e in present_edits(state, project.master.name) if e.task == task]
    return noted + [
        _edit(dict(zip(LOGGED, e.row(None, None), strict=True)), kinds) for e in not_recorded(present, state.changes)
    ]


def _edit(row: TableRow | Mapping[str, Any], kinds: Mapping[str, str]) -> dict[str, Any]:
    """A row of 变更记录 about a cell typed over; `noted_at` None where no merge has met it yet."""
    return {
        "period": row["period"],
        "code": row["row_code"] or row["task_code"],
        "unit": row["unit"],
        "title": row["field"],
        "old": row["old"],
        "new": row["new"],
        "kind": kinds[row["kind"]],
        "sheet": row["sheet"],
        "cell": row["cell"],
        "noted_at": _plain(row["changed_at"]),
    }


def _decisions(state: MasterState, task: str) -> list[dict[str, Any]]:
    """The questions about a task that the office has answered."""
    names: Sequence[str] = ("question_no", "period", "unit", "question", "decision", "state")
    return [
        {name: _plain(row.values.get(name)) for name in names}
        for row in state.questions
        if row["task_code"] == task and row.values.get("decision")
    ]
