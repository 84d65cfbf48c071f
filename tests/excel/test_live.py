"""The master open in a spreadsheet program: commands change it there as they change the closed file.

The program is a real LibreOffice behind xlwings' public interface (`tests/excel/engine.py`).

1. Merging, issuing, collecting and deciding on the open master give the cells that they give on the closed file.
2. What the office has typed and not saved, its comments, charts and columns are there afterwards.
3. A text stays the text that it is.
4. Interrupted at any call, the open master is as it was, and so is the program.
5. What cannot be written safely is refused before anything is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openpyxl.comments import Comment
from openpyxl.workbook.workbook import Workbook

from tests.conftest import copy_of
from tests.excel import engine as engine_module
from tests.excel.engine import Engine
from tests.excel.program import NEEDS_OPEN_LIBREOFFICE
from tests.office import JUNE, MAY, SPORTS, Office, changed, filled, opened, saved
from tjxl import flows, recovery
from tjxl.archiving import archive_period
from tjxl.errors import ProjectError
from tjxl.masters.live import LiveMaster
from tjxl.masters.replay import blocks, plan_replay
from tjxl.merge import run
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put, PutFormula
from tjxl.register import Question
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import add_questions, append
from tjxl.sheets.recalc import refresh
from tjxl.sheets.state import MasterState
from tjxl.simulate import simulate
from tjxl.supervise.reminders.remind import remind

Opener = Callable[[Path], Any]
Cells = dict[tuple[str, int, int], object]
NOW = dt.datetime(2022, 5, 26, 9, 0)
SETTINGS = ("screen_updating", "enable_events", "display_alerts", "calculation")

pytestmark = NEEDS_OPEN_LIBREOFFICE


@pytest.fixture(autouse=True)
def _clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of the merge is the only thing in which two merges of the same files differ."""
    real: Callable[..., object] = run.merge_returns
    monkeypatch.setattr(run, "merge_returns", lambda *args: real(*args[:-1], NOW))


def cells(content: bytes) -> Cells:
    """Every cell that holds something: its value, formulas' results included; moments to a hundredth of a second."""
    book = Book(content)
    return {
        (sheet, *place): round(cell.value, 7) if isinstance(cell.value, float) else cell.value
        for sheet in book.sheets
        for place, cell in book.cells(sheet).cells.items()
        if cell.value not in (None, "")
    }


def differing(one: bytes, other: bytes) -> dict[object, tuple[object, object]]:
    """The cells in which two workbooks differ."""
    a, b = cells(one), cells(other)
    return {place: (a.get(place), b.get(place)) for place in {*a, *b} if a.get(place) != b.get(place)}


# ---- 1. the same cells


def test_all_units_merged_on_the_open_master_and_on_the_closed_one(
    office: Office, open_book: Opener, engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    simulate(office.project, MAY, seed=7)
    closed = copy_of(office, tmp_path / "关着")
    closed.merge()
    book = open_book(office.project.master)
    master, planned = LiveMaster(office.project, book), []
    real = LiveMaster.write

    def noted(own: LiveMaster, editor: BookEditor) -> bytes:
        planned.append(plan_replay(editor))
        return real(own, editor)

    monkeypatch.setattr(LiveMaster, "write", noted)
    result = flows.merge(office.project, master=master)
    assert result["rows"] > 400
    assert (office.inbox(), result["backup"] is not None) == ([], True)
    assert differing(closed.master, office.master) == {}
    written = [name for name in engine.calls.made if name in ("value", "formula")]
    assert len(written) <= sum(len(blocks(c)) for replay in planned for c in replay.cells.values())
    assert len(written) < 30  # in blocks: 475 ledger rows, 问题清单, 销号 and their formulas


def test_a_second_period_with_faulty_returns_and_questions(june: Office, open_book: Opener, tmp_path: Path) -> None:
    simulate(june.project, JUNE, seed=8, faults=0.4)
    closed = copy_of(june, tmp_path / "关着")
    master = LiveMaster(june.project, open_book(june.project.master))
    verdicts = [flows.collect(o.project, master=m)["returns"] for o, m in ((closed, None), (june, master))]
    assert [r["verdict"] for r in verdicts[0]] == [r["verdict"] for r in verdicts[1]]
    assert differing(closed.master, june.master) == {}
    assert flows.merge(closed.project)["changes"] == flows.merge(june.project, master=master)["changes"]
    assert differing(closed.master, june.master) == {}
    assert len(MasterState(june.master).questions) > 5
    assert flows.merge(june.project, master=master)["rows"] == 0  # again changes nothing


def test_rows_that_were_moved_out_are_filled_again_with_the_looks_of_the_others(
    june: Office, open_book: Opener, tmp_path: Path
) -> None:
    def note(sheet: Any) -> None:
        sheet.cell(sheet.max_row, 19).value = "已向单位核实"  # the last row stays, those above become free

    june.project.master.write_bytes(changed(june.master, note, "填报流水"))
    last = Book(june.master).tables["填报流水"].last_row
    archive_period(june.project, MAY)
    simulate(june.project, JUNE, seed=8)
    closed = copy_of(june, tmp_path / "关着")
    flows.merge(closed.project)
    flows.merge(june.project, master=LiveMaster(june.project, open_book(june.project.master)))
    assert differing(closed.master, june.master) == {}
    assert Book(june.master).tables["填报流水"].last_row < last + 10  # June has about as many rows as May
    sheet = opened(june.master)["填报流水"]
    looks = [[(c.number_format, c.alignment.vertical, c.border.left.style) for c in sheet[n]] for n in (4, last)]
    assert looks[0] == looks[1]


def test_forms_are_issued_from_the_open_master(office: Office, open_book: Opener, tmp_path: Path) -> None:
    closed = copy_of(office, tmp_path / "关着")
    master = LiveMaster(office.project, open_book(office.project.master))
    flows.issue(closed.project, JUNE)
    assert len(flows.issue(office.project, JUNE, master=master)["issued"]) > 50
    assert differing(closed.master, office.master) == {}


class _StandingClock(dt.datetime):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> _StandingClock:
        del tz
        return cls(2022, 5, 27, 9, 0)


def test_a_merge_is_undone_and_done_again_on_the_open_master(
    office: Office, open_book: Opener, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery, "dt", SimpleNamespace(datetime=_StandingClock, date=dt.date))
    before = office.master
    simulate(office.project, MAY, seed=7)
    office.merge()
    closed = copy_of(office, tmp_path / "关着")
    master = LiveMaster(office.project, open_book(office.project.master))
    undone = [recovery.undo(o.project, master=m) for o, m in ((closed, None), (office, master))]
    assert undone[0]["rows"] == undone[1]["rows"] > 400
    assert differing(closed.master, office.master) == {}
    assert not {sheet for sheet, *_ in differing(before, office.master)} & {"填报流水", "任务台账", "报送情况"}  # type: ignore[misc]
    closed.merge()
    assert flows.merge(office.project, master=master)["rows"] == undone[0]["rows"]
    assert differing(closed.master, office.master) == {}


def test_the_file_is_saved_as_one_that_calculates_by_itself(
    office: Office, open_book: Opener, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Excel writes into the file how it calculates while it saves, and does so when the file is opened next."""
    office.send("甲.xlsx", filled(office.form(SPORTS)))
    book = open_book(office.project.master)
    modes, real = [], engine_module.Book.save

    def noted(own: engine_module.Book, path: Any = None, password: Any = None) -> None:
        modes.append(own.app.calculation)
        real(own, path, password)

    monkeypatch.setattr(engine_module.Book, "save", noted)
    flows.merge(office.project, master=LiveMaster(office.project, book))
    assert modes == ["automatic"] * 2


# ---- 2. what is the office's


def decorate(book: Workbook) -> None:
    tasks = book["任务台账"]
    tasks["K5"].comment = Comment("与审计局通话，下周补材料", "王处")
    book.create_sheet("调度会")["A1"] = "=SUM(1,2)"


def test_what_the_office_typed_and_drew_is_there_afterwards(office: Office, open_book: Opener) -> None:
    content = opened(office.master)
    decorate(content)
    office.project.master.write_bytes(saved(content))
    office.send("甲.xlsx", filled(office.form(SPORTS)))
    book = open_book(office.project.master)
    state = MasterState(office.master)
    row = next(r.number for r in state.tasks if r["task_code"] == "T130")
    at = state.book.tables["任务台账"].columns
    book.sheets["任务台账"].range((row, at["领导批示"])).value = "请加快。"  # typed, not saved
    book.sheets["任务台账"].range((row, at["核定状态"])).value = "滞后"
    flows.merge(office.project, master=LiveMaster(office.project, book))
    task = office.table("tasks", task_code="T130")[0]
    assert [task[n] for n in ("status", "verified_status", "leader_instructions")] == ["正常推进", "滞后", "请加快。"]
    after = opened(office.master)
    comment = after["任务台账"]["K5"].comment
    assert comment is not None
    assert "与审计局通话，下周补材料" in comment.text
    assert after["调度会"]["A1"].value == "=SUM(1,2)"
    assert len(Book(office.master).package.names) > 0
    assert sum("charts/chart" in name for name in Book(office.master).package.names) == 2


# ---- 3. texts

TEXTS = (
    "=cmd|'/c calc'!A1", "=1+1", "+86 22 1234", "-1", "@SUM(1)", "'单引号", "0012", "1e5", "2022-05-01", "1/2", "50%",
    "TRUE", "5月", "2022年5月", "＝1+1", "#N/A", "第一行\n=第二行", "长" * 9_000, " 前后有空格 ", "一二三",
)  # fmt: skip


@pytest.mark.parametrize("title", ["备注", "进展情况", "完成时限", "完成进度"])
def test_a_text_stays_the_text_that_it_is_in_cells_of_every_format(
    office: Office, open_book: Opener, title: str
) -> None:
    master = LiveMaster(office.project, open_book(office.project.master))
    editor = BookEditor(master.read())
    table = editor.table("任务台账")
    for row, text in enumerate(TEXTS, table.first_row):
        editor.edit(table.sheet, row, table.columns[title], Put(text))
    stored = Book(master.write(editor)).cells(table.sheet).cells
    kept = [stored[row, table.columns[title]] for row in range(table.first_row, table.first_row + len(TEXTS))]
    assert [(c.value, c.kind, c.formula) for c in kept] == [(text, "text", None) for text in TEXTS]


def test_values_of_every_kind_arrive_as_they_are(office: Office, open_book: Opener) -> None:
    master = LiveMaster(office.project, open_book(office.project.master))
    editor = BookEditor(master.read())
    table = editor.table("任务台账")
    written = {"完成进度": 0.55, "预计（实际）完成日期": dt.date(2022, 12, 31), "备注": True, "存在问题": None}
    for title, value in written.items():
        editor.edit(table.sheet, table.first_row, table.columns[title], Put(value))
    after = opened(master.write(editor))[table.sheet]
    shown = {title: after.cell(table.first_row, table.columns[title]).value for title in written}
    assert shown == written | {"预计（实际）完成日期": dt.datetime(2022, 12, 31)}


# ---- 4. interrupted


def changes(content: bytes) -> BookEditor:
    """Rows appended to visible and hidden tables, a formula, values: every kind of call."""
    editor = BookEditor(content)
    state = MasterState(content)
    add_questions(editor, state, [Question("问题甲？", ("是", "否"), "T001", SPORTS, MAY, key="value:x")])
    units = master_layout()["units"]
    append(editor, units, [{"unit_code": "U998", "unit": "市新局"}, {"unit_code": "U999", "unit": "市另局"}])
    table = editor.table("责任单位")
    counted = 'COUNTIFS(责任分工[单位编码],责任单位[[#This Row],[单位编码]],责任分工[职责],"牵头")'
    for row in (table.last_row + 1, table.last_row + 2):
        editor.edit(table.sheet, row, table.columns["牵头任务数"], PutFormula(counted, 0))
    for place in (5, 7, 8):
        editor.edit("任务台账", place, 10, Put(place / 10))
    refresh(editor)
    return editor


def test_formulas_and_names_follow_the_rows_that_are_added(office: Office, open_book: Opener) -> None:
    master = LiveMaster(office.project, open_book(office.project.master))
    content = master.read()
    editor = changes(content)
    written = master.write(editor)
    after = Book(written)
    assert differing(editor.save(), written) == {}
    assert after.names["裁决选项"] == Book(editor.save()).names["裁决选项"]
    assert after.tables["责任单位"].range == Book(editor.save()).tables["责任单位"].range


def test_interrupted_at_any_call_the_open_master_is_as_it_was(
    office: Office, open_book: Opener, engine: Engine
) -> None:
    book = open_book(office.project.master)
    master = LiveMaster(office.project, book)
    content = master.read()
    before = {name: getattr(book.app, name) for name in SETTINGS}
    editor, seen = changes(content), set()
    for number in range(1, 200):
        on_disk = office.master
        engine.calls.fail_at(number)
        try:
            master.write(editor)
        except ProjectError as error:
            seen.add(error.code)
            if error.code == "E239":
                break
        finally:
            engine.calls.fail_at(None)
        assert {name: getattr(book.app, name) for name in SETTINGS} == before
        assert office.master == on_disk
    assert number > 20
    assert seen == {"E233", "E234", "E239"}
    assert differing(editor.save(), master.read()) == {}  # all is written, only not saved: the next command does


# ---- 5. refused


def test_a_row_that_moved_after_the_plan_was_made_stops_the_writing(office: Office, open_book: Opener) -> None:
    book = open_book(office.project.master)
    master = LiveMaster(office.project, book)
    editor = changes(master.read())
    sheet, on_disk = book.sheets["任务台账"], office.master
    sheet.range("A5").value, sheet.range("A7").value = sheet.range("A7").value, sheet.range("A5").value
    with pytest.raises(ProjectError) as error:
        master.write(editor)
    assert (error.value.code, "任务台账!A5" in str(error.value)) == ("E236", True)
    assert (sheet.range("J5").value, office.master) == (None, on_disk)


def test_a_protected_sheet_is_named(office: Office, open_book: Opener) -> None:
    content = opened(office.master)
    content["责任单位"].protection.sheet = True
    office.project.master.write_bytes(saved(content))
    master = LiveMaster(office.project, open_book(office.project.master))
    editor = changes(master.read())
    with pytest.raises(ProjectError) as error:
        master.write(editor)
    assert (error.value.code, "“责任单位”" in str(error.value)) == ("E232", True)


def test_another_workbook_is_not_taken_for_the_master(office: Office, open_book: Opener, tmp_path: Path) -> None:
    other = tmp_path / "副本.xlsx"
    other.write_bytes(office.master)
    with pytest.raises(ProjectError) as error:
        flows.merge(office.project, master=LiveMaster(office.project, open_book(other)))
    assert error.value.code == "E231"


def test_the_command_line_says_that_the_master_is_open_and_leaves_it(office: Office, open_book: Opener) -> None:
    open_book(office.project.master)
    before = office.master
    with pytest.raises(ProjectError) as error:
        flows.merge(office.project)
    assert (error.value.code, "LibreOffice" in str(error.value), office.master) == ("E205", True, before)


def test_reminders_are_the_same_on_the_open_master(office: Office, open_book: Opener, tmp_path: Path) -> None:
    closed = copy_of(office, tmp_path / "关着")
    master = LiveMaster(office.project, open_book(office.project.master))
    for day in (dt.date(2022, 5, 26), dt.date(2022, 6, 1)):
        results = [remind(o.project, today=day, master=m) for o, m in ((closed, None), (office, master))]
        assert results[0] == results[1]
    assert len(office.table("reminders")) > 2 * 67, "67 units twice, and milestones"
    assert differing(closed.master, office.master) == {}
