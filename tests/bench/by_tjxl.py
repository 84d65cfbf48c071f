"""Collect and merge in one process, as a button does it.

python by_tjxl.py PROJECT
"""

from __future__ import annotations

import sys
from pathlib import Path

from tjxl.fields.beside import checked_beside
from tjxl.project import Project


def collect_and_merge(project: Project) -> int:
    """The number of rows that reached the ledger; every return in 收件 must have been accepted."""
    from tjxl import flows

    collected = flows.collect(project)
    refused = [r["file"] for r in collected["returns"] if r["verdict"] not in ("accepted", "accepted_with_notes")]
    if refused:
        raise SystemExit(f"not accepted: {refused}")
    return int(flows.merge(project)["rows"])


def main(arguments: list[str]) -> None:
    """PROJECT"""
    with checked_beside():
        collect_and_merge(Project(Path(arguments[0])))


if __name__ == "__main__":
    # Comes with the tests, not with tjxl; pandera imports it where it finds it, which no office would wait for.
    sys.modules["hypothesis"] = None  # type: ignore[assignment]
    main(sys.argv[1:])
