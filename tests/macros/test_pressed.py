"""Each button pressed for real: LibreOffice opens the master, the button on 看板 is pressed, its macro starts Python,
`tjxl/buttons.py` works on the open document.

Only xlwings' own VBA is replaced (LibreOffice cannot compile it): see `standin/`. The project's path has a space,
Chinese characters and `=`.
"""

from __future__ import annotations

import json
import os
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.excel.program import NEEDS_OPEN_LIBREOFFICE, running, uno
from tests.office import MAY, SPORTS, Office, filled
from tjxl.ooxml.vba import Module, with_modules
from tjxl.sheets.macros import actions
from tjxl.sheets.state import MasterState
from tjxl.simulate import simulate

pytestmark = NEEDS_OPEN_LIBREOFFICE
_STANDIN = Path(__file__).parent / "standin"
_ROOT = Path(__file__).parents[2]
_PRELUDE = (
    "import os, sys; sys.path.append(os.environ['TJXL_ROOT']); from tests.macros.standin import desk; desk.sit_down()"
)
_PATIENCE = 60.0
_CLASS = (
    'VERSION 1.0 CLASS\r\nBEGIN\r\n  MultiUse = -1\r\nEND\r\nAttribute VB_Name = "Dictionary"\r\nOption Explicit\r\n'
)


def for_libreoffice(content: bytes, *more: Module) -> bytes:
    """The same master with the stand-in for xlwings' modules."""
    text = (_STANDIN / "xlwings.bas").read_text(encoding="ascii")
    return with_modules(content, [Module("xlwings", text), Module("Dictionary", _CLASS, is_class=True), *more])


@pytest.fixture(scope="module")
def desktop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    if uno is None:
        pytest.skip("no LibreOffice to speak to")
    patch = pytest.MonkeyPatch()
    pipe = f"tjxl-{uuid.uuid4().hex[:12]}"
    said = {
        "TJXL_PYTHON": sys.executable, "TJXL_PIPE": pipe, "TJXL_ROOT": str(_ROOT), "TJXL_PRELUDE": _PRELUDE,
        "TJXL_HEARD": str(tmp_path_factory.mktemp("heard") / "heard.jsonl"), "TJXL_ANSWERS": "yes,yes,yes",
        "PYTHONSAFEPATH": "1",  # the package is the installed one, not what lies in the current folder
    }  # fmt: skip
    for name, value in said.items():
        patch.setenv(name, value)
    _file_manager(tmp_path_factory.mktemp("programs"), patch)
    with running(pipe) as desktop:
        yield desktop
    patch.undo()


def _file_manager(folder: Path, patch: pytest.MonkeyPatch) -> None:
    """A file manager that notes what it is asked to show; `TJXL_SHOWN` says where."""
    program = folder / "xdg-open"
    program.write_text(
        '#!/bin/sh\nprintf %s "$1" > "$TJXL_SHOWN.new"\nmv "$TJXL_SHOWN.new" "$TJXL_SHOWN"\n', encoding="ascii"
    )
    program.chmod(0o755)
    patch.setenv("PATH", str(folder), prepend=os.pathsep)
    patch.setenv("TJXL_SHOWN", str(folder / "shown.txt"))


class Screen:
    """The master on the screen of LibreOffice."""

    def __init__(self, desktop: Any, office: Office) -> None:
        self.desktop, self.office = desktop, office
        self.doc = self.open(office.project.master)

    def open(self, path: Path) -> Any:
        allowed = uno.createUnoStruct("com.sun.star.beans.PropertyValue")
        allowed.Name, allowed.Value = "MacroExecutionMode", 4
        return self.desktop.loadComponentFromURL(uno.systemPathToFileUrl(str(path)), "_blank", 0, (allowed,))

    @property
    def buttons(self) -> dict[str, Any]:
        """The controls of 看板 by caption."""
        controller = self.doc.CurrentController
        controller.setActiveSheet(self.doc.Sheets.getByName("看板"))
        controller.setFormDesignMode(False)
        page = self.doc.Sheets.getByName("看板").DrawPage
        shapes = [page.getByIndex(i) for i in range(page.Count)]
        models = [s.Control for s in shapes if s.supportsService("com.sun.star.drawing.ControlShape")]
        return {m.Label: controller.getControl(m) for m in models}

    def press(self, caption: str, patience: float = _PATIENCE) -> list[dict[str, Any]]:
        """Press a button and wait until it is done; the messages it showed, the last one how it ended."""
        heard = Path(os.environ["TJXL_HEARD"])
        heard.unlink(missing_ok=True)
        started = time.time()
        assert self.buttons[caption].AccessibleContext.doAccessibleAction(0)
        until = time.monotonic() + patience
        while time.monotonic() < until:
            lines = heard.read_text(encoding="utf-8").splitlines() if heard.exists() else []
            said = [json.loads(line) for line in lines]
            if said and said[-1]["buttons"] == "left":  # the program that was started has ended
                assert said[-2]["buttons"] == "ok"
                said[-2]["seconds"] = said[-2]["at"] - started
                return said[:-1]
            time.sleep(0.05)
        raise AssertionError(f"{caption}: nothing was heard within {patience:.0f} s")

    @property
    def shown(self) -> str:
        """The sheet that is shown."""
        return str(self.doc.CurrentController.ActiveSheet.Name)

    def column(self, sheet: str, title: str) -> list[str]:
        """What the document shows below a title of a table."""
        area = self.doc.DatabaseRanges.getByName(sheet).DataArea
        cells = self.doc.Sheets.getByName(sheet).getCellRangeByPosition(
            area.StartColumn, area.StartRow, area.EndColumn, area.EndRow
        )
        titles, *rows = cells.getDataArray()
        return [str(row[titles.index(title)]) for row in rows]


@pytest.fixture
def screen(desktop: Any, issued_project: Office, tmp_path: Path) -> Iterator[Screen]:
    """The sample's project, forms of 2022-05 issued, its master open."""
    office = copy_of(issued_project, tmp_path / "2022年 重点工作=甲")
    master = office.project.master
    master.write_bytes(for_libreoffice(master.read_bytes()))
    made = Screen(desktop, office)
    yield made
    made.doc.close(True)


def test_the_bar_shows_the_buttons_of_the_ribbon(screen: Screen) -> None:
    assert list(screen.buttons) == [a.caption for a in actions()]


def test_collect_reads_the_returns_and_notes_them_in_the_open_master(screen: Screen) -> None:
    screen.office.send("甲.xlsx", filled(screen.office.form(SPORTS)))
    said = screen.press("收集校验")
    assert said[-1]["said"].startswith("2022年5月：共 1 个文件，可以入账 1 个")
    assert screen.column("运行日志", "操作") == ["收集校验"]
    assert screen.column("运行日志", "结果") == ["完成"]
    assert screen.shown == "报送情况"


def test_merge_writes_into_the_open_master_and_saves_it(screen: Screen) -> None:
    screen.office.send("甲.xlsx", filled(screen.office.form(SPORTS)))
    said = screen.press("合并入账")
    assert said[-1]["said"].startswith("已并入 1 个文件、3 行")
    assert said[-1]["settings"] == [True, True, True, "automatic"]
    place = screen.column("任务台账", "任务编码").index("T130")
    assert screen.column("任务台账", "进展状态")[place] == "正常推进"
    state = MasterState(screen.office.project.master.read_bytes())
    assert [r["status"] for r in state.tasks if r["task_code"] == "T130"] == ["正常推进"]


def test_undo_takes_the_merge_back_and_the_file_is_in_the_inbox_again(screen: Screen) -> None:
    screen.office.send("甲.xlsx", filled(screen.office.form(SPORTS)))
    screen.press("合并入账")
    assert list(screen.office.project.inbox.iterdir()) == []
    said = screen.press("撤销上次合并")
    assert said[-1]["said"].startswith("已撤销第 1 次合并的 3 行，1 个文件已放回“收件”。")
    place = screen.column("任务台账", "任务编码").index("T130")
    assert screen.column("任务台账", "进展状态")[place] == ""
    assert [p.name for p in screen.office.project.inbox.iterdir()] == ["甲.xlsx"]


def test_issue_asks_for_the_next_period(screen: Screen) -> None:
    said = screen.press("下发填报表")
    assert said[0]["said"].startswith("下发2022年6月的填报表？")
    assert said[-1]["said"].startswith("2022年6月填报表已生成，共 67 份")
    assert len(list((screen.office.project.root / "下发" / "2022-06").glob("*.xlsx"))) == 67
    assert "2022-06" in screen.column("报送情况", "期次")


@pytest.mark.skipif(sys.platform != "linux", reason="the stand-in is Linux's way to open a folder")
def test_the_inbox_is_opened(screen: Screen) -> None:
    said = screen.press("打开收件夹")
    assert said[-1]["said"].startswith("已打开")
    shown = Path(os.environ["TJXL_SHOWN"])
    until = time.monotonic() + _PATIENCE
    while not shown.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert Path(shown.read_text(encoding="utf-8")) == screen.office.project.inbox


def test_an_error_is_a_sentence_in_the_run_log(screen: Screen) -> None:
    (screen.office.project.root / "tjxl.toml").write_text("nonsense = ", encoding="utf-8")
    said = screen.press("收集校验")
    assert said[-1]["mode"] == "critical"
    assert said[-1]["settings"] == [True, True, True, "automatic"]
    assert "tjxl.toml" in said[-1]["said"]
    assert screen.column("运行日志", "结果") == ["未完成"]
    assert screen.column("运行日志", "说明") == [said[-1]["said"]]
    assert "Traceback" in screen.column("运行日志", "详情")[0]
    assert screen.shown == "运行日志"


def test_the_run_log_is_made_anew_where_somebody_has_taken_it_out(screen: Screen) -> None:
    screen.doc.Sheets.removeByName("运行日志")
    screen.press("刷新看板")
    screen.press("刷新看板")
    titles, *rows = screen.doc.Sheets.getByName("运行日志").getCellRangeByName("A1:D3").getDataArray()
    assert titles == ("时间", "操作", "结果", "说明")
    assert [row[1:] for row in rows] == [("刷新看板", "完成", "看板已重新计算。")] * 2


def test_what_is_not_this_projects_master_is_refused(screen: Screen) -> None:
    """The master moved away while it is open."""
    master = screen.office.project.master
    master.rename(master.with_name("别处.xlsm"))
    said = screen.press("合并入账")
    assert said[-1]["mode"] == "critical"
    assert "总台账" in said[-1]["said"]


def test_check_opens_a_marked_copy_of_the_return_that_is_open(screen: Screen) -> None:
    path = screen.office.project.root.parent / "体育局 报送.xlsx"
    path.write_bytes(filled(screen.office.form(SPORTS), K7="八成多"))
    form = screen.open(path)
    try:
        said = screen.press("校验当前工作簿")
        assert said[-1]["said"].startswith("“体育局 报送.xlsx”（按最近一次保存的内容）：")
        books = screen.desktop.Components.createEnumeration()
        titles = []
        while books.hasMoreElements():
            titles.append(books.nextElement())
        marked = [b for b in titles if b.URL.endswith(".xlsx") and b.Sheets.hasByName("校验结果")]
        assert len(marked) == 1
        marked[0].close(True)
    finally:
        form.close(True)


def test_help_and_refresh_go_to_their_sheets(screen: Screen) -> None:
    screen.press("帮助")
    assert screen.shown == "使用说明"
    screen.press("刷新看板")
    assert screen.shown == "看板"


def test_a_whole_period_is_collected_and_merged_by_two_buttons(screen: Screen) -> None:
    simulate(screen.office.project, MAY, seed=7)
    collected = screen.press("收集校验")[-1]
    assert collected["said"].startswith("2022年5月：共 67 个文件，可以入账 67 个")
    merged = screen.press("合并入账")[-1]
    assert merged["said"].startswith("已并入 67 个文件")


@pytest.mark.parametrize("name", ["TjxlButtons", "TjxlRibbon"])
def test_a_mistake_in_any_module_would_show(desktop: Any, issued_project: Office, tmp_path: Path, name: str) -> None:
    from tjxl.resources import macro_file

    office = copy_of(issued_project, tmp_path / "错")
    text = macro_file(f"{name}.bas").read_text(encoding="ascii")
    broken = Module(name, text.replace("End Sub", "End Sbu", 1))
    office.project.master.write_bytes(for_libreoffice(office.project.master.read_bytes(), broken))
    screen = Screen(desktop, office)
    try:
        with pytest.raises(AssertionError, match="nothing was heard"):
            screen.press("帮助", patience=3)
    finally:
        screen.doc.close(True)
