"""The returns themselves: each unit's form filled in, spoilt where it is to have a fault, and laid in 收件/."""

from __future__ import annotations

import datetime as dt
import os
import random
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tjxl.fields.loading import load_specs
from tjxl.fields.spec import Part
from tjxl.intake.context import Expected
from tjxl.intake.expected import expected_rows
from tjxl.intake.identify import read_identity
from tjxl.intake.read import FormReader
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period
from tjxl.project import Project
from tjxl.resources import layout_toml
from tjxl.sheets.cooperation import lead_specs
from tjxl.sheets.form_places import IDENTITY_SHEET
from tjxl.sheets.state import MasterState
from tjxl.simulate.contents import Contents
from tjxl.simulate.faults import INSTEAD, Faults
from tjxl.simulate.form import Form
from tjxl.stages import SINGLE, Stage, stage_title

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


class Writer:
    """Writes returns of one period and stage.

    Attributes:
        files: what lies in 收件 of it; sent: what each unit sent; faulty: unit and kind of each fault.
    """

    def __init__(self, project: Project, period: Period, state: MasterState, seed: int, *, stage: Stage) -> None:
        self.project, self.period, self.seed, self.stage = project, period, seed, stage
        self.settings = project.settings()
        specs = load_specs(self.settings)
        self.specs = lead_specs(specs) if stage == "lead" else specs
        self.year = int(state.meta["year"])
        self.texts = layout_toml("simulate.toml")
        self.expected = expected_rows(state, period, self.settings, stage=stage)
        units = [u.name for u in state.registry.units if u.code in self.expected]
        self.contents = Contents(period, stage, self.settings, self.specs, self.texts)
        self.faults = Faults(period, self.settings, units, self.texts)
        self.files: list[str] = []
        self.faulty: list[dict[str, str]] = []
        self.sent: list[Sent] = []

    def write(self, path: Path, sending: Sending) -> None:
        """One unit's return, or what it sends instead."""
        of_stage = "" if self.stage == SINGLE else f"/{self.stage}"
        rng = random.Random(f"{self.seed}/{self.period.code}/{path.stem}{of_stage}")
        form = self._issued(path)
        fault = self.faults.drawn(form, sending.faults, rng, earlier=self._earlier(path).exists())
        if fault in INSTEAD:
            day = self._instead(fault, form, sending, rng)
        else:
            day = self.contents.fill(form, sending.day, rng)
            fault = self.faults.possible(fault, form)
            if sending.amended:
                self._amend(form, rng)
            self._send(form, fault, day, rng)
        if fault:
            self.faulty.append({"unit": form.unit, "fault": fault})
        file = None if fault == "no_report" else self.files[-1]
        self.sent.append(Sent(form.unit, file, day, fault, form.values))

    def _issued(self, path: Path) -> Form:
        editor = BookEditor(path.read_bytes())
        identity = read_identity(editor.book.cells(IDENTITY_SHEET))
        return self._form(path, editor, self.expected.get(identity.unit_code if identity else "", {}))

    def _form(self, path: Path, editor: BookEditor, expected: Expected) -> Form:
        read = FormReader(editor.book, self.specs, self.settings, self.year, expected).read()
        return Form(path, editor, read, expected)

    def _earlier(self, path: Path) -> Path:
        """Where the form of the period before lies, if there was one."""
        return self.project.issued(self.period.previous.code, stage_title(self.stage)) / path.name

    def _instead(self, fault: str, form: Form, sending: Sending, rng: random.Random) -> dt.date:
        """What is sent instead of the form filled in; none of it is to be taken for this period's report."""
        day = sending.day or self.contents.report_day(rng)
        if fault == "untouched":
            self._save(form.unit, form.issued.read_bytes(), day, rng)
        elif fault == "not_a_workbook":
            name = self._save(form.unit, _PDF, day, rng)
            scan = name.with_suffix(".pdf")
            name.replace(scan)
            self.files[-1] = scan.relative_to(self.project.inbox).as_posix()
        elif fault == "wrong_period":
            earlier = self._earlier(form.issued)
            old = self._form(earlier, BookEditor(earlier.read_bytes()), form.expected)
            self.contents.fill(old, sending.day, rng)
            self._save(form.unit, old.editor.save(), day, rng)
        return day

    def _amend(self, form: Form, rng: random.Random) -> None:
        """One row said better: of those in progress, else of those filled in; a form that came prefilled stays."""
        codes = self.faults.in_progress(form) or list(form.values.get("report", {}))
        new = {"evidence": rng.choice(self.texts["amended"])}
        for row in (row for row in form.read.report.rows if row.code in codes[:1]):
            form.put(form.read.report, row, new)
            form.values["report"][row.code] |= new

    def _send(self, form: Form, fault: str | None, reported: dt.date, rng: random.Random) -> None:
        """Save a filled form, with its fault."""
        if fault == "two_versions":
            before = reported - dt.timedelta(days=1)
            form.put_head("reported_on", before)
            self._save(form.unit, form.editor.save(), before, rng)
            form.put_head("reported_on", reported)
        elif fault:
            self.faults.spoil(form, fault, rng)
        content = form.editor.save()
        if fault == "broken_file":
            content = content[: len(content) * 2 // 3]
        name = self._save(form.unit, content, reported, rng)
        if fault == "same_file_twice":
            copy = name.with_name(f"{name.stem} - 副本.xlsx")
            shutil.copy2(name, copy)
            self.files.append(copy.relative_to(self.project.inbox).as_posix())

    def _save(self, unit: str, content: bytes, day: dt.date, rng: random.Random) -> Path:
        """A file in 收件, named as units name them, never over another."""
        template = rng.choice(self.texts["names"])
        name = template.format(unit=unit, period=self.period.title + (stage_title(self.stage) or ""))
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
