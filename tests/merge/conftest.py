"""Two periods in the life of a master, plain and decorated, kept at every step. Nobody writes to what is kept."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import pytest

from tests.conftest import copy_of, issued
from tests.decisions.conftest import Master
from tests.decorated.master import decorated
from tests.libreoffice import SOFFICE, saved_as
from tests.office import AUDIT, JUNE, MAY, Office, filled, resaved
from tjxl import flows
from tjxl.simulate import simulate

LIBREOFFICE = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed"),
]
"""Marks of a case that LibreOffice prepares."""

CORRECTED = 0.66
"""完成进度 of T137 as 市审计局 corrects it, after June was merged."""


@dataclass
class Year:
    """A master at each step of two periods: what was done last → the file."""

    states: dict[str, bytes]

    @property
    def first(self) -> bytes:
        """The master before anything was merged."""
        return next(iter(self.states.values()))

    @property
    def last(self) -> bytes:
        """The master in the end."""
        return list(self.states.values())[-1]


def lived(office: Office, year: Year) -> Year:
    """Collect and merge 2022-05, issue 2022-06, collect and merge it, correct a report, carry out decisions."""

    def keep(step: str) -> None:
        year.states[step] = office.master

    simulate(office.project, MAY, seed=7, faults=0.1)
    office.collect()
    keep("collected")
    office.merge()
    keep("merged")
    flows.issue(office.project, JUNE)
    keep("issued again")
    simulate(office.project, JUNE, seed=8)
    office.collect()
    office.merge()
    keep("merged again")
    correction = filled(office.form(AUDIT, JUNE), K7=CORRECTED, M4=dt.date(2022, 7, 2))
    office.send("更正.xlsx", correction, "2022-07-02 10:00")
    assert office.merge()["changes"]
    keep("corrected")
    answer_all(office)
    assert office.merge()["decisions"]
    keep("decided")
    return year


def answer_all(office: Office) -> None:
    """The office answers what it was asked: which districts are meant, and that it agrees to what units ask for."""
    keys = {number: str(row["key"]) for number, row in office.state.decided.items()}
    master = Master(office.master)
    for row in office.state.questions:
        number, choices = str(row["question_no"]), str(row["choices"] or "")
        if keys.get(number, "").startswith("open-group:"):
            master = master.answer(**{number: "滨海新区、武清区"})
        elif "同意" in choices:
            master = master.answer(**{number: "同意"})
    assert master.content != office.master
    office.project.master.write_bytes(master.content)


@pytest.fixture(scope="package")
def plain_year(issued_project: Office, tmp_path_factory: pytest.TempPathFactory) -> tuple[Office, Year]:
    """Two periods on a master as tjxl made it."""
    office = copy_of(issued_project, tmp_path_factory.mktemp("两期") / "2022年重点工作")
    return office, lived(office, Year({"issued": office.master}))


@pytest.fixture(scope="package")
def decorated_year(issued_project: Office, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Year]:
    """Two periods on the decorated master: as Excel saves it, with tjxl's macros ("xlsm") or without ("xlsx"), or as
    "openpyxl" or "libreoffice" save the one without."""
    plain = issued(tmp_path_factory.mktemp("无宏") / "2022年重点工作", macros=False)

    @cache
    def year(saved_by: str) -> Year:
        origin = issued_project if saved_by == "xlsm" else plain
        office = copy_of(origin, tmp_path_factory.mktemp(saved_by) / "2022年重点工作")
        content = decorated(office.master)
        content = {"openpyxl": resaved, "libreoffice": lambda c: saved_as(c, "xlsx")}.get(saved_by, bytes)(content)
        office.project.master.write_bytes(content)
        return lived(office, Year({"decorated": content}))

    return year
