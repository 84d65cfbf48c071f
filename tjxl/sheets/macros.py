"""Macros, ribbon and button bar of the master: packed into a new one, brought up to date in an older one.

One list says what the buttons are: `macros/ribbon.xml`. The bar of 看板 shows the ribbon's buttons in its order, each
with its caption; a button's id is the macro it runs.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from tjxl.errors import ProjectError
from tjxl.ooxml.book import Book
from tjxl.ooxml.buttons import Button, add_buttons, macros_of
from tjxl.ooxml.package import parse_xml
from tjxl.ooxml.parts import PackageEditor
from tjxl.ooxml.ribbon import ribbon_of, set_ribbon
from tjxl.ooxml.vba import Module, read_modules, same_code, with_modules
from tjxl.resources import layout_toml, macro_file
from tjxl.sheets.figures import BUTTON_BAR, DASHBOARD_AREA

OWN_MODULES = ("TjxlButtons", "TjxlRibbon")
_BAR_ROW = 1
"""On an older 看板: rows from its first row to that of the buttons; its first column is its margin."""


class Action(NamedTuple):
    """A button: its macro (the name of a function in `tjxl/buttons.py` too), its caption, what it does."""

    macro: str
    caption: str
    about: str


@cache
def actions() -> tuple[Action, ...]:
    """The buttons, in the ribbon's order."""
    root = parse_xml(macro_file("ribbon.xml").read_bytes())
    found = root.iter("{http://schemas.microsoft.com/office/2006/01/customui}button")
    return tuple(Action(b.get("id", ""), b.get("label", ""), b.get("supertip", "")) for b in found)


def xlwings_version() -> str:
    """The installed version of xlwings."""
    return version("xlwings")


@cache
def modules() -> tuple[Module, ...]:
    """All modules of the master: our own, xlwings' and, for a Mac, the dictionary it needs, as installed.

    Raises:
        ProjectError: B702, xlwings came without its VBA, or with another version's.
    """
    own = [Module(name, macro_file(f"{name}.bas").read_text(encoding="ascii")) for name in OWN_MODULES]
    spec = find_spec("xlwings")
    folder = Path(next(iter(spec.submodule_search_locations or ()), "")) if spec else Path()
    texts = {}
    for name, path in (("xlwings", folder / "xlwings.bas"), ("Dictionary", folder / "addin" / "Dictionary.cls")):
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except OSError as error:
            raise ProjectError("B702", file=path.name, found="", installed=xlwings_version()) from error
    if (found := version_in(texts["xlwings"])) != xlwings_version():
        raise ProjectError("B702", file="xlwings.bas", found=found, installed=xlwings_version())
    return (*own, Module("xlwings", texts["xlwings"]), Module("Dictionary", texts["Dictionary"], is_class=True))


def version_in(text: str) -> str:
    """The version that xlwings' VBA says it is of; empty where it says none."""
    sign = "Public Const XLWINGS_VERSION As String = "
    return next(
        (line.removeprefix(sign).strip().strip('"') for line in text.splitlines() if line.startswith(sign)), ""
    )


def master_version(content: bytes) -> str:
    """The version of xlwings' VBA in a master; empty where it has none."""
    return version_in(read_modules(content).get("xlwings", ""))


def out_of_date(content: bytes) -> list[str]:
    """What of a master's macros, ribbon and buttons is missing or not as installed; empty: all is up to date."""
    there = read_modules(content)
    out = [m.name for m in modules() if m.name not in there or not same_code(there[m.name], m.text)]
    editor = PackageEditor(Book(content).package)
    if ribbon_of(editor) != macro_file("ribbon.xml").read_bytes():
        out.append("ribbon")
    place = _bar(Book(content))
    if place is not None and not _wanted() <= set(macros_of(editor, place[0])):
        out.append("buttons")
    return out


def with_macros(content: bytes) -> bytes:
    """The master with macros, ribbon and button bar as installed; whatever is so already stays as it is.

    Other modules, and other things drawn on 看板, stay. Buttons that a person has moved stay where they are; one that
    is missing comes back in its place of the bar.

    Raises:
        ProjectError: B702, xlwings is not whole.
        PackageError: B701, the macros cannot be changed; others, the package cannot be changed safely.
    """
    late = out_of_date(content)
    if not late:
        return content
    if set(late) - {"ribbon", "buttons"}:
        content = with_modules(content, modules())
    book = Book(content)
    editor = PackageEditor(book.package)
    if "ribbon" in late:
        set_ribbon(editor, macro_file("ribbon.xml").read_bytes())
    place = _bar(book)
    if "buttons" in late and place is not None:
        part, row, left = place
        span: int = layout_toml("dashboard.toml")["buttons"]["span"]
        there = macros_of(editor, part)
        buttons = [Button(a.caption, a.macro, row, left + i * span, span) for i, a in enumerate(actions())]
        add_buttons(editor, part, [button for button in buttons if button.macro not in there])
    return editor.save()


def _wanted() -> set[str]:
    return {a.macro for a in actions()}


def _bar(book: Book) -> tuple[str, int, int] | None:
    """Where the button bar lies: the sheet's part, row and first column; None where the office has removed 看板."""
    if BUTTON_BAR in book.names:
        sheet, area = book.names[BUTTON_BAR]
        return book.sheets[sheet].part, area.top, area.left
    if DASHBOARD_AREA in book.names:  # 看板 as it was before there was a name for the bar
        sheet, area = book.names[DASHBOARD_AREA]
        return book.sheets[sheet].part, area.top + _BAR_ROW, area.left + 1
    return None
