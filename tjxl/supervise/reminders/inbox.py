"""Reports that lie in 收件 and are not in the master yet: whoever sent them is not to be reminded of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

from tjxl.formats.opening import open_workbook
from tjxl.intake.identify import check_identity, read_identity
from tjxl.intake.sources import find_sources, open_source
from tjxl.periods import Period
from tjxl.register import ROLE_TITLES
from tjxl.sheets.form_places import IDENTITY_SHEET
from tjxl.sheets.rows import TableRow
from tjxl.sheets.state import MasterState

_STAGES: Mapping[str, str] = {str(role): title for role, title in ROLE_TITLES.items()}
Sender = tuple[str, str]
"""Unit code, and the title of the stage (配合, 牵头) of a form in two stages; else empty."""


def arrived_reports(inbox: Path, state: MasterState, period: Period) -> set[Sender]:
    """Whose form of a period lies in 收件, newer than what the master knows of it."""
    rows = {sender_of(row): row for row in state.submissions if row["period"] == period.code}
    known = {row["sha256"] for row in rows.values()}
    found: set[Sender] = set()
    for path in find_sources(inbox) if inbox.is_dir() else ():
        for source in open_source(path, inbox):
            if source.finding is not None or source.sha256 in known:
                continue
            sender = _sender(source.content, state, period)
            if sender in rows:
                before = rows[sender]["file_time"]
                if not isinstance(before, dt.datetime) or source.time.replace(microsecond=0) > before:
                    found.add(sender)
    return found


def sender_of(row: TableRow) -> Sender:
    """Whose report a row of 报送情况 is about."""
    return str(row["unit_code"]), str(row.values.get("stage") or "")


def _sender(content: bytes, state: MasterState, period: Period) -> Sender | None:
    """Whose form of the period this is; None where it is none that the master has issued."""
    try:
        book = open_workbook(content)
        identity = read_identity(book.cells(IDENTITY_SHEET)) if IDENTITY_SHEET in book.sheets else None
        if identity is None:
            return None
        master, key = state.meta["master_id"], state.meta["key"]
        wrong = check_identity(identity, master_id=master, key=key, period=period.code)
        return (identity.unit_code, _STAGES.get(identity.stage, "")) if wrong is None else None
    except Exception:  # whatever is odd about a file in the inbox is said by `tjxl collect`, and stops nobody here
        return None
