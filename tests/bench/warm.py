"""One of the scripts beside this file in a process that has done the same before: the second run is timed.

python warm.py SCRIPT WARM_UP ARGUMENTS

`WARM_UP` and `ARGUMENTS` are JSON lists of the script's arguments. The first run is of another, small project, so
that libraries are loaded and nothing of what is timed is known yet. Prints seconds, of the clock and the processor.
"""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path


def main_of(script: str) -> Callable[[list[str]], None]:
    """The function `main` of a script."""
    spec = importlib.util.spec_from_file_location(Path(script).stem, script)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main


def processor_seconds() -> float:
    """Of this process and of those that it has started and seen end."""
    of_children = os.times()[2:4]
    return time.process_time() + sum(of_children)


def main(script: str, warm_up: str, arguments: str) -> None:
    """Run twice, print the second."""
    work = main_of(script)
    work(json.loads(warm_up))
    clock, processor = time.perf_counter(), processor_seconds()
    work(json.loads(arguments))
    json.dump([time.perf_counter() - clock, processor_seconds() - processor], sys.stdout)


if __name__ == "__main__":
    main(*sys.argv[1:])
