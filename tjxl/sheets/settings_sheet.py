"""The sheet 设置: what the project was set up with, the days of 「临近」 (editable), the list of statuses."""

from __future__ import annotations

from typing import Any

from tjxl.fields.spec import Spec
from tjxl.register import Register
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.entry import add_cell_entry
from tjxl.sheets.figures import DUE_SOON_DAYS, STATUS_LIST
from tjxl.sheets.model import Content, Page, Sheet, Validation
from tjxl.sheets.textsize import row_height
from tjxl.sheets.theme import colour

_FIRST = 3
_EDITABLE = "due_soon_days"


def settings_sheet(register: Register, settings: Settings, office: Spec) -> Sheet:
    """设置, with the defined names 临近天数 (a cell) and 状态列表 (the range behind the dropdowns)."""
    spec: dict[str, Any] = layout_toml("settings_sheet.toml")
    sheet = Sheet(spec["title"], tab_colour=colour("$yellow"), gridlines=False)
    sheet.widths = dict(enumerate(spec["widths"], 1))
    sheet.put(1, 1, spec["heading"], "sheet_title")
    sheet.put(1, 2, spec["hint"], "sheet_hint")
    sheet.heights[1] = 30
    _line(sheet, 2, spec["columns"], "header", "header")
    values: dict[str, Content] = {
        "year": register.year,
        "title": register.title,
        "cadence": spec["cadence"][settings.cadence],
        "due_day": settings.due_day,
        _EDITABLE: settings.due_soon_days,
    }
    for row, line in enumerate(spec["line"], _FIRST):
        value = values[line["key"]]
        kind = "int" if isinstance(value, int) else "text"
        owner = "office" if line["key"] == _EDITABLE else "locked"
        _line(sheet, row, [line["label"], value, line["note"]], "body+long", f"body+{kind}+{owner}")
        if line["key"] == _EDITABLE:
            sheet.names[DUE_SOON_DAYS] = (row, 2, row, 2)
            add_cell_entry(sheet, office, _EDITABLE, row, 2)
        else:
            _shown_only(sheet, (row, 2, row, 2), spec["shown"])
    _statuses(sheet, _FIRST + len(spec["line"]) + 1, spec["statuses"], settings)
    sheet.page = Page()
    return sheet


def _shown_only(sheet: Sheet, area: tuple[int, int, int, int], words: dict[str, str]) -> None:
    options = {
        "validate": "custom",
        "value": "=FALSE",
        "ignore_blank": False,
        "input_title": words["title"],
        "input_message": words["prompt"],
        "error_title": words["title"],
        "error_message": words["error"],
    }
    sheet.validations.append(Validation(area, options))


def _statuses(sheet: Sheet, top: int, spec: dict[str, Any], settings: Settings) -> None:
    sheet.put(top, 1, spec["heading"], "sheet_title")
    sheet.put(top, 2, spec["hint"], "sheet_hint")
    sheet.heights[top] = 30
    _line(sheet, top + 1, spec["columns"], "header", "header")
    for row, status in enumerate(settings.statuses, top + 2):
        texts: list[Content] = [status.name, spec["meaning"][status.meaning], "、".join(status.aliases)]
        _line(sheet, row, texts, "body+long+locked", "body+long+locked")
    _shown_only(sheet, (top + 2, 1, top + 1 + len(settings.statuses), 3), layout_toml("settings_sheet.toml")["shown"])
    sheet.names[STATUS_LIST] = (top + 2, 1, top + 1 + len(settings.statuses), 1)


def _line(sheet: Sheet, row: int, contents: list[Content], style: str, value_style: str) -> None:
    for column, content in enumerate(contents, 1):
        sheet.put(row, column, content, value_style if column == 2 else style)
    sheet.heights[row] = row_height([(str(c), sheet.widths[i]) for i, c in enumerate(contents, 1)], 22)
