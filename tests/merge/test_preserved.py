"""The merge finds its tables wherever people put them. (That the rest stays as it was: `test_lossless`.)"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

import pytest
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.office import AUDIT, SPORTS, Office, filled, opened, saved
from tjxl.ooxml.book import Book
from tjxl.ooxml.package import local_name
from tjxl.ooxml.refs import parse_range


def column(sheet: Worksheet, title: str) -> int:
    """The column of a title in the header of the sheet's table."""
    header = parse_range(sheet.tables[sheet.title].ref).top
    return next(cell.column for cell in sheet[header] if cell.value == title)


def row_of(sheet: Worksheet, key: str) -> int:
    return next(row[0].row for row in sheet.iter_rows() if row[0].value == key)


Change = Callable[[Workbook], None]


def edit_master(office: Office, change: Change) -> None:
    """The office opens its master, changes something and saves it with a program that keeps no formula values."""
    book = opened(office.master)
    change(book)
    office.project.master.write_bytes(saved(book))


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def content_of(package: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, part in package.items():
            z.writestr(name, part)
    return out.getvalue()


# ---- tables that people moved


def sort_by_deadline(book: Workbook) -> None:
    """任务台账 sorted the other way round, values and formulas with their rows."""
    sheet = book["任务台账"]
    area = parse_range(sheet.tables["任务台账"].ref)
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(area.top + 1, area.bottom, 1, area.right)]
    for r, values in enumerate(reversed(rows), area.top + 1):
        for c, value in enumerate(values, 1):
            sheet.cell(r, c).value = value


def two_rows_above(book: Workbook) -> None:
    sheet = book["任务台账"]
    table = sheet.tables["任务台账"]
    area = parse_range(table.ref)
    sheet.move_range(f"A1:{sheet.cell(area.bottom, sheet.max_column).coordinate}", rows=2, translate=True)
    table.ref = table.autoFilter.ref = area._replace(top=area.top + 2, bottom=area.bottom + 2).ref
    sheet["A1"] = "办公厅内部用表"


def renamed_sheets(book: Workbook) -> None:
    book["任务台账"].title = "台账（王处改）"
    book["责任分工"].title = "分工"
    book.move_sheet("台账（王处改）", offset=3)


def columns_added(book: Workbook) -> None:
    """A column of the office's own at the right end of the table."""
    from openpyxl.worksheet.table import TableColumn

    sheet = book["任务台账"]
    table = sheet.tables["任务台账"]
    area = parse_range(table.ref)
    sheet.cell(area.top, area.right + 1).value = "联络员"
    sheet.cell(area.top + 1, area.right + 1).value = "小李"
    table.tableColumns.append(TableColumn(id=max(c.id for c in table.tableColumns) + 1, name="联络员"))
    table.ref = table.autoFilter.ref = area._replace(right=area.right + 1).ref


@pytest.mark.parametrize("change", [sort_by_deadline, two_rows_above, renamed_sheets, columns_added])
def test_the_merge_finds_its_rows_wherever_people_put_them(office: Office, change: Change) -> None:
    edit_master(office, change)
    before = {r["task_code"]: r for r in office.table("tasks")}
    order = [r["task_code"] for r in office.table("tasks")]
    office.send("a.xlsx", filled(office.form(SPORTS), K7=0.77))
    office.merge()
    after = {r["task_code"]: r for r in office.table("tasks")}
    assert [r["task_code"] for r in office.table("tasks")] == order
    assert {code for code in after if after[code]["status"] != before[code]["status"]} == {"T130"}
    assert after["T130"]["percent_complete"] == 0.77
    if change is columns_added:
        assert any(c.value == "小李" for row in opened(office.master)["任务台账"].iter_rows() for c in row)


def test_a_ledger_that_a_person_sorted_still_knows_what_came_last(office: Office) -> None:
    import datetime as dt

    office.send("a.xlsx", filled(office.form(AUDIT), K7=0.3))
    office.merge()
    office.send("b.xlsx", filled(office.form(AUDIT), K7=0.5, M4=dt.date(2022, 5, 23)))
    office.merge()

    def turn_round(book: Workbook) -> None:
        sheet = book["填报流水"]
        area = parse_range(sheet.tables["填报流水"].ref)
        first, last = ([c.value for c in sheet[r]] for r in (area.top + 1, area.bottom))
        for c, (one, other) in enumerate(zip(first, last, strict=True), 1):
            sheet.cell(area.top + 1, c).value, sheet.cell(area.bottom, c).value = other, one

    edit_master(office, turn_round)
    office.send("c.xlsx", filled(office.form(AUDIT), K7=0.5, M4=dt.date(2022, 5, 24)))
    assert office.merge()["rows"] == 0
    assert office.table("tasks", task_code="T137")[0]["percent_complete"] == 0.5


# ---- what rests on the merged cells


def alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < 1e-9
    return one == other


def shown_points(book: Book, chart: str) -> list[tuple[object, object]]:
    """Each cached point with the cell that it stands for."""
    out: list[tuple[object, object]] = []
    for reference in book.package.xml(chart).iter():
        if local_name(reference) not in ("numRef", "strRef"):
            continue
        sheet, _, ref = "".join(e.text or "" for e in reference if local_name(e) == "f").rpartition("!")
        area = parse_range(ref.replace("$", ""))
        cells = [(r, c) for r in range(area.top, area.bottom + 1) for c in range(area.left, area.right + 1)]
        values = {e.get("idx"): e[0].text for e in reference.iter() if local_name(e) == "pt"}
        for i, place in enumerate(cells):
            cell = book.cells(sheet.strip("'")).cells.get(place)
            value = cell.value if cell is not None else None
            cached = values.get(str(i))
            out.append((float(cached) if isinstance(value, float) and cached is not None else cached, value))
    return out
