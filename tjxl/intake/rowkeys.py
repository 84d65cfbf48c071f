"""Which task, milestone or target a row of a returned sheet is about: by its code, or proven by number and text.

Never by position. The code stands in a hidden column. Where it is lost, 序号 and the printed text together name the
row if both are the register's for exactly one (failure modes 8 to 11). Where code and text name different rows,
somebody has sorted a part of the columns, and nothing says which part: that is no reading at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from tjxl.fields.spec import Spec
from tjxl.intake.context import ExpectedRow
from tjxl.intake.values import fold, squeeze
from tjxl.ooxml.cells import RawCell
from tjxl.register import serial_of, task_of
from tjxl.resources import layout_toml
from tjxl.sheets.form_places import END_MARK

_PRINTED = ("task", "scope", "subject")
"""The locked field of each sheet whose text says what a row is about."""
_TOTALS = frozenset(("小计", "合计", "总计", "共计", "累计"))
_COUNT = re.compile(r"[-+]?[\d,]{1,20}(?:\.\d{1,12})?(?:%|项|个|件|条|家)?")


class RowKeys:
    """Tells the rows of one sheet apart."""

    def __init__(self, spec: Spec, columns: Mapping[str, int], expected: Mapping[str, ExpectedRow]) -> None:
        self.spec, self.columns, self.expected = spec, columns, expected
        self.key = spec.key.name
        self.printed = next(f.name for f in spec.fields if f.name in _PRINTED)

    @cached_property
    def _codes(self) -> dict[tuple[int, str], list[str]]:
        codes: dict[tuple[int, str], list[str]] = {}
        for row in self.expected.values():
            if text := squeeze(str(row.locked.get(self.printed) or "")):
                codes.setdefault((row.serial_no, text), []).append(row.code)
        return codes

    def code_of(self, row: Mapping[int, RawCell]) -> str:
        """The code in the key column; empty where there is none that looks like one."""
        cell = row.get(self.columns.get(self.key, 0))
        code = squeeze(str(cell.value)) if cell is not None and cell.value is not None else ""
        if (issued := self.expected.get(code)) is not None:
            return issued.code
        return code if serial_of(task_of(code)) is not None else ""

    def proven(self, row: Mapping[int, RawCell]) -> str | None:
        """The one code for which both 序号 and the printed text are the register's."""
        serial, text = self._cell(row, "serial_no"), self._cell(row, self.printed)
        number = _whole(serial.value) if serial else None
        if number is None or text is None or text.value is None:
            return None
        codes = self._codes.get((number, squeeze(str(text.value))), [])
        return codes[0] if len(codes) == 1 else None

    def is_as_issued(self, code: str, row: Mapping[int, RawCell]) -> bool:
        """Whether 序号 and the printed text of a row are, to the letter, those issued under its code."""
        issued = self.expected.get(code)
        serial, text = self._cell(row, "serial_no"), self._cell(row, self.printed)
        if issued is None or serial is None or text is None:
            return False
        return serial.value == issued.serial_no and text.value == issued.locked.get(self.printed)

    def _cell(self, row: Mapping[int, RawCell], name: str) -> RawCell | None:
        return row.get(self.columns.get(name, 0))

    def key_column(self, rows: Mapping[int, Mapping[int, RawCell]]) -> int | None:
        """The column of codes where its title is lost: the one in which nothing but codes of this unit stand."""
        taken = set(self.columns.values())
        found: dict[int, bool] = {}
        for row in rows.values():
            for column, cell in row.items():
                if column not in taken and cell.value not in (None, END_MARK):
                    known = squeeze(str(cell.value)) in self.expected
                    found[column] = known and found.get(column, True)
        codes = [column for column, known in found.items() if known]
        return codes[0] if len(codes) == 1 else None


def _whole(value: Any) -> int | None:
    """序号 as a number, also where it has become a text."""
    if isinstance(value, float) and value == int(value):
        return int(value)
    text = fold(value) if isinstance(value, str) else ""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else None


def is_totals(texts: Mapping[int, RawCell]) -> bool:
    """A row that adds others up: one of the words for it, beside it nothing but numbers."""
    named = False
    for cell in texts.values():
        if isinstance(cell.value, str) and cell.value.strip():
            text = squeeze(cell.value).rstrip(":")
            if text in _TOTALS:
                named = True
            elif not _COUNT.fullmatch(text):
                return False
    return named


def is_signature(row: Mapping[int, RawCell], spec: Spec) -> bool:
    """The line for seal and signature: it and what stands below belong to no row."""
    labels = tuple(squeeze(t).partition(":")[0] for t in layout_toml("form.toml")[spec.name]["signature"].values())
    texts = [squeeze(c.value) for c in row.values() if isinstance(c.value, str)]
    return len(labels) > 0 and sum(t.startswith(labels) for t in texts) >= 2
