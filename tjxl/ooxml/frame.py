"""A worksheet around its rows: adding and taking out conditional formats, drawings and the like, rows untouched."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence

from tjxl.ooxml.outline import Element, Outline, attribute_text
from tjxl.ooxml.sheet_text import split_sheet

_ORDER = (
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr",
    "sheetProtection", "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate",
    "customSheetViews", "mergeCells", "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks",
    "printOptions", "pageMargins", "pageSetup", "headerFooter", "rowBreaks", "colBreaks", "customProperties",
    "cellWatches", "ignoredErrors", "smartTags", "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF",
    "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst",
)  # fmt: skip
_RELATION_NAMESPACES = (
    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    "http://purl.oclc.org/ooxml/officeDocument/relationships",
)
_ROW = re.compile(rb"<(?:[\w.-]+:)?row\s([^<>]*)>")
_ROW_NUMBER = re.compile(rb'(?:^|\s)r="([0-9]{1,7})"')
_ROW_HEIGHT = re.compile(rb'(?:^|\s)ht="([0-9.]{1,20})"')
_ROW_HIDDEN = re.compile(rb'(?:^|\s)hidden="(?:1|true)"')


class SheetFrame:
    """A worksheet part without its rows, and the changes made to it."""

    def __init__(self, xml: bytes) -> None:
        """
        Raises:
            PackageError: E303 or E305, the part is written in a way that cannot be changed safely.
        """
        split = split_sheet(xml)
        self._xml, self._head, self.body = xml, split.head, xml[split.begin : split.end]
        self.outline = Outline(split.head + split.tail)
        self.root = self.outline.root

    def done(self) -> bytes:
        """The worksheet with its changes."""
        if not self.outline.changed:
            return self._xml
        self.outline.replace(len(self._head), len(self._head), self.body)
        return self.outline.done()

    # ---- conditional formats

    def drop_rules(self, unwanted: Callable[[str], bool]) -> bool:
        """Take out conditional formats by their formula; whether there were any."""
        found = False
        for area in self.root.all("conditionalFormatting"):
            rules = area.all("cfRule")
            out = [rule for rule in rules if any(unwanted(f.text) for f in rule.all("formula"))]
            for gone in [area] if out and len(out) == len(rules) else out:
                self.outline.remove(gone)
            found |= bool(out)
        return found

    def add_rules(self, rules: Sequence[tuple[str, int, str]]) -> None:
        """Conditional formats that come before all others of the sheet and end the matter where they hold.

        The first numbers are kept free for them: the others are counted on, once, and keep their order.

        Args:
            rules: cells (space-separated ranges), differential style, formula; the first weighs most.
        """
        written = [e for e in self.root.walk() if e.name == "cfRule" and "priority" in e.attributes]
        numbers = {e.start: _whole(e.attributes["priority"]) for e in written}
        lowest = min(numbers.values(), default=len(rules) + 1)
        for e in written if lowest <= len(rules) else ():
            self.outline.set_attribute(e, "priority", str(numbers[e.start] - lowest + len(rules) + 1))
        p = self.root.prefix
        new = "".join(
            f'<{p}conditionalFormatting sqref="{cells}"><{p}cfRule type="expression" dxfId="{style}" '
            f'priority="{number}" stopIfTrue="1"><{p}formula>{attribute_text(formula)}</{p}formula></{p}cfRule>'
            f"</{p}conditionalFormatting>"
            for number, (cells, style, formula) in enumerate(rules, 1)
        )
        self.outline.insert(self.root, "conditionalFormatting", _ORDER, new.encode(), first=True)

    # ---- the drawing of the comments

    @property
    def legacy_drawing(self) -> str | None:
        """The relationship of the drawing that holds comments and form controls."""
        element = self.root.first("legacyDrawing")
        return relation_of(element) if element is not None else None

    def set_legacy_drawing(self, key: str | None) -> None:
        """Give the sheet a drawing of comments, or take it away."""
        old = self.root.first("legacyDrawing")
        if old is not None:
            self.outline.remove(old)
        if key is not None:
            attribute = relation_attribute(self.outline, key)
            text = f"<{self.root.prefix}legacyDrawing {attribute}/>"
            self.outline.insert(self.root, "legacyDrawing", _ORDER, text.encode())

    # ---- widths and heights in pixels, by which a comment's box is placed

    def column_pixels(self) -> Callable[[int], int]:
        """The width of a column (from 1)."""
        form = self.root.first("sheetFormatPr")
        width = form.attributes.get("defaultColWidth") if form is not None else None
        default = _pixels_wide(_number(width, 9.14))
        spans: list[tuple[int, int, int]] = []
        for column in (c for area in self.root.all("cols") for c in area.all("col")):
            a = column.attributes
            hidden = a.get("hidden") in ("1", "true")
            pixels = 0 if hidden else _pixels_wide(_number(a.get("width"), 9.14))
            spans.append((_whole(a.get("min", "")), _whole(a.get("max", "")), pixels))
        return lambda column: next((px for first, last, px in spans if first <= column <= last), default)

    def row_pixels(self) -> Callable[[int], int]:
        """The height of a row (from 1)."""
        form = self.root.first("sheetFormatPr")
        default = _number(form.attributes.get("defaultRowHeight") if form is not None else None, 15.0)
        heights: dict[int, float] = {}
        for m in _ROW.finditer(self.body):
            number, height = _ROW_NUMBER.search(m[1]), _ROW_HEIGHT.search(m[1])
            if number is not None and _ROW_HIDDEN.search(m[1]):
                heights[int(number[1])] = 0
            elif number is not None and height is not None:
                heights[int(number[1])] = _number(height[1].decode(), default)
        return lambda row: round(heights.get(row, default) * 4 / 3)


def selected(xml: bytes, value: bool) -> bytes:
    """A sheet (chart sheets too) among those selected, or not. What is typed goes into all that are."""
    if not value and b"tabSelected" not in xml:
        return xml
    frame = SheetFrame(xml) if b"sheetData" in xml else None
    outline = frame.outline if frame is not None else Outline(xml)
    for view in (v for area in outline.root.all("sheetViews") for v in area.all("sheetView")):
        if (view.attributes.get("tabSelected") in ("1", "true")) is not value:
            outline.set_attribute(view, "tabSelected", "1" if value else None)
    return frame.done() if frame is not None else outline.done()


def relation_of(element: Element) -> str | None:
    """The `r:id` of an element."""
    a = element.attributes
    return next((a[f"{{{n}}}id"] for n in _RELATION_NAMESPACES if f"{{{n}}}id" in a), None)


def relation_attribute(outline: Outline, key: str) -> str:
    """`r:id="…"` under the prefix of the part, declared with it where the part's root has none."""
    for namespace in _RELATION_NAMESPACES:
        if prefix := outline.prefixes.get(namespace):
            return f'{prefix}id="{key}"'
    return f'xmlns:r="{_RELATION_NAMESPACES[outline.strict]}" r:id="{key}"'


def ranges(cells: Iterable[tuple[int, int]], ref: Callable[[int, int], str]) -> str:
    """Cells (row, column) as space-separated addresses, runs down a column as one range."""
    out: list[str] = []
    start = last = (0, 0)
    for row, column in sorted(set(cells), key=lambda place: (place[1], place[0])):
        if (row - 1, column) == last:
            out[-1] = f"{ref(*start)}:{ref(row, column)}"
        else:
            start = (row, column)
            out.append(ref(row, column))
        last = (row, column)
    return " ".join(out)


def _pixels_wide(width: float) -> int:
    return round(width * 7)


def _number(text: str | None, default: float) -> float:
    try:
        number = float(text) if text is not None else default
    except ValueError:
        return default
    return number if 0 <= number < 10_000 else default


def _whole(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        return 0
