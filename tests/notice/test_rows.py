"""A half-read table is never presented as whole: each gap, repeat and broken row is named.

Also what the text around the table says: title, year, number of tasks; and themes.
"""

# ruff: noqa: E501 (printed lines and messages stand whole)

from __future__ import annotations

import pytest

from tests.notice.conftest import HEAD, NOTE, Read, row
from tjxl.notice.serials import serial_number
from tjxl.notice.surroundings import find_title, issuing_authority, stated_counts, states_lead_rule
from tjxl.notice.words import gaps, joined_lines, say_ranges
from tjxl.register import Register


def said(register: Register) -> list[tuple[str, str, str]]:
    return [(f.code, f.severity, f.message) for f in register.findings]


def test_a_sound_table_gives_no_finding(read_rows: Read) -> None:
    assert said(read_rows(row(1, "市教委"), row("２.", "市水务局"))) == []


def test_missing_numbers(read_rows: Read) -> None:
    register = read_rows(*(row(n, "市教委") for n in (2, 3, 7, 9)))
    assert said(register) == [("N114", "error", "序号不连续，缺第 1、4—6、8 项，共缺 5 项。请核对通知是否复制完整。")]


def test_a_huge_gap_costs_nothing(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委"), row(999_999, "市教委"))
    assert said(register)[0][2].startswith("序号不连续，缺第 2—999998 项，共缺 999997 项。")


def test_repeated_numbers(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委", task="甲"), row(1, "市水务局", task="乙"))
    assert [t.text for t in register.tasks] == ["甲"]
    assert said(register) == [("N113", "error", "序号重复：1（第 10、17 行），只读了第一处。请改正序号。")]


def test_numbers_out_of_order(read_rows: Read) -> None:
    register = read_rows(row(2, "市教委"), row(1, "市教委"))
    assert said(register) == [("N116", "warning", "序号没有按顺序排列：第 17 行的 1 排在 2 之后。请核对。")]


def test_a_row_with_missing_cells(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委"), "\t2\n\t做事\n\t市教委\n\n", row(3, "市教委"))
    assert [t.serial_no for t in register.tasks] == [1, 3]
    assert said(register) == [
        (
            "N110",
            "error",
            "第 17 行起的一行（首格“2”）有 3 个单元格，应有 6 个，没有读作任务。"
            "请补齐或删去多余的单元格；空单元格也要保留位置。",
        )
    ]


def test_a_cell_longer_than_excel_takes(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委"), row(2, "市教委", task="长" * 32_768))
    assert [(f.code, f.severity) for f in register.findings] == [("N119", "error")]
    assert len(register.tasks) == 1


def test_a_row_without_a_number(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委"), row("", "市教委"))
    assert [f.code for f in register.findings] == ["N112"]
    assert "第 17 行" in register.findings[0].message


def test_empty_cells(read_rows: Read) -> None:
    register = read_rows(row(1, "", task="", deadline="", leader=""))
    assert [(f.code, f.severity, f.field, f.task) for f in register.findings] == [
        ("N111", "error", "text", "T001"),
        ("N111", "error", "lead_unit", "T001"),
        ("N118", "warning", "leaders", "T001"),
        ("N135", "question", "deadline", "T001"),
    ]
    assert register.findings[1].message == "第 1 项（第 10 行）的“责任单位”是空的。请补写。"


def test_no_row_can_be_read(read_rows: Read) -> None:
    register = read_rows(row("甲", "市教委"))
    assert register.tasks == ()
    assert [f.code for f in register.findings] == ["N112", "N117"]


def test_the_number_that_the_text_states(read_rows: Read) -> None:
    head = HEAD.replace("\n\n\t序号", "\n现将工作任务分解为3项，印发给你们。\n\n\t序号", 1)
    register = read_rows(row(1, "市教委"), row(2, "市教委"), head=head)
    assert said(register) == [("N115", "error", "正文写明共 3 项，实际读出 2 项。请核对通知是否复制完整。")]
    assert said(read_rows(*(row(n, "市教委") for n in (1, 2, 3)), head=head)) == []


def test_stated_counts() -> None:
    assert stated_counts(["确定了10个方面190项重点工作，共190项。", "分解为１３８项"]) == (138, 190)
    assert stated_counts(["20项民心工程", "第180次常务会议", "共1234567项"]) == ()


def test_an_unclear_deadline_is_quoted(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委", deadline="适时"), row(2, "市教委", deadline="到2025年"))
    assert said(register) == [
        ("N130", "question", "第 1 项的完成时限“适时”无法确定到日期。请确定完成日期。"),
        ("N131", "question", "第 2 项的完成时限“到2025年”（2025-12-31）不在 2022 年内。请确定本年度的要求。"),
    ]


def test_a_custom_and_a_rhythm_are_asked_about(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委", deadline="汛期前完成"), row(2, "市教委", deadline="每月25日前"))
    assert said(register) == [
        ("N132", "question", "第 1 项的完成时限“汛期前完成”按惯例定为 2022-06-15。请确认。"),
        ("N133", "question", "第 2 项的“每月25日前”是定期要求，不是完成时限。请确定完成日期。"),
    ]


def test_a_notice_without_title(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委"), head=HEAD.partition("\n")[2])
    assert register.title == ""
    assert said(register) == [("N102", "warning", "没有认出通知标题。请在台账的说明中补写。")]


def test_a_title_of_another_year(read: Read) -> None:
    register = read(HEAD + row(1, "市教委") + NOTE, 2023)
    assert [f.message for f in register.findings] == [
        "通知标题写的是2022年，与指定的年度 2023 年不同。请核对年度或通知。"
    ]


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["天津市人民政府关于切实", "做好2022年重点工作的通知", "各区："], "天津市人民政府关于切实做好2022年重点工作的通知"),
        (["天津市人民政府文件", "津政发〔2022〕1号", "天津市人民政府", "关于做好工作的通知"], "天津市人民政府关于做好工作的通知"),
        (["来源：办公室", "2022年市政府重点工作责任分解表"], "2022年市政府重点工作责任分解表"),
        (["各区人民政府：", "现将关于工作的事项通知如下。"], ""),
        ([], ""),
    ],
)  # fmt: skip
def test_title(lines: list[str], title: str) -> None:
    assert find_title(lines) == title


def test_issuing_authority() -> None:
    assert issuing_authority("天津市人民政府办公厅关于工作的通知") == "天津市"
    assert issuing_authority("天津市滨海新区人民政府关于工作的通知") == "天津市滨海新区"
    assert issuing_authority("2022年重点工作责任分解表") == ""


@pytest.mark.parametrize(
    ("note", "stated"),
    [
        ("注：每项工作责任单位列第一位的为牵头单位，其他为配合单位。", True),
        ("责任单位中排在首位的是主办单位", True),
        ("牵头单位要负责工作的整体推进。首位重要。", False),
    ],
)
def test_lead_rule(note: str, stated: bool) -> None:
    assert states_lead_rule([note]) is stated


def test_themes_continue_and_repeat(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委"), row(2, "市教委", theme=""), row(3, "市教委", theme="一、稳 增长"))
    assert [t.theme for t in register.tasks] == ["一、稳增长"] * 3
    assert said(register) == []


def test_one_ordinal_on_two_themes(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委"), row(2, "市教委", theme="一、改善民生，办好教育"))
    assert [t.theme for t in register.tasks] == ["一、稳增长", "一、改善民生，办好教育"]
    assert [f.code for f in register.findings] == ["N104"]


def test_no_theme_to_continue(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委", theme=""), row(2, "市教委"))
    assert [t.theme for t in register.tasks] == ["", "一、稳增长"]
    assert said(register)[0][2].startswith("第 1 项没有主要任务")


def test_words() -> None:
    assert gaps([2, 3, 6]) == [(1, 1), (4, 5)]
    assert gaps([]) == []
    assert say_ranges([(1, 1), (4, 5)]) == "1、4—5"
    assert joined_lines("一行折\n成两行。\n\n另一段") == "一行折成两行。\n另一段"
    assert [serial_number(s) for s in ("１０", "10.", " 7、", "0", "-1", "一", "", "1" * 7)] == [
        10,
        10,
        7,
        *[None] * 5,
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "牵头单位：市教委\n配合单位：市财政局、市水务局",
        "牵头：市教委；配合：市财政局，市水务局",
        "牵头责任单位:市教委\n协同责任单位:市财政局\n市水务局",
        "市财政局、市教委（牵头）、市水务局",
        "市财政局\n市教委(牵头单位)\n市水务局(配合)",
    ],
)
def test_a_cell_that_says_who_leads(read_rows: Read, cell: str) -> None:
    register = read_rows(row(1, cell), note="")
    (task,) = register.tasks
    assert (task.lead_unit, task.cooperating_units) == ("市教委", ("市财政局", "市水务局"))
    assert said(register) == []  # nothing is assumed


def test_a_bracket_that_is_no_role_belongs_to_the_name(read_rows: Read) -> None:
    (task,) = read_rows(row(1, "市外办（市港澳办）\n高新园（邹区镇）")).tasks
    assert (task.lead_unit, task.cooperating_units) == ("市外办（市港澳办）", ("高新园（邹区镇）",))
