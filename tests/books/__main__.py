"""`python -m tests.books DIR` writes every file of every case; `--table` writes `docs/FAILURE_MODES.md`."""

from __future__ import annotations

import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.books.case import Case, Stage
from tests.books.cases import CASES
from tests.books.table import TABLE, table
from tests.conftest import first_period, issued
from tests.office import Office
from tests.promises import promising_project


def main(arguments: list[str]) -> int:
    """Write the files, or the table."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)

        @cache
        def project(stage: Stage) -> Office:
            make = {"may": issued, "june": first_period, "promised": promising_project}[stage]
            return make(root / stage / "2022年重点工作")

        def stage_of(case: Case) -> Office:
            return project(case.stage)

        if arguments == ["--table"]:
            TABLE.write_text(table(CASES, stage_of), encoding="utf-8")
            return 0
        for case in CASES:
            case.write(stage_of(case), Path(arguments[0]) / case.name.replace("/", "／"))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
