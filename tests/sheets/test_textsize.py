"""Row heights: how much room text is expected to take."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjxl.sheets.textsize import HIGHEST, columns_wide, lines_of, row_height


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 0), ("abc", 3), ("滞后", 4), ("２０２２", 8), ("“引号”", 8), ("5%以上。", 8)],
)
def test_width_in_columns(text: str, width: int) -> None:
    assert columns_wide(text) == width


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 10, 1),
        ("一二三四", 9, 1),
        ("一二三四五", 9, 2),
        ("一\n二", 20, 2),
        ("一二三四五六七八九", 9.5, 3),
        ("长", 1, 1),
    ],
)
def test_lines(text: str, width: float, lines: int) -> None:
    assert lines_of(text, width) == lines


def test_the_tallest_text_decides() -> None:
    assert row_height([("一", 10), ("一\n二\n三", 10)], least=20) == 3 * 16 + 6
    assert row_height([("一", 10)], least=54) == 54
    assert row_height([], least=20) == 22


@given(st.text(), st.floats(1, 100), st.floats(1, 100))
def test_a_wider_column_never_needs_more_lines(text: str, one: float, other: float) -> None:
    narrow, wide = sorted((one, other))
    assert lines_of(text, wide) <= lines_of(text, narrow)
    assert row_height([(text, narrow)], 20) <= HIGHEST
