"""The VBA project of a workbook: modules read, put in and brought up to date; a person's own modules stay.

pyOpenVBA writes the project. It works on files, so the package goes through a temporary one.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tjxl.errors import PackageError
from tjxl.ooxml.outline import Outline
from tjxl.ooxml.package import Package
from tjxl.ooxml.parts import CONTENT_TYPES, PackageEditor, suffix_of

_MACRO_BOOK = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"


@dataclass(frozen=True, slots=True)
class Module:
    """A module of VBA: its name, its text as the editor of Excel exports it (`.bas`, `.cls`), and whether a class."""

    name: str
    text: str
    is_class: bool = False


def with_modules(content: bytes, modules: Sequence[Module]) -> bytes:
    """The workbook with these modules in its VBA project, in place of those of the same names.

    A workbook without a project gets one: a document module for the workbook and each of its sheets, their code names
    written where they are missing, and the content type of a macro-enabled workbook.

    Raises:
        PackageError: B701, the project cannot be changed, for instance because it is protected or signed.
    """
    from pyopenvba import ExcelFile, VBAModuleKind
    from pyopenvba.exceptions import PyOpenVBAError

    with tempfile.TemporaryDirectory(prefix="tjxl-") as folder:
        path = Path(folder) / "book.xlsm"
        path.write_bytes(content)
        try:
            with ExcelFile(path) as book:
                project = book.vba_project() if book.has_vba_project() else book.add_vba_project()
                known = {name.casefold() for name in project.module_names()}
                for module in modules:
                    if module.name.casefold() in known:
                        if _body(project.get_module(module.name).source) == _body(module.text):
                            continue
                        project.delete_module(module.name)
                    kind = VBAModuleKind.other if module.is_class else VBAModuleKind.standard
                    project.add_module(module.name, _lines(module.text), kind=kind)
                book.save()
        except (PyOpenVBAError, ValueError, KeyError) as error:
            raise PackageError("B701", reason=str(error)) from error
        return _macro_enabled(path.read_bytes())


def read_modules(content: bytes) -> Mapping[str, str]:
    """The text of each module of a workbook's VBA project, by name; empty where it has none.

    Raises:
        PackageError: B701, the project cannot be read.
    """
    from pyopenvba import ExcelFile
    from pyopenvba.exceptions import PyOpenVBAError

    with tempfile.TemporaryDirectory(prefix="tjxl-") as folder:
        path = Path(folder) / "book.xlsm"
        path.write_bytes(content)
        try:
            with ExcelFile(path) as book:
                if not book.has_vba_project():
                    return {}
                return {module.name: module.source for module in book.vba_project().modules}
        except (PyOpenVBAError, ValueError) as error:
            raise PackageError("B701", reason=str(error)) from error


def same_code(one: str, other: str) -> bool:
    """Whether two texts of a module are the same code: the attributes in front, which Excel rewrites, apart."""
    return _body(one) == _body(other)


def _lines(text: str) -> str:
    return "\r\n".join(text.splitlines()) + "\r\n"


def _body(text: str) -> list[str]:
    from pyopenvba.vba import normalize_class_source, split_attribute_header

    text = normalize_class_source(_lines(text)) if text.startswith("VERSION") else _lines(text)
    return [line.rstrip() for line in split_attribute_header(text)[1].strip().splitlines()]


def _macro_enabled(content: bytes) -> bytes:
    """The package said to be a workbook with macros."""
    package = Package(content)
    if suffix_of(package) == ".xlsm":
        return content
    editor = PackageEditor(package)
    outline = Outline(editor.read(CONTENT_TYPES))
    wanted = f"/{package.workbook_part}".lower()
    for entry in outline.root.all("Override"):
        if entry.attributes.get("PartName", "").lower() == wanted:
            outline.set_attribute(entry, "ContentType", _MACRO_BOOK)
    editor.write(CONTENT_TYPES, outline.done())
    return editor.save()
