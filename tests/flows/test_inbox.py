"""The folder 收件 itself gone or closed: said, never taken for an empty one or for somebody's return."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.office import MAY, Office, filled
from tests.small import small_project
from tjxl import flows
from tjxl.errors import ProjectError
from tjxl.project import Project

COMMANDS = pytest.mark.parametrize("command", [flows.collect, flows.merge], ids=["collect", "merge"])
Command = Callable[[Project], dict[str, Any]]


@pytest.fixture
def small(tmp_path: Path) -> Office:
    office = small_project(tmp_path / "项目")
    (unit, *_) = sorted(p.stem for p in office.project.issued(MAY).glob("*.xlsx"))
    office.send("表.xlsx", filled(office.form(unit)))
    return office


@COMMANDS
def test_a_folder_that_was_renamed_is_missed_and_made_again(small: Office, command: Command) -> None:
    elsewhere = small.project.inbox.rename(small.project.root / "收件2")
    said = command(small.project)["findings"]
    assert [(f["code"], f["severity"]) for f in said] == [("I239", "error")]
    assert "没有“收件”文件夹" in said[0]["message"]
    assert list(small.project.inbox.iterdir()) == []
    small.project.inbox.rmdir()
    elsewhere.rename(small.project.inbox)
    assert command(small.project)["findings"] == []


@COMMANDS
def test_a_folder_that_cannot_be_opened_stops_the_command(
    small: Office, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, scandir = small.master, os.scandir

    def closed(path: Any = ".") -> Any:
        if not isinstance(path, int) and Path(path) == small.project.inbox:
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    with pytest.raises(ProjectError, match="“收件”文件夹无法打开：没有权限或文件被占用"):
        command(small.project)
    assert small.master == before


@COMMANDS
def test_a_file_in_its_place_stops_the_command(small: Office, command: Command) -> None:
    small.project.inbox.rename(small.project.root / "收件2")
    small.project.inbox.write_bytes(b"")
    with pytest.raises(ProjectError, match="“收件”文件夹无法打开"):
        command(small.project)


def test_a_file_that_is_named_does_not_need_the_folder(small: Office) -> None:
    elsewhere = small.project.inbox.rename(small.project.root / "收件2")
    result = flows.collect(small.project, [elsewhere / "表.xlsx"])
    assert (result["findings"], [r["verdict"] for r in result["returns"]]) == ([], ["accepted"])
