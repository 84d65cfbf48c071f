"""Reader of web pages as saved from a government site (.html, .htm, .mht): paragraphs and tables in their order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree, html

from tjxl.errors import NoticeError
from tjxl.notice.files.blocks import Block, Grid, Line, SpannedCell, clean_cell, lay_out
from tjxl.notice.files.text import decode, text_of

_CHARSET = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{1,40})""", re.IGNORECASE)
_HEAD = 4096
_MOST_TAGS = 800_000  # a page of 10,000 tasks has half as many
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,200}\?>")
_LEFT_OUT = {"script", "style", "head", "noscript", "select", "option", "textarea", "iframe", "svg", "template"}
_INLINE = {
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "em", "font", "i", "ins", "kbd", "label", "mark", "q",
    "s", "small", "span", "strong", "sub", "sup", "tt", "u", "var", "wbr", "img", "o:p", "st1:chsdate",
}  # fmt: skip


def read_web_page(data: bytes, file: str) -> tuple[Block, ...]:
    """Text blocks as lines (numbered from 1), tables as grids (rows numbered from 1 within the table).

    Raises:
        NoticeError: E102 empty, E104 no text, E109 far more cells than a task table, E112 no page at all.
    """
    return _blocks_of(_XML_DECLARATION.sub("", _decoded(data, file)), file)


def read_web_archive(data: bytes, file: str) -> tuple[Block, ...]:
    """The page inside a web archive (.mht).

    Raises:
        NoticeError: as `read_web_page`.
    """
    import email

    for part in email.message_from_bytes(data).walk():
        if part.get_content_type() == "text/html":
            payload = part.get_payload(decode=True)
            charset = part.get_content_charset()
            text = _as(payload, charset) if isinstance(payload, bytes) and charset else None
            if text is None and isinstance(payload, bytes):
                text = _decoded(payload, file)
            if text is not None:
                return _blocks_of(_XML_DECLARATION.sub("", text), file)
    raise NoticeError("E112", file=file)


def _decoded(data: bytes, file: str) -> str:
    """The page's text in the encoding that it declares, else in the one that fits."""
    declared = _CHARSET.search(data[:_HEAD])
    if declared and not data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        text = _as(data, declared[1].decode("ascii", "ignore"))
        if text is not None and text.strip():
            return text
    text = text_of(data)
    return decode(data, file) if text is None else text


def _as(data: bytes, charset: str) -> str | None:
    """Pages that say GB2312 hold characters of its successors; an encoding that does not fit is not believed."""
    encoding = "gb18030" if charset.lower() in ("gb2312", "gbk", "gb_2312-80", "x-gbk") else charset
    try:
        return data.decode(encoding)
    except (LookupError, UnicodeDecodeError):
        return None


def _blocks_of(text: str, file: str) -> tuple[Block, ...]:
    if not text.strip("\ufeff \t\r\n\x00"):
        raise NoticeError("E102", file=file)
    if (tags := text.count("<")) > _MOST_TAGS:
        raise NoticeError("E109", file=file, count=tags)
    try:
        # libxml2 takes the text as UTF-8 whatever the page declares
        parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise NoticeError("E112", file=file) from error
    out: list[Block] = []
    count = 0
    for piece in _pieces(root):
        if isinstance(piece, str):
            for line in filter(None, (" ".join(part.split()) for part in piece.split("\n"))):
                count += 1
                out.append(Line(count, line))
        else:
            out.append(_grid(piece, file))
    return tuple(out)


def _pieces(root: html.HtmlElement) -> Iterator[str | html.HtmlElement]:
    """Runs of text between block boundaries, and data tables, in document order."""
    gathered: list[str] = []
    inner = _tables_with_tables(root)
    skip: html.HtmlElement | None = None
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if skip is not None:
            if event == "end" and element is skip:
                skip = None
                gathered.append(element.tail or "")
            continue
        is_grid = tag == "table" and element not in inner and _is_data(element)
        if event == "start":
            if tag not in _INLINE:
                yield "".join(gathered)
                gathered = []
            if is_grid:
                yield element
            if is_grid or tag in _LEFT_OUT:
                skip = element
                continue
            gathered.append(_one_line(element.text))
        else:
            if tag not in _INLINE:
                yield "".join(gathered)
                gathered = []
            gathered.append(_one_line(element.tail))
    yield "".join(gathered)


def _one_line(text: str | None) -> str:
    """Line ends in a page's source are no line ends of its text."""
    return text.replace("\r", " ").replace("\n", " ") if text else ""


def _tables_with_tables(root: html.HtmlElement) -> set[html.HtmlElement]:
    """Tables that hold others: they lay the page out and are read as text around the inner ones."""
    outer: set[html.HtmlElement] = set()
    stack: list[html.HtmlElement] = []
    for event, element in etree.iterwalk(root, events=("start", "end"), tag="table"):
        if event == "start":
            if stack:
                outer.add(stack[-1])
            stack.append(element)
        else:
            stack.pop()
    return outer


def _is_data(table: html.HtmlElement) -> bool:
    """More than one column in some row: a frame around the text is a table of one column."""
    return any(sum(c.tag in ("td", "th") for c in row) > 1 for row in table.iter("tr"))


def _grid(table: html.HtmlElement, file: str) -> Grid:
    rows = []
    for number, row in enumerate(table.iter("tr"), 1):
        cells = [
            SpannedCell(_cell_text(cell), _span(cell.get("colspan")), _span(cell.get("rowspan")))
            for cell in row
            if cell.tag in ("td", "th")
        ]
        rows.append((number, cells))
    return lay_out(rows, file)


def _cell_text(cell: html.HtmlElement) -> str:
    out: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        tag = element.tag if isinstance(element.tag, str) else ""
        if tag not in _INLINE and element is not cell:
            out.append("\n")
        if event == "start":
            out.append(_one_line(element.text) if tag not in _LEFT_OUT else "")
        elif element is not cell:
            out.append(_one_line(element.tail))
    return clean_cell("\n".join(" ".join(line.split()) for line in "".join(out).split("\n")))


def _span(text: str | None) -> int:
    digits = (text or "").strip()
    return max(1, min(int(digits), 10_000)) if digits.isdecimal() and len(digits) < 6 else 1
