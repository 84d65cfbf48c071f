"""The guided run: the sample notice, two periods with units that make mistakes and mend them, and the supervision."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable
from contextlib import nullcontext
from importlib.resources import as_file
from pathlib import Path
from typing import Any

from tjxl import flows
from tjxl.errors import ProjectError
from tjxl.findings import VERDICT_TITLES
from tjxl.project import Project
from tjxl.resources import sample_notice
from tjxl.simulate import simulate

FOLDER = "tjxl演示"
YEAR = 2022
PERIODS = ("2022-05", "2022-06")
SEED = 2022
FAULTS = 0.25
# Of the units asked to mend, this many never answer, so that the dashboard shows what a missing report looks like.
SILENT = 3
TODAY = dt.date(2022, 6, 28)
"""The day of the reminding and of the bulletin: after the last period's due date."""


def free_folder(parent: Path) -> Path:
    """A folder for a demo that is not there yet: tjxl演示, tjxl演示2, …"""
    number, folder = 1, parent / FOLDER
    while folder.exists():
        number += 1
        folder = parent / f"{FOLDER}{number}"
    return folder


class _Run:
    """Runs the steps one after the other and keeps what each did."""

    def __init__(self, quiet: bool) -> None:
        self.quiet = quiet
        self.steps: list[dict[str, Any]] = []

    def step(self, title: str, work: Callable[[flows.Progress | None], Any], say: Callable[[Any], str]) -> Any:
        """Do one step, with a progress bar where somebody watches."""
        started = time.perf_counter()
        if self.quiet:
            context: Any = nullcontext(None)
        else:
            from tjxl.report.progress import progress_bar

            context = progress_bar(title)
        with context as bar:
            result = work(bar)
        seconds = round(time.perf_counter() - started, 2)
        self.steps.append({"step": title, "result": say(result), "seconds": seconds})
        return result


def run_demo(folder: Path, *, quiet: bool = False) -> dict[str, Any]:
    """Make a project in `folder` from the sample notice, run two whole periods in it, remind, score and report.

    Returns:
        folder, master, steps (title, result, seconds).

    Raises:
        ProjectError: E206, the folder holds a project already.
    """
    project = Project(folder.resolve())
    if project.master.exists():
        raise ProjectError("E206", folder=folder)
    run = _Run(quiet)
    with as_file(sample_notice()) as notice:
        run.step(
            "读通知、建总台账",
            lambda _: flows.init(project.root, notice, YEAR),
            lambda r: (
                f"任务 {r['tasks']} 项，单位 {r['units']} 个，分工 {r['assignments']} 条，待裁决 {r['questions']} 条"
            ),
        )
    for period in PERIODS:
        _one_period(run, project, period)
    _supervision(run, project)
    return {"folder": str(project.root), "master": str(project.master), "steps": run.steps}


def _one_period(run: _Run, project: Project, period: str) -> None:
    run.step(
        f"{period} 下发",
        lambda bar: flows.issue(project, period, progress=bar),
        lambda r: f"填报表 {len(r['issued'])} 份",
    )
    run.step(
        f"{period} 各单位填报（模拟）",
        lambda bar: simulate(project, period, SEED, FAULTS, progress=bar),
        lambda r: f"{len(r['files'])} 份，{len(r['faults'])} 个单位有差错",
    )
    collected = run.step(
        f"{period} 收集校验", lambda bar: flows.collect(project, period_code=period, progress=bar), _said
    )
    run.step(f"{period} 合并", lambda bar: flows.merge(project, period, bar), _merged)
    again = collected["missing"][: max(0, len(collected["missing"]) - SILENT)]
    if not again:
        return
    _remove_returned(project, collected)
    run.step(
        f"{period} 退回单位重报（模拟）",
        lambda bar: simulate(project, period, SEED + 1, units=again, progress=bar),
        lambda r: f"{len(r['files'])} 份",
    )
    run.step(f"{period} 再次收集校验", lambda bar: flows.collect(project, period_code=period, progress=bar), _said)
    run.step(f"{period} 再次合并", lambda bar: flows.merge(project, period, bar), _merged)


def _supervision(run: _Run, project: Project) -> None:
    from tjxl.supervise.bulletin.run import bulletin
    from tjxl.supervise.reminders.remind import remind
    from tjxl.supervise.scores import score

    run.step(
        "催办",
        lambda bar: remind(project, today=TODAY, progress=bar),
        lambda r: f"{len(r['reminders'])} 件，涉及 {len({one['unit'] for one in r['reminders']})} 个单位",
    )
    run.step(
        "考核计分",
        lambda _: score(project),
        lambda r: f"参评单位 {sum(s['rank'] is not None for s in r['scores'])} 个",
    )
    run.step("生成通报", lambda _: bulletin(project, date=TODAY), lambda r: Path(r["file"]).name)


def _remove_returned(project: Project, collected: dict[str, Any]) -> None:
    """What the office does once it has sent a return back: it clears the faulty file from 收件."""
    for r in collected["returns"]:
        if r["verdict"] == "returned":
            (project.inbox / r["file"]).unlink(missing_ok=True)


def _said(result: dict[str, Any]) -> str:
    counts = Counter(r["verdict"] for r in result["returns"])
    verdicts = "，".join(f"{VERDICT_TITLES[v]} {counts[v]}" for v in VERDICT_TITLES if counts[v])
    return f"{verdicts or '无新报送'}；尚无有效报送 {len(result['missing'])} 个单位"


def _merged(result: dict[str, Any]) -> str:
    return f"合并 {len(result['merged'])} 份，入账 {result['rows']} 行，变动 {len(result['changes'])} 处"
