"""本期完成值: what units write, and what it comes to in the target's own unit.

1. Plain numbers stay; a unit or a scale written beside one is converted, with a note.
2. A target in % is the number before the sign, however the cell is formatted.
3. Another unit, a range, words: an error. Two plausible readings: a question. About so many: a warning.
4. Converting into the target's unit and back loses nothing.
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjxl.intake.normalise.quantities import Measured, read_quantity
from tjxl.ooxml.cells import RawCell
from tjxl.ooxml.looks import NumberClass

PEOPLE = Measured("万人", 35.0, "flow")
GROWTH = Measured("%", 5.5, "growth")
MONEY = Measured("元", 2e7, "flow")


def read(value: object, measured: Measured, number: NumberClass = "general") -> tuple[Any, str | None]:
    """Value and code of the finding."""
    kind = "text" if isinstance(value, str) else "number"
    reading = read_quantity(RawCell(value, kind, 0, None), number, measured)  # type: ignore[arg-type]
    return reading.value, reading.finding.code if reading.finding else None


@pytest.mark.parametrize(
    ("value", "measured", "expected"),
    [
        (35.2, PEOPLE, (35.2, None)),
        ("35.2", PEOPLE, (35.2, "V422")),
        ("３５.２ 万人", PEOPLE, (35.2, "V422")),
        ("35.2万", PEOPLE, (35.2, "V422")),
        ("352000人", PEOPLE, (35.2, "V422")),
        ("352,000人", PEOPLE, (35.2, "V422")),
        ("352000名", PEOPLE, (35.2, "V422")),
        ("0.0035亿人", PEOPLE, (35.0, "V422")),
        ("累计新增35.2万人", PEOPLE, (35.2, "V422")),
        ("约35万人", PEOPLE, (35.0, "V423")),
        ("35万人左右", PEOPLE, (35.0, "V423")),
        ("三十五万", PEOPLE, (35.0, "V422")),
        ("35万2千人", PEOPLE, (35.2, "V422")),
        ("三千二百人", PEOPLE, (0.32, "V422")),
        ("1，234", Measured("家"), (1234.0, "V422")),
        ("3百家", Measured("家"), (300.0, "V422")),
        ("300多家", Measured("家"), (300.0, "V423")),
        ("12个", Measured("家"), (12.0, "V422")),
        ("5千瓦时", Measured("万千瓦时"), (0.0005, "V422")),
        ("1.2亿", Measured("万元"), (12_000.0, "V422")),
        ("1.2亿元", Measured("亿元"), (1.2, "V422")),
        ("0.000001人", Measured("亿人"), (1e-14, "V422")),
        ("3.5个百分点", Measured("个百分点"), (3.5, "V422")),
        ("百分之五点三", GROWTH, (5.3, "V422")),
        ("2000万", MONEY, (20_000_000.0, "V422")),
        ("2000万元", MONEY, (20_000_000.0, "V422")),
        ("0.2亿元", MONEY, (20_000_000.0, "V422")),
        (20_000_000.0, MONEY, (20_000_000.0, None)),
        ("503000米", Measured("公里", 503.0, "flow"), (503.0, "V422")),
        ("503千米", Measured("公里", 503.0, "flow"), (503.0, "V422")),
        ("1,400", Measured("亿元", 1400.0, "stock"), (1400.0, "V422")),
        ("达到200家", Measured("家", 200.0, "stock"), (200.0, "V422")),
        ("120㎡", Measured("平方米", 100.0, "flow"), (120.0, "V422")),
        ("4.8%", GROWTH, (4.8, "V422")),
        ("增长4.8％", GROWTH, (4.8, "V422")),
        ("-1.2%", GROWTH, (-1.2, "V422")),
        (4.8, GROWTH, (4.8, None)),
        (-1.2, GROWTH, (-1.2, None)),
        (0.4, GROWTH, (0.4, None)),
        (0.0, PEOPLE, (0.0, None)),
        ("　", PEOPLE, (None, None)),
    ],
)
def test_what_a_value_comes_to(value: object, measured: Measured, expected: tuple[Any, str | None]) -> None:
    assert read(value, measured) == expected


def test_a_percent_cell_holds_the_number_before_the_sign() -> None:
    assert read(0.048, GROWTH, "percent") == (4.8, None)
    assert read(0.855, Measured("％".replace("％", "%"), 85.0, "share"), "percent") == (85.5, None)


@pytest.mark.parametrize(
    ("value", "measured", "code"),
    [
        ("35.2家", PEOPLE, "V421"),
        ("35%", PEOPLE, "V421"),
        ("35万人次", PEOPLE, "V421"),
        ("5万", GROWTH, "V421"),
        ("0.5个百分点", GROWTH, "V421"),
        ("很多", PEOPLE, "V420"),
        ("35-36", PEOPLE, "V420"),
        ("三五万", PEOPLE, "V420"),
        ("35 36", PEOPLE, "V420"),
        ("1万2", MONEY, "V420"),
        ("2000万", GROWTH, "V421"),
        ("12个", PEOPLE, "V421"),
        ("2000万美元", MONEY, "V421"),
        ("下降1.2%", GROWTH, "V420"),
        (True, PEOPLE, "V420"),
    ],
)
def test_what_is_no_value_of_the_target(value: object, measured: Measured, code: str) -> None:
    assert read(value, measured) == (None, code)


def test_a_date_is_no_value() -> None:
    assert read(44742.0, PEOPLE, "date") == (None, "V420")


@pytest.mark.parametrize(
    ("value", "number", "measured", "readings"),
    [
        (352_000.0, "general", PEOPLE, "352000万人，也可能是 35.2万人"),
        ("352000", "general", PEOPLE, "352000万人，也可能是 35.2万人"),
        (0.048, "general", GROWTH, "0.048%，也可能是 4.8%"),
        (0.35, "percent", PEOPLE, "12.25万人（目标的 35%），也可能是 0.35万人"),
    ],
)
def test_two_plausible_readings_are_a_question(
    value: object, number: NumberClass, measured: Measured, readings: str
) -> None:
    reading = read_quantity(RawCell(value, "text" if isinstance(value, str) else "number", 0, None), number, measured)  # type: ignore[arg-type]
    assert reading.value is None
    assert reading.finding is not None
    assert (reading.finding.code, readings in reading.finding.message) == ("V424", True)


def test_without_a_target_to_compare_with_nothing_is_doubted() -> None:
    assert read(352_000.0, Measured("万人")) == (352_000.0, None)


@given(st.floats(0.01, 1e6).map(lambda v: round(v, 2)), st.sampled_from(["人", "万人", "亿人"]))
def test_a_written_unit_says_the_same_in_any_scale(number: float, unit: str) -> None:
    scale = {"人": 1.0, "万人": 1e4, "亿人": 1e8}[unit]
    value, _ = read(f"{number:.2f}{unit}", PEOPLE)
    assert value == pytest.approx(number * scale / 1e4, rel=1e-9, abs=1e-9)


@given(
    st.integers(1, 10**9), st.integers(0, 9), st.sampled_from(["", "人", "万人", "千", "亿人", "万"]), st.booleans()
)
def test_a_text_with_a_number_that_is_not_zero_never_comes_to_zero(
    n: int, places: int, unit: str, wide: bool
) -> None:
    text = f"{n * 10.0**-places:.{places}f}{unit}"
    value, _ = read(text.translate(str.maketrans("0123456789.", "０１２３４５６７８９．")) if wide else text, PEOPLE)
    assert value is None or value > 0


@given(st.text(max_size=60))
def test_no_text_breaks_the_reading(text: str) -> None:
    value, code = read(text, PEOPLE)
    assert value is None or isinstance(value, float)
    assert code is None or code.startswith("V4")
