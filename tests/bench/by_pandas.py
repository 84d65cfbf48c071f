"""What an office's own script would do: read each returned form, put the rows together, write them. No check at all.

python by_pandas.py FOLDER OUT.xlsx
"""

from __future__ import annotations

import sys
import warnings
from pathlib import Path

import pandas as pd

HEADER_ROW = 6


def collect(folder: Path, out: Path) -> int:
    """Concatenate the sheet 填报 of every form; the number of rows."""
    forms = sorted(folder.rglob("*.xlsx"))
    frames = [pd.read_excel(form, sheet_name="填报", header=HEADER_ROW - 1, engine="openpyxl") for form in forms]
    table = pd.concat(frames, ignore_index=True)
    table.to_excel(out, index=False)
    return len(table)


def main(arguments: list[str]) -> None:
    """FOLDER OUT.xlsx"""
    warnings.simplefilter("ignore")  # openpyxl's remarks on print areas, once per file
    collect(Path(arguments[0]), Path(arguments[1]))


if __name__ == "__main__":
    main(sys.argv[1:])
