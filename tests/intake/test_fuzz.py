"""A short run of the fuzz (`python -m tests.intake.fuzz` is the long one), and what it must be able to see."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.intake.fuzz import Good, good_forms, judged, run
from tjxl.intake import returns
from tjxl.intake.read import FormReader

SHORT = 150


@pytest.fixture(scope="module")
def goods(tmp_path_factory: pytest.TempPathFactory) -> list[Good]:
    return good_forms(tmp_path_factory.mktemp("fuzz"))


def test_the_forms_that_are_damaged_are_accepted_undamaged(goods: list[Good]) -> None:
    assert {good.name: judged(good, good.content).verdict for good in goods} == dict.fromkeys(
        (good.name for good in goods), "accepted"
    )


def test_damaged_files_end_in_a_verdict_and_no_value_strays(goods: list[Good]) -> None:
    figures = run(goods, range(SHORT), seed=5)
    assert figures.failures == []
    assert sum(figures.verdicts.values()) == SHORT
    assert min(figures.verdicts["returned"], figures.confirmed) > SHORT / 10  # both ends are reached


def test_a_reader_that_takes_the_row_below_is_found_out(goods: list[Good], monkeypatch: pytest.MonkeyPatch) -> None:
    real = FormReader.read

    def one_row_off(self: Any) -> Any:
        form = real(self)
        rows = form.report.rows
        moved = tuple(
            replace(row, values=other.values, unread=other.unread)
            for row, other in zip(rows, rows[1:] + rows[:1], strict=True)
        )
        return form.with_rows({part: s.rows for part, s in form.sheets.items()} | {"report": moved})

    monkeypatch.setattr(FormReader, "read", one_row_off)
    assert len(run([g for g in goods if g.name == "市体育局"], range(20), seed=5).failures) > 3


def test_a_reader_that_gives_up_is_found_out(goods: list[Good], monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(returns, "read_identity", breaks)
    assert "ZeroDivisionError" in run(goods, range(10), seed=5).failures[0][1]


def test_what_fails_is_kept(goods: list[Good], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(returns, "read_identity", lambda _: 1 / 0)
    failed = [number for number, _ in run(goods, range(4), 5, tmp_path).failures]
    assert sorted(p.name for p in tmp_path.glob("*.xlsx")) == sorted(f"5-{number}.xlsx" for number in failed)
