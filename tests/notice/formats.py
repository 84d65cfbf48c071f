"""The sample notice in the formats that offices send, made from its text: Word, Excel, a web page.

Each is laid out as people lay it out: the theme in one merged cell over its rows, units one a line, the title above.
Pure: the same document gives the same words.
"""

from __future__ import annotations

import io
from collections.abc import Callable

from docx import Document
from openpyxl import Workbook

from tjxl.notice.table import NoticeDocument

THEME = 1
PAGE = 30  # rows of a page, after which the web page prints the header again


def as_word(document: NoticeDocument) -> bytes:
    """A .docx: paragraphs, a table with vertically merged themes and the header repeated, the note below."""
    word = Document()
    for line in document.before:
        word.add_paragraph(line)
    table = word.add_table(rows=0, cols=len(document.header.cells))
    rows = [document.header.cells, *(row.cells for row in document.rows)]
    for cells in rows:
        added = table.add_row()
        for cell, text in zip(added.cells, cells, strict=True):
            first, *more = text.split("\n")
            cell.paragraphs[0].text = first
            for line in more:
                cell.add_paragraph(line)
    for first, last in theme_blocks(document):
        if last > first:
            top, bottom = table.cell(first + 1, THEME), table.cell(last + 1, THEME)
            text = top.text
            top.merge(bottom).text = text
    for line in document.after:
        word.add_paragraph(line)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def as_excel(document: NoticeDocument) -> bytes:
    """An .xlsx: a merged heading, numbers as numbers, merged themes, the note in the last row, a hidden sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "分解表"
    for line in document.before:
        sheet.append([line])
    sheet.merge_cells(start_row=1, end_row=1, start_column=1, end_column=len(document.header.cells))
    sheet.append(list(document.header.cells))
    top = sheet.max_row
    for row in document.rows:
        sheet.append([int(row.cells[0]), *row.cells[1:]])
    for first, last in theme_blocks(document):
        sheet.merge_cells(
            start_row=top + 1 + first, end_row=top + 1 + last, start_column=THEME + 1, end_column=THEME + 1
        )
    for line in document.after:
        sheet.append([line])
    hidden = book.create_sheet("旧表")
    hidden.sheet_state = "hidden"
    for row in document.rows[:3]:
        hidden.append(["99", *row.cells[1:]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_web_page(document: NoticeDocument, encoding: str = "utf-8") -> bytes:
    """A page as saved from a government site: a layout table around it, rowspans, the header on every page."""
    spans = {first: last - first + 1 for first, last in theme_blocks(document)}
    inside = {i for first, last in theme_blocks(document) for i in range(first + 1, last + 1)}
    rows = []
    for i, row in enumerate(document.rows):
        if i % PAGE == 0 and i not in inside:
            rows.append(_web_row("th", document.header.cells, {}))
        cells = {c: text for c, text in enumerate(row.cells) if not (c == THEME and i in inside)}
        rows.append(_web_row("td", tuple(cells.values()), {list(cells).index(THEME): spans[i]} if i in spans else {}))
    before = "".join(f"<p>\n  {_escaped(line)}</p>" for line in document.before)
    after = "".join(f"<p>{_escaped(line)}</p>" for line in document.after)
    page = (
        f'<!DOCTYPE html>\n<html><head><meta charset="{encoding}"><title>x</title><script>var a = "<td>";</script>'
        f'</head><body><div id="nav">首页</div><table><tr><td>{before}<table border="1">{"".join(rows)}</table>'
        f'{after}</td></tr></table><div class="share">分享到：</div></body></html>'
    )
    return page.encode(encoding)


def _web_row(tag: str, cells: tuple[str, ...], spans: dict[int, int]) -> str:
    out = []
    for i, text in enumerate(cells):
        span = f' rowspan="{spans[i]}"' if i in spans else ""
        paragraphs = "".join(f"<p><span>{_escaped(line)}</span></p>" for line in text.split("\n"))
        out.append(f"<{tag}{span}>\n{paragraphs}\n</{tag}>")
    return f"<tr>{''.join(out)}</tr>\n"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def theme_blocks(document: NoticeDocument) -> list[tuple[int, int]]:
    """Rows (from 0) that one printed theme stands for: from where it is printed to the row before the next."""
    printed = [i for i, row in enumerate(document.rows) if row.cells[THEME]]
    ends = [*(i - 1 for i in printed[1:]), len(document.rows) - 1]
    return list(zip(printed, ends, strict=True))


FORMATS: dict[str, Callable[[NoticeDocument], bytes]] = {
    "docx": as_word,
    "xlsx": as_excel,
    "html": as_web_page,
}
