"""Edits as few, large writes: every cell once, texts marked, and what an open workbook cannot take refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.table import Table

from tests.office import SPORTS, Office, changed, filled
from tjxl.errors import PackageError, ProjectError
from tjxl.masters.quiet import quiet
from tjxl.masters.replay import LONGEST_IN_BLOCK, Formula, Heights, Place, Written, as_typed, blocks, plan_replay
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import Range
from tjxl.ooxml.splice import NewRow, Put
from tjxl.sheets.recalc import refresh

_CELLS = st.dictionaries(
    st.tuples(st.integers(1, 12), st.integers(1, 8)),
    st.sampled_from([None, 0.5, "新", "长" * (LONGEST_IN_BLOCK + 1), Formula("=1+1")]),
)


@given(_CELLS)
def test_every_cell_is_written_once_with_its_value(cells: dict[Place, Written | Formula]) -> None:
    written: dict[Place, Written | Formula] = {}
    for block in blocks(cells):
        for r, row in enumerate(block.rows, block.area.top):
            for c, value in enumerate(row, block.area.left):
                assert (r, c) not in written
                written[r, c] = Formula(str(value)) if block.formulas else value
    assert written == cells


def test_rows_and_columns_that_touch_are_one_call() -> None:
    table: dict[Place, Written | Formula] = {(r, c): 1.0 for r in range(3, 500) for c in range(2, 9)}
    column: dict[Place, Written | Formula] = {(r, 12): "新" for r in range(3, 500)}
    assert [b.area for b in blocks(table)] == [Range(3, 2, 499, 8)]
    assert [b.area for b in blocks(column)] == [Range(3, 12, 499, 12)]


def test_a_very_long_text_is_written_alone() -> None:
    long = "长" * (LONGEST_IN_BLOCK + 1)
    assert [b.area.ref for b in blocks({(1, 1): "短", (1, 2): long, (1, 3): "短"})] == ["A1:A1", "C1:C1", "B1:B1"]


@pytest.mark.parametrize(
    "text", ["=1", "+1", "-1", "@a", "'a", "＝1", "#N/A", "12", "1e5", "5月", "二月", "TRUE", "1/2"]
)
def test_what_could_be_read_as_something_else_is_marked_as_text(text: str) -> None:
    assert as_typed(text) == "'" + text


@pytest.mark.parametrize("value", ["正常推进", "已完成方案论证", 0.4, None, True])
def test_what_cannot_is_written_as_it_is(value: Written) -> None:
    assert as_typed(value) == value


def test_cached_values_and_chart_points_are_left_to_the_program(office: Office) -> None:
    editor = BookEditor(office.master)
    table = editor.table("任务台账")
    editor.edit(table.sheet, table.first_row, table.columns["进展状态"], Put("滞后"))
    refresh(editor)
    assert len(editor.edits("看板")) > 3
    replay = plan_replay(editor)
    assert replay.cells == {"任务台账": {(table.first_row, table.columns["进展状态"]): "滞后"}}
    assert replay.before == {"任务台账": {(table.first_row, table.columns["进展状态"]): None}}


def test_parts_that_only_a_closed_file_can_take_are_refused(office: Office) -> None:
    editor = BookEditor(office.master)
    editor.set_part("xl/styles.xml", b"<styleSheet/>")
    with pytest.raises(PackageError) as error:
        plan_replay(editor)
    assert error.value.code == "E237"


def test_rows_of_a_table_leave_the_looks_of_the_tables_beside_it_alone(office: Office) -> None:
    def note(sheet: Any) -> None:
        for row in range(2, 40):
            sheet.cell(row, 22).value = "备忘" if row == 2 else f"第 {row} 件"
        sheet.add_table(Table(displayName="办公厅备忘", ref="V2:V39"))

    office.send("甲.xlsx", filled(office.form(SPORTS)))
    office.merge()
    editor = BookEditor(changed(office.master, note, "填报流水"))
    for title in ("填报流水", "裁决依据"):  # another table of the office's, others of tjxl's
        table = editor.table(title)
        editor.append_rows(title, [{next(iter(table.columns)): "新"}] * 3)
    replay = plan_replay(editor)
    assert [growth.table.name for growth in replay.growths] == ["填报流水", "裁决依据"]
    assert replay.refilled == ()


def test_rows_that_are_there_grow_as_in_a_closed_file_but_for_those_that_a_filter_hides(office: Office) -> None:
    def hide(sheet: Any) -> None:
        sheet.row_dimensions[5].hidden = True

    editor = BookEditor(changed(office.master, hide, "待裁决"))
    for row in (3, 4, 5, 6, 8, 900):  # one that is added looks like the row above it: that is one call for all
        editor.new_row("待裁决", row, NewRow(row, 150))
    replay = plan_replay(editor)
    assert replay.heights == tuple(Heights("待裁决", first, last, 150) for first, last in [(3, 4), (6, 6), (8, 8)])


# ---- the program's settings


class Program(SimpleNamespace):
    """A program whose settings can be read and set, unless one is refused."""

    refused = ""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == self.refused:
            raise RuntimeError(name)
        super().__setattr__(name, value)


BUSY = {"screen_updating": True, "enable_events": True, "display_alerts": True, "calculation": "semiautomatic"}


def test_settings_are_put_back_after_an_exception() -> None:
    app: Any = Program(**BUSY)
    with pytest.raises(ZeroDivisionError), quiet(app):
        app.seen = (app.screen_updating, app.calculation, 1 / int(app.calculation != "manual"))
    assert vars(app) == BUSY


def test_one_setting_that_cannot_be_put_back_keeps_none_of_the_others() -> None:
    app: Any = Program(**BUSY)
    with pytest.raises(ProjectError) as error, quiet(app):
        Program.refused = "enable_events"
    Program.refused = ""
    assert (error.value.code, "事件" in str(error.value)) == ("E243", True)
    assert vars(app) == BUSY | {"enable_events": False}
