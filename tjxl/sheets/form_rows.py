"""The sheets 填报, 节点, 指标 of a form's template: header, model rows, validations, colours, protection, print."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tjxl.fields.spec import Field, Spec
from tjxl.fields.validation import conditional_formats, data_validation
from tjxl.ooxml.refs import cell_ref, column_letters
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.form_places import MODEL_ROW, SIGNATURE_ROW, STATUS_NAME, Geometry, as_of_text
from tjxl.stages import SINGLE

_KIND_STYLES = {
    "status": "text",
    "choice": "text",
    "percent": "percent",
    "number": "number",
    "date": "date",
    "phone": "text",
}


class RowsSheet:
    """Writes what all units' sheets have in common; a unit's rows are spliced in later."""

    def __init__(
        self, pen: FormPen, spec: Spec, places: Geometry, period: Period, year: str, *, stage: str = SINGLE
    ) -> None:
        self.pen, self.spec, self.places, self.period, self.year = pen, spec, places, period, year
        split = stage != SINGLE and spec.name == "report"
        self.more: Mapping[str, str] = layout_toml("form.toml")["stages"][stage] if split else {}

    def write(self, sheet: Any) -> None:
        """Fill the sheet."""
        words, places = layout_toml("form.toml")[self.spec.name], self.places
        last = len(self.spec.fields)
        for i, field in enumerate(self.spec.fields):
            options = {"hidden": True} if field.kind == "key" else {}
            sheet.set_column(i, i, field.width, None, options)
        sheet.set_row(words["title_row"] - 1, 30)
        title = words["title"].format(year=self.year) + self.more.get("title", "")
        sheet.write_string(words["title_row"] - 1, 1, title, self.pen.style("sheet_title"))
        note = self.more.get("note", "") + words["note"]
        sheet.write_string(words["note_row"] - 1, 1, note, self.pen.style("form_note"))
        self._head(sheet)
        header = places.header_row
        sheet.set_row(header - 1, 38)
        for i, field in enumerate(self.spec.fields):
            style = "header+form_header+header_office" if field.owner == "unit" else "header+form_header"
            sheet.write_string(header - 1, i, field.title, self.pen.style(style))
            self._model_cell(sheet, i, field)
        sheet.set_row(MODEL_ROW - 1, words["least_height"])
        for name, text in words["signature"].items():
            sheet.write_string(SIGNATURE_ROW - 1, places.columns[name] - 1, text, self.pen.style("signature"))
        sheet.set_row(SIGNATURE_ROW - 1, 36)
        # from the hidden key on: whoever sorts by the filter's buttons moves the keys with their rows
        sheet.autofilter(header - 1, 0, header, last - 1)
        sheet.freeze_panes(header, places.columns[words["freeze"]])
        first_fill = (places.first_row - 1, places.columns[self.spec.unit_fields[0].name] - 1)
        sheet.set_selection(*first_fill, *first_fill)
        self.pen.protect(sheet, "select_unlocked_cells", "autofilter", "sort")
        self.pen.page(sheet, landscape=True)
        sheet.repeat_rows(header - 1)
        # all rows of the columns that are signed for: the key and 自检 are for the screen
        sheet.print_area(0, 1, 1_048_575, places.columns["self_check"] - 2)

    def _head(self, sheet: Any) -> None:
        as_of = as_of_text(self.period)
        cells = {name: cell_ref(*place) for name, place in self.places.head.items()}
        for field in self.spec.head:
            row, column = self.places.head[field.name]
            sheet.set_row(row - 1, 22)
            sheet.write_string(row - 1, column - 2, field.title, self.pen.style("head_label"))
            if field.owner != "unit":
                sheet.write_string(
                    row - 1,
                    column - 1,
                    self.period.title if field.name == "period" else "",
                    self.pen.style("head_value"),
                )
                continue
            sheet.write_blank(row - 1, column - 1, None, self.pen.style(f"{_kind_style(field)}+fill_line+fill"))
            options = data_validation(self.spec, field, cells[field.name], self.period.last_day, status_source="")
            sheet.data_validation(row - 1, column - 1, row - 1, column - 1, options)
            absolute = {n: f"${column_letters(c)}${r}" for n, (r, c) in self.places.head.items()}
            for rule in conditional_formats(self.spec, field.name, absolute, as_of, scope="head"):
                fmt = self.pen.highlight(f"cell_{rule.state}")
                sheet.conditional_format(
                    row - 1,
                    column - 1,
                    row - 1,
                    column - 1,
                    {"type": "formula", "criteria": rule.formula, "format": fmt},
                )

    def _model_cell(self, sheet: Any, i: int, field: Field) -> None:
        """The look of a field in a task's row, and the validation and colours of the first one."""
        row = self.places.first_row - 1
        if field.owner == "unit":
            style = f"body+{_kind_style(field)}+fill"
        elif field.owner == "check":
            style = "body+given+check"
        else:
            style = f"body+given+{field.look}"
        sheet.write_blank(MODEL_ROW - 1, i, None, self.pen.style(style))
        if field.owner == "unit":
            cell = cell_ref(row + 1, i + 1)
            options = data_validation(self.spec, field, cell, self.period.last_day, status_source=f"={STATUS_NAME}")
            sheet.data_validation(row, i, row, i, options)
            # Only what stands on the same sheet: Excel 2007 and some others refuse colours that look elsewhere.
            # A rule that asks for more is left to 自检.
            shown = {f.name: f"${self.places.letters(f.name)}{row + 1}" for f in self.spec.fields}
            unit = [shown[f.name] for f in self.spec.unit_fields]
            places = {n: p for n, p in shown.items() if self._holds_value(n)}
            for rule in conditional_formats(self.spec, field.name, places, as_of_text(self.period)):
                # a row that nobody has started is 未填, not wrong: it keeps its calm colour
                started = f"LEN({'&'.join(unit)})>0"
                criteria = f"=AND({started},{rule.formula[1:]})" if rule.state == "missing" else rule.formula
                look = self.pen.highlight(f"cell_{rule.state}")
                sheet.conditional_format(row, i, row, i, {"type": "formula", "criteria": criteria, "format": look})
        elif field.owner == "check":
            self._check_colours(sheet, row, i)

    def _holds_value(self, name: str) -> bool:
        """Whether the column holds the value that rules speak of: a date that is printed as a text does not."""
        kind = self.spec.values("row").get(name)
        field = self.spec.field(name)
        return kind is not None and (kind != "date" or field.owner == "unit" or field.look == "date")

    def _check_colours(self, sheet: Any, row: int, column: int) -> None:
        texts, cell = self.spec.self_check, f"${column_letters(column + 1)}{row + 1}"
        prefix = len(texts.warning_prefix)
        looks = (
            (f'{cell}="{texts.fine}"', "check_fine"),
            (f'OR({cell}="{texts.unfilled}",LEFT({cell},{prefix})="{texts.warning_prefix}")', "check_open"),
            (f"LEN({cell})>0", "check_wrong"),
        )
        for criteria, name in looks:
            sheet.conditional_format(
                row,
                column,
                row,
                column,
                {
                    "type": "formula",
                    "criteria": f"={criteria}",
                    "format": self.pen.highlight(name),
                    "stop_if_true": True,
                },
            )


def _kind_style(field: Field) -> str:
    return _KIND_STYLES.get(field.kind, "long+indented+typed_text")
