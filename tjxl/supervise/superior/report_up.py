"""`tjxl report-up`: the form that came from above, filled from this level's own master, for a person to review."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tjxl.durable import said_plainly, write_durably
from tjxl.errors import ProjectError
from tjxl.fields.office import limits_of
from tjxl.fields.scalar import check_values
from tjxl.fields.spec import Part, rule_finding
from tjxl.findings import Finding, finding
from tjxl.intake.context import ExpectedRow
from tjxl.intake.readform import ReadRow
from tjxl.issuing import form_file_name
from tjxl.periods import Period
from tjxl.project import Project
from tjxl.register import serial_of
from tjxl.resources import schema_toml
from tjxl.settings import ReportUp, Settings
from tjxl.sheets.form_refill import refilled
from tjxl.sheets.lost_rows import refuse_lost_rows
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.state import MasterState, read_master
from tjxl.supervise.superior.consolidate import consolidate
from tjxl.supervise.superior.differences import differences_of, refuse_foreign
from tjxl.supervise.superior.pieces import Own
from tjxl.supervise.superior.received import Received, read_received

_NAMES: Mapping[Part, str] = {"milestones": "scope", "targets": "subject"}


def report_up(project: Project, form: Path, out: Path | None = None) -> dict[str, Any]:
    """Fill a form from above with what this level's departments reported, and write it beside the project's folders.

    Nothing of the master changes. Cells that hold something already stay as they are. What is doubtful is left blank
    and told; 填报日期 is always left to whoever sends the form.

    Args:
        out: where the filled form goes; a new file in 上报/<期次>/ where none is named.

    Returns:
        period, own_period, unit, file, rows (task, serial_no, role, parts, filled), added, removed, changed,
        findings.

    Raises:
        ProjectError: H105, the project answers to nobody; H101, H102, the form is none or damaged; H106, it is not
            this project's; H107, nothing has been issued here up to its period; E209, E216 no such file; E212, it
            cannot be written; E277 to E279, E285 rows of tasks are missing.
        PackageError: it cannot be changed safely.
    """
    state = read_master(project)
    refuse_lost_rows(state)
    settings = project.settings()
    if not state.meta.get("superior_master_id"):
        raise ProjectError("H105")
    received = read_received(form, settings)
    refuse_foreign(received, state)
    own = Own(state, _own_period(received, state), settings)
    filling = _Filling(received, own, settings)
    filling.fill()
    path = out or _free_place(project, received)
    content = refilled(received.content, filling.values)
    with said_plainly(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_durably(path, content)
    differences = differences_of(received, state)
    return {
        "period": received.period.code,
        "own_period": own.period.code,
        "unit": received.identity.unit,
        "file": str(path),
        "rows": filling.rows,
        **differences.lists,
        "findings": [f.to_json() for f in (*differences.findings, *filling.findings)],
    }


def _own_period(received: Received, state: MasterState) -> Period:
    """This level's newest period that ends no later than the form's.

    Raises:
        ProjectError: H107, there is none.
    """
    periods = [p for p in state.issued_periods if p.last_day <= received.period.last_day]
    if not periods:
        raise ProjectError("H107", file=received.file, period=received.period.title)
    return periods[-1]


def _free_place(project: Project, received: Received) -> Path:
    """A file that is not there yet: an earlier proposal may have been worked on."""
    folder = project.root / "上报" / received.period.code
    first = folder / form_file_name(received.identity.unit)
    path, number = first, 1
    while path.exists():
        number += 1
        path = first.with_name(f"{first.stem}（{number}）{first.suffix}")
    return path


class _Filling:
    """What goes into the form's cells, and what is to be said of it."""

    def __init__(self, received: Received, own: Own, settings: Settings) -> None:
        self.received, self.own, self.settings = received, own, settings
        self.values: dict[tuple[str, str], Any] = {}
        self.findings: list[Finding] = []
        self.rows: list[dict[str, Any]] = []
        if own.period.last_day != received.period.last_day:
            self.findings.append(finding("H128", own=own.period.title, period=received.period.title))

    def fill(self) -> None:
        """Head, tasks, milestones, targets."""
        self._fill_head()
        for row, expected in self.received.rows("report"):
            self._fill_task(row, expected)
        for part in ("milestones", "targets"):
            for row, expected in self.received.rows(part):
                self._fill_promise(part, row, expected)

    def _fill_head(self) -> None:
        """填报人, 联系电话 and 审核人 as the settings say; a person dates the form."""
        for name in ReportUp.__slots__:
            value = getattr(self.settings.report_up, name)
            cell = self.received.form.head_cells.get(name)
            if value and cell and not self.received.form.head.get(name):
                self.values[self.received.form.report.title, cell] = value

    def _fill_task(self, row: ReadRow, expected: ExpectedRow) -> None:
        spec = self.received.specs["report"]
        limits = limits_of(schema_toml("report.toml"), "report.toml", self.settings.rules)
        titles = {f.name: f.title for f in spec.unit_fields}
        serial = serial_of(row.code) or 0
        given = row.code in self.own.state.given
        pieces = self.own.pieces(row.code) if given else []
        made = consolidate(serial, pieces, self.settings, int(limits["max_text"]), titles)
        if given:  # a task that is new from above is told as such
            self._say(row, made.findings)
        filled = self._put("report", row, expected, made.values)
        self.rows.append(
            {
                "task": row.code,
                "serial_no": serial,
                "role": expected.facts["role"],
                "parts": [
                    {"task": p.code, "unit": p.unit, "status": p.status, "reported": p.reported} for p in pieces
                ],
                "filled": filled,
            }
        )

    def _fill_promise(self, part: Part, row: ReadRow, expected: ExpectedRow) -> None:
        if self.received.carried(part, expected.facts) or row.task_code not in self.own.state.given:
            return
        entry, fresh = self.own.promise(part, row.code)
        answers = self.received.specs[part].titles_of("yes") if part == "milestones" else ()
        if entry is None or not (fresh or (answers and entry["done"] in answers)):
            name = str(row.values.get(_NAMES[part]) or row.code)
            self._say(row, [finding("H127", serial_no=serial_of(row.task_code), name=name)])
            return
        values = {n: v for n in PART_TABLES[part].fields if (v := entry[n]) is not None}
        self._put(part, row, expected, values)

    def _put(self, part: Part, row: ReadRow, expected: ExpectedRow, values: Mapping[str, Any]) -> list[str]:
        """Fill the blank cells of a row, and say what its rules find in it then; the fields that were filled."""
        spec, sheet = self.received.specs[part], self.received.form.sheets[part].title
        present = {f.name: row.values.get(f.name) for f in spec.unit_fields if row.original(f.name) is not None}
        filled = []
        for field in spec.unit_fields:
            value = values.get(field.name)
            if value is None:
                continue
            if field.name not in present:
                self.values[sheet, row.cells[field.name]] = value
                filled.append(field.name)
            elif present[field.name] != value:
                said = finding("H126", serial_no=serial_of(row.task_code), title=field.title, value=value)
                self.findings.append(said.at(sheet=sheet, cell=row.cells[field.name], task=row.task_code))
        after = {**values, **present, **expected.facts}
        told = part == "report" and after.get("status") is None  # why it is blank
        for rule in check_values(after, spec, self.received.period.last_day) if filled and not told else ():
            at = {"sheet": sheet, "cell": row.cells.get(rule.field), "task": row.task_code}
            self.findings.append(rule_finding(rule, read=after.get(rule.field), value=after.get(rule.field), **at))
        return filled

    def _say(self, row: ReadRow, findings: Any) -> None:
        self.findings += [f.at(task=row.task_code) for f in findings]
