"""Two stages: cooperating units report first, and the leads see what they reported.

The small project, two stages on (`tests.small`): in stage 配合 市甲局 reports on T002, 市乙局 on T001, 市丙局 on
T002; in stage 牵头 市甲局 on T001, 市乙局 on T002, 市丙局 on T003. A lead's form has one column more:
进展状态 is in K.

1. Each form has the tasks of its stage; the lead's shows the cooperating units' reports, short and whole.
2. A return is of one stage: another one goes back, and the newest counts within its stage.
3. The master keeps both; what does not agree is shown, in the lead's return and in 责任分工.
4. The guarantees of a merge hold: any order, twice, undone, rebuilt, traced.
5. A period keeps to what it was begun with.
6. The sample's 138 tasks.
"""

from __future__ import annotations

import datetime as dt
import itertools
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.libreoffice import recalculate_all, requires_libreoffice
from tests.merge.test_hand_edits import type_over
from tests.office import JUNE, MAY, PROGRESS, Office, filled, generated, opened, without_format
from tests.small import UNITS, set_report, small_project, split_project, unissued_project
from tjxl import flows, recovery
from tjxl.errors import ProjectError
from tjxl.installation.menu import menu
from tjxl.issuing import form_contents
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.splice import Put
from tjxl.periods import parse_period
from tjxl.project import Project
from tjxl.resources import sample_notice
from tjxl.sheets.form import form_template
from tjxl.sheets.layout import SheetLayout, hidden_layout, master_layout
from tjxl.sheets.master_edit import append
from tjxl.simulate import simulate

A, B, C = UNITS
COOPERATING, LEAD = "配合", "牵头"
TITLES = [
    "任务编码", "序号", "重点工作", "职责", "完成时限", "分管领导", "牵头单位", "配合单位", "上期进展",
    "进展状态", "完成进度", "进展情况", "存在问题", "下一步措施", "预计（实际）完成日期", "佐证材料", "自检",
]  # fmt: skip
WITH_COLUMN = [*TITLES[:9], "配合单位填报", *TITLES[9:]]
TROUBLE = "场地尚未移交，施工无法按期展开。"


@pytest.fixture(scope="module")
def first_issued(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Stage 配合 of 2022-05 issued. Not to be written to."""
    return split_project(tmp_path_factory.mktemp("两个阶段") / "项目")


@pytest.fixture
def first(first_issued: Office, tmp_path: Path) -> Office:
    return copy_of(first_issued, tmp_path / "项目")


@pytest.fixture(scope="module")
def both_issued(first_issued: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """市甲局 has reported on T002 (滞后, 30 %), 市乙局 on T001; stage 牵头 is issued. Not to be written to."""
    office = copy_of(first_issued, tmp_path_factory.mktemp("牵头") / "项目")
    behind = {
        "J7": "滞后",
        "K7": 0.3,
        "M7": TROUBLE,
        "N7": "与有关单位协商，下月底前移交。",
        "O7": dt.date(2022, 9, 30),
    }
    office.send("甲.xlsx", cooperating(office, A, **behind))
    office.send("乙.xlsx", cooperating(office, B))
    office.merge()
    flows.issue(office.project, MAY, stage="lead")
    return office


@pytest.fixture
def both(both_issued: Office, tmp_path: Path) -> Office:
    return copy_of(both_issued, tmp_path / "项目")


def form(office: Office, unit: str, stage: str, period: str = MAY) -> bytes:
    return (office.project.issued(period, stage) / f"{unit}.xlsx").read_bytes()


def cooperating(office: Office, unit: str, day: int = 18, **cells: Any) -> bytes:
    """A form of the first stage filled in."""
    return filled(form(office, unit, COOPERATING), M4=dt.date(2022, 5, day), **cells)


def lead(office: Office, unit: str, day: int = 24, **cells: Any) -> bytes:
    """A form of the second stage filled in; its columns are one further to the right."""
    row = {"K7": "正常推进", "L7": 0.4, "M7": PROGRESS}
    head = {"F4": "张明", "H4": "022-23456789", "J4": "李华", "M4": dt.date(2022, 5, day)}
    return put(form(office, unit, LEAD), head | row | cells)


def put(content: bytes, cells: Mapping[str, Any]) -> bytes:
    editor = BookEditor(content)
    for cell, value in cells.items():
        editor.edit("填报", *parse_cell(cell), Put(value))
    return editor.save()


def rows_of(content: bytes, sheet: str = "填报", header: int = 6) -> list[list[Any]]:
    rows = opened(content)[sheet].iter_rows(min_row=header, values_only=True)
    return [list(row) for row in rows if row[0] not in (None, "END")]


def submissions(office: Office) -> dict[tuple[str, str | None], str]:
    return {(r["unit"], r["stage"]): r["state"] for r in office.table("submissions", period=MAY)}


def agreement(office: Office) -> dict[tuple[str, str], str | None]:
    return {(r["task_code"], r["unit"]): r["agreement"] for r in office.table("assignments")}


def clean(office: Office) -> bool:
    return recovery.rebuild(office.project, check=True)["differences"] == []


# ---- 1. the forms


def test_the_first_stage_asks_for_what_a_unit_cooperates_in(first: Office) -> None:
    asked = {unit: [(r[0], r[3]) for r in rows_of(form(first, unit, COOPERATING))[1:]] for unit in UNITS}
    assert asked == {A: [("T002", "配合")], B: [("T001", "配合")], C: [("T002", "配合")]}
    content = form(first, A, COOPERATING)
    assert rows_of(content)[0] == TITLES
    assert opened(content).sheetnames == ["填报说明", "填报", "自检", "_lists", "_tjxl"]
    assert opened(content)["填报"]["B1"].value == "2022年市政府重点工作进展情况填报表（配合单位填报）"
    due = {(r["stage"], r["due_on"], r["rows"]) for r in first.table("submissions")}
    assert due == {("配合", dt.date(2022, 5, 20), 1)}


def test_the_leads_form_shows_what_each_cooperating_unit_reported(both: Office) -> None:
    content = form(both, B, LEAD)
    header, row = rows_of(content)
    assert header == WITH_COLUMN
    assert (row[0], row[3], row[9]) == ("T002", "牵头", f"{A}：滞后 30%；{C}：未报")
    assert row[10:17] == [None] * 7
    assert rows_of(form(both, C, LEAD))[1][9] == "无配合单位"
    book = opened(content)
    assert book.sheetnames == ["填报说明", "填报", "配合情况", "自检", "_lists", "_tjxl"]
    assert book["填报"]["J7"].protection.locked
    assert not book["填报"]["K7"].protection.locked
    assert book["配合情况"].protection.sheet
    task = "办好第二件实事，完善配套措施。"
    steps = "与有关单位协商，下月底前移交。"
    assert rows_of(content, "配合情况", 4) == [
        [2, task, A, "已报", "滞后", 0.3, PROGRESS, TROUBLE, steps, dt.datetime(2022, 9, 30)],
        [2, task, C, "未报", None, None, None, None, None, None],
    ]


def test_the_leads_form_checks_itself_like_any_other(both: Office) -> None:
    cells = Book(lead(both, A)).cells("填报")
    assert cells.formula(7, 18) is not None
    assert opened(form(both, A, LEAD))["填报"]["R7"].value is not None
    both.send("甲.xlsx", lead(both, A, K7=None))
    returned = flows.collect(both.project)["returns"][0]
    assert (returned["verdict"], returned["findings"][0]["cell"]) == ("returned", "K7")
    assert (both.project.root / returned["annotated"]).exists()


@requires_libreoffice
def test_libreoffice_checks_the_leads_form_alike(both: Office, tmp_path: Path) -> None:
    filled_in = {"甲": lead(both, A), "乙": lead(both, B, K7="滞后"), "丙": form(both, C, LEAD)}
    paths = [tmp_path / f"{name}.xlsx" for name in filled_in]
    for path, content in zip(paths, filled_in.values(), strict=True):
        path.write_bytes(content)
    made = recalculate_all(paths, tmp_path / "重算")
    said = [Book(path.read_bytes()).cells("填报").cells[7, 18].value for path in made]
    assert said == ["✓", "状态为“滞后”，但未填写存在问题。", "未填"]


def test_issuing_the_second_stage_says_who_is_missing(first: Office) -> None:
    first.send("甲.xlsx", cooperating(first, A))
    first.merge()
    result = flows.issue(first.project, MAY, stage="lead")
    assert (result["stage"], [f["code"] for f in result["findings"]]) == ("牵头", ["P115"])
    assert f"尚有 2 个单位未报：{B}、{C}" in result["findings"][0]["message"]


def test_the_menu_goes_from_the_first_stage_to_the_second_to_the_next_period(first: Office) -> None:
    ran: list[list[str]] = []

    def run(arguments: Any) -> int:
        ran.append(list(arguments))
        return 0

    def choose() -> None:
        answers = iter(["1", "", "0"])
        menu(first.project, lambda _: next(answers), run)

    choose()
    flows.issue(first.project, MAY, stage="lead")
    choose()
    folder = str(first.project.root)
    assert ran == [
        ["issue", folder, "--period", MAY, "--stage", "lead"],
        ["issue", folder, "--period", JUNE],
    ]


# ---- 2. a return is of one stage


def made_as(office: Office, stage: str, unit: str = "U001") -> bytes:
    """A form of another stage, as this master itself would have issued it."""
    settings, period = office.project.settings(), parse_period(MAY)
    content = form_contents(office.state, period, settings, dt.datetime(2022, 5, 1), stage)[unit]
    return form_template(settings, period, 2022, stage).filled(content)


def test_a_form_of_a_stage_that_is_not_issued_goes_back_with_the_reason(first: Office) -> None:
    for stage, own in (("lead", "牵头"), ("1", "不分")):
        content = made_as(first, stage)
        first.send("甲.xlsx", content)
        (r,) = flows.collect(first.project)["returns"]
        assert (r["verdict"], [f["code"] for f in r["findings"]]) == ("returned", ["P101"])
        assert (
            f"2022年5月{own}阶段的填报表，该期没有向本单位下发这一阶段的表（已下发：配合）"
            in r["findings"][0]["message"]
        )
        assert first.merge()["rows"] == 0


def test_a_form_of_a_stage_goes_back_where_there_are_none(tmp_path: Path) -> None:
    office = small_project(tmp_path / "项目")
    office.send("甲.xlsx", made_as(office, "cooperating"))
    assert office.collect()["甲.xlsx"][0] == "returned"
    assert office.collect()["甲.xlsx"][1][0][0] == "P101"


def test_a_form_of_a_stage_can_be_checked_alone(both: Office, tmp_path: Path) -> None:
    for name, content in (("配合.xlsx", cooperating(both, A)), ("牵头.xlsx", lead(both, A))):
        path = tmp_path / name
        path.write_bytes(content)
        alone = flows.check(path)
        assert [f["code"] for f in alone["findings"]] == ["I221"]
        assert flows.check(path, both.project)["stage"] == alone["stage"] == name[:2]


def test_the_newest_counts_within_a_stage_and_not_across(both: Office) -> None:
    both.send("配合旧.xlsx", cooperating(both, A, 19, K7=0.2, J7="正常推进"), "2022-05-19 10:00")
    both.send("配合新.xlsx", cooperating(both, A, 20, K7=0.25, J7="正常推进"), "2022-05-20 10:00")
    both.send("牵头.xlsx", lead(both, A, 22), "2022-05-22 10:00")
    verdicts = {r["file"]: (r["verdict"], r["stage"]) for r in flows.collect(both.project)["returns"]}
    assert verdicts == {
        "配合旧.xlsx": ("ignored", "配合"),
        "配合新.xlsx": ("accepted", "配合"),
        "牵头.xlsx": ("accepted", "牵头"),
    }
    both.merge()
    shown = {(r["task_code"], r["unit"]): r["percent_complete"] for r in both.table("assignments")}
    assert (shown["T001", A], shown["T002", A]) == (0.4, 0.25)
    assert clean(both)


def test_who_is_missing_is_told_by_stage(both: Office) -> None:
    both.send("甲.xlsx", lead(both, A))
    result = flows.collect(both.project)
    assert result["missing_by_stage"] == {"配合": [C], "牵头": [B, C]}
    assert result["missing"] == [C, B]
    counts = flows.status(both.project)["stages"]
    assert counts == {"配合": {"已报": 2, "未报": 1}, "牵头": {"未报": 3}}


def test_what_goes_back_of_one_stage_stays_when_the_other_comes(both: Office) -> None:
    both.send("丙配合.xlsx", cooperating(both, C, J7=None))
    both.collect()
    folder = both.project.returned(MAY)
    back = {p.name for p in folder.iterdir()}
    assert sum(name.startswith(f"{C}（配合）_") for name in back) == 2
    both.send("丙牵头.xlsx", lead(both, C))
    both.collect()
    assert {p.name for p in folder.iterdir()} == back
    assert submissions(both)[C, COOPERATING] == "退回"
    assert submissions(both)[C, LEAD] == "未报"


def test_a_question_of_one_stage_is_not_closed_by_the_other(both: Office) -> None:
    path = both.send("丙配合.xlsx", without_format(cooperating(both, C), K7=1))
    both.collect()
    (asked,) = [q for q in both.table("questions") if q["unit"] == C]
    path.unlink()
    both.send("丙牵头.xlsx", lead(both, C))
    both.collect()
    (still,) = [q for q in both.table("questions") if q["unit"] == C]
    assert still["state"] == asked["state"] == "待处理"


# ---- 3. both reports, and whether they agree


def test_the_master_keeps_both_reports(both: Office) -> None:
    both.send("乙.xlsx", lead(both, B, L7=0.5))
    both.merge()
    (task,) = both.table("tasks", task_code="T002")
    assert (task["status"], task["percent_complete"]) == ("正常推进", 0.5)
    ledger = {(r["unit"], r["role"]): r["status"] for r in both.table("ledger", task_code="T002")}
    assert ledger == {(A, "配合"): "滞后", (B, "牵头"): "正常推进"}
    assert submissions(both) == {
        (A, "配合"): "已报", (B, "配合"): "已报", (C, "配合"): "未报",
        (A, "牵头"): "未报", (B, "牵头"): "已报", (C, "牵头"): "未报",
    }  # fmt: skip


COMPLETED = {"K7": "已完成", "L7": 1, "P7": dt.date(2022, 5, 20), "Q7": "验收报告"}


@pytest.mark.parametrize(
    ("cells", "code", "cell", "word"),
    [
        ({}, None, None, "一致"),
        (COMPLETED, "P121", "K7", "不一致"),
        ({"L7": 0.61}, "P123", "L7", "不一致"),
        ({"L7": 0.6}, None, None, "一致"),
    ],
)
def test_a_lead_that_contradicts_is_shown(
    both: Office, cells: dict[str, Any], code: str | None, cell: str | None, word: str
) -> None:
    both.send("乙.xlsx", lead(both, B, **cells))
    (r,) = flows.collect(both.project)["returns"]
    assert [(f["code"], f["severity"], f["cell"], f["task"]) for f in r["findings"]] == (
        [(code, "warning", cell, "T002")] if code else []
    )
    assert agreement(both)["T002", A] == "牵头未报"
    both.merge()
    assert agreement(both) == {
        ("T001", A): None, ("T001", B): "牵头未报",
        ("T002", B): None, ("T002", A): word, ("T002", C): None, ("T003", C): None,
    }  # fmt: skip
    assert flows.status(both.project)["agreement"] == {"牵头未报": 1, word: 1}
    assert clean(both)


def test_problems_that_are_not_solved_speak_against_completion(both: Office) -> None:
    both.send("乙配合.xlsx", cooperating(both, B, 19, K7=0.95, M7=TROUBLE))
    both.send("甲牵头.xlsx", lead(both, A, **COMPLETED))
    found = {r["file"]: [f["code"] for f in r["findings"]] for r in flows.collect(both.project)["returns"]}
    assert found == {"乙配合.xlsx": [], "甲牵头.xlsx": ["P122"]}
    assert TROUBLE[:10] in str(flows.collect(both.project)["returns"])
    both.merge()
    assert agreement(both)["T001", B] == "不一致"


def test_the_agreement_follows_whoever_reports_again(both: Office) -> None:
    both.send("乙.xlsx", lead(both, B, **COMPLETED))
    both.merge()
    assert agreement(both)["T002", A] == "不一致"
    both.send("甲.xlsx", cooperating(both, A, 26, J7="已完成", K7=1, O7=dt.date(2022, 5, 20)), "2022-05-26 10:00")
    both.merge()
    assert agreement(both)["T002", A] == "一致"
    recovery.undo(both.project)
    assert agreement(both)["T002", A] == "不一致"
    assert clean(both)


# ---- 4. the guarantees


def test_any_order_gives_the_same_master(both: Office) -> None:
    files = {
        "甲配合.xlsx": (cooperating(both, A, 23, K7=0.35), "2022-05-23 10:00"),
        "丙配合.xlsx": (cooperating(both, C), "2022-05-18 10:00"),
        "乙牵头.xlsx": (lead(both, B, 24, L7=0.9), "2022-05-24 10:00"),
        "乙牵头更正.xlsx": (lead(both, B, 27, L7=0.5), "2022-05-27 10:00"),
    }
    seen = []
    for number, order in enumerate(list(itertools.permutations(files))[::7]):
        office = copy_of(both, both.project.root.with_name(f"顺序{number}"))
        for name in order:
            office.send(name, *files[name])
            office.merge()
        assert clean(office)
        seen.append(generated(office))
    together = copy_of(both, both.project.root.with_name("一起"))
    for name, (content, when) in files.items():
        together.send(name, content, when)
    together.merge()
    assert all(one == generated(together) for one in seen)
    assert submissions(together)[B, LEAD] == "已报"  # the first report was in time


def test_the_same_again_changes_nothing_and_undo_takes_back_one_stage(both: Office) -> None:
    before = generated(both)
    content = lead(both, B)
    both.send("乙.xlsx", content)
    both.merge()
    merged = both.master
    both.send("又乙.xlsx", content)
    assert both.merge()["rows"] == 0
    assert both.master == merged
    for path in both.project.backups.iterdir():
        path.unlink()  # no witness: what is left in the ledgers tells
    result = recovery.undo(both.project)
    assert (result["rows"], result["files"], result["derived"]) == (1, ["乙.xlsx"], [B])
    assert generated(both) == before
    assert clean(both)


def test_rebuild_restores_what_was_typed_over(both: Office) -> None:
    both.send("乙.xlsx", lead(both, B, **COMPLETED))
    both.merge()
    good = generated(both)
    editor = BookEditor(both.master)
    for table, column in (("责任分工", "与牵头口径"), ("填报流水", "职责"), ("报送情况", "首次填报日期")):
        found = editor.book.tables[table]
        for row in range(found.first_row, found.last_row + 1):
            editor.edit(found.sheet, row, found.columns[column], Put(None))
    both.project.master.write_bytes(editor.save())
    recovery.rebuild(both.project)
    assert generated(both) == good
    assert clean(both)


def test_history_tells_the_role_in_which_a_unit_reported(both: Office) -> None:
    both.send("乙.xlsx", lead(both, B))
    both.merge()
    entries = flows.history(both.project, "2")["entries"]
    told = {(e["unit"], e["role"], e["value"], e["cell"]) for e in entries if e["field"] == "status"}
    assert told == {(A, "配合", "滞后", "J7"), (B, "牵头", "正常推进", "K7")}


# ---- 5. what a period was begun with


def test_a_period_begun_in_one_stage_goes_on_so(tmp_path: Path) -> None:
    office = small_project(tmp_path / "项目")
    set_report(office.project, "two_stages = true")
    result = flows.issue(office.project, MAY)
    assert [f["code"] for f in result["findings"]] == ["P116", "P113"]
    assert "stage" not in result
    with pytest.raises(ProjectError) as refused:
        flows.issue(office.project, MAY, stage="lead")
    assert refused.value.code == "E271"
    office.send("甲.xlsx", filled(office.form(A)))
    office.merge()
    flows.issue(office.project, JUNE)
    assert {r["stage"] for r in office.table("submissions", period=JUNE)} == {"配合"}
    assert agreement(office)["T002", A] is None
    assert clean(office)


def test_a_period_begun_in_two_stages_goes_on_so(first: Office) -> None:
    set_report(first.project, "two_stages = false")
    result = flows.issue(first.project, MAY, stage="lead")
    assert (result["stage"], [f["code"] for f in result["findings"]]) == ("牵头", ["P117", "P115"])
    assert {r["stage"] for r in first.table("submissions")} == {"配合", "牵头"}
    flows.issue(first.project, JUNE)
    assert {r["stage"] for r in first.table("submissions", period=JUNE)} == {None}


@pytest.mark.parametrize(("stage", "code"), [("second", "E270"), ("lead", "E272")])
def test_stages_that_cannot_be_issued(first: Office, stage: str, code: str) -> None:
    with pytest.raises(ProjectError) as refused:
        flows.issue(first.project, JUNE, stage=stage)
    assert refused.value.code == code


OPEN_GROUP = "4\t二、改善民生\t办好第四件实事，完善配套措施。\t年底前完成\t孙文魁\t市甲局、有关部门\n"


def test_what_is_decided_between_the_stages_counts_from_the_second(tmp_path: Path) -> None:
    office = unissued_project(tmp_path / "项目", "two_stages = true", OPEN_GROUP)
    flows.issue(office.project, MAY)
    held = cooperating(office, C)  # issued before the decision: T002 alone
    (number,) = [q["question_no"] for q in office.table("questions") if q["task_code"] == "T004"]
    type_over(office, "questions", "decision", C, question_no=number)
    flows.issue(office.project, MAY, stage="lead")
    assert rows_of(form(office, A, LEAD))[2][9] == f"{C}：未报"
    office.send("丙.xlsx", held)
    assert office.collect() == {"丙.xlsx": ("accepted", [])}
    office.merge()
    flows.issue(office.project, MAY)  # the first stage once more: now the task is asked for
    asked = [row[0] for row in rows_of(form(office, C, COOPERATING))[1:]]
    assert asked == ["T002", "T004"]
    office.send("丙再报.xlsx", cooperating(office, C, 19), "2022-05-19 12:00")
    assert office.merge()["rows"] == 1
    assert clean(office)


def test_the_word_as_lead_outweighs_that_as_cooperating_unit(first: Office) -> None:
    """市乙局 cooperates in T001 when its first form is issued, and leads the task when the second one is."""
    held = cooperating(first, B, K7=0.1)
    for unit, role in ((A, "配合"), (B, "牵头")):
        type_over(first, "assignments", "role", role, task_code="T001", unit=unit)
    type_over(first, "tasks", "lead_unit", B, task_code="T001")
    editor = BookEditor(first.master)
    marks = [("U001", "2022-05-1", "牵头"), ("U002", "2022-05-1", "配合")]
    rows = [{"task_code": "T001", "unit_code": u, "period": step, "before": role} for u, step, role in marks]
    append(editor, hidden_layout()["since_issue"], rows)
    first.project.master.write_bytes(editor.save())
    flows.issue(first.project, MAY, stage="lead")
    leading = lead(first, B, L7=0.6, K8="正常推进", L8=0.4, M8=PROGRESS)
    seen = []
    for number, order in enumerate(itertools.permutations((("乙配合.xlsx", held), ("乙牵头.xlsx", leading)))):
        office = copy_of(first, first.project.root.with_name(f"先后{number}"))
        for name, content in order:
            office.send(name, content, "2022-05-24 10:00")
            office.merge()
        (task,) = office.table("tasks", task_code="T001")
        seen.append(task["percent_complete"])
        assert clean(office)
    assert seen == [0.6, 0.6]


def test_a_master_of_an_earlier_version_goes_on_with_one_stage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        for name in ("assignments", "submissions"):
            layout = master_layout()[name]
            columns = tuple(c for c in layout.columns if not c.later and c.name != "extended_to")
            earlier.setitem(master_layout(), name, SheetLayout(name, layout.title, columns))
        office = unissued_project(tmp_path / "项目", "two_stages = true")
    with pytest.raises(ProjectError) as refused:
        flows.issue(office.project, MAY)
    assert refused.value.code == "E273"
    set_report(office.project, "")
    flows.issue(office.project, MAY)
    office.send("甲.xlsx", filled(office.form(A), M4=dt.date(2022, 5, 27)))
    office.collect()
    assert office.merge()["rows"] == 2
    (row,) = office.table("submissions", unit=A)
    assert (row["state"], row["days_late"], row["stage"]) == ("迟报", None, None)
    merged = office.master
    office.merge()
    assert office.master == merged
    assert clean(office)
    recovery.undo(office.project)
    assert {row["state"] for row in office.table("submissions")} == {"未报"}


# ---- 6. the sample


def test_the_138_tasks_in_two_stages_with_faults(tmp_path: Path) -> None:
    root = tmp_path / "2022年重点工作"
    flows.init(root, Path(str(sample_notice())), 2022, macros=False)
    office = Office(Project(root))
    set_report(office.project, "two_stages = true")
    flows.issue(office.project, MAY)
    taken = []
    for stage, forms in (("cooperating", 61), ("lead", 37)):
        if stage == "lead":
            flows.issue(office.project, MAY, stage=stage)
        assert len(simulate(office.project, MAY, seed=5, faults=0.3)["files"]) >= forms - 12
        flows.collect(office.project)
        start = time.perf_counter()
        office.merge()
        taken.append(time.perf_counter() - start)
    rows = office.table("submissions", period=MAY)
    assert {s: sum(r["stage"] == s for r in rows) for s in ("配合", "牵头")} == {"配合": 61, "牵头": 37}
    reported = {(r["unit"], r["stage"]) for r in rows if r["merged_at"]}
    ledger = office.table("ledger")
    assert {(r["unit"], r["role"]) for r in ledger} == reported
    leads = {r["task_code"]: r["status"] for r in ledger if r["role"] == "牵头"}
    assert {t["task_code"]: t["status"] for t in office.table("tasks") if t["status"]} == leads
    words = [r["agreement"] for r in office.table("assignments") if r["role"] == "配合" and r["status"]]
    assert set(words) <= {"一致", "不一致", "牵头未报"}
    assert len(words) == sum(r["role"] == "配合" for r in ledger)
    assert clean(office)
    assert max(taken) < 10
