"""The master workbook as `tjxl init` builds it.

1. The sheets in a fixed order; `_tjxl` is very hidden, and holds the identity and the dates of the tasks.
2. Tables named after their sheets: a row per task, assignment, milestone, target, unit, question; the
   ledgers have one blank row.
3. What the notice says is text, even where it begins with `=`.
4. Whose column it is can be seen: the office's are marked and coloured.
5. Every formula carries its value, every chart its points.
6. Every row has its height, and its text fits; headers stay in view, and on every printed page.
7. The instructions name every visible sheet. (Where the office types: `test_entries`.)
"""

from __future__ import annotations

import datetime as dt
import io
from typing import Any

import openpyxl
import pytest
import python_calamine
from openpyxl.workbook.workbook import Workbook as Opened

from tests.office import changed, layouts
from tests.sheets.workbooks import CHART, MAIN, parts
from tjxl.ooxml.editor import BookEditor
from tjxl.register import Register
from tjxl.settings import Settings
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master import MasterMeta, build_master
from tjxl.sheets.master_edit import append_fitted
from tjxl.sheets.textsize import columns_wide, lines_of

SHEETS = [
    "看板", "看板附表", "任务台账", "责任分工", "节点", "指标", "责任单位", "填报流水", "指标流水", "节点流水",
    "变更记录", "报送情况", "期次统计", "待裁决", "问题清单", "销号", "催办", "核查", "考核", "考核明细", "考核任务",
    "考核参数", "通报", "设置", "使用说明", "运行日志", "xlwings.conf", "_tjxl",
]  # fmt: skip
SCORES = ["考核", "考核明细", "考核任务"]
TABLES = [title for title in (*SHEETS[2:18], "通报") if title not in SCORES]
HEADERS = {layout.title: layout.header_row for layout in master_layout().values()}


def opened(file: bytes, values: bool = False) -> Opened:
    return openpyxl.load_workbook(io.BytesIO(file), data_only=values)


@pytest.fixture(scope="module")
def book(sample_master: bytes) -> Opened:
    return opened(sample_master)


@pytest.fixture(scope="module")
def small_master(small: Register, settings: Settings, meta: MasterMeta) -> bytes:
    return build_master(small, settings, meta)


# 1


def test_sheets_stand_in_order_and_the_identity_is_very_hidden(book: Opened) -> None:
    assert book.sheetnames == SHEETS
    hidden = dict.fromkeys(("xlwings.conf", "_tjxl"), "veryHidden")
    assert {ws.title: ws.sheet_state for ws in book} == {**dict.fromkeys(SHEETS, "visible"), **hidden}
    assert book.active.title == "看板"


def test_identity_and_deadlines(sample: Register, book: Opened) -> None:
    ws = book["_tjxl"]
    assert {ws.cell(r, 1).value: ws.cell(r, 2).value for r in range(1, 7)} == {
        "master_id": "master-1",
        "key": "secret-1",
        "form_version": "2",
        "created_at": "2022-01-10T09:30:00",
        "year": "2022",
        "title": "天津市人民政府关于切实做好2022年市政府重点工作的通知",
    }
    assert ws.tables["任务时限"].ref == "D1:F139"
    rows = [[c.value for c in row] for row in ws["D1:F139"]]
    assert rows[0] == ["任务编码", "截止日", "目标"]
    assert rows[1] == ["T001", dt.datetime(2022, 12, 31), "complete"]
    assert [r[0] for r in rows[1:]] == [t.code for t in sample.tasks]
    assert {r[2] for r in rows[1:]} == {t.goal for t in sample.tasks}


def test_a_task_without_deadline_has_a_blank_date(small_master: bytes) -> None:
    assert opened(small_master)["_tjxl"]["E6"].value is None


def test_defined_names(book: Opened) -> None:
    names = {name: defined.attr_text for name, defined in book.defined_names.items()}
    assert names["当前期次"] == "'看板'!$F$3"
    assert names["统计截止日"] == "'看板'!$P$3"
    assert names["按钮栏"] == "'看板'!$B$1:$BI$1"
    assert names["看板区"].startswith("'看板'!$A$1:$CE$")
    assert names["附表区"].startswith("'看板附表'!$A$1:$BA$")
    assert names["临近天数"] == "'设置'!$B$7"
    assert names["状态列表"] == "'设置'!$A$16:$A$20"
    assert book["看板"]["F3"].value is None
    assert book["看板"]["P3"].value is None
    assert book["设置"]["B7"].value == 30
    statuses = [c.value for (c,) in book["设置"]["A16:A20"]]
    assert statuses == ["未启动", "正常推进", "滞后", "已完成", "申请调整"]


def test_document_properties(book: Opened) -> None:
    assert book.properties.title == "2022年市政府重点工作总台账"
    assert book.properties.created == dt.datetime(2022, 1, 10, 9, 30)


# 2


def test_tables_hold_what_the_register_says(book: Opened) -> None:
    promised = {"节点": "A2:M", "指标": "A2:T"}
    tables = {
        title: (ws.tables[title].ref, ws.tables[title].autoFilter.ref) for title in TABLES for ws in [book[title]]
    }
    assert all(ref.startswith(promised[title]) for title in promised for ref in tables.pop(title))
    assert tables == {
        "任务台账": ("A2:V140", "A2:V140"),
        "责任分工": ("A2:O430", "A2:O430"),
        "责任单位": ("A2:K71", "A2:K71"),
        "填报流水": ("A2:S3", "A2:S3"),
        "指标流水": ("A2:P3", "A2:P3"),
        "节点流水": ("A2:P3", "A2:P3"),
        "变更记录": ("A2:O3", "A2:O3"),
        "报送情况": ("A2:T3", "A2:T3"),
        "期次统计": ("A2:Q3", "A2:Q3"),
        "待裁决": ("A2:I14", "A2:I14"),
        "问题清单": ("A2:V3", "A2:V3"),
        "销号": ("A2:N3", "A2:N3"),
        "核查": ("A2:U3", "A2:U3"),
        "催办": ("A2:U3", "A2:U3"),
        "通报": ("A2:F3", "A2:F3"),
    }
    scores = {title: book[title].tables[title].ref for title in SCORES}
    assert scores == {"考核": "A4:Y5", "考核明细": "A4:O5", "考核任务": "A4:Q5"}


@pytest.mark.parametrize("layout", layouts().values(), ids=lambda layout: layout.title)
def test_headers_are_those_of_the_layout(book: Opened, layout) -> None:
    assert tuple(c.value for c in book[layout.title][layout.header_row]) == layout.titles
    assert tuple(c.name for c in book[layout.title].tables[layout.title].tableColumns) == layout.titles


def test_a_task_as_the_notice_has_it(book: Opened) -> None:
    first = [c.value for c in book["任务台账"][3]][:8]
    assert first[:4] == ["T001", 1, "一、经济社会发展主要预期目标", "地区生产总值增长5%以上。"]
    assert first[4:] == ["年底前完成", "王卫东", "市发展改革委", None]
    sixth = [c.value for c in book["任务台账"][8]]
    assert sixth[7] == "市农业农村委、市发展改革委"
    assert sum("、" in str(row[5]) for row in book["任务台账"].iter_rows(min_row=3, values_only=True)) == 6


def test_an_assignment_row(small_master: bytes) -> None:
    assert [c.value for c in opened(small_master)["责任分工"][4]][:8] == [
        "T001", 1, "=1+1 开头的任务", "U002", "市外办", "配合", None, None,
    ]  # fmt: skip


def test_units_groups_and_their_counts(small_master: bytes) -> None:
    ws = opened(small_master, values=True)["责任单位"]
    assert [[c.value for c in row[:7]] for row in ws["A3:K8"]] == [
        ["U001", "市甲局", None, "部门", None, 4, 0],
        ["U002", "市外办", "市外办（市港澳办）", "部门", None, 1, 1],
        ["U003", "相关区人民政府", None, "群组", None, 0, 0],
        ["U004", "各区人民政府", None, "群组", "东区人民政府、西区人民政府", 0, 0],
        ["U005", "东区人民政府", None, "区", None, 1, 1],
        ["U006", "西区人民政府", None, "区", None, 1, 0],
    ]


def test_questions_wait_for_the_office(small_master: bytes) -> None:
    assert [[c.value for c in row[:6]] for row in opened(small_master)["待裁决"]["A3:I5"]] == [
        ["Q001", None, "相关区人民政府", "T003", "“相关区人民政府”是哪些区？", "东区人民政府、西区人民政府"],
        ["Q002", None, None, "T001", "第1项任务由谁牵头？", "市甲局、市外办"],
        ["Q003", None, None, "T002", "第2项任务怎样办理？", None],
    ]
    assert {tuple(c.value for c in row[6:]) for row in opened(small_master)["待裁决"]["A3:I5"]} == {
        (None, "待处理", None)
    }


def test_without_questions_the_table_has_its_one_blank_row(
    small: Register, settings: Settings, meta: MasterMeta
) -> None:
    quiet = Register(small.title, small.year, small.tasks, small.units, small.assignments)
    ws = opened(build_master(quiet, settings, meta))["待裁决"]
    assert ws.tables["待裁决"].ref == "A2:I3"
    assert {c.value for c in ws[3]} == {None}


def test_calamine_reads_the_same(sample_master: bytes) -> None:
    read = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(sample_master))
    assert read.sheet_names == SHEETS
    rows = read.get_sheet_by_name("任务台账").to_python(skip_empty_area=False)
    assert len(rows) == 140
    assert rows[139][:2] == ["T138", 138.0]


# 3


def test_text_that_begins_with_an_equals_sign_stays_text(small_master: bytes) -> None:
    for title in ("任务台账", "责任分工"):
        cell = opened(small_master)[title]["D3" if title == "任务台账" else "C3"]
        assert (cell.value, cell.data_type) == ("=1+1 开头的任务", "s")


# 4


def test_office_columns_are_marked_and_coloured(book: Opened) -> None:
    for layout in layouts().values():
        ws = book[layout.title]
        for place, column in enumerate(layout.columns, 1):
            assert (ws.cell(layout.header_row - 1, place).value == "办公厅填") == (column.owner == "office")
            open_to_office = column.owner in ("office", "shared")
            assert ws.cell(layout.header_row, place).fill.fgColor.rgb == (
                "FFFFE699" if open_to_office else "FF1F3864"
            )


def test_number_formats_follow_the_kind_of_column(book: Opened) -> None:
    ledger = {c.value: c.offset(1).number_format for c in book["填报流水"][2]}
    assert {title: shown for title, shown in ledger.items() if shown != "General"} == {
        "完成进度": "0%",
        "预计（实际）完成日期": "yyyy-mm-dd",
        "行": "0",
        "合并批次": "0",
        "入账时间": "yyyy-mm-dd hh:mm",
    }
    tasks = {c.value: c.offset(1).number_format for c in book["任务台账"][2]}
    assert (tasks["任务编码"], tasks["核定状态"]) == ("@", "@")
    assert (tasks["进展情况"], tasks["亮灯"]) == ("General", "General"), "a long text, a formula: never text format"


def test_status_and_light_are_coloured_by_their_text(book: Opened) -> None:
    rules = {
        str(area.sqref): [rule.formula[0] for rule in area.rules] for area in book["任务台账"].conditional_formatting
    }
    statuses = ['"未启动"', '"正常推进"', '"滞后"', '"已完成"', '"申请调整"']
    *verified, no_status = rules.pop("S3:S140")
    assert rules == {"I3:I140": statuses, "O3:O140": ['"红"', '"黄"', '"蓝"', '"绿"']}
    assert verified == statuses
    assert no_status.startswith('AND($S3<>"",'), "what is no status is red"


# 5


def test_every_formula_carries_its_value(sample_master: bytes) -> None:
    seen = 0
    for name, sheet in parts(sample_master, "xl/worksheets/").items():
        for cell in sheet.iter(f"{MAIN}c"):
            if cell.find(f"{MAIN}f") is None:
                continue
            seen += 1
            value = cell.find(f"{MAIN}v")
            assert value is not None
            assert value.text or cell.get("t") == "str", f"{name} {cell.get('r')}"
            assert cell.get("t") != "e", f"{name} {cell.get('r')}"
    assert seen > 1000


def test_charts_have_points_titles_and_a_mark_and_draw_on_the_dashboard_alone(sample_master: bytes) -> None:
    charts = parts(sample_master, "xl/charts/")
    assert len(charts) == 2
    for chart in charts.values():
        references = [f.text or "" for f in chart.iter(f"{CHART}f")]
        assert references
        assert all(reference.startswith("'看板'!") for reference in references)
        for values in chart.iter(f"{CHART}val"):
            points = [v.text for v in values.iter(f"{CHART}v")]
            assert len(points) == int(next(values.iter(f"{CHART}ptCount")).get("val") or 0) > 0
    (drawing,) = parts(sample_master, "xl/drawings/drawing").values()
    described = [e.get("descr") for e in drawing.iter() if e.tag.endswith("}cNvPr")]
    assert described == ["督查台账图：各期进展状态（项）", "督查台账图：各期红灯、黄灯、蓝灯（项）"]


def test_the_charts_show_that_nothing_is_reported_yet(sample_master: bytes) -> None:
    shown = [chart_points(chart) for chart in parts(sample_master, "xl/charts/").values()]
    assert [{name: points["建账"] for name, points in chart.items()} for chart in shown] == [
        {"已完成": 0, "正常推进": 0, "滞后": 0, "申请调整": 0, "未启动": 0, "尚无报送": 138},
        {"红灯": 0, "黄灯": 0, "蓝灯": 0, "尚无红黄蓝灯": 138},
    ]
    later = [v for chart in shown for points in chart.values() for label, v in points.items() if label != "建账"]
    assert (len(later), set(later)) == (10 * 12, {0})


def chart_points(chart: Any) -> dict[str, dict[str, float]]:
    """The cached points of a chart: name of the series → label → value."""
    out = {}
    for series in chart.iter(f"{CHART}ser"):
        name, labels, values = (
            [v.text or "" for v in next(series.iter(f"{CHART}{kind}")).iter(f"{CHART}v")]
            for kind in ("tx", "cat", "val")
        )
        out[name[0]] = dict(zip(labels, map(float, values), strict=True))
    return out


# 6


def test_every_row_of_a_table_has_a_height_in_which_its_text_fits(sample_master: bytes) -> None:
    book = opened(sample_master, values=True)
    for layout in layouts().values():
        ws = book[layout.title]
        for row in ws.iter_rows(min_row=layout.first_row):
            height = ws.row_dimensions[row[0].row].height
            assert height is not None
            wrapped = [
                (c, column.width) for c, column in zip(row, layout.columns, strict=True) if c.alignment.wrap_text
            ]
            for cell, width in wrapped:
                assert height >= 16 * lines_of(str(cell.value or ""), width), cell.coordinate


def test_there_is_room_for_what_units_will_report(sample_master: bytes) -> None:
    book = opened(sample_master)
    assert min(book["责任分工"].row_dimensions[row].height for row in range(3, 431)) > 69


def test_the_blank_row_of_an_empty_table_is_no_higher_than_others(sample_master: bytes) -> None:
    book = opened(sample_master)
    for title, row in {"问题清单": 3, "销号": 3, "催办": 3, "核查": 3, "通报": 3, "考核": 5, "考核明细": 5}.items():
        assert book[title].row_dimensions[row].height < 35, title


@pytest.mark.parametrize("blank", [86.25, 20])  # masters of earlier versions have the high one
def test_the_first_row_of_a_table_is_fitted_to_what_fills_it(small_master: bytes, blank: float) -> None:
    layout = master_layout()["problems"]

    def as_before(sheet: Any) -> None:
        sheet.row_dimensions[3].height = blank

    rows = [{"problem_no": f"P{n}", "problems": "资金没有到位" * 17} for n in (1, 2)]
    heights = []
    for added in (rows[:1], rows, [{"problem_no": "P1"}]):
        editor = BookEditor(changed(small_master, as_before, layout.title))
        append_fitted(editor, layout, added)
        sheet = opened(editor.save())[layout.title]
        heights.append([sheet.row_dimensions[row].height for row in range(3, 3 + len(added))])
    assert heights == [[118], [118, 118], [32]]


def test_a_hint_is_not_cut_off_by_what_stands_beside_it(sample_master: bytes) -> None:
    book = opened(sample_master)
    for layout in layouts().values():
        at = next((c for c in book[layout.title][1][1:] if c.value), None)
        if at is None or layout.name not in ("submissions", "period_figures"):
            continue
        end = next((c.column for c in book[layout.title][1][at.column :] if c.value), len(layout.columns) + 1)
        room = sum(c.width for c in layout.columns[at.column - 1 : end - 1])
        assert columns_wide(str(at.value)) * 0.9 <= room, layout.title


def test_the_annex_has_the_colour_of_the_board(sample_master: bytes) -> None:
    book = opened(sample_master)
    colours = [book[title].sheet_properties.tabColor for title in ("看板", "看板附表")]
    assert all(c is not None for c in colours)
    assert colours[0].rgb == colours[1].rgb


def test_a_very_long_text_does_not_exceed_what_excel_allows(small_master: bytes) -> None:
    ws = opened(small_master)["任务台账"]
    assert 54 < ws.row_dimensions[8].height <= 409


def test_headers_stay_in_view_and_on_paper(book: Opened) -> None:
    views = {title: book[title].freeze_panes for title in TABLES}
    assert book["看板"].freeze_panes == "A4"
    assert views == {
        "任务台账": "E3", "责任分工": "F3", "责任单位": "C3", "填报流水": "E3", "指标流水": "E3", "节点流水": "E3",
        "变更记录": "F3",
        "节点": "E3", "指标": "E3", "报送情况": "D3", "期次统计": "B3", "待裁决": "B3", "核查": "B3",
        "问题清单": "D3", "销号": "C3", "催办": "F3", "通报": "E3",
    }  # fmt: skip
    assert {title: book[title].freeze_panes for title in SCORES} == {"考核": "C5", "考核明细": "F5", "考核任务": "D5"}
    for title in SHEETS[:-2]:
        ws = book[title]
        assert ws.page_setup.paperSize == 9  # A4
        assert ws.sheet_properties.pageSetUpPr.fitToPage is True
        assert ws.page_setup.fitToHeight == (None if title == "看板" else 0), "None: one page"
        assert "&P" in ws.oddFooter.center.text
        assert ws.page_setup.orientation == ("portrait" if title == "看板附表" else "landscape")
    assert {title: book[title].print_title_rows for title in TABLES} == dict.fromkeys(TABLES, "$1:$2")
    assert {book[title].print_title_rows for title in SCORES} == {"$3:$4"}, "groups and headers"


def test_dashboard_prints_without_the_cells_beside_it(book: Opened) -> None:
    ws = book["看板"]
    assert ws.print_area.startswith("'看板'!$A$2:$BJ$"), "without the bar of buttons"
    assert ws.sheet_view.showGridLines is False
    assert {ws.cell(1, column).value for column in range(1, 63)} == {None}, "the row for buttons is kept free"
    annex = book["看板附表"]
    assert annex.print_area.startswith("'看板附表'!$A$1:$AF$")
    assert [annex.cell(b.id + 1, 2).value for b in annex.row_breaks.brk] == ["红灯任务"]


# 7


def test_instructions_name_every_visible_sheet(book: Opened) -> None:
    said = [row[0] for row in book["使用说明"].iter_rows(values_only=True)]
    visible = [title for title in SHEETS[:-2] if title != "使用说明"]
    assert [title for title in visible if title not in said] == []
