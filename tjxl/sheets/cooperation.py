"""What the lead's form shows of the cooperating units' reports: a column of 填报, and the sheet 配合情况.

The column is one more locked one, so a sheet of rows of that stage is described by a `Spec` with one field more.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tjxl.fields.spec import Field, Part, Spec
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import Range
from tjxl.ooxml.splice import NewRow, Put
from tjxl.resources import layout_toml
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.form_places import MODEL_ROW
from tjxl.sheets.textsize import row_height

COLUMN = "cooperating_reports"
"""The field of 填报 that shows, next to a task, what each cooperating unit reported."""

_HEADER_ROW = 3
_INDENT = 0.5


@dataclass(frozen=True, slots=True)
class CooperatingReport:
    """What one cooperating unit reported on one task in the period.

    Attributes:
        state: 报送情况 of the unit in the first stage: 已报, 迟报, 未报, 退回 …
        said: its report by field name (status, percent_complete, progress_text, problems, next_steps,
            completion_date); None where nothing of it is merged.
    """

    serial_no: int
    task: str
    unit: str
    state: str
    said: Mapping[str, Any] | None


def lead_specs(specs: Mapping[Part, Spec]) -> dict[Part, Spec]:
    """The sheets of rows as the lead's form has them: 填报 with the column 配合单位填报."""
    words = layout_toml("form.toml")["cooperation"]["column"]
    report = specs["report"]
    at = [field.name for field in report.fields].index(words["after"]) + 1
    field = Field(COLUMN, words["title"], "register", "locked", words["width"])
    return {**specs, "report": replace(report, fields=(*report.fields[:at], field, *report.fields[at:]))}


def brief(reports: Sequence[CooperatingReport]) -> str:
    """The reports on one task as one text: 市教委：正常推进 60%；市体育局：未报. Cut where it would fill the page."""
    words = layout_toml("form.toml")["cooperation"]["column"]
    if not reports:
        return str(words["none"])
    out: list[str] = []
    for report in reports:
        said = report.said or {}
        percent = said.get("percent_complete")
        shown = f" {percent:.0%}" if isinstance(percent, int | float) else ""
        status = said.get("status") or report.state
        out.append(words["line"].format(unit=report.unit, status=status, percent=shown))
        if len(words["separator"].join(out)) > words["longest"] and len(out) < len(reports):
            kept = out[:-1] or out
            return str(words["separator"].join(kept) + words["more"].format(count=len(reports)))
    return str(words["separator"].join(out))


class CooperationSheet:
    """Writes 配合情况 into the template: header and a model row far below; `put_cooperation` adds the rows."""

    def __init__(self, pen: FormPen, year: str) -> None:
        self.pen, self.year = pen, year
        self.words: dict[str, Any] = layout_toml("form.toml")["cooperation"]

    def write(self, sheet: Any) -> None:
        """Fill the sheet."""
        columns = self.words["columns"]
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, self.words["heading"].format(year=self.year), self.pen.style("sheet_title"))
        sheet.write_string(1, 0, self.words["note"], self.pen.style("form_note"))
        sheet.set_row(_HEADER_ROW - 1, 32)
        for i, column in enumerate(columns):
            sheet.set_column(i, i, column["width"])
            sheet.write_string(_HEADER_ROW - 1, i, column["title"], self.pen.style("header+form_header"))
            sheet.write_blank(MODEL_ROW - 1, i, None, self.pen.style(f"body+given+{column['style']}"))
        sheet.autofilter(_HEADER_ROW - 1, 0, _HEADER_ROW, len(columns) - 1)
        sheet.freeze_panes(_HEADER_ROW, self.words["frozen"])
        self.pen.protect(sheet, "autofilter", "sort")
        self.pen.page(sheet, landscape=True)
        sheet.repeat_rows(_HEADER_ROW - 1)


def put_cooperation(editor: BookEditor, reports: Sequence[CooperatingReport]) -> None:
    """A row for each task and cooperating unit, with the whole of its report."""
    words = layout_toml("form.toml")["cooperation"]
    title, columns = words["sheet"], words["columns"]
    for number, report in enumerate(reports, _HEADER_ROW + 1):
        given = {"serial_no": report.serial_no, "task": report.task, "unit": report.unit, "state": report.state}
        values = {**(report.said or {}), **given}
        texts = []
        for place, column in enumerate(columns, 1):
            value = values.get(column["name"])
            editor.edit(title, number, place, Put(value))
            if isinstance(value, str):
                texts.append((value, column["width"] - _INDENT))
        editor.new_row(title, number, NewRow(MODEL_ROW, row_height(texts, words["least_height"])))
    editor.drop_rows(title, frozenset((MODEL_ROW,)))
    if reports:
        filtered = Range(_HEADER_ROW, 1, _HEADER_ROW + 1, len(columns))
        editor.grow(title, filtered, _HEADER_ROW + len(reports))
