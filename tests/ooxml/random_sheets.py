"""Random sparse sheets, random edits of them, and what must be read afterwards."""

from __future__ import annotations

import datetime as dt
import io
import random
from dataclasses import dataclass, field

import openpyxl
import xlsxwriter
from openpyxl.styles import Font
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tjxl.ooxml.cells import CellValue, to_serial
from tjxl.ooxml.splice import Edit, NewRow, Put, PutFormula, Recalculated

Place = tuple[int, int]
Shown = bool | float | str

TEXTS = (
    "进展顺利", "=cmd|' /C calc'!A0", "+1", "@SUM(A1)", "<&\"'>", "]]>", "  前后有空格  ", "\u3000全角\u3000",
    "一\n二\n\n三", "a\tb", "_x000D_", "_x005F_", "__x000D_x000D_", "😀𠮷", "0012", "1e5", "2022-06-30", "TRUE",
    "#N/A", "\u00a0", "是",
)  # fmt: skip
FORMATS = ("General", "0%", "yyyy-mm-dd", "@", "0.00")
ROWS, COLUMNS = 24, 9


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula and its cached value (openpyxl stores none)."""

    text: str
    cached: Shown | None


Content = dict[Place, CellValue | Formula]


def random_value(rng: random.Random) -> CellValue:
    """One value of each kind that a cell takes, None aside."""
    kind = rng.randrange(6)
    if kind == 0:
        return rng.choice((True, False))
    if kind == 1:
        return rng.choice((0, -1, 7, rng.randrange(10**6)))
    if kind == 2:
        return rng.choice((0.1, -0.0, 1e-300, 1 / 3, 0.8, rng.random()))
    if kind == 3:
        return dt.date(1905, 1, 1) + dt.timedelta(days=rng.randrange(60_000))
    if kind == 4:
        return dt.datetime(2022, 1, 1) + dt.timedelta(seconds=rng.randrange(10**8))
    return rng.choice(TEXTS)


def random_content(rng: random.Random) -> Content:
    """A sparse sheet with whole rows missing."""
    content: Content = {}
    for row in sorted(rng.sample(range(1, ROWS + 1), rng.randrange(0, ROWS))):
        for column in sorted(rng.sample(range(1, COLUMNS + 1), rng.randrange(0, COLUMNS))):
            if rng.random() < 0.2:
                content[row, column] = Formula(f'{column}+A{row}&"<&>"', rng.choice((3.0, "三", True, "")))
            else:
                content[row, column] = random_value(rng)
    return content


def by_openpyxl(content: Content, rng: random.Random, date1904: bool) -> bytes:
    """The sheet as openpyxl writes it: formulas without values, empty styled cells here and there."""
    wb = openpyxl.Workbook()
    if date1904:
        wb.epoch = CALENDAR_MAC_1904
    ws = wb.active
    ws.title = "表"
    for (row, column), value in content.items():
        cell = ws.cell(row, column)
        cell.value = f"={value.text}" if isinstance(value, Formula) else value
        if isinstance(value, str):
            cell.data_type = "s"  # openpyxl takes text that begins with = for a formula
        cell.font = Font(bold=rng.random() < 0.5)
        if not isinstance(value, dt.date):
            cell.number_format = rng.choice(FORMATS)
    for _ in range(5):
        ws.cell(rng.randrange(1, ROWS), rng.randrange(1, COLUMNS)).font = Font(italic=True)
    out = io.BytesIO()
    wb.save(out)
    return out.getvalue()


def by_xlsxwriter(content: Content, rng: random.Random, date1904: bool) -> bytes:
    """The sheet as XlsxWriter writes it: shared strings, ``spans``, cached values, row heights."""
    out = io.BytesIO()
    wb = xlsxwriter.Workbook(out, {"in_memory": True, "date_1904": date1904})
    ws = wb.add_worksheet("表")
    formats = [wb.add_format({"num_format": f, "bold": i % 2}) for i, f in enumerate(FORMATS)]
    date = wb.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for row in range(0, ROWS, 3):
        ws.set_row(row, 20 + row)
    for (row, column), value in content.items():
        at, style = (row - 1, column - 1), rng.choice(formats)
        if isinstance(value, Formula):
            ws.write_formula(*at, f"={value.text}", style, value.cached)
        elif isinstance(value, bool):
            ws.write_boolean(*at, value, style)
        elif isinstance(value, dt.date):
            ws.write_datetime(*at, value, date)
        elif isinstance(value, str):
            ws.write_string(*at, value, style)
        else:
            ws.write_number(*at, value, style)
    wb.close()
    return out.getvalue()


@dataclass(slots=True)
class Change:
    """What is done to a sheet, and the content that it must have then."""

    edits: dict[Place, Edit] = field(default_factory=dict)
    new_rows: dict[int, NewRow] = field(default_factory=dict)
    dropped: frozenset[int] = frozenset()
    after: Content = field(default_factory=dict)

    @property
    def rows(self) -> set[int]:
        """The rows that may differ."""
        return {row for row, _ in self.edits} | set(self.new_rows) | self.dropped


def random_change(content: Content, rng: random.Random) -> Change:
    """Edits of existing and of new cells, rows added with a model, rows taken out."""
    change = Change(after=dict(content))
    rows = sorted({row for row, _ in content})
    change.dropped = frozenset(rng.sample(rows, min(len(rows), rng.randrange(3))))
    change.after = {place: v for place, v in content.items() if place[0] not in change.dropped}
    places = [(rng.randrange(1, ROWS + 6), rng.randrange(1, COLUMNS + 4)) for _ in range(rng.randrange(1, 25))]
    places += rng.sample(sorted(content), min(len(content), 6))
    for place in places:
        if place[0] in change.dropped or place in change.edits:
            continue
        change.edits[place] = edit = _random_edit(rng)
        old = content.get(place)
        if isinstance(edit, Put):
            change.after.pop(place, None)
            if edit.value not in (None, ""):
                change.after[place] = edit.value
        elif isinstance(edit, PutFormula):
            change.after[place] = Formula(edit.text, stored_value(edit.cached))
        elif isinstance(old, Formula):
            change.after[place] = Formula(old.text, stored_value(edit.cached))
    like = [row for row in rows if row not in change.dropped]
    for row in range(ROWS + 10, ROWS + 10 + rng.randrange(4)):
        if like:
            change.new_rows[row] = NewRow(rng.choice(like), rng.choice((None, 31.5)))
            change.edits[row, 2] = Put("新行")
            change.after[row, 2] = "新行"
    return change


def _random_edit(rng: random.Random) -> Edit:
    kind = rng.randrange(6)
    if kind == 0:
        return Put(None)
    if kind == 1:
        return PutFormula('IF(A1<2,"是&","<否>")', rng.choice((1, 0.5, "是&", False, "")))
    if kind == 2:
        return Recalculated(rng.choice((2, 2.5, "新<值>", True, "", None)))
    return Put(random_value(rng))


def stored_value(value: CellValue, date1904: bool = False) -> Shown:
    """A value as a cell stores it: numbers are floats, dates serial numbers, nothing an empty text."""
    if value is None:
        return ""
    if isinstance(value, dt.date):
        return float(to_serial(value, date1904))
    return value if isinstance(value, bool | str) else float(value)
