"""From text to a table of cells: the tab-marked layout, plain tables, and what is found at their edges.

1. A tab begins a cell, a blank line before a tab begins a row; blank lines inside a cell do not end it.
2. The header is found by its titles, in any order, with aliases.
3. Nothing in or below the table vanishes unsaid.
"""

# ruff: noqa: E501 (printed lines and messages stand whole)

from __future__ import annotations

import pytest

from tests.notice.conftest import HEAD, NOTE, Read, row
from tjxl.errors import NoticeError
from tjxl.notice.columns import Titles
from tjxl.notice.layouts.delimited import read_delimited
from tjxl.notice.layouts.tabbed import read_tabbed
from tjxl.notice.table import Row

HEADER = ("序号", "主要任务", "重点工作", "完成时限", "分管领导", "责任单位")


def test_cells_and_rows_know_their_lines() -> None:
    document = read_tabbed(HEAD + row(1, "市教委\n\n市人社局\n市国资委") + row(2, "市水务局") + NOTE, Titles())
    assert document is not None
    assert document.before == ("天津市人民政府关于做好2022年市政府重点工作的通知",)
    assert document.header == Row(3, HEADER)
    assert document.rows == (
        Row(10, ("1", "一、稳增长", "做好一件事。", "年底前完成", "王卫东", "市教委\n市人社局\n市国资委")),
        Row(20, ("2", "一、稳增长", "做好一件事。", "年底前完成", "王卫东", "市水务局")),
    )
    assert document.after == ("注：每项工作责任单位列第一位的为牵头单位，其他为配合单位。",)
    assert document.stray == ()


def test_a_row_on_one_line_with_leading_tab() -> None:
    document = read_tabbed("\t序号\t重点工作\t责任单位\n\n\t1\t做事\t市教委\n\n\t2\t办事\t\n", Titles())
    assert document is not None
    assert document.rows == (Row(3, ("1", "做事", "市教委")), Row(5, ("2", "办事", "")))


def test_lost_blank_lines_between_rows() -> None:
    """Each piece of the header's width begins with a number: they are rows all the same."""
    lines = "\t序号\n\t重点工作\n\t责任单位\n\t1\n\t做事\n\t市教委\n市水务局\n\t2\n\t办事\n\t市财政局\n"
    document = read_tabbed(lines, Titles())
    assert document is not None
    assert document.rows == (Row(4, ("1", "做事", "市教委\n市水务局")), Row(8, ("2", "办事", "市财政局")))


def test_a_header_repeated_at_a_page_break_is_no_row(read_rows: Read) -> None:
    header = "".join(f"\t{title}\n" for title in HEADER) + "\n"
    register = read_rows(row(1, "市教委"), header, row(2, "市水务局"))
    assert [t.serial_no for t in register.tasks] == [1, 2]
    assert register.findings == ()


def test_text_in_no_cell_is_reported(read_rows: Read) -> None:
    register = read_rows(row(1, "市教委"), "\n市水务局\n\n", row(2, "市水务局"), note=NOTE + "联系人：张三\n")
    assert [t.cooperating_units for t in register.tasks] == [(), ()]
    assert [(f.code, f.message) for f in register.findings] == [
        (
            "N107",
            "第 18 行的文字“市水务局”没有计入任务。如属于上面的任务，请与其文字接在一起。",
        )
    ]


@pytest.mark.parametrize("mark", ["\t", "|"])
def test_plain_table(read: Read, mark: str) -> None:
    """What a spreadsheet copies: a row a line; empty cells at a line's end may be missing."""
    lines = [
        ("编号", "任务", "牵头单位", "配合单位"),
        ("1", "做事", "市教委", "市水务局、市财政局"),
        ("2", "办事", "市教委"),
    ]
    register = read("关于2022年重点工作的通知\n" + "\n".join(mark.join(cells) for cells in lines))
    assert [(t.serial_no, t.text, t.lead_unit, t.cooperating_units) for t in register.tasks] == [
        (1, "做事", "市教委", ("市水务局", "市财政局")),
        (2, "办事", "市教委", ()),
    ]
    assert [f.code for f in register.findings] == ["N134"]  # no deadline column: year end is proposed


def test_markdown_style_pipes() -> None:
    document = read_delimited("| 序号 | 重点工作 | 责任单位 |\n| 1 | 做事 | 市教委 |\n注：无\n", Titles())
    assert document is not None
    assert (document.rows, document.after) == ((Row(2, ("1", "做事", "市教委")),), ("注：无",))


def test_titles_by_alias_whatever_their_order() -> None:
    columns = Titles().recognise(("责任部门", "工作 内容", "编号", "时限要求（月底前）", "备注"))
    assert columns is not None
    assert dict(columns.index) == {"units": 0, "task": 1, "serial_no": 2, "deadline": 3}
    assert columns.unread == (4,)


def test_the_earlier_alias_wins_and_a_lone_theme_column_holds_the_task() -> None:
    both = Titles().recognise(("序号", "工作任务", "重点工作", "责任单位"))
    lone = Titles().recognise(("序号", "主要任务", "责任单位"))
    assert both is not None
    assert lone is not None
    assert both.index["task"] == 2
    assert dict(lone.index) == {"serial_no": 0, "task": 1, "units": 2}


def test_an_unread_column_is_named(read: Read) -> None:
    register = read(
        "关于2022年重点工作的通知\n序号\t重点工作\t牵头单位\t完成时限\t备注\n1\t做事\t市教委\t年底前\t急\n"
    )
    assert [f.message for f in register.findings] == ["分解表的“备注”列没有读取。如需要，请在台账中另加列抄录。"]


@pytest.mark.parametrize(
    ("text", "code", "sentence"),
    [
        ("一份没有表格的通知。\n", "E101", "在“通知.txt”中没有找到任务分解表，也没有找到写明责任单位的任务条目。"),
        (HEAD, "E108", "“通知.txt”第 3 行起的任务分解表只有表头，没有任务。"),
        (
            "\t重点工作\n\t完成时限\n\n\t做事\n\t年底前\n",
            "E116",
            "“通知.txt”第 1 行起的任务分解表缺少“责任单位”列（现有：重点工作、完成时限）。",
        ),
        (
            "编号|事项内容|落实者\n1|做事|市教委\n",
            "E106",
            "“通知.txt”第 1 行起的表格有这些列：编号、事项内容、落实者。其中缺少“重点工作、责任单位”，没有认出“事项内容、落实者”。请用 --map 指明，例如 --map 重点工作=表中的列名；",
        ),
    ],
)
def test_no_usable_table(read: Read, text: str, code: str, sentence: str) -> None:
    with pytest.raises(NoticeError) as caught:
        read(text)
    assert caught.value.code == code
    assert str(caught.value).startswith(sentence)
