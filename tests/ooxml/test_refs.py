"""Cell addresses and the last row of ranges."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjxl.ooxml.refs import (
    MAX_COLUMN,
    MAX_ROW,
    Range,
    cell_ref,
    column_letters,
    column_number,
    grow,
    parse_cell,
    parse_range,
)


@pytest.mark.parametrize(
    ("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_columns(number: int, letters: str) -> None:
    assert column_letters(number) == letters
    assert column_number(letters) == column_number(letters.lower()) == number


@given(st.integers(1, MAX_ROW), st.integers(1, MAX_COLUMN))
def test_every_address_of_a_sheet_comes_back(row: int, column: int) -> None:
    assert parse_cell(cell_ref(row, column)) == (row, column)


@pytest.mark.parametrize("ref", ["H12", "$H$12", "h$12"])
def test_dollars_and_case_do_not_matter(ref: str) -> None:
    assert parse_cell(ref) == (12, 8)


@pytest.mark.parametrize("ref", ["", "A", "1", "A0", "XFE1", "A1048577", "A1:B2", "1A", "A1 ", "Ａ1", "A１", "AAAA1"])
def test_what_is_no_address(ref: str) -> None:
    with pytest.raises(ValueError, match=f"^{ref}$"):
        parse_cell(ref)


@pytest.mark.parametrize(
    ("ref", "area", "normal"),
    [
        ("B2:D9", Range(2, 2, 9, 4), "B2:D9"),
        ("$D$9:$B$2", Range(2, 2, 9, 4), "B2:D9"),
        ("C3", Range(3, 3, 3, 3), "C3:C3"),
    ],
)
def test_ranges(ref: str, area: Range, normal: str) -> None:
    assert parse_range(ref) == area
    assert area.ref == normal


@pytest.mark.parametrize(
    ("refs", "grown"),
    [
        ("B4:B9", "B4:B12"),
        ("$B$4:$D$9", "$B$4:$D$12"),
        ("B9", "B9:B12"),
        ("$C$9", "$C$9:$C$12"),
        ("B3:D9", "B3:D12"),  # with the header
        ("A1:D9", "A1:D12"),  # a print area: title, table and the column beside it
        ("B4:B8", "B4:B8"),  # ends above the last row
        ("B4:B10", "B4:B10"),  # ends below it
        ("A4:A9", "A4:A9"),  # beside the table
        ("C2:C9", "C2:C9"),  # from above the header, and not the whole table
        ("B4:B9 F4:F9 C5:D9", "B4:B12 F4:F9 C5:D12"),
        ("", ""),
    ],
)
def test_ranges_that_end_with_a_table_grow_with_it(refs: str, grown: str) -> None:
    assert grow(refs, Range(3, 2, 9, 4), 12) == grown
