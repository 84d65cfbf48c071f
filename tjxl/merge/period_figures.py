"""期次统计 as it follows from the ledgers: what each period's line is to hold. Nothing here remembers.

A period's figures are those of the register as it was (`past_register`). They are computed by the table's own
formulas, and thereby by those of 亮灯, over the register with these values laid over it: one definition of a light,
whenever it is asked for.

Which line is the newest period's, its 期次 says, not where it stands: a period issued late, or a sorted table, has
another at the end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tjxl.fields.spec import Part
from tjxl.formula.compile import Compiler
from tjxl.formula.errors import Unsupported
from tjxl.formula.evaluate import Evaluator
from tjxl.formula.grid import Area, Formula, TableArea
from tjxl.formula.values import Value
from tjxl.merge.past_register import Effective, Place, grid_rows, past_values
from tjxl.merge.projection import Register
from tjxl.ooxml.book import Table
from tjxl.ooxml.calculated import continued
from tjxl.ooxml.cells import SharedFormula
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put, PutFormula
from tjxl.periods import parse_period
from tjxl.register import ROLE_TITLES
from tjxl.settings import Settings
from tjxl.sheets.layout import SheetLayout, master_layout
from tjxl.sheets.master_edit import append
from tjxl.sheets.period_figures import REGISTER_COLUMNS, REPORT_COLUMNS, figure_formulas
from tjxl.sheets.recalc import EditedGrid, as_value
from tjxl.sheets.rows import TableRow, find_table, holds_table
from tjxl.sheets.state import MasterState

_REGISTER = {
    "tasks": ("task_code",),
    "assignments": ("task_code", "unit_code", "role"),
    "milestones": ("milestone_code", "task_code"),
    "targets": ("target_code", "task_code"),
}
"""What projecting needs to know of the register's rows."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell of 期次统计 and what is to stand there: a number, or, in the newest period's line, a formula."""

    row: int
    name: str
    expected: Value
    formula: str | None
    found: Value
    found_formula: str | None

    @property
    def stands(self) -> bool:
        """Whether it stands there already."""
        if self.formula is not None:
            return self.found_formula == self.formula
        return self.found_formula is None and self.found == self.expected


def follow_period_figures(state: MasterState, editor: BookEditor, effective: Effective, settings: Settings) -> None:
    """Add the lines that are missing, and bring those up to date that the edits may have changed.

    A merge or an undo changes the lines of its period and of later ones alone, so only these are computed; where no
    ledger row comes or goes (an issue, decisions) all are. A master without the table stays without.
    """
    layout = master_layout()["period_figures"]
    if not holds_table(editor.book, layout):
        return
    missing = missing_periods(editor)
    if missing:
        append(editor, layout, [{"period": code} | dict.fromkeys(REGISTER_COLUMNS, 0) for code in missing])
    table = find_table(editor.book, layout)
    changed = _changed(state, effective)
    earliest = min(changed | set(missing)) if changed else ""
    for figure in period_figures(editor, effective, settings, earliest):
        place = table.sheet, figure.row, table.columns[layout.column(figure.name).title]
        if figure.stands:
            continue
        if figure.formula is None:
            editor.edit(*place, Put(figure.expected))
        else:
            editor.edit(*place, PutFormula(figure.formula, None, valued=False))


def period_figures(
    editor: BookEditor, effective: Effective, settings: Settings, earliest: str = ""
) -> Iterator[Figure]:
    """The cells of the lines that are there, the master being as the editor leaves it.

    Args:
        earliest: periods before this one are left out.
    """
    layout = master_layout()["period_figures"]
    grid = EditedGrid(editor)
    table = find_table(editor.book, layout)
    formulas = _formulas(editor, table, layout, settings)
    issued, lines = _issued(grid), _lines(grid, layout)
    wanted = [code for code in issued if code in lines and code >= earliest]
    register = _register(grid)
    compiler = Compiler(grid)
    for code in wanted:
        row = lines[code]
        evaluator = None
        if code != issued[-1]:
            then = past_values(editor, grid, register, effective, parse_period(code))
            date1904 = editor.book.date1904
            evaluator = Evaluator(_AsOf(grid, {place: as_value(v, date1904) for place, v in then.items()}), compiler)
        for name in (*REGISTER_COLUMNS, *REPORT_COLUMNS):
            at = table.columns[layout.column(name).title]
            text = continued(formulas[name], row, at)
            found = grid.value(table.sheet, row, at), grid.formula(table.sheet, row, at)
            if evaluator is None or name in REPORT_COLUMNS:
                yield Figure(row, name, None, text, *found)
                continue
            try:
                value = evaluator.evaluate(text, table.sheet, row, at)
            except Unsupported:
                continue  # a formula of a person's
            yield Figure(row, name, value, None, *found)


def _formulas(editor: BookEditor, table: Table, layout: SheetLayout, settings: Settings) -> dict[str, SharedFormula]:
    """Column name → its formula: the lowest that stands in the column, else as a new master has it.

    What the table itself says of its columns is not asked: LibreOffice does not write it.
    """
    cells, out = editor.book.cells(table.sheet), {}
    for name, own in figure_formulas(settings).items():
        at = table.columns[layout.column(name).title]
        out[name] = SharedFormula(own, table.first_row, at)
        for row in range(table.last_row, table.first_row - 1, -1):
            if (text := cells.formula(row, at)) is not None:
                out[name] = SharedFormula(text, row, at)
                break
    return out


def missing_periods(editor: BookEditor) -> list[str]:
    """The issued periods that have no line."""
    grid = EditedGrid(editor)
    lines = _lines(grid, master_layout()["period_figures"])
    return [code for code in _issued(grid) if code not in lines]


def _changed(state: MasterState, effective: Effective) -> set[str]:
    """The periods of ledger rows that come or go."""
    out = set()
    for part, rows in effective.items():
        before = state.effective[part]
        out |= {key[0] for key, row in rows.items() if before.get(key) is not row}
        out |= {key[0] for key in before if key not in rows}
    return out


class _AsOf:
    """A workbook with other values in some of its cells (`tjxl.formula.grid.Grid`)."""

    def __init__(self, grid: EditedGrid, values: Mapping[Place, Value]) -> None:
        self._grid, self._values = grid, values

    def value(self, sheet: str, row: int, column: int) -> Value:
        """The value laid over the cell, else the cell's own."""
        place = (sheet, row, column)
        return self._values[place] if place in self._values else self._grid.value(sheet, row, column)

    def formula(self, sheet: str, row: int, column: int) -> str | None:
        """A cell that something is laid over has none."""
        return None if (sheet, row, column) in self._values else self._grid.formula(sheet, row, column)

    def content(self, sheet: str, row: int, column: int) -> Value | Formula:
        """The value laid over the cell, else what the cell holds."""
        place = (sheet, row, column)
        return self._values[place] if place in self._values else self._grid.content(*place)

    def used(self, sheet: str) -> tuple[int, int]:
        """As in the workbook."""
        return self._grid.used(sheet)

    def table(self, name: str) -> TableArea | None:
        """As in the workbook."""
        return self._grid.table(name)

    def name(self, name: str) -> Area | None:
        """As in the workbook."""
        return self._grid.name(name)


def _register(grid: EditedGrid) -> Register:
    """The register as the edits leave it; 责任分工 only says who leads."""
    rows = {name: grid_rows(grid, master_layout()[name], columns) for name, columns in _REGISTER.items()}
    lead = ROLE_TITLES["lead"]
    leads = {str(a["task_code"]): str(a["unit_code"]) for a in rows["assignments"] if a["role"] == lead}
    promises: Mapping[Part, Sequence[TableRow]] = {
        "milestones": rows["milestones"],
        "targets": rows["targets"],
    }
    return Register(rows["tasks"], [], promises, leads)


def _issued(grid: EditedGrid) -> list[str]:
    """The periods for which forms were issued, oldest first."""
    rows = grid_rows(grid, master_layout()["submissions"], ("period",))
    return [p.code for p in sorted({parse_period(str(r["period"])) for r in rows})]


def _lines(grid: EditedGrid, layout: SheetLayout) -> dict[str, int]:
    """Period → its row."""
    return {str(r["period"]): r.number for r in grid_rows(grid, layout, ("period",))}
