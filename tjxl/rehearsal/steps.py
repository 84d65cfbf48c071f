"""The course of a year: what the office does with the commands, and what units do with their forms.

`BEFORE` begins a period, `STAGE` is played for each of its stages, `CLOSE` ends it; `AFTER` follows the last period.
Another step of the office's work takes its place there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from tjxl import flows
from tjxl.rehearsal.desk import answer_questions, close_and_verify, grant_extensions
from tjxl.rehearsal.ending import appraise, check_master, make_bulletin, take_snapshot
from tjxl.rehearsal.inspections import take_findings
from tjxl.rehearsal.reminding import remind_after_due, remind_again
from tjxl.rehearsal.year import Event, Outcome, Step, Turn, Year, conducts_of
from tjxl.resources import layout_toml
from tjxl.simulate import Sending, send


def issue_forms(play: Year, turn: Turn) -> str:
    """Forms go out; what each unit is going to do is settled."""
    issued = flows.issue(play.project, turn.period.code, stage=turn.named)["issued"]
    play.conducts = conducts_of(play, turn)
    return f"填报表 {len(issued)} 份"


def first_returns(play: Year, turn: Turn) -> str:
    """What units send before the first collection."""
    sendings = [Sending(c.unit, float(c.faulty), c.first) for c in play.conducts if c.first is not None]
    return _sent(play, turn, sendings)


def mended_returns(play: Year, turn: Turn) -> str:
    """What went back comes again before the due date is over."""
    taken = _taken(play, turn)
    waiting = [c for c in play.conducts if c.mended is not None and c.unit not in taken]
    return _sent(play, turn, [Sending(c.unit, 0.0, c.mended) for c in waiting])


def last_returns(play: Year, turn: Turn) -> str:
    """Late returns and corrections."""
    taken = _taken(play, turn)
    sendings = [
        Sending(c.unit, 0.0, c.last, amended=c.unit in taken)
        for c in play.conducts
        if (c.corrects if c.unit in taken else not c.missing)
    ]
    return _sent(play, turn, sendings)


def _taken(play: Year, turn: Turn) -> set[str]:
    return {e.sent.unit for e in play.sent_in(turn) if e.outcome == "accepted"}


def _sent(play: Year, turn: Turn, sendings: Sequence[Sending]) -> str:
    outcomes = layout_toml("simulate.toml")["outcomes"]
    corrections = {s.unit for s in sendings if s.amended}
    faulty = Counter[str]()
    for sent in send(play.project, turn.period.code, play.seed, sendings, stage=turn.named):
        outcome: Outcome = "accepted"
        if sent.fault is not None:
            outcome = next((o for o, faults in outcomes.items() if sent.fault in faults), "returned")
            faulty[outcome] += 1
        correction = sent.unit in corrections
        play.events.append(Event(turn.period.code, turn.stage, len(play.steps), correction, outcome, sent))
    said = f"{len(sendings)} 份"
    return f"{said}，有差错 {faulty.total()} 份" if faulty else said


def collect_returns(play: Year, turn: Turn) -> str:
    """Returns get their verdicts; what is sent back is cleared from 收件."""
    result = flows.collect(play.project, period_code=turn.period.code)
    play.returns = result["returns"]
    back = [r["file"] for r in play.returns if r["verdict"] == "returned"]
    for file in back:
        (play.project.inbox / file).unlink(missing_ok=True)
    return f"收到 {len(play.returns)} 份，退回 {len(back)} 份，尚无有效报送 {len(result['missing'])} 个单位"


def merge_returns(play: Year, turn: Turn) -> str:
    """Accepted returns go into the master."""
    result = flows.merge(play.project, turn.period.code)
    play.rows[turn.period.code] = play.rows.get(turn.period.code, 0) + result["rows"]
    return f"合并 {len(result['merged'])} 份，入账 {result['rows']} 行，变动 {len(result['changes'])} 处"


BEFORE = (Step("裁决", answer_questions),)
STAGE = (
    Step("下发", issue_forms),
    Step("同意延期", grant_extensions),
    Step("各单位填报", first_returns),
    Step("收集校验", collect_returns),
    Step("改正后重报", mended_returns),
    Step("合并", merge_returns),
    Step("催办", remind_after_due),
    Step("补报、更正", last_returns),
    Step("再次收集校验", collect_returns),
    Step("再次合并", merge_returns),
)
CLOSE = (
    Step("核查", take_findings),
    Step("核定、销号、办结", close_and_verify),
    Step("再次催办", remind_again),
)
AFTER = (
    Step("年末裁决", answer_questions),
    Step("照办", merge_returns),
    Step("考核", appraise),
    Step("通报", make_bulletin),
    Step("快照", take_snapshot),
    Step("核对总台账", check_master),
)
