"""What the rules of the lights are about: facts of each task, formulas of the hidden table 亮灯计算.

They stand in columns of their own, so that each is computed once and the rules stay short. A task is found by its
code, wherever 任务台账 has been sorted to.
"""

from __future__ import annotations

from tjxl.resources import schema_toml
from tjxl.sheets.figures import (
    AS_OF,
    CURRENT_PERIOD,
    DEADLINES,
    MILESTONE_OUTCOMES,
    SCHEDULES,
    Statuses,
    count,
    nth_row,
    text,
)
from tjxl.sheets.layout import hidden_layout
from tjxl.sheets.schedule import expected_progress


def fact(name: str) -> str:
    """The cell of a fact in the formula's own row, by its name in `hidden.light_facts`."""
    layout = hidden_layout()["light_facts"]
    return f"{layout.title}[[#This Row],[{layout.column(name).title}]]"


def words() -> dict[str, str]:
    """The wording of reasons (`schemas/lights.toml`)."""
    return dict(schema_toml("lights.toml")["words"])


def filled_in(sentence: str, parts: dict[str, str]) -> str:
    """A sentence with `{part}` as the expression of a text: `"逾期"&12&"天"`."""
    pieces = []
    for n, piece in enumerate(sentence.replace("}", "{").split("{")):
        if piece:
            pieces.append(parts[piece] if n % 2 else text(piece))
    return "&".join(pieces)


def fact_formulas(statuses: Statuses, year: int) -> dict[str, str]:
    """Formula by column name of 亮灯计算, all but those of the rules themselves."""
    code, row, due, meaning = map(fact, ("task_code", "row", "due", "meaning"))
    goal = count((f"{DEADLINES}[任务编码]", code), (f"{DEADLINES}[目标]", text("complete")))
    reported, verified = (text(words()[name]) for name in ("reported", "verified"))
    own_word = f"{fact('said')}={reported}"
    period, percent = _of_task("数据期次"), _of_task("完成进度")
    other_period = f'AND({period}<>"",{period}<>{CURRENT_PERIOD})'
    return {
        "row": f"IFERROR(MATCH({code},任务台账[任务编码],0),0)",
        "said": f'IF({row}=0,"",IF({statuses.is_one(_of_task("核定状态"))},{verified},{reported}))',
        "status": f'IF({row}=0,"",IF({own_word},{_of_task("进展状态")},{_of_task("核定状态")})&"")',
        "meaning": _meaning(statuses),
        "open": f'IF(OR({meaning}="",{meaning}="completed"),0,1)',
        "stale": f'IF(OR({row}=0,{CURRENT_PERIOD}=""),0,'
        f'IF(AND({own_word},OR({fact("status")}="",{other_period})),1,0))',
        "complete": f"IF({goal}>0,1,0)",
        "due": f"SUMIF({DEADLINES}[任务编码],{code},{DEADLINES}[截止日])",
        "days": f'IF(OR({due}=0,N({AS_OF})=0),"",{due}-{AS_OF})',
        # Where the office has given its own word, the percent beside the unit's word no longer counts.
        "percent": f'IF({meaning}="not_started",0,IF({fact("open")}=0,"",'
        f'IF(AND({own_word},ISNUMBER({percent})),{percent},"")))',
        "expected": f'IF(OR({fact("days")}="",{fact("complete")}=0),"",{expected_progress(code, due, year)})',
        "gap": f"IF(AND(ISNUMBER({fact('percent')}),ISNUMBER({fact('expected')})),"
        f'ROUND(({fact("expected")}-{fact("percent")})*100,1),"")',
        "late_milestone": _first("节点", "节点编码", "完成情况", MILESTONE_OUTCOMES["overdue"]),
        "missed_target": _first("指标", "指标编码", "序时情况", SCHEDULES["missed"]),
        "slow_target": _first("指标", "指标编码", "序时情况", SCHEDULES["behind"]),
    }


def _first(table: str, key: str, column: str, state: str) -> str:
    """Which row of *table* is the task's first in this state; 0 where there is none."""
    code, said = fact("task_code"), text(state)
    number = count((f"{table}[任务编码]", code), (f"{table}[{column}]", said))
    found = nth_row(table, key, f"({table}[任务编码]={code})*({table}[{column}]={said})", "1")
    return f"IF({number}=0,0,{found})"


def reported_in() -> str:
    """What follows a reason that rests on an earlier period's report."""
    note = filled_in(words()["stale"], {"period": _of_task("数据期次")})
    return f'IF(AND({fact("stale")}=1,{fact("status")}<>""),{note},"")'


def _milestone_text() -> str:
    """The first of the task's milestones that are overdue."""
    scope = f"INDEX(节点[节点内容],{fact('late_milestone')})"
    return filled_in(words()["milestone"], {"text": _short(scope)})


def _target_text(name: str) -> str:
    """The target that the fact *name* points to, worded as `words` say."""
    said = words()

    def of(title: str) -> str:
        return f"INDEX(指标[{title}],{fact(name)})"

    aimed = filled_in(said["aimed"], {"target": f"{of('目标')}&{of('单位')}"})
    scheduled = filled_in(said["scheduled"], {"value": f"ROUND({of('序时应达值')},2)&{of('单位')}"})
    return filled_in(
        said[name],
        {
            "text": _short(of("指标")),
            "value": f"{of('本期完成值')}&{of('单位')}",
            "target": f"{of('目标')}&{of('单位')}",
            "aim": f"IF(ISNUMBER({of('序时应达值')}),{scheduled},{aimed})",
        },
    )


def _short(content: str) -> str:
    longest = int(words()["longest"])
    return f'IF(LEN({content})>{longest},LEFT({content},{longest - 1})&"…",{content})'


def _of_task(title: str) -> str:
    return f"INDEX(任务台账[{title}],{fact('row')})"


def _meaning(statuses: Statuses) -> str:
    """The meaning of the status; a status that is none of the settings' tells nothing but that work goes on."""
    status = fact("status")
    formula = f'IF({status}="","",{text("in_progress")})'
    for meaning, names in statuses.names.items():
        if meaning != "in_progress":
            said = [f"{status}={text(name)}" for name in names]
            formula = f"IF({_any(said)},{text(meaning)},{formula})"
    return formula


def _any(tests: list[str]) -> str:
    return tests[0] if len(tests) == 1 else f"OR({','.join(tests)})"


def fact_text(name: str) -> str:
    """What a rule or a reason of `schemas/lights.toml` names, as an expression.

    Raises:
        KeyError: it names no fact: a fault of that file.
    """
    match name:
        case "open" | "complete" | "stale":
            return f"{fact(name)}=1"
        case "judged":
            return f"ISNUMBER({fact('gap')})"
        case "dated":
            return f"ISNUMBER({fact('days')})"
        case "gap" | "days":  # blank where they are not known, and a text is more than any number
            return f"N({fact(name)})"
        case "overdue_days":
            return f"-{fact('days')}"
        case "percent_text" | "expected_text":
            return f'ROUND({fact(name.removesuffix("_text"))}*100,1)&"%"'
        case "late_milestone_text":
            return _milestone_text()
        case "missed_target_text" | "slow_target_text":
            return _target_text(name.removesuffix("_text"))
    return fact(name)
