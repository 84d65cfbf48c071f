"""Collect and merge in one fresh process, as a button does it; prints rows merged and the peak memory in MB.

python by_tjxl.py PROJECT
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tjxl import flows
from tjxl.project import Project


def collect_and_merge(project: Project) -> int:
    """The number of rows that reached the ledger; every return in 收件 must have been accepted."""
    collected = flows.collect(project)
    refused = [r["file"] for r in collected["returns"] if r["verdict"] not in ("accepted", "accepted_with_notes")]
    if refused:
        raise SystemExit(f"not accepted: {refused}")
    return int(flows.merge(project)["rows"])


def peak_memory() -> float | None:
    """Megabytes; None on systems that do not tell."""
    try:
        import resource
    except ImportError:
        return None
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6


if __name__ == "__main__":
    # Comes with the tests, not with tjxl; pandera imports it where it finds it, which no office would wait for.
    sys.modules["hypothesis"] = None  # type: ignore[assignment]
    rows = collect_and_merge(Project(Path(sys.argv[1])))
    json.dump({"rows": rows, "peak": peak_memory()}, sys.stdout)
