"""How a rehearsed year ends: appraisal, bulletin, a look back, and every cell held against the archive."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from tjxl import recovery
from tjxl.rehearsal.desk import grade
from tjxl.rehearsal.year import Turn, Year
from tjxl.snapshot import snapshot
from tjxl.supervise.bulletin.run import bulletin
from tjxl.supervise.scores import score


def appraise(play: Year, turn: Turn) -> str:
    """考核: the sheets are filled in, the office grades, and the scores follow."""
    del turn  # of the whole year
    score(play.project)
    grade(play)
    result = score(play.project)
    scored = [s for s in result["scores"] if s["state"] == "scored"]
    play.ending["scores"] = [{name: s[name] for name in ("unit", "rank", "total")} for s in scored]
    if not scored:
        return "没有单位参评"
    return f"{len(scored)} 个单位参评，最高 {scored[0]['total']:g} 分，最低 {scored[-1]['total']:g} 分"


def make_bulletin(play: Year, turn: Turn) -> str:
    """通报 of the last period."""
    day = turn.period.last_day + dt.timedelta(days=5)
    play.ending["bulletin"] = file = bulletin(play.project, turn.period.code, date=day)["file"]
    return Path(file).name


def take_snapshot(play: Year, turn: Turn) -> str:
    """The register of a period in the middle of the year, as it was."""
    del turn  # of an earlier one
    period = play.periods[(len(play.periods) - 1) // 2]
    result = snapshot(play.project, period.code)
    play.ending["snapshot"] = {name: result[name] for name in ("period", "file", "by_status", "lights", "reports")}
    return Path(result["file"]).name


def check_master(play: Year, turn: Turn) -> str:
    """Every generated cell against the files in 归档."""
    del turn  # of the whole year
    result = recovery.rebuild(play.project, check=True)
    play.check = {name: result[name] for name in ("files", "files_missing", "files_unreadable", "differences")}
    return f"核对 {result['files']} 个文件，不符 {len(result['differences'])} 处"
