"""The command-line tool `datamaps` (PyPI) as a rival: its environment, what it must be given, how it is called.

It collects forms into a master too, by a *datamap*, a list of cells to be taken from every form. The closest it comes
to `collect` and `merge`: a datamap of the column 任务编码 and the columns that units fill in, as far down as the
longest form goes. It wants all forms in one folder.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.bench.processes import ROOT, run, script

VERSION = "1.1.9"
CACHE = ROOT / ".bench"


def environment(cache: Path) -> Path:
    """Where its virtual environment is or would be: its libraries may not suit tjxl's."""
    return cache / f"datamaps-{VERSION}"


def program(cache: Path, name: str) -> Path:
    """A program of that environment."""
    folder, ending = ("Scripts", ".exe") if os.name == "nt" else ("bin", "")
    return environment(cache) / folder / f"{name}{ending}"


def install(cache: Path) -> None:
    """Make the environment where it is not there.

    Raises:
        ProgramError: the package could not be fetched.
    """
    if program(cache, "datamaps").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(environment(cache))], check=True)
    run([str(program(cache, "python")), "-m", "pip", "install", "-q", f"datamaps=={VERSION}"])


def prepared(inbox: Path, folder: Path, cache: Path) -> Path:
    """The forms of a project in one folder, with their datamap, made where they are not there. Not timed."""
    if not (folder / "datamap.csv").exists():
        run(script("datamap.py", inbox, folder, python=program(cache, "python")))
    return folder


def command(folder: Path, cache: Path) -> list[str]:
    """Makes the master: a row per cell, a column per form."""
    datamap = folder / "datamap.csv"
    lines = len(datamap.read_text(encoding="utf-8").splitlines())
    call = [program(cache, "datamaps"), "import", "templates", "--to-master", "--datamap", datamap]
    return [str(word) for word in (*call, "--inputdir", folder, "--rowlimit", lines + 100)]


def master(home: Path) -> Path:
    """Where it writes the master, below what it takes for the user's home folder."""
    return home / "Documents" / "datamaps" / "output" / "master.xlsx"
