"""Random formulas from a seed, composed of the functions in which Excel and LibreOffice agree."""

from __future__ import annotations

import random

_NUMBERS = ("3", "0.25", "12.5", "'数据 表'!J2", "'数据 表'!L4", "'数据 表'!I4", "'数据 表'!A100", "统计截止日", "7")
_TEXTS = ('"滞后"', '"Abc 状态"', '""', "'数据 表'!K3", "'数据 表'!B5", "'数据 表'!A100", '"a,b,c"', "'数据 表'!G5")
_RANGES = ("'数据 表'!J1:J5", "'数据 表'!L1:L5", "台账[进度]", "'数据 表'!$J:$J", "进度列")
_COLUMNS = ("台账[状态]", "台账[核定状态]", "台账[编码]", "台账[说明]")


class Composer:
    """Builds formulas of numbers, texts and truths, each from smaller ones."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def formula(self) -> str:
        """One formula, four levels deep at most."""
        return self._random.choice((self.number, self.text, self.truth))(4)

    def number(self, depth: int) -> str:
        """A formula whose value is a number, or an error."""
        if depth == 0:
            return self._random.choice(_NUMBERS)
        n, t, b, pick = self.number, self.text, self.truth, self._random.choice
        d = depth - 1
        return pick((
            lambda: f"({n(d)}{pick('+-*/')}{n(d)})",
            lambda: f"-{n(0)}^2",
            lambda: f"ROUND({n(d)},{pick('012')})",
            lambda: f"IF({b(d)},{n(d)},{n(d)})",
            lambda: f"IFERROR({n(d)}/{n(d)},{n(d)})",
            lambda: f"MAX({pick(_RANGES)},{n(d)})",
            lambda: f"SUM({pick(_RANGES)},{n(d)})",
            lambda: f"COUNTIF({pick(_RANGES)},\"{pick(('>', '<', '>=', '<=', '<>', '='))}\"&{n(0)})",
            lambda: f"COUNTIFS({pick(_COLUMNS)},{pick(_TEXTS[:2])},{pick(_COLUMNS)},{t(0)}&\"*\")",
            lambda: f"SUMIFS(台账[进度],{pick(_COLUMNS)},\"*\"&{t(0)}&\"*\",台账[进度],\"<\"&{n(0)})",
            lambda: f"SUMPRODUCT(({pick(_RANGES[:2])}>{n(0)})*{pick(_RANGES[:2])})",
            lambda: f"LEN({t(d)})",
            lambda: f"INT({n(d)})",
            lambda: f"ABS({n(d)})",
            lambda: f"INDEX({pick(_RANGES[:2])},{pick('12345')})",
            lambda: f"MATCH({n(0)},'数据 表'!J1:J5,{pick('01')})",
            lambda: f"DATE(2022,{pick('1369')},{pick('1539')})",
        ))()  # fmt: skip

    def text(self, depth: int) -> str:
        """A formula whose value is text, or an error."""
        if depth == 0:
            return self._random.choice(_TEXTS)
        n, t, b, pick = self.number, self.text, self.truth, self._random.choice
        d = depth - 1
        return pick((
            lambda: f"({t(d)}&{t(d)})",
            lambda: f"IF({b(d)},{t(d)},{t(d)}&\"\")",
            lambda: f"LEFT({t(d)},{pick('0123')})",
            lambda: f"MID({t(d)},{pick('123')},{pick('023')})",
            lambda: f"TRIM({t(d)})",
            lambda: f"SUBSTITUTE({t(d)},{t(0)},\"-\")",
            lambda: f"UPPER({t(d)})",
            lambda: f"TEXT(ROUND({n(0)},1),\"{pick(('0', '0.0', '#,##0'))}\")",
            lambda: f"TEXT(DATE(2022,{pick('1369')},5),\"{pick(('yyyy-mm-dd', 'yyyy年m月d日', 'm月d日'))}\")",
            lambda: f"IFERROR(VLOOKUP(\"T00{pick('1239')}\",台账,2,FALSE),{t(d)})",
            lambda: f"IFERROR(LOOKUP(2,1/(台账[状态]={t(0)}),台账[编码]),\"无\")",
        ))()  # fmt: skip

    def truth(self, depth: int) -> str:
        """A formula whose value is TRUE or FALSE, or an error."""
        if depth == 0:
            return f"{self.number(0)}>{self.number(0)}"
        n, t, b, pick = self.number, self.text, self.truth, self._random.choice
        d = depth - 1
        return pick((
            lambda: f"({n(d)}{pick(('=', '<>', '<', '<=', '>', '>='))}{n(d)})",
            lambda: f"({t(d)}{pick(('=', '<>'))}{t(d)})",
            lambda: f"AND({b(d)},{b(d)})",
            lambda: f"OR({b(d)},{b(d)})",
            lambda: f"NOT({b(d)})",
            lambda: f"ISNUMBER({pick((n, t))(d)})",
            lambda: f"ISERROR({n(d)}/{n(d)})",
            lambda: f"EXACT({t(d)},{t(d)})",
            lambda: f"ISNUMBER(SEARCH({pick(_TEXTS[:2])},{t(d)}))",
        ))()  # fmt: skip
