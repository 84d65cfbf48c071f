"""What of the generated cells does not follow from the archived files, and what should stand there. Pure.

Ledgers against the files they name, the register against the ledgers (`projection`), 报送情况 against both, formulas
against those of their column. What the files prove is restored; what they cannot prove is named and left.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from tjxl.fields.spec import Part
from tjxl.intake.read import ReadRow, head_date
from tjxl.intake.timeliness import timely
from tjxl.merge.agreement import agreements
from tjxl.merge.derived import derived, follow
from tjxl.merge.hand_edits import standing
from tjxl.merge.period_figures import missing_periods, period_figures
from tjxl.merge.plan import outweighs
from tjxl.merge.projection import Key, project, register_of
from tjxl.merge.recall import recall
from tjxl.merge.replay import Replayed
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.package import local_name
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.splice import PutFormula
from tjxl.register import ROLE_TITLES
from tjxl.settings import Settings
from tjxl.sheets.layout import SheetLayout, master_layout, state_titles
from tjxl.sheets.master_edit import append, set_row_values
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow, find_table, holds_table
from tjxl.sheets.state import MasterState, batch_of, sender_of
from tjxl.sheets.volumes import ArchivedRow, place_of
from tjxl.stages import stage_title

EDITED = "手工改动"
ADDED = "手工添加的行"
LOST_ROW = "流水缺行"
LOST_FILE = "归档缺失或内容已变"
UNREADABLE = "归档文件现无法对应（单位或任务已变）"
NOT_IN_FILE = "来源文件中没有这一行"
UNKNOWN = "来源不明"
FORMULA = "公式被改动或删除"
LOST_PERIOD = "期次缺行"

_FORMULAS = {
    "tasks": ("light", "light_reason", "expected_progress"),
    "milestones": ("lead_unit", "outcome"),
    "targets": ("lead_unit", "attainment", "scheduled_value", "schedule"),
    "units": ("lead_tasks", "cooperating_tasks"),
    "problems": ("age_days", "state"),
    "closings": ("verified", "state"),
}
"""The generated columns that are formulas."""

_HEAD = ("prepared_by", "phone", "reviewed_by")


@dataclass(frozen=True, slots=True)
class Difference:
    """A generated cell, or a row (`column` None), that is not what the files say.

    Attributes:
        table: title of the table; cell: None where a row is missing.
        found, expected: what stands there and what should; `expected` says nothing where `proven` is False.
        proven: whether it can be restored.
        volume: the file in 往期流水 in which the row stands, None for the master; row and cell are of that file.
    """

    table: str
    row: int | None
    column: str | None
    cell: str | None
    found: Any
    expected: Any
    reason: str
    proven: bool = True
    volume: str | None = None

    def to_json(self) -> dict[str, Any]:
        """The difference with dates in ISO form."""
        names = ("table", "row", "column", "cell", "found", "expected", "reason", "proven", "volume")
        return {n: v.isoformat() if isinstance(v := getattr(self, n), dt.date) else v for n in names}


@dataclass(slots=True)
class Rebuild:
    """All differences, and how those that are proven are mended: cells, formulas, rows of the ledgers.

    `effective` are the ledger rows that count once they are: what is derived of them is written by `follow`.
    `revised` are the rows in volumes that differ, by table (`recall`).
    """

    differences: list[Difference] = field(default_factory=list)
    updates: dict[str, dict[int, dict[str, Any]]] = field(default_factory=dict)
    formulas: dict[tuple[str, int, int], str] = field(default_factory=dict)
    appended: dict[Part, list[dict[str, Any]]] = field(default_factory=dict)
    revised: dict[str, dict[tuple[str, int], dict[str, Any] | None]] = field(default_factory=dict)
    effective: dict[Part, dict[Key, dict[str, Any]]] = field(default_factory=dict)


class _Checker:
    """Compares one master with its files."""

    def __init__(self, state: MasterState, files: Mapping[str, Replayed], kept: Set[str], settings: Settings) -> None:
        self.state, self.files, self.kept, self.out = state, files, kept, Rebuild()
        self.settings = settings
        rows = [row for ledger in state.ledgers.values() for row in ledger]
        self._usual = _usual(rows)
        self._batches = {(str(row["sha256"]), row["batch"]) for row in rows}
        self.ledgers: dict[Part, list[dict[str, Any]]] = {}

    def run(self) -> Rebuild:
        for part in PART_TABLES:
            self.ledgers[part] = self._ledger(part)
        for part in PART_TABLES:
            self._missing_rows(part)
        self._register()
        self._submissions()
        self._derived()
        self._formulas()
        self.out.differences += _period_figures(self.state, self.out)
        return self.out

    def _layout(self, table: str) -> SheetLayout:
        return master_layout()[table]

    def _differ(self, table: str, row: TableRow, expected: Mapping[str, Any], reason: str = EDITED) -> None:
        """Note, and plan to mend, the cells of a row that differ."""
        changed = {name: value for name, value in expected.items() if row[name] != value}
        if changed:
            self._differing(self._layout(table), row, changed, reason)
            if isinstance(row, ArchivedRow):
                self.out.revised.setdefault(table, {})[place_of(row)] = changed
            else:
                self.out.updates.setdefault(table, {}).setdefault(row.number, {}).update(changed)

    def _differing(self, layout: SheetLayout, row: TableRow, expected: Mapping[str, Any], reason: str) -> None:
        found = find_table(self.state.book, layout)
        volume, number = place_of(row)
        for name, value in expected.items():
            title = layout.column(name).title
            if layout.column(name).later and title not in found.columns:
                continue  # a master of an earlier version
            cell = cell_ref(number, layout.position(name) + 1 if volume else found.columns[title])
            place = (layout.title, number, title, cell)
            self.out.differences.append(Difference(*place, row[name], value, reason, volume=volume or None))

    def _unproven(self, table: str, row: TableRow, reason: str) -> None:
        self.out.differences.append(self._whole_row(table, row, reason, proven=False))

    def _whole_row(self, table: str, row: TableRow, reason: str, *, proven: bool) -> Difference:
        layout = self._layout(table)
        key = " ".join(str(row[c.name] or "") for c in layout.columns if c.owner == "key")
        volume, number = place_of(row)
        return Difference(layout.title, number, None, None, key, None, reason, proven, volume or None)

    # ---- the ledgers against the files

    def _without(self, sha256: object) -> str:
        """Why nothing can be said of a row by the file that it names."""
        return UNREADABLE if sha256 in self.kept else LOST_FILE if sha256 else UNKNOWN

    def _ledger(self, part: Part) -> list[dict[str, Any]]:
        """The ledger's rows as they should be, in the order in which they were written."""
        table, rows = PART_TABLES[part].ledger, self.state.ledgers[part]
        key = PART_TABLES[part].key
        usual = self._usual
        last = {(r["sha256"], r[key]): place_of(r) for r in sorted(rows, key=_written)}
        seen: set[tuple[Any, ...]] = set()
        out: list[dict[str, Any]] = []
        for row in sorted(rows, key=_written):
            file = self.files.get(str(row["sha256"]))
            sha256 = None
            if file is None:
                file = self._real_source(part, row)
                sha256 = file.sha256 if file else None
            line = _line(file, part, row) if file else None
            if file is None or line is None:
                self._unproven(table, row, NOT_IN_FILE if file else self._without(row["sha256"]))
                out.append(dict(row.values) | {"number": row.number})
                continue
            again = (file.sha256, line.code, row["batch"])
            if again in seen:
                self._extra(table, row)
                continue
            seen.add(again)
            expected = _place_of(file, part, line) | usual(row)
            if sha256:
                expected["sha256"] = sha256
            if row["role"] not in ROLE_TITLES.values():
                role = stage_title(file.stage) or self._roles.get((line.task_code, file.unit_code))
                expected |= {"role": role} if role else {}
            superseded = last.get((row["sha256"], row[key]), place_of(row)) != place_of(row)
            if not superseded and (file.form.sheets[part].title, line.row) not in file.undecided:
                fields = (f for f in PART_TABLES[part].fields if f not in line.unreadable)
                expected |= {name: line.values.get(name) for name in fields}
            self._differ(table, row, expected)
            out.append(dict(row.values) | expected | {"number": row.number})
        return out

    @property
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

    def _extra(self, table: str, row: TableRow) -> None:
        """A row that a merge has not written: a copy of one that it has."""
        self.out.differences.append(self._whole_row(table, row, ADDED, proven=True))
        if isinstance(row, ArchivedRow):
            self.out.revised.setdefault(table, {})[place_of(row)] = None
        else:
            emptied = {c.name: None for c in self._layout(table).columns if c.owner != "office"}
            self.out.updates.setdefault(table, {})[row.number] = emptied

    def _missing_rows(self, part: Part) -> None:
        """Rows that the files say and the ledger does not hold, file by file in the order of the merges."""
        tables = PART_TABLES[part]
        rows = {(r["sha256"], r[tables.key]): r for r in self.ledgers[part]}
        held = {self._key(part, r): r["role"] for r in self.ledgers[part]}
        known: dict[Key, Mapping[str, Any]] = {}
        for file, batch in self._in_order():
            if file.accepted is None:  # it would go back today: what was merged of it the ledger tells
                merged = (r for (sha256, _), r in rows.items() if sha256 == file.sha256)
                known |= {self._key(part, r): {f: r[f] for f in tables.fields} for r in merged}
            sheet = file.accepted.sheets.get(part) if file.accepted else None
            for line in sheet.rows if sheet else ():
                key = (file.period, line.code, file.unit_code)
                values = {f: line.values.get(f) for f in tables.fields}
                present = rows.get((file.sha256, line.code))
                if present is None and key in held and (sheet and (sheet.title, line.row) in file.decided):
                    continue  # decided when another file counted already: never merged
                if present is None and outweighs(held.get(key), file.stage):
                    continue
                if present is not None:
                    known[key] = {f: present[f] for f in tables.fields}
                elif known.get(key) != values and (sheet and (sheet.title, line.row) not in file.undecided):
                    known[key] = values
                    role = stage_title(file.stage) or self._roles.get((line.task_code, file.unit_code))
                    place = {"task_code": line.task_code, "sheet": sheet.title, "row": line.row, "role": role}
                    place |= {"period": file.period, "unit_code": file.unit_code, "unit": file.unit}
                    self._missing(part, place | {tables.key: line.code} | values | batch)

    def _key(self, part: Part, row: Mapping[str, Any]) -> Key:
        return str(row["period"]), str(row[PART_TABLES[part].key]), str(row["unit_code"])

    def _missing(self, part: Part, entry: dict[str, Any]) -> None:
        layout = self._layout(PART_TABLES[part].ledger)
        key = " ".join(str(entry[c.name]) for c in layout.columns if c.owner == "key")
        self.out.differences.append(Difference(layout.title, None, None, None, None, key, LOST_ROW))
        self.out.appended.setdefault(part, []).append(entry)
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

    # ---- the register against the ledgers

    def _effective(self) -> dict[Part, dict[Key, dict[str, Any]]]:
        def written(row: Mapping[str, Any]) -> tuple[Any, ...]:
            return (batch_of(row), row.get("number", 1 << 20))

        return {
            part: {
                (str(r["period"]), str(r[PART_TABLES[part].key]), str(r["unit_code"])): r
                for r in sorted(rows, key=written)
            }
            for part, rows in self.ledgers.items()
        }

    def _register(self) -> None:
        effective = self._effective()
        projected = project(register_of(self.state), effective)
        for shown, stood in zip(projected, standing(projected, effective), strict=True):
            # a row handed to a unit that has not reported yet keeps the word of the one before, as in a merge
            expected = shown.differing if shown.entry is not None else {n: stood.expected(n) for n in stood.edits}
            self._differ(shown.table, shown.row, expected)
        state, split = self.state, self.state.split_periods
        agreed = agreements(state.assignments, state.leads, effective["report"], split, self.settings)
        for row in state.assignments:
            self._differ("assignments", row, {"agreement": agreed.get(row.number)})

    # ---- 报送情况

    def _submissions(self) -> None:
        newest: dict[tuple[str, ...], dict[str, Any]] = {}
        for rows in self._effective().values():
            for one in rows.values():
                report: tuple[str, ...] = self.state.reporter_of(one)
                if report not in newest or batch_of(one) > batch_of(newest[report]):
                    newest[report] = one
        for row in self.state.submissions:
            report = (str(row["period"]), *sender_of(row))
            file = self.files.get(str(row["sha256"]))
            expected: dict[str, Any] = {}
            entry = newest.get(report)
            if entry is not None and (file is None or (file.period, file.unit_code, file.stage) != report):
                file = self.files.get(str(entry["sha256"]))
                expected = {"sha256": entry["sha256"], "file": entry["file"]} if file else {}
            if entry is not None and row["merged_at"] is None:
                expected["merged_at"] = entry["merged_at"]
            if file is None or (row["merged_at"] is None and entry is None):
                if row["merged_at"] is not None:
                    self._unproven("submissions", row, self._without(row["sha256"]))
                elif row["state"] in (state_titles()["missing"], state_titles()["returned"]):
                    nothing = dict.fromkeys(("reported_on", "days_late", *_HEAD))
                    self._differ("submissions", row, nothing)  # nothing was merged
                continue
            if entry is not None and entry["sha256"] == file.sha256:
                expected["file"] = entry["file"]
            submitted = _submitted(file)
            first = self._first_day(report, row, submitted["reported_on"])
            merged = {"merged_at": expected.get("merged_at", row["merged_at"])}
            dated = timely(row, self.settings, merged | submitted, first)
            self._differ("submissions", row, expected | {n: v for n, v in dated.items() if n != "merged_at"})

    def _first_day(self, report: tuple[str, ...], row: TableRow, reported: dt.date | None) -> dt.date | None:
        """首次填报日期, by the files that were merged.

        An earlier day stays: that of a file that gave way to a newer one unmerged is told by nothing else.
        """
        files = (f for f in self.files.values() if (f.period, f.unit_code, f.stage) == report and f.accepted)
        days = [day for f in files if (day := head_date(f.form)) is not None]
        noted = row["first_reported_on"]
        days += [day for day in (noted, reported) if isinstance(day, dt.date)]
        return min(days, default=None)

    # ---- what is derived

    def _derived(self) -> None:
        """问题清单, 销号 and 核查 against the ledgers as they should be."""
        self.out.effective = self._effective()
        for change in derived(self.state, self.out.effective, self.settings):
            layout = self._layout(change.table)
            for row, values in change.updates:
                self._differing(layout, row, values, EDITED)
            (key,) = [c.name for c in layout.columns if c.owner == "key"]
            for row in change.removed:
                gone = Difference(layout.title, row.number, None, None, row[key], None, ADDED)
                self.out.differences.append(gone)
            for values in change.appended:
                lost = Difference(layout.title, None, None, None, None, values[key], LOST_ROW)
                self.out.differences.append(lost)

    # ---- formulas

    def _formulas(self) -> None:
        for name, columns in _FORMULAS.items():
            layout = self._layout(name)
            if not getattr(self.state, name):
                continue  # nothing in it, or a master of an earlier version has no such table
            table = find_table(self.state.book, layout)
            cells = self.state.book.cells(table.sheet)
            numbers = [row.number for row in getattr(self.state, name)]
            for column in columns:
                title = layout.column(column).title
                if title not in table.columns:
                    continue  # a master of an earlier version
                at = table.columns[title]
                texts = {n: cells.formula(n, at) for n in numbers}
                usual = _column_formula(self.state, name, title, [t for t in texts.values() if t])
                for number in numbers:
                    if usual is None or texts[number] == usual:
                        continue
                    stored = cells.cells.get((number, at))
                    found = f"={texts[number]}" if texts[number] else stored.value if stored else None
                    place = cell_ref(number, at)
                    difference = Difference(layout.title, number, title, place, found, f"={usual}", FORMULA)
                    self.out.differences.append(difference)
                    self.out.formulas[table.sheet, number, at] = usual


def _written(row: TableRow) -> tuple[int, int]:
    return (batch_of(row), row.number)


def _usual(rows: Sequence[TableRow]) -> Any:
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


def _place_of(file: Replayed, part: Part, line: ReadRow) -> dict[str, Any]:
    return {
        "period": file.period,
        "task_code": line.task_code,
        "unit_code": file.unit_code,
        "unit": file.unit,
        PART_TABLES[part].key: line.code,
        "sheet": file.form.sheets[part].title,
        "row": line.row,
    }


def _submitted(file: Replayed) -> dict[str, Any]:
    """报送情况 of a merged file. A file that would go back today proves no state."""
    out: dict[str, Any] = {"reported_on": head_date(file.form)}
    out |= {name: file.form.head.get(name) for name in _HEAD if name not in file.form.head_unreadable}
    if file.accepted is not None and not file.undecided:
        out["state"] = state_titles()["reported" if file.accepted.complete else "awaiting_decision"]
    return out


def _column_formula(state: MasterState, name: str, title: str, texts: Sequence[str]) -> str | None:
    """The formula of a calculated column: the one that most of its cells have, else the table's own."""
    if texts:
        return Counter(texts).most_common(1)[0][0]
    table = find_table(state.book, master_layout()[name])
    for column in state.book.package.xml(table.part).iter():
        if local_name(column) == "tableColumn" and column.get("name") == title:
            formulas = [e.text for e in column if local_name(e) == "calculatedColumnFormula"]
            return formulas[0] if formulas else None
    return None


def compare(state: MasterState, files: Mapping[str, Replayed], kept: Set[str], settings: Settings) -> Rebuild:
    """What of the generated cells is not as the files say.

    Args:
        files: those of 归档 that the master names (`replay`).
        kept: sha256 of all that 归档 holds unchanged, those that cannot be read any more too.
    """
    return _Checker(state, files, kept, settings).run()


def _period_figures(state: MasterState, rebuild: Rebuild) -> Iterator[Difference]:
    """期次统计 against what follows from the master once everything else is mended."""
    layout = master_layout()["period_figures"]
    if not holds_table(state.book, layout):
        return
    editor, columns = _mended(state, rebuild), find_table(state.book, layout).columns
    for code in missing_periods(editor):
        yield Difference(layout.title, None, None, None, None, code, LOST_PERIOD)
    for figure in period_figures(editor, rebuild.effective):
        if not figure.stands:
            title = layout.column(figure.name).title
            place = cell_ref(figure.row, columns[title])
            found = f"={figure.found_formula}" if figure.found_formula else figure.found
            expected, reason = (f"={figure.formula}", FORMULA) if figure.formula else (figure.expected, EDITED)
            yield Difference(layout.title, figure.row, title, place, found, expected, reason)


def apply_rebuild(state: MasterState, rebuild: Rebuild, settings: Settings) -> BookEditor | None:
    """The edits that restore what is proven, formulas and charts refreshed; None where nothing is."""
    editor = _mended(state, rebuild)
    follow(state, editor, rebuild.effective, settings)
    if not editor.changed:
        return None
    refresh(editor)
    return editor


def _mended(state: MasterState, rebuild: Rebuild) -> BookEditor:
    """The master with what is proven restored, apart from what is derived of it."""
    editor = BookEditor(state.book)
    layouts = master_layout()
    for name, rows in rebuild.updates.items():
        for number, values in rows.items():
            set_row_values(editor, layouts[name], number, values)
    recall(state, editor, rebuild.revised)
    for part, entries in rebuild.appended.items():
        append(editor, layouts[PART_TABLES[part].ledger], entries)
    for (sheet, row, column), text in rebuild.formulas.items():
        editor.edit(sheet, row, column, PutFormula(text, None))
    return editor
