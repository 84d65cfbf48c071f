"""What a cell can hold, as a formula sees it."""

from __future__ import annotations

from typing import TypeAlias


class ExcelError(str):
    """An error value such as ``ExcelError("#DIV/0!")``. It is a str; test for it before testing for text."""

    __slots__ = ()


Value: TypeAlias = bool | int | float | str | ExcelError | None
"""None is a blank cell; dates are serial numbers (1900 date system)."""

DIV0 = ExcelError("#DIV/0!")
NA = ExcelError("#N/A")
NAME = ExcelError("#NAME?")
NULL = ExcelError("#NULL!")
NUM = ExcelError("#NUM!")
REF = ExcelError("#REF!")
VALUE = ExcelError("#VALUE!")

ERRORS = {str(e): e for e in (DIV0, NA, NAME, NULL, NUM, REF, VALUE)}


class Raised(Exception):  # noqa: N818 - carries an Excel error value up to the function call it belongs to
    """Inside a function: its result is this error value."""

    def __init__(self, error: ExcelError) -> None:
        super().__init__(error)
        self.error = error


def is_number(value: Value) -> bool:
    """A number in Excel's sense: booleans are not."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_text(value: Value) -> bool:
    """Text, the empty text included; error values are not."""
    return isinstance(value, str) and not isinstance(value, ExcelError)
