"""What units do to rows, columns and sheets: read by key and header text, never by position."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tests.intake.conftest import Desk
from tests.office import AUDIT, PROGRESS, SPORTS, changed, opened, saved

Change = Callable[[Worksheet], object]


def copy_row(sheet: Worksheet, source: int, target: int) -> None:
    for column, cell in enumerate(sheet[source], 1):
        copy = sheet.cell(target, column)
        copy.value, copy.number_format = cell.value, cell.number_format


def swap_rows(sheet: Worksheet) -> None:
    copy_row(sheet, 7, 10)
    copy_row(sheet, 9, 7)
    copy_row(sheet, 10, 9)
    sheet.delete_rows(10)


def add_row_of_another_unit(sheet: Worksheet) -> None:
    copy_row(sheet, 8, 10)
    sheet["A10"], sheet["C10"] = "T137", "加强重点领域审计监督"


def move_column(sheet: Worksheet) -> None:
    """进展状态 from J to behind the last column."""
    for row in range(6, 10):
        sheet.cell(row, 20).value = sheet.cell(row, 10).value
        sheet.cell(row, 10).value = None


def rename(cell: str, title: str | None) -> Change:
    return lambda sheet: sheet[cell].__setattr__("value", title)


def test_rows_in_another_order(desk: Desk) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), swap_rows)) == ("accepted", [])


def test_a_column_inserted(desk: Desk) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), lambda s: s.insert_cols(10))) == ("accepted", [])


def test_a_column_moved(desk: Desk) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), move_column)) == ("accepted", [])


def test_a_finding_names_the_cell_where_it_now_stands(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS, K7="很快"), lambda s: s.insert_cols(10))
    moved = changed(content, lambda s: s.insert_rows(1, 2))
    assert desk.judge(moved) == ("returned", [("V405", "填报", "L9", "很快")])


def test_a_title_of_the_units_own_is_known_by_its_alias(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), rename("L6", "工作进展"))
    assert desk.judge(content) == ("accepted_with_notes", [("R312", "填报", "L6", "工作进展")])


def test_spaces_and_line_breaks_in_a_title_do_not_matter(desk: Desk) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), rename("L6", " 进展\n情况 "))) == ("accepted", [])


def test_a_title_nobody_knows_in_the_place_of_a_lost_one_is_said_once(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), rename("L6", "领导要求"))
    assert desk.judge(content) == (
        "returned",
        [("R314", "填报", "L6", "领导要求")],
    )


def test_a_column_added_is_not_merged(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), rename("R6", "内部备注"))
    assert desk.judge(content) == ("accepted_with_notes", [("R304", "填报", "R6", None)])


@pytest.mark.parametrize("letter", "NOP")
def test_a_column_deleted_is_said_once(desk: Desk, letter: str) -> None:
    content = changed(desk.filled(SPORTS), lambda s: s.delete_cols(ord(letter) - 64))
    assert desk.judge(content) == ("returned", [("R302", "填报", None, None)])


@pytest.mark.parametrize("letter", "JKL")
def test_so_is_a_title_erased_above_what_was_filled_in(desk: Desk, letter: str) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), rename(f"{letter}6", None))) == (
        "returned",
        [("R302", "填报", f"{letter}6", None)],
    )


@pytest.mark.parametrize("letter", "MNOP")
def test_and_a_title_erased_above_nothing(desk: Desk, letter: str) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), rename(f"{letter}6", None))) == (
        "returned",
        [("R302", "填报", None, None)],
    )


def test_the_codes_are_known_without_their_title(desk: Desk) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), rename("A6", None))) == ("accepted", [])


def test_without_codes_number_and_text_together_name_the_row(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), lambda s: s.delete_cols(1))
    assert desk.judge(content) == ("accepted_with_notes", [("R323", "填报", None, None)])


@pytest.mark.parametrize("cell", ["A7", "B7"])
def test_without_codes_number_or_text_alone_names_none(desk: Desk, cell: str) -> None:
    def change(sheet: Worksheet) -> None:
        sheet.delete_cols(1)
        sheet[cell] = "5月"

    assert desk.judge(changed(desk.filled(SPORTS), change)) == ("returned", [("R302", "填报", None, None)])


def test_a_locked_column_deleted_is_not_missed(desk: Desk) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), lambda s: s.delete_cols(6))) == ("accepted", [])


def test_the_same_title_twice(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), rename("R6", "进展情况"))
    assert desk.judge(content) == ("returned", [("R303", "填报", "R6", None)])


def test_the_header_row_deleted(desk: Desk) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), lambda s: s.delete_rows(6))) == (
        "returned",
        [("R301", None, None, None)],
    )


def test_a_row_deleted(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), lambda s: s.delete_rows(8))
    assert desk.judge(content) == ("returned", [("R307", "填报", None, None)])


@pytest.mark.parametrize("unit", [SPORTS, AUDIT])
def test_all_rows_deleted_is_not_a_report(desk: Desk, unit: str) -> None:
    rows = 3 if unit == SPORTS else 1
    content = changed(desk.filled(unit), lambda s: s.delete_rows(7, rows))
    assert desk.judge(content) == ("returned", [("R307", "填报", None, None)])


def test_a_row_twice(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), lambda s: copy_row(s, 8, 10))
    assert desk.judge(content) == ("returned", [("R306", "填报", "B10", None)])


def test_a_row_of_another_unit(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), add_row_of_another_unit)
    assert desk.judge(content) == ("returned", [("R308", "填报", "B10", None)])


def test_an_empty_row_inserted(desk: Desk) -> None:
    assert desk.judge(changed(desk.filled(SPORTS), lambda s: s.insert_rows(8))) == ("accepted", [])


def test_a_row_inserted_with_words_in_it_is_a_question(desk: Desk) -> None:
    def add(sheet: Worksheet) -> None:
        sheet.insert_rows(8)
        sheet["L8"] = "另：本月新增一项工作。"

    content = changed(desk.filled(SPORTS), add)
    assert desk.judge(content) == ("needs_decision", [("R305", "填报", "B8", "另：本月新增一项工作。")])


def test_what_stands_below_the_signature_line_is_no_row(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), lambda s: s["L12"].__setattr__("value", "（盖章）2022年5月20日"))
    assert desk.judge(content) == ("accepted", [])


def test_a_label_of_the_head_deleted(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), rename("G4", None))
    assert desk.judge(content) == ("returned", [("R311", "填报", None, None)])


def test_sheets_renamed_and_put_in_another_order(desk: Desk) -> None:
    book = opened(desk.filled(SPORTS, K7="很快"))
    book["填报"].title = "市体育局5月"
    book.move_sheet("市体育局5月", offset=2)
    assert desk.judge(saved(book)) == ("returned", [("V405", "市体育局5月", "K7", "很快")])


def test_a_sheet_of_the_units_own_is_left_alone(desk: Desk) -> None:
    book = opened(desk.filled(SPORTS))
    book.create_sheet("附表", 0)["A1"] = PROGRESS
    assert desk.judge(saved(book)) == ("accepted", [])


def test_a_stray_cell_at_the_far_corner_costs_nothing(desk: Desk) -> None:
    content = changed(desk.filled(SPORTS), lambda s: s["XFD1048576"].__setattr__("value", "x"))
    assert desk.judge(content) == ("accepted", [])


def test_hidden_rows_and_a_filter_left_on_are_read_all_the_same(desk: Desk) -> None:
    def hide(sheet: Worksheet) -> None:
        sheet.row_dimensions[8].hidden = True
        sheet.column_dimensions["M"].hidden = True

    content = changed(desk.filled(SPORTS, K8="很快"), hide)
    assert desk.judge(content) == (
        "returned",
        [("R324", "填报", None, "8、M、N"), ("V405", "填报", "K8", "很快")],  # openpyxl stores M and N together
    )
