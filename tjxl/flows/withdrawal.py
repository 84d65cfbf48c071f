"""An issue that was a mistake, taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tjxl.errors import ProjectError
from tjxl.findings import finding
from tjxl.masters.door import Master
from tjxl.project import Project
from tjxl.session import current_period, entered, obeyed
from tjxl.stages import stage_title


def withdraw(
    project: Project, period_code: str, master: Master | None = None, *, stage: str | None = None
) -> dict[str, Any]:
    """Take the issue of a period back, of which nothing has come in: as if it had not been issued.

    The forms stay in 下发/: whoever has sent them out must know which. One that comes back is of a period that was
    not issued, and goes back.

    Args:
        stage: where a period has two stages, only this one.

    Raises:
        ProjectError: E207, E215 it was not issued; E270, E271 there is no such stage; E253 something has come in;
            E205 the master is open; E212 it cannot be written.
    """
    from tjxl.merge.withdrawal import apply_withdrawal, issued_rows

    settings = project.settings()
    with project.locked("issue"):
        master, state = entered(project, master)
        state, decisions = obeyed(master, state, settings)
        period = current_period(project, state, period_code)
        rows = issued_rows(state, period, stage)
        if not rows:
            raise ProjectError("E271", period=period.title, stage=stage_title(stage or "") or stage)
        editor, current = apply_withdrawal(state, period, stage, settings)
        backup = master.backup(dt.datetime.now().replace(microsecond=0))
        master.write(editor)
    title = stage_title(stage) if stage else None
    folder = project.issued(period.code, title).relative_to(project.issued("")).as_posix()
    return {
        "period": period.code,
        **({"stage": title} if title else {}),
        "withdrawn": len(rows),
        "current": current.code if current else None,
        "findings": [finding("P120", folder=folder).to_json()],
        "decisions": decisions,
        "backup": backup.relative_to(project.root).as_posix(),
    }
