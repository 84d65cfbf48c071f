"""问题清单, 销号 and 核查 as `tjxl init` builds them: empty, with the formulas that follow what the office types.

The formulas read their own row and small tables only, so that a year of rows costs a merge little.
"""

from __future__ import annotations

from tjxl.fields.spec import Choice, Spec
from tjxl.register import Register
from tjxl.settings import Settings
from tjxl.sheets.figures import AS_OF, text
from tjxl.sheets.layout import closing_states, conclusion_words, problem_states
from tjxl.sheets.model import Sheet
from tjxl.sheets.tables import table_sheet


def problem_sheet(register: Register, settings: Settings) -> Sheet:
    """问题清单: rows come with the merges; 天数 and 状态 are formulas."""
    formulas = {"age_days": _age_days(settings), "state": problem_state()}
    return table_sheet("problems", [{}], register.year, settings, formulas)


def closing_sheet(register: Register, settings: Settings, office: Spec) -> Sheet:
    """销号: rows come with the merges; 核查情况 and 状态 are formulas."""
    formulas = {"verified": verified_words(), "state": closing_state(settings, office)}
    return table_sheet("closings", [{}], register.year, settings, formulas)


def verification_sheet(register: Register, settings: Settings) -> Sheet:
    """核查: rows come with `tjxl verify`."""
    return table_sheet("verification", [{}], register.year, settings)


def _own(table: str, *titles: str) -> tuple[str, ...]:
    return tuple(f"{table}[[#This Row],[{title}]]" for title in titles)


def _typed_in(cell: str) -> str:
    """Whether a cell holds more than white space, U+3000 included."""
    return f'LEN(TRIM(SUBSTITUTE({cell},"\u3000","")))>0'


def _day(cell: str) -> str:
    """The day in a cell, as a number: a date, or one pasted as text (2022-09-30); 0 for anything else."""
    pasted = f"IFERROR(DATE(LEFT({cell},4),MID({cell},6,2),MID({cell},9,2)),0)"
    return f"IF(ISNUMBER({cell}),{cell},{pasted})"


def problem_state() -> str:
    """状态 of a problem: closed by date and reason together; never closed because the unit says no more of it."""
    number, last, told, day, reason = _own("问题清单", "问题编号", "最近期次", "单位已报至", "办结日期", "办结原因")
    said = {name: text(word) for name, word in problem_states().items()}
    return (
        f'IF({number}="","",IF({last}="",{said["withdrawn"]},'
        f"IF(AND({_day(day)}>0,{_typed_in(reason)}),{said['solved']},"
        f"IF({told}>{last},{said['not_mentioned']},{said['open']}))))"
    )


def _age_days(settings: Settings) -> str:
    """天数: from the last day of the period of the first report to 统计截止日, of a solved problem to 办结日期."""
    first, day, reason = _own("问题清单", "首报期次", "办结日期", "办结原因")
    since = f"DATE(LEFT({first},4),{_last_month(first, settings)}+1,0)"
    until = f"IF(AND({_day(day)}>0,{_typed_in(reason)}),{_day(day)},N({AS_OF}))"
    return f'IF({first}="","",MAX(0,{until}-{since}))'


def _last_month(code: str, settings: Settings) -> str:
    """The last month of a period: 6 of 2022-06 and of 2022-Q2."""
    return f"MID({code},6,2)" if settings.cadence == "monthly" else f"MID({code},7,1)*3"


def _first_day(code: str, settings: Settings) -> str:
    month = _last_month(code, settings) + ("" if settings.cadence == "monthly" else "-2")
    return f"DATE(LEFT({code},4),{month},1)"


def verified_words() -> str:
    """核查情况 of a closure: what 核查 holds about the task, its targets and milestones."""
    (code,) = _own("销号", "任务编码")
    words = conclusion_words()

    def found(name: str) -> str:
        return f"COUNTIFS(核查[任务编码],{code},核查[结论],{text(words[name])})"

    return (
        f'IF({code}="","",IF({found("differs")}>0,{text(words["differs"])}&{found("differs")}&"项",'
        f"IF({found('agrees')}>0,{text(words['agrees'])},"
        f'IF(COUNTIFS(核查[任务编码],{code})>0,{text(words["not_comparable"])},"未核查"))))'
    )


def closing_state(settings: Settings, office: Spec) -> str:
    """状态 of a closure: closed only where request, verification and the office's word are there.

    Word and verification belong to the request they were given on: where 销号日期 lies before the first day of the
    period of the request, the lead has asked anew and is verified anew. Without verification none is closed
    (西咸：现场抽查合格予以销号, practice.md); a waiver needs its reason in 销号依据. A task that 核定状态 puts
    down as anything but completed is not closed, whatever else is said.
    """
    titles = ("任务编码", "申请期次", "核查结论", "销号意见", "销号日期", "销号依据")
    code, asked, result, word, day, basis = _own("销号", *titles)
    said = {name: text(title) for name, title in closing_states().items()}
    results = _names(office.field("verification_result").choices)
    words = _names(office.field("closing_opinion").choices)
    verified = f"INDEX(任务台账[核定状态],MATCH({code},任务台账[任务编码],0))"
    others = [f"{verified}={text(s.name)}" for s in settings.statuses if s.meaning != "completed"]
    kept = f"IFERROR(NOT(OR({','.join(others)})),TRUE)"
    anew = f"AND({_day(day)}>0,{_day(day)}<{_first_day(asked, settings)})"
    passed = f"OR({result}={results['passed']},AND({result}={results['exempt']},{_typed_in(basis)}))"
    back = f"OR({result}={results['failed']},{word}={words['sent_back']},NOT({kept}))"
    return (
        f'IF({code}="","",IF({asked}="",{said["lapsed"]},IF({anew},{said["to_verify"]},'
        f"IF({back},{said['sent_back']},IF(NOT({passed}),{said['to_verify']},"
        f"IF(AND({word}={words['agreed']},{_day(day)}>0),{said['closed']},{said['to_close']}))))))"
    )


def _names(choices: tuple[Choice, ...]) -> dict[str, str]:
    return {str(choice.meaning): text(choice.name) for choice in choices}
