"""A file of findings → its rows as texts, every bad row told. Any workbook that tjxl opens, or .csv (UTF-8, GBK)."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from tjxl.errors import PackageError
from tjxl.findings import Finding, finding
from tjxl.formats.opening import may_be_workbook
from tjxl.formats.workbook import Workbook
from tjxl.intake.guard import MAX_FILE, open_book
from tjxl.intake.normalise.dates import read_date
from tjxl.intake.normalise.texts import read_text
from tjxl.notice.files.text import text_of
from tjxl.ooxml.cells import RawCell, SheetCells
from tjxl.ooxml.refs import MAX_COLUMN, cell_ref
from tjxl.supervise.verification.columns import Header, columns, header_of, title_of
from tjxl.supervise.verification.periods import period_code

MAX_ROWS = 20_000
"""Rows of one file; a year's findings of a city are some hundreds."""
_DELIMITERS = ",\t;，"

Rows = dict[int, dict[int, str]]


@dataclass(frozen=True, slots=True)
class Basis:
    """What a file does not say itself: the project's year and months of a period, the period and source to assume."""

    year: int
    months: int
    period: str | None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A finding as its file says it: texts by column name, and where it stands (`cell` is that of what was found)."""

    sheet: str
    row: int
    cell: str
    said: Mapping[str, str]


@dataclass(slots=True)
class FoundFile:
    """What a file gives: its rows, and what is wrong with it or with others of its rows."""

    rows: list[FoundRow] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass(slots=True)
class _Sheet:
    """Texts by row and column; cells that have none because they cannot be read."""

    title: str
    rows: Rows
    unreadable: dict[tuple[int, int], Finding]


def read_findings(content: bytes, name: str, basis: Basis) -> FoundFile:
    """The findings in a file. Nothing raises at a bad file: what cannot be read is told."""
    out = FoundFile()
    if len(content) > MAX_FILE:
        out.findings.append(finding("Q110", file=name, reason="超过 50 MB"))
        return out
    try:
        sheets = list(_sheets(content, name))
    except PackageError as error:
        out.findings.append(finding("Q110", file=name, reason=str(error).rstrip("。")))
        return out
    headed = [(sheet, header) for sheet in sheets if (header := header_of(sheet.rows)) is not None]
    if not headed:
        out.findings.append(finding("Q111", file=name))
    for sheet, header in headed:
        _read_sheet(sheet, header, basis, out)
    return out


def _sheets(content: bytes, name: str) -> Iterator[_Sheet]:
    if may_be_workbook(content):
        book = open_book(content)
        for title, sheet in book.sheets.items():
            if sheet.state == "visible":
                yield _of_workbook(book, title)
        return
    text = text_of(content)
    if text is None:
        raise PackageError("E309", kind="二进制文件")
    yield _of_text(text, name)


def _of_text(text: str, name: str) -> _Sheet:
    head = text[:4096]
    delimiter = max(_DELIMITERS, key=head.count)
    rows: Rows = {}
    for number, line in enumerate(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), 1):
        cells = {place: value.strip() for place, value in enumerate(line[:MAX_COLUMN], 1) if value.strip()}
        if cells:
            rows[number] = cells
    return _Sheet(name, rows, {})


def _of_workbook(book: Workbook, title: str) -> _Sheet:
    cells = book.cells(title)
    sheet = _Sheet(title, {}, {})
    for (row, column), cell in cells.cells.items():
        kind = book.number_classes[cell.style] if cell.style < len(book.number_classes) else "general"
        reading = read_text(cell, kind, book.date1904)
        if reading.unreadable and reading.finding is not None:
            sheet.unreadable[row, column] = reading.finding
        elif reading.value is not None:
            sheet.rows.setdefault(row, {})[column] = str(reading.value)
    _fill_merged(sheet.rows, cells)
    return sheet


def _fill_merged(rows: Rows, cells: SheetCells) -> None:
    """A merged cell says of all its rows what stands at its top (来源 once for ten rows)."""
    last = min(max(rows, default=0), MAX_ROWS)
    for area in cells.merged:
        text = rows.get(area.top, {}).get(area.left)
        if text is not None and area.left == area.right:
            for row in range(area.top + 1, min(area.bottom, last) + 1):
                if row in rows:
                    rows[row].setdefault(area.left, text)


def _read_sheet(sheet: _Sheet, header: Header, basis: Basis, out: FoundFile) -> None:
    for name, titles in header.doubled.items():
        said = finding("Q112", title=title_of(name), titles="、".join(titles))
        out.findings.append(said.at(sheet=sheet.title, cell=cell_ref(header.row, 1)))
    if header.doubled:
        return
    if header.unknown:
        named = "、".join(header.unknown)
        out.findings.append(finding("Q120", titles=named).at(sheet=sheet.title, cell=cell_ref(header.row, 1)))
    wanted = set(header.at.values())
    numbers = sorted({r for r in (*sheet.rows, *(place[0] for place in sheet.unreadable)) if r > header.row})
    filled = [n for n in numbers if any(c in wanted for c in sheet.rows.get(n, ())) or _bad(sheet, n, wanted)]
    if len(filled) > MAX_ROWS:
        out.findings.append(finding("Q125", count=MAX_ROWS).at(sheet=sheet.title))
        return
    for number in filled:
        row, found = _read_row(sheet, header, number, basis)
        out.findings += found
        if row is not None:
            out.rows.append(row)


def _bad(sheet: _Sheet, row: int, wanted: set[int]) -> list[tuple[int, Finding]]:
    return [(column, sheet.unreadable[row, column]) for column in wanted if (row, column) in sheet.unreadable]


def _read_row(sheet: _Sheet, header: Header, number: int, basis: Basis) -> tuple[FoundRow | None, Sequence[Finding]]:
    """A row, None where it cannot be used, and what is to be said of it; all of it at once."""
    texts = sheet.rows.get(number, {})
    said = {name: texts[at] for name, at in header.at.items() if at in texts}
    found = [
        replace(problem, severity="error", sheet=sheet.title, cell=cell_ref(number, column))
        for column, problem in _bad(sheet, number, set(header.at.values()))
    ]

    def at(code: str, name: str, value: str = "") -> Finding:
        place = cell_ref(number, header.at[name]) if name in header.at else f"{number}"
        return finding(code, value=value).at(sheet=sheet.title, cell=place, field=name)

    if "task" not in said and "target" not in said:
        found.append(at("Q113", "task" if "task" in header.at else "target"))
    if "value" not in said and "word" not in said:
        found.append(at("Q114", "value" if "value" in header.at else "word"))
    if "source" not in said:
        if basis.source is None:
            found.append(at("Q115", "source"))
        else:
            said["source"] = basis.source
    named = said.get("period")
    code = period_code(named, basis.year, basis.months) if named else basis.period
    if code is None:
        found.append(at("Q116", "period", value=named or ""))
    if "found_on" in said:
        day = read_date(RawCell(said.pop("found_on"), "text", 0, None), "general", basis.year)
        if day.value is not None:
            said["found_on"] = day.value.isoformat()
        else:
            found.append(at("Q117", "found_on", value=texts[header.at["found_on"]]))
    if any(f.severity == "error" for f in found):
        return None, found
    ordered = {c.name: said[c.name] for c in columns() if c.name in said}
    cell = cell_ref(number, header.at["value" if "value" in said else "word"])
    return FoundRow(sheet.title, number, cell, ordered | {"period": str(code)}), found
