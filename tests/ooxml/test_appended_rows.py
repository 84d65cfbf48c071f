"""Appended rows are written after templates: byte for byte as if each of their cells were written by itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ooxml.examples import spliced_sheet, worksheet
from tests.ooxml.random_sheets import TEXTS
from tjxl.formula.values import NA
from tjxl.ooxml.cells import CellValue
from tjxl.ooxml.edits import NewRow, Put
from tjxl.ooxml.pending import AppendedRow, Pending

COLUMNS = 6
SHEETS = [
    worksheet(""),
    worksheet("<x:row r='1' s='4' customFormat='1'><x:c r='B1' s='2'/></x:row>", prefix="x"),
    worksheet(
        '<row r="1" ht="30" x="%b %d"><c r="A1" s="1"/><c r="C1" s="3" t="s"><v>0</v></c><c r="H1" s="5"/></row>',
        before='<cols><col min="2" max="5" width="9" style="7"/></cols>',
    ),
]
VALUES: st.SearchStrategy[CellValue] = st.one_of(
    st.none(),
    st.sampled_from(
        ["", True, False, 1, 1.0, 0, 0.0, -0.0, "1", "True", "%b", "%%", NA, 10**15, 1e15, 10**17, *TEXTS]
    ),
    st.text(max_size=5),
    st.text(min_size=90, max_size=120),
    st.integers(-(2**60), 2**60),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(dt.date(1905, 1, 1)),
    st.datetimes(dt.datetime(1905, 1, 1)),
)
MODELS = st.sampled_from([None, NewRow(1), NewRow(1, 15.5), NewRow(1, 144, grows=True), NewRow(9)])


def assert_as_cell_by_cell(
    sheet: bytes, columns: tuple[int, ...], rows: Sequence[tuple[CellValue, ...]], models: Sequence[NewRow | None]
) -> None:
    appended: Pending[Put] = Pending()
    single: Pending[Put] = Pending()
    new = {number: model for number, model in enumerate(models, 10) if model is not None}
    for number, row in enumerate(rows, 10):
        appended.append(number, AppendedRow(columns, row))
        single.row(number).update({column: Put(value) for column, value in zip(columns, row, strict=True)})
    for date1904 in (False, True):
        written = spliced_sheet(sheet, appended, new_rows=new, date1904=date1904)
        assert written == spliced_sheet(sheet, single, new_rows=new, date1904=date1904)


@given(st.data())
def test_appended_rows_are_written_as_cell_by_cell(data: st.DataObject) -> None:
    columns = tuple(data.draw(st.permutations(range(1, COLUMNS + 1)))[: data.draw(st.integers(1, COLUMNS))])
    rows = data.draw(st.lists(st.tuples(*[VALUES] * len(columns)), min_size=1, max_size=6))
    models = data.draw(st.lists(MODELS, min_size=len(rows), max_size=len(rows)))
    assert_as_cell_by_cell(data.draw(st.sampled_from(SHEETS)), columns, rows, models)


def test_more_kinds_of_rows_and_more_values_than_are_kept() -> None:
    columns = tuple(range(1, 11))
    rows = [tuple(f"{n % 700}行{c}" if n >> c & 1 else None for c in range(10)) for n in range(2_000)]
    assert_as_cell_by_cell(SHEETS[2], columns, rows, [NewRow(1)] * len(rows))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "字" * 32_768])
def test_what_no_cell_holds_is_refused_in_an_appended_row(value: CellValue) -> None:
    appended: Pending[Put] = Pending()
    appended.append(3, AppendedRow((1, 2), ("甲", value)))
    with pytest.raises(ValueError, match="in a cell"):
        spliced_sheet(worksheet(""), appended)
