"""Expected progress (应达进度) as formulas: the share of a span, or of a task's milestones, that has gone by.

By time: months gone by since the year began, out of those up to the deadline, whole months as in 宣城 2020 (11/12 =
91.7 %); a month begun counts by its days. By milestones: those due, out of all with a date, each with the same
weight (大连 2023.4 judges by 节点; equal weights are an inference). Both to a tenth of a percentage point.
"""

from __future__ import annotations

from tjxl.resources import schema_toml
from tjxl.sheets.figures import AS_OF, SCHEDULE_BY, count, text


def months(day: str, year: int) -> str:
    """Months from the beginning of *year* to the end of *day*, an expression for a date: 10 for 31 October."""
    return f"(12*YEAR({day})+MONTH({day})+DAY({day})/DAY(EOMONTH({day},0))-{12 * year + 1})"


def elapsed(day: str, due: str, year: int) -> str:
    """The share of the months up to *due* that has gone by on *day*, 0 to 1; 1 where it was due before the year."""
    span = months(due, year)
    return f"IF({span}<=0,1,MAX(0,MIN(1,{months(day, year)}/{span})))"


def expected_progress(code: str, due: str, year: int) -> str:
    """Expected progress of the task *code* on 统计截止日, its deadline *due* given; "" where 设置 leaves none.

    The deadline counts as one more milestone where it comes after all others: the work is not expected to be done
    before. Unless 设置 says 按节点, milestones count only if one comes before the deadline: those on the very day
    say nothing of the way there.
    """
    own, day = ("节点[任务编码]", code), "节点[时限]"
    some = (day, '">0"')
    dated = count(own, some)
    gone = count(own, some, (day, f'"<="&N({AS_OF})'))
    early = count(own, some, (day, f'"<"&{due}'))
    late = count(own, (day, f'">="&{due}'))
    last = f"({late}=0)"
    share = f"({gone}+{last}*({due}<=N({AS_OF})))/({dated}+{last})"
    words = schema_toml("lights.toml")["schedule"]
    by_milestones, by_time = (text(words[name]) for name in ("milestones", "elapsed"))
    return (
        f"IF(IF({SCHEDULE_BY}={by_milestones},{dated},IF({SCHEDULE_BY}={by_time},0,{early}))>0,ROUND({share},3),"
        f'IF({SCHEDULE_BY}={by_milestones},"",ROUND({elapsed(f"N({AS_OF})", due, year)},3)))'
    )
