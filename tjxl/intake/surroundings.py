"""What stands on a returned sheet beside the values to be merged, and is told rather than dropped in silence.

Columns of the unit's own, comments, colours, hidden rows, merged cells (failure modes 2, 7, 8 and 44).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from tjxl.fields.spec import Field
from tjxl.findings import Finding, finding
from tjxl.formats.workbook import Workbook
from tjxl.intake.headers import Header
from tjxl.intake.readform import ReadRow
from tjxl.ooxml.cells import RawCell, SheetCells
from tjxl.ooxml.refs import cell_ref, column_letters
from tjxl.sheets.marks import unit_words

_SHOWN_TEXT = 60
_PRIVATE = re.compile(r"[0-9]{11,40}[Xx]?")
_SHOWN_PLACES = 5


class Surroundings:
    """Looks around the rows of one sheet.

    `unit` are the columns to fill in, `added` those of the unit's own by their title, `known` all others that are
    accounted for.
    """

    def __init__(
        self,
        book: Workbook,
        header: Header,
        unit: Mapping[int, Field],
        added: Mapping[int, str],
        known: frozenset[int],
    ) -> None:
        self.book, self.sheet, self.header_row, self.added = book, header.sheet, header.row, added
        self.cells: SheetCells = book.cells(header.sheet)
        self.unit, self.known = unit, known
        self.merged: list[Finding] = []

    def settle_merged(self, rows: Sequence[ReadRow]) -> tuple[ReadRow, ...]:
        """The rows, those under a merged cell waiting: the value stands in the first, and may be meant for all.

        It is never copied down. Cells merged within a row are read as the first of them.
        """
        out = {row.row: row for row in rows}
        for area in self.cells.merged:
            fields = [f for c, f in sorted(self.unit.items()) if area.left <= c <= area.right]
            covered = [r for n, r in out.items() if area.top <= n <= area.bottom]
            content = self.cells.cells.get((area.top, area.left))
            if not fields or not covered or content is None or not is_filled(content):
                continue
            place = {"sheet": self.sheet, "cell": cell_ref(area.top, area.left), "field": fields[0].name}
            titles = "、".join(f.title for f in fields)
            if len(covered) > 1:
                tasks = "、".join(str(r.values.get("serial_no")) for r in covered)
                names = frozenset(f.name for f in fields)
                out |= {r.row: replace(r, waits=True, unreadable=r.unreadable | names) for r in covered}
                facts = {"tasks": tasks, "titles": titles, "task": covered[0].task_code}
                self.merged.append(finding("R325", value=cell_text(content), **facts, **place))
            elif len(fields) > 1:
                facts = {"titles": titles, "column": fields[0].title, "task": covered[0].task_code}
                self.merged.append(finding("R326", **facts, **place))
        return tuple(out[row.row] for row in rows)

    def findings(self, rows: Sequence[ReadRow], body: Mapping[int, Mapping[int, RawCell]]) -> list[Finding]:
        """Everything that is told once of the sheet."""
        return [
            *self._added(body),
            *self.merged,
            *self._hidden(rows),
            *self._comments(),
            *self._colours(rows),
        ]

    def _added(self, body: Mapping[int, Mapping[int, RawCell]]) -> Iterable[Finding]:
        """Columns of the unit's own, with or without a title: their text is kept in the finding."""
        texts: dict[int, list[tuple[int, str]]] = {column: [] for column in self.added}
        for number, row in body.items():
            for column, cell in row.items():
                if (column in self.added or column not in self.known) and is_filled(cell):
                    texts.setdefault(column, []).append((number, cell_text(cell)))
        for column, found in sorted(texts.items()):
            said = "；".join(text for _, text in found)
            tail = f"，其中的内容为：{shortened(said)}" if said else ""
            if column in self.added:
                at = self._at(cell_ref(self.header_row, column))
                yield finding("R304", column=self.added[column], text=tail, value=said or None, **at)
            else:
                at = self._at(cell_ref(found[0][0], column))
                yield finding("R315", letters=column_letters(column), text=tail, value=said, **at)

    def _hidden(self, rows: Sequence[ReadRow]) -> Iterable[Finding]:
        """Hidden rows and columns are read like any other; somebody may have put them aside (failure mode 7)."""
        hidden = set(self.cells.hidden_rows)
        numbers = [str(r.row) for r in rows if r.row in hidden]
        letters = [
            column_letters(c) for c in sorted(self.unit) for lo, hi in self.cells.hidden_columns if lo <= c <= hi
        ]
        what = [f"第 {_some(numbers)} 行"] if numbers else []
        what += [f"{_some(letters)} 列"] if letters else []
        if what:
            value = "、".join((*numbers, *letters))
            yield finding("R324", sheet=self.sheet, places="、".join(what), value=value)

    def _comments(self) -> Iterable[Finding]:
        for (row, column), comment in sorted(self.book.comments(self.sheet).items()):
            if words := unit_words(comment.text).strip():  # ours come back in a copy that was mended
                yield finding("R335", text=shortened(words), value=words, **self._at(cell_ref(row, column)))

    def _colours(self, rows: Sequence[ReadRow]) -> Iterable[Finding]:
        """Filled cells whose ground differs from that of most: what a colour means, nobody can know."""
        fills = self.book.fills
        seen: list[tuple[int, int, str]] = []
        for row in rows:
            for column in self.unit:
                cell = self.cells.cells.get((row.row, column))
                if cell is not None and cell.style < len(fills) and is_filled(cell):
                    seen.append((row.row, column, fills[cell.style]))
        usual = Counter(fill for *_, fill in seen).most_common(1)
        places = [cell_ref(row, column) for row, column, fill in seen if fill and fill != usual[0][0]]
        if places:
            yield finding("R336", places=_some(places), value="、".join(places), **self._at(places[0]))

    def _at(self, cell: str) -> dict[str, str]:
        return {"sheet": self.sheet, "cell": cell}


def _some(names: Sequence[str]) -> str:
    shown = "、".join(names[:_SHOWN_PLACES])
    return shown if len(names) <= _SHOWN_PLACES else f"{shown}等 {len(names)} 处"


def is_filled(cell: RawCell) -> bool:
    """Whether a person would say that something stands in the cell."""
    value = cell.value
    return value is not None and (not isinstance(value, str) or value.strip() != "")


def cell_text(cell: RawCell) -> str:
    """What stands in a cell, as one text."""
    return f"{cell.value:.15g}" if isinstance(cell.value, float) else str(cell.value).strip()


def shortened(text: str) -> str:
    """A text on one line, cut where it is too long for a sentence; the finding holds it whole.

    Numbers as long as those of mobile phones and identity cards are masked: sentences travel further than forms
    (failure mode 50).
    """
    line = _PRIVATE.sub(lambda m: m[0][:3] + "*" * (len(m[0]) - 3), " ".join(text.split()))
    return line if len(line) <= _SHOWN_TEXT else line[:_SHOWN_TEXT] + "…"
