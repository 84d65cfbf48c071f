"""Projects of the sample notice, made once; each test that writes gets a copy of its own."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pandera.pandas  # noqa: F401 - once loaded, returns are judged in the tests' own process
import pytest

# `python -m pytest` puts the checkout first on the path, where it would hide an installed package's data folders.
_ROOT = Path(__file__).resolve().parents[1]
sys.path[:] = [p for p in sys.path if Path(p).resolve() != _ROOT] + [str(_ROOT)]

from tests.office import JUNE, MAY, Office
from tests.promises import promising_project
from tjxl import flows
from tjxl.project import Project
from tjxl.resources import sample_notice
from tjxl.simulate import simulate


@pytest.fixture(scope="session")
def issued_project(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The sample's project with the forms of 2022-05 issued. Not to be written to."""
    return issued(tmp_path_factory.mktemp("样例") / "2022年重点工作")


def issued(root: Path, *, macros: bool = True) -> Office:
    """The sample's project made in a folder, the forms of 2022-05 issued."""
    flows.init(root, Path(str(sample_notice())), 2022, macros=macros)
    flows.issue(Project(root), MAY)
    return Office(Project(root))


@pytest.fixture(scope="session")
def second_period(issued_project: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """2022-05 reported by every unit and merged, the forms of 2022-06 issued. Not to be written to."""
    return reported(copy_of(issued_project, tmp_path_factory.mktemp("第二期") / "2022年重点工作"))


def first_period(root: Path) -> Office:
    """The same made in a folder: 2022-05 merged, the forms of 2022-06 issued."""
    return reported(issued(root))


def reported(office: Office) -> Office:
    """A project, its first period reported by every unit and merged, the second issued."""
    simulate(office.project, MAY, seed=7)
    office.merge()
    flows.issue(office.project, JUNE)
    return office


@pytest.fixture
def office(issued_project: Office, tmp_path: Path) -> Office:
    """A project of one's own, the forms of 2022-05 issued."""
    return copy_of(issued_project, tmp_path / "2022年重点工作")


@pytest.fixture(scope="session")
def promised_project(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """The project of `tests.promises`, the forms of 2022-05 issued. Not to be written to."""
    return promising_project(tmp_path_factory.mktemp("节点指标") / "2022年重点工作")


@pytest.fixture
def promised(promised_project: Office, tmp_path: Path) -> Office:
    """The same, of one's own."""
    return copy_of(promised_project, tmp_path / "节点指标")


@pytest.fixture
def june(second_period: Office, tmp_path: Path) -> Office:
    """A project of one's own in its second period."""
    return copy_of(second_period, tmp_path / "2022年重点工作")


def copy_of(office: Office, root: Path) -> Office:
    """The same project in another folder."""
    shutil.copytree(office.project.root, root)
    return Office(Project(root))
