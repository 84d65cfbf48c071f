"""The formulas of 指标: whether a target is met (达标情况), and whether it is on schedule (序时应达值, 序时情况)."""

from __future__ import annotations

from tjxl.register import COMPARATOR_SIGNS, DIRECTION_TITLES, MEASURE_TITLES
from tjxl.sheets.figures import (
    AS_OF,
    ATTAINMENTS,
    SCHEDULES,
    TOLERANCE_PERCENT,
    TOLERANCE_POINTS,
    text,
)
from tjxl.sheets.schedule import elapsed

PERCENT = "%"
"""单位 of a target whose tolerance is in percentage points."""


def _cell(title: str) -> str:
    return f"指标[[#This Row],[{title}]]"


def _says(title: str) -> str:
    """The kind of the target (类型) names this measure or direction."""
    return f"ISNUMBER(FIND({text(title)},{_cell('类型')}))"


_LOWER = _says(DIRECTION_TITLES["lower"])
_FLOW = _says(MEASURE_TITLES["flow"])
_GROWTH = _says(MEASURE_TITLES["growth"])


def attainment() -> str:
    """The 达标情况 of a row of 指标: latest value against the target.

    A range is met from its lower end (「3至5家」: three will do), or, where less is better, up to its upper end.
    「左右」 is met within the tolerance of 设置 (percentage points for targets in %, else a share of the target), and
    where the value is better than the target (an inference); without a tolerance it is for the office to judge.
    """
    code, value, aim, upper, sign = map(_cell, ("指标编码", "本期完成值", "目标值", "上限", "比较"))
    said = {name: text(title) for name, title in ATTAINMENTS.items()}
    signs = {name: text(title) for name, title in COMPARATOR_SIGNS.items()}
    met = [f"AND({sign}={signs[c]},{value}{c}{aim})" for c in (">=", ">", "<=", "<", "=")]
    met.append(f"AND({sign}={signs['range']},IF({_LOWER},{value}<={upper},{value}>={aim}))")
    decided = f"IF(OR({','.join(met)}),{said['met']},{said['not_met']})"
    tolerance = f"IF({_cell('单位')}={text(PERCENT)},{TOLERANCE_POINTS},{TOLERANCE_PERCENT})"
    room = f"IF({_cell('单位')}={text(PERCENT)},N({TOLERANCE_POINTS}),ABS({aim})*N({TOLERANCE_PERCENT})/100)"
    within = f"IF({_LOWER},{value}<=ROUND({aim}+{room},9),{value}>=ROUND({aim}-{room},9))"
    about = f"IF(ISNUMBER({tolerance}),IF({within},{said['met']},{said['not_met']}),{said['to_judge']})"
    return f'IF({code}="","",IF(ISNUMBER({value}),IF({sign}={signs["~"]},{about},{decided}),{said["no_data"]}))'


def scheduled_value(year: int) -> str:
    """The 序时应达值 of a row of 指标: of what is to be added within the year, the months' share of the target.

    The months are those up to 数据截止日期: statistics lag behind the report. Blank for every other kind of target.
    """
    code, aim, due, day = map(_cell, ("指标编码", "目标值", "时限", "数据截止日期"))
    counted = f"IF(ISNUMBER({day}),{day},N({AS_OF}))"
    known = f"ISNUMBER({due}),OR(ISNUMBER({day}),N({AS_OF})>0)"
    return f'IF({code}="","",IF(AND({_FLOW},NOT({_LOWER}),{known}),ROUND({aim}*{elapsed(counted, due, year)},6),""))'


def schedule() -> str:
    """The 序时情况 of a row of 指标; blank while there are no data.

    A target that is met is on schedule. One that is not is missed once it is due (数据截止日期 has come to its day,
    or 统计截止日 is past it), a yearly flow with a ceiling as soon as that is exceeded. Before that it is behind if
    it is a yearly flow below 序时应达值, or a growth rate (宣城 2020: 增幅低于目标), or a rate or price that is to
    stay low, that does not keep to the target now. Else it is not due yet: a stock is reached at the year's end.
    """
    value, due, day, planned, met = map(_cell, ("本期完成值", "时限", "数据截止日期", "序时应达值", "达标情况"))
    said = {name: text(title) for name, title in SCHEDULES.items()}
    closed = f"AND(ISNUMBER({due}),N({AS_OF})>0,OR(N({AS_OF})>{due},N({day})>={due}))"
    judged = f"{met}={text(ATTAINMENTS['to_judge'])}"
    over = f"IF({judged},{said['to_judge']},{said['missed']})"
    flow = f"IF({value}>={planned},{said['on']},{said['behind']})"
    now = f"IF({judged},{said['to_judge']},{said['behind']})"
    return (
        f'IF(NOT(ISNUMBER({value})),"",IF({met}={text(ATTAINMENTS["met"])},{said["on"]},'
        f"IF(OR({closed},AND({_FLOW},{_LOWER})),{over},IF(ISNUMBER({planned}),{flow},"
        f"IF(OR({_GROWTH},{_LOWER}),{now},{said['not_due']})))))"
    )
