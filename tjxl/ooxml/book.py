"""A workbook package as sheets, tables and defined names, found by name wherever a person moved them to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, TypeVar

from lxml import etree

from tjxl.errors import PackageError
from tjxl.ooxml.cells import SheetCells, is_picture, read_shared_strings, read_sheet
from tjxl.ooxml.comments import CellComment, read_comments
from tjxl.ooxml.looks import NumberClass, read_fills, read_number_classes
from tjxl.ooxml.package import Limits, Package, local_name
from tjxl.ooxml.refs import Range, parse_range
from tjxl.ooxml.sheet_text import SheetText

T = TypeVar("T")

_REL_ID = "}id"
_MACRO_KINDS = ("/vbaProject", "/xlMacrosheet", "/xlIntlMacrosheet")
_CELL_IMAGE_KINDS = ("/cellImage",)
_OBJECT_KINDS = ("/oleObject", "/package")
# Returns of one period share their template's texts and styles byte for byte: these are parsed once.
# Larger parts are not kept.
_KEPT_PART = 64 * 1024
_kept_strings = lru_cache(maxsize=8)(read_shared_strings)
_kept_number_classes = lru_cache(maxsize=64)(read_number_classes)
_kept_fills = lru_cache(maxsize=64)(read_fills)


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet: its name, its part, and whether people see it (visible, hidden, veryHidden)."""

    name: str
    part: str
    state: str


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: where it stands and its column titles (title → 1-based sheet column)."""

    name: str
    part: str
    sheet: str
    range: Range
    columns: Mapping[str, int]
    header_rows: int
    totals_rows: int

    @property
    def first_row(self) -> int:
        """First data row."""
        return self.range.top + self.header_rows

    @property
    def last_row(self) -> int:
        """Last data row."""
        return self.range.bottom - self.totals_rows


class Book:
    """Read access to a workbook package. Everything is parsed when first asked for."""

    format: Literal["xlsx"] = "xlsx"

    def __init__(self, content: bytes, limits: Limits | None = None) -> None:
        self.package = Package(content, limits)
        self._cells: dict[str, SheetCells] = {}
        self._texts: dict[str, SheetText] = {}

    @cached_property
    def sheets(self) -> dict[str, SheetInfo]:
        """Worksheets by name, in order. Chart sheets are left out: they have no cells.

        Raises:
            PackageError: E303, two sheets share a name or a part.
        """
        relations = self.package.relations(self.package.workbook_part)
        out: dict[str, SheetInfo] = {}
        parts: set[str] = set()
        for part in self._workbook:
            if local_name(part) != "sheets":
                continue
            for sheet in part:
                rel = next((v for k, v in sheet.attrib.items() if str(k).endswith(_REL_ID)), "")
                target, kind = relations.get(str(rel), ("", ""))
                name = sheet.get("name", "")
                if kind.endswith("/worksheet") and target in self.package:
                    if name in out or target in parts:
                        raise PackageError("E303", reason="sheet")
                    parts.add(target)
                    out[name] = SheetInfo(name, target, sheet.get("state", "visible"))
        return out

    @cached_property
    def _workbook(self) -> etree._Element:
        return self.package.xml(self.package.workbook_part)

    @cached_property
    def date1904(self) -> bool:
        """True where the workbook counts days from 1904 (old Excel for Mac)."""
        return any(local_name(p) == "workbookPr" and p.get("date1904") in ("1", "true") for p in self._workbook)

    @property
    def shared_strings_part(self) -> str | None:
        """The part that holds texts of cells; None where there is none."""
        return self._part_of_kind("/sharedStrings")

    @cached_property
    def _strings(self) -> list[str]:
        part = self.shared_strings_part
        if part is None:
            return []
        xml = self.package.read(part)
        most = self.package.workload.limits.strings
        return _kept_strings(xml) if len(xml) <= _KEPT_PART else read_shared_strings(xml, most)

    @cached_property
    def number_classes(self) -> tuple[NumberClass, ...]:
        """What kind of number each cell style shows."""
        return self._of_styles(_kept_number_classes, read_number_classes)

    @cached_property
    def fills(self) -> tuple[str, ...]:
        """The ground colour of each cell style; empty for none."""
        return self._of_styles(_kept_fills, read_fills)

    def _of_styles(
        self, kept: Callable[[bytes], tuple[T, ...]], read: Callable[[bytes], tuple[T, ...]]
    ) -> tuple[T, ...]:
        part = self._part_of_kind("/styles")
        if part is None:
            return ()
        xml = self.package.read(part)
        self.package.workload.tree(len(xml))
        return kept(xml) if len(xml) <= _KEPT_PART else read(xml)

    def comments(self, sheet: str, /) -> Mapping[tuple[int, int], CellComment]:
        """The comments of a sheet by (row, column)."""
        return read_comments(self.package, self.sheets[sheet].part)

    @cached_property
    def has_macros(self) -> bool:
        """Whether it carries a VBA project or a sheet of old macros."""
        return self._has_kinds(_MACRO_KINDS)

    @cached_property
    def has_links(self) -> bool:
        """Whether it refers to other workbooks or programs."""
        return self._has_kinds(("/externalLink",))

    def _has_kinds(self, kinds: tuple[str, ...]) -> bool:
        return any(k.endswith(kinds) for _, k in self.package.relations(self.package.workbook_part).values())

    def attachments(self, sheet: str) -> int:
        """How many pictures and embedded objects lie on a sheet or, as WPS does it, in its cells."""
        count = 0
        if self._has_kinds(_CELL_IMAGE_KINDS):
            count = sum(is_picture(cell) for cell in self.cells(sheet).cells.values())
        for target, kind in self.package.relations(self.sheets[sheet].part).values():
            if kind.endswith(_OBJECT_KINDS):
                count += 1
            elif kind.endswith("/drawing") and target in self.package:
                count += _pictures(self.package.xml(target))
        return count

    def _part_of_kind(self, kind: str) -> str | None:
        relations = self.package.relations(self.package.workbook_part)
        return next((t for t, k in relations.values() if k.endswith(kind) and t in self.package), None)

    def cells(self, sheet: str) -> SheetCells:
        """The cells of a sheet.

        Raises:
            PackageError: E306, there is more on it than the limits allow.
        """
        if sheet not in self._cells:
            strings = self._strings
            try:
                xml = self.package.read(self.sheets[sheet].part)
                self._cells[sheet] = read_sheet(xml, strings, date1904=self.date1904, workload=self.package.workload)
            except PackageError as error:
                if error.code == "E304":
                    raise PackageError("E306", sheet=sheet) from error
                raise
        return self._cells[sheet]

    def text(self, sheet: str) -> SheetText:
        """A sheet's part, as far as changing it needs; far cheaper than its cells.

        Raises:
            PackageError: E305, the part is written in a way that cannot be changed safely.
        """
        if sheet not in self._texts:
            self._texts[sheet] = SheetText(self.package.read(self.sheets[sheet].part))
        return self._texts[sheet]

    @cached_property
    def tables(self) -> dict[str, Table]:
        """Excel tables by name."""
        out = {}
        for info in self.sheets.values():
            for target, kind in self.package.relations(info.part).values():
                if kind.endswith("/table") and target in self.package:
                    table = self._table(info.name, target)
                    out[table.name] = table
        return out

    def _table(self, sheet: str, part: str) -> Table:
        root = self.package.xml(part)
        try:
            area = parse_range(root.get("ref", ""))
            header_rows, totals_rows = int(root.get("headerRowCount", "1")), int(root.get("totalsRowCount", "0"))
        except ValueError as error:
            raise PackageError("E303", reason=part) from error
        titles: list[str] = []
        for child in root:
            if local_name(child) == "tableColumns":
                titles = [c.get("name", "") for c in child]
        columns = {title: area.left + i for i, title in enumerate(titles)}
        name = root.get("displayName") or root.get("name") or ""
        return Table(
            name,
            part,
            sheet,
            area,
            columns,
            header_rows,
            totals_rows,
        )

    @cached_property
    def names(self) -> dict[str, tuple[str, Range]]:
        """Workbook-wide defined names that are plain ranges: name → (sheet, range)."""
        out = {}
        for part in self._workbook:
            if local_name(part) != "definedNames":
                continue
            for entry in part:
                sheet, bang, ref = (entry.text or "").rpartition("!")
                sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
                if not bang or entry.get("localSheetId") is not None or sheet not in self.sheets:
                    continue
                try:
                    out[entry.get("name", "")] = (sheet, parse_range(ref))
                except ValueError:
                    continue  # a formula or a list of areas: not a plain range, so not in this map
        return out


def _pictures(drawing: etree._Element) -> int:
    """The pictures of a drawing; what stands there for older programs too is counted once."""
    own = local_name(drawing) == "pic"
    return own + sum(_pictures(child) for child in drawing if local_name(child) != "Fallback")
