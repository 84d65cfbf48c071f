"""The annotated copy of a return: the unit's own workbook with the bad cells marked, commented and listed.

Marks are conditional formats that are always true, so that they can be told from the unit's own colours and taken
away again when the mended file comes back with old marks in it.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Sequence

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.formatting import ConditionalFormattingList
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from tjxl.findings import SEVERITY_TITLES, Finding, Severity
from tjxl.register import serial_of
from tjxl.sheets.textsize import row_height

RESULT_SHEET = "校验结果"
AUTHOR = "督查台账校验"
_ALWAYS = 'LEN("tjxl-mark")>0'
_COLOURS: dict[Severity, str] = {"error": "FFC7CE", "question": "FFD8A8", "warning": "FFEB9C", "note": "DDEBF7"}
_WIDTHS = (8, 10, 12, 10, 70)
_TITLES = ("类别", "工作表", "位置", "任务序号", "说明")


def annotated(content: bytes, findings: Sequence[Finding], heading: str) -> bytes:
    """A copy of an .xlsx return with its findings marked in the cells and listed on the sheet 校验结果.

    `heading` says whose return of which period it is.

    Raises:
        Exception: openpyxl cannot open the workbook; the caller falls back to the text alone.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # parts that openpyxl does not keep are still in the unit's own file
        book = load_workbook(io.BytesIO(content))
    for sheet in book.worksheets:
        _clear_marks(sheet)
    if RESULT_SHEET in book.sheetnames:
        del book[RESULT_SHEET]
    by_cell: dict[tuple[str, str], list[Finding]] = {}
    for f in findings:
        if f.sheet in book.sheetnames and f.sheet and f.cell:
            by_cell.setdefault((f.sheet, f.cell), []).append(f)
    for (sheet_name, cell), found in by_cell.items():
        _mark(book[sheet_name], cell, found)
    _result_sheet(book, findings, heading)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _clear_marks(sheet: Worksheet) -> None:
    for row in sheet.iter_rows():
        for cell in row:
            if cell.comment is not None and cell.comment.author == AUTHOR:
                cell.comment = None
    kept = ConditionalFormattingList()
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            if list(rule.formula or ()) != [_ALWAYS]:
                kept.add(str(area.sqref), rule)
    sheet.conditional_formatting = kept


def _mark(sheet: Worksheet, cell: str, findings: Sequence[Finding]) -> None:
    worst = min((f.severity for f in findings), key=list(_COLOURS).index)
    fill = PatternFill(bgColor=_COLOURS[worst], fill_type="solid")
    look = DifferentialStyle(font=Font(bold=True), fill=fill)
    rule = Rule(type="expression", dxf=look, stopIfTrue=True, formula=[_ALWAYS])
    marks = ConditionalFormattingList()
    marks.add(cell, rule)  # first, so that no colour of the form itself hides it
    for area in sheet.conditional_formatting:
        for old in area.rules:
            marks.add(str(area.sqref), old)
    sheet.conditional_formatting = marks
    text = "\n".join(f"【{SEVERITY_TITLES[f.severity]}】{f.message}" for f in findings)
    comment = Comment(text, AUTHOR)
    comment.width, comment.height = 320, 60 + 20 * text.count("\n") + len(text)
    sheet[cell].comment = comment


def _result_sheet(book: Workbook, findings: Sequence[Finding], heading: str) -> None:
    sheet = book.create_sheet(RESULT_SHEET, 0)
    book.active = 0
    for other in book.worksheets[1:]:
        other.sheet_view.tabSelected = False
    font, thin = "微软雅黑", Side(style="thin", color="BFBFBF")
    sheet["A1"] = f"校验结果：{heading}"
    sheet["A1"].font = Font(name=font, size=14, bold=True)
    sheet["A2"] = "请按下列说明逐项改正（点击“位置”可跳到该单元格），保存后将本文件发回。"
    sheet["A2"].font = Font(name=font, size=10)
    for column, (title, width) in enumerate(zip(_TITLES, _WIDTHS, strict=True), 1):
        head = sheet.cell(4, column, title)
        head.font = Font(name=font, size=10, bold=True)
        head.fill = PatternFill("solid", fgColor="D9E1F2")
        head.border = Border(thin, thin, thin, thin)
        sheet.column_dimensions[head.column_letter].width = width
    for row, f in enumerate(_worst_first(findings), 5):
        values = (SEVERITY_TITLES[f.severity], f.sheet or "", f.cell or "", _serial(f.task), f.message)
        for column, value in enumerate(values, 1):
            cell = sheet.cell(row, column)
            cell.value, cell.data_type = value, "s"  # text from outside is never a formula
            cell.font = Font(name=font, size=10)
            cell.alignment = Alignment(wrap_text=True, vertical="center")
            cell.border = Border(thin, thin, thin, thin)
        sheet.cell(row, 1).fill = PatternFill("solid", fgColor=_COLOURS[f.severity])
        sheet.row_dimensions[row].height = row_height([(f.message, _WIDTHS[4])], 20)
        if f.sheet in book.sheetnames and f.cell:
            place = sheet.cell(row, 3)
            sheet_name = f.sheet.replace("'", "''")
            place.hyperlink = Hyperlink(ref=place.coordinate, location=f"'{sheet_name}'!{f.cell}")
            place.font = Font(name=font, size=10, underline="single", color="0563C1")
    sheet.freeze_panes = "A5"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "portrait", 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "4:4"


def _serial(task: str | None) -> str:
    """The number that the unit knows the task by: the code is hidden in its form."""
    serial = serial_of(task) if task else None
    return "" if serial is None else str(serial)


def _worst_first(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda f: list(_COLOURS).index(f.severity))
