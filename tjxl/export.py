"""The master's tables as files for analysis elsewhere: CSV for any program, Parquet with types.

A file per table, named as the table, with the titles of its columns; the office's own columns beside the table are
not tjxl's to describe and stay out. Nothing is written into the project.
"""

from __future__ import annotations

import csv
import datetime as dt
import importlib.util
import io
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, Literal, cast

from tjxl.durable import said_plainly, write_durably
from tjxl.errors import ProjectError
from tjxl.findings import Finding, finding
from tjxl.ooxml.refs import cell_ref
from tjxl.project import Project
from tjxl.sheets.layout import Column, Kind, SheetLayout, master_layout
from tjxl.sheets.rows import TableRow, find_table, holds_table, read_rows
from tjxl.sheets.state import MasterState, in_order, read_master
from tjxl.sheets.volumes import MOVABLE, place_of

Format = Literal["csv", "parquet"]
FORMATS: tuple[Format, ...] = ("csv", "parquet")

_NOT_DATA = ("run_log",)
_TEXTS: tuple[Kind, ...] = ("text", "long", "entry", "line", "digest")
_NUMBERS: tuple[Kind, ...] = ("number", "percent", "rate", "points")
_TYPES: dict[Kind, tuple[type, ...]] = {
    **dict.fromkeys(_TEXTS, (str,)),
    **dict.fromkeys(_NUMBERS, (int, float)),
    "score": (int, float, str),
    "int": (int,),
    "date": (dt.date,),
    "datetime": (dt.datetime,),
}
_BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(project: Project, folder: Path, formats: Sequence[Format] | None = None) -> dict[str, Any]:
    """Write every table of the master into a folder, a file per table and format; what was there is replaced.

    CSV is UTF-8 with a byte order mark, dates are ISO, percents 0 to 1; a text that a spreadsheet would take for a
    formula begins with an apostrophe there (OWASP, CSV injection). Parquet holds the texts as they are, and typed
    columns: a cell that does not hold what its column is for is left blank, and that is said.

    Args:
        formats: both where nothing is said, or CSV alone where pyarrow is not installed, which is said.

    Returns:
        `{folder, files: [{table, file, rows}], findings}`.

    Raises:
        ProjectError: E249 Parquet is asked for and pyarrow is not installed; E212 a file cannot be written.
    """
    writers: dict[Format, Callable[[SheetLayout, list[TableRow]], bytes]] = {"csv": _as_csv, "parquet": _as_parquet}
    files, findings = [], []
    if formats is None:
        formats = FORMATS if _has_pyarrow() else ("csv",)
        findings += [finding("M521")] if "parquet" not in formats else []
    elif "parquet" in formats and not _has_pyarrow():
        raise ProjectError("E249")
    state = read_master(project)
    for name, layout in master_layout().items():
        if name in _NOT_DATA or not holds_table(state.book, layout):
            continue
        rows, wrong = _fitting(state, layout)
        findings += wrong
        for kind in formats:
            path = folder / f"{layout.title}.{kind}"
            with said_plainly(path):
                write_durably(path, writers[kind](layout, rows))
            files.append({"table": layout.title, "file": str(path), "rows": len(rows)})
    return {"folder": str(folder), "files": files, "findings": [f.to_json() for f in findings]}


def _fitting(state: MasterState, layout: SheetLayout) -> tuple[list[TableRow], list[Finding]]:
    """The rows of a table with only such values as their columns are for, and what did not fit."""
    table = find_table(state.book, layout)
    rows, findings = [], []
    for row in _rows(state, layout):
        values = {}
        for column in layout.columns:
            value = row.values.get(column.name)
            values[column.name] = value if value is None or _fits(value, column.kind) else None
            if value is not None and values[column.name] is None:
                volume, number = place_of(row)
                at = layout.position(column.name) + 1 if volume else table.columns[column.title]
                said = finding("M520", sheet=table.sheet, cell=cell_ref(number, at), value=value, column=column.title)
                findings.append(said)
        rows.append(TableRow(row.number, values))
    return rows, findings


def _rows(state: MasterState, layout: SheetLayout) -> list[TableRow]:
    """The rows of a table; ledgers with what stands in volumes, as they were written."""
    if layout.name not in MOVABLE:
        return read_rows(state.book, layout)
    return state.changes if layout.name == "changes" else in_order(state.whole(layout.name))


def _fits(value: Any, kind: Kind) -> bool:
    if isinstance(value, bool):
        return False
    if kind == "date":
        return isinstance(value, dt.date) and not isinstance(value, dt.datetime)
    return isinstance(value, _TYPES[kind])


def _as_csv(layout: SheetLayout, rows: Iterable[TableRow]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(layout.titles)
    for row in rows:
        writer.writerow([_plain(row[c.name]) for c in layout.columns])
    return out.getvalue().encode("utf-8-sig")


def _plain(value: Any) -> Any:
    if isinstance(value, str) and value.startswith(_BEGINS_A_FORMULA):
        return f"'{value}"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    return value.isoformat() if isinstance(value, dt.date) else value


def _has_pyarrow() -> bool:
    return importlib.util.find_spec("pyarrow") is not None


def _as_parquet(layout: SheetLayout, rows: Sequence[TableRow]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        **dict.fromkeys(_TEXTS, pa.string()),
        **dict.fromkeys(_NUMBERS, pa.float64()),
        "score": pa.float64(),
        "int": pa.int64(),
        "date": pa.date32(),
        "datetime": pa.timestamp("s"),
    }
    # the name in the code goes along, for who prefers it to the title
    schema = pa.schema([pa.field(c.title, types[c.kind], metadata={"name": c.name}) for c in layout.columns])
    columns = [pa.array(_column(rows, c), types[c.kind]) for c in layout.columns]
    out = io.BytesIO()
    pq.write_table(pa.Table.from_arrays(columns, schema=schema), out)
    return out.getvalue()


def _column(rows: Sequence[TableRow], column: Column) -> list[Any]:
    values = [row[column.name] for row in rows]
    if column.kind == "score":  # 不参评 and / are no numbers
        return [float(v) if isinstance(v, int | float) else None for v in values]
    return [None if v is None else float(v) for v in values] if column.kind in _NUMBERS else values


def format_named(name: str) -> Format:
    """The format that a person asks for by name: csv or parquet.

    Raises:
        ProjectError: E263, there is no such format.
    """
    if name.lower() not in FORMATS:
        raise ProjectError("E263", format=name)
    return cast("Format", name.lower())
