"""The sheet 使用说明: its text is `workbook/instructions.toml`."""

from __future__ import annotations

from typing import Any

from tjxl.register import Register
from tjxl.resources import layout_toml
from tjxl.sheets.model import Page, Sheet
from tjxl.sheets.textsize import row_height
from tjxl.sheets.theme import colour


def instruction_sheet(register: Register) -> Sheet:
    """What each sheet is, whose columns are whose, the routine of a period, what not to do."""
    spec: dict[str, Any] = layout_toml("instructions.toml")
    facts = {
        "year": register.year,
        "title": register.title,
        "tasks": len(register.tasks),
        "units": len(register.reporting_units),
    }
    sheet = Sheet(spec["title"], tab_colour=colour("$green"), gridlines=False)
    sheet.widths = dict(enumerate(spec["widths"], 1))
    sheet.put(1, 1, spec["heading"].format(**facts), "sheet_title")
    sheet.heights[1] = 34
    row = 2
    for section in spec["section"]:
        sheet.put(row, 1, section["heading"], "heading", width=2)
        sheet.heights[row] = 24
        for label, line in section["lines"]:
            row += 1
            said = line.format(**facts)
            sheet.put(row, 1, label, "body+long")
            sheet.put(row, 2, said, "body+long")
            sheet.heights[row] = row_height([(label, sheet.widths[1]), (said, sheet.widths[2])], 22)
        row += 1
    sheet.page = Page()
    return sheet
