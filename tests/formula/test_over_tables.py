"""Array formulas over a whole table, as they stand in each row of another.

1. Rows found by index are those that looking at every row finds, and so are the errors among them.
2. An expression that is the same wherever it stands is told from one that only looks alike.
3. RANK, LARGE and SMALL over a column are those of its numbers in order.
4. What formulas were put together for once serves other workbooks with the same tables.
"""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from tjxl.formula import Evaluator, ExcelError, Formula, MemoryGrid, TableArea, Value

NA = ExcelError("#N/A")
Row = tuple[Value, Value, Value]


def milestones(rows: Sequence[Row]) -> MemoryGrid:
    """A table 节点 (编码, 情况, 分值) with its header in row 1."""
    cells = {(r, c): value for r, row in enumerate(rows, 2) for c, value in enumerate(row, 1)}
    return MemoryGrid(
        {"甲": cells}, {"节点": TableArea("甲", 1, 2, len(rows) + 1, {"编码": 1, "情况": 2, "分值": 3})}
    )


def row_by_row(grid: MemoryGrid, rows: int, expression: str) -> list[Value]:
    """The expression of each row alone: `@1`, `@2`, `@3` stand for the row's cells."""
    evaluator = Evaluator(grid)
    found = []
    for row in range(2, rows + 2):
        own = expression.replace("@1", f"A{row}").replace("@2", f"B{row}").replace("@3", f"C{row}")
        found.append(evaluator.evaluate(own, "甲", 50, 20))
    return found


CODES: st.SearchStrategy[Value] = st.sampled_from(["T1", "t1", "T2", "80", 80, True, None, "", NA, "T*"])
STATES: st.SearchStrategy[Value] = st.sampled_from(["逾期", "逾期 ", "已完成", None, 1, NA, ExcelError("#DIV/0!")])
POINTS: st.SearchStrategy[Value] = st.sampled_from([0, 1, 2.5, -3, "4", "无", None, True, NA])
TABLES = st.lists(st.tuples(CODES, STATES, POINTS), min_size=2, max_size=12)
WANTED: st.SearchStrategy[Value] = st.sampled_from(["T1", "T2", "80", 80, True, "", None, "T*", "无此", NA])


@given(TABLES, WANTED)
def test_rows_found_by_index_are_those_of_looking_at_every_row(rows: list[Row], wanted: Value) -> None:
    grid = milestones(rows)
    grid = MemoryGrid({"甲": {**grid.sheets["甲"], (9, 9): wanted}}, grid.tables)
    asked = '(@1=I9)*(@2="逾期")*(100-@3)'
    each = row_by_row(grid, len(rows), asked)
    whole = asked.replace("@1", "节点[编码]").replace("@2", "节点[情况]").replace("@3", "节点[分值]")
    errors = [value for value in each if isinstance(value, ExcelError)]
    numbers = sorted((float(str(v)) for v in each if not isinstance(v, ExcelError)), reverse=True)
    evaluator = Evaluator(grid)
    total = evaluator.evaluate(f"SUMPRODUCT({whole})", "甲", 50, 20)
    assert total == (errors[0] if errors else sum(numbers))
    for n in (1, len(rows)):
        found = evaluator.evaluate(f"SUMPRODUCT(LARGE({whole},{n}))", "甲", 50, 20)
        assert found == (errors[0] if errors else numbers[n - 1])


@given(st.lists(st.sampled_from(["T1", "T2", None]), min_size=2, max_size=9), st.integers(1, 9), st.integers(1, 9))
def test_the_nth_row_of_a_table_is_found_wherever_zeros_lie(codes: list[str | None], n: int, sign: int) -> None:
    values = [sign - 5 + place for place in range(len(codes))]
    grid = milestones([(code, None, value) for code, value in zip(codes, values, strict=True)])
    products = sorted(value if code == "T1" else 0 for code, value in zip(codes, values, strict=True))
    evaluator = Evaluator(grid)
    array = '(节点[编码]="t1")*节点[分值]'
    for function, ordered in (("SMALL", products), ("LARGE", products[::-1])):
        expected = ordered[n - 1] if n <= len(codes) else ExcelError("#NUM!")
        assert evaluator.evaluate(f"SUMPRODUCT({function}({array},{n}))", "甲", 50, 20) == expected


def test_a_column_of_ones_is_no_column_of_truths() -> None:
    evaluator = Evaluator(milestones([(1, None, None), (True, None, None), (1, None, None)]))
    assert evaluator.evaluate("SUMPRODUCT((节点[编码]=1)*1)", "甲", 50, 20) == 2
    assert evaluator.evaluate("SUMPRODUCT((节点[编码]=TRUE)*1)", "甲", 50, 20) == 1


def test_each_sheet_has_its_own_cells_of_the_same_formula() -> None:
    grid = MemoryGrid({"甲": {(1, 1): 3, (2, 1): 4}, "乙": {(1, 1): 30, (2, 1): 40}})
    evaluator = Evaluator(grid)
    assert [evaluator.evaluate("SUMPRODUCT((A1:A2>0)*A1:A2)", sheet, 5, 5) for sheet in "甲乙"] == [7, 70]


def test_a_row_number_in_an_array_is_that_of_the_formula() -> None:
    evaluator = Evaluator(milestones([("T1", None, 5), ("T1", None, 7), ("T1", None, 9)]))
    formula = "节点[[#This Row],[分值]]+SUMPRODUCT((节点[分值]>ROW()*2)*1)"
    assert [evaluator.evaluate(formula, "甲", row, 5) for row in (2, 3, 4)] == [5 + 3, 7 + 2, 9 + 1]


@given(st.lists(POINTS.filter(lambda v: v is not NA), min_size=1, max_size=12), st.integers(-4, 4))
def test_ranks_are_those_of_the_numbers_in_order(points: list[Value], wanted: int) -> None:
    evaluator = Evaluator(milestones([("T1", None, value) for value in points]))
    numbers = [v for v in points if isinstance(v, int | float) and not isinstance(v, bool)]
    down, up = (evaluator.evaluate(f"RANK({wanted},节点[分值],{order})", "甲", 50, 20) for order in (0, 1))
    if wanted in numbers:
        assert (down, up) == (1 + sum(n > wanted for n in numbers), 1 + sum(n < wanted for n in numbers))
    else:
        assert down == up == NA


def test_formulas_put_together_once_serve_the_same_tables_with_other_values() -> None:
    formula = 'SUMPRODUCT((节点[编码]="T1")*节点[分值])+节点[[#This Row],[分值]]'
    now, then = milestones([("T1", None, 5), ("T1", None, 7)]), milestones([("T1", None, 1), ("T2", None, 2)])
    first = Evaluator(now)
    assert first.evaluate(formula, "甲", 3, 9) == 19
    assert Evaluator(then, first.compiler).evaluate(formula, "甲", 3, 9) == 3


def test_a_formula_cell_without_a_formula_is_told() -> None:
    grid = MemoryGrid({"甲": {(1, 1): 3, (1, 2): Formula("A1*2")}})
    assert Evaluator(grid).formula_cell("甲", 1, 2) == 6
