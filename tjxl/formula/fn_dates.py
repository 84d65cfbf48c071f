"""Date functions over serial numbers."""

from __future__ import annotations

from tjxl.formula.dates import add_months, date_of, serial_of
from tjxl.formula.registry import Function

FUNCTIONS = {
    "DATE": Function(serial_of, "iii"),
    "YEAR": Function(lambda serial: date_of(serial)[0], "n"),
    "MONTH": Function(lambda serial: date_of(serial)[1], "n"),
    "DAY": Function(lambda serial: date_of(serial)[2], "n"),
    # Excel's EDATE and EOMONTH take no ranges in array formulas.
    "EDATE": Function(lambda serial, m: add_months(serial, m, month_end=False), "ni", spreads=False),
    "EOMONTH": Function(lambda serial, m: add_months(serial, m, month_end=True), "ni", spreads=False),
}
