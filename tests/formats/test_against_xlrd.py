"""xlrd, the reader of .xls of long standing, sees the same cells in what LibreOffice saves."""

from __future__ import annotations

import pytest

from tests.libreoffice import requires_libreoffice, saved_as
from tests.office import SPORTS, Office, filled
from tjxl.formats.xls import XlsBook
from tjxl.ooxml.cells import class_of
from tjxl.ooxml.looks import NumberClass
from tjxl.ooxml.refs import Range

xlrd = pytest.importorskip("xlrd")
_STATES = ("visible", "hidden", "veryHidden")


@requires_libreoffice
def test_the_same_cells(issued_project: Office) -> None:
    content = saved_as(filled(issued_project.form(SPORTS), K7=1.0, M7="线\n缆 " * 3000), "xls")
    ours, theirs = XlsBook(content), xlrd.open_workbook(file_contents=content, formatting_info=True)
    assert {s.name: s.state for s in ours.sheets.values()} == {s.name: _STATES[s.visibility] for s in theirs.sheets()}
    for sheet in theirs.sheets():
        read = ours.cells(sheet.name)
        assert {place: _plain(cell.value) for place, cell in read.cells.items() if cell.value != ""} == {
            (row + 1, column + 1): cell.value
            for row in range(sheet.nrows)
            for column, cell in enumerate(sheet.row(row))
            if cell.ctype not in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK) and cell.value != ""
        }
        merged = {Range(top + 1, left + 1, bottom, right) for top, bottom, left, right in sheet.merged_cells}
        assert set(read.merged) == merged
        for (row, column), cell in read.cells.items():
            if cell.kind == "number":
                style = theirs.xf_list[sheet.cell(row - 1, column - 1).xf_index]
                shown = theirs.format_map[style.format_key].format_str
                assert class_of(cell, ours.number_classes) == _class(shown)


def _plain(value: object) -> object:
    return int(value) if isinstance(value, bool) else value


def _class(shown: str) -> NumberClass:
    """Of the few formats that stand in a form."""
    if shown == "General":
        return "general"
    return "percent" if "%" in shown else "date" if "Y" in shown.upper() else "number"
