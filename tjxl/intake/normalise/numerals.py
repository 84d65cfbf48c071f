"""Numbers as people write them: 1,234 · 3百 · 1.2亿 · 1亿2000万 · 三千二百 · 三点五万 · 壹佰. Pure, exact, linear."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

_ARABIC = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,5}|[0-9]{1,15})(?:\.[0-9]{1,12})?(?![0-9.,])")
_ABOUT = re.compile(
    r"^(?:大约|大概|约|将近|接近|近|超过|超|逾|不到|不足|不少于|至少)|(?:左右|以上|上下|多|余)$",
)
"""Words that make a number an approximate one. Its value is taken, with a warning (failure mode 14)."""

_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾佰仟萬億○〇两負點", "一二三四五六七八九十百千万亿零零二负点")
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_MYRIAD, _HUNDRED_MILLION = 10**4, 10**8


@dataclass(frozen=True, slots=True)
class Written:
    """A number at the head of a text.

    Attributes:
        value: what it comes to.
        scaled: 万, 千 and the like were written, so that it counts single things.
        rest: the text behind it.
    """

    value: Decimal
    scaled: bool
    rest: str


def without_about(text: str) -> tuple[str, bool]:
    """The text without a word for about at either end, and whether there was one."""
    plain = _ABOUT.sub("", text)
    return plain, plain != text


def whole_number(text: str) -> Decimal | None:
    """The number that a squeezed text is, None where it is anything else."""
    written = leading_number(text)
    return None if written is None or written.rest else written.value


def digits_in_a_row(text: str) -> str | None:
    """Chinese digits one after the other as Arabic ones: 二〇二二 → 2022; None where others are among them."""
    plain = text.translate(_FORMAL)
    return "".join(str(_DIGITS[c]) for c in plain) if plain and all(c in _DIGITS for c in plain) else None


def leading_number(text: str) -> Written | None:
    """The number at the head of a squeezed text; None where there is none, or none that is certain.

    「三五百」 (three to five hundred) and 「1万2」 (12,000 or 10,002) are none.
    """
    plain = text.translate(_FORMAL)
    negative = plain[:1] in ("-", "负")
    start = 1 if negative or plain[:1] == "+" else 0
    scan = _Scan()
    at = start
    while at < len(plain):
        taken = scan.take(plain, at)
        if taken is None:
            return None
        if not taken:
            break
        at += taken
    value = scan.total()
    if at == start or value is None:
        return None
    return Written(-value if negative else value, scan.scaled, text[at:])


class _Scan:
    """A number being read from left to right: what is complete above 亿, above 万, below it, and the last digits."""

    def __init__(self) -> None:
        self.high = self.middle = self.low = Decimal(0)
        self.current: Decimal | None = None
        self.arabic = self.zero = self.scaled = False
        self.last = 0
        self.wan = self.yi = False

    def take(self, text: str, at: int) -> int | None:
        """How many characters the next piece has; 0 where the number ends, None where there is no certain one."""
        char = text[at]
        if match := _ARABIC.match(text, at):
            return self._digits(Decimal(match[0].replace(",", "")), len(match[0]), arabic=True)
        if char.isdigit() or (char in _DIGITS and self.current is not None):
            return None
        if char == "零":
            self.zero = True
            return 1
        if char in _DIGITS:
            fraction = _fraction(text, at + 1)
            number = f"{_DIGITS[char]}.{fraction}" if fraction else str(_DIGITS[char])
            return self._digits(Decimal(number), 1 + (len(fraction) + 1 if fraction else 0), arabic=False)
        if text.startswith("百分", at):  # 百分点, 百分之: no hundred
            return 0
        if char in _SMALL:
            return self._small(_SMALL[char])
        if char in "万亿":
            return self._large(char)
        return 0

    def _digits(self, value: Decimal, length: int, *, arabic: bool) -> int | None:
        if self.current is not None:
            return None
        self.current, self.arabic = value, arabic
        return length

    def _small(self, scale: int) -> int | None:
        if self.current is None:
            if scale != _SMALL["十"] or self.low:
                return None
            self.current = Decimal(1)  # 十五
        if self.current == 0 and scale in (_SMALL["十"], _SMALL["百"]):
            return None  # 0十: nobody writes that and means 0
        if self.last and scale >= self.last and self.low:
            return None
        self.low += self.current * scale
        self._done(scale)
        return 1

    def _large(self, char: str) -> int | None:
        section = self.low + (self.current or 0)
        if char == "万":
            if self.wan or not (section or self.current is not None):
                return None
            self.middle, self.wan = section * _MYRIAD, True
        else:
            section += self.middle
            if self.yi or not (section or self.current is not None):
                return None
            self.high, self.middle, self.yi, self.wan = section * _HUNDRED_MILLION, Decimal(0), True, False
        self.low = Decimal(0)
        self._done(_MYRIAD if char == "万" else _HUNDRED_MILLION)
        return 1

    def _done(self, scale: int) -> None:
        self.current, self.zero, self.scaled, self.last = None, False, True, scale

    def total(self) -> Decimal | None:
        """What has been read; None where the last digits leave it open what they count."""
        if self.current is None:
            nothing = not (self.scaled or self.zero)
            return None if nothing else self.high + self.middle + self.low
        open_end = self.last > _SMALL["十"] and not self.zero
        whole = str(self.current).partition(".")[0]
        if open_end and not (self.arabic and 10 ** len(whole) == self.last):
            return None
        return self.high + self.middle + self.low + self.current


def _fraction(text: str, at: int) -> str:
    """The digits behind 点: 三点一四 → 14."""
    if text[at : at + 1] != "点":
        return ""
    out = ""
    for char in text[at + 1 :]:
        if char not in _DIGITS:
            break
        out += str(_DIGITS[char])
    return out
