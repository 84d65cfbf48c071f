"""A year's second period on the sample's 138 tasks, reported, with faults and late returns, and merged."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.conftest import copy_of
from tests.office import JUNE, Office
from tjxl.simulate import simulate
from tjxl.supervise.bulletin.run import bulletin

DATE = dt.date(2022, 7, 5)


@pytest.fixture(scope="session")
def two_periods(second_period: Office, tmp_path_factory: pytest.TempPathFactory) -> Office:
    """2022-05 and 2022-06 merged; of the returns of 2022-06 some are late, some went back. Not to be written to."""
    office = copy_of(second_period, tmp_path_factory.mktemp("两期") / "2022年重点工作")
    simulate(office.project, JUNE, seed=11, faults=0.15)
    office.collect()
    office.merge()
    return office


@pytest.fixture(scope="session")
def issued_bulletin(two_periods: Office, tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, dict[str, Any]]:
    """The bulletin of 2022-06, and what the command said. Not to be written to."""
    office = copy_of(two_periods, tmp_path_factory.mktemp("通报") / "2022年重点工作")
    return office, bulletin(office.project, date=DATE)
