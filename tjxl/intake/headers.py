"""Where the sheets of a form stand in a returned workbook, and which column is which: by header text alone.

Sheets are renamed, copied and hidden, columns inserted, moved, renamed and deleted (failure modes 1 to 3 and 41).
What a title says counts, not where it stands and not what the sheet is called.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

from tjxl.errors import PackageError
from tjxl.fields.spec import Field, Part, Spec
from tjxl.findings import Finding, finding
from tjxl.formats.workbook import Workbook
from tjxl.intake.values import squeeze
from tjxl.ooxml.cells import RawCell
from tjxl.ooxml.refs import cell_ref
from tjxl.resources import layout_toml

_SEARCH_ROWS = 60
_MIN_TITLES = 5


@dataclass(frozen=True, slots=True)
class Header:
    """A row of titles: its sheet, its row, the texts by column, and how many of them the form knows."""

    sheet: str
    row: int
    texts: Mapping[int, str]
    known: int


@dataclass(frozen=True, slots=True)
class Columns:
    """What stands in which column.

    Attributes:
        at: field name → column. A field to fill that is lost, or stands twice, has none.
        added: columns of the unit's own: column → title.
        spoken_for: columns that a finding about a title speaks of already.
    """

    at: Mapping[str, int]
    added: Mapping[int, str]
    spoken_for: frozenset[int]


class HeaderFinder:
    """Finds the header rows of a workbook."""

    def __init__(self, book: Workbook, specs: Mapping[Part, Spec]) -> None:
        self.book, self.specs = book, specs
        self.titles = {part: title_index(spec.fields) for part, spec in specs.items()}
        self._found: dict[str, dict[Part, Header]] = {}

    def find(self, part: Part) -> list[Header]:
        """The headers of every sheet that looks like this one: under its own title first, then visible ones.

        Some titles stand on more than one sheet of the form: a sheet is taken for what most of its titles say.
        """
        title = self.specs[part].sheet
        out = []
        for name in sorted(self._candidates, key=lambda n: n != title):
            headers = self._headers_of(name)
            if part in headers and headers[part].known == max(h.known for h in headers.values()):
                out.append(headers[part])
        return out

    @cached_property
    def _own_titles(self) -> frozenset[str]:
        return frozenset(spec.sheet for spec in self.specs.values())

    @cached_property
    def _candidates(self) -> list[str]:
        """Sheets that may hold rows: those under the form's own titles first, then visible ones.

        The guide and the sheet 自检 are looked at only where a sheet of rows is gone.
        """
        present = {s.name: s for s in self.book.sheets.values() if not s.name.startswith("_")}
        layout = layout_toml("form.toml")
        others = {layout["guide"]["title"], layout["check"]["title"]} if self._own_titles <= present.keys() else set()
        return sorted(
            (name for name in present if name not in others),
            key=lambda n: (n not in self._own_titles, present[n].state != "visible"),
        )

    def _cells_of(self, sheet: str) -> Mapping[tuple[int, int], RawCell]:
        """A sheet's cells. One of the unit's own that is far larger than any form is none, and hinders nothing."""
        try:
            return self.book.cells(sheet).cells
        except PackageError as error:
            if error.code != "E306" or sheet in self._own_titles:
                raise
            return {}

    def _headers_of(self, sheet: str) -> dict[Part, Header]:
        """The row of a sheet with the most titles of each sheet of the form, where they are enough for a header."""
        if sheet not in self._found:
            rows: dict[int, dict[int, str]] = {}
            for (row, column), cell in self._cells_of(sheet).items():
                if row <= _SEARCH_ROWS and isinstance(cell.value, str):
                    rows.setdefault(row, {})[column] = cell.value
            self._found[sheet] = self._best(sheet, rows)
        return self._found[sheet]

    def _best(self, sheet: str, rows: Mapping[int, Mapping[int, str]]) -> dict[Part, Header]:
        found: dict[Part, Header] = {}
        most = _MIN_TITLES
        for row, texts in sorted(rows.items()):
            if len(texts) < most:  # it cannot hold as many titles as one above
                continue
            squeezed = [squeeze(text) for text in texts.values()]
            for part, titles in self.titles.items():
                known = sum(text in titles for text in squeezed)
                if known >= _MIN_TITLES and (part not in found or known > found[part].known):
                    found[part] = Header(sheet, row, texts, known)
                    most = max(most, known)
        return found


def title_index(fields: Sequence[Field]) -> dict[str, Field]:
    """Squeezed title or alias → field; a title outranks an alias."""
    index = {squeeze(alias): f for f in fields for alias in f.aliases}
    return index | {squeeze(f.title): f for f in fields}


def read_columns(
    header: Header, spec: Spec, titles: Mapping[str, Field], filled: AbstractSet[int]
) -> tuple[Columns, list[Finding]]:
    """Which column is which, and what is wrong with the titles; `filled` columns have something below the header.

    A field's own title outranks an alias of it: a column 「附件」 beside 「佐证材料」 is one that the unit has added.
    A column to fill that stands twice is in doubt; of a locked one the first is as good as the other.
    """
    by_field: dict[str, tuple[Field, list[int]]] = {}
    added: dict[int, str] = {}
    for column, text in sorted(header.texts.items()):
        field = titles.get(squeeze(text))
        if field is not None:
            by_field.setdefault(field.name, (field, []))[1].append(column)
        elif text.strip():
            added[column] = text.strip()
    at: dict[str, int] = {}
    findings: list[Finding] = []
    doubtful, spoken_for = set(), set()
    for name, (field, columns) in by_field.items():
        exact = [c for c in columns if squeeze(header.texts[c]) == squeeze(field.title)]
        chosen = exact or columns
        if len(chosen) > 1 and (field.owner == "unit" or field.kind == "key"):
            cells = "、".join(cell_ref(header.row, c) for c in chosen)
            place = {"sheet": header.sheet, "cell": cell_ref(header.row, chosen[1]), "field": name}
            findings.append(finding("R303", column=field.title, cells=cells, **place))
            doubtful.add(name)
            spoken_for |= {*columns}
            continue
        at[name] = chosen[0]
        added |= {c: header.texts[c].strip() for c in columns if c != chosen[0]}
        if not exact:
            place = {"sheet": header.sheet, "cell": cell_ref(header.row, chosen[0]), "field": name}
            text = header.texts[chosen[0]].strip()
            findings.append(finding("R312", value=text, normalised=field.title, **place))
    missing = [f for f in spec.fields if f.owner == "unit" and f.name not in at and f.name not in doubtful]
    nameless = filled - header.texts.keys()
    lost, claimed = _lost(header, spec, missing, at, added, nameless=nameless)
    return Columns(at, added, claimed | spoken_for), findings + lost


def _lost(
    header: Header,
    spec: Spec,
    missing: Sequence[Field],
    at: Mapping[str, int],
    added: dict[int, str],
    *,
    nameless: AbstractSet[int],
) -> tuple[list[Finding], frozenset[int]]:
    """A finding for each column to fill that is missing, and the columns that stand in such places.

    Where an unknown title stands in its place (behind the column that it follows in the form), that title is what is
    wrong: it is said once, of its cell, and not taken for a column that the unit has added.
    """
    order = [f.name for f in spec.fields]
    places = dict(at)
    out, claimed = [], set()
    for field in missing:
        before = order[order.index(field.name) - 1]
        column = places.get(before, 0) + 1
        place = {"sheet": header.sheet, "field": field.name}
        if before in places and column in added:
            title = added.pop(column)
            cell = cell_ref(header.row, column)
            out.append(finding("R314", value=title, column=field.title, cell=cell, **place))
        elif before in places and column in nameless:
            out.append(finding("R302", column=field.title, cell=cell_ref(header.row, column), **place))
        else:
            out.append(finding("R302", column=field.title, **place))
            continue
        places[field.name] = column
        claimed.add(column)
    return out, frozenset(claimed)
