"""Returned workbooks with something done to them: each ends in a verdict, no value lands where it was not written.

The long run: `python -m tests.intake.fuzz 20000 1` (number of files, then a seed). What fails is saved to a folder.

A file fails when the reader raises or gives up (I219), when it takes longer than `SECONDS`, or when of a row that may
be merged a value is not what stands in that row under that heading:

1. read by openpyxl, the cell named holds the value named, its row holds the code, its column a title of the field;
2. where the damage left every row whole, a value that carries its code and field is read as that code and field.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import multiprocessing
import random
import signal
import sys
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from tests.intake.damage import Damaged, damaged
from tests.office import AUDIT, MAY, SPORTS, Office, filled, resaved
from tests.promises import promising_project
from tjxl import flows
from tjxl.fields.spec import Part
from tjxl.intake.context import Context
from tjxl.intake.expected import intake_context
from tjxl.intake.readform import ReadRow
from tjxl.intake.returns import Return, judge, read_return
from tjxl.intake.sources import Source
from tjxl.intake.values import squeeze
from tjxl.merge.run import accepted_return
from tjxl.ooxml.book import Book
from tjxl.ooxml.cells import to_serial
from tjxl.ooxml.refs import parse_cell
from tjxl.periods import parse_period
from tjxl.project import Project
from tjxl.resources import sample_notice

SECONDS = 10
_LOOKED_AT = {"max_row": 400, "max_col": 60}


@dataclass(frozen=True, slots=True)
class Good:
    """A form filled in without a mistake, every text of which says whose it is."""

    name: str
    content: bytes
    context: Context = field(repr=False)


@dataclass(slots=True)
class Figures:
    """What a run has seen."""

    verdicts: Counter[str] = field(default_factory=Counter)
    damages: Counter[str] = field(default_factory=Counter)
    unconfirmed: int = 0
    confirmed: int = 0
    slowest: float = 0.0
    peak: float = 0.0
    failures: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Figures) -> None:
        self.verdicts += other.verdicts
        self.damages += other.damages
        self.unconfirmed += other.unconfirmed
        self.confirmed += other.confirmed
        self.slowest = max(self.slowest, other.slowest)
        self.peak = max(self.peak, other.peak)
        self.failures += other.failures


# ---- good forms


def good_forms(folder: Path) -> list[Good]:
    """Forms of the sample and of a notice with 节点 and 指标, as issued and as saved by another program."""
    flows.init(folder / "样例", Path(str(sample_notice())), 2022)
    flows.issue(Project(folder / "样例"), MAY)
    out = []
    for office, units in (
        (Office(Project(folder / "样例")), (SPORTS, "市水务局")),
        (promising_project(folder / "节点指标"), (SPORTS, AUDIT)),
    ):
        context = intake_context(office.state, parse_period(MAY), office.project.settings())
        for unit in units:
            content = labelled(office.form(unit))
            out += [Good(unit, content, context), Good(f"{unit}（另存）", resaved(content), context)]
    return out


def label(code: str, name: str) -> str:
    """A text that says which row and field it belongs to."""
    return f"【{code}/{name}】已完成方案论证和立项批复，按计划推进。"


def labelled(form: bytes) -> bytes:
    """The form filled in; numbers and dates differ from row to row, texts name their row and field."""
    cells: dict[str, dict[str, Any]] = {"填报": {}, "节点": {}, "指标": {}}
    book = Book(form)
    for sheet, texts in _TEXTS.items():
        if sheet not in book.sheets:
            continue
        present = book.cells(sheet).cells
        codes = {r: c.value for (r, k), c in present.items() if k == 1 and str(c.value)[:1] == "T"}
        for number, (row, code) in enumerate(sorted(codes.items())):
            own = {f"{column}{row}": label(str(code), name) for column, name in texts.items()}
            if sheet == "填报":
                own |= {f"K{row}": (20 + number) / 100, f"O{row}": dt.date(2022, 9, 1) + dt.timedelta(number)}
            cells[sheet] |= own
    return filled(form, milestones=cells["节点"], targets=cells["指标"], **cells["填报"])


_TEXTS = {
    "填报": {"L": "progress_text", "M": "problems", "N": "next_steps", "P": "evidence"},
    "节点": {"H": "explanation"},
    "指标": {"I": "explanation"},
}


# ---- one file


def judged(good: Good, content: bytes) -> Return:
    """The verdict as `tjxl collect` finds it."""
    source = Source("报表.xlsx", content, dt.datetime(2022, 5, 20, 10), Path("报表.xlsx"))
    return judge([read_return(source, good.context)], good.context)[0]


def complaint(good: Good, case: Damaged, r: Return) -> tuple[str | None, bool | None]:
    """What is wrong with a verdict, None where nothing is; whether openpyxl could confirm what is to be merged."""
    if given_up := [f.message for f in r.findings if f.code == "I219"]:
        return given_up[0], None
    accepted = accepted_return(r)
    if accepted is None or r.form is None:
        return None, None
    if case.rows_whole and (strayed := _strayed(r)):
        return strayed, None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(case.content), read_only=True, data_only=True)
        titles = {s.title for s in r.form.sheets.values() if s.rows}
        seen = {t: list(book[t].iter_rows(values_only=True, **_LOOKED_AT)) for t in titles}
    except Exception:  # openpyxl may refuse what tjxl can read
        return None, False
    return _misread(good, r, seen), True


def _originals(row: ReadRow) -> list[tuple[str, Any]]:
    return [(name, value) for name in row.cells if (value := row.original(name)) is not None]


def _strayed(r: Return) -> str | None:
    """A labelled value that was read as another row's or field's."""
    for part, sheet in r.form.sheets.items() if r.form else ():
        for row in sheet.rows:
            for name, value in _originals(row):
                if (
                    isinstance(value, str)
                    and value.startswith("【")
                    and not value.startswith(f"【{row.code}/{name}】")
                ):
                    return f"{part} {row.cells[name]} is read as {row.code}/{name}: {value[:40]}"
    return None


def _misread(good: Good, r: Return, seen: Mapping[str, Sequence[Sequence[Any]]]) -> str | None:
    """A value, code or heading that openpyxl sees otherwise."""
    assert r.form is not None
    for part, sheet in r.form.sheets.items():
        spec = good.context.specs[part]
        for row in sheet.rows:
            key = _at(seen[sheet.title], row.cells[spec.key.name]) if spec.key.name in row.cells else None
            if squeeze(str(key)) != row.code and not _proven(good, r, part, row, seen[sheet.title]):
                return f"{sheet.title} row {row.row} holds the code {key}, read as {row.code}"
            for name, value in _originals(row):
                other = _at(seen[sheet.title], row.cells[name])
                if not _same(value, other):
                    return f"{sheet.title} {row.cells[name]} holds {other!r}, read as {value!r}"
                if not _under_title(seen[sheet.title], row.cells[name], spec.field(name)):
                    return f"{sheet.title} {row.cells[name]} does not stand under {name}"
    return None


def _proven(good: Good, r: Return, part: Part, row: ReadRow, seen: Sequence[Sequence[Any]]) -> bool:
    """Whether the number and the text of a row that has lost its code are those of the task it is read as."""
    assert r.identity is not None
    expected = good.context.expected[r.identity.sender][part][row.code]
    printed = [name for name in ("task", "scope", "subject") if name in row.cells and name in expected.locked]
    number = _at(seen, row.cells["serial_no"]) if "serial_no" in row.cells else None
    if str(number).strip() not in (str(expected.serial_no), f"{expected.serial_no}.0") or not printed:
        return False
    return all(squeeze(str(_at(seen, row.cells[n]))) == squeeze(str(expected.locked[n])) for n in printed)


def _at(rows: Sequence[Sequence[Any]], cell: str) -> Any:
    row, column = parse_cell(cell)
    return rows[row - 1][column - 1] if row <= len(rows) and column <= len(rows[row - 1]) else None


def _under_title(rows: Sequence[Sequence[Any]], cell: str, spec_field: Any) -> bool:
    row, column = parse_cell(cell)
    names = {squeeze(t) for t in (spec_field.title, *spec_field.aliases)}
    above = (squeeze(str(r[column - 1])) for r in rows[: row - 1] if column <= len(r))
    return any(text in names for text in above)


def _same(value: Any, other: Any) -> bool:
    """Whether two readers mean the same: openpyxl makes dates of numbers, and escapes another way."""
    if isinstance(other, dt.datetime | dt.date):
        other = to_serial(other)
    if isinstance(value, dt.datetime | dt.date):
        value = to_serial(value)
    if isinstance(value, float) and other == "#VALUE!":  # no date to openpyxl
        return True
    if isinstance(other, dt.time | dt.timedelta) or isinstance(value, bool) or isinstance(other, bool):
        return True
    if isinstance(value, int | float) and isinstance(other, int | float):
        return abs(value - other) < 1e-6 * max(1, abs(value)) or abs(value - other) in (1, 1462)
    return squeeze(str(value)) == squeeze(str(other)) or "_x" in str(other)


def run(goods: Sequence[Good], cases: Iterable[int], seed: int, folder: Path | None = None) -> Figures:
    """Damage and judge the files of these numbers."""
    figures = Figures()
    judged(goods[0], goods[0].content)  # imports count for no file
    for number in cases:
        rng = random.Random(f"{seed}-{number}")
        good = rng.choice(goods)
        case = damaged(good.content, rng)
        confirmed = None
        try:
            with _alarm(SECONDS):
                started = time.perf_counter()
                r = judged(good, case.content)
                figures.slowest = max(figures.slowest, time.perf_counter() - started)
            wrong, confirmed = complaint(good, case, r)
            figures.verdicts[r.verdict] += 1
        except Exception as error:  # what the reader raises is what is looked for
            wrong = f"{type(error).__name__}: {error}"
        figures.damages[case.name] += 1
        figures.confirmed += confirmed is True
        figures.unconfirmed += confirmed is False
        if wrong is not None:
            figures.failures.append((number, f"{good.name} · {case.name}: {wrong}"))
            if folder is not None:
                (folder / f"{seed}-{number}.xlsx").write_bytes(case.content)
                (folder / f"{seed}-{number}.txt").write_text(figures.failures[-1][1], encoding="utf-8")
    figures.peak = _peak()
    return figures


class _alarm:  # noqa: N801 - used like a function
    """Raise TimeoutError in the block after so many seconds, where the system can."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds if hasattr(signal, "setitimer") else 0

    def __enter__(self) -> None:
        if self.seconds:
            signal.signal(signal.SIGALRM, self._ring)
            signal.setitimer(signal.ITIMER_REAL, self.seconds)

    def __exit__(self, *_: object) -> None:
        if self.seconds:
            signal.setitimer(signal.ITIMER_REAL, 0)

    @staticmethod
    def _ring(*_: object) -> None:
        raise TimeoutError(f"over {SECONDS} s")


def _peak() -> float:
    try:
        import resource
    except ImportError:
        return 0.0
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


# ---- the long run

_GOODS: list[Good] = []


def _begin(goods: list[Good]) -> None:
    _GOODS[:] = goods
    warnings.simplefilter("ignore")  # openpyxl's, about what was damaged


def _block(cases: range, seed: int, folder: Path) -> Figures:
    return run(_GOODS, cases, seed, folder)


def _blocks(count: int, size: int = 100) -> Iterator[range]:
    return (range(first, min(first + size, count)) for first in range(0, count, size))


def main() -> int:
    """The long run: prints its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=2_000)
    parser.add_argument("seed", type=int, nargs="?", default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--folder", type=Path, help="where the files that fail are saved")
    options = parser.parse_args()
    folder = options.folder or Path(tempfile.mkdtemp(prefix="tjxl-fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as projects:
        goods = good_forms(Path(projects))
    figures, started = Figures(), time.perf_counter()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(options.workers, spawn, _begin, (goods,)) as pool:
        for done in [pool.submit(_block, block, options.seed, folder) for block in _blocks(options.count)]:
            figures.add(done.result())
            print(f"\r{sum(figures.verdicts.values())} / {options.count}", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    print(f"files      {options.count} of seed {options.seed} in {time.perf_counter() - started:.0f} s")
    print(f"verdicts   {dict(figures.verdicts.most_common())}")
    print(f"damage     {dict(figures.damages.most_common())}")
    print(f"to merge   confirmed by openpyxl {figures.confirmed}, refused by it {figures.unconfirmed}")
    print(f"slowest    {figures.slowest:.2f} s, peak memory of a worker {figures.peak:.0f} MB")
    print(f"failures   {len(figures.failures)}" + (f", saved in {folder}" if figures.failures else ""))
    for number, wrong in sorted(figures.failures)[:40]:
        print(f"  {number}: {wrong}")
    return 1 if figures.failures else 0


if __name__ == "__main__":
    sys.exit(main())
