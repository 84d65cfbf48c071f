"""What `just bench` prints, and how it measures.

1. A row shows the medians of its rounds, its ratio to tjxl's row of the same step, size and kind of process, and
   whether a goal was reached.
2. A row whose counterpart was not measured has no ratio.
3. The cost of a program takes in the processes that it starts; one that fails says why.
4. One run makes the projects, keeps them, and measures what was asked for in turns.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rich.progress import Progress

from tests.bench.cases import Case, Goal, by_turns, goals
from tests.bench.measuring import Run, Wanted
from tests.bench.processes import Cost, ProgramError, run
from tests.bench.table import as_json, caption, lines, markdown

OWN, PANDAS = (Case("collect + merge", 1_000, "cold", name) for name in ("tjxl", "pandas"))
MEASURED = {
    OWN: [Cost(2.0, 3.0, 150.0), Cost(1.0, 2.5, 140.0), Cost(9.0, 3.5, 160.0)],
    PANDAS: [Cost(13.0, 12.0, 130.0)] * 3,
}


def test_a_row_shows_medians_ratio_and_goal() -> None:
    rows = lines(MEASURED, [Goal(PANDAS, ratio=6), Goal(PANDAS, ratio=8), Goal(OWN, peak=300)])
    assert rows == [
        ("collect + merge", "1,000", "cold", "tjxl", "2.000", "3.000", "150", "2.00", "1.00 ×", "1.00 ×",
         "< 300 MB reached"),
        ("collect + merge", "1,000", "cold", "pandas", "13.000", "12.000", "130", "13.00", "6.50 ×", "4.00 ×",
         "≥ 6 × reached, ≥ 8 × MISSED"),
    ]  # fmt: skip
    assert caption(MEASURED).startswith("Rounds: 3; the figures are their medians. Python 3.")
    assert markdown(rows).splitlines()[3].startswith("| collect + merge | 1,000   | cold    | pandas  |  13.000 |")


def test_a_row_alone_has_no_ratio() -> None:
    (row,) = lines({PANDAS: MEASURED[PANDAS]}, [Goal(PANDAS, ratio=8)])
    assert row[-3:] == ("", "", "≥ 8 × MISSED")


def test_json_holds_every_round() -> None:
    (own, _) = as_json(MEASURED, goals())["rows"]
    assert [cost["wall"] for cost in own["rounds"]] == [2.0, 1.0, 9.0]
    assert own["medians"]["wall"] == 2.0


def test_programs_run_by_turns() -> None:
    order: list[str] = []
    works = {case: lambda case=case: order.append(case.program) or Cost(1.0, None) for case in MEASURED}
    by_turns(works, 2, measured := {}, lambda: None)
    assert order == ["tjxl", "pandas", "tjxl", "pandas"]
    assert {case: len(costs) for case, costs in measured.items()} == {OWN: 2, PANDAS: 2}


@pytest.mark.skipif(sys.platform == "win32", reason="no processor time of others to be had")
def test_the_cost_takes_in_what_a_program_starts() -> None:
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    starts = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}], check=True); print('done')"
    cost, printed = run([sys.executable, "-c", starts])
    assert printed.strip() == "done"
    assert cost.cpu is not None
    assert cost.cpu >= 0.3


def test_a_program_that_fails_says_why() -> None:
    with pytest.raises(ProgramError, match="no such form"):
        run([sys.executable, "-c", "raise SystemExit('no such form')"])


def test_one_run(tmp_path: Path) -> None:
    wanted = Wanted([3], 1, ["read", "collect"], ["pandas", "floor"], beyond=False, reuse=False, cache=tmp_path)
    measured = []
    for _ in range(2):
        with Progress(disable=True) as progress:
            run = Run(wanted, progress)
            run.measure()
        measured.append(run.measured)
    assert [(case.step, case.process, case.program) for case in measured[1]] == [
        ("read", "warm", "tjxl"),
        ("read", "warm", "floor"),
        ("collect + merge", "cold", "tjxl"),
        ("collect + merge", "cold", "tjxl two commands"),
        ("collect + merge", "cold", "pandas"),
        ("collect + merge", "cold", "floor"),
        ("collect + merge", "warm", "tjxl"),
        ("collect + merge", "warm", "pandas"),
        ("collect + merge", "warm", "floor"),
    ]
    (state,) = (tmp_path / "projects").iterdir()
    assert sorted(p.name for p in state.iterdir() if p.is_dir()) == ["20", "3"]
    assert len([p for p in (state / "3" / "收件").rglob("*.xlsx") if p.is_file()]) == 3
