"""Printed tables in a narrow window: everything that a wide one shows is there, if need be on several lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.office import MAY, Office
from tjxl import flows
from tjxl.report import archiving, demo, history, notice, recovery, rehearsal, remind, scores, status
from tjxl.resources import sample_notice
from tjxl.supervise.reminders.remind import remind as run_remind
from tjxl.supervise.scores import score

Shown = dict[str, Callable[[], None]]
"""Command → print what people read of its result."""

_STEPS = [
    {"step": "2022-06 再次收集校验", "result": "接收 9，有提示 2；尚无有效报送 1 个单位", "seconds": 0.4},
    {"step": "2022-06 各单位填报（模拟）", "result": "64 份，15 个单位有差错", "seconds": 12.8},
    {"step": "2022-05 合并", "result": "合并 59 份，入账 454 行，变动 1729 处", "seconds": 1.5},
]
_DIFFERENCES = [
    {
        "table": table, "row": 1234, "column": column, "cell": "AB1234", "volume": volume, "proven": proven,
        "found": "全力打造“轨道上的京津冀”，建成京唐高铁", "expected": 0.4, "reason": "与归档的填报表不符",
    }
    for table, column, volume, proven in (
        ("填报流水", "完成进度", "2022-01至2022-03_填报流水.xlsx", True),
        ("任务台账", None, None, False),
    )
]  # fmt: skip
_ROWS = {"填报流水": 1234, "指标流水": 567, "节点流水": 89, "变更记录": 12345}
_MOVABLE = [{"period": f"2022-{month:02}", "rows": _ROWS, "kept": 321} for month in (1, 2, 3)]


def _year() -> dict[str, Any]:
    """A rehearsed year of one period in two stages."""
    unit = {"state": "按时", "returned_times": 12, "corrected": 345}
    stages = [{"stage": stage, "units": {str(n): unit for n in range(150)}} for stage in ("配合", "牵头")]
    return {
        "year": 2022, "seed": 2022, "two_stages": True, "seconds": 912.3, "folder": "演练", "record": "记录.json",
        "steps": [{"period": MAY, "stage": "配合", "seconds": 123.4}],
        "periods": [{"period": MAY, "stages": stages, "rows": 98765}],
        "reminded": [{"step": 0, "made": 1234, "settled": 567}],
        "tasks": {str(n): {"status": "正常推进"} for n in range(138)}, "answers": ["Q001"] * 12,
        "findings": [{"agrees": False}] * 34, "typed": [{"table": "closings"}] * 56,
        "ending": {"scores": [], "bulletin": "通报.docx", "snapshot": {"file": "快照.xlsx"}},
        "check": {"differences": [], "files_missing": [], "files": 78},
    }  # fmt: skip


@pytest.fixture(scope="module")
def shown(second_period: Office, tmp_path_factory: pytest.TempPathFactory) -> Shown:
    project = copy_of(second_period, tmp_path_factory.mktemp("表") / "2022年重点工作").project
    rebuilt = {"differences": _DIFFERENCES, "files_missing": [], "files": 67, "restored": 1, "recalled": []}
    movable = {"movable": _MOVABLE, "moved": [], "kept": [], "readers": [], "findings": [], "backup": None}
    scored = score(project)
    return {
        "tasks": partial(notice.show_tasks, flows.tasks(Path(str(sample_notice())), 2022)),
        "status": partial(status.show_status, flows.status(project)),
        "score": partial(scores.show_scores, scored | {"scores": scored["scores"][:12]}, items=True),
        "history": partial(history.show_history, flows.history(project, "10")),
        "remind": partial(remind.show_remind, run_remind(project)),
        "rebuild": partial(recovery.show_rebuild, rebuilt | {"findings": [], "backup": None}),
        "archive-period": partial(archiving.show_archive_period, movable),
        "demo": partial(demo.show_demo, {"steps": _STEPS, "folder": "tjxl演示", "master": "总台账.xlsm"}),
        "simulate-year": partial(rehearsal.show_year, _year()),
    }


@pytest.mark.parametrize("columns", [60, 80])
@pytest.mark.parametrize(
    "command", ["tasks", "status", "score", "history", "remind", "rebuild", "archive-period", "demo", "simulate-year"]
)
def test_nothing_is_lost_in_a_narrow_window(
    shown: Shown, command: str, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def printed(width: int) -> Counter[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        shown[command]()
        return Counter(re.sub(r"[\s\u2500-\u257f]", "", capsys.readouterr().out))

    assert printed(columns) == printed(1000)


@pytest.mark.parametrize("columns", [60, 80])
def test_the_figures_of_a_ranking_stay_whole(
    shown: Shown, columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def figures(width: int) -> list[str]:
        monkeypatch.setenv("COLUMNS", str(width))
        shown["score"]()
        return re.findall(r"\b\d+\.\d\d\b", capsys.readouterr().out)

    assert figures(columns) == figures(1000)
