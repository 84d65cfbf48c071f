"""The sheet 分解: who at this level does what of the tasks that were given from above."""

from __future__ import annotations

from tjxl.register import ROLE_TITLES, Given, Register
from tjxl.settings import Settings
from tjxl.sheets.layout import split_words
from tjxl.sheets.model import Content, Sheet
from tjxl.sheets.tables import table_sheet


def split_sheets(register: Register, settings: Settings) -> tuple[Sheet, ...]:
    """分解 with a row for each task, none of them divided yet; no sheet where a notice gave the tasks."""
    if register.superior is None:
        return ()
    rows = [
        given_columns(given) | {"task_code": given.code, "state": split_words()["open"]}
        for given in register.superior.tasks
    ]
    return (table_sheet("splits", rows, register.year, settings),)


def given_columns(given: Given) -> dict[str, Content]:
    """What a row of 分解 says of the task from above."""
    return {
        "serial_no": given.serial_no,
        "role": ROLE_TITLES[given.role],
        "given_task": given.text,
        "given_deadline": given.deadline_text,
        "given_code": given.code,
    }
