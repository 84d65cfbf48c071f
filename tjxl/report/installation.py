"""What keeps tjxl working on a machine: doctor, macros, offline package, launcher."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rich.markup import escape

from tjxl.report.console import console


def show_doctor(result: Mapping[str, Any]) -> None:
    """What the doctor found, what needs doing first."""
    out = console()
    if result["fixed"]:
        out.print("已把本机 Python 的位置写入总台账。")
    words = {"error": "[red]需要处理[/]", "warning": "[yellow]请留意[/]", "note": "[green]正常[/]"}
    for check in sorted(result["checks"], key=lambda c: list(words).index(c["severity"])):
        out.print(f"  【{words[check['severity']]}】{escape(check['message'])}")


def show_upgrade_master(result: Mapping[str, Any]) -> None:
    """Which parts were brought up to date."""
    out = console()
    if not result["updated"]:
        out.print("总台账中的宏和按钮已是最新，未作改动。")
        return
    out.print(f"已更新：{escape('、'.join(result['updated']))}。", f"总台账：{escape(result['master'])}", sep="\n")
    out.print(f"更新前的备份：{escape(result['backup'])}")


def show_pack_offline(result: Mapping[str, Any]) -> None:
    """What was gathered, and where."""
    size = result["bytes"] / 1024 / 1024
    console().print(
        f"离线安装包已放在 {escape(result['folder'])}：{len(result['wheels'])} 个组件，{size:.0f} MB，"
        f"适用于 64 位 Windows 和 Python {result['python']}。请整个文件夹复制过去，双击 install.bat。"
    )


def show_launcher(result: Mapping[str, Any]) -> None:
    """Where the launcher is."""
    console().print(f"已生成 {escape(result['launcher'])}，双击打开菜单。")
