"""Facts in words: every figure and list that a template may name, as text."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from tjxl.settings import BulletinSettings
from tjxl.sheets.figures import LIGHTS
from tjxl.supervise.bulletin.facts import (
    BLUE,
    UNREPORTED,
    BulletinFacts,
    Counts,
    Disagreement,
    MilestoneLine,
    Problem,
    TaskLine,
    ThemeFacts,
)
from tjxl.supervise.bulletin.template import Vocabulary

STATUS_WORDS = {
    "completed": "已完成",
    "in_progress": "正常推进",
    "behind": "滞后",
    "adjustment_requested": "申请调整",
    "not_started": "未启动",
    UNREPORTED: "尚无报送",
}
"""What the template calls each meaning of a status, whatever the project's statuses are called."""
LIGHT_WORDS = {LIGHTS["red"]: "红灯", LIGHTS["yellow"]: "黄灯", BLUE: "蓝灯", LIGHTS["green"]: "绿灯"}

_CLAUSE = re.compile(r"[，。；,;]")
_NUMBERED = re.compile(r"^[一二三四五六七八九十百]+、")
_INNER_QUOTES = str.maketrans("“”", "‘’")
_ENDS = "。；;，,、 "
_NONE = "—"

T = TypeVar("T")
Item = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Issue:
    """What an office decides of a bulletin: number and date, and `[bulletin]` of its settings."""

    number: int
    date: dt.date
    settings: BulletinSettings


def day_text(day: dt.date) -> str:
    """7.3.5.4: Arabic figures, no leading zeros."""
    return f"{day.year}年{day.month}月{day.day}日"


def share(part: int, whole: int) -> str:
    """A share in per cent, with one decimal where it has one."""
    return f"{part / whole * 100:.1f}".removesuffix(".0") + "%" if whole else "0%"


def brief(text: str, most: int) -> str:
    """The beginning of a task's text: whole clauses within a number of characters, at least the first.

    Quotation marks become inner ones, because the whole stands in quotation marks.
    """
    text = text.strip().rstrip(_ENDS).translate(_INNER_QUOTES)
    if len(text) <= most:
        return text
    ends = [m.start() for m in _CLAUSE.finditer(text) if _balanced(text[: m.start()])]
    within = [end for end in ends if end <= most]
    end = within[-1] if within else ends[0] if ends else len(text)
    return text[:end]


def _balanced(text: str) -> bool:
    return all(text.count(a) == text.count(b) for a, b in ("‘’", "（）", "《》"))


def bare(text: str | None) -> str:
    """A unit's text as part of a sentence: in one line, without its last full stop."""
    return " ".join((text or "").split()).rstrip(_ENDS)


def span(facts: BulletinFacts) -> str:
    """2022年1—6月, from the year's beginning to the period's end; 2022年 at its end."""
    period = facts.period
    if period.last_month == 12:
        return f"{period.year}年"
    return f"{period.year}年1月" if period.last_month == 1 else f"{period.year}年1—{period.last_month}月"


def figures_in_words(facts: BulletinFacts, issue: Issue) -> dict[str, str]:
    """The figures by the names that a template uses."""
    reporting, following = facts.reporting, facts.next
    told = {
        "年": str(facts.period.year),
        "时段": span(facts),
        "期次": facts.period.title,
        "统计截止日": day_text(facts.period.last_day),
        "期号": str(issue.number),
        "成文日期": day_text(issue.date),
        "发文单位": issue.settings.issuer,
        "主送单位": issue.settings.recipients,
        "任务总数": str(facts.counts.total),
        "分类数": str(len(facts.themes)),
        "上期": facts.period.previous.title if facts.previous else "",
        "下期": following.title if following else "",
        "下期截止日": day_text(following.last_day) if following else "",
        "核查数": str(facts.verified),
    }
    for meaning, word in STATUS_WORDS.items():
        told |= _counted(word, "数", meaning, facts, lambda c: c.by_meaning)
    for light, word in LIGHT_WORDS.items():
        told |= _counted(word, "数", light, facts, lambda c: c.by_light)
    for word, units in (
        ("应报单位", reporting.due),
        ("按时报送单位", reporting.on_time),
        ("迟报单位", reporting.late),
        ("未报单位", reporting.missing),
        ("退回单位", reporting.returned),
    ):
        told |= {word: "、".join(units), f"{word}数": str(len(units))}
    told["重点问题余数"] = str(max(0, len(_pressing(facts, issue)) - issue.settings.most_problems))
    told["问题持续期数"] = str(issue.settings.open_periods)
    told["按时报送率"] = share(len(reporting.on_time), len(reporting.due))
    for name, rows in _lists(facts, issue).items():
        told[f"{name}数"] = str(len(rows))
    return told


def _counted(
    word: str, suffix: str, key: str, facts: BulletinFacts, by: Callable[[Counts], Mapping[str, int]]
) -> dict[str, str]:
    now = by(facts.counts)[key]
    out = {f"{word}{suffix}": str(now), f"{word}占比": share(now, facts.counts.total), f"{word}较上期": ""}
    if facts.previous is not None:
        more = now - by(facts.previous)[key]
        out[f"{word}较上期"] = f"增加{more}项" if more > 0 else f"减少{-more}项" if more < 0 else "持平"
    return out


def lists_in_words(facts: BulletinFacts, issue: Issue) -> dict[str, list[Item]]:
    """The lists by the names that a template uses; every entry has a 编号 from 1."""
    return {
        name: [{"编号": str(n), **row} for n, row in enumerate(rows, 1)]
        for name, rows in _lists(facts, issue).items()
    }


def _lists(facts: BulletinFacts, issue: Issue) -> dict[str, list[Item]]:
    most = issue.settings.task_words

    def tasks(rows: Iterable[TaskLine]) -> list[Item]:
        return [_task(t, most) for t in rows]

    red = facts.with_light(LIGHTS["red"])
    behind = facts.with_meaning("behind")
    return {
        "滞后任务": tasks(behind),
        "红灯任务": tasks(red),
        "黄灯任务": tasks(facts.with_light(LIGHTS["yellow"])),
        "其他红灯任务": tasks(t for t in red if t.meaning != "behind"),
        "申请调整任务": tasks(facts.with_meaning("adjustment_requested")),
        "未启动任务": tasks(facts.with_meaning("not_started")),
        "尚无报送任务": tasks(facts.with_meaning(UNREPORTED)),
        "已完成任务": tasks(facts.with_meaning("completed")),
        "全部任务": tasks(facts.tasks),
        "分类情况": [_theme(theme) for theme in facts.themes],
        "逾期节点": [_milestone(m) for m in facts.overdue_milestones],
        "梗阻问题": [_problem(p, most) for p in facts.problems],
        "其他梗阻问题": [_problem(p, most) for p in facts.other_problems],
        "重点问题": [_problem(p, most) for p in _pressing(facts, issue)[: issue.settings.most_problems]],
        "核查不一致": [_disagreement(d) for d in facts.disagreements],
        "下期到期任务": tasks(facts.due_tasks),
        "下期到期节点": [_milestone(m) for m in facts.due_milestones],
    }


def _pressing(facts: BulletinFacts, issue: Issue) -> list[Problem]:
    """Problems to be named: those open longest; where nobody counts periods (no 问题清单) all not said so far."""
    least = issue.settings.open_periods
    named = [p for p in facts.other_problems if p.periods is None or p.periods >= least]
    return sorted(named, key=lambda p: -(p.periods or 0))


def _task(task: TaskLine, most: int) -> Item:
    return {
        "序号": _cell(task.serial_no),
        "主要任务": _theme_name(task.theme),
        "重点工作": task.task,
        "任务简称": brief(task.task, most),
        "牵头单位": task.lead_unit or "牵头单位未定",
        "进展状态": task.status or STATUS_WORDS[UNREPORTED],
        "完成进度": _percent(task.percent),
        "亮灯": task.light or _NONE,
        "亮灯依据": bare(task.light_reason),
        "存在问题": bare(task.problems),
        "下一步措施": bare(task.next_steps),
        "预计完成日期": _date(task.expected),
        "完成时限": bare(task.deadline_text),
        "截止日": _date(task.deadline),
    }


def _theme(theme: ThemeFacts) -> Item:
    counts = theme.counts
    name = _theme_name(theme.theme)
    return {
        "主要任务": name,
        "主要任务简称": _CLAUSE.split(name)[0],
        "任务数": str(counts.total),
        **{word: str(counts.by_meaning[meaning]) for meaning, word in STATUS_WORDS.items()},
        **{word: str(counts.by_light[light]) for light, word in LIGHT_WORDS.items()},
        "完成率": share(counts.by_meaning["completed"], counts.total),
    }


def _milestone(line: MilestoneLine) -> Item:
    return {
        "序号": _cell(line.serial_no),
        "节点内容": bare(line.scope).translate(_INNER_QUOTES),
        "时限": day_text(line.due),
        "牵头单位": line.lead_unit or "牵头单位未定",
        "说明": bare(line.explanation),
    }


def _problem(line: Problem, most: int) -> Item:
    return {
        "序号": _cell(line.serial_no),
        "任务简称": brief(line.task, most),
        "单位": line.unit,
        "存在问题": bare(line.problem),
        "持续期数": str(line.periods or ""),
    }


def _disagreement(line: Disagreement) -> Item:
    return {
        "序号": _cell(line.serial_no),
        "来源": line.source,
        "单位": line.unit,
        "核查事项": bare(line.matter),
        "填报情况": bare(line.reported),
        "核查情况": bare(line.found),
    }


def _theme_name(theme: str) -> str:
    return _NUMBERED.sub("", theme)


def _percent(value: Any) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value * 100:.1f}".removesuffix(".0") + "%"
    return _NONE if value is None else str(value)


def _date(value: Any) -> str:
    return day_text(value) if isinstance(value, dt.date) else "" if value is None else str(value)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


CHARTS = ("进展状态", "分类进展", "分类亮灯")


def vocabulary() -> Vocabulary:
    """All names a template may use, told by an empty bulletin and one entry of each list."""
    from tjxl.periods import parse_period
    from tjxl.supervise.bulletin.facts import Reporting, counts_of

    task = TaskLine("", 1, "", "", "", None, UNREPORTED, None, None, None, None, None, None, None, "")
    stone = MilestoneLine(1, "", dt.date(2022, 1, 31), "", None)
    period = parse_period("2022-01")
    empty = BulletinFacts(
        period,
        parse_period("2022-02"),
        counts_of([task]),
        None,
        Reporting((), (), (), (), ()),
        (task,),
        (ThemeFacts("", counts_of([task])),),
        (stone,),
        (stone,),
        (Problem(1, "", "", "", None),),
        0,
        (Disagreement(1, "", "", "", "", ""),),
    )
    issue = Issue(1, dt.date(2022, 1, 31), BulletinSettings("", "", "", 1, 1, 1))
    lists: Mapping[str, Sequence[Item]] = lists_in_words(empty, issue)
    of_tasks = tuple(lists["全部任务"][0])  # lists of tasks are those that may be empty here
    known = {name: tuple(rows[0]) if rows else of_tasks for name, rows in lists.items()}
    return Vocabulary(tuple(figures_in_words(empty, issue)), known, CHARTS)


def truth(figures: Mapping[str, str], lists: Mapping[str, Sequence[Item]]) -> dict[str, bool]:
    """What is there: a list with an entry, a figure that is neither empty nor nought."""
    there = {name: text not in ("", "0", "0%") for name, text in figures.items()}
    return there | {name: bool(rows) for name, rows in lists.items()}
