"""层层分解 on disk: a register from a form, tasks divided, forms issued, the form that goes up, three levels.

1. A register from a form: tasks, milestones and targets under their keys; forms that cannot be used.
2. 分解: what a person types is carried out; what cannot be is said where it stands; nobody's task is forgotten.
3. The form that goes up: filled, its self-check right, accepted above; what is doubtful is left blank and told.
4. Three levels on the notice's tasks: what the lowest reported stands in the city's master.
5. What has changed above is taken over.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.conftest import copy_of
from tests.libreoffice import requires_libreoffice
from tests.merge.test_cached_values import disagreements, formula_values, recalculated
from tests.office import JUNE, MAY, PROGRESS, SPORTS, Office, filled, opened, resaved
from tests.small import small_project
from tests.supervise.levels import SIGNED, Level, report, type_in, with_cells
from tjxl import flows, recovery
from tjxl.cli import app
from tjxl.errors import TjxlError
from tjxl.ooxml.book import Book
from tjxl.project import Project
from tjxl.simulate import simulate
from tjxl.supervise.superior.report_up import report_up
from tjxl.supervise.superior.take_over import take_over

UNIT = "市乙局"  # leads T002, cooperates in T001
DISTRICT = "滨海新区人民政府"
STREET = "塘沽街道办事处"
BUREAUS = ("区发展改革委", "区教育局", "区住房建设局")


@pytest.fixture(scope="module")
def first_bureau(tmp_path_factory: pytest.TempPathFactory) -> Level:
    """市乙局's own register under the small project's, nothing divided yet. Not to be written to."""
    folder = tmp_path_factory.mktemp("两级")
    return Level(folder / "乙局", small_project(folder / "市", MAY), UNIT)


@pytest.fixture(scope="module")
def first_divided(first_bureau: Level, tmp_path_factory: pytest.TempPathFactory) -> Level:
    """T002 in two parts, T001 in one; forms issued. Not to be written to."""
    level = Level.copied(first_bureau, tmp_path_factory.mktemp("已分解"))
    level.split("T002", item="完善配套措施。", lead_unit="综合科", cooperating_units="法规科", weight=3)
    level.add_split(serial_no=2, item="办好实事。", lead_unit="业务科", due_on=dt.date(2022, 9, 30))
    level.split("T001", lead_unit="业务科")
    level.issue()
    return level


@pytest.fixture
def bureau(first_bureau: Level, tmp_path: Path) -> Level:
    return Level.copied(first_bureau, tmp_path)


@pytest.fixture
def divided(first_divided: Level, tmp_path: Path) -> Level:
    return Level.copied(first_divided, tmp_path)


@pytest.fixture
def city(request: pytest.FixtureRequest) -> Office:
    """The level above, of the same test."""
    level: Level = request.getfixturevalue("divided" if "divided" in request.fixturenames else "bureau")
    return level.above


# 1


def test_a_register_has_the_forms_tasks_under_their_codes(bureau: Level) -> None:
    assert (bureau.begun["tasks"], bureau.begun["units"], bureau.begun["findings"]) == (2, 0, [])
    tasks = [
        (t["task_code"], t["serial_no"], t["theme"], t["deadline"], t["lead_unit"]) for t in bureau.table("tasks")
    ]
    assert tasks == [
        ("T001", 1, "二、本单位配合的任务", "年底前完成", None),
        ("T002", 2, "一、本单位牵头的任务", "年底前取得明显进展", None),
    ]
    due = bureau.state.due
    assert {code: (d.deadline, d.goal) for code, d in due.items()} == {
        "T001": (dt.date(2022, 12, 31), "complete"),
        "T002": (dt.date(2022, 12, 31), "significant_progress"),
    }
    assert [(s["task_code"], s["role"], s["state"]) for s in bureau.table("splits")] == [
        ("T001", "配合", "待分解"),
        ("T002", "牵头", "待分解"),
    ]


def test_the_register_remembers_whom_it_answers_to(bureau: Level, city: Office) -> None:
    meta = bureau.state.meta
    assert meta["superior_master_id"] == city.state.meta["master_id"] != meta["master_id"]
    assert (meta["superior_unit"], meta["superior_period"], meta["owner"]) == (UNIT, MAY, UNIT)


def test_headings_say_whose_register_it_is(divided: Level) -> None:
    book = opened(divided.master)
    cells = {"看板": "B2", "任务台账": "A1", "分解": "A1", "责任分工": "A1"}
    titles = {name: book[name][cell].value for name, cell in cells.items()}
    assert titles == {
        "看板": "市乙局2022年市政府重点工作督查看板",
        "任务台账": "市乙局2022年市政府重点工作任务台账",
        "分解": "市乙局2022年市政府重点工作任务分解",
        "责任分工": "市乙局2022年市政府重点工作责任分工",
    }
    form = opened(divided.form("业务科"))
    assert form["填报"]["B1"].value == "市乙局2022年市政府重点工作进展情况填报表"
    assert form["填报说明"]["A1"].value == "市乙局2022年市政府重点工作进展情况填报说明"


def test_milestones_and_targets_come_with_the_tasks(promised: Office, tmp_path: Path) -> None:
    """As they stand in the register above; the leading of the unit decides which."""
    below = Level(tmp_path / "体育局", promised, SPORTS)
    for table, key in (("milestones", "milestone_code"), ("targets", "target_code")):
        above = {r[key]: r for r in promised.table(table, task_code="T130")}
        mine = {r[key]: r for r in below.table(table)}
        assert list(mine) == list(above)
        shared = {
            "scope",
            "kind",
            "subject",
            "target",
            "target_value",
            "upper",
            "measured_in",
            "comparator",
            "measure",
        }
        for code, row in mine.items():
            assert {n: row[n] for n in row.keys() & shared} == {n: above[code][n] for n in row.keys() & shared}
            assert table == "targets" or row["due"] == above[code]["due"]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda _: b"%PDF-1.4 ...", "H101"),
        (lambda form: form[: len(form) // 2], "H101"),
        (lambda form: with_cells(form, {"A7": None, "B7": None, "C7": None}), "H102"),
        (lambda form: with_cells(form, {"B5": "2022-13"}, "_tjxl"), "H102"),
        (lambda form: with_cells(form, {"B2": None}, "_tjxl"), "H101"),
        (lambda form: with_cells(form, {"J7": "正常推进"}), "H103"),
        (lambda form: with_cells(form, {"F4": "张明"}), "H103"),
    ],
)
def test_a_form_that_cannot_be_used_is_refused_and_nothing_is_made(
    city: Office, tmp_path: Path, change: Any, code: str
) -> None:
    form = tmp_path / "表.xlsx"
    form.write_bytes(change(city.form(UNIT)))
    with pytest.raises(TjxlError) as error:
        flows.init_from_form(tmp_path / "乙局", form)
    assert (error.value.code, (tmp_path / "乙局").exists()) == (code, False)
    assert str(error.value).endswith("。")


def test_another_year_an_old_project_no_file(city: Office, bureau: Level, tmp_path: Path) -> None:
    form = city.project.issued(MAY) / f"{UNIT}.xlsx"
    for folder, path, year, code in (
        (tmp_path / "另一", form, 2023, "H104"),
        (bureau.project.root, form, None, "E206"),
        (tmp_path / "另一", tmp_path / "没有.xlsx", None, "E209"),
        (tmp_path / "另一", tmp_path, None, "E216"),
    ):
        with pytest.raises(TjxlError) as error:
            flows.init_from_form(folder, path, year)
        assert error.value.code == code


def test_a_form_saved_by_another_program_is_taken(city: Office, tmp_path: Path) -> None:
    form = tmp_path / "表.xlsx"
    form.write_bytes(resaved(city.form(UNIT)))
    assert flows.init_from_form(tmp_path / "乙局", form)["tasks"] == 2


# 2


def test_tasks_that_nobody_has_are_named_until_somebody_has_them(bureau: Level) -> None:
    issued, said = bureau.issue()
    assert (issued, said) == ({}, ["H111"])
    bureau.split("T001", lead_unit="业务科")
    issued, said = bureau.issue()
    assert (issued, said) == ({"业务科": 1}, ["D603", "H111"])
    bureau.split("T002", lead_unit="综合科", cooperating_units="业务科、法规科")
    assert bureau.issue() == ({"业务科": 2, "综合科": 1, "法规科": 1}, ["D603"])
    assert bureau.issue()[1] == []


def test_a_row_added_to_a_task_is_a_task_of_its_own(divided: Level) -> None:
    tasks = {t["task_code"]: t for t in divided.table("tasks")}
    assert list(tasks) == ["T001", "T002", "T002-2"]
    assert (tasks["T002"]["task"], tasks["T002"]["deadline"]) == ("完善配套措施。", "年底前取得明显进展")
    new = tasks["T002-2"]
    assert (new["serial_no"], new["task"], new["deadline"]) == (2, "办好实事。", "2022年9月30日前")
    assert (new["lead_unit"], new["theme"]) == ("业务科", tasks["T002"]["theme"])
    due = divided.state.due["T002-2"]
    assert (due.deadline, due.goal) == (dt.date(2022, 9, 30), "significant_progress")
    rows = [(s["task_code"], s["given_code"], s["state"]) for s in divided.table("splits")]
    assert rows == [("T001", "T001", "已分解"), ("T002", "T002", "已分解"), ("T002-2", "T002", "已分解")]
    roles = {(a["task_code"], a["unit"]): (a["role"], a["task"]) for a in divided.table("assignments")}
    assert roles == {
        ("T001", "业务科"): ("牵头", "办好第一件实事，完善配套措施。"),
        ("T002", "综合科"): ("牵头", "完善配套措施。"),
        ("T002", "法规科"): ("配合", "完善配套措施。"),
        ("T002-2", "业务科"): ("牵头", "办好实事。"),
    }


def test_carrying_it_out_again_changes_nothing(divided: Level) -> None:
    before = {name: divided.table(name) for name in ("tasks", "splits", "assignments", "units")}
    assert divided.issue()[1] == []
    assert {name: divided.table(name) for name in before} == before


def test_a_department_that_has_not_reported_is_replaced_one_that_has_keeps_a_part(divided: Level) -> None:
    divided.split("T001", lead_unit="办公室")
    assert divided.issue()[1] == ["D603"]
    assert [(a["unit"], a["role"]) for a in divided.table("assignments", task_code="T001")] == [("办公室", "牵头")]
    divided.send("业务科.xlsx", filled(divided.form("业务科")))
    divided.merge()
    divided.split("T002-2", lead_unit="办公室")
    assert divided.issue(JUNE)[1] == ["D603", "H115"]
    roles = {a["unit"]: a["role"] for a in divided.table("assignments", task_code="T002-2")}
    assert roles == {"业务科": "配合", "办公室": "牵头"}


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"lead_unit": "综合科、业务科"}, "D618", "lead_unit"),
        ({"lead_unit": "有关部门"}, "D612", "lead_unit"),
        ({"lead_unit": "综合科", "cooperating_units": "各科室"}, "D612", "cooperating_units"),
        ({"lead_unit": "综合科", "due_on": dt.date(2023, 1, 31)}, "H116", "due_on"),
        ({"lead_unit": "综合科", "due_on": "九月底"}, "B050", "due_on"),
        ({"lead_unit": "综合科", "weight": -1}, "B052", "weight"),
    ],
)
def test_what_cannot_be_carried_out_is_said_at_its_cell(
    bureau: Level, values: dict[str, Any], code: str, field: str
) -> None:
    bureau.split("T001", lead_unit="业务科")
    bureau.split("T002", **values)
    decisions = flows.issue(bureau.project, MAY)["decisions"]
    found = [f for d in decisions if not d["obeyed"] for f in d["findings"] if f["code"] == code]
    assert [(f["sheet"], f["field"], f["task"]) for f in found] == [("分解", field, "T002")]
    assert (
        bureau.table("tasks", task_code="T001")[0]["lead_unit"] == "业务科"
    )  # the others are carried out all the same


def test_a_row_that_belongs_to_no_task(bureau: Level) -> None:
    bureau.add_split(serial_no=77, item="另一件事。", lead_unit="业务科")
    _, said = bureau.issue()
    assert said == ["H110", "H111"]
    assert "序号" in bureau.state.splits[-1]["state"]
    assert [t["task_code"] for t in bureau.table("tasks")] == ["T001", "T002"]


def test_words_that_departments_have_in_hand_stay(divided: Level) -> None:
    divided.split("T002", item="另写一句。")
    assert divided.issue()[1] == ["H114"]
    assert divided.table("tasks", task_code="T002")[0]["task"] == "完善配套措施。"


def test_a_row_that_was_deleted_is_missed(divided: Level) -> None:
    type_in(
        divided, "splits", {"task_code": "T002-2"}, dict.fromkeys(("task_code", "serial_no", "item", "lead_unit"))
    )
    assert divided.issue()[1] == ["H112"]
    assert divided.table("tasks", task_code="T002-2")[0]["lead_unit"] == "业务科"


@requires_libreoffice
def test_libreoffice_computes_what_a_divided_register_says(divided: Level, tmp_path: Path) -> None:
    for unit in ("综合科", "法规科", "业务科"):
        divided.send(f"{unit}.xlsx", filled(divided.form(unit)))
    divided.merge()
    up = Path(divided.report_up()["file"]).read_bytes()
    contents = {"台账": divided.master, "上报": up}
    theirs = recalculated(contents, tmp_path)
    for name, content in contents.items():
        mine = formula_values(content)
        assert len(mine) > 20
        assert disagreements(mine, theirs[name]) == []


# 3


BUSY = {"J7": "正常推进", "K7": 0.4, "L7": "业务科已完成调研，正在起草方案。"}
BEHIND = {
    "J8": "滞后", "K8": 0.2, "L8": "业务科正在招标，慢于计划。", "M8": "资金尚未拨付到位，影响后续。",
    "N8": "会同财务部门尽快落实资金安排。", "O8": dt.date(2022, 10, 31),
}  # fmt: skip


def test_the_form_that_goes_up_is_what_the_departments_said(divided: Level, city: Office) -> None:
    report(divided, 综合科={"K7": 0.6}, 法规科={}, 业务科=BUSY | BEHIND)
    result = divided.send_up()
    assert (result["period"], result["own_period"], result["unit"]) == (MAY, MAY, UNIT)
    assert (result["added"], result["removed"], result["changed"], result["findings"]) == ([], [], [], [])
    assert [(r["task"], r["role"], [p["task"] for p in r["parts"]]) for r in result["rows"]] == [
        ("T002", "lead", ["T002", "T002-2"]),
        ("T001", "cooperating", ["T001"]),
    ]
    sheet = opened(Path(result["file"]))["填报"]
    assert [sheet.cell(7, c).value for c in range(10, 17)] == [
        "滞后", 0.5, f"综合科：{PROGRESS}\n业务科：业务科正在招标，慢于计划。",
        "业务科：资金尚未拨付到位，影响后续。",
        "业务科：会同财务部门尽快落实资金安排。", dt.datetime(2022, 10, 31), None,
    ]  # fmt: skip
    assert [sheet.cell(8, c).value for c in range(10, 14)] == ["正常推进", 0.4, BUSY["L7"], None]
    values = opened_values(Path(result["file"]))
    assert values["填报"] == ["✓", "✓"]
    assert city.collect() == {f"{UNIT}.xlsx": ("accepted", [])}
    assert len(city.merge()["merged"]) == 1
    assert city.table("tasks", task_code="T002")[0]["status"] == "滞后"


def opened_values(path: Path) -> dict[str, list[Any]]:
    """自检 of the rows of 填报, by the values that the file carries."""
    cells = Book(path.read_bytes()).cells("填报").cells
    return {"填报": [cells[row, 17].value for row in (7, 8)]}


def test_the_masters_are_untouched_and_no_proposal_is_overwritten(divided: Level) -> None:
    report(divided, 综合科={}, 法规科={}, 业务科={})
    before = divided.master
    files = [Path(divided.report_up()["file"]) for _ in range(2)]
    assert divided.master == before
    assert [f.relative_to(divided.project.root).as_posix() for f in files] == [
        "上报/2022-05/市乙局.xlsx",
        "上报/2022-05/市乙局（2）.xlsx",
    ]
    assert files[0].read_bytes() == files[1].read_bytes()


def test_a_department_that_has_not_reported_leaves_the_status_blank(divided: Level) -> None:
    report(divided, 综合科={}, 法规科={})
    result = divided.report_up()
    assert [(f["code"], f["task"]) for f in result["findings"]] == [("H121", "T002"), ("H121", "T001")]
    rows = {r["task"]: r["filled"] for r in result["rows"]}
    assert rows == {"T002": ["progress_text"], "T001": []}
    assert opened_values(Path(result["file"]))["填报"] != ["✓", "✓"]


def test_last_periods_report_is_not_this_periods(divided: Level, city: Office) -> None:
    """What was completed stays completed; everything else is asked again."""
    done = {"J8": "已完成", "K8": 1, "O8": dt.date(2022, 5, 10)}
    report(divided, 综合科={}, 法规科={}, 业务科=done)
    divided.send_up()
    city.merge()
    divided.issue(JUNE)
    flows.issue(city.project, JUNE)
    result = divided.report_up(JUNE)
    parts = {p["task"]: p["reported"] for r in result["rows"] for p in r["parts"]}
    assert parts == {"T002": False, "T002-2": True, "T001": False}
    assert [f["code"] for f in result["findings"] if f["severity"] != "note"] == ["H121", "H121"]


def test_what_was_reported_later_does_not_count(divided: Level) -> None:
    report(divided, 综合科={}, 法规科={}, 业务科={})
    divided.issue(JUNE)
    june = {"J7": "已完成", "K7": 1, "O7": dt.date(2022, 6, 10), "J8": "已完成", "K8": 1, "O8": dt.date(2022, 6, 10)}
    report(divided, JUNE, dt.date(2022, 6, 20), 业务科={n: v for n, v in june.items() if n[1] in "78"})
    rows = {r["task"]: [p["status"] for p in r["parts"]] for r in divided.report_up()["rows"]}
    assert rows == {"T002": ["in_progress", "in_progress"], "T001": ["in_progress"]}


def test_what_the_office_verified_holds(divided: Level) -> None:
    report(divided, 综合科={}, 法规科={}, 业务科={})
    type_in(divided, "tasks", {"task_code": "T002-2"}, {"verified_status": "滞后"})
    result = divided.report_up()
    assert [p["status"] for p in result["rows"][0]["parts"]] == ["in_progress", "behind"]
    # a task behind needs reasons that nobody gave: told, at the cell
    assert {(f["code"], f["cell"]) for f in result["findings"]} == {("F040", "M7"), ("F050", "N7"), ("F063", "O7")}


def test_cells_that_hold_something_stay_as_they_are(divided: Level, tmp_path: Path) -> None:
    report(divided, 综合科={}, 法规科={}, 业务科={})
    form = tmp_path / "已填.xlsx"
    form.write_bytes(with_cells(divided.above.form(UNIT), {"L7": "处长已改定的文字，请勿改动。"}))
    result = report_up(divided.project, form, tmp_path / "出.xlsx")
    assert result["file"] == str(tmp_path / "出.xlsx")
    assert opened(tmp_path / "出.xlsx")["填报"]["L7"].value == "处长已改定的文字，请勿改动。"
    assert [(f["code"], f["cell"], f["task"]) for f in result["findings"]] == [("H126", "L7", "T002")]


def test_the_head_is_filled_as_the_settings_say(divided: Level) -> None:
    settings = divided.project.settings_file
    text = settings.read_text(encoding="utf-8").replace('prepared_by = ""', 'prepared_by = "张明"')
    settings.write_text(text, encoding="utf-8")
    report(divided, 综合科={}, 法规科={}, 业务科={})
    sheet = opened(Path(divided.report_up()["file"]))["填报"]
    assert [sheet[c].value for c in ("F4", "H4", "J4", "M4")] == ["张明", None, None, None]


def test_promises_go_up_as_they_were_reported(promised: Office, tmp_path: Path) -> None:
    below = Level(tmp_path / "体育局", promised, SPORTS)
    for task in ("T130", "T035", "T037"):
        below.split(task, lead_unit="综合处")
    below.issue()
    milestones = {"F5": "是", "G5": dt.date(2022, 5, 12), "H5": None}
    targets = {"G5": 12.5, "H5": dt.date(2022, 5, 31), "I5": None}
    below.send("综合处.xlsx", filled(below.form("综合处"), milestones, targets, M4=SIGNED["M4"]))
    below.merge()
    result = below.send_up()
    book = opened(Path(result["file"]))
    assert [c.value for c in book["节点"][5]][5:8] == ["是", dt.datetime(2022, 5, 12), None]
    assert [c.value for c in book["指标"][5]][6:9] == [12.5, dt.datetime(2022, 5, 31), None]
    assert result["findings"] == []
    assert promised.collect()[f"{SPORTS}.xlsx"][0] == "accepted"


def test_what_has_changed_above_is_told(divided: Level, city: Office) -> None:
    """A task more, one less, another deadline, another role."""
    report(divided, 综合科={}, 法规科={}, 业务科={})
    type_in(city, "tasks", {"task_code": "T002"}, {"deadline": "9月底前取得明显进展"})
    type_in(city, "assignments", {"task_code": "T001", "unit": UNIT}, {"task_code": "T003", "serial_no": 3})
    flows.issue(city.project, JUNE)
    result = report_up(divided.project, city.project.issued(JUNE) / f"{UNIT}.xlsx")
    assert (result["added"], result["removed"]) == (["T003"], ["T001"])
    assert result["changed"] == [
        {"task": "T002", "field": "deadline", "old": "年底前取得明显进展", "new": "9月底前取得明显进展"}
    ]
    codes = [f["code"] for f in result["findings"]]
    assert sorted(c for c in codes if c.startswith("H13")) == ["H130", "H131", "H132"]
    assert "H128" in codes  # the form is June's, the departments' last period May


def test_forms_that_do_not_fit_the_project(divided: Level, city: Office, tmp_path: Path) -> None:
    for folder in ("另一市", "早"):
        (tmp_path / folder).mkdir()
    other = small_project(tmp_path / "另一市" / "项目", MAY)
    before = small_project(tmp_path / "早" / "项目", "2022-04")
    for project, form, code in (
        (city.project, city.project.issued(MAY) / f"{UNIT}.xlsx", "H105"),
        (divided.project, city.project.issued(MAY) / "市甲局.xlsx", "H106"),
        (divided.project, other.project.issued(MAY) / f"{UNIT}.xlsx", "H106"),
        (divided.project, before.project.master, "H101"),
        (divided.project, tmp_path / "没有.xlsx", "E209"),
    ):
        with pytest.raises(TjxlError) as error:
            report_up(project, form)
        assert error.value.code == code
    flows.issue(city.project, "2022-04")
    with pytest.raises(TjxlError) as error:
        report_up(divided.project, city.project.issued("2022-04") / f"{UNIT}.xlsx")
    assert error.value.code == "H107"


def test_the_command_line(city: Office, tmp_path: Path) -> None:
    run, form = CliRunner(), str(city.project.issued(MAY) / f"{UNIT}.xlsx")
    root = tmp_path / "又一乙局"
    begun = run.invoke(app, ["init", str(root), "--from-form", form, "--no-macros", "--json"])
    assert (begun.exit_code, json.loads(begun.stdout)["tasks"]) == (0, 2)
    type_in(Office(Project(root)), "splits", {"task_code": "T001"}, {"lead_unit": "业务科"})
    flows.issue(Project(root), MAY)
    up = run.invoke(app, ["report-up", str(root), "--form", form, "--json"])
    assert up.exit_code == 1
    assert [f["code"] for f in json.loads(up.stdout)["findings"]] == ["H120", "H121"]
    shown = run.invoke(app, ["report-up", str(root), "--form", form])
    assert "2 项任务中的 0 项" in shown.stdout
    taken = run.invoke(app, ["take-over", str(root), "--form", form])
    assert (taken.exit_code, "上级交办的任务没有变化" in taken.stdout) == (1, True)  # T002 waits for a department
    for words, code in ((["init", str(tmp_path / "另")], "H108"), (["init", "x", "--notice", form], "H109")):
        assert run.invoke(app, words).exception.code == code  # type: ignore[union-attr]


# 4


def test_three_levels_on_the_notices_tasks(issued_project: Office, tmp_path: Path) -> None:
    """City, district, street: up two levels, traceable at each."""
    city = copy_of(issued_project, tmp_path / "市")
    type_in(city, "questions", {"task_code": "T009"}, {"decision": f"和平区人民政府、{DISTRICT}"})
    flows.issue(city.project, MAY)
    district = Level(tmp_path / "区", city, DISTRICT)
    codes = [s["task_code"] for s in district.table("splits")]
    assert len(codes) == 10
    for number, code in enumerate(codes):
        district.split(code, lead_unit=BUREAUS[number % 3], cooperating_units=BUREAUS[(number + 1) % 3])
    district.add_split(serial_no=9, item="组织街道落实。", lead_unit=STREET)
    issued, said = district.issue()
    assert (set(issued), set(said)) == ({*BUREAUS, STREET}, {"D603"})

    street = Level(tmp_path / "街", district, STREET)
    assert [t["task_code"] for t in street.table("tasks")] == ["T009-2"]
    street.split("T009-2", lead_unit="党政办公室")
    street.add_split(serial_no=9, item="入户走访企业。", lead_unit="社区建设科", weight=3)
    assert street.issue() == ({"党政办公室": 1, "社区建设科": 1}, ["D603", "D603"])
    assert [t["task_code"] for t in street.table("tasks")] == ["T009-2", "T009-3"]
    walked = "已走访辖区企业六十二家，收集诉求十八条。"
    report(street, 党政办公室={"K7": 0.2}, 社区建设科={"K7": 0.6, "L7": walked})
    assert street.send_up()["findings"] == []

    simulate(district.project, MAY, 4, units=BUREAUS)
    assert [r[0] for r in district.collect().values() if r[0] == "returned"] == []
    district.merge()
    assert district.table("tasks", task_code="T009-2")[0]["percent_complete"] == 0.5
    up = district.send_up()
    doubtful = {f["task"] for f in up["findings"] if f["severity"] != "note"}
    assert doubtful == {r["task"] for r in up["rows"] if "status" not in r["filled"]}

    sent = city.collect()[f"{DISTRICT}.xlsx"]
    if doubtful:  # a person decides what the rules left open
        assert sent[0] == "returned"
        cells = {f"J{r + 7}": "正常推进" for r, row in enumerate(up["rows"]) if "status" not in row["filled"]}
        file = Path(up["file"])
        city.send(f"{DISTRICT}.xlsx", with_cells(file.read_bytes(), SIGNED | cells))
    assert f"{DISTRICT}.xlsx" in city.merge()["merged"]

    (shown,) = city.table("assignments", task_code="T009", unit=DISTRICT)
    assert f"{STREET}：" in shown["progress_text"]
    assert walked in shown["progress_text"]
    for level, task, unit in (
        (city, "T009", DISTRICT),
        (district, "T009-2", STREET),
        (street, "T009-3", "社区建设科"),
    ):
        life = flows.history(level.project, task, unit)
        assert walked in json.dumps(life, ensure_ascii=False)
        assert recovery.rebuild(level.project, check=True)["differences"] == []


# 5


def test_what_has_changed_above_is_taken_over(divided: Level, city: Office) -> None:
    """A new task waits in 分解, keeps its code, and goes up like the others; a deadline moves; what went stays."""
    type_in(city, "tasks", {"task_code": "T002"}, {"deadline": "9月底前取得明显进展"})
    type_in(city, "assignments", {"task_code": "T001", "unit": UNIT}, {"task_code": "T003", "serial_no": 3})
    flows.issue(city.project, JUNE)
    form = city.project.issued(JUNE) / f"{UNIT}.xlsx"
    taken = take_over(divided.project, form)
    assert (taken["added"], taken["removed"]) == (["T003"], ["T001"])
    assert [f["code"] for f in taken["findings"]] == ["H131"]
    assert [f["code"] for d in taken["decisions"] for f in d["findings"]] == ["H111"]
    waiting = divided.state.splits[-1]
    assert (waiting["given_code"], waiting["task_code"], waiting["state"]) == ("T003", None, "待分解")
    assert divided.table("tasks", task_code="T002")[0]["deadline"] == "9月底前取得明显进展"
    assert divided.table("tasks", task_code="T002-2")[0]["deadline"] == "2022年9月30日前"  # a day of its own

    type_in(divided, "splits", {"given_code": "T003"}, {"lead_unit": "综合科"})
    assert divided.issue(JUNE)[1] == ["D603"]
    (new,) = divided.table("tasks", task_code="T003")
    assert (new["task"], new["leaders"], new["lead_unit"]) == ("办好第三件实事，完善配套措施。", "孙文魁", "综合科")
    assert recovery.rebuild(divided.project, check=True)["differences"] == []
    again = take_over(divided.project, form)
    assert (again["added"], again["changed"], again["decisions"]) == ([], [], [])
    report(divided, JUNE, dt.date(2022, 6, 20), 综合科={}, 法规科={}, 业务科={})
    result = divided.send_up(JUNE, dt.date(2022, 6, 20))
    assert [r["task"] for r in result["rows"] if "status" in r["filled"]] == ["T002", "T003"]
    assert city.collect(JUNE)[f"{UNIT}.xlsx"][0] == "accepted"


def test_promises_of_a_new_task_come_with_it(promised: Office, tmp_path: Path) -> None:
    """市审计局 is given T130, with its milestones and targets; what is due with the task keeps to its day."""
    below = Level(tmp_path / "审计局", promised, "市审计局")
    assert [t["target_code"] for t in below.table("targets")] == ["T137-K1"]
    code = promised.table("units", unit="市审计局")[0]["unit_code"]
    moved = {"unit": "市审计局", "unit_code": code}
    type_in(promised, "assignments", {"task_code": "T130", "unit": SPORTS}, moved)
    flows.issue(promised.project, JUNE)
    taken = take_over(below.project, promised.project.issued(JUNE) / "市审计局.xlsx")
    assert (taken["added"], taken["findings"]) == (["T130"], [])
    assert [m["milestone_code"] for m in below.table("milestones")] == ["T130-M1", "T130-M2", "T130-M3"]
    assert [t["target_code"] for t in below.table("targets")] == ["T137-K1", "T130-K1", "T130-K2", "T130-K3"]
    october = dt.date(2022, 10, 31)
    type_in(below, "splits", {"given_code": "T130"}, {"lead_unit": "综合处", "due_on": october})
    assert below.issue(JUNE)[1] == ["D603", "H111"]  # T137 waits
    due = [(t["target_code"], t["due"]) for t in below.table("targets")]
    assert due == [("T137-K1", dt.date(2022, 12, 31)), *((f"T130-K{n}", october) for n in (1, 2, 3))]


def test_every_column_of_the_division_says_what_to_type(bureau: Level) -> None:
    sheet = opened(bureau.master)["分解"]
    header = [c.value for c in sheet[2]]
    asked = {header[min(r.min_col for r in v.sqref.ranges) - 1]: v for v in sheet.data_validations.dataValidation}
    departments = {"牵头科室（单位）", "配合科室（单位）"}
    assert set(asked) == {"序号", "分解事项", *departments, "本级时限", "权重", "上级任务编码", "备注"}
    assert all(len(v.prompt) > 8 for v in asked.values())
    assert (asked["本级时限"].showErrorMessage, asked["权重"].showErrorMessage) == (True, True)
