"""The marks of an annotated return set by a plain openpyxl script: load, mark, list, save.

It loses what openpyxl does not know (pictures, shapes, extensions, values of formulas); only the time is compared.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence

from openpyxl import load_workbook
from openpyxl.comments import Comment
from openpyxl.formatting.rule import Rule
from openpyxl.styles import Font, PatternFill
from openpyxl.styles.differential import DifferentialStyle

from tjxl.findings import Finding


def annotate(content: bytes, findings: Sequence[Finding]) -> bytes:
    """The workbook with a colour and a comment in each cell and all findings on a first sheet, linked."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content))
    listed = book.create_sheet("校验结果", 0)
    look = DifferentialStyle(font=Font(bold=True), fill=PatternFill("solid", bgColor="FFC7CE"))
    for row, f in enumerate(findings, 5):
        listed.append([f.severity, f.sheet, f.cell, f.task, f.message])
        if f.sheet and f.cell:
            book[f.sheet][f.cell].comment = Comment(f.message, "校验")
            book[f.sheet].conditional_formatting.add(f.cell, Rule("expression", dxf=look, formula=["TRUE"]))
            listed.cell(row, 3).hyperlink = f"#'{f.sheet}'!{f.cell}"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
