"""Several departments' reports made into one: status, percentage, texts, day; what is doubtful stays blank."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tjxl.settings import StatusMeaning, load_settings
from tjxl.supervise.superior.consolidate import Consolidated, Piece, consolidate

TITLES = {"progress_text": "进展情况", "problems": "存在问题", "next_steps": "下一步措施", "evidence": "佐证材料"}
JUNE_30, JULY_9 = dt.date(2022, 6, 30), dt.date(2022, 7, 9)


def piece(unit: str, status: StatusMeaning | None, weight: float = 1, **more: Any) -> Piece:
    """A part; values by field, `others`, `silent`, `verified`, `reported` as in `Piece`."""
    own = {name: more.pop(name) for name in ("others", "silent", "verified", "reported") if name in more}
    facts = {"verified": False, "reported": True} | own
    return Piece("T010", unit, weight, status, values=more, **facts)


def made(*pieces: Piece, limit: int = 2000) -> Consolidated:
    return consolidate(10, pieces, load_settings(), limit, TITLES)


def codes(result: Consolidated) -> list[str]:
    return [f.code for f in result.findings]


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        (["completed", "completed"], "已完成"),
        (["completed", "in_progress"], "正常推进"),
        (["completed", "not_started"], "正常推进"),
        (["in_progress", "not_started"], "正常推进"),
        (["not_started", "not_started"], "未启动"),
        (["completed", "behind", "not_started"], "滞后"),
    ],
)
def test_the_status_is_the_worst_that_holds_for_the_whole(parts: list[StatusMeaning], status: str) -> None:
    assert made(*(piece(f"科{i}", p) for i, p in enumerate(parts))).values["status"] == status


def test_the_percentage_is_the_mean_by_weight_rounded_down() -> None:
    half = made(piece("甲科", "in_progress", 2, percent_complete=0.5), piece("乙科", "behind", percent_complete=0.2))
    assert half.values["percent_complete"] == 0.40
    almost = made(piece("甲科", "completed"), piece("乙科", "in_progress", percent_complete=0.99))
    assert almost.values["percent_complete"] == 0.99  # 0.995: not 100 % before all is done
    begun = made(piece("甲科", "not_started"), piece("乙科", "in_progress", percent_complete=0.58))
    assert begun.values["percent_complete"] == 0.29  # 0.29 is 28.999… hundredths in binary


def test_a_percentage_that_one_of_several_has_not_given_stays_blank() -> None:
    some = made(piece("甲科", "in_progress", percent_complete=0.5), piece("乙科", "in_progress"))
    assert ("percent_complete" in some.values, codes(some)) == (False, ["H124"])
    assert "乙科" in some.findings[0].message
    none = made(piece("甲科", "in_progress"), piece("乙科", "in_progress"))
    assert ("percent_complete" in none.values, codes(none)) == (False, [])


def test_texts_stand_one_below_the_other_each_after_its_department() -> None:
    result = made(
        piece("甲科", "in_progress", progress_text="已完成方案。", problems=None),
        piece("乙科", "behind", progress_text="正在招标。", problems="资金未到位。"),
    )
    assert result.values["progress_text"] == "甲科：已完成方案。\n乙科：正在招标。"
    assert result.values["problems"] == "乙科：资金未到位。"
    assert "next_steps" not in result.values
    alone = made(piece("甲科", "in_progress", progress_text="已完成方案。"))
    assert alone.values["progress_text"] == "已完成方案。"


def test_two_parts_of_one_department_share_its_name() -> None:
    same = made(piece("甲科", "in_progress", evidence="批复"), piece("甲科", "in_progress", evidence="批复"))
    assert same.values["evidence"] == "甲科：批复"
    two = made(piece("甲科", "in_progress", evidence="批复"), piece("甲科", "in_progress", evidence="纪要"))
    assert two.values["evidence"] == "甲科：批复\n纪要"


def test_texts_that_are_too_long_together_are_cut_alike_and_that_is_said() -> None:
    parts = [piece(unit, "in_progress", progress_text=unit[0] * 80) for unit in ("甲科", "乙科")]
    result = made(*parts, limit=100)
    text = result.values["progress_text"]
    assert (len(text) <= 100, codes(result)) == (True, ["H125"])
    assert [line[:3] for line in text.split("\n")] == ["甲科：", "乙科："]
    assert all(line.endswith("…") for line in text.split("\n"))
    assert len({len(line) for line in text.split("\n")}) == 1


def test_the_day_is_the_last_of_what_is_done_or_still_expected() -> None:
    done = made(
        piece("甲科", "completed", completion_date=JUNE_30), piece("乙科", "completed", completion_date=JULY_9)
    )
    assert done.values["completion_date"] == JULY_9
    open_part = made(
        piece("甲科", "completed", completion_date=JULY_9), piece("乙科", "behind", completion_date=JUNE_30)
    )
    assert open_part.values["completion_date"] == JUNE_30


DOUBTFUL = {"status", "percent_complete", "completion_date"}


@pytest.mark.parametrize(
    ("doubtful", "code", "named"),
    [
        (piece("乙科", "in_progress", reported=False, progress_text="上期所报"), "H121", "乙科"),
        (piece("乙科", None, reported=False), "H121", "乙科"),
        (piece("乙科", "adjustment_requested", completion_date=JULY_9), "H122", "乙科"),
        (piece("乙科", "completed", others={"丙科": "behind"}), "H123", "乙科与丙科"),
        (piece("乙科", "not_started", others={"丙科": "in_progress"}), "H123", "乙科与丙科"),
    ],
)
def test_what_is_doubtful_is_left_to_a_person(doubtful: Piece, code: str, named: str) -> None:
    result = made(piece("甲科", "in_progress", percent_complete=0.5, progress_text="已完成方案。"), doubtful)
    assert (codes(result), DOUBTFUL & set(result.values)) == ([code], set())
    assert named in result.findings[0].message
    assert "甲科：已完成方案。" in result.values["progress_text"]


def test_the_office_has_settled_a_contradiction() -> None:
    settled = made(piece("乙科", "completed", verified=True, others={"丙科": "behind"}))
    assert (settled.values["status"], codes(settled)) == ("已完成", [])
    agreed = made(piece("乙科", "completed", others={"丙科": "completed"}))
    assert (agreed.values["status"], codes(agreed)) == ("已完成", [])


def test_a_cooperating_department_that_is_silent_is_named() -> None:
    result = made(piece("甲科", "in_progress", silent=("丙科",)))
    assert (result.values["status"], codes(result)) == ("正常推进", ["H129"])
    assert codes(made(piece("甲科", "completed", silent=("丙科",)))) == []


def test_a_task_that_nobody_has() -> None:
    assert (made().values, codes(made())) == ({}, ["H120"])
