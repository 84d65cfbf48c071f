"""What datamaps is to be given: all forms in one folder, and the cells to take from each. Run by its own Python.

python datamap.py INBOX FOLDER
"""

from __future__ import annotations

import csv
import shutil
import sys
import warnings
from pathlib import Path

from openpyxl import load_workbook

SHEET = "填报"
HEADER_ROW = 6
COLUMNS = "AJKLMNOP"
"""任务编码, and what units fill in."""


def last_row(form: Path) -> int:
    """The last row of a form that has something in its first column."""
    book = load_workbook(form, read_only=True)
    first = [row[0] for row in book[SHEET].iter_rows(max_col=1, values_only=True)]
    book.close()
    return max(number for number, value in enumerate(first, 1) if value is not None)


def prepare(inbox: Path, folder: Path) -> None:
    """Copies of all forms, numbered because names repeat in sub-folders, and last of all `datamap.csv`."""
    folder.mkdir(parents=True, exist_ok=True)
    forms = sorted(inbox.rglob("*.xlsx"))
    for number, form in enumerate(forms, 1):
        shutil.copyfile(form, folder / f"{number:06}.xlsx")
    with (folder / "datamap.csv").open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(["cell_key", "template_sheet", "cellreference"])
        for row in range(HEADER_ROW + 1, max(map(last_row, forms)) + 1):
            lines.writerows([f"{column}{row}", SHEET, f"{column}{row}"] for column in COLUMNS)


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # openpyxl's remarks on print areas, once per file
    prepare(Path(sys.argv[1]), Path(sys.argv[2]))
