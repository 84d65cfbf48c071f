"""Every failure mode, file by file: verdict, finding, sheet, cell and value."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.books import contents, files, structure
from tests.books.case import Case, judged
from tests.libreoffice import requires_libreoffice
from tests.office import Office

CASES: tuple[Case, ...] = (*structure.CASES, *contents.CASES, *files.CASES)


@pytest.fixture
def stage(request: pytest.FixtureRequest) -> Office:
    """The project that the case plays in; only its forms are read."""
    fixtures = {"may": "issued_project", "june": "second_period", "promised": "promised_project"}
    project: Office = request.getfixturevalue(fixtures[request.getfixturevalue("case").stage])
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
