"""The command line. Chinese for people; with `--json`, one JSON object on standard output and nothing else.

Exit status: 0 done; 1 done, but something needs a person; 2 it could not be done (one line on standard error).
"""

from __future__ import annotations

import re
import sys
from typing import Annotated

import typer

from tjxl import __version__
from tjxl.commands.archiving import archive_period
from tjxl.commands.bulletin import bulletin
from tjxl.commands.demo import demo, simulate
from tjxl.commands.export import export
from tjxl.commands.help import Group, in_chinese_hands
from tjxl.commands.installation import doctor, launcher, menu, pack_offline, upgrade_master
from tjxl.commands.notice import init, tasks
from tjxl.commands.recovery import rebuild, undo
from tjxl.commands.rehearsal import simulate_year
from tjxl.commands.remind import remind
from tjxl.commands.returns import check, collect, issue, merge
from tjxl.commands.scores import score
from tjxl.commands.shared import DONE
from tjxl.commands.snapshot import snapshot
from tjxl.commands.status import history, status
from tjxl.commands.superior import report_up, take_over
from tjxl.commands.verify import verify
from tjxl.ending import fail, interrupted, speak_utf8
from tjxl.errors import TjxlError

app = typer.Typer(
    name="tjxl",
    cls=Group,
    help="政府重点工作督查台账：从任务分解表到总台账，全年下发、收集、校验、合并。",
    epilog="返回值：0 完成；1 完成，但所得结果需要人处理（如有退回、待裁决）；2 未能进行，屏幕有一句说明。",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

_INTERRUPTED = 130  # what typer makes of Ctrl-C


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


app.command(help="读取通知，列出任务。")(tasks)
app.command(help="按通知，或按上级下发的填报表，建立项目文件夹和总台账。")(init)
app.command(help="下发一期填报表。")(issue)
app.command(help="收集并校验收件夹中的填报表。")(collect)
app.command(help="把校验通过的填报表并入总台账。")(merge)
app.command(help="撤销最近一次合并，办公厅填写的内容保留。")(undo)
app.command(help="用归档的填报表核对、恢复总台账中由系统写入的单元格。")(rebuild)
app.command(help="校验一份填报表，不写入任何文件。")(check)
app.command(help="催办：列出未报送、退回未重报、逾期、滞后和临近时限的事项，生成各单位的通知。")(remind)
app.command(help="查看目前进度。")(status)
app.command(help="查看一项任务各项内容的来龙去脉：何期、何单位、何文件何单元格。")(history)
app.command("verify", help="导入审计、统计、财政等部门的核查结果，与填报内容对照。")(verify)
app.command("snapshot", help="导出总台账在过去某一期时的样子，另存为只供查阅的工作簿。")(snapshot)
app.command("score", help="按任务权重、牵头配合分摊和完成结果考核计分，列出排名。")(score)
app.command("bulletin", help="生成一期通报（Word 文件），内容同时写入总台账的“通报”表。")(bulletin)
app.command(help="模拟各单位填报，供培训和测试。")(simulate)
app.command(help="把总台账的各表导出为 CSV 和 Parquet 文件，供其他程序分析。")(export)
app.command("archive-period", help="把往期的流水移到单独的工作簿，追溯、撤销、核对照常。")(archive_period)
app.command(help="用样例通知演示全过程，并留下项目文件夹。")(demo)
app.command("report-up", help="用本级总台账填写上级下发的填报表，供审核后上报。")(report_up)
app.command("take-over", help="把上级新下发填报表中任务的增加和改动纳入本级总台账。")(take_over)
app.command("simulate-year", help="演练一整年：下发、填报、退回、重报、更正、合并，供培训和测试。")(simulate_year)
app.command(help="检查按钮所需的各项条件，并说明如何处理。")(doctor)
app.command("upgrade-master", help="把总台账中的宏和按钮更新到已安装的版本，其他内容不变。")(upgrade_master)
app.command("pack-offline", help="收齐离线安装所需的全部文件（64 位 Windows）。")(pack_offline)
app.command(help="在项目文件夹中生成双击即可使用的菜单（WPS、Linux 等不能用按钮时）。")(launcher)
app.command(help="用菜单操作（供双击启动的文件调用）。")(menu)


in_chinese_hands(app)


def main() -> None:
    """Entry point: every error becomes one clear line and exit status 2."""
    speak_utf8()
    try:
        status = app(standalone_mode=False) or DONE
        if status == _INTERRUPTED:
            raise KeyboardInterrupt
        sys.exit(status)
    except TjxlError as error:
        fail(str(error))
    except (KeyboardInterrupt, typer.Abort):
        interrupted()
    except OSError as error:
        from tjxl.errors import plain_reason

        place = f"文件“{error.filename}”" if error.filename else "项目文件夹"
        fail(f"{place}无法读写：{plain_reason(error)}。请检查路径、权限和磁盘空间。")
    except Exception as error:
        if callable(getattr(error, "format_message", None)):  # click's own errors: typer ships a copy of click
            fail(f"命令写法有误：{_usage(error)}请用 --help 查看用法。")
        # a fault of ours: said in one line, never as a traceback
        fail(f"程序出现意外错误（{type(error).__name__}：{error}）。请把这行文字和所用文件交技术支持。")


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
