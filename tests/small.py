"""A project small enough to be made, copied and merged many times: three tasks of three units.

序号  任务编码  完成时限              牵头        配合
1     T001      年底前完成            市甲局      市乙局
2     T002      年底前取得明显进展    市乙局      市甲局、市丙局
3     T003      年底前完成            市丙局
"""

from __future__ import annotations

from pathlib import Path

from tests.office import MAY, Office
from tjxl import flows
from tjxl.project import Project

UNITS = ("市甲局", "市乙局", "市丙局")
_NOTICE = """2022年市政府重点工作责任分解表

序号\t主要任务\t重点工作\t完成时限\t分管领导\t责任单位
1\t一、推动发展\t办好第一件实事，完善配套措施。\t年底前完成\t王卫东\t市甲局、市乙局
2\t一、推动发展\t办好第二件实事，完善配套措施。\t年底前取得明显进展\t王卫东\t市乙局、市甲局、市丙局
3\t二、改善民生\t办好第三件实事，完善配套措施。\t年底前完成\t孙文魁\t市丙局
"""


def small_project(root: Path, *periods: str) -> Office:
    """The project in a folder, the forms of these periods (2022-05) issued."""
    flows.init(root, write_notice(root.parent), 2022)
    for period in periods or (MAY,):
        flows.issue(Project(root), period)
    return Office(Project(root))


def split_project(root: Path, *, period: str = MAY, report: str = "") -> Office:
    """The project with two stages, the forms of the first one of a period issued.

    Args:
        report: more lines of `[report]` in tjxl.toml.
    """
    office = unissued_project(root, f"two_stages = true\n{report}")
    flows.issue(office.project, period)
    return office


def unissued_project(root: Path, report: str = "", more: str = "") -> Office:
    """The project before anything was issued, with these lines in `[report]` of tjxl.toml.

    Args:
        more: further lines of the notice.
    """
    notice = root.parent / "通知.txt"
    notice.write_text(_NOTICE + more, encoding="utf-8")
    flows.init(root, notice, 2022)
    set_report(Project(root), report)
    return Office(Project(root))


def set_report(project: Project, report: str) -> None:
    """The office's settings: `[report]` with these lines, everything else as shipped."""
    project.settings_file.write_text(f"[report]\n{report}\n", encoding="utf-8")


def write_notice(folder: Path) -> Path:
    """The notice of these tasks, as a file."""
    notice = folder / "通知.txt"
    notice.write_text(_NOTICE, encoding="utf-8")
    return notice
