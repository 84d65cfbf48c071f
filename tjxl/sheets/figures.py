"""The texts of the master's formulas: counts over its tables. The lights have modules of their own (`lights`).

In every figure 核定状态, where it is one of the statuses, overrides 进展状态; anything else there counts as nothing,
as it does to the commands (`MasterState.tasks`). Functions of Excel 2007 alone are used (SUMPRODUCT with LARGE rather
than AGGREGATE), so that WPS and older Excel compute them too; table columns are named by structured references, so
that a table may grow, move or be sorted.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tjxl.settings import MEANINGS, Settings

LIGHTS = {"red": "红", "yellow": "黄", "blue": "蓝", "green": "绿"}
"""任务台账[亮灯], the most severe first."""
MILESTONE_OUTCOMES = {
    "done": "已完成",
    "done_late": "逾期完成",
    "overdue": "逾期",
    "due_soon": "临近",
    "not_due": "未到期",
    "undated": "时限待定",
}
ATTAINMENTS = {"met": "已达标", "not_met": "未达标", "no_data": "尚无数据", "to_judge": "待核定"}
SCHEDULES = {"on": "达序时", "behind": "未达序时", "missed": "未达标", "not_due": "未到期", "to_judge": "待核定"}
"""指标[序时情况]."""
CURRENT_PERIOD = "当前期次"
AS_OF = "统计截止日"
DUE_SOON_DAYS = "临近天数"
YELLOW_GAP = "滞后黄灯差距"
RED_GAP = "滞后红灯差距"
SCHEDULE_BY = "应达进度口径"
TOLERANCE_PERCENT = "左右容差百分比"
TOLERANCE_POINTS = "左右容差百分点"
LIGHT_TITLES = "亮灯名目"
LIGHT_CHOICES = "亮灯设置"
STATUS_LIST = "状态列表"
DEADLINES = "任务时限"
DASHBOARD_AREA = "看板区"
ANNEX_AREA = "附表区"
BUTTON_BAR = "按钮栏"
UNIT_LINES = "单位附表"
UNIT_NAMES = "单位印发名称"

_REPORTED = "任务台账[进展状态]"
_VERIFIED = "任务台账[核定状态]"
_CODES = "任务台账[任务编码]"
_BLANK = '""'
_ANY_TASK = (_CODES, '"<>"')
_ROW_LIMIT = 10000
"""Rows of the sheet that the list of tasks soon due can tell apart; a city has hundreds."""


@dataclass(frozen=True, slots=True)
class Statuses:
    """The names of each meaning (`behind` → 滞后 …), as formulas need them."""

    names: dict[str, tuple[str, ...]]

    @classmethod
    def of(cls, settings: Settings) -> Statuses:
        """The statuses of a project; several may share a meaning."""
        return cls({m: tuple(s.name for s in settings.statuses if s.meaning == m) for m in MEANINGS})

    @property
    def all(self) -> tuple[str, ...]:
        """Every name, of whatever meaning."""
        return tuple(name for names in self.names.values() for name in names)

    def is_one(self, cell: str) -> str:
        """The test whether a cell names a status."""
        return f"OR({','.join(f'{cell}={text(name)}' for name in self.all)})"


def text(value: str) -> str:
    """A text constant of a formula."""
    return '"' + value.replace('"', '""') + '"'


def plain_criterion(value: str) -> str:
    """What a cell says that is a criterion which only this text meets: wildcards lose their meaning."""
    for mark in "~*?":
        value = value.replace(mark, "~" + mark)
    return "=" + value


def count(*pairs: tuple[str, str]) -> str:
    """COUNTIFS over pairs of range and criterion."""
    return f"COUNTIFS({','.join(f'{area},{wanted}' for area, wanted in pairs)})"


def tasks_with_status(statuses: Statuses, meaning: str, *where: tuple[str, str]) -> str:
    """Number of tasks whose effective status has this meaning."""
    return "+".join(
        count(*where, (_VERIFIED, text(name))) + "+" + _reported_only(statuses, text(name), where)
        for name in statuses.names[meaning]
    )


def tasks_without_status(statuses: Statuses, *where: tuple[str, str]) -> str:
    """Number of tasks of which nothing was reported, and nothing was verified."""
    return _reported_only(statuses, _BLANK, where)


def _reported_only(statuses: Statuses, reported: str, where: Iterable[tuple[str, str]]) -> str:
    """Number of tasks reported so of which nothing was verified.

    The task code leads the criteria: LibreOffice 7.4 leaves out the rows below the last filled cell of the columns
    it is given, so that a column sparsely filled, such as 核定状态, would hide tasks from criteria that blanks meet.
    """
    unverified = ((_VERIFIED, text(f"<>{name}")) for name in statuses.all)
    return count(*where, _ANY_TASK, *unverified, (_REPORTED, reported))


def has_status(statuses: Statuses, meaning: str) -> str:
    """An array over 任务台账: 1 where the effective status has this meaning, else 0."""
    own = [f"({_VERIFIED}={text(name)})" for name in statuses.names[meaning]]
    said = [f"({_REPORTED}={text(name)})" for name in statuses.names[meaning]]
    unverified = "".join(f"-({_VERIFIED}={text(name)})" for name in statuses.all)
    return f"({'+'.join(own)}+({'+'.join(said)})*(1{unverified}))"


def member_patterns(cell: str, separator: str) -> tuple[str, ...]:
    """Formulas of the criteria that a list of names meets when the name in *cell* is one of them.

    Four patterns rather than one `*name*`, so that 李明 is not found in 李明远.
    """
    before, after = text("*" + separator), text(separator + "*")
    return (cell, f"{cell}&{after}", f"{before}&{cell}", f"{before}&{cell}&{after}")


def lead_unit(table: str) -> str:
    """牵头单位 of a row of 节点 or 指标: that of its task, so that it follows the register."""
    code = f"{table}[[#This Row],[任务编码]]"
    return f'IF({code}="","",IFERROR(INDEX(任务台账[牵头单位],MATCH({code},{_CODES},0)),""))'


def milestone_outcome(done: str) -> str:
    """The 完成情况 of a row of 节点, against 统计截止日; `done` is the answer that means yes.

    As with the lights, what is due on the very day is not past, and what is due within 临近天数 days is near.
    """
    code, due, answer, day = (f"节点[[#This Row],[{t}]]" for t in ("节点编码", "时限", "是否完成", "完成日期"))
    said = {name: text(title) for name, title in MILESTONE_OUTCOMES.items()}
    late = f"AND(ISNUMBER({due}),ISNUMBER({day}),{day}>{due})"
    near = f"AND(N({AS_OF})>0,{due}<=N({AS_OF})+N({DUE_SOON_DAYS}))"
    waiting = f"IF({due}<N({AS_OF}),{said['overdue']},IF({near},{said['due_soon']},{said['not_due']}))"
    return (
        f'IF({code}="","",IF({answer}={text(done)},IF({late},{said["done_late"]},{said["done"]}),'
        f"IF(ISNUMBER({due}),{waiting},{said['undated']})))"
    )


def due_soon(statuses: Statuses) -> str:
    """An array over 任务台账: 1 where a task not yet completed is due within 临近天数 days after 统计截止日."""
    days = _deadline_array()
    return (
        f"({days}>=N({AS_OF}))*({days}<=N({AS_OF})+N({DUE_SOON_DAYS}))*(N({AS_OF})>0)"
        f"*(1-{has_status(statuses, 'completed')})"
    )


def nth_due_soon(statuses: Statuses, n: str) -> str:
    """Which row of 任务台账 is the *n*-th to fall due; earlier deadlines first."""
    ceiling = 1000 * 1000 * 1000
    order = f"{_deadline_array()}*{_ROW_LIMIT}+ROW({_CODES})"
    found = f"SUMPRODUCT(LARGE({due_soon(statuses)}*({ceiling}-({order})),{n}))"
    return f"MOD({ceiling}-{found},{_ROW_LIMIT})-{_header_row('任务台账', '任务编码')}"


def nth_row(table: str, key: str, condition: str, n: str) -> str:
    """Which row of *table* is the *n*-th that meets an array *condition* of ones and zeros."""
    ceiling = 1000 * 1000 * 10
    found = f"SUMPRODUCT(LARGE({condition}*({ceiling}-ROW({table}[{key}])),{n}))"
    return f"{ceiling}-{found}-{_header_row(table, key)}"


def deadline_of(code: str) -> str:
    """The deadline of the task whose code an expression gives."""
    return f"INDEX({DEADLINES}[截止日],MATCH({code},{DEADLINES}[任务编码],0))"


def _deadline_array() -> str:
    return f"SUMIF({DEADLINES}[任务编码],{_CODES},{DEADLINES}[截止日])"


def _header_row(table: str, key: str) -> str:
    return f"ROW({table}[[#Headers],[{key}]])"
