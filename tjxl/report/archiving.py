"""What `tjxl archive-period` says to people."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rich.markup import escape

from tjxl.report.console import console, figures, table
from tjxl.report.findings import show_findings


def show_archive_period(result: Mapping[str, Any], folder: Path = Path()) -> None:
    """What was moved where, or what could be; what stays, and why.

    Args:
        folder: of the project, as it was named to the command.
    """
    out = console()
    movable = [line for line in result["movable"] if any(line["rows"].values())]
    if result["moved"]:
        out.print(f"已把 {result['period']} 及以前各期的流水移出总台账，追溯、撤销、核对、导出照常：")
        for volume in result["moved"]:
            out.print(f"  {escape(volume['file'])}：{_counts(volume['rows'])}")
        out.print("请妥善保管“往期流水”文件夹，连同总台账一起备份；其中的文件不要改动、改名。")
    elif movable:
        _list(movable, folder)
    elif result["kept"]:
        out.print("没有可以移出的流水。")
    else:
        out.print("没有可以移出的流水：最近下发的一期不移出，更早各期没有流水或已经移出。")
    if reasons := Counter((kept["table"], kept["reason"]) for kept in result["kept"]):
        said = "，".join(f"{table} {count} 行（{reason}）" for (table, reason), count in sorted(reasons.items()))
        out.print(f"留在总台账的：{said}。")
    if result["readers"] and not result["moved"]:
        out.print(f"[yellow]以下各处读取这些行，移出后结果会变：{escape('、'.join(result['readers']))}。[/]")
    show_findings(result["findings"])
    if result["backup"]:
        out.print(f"移出前的总台账已备份：{escape(result['backup'])}")


def _list(movable: Sequence[Mapping[str, Any]], folder: Path) -> None:
    """The periods of which rows can be moved: a column for each table, so that all fit into a narrow window."""
    out = console()
    titles = list(dict.fromkeys(title for line in movable for title in line["rows"]))
    counted = map(figures, (*titles, "留在总台账"))
    listed = table("期次", *counted, title="可以移出的流水（行数，尚未移出）", title_justify="left")
    for line in movable:
        counts = (*(line["rows"].get(title, 0) for title in titles), line["kept"])
        listed.add_row(line["period"], *(str(count or "") for count in counts))
    out.print(listed)
    place = "" if folder == Path() else f" {_quoted(folder)}"
    command = f"tjxl archive-period{place} --period {movable[-1]['period']}"
    out.print(f"移出某期及以前各期：{command}", markup=False)


def _quoted(folder: Path) -> str:
    """As it is typed in a command line of this system."""
    return subprocess.list2cmdline([str(folder)]) if os.name == "nt" else shlex.quote(str(folder))


def _counts(rows: Mapping[str, int]) -> str:
    return "，".join(f"{title} {count} 行" for title, count in rows.items() if count)
