"""The bulletin in the master: the rows of 通报 that say it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

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
    Title,
)
from tjxl.ooxml.editor import BookEditor
from tjxl.periods import Period
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append_fitted, set_row_values, take_out
from tjxl.sheets.rows import TableRow

HEAD, ANNEX, END = "文首", "附件", "落款"
GONE = "（本次已不再写入）"


def rows_of(blocks: Sequence[Block], period: Period, number: int) -> list[dict[str, Any]]:
    """A row for each paragraph and each row of a table; the annex, which repeats the register, is named only."""
    said = [(part, text) for part, text in _texts(blocks) if text]
    return [
        {"period": period.code, "place": place, "number": number, "part": part, "content": text}
        for place, (part, text) in enumerate(said, 1)
    ]


def _texts(blocks: Sequence[Block]) -> Iterator[tuple[str, str]]:
    part = HEAD
    for block in blocks:
        match block:
            case Annex():
                part = ANNEX
                yield part, block.title
            case Heading(level=0):
                part = block.text
                yield part, block.rest
            case Heading():
                yield part, block.text + block.rest
            case Masthead():
                yield part, f"{block.name} {block.number}"
            case Signature():
                yield END, f"{block.issuer} {block.date}"
            case Table() if part == ANNEX:
                yield part, f"表共{len(block.rows)}行，见通报的 Word 文件。"
            case Table():
                titles = [column.title for column in block.columns]
                for row in block.rows:
                    yield part, "；".join(f"{t}：{text}" for t, text in zip(titles, row, strict=True) if text)
            case Chart():
                continue  # its figures stand in the text and the tables
            case AnnexNote():
                yield END, block.text
            case Title() | Recipients() | Paragraph():
                yield part, block.text


def next_number(rows: Sequence[TableRow], period: Period) -> int:
    """The number of a period's bulletin: the one it has, else the next."""
    numbers = {str(r["period"]): r["number"] for r in rows if isinstance(r["number"], int)}
    return numbers.get(period.code) or max(numbers.values(), default=0) + 1


def write(editor: BookEditor, old: Sequence[TableRow], rows: Sequence[dict[str, Any]], period: Period) -> None:
    """Make the rows of a period say what it says now; those of other periods stay.

    What the office has noted beside words keeps its row while these words are said, at whatever place; words noted
    upon that are no longer said stay with the note, marked so.
    """
    layout = master_layout()["bulletin"]
    free = [r for r in old if r["period"] == period.code]
    unsaid = list(rows)
    for row in [r for r in free if r.values.get("remarks") is not None]:
        free.remove(row)
        said = next((v for v in unsaid if v["content"] == row["content"]), None)
        if said is None:
            _set(editor, row, {"place": None, "number": row["number"], "part": GONE})
        else:
            unsaid.remove(said)
            _set(editor, row, said)
    for row, values in zip(free, unsaid, strict=False):
        _set(editor, row, values)
    if surplus := [r.number for r in free[len(unsaid) :]]:
        take_out(editor, layout, surplus)
    append_fitted(editor, layout, unsaid[len(free) :])


def _set(editor: BookEditor, row: TableRow, values: Mapping[str, Any]) -> None:
    changed = {name: value for name, value in values.items() if row[name] != value}
    set_row_values(editor, master_layout()["bulletin"], row.number, changed)
