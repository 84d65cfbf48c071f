"""Official documents by GB/T 9704-2012.

1. A4, margins, the grid of 22 lines of 28 characters, page numbers left and right: in the file.
2. Twenty-two lines of twenty-eight characters: as LibreOffice prints it, with whatever fonts there are.
3. The faces of each level, in Word's four scripts, and what a computer without them takes.
4. A table repeats its header row; a row is not torn in two; the annex begins on a page of its own.
5. Charts are Word's own, with the workbook behind them.
6. The date stands four characters from the right, who issued it in the middle above, on the page where the text ends.
7. An office's own document keeps its header; the text goes where it says so.
"""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from pathlib import Path

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm
from lxml import etree
from openpyxl import load_workbook

from tests.libreoffice import requires_libreoffice, to_pdf
from tjxl.documents import official
from tjxl.documents.blocks import (
    Annex,
    Block,
    Chart,
    Heading,
    Masthead,
    Paragraph,
    Recipients,
    Series,
    Signature,
    Table,
    TableColumn,
    Title,
)
from tjxl.documents.writer import written

HAN = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥天地玄黄宇宙洪荒"
COLUMNS = (TableColumn("序号", 2.7, "center"), TableColumn("重点工作", 20))
CHART = Chart(
    "stacked",
    "分类亮灯（项）",
    ("一、推动发展", "二、改善民生"),
    (Series("红灯", (3, 0), "dark"), Series("绿灯", (5, 7), "blank")),
)


def document(*blocks: Block, base: bytes | None = None, **facts: str) -> docx.document.Document:
    return docx.Document(io.BytesIO(written(blocks, base=base, facts=facts)[0]))


def xml(name: str, *blocks: Block) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(written(blocks)[0])) as package:
        return etree.fromstring(package.read(name))


def pages(path: Path) -> list[list[str]]:
    """The printed lines of each page, without blanks."""
    pdf = to_pdf(path, path.parent)
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    return [[s for line in p.splitlines() if (s := re.sub(r"\s", "", line))] for p in text.split("\f") if p.strip()]


# 1


def test_page_and_grid() -> None:
    section = document().sections[0]
    sizes = (section.page_width, section.page_height, section.top_margin, section.bottom_margin)
    assert [round(length.mm, 1) for length in sizes] == [210, 297, 37, 35]
    assert [round(length.mm, 1) for length in (section.left_margin, section.right_margin)] == [28, 26]
    grid = section._sectPr.find(qn("w:docGrid"))
    assert {k.split("}")[1]: v for k, v in grid.attrib.items()} == {
        "type": "linesAndChars",
        "linePitch": "579",  # 225 mm / 22 = 28.99 pt
        "charSpace": "-848",  # (156 mm / 28 - 16 pt) * 4096
    }
    assert 22 * 579 / 20 <= Mm(225).pt < 23 * 579 / 20
    assert 28 * (16 - 848 / 4096) <= Mm(156).pt + 0.01 < 29 * (16 - 848 / 4096)


def test_page_numbers_stand_outside() -> None:
    made = document()
    assert made.settings.odd_and_even_pages_header_footer
    section = made.sections[0]
    for footer, side, indent in (
        (section.footer, "right", "right_indent"),
        (section.even_page_footer, "left", "left_indent"),
    ):
        paragraph = footer.paragraphs[0]
        assert paragraph.text == "— 1 —"
        assert [e.text.strip() for e in paragraph._p.iter(qn("w:instrText"))] == ["PAGE"]
        assert paragraph._p.pPr.find(qn("w:jc")).get(qn("w:val")) == side
        assert getattr(paragraph.paragraph_format, indent).pt == 14
        assert {run.font.size.pt for run in paragraph.runs} == {14}
        faces = {run._r.rPr.rFonts.get(qn("w:eastAsia")) for run in paragraph.runs}
        assert faces == {"宋体"}


# 2


@requires_libreoffice
def test_twenty_two_lines_of_twenty_eight_characters(tmp_path: Path) -> None:
    path = tmp_path / "正文.docx"
    path.write_bytes(written([Paragraph(HAN * 60)])[0])
    first, second, *_ = pages(path)
    *text, number = first
    assert (len(text), len(text[0]), {len(line) for line in text[1:]}, number) == (22, 26, {28}, "—1—")
    *text, number = second
    assert (len(text), {len(line) for line in text}, number) == (22, {28}, "—2—")


@requires_libreoffice
def test_levels_and_paragraphs_hold_the_same_pitch(tmp_path: Path) -> None:
    blocks: list[Block] = []
    for heading in 2 * [Heading(0, f"一、{HAN}"), Heading(1, f"（一）{HAN}"), Heading(2, f"1.{HAN}")]:
        blocks += [Paragraph(HAN), heading]
    path = tmp_path / "标题.docx"
    path.write_bytes(written(blocks)[0])
    *text, _ = pages(path)[0]
    assert len(text) == 22
    *_, number_one = lengths = [len(line) for line in text[:12:2]]
    assert lengths[:-1] == [26] * 5  # two characters in
    assert number_one in (26, 27)  # how wide 「1.」 is depends on the face


# 3


@pytest.mark.parametrize(
    ("style", "face", "size", "bold"),
    [
        ("公文标题", "方正小标宋简体", 22, False),
        ("公文正文", "仿宋", 16, False),
        ("一级标题", "黑体", 16, False),
        ("二级标题", "楷体", 16, False),
        ("三级标题", "仿宋", 16, True),
        ("附件标识", "黑体", 16, False),
    ],
)
def test_faces(style: str, face: str, size: float, bold: bool) -> None:
    made = document().styles[style]
    faces = made.element.rPr.rFonts
    assert {faces.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {face}
    assert (made.font.size.pt, made.font.bold) == (size, bold)


def test_a_title_in_songti_is_bold() -> None:
    made = official.official_document(fonts=official.Fonts(title="宋体")).styles["公文标题"]
    assert (made.element.rPr.rFonts.get(qn("w:eastAsia")), made.font.bold) == ("宋体", True)


def test_other_names_of_the_fonts() -> None:
    table = xml("word/fontTable.xml")
    names = {
        font.get(qn("w:name")): other.get(qn("w:val")).split(",")
        for font in table
        if (other := font.find(qn("w:altName"))) is not None
    }
    assert "宋体" in names["方正小标宋简体"]
    assert "仿宋_GB2312" in names["仿宋"]
    assert "楷体_GB2312" in names["楷体"]


def test_no_style_takes_the_fonts_of_a_theme() -> None:
    styles = etree.tostring(xml("word/styles.xml"), encoding="unicode")
    assert "eastAsiaTheme" not in styles
    assert 'w:eastAsia="zh-CN"' in styles


def test_headings_stay_with_their_text_and_pages_are_filled() -> None:
    made = document()
    assert [made.styles[n].paragraph_format.keep_with_next for n in ("一级标题", "公文正文")] == [True, False]
    assert made.styles["公文正文"].paragraph_format.widow_control is False


def test_a_heading_runs_into_its_text() -> None:
    paragraph = document(Heading(1, "（一）加快推进。", "各单位要倒排工期。")).paragraphs[0]
    assert [(r.text, r._r.rPr is not None and r._r.rPr.rFonts.get(qn("w:eastAsia"))) for r in paragraph.runs] == [
        ("（一）加快推进。", "楷体"),
        ("各单位要倒排工期。", False),
    ]
    assert paragraph.style.name == "公文正文"


# 4


def test_table_and_annex() -> None:
    rows = tuple((str(n), f"任务{n}") for n in range(1, 4))
    made = document(Paragraph("正文。"), Annex("附件", "任务表"), Table("", COLUMNS, rows))
    table = made.tables[0]
    assert [[cell.text for cell in row.cells] for row in table.rows] == [["序号", "重点工作"], *map(list, rows)]
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True, False, False, False]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    mark = next(p for p in made.paragraphs if p.text == "附件")
    assert mark.style.paragraph_format.page_break_before is True
    assert [p.style.name for p in made.paragraphs if p.text] == ["公文正文", "附件标识", "附件标题"]


@requires_libreoffice
def test_the_header_row_stands_on_every_page(tmp_path: Path) -> None:
    path = tmp_path / "附件.docx"
    rows = tuple((str(n), HAN) for n in range(1, 80))
    path.write_bytes(written([Paragraph("正文。"), Annex("附件", "任务表"), Table("", COLUMNS, rows)])[0])
    first, second, *more = pages(path)
    assert first == ["正文。", "—1—"]
    assert second[:3] == ["附件", "任务表", "序号重点工作"]
    assert more
    assert {page[0] for page in more} == {"序号重点工作"}


def test_what_xml_cannot_hold_is_left_out() -> None:
    made = document(Title(("通\x0b报",)), Paragraph("正\x00文\ufffe。"), Table("", COLUMNS, (("1", "任\x07务"),)))
    assert [p.text for p in made.paragraphs if p.text] == ["通报", "正文。"]
    assert made.tables[0].rows[1].cells[1].text == "任务"


# 5


def test_chart_with_its_workbook() -> None:
    content = written([CHART])[0]
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        chart = etree.fromstring(package.read("word/charts/chart1.xml"))
        book = load_workbook(io.BytesIO(package.read("word/embeddings/chart1.xlsx")))
        types = package.read("[Content_Types].xml").decode()
    assert [[c.value for c in row[:3]] for row in book["数据"].iter_rows(max_col=3)] == [
        [None, "红灯", "绿灯"],
        ["一、推动发展", 3, 5],
        ["二、改善民生", 0, 7],
    ]
    c = {"c": "http://schemas.openxmlformats.org/drawingml/2006/chart"}
    cached = [[int(v.text) for v in s.findall("c:val//c:v", c)] for s in chart.iterfind(".//c:ser", c)]
    assert cached == [[3, 0], [5, 7]]
    assert [e.tag.split("}")[1] for e in chart][-1] == "externalData"
    assert "drawingml.chart+xml" in types
    properties = docx.Document(io.BytesIO(content)).element.body.find(f".//{qn('wp:docPr')}")
    assert properties.get("descr") == (
        "分类亮灯（项）。红灯：一、推动发展3，二、改善民生0；绿灯：一、推动发展5，二、改善民生7"
    )


def test_two_charts_have_parts_of_their_own() -> None:
    with zipfile.ZipFile(io.BytesIO(written([CHART, CHART])[0])) as package:
        names = sorted(n for n in package.namelist() if "chart" in n)
    assert names == [
        "word/charts/_rels/chart1.xml.rels",
        "word/charts/_rels/chart2.xml.rels",
        "word/charts/chart1.xml",
        "word/charts/chart2.xml",
        "word/embeddings/chart1.xlsx",
        "word/embeddings/chart2.xlsx",
    ]


# 6


def test_signature() -> None:
    made = document(Paragraph("正文。"), Signature("市政府办公厅", "2022年7月5日"))
    text, blank, name, date = made.paragraphs
    assert (text.text, blank.text, name.text, date.text) == ("正文。", "", "市政府办公厅", "2022年7月5日")
    pitch = official.CHARACTER_PITCH
    # the date is six characters wide (its figures count half), the name six
    assert round(date.paragraph_format.right_indent.pt / pitch, 1) == 4
    assert round(name.paragraph_format.right_indent.pt / pitch, 1) == 4
    assert all(p.paragraph_format.keep_with_next for p in (text, blank, name))


def test_a_long_name_stays_two_characters_off_the_edge() -> None:
    issuer = "某某市人民政府政务督查工作领导小组办公室"
    *_, name, date = document(Signature(issuer, "2022年7月5日")).paragraphs
    pitch = official.CHARACTER_PITCH
    ends = [round(p.paragraph_format.right_indent.pt / pitch, 2) for p in (name, date)]
    assert ends[0] == 2
    assert ends[1] + 3 == pytest.approx(ends[0] + len(issuer) / 2, abs=0.02)  # middle above middle


def test_title_breaks_where_it_may() -> None:
    one = document(Title(("关于甲的", "通报"))).paragraphs[0]
    two = document(Title(("关于2022年1—6月市政府重点工作", "落实情况的通报"))).paragraphs[0]
    assert (one.text, two.text) == ("关于甲的通报", "关于2022年1—6月市政府重点工作\n落实情况的通报")


def test_masthead() -> None:
    made = document(
        Masthead("某市政务督查", "第6期", "市政府办公厅", "2022年7月5日"), Title(("通报",)), Recipients("各区：")
    )
    texts = [p.text for p in made.paragraphs]
    assert texts == ["某市政务督查", "第6期", "市政府办公厅\t2022年7月5日", "", "", "通报", "", "各区："]
    assert made.styles["版头标志"].font.color.rgb is not None
    assert made.paragraphs[2]._p.pPr.find(qn("w:pBdr")) is not None


# 7


def base(*texts: str) -> bytes:
    """An office's own document, with a header and a red name."""
    own = docx.Document()
    own.sections[0].header.paragraphs[0].text = "内部资料"
    for text in texts:
        own.add_paragraph(text)
    out = io.BytesIO()
    own.save(out)
    return out.getvalue()


def test_own_document_takes_the_text_at_its_marker() -> None:
    own = base("某市督查通报", "第{{期号}}期", "{{正文}}", "抄送：市委办公厅。")
    made = document(Title(("通报",)), Paragraph("正文。"), base=own, 期号="6")
    assert [p.text for p in made.paragraphs] == [
        "某市督查通报", "第6期", "通报", "", "正文。", "抄送：市委办公厅。"
    ]  # fmt: skip
    assert made.sections[0].header.paragraphs[0].text == "内部资料"
    assert made.styles["公文正文"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"


def test_own_document_keeps_its_own_styles() -> None:
    own = docx.Document(io.BytesIO(base("{{正文}}")))
    style = own.styles.add_style("公文正文", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    style.font.name = "楷体"
    out = io.BytesIO()
    own.save(out)
    made = document(Paragraph("正文。"), base=out.getvalue())
    assert made.paragraphs[0].style.font.name == "楷体"


def test_without_a_marker_the_text_follows() -> None:
    content, marked = written([Paragraph("正文。")], base=base("某市督查通报"))
    assert not marked
    assert [p.text for p in docx.Document(io.BytesIO(content)).paragraphs] == ["某市督查通报", "正文。"]


def test_a_base_that_is_no_document_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        written([Paragraph("正文。")], base=b"no document")
