"""What of the generated cells does not follow from the archived files, and what should stand there. Pure.

Ledgers against the files they name (`ledger_check`), register and what is derived against the ledgers (`projection`,
`derived`), 报送情况 against both (`submission_check`), printed names against 责任分工 (`printed_names`), formulas
against those of their column (`formula_check`). What the files prove is restored; what they cannot prove is named
and left.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from typing import Any

from tjxl.fields.spec import Part
from tjxl.merge.agreement import agreements
from tjxl.merge.derived import derived, follow
from tjxl.merge.differences import ADDED, EDITED, FORMULA, LOST_PERIOD, LOST_ROW, Difference, Notes, Rebuild
from tjxl.merge.formula_check import check_formulas
from tjxl.merge.hand_edits import standing
from tjxl.merge.ledger_check import Ledgers, check_ledgers
from tjxl.merge.period_figures import missing_periods, period_figures
from tjxl.merge.printed_names import check_printed_names, follow_printed_names
from tjxl.merge.projection import Key, project, register_of
from tjxl.merge.recall import recall
from tjxl.merge.replay import Replayed
from tjxl.merge.submission_check import check_submissions
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.refs import cell_ref
from tjxl.ooxml.splice import PutFormula
from tjxl.settings import Settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append, set_row_values
from tjxl.sheets.parts import PART_TABLES
from tjxl.sheets.recalc import refresh
from tjxl.sheets.rows import find_table, holds_table
from tjxl.sheets.state import MasterState, batch_of

Effective = Mapping[Part, Mapping[Key, dict[str, Any]]]


def compare(state: MasterState, files: Mapping[str, Replayed], kept: Set[str], settings: Settings) -> Rebuild:
    """What of the generated cells is not as the files say.

    Args:
        files: those of 归档 that the master names (`replay`).
        kept: sha256 of all that 归档 holds unchanged, those that cannot be read any more too.
    """
    notes = Notes(state.book)
    effective = _effective(check_ledgers(state, files, kept, notes))
    notes.rebuild.effective = effective
    _check_register(state, effective, settings, notes)
    check_printed_names(state, notes)
    check_submissions(state, files, kept, effective, settings=settings, notes=notes)
    _check_derived(state, effective, settings, notes)
    check_formulas(state, notes)
    notes.rebuild.differences += _period_figures(state, notes.rebuild, settings)
    return notes.rebuild


def _effective(ledgers: Ledgers) -> dict[Part, dict[Key, dict[str, Any]]]:
    """The rows that count: of several for one key the one written last; those still missing will be."""

    def written(row: Mapping[str, Any]) -> tuple[Any, ...]:
        return (batch_of(row), row.get("number", 1 << 20))

    return {
        part: {
            (str(r["period"]), str(r[PART_TABLES[part].key]), str(r["unit_code"])): r
            for r in sorted(rows, key=written)
        }
        for part, rows in ledgers.items()
    }


def _check_register(state: MasterState, effective: Effective, settings: Settings, notes: Notes) -> None:
    """The register against the ledgers as they should be."""
    projected = project(register_of(state), effective)
    for shown, stood in zip(projected, standing(projected, effective), strict=True):
        # a row handed to a unit that has not reported yet keeps the word of the one before, as in a merge
        expected = shown.differing if shown.entry is not None else {n: stood.expected(n) for n in stood.edits}
        notes.differ(shown.table, shown.row, expected)
    agreed = agreements(state.assignments, state.leads, effective["report"], state.split_periods, settings)
    for row in state.assignments:
        notes.differ("assignments", row, {"agreement": agreed.get(row.number)})


def _check_derived(state: MasterState, effective: Effective, settings: Settings, notes: Notes) -> None:
    """问题清单, 销号 and 核查 against the ledgers as they should be."""
    for change in derived(state, effective, settings):
        layout = master_layout()[change.table]
        for row, values in change.updates:
            notes.differing(layout, row, values)
        (key,) = [c.name for c in layout.columns if c.owner == "key"]
        for row in change.removed:
            notes.note(Difference(layout.title, row.number, None, None, row[key], None, ADDED))
        for values in change.appended:
            notes.note(Difference(layout.title, None, None, None, None, values[key], LOST_ROW))


def _period_figures(state: MasterState, rebuild: Rebuild, settings: Settings) -> Iterator[Difference]:
    """期次统计 against what follows from the master once everything else is mended."""
    layout = master_layout()["period_figures"]
    if not holds_table(state.book, layout):
        return
    editor, columns = _mended(state, rebuild), find_table(state.book, layout).columns
    for code in missing_periods(editor):
        yield Difference(layout.title, None, None, None, None, code, LOST_PERIOD)
    for figure in period_figures(editor, rebuild.effective, settings):
        if not figure.stands:
            title = layout.column(figure.name).title
            place = cell_ref(figure.row, columns[title])
            found = f"={figure.found_formula}" if figure.found_formula else figure.found
            expected, reason = (f"={figure.formula}", FORMULA) if figure.formula else (figure.expected, EDITED)
            yield Difference(layout.title, figure.row, title, place, found, expected, reason)


def apply_rebuild(state: MasterState, rebuild: Rebuild, settings: Settings) -> BookEditor | None:
    """The edits that restore what is proven, formulas and charts refreshed; None where nothing is."""
    editor = _mended(state, rebuild)
    follow(state, editor, rebuild.effective, settings)
    if not editor.changed:
        return None
    refresh(editor)
    return editor


def _mended(state: MasterState, rebuild: Rebuild) -> BookEditor:
    """The master with what is proven restored, apart from what is derived of it."""
    editor = BookEditor(state.book)
    layouts = master_layout()
    for name, rows in rebuild.updates.items():
        for number, values in rows.items():
            set_row_values(editor, layouts[name], number, values)
    follow_printed_names(state, editor, rebuild.updates.get("tasks", {}))
    recall(state, editor, rebuild.revised)
    for part, entries in rebuild.appended.items():
        append(editor, layouts[PART_TABLES[part].ledger], entries)
    for (sheet, row, column), text in rebuild.formulas.items():
        editor.edit(sheet, row, column, PutFormula(text, None))
    return editor
