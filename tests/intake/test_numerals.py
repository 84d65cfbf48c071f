"""Numbers as people write them, and what is no certain number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjxl.intake.normalise.numerals import leading_number, whole_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", "0"),
        ("零", "0"),
        ("35.2", "35.2"),
        ("-1.2", "-1.2"),
        ("负三", "-3"),
        ("+4", "4"),
        ("1,234", "1234"),
        ("1,234,567.89", "1234567.89"),
        ("3百", "300"),
        ("3千", "3000"),
        ("1.2亿", "120000000"),
        ("2000万", "20000000"),
        ("2千万", "20000000"),
        ("3百万", "3000000"),
        ("1.5万亿", "1500000000000"),
        ("1亿2000万", "120000000"),
        ("1万2千", "12000"),
        ("1万2000", "12000"),
        ("十", "10"),
        ("十五", "15"),
        ("二十", "20"),
        ("八十五", "85"),
        ("一百零五", "105"),
        ("三千二百", "3200"),
        ("两万", "20000"),
        ("三万零五", "30005"),
        ("一千零一十", "1010"),
        ("一亿零三百万", "103000000"),
        ("三点五", "3.5"),
        ("三点五万", "35000"),
        ("壹佰贰拾叁", "123"),
        ("叁萬伍仟", "35000"),
        ("一百", "100"),
    ],
)
def test_a_number(text: str, value: str) -> None:
    assert whole_number(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "百",  # how many?
        "万",
        "三五",  # three to five
        "三四百",
        "十五六",
        "1万2",  # 12,000 or 10,002
        "三万二",
        "1,23",
        "12,34,567",
        "1.2.3",
        "3万5万",
        "2十3百",
        "35-36",
        "5/6",
        "第3",
        "几十",
        "约35",
        "1234567890123456",  # more digits than a spreadsheet keeps
    ],
)
def test_no_certain_number(text: str) -> None:
    assert whole_number(text) is None


@pytest.mark.parametrize(
    ("text", "value", "rest"),
    [
        ("35.2万人", 352_000, "人"),
        ("3个百分点", 3, "个百分点"),
        ("5百分点", 5, "百分点"),
        ("300多家", 300, "多家"),
        ("5千瓦时", 5000, "瓦时"),
    ],
)
def test_a_number_and_what_it_counts(text: str, value: int, rest: str) -> None:
    written = leading_number(text)
    assert written is not None
    assert (written.value, written.rest) == (value, rest)


DIGITS, SCALES = "零一二三四五六七八九", ("", "十", "百", "千")


def in_chinese(number: int) -> str:
    """A number below 10 ** 12 as it is read aloud."""
    if number == 0:
        return "零"
    out, pending = "", False
    for place, name in ((2, "亿"), (1, "万"), (0, "")):
        section = number // 10 ** (4 * place) % 10_000
        if section == 0:
            pending = bool(out)
            continue
        if out and (pending or section < 1000):
            out += "零"
        pending = False
        out += _section(section) + name
    return out


def _section(number: int) -> str:
    out, gap = "", False
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit == 0:
            gap = bool(out)
            continue
        out += ("零" if gap else "") + DIGITS[digit] + SCALES[place]
        gap = False
    return out


@given(st.integers(0, 10**12 - 1))
def test_a_number_in_chinese_is_read_back(number: int) -> None:
    assert whole_number(in_chinese(number)) == number


@given(st.integers(0, 10**12 - 1))
def test_so_is_one_with_thousands_separators(number: int) -> None:
    assert whole_number(f"{number:,}") == number


@given(st.text(alphabet="零〇一二两五九十百千万亿点壹佰0123456789.,+-负几多分之", max_size=12))
def test_no_text_breaks_the_reading_and_none_with_another_digit_comes_to_zero(text: str) -> None:
    written = leading_number(text)
    if written is not None and not written.value:
        taken = text[: len(text) - len(written.rest)]
        assert not set(taken) & set("一二两五九十百壹佰123456789")  # 0千, 0万 are zero: of 千瓦时, of 万元
