"""What all commands share: their common options, progress, and how a result ends."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer

DONE, NEEDS_PERSON = 0, 1

Folder = Annotated[
    Path, typer.Argument(metavar="[项目文件夹]", help="项目文件夹，缺省为当前文件夹。", show_default=False)
]
Json = Annotated[bool, typer.Option("--json", help="在标准输出只输出一个 JSON 对象。")]
Period = Annotated[str, typer.Option("--period", metavar="期次", help="期次，如 2022-06 或 2022-Q2。")]
SomePeriod = Annotated[str | None, typer.Option("--period", metavar="期次", help="期次，缺省为最近下发的一期。")]

Scheduler = Annotated[
    str | None,
    typer.Option(
        "--scheduler", metavar="地址", help="由 dask 集群读取文件，如 tcp://10.0.0.5:8786（需安装 tjxl[dask]）。"
    ),
]


def _stage_named(said: str | None) -> str | None:
    """The stage by the word that the office uses for it; any other word is judged where it is used."""
    from tjxl.stages import STAGES, stage_title

    return {stage_title(stage): stage for stage in STAGES}.get(said or "", said)


SomeStage = Annotated[
    str | None,
    typer.Option(
        "--stage",
        metavar="阶段",
        help="分两个阶段填报时：配合（先下发，缺省）或 牵头，也可写 cooperating、lead。",
        callback=_stage_named,
    ),
]


def undecided(result: dict[str, Any]) -> bool:
    """Whether an answer could not be carried out, or left something to be undone by hand."""
    return any(not d["obeyed"] or any(f["severity"] != "note" for f in d["findings"]) for d in result["decisions"])


def faulty(result: dict[str, Any]) -> bool:
    """Whether something that the command found is wrong; a warning is not yet."""
    return any(f["severity"] == "error" for f in result["findings"])


def project_of(folder: Path) -> Any:
    """The project in a folder.

    Raises:
        ProjectError: there is none.
    """
    from tjxl.project import open_project

    return open_project(folder, _say_waiting if sys.stderr.isatty() else None)


def _say_waiting(holder: str) -> None:
    """Somebody watches, and may give up with Ctrl-C; a script is told at once that it cannot be done now."""
    sys.stderr.write(f"项目正被占用：{holder}。正在等待，最多一分钟；按 Ctrl-C 放弃。\n")


def show(topic: str, command: str) -> Callable[[dict[str, Any]], None]:
    """How a result is shown to people, by a module of `report`; rich is imported only then."""

    def shown(result: dict[str, Any]) -> None:
        getattr(import_module(f"tjxl.report.{topic}"), f"show_{command}")(result)

    return shown


def finish(
    result: dict[str, Any], as_json: bool, shown: Callable[[dict[str, Any]], None], needs_person: bool
) -> None:
    """Say the result, as one JSON object or by `shown`, and end the command with its exit status."""
    if as_json:
        sys.stdout.write(json.dumps(result, ensure_ascii=False) + "\n")
    else:
        shown(result)
    raise typer.Exit(NEEDS_PERSON if needs_person else DONE)


@contextmanager
def progress(title: str, quiet: bool) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on standard error; none with `--json` and none where nobody watches."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from tjxl.report.progress import progress_bar

    with progress_bar(title) as step:
        yield step


@contextmanager
def stage_progress(title: str, quiet: bool) -> Iterator[Callable[[int, int, str], None] | None]:
    """As `progress`, for a run of many stages: each call also says what is being done."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from tjxl.report.progress import stage_bar

    with stage_bar(title) as step:
        yield step
