"""The appraisal of the real 138 tasks after two periods with faults, against `tests/supervise/appraisal.py`.

1. Every score, rank and item is what the written rules give; LibreOffice recalculates all of the sheets alike.
2. What-if: a changed parameter gives the same scores by tjxl, by LibreOffice and by the rules.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.libreoffice import recalculate_all, requires_libreoffice
from tests.merge.test_cached_values import disagreements, formula_values
from tests.office import JUNE, MAY, Office
from tests.supervise.appraisal import RESULTS, Appraisal
from tests.supervise.office_hand import Hand, rows_of
from tjxl import flows
from tjxl.periods import parse_period
from tjxl.sheets.state import MasterState
from tjxl.simulate import simulate
from tjxl.supervise.scores import score

SHEETS = ("考核", "考核明细", "考核任务")
CHANGES: tuple[dict[str, Any], ...] = (
    {"mode": "累加", "cooperating_share": 0.6, "late": 5, "missing": 3, "differs_unmarked": "否"},
    {"default_grade": "低", "load_full_from": 2, "cooperating_bonus": 0.5, "bonus_most": 1, "early_months": 3},
)
AS_OF = parse_period(JUNE).last_day


@pytest.fixture(scope="module")
def typed() -> dict[tuple[str, ...], dict[str, Any]]:
    """What the office types: grades, results, marks."""
    grades = ("高", "中", "低", None)
    out: dict[tuple[str, ...], dict[str, Any]] = {
        ("score_tasks", f"T{n:03d}"): {"importance": grades[n % 4], "difficulty": grades[n // 4 % 4]}
        for n in range(1, 60)
    }
    out["score_items", "T009", "U008"] = {"verified_result": 0.65}
    out["score_items", "T001", "U001"] = {"verified_result": 1.1}
    out["scores", "U002"] = {"leader_score": 95}
    out["scores", "U004"] = {"leader_score": 60, "adjustment": -2.5, "adjustment_reason": "通报批评"}
    out["scores", "U006"] = {"adjustment": 40, "adjustment_reason": "市领导批示肯定"}
    return out


@pytest.fixture(scope="module")
def hand(
    issued_project: Office, tmp_path_factory: pytest.TempPathFactory, typed: dict[tuple[str, ...], dict[str, Any]]
) -> Hand:
    """Two periods with faults, findings of 核查, and what the office typed; scored by the command."""
    office = copy_of(issued_project, tmp_path_factory.mktemp("两期考核") / "2022年重点工作")
    simulate(office.project, MAY, seed=11, faults=0.2)
    office.collect()
    office.merge()
    assert score(office.project)["added"] == {"scores": 67, "score_items": 428, "score_tasks": 138}
    flows.issue(office.project, JUNE)
    simulate(office.project, JUNE, seed=12, faults=0.2)
    office.collect()
    office.merge()
    agrees(office.master, Appraisal(MasterState(office.master), AS_OF, {}))  # a merge keeps the scores right
    made = Hand(office.master)
    for number, (unit, conclusion, counted) in enumerate(
        [("U001", "不一致", None), ("U001", "不一致", "是"), ("U002", "不一致", "否"), ("U003", "一致", "是")], 1
    ):
        found = {"unit_code": unit, "conclusion": conclusion, "counted": counted}
        made = made.add("verification", verification_no=f"V{number:03d}", source="统计", **found)
    for (table, *key), values in typed.items():
        made = made.type(table, key, **values)
    office.project.master.write_bytes(made.content)
    assert score(office.project)["scores"]
    return Hand(office.master)


def agrees(content: bytes, rules: Appraisal) -> None:
    """The cached values of a master are those that the rules give, to the sixth decimal."""
    scores = rows_of(content, "scores", "unit_code")
    assert scores.keys() == rules.units.keys()
    for code, expected in rules.units.items():
        found = {name: scores[code][name] for name in expected}
        assert found == pytest.approx(expected, rel=0, abs=5e-7) if _plain(expected) else found == expected, code
    items = rows_of(content, "score_items", "task_code", "unit_code")
    assert len(items) == len(rules.items)
    for item in rules.items:
        found = items[f"{item['task']}/{item['unit']}"]
        assert (found["role"], found["situation"]) == (item["role"], item["situation"])
        for name in ("standard", "result", "earned", "bonus"):
            assert found[name] == pytest.approx(item[name], abs=5e-7), (item, name)


def _plain(values: dict[str, Any]) -> bool:
    return not any(isinstance(v, str) for v in values.values())


def test_scores_are_what_the_rules_give(hand: Hand, typed: dict[tuple[str, ...], dict[str, Any]]) -> None:
    state = MasterState(hand.content)
    rules = Appraisal(state, AS_OF, typed)
    agrees(hand.content, rules)
    # the case is worth its while: much of what the rules tell apart is there
    assert len({t["situation"] for t in rules.tasks.values()} & RESULTS.keys()) >= 5
    totals = [unit["total"] for unit in rules.units.values()]
    assert 100 in totals
    assert len(set(totals)) > 30
    assert {unit["load_factor"] for unit in rules.units.values() if "load_factor" in unit} == {1, 0.95, 0.9}
    assert any(unit["reporting_penalty"] >= 11 for unit in rules.units.values())
    assert any(unit.get("bonus") for unit in rules.units.values())


@requires_libreoffice
def test_what_if(hand: Hand, typed: dict[tuple[str, ...], dict[str, Any]], tmp_path: Path) -> None:
    changed = [hand.set(**change) for change in CHANGES]
    paths = [tmp_path / f"{number}.xlsx" for number in range(len(changed))]
    for path, one in zip(paths, changed, strict=True):
        path.write_bytes(one.content)  # the values still those of before the change
    again = recalculate_all(paths, tmp_path / "重算")
    before = rows_of(hand.content, "scores", "unit_code")
    for path, one, change in zip(again, changed, CHANGES, strict=True):
        mine = {k: v for k, v in formula_values(one.valued).items() if k[0] in SHEETS}
        assert len(mine) > 5000
        assert disagreements(mine, formula_values(path.read_bytes())) == [], change
        agrees(one.valued, Appraisal(MasterState(one.content), AS_OF, typed, **change))
        after = rows_of(one.valued, "scores", "unit_code")
        assert sum(after[c]["total"] != before[c]["total"] for c in after) > 20
