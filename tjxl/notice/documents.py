"""A notice file → one table of tasks with the text around it: by what the file is, then by how it is laid out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tjxl.errors import NoticeError, plain_reason
from tjxl.notice.columns import Titles, column_title
from tjxl.notice.files.blocks import MOST_CELLS, Block, Grid, Line
from tjxl.notice.files.kinds import Reader, known_kind
from tjxl.notice.files.text import decode
from tjxl.notice.layouts.delimited import read_delimited
from tjxl.notice.layouts.grids import read_grids
from tjxl.notice.layouts.prose import read_prose
from tjxl.notice.layouts.stacked import read_stacked
from tjxl.notice.layouts.tabbed import read_tabbed
from tjxl.notice.layouts.unplaced import lost_borders, unknown_header
from tjxl.notice.table import NoticeDocument
from tjxl.notice.words import quote

SIZE_LIMIT = 50 * 1024 * 1024  # as for returned files (design, section 7)
_MOST_MARKS = MOST_CELLS


def read_document(path: Path, titles: Titles) -> NoticeDocument:
    """The notice cut into its parts.

    Raises:
        NoticeError: E101–E114: the file cannot be opened or is none that tjxl reads, or it holds no tasks that can
            be told apart.
    """
    data = _content(path)
    kind = known_kind(data)
    if kind is None:
        return document_of_text(decode(data, path.name), path.name, titles)
    name, reader = kind
    if reader is None:
        raise NoticeError("E103", file=path.name, kind=name)
    return document_of_blocks(_readers()[reader](data, path.name), path.name, titles)


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > SIZE_LIMIT:
            raise NoticeError("E105", file=path.name, size=-(-size // 2**20), limit=SIZE_LIMIT // 2**20)
        return path.read_bytes()
    except OSError as error:
        raise NoticeError("E107", file=path.name, reason=_os_reason(error)) from error


def _readers() -> Mapping[Reader, Callable[[bytes, str], tuple[Block, ...]]]:
    """What reads each kind of file; imported here, since most notices need only one of them."""
    from tjxl.notice.files.excel import read_excel, read_old_excel
    from tjxl.notice.files.web import read_web_archive, read_web_page
    from tjxl.notice.files.word import read_word

    return {
        "word": read_word,
        "excel": read_excel,
        "old_excel": read_old_excel,
        "web_page": read_web_page,
        "web_archive": read_web_archive,
    }


def document_of_text(text: str, file: str, titles: Titles) -> NoticeDocument:
    """The document in plain text, by the first layout that finds tasks in it, the more particular first.

    Raises:
        NoticeError: as `read_document`. `file` is the name that messages show.
    """
    marks = max(text.count(mark) for mark in "\t|\n")
    if marks > _MOST_MARKS:
        raise NoticeError("E109", file=file, count=marks)
    lines = [Line(number, line) for number, line in enumerate(text.split("\n"), 1)]
    document = (
        read_tabbed(text, titles)
        or read_delimited(text, titles)
        or read_stacked(text, titles, file)
        or read_prose(lines, titles)
    )
    return _told(document, lines, file, titles)


def document_of_blocks(blocks: Sequence[Block], file: str, titles: Titles) -> NoticeDocument:
    """The document in lines and grids: its task table, else its prose, else a table pasted in as text.

    Raises:
        NoticeError: as `read_document`.
    """
    document = read_grids(blocks, titles)
    if document is None:
        lines = [block for block in blocks if isinstance(block, Line)]
        if any(isinstance(block, Grid) and unknown_header([block]) for block in blocks):
            return _told(read_prose(lines, titles), blocks, file, titles)
        return document_of_text("\n".join(line.text for line in lines), file, titles)
    return _told(document, blocks, file, titles)


def _told(document: NoticeDocument | None, blocks: Sequence[Block], file: str, titles: Titles) -> NoticeDocument:
    """The document when its tasks can be read; otherwise why not.

    Raises:
        NoticeError: E101 no tasks, E106 unknown columns, E108 a header alone, E110 lost cell borders, E114 cut off.
    """
    if document is None:
        if lost := lost_borders(blocks, titles):
            raise NoticeError("E110", file=file, line=lost[0], value=quote(lost[1]))
        if header := unknown_header(blocks):
            raise _unplaced(file, header[0], header[1], titles)
        raise NoticeError("E101", file=file)
    cut = next((f for f in document.findings if f.code == "N139"), None)
    if cut is not None and not document.rows:
        raise NoticeError("E114", file=file, line=document.header.line, value=cut.value)
    columns = titles.recognise(document.header.cells)
    if columns is None or columns.missing:
        raise _unplaced(file, document.header.line, document.header.cells, titles)
    if not document.rows:
        raise NoticeError("E108", file=file, line=document.header.line)
    return document


def _unplaced(file: str, line: int, cells: Sequence[str], titles: Titles) -> NoticeError:
    """E106 which columns were not recognised, and how to name them; E116 where all were, but some are lacking."""
    columns = titles.recognise(cells)
    unknown = [quote(cell) for cell in cells if cell.strip() and titles.field_of(cell) is None]
    lacking = columns.missing if columns else _lacking(cells, titles)
    shown = quote("、".join(filter(None, cells)))
    facts = {"file": file, "line": line, "titles": shown, "columns": "、".join(lacking)}
    if not unknown or not lacking:
        return NoticeError("E116", **facts)
    return NoticeError("E106", **facts, unplaced="、".join(unknown[:10]), example=lacking[0])


def _lacking(cells: Sequence[str], titles: Titles) -> list[str]:
    fields = {titles.field_of(cell) for cell in cells}
    lacking = [] if fields & {"task", "theme"} else [column_title("task")]
    return lacking if fields & {"units", "lead_unit"} else [*lacking, column_title("units")]


def _os_reason(error: OSError) -> str:
    return "文件不存在" if isinstance(error, FileNotFoundError) else plain_reason(error)
