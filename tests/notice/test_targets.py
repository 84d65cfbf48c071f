"""Numbers in a task → targets (指标), by the patterns met in notices (quantities.tsv).

1. The table of patterns: what each says, comparator, value and unit; more or less is better.
2. Numbers that are names, attributes, policy or past promise nothing.
3. What may be a promise is proposed (「?」), not asserted.
4. Text and deadline text together; by when.
5. Any text gives an answer, in linear time.
"""

# ruff: noqa: E501 (printed lines stand whole)

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.notice.conftest import Read, row
from tests.notice.promised import say_target, targets_of, task_of
from tjxl.notice.promises.quantitative import read_promises
from tjxl.notice.promises.quantities import find_quantities
from tjxl.notice.promises.targets import read_targets
from tjxl.notice.promises.targets import say_target as said
from tjxl.settings import load_settings

SEASONS = load_settings().seasons


# ---- 1. the table of patterns ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "targets"),
    [
        # 增长N%以上, 左右, 增长N% (read as a floor)
        ("地区生产总值增长5%以上", ["地区生产总值增长 >= 5 % · growth · higher"]),
        ("一般公共预算收入增长3%左右", ["一般公共预算收入增长 ~ 3 % · growth · higher"]),
        ("固定资产投资增长5.5%左右", ["固定资产投资增长 ~ 5.5 % · growth · higher"]),
        ("社会消费品零售总额增长7%", ["社会消费品零售总额增长 >= 7 % · growth · higher"]),
        ("进口额增长5—7%", ["进口额增长 range 5 to 7 % · growth · higher"]),
        # N以上
        ("城镇新增就业35万人以上", ["城镇新增就业 >= 35 万人 · flow · higher"]),
        ("蔬菜播种面积达到75万亩以上", ["蔬菜播种面积 >= 75 万亩 · stock · higher"]),
        ("机场旅客吞吐量900万人以上", ["机场旅客吞吐量 >= 900 万人 · stock · higher"]),
        # N以内: less is better
        ("城镇调查失业率5.5%以内", ["城镇调查失业率 <= 5.5 % · share · lower"]),
        ("居民消费价格指数控制在103.5以内", ["居民消费价格指数 <= 103.5  · price · lower"]),
        ("城镇登记失业率控制在4.5%以内", ["城镇登记失业率 <= 4.5 % · share · lower"]),
        ("全市用水总量控制在27亿立方米以内", ["全市用水总量 <= 27 亿立方米 · stock · lower"]),
        ("PM2.5平均浓度降至38微克/立方米", ["PM2.5平均浓度 <= 38 微克/立方米 · stock · lower"]),
        # 涨幅: a price; more is worse
        ("居民消费价格涨幅3%左右", ["居民消费价格涨幅 ~ 3 % · price · lower"]),
        ("居民消费价格涨幅控制在3%以内", ["居民消费价格涨幅 <= 3 % · price · lower"]),
        ("居民消费价格涨幅3%", ["居民消费价格涨幅 <= 3 % · price · lower"]),
        # 降低N%: a change of at most -N is a fall of at least N, and is reported as one
        ("单位GDP能耗降低3.7%", ["单位GDP能耗降低 >= 3.7 % · growth · higher"]),
        ("生产安全事故起数下降5%以上", ["生产安全事故起数下降 >= 5 % · growth · higher"]),
        # N至M
        ("新增3至5家市级大学科技园", ["新增市级大学科技园 range 3 to 5 家 · flow · higher"]),
        ("新增8000至1万个停车位", ["新增停车位 range 0.8 to 1 万个 · flow · higher"]),
        # 达到N
        ("全市技术转移机构达到200家", ["全市技术转移机构 >= 200 家 · stock · higher"]),
        ("培育技术转移人才达到1000名", ["培育技术转移人才 >= 1000 名 · stock · higher"]),
        ("技术合同成交额达到1400亿元", ["技术合同成交额 >= 1400 亿元 · stock · higher"]),
        ("粮食播种面积达到542.8万亩", ["粮食播种面积 >= 542.8 万亩 · stock · higher"]),
        ("粮食总产量稳定在228.5万吨", ["粮食总产量 >= 228.5 万吨 · stock · higher"]),
        # 新增, 新建, 新引进, 新打造, 新创建
        ("全年新引进各类人才10万人", ["新引进各类人才 >= 10 万人 · flow · higher"]),
        ("新增20家单项冠军企业、260家专精特新企业和60家“小巨人”企业",
         ["新增单项冠军企业 >= 20 家 · flow · higher", "新增专精特新企业 >= 260 家 · flow · higher",
          "新增“小巨人”企业 >= 60 家 · flow · higher"]),
        ("新建高标准农田20万亩", ["新建高标准农田 >= 20 万亩 · flow · higher"]),
        ("新建5G基站1万个", ["新建5G基站 >= 1 万个 · flow · higher"]),
        ("新增机构和社区养老床位5000张、家庭养老床位1000张",
         ["新增机构和社区养老床位 >= 5000 张 · flow · higher", "新增家庭养老床位 >= 1000 张 · flow · higher"]),
        ("新增学位3.3万个", ["新增学位 >= 3.3 万个 · flow · higher"]),
        ("新增3.3万个学位和5000张床位", ["新增学位 >= 3.3 万个 · flow · higher", "新增床位 >= 5000 张 · flow · higher"]),
        # 突破N, 均
        ("推动GDP突破1万亿元", ["GDP > 1 万亿元 · stock · higher"]),
        ("国家高新技术企业和国家科技型中小企业均突破1万家",
         ["国家高新技术企业 > 1 万家 · stock · higher", "国家科技型中小企业 > 1 万家 · stock · higher"]),
        ("一般公共预算收入、固定资产投资均增长5%以上",
         ["一般公共预算收入增长 >= 5 % · growth · higher", "固定资产投资增长 >= 5 % · growth · higher"]),
        # 建成, 培育, 扶持, 改造, 完成
        ("建成150个农村人居环境整治示范村", ["建成农村人居环境整治示范村 >= 150 个 · flow · higher"]),
        ("培育100个乡村振兴示范村", ["培育乡村振兴示范村 >= 100 个 · flow · higher"]),
        ("扶持800个经济薄弱村", ["扶持经济薄弱村 >= 800 个 · flow · higher"]),
        ("推进供热旧管网和503公里燃气管网改造", ["燃气管网改造 >= 503 公里 · flow · higher"]),
        ("完成棚户区改造2836户", ["完成棚户区改造 >= 2836 户 · flow · higher"]),
        ("建成投用10所学校、新开工20所学校", ["建成投用学校 >= 10 所 · flow · higher", "新开工学校 >= 20 所 · flow · higher"]),
        # 力争
        ("力争减轻企业各类负担200亿元", ["减轻企业各类负担 >= 200 亿元 · flow · higher"]),
        # no figure of its own
        ("居民收入增长与经济增长基本同步", []),
        ("居民人均可支配收入稳定增长", []),
        ("节能减排完成国家下达目标", []),
        ("城乡居民收入增长不低于全市平均水平", []),
        # 全覆盖, 动态清零, 100%
        ("街道综合养老服务中心实现全覆盖", ["街道综合养老服务中心覆盖率 = 100 % · share · higher"]),
        ("零就业家庭动态清零", ["零就业家庭 = 0  · stock · lower"]),
        ("群众诉求办结率达到100%", ["群众诉求办结率 = 100 % · share · higher"]),
        # a printed > means 不低于
        ("空气质量优良率达>85.1%", ["空气质量优良率 >= 85.1 % · share · higher"]),
        # a total and its parts
        ("新建项目12个，其中幼儿园7个、小学4个、初中1个",
         ["新建项目 >= 12 个 · flow · higher", "新建项目（幼儿园） >= 7 个 · flow · higher",
          "新建项目（小学） >= 4 个 · flow · higher", "新建项目（初中） >= 1 个 · flow · higher"]),
        ("新建卫生厕所1300户，其中甲镇280户、乙乡1020户",
         ["新建卫生厕所 >= 1300 户 · flow · higher", "新建卫生厕所（甲镇） >= 280 户 · flow · higher",
          "新建卫生厕所（乙乡） >= 1020 户 · flow · higher"]),
        # units
        ("战略性新兴产业增加值占比提高2个百分点", ["战略性新兴产业增加值占比提高 >= 2 个百分点 · growth · higher"]),
        ("开展职业技能培训1.2万人次", ["职业技能培训 >= 1.2 万人次 · flow · higher"]),
        ("新增发明专利1,200件", ["新增发明专利 >= 1200 件 · flow · higher"]),
        ("新建５Ｇ基站１万个", ["新建５Ｇ基站 >= 1 万个 · flow · higher"]),
        ("每万人发明专利拥有量达到20件", ["每万人发明专利拥有量 >= 20 件 · stock · higher"]),
        ("引进500强企业5家", ["引进500强企业 >= 5 家 · flow · higher"]),
        ("培育10亿元以上企业5家", ["培育10亿元以上企业 >= 5 家 · flow · higher"]),
        ("打造100个和美乡村", ["打造和美乡村 >= 100 个 · flow · higher"]),
    ],
)  # fmt: skip
def test_every_pattern_of_the_table(text: str, targets: list[str]) -> None:
    assert targets_of(text, SEASONS) == targets


@pytest.mark.parametrize(
    ("text", "unstated"),
    [
        ("居民人均可支配收入稳定增长。", ("稳定增长",)),
        ("居民收入增长与经济增长基本同步。", ("基本同步",)),
        ("节能减排减污降碳完成国家下达目标。", ("国家下达目标",)),
        ("城乡居民收入增长不低于全市平均水平。", ("不低于全市平均水平",)),
        ("地区生产总值增长5%以上。", ()),
    ],
)
def test_what_refers_to_a_figure_not_given_is_noted(text: str, unstated: tuple[str, ...]) -> None:
    assert read_targets(task_of(text, "年底前完成", SEASONS), 2022, SEASONS).unstated == unstated


# ---- 2. no promises --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        # names
        "努力创造“从0到1”的原创成果", "深入实施数字经济“1+3”行动", "建立碳达峰“1+N”政策体系", "实施攻坚战“1+3+8”行动计划",
        "推进湿地自然保护区“1+4”规划实施", "深化“1+X”证书制度", "深入推进信创、生物医药等12条重点产业链提质增效",
        "推进12条重点产业链建设", "精心组织实施20项民心工程", "深化“民营经济19条”、“支持民营企业改革发展26条”等政策落实",
        "推动地铁4号线北段、7、8、10、11号线一期建设", "加快B1、Z2、Z4线建设", "推进空客A321项目建设", "推进国家5A级旅游景区创建",
        "推进5G网络建设", "推进“两化”搬迁二期产业链项目", "办好第十三届中国艺术节", "把握RCEP重要机遇",
        "推动呼吸、心血管等8个专业国家区域医疗中心建设", "深入实施三年行动", "办好第15届运动会", "办好12345热线",
        "西南路、西沽、咸阳路、密云路4处积水片区治理", "落实《关于支持创新的20条措施》", "打造15分钟便民生活圈", "打造500米服务圈",
        "推动500千伏变电站建设", "完成第1个项目", "进入全国前10名", "“十四五”规划102项重大工程",
        # attributes
        "推进总投资50亿元的项目开工", "推动100人以上企业建立工会", "支持年收入10亿元以上的企业上市",
        # times
        "在6个月内完成", "2个工作日办结", "组织3—12个月的就业见习",
        # each, past, policy, slogans
        "每个区建设1个中心", "目前高新技术企业达到5000家", "2021年完成投资100亿元", "可申请最高不超过15万元的创业担保贷款",
        "坚持动态清零总方针", "到2020年，高新技术企业达到5000家",
        # nothing to count, or nothing that is counted
        "达到100家", "新增5家", "X镇280 Y乡15", "30至20家企业", "控制在103.5以内",
    ],
)  # fmt: skip
def test_numbers_that_promise_nothing(text: str) -> None:
    assert targets_of(text, SEASONS) == []


# ---- 3. proposals ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "proposed"),
    [
        ("持续推动49个跨学科特色学科群建设", ["? 跨学科特色学科群建设 >= 49 个 · flow · higher"]),
        ("实施100个重大技改项目", ["? 重大技改项目 >= 100 个 · flow · higher"]),
        ("为23000名老年人提供居家上门服务", ["? 为老年人提供居家上门服务 >= 23000 名 · flow · higher"]),
        ("培育规上企业约100家", ["? 培育规上企业 ~ 100 家 · flow · higher"]),
        ("打造1000亿元产业集群", ["? 打造产业集群 >= 1000 亿元 · flow · higher"]),
        ("推进5G网络全覆盖", ["? 5G网络覆盖率 = 100 % · share · higher"]),
        ("到2025年，高新技术企业达到5000家", ["? 高新技术企业 >= 5000 家 · stock · higher · 2025-12-31"]),
        ("甲产业和乙产业产值均增长5%", ["? 甲产业增长 >= 5 % · growth · higher", "? 乙产业产值增长 >= 5 % · growth · higher"]),
        ("甲企业、乙企业分别达到10家、20家", ["? 甲企业 >= 10 家 · stock · higher", "? 乙企业 >= 20 家 · stock · higher"]),
        ("建成1个国家级、5个省级创新平台",
         ["? 建成国家级 >= 1 个 · flow · higher", "建成省级创新平台 >= 5 个 · flow · higher"]),
        ("完成改革任务20项", ["? 完成改革任务 >= 20 项 · flow · higher"]),
        ("新建学校5所（其中新建小学3所）", ["新建学校 >= 5 所 · flow · higher", "? 新建小学 >= 3 所 · flow · higher"]),
        ("新建项目12个，其中幼儿园7个、小学4个",
         ["新建项目 >= 12 个 · flow · higher", "? 新建项目（幼儿园） >= 7 个 · flow · higher", "? 新建项目（小学） >= 4 个 · flow · higher"]),
    ],
)  # fmt: skip
def test_what_is_uncertain_is_proposed(text: str, proposed: list[str]) -> None:
    assert targets_of(text, SEASONS) == proposed


def test_an_amount_of_work_is_sure_only_where_the_task_is_to_be_completed() -> None:
    text = "推进503公里燃气管网改造"
    assert targets_of(text, SEASONS, "年底前完成") == ["燃气管网改造 >= 503 公里 · flow · higher"]
    assert targets_of(text, SEASONS, "年底前取得明显进展") == ["? 燃气管网改造 >= 503 公里 · flow · higher"]


# ---- 4. text and deadline --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "deadline", "targets"),
    [
        ("新建农田20万亩。", "年底前取得明显进展。其中新建农田20万亩，年底前完成", ["新建农田 >= 20 万亩 · flow · higher"]),
        ("新建农田20万亩。", "年底前取得明显进展。其中新建农田20万亩，10月底前完成",
         ["新建农田 >= 20 万亩 · flow · higher · 2022-10-31"]),
        ("新建农田20万亩。", "年底前完成。其中6月底前新建农田12万亩",
         ["新建农田 >= 20 万亩 · flow · higher", "新建农田 >= 12 万亩 · flow · higher · 2022-06-30"]),
        ("新建农田20万亩，建成示范村5个。", "10月底前完成",
         ["新建农田 >= 20 万亩 · flow · higher · 2022-10-31", "建成示范村 >= 5 个 · flow · higher · 2022-10-31"]),
        ("6月底前新建5G基站5000个，年底前新建10000个。", "年底前完成",
         ["新建5G基站 >= 5000 个 · flow · higher · 2022-06-30", "新建5G基站 >= 10000 个 · flow · higher"]),
        ("新建农田20万亩。新建农田20万亩。", "年底前完成", ["新建农田 >= 20 万亩 · flow · higher"]),
    ],
)  # fmt: skip
def test_one_promise_said_twice_is_one_target(text: str, deadline: str, targets: list[str]) -> None:
    assert targets_of(text, SEASONS, deadline) == targets


@pytest.mark.parametrize(
    ("text", "phrase"),
    [
        ("城镇新增就业35万人以上", "城镇新增就业不低于35万人"),
        ("新增3至5家市级大学科技园", "新增市级大学科技园3至5家"),
        ("城镇调查失业率5.5%以内", "城镇调查失业率不超过5.5%"),
        ("居民消费价格涨幅3%左右", "居民消费价格涨幅3%左右"),
        ("规上企业突破1万家", "规上企业超过1万家"),
    ],
)
def test_a_target_as_a_phrase(text: str, phrase: str) -> None:
    (target,) = read_targets(task_of(text, "年底前完成", SEASONS), 2022, SEASONS).targets
    assert said(target) == phrase


# ---- 5. any text -----------------------------------------------------------------------------------------------

WORDS = [
    "新增",
    "新建",
    "达到",
    "突破",
    "推进",
    "改造",
    "建成",
    "以上",
    "以内",
    "左右",
    "增长",
    "均",
    "分别",
    "其中",
    "企业",
    "学位",
    "其",
    "、",
    "和",
    "，",
    "。",
    "；",
    "（",
    "）",
    "“",
    "”",
    "个",
    "家",
    "%",
    "万",
    "亿",
    "至",
    "1",
    "23",
    "5.5",
    "年底前",
    "全覆盖",
    "动态清零",
    "的",
    "等",
]


@given(st.lists(st.sampled_from(WORDS), max_size=30).map("".join) | st.text(max_size=100))
def test_any_text_gives_targets_that_hold_together(text: str) -> None:
    found = read_targets(task_of(text, "年底前完成", SEASONS), 2022, SEASONS)
    codes = [t.code for t in (*found.targets, *found.proposed)]
    assert len(set(codes)) == len(codes)
    for target in (*found.targets, *found.proposed):
        assert target.subject
        assert (target.upper is not None) == (target.comparator == "range")
        assert target.upper is None or target.upper > target.value >= 0
        assert say_target(target)


@given(st.integers(1, 10**9), st.sampled_from(["家", "万人", "公里", "%"]))
def test_the_value_is_the_printed_number(value: int, unit: str) -> None:
    (found,) = read_promises(f"规上企业达到{value}{unit}以上", 2022, "complete", SEASONS)
    assert (found.value, found.unit) == (value, unit)


@pytest.mark.parametrize(
    "unit",
    ["1", "1,", "新增5家企业、", "新增5家", "1至", "1.5万亿", "“1", "(1个", "(", "年底前5个", "其中7个、", "全面", "均", "、", "5个的",
     "分别5家、", "新建1个A，", "A和B均突破1万家，", "达到5家；", "2022年", ")(5个"],
)  # fmt: skip
def test_hostile_text_is_linear(unit: str) -> None:
    text = unit * (200_000 // len(unit))
    started = time.process_time()
    read_promises(text, 2022, "complete", SEASONS)
    list(find_quantities(text))
    assert time.process_time() - started < 10


def test_a_text_that_is_no_tasks_is_not_read_and_said_so(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委", task="新增学位810个、" * 700))
    assert register.targets == ()
    assert [f.message for f in register.findings] == [
        "第 1 项的文字超过 5000 字，没有从中提取指标。请核对通知的版式。"
    ]
