"""完成时限 → the day and the goal of the whole task. Expressions from real notices (deadlines.tsv)."""

from __future__ import annotations

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjxl.notice.dates import find_dates, number
from tjxl.notice.deadlines import Deadline, read_deadline
from tjxl.settings import load_settings

SEASONS = load_settings().seasons
PROGRESS, COMPLETE, CONTINUING = "significant_progress", "complete", "continuing"


@pytest.mark.parametrize(
    ("text", "day", "goal"),
    [
        ("年底前完成", "12-31", COMPLETE),
        ("年底前取得明显进展", "12-31", PROGRESS),
        ("年底完工", "12-31", COMPLETE),
        ("年内完成", "12-31", COMPLETE),
        ("年内持续推进", "12-31", CONTINUING),
        ("年底前完成，并持续推进", "12-31", COMPLETE),
        ("全年", "12-31", COMPLETE),
        ("2022年度内完成", "12-31", COMPLETE),
        ("10月底前完成", "10-31", COMPLETE),
        ("2月底前完成", "02-28", COMPLETE),
        ("12月底前", "12-31", COMPLETE),
        ("１２ 月底前", "12-31", COMPLETE),
        ("十一月底前完成", "11-30", COMPLETE),
        ("9月投入使用", "09-30", COMPLETE),
        ("5月底前动工", "05-31", COMPLETE),
        ("6月中旬前完成", "06-20", COMPLETE),
        ("6月上旬", "06-10", COMPLETE),
        ("6月下旬", "06-30", COMPLETE),
        ("10月20日前完成", "10-20", COMPLETE),
        ("十二月二十五日前完成", "12-25", COMPLETE),
        ("2022年6月30日前", "06-30", COMPLETE),
        ("2022.6.30", "06-30", COMPLETE),
        ("2022-06-30前", "06-30", COMPLETE),
        ("上半年", "06-30", COMPLETE),
        ("下半年完成", "12-31", COMPLETE),
        ("一季度完成", "03-31", COMPLETE),
        ("第三季度前完成", "09-30", COMPLETE),
        ("3月至10月", "10-31", COMPLETE),
        ("每年2月底前", "02-28", COMPLETE),
        ("国庆节前", "09-30", COMPLETE),
        ("6月底前完成方案，12月底前建成", "12-31", COMPLETE),
        ("第一季度：开工；第二季度：过半；第四季度（11月份）：完工", "11-30", COMPLETE),
        ("力争于年底前取得明显进展", "12-31", PROGRESS),
    ],
)
def test_day_and_goal_within_the_year(text: str, day: str, goal: str) -> None:
    assert read_deadline(text, 2022, SEASONS) == Deadline(dt.date.fromisoformat(f"2022-{day}"), goal)


@pytest.mark.parametrize(
    ("text", "day", "goal"),
    [
        ("年底前取得明显进展。其中方案，6月底前完成", "12-31", PROGRESS),
        ("年底前取得明显进展，其中A段1月底前建成；B段3月底前建成", "12-31", PROGRESS),
        ("6月底前完成方案。B工程年底前建成", "12-31", COMPLETE),  # not done before its last part
        ("A片区主汛期具备通水条件。B片区年底完工", "12-31", COMPLETE),
        ("A、B工程9月底前竣工；C工程11月底前竣工", "11-30", COMPLETE),
    ],
)
def test_parts_and_the_whole(text: str, day: str, goal: str) -> None:
    assert read_deadline(text, 2022, SEASONS) == Deadline(dt.date.fromisoformat(f"2022-{day}"), goal)


def test_february_knows_leap_years() -> None:
    assert read_deadline("2月底前完成", 2024, SEASONS).due == dt.date(2024, 2, 29)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("2019年6月底前", "2019-06-30"),
        ("2019年1月1日至12月31日", "2019-12-31"),
        ("到2025年", "2025-12-31"),
        ("2025年年底前", "2025-12-31"),
        ("明年6月底前完成", "2023-06-30"),
    ],
)
def test_another_year_is_read_and_asked_about(text: str, due: str) -> None:
    assert read_deadline(text, 2022, SEASONS) == Deadline(dt.date.fromisoformat(due), COMPLETE, "other_year")


def test_a_season_is_a_custom_to_be_confirmed() -> None:
    assert read_deadline("主汛期前完成", 2022, SEASONS) == Deadline(dt.date(2022, 7, 15), COMPLETE, "by_custom")


@pytest.mark.parametrize("text", ["每月25日前", "每季度末月20日前", "按季推进"])
def test_a_reporting_rhythm_is_no_deadline(text: str) -> None:
    assert (read_deadline(text, 2022, SEASONS).due, read_deadline(text, 2022, SEASONS).doubt) == (None, "recurring")


@pytest.mark.parametrize(
    "text",
    [
        "适时", "立行立改", "春节前", "2月30日前完成", "13月底前", "12个月内完成", "去年底", "6月1日起实施", "2022年",
        "A工程6月底前建成；B工程适时启动", "其中方案6月底前完成",
    ],
)  # fmt: skip
def test_what_gives_no_day_is_never_guessed(text: str) -> None:
    assert read_deadline(text, 2022, SEASONS) == Deadline(None, COMPLETE, "unreadable")


@pytest.mark.parametrize("text", ["", " \n", "　"])
def test_a_blank_cell(text: str) -> None:
    assert read_deadline(text, 2022, SEASONS) == Deadline(None, COMPLETE, "blank")


@pytest.mark.parametrize("text", ["长期坚持", "持续推进", "6月起持续推进"])
def test_lasting_work_has_no_day_and_no_doubt(text: str) -> None:
    assert read_deadline(text, 2022, SEASONS) == Deadline(None, CONTINUING)


@given(st.text(alphabet="年月日底前上下半季度其中第一二十0123456789。；，完成每", max_size=60))
def test_any_text_gives_an_answer_that_holds_together(text: str) -> None:
    deadline = read_deadline(text, 2022, SEASONS)
    assert deadline.due is not None or deadline.doubt is not None or deadline.goal == "continuing"


@given(st.integers(1, 99))
def test_chinese_numerals(n: int) -> None:
    tens, ones = divmod(n, 10)
    digits = " 一二三四五六七八九"
    written = (digits[tens] if tens > 1 else "") + ("十" if tens else "") + (digits[ones] if ones else "")
    assert number(written) == number(str(n)) == n


def test_long_text_is_linear() -> None:
    for unit in ("6月底前", "2022年", "第一", "十", "1", "年底", "(11月"):
        started = time.perf_counter()
        find_dates(unit * (1_000_000 // len(unit)), 2022, SEASONS)
        assert time.perf_counter() - started < 10
