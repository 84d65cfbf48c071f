"""The sheet 填报说明 of a form: how to fill it in, what not to do, every field's rules, a good row and a poor one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tjxl.fields.guide import GuideItem, GuideSample, guide_items, guide_samples
from tjxl.fields.spec import Part, Spec
from tjxl.resources import layout_toml
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.textsize import row_height
from tjxl.stages import SINGLE

_WIDTHS = (16, 12, 52, 60)


class GuideSheet:
    """Writes the guide from the rules' own sentences and the texts of `workbook/form.toml`."""

    def __init__(self, pen: FormPen, specs: Mapping[Part, Spec], year: str, stage: str = SINGLE) -> None:
        self.pen, self.specs, self.year, self.stage = pen, specs, year, stage
        self.spec = specs["report"]
        self.words = layout_toml("form.toml")["guide"]

    def write(self, sheet: Any) -> None:
        """Fill the sheet."""
        for i, width in enumerate(_WIDTHS):
            sheet.set_column(i, i, width)
        sheet.set_row(0, 32)
        sheet.write_string(0, 0, self.words["heading"].format(year=self.year), self.pen.style("sheet_title"))
        row = self._paragraphs(sheet, 1)
        row = self._heading(sheet, row, self.words["fields_title"])
        row = self._fields(sheet, row, (*guide_items(self.spec, "head"), *guide_items(self.spec)))
        for part, spec in self.specs.items():
            if part != "report":
                row = self._part(sheet, row, part, spec)
        row = self._heading(sheet, row, self.words["samples_title"])
        for spec in self.specs.values():
            for sample in guide_samples(spec):
                row = self._sample(sheet, row, spec, sample)
        self.pen.protect(sheet)
        self.pen.page(sheet, landscape=False)
        sheet.hide_gridlines(2)

    def _paragraphs(self, sheet: Any, row: int) -> int:
        names = {meaning: titles[0] for meaning, titles in self.spec.statuses.items()}
        for part in ("steps", "dont"):
            row = self._heading(sheet, row, self.words[f"{part}_title"])
            of_stage = [self.words[f"{self.stage}_step"]] if part == "steps" and self.stage != SINGLE else []
            for line in (*self.words[part], *of_stage):
                row = self._paragraph(sheet, row, line.format(**names))
        return row

    def _paragraph(self, sheet: Any, row: int, text: str) -> int:
        sheet.merge_range(row, 0, row, 3, text, self.pen.style("paragraph"))
        sheet.set_row(row, row_height([(text, sum(_WIDTHS))], 22))
        return row + 1

    def _part(self, sheet: Any, row: int, part: Part, spec: Spec) -> int:
        """What 节点 or 指标 asks, in a form that has such a sheet."""
        row = self._heading(sheet, row, self.words["part_title"].format(sheet=spec.sheet))
        row = self._paragraph(sheet, row, layout_toml("form.toml")[part]["note"])
        return self._fields(sheet, row, guide_items(spec))

    def _fields(self, sheet: Any, row: int, items: Sequence[GuideItem]) -> int:
        sheet.set_row(row, 22)
        for i, title in enumerate(self.words["field_columns"]):
            sheet.write_string(row, i, title, self.pen.style("header"))
        row += 1
        for item in items:
            rules = "\n".join(item.rules)
            for i, text in enumerate((item.title, item.necessity, item.what, rules)):
                sheet.write_string(row, i, text, self.pen.style("body+text" if i < 2 else "body+given_text"))
            sheet.set_row(row, row_height([(item.what, _WIDTHS[2] - 2), (rules, _WIDTHS[3] - 2)], 24))
            row += 1
        return row

    def _heading(self, sheet: Any, row: int, text: str) -> int:
        sheet.set_row(row, 26)
        sheet.merge_range(row, 0, row, 3, text, self.pen.style("heading"))
        return row + 1

    def _sample(self, sheet: Any, row: int, spec: Spec, sample: GuideSample) -> int:
        look = "poor_row" if sample.complaints else "good_row"
        title = self.words["sample_title"].format(sheet=spec.sheet, title=sample.title)
        sheet.set_row(row, 22)
        sheet.merge_range(row, 0, row, 3, title, self.pen.style(f"body+line+{look}"))
        row += 1
        for title, shown in sample.cells:
            sheet.write_string(row, 0, title, self.pen.style("body+text"))
            sheet.merge_range(row, 1, row, 3, shown, self.pen.style("body+given_text"))
            sheet.set_row(row, row_height([(shown, sum(_WIDTHS[1:]) - 2)], 20))
            row += 1
        why = "\n".join((sample.why, *sample.complaints))
        sheet.write_string(row, 0, self.words["why"], self.pen.style("body+text"))
        sheet.merge_range(row, 1, row, 3, why, self.pen.style(f"body+given_text+{look}"))
        sheet.set_row(row, row_height([(why, sum(_WIDTHS[1:]) - 2)], 20))
        return row + 1
