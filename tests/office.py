"""What the tests of the use cases share: a project of the sample notice, and forms in the hands of a unit.

市体育局 has three tasks, in this order on its form (sheet 填报, period 2022-05):

    row 7   T130  牵头   要求完成
    row 8   T035  配合   取得明显进展
    row 9   T037  配合   取得明显进展

Columns to fill: J 进展状态 · K 完成进度 · L 进展情况 · M 存在问题 · N 下一步措施 · O 完成日期 · P 佐证材料.
Head: F4 填报人 · H4 联系电话 · J4 审核人 · M4 填报日期; locked H3 填报单位 · J3 期次.
市审计局 has one task, T137 (牵头), in row 7.
"""

from __future__ import annotations

import datetime as dt
import io
import os
import warnings
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

from openpyxl import load_workbook
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tjxl import flows
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.sheets.layout import SheetLayout, master_layout
from tjxl.sheets.rows import read_rows
from tjxl.sheets.state import MasterState
from tjxl.sheets.volumes import Shelf

MAY, JUNE = "2022-05", "2022-06"
SPORTS, AUDIT = "市体育局", "市审计局"
REPORTED_ON = dt.date(2022, 5, 20)
FIRST_ROW = 7
NOTHING: Mapping[str, Any] = {}
HEAD: dict[str, Any] = {"F4": "张明", "H4": "022-23456789", "J4": "李华", "M4": REPORTED_ON}
PROGRESS = "已完成方案论证和立项批复，各参与单位按计划推进。"
ROW: Mapping[str, Any] = {"J": "正常推进", "K": 0.4, "L": PROGRESS}

Place = tuple[str, str | None, str | None, Any]
"""Of a finding: code, sheet, cell, original value."""


def filled(
    form: bytes, milestones: Mapping[str, Any] = NOTHING, targets: Mapping[str, Any] = NOTHING, **cells: Any
) -> bytes:
    """A form filled in without a mistake, as Excel saves it; then `cells` (`K7="80％"`, None empties) are set.

    On 节点 (first row 5) nothing is done yet and an explanation given, on 指标 (first row 5) there are no data yet;
    `milestones` and `targets` are set after that.
    """
    editor = BookEditor(form)
    _fill_rows(editor, "填报", ROW, HEAD | cells)
    _fill_rows(editor, "节点", {"F": "否", "H": "正在按计划办理，尚未到完成的时候。"}, milestones)
    _fill_rows(editor, "指标", {"I": "统计数据下月公布。"}, targets)
    return editor.save()


def _fill_rows(editor: BookEditor, sheet: str, row: Mapping[str, Any], cells: Mapping[str, Any]) -> None:
    """A row's values in every row of a sheet that does not come prefilled on 节点, then single cells."""
    if sheet not in editor.book.sheets:
        return
    present = editor.book.cells(sheet).cells
    numbers = [number for (number, column), c in present.items() if column == 1 and _is_code(c.value)]
    values = {
        f"{column}{number}": value
        for number in numbers
        if sheet != "节点" or (number, 6) not in present
        for column, value in row.items()
    }
    for cell, value in (values | dict(cells)).items():
        editor.edit(sheet, *parse_cell(cell), Put(value))


def _is_code(value: object) -> bool:
    return isinstance(value, str) and value[:1] == "T" and value[1:2].isdigit()


def opened(content: bytes | Path) -> Workbook:
    """A workbook as openpyxl sees it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not keep is not what these tests look at
        return load_workbook(io.BytesIO(content) if isinstance(content, bytes) else content)


def saved(book: Workbook) -> bytes:
    """The workbook as openpyxl writes it."""
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def changed(content: bytes, change: Callable[[Worksheet], object], sheet: str = "填报") -> bytes:
    """The workbook changed and saved by another program (openpyxl): shared strings, no values of formulas."""
    book = opened(content)
    change(cast(Worksheet, book[sheet]))
    return saved(book)


def resaved(content: bytes) -> bytes:
    """The same words, saved by another program."""
    return saved(opened(content))


def without_format(content: bytes, **cells: Any) -> bytes:
    """Values typed into cells that have lost their number format."""

    def change(sheet: Worksheet) -> None:
        for cell, value in cells.items():
            sheet[cell].number_format = "General"
            sheet[cell].value = value

    return changed(content, change)


def with_part(content: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with one part rewritten."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            new.writestr(entry, change(part) if entry.filename == name else part)
    return out.getvalue()


def part_of(content: bytes, sheet: str) -> str:
    """The name of the part that holds a sheet."""
    return Book(content).sheets[sheet].part


def zipped(members: Mapping[str, bytes]) -> bytes:
    """A zip archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2022, 5, 20, 10, 0, 0)), content)
    return out.getvalue()


class Office:
    """A project, and what the office and the units do in it."""

    def __init__(self, project: Project) -> None:
        self.project = project

    def form(self, unit: str, period: str = MAY) -> bytes:
        """The form issued to a unit."""
        return (self.project.issued(period) / f"{unit}.xlsx").read_bytes()

    def send(self, name: str, content: bytes, when: str = "2022-05-20 10:00") -> Path:
        """Drop a file into 收件/; `when` is the time of the file."""
        path = self.project.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        moment = dt.datetime.fromisoformat(when).timestamp()
        os.utime(path, (moment, moment))
        return path

    def collect(self, period: str | None = None) -> dict[str, tuple[str, list[Place]]]:
        """`tjxl collect`: file → verdict and findings."""
        returns = flows.collect(self.project, period_code=period)["returns"]
        return {r["file"]: outcome(r) for r in returns}

    def merge(self, period: str | None = None) -> dict[str, Any]:
        """`tjxl merge`."""
        return flows.merge(self.project, period)

    @property
    def master(self) -> bytes:
        """The master, byte for byte."""
        return self.project.master.read_bytes()

    @property
    def state(self) -> MasterState:
        """The master as tjxl reads it."""
        return MasterState(self.master, Shelf(self.project.volumes, self.project.volume_copies))

    def table(self, name: str, **where: Any) -> list[dict[str, Any]]:
        """Rows of a table of the master (`tasks`, `milestones`, `target_ledger` … of `workbook/master.toml`)."""
        rows = (dict(r.values) for r in read_rows(Book(self.master), master_layout()[name]))
        return [r for r in rows if all(r[k] == v for k, v in where.items())]

    def inbox(self) -> list[str]:
        """What is left in 收件/."""
        root = self.project.inbox
        return sorted(p.relative_to(root).as_posix() for p in root.rglob("*") if p.is_file())


def layouts() -> dict[str, SheetLayout]:
    """The tables that every master has; 分解 is only in one that was begun from a form."""
    return {name: layout for name, layout in master_layout().items() if name != "splits"}


def outcome(returned: Mapping[str, Any]) -> tuple[str, list[Place]]:
    """Verdict and findings of one member of `returns`."""
    return returned["verdict"], [(f["code"], f["sheet"], f["cell"], f["value"]) for f in returned["findings"]]


# Times and batch numbers tell when and in how many runs something was merged; everything else must not depend on it.
_OF_THE_RUN = ("merged_at", "batch")


def generated(office: Office) -> dict[str, list[dict[str, Any]]]:
    """The generated cells of 任务台账, 责任分工, 节点, 指标 and 报送情况, apart from the time of the merge."""
    names = ("tasks", "assignments", "milestones", "targets", "submissions")
    return {name: _generated_rows(office, name) for name in names}


def _generated_rows(office: Office, name: str) -> list[dict[str, Any]]:
    owned = [c.name for c in master_layout()[name].columns if c.owner != "office" and c.name not in _OF_THE_RUN]
    return [{n: row[n] for n in owned} for row in office.table(name)]
