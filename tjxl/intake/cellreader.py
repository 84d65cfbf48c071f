"""What a cell says as a value of its field: which of `tjxl.intake.normalise` reads it, and what it shows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from tjxl.fields.spec import Field
from tjxl.formats.workbook import Workbook
from tjxl.intake.context import ExpectedRow
from tjxl.intake.normalise.choices import read_choice, read_status
from tjxl.intake.normalise.dates import read_date
from tjxl.intake.normalise.percents import read_percent
from tjxl.intake.normalise.quantities import Measured, read_quantity
from tjxl.intake.normalise.texts import read_phone, read_text
from tjxl.intake.values import Reading
from tjxl.ooxml.cells import RawCell, class_of, from_serial
from tjxl.ooxml.looks import NumberClass
from tjxl.settings import Settings

ReadCell = Callable[[RawCell, str], Reading]
"""Reads a cell of one field, in the row of the code given."""


class CellReader:
    """Reads the cells of one workbook, for a project's year and the period's last day."""

    def __init__(self, book: Workbook, settings: Settings, year: int, as_of: dt.date | None) -> None:
        self.settings, self.year, self.as_of = settings, year, as_of
        self.classes, self.date1904 = book.number_classes, book.date1904

    def of(self, field: Field, expected: Mapping[str, ExpectedRow]) -> ReadCell:
        """How the cells of a field are read, decided once for all its rows."""
        kind, class_of_cell = field.kind, self._class
        if kind == "choice":
            return lambda cell, _: read_choice(cell, field.choices)
        if kind == "number":
            return lambda cell, code: read_quantity(cell, class_of_cell(cell), _measured(expected.get(code)))
        if kind == "status":
            return lambda cell, _: read_status(cell, self.settings)
        if kind == "percent":
            return lambda cell, _: read_percent(cell, class_of_cell(cell))
        if kind == "date":
            return lambda cell, _: read_date(cell, class_of_cell(cell), self.year, self.date1904, self.as_of)
        if kind == "phone":
            return lambda cell, _: read_phone(cell)
        return lambda cell, _: read_text(cell, class_of_cell(cell), self.date1904)

    def shown(self, cell: RawCell) -> Any:
        """A cell's value; a number in a date format as the date that a person sees."""
        moment = None
        if isinstance(cell.value, float) and self._class(cell) == "date":
            moment = from_serial(cell.value, self.date1904)
        return moment.date() if moment else cell.value

    def _class(self, cell: RawCell) -> NumberClass:
        return class_of(cell, self.classes) if isinstance(cell.value, float) else "general"


def _measured(row: ExpectedRow | None) -> Measured:
    """What a number of a row counts; nothing is known of a row that is not the unit's."""
    facts = row.facts if row is not None else {}
    unit = str(facts.get("measured_in") or "").replace("％", "%")
    return Measured(unit, facts.get("target_value"), facts.get("measure"))
