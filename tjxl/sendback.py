"""退回/<期次>/ on disk: what goes back to the units is written there, and what no longer holds is taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from tjxl.durable import said_plainly, write_durably
from tjxl.intake.context import Context
from tjxl.intake.feedback import Feedback, stale_files
from tjxl.intake.feedback_text import Letters
from tjxl.intake.returns import Return
from tjxl.issuing import issued_forms
from tjxl.project import TEMPORARY_PREFIX, Project
from tjxl.sheets.state import MasterState


def send_back(
    project: Project, state: MasterState, context: Context, returns: Sequence[Return], due: dt.date, *, whole: bool
) -> dict[str, str]:
    """Bring the folder up to the verdicts, each file whole or not at all. Call while holding the project's lock.

    Args:
        due: the day by which the period's reports are due, of a sender of whom the master knows no other.
        whole: everything in 收件 was looked at, not single files.

    Returns:
        Source file → path of its annotated copy below the project folder.

    Raises:
        ProjectError: E212, a file cannot be written or removed (somebody has it open).
    """
    period, settings = context.period, context.settings
    contacts = {
        str(unit["unit_code"]): " ".join(str(unit[n]) for n in ("contact", "phone") if unit[n])
        for unit in state.units
        if unit["unit_code"]
    }
    forms = issued_forms(project, state, period, settings)
    feedback = Feedback(project.inbox, context, Letters(period, due, settings.contact, context.due), contacts, forms)
    folder = project.returned(period.code)
    written: set[str] = set()
    copies: dict[str, str] = {}
    for file in feedback.files(returns):
        path = folder / file.name
        with said_plainly(path):
            if not path.exists() or path.read_bytes() != file.content:
                write_durably(path, file.content)
        written.add(file.name)
        if file.copy_of is not None:
            copies[file.copy_of] = path.relative_to(project.root).as_posix()
    present = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    interrupted = [name for name in present if name.startswith(TEMPORARY_PREFIX)]
    for name in (*interrupted, *stale_files(present, written, returns, context, whole)):
        with said_plainly(folder / name):
            (folder / name).unlink(missing_ok=True)
    return copies
