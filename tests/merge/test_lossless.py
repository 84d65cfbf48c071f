"""The office's master after two merges: everything that tjxl does not own is what it was, byte for byte.

The master of the sample (138 tasks) is decorated the way an office does it (`tests.decorated`: each decoration is a
function there), then two periods are collected, merged and issued, a report corrected, decisions carried out.

1. The parts that change are these and no others.
2. In the sheets that change, all but tjxl's cells and the ranges that end with a growing table is the same bytes.
3. What the office typed, its order of rows, its filter, its heights and styles are there; tjxl's figures are right.
4. The package is as sound as before; openpyxl and LibreOffice open it.
5. All of this also on .xlsm, and on what LibreOffice and openpyxl leave of the decorated master when they save it.
6. The comparison finds what it is there to find.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.decorated.difference import CHAIN, differing, own_charts, parts_of, unexpected, without_chain
from tests.decorated.master import DECORATIONS
from tests.decorated.tables import LEADER
from tests.merge.conftest import CORRECTED, LIBREOFFICE, Year
from tests.merge.test_preserved import content_of
from tests.office import opened
from tests.ooxml.consistency import problems_of
from tjxl.ooxml.book import Book
from tjxl.sheets.layout import master_layout
from tjxl.sheets.rows import read_rows

Years = Callable[[str], Year]
WRITTEN_SHEETS = {
    "看板", "看板附表", "任务台账", "分工（王处用）", "节点", "指标", "填报流水", "指标流水", "节点流水", "变更记录",
    "报送情况", "待裁决", "期次统计", "问题清单", "销号", "_tjxl",
}  # fmt: skip
# The ledgers, what follows from them, what was asked; what `_tjxl` knows of questions, problems, closed periods.
GROWING_TABLES = {
    "填报流水", "指标流水", "节点流水", "变更记录", "报送情况", "待裁决", "期次统计", "问题清单", "销号", "裁决依据",
    "备选意见", "问题登记", "期末核定",
}  # fmt: skip
# May's line of 期次统计 turns into numbers when June is issued: Excel's chain would name cells without formula.
CHAIN_PARTS = {CHAIN, "[Content_Types].xml", "xl/_rels/workbook.xml.rels"}
SAVED_BY = ["xlsx", "xlsm", "openpyxl", pytest.param("libreoffice", marks=LIBREOFFICE)]


@pytest.fixture
def year(request: pytest.FixtureRequest, decorated_year: Years) -> Year:
    return decorated_year(request.param)


# 1


@pytest.mark.parametrize("year", ["xlsx", "xlsm"], indirect=True)
def test_exactly_these_parts_change(year: Year) -> None:
    before, after = year.first, year.states["corrected"]
    book = Book(before)
    sheets = {book.sheets[title].part for title in WRITTEN_SHEETS}
    tables = {book.tables[name].part for name in GROWING_TABLES}
    assert len(own_charts(book)) == 2
    assert differing(before, after) == sheets | tables | own_charts(book) | CHAIN_PARTS | {"xl/workbook.xml"}
    assert list(parts_of(after)) == [name for name in parts_of(before) if name != CHAIN]
    assert CHAIN in parts_of(year.states["merged"])  # as long as no formula has gone


# 2


@pytest.mark.parametrize("year", SAVED_BY, indirect=True)
@pytest.mark.parametrize("step", ["merged", "corrected"])
def test_nothing_but_tjxls_cells_and_growing_ranges_changes(year: Year, step: str) -> None:
    assert unexpected(year.first, year.states[step]) == []


# 3


def rows_of(content: bytes) -> list[dict[str, object]]:
    return [dict(r.values) for r in read_rows(Book(content), master_layout()["tasks"])]


@pytest.mark.parametrize("year", SAVED_BY, indirect=True)
def test_the_offices_columns_and_order_stay_and_the_reports_are_in(year: Year) -> None:
    before, after = rows_of(year.first), rows_of(year.states["corrected"])
    codes = [r["task_code"] for r in before]
    assert codes == [f"T{n:03d}" for n in range(138, 0, -1)]  # as the office has sorted them
    assert [r["task_code"] for r in after] == codes
    office = [c.name for c in master_layout()["tasks"].columns if c.owner == "office"]
    assert [[r[c] for c in office] for r in after] == [[r[c] for c in office] for r in before]
    assert (
        sum(r[c] is not None for r in before for c in office) >= 4
    )  # the fifth is a formula; openpyxl keeps no value
    assert {r["period"] for r in after} == {"2022-06"}
    assert next(r for r in after if r["task_code"] == "T137")["percent_complete"] == CORRECTED
    verified = [(r["verified_status"], r["light"]) for r in after if r["verified_status"]]
    assert sorted(verified) == [("已完成", "绿"), ("滞后", "红")]


@pytest.mark.parametrize("year", ["xlsx", "xlsm"], indirect=True)
def test_the_filter_shows_the_same_tasks(year: Year) -> None:
    def shown(content: bytes) -> list[object]:
        hidden = set(Book(content).cells("任务台账").hidden_rows)
        return [
            r.values["leaders"] for r in read_rows(Book(content), master_layout()["tasks"]) if r.number not in hidden
        ]

    assert set(shown(year.first)) == {LEADER}
    assert shown(year.states["corrected"]) == shown(year.first)


# 4


@pytest.mark.parametrize("year", SAVED_BY, indirect=True)
def test_the_package_is_as_sound_as_before(year: Year) -> None:
    known = problems_of(year.first)  # LibreOffice leaves some of its own
    assert problems_of(year.last) == known
    assert opened(year.last).sheetnames == opened(year.first).sheetnames


def test_the_decorated_master_is_sound_and_holds_what_it_promises(decorated_year: Years) -> None:
    content = decorated_year("xlsm").first
    assert problems_of(content) == []
    names = "\n".join(parts_of(content))
    promised = [
        "chart101",
        "chartEx1",
        "chartsheets/",
        "pivotTable1",
        "pivotCacheRecords1",
        "slicer2",
        "slicerCache2",
        "image2",
        "ctrlProp91",
        "comments1",
        "threadedComment1",
        "person",
        "docProps/custom",
        "customXml/item1",
        "vmlDrawing93",
        "printerSettings1",
        "connections",
        "queryTable1",
        "externalLink1",
        "metadata",
        "LabelInfo",
        "calcChain",
        "vbaProject.bin",
    ]
    assert [p for p in promised if p not in names] == []
    assert len(DECORATIONS) > 25


# 6


def changed(content: bytes, name: str, pattern: str, by: str) -> bytes:
    """A master with one place of a part (of a sheet, by its title) written otherwise."""
    parts, sheets = parts_of(content), Book(content).sheets
    name = sheets[name].part if name in sheets else name
    text, n = re.subn(pattern, by, parts[name].decode(), count=1, flags=re.DOTALL)
    assert n == 1
    return content_of(parts | {name: text.encode()})


@pytest.mark.parametrize(
    ("name", "pattern", "by"),
    [
        ("xl/theme/theme1.xml", "9C0006", "9C0007"),
        ("任务台账", r'sqref="J', 'sqref="K'),
        ("任务台账", "每周一问", "每周两问"),
        ("任务台账", r' ht="123"', ' ht="84"'),
        ("任务台账", r' hidden="1"', ""),
        ("任务台账", r'<c r="J7" s="\d+"', '<c r="J7" s="1"'),
        ("任务台账", "<f>", "<f>1+"),
        ("填报流水", r'hashValue="q83', 'hashValue="q84'),
        ("填报流水", r'<row r="300".*?</row>', ""),
        ("填报流水", r'(<row r="300".*? s=")\d+', r"\g<1>1"),
        ("xl/tables/table1.xml", "小李|联络员", "联系人"),
        ("xl/workbook.xml", 'lockStructure="1"', ""),
        ("xl/charts/chart1.xml", "<c:f>", "<c:f>1"),
        ("xl/charts/chart101.xml", "<c:v>3</c:v>", "<c:v>4</c:v>"),
        ("期次统计", r'(<c r="E4"[^>]*>)<f>.*?</f>', r"\1"),  # the newest line keeps its formulas
        ("期次统计", r'(<c r="M3"[^>]*>)<f>.*?</f>', r"\1"),  # the reports of a past period are counted by formula
        ("期次统计", r'(<c r="E3"[^>]*>)<v>', r"\1<f>20+1</f><v>"),
        ("期次统计", r'(<c r="E3")([^>]*>)<v>\d+', r'\1 t="str"\2<v>21'),
        ("期次统计", r'(<c r="E3" s=")\d+', r"\g<1>1"),
        ("期次统计", r'(<c r="Q3" s="\d+")/>', r"\1><v>1</v></c>"),
        ("[Content_Types].xml", r'<Override[^>]*"/xl/connections.xml"[^>]*/>', ""),
        ("xl/_rels/workbook.xml.rels", r'<Relationship [^>]*"(?:/xl/)?connections.xml"[^>]*/>', ""),
    ],
)
def test_the_comparison_finds(decorated_year: Years, name: str, pattern: str, by: str) -> None:
    year = decorated_year("xlsx")
    assert unexpected(year.first, changed(year.states["corrected"], name, pattern, by)) != []


def test_the_comparison_finds_a_chain_of_calculation_that_goes_without_need_or_stays(decorated_year: Years) -> None:
    year = decorated_year("xlsx")
    merged, corrected = (parts_of(year.states[step]) for step in ("merged", "corrected"))
    assert f"parts ['{CHAIN}']" in unexpected(year.first, content_of(without_chain(merged)))
    stayed = corrected | {name: merged[name] for name in CHAIN_PARTS}
    assert unexpected(year.first, content_of(stayed)) != []
