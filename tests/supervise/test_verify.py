"""`tjxl verify`: findings of audit, statistics and finance set against what units reported.

1. On the real 138 tasks: reported 5.3, statistics 5.1; agreement, statuses, percentages, 未完成, milestones, words.
2. Files: .csv in UTF-8 and GBK, .xlsx with title rows and merged cells, .ods, aliases, any order of columns.
3. Two candidates are for a person; 对应任务 settles it; a unit's name in any form; a unit without a part in the task.
4. Bad rows: row, column, sentence; the others are taken; the file stays in 核查 until it is mended.
5. The same file again adds nothing; another value is an update, the old one told; two values in one file are refused.
6. A later merge, an undo, a rebuild: the comparison follows; the office's columns stay.
7. The tolerance is a setting. 8. The template can be filled in and imported; a file of its name is left alone.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from tests.conftest import copy_of
from tests.merge.test_promises import DONE, VALUES
from tests.office import MAY, SPORTS, Office, filled
from tests.supervise.offices import reported, shown, type_into
from tjxl import recovery
from tjxl.cli import app
from tjxl.errors import ProjectError
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.settings import load_settings
from tjxl.supervise.verification.columns import header_of
from tjxl.supervise.verification.periods import period_code
from tjxl.supervise.verification.run import verify
from tjxl.supervise.verification.template import write_template

HEAD = "来源,重点工作,指标名称,责任单位,核查事项,期次,核查数,核查结论\n"
ROW = ("verification_no", "task_code", "row_code", "unit", "reported", "found", "conclusion", "difference")


def given_file(office: Office, text: str, name: str = "核查.csv", encoding: str = "utf-8") -> Path:
    """A file of findings in the folder 核查."""
    path = office.project.verification / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes((HEAD + text).encode(encoding))
    return path


def codes(result: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(f["code"], f["cell"]) for f in result["findings"]]


@pytest.fixture(scope="module")
def real(second_period: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The 138 tasks, 2022-05 merged; of T001 (GDP) 5.3 is reported. Not to be written to."""
    office = copy_of(second_period, tmp_path_factory.mktemp("核查") / "2022年重点工作")
    form = _with_value(office.form("市发展改革委", MAY), "T001-K1", 5.3)
    office.send("更正.xlsx", form, "2022-05-30 10:00")
    office.merge(MAY)
    assert office.table("targets", target_code="T001-K1")[0]["current_value"] == 5.3
    return office


def _with_value(form: bytes, code: str, value: float) -> bytes:
    content = filled(form, M4=dt.date(2022, 5, 30))
    editor = BookEditor(content)
    cells = editor.book.cells("指标").cells
    (row,) = [r for (r, c), cell in cells.items() if c == 1 and cell.value == code]
    for column, what in ((9, None), (7, value), (8, dt.date(2022, 5, 20))):
        editor.edit("指标", row, column, Put(what))
    return editor.save()


# 1


def test_findings_are_set_against_the_real_register(real: Office, tmp_path: Path) -> None:
    office = copy_of(real, tmp_path / "2022年重点工作")
    tasks = {str(t["task_code"]): t for t in office.table("tasks")}
    percent = float(tasks["T008"]["percent_complete"] or 0)
    given_file(
        office,
        "统计,1,地区生产总值增长,,上半年增速,2022-05,5.1,\n"
        "统计,地区生产总值增长5%以上,地区生产总值增长,,再核,2022年5月,5.3%,\n"
        "审计,全面推进滨海国际机场三期改扩建工程,,,开工情况,2022-05,未启动,\n"
        f"财政,T008,,市发改委,序时进度,2022-05,{percent * 100 + 2:g}%,\n"
        "审计,T011,,,资金,1-5月,,情况属实\n"
        "审计,T012,,,质量,2022-05,,有三处工程质量问题\n",
        encoding="gbk",
    )
    result = verify(office.project)
    rows = {r[0]: r[1:] for r in shown(office, "verification", *ROW)}
    lead = tasks["T001"]["lead_unit"]
    assert rows["V001"] == ("T001", "T001-K1", lead, "5.3%", "5.1", "不一致", "填报5.3%，统计5.1%，差0.2个百分点。")
    assert rows["V002"] == ("T001", "T001-K1", lead, "5.3%", "5.3%", "一致", None)
    airport = tasks["T012"]["status"]
    assert rows["V003"][3:] == (airport, "未启动", "不一致", f"填报“{airport}”，审计“未启动”。")
    assert (rows["V004"][0], rows["V004"][5]) == ("T008", "不一致")
    assert rows["V004"][6] == f"填报{percent * 100:g}%，财政{percent * 100 + 2:g}%，差2个百分点。"
    assert rows["V005"][5] == "一致"
    assert (rows["V006"][5], rows["V006"][6]) == ("无法比对", "核查情况是文字说明，请办公厅对照填报内容判断。")
    assert [d["verification_no"] for d in result["disagreements"]] == ["V001", "V003", "V004"]
    assert codes(result) == [("Q123", "H7")]
    assert [r["found_on"] for r in office.table("verification")] == [None] * 6
    assert office.table("tasks") == list(tasks.values())  # nothing reported is changed
    assert recovery.rebuild(office.project, check=True)["differences"] == []


def test_milestones_and_values_in_other_units(promised: Office) -> None:
    promised.send("a.xlsx", filled(promised.form(SPORTS), DONE, VALUES))
    promised.merge()
    values = {r["target_code"]: r["current_value"] for r in promised.table("target_ledger")}
    given_file(
        promised,
        "审计,130,赛事筹备方案,,,2022-05,,未完成\n"
        f"统计,130,新增健身人口,,,2022-05,{values['T130-K1'] * 10000:g}人,\n"
        "统计,130,赛事支出,,,2022-05,五家,\n"
        "统计,130,,,新增健身人口核实,2022-05,1,\n"
        "统计,130,体育产业增长,,,2022-06,5%,\n"
        "统计,130,体育产业增长,市审计局,,2022-05,5%,\n",
    )
    verify(promised.project)
    rows = shown(promised, "verification", "row_code", "conclusion", "difference")
    assert rows[0] == ("T130-M1", "不一致", "填报“是”，审计“未完成”。")
    assert rows[1] == ("T130-K1", "一致", None)
    assert rows[2][:2] == ("T130-K3", "无法比对")
    assert "“五家”" in rows[2][2]
    assert rows[3][:2] == ("T130-K1", "不一致")
    assert rows[4] == ("T130-K2", "无法比对", "单位没有填报该期内容。")
    assert rows[5] == ("T130-K2", "待对应", "市审计局不是T130的责任单位，请核对任务和单位。")


# 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_text_files_of_any_encoding(small: Office, encoding: str) -> None:
    reported(small, "市甲局")
    given_file(small, "审计,1,,甲局,,2022-05,滞后,\n", encoding=encoding)
    type_into(small, "units", small.table("units", unit="市甲局")[0]["unit_code"], aliases="甲局")
    verify(small.project)
    assert shown(small, "verification", "unit", "found", "conclusion") == [("市甲局", "滞后", "不一致")]
    assert list(small.project.verification.iterdir()) == []


@pytest.mark.parametrize("suffix", ["xlsx", "ods", "xls"])
def test_workbooks_with_title_rows_and_merged_cells(small: Office, tmp_path: Path, suffix: str) -> None:
    reported(small, "市甲局")
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["2022年5月核查结果汇总表"])
    sheet.append([])
    sheet.append(["核查数", "单位", "任务序号", "数据来源", "备注", "报告期", "责任单位"])
    sheet.append([0.6, None, 1, "审计", "略", dt.datetime(2022, 5, 1), "市甲局"])
    sheet.append([40, "%", 3, None, None, "2022年5月", None])
    sheet["A4"].number_format = "0%"
    sheet["F4"].number_format = "yyyy-mm"
    sheet.merge_cells("D4:D5")
    path = tmp_path / "结果.xlsx"
    book.save(path)
    if suffix != "xlsx":
        path = _converted(path, suffix)
    reported(small, "市丙局")
    result = verify(small.project, [path])
    names = ("source", "period", "task_code", "reported", "found", "conclusion")
    assert shown(small, "verification", *names) == [
        ("审计", MAY, "T001", "40%", "60%", "不一致"),
        ("审计", MAY, "T003", "40%", "40%", "一致"),
    ]
    assert [f["code"] for f in result["findings"]] == ["Q120"]
    assert path.exists()  # not one of the folder 核查


def _converted(path: Path, suffix: str) -> Path:
    import subprocess

    from tests.libreoffice import SOFFICE

    if SOFFICE is None:
        pytest.skip("LibreOffice is not installed")
    profile = f"-env:UserInstallation={(path.parent / 'profile').as_uri()}"
    command = [SOFFICE, profile, "--headless", "--convert-to", suffix, "--outdir", str(path.parent), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return path.with_suffix(f".{suffix}")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2022-06", "2022-06"), ("2022年6月", "2022-06"), ("6月份", "2022-06"), ("2022年二季度", "2022-06"),
        ("上半年", "2022-06"), ("1-6月", "2022-06"), ("2022.6.30", "2022-06"), ("2022-06-01", "2022-06"),
        ("Q2", "2022-06"), ("全年", "2022-12"), ("2021年", None), ("2022-06-15", None), ("13月", None), ("1-6", None),
        ("近期", None), ("", None),
    ],
)  # fmt: skip
def test_periods_as_people_write_them(text: str, code: str | None) -> None:
    assert period_code(text, 2022, 1) == code


def test_periods_of_a_project_of_quarters() -> None:
    assert [period_code(t, 2022, 3) for t in ("2022-06", "二季度", "2022-Q2", "2022-05")] == [
        "2022-Q2", "2022-Q2", "2022-Q2", None,
    ]  # fmt: skip


@given(st.permutations(["来源", "任务编码", "指标编码", "核查值", "单位", "责任单位", "别的"]))
def test_a_header_is_read_in_any_order(titles: list[str]) -> None:
    header = header_of({4: dict(enumerate(titles, 1)), 5: {1: "审计", 2: "T001"}})
    assert header is not None
    assert {titles[at - 1]: name for name, at in header.at.items()} == {
        "来源": "source", "任务编码": "task", "指标编码": "target", "核查值": "value", "单位": "measured_in",
        "责任单位": "unit",
    }  # fmt: skip
    assert (header.unknown, header.doubled) == (("别的",), {})


# 3


def test_what_may_mean_several_tasks_waits_for_the_office(small: Office) -> None:
    reported(small, "市甲局")
    given_file(small, "审计,完善配套措施,,,,2022-05,滞后,\n审计,修建铁路,,,,2022-05,滞后,\n")
    result = verify(small.project)
    assert [(u["verification_no"], u["difference"]) for u in result["unmatched"]] == [
        (
            "V001",
            "可能是T001（办好第一件实事，完善配套措施。）、T002（办好第二件实事，完善配套措施。）、"
            "T003（办好第三件实事，完善配套措施。），请在“对应任务”填写其中一个编码。",
        ),
        ("V002", "没有找到对应的任务，请在“对应任务”填写任务、指标或节点编码。"),
    ]
    assert codes(result) == [("Q122", "G2"), ("Q122", "G3")]
    type_into(small, "verification", "V001", assigned="t001 ")
    type_into(small, "verification", "V002", assigned="T009")
    assert verify(small.project)["imported"] == []
    assert shown(small, "verification", "task_code", "unit", "conclusion", "assigned") == [
        ("T001", "市甲局", "不一致", "t001 "),
        (None, None, "待对应", "T009"),
    ]


def test_units_by_any_name_and_those_without_a_part_in_the_task(small: Office) -> None:
    reported(small, "市乙局", J7="滞后", M7="资金没有到位，施工力量不足。", N7="协调财政部门尽快拨付资金。")
    given_file(
        small,
        "审计,1,,市乙局,,2022-05,滞后,\n审计,3,,市乙局,,2022-05,滞后,\n审计,1,,市丁局,,2022-05,滞后,\n",
    )
    verify(small.project)
    assert [r[1:] for r in shown(small, "verification", "unit", "conclusion", "difference")][1:] == [
        ("待对应", "市乙局不是T003的责任单位，请核对任务和单位。"),
        ("待对应", "责任单位中没有“市丁局”，请在责任单位补登名称或别名。"),
    ]
    assert shown(small, "verification", "unit", "task_code")[0] == ("市乙局", "T001")


# 4


def test_bad_rows_are_told_and_none_is_lost(small: Office) -> None:
    reported(small, "市甲局")
    path = given_file(
        small,
        "审计,1,,,,2022-05,滞后,\n,1,,,资金,2022-05,滞后,\n审计,,,,x,2022-05,滞后,\n审计,1,,,y,2022-05,,\n,,,,z,明年,,\n",
    )
    result = verify(small.project)
    assert codes(result) == [
        ("Q115", "A3"), ("Q113", "B4"), ("Q114", "G5"),
        ("Q113", "B6"), ("Q114", "G6"), ("Q115", "A6"), ("Q116", "F6"),
    ]  # fmt: skip
    assert result["findings"][0]["message"] == (
        "「核查.csv」表 A3：没有写来源，本行没有导入。请补写来源，或用 --source 指明，例如 --source 统计。"
    )
    assert (result["imported"][0]["rows"], len(small.table("verification"))) == (1, 1)
    assert path.exists()
    assert (small.project.archive / f"{result['imported'][0]['sha256']}.csv").read_bytes() == path.read_bytes()
    named = verify(small.project, source="审计")
    assert [f["code"] for f in named["findings"]].count("Q115") == 0
    assert [r["matter"] for r in small.table("verification")][-1] == "资金"


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"%PDF-1.7\n\x00\x01", "Q110"),
        ("b.xlsx", b"PK\x03\x04broken", "Q110"),
        ("c.csv", "张三,李四\n1,2\n".encode(), "Q111"),
        ("d.csv", b"", "Q111"),
        ("e.csv", "来源,任务,重点工作,核查值\n审计,1,1,滞后\n".encode(), "Q112"),
    ],
)
def test_files_that_are_no_findings(small: Office, name: str, content: bytes, code: str) -> None:
    small.project.verification.mkdir(exist_ok=True)
    (small.project.verification / name).write_bytes(content)
    result = verify(small.project)
    assert [f["code"] for f in result["findings"]] == [code]
    assert (result["rows"], (small.project.verification / name).exists()) == (0, True)


def test_the_command_line(small: Office) -> None:
    reported(small, "市甲局")
    root = str(small.project.root)
    given_file(small, "审计,1,,,,2022-05,正常推进,\n")
    done = CliRunner().invoke(app, ["verify", root, "--json"])
    assert (done.exit_code, json.loads(done.stdout)["added"]) == (0, 1)
    given_file(small, "审计,1,,,再查,2022-05,滞后,\n")
    shown_text = CliRunner().invoke(app, ["verify", root])
    assert shown_text.exit_code == 1
    assert "填报“正常推进”，审计“滞后”。" in shown_text.stdout
    type_into(small, "verification", "V002", counted="否", office_opinion="口径不同。")
    assert CliRunner().invoke(app, ["verify", root, "--json"]).exit_code == 0


# 5


def test_the_same_again_adds_nothing_and_another_value_is_an_update(small: Office) -> None:
    reported(small, "市甲局")
    given_file(small, "审计,1,,,资金,2022-05,滞后,\n")
    verify(small.project)
    type_into(small, "verification", "V001", office_opinion="已约谈。")
    master = small.master
    given_file(small, "审计,1,,,资金,2022-05,滞后,\n", name="同一文件.csv")
    again = verify(small.project)
    assert (again["added"], again["imported"][0]["unchanged"], again["backup"]) == (0, 1, None)
    assert small.master == master
    given_file(
        small, "审计,1,,,资金,2022-05,正常推进,\n审计,1,,,资金,2022-05,正常推进,\n审计,1,,,资金,2022-05,已完成,\n"
    )
    result = verify(small.project)
    assert [(u["verification_no"], u["old"], u["new"], u["conclusion"]) for u in result["updated"]] == [
        ("V001", "滞后", "正常推进", "一致")
    ]
    assert [f["code"] for f in result["findings"]] == ["Q121", "Q119", "Q118"]
    assert shown(small, "verification", "found", "conclusion", "office_opinion") == [("正常推进", "一致", "已约谈。")]


# 6


def test_the_comparison_follows_merges_and_undo(small: Office) -> None:
    given_file(small, "审计,1,,,,2022-05,滞后,\n审计,2,,,,2022-06,已完成,\n")
    verify(small.project)
    assert shown(small, "verification", "reported", "conclusion") == [(None, "无法比对")] * 2
    type_into(small, "verification", "V001", counted="是", remarks="重点")
    reported(small, "市甲局")
    assert shown(small, "verification", "reported", "conclusion") == [("正常推进", "不一致"), (None, "无法比对")]
    late = {"J7": "滞后", "M7": "资金没有到位，施工力量不足。", "N7": "协调财政部门尽快拨付资金。"}
    late |= {"O7": dt.date(2022, 9, 30), "M4": dt.date(2022, 5, 22), "when": "2022-05-22 10:00"}
    reported(small, "市甲局", **late)
    assert shown(small, "verification", "reported", "conclusion")[0] == ("滞后", "一致")
    recovery.undo(small.project)
    row = small.table("verification")[0]
    assert (row["reported"], row["conclusion"], row["counted"], row["remarks"]) == (
        "正常推进",
        "不一致",
        "是",
        "重点",
    )
    type_into(small, "verification", "V001", conclusion="一致", difference=None)
    found = recovery.rebuild(small.project)["differences"]
    assert [(d["table"], d["column"], d["found"], d["expected"]) for d in found] == [
        ("核查", "结论", "一致", "不一致"),
        ("核查", "差异", None, "填报“正常推进”，审计“滞后”。"),
    ]
    assert shown(small, "verification", "conclusion")[0] == ("不一致",)


# 7


def test_the_tolerance_is_a_setting(small: Office) -> None:
    reported(small, "市甲局")
    given_file(small, "审计,1,,,,2022-05,42%,\n")
    verify(small.project)
    assert shown(small, "verification", "conclusion") == [("不一致",)]
    small.project.settings_file.write_text("[verification]\ntolerance_points = 2\n", encoding="utf-8")
    verify(small.project)
    assert shown(small, "verification", "conclusion") == [("一致",)]


# 8


def test_the_template_can_be_filled_in(small: Office, tmp_path: Path) -> None:
    reported(small, "市甲局")
    path = tmp_path / "核查结果.xlsx"
    write_template(path, load_settings())
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["核查结果", "填写说明"]
    sheet = book["核查结果"]
    (rule,) = sheet.data_validations.dataValidation
    assert (str(rule.sqref), rule.formula1) == ("A2:A501", '"审计,统计,财政,督查"')
    assert verify(small.project, [path])["rows"] == 0  # its example is no finding
    titles = {c.value: c.column for c in sheet[1]}
    for title, value in {"来源": "财政", "任务": "T001", "核查值": "滞后", "核查日期": "2022-06-15"}.items():
        sheet.cell(2, titles[title], value)
    book.save(path)
    verify(small.project, [path])
    assert shown(small, "verification", "source", "task_code", "found_on", "period") == [
        ("财政", "T001", dt.date(2022, 6, 15), "2022-07")
    ]
    with pytest.raises(ProjectError, match="已存在"):
        write_template(path, load_settings())


def test_a_template_not_filled_in_yet_stays_where_it_is(small: Office) -> None:
    path = small.project.verification / "核查结果.xlsx"
    path.parent.mkdir(exist_ok=True)
    write_template(path, load_settings())
    result = verify(small.project)
    assert [(f["code"], f["severity"]) for f in result["findings"]] == [("Q129", "note")]
    assert (result["rows"], path.exists()) == (0, True)
