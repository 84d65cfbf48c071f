"""The sheet 自检 of a form: one line per check of the head, the totals of the rows, links to what is left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from string import Formatter
from typing import Any

from tjxl.fields.formula_text import quoted
from tjxl.fields.selfcheck import head_formula
from tjxl.fields.spec import Field, Part, Spec
from tjxl.formula import Evaluator, MemoryGrid
from tjxl.ooxml.refs import cell_ref, column_letters
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.sheets.form_pen import FormPen
from tjxl.sheets.form_places import MODEL_ROW, Geometry, as_of_text, geometry

_FIRST_ROW = 5
_RESULT, _WHY, _GO, _PLACE = 2, 3, 4, 5
"""Columns: the result, what there is to say of it, the link, and (hidden) the row that the link leads to."""
_WIDTHS = (34, 12, 60, 10, 8)
_COUNTS = ("total", "fine", "hint", "open", "wrong")
"""The lines of a sheet of rows, in their order."""
_WITH_PLACE = ("hint", "open", "wrong")


@dataclass(frozen=True, slots=True)
class _Result:
    """A formula and its value on an empty form."""

    formula: str
    value: str | int


@dataclass(frozen=True, slots=True)
class _Line:
    """A line: what is looked at, the result, what there is to say of it, where to go.

    `place` is the row to go to, where that follows what is filled in; `target` is then its column.
    """

    sheet: str
    item: str
    result: _Result
    target: str
    why: _Result | None = None
    place: _Result | None = None


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
            sheet.set_column(i, i, width, None, {"hidden": i + 1 == _PLACE})
        sheet.set_row(0, 30)
        sheet.write_string(0, 0, self.words["heading"], self.pen.style("sheet_title"))
        sheet.write_string(1, 0, self.words["note"], self.pen.style("sheet_hint"))
        sheet.set_row(_FIRST_ROW - 2, 22)
        for i, title in enumerate(self.words["columns"]):
            sheet.write_string(_FIRST_ROW - 2, i, title, self.pen.style("header"))
        lines = [self._head_line(field, _FIRST_ROW + i) for i, field in enumerate(_head_fields(self.spec))]
        for part, first in count_rows(self.specs).items():
            lines += self._count_lines(self.specs[part], first)
        for row, line in enumerate(lines, _FIRST_ROW):
            self._write_line(sheet, row - 1, line)
        end = _FIRST_ROW + len(lines)
        self._verdict(sheet, end - 1)
        self._colours(sheet)
        self.pen.protect(sheet)
        self.pen.page(sheet, landscape=False)
        sheet.print_area(0, 0, end - 1, _GO - 1)

    def _head_line(self, field: Field, row: int) -> _Line:
        """A value of the head: ✓, the mark of a warning or that of an error, and what is wrong."""
        texts, title = self.spec.self_check, self.words["title"]
        cells = {n: f"{self.spec.sheet}!${column_letters(c)}${r}" for n, (r, c) in self.places.head.items()}
        check = head_formula(self.spec, field.name, cells, as_of_text(self.period))[1:]
        why = f'SUBSTITUTE({check},{quoted(texts.fine)},"")'
        prefix, (hint, wrong) = texts.warning_prefix, (self.words["hint_mark"], self.words["wrong_mark"])
        mark = f"IF(LEFT(C{row},{len(prefix)})={quoted(prefix)},{quoted(hint)},{quoted(wrong)})"
        result = f'IF(C{row}="",{quoted(texts.fine)},{mark})'
        said = Evaluator(MemoryGrid({})).evaluate(why, title, row, _WHY)
        marked = Evaluator(MemoryGrid({title: {(row, _WHY): said}})).evaluate(result, title, row, _RESULT)
        return _Line(
            self.spec.sheet,
            self.words["head_item"].format(title=field.title),
            _Result(result, str(marked)),
            cell_ref(*self.places.head[field.name]),
            _Result(why, str(said)),
        )

    def _count_lines(self, spec: Spec, first: int) -> list[_Line]:
        """Rows in all, fine, with a hint, not started; what remains has to be mended."""
        texts, places, words = spec.self_check, geometry(spec), self.words[spec.name]
        column = f"{spec.sheet}!${places.letters('self_check')}:${places.letters('self_check')}"
        cell = {name: f"B{first + i}" for i, name in enumerate(_COUNTS)}
        formulas = {
            "total": f'COUNTIF({spec.sheet}!$A:$A,"T*")',
            "fine": f'COUNTIF({column},"{texts.fine}")',
            "hint": f'COUNTIF({column},"{texts.warning_prefix}*")',
            "open": f'COUNTIF({column},"{texts.unfilled}")',
            "wrong": "-".join(cell[name] for name in _COUNTS[:-1]),
        }
        whole = cell_ref(places.header_row, places.columns["self_check"])
        to_fill, found = places.letters(spec.unit_fields[0].name), _first_rows(spec, places)
        lines = []
        for i, (name, formula) in enumerate(formulas.items()):
            line = (spec.sheet, words[name], _Result(formula, 0))
            if name in _WITH_PLACE:
                said = self._said_of_row(spec, places, cell[name], f"E{first + i}")
                lines.append(_Line(*line, to_fill, said, _Result(found[name], places.first_row)))
            elif name == "total":
                lines.append(_Line(*line, whole, self._progress(f"{cell['open']}+{cell['wrong']}")))
            else:
                lines.append(_Line(*line, whole))
        return lines

    def _progress(self, left: str) -> _Result:
        """How many rows are left, as text."""
        none, some = self.words["none_left"], _formula_text(self.words["left"], {"count": f"({left})"})
        return _Result(f"IF({left}=0,{quoted(none)},{some})", none)

    def _said_of_row(self, spec: Spec, places: Geometry, count: str, row: str) -> _Result:
        """What the first row of a kind says: 第12行（序号35）：未填写进展状态。"""
        column = {name: f"{spec.sheet}!${places.letters(name)}:${places.letters(name)}" for name in places.columns}
        words = {
            "row": row,
            "serial": f"INDEX({column['serial_no']},{row})",
            "said": f"INDEX({column['self_check']},{row})",
        }
        return _Result(f'IF({count}=0,"",{_formula_text(self.words["at_row"], words)})', "")

    def _write_line(self, sheet: Any, row: int, line: _Line) -> None:
        sheet.set_row(row, 22)
        sheet.write_string(row, 0, line.item, self.pen.style("body+line+name"))
        written = (
            (_RESULT, line.result, "body+outcome"),
            (_WHY, line.why, "body+outcome_text+name"),
            (_PLACE, line.place, "body"),
        )
        for column, result, style in written:
            if result is not None:
                sheet.write_formula(row, column - 1, f"={result.formula}", self.pen.style(style), result.value)
            elif column == _WHY:
                sheet.write_blank(row, column - 1, None, self.pen.style(style))
        go, style = self.words["go"], self.pen.style("body+link")
        if line.place:
            address = f"\"#'{line.sheet}'!{line.target}\"&E{row + 1}"
            sheet.write_formula(row, _GO - 1, f"=HYPERLINK({address},{quoted(go)})", style, go)
        else:
            sheet.write_url(row, _GO - 1, f"internal:'{line.sheet}'!{line.target}", style, go)

    def _verdict(self, sheet: Any, row: int) -> None:
        """The sentence below the lines. A warning does not keep a form from being sent."""
        rows = count_rows(self.specs)
        heads = f"COUNTIF(B{_FIRST_ROW}:B{rows['report'] - 1},{quoted(self.words['wrong_mark'])})=0"
        left = [f"B{first + _COUNTS.index(name)}=0" for first in rows.values() for name in ("open", "wrong")]
        done = (
            f"=IF(AND({','.join((heads, *left))}),{quoted(self.words['all_fine'])},{quoted(self.words['not_yet'])})"
        )
        sheet.set_row(row, 30)
        sheet.write_formula(row, 0, done, self.pen.style("sheet_title"), self.words["not_yet"])

    def _colours(self, sheet: Any) -> None:
        """✓, hints and mistakes of the head, and counts that are not zero."""
        rows = count_rows(self.specs)
        heads = (_FIRST_ROW, rows["report"] - 1)
        marks = {
            "check_fine": self.spec.self_check.fine,
            "check_open": self.words["hint_mark"],
            "check_wrong": self.words["wrong_mark"],
        }
        looks = [(heads, "==", quoted(mark), look) for look, mark in marks.items()]
        for first in rows.values():
            for name, look in (("hint", "check_open"), ("open", "check_open"), ("wrong", "check_wrong")):
                looks.append(((first + _COUNTS.index(name),) * 2, ">", 0, look))  # type: ignore[arg-type]
        for (top, bottom), criteria, value, look in looks:
            options = {"type": "cell", "criteria": criteria, "value": value, "format": self.pen.highlight(look)}
            sheet.conditional_format(top - 1, _RESULT - 1, bottom - 1, _RESULT - 1, options)


def count_rows(specs: Mapping[Part, Spec]) -> dict[Part, int]:
    """The first line of each sheet's totals."""
    first = _FIRST_ROW + len(_head_fields(specs["report"]))
    return {part: first + i * len(_COUNTS) for i, part in enumerate(specs)}


def count_values(
    spec: Spec, places: Geometry, first: int, texts: Sequence[str], serials: Sequence[Any]
) -> dict[tuple[int, int], str | int]:
    """The values of the formulas in a sheet's lines, from what its rows say.

    Args:
        first: the sheet's first line.
        texts: the 自检 of each row; serials: its 序号.
    """
    words, said = layout_toml("form.toml")["check"], spec.self_check
    kinds = [
        "fine" if text == said.fine
        else "open" if text == said.unfilled
        else "hint" if text.startswith(said.warning_prefix)
        else "wrong"
        for text in texts
    ]  # fmt: skip
    left = kinds.count("open") + kinds.count("wrong")
    values: dict[tuple[int, int], str | int] = {
        (first, _RESULT): len(texts),
        (first, _WHY): words["left"].format(count=left) if left else words["none_left"],
    }
    for line, name in enumerate(_COUNTS[1:], first + 1):
        values[line, _RESULT] = kinds.count(name)
        if name in _WITH_PLACE and name in kinds:
            i = kinds.index(name)
            row = places.first_row + i
            values[line, _PLACE] = row
            values[line, _WHY] = words["at_row"].format(row=row, serial=serials[i], said=texts[i])
    return values


def _head_fields(spec: Spec) -> list[Field]:
    return [field for field in spec.head if field.owner == "unit"]


def _formula_text(template: str, values: Mapping[str, str]) -> str:
    """A sentence with `{names}` as formula text that joins its pieces."""
    pieces = []
    for text, name, _, _ in Formatter().parse(template):
        pieces += [quoted(text)] if text else []
        pieces += [values[name]] if name else []
    return "&".join(pieces)


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
