"""The head of a returned form: unit, period, who filled it in and when, found by the labels above the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from tjxl.fields.spec import Field
from tjxl.findings import Finding, finding
from tjxl.intake.cellreader import CellReader
from tjxl.intake.context import ExpectedRow
from tjxl.intake.headers import title_index
from tjxl.intake.readform import NONE, shared
from tjxl.intake.values import BLANK, squeeze
from tjxl.ooxml.cells import RawCell
from tjxl.ooxml.refs import cell_ref

# How many cells right of a label its value may stand.
_REACH = 3


class ReadHead(NamedTuple):
    """The values of a head by field name, their cells, and the fields that gave none."""

    values: Mapping[str, Any]
    cells: Mapping[str, str]
    unreadable: frozenset[str]


class FormHead:
    """The head of one sheet, `above` being the cells that stand over its header row."""

    def __init__(self, sheet: str, fields: Sequence[Field], above: Mapping[tuple[int, int], RawCell]) -> None:
        self.sheet, self.fields, self.above = sheet, fields, above

    def read(self, reader: CellReader, expected: Mapping[str, ExpectedRow]) -> tuple[ReadHead, list[Finding]]:
        """The head, and what is wrong with it."""
        values: dict[str, Any] = {}
        addresses: dict[str, str] = {}
        unreadable = set()
        findings: list[Finding] = []
        for field in self.fields:
            if field.name not in self._places:
                if field.owner == "unit":
                    findings.append(finding("R311", label=field.title, sheet=self.sheet, field=field.name))
                    unreadable.add(field.name)
                continue
            row, column = self._places[field.name]
            addresses[field.name] = cell_ref(row, column)
            cell = self.above.get((row, column))
            reading = reader.of(field, expected)(cell, "") if cell is not None else BLANK
            values[field.name] = reading.value
            if reading.finding is not None:
                place = {"sheet": self.sheet, "cell": addresses[field.name], "field": field.name}
                findings.append(reading.finding.at(**place))
            if reading.unreadable:
                unreadable.add(field.name)
        return ReadHead(values, shared(tuple(addresses.items())), frozenset(unreadable) or NONE), findings

    def shown(self, name: str) -> str:
        """What stands beside a label, as it stands."""
        cell = self.above.get(self._places[name]) if name in self._places else None
        return squeeze(str(cell.value or "")) if cell else ""

    @cached_property
    def _places(self) -> dict[str, tuple[int, int]]:
        """Each label's value stands in the cell to its right, or further off where a column was inserted."""
        labels = title_index(self.fields)
        places: dict[str, tuple[int, int]] = {}
        for (row, column), cell in self.above.items():
            if isinstance(cell.value, str):
                field = labels.get(squeeze(cell.value).rstrip(":"))
                if field is not None:
                    places.setdefault(field.name, (row, self._value_column(row, column, labels)))
        return places

    def _value_column(self, row: int, label: int, labels: Mapping[str, Field]) -> int:
        """The first filled cell right of a label and before the next one; where all are blank, the nearest."""
        for column in range(label + 1, label + 1 + _REACH):
            cell = self.above.get((row, column))
            if cell is not None and isinstance(cell.value, str) and squeeze(cell.value).rstrip(":") in labels:
                break
            if cell is not None and (cell.value is not None or cell.formula is not None):
                return column
        return label + 1
