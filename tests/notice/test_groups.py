"""Names of groups and units as real notices print them (the collected list of them, row by row).

1. Closed groups with known members are expanded; a group of all of a kind is asked about once, an open one task by
   task.
2. A name stays whole: its own 、, nested brackets, plates in brackets.
3. Aliases are one unit; other units stay what they are.
4. A district named beside a group that contains it counts once.
5. Names parted by 、，；/ or new lines.
"""

from __future__ import annotations

import pytest

from tests.notice.conftest import Read, row
from tests.notice.test_units import roles
from tjxl.notice.names import split_names, unit_kind
from tjxl.settings import Settings

DISTRICTS = (
    "和平区 河东区 河西区 南开区 河北区 红桥区 东丽区 西青区 津南区 "
    "北辰区 武清区 宝坻区 滨海新区 宁河区 静海区 蓟州区"
)

# 1


def test_all_sixteen_districts(read_rows: Read) -> None:
    register = read_rows(row(126, "市教委\n各区人民政府"))
    assert list(roles(register, "T126")) == ["市教委", *(f"{name}人民政府" for name in DISTRICTS.split())]
    assert register.questions == ()
    assert {u.kind for u in register.units if u.name.endswith("区人民政府") and u.name[0] != "各"} == {"district"}


def test_districts_concerned_are_asked_for_task_by_task(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委\n相关区人民政府"), row(2, "市水务局\n相关区人民政府"))
    assert [q.key for q in register.questions] == [
        "open-group:T001:相关区人民政府",
        "open-group:T002:相关区人民政府",
    ]
    assert register.questions[0].choices == tuple(f"{name}人民政府" for name in DISTRICTS.split())
    assert register.questions[0].data == {"task": "T001", "group": "相关区人民政府"}


@pytest.mark.parametrize(
    "group",
    [
        "市政府各部门分别负责",
        "国务院各部门分别负责",
        "各县、市、区政府",
        "各街道",
        "区直各部门",
        "全区经济运行各专班",
        "市国有公司",
        "各省级人民政府按职责分工负责",
    ],
)
def test_all_of_a_kind_is_one_question(read_rows: Read, group: str) -> None:
    register = read_rows(row(1, f"市教委\n{group}"), row(2, f"市水务局\n{group}"))
    assert [(q.key, q.unit, q.data) for q in register.questions] == [
        (f"group-members:{group}", group, {"group": group})
    ]
    assert [(u.name, u.kind) for u in register.units if u.name == group] == [(group, "group")]


@pytest.mark.parametrize("group", ["市有关部门", "各有关部门和单位", "等有关部门", "各相关单位", "有关部门"])
def test_those_concerned_are_asked_for_task_by_task(read_rows: Read, group: str) -> None:
    register = read_rows(row(1, f"市教委\n{group}"), row(2, f"市水务局\n{group}"))
    assert [q.key.rpartition(":")[0] for q in register.questions] == ["open-group:T001", "open-group:T002"]
    assert [q.data["group"] for q in register.questions] == [group, group]


def test_everyone_and_no_lead(read_rows: Read) -> None:
    """天津 2021, 国发 2020/6."""
    register = read_rows(row(1, "市政府各部门分别负责"))
    assert [q.key for q in register.questions] == ["lead:T001", "group-members:市政府各部门分别负责"]
    assert (register.assignments, register.tasks[0].lead_unit) == ((), "")


def test_a_group_with_an_addition_in_brackets(read_rows: Read) -> None:
    """武汉: the members of the plain group are offered, and more may be named."""
    name = "各区人民政府〈含开发区、长江新城管委会〉"
    register = read_rows(row(1, f"市教委\n{name}、市水务局"), row(2, f"市水务局；{name}"))
    ((key, choices),) = [(q.key, q.choices) for q in register.questions]
    assert (key, len(choices)) == (f"group-members:{name}", 16)
    assert roles(register) == {"市教委": "lead", "市水务局": "cooperating"}


# 2


@pytest.mark.parametrize(
    "name",
    ["各县、市、区政府", "各区人民政府〈含开发区、风景区〉", "市外办（市港澳办）",
     "市交通委（市道运局）", "高新园(邹区镇)",
     "甲委（乙办〈丙处、丁处〉、戊处）"],
)  # fmt: skip
def test_a_name_stays_whole(name: str) -> None:
    assert split_names(f"市教委、{name}、市水务局") == ("市教委", name, "市水务局")


# 3

ALIASES = [
    ("市外办", "市外办（市港澳办）"),
    ("市发展改革委", "市发改委", "市发展和改革委员会"),
    ("市人社局", "市人力社保局", "市人力资源和社会保障局"),
    ("市规划资源局", "市规划和自然资源局"),
    ("市卫生健康委", "市卫健委"),
    ("市住房城乡建设委", "市住建委"),
    ("市城市管理委", "市城管委"),
    ("市市场监管委", "市市监委"),
    ("市工业和信息化局", "市工信局"),
    ("市金融局", "市地方金融监管局"),
    ("市医保局", "市医疗保障局"),
    ("市文化和旅游局", "市文旅局"),
    ("市退役军人局", "市退役军人事务局"),
    ("市药监局", "市药品监督管理局"),
]


@pytest.mark.parametrize("forms", ALIASES, ids=lambda forms: forms[0])
def test_aliases_are_one_unit(read_rows: Read, forms: tuple[str, ...]) -> None:
    register = read_rows(*(row(n, form) for n, form in enumerate(forms, 1)))
    assert [u.name for u in register.units] == [forms[0]]
    assert [t.lead_unit for t in register.tasks] == list(forms)
    assert (register.questions, register.findings) == ((), ())


def test_units_that_are_no_department_of_the_city_are_units(read_rows: Read) -> None:
    names = "市台办 市网信办 市档案局 市信访办 市民族宗教委 市农业农村委 市通信管理局 天津海关 人民银行天津分行"
    names += " 天津银保监局 天津证监局 国网天津市电力公司 天津港集团 自贸试验区管委会"
    register = read_rows(row(1, names.replace(" ", "\n")))
    assert [u.name for u in register.reporting_units] == names.split()
    assert (register.questions, register.findings) == ((), ())
    assert [unit_kind(n) for n in names.split()] == ["department"] * 7 + ["other"] * 7


def test_a_prefix_carried_by_the_first_alone_is_a_question(read_rows: Read) -> None:
    """广州 2006: 市发改委、国土房管局、外经贸局. Only what would be a known unit is asked about."""
    register = read_rows(row(1, "市发改委、国土房管局、外经贸局"), row(2, "市国土房管局"))
    assert [(q.key, q.choices) for q in register.questions] == [
        ("same-unit:国土房管局:市国土房管局", ("是同一单位", "是两个单位"))
    ]
    assert len(register.reporting_units) == 4
    assert read_rows(row(1, "国土房管局"), row(2, "市国土房管局")).questions == ()


# 4


@pytest.mark.parametrize(
    "units", ["市教委\n滨海新区人民政府\n各区人民政府", "市教委\n各区人民政府\n滨海新区人民政府"]
)
def test_a_district_inside_its_group_counts_once(read_rows: Read, units: str) -> None:
    register = read_rows(row(1, units))
    assert len(register.assignments) == 17
    assert roles(register)["滨海新区人民政府"] == "cooperating"


# 5


@pytest.mark.parametrize("mark", ["、", "，", ",", "；", ";", "/", "／", "\n", "　"])
def test_marks_between_names(mark: str) -> None:
    assert split_names(f"市委网信办{mark}市大数据局{mark}天津海关") == ("市委网信办", "市大数据局", "天津海关")


def test_a_slash_that_parts_no_names() -> None:
    names = ("TCP/IP协会", "市外办（市港澳办/市台办）", "市教委")
    assert split_names("TCP/IP协会、市外办（市港澳办/市台办）/市教委") == names


def test_the_settings_know_the_sixteen_districts(settings: Settings) -> None:
    (group,) = (g for g in settings.groups if g.name == "各区人民政府")
    assert group.members == tuple(f"{name}人民政府" for name in DISTRICTS.split())
