"""Properties that hold for any input.

1. Any text is either evaluated or Unsupported; nothing else is raised.
2. The indexed answer of COUNTIFS, SUMIFS and MATCH is that of looking at every row.
3. Text written as a literal comes back as it was; so do numbers.
4. Arithmetic is that of Python's floats, seen at 15 digits.
"""

from __future__ import annotations

import string

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.formula.sample import DATA, grid
from tjxl.formula import Evaluator, ExcelError, MemoryGrid, Unsupported, Value
from tjxl.formula.coercion import same_number
from tjxl.formula.criteria import criterion

PIECES = st.sampled_from(
    ["SUM(", "IF(", "COUNTIFS(", "INDEX(", "TEXT(", "LOOKUP(", "AGGREGATE(15,6,", "ROW(", "MATCH(", "SUMPRODUCT(",
     "台账[进度]", "台账[[#This Row],[编码]]", "J1:J5", "$J:$J", "A100", "'数据 表'!N4", "台账", "台账[", "]]", "'",
     *"()+-*/^&=<>%,:! \"", "<>", "1", "0.5", "1E308", '"滞后"', '"*"', "TRUE", "#N/A", "-1", "99999999"]
)  # fmt: skip

FORMULAS = st.one_of(
    st.text(max_size=60),
    st.text(alphabet=string.printable, max_size=60),
    st.lists(PIECES, max_size=14).map("".join),
    st.lists(PIECES, max_size=10).map(lambda pieces: (t := "".join(pieces)) + ")" * (t.count("(") - t.count(")"))),
)


@settings(max_examples=400, deadline=None)
@given(FORMULAS)
@example("=K1")  # the Kelvin sign is no K
@example("10^400")
@example("-1E308*10")
@example("DATE(99999,1,1)")
@example('REPT("a",1E300)')
@example("ROUND(1,1E10)")
@example("ROUND(0.5,28)")
@example("ROUND(1E300,-310)")
@example('TEXT(1E300,"0.00")')
@example("ROUNDUP(1,-1E9)")
@example('LEFT("a",1E308*10)')
@example("MOD(1E300,1E-300)")
@example("INDEX(J1:J5,-1)")
@example('TEXT(1E300,"yyyy-mm-dd")')
@example("EDATE(44742,1E300)")
@example('MID("a",1E18,1E18)')
@example("SUM(1:1048576)")
@example("CHOOSE(1E300,1)")
def test_any_text_has_a_value_or_is_unsupported(formula: str) -> None:
    try:
        value = Evaluator(grid()).evaluate(formula, DATA, 5, 20)
    except Unsupported:
        return
    assert isinstance(value, (bool, int, float, str))


CELLS: st.SearchStrategy[Value] = st.sampled_from(
    [None, "", "滞后", "已完成", "abc", "ABC", "a*c", "a?c", "80", 80, 80.0, 0, 0.5, "0.5", True, False, -3,
     ExcelError("#N/A"), "<5", "~", "=1", "2022-06-30", 44742]
)  # fmt: skip
CRITERIA: st.SearchStrategy[Value] = st.sampled_from(
    [None, "", "滞后", "<>滞后", "abc", "a*", "a~*c", "?", "*", "80", 80, ">0", "<=0.5", "=", "<>", "<>*", True,
     "TRUE", "#N/A", ">a", "=80", "<>80", "2022-06-30", "~~", "<>#N/A", ">=滞"]
)  # fmt: skip


@given(
    st.lists(st.tuples(CELLS, CELLS, st.integers(0, 9)), min_size=1, max_size=30),
    st.lists(st.tuples(st.integers(0, 1), CRITERIA), min_size=1, max_size=3),
)
def test_indexed_counts_are_those_of_looking_at_every_row(
    rows: list[tuple[Value, Value, int]], asked: list[tuple[int, Value]]
) -> None:
    cells: dict[tuple[int, int], Value] = {(r, c): v for r, row in enumerate(rows, 1) for c, v in enumerate(row, 1)}
    cells |= {(n, 5): value for n, (_, value) in enumerate(asked, 1)}
    pairs = ",".join(f"{'AB'[column]}1:{'AB'[column]}{len(rows)},E{n}" for n, (column, _) in enumerate(asked, 1))
    met = [row for row in rows if all(criterion(value).met_by(row[column]) for column, value in asked)]
    evaluator = Evaluator(MemoryGrid({"甲": cells}))
    assert evaluator.evaluate(f"COUNTIFS({pairs})", "甲", 50, 9) == len(met)
    assert evaluator.evaluate(f"SUMIFS(C1:C{len(rows)},{pairs})", "甲", 50, 9) == sum(row[2] for row in met)


@given(st.lists(st.sampled_from(["a", "A", "b", 1, 1.0, "1", True, None, ""]), min_size=1, max_size=12))
def test_match_finds_the_first_equal_value(column: list[Value]) -> None:
    cells: dict[tuple[int, int], Value] = {(r, 1): v for r, v in enumerate(column, 1)}
    evaluator = Evaluator(MemoryGrid({"甲": cells}))
    places = [i for i, v in enumerate(column, 1) if isinstance(v, str) and v.lower() == "a"]
    expected = places[0] if places else ExcelError("#N/A")
    assert evaluator.evaluate(f'MATCH("a",A1:A{len(column)},0)', "甲", 1, 5) == expected


@given(st.text(max_size=50))
def test_text_literals_come_back(text: str) -> None:
    formula = '"' + text.replace('"', '""') + '"'
    assert Evaluator(grid()).evaluate(formula, DATA, 1, 20) == text


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.sampled_from("+-*"))
def test_arithmetic(a: float, b: float, operator: str) -> None:
    found = Evaluator(grid()).evaluate(f"({a!r}){operator}({b!r})", DATA, 1, 20)
    expected = {"+": a + b, "-": a - b, "*": a * b}[operator]
    assert isinstance(found, (int, float))
    assert same_number(found, expected) or (found == 0 and abs(expected) < 1e-13 * max(abs(a), abs(b)))
