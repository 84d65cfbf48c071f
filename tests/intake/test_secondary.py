"""One finding for each cell and cause: what follows from something already said is not said again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.intake.conftest import Desk
from tests.office import SPORTS, changed, without_format
from tjxl.findings import Finding, finding
from tjxl.grouping import grouped

MANY = "市发展改革委"

UNREADABLE: dict[str, tuple[Any, str]] = {
    "J": ("差不多了", "V402"),
    "K": ("八成左右吧", "V405"),
    "O": ("不久以后", "V410"),
}
"""What no reading gives a value for, by column, and what is said of it."""


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoiled=st.sets(st.tuples(st.sampled_from("JKO"), st.sampled_from((7, 8, 9))), min_size=1))
def test_an_unreadable_cell_is_said_once_and_nothing_follows_from_it(
    desk: Desk, spoiled: set[tuple[str, int]]
) -> None:
    cells = {f"{column}{row}": UNREADABLE[column][0] for column, row in spoiled}
    verdict, found = desk.judge(desk.filled(SPORTS, **cells))
    said = Counter((cell, code) for code, _, cell, _ in found)
    assert (verdict, said) == (
        "returned",
        Counter({(f"{column}{row}", UNREADABLE[column][1]): 1 for column, row in spoiled}),
    )


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(letters=st.sets(st.sampled_from("NOP"), min_size=1))
def test_columns_lost_are_said_once_each_however_many_rows_there_are(desk: Desk, letters: set[str]) -> None:
    def drop(sheet: Any) -> None:
        for letter in sorted(letters, reverse=True):
            sheet.delete_cols(ord(letter) - 64)

    _, found = desk.judge(changed(desk.filled(MANY), drop))
    assert [f for f in found if f[0] != "R302"] == []
    assert len(found) == len(letters)


@pytest.mark.parametrize("rows", [(7, 9), (8, 9)])
def test_merged_cells_are_asked_about_once_and_their_rows_are_not_called_blank(
    desk: Desk, rows: tuple[int, int]
) -> None:
    def merge(sheet: Any) -> None:
        for row in range(rows[0] + 1, rows[1] + 1):
            sheet[f"J{row}"] = sheet[f"L{row}"] = None
        sheet.merge_cells(f"J{rows[0]}:J{rows[1]}")
        sheet.merge_cells(f"L{rows[0]}:L{rows[1]}")

    verdict, found = desk.judge(changed(desk.filled(SPORTS), merge))
    assert verdict == "needs_decision"
    assert [(code, cell) for code, _, cell, _ in found] == [("R325", f"J{rows[0]}"), ("R325", f"L{rows[0]}")]


def test_no_cell_is_spoken_of_twice_for_one_reason(desk: Desk) -> None:
    content = without_format(desk.filled(SPORTS, L8=None), K7=1, J8="不详", O9="2022-13-45")
    _, found = desk.judge(content)
    assert max(Counter((sheet, cell) for _, sheet, cell, _ in found).values()) == 1


# ---- what people read


def at(cell: str, code: str = "V411", **facts: Any) -> Finding:
    return finding(code, sheet="填报", cell=cell, **facts)


def test_cells_of_one_cause_stand_on_one_line() -> None:
    found = [at("H12", value="#N/A"), finding("I203"), at("H15", value="#N/A"), at("H15", "V412")]
    assert [g.sentence for g in grouped(found)] == [
        "「填报」表 H12、H15：单元格显示为错误值 #N/A。请改为直接填写内容。",
        finding("I203").sentence,
        at("H15", "V412").sentence,
    ]


def test_findings_of_other_sheets_or_severities_stay_apart() -> None:
    one, other = at("H12", "V412"), finding("V412", sheet="节点", cell="H12")
    assert [g.findings for g in grouped([one, other])] == [(one,), (other,)]


@given(
    st.lists(st.sampled_from([at("A1", "V412"), at("A2", "V412"), at("B1", "R327", column="序号"), finding("I203")]))
)
def test_grouping_loses_and_adds_nothing(found: list[Finding]) -> None:
    assert Counter(f for g in grouped(found) for f in g.findings) == Counter(found)
