"""A form that is a pleasure to fill in and to sign.

1. On paper: A4 landscape, fitted to the width, and still at least 7.5 points (六号).
2. Rows hold what is printed in them and what people type, and they grow with longer texts.
3. The cursor, the Tab key, the filter.
4. A line for signature and seal on every sheet; what stands there and below is no row.
5. The sheet 自检 says what the first row left says; a warning is never shown as an error.
6. Texts that are too short or too long: 自检 and the check say how long they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.libreoffice import recalculate, requires_libreoffice
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, changed, filled, opened
from tjxl import flows
from tjxl.fields.loading import load_specs
from tjxl.fields.selfcheck import LENGTH_LIMIT
from tjxl.fields.spec import Spec
from tjxl.ooxml.book import Book
from tjxl.ooxml.refs import column_letters, column_number
from tjxl.periods import parse_period
from tjxl.settings import load_settings
from tjxl.sheets.form_places import geometry, self_check_formula
from tjxl.sheets.textsize import columns_wide

A4_LONG_SIDE = 297 / 25.4
HEADER = {"填报": 6, "节点": 4, "指标": 4}
SPECS = {spec.sheet: spec for spec in load_specs(load_settings()).values()}
LINE = 10.5 * 1.36
"""Points that a line of 微软雅黑 of 10.5 points is high, on the roomy side."""


@pytest.fixture(scope="module")
def form(promised_project: Office) -> bytes:
    """The form of 市体育局: it has all sheets."""
    return promised_project.form(SPORTS)


@pytest.fixture(scope="module")
def sheets(form: bytes) -> dict[str, Worksheet]:
    """Its sheets of rows, as openpyxl sees them."""
    book = opened(form)
    return {title: book[title] for title in HEADER}


def pixels(sheet: Worksheet, letters: str) -> int:
    """The width of a column on the screen; the file counts in digits of 7 pixels, the margins of 5 included."""
    number = column_number(letters)
    (width,) = (d.width for d in sheet.column_dimensions.values() if (d.min or 0) <= number <= (d.max or 0))
    return round(width * 7)


def on_paper(form: bytes, sheet: Worksheet) -> list[str]:
    """The columns that are printed."""
    book = Book(form)
    text = book.package.read(book.package.workbook_part).decode()
    areas = dict(re.findall(r"_xlnm\.Print_Area[^>]*>'?([^'!<]+)'?!([^<]+)<", text))
    first, last = (column_number(letters) for letters in re.findall(r"[A-Z]+", areas[sheet.title]))
    letters = [column_letters(number) for number in range(first, last + 1)]
    return [c for c in letters if not sheet.column_dimensions[c].hidden]


# 1


@pytest.mark.parametrize("title", HEADER)
def test_what_is_signed_for_is_printed_so_that_it_can_be_read(
    form: bytes, sheets: dict[str, Worksheet], title: str
) -> None:
    sheet = sheets[title]
    letters = on_paper(form, sheet)
    titles = {cell.column_letter: cell.value for cell in sheet[HEADER[title]]}
    assert [titles[c] for c in letters] == list(titles.values())[1:-1]  # all but the hidden key and 自检
    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    room = (A4_LONG_SIDE - sheet.page_margins.left - sheet.page_margins.right) * 96
    scale = min(100, int(100 * room / sum(pixels(sheet, c) for c in letters))) / 100  # whole percents
    sizes = {c.font.sz for row in sheet.iter_rows() for c in row if c.column_letter in letters and c.has_style}
    assert min(sizes) * scale >= 7.5


def test_the_head_has_room_for_a_date_and_no_more(sheets: dict[str, Worksheet]) -> None:
    sheet = sheets["填报"]
    head = {sheet.cell(row, c).value: column_letters(c + 1) for row in (3, 4) for c in range(2, 16)}
    widths = {title: pixels(sheet, head[title]) for title in ("填报人", "联系电话", "审核人", "填报日期")}
    assert all(60 <= width <= 130 for width in widths.values()), widths


# 2


@pytest.mark.parametrize("unit", ["市发展改革委", AUDIT, SPORTS])
def test_rows_hold_what_is_printed_in_them(second_period: Office, unit: str) -> None:
    sheet = opened(second_period.form(unit, JUNE))["填报"]
    for row in sheet.iter_rows(min_row=7):
        if str(row[0].value).startswith("T"):
            height = sheet.row_dimensions[row[0].row].height
            assert height >= max(lines(sheet, c) for c in row[1:9] if isinstance(c.value, str)) * LINE, row[0].value


def lines(sheet: Worksheet, cell: Any) -> int:
    """Lines of a text of 10.5 points: a Chinese character is 14 pixels wide, an indent 9."""
    room = pixels(sheet, cell.column_letter) - 5 - (9 if cell.alignment.indent else 0)
    return -(-columns_wide(cell.value) * 7 // room)


def test_a_report_of_150_characters_fits_and_a_longer_one_makes_the_row_grow(form: bytes) -> None:
    sheet = opened(filled(form, L7="新建学校，" * 30))["填报"]
    assert sheet.row_dimensions[7].height >= lines(sheet, sheet["L7"]) * LINE
    for title, first in (("填报", 7), ("节点", 5), ("指标", 5)):
        xml = Book(form).package.read(Book(form).sheets[title].part).decode()
        assert re.search(rf'<row r="{first}" ht="[\d.]+" customHeight="0"', xml), title


# 3


def test_the_cursor_starts_in_the_first_cell_to_fill(form: bytes, sheets: dict[str, Worksheet]) -> None:
    started = {title: sheet.sheet_view.selection[-1].activeCell for title, sheet in sheets.items()}
    assert started == {"填报": "J7", "节点": "F5", "指标": "G5"}
    assert opened(form).active.title == "填报"  # type: ignore[union-attr]


def test_tab_goes_to_the_cells_to_fill_and_the_others_can_be_copied(sheets: dict[str, Worksheet]) -> None:
    for sheet in sheets.values():
        # 0 means allowed
        protection = sheet.protection
        assert (protection.sheet, protection.selectLockedCells, protection.selectUnlockedCells) == (
            True,
            False,
            False,
        )
        assert (protection.formatRows, protection.autoFilter) == (False, False)


def test_keys_are_within_the_filter_so_that_a_sort_takes_them_along(sheets: dict[str, Worksheet]) -> None:
    for title, sheet in sheets.items():
        assert re.match(rf"A{HEADER[title]}:[A-Z]+\d+$", str(sheet.auto_filter.ref))


# 4


@pytest.mark.parametrize("title", HEADER)
def test_a_line_for_signature_and_seal(sheets: dict[str, Worksheet], title: str) -> None:
    sheet = sheets[title]
    (row,) = (cell.row for cell in sheet["A"] if cell.value == "END")
    said = [cell.value for cell in sheet[row][1:] if cell.value]
    assert said == ["填报单位（盖章）：", "审核人（签字）：", "日期：　　　　年　　月　　日"]
    assert row == 2 + max(cell.row for cell in sheet["A"] if str(cell.value).startswith("T"))


def test_what_is_signed_and_noted_below_belongs_to_no_row(promised: Office) -> None:
    def sign(sheet: Worksheet) -> None:
        (row,) = (cell.row for cell in sheet["A"] if cell.value == "END")
        for number in (row, row + 2):
            for column in range(2, sheet.max_column + 1):
                if sheet.cell(number, column).value is None:
                    sheet.cell(number, column).value = "王强"

    content = filled(promised.form(SPORTS))
    for title in HEADER:
        content = changed(content, sign, title)
    promised.send("a.xlsx", content)
    promised.send("b.xlsx", filled(promised.form(AUDIT)))
    returns = promised.collect()
    assert returns["a.xlsx"] == ("accepted", [])
    assert promised.merge()["rows"] == 3 + 3 + 3 + 2


# 5

CHECK_COLUMNS = ("检查项目", "结果", "说明")
WARNED = '\n[rules.F103]\nseverity = "提示"\n'


def check_sheet(form: bytes, folder: Path) -> dict[str, tuple[Any, Any]]:
    """Result and reason of every line of the sheet 自检, recalculated by LibreOffice."""
    (folder / "in.xlsx").write_bytes(form)
    cells = Book(recalculate(folder / "in.xlsx", folder / "out.xlsx").read_bytes()).cells("自检").cells
    value = {place: cell.value for place, cell in cells.items()}
    return {str(value[r, 1]): (value.get((r, 2)), value.get((r, 3)) or "") for r, c in value if c == 1 and r > 4}


@requires_libreoffice
def test_the_first_row_left_is_said(promised_project: Office, tmp_path: Path) -> None:
    form = filled(
        promised_project.form(SPORTS), {"F5": "否", "H5": None}, {"G6": 4.8},
        J7=None, K7=None, L7=None, L8="正在推进", K9=0.008, H4="找小王",
    )  # fmt: skip
    assert check_sheet(form, tmp_path) == {
        "表头：填报人": ("✓", ""),
        "表头：联系电话": ("×", "联系电话不是电话号码。"),
        "表头：审核人": ("✓", ""),
        "表头：填报日期": ("✓", ""),
        "应填报任务（项）": (3, "还有2行未填或须改正"),
        "自检无误（项）": (0, ""),
        "有提示、请再核对（项）": (1, "第9行（序号37）：提示：完成进度不超过1%。"),
        "尚未填写（项）": (1, "第7行（序号130）：未填"),
        "须改正（项）": (1, "第8行（序号35）：进展情况不足10个字（现有4个字）。"),
        "节点：共（个）": (3, "还有1行未填或须改正"),
        "节点：自检无误（个）": (2, ""),
        "节点：有提示、请再核对（个）": (0, ""),
        "节点：时限已到、尚未填写（个）": (0, ""),
        "节点：须改正（个）": (1, "第5行（序号130）：时限已到而未完成，未填写说明。"),
        "指标：共（个）": (3, "还有1行未填或须改正"),
        "指标：自检无误（个）": (2, ""),
        "指标：有提示、请再核对（个）": (0, ""),
        "指标：尚未填写（个）": (0, ""),
        "指标：须改正（个）": (1, "第6行（序号130）：填写了本期完成值，但未填写数据截止日期。"),
        "还有未填或须改正之处，请按各表“自检”列逐项处理。": (None, ""),
    }


@requires_libreoffice
def test_a_warning_of_the_head_is_a_hint_and_the_form_may_be_sent(office: Office, tmp_path: Path) -> None:
    with office.project.settings_file.open("a", encoding="utf-8") as file:
        file.write(WARNED)
    flows.issue(office.project, MAY)
    form = filled(office.form(AUDIT), H4="找小王")
    said = check_sheet(form, tmp_path)
    assert said["表头：联系电话"] == ("提示", "提示：联系电话不是电话号码。")
    assert list(said)[-1] == "全部填好，可以报送。"
    office.send("a.xlsx", form)
    assert office.collect()["a.xlsx"] == ("accepted_with_notes", [("F103", "填报", "H4", "找小王")])


# 6


def test_the_check_says_how_long_a_text_is(office: Office) -> None:
    texts: Mapping[str, str] = {
        "a.xlsx": "正在 推进　。",
        "b.xlsx": "甲" * 2001,
    }
    messages = {}
    for name, text in texts.items():
        office.send(name, filled(office.form(AUDIT), L7=text))
        (returned,) = flows.collect(office.project)["returns"]
        messages[name] = [f["message"] for f in returned["findings"]]
        (office.project.inbox / name).unlink()
    assert messages == {
        "a.xlsx": ["「填报」表 L7：进展情况不足10个字（现有5个字）。请写明本期做了什么、到了哪一步。"],
        "b.xlsx": ["「填报」表 L7：进展情况超过2000个字（现有2001个字）。请精简后重新填写，详细材料可列入佐证材料。"],
    }


@pytest.mark.parametrize("spec", SPECS.values(), ids=lambda spec: spec.name)
def test_the_formula_leaves_room_for_rules_of_the_office(spec: Spec) -> None:
    formula = self_check_formula(spec, geometry(spec), parse_period(JUNE))
    assert len(formula) <= LENGTH_LIMIT - 1_000
