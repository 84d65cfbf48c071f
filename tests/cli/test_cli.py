"""The command line: exit status, one JSON object or one line of error, never a traceback.

0 done · 1 done, but something needs a person · 2 it could not be done (one line on standard error).
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Tjxl, failed, silent_json
from tests.office import AUDIT, JUNE, MAY, SPORTS, Office, filled
from tjxl import __version__
from tjxl.cli import app
from tjxl.ooxml.editor import BookEditor
from tjxl.ooxml.splice import Put
from tjxl.report.status import show_status
from tjxl.resources import layout_toml, sample_notice

COMMANDS = ["", *(c.name or c.callback.__name__ for c in app.registered_commands if c.callback)]

NOTICE = Path(str(sample_notice()))


# ---- status and JSON


def test_tasks(tjxl: Tjxl) -> None:
    result = silent_json(tjxl("tasks", NOTICE, "--year", 2022, "--json"), 1)  # the open groups are questions
    assert {"title", "year", "tasks", "units", "findings"} <= set(result)
    assert (len(result["tasks"]), result["tasks"][0]["serial_no"]) == (138, 1)


UNUSUAL = "编号|事项内容|落实者|办到何时\n1|新增学位3万个。|市教委、市财政局|年底前完成\n"


def test_columns_named_by_hand(tjxl: Tjxl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a notice calls its columns: on the command line, or in tjxl.toml for good."""
    notice = tmp_path / "通知.txt"
    notice.write_text(UNUSUAL, encoding="utf-8")
    assert failed(tjxl("tasks", notice, "--year", 2022), "没有认出“事项内容、落实者、办到何时”", "--map 重点工作=")
    assert failed(tjxl("tasks", notice, "--year", 2022, "--map", "重点工作"), "--map 的写法“重点工作”不对")
    named = ("--map", "重点工作=事项内容", "--map", "责任单位=落实者", "--map", "完成时限＝办到何时")
    by_option = silent_json(tjxl("tasks", notice, "--year", 2022, *named, "--json"), 0)
    (task,) = by_option["tasks"]
    assert (task["task"], task["deadline"], task["lead_unit"]) == ("新增学位3万个。", "2022-12-31", "市教委")
    assert task["targets"] == [
        {"subject": "新增学位", "comparator": ">=", "value": 3.0, "upper": None, "unit": "万个"}
    ]
    settings = '[columns]\n"重点工作" = "事项内容"\n"责任单位" = ["落实者"]\n"完成时限" = "办到何时"\n'
    (tmp_path / "tjxl.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert silent_json(tjxl("tasks", notice, "--year", 2022, "--json"), 0) == by_option


def test_init_in_a_folder_with_spaces_and_chinese(tjxl: Tjxl, tmp_path: Path) -> None:
    folder = tmp_path / "督查 台账" / "2022 年"
    result = silent_json(tjxl("init", folder, "--notice", NOTICE, "--year", 2022, "--json"), 1)
    assert (result["tasks"], result["units"], result["assignments"]) == (138, 67, 428)
    assert Path(result["master"]).is_file()
    assert sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) == [
        "tjxl.toml", "下发", "备份", "归档", "总台账.xlsm", "收件", "核查", "退回",
    ]  # fmt: skip


def test_an_issue_is_withdrawn(tjxl: Tjxl, office: Office) -> None:
    root = office.project.root
    tjxl("issue", root, "--period", "2022-08", "--unit", SPORTS)
    assert failed(tjxl("issue", root, "--period", "2022-08", "--withdraw", "--unit", SPORTS), "不能只撤回个别单位")
    result = silent_json(tjxl("issue", root, "--period", "2022-08", "--withdraw", "--json"), 0)
    assert (result["withdrawn"], result["current"]) == (1, MAY)
    assert failed(tjxl("issue", root, "--period", "2022-08", "--withdraw"), "尚未下发")
    tjxl("issue", root, "--period", JUNE)
    shown = tjxl("issue", root, "--period", JUNE, "--withdraw")
    assert (shown.code, "2022-06 的下发已撤回（67 份），当前期次为 2022-05" in shown.out) == (0, True)


def test_issue(tjxl: Tjxl, office: Office) -> None:
    done = tjxl("issue", office.project.root, "--period", JUNE, "--unit", SPORTS, "--unit", AUDIT, "--json")
    result = silent_json(done, 0)
    assert result["period"] == JUNE
    assert [(i["unit"], i["rows"]) for i in result["issued"]] == [(SPORTS, 3), (AUDIT, 1)]
    assert all(Path(i["file"]).is_file() for i in result["issued"])


@pytest.mark.parametrize(
    ("cells", "status", "verdict"),
    [
        ({}, 0, "accepted"),
        ({"K7": "80％"}, 0, "accepted_with_notes"),
        ({"K7": "1"}, 1, "needs_decision"),
        ({"K7": "很快"}, 1, "returned"),
    ],
)
def test_collect_and_check_and_merge(
    tjxl: Tjxl, office: Office, cells: dict[str, Any], status: int, verdict: str
) -> None:
    path = office.send("体育 局.xlsx", filled(office.form(SPORTS), **cells))
    root = office.project.root
    collected = silent_json(tjxl("collect", root, "--json"), status)
    assert sorted(collected) == ["decisions", "findings", "hand_edits", "missing", "period", "returns"]
    assert collected["returns"][0]["verdict"] == verdict
    checked = silent_json(tjxl("check", path, "--project", root, "--json"), status)
    assert checked == collected["returns"][0] | {"annotated": None}
    merged = silent_json(tjxl("merge", root, "--json"), status)
    assert {"merged", "rows", "changes", "skipped", "backup"} <= set(merged)
    assert merged["merged"] == ([] if verdict == "returned" else ["体育 局.xlsx"])


def test_undo_and_rebuild(tjxl: Tjxl, office: Office) -> None:
    root = office.project.root
    assert failed(tjxl("undo", root), "无可撤销")
    office.send("a.xlsx", filled(office.form(SPORTS)))
    office.merge()
    clean = silent_json(tjxl("rebuild", root, "--check", "--json"), 0)
    assert (clean["files"], clean["differences"], clean["restored"], clean["backup"]) == (1, [], 0, None)
    path = next(office.project.archive.iterdir())
    content = path.read_bytes()
    path.write_bytes(b"?")
    assert silent_json(tjxl("rebuild", root, "--check", "--json"), 1)["files_missing"] == [path.stem]
    assert "无从证明" in tjxl("rebuild", root).out
    path.write_bytes(content)
    assert "全部相符" in tjxl("rebuild", root, "--check").out
    undone = silent_json(tjxl("undo", root, "--json"), 0)
    assert (undone["rows"], undone["files"], undone["files_missing"]) == (3, ["a.xlsx"], [])
    office.merge()
    assert "退出入账 3 行" in tjxl("undo", root).out


def test_check_without_a_project(tjxl: Tjxl, office: Office) -> None:
    path = office.send("a.xlsx", filled(office.form(SPORTS)))
    result = silent_json(tjxl("check", path, "--json"), 0)
    assert (result["verdict"], [f["code"] for f in result["findings"]]) == ("accepted_with_notes", ["I221"])


def test_history_for_people_and_as_json(tjxl: Tjxl, office: Office) -> None:
    root = office.project.root
    office.send("a.xlsx", filled(office.form(AUDIT), L7="[bold]推进[/bold]：已完成方案论证和立项批复。"))
    office.merge()
    told = silent_json(tjxl("history", root, "--task", "137", "--json"), 0)
    (progress,) = [e for e in told["entries"] if e["field"] == "percent_complete"]
    assert (progress["value"], progress["cell"], progress["sheet"]) == (0.4, "K7", "填报")
    shown = tjxl("history", root, "--task", "T137")
    assert (shown.code, shown.err) == (0, "")
    for words in (MAY, "首次填报", "40%", "填报!K7", "[bold]推进", "归档/" + progress["sha256"]):
        assert words in shown.out
    assert failed(tjxl("history", root, "--task", "999"), "没有任务“999”")
    assert failed(tjxl("history", root, "--task", "137", "--unit", SPORTS), AUDIT)


def test_a_cell_typed_over_is_told_to_people(tjxl: Tjxl, office: Office) -> None:
    office.send("a.xlsx", filled(office.form(AUDIT)))
    office.merge()
    editor = BookEditor(office.master)
    (task,) = [row for row in office.state.tasks if row["task_code"] == "T137"]
    column = editor.book.tables["任务台账"].columns["进展状态"]
    editor.edit("任务台账", task.number, column, Put("已完成"))
    office.project.master.write_bytes(editor.save())
    for command in ("status", "collect", "merge"):
        shown = tjxl(command, office.project.root).out
        assert "（T137 进展状态）：入账内容“正常推进”，现为“已完成”，暂予保留。" in shown


@pytest.mark.parametrize("said", ["牵头", "lead"])
def test_a_stage_has_its_chinese_name_too(tjxl: Tjxl, office: Office, said: str) -> None:
    done = tjxl("issue", office.project.root, "--period", MAY, "--stage", said)
    assert failed(done, "按一个阶段下发，没有牵头阶段")


def test_faults_are_named_in_chinese() -> None:
    texts = layout_toml("simulate.toml")
    kinds = {*texts["faults"], *(kind for more in texts["part_faults"].values() for kind in more)}
    assert set(texts["fault_titles"]) == kinds
    assert all(title > "一" for title in texts["fault_titles"].values())


def test_what_has_no_room_is_folded_not_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    statuses = {"正常推进": 92, "尚无报送": 22, "滞后": 10, "未启动": 6, "申请调整": 2, "已完成": 6}
    show_status(
        {
            "master": "总台账.xlsm", "periods": ["2022-01"], "tasks": 138, "by_status": statuses, "period": None,
            "past": False,
            "open_questions": 0, "oversight": {"problems": {}, "closings": {}, "verification": {}, "findings": []},
            "hand_edits": [], "decisions": [], "findings": [],
        }
    )  # fmt: skip
    shown = capsys.readouterr().out
    assert "…" not in shown
    assert "申请调" in shown


def test_status_and_simulate(tjxl: Tjxl, office: Office) -> None:
    root = office.project.root
    result = silent_json(tjxl("simulate", root, "--period", MAY, "--seed", 4, "--json"), 0)
    assert (len(result["files"]), result["faults"]) == (67, [])
    shown = silent_json(tjxl("status", root, "--json"), 1)  # twelve questions of the notice are open
    assert (shown["tasks"], shown["period"], shown["open_questions"]) == (138, MAY, 12)


@pytest.mark.parametrize("command", ["collect", "merge", "status"])
def test_the_folder_is_the_current_one_unless_named(
    tjxl: Tjxl, office: Office, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.chdir(office.project.root)
    assert tjxl(command, "--json").json.get("period") == MAY


@pytest.mark.parametrize("command", ["tasks", "init", "issue", "collect", "merge", "check", "status", "simulate"])
def test_without_json_people_read_chinese(tjxl: Tjxl, office: Office, tmp_path: Path, command: str) -> None:
    root, path = office.project.root, office.send("a.xlsx", filled(office.form(SPORTS), K7="很快"))
    args: dict[str, tuple[object, ...]] = {
        "tasks": (NOTICE, "--year", 2022),
        "init": (tmp_path / "新", "--notice", NOTICE, "--year", 2022),
        "issue": (root, "--period", JUNE),
        "check": (path, "--project", root),
        "simulate": (root, "--period", MAY, "--seed", 1, "--faults", 0.5),
    }
    done = tjxl(command, *args.get(command, (root,)))
    assert (done.code in (0, 1), done.err) == (True, "")
    assert any("\u4e00" <= c <= "\u9fff" for c in done.out)
    with pytest.raises(json.JSONDecodeError):
        json.loads(done.out)


@pytest.mark.parametrize("command", COMMANDS)
def test_usage_pages_are_chinese(tjxl: Tjxl, command: str) -> None:
    usage, page = tjxl(*filter(None, [command]), "--help").out.split("\n", 1)
    assert usage.startswith(f"用法：tjxl {command}")
    assert "\n选项：\n" in page
    assert re.findall(r"[A-Za-z]{2,}:(?!//)|[a-z]{3,} [a-z]{3,}|required|default|[<>]=|<[a-z]+>", page) == []


def test_a_usage_page_says_what_an_option_takes(tjxl: Tjxl) -> None:
    lines = [line.split() for line in tjxl("simulate-year", "--help").out.splitlines()]
    assert ["--periods", "期数", "演练几期。", "[缺省：12；1", "至", "12]"] in lines
    assert "  通知  含任务分解表的通知文件。  [必填]" in tjxl("tasks", "--help").out.splitlines()


def test_help_and_version(tjxl: Tjxl) -> None:
    assert (tjxl("--version").out, tjxl("--help").code) == (f"{__version__}\n", 0)
    alone = tjxl()
    assert (alone.code, alone.err, "collect" in alone.out) == (0, "", True)


# ---- what cannot be done


@pytest.mark.parametrize("json_too", [(), ("--json",)])
@pytest.mark.parametrize("command", ["issue", "collect", "merge", "status", "simulate"])
def test_no_project(tjxl: Tjxl, tmp_path: Path, command: str, json_too: tuple[str, ...]) -> None:
    needed: dict[str, tuple[object, ...]] = {"issue": ("--period", MAY), "simulate": ("--period", MAY, "--seed", 1)}
    more = needed.get(command, ())
    assert failed(tjxl(command, tmp_path, *more, *json_too), "不是项目文件夹", "tjxl init")
    assert failed(tjxl(command, tmp_path / "没有", *more, *json_too), "不存在")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("issue", "--period", "六月"), "无法识别"),
        (("issue", "--period", "2022-Q2"), "月报"),
        (("issue", "--period", "2023-01"), "2022年"),
        (("issue", "--period", JUNE, "--unit", "市体委"), "找不到单位：市体委"),
        (("collect", "--period", JUNE), "尚未下发"),
        (("merge", "--period", JUNE), "尚未下发"),
        (("simulate", "--period", JUNE, "--seed", "1"), "尚未下发"),
        (("collect", "--file", "没有.xlsx"), "找不到文件"),
    ],
)
def test_what_the_project_cannot_do(tjxl: Tjxl, office: Office, args: tuple[str, ...], words: str) -> None:
    before = office.master
    assert failed(tjxl(args[0], office.project.root, *args[1:]), words)
    assert failed(tjxl(args[0], office.project.root, *args[1:], "--json"), words)
    assert office.master == before


def test_init_never_overwrites_a_project(tjxl: Tjxl, office: Office) -> None:
    before = office.master
    assert failed(tjxl("init", office.project.root, "--notice", NOTICE, "--year", 2022), "已有总台账")
    assert office.master == before


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "空文件"),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), "图片"),
        ("关于召开会议的通知\n请各单位按时参加。\n".encode(), "没有找到任务分解表"),
        (bytes(range(256)) * 4, "不是可以识别的文本文件"),
    ],
)
@pytest.mark.parametrize("command", ["tasks", "init"])
def test_a_notice_that_is_none(tjxl: Tjxl, tmp_path: Path, command: str, content: bytes, words: str) -> None:
    notice = tmp_path / "通知 1.txt"
    notice.write_bytes(content)
    args = [notice] if command == "tasks" else [tmp_path / "项目", "--notice", notice]
    assert failed(tjxl(command, *args, "--year", 2022, "--json"), words, "通知 1.txt")
    assert not (tmp_path / "项目").exists()


def test_a_notice_that_is_not_there(tjxl: Tjxl, tmp_path: Path) -> None:
    assert failed(tjxl("tasks", tmp_path / "无.txt", "--year", 2022), "无法打开通知文件")


def test_a_master_that_is_damaged(tjxl: Tjxl, office: Office) -> None:
    office.project.master.write_bytes(office.master[:20_000])
    assert failed(tjxl("collect", office.project.root, "--json"), "已损坏")


def test_settings_that_cannot_be_read(tjxl: Tjxl, office: Office) -> None:
    office.project.settings_file.write_text("[report\n", encoding="utf-8")
    assert failed(tjxl("collect", office.project.root, "--json"), "tjxl.toml")


@pytest.mark.parametrize(
    ("args", "words"),
    [
        (("汇总",), "没有命令 汇总"),
        (("issue",), "缺少--period"),
        (("issue", "--perod", MAY), "没有选项 --perod"),
        (("simulate", "--period", MAY, "--seed", "一"), "--seed 的值不可用。"),
        (("simulate", "--period", MAY, "--seed", "1", "--faults", "3"), "--faults 的值不可用，应为 0 到 1 的数。"),
        (("tasks", "--year", "2022"), "缺少通知"),
        (("merge", "a", "b"), "多余的参数 b"),
    ],
)
def test_a_command_written_wrong(tjxl: Tjxl, args: tuple[str, ...], words: str) -> None:
    assert failed(tjxl(*args), "命令写法有误", words)


def test_a_fault_of_the_program_is_one_line_too(tjxl: Tjxl, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from tjxl import flows

    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("division\nby zero")

    monkeypatch.setattr(flows, "collect", breaks)
    assert failed(tjxl("collect", office.project.root, "--json"), "程序出现意外错误", "ZeroDivisionError")


def test_a_break_by_the_user_is_one_line_too(tjxl: Tjxl, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    from tjxl import flows

    def stopped(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(flows, "merge", stopped)
    assert failed(tjxl("merge", office.project.root), "已中断")


def test_json_is_utf8_whatever_the_terminal_speaks(office: Office) -> None:
    line = [
        sys.executable,
        "-P",
        "-c",
        "from tjxl.cli import main; main()",
        "status",
        str(office.project.root),
        "--json",
    ]
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(line, capture_output=True, env=environment, check=False, timeout=60)
    assert (done.returncode, done.stderr) == (1, b"")
    assert json.loads(done.stdout.decode("utf-8"))["master"].endswith("总台账.xlsm")
