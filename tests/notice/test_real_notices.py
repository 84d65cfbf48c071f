"""Eight real notices, each laid out in its own way: read whole and right, or refused for the right reason.

What is expected was written down from the texts in `real/`, not from what the program gave.

1. 国发〔2019〕3号: prose, 「（A、B负责）」, lead rule stated once in the first bracket, 等有关部门.
2. 国发〔2018〕39号: prose, items （一） to （十五） through five chapters, 按职责分工负责, groups alone.
3. 大竹 2016: a table flattened to one cell or unit a line; one 序号 over two tasks; no lead rule.
4. 柯桥 2023: a progress table with pipes, a merged 序号, broken off in the middle of a row.
5. 钟楼 2021: cell borders lost: refused.
6. 滁州 2020: labelled lines, 等, 各县、市、区政府; 190 items stated, broken off in the fourth.
7. 武汉 2022: 「（牵头单位：X；责任单位：Y〈…〉）」, broken off in the first bracket: refused.
8. 湖州 2020: labelled line with the lead rule in a bracket, chapters that are leaders; broken off in the second item.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest

from tjxl.errors import NoticeError
from tjxl.notice.read import read_notice
from tjxl.register import Register
from tjxl.settings import Settings

REAL = Path(__file__).parent / "real"


def read(name: str, year: int, settings: Settings) -> Register:
    (path,) = REAL.glob(f"{name}-*.txt")
    return read_notice(path, year, settings)


Told = tuple[int, str, str, str, str]
"""序号, theme, beginning and end of the text, units: the lead + the others."""


def assert_told(register: Register, expected: Sequence[Told]) -> None:
    for task, (serial_no, theme, begins, ends, units) in zip(register.tasks, expected, strict=True):
        said = f"{task.lead_unit} + {'、'.join(task.cooperating_units)}"
        assert (task.serial_no, task.theme, said.removesuffix(" + ")) == (serial_no, theme, units)
        assert task.text.startswith(begins)
        assert task.text.endswith(ends)


def codes(register: Register, severity: str) -> Counter[str]:
    return Counter(f.code for f in register.findings if f.severity == severity)


FIRST = "（一）统筹两个市场，打造加工制造中心"
SECOND = "（二）推动创新创业，打造研发设计中心"
THIRD = "（三）推进贸易便利化，打造物流分拨中心"
FOURTH = "（四）延伸产业链条，打造检测维修中心"
FIFTH = "（五）培育新动能新优势，打造销售服务中心"
BONDED_ZONES = [
    (1, FIRST, "拓展两个市场", "人资格试点。", "税务总局 + 财政部、海关总署"),
    (2, FIRST, "提前适用政策", "区税收政策。", "海关总署 + 财政部、税务总局"),
    (3, FIRST, "释放企业产能", "外委托加工。", "海关总署 + 商务部"),
    (4, FIRST, "促进内销便利", "利企业内销。", "商务部 + 海关总署"),
    (5, FIRST, "强化企业市场", "补缴税款。", "海关总署"),
    (6, SECOND, "促进研发创新", "发耗用核销。", "海关总署 + 商务部、有关部门"),
    (7, SECOND, "建设创新高地", "保税区发展。", "发展改革委 + 科技部、海关总署"),
    (8, SECOND, "优化信用管理", "高信用等级。", "市场监管总局 + 海关总署"),
    (9, SECOND, "支持医疗设备", "或办理备案。", "药监局 + 海关总署"),
    (10, THIRD, "简化进出区管", "区管理模式。", "海关总署"),
    (11, THIRD, "便利货物流转", "升监管效能。", "海关总署"),
    (12, THIRD, "试行汽车保税", "展示等业务。", "发展改革委 + 海关总署"),
    (13, THIRD, "促进文物回流", "储、展示等。", "海关总署 + 文化和旅游部、文物局"),
    (14, FOURTH, "开展检测维修", "检验认证服务。", "商务部 + 工业和信息化部、生态环境部、海关总署"),
    (15, FOURTH, "支持再制造业", "再制造业务。", "商务部 + 发展改革委、工业和信息化部、海关总署"),
    (16, FOURTH, "创新监管模式", "行后续处置。", "海关总署"),
    (17, FIFTH, "发展租赁业态", "地委托监管。", "海关总署 + 财政部、税务总局"),
    (18, FIFTH, "促进跨境电商", "零售进口政策。", "商务部 + 海关总署、有关部门"),
    (19, FIFTH, "支持服务外包", "务贸易。", "海关总署 + 财政部、商务部"),
    (20, FIFTH, "支持期货交割", "税交割业务。", "海关总署 + 证监会"),
    (21, FIFTH, "推广创新制度", "革试点经验。", "海关总署 + 商务部、有关部门"),
]


def test_bonded_zones(settings: Settings) -> None:
    register = read("01", 2019, settings)
    assert register.title == "国务院关于促进综合保税区高水平开放高质量发展的若干意见"
    assert_told(register, BONDED_ZONES)
    # the lead rule is stated in the first bracket; no date stands anywhere; three lists end in 等有关部门
    assert codes(register, "error") == codes(register, "warning") == {}
    assert codes(register, "question") == {"N134": 1, "N120": 3}
    assert register.tasks[0].text == "拓展两个市场。积极稳妥地在综合保税区推广增值税一般纳税人资格试点。"


HELP_FIRMS, CREATE, TRAIN = "一、支持企业稳定发展", "二、鼓励支持就业创业", "三、积极实施培训"
RELIEF, DUTIES = "四、及时开展下岗失业人员帮扶", "五、落实各方责任"
HR = "人力资源社会保障部"
EMPLOYMENT = [
    (1, HELP_FIRMS, "加大稳岗支持", "金列支。", f"{HR} + 财政部"),
    (2, HELP_FIRMS, "发挥政府性融", "可获得性。", "财政部 + 工业和信息化部、人民银行、银保监会"),
    (3, CREATE, "加大创业担保", "的积极性。", f"财政部 + {HR}、人民银行、银保监会"),
    (4, CREATE, "支持创业载体", "经营场地。", f"{HR} + 科技部、财政部、住房城乡建设部、市场监管总局、各省级人民政府"),
    (5, CREATE, "扩大就业见习", "补贴标准。", f"{HR} + 有关部门和单位"),
    (6, TRAIN, "支持困难企业", "适当支持。", f"{HR} + 财政部"),
    (7, TRAIN, "开展失业人员", "业保险金。", f"{HR} + 财政部、教育部、有关部门和单位"),
    (8, TRAIN, "放宽技术技能", "基金列支。", f"{HR} + 财政部"),
    (9, RELIEF, "实行失业登记", "就业援助。", f"{HR} + 财政部、税务总局、各省级人民政府"),
    (10, RELIEF, "落实失业保险", "金中列支。", f"{HR} + 医保局"),
    (11, RELIEF, "保障困难群众", "解困脱困。", f"财政部 + {HR}、民政部、有关部门和单位"),
    (12, DUTIES, "落实地方政府", "尽快落地。", " + 各省级人民政府"),
    (13, DUTIES, "明确部门组织", "促进就业工作。", " + 各有关部门和单位"),
    (14, DUTIES, "切实抓好政策", "享受对象。", " + 各有关部门和单位、各省级人民政府"),
    (15, DUTIES, "指导企业等各", "业的合力。", " + 各有关部门和单位、各省级人民政府"),
]


def test_employment(settings: Settings) -> None:
    register = read("03", 2019, settings)
    assert register.title == "国务院关于做好当前和今后一个时期促进就业工作的若干意见"
    assert_told(register, EMPLOYMENT)
    assert codes(register, "error") == codes(register, "warning") == {}
    # four tasks name nothing but groups: who leads is for the office to say
    assert {f.task for f in register.findings if f.code == "N122"} == {"T012", "T013", "T014", "T015"}


DAZHU = [
    (
        "T001",
        1,
        "启动建设东柳河城区段综合治理工程和东湖湿地公园。",
        "12月底前",
        "县水务局 + 县住建局、县护城河指挥部",
    ),
    ("T002", 2, "新建2座人行天桥。", "9月投入使用", "县住建局"),
    ("T003", 3, "启动县图书馆新馆建设。", "12月底前", "县文体广新局 + 县代建中心"),
    ("T004", 4, "建成县残疾人综合服务中心。", "5月底前动工", "县残联"),
    ("T005", 5, "开工建设县老年养护楼。", "5月底前动工", "县民政局"),
    ("T005-2", 5, "开工建设老年大学。", "12月底前", "县民政局"),
    ("T006", 6, "迁建县政务服务中心。", "12月底前", "县政务服务中心 + 县代建中心"),
    ("T007", 7, "加快推进土地滩水库建设。", "12月底前", "县水务局"),
    ("T008", 8, "启动大竹县第十二小学建设,新建中心幼儿园2所。", "12月底前", "县教科局 + 县代建中心"),
    ("T009", 9, "完成棚户区改造2836户。", "12月底前", "县住建局"),
    ("T010", 10, "城区再新建1个农贸市场。", "12月底前", "县商务局"),
]


def test_dazhu(settings: Settings) -> None:
    register = read("06", 2016, settings)
    assert register.title == "大竹县人民政府办公室关于对2016年民生实事进行重点督办的通知"
    assert [
        (
            t.code,
            t.serial_no,
            t.text,
            t.deadline_text,
            f"{t.lead_unit} + {'、'.join(t.cooperating_units)}".rstrip(" +"),
        )
        for t in register.tasks
    ] == DAZHU
    assert {t.deadline_text: t.deadline for t in register.tasks if t.code in ("T001", "T002")} == {
        "12月底前": dt.date(2016, 12, 31),
        "9月投入使用": dt.date(2016, 9, 30),
    }
    assert codes(register, "error") == {}
    assert codes(register, "warning") == {
        "N123": 1,  # that the first-listed unit leads is an assumption
        "N142": 1,  # 第 4 项 has a day for its beginning only
    }


def test_keqiao_is_shown_with_its_end_missing(settings: Settings) -> None:
    register = read("08", 2023, settings)
    assert [(t.code, t.text, t.lead_unit) for t in register.tasks] == [
        ("T001", "新改扩建公办中小学校1所", "教体局"),
        ("T001-2", "新增学位810个", "教体局"),
        ("T002", "完成“县中崛起”一对一结对帮扶学校2所", "教体局"),
        ("T003", "符合条件的义务教育段随迁子女在家长常住地100%保障入学", "教体局"),
    ]
    assert [f.message for f in register.findings if f.severity == "error"] == [
        "第 11 行起的一行没有写完（“义务教育段随迁子女就”），没有读作任务。请核对通知是否复制完整。"
    ]
    assert codes(register, "warning") == {"N106": 3, "N123": 1, "N137": 1}


def test_zhonglou_without_cell_borders_is_refused(settings: Settings) -> None:
    with pytest.raises(NoticeError) as caught:
        read("09", 2021, settings)
    assert str(caught.value) == (
        "“09-zhonglou-2021.txt”第 3 行的表格边界已经丢失，各列文字连在一起"
        "（“序号项目名称主要内容区政府分管领导牵头单位配合单位”），无法可靠地分开，未读取。"
        "请提供原来的 Word、Excel 或网页文件，或在网页上重新复制整个表格，粘贴到 Excel 后保存。"
    )


CHUZHOU_ZONES = "滁州经开区管委会、中新苏滁高新区管委会、各县、市、区政府"
CHUZHOU = [
    (1, "地区生产总值增长8%以上。", f"市发展改革委 + 市经信局、市商务局、市交通局、市农业农村局、{CHUZHOU_ZONES}"),
    (2, "财政收入增长8%左右。", f"市财政局 + 市税务局、滁州海关、市人行、{CHUZHOU_ZONES}"),
    (3, "固定资产投资增长10%以上。", f"市发展改革委 + 市经信局、市住建局、市交通局、市水利局、{CHUZHOU_ZONES}"),
    (4, "社会消费品零售总额增长10.5%以上。", ""),
]


def test_chuzhou_is_shown_with_its_end_missing(settings: Settings) -> None:
    register = read("10", 2020, settings)
    assert register.title == "滁州市人民政府关于2020年市政府重点工作及责任分解的通知"
    assert [
        (t.serial_no, t.text, f"{t.lead_unit} + {'、'.join(t.cooperating_units)}".rstrip(" +"))
        for t in register.tasks
    ] == CHUZHOU
    assert [t.leaders for t in register.tasks] == [("金力",), ("金力",), ("金力",), ("姚志",)]
    assert {t.theme for t in register.tasks} == {"一、确保完成全年主要预期目标"}
    assert register.tasks[0].cooperating_units[-1] == "各县、市、区政府"  # one name, its 、 parts nothing
    assert [f.message for f in register.findings if f.severity == "error"] == [
        "第 4 项（第 36 行）的“牵头单位”是空的。请补写。",
        "正文写明共 190 项，实际读出 4 项。请核对通知是否复制完整。",
    ]
    assert codes(register, "question") == {"N127": 3, "N121": 1, "N134": 1}


def test_wuhan_broken_off_in_its_first_bracket_is_refused(settings: Settings) -> None:
    with pytest.raises(NoticeError) as caught:
        read("12", 2022, settings)
    assert caught.value.code == "E114"
    assert "责任单位没有写完" in str(caught.value)
    assert "各区人民政府〈含开发区、" in str(caught.value)


def test_huzhou_is_shown_with_its_end_missing(settings: Settings) -> None:
    register = read("13", 2020, settings)
    first, second = register.tasks
    assert register.title == "2020年政府工作报告重点工作责任分解"
    assert (first.theme, first.leaders, first.lead_unit) == ("", ("王纲",), "市经信局")
    assert first.cooperating_units == ("市财政局", "市发展改革委", "市人力社保局", "市金融办", "市税务局")
    assert first.text.startswith("坚定不移支持企业发展。")
    assert first.text.endswith("全力支持企业复产达产、健康发展。")
    assert (second.text, second.lead_unit) == ('开展项目“双进双产"', "")
    assert [f.message for f in register.findings if f.severity == "error"] == [
        "第 2 项（第 6 行）的“责任单位”是空的。请补写。"
    ]
    assert codes(register, "warning") == {}  # the lead rule is stated in the bracket behind the first list


# ---- what the broken-off notices go on with, in their own layouts ----------------------------------------------

WUHAN = """\
2022年市《政府工作报告》目标任务责任分解方案
一、经济社会发展主要预期目标
(一)地区生产总值增长7.5%。(牵头单位:市发改委;责任单位:各区人民政府〈含开发区、长江新区、风景区管委会,下同〉,市统计局)
(二)城镇新增就业22万人。(责任单位:市人社局)
二、加快创新发展
(一)新增高新技术企业1500家。(牵头单位:市科技局;责任单位:市经信局、各区人民政府)
注:无牵头单位的,责任单位即为牵头单位,下同。
"""


def test_brackets_with_labels_nested_brackets_and_numbers_that_begin_anew(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "武汉.txt"
    path.write_text(WUHAN, encoding="utf-8")
    register = read_notice(path, 2022, settings)
    assert [(t.serial_no, t.theme, t.text, t.lead_unit, t.cooperating_units) for t in register.tasks] == [
        (
            1,
            "一、经济社会发展主要预期目标",
            "地区生产总值增长7.5%。",
            "市发改委",
            ("各区人民政府〈含开发区、长江新区、风景区管委会,下同〉", "市统计局"),
        ),
        (2, "一、经济社会发展主要预期目标", "城镇新增就业22万人。", "市人社局", ()),
        (3, "二、加快创新发展", "新增高新技术企业1500家。", "市科技局", ("市经信局", "各区人民政府")),
    ]
    assert [f.message for f in register.findings if f.code == "N108"] == [
        "各部分的序号都从 1 开始（共 2 部分），已按全文顺序统一编为 1—3；各部分的第一项分别编为第 1、3 项。请核对。"
    ]


@pytest.mark.parametrize(
    ("bracket", "lead", "others"),
    [
        ("（市发改委牵头，市财政局、市教委配合）", "市发改委", ("市财政局", "市教委")),
        ("（由市发改委牵头负责，市财政局等有关部门按职责分工负责）", "市发改委", ("市财政局", "有关部门")),
        ("（责任单位：市教委、市财政局；完成时限：10月底前）", "市教委", ("市财政局",)),
        ("（牵头领导：王旭；牵头单位：市教委；配合单位：市财政局/市审计局）", "市教委", ("市财政局", "市审计局")),
        ("(市教委，市财政局分别负责)", "市教委", ("市财政局",)),
    ],
)
def test_ways_to_state_a_responsibility(
    tmp_path: Path, settings: Settings, bracket: str, lead: str, others: tuple[str, ...]
) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"关于2022年重点工作的通知\n1．做好一件事（含配套）。{bracket}\n", encoding="utf-8")
    (task,) = read_notice(path, 2022, settings).tasks
    assert (task.text, task.lead_unit, task.cooperating_units) == ("做好一件事（含配套）。", lead, others)


@pytest.mark.parametrize("bracket", ["（谁主管谁负责）", "（见附件）", "（2022年）", "（津政发〔2022〕1号）"])
def test_brackets_that_name_nobody(tmp_path: Path, settings: Settings, bracket: str) -> None:
    path = tmp_path / "x.txt"
    path.write_text(f"1．做好一件事。{bracket}\n", encoding="utf-8")
    with pytest.raises(NoticeError) as caught:
        read_notice(path, 2022, settings)
    assert caught.value.code == "E101"


def test_text_between_two_tasks_is_named(tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / "x.txt"
    path.write_text("1．做事。（市教委负责）\n还要办事。\n2．成事。（市教委负责）\n特此通知。\n", encoding="utf-8")
    register = read_notice(path, 2022, settings)
    assert [f.message for f in register.findings if f.code == "N107"] == [
        "第 2 行的文字“还要办事。”没有计入任务。如属于上面的任务，请与其文字接在一起。"
    ]
