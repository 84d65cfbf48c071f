"""The milestones (节点) that a 完成时限 states: parts or steps of a task with a day of their own. Pure.

Practice behind the rules (words in `schemas/notice.toml`, expressions in deadlines.tsv):

* one clause, one milestone, its scope as printed: 「京唐高铁、京滨高铁宝坻至北辰段年底前建成通车」 shares one
  verb and one day, and whoever reports on it does so in one sentence;
* what follows 「其中」 is a part; so is a clause that names its part before the day (「A片区年底完工」);
* steps of the whole task are milestones where the cell gives several (「第一季度：…；第二季度：…」) or where the
  verb is not completion (「5月底前动工」, 「9月投入使用」): 开工 is not 建成;
* the day of the whole task (「年底前完成」) is no milestone, and a reporting rhythm (「每月25日前」) neither.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from tjxl.findings import Finding, finding
from tjxl.notice.dates import DatePhrase, Seasons, find_dates
from tjxl.notice.deadlines import is_lead_in
from tjxl.notice.words import Folded, fold_in_place, notice_data, quote
from tjxl.register import Milestone, MilestoneKind, Question, Task, milestone_code

_SENTENCE = re.compile(r"[。\n]")
_PIECE = re.compile(r"[^,]+")
_SPAN = re.compile(r"[至到~—–-]{1,2}")  # 「3月至10月」 is one time, not two
_READY = r"具备[^,;]{0,20}条件"
_MARKS = ",、:;"
_LONGEST = 5000  # characters; a deadline cell is a sentence or two
_LEAD_IN_LENGTH = 8  # characters before a day that a clause begins with: 「力争在」
_SCOPE_LENGTH = 300  # characters; a longer part is no part that one could report on


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of a folded sentence. `part`: it stands after 「其中」."""

    sentence: Folded
    start: int
    end: int
    dates: tuple[DatePhrase, ...]
    part: bool

    @property
    def text(self) -> str:
        return self.sentence.text[self.start : self.end]

    @property
    def before(self) -> str:
        """What stands before the day."""
        return self.sentence.text[self.start : self.dates[0].start] if self.dates else self.text

    @property
    def after(self) -> str:
        """What stands after the day."""
        return self.sentence.text[self.dates[-1].end : self.end].lstrip(_MARKS) if self.dates else ""

    @property
    def printed(self) -> str:
        return self.sentence.print(self.start, self.end)

    @property
    def date(self) -> dt.date | None:
        """The day; None where there is none, or several that are no span of time."""
        for one, next_one in zip(self.dates, self.dates[1:], strict=False):
            if not _SPAN.fullmatch(self.sentence.text[one.end : next_one.start]):
                return None
        return self.dates[-1].date if self.dates else None

    @property
    def leading(self) -> bool:
        """Whether the day comes first, so that no part is named."""
        return bool(self.dates) and is_lead_in(self.before)


def read_milestones(task: Task, year: int, seasons: Seasons) -> list[Milestone]:
    """The milestones of a task's deadline text, in printed order.

    `due` is None where a part has no day that can be read; `needs_confirmation` where there is none, or where it is
    a custom (主汛期).
    """
    out: list[Milestone] = []
    for clause in _own_days(list(_clauses(task.deadline_text[:_LONGEST], year, seasons))):
        scope, kind = _scope_and_kind(clause)
        due = clause.date
        confirm = due is None or any(phrase.by_custom for phrase in clause.dates)
        code = milestone_code(task.code, len(out) + 1)
        out.append(Milestone(code, task.code, scope, due, kind, clause.printed, confirm))
    return out


def ask_about_milestones(task: Task, milestones: list[Milestone]) -> tuple[list[Question], list[Finding]]:
    """What the office is asked or told about a task's milestones.

    A question's key is `milestone-due:<code>`; the proposed day is its choice, the only `data` is the day's ISO form.
    Findings: N140 no day, N141 a day by custom, N142 the only day given is that of a beginning.
    """
    questions: list[Question] = []
    findings: list[Finding] = []
    for milestone in milestones:
        if not milestone.needs_confirmation:
            continue
        due = milestone.due.isoformat() if milestone.due else None
        asked = _about(task, "N141" if due else "N140", milestone)
        findings.append(asked)
        choices = (due,) if due else ()
        questions.append(
            Question(asked.message, choices, task.code, key=f"milestone-due:{milestone.code}", data={"due": due})
        )
    only = milestones[0] if len(milestones) == 1 else None
    if only and _only_begins(task, only):
        findings.append(_about(task, "N142", only))
    return questions, findings


def _only_begins(task: Task, milestone: Milestone) -> bool:
    """「5月底前动工」 as the whole deadline of more than a beginning: when that is to be completed is not said."""
    if _kind(task.text) == "start":
        return False
    whole = milestone.scope == notice_data("milestones")["whole_scope"]
    return whole and milestone.kind == "start" and milestone.due == task.deadline and task.goal == "complete"


def _about(task: Task, code: str, milestone: Milestone) -> Finding:
    return finding(
        code,
        field="deadline",
        task=task.code,
        value=quote(milestone.text),
        serial_no=task.serial_no,
        due=milestone.due,
    )


# ---- cutting the text into clauses -----------------------------------------------------------------------------


def _clauses(text: str, year: int, seasons: Seasons) -> Iterator[_Clause]:
    marks = notice_data("deadlines")["part_marks"]
    for printed in _SENTENCE.split(text):
        sentence = fold_in_place(printed)
        dates = find_dates(sentence.text, year, seasons)
        starts = [date.start for date in dates]
        cuts = sorted(m.span() for mark in marks for m in re.finditer(re.escape(mark), sentence.text))
        start, part = 0, False
        for cut, resume in [*cuts, (len(sentence.text), len(sentence.text))]:
            for clause in re.finditer("[^;]+", sentence.text[start:cut]):
                for a, b in _steps(clause, start, starts):
                    held = dates[bisect_left(starts, a) : bisect_left(starts, b)]
                    yield _Clause(sentence, a, b, tuple(held), part)
            start, part = resume, True


def _steps(clause: re.Match[str], offset: int, starts: list[int]) -> Iterator[tuple[int, int]]:
    """A clause cut at the commas between its days: 「6月底前完成方案，12月底前建成」, 「A，1月底前建成，B，3月底前」.

    Where the first step begins with its day, every step does; else every step ends with its day.
    """
    at = offset + clause.start()
    pieces = [(at + m.start(), at + m.end()) for m in _PIECE.finditer(clause[0])]
    if not pieces:
        return
    dated = [i for i, (a, b) in enumerate(pieces) if bisect_left(starts, a) < bisect_left(starts, b)]
    day_first = bool(dated) and dated[0] == 0 and starts[bisect_left(starts, pieces[0][0])] - at <= _LEAD_IN_LENGTH
    ends = [i - 1 for i in dated[1:]] if day_first else dated[:-1]
    begin = 0
    for end in [*ends, len(pieces) - 1]:
        yield pieces[begin][0], pieces[end][1]
        begin = end + 1


# ---- which clauses have a day of their own ---------------------------------------------------------------------


def _own_days(clauses: list[_Clause]) -> list[_Clause]:
    """The clauses that are milestones: parts, steps, and what is no completion of the whole."""
    recurring = notice_data("deadlines")["recurring_words"]
    spoken = [c for c in clauses if c.text.strip(_MARKS) and not any(word in c.text for word in recurring)]
    steps = {c.date for c in spoken if not c.part and c.leading and not _is_goal(c)}
    named = any(not c.part and c.dates and not c.leading for c in spoken)
    return [c for c in spoken if _has_own_day(c, staged=len(steps) > 1, named=named)]


def _has_own_day(clause: _Clause, *, staged: bool, named: bool) -> bool:
    """`staged`: the text gives several steps of the whole. `named`: it gives a day to a part that it names."""
    if clause.part:
        return True
    if not clause.dates:
        return named and not _is_goal(clause)
    if not clause.leading:
        return True
    if _is_goal(clause):
        return False
    scope, kind = _scope_and_kind(clause)
    whole = notice_data("milestones")
    return staged or scope != whole["whole_scope"] or kind not in whole["whole_kinds"]


def _is_goal(clause: _Clause) -> bool:
    """「年底前取得明显进展」, 「持续推进」: the goal of the whole task."""
    words = notice_data("deadlines")
    rest = clause.after if clause.dates else clause.text
    if any(word in rest for word in words["progress_words"]):
        return True
    done = any(word in rest for word in words["complete_words"])
    return not done and any(word in rest for word in words["continuing_words"])


# ---- what a clause says ----------------------------------------------------------------------------------------


def _scope_and_kind(clause: _Clause) -> tuple[str, MilestoneKind]:
    """The part without its day and verb, and what is due."""
    kind = _kind(clause.after if clause.dates else clause.text) or _kind(clause.text) or "complete"
    if not clause.dates:
        return clause.printed[:_SCOPE_LENGTH], kind
    before = "" if clause.leading else _lead_ins().sub("", clause.before.strip(_MARKS), count=1)
    start = clause.start + clause.text.find(before) if before else clause.start
    named = clause.sentence.print(start, start + len(before))
    rest = _object(clause)
    scope = (named + rest)[:_SCOPE_LENGTH]
    return scope or notice_data("milestones")["whole_scope"], kind


def _object(clause: _Clause) -> str:
    """What stands after day and verb: 「建设方案」 of 「6月底前完成建设方案」; empty where it names no part."""
    after = clause.after
    verb = _verbs().match(after)
    at = verb.end() if verb and "," not in after[verb.end() :] else 0
    rest = after[at:]
    if rest.startswith(tuple(_MARKS)) or not _plain().sub("", rest).strip(_MARKS):
        return ""
    if verb and after[verb.end() : verb.end() + 1] in _MARKS:
        return ""  # 「完成，并持续推进」
    return clause.sentence.print(clause.end - len(rest), clause.end)


def _kind(text: str) -> MilestoneKind | None:
    kinds = notice_data("milestones")["kind"]
    return next((entry["kind"] for entry in kinds if any(word in text for word in entry["words"])), None)


@cache
def _verbs() -> re.Pattern[str]:
    """The verbs and set words that a clause may begin with after its day."""
    data = notice_data("milestones")
    verbs = [word for entry in data["kind"] if entry["kind"] != "plan" for word in entry["words"]]
    return re.compile(rf"(?:{_READY}|{_any([*verbs, *data['adverbs']])}){{0,8}}")


@cache
def _plain() -> re.Pattern[str]:
    return re.compile(_any(notice_data("milestones")["plain_words"]))


@cache
def _lead_ins() -> re.Pattern[str]:
    return re.compile(rf"^(?:{_any(notice_data('milestones')['scope_lead_ins'])})")


def _any(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
