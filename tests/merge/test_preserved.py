"""What the office does to its master survives a merge, and the merge finds its tables wherever they are."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import AUDIT, JUNE, PROGRESS, SPORTS, Office, filled, opened, saved
from tjxl.ooxml.book import Book
from tjxl.ooxml.package import local_name
from tjxl.ooxml.refs import parse_range
from tjxl.simulate import simulate

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8cfc000000301010018dd8db00000000049454e44ae426082"
)

OWN_SHEET = "会议记录"
PICTURE = b"""<oneCellAnchor><from><col>3</col><colOff>0</colOff><row>19</row><rowOff>0</rowOff></from>\
<ext cx="95250" cy="95250"/><pic><nvPicPr><cNvPr id="9" name="\xe5\x9b\xbe"/><cNvPicPr/></nvPicPr><blipFill>\
<a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" \
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" r:embed="rIdPicture"/></blipFill>\
<spPr><a:prstGeom xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" prst="rect"/></spPr></pic>\
<clientData/></oneCellAnchor>"""
PICTURE_REL = b"""<Relationship Id="rIdPicture" Target="/xl/media/picture.png" \
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image"/>"""


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
    content = saved(book)
    office.project.master.write_bytes(with_picture(content, OWN_SHEET) if OWN_SHEET in book.sheetnames else content)


def with_picture(content: bytes, sheet: str) -> bytes:
    """The workbook with a picture beside the chart of a sheet (openpyxl would need Pillow for it)."""
    book = Book(content)
    relations = book.package.relations(book.sheets[sheet].part)
    drawing = next(target for target, kind in relations.values() if kind.endswith("/drawing"))
    folder, _, leaf = drawing.rpartition("/")
    added = parts(content)
    added["xl/media/picture.png"] = PNG
    added[drawing] = added[drawing].replace(b"</wsDr>", PICTURE + b"</wsDr>")
    rels = f"{folder}/_rels/{leaf}.rels"
    added[rels] = added[rels].replace(b"</Relationships>", PICTURE_REL + b"</Relationships>")
    types = "[Content_Types].xml"
    png = b'<Default Extension="png" ContentType="image/png"/>'
    added[types] = added[types].replace(b"<Override", png + b"<Override", 1)
    assert added[drawing].count(PICTURE) == added[rels].count(PICTURE_REL) == added[types].count(b"image/png") == 1
    return content_of(added)


def decorate(book: Workbook) -> None:
    """What an office does in a year: words, comments, sheets, charts, pictures, colours."""
    tasks = book["任务台账"]
    row = row_of(tasks, "T137")
    tasks.cell(row, column(tasks, "核定状态")).value = "滞后"
    tasks.cell(row, column(tasks, "领导批示")).value = "请加快。"
    tasks.cell(row, column(tasks, "办公厅意见")).value = "=1+1"
    tasks.cell(row, column(tasks, "备注")).value = "每周一问"
    tasks.cell(row, column(tasks, "进展情况")).comment = Comment("与审计局通话，下周补材料", "王处")
    tasks.cell(row, column(tasks, "进展情况")).fill = PatternFill("solid", fgColor="00FF00")
    tasks.row_dimensions[row].height = 123
    own = book.create_sheet(OWN_SHEET)
    own["A1"], own["A2"] = "5月调度会", "=SUM(1,2)"
    chart = BarChart()
    chart.add_data(Reference(own, min_col=1, min_row=2, max_row=2))
    own.add_chart(chart, "D4")


@pytest.fixture
def merged_parts(office: Office) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The parts of a decorated master before and after a merge."""
    edit_master(office, decorate)
    before = parts(office.master)
    office.send("a.xlsx", filled(office.form(AUDIT)))
    assert office.merge()["rows"] == 1
    return before, parts(office.master)


def parts(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def test_only_the_parts_that_change_are_rewritten(merged_parts: tuple[dict[str, bytes], dict[str, bytes]]) -> None:
    before, after = merged_parts
    assert list(after) == list(before)
    differing = {name for name in before if before[name] != after[name]}
    assert differing
    allowed = ("xl/worksheets/sheet", "xl/charts/", "xl/tables/", "xl/workbook.xml")
    assert all(name.startswith(allowed) for name in differing)
    own = {OWN_SHEET, "设置", "使用说明", "_tjxl"}
    assert not differing & {Book(content_of(before)).sheets[name].part for name in own}


def content_of(package: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        for name, part in package.items():
            z.writestr(name, part)
    return out.getvalue()


def light_of(content: bytes, task: str) -> object:
    """亮灯 of a task, as the workbook's cell shows it."""
    book = Book(content)
    table, cells = book.tables["任务台账"], book.cells("任务台账").cells
    key, light = table.columns["任务编码"], table.columns["亮灯"]
    return next(
        cells[row, light].value for row in range(table.first_row, table.last_row + 1) if cells[row, key].value == task
    )


def test_office_columns_comments_colours_and_heights_stay(office: Office) -> None:
    edit_master(office, decorate)
    office.send("a.xlsx", filled(office.form(AUDIT)))
    office.merge()
    book = opened(office.master)
    tasks = book["任务台账"]
    row = row_of(tasks, "T137")
    titles = ("进展状态", "核定状态", "领导批示", "办公厅意见", "备注")
    shown = [tasks.cell(row, column(tasks, title)).value for title in titles]
    assert shown == ["正常推进", "滞后", "请加快。", "=1+1", "每周一问"]
    progress = tasks.cell(row, column(tasks, "进展情况"))
    assert progress.value == PROGRESS
    assert progress.comment is not None
    assert (progress.comment.text, progress.fill.fgColor.rgb) == ("与审计局通话，下周补材料", "0000FF00")
    assert tasks.row_dimensions[row].height == 123
    assert light_of(office.master, "T137") == "红"  # 核定状态 overrides what the unit reported
    own = book[OWN_SHEET]
    assert (own["A2"].value, len(charts_of(own))) == ("=SUM(1,2)", 1)
    assert parts(office.master)["xl/media/picture.png"] == PNG


def charts_of(sheet: object) -> list[object]:
    """openpyxl has no public name for them."""
    found: list[object] = sheet._charts  # type: ignore[attr-defined]
    return found


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


@requires_libreoffice
def test_libreoffice_agrees_with_every_figure_after_two_merges(june: Office, tmp_path: Path) -> None:
    simulate(june.project, JUNE, seed=8, faults=0.3)
    june.merge()
    before, after = june.master, recalculate(june.project.master, tmp_path / "重算.xlsx").read_bytes()
    mine, theirs = figures(before), figures(after)
    assert len(mine) > 500
    assert [
        (place, mine[place], theirs.get(place)) for place in mine if not alike(mine[place], theirs.get(place))
    ] == []


def figures(content: bytes) -> dict[tuple[str, int, int], object]:
    book = Book(content)
    return {
        (sheet, *place): cell.value if cell.value is not None else ""
        for sheet in book.sheets
        for place, cell in book.cells(sheet).cells.items()
        if cell.formula is not None
    }


def alike(one: object, other: object) -> bool:
    if isinstance(one, float) and isinstance(other, float):
        return abs(one - other) < 1e-9
    return one == other


def test_the_points_of_the_charts_are_the_cells_they_show(june: Office) -> None:
    simulate(june.project, JUNE, seed=8)
    june.merge()
    book = Book(june.master)
    charts = [name for name in book.package.names if name.startswith("xl/charts/chart")]
    points = [point for chart in charts for point in shown_points(book, chart)]
    assert (len(charts), len(points) > 10) == (3, True)
    assert [p for p in points if not alike(p[0], p[1])] == []


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
