"""References in formulas that end with a moved range. The table stands on 台账 in A3:D6 and grows to row 8.

1. In cells, ranges that cover a whole column follow, on any sheet; nothing else does.
2. In rules, only those that mean the same rows for every cell.
3. In names, all that end with the table, each of several areas for itself.
4. What only looks like such a range stays.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tjxl.ooxml.edits import Growth
from tjxl.ooxml.formula_refs import follow_formula
from tjxl.ooxml.refs import Range

AREA = Range(3, 1, 6, 4)
MOVES = {"台账": [Growth(AREA, 8)], "A&B's 表": [Growth(AREA, 8)]}


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ('COUNTIF(台账!C4:C6,"滞后")', 'COUNTIF(台账!C4:C8,"滞后")'),
        ("SUM(台账!$C$4:$C$6)", "SUM(台账!$C$4:$C$8)"),
        ("VLOOKUP(A1,台账!$A$4:$D$6,3,0)", "VLOOKUP(A1,台账!$A$4:$D$8,3,0)"),
        ("SUM(台账!C3:C6)", "SUM(台账!C3:C8)"),
        ("SUM(台账!A1:Z6)", "SUM(台账!A1:Z8)"),
        ("SUM('台账'!C4:C6)+SUM('A&B''s 表'!C4:C6)", "SUM('台账'!C4:C8)+SUM('A&B''s 表'!C4:C8)"),
        ("台账!C4:C6*台账!D4:D6", "台账!C4:C8*台账!D4:D8"),
        ("SUM((台账!C4:C6,台账!D4:D6))", "SUM((台账!C4:C8,台账!D4:D8))"),
        # not the whole column, not its end, other columns, another sheet, one cell
        ("SUM(台账!C5:C6)", None),
        ("SUM(台账!C4:C5)", None),
        ("SUM(台账!C4:C7)", None),
        ("SUM(台账!G4:G6)", None),
        ("SUM(台账!C4:G6)", None),
        ("SUM(附表!C4:C6)", None),
        ("SUM(C4:C6)", None),
        ("台账!C6", None),
        ("SUM(台账!C:C)", None),
        ("SUM(台账!3:6)", None),
    ],
)
def test_in_cells(formula: str, expected: str | None) -> None:
    assert follow_formula(formula, "附表", MOVES, "cell") == (expected or formula)


def test_on_the_tables_own_sheet_no_name_is_needed() -> None:
    assert follow_formula("SUM(C4:C6)", "台账", MOVES, "cell") == "SUM(C4:C8)"


@pytest.mark.parametrize(
    "formula",
    [
        '"台账!C4:C6 及 ""C4:C6"""',
        "[1]台账!C4:C6",
        "'[年度.xlsx]台账'!C4:C6",
        "'C:\\目录\\[年度.xlsx]台账'!C4:C6",
        "台账:附表!C4:C6",
        "流水[[#This Row],[C4:C6]]",
        "流水[C4:C6]",
        "流水[a'[C4:C6]",
        "名称C4:C6",
        "C4:C6名称",
        "LOG10(C4)",
        "C4:C6:D9",
        "C4:INDEX(C4:C9,2)",
        "_C4:C6",
        "C4:C6(1)",
    ],
)
def test_what_only_looks_like_it(formula: str) -> None:
    assert follow_formula(formula, "台账", MOVES, "cell") == formula


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("COUNTIF($A$4:$A$6,A4)>1", "COUNTIF($A$4:$A$8,A4)>1"),
        ("COUNTIF(A$4:A$6,A4)>1", "COUNTIF(A$4:A$8,A4)>1"),
        ("SUM(A4:A6)>1", None),
        ("SUM(A$4:A6)>1", None),
    ],
)
def test_in_rules(formula: str, expected: str | None) -> None:
    assert follow_formula(formula, "台账", MOVES, "fixed") == (expected or formula)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("台账!$A$1:$D$6,台账!$G$1:$H$6", "台账!$A$1:$D$8,台账!$G$1:$H$6"),
        ("台账!$A$5:$A$6", "台账!$A$5:$A$8"),
        ("OFFSET(台账!$A$4,0,0,COUNTA(台账!$A$4:$A$6),1)", "OFFSET(台账!$A$4,0,0,COUNTA(台账!$A$4:$A$8),1)"),
        ("台账!$A$1:$Z$6", "台账!$A$1:$Z$8"),
        ("台账!$A$6", None),  # the name of one cell
        ("台账!$1:$3", None),  # print titles
        ("台账!A4:A6", None),
        ("流水[编码]", None),
        ("#REF!$A$4:$A$6", None),
    ],
)
def test_in_names(formula: str, expected: str | None) -> None:
    assert follow_formula(formula, "", MOVES, "name") == (expected or formula)


def test_the_name_of_a_list_with_one_row_is_a_list() -> None:
    moves = {"台账": [Growth(Range(3, 1, 4, 4), 9)]}
    assert follow_formula("台账!$A$4", "", moves, "name") == "台账!$A$4:$A$9"
    assert follow_formula("台账!$A$4", "", moves, "cell") == "台账!$A$4"


@given(st.sampled_from(["SUM(台账!$C$4:$C$6)", '台账!C3:C6&"C4:C6"', "台账!A1:D6"]), st.integers(7, 99))
def test_there_and_back(formula: str, bottom: int) -> None:
    there = follow_formula(formula, "", {"台账": [Growth(AREA, bottom)]}, "cell")
    assert there != formula
    assert follow_formula(there, "", {"台账": [Growth(AREA._replace(bottom=bottom), 6)]}, "cell") == formula


@given(st.text("台账!$AC46:'\"[](),.#@流水 \\", max_size=60))
def test_any_text_is_read_and_what_moves_ends_at_the_table(formula: str) -> None:
    assert follow_formula(formula, "附表", {"别处": [Growth(AREA, 8)]}, "cell") == formula
    moved = follow_formula(formula, "台账", MOVES, "cell")
    assert len(moved) == len(formula)
    assert all(old == new or (old, new) == ("6", "8") for old, new in zip(formula, moved, strict=True))
