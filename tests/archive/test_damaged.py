"""A master in which somebody has written where nobody should: the doctor names it, and still tells the rest."""

from __future__ import annotations

import pytest

from tests.archive.conftest import PERIODS
from tests.office import Office
from tjxl import flows
from tjxl.archiving import archive_period
from tjxl.errors import PackageError
from tjxl.installation.doctor import doctor
from tjxl.ooxml.book import Book
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put

IDENTITY = "_tjxl"


def typed(office: Office, sheet: str, row: int, column: int, value: str) -> None:
    editor = BookEditor(office.master)
    editor.edit(sheet, row, column, Put(value))
    office.project.master.write_bytes(editor.save())


def wrong(office: Office) -> list[str]:
    return [c["message"] for c in doctor(office.project)["checks"] if c["severity"] == "error"]


def test_a_period_typed_by_hand_keeps_no_doctor_from_looking_at_the_volumes(months: Office) -> None:
    archive_period(months.project, PERIODS[3])
    table = Book(months.master).tables["报送情况"]
    typed(months, table.sheet, table.first_row, table.columns["期次"], "一月份")
    assert wrong(months) == ["期次“一月份”无法识别。请写成 2022-06（月）或 2022-Q2（季度）。"]
    assert "B735" in [c["code"] for c in doctor(months.project)["checks"]]


@pytest.mark.parametrize(
    "said",
    [
        "{",
        "1",
        "{}",
        '{"period": 1, "sha256": "00", "rows": {}, "moved_at": ""}',
        '{"period": "2022-02", "sha256": 1, "rows": {}, "moved_at": ""}',
        '{"period": "2022-02", "sha256": "00", "rows": 3, "moved_at": ""}',
        '{"period": "2022-02", "sha256": "00", "rows": {"ledger": "3"}, "moved_at": ""}',
        '{"period": "2022-02", "sha256": "00", "rows": {}, "moved_at": null}',
    ],
)
def test_a_volume_whose_registration_is_damaged_is_named(months: Office, said: str) -> None:
    archive_period(months.project, PERIODS[3])
    (row,) = (
        r for (r, _), cell in Book(months.master).cells(IDENTITY).cells.items() if cell.value == "volume:2022-02.xlsx"
    )
    typed(months, IDENTITY, row, 2, said)
    sentence = "总台账中“往期流水/2022-02.xlsx”的登记已损坏。请从“备份”中恢复总台账。"
    with pytest.raises(PackageError) as refused:
        flows.status(months.project)
    assert str(refused.value) == sentence
    assert wrong(months) == [sentence]
