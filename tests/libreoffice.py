"""LibreOffice as the independent judge of what tjxl writes.

``recalculate`` loads a workbook, recalculates every formula from scratch (whatever values the file carries)
and saves it again as .xlsx; ``shown_texts`` gives what every cell then shows, several times faster, because no
formula is written out again; ``to_pdf`` prints it. Both run headless with a throw-away user profile, so that
tests may run side by side and next to a LibreOffice that somebody has open.

Use in a test module::

    from tests.libreoffice import recalculate, requires_libreoffice

    @requires_libreoffice
    def test_...(tmp_path):
        recalculate(tmp_path / "in.xlsx", tmp_path / "out.xlsx")
"""

from __future__ import annotations

import csv
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

import pytest

_CANDIDATES = (
    "soffice",
    "libreoffice",
    "/Applications/LibreOffice.app/Contents/MacOS/soffice",
    r"C:\Program Files\LibreOffice\program\soffice.com",
)

SOFFICE: str | None = next((found for name in _CANDIDATES if (found := shutil.which(name))), None)
"""The LibreOffice program, or None where there is none."""

_Test = TypeVar("_Test", bound=Callable[..., object])


def requires_libreoffice(test: _Test) -> _Test:
    """Mark a test ``libreoffice`` and skip it where LibreOffice is not installed."""
    skip = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not installed")
    marked: _Test = pytest.mark.libreoffice(skip(test))
    return marked


# OOXMLRecalcMode/ODFRecalcMode: 0 = always recalculate on load. Without it LibreOffice trusts cached values.
_SETTINGS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema"
 xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
 <prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
 <prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Setup/Office">
 <prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
"""


class LibreOfficeError(RuntimeError):
    """LibreOffice gave no file within the time allowed; the message holds what it printed."""


def recalculate(path_in: Path, path_out: Path, timeout: float = 180) -> Path:
    """Open *path_in*, recalculate everything, save as .xlsx to *path_out* (replaced). Returns *path_out*."""
    with tempfile.TemporaryDirectory(prefix="tjxl-lo-out-", ignore_cleanup_errors=True) as folder:
        made = _convert(path_in, "xlsx:Calc MS Excel 2007 XML", "xlsx", Path(folder), timeout)
        path_out.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(made, path_out)
    return path_out


def recalculate_all(paths: Sequence[Path], folder: Path, timeout: float = 600) -> list[Path]:
    """The same for many files in one start, which costs seconds: each is saved in *folder* under its own name.

    The names must differ.
    """
    assert SOFFICE is not None, "soffice was not found on this computer"
    folder.mkdir(parents=True, exist_ok=True)
    made = [folder / path.name for path in paths]
    with tempfile.TemporaryDirectory(prefix="tjxl-lo-", ignore_cleanup_errors=True) as profile:
        sources = [path.resolve() for path in paths]
        kind = "xlsx:Calc MS Excel 2007 XML"
        log = _run(sources, kind, folder.resolve(), _prepare_profile(Path(profile)), timeout)
    missing = [path.name for path in made if not path.exists()]
    if missing:
        raise LibreOfficeError(f"LibreOffice made no {missing}: {log}")
    return made


# , and " around texts, UTF-8, from line 1, as shown, values in place of formulas; -1: a file for each sheet
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def shown_texts(path: Path, timeout: float = 180) -> dict[str, list[list[str]]]:
    """Open *path*, recalculate everything; by sheet, what each cell shows, row by row. Needs LibreOffice 7.2."""
    with (
        tempfile.TemporaryDirectory(prefix="tjxl-lo-out-", ignore_cleanup_errors=True) as folder,
        tempfile.TemporaryDirectory(prefix="tjxl-lo-", ignore_cleanup_errors=True) as profile,
    ):
        log = _run(path.resolve(), _CSV, Path(folder), _prepare_profile(Path(profile)), timeout)
        sheets = {}
        for made in Path(folder).glob("*.csv"):
            with made.open(encoding="utf-8", newline="") as file:
                sheets[made.stem.removeprefix(f"{path.stem}-")] = list(csv.reader(file))
    if not sheets:
        raise LibreOfficeError(f"LibreOffice gave no texts of {path}: {log}")
    return sheets


def to_pdf(path: Path, outdir: Path, timeout: float = 180) -> Path:
    """Print *path* to a PDF of the same stem in *outdir*, after a recalculation. Returns the PDF."""
    outdir.mkdir(parents=True, exist_ok=True)
    return _convert(path, "pdf", "pdf", outdir, timeout)


def save_as(path: Path, kind: str, outdir: Path, timeout: float = 180) -> Path:
    """Open *path* and save it in another format (``xls``, ``ods``, ``html`` …) in *outdir*. Returns the new file."""
    outdir.mkdir(parents=True, exist_ok=True)
    return _convert(path, kind, kind, outdir, timeout)


@lru_cache(maxsize=64)
def saved_as(content: bytes, kind: str, suffix: str = "xlsx") -> bytes:
    """A workbook as LibreOffice saves it in another format; the same content is converted once."""
    with tempfile.TemporaryDirectory(prefix="tjxl-lo-as-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, f"in.{suffix}")
        path.write_bytes(content)
        return save_as(path, kind, Path(folder, "out")).read_bytes()


def _convert(source: Path, target: str, suffix: str, outdir: Path, timeout: float) -> Path:
    if SOFFICE is None:
        raise LibreOfficeError("soffice was not found on this computer")
    made = outdir / f"{source.stem}.{suffix}"
    made.unlink(missing_ok=True)
    log = ""
    for _attempt in range(2):  # the very first start of a fresh profile occasionally ends without a file
        with tempfile.TemporaryDirectory(prefix="tjxl-lo-", ignore_cleanup_errors=True) as profile:
            log = _run(source.resolve(), target, outdir.resolve(), _prepare_profile(Path(profile)), timeout)
        if made.exists():
            return made
    raise LibreOfficeError(f"LibreOffice made no {suffix} of {source}: {log}")


def _prepare_profile(folder: Path) -> str:
    """Write the recalculation setting into a new profile; return the profile as a URL."""
    user = folder / "user"
    user.mkdir(parents=True, exist_ok=True)
    (user / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    return folder.resolve().as_uri()


def _run(source: Path | Sequence[Path], target: str, outdir: Path, profile: str, timeout: float) -> str:
    sources = [source] if isinstance(source, Path) else source
    command = [str(SOFFICE), f"-env:UserInstallation={profile}", "--headless", "--norestore", "--nolockcheck",
               "--convert-to", target, "--outdir", str(outdir), *map(str, sources)]  # fmt: skip
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=os.name == "posix"
    )
    try:
        output, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        _end(process)
        raise LibreOfficeError(f"LibreOffice did not finish {source} within {timeout} s") from None
    return output.decode("utf-8", "replace").strip()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End soffice and the soffice.bin it started (they share the session that only this module made)."""
    if os.name == "posix":
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.communicate()
