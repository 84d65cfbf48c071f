"""The command line. Chinese for people; with `--json`, one JSON object on standard output and nothing else.

Exit status: 0 done; 1 done, but something needs a person; 2 it could not be done (one line on standard error).
"""

from __future__ import annotations

import re
import signal
import sys
from pathlib import Path
from typing import Annotated

import typer

from tjxl import __version__
from tjxl.commands.archiving import archive_period
from tjxl.commands.bulletin import bulletin
from tjxl.commands.export import export
from tjxl.commands.help import Group, with_chinese_pages
from tjxl.commands.rehearsal import simulate_year
from tjxl.commands.remind import remind
from tjxl.commands.scores import score
from tjxl.commands.shared import (
    DONE,
    FAILED,
    Folder,
    Json,
    Period,
    Scheduler,
    SomePeriod,
    SomeStage,
    finish,
    progress,
    project_of,
    show,
    undecided,
)
from tjxl.commands.snapshot import snapshot
from tjxl.commands.superior import FromForm, report_up, take_over
from tjxl.commands.verify import verify
from tjxl.errors import TjxlError

app = typer.Typer(
    name="tjxl",
    cls=Group,
    help="政府重点工作督查台账：从任务分解表到总台账，全年下发、收集、校验、合并。",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_INTERRUPTED = 130  # what typer makes of Ctrl-C

NamedColumns = Annotated[
    list[str] | None,
    typer.Option("--map", metavar="通行列名=通知列名", help="指明分解表的列，如 --map 重点工作=工作内容，可重复。"),
]


def _columns(named: list[str] | None) -> dict[str, list[str]]:
    """The titles given by `--map`, by the usual one.

    Raises:
        TjxlError: E115, an entry is not of the form A=B.
    """
    out: dict[str, list[str]] = {}
    for entry in named or ():
        usual, _, theirs = entry.replace("＝", "=").partition("=")
        if not usual.strip() or not theirs.strip():
            raise TjxlError("E115", entry=entry)
        out.setdefault(usual.strip(), []).append(theirs.strip())
    return out


UnitsFrom = Annotated[
    Path | None,
    typer.Option("--units-from", metavar="上年项目", help="沿用上一年度项目文件夹（或其总台账）中的责任单位。"),
]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="显示版本。")] = False,
) -> None:
    del version  # answered by its callback
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())


@app.command(help="读取通知，列出任务。")
def tasks(
    notice: Annotated[Path, typer.Argument(metavar="通知", help="含任务分解表的通知文件。")],
    year: Annotated[int, typer.Option("--year", metavar="年度", min=1990, max=2200, help="年度，如 2022。")],
    named: NamedColumns = None,
    units_from: UnitsFrom = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows
    from tjxl.project import SETTINGS_FILE
    from tjxl.settings import load_settings

    settings = load_settings(Path(SETTINGS_FILE))  # of the current folder, where it has some
    result = flows.tasks(notice, year, settings, _columns(named), units_from)
    needs = any(f["severity"] in ("error", "question") for f in result["findings"])
    finish(result, as_json, show("notice", "tasks"), needs)


@app.command(help="按通知，或按上级下发的填报表，建立项目文件夹和总台账。")
def init(
    folder: Annotated[Path, typer.Argument(metavar="项目文件夹", help="要新建的项目文件夹。")],
    *,
    notice: Annotated[Path | None, typer.Option("--notice", metavar="通知", help="含任务分解表的通知文件。")] = None,
    year: Annotated[
        int | None, typer.Option("--year", metavar="年度", min=1990, max=2200, help="年度，如 2022。")
    ] = None,
    from_form: FromForm = None,
    named: NamedColumns = None,
    units_from: UnitsFrom = None,
    macros: Annotated[
        bool,
        typer.Option("--macros/--no-macros", help="总台账是否带宏和按钮；禁用宏的单位用 --no-macros，得到 .xlsx。"),
    ] = True,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    if (notice is None) is (from_form is None):
        raise TjxlError("H108")
    if from_form is not None:
        result = flows.init_from_form(folder, from_form, year, macros=macros)
    elif notice is not None and year is not None:
        result = flows.init(folder, notice, year, _columns(named), units_from, macros=macros)
    else:
        raise TjxlError("H109")
    needs = result["questions"] > 0 or any(f["severity"] in ("error", "question") for f in result["findings"])
    finish(result, as_json, show("notice", "init"), needs)


@app.command(help="下发一期填报表。")
def issue(
    folder: Folder = Path(),
    *,
    period: Period,
    unit: Annotated[list[str] | None, typer.Option("--unit", metavar="单位", help="只下发给该单位，可重复。")] = None,
    stage: SomeStage = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    with progress("正在下发", as_json) as step:
        result = flows.issue(project_of(folder), period, unit or (), step, stage=stage)
    finish(result, as_json, show("returns", "issue"), undecided(result))


@app.command(help="收集并校验收件夹中的填报表。")
def collect(
    folder: Folder = Path(),
    *,
    file: Annotated[list[Path] | None, typer.Option("--file", metavar="文件", help="只看这个文件，可重复。")] = None,
    period: SomePeriod = None,
    scheduler: Scheduler = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    with progress("正在校验", as_json) as step:
        result = flows.collect(project_of(folder), file or (), period, step, scheduler=scheduler)
    needs = any(r["verdict"] in ("returned", "needs_decision") for r in result["returns"]) or undecided(result)
    finish(result, as_json, show("returns", "collect"), needs)


@app.command(help="把校验通过的填报表并入总台账。")
def merge(
    folder: Folder = Path(), *, period: SomePeriod = None, scheduler: Scheduler = None, as_json: Json = False
) -> None:
    from tjxl import flows

    with progress("正在合并", as_json) as step:
        result = flows.merge(project_of(folder), period, step, scheduler=scheduler)
    needs = any(r["verdict"] in ("returned", "needs_decision") for r in result["skipped"]) or result["questions"] > 0
    finish(result, as_json, show("returns", "merge"), needs or undecided(result))


@app.command(help="撤销最近一次合并，办公厅填写的内容保留。")
def undo(folder: Folder = Path(), *, as_json: Json = False) -> None:
    from tjxl import recovery

    result = recovery.undo(project_of(folder))
    finish(result, as_json, show("recovery", "undo"), bool(result["files_missing"] or result["forms_outdated"]))


@app.command(help="用归档的填报表核对、恢复总台账中由系统写入的单元格。")
def rebuild(
    folder: Folder = Path(),
    *,
    check: Annotated[bool, typer.Option("--check", help="只核对，不写入。")] = False,
    as_json: Json = False,
) -> None:
    from tjxl import recovery

    result = recovery.rebuild(project_of(folder), check=check)
    left = [d for d in result["differences"] if check or not d["proven"]]
    finish(result, as_json, show("recovery", "rebuild"), bool(left or result["files_missing"]))


@app.command(help="校验一份填报表，不写入任何文件。")
def check(
    file: Annotated[Path, typer.Argument(metavar="文件", help="要校验的填报表。")],
    project: Annotated[Path | None, typer.Option("--project", metavar="项目文件夹", help="所属项目文件夹。")] = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    result = flows.check(file, project_of(project) if project else None)
    finish(result, as_json, show("returns", "check"), result["verdict"] in ("returned", "needs_decision"))


app.command(help="催办：列出未报送、退回未重报、逾期、滞后和临近时限的事项，生成各单位的通知。")(remind)


@app.command(help="查看目前进度。")
def status(folder: Folder = Path(), *, period: SomePeriod = None, as_json: Json = False) -> None:
    from tjxl import flows

    result = flows.status(project_of(folder), period)
    needs = result["open_questions"] > 0 or bool(result["oversight"]["findings"])
    finish(result, as_json, show("status", "status"), needs)


@app.command(help="查看一项任务各项内容的来龙去脉：何期、何单位、何文件何单元格。")
def history(
    folder: Folder = Path(),
    *,
    task: Annotated[str, typer.Option("--task", metavar="任务", help="任务的序号或任务编码，如 10 或 T010。")],
    unit: Annotated[str | None, typer.Option("--unit", metavar="单位", help="只看该单位报送的内容。")] = None,
    as_json: Json = False,
) -> None:
    from tjxl import flows

    finish(flows.history(project_of(folder), task, unit), as_json, show("history", "history"), False)


app.command("verify", help="导入审计、统计、财政等部门的核查结果，与填报内容对照。")(verify)


app.command("snapshot", help="导出总台账在过去某一期时的样子，另存为只供查阅的工作簿。")(snapshot)
app.command("score", help="按任务权重、牵头配合分摊和完成结果考核计分，列出排名。")(score)
app.command("bulletin", help="生成一期通报（Word 文件），内容同时写入总台账的“通报”表。")(bulletin)


@app.command(help="模拟各单位填报，供培训和测试。")
def simulate(
    folder: Folder = Path(),
    *,
    period: Period,
    seed: Annotated[int, typer.Option("--seed", metavar="种子", help="随机种子，相同的种子得到相同的填报。")],
    faults: Annotated[
        float, typer.Option("--faults", metavar="比例", min=0, max=1, help="有差错的表所占比例。")
    ] = 0.0,
    stage: SomeStage = None,
    as_json: Json = False,
) -> None:
    from tjxl.simulate import simulate as run

    with progress("正在模拟填报", as_json) as step:
        result = run(project_of(folder), period, seed, faults, progress=step, stage=stage)
    finish(result, as_json, show("demo", "simulate"), False)


app.command(help="把总台账的各表导出为 CSV 和 Parquet 文件，供其他程序分析。")(export)


app.command("archive-period", help="把往期的流水移到单独的工作簿，追溯、撤销、核对照常。")(archive_period)


@app.command(help="用样例通知演示全过程，并留下项目文件夹。")
def demo(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[文件夹]", help="放演示项目的新文件夹，缺省为“tjxl演示”。", show_default=False),
    ] = None,
    as_json: Json = False,
) -> None:
    from tjxl.demo import free_folder, run_demo

    result = run_demo(folder or free_folder(Path()), quiet=as_json)
    finish(result, as_json, show("demo", "demo"), False)


app.command("report-up", help="用本级总台账填写上级下发的填报表，供审核后上报。")(report_up)
app.command("take-over", help="把上级新下发填报表中任务的增加和改动纳入本级总台账。")(take_over)
app.command("simulate-year", help="演练一整年：下发、填报、退回、重报、更正、合并，供培训和测试。")(simulate_year)


@app.command(help="检查按钮所需的各项条件，并说明如何处理。")
def doctor(
    folder: Folder = Path(),
    *,
    fix: Annotated[
        bool, typer.Option("--fix", help="把本机 Python 的位置写入总台账，补齐缺失的往期流水工作簿。")
    ] = False,
    as_json: Json = False,
) -> None:
    from tjxl.installation.doctor import doctor as run
    from tjxl.project import Project

    project = Project(folder)
    result = run(project_of(folder) if fix or project.master.exists() else None, fix=fix)
    finish(result, as_json, show("installation", "doctor"), any(c["severity"] != "note" for c in result["checks"]))


@app.command("upgrade-master", help="把总台账中的宏和按钮更新到已安装的版本，其他内容不变。")
def upgrade_master(folder: Folder = Path(), *, as_json: Json = False) -> None:
    from tjxl.installation.upgrade import upgrade_master as run

    finish(run(project_of(folder)), as_json, show("installation", "upgrade_master"), False)


@app.command("pack-offline", help="收齐离线安装所需的全部文件（64 位 Windows）。")
def pack_offline(
    folder: Annotated[Path, typer.Argument(metavar="文件夹", help="放安装文件的文件夹。")],
    *,
    python: Annotated[str, typer.Option("--python", metavar="版本", help="对方的 Python 版本，如 3.12。")] = "3.11",
    as_json: Json = False,
) -> None:
    from tjxl.installation.offline import pack_offline as run

    finish(run(folder, python), as_json, show("installation", "pack_offline"), False)


@app.command(help="在项目文件夹中生成双击即可使用的菜单（WPS、Linux 等不能用按钮时）。")
def launcher(folder: Folder = Path(), *, as_json: Json = False) -> None:
    from tjxl.installation.launcher import make_launcher

    finish(make_launcher(project_of(folder)), as_json, show("installation", "launcher"), False)


@app.command(help="用菜单操作（供双击启动的文件调用）。")
def menu(folder: Folder = Path()) -> None:
    from tjxl.installation.menu import menu as run

    run(project_of(folder))


with_chinese_pages(app)


def main() -> None:
    """Entry point: every error becomes one clear line and exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        status = app(standalone_mode=False) or DONE
        if status == _INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(status)
    except TjxlError as error:
        _fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # who presses twice is answered once
        _fail("已中断。总台账是完整的：这一步要么已经写入，要么没有写入；再运行一次即可。")
    except OSError as error:
        from tjxl.errors import plain_reason

        place = f"文件“{error.filename}”" if error.filename else "项目文件夹"
        _fail(f"{place}无法读写：{plain_reason(error)}。请检查路径、权限和磁盘空间。")
    except Exception as error:
        if callable(getattr(error, "format_message", None)):  # click's own errors: typer ships a copy of click
            _fail(f"命令写法有误：{_usage(error)}请用 --help 查看用法。")
        # a fault of ours: said in one line, never as a traceback
        _fail(f"程序出现意外错误（{type(error).__name__}：{error}）。请把这行文字和所用文件交技术支持。")


def _usage(error: Exception) -> str:
    """A usage error of click, said in Chinese; what it has no word for is given as click says it."""
    param = getattr(error, "param", None)
    names = [n for n in getattr(param, "opts", ()) if n.startswith("-")]
    name = names[0] if names else str(getattr(param, "metavar", None) or "").strip("[]") or "参数"
    kind = type(error).__name__
    if kind == "MissingParameter":
        return f"缺少{name}。"
    if kind == "BadParameter":
        return f"{name} 的值不可用{_range(param)}。"
    if kind == "NoSuchOption":
        return f"没有选项 {getattr(error, 'option_name', '')}。"
    if kind == "BadOptionUsage":
        return f"选项 {getattr(error, 'option_name', '')} 的用法不对。"
    words = str(getattr(error, "message", error))
    if quoted := re.search(r"No such command '(.*?)'", words):
        return f"没有命令 {quoted[1]}。"
    if extra := re.search(r"unexpected extra argument\S* \((.*?)\)", words):
        return f"多余的参数 {extra[1]}。"
    return f"{words} "


def _range(param: object) -> str:
    """What an option takes, where it has bounds: typer's own copy of click keeps them at the option itself."""
    least, most = getattr(param, "min", None), getattr(param, "max", None)
    if least is not None and most is not None:
        return f"，应为 {least} 到 {most} 的数"
    if least is not None:
        return f"，应为不小于 {least} 的数"
    return ""


def _fail(sentence: str) -> None:
    sys.stderr.write(" ".join(sentence.split()) + "\n")
    sys.exit(FAILED)
