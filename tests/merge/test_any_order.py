"""Returns in any order, in any grouping, sent again, corrected: the same master. Over random sets of returns.

1. Merged together or one after the other, in whatever order and groups, the generated cells are the same.
2. Merging again adds no row and changes no byte.
3. Of several returns of a unit for a period the newest counts: 填报日期, then the time of the file.
4. What the office types in between is there at the end.
5. The one exception: two different returns of one moment. Until the office has decided, the first that was merged
   stands; once it has decided, the order is forgotten.
6. A correction is a row of its own in the ledger; the corrected one stays.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import copy_of
from tests.decisions.conftest import Master
from tests.office import JUNE, MAY, Office, filled, generated
from tests.small import UNITS, small_project
from tjxl.intake.record import Noted
from tjxl.merge.plan import AcceptedReturn, AcceptedRow, AcceptedSheet, Present, plan_merge
from tjxl.ooxml.editor import BookEditor
from tjxl.settings import load_settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import TableRow

PERIODS = (MAY, JUNE)
OFFICE_WORDS = {
    "verified_status": "滞后",
    "leader_instructions": "请加快。",
    "office_opinion": "已约谈。",
    "remarks": "每周一问",
}


@dataclass(frozen=True)
class Sent:
    """A return as a unit sends it: the day it names, the minute of the file, what it says of the first row."""

    unit: str
    period: str
    day: int
    minute: int
    percent: int

    @property
    def moment(self) -> tuple[int, int]:
        return self.day, self.minute

    @property
    def place(self) -> tuple[str, str]:
        return self.period, self.unit


def sets_of_returns() -> st.SearchStrategy[list[Sent]]:
    """Several returns of some units for two periods, no two of one unit at one moment."""
    one = st.builds(
        Sent,
        unit=st.sampled_from(UNITS),
        period=st.sampled_from(PERIODS),
        day=st.integers(10, 14),
        minute=st.integers(0, 1),
        percent=st.integers(2, 99),
    )
    return st.lists(one, min_size=1, max_size=7, unique_by=lambda s: (s.place, s.moment))


@dataclass(frozen=True)
class Delivery:
    """A set of returns, and a way to merge it: groups in their order; some files come twice."""

    returns: tuple[Sent, ...]
    groups: tuple[tuple[Sent, ...], ...]


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    returns = draw(sets_of_returns())
    again = draw(st.lists(st.sampled_from(returns), max_size=2))
    order = draw(st.permutations([*returns, *again]))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=3)) | {len(order)})
    groups = [tuple(order[a:b]) for a, b in itertools.pairwise([0, *cuts])]
    return Delivery(tuple(returns), tuple(groups))


def newest(returns: Sequence[Sent]) -> dict[tuple[str, str], Sent]:
    """Period and unit → the return that counts."""
    return {s.place: s for s in sorted(returns, key=lambda s: s.moment)}


# ---- the plan: values in, values out


class Tables:
    """The master's tables as plain rows, changed by plans as `into_file` changes the sheets."""

    def __init__(self) -> None:
        self.tasks = [_row("tasks", n, task_code=f"T{n}", serial_no=n) for n in range(1, 4)]
        self.assignments = [
            _row("assignments", n, task_code=f"T{t}", unit_code=u, role="牵头" if u == UNITS[t - 1] else "配合")
            for n, (t, u) in enumerate(itertools.product(range(1, 4), UNITS))
        ]
        self.submissions = [
            _row("submissions", n, period=p, unit_code=u)
            for n, (p, u) in enumerate(itertools.product(PERIODS, UNITS))
        ]
        self.ledger: list[dict[str, Any]] = []

    def present(self) -> Present:
        counting = {(r["period"], r["task_code"], r["unit_code"]): r for r in self.ledger}
        return Present(
            tasks=self.tasks,
            assignments=self.assignments,
            promises={"milestones": (), "targets": ()},
            leads={f"T{n}": UNITS[n - 1] for n in range(1, 4)},
            due={f"T{n}": None for n in range(1, 4)},
            ledgers={
                "report": {key: _row("ledger", n, **r) for n, (key, r) in enumerate(counting.items())},
                "milestones": {},
                "targets": {},
            },
            submissions=self.submissions,
            asked=(),
            settings=load_settings(),
        )

    def merge(self, returns: Sequence[AcceptedReturn], batch: int) -> int:
        """Apply the plan; how many rows it added."""
        plan = plan_merge(returns, self.present(), Noted(), batch=batch, now=dt.datetime(2022, 6, 30))
        self.ledger += plan.ledgers["report"]
        for name, rows in plan.updates.items():
            for row in getattr(self, name):
                row.values.update(rows.get(row.number, {}))
        return len(plan.ledgers["report"])

    def generated(self) -> list[list[dict[str, Any]]]:
        return [[dict(r.values) for r in rows] for rows in (self.tasks, self.assignments)]


def _row(table: str, number: int, **values: Any) -> TableRow:
    return TableRow(number, {c.name: values.get(c.name) for c in master_layout()[table].columns})


def accepted(sent: Sent) -> AcceptedReturn:
    rows = [
        AcceptedRow(
            f"T{n}", f"T{n}", n, {"status": "正常推进", "percent_complete": (sent.percent * n % 97) / 100}, {}
        )
        for n in range(1, 4)
    ]
    return AcceptedReturn(
        file="a.xlsx",
        sha256=hashlib.sha256(repr(sent).encode()).hexdigest(),
        period=sent.period,
        unit_code=sent.unit,
        unit=sent.unit,
        reported_on=dt.date(2022, 6, sent.day),
        file_time=dt.datetime(2022, 6, sent.day, 10, sent.minute),
        head={},
        sheets={"report": AcceptedSheet("填报", tuple(rows))},
    )


@given(deliveries())
@settings(max_examples=150, deadline=None)
def test_plans_of_what_counts_give_the_same_tables_in_any_order(delivery: Delivery) -> None:
    counting = [accepted(s) for s in newest(delivery.returns).values()]
    together, apart = Tables(), Tables()
    together.merge(counting, 1)
    order = {s: n for n, s in enumerate(itertools.chain(*delivery.groups))}
    ordered = sorted(newest(delivery.returns).values(), key=lambda s: order[s])
    for batch, sent in enumerate(ordered, 1):
        apart.merge([accepted(sent)], batch)
    assert apart.generated() == together.generated()
    before = apart.generated()
    assert (apart.merge(counting, 99), apart.generated() == before) == (0, True)


@given(deliveries())
@settings(max_examples=150, deadline=None)
def test_a_plan_over_several_returns_of_a_unit_ends_with_the_newest(delivery: Delivery) -> None:
    """Intake leaves one of them; a plan that is given all of them must not depend on their digests."""
    all_of_them, only_newest = Tables(), Tables()
    all_of_them.merge([accepted(s) for s in delivery.groups[0] + delivery.returns], 1)
    only_newest.merge([accepted(s) for s in newest(delivery.returns).values()], 1)
    assert all_of_them.generated() == only_newest.generated()
    for row in all_of_them.submissions:
        counting = newest(delivery.returns).get((row["period"], row["unit_code"]))
        assert row["sha256"] == (accepted(counting).sha256 if counting else None)


# ---- from file to master


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The small project with the forms of two periods issued. Not to be written to."""
    return small_project(tmp_path_factory.mktemp("小项目") / "项目", *PERIODS)


Fresh = Callable[[], Office]


@pytest.fixture
def fresh(small: Office, tmp_path: Path) -> Fresh:
    """A project of one's own, each time another."""
    numbers = itertools.count(1)
    return lambda: copy_of(small, tmp_path / f"项目{next(numbers)}")


def content_of(office: Office, sent: Sent) -> bytes:
    return _content(office.form(sent.unit, sent.period), sent)


@cache
def _content(form: bytes, sent: Sent) -> bytes:
    month = int(sent.period[-2:])
    return filled(form, M4=dt.date(2022, month, sent.day), K7=sent.percent / 100)


def deliver(office: Office, group: Sequence[Sent], number: int) -> None:
    """Drop a group of files and merge each period that they speak of."""
    for period in PERIODS:
        for n, sent in enumerate(s for s in group if s.period == period):
            when = f"{sent.period}-{sent.day:02} 10:{sent.minute:02}"
            office.send(f"{number}/{n}-{sent.unit}.xlsx", content_of(office, sent), when)
        office.merge(period)


def type_into(office: Office, words: dict[str, Any]) -> None:
    """The office types into its columns of the first task; Excel computes what rests on them."""
    editor = BookEditor(Master(office.master).type("tasks", "T001", **words).content)
    refresh(editor)
    office.project.master.write_bytes(editor.save())


END_TO_END = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@given(delivery=deliveries())
@END_TO_END
def test_the_master_does_not_depend_on_order_and_grouping(fresh: Fresh, delivery: Delivery) -> None:
    together, apart = fresh(), fresh()
    deliver(together, delivery.returns, 0)
    type_into(together, OFFICE_WORDS)
    for number, group in enumerate(delivery.groups):
        deliver(apart, group, number)
        if number == 0:
            type_into(apart, OFFICE_WORDS)
    assert told(apart) == told(together)
    assert (apart.inbox(), together.inbox()) == ([], [])
    (first,) = apart.table("tasks", task_code="T001")
    assert {name: first[name] for name in OFFICE_WORDS} == OFFICE_WORDS

    counting = newest(delivery.returns)
    for (period, unit), sent in counting.items():
        (row,) = apart.table("submissions", period=period, unit=unit)
        assert row["reported_on"] == dt.date(2022, int(period[-2:]), sent.day)
        assert row["file_time"].minute == sent.minute
    for unit, task in zip(UNITS, ("T001", "T002", "T003"), strict=True):
        last = max((s for s in counting.values() if s.unit == unit), key=lambda s: s.period, default=None)
        (shown,) = apart.table("tasks", task_code=task)
        assert shown["percent_complete"] == (last.percent / 100 if last else None)

    before, rows = apart.master, len(apart.table("ledger"))
    deliver(apart, delivery.returns, 98)
    assert (apart.master == before, len(apart.table("ledger"))) == (True, rows)


def told(office: Office) -> dict[str, Any]:
    """The generated cells; under what name a return came is not told by the file names of these tests."""
    tables = generated(office)
    for row in tables["submissions"]:
        row.pop("file")
    return tables


def orders(returns: Sequence[Sent]) -> Iterator[tuple[Sent, ...]]:
    return itertools.permutations(returns)


def test_an_older_return_in_a_later_merge_does_not_win_and_adds_no_row(fresh: Fresh) -> None:
    older, newer = Sent(UNITS[0], MAY, 10, 0, 30), Sent(UNITS[0], MAY, 12, 0, 60)
    for order in orders([older, newer]):
        office = fresh()
        for number, sent in enumerate(order):
            deliver(office, [sent], number)
        (task,) = office.table("tasks", task_code="T001")
        assert task["percent_complete"] == 0.6
        rows = [r["percent_complete"] for r in office.table("ledger", task_code="T001")]
        assert rows == ([0.3, 0.6] if order[0] is older else [0.6])


def test_an_older_return_that_comes_twice_leaves_the_inbox_twice(fresh: Fresh) -> None:
    office = fresh()
    deliver(office, [Sent(UNITS[0], MAY, 12, 0, 60)], 0)
    older = Sent(UNITS[0], MAY, 10, 0, 30)
    deliver(office, [older, older, Sent(UNITS[0], MAY, 9, 0, 20)], 1)
    assert (office.inbox(), len(office.table("ledger", task_code="T001"))) == ([], 1)


def test_of_one_day_the_later_file_counts(fresh: Fresh) -> None:
    early, late = Sent(UNITS[0], MAY, 10, 0, 60), Sent(UNITS[0], MAY, 10, 1, 30)
    for order in orders([early, late]):
        office = fresh()
        for number, sent in enumerate(order):
            deliver(office, [sent], number)
        assert office.table("tasks", task_code="T001")[0]["percent_complete"] == 0.3


def test_a_correction_of_a_period_already_merged_is_a_row_of_its_own_beside_the_corrected_one(fresh: Fresh) -> None:
    """Also once the next period has been merged: the register goes on showing the latest period."""
    office = fresh()
    deliver(office, [Sent(UNITS[0], MAY, 10, 0, 30)], 0)
    deliver(office, [Sent(UNITS[0], JUNE, 10, 0, 50)], 1)
    corrected = dict(office.table("ledger", task_code="T001")[0])
    deliver(office, [Sent(UNITS[0], MAY, 14, 0, 35)], 2)
    rows = office.table("ledger", task_code="T001")
    assert [(r["period"], r["percent_complete"], r["batch"]) for r in rows] == [
        (MAY, 0.3, 1), (JUNE, 0.5, 2), (MAY, 0.35, 3),
    ]  # fmt: skip
    assert rows[0] == corrected
    assert len({r["sha256"] for r in rows}) == 3
    (task,) = office.table("tasks", task_code="T001")
    assert (task["period"], task["percent_complete"]) == (JUNE, 0.5)
    assert office.state.effective["report"][MAY, "T001", str(rows[0]["unit_code"])]["percent_complete"] == 0.35


def test_two_words_of_one_moment_are_a_question_and_the_answer_makes_the_order_forgotten(fresh: Fresh) -> None:
    """The one case in which the order shows, until the office has said which of them counts."""
    one, other = Sent(UNITS[0], MAY, 10, 0, 30), Sent(UNITS[0], MAY, 10, 0, 60)
    ends, shown = [], []
    for groups in ([[one, other]], [[one], [other]], [[other], [one]]):
        office = fresh()
        for number, group in enumerate(groups):
            deliver(office, group, number)
        shown.append(office.table("tasks", task_code="T001")[0]["percent_complete"])
        question = office.table("questions")[-1]
        assert question["question"].count("同一单位同一时刻的报送") == 1
        wanted = choice_of(office, question, content_of(office, other))
        answered = Master(office.master).answer(**{question["question_no"]: wanted})
        office.project.master.write_bytes(answered.content)
        office.merge(MAY)
        assert office.inbox() == []
        ends.append(told(office))
    assert shown == [None, 0.3, 0.6]
    assert ends[0] == ends[1] == ends[2]
    assert ends[0]["tasks"][0]["percent_complete"] == 0.6


def choice_of(office: Office, question: dict[str, Any], content: bytes) -> str:
    """The choice of a question that stands for a file."""
    sha256 = hashlib.sha256(content).hexdigest()
    values = json.loads(str(office.state.decided[str(question["question_no"])]["data"]))["values"]
    return next(choice for choice, (digest, _) in values.items() if digest == sha256)
