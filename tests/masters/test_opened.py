"""Who has the master open: the signs of spreadsheet programs are read, said by name, and do not block for ever."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from tjxl.errors import ProjectError
from tjxl.masters.opened import refuse_open, signs_of_opening

LOCK = ",wang,PC-督查,24.11.2026 09:30,file:///C:/Users/wang/AppData/Roaming/LibreOffice/4;"


@pytest.fixture
def master(tmp_path: Path) -> Path:
    path = tmp_path / "总台账.xlsx"
    path.write_bytes(b"PK")
    return path


def owner_file(name: str) -> bytes:
    """What Excel writes: 165 bytes, the name in the code page, from byte 55 its length and UTF-16."""
    ansi = name.encode("gbk")
    head = bytes([len(ansi)]) + ansi.ljust(54)
    return (head + struct.pack("<H", len(name)) + name.encode("utf-16-le")).ljust(163, b" ") + b"\0\0"


def said(master: Path, **how: bool) -> tuple[str, str]:
    with pytest.raises(ProjectError) as error:
        refuse_open(master, **how)
    return error.value.code, str(error.value)


def test_excel_names_its_user(master: Path) -> None:
    master.with_name("~$总台账.xlsx").write_bytes(owner_file("督查室 王处"))
    code, sentence = said(master, exclusive=False)
    assert (code, "督查室 王处，Excel 或 WPS" in sentence, "“~$总台账.xlsx”" in sentence) == ("E205", True, True)


def test_libreoffice_names_its_user_and_computer(master: Path) -> None:
    master.with_name(".~lock.总台账.xlsx#").write_text(LOCK, encoding="utf-8")
    assert "wang（计算机 PC-督查），LibreOffice" in said(master, exclusive=False)[1]


def test_a_name_with_separators_is_read_whole(master: Path) -> None:
    lock = LOCK.replace(",wang", r"王\, 处\\\;,wang", 1)
    master.with_name(".~lock.总台账.xlsx#").write_text(lock, encoding="utf-8")
    assert [s.user for s in signs_of_opening(master)] == ["王, 处\\;"]


@pytest.mark.parametrize("content", [b"", b"\xff" * 165, b"x" * 100, b"a,b", owner_file("\n\t")])
def test_a_sign_that_names_nobody_is_a_sign_all_the_same(master: Path, content: bytes) -> None:
    for name in ("~$总台账.xlsx", ".~lock.总台账.xlsx#"):
        master.with_name(name).write_bytes(content)
    assert said(master, exclusive=False)[0] == "E205"


def test_the_sign_that_names_somebody_is_the_one_that_is_said(master: Path) -> None:
    master.with_name(".~lock.总台账.xlsx#").write_bytes(b"")
    master.with_name("~$总台账.xlsx").write_bytes(owner_file("李华"))
    assert "（李华，" in said(master, exclusive=False)[1]


def test_where_a_program_keeps_others_out_a_sign_left_by_a_crash_blocks_nobody(master: Path) -> None:
    master.with_name("~$总台账.xlsx").write_bytes(owner_file("李华"))
    refuse_open(master, exclusive=True)


def test_where_a_program_keeps_others_out_no_sign_is_needed(master: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.open

    def shared_by_nobody(path: Path, mode: str = "r") -> object:
        if path == master and "+" in mode:
            raise PermissionError(13, "sharing violation", str(path))
        return real(path, mode)

    monkeypatch.setattr(Path, "open", shared_by_nobody)
    assert said(master, exclusive=True)[0] == "E230"
    master.with_name("~$总台账.xlsx").write_bytes(owner_file("李华"))
    assert said(master, exclusive=True)[0] == "E205"


def test_a_master_that_nobody_has_open(master: Path) -> None:
    refuse_open(master, exclusive=False)
    refuse_open(master, exclusive=True)
