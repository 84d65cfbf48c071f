"""The sheet 设置: what the project was set up with, what the office may change of it, statuses, rules of lights."""

from __future__ import annotations

from functools import cache
from typing import Any

from tjxl.fields.spec import Spec
from tjxl.register import Register
from tjxl.resources import layout_toml, schema_toml
from tjxl.settings import Settings
from tjxl.sheets.entry import add_cell_entry
from tjxl.sheets.figures import LIGHT_CHOICES, LIGHT_TITLES, STATUS_LIST
from tjxl.sheets.lights import first_lights, light_rules
from tjxl.sheets.model import Content, Page, Sheet, Validation
from tjxl.sheets.textsize import row_height
from tjxl.sheets.theme import colour

_FIRST = 3
RULE_LIGHT = "rule_light"
"""The field of `schemas/office.toml` that a light of the rules is."""


@cache
def named_settings() -> dict[str, str]:
    """Field of `schemas/office.toml` → the defined name of the cell of 设置 where the office fills it in."""
    return {line["key"]: line["name"] for line in layout_toml("settings_sheet.toml")["line"] if "name" in line}


def settings_sheet(register: Register, settings: Settings, office: Spec) -> Sheet:
    """设置, with the defined names of what is filled in here, and 状态列表 (the range behind the dropdowns)."""
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
        "due_soon_days": settings.due_soon_days,
        "yellow_gap": settings.lights.yellow_gap,
        "red_gap": settings.lights.red_gap,
        "schedule_by": schema_toml("lights.toml")["schedule"][settings.lights.schedule],
        "tolerance_percent": settings.tolerances.percent,
        "tolerance_points": settings.tolerances.points,
    }
    places = {line["key"]: f"$B${row}" for row, line in enumerate(spec["line"], _FIRST) if "name" in line}
    for row, line in enumerate(spec["line"], _FIRST):
        value = values[line["key"]]
        kind = "int" if isinstance(value, int) else "number" if "name" in line else "text"
        owner = "office" if "name" in line else "locked"
        _line(sheet, row, [line["label"], value, line["note"]], "body+long", f"body+{kind}+{owner}")
        if "name" in line:
            sheet.names[line["name"]] = (row, 2, row, 2)
            add_cell_entry(sheet, office, line["key"], (row, 2), places)
        else:
            _shown_only(sheet, (row, 2, row, 2), spec["shown"])
    top = _FIRST + len(spec["line"]) + 1
    _statuses(sheet, top, spec["statuses"], settings)
    _lights(sheet, top + 3 + len(settings.statuses), spec, settings, office)
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


def _lights(sheet: Sheet, top: int, spec: dict[str, Any], settings: Settings, office: Spec) -> None:
    """The rules of the lights: those that are not fixed have a light to choose."""
    words = spec["lights"]
    sheet.put(top, 1, words["heading"], "sheet_title")
    sheet.put(top, 2, words["hint"], "sheet_hint")
    sheet.heights[top] = 30
    _line(sheet, top + 1, words["columns"], "header", "header")
    first, last = top + 2, top + 1 + len(light_rules())
    chosen = first_lights(settings)
    for row, rule in enumerate(light_rules(), first):
        owner = "locked" if rule.fixed else "office"
        _line(sheet, row, [rule.title, chosen[rule.name], rule.note], "body+long", f"body+text+plain+{owner}")
        if rule.fixed:
            _shown_only(sheet, (row, 2, row, 2), words["fixed"])
        else:
            add_cell_entry(sheet, office, RULE_LIGHT, (row, 2))
    sheet.names[LIGHT_TITLES] = (first, 1, last, 1)
    sheet.names[LIGHT_CHOICES] = (first, 2, last, 2)


def _line(sheet: Sheet, row: int, contents: list[Content], style: str, value_style: str) -> None:
    for column, content in enumerate(contents, 1):
        sheet.put(row, column, content, value_style if column == 2 else style)
    sheet.heights[row] = row_height([(str(c), sheet.widths[i]) for i, c in enumerate(contents, 1)], 22)
