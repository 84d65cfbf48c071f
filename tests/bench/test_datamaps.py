"""`datamaps` takes from each form what the datamap names. Run where `just bench` has made its environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.bench import datamaps
from tests.bench.datamap import COLUMNS
from tests.bench.processes import run
from tests.bench.projects import project_with_returns

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


def test_every_cell_of_the_datamap_reaches_the_master(tmp_path: Path) -> None:
    project = project_with_returns(tmp_path / "project", 5)
    forms = datamaps.prepared(project.inbox, tmp_path / "forms", datamaps.CACHE)
    run(datamaps.command(forms, datamaps.CACHE), home=tmp_path / "home")
    (sheet,) = load_workbook(datamaps.master(tmp_path / "home")).worksheets
    keys, *columns = (list(column) for column in sheet.iter_cols(values_only=True))
    assert {key[0] for key in keys[1:]} == set(COLUMNS)
    assert sorted(str(column[0]) for column in columns) == [f"{number:06}" for number in range(1, 6)]
    for number, *values in columns:
        form = load_workbook(forms / f"{number}.xlsx", data_only=True)["填报"]
        texts = {key: value for key, value in zip(keys[1:], values, strict=True) if key[0] in "AJL" and value}
        assert texts == {key: form[key].value for key in texts}
        assert "A7" in texts
