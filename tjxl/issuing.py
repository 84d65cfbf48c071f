"""What each unit's form holds in a period: its tasks, last period's report, its identity."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from tjxl.errors import PackageError
from tjxl.fields.spec import Part
from tjxl.intake.context import ExpectedRow
from tjxl.intake.expected import expected_rows, last_reports
from tjxl.intake.identify import Identity, read_identity
from tjxl.ooxml.book import Book
from tjxl.periods import Period
from tjxl.project import Project
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.cooperation import COLUMN, CooperatingReport, brief
from tjxl.sheets.form import FormContent, FormRow, FormTemplate, form_template
from tjxl.sheets.form_places import FORM_VERSION, IDENTITY_SHEET
from tjxl.sheets.layout import state_titles
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState, sender_of
from tjxl.stages import SINGLE, stage_title

_GIVEN = ("serial_no", "task", "role", "deadline", "leaders", "lead_unit", "cooperating_units")


def form_contents(
    state: MasterState, period: Period, settings: Settings, now: dt.datetime, stage: str = SINGLE
) -> dict[str, FormContent]:
    """Unit code → content, in register order: lead tasks first, then cooperating, each by 序号.

    A task or milestone that the unit has reported as completed comes prefilled with that report; every other row's
    cells are empty. Last period's report stands beside a task, last period's value beside a target. Problems that
    were reported are not prefilled: what is still stuck is to be said anew, so that 问题清单 knows it is so.

    In the lead's form of a period with two stages the reports of the cooperating units stand there too.
    """
    printer = _Printer(state, period)
    cooperation = cooperating_reports(state, period) if stage == "lead" else {}
    names = {str(u["unit_code"]): str(u["unit"]) for u in state.units}
    out = {}
    for unit, expected in expected_rows(state, period, settings, issuing=True, stage=stage).items():
        sheets = {part: printer.rows(part, unit, rows) for part, rows in expected.items()}
        of_tasks = [cooperation.get(str(row.given["task_code"]), []) for row in sheets["report"]]
        if stage == "lead":
            rows = zip(sheets["report"], of_tasks, strict=True)
            sheets["report"] = tuple(
                replace(row, given={**row.given, COLUMN: brief(reports)}) for row, reports in rows
            )
        identity = Identity(
            form_version=FORM_VERSION,
            master_id=state.meta["master_id"],
            unit_code=unit,
            unit=names[unit],
            period=period.code,
            stage=stage,
            issued_at=now.isoformat(timespec="seconds"),
        ).signed(state.meta["key"])
        out[unit] = FormContent(
            names[unit], identity.as_dict(), sheets, tuple(report for reports in of_tasks for report in reports)
        )
    return out


def cooperating_reports(state: MasterState, period: Period) -> dict[str, list[CooperatingReport]]:
    """Task code → what each unit that cooperates in it reported in a period, in the order of 责任分工."""
    tasks = {str(t["task_code"]): t for t in state.tasks}
    states = {
        unit: str(row["state"])
        for row in state.submissions
        if row["period"] == period.code and (unit := str(row["unit_code"])) and sender_of(row)[1] == "cooperating"
    }
    out: dict[str, list[CooperatingReport]] = {}
    for row in state.assignments:
        code, unit = str(row["task_code"]), str(row["unit_code"])
        if code not in tasks or row["role"] != stage_title("cooperating"):
            continue
        entry = state.effective["report"].get((period.code, code, unit))
        task = tasks[code]
        report = CooperatingReport(
            serial_no=int(task["serial_no"]),
            task=str(task["task"] or ""),
            unit=str(row["unit"]),
            state=states.get(unit, state_titles()["missing"]),
            said=entry.values if entry is not None else None,
        )
        out.setdefault(code, []).append(report)
    return out


def issued_forms(
    project: Project, state: MasterState, period: Period, settings: Settings
) -> Callable[[Identity], bytes | None]:
    """Of an identity, the form that was issued with it, unanswered: from 下发/, else made anew.

    Made anew it holds what the master says today. None for a unit that has no tasks any more.
    """

    @cache
    def contents(issued_at: str, stage: str) -> dict[str, FormContent]:
        return form_contents(state, period, settings, dt.datetime.fromisoformat(issued_at), stage)

    @cache
    def template(stage: str) -> FormTemplate:
        return form_template(settings, period, state.meta.get("owner", "") + state.meta["year"], stage)

    def form(identity: Identity) -> bytes | None:
        path = project.issued(period.code, stage_title(identity.stage)) / form_file_name(identity.unit)
        if (issued := _form_at(path)) is not None and issued[0] == identity:
            return issued[1]
        content = contents(identity.issued_at, identity.stage).get(identity.unit_code)
        return template(identity.stage).filled(content) if content is not None else None

    return form


def _form_at(path: Path) -> tuple[Identity | None, bytes] | None:
    """The form in a file and whose it is; None where there is none that can be read."""
    try:
        content = path.read_bytes()
        book = Book(content)
        return read_identity(book.cells(IDENTITY_SHEET)) if IDENTITY_SHEET in book.sheets else None, content
    except (OSError, PackageError):
        return None


def forms_of_former_names(folder: Path, state: MasterState, contents: Mapping[str, FormContent]) -> list[str]:
    """File names in a folder of 下发/ of the forms that units just given one were given under an earlier name.

    They are left where they lie: whether somebody has begun to fill one in cannot be told from the file.
    """
    issued = {form_file_name(content.unit) for content in contents.values()}
    found = []
    for code in contents:
        aliases = unit.aliases if (unit := state.registry.by_code.get(code)) else ()
        for name in sorted({form_file_name(alias) for alias in aliases} - issued):
            form = _form_at(folder / name)
            if form is not None and form[0] is not None and form[0].unit_code == code:
                found.append(name)
    return found


def form_file_name(unit: str) -> str:
    """The name of a unit's form in 下发/, good on every system."""
    return "".join("_" if c in '<>:"/\\|?*' or ord(c) < 32 else c for c in unit).rstrip(". ") + ".xlsx"


class _Printer:
    """What stands in the rows of the forms of a period."""

    def __init__(self, state: MasterState, period: Period) -> None:
        self.tasks = {str(t["task_code"]): t for t in state.tasks}
        self.targets = {str(t["target_code"]): t for t in state.targets}
        self.last = {part: last_reports(state, period, part) for part in PART_TABLES}

    def rows(self, part: Part, unit: str, expected: Mapping[str, ExpectedRow]) -> tuple[FormRow, ...]:
        """A unit's rows on one sheet, in the order of the form."""
        key, fields = PART_TABLES[part].key, PART_TABLES[part].fields
        out = []
        for row in sorted(expected.values(), key=lambda r: (r.facts.get("role") == "cooperating", r.serial_no)):
            before = self.last[part].get((row.code, unit))
            given = {key: row.code, "task_code": row.task_code, "serial_no": row.serial_no} | self._given(row, before)
            filled = {n: v for n in fields if (v := before[n]) is not None} if before and row.prefilled else {}
            out.append(FormRow(given, filled, row.facts))
        return tuple(out)

    def _given(self, row: ExpectedRow, before: TableRow | None) -> dict[str, Any]:
        """The locked columns beside key, task and 序号."""
        if row.code in self.targets:
            target = str(self.targets[row.code]["target"] or "")
            return {**row.locked, "target": target_with_last(target, before)}
        if row.code in self.tasks:
            task = {name: self.tasks[row.code].values.get(name) for name in _GIVEN}
            verified = self.tasks[row.code]["verified_status"] if row.facts.get("role") == "lead" else None
            return task | {"role": row.locked["role"], "last_report": last_report_text(before, verified)}
        return dict(row.locked)


def target_with_last(target: str, before: TableRow | Mapping[str, Any] | None) -> str:
    """目标, with last period's value where there is one."""
    value = before["current_value"] if before else None
    if not isinstance(value, int | float):
        return target
    return str(layout_toml("form.toml")["targets"]["reported"]).format(target=target, last=f"{value:.12g}")


def last_report_text(before: TableRow | Mapping[str, Any] | None, verified: object = None) -> str:
    """上期进展 as one text: 【正常推进 55%】…; cut where it would fill the page.

    Args:
        verified: 核定状态 of the task, told where it is not what was reported.
    """
    words = layout_toml("form.toml")
    if before is None:
        return str(words["last_report"]["none"])
    percent = before["percent_complete"]
    shown = f" {percent:.0%}" if isinstance(percent, int | float) else ""
    if verified and verified != before["status"]:
        shown += str(words["last_report"]["verified"]).format(status=verified)
    text = str(before["progress_text"] or "")
    limit = words["report"]["widest_text"]
    text = text if len(text) <= limit else text[: limit - 1] + "…"
    return str(words["last_report"]["line"]).format(status=before["status"] or "", percent=shown, text=text)
