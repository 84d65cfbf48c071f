"""A letter as an official document (.docx): 标题, 主送单位, matters, 落款 and date, the table of tasks."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from tjxl.supervise.reminders.letters import Letter, Letters

if TYPE_CHECKING:
    from docx.document import Document

_EM = 16  # points: a character of the body
_WIDTHS = (13, 62, 33, 23, 25)  # millimetres, 156 in all
_CENTRED = (0, 2, 3, 4)
_DATE_FROM_EDGE = 4  # characters: GB/T 9704-2012 7.3.5.1, 成文日期右空四字，署名以成文日期为准居中
_TABLE_SIZE, _TABLE_LINE = 12, 18  # 小四


def notice_docx(letters: Letters, letter: Letter, unit: str) -> bytes:
    """The document of a letter."""
    import docx

    document: Document = docx.Document(io.BytesIO(_blank()[0]))
    _paragraph(document, letter.title, "公文标题")
    _paragraph(document, "", "公文正文")  # GB/T 9704-2012 7.3.2: 主送机关 stands one line below
    _indent(_paragraph(document, letter.addressee, "公文正文"))
    _paragraph(document, letter.opening, "公文正文")
    for section in letter.sections:
        _paragraph(document, section.heading, "一级标题")
        in_annex = letters.said_of_annex() if section.items else ""
        _paragraph(document, section.text + in_annex + section.demand, "公文正文")
    end = [_paragraph(document, letter.closing + letter.contact, "公文正文")]
    label, title, columns = letters.annex_words(unit, len(letter.annex))
    if letter.annex:
        end += [_paragraph(document, text, "公文正文") for text in ("", label)]
    for paragraph in end:
        paragraph.paragraph_format.keep_with_next = True  # the signature does not stand on a page alone
    _signature(document, letter)
    if letter.annex:
        _annex(document, title, columns, letter.annex)
    document.core_properties.title = _plain(letter.title)
    document.core_properties.author = _plain(letter.signature)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@cache
def _blank() -> tuple[bytes, dict[str, str]]:
    """The page that all notices start from, and the ids of its styles by name: made once, both take half the time."""
    from tjxl.documents.official import official_document

    document = official_document()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), {str(style.name): style.style_id for style in document.styles}


def _plain(text: str) -> str:
    """Text from the master may hold what XML cannot."""
    return "".join(c if c.isprintable() or c in "\n\t\u3000\u00a0" else " " for c in text)


def _paragraph(document: Document, text: str, style: str) -> Any:
    paragraph = document.add_paragraph(_plain(text))
    paragraph._p.style = _blank()[1][style]
    return paragraph


def _indent(paragraph: Any, right: float = 0) -> None:
    """No indent of the first line, and so many characters from the right; in both measures that a style may use."""
    from docx.oxml.ns import qn

    indent = paragraph._p.get_or_add_pPr().get_or_add_ind()
    for name, points in (("firstLine", 0.0), ("right", right * _EM)):
        indent.set(qn(f"w:{name}Chars"), "0")
        indent.set(qn(f"w:{name}"), str(round(points * 20)))


def _signature(document: Document, letter: Letter) -> None:
    """Who and when, at the right: the date four characters from the edge, the name centred on it."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    from_edge = _DATE_FROM_EDGE + (_ems(letter.date) - _ems(letter.signature)) / 2
    for _ in range(2):
        _paragraph(document, "", "公文正文").paragraph_format.keep_with_next = True
    for text, indent, last in ((letter.signature, max(from_edge, 0.0), False), (letter.date, _DATE_FROM_EDGE, True)):
        paragraph = _paragraph(document, text, "公文正文")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        _indent(paragraph, indent)
        paragraph.paragraph_format.keep_with_next = not last


def _ems(text: str) -> float:
    """How many characters wide a text is; digits and letters are half as wide."""
    return sum(0.5 if ord(c) < 128 else 1.0 for c in text)


def _annex(document: Document, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """附件 on a page of its own: its title and the table, whose head stands on every page."""
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm, Pt

    head = _paragraph(document, "附件", "一级标题")
    head.paragraph_format.page_break_before = True
    _indent(head)
    _paragraph(document, title, "公文标题").paragraph_format.space_after = Pt(_EM)
    table = document.add_table(rows=1 + len(rows), cols=len(columns))
    table.style = "Table Grid"
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for n, width in enumerate(_WIDTHS):
        table.columns[n].width = Mm(width)
    for row, texts in zip(table._tbl.tr_lst, (columns, *rows), strict=True):
        _fill_row(row, texts, header=texts is columns)


def _fill_row(row: Any, texts: Sequence[str], *, header: bool) -> None:
    """A row of the table; it does not break over a page."""
    from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT
    from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Mm, Pt
    from docx.table import _Cell

    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
    for n, (tc, text) in enumerate(zip(row.tc_lst, texts, strict=True)):
        cell = _Cell(tc, row)
        cell.width = Mm(_WIDTHS[n])
        cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
        paragraph = cell.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER if header or n in _CENTRED else WD_ALIGN_PARAGRAPH.LEFT
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
        paragraph.paragraph_format.line_spacing = Pt(_TABLE_LINE)
        free = OxmlElement("w:snapToGrid")
        free.set(qn("w:val"), "0")
        paragraph._p.get_or_add_pPr().insert_element_before(free, "w:spacing", "w:ind", "w:jc", "w:rPr")
        run = paragraph.add_run(_plain(text))
        run.font.name = "Times New Roman"
        run._element.rPr.rFonts.set(qn("w:eastAsia"), "黑体" if header else "仿宋")
        run.font.size = Pt(_TABLE_SIZE)
