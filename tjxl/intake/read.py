"""From a returned workbook to rows of typed values: found by key and header text, never by position."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

from tjxl.fields.spec import PARTS, Part, Spec
from tjxl.findings import Finding, finding
from tjxl.formats.workbook import Workbook
from tjxl.intake.cellreader import CellReader
from tjxl.intake.context import Expected
from tjxl.intake.formhead import ReadHead
from tjxl.intake.headers import HeaderFinder
from tjxl.intake.readform import NONE, ReadForm, ReadSheet
from tjxl.intake.sheetreader import SheetReader
from tjxl.settings import Settings


class FormReader:
    """Reads the sheets of rows of one workbook: 填报, and 节点 and 指标 where the unit owes such rows.

    `without` names sheets that forms of this age did not have.
    """

    def __init__(
        self,
        book: Workbook,
        specs: Mapping[Part, Spec],
        settings: Settings,
        year: int,
        expected: Expected,
        *,
        without: frozenset[Part] = frozenset(),
        as_of: dt.date | None = None,
    ) -> None:
        self.book, self.expected = book, expected
        self.specs = {part: specs[part] for part in PARTS if part == "report" or expected.get(part)}
        self.headers, self.without = HeaderFinder(book, self.specs), without
        self.cells = CellReader(book, settings, year, as_of)

    def read(self) -> ReadForm:
        """The form's head and rows, with every finding of structure and value.

        Raises:
            PackageError: E306, E314, a sheet is too large to be read.
        """
        sheets: dict[Part, ReadSheet] = {}
        findings: list[Finding] = []
        head = ReadHead({}, {}, NONE)
        for part, spec in self.specs.items():
            readers = self._readers(part)
            if not readers:
                sheets[part] = ReadSheet(spec.sheet, (), False)
                findings += [] if part in self.without else [self._lost_sheet(part)]
                continue
            reader, doubt = _chosen(readers, spec)
            if part == "report":
                head = reader.read_head()
            sheets[part] = reader.read()
            findings += [*doubt, *reader.findings]
        return ReadForm(sheets, *head, tuple(findings))

    def _readers(self, part: Part) -> list[SheetReader]:
        spec, titles, expected = self.specs[part], self.headers.titles[part], self.expected.get(part, {})
        return [
            SheetReader(self.book, spec, header, self.cells, titles=titles, expected=expected)
            for header in self.headers.find(part)
        ]

    def _lost_sheet(self, part: Part) -> Finding:
        title = self.specs[part].sheet
        if part == "report":
            return finding("R301", title=title)
        return finding("R313", title=title, count=len(self.expected[part]))


def _chosen(readers: Sequence[SheetReader], spec: Spec) -> tuple[SheetReader, list[Finding]]:
    """Which of several sheets is the one (failure modes 30 and 41).

    A sheet that nobody has filled in is a copy kept aside, and so is one that says the same. Another unit's sheet
    cannot be proven here: its identity is not in this workbook.
    """
    first = readers[0]
    if len(readers) == 1:
        return first, first.hidden_sheet()
    units = {r.sheet: r.shown_unit() for r in readers}
    names = "、".join(f"「{r.sheet}」" for r in readers)
    if len({u for u in units.values() if u}) > 1:
        shown = "、".join(f"「{sheet}」{unit}" for sheet, unit in units.items() if unit)
        return first, [finding("I236", sheets=shown)]
    said = [(r, content) for r in readers if (content := r.unit_content())]
    if len(said) > 1 and any(content != said[0][1] for _, content in said):
        return first, [finding("R333", title=spec.sheet, sheets=names, value=names)]
    best = said[0][0] if said else first
    return best, [*best.hidden_sheet(), finding("R334", sheets=names, chosen=best.sheet, sheet=best.sheet)]
