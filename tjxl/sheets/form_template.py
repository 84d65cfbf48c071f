"""The template of a period's report forms: everything that is the same for all units, built once with XlsxWriter.

The sheet 填报 ends with two model rows far below (a task's row, the signature line); `tjxl.sheets.form` makes a
unit's rows from them and takes the models out.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tjxl.fields.guide import guide_items, guide_samples
from tjxl.fields.selfcheck import head_formula, row_formula
from tjxl.fields.spec import Field, Spec
from tjxl.fields.validation import conditional_formats, data_validation
from tjxl.formula import Evaluator, MemoryGrid
from tjxl.ooxml.refs import cell_ref, column_letters, parse_cell
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.sheets.textsize import row_height
from tjxl.sheets.theme import highlight_properties, style_properties

MODEL_ROW, SIGNATURE_ROW = 5001, 5002
LISTS_SHEET, IDENTITY_SHEET = "_lists", "_tjxl"
STATUS_NAME = "状态列表"
FACT_COLUMN = 4
FACT_ROWS = 2000
# Stands for the last row of the hidden list in the self-check formula: each form looks no further than its own.
FACT_MARK = 888_888
FACTS = ("role", "goal", "deadline", "last_status", "last_percent", "last_text")
# Stands for the row in the self-check formula; no formula of tjxl holds such a number.
ROW_MARK = 777_777


class _PlainWorksheet(Worksheet):
    """A worksheet that writes formulas as they are.

    XlsxWriter looks for some 180 functions newer than Excel 2010 in every formula, which takes three quarters of
    the time of building a template; tjxl's rules hold none of them.
    """

    def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:
        del expand_future_functions
        return formula.removeprefix("=")


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where things stand on 填报: columns by field name (from 1), head cells of the values by name, rows."""

    columns: Mapping[str, int]
    head: Mapping[str, tuple[int, int]]
    header_row: int
    first_row: int

    def letters(self, name: str) -> str:
        """A field's column as letters."""
        return column_letters(self.columns[name])


def geometry(spec: Spec) -> Geometry:
    """The places that `workbook/form.toml` gives."""
    layout = layout_toml("form.toml")["report"]
    columns = {f.name: i for i, f in enumerate(spec.fields, 1)}
    labels = {name: parse_cell(label) for name, label in layout["head"].items()}
    head = {name: (row, column + 1) for name, (row, column) in labels.items()}
    return Geometry(columns, head, layout["header_row"], layout["first_row"])


def self_check_formula(spec: Spec, places: Geometry, period: Period) -> str:
    """The 自检 formula of a row without `=`; its row number as `ROW_MARK`, the last listed task's as `FACT_MARK`."""
    unit = {f.name: places.letters(f.name) for f in spec.fields if f.owner == "unit"}
    return row_formula(spec, unit, ROW_MARK, _facts(period, ROW_MARK, FACT_MARK))[1:]


def _facts(period: Period, row: int, last_fact: int = FACT_ROWS) -> dict[str, str]:
    """Formula text of each fact of a row: looked up by its task code, so that rows may be sorted."""
    first, last = column_letters(FACT_COLUMN), column_letters(FACT_COLUMN + len(FACTS))
    area = f"{LISTS_SHEET}!${first}$2:${last}${last_fact}"
    facts = {name: f"VLOOKUP($A{row},{area},{n},FALSE)" for n, name in enumerate(FACTS, 2)}
    return facts | {"as_of": _as_of(period)}


def _as_of(period: Period) -> str:
    day = period.last_day
    return f"DATE({day.year},{day.month},{day.day})"


def build_template(spec: Spec, period: Period, year: int, statuses: tuple[str, ...]) -> bytes:
    """The template workbook of a period.

    Sheets: 填报说明, 填报, 自检, and very hidden `_lists`, `_tjxl`.
    """
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    _Template(book, spec, period, year, statuses).build()
    book.close()
    return file.getvalue()


class _Template:
    def __init__(self, book: Any, spec: Spec, period: Period, year: int, statuses: tuple[str, ...]) -> None:
        self.book, self.spec, self.period, self.year, self.statuses = book, spec, period, year, statuses
        self.layout = layout_toml("form.toml")
        self.places = geometry(spec)
        self.formats: dict[str, Any] = {}

    def build(self) -> None:
        words = self.layout
        title = words["report"]["title"].format(year=self.year)
        self.book.set_properties({"title": title, "subject": self.period.title, "category": "督查督办"})
        titles = (words["guide"]["title"], self.spec.sheet, words["check"]["title"], LISTS_SHEET, IDENTITY_SHEET)
        sheets = [self.book.add_worksheet(t, worksheet_class=_PlainWorksheet) for t in titles]
        guide, report, check, lists, identity = sheets
        for hidden in (lists, identity):
            hidden.very_hidden()
        self._guide(guide)
        self._report(report)
        self._check(check)
        self._lists(lists)
        self.book.define_name(STATUS_NAME, f"={LISTS_SHEET}!$A$2:$A${1 + len(self.statuses)}")
        report.activate()

    def _format(self, style: str) -> Any:
        if style not in self.formats:
            self.formats[style] = self.book.add_format(style_properties(style))
        return self.formats[style]

    def _highlight(self, name: str) -> Any:
        return self.book.add_format(highlight_properties(name))

    # ---- 填报

    def _report(self, sheet: Any) -> None:
        words, places = self.layout["report"], self.places
        last = len(self.spec.fields)
        for i, field in enumerate(self.spec.fields):
            options = {"hidden": True} if field.kind == "key" else {}
            sheet.set_column(i, i, field.width, None, options)
        sheet.set_row(words["title_row"] - 1, 30)
        sheet.write_string(
            words["title_row"] - 1, 1, words["title"].format(year=self.year), self._format("sheet_title")
        )
        sheet.write_string(words["note_row"] - 1, 1, words["note"], self._format("sheet_hint"))
        self._head(sheet)
        header = places.header_row
        sheet.set_row(header - 1, 34)
        for i, field in enumerate(self.spec.fields):
            style = "header+header_office" if field.owner == "unit" else "header"
            sheet.write_string(header - 1, i, field.title, self._format(style))
            self._model_cell(sheet, i, field)
        sheet.set_row(MODEL_ROW - 1, words["least_height"])
        for name, text in words["signature"].items():
            sheet.write_string(SIGNATURE_ROW - 1, places.columns[name] - 1, text, self._format("signature"))
        sheet.set_row(SIGNATURE_ROW - 1, 36)
        sheet.autofilter(header - 1, 1, header, last - 1)
        sheet.freeze_panes(header, places.columns["role"] - 1)
        first_fill = next(f.name for f in self.spec.fields if f.owner == "unit")
        sheet.set_selection(
            places.first_row - 1, places.columns[first_fill] - 1, places.first_row - 1, places.columns[first_fill] - 1
        )
        self._protect(sheet)
        self._page(sheet, landscape=True)
        sheet.repeat_rows(header - 1)
        # all rows of the columns that matter on paper: 自检 is for the screen
        sheet.print_area(0, 1, 1_048_575, places.columns["self_check"] - 2)

    def _head(self, sheet: Any) -> None:
        as_of = _as_of(self.period)
        cells = {name: cell_ref(*place) for name, place in self.places.head.items()}
        for field in self.spec.head:
            row, column = self.places.head[field.name]
            sheet.set_row(row - 1, 22)
            sheet.write_string(row - 1, column - 2, field.title, self._format("head_label"))
            if field.owner != "unit":
                sheet.write_string(
                    row - 1,
                    column - 1,
                    self.period.title if field.name == "period" else "",
                    self._format("head_value"),
                )
                continue
            sheet.write_blank(row - 1, column - 1, None, self._format(f"fill_line+{_kind_style(field)}+name+fill"))
            options = data_validation(self.spec, field, cells[field.name], self.period.last_day, status_source="")
            sheet.data_validation(row - 1, column - 1, row - 1, column - 1, options)
            absolute = {n: f"${column_letters(c)}${r}" for n, (r, c) in self.places.head.items()}
            for rule in conditional_formats(self.spec, field.name, absolute, as_of, scope="head"):
                fmt = self._highlight(f"cell_{rule.state}")
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
            style = "body+check+given"
        else:
            centred = field.name in ("serial_no", "role", "leaders")
            style = f"body+given+{'int' if field.name == 'serial_no' else 'text' if centred else 'given_text'}"
        sheet.write_blank(MODEL_ROW - 1, i, None, self._format(style))
        if field.owner == "unit":
            cell = cell_ref(row + 1, i + 1)
            options = data_validation(self.spec, field, cell, self.period.last_day, status_source=f"={STATUS_NAME}")
            sheet.data_validation(row, i, row, i, options)
            # Only what stands on the same sheet: Excel 2007 and some others refuse colours that look elsewhere.
            # A rule that asks for more is left to 自检.
            shown = {f.name: f"${self.places.letters(f.name)}{row + 1}" for f in self.spec.fields}
            unit = [shown[f.name] for f in self.spec.fields if f.owner == "unit"]
            places = {n: p for n, p in shown.items() if n in self.spec.values("row") and n != "deadline"}
            for rule in conditional_formats(self.spec, field.name, places, _as_of(self.period)):
                # a row that nobody has started is 未填, not wrong: it keeps its calm colour
                started = f"LEN({'&'.join(unit)})>0"
                criteria = f"=AND({started},{rule.formula[1:]})" if rule.state == "missing" else rule.formula
                look = self._highlight(f"cell_{rule.state}")
                sheet.conditional_format(row, i, row, i, {"type": "formula", "criteria": criteria, "format": look})
        elif field.owner == "check":
            self._check_colours(sheet, row, i)

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
                    "format": self._highlight(name),
                    "stop_if_true": True,
                },
            )

    # ---- 自检

    def _check(self, sheet: Any) -> None:
        words, texts = self.layout["check"], self.spec.self_check
        for i, width in enumerate((34, 14, 56, 10)):
            sheet.set_column(i, i, width)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, words["heading"], self._format("sheet_title"))
        sheet.write_string(1, 0, words["note"], self._format("sheet_hint"))
        for i, title in enumerate(words["columns"]):
            sheet.write_string(3, i, title, self._format("header"))
        cells = {n: f"{self.spec.sheet}!${column_letters(c)}${r}" for n, (r, c) in self.places.head.items()}
        row = 4
        for field in self.spec.head:
            if field.owner != "unit":
                continue
            formula = head_formula(self.spec, field.name, cells, _as_of(self.period))
            first = _evaluated(formula)
            self._check_line(
                sheet,
                row,
                words["head_item"].format(title=field.title),
                f'=IF({formula[1:]}="{texts.fine}","{texts.fine}","×")',
                "✓" if first == texts.fine else "×",
                f'=IF({formula[1:]}="{texts.fine}","",{formula[1:]})',
                "" if first == texts.fine else first,
                cells[field.name].split("!")[1],
            )
            row += 1
        column = f"{self.spec.sheet}!${self.places.letters('self_check')}:${self.places.letters('self_check')}"
        counts = {
            "rows_total": f'COUNTIF({self.spec.sheet}!$A:$A,"T*")',
            "rows_fine": f'COUNTIF({column},"{texts.fine}")',
            "rows_hint": f'COUNTIF({column},"{texts.warning_prefix}*")',
            "rows_open": f'COUNTIF({column},"{texts.unfilled}")',
        }
        start = row + 1
        target = cell_ref(self.places.header_row, self.places.columns["self_check"])
        for name, formula in counts.items():
            self._check_line(sheet, row, words[name], f"={formula}", 0, "", "", target)
            row += 1
        self._check_line(
            sheet, row, words["rows_wrong"], f"=B{start}-B{start + 1}-B{start + 2}-B{start + 3}", 0, "", "", target
        )
        row += 2
        heads = f'COUNTIF(B5:B{start - 1},"×")=0'
        done = f'=IF(AND({heads},B{start + 3}=0,B{start + 4}=0),"{words["all_fine"]}","{words["not_yet"]}")'
        sheet.write_formula(row, 0, done, self._format("sheet_title"), words["not_yet"])
        for state, mark in (("check_fine", "✓"), ("check_wrong", "×")):
            sheet.conditional_format(
                4,
                1,
                start - 2,
                1,
                {"type": "cell", "criteria": "==", "value": f'"{mark}"', "format": self._highlight(state)},
            )
        sheet.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})
        self._page(sheet, landscape=False)

    def _check_line(
        self, sheet: Any, row: int, item: str, formula: str, value: Any, why: str, why_value: str, target: str
    ) -> None:
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, item, self._format("body+line"))
        sheet.write_formula(row, 1, formula, self._format("body+outcome"), value)
        if why:
            sheet.write_formula(row, 2, why, self._format("body+outcome_text"), why_value)
        else:
            sheet.write_blank(row, 2, None, self._format("body+line"))
        place = target.replace("$", "")
        sheet.write_url(
            row, 3, f"internal:'{self.spec.sheet}'!{place}", self._format("body+link"), self.layout["check"]["go"]
        )

    # ---- 填报说明

    def _guide(self, sheet: Any) -> None:
        words = self.layout["guide"]
        names = {s: self.spec.statuses[s][0] for s in self.spec.statuses}
        widths = (16, 12, 52, 60)
        for i, width in enumerate(widths):
            sheet.set_column(i, i, width)
        sheet.set_row(0, 32)
        sheet.write_string(0, 0, words["heading"].format(year=self.year), self._format("sheet_title"))
        row = 1
        for title, lines in ((words["steps_title"], words["steps"]), (words["dont_title"], words["dont"])):
            row = self._heading(sheet, row, title)
            for line in lines:
                text = line.format(**names)
                sheet.merge_range(row, 0, row, 3, text, self._format("paragraph"))
                sheet.set_row(row, row_height([(text, sum(widths))], 22))
                row += 1
        row = self._heading(sheet, row, words["fields_title"])
        for i, title in enumerate(words["field_columns"]):
            sheet.write_string(row, i, title, self._format("header"))
        row += 1
        for item in (*guide_items(self.spec, "head"), *guide_items(self.spec)):
            rules = "\n".join(item.rules)
            for i, text in enumerate((item.title, item.necessity, item.what, rules)):
                sheet.write_string(row, i, text, self._format("body+text" if i < 2 else "body+given_text"))
            sheet.set_row(row, row_height([(item.what, widths[2]), (rules, widths[3])], 24))
            row += 1
        row = self._heading(sheet, row, words["samples_title"])
        for number, sample in enumerate(guide_samples(self.spec)):
            look = "good_row" if number == 0 else "poor_row"
            row = self._sample(sheet, row, sample, look, widths)
        sheet.protect("", {"select_locked_cells": True, "format_columns": True, "format_rows": True})
        self._page(sheet, landscape=False)
        sheet.hide_gridlines(2)

    def _heading(self, sheet: Any, row: int, text: str) -> int:
        sheet.set_row(row, 26)
        sheet.merge_range(row, 0, row, 3, text, self._format("heading"))
        return row + 1

    def _sample(self, sheet: Any, row: int, sample: Any, look: str, widths: tuple[int, ...]) -> int:
        sheet.merge_range(row, 0, row, 3, sample.title, self._format(f"body+line+{look}"))
        row += 1
        for title, value in sample.cells:
            shown = "" if value is None else f"{value:.0%}" if isinstance(value, float) else str(value)
            sheet.write_string(row, 0, title, self._format("body+text"))
            sheet.merge_range(row, 1, row, 3, shown, self._format("body+given_text"))
            sheet.set_row(row, row_height([(shown, sum(widths[1:]))], 20))
            row += 1
        why = "\n".join((sample.why, *sample.complaints))
        sheet.write_string(row, 0, self.layout["guide"]["why"], self._format("body+text"))
        sheet.merge_range(row, 1, row, 3, why, self._format(f"body+given_text+{look}"))
        sheet.set_row(row, row_height([(why, sum(widths[1:]))], 20))
        return row + 1

    # ---- hidden sheets, page

    def _lists(self, sheet: Any) -> None:
        words = self.layout["lists"]
        plain = self._format("base")
        for row, text in enumerate((words["status_title"], *self.statuses)):
            sheet.write_string(row, 0, text, plain)
        for i, title in enumerate(words["fact_titles"]):
            sheet.write_string(0, FACT_COLUMN - 1 + i, title, plain)
            sheet.write_blank(MODEL_ROW - 1, FACT_COLUMN - 1 + i, None, self._format("date" if i == 3 else "base"))

    def _protect(self, sheet: Any) -> None:
        allowed = (
            "select_locked_cells",
            "select_unlocked_cells",
            "autofilter",
            "sort",
            "format_columns",
            "format_rows",
        )
        sheet.protect("", dict.fromkeys(allowed, True))

    def _page(self, sheet: Any, *, landscape: bool) -> None:
        sheet.set_paper(9)
        if landscape:
            sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(0.4, 0.4, 0.5, 0.6)
        sheet.set_footer("&L&9&A&C&9第 &P 页，共 &N 页")


def _kind_style(field: Field) -> str:
    return {"status": "text", "percent": "percent", "date": "date", "phone": "text"}.get(field.kind, "long")


def _evaluated(formula: str) -> str:
    """The value of a head check on an empty form."""
    return str(Evaluator(MemoryGrid({})).evaluate(formula, "填报", 1, 1))
