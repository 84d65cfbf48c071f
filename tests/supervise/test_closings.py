"""销号: closed only after the lead's request, the verification and the office's word.

1. A request comes with a report of 已完成, and lapses with any other.
2. Every combination of the office's words, and the state that follows; LibreOffice says the same.
3. A word given on an earlier request does not close a later one.
4. 核定状态 overrides; a task sent back that still counts as completed is told.
5. Office columns stay, also when the request is undone.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import JUNE, MAY, Office
from tests.supervise.offices import BEHIND, DONE, reported, shown, type_into
from tjxl import flows, recovery

JULY = "2022-07"
DAY = dt.date(2022, 6, 3)
STATE = ("task_code", "period", "state")


# 1


def test_a_request_comes_with_the_report_and_goes_with_the_next(small: Office) -> None:
    reported(small, "市甲局", **DONE, J8="已完成", K8=1.0, L8="已全部完成并通过验收。", O8=dt.date(2022, 5, 9))
    (row,) = small.table("closings")  # of T002 市甲局 is no lead
    assert (row["task_code"], row["lead_unit"], row["period"]) == ("T001", "市甲局", MAY)
    assert (row["completion_date"], row["evidence"], row["verified"]) == (dt.date(2022, 5, 10), "验收报告", "未核查")
    assert row["state"] == "待核查"
    reported(small, "市甲局", JUNE, **DONE)
    assert shown(small, "closings", *STATE) == [("T001", MAY, "待核查")]
    reported(small, "市甲局", JULY, **BEHIND, M7="验收后发现质量问题，须返工处理。")
    assert small.table("closings") == []


# 2

COMBINATIONS: list[tuple[dict[str, Any], str]] = [
    ({}, "待核查"),
    ({"verification_result": "通过"}, "待销号"),
    ({"verification_result": "不通过"}, "退回办理"),
    ({"verification_result": "免核查"}, "待核查"),
    ({"verification_result": "免核查", "closing_basis": "会议纪要认定。"}, "待销号"),
    ({"closing_opinion": "同意销号", "closing_date": DAY}, "待核查"),
    ({"verification_result": "通过", "closing_opinion": "同意销号"}, "待销号"),
    ({"verification_result": "通过", "closing_opinion": "同意销号", "closing_date": DAY}, "已销号"),
    ({"verification_result": "不通过", "closing_opinion": "同意销号", "closing_date": DAY}, "退回办理"),
    ({"closing_opinion": "退回继续办理", "closing_basis": "材料不全。"}, "退回办理"),
    ({"verification_result": "通过", "closing_opinion": "同意销号", "closing_date": dt.date(2022, 4, 30)}, "待核查"),
    ({"verification_result": "通过", "closing_opinion": "同意销号", "closing_date": "2022-06-03"}, "已销号"),
    ({"verification_result": "通过", "closing_opinion": "同意销号", "closing_date": "6月初"}, "待销号"),
]


@requires_libreoffice
def test_the_state_of_every_combination(small: Office, tmp_path: Path) -> None:
    reported(small, "市甲局", **DONE)
    for number, (words, state) in enumerate(COMBINATIONS):
        blank = dict.fromkeys(("verification_result", "closing_opinion", "closing_date", "closing_basis"))
        type_into(small, "closings", "T001", **(blank | words))
        reported(small, "市丙局", K7=0.3 + number / 100)
        assert small.table("closings")[0]["state"] == state, words
        if number in (7, 10, 11):
            again = recalculate(small.project.master, tmp_path / f"{number}.xlsx")
            assert _value(again, "销号", "I3") == state


def _value(path: Path, sheet: str, cell: str) -> Any:
    import openpyxl

    return openpyxl.load_workbook(path, data_only=True)[sheet][cell].value


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ({"closing_opinion": "同意销号", "closing_date": DAY}, ["C104"]),
        ({"verification_result": "通过", "closing_opinion": "同意销号"}, ["C105"]),
        ({"verification_result": "免核查"}, ["C106"]),
        ({"verification_result": "好"}, ["C101"]),
        ({"verification_result": "通过", "closing_opinion": "同意销号", "closing_date": DAY}, []),
    ],
)
def test_what_is_missing_is_said_by_the_next_command(small: Office, words: dict[str, Any], codes: list[str]) -> None:
    reported(small, "市甲局", **DONE)
    type_into(small, "closings", "T001", **words)
    decisions = flows.collect(small.project)["decisions"]
    assert [f["code"] for d in decisions for f in d["findings"]] == codes


# 3


def test_a_later_request_is_verified_anew(small: Office) -> None:
    reported(small, "市甲局", **DONE)
    words = {"verification_result": "通过", "closing_opinion": "同意销号", "closing_date": DAY}
    type_into(small, "closings", "T001", **words)
    reported(small, "市甲局", JUNE, **BEHIND, M7="验收后发现质量问题，须返工处理。")
    assert shown(small, "closings", *STATE, "closing_opinion") == [("T001", None, "已撤回", "同意销号")]
    found = flows.status(small.project)["oversight"]["findings"]
    assert [(f["code"], f["task"]) for f in found] == [("C111", "T001")]
    reported(small, "市甲局", JULY, **DONE)
    assert shown(small, "closings", *STATE) == [("T001", JULY, "待核查")]
    type_into(small, "closings", "T001", closing_date=dt.date(2022, 7, 28))
    small.merge()
    reported(small, "市乙局")
    assert shown(small, "closings", *STATE) == [("T001", JULY, "已销号")]


# 4


def test_a_task_sent_back_does_not_count_as_completed_unnoticed(small: Office) -> None:
    reported(small, "市甲局", **DONE)
    type_into(small, "closings", "T001", closing_opinion="退回继续办理", closing_basis="现场核查未完工。")
    reported(small, "市乙局")
    status = flows.status(small.project)
    assert status["oversight"]["closings"] == {"退回办理": 1}
    assert [(f["code"], f["task"]) for f in status["oversight"]["findings"]] == [("C110", "T001")]
    type_into(small, "tasks", "T001", verified_status="正常推进")
    assert flows.status(small.project)["oversight"]["findings"] == []
    type_into(small, "closings", "T001", closing_opinion=None, closing_basis=None, verification_result="通过")
    reported(small, "市丙局")
    assert shown(small, "closings", *STATE) == [("T001", MAY, "退回办理")]  # 核定状态 says so


# 5


def test_what_the_office_wrote_stays_when_the_request_is_undone(small: Office) -> None:
    reported(small, "市甲局", **DONE)
    before = small.table("closings")
    type_into(small, "closings", "T001", remarks="待现场核查")
    recovery.undo(small.project)
    assert shown(small, "closings", *STATE, "remarks") == [("T001", None, "已撤回", "待现场核查")]
    small.merge(MAY)
    assert small.table("closings") == [before[0] | {"remarks": "待现场核查"}]
    type_into(small, "closings", "T001", remarks=None)
    recovery.undo(small.project)
    assert small.table("closings") == []
