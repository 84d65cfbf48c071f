"""The master open in a spreadsheet program: the same edits, replayed on the open workbook through xlwings.

What the office has typed is saved first, so that a plan is made on what stands on the screen. Everything the program
keeps (comments, charts, formats, slicers) stays the program's business. The file on disk changes only when all has
been written, has been read back and found right, and the workbook is saved: until then, closing the workbook without
saving undoes everything, and what was written is taken back here before that is needed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tjxl.errors import ProjectError, TjxlError
from tjxl.masters.closed import backup_master
from tjxl.masters.quiet import quiet
from tjxl.masters.replay import (
    LONGEST_IN_BLOCK,
    Formula,
    Growth,
    Place,
    Replay,
    Written,
    as_typed,
    blocks,
    plan_replay,
)
from tjxl.ooxml.book import Book, Table
from tjxl.ooxml.cells import RawCell, to_serial
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.frame import SheetFrame
from tjxl.ooxml.refs import Range, cell_ref
from tjxl.project import Project

if TYPE_CHECKING:
    import xlwings as xw

_SAID = 3  # places named where a workbook was changed meanwhile


def local_path(book: xw.Book) -> Path:
    """Where an open workbook lies on this machine.

    Raises:
        ProjectError: E244, it lies in the cloud, and no folder of this machine is known to hold it; E233, the program
            does not answer.
    """
    from xlwings import XlwingsError

    try:
        return Path(book.fullname)
    except XlwingsError as error:
        raise ProjectError("E244", file=book.name) from error
    except Exception as error:  # whatever the program's own interface raises
        raise ProjectError("E233") from error


class LiveMaster:
    """`Master` of a project whose master is open in the program that a button was pressed in.

    Args:
        book: the open workbook (`xlwings.Book`); only xlwings' public interface is used.
    """

    def __init__(self, project: Project, book: xw.Book) -> None:
        self.project, self._book = project, book

    def ready(self) -> None:
        """
        Raises:
            ProjectError: E231, the workbook is not the project's master; E233, the program does not answer; E244, it
                is in the cloud.
        """
        path = local_path(self._book)
        if not (path.is_file() and self.project.master.is_file() and path.samefile(self.project.master)):
            raise ProjectError("E231", file=path.name)

    def read(self) -> bytes:
        """The workbook as it stands on the screen, which is saved first.

        Raises:
            ProjectError: E233, the program does not save it.
        """
        with quiet(self._book.app) as calculating, _answering("E233"):
            calculating()
            self._book.save()
        return self.project.master.read_bytes()

    def backup(self, now: dt.datetime) -> Path:
        """Copy the file as last read to 备份/."""
        return backup_master(self.project, now)

    def write(self, editor: BookEditor) -> bytes:
        """Replay the edits, read them back, save.

        Raises:
            ProjectError: E232 protected sheets, E236 changed meanwhile, E233 no answer: nothing was written; E234
                what was written has been taken back; E235 it could not be; E239 written but not saved.
            PackageError: E237, E238, the edits cannot be made in an open workbook.
        """
        replay = plan_replay(editor)
        _refuse_protected(editor.book, replay)
        with quiet(self._book.app) as calculating:
            writer = _Writer(self._book, editor.book, replay)
            with _answering("E233"):
                writer.refuse_changed()
            writer.all_or_nothing()
            with _answering("E239"):
                calculating()
                self._book.app.calculate()
                self._book.save()
        return self.project.master.read_bytes()


@contextlib.contextmanager
def _answering(code: str) -> Iterator[None]:
    """Whatever the program's interface raises (each system has its own exceptions) as one clear sentence.

    Raises:
        ProjectError: with this code.
    """
    try:
        yield
    except (TjxlError, MemoryError):
        raise
    except Exception as error:
        raise ProjectError(code) from error


def _refuse_protected(book: Book, replay: Replay) -> None:
    sheets = {*replay.cells, *(g.table.sheet for g in replay.growths)}
    locked = [name for name in book.sheets if name in sheets and _is_protected(book, name)]
    if locked:
        raise ProjectError("E232", sheets="、".join(f"“{name}”" for name in locked))


def _is_protected(book: Book, sheet: str) -> bool:
    protection = SheetFrame(book.package.read(book.sheets[sheet].part)).root.first("sheetProtection")
    return protection is not None and protection.attributes.get("sheet") in ("1", "true")


class _Writer:
    """One replay on one open workbook."""

    def __init__(self, book: xw.Book, file: Book, replay: Replay) -> None:
        self._book, self._file, self._replay = book, file, replay

    def refuse_changed(self) -> None:
        """
        Raises:
            ProjectError: E236, the texts around the cells to be written are no longer those of the file.
        """
        changed = []
        for sheet, cells in self._replay.cells.items():
            area = self._surroundings(sheet, cells)
            shown = _grid(self._range(sheet, area).formula, area)
            stored = self._file.cells(sheet).cells
            for place, now in shown.items():
                if _differs(stored.get(place), now, place in cells):
                    changed.append(f"{sheet}!{cell_ref(*place)}")
        if changed:
            raise ProjectError("E236", places="、".join(changed[:_SAID]) + ("等" if len(changed) > _SAID else ""))

    def _surroundings(self, sheet: str, cells: Mapping[Place, Written | Formula]) -> Range:
        """The rectangle around the cells, drawn to the left edge of their tables: rows are known by what is there."""
        rows, columns = [r for r, _ in cells], [c for _, c in cells]
        area = Range(min(rows), min(columns), max(rows), max(columns))
        lefts = [
            t.range.left
            for t in self._file.tables.values()
            if t.sheet == sheet and t.range.top <= area.bottom and t.range.bottom >= area.top
        ]
        return area._replace(left=min([area.left, *lefts]))

    def all_or_nothing(self) -> None:
        """
        Raises:
            ProjectError: E234, E235, see `LiveMaster.write`.
        """
        undo: list[Callable[[], object]] = []
        try:
            for growth in self._replay.growths:
                self._grow(growth, undo)
            for rows in self._replay.refilled:  # the looks of a blank row are not worth taking back
                self._dress(rows.table, rows.model, rows.first, rows.last)
            for name, (sheet, before, after) in self._replay.names.items():
                undo.append(partial(self._name, name, sheet, before))
                self._name(name, sheet, after)
            undo.append(lambda: self._put_all(self._replay.before))
            self._put_all(self._replay.cells)
            for h in self._replay.heights:  # not taken back either: all else has been written by now
                self._range(h.sheet, Range(h.first, 1, h.last, 1)).row_height = h.height
        except Exception as error:
            self._take_back(undo, error)
            raise ProjectError("E234") from error

    def _take_back(self, undo: list[Callable[[], object]], cause: Exception) -> None:
        failed = False
        for step in reversed(undo):
            try:
                step()
            except Exception:  # the steps that are left are tried all the same
                failed = True
        if failed:
            raise ProjectError("E235") from cause

    def _grow(self, growth: Growth, undo: list[Callable[[], object]]) -> None:
        """Make a table longer, new rows looking like the model row (formats, dropdowns, height); or shorter."""
        table, sheet = growth.table, growth.table.sheet
        listed = self._book.sheets[sheet].tables[table.name]
        area = table.range
        undo.append(lambda: listed.resize(self._range(sheet, area)))
        listed.resize(self._range(sheet, area._replace(bottom=growth.bottom)))
        if growth.model is not None:
            self._dress(table, growth.model, table.last_row + 1, growth.bottom)

    def _dress(self, table: Table, like: int, first: int, last: int) -> None:
        """Give rows of a table the looks of the row `like`: formats, dropdowns, height."""
        area = table.range
        model = self._range(table.sheet, Range(like, area.left, like, area.right))
        new = self._range(table.sheet, Range(first, area.left, last, area.right))
        model.copy()
        new.paste("formats")
        new.paste("validation")
        self._book.app.cut_copy_mode = False
        if (height := model.row_height) is not None:
            new.row_height = height

    def _name(self, name: str, sheet: str, area: Range) -> None:
        quoted = sheet.replace("'", "''")
        self._book.names[name].refers_to = f"='{quoted}'!{self._range(sheet, area).address}"

    def _put_all(self, wanted: Mapping[str, Mapping[Place, Written | Formula]]) -> None:
        """Write all cells and read them back; texts that the program read as something else are written again.

        Raises:
            ValueError: a cell does not hold what was written.
        """
        for sheet, cells in wanted.items():
            self._put(sheet, {p: v if isinstance(v, Formula) else as_typed(v) for p, v in cells.items()})
            wrong = self._wrong(sheet, cells)
            again: dict[Place, Written | Formula] = {}
            for place, now in wrong.items():
                # a cell of the text format keeps the mark as a character; elsewhere more texts may need it
                if isinstance(text := cells[place], str):
                    again[place] = text if _same_text(now, "'" + text) else "'" + text
            if again:
                self._put(sheet, again)
                wrong = self._wrong(sheet, cells)
            if wrong:
                place, now = next(iter(wrong.items()))
                raise ValueError(f"{sheet}!{cell_ref(*place)} holds {now!r}, not {cells[place]!r}")

    def _put(self, sheet: str, cells: Mapping[Place, Written | Formula]) -> None:
        for block in blocks(cells):
            target = self._range(sheet, block.area)
            rows: Any = block.rows if len(block.rows) > 1 or len(block.rows[0]) > 1 else block.rows[0][0]
            if block.formulas:
                target.formula = rows
            else:
                target.value = rows

    def _wrong(self, sheet: str, cells: Mapping[Place, Written | Formula]) -> dict[Place, object]:
        """The cells that do not hold the value wanted, and what they hold; formulas are the program's to judge."""
        values = {p: v for p, v in cells.items() if not isinstance(v, Formula)}
        if not values:
            return {}
        rows, columns = [r for r, _ in values], [c for _, c in values]
        area = Range(min(rows), min(columns), max(rows), max(columns))
        shown = _grid(self._range(sheet, area).options(ndim=2).value, area)
        return {p: shown[p] for p, v in values.items() if not self._is(shown[p], v)}

    def _is(self, shown: object, wanted: Written) -> bool:
        if isinstance(wanted, str):
            return _same_text(shown, wanted)
        if wanted is None or isinstance(wanted, bool):
            return shown is wanted or (wanted is None and shown == "")
        if isinstance(shown, dt.date):
            shown = to_serial(shown, self._file.date1904)
        if isinstance(shown, Decimal):  # so Excel gives cells of a currency format, to four places
            return abs(float(shown) - wanted) < 1e-4
        return isinstance(shown, int | float) and abs(shown - wanted) < 1e-5

    def _range(self, sheet: str, area: Range) -> xw.Range:
        return self._book.sheets[sheet].range((area.top, area.left), (area.bottom, area.right))


def _differs(cell: RawCell | None, now: object, written: bool) -> bool:
    """Whether a cell shows another text than the file, or something where the file has nothing and tjxl writes."""
    text = now.removeprefix("'") if isinstance(now, str) else ""
    if cell is None or (cell.formula is None and cell.value in (None, "")):
        return written and bool(text)
    plain = isinstance(cell.value, str) and cell.formula is None and cell.kind == "text"
    return plain and len(str(cell.value)) <= LONGEST_IN_BLOCK and not _same_text(text, str(cell.value))


def _same_text(shown: object, text: str) -> bool:
    return isinstance(shown, str) and _with_one_kind_of_break(shown) == _with_one_kind_of_break(text)


def _with_one_kind_of_break(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _grid(shown: Any, area: Range) -> dict[Place, Any]:
    """What xlwings gives for an area (a plain value for one cell) by place."""
    rows = shown if isinstance(shown, list | tuple) else [[shown]]
    if rows and not isinstance(rows[0], list | tuple):
        rows = [rows] if area.top == area.bottom else [[v] for v in rows]
    return {(area.top + r, area.left + c): v for r, row in enumerate(rows) for c, v in enumerate(row)}
