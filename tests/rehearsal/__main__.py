"""Hold a rehearsed year on disk against the independent calculation: `python -m tests.rehearsal FOLDER [NOTICE]`."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.rehearsal.test_whole_year import CHECKS, truth_of
from tjxl.resources import sample_notice

truth = truth_of(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else str(sample_notice())))
failed = 0
for sheet, check in CHECKS.items():
    try:
        check(truth)
        print(sheet, "agrees")
    except AssertionError as error:
        failed += 1
        print(sheet, "DIFFERS", str(error)[:1500])
sys.exit(failed > 0)
