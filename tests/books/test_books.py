"""Every failure mode, file by file: verdict, finding, sheet, cell and value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books.case import Case, judged
from tests.books.cases import CASES
from tests.books.table import TABLE, modes, table
from tests.libreoffice import requires_libreoffice
from tests.office import Office

STAGES = {"may": "issued_project", "june": "second_period", "promised": "promised_project"}


def test_every_mode_has_a_case() -> None:
    assert sorted(modes()) == list(range(1, 51))
    assert {case.mode for case in CASES} == set(modes())


def test_cases_are_told_apart_by_their_names() -> None:
    assert len({case.name for case in CASES}) == len(CASES)


@requires_libreoffice
def test_the_table_of_the_docs_is_that_of_the_cases(request: pytest.FixtureRequest) -> None:
    """Made anew by `python -m tests.books --table`."""
    assert TABLE.read_text(encoding="utf-8") == table(CASES, lambda case: request.getfixturevalue(STAGES[case.stage]))


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Office:
    """The project that the case plays in; only its forms are read."""
    project: Office = request.getfixturevalue(STAGES[request.getfixturevalue("case").stage])
    return project


def check(case: Case, stage: Office, inbox: Path) -> None:
    case.write(stage, inbox)
    assert judged(stage, inbox) == case.expected


@pytest.mark.parametrize("case", [c for c in CASES if not c.libreoffice], ids=lambda c: c.name)
def test_mode(case: Case, stage: Office, tmp_path: Path) -> None:
    check(case, stage, tmp_path)


@requires_libreoffice
@pytest.mark.parametrize("case", [c for c in CASES if c.libreoffice], ids=lambda c: c.name)
def test_mode_through_libreoffice(case: Case, stage: Office, tmp_path: Path) -> None:
    check(case, stage, tmp_path)
