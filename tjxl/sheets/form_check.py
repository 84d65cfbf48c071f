"""The sheet 自检 of a form: one line per check of the head, the totals of the rows, links to what is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tjxl.fields.selfcheck import head_formula
from tjxl.fields.spec import Part, Spec
from tjxl.formula import Evaluator, MemoryGrid
from tjxl.ooxml.refs import cell_ref, column_letters
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.form_places import MODEL_ROW, Geometry, as_of_text, geometry

_FIRST_ROW = 5
_WIDTHS = (34, 14, 56, 10)
_WRONG = "×"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line: what is looked at, the result's formula and value on an empty form, the reason's, where to go.

    `row` is the formula of the row to go to, where that follows what is filled in; `target` is then its column.
    """

    sheet: str
    item: str
    formula: str
    value: str | int
    target: str
    why: str = ""
    why_value: str = ""
    row: str = ""


class CheckSheet:
    """Writes the self-check sheet; its formulas follow the sheets of rows as the unit fills them in."""

    def __init__(self, pen: FormPen, specs: Mapping[Part, Spec], period: Period) -> None:
        self.pen, self.specs, self.period = pen, specs, period
        self.spec = specs["report"]
        self.places = geometry(self.spec)
        self.words = layout_toml("form.toml")["check"]

    def write(self, sheet: Any) -> None:
        """Fill the sheet."""
        for i, width in enumerate(_WIDTHS):
            sheet.set_column(i, i, width)
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, self.words["heading"], self.pen.style("sheet_title"))
        sheet.write_string(1, 0, self.words["note"], self.pen.style("sheet_hint"))
        sheet.set_row(_FIRST_ROW - 2, 22)
        for i, title in enumerate(self.words["columns"]):
            sheet.write_string(_FIRST_ROW - 2, i, title, self.pen.style("header"))
        heads = self._head_lines()
        first_count = _FIRST_ROW + len(heads)
        counts: list[_Line] = []
        open_cells = []
        for spec in self.specs.values():
            first = first_count + len(counts)
            counts += self._count_lines(spec, first)
            open_cells += [f"B{first + 3}", f"B{first + 4}"]
        for row, line in enumerate((*heads, *counts), _FIRST_ROW):
            self._write_line(sheet, row - 1, line)
        self._verdict(sheet, first_count, first_count + len(counts), open_cells)
        self.pen.protect(sheet)
        self.pen.page(sheet, landscape=False)

    def _head_lines(self) -> list[_Line]:
        fine = self.spec.self_check.fine
        cells = {n: f"{self.spec.sheet}!${column_letters(c)}${r}" for n, (r, c) in self.places.head.items()}
        lines = []
        for field in self.spec.head:
            if field.owner != "unit":
                continue
            check = head_formula(self.spec, field.name, cells, as_of_text(self.period))[1:]
            empty = str(Evaluator(MemoryGrid({})).evaluate(check, self.spec.sheet, 1, 1))
            lines.append(
                _Line(
                    self.spec.sheet,
                    self.words["head_item"].format(title=field.title),
                    f'IF({check}="{fine}","{fine}","{_WRONG}")',
                    fine if empty == fine else _WRONG,
                    cell_ref(*self.places.head[field.name]),
                    f'IF({check}="{fine}","",{check})',
                    "" if empty == fine else empty,
                )
            )
        return lines

    def _count_lines(self, spec: Spec, first: int) -> list[_Line]:
        """Rows in all, fine, with a hint, not started; what remains has to be mended."""
        texts, places = spec.self_check, geometry(spec)
        letter = places.letters("self_check")
        column = f"{spec.sheet}!${letter}:${letter}"
        target = cell_ref(places.header_row, places.columns["self_check"])
        formulas = {
            "total": f'COUNTIF({spec.sheet}!$A:$A,"T*")',
            "fine": f'COUNTIF({column},"{texts.fine}")',
            "hint": f'COUNTIF({column},"{texts.warning_prefix}*")',
            "open": f'COUNTIF({column},"{texts.unfilled}")',
            "wrong": f"B{first}-B{first + 1}-B{first + 2}-B{first + 3}",
        }
        words, rows = self.words[spec.name], _first_rows(spec, places)
        to_fill = places.letters(spec.unit_fields[0].name)
        return [
            _Line(spec.sheet, words[name], formula, 0, to_fill if name in rows else target, row=rows.get(name, ""))
            for name, formula in formulas.items()
        ]

    def _write_line(self, sheet: Any, row: int, line: _Line) -> None:
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, line.item, self.pen.style("body+line"))
        sheet.write_formula(row, 1, f"={line.formula}", self.pen.style("body+outcome"), line.value)
        if line.why:
            sheet.write_formula(row, 2, f"={line.why}", self.pen.style("body+outcome_text"), line.why_value)
        else:
            sheet.write_blank(row, 2, None, self.pen.style("body+line"))
        if line.row:
            address = f"\"#'{line.sheet}'!{line.target}\"&{line.row}"
            go = f'=HYPERLINK({address},"{self.words["go"]}")'
            sheet.write_formula(row, 3, go, self.pen.style("body+link"), self.words["go"])
            return
        link = f"internal:'{line.sheet}'!{line.target}"
        sheet.write_url(row, 3, link, self.pen.style("body+link"), self.words["go"])

    def _verdict(self, sheet: Any, first_count: int, end: int, open_cells: list[str]) -> None:
        """The sentence below the lines, and the colours of ✓ and ×."""
        heads = f'COUNTIF(B{_FIRST_ROW}:B{first_count - 1},"{_WRONG}")=0'
        rows = ",".join(f"{cell}=0" for cell in open_cells)
        done = f'=IF(AND({heads},{rows}),"{self.words["all_fine"]}","{self.words["not_yet"]}")'
        sheet.write_formula(end, 0, done, self.pen.style("sheet_title"), self.words["not_yet"])
        for name, mark in (("check_fine", self.spec.self_check.fine), ("check_wrong", _WRONG)):
            options = {"type": "cell", "criteria": "==", "value": f'"{mark}"', "format": self.pen.highlight(name)}
            sheet.conditional_format(_FIRST_ROW - 1, 1, first_count - 2, 1, options)


def _first_rows(spec: Spec, places: Geometry) -> dict[str, str]:
    """The first row with a hint, not started, to be mended, as formula text; the first row of all where none is."""
    texts, letter = spec.self_check, places.letters("self_check")
    first, last = places.first_row, MODEL_ROW - 1
    checks = f"{spec.sheet}!${letter}${first}:${letter}${last}"
    codes = f"{spec.sheet}!$A${first}:$A${last}"
    prefix = texts.warning_prefix
    wrong = (
        f'(LEFT({codes},1)="T")*({checks}<>"{texts.fine}")*({checks}<>"{texts.unfilled}")'
        f'*(LEFT({checks},{len(prefix)})<>"{prefix}")'
    )
    # the smallest row without an array formula: the largest distance from the end
    distance = f"SUMPRODUCT(MAX({wrong}*({MODEL_ROW}-ROW({checks}))))"
    return {
        "hint": f'IFERROR(MATCH("{prefix}*",{checks},0)+{first - 1},{first})',
        "open": f'IFERROR(MATCH("{texts.unfilled}",{checks},0)+{first - 1},{first})',
        "wrong": f"IF({distance}=0,{first},{MODEL_ROW}-{distance})",
    }
