"""What the evaluator promises beside the values of single functions.

1. Formula cells are evaluated, not read from their cached values; an unsupported one keeps its stored value.
2. Circles are unsupported, however long; long chains of formulas are not.
3. Only the branch that is taken is evaluated.
4. References are relative to the formula's own cell where the syntax says so.
5. What lies outside the subset raises Unsupported.
6. Counting over large tables is answered from an index.
"""

from __future__ import annotations

import time

import pytest

from tests.formula.sample import DATA, grid
from tjxl.formula import Area, Evaluator, ExcelError, Formula, MemoryGrid, TableArea, Unsupported, Value


def one_sheet(**cells: Value | Formula) -> MemoryGrid:
    """A sheet 甲 of cells named like B3 (columns A to Z)."""
    return MemoryGrid({"甲": {(int(name[1:]), ord(name[0]) - 64): value for name, value in cells.items()}})


def value_of(formula: str, sheet: str = "公式", row: int = 1, column: int = 1) -> Value:
    return Evaluator(grid()).evaluate(formula, sheet, row, column)


class TestCells:
    def test_formula_cells_are_computed_whatever_their_cached_value(self) -> None:
        evaluator = Evaluator(one_sheet(A1=2, B1=Formula("=A1*3", cached=999), C1=Formula("B1+1", cached=999)))
        assert evaluator.cell("甲", 1, 3) == 7

    def test_an_unsupported_formula_keeps_its_stored_value(self) -> None:
        evaluator = Evaluator(one_sheet(A1=Formula("TODAY()", cached=44742), B1=Formula("A1+1")))
        assert evaluator.cell("甲", 1, 1) == 44742
        assert evaluator.cell("甲", 1, 2) == 44743
        with pytest.raises(Unsupported, match="TODAY"):
            evaluator.evaluate("=TODAY()", "甲", 1, 1)

    def test_a_rule_may_look_at_the_plain_value_of_the_cell_it_is_tried_at(self) -> None:
        assert Evaluator(one_sheet(A1=0.8)).evaluate("AND(A1>=0,A1<=1)", "甲", 1, 1) is True

    def test_whole_numbers_come_back_as_int(self) -> None:
        assert repr(value_of("6/2")) == "3"


class TestCirclesAndChains:
    def test_a_cell_that_refers_to_itself(self) -> None:
        with pytest.raises(Unsupported, match="circle"):
            Evaluator(one_sheet(A1=Formula("A1+1", 5))).evaluate("A1+1", "甲", 1, 1)

    def test_cells_of_a_circle_keep_their_values_and_others_may_use_them(self) -> None:
        evaluator = Evaluator(one_sheet(A1=Formula("B1", 7), B1=Formula("A1", 8), C1=Formula("A1*2")))
        assert [evaluator.cell("甲", 1, column) for column in (3, 1, 2)] == [14, 7, 8]

    def test_a_circle_of_thousands_of_cells(self) -> None:
        cells = {(row, 1): Formula(f"A{row % 5000 + 1}", row) for row in range(1, 5001)}
        evaluator = Evaluator(MemoryGrid({"甲": cells}))
        for row in (1, 2500, 5000):
            with pytest.raises(Unsupported, match="circle"):
                evaluator.evaluate(f"A{row % 5000 + 1}", "甲", row, 1)
            assert evaluator.cell("甲", row, 1) == row

    def test_a_chain_of_ten_thousand_cells_is_no_matter_of_recursion(self) -> None:
        cells: dict[tuple[int, int], Value | Formula] = {(r, 1): Formula(f"A{r - 1}+1") for r in range(2, 10001)}
        assert Evaluator(MemoryGrid({"甲": {**cells, (1, 1): 1}})).cell("甲", 10000, 1) == 10000

    def test_a_long_sum_is_no_matter_of_recursion(self) -> None:
        assert value_of("+".join(["1"] * 4000)) == 4000


class TestLaziness:
    @pytest.mark.parametrize(
        "formula", ["IF(1,2,NEVER())", "IF(0,NEVER(),2)", "IFERROR(2,NEVER())", "CHOOSE(2,NEVER(),2,NEVER())"]
    )
    def test_branches_not_taken_are_not_evaluated(self, formula: str) -> None:
        assert value_of(formula) == 2

    def test_the_branch_taken_is(self) -> None:
        with pytest.raises(Unsupported, match="NEVER"):
            value_of("IF(1,NEVER(),2)")

    def test_sixty_four_nested_conditions(self) -> None:
        formula = "".join(f'IF(B1={n},"第{n}",' for n in range(64)) + '"无"' + ")" * 64
        assert Evaluator(one_sheet(B1=63)).evaluate(formula, "甲", 1, 1) == "第63"


class TestReferences:
    def test_this_row_of_a_table(self) -> None:
        assert value_of("台账[[#This Row],[编码]]", DATA, 5, 20) == "T002"
        assert value_of("台账[[#This Row],[预计（实际）完成日期]]", DATA, 5, 20) == 44773
        assert value_of("COUNTA(台账[[#This Row],[编码]:[状态]])", DATA, 5, 20) == 2

    def test_this_row_beside_the_table_is_an_error(self) -> None:
        assert value_of("台账[[#This Row],[编码]]", DATA, 30, 20) == ExcelError("#VALUE!")

    def test_a_range_read_as_one_value_gives_the_cell_of_the_same_row_or_column(self) -> None:
        assert value_of("$J$1:$J$5*2", DATA, 3, 20) == 10
        assert value_of('台账[编码]&""', DATA, 6, 20) == "T003"
        assert value_of("$J$1:$L$1*2", DATA, 9, 12) == 18
        assert value_of("$J$1:$J$5*2", DATA, 9, 20) == ExcelError("#VALUE!")

    def test_titles_with_escaped_brackets_apostrophes_and_signs(self) -> None:
        table = TableArea("甲", 1, 2, 2, {"a[b]": 1, "it's": 2, "#号": 3, "@人": 4})
        cells = MemoryGrid({"甲": {(2, column): column for column in range(1, 5)}}, {"表": table})
        text = "SUM(表[a'[b']])*1000+表[it''s]*100+表[['#号]]*10+表['@人]"
        assert Evaluator(cells).evaluate(text, "甲", 2, 9) == 1234

    def test_sheets_with_quotes_in_their_names(self) -> None:
        cells = MemoryGrid({"张三's 表": {(1, 1): 5}, "_lists": {(1, 1): 6}})
        assert Evaluator(cells).evaluate("'张三''s 表'!A1+_lists!$A$1", "甲", 1, 1) == 11

    def test_defined_names_come_before_tables(self) -> None:
        cells = MemoryGrid({"甲": {(1, 1): 5}}, {}, {"截止日": Area("甲", 1, 1, 1, 1)})
        assert Evaluator(cells).evaluate("截止日+1", "甲", 1, 2) == 6

    def test_whole_columns_count_the_blank_rows_below_too(self) -> None:
        assert Evaluator(one_sheet(A1="x", A2="y")).evaluate('COUNTIF(A:A,"")', "甲", 1, 2) == 1048574
        assert Evaluator(one_sheet(A1="x", B1=3)).evaluate('SUMIFS(B:B,A:A,"x")', "甲", 1, 3) == 3


@pytest.mark.parametrize(
    "formula",
    [
        "", "1+", "(1", "1)", "SUM(1", '"offen', "A1:B2:C3", "A1 B1", "(A1,B1)", "{1,2}", "A1#", "@A1", "!A1",
        "[1]甲!A1", "甲:乙!A1", "XFE1", "A1048577", "无此表[列]", "台账[无此列]", "台账[[#Totals],[编码]]",
        "台账[@编码]", "无此名", "XLOOKUP(1,A1,B1)", "_xlfn.IFNA(1,2)", "RAND()", "IF(1)", "LEN(1,2)", "台账[[编码]",
        "SUMPRODUCT(IF(台账[进度]>0,1,0))", "MATCH(1,(J1:J5>2)*1,0)", "SUMPRODUCT((A:A=\"\")*1)",
        'TEXT(1,"0.00E+00")', "CHAR(200)", "AGGREGATE(9,5,A1:A3)", "COUNTIF(1,1)", "EDATE", "INDIRECT(\"A1\")",
    ],
)  # fmt: skip
def test_outside_the_subset(formula: str) -> None:
    with pytest.raises(Unsupported):
        value_of(formula)


def test_nesting_beyond_all_reason_is_unsupported() -> None:
    for formula in ("(" * 4000 + "1" + ")" * 4000, "-" * 8000 + "1" + "^(" * 90, "IF(1," * 1500):
        with pytest.raises(Unsupported):
            value_of(formula)


def test_a_thousand_counts_over_ten_thousand_rows() -> None:
    """About 0.1 s on a small machine; the bound leaves room for a busy one and none for counting row by row."""
    units, statuses = [f"单位{n}" for n in range(59)], ["正常推进", "滞后", "已完成", "未启动", "申请调整"]
    rows = 10_000
    cells: dict[tuple[int, int], Value | Formula] = {}
    for row in range(2, rows + 2):
        cells |= {(row, 1): units[row % 59], (row, 2): statuses[row % 5], (row, 3): row % 101 / 100}
    table = TableArea("流水", 1, 2, rows + 1, {"单位": 1, "状态": 2, "进度": 3})
    evaluator = Evaluator(MemoryGrid({"流水": cells}, {"流水": table}))
    formulas = [f'COUNTIFS(流水[单位],"{u}",流水[状态],"{s}")' for u in units for s in statuses]
    formulas += [f'COUNTIFS(流水[单位],"{u}",流水[状态],"{s}",流水[进度],"<0.5")' for u in units for s in statuses]
    formulas += [f'SUMIFS(流水[进度],流水[单位],"{u}",流水[状态],"{s}")' for u in units for s in statuses]
    start = time.perf_counter()
    results = [evaluator.evaluate(formula, "看板", 1, 1) for formula in formulas + formulas[:115]]
    elapsed = time.perf_counter() - start
    assert len(results) == 1000
    assert sum(int(str(n)) for n in results[:295]) == rows
    assert results[0] == sum(1 for r in range(2, rows + 2) if r % 59 == 0 and r % 5 == 0)
    assert elapsed < 2
