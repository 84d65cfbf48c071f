"""The menu behind the launcher: the same actions as the buttons, on the closed master, by number."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from tjxl.opening import lead_stage_waiting
from tjxl.periods import next_period
from tjxl.project import Project
from tjxl.sheets.state import read_master
from tjxl.stages import stage_title

Run = Callable[[Sequence[str]], int]
_LEAVE = ("0", "q", "")


class Entry(NamedTuple):
    """A line of the menu: its caption, the command it runs, and whether it asks for a period, a file or a yes."""

    caption: str
    command: str
    asks: str = ""


ENTRIES = (
    Entry("下发填报表", "issue", "period"),
    Entry("收集校验", "collect"),
    Entry("合并入账", "merge"),
    Entry("撤销上次合并", "undo", "yes"),
    Entry("目前进度", "status"),
    Entry("校验一份填报表", "check", "file"),
    Entry("检查安装", "doctor"),
)


def run_command(arguments: Sequence[str]) -> int:
    """A command of tjxl, as its own program, so that nothing of it lingers."""
    return subprocess.run([sys.executable, "-m", "tjxl", *arguments], check=False).returncode


def menu(project: Project, ask: Callable[[str], str] = input, run: Run = run_command) -> None:
    """Show the menu until it is left; a master open elsewhere is the commands' to refuse."""
    while True:
        lines = [f"  {number}  {entry.caption}" for number, entry in enumerate(ENTRIES, 1)]
        print("\n".join(["", f"督查台账　{project.root.resolve()}", *lines, "  0  退出"]))
        try:
            chosen = ask("请输入序号后回车：").strip()
        except EOFError:  # the window was closed, or nobody is there to answer
            return
        if chosen in _LEAVE:
            return
        if not chosen.isdecimal() or int(chosen) > len(ENTRIES):
            print("没有这个序号。")
            continue
        if arguments := _arguments(ENTRIES[int(chosen) - 1], project, ask):
            run(arguments)


def _arguments(entry: Entry, project: Project, ask: Callable[[str], str]) -> list[str]:
    """The command to run; empty where the person has named no file, or has not said yes."""
    folder = str(project.root)
    if entry.asks == "period":
        usual, stage = _usual_period(project)
        title = f" {stage_title(stage)}阶段" if stage else ""
        said = ask(f"期次（直接回车为 {usual}{title}）：" if usual else "期次：").strip()
        of_stage = ["--stage", stage] if stage and not said else []
        return [entry.command, folder, "--period", said or usual, *of_stage]
    if entry.asks == "yes" and ask(f"确定{entry.caption}？输入 y 后回车：").strip().casefold() != "y":
        return []
    if entry.asks == "file":
        said = ask("填报表文件（可把文件拖到这里）：").strip().strip("\"'")
        return [entry.command, said, "--project", folder] if said else []
    return [entry.command, folder]


def _usual_period(project: Project) -> tuple[str, str]:
    """The period that is to be issued next, and of one with two stages the second, where that is next."""
    state = read_master(project)
    if (waiting := lead_stage_waiting(state)) is not None:
        return waiting.code, "lead"
    months = 1 if project.settings().cadence == "monthly" else 3
    found = next_period(state.issued_periods, int(state.meta["year"]), months, dt.date.today())
    return (found.code if found is not None else state.issued_periods[-1].code), ""
