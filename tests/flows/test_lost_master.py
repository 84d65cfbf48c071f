"""A project folder whose master is damaged, gone, renamed, or there twice.

1. A damaged master is called so, with the backup that replaces it; no word of returns.
2. A folder that is plainly a project's is never told to begin anew.
3. Two masters are refused; nobody's work is passed over in silence.
4. `tjxl doctor` tells each of these.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.office import MAY, Office, filled, part_of
from tests.small import small_project
from tjxl import flows
from tjxl.errors import ProjectError
from tjxl.installation.doctor import doctor
from tjxl.ooxml.package import Package
from tjxl.project import Project, open_project
from tjxl.whereabouts import newest_backup


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """A project with a merge behind it, and so with a backup."""
    office = small_project(tmp_path / "项目", MAY)
    office.send("甲.xlsx", filled(office.form("市甲局")))
    office.merge()
    return office


def backup(office: Office) -> str:
    """The newest backup."""
    return max(office.project.backups.glob("总台账_*"), key=lambda path: path.stem).name


def refusal(office: Office) -> tuple[str, str]:
    """Code and sentence with which the folder is refused."""
    with pytest.raises(ProjectError) as refused:
        open_project(office.project.root)
    assert "init" not in str(refused.value)
    return refused.value.code, str(refused.value)


def damaged_sheet(content: bytes) -> bytes:
    """A master of which one sheet no longer is what its checksum says."""
    package = Package(content)
    member = package.member(part_of(content, "任务台账"))
    at = content.index(member.data) + len(member.data) // 2
    return content[:at] + bytes(64) + content[at + 64 :]


# 1


@pytest.mark.parametrize("damage", [lambda c: c[: len(c) // 2], lambda _: b"", damaged_sheet])
@pytest.mark.parametrize("command", [flows.status, flows.collect, flows.merge])
def test_a_damaged_master_is_named_with_the_backup(office: Office, command, damage) -> None:  # type: ignore[no-untyped-def]
    office.project.master.write_bytes(damage(office.master))
    with pytest.raises(ProjectError) as refused:
        command(office.project)
    assert refused.value.code == "E268"
    assert (
        f"总台账“总台账.xlsm”已损坏，无法读取。请把它移出项目文件夹，再把最近的备份“备份/{backup(office)}”复制到"
        in str(refused.value)
    )
    assert "重新提供" not in str(refused.value)


def test_a_backup_that_is_damaged_itself_is_not_named(office: Office) -> None:
    good = backup(office)
    (office.project.backups / "总台账_20991231-000000.xlsm").write_bytes(b"PK")
    office.project.master.write_bytes(b"")
    with pytest.raises(ProjectError) as refused:
        flows.status(office.project)
    assert (refused.value.code, f"“备份/{good}”" in str(refused.value)) == ("E268", True)


def test_a_damaged_master_without_any_backup(office: Office) -> None:
    shutil.rmtree(office.project.backups)
    office.project.master.write_bytes(b"")
    with pytest.raises(ProjectError) as refused:
        flows.status(office.project)
    assert refused.value.code == "E269"


# 2


def test_a_renamed_master_is_found(office: Office) -> None:
    office.project.master.rename(office.project.root / "总台账（副本）.xlsm")
    code, sentence = refusal(office)
    assert code == "E264"
    assert "有“总台账（副本）.xlsm”，可能是改了名的总台账" in sentence
    assert "改回“总台账.xlsm”" in sentence
    assert "备份" in sentence


def test_a_master_that_is_gone_comes_from_the_backup(office: Office) -> None:
    office.project.master.unlink()
    (office.project.root / "~$总台账.xlsm").write_bytes(b"")
    code, sentence = refusal(office)
    assert code == "E265"
    assert f"最近的备份“备份/{backup(office)}”" in sentence


def test_a_master_that_is_gone_with_its_backups(office: Office) -> None:
    office.project.master.unlink()
    shutil.rmtree(office.project.backups)
    assert refusal(office)[0] == "E266"


def test_a_folder_that_is_no_project_may_become_one(tmp_path: Path) -> None:
    with pytest.raises(ProjectError) as refused:
        open_project(tmp_path)
    assert (refused.value.code, "tjxl init" in str(refused.value)) == ("E203", True)


# 3


def test_two_masters_are_refused(office: Office) -> None:
    (office.project.root / "总台账.xlsx").write_bytes(office.master)
    code, sentence = refusal(office)
    assert code == "E267"
    assert "总台账.xlsm”和“总台账.xlsx" in sentence


# 4


def test_the_doctor_tells(office: Office) -> None:
    def errors() -> list[str]:
        return [c["code"] for c in doctor(Project(office.project.root))["checks"] if c["severity"] == "error"]

    content = office.master
    assert errors() == []
    office.project.master.write_bytes(content[:1000])
    assert errors() == ["E268"]
    office.project.master.write_bytes(content)
    (office.project.root / "总台账.xlsx").write_bytes(content)
    assert errors() == ["E267"]
    (office.project.root / "总台账.xlsx").unlink()
    office.project.master.unlink()
    assert errors() == ["E265"]


def test_of_the_backups_of_one_second_the_last_is_named(office: Office) -> None:
    """As where commands that back up follow one another at once: all but the first are numbered."""
    first = office.project.backups / "总台账_20991231-100000.xlsm"
    for name in (first.name, *(f"{first.stem}-{number}.xlsm" for number in range(2, 11))):
        first.with_name(name).write_bytes(office.master)
        assert newest_backup(office.project.backups) == first.with_name(name)
