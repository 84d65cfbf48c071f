"""The master workbook as `tjxl init` first builds it: from a register to the bytes of an .xlsx file."""

from __future__ import annotations

from tjxl.fields.loading import load_office_spec
from tjxl.register import Register
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.calculate import calculate
from tjxl.sheets.conf import conf_sheet
from tjxl.sheets.dashboard import dashboard_sheet
from tjxl.sheets.identity import MasterMeta, identity_sheet
from tjxl.sheets.instructions import instruction_sheet
from tjxl.sheets.layout import master_layout
from tjxl.sheets.model import Properties, Workbook
from tjxl.sheets.promise_tables import milestone_sheet, target_sheet
from tjxl.sheets.render import render
from tjxl.sheets.settings_sheet import settings_sheet
from tjxl.sheets.tables import (
    add_entries,
    assignment_sheet,
    ledger_sheet,
    question_sheet,
    submission_sheet,
    table_sheet,
    task_sheet,
    unit_sheet,
)

__all__ = ["MasterMeta", "build_master", "master_model"]

LEDGERS = ("ledger", "target_ledger", "milestone_ledger", "changes")
"""Tables that only grow, in their sheets' order."""


def build_master(register: Register, settings: Settings, meta: MasterMeta) -> bytes:
    """The master workbook, every formula cell and every chart with its value.

    Raises:
        tjxl.formula.Unsupported: a fault of the program: a formula outside the evaluator's subset.
    """
    book = master_model(register, settings, meta)
    return render(book, calculate(book))


def master_model(register: Register, settings: Settings, meta: MasterMeta) -> Workbook:
    """The master before it is computed and written: every sheet as plain values. Pure."""
    words = layout_toml("master.toml")["properties"]
    properties = Properties(
        title=words["title"].format(year=register.year),
        subject=register.title,
        category=words["category"],
        comments=words["comments"],
        created=meta.created_at,
    )
    office = load_office_spec(settings)
    sheets = (
        dashboard_sheet(register, settings),
        task_sheet(register, settings),
        assignment_sheet(register, settings),
        milestone_sheet(register, settings),
        target_sheet(register, settings),
        unit_sheet(register, settings),
        *(ledger_sheet(name, register, settings) for name in LEDGERS),
        submission_sheet(register, settings),
        question_sheet(register, settings),
        settings_sheet(register, settings, office),
        instruction_sheet(register),
        table_sheet("run_log", [{}], register.year, settings),
        conf_sheet(),
        identity_sheet(register, meta),
    )
    names = {layout.title: name for name, layout in master_layout().items()}
    for sheet in (s for s in sheets if s.title in names):
        add_entries(sheet, names[sheet.title], office)
    return Workbook(sheets, properties)
