"""The floor: unzip each returned form and read all its bytes. Whoever reads the forms does at least this.

python floor.py FOLDER
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path


def read_all(folder: Path) -> int:
    """The number of bytes in all parts of all forms."""
    total = 0
    for form in sorted(folder.rglob("*.xlsx")):
        with zipfile.ZipFile(form) as package:
            total += sum(len(package.read(name)) for name in package.namelist())
    return total


def main(arguments: list[str]) -> None:
    """FOLDER"""
    read_all(Path(arguments[0]))


if __name__ == "__main__":
    main(sys.argv[1:])
