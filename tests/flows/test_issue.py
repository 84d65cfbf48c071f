"""`tjxl issue`: what each unit receives."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import pytest
from openpyxl.worksheet.worksheet import Worksheet
from python_calamine import CalamineWorkbook

from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, filled, opened
from tjxl import flows
from tjxl.errors import TjxlError
from tjxl.intake.identify import check_identity, read_identity
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put, PutFormula

TITLES = [
    "任务编码", "序号", "重点工作", "职责", "完成时限", "分管领导", "牵头单位", "配合单位", "上期进展",
    "进展状态", "完成进度", "进展情况", "存在问题", "下一步措施", "预计（实际）完成日期", "佐证材料", "自检",
]  # fmt: skip
TO_FILL = "JKLMNOP"


@pytest.fixture(scope="module")
def report(issued_project: Office) -> Worksheet:
    """填报 of 市体育局 in the first period, as openpyxl sees it."""
    sheet: Worksheet = opened(issued_project.form(SPORTS))["填报"]
    return sheet


def test_every_unit_of_the_notice_gets_a_form_with_its_tasks(issued_project: Office) -> None:
    files = sorted(issued_project.project.issued(MAY).glob("*.xlsx"))
    rows = {s["unit"]: s["rows"] for s in issued_project.table("submissions", period=MAY)}
    assert [p.stem for p in files] == sorted(rows)
    assert (len(rows), sum(rows.values())) == (67, 428)
    assert (rows["市发展改革委"], rows["市商务局"], rows[SPORTS], rows[AUDIT]) == (47, 26, 3, 1)
    for unit in ("市发展改革委", "市商务局", SPORTS, AUDIT):
        assert len(tasks_of(issued_project.form(unit))) == rows[unit]


def tasks_of(form: bytes) -> list[tuple[str, str, int]]:
    sheet = opened(form)["填报"]
    rows = sheet.iter_rows(min_row=7, max_col=4, values_only=True)
    return [(str(code), str(role), int(str(no))) for code, no, _, role in rows if code and code != "END"]


def test_lead_tasks_come_first_then_cooperating_each_by_number(issued_project: Office) -> None:
    assert tasks_of(issued_project.form(SPORTS)) == [
        ("T130", "牵头", 130), ("T035", "配合", 35), ("T037", "配合", 37),
    ]  # fmt: skip
    largest = tasks_of(issued_project.form("市发展改革委"))
    assert largest == sorted(largest, key=lambda t: (t[1] != "牵头", t[2]))
    assert {role for _, role, _ in largest} == {"牵头", "配合"}


def test_the_titles_are_those_of_the_design_and_the_key_is_hidden(report: Worksheet) -> None:
    assert [cell.value for cell in report[6]] == TITLES
    assert [letter for letter, column in report.column_dimensions.items() if column.hidden] == ["A"]


def test_only_the_units_cells_are_unlocked(report: Worksheet) -> None:
    assert report.protection.sheet
    unlocked = {cell.coordinate for row in report.iter_rows() for cell in row if not cell.protection.locked}
    assert unlocked == {f"{c}{r}" for c in TO_FILL for r in (7, 8, 9)} | {"F4", "H4", "J4", "M4"}


def test_protection_lets_people_filter_sort_and_widen(report: Worksheet) -> None:
    # In sheetProtection False means: allowed.
    p = report.protection
    assert (p.autoFilter, p.sort, p.formatColumns, p.formatRows) == (False, False, False, False)
    assert (p.insertRows, p.deleteRows, p.insertColumns, p.deleteColumns) == (True, True, True, True)


def test_every_cell_to_fill_tells_what_belongs_there(report: Worksheet) -> None:
    areas = {str(v.sqref): v for v in report.data_validations.dataValidation}
    assert set(areas) == {f"{c}7:{c}9" for c in TO_FILL} | {"F4", "H4", "J4", "M4"}
    assert all(v.showInputMessage and v.prompt and len(v.prompt) <= 255 for v in areas.values())
    status = areas["J7:J9"]
    assert (status.type, status.formula1) == ("list", "状态列表")


def test_the_list_of_statuses_is_a_defined_name(issued_project: Office) -> None:
    book = opened(issued_project.form(SPORTS))
    (sheet, area), *_ = book.defined_names["状态列表"].destinations
    values = [cell.value for row in book[sheet][area] for cell in row]
    assert values == ["未启动", "正常推进", "滞后", "已完成", "申请调整"]


def test_it_scrolls_filters_and_prints(report: Worksheet) -> None:
    assert report.freeze_panes == "D7"
    assert report.auto_filter.ref == "A6:Q9"  # with the keys: a sort must not leave them behind
    assert (report.page_setup.orientation, report.page_setup.paperSize) == ("landscape", 9)
    fitted = report.sheet_properties.pageSetUpPr
    assert fitted is not None
    assert (fitted.fitToPage, report.page_setup.fitToWidth or 1) == (True, 1)
    assert report.page_setup.fitToHeight == 0
    assert report.print_title_rows == "$6:$6"
    assert all(report.row_dimensions[row].height for row in (7, 8, 9))
    assert report["K7"].number_format.endswith("%")


def test_sheets_and_what_hides(issued_project: Office) -> None:
    states = {s.title: s.sheet_state for s in opened(issued_project.form(SPORTS)).worksheets}
    assert states == {
        "填报说明": "visible", "填报": "visible", "自检": "visible", "_lists": "veryHidden", "_tjxl": "veryHidden",
    }  # fmt: skip


def test_the_identity_holds(issued_project: Office) -> None:
    meta = issued_project.state.meta
    identity = read_identity(Book(issued_project.form(SPORTS)).cells("_tjxl"))
    assert identity is not None
    assert (identity.unit, identity.unit_code, identity.period, identity.form_version) == (SPORTS, "U031", MAY, "2")
    assert check_identity(identity, master_id=meta["master_id"], key=meta["key"], period=MAY) is None
    wrong = check_identity(identity, master_id=meta["master_id"], key="another key", period=MAY)
    assert wrong is not None
    assert wrong.code == "I203"


def test_the_key_of_the_master_is_in_no_form(issued_project: Office) -> None:
    import zipfile

    key = issued_project.state.meta["key"].encode()
    with zipfile.ZipFile(io.BytesIO(issued_project.form(SPORTS))) as package:
        assert not any(key in package.read(name) for name in package.namelist())


def formulas_without_value(form: bytes) -> list[str]:
    book = Book(form)
    return [
        f"{sheet}!{row},{column}"
        for sheet in book.sheets
        for (row, column), cell in book.cells(sheet).cells.items()
        if cell.formula is not None and cell.value is None
    ]


@pytest.mark.parametrize("unit", ["市发展改革委", SPORTS, AUDIT])
def test_no_formula_without_its_value(issued_project: Office, second_period: Office, unit: str) -> None:
    assert formulas_without_value(issued_project.form(unit)) == []
    assert formulas_without_value(second_period.form(unit, JUNE)) == []


def test_calamine_reads_it_too(issued_project: Office) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(issued_project.form(SPORTS)))
    rows = book.get_sheet_by_name("填报").to_python(skip_empty_area=False)
    assert rows[5] == TITLES
    assert [row[0] for row in rows[6:9]] == ["T130", "T035", "T037"]
    assert [row[16] for row in rows[6:9]] == ["未填"] * 3


def cached(path: Path) -> dict[tuple[str, int, int], object]:
    """The values of all formula cells."""
    book = Book(path.read_bytes())
    return {
        (sheet, *place): cell.value if cell.value is not None else ""
        for sheet in book.sheets
        for place, cell in book.cells(sheet).cells.items()
        if cell.formula is not None
    }


@requires_libreoffice
@pytest.mark.parametrize(("period", "unit"), [(MAY, SPORTS), (JUNE, "市商务局")])
def test_libreoffice_computes_what_the_form_says(
    issued_project: Office, second_period: Office, tmp_path: Path, period: str, unit: str
) -> None:
    office = issued_project if period == MAY else second_period
    path = office.project.issued(period) / f"{unit}.xlsx"
    before, after = cached(path), cached(recalculate(path, tmp_path / "重算.xlsx"))
    assert before == after
    assert len(before) > 10


@requires_libreoffice
def test_links_lead_to_the_first_row_that_needs_work(issued_project: Office, tmp_path: Path) -> None:
    """市教委: row 8 is wrong, row 10 not started, row 12 has a hint; where nothing is left, the first row."""
    form = filled(issued_project.form("市教委"), K8=1.2, J10=None, K10=None, L10=None, K12=0.008)
    editor = BookEditor(form)
    links: dict[int, str] = {}
    for (row, column), cell in editor.book.cells("自检").cells.items():
        if column == 4 and (cell.formula or "").startswith("HYPERLINK("):
            address = cell.formula.removeprefix("HYPERLINK(").rpartition(",")[0]
            editor.edit("自检", row, 6, PutFormula(address, ""))  # a link's own value is its text: 前往
            links[row] = str(editor.book.cells("自检").cells[row, 1].value)
    (tmp_path / "表.xlsx").write_bytes(editor.save())
    found = Book(recalculate(tmp_path / "表.xlsx", tmp_path / "重算.xlsx").read_bytes()).cells("自检").cells
    assert {title: found[row, 6].value for row, title in links.items()} == {
        "有提示、请再核对（项）": "#'填报'!J12",
        "尚未填写（项）": "#'填报'!J10",
        "须改正（项）": "#'填报'!J8",
        "节点：有提示、请再核对（个）": "#'节点'!F5",
        "节点：时限已到、尚未填写（个）": "#'节点'!F5",
        "节点：须改正（个）": "#'节点'!F5",
        "指标：有提示、请再核对（个）": "#'指标'!G5",
        "指标：尚未填写（个）": "#'指标'!G5",
        "指标：须改正（个）": "#'指标'!G5",
    }


# ---- the second period


def test_last_periods_report_stands_beside_each_task(second_period: Office) -> None:
    sheet = opened(second_period.form(SPORTS, JUNE))["填报"]
    for row in (7, 8, 9):
        last = second_period.table("ledger", task_code=sheet.cell(row, 1).value, unit=SPORTS)[0]
        percent = f" {last['percent_complete']:.0%}" if last["percent_complete"] is not None else ""
        assert sheet.cell(row, 9).value == f"【{last['status']}{percent}】{last['progress_text']}"


def test_a_completed_task_comes_with_its_report_every_other_row_is_empty(second_period: Office) -> None:
    done = {(r["unit"], r["task_code"]): r for r in second_period.table("ledger", status="已完成")}
    assert len(done) > 5
    names = ("status", "percent_complete", "progress_text", "problems", "next_steps", "completion_date", "evidence")
    for unit in {unit for unit, _ in done} | {SPORTS}:
        for row in opened(second_period.form(unit, JUNE))["填报"].iter_rows(min_row=7, max_col=17, values_only=True):
            if not str(row[0]).startswith("T"):
                break
            shown = tuple(v.date() if isinstance(v, dt.datetime) else v for v in row[9:16])
            last = done.get((unit, str(row[0])))
            assert shown == (tuple(last[n] for n in names) if last else (None,) * 7)


def test_the_first_period_says_that_there_was_no_report(report: Worksheet) -> None:
    assert [report.cell(row, 9).value for row in (7, 8, 9)] == ["上期无报送"] * 3


# ---- issuing again, issuing to some


def test_issuing_again_notes_nothing_twice(office: Office) -> None:
    before = office.table("submissions")
    flows.issue(office.project, MAY)
    assert office.table("submissions") == before


def test_the_form_under_a_units_former_name_is_pointed_out(office: Office) -> None:
    (row,) = (u for u in office.state.units if u["unit"] == AUDIT)
    editor = BookEditor(office.master)
    table = editor.book.tables["责任单位"]
    editor.edit(table.sheet, row.number, table.columns["单位"], Put("市审计厅"))
    office.project.master.write_bytes(editor.save())
    former = [f for f in flows.issue(office.project, MAY)["findings"] if f["code"] == "P124"]
    assert [f["message"] for f in former] == [
        "“下发”中本期的 市审计局.xlsx 是单位改名前的表，已另按现名下发。"
        "尚未发出的，请删去旧名的表；单位手中的旧表仍可收取。"
    ]
    (office.project.issued(MAY) / f"{AUDIT}.xlsx").unlink()
    assert "P124" not in [f["code"] for f in flows.issue(office.project, MAY)["findings"]]


def test_a_form_for_one_unit(office: Office) -> None:
    result = flows.issue(office.project, JUNE, [SPORTS])
    path = office.project.issued(JUNE) / f"{SPORTS}.xlsx"
    assert result.pop("missing_before") == [row["unit"] for row in office.table("submissions", period=MAY)]
    assert [f["code"] for f in result.pop("findings")] == ["P110", "P111"]
    assert (office.project.root / result.pop("backup")).is_file()
    assert result == {
        "period": JUNE,
        "issued": [{"unit": SPORTS, "file": str(path), "rows": 3}],
        "decisions": [],
    }
    assert [p.name for p in path.parent.iterdir()] == [f"{SPORTS}.xlsx"]
    assert [s["unit"] for s in office.table("submissions", period=JUNE)] == [SPORTS]


@pytest.mark.parametrize(
    ("period", "unit", "code"),
    [("2022-13", "", "E201"), ("2022-Q2", "", "E214"), ("2023-01", "", "E214"), (JUNE, "市体委", "E208")],
)
def test_what_cannot_be_issued(office: Office, period: str, unit: str, code: str) -> None:
    before = office.master
    with pytest.raises(TjxlError) as error:
        flows.issue(office.project, period, [unit] if unit else [])
    assert error.value.code == code
    assert office.master == before
    assert not office.project.issued(period).exists()
