"""The sample notice, 天津市 2022, checked against what stands in the printed text.

1. 138 tasks, numbered 1 to 138, in ten themes; nothing in the notice is an error.
2. Theme five is printed in two wordings: one theme, and a warning that names both and their rows.
3. Every deadline resolves; parts (其中…) do not change the whole.
4. Units: first-listed leads; cells with blank lines are read to their end; printed forms are kept.
5. 59 printed names, 67 reporting units, 428 assignments, ten questions about units.
6. What the tasks promise stands in `test_promises.py`.
"""

# ruff: noqa: E501 (printed lines and messages stand whole)

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from importlib.resources import as_file

import pytest

from tjxl.notice.read import read_notice, register_json
from tjxl.register import Register, Task, Unit
from tjxl.resources import sample_notice
from tjxl.settings import Settings

YEAR_END = dt.date(2022, 12, 31)
OPEN_TASKS = (9, 10, 17, 23, 34, 36, 43, 73, 99, 123)
DISTRICTS = "和平区 河东区 河西区 南开区 河北区 红桥区 东丽区 西青区 津南区 北辰区 武清区 宝坻区 滨海新区 宁河区 静海区 蓟州区"
ALL_DISTRICTS = tuple(f"{name}人民政府" for name in DISTRICTS.split())


@pytest.fixture(scope="module")
def register(settings: Settings) -> Register:
    with as_file(sample_notice()) as path:
        return read_notice(path, 2022, settings)


def task(register: Register, serial_no: int) -> Task:
    return next(t for t in register.tasks if t.serial_no == serial_no)


def unit(register: Register, name: str) -> Unit:
    return next(u for u in register.units if u.name == name)


def roles(register: Register, serial_no: int) -> dict[str, str]:
    names = {u.code: u.name for u in register.units}
    code = task(register, serial_no).code
    return {names[a.unit_code]: a.role for a in register.assignments if a.task_code == code}


def test_title_is_joined_from_its_two_lines(register: Register) -> None:
    assert register.title == "天津市人民政府关于切实做好2022年市政府重点工作的通知"
    assert register.year == 2022


def test_138_tasks_in_order(register: Register) -> None:
    assert [t.serial_no for t in register.tasks] == list(range(1, 139))
    assert [t.code for t in register.tasks][::137] == ["T001", "T138"]


def test_first_and_last_task_whole(register: Register) -> None:
    assert task(register, 1) == Task(
        code="T001",
        serial_no=1,
        theme="一、经济社会发展主要预期目标",
        text="地区生产总值增长5%以上。",
        deadline_text="年底前完成",
        deadline=YEAR_END,
        goal="complete",
        leaders=("王卫东",),
        lead_unit="市发展改革委",
        cooperating_units=(),
    )
    assert task(register, 138) == Task(
        code="T138",
        serial_no=138,
        theme="十、努力提升政府工作效能和水平",
        text="坚持真过紧日子，持续推进节约型机关建设。",
        deadline_text="年底前取得明显进展",
        deadline=YEAR_END,
        goal="significant_progress",
        leaders=("孙文魁",),
        lead_unit="市财政局",
        cooperating_units=("市机关事务管理局", "市发展改革委"),
    )


def test_ten_themes_with_their_tasks(register: Register) -> None:
    counts = Counter(t.theme[:2] for t in register.tasks)
    assert len({t.theme for t in register.tasks}) == 10
    assert counts == {
        "一、": 8, "二、": 9, "三、": 10, "四、": 6, "五、": 14,
        "六、": 20, "七、": 11, "八、": 30, "九、": 22, "十、": 8,
    }  # fmt: skip


def test_two_wordings_of_theme_five_are_one_theme_and_a_warning(register: Register) -> None:
    first = "五、积极培育建设国际消费中心城市，着力提高城市全球影响力竞争力美誉度"
    other = "五、积极培育国际消费中心城市，着力提高城市全球影响力竞争力美誉度"
    assert {task(register, n).theme for n in range(34, 48)} == {first}
    (warning,) = (f for f in register.findings if f.severity == "warning")
    assert (warning.code, warning.value, warning.normalised) == ("N103", other, first)
    assert warning.message == (
        f"主要任务“五”有不同写法，已统一为“{first}”（第 34—40 项）；另写作“{other}”（第 41—47 项）。请核对哪种写法为准。"
    )


def test_findings_are_that_warning_the_questions_and_two_notes(register: Register) -> None:
    assert Counter((f.code, f.severity) for f in register.findings) == {
        ("N103", "warning"): 1,
        ("N120", "question"): 10,
        ("N141", "question"): 1,
        ("N150", "question"): 1,
        ("N151", "note"): 2,
    }


def test_six_tasks_have_two_leaders(register: Register) -> None:
    assert {t.serial_no: t.leaders for t in register.tasks if len(t.leaders) > 1} == {
        8: ("孙文魁", "王卫东"),
        11: ("孙文魁", "王卫东"),
        49: ("王卫东", "王旭"),
        91: ("孙文魁", "王卫东"),
        121: ("孙文魁", "王卫东"),
        127: ("王卫东", "王旭"),
    }


@pytest.mark.parametrize(
    ("serial_no", "due", "goal", "printed"),
    [
        (10, YEAR_END, "significant_progress", "年底前取得明显进展。其中津石高速天津东段1月底前建成通车；京唐高铁、京滨高铁宝坻至北辰段、塘承高速滨海新区段年底前建成通车"),
        (43, dt.date(2022, 10, 31), "complete", "10月底前完成"),
        (47, YEAR_END, "significant_progress", "年底前取得明显进展。其中6月底前完成建设方案"),
        (52, YEAR_END, "significant_progress", "年底前取得明显进展。其中在“尼克松访华和中美签署‘上海公报’50周年”之际举办纪念活动，一季度完成"),
        (83, YEAR_END, "significant_progress", "年底前取得明显进展。其中北大医学院滨海医院改扩建工程，年底前开工建设；中心妇产科医院滨海院区，年底前建成"),
        (87, YEAR_END, "complete", "程林庄路、井冈山路积水片区主汛期具备通水条件。西南路、西沽、咸阳路、密云路4处积水片区年底完工"),
    ],
)  # fmt: skip
def test_deadlines_with_parts(register: Register, serial_no: int, due: dt.date, goal: str, printed: str) -> None:
    found = task(register, serial_no)
    assert (found.deadline, found.goal, found.deadline_text) == (due, goal, printed)


def test_every_deadline_resolves(register: Register) -> None:
    assert Counter((t.deadline, t.goal) for t in register.tasks) == {
        (YEAR_END, "significant_progress"): 107,
        (YEAR_END, "complete"): 30,
        (dt.date(2022, 10, 31), "complete"): 1,
    }


@pytest.mark.parametrize(
    ("serial_no", "lead", "cooperating"),
    [
        (10, "市交通运输委", ("市发展改革委", "市规划资源局", "市财政局", "相关区人民政府")),
        (49, "市发展改革委", ("市教委", "市外办")),
        (55, "市知识产权局", ("市市场监管委", "市农业农村委", "市司法局", "市公安局", "市文化和旅游局")),
        (83, "滨海新区人民政府", ("市卫生健康委",)),
        (87, "市水务局", ()),
        (119, "市教委", ("市人社局", "市国资委")),
        (126, "市卫生健康委", ("市商务局", "市市场监管委", "市交通运输委", "天津海关", "各区人民政府")),
        (134, "市外办（市港澳办）", ("市台办",)),
    ],
)
def test_units_as_printed(register: Register, serial_no: int, lead: str, cooperating: tuple[str, ...]) -> None:
    assert (task(register, serial_no).lead_unit, task(register, serial_no).cooperating_units) == (lead, cooperating)


def test_counts_of_units_and_assignments(register: Register) -> None:
    printed = {name for t in register.tasks for name in (t.lead_unit, *t.cooperating_units)}
    assert (len(printed), len(register.reporting_units), len(register.assignments)) == (59, 67, 428)
    assert Counter(a.role for a in register.assignments) == {"lead": 138, "cooperating": 290}
    assert Counter(u.kind for u in register.units) == {"department": 44, "district": 16, "other": 7, "group": 2}


def test_units_are_numbered_by_first_appearance_then_group_members(register: Register) -> None:
    assert [u.code for u in register.units] == [f"U{n:03d}" for n in range(1, 70)]
    assert [u.name for u in register.units][:4] == ["市发展改革委", "市财政局", "市税务局", "市商务局"]
    assert [u.name for u in register.units][58:] == [
        d for d in ALL_DISTRICTS if d[:2] not in "东丽 西青 津南 静海 滨海"
    ]


def test_one_office_with_two_names_is_one_unit(register: Register) -> None:
    assert unit(register, "市外办").aliases == ("市外办（市港澳办）",)
    assert "市外办（市港澳办）" not in {u.name for u in register.units}
    assert roles(register, 134) == {"市外办": "lead", "市台办": "cooperating"}


def test_all_districts_is_expanded_for_tianjin(register: Register) -> None:
    group = unit(register, "各区人民政府")
    assert (group.kind, group.members, group.open_group) == ("group", ALL_DISTRICTS, False)
    assert set(ALL_DISTRICTS) < set(roles(register, 126))
    assert len(roles(register, 126)) == 5 + 16


def test_relevant_districts_is_never_expanded_but_asked_for_each_task(register: Register) -> None:
    group = unit(register, "相关区人民政府")
    assert (group.kind, group.members, group.open_group) == ("group", (), True)
    asked = [q for q in register.questions if q.key.startswith("open-group")]
    assert [q.key for q in asked] == [f"open-group:T{n:03d}:相关区人民政府" for n in OPEN_TASKS]
    first = asked[0]
    assert (first.task_code, first.unit, first.choices) == ("T009", "相关区人民政府", ALL_DISTRICTS)
    assert first.text == "第 9 项的责任单位“相关区人民政府”没有写明是哪些单位。请指定。"
    assert "相关区人民政府" not in {u.name for u in register.reporting_units}


def test_json_is_that_of_the_command(register: Register) -> None:
    shown = json.loads(json.dumps(register_json(register), ensure_ascii=False))
    assert list(shown) == ["title", "year", "tasks", "units", "findings"]
    assert shown["tasks"][42] == {
        "serial_no": 43,
        "theme": "五、积极培育建设国际消费中心城市，着力提高城市全球影响力竞争力美誉度",
        "task": "提质夜间消费，提升五大道、意风区等夜间消费示范区，支持各区培育特色夜市街区。",
        "deadline_text": "10月底前完成",
        "deadline": "2022-10-31",
        "goal": "complete",
        "leaders": ["王旭"],
        "lead_unit": "市商务局",
        "cooperating_units": ["相关区人民政府"],
        "milestones": [],
        "targets": [],
    }
    assert shown["units"][14] == {
        "name": "相关区人民政府", "kind": "group", "aliases": [], "members": [], "open_group": True,
    }  # fmt: skip
    assert len(shown["findings"]) == 15
