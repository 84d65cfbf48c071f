"""Opening a workbook by what it is, whatever the file is called."""

from __future__ import annotations

from tjxl.errors import PackageError
from tjxl.formats.compound import MAGIC, Compound
from tjxl.formats.ods import CONTENT, OdsBook
from tjxl.formats.workbook import Workbook
from tjxl.formats.xls import XlsBook
from tjxl.ooxml.book import Book
from tjxl.ooxml.package import Limits

# Packages that are no workbooks, by the folder of their main part.
_PACKAGES = {"word": "Word 文档", "ppt": "演示文稿", "visio": "Visio 图"}
_OFD = "OFD.xml"
_HEAD = 4096
_FLAT = b"application/vnd.oasis.opendocument.spreadsheet"


def open_workbook(content: bytes, limits: Limits | None = None) -> Workbook:
    """The workbook in a file: .xlsx, .xls or .et, .ods or .fods.

    Args:
        limits: of a package; what the other formats may cost is bounded by `bounds`.

    Raises:
        PackageError: E302, E303 damaged; E304 absurdly large; E307 a password; E308 macros; E309 no workbook.
    """
    book = _opened(content, limits)
    if book.has_macros:
        raise PackageError("E308")
    return book


def may_be_workbook(content: bytes) -> bool:
    """Whether content begins like one of the formats that can be opened."""
    return content.startswith((b"PK", MAGIC)) or _is_flat_ods(content)


def _is_flat_ods(content: bytes) -> bool:
    """An OpenDocument workbook in one XML file: its root says so, behind many declarations of namespaces."""
    return content.lstrip()[:1] == b"<" and b"<office:document" in content[:_HEAD] and _FLAT in content[: 4 * _HEAD]


def _opened(content: bytes, limits: Limits | None) -> Workbook:
    if content.startswith(MAGIC):
        container = Compound(content)
        if "EncryptedPackage" in container:
            raise PackageError("E307")
        return XlsBook(container)
    if _is_flat_ods(content):
        return OdsBook(content)
    book = Book(content, limits)
    if CONTENT in book.package and "[Content_Types].xml" not in book.package:
        return OdsBook(book.package)
    if _OFD in book.package:
        raise PackageError("E309", kind="OFD 版式文件")
    main = book.package.workbook_part
    if main.endswith(".bin"):
        raise PackageError("E309", kind="二进制工作簿（.xlsb）")
    if not book.sheets:
        raise PackageError("E309", kind=_PACKAGES.get(main.partition("/")[0], "不含工作表的文件"))
    return book
