"""`tjxl archive-period`: what moves, what stays, what comes back, and what is said when a volume is not there.

1. Without a period it only tells; the newest issued period never moves; moving twice moves nothing more.
2. A volume is a plain workbook with the master's sheets, titles and tables.
3. Rows in which the office has written, or which it has commented on, stay.
4. The rows that become free are filled again before the sheet grows; nothing else shifts.
5. An undo and a rebuild reach rows in volumes: what is left of the volume comes back.
6. A volume that is missing or changed stops the commands that need it, and nobody else.
7. What the office has made that reads these tables is named before its figures change.
8. LibreOffice, recalculating, agrees with every value of the master.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import AnchorMarker, TwoCellAnchor
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.table import Table, TableColumn

from tests.archive.conftest import PERIODS, correction
from tests.archive.test_same_answers import histories, tables
from tests.flows.test_rebuild import damage
from tests.flows.test_undo import LEDGERS, everything
from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import Office, changed, opened, resaved
from tjxl import flows, recovery
from tjxl.archiving import archive_period, put_back
from tjxl.errors import ProjectError
from tjxl.export import export
from tjxl.installation.doctor import doctor
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_range
from tjxl.report.recovery import show_undo
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append, take_out
from tjxl.sheets.volumes import Shelf

APRIL, MAY = PERIODS[3], PERIODS[4]
TITLES = ("填报流水", "指标流水", "节点流水", "变更记录")


def counts(office: Office) -> dict[str, dict[str, int]]:
    """Period → table → rows in the master."""
    out: dict[str, dict[str, int]] = {}
    for name in (*LEDGERS, "changes"):
        for row in office.table(name):
            of_period = out.setdefault(row["period"], {})
            title = master_layout()[name].title
            of_period[title] = of_period.get(title, 0) + 1
    return out


def typed(office: Office, sheet: str, change: Callable[[Any], object]) -> None:
    office.project.master.write_bytes(changed(office.master, change, sheet))


# 1


def test_without_a_period_it_only_tells_what_could_move(months: Office) -> None:
    before, rows = months.master, counts(months)
    told = archive_period(months.project)
    assert {line["period"]: line["rows"] for line in told["movable"]} == {p: rows[p] for p in PERIODS[:4]}
    assert (told["period"], told["moved"], told["kept"], told["volumes"], told["backup"]) == (None, [], [], [], None)
    assert (months.master, months.project.volumes.exists()) == (before, False)


def test_the_period_and_all_before_it_move_each_to_a_workbook_of_its_own(months: Office) -> None:
    rows, before = counts(months), months.master
    result = archive_period(months.project, PERIODS[2])
    assert [(v["period"], v["file"], v["rows"]) for v in result["moved"]] == [
        (p, f"往期流水/{p}.xlsx", rows[p]) for p in PERIODS[:3]
    ]
    assert counts(months) == {p: rows[p] for p in PERIODS[3:]}
    assert (months.project.root / result["backup"]).read_bytes() == before


def test_moving_again_moves_nothing_and_the_newest_period_never_moves(months: Office) -> None:
    archive_period(months.project, APRIL)
    before = months.master
    assert archive_period(months.project, APRIL)["moved"] == []
    with pytest.raises(ProjectError) as refused:
        archive_period(months.project, MAY)
    assert str(refused.value) == (
        "2022年5月是最近下发的一期，流水不能移出。请指定更早的期次；不写 --period 可列出能移出的期次。"
    )
    assert months.master == before


def test_a_period_that_was_not_issued_is_refused(months: Office) -> None:
    with pytest.raises(ProjectError) as refused:
        archive_period(months.project, "2022-09")
    assert refused.value.code == "E215"


# 2


def test_a_volume_has_the_sheets_titles_and_tables_of_the_master(months: Office) -> None:
    archive_period(months.project, APRIL)
    path = months.project.volumes / "2022-02.xlsx"
    volume, master = Book(path.read_bytes()), Book(months.master)
    assert tuple(volume.sheets) == TITLES
    for title in TITLES:
        own = list(volume.tables[title].columns)
        assert own == [*master.tables[title].columns, "总台账行"]
    sheet = opened(path)["填报流水"]
    assert sheet["A1"].value == "填报流水（2022年2月）：由总台账移出，供查阅和追溯，请勿改动、改名或移动本文件"
    (moment, *_) = [cell for cell in sheet[3] if isinstance(cell.value, dt.datetime) and cell.value.hour]
    assert moment.number_format == "yyyy-mm-dd hh:mm"
    workbook = volume.package.read(volume.package.workbook_part)
    assert b"fullCalcOnLoad" not in workbook  # else Excel asks to save a file that nobody has changed
    assert (sheet.protection.sheet, sheet.protection.autoFilter, sheet.protection.sort) == (True, False, True)


# 3


def test_rows_that_the_office_has_written_in_or_commented_on_stay(months: Office) -> None:
    def write(sheet: Any) -> None:
        sheet.cell(3, 19).value = "已向单位核实"  # 备注
        sheet["G4"].comment = Comment("数字待核", "办公厅")
        sheet["X5"] = "表格旁的字"

    typed(months, "填报流水", write)
    before = histories(months)
    result = archive_period(months.project, APRIL)
    assert [(k["table"], k["row"], k["reason"]) for k in result["kept"]] == [
        ("填报流水", 3, "有备注等办公厅填写的内容"),
        ("填报流水", 4, "有批注"),
        ("填报流水", 5, "有备注等办公厅填写的内容"),
    ]
    sheet = opened(months.master)["填报流水"]
    kept = (sheet["S3"].value, sheet["G4"].comment.text, sheet["X5"].value)
    assert kept == ("已向单位核实", "数字待核", "表格旁的字")
    assert {row["period"] for row in months.table("ledger")} == {PERIODS[0], MAY}
    assert histories(months) == before


def test_a_formula_that_is_a_rows_own_stays_and_one_that_every_row_has_does_not(months: Office) -> None:
    rows = [row.number for row in months.state.own_rows("ledger")]

    def write(sheet: Any) -> None:
        sheet.cell(3, 19).value = '="已核实："&E3'  # 备注
        table = sheet.tables["填报流水"]
        table.ref = table.autoFilter.ref = table.ref.replace("S", "T")
        table.tableColumns.append(TableColumn(id=len(table.tableColumns) + 1, name="任务与单位"))
        sheet["T2"] = "任务与单位"
        for row in rows:
            sheet.cell(row, 20).value = f'=B{row}&"-"&D{row}'
        sheet["T4"] = '=B4&"（已改报）"'

    typed(months, "填报流水", write)
    result = archive_period(months.project, APRIL)
    assert [(k["table"], k["row"], k["reason"]) for k in result["kept"]] == [
        ("填报流水", 3, "有公式"),
        ("填报流水", 4, "有公式"),
    ]
    sheet = opened(months.master)["填报流水"]
    assert (sheet["S3"].value, sheet["T4"].value) == ('="已核实："&E3', '=B4&"（已改报）"')


def test_rows_at_which_a_link_a_picture_or_a_merged_cell_stands_stay(months: Office) -> None:
    def write(sheet: Any) -> None:
        sheet["D4"].hyperlink = "https://example.gov.cn/核实.pdf"
        sheet.merge_cells("V6:V7")
        chart = BarChart()
        chart.anchor = TwoCellAnchor(_from=AnchorMarker(col=22, row=8), to=AnchorMarker(col=24, row=9))
        sheet.add_chart(chart)

    typed(months, "填报流水", write)
    result = archive_period(months.project, APRIL)
    mark = "有链接、图片或合并的单元格"
    assert [(k["table"], k["row"], k["reason"]) for k in result["kept"]] == [
        ("填报流水", row, mark) for row in (4, 6, 7, 9, 10)
    ]
    assert {row.number for row in months.state.own_rows("ledger")} >= {4, 6, 7, 9, 10}


# 4


def test_free_rows_are_filled_again_before_the_sheet_grows(months: Office) -> None:
    table = Book(months.master).tables["填报流水"]
    archive_period(months.project, APRIL)
    assert Book(months.master).tables["填报流水"].range == table.range  # the newest rows stand where they stood
    place = {row.number for row in months.state.own_rows("ledger")}
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    merged = months.merge("2022-02")["rows"]
    added = [row for row in months.state.own_rows("ledger") if row.number not in place]
    assert [row.number for row in added] == [3]
    assert merged == 1
    assert Book(months.master).tables["填报流水"].range == table.range
    shown = opened(months.master)["填报流水"]
    looks = [[(c.number_format, c.border.left.style, c.font.name) for c in shown[n]] for n in (3, table.last_row)]
    assert looks[0] == looks[1]


def test_a_free_row_at_which_a_picture_has_been_put_stays_free(months: Office) -> None:
    archive_period(months.project, APRIL)

    def draw(sheet: Any) -> None:
        chart = BarChart()
        chart.anchor = TwoCellAnchor(_from=AnchorMarker(col=22, row=2), to=AnchorMarker(col=24, row=3))
        sheet.add_chart(chart)

    typed(months, "填报流水", draw)
    place = {row.number for row in months.state.own_rows("ledger")}
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    months.merge("2022-02")
    assert [row.number for row in months.state.own_rows("ledger") if row.number not in place] == [5]


def looks(office: Office, row: int, title: str = "填报流水") -> list[Any]:
    sheet = opened(office.master)[title]
    formats = [(c.number_format, c.border.left.style, c.font.name, c.alignment.vertical) for c in sheet[row]]
    return [sheet.row_dimensions[row].height, *formats]


def test_rows_taken_out_and_added_again_after_moving_have_their_looks_and_formulas(months: Office) -> None:
    def name_them(sheet: Any) -> None:
        table = sheet.tables["填报流水"]
        width, bottom = len(table.tableColumns) + 1, Book(months.master).tables["填报流水"].last_row
        sheet.cell(2, width).value = "任务与角色"
        for row in range(3, bottom + 1):
            sheet.cell(row, width).value = f'=D{row}&"-"&E{row}'
        table.ref = table.autoFilter.ref = f"A2:{sheet.cell(bottom, width).coordinate}"
        table.tableColumns.append(TableColumn(id=width, name="任务与角色"))

    typed(months, "填报流水", name_them)
    before = Book(months.master).tables["填报流水"]
    expected = looks(months, before.last_row)
    archive_period(months.project, APRIL)
    layout, rows = master_layout()["ledger"], months.state.own_rows("ledger")
    for change in (
        lambda editor: take_out(editor, layout, [row.number for row in rows]),  # as an undo does
        lambda editor: append(editor, layout, [row.values for row in rows]),  # as a merge does
    ):
        editor = BookEditor(months.master)
        change(editor)
        months.project.master.write_bytes(editor.save())
    after, numbers = Book(months.master).tables["填报流水"], [row.number for row in months.state.own_rows("ledger")]
    assert numbers == list(range(3, 3 + len(rows)))
    assert after.last_row == numbers[-1] < before.last_row
    assert [looks(months, row) for row in numbers] == [expected] * len(numbers)
    shown = opened(months.master)["填报流水"]
    column = after.columns["任务与角色"]
    assert [shown.cell(row, column).value for row in numbers] == [f'=D{row}&"-"&E{row}' for row in numbers]


@pytest.mark.parametrize("title", ["填报流水", "变更记录"])
def test_blank_rows_sorted_to_the_end_are_filled_with_the_looks_of_the_others(months: Office, title: str) -> None:
    def sort(sheet: Any) -> None:
        """As a spreadsheet program does: formats move with the values, blank rows last."""
        table = Book(months.master).tables[title]
        columns = range(table.range.left, table.range.right + 1)
        rows = [
            {c: sheet._cells.pop((row, c)) for c in columns if (row, c) in sheet._cells}
            for row in range(table.first_row, table.last_row + 1)
        ]
        rows.sort(key=lambda cells: (all(cell.value is None for cell in cells.values()), len(cells)))
        for number, cells in enumerate(rows, table.first_row):
            for column, cell in cells.items():
                cell.row = number
                sheet._cells[number, column] = cell

    expected = looks(months, Book(months.master).tables[title].last_row, title)[1:]
    archive_period(months.project, APRIL)
    typed(months, title, sort)
    before, name = months.master, "ledger" if title == "填报流水" else "changes"
    last = {row.number for row in months.state.own_rows(name)}
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    months.merge("2022-02")
    added = [row.number for row in months.state.own_rows(name) if row.number not in last]
    assert Book(months.master).tables[title].range == Book(before).tables[title].range
    assert added
    assert [looks(months, row, title)[1:] for row in added] == [expected] * len(added)


# 5


def test_an_undo_reaches_rows_in_volumes_and_the_rest_comes_back(months: Office) -> None:
    before, told = everything(months), histories(months, times=False)
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    months.merge("2022-02")
    archive_period(months.project, APRIL)
    result = recovery.undo(months.project)
    assert (result["rows"], result["recalled"]) == (1, ["往期流水/2022-02.xlsx"])
    assert [volume.period for volume in months.state.volumes] == [PERIODS[0], PERIODS[2], APRIL]
    now = everything(months)
    assert {name: now[name] for name in before if name not in LEDGERS} == {
        name: before[name] for name in before if name not in LEDGERS
    }
    after = histories(months, times=False)
    assert {t: after[t]["entries"] for t in after} == {t: told[t]["entries"] for t in told}
    assert recovery.rebuild(months.project, check=True)["differences"] == []
    assert months.merge("2022-02")["rows"] == 1
    again = archive_period(months.project, APRIL)
    assert [v["file"] for v in again["moved"]] == ["往期流水/2022-02-2.xlsx"]
    assert recovery.rebuild(months.project, check=True)["differences"] == []


def test_a_rebuild_mends_rows_in_volumes(months: Office) -> None:
    right = tables(months)
    damage(months, "ledger", "problems", "手工改写", period=PERIODS[1], task_code="T002")
    archive_period(months.project, APRIL)
    (found, *others) = recovery.rebuild(months.project, check=True)["differences"]
    assert (found["table"], found["column"], found["found"]) == ("填报流水", "存在问题", "手工改写")
    cell = opened(months.project.volumes / found["volume"])[found["table"]][found["cell"]]
    assert (cell.value, found["volume"]) == ("手工改写", "2022-02.xlsx")
    result = recovery.rebuild(months.project)
    assert result["recalled"] == ["往期流水/2022-02.xlsx"]
    assert recovery.rebuild(months.project, check=True)["differences"] == []
    assert tables(months) == right
    assert "手工改写" not in [row["problems"] for row in months.state.ledger]
    assert others == [] or all(d["table"] != "填报流水" for d in others)


def test_a_backup_from_before_an_undo_still_finds_its_volumes(months: Office) -> None:
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    months.merge("2022-02")
    archive_period(months.project, APRIL)
    told = histories(months)
    backup = recovery.undo(months.project)["backup"]
    months.merge("2022-02")
    archive_period(months.project, APRIL)
    months.project.master.write_bytes((months.project.root / backup).read_bytes())
    assert histories(months) == told


def test_the_backup_in_the_masters_place_has_all_rows_and_moves_them_to_the_same_files(months: Office) -> None:
    rows = counts(months)
    first = archive_period(months.project, APRIL)
    months.project.master.write_bytes((months.project.root / first["backup"]).read_bytes())
    assert counts(months) == rows
    assert recovery.rebuild(months.project, check=True)["differences"] == []
    again = archive_period(months.project, APRIL)
    assert [(v["file"], v["sha256"]) for v in again["moved"]] == [(v["file"], v["sha256"]) for v in first["moved"]]


@pytest.mark.parametrize("kept", [True, False])
def test_changes_that_have_no_table_to_come_back_to_are_told(months: Office, *, kept: bool) -> None:
    months.send("补正.xlsx", correction(months, "2022-02", "T002", 0.07), "2022-06-28 10:00")
    months.merge("2022-02")
    moved = {v["file"]: v["rows"] for v in archive_period(months.project, APRIL)["moved"]}
    held = moved["往期流水/2022-02.xlsx"]["变更记录"]
    if not kept:
        book = opened(months.master)
        del book["变更记录"]
        book.save(months.project.master)
    result = recovery.undo(months.project)
    assert result["recalled"] == ["往期流水/2022-02.xlsx"]
    sentence = (
        f"总台账中没有「变更记录」表，或其列不全，往期流水/2022-02.xlsx 中该表的 {held} 行未能移回，tjxl 不再读取；"
        "流水已全部移回。这些行仍在原文件中，可打开查看；如需恢复该表，请从“备份”中找回总台账后重做。"
    )
    assert [f["message"] for f in result["findings"]] == ([] if kept else [sentence])
    show_undo(result)


# 6


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        (
            Path.unlink,
            "“往期流水/2022-02.xlsx”和“备份/往期流水/2022-02.xlsx”都不在或不能读取，缺2022年2月的流水。"
            "请从另存的备份中找回该文件，按原名放回任一处后重试。总台账可照常打开查看。",
        ),
        (
            lambda path: replaced(path, path.read_bytes() + b" "),
            "“往期流水/2022-02.xlsx”和“备份/往期流水/2022-02.xlsx”都不是移出时的原件，2022年2月的流水不能作准。"
            "请从另存的备份中找回原件，按原名放回任一处后重试。总台账可照常打开查看。",
        ),
    ],
    ids=["missing", "changed"],
)
def test_a_volume_that_is_not_what_it_was_stops_who_needs_it(
    months: Office, tmp_path: Path, harm: Callable[[Path], object], sentence: str
) -> None:
    archive_period(months.project, APRIL)
    path = months.project.volumes / "2022-02.xlsx"
    content = path.read_bytes()
    harm(path)
    harm(months.project.volume_copies / path.name)
    before = months.master
    for command in (
        lambda: flows.collect(months.project),
        lambda: flows.merge(months.project),
        lambda: flows.history(months.project, "T001"),
        lambda: recovery.undo(months.project),
        lambda: recovery.rebuild(months.project),
        lambda: export(months.project, tmp_path / "导出"),
    ):
        with pytest.raises(ProjectError) as refused:
            command()
        assert str(refused.value) == sentence
    assert [c["message"] for c in doctor(months.project)["checks"] if c["code"] in ("E281", "E282")] == [sentence]
    assert months.master == before
    replaced(path, content)
    assert flows.merge(months.project)["rows"] == 0  # one of the two is enough


def replaced(path: Path, content: bytes) -> None:
    """What a person does who puts another file under this name; the files themselves are read-only."""
    path.unlink(missing_ok=True)
    path.write_bytes(content)


@pytest.mark.parametrize("harm", [Path.unlink, lambda path: replaced(path, resaved(path.read_bytes()))])
def test_one_of_the_two_files_is_enough(months: Office, harm: Callable[[Path], object]) -> None:
    archive_period(months.project, APRIL)
    before, whole = histories(months), {}
    for folder in (months.project.volumes, months.project.volume_copies):
        path = folder / "2022-02.xlsx"
        whole[folder] = path.read_bytes()
        assert path.stat().st_mode & 0o222 == 0  # programs say so before anybody saves over it
        harm(path)
        assert histories(months) == before
        assert recovery.rebuild(months.project, check=True)["differences"] == []
        path.unlink(missing_ok=True)
        assert put_back(months.project, months.state.volumes) == [path.relative_to(months.project.root).as_posix()]
        assert path.read_bytes() == whole[folder]
    assert len(set(whole.values())) == 1


def test_a_copy_that_was_changed_is_noticed_and_left_as_it_is(months: Office) -> None:
    archive_period(months.project, APRIL)
    (first, *_) = volumes = months.state.volumes
    copy = months.project.volume_copies / first.file
    replaced(copy, b"")
    shelf = Shelf(months.project.volumes, months.project.volume_copies)
    assert [shelf.standing(volume) for volume in volumes] == [(True, False), *[(True, True)] * 3]
    assert (put_back(months.project, volumes), copy.read_bytes()) == ([], b"")


def test_the_doctor_names_the_file_that_is_gone_and_puts_it_back(months: Office) -> None:
    archive_period(months.project, APRIL)

    def told(**options: bool) -> list[str]:
        checks = doctor(months.project, **options)["checks"]
        return [c["message"] for c in checks if c["code"] in ("B735", "B736", "B737")]

    (months.project.volumes / "2022-02.xlsx").unlink()
    (months.project.volume_copies / "2022-03.xlsx").unlink()
    help_ = "请运行 tjxl doctor --fix 补齐；已改动的文件请先移走。"
    assert told() == [
        f"“往期流水/2022-02.xlsx”缺失，或与登记的不同；现用“备份/往期流水”中的一份，一切照常。{help_}",
        f"“备份/往期流水/2022-03.xlsx”缺失，或与登记的不同；现用“往期流水”中的一份，一切照常。{help_}",
        "“往期流水”中登记的其余 2 个工作簿都在，内容未变。",
    ]
    assert told(fix=True) == ["“往期流水”中登记的 4 个工作簿都在，内容未变。"]


# 7


def test_what_reads_the_rows_is_named_before_its_figures_change(months: Office) -> None:
    assert archive_period(months.project)["readers"] == []  # tjxl's own sheets never look into the ledgers

    def analyse(sheet: Any) -> None:
        sheet["B2"] = '=COUNTIF(填报流水[进展状态],"滞后")'
        sheet["B3"] = "=COUNTA('变更记录'!C:C)"
        sheet["B4"] = "=COUNTA(新填报流水[任务编码])+COUNTA(任务台账[任务编码])"
        sheet["D1"] = "任务编码"
        sheet["D2"] = "T001"
        sheet.add_table(Table(displayName="新填报流水", ref="D1:D2"))

    book = opened(months.master)
    analyse(book.create_sheet("分析"))
    book.save(months.project.master)
    assert archive_period(months.project)["readers"] == ["分析!B2", "分析!B3"]
    before = months.master
    with pytest.raises(ProjectError) as refused:
        archive_period(months.project, APRIL)
    assert str(refused.value) == (
        "总台账中有 2 处另设的公式、图表等读取要移出的行，移出后结果会变：分析!B2、分析!B3。总台账未作改动。"
        "请先改用“期次统计”“报送情况”中的数；确定可以变的，请加 --with-readers 再运行。"
    )
    assert (months.master, months.project.volumes.exists()) == (before, False)
    result = archive_period(months.project, APRIL, with_readers=True)
    assert ([f["code"] for f in result["findings"]], len(result["moved"])) == (["M532"], 4)


def test_formulas_in_the_ledger_itself_are_named_where_they_read_more_than_their_row(months: Office) -> None:
    rows = [row.number for row in months.state.own_rows("ledger")]
    formulas = {  # title → of each row
        "本行": "=填报流水[[#This Row],[任务编码]]&D{row}&SUM(L{row}:M{row})",
        "别表": "=COUNTIF(任务台账!A$3:A$9,B{row})",
        "整列": "=COUNTIF(填报流水[任务编码],B{row})",
        "区域": "=COUNTIF(B$3:B{row},B{row})",
        "变更": "=COUNTIF(变更记录!B:B,B{row})",
    }

    def write(sheet: Any) -> None:
        table = sheet.tables["填报流水"]
        last = get_column_letter(19 + len(formulas))
        table.ref = table.autoFilter.ref = table.ref.replace("S", last)
        for column, (title, formula) in enumerate(formulas.items(), 20):
            table.tableColumns.append(TableColumn(id=column, name=title))
            sheet.cell(2, column).value = title
            for row in rows:
                sheet.cell(row, column).value = formula.format(row=row)
        sheet.cell(table_bottom(table) + 2, 4).value = "=SUBTOTAL(103,填报流水[单位])"

    typed(months, "填报流水", write)
    bottom = Book(months.master).tables["填报流水"].last_row
    assert archive_period(months.project)["readers"] == [
        "填报流水“整列”列",
        "填报流水“变更”列",
        "填报流水“区域”列",
        f"填报流水!D{bottom + 2}",
    ]


def table_bottom(table: Table) -> int:
    return parse_range(table.ref).bottom


def test_a_totals_row_reads_the_ledger(months: Office) -> None:
    def write(sheet: Any) -> None:
        table = sheet.tables["填报流水"]
        bottom = table_bottom(table) + 1
        table.ref = f"A2:S{bottom}"
        table.totalsRowCount = 1
        sheet.cell(bottom, 4).value = "=SUBTOTAL(103,填报流水[单位])"

    typed(months, "填报流水", write)
    table = Book(months.master).tables["填报流水"]
    assert archive_period(months.project)["readers"] == [f"填报流水!D{table.range.bottom}"]


def test_links_to_the_rows_are_named_and_those_to_the_sheet_are_not(months: Office) -> None:
    def analyse(sheet: Any) -> None:
        for cell, place in {
            "Z50": "填报流水!D4",
            "Z51": "填报流水!A1",
            "Z52": "'变更记录'!$A$3",
            "Z53": "任务台账!A4",
        }.items():
            sheet[cell] = "见"
            sheet[cell].hyperlink = Hyperlink(ref=cell, location=place)

    typed(months, "看板", analyse)
    assert archive_period(months.project)["readers"] == ["看板!Z50的链接", "看板!Z52的链接"]


# 8


@requires_libreoffice
def test_no_formula_of_the_master_needs_the_moved_rows(months: Office, tmp_path: Path) -> None:
    def values(path: Path) -> dict[tuple[str, int, int], Any]:
        book = Book(path.read_bytes())
        return {
            (sheet, *place): cell.value
            for sheet in book.sheets
            if sheet not in TITLES
            for place, cell in book.cells(sheet).cells.items()
            if cell.formula is not None
        }

    before = values(months.project.master)
    archive_period(months.project, APRIL)
    assert values(months.project.master) == before
    recalculate(months.project.master, tmp_path / "重算.xlsx")
    after = values(tmp_path / "重算.xlsx")
    assert {p: v for p, v in before.items() if not same(after.get(p), v)} == {}


def same(found: Any, expected: Any) -> bool:
    if isinstance(found, float) and isinstance(expected, float):
        return abs(found - expected) < 1e-9
    return (found or None) == (expected or None)
