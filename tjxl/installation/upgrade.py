"""An older master brought up to date: macros, ribbon and buttons as installed, nothing else touched."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tjxl.durable import said_plainly, write_durably
from tjxl.errors import ProjectError
from tjxl.masters.closed import ClosedMaster, replace_master
from tjxl.project import Project
from tjxl.sheets.macros import out_of_date, with_macros


def upgrade_master(project: Project) -> dict[str, Any]:
    """Bring the master's macros up to date; an .xlsx becomes an .xlsm, and the .xlsx goes to 备份/.

    Raises:
        ProjectError: E205 it is open; E240 somebody saved it meanwhile; E212 it cannot be
            written; B702 xlwings is not whole.
        PackageError: B701 the macros cannot be changed.
    """
    with project.locked("upgrade-master"):
        master, old = ClosedMaster(project), project.master
        master.ready()
        content = master.read()
        late = out_of_date(content)
        backup = None
        if late:
            new = with_macros(content)
            backup = master.backup(dt.datetime.now().replace(microsecond=0))
            path = project.new_master(macros=True)
            if path == old:
                replace_master(project, new, content)
            else:
                master.ready()
                if old.read_bytes() != content:
                    raise ProjectError("E240", file=old.name)
                with said_plainly(path):
                    write_durably(path, new)  # from here on it is the master: an .xlsm goes before an .xlsx
                    try:
                        old.unlink()
                    except OSError:
                        path.unlink(missing_ok=True)
                        raise
    return {"master": str(project.master), "updated": late, "backup": str(backup) if backup else None}
