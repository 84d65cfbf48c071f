"""The benchmarks as tests. By default each runs once, with a few units, to show that both sides do the same work;

    pytest tests/bench --benchmark-only --benchmark-enable

times them with the sample's 67 units. `just bench` prints the ratios of docs/SPEED.md.

1. Both ways of building a form give the same texts in the same cells of the same sheets.
2. `collect` + `merge`, the pandas script and the openpyxl script see the same rows; the floor reads every byte.
3. Both ways of annotating a return put comments into the same cells.
4. Rows are appended to a ledger at the same place, however long it is.
5. A merge applied to the decorated master leaves there what openpyxl's load and save takes out.
6. The work of `collect` + `merge`, counted in function calls, grows linearly with the number of returns.
"""

from __future__ import annotations

import datetime as dt
import io
import shutil
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests.bench import by_openpyxl, by_pandas, decorated_merge
from tests.bench.annotated_by_openpyxl import annotate as annotated_by_openpyxl
from tests.bench.by_tjxl import collect_and_merge
from tests.bench.decorated_merge import Merge, planned_merge
from tests.bench.floor import read_all
from tests.bench.forms_by_openpyxl import build, plan_of
from tests.bench.inside import (
    Annotate,
    annotated_by_tjxl,
    forms_in_memory,
    reading_context,
    returns_read,
    returns_with_findings,
)
from tests.bench.projects import SAMPLE_UNITS, new_project, project_with_returns
from tjxl.intake import gather
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import CellValue, RawCell
from tjxl.ooxml.editor import BookEditor
from tjxl.project import Project
from tjxl.sheets.layout import master_layout

SMOKE_UNITS = 5
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(scope="session")
def units(request: pytest.FixtureRequest) -> int:
    """The sample's number when something is timed, else a few."""
    return SAMPLE_UNITS if request.config.getoption("benchmark_enable") else SMOKE_UNITS


@pytest.fixture(scope="session")
def unissued(units: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project before anything is issued. Not to be written to."""
    return new_project(tmp_path_factory.mktemp("bench") / "unissued", units).root


@pytest.fixture(scope="session")
def returned(units: int, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a return of every unit. Not to be written to."""
    return project_with_returns(tmp_path_factory.mktemp("bench") / "returned", units).root


@pytest.mark.benchmark(group="issue")
def test_forms_by_tjxl(benchmark: Any, unissued: Path, units: int) -> None:
    assert len(benchmark(forms_in_memory, unissued)) == units


@pytest.mark.benchmark(group="issue")
@pytest.mark.parametrize("thrifty", [False, True])
def test_forms_by_openpyxl(benchmark: Any, unissued: Path, thrifty: bool) -> None:
    plans = [plan_of(form) for form in forms_in_memory(unissued)]
    built = benchmark(lambda: [build(plan, thrifty=thrifty) for plan in plans])
    for plan, again in zip(plans, map(plan_of, built), strict=True):
        assert [s.title for s in again.sheets] == [s.title for s in plan.sheets]
        for sheet, other in zip(plan.sheets, again.sheets, strict=True):
            texts, others = ({(r, c): v for r, c, v, _ in s.cells if v} for s in (sheet, other))
            assert others == texts
            assert other.validations == sheet.validations
            assert len(other.colours) == len(sheet.colours)
            assert (other.widths, other.heights, other.freeze) == (sheet.widths, sheet.heights, sheet.freeze)
            assert other.protection.sheet == sheet.protection.sheet


@pytest.mark.benchmark(group="returns")
def test_returns_by_tjxl(benchmark: Any, returned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[Path] = []

    def fresh() -> tuple[tuple[Project], dict[str, Any]]:
        monkeypatch.setattr(gather, "_READINGS", gather._Readings())  # what the round before has read is forgotten
        rounds.append(tmp_path / f"round-{len(rounds)}")
        shutil.copytree(returned, rounds[-1])
        return (Project(rounds[-1]),), {}

    rows = benchmark.pedantic(collect_and_merge, setup=fresh, rounds=5)
    assert rows == rows_sent(returned)


@pytest.mark.benchmark(group="returns")
def test_returns_by_pandas(benchmark: Any, returned: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    benchmark.pedantic(by_pandas.collect, (returned / "收件", out), rounds=5)
    assert codes_in(out) == codes_sent(returned, "填报")


@pytest.mark.benchmark(group="returns")
@pytest.mark.parametrize("read_only", [False, True])
def test_returns_by_openpyxl(benchmark: Any, read_only: bool, returned: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xlsx"
    benchmark.pedantic(by_openpyxl.collect, (returned / "收件", out), {"read_only": read_only}, rounds=5)
    assert codes_in(out) == codes_sent(returned, "填报")


@pytest.mark.benchmark(group="read")
def test_returns_read(benchmark: Any, returned: Path) -> None:
    project = Project(returned)
    forms = [r.form for r in benchmark(returns_read, project.inbox, reading_context(project))]
    assert sum(len(sheet.rows) for form in forms if form for sheet in form.sheets.values()) == rows_sent(returned)


@pytest.mark.benchmark(group="read")
def test_returns_unzipped(benchmark: Any, returned: Path) -> None:
    packages = [zipfile.ZipFile(path) for path in (returned / "收件").rglob("*.xlsx")]
    assert benchmark(read_all, returned / "收件") == sum(i.file_size for p in packages for i in p.infolist())


@pytest.mark.benchmark(group="annotate")
@pytest.mark.parametrize("annotate", [annotated_by_tjxl, annotated_by_openpyxl])
def test_annotated_returns(benchmark: Any, annotate: Annotate, returned: Path) -> None:
    works = returns_with_findings(returned)
    copies = benchmark(lambda: [annotate(content, findings) for content, findings in works])
    for copy, (_, findings) in zip(copies, works, strict=True):
        sheet = load_workbook(io.BytesIO(copy))["填报"]
        assert {c.coordinate for row in sheet.iter_rows() for c in row if c.comment} == {f.cell for f in findings}


def ledger_rows(count: int) -> list[dict[str, CellValue]]:
    """Rows of 填报流水 as a merge writes them: every column filled but the office's."""
    day = dt.date(2022, 6, 30)
    of_kind: dict[str, CellValue] = {
        "int": 7, "number": 1.5, "percent": 0.4, "date": day, "datetime": dt.datetime(2022, 7, 2, 9, 30),
        "digest": "0123456789abcdef" * 4, "long": "已完成选址和可研，正在办理用地手续，计划于九月开工。" * 2,
    }  # fmt: skip
    columns = [c for c in master_layout()["ledger"].columns if c.owner != "office"]
    return [{c.title: of_kind.get(c.kind, f"{c.title}{number}") for c in columns} for number in range(count)]


@pytest.mark.benchmark(group="ledger")
@pytest.mark.parametrize("present", [0, 20_000])
def test_rows_appended_to_a_ledger(benchmark: Any, unissued: Path, units: int, present: int) -> None:
    """10,000 rows to a new ledger, 100 to one that holds 20,000: opened, appended to and saved."""
    part = 100 if units == SMOKE_UNITS else 1
    present, added = present // part, (100 if present else 10_000) // part
    name = master_layout()["ledger"].title

    def append(content: bytes, rows: list[dict[str, CellValue]]) -> bytes:
        editor = BookEditor(content)
        editor.append_rows(name, rows)
        return editor.save()

    content = append(Project(unissued).master.read_bytes(), ledger_rows(present))
    rows = ledger_rows(added)
    table = Book(benchmark(append, content, rows)).tables[name]
    assert table.last_row - table.first_row + 1 == present + added


@pytest.fixture(scope="session")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Merge:
    """The sample's decorated master with a merge to be applied to it."""
    return planned_merge(project_with_returns(tmp_path_factory.mktemp("bench") / "decorated", SAMPLE_UNITS))


@pytest.mark.benchmark(group="merge")
def test_merge_into_the_decorated_master_by_tjxl(benchmark: Any, planned: Merge) -> None:
    content = benchmark(decorated_merge.by_tjxl, planned)
    assert len(planned.plan.merged) == SAMPLE_UNITS
    assert "xl/slicers/slicer1.xml" in Book(content).package


@pytest.mark.benchmark(group="merge")
def test_load_and_save_of_the_decorated_master_by_openpyxl(benchmark: Any, planned: Merge) -> None:
    assert "xl/slicers/slicer1.xml" not in Book(benchmark(decorated_merge.by_openpyxl, planned)).package


def calls_of(project: Project) -> int:
    """Python functions called by `collect` + `merge`: the same on every machine."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    sys.setprofile(count)
    try:
        collect_and_merge(project)
    finally:
        sys.setprofile(None)
    return calls


def test_work_grows_linearly(tmp_path: Path) -> None:
    sizes = (10, 20, 40)
    projects = {units: project_with_returns(tmp_path / f"{units}-units", units) for units in sizes}
    collect_and_merge(project_with_returns(tmp_path / "first", 3))  # imports and caches
    few, some, many = (calls_of(projects[units]) for units in sizes)
    assert (many - some) / (some - few) == pytest.approx(2, rel=0.2)


def rows_sent(returned: Path) -> int:
    """Tasks, milestones and targets in the returns."""
    return sum(len(codes_sent(returned, sheet)) for sheet in ("填报", "节点", "指标"))


def codes_sent(returned: Path, sheet: str) -> list[str]:
    """The codes of the rows in a sheet of all returns, in the order of the files."""
    books = [Book(path.read_bytes()) for path in sorted((returned / "收件").rglob("*.xlsx"))]
    return [code for book in books if sheet in book.sheets for code in _codes(book.cells(sheet).cells)]


def codes_in(out: Path) -> list[str]:
    """The codes of the rows that a script has written."""
    (sheet,) = load_workbook(out).worksheets
    return [value for (value, *_) in sheet.iter_rows(values_only=True) if str(value).startswith("T")]


def _codes(cells: Mapping[tuple[int, int], RawCell]) -> list[str]:
    return [str(c.value) for (_, column), c in cells.items() if column == 1 and str(c.value).startswith("T")]
