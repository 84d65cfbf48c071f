"""The texts of the appraisal's formulas (考核任务, 考核明细, 考核), each a step that a leader can follow back.

    weight(重要程度, 落实难度) × share(牵头, 配合) × result, summed for each unit; then minus late, missing and
    returned reports, minus what 核查 found to differ, plus early and over-fulfilled tasks; 领导评价 and 调整分; cap
    and floor.

How units with many tasks compare with units of few: 「平均」 takes the weighted mean of the results, so that 47
cooperating tasks and one lead task stand on one scale, times 负荷系数, which is lower for who carries little
(某校「定档定级定系数」: 得分＝Σ赋分×K÷任务数; 南京: 承担越多分值越高). 「累加」 adds points task by task
(县督查室考核办法: 起评80、封顶100). Sources of all numbers: `schemas/defaults.toml`, from the shared practice notes.

A task counts for every unit by what its lead reported or the office verified: the work is done or it is not;
核定结果 makes an exception for one unit. All functions are Excel 2010's; text in a parameter cell counts as 0.
"""

from __future__ import annotations

from collections.abc import Mapping

from tjxl.register import COMPARATOR_SIGNS, DIRECTION_TITLES, ROLE_TITLES
from tjxl.resources import layout_toml
from tjxl.sheets.figures import AS_OF, ATTAINMENTS, DEADLINES, Statuses, lead_unit, text
from tjxl.sheets.layout import conclusion_words, state_titles
from tjxl.sheets.score_settings import GRADES, OUTCOMES, SITUATIONS, WEIGHTS, choice_name, grade_label, number, word

_COMPLETE = text("complete")
_LEAD, _COOPERATING = text(ROLE_TITLES["lead"]), text(ROLE_TITLES["cooperating"])


def situations() -> Mapping[str, str]:
    """What may become of a task (考核任务[完成情形]), by the key of its result."""
    titles: Mapping[str, str] = layout_toml("scoring.toml")["results"]
    return titles


def words() -> Mapping[str, str]:
    """不参评, / and 是."""
    said: Mapping[str, str] = layout_toml("scoring.toml")["words"]
    return said


def _own(table: str, title: str) -> str:
    return f"{table}[[#This Row],[{title}]]"


def _among(cell: str, names: tuple[str, ...]) -> str:
    return f"OR({','.join(f'{cell}={text(name)}' for name in names)})"


# ---- 考核任务


def task_formulas(statuses: Statuses) -> dict[str, str]:
    """The calculated columns of 考核任务."""
    early, over = (f"IF({_own('考核任务', t)}={text(words()['yes'])},{number(k)},0)"
                   for t, k in (("提前", "early"), ("超额", "over")))  # fmt: skip
    return {
        "lead_unit": lead_unit("考核任务"),
        "weight": _weight(),
        "status": _status(statuses),
        "deadline": _deadline(),
        "completed_on": _completed_on(statuses),
        "targets_missed": f"COUNTIFS(指标[任务编码],{_own('考核任务', '任务编码')},"
        f"指标[达标情况],{text(ATTAINMENTS['not_met'])})",
        "situation": _situation(statuses),
        "result": _result(),
        "early": _early(),
        "over": _over(),
        "bonus": f"MAX({early},{over})",
    }


def _in_tasks(column: str) -> str:
    return f"INDEX(任务台账[{column}],MATCH({_own('考核任务', '任务编码')},任务台账[任务编码],0))"


def _in_deadlines(column: str) -> str:
    return f"INDEX({DEADLINES}[{column}],MATCH({_own('考核任务', '任务编码')},{DEADLINES}[任务编码],0))"


def _weight() -> str:
    """A blank grade is the default one; where there is one that is none, both are."""
    default = word("default_grade")
    own = [f'IF({c}="",{default},{c})' for c in (_own("考核任务", "重要程度"), _own("考核任务", "落实难度"))]

    def weight(importance: str, difficulty: str) -> str:
        before, between, after = grade_label("\n", "\n").split("\n")
        label = f"{text(before)}&{importance}&{text(between)}&{difficulty}" + (f"&{text(after)}" if after else "")
        return f"N(INDEX({WEIGHTS},MATCH({label},{GRADES},0)))"

    found = f"IFERROR({weight(*own)},{weight(default, default)})"
    return f'IF({_own("考核任务", "任务编码")}="","",{found})'


def _status(statuses: Statuses) -> str:
    verified, reported = _in_tasks("核定状态"), _in_tasks("进展状态")
    return f'IFERROR(IF({statuses.is_one(verified)},{verified},{reported}&""),"")'


def _deadline() -> str:
    day = _in_deadlines("截止日")
    return f'IFERROR(IF({day}="","",{day}),"")'


def _completed_on(statuses: Statuses) -> str:
    """The day reported, where the report itself says completed: with 核定状态 alone it is the day expected once."""
    done, day = statuses.names["completed"], _in_tasks("预计（实际）完成日期")
    reported = _among(_in_tasks("进展状态"), done)
    found = f'IFERROR(IF(AND({reported},ISNUMBER({day})),{day},""),"")'
    return f'IF({_among(_own("考核任务", "状态"), done)},{found},"")'


def _situation(statuses: Statuses) -> str:
    """What became of the task by 统计截止日.

    A task to be completed that is still open at the end of its last day is overdue; one of which only progress is
    asked (「取得明显进展」) is not before the day after.
    """
    said = {key: text(title) for key, title in situations().items()}
    code, status, deadline, day, missed = (
        _own("考核任务", t) for t in ("任务编码", "状态", "截止日", "完成日期", "未达标指标数")
    )
    late = f"AND(ISNUMBER({day}),ISNUMBER({deadline}),{day}>{deadline})"
    done = f"IF({missed}>0,{said['target_missed']},IF({late},{said['done_late']},{said['on_time']}))"
    # a blank deadline is a text, which is greater than any number
    on_the_day = f"IF({deadline}=N({AS_OF}),{_in_deadlines('目标')}={_COMPLETE},FALSE)"
    open_task = text(words()["no_data"])
    for meaning in ("in_progress", "not_started", "adjustment_requested", "behind"):
        names = statuses.names[meaning]
        open_task = f"IF({_among(status, names)},{said[meaning]},{open_task})"
    open_task = f"IF(OR({deadline}<N({AS_OF}),{on_the_day}),{said['overdue']},{open_task})"
    reported = f"IF({_among(status, statuses.names['completed'])},{done},{open_task})"
    return (
        f'IF({code}="","",IF(N({AS_OF})=0,{text(words()["no_data"])},IF({status}="",{said["no_report"]},{reported})))'
    )


def _result() -> str:
    """From the list of results; a label that somebody has changed there shows as an error, never as no data."""
    said, nothing = _own("考核任务", "完成情形"), text(words()["no_data"])
    found = f"N(INDEX({OUTCOMES},MATCH({said},{SITUATIONS},0)))"
    return f'IF({_own("考核任务", "任务编码")}="","",IF({said}={nothing},{nothing},{found}))'


def _early() -> str:
    day, deadline = (_own("考核任务", t) for t in ("完成日期", "截止日"))
    timely = f"AND({_on_time()},ISNUMBER({day}),ISNUMBER({deadline}))"
    early = f"{day}<=EDATE({deadline},-{number('early_months')})"
    return f'IF({timely},IF({early},{text(words()["yes"])},""),"")'


def _on_time() -> str:
    return f"{_own('考核任务', '完成情形')}={text(situations()['on_time'])}"


def _over() -> str:
    """Whether a target is better than promised by 超额幅度.

    「左右」 and 「等于」 cannot be, nor a promise of 0 or less. A range is exceeded from its far end.
    Products of decimals are rounded: 35×1.1 is 38.5.
    """
    value, aim, upper, sign, kind = (f"指标[{t}]" for t in ("本期完成值", "目标值", "上限", "比较", "类型"))
    signs = {name: f"({sign}={text(title)})" for name, title in COMPARATOR_SIGNS.items()}
    less = f"ISNUMBER(FIND({text(DIRECTION_TITLES['lower'])},{kind}))"
    more, fewer = f"(1+{number('over_share')})", f"(1-{number('over_share')})"
    high = f"(({signs['>=']}+{signs['>']})*({value}>=ROUND({aim}*{more},9)))"
    low = f"(({signs['<=']}+{signs['<']}+{signs['range']}*{less})*({value}<=ROUND({aim}*{fewer},9)))"
    beyond = f"({signs['range']}*(1-{less})*({value}>=ROUND({upper}*{more},9)))"
    code = _own("考核任务", "任务编码")
    found = f"SUMPRODUCT((指标[任务编码]={code})*ISNUMBER({value})*({aim}>0)*({high}+{low}+{beyond}))"
    met = f"COUNTIFS(指标[任务编码],{code},指标[达标情况],{text(ATTAINMENTS['met'])})"  # few tasks have targets
    return f'IF({_on_time()},IF({met}>0,IF({found}>0,{text(words()["yes"])},""),""),"")'


# ---- 考核明细


def item_formulas() -> dict[str, str]:
    """The calculated columns of 考核明细."""
    role, result = _own("考核明细", "职责"), _own("考核明细", "完成结果")
    verified = _own("考核明细", "核定结果")
    share = f"IF({role}={_LEAD},{number('lead_share')},IF({role}={_COOPERATING},{number('cooperating_share')},0))"
    bonus_share = f"IF({role}={_LEAD},1,{number('cooperating_bonus')})"
    weighted = f"{_own('考核明细', '权重')}*{_own('考核明细', '分摊比例')}"
    nothing = text(words()["no_data"])
    uncounted = f'OR({role}="",{result}={nothing})'
    return {
        "weight": _of_task("权重"),
        "share": share,
        "standard": f"IF({uncounted},0,{weighted})",
        "situation": _of_task("完成情形"),
        "result": f"IF(ISNUMBER({verified}),{verified},{_of_task('完成结果')})",
        "earned": f"IF({uncounted},{nothing},{_own('考核明细', '标准分')}*{result})",
        "bonus": f'IF(OR({role}="",ISNUMBER({verified})),0,{_of_task("加分")}*{bonus_share})',
    }


def _of_task(column: str) -> str:
    code = _own("考核明细", "任务编码")
    return f'IF({code}="","",INDEX(考核任务[{column}],MATCH({code},考核任务[任务编码],0)))'


# ---- 考核


def unit_formulas() -> dict[str, str]:
    """The calculated columns of 考核."""
    own = {
        t: _own("考核", t)
        for t in ("标准分合计", "得分合计", "完成率", "负荷系数", "任务得分", "迟报次数", "未报次数", "退回次数",
                  "报送扣分", "核查不一致", "核查扣分", "加分", "总分", "类别")
    }  # fmt: skip
    nothing, states = text(words()["no_data"]), state_titles()
    score = own["任务得分"]
    summed = f"{number('base_score')}+{number('task_points')}*{own['得分合计']}"
    mean = f"{number('full_score')}*{own['负荷系数']}*{own['完成率']}"
    penalties = "+".join(
        f"{own[t]}*{number(k)}" for t, k in (("迟报次数", "late"), ("未报次数", "missing"), ("退回次数", "returned"))
    )
    better = f'COUNTIFS(考核[类别],{own["类别"]},考核[总分],">"&{own["总分"]})'
    return {
        "kind": _kind(),
        "lead_tasks": f"COUNTIFS({_items()},考核明细[职责],{_LEAD})",
        "cooperating_tasks": f"COUNTIFS({_items()},考核明细[职责],{_COOPERATING})",
        "standard": f"SUMIFS(考核明细[标准分],{_items()})",
        "earned": f"SUMIFS(考核明细[得分],{_items()})",
        "completion": f"IF({own['标准分合计']}>0,ROUND({own['得分合计']}/{own['标准分合计']},6),{nothing})",
        "load_factor": _load_factor(own["标准分合计"]),
        "task_score": f"IF({own['完成率']}={nothing},{nothing},"
        f"ROUND(IF({word('mode')}={text(choice_name('score_mode', 'sum'))},{summed},{mean}),4))",
        "late_times": _reports(states["late"]),
        "missing_times": f"{_reports(states['missing'])}+{_reports(states['returned'])}",
        "returned_times": f"SUMIFS(报送情况[退回次数],报送情况[单位编码],{_own('考核', '单位编码')})",
        "reporting_penalty": f"MIN({number('reporting_most')},{penalties})",
        "differing": _differing(),
        "verification_penalty": f"{own['核查不一致']}*{number('differs')}",
        "bonus": f"MIN({number('bonus_most')},SUMIFS(考核明细[加分],{_items()}))",
        "computed": f"IF({score}={nothing},{nothing},"
        f"ROUND({score}-{own['报送扣分']}-{own['核查扣分']}+{own['加分']},4))",
        "total": _total(),
        "rank": f"IF(ISTEXT({own['总分']}),{own['总分']},RANK({own['总分']},考核[总分]))",
        "rank_in_kind": f"IF(ISTEXT({own['总分']}),{own['总分']},{better}+1)",
    }


def _kind() -> str:
    return f'IFERROR(INDEX(责任单位[类别],MATCH({_own("考核", "单位编码")},责任单位[单位编码],0)),"")'


def _items() -> str:
    return f"考核明细[单位编码],{_own('考核', '单位编码')}"


def _load_factor(load: str) -> str:
    """负荷系数 by what the unit carries against the mean of the units that carry anything."""
    mean = 'SUM(考核[标准分合计])/COUNTIF(考核[标准分合计],">0")'

    def reaches(key: str) -> str:
        return f"ROUND({load}-{number(key)}*{mean},6)>=0"

    low = f"IF({reaches('load_middle_from')},{number('load_middle')},{number('load_light')})"
    return f"IF({load}>0,IF({reaches('load_full_from')},{number('load_full')},{low}),{text(words()['no_data'])})"


def _reports(state: str) -> str:
    return f"COUNTIFS(报送情况[单位编码],{_own('考核', '单位编码')},报送情况[报送状态],{text(state)})"


def _differing() -> str:
    """Findings of 核查 that count. Those with a blank 是否计分 are what is left: LibreOffice loses rows to a ""."""
    found = f"COUNTIFS(核查[单位编码],{_own('考核', '单位编码')},核查[结论],{text(conclusion_words()['differs'])}"
    yes, no = (text(choice_name("counted", meaning)) for meaning in ("yes", "no"))
    unmarked = f"{word('differs_unmarked')}={text(choice_name('score_switch', 'yes'))}"
    return f"IF({unmarked},{found})-{found},核查[是否计分],{no}),{found},核查[是否计分],{yes}))"


def _total() -> str:
    code, score, leader, adjustment = (_own("考核", t) for t in ("单位编码", "计算得分", "领导评价", "调整分"))
    share = number("leader_share")
    blended = f"IF(ISNUMBER({leader}),{score}*(1-{share})+{leader}*{share},{score})"
    held = f"MIN({number('highest')},MAX({number('lowest')},{blended}+N({adjustment})))"
    none = f"{_own('考核', '牵头任务数')}+{_own('考核', '配合任务数')}=0"
    return (
        f'IF({code}="","",IF({none},{text(words()["not_scored"])},'
        f"IF({score}={text(words()['no_data'])},{text(words()['no_data'])},ROUND({held},2))))"
    )
