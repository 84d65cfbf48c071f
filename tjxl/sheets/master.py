"""The master workbook as `tjxl init` first builds it: from a register to the bytes of an .xlsx file."""

from __future__ import annotations

from dataclasses import replace

from tjxl.fields.loading import load_office_spec
from tjxl.register import Register
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.calculate import calculate
from tjxl.sheets.closing_tables import closing_sheet, problem_sheet, verification_sheet
from tjxl.sheets.conf import conf_sheet
from tjxl.sheets.dashboard import dashboard_sheets
from tjxl.sheets.identity import MasterMeta, identity_sheet
from tjxl.sheets.instructions import instruction_sheet
from tjxl.sheets.layout import master_layout
from tjxl.sheets.model import Properties, Sheet, Workbook
from tjxl.sheets.period_figures import period_sheet
from tjxl.sheets.promise_tables import milestone_sheet, target_sheet
from tjxl.sheets.render import render
from tjxl.sheets.score_settings import score_settings_sheet
from tjxl.sheets.score_sheets import score_sheets
from tjxl.sheets.settings_sheet import settings_sheet
from tjxl.sheets.split_sheet import split_sheets
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

_HEADING_ROWS = 2

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
        title=register.owner + words["title"].format(year=register.year),
        subject=register.title,
        category=words["category"],
        comments=words["comments"],
        created=meta.created_at,
    )
    office = load_office_spec(settings)
    sheets = (
        *dashboard_sheets(register, settings),
        task_sheet(register, settings),
        *split_sheets(register, settings),
        assignment_sheet(register, settings),
        milestone_sheet(register, settings),
        target_sheet(register, settings),
        unit_sheet(register, settings),
        *(ledger_sheet(name, register, settings) for name in LEDGERS),
        submission_sheet(register, settings),
        period_sheet(register, settings),
        question_sheet(register, settings),
        problem_sheet(register, settings),
        closing_sheet(register, settings, office),
        table_sheet("reminders", [{}], register.year, settings),
        verification_sheet(register, settings),
        *score_sheets(register, settings),
        score_settings_sheet(settings, office),
        table_sheet("bulletin", [{}], register.year, settings),
        settings_sheet(register, settings, office),
        instruction_sheet(register),
        table_sheet("run_log", [{}], register.year, settings),
        conf_sheet(),
        identity_sheet(register, settings, meta),
    )
    for sheet in sheets:
        _name_owner(sheet, register)
    names = {layout.title: name for name, layout in master_layout().items()}
    for sheet in (s for s in sheets if s.title in names):
        add_entries(sheet, names[sheet.title], office, settings)
    return Workbook(sheets, properties)


def _name_owner(sheet: Sheet, register: Register) -> None:
    """Say in a sheet's heading whose register it is: 和平区2022年市政府重点工作…"""
    if not register.owner:
        return
    for place, cell in sheet.cells.items():  # of 看板 it stands below the bar of buttons
        if place[0] <= _HEADING_ROWS and str(cell.content).startswith(f"{register.year}年"):
            sheet.cells[place] = replace(cell, content=f"{register.owner}{cell.content}")
