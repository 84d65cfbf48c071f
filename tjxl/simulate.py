"""Filling issued forms into 收件/ the way units do, a share of them with faults: for training and for tests.

What is written depends on the seed alone (and on the forms), so a run can be repeated.
"""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tjxl.duedates import due_date
from tjxl.errors import ProjectError
from tjxl.fields.loading import load_specs
from tjxl.fields.spec import Part
from tjxl.intake.context import Expected, ExpectedRow
from tjxl.intake.expected import expected_rows
from tjxl.intake.identify import read_identity
from tjxl.intake.read import FormReader, ReadForm, ReadRow, ReadSheet
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put
from tjxl.periods import Period, parse_period
from tjxl.project import Project
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.cooperation import lead_specs
from tjxl.sheets.form_places import IDENTITY_SHEET
from tjxl.sheets.state import MasterState, read_master
from tjxl.stages import SINGLE, STAGES, Stage, stage_title

Progress = Callable[[int, int], None]
_COUNTED = 20
_READ_AS = ("text_percent", "status_synonym")
"""Faults that are read all the same, as a row in progress."""
_PDF = b"%PDF-1.4\n% \xe6\x89\xab\xe6\x8f\x8f\xe4\xbb\xb6\n"


@dataclass(frozen=True, slots=True)
class Sending:
    """What a unit is to send.

    Attributes:
        faults: how likely its return has a fault (0 never, 1 surely).
        day: 填报日期, and the day of the file; None for a day around the due date.
        amended: the same report as without it, one row said better: a correction.
    """

    unit: str
    faults: float = 0.0
    day: dt.date | None = None
    amended: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What a unit has sent, as whoever plays the unit knows it: nothing was read back from a file.

    Attributes:
        file: below 收件; None where nothing was sent.
        fault: its kind (`workbook/simulate.toml`), None for a return that keeps the rules.
        values: sheet → row code → field → what was filled in; rows left as they came are not in it.
    """

    unit: str
    file: str | None
    reported_on: dt.date
    fault: str | None
    values: Mapping[Part, Mapping[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class _Unit:
    """One unit's form, as issued and as understood."""

    name: str
    issued: bytes
    form: ReadForm
    expected: Expected


def simulate(
    project: Project,
    period_code: str,
    seed: int,
    faults: float = 0.0,
    *,
    units: Sequence[str] | None = None,
    progress: Progress | None = None,
    stage: str | None = None,
) -> dict[str, Any]:
    """Write a return for each issued form of a period into 收件/.

    Of a period with two stages the forms issued last are filled, unless a stage is named: the leads look at what
    the cooperating units reported before.

    Args:
        faults: share of the units whose return has a fault (`workbook/simulate.toml` lists the kinds).
        units: only these units (names).

    Returns:
        period, files (below 收件), faults: unit and kind, for those that got one.

    Raises:
        ProjectError: E215, no forms of that period were issued; E270, E271 no such stage.
    """
    issued = _Issued(project, period_code, stage)
    sendings = [Sending(name, faults) for name in issued.units if units is None or name in units]
    writer = _write(issued, seed, sendings, progress)
    return {"period": writer.period.code, "files": writer.files, "faults": writer.faults}


def send(
    project: Project,
    period_code: str,
    seed: int,
    sendings: Sequence[Sending],
    progress: Progress | None = None,
    *,
    stage: str | None = None,
) -> list[Sent]:
    """Write the returns of these units into 收件/, each as it is told; what was sent. Raises as `simulate` does."""
    return _write(_Issued(project, period_code, stage), seed, sendings, progress).sent


class _Issued:
    """The forms of a period and stage, as they lie in 下发/."""

    def __init__(self, project: Project, period_code: str, stage: str | None) -> None:
        self.project, self.period = project, parse_period(period_code)
        self.state = read_master(project)
        self.stage = _stage(self.state, self.period, stage)
        self.folder = project.issued(self.period.code, stage_title(self.stage))
        self.units = sorted(p.stem for p in self.folder.glob("*.xlsx")) if self.folder.is_dir() else []


def _write(issued: _Issued, seed: int, sendings: Sequence[Sending], progress: Progress | None) -> _Writer:
    if not issued.units:
        raise ProjectError("E215", period=issued.period.code)
    project = issued.project
    writer = _Writer(project, issued.period, project.settings(), issued.state, seed, stage=issued.stage)
    for done, sending in enumerate(sendings, 1):
        writer.write(issued.folder / f"{sending.unit}.xlsx", sending)
        if progress:
            progress(done, len(sendings))
    return writer


def _stage(state: MasterState, period: Period, wanted: str | None) -> Stage:
    """The stage whose forms are filled: the one named, else the last one issued."""
    issued = state.stages_issued.get(period.code, (SINGLE,))
    if wanted is None:
        return issued[-1]
    if wanted not in STAGES:
        raise ProjectError("E270", stage=wanted)
    if wanted not in issued:
        raise ProjectError("E271" if SINGLE in issued else "E215", period=period.code, stage=stage_title(wanted))
    return "lead" if wanted == "lead" else "cooperating"


class _Writer:
    def __init__(
        self,
        project: Project,
        period: Period,
        settings: Settings,
        state: MasterState,
        seed: int,
        *,
        stage: Stage,
    ) -> None:
        self.project, self.period, self.settings, self.seed, self.stage = project, period, settings, seed, stage
        specs = load_specs(settings)
        self.specs = lead_specs(specs) if stage == "lead" else specs
        self.year = int(state.meta["year"])
        self.texts = layout_toml("simulate.toml")
        self.expected = expected_rows(state, period, settings, stage=stage)
        self.units = [u.name for u in state.registry.units if u.code in self.expected]
        self.files: list[str] = []
        self.faults: list[dict[str, str]] = []
        self.sent: list[Sent] = []
        self.values: dict[Part, dict[str, dict[str, Any]]] = {}

    def write(self, path: Path, sending: Sending) -> None:
        """One unit's return, or what it sends instead."""
        of_stage = "" if self.stage == SINGLE else f"/{self.stage}"
        rng = random.Random(f"{self.seed}/{self.period.code}/{path.stem}{of_stage}")
        issued = path.read_bytes()
        editor = BookEditor(issued)
        identity = read_identity(editor.book.cells(IDENTITY_SHEET))
        expected = self.expected.get(identity.unit_code if identity else "", {})
        unit = _Unit(path.stem, issued, self._read(editor, expected), expected)
        self.values = {}
        fault = self._drawn(unit, path, sending.faults, rng)
        if fault in ("no_report", "untouched", "not_a_workbook", "wrong_period"):
            day = self._instead(fault, unit, path, sending, rng)
            self.values = {}  # none of it is to be taken for this period's report
        else:
            day = self._fill(editor, unit, sending, rng)
            fault = self._possible(fault)
            if sending.amended:
                self._amend(editor, unit, rng)
            self._send(editor, unit, fault, day, rng)
        if fault:
            self.faults.append({"unit": unit.name, "fault": fault})
        file = None if fault == "no_report" else self.files[-1]
        self.sent.append(Sent(unit.name, file, day, fault, self.values))

    def _drawn(self, unit: _Unit, path: Path, share: float, rng: random.Random) -> str | None:
        """A fault that this unit's return can have."""
        kinds = dict(self.texts["faults"])
        for part, more in self.texts["part_faults"].items():
            if part in unit.expected:
                kinds |= more
        fault = rng.choices(list(kinds), list(kinds.values()))[0] if rng.random() < share else None
        if fault == "wrong_period" and not self._earlier_form(path):
            return "missing_status"
        return "missing_status" if fault == "row_twice" and len(unit.form.report.rows) == 1 else fault

    def _possible(self, fault: str | None) -> str | None:
        """A fault that is read needs a row in progress; where there is none, two versions are sent instead."""
        return "two_versions" if fault in _READ_AS and not self._in_progress() else fault

    def _in_progress(self) -> list[str]:
        """The tasks that the return says are in progress."""
        name = self.settings.status_named("in_progress")
        return [code for code, values in self.values.get("report", {}).items() if values["status"] == name]

    def _send(
        self, editor: BookEditor, unit: _Unit, fault: str | None, reported: dt.date, rng: random.Random
    ) -> None:
        """Save a filled form, with its fault."""
        if fault == "two_versions":
            self._head(editor, unit, "reported_on", reported - dt.timedelta(days=1))
            self._save(unit, editor.save(), reported - dt.timedelta(days=1), rng)
            self._head(editor, unit, "reported_on", reported)
        elif fault:
            self._spoil(editor, unit, fault, rng)
        content = editor.save()
        if fault == "broken_file":
            content = content[: len(content) * 2 // 3]
        name = self._save(unit, content, reported, rng)
        if fault == "same_file_twice":
            copy = name.with_name(f"{name.stem} - 副本.xlsx")
            shutil.copy2(name, copy)
            self.files.append(copy.relative_to(self.project.inbox).as_posix())

    def _amend(self, editor: BookEditor, unit: _Unit, rng: random.Random) -> None:
        """One row said better: of those in progress, else of those filled in; a form that came prefilled stays."""
        codes = self._in_progress() or list(self.values.get("report", {}))
        new = {"evidence": rng.choice(self.texts["amended"])}
        for row in (row for row in unit.form.report.rows if row.code in codes[:1]):
            self._put(editor, unit.form.report, row, new)
            self.values["report"][row.code] |= new

    def _read(self, editor: BookEditor, expected: Expected) -> ReadForm:
        return FormReader(editor.book, self.specs, self.settings, self.year, expected).read()

    def _earlier_form(self, path: Path) -> Path | None:
        earlier = self.project.issued(self.period.previous.code, stage_title(self.stage)) / path.name
        return earlier if earlier.exists() else None

    def _instead(self, fault: str, unit: _Unit, path: Path, sending: Sending, rng: random.Random) -> dt.date:
        day = sending.day or self._report_day(rng)
        if fault == "untouched":
            self._save(unit, unit.issued, day, rng)
        elif fault == "not_a_workbook":
            name = self._save(unit, _PDF, day, rng)
            scan = name.with_suffix(".pdf")
            name.replace(scan)
            self.files[-1] = scan.relative_to(self.project.inbox).as_posix()
        elif fault == "wrong_period" and (earlier := self._earlier_form(path)):
            editor = BookEditor(earlier.read_bytes())
            form = self._read(editor, unit.expected)
            self._fill(editor, _Unit(unit.name, b"", form, unit.expected), sending, rng)
            self._save(unit, editor.save(), day, rng)
        return day

    def _report_day(self, rng: random.Random) -> dt.date:
        """Most report in the last days before the due date, some a little late."""
        due = due_date(self.period, self.settings, self.stage)
        return due + dt.timedelta(days=rng.choice((-4, -3, -2, -2, -1, -1, -1, 0, 0, 2)))

    def _fill(self, editor: BookEditor, unit: _Unit, sending: Sending, rng: random.Random) -> dt.date:
        person = rng.choice(self.texts["surnames"]) + rng.choice(self.texts["given"])
        reviewer = rng.choice(self.texts["surnames"]) + rng.choice(self.texts["given"])
        reported = sending.day or self._report_day(rng)
        values = {
            "prepared_by": person,
            "phone": f"022-{rng.randint(23_000_000, 88_999_999)}",
            "reviewed_by": reviewer,
            "reported_on": reported,
        }
        for name, value in values.items():
            self._head(editor, unit, name, value)
        fill = {"report": self._row_values, "milestones": self._milestone_values, "targets": self._target_values}
        for part, sheet in unit.form.sheets.items():
            for row in sheet.rows:
                expected = unit.expected.get(part, {}).get(row.code)
                if expected is None or expected.prefilled:
                    continue
                filled = fill[part](expected, rng)
                self._put(editor, sheet, row, filled)
                self.values.setdefault(part, {})[row.code] = filled
        return reported

    def _milestone_values(self, row: ExpectedRow, rng: random.Random) -> dict[str, Any]:
        """What is due is mostly done; what is not due yet is now and then done early, else left blank."""
        due, as_of = row.facts["due"], self.period.last_day
        is_due = due is not None and due <= as_of
        if rng.random() < (0.8 if is_due else 0.1):
            (done,) = self.specs["milestones"].titles_of("yes")
            return {"done": done, "completed_on": as_of - dt.timedelta(days=rng.randint(0, 27))}
        if not is_due:
            return {}
        (not_done,) = self.specs["milestones"].titles_of("no")
        return {"done": not_done, "explanation": rng.choice(self.texts["milestone_late"])}

    def _target_values(self, row: ExpectedRow, rng: random.Random) -> dict[str, Any]:
        """Yearly flows grow with the months and never fall; the rest lies around the target. Some wait for data."""
        if rng.random() < 0.1 and row.facts["last_value"] is None:
            return {"explanation": rng.choice(self.texts["no_data"])}
        aim, last = row.facts["target_value"] or 1.0, row.facts["last_value"]
        share = self.period.last_month / 12 if row.facts["measure"] == "flow" else 1.0
        # things are counted: only a small figure, or one that the notice itself gives in fractions, has decimals
        digits = 0 if aim >= _COUNTED and float(aim).is_integer() else 2
        value = round(aim * share * rng.uniform(0.85, 1.15), digits)
        if row.facts["measure"] == "flow" and last is not None:
            value = max(value, last)
        return {"current_value": value, "data_date": self.period.last_day - dt.timedelta(days=rng.choice((0, 0, 1)))}

    def _row_values(self, row: ExpectedRow, rng: random.Random) -> dict[str, Any]:
        """A report that keeps the rules: progress by time with some scatter, never below last period's."""
        as_of, named = self.period.last_day, self.settings.status_named
        share = self.period.last_month / 12
        facts = row.facts
        last_percent = facts["last_percent"] or 0.0
        overdue = facts["deadline"] is not None and facts["deadline"] < as_of
        meaning = rng.choices(
            ("in_progress", "behind", "completed", "adjustment_requested", "not_started"),
            (70, 10, 6 + 20 * (share > 0.9), 2, 6 * (share < 0.4) * (facts["last_status"] is None)),
        )[0]
        if overdue and meaning in ("in_progress", "not_started"):
            meaning = rng.choice(("completed", "behind"))
        percent = min(0.99, max(last_percent, round(share + rng.uniform(-0.12, 0.08), 2)))
        words = {"period": self.period.title, "task": str(row.locked["task"]).split("，")[0].rstrip("。")[:24]}
        later = as_of + dt.timedelta(days=rng.randint(30, 180))
        texts: dict[str, list[str]] = self.texts
        written = [t.format(**words) for t in texts["completed" if meaning == "completed" else "progress"]]
        progress = rng.choice([t for t in written if t != facts["last_text"]])
        values: dict[str, Any] = {"status": named(meaning), "percent_complete": percent, "progress_text": progress}  # type: ignore[arg-type]
        if meaning == "completed":
            done = as_of - dt.timedelta(days=rng.randint(0, 27))
            values |= {"percent_complete": 1, "completion_date": done, "evidence": rng.choice(texts["evidence"])}
        elif meaning == "behind":
            values |= {"problems": rng.choice(texts["problems"]), "next_steps": rng.choice(texts["next_steps"])}
            slow = max(last_percent, round(percent * 0.7, 2))
            values |= {"percent_complete": slow, "completion_date": later}
        elif meaning == "adjustment_requested":
            values |= {"problems": rng.choice(texts["adjustment"]), "completion_date": later}
        elif meaning == "not_started":
            values = {"status": named("not_started"), "percent_complete": 0}
        else:
            values["next_steps"] = rng.choice(["", *texts["next_steps"]])
        return values

    def _spoil(self, editor: BookEditor, unit: _Unit, fault: str, rng: random.Random) -> None:
        for part, kinds in self.texts["part_faults"].items():
            if fault in kinds:
                self._spoil_part(editor, unit, part, fault, rng)
                return
        rows = unit.form.report.rows
        if fault in _READ_AS:
            progressing = self._in_progress()
            rows = tuple(r for r in rows if r.code in progressing)
        row = rng.choice(rows)
        last_percent = unit.expected["report"][row.code].facts["last_percent"] or 0
        named = self.settings.status_named
        spoiled: dict[str, dict[str, Any]] = {
            "missing_status": {"status": None},
            "missing_progress": {"status": named("in_progress"), "percent_complete": 0.5, "progress_text": None},
            "contradiction": {"status": named("completed"), "percent_complete": 0.6},
            "behind_without_reason": {"status": named("behind"), "problems": None, "next_steps": None},
            "percent_out_of_range": {"percent_complete": 1.8},
            "unknown_status": {"status": "差不多了"},
            "bad_date": {"completion_date": "年底前后"},
            "text_percent": {"percent_complete": f"{max(50, int(last_percent * 100))}％"},
            "status_synonym": {"status": "推进中", "percent_complete": max(0.5, last_percent)},
        }
        report = unit.form.report
        self._put(editor, report, row, spoiled.get(fault, {}))
        if fault in _READ_AS:
            meant = {"text_percent": max(50, int(last_percent * 100)) / 100, "status_synonym": max(0.5, last_percent)}
            self.values["report"][row.code] |= {"percent_complete": meant[fault]}
        elif fault == "missing_head":
            self._head(editor, unit, rng.choice(("prepared_by", "phone", "reviewed_by")), None)
        elif fault == "wrong_unit":
            self._head(editor, unit, "unit", rng.choice([u for u in self.units if u != unit.name]))
        elif fault == "row_deleted":
            self._put(editor, report, row, dict.fromkeys(row.cells))
        elif fault == "row_twice":
            self._put(editor, report, row, {"task_code": rng.choice([r for r in rows if r is not row]).code})

    def _spoil_part(self, editor: BookEditor, unit: _Unit, part: Part, fault: str, rng: random.Random) -> None:
        """A fault on 节点 or 指标."""
        sheet = unit.form.sheets[part]
        as_of = self.period.last_day
        spoiled: dict[str, dict[str, Any]] = {
            "milestone_without_date": {"done": "是", "completed_on": None},
            "milestone_almost_done": {"done": "基本完成", "completed_on": None},
            "milestone_done_tomorrow": {"done": "是", "completed_on": as_of + dt.timedelta(days=1)},
            "target_in_another_unit": {"current_value": "35.2分", "data_date": as_of},
            "target_without_date": {"current_value": 1, "data_date": None},
            "target_silent": {"current_value": None, "data_date": None, "explanation": None},
        }
        self._put(editor, sheet, rng.choice(sheet.rows), spoiled[fault])

    def _put(self, editor: BookEditor, sheet: ReadSheet, row: ReadRow, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            editor.edit(sheet.title, *parse_cell(row.cells[name]), Put(value))

    def _head(self, editor: BookEditor, unit: _Unit, name: str, value: Any) -> None:
        editor.edit(unit.form.report.title, *parse_cell(unit.form.head_cells[name]), Put(value))

    def _save(self, unit: _Unit, content: bytes, day: dt.date, rng: random.Random) -> Path:
        template = rng.choice(self.texts["names"])
        name = template.format(unit=unit.name, period=self.period.title + (stage_title(self.stage) or ""))
        path: Path = self.project.inbox / name
        number = 1
        while path.exists():
            number += 1
            path = path.with_name(f"{path.stem.removesuffix(f' ({number - 1})')} ({number}){path.suffix}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = dt.datetime(day.year, day.month, day.day, 9 + rng.randint(0, 8), rng.randint(0, 59)).timestamp()
        os.utime(path, (moment, moment))
        self.files.append(path.relative_to(self.project.inbox).as_posix())
        return path
