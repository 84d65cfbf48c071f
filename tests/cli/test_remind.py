"""`tjxl remind` on the command line: exit status, one JSON object, what people read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.office import MAY
from tests.small import small_project
from tjxl.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def tjxl(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run the command line: exit status, standard output, standard error."""

    def run(*args: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["tjxl", *map(str, args)])
        with pytest.raises(SystemExit) as stop:
            main()
        out, err = capfd.readouterr()
        return int(stop.value.code or 0), out, err

    return run


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of a small project, 2022-05 issued."""
    return small_project(tmp_path / "2022年重点工作").project.root


def test_json_and_status(tjxl: Run, root: Path) -> None:
    status, out, err = tjxl("remind", root, "--today", "2022-05-26", "--unit", "市甲局", "--json")
    assert (status, err, out.count("\n")) == (0, "", 1)
    result = json.loads(out)
    assert list(result) == ["period", "today", "days", "reminders", "settled", "findings", "decisions"]
    assert (result["period"], result["today"], result["days"]) == (MAY, "2022-05-26", 30)
    assert result["reminders"] == [
        {
            "no": "R001",
            "unit": "市甲局",
            "unit_code": "U001",
            "matter": "not_reported",
            "matter_title": "未报送",
            "stage": None,
            "round": 1,
            "level": "提醒",
            "due": "2022-05-31",
            "tasks": [],
            "content": "2022年5月填报表（2项任务）应于2022年5月25日前报送，至今未收到，已逾期1天。",
            "demand": "请于2022年5月31日前报送。",
            "notice": "催办/2022-05/2022-05-26/市甲局.docx",
            "text": "催办/2022-05/2022-05-26/市甲局.txt",
            "email": None,
            "faults": None,
            "annotated": None,
            "new": True,
        }
    ]
    assert all((root / result["reminders"][0][kind]).is_file() for kind in ("notice", "text"))


def test_what_needs_a_person_is_status_1(tjxl: Run, root: Path) -> None:
    status, out, _ = tjxl("remind", root, "--today", "2022-05-26", "--email", "--json")
    assert (status, [f["code"] for f in json.loads(out)["findings"]]) == (1, ["M604"])


def test_people_read_a_table_and_what_to_do_next(tjxl: Run, root: Path) -> None:
    status, out, err = tjxl("remind", root, "--today", "2022-05-26")
    assert (status, err) == (0, "")
    for words in (
        "市丙局",
        "未报送",
        "2022-05-26 催办 3 个单位，3 件。",
        "在“催办/2022-05/2022-05-26”中",
        "登记联系情况",
    ):
        assert words in out
    assert "其中 3 件今天已经催办过，没有重复" in tjxl("remind", root, "--today", "2022-05-26")[1]
    assert "2022-05-20 没有需要催办的事项。" in tjxl("remind", root, "--today", "2022-05-20")[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--today", "6月1日"), "日期“6月1日”的写法不对。请写作 2022-06-28。"),
        (("--period", "2022-07"), "2022-07"),
        (("--unit", "市丁局"), "市丁局"),
    ],
)
def test_what_cannot_be_done_is_one_line(tjxl: Run, root: Path, options: tuple[str, ...], words: str) -> None:
    status, out, err = tjxl("remind", root, *options)
    assert (status, out, err.count("\n")) == (2, "", 1)
    assert words in err
    assert not (root / "催办").exists()


def test_the_template_is_put_where_it_can_be_changed(tjxl: Run, root: Path) -> None:
    status, out, _ = tjxl("remind", root, "--template")
    assert (status, "催办.toml" in out) == (0, True)
    assert (root / "模板" / "催办.toml").read_bytes().startswith(b"\xef\xbb\xbf#")
    assert tjxl("remind", root, "--template")[0] == 2
