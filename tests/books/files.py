"""What arrives instead of a workbook, and workbooks of other formats (modes 31 to 40 and 45)."""

from __future__ import annotations

from tests.books.case import Case
from tests.office import SPORTS, filled

CASES = (
    Case(
        31,
        "文件名是“新建 Microsoft Excel 工作表 (2).xlsx”",
        lambda office: {"新建 Microsoft Excel 工作表 (2).xlsx": filled(office.form(SPORTS))},
        {"新建 Microsoft Excel 工作表 (2).xlsx": ("accepted", [])},
    ),
)
