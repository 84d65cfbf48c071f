"""The wording of a bulletin: the shipped template, and those that an office edits.

1. The language: places, conditions, lists, tables, headings that number themselves.
2. Mistakes: all are said, each with its line.
3. Facts in words: tasks cut at a pause, shares, spans of months.
4. 模板/通报.txt and 模板/通报.docx in the project, and the command line.
"""

from __future__ import annotations

import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import docx
import pytest

from tests.bulletin.conftest import DATE
from tests.office import MAY, Office
from tests.small import small_project
from tjxl.cli import main
from tjxl.documents.blocks import Block, Heading, Paragraph, Table, Title
from tjxl.errors import ProjectError, SpecError
from tjxl.periods import parse_period
from tjxl.resources import layout_file
from tjxl.settings import BulletinSettings
from tjxl.supervise.bulletin.content import chinese, content
from tjxl.supervise.bulletin.facts import BulletinFacts, Counts, Problem, Reporting, TaskLine, ThemeFacts, counts_of
from tjxl.supervise.bulletin.run import bulletin, write_template
from tjxl.supervise.bulletin.template import parsed
from tjxl.supervise.bulletin.words import Issue, brief, figures_in_words, share, vocabulary

ISSUE = Issue(6, DATE, BulletinSettings("", "市政府办公厅", "各区人民政府", 40, 2, 2))


def task(number: int, meaning: str = "behind", light: str | None = "红", **more: Any) -> TaskLine:
    values: dict[str, Any] = {
        "code": f"T{number:03d}", "serial_no": number, "theme": "一、推动发展", "task": f"办好第{number}件实事。",
        "lead_unit": "市甲局", "status": "滞后", "meaning": meaning, "percent": 0.35, "light": light,
        "light_reason": None, "problems": "手续未办完。", "next_steps": None, "expected": dt.date(2022, 9, 1),
        "deadline": dt.date(2022, 12, 31), "deadline_text": "年底前完成",
    }  # fmt: skip
    return TaskLine(**{**values, **more})


def facts(*tasks: TaskLine, period: str = "2022-06", previous: Counts | None = None, **more: Any) -> BulletinFacts:
    when = parse_period(period)
    values: dict[str, Any] = {
        "reporting": Reporting(("市甲局", "市乙局"), ("市甲局",), (), ("市乙局",), ()),
        "themes": (ThemeFacts("一、推动发展", counts_of(tasks)),),
        "overdue_milestones": (), "due_milestones": (), "problems": (), "verified": 0, "disagreements": (),
    }  # fmt: skip
    return BulletinFacts(when, parse_period("2022-07"), counts_of(tasks), previous, tasks=tasks, **{**values, **more})


def said(text: str, told: BulletinFacts | None = None) -> list[Block]:
    """What a template makes of facts; a title is put before it."""
    template = parsed("标题：通报\n" + text, "通报.txt", vocabulary())
    return content(told or facts(task(1), task(2, light="黄")), template, ISSUE)[1:]


def words(text: str, told: BulletinFacts | None = None) -> list[str]:
    return [b.text for b in said(text, told) if isinstance(b, Paragraph)]


# 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("共{任务总数}项，滞后{滞后数}项，占{滞后占比}。", ["共2项，滞后2项，占100%。"]),
        ("〔有滞后数：有{滞后数}项。〕〔无滞后数：没有。〕", ["有2项。"]),
        ("〔有已完成数：已完成{已完成数}项。〕", []),
        ("前〔无已完成数或未启动数：中〕后", ["前中后"]),
        ("前〔无已完成数或滞后数：中〕后", ["前后"]),
        ("〔有滞后数：甲〔有红灯数：乙〔无迟报单位：丙〕〕丁〕", ["甲乙丙丁"]),
        ("# 说明\n\n  未报：{未报单位}。  ", ["未报：市乙局。"]),
        ("【逐项 滞后任务】{编号}.{牵头单位}：{任务简称}（{完成进度}）", [
            "1.市甲局：办好第1件实事（35%）", "2.市甲局：办好第2件实事（35%）"]),
        ("【逐项 红灯任务】{序号}〔有亮灯依据：，{亮灯依据}〕〔有存在问题：，{存在问题}〕", ["1，手续未办完"]),
        ("〔有未启动任务：【逐项 滞后任务】{序号}〕", []),
        ("〔有滞后任务：【逐项 滞后任务】{序号}〕", ["1", "2"]),
        ("较上期{滞后较上期}〔有上期：，有上期〕", ["较上期"]),
    ],
)  # fmt: skip
def test_language(text: str, expected: list[str]) -> None:
    assert words(text) == expected


def test_compared_with_the_period_before() -> None:
    before = Counts(2, {**counts_of([]).by_meaning, "behind": 1}, {**counts_of([]).by_light, "黄": 1, "红": 3})
    now = facts(task(1), task(2, light="黄"), previous=before)
    text = "滞后{滞后较上期}，黄灯{黄灯较上期}，红灯{红灯较上期}，上期{上期}"
    assert words(text, now) == ["滞后增加1项，黄灯持平，红灯减少2项，上期2022年5月"]


def test_problems_open_longest_are_named() -> None:
    def problem(number: int, periods: int | None, text: str = "缺地。") -> Problem:
        return Problem(number, "办好实事。", "市乙局", text, periods)

    text = (
        "共{其他梗阻问题数}个\n【逐项 重点问题】{序号}：{存在问题}〔有持续期数：，{持续期数}期〕\n余{重点问题余数}个"
    )
    reason = Problem(1, "办好实事。", "市甲局", "手续未办完。", 9)  # said with task 1 already
    listed = (reason, problem(2, 1), problem(3, 2), problem(4, 5), problem(5, 3))
    assert words(text, facts(task(1), problems=listed)) == ["共4个", "4：缺地，5期", "5：缺地，3期", "余1个"]
    uncounted = (problem(2, None), problem(3, None))  # a master without 问题清单
    assert words(text, facts(task(1), problems=uncounted)) == ["共2个", "2：缺地", "3：缺地", "余0个"]


def test_headings_number_themselves() -> None:
    text = (
        "一、甲\n〔有已完成数：二、乙〕\n（一）丙\n〔有已完成数：（二）丁〕\n（三）戊。文字。\n三、己\n（一）庚\n1.辛"
    )
    text += "\n9.壬"
    assert [(b.level, b.text, b.rest) for b in said(text) if isinstance(b, Heading)] == [
        (0, "一、甲", ""), (1, "（一）丙", ""), (1, "（二）戊。", "文字。"), (0, "二、己", ""), (1, "（一）庚", ""),
        (2, "1.辛", ""), (2, "2.壬", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("number", "text"), [(1, "一"), (9, "九"), (10, "十"), (11, "十一"), (20, "二十"), (21, "二十一"), (99, "九十九")]
)
def test_chinese_numbers(number: int, text: str) -> None:
    assert chinese(number) == text


def test_table_of_the_columns_named() -> None:
    (table,) = said("【表 滞后任务：序号、任务简称，亮灯】滞后任务表")
    assert isinstance(table, Table)
    assert (table.caption, [c.title for c in table.columns], table.rows) == (
        "滞后任务表", ["序号", "任务简称", "亮灯"], (("1", "办好第1件实事", "红"), ("2", "办好第2件实事", "黄"))
    )  # fmt: skip
    assert said("【表 已完成任务：序号】没有") == []


def test_title_may_break() -> None:
    template = parsed("标题：关于{时段}重点工作｜落实情况的通报", "通报.txt", vocabulary())
    assert content(facts(task(1)), template, ISSUE) == [Title(("关于2022年1—6月重点工作", "落实情况的通报"))]


def test_braces_in_a_report_are_text() -> None:
    told = facts(task(1, problems="缺{任务总数}〔有滞后数：件〕"))
    assert words("【逐项 滞后任务】{存在问题}", told) == ["缺{任务总数}〔有滞后数：件〕"]


def test_shipped_template_is_sound() -> None:
    text = layout_file("bulletin.txt").read_text(encoding="utf-8")
    template = parsed(text, "bulletin.txt", vocabulary())
    assert [line.kind for line in template].count("annex") == 1
    # what its head says of names is true
    known = vocabulary()
    head = "".join(line for line in text.splitlines() if line.startswith("#"))
    for name in known.lists:
        assert name in head
    for name in {field for fields in known.lists.values() for field in fields}:
        assert name in head


# 2


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("共{任务数量}项", "第2行中没有“任务数量”这个数据，可用的有：任务总数"),
        ("共{啊呀}项", "第2行中没有“啊呀”这个数据。"),
        ("〔有滞后量：甲〕", "第2行中没有“滞后量”这个数据"),
        ("〔有滞后数或黄牌：甲〕", "第2行中没有“黄牌”这个数据"),
        ("【逐项 滞后】{序号}", "第2行中没有“滞后”这个清单或图表"),
        ("【逐项 滞后任务】{原因}", "第2行中没有“原因”这个数据，可用的有：编号、序号"),
        ("〔有亮灯依据：【逐项 滞后任务】{序号}〕", "第2行中没有“亮灯依据”这个数据"),
        ("【图 饼图】图", "第2行中没有“饼图”这个清单或图表，可用的有：进展状态、分类进展、分类亮灯"),
        ("【表 滞后任务：序号、原因】表", "第2行中没有“原因”这个数据"),
        ("【表 滞后任务】表", "第2行的表没有列出栏目"),
        ("【列表 滞后任务】甲", "第2行开头的【】应为"),
        ("共{任务总数项", "第2行的花括号没有成对"),
        ("共任务总数}项", "第2行的花括号没有成对"),
        ("〔有滞后数：甲", "第2行的条件括号〔〕没有成对"),
        ("甲〕", "第2行的条件括号〔〕没有成对"),
        ("〔滞后数：甲〕", "第2行的条件“〔滞后数：甲〕”没有写明"),
    ],
)
def test_mistakes(text: str, sentence: str) -> None:
    with pytest.raises(SpecError) as caught:
        said(text)
    assert caught.value.code == "W101"
    assert str(caught.value).startswith("通报模板“通报.txt”有误，未生成通报：" + sentence)


def test_all_mistakes_are_said_together() -> None:
    with pytest.raises(SpecError) as caught:
        said("共{甲}项\n好\n〔有滞后数：乙\n占{丙}")
    mistakes = str(caught.value).split("。")[0].split("：", 1)[1].split("；")
    assert [m[:3] for m in mistakes] == ["第2行", "第4行", "第5行"]


def test_a_template_has_a_title() -> None:
    with pytest.raises(SpecError, match="第1行起没有“标题：”一行"):
        parsed("一、甲", "通报.txt", vocabulary())


# 3


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("办好第一件实事。", 40, "办好第一件实事"),
        ("打造“轨道上的京津冀”，建成京唐高铁，推进前期工作。", 20, "打造‘轨道上的京津冀’，建成京唐高铁"),
        ("打造“轨道上的京津冀”，建成京唐高铁。", 4, "打造‘轨道上的京津冀’"),
        ("推进“甲，乙，丙”工程建设，完成丁。", 8, "推进‘甲，乙，丙’工程建设"),
        ("很长很长的一项没有停顿的重点工作", 5, "很长很长的一项没有停顿的重点工作"),
    ],
)
def test_brief(text: str, most: int, expected: str) -> None:
    assert brief(text, most) == expected


@pytest.mark.parametrize(
    ("part", "whole", "text"), [(1, 3, "33.3%"), (1, 2, "50%"), (0, 5, "0%"), (0, 0, "0%"), (5, 5, "100%")]
)
def test_share(part: int, whole: int, text: str) -> None:
    assert share(part, whole) == text


@pytest.mark.parametrize(
    ("period", "text"),
    [("2022-01", "2022年1月"), ("2022-06", "2022年1—6月"), ("2022-Q2", "2022年1—6月"), ("2022-12", "2022年")],
)
def test_span(period: str, text: str) -> None:
    assert figures_in_words(facts(task(1), period=period), ISSUE)["时段"] == text


# 4


@pytest.fixture
def small(tmp_path: Path) -> Office:
    return small_project(tmp_path / "项目", MAY)


def own_template(office: Office, text: str, encoding: str = "utf-8") -> None:
    path = office.project.root / "模板" / "通报.txt"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(text.encode(encoding))


def texts(result: dict[str, Any]) -> list[str]:
    return [p.text for p in docx.Document(result["file"]).paragraphs if p.text]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_own_template_as_notepad_saves_it(small: Office, encoding: str) -> None:
    own_template(small, "标题：督查专报\r\n共{任务总数}项。\r\n署名：{发文单位}\r\n", encoding)
    assert texts(bulletin(small.project, date=DATE)) == ["督查专报", "共3项。", "市政府办公厅", "2022年7月5日"]


def test_a_broken_template_writes_nothing(small: Office) -> None:
    own_template(small, "标题：督查专报\n共{任务数量}项。")
    master = small.master
    with pytest.raises(SpecError, match="第2行中没有“任务数量”"):
        bulletin(small.project, date=DATE)
    assert small.master == master
    assert not (small.project.root / "通报").exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00"])
def test_an_empty_template_is_said(small: Office, content: bytes) -> None:
    own_template(small, "")
    (small.project.root / "模板" / "通报.txt").write_bytes(content)
    with pytest.raises(SpecError, match=r"通报模板“通报\.txt”是空文件或不是文本文件，未生成通报。.*--write-template"):
        bulletin(small.project, date=DATE)


def test_write_template(small: Office) -> None:
    first = write_template(small.project)
    path = Path(first["template"])
    assert first["written"]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf#")
    shipped = texts(bulletin(small.project, date=DATE))
    path.write_bytes(path.read_bytes().replace("严肃报送纪律".encode(), "按时报送".encode()))
    again = write_template(small.project)
    assert (again["written"], [f["code"] for f in again["findings"]]) == (False, ["W116"])
    changed = texts(bulletin(small.project, date=DATE))
    assert [line.replace("按时报送。", "严肃报送纪律。") for line in changed] == shipped != changed


def test_own_document(small: Office) -> None:
    base = docx.Document()
    for text in ("某市督查通报", "第{{期号}}期　{{成文日期}}", "{{正文}}", "抄送：市委办公厅。"):
        base.add_paragraph(text)
    folder = small.project.root / "模板"
    folder.mkdir()
    base.save(str(folder / "通报.docx"))
    lines = texts(bulletin(small.project, number=9, date=DATE))
    assert lines[:3] == ["某市督查通报", "第9期　2022年7月5日", "关于2022年1—5月市政府重点工作\n落实情况的通报"]
    assert lines[-1] == "抄送：市委办公厅。"
    out = io.BytesIO()
    docx.Document().save(out)
    (folder / "通报.docx").write_bytes(out.getvalue())
    assert [f["code"] for f in bulletin(small.project, date=DATE)["findings"]] == ["W115"]
    (folder / "通报.docx").write_bytes(b"no document")
    with pytest.raises(ProjectError, match=r"“通报\.docx”不是 Word 文档"):
        bulletin(small.project, date=DATE)


def test_settings(small: Office) -> None:
    path = small.project.settings_file
    text = path.read_text(encoding="utf-8").replace('masthead = ""', 'masthead = "某市政务督查"')
    path.write_text(text.replace('title_font = "方正小标宋简体"', 'title_font = "宋体"'), encoding="utf-8")
    result = bulletin(small.project, number=3, date=DATE)
    assert texts(result)[:3] == ["某市政务督查", "第3期", "市政府办公厅\t2022年7月5日"]
    assert docx.Document(result["file"]).styles["公文标题"].font.bold
    path.write_text(text.replace("task_words = 40", "task_words = 0"), encoding="utf-8")
    with pytest.raises(SpecError, match=r"bulletin\.task_words"):
        bulletin(small.project, date=DATE)


def test_command_line(small: Office, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def tjxl(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["tjxl", "bulletin", str(small.project.root), *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
        shown = capsys.readouterr()
        return int(ended.value.code or 0), shown.out, shown.err

    status, out, err = tjxl("--json", "--period", MAY, "--number", "5", "--date", "2022-06-06")
    result = json.loads(out)
    assert (status, err, result["number"], result["counts"]["tasks"]) == (0, "", 5, 3)
    assert texts(result)[-3] == "2022年6月6日"
    status, out, _ = tjxl()
    assert status == 0
    assert out.startswith("2022年5月通报（第5期）已生成：")
    status, out, err = tjxl("--date", "昨天")
    assert (status, out, err) == (2, "", "“昨天”不是日期。请写成 2022-07-05 的样子。\n")
    assert tjxl("--write-template")[0] == 0
    assert tjxl("--write-template")[0] == 1
    own_template(small, "标题：{甲}")
    status, out, err = tjxl("--json")
    assert (status, out, err.count("\n")) == (2, "", 1)
