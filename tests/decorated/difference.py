"""Two states of a workbook compared part by part, byte by byte: what changed beside the cells that tjxl writes.

Reads the XML as text, by patterns of its own: what is compared is what is stored, not what a parser makes of it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from tests.decorated.package import C, R
from tests.office import layouts
from tjxl.ooxml.book import Book, Table
from tjxl.sheets.figures import ANNEX_AREA, AS_OF, CURRENT_PERIOD, DASHBOARD_AREA
from tjxl.sheets.recalc import CHART_MARK
from tjxl.sheets.rows import holds_table, read_rows

Place = tuple[int, str]
_P = r"(?:[\w.-]+:)?"
_ROW = re.compile(rf"<{_P}row\b([^>]*?)(?:/>|>(.*?)</{_P}row>)", re.DOTALL)
_CELL = re.compile(rf"<{_P}c\b([^>]*?)(?:/>|>(.*?)</{_P}c>)", re.DOTALL)
_DATA = re.compile(rf"(<{_P}sheetData\b[^>]*?/?>)(.*)(</{_P}sheetData>)", re.DOTALL)
_REF = re.compile(r'\br="([A-Z]*)([0-9]*)"')
_STYLE = re.compile(r'\bs="([0-9]+)"')
_SPANS = re.compile(r'\s+spans="[^"]*"')
_HIDDEN = re.compile(r'\s+(?:hidden|collapsed)="[^"]*"')
_HOLDS = re.compile(rf"<{_P}(?:v|is)\b")
_HEIGHT = re.compile(r'\s+(?:ht|customHeight)="[^"]*"')  # rows of 变更记录 are fitted to their texts
_FORMULA = re.compile(rf"<{_P}f\b[^>]*?(?:/>|>[^<]*</{_P}f>)")
_CACHE = re.compile(r"<(\w+:)?(num|str)Cache>.*?</(\w+:)?(num|str)Cache>", re.DOTALL)
_DIMENSION = re.compile(rf"<{_P}dimension\b[^>]*>")
_ONE_CELL = re.compile(r"(\$?[A-Z]+\$?[0-9]+):\1\b")
_RECALCULATION = re.compile(r'\s+fullCalcOnLoad="1"')
_COUNT = re.compile(rf'<{_P}c r="[A-Z]+[0-9]+"(?: s="[0-9]+")?(?: t="n")?><{_P}v>[0-9]+</{_P}v></{_P}c>')

PERIODS = "期次统计"
COUNTED = [
    "任务总数", "未启动", "正常推进", "滞后", "已完成", "申请调整", "尚无报送", "红灯", "黄灯", "蓝灯", "绿灯",
]  # fmt: skip
"""Its columns whose formulas turn into numbers when the next period is issued."""
CHAIN = "xl/calcChain.xml"
_CHAIN_NAMED = {
    "[Content_Types].xml": re.compile(r'<Override\b[^>]*"/xl/calcChain\.xml"[^>]*/>'),
    "xl/_rels/workbook.xml.rels": re.compile(r'<Relationship\b[^>]*"(?:/xl/)?calcChain\.xml"[^>]*/>'),
}


@dataclass
class Owned:
    """The cells of a sheet that tjxl may write: whole areas, and those that hold a formula of 看板; `whole`: all.

    `closed`: those whose formula becomes a number, in the lines of periods that are past.
    """

    whole: bool = False
    areas: list[tuple[int, int, int, int]] = field(default_factory=list)
    figures: list[tuple[int, int, int, int]] = field(default_factory=list)
    closed: list[tuple[int, int, int, int]] = field(default_factory=list)

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell is tjxl's."""
        return self.whole or _inside(self.areas, row, column)

    def figure(self, row: int, column: int) -> bool:
        """Whether a formula in this cell is tjxl's: its cached value may change, nothing else."""
        return _inside(self.figures, row, column)

    def closes(self, row: int, column: int, cell: str) -> bool:
        """Whether this cell, without a formula, is a figure of a period that is past."""
        return _inside(self.closed, row, column) and _COUNT.fullmatch(cell) is not None


def _inside(areas: list[tuple[int, int, int, int]], row: int, column: int) -> bool:
    return any(top <= row <= bottom and left <= column <= right for top, left, bottom, right in areas)


def owned_cells(book: Book) -> dict[str, Owned]:
    """By sheet, what tjxl writes in a master: generated columns of its tables, the figures of 看板, `_tjxl`."""
    out: dict[str, Owned] = {}
    for layout in layouts().values():
        table = book.tables[layout.title]
        owned = out.setdefault(table.sheet, Owned())
        for column in layout.columns:
            if column.owner not in ("office", "shared"):
                at = table.columns[column.title]
                owned.areas.append((table.first_row, at, table.last_row, at))
    for name in (DASHBOARD_AREA, ANNEX_AREA):
        sheet, area = book.names[name]
        out.setdefault(sheet, Owned()).figures.append((area.top, area.left, area.bottom, area.right))
    for name in (CURRENT_PERIOD, AS_OF):
        sheet, area = book.names[name]
        out[sheet].areas.append((area.top, area.left, area.bottom, area.right))
    out["_tjxl"] = Owned(whole=True)
    for row, at in closed_figures(book):
        out[book.tables[PERIODS].sheet].closed.append((row, at, row, at))
    return out


def closed_figures(book: Book) -> set[tuple[int, int]]:
    """Row and column of the figures in 期次统计 that do not change by formula: of every period but the newest."""
    layout = layouts()["period_figures"]
    if not holds_table(book, layout):
        return set()
    lines = read_rows(book, layout)
    newest = max((str(line["period"]) for line in lines), default="")
    columns = [book.tables[PERIODS].columns[title] for title in COUNTED]
    return {(line.number, at) for line in lines if str(line["period"]) != newest for at in columns}


def own_charts(book: Book) -> set[str]:
    """The parts of the charts that tjxl keeps up to date, by the description of their frames."""
    out = set()
    for drawing in (n for n in book.package.names if re.fullmatch(r"xl/drawings/drawing[0-9]+\.xml", n)):
        charts = book.package.relations(drawing)
        for frame in etree.fromstring(book.package.read(drawing)).iter("{*}graphicFrame"):
            described = next(frame.iter("{*}cNvPr")).get("descr", "")
            keys = [e.get(f"{{{R}}}id", "") for e in frame.iter(f"{{{C}}}chart")]
            out |= {charts[key][0] for key in keys if described.startswith(CHART_MARK)}
    return out


def parts_of(content: bytes) -> dict[str, bytes]:
    """Every part, in order."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return {name: package.read(name) for name in package.namelist()}


def differing(old: bytes, new: bytes) -> set[str]:
    """The parts that are not the same bytes, or that only one of the two has."""
    a, b = parts_of(old), parts_of(new)
    return {name for name in {*a, *b} if a.get(name) != b.get(name)}


def unexpected(old: bytes, new: bytes) -> list[str]:
    """Every difference between two states of a master that is not a cell of tjxl's or a range that grew with its rows."""
    before, after = Book(old), Book(new)
    a, b = parts_of(old), parts_of(new)
    tables = {t.part: (t, after.tables[name]) for name, t in before.tables.items()}
    grown: dict[str, list[tuple[int, int]]] = {}
    for t, later in tables.values():
        if t.last_row != later.last_row:
            grown.setdefault(t.sheet, []).append(grown_rows(t, later))
    sheets = {info.part: name for name, info in before.sheets.items()}
    charts, owned = own_charts(before), owned_cells(after)
    if _formulas_gone(before, after):
        a = without_chain(a)
    out = [] if list(a) == list(b) else [f"parts {sorted({*a} ^ {*b})}"]
    for name in (n for n in a if a[n] != b.get(n)):
        x, y = a[name].decode(), b.get(name, b"").decode()
        if name in sheets:
            title = sheets[name]
            out += [f"{title}: {d}" for d in _sheet(x, y, owned.get(title, Owned()), grown.get(title, []))]
        elif name in tables:
            out += [] if _shrunk(y, [grown_rows(*tables[name])]) == _shrunk(x, []) else [name]
        elif name in charts:
            out += [] if _CACHE.sub("", x) == _CACHE.sub("", y) else [name]
        elif name == before.package.workbook_part:
            moved = [pair for pairs in grown.values() for pair in pairs]
            out += (
                []
                if _RECALCULATION.sub("", _names_shrunk(y, moved)) == _RECALCULATION.sub("", _names_shrunk(x, []))
                else [name]
            )
        else:
            out.append(name)
    return out


def _formulas_gone(before: Book, after: Book) -> bool:
    """Whether lines of 期次统计 had formulas that have become numbers."""
    if PERIODS not in before.sheets or PERIODS not in after.sheets:
        return False
    old, new = (
        {place for place, cell in book.cells(PERIODS).cells.items() if cell.formula is not None}
        for book in (before, after)
    )
    return bool((old - new) & closed_figures(after))


def without_chain(parts: Mapping[str, bytes]) -> dict[str, bytes]:
    """The package without Excel's chain of calculation and without what names it; Excel makes a new one."""
    out = {name: content for name, content in parts.items() if name != CHAIN}
    for name, named in _CHAIN_NAMED.items() if CHAIN in parts else ():
        text, n = named.subn("", out[name].decode())
        assert n == 1, name
        out[name] = text.encode()
    return out


def grown_rows(before: Table, after: Table) -> tuple[int, int]:
    """The last row of a table before and after."""
    return before.last_row, after.last_row


def _shrunk(text: str, grown: list[tuple[int, int]]) -> str:
    """Ranges that end with a table's last row, as they were before it grew."""
    for was, now in grown:
        text = re.sub(rf"(?<=:)(\$?[A-Z]+\$?){now}\b", rf"\g<1>{was}", text)
    return _ONE_CELL.sub(r"\1", text)


def _names_shrunk(text: str, grown: list[tuple[int, int]]) -> str:
    return re.sub(r"(<definedName[^>]*>)([^<]*)", lambda m: m[1] + _shrunk(m[2], grown), text)


def _sheet(old: str, new: str, owned: Owned, grown: list[tuple[int, int]]) -> Iterator[str]:
    head, body, tail = _taken_apart(old)
    new_head, new_body, new_tail = _taken_apart(new)
    for what, x, y in (("head", head, new_head), ("tail", tail, new_tail)):
        if _DIMENSION.sub("", _shrunk(y, grown)) != _DIMENSION.sub("", _shrunk(x, [])):
            yield f"what stands around the rows ({what})"
    before, after = _rows(body), _rows(new_body)
    filled = {n: was for was, now in grown for n in range(was + 1, now + 1)}
    expected = before.keys() | filled.keys()
    if not (expected <= after.keys() if owned.whole else expected == after.keys()):
        yield f"rows gone or added: {sorted(expected ^ after.keys())}"
    for number in filled.keys() & after.keys() - before.keys():
        yield from _new_row(number, before[filled[number]], after[number], owned)
    for number in before.keys() & after.keys():
        yield from _row(number, before[number], after[number], owned, number in filled)


def _taken_apart(xml: str) -> tuple[str, str, str]:
    m = _DATA.search(xml)
    assert m is not None
    return xml[: m.end(1)], m[2], xml[m.start(3) :]


def _rows(body: str) -> dict[int, re.Match[str]]:
    return {int(_REF.search(m[1])[2]): m for m in _ROW.finditer(body)}  # type: ignore[index]


def _row(number: int, old: re.Match[str], new: re.Match[str], owned: Owned, may_be_filled: bool) -> Iterator[str]:
    if old[0] == new[0]:
        return
    before, after = _cells(old[2] or ""), _cells(new[2] or "")
    entered = any(_HOLDS.search(c[0]) and not _FORMULA.search(c[0]) for c in before.values())
    was, now = (_SPANS.sub("", tag) for tag in (old[1], new[1]))
    if not entered:  # a blank row is fitted to what fills it
        was, now = (_HEIGHT.sub("", tag) for tag in (was, now))
    if was != now:
        yield f"row {number}: {old[1]} → {new[1]}"
    for column in before.keys() | after.keys():
        x, y = before.get(column), after.get(column)
        if x is not None and y is not None and x[0] == y[0]:
            continue
        place, at = f"{column}{number}", _number(column)
        if x is None or y is None:
            if not owned.holds(number, at):
                yield f"{place}: {x and x[0]} → {y and y[0]}"
        elif _STYLE.findall(x[1]) != _STYLE.findall(y[1]):
            yield f"{place}: style {x[1]} → {y[1]}"
        elif _FORMULA.search(x[0]) and owned.closes(number, at, y[0]):
            continue
        elif _FORMULA.findall(x[0]) != _FORMULA.findall(y[0]) and not may_be_filled:
            yield f"{place}: formula {x[0]} → {y[0]}"
        elif not owned.holds(number, at) and not (owned.figure(number, at) and _FORMULA.search(x[0])):
            yield f"{place}: {x[0]} → {y[0]}"


def _new_row(number: int, model: re.Match[str], new: re.Match[str], owned: Owned) -> Iterator[str]:
    """A row that was added looks like the last one before it, and has formulas where that one had."""
    if _looks(model[1]) != _looks(new[1]):
        yield f"row {number}: {new[1]}, the last one before it {model[1]}"
    before, after = _cells(model[2] or ""), _cells(new[2] or "")
    for column in (column for column, c in before.items() if _FORMULA.search(c[0])):
        cell = after[column][0] if column in after else ""
        if not _FORMULA.search(cell) and not owned.closes(number, _number(column), cell):
            yield f"{column}{number}: {cell} without a formula"
    styles = {column: _STYLE.findall(c[1]) for column, c in before.items()}
    for column, c in after.items():
        if _STYLE.findall(c[1]) != styles.get(column):
            yield f"{column}{number}: style {c[1]}, in the last row before {styles.get(column)}"


def _looks(attributes: str) -> str:
    return _REF.sub("", _HEIGHT.sub("", _HIDDEN.sub("", _SPANS.sub("", attributes)))).strip()


def _cells(inner: str) -> Mapping[str, re.Match[str]]:
    return {_REF.search(m[1])[1]: m for m in _CELL.finditer(inner)}  # type: ignore[index]


def _number(column: str) -> int:
    number = 0
    for letter in column:
        number = 26 * number + ord(letter) - 64
    return number
