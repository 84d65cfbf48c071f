"""Decisions within a year: the commands carry them out before anything else.

1. From the notice to the forms: the ten questions of the sample, answered, put the tasks on the districts' forms.
2. A form that a unit has in hand is judged as it was issued; what was decided later stands in the next form.
3. Commands report what they carried out; people and exit status are told what waits.
4. Next year takes the registry over.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.decisions.conftest import Master, row
from tests.libreoffice import requires_libreoffice
from tests.office import JUNE, MAY, Office, filled
from tjxl import cli, flows
from tjxl.errors import ProjectError
from tjxl.ooxml.book import Book
from tjxl.project import Project
from tjxl.resources import sample_notice
from tjxl.simulate import simulate

# 1


@pytest.fixture
def sample(tmp_path: Path) -> Project:
    root = tmp_path / "2022年重点工作"
    flows.init(root, Path(str(sample_notice())), 2022)
    return Project(root)


def answered(project: Project, **answers: object) -> None:
    """Type into 处理意见 of a project's master."""
    project.master.write_bytes(Master(project.master.read_bytes()).answer(**answers).content)


def tasks_on(form: bytes) -> set[str]:
    """The task codes on a form."""
    cells = Book(form).cells("填报").cells
    return {str(c.value) for (_, column), c in cells.items() if column == 1 and str(c.value)[:1] == "T"}


@requires_libreoffice
def test_the_questions_of_the_sample_from_answer_to_form(sample: Project, tmp_path: Path) -> None:
    from tests.sheets.test_dashboard import differences

    office = Office(sample)
    keys = {number: str(r["key"]) for number, r in office.state.decided.items()}
    tasks = {number: key.split(":")[1] for number, key in keys.items() if key.startswith("open-group:")}
    assert list(tasks.values()) == [f"T{n:03d}" for n in (9, 10, 17, 23, 34, 36, 43, 73, 99, 123)]
    answers = dict.fromkeys(tasks, "滨海新区、武清区") | {"Q003": "蓟州区人民政府\n宝坻区人民政府"}
    answered(sample, **answers)
    result = flows.issue(sample, MAY)
    assert [(d["question"], d["obeyed"]) for d in result["decisions"]] == [(n, True) for n in tasks]
    assert {q["state"] for q in office.state.questions if q["question_no"] in tasks} == {"已处理"}
    assert tasks_on(office.form("武清区人民政府")) >= set(tasks.values()) - {"T017"}
    assert "T017" in tasks_on(office.form("宝坻区人民政府"))
    assert tasks_on(office.form("和平区人民政府")).isdisjoint(tasks.values())
    assert flows.status(sample)["open_questions"] == len(keys) - len(tasks)
    simulate(sample, MAY, seed=3)
    assert {r["verdict"] for r in flows.collect(sample)["returns"]} <= {"accepted", "accepted_with_notes"}
    flows.merge(sample)
    number, wrong = differences(office.master, tmp_path)
    assert (number > 1200, wrong) == (True, [])


# 2


def test_a_form_in_hand_is_judged_as_it_was_issued(sample: Project) -> None:
    office = Office(sample)
    flows.issue(sample, MAY)
    answered(sample, Q001="和平区")
    office.send("和平区.xlsx", filled(office.form("和平区人民政府")))
    for command in (flows.collect, flows.merge):
        command(sample)
    (row,) = office.table("submissions", unit="和平区人民政府")
    assert (row["state"], row["returned_times"]) == ("已报", 0)
    flows.issue(sample, JUNE)
    assert "T009" in tasks_on(office.form("和平区人民政府", JUNE))
    office.send("和平区.xlsx", filled(office.form("和平区人民政府", JUNE), M4="2022-06-20"))
    assert office.collect()["和平区.xlsx"][0] == "accepted_with_notes"


def test_a_form_issued_again_holds_what_was_decided(sample: Project) -> None:
    office = Office(sample)
    flows.issue(sample, MAY)
    old = office.form("和平区人民政府")
    answered(sample, Q001="和平区")
    flows.issue(sample, MAY, ["和平区人民政府"])
    assert "T009" in tasks_on(office.form("和平区人民政府"))
    office.send("新表.xlsx", filled(office.form("和平区人民政府")))
    assert office.collect() == {"新表.xlsx": ("accepted", [])}
    office.send("新表.xlsx", filled(old))
    assert [f[0] for f in office.collect()["新表.xlsx"][1]] == ["R307"]


def test_lead_and_deadline_changed_while_forms_are_out(project_of: Callable[..., Project]) -> None:
    project = project_of(
        "1\t做事\t适时\t市教委、市体育局\t市水务局\n",
        head="关于2022年重点工作的通知\n序号\t重点工作\t完成时限\t牵头单位\t配合单位\n",
    )
    office = Office(project)
    flows.issue(project, MAY)
    answered(project, Q001="市体育局", Q002="2022-03-31")
    for unit in ("市教委", "市体育局", "市水务局"):
        office.send(f"{unit}.xlsx", filled(office.form(unit)))
    assert {name: found for name, (_, found) in office.collect().items()} == {
        "市教委.xlsx": [], "市体育局.xlsx": [], "市水务局.xlsx": [],
    }  # fmt: skip
    office.merge()
    assert [t["lead_unit"] for t in office.table("tasks")] == ["市体育局"]
    flows.issue(project, JUNE)
    office.send("体育.xlsx", filled(office.form("市体育局", JUNE), M4="2022-06-20"))
    assert "returned" in office.collect()["体育.xlsx"]  # overdue by now: only 已完成, 滞后 or 申请调整


def test_milestone_and_target_decided_while_forms_are_out(sample: Project) -> None:
    """The form in hand asks for neither the other day nor the target; the next one does."""
    office = Office(sample)
    flows.issue(sample, MAY)
    keys = {str(r["key"]): number for number, r in office.state.decided.items()}
    answered(sample, **{keys["milestone-due:T087-M1"]: "2022-05-10", keys["target:T120-K1"]: "列为指标"})
    simulate(sample, MAY, seed=4, units=["市水务局", "市教委"])
    returns = flows.collect(sample)["returns"]
    assert {r["unit"]: (r["verdict"], r["findings"]) for r in returns} == {
        "市水务局": ("accepted", []),
        "市教委": ("accepted", []),
    }
    flows.issue(sample, JUNE)
    asked = {
        unit: {
            str(c.value)
            for sheet in ("节点", "指标")
            if sheet in (book := Book(office.form(unit, JUNE))).sheets
            for (_, column), c in book.cells(sheet).cells.items()
            if column == 1 and str(c.value)[:1] == "T"
        }
        for unit in ("市水务局", "市教委")
    }
    assert "T087-M1" in asked["市水务局"]
    assert "T120-K1" in asked["市教委"]


# 3


def test_people_and_exit_status_are_told(
    sample: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    answered(sample, Q001="和平区", Q002="河东")

    def run(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr("sys.argv", ["tjxl", *map(str, arguments)])
        with pytest.raises(SystemExit) as done:
            cli.main()
        return int(str(done.value.code)), capsys.readouterr().out

    status, shown = run("issue", sample.root, "--period", MAY)
    assert status == 1
    assert "裁决事项：已办 1 件，未能办理 1 件。\n  Q001 第 9 项增加配合单位：和平区人民政府。\n" in shown
    assert "  Q002 「待裁决」表 G4：“河东”不是备选单位。请从“可选项”中填写。\n" in shown
    status, shown = run("collect", sample.root, "--json")
    assert status == 1
    assert [d["question"] for d in json.loads(shown)["decisions"]] == ["Q002"]
    assert flows.status(sample)["open_questions"] == len(Office(sample).state.questions) - 1


def test_the_master_before_decisions_is_kept(sample: Project) -> None:
    answered(sample, Q001="和平区")
    before = sample.master.read_bytes()
    flows.issue(sample, MAY)
    kept = [p.read_bytes() == before for p in sample.backups.iterdir()]
    assert sorted(kept) == [False, True]  # the other one is of the master before the issue itself


# 4


def test_next_year_takes_the_registry_over(project_of: Callable[..., Project], tmp_path: Path) -> None:
    project = project_of(row(1, "市教委\n各街道\n各区人民政府"), row(2, "市体育局\n高新园\n高新园（邹区镇）"))
    master = Master(project.master.read_bytes()).type("units", "U002", members="甲街道、乙街道")
    noted = {"contact": "王老师", "phone": "022-1", "email": "w@x", "remarks": "周一不在"}
    master = master.type("units", "U001", aliases="教委", **noted)
    master = master.answer(Q002="是同一单位").carry_out()
    project.master.write_bytes(master.content)
    notice = tmp_path / "明年.txt"
    notice.write_text(
        "天津市人民政府关于做好2023年市政府重点工作的通知\n序号\t重点工作\t完成时限\t责任单位\n"
        "1\t做事\t年底前\t教委、市气象局、各街道、高新园（邹区镇）\n注：列第一位的为牵头单位。\n",
        encoding="utf-8",
    )
    new = tmp_path / "2023"
    flows.init(new, notice, 2023, units_from=project.root)
    after = Master(Project(new).master.read_bytes())
    old, units = master.units(), after.units()
    assert after.questions() == {}
    assert after.duties() == {
        "市教委": "牵头",
        "市气象局": "配合",
        "甲街道": "配合",
        "乙街道": "配合",
        "高新园": "配合",
    }
    assert {name: units[name][0] for name in old if name in units} == {
        name: code for name, (code, kind, *_) in old.items() if kind != "已并入"
    }
    assert int(units["市气象局"][0][1:]) > max(int(code[1:]) for code, kind, *_ in old.values() if kind != "已并入")
    (kept,) = (u for u in after.state.units if u["unit"] == "市教委")
    assert {name: kept[name] for name in noted} == noted
    assert {i["unit"] for i in flows.issue(Project(new), "2023-05")["issued"]} == set(after.duties())
    told = flows.tasks(notice, 2023, units_from=project.master)
    assert next(u for u in told["units"] if u["name"] == "各街道")["members"] == ["甲街道", "乙街道"]


def test_what_is_no_master_gives_no_registry(sample: Project, tmp_path: Path) -> None:
    form = tmp_path / "表.xlsx"
    flows.issue(sample, MAY)
    shutil.copy(sample.issued(MAY) / "市审计局.xlsx", form)
    notice = Path(str(sample_notice()))
    text = tmp_path / "通知.txt"
    text.write_text("通知", encoding="utf-8")
    for source, code in ((tmp_path / "没有", "E209"), (tmp_path, "E209"), (text, "E218"), (form, "E218")):
        with pytest.raises(ProjectError) as caught:
            flows.init(tmp_path / "新", notice, 2022, units_from=source)
        assert caught.value.code == code
    assert not (tmp_path / "新").exists()
