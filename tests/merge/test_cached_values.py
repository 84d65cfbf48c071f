"""Every formula of the master and of the forms carries the value that LibreOffice computes for it.

All formulas, compared by value and type, at each step of two periods on the sample's 138 tasks: after init and issue,
after each collection and merge, a correction, decisions carried out; on the decorated master, tjxl's own formulas as
well; and in the forms of both periods. The cached points of tjxl's charts are the cells that they show.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.decorated.difference import own_charts, owned_cells
from tests.libreoffice import recalculate_all, requires_libreoffice
from tests.merge.conftest import Year
from tests.merge.test_preserved import alike, shown_points
from tests.office import JUNE, MAY, Office
from tjxl.ooxml.book import Book

Value = tuple[str, object]
Values = dict[tuple[str, int, int], Value]


def formula_values(content: bytes) -> Values:
    """Kind and value of every cell that holds a formula; a formula that gives an empty text has the value ""."""
    book = Book(content)
    return {
        (sheet, *place): ("text" if cell.value is None else cell.kind, "" if cell.value is None else cell.value)
        for sheet in book.sheets
        for place, cell in book.cells(sheet).cells.items()
        if cell.formula is not None
    }


def disagreements(mine: Values, theirs: Values) -> list[tuple[object, ...]]:
    """Formulas whose value LibreOffice computes otherwise, or that it does not have."""
    return [
        (place, value, theirs.get(place))
        for place, value in mine.items()
        if place not in theirs or value[0] != theirs[place][0] or not alike(value[1], theirs[place][1])
    ]


def recalculated(contents: dict[str, bytes], folder: Path) -> dict[str, Values]:
    """What LibreOffice computes for the formulas of several workbooks."""
    paths = [folder / f"{number}.xlsx" for number in range(len(contents))]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
    again = recalculate_all(paths, folder / "重算")
    return {name: formula_values(path.read_bytes()) for name, path in zip(contents, again, strict=True)}


@requires_libreoffice
def test_the_master_at_each_step_of_two_periods(plain_year: tuple[Office, Year], tmp_path: Path) -> None:
    _, year = plain_year
    theirs = recalculated(year.states, tmp_path)
    for step, content in year.states.items():
        mine = formula_values(content)
        assert len(mine) > 1200, step
        assert disagreements(mine, theirs[step]) == [], step


@requires_libreoffice
def test_tjxls_own_formulas_in_the_decorated_master(decorated_year: Callable[[str], Year], tmp_path: Path) -> None:
    states = decorated_year("xlsx").states
    chosen = {step: states[step] for step in ("merged", "decided")}
    theirs = recalculated(chosen, tmp_path)
    for step, content in chosen.items():
        owned = owned_cells(Book(content))
        mine = {
            (sheet, row, column): value
            for (sheet, row, column), value in formula_values(content).items()
            if sheet in owned and (owned[sheet].holds(row, column) or owned[sheet].figure(row, column))
        }
        assert len(mine) > 1200, step
        assert disagreements(mine, theirs[step]) == [], step


@requires_libreoffice
def test_every_form_of_the_second_period_and_some_of_the_first(
    plain_year: tuple[Office, Year], tmp_path: Path
) -> None:
    office, _ = plain_year
    may, june = (sorted(office.project.issued(period).glob("*.xlsx")) for period in (MAY, JUNE))
    forms = {f"{path.parent.name}/{path.name}": path.read_bytes() for path in [*may[::6], *june]}
    assert len(june) == 67
    theirs = recalculated(forms, tmp_path)
    wrong = {name: disagreements(formula_values(form), theirs[name]) for name, form in forms.items()}
    assert {name: found for name, found in wrong.items() if found} == {}


# openpyxl and LibreOffice leave no descriptions of charts, by which tjxl's own are known: those follow when opened.
@pytest.mark.parametrize("saved_by", ["xlsx", "xlsm"])
def test_the_points_of_tjxls_charts_on_the_decorated_master(
    decorated_year: Callable[[str], Year], saved_by: str
) -> None:
    for step in ("merged", "corrected", "decided"):
        book = Book(decorated_year(saved_by).states[step])
        points = [point for chart in sorted(own_charts(book)) for point in shown_points(book, chart)]
        assert (len(own_charts(book)), len(points) > 10) == (2, True)
        assert [p for p in points if not alike(p[0], p[1])] == []
