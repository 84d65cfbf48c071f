"""What the master of a rehearsed year is to say, worked out in plain Python from the record and the written rules.

Of tjxl nothing is asked but what the notice says (tasks, milestones, targets, who has which part). What units sent,
what the office typed and answered, and when, comes from 演练记录.json; the rules stand here once more: whose report
counts when, what is late, what is stuck since when, what is closed, who is to be reminded of what.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.office import Office
from tests.sheets.light_rules import Known, Reckoning, light
from tjxl.register import COMPARATOR_SIGNS, MEASURE_TITLES, Register, Target

DONE, BEHIND, ASKED, PROGRESS = "已完成", "滞后", "申请调整", "正常推进"
STATUSES = ("未启动", PROGRESS, BEHIND, DONE, ASKED)
LEVELS = (("提醒", 5), ("催办", 3), ("督办", 3), ("约谈", 2))
"""力度 of the rounds and the days that each gives."""
BETWEEN, SOON = 3, 30

Part = tuple[str, str, str]
"""Sheet of the form, row code, unit."""


def last_day(period: str) -> dt.date:
    year, month = (int(n) for n in period.split("-"))
    return dt.date(year, month, calendar.monthrange(year, month)[1])


def day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


@dataclass
class Said:
    """What a unit has last said of something: its values, and of which period its newest report is."""

    values: Mapping[str, Any]
    period: str


@dataclass
class Truth:
    """The year as it was played."""

    record: Mapping[str, Any]
    register: Register
    office: Office
    parts: list[tuple[str, str, str]] = field(default_factory=list)
    """Task, unit, role."""

    def __post_init__(self) -> None:
        rows = self.office.table("assignments")
        self.parts = [(r["task_code"], r["unit"], r["role"]) for r in rows]
        self.leads = {task: unit for task, unit, role in self.parts if role == "牵头"}
        self.codes = {u["unit_code"]: u["unit"] for u in self.office.table("units")}
        self.milestones = [
            (m["milestone_code"], m["task_code"], m["scope"], m["due"]) for m in self.office.table("milestones")
        ]
        self.targets = [_target(row) for row in self.office.table("targets")]
        self.periods = [p["period"] for p in self.record["periods"]]
        self.two_stages = self.record["two_stages"]
        self.end = len(self.record["steps"])
        self.accepted = [e for e in self.record["events"] if e["outcome"] == "accepted"]

    # ---- reports

    def units(self) -> dict[tuple[str, str | None, str], tuple[str, str | None, int]]:
        """(period, stage, unit) → 报送状态, 填报日期, 退回次数. The first right return decides what is late."""
        out = {}
        for period in self.record["periods"]:
            for stage in period["stages"]:
                sent: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
                for e in self.record["events"]:
                    if (e["period"], e["stage"]) == (period["period"], stage["stage"]):
                        sent[e["unit"]].append(e)
                for unit in stage["units"]:
                    place = (period["period"], stage["stage"], unit)
                    taken = [e["reported_on"] for e in sent[unit] if e["outcome"] == "accepted"]
                    back = sum(e["outcome"] == "returned" for e in sent[unit])
                    state = "已报" if taken else "退回" if back else "未报"
                    if taken and taken[0] > (self.extended().get(place) or stage["due_on"]):
                        state = "迟报"
                    out[place] = (state, taken[-1] if taken else None, back)
        return out

    def extended(self) -> dict[tuple[str, str | None, str], str]:
        """Another day that the office has granted."""
        return {
            (t["key"][0], t["key"][2], self.codes[t["key"][1]]): t["values"]["extended_to"]
            for t in self.record["typed"]
            if t["table"] == "submissions"
        }

    def said(self, *, step: int | None = None, period: str | None = None) -> dict[Part, Said]:
        """The latest of what each unit said, before a step or up to a period. A form that came back without a row
        filled in had it prefilled: what was said before is said again.
        """
        step = self.end if step is None else step
        newest: dict[tuple[str, str | None], str] = {}
        values: dict[Part, tuple[str | None, Mapping[str, Any]]] = {}
        for e in self.accepted:
            if e["step"] < step and (period is None or e["period"] <= period):
                place = (e["unit"], e["stage"])
                newest[place] = max(e["period"], newest.get(place, ""))
        for r in self.record["reports"]:
            if r["step"] < step and (period is None or r["period"] <= period):
                values[r["sheet"], r["code"], r["unit"]] = (r["stage"], r["values"])
        return {key: Said(said, newest[key[2], stage]) for key, (stage, said) in values.items()}

    # ---- the office

    def verified(self, *, step: int | None = None, period: str | None = None) -> dict[str, str]:
        """Task → 核定状态, before a step, or when the period after this one was issued."""
        out: dict[str, str | None] = {}
        for t in self.record["typed"]:
            in_time = t["step"] < (self.end if step is None else step)
            if t["table"] != "tasks" or not in_time:
                continue
            if period is None or self.record["steps"][t["step"]]["period"] <= period:
                out[t["key"][0]] = t["values"]["verified_status"]
        return {code: status for code, status in out.items() if status}

    def deadlines(self, step: int | None = None) -> dict[str, dt.date | None]:
        """Task → its deadline: of the adjustments agreed to, that of the newest question holds."""
        out = {task.code: task.deadline for task in self.register.tasks}
        answers = [a for a in self.record["answers"] if a["step"] < (self.end if step is None else step)]
        for answer in sorted(answers, key=lambda a: (len(a["question_no"]), a["question_no"])):
            kind, *about = answer["key"].split(":")
            if kind == "adjustment" and answer["answer"] == "同意" and self.leads[about[2]] == self.codes[about[1]]:
                out[about[2]] = day(about[3])
        return out

    def waiting(self, step: int) -> set[str]:
        """Tasks of which a request for adjustment is not answered at a step."""
        answered = {
            (about[0], self.codes[about[1]], about[2])
            for a in self.record["answers"]
            if a["step"] < step and a["key"].startswith("adjustment:")
            for about in [a["key"].split(":")[1:]]
        }
        asked = {
            (r["period"], r["unit"], r["code"])
            for r in self.record["reports"]
            if r["sheet"] == "report" and r["step"] < step and r["values"].get("status") == ASKED
        }
        return {code for _, _, code in asked - answered}

    # ---- totals and lights

    def known(self, period: str | None = None) -> dict[str, Known]:
        """Task → what is known of it: at the end, or with the reports up to a period and its 核定状态."""
        said, verified, due = self.said(period=period), self.verified(period=period), self.deadlines()
        out = {}
        for task in self.register.tasks:
            lead = self.leads[task.code]
            own = said.get(("report", task.code, lead))
            nothing = Said({}, "")
            milestones = [
                (scope, by, said.get(("milestones", code, lead), nothing).values.get("done") == "是")
                for code, of, scope, by in self.milestones
                if of == task.code
            ]
            targets = [
                (t, values.get("current_value"), day(values.get("data_date")))
                for t in self.targets
                if t.task_code == task.code
                for values in [said.get(("targets", t.code, lead), nothing).values]
            ]
            out[task.code] = Known(
                replace(task, deadline=due[task.code]),
                own.values["status"] if own else None,
                verified.get(task.code),
                own.values.get("percent_complete") if own else None,
                own.period if own else None,
                milestones,
                targets,
            )
        return out

    def lights(self, period: str | None = None) -> dict[str, tuple[str, str]]:
        """Task → 亮灯 and 亮灯依据."""
        code = period or self.periods[-1]
        at = Reckoning(last_day(code), code)
        return {task: light(known, at) for task, known in self.known(period).items()}

    def figures(self, period: str) -> dict[str, int]:
        """A line of 期次统计."""
        known = self.known(None if period == self.periods[-1] else period)
        statuses = Counter(k.verified or k.status or "尚无报送" for k in known.values())
        lights = Counter(colour for colour, _ in self.lights(None if period == self.periods[-1] else period).values())
        sent = Counter(state for (p, _, _), (state, _, _) in self.units().items() if p == period)
        names = ("not_started", "in_progress", "behind", "completed", "adjustment_requested")
        return {
            "total": len(known),
            **{name: statuses[status] for name, status in zip(names, STATUSES, strict=True)},
            "no_report": statuses["尚无报送"],
            **{n: lights[c] for n, c in (("red", "红"), ("yellow", "黄"), ("blue", "蓝"), ("green", "绿"))},
            "expected": sent.total(),
            "reported": sent["已报"] + sent["迟报"],
            "late": sent["迟报"],
            "missing": sent["未报"] + sent["退回"],
        }

    # ---- problems, closings, findings

    def problems(self, places: Mapping[str, tuple[str, str, str]]) -> set[tuple[Any, ...]]:
        """Task, unit, first and last period, number of reports, days, state of every problem.

        Args:
            places: number of a problem → task, unit and first period: what the office has closed by its number.
        """
        closed = {
            (*places[t["key"][0]], self.record["steps"][t["step"]]["period"]): day(t["values"]["solved_on"])
            for t in self.record["typed"]
            if t["table"] == "problems"
        }
        text = {
            (r["period"], r["code"], r["unit"]): r["values"].get("problems")
            for r in self.record["reports"]
            if r["sheet"] == "report"
        }
        told: dict[tuple[str, str], str] = {}
        chains: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
        for period in self.periods:
            for task, unit, role in self.parts:
                if not self._reported(period, unit, role):
                    continue
                told[task, unit] = period
                own = chains[task, unit]
                going = own and own[-1]["going"] and not own[-1]["closed"]
                if own and not text.get((period, task, unit)):
                    own[-1]["going"] = False
                elif text.get((period, task, unit)) and going:
                    own[-1] |= {"last": period, "reports": own[-1]["reports"] + 1}
                elif text.get((period, task, unit)):
                    own.append({"first": period, "last": period, "reports": 1, "going": True, "closed": None})
            for (task, unit), own in chains.items():
                for chain in own:
                    chain["closed"] = closed.get((task, unit, chain["first"], period), chain["closed"])
        return {
            (task, unit, c["first"], c["last"], c["reports"], self._age(c), _state(c, told[task, unit]))
            for (task, unit), own in chains.items()
            for c in own
        }

    def _reported(self, period: str, unit: str, role: str) -> bool:
        stage = role if self.two_stages else None
        return any((e["period"], e["stage"], e["unit"]) == (period, stage, unit) for e in self.accepted)

    def _age(self, chain: Mapping[str, Any]) -> int:
        until = chain["closed"] or last_day(self.periods[-1])
        return max(0, (until - last_day(chain["first"])).days)

    def closings(self) -> dict[str, tuple[str | None, str]]:
        """Task → 申请期次 and 状态 of its row of 销号."""
        verified, typed = self.verified(), {}
        for t in self.record["typed"]:
            if t["table"] == "closings":
                typed[t["key"][0]] = t["values"]
        out = {}
        for task, lead in self.leads.items():
            since, status = None, None
            for period in self.periods:
                if not self._reported(period, lead, "牵头"):
                    continue
                new = [
                    r["values"].get("status")
                    for r in self.record["reports"]
                    if (r["period"], r["sheet"], r["code"], r["unit"]) == (period, "report", task, lead)
                ]
                status = new[-1] if new else status
                since = (since or period) if status == DONE else None
            if since is not None or task in typed:
                out[task] = (since, self._closing_state(since, typed.get(task), verified.get(task)))
        return out

    @staticmethod
    def _closing_state(since: str | None, typed: Mapping[str, Any] | None, verified: str | None) -> str:
        if since is None:
            return "已撤回"
        on = day(typed["closing_date"]) if typed else None
        if on is not None and on < dt.date.fromisoformat(f"{since}-01"):
            return "待核查"  # asked anew
        back = typed is not None and typed["closing_opinion"] != "同意销号"
        if back or (verified is not None and verified != DONE):
            return "退回办理"
        return "待核查" if typed is None else "已销号"

    def conclusions(self) -> Counter[tuple[str, str, str | None, str, str, str]]:
        """Period, task, target, unit, matter and 结论 of every finding."""
        return Counter(
            (f["period"], f["task"], f["target"] or None, f["unit"], f["matter"], "一致" if f["agrees"] else "不一致")
            for f in self.record["findings"]
        )

    # ---- reminders

    def reminders(self) -> dict[tuple[dt.date, str, str, int, str], set[str]]:
        """(day, unit, matter, round, level) → tasks and milestones, of all remindings of the year."""
        open_rounds: dict[tuple[str, str, str], tuple[int, dt.date]] = {}
        out: dict[tuple[dt.date, str, str, int, str], set[str]] = {}
        for occasion in self.record["reminded"]:
            today = dt.date.fromisoformat(occasion["today"])
            standing, due_now = self._standing(occasion, today)
            open_rounds = {key: value for key, value in open_rounds.items() if key in standing}
            for unit, matter, item in due_now:
                before = open_rounds.get((unit, matter, item))
                number = 1
                if before is not None:
                    number = before[0] + 1
                    answer_by = before[1] + dt.timedelta(LEVELS[min(before[0], len(LEVELS)) - 1][1])
                    if matter == "临近时限" or (today - before[1]).days < BETWEEN or answer_by >= today:
                        continue
                open_rounds[unit, matter, item] = (number, today)
                level = LEVELS[min(number, len(LEVELS)) - 1][0]
                own = out.setdefault((today, unit, matter, number, level), set())
                if not item.startswith("2022-"):
                    own.add(item)
        return out

    def _standing(
        self, occasion: Mapping[str, Any], today: dt.date
    ) -> tuple[set[tuple[str, str, str]], list[tuple[str, str, str]]]:
        """What stands against whom (unit, matter, task or report), and what of it is to be reminded of now."""
        holds: set[tuple[str, str, str]] = set()
        now: list[tuple[str, str, str]] = []
        for unit, matter, item, is_now in (*self._reports(occasion, today), *self._tasks(occasion["step"], today)):
            holds.add((unit, matter, item))
            if is_now:
                now.append((unit, matter, item))
        return holds, now

    def _reports(self, occasion: Mapping[str, Any], today: dt.date) -> Iterator[tuple[str, str, str, bool]]:
        step = occasion["step"]
        issued = {(s["period"], s["stage"]) for s in self.record["steps"][:step] if s["step"] == "下发"}
        sent: dict[tuple[str, str | None, str], set[str]] = defaultdict(set)
        for e in self.record["events"]:
            if e["step"] < step:
                sent[e["period"], e["stage"], e["unit"]].add(e["outcome"])
        for period in self.record["periods"]:
            for stage in period["stages"]:
                if (period["period"], stage["stage"]) not in issued:
                    continue
                for unit in stage["units"]:
                    place = (period["period"], stage["stage"], unit)
                    if "accepted" in sent[place]:
                        continue
                    current, ending = (
                        period["period"] == occasion["period"],
                        f"（{stage['stage']}）" if stage["stage"] else "",
                    )
                    item = "·".join(filter(None, place[:2]))
                    if "returned" in sent[place]:
                        yield unit, f"退回未重报{ending}", item, current
                    else:
                        due = dt.date.fromisoformat(self.extended().get(place) or stage["due_on"])
                        yield unit, f"未报送{ending}", item, current and due < today

    def _tasks(self, step: int, today: dt.date) -> Iterator[tuple[str, str, str, bool]]:
        said, verified, due, waiting = (
            self.said(step=step), self.verified(step=step), self.deadlines(step), self.waiting(step)
        )  # fmt: skip
        soon = today + dt.timedelta(SOON)
        open_tasks = set()
        for task, unit in self.leads.items():
            own = said.get(("report", task, unit))
            status = verified.get(task) or (own.values["status"] if own else None)
            if status == DONE:
                continue
            open_tasks.add(task)
            by = due[task]
            matters = [("逾期未完成", by is not None and by < today, True), ("进展滞后", status == BEHIND, True)]
            matters.append(("临近时限", by is not None, by is not None and today <= by <= soon))
            held = status == ASKED and task in waiting
            first = next((m for m, holds, is_due in matters if holds and is_due and not held), None)
            for matter, holds, _ in matters:
                if holds:
                    yield unit, matter, task, matter == first
        for code, task, _, by in self.milestones:
            unit = self.leads[task]
            done = said[key].values.get("done") if (key := ("milestones", code, unit)) in said else None
            if by is not None and done != "是" and task in open_tasks:
                yield unit, "临近时限", code, today <= by <= soon
                if by < today:
                    yield unit, "节点逾期", code, True


def _state(chain: Mapping[str, Any], told: str) -> str:
    if chain["closed"]:
        return "已办结"
    return "单位未再提及，请核实" if told > chain["last"] else "未解决"


def _target(row: Mapping[str, Any]) -> Target:
    """What the register says of a target."""
    signs = {sign: name for name, sign in COMPARATOR_SIGNS.items()}
    kind = str(row["measure"])
    measure = next(name for name, title in MEASURE_TITLES.items() if kind.startswith(title))
    return Target(
        row["target_code"],
        row["task_code"],
        row["subject"],
        signs[row["comparator"]],
        row["target_value"],
        row["upper"],
        row["measured_in"] or "",
        measure,
        "lower" if "越低越好" in kind else "higher",
        row["due"],
        "",
    )
