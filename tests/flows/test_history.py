"""`tjxl history`: from any merged cell to the file, its digest, the sheet, the cell and the time.

1. Every merged cell of the register is led back to its file, which is in 归档 and holds the value in that cell.
2. The life of a field: what was reported in each period, what it replaced, corrections too; milestones and targets.
3. It holds when 变更记录 is filtered, emptied or gone, and says sheet and row where the archived file is gone too.
4. What people made of it: 核定状态, cells typed over, questions answered.
5. Tasks by number or code, units by any name; one clear sentence where there is none.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path
from typing import Any

import pytest

from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, changed, filled, opened, saved
from tjxl import flows
from tjxl.errors import ProjectError
from tjxl.formats.opening import open_workbook
from tjxl.intake.values import squeeze
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put
from tjxl.sheets.parts import PART_TABLES
from tjxl.simulate import simulate

AGAIN = dt.date(2022, 5, 24)


def history(office: Office, task: str = "T137", unit: str | None = None) -> dict[str, Any]:
    return flows.history(office.project, task, unit)


def life(result: dict[str, Any], field: str, *names: str) -> list[tuple[Any, ...]]:
    return [tuple(e[n] for n in names) for e in result["entries"] if e["field"] == field]


@pytest.fixture
def corrected(office: Office) -> Office:
    """市审计局 in May, corrected once."""
    office.send("五月/审计局.xlsx", filled(office.form(AUDIT)))
    office.merge()
    office.send("更正.xlsx", filled(office.form(AUDIT), M4=AGAIN, K7=0.6))
    office.merge()
    return office


# ---- 1


def test_every_merged_cell_leads_to_the_cell_of_the_archived_file(june: Office) -> None:
    """Two periods of a third of the tasks, with every unit's word: the file is there and says so in that cell."""
    simulate(june.project, JUNE, seed=8)
    june.merge()
    looked_at = 0
    for row in june.table("assignments")[::9]:
        if row["period"] is None:
            continue
        result = history(june, row["task_code"], row["unit"])
        for field in PART_TABLES["report"].shown:
            if row[field] is None:
                continue
            (entry,) = [e for e in result["entries"] if e["field"] == field and e["period"] == row["period"]]
            assert entry["value"] == (row[field].isoformat() if isinstance(row[field], dt.date) else row[field])
            assert dt.datetime.fromisoformat(entry["merged_at"]) in {r["merged_at"] for r in june.table("ledger")}
            assert squeeze(stands_in(june, entry))
            looked_at += 1
    assert looked_at > 150


def stands_in(office: Office, entry: dict[str, Any]) -> str:
    """What the archived file has in the cell that an entry names, its digest checked; texts are compared."""
    content = (office.project.root / entry["archived"]).read_bytes()
    assert hashlib.sha256(content).hexdigest() == entry["sha256"]
    cell = open_workbook(content).cells(entry["sheet"]).cells[parse_cell(entry["cell"])]
    if entry["field"] in ("status", "progress_text", "problems", "next_steps"):
        assert squeeze(str(cell.value)) == squeeze(str(entry["value"]))
    return str(cell.value)


def test_moved_columns_and_a_renamed_sheet_lead_there_too(office: Office) -> None:
    book = opened(filled(office.form(AUDIT)))
    book["填报"].insert_cols(2)
    book["填报"].title = "5月"
    office.send("a.xlsx", saved(book))
    office.merge()
    assert life(history(office), "percent_complete", "sheet", "cell") == [("5月", "L7")]
    clear_record(office)
    assert life(history(office), "percent_complete", "sheet", "cell") == [("5月", "L7")]


# ---- 2


def test_the_life_of_a_field(corrected: Office) -> None:
    flows.issue(corrected.project, JUNE)
    corrected.send("六月.xlsx", filled(corrected.form(AUDIT, JUNE), M4=dt.date(2022, 6, 20), K7=0.6))
    corrected.merge()
    names = ("period", "value", "replaced", "kind", "file", "batch", "cell")
    assert life(history(corrected), "percent_complete", *names) == [
        (MAY, 0.4, None, "first", "五月/审计局.xlsx", 1, "K7"),
        (MAY, 0.6, 0.4, "correction", "更正.xlsx", 2, "K7"),
        (JUNE, 0.6, 0.6, "unchanged", "六月.xlsx", 3, "K7"),
    ]
    entry = history(corrected)["entries"][0]
    assert (entry["unit"], entry["role"], entry["title"]) == (AUDIT, "牵头", "进展状态")


def test_milestones_and_targets_are_part_of_the_task(promised: Office) -> None:
    content = filled(promised.form(SPORTS), targets={"G5": 12.5, "H5": dt.date(2022, 5, 15), "I5": None})
    promised.send("a.xlsx", content)
    promised.merge()
    result = history(promised, "130")
    assert life(result, "current_value", "code", "value", "sheet", "cell") == [("T130-K1", 12.5, "指标", "G5")]
    assert [r[0] for r in life(result, "done", "code")] == ["T130-M1", "T130-M2", "T130-M3"]
    assert (result["subjects"]["T130-K1"], result["subjects"]["T130-M1"]) == ("新增健身人口", "赛事筹备方案")


# ---- 3


def clear_record(office: Office) -> None:
    """Every row of 变更记录 emptied."""
    editor = BookEditor(office.master)
    for (row, column), cell in editor.book.cells("变更记录").cells.items():
        if row > 2 and cell.value is not None:
            editor.edit("变更记录", row, column, Put(None))
    office.project.master.write_bytes(editor.save())


def test_it_holds_without_the_record(corrected: Office) -> None:
    before = history(corrected)
    clear_record(corrected)
    assert history(corrected) == before
    book = opened(corrected.master)
    del book["变更记录"]
    corrected.project.master.write_bytes(saved(book))
    assert history(corrected) == before


def test_a_filtered_and_sorted_record_leads_there_all_the_same(corrected: Office) -> None:
    before = history(corrected)

    def sort(sheet: Any) -> None:
        rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=3)]
        for number, values in enumerate(reversed(rows), 3):
            for column, value in enumerate(values, 1):
                sheet.cell(number, column).value = value
            sheet.row_dimensions[number].hidden = number % 2 == 0

    corrected.project.master.write_bytes(changed(corrected.master, sort, "变更记录"))
    assert history(corrected) == before


def test_without_the_archived_file_the_row_is_known(corrected: Office) -> None:
    clear_record(corrected)
    for path in corrected.project.archive.iterdir():
        Path(path).unlink()
    names = ("archived", "sheet", "row", "cell")
    assert life(history(corrected), "percent_complete", *names) == [(None, "填报", 7, None)] * 2


def test_a_damaged_archived_file_leaves_the_row_too(corrected: Office) -> None:
    clear_record(corrected)
    for path in corrected.project.archive.iterdir():
        Path(path).write_bytes(b"PK damaged")
    assert life(history(corrected), "percent_complete", "row", "cell") == [(7, None)] * 2


# ---- 4


def test_what_people_made_of_it_is_shown(office: Office) -> None:
    asked = {"J7": "申请调整", "M7": "上级政策调整，需重新论证", "O7": dt.date(2022, 12, 31)}
    office.send("a.xlsx", filled(office.form(AUDIT), **asked))
    office.merge()
    editor = BookEditor(office.master)
    table, questions = editor.book.tables["任务台账"], editor.book.tables["待裁决"]
    (task,) = [r for r in office.state.tasks if r["task_code"] == "T137"]
    asks = office.state.questions[-1]
    editor.edit("任务台账", task.number, table.columns["核定状态"], Put("滞后"))
    editor.edit("任务台账", task.number, table.columns["完成进度"], Put(0.7))
    editor.edit("待裁决", asks.number, questions.columns["处理意见"], Put("不同意"))
    office.project.master.write_bytes(editor.save())
    unseen = history(office)["hand_edits"]
    assert [(e["title"], e["old"], e["new"], e["noted_at"]) for e in unseen] == [("完成进度", "40%", "70%", None)]
    office.merge()
    result = history(office)
    assert result["verified_status"] == "滞后"
    (edit,) = result["hand_edits"]
    assert (edit["title"], edit["new"], edit["kind"], edit["sheet"]) == ("完成进度", "70%", "hand", "任务台账")
    assert edit["noted_at"] is not None
    (decision,) = result["decisions"]
    assert (decision["question_no"], decision["decision"]) == (asks["question_no"], "不同意")
    assert decision["state"].startswith("已处理")


# ---- 5


@pytest.mark.parametrize("name", ["137", "T137", "t137", "１３７", "0137"])
def test_a_task_by_its_number_or_code(corrected: Office, name: str) -> None:
    assert history(corrected, name)["task"] == "T137"


def test_one_unit_of_a_task(office: Office) -> None:
    for unit in (SPORTS, "市商务局"):
        office.send(f"{unit}.xlsx", filled(office.form(unit)))
    office.merge()
    assert {e["unit"] for e in history(office, "35")["entries"]} == {SPORTS, "市商务局"}
    assert {e["unit"] for e in history(office, "35", SPORTS)["entries"]} == {SPORTS}
    assert {e["unit"] for e in history(office, "35", "U031")["entries"]} == {SPORTS}


def test_a_task_nobody_knows(office: Office) -> None:
    with pytest.raises(ProjectError, match="没有任务“139”。相近的有：T13") as error:
        history(office, "139")
    assert error.value.code == "E250"


def test_a_unit_that_has_no_part_in_it(office: Office) -> None:
    with pytest.raises(ProjectError, match=f"任务 T137 没有责任单位“市体育局”。该任务的责任单位：{AUDIT}") as error:
        history(office, "137", SPORTS)
    assert error.value.code == "E251"
