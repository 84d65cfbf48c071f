"""责任单位 belongs to the office: what it changes there holds from the next command on.

1. A unit renamed is called so everywhere; forms that it has in hand stay good.
2. Aliases typed by the office are names of the unit.
3. Members of a group typed or added take part in the tasks that name it; who left is said, nothing is taken away.
   A member may go by its short form; a probable misspelling is asked about, a unit not met before is pointed out.
4. A row added, emptied, deleted or copied.
5. 看板附表 shows a unit that comes later; every cached value is LibreOffice's.
6. A name belongs to one unit: what takes another's, or may be a column that slipped, changes nothing.
7. White space and invisible characters typed along are no part of a name.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook

from tests.decisions.conftest import Build, Master, plain, row
from tests.libreoffice import requires_libreoffice
from tests.office import MAY, Office, filled
from tjxl import flows
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.project import Project
from tjxl.simulate import simulate

ROWS = (
    row(1, "市教委\n各街道"),
    row(2, "市水务局\n市教委\n各街道"),
    row(3, "市水务局\n市教委"),
)


def with_rows(master: Master, *rows: dict[str, object]) -> Master:
    """The master with rows added to 责任单位."""
    editor = BookEditor(master.content)
    editor.append_rows("责任单位", list(rows))
    return Master(editor.save())


# 1


def test_a_renamed_unit_is_called_so_everywhere(build: Build) -> None:
    master = build(*ROWS).type("units", "U001", unit="市教育局")
    assert master.said() == [(None, True, ["D630"])]
    after = master.carry_out()
    assert after.duties("T001") == {"市教育局": "牵头"}
    assert after.task("T001")[0] == "市教育局"
    assert after.task("T002")[1] == "市教育局、各街道"
    assert after.units()["市教育局"] == ("U001", "部门", "市教委", None)
    assert board_units(after)["市教育局"] == [1, 2]
    assert "市教委" not in board_units(after)
    assert after.carry_out().content == after.content


def test_a_renamed_group_keeps_its_tasks(build: Build) -> None:
    master = build(*ROWS).type("units", "U002", unit="全部街道").carry_out().type("units", "U002", members="甲街道")
    assert master.carry_out().duties("T001") == {"市教委": "牵头", "甲街道": "配合"}


def test_a_form_in_hand_of_a_renamed_unit_is_good(project_of: Callable[..., Project]) -> None:
    project = project_of(*ROWS)
    office = Office(project)
    flows.issue(project, MAY)
    project.master.write_bytes(Master(office.master).type("units", "U001", unit="市教育局").content)
    office.send("市教委.xlsx", filled(office.form("市教委")))
    (returned,) = flows.collect(project)["returns"]
    assert (returned["verdict"], returned["findings"]) == ("accepted", [])
    simulate(project, MAY, seed=1, units=["市水务局"])
    assert len(office.merge()["merged"]) == 2
    assert [s["unit"] for s in office.table("submissions") if s["state"] != "未报"] == ["市教育局", "市水务局"]
    flows.issue(project, "2022-06")
    assert office.form("市教育局", "2022-06")


# 2


def test_an_alias_names_the_unit(project_of: Callable[..., Project]) -> None:
    project = project_of(*ROWS)
    office = Office(project)
    project.master.write_bytes(Master(office.master).type("units", "U001", aliases="市教育委员会").content)
    assert [i["unit"] for i in flows.issue(project, MAY, ["市教育委员会"])["issued"]] == ["市教委"]
    form = filled(office.form("市教委"), H3="市教育委员会")
    office.send("表.xlsx", form)
    noted = [("I232", "填报", "H3", "市教育委员会")]
    assert office.collect() == {"表.xlsx": ("accepted_with_notes", noted)}
    office.send("表.xlsx", filled(office.form("市教委"), H3="市水务局"))
    assert [f[0] for f in office.collect()["表.xlsx"][1]] == ["I205"]


def test_a_merge_leaves_what_the_office_typed(project_of: Callable[..., Project]) -> None:
    project = project_of(*ROWS)
    office = Office(project)
    flows.issue(project, MAY)
    typed = {"aliases": "教委， 市教育委员会", "contact": "王", "remarks": "联系不上"}
    project.master.write_bytes(Master(office.master).type("units", "U001", **typed).content)
    simulate(project, MAY, seed=1)
    office.merge()
    (unit,) = office.table("units", unit_code="U001")
    assert {name: unit[name] for name in typed} == typed


# 3


def test_members_added_and_taken_away(build: Build) -> None:
    master = build(*ROWS).type("units", "U002", members="甲街道、市水务局")
    assert master.said() == [(None, True, ["D648"]), (None, True, ["D632"]), (None, True, ["D632"])]
    master = master.carry_out()
    assert master.duties("T001") == {"市教委": "牵头", "甲街道": "配合", "市水务局": "配合"}
    assert master.duties("T002") == {"市水务局": "牵头", "市教委": "配合", "甲街道": "配合"}
    assert master.duties("T003") == {"市水务局": "牵头", "市教委": "配合"}
    master = master.type("units", "U002", members="市水务局；乙街道")
    (added,) = [f.message for d in master.obeyed()[1] for f in d.findings if f.code == "D632"]
    assert added == "“乙街道”列入“各街道”，增加第 1—2 项的责任分工。"
    (gone,) = [f.message for d in master.obeyed()[1] for f in d.findings if f.code == "D631"]
    assert gone == (
        "“甲街道”已不在“各街道”的成员中，其第 1—2 项的责任分工仍保留。如不再承担，请在「责任分工」中删去该行。"
    )
    after = master.carry_out()
    assert "甲街道" in after.duties("T001")
    assert after.units()["各街道"][3] == "市水务局；乙街道"
    assert after.said() == []


def test_a_row_that_the_office_deleted_does_not_come_back(build: Build) -> None:
    master = build(*ROWS).type("units", "U002", members="甲街道").carry_out()
    editor = BookEditor(master.content)
    table = editor.book.tables["责任分工"]
    (number,) = (r.number for r in master.state.assignments if r["unit"] == "甲街道" and r["task_code"] == "T001")
    for column in table.columns.values():
        editor.edit(table.sheet, number, column, Put(None))
    after = Master(editor.save()).type("units", "U002", members="甲街道、乙街道").carry_out()
    assert after.duties("T001") == {"市教委": "牵头", "乙街道": "配合"}


def test_a_member_that_is_no_unit_is_said(build: Build) -> None:
    master = build(*ROWS).type("units", "U002", members="甲街道、有关单位")
    assert ["D635"] in [codes for _, _, codes in master.said()]
    assert "有关单位" not in master.carry_out().units()


DISTRICTS = (*ROWS, row(4, "市水务局\n和平区人民政府\n河东区人民政府"))


def test_a_member_may_go_by_its_short_form(build: Build) -> None:
    master = build(*DISTRICTS)
    after = master.type("units", "U002", members="和平区、 河东区\u200b").carry_out()
    assert set(after.units()) == set(master.units())
    assert after.units()["各街道"][3] == "和平区人民政府、河东区人民政府"
    assert after.duties("T001") == {"市教委": "牵头", "和平区人民政府": "配合", "河东区人民政府": "配合"}
    assert after.said() == []


def test_a_probable_misspelling_makes_no_unit(build: Build) -> None:
    master = build(*DISTRICTS)
    before = set(master.units())
    master = master.type("units", "U002", members="和平区、河东、火星区")
    asked = [(None, False, ["D635"]), (None, False, ["D619"])]
    assert master.said() == [(None, True, ["D632"]), *asked]
    (misspelt,) = [f for d in master.obeyed()[1] for f in d.findings if f.code == "D619"]
    assert (misspelt.sheet, misspelt.cell, misspelt.value) == ("责任单位", "E4", "火星区")
    assert misspelt.message == (
        "“火星区”不是已登记单位的名称或简称。请核对后写全称；如是新单位，请先在「责任单位」表末加一行。"
    )
    after = master.carry_out()
    assert (set(after.units()), after.said()) == (before, asked)
    assert after.carry_out().content == after.content
    mended = with_rows(after, {"单位": "火星区"}).type("units", "U005", aliases="河东").carry_out()
    assert set(mended.duties("T001")) == {"市教委", "和平区人民政府", "河东区人民政府", "火星区"}


def test_a_member_not_met_before_is_pointed_out(build: Build) -> None:
    master = build(*ROWS).type("units", "U002", members="甲街道、乙街道")
    (said,) = [f for d in master.obeyed()[1] for f in d.findings if f.code == "D648"]
    assert (said.severity, said.cell) == ("warning", "E4")
    assert said.message == (
        "“各街道”的成员中有原来没有登记的单位，已作为新单位登记：甲街道（U004）、乙街道（U005）。"
        "请核对；如系笔误，请改正群组成员，并删去「责任分工」「责任单位」中该单位的行。"
    )


# 4


def test_a_row_copied_to_make_another_of_it_is_a_new_unit(build: Build) -> None:
    master = with_rows(build(*ROWS), {"单位编码": "U001", "单位": "市气象局", "类别": "部门"})
    assert master.said() == [(None, True, ["D602"])]
    after = master.carry_out()
    assert {name: unit[0] for name, unit in after.units().items()} == {
        "市教委": "U001", "各街道": "U002", "市水务局": "U003", "市气象局": "U004"
    }  # fmt: skip
    assert after.duties("T001") == {"市教委": "牵头"}
    assert after.said() == []


def test_a_code_emptied_comes_back(build: Build) -> None:
    master = build(*ROWS)
    after = master.type("units", "U001", unit_code=None).carry_out()
    assert (after.units(), after.said()) == (master.units(), [])


def test_a_row_added_under_the_name_of_another_is_none(build: Build) -> None:
    master = build(*ROWS).type("units", "U001", aliases="市教育委员会").carry_out()
    master = with_rows(master, {"单位": "市教育委员会"}, {"单位": "市气象局"}, {"单位": "市气象局"})
    said = [f for d in master.obeyed()[1] for f in d.findings]
    assert [(f.code, f.cell) for f in said] == [("D646", "B6"), ("D647", "B7"), ("D647", "B8")]
    assert said[0].message == "“市教育委员会”已是“市教委”（U001）的名称或别名，本行未登记。请改名，或清空本行。"
    after = master.carry_out()
    assert [u["unit_code"] for u in after.state.units] == ["U001", "U002", "U003", None, None, None]
    assert [codes for *_, codes in after.said()] == [["D646"], ["D647"], ["D647"]]


def test_a_row_added_by_the_office_gets_a_code(build: Build) -> None:
    master = build(*ROWS)
    editor = BookEditor(master.content)
    editor.append_rows("责任单位", [{"单位": "市气象局", "别名": "气象局"}])
    after = Master(editor.save()).carry_out()
    assert after.units()["市气象局"] == ("U004", "部门", "气象局", None)
    assert after.said() == []


def test_a_name_emptied_and_a_row_deleted_come_back(build: Build) -> None:
    master = build(*ROWS)
    emptied = master.type("units", "U001", unit=None)
    assert (emptied.said(), emptied.carry_out().units()["市教委"][0]) == ([(None, True, ["D633"])], "U001")
    deleted = master.type("units", "U001", unit_code=None, unit=None, kind=None)
    assert (deleted.said(), deleted.carry_out().units()["市教委"][:2]) == ([(None, True, ["D634"])], ("U001", "部门"))


# 5


def opened_values(master: Master) -> Workbook:
    """The master as a program sees it that does not recalculate."""
    return openpyxl.load_workbook(io.BytesIO(master.content), data_only=True)


def board_units(master: Master) -> dict[str, list[object]]:
    """The lines of 看板附表 by unit: name → tasks led, tasks in which it cooperates."""
    book = opened_values(master)
    ws = book["看板附表"]
    area = book.defined_names["单位附表"].attr_text.split("!")[1].replace("$", "")
    lines = [ws[cells[0].row] for cells in ws[area]]
    return {str(line[1].value): [line[9].value, line[29].value] for line in lines if line[1].value}


def test_the_board_shows_units_that_come_later(build: Build) -> None:
    master = build(*ROWS, row(4, "市体育局\n市财政局等"))
    assert board_units(master) == {"市教委": [1, 2], "市水务局": [2, 0], "市体育局": [1, 0], "市财政局": [0, 1]}
    after = master.answer(Q001="市气象局、市教委", Q002="甲街道").carry_out()
    assert board_units(after) == {
        "市教委": [1, 3], "市水务局": [2, 0], "市体育局": [1, 0], "市财政局": [0, 1],
        "甲街道": [0, 2], "市气象局": [0, 1],
    }  # fmt: skip


def test_units_beyond_the_free_lines_are_counted(build: Build) -> None:
    names = "、".join(f"第{n}街道" for n in range(1, 10))
    after = build(*ROWS).type("units", "U002", members=names).carry_out()
    assert len(board_units(after)) == 8
    texts = [c.value for line in opened_values(after)["看板附表"] for c in line if c.value]
    assert "另有 3 个单位未列入，见「责任单位」" in texts


@requires_libreoffice
def test_libreoffice_agrees_after_decisions(build: Build, tmp_path: Path) -> None:
    from tests.sheets.test_dashboard import differences

    rows = (*ROWS, row(4, "各区人民政府\n市财政局等", deadline="适时"), row(5, "市教委\n高新园\n高新园（邹区镇）"))
    master = build(*rows).type("units", "U002", members="甲街道").type("units", "U001", unit="市教育局")
    numbers = {str(r["key"]).partition(":")[0]: n for n, r in master.state.decided.items()}
    answers = {"lead": "市财政局", "more-units": "市气象局", "deadline": "2022-09-30", "same-unit": "是同一单位"}
    after = master.answer(**{numbers[kind]: answer for kind, answer in answers.items()}).carry_out()
    assert all(d.obeyed for d in master.obeyed()[1])
    number, wrong = differences(after.content, tmp_path)
    assert (number > 500, wrong) == (True, [])


# 6


def test_the_name_of_another_unit_is_refused(build: Build) -> None:
    master = build(*ROWS).type("units", "U001", aliases="市教育委员会").carry_out()
    for name in ("市教委", "市教育委员会", " 市教 委 "):
        typed = master.type("units", "U003", unit=name)
        ((said,),) = (d.findings for d in typed.obeyed()[1])
        assert (said.code, said.sheet, said.cell, said.value) == ("D644", "责任单位", "B5", name)
        assert typed.carry_out().units() == master.units()
        assert plain(typed.carry_out()) == plain(master)
    assert said.message == (
        "“市教委”已是“市教委”（U001）的名称或别名，“市水务局”（U003）未改名，已恢复原名。"
        "如确需改用，请先改掉 U001 的名称并删去该别名；两行互换名称的，也请逐行办理。"
    )


def test_two_names_changed_over_are_both_refused(build: Build) -> None:
    master = build(*ROWS)
    typed = master.type("units", "U003", unit="市教委").type("units", "U001", unit="市水务局")
    assert typed.said() == [(None, True, ["D644"]), (None, True, ["D644"])]
    assert plain(typed.carry_out()) == plain(master)


def test_a_column_of_names_that_slipped_is_no_renaming(build: Build) -> None:
    master = build(*ROWS)
    typed = master.type("units", "U001", unit="市气象局").type("units", "U003", unit="市教委")
    assert typed.said() == [(None, True, ["D645"]), (None, True, ["D644"])]
    assert plain(typed.carry_out()) == plain(master)
    same = master.type("units", "U001", unit="市气象局").type("units", "U003", unit="市气象局")
    assert same.said() == [(None, True, ["D645"]), (None, True, ["D645"])]
    assert plain(same.carry_out()) == plain(master)


def test_a_name_given_up_in_two_steps_goes_to_another_unit(build: Build) -> None:
    master = build(*ROWS).type("units", "U001", unit="市教育局").carry_out()
    master = master.type("units", "U001", aliases=None).type("units", "U003", unit="市教委")
    assert master.said() == [(None, True, ["D630"])]
    after = master.carry_out()
    assert [after.task(code)[:2] for code in ("T001", "T002", "T003")] == [
        ("市教育局", "各街道"), ("市教委", "市教育局、各街道"), ("市教委", "市教育局")
    ]  # fmt: skip
    assert after.carry_out().said() == []


def test_two_units_that_had_come_to_one_name_part_again(build: Build) -> None:
    """A master in which an earlier version has given a unit another's name."""
    master = build(*ROWS).type("units", "U003", unit="市教委")
    editor = BookEditor(master.content)
    hidden, tasks = editor.book.tables["单位登记"], editor.book.tables["任务台账"]
    editor.edit(hidden.sheet, master.state.registered["U003"].number, hidden.columns["单位"], Put("市教委"))
    for line in master.state.tasks:
        if line["lead_unit"] == "市水务局":
            editor.edit(tasks.sheet, line.number, tasks.columns["牵头单位"], Put("市教委"))
    after = Master(editor.save()).type("units", "U003", unit="市水务局").carry_out()
    assert [after.task(code)[:2] for code in ("T001", "T002", "T003")] == [
        ("市教委", "各街道"), ("市水务局", "市教委、各街道"), ("市水务局", "市教委")
    ]  # fmt: skip


# 7


@pytest.mark.parametrize("typed", [" 市教委 ", "市教委\u3000", "市教\n委", "\u200b市教委\ufeff"])
def test_white_space_around_a_name_is_no_part_of_it(build: Build, typed: str) -> None:
    master = build(*ROWS)
    spaced = master.type("units", "U001", unit=typed)
    assert spaced.said() == []
    assert spaced.carry_out().units() == master.units()


def test_white_space_is_no_part_of_new_names_aliases_and_members(build: Build) -> None:
    master = with_rows(build(*ROWS), {"单位": "\u3000市气象局\n", "别名": " 气象局\u200b "})
    after = master.type("units", "U002", members=" 市气象局\u200b、市水务局 ").carry_out()
    assert [unit.name for unit in after.state.registry.units] == ["市教委", "各街道", "市水务局", "市气象局"]
    assert after.state.registry.by_code["U004"].aliases == ("气象局",)
    assert after.duties("T001") == {"市教委": "牵头", "市气象局": "配合", "市水务局": "配合"}
    assert after.said() == []


def test_a_name_of_nothing_but_spaces_is_an_empty_one(build: Build) -> None:
    master = build(*ROWS).type("units", "U001", unit="\u3000 \u200b")
    assert master.said() == [(None, True, ["D633"])]
    assert master.carry_out().units()["市教委"][0] == "U001"
