"""Reading one cell: what a unit may type, paste or import, and what tjxl makes of it.

1. A reading that changes something is a note; an approximate one or one with the year added is a warning.
2. Two possible readings are a question and give no value: nothing is guessed.
3. What no reading fits is an error that says what to write.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjxl.intake.values import Reading, read_date, read_percent, read_phone, read_status, read_text
from tjxl.ooxml.cells import NumberClass, RawCell, to_serial
from tjxl.settings import load_settings

SETTINGS = load_settings()
YEAR = 2022


def number(value: float) -> RawCell:
    return RawCell(value, "number", 0, None)


def text(value: str) -> RawCell:
    return RawCell(value, "text", 0, None)


def said(reading: Reading) -> tuple[Any, str | None]:
    """Value and finding code."""
    return reading.value, reading.finding.code if reading.finding else None


@pytest.mark.parametrize(
    ("cell", "shown_as", "value", "code"),
    [
        (number(0.8), "percent", 0.8, None),
        (number(1.0), "percent", 1.0, None),
        (number(0.005), "percent", 0.005, None),
        (number(0.8), "general", 0.8, "V403"),
        (number(80.0), "general", 0.8, "V403"),
        (number(100.0), "number", 1.0, "V403"),
        (number(0.0), "general", 0.0, None),
        (number(1.0), "general", None, "V404"),
        (number(1.0), "number", None, "V404"),
        (number(-3.0), "general", None, "V405"),
        (number(101.0), "general", None, "V405"),
        (text("80%"), "general", 0.8, "V403"),
        (text("８０％"), "general", 0.8, "V403"),
        (text(" 80 % "), "general", 0.8, "V403"),
        (text("80"), "general", 0.8, "V403"),
        (text("0.8"), "percent", 0.8, "V403"),
        (text("1%"), "general", 0.01, "V403"),
        (text("100%"), "general", 1.0, "V403"),
        (text("1"), "percent", None, "V404"),
        (text("百分之八十"), "general", 0.8, "V403"),
        (text("百分之八十五"), "general", 0.85, "V403"),
        (text("百分之百"), "general", 1.0, "V403"),
        (text("百分之一百"), "general", 1.0, "V403"),
        (text("百分之80"), "general", 0.8, "V403"),
        (text("约80%"), "general", 0.8, "V406"),
        (text("80%左右"), "general", 0.8, "V406"),
        (text("近八成"), "general", None, "V405"),
        (text("八成"), "general", None, "V405"),
        (text("-5%%"), "general", None, "V405"),
        (text("\u3000\u00a0\n"), "general", None, None),
        (RawCell("#DIV/0!", "error", 0, "1/0"), "general", None, "V411"),
        (RawCell(None, "number", 0, "A1+1"), "general", None, "V412"),
        (RawCell(0.5, "number", 0, "A1+1"), "percent", 0.5, None),
        (RawCell(True, "bool", 0, None), "general", None, "V405"),
        (None, "general", None, None),
    ],
)
def test_percent(cell: RawCell | None, shown_as: NumberClass, value: float | None, code: str | None) -> None:
    assert said(read_percent(cell, shown_as)) == (value, code)


JUNE_30 = dt.date(2022, 6, 30)


@pytest.mark.parametrize(
    ("cell", "shown_as", "value", "code"),
    [
        (number(44742.0), "date", JUNE_30, None),
        (number(44742.75), "date", JUNE_30, None),
        (number(44742.0), "general", JUNE_30, "V407"),
        (number(20220630.0), "general", JUNE_30, "V407"),
        (number(6.3), "general", None, "V410"),
        (text("2022-06-30"), "general", JUNE_30, "V407"),
        (text("2022.6.30"), "general", JUNE_30, "V407"),
        (text("２０２２．６．３０"), "general", JUNE_30, "V407"),
        (text("2022/6/30"), "general", JUNE_30, "V407"),
        (text("20220630"), "text", JUNE_30, "V407"),
        (text("2022年6月30日"), "general", JUNE_30, "V407"),
        (text("2022 年 6 月 30 日"), "general", JUNE_30, "V407"),
        (text("2022-06-30 00:00:00"), "general", JUNE_30, "V407"),
        (text("2022年6月底"), "general", JUNE_30, "V407"),
        (text("6月底"), "general", JUNE_30, "V414"),
        (text("2月末"), "general", dt.date(2022, 2, 28), "V414"),
        (text("6月30日"), "general", JUNE_30, "V414"),
        (text("6.30"), "general", JUNE_30, "V414"),
        (text("6.3"), "general", None, "V408"),
        (text("22-06-30"), "general", JUNE_30, "V407"),
        (text("06-07-22"), "general", None, "V408"),
        (text("2022年6月"), "general", None, "V410"),
        (text("2022-02-30"), "general", None, "V410"),
        (text("13月底"), "general", None, "V410"),
        (text("9月底前后"), "general", None, "V410"),
        (text("2020-12-31"), "general", None, "V409"),
        (text("2021-01-01"), "general", dt.date(2021, 1, 1), "V407"),
        (text("2027-12-31"), "general", dt.date(2027, 12, 31), "V407"),
        (text("2028-01-01"), "general", None, "V409"),
        (number(1.0), "date", None, "V409"),
        (RawCell("2022-06-30", "date", 0, None), "general", JUNE_30, None),
        (RawCell("#N/A", "error", 0, None), "date", None, "V411"),
        (RawCell(None, "number", 0, "TODAY()"), "date", None, "V412"),
        (text("　"), "date", None, None),
    ],
)
def test_date(cell: RawCell | None, shown_as: NumberClass, value: dt.date | None, code: str | None) -> None:
    assert said(read_date(cell, shown_as, YEAR)) == (value, code)


def test_a_date_of_a_workbook_that_counts_from_1904() -> None:
    assert said(read_date(number(44742.0 - 1462), "date", YEAR, date1904=True)) == (JUNE_30, None)


@pytest.mark.parametrize(
    ("typed", "value", "code"),
    [
        ("正常推进", "正常推进", None),
        (" 正常 推进\u3000", "正常推进", None),
        ("推进中", "正常推进", "V401"),
        ("办结", "已完成", "V401"),
        ("尚未启动", "未启动", "V401"),
        ("申请延期", "申请调整", "V401"),
        ("基本完成", None, "V402"),
        ("差不多了", None, "V402"),
        ("√", None, "V402"),
        ("", None, None),
    ],
)
def test_status(typed: str, value: str | None, code: str | None) -> None:
    assert said(read_status(text(typed), SETTINGS)) == (value, code)


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        (text("022-23456789"), "022-23456789", None),
        (number(13800000000.0), "13800000000", None),
        (text("０２２－２３４５６７８９"), "022-23456789", "V415"),
    ],
)
def test_phone(cell: RawCell, value: str, code: str | None) -> None:
    assert said(read_phone(cell)) == (value, code)


@pytest.mark.parametrize(
    ("cell", "shown_as", "value", "code"),
    [
        (text(" 第一行\r\n第二行\u200b "), "general", "第一行\n第二行", None),
        (text("=cmd|'/c calc'!A0"), "general", "=cmd|'/c calc'!A0", None),
        (number(30.0), "general", "30", None),
        (number(0.3), "percent", "30%", None),
        (number(44742.0), "date", "2022-06-30", None),
        (RawCell(True, "bool", 0, None), "general", "是", None),
        (text("长" * 32_768), "general", None, "V413"),
    ],
)
def test_text(cell: RawCell, shown_as: NumberClass, value: str | None, code: str | None) -> None:
    assert said(read_text(cell, shown_as)) == (value, code)


NUMBER_CLASSES: st.SearchStrategy[NumberClass] = st.sampled_from(("general", "number", "percent", "date", "text"))
PIECES = st.sampled_from(
    ["年", "月", "日", "底", "末", "-", ".", "/", "%", "％", "约", "左右", "百分之", "百", "十", "八", "1", "06",
     "2022", "30", "８", " ", "\u3000", "\u200b", ":", "前", "零", "二"]
)  # fmt: skip
CELLS = st.one_of(
    st.none(),
    st.builds(number, st.floats(allow_nan=False, allow_infinity=False)),
    st.builds(text, st.text()),
    st.builds(text, st.lists(PIECES, max_size=8).map("".join)),
    st.builds(RawCell, st.booleans(), st.just("bool"), st.just(0), st.none()),
    st.builds(RawCell, st.text(), st.just("date"), st.just(0), st.none()),
    st.builds(RawCell, st.sampled_from(["#N/A", "#REF!"]), st.just("error"), st.just(0), st.just("A1")),
    st.just(RawCell(None, "number", 0, "A1")),
)


@given(CELLS, NUMBER_CLASSES)
def test_no_cell_raises_and_a_doubt_gives_no_value(cell: RawCell | None, shown_as: NumberClass) -> None:
    for reading in (
        read_percent(cell, shown_as),
        read_date(cell, shown_as, YEAR),
        read_text(cell, shown_as),
        read_status(cell, SETTINGS),
        read_phone(cell),
    ):
        if reading.finding is not None and reading.finding.severity in ("error", "question"):
            assert reading.value is None
        if reading.value is not None and reading.finding is not None:
            assert reading.finding.normalised is not None  # whoever reads the note sees what became of it


@given(CELLS, NUMBER_CLASSES)
def test_a_read_date_is_in_the_years_that_count(cell: RawCell | None, shown_as: NumberClass) -> None:
    value = read_date(cell, shown_as, YEAR).value
    assert value is None or YEAR - 1 <= value.year <= YEAR + 5


PERCENTS = st.integers(0, 10_000).map(lambda n: n / 10_000)


@given(PERCENTS)
def test_what_excel_shows_as_percent_is_read_back(share: float) -> None:
    assert said(read_percent(number(share), "percent")) == (share, None)
    assert read_percent(text(f"{share:.2%}"), "text").value == share
    assert read_percent(text(f"{share:.2%}".replace("%", "％")), "text").value == share


@given(st.integers(2, 99))
def test_a_bare_whole_number_is_a_percentage(n: int) -> None:
    assert said(read_percent(number(n), "general")) == (n / 100, "V403")


@given(st.dates(dt.date(2021, 1, 1), dt.date(2027, 12, 31)))
def test_a_date_is_read_back_from_every_way_of_writing_it(day: dt.date) -> None:
    y, m, d = day.year, day.month, day.day
    assert said(read_date(number(float(to_serial(day))), "date", YEAR)) == (day, None)
    for shown in (day.isoformat(), f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{day:%Y%m%d}"):
        assert said(read_date(text(shown), "general", YEAR)) == (day, "V407")


@given(st.integers(0, 99), st.integers(1, 12), st.integers(1, 31))
def test_a_short_date_is_taken_only_when_it_has_one_reading(a: int, b: int, c: int) -> None:
    readings = set()
    for y, m, d in ((a, b, c), (c, a, b), (c, b, a)):
        try:
            readings.add(dt.date(2000 + y, m, d))
        except ValueError:
            continue
    plausible = {day for day in readings if YEAR - 1 <= day.year <= YEAR + 5}
    expected = {0: (None, "V410"), 1: (next(iter(plausible), None), "V407")}.get(len(plausible), (None, "V408"))
    assert said(read_date(text(f"{a:02d}-{b:02d}-{c:02d}"), "general", YEAR)) == expected


@given(st.text(alphabet=st.characters(exclude_categories=("Cs", "Cc", "Cf")), min_size=1).map(str.strip).filter(bool))
def test_text_is_kept_as_it_was_written(written: str) -> None:
    assert said(read_text(text(written))) == (written, None)
