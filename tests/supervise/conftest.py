"""A small project with the forms of three periods issued, made once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import copy_of
from tests.office import Office
from tests.small import small_project

PERIODS = ("2022-05", "2022-06", "2022-07")


@pytest.fixture(scope="session")
def small_issued(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Not to be written to."""
    return small_project(tmp_path_factory.mktemp("三期") / "项目", *PERIODS)


@pytest.fixture
def small(small_issued: Office, tmp_path: Path) -> Office:
    """One of one's own."""
    return copy_of(small_issued, tmp_path / "项目")
