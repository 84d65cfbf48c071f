"""`python -m tests.decorated DIR` writes the decorated master before and after two merges, to be opened in Excel."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.conftest import issued
from tests.decorated.master import decorated
from tests.office import JUNE, MAY
from tjxl import flows
from tjxl.simulate import simulate


def main(arguments: list[str]) -> int:
    """Write 装饰后.xlsm and 两期入账后.xlsm."""
    if len(arguments) != 1:
        print(__doc__)
        return 2
    target = Path(arguments[0])
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        office = issued(Path(folder) / "2022年重点工作")
        content = decorated(office.master)
        office.project.master.write_bytes(content)
        (target / "装饰后.xlsm").write_bytes(content)
        simulate(office.project, MAY, seed=7)
        office.merge()
        flows.issue(office.project, JUNE)
        simulate(office.project, JUNE, seed=8)
        office.merge()
        (target / "两期入账后.xlsm").write_bytes(office.master)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
