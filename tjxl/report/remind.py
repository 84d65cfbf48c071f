"""Reminders as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape
from rich.table import Table

from tjxl.report.console import console, table
from tjxl.report.findings import show_decisions, show_findings

_LISTED = 40
_TASKS = 6


def show_remind(result: Mapping[str, Any]) -> None:
    """`tjxl remind`: the list, what has come since, what to do next."""
    out = console()
    show_decisions(result["decisions"])
    reminders = result["reminders"]
    new = [r for r in reminders if r["new"]]
    if reminders:
        out.print(_list(reminders))
        units = len({r["unit_code"] for r in reminders})
        again = len(reminders) - len(new)
        earlier = f"，其中 {again} 件今天已经催办过，没有重复" if again else ""
        out.print(f"{result['today']} 催办 {units} 个单位，{len(reminders)} 件{earlier}。")
    else:
        out.print(f"{result['today']} 没有需要催办的事项。")
    if result["settled"]:
        out.print(f"以前催办的 {len(result['settled'])} 件已办结：{'、'.join(result['settled'])}")
    show_findings(result["findings"])
    if reminders:
        folder = reminders[-1]["notice"].rpartition("/")[0]
        mails = sum(1 for notice, mail in {(r["notice"], r["email"]) for r in reminders} if mail)
        drafts = f"，邮件草稿 {mails} 份（双击打开，核对后发送）" if mails else ""
        out.print(
            f"通知（.docx）和短信、微信文字（.txt）在“{escape(folder)}”中{drafts}。"
            "请发送各单位，并在总台账“催办”表登记联系情况和签收时间。"
        )


def _list(reminders: list[Mapping[str, Any]]) -> Table:
    listed = table("单位", "事由", "力度", "轮次", "限办日期", "任务")
    for r in reminders[:_LISTED]:
        tasks = "、".join(r["tasks"][:_TASKS]) + (f" 等{len(r['tasks'])}项" if len(r["tasks"]) > _TASKS else "")
        listed.add_row(
            escape(r["unit"]), escape(r["matter_title"]), escape(r["level"]), str(r["round"]), str(r["due"]), tasks
        )
    if len(reminders) > _LISTED:
        listed.add_row(f"……另有 {len(reminders) - _LISTED} 件", "", "", "", "", "见总台账“催办”")
    return listed


def show_template(result: Mapping[str, Any]) -> None:
    """`tjxl remind --template`."""
    console().print(
        f"通知的文字已放在 {escape(result['template'])}，用记事本修改，下次催办即生效；不改的项目可以删去。"
    )
