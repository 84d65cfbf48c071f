"""Formulas of the office's own that rest on a table of the master go on to hold when a merge makes it longer."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl.utils import get_column_letter
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.table import TableColumn, TableFormula

from tests.libreoffice import recalculate, requires_libreoffice
from tests.merge.test_preserved import column, edit_master
from tests.office import AUDIT, SPORTS, Office, filled
from tjxl.ooxml.book import Book
from tjxl.ooxml.refs import cell_ref, parse_range

LEDGER, OWN = "填报流水", "王处的表"


def add_formulas(book: Workbook) -> None:
    """A calculated column at the ledger's right end; a sheet with formulas over its columns."""
    sheet = book[LEDGER]
    table = sheet.tables[LEDGER]
    area = parse_range(table.ref)
    percent = get_column_letter(column(sheet, "完成进度"))
    sheet.cell(area.top, area.right + 1).value = "百分数"
    for row in range(area.top + 1, area.bottom + 1):
        sheet.cell(row, area.right + 1).value = f"={percent}{row}*100"
    added = TableColumn(id=max(c.id for c in table.tableColumns) + 1, name="百分数")
    added.calculatedColumnFormula = TableFormula(attr_text=f"{percent}{area.top + 1}*100")
    table.tableColumns.append(added)
    table.ref = table.autoFilter.ref = area._replace(right=area.right + 1).ref
    own = book.create_sheet(OWN)
    cells = f"{LEDGER}!${percent}${area.top + 1}:${percent}${area.bottom}"
    own["A1"], own["A2"] = f"=COUNT({cells})", f"=SUM({cells})"
    own["A3"] = f"=SUM({LEDGER}[百分数])"


@pytest.fixture
def merged(office: Office) -> bytes:
    """A master with one return merged, formulas added by the office, and another return merged."""
    office.send("a.xlsx", filled(office.form(AUDIT), K7=0.3))
    assert office.merge()["rows"] == 1
    edit_master(office, add_formulas)
    office.send("b.xlsx", filled(office.form(SPORTS), K7=0.77))
    assert office.merge()["rows"] == 3
    return office.master


def percents(book: Book) -> list[float]:
    """完成进度 of each row of the ledger, 0 where it is blank."""
    table, cells = book.tables[LEDGER], book.cells(book.tables[LEDGER].sheet).cells
    found = (cells.get((row, table.columns["完成进度"])) for row in range(table.first_row, table.last_row + 1))
    return [float(cell.value) if cell is not None and cell.value is not None else 0.0 for cell in found]


def test_ranges_over_a_column_grow_and_a_calculated_column_goes_on(merged: bytes) -> None:
    book = Book(merged)
    table = book.tables[LEDGER]
    last = table.last_row
    assert last - table.first_row == 3
    percent = table.columns["完成进度"]
    own, ledger = book.cells(OWN), book.cells(table.sheet)
    end = f"{get_column_letter(percent)}${last})"
    assert [str(own.formula(row, 1)).endswith(end) for row in (1, 2)] == [True, True]
    added = table.columns["百分数"]
    assert ledger.formula(last, added) == f"{cell_ref(last, percent)}*100"
    # with their values, before any program has recalculated
    shown = [ledger.cells[row, added].value for row in range(table.first_row + 1, last + 1)]
    assert shown == pytest.approx([100 * percent for percent in percents(book)[1:]])


@requires_libreoffice
def test_libreoffice_counts_the_new_row(merged: bytes, tmp_path: Path) -> None:
    (tmp_path / "in.xlsx").write_bytes(merged)
    cells = Book(recalculate(tmp_path / "in.xlsx", tmp_path / "out.xlsx").read_bytes()).cells(OWN).cells
    reported = percents(Book(merged))
    assert sum(reported) > 0.3  # what was merged last counts too
    filled_in = sum(1 for percent in reported if percent)
    assert [cells[row, 1].value for row in (1, 2, 3)] == pytest.approx(
        [filled_in, sum(reported), 100 * sum(reported)]
    )
