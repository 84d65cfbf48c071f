"""`tjxl export`: the master's tables as CSV and Parquet.

1. A file per table, titles as headers, as many rows as the table has; dates, numbers and percents are such.
2. What would be a formula in a spreadsheet is a text in CSV, and as it is in Parquet.
3. A cell that somebody has typed something else into is left blank and told.
4. Without pyarrow: CSV alone, and that is said; asked for by name, one clear sentence.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.merge.test_hand_edits import type_over
from tests.office import SPORTS, Office, filled, layouts
from tjxl import export as exporting
from tjxl.errors import ProjectError
from tjxl.export import export, format_named

parquet = pytest.importorskip("pyarrow.parquet")

FORMULA = '=HYPERLINK("http://x")已完成方案论证和立项批复。'


@pytest.fixture
def office(issued_project: Office, tmp_path: Path) -> Office:
    office = copy_of(issued_project, tmp_path / "项目")
    office.send("a.xlsx", filled(office.form(SPORTS), L7=FORMULA, K7=0.55))
    office.merge()
    return office


def read_csv(folder: Path, table: str) -> list[dict[str, str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def read_parquet(folder: Path, table: str) -> list[dict[str, Any]]:
    return list(parquet.read_table(folder / f"{table}.parquet").to_pylist())


# 1


def test_a_file_for_every_table_and_format(office: Office, tmp_path: Path) -> None:
    before = office.master
    result = export(office.project, tmp_path / "导出")
    assert result["findings"] == []
    titles = {layout.title for name, layout in layouts().items() if name != "run_log"}
    assert {(f["table"], Path(f["file"]).name) for f in result["files"]} == {
        (title, f"{title}.{kind}") for title in titles for kind in ("csv", "parquet")
    }
    rows = {f["table"]: f["rows"] for f in result["files"]}
    assert (rows["任务台账"], rows["责任分工"], rows["填报流水"]) == (138, 428, 3)
    for table in titles:
        assert len(read_csv(tmp_path / "导出", table)) == len(read_parquet(tmp_path / "导出", table)) == rows[table]
    assert office.master == before


def test_values_have_their_types(office: Office, tmp_path: Path) -> None:
    export(office.project, tmp_path)
    (row,) = (r for r in read_parquet(tmp_path, "填报流水") if r["任务编码"] == "T130")
    assert (row["期次"], row["单位"], row["职责"], row["完成进度"]) == ("2022-05", SPORTS, "牵头", 0.55)
    assert isinstance(row["入账时间"], dt.datetime)
    assert row["预计（实际）完成日期"] is None
    (row,) = (r for r in read_parquet(tmp_path, "报送情况") if r["单位"] == SPORTS)
    assert (row["填报日期"], row["应报任务数"]) == (dt.date(2022, 5, 20), 3)
    schema = parquet.read_schema(tmp_path / "填报流水.parquet")
    assert schema.field("完成进度").metadata[b"name"] == b"percent_complete"
    (text,) = (r for r in read_csv(tmp_path, "报送情况") if r["单位"] == SPORTS)
    assert (text["填报日期"], text["应报任务数"], text["备注"]) == ("2022-05-20", "3", "")


# 2


def test_a_text_that_looks_like_a_formula(office: Office, tmp_path: Path) -> None:
    export(office.project, tmp_path)
    texts = [
        next(r["进展情况"] for r in rows if r["任务编码"] == "T130")
        for rows in (read_csv(tmp_path, "填报流水"), read_parquet(tmp_path, "填报流水"))
    ]
    assert texts == ["'" + FORMULA, FORMULA]


# 3


def test_a_cell_of_another_type_is_blank_and_told(office: Office, tmp_path: Path) -> None:
    cell = type_over(office, "tasks", "percent_complete", "一半", task_code="T130")
    result = export(office.project, tmp_path)
    assert [(f["code"], f["sheet"], f["cell"], f["value"]) for f in result["findings"]] == [
        ("M520", "任务台账", cell, "一半")
    ]
    (row,) = (r for r in read_parquet(tmp_path, "任务台账") if r["任务编码"] == "T130")
    assert row["完成进度"] is None


# 4


def test_without_pyarrow(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "_has_pyarrow", lambda: False)
    result = export(office.project, tmp_path / "导出")
    assert [f["code"] for f in result["findings"]] == ["M521"]
    assert {path.suffix for path in (tmp_path / "导出").iterdir()} == {".csv"}
    with pytest.raises(ProjectError) as raised:
        export(office.project, tmp_path, [format_named("Parquet")])
    assert raised.value.code == "E249"
    with pytest.raises(ProjectError) as raised:
        format_named("xml")
    assert str(raised.value) == "没有“xml”这种导出格式。请用 csv 或 parquet。"
