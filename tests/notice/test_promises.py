"""What the notices promise, compared with what a reader wrote down (`expected/*.toml`).

1. The sample: all 138 tasks, their targets, milestones, proposals, and what has no figure; nothing more.
2. Numbers in the other notices' text; a policy's thresholds are no targets.
3. What is uncertain goes to 待裁决 with all that an answer needs; it is no target until then.
"""

# ruff: noqa: E501 (printed lines stand whole)

from __future__ import annotations

import json
import tomllib
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import pytest

from tests.notice.conftest import Read, row
from tests.notice.promised import lines, say_milestone, say_target, targets_of
from tjxl.notice.promises.targets import read_targets
from tjxl.notice.read import read_notice, register_json
from tjxl.register import Register
from tjxl.resources import sample_notice
from tjxl.settings import Settings

EXPECTED = Path(__file__).parent / "expected"
SAMPLE: dict[str, Any] = tomllib.loads((EXPECTED / "tianjin-2022-promises.toml").read_text(encoding="utf-8"))
OTHERS = tomllib.loads((EXPECTED / "other-notices-promises.toml").read_text(encoding="utf-8"))["sentence"]
NOTHING: dict[str, Any] = {}


@pytest.fixture(scope="module")
def register(settings: Settings) -> Register:
    with as_file(sample_notice()) as path:
        return read_notice(path, 2022, settings)


# ---- 1. the sample ---------------------------------------------------------------------------------------------


def test_the_expectations_speak_of_every_task_once() -> None:
    named = [*SAMPLE["none"], *(int(code[1:]) for code in SAMPLE if code != "none")]
    assert sorted(named) == list(range(1, 139))


@pytest.mark.parametrize("serial_no", range(1, 139))
def test_each_task_promises_what_a_reader_found(serial_no: int, register: Register, settings: Settings) -> None:
    code = f"T{serial_no:03d}"
    expected = SAMPLE.get(code, NOTHING)
    task = register.tasks[serial_no - 1]
    found = read_targets(task, 2022, settings.seasons)
    assert lines(found) == expected.get("targets", []) + [f"? {line}" for line in expected.get("proposals", [])]
    milestones = [say_milestone(m) for m in register.milestones if m.task_code == code]
    assert milestones == expected.get("milestones", [])
    assert list(found.unstated) == ([expected["unstated"]] if "unstated" in expected else [])


def test_the_register_holds_the_targets_of_the_tasks_in_order(register: Register) -> None:
    expected = [line for code in sorted(k for k in SAMPLE if k != "none") for line in SAMPLE[code].get("targets", [])]
    assert [say_target(t) for t in register.targets] == expected
    assert (len(register.targets), len(register.milestones)) == (31, 16)


def test_codes_are_unique_and_belong_to_their_task(register: Register) -> None:
    codes = [t.code for t in register.targets] + [m.code for m in register.milestones]
    assert len(set(codes)) == len(codes)
    assert [t.code for t in register.targets if t.task_code == "T024"] == ["T024-K1", "T024-K2", "T024-K3"]
    assert [m.code for m in register.milestones if m.task_code == "T010"] == ["T010-M1", "T010-M2"]


def test_the_sample_asks_two_questions_of_its_promises(register: Register) -> None:
    asked = {q.key: q for q in register.questions if not q.key.startswith("open-group:")}
    assert list(asked) == ["milestone-due:T087-M1", "target:T120-K1"]
    season = asked["milestone-due:T087-M1"]
    assert (season.task_code, season.choices, season.data) == ("T087", ("2022-07-15",), {"due": "2022-07-15"})
    assert season.text == (
        "第 87 项的节点“程林庄路、井冈山路积水片区主汛期具备通水条件”按惯例暂定为 2022-07-15。请确认，或写明其他日期。"
    )
    proposal = asked["target:T120-K1"]
    assert proposal.choices == ("列为指标", "不列为指标")
    assert proposal.text == (
        "第 120 项的“持续推动49个跨学校、跨学院、跨学科特色学科群建设”可能是量化指标"
        "（跨学校、跨学院、跨学科特色学科群建设不低于49个），暂未列入。请决定是否列为指标。"
    )


def test_promises_without_a_figure_are_noted(register: Register) -> None:
    notes = {f.task: f.message for f in register.findings if f.code == "N151"}
    assert notes == {
        "T006": "第 6 项的“稳定增长”没有写明数值，不列为指标，按定性任务督查。",
        "T008": "第 8 项的“国家下达目标”没有写明数值，不列为指标，按定性任务督查。",
    }


def test_the_command_prints_them(register: Register) -> None:
    shown = json.loads(json.dumps(register_json(register), ensure_ascii=False))["tasks"]
    assert shown[22]["targets"] == [
        {"subject": "新增市级大学科技园", "comparator": "range", "value": 3.0, "upper": 5.0, "unit": "家"}
    ]
    assert shown[86]["milestones"][0] == {
        "scope": "程林庄路、井冈山路积水片区", "due": "2022-07-15", "kind": "ready", "needs_confirmation": True,
    }  # fmt: skip


# ---- 2. other notices ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sentence", OTHERS, ids=[f"{s['source']}: {s['text'][:12]}" for s in OTHERS])
def test_sentences_of_other_notices(sentence: dict[str, Any], settings: Settings) -> None:
    assert targets_of(sentence["text"], settings.seasons) == sentence.get("targets", [])


REAL = Path(__file__).parent / "real"


@pytest.mark.parametrize(
    ("file", "year"), [("01-state-council-2019-guofa3", 2019), ("03-state-council-2018-guofa39", 2018)]
)
def test_policies_promise_no_numbers(file: str, year: int, settings: Settings) -> None:
    register = read_notice(REAL / f"{file}.txt", year, settings)
    assert register.tasks
    assert (register.targets, register.milestones) == ((), ())
    assert [q.key for q in register.questions if q.key.startswith(("target", "milestone"))] == []


def test_a_countys_promises(settings: Settings) -> None:
    register = read_notice(REAL / "06-dazhu-2016.txt", 2016, settings)
    assert [f"{t.code} {say_target(t)}" for t in register.targets] == [
        "T002-K1 新建人行天桥 >= 2 座 · flow · higher · 2016-09-30",
        "T008-K1 新建中心幼儿园 >= 2 所 · flow · higher · 2016-12-31",
        "T009-K1 完成棚户区改造 >= 2836 户 · flow · higher · 2016-12-31",
        "T010-K1 城区再新建农贸市场 >= 1 个 · flow · higher · 2016-12-31",
    ]
    assert [f"{m.code} {say_milestone(m)}" for m in register.milestones] == [
        "T002-M1 本项任务 · in_use · 2016-09-30",
        "T004-M1 本项任务 · start · 2016-05-31",
        "T005-M1 本项任务 · start · 2016-05-31",
    ]
    # 第 4 项 is to be built by a day that is not given; 第 5 项 is itself only to be begun
    assert [f.task for f in register.findings if f.code == "N142"] == ["T004"]


# ---- 3. what is uncertain --------------------------------------------------------------------------------------


def test_a_proposal_carries_the_whole_target_and_is_none_yet(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委", task="推进5个老旧小区改造，新增学位810个。", deadline="6月底前完成"))
    assert [t.code for t in register.targets] == ["T001-K2"]
    (question,) = register.questions
    assert question.key == "target:T001-K1"
    assert json.loads(json.dumps(question.data)) == {
        "code": "T001-K1",
        "task_code": "T001",
        "subject": "老旧小区改造",
        "comparator": ">=",
        "value": 5.0,
        "upper": None,
        "unit": "个",
        "measure": "flow",
        "direction": "higher",
        "due": "2022-06-30",
        "text": "推进5个老旧小区改造",
    }
    assert [(f.code, f.severity, f.task) for f in register.findings] == [("N150", "question", "T001")]


def test_a_milestone_without_a_day_is_asked_about_with_its_text(read_rows: Read) -> None:
    register = read_rows(row(1, "市水务局", deadline="年底前取得明显进展。其中A工程春节前完成"))
    (milestone,) = register.milestones
    assert (milestone.due, milestone.text) == (None, "A工程春节前完成")
    (question,) = register.questions
    assert (question.key, question.choices) == ("milestone-due:T001-M1", ())
    assert question.text == "第 1 项的节点“A工程春节前完成”没有可以识别的日期。请写明完成日期（如 2022-06-30）。"


def test_a_deadline_that_is_only_a_beginning_is_pointed_out(read_rows: Read) -> None:
    register = read_rows(row(1, "县残联", task="建成县残疾人综合服务中心。", deadline="5月底前动工"))
    assert [say_milestone(m) for m in register.milestones] == ["本项任务 · start · 2022-05-31"]
    assert [f.message for f in register.findings] == [
        "第 1 项的时限“5月底前动工”是开工的日期，没有写明何时完成。请核对完成时限。"
    ]
