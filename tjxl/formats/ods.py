"""An OpenDocument workbook (.ods, or .fods: all in one XML file) as sheets of cells, like `tjxl.ooxml.book.Book`.

calamine reads .ods too, but tells neither percentages nor formulas, and these are what a return is judged by.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, Literal

from lxml import etree

from tjxl.errors import PackageError
from tjxl.formats.bounds import MAX_CONTENT
from tjxl.formats.ods_content import NUMBER_CLASSES, Content
from tjxl.formats.workbook import Sheet
from tjxl.ooxml.cells import SheetCells
from tjxl.ooxml.comments import CellComment, Place
from tjxl.ooxml.looks import NumberClass
from tjxl.ooxml.package import Package

CONTENT, MIMETYPE = "content.xml", "mimetype"
_MANIFEST = "META-INF/manifest.xml"
_SPREADSHEET = b"application/vnd.oasis.opendocument.spreadsheet"
_KINDS = {b"text": "OpenDocument 文字文档（.odt）", b"presentation": "OpenDocument 演示文稿（.odp）"}
_MACRO_FOLDERS = ("Basic/", "Scripts/")


class OdsBook:
    """Read access to an OpenDocument workbook. The whole content is read at once."""

    format: Literal["ods"] = "ods"
    fills: tuple[str, ...] = ()
    date1904 = False  # dates are written out, whatever day the program counts from
    number_classes: tuple[NumberClass, ...] = NUMBER_CLASSES

    def __init__(self, content: bytes | Package) -> None:
        """`content` is the file: a package, or flat XML.

        Raises:
            PackageError: E302, E303 damaged or dangerous; E304 absurdly large; E307 a password; E309 no workbook.
        """
        parts = content.names if isinstance(content, Package) else []
        self._content = _read(_content_of(content) if isinstance(content, Package) else content)
        self.has_links = self._content.has_links
        self.has_macros = self._content.has_macros or any(p.startswith(_MACRO_FOLDERS) for p in parts)

    @cached_property
    def sheets(self) -> Mapping[str, Sheet]:
        """Sheets by name, in order."""
        hidden = self._content.hidden_styles
        return {n: Sheet(n, "hidden" if t.style in hidden else "visible") for n, t in self._content.tables.items()}

    def cells(self, sheet: str) -> SheetCells:
        """The cells of a sheet. The text of a formula is OpenFormula's."""
        table = self._content.tables[sheet]
        return SheetCells(table.cells, table.merged, table.hidden_rows, {})

    def comments(self, sheet: str, /) -> Mapping[Place, CellComment]:
        """The comments of a sheet by (row, column)."""
        return self._content.tables[sheet].comments

    def attachments(self, sheet: str) -> int:
        """How many pictures and embedded objects lie on a sheet; charts are none."""
        return self._content.tables[sheet].attachments


def _content_of(package: Package) -> bytes:
    kind = package.read(MIMETYPE)[:200].strip() if MIMETYPE in package else _SPREADSHEET
    if not kind.startswith(_SPREADSHEET):
        raise PackageError("E309", kind=_KINDS.get(kind.rpartition(b".")[2], "OpenDocument 文件"))
    manifest = package.read(_MANIFEST) if _MANIFEST in package else b""
    if b"encryption-data" in manifest or "encrypted-package" in package:
        raise PackageError("E307")
    if CONTENT in package and package.member(CONTENT).size > MAX_CONTENT:
        raise PackageError("E304")
    return package.read(CONTENT)


def _read(xml: bytes) -> Content:
    content = Content()
    target: Any = content  # the stubs let a parser give bytes; lxml gives text
    parser = etree.XMLParser(target=target, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as error:
        raise PackageError("E303", reason="XML") from error
    except ValueError as error:  # a count or a number that is none
        raise PackageError("E302") from error
    return content
