"""Blocks written into an official document, at its end or where the office's own document says {{正文}}."""

from __future__ import annotations

import copy
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from typing import TYPE_CHECKING, Any

from tjxl.documents import official
from tjxl.documents.blocks import (
    Annex,
    AnnexNote,
    Block,
    Chart,
    Heading,
    Masthead,
    Paragraph,
    Recipients,
    Signature,
    Table,
    TableColumn,
    Title,
)
from tjxl.documents.charts import add_chart

if TYPE_CHECKING:
    from docx.document import Document

MARKER = "{{正文}}"
"""Where the text goes in an office's own document."""

_CHART_HEIGHTS = {"columns": 165.0, "stacked": 60.0}
_BAR_HEIGHT = 14.0
"""Points: of a chart in all, and of each bar where they lie."""
_CELL_MARGIN = 60
"""Twips left and right of a cell's text."""
_AFTER_TABLE = 6.0
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_NARROW = re.compile(r"[\x00-\xff]")


def written(
    blocks: Sequence[Block],
    fonts: official.Fonts | None = None,
    base: bytes | None = None,
    facts: Mapping[str, str] | None = None,
) -> tuple[bytes, bool]:
    """The .docx that says these blocks, and whether it went where the office's own document asks.

    Args:
        base: an office's own document. The blocks take the place of the paragraph {{正文}}, or follow its content.
        facts: what stands for {{期号}} and the like in that document.

    Raises:
        ValueError: the base is no .docx.
    """
    document = official.official_document(base, fonts)
    marker = _prepared(document, facts or {}) if base is not None else None
    before = len(_content(document))
    blocks = [_plain(block) for block in blocks]
    for previous, block in zip((None, *blocks), blocks, strict=False):
        _write(document, block, previous)
    if marker is not None:
        for element in _content(document)[before:]:
            marker.addprevious(element)
        marker.getparent().remove(marker)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue(), marker is not None


def _plain(value: Any) -> Any:
    """A block without the characters that XML cannot hold: a cell of Excel may have them."""
    if isinstance(value, str):
        return _NOT_XML.sub("", value)
    if isinstance(value, tuple):
        return tuple(map(_plain, value))
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _plain(getattr(value, field.name)) for field in fields(value)})
    return value


def _content(document: Document) -> list[Any]:
    """Paragraphs and tables of the text; new ones come last."""
    return [e for e in document.element.body if not e.tag.endswith("}sectPr")]


def _prepared(document: Document, facts: Mapping[str, str]) -> Any:
    """Fill the facts into the office's document; the element of its marker, None where it has none."""
    marker = None
    for paragraph in _paragraphs(document):
        text = paragraph.text
        if text.strip() == MARKER and marker is None and paragraph._p.getparent() is document.element.body:
            marker = paragraph._p
            continue
        filled = text
        for name, value in facts.items():
            filled = filled.replace(f"{{{{{name}}}}}", value)
        if filled != text:
            # Word splits what was typed into runs as it likes: the first keeps its looks and takes the text.
            first, *rest = paragraph.runs
            first.text = filled
            for run in rest:
                run.text = ""
    return marker


def _paragraphs(document: Document) -> Iterable[Any]:
    """Paragraphs of the text, of its tables and of headers and footers."""
    yield from document.paragraphs
    for table in document.tables:
        for cell in (cell for row in table.rows for cell in row.cells):
            yield from cell.paragraphs
    for section in document.sections:
        for part in (section.header, section.first_page_header, section.footer, section.first_page_footer):
            if not part.is_linked_to_previous:
                yield from part.paragraphs


def _write(document: Document, block: Block, previous: Block | None) -> None:
    match block:
        case Masthead():
            _masthead(document, block)
        case Title():
            for _ in range(2 if isinstance(previous, Masthead) else 0):  # 7.3.1: 红色分隔线下空二行
                document.add_paragraph(style=official.BODY)
            document.add_paragraph("\n".join(_title_lines(block)), style=official.TITLE)
        case Recipients():
            document.add_paragraph(style=official.BODY)  # 7.3.2: 标题下空一行
            document.add_paragraph(block.text, style=official.RECIPIENTS)
        case Heading():
            _heading(document, block)
        case Paragraph():
            if isinstance(previous, Title):
                document.add_paragraph(style=official.BODY)
            document.add_paragraph(block.text, style=official.BODY)
        case AnnexNote():
            document.add_paragraph(style=official.BODY)  # 7.3.4: 正文下空一行
            document.add_paragraph(block.text, style=official.ANNEX_NOTE)
        case Signature():
            _signature(document, block)
        case Annex():
            document.add_paragraph(block.mark, style=official.ANNEX_MARK)
            document.add_paragraph(block.title, style=official.ANNEX_TITLE)
        case Table():
            _table(document, block)
        case Chart():
            document.add_paragraph(block.caption, style=official.CAPTION)
            bars = len(block.categories) * _BAR_HEIGHT if block.kind == "stacked" else 0
            paragraph = document.add_paragraph(style=official.FIGURE)
            add_chart(document, paragraph, block, official.TEXT_WIDTH - 4, _CHART_HEIGHTS[block.kind] + bars)


def _title_lines(block: Title) -> list[str]:
    """The title's pieces on as few lines as hold them."""
    most = official.TEXT_WIDTH / official.SIZE_2
    lines = [""]
    for piece in block.pieces:
        if lines[-1] and _characters(lines[-1] + piece) > most:
            lines.append("")
        lines[-1] += piece
    return lines


def _heading(document: Document, block: Heading) -> None:
    """A heading of its own, or one that its text follows: then the first words alone have the heading's face."""
    style = document.styles[official.HEADINGS[block.level]]
    if not block.rest:
        document.add_paragraph(block.text, style=style)
        return
    paragraph = document.add_paragraph(style=official.BODY)
    run = paragraph.add_run(block.text)
    run.font.bold = style.font.bold
    faces = style.element.rPr.rFonts if style.element.rPr is not None else None
    if faces is not None:
        run._r.get_or_add_rPr().insert(0, copy.deepcopy(faces))
    paragraph.add_run(block.rest)


def _masthead(document: Document, block: Masthead) -> None:
    """7.2: name, number, then issuer left and date right over the red line (the form of a 简报)."""
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Pt

    document.add_paragraph(block.name, style=official.MASTHEAD)
    document.add_paragraph(block.number, style=official.MASTHEAD_LINE)
    line = document.add_paragraph(style=official.MASTHEAD_LINE)
    official.set_property(line, "w:jc", "left")
    line.paragraph_format.tab_stops.add_tab_stop(Pt(official.TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    line.add_run(f"{block.issuer}\t{block.date}")
    official.draw_line_below(line)


def _signature(document: Document, block: Signature) -> None:
    """7.3.5.1: the date ends four characters from the right, the name stands in the middle above it.

    Both stay on one page with the end of the text: 7.3.5 allows no 「此页无正文」.
    """
    from docx.shared import Pt

    last = next((p for p in reversed(document.paragraphs) if p.text), None)
    if last is not None:
        last.paragraph_format.keep_with_next = True
    blank = document.add_paragraph(style=official.SIGNATURE)  # one line down
    name = document.add_paragraph(block.issuer, style=official.SIGNATURE)
    date = document.add_paragraph(block.date, style=official.SIGNATURE)
    blank.paragraph_format.keep_with_next = name.paragraph_format.keep_with_next = True
    wide = _characters(block.date)
    aside = 4 + (wide - _characters(block.issuer)) / 2
    date.paragraph_format.right_indent = Pt((4 + max(0.0, 2 - aside)) * official.CHARACTER_PITCH)
    name.paragraph_format.right_indent = Pt(max(2.0, aside) * official.CHARACTER_PITCH)


def _characters(text: str) -> float:
    """How many Chinese characters wide a text is."""
    half = len(_NARROW.findall(text))
    return len(text) - half / 2


def _table(document: Document, block: Table) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Pt

    if block.caption:
        document.add_paragraph(block.caption, style=official.CAPTION)
    table = document.add_table(1, len(block.columns))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _borders(table)
    total = sum(column.share for column in block.columns)
    widths = [int(column.share / total * official.TEXT_WIDTH * 20) for column in block.columns]
    for element, width in zip(table._tbl.tblGrid.gridCol_lst, widths, strict=True):
        element.w = width * 635
    head = table.rows[0]
    for cell, column, width in zip(head.cells, block.columns, widths, strict=True):
        _cell(cell._tc, column.title, document.styles[official.TABLE_HEAD].style_id, "center", width)
    _repeated(head._tr)
    if block.rows:
        _rows(table, head._tr, block, widths, document.styles[official.TABLE_TEXT].style_id)
    after = document.add_paragraph(style=official.TABLE_TEXT)  # a table must not touch what follows it
    after.paragraph_format.line_spacing = Pt(_AFTER_TABLE)


def _rows(table: Any, head: Any, block: Table, widths: Sequence[int], style: str) -> None:
    """One row is made, the others are copies of it: adding hundreds one by one takes seconds."""
    from docx.oxml.ns import qn

    model = copy.deepcopy(head)
    properties = model.get_or_add_trPr()
    for flag in properties.findall(qn("w:tblHeader")):
        properties.remove(flag)
    columns: Sequence[TableColumn] = block.columns
    for texts in block.rows:
        row = copy.deepcopy(model)
        for cell, text, column, width in zip(row.tc_lst, texts, columns, widths, strict=True):
            _cell(cell, text, style, column.align, width)
        table._tbl.append(row)


def _cell(element: Any, text: str, style: str, align: str, width: int) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement
    from docx.table import _Cell
    from docx.text.paragraph import Paragraph as Text

    element.width = width * 635
    properties = element.get_or_add_tcPr()
    for old in properties.findall(qn("w:vAlign")):
        properties.remove(old)
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(middle)
    paragraph = Text(element.p_lst[0], _Cell(element, None))  # type: ignore[arg-type]
    for old in element.p_lst[0].r_lst:
        element.p_lst[0].remove(old)
    official.set_property(paragraph, "w:pStyle", style)
    official.set_property(paragraph, "w:jc", align)
    paragraph.add_run(text)


def _repeated(row: Any) -> None:
    """The header row on every page; no row is torn in two."""
    from docx.oxml.parser import OxmlElement

    properties = row.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    properties.append(OxmlElement("w:tblHeader"))


def _borders(table: Any) -> None:
    from docx.oxml.ns import qn
    from docx.oxml.parser import OxmlElement

    properties = table._tbl.tblPr
    borders, margins = OxmlElement("w:tblBorders"), OxmlElement("w:tblCellMar")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(_CELL_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = properties.find(qn("w:tblLook"))
    for old in properties.findall(qn("w:tblBorders")):
        properties.remove(old)
    layout = properties.find(qn("w:tblLayout"))
    if layout is not None:
        layout.addprevious(borders)
        layout.addnext(margins)
    else:
        (look if look is not None else properties[-1]).addprevious(borders)
        borders.addnext(margins)
