"""The page and the styles of an official document by GB/T 9704-2012 《党政机关公文格式》; comments name its sections.

A4; the text area (版心) is 156 × 225 mm and holds 22 lines of 28 characters. The section's document grid says so (in
Word: 页面设置, 文档网格): `charSpace` is the pitch less the size of the style Normal, times 4096 (ECMA-376, docGrid).
The styles do not lean on that grid, they hold the same pitch themselves: a character of 3号 is a little wider than
its cell, and LibreOffice 7.4 then gives it two (14 characters a line); substitute fonts with tall lines take two
lines of a grid.

Fonts are named, not embedded. A computer without 方正小标宋简体 takes the other names of the document's font table
(宋体 …), and so do 仿宋, 楷体 and their _GB2312 cuts, of which Windows has one or the other.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from docx.document import Document

# 5.1, 5.2.1: millimetres
PAGE = (210.0, 297.0)
MARGINS = {"top": 37.0, "bottom": 35.0, "left": 28.0, "right": 26.0}
# 5.2.3
LINES, CHARACTERS = 22, 28
# 字号 in points
SIZE_2, SIZE_3, SIZE_4, SIZE_5 = 22.0, 16.0, 14.0, 10.5

_MM = 72 / 25.4
TEXT_WIDTH = (PAGE[0] - MARGINS["left"] - MARGINS["right"]) * _MM
_TEXT_HEIGHT = (PAGE[1] - MARGINS["top"] - MARGINS["bottom"]) * _MM
LINE_PITCH = int(_TEXT_HEIGHT * 20 / LINES)
"""Twips from line to line, rounded down so that the last line has room."""
CHARACTER_PITCH = TEXT_WIDTH / CHARACTERS
"""Points from character to character: a little less than 3号 is wide."""
CONDENSED = int((CHARACTER_PITCH - SIZE_3) * 20) - 2
"""Twips taken off each character of 3号: rounded so that 28 of them fit, and one more, which LibreOffice asks in a
section with a grid of characters. 29 do not fit; justified lines fill the width."""
CHAR_SPACE = int((CHARACTER_PITCH - SIZE_3) * 4096) - 1
"""In 1/4096 point, rounded away from zero so that the last character has room."""
# 7.5: the dashes of the page number stand 7 mm below the text area; they are in the middle of their line.
_PAGE_NUMBER_LINE = 16.0
_FOOTER_DISTANCE = MARGINS["bottom"] - 7 - _PAGE_NUMBER_LINE / 2 / _MM
_DASH = "—"

TITLE, BODY, HEADINGS = "公文标题", "公文正文", ("一级标题", "二级标题", "三级标题")
RECIPIENTS, SIGNATURE, ANNEX_NOTE = "主送机关", "公文署名", "附件说明"
ANNEX_MARK, ANNEX_TITLE = "附件标识", "附件标题"
CAPTION, TABLE_HEAD, TABLE_TEXT, FIGURE = "图表标题", "表头文字", "表格文字", "图表"
MASTHEAD, MASTHEAD_LINE = "版头标志", "版头期号"

_RED = "E83820"
"""7.2.4, 7.2.7: masthead and line are red. The shade is INF: 6.2 asks for 80 % yellow and 80 % magenta ink."""

_OTHER_NAMES = {
    "方正小标宋简体": ("FZXiaoBiaoSong-B05S", "方正小标宋_GBK", "宋体", "SimSun"),
    "仿宋": ("FangSong", "仿宋_GB2312", "FangSong_GB2312"),
    "仿宋_GB2312": ("FangSong_GB2312", "仿宋", "FangSong"),
    "楷体": ("KaiTi", "楷体_GB2312", "KaiTi_GB2312"),
    "黑体": ("SimHei",),
    "宋体": ("SimSun",),
}
_SERIF = ("方正小标宋简体", "宋体")


@dataclass(frozen=True, slots=True)
class Fonts:
    """The faces of a document (5.2.2, 7.3.1, 7.3.3). A title in 宋体 is bold, to pass for 小标宋."""

    title: str = "方正小标宋简体"
    body: str = "仿宋"
    first: str = "黑体"
    second: str = "楷体"
    number: str = "宋体"


@dataclass(frozen=True, slots=True)
class _Style:
    """A paragraph style. Indents in characters; `line` in points: None for one line of the grid, 0 for single."""

    name: str
    font: str
    size: float = SIZE_3
    bold: bool = False
    align: Literal["left", "center", "right", "both"] = "both"
    first: float = 0
    line: float | None = None
    before: float = 0
    after: float = 0
    next_with: bool = False
    new_page: bool = False
    level: int | None = None
    colour: str | None = None


def official_document(base: bytes | None = None, fonts: Fonts | None = None) -> Document:
    """An empty document: page, grid, styles, page numbers.

    Args:
        base: an office's own .docx: its page, its headers and the styles that it has under these names are kept,
            and what is missing is added.

    Raises:
        ValueError: the base is no .docx.
    """
    import docx

    fonts = fonts or Fonts()
    if base is None:
        document = docx.Document()
        _clear_defaults(document, fonts)
        _set_page(document)
    else:
        try:
            document = docx.Document(io.BytesIO(base))
        except Exception as error:  # python-docx raises what zipfile, lxml and its own reader raise
            raise ValueError(str(error)) from error
    present = {style.name for style in document.styles}
    for style in _styles(fonts):
        if style.name not in present:
            _add_style(document, style)
    _name_fonts(document, fonts)
    if base is None:
        _number_pages(document, fonts)
    return document


def _styles(fonts: Fonts) -> list[_Style]:
    bold_title = fonts.title in ("宋体", "SimSun")
    # 2号 characters need more than the grid's pitch; the lines of a title are set apart evenly.
    title = {"font": fonts.title, "size": SIZE_2, "bold": bold_title, "align": "center", "line": 34.0}
    body, first, second = fonts.body, fonts.first, fonts.second
    make: Callable[..., _Style] = _Style
    return [
        make(TITLE, **title, next_with=True),  # 7.3.1
        make(RECIPIENTS, body, align="left"),  # 7.3.2: 居左顶格
        make(BODY, body, first=2),  # 7.3.3: 每个自然段左空二字
        make(HEADINGS[0], first, first=2, next_with=True, level=0),  # 「一、」 3号黑体
        make(HEADINGS[1], second, first=2, next_with=True, level=1),  # 「（一）」 3号楷体
        make(HEADINGS[2], body, bold=True, first=2, next_with=True, level=2),  # 「1.」 3号仿宋
        make(ANNEX_NOTE, body, first=2),  # 7.3.4
        make(SIGNATURE, body, align="right"),  # 7.3.5
        make(ANNEX_MARK, first, align="left", new_page=True, next_with=True),  # 7.3.7: 3号黑体顶格
        make(ANNEX_TITLE, **title, before=28, after=10, next_with=True),  # 7.3.7: 居中编排在第三行
        make(CAPTION, first, SIZE_4, align="center", line=22.0, before=6, after=2, next_with=True),
        make(FIGURE, body, align="center", line=0, after=4),
        # Section 8 leaves the size of tables open; 5号 is a usual choice.
        make(TABLE_HEAD, first, SIZE_5, align="center", line=15.0, next_with=False),
        make(TABLE_TEXT, body, SIZE_5, align="left", line=15.0),
        make(MASTHEAD, fonts.title, 48.0, bold_title, align="center", line=60.0, colour=_RED),  # 7.2.4
        make(MASTHEAD_LINE, body, align="center"),
    ]


def _clear_defaults(document: Document, fonts: Fonts) -> None:
    """The library's template: its theme fonts and its spacing give way to the body's font and size."""
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for old in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        for element in document.styles.element.iter(qn("w:rFonts")):
            element.attrib.pop(qn(f"w:{old}"), None)
    defaults = document.styles.element.find(qn("w:docDefaults"))
    _set_fonts(defaults.find(qn("w:rPrDefault")).find(qn("w:rPr")), fonts.body)
    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    normal = document.styles["Normal"]
    normal.font.size = Pt(SIZE_3)
    _set_fonts(normal.element.get_or_add_rPr(), fonts.body)
    spacing = normal.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    spacing.line_spacing = 1.0
    _settings(document)


def _settings(document: Document) -> None:
    """Sides differ by page number; punctuation keeps its full width, so that lines keep their 28 characters."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    settings = document.settings.element
    for language in settings.findall(qn("w:themeFontLang")):
        language.set(qn("w:eastAsia"), "zh-CN")
    document.settings.odd_and_even_pages_header_footer = True
    for control in settings.findall(qn("w:characterSpacingControl")):
        control.set(qn("w:val"), "doNotCompress")
    compat = settings.find(qn("w:compat"))
    if compat is None:
        return
    for old in compat.findall(qn("w:compatSetting")):
        if old.get(qn("w:name")) == "compatibilityMode":
            compat.remove(old)
    mode = OxmlElement("w:compatSetting")
    mode.set(qn("w:name"), "compatibilityMode")
    mode.set(qn("w:uri"), "http://schemas.microsoft.com/office/word")
    mode.set(qn("w:val"), "14")  # Word 2010: neither older layout rules nor anything newer
    compat.append(mode)


def _set_page(document: Document) -> None:
    """5.1, 5.2: paper, margins, grid."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Mm

    section = document.sections[0]
    section.page_width, section.page_height = Mm(PAGE[0]), Mm(PAGE[1])
    section.top_margin, section.bottom_margin = Mm(MARGINS["top"]), Mm(MARGINS["bottom"])
    section.left_margin, section.right_margin = Mm(MARGINS["left"]), Mm(MARGINS["right"])
    section.header_distance, section.footer_distance = Mm(15), Mm(_FOOTER_DISTANCE)
    properties = section._sectPr
    for old in properties.findall(qn("w:docGrid")):
        properties.remove(old)
    grid = OxmlElement("w:docGrid")
    for name, value in (("type", "linesAndChars"), ("linePitch", LINE_PITCH), ("charSpace", CHAR_SPACE)):
        grid.set(qn(f"w:{name}"), str(value))
    properties.append(grid)


def _add_style(document: Document, style: _Style) -> None:
    from docx.enum.style import WD_STYLE_TYPE
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    made = document.styles.add_style(style.name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = document.styles.default(WD_STYLE_TYPE.PARAGRAPH)
    made.quick_style = True
    made.font.size, made.font.bold = Pt(style.size), style.bold
    if style.colour:
        made.font.color.rgb = RGBColor.from_string(style.colour)
    _set_fonts(made.element.get_or_add_rPr(), style.font)
    layout = made.paragraph_format
    layout.keep_with_next, layout.page_break_before = style.next_with, style.new_page
    layout.widow_control = False  # 5.2.3: 撑满版心, every page has its 22 lines
    layout.space_before, layout.space_after = Pt(style.before), Pt(style.after)
    if style.line is None:
        layout.line_spacing = Pt(LINE_PITCH / 20)  # exact: a substitute font with tall lines does not break the count
    else:
        layout.line_spacing = Pt(style.line) if style.line else 1.0
    properties = made.element.get_or_add_pPr()
    _flag(properties, "w:overflowPunct", False)  # nothing hangs over the edge of the text area
    for gap in ("w:autoSpaceDE", "w:autoSpaceDN", "w:snapToGrid"):  # no gaps around figures, no pull of the grid
        _flag(properties, gap, False)
    _off_grid(made.element.get_or_add_rPr(), condensed=style.size == SIZE_3)
    if style.first:
        layout.first_line_indent = Pt(style.first * CHARACTER_PITCH)
        properties.find(qn("w:ind")).set(qn("w:firstLineChars"), str(int(style.first * 100)))
    _child(properties, "w:jc", w_val=style.align)
    if style.level is not None:
        _child(properties, "w:outlineLvl", w_val=str(style.level))


def _off_grid(properties: Any, condensed: bool) -> None:
    """Characters keep their own pitch, whatever the section's grid says."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    after = ("w:w", "w:kern", "w:position", "w:sz", "w:szCs", "w:highlight", "w:u", "w:lang")
    for tag, value in (("w:snapToGrid", "0"), ("w:spacing", str(CONDENSED) if condensed else "")):
        if value:
            element = OxmlElement(tag)
            element.set(qn("w:val"), value)
            places = ("w:color", "w:spacing", *after) if tag == "w:snapToGrid" else after
            properties.insert_element_before(element, *places)


def _set_fonts(properties: Any, font: str) -> None:
    """One face for every script: the quotation marks and dashes of Chinese count as Latin to Word."""
    from docx.oxml.ns import qn

    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = _child(properties, "w:rFonts", first=True)
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.set(qn(f"w:{script}"), font)


_ORDER = [
    "pStyle", "keepNext", "keepLines", "pageBreakBefore", "framePr", "widowControl", "numPr",
    "suppressLineNumbers", "pBdr", "shd", "tabs", "suppressAutoHyphens", "kinsoku",
    "wordWrap", "overflowPunct", "topLinePunct", "autoSpaceDE", "autoSpaceDN", "bidi",
    "adjustRightInd", "snapToGrid", "spacing", "ind", "contextualSpacing", "mirrorIndents",
    "suppressOverlap", "jc", "textDirection", "textAlignment", "textboxTightWrap",
    "outlineLvl", "divId", "cnfStyle", "rPr", "sectPr", "pPrChange",
]  # fmt: skip
"""The order that the schema asks of a paragraph's properties."""


def set_property(paragraph: Any, tag: str, value: str) -> None:
    """Set a property of one paragraph, at the place that the schema asks; `w:pStyle` takes a style's id."""
    _child(paragraph._p.get_or_add_pPr(), tag, first=tag == "w:pStyle", w_val=value)


def draw_line_below(paragraph: Any) -> None:
    """7.2.7: the red line, as wide as the text area, 4 mm below the text."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    borders = _child(paragraph._p.get_or_add_pPr(), "w:pBdr")
    line = OxmlElement("w:bottom")
    # sz in 1/8 point; space in points: 4 mm
    for name, value in (("val", "single"), ("sz", "12"), ("space", "11"), ("color", _RED)):
        line.set(qn(f"w:{name}"), value)
    borders.append(line)


def _flag(properties: Any, tag: str, on: bool) -> None:
    _child(properties, tag, w_val="1" if on else "0")


def _child(properties: Any, tag: str, first: bool = False, **attributes: str) -> Any:
    """Set a property, at the place that the schema asks."""
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    for old in properties.findall(qn(tag)):
        properties.remove(old)
    element = OxmlElement(tag)
    for name, value in attributes.items():
        element.set(qn(name.replace("_", ":")), value)
    if first or not tag.startswith("w:") or tag[2:] not in _ORDER:
        properties.insert(0, element)
    else:
        properties.insert_element_before(element, *(f"w:{name}" for name in _ORDER[_ORDER.index(tag[2:]) + 1 :]))
    return element


def _name_fonts(document: Document, fonts: Fonts) -> None:
    """The other names of the fonts, for computers that lack them."""
    from docx.opc.constants import RELATIONSHIP_TYPE
    from docx.oxml.ns import qn
    from lxml import etree

    part = next(
        (r.target_part for r in document.part.rels.values() if r.reltype == RELATIONSHIP_TYPE.FONT_TABLE), None
    )
    if part is None:
        return
    table = etree.fromstring(part.blob)
    known = {element.get(qn("w:name")) for element in table}
    for name in dict.fromkeys((fonts.title, fonts.body, fonts.first, fonts.second, fonts.number)):
        if name in known or name not in _OTHER_NAMES:
            continue
        font = etree.SubElement(table, qn("w:font"), {qn("w:name"): name})
        family = "roman" if name in _SERIF else "modern"
        for tag, value in (
            ("altName", ",".join(_OTHER_NAMES[name])),
            ("charset", "86"),
            ("family", family),
            ("pitch", "default"),
        ):
            etree.SubElement(font, qn(f"w:{tag}"), {qn("w:val"): value})
    part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def _number_pages(document: Document, fonts: Fonts) -> None:
    """7.5: 4号半角宋体 between dashes; odd pages at the right and even ones at the left, one character in."""
    section = document.sections[0]
    for footer, align in ((section.footer, "right"), (section.even_page_footer, "left")):
        footer.is_linked_to_previous = False
        _page_number(footer.paragraphs[0], align, fonts)


def _page_number(paragraph: Any, align: str, fonts: Fonts) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.shared import Pt

    layout = paragraph.paragraph_format
    layout.line_spacing = Pt(_PAGE_NUMBER_LINE)
    if align == "right":
        layout.right_indent = Pt(SIZE_4)
    else:
        layout.left_indent = Pt(SIZE_4)
    properties = paragraph._p.get_or_add_pPr()
    _flag(properties, "w:snapToGrid", False)
    _child(properties, "w:jc", w_val=align)
    for kind, text in (
        ("t", f"{_DASH} "),
        ("begin", ""),
        ("instrText", " PAGE "),
        ("separate", ""),
        ("t", "1"),
        ("end", ""),
        ("t", f" {_DASH}"),
    ):
        run = paragraph.add_run(text if kind == "t" else "")
        run.font.size = Pt(SIZE_4)
        _set_fonts(run._r.get_or_add_rPr(), fonts.number)
        if kind == "instrText":
            code = OxmlElement("w:instrText")
            code.set(qn("xml:space"), "preserve")
            code.text = text
            run._r.append(code)
        elif kind != "t":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
