"""通报 on the sample's 138 tasks after two periods.

1. Every figure is that of an independent count of the sheets, as openpyxl reads them.
2. What the bulletin says, word for word: sentences, named lists, the annex.
3. A past period is told as it was; 核定状态 counts in the newest.
4. The same again changes nothing; notes of the office stay beside their words; a file that somebody has edited stays.
5. Nothing reported, all completed: sentences, not empty lists.
6. The sheet is missing in a master of an earlier version: the file is written all the same.
7. It looks as it should in print: pages by LibreOffice.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
import subprocess
import warnings
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from openpyxl import load_workbook

from tests.bulletin.conftest import DATE
from tests.conftest import copy_of
from tests.libreoffice import requires_libreoffice, to_pdf
from tests.office import JUNE, MAY, Office, filled
from tests.small import UNITS, small_project
from tests.supervise.offices import BEHIND, reported, type_into
from tjxl.errors import ProjectError
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.past import as_it_stood
from tjxl.periods import parse_period
from tjxl.sheets.layout import master_layout
from tjxl.sheets.master_edit import append
from tjxl.sheets.rows import find_table
from tjxl.supervise.bulletin.facts import figures
from tjxl.supervise.bulletin.run import bulletin

Issued = tuple[Office, dict[str, Any]]
STATUSES = {
    "未启动": "not_started",
    "正常推进": "in_progress",
    "滞后": "behind",
    "已完成": "completed",
    "申请调整": "adjustment_requested",
}


def sheet(office: Office, title: str) -> list[dict[str, Any]]:
    """The rows of a sheet as openpyxl reads them, by the titles in row 2."""
    titles, *rows = list(opened(office.master)[title].iter_rows(min_row=2, values_only=True))
    return [dict(zip(titles, row, strict=True)) for row in rows if any(v is not None for v in row)]


@lru_cache(maxsize=1)
def opened(master: bytes) -> Any:
    with warnings.catch_warnings(action="ignore"):
        return load_workbook(io.BytesIO(master), data_only=True)


def cells(path: str, table: int) -> list[list[str]]:
    """The texts of a table; python-docx's own `cells` counts the whole table anew for each row."""
    rows = docx.Document(path).tables[table]._tbl.tr_lst
    return [["".join(t.text or "" for t in cell.iter(qn("w:t"))) for cell in row.tc_lst] for row in rows]


def texts(path: str | Path) -> list[str]:
    return [p.text for p in docx.Document(str(path)).paragraphs if p.text]


def part(lines: list[str], begin: str, end: str) -> list[str]:
    """The paragraphs between two."""
    return lines[lines.index(begin) + 1 : lines.index(end)]


def put(office: Office, layout: str, number: int, column: str, value: Any) -> None:
    """Somebody types into the master."""
    editor = BookEditor(office.master)
    table = find_table(editor.book, master_layout()[layout])
    editor.edit(table.sheet, number, table.columns[master_layout()[layout].column(column).title], Put(value))
    office.project.master.write_bytes(editor.save())


# 1


def test_figures_agree_with_an_independent_count(issued_bulletin: Issued) -> None:
    office, result = issued_bulletin
    tasks = sheet(office, "任务台账")
    statuses = Counter(t["核定状态"] or t["进展状态"] for t in tasks)
    assert result["counts"]["tasks"] == len(tasks) == 138
    assert result["counts"]["by_status"] == {
        **{name: statuses[title] for title, name in STATUSES.items()}, "unreported": statuses[None], "other": 0
    }  # fmt: skip
    lights = Counter(t["亮灯"] for t in tasks)
    assert result["counts"]["by_light"] == {
        "red": lights["红"], "yellow": lights["黄"], "green": lights["绿"], "blue": lights["蓝"]
    }  # fmt: skip
    reports = {r["单位"]: r["报送状态"] for r in sheet(office, "报送情况") if r["期次"] == JUNE}
    states = Counter(reports.values())
    assert result["counts"]["reports"] == {
        "due": 67, "on_time": states["已报"], "late": states["迟报"], "missing": states["未报"],
        "returned": states["退回"],
    }  # fmt: skip
    assert result["lists"]["late"] == [unit for unit, state in reports.items() if state == "迟报"]
    assert result["lists"]["returned"] == [unit for unit, state in reports.items() if state == "退回"]
    assert result["lists"]["behind"] == [t["任务编码"] for t in tasks if t["进展状态"] == "滞后"]
    assert result["lists"]["red"] == [t["任务编码"] for t in tasks if t["亮灯"] == "红"]
    # of the period before, from the ledger: what each task's lead reported in May
    leads = {r["任务编码"]: r["单位编码"] for r in sheet(office, "责任分工") if r["职责"] == "牵头"}
    before = Counter(
        r["进展状态"] for r in sheet(office, "填报流水") if r["期次"] == MAY and leads[r["任务编码"]] == r["单位编码"]
    )
    assert result["counts"]["previous"]["by_status"] == {
        **{name: before[title] for title, name in STATUSES.items()}, "unreported": 0, "other": 0
    }  # fmt: skip
    assert json.loads(json.dumps(result, ensure_ascii=False)) == result


def test_themes_add_up(issued_bulletin: Issued) -> None:
    office, result = issued_bulletin
    tasks = sheet(office, "任务台账")
    themes = list(dict.fromkeys(t["主要任务"] for t in tasks))
    rows = cells(result["file"], 0)
    assert rows[0] == ["主要任务", "任务数", "已完成", "正常推进", "滞后", "申请调整", "未启动", "尚无报送"]
    for row, theme in zip(rows[1:], themes, strict=True):
        own = [t["进展状态"] for t in tasks if t["主要任务"] == theme]
        assert row[0] == theme.split("、", 1)[1]
        assert [int(v) for v in row[1:]] == [
            len(own), own.count("已完成"), own.count("正常推进"), own.count("滞后"), own.count("申请调整"),
            own.count("未启动"), own.count(None),
        ]  # fmt: skip


# 2


def test_sentences(issued_bulletin: Issued) -> None:
    lines = texts(issued_bulletin[1]["file"])
    assert lines[:10] == [
        "关于2022年1—6月市政府重点工作\n落实情况的通报",
        "各区人民政府，市政府各委、办、局：",
        "根据市政府重点工作督促检查安排，现将截至2022年6月30日的落实情况通报如下：",
        "一、总体情况",
        "（一）任务进展",
        "2022年市政府重点工作共138项。已完成16项，占11.6%，较上期增加10项；正常推进105项，占76.1%，较上期减少2项；"
        "申请调整2项，占1.4%；滞后15项，占10.9%，较上期减少6项。",
        "按亮灯规则，绿灯116项，黄灯7项，红灯15项，占10.9%，较上期减少6项。",
        "进展状态（项）",
        "（二）报送情况",
        "本期应报单位67个，按时报送50个，按时报送率74.6%；迟报10个；退回修改尚未重报7个；无未报单位。",
    ]
    assert part(lines, "（三）报送不及时、不合格的单位", "（四）需要协调解决的其他问题") == [
        "迟报10个：市发展改革委、市生态环境局、天津港集团、市网信办、市体育局、人民银行天津分行、市药监局、市民族宗教委、"
        "市台办、蓟州区人民政府。",
        "退回修改尚未重报7个：市财政局、市农业农村委、市民政局、市城市管理委、市外办、和平区人民政府、北辰区人民政府。",
    ]
    assert lines[-6:] == [
        "1.第87项“程林庄路、井冈山路积水片区”，牵头单位市水务局，2022年7月15日到期。",
        "附件：2022年市政府重点工作进展情况表",
        "市政府办公厅",
        "2022年7月5日",
        "附件",
        "2022年市政府重点工作进展情况表",
    ]


def test_headings_are_numbered_as_they_come(issued_bulletin: Issued) -> None:
    document = docx.Document(issued_bulletin[1]["file"])
    assert [p.text for p in document.paragraphs if p.style.name in ("一级标题", "二级标题")] == [
        "一、总体情况", "（一）任务进展", "（二）报送情况",
        "二、分类情况",
        "三、存在问题", "（一）推进滞后的任务", "（二）申请调整的任务", "（三）报送不及时、不合格的单位",
        "（四）需要协调解决的其他问题",
        "四、核查情况",
        "五、下一步要求", "（三）抓好即将到期的任务",
    ]  # fmt: skip


def test_tasks_behind_are_named_with_their_reason(issued_bulletin: Issued) -> None:
    office, result = issued_bulletin
    lines = part(texts(result["file"]), "（一）推进滞后的任务", "（二）申请调整的任务")
    tasks = {t["任务编码"]: t for t in sheet(office, "任务台账")}
    assert len(lines) == len(result["lists"]["behind"]) == 15
    for number, (line, code) in enumerate(zip(lines, result["lists"]["behind"], strict=True), 1):
        task = tasks[code]
        day = task["预计（实际）完成日期"]
        assert line.startswith(f"{number}.第{task['序号']}项“")
        assert line.endswith(
            f"”，牵头单位{task['牵头单位']}（亮灯依据：{task['亮灯依据']}）。原因：{task['存在问题'].rstrip('。')}。"
            f"预计{day.year}年{day.month}月{day.day}日完成。"
        )
    assert lines[3].startswith(
        "4.第37项“打造主题鲜明网红‘打卡地’，建设海洋文明体验中心、国家海洋休闲运动中心”，牵头单位市商务局（亮灯依据：单位报“滞后”）。"
    )


def test_annex_lists_every_task(issued_bulletin: Issued) -> None:
    office, result = issued_bulletin
    rows = cells(result["file"], -1)
    assert rows[0] == ["序号", "重点工作", "牵头单位", "进展状态", "完成进度", "亮灯"]
    assert rows[1:] == [
        [
            str(t["序号"]), t["重点工作"], t["牵头单位"], t["进展状态"],
            "—" if t["完成进度"] is None else f"{t['完成进度'] * 100:.1f}".removesuffix(".0") + "%", t["亮灯"],
        ]
        for t in sheet(office, "任务台账")
    ]  # fmt: skip


def test_the_sheet_says_the_same(issued_bulletin: Issued) -> None:
    office, result = issued_bulletin
    rows = office.table("bulletin")
    assert {(r["period"], r["number"]) for r in rows} == {(JUNE, 1)}
    assert [r["place"] for r in rows] == list(range(1, len(rows) + 1))
    in_sheet = {r["content"] for r in rows}
    for line in texts(result["file"]):
        # captions of charts and tables, and 「附件」 alone, are no content
        if line not in ("附件", "进展状态（项）", "分类亮灯（项）", "分类进展（项）") and "年7月5日" not in line:
            assert line.replace("\n", "") in in_sheet or line == "市政府办公厅" or line[1] == "、"
    assert ("落款", "市政府办公厅 2022年7月5日") in [(r["part"], r["content"]) for r in rows]


# 3


def test_a_past_period_as_it_was(two_periods: Office, second_period: Office, tmp_path: Path) -> None:
    then = bulletin(copy_of(second_period, tmp_path / "当时").project, MAY, date=DATE)
    now = bulletin(copy_of(two_periods, tmp_path / "后来").project, MAY, date=DATE)
    assert now["counts"] == then["counts"]
    assert now["lists"] == then["lists"]
    assert texts(now["file"]) == texts(then["file"])


def test_verified_status_counts_in_the_newest_period(two_periods: Office, tmp_path: Path) -> None:
    office = copy_of(two_periods, tmp_path / "2022年重点工作")
    behind = next(r for r in office.state.tasks if r["status"] == "滞后")
    put(office, "tasks", behind.number, "verified_status", "已完成")
    result = bulletin(office.project, date=DATE)
    assert (result["counts"]["by_status"]["completed"], result["counts"]["by_status"]["behind"]) == (17, 14)
    assert behind["task_code"] not in result["lists"]["behind"]
    past = bulletin(office.project, MAY, date=DATE)
    assert past["counts"]["by_status"] == result["counts"]["previous"]["by_status"]


def test_a_verified_status_that_is_none_counts_as_none(two_periods: Office, tmp_path: Path) -> None:
    office = copy_of(two_periods, tmp_path / "2022年重点工作")
    before = bulletin(office.project, date=DATE)["counts"]
    put(office, "tasks", office.state.tasks[0].number, "verified_status", "差不多了")
    result = bulletin(office.project, date=DATE)
    assert result["counts"] == before
    assert [f["code"] for d in result["decisions"] for f in d["findings"]] == ["B005"]


def test_a_status_typed_over_what_was_reported_is_told(two_periods: Office, tmp_path: Path) -> None:
    office = copy_of(two_periods, tmp_path / "2022年重点工作")
    put(office, "tasks", office.state.tasks[0].number, "status", "差不多了")
    result = bulletin(office.project, date=DATE)
    assert result["counts"]["by_status"]["other"] == 1
    assert [(f["code"], f["severity"], f["task"], f["value"]) for f in result["findings"]] == [
        ("W120", "warning", "T001", "差不多了")
    ]


# 4


@pytest.fixture
def small(tmp_path: Path) -> Office:
    return small_project(tmp_path / "项目", MAY)


def test_the_same_again_changes_nothing(small: Office) -> None:
    first = bulletin(small.project, date=DATE)
    master, file = small.master, Path(first["file"])
    second = bulletin(small.project, date=DATE)
    assert (second["file"], second["findings"], small.master) == (first["file"], [], master)
    assert [p.name for p in file.parent.iterdir()] == ["2022年5月通报.docx"]


def test_notes_stay_beside_their_words(small: Office) -> None:
    bulletin(small.project, date=DATE)
    rows = small.state.bulletins or []
    missing = next(r for r in rows if str(r["content"]).startswith("未报3个"))
    problems = next(r for r in rows if r["content"] == "各单位未报送其他需要协调解决的问题。")
    put(small, "bulletin", missing.number, "remarks", "已电话催过")
    put(small, "bulletin", problems.number, "remarks", "会上再问")
    small.send("市丙局.xlsx", filled(small.form("市丙局"), J7="正常推进", K7=0.4, L7="已完成方案论证，按计划推进。",
                                  J8="正常推进", K8=0.4, L8="已完成方案论证，按计划推进。"))  # fmt: skip
    small.collect()
    small.merge()
    bulletin(small.project, date=DATE)
    notes = {r["remarks"]: (r["part"], r["content"]) for r in small.table("bulletin") if r["remarks"]}
    assert notes == {
        "已电话催过": ("（本次已不再写入）", "未报3个：市甲局、市乙局、市丙局。"),
        "会上再问": ("三、存在问题", "各单位未报送其他需要协调解决的问题。"),
    }
    live = sorted(r["place"] for r in small.table("bulletin") if r["place"] is not None)
    assert live == list(range(1, len(live) + 1))
    contents = [r["content"] for r in small.table("bulletin") if r["place"] is not None]
    assert "未报2个：市甲局、市乙局。" in contents


def test_an_edited_file_stays(small: Office) -> None:
    file = Path(bulletin(small.project, date=DATE)["file"])
    edited = docx.Document(str(file))
    edited.paragraphs[0].text = "改过的标题"
    edited.save(str(file))
    content = file.read_bytes()
    again = bulletin(small.project, date=DATE)
    assert Path(again["file"]).name == "2022年5月通报（2）.docx"
    assert [f["code"] for f in again["findings"]] == ["W113"]
    assert file.read_bytes() == content
    assert bulletin(small.project, date=DATE)["file"] == again["file"]  # that one nobody has touched
    forced = bulletin(small.project, date=DATE, replace=True)
    assert (Path(forced["file"]), forced["findings"]) == (file, [])
    assert texts(file)[0] == "关于2022年1—5月市政府重点工作\n落实情况的通报"


def test_numbers_run_on(tmp_path: Path) -> None:
    office = small_project(tmp_path / "项目", MAY, JUNE)
    assert bulletin(office.project, MAY, number=7, date=DATE)["number"] == 7
    assert bulletin(office.project, JUNE, date=DATE)["number"] == 8
    assert bulletin(office.project, MAY, date=DATE)["number"] == 7
    assert {(r["period"], r["number"]) for r in office.table("bulletin")} == {(MAY, 7), (JUNE, 8)}


def test_out_must_be_a_document(small: Office, tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match=r"^“通报\.pdf”不是 \.docx 文件名。"):
        bulletin(small.project, out=tmp_path / "通报.pdf")
    result = bulletin(small.project, out=tmp_path / "五月.docx", date=DATE)
    assert result["file"] == str(tmp_path / "五月.docx")
    assert not (small.project.root / "通报").exists()


# 5


def test_nothing_reported(small: Office) -> None:
    result = bulletin(small.project, date=DATE)
    lines = texts(result["file"])
    assert part(lines, "一、总体情况", "二、分类情况") == [
        "（一）任务进展",
        "2022年市政府重点工作共3项。尚无报送3项，占100%；无滞后任务。",
        "进展状态（项）",
        "（二）报送情况",
        "本期应报单位3个，未报3个。",
    ]
    assert part(lines, "三、存在问题", "四、核查情况") == [
        "（一）推进滞后的任务",
        "本期无滞后任务。",
        "（二）报送不及时、不合格的单位",
        "未报3个：市甲局、市乙局、市丙局。",
        "（三）需要协调解决的其他问题",
        "各单位未报送其他需要协调解决的问题。",
    ]
    assert "分类亮灯（项）" not in lines  # no lights, no chart


def test_all_completed(small: Office) -> None:
    done = {
        "J": "已完成",
        "K": 1,
        "L": "全部工作已经完成，成果已通过验收。",
        "O": dt.date(2022, 5, 18),
        "P": "验收报告",
    }
    tasks = {"市甲局": 2, "市乙局": 2, "市丙局": 2}
    for unit in UNITS:
        cells = {f"{c}{row}": v for row in range(7, 7 + tasks[unit]) for c, v in done.items()}
        small.send(f"{unit}.xlsx", filled(small.form(unit), **cells))
    small.merge()
    lines = texts(bulletin(small.project, date=DATE)["file"])
    assert part(lines, "一、总体情况", "二、分类情况") == [
        "（一）任务进展",
        "2022年市政府重点工作共3项。已完成3项，占100%；无滞后任务。",
        "按亮灯规则，绿灯3项，无红灯任务。",
        "进展状态（项）",
        "（二）报送情况",
        "本期应报单位3个，按时报送3个，按时报送率100%；无未报单位。",
    ]
    assert part(lines, "三、存在问题", "四、核查情况") == [
        "（一）推进滞后的任务",
        "本期无滞后任务。",
        "（二）报送不及时、不合格的单位",
        "各单位均按时报送，无退回。",
        "（三）需要协调解决的其他问题",
        "各单位未报送其他需要协调解决的问题。",
    ]
    assert part(lines, "五、下一步要求", "附件：2022年市政府重点工作进展情况表") == [
        "（一）抓好即将到期的任务和年度目标。各单位要对照完成时限，压茬推进，按时报送进展。"
    ]


# 6


def test_a_master_without_the_sheet(small: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    master = small.master
    monkeypatch.setattr("tjxl.sheets.state.MasterState.bulletins", None)
    result = bulletin(small.project, date=DATE)
    assert [f["code"] for f in result["findings"]] == ["W114"]
    assert texts(result["file"])[0].startswith("关于2022年1—5月")
    assert small.master == master


def test_verification_and_problems_are_told(small: Office) -> None:
    layout = master_layout()
    editor = BookEditor(small.master)
    row = {"period": MAY, "task_code": "T001", "unit": "市甲局", "source": "统计", "matter": "第一件实事",
           "reported": "5.3%", "found": "5.1%"}  # fmt: skip
    append(editor, layout["verification"], [
        {**row, "verification_no": "V001", "conclusion": "不一致"},
        {**row, "verification_no": "V002", "conclusion": "一致"},
        {**row, "verification_no": "V003", "conclusion": "不一致", "period": "2022-04"},
    ])  # fmt: skip
    small.project.master.write_bytes(editor.save())
    result = bulletin(small.project, date=DATE)
    lines = texts(result["file"])
    assert part(lines, "四、核查情况", "五、下一步要求") == [
        "本期核查2项，其中与填报情况不一致1项，见下表。请有关单位核实并说明。",
        "核查不一致情况",
    ]
    assert cells(result["file"], 1)[1:] == [["1", "统计", "市甲局", "第一件实事", "5.3%", "5.1%"]]
    assert any("如实填报数据。填报情况与核查结果不一致的单位" in line for line in lines)


def test_problems_of_the_list_as_they_stood(tmp_path: Path) -> None:
    """In June 市甲局 words its problem anew, 市乙局 has its first, and the office closes that of 市丙局."""
    office = small_project(tmp_path / "项目", MAY, JUNE)
    land, again, money, men = (
        "征地手续尚未办结，影响开工。",
        "征地只余一户没有签订，影响收尾。",
        "区级配套资金至今没有到位。",
        "施工力量不足，两个标段停工。",
    )
    reported(office, "市甲局", MAY, **BEHIND, M7=land)
    reported(office, "市丙局", MAY, **BEHIND, M7=money)
    then = bulletin(office.project, MAY, date=DATE)["lists"]["problems"]
    assert then == [
        {"serial_no": 1, "unit": "市甲局", "problem": land},
        {"serial_no": 3, "unit": "市丙局", "problem": money},
    ]
    reported(office, "市甲局", JUNE, **BEHIND, M7=again)
    reported(office, "市丙局", JUNE, **BEHIND, M7=money)
    reported(office, "市乙局", JUNE, **BEHIND, M7=men)
    (closed,) = office.table("problems", unit="市丙局")
    type_into(office, "problems", closed["problem_no"], solved_on=dt.date(2022, 6, 28), solved_reason="资金已到位。")
    settings = office.project.settings()
    told = {
        code: [(p.serial_no, p.unit, p.problem, p.periods) for p in figures(was, when, settings, None).problems]
        for code in (MAY, JUNE)
        for when in [parse_period(code)]
        for was in [as_it_stood(office.state, when, settings)]
    }
    assert told == {
        MAY: [(1, "市甲局", land, 1), (3, "市丙局", money, 1)],
        JUNE: [(1, "市甲局", again, 2), (2, "市乙局", men, 1)],
    }
    office.merge(JUNE)
    assert bulletin(office.project, MAY, date=DATE)["lists"]["problems"] == then


# 7


@requires_libreoffice
def test_printed_pages(issued_bulletin: Issued, tmp_path: Path) -> None:
    path = tmp_path / "通报.docx"
    path.write_bytes(Path(issued_bulletin[1]["file"]).read_bytes())
    pdf = to_pdf(path, tmp_path)
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True).stdout.decode()
    pages = [[re.sub(r"\s", "", line) for line in page.splitlines() if line.strip()] for page in text.split("\f")][
        :-1
    ]
    assert [page[-1] for page in pages] == [f"—{number}—" for number in range(1, len(pages) + 1)]
    annex = next(number for number, page in enumerate(pages) if page[0] == "附件")
    assert all(page[0].startswith("序号重点工作") for page in pages[annex + 1 :])
    assert "2022年7月5日" in pages[annex - 1]
    full = [page for page in pages[3 : annex - 2] if not any("（项）" in line for line in page)]
    assert full
    assert {len(page) - 1 for page in full} == {22}
