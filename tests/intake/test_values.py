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

from tjxl.intake.normalise.choices import read_status
from tjxl.intake.normalise.dates import read_date
from tjxl.intake.normalise.percents import read_percent
from tjxl.intake.normalise.texts import read_phone, read_text
from tjxl.intake.values import Reading
from tjxl.ooxml.cells import RawCell, to_serial
from tjxl.ooxml.looks import NumberClass
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
        (text("80％"), "general", 0.8, "V403"),
        (text("80 %"), "general", 0.8, "V403"),
        (text("80.5%"), "general", 0.805, "V403"),
        (text("八十"), "general", 0.8, "V403"),
        (text("八十%"), "general", 0.8, "V403"),
        (text("百分之八十五点五"), "general", 0.855, "V403"),
        (text("八成"), "general", 0.8, "V403"),
        (text("8成"), "general", 0.8, "V403"),
        (text("八成五"), "general", 0.85, "V403"),
        (text("八成半"), "general", 0.85, "V403"),
        (text("十成"), "general", 1.0, "V403"),
        (text("已完成80%"), "general", 0.8, "V403"),
        (text("0"), "general", 0.0, "V403"),
        (text("近80%"), "general", 0.8, "V406"),
        (text("近八成"), "general", 0.8, "V406"),
        (text("80%以上"), "general", 0.8, "V406"),
        (text("80%多"), "general", 0.8, "V406"),
        (text("不到80%"), "general", 0.8, "V406"),
        (text("一"), "general", None, "V404"),
        (text("120%"), "general", 1.2, None),  # the rule F020 refuses it, in the check as in 自检
        (text("-5%"), "general", -0.05, None),
        (text("120"), "general", None, "V405"),
        (text("70%-80%"), "general", None, "V405"),
        (text("8 0%"), "general", None, "V405"),
        (text("三五成"), "general", None, "V405"),
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


JUNE_30, DECEMBER_31 = dt.date(2022, 6, 30), dt.date(2022, 12, 31)


@pytest.mark.parametrize(
    ("cell", "shown_as", "value", "code"),
    [
        (number(44742.0), "date", JUNE_30, None),
        (number(44742.75), "date", JUNE_30, None),
        (number(44742.0), "general", JUNE_30, "V407"),
        (number(20220630.0), "general", JUNE_30, "V407"),
        (number(44742.75), "general", JUNE_30, "V407"),
        (number(20220630.0), "date", JUNE_30, "V407"),  # shown as ####: typed into a cell with a date format
        (number(6.25), "general", dt.date(2022, 6, 25), "V414"),
        (number(6.3), "general", None, "V408"),  # typed as 6.30 or as 6.3
        (number(6.3), "date", None, "V408"),
        (number(2022.6), "general", JUNE_30, "V417"),
        (number(2022.1), "general", None, "V408"),  # January or October
        (number(202206.0), "general", JUNE_30, "V417"),
        (number(3.0), "general", None, "V410"),
        (text("2022-06-30"), "general", JUNE_30, "V407"),
        (text("2022.6.30"), "general", JUNE_30, "V407"),
        (text("２０２２．６．３０"), "general", JUNE_30, "V407"),
        (text("2022/6/30"), "general", JUNE_30, "V407"),
        (text("20220630"), "text", JUNE_30, "V407"),
        (text("2022年6月30日"), "general", JUNE_30, "V407"),
        (text("2022 年 6 月 30 日"), "general", JUNE_30, "V407"),
        (text("2022-06-30 00:00:00"), "general", JUNE_30, "V407"),
        (text("2022-6-30"), "general", JUNE_30, "V407"),
        (text("2022—6—30"), "general", JUNE_30, "V407"),
        (text("2022。6。30"), "general", JUNE_30, "V407"),
        (text("2022、6、30"), "general", JUNE_30, "V407"),
        (text("2022 06 30"), "general", JUNE_30, "V407"),
        (text("2022年6月30"), "general", JUNE_30, "V407"),
        (text("2022年6月30号"), "general", JUNE_30, "V407"),
        (text("2022年6月30日前"), "general", JUNE_30, "V407"),
        (text("22年6月30日"), "general", JUNE_30, "V407"),
        (text("二〇二二年六月三十日"), "general", JUNE_30, "V407"),
        (text("二○二二年六月三十日"), "general", JUNE_30, "V407"),
        (text("六月三十日"), "general", JUNE_30, "V414"),
        (text("220630"), "general", JUNE_30, "V407"),
        (text("2022-06-30 14:30"), "general", JUNE_30, "V407"),
        (text("2022-06-30T14:30:00"), "general", JUNE_30, "V407"),
        (text("2022年6月30日下午3:30"), "general", JUNE_30, "V407"),
        (text("2022年6月30日（星期四）"), "general", JUNE_30, "V407"),
        (text("2022-06-30 周四 14:30"), "general", JUNE_30, "V407"),
        (text("2022年6月30日 星期五"), "general", None, "V419"),  # it was a Thursday
        (text("06/30/2022"), "general", JUNE_30, "V407"),
        (text("06/07/2022"), "general", None, "V408"),
        (text("2022年6月底"), "general", JUNE_30, "V407"),
        (text("2022年6月末"), "general", JUNE_30, "V407"),
        (text("6月末"), "general", JUNE_30, "V414"),
        (text("6月底"), "general", JUNE_30, "V414"),
        (text("2月末"), "general", dt.date(2022, 2, 28), "V414"),
        (text("6月30日"), "general", JUNE_30, "V414"),
        (text("6.30"), "general", JUNE_30, "V414"),
        (text("6.3"), "general", None, "V408"),
        (text("22-06-30"), "general", JUNE_30, "V407"),
        (text("06-07-22"), "general", None, "V408"),
        # said vaguely: the last day on which it still holds
        (text("2022年6月"), "general", JUNE_30, "V417"),
        (text("2022-6"), "general", JUNE_30, "V417"),
        (text("2022.6"), "general", JUNE_30, "V417"),
        (text("202206"), "general", JUNE_30, "V417"),
        (text("6月"), "general", JUNE_30, "V417"),
        (text("6月份"), "general", JUNE_30, "V417"),
        (text("6月上旬"), "general", dt.date(2022, 6, 10), "V417"),
        (text("2022年6月中旬"), "general", dt.date(2022, 6, 20), "V417"),
        (text("六月下旬"), "general", JUNE_30, "V417"),
        (text("年底"), "general", DECEMBER_31, "V417"),
        (text("2022年底前"), "general", DECEMBER_31, "V417"),
        (text("今年年底"), "general", DECEMBER_31, "V417"),
        (text("明年6月底"), "general", dt.date(2023, 6, 30), "V417"),
        (text("去年12月底"), "general", dt.date(2021, 12, 31), "V417"),
        (text("第二季度末"), "general", JUNE_30, "V417"),
        (text("2022年二季度"), "general", JUNE_30, "V417"),
        (text("上半年"), "general", JUNE_30, "V417"),
        (text("月底"), "general", None, "V410"),  # of which month?
        (text("近期"), "general", None, "V410"),
        (text("6月30日至7月5日"), "general", None, "V410"),
        (text("长期"), "general", None, "V410"),
        (text("2022-02-30"), "general", None, "V410"),
        (text("13月底"), "general", None, "V410"),
        (text("9月底前后"), "general", None, "V410"),
        (text("2020-12-31"), "general", None, "V409"),
        (text("2021-01-01"), "general", dt.date(2021, 1, 1), "V407"),
        (text("2027-12-31"), "general", dt.date(2027, 12, 31), "V407"),
        (text("2028-01-01"), "general", None, "V409"),
        (number(1.0), "date", None, "V409"),
        (RawCell("#N/A", "error", 0, None), "date", None, "V411"),
        (RawCell(None, "number", 0, "TODAY()"), "date", None, "V412"),
        (text("　"), "date", None, None),
    ],
)
def test_date(cell: RawCell | None, shown_as: NumberClass, value: dt.date | None, code: str | None) -> None:
    assert said(read_date(cell, shown_as, YEAR)) == (value, code)


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("本月底", dt.date(2022, 5, 31)),
        ("下月底", dt.date(2022, 6, 30)),
        ("下个月10日", dt.date(2022, 6, 10)),
        ("上月末", dt.date(2022, 4, 30)),
        ("本季度末", dt.date(2022, 6, 30)),
        ("下季度", dt.date(2022, 9, 30)),
        ("明年", None),
    ],
)
def test_a_relative_date_counts_from_the_period_reported_on(typed: str, day: dt.date | None) -> None:
    reading = read_date(text(typed), "general", YEAR, as_of=dt.date(2022, 5, 31))
    assert said(reading) == ((day, "V417") if day else (None, "V410"))
    if typed[0] in "本下上":
        assert said(read_date(text(typed), "general", YEAR)) == (None, "V410")  # counting from when?


def test_the_next_month_of_december_is_january() -> None:
    reading = read_date(text("下月底"), "general", YEAR, as_of=DECEMBER_31)
    assert reading.value == dt.date(2023, 1, 31)


@pytest.mark.parametrize(
    ("reading", "options"),
    [
        (read_percent(number(1.0), "general"), [("按100%计", 1.0), ("按1%计", 0.01)]),
        (
            read_date(text("06-07-22"), "general", YEAR),
            [("按2022-06-07计", dt.date(2022, 6, 7)), ("按2022-07-06计", dt.date(2022, 7, 6))],
        ),
        (
            read_date(number(6.3), "general", YEAR),
            [("按2022-06-03计", dt.date(2022, 6, 3)), ("按2022-06-30计", JUNE_30)],
        ),
    ],
)
def test_a_question_offers_its_readings(reading: Reading, options: list[tuple[str, object]]) -> None:
    assert reading.value is None
    assert reading.finding is not None
    assert list(reading.finding.options) == options


def test_a_date_of_a_workbook_that_counts_from_1904() -> None:
    assert said(read_date(number(44742.0 - 1462), "date", YEAR, date1904=True)) == (JUNE_30, None)


@pytest.mark.parametrize(
    ("typed", "value", "code"),
    [
        ("正常推进", "正常推进", None),
        (" 正常 推进\u3000", "正常推进", "V401"),
        ("正常推进。", "正常推进", "V401"),
        ("正\u200b常推进", "正常推进", "V401"),
        ("正常\n推进", "正常推进", "V401"),
        ("正常", "正常推进", "V401"),
        ("推进", "正常推进", "V401"),
        ("达进度", "正常推进", "V401"),
        ("欠进度", "滞后", "V401"),
        ("已办结", "已完成", "V401"),
        ("已销号", "已完成", "V401"),
        ("推进中", "正常推进", "V401"),
        ("办结", "已完成", "V401"),
        ("尚未启动", "未启动", "V401"),
        ("申请延期", "申请调整", "V401"),
        ("基本完成", "正常推进", "V418"),
        ("１００％", "已完成", "V418"),
        ("80%", None, "V402"),
        ("×", None, "V402"),
        ("延期", None, "V402"),  # late, or asking for another date?
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
        (text("022—23456789"), "022-23456789", "V415"),
        (text("022-23456789转801"), "022-23456789-801", "V415"),
        (text("022-23456789 分机801"), "022-23456789 -801", "V415"),
        (text("＋86 138 0000 0000"), "+86 138 0000 0000", "V415"),
        (text("+86 13800000000"), "+86 13800000000", None),
        (text("13800000000、13900000000"), "13800000000、13900000000", None),  # the rule F103 asks for one
        (text("1.38E+10"), "1.38E+10", None),  # and this: the digits are lost
        (number(2223456789.0), "02223456789", "V425"),  # 022-23456789 typed as a number
        (number(1062345678.0), "01062345678", "V425"),
        (number(75523456789.0), "075523456789", "V425"),
        (number(23456789.0), "23456789", None),  # without area code nothing is lost
        (number(4001234567.0), "4001234567", None),
    ],
)
def test_phone(cell: RawCell, value: str, code: str | None) -> None:
    assert said(read_phone(cell)) == (value, code)


@pytest.mark.parametrize(
    ("cell", "shown_as", "value", "code"),
    [
        (text(" 第一行\r\n第二行\u200b "), "general", "第一行\n第二行", None),
        (text("\ufeff１２３ ａｂｃ　①㎡\u200b中\u3000"), "general", "１２３ ａｂｃ　①㎡\u200b中", None),
        (text("\u200b \u3000"), "general", None, None),
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
        if reading.finding is not None and reading.finding.severity == "question":
            assert len(reading.finding.options) > 1
        if reading.value is not None and reading.finding is not None:
            assert reading.finding.normalised is not None  # whoever reads the note sees what became of it


@given(CELLS, NUMBER_CLASSES)
def test_a_read_date_is_in_the_years_that_count(cell: RawCell | None, shown_as: NumberClass) -> None:
    value = read_date(cell, shown_as, YEAR).value
    assert value is None or YEAR - 1 <= value.year <= YEAR + 5


CHINESE = ["", *"一二三四五六七八九十"]
CHINESE += [f"十{c}" for c in CHINESE[1:10]] + ["二十", *(f"二十{c}" for c in CHINESE[1:10]), "三十", "三十一"]
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
    wide = str.maketrans("0123456789-/.", "０１２３４５６７８９－／．")
    plain = (day.isoformat(), f"{y}/{m}/{d}", f"{y}.{m}.{d}", f"{y}年{m}月{d}日", f"{day:%Y%m%d}", f"{y} {m} {d}")
    timed = (f"{day} 09:05", f"{day}T23:59:59", f"{y}年{m}月{d}日({'星期' + '一二三四五六日'[day.weekday()]})")
    chinese = f"{''.join('〇一二三四五六七八九'[int(c)] for c in str(y))}年{CHINESE[m]}月{CHINESE[d]}日"
    for shown in (*plain, *timed, *(p.translate(wide) for p in plain), f"{y % 100}年{m}月{d}日", chinese):
        assert said(read_date(text(shown), "general", YEAR)) == (day, "V407"), shown
    assert said(read_date(number(float(to_serial(day)) - 1462), "date", YEAR, date1904=True)) == (day, None)


@given(st.dates(dt.date(2022, 1, 1), DECEMBER_31))
def test_so_is_one_of_the_year_without_it(day: dt.date) -> None:
    for shown in (
        f"{day.month}月{day.day}日",
        f"{day.month} 月 {day.day} 号",
        f"{CHINESE[day.month]}月{CHINESE[day.day]}日",
    ):
        assert said(read_date(text(shown), "general", YEAR)) == (day, "V414"), shown


@given(
    st.integers(1, 12), st.sampled_from(["底", "末", "份", "", "下旬"]), st.sampled_from(["", "2022年", "二〇二二年"])
)
def test_a_month_is_its_last_day(month: int, end: str, year: str) -> None:
    last = dt.date(2022 + month // 12, month % 12 + 1, 1) - dt.timedelta(days=1)
    assert read_date(text(f"{year}{month}月{end}"), "general", YEAR).value == last


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
