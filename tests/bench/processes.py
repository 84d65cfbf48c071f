"""Programs run in processes of their own, and what they cost.

Whoever measures must itself be small: on Linux a process is charged with the memory of the one that started it. So
nothing of tjxl is imported here.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]

# The checkout comes behind the installed package, whose data folders it would hide.
_MODULE = (
    "import runpy, sys; sys.path.append(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)
# hypothesis comes with the tests; pandera imports it where it finds it, which no office would wait for.
_TJXL = "import sys; sys.modules['hypothesis'] = None; from tjxl.cli import main; main()"
ASKS = 1
"""The exit status with which tjxl says that somebody has to look at something."""

_PROC = Path("/proc")
_SAMPLED_EVERY = 0.05


@dataclass(frozen=True)
class Cost:
    """What a run took: seconds by the clock and of the processor, peak memory in MB; None where it is not known."""

    wall: float
    cpu: float | None
    peak: float | None = None


class ProgramError(Exception):
    """A program that ended with an error; its last words."""


def script(name: str, *arguments: object, python: Path | str = sys.executable) -> list[str]:
    """The command that runs one of the scripts beside this file."""
    return [str(python), "-P", str(HERE / name), *map(str, arguments)]


def module(name: str, *arguments: object) -> list[str]:
    """The command that runs one of the modules beside this file that import others of the tests."""
    return [sys.executable, "-P", "-c", _MODULE, str(ROOT), f"tests.bench.{name}", *map(str, arguments)]


def tjxl(*arguments: object) -> list[str]:
    """The command line of tjxl."""
    return [sys.executable, "-P", "-c", _TJXL, *map(str, arguments)]


def run(command: Sequence[str], *, home: Path | None = None, most_status: int = 0) -> tuple[Cost, str]:
    """What a command costs, with all processes it starts, and what it prints.

    Args:
        home: what it takes for the user's home folder.
        most_status: the highest exit status that is no failure.

    Raises:
        ProgramError: the exit status is higher.
    """
    environment = {**os.environ, **({"HOME": str(home), "USERPROFILE": str(home)} if home else {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # whoever installs a program has it compiled once
    with tempfile.TemporaryFile() as printed, tempfile.TemporaryFile() as complaints:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=printed, stderr=complaints, env=environment)
        memory = _Memory(process.pid)
        cpu = own_peak = None
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            cpu = usage.ru_utime + usage.ru_stime
            own_peak = usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024) / 1e6
        else:
            process.wait()
        wall = time.perf_counter() - started
        peaks = [peak for peak in (memory.end(), own_peak) if peak]
        complaints.seek(0)
        printed.seek(0)
        if not 0 <= process.returncode <= most_status:
            raise ProgramError(f"{' '.join(command)}\n{complaints.read().decode(errors='replace')[-2000:]}")
        return Cost(wall, cpu, max(peaks, default=None)), printed.read().decode()


def one_after_the_other(costs: Sequence[Cost]) -> Cost:
    """The cost of several runs as one."""
    cpu = [cost.cpu for cost in costs if cost.cpu is not None]
    peaks = [cost.peak for cost in costs if cost.peak is not None]
    return Cost(sum(c.wall for c in costs), sum(cpu) if cpu else None, max(peaks, default=None))


class _Memory:
    """The most memory that a process and all below it have held at once, looked at as they run (Linux only).

    What they share is counted in each of them, so it is rather too much than too little.
    """

    def __init__(self, pid: int) -> None:
        self._pid, self._peak, self._ended = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        if (_PROC / str(pid)).exists():
            self._thread.start()

    def end(self) -> float | None:
        """Megabytes; None where nothing could be seen."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()
        return self._peak / 1e6 if self._peak else None

    def _watch(self) -> None:
        while not self._ended.wait(_SAMPLED_EVERY):
            self._peak = max(self._peak, _held_by(self._pid))


def _held_by(pid: int) -> int:
    """Bytes in memory of a process and those below it; what has just ended holds nothing."""
    folder = _PROC / str(pid)
    try:
        resident = int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        below = [
            int(child) for task in (folder / "task").iterdir() for child in (task / "children").read_text().split()
        ]
    except (OSError, IndexError):
        return 0
    return resident + sum(_held_by(child) for child in below)
