"""What `tjxl remind` writes: notices, texts, e-mail drafts, in words that the office may change.

1. The notice is an official document: page, styles, numbered matters, signature, a table of the tasks.
2. The short text fits a message: of many tasks the first, the rest counted.
3. Words come from 模板/催办.toml where it is; what is wrong with it is said, all at once, and nothing is done.
4. E-mail drafts: address, subject and names of attachments in Chinese, as any mail program reads them back.
5. A unit's name may hold what a file name or XML may not.
6. LibreOffice prints a notice, the table of 24 tasks on several pages.
7. A master without the sheet 催办.
"""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
import re
from collections.abc import Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.shared import Mm, Pt

from tests.libreoffice import requires_libreoffice, to_pdf
from tests.office import MAY, Office, filled, opened, saved
from tests.small import small_project
from tests.supervise.reminders.conftest import found, log, reminded, set_submission, settings, typed, verify
from tjxl import flows
from tjxl.errors import SpecError, TjxlError
from tjxl.project import Project
from tjxl.resources import layout_toml
from tjxl.settings import load_settings
from tjxl.supervise.reminders.drafts import address_of
from tjxl.supervise.reminders.remind import remind, write_template
from tjxl.supervise.reminders.wording import load_wording

DAY = "2022-06-01"


def notice(office: Office, unit: str, day: str = DAY) -> Any:
    """A notice as python-docx reads it."""
    return docx.Document(str(office.project.reminded(MAY, dt.date.fromisoformat(day)) / f"{unit}.docx"))


def text(office: Office, unit: str, day: str = DAY) -> list[str]:
    """A short text, line by line."""
    path = office.project.reminded(MAY, dt.date.fromisoformat(day)) / f"{unit}.txt"
    return path.read_bytes().decode("utf-8-sig").split("\r\n")


# 1


def test_a_notice_reads_as_an_official_paper(small: Office) -> None:
    verify(small, T003="滞后")
    reminded(small, DAY)
    paper = notice(small, "市丙局")
    said = [(p.style.name, p.text) for p in paper.paragraphs if p.text]
    assert said == [
        ("公文标题", "关于2022年市政府重点工作的提醒通知"),
        ("公文正文", "市丙局："),
        ("公文正文", "根据2022年市政府重点工作督查安排，截至2022年6月1日，贵单位有以下2项事项需要办理，现予提醒。"),
        ("一级标题", "一、2022年5月填报表尚未报送"),
        (
            "公文正文",
            "2022年5月填报表（2项任务）应于2022年5月25日前报送，至今未收到，已逾期7天。请于2022年6月6日前报送。",
        ),
        ("一级标题", "二、1项牵头任务进展滞后"),
        (
            "公文正文",
            "贵单位牵头的1项任务进展滞后。具体任务见附件。请于2022年6月6日前报送赶上进度的具体措施和时间安排。",
        ),
        ("公文正文", "请对照办理，如已办结，请及时报送办理情况。"),
        ("公文正文", "附件：市丙局需办理的任务清单"),
        ("公文正文", "市政府办公厅"),
        ("公文正文", "2022年6月1日"),
        ("一级标题", "附件"),
        ("公文标题", "市丙局需办理的任务清单"),
    ]
    (table,) = paper.tables
    assert [[c.text for c in row.cells] for row in table.rows] == [
        ["序号", "任务（节点）", "完成时限", "目前进展", "事由"],
        ["3", "办好第三件实事，完善配套措施。", "年底前完成", "滞后", "进展滞后"],
    ]
    assert table.rows[0]._tr.xpath("./w:trPr/w:tblHeader"), "the head stands on every page"


def test_the_page_is_that_of_the_standard(small: Office) -> None:
    """GB/T 9704-2012: A4, margins 37, 35, 28, 26 mm; body 仿宋 三号, title 二号, headings 黑体 and 楷体."""
    reminded(small, DAY)
    paper = notice(small, "市丙局")
    (section,) = paper.sections
    sizes = (section.page_width, section.page_height)
    margins = (section.top_margin, section.bottom_margin, section.left_margin, section.right_margin)
    assert [round(length / Mm(1)) for length in (*sizes, *margins)] == [210, 297, 37, 35, 28, 26]
    fonts = {
        name: (paper.styles[name].element.xpath("string(./w:rPr/w:rFonts/@w:eastAsia)"), paper.styles[name].font.size)
        for name in ("公文标题", "公文正文", "一级标题", "二级标题")
    }
    assert fonts == {
        "公文标题": ("方正小标宋简体", Pt(22)),
        "公文正文": ("仿宋", Pt(16)),
        "一级标题": ("黑体", Pt(16)),
        "二级标题": ("楷体", Pt(16)),
    }
    assert "PAGE" in section.footer._element.xml


def test_a_notice_without_tasks_has_no_annex(small: Office) -> None:
    reminded(small, DAY)
    paper = notice(small, "市丙局")
    assert paper.tables == []
    assert "附件" not in "".join(p.text for p in paper.paragraphs)


def test_a_second_notice_says_that_it_is_the_second_and_speaks_more_strongly(small: Office) -> None:
    reminded(small, "2022-05-26")
    reminded(small, DAY)
    said = [p.text for p in notice(small, "市丙局").paragraphs if p.text]
    assert said[0] == "关于2022年市政府重点工作的催办通知"
    assert said[3] == "一、2022年5月填报表尚未报送（第2次）"
    assert "请认真研究，抓紧办理，并将办理情况按上述时限报市政府办公厅。" in said


# 2


def test_of_many_tasks_the_text_names_the_first_and_counts_the_rest(office: Office) -> None:
    set_submission(office, state="已报")
    (first, *_) = [r for r in reminded(office, "2023-01-05") if r[0] == "市发展改革委"]
    assert (first[1], len(first[5])) == ("overdue", 24)
    lines = text(office, "市发展改革委", "2023-01-05")
    items = [line for line in lines if line.startswith("　（")]
    assert (len(items), items[0]) == (
        11,
        "　（1）第1项　地区生产总值增长5%以上。　时限年底前完成，已逾期5天，尚无报送",
    )
    assert "　其余14项见所附通知。" in lines
    assert max(map(len, items)) < 120
    (table,) = notice(office, "市发展改革委", "2023-01-05").tables
    assert len(table.rows) == 1 + 25, "24 tasks and a milestone"
    content = next(c for u, m, c in log(office, "unit", "matter", "content") if (u, m) == (first[0], "逾期未完成"))
    assert content.startswith("24项牵头任务已过完成时限：第1、3、7、8、9、")


# 3


def with_template(office: Office, content: str | bytes) -> None:
    """The office's wording."""
    path = office.project.templates / "催办.toml"
    path.parent.mkdir()
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def test_the_office_changes_the_words(small: Office) -> None:
    with_template(
        small,
        '[notice]\ntitle = "关于报送材料的{level}函"\n[matter.not_reported]\ndemand = "速报（{answer_by}）。"\n'
        '[level."提醒"]\nclosing = "联系人见通讯录。"\n',
    )
    reminded(small, DAY)
    said = [p.text for p in notice(small, "市丙局").paragraphs if p.text]
    assert said[0] == "关于报送材料的提醒函"
    assert said[4].endswith("已逾期7天。速报（2022年6月6日）。")
    assert "联系人见通讯录。" in said
    assert log(small, "demand")[0] == ("速报（2022年6月6日）。",)


BROKEN = """
[notice]
title = "关于{task}的通知"
opening = "截至{today"
text_most_items = "十"
sgnature = "市政府办公厅"
[annex]
columns = ["序号", "任务"]
[matter.overdue]
item = "{days:>3}天"
"""


def test_everything_that_is_wrong_with_the_office_words_is_said_at_once(small: Office) -> None:
    with_template(small, BROKEN)
    before = small.master
    with pytest.raises(SpecError) as said:
        reminded(small, DAY)
    known = "、".join(f"{{{n}}}" for n in sorted(layout_toml("reminders.toml")["placeholders"]["notice"]))
    sentence = str(said.value)
    assert "模板/催办.toml”有 6 处不能用：" in sentence
    for problem in (
        f"“notice.title”中的占位{{task}}不能用，可用的有：{known}",
        "“notice.opening”的花括号不成对",
        "“notice.text_most_items”应是正整数",
        "没有“notice.sgnature”这一项",
        "“annex.columns”应是5项文字的列表",
        "“matter.overdue.item”中的占位{days:>3}不能用",
    ):
        assert problem in sentence
    assert small.master == before
    assert not (small.project.root / "催办").exists()


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("[notice\n", "第 1 行第 8 个字符处写法不对"),
        ("title = “标题”\n", "第 1 行第 9 个字符处写法不对"),
        ("title = [", "文件末尾处写法不完整，引号、括号须成对"),
        ('[notice]\ntitle = "标题"\n'.encode("gbk"), "不是 UTF-8 编码"),
    ],
)
def test_a_file_that_is_no_toml_is_said(small: Office, content: str | bytes, reason: str) -> None:
    with_template(small, content)
    with pytest.raises(SpecError) as said:
        reminded(small, DAY)
    assert said.value.code == "E290"
    assert f"“模板/催办.toml”无法读取：{reason}。" in str(said.value)


def test_the_template_that_the_office_gets_is_the_words_in_force(small: Office) -> None:
    write_template(small.project)
    shipped, own = (load_wording(folder) for folder in (small.project.root, small.project.templates))
    for key in ("notice", "level", "matter", "annex", "mail"):
        assert shipped.value(key) == own.value(key)
    with pytest.raises(TjxlError) as said:
        write_template(small.project)
    assert said.value.code == "E293"


def test_every_level_and_matter_can_be_worded(small: Office) -> None:
    """No placeholder of the shipped words is left unfilled, whatever the matter."""
    settings(small, tell_cooperating="true")
    set_submission(small, "市甲局", state="退回", returned_times=2)
    verify(small, T001="滞后")
    for day in ("2022-05-26", "2022-06-01", "2022-06-05", "2022-06-09", "2022-12-20", "2023-01-09"):
        reminded(small, day)
    matters = {(r["matter"], r["level"]) for r in small.table("reminders")}
    assert {m for m, _ in matters} == {"未报送", "退回未重报", "逾期未完成", "进展滞后", "临近时限", "配合任务"}
    assert {level for _, level in matters} == {"提醒", "催办", "督办", "约谈"}
    for path in (small.project.root / "催办").rglob("*.txt"):
        assert "{" not in path.read_text(encoding="utf-8-sig")


# 4


def mail(office: Office, unit: str, day: str = DAY) -> EmailMessage:
    """A draft as a mail program reads it."""
    path = office.project.reminded(MAY, dt.date.fromisoformat(day)) / f"{unit}.eml"
    read: EmailMessage = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    return read


def attachments(message: EmailMessage) -> Mapping[str, bytes]:
    """Name → content."""
    return {str(part.get_filename()): part.get_content() for part in message.iter_attachments()}


@pytest.fixture
def reachable(small: Office) -> Office:
    """市甲局 and 市乙局 have an address; the return of 市乙局 went back."""
    small.send("乙.xlsx", filled(small.form("市乙局"), K7="很快"))
    small.collect()
    codes = {u["unit"]: u["unit_code"] for u in small.state.units}
    typed(small, "units", codes["市甲局"], email="jia@city.gov.cn")
    typed(small, "units", codes["市乙局"], email=" yi@city.gov.cn ")
    return small


def test_a_draft_carries_notice_and_form(reachable: Office) -> None:
    result = remind(reachable.project, today=dt.date.fromisoformat(DAY), email=True)
    assert [(r["unit"], r["email"]) for r in result["reminders"]] == [
        ("市甲局", "催办/2022-05/2022-06-01/市甲局.eml"),
        ("市乙局", "催办/2022-05/2022-06-01/市乙局.eml"),
        ("市丙局", None),
    ]
    assert [(f["code"], f["message"]) for f in result["findings"]] == [
        (
            "M604",
            "1 个单位没有可用的电子邮箱，没有生成邮件草稿：市丙局。"
            "请在“责任单位”表填写电子邮箱后再运行一次，或用其他方式发送通知。",
        )
    ]
    draft = mail(reachable, "市甲局")
    assert (draft["X-Unsent"], draft["From"], draft["Subject"]) == (
        "1",
        None,
        "【提醒】市甲局：2022年市政府重点工作（2022年6月1日）",
    )
    assert [(a.display_name, a.addr_spec) for a in draft["To"].addresses] == [("市甲局", "jia@city.gov.cn")]
    assert draft["Date"].datetime.tzinfo is not None
    body = draft.get_body(("plain",))
    assert body is not None
    lines = body.get_content().splitlines()
    assert lines[:2] == text(reachable, "市甲局")[:2]
    assert lines[-1] == "附件为本次通知，请查收。附件另有2022年5月填报表，请填写后发回。"
    sent = attachments(draft)
    assert sent["市甲局.xlsx"] == reachable.form("市甲局")
    assert sent["市甲局.docx"] == (reachable.project.root / str(result["reminders"][0]["notice"])).read_bytes()
    raw = (reachable.project.root / str(result["reminders"][0]["email"])).read_bytes()
    assert b"filename*=utf-8''%E5%B8%82" in raw, "RFC 2231"
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 998


def test_what_went_back_is_attached_as_it_was_marked(reachable: Office) -> None:
    result = remind(reachable.project, today=dt.date.fromisoformat(DAY), email=True)
    copy = reachable.project.root / str(result["reminders"][1]["annotated"])
    assert attachments(mail(reachable, "市乙局")).keys() == {"市乙局.docx", copy.name}


def test_drafts_may_be_asked_for_later_that_day(reachable: Office) -> None:
    settings(reachable, sender='"ducha@city.gov.cn"')
    reminded(reachable, DAY)
    (reachable.project.issued(MAY) / "市甲局.xlsx").unlink()
    assert found(reachable, DAY, email=True) == ["M604", "M607"]
    assert [m for (m,) in log(reachable, "mail_file")] == [
        "催办/2022-05/2022-06-01/市甲局.eml",
        "催办/2022-05/2022-06-01/市乙局.eml",
        None,
    ]
    assert mail(reachable, "市甲局")["From"] == "ducha@city.gov.cn"
    before = reachable.master, mail(reachable, "市甲局").as_bytes()
    assert found(reachable, DAY, email=True) == ["M604"]
    assert (reachable.master, mail(reachable, "市甲局").as_bytes()) == before


@pytest.mark.parametrize(
    "text", ["", "张三", "a@b", "a@b.cn；c@d.cn", "@b.cn", "a@", "a b@c.cn", "张三@b.cn", "a@b.cn\nBcc: x@y.cn", None]
)
def test_what_is_no_address_gets_no_mail(text: str | None) -> None:
    assert address_of("市甲局", text) is None


def test_the_name_of_a_unit_breaks_no_header() -> None:
    address = address_of('市甲局\r\nBcc: x@y.cn "甲"', "jia@city.gov.cn")
    assert address is not None
    assert "\n" not in str(address)


# 5


def test_odd_names_and_texts_are_written_all_the_same(tmp_path: Path) -> None:
    office = small_project(tmp_path / "2022年重点工作")
    codes = {u["unit"]: u["unit_code"] for u in office.state.units}
    typed(office, "units", codes["市丙局"], unit="市<丙>局（“A&B”/甲）")
    typed(office, "tasks", "T003", task="=1+1\x0b 用\u3000“引号”<b>&amp;\n换行{花括号}")
    verify(office, T003="滞后")
    rows = remind(office.project, today=dt.date.fromisoformat(DAY))["reminders"]
    assert [r["unit"] for r in rows][-1] == "市<丙>局（“A&B”/甲）"
    assert rows[-1]["notice"] == "催办/2022-05/2022-06-01/市_丙_局（“A&B”_甲）.docx"
    paper = docx.Document(str(office.project.root / rows[-1]["notice"]))
    assert paper.paragraphs[2].text == "市<丙>局（“A&B”/甲）："
    assert paper.tables[0].rows[1].cells[1].text == "=1+1 用 “引号”<b>&amp; 换行{花括号}"


# 6


@requires_libreoffice
def test_a_notice_prints(office: Office, tmp_path: Path) -> None:
    set_submission(office, state="已报")
    reminded(office, "2023-01-05", units=["市发展改革委"])
    folder = office.project.reminded(MAY, dt.date(2023, 1, 5))
    printed = to_pdf(folder / "市发展改革委.docx", tmp_path).read_bytes()
    assert 3 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 7


# 7


def test_a_master_without_the_sheet_goes_on_and_says_so(tmp_path: Path) -> None:
    notice = tmp_path / "通知.txt"
    office = small_project(tmp_path / "项目")
    other = tmp_path / "无宏"
    flows.init(other, notice, 2022, macros=False)
    old = Office(Project(other))
    flows.issue(old.project, MAY)
    book = opened(old.master)
    del book["催办"]
    old.project.master.write_bytes(saved(book))
    result = remind(old.project, today=dt.date.fromisoformat(DAY))
    assert [(r["unit"], r["round"]) for r in result["reminders"]] == [("市甲局", 1), ("市乙局", 1), ("市丙局", 1)]
    assert [f["code"] for f in result["findings"]] == ["M608"]
    assert notice_text(old) == notice_text_of(office)


def notice_text(office: Office) -> list[str]:
    return [p.text for p in notice(office, "市丙局").paragraphs]


def notice_text_of(office: Office) -> list[str]:
    reminded(office, DAY)
    return notice_text(office)


# settings


@pytest.mark.parametrize(
    "line",
    [
        "level = []",
        'level = [{ name = "", days = 1 }]',
        'level = [{ name = "提醒", days = -1 }]',
        'level = [{ name = "提醒", days = 1 }, { name = "提醒", days = 2 }]',
        'level = [{ name = "提醒", days = 1, weight = 3 }]',
        "days_between = 0",
        'tell_cooperating = "是"',
        "most_rounds = { overdue = 0 }",
        "most_rounds = { late = 1 }",
        'issuer = " "',
        'sender = "督查室"',
    ],
)
def test_a_setting_without_meaning_is_said(tmp_path: Path, line: str) -> None:
    file = tmp_path / "tjxl.toml"
    file.write_text(f"[reminders]\n{line}\n", encoding="utf-8")
    with pytest.raises(SpecError) as said:
        load_settings(file)
    assert said.value.code == "E211"
    assert "reminders." in str(said.value)


def test_a_docx_opens_again_as_it_was_written(small: Office) -> None:
    reminded(small, DAY)
    paper = notice(small, "市丙局")
    out = io.BytesIO()
    paper.save(out)
    assert [p.text for p in docx.Document(io.BytesIO(out.getvalue())).paragraphs] == [
        p.text for p in paper.paragraphs
    ]
