"""Projects with any number of returned forms, for the benchmarks: made by the flows themselves, and kept.

python projects.py CACHE UNITS [--unissued] [--reuse]

prints the folder of a project with a correct return of every unit in 收件, or before anything is issued. It is made
once for a size and a state of the program; what an earlier state has made is then deleted. With `--reuse` it is taken
instead: returns stay valid.
"""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
from pathlib import Path

import tjxl
from tests.notice import synthetic
from tests.notice.synthetic import synthetic_notice
from tjxl import flows
from tjxl.project import Project
from tjxl.resources import layout_file, macro_file, sample_notice, schema_file
from tjxl.simulate import simulate

PERIOD = "2022-06"
SAMPLE_UNITS = 67
_TASKS_PER_UNIT = 1.6
"""Gives about as many rows per form as the sample notice has (428 rows in 67 forms)."""


def new_project(root: Path, units: int) -> Project:
    """A project before anything is issued: the sample notice for its 67 units, else a generated one."""
    notice = Path(str(sample_notice()))
    if units != SAMPLE_UNITS:
        notice = root.with_name(f"{root.name}.txt")
        notice.parent.mkdir(parents=True, exist_ok=True)
        notice.write_text(synthetic_notice(int(units * _TASKS_PER_UNIT), units, seed=7), encoding="utf-8")
    flows.init(root, notice, 2022)
    return Project(root)


def project_with_returns(root: Path, units: int) -> Project:
    """The same with a correct return of every unit in 收件."""
    project = new_project(root, units)
    flows.issue(project, PERIOD)
    simulate(project, PERIOD, seed=1)
    return project


def kept_project(cache: Path, units: int, *, issued: bool = True, reuse: bool = False) -> Path:
    """The folder of a project below `cache`, made where it is not there. Not to be written to.

    Args:
        issued: forms are issued, and all have come back.
        reuse: one that an earlier state of the program has made will do.
    """
    state = cache / "projects" / state_of_the_program()
    root = state / (str(units) if issued else f"{units}-unissued")
    others = [p for p in state.parent.glob("*") if p != state]
    if root.exists():
        return root
    if reuse and (earlier := [p / root.name for p in others if (p / root.name).exists()]):
        return max(earlier, key=lambda p: p.stat().st_mtime)
    for other in others if not reuse else ():
        shutil.rmtree(other)
    state.mkdir(parents=True, exist_ok=True)
    make = project_with_returns if issued else new_project
    with tempfile.TemporaryDirectory(dir=state) as folder:  # what is broken off leaves nothing behind
        make(Path(folder) / "project", units).root.rename(root)
    return root


def state_of_the_program() -> str:
    """A digest of everything that a made project rests on."""
    assert tjxl.__file__ is not None
    data = (Path(str(door(""))) for door in (schema_file, layout_file, macro_file))
    folders = [Path(tjxl.__file__).parent, *data]
    files = [p for folder in folders for p in folder.rglob("*") if p.is_file() and p.suffix != ".pyc"]
    digest = hashlib.sha256()
    for path in sorted({*files, Path(__file__), Path(synthetic.__file__)}):
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def main(cache: str, units: str, *options: str) -> None:
    """Print the folder."""
    print(kept_project(Path(cache), int(units), issued="--unissued" not in options, reuse="--reuse" in options))


if __name__ == "__main__":
    main(*sys.argv[1:])
