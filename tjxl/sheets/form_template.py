"""The template of a period's report forms: everything that is the same for all units, built once with XlsxWriter.

A sheet of rows ends with model rows far below (a row, the signature line); `tjxl.sheets.form` makes a unit's rows
from them and takes the models out.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import xlsxwriter

from tjxl.fields.spec import Part, Spec
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.sheets.cooperation import CooperationSheet
from tjxl.sheets.form_check import CheckSheet
from tjxl.sheets.form_guide import GuideSheet
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.form_places import IDENTITY_SHEET, LISTS_SHEET, MODEL_ROW, STATUS_NAME, fact_column, geometry
from tjxl.sheets.form_rows import RowsSheet
from tjxl.sheets.worksheet import ValuedWorksheet
from tjxl.stages import SINGLE


def build_template(
    specs: Mapping[Part, Spec], period: Period, year: str, statuses: tuple[str, ...], stage: str = SINGLE
) -> bytes:
    """The template workbook of a period and stage.

    Sheets: 填报说明, the sheets of rows of `specs` (填报 and, as they are given, 节点 and 指标), in the lead's forms
    of a period with two stages 配合情况, 自检, and very hidden `_lists`, `_tjxl`.
    """
    words = layout_toml("form.toml")
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    title = words["report"]["title"].format(year=year)
    book.set_properties({"title": title, "subject": period.title, "category": "督查督办"})
    pen = FormPen(book)
    shown = [words["cooperation"]["sheet"]] if stage == "lead" else []
    titles = (words["guide"]["title"], *(s.sheet for s in specs.values()), *shown, words["check"]["title"])
    names = (*titles, LISTS_SHEET, IDENTITY_SHEET)
    sheets = {name: book.add_worksheet(name, worksheet_class=ValuedWorksheet) for name in names}
    for hidden in (LISTS_SHEET, IDENTITY_SHEET):
        sheets[hidden].very_hidden()
    GuideSheet(pen, specs, year, stage).write(sheets[titles[0]])
    for name in shown:
        CooperationSheet(pen, year).write(sheets[name])
    for spec in specs.values():
        RowsSheet(pen, spec, geometry(spec), period, year, stage=stage).write(sheets[spec.sheet])
    CheckSheet(pen, specs, period).write(sheets[titles[-1]])
    _write_lists(sheets[LISTS_SHEET], pen, specs, statuses)
    book.define_name(STATUS_NAME, f"={LISTS_SHEET}!$A$2:$A${1 + len(statuses)}")
    sheets[specs["report"].sheet].activate()
    book.close()
    return file.getvalue()


def _write_lists(sheet: Any, pen: FormPen, specs: Mapping[Part, Spec], statuses: tuple[str, ...]) -> None:
    """The hidden lists: statuses in A, and of each sheet of rows the facts (titles and a model row)."""
    words = layout_toml("form.toml")["lists"]
    for row, text in enumerate((words["status_title"], *statuses)):
        sheet.write_string(row, 0, text, pen.style("base"))
    for part, spec in specs.items():
        kinds = (None, *spec.facts.values())
        for column, (title, kind) in enumerate(zip(words[part]["titles"], kinds, strict=True), fact_column(part) - 1):
            sheet.write_string(0, column, title, pen.style("base"))
            sheet.write_blank(MODEL_ROW - 1, column, None, pen.style("date" if kind == "date" else "base"))
