"""Everything a Windows office without internet needs to install tjxl, gathered in one folder where there is one."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from email.parser import HeaderParser
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from tjxl import __version__
from tjxl.durable import said_plainly
from tjxl.errors import ProjectError
from tjxl.resources import macro_file

_REASON = 200
Pip = Callable[[list[str]], tuple[int, str]]
"""Runs pip with these arguments; exit status and what it said on standard error."""


def run_pip(arguments: list[str]) -> tuple[int, str]:
    """pip of the interpreter at hand."""
    done = subprocess.run([sys.executable, "-m", "pip", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stderr


def pack_offline(folder: Path, python: str = "3.11", pip: Pip = run_pip) -> dict[str, Any]:
    """Fill a folder with the wheels for 64-bit Windows, `install.bat` and the manual.

    Args:
        python: the version of Python that the office has or will install, such as `3.11`.

    Raises:
        ProjectError: B740, a wheel cannot be fetched or built; E212, the folder cannot be written.
    """
    wheels = folder / "wheels"
    with said_plainly(wheels):
        wheels.mkdir(parents=True, exist_ok=True)
    own = _own_wheel(wheels, pip)
    wanted = [str(own)] if own else [f"tjxl=={__version__}"]
    while True:
        _pip(pip, [*_FOR_WINDOWS, "--python-version", python, "-d", str(wheels), *wanted])
        missing = _missing(wheels, python) - set(wanted)
        if not missing:
            break
        wanted += sorted(missing)
    for name in ("install.bat", "offline-manual.txt"):
        target = folder / {"offline-manual.txt": "安装说明.txt"}.get(name, name)
        text = macro_file(name).read_text(encoding="utf-8").replace("{python}", python)
        # cmd and Notepad of a Chinese Windows read GBK
        encoding = "gb18030" if name.endswith(".bat") else "utf-8-sig"
        with said_plainly(target):
            target.write_bytes("\r\n".join(text.splitlines()).encode(encoding) + b"\r\n")
    names = sorted(p.name for p in wheels.glob("*.whl"))
    return {"folder": str(folder), "python": python, "wheels": names, "bytes": _size(wheels)}


_FOR_WINDOWS = ["download", "-q", "--only-binary=:all:", "--platform", "win_amd64", "--implementation", "cp"]


def _pip(pip: Pip, arguments: list[str]) -> None:
    status, said = pip(arguments)
    if status:
        errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR: ")]
        raise ProjectError("B740", reason=(errors or said.strip().splitlines() or ["pip"])[-1][:_REASON])


def _own_wheel(wheels: Path, pip: Pip) -> Path | None:
    """tjxl's own wheel, built where it was installed from a folder; None where it came from an index."""
    origin = distribution("tjxl").read_text("direct_url.json")
    if origin is None:
        return None
    from urllib.parse import urlparse
    from urllib.request import url2pathname

    source = Path(url2pathname(urlparse(json.loads(origin)["url"]).path))
    _pip(pip, ["wheel", "-q", "--no-deps", "-w", str(wheels), str(source)])
    return max(wheels.glob("tjxl-*.whl"), key=lambda path: path.stat().st_mtime)


def _missing(wheels: Path, python: str) -> set[str]:
    """What the wheels need on Windows alone: pip asks of which system only the one it runs on."""
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name, parse_wheel_filename

    paths = list(wheels.glob("*.whl"))
    there = {parse_wheel_filename(path.name)[0] for path in paths}
    on_windows = _environment(python)
    needed = (Requirement(text) for path in paths for text in _requirements(path))
    return {
        f"{r.name}{r.specifier}"
        for r in needed
        if canonicalize_name(r.name) not in there and (r.marker is None or r.marker.evaluate(dict(on_windows)))
    }


def _environment(python: str) -> Mapping[str, str]:
    return {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "python_version": python,
        "python_full_version": f"{python}.0",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "extra": "",
    }


def _requirements(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as package:
        name = next(n for n in package.namelist() if n.endswith(".dist-info/METADATA"))
        said = HeaderParser().parsestr(package.read(name).decode("utf-8"))
    return said.get_all("Requires-Dist") or []


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())
