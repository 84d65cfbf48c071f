"""问题清单: what units report as stuck, from the ledgers.

1. A row per task, unit and problem; 「无」 is no problem; how long it has been open, counted in reports.
2. What changes its wording is the same problem; what comes back after a report without it is another.
3. A problem that the unit says no more of stays open and says so.
4. Closing needs a date and a reason; what is reported after it is a new problem, with a number of its own.
5. Identical texts are pointed out: in the period before, at other tasks and units.
6. Undo takes rows back that nobody has written in; the others stay as 已撤回; merging again gives the same numbers.
7. Over random reports the chains are those of a plain model; in any order of merging the list is the same.
8. A rebuild finds and mends what was typed over the list.
9. Masters of earlier versions have no such lists: everything else goes on, and it is said.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import copy_of
from tests.office import JUNE, MAY, Office, opened, saved
from tests.supervise.offices import BEHIND, DONE, reported, send, shown, type_into
from tjxl import recovery
from tjxl.errors import ProjectError
from tjxl.merge.problem_chains import chains_of, repetitions
from tjxl.settings import load_settings
from tjxl.supervise.verification.run import verify

JULY = "2022-07"
LAND = "征地补偿协议尚有三户未签订，影响开工。"
MONEY = "区级配套资金没有到位，施工力量不足。"
LISTED = ("problem_no", "task_code", "unit", "first_period", "last_period", "periods_open", "state")


def behind(text: str, **more: Any) -> dict[str, Any]:
    return BEHIND | {"M7": text} | more


# 1, 2, 3


def test_a_problem_is_followed_from_report_to_report(small: Office) -> None:
    reported(small, "市甲局", **behind(LAND), M8="无。")
    assert shown(small, "problems", *LISTED) == [("P001", "T001", "市甲局", MAY, MAY, 1, "未解决")]
    reported(small, "市甲局", JUNE, **behind("征地补偿协议还有一户没有签订，其余已开工。"))
    (row,) = small.table("problems")
    assert [row[n] for n in LISTED] == ["P001", "T001", "市甲局", MAY, JUNE, 2, "未解决"]
    assert (row["serial_no"], row["role"], row["problems"]) == (
        1,
        "牵头",
        "征地补偿协议还有一户没有签订，其余已开工。",
    )
    assert (row["task"], row["next_steps"]) == ("办好第一件实事，完善配套措施。", BEHIND["N7"])
    assert row["age_days"] == (dt.date(2022, 7, 31) - dt.date(2022, 5, 31)).days  # 统计截止日 is that of 2022-07
    reported(small, "市甲局", JULY)
    assert shown(small, "problems", *LISTED, "reported_to") == [
        ("P001", "T001", "市甲局", MAY, JUNE, 2, "单位未再提及，请核实", JULY)
    ]


def test_a_period_without_a_report_does_not_end_a_problem_and_one_without_the_problem_does(small: Office) -> None:
    reported(small, "市甲局", **behind(LAND))
    reported(small, "市丙局", **behind(MONEY))
    reported(small, "市丙局", JUNE)
    reported(small, "市甲局", JULY, **behind(LAND))
    reported(small, "市丙局", JULY, **behind(MONEY))
    assert shown(small, "problems", *LISTED) == [
        ("P001", "T001", "市甲局", MAY, JULY, 2, "未解决"),
        ("P002", "T003", "市丙局", MAY, MAY, 1, "单位未再提及，请核实"),
        ("P003", "T003", "市丙局", JULY, JULY, 1, "未解决"),
    ]


# 4


def test_closing_needs_a_reason_and_a_later_report_is_a_new_problem(small: Office) -> None:
    reported(small, "市甲局", **behind(LAND))
    type_into(small, "problems", "P001", solved_on="2022-06-10")  # pasted as text
    result = reported(small, "市乙局")
    (said,) = [f for d in result["decisions"] for f in d["findings"]]
    assert (said["code"], said["sheet"], said["cell"]) == ("Q102", "问题清单", "S3")
    assert small.table("problems")[0]["state"] == "未解决"
    type_into(small, "problems", "P001", solved_reason="三户已签约。")
    reported(small, "市甲局", JUNE, **behind(MONEY))
    assert shown(small, "problems", *LISTED, "age_days", "solved_at_period") == [
        ("P001", "T001", "市甲局", MAY, MAY, 1, "已办结", 10, MAY),
        ("P002", "T001", "市甲局", JUNE, JUNE, 1, "未解决", 31, None),
    ]
    reported(small, "市甲局", JULY, **behind(MONEY))
    assert shown(small, "problems", *LISTED)[1] == ("P002", "T001", "市甲局", JUNE, JULY, 2, "未解决")
    # the closing is taken back: it was one problem all along
    type_into(small, "problems", "P001", solved_on=None, solved_reason=None)
    small.merge()
    assert shown(small, "problems", *LISTED) == [("P001", "T001", "市甲局", MAY, JULY, 3, "未解决")]


# 5


def test_texts_that_are_copied_are_pointed_out(small: Office) -> None:
    reported(small, "市甲局", **behind(LAND), M8=LAND)
    reported(small, "市丙局", **behind(" " + LAND))
    assert shown(small, "problems", "task_code", "unit", "repeated") == [
        ("T001", "市甲局", "与T002、T003市丙局相同"),
        ("T002", "市甲局", "与T001、T003市丙局相同"),
        ("T003", "市丙局", "与T001市甲局、T002市甲局相同"),
    ]
    reported(small, "市丙局", JUNE, **behind(LAND))
    assert [r["repeated"] for r in small.table("problems", unit="市丙局")] == ["与上期相同"]
    assert [r["repeated"] for r in small.table("problems", unit="市甲局")] == ["与T002相同", "与T001相同"]


# 6


def test_undo_keeps_what_the_office_wrote_in_and_numbers_are_given_once(small: Office) -> None:
    reported(small, "市甲局", **behind(LAND))
    send(small, "市丙局", **behind(MONEY))
    send(small, "市乙局", **behind(MONEY))
    small.merge(MAY)
    before = shown(small, "problems", *LISTED)
    assert [p[0] for p in before] == ["P001", "P002", "P003"]
    type_into(small, "problems", "P003", responsible_person="王处长")
    undone = recovery.undo(small.project)
    assert shown(small, "problems", *LISTED) == [
        ("P001", "T001", "市甲局", MAY, MAY, 1, "未解决"),
        ("P003", "T003", "市丙局", None, None, None, "已撤回"),
    ]
    for path in small.project.inbox.iterdir():
        path.unlink()
    later = {"M4": dt.date(2022, 5, 21), "when": "2022-05-21 10:00"}
    reported(small, "市甲局", **behind(LAND), M8=MONEY, **later)  # the number of what is gone goes to no other
    assert shown(small, "problems", "problem_no", "task_code", "state")[-1] == ("P004", "T002", "未解决")
    assert len(undone["files"]) == 2
    send(small, "市丙局", **behind(MONEY))
    send(small, "市乙局", **behind(MONEY))
    small.merge(MAY)
    again = {p[0]: p for p in shown(small, "problems", *LISTED)}
    assert [again[p[0]] for p in before] == before
    assert small.table("problems", problem_no="P003")[0]["responsible_person"] == "王处长"


# 7

TEXTS = st.sampled_from([None, "无", LAND, MONEY])
REPORTS = st.dictionaries(
    st.tuples(st.sampled_from([MAY, JUNE, JULY, "2022-08"]), st.sampled_from(["T001", "T002"]), st.just("U001")),
    TEXTS,
    max_size=8,
)


@given(reports=REPORTS, cut=st.sampled_from([None, MAY, JUNE]))
def test_chains_are_those_of_a_plain_model(reports: dict[tuple[str, str, str], str | None], cut: str | None) -> None:
    rows = {k: {"problems": text, "unit": "市甲局"} for k, text in reports.items()}
    cuts = {("T001", "U001"): [cut]} if cut else {}
    chains, told = chains_of(rows, load_settings().problems.none_words, cuts)
    expected = []
    for task in ("T001", "T002"):
        said = [(p, reports[p, t, u]) for p, t, u in sorted(reports) if t == task]
        runs: list[list[str]] = [[]]
        for period, text in said:
            closed = cut is not None and task == "T001" and runs[-1] and runs[-1][-1] <= cut < period
            if text in (None, "无") or closed:
                runs.append([])
            if text not in (None, "无"):
                runs[-1].append(period)
        expected += [(task, run[0], run[-1], len(run)) for run in runs if run]
        if said:
            assert told[task, "U001"] == said[-1][0]
    assert sorted((c.task, c.first, c.last, c.reports) for c in chains) == sorted(expected)
    for number, text in repetitions(chains).items():
        assert ("与上期相同" in text) == (chains[number].previous == chains[number].text)


def listed(office: Office) -> Any:
    """问题清单 and 销号 but for what depends on the order of arrival: the numbers and the rows' places."""
    problems = [{k: v for k, v in row.items() if k != "problem_no"} for row in office.table("problems")]
    return (
        sorted(problems, key=lambda r: (r["task_code"], r["unit"], str(r["first_period"]))),
        sorted(office.table("closings"), key=lambda r: r["task_code"]),
    )


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_in_any_order_the_lists_are_the_same_and_undo_is_the_way_back(
    small_issued: Office, data: st.DataObject
) -> None:
    kinds: dict[str, dict[str, Any]] = {"done": DONE, "land": behind(LAND), "money": behind(MONEY), "fine": {}}
    places = [(p, u) for p in (MAY, JUNE, JULY) for u in ("市甲局", "市丙局")]
    said = {place: data.draw(st.sampled_from(sorted(kinds))) for place in places}
    order = data.draw(st.permutations(places))
    with tempfile.TemporaryDirectory() as folder:
        one, other = (copy_of(small_issued, Path(folder) / name / "项目") for name in ("甲", "乙"))
        for period, unit in places:
            send(one, unit, period, **kinds[said[period, unit]])
        for period in (MAY, JUNE, JULY):
            one.merge(period)
        for period, unit in order:
            before = listed(other)
            reported(other, unit, period, **kinds[said[period, unit]])
        assert listed(one) == listed(other)
        master = other.master
        other.merge()
        assert other.master == master
        after = listed(other)
        recovery.undo(other.project)
        assert listed(other) == before
        other.merge(order[-1][0])
        assert listed(other) == after
        assert recovery.rebuild(other.project, check=True)["differences"] == []


# 8


def test_a_rebuild_mends_the_list(small: Office) -> None:
    reported(small, "市甲局", **behind(LAND))
    type_into(small, "problems", "P001", problems="没有问题", periods_open=9, state="已办结")
    found = recovery.rebuild(small.project, check=True)["differences"]
    assert [(d["table"], d["column"], d["found"], d["expected"]) for d in found[:2]] == [
        ("问题清单", "存在问题", "没有问题", LAND),
        ("问题清单", "持续期数", 9, 1),
    ]
    assert (found[2]["column"], found[2]["reason"]) == ("状态", "公式被改动或删除")
    recovery.rebuild(small.project)
    assert shown(small, "problems", "problems", "periods_open", "state") == [(LAND, 1, "未解决")]
    assert recovery.rebuild(small.project, check=True)["differences"] == []


# 9


def test_a_master_of_an_earlier_version_goes_on_without_the_lists(small: Office) -> None:
    book = opened(small.master)
    for title in ("问题清单", "销号", "核查"):
        del book[title]
    small.project.master.write_bytes(saved(book))
    send(small, "市甲局", **behind(LAND))
    merged = small.merge(MAY)
    assert (merged["rows"], [f["code"] for f in merged["findings"]]) == (2, ["Q128"])
    assert "没有「问题清单」、「销号」表" in merged["findings"][0]["message"]
    assert small.table("tasks")[0]["problems"] == LAND
    assert recovery.rebuild(small.project, check=True)["files"] == 1
    recovery.undo(small.project)
    with pytest.raises(ProjectError, match="没有「核查」表"):
        verify(small.project)
