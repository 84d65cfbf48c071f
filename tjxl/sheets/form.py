"""Report forms: a period's templates, filled once per unit by splicing its rows into one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tjxl.fields.loading import load_specs
from tjxl.fields.scalar import check_values, self_check_text
from tjxl.fields.selfcheck import demands_of
from tjxl.fields.spec import PARTS, Part, Spec
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import Range
from tjxl.ooxml.splice import NewRow, Put, PutFormula, Recalculated, Shared
from tjxl.periods import Period
from tjxl.resources import layout_toml
from tjxl.settings import Settings
from tjxl.sheets.cooperation import CooperatingReport, lead_specs, put_cooperation
from tjxl.sheets.form_check import count_rows, count_values
from tjxl.sheets.form_places import (
    END_MARK,
    IDENTITY_SHEET,
    LISTS_SHEET,
    MODEL_ROW,
    ROW_MARK,
    SIGNATURE_ROW,
    Geometry,
    fact_column,
    geometry,
    self_check_formula,
)
from tjxl.sheets.form_template import build_template
from tjxl.sheets.textsize import row_height
from tjxl.stages import SINGLE

_INDENT = 0.5  # columns that an indented text loses beside the margins
_TITLED = ("role", "goal", "measure")  # kinds of facts that the hidden list shows by their titles


@dataclass(frozen=True, slots=True)
class FormRow:
    """One row of a form: a task, a milestone or a target.

    Attributes:
        given: values of the locked columns by field name (task_code, serial_no, task … last_report).
        filled: the unit's columns that come prefilled, by field name.
        known: the facts that the sheet's rules ask for, by name; roles, goals and measures by their identifiers.
    """

    given: Mapping[str, Any]
    filled: Mapping[str, Any]
    known: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FormContent:
    """What one unit's form holds.

    Attributes:
        identity: keys and values of the sheet `_tjxl`, in their order.
        sheets: the rows of each sheet; 节点 and 指标 are left out where the unit has none.
        cooperation: in a lead's form of a period with two stages: what the cooperating units reported.
    """

    unit: str
    identity: Mapping[str, str]
    sheets: Mapping[Part, tuple[FormRow, ...]]
    cooperation: tuple[CooperatingReport, ...] = ()

    @property
    def rows(self) -> tuple[FormRow, ...]:
        """The tasks."""
        return self.sheets["report"]


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is the same for all units of one sheet of rows.

    Attributes:
        formula: 自检, with `ROW_MARK` for the row.
        widths: of the columns whose text decides how high a row is.
        always_due: an untouched row is a mistake whatever the facts say.
    """

    spec: Spec
    places: Geometry
    formula: str
    widths: Mapping[str, float]
    always_due: bool

    @classmethod
    def of(cls, spec: Spec, period: Period) -> _Sheet:
        places = geometry(spec)
        wrapped = (f for f in spec.fields if f.kind == "text" or (f.kind == "register" and f.look == "given_text"))
        return cls(
            spec,
            places,
            self_check_formula(spec, places, period),
            {f.name: f.width - _INDENT for f in wrapped},
            demands_of(spec) is True,
        )


@dataclass(slots=True)
class _Layout:
    """The template of the forms that have the same sheets, parsed once."""

    sheets: tuple[_Sheet, ...]
    period: Period
    book: Book
    stage: str


class FormTemplate:
    """A period's forms of one stage. What those with the same sheets share is made once, for the first of them."""

    def __init__(self, settings: Settings, period: Period, year: str, stage: str = SINGLE) -> None:
        specs = load_specs(settings)
        self._specs = lead_specs(specs) if stage == "lead" else specs
        self._period, self._year, self._stage = period, year, stage
        self._statuses = tuple(s.name for s in settings.statuses)
        self._layouts: dict[tuple[Part, ...], _Layout] = {}

    def filled(self, content: FormContent) -> bytes:
        """The .xlsx file of one unit."""
        return _Form(self._layout(tuple(p for p in PARTS if p in content.sheets)), content).made()

    def _layout(self, parts: tuple[Part, ...]) -> _Layout:
        if parts not in self._layouts:
            specs = {part: self._specs[part] for part in parts}
            book = Book(build_template(specs, self._period, self._year, self._statuses, self._stage))
            sheets = tuple(_Sheet.of(spec, self._period) for spec in specs.values())
            self._layouts[parts] = _Layout(sheets, self._period, book, self._stage)
        return self._layouts[parts]


def form_template(settings: Settings, period: Period, year: str, stage: str = SINGLE) -> FormTemplate:
    """The templates of a period's forms of one stage.

    Args:
        year: as titles say it, with whose register it is before it: 2022, 和平区2022.
    """
    return FormTemplate(settings, period, year, stage)


class _Form:
    """One unit's form: its rows spliced into the template."""

    def __init__(self, layout: _Layout, content: FormContent) -> None:
        self.layout, self.content = layout, content
        self.editor = BookEditor(layout.book)

    def made(self) -> bytes:
        checks = {}
        for sheet in self.layout.sheets:
            checks[sheet.spec.name] = self._put_sheet(sheet, self.content.sheets[sheet.spec.name])
        if self.layout.stage == "lead":
            put_cooperation(self.editor, self.content.cooperation)
        self._put_lists()
        self._put_identity()
        self._put_counts(checks)
        return self.editor.save(level=4)

    def _put_sheet(self, sheet: _Sheet, rows: Sequence[FormRow]) -> list[str]:
        """A sheet's rows and what stands around them; the values of its 自检 column."""
        spec, places, editor = sheet.spec, sheet.places, self.editor
        words = layout_toml("form.toml")[spec.name]
        if "unit" in places.head:
            editor.edit(spec.sheet, *places.head["unit"], Put(self.content.unit))
        last = places.first_row + len(rows) - 1
        checks = self._checks(sheet, rows)
        for number, (row, check) in enumerate(zip(rows, checks, strict=True), places.first_row):
            text = sheet.formula.replace(ROW_MARK, str(number))
            self._put_row(sheet, number, row, PutFormula(text, check, shared=_shared(places, number, last)))
        editor.new_row(spec.sheet, last + 2, NewRow(SIGNATURE_ROW))
        editor.edit(spec.sheet, last + 2, 1, Put(END_MARK))
        for name, text in words["signature"].items():
            editor.edit(spec.sheet, last + 2, places.columns[name], Put(text))
        editor.drop_rows(spec.sheet, frozenset((MODEL_ROW, SIGNATURE_ROW)))
        area = Range(places.header_row, 1, places.first_row, len(spec.fields))
        editor.grow(spec.sheet, area, last)
        return checks

    def _put_row(self, sheet: _Sheet, number: int, row: FormRow, check: PutFormula) -> None:
        title, columns = sheet.spec.sheet, sheet.places.columns
        texts = []
        for values in (row.given, row.filled):
            for name, value in values.items():
                self.editor.edit(title, number, columns[name], Put(value))
                if name in sheet.widths and isinstance(value, str):
                    texts.append((value, sheet.widths[name]))
        least = layout_toml("form.toml")[sheet.spec.name]["least_height"]
        self.editor.new_row(title, number, NewRow(MODEL_ROW, row_height(texts, least), grows=True))
        self.editor.edit(title, number, columns["self_check"], check)

    def _put_lists(self) -> None:
        longest = max(len(rows) for rows in self.content.sheets.values())
        for number in range(2, longest + 2):
            self.editor.new_row(LISTS_SHEET, number, NewRow(MODEL_ROW))
        for sheet in self.layout.sheets:
            spec = sheet.spec
            for number, row in enumerate(self.content.sheets[spec.name], 2):
                facts = (_shown(spec, name, row.known[name]) for name in spec.facts)
                for column, value in enumerate((row.given[spec.key.name], *facts), fact_column(spec.name)):
                    self.editor.edit(LISTS_SHEET, number, column, Put(value))
        self.editor.drop_rows(LISTS_SHEET, frozenset((MODEL_ROW,)))

    def _put_identity(self) -> None:
        for number, (key, value) in enumerate(self.content.identity.items(), 1):
            self.editor.edit(IDENTITY_SHEET, number, 1, Put(key))
            self.editor.edit(IDENTITY_SHEET, number, 2, Put(value))

    def _checks(self, sheet: _Sheet, rows: Sequence[FormRow]) -> list[str]:
        """The value of each row's 自检 formula.

        The rules' own verdict stands for the formula's: the tests hold the two together, and it costs a tenth.
        """
        spec, out = sheet.spec, []
        for row in rows:
            if sheet.always_due and not row.filled:
                out.append(spec.self_check.unfilled)
                continue
            values = {**row.filled, **row.known}
            out.append(self_check_text(values, spec, check_values(values, spec, self.layout.period.last_day)))
        return out

    def _put_counts(self, checks: Mapping[Part, Sequence[str]]) -> None:
        """The cached values of the sheet 自检 that depend on the unit's rows: what its formulas make of them."""
        title = layout_toml("form.toml")["check"]["title"]
        first = count_rows({sheet.spec.name: sheet.spec for sheet in self.layout.sheets})
        for sheet in self.layout.sheets:
            part = sheet.spec.name
            serials = [row.given["serial_no"] for row in self.content.sheets[part]]
            values = count_values(sheet.spec, sheet.places, first[part], checks[part], serials)
            for place, value in values.items():
                self.editor.edit(title, *place, Recalculated(value))


def _shared(places: Geometry, number: int, last: int) -> Shared | None:
    """The 自检 formula is long: stored once for all rows it makes a form a third smaller and quicker to read."""
    if last == places.first_row:
        return None
    column = places.columns["self_check"]
    return Shared(0, Range(number, column, last, column) if number == places.first_row else None)


def _shown(spec: Spec, name: str, value: Any) -> Any:
    """A fact as the hidden list shows it: role, goal and measure by their titles."""
    return spec.titles_of(value)[0] if value is not None and spec.facts[name] in _TITLED else value
