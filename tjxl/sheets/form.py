"""Report forms: a period's template, filled once per unit by splicing its rows into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tjxl.fields.scalar import check_values
from tjxl.fields.spec import Spec, load_spec
from tjxl.formula import Evaluator, MemoryGrid
from tjxl.formula import Formula as GridFormula
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import Range
from tjxl.ooxml.splice import NewRow, Put, PutFormula, Recalculated, Shared
from tjxl.periods import Period
from tjxl.register import GOAL_TITLES, ROLE_TITLES
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.form_places import (
    END_MARK,
    FACT_COLUMN,
    FACT_MARK,
    FACTS,
    IDENTITY_SHEET,
    LISTS_SHEET,
    MODEL_ROW,
    ROW_MARK,
    SIGNATURE_ROW,
    Geometry,
    geometry,
    self_check_formula,
)
from tjxl.sheets.form_template import build_template
from tjxl.sheets.textsize import row_height

_INDENT = 2.0  # columns that an indented text loses


@dataclass(frozen=True, slots=True)
class FormRow:
    """One task in a form.

    Attributes:
        given: text of the locked columns by field name (task_code, serial_no, task … last_report).
        filled: the unit's columns that come prefilled, by field name.
        known: the facts that rules ask for, by name: role, goal (identifiers), deadline, last_status,
            last_percent, last_text.
    """

    given: Mapping[str, Any]
    filled: Mapping[str, Any]
    known: Mapping[str, Any]

    @property
    def facts(self) -> tuple[Any, ...]:
        """The facts as the hidden list shows them, in its order: role and goal by their titles."""
        titles = {"role": ROLE_TITLES, "goal": GOAL_TITLES}
        return tuple(titles[n][v] if n in titles else v for n, v in ((n, self.known[n]) for n in FACTS))  # type: ignore[index]


@dataclass(frozen=True, slots=True)
class FormContent:
    """What one unit's form holds. `identity` are the keys and values of the sheet `_tjxl`, in their order."""

    unit: str
    identity: Mapping[str, str]
    rows: tuple[FormRow, ...]


@dataclass(slots=True)
class FormTemplate:
    """A period's template, parsed once, filled many times."""

    spec: Spec
    period: Period
    book: Book
    formula: str
    _widths: dict[str, float] = field(default_factory=dict)
    _counts: dict[tuple[tuple[str, int], ...], dict[tuple[int, int], Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wrapped = ("task", "deadline", "cooperating_units", "lead_unit", "last_report")
        self._widths = {f.name: f.width - _INDENT for f in self.spec.fields if f.name in wrapped or f.kind == "text"}

    def filled(self, content: FormContent) -> bytes:
        """The .xlsx file of one unit."""
        editor = BookEditor(self.book)
        places = geometry(self.spec)
        sheet = self.spec.sheet
        editor.edit(sheet, *places.head["unit"], Put(content.unit))
        last = places.first_row + len(content.rows) - 1
        formula = self.formula.replace(str(FACT_MARK), str(len(content.rows) + 1))
        checks = self._checks(content)
        for number, (row, check) in enumerate(zip(content.rows, checks, strict=True), places.first_row):
            text = formula.replace(str(ROW_MARK), str(number))
            shared = self._shared(places, number, last)
            self._put_row(editor, places, number, row, PutFormula(text, check, shared=shared))
        editor.new_row(sheet, last + 2, NewRow(SIGNATURE_ROW))
        editor.edit(sheet, last + 2, 1, Put(END_MARK))
        for name, text in layout_toml("form.toml")["report"]["signature"].items():
            editor.edit(sheet, last + 2, places.columns[name], Put(text))
        editor.drop_rows(sheet, frozenset((MODEL_ROW, SIGNATURE_ROW)))
        area = Range(places.header_row, 1, places.first_row, len(self.spec.fields))
        editor.grow(sheet, area, last)
        self._put_lists(editor, content)
        self._put_identity(editor, content)
        self._put_counts(editor, checks)
        return editor.save(level=4)

    def _shared(self, places: Geometry, number: int, last: int) -> Shared | None:
        """The 自检 formula is long: stored once for all rows it makes a form a third smaller and quicker to read."""
        if last == places.first_row:
            return None
        column = places.columns["self_check"]
        return Shared(0, Range(number, column, last, column) if number == places.first_row else None)

    def _put_row(self, editor: BookEditor, places: Geometry, number: int, row: FormRow, check: PutFormula) -> None:
        sheet, columns = self.spec.sheet, places.columns
        texts = []
        for values in (row.given, row.filled):
            for name, value in values.items():
                editor.edit(sheet, number, columns[name], Put(value))
                if name in self._widths and isinstance(value, str):
                    texts.append((value, self._widths[name]))
        least = layout_toml("form.toml")["report"]["least_height"]
        editor.new_row(sheet, number, NewRow(MODEL_ROW, row_height(texts, least)))
        editor.edit(sheet, number, columns["self_check"], check)

    def _put_lists(self, editor: BookEditor, content: FormContent) -> None:
        for number, row in enumerate(content.rows, 2):
            editor.new_row(LISTS_SHEET, number, NewRow(MODEL_ROW))
            for column, value in enumerate((row.given["task_code"], *row.facts), FACT_COLUMN):
                editor.edit(LISTS_SHEET, number, column, Put(value))
        editor.drop_rows(LISTS_SHEET, frozenset((MODEL_ROW,)))

    def _put_identity(self, editor: BookEditor, content: FormContent) -> None:
        for number, (key, value) in enumerate(content.identity.items(), 1):
            editor.edit(IDENTITY_SHEET, number, 1, Put(key))
            editor.edit(IDENTITY_SHEET, number, 2, Put(value))

    def _checks(self, content: FormContent) -> list[str]:
        """The value of each row's 自检 formula; a row that is not prefilled is 未填.

        The rules' own verdict stands for the formula's: the tests hold the two together, and it costs a tenth.
        """
        texts, rules = self.spec.self_check, self.spec.rules_of("row")
        out = []
        for row in content.rows:
            if not row.filled:
                out.append(texts.unfilled)
                continue
            values = dict(row.filled) | dict(row.known)
            broken = check_values(values, self.spec, self.period.last_day)
            first = min(broken, key=rules.index, default=None)
            prefix = texts.warning_prefix if first and first.severity == "warning" else ""
            out.append(prefix + first.message if first else texts.fine)
        return out

    def _put_counts(self, editor: BookEditor, checks: Sequence[str]) -> None:
        """The cached values of the sheet 自检 that depend on the unit's rows."""
        title = layout_toml("form.toml")["check"]["title"]
        key = tuple(sorted(Counter(checks).items()))
        if key not in self._counts:
            self._counts[key] = self._counted(title, checks)
        for place, value in self._counts[key].items():
            editor.edit(title, *place, Recalculated(value))

    def _counted(self, title: str, checks: Sequence[str]) -> dict[tuple[int, int], Any]:
        cells = self._check_cells()
        column = geometry(self.spec).columns["self_check"]
        report: dict[tuple[int, int], Any] = {(n, column): c for n, c in enumerate(checks, 1)}
        report |= {(n, 1): "T" for n in range(1, len(checks) + 1)}
        evaluator = Evaluator(MemoryGrid({title: cells, self.spec.sheet: report}))
        return {
            place: value
            for place, cell in cells.items()
            if isinstance(cell, GridFormula) and (value := evaluator.cell(title, *place)) != cell.cached
        }

    def _check_cells(self) -> dict[tuple[int, int], Any]:
        """The sheet 自检: formulas from the first count downward, above it the values (the head is always empty)."""
        title = layout_toml("form.toml")["check"]["title"]
        stored = self.book.cells(title).cells
        first = min(row for (row, _), cell in stored.items() if (cell.formula or "").startswith("COUNTIF"))
        return {
            place: GridFormula(cell.formula, cell.value) if cell.formula and place[0] >= first else cell.value
            for place, cell in stored.items()
        }


def form_template(settings: Settings, period: Period, year: int) -> FormTemplate:
    """The template of a period's forms."""
    spec = load_spec(settings)
    statuses = tuple(s.name for s in settings.statuses)
    book = Book(build_template(spec, period, year, statuses))
    return FormTemplate(spec, period, book, self_check_formula(spec, geometry(spec), period))
