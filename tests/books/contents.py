"""What units write into the cells (modes 12 to 25, 42 and 43)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.worksheet import Worksheet

from tests.books.case import Case, Stage
from tests.office import (
    JUNE,
    MAY,
    PROGRESS,
    SPORTS,
    Office,
    Place,
    changed,
    filled,
    opened,
    part_of,
    saved,
    with_part,
)

FILE = "报表.xlsx"
DONE = {"J7": "已完成", "K7": 1, "O7": dt.date(2022, 5, 10), "P7": "验收报告"}
TARGET = {"I5": None, "H5": dt.date(2022, 5, 20)}
"""A value of the target in row 5 of 指标 goes with its date and without an excuse."""

LAST_TEXT = (
    "本期组织专题会议研究“塑造高标识度、高显示度城市“符号””，协调解决要素保障问题5项，"
    "各参与单位衔接顺畅，进度符合序时要求。"
)


def _filled(
    mode: int,
    how: str,
    cells: Mapping[str, Any],
    verdict: str,
    *findings: Place,
    stage: Stage = "may",
    milestones: Mapping[str, Any] | None = None,
    targets: Mapping[str, Any] | None = None,
) -> Case:
    """市体育局's form without a mistake but for these cells; their number formats are the form's."""
    period = JUNE if stage == "june" else MAY

    def make(office: Office) -> Mapping[str, bytes]:
        return {FILE: filled(office.form(SPORTS, period), milestones or {}, targets or {}, **dict(cells))}

    return Case(mode, how, make, {FILE: (verdict, list(findings))}, stage)


def _formatted(mode: int, how: str, typed: tuple[str, Any, str], verdict: str, *findings: Place) -> Case:
    """One cell (address, value, number format) typed into under another format, saved by another program."""
    cell, value, number_format = typed

    def change(sheet: Worksheet) -> None:
        sheet[cell].value, sheet[cell].number_format = value, number_format

    def make(office: Office) -> Mapping[str, bytes]:
        return {FILE: changed(filled(office.form(SPORTS)), change)}

    return Case(mode, how, make, {FILE: (verdict, list(findings))})


def _percent(mode: int, typed: str, code: str | None, verdict: str) -> Case:
    findings = [(code, "填报", "K7", typed)] if code else []
    return _filled(mode, f"完成进度写成文字“{typed}”", {"K7": typed}, verdict, *cast(list[Place], findings))


def _target(mode: int, typed: Any, code: str, verdict: str, row: int = 5) -> Case:
    shown = typed if isinstance(typed, str) else f"{typed:.15g}"
    cells = {f"G{row}": typed, f"H{row}": TARGET["H5"], f"I{row}": None}
    unit = {5: "万人", 6: "%", 7: "元"}[row]
    how = f"以“{unit}”为单位的指标填“{shown}”"
    return _filled(mode, how, {}, verdict, (code, "指标", f"G{row}", shown), stage="promised", targets=cells)


def _date(typed: str, code: str, verdict: str, mode: int = 16) -> Case:
    return _filled(mode, f"日期写成“{typed}”", {"O7": typed}, verdict, (code, "填报", "O7", typed))


def _status(typed: str, code: str, verdict: str) -> Case:
    done = DONE | {"J7": typed} if (code == "V401" and "完成" in typed) or "办结" in typed else {"J7": typed}
    return _filled(19, f"进展状态写成“{typed}”", done, verdict, (code, "填报", "J7", typed))


def _copied(office: Office) -> Mapping[str, bytes]:
    """Last period's words for T035 given once more."""
    (last,) = (r for r in office.table("ledger", task_code="T035", unit=SPORTS) if r["period"] == MAY)
    assert last["progress_text"] == LAST_TEXT
    return {FILE: filled(office.form(SPORTS, JUNE), L8=LAST_TEXT, K8=None, K9=None)}


def _since_1904(office: Office) -> bytes:
    """The form saved by a program that counts days from 1904: the same days, other numbers."""
    book = opened(filled(office.form(SPORTS), **DONE))
    book.epoch = CALENDAR_MAC_1904
    return saved(book)


def _as_formula(content: bytes, cell: str, formula: str, keep_value: bool) -> bytes:
    """A cell made into a formula, with the value that stands there as its result or without any."""

    def change(xml: bytes) -> bytes:
        start = xml.index(b'r="%s"' % cell.encode())
        head, tail = xml.index(b">", start) + 1, xml.index(b"</c>", start)
        result = xml[head:tail] if keep_value else b""
        return xml[:head] + f"<f>{formula}</f>".encode() + result + xml[tail:]

    return with_part(content, part_of(content, "填报"), change)


def _formula(mode: int, how: str, formula: tuple[str, str], keep: bool, *found: Place) -> Case:
    """A cell (address, formula) of the form without a mistake made into a formula."""
    cell, text = formula

    def make(office: Office) -> Mapping[str, bytes]:
        return {FILE: _as_formula(filled(office.form(SPORTS)), cell, text, keep)}

    verdict = "returned" if found else "accepted"
    return Case(mode, how, make, {FILE: (verdict, list(found))})


def _error(value: str) -> Case:
    def change(sheet: Worksheet) -> None:
        sheet["K7"].value, sheet["K7"].data_type = value, "e"

    return Case(
        42,
        f"完成进度显示为 {value}",
        lambda office: {FILE: changed(filled(office.form(SPORTS)), change)},
        {FILE: ("returned", [("V411", "填报", "K7", value)])},
    )


NOTED, DOUBTED, BACK = "accepted_with_notes", "needs_decision", "returned"

NUMBERS_AS_TEXT = (
    _percent(12, "80％", "V403", NOTED),
    _percent(12, "８０", "V403", NOTED),
    _percent(12, "80 ", "V403", NOTED),
    _percent(12, "80 %", "V403", NOTED),
    _percent(12, "0.8", "V403", NOTED),
    _percent(12, "百分之八十", "V403", NOTED),
    _percent(12, "八成五", "V403", NOTED),
    _formatted(12, "完成进度的单元格为文本格式，填“80%”", ("K7", "80%", "@"), NOTED, ("V403", "填报", "K7", "80%")),
    _target(12, "３５．２ ", "V422", NOTED),
    _target(12, "三十五万二千", "V422", NOTED),
)
PERCENTS = (
    _formatted(13, "百分比格式，显示 80%", ("K7", 0.8, "0%"), "accepted"),
    _formatted(13, "百分比格式，显示 100%", ("K7", 1, "0.00%"), NOTED, ("F025", "填报", "K7", 1.0)),
    _formatted(13, "没有格式，填 0.8", ("K7", 0.8, "General"), NOTED, ("V403", "填报", "K7", 0.8)),
    _formatted(13, "没有格式，填 80", ("K7", 80, "General"), NOTED, ("V403", "填报", "K7", 80.0)),
    _formatted(13, "没有格式，填 1", ("K7", 1, "General"), DOUBTED, ("V404", "填报", "K7", 1.0)),
    _formatted(13, "数值格式，填 1.00", ("K7", 1, "0.00"), DOUBTED, ("V404", "填报", "K7", 1.0)),
    _formatted(13, '自定格式 0"%"，填 80', ("K7", 80, '0"%"'), NOTED, ("V403", "填报", "K7", 80.0)),
    _target(13, "4.8%", "V422", NOTED, row=6),
    _target(13, 0.048, "V424", DOUBTED, row=6),
)
OUT_OF_RANGE = (
    _filled(14, "完成进度 180%", {"K7": 1.8}, BACK, ("F020", "填报", "K7", 1.8)),
    _percent(14, "120%", "F020", BACK),
    _filled(14, "完成进度为负数", {"K7": -0.1}, BACK, ("F020", "填报", "K7", -0.1)),
    _percent(14, "-10%", "F020", BACK),
    _percent(14, "约80%", "V406", NOTED),
    _percent(14, "80%左右", "V406", NOTED),
    _percent(14, "近80%", "V406", NOTED),
    _percent(14, "近八成", "V406", NOTED),
    _percent(14, "70%-80%", "V405", BACK),
    _filled(14, "指标超过目标值", {}, "accepted", stage="promised", targets=TARGET | {"G5": 42}),
)
UNITS = (
    _target(15, "2000万", "V422", NOTED, row=7),
    _target(15, "200万元", "V422", NOTED, row=7),
    _target(15, "0.2亿", "V422", NOTED, row=7),
    _target(15, "约2百万元", "V423", NOTED, row=7),
    _target(15, "352,000人", "V422", NOTED),
    _target(15, "3千人", "V422", NOTED),
    _target(15, "352000", "V424", DOUBTED),
    _target(15, "2000万美元", "V421", BACK, row=7),
    _target(15, "2000万", "V421", BACK, row=6),
    _target(15, "1万2", "V420", BACK, row=7),
)
DATES = (
    _date("2022.6.30", "V407", NOTED),
    _date("20220630", "V407", NOTED),
    _date("2022年6月底", "V407", NOTED),
    _date("二〇二二年六月三十日", "V407", NOTED),
    _date("2022-06-30 14:30", "V407", NOTED),
    _date("2022年6月30日（星期四）", "V407", NOTED),
    _date("2022年6月30日（星期五）", "V419", BACK),
    _date("6月30日", "V414", NOTED),
    _date("6.30", "V414", NOTED),
    _date("6月末", "V414", NOTED),
    _date("2022年6月", "V417", NOTED),
    _date("6月中旬", "V417", NOTED),
    _date("二季度末", "V417", NOTED),
    _date("年底", "V417", NOTED),
    _date("下月底", "V417", NOTED),
    _date("明年3月底", "V417", NOTED),
    _date("06-07-22", "V408", DOUBTED),
    _date("6.3", "V408", DOUBTED),
    _date("9月底前后", "V410", BACK),
    _date("尽快", "V410", BACK),
    _date("2052-06-30", "V409", BACK),
    _formatted(16, "日期存成没有格式的 44742", ("O7", 44742, "General"), NOTED, ("V407", "填报", "O7", "44742")),
    _formatted(16, "日期格式，自定为“m月d日”", ("O7", dt.date(2022, 6, 30), 'm"月"d"日"'), "accepted"),
    _formatted(16, "6.30 被存成数 6.3", ("O7", 6.3, "General"), DOUBTED, ("V408", "填报", "O7", "6.3")),
    Case(17, "工作簿采用 1904 日期系统", lambda office: {FILE: _since_1904(office)}, {FILE: ("accepted", [])}),
)
SPACES = (
    _filled(18, "进展状态前后有空格", {"J7": " 正常推进　"}, NOTED, ("V401", "填报", "J7", " 正常推进　")),
    _filled(18, "进展状态中间换行", {"J7": "正常\n推进"}, NOTED, ("V401", "填报", "J7", "正常\n推进")),
    _filled(18, "进展状态夹有零宽字符", {"J7": "正常\u200b推进"}, NOTED, ("V401", "填报", "J7", "正常\u200b推进")),
    _filled(18, "完成进度后有不间断空格", {"K7": "40%\u00a0"}, NOTED, ("V403", "填报", "K7", "40%\u00a0")),
    _filled(
        18,
        "电话为全角",
        {"H4": "０２２－２３４５６７８９"},
        NOTED,
        ("V415", "填报", "H4", "０２２－２３４５６７８９"),
    ),
    _filled(18, "进展情况为全角并分段", {"L7": f"１．{PROGRESS}\n２．{PROGRESS}"}, "accepted"),
    _filled(18, "电话按数字保存，丢了前面的 0", {"H4": 2223456789}, NOTED, ("V425", "填报", "H4", "2223456789")),
    _filled(18, "填报人只有空格", {"F4": "　\u00a0"}, BACK, ("F101", "填报", "F4", None)),
)
STATUSES = (
    _status("正常", "V401", NOTED),
    _status("推进", "V401", NOTED),
    _status("已办结", "V401", NOTED),
    _status("基本完成", "V418", NOTED),
    _status("√", "V402", BACK),
    _status("×", "V402", BACK),
    _status("差不多了", "V402", BACK),
    _filled(
        19,
        "节点的是否完成写成“√”",
        {},
        NOTED,
        ("V415", "节点", "F5", "√"),
        stage="promised",
        milestones={"F5": "√", "G5": dt.date(2022, 5, 20), "H5": None},
    ),
    _filled(
        19,
        "节点的是否完成写成“基本完成”",
        {},
        BACK,
        ("V416", "节点", "F5", "基本完成"),
        stage="promised",
        milestones={"F5": "基本完成"},
    ),
)
RULES = (
    _filled(20, "已完成而进度 60%", DONE | {"K7": 0.6}, BACK, ("F023", "填报", "K7", 0.6)),
    _filled(20, "未启动而进度 30%", {"J7": "未启动", "K7": 0.3}, BACK, ("F021", "填报", "K7", 0.3)),
    _filled(20, "正常推进而进度 100%", {"K7": 1}, NOTED, ("F025", "填报", "K7", 1.0)),
    _filled(21, "已完成而没有完成日期", DONE | {"O7": None}, BACK, ("F061", "填报", "O7", None)),
    _filled(21, "已完成而没有佐证材料", DONE | {"P7": None}, NOTED, ("F070", "填报", "P7", None)),
    _filled(
        22,
        "滞后而没有原因、措施和日期",
        {"J7": "滞后"},
        BACK,
        ("F040", "填报", "M7", None),
        ("F050", "填报", "N7", None),
        ("F063", "填报", "O7", None),
    ),
    _filled(23, "完成进度低于上期", {"K8": 0.0, "K9": None}, NOTED, ("F024", "填报", "K8", 0.0), stage="june"),
    Case(24, "进展情况与上期完全相同", _copied, {FILE: (NOTED, [("F033", "填报", "L8", LAST_TEXT)])}, "june"),
    _filled(25, "进展情况只有“正在推进”", {"L7": "正在推进"}, BACK, ("F031", "填报", "L7", "正在推进")),
    _filled(
        25,
        "进展情况只有套话",
        {"L7": "各项工作正在有序推进。"},
        NOTED,
        ("F034", "填报", "L7", "各项工作正在有序推进。"),
    ),
)
ATTACK = "=cmd|'/c calc'!A0 请查看附件说明"
FORMULAS = (
    _formula(42, "公式有结果", ("K7", "2/5"), True),
    _formula(42, "公式没有结果", ("K7", "1/2"), False, ("V412", "填报", "K7", None)),
    _formula(42, "引用外部工作簿而没有结果", ("L7", "[1]Sheet1!$A$1"), False, ("V412", "填报", "L7", None)),
    _error("#DIV/0!"),
    _error("#REF!"),
    _error("#N/A"),
    _filled(43, "进展情况以“=cmd”开头", {"L7": ATTACK}, "accepted"),
    _filled(43, "进展情况以“@”开头", {"L7": "@SUM(A1:A9) 详见附件的说明材料"}, "accepted"),
    _formula(43, "进展情况是 HYPERLINK 公式", ("L7", 'HYPERLINK("http://x.invalid","详见附件的说明")'), True),
)

CASES: tuple[Case, ...] = (
    *NUMBERS_AS_TEXT,
    *PERCENTS,
    *OUT_OF_RANGE,
    *UNITS,
    *DATES,
    *SPACES,
    *STATUSES,
    *RULES,
    *FORMULAS,
)
