"""A workbook package as sheets, tables and defined names, found by name wherever a person moved them to."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Literal, NamedTuple, TypeVar

from lxml import etree

from tjxl.errors import PackageError
from tjxl.ooxml.cells import RawCell, SheetCells, is_picture, read_shared_strings, read_sheet
from tjxl.ooxml.comments import CellComment, read_comments
from tjxl.ooxml.looks import NumberClass, read_fills, read_number_classes
from tjxl.ooxml.package import KEPT_PART, Limits, Package, local_name, parse_xml
from tjxl.ooxml.refs import Range, parse_range
from tjxl.ooxml.sheet_text import SheetText

T = TypeVar("T")

_REL_ID = "}id"
_MACRO_KINDS = ("/vbaProject", "/xlMacrosheet", "/xlIntlMacrosheet")
_CELL_IMAGE_KINDS = ("/cellImage",)
_OBJECT_KINDS = ("/oleObject", "/package")
# Sheets of a template that many workbooks are made of are smaller.
_KEPT_TEXT = 1024 * 1024
_kept_strings = lru_cache(maxsize=8)(read_shared_strings)
_kept_number_classes = lru_cache(maxsize=64)(read_number_classes)
_kept_fills = lru_cache(maxsize=64)(read_fills)


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet: its name, its part, and whether people see it (visible, hidden, veryHidden)."""

    name: str
    part: str
    state: str


class _Workbook(NamedTuple):
    """What the workbook part says: (name, relation, state) of its sheets, (name, text) of its own defined names."""

    sheets: tuple[tuple[str, str, str], ...]
    names: tuple[tuple[str, str], ...]
    date1904: bool


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

    @property
    def data(self) -> Range:
        """The area of the data rows."""
        return Range(self.first_row, self.range.left, self.last_row, self.range.right)


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
        for name, relation, state in self._workbook.sheets:
            target, kind = relations.get(relation, ("", ""))
            if kind.endswith("/worksheet") and target in self.package:
                if name in out or target in parts:
                    raise PackageError("E303", reason="sheet")
                parts.add(target)
                out[name] = SheetInfo(name, target, state)
        return out

    @cached_property
    def _workbook(self) -> _Workbook:
        xml = self.package.read(self.package.workbook_part)
        self.package.workload.tree(len(xml))
        return _kept_workbook(xml) if len(xml) <= KEPT_PART else _read_workbook(xml)

    @property
    def date1904(self) -> bool:
        """True where the workbook counts days from 1904 (old Excel for Mac)."""
        return self._workbook.date1904

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
        return _kept_strings(xml) if len(xml) <= KEPT_PART else read_shared_strings(xml, most)

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
        return kept(xml) if len(xml) <= KEPT_PART else read(xml)

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
            strings, part = self._strings, self.sheets[sheet].part
            try:
                xml = self.package.read(part)
                self._cells[sheet] = read_sheet(xml, strings, date1904=self.date1904, workload=self.package.workload)
            except PackageError as error:
                if error.code == "E304":
                    raise PackageError("E306", sheet=sheet) from error
                raise
            if len(xml) > _KEPT_TEXT:
                self.package.let_go(part)
        return self._cells[sheet]

    def text(self, sheet: str) -> SheetText:
        """A sheet's part, as far as changing it needs; far cheaper than its cells.

        Raises:
            PackageError: E305, the part is written in a way that cannot be changed safely.
        """
        if sheet not in self._texts:
            part = self.sheets[sheet].part
            self._texts[sheet] = SheetText(self.package.read(part))
            self.package.let_go(part)
        return self._texts[sheet]

    def has_formulas(self, sheet: str) -> bool:
        """Whether any cell of a sheet seems to hold a formula; of a long sheet nothing is kept for that.

        Raises:
            PackageError: as of `text`.
        """
        known = sheet in self._texts
        found = self.text(sheet).has_formulas
        if not known:
            self.let_go(sheet)
        return found

    def stretches(self, sheet: str) -> Iterator[Mapping[tuple[int, int], RawCell]]:
        """The cells of a long sheet, some rows at a time, none of which is kept.

        A formula that follows a shared one has its value here, but not always its text.

        Raises:
            PackageError: as of `cells`.
        """
        try:
            text = None if sheet in self._cells else self.text(sheet)
        except PackageError:
            text = None
        if text is None:
            yield self.cells(sheet).cells
            return
        last = 0
        for xml in text.stretches():
            cells = read_sheet(xml, self._strings, date1904=self.date1904, workload=self.package.workload).cells
            if cells and min(cells)[0] <= last:  # rows out of order
                raise PackageError("E303", reason="row")
            last = max(cells)[0] if cells else last
            yield cells

    def let_go(self, sheet: str) -> None:
        """Forget the text of a sheet, if it is a large one; it may be asked for again."""
        if sheet in self._texts and len(self._texts[sheet].body) > _KEPT_TEXT:
            del self._texts[sheet]

    def let_cells_go(self) -> None:
        """Forget the cells of large sheets, which may be read again, when only their texts are still wanted."""
        for sheet in [s for s in self._cells if self.package.member(self.sheets[s].part).size > _KEPT_TEXT]:
            del self._cells[sheet]

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
        for name, text in self._workbook.names:
            sheet, bang, ref = text.rpartition("!")
            sheet = sheet[1:-1].replace("''", "'") if sheet.startswith("'") else sheet
            if not bang or sheet not in self.sheets:
                continue
            try:
                out[name] = (sheet, parse_range(ref))
            except ValueError:
                continue  # a formula or a list of areas: not a plain range, so not in this map
        return out


def _read_workbook(xml: bytes) -> _Workbook:
    sheets, names = [], []
    date1904 = False
    for part in parse_xml(xml):
        kind = local_name(part)
        if kind == "sheets":
            for sheet in part:
                relation = next((v for k, v in sheet.attrib.items() if str(k).endswith(_REL_ID)), "")
                sheets.append((sheet.get("name", ""), str(relation), sheet.get("state", "visible")))
        elif kind == "definedNames":
            own = (entry for entry in part if entry.get("localSheetId") is None)
            names += [(entry.get("name", ""), entry.text or "") for entry in own]
        elif kind == "workbookPr":
            date1904 = date1904 or part.get("date1904") in ("1", "true")
    return _Workbook(tuple(sheets), tuple(names), date1904)


_kept_workbook = lru_cache(maxsize=64)(_read_workbook)


def _pictures(drawing: etree._Element) -> int:
    """The pictures of a drawing; what stands there for older programs too is counted once."""
    own = local_name(drawing) == "pic"
    return own + sum(_pictures(child) for child in drawing if local_name(child) != "Fallback")
