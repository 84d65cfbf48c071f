"""The annotated copy of a return: the unit's own workbook with the bad cells marked, commented and listed.

A splice: pictures, charts, other sheets, the unit's own colours and comments, print areas and extensions stay as they
are, byte for byte where no mark touches them. Marks of an earlier round are taken out first.
"""

from __future__ import annotations

from collections.abc import Sequence

from tjxl.errors import PackageError
from tjxl.findings import Finding
from tjxl.ooxml.book import Book
from tjxl.ooxml.parts import PackageEditor
from tjxl.ooxml.refs import parse_cell
from tjxl.ooxml.sheets_add import SheetList, add_first_sheet, remove_sheet
from tjxl.ooxml.styles import Styles
from tjxl.resources import layout_toml
from tjxl.sheets.marks import Place, clear_marks, set_marks
from tjxl.sheets.result_sheet import MARKER, print_titles, result_sheet


def annotated(content: bytes, findings: Sequence[Finding], heading: str) -> bytes:
    """A copy of an .xlsx return with its findings marked in the cells and listed on the sheet 校验结果.

    The same content, findings and heading give the same bytes.

    Args:
        heading: whose return of which period it is.

    Raises:
        PackageError: the package is written in a way that cannot be changed safely.
    """
    book = Book(content)
    editor = PackageEditor(book.package)
    _clear(editor, book)
    found = _by_cell(findings, book)
    styles_part = _styles_part(editor)
    styles = Styles(editor.read(styles_part))
    for sheet, cells in found.items():
        set_marks(editor, book.sheets[sheet].part, cells, styles)
    sheets = SheetList(editor)
    names, strict = sheets.names, sheets.outline.strict
    xml = result_sheet(findings, heading, styles, sheets=names, before=names[sheets.active], strict=strict)
    editor.write(styles_part, styles.done())
    add_first_sheet(editor, _free_name(names), xml, print_titles())
    return editor.save()


def cleared(content: bytes) -> bytes:
    """A return without the marks and the sheet 校验结果 of an earlier round.

    Raises:
        PackageError: the package is written in a way that cannot be changed safely.
    """
    book = Book(content)
    editor = PackageEditor(book.package)
    _clear(editor, book)
    return editor.save()


def _clear(editor: PackageEditor, book: Book) -> None:
    for info in book.sheets.values():
        clear_marks(editor, info.part)
    for name, before in _result_sheets(book).items():
        remove_sheet(editor, SheetList(editor).names.index(name), before)


def _result_sheets(book: Book) -> dict[str, str]:
    """The sheets that tjxl added in an earlier round, whatever they are called now, and what was shown before."""
    sign = MARKER.encode()
    strings = book.shared_strings_part
    shared = strings is not None and sign in book.package.read(strings)
    out = {}
    for info in book.sheets.values():
        if not shared and sign not in book.package.read(info.part):
            continue
        for (row, _), cell in book.cells(info.name).cells.items():
            if row == 1 and isinstance(cell.value, str) and cell.value.startswith(MARKER):
                out[info.name] = cell.value.removeprefix(MARKER)
    return out


def _by_cell(findings: Sequence[Finding], book: Book) -> dict[str, dict[Place, list[Finding]]]:
    """What was found in each cell, by sheet; findings of no cell are only listed."""
    out: dict[str, dict[Place, list[Finding]]] = {}
    for found in findings:
        if found.sheet in book.sheets and found.sheet and found.cell:
            try:
                place = parse_cell(found.cell)
            except ValueError:
                continue
            out.setdefault(found.sheet, {}).setdefault(place, []).append(found)
    return out


def _styles_part(editor: PackageEditor) -> str:
    found = editor.related(editor.workbook_part, "styles")
    if found is None:
        raise PackageError("E305")
    return found[1]


def _free_name(names: Sequence[str]) -> str:
    """校验结果, or with a number where the unit has a sheet of that name."""
    name = wanted = str(layout_toml("feedback.toml")["result"]["sheet"])
    taken = {n.lower() for n in names}
    number = 1
    while name.lower() in taken:
        number += 1
        name = f"{wanted}{number}"
    return name
