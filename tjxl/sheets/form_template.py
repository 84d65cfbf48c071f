"""The template of a period's report forms: everything that is the same for all units, built once with XlsxWriter.

The sheet 填报 ends with two model rows far below (a task's row, the signature line); `tjxl.sheets.form` makes a
unit's rows from them and takes the models out.
"""

from __future__ import annotations

import io
from typing import Any

import xlsxwriter

from tjxl.fields.spec import Spec
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.sheets.form_check import CheckSheet
from tjxl.sheets.form_guide import GuideSheet
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.form_places import FACT_COLUMN, IDENTITY_SHEET, LISTS_SHEET, MODEL_ROW, STATUS_NAME, geometry
from tjxl.sheets.form_report import ReportSheet
from tjxl.sheets.worksheet import ValuedWorksheet


def build_template(spec: Spec, period: Period, year: int, statuses: tuple[str, ...]) -> bytes:
    """The template workbook of a period.

    Sheets: 填报说明, 填报, 自检, and very hidden `_lists`, `_tjxl`.
    """
    words, places = layout_toml("form.toml"), geometry(spec)
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    title = words["report"]["title"].format(year=year)
    book.set_properties({"title": title, "subject": period.title, "category": "督查督办"})
    pen = FormPen(book)
    titles = (words["guide"]["title"], spec.sheet, words["check"]["title"], LISTS_SHEET, IDENTITY_SHEET)
    guide, report, check, lists, identity = (book.add_worksheet(t, worksheet_class=ValuedWorksheet) for t in titles)
    for hidden in (lists, identity):
        hidden.very_hidden()
    GuideSheet(pen, spec, year).write(guide)
    ReportSheet(pen, spec, places, period, year).write(report)
    CheckSheet(pen, spec, places, period).write(check)
    _write_lists(lists, pen, statuses)
    book.define_name(STATUS_NAME, f"={LISTS_SHEET}!$A$2:$A${1 + len(statuses)}")
    report.activate()
    book.close()
    return file.getvalue()


def _write_lists(sheet: Any, pen: FormPen, statuses: tuple[str, ...]) -> None:
    """The hidden lists: statuses in A, from D the facts of the unit's tasks (titles and a model row)."""
    words = layout_toml("form.toml")["lists"]
    for row, text in enumerate((words["status_title"], *statuses)):
        sheet.write_string(row, 0, text, pen.style("base"))
    for i, title in enumerate(words["fact_titles"]):
        sheet.write_string(0, FACT_COLUMN - 1 + i, title, pen.style("base"))
        look = "date" if title == words["date_title"] else "base"
        sheet.write_blank(MODEL_ROW - 1, FACT_COLUMN - 1 + i, None, pen.style(look))
