"""Units and duties: names, aliases, groups, who leads.

1. Names are split wherever notices part them; brackets stay whole.
2. The first-listed unit leads; a group never does.
3. A closed group is expanded only for the government whose members the settings list.
4. A unit counts once in a task; the lead role wins.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.notice.conftest import HEAD, NOTE, Read, row
from tjxl.notice.names import looks_like_group, split_names, unit_kind
from tjxl.notice.read import read_notice
from tjxl.register import Register
from tjxl.settings import Settings


def roles(register: Register, code: str = "T001") -> dict[str, str]:
    names = {u.code: u.name for u in register.units}
    return {names[a.unit_code]: a.role for a in register.assignments if a.task_code == code}


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("市教委\n市人社局", ("市教委", "市人社局")),
        ("市教委、市人社局，市水务局；市财政局。", ("市教委", "市人社局", "市水务局", "市财政局")),
        ("市教委 市人社局\u3000市水务局", ("市教委", "市人社局", "市水务局")),
        ("王\u3000旭", ("王旭",)),
        ("市外办（市港澳办、市台办）、市教委", ("市外办（市港澳办、市台办）", "市教委")),
        ("市外办\n（市港澳办）", ("市外办（市港澳办）",)),
        ("市教委、各县、市、区政府", ("市教委", "各县、市、区政府")),
        ("", ()),
    ],
)
def test_split_names(cell: str, names: tuple[str, ...]) -> None:
    assert split_names(cell) == names


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("市教委", "department"),
        ("县水务局", "department"),
        ("和平区人民政府", "district"),
        ("滨海新区人民政府", "district"),
        ("来安县人民政府", "district"),
        ("天津海关", "other"),
        ("自贸试验区管委会", "other"),
    ],
)
def test_unit_kind(name: str, kind: str) -> None:
    assert unit_kind(name) == kind


def test_what_looks_like_a_group() -> None:
    groups = ["各街道", "市有关部门", "相关企业", "市政府各部门分别负责", "各县、市、区政府"]
    assert [looks_like_group(name) for name in [*groups, "市教委", "和平区人民政府"]] == [True] * 5 + [False] * 2


def test_first_leads_and_a_repeat_counts_once(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委\n市人社局\n市教委"))
    assert roles(register) == {"市教委": "lead", "市人社局": "cooperating"}
    assert [(f.code, f.message) for f in register.findings] == [
        ("N126", "第 1 项的责任单位重复列出“市教委”，只计一次。")
    ]


def test_aliases_are_one_unit_and_the_printed_form_is_kept(read_rows: Read) -> None:
    register = read_rows(row(1, "市发改委"), row(2, "市发展改革委\n市外办(市港澳办)"))
    assert register.tasks[0].lead_unit == "市发改委"
    assert register.tasks[1].cooperating_units == ("市外办(市港澳办)",)
    assert [u.name for u in register.units] == ["市发展改革委", "市外办"]
    assert register.units[1].aliases == ("市外办（市港澳办）", "市外办(市港澳办)")


def test_a_district_beside_its_group_counts_once_and_the_lead_wins(read_rows: Read) -> None:
    register = read_rows(row(1, "河西区人民政府\n各区人民政府\n和平区人民政府"))
    assert len(roles(register)) == 16
    assert roles(register)["河西区人民政府"] == "lead"
    assert roles(register)["和平区人民政府"] == "cooperating"


@pytest.mark.parametrize("issuer", ["河北省人民政府", "天津市滨海新区人民政府", ""])
def test_another_government_has_other_districts(read_rows: Read, issuer: str) -> None:
    register = read_rows(
        row(1, "市教委\n各区人民政府"),
        row(2, "市教委\n各区人民政府\n相关区人民政府"),
        head=HEAD.replace("天津市人民政府", issuer),
    )
    assert roles(register) == {"市教委": "lead"}
    group = register.units[1]
    assert (group.name, group.kind, group.members, group.open_group) == ("各区人民政府", "group", (), True)
    assert [(q.key, q.task_code, q.choices) for q in register.questions] == [
        ("open-group:T002:相关区人民政府", "T002", ()),
        ("group-members:各区人民政府", None, ()),
    ]
    assert register.questions[1].text == (
        "“各区人民政府”包括哪些单位，设置中没有适用于本通知的名单（涉及第 1—2 项）。请指定成员。"
    )


def test_an_unlisted_group_is_asked_about(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委\n各街道"))
    assert roles(register) == {"市教委": "lead"}
    assert [q.key for q in register.questions] == ["group-members:各街道"]


@pytest.mark.parametrize(
    ("units", "lead", "said"),
    [
        ("相关区人民政府\n市教委", "市教委", "暂以“市教委”牵头"),
        ("各区人民政府\n市教委", "市教委", "暂以“市教委”牵头"),
        ("相关区人民政府", "", "暂无牵头单位"),
    ],
)
def test_a_group_never_leads(read_rows: Read, units: str, lead: str, said: str) -> None:
    register = read_rows(row(1, units))
    assert register.tasks[0].lead_unit == lead
    assert [a.role for a in register.assignments if a.role == "lead"] == ["lead"] * bool(lead)
    (question,) = (f for f in register.findings if f.code == "N122")
    assert question.severity == "question"
    assert said in question.message


def test_no_stated_rule_makes_the_lead_an_assumption(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委\n市水务局"), note="")
    assert roles(register) == {"市教委": "lead", "市水务局": "cooperating"}
    assert [(f.code, f.severity) for f in register.findings] == [("N123", "warning")]


def test_separate_columns_need_no_rule(read: Read) -> None:
    register = read(
        "关于2022年重点工作的通知\n序号\t重点工作\t完成时限\t牵头单位\t配合单位\n"
        "1\t做事\t年底前\t市教委、市体育局\t市水务局\n2\t办事\t年底前\t\t市水务局\n"
    )
    assert roles(register) == {"市教委": "lead", "市体育局": "cooperating", "市水务局": "cooperating"}
    assert [(f.code, f.task) for f in register.findings] == [("N111", "T002"), ("N128", "T001")]
    assert (register.tasks[1].lead_unit, roles(register, "T002")) == ("", {"市水务局": "cooperating"})


def test_an_unfinished_list_and_a_sentence_in_the_cell(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委\n市水务局等\n联系电话：12345"))
    assert register.tasks[0].cooperating_units == ("市水务局", "联系电话：12345")
    assert [(f.code, f.severity, f.value) for f in register.findings] == [
        ("N127", "question", "市水务局等"),
        ("N124", "warning", "联系电话：12345"),
    ]


def test_a_second_name_in_brackets_is_asked_about(read_rows: Read) -> None:
    register = read_rows(row(1, "高新园\n高新园（邹区镇）"))
    assert [(f.code, f.severity) for f in register.findings] == [("N125", "question")]
    assert len(register.reporting_units) == 2


def test_settings_decide_who_is_who(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "通知.txt"
    path.write_text(HEAD + row(1, "甲办\n乙办") + NOTE, encoding="utf-8")
    register = read_notice(path, 2022, replace(settings, aliases={"甲办": ("乙办",)}))
    assert [(u.name, u.aliases) for u in register.units] == [("甲办", ("乙办",))]
    assert roles(register) == {"甲办": "lead"}
