"""Word, Excel and web pages say the same as the text: the sample in every format gives exactly the same register.

1. .docx, .xlsx, .xls, .ods, .html (UTF-8, GB2312), .mht of the sample: tasks, units, questions are equal.
2. What each format does its own way: numbers that Word only draws, merged cells, cells under review, stray cells,
   dates and numbers as values, page furniture, layout tables.
3. Damaged and hostile files are refused in one sentence.
"""

from __future__ import annotations

import csv
import dataclasses
import io
import zipfile
from email.message import EmailMessage
from importlib.resources import as_file
from pathlib import Path
from typing import Any

import pytest
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from tests.libreoffice import requires_libreoffice, save_as
from tests.notice.formats import FORMATS, as_excel, as_web_page
from tjxl.errors import NoticeError
from tjxl.notice.columns import Titles
from tjxl.notice.documents import document_of_text
from tjxl.notice.files.blocks import SpannedCell, lay_out
from tjxl.notice.files.word_numbers import chinese_numeral
from tjxl.notice.read import read_notice
from tjxl.notice.table import NoticeDocument, Row
from tjxl.register import Register
from tjxl.resources import sample_notice
from tjxl.settings import Settings


@pytest.fixture(scope="module")
def document() -> NoticeDocument:
    """The sample as the text reader cuts it."""
    return document_of_text(sample_notice().read_text(encoding="utf-8"), "sample.txt", Titles())


@pytest.fixture(scope="module")
def register(settings: Settings) -> Register:
    """The sample's register, from the text."""
    with as_file(sample_notice()) as path:
        return read_notice(path, 2022, settings)


def read_bytes(data: bytes, tmp_path: Path, settings: Settings, name: str = "通知.bin") -> Register:
    path = tmp_path / name
    path.write_bytes(data)
    return read_notice(path, 2022, settings)


def comparable(register: Register) -> Register:
    """Without the places that findings name: rows of a table are not lines of a text."""
    return dataclasses.replace(register, findings=tuple(f for f in register.findings if f.code != "N103"))


@pytest.mark.parametrize("kind", FORMATS)
def test_the_sample_is_the_same_in_every_format(
    kind: str, document: NoticeDocument, register: Register, tmp_path: Path, settings: Settings
) -> None:
    made = FORMATS[kind](document)
    assert comparable(read_bytes(made, tmp_path, settings)) == comparable(register)


def test_the_sample_as_a_page_in_gb2312(
    document: NoticeDocument, register: Register, tmp_path: Path, settings: Settings
) -> None:
    page = as_web_page(document, "gb18030").replace(b'charset="gb18030"', b'charset="gb2312"')
    assert comparable(read_bytes(page, tmp_path, settings)) == comparable(register)


def test_the_sample_as_a_web_archive(
    document: NoticeDocument, register: Register, tmp_path: Path, settings: Settings
) -> None:
    mail = EmailMessage()
    mail["Subject"] = "x"
    mail.set_content(as_web_page(document).decode(), subtype="html", cte="quoted-printable")
    mail.make_related()
    assert comparable(read_bytes(mail.as_bytes(), tmp_path, settings)) == comparable(register)


@requires_libreoffice
@pytest.mark.parametrize("kind", ["xls", "ods"])
def test_the_sample_in_older_and_other_workbooks(
    kind: str, document: NoticeDocument, register: Register, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "通知.xlsx").write_bytes(as_excel(document))
    path = save_as(tmp_path / "通知.xlsx", kind, tmp_path / "out")
    assert comparable(read_notice(path, 2022, settings)) == comparable(register)


@pytest.mark.parametrize("mark", ["\t", ","], ids=["copied", "csv"])
def test_the_sample_as_a_spreadsheet_copies_or_saves_it(
    mark: str, document: NoticeDocument, register: Register, tmp_path: Path, settings: Settings
) -> None:
    """Cells of several lines stand in quotation marks."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=mark, lineterminator="\r\n")
    rows = [*([line] for line in document.before), document.header.cells, *(r.cells for r in document.rows)]
    writer.writerows([*rows, *([line] for line in document.after)])
    assert comparable(read_bytes(out.getvalue().encode("gb18030"), tmp_path, settings)) == comparable(register)


def test_quotation_marks_of_the_text_itself(tmp_path: Path, settings: Settings) -> None:
    text = '序号\t重点工作\t责任单位\n1\t"双碳"行动\t市教委\n2\t"双减"\t市水务局\n'
    assert [t.text for t in read_bytes(text.encode(), tmp_path, settings).tasks] == ['"双碳"行动', '"双减"']


# ---- Word ----------------------------------------------------------------------------------------------------


def word(*rows: tuple[str, ...]) -> Any:
    """A document with one table."""
    made = Document()
    made.add_paragraph("关于做好2022年重点工作的通知")
    table = made.add_table(rows=0, cols=len(rows[0]))
    for cells in rows:
        for cell, text in zip(table.add_row().cells, cells, strict=True):
            cell.text = text
    return made


def saved(made: Any) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def told(register: Register) -> list[tuple[str, str, str, tuple[str, ...]]]:
    return [(t.code, t.text, t.lead_unit, t.cooperating_units) for t in register.tasks]


def test_numbers_that_word_only_draws(tmp_path: Path, settings: Settings) -> None:
    """序号 is often an automatic list: the cells hold no text at all."""
    made = word(("序号", "重点工作", "责任单位"), ("", "做事", "市教委"), ("", "办事", "市水务局"))
    for row in made.tables[0].rows[1:]:
        row.cells[0].paragraphs[0].style = made.styles["List Number"]
    register = read_bytes(saved(made), tmp_path, settings)
    assert told(register) == [("T001", "做事", "市教委", ()), ("T002", "办事", "市水务局", ())]


def test_one_number_merged_over_two_tasks(tmp_path: Path, settings: Settings) -> None:
    """大竹 2016, item 5: two tasks share 序号 and unit, each has its own deadline."""
    made = word(
        ("序号", "民生实事", "责任单位", "完成时限"),
        ("5", "开工建设县老年养护楼。", "县民政局", "5月底前"),
        ("", "开工建设老年大学。", "", "12月底前"),
    )
    table = made.tables[0]
    table.cell(1, 0).merge(table.cell(2, 0))
    table.cell(1, 2).merge(table.cell(2, 2))
    register = read_bytes(saved(made), tmp_path, settings)
    assert [(t.code, t.serial_no, t.text, t.deadline_text, t.lead_unit) for t in register.tasks] == [
        ("T005", 5, "开工建设县老年养护楼。", "5月底前", "县民政局"),
        ("T005-2", 5, "开工建设老年大学。", "12月底前", "县民政局"),
    ]


@pytest.mark.parametrize(("stated", "codes"), [(1, []), (2, []), (3, ["N115"])])
def test_tasks_of_one_number_count_as_one_or_as_several(
    tmp_path: Path, settings: Settings, stated: int, codes: list[str]
) -> None:
    made = word(("序号", "重点工作", "责任单位"), ("1", "做事。", "市教委"), ("", "办事。", "市教委"))
    made.tables[0].cell(1, 0).merge(made.tables[0].cell(2, 0))
    made.add_paragraph(f"以上共{stated}项工作任务。")
    register = read_bytes(saved(made), tmp_path, settings)
    assert [f.code for f in register.findings if f.severity == "error"] == codes


def test_units_merged_over_a_task_that_is_not_its_own(tmp_path: Path, settings: Settings) -> None:
    """A second line under one task's text says something of nobody knows what: it is named, not guessed at."""
    made = word(
        ("序号", "重点工作", "责任单位", "分管领导"), ("1", "做事", "市教委", "王卫东"), ("", "", "市水务局", "")
    )
    table = made.tables[0]
    for column in (0, 1, 3):
        table.cell(1, column).merge(table.cell(2, column))
    register = read_bytes(saved(made), tmp_path, settings)
    assert [f.message for f in register.findings if f.severity == "error"] == [
        "第 3 行与上一行共用一项任务，但另有内容“市水务局”，无法确定属于哪项任务，没有读取。请核对通知的版式。"
    ]


def test_a_header_in_two_storeys(tmp_path: Path, settings: Settings) -> None:
    made = word(
        ("序号", "重点工作", "责任单位", ""), ("", "", "牵头", "配合"), ("1", "做事", "市教委", "市水务局、市财政局")
    )
    table = made.tables[0]
    table.cell(0, 2).merge(table.cell(0, 3))
    for column in (0, 1):
        table.cell(0, column).merge(table.cell(1, column))
    register = read_bytes(saved(made), tmp_path, settings)
    assert told(register) == [("T001", "做事", "市教委", ("市水务局", "市财政局"))]


def test_headings_between_the_rows_are_themes(tmp_path: Path, settings: Settings) -> None:
    made = word(
        ("序号", "工作任务", "责任单位"),
        ("一、稳增长", "", ""), ("1", "做事", "市教委"), ("2", "办事", "市教委"),
        ("二、惠民生", "", ""), ("3", "成事", "市教委"),
    )  # fmt: skip
    for row in (1, 4):
        made.tables[0].cell(row, 0).merge(made.tables[0].cell(row, 2))
    register = read_bytes(saved(made), tmp_path, settings)
    assert [(t.serial_no, t.theme) for t in register.tasks] == [
        (1, "一、稳增长"),
        (2, "一、稳增长"),
        (3, "二、惠民生"),
    ]


def test_a_table_cut_in_two_by_a_page_is_one(tmp_path: Path, settings: Settings) -> None:
    made = word(("序号", "重点工作", "责任单位"), ("1", "做事", "市教委"))
    for cells in (("2", "办事", "市水务局"), ("3", "成事", "市财政局")):
        table = made.add_table(rows=1, cols=3)
        for cell, text in zip(table.rows[0].cells, cells, strict=True):
            cell.text = text
    other = made.add_table(rows=2, cols=2)
    other.cell(0, 0).text, other.cell(0, 1).text = "联系人", "电话"
    register = read_bytes(saved(made), tmp_path, settings)
    assert [t.serial_no for t in register.tasks] == [1, 2, 3]
    assert [(f.code, f.message) for f in register.findings if f.code == "N138"] == [
        ("N138", "第 1 行起的另一张表格（“联系人、电话”）没有读取。如含任务，请与分解表合为一张表。")
    ]


def test_text_under_review(tmp_path: Path, settings: Settings) -> None:
    """Inserted text counts, deleted text does not, whether or not somebody has accepted the changes."""
    made = word(("序号", "重点工作", "责任单位"), ("1", "做事", "市教委"))
    paragraph = made.tables[0].cell(1, 2).paragraphs[0]._p
    run = paragraph.r_lst[0]
    inserted, deleted = OxmlElement("w:ins"), OxmlElement("w:del")
    paragraph.append(inserted)
    paragraph.append(deleted)
    added = OxmlElement("w:r")
    text = OxmlElement("w:t")
    text.text = "、市水务局"
    added.append(text)
    inserted.append(added)
    gone = OxmlElement("w:r")
    old = OxmlElement("w:delText")
    old.text = "、市财政局"
    gone.append(old)
    deleted.append(gone)
    assert run.text == "市教委"
    assert told(read_bytes(saved(made), tmp_path, settings)) == [("T001", "做事", "市教委", ("市水务局",))]


def test_a_table_inside_a_layout_table(tmp_path: Path, settings: Settings) -> None:
    """A web page pasted into Word: the whole page is one cell of an outer table."""
    made = Document()
    cell = made.add_table(rows=1, cols=1).cell(0, 0)
    cell.paragraphs[0].text = "关于做好2022年重点工作的通知"
    inner = cell.add_table(rows=0, cols=3)
    for cells in (("序号", "重点工作", "责任单位"), ("1", "做事", "市教委")):
        for place, text in zip(inner.add_row().cells, cells, strict=True):
            place.text = text
    register = read_bytes(saved(made), tmp_path, settings)
    assert (register.title, told(register)) == (
        "关于做好2022年重点工作的通知", [("T001", "做事", "市教委", ())],
    )  # fmt: skip


def test_prose_in_word_with_drawn_numbers(tmp_path: Path, settings: Settings) -> None:
    made = Document()
    made.add_paragraph("市人民政府关于做好2022年重点工作的通知")
    for text in ("加快发展。（市教委、市水务局负责，列第一位的为牵头单位，下同）", "改善民生。（市财政局负责）"):
        made.add_paragraph(text, style="List Number")
    assert told(read_bytes(saved(made), tmp_path, settings)) == [
        ("T001", "加快发展。", "市教委", ("市水务局",)),
        ("T002", "改善民生。", "市财政局", ()),
    ]


def numbered(form: str, text: str) -> Any:
    """A document whose "List Number" style draws its numbers so."""
    made = Document()
    for level in made.part.numbering_part.element.iter(qn("w:lvl")):
        level.find(qn("w:numFmt")).set(qn("w:val"), form)
        level.find(qn("w:lvlText")).set(qn("w:val"), text)
    return made


@pytest.mark.parametrize(
    ("form", "text", "codes"),
    [("chineseCounting", "（%1）", ["T001", "T002"]), ("decimal", "%1．", ["T001", "T002"])],
)
def test_drawn_chinese_numbers(tmp_path: Path, settings: Settings, form: str, text: str, codes: list[str]) -> None:
    made = numbered(form, text)
    for line in ("做事。（市教委负责）", "办事。（市水务局负责）"):
        made.add_paragraph(line, style="List Number")
    assert [t.code for t in read_bytes(saved(made), tmp_path, settings).tasks] == codes


@pytest.mark.parametrize(("number", "written"), [(1, "一"), (10, "十"), (12, "十二"), (20, "二十"), (99, "九十九")])
def test_chinese_numerals_of_headings(number: int, written: str) -> None:
    assert chinese_numeral(number) == written


# ---- Excel ---------------------------------------------------------------------------------------------------


def excel(*rows: tuple[object, ...]) -> tuple[Workbook, Any]:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    return book, sheet


def test_values_of_a_sheet_as_people_see_them(tmp_path: Path, settings: Settings) -> None:
    import datetime as dt

    book, sheet = excel(("序号", "重点工作", "责任单位", "完成时限"), (1, "做事", "市教委", dt.date(2022, 6, 30)))
    sheet["XFD1048576"] = "遗留"
    sheet["A3"] = "注：列第一位的为牵头单位。"
    register = read_bytes(saved(book), tmp_path, settings)
    (task,) = register.tasks
    assert (task.deadline_text, task.deadline) == ("2022-06-30", dt.date(2022, 6, 30))


def test_several_sheets_of_one_make_are_one_table(tmp_path: Path, settings: Settings) -> None:
    book, _ = excel(("序号", "重点工作", "责任单位"), (1, "做事", "市教委"))
    more = book.create_sheet("续表")
    for row in (("序号", "重点工作", "责任单位"), (2, "办事", "市水务局")):
        more.append(list(row))
    assert [t.serial_no for t in read_bytes(saved(book), tmp_path, settings).tasks] == [1, 2]


# ---- headers that are not known ------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
def test_unknown_titles_are_shown_and_can_be_named(kind: str, tmp_path: Path, settings: Settings) -> None:
    header = ("编次", "类目", "事项内容", "何时办结", "谁来抓", "谁来办")
    row = ("1", "一、稳增长", "做好一件事。", "年底前完成", "王卫东", "市教委\n市水务局")
    document = NoticeDocument(("关于2022年重点工作的通知",), Row(1, header), (Row(2, row),))
    path = tmp_path / "通知"
    path.write_bytes(FORMATS[kind](document))
    with pytest.raises(NoticeError) as caught:
        read_notice(path, 2022, settings)
    assert caught.value.code == "E106"
    assert "没有认出“编次、类目、事项内容、何时办结、谁来抓、谁来办”" in str(caught.value)
    assert "例如 --map 重点工作=表中的列名" in str(caught.value)
    named = {"重点工作": ["事项内容"], "责任单位": ["谁来办"], "序号": ["编次"], "完成时限": ["何时办结"]}
    (task,) = read_notice(path, 2022, settings, named).tasks
    assert (task.serial_no, task.text, task.deadline_text, task.lead_unit, task.cooperating_units) == (
        1, "做好一件事。", "年底前完成", "市教委", ("市水务局",),
    )  # fmt: skip


def test_an_unknown_usual_title_is_refused(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(NoticeError, match="“工作”不是分解表的栏目，不能对应。等号左边请用这些名称之一：序号、"):
        read_notice(tmp_path / "x", 2022, settings, {"工作": ["事项"]})


# ---- damaged and hostile files -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_cut_short(
    kind: str, share: float, document: NoticeDocument, tmp_path: Path, settings: Settings
) -> None:
    """A broken package is refused; a page cut short shows fewer tasks and says that some are missing."""
    made = FORMATS[kind](document)
    cut = made[: int(len(made) * share)]
    if kind == "html":
        register = read_bytes(cut, tmp_path, settings)
        assert 0 < len(register.tasks) < 138
        assert "N115" in {f.code for f in register.findings if f.severity == "error"}
        return
    with pytest.raises(NoticeError) as caught:
        read_bytes(cut, tmp_path, settings)
    assert caught.value.code == "E112"


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, settings: Settings) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 300_000_000)
    with pytest.raises(NoticeError) as caught:
        read_bytes(out.getvalue(), tmp_path, settings)
    assert caught.value.code == "E112"


def test_spans_that_cover_everything_cost_nothing(tmp_path: Path, settings: Settings) -> None:
    page = "<html><table><tr><td colspan=99999 rowspan=99999>序号</td><td>重点工作</td></tr></table></html>"
    with pytest.raises(NoticeError):
        read_bytes(page.encode(), tmp_path, settings)


@pytest.mark.parametrize(
    "page",
    ["<table><tr>" + "<td>a" * 900_000, "<p>a" * 900_000, "<div>" * 700_000, "<table><tr><td>" * 200_000],
    ids=["cells", "paragraphs", "nested blocks", "nested tables"],
)
def test_a_hostile_page_ends_in_a_refusal(page: str, tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(NoticeError) as caught:
        read_bytes(f"<html>{page}".encode(), tmp_path, settings)
    assert caught.value.code in ("E101", "E109", "E112")


@given(
    st.lists(
        st.lists(st.builds(SpannedCell, st.text("ab", max_size=2), st.integers(1, 4), st.integers(1, 4)), max_size=4),
        max_size=6,
    )
)
def test_any_spans_lay_out_as_a_rectangle(rows: list[list[SpannedCell]]) -> None:
    grid = lay_out(list(enumerate(rows, 1)), "x")
    assert len({len(row.cells) for row in grid.rows}) <= 1
    for above, row in zip(grid.rows, grid.rows[1:], strict=False):
        assert all(row.cells[i] == above.cells[i] for i in row.shared)
    assert [t for r in rows for c in r for t in [c.text] if t] == [
        t for r in grid.rows for i, t in enumerate(r.cells) if t and i not in r.shared
    ]
